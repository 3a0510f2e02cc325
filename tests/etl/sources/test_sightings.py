from datetime import date

import polars as pl

from etl.sources.sightings import (
    HALF_PUBLISHED,
    HALF_ZERO,
    NOT_PUBLISHED,
    TOO_HIGH,
    TOO_LOW,
    VARIABLE,
    ZERO,
    Aside,
    Sighting,
    fault,
    number,
    precision,
    sightings_frame,
    spans,
    usd_per_mtok,
)

FEBRUARY, JUNE, SEPTEMBER = date(2025, 2, 28), date(2025, 6, 28), date(2025, 9, 30)
HAIKU = {"provider_as_published": "anthropic", "model_as_published": "claude-3-haiku"}


def seen(day, output=0.79, url="https://example.org/a", **rest):
    thing = {"provider_as_published": "groq", "model_as_published": "groq/llama-3.3-70b-versatile", **rest}
    return Sighting(input_usd_per_mtok=0.59, output_usd_per_mtok=output, seen_on=day, source_url=url, **thing)


def rows(*sightings):
    columns = ("output_usd_per_mtok", "valid_from", "last_seen_on")
    return spans(sightings_frame(list(sightings))).select(columns).rows()


def test_the_same_price_on_several_days_is_one_span_whatever_the_order():
    assert rows(seen(JUNE), seen(FEBRUARY), seen(SEPTEMBER)) == [(0.79, FEBRUARY, SEPTEMBER)]


def test_a_changed_price_starts_a_new_span_and_so_does_its_return():
    assert rows(seen(FEBRUARY), seen(JUNE, 0.6), seen(SEPTEMBER)) == [
        (0.79, FEBRUARY, FEBRUARY),
        (0.6, JUNE, JUNE),
        (0.79, SEPTEMBER, SEPTEMBER),
    ]


def test_of_two_copies_of_one_day_the_later_counts():
    assert rows(seen(FEBRUARY, 0.79), seen(FEBRUARY, 0.6)) == [(0.6, FEBRUARY, FEBRUARY)]


def test_endpoints_and_models_keep_their_own_spans():
    frame = spans(sightings_frame([seen(FEBRUARY), seen(FEBRUARY, endpoint="eu-west-1"), seen(JUNE, **HAIKU)]))
    assert frame.height == 3


def test_a_span_points_to_the_newest_address_and_is_dated_by_it():
    frame = spans(sightings_frame([seen(FEBRUARY, url="https://old"), seen(JUNE, url="https://new")]))
    assert frame.select("source_url", "published_on").row(0) == ("https://new", JUNE)


def test_no_sightings_give_no_spans():
    frame = spans(sightings_frame([]))
    assert frame.height == 0
    assert frame.schema["valid_from"] == pl.Date


def test_a_price_per_token_becomes_one_per_million_without_noise():
    assert usd_per_mtok(5.9e-07) == 0.59
    assert usd_per_mtok("0.0000006000000000000000001") == 0.6
    assert usd_per_mtok(None) is None


def test_numbers_may_be_written_as_text_but_nothing_else_is_a_number():
    assert number("2.5") == 2.5
    assert [number(value) for value in ("n/a", "nan", "inf", True, {}, [], "")] == [None] * 7


def test_prices_that_cannot_be_used_are_named_by_reason():
    assert fault(None, None) == NOT_PUBLISHED
    assert fault(0.1, None) == HALF_PUBLISHED
    assert fault(-1e6, -1e6) == VARIABLE
    assert fault(0, 0) == ZERO
    assert fault(0, 2.8) == HALF_ZERO
    assert fault(15_000, 60_000) == TOO_HIGH
    assert fault(0.075, 0.0046875) == TOO_LOW
    assert fault(150, 600) is None


def test_many_rows_of_one_reason_are_one_line_and_a_slipped_unit_is_a_line_each():
    aside = Aside("https://example.org")
    for row in ("a", "b"):
        aside.add(ZERO, row)
        aside.add(TOO_HIGH, row)
    assert [(line.reason, line.row, line.rows) for line in aside.lines()] == [
        (ZERO, "a", 2),
        (TOO_HIGH, "a", 1),
        (TOO_HIGH, "b", 1),
    ]


def test_a_number_format_is_read_from_a_spelling_only_where_it_stands_alone():
    assert precision("together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8") == "FP8"
    assert precision("llama-3.1-8b-instruct-bf16") == "BF16"
    assert precision("Meta-Llama-3.1-8B-Instruct-Turbo") is None
