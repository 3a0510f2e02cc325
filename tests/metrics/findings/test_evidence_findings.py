"""What the page Evidence says of what is left out."""

import polars as pl
import pytest

from etl.schema import NOT_SHIPPED, SET_ASIDE
from metrics.findings import evidence


def aside(*lines: tuple[str, int]) -> pl.DataFrame:
    rows = [
        ("models_dev", "https://models.dev/api.json", reason, "qwen-plus at Abacus", count) for reason, count in lines
    ]
    return pl.DataFrame(rows, schema=dict(SET_ASIDE.dtypes), orient="row")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([(NOT_SHIPPED, 5158), (NOT_SHIPPED, 587), ("No price.", 3)], "5,745 rows of names nobody knows do not ship."),
        ([(NOT_SHIPPED, 1)], "1 row of names nobody knows does not ship."),
        ([("No price.", 3)], ""),
    ],
)
def test_rows_that_do_not_ship_are_counted_apart_from_what_else_is_set_aside(lines, told):
    assert evidence.not_shipped(aside(*lines)) == told
