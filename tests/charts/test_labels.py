from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as some

from charts import labels, style


def figure(names, xs, ys, first=None):
    drawn = style.figure(420)
    drawn.update_xaxes(style.log_axis(min(xs), max(xs), "Output speed, tokens/s"))
    drawn.update_yaxes(style.log_axis(min(ys), max(ys), "Price"))
    labels.add(drawn, xs, ys, names, first or [False] * len(names))
    return drawn


def named(drawn: go.Figure) -> dict[str, bool]:
    """Every name shown, with whether a narrow screen shows it too."""
    shown = drawn.data[-1].text or ()
    return {text.split(">")[1].split("<")[0] if "<" in text else text: "<" not in text for text in shown}


def test_names_far_apart_stand_above_their_points_on_every_screen():
    drawn = figure(["Cerebras", "Azure"], [1856, 218], [0.45, 0.26])
    assert named(drawn) == {"Cerebras": True, "Azure": True}
    assert len(drawn.data[-1].textposition) == 2


def test_a_name_with_no_room_on_a_telephone_is_shown_on_wide_screens_only():
    speeds = [40, 218, 219, 220, 221, 222, 223, 400, 1856]
    names = [f"Provider number {place}" for place in range(len(speeds))]
    shown = named(figure(names, speeds, [0.26] * len(speeds)))
    assert any(shown.values())
    assert not all(shown.get(name, False) for name in names)


def test_the_names_that_matter_choose_first_and_are_never_left_out():
    speeds, prices = [218, 218.1, 218.2, 218.3, 218.4], [0.26] * 5
    first = [False, False, False, True, False]
    assert named(figure(["a" * 9, "b" * 9, "c" * 9, "Azure", "d" * 9], speeds, prices, first))["Azure"]


def test_lines_that_end_at_one_point_share_a_name_and_none_stands_beside_another_line():
    """The list prices of gpt-oss-120b on 20 November 2026; Azure's name stood where SambaNova's line ends."""
    drawn = style.figure(420)
    drawn.update_yaxes(style.log_axis(0.05, 3.4, "Price", "$"))
    day = "2026-11-20"
    labels.line_ends(drawn, [(day, 0.45, "Cerebras"), (day, 0.3125, "SambaNova"), (day, 0.2625, "Azure")])
    labels.line_ends(drawn, [(day, 0.2625, "Azure"), (day, 0.2625, "Groq")])
    told = [(note.text.strip(), note.yshift) for note in drawn.layout.annotations]
    assert [name for name, _ in told] == ["Azure", "SambaNova", "Cerebras", "Azure, Groq"]
    assert told[-1][1] == 0
    assert all(abs(shift) < labels.LINE / 2 for _, shift in told)


@given(heights=some.lists(some.floats(-400, 400), max_size=12).map(sorted))
def test_names_at_the_ends_of_lines_are_a_line_apart_and_about_where_they_belong(heights):
    places = labels.spread(heights)
    assert all(after - before >= labels.LINE - 1e-6 for before, after in pairwise(places))
    assert sum(places) == pytest.approx(sum(heights), abs=1e-6)


def test_one_point_has_its_name():
    assert named(figure(["Azure"], [218], [0.26])) == {"Azure": True}


@pytest.mark.parametrize("width", [labels.NARROW, labels.WIDE])
@given(
    points=some.lists(
        some.tuples(some.floats(0, 1000), some.floats(-400, 0), some.text("abcdef ", min_size=1, max_size=20)),
        max_size=12,
    )
)
def test_no_name_covers_another_name_or_a_point(width, points):
    places = [(x * width / 1000, y) for x, y, _ in points]
    names = [name for _, _, name in points]
    found = labels.placed(places, names, range(len(names)), width)
    boxes = {at: labels._box(places[at], names[at], place) for at, place in found.items()}
    for at, box in boxes.items():
        assert not any(labels._overlap(box, other) for one, other in boxes.items() if one != at)
        assert not any(box[0] < x < box[2] and box[1] < y < box[3] for one, (x, y) in enumerate(places) if one != at)
