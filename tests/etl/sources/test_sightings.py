from datetime import date

import polars as pl

from etl import faults, offers
from etl.sources.contract import SetAside, together
from etl.sources.sightings import Sighting, ends, precision, sightings_frame, spans

FEBRUARY, JUNE, SEPTEMBER = date(2025, 2, 28), date(2025, 6, 28), date(2025, 9, 30)
HAIKU = {"provider_as_published": "anthropic", "model_as_published": "claude-3-haiku"}


def seen(day, output=0.79, url="https://example.org/a", **rest):
    thing = {"provider_as_published": "groq", "model_as_published": "groq/llama-3.3-70b-versatile", **rest}
    return Sighting(
        input_usd_per_mtok=0.59, output_usd_per_mtok=output, seen_on=day, copied_on=day, source_url=url, **thing
    )


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


def test_many_rows_of_one_fault_are_one_line_and_a_slipped_unit_is_a_line_each():
    lines = [
        SetAside("https://a", fault, row) for row in "ab" for fault in (faults.PRICES_OF_ZERO, faults.PRICE_TOO_HIGH)
    ]
    assert [(line.fault, line.row, line.rows) for line in together(lines)] == [
        (faults.PRICES_OF_ZERO, "a", 2),
        (faults.PRICE_TOO_HIGH, "a", 1),
        (faults.PRICE_TOO_HIGH, "b", 1),
    ]


def test_a_number_format_is_read_from_a_spelling_only_where_it_stands_alone():
    assert precision("together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8") == "FP8"
    assert precision("llama-3.1-8b-instruct-bf16") == "BF16"
    assert precision("Meta-Llama-3.1-8B-Instruct-Turbo") is None


# Ends


def test_an_offer_that_its_catalogue_drops_while_it_lists_others_of_the_provider_has_ended():
    found = ends(
        sightings_frame([seen(FEBRUARY), seen(FEBRUARY, model_as_published="b"), seen(JUNE, model_as_published="b")])
    )
    assert set(found.select("model_as_published", "ended_on", "ended_by").rows()) == {
        ("groq/llama-3.3-70b-versatile", JUNE, offers.BY_SILENCE),
        ("b", None, None),
    }


def test_a_provider_that_leaves_the_catalogue_ends_nothing():
    found = ends(sightings_frame([seen(FEBRUARY), seen(JUNE, **HAIKU)]))
    assert found["ended_on"].to_list() == [None, None]


def test_the_end_that_the_newest_copy_states_goes_before_mark_and_silence():
    stated = date(2026, 8, 16)
    found = ends(
        sightings_frame(
            [seen(FEBRUARY), seen(JUNE, ended_on=stated, is_marked_ended=True), seen(SEPTEMBER, model_as_published="b")]
        )
    )
    # The catalogue dropped it before the day that it had stated.
    assert found.row(0)[-2:] == (SEPTEMBER, offers.BY_SILENCE)
    found = ends(sightings_frame([seen(FEBRUARY), seen(JUNE, ended_on=stated, is_marked_ended=True)]))
    assert found.row(0)[-2:] == (stated, offers.BY_DATE)


def test_a_mark_without_a_day_ends_the_offer_with_the_first_copy_that_has_it():
    found = ends(
        sightings_frame([seen(FEBRUARY), seen(JUNE, is_marked_ended=True), seen(SEPTEMBER, is_marked_ended=True)])
    )
    assert found.row(0)[-2:] == (JUNE, offers.BY_MARK)


def test_a_mark_that_is_taken_back_ends_nothing():
    found = ends(sightings_frame([seen(FEBRUARY, is_marked_ended=True), seen(JUNE)]))
    assert found.row(0)[-2:] == (None, None)
