"""Colour, shape, fonts and the template: one look for every chart.

One colour and one marker shape for each silicon family, the same in every chart and table. The
colours are Okabe and Ito's set, told apart by colour-blind readers and in print; the shapes tell
the families apart without any colour. Verdicts, companies, roles, the ends of a scenario and the accent
have colours of their own: a colour never means two things. Each is readable by day and by night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape, unescape
from math import log10
from typing import Any

import plotly.graph_objects as go
import polars as pl

# Settings as Plotly takes them: of an axis, a line, an error bar.
Settings = dict[str, Any]

# A row of a frame, cells by column.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """How one family, verdict or kind is drawn, and its name in words."""

    colour: str
    symbol: str
    label: str


FAMILY_LOOKS = {
    "wafer-scale": Look("#D55E00", "diamond", "Wafer-scale (Cerebras)"),
    "LPU": Look("#CC79A7", "square", "LPU (Groq)"),
    "RDU": Look("#0072B2", "triangle-up", "RDU (SambaNova)"),
    "GPU": Look("#009E73", "circle", "GPU (Nvidia, AMD, Intel)"),
    "TPU": Look("#56B4E9", "pentagon", "TPU (Google)"),
    "cloud ASIC": Look("#E69F00", "hexagon", "Cloud ASIC (Maia, Trainium, MTIA)"),
    "other ASIC": Look("#A98600", "star", "Other ASIC"),
    "undisclosed": Look("#8A8F98", "circle-open", "Silicon undisclosed"),
}

VERDICT_LOOKS = {
    "SUPPORTED": Look("#7A5CD6", "cross", "Supported"),
    "PARTLY": Look("#A36BD9", "bowtie", "Partly"),
    "NOT SUPPORTED": Look("#C2334D", "x", "Not supported"),
    "STALE": Look("#5F7488", "hourglass", "Held earlier"),
    "NOT COMPARABLE": Look("#8F857B", "diamond-wide", "Not comparable"),
    "NO DATA": Look("#7E7A76", "circle-cross-open", "No data"),
    "SCENARIO": Look("#5A6ACF", "triangle-down", "Scenario, not scored"),
}

COMPANY_LOOKS = {
    "Microsoft": Look("#2B7F87", "cross", "Microsoft"),
    "Alphabet": Look("#7A8A2E", "triangle-down", "Alphabet"),
    "Amazon": Look("#8A6248", "bowtie", "Amazon"),
    "Meta": Look("#94559B", "diamond-wide", "Meta"),
    "Oracle": Look("#B0554B", "hourglass", "Oracle"),
}
GUIDANCE = "#9A7B4F"
WORSE, BETTER = "#A8506E", "#7C6BB0"  # the ends of a scenario
TRAINING, INFERENCE = "#A0693A", "#56709C"  # what a chip is for

ACCENT = "#8A63B8"
CONTEXT = "#8A8F98"
GRID = "rgba(138, 143, 152, 0.25)"
STRONG = "rgba(138, 143, 152, 0.95)"

WIDE_ONLY = "--for:wide-screens"
LABELLED = {"size": 13, "opacity": 0}  # the unseen marker of a label, which keeps it clear of the mark it names

SIZES = {"title": 16, "text": 14, "small": 12}
ROW_PIXELS = 24
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # chips of one family, told apart in print
CURVE_SYMBOLS = ("circle-open", "circle", "circle-open-dot", "x-thin-open", "cross-open")

YOURS, FRAME = "yours", 18
HOLLOW = "-open"  # what makes a symbol of Plotly hollow
DIGIT_WIDE_SPACE = "\u2007"
LONGEST_NAME = 60

PICK = "pick"  # the column that numbers rows, so that a click on a mark finds its row

AXIS_CHARACTERS, AROUND_A_LABEL = 45, 2  # what fits below a chart on a telephone
SHORTEST_AXIS = timedelta(days=14)
DAYS_WITHOUT_DATES = timedelta(days=120)  # over so many months are told, over fewer days
RATIO_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
LOG_STEPS = tuple(step * 10**power for power in range(-3, 12) for step in (1, 2, 5))
FINE_STEPS = tuple(step * 10**power for power in range(-3, 6) for step in range(1, 10))

TEMPLATE = go.layout.Template(
    # Plotly draws marks of several sizes pale otherwise, and a family has one colour.
    data={"scatter": [{"marker": {"opacity": 1}}]},
    layout=go.Layout(
        font={"size": SIZES["text"]},
        margin={"l": 8, "r": 16, "t": 12, "b": 48},
        showlegend=False,
        hovermode="closest",
        hoverlabel={"align": "left", "font": {"size": SIZES["text"]}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        bargap=0.35,
        xaxis={"gridcolor": GRID, "zeroline": False, "automargin": True, "title": {"standoff": 12}},
        yaxis={"gridcolor": GRID, "zeroline": False, "automargin": True, "title": {"standoff": 12}},
    ),
)

CONFIG = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "sendDataToCloud", "share"],
}


@dataclass(frozen=True)
class Chart:
    """A figure with what belongs around it: the finding as title, the quantity, and the footnote.

    The page sets title and footnote as text, so that they wrap on a narrow screen.
    """

    figure: go.Figure
    title: str
    subtitle: str
    footnote: str = ""


def look(family: str | None) -> Look:
    return FAMILY_LOOKS.get(family or "undisclosed", FAMILY_LOOKS["undisclosed"])


def symbol(look: Look, is_preview: bool | None) -> str:
    """The mark of a family; hollow where the system was not yet to be had."""
    return f"{look.symbol}{HOLLOW}" if is_preview and not look.symbol.endswith(HOLLOW) else look.symbol


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its text as Plotly shows it unchanged: names are published by others, and Plotly reads HTML.

    Every chart begins with this, so that no label, hover or legend has to remember it.
    """
    return frame.with_columns(pl.selectors.string().str.replace_many({"&": "&amp;", "<": "&lt;", ">": "&gt;"}))


def figure(height: int) -> go.Figure:
    return go.Figure(layout=go.Layout(template=TEMPLATE, height=height))


def wide_only(text: str) -> str:
    """A label for which a narrow screen has no room: pages hide what carries this mark, others show it."""
    return f'<span style="{WIDE_ONLY}">{text}</span>'


def rows_height(rows: int, above: int = 76) -> int:
    """Height in pixels of a chart with one row for each name."""
    return above + max(rows, 2) * ROW_PIXELS


def ratio_axis(low: float, high: float, title: str) -> Settings:
    """A log axis for ratios between these, labelled at 0.1, 0.2, 0.5, 1, 2, 5, 10, with 1 always on it."""
    ends = (min(low, 0.8), max(high, 1.25))
    steps = [step for step in RATIO_STEPS if ends[0] / 1.15 <= step <= ends[1] * 1.6]
    steps = sorted({1, *_readable(steps, "{:g}x".format)})
    return {
        "type": "log",
        "range": [log10(ends[0] / 1.15), log10(ends[1] * 1.6)],
        "tickvals": steps,
        "ticktext": [f"{step:g}x" for step in steps],
        "title": {"text": title},
    }


def log_axis(low: float, high: float, title: str, prefix: str = "") -> Settings:
    """A log axis for amounts between these, labelled at 1, 2, 5 of each power of ten."""
    steps = [step for step in LOG_STEPS if low / 1.3 <= step <= high * 1.3]
    if len(steps) < 3:
        steps = [step for step in FINE_STEPS if low / 1.3 <= step <= high * 1.3]
    steps = _readable(steps, lambda step: f"{prefix}{_amount(step)}")
    return {
        "type": "log",
        "range": [log10(low / 1.3), log10(high * 1.3)],
        "tickvals": steps,
        "ticktext": [f"{prefix}{_amount(step)}" for step in steps],
        "title": {"text": title},
    }


def day_axis(days: tuple[date, date], title: str) -> Settings:
    """An axis of these days, with room for names right of them.

    A month stands above its year, so that labels stay level on a telephone. Its ends are set: a name counts for an
    axis that sets its own, and a long one would add years to it there.
    """
    first, last = days
    span = max(last - first, SHORTEST_AXIS)
    return {
        "range": [first - span * 0.04, last + span * 0.12],
        "title": {"text": title},
        "tickformat": "%b\n%Y" if span >= DAYS_WITHOUT_DATES else "%e %b\n%Y",
        "tickangle": 0,
    }


def _amount(step: float) -> str:
    """20,000; from a million on 2 m, from a billion on 5 bn."""
    size, name = next(((size, name) for size, name in ((1e9, " bn"), (1e6, " m")) if step >= size), (1, ""))
    return f"{step / size:,.10g}{name}"


def _readable(steps: list[float], written: Callable[[float], str]) -> list[float]:
    """The steps, or fewer of them where their labels would collide on a telephone."""
    tens = [step for step in steps if round(log10(step), 6).is_integer()]
    choices = (steps, tens, steps[::2], steps[::3])
    return next((some for some in choices if len(some) > 1 and _length(some, written) <= AXIS_CHARACTERS), tens)


def _length(steps: list[float], written: Callable[[float], str]) -> int:
    return sum(len(written(step)) + AROUND_A_LABEL for step in steps)


def strong_line(at: float | date, axis: str = "x") -> Settings:
    """The line that everything is compared with."""
    place = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    if axis == "y":
        place = {"y0": at, "y1": at, "x0": 0, "x1": 1, "xref": "paper"}
    return {"type": "line", "line": {"color": STRONG, "width": 2}, "layer": "below", **place}


def outline(figure: go.Figure, xs: list[Any], ys: list[Any], own: list[bool], **subplot: int) -> None:
    """A square around the marks of a reader's own figures: the one sign by which every chart tells them apart."""
    at = [place for place, is_own in enumerate(own) if is_own]
    if at:
        figure.add_scatter(
            x=[xs[place] for place in at],
            y=[ys[place] for place in at],
            name=YOURS,
            mode="markers",
            marker={"symbol": "square-open", "size": FRAME, "color": ACCENT, "line": {"width": 2.5}},
            hoverinfo="skip",
            showlegend=False,
            cliponaxis=False,
            **subplot,
        )


def named(names: list[str]) -> Settings:
    """An axis of these names in this order, each as long as there is room for; hovers have them whole."""
    shown = [short(name) for name in names]
    return {"categoryorder": "array", "categoryarray": names, "tickvals": names, "ticktext": shown}


def short(name: str) -> str:
    """A name of `plain` that a chart has room for."""
    written = unescape(name)
    return name if len(written) <= LONGEST_NAME else f"{escape(written[:LONGEST_NAME], quote=False)}…"


def faint(colour: str, share: float) -> str:
    """A colour of which the ground shines through; `share` from 0, unseen, to 1, full."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"


def beside(is_own: bool) -> str:
    """Room to the right of the square around a reader's own mark, for the label of it."""
    return DIGIT_WIDE_SPACE * 2 if is_own else ""


def picks(rows: pl.DataFrame) -> list[int] | None:
    """What marks carry so that a click finds their row; None where the rows are not numbered."""
    return rows[PICK].to_list() if PICK in rows.columns else None
