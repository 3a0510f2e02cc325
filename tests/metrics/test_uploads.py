from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import uploads

NEWEST = datetime(2026, 5, 8, 10, 30, tzinfo=UTC)


def test_before_the_first_upload_the_answer_says_what_may_come_in():
    told = uploads.held({"provider_speed": 0}, 0, None, 2000)
    assert told.startswith("Your file never leaves this computer.")
    assert "up to 2,000 MB" in told


def test_the_answer_counts_figures_and_files():
    assert uploads.held({"provider_speed": 1, "token_price": 1200}, 2, NEWEST, 2000) == (
        "The dashboard holds 1,201 figures of yours from 2 files, the newest added 8 May 2026; none has left this "
        "computer."
    )


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((2, 0, 0, 0, 0), "2 new rows."),
        (
            (1, 3, 4, 1, 0),
            "1 new row, 3 rows with other values than held, 4 rows held already and 1 row set aside with the reason.",
        ),
        ((1, 0, 0, 0, 2), "1 new row. 2 blank rows passed over."),
        ((0, 0, 5, 0, 0), "Every row that can be stored is held already: there is nothing to add."),
        ((0, 0, 0, 5, 0), "No row can be stored as it stands. Put the cells right below, or map another column."),
    ],
)
def test_what_was_found_is_told_in_one_sentence(counts, told):
    kinds = ("new", "changed", "identical", "rejected", "blank")
    assert uploads.found(dict(zip(kinds, counts, strict=True))) == told


def test_a_list_that_is_cut_says_so():
    assert uploads.problems_shown(3, 2, 1) == "2 errors, 1 warning."
    assert uploads.problems_shown(1000, 4000, 0).startswith("4,000 errors, 0 warnings. The first 1,000 are listed")


@given(
    st.lists(st.tuples(st.none() | st.text(max_size=3), st.none() | st.text(max_size=3)), min_size=1, max_size=6),
    st.data(),
)
def test_edits_are_the_cells_that_differ_and_no_other(rows, data):
    before = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row").with_row_index("row", offset=5)
    cell = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(["a", "b"]))
    written = data.draw(st.dictionaries(cell, st.text(max_size=3), max_size=4))
    after = before.with_columns(
        pl.Series(name, [written.get((at, name), old) for at, old in enumerate(before[name])], dtype=pl.String)
        for name in ("a", "b")
    )
    found = uploads.edits(before, after, "row", ("a", "b"))
    assert found == {(at + 5, name): text for (at, name), text in written.items() if before[name][at] != text}


def test_the_most_frequent_value_is_found_and_none_where_there_is_none():
    rows = pl.DataFrame({"model": ["a", "b", "b", None, None, None]})
    assert uploads.most_frequent(rows, "model") == "b"
    assert uploads.most_frequent(rows, "provider") is None
    assert uploads.most_frequent(rows.head(0), "model") is None
