"""The physics charts by their JSON."""

import json

import polars as pl
import pytest

from charts import physics
from charts.style import CONTEXT, FAMILY_LOOKS
from metrics import ceilings
from metrics.ceilings import Assumptions
from metrics.findings import physics as findings
from tests import silicon
from tests.frames import GPT_OSS, LLAMA_8B, gpt_oss_of_2026, llama_of_2024, measured

LLAMA_SPEEDS, GPT_SPEEDS = llama_of_2024()[0], gpt_oss_of_2026()[0]


def ceilings_chart(rows=LLAMA_SPEEDS, model=LLAMA_8B):
    frame = silicon.reached(rows, model)
    return physics.ceilings(frame, findings.share_of_ceiling(frame), 2)


def halves_chart(rows=LLAMA_SPEEDS, model=LLAMA_8B):
    frame = ceilings.split(silicon.reached(rows, model))
    return physics.halves(frame, findings.halves_of_the_ratio(frame))


def chips_chart(model="Llama 3.1 70B"):
    known = ceilings.architectures(silicon.models(), Assumptions())
    chips = ceilings.chips(silicon.accelerators())
    held = ceilings.to_hold(chips, silicon.on_silicon(), known, model, Assumptions())
    return physics.chips_to_hold(held, findings.chips_to_hold(held, model, "H200 SXM"))


def spec(chart):
    return json.loads(chart.figure.to_json())


ALL = pytest.mark.parametrize("make", [ceilings_chart, halves_chart, chips_chart])


@ALL
def test_every_axis_of_numbers_is_logarithmic_and_says_its_unit(make):
    layout = spec(make())["layout"]
    axes = [axis for name, axis in layout.items() if name.startswith("xaxis")]
    assert all(axis["type"] == "log" for axis in axes)
    assert "log scale" in axes[-1]["title"]["text"]


@ALL
def test_title_subtitle_and_caveat_are_sentences_of_their_own(make):
    chart = make()
    assert chart.title
    assert chart.subtitle.endswith(".")
    assert chart.footnote.endswith(".")


def test_on_chip_and_off_chip_memory_stand_in_panels_of_their_own_that_say_so():
    drawn = spec(ceilings_chart())
    assert [note["text"].split(" ")[0] for note in drawn["layout"]["annotations"]] == ["On-chip", "Off-chip"]
    on_chip, off_chip = ([t for t in drawn["data"] if t["type"] == "bar" and t["xaxis"] == x] for x in ("x", "x2"))
    assert set(on_chip[0]["y"]) == {"Cerebras", "Groq"}
    assert {"SambaNova", "Azure"} <= set(off_chip[0]["y"])


def test_a_mark_stands_at_the_ceiling_with_the_share_reached():
    drawn = spec(ceilings_chart())
    marks = [trace for trace in drawn["data"] if trace.get("marker", {}).get("symbol") == "line-ns"]
    assert dict(zip(marks[0]["y"], marks[0]["x"], strict=True))["Cerebras"] == pytest.approx(21e6 / 16.191072, rel=1e-6)
    assert any("0.156 % of 1.3M" in text for text in marks[0]["text"])
    assert "SambaNova" not in marks[1]["y"]
    assert any("bandwidth not published" in text for trace in drawn["data"] for text in trace.get("text") or [])


def test_named_silicon_has_its_colour_and_undisclosed_silicon_is_grey():
    drawn = spec(ceilings_chart())
    bars = {
        name: colour
        for trace in drawn["data"]
        if trace["type"] == "bar"
        for name, colour in zip(trace["y"], trace["marker"]["color"], strict=True)
    }
    assert bars["Cerebras"] == FAMILY_LOOKS["wafer-scale"].colour
    assert bars["Azure"] == CONTEXT


def test_one_kind_of_memory_makes_one_panel():
    rows = [measured("SambaNova", 100.0), measured("Azure", 50.0)]
    drawn = spec(ceilings_chart(rows))
    assert [note["text"].split(" ")[0] for note in drawn["layout"]["annotations"]] == ["Off-chip"]


def test_the_second_bar_leads_from_the_ceiling_back_to_the_speed_ratio():
    drawn = spec(halves_chart(GPT_SPEEDS, GPT_OSS))
    ceiling, use = (trace for trace in drawn["data"] if trace["type"] == "bar")
    [marks] = [trace for trace in drawn["data"] if trace["type"] == "scatter"]
    ends = [base + length for base, length in zip(use["base"], use["x"], strict=True)]
    assert ends == pytest.approx(marks["x"])
    assert use["base"] == pytest.approx([1 + length for length in ceiling["x"]])
    assert drawn["layout"]["shapes"][0]["x0"] == 1


def test_chips_are_sorted_and_labelled_with_their_memory():
    drawn = spec(chips_chart())
    bars = drawn["data"][0]
    assert bars["y"][-1] == "Groq LPU v1 · SRAM"
    assert list(bars["x"]) == sorted(bars["x"])
    hatched = dict(zip(bars["y"], bars["marker"]["pattern"]["shape"], strict=True))
    assert hatched["WSE-3 · SRAM"] == physics.ON_CHIP_PATTERN
    assert hatched["H200 SXM · HBM"] == ""


def test_published_names_are_text_and_never_markup():
    rows = [measured("Cerebras", 9.0), measured("Azure", 1.0), measured(silicon.LOUD, 5.0)]
    text = json.dumps(spec(ceilings_chart(rows)))
    assert "&lt;b&gt;Loud" in text
    assert "<b>Loud" not in text


def test_the_frames_are_left_as_they_came():
    frame = silicon.reached(LLAMA_SPEEDS, LLAMA_8B)
    before = frame.clone()
    physics.ceilings(frame, "x", 0)
    assert frame.equals(before)
    assert isinstance(frame, pl.DataFrame)
