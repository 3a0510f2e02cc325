"""The sentences above the charts, computed from the captures as published."""

import polars as pl
import pytest

from metrics import cost, findings, matching, speed, verdicts
from tests.frames import GPT_OSS, LLAMA_8B, gpt_oss_of_2026, llama_of_2024, measured, prices, providers, speeds, tables

LLAMA_SPEEDS, LLAMA_PRICES = llama_of_2024()
GPT_SPEEDS, GPT_PRICES = gpt_oss_of_2026()


def hosts(rows, model, baseline="Azure"):
    table = speeds(*rows)
    return speed.hosts(matching.judged(table, providers()), speed.ratios(table, providers()), model, baseline)


def headline(rows, baseline="Azure"):
    return speed.headline(matching.against(speed.ratios(speeds(*rows), providers()), baseline))


def price_headline(rows, baseline="Azure"):
    return cost.headline(cost.against(cost.ratios(prices(*rows), providers()), baseline))


LLAMA, GPT = hosts(LLAMA_SPEEDS, LLAMA_8B), hosts(GPT_SPEEDS, GPT_OSS)
LLAMA_PRICED = cost.with_price(LLAMA, prices(*LLAMA_PRICES))
GPT_PRICED = cost.with_price(GPT, prices(*GPT_PRICES))


def test_who_is_fastest_and_by_how_much():
    assert findings.fastest(LLAMA, LLAMA_8B) == "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure"
    assert findings.fastest(GPT, GPT_OSS) == "Cerebras writes gpt-oss-120b 8.5 times as fast as Azure"


def test_a_specialised_provider_that_is_slower_is_told_as_slower():
    rows = measured("Groq", 50.0), measured("Azure", 200.0)
    assert findings.fastest(hosts(rows, LLAMA_8B), LLAMA_8B) == "Groq writes Llama 3.1 8B a quarter as fast as Azure"


def test_it_is_said_where_no_specialised_provider_was_measured():
    others = LLAMA.filter(~pl.col("is_specialised"))
    assert findings.fastest(others, LLAMA_8B) == (
        "No specialised provider of Llama 3.1 8B was measured beside this baseline."
    )
    assert findings.best_other(others) == ""


def test_speed_comes_with_its_price():
    assert findings.speed_and_price(LLAMA, LLAMA_PRICED, LLAMA_8B) == (
        "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure, at 26 % of the price"
    )
    assert findings.speed_and_price(GPT, GPT_PRICED, GPT_OSS) == (
        "Cerebras writes gpt-oss-120b 8.5 times as fast as Azure, at 1.7 times the price"
    )


@pytest.mark.parametrize("absent", ["Cerebras", "Azure"])
def test_no_price_is_told_where_a_side_has_none(absent):
    told = findings.speed_and_price(GPT, GPT_PRICED.filter(pl.col("provider") != absent), GPT_OSS)
    assert told == findings.fastest(GPT, GPT_OSS)


def test_the_fastest_other_host_is_not_left_out():
    assert findings.best_other(LLAMA) == "Against the fastest other host, Fireworks, it is 7.7 times as fast."
    assert findings.best_other(GPT) == "Against the fastest other host, Eigen AI, it is 3.3 times as fast."


def test_over_models_the_best_provider_of_each_counts():
    told = findings.models_ahead(headline([*LLAMA_SPEEDS, *GPT_SPEEDS]), "speed_ratio", "Azure")
    assert told == (
        "Specialised silicon is faster than Azure on 2 of 2 models; the best provider of each stands at 8.5–37.3x"
    )


@pytest.mark.parametrize(
    ("baseline", "named"), [("Best", "the fastest other host"), ("Median", "the median host"), ("Azure", "Azure")]
)
def test_the_baseline_is_named_in_words(baseline, named):
    told = findings.models_ahead(headline(LLAMA_SPEEDS, baseline), "speed_ratio", baseline)
    assert told.startswith(f"Specialised silicon is faster than {named} on 1 of 1 model;")


def test_grade_d_makes_no_finding():
    rows = measured("Cerebras", 1800.0, measurer_kind="vendor"), measured("Azure", 54.3)
    assert findings.models_ahead(headline(rows), "speed_ratio", "Azure") == "No like-for-like pair with Azure"


def test_the_cheapest_price_is_told_in_words():
    assert findings.cheapest(price_headline([*LLAMA_PRICES, *GPT_PRICES]), "Azure") == (
        "Specialised providers are cheaper than Azure on 1 of 2 models; "
        "the least is 15 % of the price (Groq, Llama 3.1 8B)"
    )
    assert findings.cheapest(price_headline([]), "Azure") == "No price stands beside Azure"


def test_the_best_price_baseline_is_the_cheapest_host():
    told = findings.cheapest(price_headline(LLAMA_PRICES, "Best"), "Best")
    assert told.startswith("Specialised providers are cheaper than the cheapest other host on 1 of 1 model;")


def test_the_frontier_names_both_its_ends():
    assert findings.frontier(GPT_PRICED, GPT_OSS) == (
        "Fastest: Cerebras, 1,856 tokens/s for $0.45; cheapest: DeepInfra, 45.1 for $0.0767"
    )


def test_the_range_of_hosts_is_told_from_the_slowest_to_the_fastest():
    hosts = pl.DataFrame({"speed_ratio": [8.5, 1.0, 0.19], "baseline_provider": "Azure", "is_own": False})
    assert findings.host_range(hosts, GPT_OSS) == "The hosts of gpt-oss-120b stand at 0.19–8.5x the speed of Azure"


def test_one_host_may_be_both_fastest_and_cheapest():
    table = GPT_PRICED.filter(pl.col("provider").is_in(["Eigen AI", "Groq", "Azure"]))
    told = findings.frontier(cost.frontier(table), GPT_OSS)
    assert told == "Eigen AI is both the fastest and the cheapest for gpt-oss-120b"


def test_who_starts_soonest_and_who_writes_fastest():
    assert findings.soonest(LLAMA) == "DeepInfra starts soonest (0.22 s), Cerebras writes fastest"
    alone = LLAMA.filter(pl.col("provider").is_in(["Cerebras"]))
    assert findings.soonest(alone) == "Cerebras starts soonest (0.46 s) and writes fastest"


def test_the_judgement_counts_what_holds():
    judged = verdicts.verdicts(tables([*LLAMA_SPEEDS, *GPT_SPEEDS], [*LLAMA_PRICES, *GPT_PRICES]))
    assert findings.judgement(judged) == (
        "Of 6 headline claims, 4 held on what was published by 3 February 2026; 1 holds on what was published since."
    )
    assert findings.judgement(verdicts.verdicts(tables())) == (
        "Of 6 headline claims, 0 held on what was published by 3 February 2026; 0 hold on what was published since."
    )


@pytest.mark.parametrize(
    ("years", "text"),
    [
        ([(2025, 50.0), (2026, 55.0), (2026, 66.0)], "55–66 %"),
        ([(2025, 50.0)], "50 %"),
        ([], "not published"),
    ],
)
def test_the_newest_years_estimates_are_a_range(years, text):
    table = pl.DataFrame(years, schema={"year": pl.Int64, "share_percent": pl.Float64}, orient="row")
    assert findings.inference_share(table) == text


def test_pairs_are_counted_by_grade_with_none_left_out():
    vendor = measured("Cerebras", 1800.0, model="Llama 3.1 70B", measurer_kind="vendor")
    rows = [*LLAMA_SPEEDS, vendor, measured("Azure", 30.0, model="Llama 3.1 70B")]
    assert findings.grades(speed.ratios(speeds(*rows), providers())) == {"A": 12, "B": 0, "C": 0, "D": 1}
