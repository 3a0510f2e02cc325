"""Curves of shared GPUs as they are drawn."""

import json
from datetime import date

import pytest

from charts import serving as draw
from charts import style
from metrics import serving
from tests.metrics.test_serving import curve, point, rented, rents


def figure(chart):
    return json.loads(chart.figure.to_json())


def shown():
    return curve(
        point(each=20.0, together=3000.0),
        point(each=50.0, together=2000.0),
        point(each=40.0, together=1900.0),
        point("B200", each=60.0, together=8672.5),
        point("B200", each=200.0, together=900.0),
    )


def lines(drawn):
    return [trace for trace in drawn["data"] if trace.get("mode") == "lines+markers"]


def test_each_chip_is_a_line_of_its_frontier_with_its_other_points_faint():
    drawn = figure(draw.throughput(shown(), "t", "s"))
    by_name = {trace["name"]: trace for trace in lines(drawn)}
    assert by_name["H100"]["x"] == [20.0, 50.0]
    assert by_name["H100"]["y"] == [3000.0, 2000.0]
    faint = [trace for trace in drawn["data"] if trace["marker"].get("color") == style.faint("#009E73", draw.FAINT)]
    assert [x for trace in faint for x in trace["x"]] == [40.0]


def test_chips_of_one_family_share_its_colour_and_differ_in_their_lines_and_names():
    drawn = figure(draw.throughput(shown(), "t", "s"))
    assert {trace["line"]["color"] for trace in lines(drawn)} == {"#009E73"}
    assert len({trace["line"]["dash"] for trace in lines(drawn)}) == 2
    written = [text for trace in drawn["data"] if trace.get("mode") == "markers+text" for text in trace["text"]]
    assert sorted(written) == ["B200", "H100"]


@pytest.mark.parametrize("axis", ["xaxis", "yaxis"])
def test_both_axes_are_logarithmic_and_say_their_unit(axis):
    costed = serving.with_costs(
        shown(), rents(rented("H100", 2.98, date(2026, 1, 2)), rented("B200", 6.8, date(2026, 1, 2)))
    )
    for chart in (draw.throughput(shown(), "t", "s"), draw.cost(costed, "t", "s")):
        drawn = figure(chart)["layout"][axis]
        assert drawn["type"] == "log"
        assert "tokens" in drawn["title"]["text"]


def test_a_hover_says_the_speed_of_each_the_speed_of_all_and_the_day():
    drawn = figure(draw.throughput(shown(), "t", "s"))
    [first, *_] = next(trace for trace in lines(drawn) if trace["name"] == "H100")["hovertext"]
    assert first == (
        "H100: 20 tokens/s for each user, 3,000 tokens/s for each accelerator. 1 accelerator, 64 requests at once, "
        "vllm, tp1 ep1, no speculative decoding, 2 January 2026"
    )


def test_a_curve_that_is_one_point_is_drawn():
    alone = curve(point())
    assert lines(figure(draw.throughput(alone, "t", "s")))[0]["x"] == [50.0]


def test_the_readers_own_points_stand_in_a_square():
    drawn = figure(draw.throughput(curve(point(), point("B200", evidence="upload")), "t", "s"))
    assert style.YOURS in [trace.get("name") for trace in drawn["data"]]
