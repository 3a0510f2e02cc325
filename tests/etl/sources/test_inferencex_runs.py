"""The artefacts of InferenceX's runs, and that a point of a run and of the API counts once."""

from datetime import date

import polars as pl
import pytest

from etl import faults, history, names
from etl.folders import PROJECT
from etl.schema import TABLES
from etl.sources.inferencex import SOURCE
from tests.payloads import UPSTREAM, payload, whole

COPY = (
    "https://raw.githubusercontent.com/gminneci/mantile/72ff84ebfd56ee0b15bd17d7d49a70fbb4e50256"
    "/reconcile/sources/inferencemax/raw/run_{}/agg_bmk.json"
)
RUN, API = COPY.format(20667906037), "https://inferencex.semianalysis.com/api/v1/benchmarks?model=gpt-oss-120b"
DAY = date(2026, 1, 2)

# Of the run 20667906037, cut to what is read.
ON_ONE_B200 = {
    "hw": "b200",
    "conc": 128,
    "image": "vllm/vllm-openai:v0.13.0",
    "model": "openai/gpt-oss-120b",
    "infmax_model_prefix": "gptoss",
    "framework": "vllm",
    "precision": "fp4",
    "spec_decoding": "none",
    "disagg": False,
    "isl": 1024,
    "osl": 1024,
    "is_multinode": False,
    "tp": 1,
    "ep": 1,
    "dp_attention": "false",
    "tput_per_gpu": 17364.10,
    "output_tput_per_gpu": 8672.46,
    "median_ttft": 0.2,
    "median_intvty": 70.1,
}
# Of the run 20321908209.
SPLIT = {
    "hw": "gb200",
    "conc": 269,
    "image": "nvcr.io#nvidia/ai-dynamo/tensorrtllm-runtime:0.5.1-rc0.pre3",
    "model": "/mnt/lustre01/models/deepseek-r1-0528-fp4-v2",
    "infmax_model_prefix": "dsr1",
    "framework": "dynamo-trt",
    "precision": "fp4",
    "spec_decoding": "mtp",
    "disagg": True,
    "isl": 8192,
    "osl": 1024,
    "is_multinode": True,
    "prefill_tp": 4,
    "prefill_ep": 4,
    "prefill_dp_attention": "true",
    "prefill_num_workers": 5,
    "decode_tp": 32,
    "decode_ep": 32,
    "decode_dp_attention": "true",
    "decode_num_workers": 1,
    "num_prefill_gpu": 20,
    "num_decode_gpu": 32,
    "tput_per_gpu": 4314.996754953565,
    "output_tput_per_gpu": 778.794573040406,
    "input_tput_per_gpu": 9972.920246014619,
    "median_ttft": 0.6982816830277443,
    "median_intvty": 109.81418621083381,
}


def answered(**changes):
    """The same point of one B200 as the API answers it."""
    metrics = {name: ON_ONE_B200[name] for name in ("tput_per_gpu", "output_tput_per_gpu", "median_intvty")}
    of_side = {"tp": 1, "ep": 1, "dp_attention": False, "num_workers": 0}
    return {
        **{f"{side}_{name}": value for side in ("prefill", "decode") for name, value in of_side.items()},
        "hardware": "b200",
        "framework": "vllm",
        "model": "gptoss120b",
        "precision": "fp4",
        "spec_method": "none",
        "disagg": False,
        "isl": 1024,
        "osl": 1024,
        "conc": 128,
        "metrics": metrics,
        "date": "2026-01-02",
        "run_url": "https://github.com/SemiAnalysisAI/InferenceX/actions/runs/20667906037/attempts/1",
    } | changes


def read(tmp_path, *contents):
    """The rows of these (address, points)."""
    return SOURCE.read([payload(tmp_path, url, points, as_of=DAY) for url, points in contents])


def only(reading):
    return reading.frames["gpu_serving"].row(0, named=True)


def test_a_point_of_a_run_becomes_a_row(tmp_path):
    assert only(read(tmp_path, (RUN, [ON_ONE_B200]))) == {
        "accelerator_as_published": "b200",
        "model_as_published": "gptoss",
        "framework": "vllm",
        "precision": "fp4",
        "configuration": "tp1 ep1, no speculative decoding",
        "accelerator_count": 1,
        "prompt_tokens": 1024,
        "output_tokens": 1024,
        "concurrency": 128,
        "throughput_tokens_per_second_per_gpu": 17364.10,
        "output_throughput_tokens_per_second_per_gpu": 8672.46,
        "interactivity_tokens_per_second_per_user": 70.1,
        "ttft_seconds": 0.2,
        "measured_on": DAY,
        "source_url": RUN,
        "published_on": DAY,
        "evidence": "published",
        "note": "Interactivity and time to first token are medians over requests. Weights loaded: openai/gpt-oss-120b.",
    }


def test_output_of_a_disaggregated_system_is_per_gpu_of_all(tmp_path):
    """20 GPUs prefill and 32 decode: 778.8 per decoding GPU is 479.3 per GPU, and input and output add up."""
    row = only(read(tmp_path, (RUN, [SPLIT])))
    assert row["accelerator_count"] == 52
    assert row["output_throughput_tokens_per_second_per_gpu"] == pytest.approx(479.26, abs=0.01)
    input_per_gpu = SPLIT["input_tput_per_gpu"] * 20 / 52
    assert row["output_throughput_tokens_per_second_per_gpu"] + input_per_gpu == pytest.approx(
        row["throughput_tokens_per_second_per_gpu"], rel=0.001
    )
    assert row["configuration"] == (
        "disaggregated, prefill tp4 ep4 dp attention workers 5, decode tp32 ep32 dp attention workers 1, "
        "several nodes, speculative decoding mtp"
    )


def test_the_gpus_of_workers_that_share_them_are_those_that_are_counted(tmp_path):
    """sglang on 16 GPUs that says tp 1 and 2 workers."""
    shared = SPLIT | {"prefill_tp": 1, "prefill_num_workers": 2, "num_prefill_gpu": 8, "num_decode_gpu": 8}
    assert only(read(tmp_path, (RUN, [shared])))["accelerator_count"] == 16


def test_a_path_of_the_machine_names_no_model(tmp_path):
    row = only(read(tmp_path, (RUN, [SPLIT])))
    assert row["model_as_published"] == "dsr1"
    assert "/mnt/lustre01/models/deepseek-r1-0528-fp4-v2" in row["note"]


@pytest.mark.parametrize(
    ("spelling", "chip"), [("b200-trt", "B200"), ("mi355x-amd_0", "MI355X"), ("gb200", "GB200"), ("h100", "H100")]
)
def test_a_runner_is_known_by_its_chip(spelling, chip):
    known = names.load(PROJECT / "data/names")
    assert known.of("accelerator", "inferencex", spelling) == chip


def test_a_run_that_measured_nothing_is_no_fault(tmp_path):
    reading = read(tmp_path, (COPY.format(20244442227), []))
    assert reading.frames["gpu_serving"].is_empty()
    assert not reading.refused
    assert not reading.set_aside


def test_a_run_without_a_throughput_is_set_aside(tmp_path):
    reading = read(tmp_path, (RUN, [ON_ONE_B200 | {"tput_per_gpu": 0, "median_intvty": None}]))
    assert [line.fault for line in reading.set_aside] == [faults.NOTHING_MEASURED]


def test_a_run_with_a_renamed_field_is_refused_and_stops_no_other(tmp_path):
    renamed = {name: value for name, value in ON_ONE_B200.items() if name != "isl"}
    other = COPY.format(20321908209)
    reading = read(tmp_path, (RUN, [renamed]), (other, [SPLIT]))
    assert "missing isl" in reading.refused[RUN]
    assert reading.frames["gpu_serving"]["source_url"].to_list() == [other]


def test_a_point_of_a_run_and_of_the_answer_counts_once_and_the_run_leads(tmp_path):
    reading = read(tmp_path, (API, [answered()]), (RUN, [ON_ONE_B200]))
    assert reading.frames["gpu_serving"]["source_url"].to_list() == [RUN]
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.READ_ELSEWHERE, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"conc": 256},
        {"run_url": "https://github.com/SemiAnalysisAI/InferenceX/actions/runs/21012127808/attempts/1"},
        {"metrics": {"tput_per_gpu": 18295.8, "output_tput_per_gpu": 9137.2, "median_intvty": 73.0}},
    ],
)
def test_another_point_of_the_answer_stays(tmp_path, change):
    reading = read(tmp_path, (API, [answered(**change)]), (RUN, [ON_ONE_B200]))
    assert reading.frames["gpu_serving"].height == 2


MEASURED_ENERGY = {"joules_per_output_token": 0.31, "power_metric_schema_version": 2, "power_valid": 1}


def test_energy_of_a_known_version_is_read_with_its_batch(tmp_path):
    row = read(tmp_path, (RUN, [ON_ONE_B200 | MEASURED_ENERGY])).frames["energy"].row(0, named=True)
    assert (row["joules_per_output_token"], row["most_requests_at_once"], row["accelerator_count"]) == (0.31, 128, 1)
    assert row["workload"] == "1024 tokens in, 1024 out"


@pytest.mark.parametrize(
    "change", [{"power_metric_schema_version": 1}, {"power_metric_schema_version": None}, {"power_valid": 0}]
)
def test_energy_of_another_version_or_not_valid_is_left_out_and_its_throughput_stays(tmp_path, change):
    reading = read(tmp_path, (RUN, [ON_ONE_B200 | MEASURED_ENERGY | change]))
    assert "energy" not in reading.frames
    assert reading.frames["gpu_serving"].height == 1
    assert [line.fault for line in reading.set_aside] == [faults.ENERGY_UNVERSIONED]


def test_every_run_of_the_history_has_a_day_and_says_how_it_is_known():
    known = history.load(PROJECT / "data/history", [SOURCE]).copies["inferencex"]
    assert len(known) == 34
    assert {copy.day.year for copy in known} == {2025, 2026}


@pytest.fixture(scope="module")
def everything():
    """The rows of everything that was published, with our names."""
    if UPSTREAM is None:
        pytest.skip("the publishers' whole files lie neither beside the checkout nor at DIVIDE_UPSTREAM")
    reading = SOURCE.read(whole(SOURCE, UPSTREAM))
    known = names.load(PROJECT / "data/names")
    return reading, names.add_ours(reading.frames["gpu_serving"], TABLES["gpu_serving"], known, SOURCE.id)


def test_the_whole_files_hold_1622_points_each_once(everything):
    reading, rows = everything
    assert rows.height == 1622
    assert rows.is_unique().all()
    assert sum(line.rows for line in reading.set_aside if line.fault == faults.READ_ELSEWHERE) == 572
    assert not reading.refused


def test_every_chip_and_model_of_the_whole_files_is_known(everything):
    _, rows = everything
    assert rows["accelerator"].unique().sort().to_list() == [
        "B200",
        "GB200",
        "H100",
        "H200",
        "MI300X",
        "MI325X",
        "MI355X",
    ]
    assert rows["model"].unique().sort().to_list() == ["DeepSeek R1 0528", "gpt-oss-120b"]


def test_no_point_of_the_whole_files_writes_more_output_than_all_tokens(everything):
    _, rows = everything
    output, all_tokens = (rows[f"{name}throughput_tokens_per_second_per_gpu"] for name in ("output_", ""))
    assert (output < all_tokens).all()
    assert output.null_count() == 0


def test_one_b200_writes_what_three_runs_say(everything):
    _, rows = everything
    found = rows.filter(
        pl.col("source_url").str.contains("run_2")
        & (pl.col("accelerator") == "B200")
        & (pl.col("framework") == "vllm")
        & (pl.col("accelerator_count") == 1)
        & (pl.col("prompt_tokens") == 1024)
        & (pl.col("output_tokens") == 1024)
        & (pl.col("concurrency") == 128)
    ).sort("throughput_tokens_per_second_per_gpu")
    assert found["throughput_tokens_per_second_per_gpu"].round(1).to_list() == [17250.1, 17364.1, 18295.8]
    assert found["output_throughput_tokens_per_second_per_gpu"].round(1).to_list()[1] == 8672.5


def test_the_best_output_of_gb200_at_50_tokens_for_each_user_is_23148(everything):
    """Read as per GPU of all it would be 34,722."""
    _, rows = everything
    best = rows.filter(
        (pl.col("model") == "gpt-oss-120b")
        & (pl.col("accelerator") == "GB200")
        & (pl.col("interactivity_tokens_per_second_per_user") >= 50)
    )["output_throughput_tokens_per_second_per_gpu"].max()
    assert round(best) == 23148
