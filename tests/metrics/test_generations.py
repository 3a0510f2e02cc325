"""What a generation gained: known values of MLPerf Training v5.0 and Inference v5.1, and the laws of a ratio."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import generations
from metrics.findings import divide as divide_findings
from metrics.generations import ANY_KIND, SAME_KIND
from tests.results import inference, served, trained, training

H100, B200 = "H100 SXM", "B200"
# MLPerf Training v5.0, llama2_70b_lora and llama31_405b; Inference v5.1, llama2-70b-99, tokens/s.
LORA = (trained(H100, "SCITIX", 64, 4.555671), trained("GB200", "Oracle", 72, 1.598139))
LLAMA_405B = (
    trained(H100, "NVIDIA", 512, 269.121572, "llama31_405b"),
    trained("GB200", "NVIDIA", 512, 121.757327, "llama31_405b"),
)
SERVED = (served(H100, "Cisco", 8, 31219.7), served(B200, "Dell", 8, 102909.0, precision="fp4"))


def gained(training_rows=(), inference_rows=(), reference=H100, kinds=SAME_KIND):
    paired = generations.pairs(training(*training_rows), inference(*inference_rows), reference, kinds)
    return generations.both_sides(generations.gains(paired))


def one(both: pl.DataFrame) -> dict:
    assert both.height == 1
    return both.row(0, named=True)


def test_a_gain_in_training_is_accelerator_minutes_of_the_reference_over_those_of_the_other():
    row = one(gained(LORA))
    assert row["training_gain"] == pytest.approx(4.555671 * 64 / (1.598139 * 72))
    assert row["training_gain"] == pytest.approx(2.53, abs=0.01)
    assert row["inference_gain"] is None


def test_a_gain_in_inference_is_throughput_per_accelerator_of_the_other_over_the_references():
    row = one(gained((), (SERVED[0], SERVED[1] | {"accelerator_count": 16, "value": 2 * 102909.0})))
    assert row["mixed_gain"] == pytest.approx(102909.0 / 31219.7)
    assert row["training_gain"] is None


def test_several_benchmarks_make_a_geometric_mean_with_their_range():
    row = one(gained((*LORA, *LLAMA_405B)))
    lora, large = 4.555671 * 64 / (1.598139 * 72), 269.121572 / 121.757327
    assert row["training_gain"] == pytest.approx((lora * large) ** 0.5)
    assert (row["training_low"], row["training_high"]) == (pytest.approx(large), pytest.approx(lora))
    assert row["training_benchmarks"] == 2


def test_accuracy_levels_and_scenarios_of_one_model_are_one_benchmark():
    rows = [row | extra for row in SERVED for extra in ({}, {"benchmark": "llama2-70b-99.9"}, {"scenario": "Server"})]
    row = one(gained((), rows))
    assert (row["mixed_benchmarks"], row["mixed_pairs"]) == (1, 3)
    assert row["mixed_gain"] == pytest.approx(102909.0 / 31219.7)


@pytest.mark.parametrize(
    "unlike",
    [
        {"benchmark": "llama3.1-405b"},
        {"scenario": "Server"},
        {"round": "v4.1"},
        {"division": "open"},
        {"suite": "datacenter,edge"},
        {"unit": "Queries/s"},
        {"submitter": "Oracle"},
        {"is_preview": True},
        {"is_preview": None},
        {"is_inferred": True},
        {"accelerator_count": None, "accelerator": None},
    ],
    ids=str,
)
def test_results_that_are_not_alike_are_never_divided(unlike):
    assert gained((), (SERVED[0], SERVED[1] | unlike)).is_empty()


@pytest.mark.parametrize(
    "unlike",
    [
        {"benchmark": "bert"},
        {"round": "v4.1"},
        {"division": "open"},
        {"submitter": "Dell"},
        {"minutes": None},
        {"status": "invalid"},
        {"is_preview": True},
        {"accelerator_count": 129},
    ],
    ids=str,
)
def test_training_results_that_are_not_alike_are_never_divided(unlike):
    assert gained((LORA[0], LORA[1] | unlike)).is_empty()


def test_accelerator_counts_may_be_a_factor_of_two_apart_and_no_more():
    assert gained((LORA[0], LORA[1] | {"accelerator_count": 128})).height == 1
    assert gained((LORA[0], LORA[1] | {"accelerator_count": 32})).height == 1
    assert gained((LORA[0], LORA[1] | {"accelerator_count": 31})).is_empty()


def test_the_nearest_counts_are_compared_and_of_those_the_best():
    rows = (
        *LORA,
        trained("GB200", "Oracle", 64, 1.9),
        trained("GB200", "CoreWeave", 64, 1.858531),
        trained("GB200", "Lambda", 36, 2.9991),
    )
    paired = generations.pairs(training(*rows), inference(), H100)
    assert paired.select("accelerator_count", "submitter").rows() == [(64, "CoreWeave")]


def test_any_submitter_may_be_asked_for():
    crossed = (SERVED[0], SERVED[1] | {"submitter": "Oracle"})
    assert gained((), crossed).is_empty()
    assert one(gained((), crossed, kinds=ANY_KIND))["mixed_gain"] == pytest.approx(102909.0 / 31219.7)


def test_of_several_rounds_the_newest_that_has_both_sides_counts():
    older = [row | {"round": "v4.1", "value": 8.0} for row in SERVED]
    paired = generations.pairs(training(), inference(*SERVED, *older), H100)
    assert paired["round"].to_list() == ["v5.1"]
    only_new = [row for row in SERVED if row["accelerator"] == B200]
    assert generations.pairs(training(), inference(*only_new, *older), H100)["round"].to_list() == ["v4.1"]


def test_unlike_precision_is_a_side_of_its_own_that_names_the_formats_and_makes_no_advantage():
    """All six pairs of B200 beside H100 in Inference v5.1 are FP4 against FP8."""
    lora = (trained(H100, "Dell", 8, 28.0), trained(B200, "Dell", 8, 11.2))
    row = one(gained(lora, SERVED))
    assert (row["inference_gain"], row["mixed_precisions"]) == (None, "FP4 against FP8")
    assert row["mixed_gain"] == pytest.approx(102909.0 / 31219.7)
    assert row["advantage"] is None
    assert divide_findings.generation(gained(lora, SERVED), H100) == (
        "B200 does 2.5x the work of H100 SXM in training and 3.3x in inference at FP4 against FP8; in inference no "
        "pair is of like precision"
    )


def test_like_precision_stands_beside_like_also_where_a_faster_result_is_of_another():
    slower = served(B200, "Dell", 8, 60000.0, system="8xB200 in FP8")
    row = one(gained((), (*SERVED, slower)))
    assert row["inference_gain"] == pytest.approx(60000.0 / 31219.7)
    assert row["mixed_gain"] == pytest.approx(102909.0 / 31219.7)


@pytest.mark.parametrize(
    ("ours", "theirs", "side"),
    [
        ("fp8", "float8", "inference"),
        ("bf16", "bfloat16", "inference"),
        ("{'clip1': 'fp32', 'unet': 'fp8'}", "clip1:fp32,unet:fp8", "inference"),
        ("mxfp4", "fp4", "mixed"),
        (None, "fp8", "mixed"),
        (None, None, "mixed"),
    ],
)
def test_one_precision_under_two_spellings_is_like_and_an_unstated_one_is_not(ours, theirs, side):
    rows = SERVED[0] | {"precision": theirs}, SERVED[1] | {"precision": ours}
    row = one(gained((), rows))
    assert [stem for stem in ("inference", "mixed") if row[f"{stem}_gain"] is not None] == [side]


def test_only_benchmarks_of_both_suites_make_the_advantage():
    lora = (trained(H100, "Dell", 8, 28.0), trained(B200, "Dell", 8, 11.2))
    more = (served(H100, "Cisco", 8, 1.0, "whisper"), served(B200, "Dell", 8, 9.0, "whisper"))
    alike = [row | {"precision": "fp8"} for row in (*SERVED, *more)]
    paired = generations.pairs(training(*lora), inference(*alike), H100)
    common = generations.common(paired)
    assert set(common["workload"]) == {"llama2-70b"}
    both = generations.both_sides(generations.gains(common))
    assert generations.advantage(both) == pytest.approx(102909.0 / 31219.7 / 2.5)


def test_without_a_generation_on_both_sides_there_is_no_advantage():
    assert generations.advantage(gained(LORA)) is None
    assert generations.advantage(gained()) is None


def test_who_shares_nothing_with_the_reference_is_named():
    rows = training(*LORA, trained("RTX A5000", "Krai", 2, 90.0, "bert"))
    paired = generations.pairs(rows, inference(), H100)
    assert generations.unmatched(rows, inference(), paired, H100) == ["RTX A5000"]


def test_references_are_those_with_most_results_first():
    assert generations.references(training(*LORA), inference(*SERVED))[0] == H100


positive = st.floats(0.01, 1e6)


@given(positive, positive, positive, positive)
def test_a_gain_turned_round_is_its_reciprocal(minutes, other_minutes, value, other_value):
    trained_rows = (trained(H100, "Dell", 8, minutes), trained(B200, "Dell", 16, other_minutes))
    served_rows = (served(H100, "Dell", 8, value), served(B200, "Dell", 4, other_value))
    there = one(gained(trained_rows, served_rows, H100))
    back = one(gained(trained_rows, served_rows, B200))
    for side in ("training", "inference"):
        assert there[f"{side}_gain"] * back[f"{side}_gain"] == pytest.approx(1)


@given(positive, positive)
def test_a_benchmark_that_only_one_generation_has_changes_no_gain(minutes, value):
    alone_trained = (trained("MI325X", "Dell", 8, minutes, "bert"), trained("GB200", "Oracle", 8, minutes, "rgat"))
    alone_served = (served(B200, "Dell", 8, value, "whisper"), served(H100, "Cisco", 8, value, "mixtral-8x7b"))
    with_more = gained((*LORA, *alone_trained), (*SERVED, *alone_served))
    assert with_more.equals(gained(LORA, SERVED))


@given(st.permutations([*SERVED, served("H200 SXM", "Cisco", 8, 35316.7), served("MI325X", "AMD", 8, 34555.0)]))
def test_the_order_of_the_rows_changes_nothing(rows):
    assert gained((), rows).equals(gained((), sorted(rows, key=lambda row: row["accelerator"])))


def test_a_training_curve_has_the_results_of_one_benchmark_with_their_work():
    curve = generations.training_curve(training(*LORA, *LLAMA_405B), "llama31_405b", "v5.0", "closed", "Any")
    assert curve["accelerator_minutes"].to_list() == pytest.approx([512 * 121.757327, 512 * 269.121572])
    cloud = generations.training_curve(training(*LORA), "llama2_70b_lora", "v5.0", "closed", "Available cloud")
    assert cloud.is_empty()


def test_throughput_per_accelerator_gives_the_best_the_least_and_how_many():
    rows = (*SERVED, served(B200, "Lenovo", 8, 80000.0), served(B200, "HPE", 16, 90000.0, scenario="Server"))
    ranked = generations.per_accelerator(inference(*rows), "llama2-70b-99", "Offline", "v5.1")
    best = ranked.row(0, named=True)
    assert (best["accelerator"], best["submitter"], best["results"]) == (B200, "Dell", 2)
    assert (best["value_per_accelerator"], best["low"]) == (102909.0 / 8, 10000.0)
    assert ranked["precision_label"].to_list() == ["FP4", "FP8"]


def test_units_are_never_mixed():
    rows = (*SERVED, served("L4", "Dell", 1, 900000.0, unit="Queries/s"))
    ranked = generations.per_accelerator(inference(*rows), "llama2-70b-99", "Offline", "v5.1")
    assert ranked["unit"].unique().to_list() == ["Tokens/s"]


def test_a_family_comes_from_the_table_of_chips_and_else_from_the_vendor():
    chips = pl.DataFrame({"accelerator": ["TPU v5e"], "family": ["TPU"]})
    rows = pl.DataFrame(
        {
            "accelerator": ["TPU v5e", "L40S", "X1"],
            "accelerator_as_published": ["TPU v5e", "NVIDIA L40S", "X1"],
        }
    )
    assert generations.with_family(rows, chips)["family"].to_list() == ["TPU", "GPU", None]
