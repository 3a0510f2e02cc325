"""Demand by author of the model: whole weeks alone."""

import json
from datetime import date

import polars as pl

from charts import demand as draw
from etl.schema import TABLES
from metrics import demand
from metrics.findings import demand as findings
from tests.frames import MARCH, MAY, TOKENS, tokens_of


def rows(*several):
    return TABLES["demand"].conform(pl.DataFrame(list(several), infer_schema_length=None))


def test_a_week_that_is_not_over_is_compared_with_none():
    """On Tuesday 7 April qwen had 34.0 % of three days."""
    assert demand.weeks(rows(*TOKENS)).select("observed_on", "author").rows() == [
        (MAY, "Anthropic"),
        (MAY, "Google"),
        (MARCH, "Xiaomi"),
        (MARCH, "Google"),
    ]


def test_other_kinds_than_authors_are_no_authors():
    country = tokens_of("United States", 30.0, date(2026, 6, 27), kind="country of the model author")
    assert demand.weeks(rows(country)).is_empty()


def test_the_oldest_and_the_newest_week_stand_beside_each_other():
    first, last = demand.first_and_last(rows(*TOKENS))
    assert (first["author"].to_list(), last["author"].to_list()) == (["Xiaomi", "Google"], ["Anthropic", "Google"])


def test_without_a_whole_week_there_is_none():
    first, last = demand.first_and_last(rows(TOKENS[2]))
    assert first.is_empty()
    assert last.is_empty()


def test_an_author_that_a_week_does_not_list_has_no_mark_there():
    first, last = demand.first_and_last(rows(*TOKENS))
    oldest, newest = json.loads(draw.authors(first, last, "t", "s").figure.to_json())["data"]
    assert dict(zip(oldest["y"], oldest["x"], strict=True)) == {"Xiaomi": 19.6, "Google": 13.2}
    assert dict(zip(newest["y"], newest["x"], strict=True)) == {"Anthropic": 16.5, "Google": 14.8}
    assert oldest["marker"]["symbol"] != newest["marker"]["symbol"]


def test_one_week_alone_is_compared_with_none():
    first, last = demand.first_and_last(rows(TOKENS[3]))
    assert findings.largest(first, last) == (
        "At OpenRouter models of Anthropic took most tokens in the week to 16 May 2026, 16.5 %"
    )
