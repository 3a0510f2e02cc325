from datetime import date

import polars as pl
import pytest

from metrics import cost, price_history
from metrics.dollar import PER_DOLLAR
from metrics.findings import cost as findings
from tests.frames import prices, providers


def listed(provider, input_price, output_price, first, last, **rest):
    row = {
        "provider": provider,
        "model": "Llama 3.3 70B",
        "input_usd_per_mtok": input_price,
        "output_usd_per_mtok": output_price,
        "valid_from": first,
        "last_seen_on": last,
        "source": "litellm",
    }
    return row | rest


def test_a_price_cut_makes_two_spans():
    rows = prices(
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2025, 9, 30)),
        listed("Groq", 0.50, 0.70, date(2025, 12, 28), date(2026, 7, 24)),
    )
    spans = price_history.spans(rows, "Llama 3.3 70B")
    assert spans["blended_usd_per_mtok"].to_list() == pytest.approx([0.64, 0.55])
    assert spans["valid_from"].to_list() == [date(2025, 2, 28), date(2025, 12, 28)]


def cerebras(source, input_price, output_price, first, last, **rest):
    return listed(
        "Cerebras",
        input_price,
        output_price,
        first,
        last,
        model="gpt-oss-120b",
        source=source,
        publisher=source,
        **rest,
    )


OLD, NEW = (0.25, 0.69), (0.35, 0.75)
CURATED = (
    cerebras("curated_prices", *OLD, date(2025, 8, 5), date(2026, 6, 10)),
    cerebras("curated_prices", *NEW, date(2026, 6, 10), date(2026, 7, 2)),
)
LITELLM = (
    cerebras("litellm", *OLD, date(2025, 8, 30), date(2026, 1, 31)),
    cerebras("litellm", *NEW, date(2026, 2, 27), date(2026, 11, 20)),
)
LATE = cerebras("models_dev", *OLD, date(2025, 11, 28), date(2026, 5, 21))


def changed(*rows):
    found = price_history.changes(price_history.spans(prices(*rows), rows[0]["model"]))
    return found.select("label", "changed_on", "source").rows()


def test_a_change_of_price_is_of_the_first_day_on_which_any_source_shows_it():
    """Cerebras' rise of gpt-oss-120b: the catalogue that knows it longest tells of it in June, another in February."""
    assert changed(*CURATED) == [("Cerebras", date(2026, 6, 10), "curated_prices")]
    assert changed(*CURATED, *LITELLM, LATE) == [("Cerebras", date(2026, 2, 27), "litellm")]


def test_what_all_sources_saw_of_an_offer_is_one_line_that_a_late_source_does_not_lengthen():
    spans = price_history.spans(prices(*CURATED, *LITELLM, LATE), "gpt-oss-120b")
    assert spans.select("valid_from", "last_seen_on", "blended_usd_per_mtok", "catalogues").rows() == [
        (date(2025, 8, 5), date(2026, 2, 26), pytest.approx(0.36), 3),
        (date(2026, 2, 27), date(2026, 11, 20), pytest.approx(0.45), 2),
    ]


def test_a_price_that_came_with_a_speed_dates_a_listed_price_and_makes_none():
    seen = cerebras("host_captures", *NEW, date(2026, 1, 15), date(2026, 1, 15), capture="a run")
    assert changed(*CURATED, *LITELLM, seen) == [("Cerebras", date(2026, 1, 15), "host_captures")]
    other = cerebras("host_captures", 0.5, 0.9, date(2026, 1, 15), date(2026, 1, 15), capture="a run")
    assert changed(*CURATED, *LITELLM, other) == [("Cerebras", date(2026, 2, 27), "litellm")]


def test_a_price_comes_back_only_where_a_catalogue_itself_turns_back_to_it():
    back = cerebras("litellm", *OLD, date(2026, 11, 21), date(2026, 11, 30))
    assert [row[1] for row in changed(*CURATED, *LITELLM, back)] == [date(2026, 2, 27), date(2026, 11, 21)]
    late = cerebras("llm_prices", *OLD, date(2026, 3, 5), date(2026, 3, 5))
    assert [row[1] for row in changed(*CURATED, *LITELLM, late)] == [date(2026, 2, 27)]


def test_catalogues_that_never_agree_make_no_change():
    rows = (
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2026, 7, 24)),
        listed("Groq", 0.69, 0.89, date(2025, 11, 28), date(2025, 12, 28), source="models_dev"),
    )
    spans = price_history.spans(prices(*rows), "Llama 3.3 70B")
    assert spans.select("source", "catalogues").rows() == [("litellm", 1)]


def test_a_second_source_that_goes_on_with_another_price_tells_of_a_change():
    """Groq's price in the one catalogue after the other has stopped."""
    rows = (
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2025, 9, 30)),
        listed("Groq", 0.50, 0.70, date(2025, 12, 28), date(2026, 7, 24), source="models_dev"),
    )
    assert changed(*rows) == [("Groq", date(2025, 12, 28), "models_dev")]


def test_one_catalogue_that_lists_a_model_twice_counts_at_the_lower_price():
    rows = (
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2026, 7, 24)),
        listed("Groq", 0.50, 0.70, date(2025, 12, 28), date(2026, 3, 1), model_as_published="groq/llama"),
    )
    spans = price_history.spans(prices(*rows), "Llama 3.3 70B")
    assert spans.select("valid_from", "last_seen_on", "output_usd_per_mtok").rows() == [
        (date(2025, 2, 28), date(2025, 12, 27), 0.79),
        (date(2025, 12, 28), date(2026, 3, 1), 0.70),
        (date(2026, 3, 2), date(2026, 7, 24), 0.79),
    ]


def test_the_sentence_of_moved_prices_names_the_day_and_who_saw_it_first():
    spans = price_history.spans(prices(*CURATED, *LITELLM, LATE), "gpt-oss-120b").with_columns(is_specialised=True)
    told = findings.price_moves(spans)
    assert told.startswith("1 list price of 1 provider moved since 5 August 2025; the last of a specialised provider: ")
    assert told.endswith("Cerebras from $0.36 to $0.45, first seen on 27 February 2026 by litellm")
    assert findings.price_moves(spans, PER_DOLLAR).endswith(
        "Cerebras from 2.78 m tokens to 2.22 m tokens for a dollar of list price, first seen on 27 February 2026 by "
        "litellm"
    )
    assert findings.first_sights(spans) == ""
    both = pl.concat([spans, spans.with_columns(label=pl.lit("Groq"))])
    assert findings.first_sights(both, PER_DOLLAR) == (
        "First seen, for a dollar of list price: "
        "Cerebras from 2.78 m tokens to 2.22 m tokens on 27 February 2026 by litellm; "
        "Groq from 2.78 m tokens to 2.22 m tokens on 27 February 2026 by litellm."
    )
    assert findings.price_moves(spans.head(1)) == "0 list prices of 1 provider moved since 5 August 2025"


def test_tiers_and_captures_are_no_list_price_history():
    rows = prices(
        listed("AWS Bedrock", 0.72, 0.72, date(2025, 2, 28), date(2026, 7, 24), endpoint="eu"),
        listed("Azure", 0.71, 0.71, date(2025, 2, 28), date(2026, 7, 24), capture="a run"),
    )
    assert price_history.spans(rows, "Llama 3.3 70B").is_empty()


def host(speed, price):
    return {"output_tokens_per_second": speed, "blended_usd_per_mtok": price}


def test_twice_the_price_at_four_times_the_speed_is_an_elasticity_of_a_half():
    rows = pl.DataFrame([host(100.0 * 4**step, 0.1 * 2**step) for step in range(5)])
    fit = cost.elasticity(rows)
    assert fit["slope"] == pytest.approx(0.5)
    assert fit["explained"] == pytest.approx(1)
    assert fit["hosts"] == 5


def test_four_hosts_make_no_line():
    assert cost.elasticity(pl.DataFrame([host(100.0 * step, 0.1) for step in range(1, 5)])) is None


def test_the_fitted_line_ends_where_the_measurements_end():
    rows = pl.DataFrame([host(100.0 * 4**step, 0.1 * 2**step) for step in range(5)])
    (slowest, low), (fastest, high) = cost.fitted(cost.elasticity(rows), rows)
    assert (slowest, fastest) == (100.0, 25_600.0)
    assert (low, high) == (pytest.approx(0.1), pytest.approx(1.6))
    assert cost.fitted(None, rows) == []


def test_a_price_not_seen_for_half_a_year_is_no_price_of_today():
    rows = prices(
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2026, 7, 24)),
        listed("Azure", 0.71, 0.71, date(2025, 2, 28), date(2025, 9, 30)),
    )
    now = price_history.listed_now(rows, providers(), "Llama 3.3 70B")
    assert now.select("provider", "output_usd_per_mtok", "family").rows() == [("Groq", 0.79, "LPU")]


@pytest.mark.parametrize(
    ("groq", "told"),
    [
        ((0.59, 0.79), "Groq sells Llama 3.3 70B at 90 % of the price of Azure (24 July 2026)"),
        ((0.71, 0.71), "Groq sells Llama 3.3 70B at the same price as Azure (24 July 2026)"),
        ((1.42, 1.42), "Groq sells Llama 3.3 70B at 2 times the price of Azure (24 July 2026)"),
    ],
)
def test_a_price_without_a_speed_is_told_alone(groq, told):
    days = date(2025, 2, 28), date(2026, 7, 24)
    rows = prices(listed("Groq", *groq, *days), listed("Azure", 0.71, 0.71, *days))
    pairs = cost.headline(cost.against(cost.ratios(rows, providers()), "Azure"))
    assert findings.price_alone(pairs, "Llama 3.3 70B", "Azure").startswith(told)
    assert findings.price_alone(pairs, "GLM-4.7", "Azure") == "No price of GLM-4.7 stands beside Azure."


def test_an_offer_that_has_ended_is_no_price_of_today():
    """Groq ended its Llama 3.3 70B on 16 August 2026; SambaNova goes on."""
    seen = date(2025, 2, 28)
    rows = prices(
        listed("Groq", 0.59, 0.79, seen, date(2026, 8, 15), ended_on=date(2026, 8, 16)),
        listed("SambaNova", 0.60, 1.20, seen, date(2026, 11, 20)),
        listed("Azure", 0.71, 0.71, seen, date(2026, 11, 20)),
    )
    pairs = cost.headline(cost.against(cost.ratios(rows, providers()), "Azure"))
    told = findings.price_alone(pairs, "Llama 3.3 70B", "Azure")
    assert told.startswith("SambaNova sells Llama 3.3 70B at 1.1 times the price of Azure (20 November 2026)")
    ended = pairs.filter(pl.col("provider") == "Groq")
    other = pairs.filter(pl.col("provider") == "SambaNova").with_columns(model=pl.lit("gpt-oss-120b"))
    assert findings.price_alone(pl.concat([ended, other]), "Llama 3.3 70B", "Azure").startswith(
        "Groq last sold Llama 3.3 70B at 90 % of the price of Azure (15 August 2026)"
    )
