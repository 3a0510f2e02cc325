"""The chart of the best results by round, by its JSON."""

import json
from datetime import date
from math import log10

import polars as pl
import pytest

from charts import rounds as draw
from charts import style
from metrics import generations, history, mlcommons
from metrics.findings import history as findings
from tests.results import inference, served, trained, training

V4_0, V4_1 = date(2024, 6, 12), date(2024, 11, 13)
TRAINED = training(
    trained("H200 SXM", "NVIDIA", 8, 24.689165, round="v4.0", published_on=V4_0),
    trained("B200", "NVIDIA", 8, 12.957581, round="v4.1", published_on=V4_1, is_preview=True),
    trained("TPU v5p", "Google", 6144, 12.476581, "gpt3", round="v4.0", published_on=V4_0),
    trained("TPU v5p", "Google", 6144, 12.0, "gpt3", round="v4.1", published_on=V4_1),
)
SERVED = inference(
    served("H100 SXM", "<b>Cisco</b>", 8, 27000.0, round="v4.1", published_on=V4_1),
    served("B200", "Dell", 8, 102909.0, round="v5.1", published_on=date(2025, 9, 9)),
)
CHIPS = pl.DataFrame({"accelerator": ["H200 SXM", "B200", "H100 SXM", "TPU v5p"], "family": ["GPU"] * 3 + ["TPU"]})


def rows(training_rows=TRAINED, inference_rows=SERVED) -> pl.DataFrame:
    found = history.by_round(training_rows, inference_rows, "Offline", history.PER_ACCELERATOR)
    return generations.with_family(found, CHIPS)


def chart(frame: pl.DataFrame) -> style.Chart:
    return draw.by_round(frame, findings.improved(frame, history.PER_ACCELERATOR))


@pytest.fixture
def drawn():
    return json.loads(chart(rows()).figure.to_json())


def series(drawn: dict, name: str) -> dict:
    return next(trace for trace in drawn["data"] if trace.get("name") == name)


def test_both_sides_are_on_log_axes_of_one_range_with_their_rounds_below(drawn):
    layout = drawn["layout"]
    assert layout["yaxis"]["type"] == layout["yaxis2"]["type"] == "log"
    assert layout["yaxis"]["range"] == layout["yaxis2"]["range"]
    assert layout["yaxis"]["title"]["text"] == "× first round (log)"
    assert layout["xaxis2"]["title"]["text"] == "Round, and when it was published"
    assert [name.split("<")[0] for name in layout["xaxis"]["ticktext"]] == ["v4.0", "v4.1"]
    assert [name.split("<")[0] for name in layout["xaxis2"]["ticktext"]] == ["v4.1", "v5.1"]


def test_a_mark_has_its_familys_shape_and_colour_and_is_hollow_for_a_preview_system(drawn):
    lora, gpt3 = series(drawn, "llama2_70b_lora")["marker"], series(drawn, "gpt3")["marker"]
    assert lora["symbol"] == ["circle", "circle-open"]
    assert gpt3["symbol"] == ["pentagon", "pentagon"]
    assert set(gpt3["color"]) == {style.FAMILY_LOOKS["TPU"].colour}


def test_a_line_that_changes_its_precision_is_dotted_and_the_formats_are_named():
    fp4 = SERVED.with_columns(precision=pl.Series(["fp8", "fp4"]))
    found = chart(rows(inference_rows=fp4))
    drawn = json.loads(found.figure.to_json())
    dashes = {trace["name"]: trace["line"]["dash"] for trace in drawn["data"] if trace["name"]}
    assert dashes == {"gpt3": "solid", "llama2_70b_lora": "solid", "llama2-70b-99": "dot"}
    assert "Dotted: another precision than in the first round, llama2-70b-99 (FP4 after FP8)." in found.subtitle
    assert "Dotted" not in chart(rows()).subtitle


def test_a_line_is_named_at_its_end_with_its_gain(drawn):
    named = [note for note in drawn["layout"]["annotations"] if "llama2_70b_lora" in note["text"]]
    assert [note["text"].strip() for note in named] == ["llama2_70b_lora 1.9x"]
    assert named[0]["y"] == pytest.approx(log10(24.689165 / 12.957581))
    assert named[0]["yref"] == "y"


def test_every_panel_has_the_line_of_its_first_round(drawn):
    assert {shape["yref"] for shape in drawn["layout"]["shapes"] if shape["y0"] == 1} == {"y", "y2"}


def test_a_published_name_is_no_markup(drawn):
    assert "&lt;b&gt;Cisco" in series(drawn, "llama2-70b-99")["hovertext"][0]


def test_the_words_around_it_say_what_is_best_and_who_did_not_verify_it():
    found = chart(rows())
    assert "training by accelerator-minutes; inference by Tokens/s per accelerator" in found.subtitle
    assert "Hollow: a preview system" in found.subtitle
    assert mlcommons.NOT_VERIFIED in found.footnote
    assert mlcommons.LEGEND in found.footnote


def test_one_side_alone_makes_one_panel():
    alone = chart(rows(inference_rows=SERVED.head(0)))
    assert "yaxis2" not in json.loads(alone.figure.to_json())["layout"]
    assert "inference" not in alone.title
