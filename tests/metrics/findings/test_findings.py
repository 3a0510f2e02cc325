"""The sentences above the charts, computed from the captures as published."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics import cost, matching, speed, words
from metrics.claims import verdicts
from metrics.claims.claim import FIRST, NOW, THEN
from metrics.dollar import PER_DOLLAR, RENT
from metrics.findings import answer as answer_findings
from metrics.findings import cost as cost_findings
from metrics.findings import evidence as evidence_findings
from metrics.findings import shares as shares_findings
from metrics.findings import speed as speed_findings
from tests.frames import (
    GPT_OSS,
    LLAMA_8B,
    MAY_2026,
    gpt_oss_of_2026,
    llama_of_2024,
    measured,
    prices,
    providers,
    speeds,
    tables,
)

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
    assert speed_findings.fastest(LLAMA, LLAMA_8B) == "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure"
    assert speed_findings.fastest(GPT, GPT_OSS) == "Cerebras writes gpt-oss-120b 8.5 times as fast as Azure"


def test_a_specialised_provider_that_is_slower_is_told_as_slower():
    rows = measured("Groq", 50.0), measured("Azure", 200.0)
    assert (
        speed_findings.fastest(hosts(rows, LLAMA_8B), LLAMA_8B) == "Groq writes Llama 3.1 8B a quarter as fast as Azure"
    )


def test_it_is_said_where_no_specialised_provider_was_measured():
    others = LLAMA.filter(~pl.col("is_specialised"))
    assert speed_findings.fastest(others, LLAMA_8B) == (
        "No specialised provider of Llama 3.1 8B was measured beside this baseline."
    )
    assert speed_findings.best_other(others) == ""


def test_a_sentence_has_the_day_of_the_two_rows_that_it_divides():
    later = [row | {"measured_on": date(2026, 5, 20)} for row in GPT_SPEEDS if row["provider"] == "Eigen AI"]
    rows = [row for row in GPT_SPEEDS if row["provider"] != "Eigen AI"] + later
    assert speed_findings.decided_on(hosts(rows, GPT_OSS)) == MAY_2026


def test_a_later_look_without_the_baseline_is_told():
    """Artificial Analysis saw Cerebras at 1,705.8 tokens/s on 31 May 2026, on a page without Azure."""
    page = {"model": GPT_OSS, "capture": None, "source_url": "https://alatirok.com", "measured_on": date(2026, 5, 31)}
    rows = [*GPT_SPEEDS, measured("Cerebras", 1705.8, **page)]
    judged = matching.judged(speeds(*rows), providers())
    assert speed_findings.later_look(judged, GPT) == (
        "Artificial Analysis saw Cerebras at 1,706 tokens/s on 31 May 2026, without Azure beside it."
    )
    assert speed_findings.later_look(matching.judged(speeds(*GPT_SPEEDS), providers()), GPT) == ""


def test_speed_comes_with_its_price():
    assert speed_findings.speed_and_price(LLAMA, LLAMA_PRICED, LLAMA_8B) == (
        "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure, at 26 % of the price"
    )
    assert speed_findings.speed_and_price(GPT, GPT_PRICED, GPT_OSS) == (
        "Cerebras writes gpt-oss-120b 8.5 times as fast as Azure, at 1.7 times the price"
    )


@pytest.mark.parametrize("absent", ["Cerebras", "Azure"])
def test_no_price_is_told_where_a_side_has_none(absent):
    told = speed_findings.speed_and_price(GPT, GPT_PRICED.filter(pl.col("provider") != absent), GPT_OSS)
    assert told == speed_findings.fastest(GPT, GPT_OSS)


def test_the_fastest_other_host_is_not_left_out():
    assert speed_findings.best_other(LLAMA) == "Against the fastest other host, Fireworks, it is 7.7 times as fast."
    assert speed_findings.best_other(GPT) == "Against the fastest other host, Eigen AI, it is 3.3 times as fast."


def test_over_models_the_best_provider_of_each_counts():
    told = speed_findings.models_ahead(headline([*LLAMA_SPEEDS, *GPT_SPEEDS]), "speed_ratio", "Azure")
    assert told == (
        "Specialised silicon is faster than Azure on 1 of 1 model (8 May 2026); the best of each stands at 8.5x"
    )
    rows = headline([*LLAMA_SPEEDS, *GPT_SPEEDS])
    assert speed_findings.earlier_models(rows, "speed_ratio") == (
        "Pale: older, faster on 1 of 1 model (13 October 2024), at 37.3x."
    )
    assert speed_findings.earlier_models(headline(LLAMA_SPEEDS), "speed_ratio") == ""


def test_where_nothing_is_recent_the_title_speaks_of_what_was():
    rows = headline([*LLAMA_SPEEDS, *GPT_SPEEDS]).filter(~pl.col("is_recent"))
    assert speed_findings.models_ahead(rows, "speed_ratio", "Azure").startswith(
        "Specialised silicon was faster than Azure on 1 of 1 model (13 October 2024);"
    )


@pytest.mark.parametrize(
    ("baseline", "named"), [("Best", "the fastest other host"), ("Median", "the median host"), ("Azure", "Azure")]
)
def test_the_baseline_is_named_in_words(baseline, named):
    told = speed_findings.models_ahead(headline(LLAMA_SPEEDS, baseline), "speed_ratio", baseline)
    assert told.startswith(f"Specialised silicon is faster than {named} on 1 of 1 model (13 October 2024);")


def test_grade_d_makes_no_finding():
    rows = measured("Cerebras", 1800.0, measurer_kind="vendor"), measured("Azure", 54.3)
    assert speed_findings.models_ahead(headline(rows), "speed_ratio", "Azure") == "No like-for-like pair with Azure"


def test_the_cheapest_price_is_told_in_words():
    assert cost_findings.cheapest(price_headline([*LLAMA_PRICES, *GPT_PRICES]), "Azure") == (
        "Specialised providers are cheaper than Azure on 1 of 2 models (13 October 2024 to 8 May 2026); "
        "the least is 15 % of the price (Groq, Llama 3.1 8B, 13 October 2024)"
    )
    assert cost_findings.cheapest(price_headline([]), "Azure") == "No price stands beside Azure"


def test_the_best_price_baseline_is_the_cheapest_host():
    told = cost_findings.cheapest(price_headline(LLAMA_PRICES, "Best"), "Best")
    assert told.startswith("Specialised providers are cheaper than the cheapest other host on 1 of 1 model (")


def test_an_answer_has_the_day_of_its_own_rows_and_of_no_other_host():
    later = pl.when(pl.col("provider") == "Groq").then(pl.lit(date(2026, 8, 22))).otherwise("measured_on")
    hosts = GPT.with_columns(measured_on=later)
    assert speed_findings.speed_and_price_on_their_day(hosts, GPT_PRICED, GPT_OSS) == (
        "Cerebras writes gpt-oss-120b 8.5 times as fast as Azure, at 1.7 times the price (8 May 2026)."
    )


def test_the_rest_of_what_cost_says_has_its_days():
    fit = {"slope": 1.0, "explained": 0.9, "hosts": 5, "at_one": 1.0}
    assert cost_findings.premium(fit, GPT_PRICED) == (
        "Twice the speed comes at 2 times the price; the line explains 90 % of the scatter among 5 hosts (8 May 2026)"
    )
    assert cost_findings.dearest_output(GPT_PRICED).endswith(" times as much as one of input (8 May 2026)")
    row = {"is_own": False, "accelerator": "B200", "cloud": "Lambda", "usd_per_mtok_from_rent": 0.25}
    costs = pl.DataFrame([row | {"observed_on": date(2026, 2, 11)}])
    listed = pl.DataFrame(
        [{"is_own": False, "provider": "Groq", "output_usd_per_mtok": 0.6, "last_seen_on": date(2026, 11, 20)}]
    )
    assert cost_findings.rented(costs, listed, RENT) == (
        "On one B200 a million output tokens cost $0.25 at Lambda (rent of 11 February 2026); "
        "the cheapest list price is $0.60 (Groq, 20 November 2026)"
    )
    assert cost_findings.rented(costs, listed, RENT, PER_DOLLAR) == (
        "4 m output tokens for a dollar of rent come from one B200 at Lambda (rent of 11 February 2026); "
        "a dollar of list price buys 1.67 m tokens at most (Groq, 20 November 2026)"
    )


def test_the_frontier_names_both_its_ends():
    assert cost_findings.frontier(GPT_PRICED, GPT_OSS) == (
        "Fastest: Cerebras, 1,856 tokens/s for $0.45; cheapest: DeepInfra, 45.1 for $0.0767"
    )


def test_the_range_of_hosts_is_told_from_the_slowest_to_the_fastest():
    hosts = pl.DataFrame({"speed_ratio": [8.5, 1.0, 0.19], "baseline_provider": "Azure", "is_own": False})
    assert (
        speed_findings.host_range(hosts, GPT_OSS) == "The hosts of gpt-oss-120b stand at 0.19–8.5x the speed of Azure"
    )


def test_one_host_may_be_both_fastest_and_cheapest():
    table = GPT_PRICED.filter(pl.col("provider").is_in(["Eigen AI", "Groq", "Azure"]))
    told = cost_findings.frontier(cost.frontier(table), GPT_OSS)
    assert told == "Eigen AI is both the fastest and the cheapest for gpt-oss-120b"


def test_who_starts_soonest_and_who_writes_fastest():
    assert speed_findings.soonest(LLAMA) == "DeepInfra starts soonest (0.22 s), Cerebras writes fastest"
    alone = LLAMA.filter(pl.col("provider").is_in(["Cerebras"]))
    assert speed_findings.soonest(alone) == "Cerebras starts soonest (0.46 s) and writes fastest"


SAME_MONTH, YEARS_LATER = date(2026, 5, 31), date(2028, 6, 1)


def test_the_judgement_counts_what_holds_and_dates_each_half_by_what_decides_it():
    judged = verdicts.verdicts(tables([*LLAMA_SPEEDS, *GPT_SPEEDS], [*LLAMA_PRICES, *GPT_PRICES]))
    told = (
        "Faster than Azure, yes (8 May 2026); at a tenth of the price, no (8 May 2026): 1 of 7 claims with figures "
        "holds "
    )
    assert answer_findings.judgement(judged, SAME_MONTH) == f"{told}now, 0 held at the article, 5 in 2024."
    assert answer_findings.judgement(judged, YEARS_LATER) == (
        f"{told}by the newest figures, of 2 years ago, 0 held at the article, 5 in 2024."
    )
    assert answer_findings.judgement(verdicts.verdicts(tables()), SAME_MONTH) == (
        "Faster than Azure, not known; at a tenth of the price, not known: 0 of 0 claims with figures hold now, 0 held "
        "at the article, 0 in 2024."
    )


@pytest.mark.parametrize(
    ("when", "newest_on", "today", "told"),
    [
        (FIRST, date(2024, 10, 13), SAME_MONTH, "2024, when the speeds were first shown"),
        (THEN, date(2025, 5, 28), SAME_MONTH, "At the article"),
        (NOW, date(2026, 5, 8), SAME_MONTH, "Now, 23 days ago"),
        (NOW, date(2026, 5, 8), date(2026, 11, 7), "Now, 6 months ago"),
        (NOW, date(2026, 5, 8), date(2026, 11, 8), "When last published, 6 months ago"),
        (NOW, None, SAME_MONTH, "Now"),
    ],
)
def test_now_says_its_age_and_is_not_now_after_half_a_year(when, newest_on, today, told):
    assert answer_findings.when_judged(when, newest_on, today) == told


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2028, 6, 2), "today"),
        (date(2028, 6, 1), "today"),
        (date(2028, 5, 31), "1 day ago"),
        (date(2028, 3, 1), "3 months ago"),
        (date(2026, 6, 1), "2 years ago"),
    ],
)
def test_an_age_is_told_in_days_months_or_years(day, told):
    assert words.ago(day, YEARS_LATER) == told


def judged_as(*rows):
    return pl.DataFrame(rows, schema=["claim_id", "claim", "when", "verdict"], orient="row")


HELD = (("C05", "Faster than Azure", "now", "SUPPORTED"), ("C07", "Ten times as fast", "now", "STALE"))


def test_the_ledger_names_one_claim_that_holds_and_one_that_no_longer_does():
    assert answer_findings.ledger(judged_as(*HELD)) == (
        "“Faster than Azure” still holds; “Ten times as fast” held earlier"
    )
    assert answer_findings.ledger(judged_as(("C05", "Faster", "now", "PARTLY"))) == "Not one of 1 claim holds now"


def test_verdicts_are_counted_in_their_order_and_none_that_nobody_got():
    rows = judged_as(*HELD, ("C14", "Slower", "now", "SCENARIO"), ("C05", "Faster than Azure", "then", "PARTLY"))
    assert list(answer_findings.counts(rows, "now").items()) == [("SUPPORTED", 1), ("STALE", 1), ("SCENARIO", 1)]
    assert answer_findings.all_claims(rows) == "3 claims, now"


def test_what_the_readers_rows_would_change_is_told_and_the_record_stands():
    changed = pl.DataFrame(
        [("C05", "Faster", "now", "PARTLY"), ("C07", "Ten", "now", "SUPPORTED"), ("C05", "Faster", "then", "PARTLY")],
        schema=["claim_id", "claim", "when", "would_become"],
        orient="row",
    )
    assert answer_findings.would_become(changed) == (
        "With your files “Faster” would become partly and “Ten” would become supported; the published verdicts stand."
    )
    assert answer_findings.would_change(changed) == "Your files would change 2 verdicts; the published ones stand."
    assert answer_findings.would_become(changed.clear()) == "Your files would change no verdict."
    assert answer_findings.becomes(changed, "C07", "now") == "SUPPORTED"
    assert answer_findings.becomes(changed, "C07", "then") is None
    assert answer_findings.becomes(None, "C07", "now") is None


def test_the_verdict_that_changed_most_often_is_named():
    days = [date(2026, month, 1) for month in (1, 2, 3)]
    rows = [("C01", "One", day, word) for day, word in zip(days, ("NO DATA", "PARTLY", "SUPPORTED"), strict=True)]
    rows += [("C02", "Two", day, "PARTLY") for day in days]
    played = pl.DataFrame(rows, schema=["claim_id", "claim", "as_of", "verdict"], orient="row")
    assert answer_findings.replay(played) == "1 of 2 verdicts changed as figures came in; most often “One”, 1 time"
    assert answer_findings.replay(played.clear()) == "No verdict can be played back"


def test_how_far_back_the_builds_go_is_said():
    moments = [datetime(2026, 8, 1, 9), datetime(2026, 8, 3, 9)]
    kept = pl.DataFrame({"generation": ["store-1", "store-2"], "built_at": moments})
    assert answer_findings.builds(kept) == (
        "2 builds of the figures are kept, 1 August 2026 to 3 August 2026; how long each verdict has stood among them."
    )
    assert answer_findings.builds(kept.head(1)).startswith("1 build of the figures is kept, 1 August 2026;")


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
    assert shares_findings.newest_year(table) == text


def test_pairs_are_counted_by_grade_with_none_left_out():
    vendor = measured("Cerebras", 1800.0, model="Llama 3.1 70B", measurer_kind="vendor")
    rows = [*LLAMA_SPEEDS, vendor, measured("Azure", 30.0, model="Llama 3.1 70B")]
    assert evidence_findings.grades(speed.ratios(speeds(*rows), providers())) == {"A": 12, "B": 0, "C": 0, "D": 1}


def test_what_a_gpu_hour_rents_for_is_told_with_its_days_and_the_number_of_clouds():
    ends = [("GPU cloud", date(2026, 2, 11), 2.99, 12), ("GPU cloud", date(2026, 5, 4), 2.97, 12)]
    same = pl.DataFrame(
        [*ends, ("hyperscaler", date(2026, 2, 11), 6.93, 2), ("hyperscaler", date(2026, 5, 8), 6.93, 2)],
        schema=["seller_kind", "day", "usd_per_accelerator_hour", "clouds"],
        orient="row",
    )
    assert cost_findings.rent_moves(same, "H100", "On demand") == (
        "The middle on demand rent of H100, over the same clouds: $2.99, later $2.97, at 12 GPU clouds "
        "(11 February 2026 to 4 May 2026); $6.93 first and last at 2 hyperscalers (11 February 2026 to 8 May 2026)"
    )
    assert cost_findings.rent_moves(same.head(0), "B300", "Spot") == (
        "No two clouds were seen to rent out B300 over time"
    )


def test_what_marketplaces_ask_is_told_with_its_days():
    first, last = date(2025, 10, 19), date(2025, 11, 16)
    offers = pl.DataFrame(
        [
            ("Prime Intellect", first, 1.99, 32),
            ("Prime Intellect", last, 2.69, 32),
            ("Vast.ai", date(2026, 3, 6), 1.55, 32),
        ],
        schema=["place", "observed_on", "usd_per_accelerator_hour", "offers"],
        orient="row",
    )
    assert cost_findings.offers_move(offers, "H100") == (
        "The middle offer of H100 by the hour asks $1.99, later $2.69, on Prime Intellect (19 October 2025 to "
        "16 November 2025); $1.55 on Vast.ai (6 March 2026)"
    )
