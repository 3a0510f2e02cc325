"""The claims of speed and price, to the figure: tolerances, days, grades, both promises at once."""

from datetime import date, timedelta

import pytest

from metrics.claims import verdicts
from metrics.claims.claim import ARTICLE_DAY, FIRST, NOW, THEN, TIMES
from metrics.claims.verdicts import CLAIMS, HEADLINES
from tests.claim_rows import DAYS, MODELS, record, run, stood
from tests.frames import CITED, LLAMA_8B, catalogued, gpt_oss_of_2026, listed, llama_of_2024, measured, tables

every_claim = pytest.mark.parametrize("claim", [claim.claim_id for claim in CLAIMS])
SPEED_CLAIMS = ("C02", "C05", "C07")

# A figure that meets each claim, and one that does not; of the joint claim speed and price ratio.
MEETS = {"C01": 1800.0, "C02": 20.0, "C05": 2.0, "C06": 0.1, "C07": 10.0, "C08": (10.0, 0.1)}
MISSES = {"C01": 969.0, "C02": 5.0, "C05": 0.5, "C06": 0.5, "C07": 3.0, "C08": (10.0, 0.5)}


def figures(claim, when, values):
    """Rows of speeds and of prices that give this claim these figures at this time."""
    day, speeds, prices = DAYS[when], [], []
    for model, value in zip(MODELS, values, strict=False):
        if claim == "C01":
            speeds.append(measured("Cerebras", value, model=model, measured_on=day, capture=str(day)))
        elif claim == "C06":
            prices += stood(when, model, value)
        elif claim == "C08":
            speeds += run(day, model, value[0])
            of_run = {"model": model, "capture": f"{model} {day}", "valid_from": day, "last_seen_on": day}
            prices += [listed("Cerebras", value[1], value[1], **of_run), listed("Azure", 1.0, 1.0, **of_run)]
        else:
            speeds += run(day, model, value)
    return speeds, prices


def row(claim, when, speeds=(), prices=()):
    alone = [declared for declared in CLAIMS if declared.claim_id == claim]
    return dict(zip(TIMES, verdicts.verdicts(tables(speeds, prices), alone).rows(named=True), strict=True))[when]


def verdict(claim, when, then=(), now=()):
    before, since = figures(claim, THEN, then), figures(claim, NOW, now)
    return row(claim, when, [*before[0], *since[0]], [*before[1], *since[1]])["verdict"]


@pytest.mark.parametrize(
    ("claim", "at", "beyond"),
    [
        ("C01", 1620.0, 1619.0),
        ("C02", 18.0, 17.9),
        ("C05", 1.0, 0.999),
        ("C06", 0.11, 0.111),
        ("C07", 9.0, 8.9),
        ("C08", (9.0, 0.11), (8.9, 0.11)),
        ("C08", (9.0, 0.11), (9.0, 0.111)),
    ],
)
def test_round_figures_are_met_within_a_tenth_and_faster_means_faster(claim, at, beyond):
    assert verdict(claim, THEN, then=[at]) == "SUPPORTED"
    assert verdict(claim, THEN, then=[beyond]) == "NOT SUPPORTED"


@pytest.mark.parametrize("claim", ["C01", *SPEED_CLAIMS])
@pytest.mark.parametrize("when", [THEN, NOW])
def test_a_vendors_own_figure_decides_nothing(claim, when):
    speeds, prices = figures(claim, when, [MEETS[claim]])
    speeds[0]["measurer_kind"] = "vendor"
    assert row(claim, when, speeds, prices)["verdict"] == "NO DATA"


@pytest.mark.parametrize("claim", SPEED_CLAIMS)
def test_a_figure_against_another_source_decides_nothing(claim):
    speeds, prices = figures(claim, THEN, [MEETS[claim]])
    speeds[0] |= {"source": "llmperf", "measured_by": "LLMPerf (Anyscale)", "capture": "llmperf"}
    assert row(claim, THEN, speeds, prices)["verdict"] == "NO DATA"


@pytest.mark.parametrize("claim", ["C01", *SPEED_CLAIMS, "C08"])
def test_a_row_of_the_articles_own_day_is_then_and_of_the_next_day_now(claim):
    speeds, prices = figures(claim, THEN, [MEETS[claim]])
    for day, found in (
        (ARTICLE_DAY, ("SUPPORTED", "STALE")),
        (ARTICLE_DAY + timedelta(days=1), ("NO DATA", "SUPPORTED")),
    ):
        moved = [speed | {"measured_on": day} for speed in speeds]
        assert tuple(row(claim, when, moved, prices)["verdict"] for when in (THEN, NOW)) == found


@pytest.mark.parametrize("claim", ["C01", *SPEED_CLAIMS, "C08"])
def test_undated_rows_belong_to_neither_time(claim):
    speeds, prices = figures(claim, THEN, [MEETS[claim]])
    undated = [speed | {"measured_on": None} for speed in speeds]
    assert {row(claim, when, undated, prices)["verdict"] for when in (THEN, NOW)} == {"NO DATA"}


@pytest.mark.parametrize("claim", SPEED_CLAIMS)
def test_a_baseline_measured_since_the_article_decides_nothing_then(claim):
    speeds, _ = figures(claim, THEN, [MEETS[claim]])
    cerebras = speeds[0] | {"measured_on": ARTICLE_DAY, "prompt_tokens": 100, "concurrency": 1}
    later = {"measured_on": ARTICLE_DAY + timedelta(days=3), "capture": "since", "prompt_tokens": 100, "concurrency": 1}
    azure = speeds[1] | later
    assert row(claim, THEN, [cerebras, azure])["verdict"] == "NO DATA"
    assert row(claim, NOW, [cerebras, azure])["verdict"] == "NO DATA"
    earlier = azure | {"measured_on": ARTICLE_DAY - timedelta(days=20), "capture": "before"}
    assert row(claim, THEN, [cerebras, azure, earlier])["verdict"] == "SUPPORTED"


@pytest.mark.parametrize("claim", SPEED_CLAIMS)
def test_an_undated_baseline_belongs_to_neither_time(claim):
    cerebras, azure = figures(claim, THEN, [MEETS[claim]])[0]
    assert row(claim, THEN, [cerebras, azure | {"measured_on": None}])["verdict"] == "NO DATA"


@pytest.mark.parametrize(
    ("last_seen_on", "ended_on", "found"),
    [
        (date(2025, 2, 2), None, {FIRST: "SUPPORTED", THEN: "STALE", NOW: "STALE"}),
        (date(2025, 11, 28), None, {FIRST: "SUPPORTED", THEN: "SUPPORTED", NOW: "STALE"}),
        # LiteLLM had Groq's Llama 3.1 405B up to 28 November 2025 and dropped it: it was not sold at the article.
        (date(2025, 11, 28), date(2025, 12, 28), {FIRST: "SUPPORTED", THEN: "STALE", NOW: "STALE"}),
        (date(2026, 6, 12), date(2026, 6, 13), {FIRST: "SUPPORTED", THEN: "SUPPORTED", NOW: "STALE"}),
        (date(2026, 6, 12), None, {FIRST: "SUPPORTED", THEN: "SUPPORTED", NOW: "SUPPORTED"}),
    ],
)
def test_a_price_is_of_the_times_in_which_it_was_seen_and_had_not_ended(last_seen_on, ended_on, found):
    said = {"valid_from": date(2024, 8, 1), "last_seen_on": last_seen_on, "ended_on": ended_on}
    today = catalogued("Groq", 9.0, 9.0, model="another", valid_from=DAYS[NOW], last_seen_on=date(2026, 11, 20))
    rows = catalogued("Groq", 0.05, 0.05, **said), catalogued("Azure", 1.0, 1.0, **said), today
    assert {when: row("C06", when, prices=rows)["verdict"] for when in TIMES} == found


def test_an_offer_that_ended_since_the_article_is_none_of_now():
    """Azure ended Llama 3.1 8B on 13 June 2026: Groq's 0.15 of its price is of the article and not of today."""
    groq = {"valid_from": date(2025, 8, 1), "last_seen_on": date(2026, 8, 15), "ended_on": date(2026, 8, 16)}
    azure = {"valid_from": date(2025, 8, 1), "last_seen_on": date(2026, 6, 12), "ended_on": date(2026, 6, 13)}
    today = catalogued("Groq", 9.0, 9.0, model="another", valid_from=DAYS[NOW], last_seen_on=date(2026, 11, 20))
    rows = catalogued("Groq", 0.05, 0.08, **groq), catalogued("Azure", 0.3, 0.61, **azure), today
    assert row("C06", THEN, prices=rows)["figures"] == 1
    assert row("C06", NOW, prices=rows)["verdict"] == "NO DATA"


def waits(*samples, model="MiniMax M2.7"):
    return [
        measured("Groq", 200.0, model=model, ttft_seconds=wait, measured_on=day, capture=f"{name} {day}", source=name)
        for wait, day, name in samples
    ]


def test_no_single_sample_of_several_decides():
    """Groq's first token on MiniMax M2.7, as OpenRouter saw it in two files of 2026: the last of them is the worst."""
    samples = [
        (0.257, date(2026, 6, 28), "openrouter_capture"),
        (0.5115, date(2026, 7, 18), "host_captures"),
        (0.263, date(2026, 7, 31), "openrouter_capture"),
        (0.2465, date(2026, 8, 16), "openrouter_capture"),
        (0.886, date(2026, 8, 22), "openrouter_capture"),
    ]
    found = row("C03", NOW, waits(*samples))
    assert (found["verdict"], found["measured"]) == ("SUPPORTED", 0.263)
    assert "at 0.263 s, the middle of 5 samples (0.246–0.886 s), 22 August 2026." in found["reason"]


def test_what_is_older_than_the_newest_of_its_kind_by_half_a_year_is_not_of_now_and_says_its_day():
    old = run(date(2026, 2, 10), LLAMA_8B, 20.0)
    fresh = measured("Azure", 50.0, model="another", measured_on=date(2026, 10, 1), capture="fresh")
    assert row("C07", NOW, [*old, *run(date(2026, 9, 1), MODELS[1], 3.0)])["figures"] == 1
    alone = row("C07", NOW, [*old, fresh])
    assert alone["verdict"] == "SUPPORTED"
    assert alone["reason"].startswith("Since the article, last 10 February 2026: 1 of 1 pair reaches at least 10x;")
    vendor = fresh | {"measurer_kind": "vendor"}
    assert not row("C07", NOW, [*old, vendor])["reason"].startswith("Since the article")


def test_the_count_without_the_tolerance_is_said_where_the_tolerance_decides():
    decided = row("C07", THEN, *figures("C07", THEN, [12.0, 9.5, 3.0]))
    assert (decided["met"], decided["met_strictly"]) == (2, 1)
    assert "2 of 3 pairs reach at least 10x (within 10%; 1 without that);" in decided["reason"]
    assert "within" not in row("C07", THEN, *figures("C07", THEN, [12.0, 3.0]))["reason"]


def test_a_price_that_stood_through_the_article_counts_then_and_now():
    through = {"valid_from": date(2025, 8, 1), "last_seen_on": date(2026, 6, 1)}
    rows = catalogued("Groq", 0.05, 0.05, **through), catalogued("Azure", 1.0, 1.0, **through)
    assert row("C06", THEN, prices=rows)["newest_on"] == ARTICLE_DAY
    assert row("C06", NOW, prices=rows)["newest_on"] == date(2026, 6, 1)


def test_the_clouds_alone_decide_what_is_claimed_of_clouds():
    speeds = [
        *run(DAYS[THEN], LLAMA_8B, 3.0),
        measured("DeepInfra", 1.0, measured_on=DAYS[THEN], capture=f"{LLAMA_8B} {DAYS[THEN]}"),
    ]
    assert row("C07", THEN, speeds)["figures"] == 1
    assert row("C05", THEN, speeds)["figures"] == 1
    assert row("C02", THEN, speeds)["figures"] == 2


def test_each_llama_size_counts_once_at_the_middle_of_its_samples():
    days = [date(2024, 8, 27), date(2024, 10, 13), date(2024, 11, 18)]
    speeds = [
        measured("Cerebras", 450.0, model="Llama 3.1 70B", measured_on=days[0], capture="a"),
        measured("Cerebras", 569.2, model="Llama 3.1 70B", measured_on=days[1], capture="b"),
        measured("Cerebras", 969.0, model="Llama 3.1 405B", measured_on=days[2], capture="c"),
        measured("Cerebras", 2100.0, model="Llama 3.3 70B", measured_on=days[2], capture="c"),
        measured("Groq", 3000.0, model="Llama 3.1 8B", measured_on=days[2], capture="c"),
    ]
    found = row("C01", FIRST, speeds)
    assert (found["figures"], found["low"], found["high"], found["measured"]) == (2, 509.6, 969.0, pytest.approx(739.3))


def test_a_model_that_is_not_sold_any_more_is_said_where_nobody_measures_it():
    ended = {"provider": "Cerebras", "model": "Llama 3.1 8B", "ended_on": date(2026, 5, 27), "said_by": "host"}
    rows = record({"withdrawal": [CITED | ended, CITED | ended | {"provider": "Azure", "ended_on": date(2026, 6, 13)}]})
    found = dict(zip(TIMES, verdicts.verdicts(rows, CLAIMS[:1])["reason"], strict=True))
    assert found[NOW] == (
        "Nobody published a comparable figure since the article. Cerebras ended Llama 3.1 8B on 27 May 2026."
    )
    assert "ended" not in found[THEN]


JOINT = [
    ([(10.0, 0.5)], "SUPPORTED", "NOT SUPPORTED"),
    ([(3.0, 0.1)], "NOT SUPPORTED", "NOT SUPPORTED"),
    ([(10.0, 0.5), (3.0, 0.1)], "SUPPORTED", "NOT SUPPORTED"),
    ([(10.0, 0.1)], "SUPPORTED", "SUPPORTED"),
]


@pytest.mark.parametrize(("values", "speed_alone", "joint"), JOINT)
def test_both_legs_must_be_met_by_one_pair(values, speed_alone, joint):
    speeds, prices = figures("C08", THEN, values)
    assert row("C07", THEN, speeds, prices)["verdict"] == speed_alone
    assert row("C08", THEN, speeds, prices)["verdict"] == joint


def test_the_joint_claim_is_told_leg_by_leg():
    speeds, prices = figures("C08", THEN, [(20.0, 0.25), (5.0, 0.1), (12.0, 1.5)])
    found = row("C08", THEN, speeds, prices)
    assert found["reason"] == (
        "Of 3 pairs, 2 reach 10x the speed, 1 cost a tenth or less, 0 do both; the cheapest is "
        "Cerebras against Azure on Llama 3.1 70B: 5x the speed at a tenth of the price."
    )
    # The weaker legs: price 0.1 / 0.25, speed 5 / 10, price 0.1 / 1.5.
    assert (found["low"], found["measured"], found["high"]) == pytest.approx((1 / 15, 0.4, 0.5))


def test_a_pair_without_a_price_is_no_figure_of_the_joint_claim():
    speeds, _ = figures("C08", THEN, [(10.0, 0.1)])
    found = row("C08", THEN, speeds)
    assert found["verdict"] == "NO DATA"
    assert found["reason"] == NOBODY_THEN


def test_a_verdict_tells_the_rule_and_the_nearest_figure():
    speeds, prices = figures("C07", THEN, [10.0, 3.0, 4.0])
    assert row("C07", THEN, speeds, prices)["reason"] == (
        "1 of 3 pairs reaches at least 10x; nearest: Cerebras against Azure on Llama 3.1 8B at 10x, 1 December 2025."
    )
    assert row("C06", THEN, *figures("C06", THEN, [0.5, 0.25]))["reason"] == (
        "0 of 2 pairs reach at most 0.1x; nearest: Cerebras against Azure on Llama 3.1 70B at 0.25x, 3 February 2026."
    )
    assert row("C05", THEN, *figures("C05", THEN, [2.0]))["reason"] == (
        "1 of 1 pair reaches at least 1x; nearest: Cerebras against Azure on Llama 3.1 8B at 2x, 1 December 2025."
    )


NOBODY_THEN = "Nobody published a comparable figure from 3 February 2025 to 3 February 2026."


@pytest.mark.parametrize(
    ("when", "since"),
    [
        (FIRST, "from 1 January 2024 to 31 December 2024"),
        (THEN, "from 3 February 2025 to 3 February 2026"),
        (NOW, "since the article"),
    ],
)
def test_no_data_is_said(when, since):
    assert row("C02", when)["reason"] == f"Nobody published a comparable figure {since}."


def test_reach_above_one_always_favours_the_article():
    high = row("C07", THEN, *figures("C07", THEN, [20.0, 5.0]))
    assert (high["reach_low"], high["reach_high"], high["reach"]) == pytest.approx((0.5, 2.0, 1.25))
    low = row("C06", THEN, *figures("C06", THEN, [0.05, 0.2]))
    assert (low["reach_low"], low["reach_high"], low["reach"]) == pytest.approx((0.5, 2.0, 0.8))


def test_every_claim_is_judged_at_three_times_in_the_order_of_the_claims():
    table = verdicts.verdicts(tables())
    assert table.select("claim_id", "when").rows() == [
        (f"C{number:02d}", when) for number in range(1, len(CLAIMS) + 1) for when in TIMES
    ]
    assert set(table["verdict"]) == {"NO DATA", "SCENARIO"}
    assert set(HEADLINES) <= set(table["claim_id"])
    assert dict(table.schema) == verdicts.VERDICT_SCHEMA


def test_each_time_says_the_days_that_count_and_the_newest_of_its_figures():
    table = verdicts.verdicts(tables(run(DAYS[NOW], LLAMA_8B, 2.0), stood(THEN, LLAMA_8B, 1.0)))
    assert table["as_of"].to_list() == [date(2024, 12, 31), ARTICLE_DAY, DAYS[NOW]] * len(CLAIMS)
    speeds = table.filter(claim_id="C05")
    assert speeds["counted_from"].to_list() == [date(2024, 1, 1), date(2025, 2, 3), date(2026, 2, 4)]
    assert speeds["newest_on"].to_list() == [None, None, DAYS[NOW]]
    assert table.filter(claim_id="C12")["counted_from"].to_list() == [None, None, None]
    assert verdicts.newest_day(tables()) is None


def test_the_evidence_is_the_rows_behind_a_verdict():
    speeds, prices = figures("C07", THEN, [10.0, 3.0])
    claim = next(claim for claim in CLAIMS if claim.claim_id == "C07")
    rows = verdicts.evidence(claim, tables(speeds, prices), THEN)
    assert rows.select("subject", "value", "meets", "measured_on").rows() == [
        ("Cerebras against Azure on Llama 3.1 70B", 3.0, False, DAYS[THEN]),
        ("Cerebras against Azure on Llama 3.1 8B", 10.0, True, DAYS[THEN]),
    ]
    assert rows["source_url"].null_count() == 0


@every_claim
def test_every_claim_can_be_said_and_flipped(claim):
    declared = next(found for found in CLAIMS if found.claim_id == claim)
    assert all((declared.short, declared.quantity, declared.unit, declared.subject, declared.page, declared.flips))
    assert declared.better in ("higher", "lower")
    assert (declared.threshold is not None) == declared.is_scored
    assert (declared.so_far is None) == declared.is_scored


def test_what_is_in_the_captures_of_2024_and_2026():
    """Against Azure, Bedrock: 2024 six pairs, five of ten times or nearly; 2026 none of six."""
    llama, gpt_oss = llama_of_2024(), gpt_oss_of_2026()
    both = tables([*llama[0], *gpt_oss[0]], [*llama[1], *gpt_oss[1]])
    told = {
        (found["claim_id"], found["when"]): (found["verdict"], found["met"], found["figures"])
        for found in verdicts.verdicts(both).rows(named=True)
    }
    assert told["C01", FIRST] == ("SUPPORTED", 1, 1)
    assert told["C01", NOW] == ("STALE", 0, 0)
    # Cerebras against DeepInfra 23.5, Bedrock 22.5, Azure 37.3, but Fireworks 7.7.
    assert told["C02", FIRST] == ("SUPPORTED", 3, 4)
    # Cerebras against DeepInfra 41, Eigen AI 3.3, Bedrock 7.9, Azure 8.5.
    assert told["C02", NOW] == ("PARTLY", 1, 4)
    assert told["C05", FIRST] == ("SUPPORTED", 3, 3)
    assert told["C05", NOW] == ("SUPPORTED", 3, 3)
    # Groq against Bedrock is 8.4.
    assert told["C07", FIRST] == ("SUPPORTED", 5, 6)
    assert told["C07", NOW] == ("STALE", 0, 6)
    assert told["C08", FIRST] == ("NOT SUPPORTED", 0, 6)
    assert told["C08", NOW] == ("NOT SUPPORTED", 0, 6)


def test_the_article_is_of_february_2026():
    assert date(2026, 2, 3) == ARTICLE_DAY
