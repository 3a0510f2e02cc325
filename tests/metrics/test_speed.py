"""How much faster: worked by hand on the two captures that name Azure."""

import math
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import matching, speed
from tests.frames import (
    GPT_OSS,
    LLAMA_8B,
    MAY_2026,
    OCTOBER_2024,
    gpt_oss_of_2026,
    llama_of_2024,
    measured,
    providers,
    speeds,
)

LLAMA, GPT = llama_of_2024()[0], gpt_oss_of_2026()[0]


def ratios(*rows):
    return speed.ratios(speeds(*rows), providers())


def hosts(*rows, model=LLAMA_8B, baseline="Azure"):
    return speed.hosts(matching.judged(speeds(*rows), providers()), ratios(*rows), model, baseline)


def against_azure(*rows):
    azure = matching.against(ratios(*rows), "Azure")
    return {key: round(value, 2) for *key, value in azure.select("provider", "speed_ratio").iter_rows() for key in key}


def test_in_october_2024_cerebras_is_37_times_as_fast_as_azure():
    assert against_azure(*LLAMA) == {"Cerebras": 37.26, "Groq": 13.84, "SambaNova": 18.76}


def test_in_may_2026_cerebras_is_8_and_a_half_times_as_fast_as_azure():
    assert against_azure(*GPT) == {"Cerebras": 8.5, "Groq": 2.18, "SambaNova": 2.98}


def test_the_spread_is_worked_from_the_upper_quartiles_of_both_sides():
    """exp(sqrt(ln(1.1)² + ln(1.2)²)) = 1.2285: 8.5x spreads from 6.92x to 10.4x."""
    rows = (
        measured("Cerebras", 1855.9, output_tokens_per_second_p75=1855.9 * 1.1),
        measured("Azure", 218.3, output_tokens_per_second_p75=218.3 * 1.2),
    )
    low, high = ratios(*rows).select("spread_low", "spread_high").row(0)
    assert low == pytest.approx(8.5016 / 1.2285, rel=1e-3)
    assert high == pytest.approx(8.5016 * 1.2285, rel=1e-3)


def test_the_spread_takes_the_lower_quartile_where_it_is_published():
    """Below: sqrt(ln(1855.9/1500)² + ln(1.2)²) = 0.2805; above: sqrt(ln(1.1)² + ln(218.3/200)²) = 0.1296."""
    rows = (
        measured(
            "Cerebras",
            1855.9,
            output_tokens_per_second_p25=1500.0,
            output_tokens_per_second_p75=1855.9 * 1.1,
        ),
        measured("Azure", 218.3, output_tokens_per_second_p25=200.0, output_tokens_per_second_p75=218.3 * 1.2),
    )
    low, high = ratios(*rows).select("spread_low", "spread_high").row(0)
    assert low == pytest.approx(8.5016 / 1.3238, rel=1e-3)
    assert high == pytest.approx(8.5016 * 1.1384, rel=1e-3)


def test_there_is_no_spread_where_a_side_publishes_no_quartiles():
    rows = measured("Cerebras", 1855.9, output_tokens_per_second_p75=1900.0), measured("Azure", 218.3)
    assert ratios(*rows).select("spread_low", "spread_high").row(0) == (None, None)


amount = st.floats(min_value=1, max_value=10_000)
wider = st.floats(min_value=0.5, max_value=5)


@given(fast=amount, base=amount, fast_width=wider, base_width=wider)
def test_the_spread_contains_the_ratio(fast, base, fast_width, base_width):
    rows = (
        measured("Cerebras", fast, output_tokens_per_second_p75=fast * fast_width),
        measured("Azure", base, output_tokens_per_second_p75=base * base_width),
    )
    low, point, high = ratios(*rows).select("spread_low", "speed_ratio", "spread_high").row(0)
    assert low <= point * (1 + 1e-9)
    assert point <= high * (1 + 1e-9)
    assert low * high == pytest.approx(point * point)


def test_the_newest_of_equally_matched_pairs_counts():
    later = {"capture": "later", "measured_on": OCTOBER_2024 + timedelta(days=30)}
    rows = *LLAMA, measured("Cerebras", 1800.0, **later), measured("Azure", 60.0, **later)
    azure = speed.newest(ratios(*rows)).filter(pl.col("baseline_provider") == "Azure", pl.col("provider") == "Cerebras")
    assert azure["speed_ratio"].to_list() == [30.0]


def test_a_better_matched_pair_counts_before_a_newer_one():
    later = {"capture": "later", "measured_on": OCTOBER_2024 + timedelta(days=30)}
    rows = *LLAMA, measured("Cerebras", 1800.0, precision="fp16", **later), measured("Azure", 60.0, **later)
    azure = speed.newest(ratios(*rows)).filter(pl.col("baseline_provider") == "Azure", pl.col("provider") == "Cerebras")
    assert azure["match_grade"].to_list() == ["A"]


def test_an_undated_run_comes_after_a_dated_one():
    undated = {"capture": "undated", "measured_on": None}
    rows = *LLAMA, measured("Cerebras", 9000.0, **undated), measured("Azure", 9.0, **undated)
    azure = speed.newest(ratios(*rows)).filter(pl.col("baseline_provider") == "Azure", pl.col("provider") == "Cerebras")
    assert azure["measured_on"].to_list() == [OCTOBER_2024]


def test_the_headline_of_a_provider_is_its_endpoint_on_like_terms_and_of_those_the_fastest():
    speculative = measured("Groq", 1665.0, endpoint="speculative decoding")
    rows = measured("Groq", 250.0), measured("Groq", 276.0, endpoint="eu"), speculative, measured("Azure", 54.3)
    headline = speed.headline(ratios(*rows))
    assert headline.select("provider", "endpoint", "match_grade").rows() == [("Groq", "eu", "A")]
    alone = speed.headline(ratios(speculative, measured("Azure", 54.3)))
    assert alone.select("match_grade", "differs").rows() == [("B", "kind of endpoint")]


def test_a_fresh_pair_stands_before_an_old_one_of_a_better_grade():
    """Llama 3.1 8B at Groq and Azure: 13.8x of October 2024 in one run, 8.67x of May 2025 in live traffic."""
    later = {"capture": "traffic", "measured_on": date(2025, 5, 25), "measurer_kind": "traffic"}
    rows = *LLAMA, measured("Groq", 650.0, **later), measured("Azure", 75.0, **later)
    groq = speed.headline(matching.against(ratios(*rows), "Azure")).filter(pl.col("provider") == "Groq")
    assert groq.select("match_grade", "measured_on").rows() == [("C", date(2025, 5, 25))]


def test_of_repeated_samples_the_middle_one_stands_for_the_pair():
    """Eleven samples decide nothing by the last of them; of two the lower stands."""
    speeds = (268.0, 241.5, 265.0, 104.0, 185.0)
    captures = [{"capture": f"t{day}", "measured_on": date(2026, 8, 1 + day), "model": GPT_OSS} for day in range(5)]
    rows = [
        row
        for of_groq, of_run in zip(speeds, captures, strict=True)
        for row in (measured("Groq", of_groq, **of_run), measured("Azure", 100.0, **of_run))
    ]
    middle = speed.headline(speed.middles(ratios(*rows), "Azure"))
    assert middle.select("speed_ratio", "samples", "value_low", "value_high").rows() == [(2.415, 5, 1.04, 2.68)]
    assert middle.select("measured_on", "window_from", "window_to").rows() == [
        (date(2026, 8, 2), date(2026, 8, 1), date(2026, 8, 5))
    ]
    assert speed.headline(speed.middles(ratios(*rows[:4]), "Azure"))["speed_ratio"].to_list() == [2.415]


def test_a_sample_of_another_season_is_no_sample_of_this_one():
    seasons = {"a": date(2025, 5, 1), "b": date(2026, 5, 1)}
    rows = [
        row
        for name, day in seasons.items()
        for row in (
            measured("Groq", 500.0 if name == "a" else 300.0, capture=name, measured_on=day),
            measured("Azure", 100.0, capture=name, measured_on=day),
        )
    ]
    assert speed.headline(speed.middles(ratios(*rows), "Azure")).select("speed_ratio", "samples").rows() == [(3.0, 1)]


def test_the_headline_has_one_row_per_model_and_provider_fastest_first():
    headline = speed.headline(matching.against(ratios(*LLAMA, *GPT), "Azure"))
    assert headline.select("model", "provider").rows() == [
        (LLAMA_8B, "Cerebras"),
        (LLAMA_8B, "SambaNova"),
        (LLAMA_8B, "Groq"),
        (GPT_OSS, "Cerebras"),
        (GPT_OSS, "SambaNova"),
        (GPT_OSS, "Groq"),
    ]


def test_across_models_ratios_meet_in_their_geometric_mean():
    """sqrt(37.256 · 8.5016) = 17.797 for Cerebras, sqrt(13.844 · 2.1768) = 5.4896 for Groq."""
    gpt_oss_then = [row | {"measured_on": OCTOBER_2024} for row in GPT]
    across = speed.across_models(matching.against(ratios(*LLAMA, *gpt_oss_then), "Azure"))
    means = dict(across.select("provider", "speed_ratio").iter_rows())
    assert means["Cerebras"] == pytest.approx(17.797, rel=1e-3)
    assert means["Groq"] == pytest.approx(5.4896, rel=1e-3)
    assert across["models"].to_list() == [2, 2, 2]


def test_no_average_is_taken_over_years():
    across = speed.across_models(matching.against(ratios(*LLAMA, *GPT), "Azure"))
    assert across.filter(pl.col("provider") == "Cerebras").row(0)[1:] == (
        pytest.approx(8.5016, rel=1e-4),
        1,
        MAY_2026,
        MAY_2026,
    )


def test_only_grades_a_and_b_enter_the_mean():
    vendor = measured("Cerebras", 3000.0, model=GPT_OSS, measurer_kind="vendor", capture="claimed")
    soft = {"precision": "fp16", "prompt_tokens": 1000, "model": "Llama 3.3 70B"}
    rows = (
        *LLAMA,
        vendor,
        measured("Azure", 100.0, model=GPT_OSS, capture="claimed"),
        measured("Cerebras", 2000.0, **soft),
        measured("Azure", 100.0, model="Llama 3.3 70B"),
    )
    azure = matching.against(ratios(*rows), "Azure").filter(pl.col("provider") == "Cerebras")
    assert sorted(azure["match_grade"]) == ["A", "C", "D"]
    assert speed.across_models(azure).row(0)[:3] == ("Cerebras", pytest.approx(37.256, rel=1e-4), 1)


def test_coverage_puts_the_model_with_most_like_for_like_pairs_first():
    vendor = measured("Cerebras", 450.0, model="Llama 3.1 70B", measurer_kind="vendor")
    hosts = providers().filter(~pl.col("is_specialised") & (pl.col("kind") == "host"))["provider"].head(20)
    others = [measured(host, 50.0, model="Llama 3.1 70B") for host in hosts]
    covered = speed.coverage(ratios(*LLAMA, vendor, *others))
    assert covered.select("model", "like_for_like", "pairs", "providers").rows() == [
        (LLAMA_8B, 12, 12, 3),
        ("Llama 3.1 70B", 0, 20, 1),
    ]


def test_every_host_of_a_run_is_a_multiple_of_the_baseline():
    shown = hosts(*LLAMA)
    assert shown["host_label"].to_list() == [
        "Cerebras",
        "SambaNova",
        "Groq",
        "Fireworks",
        "AWS Bedrock",
        "DeepInfra",
        "Azure",
    ]
    assert shown["speed_ratio"].to_list()[-1] == 1
    assert shown["is_baseline"].to_list() == [False] * 6 + [True]
    assert shown["speed_ratio"].to_list()[0] == pytest.approx(37.256, rel=1e-4)


@pytest.mark.parametrize(("baseline", "host"), [("Best", "Fireworks"), ("Median", "AWS Bedrock")])
def test_the_baseline_of_a_run_may_be_its_best_or_median_host(baseline, host):
    shown = hosts(*LLAMA, baseline=baseline)
    assert shown.filter("is_baseline").select("host_label", "speed_ratio").rows() == [(host, 1.0)]


def test_the_newest_run_is_shown_and_no_other():
    later = {"capture": "later", "measured_on": MAY_2026}
    shown = hosts(*LLAMA, measured("Cerebras", 1800.0, **later), measured("Azure", 60.0, **later))
    assert shown["speed_ratio"].to_list() == [30.0, 1.0]


def test_a_baseline_measured_in_another_run_is_shown_with_it():
    later = {"capture": "later", "measured_on": OCTOBER_2024 + timedelta(days=5)}
    shown = hosts(measured("Cerebras", 2000.0), measured("Groq", 750.0), measured("Azure", 50.0, **later))
    assert shown.select("host_label", "speed_ratio", "is_baseline").rows() == [
        ("Cerebras", 40.0, False),
        ("Groq", 15.0, False),
        ("Azure", 1.0, True),
    ]


def test_a_page_that_tells_of_two_seasons_shows_one_of_them():
    page = {"capture": None, "source_url": "https://alatirok.com/ai-inference-speed-2026/"}
    winter = {"measured_on": MAY_2026 - timedelta(days=120)}
    shown = hosts(
        measured("Cerebras", 1705.8, measured_on=MAY_2026, **page),
        measured("Azure", 218.3, measured_on=MAY_2026, **page),
        measured("Fireworks", 683.4, **winter, **page),
    )
    assert shown["host_label"].to_list() == ["Cerebras", "Azure"]


def test_a_baseline_that_stands_beside_nobody_shows_no_hosts():
    assert hosts(*LLAMA, baseline="Google Vertex").is_empty()
    assert hosts(*LLAMA, model=GPT_OSS).is_empty()


def test_excluded_rows_are_not_among_the_hosts():
    shown = hosts(*LLAMA, measured("OctoAI", 9999.0, ttft_seconds=30.0))
    assert "OctoAI" not in shown["host_label"].to_list()


def test_labels_tell_the_endpoints_of_one_provider_apart():
    rows = (
        measured("Cerebras", 2023.0),
        measured("Azure", 54.3),
        measured("DeepInfra", 45.1),
        measured("DeepInfra", 146.3, provider_as_published="DeepInfra (Turbo)", endpoint="Turbo"),
        measured("Nebius", 128.4, endpoint="base"),
        measured("Nebius", 516.9, endpoint="fast"),
        measured("Novita", 41.3, precision="fp8"),
        measured("Novita", 40.0, precision="fp8", prompt_tokens=10_000),
    )
    labels = hosts(*rows)["host_label"].to_list()
    assert len(set(labels)) == len(rows)
    assert {"DeepInfra", "DeepInfra (Turbo)", "Nebius, base", "Nebius, fast", "Novita, fp8", "Novita, fp8 (2)"} <= set(
        labels
    )


def test_the_spread_of_a_host_counts_the_baselines_too():
    rows = (
        measured("Cerebras", 1855.9, output_tokens_per_second_p75=1855.9 * 1.1),
        measured("Fireworks", 264.1),
        measured("Azure", 218.3, output_tokens_per_second_p75=218.3 * 1.2),
    )
    shown = {row["host_label"]: row for row in hosts(*rows).iter_rows(named=True)}
    width = math.exp(math.hypot(math.log(1.1), math.log(1.2)))
    assert shown["Cerebras"]["spread_high"] == pytest.approx(shown["Cerebras"]["speed_ratio"] * width)
    assert shown["Fireworks"]["spread_low"] is None


def test_hosts_without_a_first_token_time_are_left_out_of_the_waiting():
    rows = *LLAMA, measured("OctoAI", 174.9)
    judged = matching.judged(speeds(*rows), providers())
    timed = speed.timed(judged, ratios(*rows), LLAMA_8B)
    assert timed.height == len(LLAMA)
    assert timed["ttft_seconds"].null_count() == 0


def test_nothing_is_timed_where_no_first_token_time_is_published():
    assert speed.timed(matching.judged(speeds(*GPT), providers()), ratios(*GPT), GPT_OSS).is_empty()


def test_no_rows_make_no_ratios():
    empty = ratios()
    assert empty.is_empty()
    assert speed.headline(empty).is_empty()
    assert speed.across_models(empty).is_empty()
    assert speed.coverage(empty).is_empty()
    assert hosts().is_empty()
