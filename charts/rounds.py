"""The best results of MLPerf by round as a chart: training above, inference below, each against its first round."""

from collections import defaultdict
from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from charts import labels, style
from charts.style import Chart
from metrics import mlcommons, rounds, values, words
from metrics.findings import history as findings
from metrics.metric import ROUND_GAIN

PANEL_PIXELS, BETWEEN_PIXELS, AROUND_PIXELS = 250, 84, 64
ROOM_FOR_NAMES = 0.75  # of the time drawn, to its right


def by_round(frame: pl.DataFrame, title: str) -> Chart:
    """Times as good as in the benchmark's first round, by the day of the round, both sides on one log scale each.

    Grain of `frame`: one side, benchmark and round, as `history.by_round` gives it, with family.
    """
    rows = style.plain(frame)
    sides = [side for side in rounds.SUITES if side in set(rows["side"])]
    tall = len(sides) * (PANEL_PIXELS + BETWEEN_PIXELS)
    figure = make_subplots(
        rows=len(sides),
        cols=1,
        subplot_titles=[_panel_title(rows.filter(pl.col("side") == side), side) for side in sides],
        vertical_spacing=BETWEEN_PIXELS / tall if len(sides) > 1 else 0,
    )
    figure.update_layout(template=style.TEMPLATE, height=tall + AROUND_PIXELS, margin={"t": 40, "b": 56})
    figure.update_annotations(x=0, xanchor="left", font={"size": style.SIZES["text"]})
    first, last = values.span(rows["published_on"])
    room = timedelta(days=int(ROOM_FOR_NAMES * max((last - first).days, 90)))
    figure.update_xaxes(type="date", range=[(first - timedelta(days=30)).isoformat(), (last + room).isoformat()])
    low, high = values.extent(rows[ROUND_GAIN.name])
    for place, side in enumerate(sides, start=1):
        _panel(figure, rows.filter(pl.col("side") == side), place, style.ratio_axis(low, high, "× first round (log)"))
    figure.update_xaxes(title={"text": "Round, and when it was published"}, row=len(sides), col=1)
    return Chart(figure, title, _subtitle(frame), mlcommons.footnote(frame, derived=True))


def _panel_title(rows: pl.DataFrame, side: str) -> str:
    scenario = rows["scenario"].drop_nulls()
    return f"{side}, {scenario[0]} scenario" if len(scenario) else side


def _panel(figure: go.Figure, rows: pl.DataFrame, place: int, axis: style.Settings) -> None:
    figure.update_yaxes(axis, row=place, col=1)
    held = rows.select("round", "published_on").unique().sort("published_on")
    figure.update_xaxes(
        tickvals=[day.isoformat() for day in held["published_on"]],
        ticktext=[f"{name}<br>{style.wide_only(f'{day:%b %y}')}" for name, day in held.iter_rows()],
        tickangle=0,
        tickfont={"size": style.SIZES["small"]},
        row=place,
        col=1,
    )
    ends: dict[date, list[tuple[object, float, str]]] = defaultdict(list)
    for (benchmark,), series in rows.group_by("benchmark", maintain_order=True):
        days = [day.isoformat() for day in series["published_on"]]
        gains = series[ROUND_GAIN.name].to_list()
        looks = [style.look(family) for family in series["family"]]
        figure.add_scatter(
            x=days,
            y=gains,
            mode="lines+markers",
            name=str(benchmark),
            line={"color": style.CONTEXT, "width": 1, "dash": "dot" if series["precision_differs"][-1] else "solid"},
            marker={
                "symbol": [style.symbol(*marked) for marked in zip(looks, series["is_preview"], strict=True)],
                "size": 10,
                "color": [look.colour for look in looks],
            },
            hovertext=[findings.best(row) for row in series.iter_rows(named=True)],
            hoverinfo="text",
            cliponaxis=False,
            row=place,
            col=1,
        )
        last = series["published_on"][-1]
        ends[last].append((_beside(last), gains[-1], f"{benchmark} {words.times(gains[-1])}"))
    # A panel without a mark would not take the line.
    figure.add_hline(y=1, line={"color": style.STRONG, "width": 2}, layer="below", row=place, col=1)
    newest = max(ends)
    for day, named in ends.items():
        # Lines that end earlier run into the names of the others on a telephone; hovers name them.
        early = [name for _, _, name in named] if day < newest else []
        labels.line_ends(figure, named, panel=place, pixels=PANEL_PIXELS, only_wide=early)


def _beside(day: date) -> str:
    """Right of the mark by half its size, in days."""
    return (day + timedelta(days=8)).isoformat()


def _subtitle(frame: pl.DataFrame) -> str:
    sides = [
        f"{side.lower()} by {words.listed(sorted(set(some['best_unit'])))}"
        for side in rounds.SUITES
        if (some := frame.filter(pl.col("side") == side)).height
    ]
    hollow = " Hollow: a preview system, not to be had when the round came out." if frame["is_preview"].any() else ""
    changed = findings.changed_precision(frame)
    dotted = f" Dotted: another precision than in the first round, {changed}." if changed else ""
    return (
        f"Best result of each round as a multiple of the benchmark's first round here: {'; '.join(sides)}. "
        f"{words.plural(frame.select('side', 'benchmark').n_unique(), 'benchmark')} in several rounds, "
        f"{words.plural(frame.height, 'result')}, "
        f"{words.days(values.oldest(frame['published_on']), values.newest(frame['published_on']))}. "
        f"Closed division; a mark has the shape of the chip's silicon family.{hollow}{dotted}"
    )
