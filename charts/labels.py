"""Names beside the points of a log-log chart, placed so that none covers another.

A chart is as wide as its screen, which nobody knows when it is drawn. So each name is tried in the
geometry of a telephone first, where a place that is free stays free on any wider screen. A name
with no place there is tried in the geometry of a computer and shown on wide screens only.
"""

from collections.abc import Collection, Mapping, Sequence
from math import log10
from types import MappingProxyType

import plotly.graph_objects as go

from charts import style

NARROW, WIDE = 310.0, 1000.0  # pixels between the axes
AROUND = 90.0  # pixels of height for margins and the axis title
CHARACTER, LINE, GAP = 6.6, 15.0, 9.0
PLACES = {
    "top center": (-0.5, -1.0, 0.0, -1.0),
    "bottom center": (-0.5, 0.0, 0.0, 1.0),
    "middle right": (0.0, -0.5, 1.0, 0.0),
    "middle left": (-1.0, -0.5, -1.0, 0.0),
}

Box = tuple[float, float, float, float]


def add(
    figure: go.Figure, xs: Sequence[float], ys: Sequence[float], names: Sequence[str], first: Sequence[bool]
) -> None:
    """Adds the names to a chart whose log axes are set; those marked `first` choose their place first."""
    names = [style.short(name) for name in names]
    ranges = figure.layout.xaxis.range, figure.layout.yaxis.range
    height = figure.layout.height - AROUND
    order = sorted(range(len(names)), key=lambda at: not first[at])
    narrow, wide = (
        list(zip(_scaled(xs, ranges[0], width), _scaled(ys, ranges[1], -height), strict=True))
        for width in (NARROW, WIDE)
    )
    important = order[: sum(first)]
    everywhere = placed(narrow, names, important, NARROW)
    everywhere |= placed(narrow, names, important, NARROW, everywhere, over_marks=True)
    everywhere |= placed(narrow, names, order, NARROW, everywhere)
    only_wide = placed(wide, names, order, WIDE, everywhere)
    places = everywhere | only_wide
    figure.add_scatter(
        x=[xs[at] for at in places],
        y=[ys[at] for at in places],
        mode="markers+text",
        marker=style.LABELLED,
        text=[style.wide_only(names[at]) if at in only_wide else names[at] for at in places],
        textposition=list(places.values()),
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )


def line_ends(
    figure: go.Figure,
    ends: Sequence[tuple[object, float, str]],
    panel: int = 1,
    pixels: float | None = None,
    only_wide: Collection[str] = (),
) -> None:
    """Names at the right ends of lines, given as (x, y, name) on a log y axis that is set; none covers another.

    Lines that end at one point share a name, and names that crowd are spread up and down from where they belong.
    `panel` counts the panels of the figure from 1, and `pixels` is the height of one; null: of the whole chart. A
    narrow screen leaves the names of `only_wide` out.
    """
    number = "" if panel == 1 else str(panel)
    axis = figure.layout[f"yaxis{number}"].range
    shared = _sharing(ends, only_wide)
    heights = _scaled([y for _, y, _, _ in shared], axis, figure.layout.height - AROUND if pixels is None else pixels)
    placed_ends = sorted(zip(shared, heights, strict=True), key=lambda end: end[1])
    for ((x, y, name, is_wide), height), place in zip(placed_ends, spread(sorted(heights)), strict=True):
        text = f" {name}"
        figure.add_annotation(
            x=x,
            y=log10(y),
            xref=f"x{number}",
            yref=f"y{number}",
            yshift=place - height,
            text=style.wide_only(text) if is_wide else text,
            xanchor="left",
            showarrow=False,
            font={"size": style.SIZES["small"]},
        )


def _sharing(
    ends: Sequence[tuple[object, float, str]], only_wide: Collection[str]
) -> list[tuple[object, float, str, bool]]:
    """The ends with one name for each point, and whether it is for wide screens only."""
    names: dict[tuple[object, float, bool], list[str]] = {}
    for x, y, name in ends:
        names.setdefault((x, y, name in only_wide), []).append(style.short(name))
    return [(x, y, ", ".join(found), is_wide) for (x, y, is_wide), found in names.items()]


def spread(heights: Sequence[float]) -> list[float]:
    """Where lines of text stand that belong at these heights, lowest first: LINE apart, each crowd about its middle."""
    crowds: list[list[float]] = []
    for height in heights:
        crowd = [height]
        while crowds and _lowest(crowd) < _lowest(crowds[-1]) + LINE * len(crowds[-1]):
            crowd = crowds.pop() + crowd
        crowds.append(crowd)
    return [_lowest(crowd) + LINE * place for crowd in crowds for place in range(len(crowd))]


def _lowest(crowd: Sequence[float]) -> float:
    """Where the lowest line of a crowd stands, so that their middle is where they belong."""
    return sum(crowd) / len(crowd) - LINE * (len(crowd) - 1) / 2


def placed(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    order: Sequence[int],
    width: float,
    taken: Mapping[int, str] = MappingProxyType({}),
    over_marks: bool = False,
) -> dict[int, str]:
    """Where each name stands, by its place in `names`; names without a free place are left out.

    `points` are pixels from the left and downwards; `taken` are places already given. With
    `over_marks` a name may cover another point's mark, though never another name.
    """
    marks = [(x - GAP, y - GAP, x + GAP, y + GAP) for x, y in points]
    boxes = {at: _box(points[at], names[at], place) for at, place in taken.items()}
    found: dict[int, str] = {}
    for at in order:
        if at in boxes:
            continue
        others = [] if over_marks else [mark for other, mark in enumerate(marks) if other != at]
        for place in PLACES:
            box = _box(points[at], names[at], place)
            if (
                box[0] >= 0
                and box[2] <= width + GAP
                and not any(_overlap(box, other) for other in (*others, *boxes.values()))
            ):
                boxes[at], found[at] = box, place
                break
    return found


def _scaled(values: Sequence[float], ends: Sequence[float], pixels: float) -> list[float]:
    """Pixels along a log axis between these powers of ten; upwards where `pixels` is negative."""
    return [pixels * (log10(value) - ends[0]) / (ends[1] - ends[0]) for value in values]


def _box(point: tuple[float, float], name: str, place: str) -> Box:
    across, down, gap_across, gap_down = PLACES[place]
    width = CHARACTER * len(name)
    left = point[0] + across * width + gap_across * GAP
    top = point[1] + down * LINE + gap_down * GAP
    return left, top, left + width, top + LINE


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
