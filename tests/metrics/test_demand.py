"""Demand by author of the model: whole weeks alone."""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import demand
from tests.frames import MARCH, MAY, TOKENS, tokens_of


def rows(*several):
    return TABLES["demand"].conform(pl.DataFrame(list(several), infer_schema_length=None))


def test_a_week_that_is_not_over_is_compared_with_none():
    """On Tuesday 7 April qwen had 34.0 % of three days."""
    assert demand.weeks(rows(*TOKENS)).select("observed_on", "name").rows() == [
        (MAY, "anthropic"),
        (MAY, "google"),
        (MARCH, "xiaomi"),
        (MARCH, "google"),
    ]


def test_other_kinds_than_authors_are_no_authors():
    country = tokens_of("United States", 30.0, date(2026, 6, 27), kind="country of the model author")
    assert demand.weeks(rows(country)).is_empty()


def test_the_oldest_and_the_newest_week_stand_beside_each_other():
    first, last = demand.first_and_last(rows(*TOKENS))
    assert (first["name"].to_list(), last["name"].to_list()) == (["xiaomi", "google"], ["anthropic", "google"])


def test_without_a_whole_week_there_is_none():
    first, last = demand.first_and_last(rows(TOKENS[2]))
    assert first.is_empty()
    assert last.is_empty()
