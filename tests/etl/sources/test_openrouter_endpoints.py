from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from etl import faults
from etl.sources import openrouter_endpoints as openrouter
from tests.payloads import past, payload

PINNED = past(openrouter.CAPTURE)[-1].url
MAIN = openrouter.CURRENT_COPY
LIVE = openrouter.LIVE.format(model="openai/gpt-oss-120b")

CEREBRAS = {
    "providerName": "Cerebras",
    "providerSlug": "cerebras",
    "tag": "cerebras/fp16",
    "quantization": "fp16",
    "status": 0,
    "latency_last_30m": {"p50": 452, "p75": 687, "p90": 1084.4, "p99": 2809},
    "throughput_last_30m": {"p50": 305, "p75": 444, "p90": 586.8, "p99": 1259.35},
    "pricing": {
        "prompt": 2.25e-06,
        "completion": 2.75e-06,
        "input_cache_read": None,
        "currency": "USD",
        "cny": {"prompt": 1.5e-05, "completion": 1.9e-05},
    },
}
SAMBANOVA = {
    "providerName": "SambaNova",
    "tag": "sambanova/minimax-m2.7-dedicated",
    "quantization": "unknown",
    "latency_last_30m": {"p50": 694, "p75": 1150, "p90": 2082, "p99": 4560},
    "throughput_last_30m": {"p50": 240, "p75": 298, "p90": 344.4, "p99": 410},
    "pricing": {"prompt": 1.2e-06, "completion": 4.8e-06, "input_cache_read": 1.2e-07, "currency": "USD"},
}
UNMEASURED = {
    "providerName": "Chutes",
    "tag": "chutes/fp8",
    "quantization": "fp8",
    "latency_last_30m": None,
    "throughput_last_30m": None,
}


def capture(*endpoints, model="z-ai/glm-4.7", taken="2026-06-14T09:11:53.006Z"):
    return {"generatedAt": taken, "models": [{"id": model, "endpoints": list(endpoints)}]}


def read_capture(folder, *endpoints, **rest):
    return openrouter.read_captures([payload(folder, PINNED, capture(*endpoints, **rest))])


def read_live(folder, content, as_of=date(2026, 9, 1)):
    return openrouter.LIVE_API.read([payload(folder, LIVE, content, as_of)])


def test_a_capture_gives_speeds_in_seconds_and_prices_per_million(tmp_path):
    reading = read_capture(tmp_path, SAMBANOVA, CEREBRAS)
    speeds, prices = reading.frames["provider_speed"], reading.frames["token_price"]
    assert_frame_equal(
        speeds.select(
            "capture",
            "provider_as_published",
            "model_as_published",
            "endpoint",
            "precision",
            "output_tokens_per_second",
            "output_tokens_per_second_p75",
            "output_tokens_per_second_p99",
            "ttft_seconds",
            "ttft_seconds_p99",
            "measured_by",
            "measurer_kind",
            "measured_on",
        ),
        pl.DataFrame(
            {
                "capture": ["openrouter-30m_2026-06-14"] * 2,
                "provider_as_published": ["Cerebras", "SambaNova"],
                "model_as_published": ["z-ai/glm-4.7"] * 2,
                "endpoint": [None, "minimax-m2.7-dedicated"],
                "precision": ["fp16", None],
                "output_tokens_per_second": [305.0, 240.0],
                "output_tokens_per_second_p75": [444.0, 298.0],
                "output_tokens_per_second_p99": [1259.35, 410.0],
                "ttft_seconds": [0.452, 0.694],
                "ttft_seconds_p99": [2.809, 4.56],
                "measured_by": ["OpenRouter"] * 2,
                "measurer_kind": ["traffic"] * 2,
                "measured_on": [date(2026, 6, 14)] * 2,
            }
        ),
    )
    assert_frame_equal(
        prices.select(
            "capture",
            "provider_as_published",
            "input_usd_per_mtok",
            "output_usd_per_mtok",
            "cached_input_usd_per_mtok",
            "valid_from",
            "last_seen_on",
        ),
        pl.DataFrame(
            {
                "capture": ["openrouter-30m_2026-06-14"] * 2,
                "provider_as_published": ["Cerebras", "SambaNova"],
                "input_usd_per_mtok": [2.25, 1.2],
                "output_usd_per_mtok": [2.75, 4.8],
                "cached_input_usd_per_mtok": [None, 0.12],
                "valid_from": [date(2026, 6, 14)] * 2,
                "last_seen_on": [date(2026, 6, 14)] * 2,
            }
        ),
    )
    assert set(speeds["source_url"]) == {PINNED}
    assert reading.set_aside == ()


def test_endpoints_without_speed_and_first_token_time_are_one_counted_line(tmp_path):
    reading = read_capture(tmp_path, CEREBRAS, UNMEASURED, {**UNMEASURED, "providerName": "Novita"})
    assert reading.frames["provider_speed"]["provider_as_published"].to_list() == ["Cerebras"]
    (line,) = reading.set_aside
    assert (line.rows, line.row) == (2, "z-ai/glm-4.7 at Chutes")


def test_a_week_without_any_throughput_gives_no_speeds_and_no_failure(tmp_path):
    reading = read_capture(tmp_path, UNMEASURED)
    assert (dict(reading.frames), dict(reading.refused)) == ({}, {})


def test_an_unmeasured_endpoint_keeps_its_price(tmp_path):
    reading = read_capture(tmp_path, {**CEREBRAS, "throughput_last_30m": None, "latency_last_30m": None})
    assert list(reading.frames) == ["token_price"]


def test_a_first_token_time_alone_is_kept_and_zero_speed_is_no_speed(tmp_path):
    reading = read_capture(tmp_path, {**CEREBRAS, "throughput_last_30m": {"p50": 0}})
    row = reading.frames["provider_speed"].row(0, named=True)
    assert (row["output_tokens_per_second"], row["ttft_seconds"]) == (None, 0.452)


def test_the_note_says_which_way_the_percentiles_run(tmp_path):
    falling = {**SAMBANOVA, "throughput_last_30m": {"p50": 45, "p75": 38, "p90": 28, "p99": 15}}
    notes = read_capture(tmp_path, CEREBRAS, falling).frames["provider_speed"]["note"].to_list()
    assert [note.rpartition("; ")[2] for note in notes] == [
        "speed rises with the percentile",
        "speed falls with the percentile",
    ]


def test_the_capture_on_the_main_branch_is_not_counted_beside_its_pinned_copy(tmp_path):
    document = capture(CEREBRAS)
    held = [payload(tmp_path, MAIN, document), payload(tmp_path, PINNED, document)]
    reading = openrouter.read_captures(held)
    assert reading.frames["provider_speed"]["source_url"].to_list() == [PINNED]
    assert [(line.source_url, line.rows) for line in reading.set_aside] == [(MAIN, 1)]


def test_a_second_capture_of_a_day_is_a_capture_of_its_own(tmp_path):
    held = [
        payload(tmp_path, MAIN, capture(CEREBRAS, taken="2026-08-22T20:00:01Z")),
        payload(tmp_path, MAIN, capture(CEREBRAS, taken="2026-08-22T08:31:41Z")),
    ]
    captures = openrouter.read_captures(held).frames["provider_speed"]["capture"].to_list()
    assert captures == ["openrouter-30m_2026-08-22", "openrouter-30m_2026-08-22T20:00"]


def test_the_live_api_gives_prices_as_text_and_minus_one_for_a_price_that_varies(tmp_path):
    endpoint = {
        "provider_name": "Groq",
        "tag": "groq",
        "quantization": "unknown",
        "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "discount": 0},
        "latency_last_30m": {"p50": 219, "p75": 407, "p90": 632.9, "p99": 1424.25},
        "throughput_last_30m": {"p50": 365, "p75": 428, "p90": 477, "p99": 677.18},
    }
    varying = {**endpoint, "provider_name": "Router", "pricing": {"prompt": "-1", "completion": "-1"}}
    reading = read_live(tmp_path, {"data": {"id": "openai/gpt-oss-120b", "endpoints": [endpoint, varying]}})
    speeds, prices = reading.frames["provider_speed"], reading.frames["token_price"]
    assert speeds["output_tokens_per_second"].to_list() == [365.0, 365.0]
    assert prices.select("provider_as_published", "input_usd_per_mtok", "output_usd_per_mtok").rows() == [
        ("Groq", 0.15, 0.6)
    ]
    assert set(speeds["capture"]) == {"openrouter-live_2026-09-01"}
    assert [line.reason for line in reading.set_aside] == [faults.NOT_PRICED.sentence]


def test_the_last_live_look_of_a_day_stands(tmp_path):
    def look(speed):
        endpoint = {**CEREBRAS, "throughput_last_30m": {"p50": speed}}
        return payload(tmp_path, LIVE, {"data": {"id": "openai/gpt-oss-120b", "endpoints": [endpoint]}})

    reading = openrouter.LIVE_API.read([look(768), look(1222)])
    assert reading.frames["provider_speed"]["output_tokens_per_second"].to_list() == [1222.0]
    assert [line.reason for line in reading.set_aside] == [faults.LATER_LOOK.sentence]


def test_two_endpoints_that_look_alike_are_kept_apart_and_a_repeated_one_is_set_aside(tmp_path):
    other = {**CEREBRAS, "throughput_last_30m": {"p50": 100}}
    reading = read_capture(tmp_path, CEREBRAS, CEREBRAS, other)
    assert reading.frames["provider_speed"]["endpoint"].to_list() == [None, "endpoint (2)"]
    assert [line.reason for line in reading.set_aside] == [faults.REPEATED.sentence]


def test_an_endpoint_without_a_provider_stops_no_other(tmp_path):
    reading = read_capture(tmp_path, {"tag": "x"}, None, CEREBRAS)
    assert len(reading.frames["provider_speed"]) == 1
    assert [line.reason for line in reading.set_aside] == ["It does not name what it is about: provider."] * 2


def test_a_price_in_another_currency_is_not_read_as_dollars(tmp_path):
    reading = read_capture(tmp_path, {**CEREBRAS, "pricing": {"prompt": 1e-6, "currency": "CNY"}})
    assert "token_price" not in reading.frames
    assert reading.set_aside[0].fault == faults.OTHER_CURRENCY


def test_a_changed_layout_is_refused_with_the_missing_keys_and_stops_no_other(tmp_path):
    held = [
        payload(tmp_path, MAIN, {"generated": "2026-08-22", "items": []}),
        payload(tmp_path, PINNED, capture(CEREBRAS)),
    ]
    reading = openrouter.read_captures(held)
    assert reading.refused[MAIN] == f"{MAIN}: missing generatedAt, models; found generated, items."
    assert len(reading.frames["provider_speed"]) == 1
    assert "missing data; found error" in read_live(tmp_path, {"error": {"code": 404}}).refused[LIVE]


@pytest.mark.parametrize(("published", "kept"), [(99.7, 99.7), (0, 0.0), (None, None), (101, None)])
def test_the_uptime_of_a_host_is_kept_where_it_is_a_share(tmp_path, published, kept):
    reading = read_capture(tmp_path, CEREBRAS | {"uptime_last_30m": published})
    assert reading.frames["provider_speed"]["uptime_percent"].to_list() == [kept]


def test_the_pinned_captures_are_final_and_dated():
    assert [want.is_final for want in openrouter.CAPTURE.wants([])] == [False]
    assert all(want.is_final and want.as_of for want in past(openrouter.CAPTURE))
    assert all(want.is_optional for want in openrouter.LIVE_API.wants([]))
