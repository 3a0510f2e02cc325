"""What traffic costs and how fast it is answered: worked by hand on published figures."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import matching, workload
from metrics.findings import workload as findings
from metrics.workload import CHEAPEST, CHEAPEST_OF_ALL, FASTEST, NO_LIMIT, TODAY, Workload
from tests.frames import (
    GPT_OSS,
    LLAMA_8B,
    MAY_2026,
    OCTOBER_2024,
    catalogued,
    gpt_oss_of_2026,
    listed,
    llama_of_2024,
    measured,
    prices,
    providers,
    speeds,
)

GPT_SPEEDS, GPT_PRICES = gpt_oss_of_2026()
LLAMA_SPEEDS, LLAMA_PRICES = llama_of_2024()
THINKING = Workload(100_000, 1000, 500, 2000, 0.0, 5.0)
PLAIN = Workload(100_000, 1000, 500, limit_seconds=2.0)
MEASURED, SEEN = {"measured_on": OCTOBER_2024}, {"valid_from": OCTOBER_2024, "last_seen_on": OCTOBER_2024}
STOOD = {"valid_from": MAY_2026, "last_seen_on": MAY_2026}


def offers(speed_rows, price_rows, model=LLAMA_8B, run=None):
    judged = matching.judged(speeds(*speed_rows), providers())
    return workload.offers(judged, prices(*price_rows), providers(), model, run)


def served(speed_rows, price_rows, work, model=LLAMA_8B):
    return workload.served(offers(speed_rows, price_rows, model), work)


def compared(speed_rows, price_rows, work, today, model=LLAMA_8B):
    return workload.with_roles(workload.against_today(served(speed_rows, price_rows, work, model), today))


def gpt(work=THINKING, today="Azure"):
    return compared(GPT_SPEEDS, GPT_PRICES, work, today, GPT_OSS)


def llama(work=PLAIN, today="Azure"):
    return compared(LLAMA_SPEEDS, LLAMA_PRICES, work, today)


def of(rows, offer):
    return rows.row(by_predicate=pl.col("offer") == offer, named=True)


@pytest.mark.parametrize(
    ("offer", "monthly", "writing"),
    [
        ("Azure", 3_041_666.67 * (1000 * 0.15 + 2500 * 0.6) / 1e6, 2500 / 218.3),
        ("Cerebras", 3_041_666.67 * (1000 * 0.35 + 2500 * 0.75) / 1e6, 2500 / 1855.9),
        ("DeepInfra", 3_041_666.67 * (1000 * 0.039 + 2500 * 0.19) / 1e6, 2500 / 45.1),
    ],
)
def test_gpt_oss_at_100_000_requests_a_day_thinking_included(offer, monthly, writing):
    row = of(gpt(), offer)
    assert row["monthly_usd"] == pytest.approx(monthly)
    assert row["writing_seconds"] == pytest.approx(writing)


def test_azure_costs_5_019_dollars_and_cerebras_a_third_more():
    azure, cerebras = of(gpt(), "Azure"), of(gpt(), "Cerebras")
    assert azure["monthly_usd"] == pytest.approx(5018.75)
    assert cerebras["saving_usd"] == pytest.approx(5018.75 - 6767.71, abs=0.01)
    assert cerebras["cost_of_todays"] == pytest.approx(1.3485, abs=1e-4)


def test_without_a_first_token_time_nothing_is_guessed():
    rows = gpt()
    assert rows["response_seconds"].null_count() == rows.height
    assert rows["is_lower_bound"].all()
    assert of(rows, "Azure")["meets_limit"] is False
    assert of(rows, "Azure")["reason"] == "too slow: writing alone takes 11.5 s"
    assert of(rows, "Cerebras")["meets_limit"] is None
    assert of(rows, "Cerebras")["reason"] == "may be in time: writing alone takes 1.35 s"


def test_a_whole_answer_is_the_wait_and_the_writing():
    """Llama 3.1 8B, October 2024: Cerebras 0.46 + 500 / 2,023, Azure 0.42 + 500 / 54.3."""
    rows = llama()
    assert of(rows, "Cerebras")["response_seconds"] == pytest.approx(0.7072, abs=1e-4)
    assert of(rows, "Azure")["response_seconds"] == pytest.approx(9.6281, abs=1e-4)
    assert of(rows, "Cerebras")["seconds_sooner"] == pytest.approx(8.9209, abs=1e-4)
    assert of(rows, "Cerebras")["compared"] == "whole answer"
    assert of(rows, "Cerebras")["reason"] == "in time: answers in 0.707 s"
    assert of(rows, "Azure")["reason"] == "too slow: answers in 9.63 s"


def test_offers_over_the_limit_are_kept():
    assert set(llama()["offer"]) == {row["provider"] for row in LLAMA_SPEEDS}


def test_without_a_limit_every_offer_is_in_time():
    rows = llama(replace(PLAIN, limit_seconds=None))
    assert rows["meets_limit"].all()
    assert rows["reason"].str.starts_with("no limit").all()


def test_todays_the_cheapest_in_time_and_the_fastest_have_a_role():
    roles = {row["role"]: row["offer"] for row in llama().iter_rows(named=True) if row["role"]}
    assert roles == {TODAY: "Azure", CHEAPEST: "Groq", FASTEST: "Cerebras"}


def test_where_nobody_is_known_to_be_in_time_the_cheapest_that_may_be_is_named():
    assert of(gpt(), "Eigen AI")["role"] == CHEAPEST


def test_where_all_are_too_slow_nobody_is_the_cheapest_in_time():
    assert not llama(replace(PLAIN, limit_seconds=0.1))["is_cheapest"].any()


@pytest.mark.parametrize(
    ("written", "seconds"), [("5 s", 5), ("7.5", 7.5), (" 20 seconds ", 20), (NO_LIMIT, None), ("1 s", 1)]
)
def test_a_limit_is_read(written, seconds):
    assert workload.limit(written) == seconds


@pytest.mark.parametrize("written", ["", "fast", "-1 s", "0", "0 s", "1e9", "5 min", "[x](javascript:1)", "nan"])
def test_a_limit_that_cannot_be_read_is_refused_with_a_sentence(written):
    with pytest.raises(ValueError, match="Write seconds, such as 5 s"):
        workload.limit(written)


@pytest.mark.parametrize("changed", [{"requests_per_day": -1}, {"cached_share": 1.1}, {"output_tokens": -5}])
def test_a_workload_below_nothing_is_refused(changed):
    with pytest.raises(ValueError, match="zero or more"):
        replace(PLAIN, **changed)


def test_a_cached_share_is_paid_at_the_cached_price_and_where_there_is_none_at_the_input_price():
    """Half of 1,000 tokens at 0.075 and half at 0.15; 500 tokens at 0.6; 3,041,667 requests a month."""
    price_rows = [
        listed("Groq", 0.15, 0.6, cached_input_usd_per_mtok=0.075),
        listed("Azure", 0.15, 0.6),
    ]
    rows = served([measured("Groq", 475.2), measured("Azure", 218.3)], price_rows, replace(PLAIN, cached_share=0.5))
    assert of(rows, "Groq")["monthly_usd"] == pytest.approx(3_041_666.67 * (112.5 + 300) / 1e6)
    assert of(rows, "Azure")["monthly_usd"] == pytest.approx(3_041_666.67 * (150 + 300) / 1e6)
    assert [of(rows, name)["cache_is_input_price"] for name in ("Groq", "Azure")] == [False, True]


def test_a_price_comes_with_the_speed_before_any_catalogue():
    rows = offers(
        [measured("Groq", 475.2)],
        [listed("Groq", 0.15, 0.6), catalogued("Groq", 0.1, 0.1, valid_from=OCTOBER_2024, last_seen_on=OCTOBER_2024)],
    )
    assert (rows["input_usd_per_mtok"].item(), rows["price_with_speed"].item()) == (0.15, True)


def test_a_catalogue_speaks_in_its_order_and_for_the_same_endpoint_first():
    stood = {"valid_from": OCTOBER_2024, "last_seen_on": MAY_2026}
    price_rows = [
        catalogued("Nebius", 0.13, 0.4, source="models_dev", **stood),
        catalogued("Nebius", 0.15, 0.6, **stood),
        catalogued("Nebius", 0.25, 0.7, endpoint="Fast", **stood),
    ]
    rows = offers([measured("Nebius", 128.4), measured("Nebius", 516.9, endpoint="fast")], price_rows)
    found = dict(rows.select("offer", "input_usd_per_mtok").iter_rows())
    assert found == {"Nebius": 0.15, "Nebius, fast": 0.25}


def test_a_price_last_seen_half_a_year_before_the_newest_is_history():
    price_rows = [
        catalogued("Groq", 0.15, 0.6, valid_from=OCTOBER_2024, last_seen_on=OCTOBER_2024),
        catalogued("Azure", 0.15, 0.6, **STOOD),
    ]
    assert offers([measured("Groq", 475.2), measured("Azure", 218.3)], price_rows)["offer"].to_list() == ["Azure"]


def test_a_price_of_nothing_is_no_price():
    assert offers([measured("Groq", 475.2)], [listed("Groq", 0.0, 0.0)]).is_empty()


def test_one_run_speaks_and_providers_measured_elsewhere_are_added_apart():
    elsewhere = {"capture": "mirror_2024-08-27", "measured_on": date(2024, 8, 27), "measured_by": "OpenRouter"}
    rows = offers(
        [*LLAMA_SPEEDS, measured("OctoAI", 174.9, **elsewhere), measured("Groq", 300.0, **elsewhere)],
        [
            *LLAMA_PRICES,
            listed("OctoAI", 0.15, 0.15, capture=elsewhere["capture"]),
            listed("Groq", 0.15, 0.15, capture=elsewhere["capture"]),
        ],
    )
    assert rows.filter(~pl.col("same_run"))["offer"].to_list() == ["OctoAI"]
    assert of(rows, "Groq")["output_tokens_per_second"] == 751.7


def test_a_narrow_newer_run_does_not_replace_a_wide_one():
    newer = {"capture": "aa-page_2025-01-01", "measured_on": date(2025, 1, 1)}
    rows = offers(
        [*LLAMA_SPEEDS, measured("Groq", 999.0, **newer)],
        [*LLAMA_PRICES, listed("Groq", 0.05, 0.08, capture=newer["capture"])],
    )
    assert of(rows, "Groq")["output_tokens_per_second"] == 751.7


def test_several_looks_of_one_measurer_are_one_run_each_offer_at_its_middle():
    """Groq on MiniMax M2.7 by OpenRouter: 270, 208.5 and 259.5 tokens/s on three days of August 2026."""
    days = {"a": (2, 270.0), "b": (9, 208.5), "c": (16, 259.5)}
    looks = {name: {"capture": name, "measured_on": date(2026, 8, day)} for name, (day, _) in days.items()}
    speed_rows = [measured("Groq", speed, ttft_seconds=day / 10, **looks[name]) for name, (day, speed) in days.items()]
    speed_rows.append(measured("Azure", 60.0, **looks["b"]))
    seen = {"valid_from": date(2026, 8, 16), "last_seen_on": date(2026, 8, 16)}
    price_rows = [catalogued(name, 0.3, 1.2, **seen) for name in ("Groq", "Azure")]
    judged = matching.judged(speeds(*speed_rows), providers())
    labels = workload.runs(judged, prices(*price_rows), LLAMA_8B)["run_label"]
    assert labels[0] == ("Artificial Analysis, middle of up to 3 looks, 2 August 2026 to 16 August 2026: 2 providers")
    rows = offers(speed_rows, price_rows)
    groq, azure = of(rows, "Groq"), of(rows, "Azure")
    assert (groq["output_tokens_per_second"], groq["ttft_seconds"], groq["looks"]) == (259.5, 0.9, 3)
    assert (groq["measured_from"], groq["measured_on"]) == (date(2026, 8, 2), date(2026, 8, 16))
    assert (azure["output_tokens_per_second"], azure["looks"], azure["same_run"]) == (60.0, 1, True)


def test_a_look_of_more_than_two_months_before_is_none_of_these():
    spring, summer = ({"capture": f"{month}", "measured_on": date(2026, month, 1)} for month in (4, 8))
    speed_rows = [measured("Groq", 500.0, **spring), measured("Groq", 200.0, **summer)]
    price_rows = [catalogued("Groq", 0.3, 1.2, valid_from=date(2026, 8, 1), last_seen_on=date(2026, 8, 1))]
    assert offers(speed_rows, price_rows).select("output_tokens_per_second", "looks").rows() == [(200.0, 1)]


def test_another_run_can_be_chosen():
    newer = {"capture": "aa-page_2025-01-01", "measured_on": date(2025, 1, 1)}  # more than two months later
    speed_rows = [*LLAMA_SPEEDS, measured("Groq", 999.0, **newer)]
    price_rows = [*LLAMA_PRICES, listed("Groq", 0.05, 0.08, capture=newer["capture"])]
    judged = matching.judged(speeds(*speed_rows), providers())
    runs = workload.runs(judged, prices(*price_rows), LLAMA_8B)
    assert runs["providers"].to_list() == [7, 1]
    assert runs["run_label"].to_list() == [
        "Artificial Analysis, 13 October 2024: 7 providers",
        "Artificial Analysis, 1 January 2025: 1 provider, no first-token times",
    ]
    rows = offers(speed_rows, price_rows, run=runs["run"][1])
    assert of(rows, "Groq")["output_tokens_per_second"] == 999.0
    assert rows["same_run"].sum() == 1


def test_seconds_of_two_runs_are_not_compared():
    elsewhere = {"capture": "mirror_2024-08-27", "measured_on": date(2024, 8, 27), "measured_by": "OpenRouter"}
    octo = listed("OctoAI", 0.15, 0.15, capture=elsewhere["capture"])
    rows = compared([*LLAMA_SPEEDS, measured("OctoAI", 174.9, **elsewhere)], [*LLAMA_PRICES, octo], PLAIN, "Azure")
    assert of(rows, "OctoAI")["seconds_sooner"] is None
    assert of(rows, "OctoAI")["saving_usd"] > 0


def test_aggregates_limits_and_sellers_own_figures_make_no_offer_and_say_why():
    speed_rows = [
        measured("Median of all hosts", 150.0, is_aggregate=True),
        measured("Groq", 900.0, measurer_kind="vendor", measured_by="Groq"),
        measured("Together", None, bound_as_published="<200"),
        measured("Nebius", 120.0),
        measured("Azure", 54.3),
    ]
    price_rows = [listed(name, 0.3, 0.61) for name in ("Groq", "Together", "Azure", "Median of all hosts")]
    assert offers(speed_rows, price_rows)["offer"].to_list() == ["Azure"]
    judged = matching.judged(speeds(*speed_rows), providers())
    left = workload.left_out(judged, prices(*price_rows), LLAMA_8B)
    assert dict(left.select("provider", "reason").iter_rows()) == {
        "Groq": "the seller's own figure",
        "Median of all hosts": "a figure over many providers",
        "Nebius": "no current price is published",
        "Together": "only a limit is published, not a value",
    }


def test_a_readers_own_price_stands_beside_the_published_one():
    own = catalogued("Azure", 0.2, 0.4, source="upload", evidence="upload", **STOOD)
    rows = offers(LLAMA_SPEEDS, [*LLAMA_PRICES, own])
    assert of(rows, "Azure")["input_usd_per_mtok"] == 0.3
    assert of(rows, "Azure (your figure)")["input_usd_per_mtok"] == 0.2
    assert of(rows, "Azure (your figure)")["is_upload"]
    assert not of(rows, "Azure (your figure)")["same_run"]


def test_azure_is_todays_where_it_serves_the_model_and_else_the_cheapest():
    assert workload.usual_today(offers(LLAMA_SPEEDS, LLAMA_PRICES)) == "Azure"
    rest = [row for row in LLAMA_SPEEDS if row["provider"] != "Azure"]
    assert workload.usual_today(offers(rest, LLAMA_PRICES)) == "Groq"
    assert workload.usual_today(offers([], [])) is None


def test_the_nearest_model_with_figures_is_named():
    assert workload.nearest("Llama 3.1 9B", ["gpt-oss-120b", "Llama 3.1 8B"]) == "Llama 3.1 8B"
    assert workload.nearest("zzz", ["gpt-oss-120b", "Llama 3.1 8B"]) == "gpt-oss-120b"
    assert workload.nearest("zzz", []) is None
    gpt_speeds, gpt_prices = (
        [row | then for row in rows] for rows, then in ((GPT_SPEEDS[:2], MEASURED), (GPT_PRICES, SEEN))
    )
    judged = matching.judged(speeds(*LLAMA_SPEEDS, *gpt_speeds), providers())
    assert workload.covered(judged, prices(*LLAMA_PRICES, *gpt_prices)) == [LLAMA_8B, GPT_OSS]


def test_what_was_measured_or_priced_half_a_year_before_the_newest_is_no_offer_of_today():
    """Groq wrote 751.7 tokens/s of Llama 3.1 8B in October 2024, at prices of then: nothing of today follows."""
    rows = [*LLAMA_SPEEDS, *GPT_SPEEDS], [*LLAMA_PRICES, *GPT_PRICES]
    assert offers(*rows).is_empty()
    assert not offers(*rows, GPT_OSS).is_empty()
    judged = matching.judged(speeds(*rows[0], measured("Friendli", 77.0, measured_on=None)), providers())
    left = workload.left_out(judged, prices(*rows[1]), LLAMA_8B)
    assert dict(left.select("provider", "reason").iter_rows()) == {
        **{row["provider"]: "measured half a year or more before the newest speed" for row in LLAMA_SPEEDS},
        "Friendli": "nobody says when it was measured",
    }


def test_an_offer_that_its_seller_has_ended_is_none():
    ended = date(2026, 5, 7)
    still = catalogued("DeepInfra", 0.03, 0.05, **STOOD)
    gone = catalogued("Groq", 0.05, 0.08, **STOOD | {"ended_on": ended})
    speed_rows = [measured(name, 300.0, measured_on=MAY_2026) for name in ("Groq", "DeepInfra")]
    assert offers(speed_rows, [still, gone])["offer"].to_list() == ["DeepInfra"]


def test_who_sells_and_was_not_measured_is_there_with_the_price_alone():
    """Azure sells Llama 3.3 70B, and nobody published its speed: it can be today's, and meets no limit for sure."""
    price_rows = [catalogued(name, *pair, **STOOD) for name, pair in (("Azure", (0.71, 0.71)), ("Groq", (0.59, 0.79)))]
    speed_rows = [measured("Groq", 300.0, ttft_seconds=0.3, measured_on=MAY_2026)]
    rows = offers(speed_rows, price_rows)
    azure = of(rows, "Azure")
    assert (azure["output_tokens_per_second"], azure["run"], azure["same_run"]) == (None, None, False)
    assert azure["family"] == "undisclosed"
    assert workload.usual_today(rows) == "Azure"
    beside = compared(speed_rows, price_rows, PLAIN, "Azure")
    assert of(beside, "Azure")["monthly_usd"] == pytest.approx(3_041_666.67 * (710 + 355) / 1e6)
    assert of(beside, "Azure")["meets_limit"] is None
    assert of(beside, "Azure")["reason"] == "no speed of today is published"
    assert findings.traffic(beside) == (
        "At 100,000 requests a day, Azure costs $3,240 a month; its speed is not published. The cheapest within it, "
        "Groq, answers in 1.97 s for $3,000: $243 a month less (92 % of the price). Speeds of 8 May 2026."
    )


def test_where_nobody_was_measured_the_prices_still_answer():
    price_rows = [catalogued(name, *pair, **STOOD) for name, pair in (("Azure", (0.71, 0.71)), ("Groq", (0.59, 0.79)))]
    beside = compared([], price_rows, PLAIN, "Azure")
    assert dict(beside.select("offer", "role").iter_rows()) == {"Azure": TODAY, "Groq": CHEAPEST_OF_ALL}
    assert findings.traffic(beside) == (
        "At 100,000 requests a day, Azure costs $3,240 a month; its speed is not published. The cheapest, Groq, costs "
        "$3,000: $243 a month less (92 % of the price). Nobody published a speed of it in the last half year of "
        "measurements."
    )


def test_ten_times_the_volume_costs_ten_times_as_much():
    steps = workload.sensitivity(gpt().filter(pl.col("offer") == "Azure"))
    assert steps["factor"].to_list() == list(workload.FACTORS)
    assert steps["monthly_usd"].to_list() == pytest.approx([5018.75 * factor for factor in workload.FACTORS])


def test_the_answer_says_what_today_costs_and_what_the_cheapest_fast_enough_changes():
    assert findings.traffic(gpt()) == (
        "At 100,000 requests a day, Azure costs $5,020 a month and writes an answer in 11.5 s, over the 5 s limit. "
        "The cheapest that may be within it, Eigen AI, writes an answer in 4.42 s for $4,110: $913 a month less "
        "(82 % of the price), 7.03 s sooner. Speeds of 8 May 2026."
    )
    assert findings.traffic(llama()) == (
        "At 100,000 requests a day, Azure costs $1,840 a month and answers in 9.63 s, over the 2 s limit. "
        "The cheapest within it, Groq, answers in 1.05 s for $274: $1,570 a month less (15 % of the price), "
        "8.58 s sooner. Speeds of 13 October 2024."
    )


@pytest.mark.parametrize(
    ("limit", "today", "said"),
    [
        (0.1, "Azure", "Nobody in the same run is within it; the fastest, Cerebras, answers in 0.707 s for $456."),
        (0.1, "Cerebras", "over the 0.1 s limit. Nobody in the same run is faster."),
        (2.0, "Groq", "No other provider of the same run that could meet the limit costs less."),
        (2.0, "Cerebras", "The cheapest within it, Groq, answers in 1.05 s for $274: $183 a month less"),
        (None, "Azure", "Azure costs $1,840 a month and answers in 9.63 s. The cheapest, Groq,"),
    ],
)
def test_the_answer_in_every_case(limit, today, said):
    assert said in findings.traffic(llama(replace(PLAIN, limit_seconds=limit), today))


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (lambda: gpt(), "3 of 7 offers may answer within 5 s; the cheapest is Eigen AI"),
        (lambda: llama(), "3 of 7 offers answer within 2 s; the cheapest is Groq"),
        (
            lambda: llama(replace(PLAIN, limit_seconds=0.75)),
            "1 of 7 offers answers within 0.75 s; the cheapest is Cerebras",
        ),
        (lambda: llama(replace(PLAIN, limit_seconds=0.1)), "None of 7 offers answers within 0.1 s"),
        (
            lambda: llama(replace(PLAIN, limit_seconds=None)),
            "The fastest, Cerebras, costs 1.7x as much as the cheapest, Groq",
        ),
    ],
)
def test_the_title_counts_who_is_in_time(rows, title):
    assert findings.offers_in_time(rows()) == title


amounts = st.floats(min_value=0, max_value=1e6)
shares = st.floats(min_value=0, max_value=1)
works = st.builds(Workload, amounts, amounts, amounts, amounts, shares, st.one_of(st.none(), st.floats(0.01, 1e3)))
BOTH = offers(
    [measured("Groq", 475.2, ttft_seconds=0.74), measured("Azure", 218.3)],
    [listed("Groq", 0.15, 0.6, cached_input_usd_per_mtok=0.075), listed("Azure", 0.3, 0.61)],
)


def costs(work):
    return dict(workload.served(BOTH, work).select("offer", "monthly_usd").iter_rows())


@given(works, st.sampled_from(["requests_per_day", "input_tokens", "output_tokens", "thinking_tokens"]), amounts)
def test_more_traffic_never_costs_less(work, name, more):
    before, after = costs(work), costs(replace(work, **{name: getattr(work, name) + more}))
    assert all(after[offer] >= before[offer] * (1 - 1e-9) for offer in before)


@given(works, shares)
def test_a_larger_cached_share_costs_no_more_and_no_less_than_all_of_it_cached(work, share):
    larger = max(work.cached_share, share)
    before, after, all_of_it = (
        costs(replace(work, cached_share=part)) for part in (min(work.cached_share, share), larger, 1.0)
    )
    for offer, cost in after.items():
        assert cost <= before[offer] * (1 + 1e-9) + 1e-9
        assert cost >= all_of_it[offer] * (1 - 1e-9) - 1e-9


@given(works)
def test_an_answer_takes_at_least_its_wait_and_at_least_its_writing(work):
    for row in workload.served(BOTH, work).iter_rows(named=True):
        if row["response_seconds"] is not None:
            assert row["response_seconds"] >= max(row["ttft_seconds"], row["writing_seconds"])
        assert (row["response_seconds"] is None) == (row["ttft_seconds"] is None)
        assert row["shown_seconds"] >= row["writing_seconds"]
        assert row["reason"]


@given(works)
def test_what_one_saves_the_other_pays(work):
    under_load = workload.served(BOTH, work)
    there = of(workload.against_today(under_load, "Azure"), "Groq")
    back = of(workload.against_today(under_load, "Groq"), "Azure")
    assert there["saving_usd"] == pytest.approx(-back["saving_usd"])
    assert there["seconds_sooner"] == pytest.approx(-back["seconds_sooner"])
    assert there["compared"] == back["compared"] == "writing alone"


@given(works)
def test_the_answer_reads_whatever_comes_in(work):
    rows = workload.with_roles(workload.against_today(workload.served(BOTH, work), "Azure"))
    for told in (findings.traffic(rows), findings.offers_in_time(rows), findings.offers_basis(rows)):
        assert told
        assert "None " not in told.replace("None of", "")
        assert "nan" not in told


def test_no_offers_make_no_rows():
    rows = compared([], [], PLAIN, "Azure")
    assert rows.is_empty()
    assert workload.sensitivity(rows).is_empty()
