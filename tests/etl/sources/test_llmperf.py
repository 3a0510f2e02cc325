from datetime import date

import pytest

from etl import faults
from etl.sources import llmperf
from tests.payloads import payload


def address(kind, run):
    return f"{llmperf.FOLDER}/{kind}/{run}.json"


def request(speed, wait, whole, tokens, **rest):
    return {
        "error_code": None,
        "ttft_s": wait,
        "end_to_end_latency_s": whole,
        "request_output_throughput_token_per_s": speed,
        "number_output_tokens": tokens,
        "number_input_tokens": 550,
        **rest,
    }


GROQ = [
    request(167.41402985955182, 0.297977801412344, 0.8900090400129557, 150),
    request(168.38738208865033, 0.32966747770400, 0.8848644010722637, 150),
    request(177.44589973917968, 0.2117948066443205, 0.8396925497800112, 150),
    request(189.68992044868426, 0.24413306079804897, 0.7854924481362104, 150),
]
GROQ_SUMMARY = {
    "framework": "groq",
    "model": "llama2-70b-4096",
    "num_concurrent_requests": 5,
    "results_request_output_throughput_token_per_s_mean": 175.73,
    "results_mean_output_throughput_token_per_s": 441.84737788500206,
    "timestamp": 1704851704,
}
ANYSCALE = [request(23.68880768542866, 0.3148573649999662, 2.532841702999974, 151)]
ANYSCALE_SUMMARY = {
    "framework": "anyscale",
    "model": "meta-llama/Llama-2-70b-chat-hf",
    "num_concurrent_requests": 5,
    "results_request_output_throughput_token_per_s_mean": 23.6888,
    "timestamp": 1703135729,
}


def read(folder, run, summary, requests=None):
    held = [payload(folder, address("summary", run), summary)]
    if requests is not None:
        held.append(payload(folder, address("individual", run), requests))
    return llmperf.read(held)


def test_speed_and_wait_are_medians_of_the_requests_not_of_five_at_once(tmp_path):
    row = read(tmp_path, "groq_70b", GROQ_SUMMARY, GROQ).frames["provider_speed"].row(0, named=True)
    assert row["output_tokens_per_second"] == pytest.approx((168.38738 + 177.44590) / 2)
    assert row["ttft_seconds"] == pytest.approx((0.24413 + 0.29798) / 2, abs=1e-4)
    assert (row["concurrency"], row["prompt_tokens"], row["output_tokens"], row["requests"]) == (
        5,
        550,
        150,
        4,
    )
    assert (row["provider_as_published"], row["model_as_published"]) == ("groq", "llama2-70b-4096")
    assert (row["capture"], row["measured_on"]) == ("llmperf_2024-01", date(2024, 1, 10))
    assert row["measurer_kind"] == "independent"
    assert "Anyscale, which sells" in row["note"]


def test_a_speed_that_its_own_tokens_and_time_contradict_is_computed_from_them(tmp_path):
    row = read(tmp_path, "anyscale_70b", ANYSCALE_SUMMARY, ANYSCALE).frames["provider_speed"].row(0, named=True)
    assert row["output_tokens_per_second"] == pytest.approx(151 / 2.532841702999974)
    assert "the published field says 23.7" in row["note"]


def test_failed_requests_are_left_out_and_counted(tmp_path):
    failed = request(20.0, 0.6, 5.05, 102, error_code=-100, error_msg="Output too few tokens 102")
    row = read(tmp_path, "groq_70b", GROQ_SUMMARY, [failed, *GROQ]).frames["provider_speed"].row(0, named=True)
    assert row["requests"] == 4
    assert "1 of 5 requests failed and are left out" in row["note"]


def test_a_summary_that_disagrees_with_its_requests_gives_no_row(tmp_path):
    other = {**GROQ_SUMMARY, "results_request_output_throughput_token_per_s_mean": 184.16}
    reading = read(tmp_path, "groq_70b", other, GROQ)
    assert dict(reading.frames) == {}
    assert reading.set_aside[0].fault == faults.SUMMARY_DIFFERS


def quantiles(speed, wait, whole, tokens):
    stem = "results_{}_quantiles_p50"
    return {
        stem.format("request_output_throughput_token_per_s"): speed,
        stem.format("ttft_s"): wait,
        stem.format("end_to_end_latency_s"): whole,
        stem.format("number_output_tokens"): tokens,
        "mean_input_tokens": 550,
        "results_num_completed_requests": 150,
    }


def test_without_the_requests_the_summary_stands_in(tmp_path):
    summary = GROQ_SUMMARY | quantiles(185.05116911192525, 0.2218883791938424, 0.8051837999373674, 150.0)
    row = read(tmp_path, "groq_70b", summary).frames["provider_speed"].row(0, named=True)
    assert row["output_tokens_per_second"] == 185.05116911192525
    assert (row["ttft_seconds"], row["requests"]) == (0.2218883791938424, 150)


def test_a_summary_that_contradicts_itself_keeps_its_wait_only(tmp_path):
    summary = ANYSCALE_SUMMARY | quantiles(25.82, 0.213, 2.26, 151.0)
    reading = read(tmp_path, "anyscale_70b", summary)
    assert "output_tokens_per_second" not in reading.frames["provider_speed"].columns
    assert reading.frames["provider_speed"]["ttft_seconds"].to_list() == [0.213]
    assert reading.set_aside[0].row == "25.8 against 66.8 tokens/s"


def test_a_summary_without_a_time_takes_the_day_of_the_commit(tmp_path):
    summary = {key: value for key, value in GROQ_SUMMARY.items() if key != "timestamp"}
    speeds = read(tmp_path, "groq_70b", summary, GROQ).frames["provider_speed"]
    assert speeds["measured_on"].to_list() == [date(2024, 1, 9)]


def test_requests_without_their_summary_are_named_as_incomplete(tmp_path):
    reading = llmperf.read([payload(tmp_path, address("individual", "groq_70b"), GROQ)])
    assert reading.incomplete == ("groq_70b: the summary is missing",)


def test_a_changed_layout_is_refused_by_address_and_stops_no_other(tmp_path):
    held = [
        payload(tmp_path, address("summary", "anyscale_70b"), {"model": "x"}),
        payload(tmp_path, address("summary", "groq_70b"), GROQ_SUMMARY),
        payload(tmp_path, address("individual", "groq_70b"), GROQ),
        payload(tmp_path, address("summary", "together_7b"), ANYSCALE_SUMMARY),
        payload(tmp_path, address("individual", "together_7b"), "[{"),
    ]
    reading = llmperf.read(held)
    assert len(reading.frames["provider_speed"]) == 1
    assert set(reading.refused) == {address("summary", "anyscale_70b"), address("individual", "together_7b")}
    assert "missing framework, num_concurrent_requests" in reading.refused[address("summary", "anyscale_70b")]
