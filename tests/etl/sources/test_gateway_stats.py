from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from etl import faults
from etl.sources import gateway_stats as gateways
from tests.payloads import past, payload

LIVE = gateways.LIVE.format(model="zai/glm-4.7")


def mirrored(gateway, host):
    return next(want.url for want in past(gateways.MIRROR) if f"/{gateway}/{host}/" in want.url)


CEREBRAS_OPENROUTER = {
    "uptime_last_30m": 99.99351911860013,
    "latency_last_30m": {"p50": 234, "p75": 333, "p90": 542, "p99": 1599.630000000001},
    "throughput_last_30m": {"p50": 1222, "p75": 1656, "p90": 1906.9000000000005, "p99": 2283.2700000000004},
}
CEREBRAS_VERCEL = {
    "uptime_last_1h": 100,
    "latency_last_1h": {"p50": 162, "p95": 193.5},
    "throughput_last_1h": None,
}


def test_the_mirror_names_host_and_model_by_address_and_states_no_date(tmp_path):
    held = [
        payload(tmp_path, mirrored("openrouter", "cerebras"), CEREBRAS_OPENROUTER),
        payload(tmp_path, mirrored("vercel", "cerebras"), CEREBRAS_VERCEL),
    ]
    speeds = gateways.MIRROR.read(held).frames["provider_speed"]
    assert_frame_equal(
        speeds.select(
            "capture",
            "provider_as_published",
            "model_as_published",
            "output_tokens_per_second",
            "output_tokens_per_second_p75",
            "ttft_seconds",
            "ttft_seconds_p95",
            "measured_by",
            "measured_on",
        ).sort("capture"),
        pl.DataFrame(
            {
                "capture": ["openrouter-30m_commit-00bafc0", "vercel-1h_commit-00bafc0"],
                "provider_as_published": ["cerebras", "cerebras"],
                "model_as_published": ["openai/gpt-oss-120b"] * 2,
                "output_tokens_per_second": [1222.0, None],
                "output_tokens_per_second_p75": [1656.0, None],
                "ttft_seconds": [0.234, 0.162],
                "ttft_seconds_p95": [None, 0.1935],
                "measured_by": ["OpenRouter", "Vercel AI Gateway"],
                "measured_on": pl.Series([None, None], dtype=pl.Date),
            }
        ),
    )


def test_null_throughput_at_vercel_means_too_little_traffic_and_says_so(tmp_path):
    held = [payload(tmp_path, mirrored("vercel", "cerebras"), CEREBRAS_VERCEL)]
    (note,) = gateways.MIRROR.read(held).frames["provider_speed"]["note"]
    assert "too little traffic" in note


def test_a_live_look_gives_speed_and_price_dated_by_the_fetch(tmp_path):
    endpoint = {
        "provider_name": "cerebras",
        "pricing": {"prompt": "0.00000225", "completion": "0.00000275"},
        "latency_last_1h": {"p50": 456.5, "p95": 900},
        "throughput_last_1h": {"p50": 354, "p95": 445},
    }
    idle = {"provider_name": "zai", "latency_last_1h": None, "throughput_last_1h": None, "pricing": None}
    content = {"data": {"id": "zai/glm-4.7", "endpoints": [endpoint, idle, {}]}}
    reading = gateways.VERCEL.read([payload(tmp_path, LIVE, content, date(2026, 9, 1))])
    row = reading.frames["provider_speed"].row(0, named=True)
    price = reading.frames["token_price"].row(0, named=True)
    assert (row["output_tokens_per_second"], row["output_tokens_per_second_p95"]) == (354.0, 445.0)
    assert (row["ttft_seconds"], row["measured_on"]) == (0.4565, date(2026, 9, 1))
    assert row["capture"] == price["capture"] == "vercel-1h_2026-09-01"
    assert (price["input_usd_per_mtok"], price["output_usd_per_mtok"]) == (2.25, 2.75)
    assert [line.reason for line in reading.set_aside] == [
        faults.NO_SPEED.sentence,
        "It does not name what it is about: provider.",
    ]


def test_prices_under_the_other_names_are_found_and_a_varying_one_is_none(tmp_path):
    endpoints = [
        {"provider_name": "groq", "pricing": {"input": "0.00000015", "output": "0.0000006"}},
        {"provider_name": "auto", "pricing": {"prompt": "-1", "completion": "-1"}},
    ]
    content = {"data": {"id": "openai/gpt-oss-120b", "endpoints": endpoints}}
    prices = gateways.VERCEL.read([payload(tmp_path, LIVE, content)]).frames["token_price"]
    assert prices.select("input_usd_per_mtok", "output_usd_per_mtok").rows() == [(0.15, 0.6)]


def test_the_last_look_of_a_day_stands(tmp_path):
    def look(speed):
        endpoint = {"provider_name": "groq", "throughput_last_1h": {"p50": speed}}
        return payload(tmp_path, LIVE, {"data": {"id": "zai/glm-4.7", "endpoints": [endpoint]}})

    reading = gateways.VERCEL.read([look(300), look(354)])
    assert reading.frames["provider_speed"]["output_tokens_per_second"].to_list() == [354.0]
    assert len(reading.set_aside) == 1


def test_a_changed_layout_is_refused_with_the_missing_keys(tmp_path):
    url = mirrored("vercel", "groq")
    held = [payload(tmp_path, url, {"latency": 1}), payload(tmp_path, mirrored("vercel", "cerebras"), [])]
    refused = gateways.MIRROR.read(held).refused
    assert refused[url] == f"{url}: missing latency_last_1h, throughput_last_1h; found latency."
    assert len(refused) == 2
    live = gateways.VERCEL.read([payload(tmp_path, LIVE, {"data": {"slug": "x"}})])
    assert "missing id, endpoints; found slug" in live.refused[LIVE]
