"""The truth table of the claims: for each the smallest tables that make every verdict, and flip it."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.folders import PROJECT
from metrics.claims import verdicts
from metrics.claims.claim import ARTICLE_DAY, CONDITIONAL, FIRST, FORECAST, NOW, THEN, TIMES
from metrics.claims.verdicts import CLAIMS, ROUTED, SCORED
from tests.claim_rows import (
    DAYS,
    FIGURES,
    FIRST_RENT_DAY,
    MODELS,
    figures,
    quarter,
    record,
    rented,
    served,
    share,
    short_lived,
    together,
)
from tests.frames import CITED, TOKENS, catalogued, measured, thinks
from tests.silicon import chip, model, off_chip, on_chip

YES, NO = True, False
LASTING = [claim.claim_id for claim in SCORED if claim.is_lasting]
PASSING = [claim.claim_id for claim in SCORED if not claim.is_lasting]
WORDS = {FIRST: "first", THEN: "then", NOW: "now"}
every_scored_claim = pytest.mark.parametrize("claim", [claim.claim_id for claim in SCORED])


def row(claim, when, rows):
    alone = [declared for declared in CLAIMS if declared.claim_id == claim]
    return dict(zip(TIMES, verdicts.verdicts(record(rows), alone).rows(named=True), strict=True))[when]


def verdict(claim, when, then=(), now=(), first=()):
    met = {FIRST: first, THEN: then, NOW: now}
    return row(claim, when, together(*(figures(claim, time, list(some)) for time, some in met.items())))["verdict"]


def test_every_claim_that_is_scored_has_its_truth_table():
    assert set(FIGURES) == {claim.claim_id for claim in SCORED}
    assert [claim.claim_id for claim in CLAIMS] == [f"C{number:02d}" for number in range(1, len(CLAIMS) + 1)]


def test_the_declarations_are_the_claims_that_ship_with_the_values_claimed():
    shipped = pl.read_csv(PROJECT / "data/published/claim.csv", infer_schema_length=None)
    assert shipped["claim_id"].to_list() == [claim.claim_id for claim in CLAIMS]
    assert set(shipped["source_url"].str.contains("nextfin.ai/en/news/")) == {True}
    of_one_unit = {"ratio": "×", "tokens/s": "tokens/s", "s": "s", "%": "%", "GB": "GB", "USD bn": "USD bn"}
    declared = {claim.claim_id: claim for claim in SCORED}
    compared = [
        (declared[row["claim_id"]].threshold, row["threshold"])
        for row in shipped.iter_rows(named=True)
        if row["claim_id"] in declared
        and row["threshold"] is not None
        and of_one_unit.get(row["unit"]) == declared[row["claim_id"]].unit
    ]
    assert len(compared) > 10
    assert all(ours == theirs for ours, theirs in compared)


@every_scored_claim
@pytest.mark.parametrize("when", [THEN, NOW])
@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ([YES], "SUPPORTED"),
        ([NO], "NOT SUPPORTED"),
        ([YES, NO], "SUPPORTED"),
        ([YES, NO, NO], "PARTLY"),
        ([NO, NO], "NOT SUPPORTED"),
        ([], "NO DATA"),
    ],
)
def test_half_of_the_figures_support_a_claim_fewer_in_part_and_none_not(claim, when, met, expected):
    assert verdict(claim, when, **{WORDS[when]: met}) == expected


@pytest.mark.parametrize("claim", PASSING)
@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ([YES], [], "STALE"),
        ([YES], [NO], "STALE"),
        ([YES], [YES], "SUPPORTED"),
        ([YES, NO, NO], [NO], "NOT SUPPORTED"),
        ([YES, NO, NO], [], "NO DATA"),
        ([NO], [NO], "NOT SUPPORTED"),
        ([NO], [], "NO DATA"),
    ],
)
def test_what_held_then_and_not_since_is_stale(claim, then, now, expected):
    found = verdict(claim, NOW, then, now)
    # Throughput from before the article stays on record, and may not stand beside the prices of today.
    assert found == ("NOT COMPARABLE" if claim == "C20" and expected == "NO DATA" and then and now else expected)


@pytest.mark.parametrize("claim", ["C02", "C05", "C07"])
def test_what_was_first_shown_and_not_at_the_article_is_stale_there_and_may_hold_again(claim):
    for then in ([NO], []):
        assert verdict(claim, FIRST, first=[YES], then=then) == "SUPPORTED"
        assert verdict(claim, THEN, first=[YES], then=then) == "STALE"
        assert verdict(claim, NOW, first=[YES], then=then) == "STALE"
        assert verdict(claim, NOW, first=[YES], then=then, now=[YES]) == "SUPPORTED"


@pytest.mark.parametrize("claim", LASTING)
def test_the_past_does_not_go_stale(claim):
    assert verdict(claim, NOW, then=[YES]) == "SUPPORTED"
    assert verdict(claim, THEN, then=[NO, NO]) == verdict(claim, NOW, then=[NO, NO]) == "NOT SUPPORTED"


@every_scored_claim
def test_every_verdict_says_why_and_what_would_flip_it(claim):
    for met in ([YES, NO, NO], []):
        found = row(claim, THEN, figures(claim, THEN, met))
        assert found["reason"].endswith(".")
        assert found["would_flip"].endswith(".")
        assert found["kind"] == "measured"
        assert (found["measured"] is None) == (not met)


def is_after_the_article(row: dict) -> bool:
    return any(isinstance(value, date) and value > ARTICLE_DAY for value in row.values())


everything = st.lists(st.booleans(), min_size=0, max_size=3)


@settings(max_examples=settings().max_examples // 3)  # each judges all claims four times
@given(
    before=st.fixed_dictionaries(dict.fromkeys(FIGURES, everything)),
    since=st.fixed_dictionaries(dict.fromkeys(FIGURES, everything)),
    days_after=st.integers(1, 900),
)
def test_rows_of_a_day_after_the_article_never_leak_into_then(before, since, days_after):
    day = ARTICLE_DAY + timedelta(days=days_after)
    known = together(*(figures(claim, THEN, met) for claim, met in before.items()))
    news = together(*(figures(claim, NOW, met, day) for claim, met in since.items()))
    # What describes the past, such as a chip's memory or the first rent, is no news: it is there from the start.
    old = {table: [row for row in rows if not is_after_the_article(row)] for table, rows in news.items()}
    described, later = together(known, old), together(known, old, news)
    then = [found for found in verdicts.verdicts(record(described)).rows(named=True) if found["when"] == THEN]
    with_later = [found for found in verdicts.verdicts(record(later)).rows(named=True) if found["when"] == THEN]
    assert then == with_later


@every_scored_claim
def test_a_day_is_replayed_from_the_rows_up_to_it(claim):
    rows = record(together(figures(claim, THEN, [YES]), figures(claim, NOW, [NO])))
    alone = [declared for declared in CLAIMS if declared.claim_id == claim]
    days = [date(2020, 1, 1), ARTICLE_DAY, DAYS[NOW]]
    played = verdicts.replayed(rows, days, alone)
    _, then, now = verdicts.verdicts(rows, alone)["verdict"].to_list()
    assert played["as_of"].to_list() == days
    assert played["verdict"].to_list() == ["NO DATA", then, now]


def test_a_label_that_is_no_cloud_rents_nothing_out():
    """ "market typical" and "Hyperscaler tier" have no kind of seller: they are words of a survey."""
    rents = [
        rented("market peak", 8.0, FIRST_RENT_DAY, seller_kind=None),
        rented("market typical", 2.25, DAYS[NOW], seller_kind=None),
        rented("Lambda", 4.14, DAYS[NOW]),
    ]
    found = row("C19", NOW, {"accelerator_rent": rents})
    assert (found["figures"], found["measured"]) == (1, 4.14 / 8.0)


def test_routed_claims_get_a_sentence_and_no_verdict():
    rows = verdicts.verdicts(record({}), ROUTED)
    assert [claim.claim_id for claim in ROUTED] == ["C14", "C15", "C16", "C18"]
    assert {claim.kind for claim in ROUTED} == {CONDITIONAL, FORECAST}
    assert set(rows["verdict"]) == {"SCENARIO"}
    assert rows["reason"].str.ends_with(".").all()
    assert rows["claimed"].null_count() == rows["reach"].null_count() == rows.height
    assert verdicts.replayed(record({}), [ARTICLE_DAY], ROUTED).is_empty()


def azure(period_end, percent, name):
    said = {"metric": "Azure growth", "basis": "reported", "unit": "% yoy", "fiscal_period": name}
    return quarter(period_end, percent, **said)


def test_growth_is_told_before_and_since_the_article():
    rows = {
        "company_quarter": [
            azure(date(2025, 9, 30), 40.0, "FY26Q1"),
            azure(date(2025, 12, 31), 39.0, "FY26Q2"),
            azure(date(2026, 3, 31), 40.0, "FY26Q3"),
            azure(date(2026, 6, 30), 43.0, "FY26Q4"),
        ]
    }
    assert row("C14", THEN, rows)["reason"] == (
        "Azure grew 40 % in FY26Q1 and 39 % in FY26Q2 over the year before; the last is slower than the first of these."
    )
    assert row("C14", NOW, rows)["reason"] == (
        "Azure grew 40 % in FY26Q3 and 43 % in FY26Q4 over the year before; the last is no slower than the first of "
        "these."
    )
    assert row("C14", THEN, {})["reason"] == "No growth of Azure was reported in this time."


def test_a_write_down_is_told_beside_what_an_h100_rents_for():
    rents = {"accelerator_rent": [rented("market peak", 8.0, FIRST_RENT_DAY), rented("Vast.ai", 1.87, DAYS[NOW])]}
    assert row("C15", NOW, rents)["reason"].startswith(
        "No write-down of GPUs by Microsoft is in the record. An H100 rents for $1.87 (Vast.ai)"
    )
    reported = {"company_quarter": [quarter(date(2026, 6, 30), 1.2, metric="server impairment", basis=None)]}
    assert row("C15", NOW, reported)["reason"] == "Microsoft reported 1 write-down."


def test_maia_stands_beside_chips_with_the_kind_of_its_memory():
    chips = [
        off_chip("Maia 200", 216, 7.0, announced_on=date(2026, 1, 26), available_on=date(2026, 1, 26)),
        off_chip("B200", 180, 7.7),
        on_chip("WSE-3", 44, 21000),
        off_chip("H100 SXM", 80, 3.35),
    ]
    assert row("C16", THEN, {"accelerator": chips})["reason"].startswith(
        "Memory bandwidth as published: Maia 200 7 TB/s (HBM), B200 7.7 TB/s (HBM) and WSE-3 21,000 TB/s (SRAM)."
    )


def test_revenues_stand_beside_each_other_only_as_published():
    headline = "Cerebras files S-1 again: 510 m USD 2025 revenue"
    rows = {
        "company_quarter": [
            quarter(
                date(2025, 6, 30),
                None,
                value_low=75.0,
                metric="Azure revenue",
                basis=None,
                period_kind="year",
                fiscal_period="FY25",
            ),
        ],
        "event": [CITED | {"happened_on": date(2026, 4, 17), "company": "Cerebras", "headline": headline}],
    }
    assert row("C18", THEN, rows)["reason"] == (
        "Azure's revenue of FY25 is over 75 bn USD. The record holds no revenue of Cerebras or Groq."
    )
    assert row("C18", NOW, rows)["reason"] == (
        f"No revenue of Azure was published in this time. Of the vendors: {headline} (17 April 2026)."
    )


def test_whose_models_are_asked_is_said_of_a_forecast_that_developers_move_and_that_no_host_is_known():
    assert row("C18", NOW, {"demand": TOKENS})["reason"].endswith(
        "At OpenRouter models of Anthropic took most tokens in the week to 16 May 2026, 16.5 %. Tokens by host are not "
        "published: whose model it is says nothing of the silicon that served it."
    )
    assert "OpenRouter" not in row("C18", THEN, {"demand": TOKENS})["reason"]


def test_a_forecast_decides_nothing_and_is_named():
    day = DAYS[THEN]
    rows = {"compute_share": [share(0, 50.0, day), share(1, 66.7, day, kind="forecast", year=2026)]}
    found = row("C09", THEN, rows)
    assert (found["verdict"], found["figures"]) == ("NOT SUPPORTED", 1)
    assert found["reason"].endswith("Forecasts decide nothing: 66.7 % (scope 1, 2026).")


def test_an_estimate_of_years_ago_says_nothing_of_now():
    rows = {"compute_share": [share(0, 60.0, DAYS[THEN], year=2021)]}
    assert row("C09", THEN, rows)["verdict"] == "NO DATA"


def test_the_newest_estimate_of_a_publisher_speaks_for_it():
    rows = {"compute_share": [share(0, 60.0, DAYS[THEN], year=2024), share(0, 40.0, DAYS[THEN], year=2025)]}
    assert row("C09", THEN, rows)["verdict"] == "NOT SUPPORTED"


def test_a_result_on_a_chip_that_nobody_describes_is_left_out_of_the_share():
    rows = figures("C10", THEN, [YES])
    unknown = rows["training_result"][0] | {"accelerator": "H200 NVL"}
    found = row("C10", THEN, together(rows, {"training_result": [unknown]}))
    assert "1 of 1 result of MLPerf Training" in found["reason"]
    assert "not verified by MLCommons" in found["reason"]


def test_runs_that_were_filed_again_count_once_in_the_share_and_a_chip_of_two_rounds_is_named_once():
    rows = figures("C10", THEN, [YES, NO])
    on_gpus, elsewhere = (result | {"round": "v5.0"} for result in rows["training_result"])
    again = elsewhere | {"round": "v5.1", "system": "renamed"}
    runs = [
        on_gpus | {"run_set": "a"},
        elsewhere | {"run_set": "b"},
        again | {"run_set": "b"},
        again | {"run_set": "c"},
    ]
    rows["training_result"] = runs
    reason = row("C10", THEN, rows)["reason"]
    assert reason.startswith("1 of 3 results of MLPerf Training v5.0 and v5.1")
    assert reason.count(elsewhere["accelerator"]) == 1


def test_a_model_counts_from_the_first_day_anybody_measured_or_priced_it():
    rows = figures("C11", THEN, [NO])
    undated = model("Llama 3.1 8B", 8.03)
    rows["model"].append(undated)
    assert row("C11", THEN, rows)["figures"] == 1
    rows["provider_speed"] = [measured("Groq", 750.0)]
    assert row("C11", THEN, rows)["figures"] == 2


def test_a_row_that_says_only_whether_a_model_thinks_weighs_nothing():
    rows = figures("C11", THEN, [YES])
    rows["model"][0]["evidence"] = "secondary"
    said = thinks(rows["model"][0]["model"], "never")
    assert row("C11", THEN, together(rows, {"model": [said]})) == row("C11", THEN, rows)


def test_without_the_chip_no_model_is_held_against_it():
    rows = figures("C11", THEN, [YES])
    assert row("C11", THEN, {"model": rows["model"]})["verdict"] == "NO DATA"


def test_a_quarter_is_a_record_only_above_all_before_it_on_one_basis():
    cash = quarter(date(2024, 12, 31), 90.0, basis="cash")
    assert (
        row("C12", THEN, together(figures("C12", THEN, [YES]), {"company_quarter": [cash]}))["verdict"] == "SUPPORTED"
    )
    assert row("C12", THEN, {"company_quarter": [quarter(date(2025, 3, 31), 30.0)]})["verdict"] == "NO DATA"


def test_what_microsoft_pays_nvidia_is_not_told_from_what_it_spends_on_all_chips():
    """37.5 bn USD at two thirds short-lived, in the quarter to December 2025."""
    end, said = date(2025, 12, 31), {"published_on": date(2026, 1, 28)}
    spent = {"company_quarter": [quarter(end, 37.5, **said)]}
    assert row("C13", THEN, spent)["verdict"] == "NO DATA"
    found = row("C13", THEN, together(spent, {"company_quarter": [short_lived(end, **said)]}))
    assert (found["verdict"], found["figures"]) == ("NOT COMPARABLE", 0)
    assert found["reason"].startswith("Microsoft does not disclose what it pays Nvidia. The nearest figure is of every")
    assert "25 USD bn" in found["reason"] or "25 bn USD" in found["reason"]


def test_azures_growth_stands_with_the_margin_of_the_cloud():
    ends = (date(2025, 9, 30), date(2025, 12, 31))
    growth = [
        quarter(end, value, metric="Azure growth", basis="reported", unit="%")
        for end, value in zip(ends, (40, 39), strict=True)
    ]
    margin = {"metric": "Microsoft Cloud gross margin", "basis": None, "unit": "%"}
    margins = [quarter(end, value, **margin) for end, value in zip(ends, (68, 67), strict=True)]
    told = row("C14", THEN, {"company_quarter": [*growth, *margins]})["reason"]
    assert "grew 40 % in" in told
    assert "The gross margin of Microsoft Cloud was 67 % in" in told
    assert ", after 68 % in" in told


def test_a_split_on_few_chips_says_how_few():
    assert row("C17", THEN, figures("C17", THEN, [YES, YES]))["reason"].endswith(
        "So few chips decide little: 2 in all."
    )


def test_launches_count_over_two_years_where_a_role_is_stated():
    old = chip("Old", vendor="Old vendor", role="inference", announced_on=date(2023, 1, 1))
    silent = chip("Silent", vendor="Silent vendor", announced_on=DAYS[THEN])
    assert row("C17", THEN, {"accelerator": [old, silent]})["verdict"] == "NO DATA"


@pytest.mark.parametrize(
    "apart",
    [
        {"price_kind": "TCO, neocloud owner"},
        {"price_kind": "spot"},
        {"outlier_reason": "Not believed."},
        {"price_kind": "on-demand, accelerator alone"},
        {"price_kind": "rental index"},
    ],
)
def test_other_bases_and_disbelieved_rents_decide_nothing(apart):
    rows = figures("C19", THEN, [NO])
    cheap = rented("Cheap", 1.0, DAYS[THEN], **apart)
    assert row("C19", THEN, together(rows, {"accelerator_rent": [cheap]}))["verdict"] == "NOT SUPPORTED"


def test_the_first_rent_is_the_yardstick_and_no_figure():
    assert row("C19", THEN, {"accelerator_rent": [rented("market peak", 8.0, FIRST_RENT_DAY)]})["verdict"] == "NO DATA"


def test_a_throughput_without_the_speed_of_each_user_is_not_comparable():
    rows = figures("C20", THEN, [YES])
    silent = [served(MODELS[0], DAYS[THEN], interactivity_tokens_per_second_per_user=None)]
    found = row("C20", THEN, rows | {"gpu_serving": silent})
    assert found["verdict"] == "NOT COMPARABLE"
    assert found["reason"].startswith("The newest throughput, Llama 3.1 8B on H100 SXM of 1 December 2025, is not")
    slow = [served(MODELS[0], DAYS[THEN], interactivity_tokens_per_second_per_user=20.0)]
    assert row("C20", THEN, rows | {"gpu_serving": slow})["verdict"] == "NOT COMPARABLE"


def test_the_best_case_for_gpus_is_taken():
    rows = figures("C20", THEN, [YES])
    faster = served(MODELS[0], DAYS[THEN], output_throughput_tokens_per_second_per_gpu=2000.0, concurrency=8)
    found = row("C20", THEN, together(rows, {"gpu_serving": [faster]}))
    # 3.60 USD an hour at 2,000 tokens/s is 0.50 USD per million tokens, half of the list price of 1 USD.
    assert found["measured"] == pytest.approx(0.5)
    assert found["verdict"] == "NOT SUPPORTED"


def test_a_rent_of_another_time_is_none_of_the_throughput():
    """The peak of 2023 beside a throughput of December 2025."""
    rows = figures("C20", THEN, [YES])
    of_2023 = rented("market peak", 8.0, FIRST_RENT_DAY, accelerator="H100 SXM")
    assert row("C20", THEN, rows | {"accelerator_rent": [of_2023]})["verdict"] == "NOT COMPARABLE"
    assert row("C20", THEN, together(rows, {"accelerator_rent": [of_2023]}))["measured"] == pytest.approx(10.0)


def test_gpus_are_judged_at_an_ordinary_and_at_a_fast_speed_at_the_middle_rent_of_their_own_time():
    """Rents of 3.60 and 7.20 USD: 5.40 at 2,000 and at 400 tokens/s are 0.75 and 3.75 USD for 1M, listed at 1 USD.

    The throughput is of January 2026 and the first rent near it of February: the cost was not known at the article.
    """
    served_on, rented_on = date(2026, 1, 2), date(2026, 2, 11)
    points = [
        served(
            MODELS[0],
            served_on,
            interactivity_tokens_per_second_per_user=each,
            output_throughput_tokens_per_second_per_gpu=together,
        )
        for each, together in ((100.0, 2000.0), (250.0, 400.0))
    ]
    rows = {
        "gpu_serving": points,
        "accelerator_rent": [
            rented(cloud, usd, rented_on, accelerator="H100 SXM") for cloud, usd in (("A", 3.6), ("B", 7.2))
        ],
        "token_price": [
            catalogued("Groq", 1.0, 1.0, model=MODELS[0], valid_from=date(2025, 8, 5), last_seen_on=date(2026, 3, 1))
        ],
    }
    assert row("C20", THEN, rows)["verdict"] == "NOT COMPARABLE"
    found = row("C20", NOW, rows)
    assert (found["figures"], found["met"], found["newest_on"]) == (2, 1, rented_on)
    assert (found["low"], found["high"]) == (pytest.approx(0.75), pytest.approx(3.75))
    assert found["reason"] == (
        "Of GPUs that give each user so much, these cost at least the list price of the same work: "
        "at 50 tokens/s 0 of 1 and at 200 tokens/s 1 of 1. Llama 3.1 8B on H100 SXM against Groq: "
        "$0.75 at 50 ($0.50 to $1 over clouds) and $3.75 at 200 ($2.50 to $5 over clouds) for 1M output tokens, "
        "listed at $1. Rents are the middle of 2 clouds on demand, 11 February 2026; "
        "throughput is of 2 January 2026."
    )
    slow = rows | {"gpu_serving": points[:1]}
    assert row("C20", NOW, slow)["reason"].endswith("No measured set-up of H100 SXM gives a user 200 tokens/s.")


def test_each_workload_is_a_figure_of_its_own_and_pays_for_the_same_work():
    """3.60 USD an hour; 8,192 tokens in for 1,024 out: output and eight times the input, 1 USD each."""
    rows = figures("C20", THEN, [YES])
    chat = {"precision": "fp4", "prompt_tokens": 1024, "output_tokens": 1024}
    served_so = [
        served(MODELS[0], DAYS[THEN], **chat, output_throughput_tokens_per_second_per_gpu=2000.0),
        served(MODELS[0], DAYS[THEN], **chat | {"prompt_tokens": 8192}),
        served(MODELS[0], DAYS[THEN], **chat | {"precision": "fp8"}),
    ]
    found = row("C20", THEN, rows | {"gpu_serving": served_so})
    assert found["figures"] == 3
    # 0.50 against 1 + 1, 10 against 1 + 8, 10 against 1 + 1 USD per million output tokens.
    assert (found["low"], found["measured"], found["high"]) == (
        pytest.approx(0.25),
        pytest.approx(10 / 9),
        pytest.approx(5.0),
    )


def test_a_verdict_is_unchanged_since_the_first_build_in_a_row_that_gave_it():
    def built(name, day, word):
        return {
            "claim_id": "C05",
            "claim": "Faster",
            "when": NOW,
            "verdict": word,
            "generation": name,
            "built_at": datetime(2026, 8, day),
        }

    kept = pl.DataFrame(
        [
            built("store-1", 1, "PARTLY"),
            built("store-2", 2, "SUPPORTED"),
            built("store-3", 3, "PARTLY"),
            built("store-4", 4, "PARTLY"),
        ]
    )
    assert verdicts.unchanged_since(kept).rows() == [("C05", "Faster", "PARTLY", date(2026, 8, 3), 2)]


@pytest.mark.parametrize(("table", "day"), [(table, day) for table, (day, _) in verdicts.DATED.items()])
def test_now_is_the_newest_day_of_whatever_decides_a_claim(table, day):
    newest = date(2026, 9, 20)
    rows = {"provider_speed": [measured("Groq", 500.0)], table: [CITED | {day: newest}]}
    assert verdicts.newest_day(record(rows)) == newest


def test_the_days_replayed_are_quarters_the_article_and_the_newest_day():
    rows = record(
        {"provider_speed": [measured("Groq", 500.0, measured_on=day) for day in (date(2025, 11, 5), date(2026, 4, 20))]}
    )
    assert verdicts.replay_days(rows) == (date(2026, 1, 1), ARTICLE_DAY, date(2026, 4, 1), date(2026, 4, 20))
    assert verdicts.replay_days(record({})) == (ARTICLE_DAY,)


def test_a_readers_own_rows_change_no_verdict_and_say_what_it_would_become():
    rows = figures("C05", NOW, [NO])
    mine = [found | {"evidence": "upload"} for found in figures("C05", NOW, [NO, YES])["provider_speed"][2:]]
    official, with_uploads = (
        verdicts.verdicts(record(held)) for held in (rows, together(rows, {"provider_speed": mine}))
    )
    changed = verdicts.changes(official, with_uploads)
    assert changed.filter(claim_id="C05").select("when", "verdict", "would_become").rows() == [
        (NOW, "NOT SUPPORTED", "SUPPORTED")
    ]
    assert verdicts.changes(official, official).is_empty()


def test_a_price_of_the_readers_own_changes_the_price_claim_alone():
    rows = figures("C06", NOW, [NO])
    days = {"valid_from": date(2026, 2, 10), "last_seen_on": DAYS[NOW]}
    mine = [
        catalogued(host, price, price, model=MODELS[1], evidence="upload", **days)
        for host, price in (("Cerebras", 0.1), ("Azure", 1.0))
    ]
    official, with_uploads = (verdicts.verdicts(record(held)) for held in (rows, together(rows, {"token_price": mine})))
    assert verdicts.changes(official, with_uploads)["claim_id"].to_list() == ["C06"]
