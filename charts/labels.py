"""Names beside the points of a log-log chart, placed so that none covers another.

A chart is as wide as its screen, which nobody knows when it is drawn. So each name is tried in the
geometry of a telephone first, where a place that is free stays free on any wider screen; a name
with no place there is tried in the geometry of a computer and shown on wide screens only.
"""

from collections.abc import Sequence
from math import log10

import plotly.graph_objects as go

from charts import style

NARROW, WIDE = (290.0, 330.0), (1000.0, 360.0)  # pixels of the plot itself
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
    """Adds the names as two traces of text; those marked `first` choose their place first."""
    order = sorted(range(len(names)), key=lambda at: not first[at])
    everywhere = placed(xs, ys, names, order, NARROW)
    wide = placed(xs, ys, names, order, WIDE, taken=everywhere)
    for places, uid in ((everywhere, None), (wide, style.WIDE_ONLY)):
        figure.add_scatter(
            x=[xs[at] for at in places],
            y=[ys[at] for at in places],
            mode="text",
            text=[f" {names[at]} " for at in places],
            textposition=list(places.values()),
            textfont={"size": style.SIZES["small"]},
            hoverinfo="skip",
            cliponaxis=False,
            uid=uid,
        )


def placed(
    xs: Sequence[float],
    ys: Sequence[float],
    names: Sequence[str],
    order: Sequence[int],
    size: tuple[float, float],
    taken: dict[int, str] | None = None,
) -> dict[int, str]:
    """Where each name stands, by its place in `names`; names without a free place are left out."""
    points = list(zip(_scaled(xs, size[0]), (size[1] - y for y in _scaled(ys, size[1])), strict=True))
    marks = [(x - GAP, y - GAP, x + GAP, y + GAP) for x, y in points]
    boxes = {at: _box(points[at], names[at], place) for at, place in (taken or {}).items()}
    found: dict[int, str] = {}
    for at in order:
        if at in boxes:
            continue
        others = [mark for other, mark in enumerate(marks) if other != at]
        for place in PLACES:
            box = _box(points[at], names[at], place)
            is_inside = box[0] >= -GAP and box[2] <= size[0] + 2 * GAP
            if is_inside and not any(_overlap(box, other) for other in (*others, *boxes.values())):
                boxes[at], found[at] = box, place
                break
    return found


def _scaled(values: Sequence[float], pixels: float) -> list[float]:
    """Places along an axis of this length, which reaches 1.3 times beyond both ends."""
    low, high = log10(min(values) / 1.3), log10(max(values) * 1.3)
    return [pixels * (log10(value) - low) / (high - low) for value in values]


def _box(point: tuple[float, float], name: str, place: str) -> Box:
    across, down, gap_across, gap_down = PLACES[place]
    width = CHARACTER * len(name)
    left = point[0] + across * width + gap_across * GAP
    top = point[1] + down * LINE + gap_down * GAP
    return left, top, left + width, top + LINE


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
