"""The best results of MLPerf by round: gains against the first round, never by runs that were filed again."""

from datetime import date, timedelta

import polars as pl
import pytest

from metrics import history
from metrics.findings import history as findings
from metrics.history import INFERENCE, PER_ACCELERATOR, TRAINING, WHOLE_SYSTEM
from tests.results import inference, served, trained, training

V4_0, V4_1, V5_0 = date(2024, 6, 12), date(2024, 11, 13), date(2025, 6, 4)
# NVIDIA's llama2_70b_lora on 8 H200 in v4.0 and 8 B200 in v4.1 (a preview), and 1,024 H100 in v4.0.
H200 = trained("H200 SXM", "NVIDIA", 8, 24.689165, round="v4.0", published_on=V4_0, run_set="h200")
B200 = trained("B200", "NVIDIA", 8, 12.957581, round="v4.1", published_on=V4_1, run_set="b200", is_preview=True)
LARGE = trained("H100 SXM", "NVIDIA", 1024, 1.493628, round="v4.0", published_on=V4_0, run_set="large")
LARGE_AGAIN = LARGE | {"round": "v4.1", "published_on": V4_1, "system": "eos_again"}
SMALL = trained("H100 SXM", "Dell", 64, 5.051522, round="v4.1", published_on=V4_1, run_set="small")
FIRST = served("H100 SXM", "Cisco", 8, 27000.0, round="v4.1", published_on=V4_1)
LAST = served("B200", "Dell", 8, 102909.0, round="v5.1", published_on=V4_1 + timedelta(days=300))


def found(training_rows=(), inference_rows=(), judged=PER_ACCELERATOR, scenario="Offline") -> pl.DataFrame:
    return history.by_round(training(*training_rows), inference(*inference_rows), scenario, judged)


def test_a_gain_in_training_is_the_first_rounds_least_over_the_rounds_least():
    gains = found([H200, B200, LARGE])
    assert gains.select("round", "accelerator", "is_preview").rows() == [
        ("v4.0", "H200 SXM", False),
        ("v4.1", "B200", True),
    ]
    assert gains["best"].to_list() == pytest.approx([8 * 24.689165, 8 * 12.957581])
    assert gains["round_gain"].to_list() == pytest.approx([1, 24.689165 / 12.957581])


def test_the_whole_system_is_judged_by_minutes():
    gains = found([H200, B200, LARGE, SMALL], judged=WHOLE_SYSTEM)
    assert gains["best"].to_list() == [1.493628, 5.051522]
    assert gains["best_unit"].unique().to_list() == ["minutes"]
    assert gains["round_gain"].to_list() == pytest.approx([1, 1.493628 / 5.051522])


def test_a_gain_in_inference_is_the_rounds_most_over_the_first_rounds_most():
    gains = found((), [FIRST, FIRST | {"value": 26000.0, "system": "slower"}, LAST])
    assert gains["round_gain"].to_list() == pytest.approx([1, 102909.0 / 27000.0])
    assert gains["best_unit"].unique().to_list() == ["Tokens/s per accelerator"]


def test_a_round_whose_best_result_was_filed_again_has_no_mark_and_is_named():
    gains = found([LARGE, LARGE_AGAIN, SMALL], judged=WHOLE_SYSTEM)
    assert gains.is_empty()  # neither a gain of 1 by copying, nor a loss by leaving the copy out
    copies = history.copies(training(LARGE, LARGE_AGAIN, SMALL), WHOLE_SYSTEM)
    assert findings.filed_again(copies) == (
        "No mark, because the best result files again the runs of an earlier round: llama2_70b_lora in v4.1 (of v4.0)."
    )
    assert findings.filed_again(copies.clear()) == ""


@pytest.mark.parametrize(
    "unlike",
    [{"division": "open"}, {"accelerator": None}, {"accelerator_count": None}, {"status": "invalid", "minutes": None}],
)
def test_results_that_may_not_stand_for_a_round_do_not(unlike):
    assert found([H200, B200 | unlike]).is_empty()


@pytest.mark.parametrize("unlike", [{"scenario": "Server"}, {"unit": "Latency (ms)"}, {"is_inferred": True}])
def test_other_scenarios_latencies_and_inferred_results_are_another_matter(unlike):
    assert found((), [FIRST, LAST | unlike]).is_empty()


def test_units_of_one_benchmark_are_never_divided():
    assert found((), [FIRST, LAST | {"unit": "Samples/s"}]).is_empty()


def test_of_two_accuracy_levels_one_counts():
    both = [row | {"benchmark": name} for row in (FIRST, LAST) for name in ("llama2-70b-99", "llama2-70b-99.9")]
    assert found((), both)["benchmark"].unique().to_list() == ["llama2-70b-99"]
    older = [*both, both[1] | {"round": "v4.0", "published_on": V4_0}]
    assert found((), older)["benchmark"].unique().to_list() == ["llama2-70b-99.9"]


def test_a_years_gain_is_all_gains_over_all_the_time_they_took():
    year = timedelta(days=365)
    rows = [H200, H200 | {"minutes": 12.3445825, "round": "v5.0", "published_on": V4_0 + year, "run_set": "other"}]
    assert history.yearly(found(rows), TRAINING) == pytest.approx(2 ** (365.25 / 365))
    assert history.yearly(found(rows), INFERENCE) is None
    assert findings.improved(found(rows), PER_ACCELERATOR) == (
        "The best result for each accelerator becomes 2x as good in training in a year"
    )


def test_a_years_gain_at_like_precision_stands_apart_from_one_of_another_precision():
    """NVIDIA's B200 in v5.1 serves llama2-70b at FP4, Cisco's H100 in v4.1 at FP8; whisper is at FP16 in both."""
    whisper = [row | {"benchmark": "whisper", "precision": "fp16"} for row in (FIRST, LAST | {"value": 54000.0})]
    gains = found((), [FIRST, LAST | {"precision": "fp4"}, *whisper])
    assert gains.select("benchmark", "round", "precision_differs", "precisions").rows() == [
        ("llama2-70b-99", "v4.1", False, "FP8"),
        ("llama2-70b-99", "v5.1", True, "FP4 after FP8"),
        ("whisper", "v4.1", False, "FP16"),
        ("whisper", "v5.1", False, "FP16"),
    ]
    in_a_year = 365.25 / 300
    assert history.yearly(gains, INFERENCE) == pytest.approx(2**in_a_year)
    assert history.yearly(gains, INFERENCE, of_unlike_precision=True) == pytest.approx((102909 / 27000) ** in_a_year)
    assert findings.improved(gains, PER_ACCELERATOR) == (
        "The best result for each accelerator becomes 2.3x as good in inference at like precision; 5.1x as good in "
        "inference where the precision changed in a year"
    )
    assert findings.changed_precision(gains) == "llama2-70b-99 (FP4 after FP8)"
    assert "3.8x as good as in v4.1, FP4 after FP8. " in findings.best(gains.row(1, named=True))


def test_a_precision_that_nobody_states_is_like_none():
    gains = found((), [FIRST, LAST | {"precision": None}])
    assert gains["precisions"].to_list() == ["FP8", "not stated after FP8"]
    assert history.yearly(gains, INFERENCE) is None


def test_rounds_of_one_day_tell_no_years_gain():
    rows = [H200, B200 | {"published_on": V4_0}]
    assert "no year's gain can be told" in findings.improved(found(rows), PER_ACCELERATOR)


def test_v10_comes_after_v9():
    rows = [H200 | {"round": "v9.1"}, B200 | {"round": "v10.0"}]
    assert found(rows)["first_round"].unique().to_list() == ["v9.1"]
