"""Rounds of MLPerf: their order, what was filed again, and what is newer than what is held."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.schema import BENCHMARK_ROUND
from metrics import generations, rounds, submitters
from tests.results import inference, served, trained, training

BERT = trained("H100 SXM", "NVIDIA", 3472, 0.122, "bert", round="v4.0", run_set="one")
# The same runs in the next round, under another name of the system.
AGAIN = BERT | {"round": "v4.1", "system": "eos_n434"}
OTHER = trained("H100 SXM", "NVIDIA", 3472, 0.111, "bert", round="v4.1", run_set="two")


def published(*rounds_of: tuple) -> pl.DataFrame:
    rows = [
        {"suite": suite, "round": name, "published_on": day, "new_benchmarks": new}
        for suite, name, day, new in rounds_of
    ]
    return BENCHMARK_ROUND.conform(pl.DataFrame(rows, infer_schema_length=None))


PUBLISHED = published(
    ("Training", "v5.1", date(2025, 11, 12), "llama31_8b, flux1"),
    ("Training", "v6.0", date(2026, 6, 16), "deepseekv3_671b, gpt_oss_20b"),
    ("Inference", "v6.0", date(2026, 4, 1), None),
    ("Inference", "v6.1", date(2026, 9, 16), None),
)


def test_runs_that_were_filed_again_count_once_under_the_earliest_round():
    rows = training(AGAIN, OTHER, BERT)
    assert rounds.filings(rows)["filed_first_in"].to_list() == ["v4.0", None, None]
    assert rounds.once(rows).equals(rows[1:])


def test_of_several_filings_in_one_round_one_counts():
    meters = [BERT | {"submitter_as_published": name} for name in ("smc-dc-power", "smc", "smc-ac-power")]
    assert rounds.once(training(*meters))["submitter_as_published"].to_list() == ["smc"]


def test_results_that_name_no_runs_each_count():
    assert rounds.once(training(BERT | {"run_set": None}, AGAIN | {"run_set": None})).height == 2


@given(st.lists(st.tuples(st.sampled_from(["v4.0", "v4.1", "v5.0"]), st.sampled_from(["a", "b", None])), max_size=8))
def test_every_set_of_runs_counts_once_whatever_the_order(filed):
    rows = training(
        *(BERT | {"round": name, "run_set": runs, "system": f"system {at}"} for at, (name, runs) in enumerate(filed))
    )
    kept = rounds.once(rows)
    named = [runs for _, runs in filed if runs]
    assert sorted(kept["run_set"].drop_nulls()) == sorted(set(named))
    assert kept["run_set"].null_count() == len(filed) - len(named)


def test_a_generation_gains_nothing_from_runs_of_another_round():
    other = trained("B200", "NVIDIA", 3472, 0.05, "bert", round="v4.1")
    paired = generations.pairs(training(BERT, AGAIN, other), inference(), "H100 SXM")
    assert paired.is_empty()  # the H100's runs are of v4.0, where no B200 stands


def test_a_curve_leaves_out_what_was_filed_again():
    curve = generations.training_curve(training(BERT, AGAIN, OTHER), "bert", "v4.1", "closed", "Any")
    assert curve["minutes"].to_list() == [0.111]


def test_a_vendor_whose_only_results_were_filed_again_did_submit():
    counted = submitters.matrix(training(BERT, AGAIN), inference(served("B200", "Dell", 8, 1.0)))
    nvidia = counted.filter(pl.col("vendor") == "H100 SXM", pl.col("side") == "Training")
    assert nvidia.select("round", "results", "filed_again", "status").rows() == [
        ("v4.0", 1, 0, "submitted"),
        ("v4.1", 0, 1, "submitted"),
    ]


def test_rounds_newer_than_what_is_held_are_named_with_their_days():
    told = rounds.not_held(PUBLISHED, training(BERT | {"round": "v5.1"}), inference(served("B200", "Dell", 8, 1.0)))
    assert told == (
        "Newer than what is held here: MLPerf Training v6.0 was published on 16 June 2026, with deepseekv3_671b and "
        "gpt_oss_20b as new; MLPerf Inference v6.0 was published on 1 April 2026; MLPerf Inference v6.1 was published "
        "on 16 September 2026."
    )


def test_nothing_is_said_where_the_newest_rounds_are_held():
    held = training(BERT | {"round": "v6.0"}), inference(served("B200", "Dell", 8, 1.0, round="v10.0"))
    assert rounds.not_held(PUBLISHED, *held) == ""


@pytest.mark.parametrize("suite", rounds.SUITES)
def test_with_nothing_held_every_round_is_newer(suite):
    assert rounds.newer(PUBLISHED, training(), suite).height == 2


def test_a_tenth_version_is_newer_than_a_ninth():
    assert rounds.oldest_first(["v10.0", "v9.1", "v4.1"]) == ["v4.1", "v9.1", "v10.0"]
