"""The workload's charts, by their JSON."""

import json
from dataclasses import replace

import polars as pl
import pytest

from charts import style
from charts import workload as draw
from metrics import matching, workload
from metrics.workload import Workload
from tests.frames import gpt_oss_of_2026, listed, llama_of_2024, measured, prices, providers, speeds

LLAMA_SPEEDS, LLAMA_PRICES = llama_of_2024()
PLAIN = Workload(100_000, 1000, 500, limit_seconds=2.0)
ELSEWHERE = {"capture": "aa-page_2024-02-20"}


def rows(work=PLAIN, today="Azure"):
    judged = matching.judged(
        speeds(*LLAMA_SPEEDS, measured("OctoAI", 174.9, **ELSEWHERE, measured_by="OpenRouter")), providers()
    )
    priced = prices(*LLAMA_PRICES, listed("OctoAI", 0.15, 0.15, **ELSEWHERE))
    offered = workload.offers(judged, priced, providers(), "Llama 3.1 8B")
    return workload.with_roles(workload.against_today(workload.served(offered, work), today))


def drawn(frame):
    return json.loads(draw.cost_against_time(frame, "Title", "Subtitle").figure.to_json())


def marks(figure):
    return next(trace for trace in figure["data"] if trace.get("name") == "offers")


def of(figure, name, offer):
    trace = marks(figure)
    return trace["marker"][name][trace["customdata"].index(offer)]


def test_every_offer_is_a_mark_that_carries_its_name():
    frame = rows()
    assert marks(drawn(frame))["customdata"] == frame["offer"].to_list()


def test_offers_over_the_limit_are_grey_and_those_in_time_have_their_familys_colour():
    figure = drawn(rows())
    assert of(figure, "color", "Azure") == of(figure, "color", "Fireworks") == style.CONTEXT
    assert of(figure, "color", "Cerebras") == style.FAMILY_LOOKS["wafer-scale"].colour
    assert of(figure, "symbol", "Cerebras") == "diamond"
    assert of(figure, "opacity", "Azure") < of(figure, "opacity", "Groq") == 1


def test_undisclosed_silicon_in_time_is_told_from_what_is_late_by_its_size_and_strength():
    late, in_time = drawn(rows()), drawn(rows(replace(PLAIN, limit_seconds=None)))
    assert of(in_time, "color", "Azure") == style.FAMILY_LOOKS["undisclosed"].colour
    assert of(in_time, "size", "Azure") > of(late, "size", "Azure")
    assert of(in_time, "opacity", "Azure") > of(late, "opacity", "Azure")


def test_an_offer_of_another_run_is_hollow_with_a_dot():
    figure = drawn(rows())
    assert of(figure, "symbol", "OctoAI") == "circle-open-dot"
    assert of(figure, "symbol", "Groq") == "square"


def test_todays_is_ringed_and_named():
    figure = drawn(rows())
    ring = next(trace for trace in figure["data"] if trace.get("name") == "today")
    assert ring["x"] == [pytest.approx(3_041_666.67 * (300 + 305) / 1e6)]
    assert any("Azure (today)" in text for trace in figure["data"] for text in trace.get("text") or ())


def test_the_limit_is_a_strong_line_and_absent_without_one():
    figure = drawn(rows())
    lines = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "line"]
    assert [line["y0"] for line in lines] == [2.0]
    assert figure["layout"]["annotations"][0]["text"] == "limit 2 s"
    assert "shapes" not in drawn(rows(replace(PLAIN, limit_seconds=None)))["layout"]


def test_both_axes_are_logarithmic_in_dollars_and_seconds():
    layout = drawn(rows())["layout"]
    assert layout["xaxis"]["type"] == layout["yaxis"]["type"] == "log"
    assert "USD" in layout["xaxis"]["title"]["text"]
    assert ", s" in layout["yaxis"]["title"]["text"]


def test_hovering_says_the_sentence_with_the_reason():
    trace = marks(drawn(rows()))
    told = trace["hovertext"][trace["customdata"].index("Azure")]
    assert told.startswith("Azure: $1,840 a month, answers in 9.63 s.<br>Too slow: answers in 9.63 s.")


def test_a_bill_of_nothing_cannot_stand_on_a_log_axis_and_is_left_out():
    assert not any(trace.get("x") for trace in drawn(rows(replace(PLAIN, requests_per_day=0)))["data"])


def test_volume_draws_a_line_for_todays_the_cheapest_in_time_and_the_fastest():
    steps = workload.sensitivity(rows().filter(pl.col("role").is_not_null()))
    figure = json.loads(draw.sensitivity(steps, "Title", "Subtitle").figure.to_json())
    assert [trace["name"] for trace in figure["data"]] == ["Azure", "Cerebras", "Groq"]
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert "<b>Azure</b><br>today" in names
    assert "<b>Groq</b><br>cheapest in time" in names
    assert "<b>Cerebras</b><br>fastest" in names
    assert figure["layout"]["shapes"][0]["x0"] == 100_000


def test_names_at_the_ends_of_close_lines_are_pushed_apart():
    gpt_speeds, gpt_prices = gpt_oss_of_2026()
    judged = matching.judged(speeds(*gpt_speeds), providers())
    offered = workload.offers(judged, prices(*gpt_prices), providers(), "gpt-oss-120b")
    steps = workload.sensitivity(workload.with_roles(workload.against_today(workload.served(offered, PLAIN), "Azure")))
    figure = draw.sensitivity(steps.filter(pl.col("provider").is_in(["Azure", "Groq", "AWS Bedrock"])), "", "").figure
    shifts = [note.yshift for note in figure.layout.annotations if note.yshift is not None]
    assert sorted(shifts) == pytest.approx([-draw.NAME_HEIGHT, 0, draw.NAME_HEIGHT])
