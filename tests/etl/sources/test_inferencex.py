from datetime import date

import pytest

from etl import faults
from etl.sources.inferencex import SOURCE
from tests.payloads import payload

URL = "https://inferencex.semianalysis.com/api/v1/benchmarks?model=DeepSeek-R1-0528"


def point(**changes):
    return {
        "id": 1,
        "hardware": "b200",
        "framework": "trt",
        "model": "dsr1",
        "precision": "fp4",
        "spec_method": "mtp",
        "disagg": False,
        "is_multinode": False,
        "prefill_tp": 8,
        "prefill_ep": 8,
        "prefill_dp_attention": False,
        "prefill_num_workers": 0,
        "decode_tp": 8,
        "decode_ep": 8,
        "decode_dp_attention": False,
        "decode_num_workers": 0,
        "num_prefill_gpu": 8,
        "num_decode_gpu": 8,
        "benchmark_type": "single_turn",
        "isl": 1024,
        "osl": 1024,
        "conc": 64,
        "image": None,
        "metrics": {
            "tput_per_gpu": 1500.5,
            "output_tput_per_gpu": 750.25,
            "median_intvty": 92.0,
            "median_ttft": 0.41,
            "p99_ttft": 1.9,
        },
        "date": "2026-07-30T00:00:00.000Z",
        "run_url": "https://github.com/SemiAnalysisAI/InferenceX/actions/runs/1",
    } | changes


def read(tmp_path, *points):
    return SOURCE.read([payload(tmp_path, URL, list(points))])


def test_a_point_becomes_a_row_in_tokens_and_seconds(tmp_path):
    assert read(tmp_path, point()).frames["gpu_serving"].to_dicts() == [
        {
            "accelerator_as_published": "b200",
            "model_as_published": "DeepSeek-R1-0528",
            "framework": "trt",
            "precision": "fp4",
            "configuration": "tp8 ep8, speculative decoding mtp",
            "accelerator_count": 8,
            "prompt_tokens": 1024,
            "output_tokens": 1024,
            "concurrency": 64,
            "throughput_tokens_per_second_per_gpu": 1500.5,
            "output_throughput_tokens_per_second_per_gpu": 750.25,
            "interactivity_tokens_per_second_per_user": 92.0,
            "ttft_seconds": 0.41,
            "measured_on": date(2026, 7, 30),
            "source_url": "https://github.com/SemiAnalysisAI/InferenceX/actions/runs/1",
            "published_on": date(2026, 8, 1),
            "evidence": "published",
            "note": "Interactivity and time to first token are medians over requests.",
        }
    ]


def test_disaggregated_gpus_add_up_and_the_configuration_says_both_sides(tmp_path):
    split = point(disagg=True, num_prefill_gpu=4, num_decode_gpu=12, prefill_tp=4, decode_dp_attention=True)
    row = read(tmp_path, split).frames["gpu_serving"].row(0, named=True)
    assert row["accelerator_count"] == 16
    assert row["output_throughput_tokens_per_second_per_gpu"] == 750.25 * 12 / 16
    assert row["configuration"] == (
        "disaggregated, prefill tp4 ep8, decode tp8 ep8 dp attention, speculative decoding mtp"
    )


def test_eight_gpus_that_the_answer_counts_as_64_are_eight(tmp_path):
    """tp8 ep8: the service multiplies the two."""
    row = read(tmp_path, point(num_prefill_gpu=64, num_decode_gpu=64)).frames["gpu_serving"].row(0, named=True)
    assert row["accelerator_count"] == 8


def test_pipeline_stages_multiply_the_gpus(tmp_path):
    assert read(tmp_path, point(decode_pp=2)).frames["gpu_serving"]["accelerator_count"].to_list() == [16]


def test_a_disaggregated_system_that_does_not_count_its_gpus_has_no_output_per_gpu(tmp_path):
    row = read(tmp_path, point(disagg=True, num_prefill_gpu=None)).frames["gpu_serving"].row(0, named=True)
    assert row["accelerator_count"] is None
    assert row["output_throughput_tokens_per_second_per_gpu"] is None
    assert row["throughput_tokens_per_second_per_gpu"] == 1500.5


def test_an_unmeasured_metric_is_null_and_not_0(tmp_path):
    metrics = {"tput_per_gpu": 1500.5, "median_intvty": 0, "median_ttft": None}
    row = read(tmp_path, point(metrics=metrics)).frames["gpu_serving"].row(0, named=True)
    assert row["interactivity_tokens_per_second_per_user"] is None
    assert row["ttft_seconds"] is None


def test_numbers_written_as_text_are_numbers(tmp_path):
    row = read(tmp_path, point(conc="64", metrics={"tput_per_gpu": "1500.5"})).frames["gpu_serving"].row(0, named=True)
    assert (row["concurrency"], row["throughput_tokens_per_second_per_gpu"]) == (64, 1500.5)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"error": "out of memory"}, faults.RUN_FAILED),
        ({"benchmark_type": "agentic_traces"}, faults.OTHER_WORKLOAD),
        ({"metrics": None}, faults.NOTHING_MEASURED),
        ({"metrics": {"tput_per_gpu": 0}}, faults.NOTHING_MEASURED),
        ({"date": "soon"}, faults.NO_DAY),
    ],
)
def test_what_is_no_point_of_a_curve_is_set_aside(tmp_path, changes, fault):
    reading = read(tmp_path, point(), point(**changes))
    assert reading.frames["gpu_serving"].height == 1
    assert [line.fault for line in reading.set_aside] == [fault]


def test_a_repeated_point_is_one_row_and_counted(tmp_path):
    reading = read(tmp_path, point(), point(id=2))
    assert reading.frames["gpu_serving"].height == 1
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.REPEATED, 1)]


def test_a_renamed_field_is_refused_by_name(tmp_path):
    renamed = point()
    renamed["concurrency"] = renamed.pop("conc")
    assert "missing conc" in read(tmp_path, renamed).refused[URL]


def test_an_error_object_is_refused_and_its_keys_are_named(tmp_path):
    reading = SOURCE.read([payload(tmp_path, URL, {"error": "Unknown model"})])
    assert "error" in reading.refused[URL]


def test_a_list_of_something_else_is_refused(tmp_path):
    assert "object" in SOURCE.read([payload(tmp_path, URL, [1, 2])]).refused[URL]


def test_a_model_without_points_gives_an_empty_table(tmp_path):
    assert read(tmp_path).frames["gpu_serving"].height == 0


def test_every_declared_model_is_asked_for_and_may_be_absent():
    assert SOURCE.wants([])[0].url == URL
    assert all(want.is_optional for want in SOURCE.wants([]))
