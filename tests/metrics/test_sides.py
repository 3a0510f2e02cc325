"""Who still sells the article's models, and who is tied to whom."""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import sides
from metrics.findings import sides as findings
from tests.frames import CITED, GPT_OSS, LLAMA_8B, MAY_2026, catalogued, prices, providers

JUNE_2026, AUGUST_2026 = date(2026, 6, 13), date(2026, 8, 16)


def withdrawn(provider, model, ended_on):
    row = {"provider": provider, "model": model, "provider_as_published": provider, "model_as_published": model}
    return CITED | row | {"source": "curated_withdrawals", "ended_on": ended_on}


def withdrawals(*rows):
    table = TABLES["withdrawal"]
    return table.conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else table.empty()


def sold(*rows, ended=()):
    return sides.sold(pl.Series([LLAMA_8B]), prices(*rows), providers(), withdrawals(*ended), "Azure")


def offered(provider, model, **rest):
    return catalogued(provider, 0.1, 0.2, model=model, valid_from=date(2026, 1, 1), last_seen_on=MAY_2026, **rest)


GONE = offered("Cerebras", LLAMA_8B, ended_on=date(2026, 5, 27)) | {"last_seen_on": date(2025, 5, 1)}
BOTH = offered("Cerebras", GPT_OSS), offered("Azure", GPT_OSS)


def test_a_model_that_nobody_of_the_article_lists_any_more_is_gone_with_the_last_day_and_what_replaced_it():
    ended = withdrawn("Azure", LLAMA_8B, JUNE_2026), withdrawn("Cerebras", LLAMA_8B, date(2026, 5, 27))
    found = sold(GONE, *BOTH, ended=ended)
    assert (found.gone, found.left, found.sold_now) == ((LLAMA_8B,), (), (GPT_OSS,))
    assert findings.replaced(found) == (
        "No longer sold by Azure and Cerebras: Llama 3.1 8B, the last ended on 13 June 2026. Sold on both sides now "
        "(8 May 2026): gpt-oss-120b."
    )


def test_a_model_that_one_of_them_still_lists_is_not_gone():
    found = sold(offered("Azure", LLAMA_8B), *BOTH)
    assert (found.gone, found.left) == ((), (LLAMA_8B,))
    assert findings.replaced(found) == ""


def test_a_model_that_one_side_alone_lists_is_sold_on_no_two_sides():
    found = sold(GONE, offered("Cerebras", GPT_OSS))
    assert found.sold_now == ()
    assert findings.replaced(found) == "No longer sold: Llama 3.1 8B. No model is sold on both sides."


def test_where_nothing_is_known_of_the_article_nothing_is_said():
    nothing = sides.sold(pl.Series([], dtype=pl.String), prices(), providers(), withdrawals(), "Azure")
    assert findings.replaced(nothing) == ""


def tied(on, who, tie, whom):
    row = {"happened_on": on, "category": "deal", "company": f"{who}; {whom}", "headline": f"{who} {tie} {whom}"}
    return CITED | {"source": "curated_events"} | row | {"tie_from": who, "tie": tie, "tie_to": whom}


EVENTS = TABLES["event"].conform(
    pl.DataFrame(
        [
            tied(date(2026, 2, 27), "OpenAI", "buys from", "Nvidia"),
            tied(date(2025, 12, 24), "Nvidia", "licenses", "Groq"),
            tied(date(2026, 1, 14), "OpenAI", "buys from", "Cerebras"),
            tied(date(2026, 6, 23), "OpenAI", "buys from", "Cerebras"),
            tied(date(2026, 3, 16), "Nvidia", "launches a chip with", "Groq"),
            {**tied(date(2026, 2, 4), "Cerebras", "", ""), "tie_from": None, "tie": None, "tie_to": None},
        ],
        infer_schema_length=None,
    )
)


def test_ties_come_oldest_first_each_by_its_first_day():
    found = sides.ties(EVENTS)
    assert found["happened_on"].to_list() == [
        date(2025, 12, 24),
        date(2026, 1, 14),
        date(2026, 2, 27),
        date(2026, 3, 16),
    ]


def test_the_sides_have_moved_names_each_tie_with_its_day():
    assert findings.moved(sides.ties(EVENTS)) == (
        "The sides have moved: Nvidia licenses Groq (24 December 2025) and launches a chip with Groq (16 March 2026); "
        f"OpenAI buys from Cerebras (14 January 2026) and Nvidia (27 February 2026). {findings.FRAME}"
    )
    assert findings.moved(sides.ties(EVENTS.head(0))) == ""


def test_the_map_says_who_has_ties_with_most_others():
    assert findings.who_is_tied(sides.ties(EVENTS)) == (
        "4 ties between makers, clouds and model makers; OpenAI has most, with 2 others"
    )
