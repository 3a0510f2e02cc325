"""Single values of a column: what is published, or null; never a value of another kind."""

from datetime import date

import polars as pl
import pytest

from metrics import values

QUARTER_ENDS = pl.Series("period_end", [date(2025, 9, 30), None, date(2026, 6, 30)])
CAPEX_USD_BN = pl.Series("value", [34.9, None, 37.5, 41.0])


def test_the_newest_and_the_oldest_day_leave_out_what_is_not_dated():
    assert values.newest(QUARTER_ENDS) == date(2026, 6, 30)
    assert values.oldest(QUARTER_ENDS) == date(2025, 9, 30)


def test_the_ends_of_a_column_come_together():
    assert values.span(QUARTER_ENDS) == (date(2025, 9, 30), date(2026, 6, 30))
    assert values.extent(CAPEX_USD_BN) == (34.9, 41.0)


@pytest.mark.parametrize("held", [[], [None, None]], ids=["empty", "only nulls"])
def test_a_column_without_a_value_has_no_ends_and_says_which_it_is(held):
    with pytest.raises(ValueError, match="No number is known of output_tokens_per_second"):
        values.extent(pl.Series("output_tokens_per_second", held, dtype=pl.Float64))
    with pytest.raises(ValueError, match="No day is known of measured_on"):
        values.span(pl.Series("measured_on", held, dtype=pl.Date))


def test_the_values_of_numbers_leave_out_what_is_not_published():
    assert values.smallest(CAPEX_USD_BN) == 34.9
    assert values.middle(CAPEX_USD_BN) == 37.5
    assert values.largest(CAPEX_USD_BN) == 41.0
    assert values.mean(CAPEX_USD_BN) == pytest.approx(37.8)
    assert values.total(CAPEX_USD_BN) == pytest.approx(113.4)


@pytest.mark.parametrize("held", [[], [None, None]], ids=["empty", "only nulls"])
def test_a_column_without_a_value_has_none_and_sums_to_nothing(held):
    numbers, days = pl.Series(held, dtype=pl.Float64), pl.Series(held, dtype=pl.Date)
    assert [of(numbers) for of in (values.smallest, values.largest, values.middle, values.mean)] == [None] * 4
    assert [values.newest(days), values.oldest(days)] == [None, None]
    assert values.total(numbers) == 0


def test_flags_are_counted():
    assert values.counted(pl.Series([True, False, None, True])) == 2


def test_a_text_is_neither_a_day_nor_a_number():
    with pytest.raises(TypeError, match="'2026-06-30' is not a day"):
        values.newest(pl.Series(["2026-06-30"]))
    with pytest.raises(TypeError, match=r"'41\.0' is not a number"):
        values.largest(pl.Series(["41.0"]))
