from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.sources import cells

CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))


def column(expression: pl.Expr, *texts) -> list:
    return pl.DataFrame({"cell": texts}, schema={"cell": pl.String}).select(expression).to_series().to_list()


def test_a_number_may_be_written_as_text_but_nothing_else_is_a_number():
    assert cells.number("2.5") == 2.5
    assert [cells.number(value) for value in ("n/a", "nan", "inf", True, {}, [], "", None)] == [None] * 8


def test_zero_is_no_measurement():
    assert [cells.above_zero(value) for value in (0, "0.0", -1, "142.5")] == [None, None, None, 142.5]


def test_a_count_is_whole_and_a_mean_is_rounded():
    assert [cells.count(value) for value in (8, "8", 8.0, 0, 0.333, "eight")] == [8, 8, 8, None, None, None]
    assert [cells.rounded(value) for value in (550.3, "0", None)] == [550, 0, None]


def test_a_day_stands_alone_and_a_moment_begins_with_one():
    assert cells.day("2026-07-24") == cells.day_of_moment("2026-07-24T06:00:00Z") == date(2026, 7, 24)
    assert [cells.day(value) for value in ("2026-07-24T06:00:00Z", "2026-13-01", "", None)] == [None] * 4
    assert [cells.day_of_moment(value) for value in ("soon", None)] == [None, None]


def test_a_price_per_token_becomes_one_per_million_without_noise():
    assert cells.usd_per_mtok(5.9e-07) == 0.59
    assert cells.usd_per_mtok("0.0000006000000000000000001") == 0.6
    assert cells.usd_per_mtok(None) is None


def test_a_negative_price_stands_for_whoever_reads_it_and_is_no_fixed_price():
    assert cells.usd_per_mtok("-1") == -1e6
    assert cells.fixed_usd_per_mtok("-1") is None
    assert cells.fixed_usd_per_mtok("0.00000035") == 0.35


def test_a_cell_of_our_own_files_is_blank_or_readable():
    assert (cells.written_number("", "p25"), cells.written_number("2.5", "p25")) == (None, 2.5)
    with pytest.raises(cells.Unusable, match=r"Its p25 is not a number\."):
        cells.written_number("fast", "p25")
    assert (cells.written_day(""), cells.written_day("2026-05-08")) == (None, date(2026, 5, 8))
    with pytest.raises(cells.Unusable, match="no day that can be read"):
        cells.written_day("2026-13-01")


def test_a_word_without_letters_is_none():
    assert [cells.word(value) for value in (" H200 ", "  ", None, 8)] == ["H200", None, None, "8"]
    assert [cells.word(value, ("n/a",)) for value in ("N/A", "n/a NVIDIA")] == [None, "n/a NVIDIA"]


def test_columns_read_as_cells_do():
    assert column(cells.word_column("cell", " ,"), ", CA, NA", " , ", None) == ["CA, NA", None, None]
    assert column(cells.number_column("cell"), " 98.32", "free", "inf", "-1") == [98.32, None, None, -1.0]
    assert column(cells.above_zero_column("cell"), "0", "-1", "700") == [None, None, 700.0]
    assert column(cells.rounded_column("cell"), "2.6", "0", None) == [3, None, None]
    days = [date(2026, 3, 11), date(2026, 3, 11), None, None]
    assert column(cells.day_column("cell"), "2026-03-11", "3/11/2026", "soon", "1999-01-01") == days


def test_notes_are_joined_and_none_is_no_note():
    assert (cells.noted("One.", None, "Two."), cells.noted(None, "")) == ("One. Two.", None)


@given(CELLS)
def test_whatever_is_published_a_cell_is_a_finite_number_or_missing(value):
    for read in (cells.number, cells.above_zero, cells.count, cells.rounded, cells.usd_per_mtok):
        found = read(value)
        assert found is None or abs(found) < float("inf")
    assert cells.day(value) is None or isinstance(cells.day(value), date)
