"""The results of MLPerf that ship: every round in full, at the publisher's scores, days and counts."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.schema import TABLES
from metrics import rounds
from tests.results import CHECKED

PUBLISHED = Path(__file__).parents[2] / "data/published"


def shipped(name: str) -> pl.DataFrame:
    table = TABLES[name]
    return table.conform(
        pl.read_csv(PUBLISHED / f"{name}.csv", schema_overrides=dict(table.dtypes), infer_schema=False)
    )


@pytest.fixture(scope="module")
def trained():
    return shipped("training_result")


@pytest.fixture(scope="module")
def served():
    return shipped("inference_result")


@pytest.mark.parametrize(("round_name", "results"), [("v4.0", 202), ("v4.1", 153), ("v5.0", 201), ("v5.1", 184)])
def test_a_round_of_training_ships_in_full(trained, round_name, results):
    of_round = trained.filter(pl.col("round") == round_name)
    assert of_round.height == results
    assert of_round["minutes"].null_count() == 0
    assert (of_round["runs"] == of_round["runs_required"]).all()


def test_every_result_ships_with_the_day_of_its_retrieval_after_that_of_its_publication(trained, served):
    for results in (trained, served):
        assert (results["retrieved_on"] >= results["published_on"]).sum() == results.height


@pytest.mark.parametrize(("round_name", "submitter", "benchmark", "count", "minutes"), CHECKED)
def test_a_score_is_the_published_one(trained, round_name, submitter, benchmark, count, minutes):
    found = trained.filter(
        pl.col("round") == round_name,
        pl.col("submitter") == submitter,
        pl.col("benchmark") == benchmark,
        pl.col("accelerator_count") == count,
    )
    assert found["minutes"].round(3).min() == minutes


def test_a_name_of_tpu_v5p_that_counts_cores_has_half_as_many_chips(trained):
    named = trained.filter(pl.col("system").str.contains(r"tpu-v5p-\d+")).with_columns(
        cores=pl.col("system").str.extract(r"v5p-(\d+)").cast(pl.Int64)
    )
    assert named.height
    assert (named["cores"] == 2 * named["accelerator_count"]).all()


@pytest.mark.parametrize(
    ("nodes", "benchmark", "ours", "theirs"),
    [
        (2, "stable_diffusion", 22.802, "23.333"),
        (4, "stable_diffusion", 14.222, "14.282"),
        (4, "llama2_70b_lora", 8.217, "8.223"),
    ],
)
def test_a_run_with_a_damaged_line_is_kept_and_the_note_has_the_figure_without_it(
    trained, nodes, benchmark, ours, theirs
):
    row = trained.filter(
        pl.col("round") == "v4.1",
        pl.col("system") == f"lambda_1cc_n{nodes}_H100-SXM-80GB_ngc24.04_nemo",
        pl.col("benchmark") == benchmark,
    )
    assert (round(row["minutes"].item(), 3), row["runs_converged"].item()) == (ours, 10)
    assert f"{theirs} minutes" in row["note"].item()


@pytest.mark.parametrize(("round_name", "preview"), [("v4.0", 0), ("v4.1", 12), ("v5.0", 0), ("v5.1", 0)])
def test_preview_systems_of_a_round_are_marked_and_every_other_is_known_to_be_on_sale(trained, round_name, preview):
    of_round = trained.filter(pl.col("round") == round_name)
    assert of_round["is_preview"].sum() == preview
    assert of_round["is_preview"].null_count() == 0


def test_results_that_were_filed_again_in_a_later_round_count_once(trained):
    named = [("v4.0", "v4.1"), ("v4.1", "v5.0"), ("v4.1", "v5.1"), ("v5.0", "v5.1")]
    filed = rounds.filings(trained).filter(pl.col("filed_first_in") != pl.col("round"))
    counted = filed.group_by("filed_first_in", "round").len()
    again = {(first, later): results for first, later, results in counted.iter_rows()}
    assert {pair: again.get(pair) for pair in named} == dict(zip(named, (15, 8, 2, 16), strict=True))


def test_a_benchmark_has_one_name_over_all_rounds(trained):
    assert not {"gnn", "ssd"} & set(trained["benchmark"])
    renamed = trained.filter(pl.col("benchmark") != pl.col("benchmark_as_published"))
    assert set(renamed.select("benchmark_as_published", "benchmark").unique().rows()) == {
        ("gnn", "rgat"),
        ("ssd", "retinanet"),
    }
    assert set(renamed.filter(pl.col("round").is_in(["v4.0", "v4.1", "v5.0", "v5.1"]))["round"]) == {"v4.0", "v4.1"}


def test_v6_0_of_inference_ships_without_what_is_inferred(served):
    of_round = served.filter(pl.col("round") == "v6.0", pl.col("division") == "closed")
    assert of_round.height == 389
    assert not of_round["is_inferred"].any()


def test_the_day_of_a_result_is_the_day_of_its_round(trained, served):
    listed = shipped("benchmark_round").select("suite", "round", "published_on")
    days = {(suite, name): day for suite, name, day in listed.iter_rows()}
    for suite, results in (("Training", trained), ("Inference", served)):
        for name, day in results.select("round", "published_on").unique().rows():
            assert day == days[suite, name]
    assert days["Training", "v6.0"] == date(2026, 6, 16)
