from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from etl import faults
from etl.sources import thefastest
from tests.payloads import payload

PARIS = f"{thefastest.BUCKET}/cdg/text/2024-05-03.json"

GROQ = {
    "model": "groq.com/llama-3-70b-chat",
    "ttft": 0.21178507804870605,
    "tps": 289.7714169357419,
    "num_tokens": 20,
    "output": "Golden blaze dips low",
}
AZURE = {"model": "azure.eastus2/llama-2-70b-chat", "ttft": 1.2391471862792969, "tps": 999, "num_tokens": 20}
COHERE = {"model": "cohere/command-r", "ttft": 0.1764984130859375, "tps": 48.63627886926017, "num_tokens": 18}


def run(*results, time="2024-05-03T08:15:51.139820", region="cdg"):
    return {"time": time, "region": region, "duration": "219.11s", "results": list(results)}


def test_a_run_gives_speeds_and_waits_by_provider_region_and_model(tmp_path):
    reading = thefastest.read([payload(tmp_path, PARIS, run(GROQ, AZURE, COHERE))])
    assert_frame_equal(
        reading.frames["provider_speed"].select(
            "capture",
            "provider_as_published",
            "model_as_published",
            "endpoint",
            "output_tokens_per_second",
            "ttft_seconds",
            "output_tokens",
            "measured_on",
        ),
        pl.DataFrame(
            {
                "capture": ["thefastest-cdg_2024-05-03"] * 3,
                "provider_as_published": ["azure", "cohere", "groq.com"],
                "model_as_published": ["llama-2-70b-chat", "command-r", "llama-3-70b-chat"],
                "endpoint": ["eastus2", None, None],
                "output_tokens_per_second": [None, 48.63627886926017, 289.7714169357419],
                "ttft_seconds": [1.2391471862792969, 0.1764984130859375, 0.21178507804870605],
                "output_tokens": [20, 18, 20],
                "measured_on": [date(2024, 5, 3)] * 3,
            }
        ),
    )


def test_a_clamped_speed_is_no_speed_and_is_recorded(tmp_path):
    reading = thefastest.read([payload(tmp_path, PARIS, run(AZURE))])
    assert reading.frames["provider_speed"]["output_tokens_per_second"].to_list() == [None]
    assert "in one piece" in reading.frames["provider_speed"]["note"][0]
    assert [line.row for line in reading.set_aside] == ["thefastest-cdg_2024-05-03: azure.eastus2/llama-2-70b-chat"]


def test_the_latest_file_repeats_no_run_that_has_its_own(tmp_path):
    seattle = run(COHERE, time="2024-05-03T08:05:39.955704", region="sea")
    held = [
        payload(tmp_path, thefastest.LATEST, [run(GROQ), seattle]),
        payload(tmp_path, PARIS, run(GROQ)),
    ]
    reading = thefastest.read(held)
    assert sorted(reading.frames["provider_speed"]["source_url"]) == [PARIS, thefastest.LATEST]
    assert [(line.source_url, line.rows) for line in reading.set_aside] == [(thefastest.LATEST, 1)]


def test_a_second_run_of_a_day_is_a_capture_of_its_own(tmp_path):
    later = run(GROQ, time="2024-05-03T20:15:51")
    held = [payload(tmp_path, thefastest.LATEST, [later]), payload(tmp_path, PARIS, run(GROQ))]
    assert sorted(thefastest.read(held).frames["provider_speed"]["capture"]) == [
        "thefastest-cdg_2024-05-03",
        "thefastest-cdg_2024-05-03T20:15",
    ]


def test_faulty_results_stop_no_other(tmp_path):
    results = [{"ttft": 1}, None, {"model": "groq.com"}, {"model": "x/y", "ttft": 0, "tps": None}, GROQ, GROQ]
    reading = thefastest.read([payload(tmp_path, PARIS, run(*results))])
    assert reading.frames["provider_speed"]["endpoint"].to_list() == [None, "again (2)"]
    assert [line.reason for line in reading.set_aside] == [
        "It does not name what it is about: provider/model.",
        "It does not name what it is about: provider/model.",
        "It does not name what it is about: provider/model.",
        faults.NO_SPEED.sentence,
    ]


def test_a_changed_layout_is_refused_with_the_missing_keys(tmp_path):
    reading = thefastest.read([payload(tmp_path, PARIS, {"when": 1, "rows": []})])
    assert reading.refused[PARIS] == f"{PARIS}: missing time, region, results; found when, rows."


def test_every_address_may_be_gone():
    assert all(want.is_optional for want in thefastest.SOURCE.wants([]))
