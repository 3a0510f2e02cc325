"""What may be divided by what: one test for every rule of the grades."""

from datetime import date, timedelta

import polars as pl
import pytest

from etl.schema import PROVIDER_SPEED
from metrics import matching
from tests.frames import GPT_OSS, LLAMA_8B, OCTOBER_2024, gpt_oss_of_2026, llama_of_2024, measured, providers, speeds

LATER = {"capture": "aa-leaderboard_later"}


def judged(*rows):
    return matching.judged(speeds(*rows), providers())


def paired(*rows):
    return matching.pairs(judged(*rows))


def graded(*rows):
    """Grade and differing conditions of the one pair that these rows make."""
    pair = paired(*rows)
    assert pair.height == 1
    return pair["match_grade"].item(), pair["differs"].item()


def days_after(days, **rest):
    return {**LATER, "measured_on": OCTOBER_2024 + timedelta(days=days), **rest}


FIXED = {"prompt_tokens": 100, "concurrency": 1}


def test_one_capture_is_grade_a():
    assert graded(measured("Cerebras", 2023.0), measured("Azure", 54.3)) == ("A", None)


def test_rows_that_one_page_shows_side_by_side_are_one_run():
    page = {"capture": None, "measured_on": None, "source_url": "https://artificialanalysis.ai/models/gpt-oss-120b"}
    assert graded(measured("Cerebras", 1844.1, **page), measured("Fireworks", 525.0, **page)) == ("A", None)


def test_rows_of_two_undated_pages_are_never_paired():
    page = {"capture": None, "measured_on": None}
    rows = (
        measured("Cerebras", 1844.1, source_url="https://artificialanalysis.ai/a", **page),
        measured("Fireworks", 525.0, source_url="https://artificialanalysis.ai/b", **page),
    )
    assert paired(*rows).is_empty()


@pytest.mark.parametrize(("days", "grade"), [(7, "A"), (8, "B"), (30, "B"), (31, "C"), (60, "C")])
def test_runs_of_one_source_grow_less_alike_with_the_days_between_them(days, grade):
    found, differs = graded(measured("Cerebras", 2023.0, **FIXED), measured("Azure", 54.3, **days_after(days), **FIXED))
    assert found == grade
    assert (differs or "").count("measured more than") == "ABC".index(grade)


def test_runs_more_than_sixty_days_apart_are_never_paired():
    assert paired(measured("Cerebras", 2023.0, **FIXED), measured("Azure", 54.3, **days_after(61), **FIXED)).is_empty()


def test_one_page_that_tells_of_two_seasons_pairs_nothing_across_them():
    page = {"capture": None, "source_url": "https://alatirok.com/ai-inference-speed-2026/"}
    rows = (
        measured("Cerebras", 1705.8, measured_on=date(2026, 5, 31), **page),
        measured("Fireworks", 683.4, measured_on=date(2026, 1, 31), **page),
    )
    assert paired(*rows).is_empty()


@pytest.mark.parametrize(
    ("column", "ours", "theirs", "named"),
    [
        ("prompt_tokens", 1000, 10_000, "prompt length"),
        ("prompt_tokens", 1000, None, "prompt length"),
        ("concurrency", 1, 10, "concurrency"),
        ("concurrency", None, 10, "concurrency"),
        ("precision", "fp16", "fp8", "precision"),
        ("precision", None, "fp8", "precision"),
    ],
)
def test_one_condition_that_differs_or_is_known_of_one_side_only_is_grade_b(column, ours, theirs, named):
    rows = measured("Cerebras", 2023.0, **{column: ours}), measured("Azure", 54.3, **{column: theirs})
    assert graded(*rows) == ("B", named)


def test_two_conditions_that_differ_are_grade_c():
    rows = (
        measured("Cerebras", 2023.0, precision="fp16", prompt_tokens=1000),
        measured("Azure", 54.3, precision="fp8", prompt_tokens=10_000),
    )
    assert graded(*rows) == ("C", "prompt length; precision")


def test_days_apart_and_a_condition_add_up():
    rows = measured("Cerebras", 2023.0, **FIXED), measured("Azure", 54.3, precision="fp8", **days_after(10), **FIXED)
    assert graded(*rows) == ("C", "measured more than 7 days apart; precision")


def test_conditions_that_nobody_published_differ_between_two_runs():
    rows = measured("Cerebras", 2023.0), measured("Azure", 54.3, **days_after(3))
    assert graded(*rows) == ("C", "prompt length; concurrency")


def test_live_traffic_is_never_above_grade_c():
    gateway = {"measured_by": "OpenRouter", "measurer_kind": "traffic", "source": "openrouter_endpoints"}
    rows = measured("Cerebras", 1200.0, **gateway), measured("Azure", 80.0, **gateway)
    assert graded(*rows) == ("C", "prompt length; concurrency")


def test_a_vendors_own_figure_against_an_independent_one_is_grade_d():
    rows = measured("Cerebras", 1800.0, measurer_kind="vendor"), measured("Azure", 54.3)
    assert graded(*rows) == ("D", "a vendor's own figure on one side")


def test_another_measurer_is_grade_d():
    other = {"source": "llmperf", "measured_by": "LLMPerf (Anyscale)", "capture": "llmperf_2024-10"}
    rows = measured("Cerebras", 2023.0, **FIXED), measured("Azure", 54.3, **other, **FIXED)
    assert graded(*rows) == ("D", "measurer")


def test_another_measurer_in_one_file_is_another():
    rows = measured("Cerebras", 2023.0), measured("Azure", 54.3, measured_by="LLMPerf (Anyscale)")
    assert graded(*rows)[0] == "D"


def test_one_measurer_in_two_files_is_one():
    """Artificial Analysis' 969 tokens/s of Cerebras stands in one file, Azure's speed of that time in another."""
    quoted = {"source": "single_figures", "capture": None, "measured_on": date(2024, 11, 18)}
    rows = measured("Cerebras", 969.0, **quoted, **FIXED), measured("Azure", 30.0, measured_on=OCTOBER_2024, **FIXED)
    assert graded(*rows) == ("C", "measured more than 7 days apart; measured more than 30 days apart")


def test_another_method_of_one_measurer_is_another():
    traffic = {"source": "openrouter_capture", "capture": "traffic", "measurer_kind": "traffic"}
    rows = measured("Cerebras", 2023.0, **FIXED), measured("Azure", 54.3, **traffic, **FIXED)
    assert graded(*rows) == ("D", "measurer")


@pytest.mark.parametrize("other", ["Llama 3.1 70B", "Llama 3.3 70B", "Llama 3 8B", GPT_OSS])
def test_another_model_or_size_is_never_paired(other):
    assert paired(measured("Cerebras", 2023.0), measured("Azure", 54.3, model=other)).is_empty()


def test_specialised_providers_are_not_paired_with_each_other():
    assert paired(measured("Cerebras", 2023.0), measured("Groq", 751.7)).is_empty()
    assert paired(measured("Azure", 54.3), measured("Fireworks", 264.1)).is_empty()


EXCLUDED = [
    ({"is_aggregate": True}, "a figure over many providers"),
    ({"bound_as_published": "<200", "output_tokens_per_second": None}, "only a limit is published, not a value"),
    ({"output_tokens_per_second": None}, "no output speed is published"),
    ({"uptime_percent": 49.9}, "answered fewer than 50% of its requests: a host that was away"),
    ({"endpoint": "run by Fireworks"}, "run by Fireworks, so no measurement of the seller's own machines"),
    ({"endpoint": "free"}, "a free route, which is throttled"),
    ({"ttft_seconds": 10.01}, "first token after more than 10 s: a buffered reply"),
    ({"output_tokens": 99}, "replies of fewer than 100 tokens"),
]


@pytest.mark.parametrize(("fault", "reason"), EXCLUDED, ids=[reason for _, reason in EXCLUDED])
@pytest.mark.parametrize("side", ["Cerebras", "Azure"])
def test_a_row_that_enters_no_ratio_says_why(fault, reason, side):
    rows = {"Cerebras": measured("Cerebras", 2023.0), "Azure": measured("Azure", 54.3)}
    rows[side] |= fault
    table = judged(*rows.values())
    assert dict(table.select("provider", "excluded_because").iter_rows())[side] == reason
    assert table["excluded_because"].null_count() == 1
    assert matching.pairs(table).is_empty()


def test_a_machine_of_another_operator_is_no_silicon_of_its_seller():
    """Bedrock with Cerebras' decode, as AWS has announced it, would be no wafer of AWS; nor is Cerebras' resold one."""
    resold = measured("Cerebras", 2023.0, endpoint="run by CoreWeave")
    assert judged(measured("Cerebras", 2023.0), resold)["family"].to_list() == ["wafer-scale", "undisclosed"]


@pytest.mark.parametrize(
    ("seller", "reason"),
    [
        ("Vercel AI Gateway", "a gateway, not who runs the model"),
        ("NanoGPT", "a reseller, not who runs the model"),
        ("GitHub Copilot", "a plan, not who runs the model"),
        ("CrossModel", "nobody knows whether this provider runs the model"),
    ],
)
def test_who_is_not_known_to_run_the_model_is_no_baseline(seller, reason):
    rows = (measured("Cerebras", 2023.0), measured("Azure", 54.3), measured(seller, 900.0))
    assert judged(*rows)["excluded_because"].to_list() == [None, None, reason]
    assert paired(*rows)["baseline_provider"].to_list() == ["Azure"]
    assert matching.against(paired(*rows), matching.BEST)["baseline_provider"].to_list() == ["Azure"]


def test_a_readers_own_host_is_known_to_the_reader():
    own = measured("My cluster", 90.0, source="upload:u000001", evidence="upload")
    assert judged(own)["excluded_because"].to_list() == [None]


@pytest.mark.parametrize("limit", [{"ttft_seconds": 10.0}, {"output_tokens": 100}])
def test_a_row_at_the_limit_still_counts(limit):
    assert judged(measured("Cerebras", 2023.0, **limit))["excluded_because"].to_list() == [None]


def test_a_host_whose_silicon_nobody_published_is_undisclosed():
    table = judged(measured("Fireworks", 264.1))
    assert table.select("family", "is_specialised", "is_hyperscaler").row(0) == ("undisclosed", False, False)


def test_judging_keeps_every_row_in_its_order():
    rows, _ = llama_of_2024()
    assert judged(*rows)["provider"].to_list() == [row["provider"] for row in rows]


def test_every_host_of_a_capture_stands_beside_every_specialised_one():
    rows, _ = llama_of_2024()
    pairs = paired(*rows)
    assert pairs.height == 3 * 4
    assert set(pairs["match_grade"]) == {"A"}


def test_a_row_with_hosts_in_its_own_capture_looks_no_further():
    rows = measured("Cerebras", 2023.0), measured("Azure", 54.3), measured("Fireworks", 264.1, **days_after(1))
    assert paired(*rows)["baseline_provider"].to_list() == ["Azure"]


def test_of_a_host_measured_several_times_the_run_nearest_in_time_counts():
    rows = (
        measured("Cerebras", 2023.0, **FIXED),
        measured("Azure", 54.3, **days_after(5), **FIXED),
        measured("Azure", 60.0, **days_after(20, capture="aa-leaderboard_later-still"), **FIXED),
    )
    assert paired(*rows)["baseline_output_tokens_per_second"].to_list() == [54.3]


def test_the_same_source_is_preferred_to_a_nearer_day_of_another():
    rows = (
        measured("Cerebras", 2023.0, **FIXED),
        measured("Azure", 54.3, **days_after(30), **FIXED),
        measured("Fireworks", 264.1, source="llmperf", measured_by="LLMPerf (Anyscale)", capture="llmperf", **FIXED),
    )
    assert paired(*rows)["baseline_provider"].to_list() == ["Azure"]


def test_no_rows_make_no_pairs():
    assert paired().is_empty()


# 2024-10-13, others beside Cerebras: Fireworks 264.1, AWS Bedrock 89.8, DeepInfra 86.2, Azure 54.3
@pytest.mark.parametrize(
    ("baseline", "host"), [("Best", "Fireworks"), ("Median", "AWS Bedrock"), ("Azure", "Azure"), ("DeepInfra",) * 2]
)
def test_a_baseline_is_the_best_the_median_or_a_named_host(baseline, host):
    rows, _ = llama_of_2024()
    chosen = matching.against(paired(*rows), baseline)
    assert chosen["provider"].to_list() == ["Cerebras", "Groq", "SambaNova"]
    assert chosen["baseline_provider"].to_list() == [host] * 3


def test_of_an_odd_number_of_hosts_the_median_is_the_middle_one():
    rows = [row for row in llama_of_2024()[0] if row["provider"] != "DeepInfra"]
    assert set(matching.against(paired(*rows), "Median")["baseline_provider"]) == {"AWS Bedrock"}


def test_a_named_baseline_with_several_endpoints_enters_with_the_fastest_on_like_terms():
    rows = (
        measured("Cerebras", 2023.0),
        measured("Together", 145.6, endpoint="turbo"),
        measured("Together", 60.0),
        measured("Together", 71.0, endpoint="eu"),
    )
    assert matching.against(paired(*rows), "Together")["baseline_output_tokens_per_second"].to_list() == [71.0]


@pytest.mark.parametrize(
    ("ours", "theirs", "grade", "differs"),
    [
        ("speculative decoding", None, "B", "kind of endpoint"),
        (None, "Turbo", "B", "kind of endpoint"),
        (None, "fast", "B", "kind of endpoint"),
        (None, "latency optimised", "B", "kind of endpoint"),
        ("minimax-m2.7-dedicated", None, "B", "kind of endpoint"),
        (None, "DGX B200, own lab", "B", "a machine of its maker that served nobody else"),
        ("Turbo", "turbo", "A", None),
        (None, "eastus2", "A", None),
        (None, "base", "A", None),
    ],
)
def test_an_endpoint_on_other_terms_is_a_soft_condition(ours, theirs, grade, differs):
    rows = measured("Groq", 1665.0, endpoint=ours), measured("Azure", 54.3, endpoint=theirs)
    assert graded(*rows) == (grade, differs)


def test_a_baseline_that_nobody_measured_has_no_pairs():
    assert matching.against(paired(measured("Cerebras", 2023.0), measured("Azure", 54.3)), "OctoAI").is_empty()


def test_each_measurement_keeps_its_own_baseline():
    llama, gpt_oss = llama_of_2024()[0], gpt_oss_of_2026()[0]
    best = matching.against(paired(*llama, *gpt_oss), "Best")
    assert dict(best.select("model", "baseline_provider").iter_rows()) == {LLAMA_8B: "Fireworks", GPT_OSS: "Eigen AI"}
    assert best.height == 6


def test_pairs_are_trusted_by_grade_then_day_then_evidence():
    rows = (
        measured("Cerebras", 2023.0, capture="a"),
        measured("Azure", 54.3, capture="a"),
        measured("Cerebras", 1900.0, **days_after(9, capture="b")),
        measured("Azure", 54.3, **days_after(9, capture="b")),
        measured("Groq", 3000.0, capture="c", precision="fp8"),
        measured("Azure", 54.3, capture="c"),
        measured("SambaNova", 9000.0, capture="d", evidence="secondary"),
        measured("Azure", 54.3, capture="d"),
    )
    order = matching.best_first(paired(*rows), "output_tokens_per_second")["capture"].to_list()
    assert order == ["b", "a", "d", "c"]


def test_rows_come_back_in_the_same_order_whatever_order_they_came_in():
    rows, _ = llama_of_2024()
    assert paired(*rows).equals(paired(*reversed(rows)))


# The rule and what is said of it


def test_the_grades_say_what_their_rule_is():
    assert matching.grade_meanings() == {
        "A": "no condition differs",
        "B": "1 condition differs",
        "C": "2 conditions or more differ",
        "D": "different measurers or a vendor's own figure on one side",
    }
    rule = matching.grade_rule()
    assert "measured more than 7 days apart; measured more than 30 days apart; prompt length; concurrency;" in rule
    assert "For an own measurement that states its prompt length, concurrency and day of measurement: measurer." in rule
    assert "So does what neither publishes of prompt length and concurrency, but for one run of one test." in rule
    assert "Only grades A and B enter an average, only A, B and C a verdict." in rule


def test_a_condition_that_is_taken_out_counts_no_more_and_is_told_no_more(monkeypatch):
    rows = measured("Cerebras", 2023.0, precision="fp16"), measured("Azure", 54.3)
    assert graded(*rows) == ("B", "precision")
    assert "precision" in matching.grade_rule()
    rest = tuple(condition for condition in matching.SOFT if condition.name != "precision")
    monkeypatch.setattr(matching, "SOFT", rest)
    assert graded(*rows) == ("A", None)
    assert "precision" not in matching.grade_rule()


def test_a_condition_that_comes_in_counts_and_is_told(monkeypatch):
    longer = matching.Condition("reply length", pl.col("output_tokens") > 500)
    monkeypatch.setattr(matching, "SOFT", (*matching.SOFT, longer))
    rows = measured("Cerebras", 2023.0, output_tokens=1000), measured("Azure", 54.3, output_tokens=200)
    assert graded(*rows) == ("B", "reply length")
    assert "reply length" in matching.grade_rule()


def test_a_further_grade_takes_its_place_in_the_rule_and_in_the_words(monkeypatch):
    monkeypatch.setattr(matching, "GRADES_BY_COUNT", ("A", "B", "B2", "C"))
    rows = measured("Cerebras", 2023.0, precision="fp16", prompt_tokens=1000), measured("Azure", 54.3)
    assert graded(*rows) == ("B2", "prompt length; precision")
    meanings = matching.grade_meanings()
    assert (meanings["B2"], meanings["C"]) == ("2 conditions differ", "3 conditions or more differ")


def test_a_condition_that_makes_two_sides_unlike_is_told_of_the_last_grade(monkeypatch):
    monkeypatch.setattr(matching, "HARD", matching.HARD[:1])
    rows = measured("Cerebras", 1800.0, measurer_kind="vendor"), measured("Azure", 54.3)
    assert graded(*rows) == ("A", None)
    assert matching.grade_meanings()["D"] == "different measurers"


def test_a_pair_carries_every_column_of_a_measurement():
    pair = paired(measured("Cerebras", 2023.0, output_tokens_per_second_p95=2500.0), measured("Azure", 54.3))
    carried = set(PROVIDER_SPEED.names) - {"bound_as_published", "is_aggregate"}
    assert carried <= set(pair.columns)
    assert {f"baseline_{name}" for name in carried - {"model"}} <= set(pair.columns)
    assert pair["output_tokens_per_second_p95"].to_list() == [2500.0]
