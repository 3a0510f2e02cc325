"""What the page Evidence says of what is believed and of what is left out."""

from datetime import date

import polars as pl
import pytest

from etl.schema import NOT_SHIPPED, SET_ASIDE
from metrics.findings import evidence
from tests.frames import catalogued, prices

SEPTEMBER = date(2026, 9, 28)
ROWS = (
    catalogued("Crusoe", 0.8, 0.8, finding="doubtful", neighbour="models_dev: 0.05 / 0.2", last_seen_on=SEPTEMBER),
    catalogued("Groq", 0.15, 0.6, finding="agrees", neighbour="models_dev: 0.15 / 0.6"),
    catalogued("Azure", 0.25, 1.0, source="azure_token_meters", finding="seller's own"),
)


def test_list_prices_are_counted_by_what_their_neighbours_say():
    assert evidence.believed(prices(*ROWS)) == (
        "Of 3 list prices, 1 are the seller's own, 1 agree with a second source and 1 are more than three times from "
        "every other source."
    )
    assert evidence.believed(prices()) == "No list price is held."


def test_what_is_in_doubt_is_listed_with_its_nearest_neighbour():
    found = evidence.doubted(prices(*ROWS))
    assert found.select("provider", "finding", "neighbour").rows() == [("Crusoe", "doubtful", "models_dev: 0.05 / 0.2")]


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
