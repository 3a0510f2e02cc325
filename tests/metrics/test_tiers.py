"""Speed bought with money: fast tiers beside the standard offer of the same seller."""

from datetime import date

import polars as pl
import pytest

from charts import tiers as draw
from metrics import matching, tiers
from metrics.findings import tiers as findings
from tests.frames import GPT_OSS, MAY_2026, PROVIDERS_PAGE, catalogued, listed, measured, prices, providers, speeds

GLM = "GLM-5.2"
OF_MAY = {"model": GPT_OSS, "capture": PROVIDERS_PAGE, "measured_on": MAY_2026}
LIVE = {"model": GLM, "measured_by": "OpenRouter", "measurer_kind": "traffic", "source": "openrouter_capture"}
STOOD = {"valid_from": MAY_2026, "last_seen_on": MAY_2026}

DEEPINFRA = (
    measured("DeepInfra", 146.3, endpoint="Turbo", **OF_MAY),
    measured("DeepInfra", 45.1, **OF_MAY),
)
DEEPINFRA_PRICES = (
    listed("DeepInfra", 0.15, 0.60, endpoint="Turbo", model=GPT_OSS, capture=PROVIDERS_PAGE, **STOOD),
    listed("DeepInfra", 0.039, 0.19, model=GPT_OSS, capture=PROVIDERS_PAGE, **STOOD),
)


def seen(tokens_per_second, day, **rest):
    return measured("Fireworks", tokens_per_second, capture=f"openrouter-30m_{day}", measured_on=day, **LIVE | rest)


FIREWORKS = (
    seen(117.0, date(2026, 7, 5), endpoint="fast"),
    seen(103.0, date(2026, 7, 7), endpoint="fast"),
    seen(48.0, date(2026, 6, 21)),
    seen(53.0, date(2026, 8, 22)),
    seen(500.0, date(2026, 10, 30)),
)
FIREWORKS_PRICES = tuple(
    catalogued("Fireworks", given, written, model=GLM, endpoint=endpoint, valid_from=day, last_seen_on=day)
    for given, written, endpoint, day in (
        (2.1, 6.6, "fast", date(2026, 7, 6)),
        (1.4, 4.4, None, date(2026, 8, 20)),
        (9.9, 9.9, None, date(2026, 11, 20)),
    )
)


def bought(rows, listed_prices):
    return tiers.bought(matching.judged(speeds(*rows), providers()), prices(*listed_prices))


def test_a_tier_of_one_run_is_held_against_the_standard_offer_of_that_run():
    """DeepInfra's Turbo of gpt-oss-120b: 146.3 / 45.1 the speed, 0.2625 / 0.07675 the price."""
    (row,) = bought(DEEPINFRA, DEEPINFRA_PRICES).to_dicts()
    assert row["tier_speed_ratio"] == pytest.approx(146.3 / 45.1)
    assert row["tier_price_ratio"] == pytest.approx(0.2625 / 0.07675)
    assert (row["label"], row["priced_on"]) == ("DeepInfra turbo, gpt-oss-120b", MAY_2026)


def test_looks_of_live_traffic_count_at_the_middle_where_they_are_near_in_time():
    """A gateway shows one endpoint of a seller at a time; the look of October is of another season."""
    (row,) = bought(FIREWORKS, FIREWORKS_PRICES).to_dicts()
    assert (row["output_tokens_per_second"], row["twin_output_tokens_per_second"]) == (110.0, 50.5)
    assert (row["samples"], row["twin_samples"]) == (2, 2)
    assert (row["measured_from"], row["measured_on"]) == (date(2026, 7, 5), date(2026, 7, 7))
    assert row["tier_price_ratio"] == pytest.approx(1.5)


def test_two_measurers_of_one_tier_are_two_rows_and_other_precisions_none():
    also = [
        row
        | {"model": GPT_OSS, "provider": "DeepInfra", "provider_as_published": "DeepInfra"}
        | {"endpoint": "turbo" if row.get("endpoint") else None}
        for row in FIREWORKS
    ]
    found = bought([*DEEPINFRA, *also], DEEPINFRA_PRICES)
    assert found["label"].to_list() == [
        "DeepInfra turbo, gpt-oss-120b (Artificial Analysis)",
        "DeepInfra turbo, gpt-oss-120b (OpenRouter)",
    ]
    unlike = [DEEPINFRA[0] | {"precision": "fp4"}, DEEPINFRA[1] | {"precision": "fp8"}]
    assert tiers.with_both(bought(unlike, DEEPINFRA_PRICES)).is_empty()


def test_special_silicon_is_no_tier_of_the_same_machines():
    rows = [row | {"provider": "Groq", "provider_as_published": "Groq"} for row in DEEPINFRA]
    assert bought(rows, ()).is_empty()


def test_where_only_one_of_both_is_published_it_is_said():
    ultrafast = [
        catalogued("Fireworks", given, written, model="DeepSeek V4.1 Flash 1017", endpoint=endpoint, **STOOD)
        for given, written, endpoint in ((2.4, 9.6, "ultrafast"), (0.3, 1.2, None))
    ]
    found = bought(FIREWORKS, ultrafast)
    asking, alone = tiers.with_one(found)
    assert asking["tier_price_ratio"].to_list() == [pytest.approx(8.0)]
    assert alone["label"].to_list() == ["Fireworks fast, GLM-5.2"]
    assert findings.one_alone(found) == (
        "Of 1 more tier the price alone is published: 8x that of the standard offer, the most for Fireworks ultrafast, "
        "DeepSeek V4.1 Flash 1017 (8 May 2026). Of 1 tier the speed alone is published."
    )
    assert findings.one_alone(bought(DEEPINFRA, DEEPINFRA_PRICES)) == ""


def test_the_title_says_how_many_give_as_much_speed_as_they_ask_money():
    both = tiers.with_both(bought([*DEEPINFRA, *FIREWORKS], [*DEEPINFRA_PRICES, *FIREWORKS_PRICES]))
    assert findings.bought(both) == (
        "1 of 2 fast tiers with both published gives at least as much speed as it asks money: "
        "from 2.2x the speed at 1.5 times the price (Fireworks fast, GLM-5.2, 7 July 2026) "
        "to 3.2x the speed at 3.4 times the price (DeepInfra turbo, gpt-oss-120b, 8 May 2026)"
    )
    assert "Speeds by Artificial Analysis and OpenRouter, 8 May 2026 to 7 July 2026" in findings.basis(both)


def test_each_tier_is_a_line_from_its_price_to_its_speed():
    both = tiers.with_both(bought([*DEEPINFRA, *FIREWORKS], [*DEEPINFRA_PRICES, *FIREWORKS_PRICES]))
    drawn = draw.bought(both, "title", "subtitle").figure
    marks = {trace.name: trace for trace in drawn.data if trace.name}
    assert marks["price"].y == ("DeepInfra turbo, gpt-oss-120b", "Fireworks fast, GLM-5.2")
    assert marks["speed"].x == tuple(both.reverse()["tier_speed_ratio"])
    assert "110 against 50.5 tokens/s, the middle of 2 looks and of 2" in marks["speed"].hovertext[1]
    assert pl.Series(marks["price"].x).max() == pytest.approx(0.2625 / 0.07675)
