from datetime import date

import polars as pl
import pytest

from etl import faults, names
from etl.folders import PROJECT
from etl.schema import TABLES
from etl.sources.ml_energy import SOURCE
from tests.payloads import UPSTREAM, payload, whole

URL = (
    "https://raw.githubusercontent.com/ml-energy/leaderboard/0cd52dab897c5d91a45f4d413038f3b8b4251b0f"
    "/public/data/tasks/gpqa.json"
)
DAY = date(2026, 2, 16)
# As published, without what is not read.
ON_B200 = {
    "avg_batch_size": 7.997300215982722,
    "avg_output_len": 7026.242424242424,
    "avg_power_watts": 319.7883095908309,
    "data_parallel": 1,
    "energy_per_request_joules": 9599.698100812033,
    "energy_per_token_joules": 1.3662634337367148,
    "expert_parallel": 1,
    "gpu_model": "B200",
    "max_num_seqs": 8,
    "median_itl_ms": 33.62808651581872,
    "model_id": "Qwen/Qwen3-14B",
    "num_gpus": 1,
    "output_throughput_tokens_per_sec": 234.06050523961807,
    "tensor_parallel": 1,
    "weight_precision": "bfloat16",
}


def read(tmp_path, *configurations, **changes):
    task = {"task": "gpqa", "task_display_name": "GPQA Diamond", "configurations": list(configurations)} | changes
    return SOURCE.read([payload(tmp_path, URL, task, as_of=DAY)])


def test_a_configuration_becomes_a_row_in_joules_and_seconds(tmp_path):
    row = read(tmp_path, ON_B200).frames["energy"].row(0, named=True)
    assert row == {
        "accelerator_as_published": "B200",
        "model_as_published": "Qwen/Qwen3-14B",
        "precision": "bfloat16",
        "workload": "GPQA Diamond",
        "accelerator_count": 1,
        "configuration": "tp1 ep1 dp1",
        "most_requests_at_once": 8,
        "mean_requests_at_once": 7.997300215982722,
        "mean_output_tokens": 7026.242424242424,
        "joules_per_output_token": 1.3662634337367148,
        "joules_per_request": 9599.698100812033,
        "power_w": 319.7883095908309,
        "throughput_tokens_per_second": 234.06050523961807,
        "interactivity_tokens_per_second_per_user": pytest.approx(29.74, abs=0.01),
        "measured_on": None,
        "source_url": URL,
        "published_on": DAY,
        "evidence": "published",
        "note": "Accelerators only, output tokens only.",
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"energy_per_token_joules": 0}, faults.NO_ENERGY),
        ({"max_num_seqs": None}, faults.NO_ENERGY),
        ({"avg_power_watts": 639.6}, faults.ENERGY_CONTRADICTED),
    ],
)
def test_what_is_no_energy_of_one_deployment_is_set_aside(tmp_path, change, fault):
    reading = read(tmp_path, ON_B200, ON_B200 | change)
    assert reading.frames["energy"].height == 1
    assert [line.fault for line in reading.set_aside] == [fault]


def test_a_renamed_field_is_refused_by_name(tmp_path):
    renamed = {name: value for name, value in ON_B200.items() if name != "avg_batch_size"}
    assert "missing avg_batch_size" in read(tmp_path, renamed).refused[URL]


def test_a_task_without_configurations_is_refused_and_an_empty_one_is_an_outcome(tmp_path):
    assert "expected a list" in read(tmp_path, configurations=None).refused[URL]
    assert read(tmp_path).frames["energy"].is_empty()


@pytest.fixture(scope="module")
def everything():
    if UPSTREAM is None:
        pytest.skip("the publishers' whole files lie neither beside the checkout nor at DIVIDE_UPSTREAM")
    reading = SOURCE.read(whole(SOURCE, UPSTREAM))
    known = names.load(PROJECT / "data/names")
    return reading, names.add_ours(reading.frames["energy"], TABLES["energy"], known, SOURCE.id)


def test_the_whole_files_hold_565_configurations_and_contradict_none(everything):
    reading, rows = everything
    assert rows.height == 565
    assert not reading.set_aside
    assert rows.select(TABLES["energy"].key[1:]).is_unique().all()


@pytest.mark.parametrize(
    ("model", "accelerator", "task", "low", "high"),
    [
        ("gpt-oss-120b", "H100", "GPQA Diamond", 0.086, 0.782),
        ("gpt-oss-120b", "B200", "GPQA Diamond", 0.040, 0.628),
        ("Llama 3.3 70B", "B200", "LLM Chat (LM Arena)", 0.219, 3.617),
    ],
)
def test_the_range_over_the_batch_is_what_was_published(everything, model, accelerator, task, low, high):
    _, rows = everything
    joules = rows.filter(
        (pl.col("model") == model) & (pl.col("accelerator") == accelerator) & (pl.col("workload") == task)
    )["joules_per_output_token"]
    assert (round(joules.min(), 3), round(joules.max(), 3)) == (low, high)
