from datetime import date

import polars as pl
import pytest

from metrics import cost
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
    spans = cost.history(rows, "Llama 3.3 70B")
    assert spans["blended_usd_per_mtok"].to_list() == pytest.approx([0.64, 0.55])
    assert spans["valid_from"].to_list() == [date(2025, 2, 28), date(2025, 12, 28)]


def test_the_catalogue_that_knows_a_provider_longest_tells_its_history():
    rows = prices(
        listed("Groq", 0.59, 0.79, date(2025, 2, 28), date(2026, 7, 24)),
        listed("Groq", 0.60, 0.80, date(2025, 11, 28), date(2025, 11, 28), source="models_dev"),
    )
    assert cost.history(rows, "Llama 3.3 70B")["source"].to_list() == ["litellm"]


def test_tiers_and_captures_are_no_list_price_history():
    rows = prices(
        listed("AWS Bedrock", 0.72, 0.72, date(2025, 2, 28), date(2026, 7, 24), endpoint="eu"),
        listed("Azure", 0.71, 0.71, date(2025, 2, 28), date(2026, 7, 24), capture="a run"),
    )
    assert cost.history(rows, "Llama 3.3 70B").is_empty()


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
    now = cost.listed_now(rows, providers(), "Llama 3.3 70B")
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
