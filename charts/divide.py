"""Training vs inference as charts of MLPerf results: gains, training time, throughput, who submits.

Training stands above or on the left of inference in each of them.
"""

from math import log10

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import generations, mlcommons, submitters, values, words
from metrics.findings import divide as divide_findings
from metrics.generations import INFERENCE, MIXED, STEMS, TRAINING
from metrics.metric import ACCELERATOR_MINUTES, THROUGHPUT_PER_ACCELERATOR

APART = 0.33  # how far above and below its name a generation's gains stand
LANE_PIXELS = 54
SIDES = ((TRAINING, APART), (INFERENCE, 0.0), (MIXED, -APART))
NO_LIKE = "no like precision"
ISO_LINES = 7
NAME_ROOM = 0.15  # decades to the right of the largest system, for its name
ROOM = 0.3  # decades to the right of the marks, for their labels
MIXED_ROOM = 0.2  # and for the longer ones of unlike precision
NAME_CHARACTERS = 16
SUBMITTED_SIZE = 15


def gains(frame: pl.DataFrame, paired: pl.DataFrame, title: str) -> Chart:
    """Each generation's gain on the reference: training above, inference below it, and hollow below both what is of
    unlike precision, with the range of its benchmarks.

    Grain of `frame`: one generation, as `generations.both_sides` gives it, with family. `paired` are
    the pairs that the gains rest on, for the footnote.
    """
    rows = style.plain(frame).reverse()
    figure = style.figure(96 + LANE_PIXELS * max(rows.height, 2))
    for side, offset in SIDES:
        _side(figure, rows, side, offset)
    names = [_wrapped(name) for name in rows["accelerator"]]
    places = list(range(rows.height))
    figure.update_yaxes(
        tickvals=places, ticktext=names, range=[-0.6, rows.height - 0.4], showgrid=False, zeroline=False
    )
    ends = [end for stem in STEMS.values() for name in ("low", "high") for end in frame[f"{stem}_{name}"]]
    known = [end for end in ends if end is not None]
    reference = style.plain(frame.select("reference_accelerator")).item(0, 0)
    axis = style.ratio_axis(min(known), max(known), f"Multiple of {reference} (log scale)")
    room = ROOM if frame["mixed_gain"].is_null().all() else ROOM + MIXED_ROOM
    axis["range"] = [axis["range"][0], axis["range"][1] + room]
    figure.update_xaxes(axis)
    for side, offset in SIDES[:2]:
        _unmatched(figure, rows, side, offset, 10 ** axis["range"][0])
    figure.update_layout(shapes=[style.strong_line(1)])
    subtitle = (
        f"Work of one accelerator as a multiple of {frame['reference_accelerator'][0]}'s. Upper mark: training, by "
        "accelerator-minutes; below it: inference at like precision, by throughput per accelerator; hollow: at unlike "
        "precision. Geometric mean of shared "
        f"benchmarks (how many), thin line their range. {words.plural(paired.height, 'pair')}, "
        f"{words.days(values.oldest(paired['published_on']), values.newest(paired['published_on']))}."
    )
    return Chart(figure, title, subtitle, mlcommons.footnote(paired, derived=True))


def _side(figure: go.Figure, rows: pl.DataFrame, side: str, offset: float) -> None:
    stem = STEMS[side]
    known = rows.with_row_index("place").filter(pl.col(f"{stem}_gain").is_not_null())
    looks = [style.look(family) for family in known["family"]]
    gain, low, high = (known[f"{stem}_{name}"].to_list() for name in ("gain", "low", "high"))
    figure.add_scatter(
        x=gain,
        y=[place + offset for place in known["place"]],
        mode="markers",
        name=side,
        marker={
            "symbol": [f"{look.symbol}-open" if side == MIXED else look.symbol for look in looks],
            "size": 12,
            "color": [look.colour for look in looks],
            "line": {"width": 2, "color": [look.colour for look in looks]},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [end - middle for middle, end in zip(gain, high, strict=True)],
            "arrayminus": [middle - end for middle, end in zip(gain, low, strict=True)],
            "thickness": 1.5,
            "width": 4,
            "color": style.CONTEXT,
        },
        hovertext=[divide_findings.gained(row, side) for row in known.iter_rows(named=True)],
        hoverinfo="text",
        cliponaxis=False,
    )
    figure.add_scatter(
        x=high,
        y=[place + offset for place in known["place"]],
        mode="markers+text",
        marker=style.LABELLED,
        text=[
            f"  {words.times(row[f'{stem}_gain'])}{style.wide_only(f' {_named(side, row)}')} "
            f"({row[f'{stem}_benchmarks']})"
            for row in known.iter_rows(named=True)
        ],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _named(side: str, row: style.Row) -> str:
    return f"inference, {row['mixed_precisions']}" if side == MIXED else side.lower()


def _unmatched(figure: go.Figure, rows: pl.DataFrame, side: str, offset: float, left: float) -> None:
    """The words that stand where a generation has no gain on this side."""
    absent = rows.with_row_index("place").filter(pl.col(f"{STEMS[side]}_gain").is_null())
    unlike = [row["mixed_gain"] is not None and side == INFERENCE for row in absent.iter_rows(named=True)]
    figure.add_scatter(
        x=[left] * absent.height,
        y=[place + offset for place in absent["place"]],
        mode="markers+text",
        marker=style.LABELLED,
        text=[
            f"{NO_LIKE if is_unlike else generations.NO_SHARED}{style.wide_only(f' in {side.lower()}')}"
            for is_unlike in unlike
        ],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hovertext=[divide_findings.gained(row, side) for row in absent.iter_rows(named=True)],
        hoverinfo="text",
        cliponaxis=False,
    )


def _wrapped(name: str) -> str:
    """A long name on two lines, broken at a blank or a hyphen near its middle."""
    if len(name) <= NAME_CHARACTERS:
        return name
    breaks = [at for at, letter in enumerate(name) if letter in " -"]
    at = min(breaks, key=lambda place: abs(place - len(name) // 2), default=None)
    return name if at is None else f"{name[: at + 1].rstrip()}<br>{name[at + 1 :]}"


def training(frame: pl.DataFrame, title: str) -> Chart:
    """Minutes to train against accelerators, both logarithmic, over lines of equal accelerator-minutes.

    Grain of `frame`: one result of one benchmark and round, with family, accelerator_minutes and is_own.
    """
    rows, record = style.plain(frame), frame.filter(~pl.col("is_own"))
    figure = style.figure(470)
    counts, minutes = rows["accelerator_count"], rows["minutes"]
    across = style.log_axis(*values.extent(counts), "Accelerators (log scale)")
    upward = style.log_axis(*values.extent(minutes), "Minutes to train (log scale)")
    across["range"] = [across["range"][0], across["range"][1] + NAME_ROOM]
    figure.update_xaxes(across)
    figure.update_yaxes(upward)
    figure.update_layout(margin={"t": 30})
    for work in _iso_steps(rows[ACCELERATOR_MINUTES.name]):
        _iso_line(figure, work, across["range"], upward["range"])
    best = rows.filter("is_best").unique(["accelerator", "accelerator_count"], keep="first", maintain_order=True)
    for _, generation in best.group_by("accelerator", maintain_order=True):
        figure.add_scatter(
            x=generation["accelerator_count"].to_list(),
            y=generation["minutes"].to_list(),
            mode="lines",
            line={"color": style.look(generation["family"][0]).colour, "width": 1.5},
            opacity=0.6,
            hoverinfo="skip",
        )
    looks = [style.look(family) for family in rows["family"]]
    figure.add_scatter(
        x=counts.to_list(),
        y=minutes.to_list(),
        mode="markers",
        marker={
            "symbol": [
                style.symbol(look, is_preview) for look, is_preview in zip(looks, rows["is_preview"], strict=True)
            ],
            "size": 10,
            "opacity": 0.85,
            "color": [look.colour for look in looks],
            "line": {"width": 1, "color": "white"},
        },
        hovertext=[divide_findings.trained(row) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
        cliponaxis=False,
    )
    style.outline(figure, counts.to_list(), minutes.to_list(), rows["is_own"].to_list())
    ends = [best.unique("accelerator", keep=end, maintain_order=True) for end in ("first", "last")]
    named = pl.concat(ends).unique(["accelerator", "accelerator_count"], keep="first", maintain_order=True)
    labels.add(
        figure,
        named["accelerator_count"].to_list(),
        named["minutes"].to_list(),
        [
            f"{name} (preview)" if is_preview else name
            for name, is_preview in named.select("accelerator", "is_preview").iter_rows()
        ],
        [place < ends[0].height for place in range(named.height)],
    )
    subtitle = (
        f"Time to train {frame['benchmark'][0]}, {frame['round'][0]}, {frame['division'][0]} division. Dashed: equal "
        f"accelerator-minutes; lower is less work. {words.plural(record.height, 'result')}, "
        f"{words.days(values.oldest(record['published_on']), values.newest(record['published_on']))}. "
        f"Line: a generation's best result at each count.{_hollow(frame)}"
    )
    return Chart(figure, title, subtitle, _footnote(frame, record))


def _hollow(frame: pl.DataFrame) -> str:
    return " Hollow: a preview system, not to be had when the round came out." if frame["is_preview"].any() else ""


def _footnote(frame: pl.DataFrame, record: pl.DataFrame) -> str:
    told = mlcommons.footnote(record, derived=True)
    return f"{told} {mlcommons.UNVERIFIED}".strip() if frame.height > record.height else told


def _iso_steps(work: pl.Series) -> list[float]:
    """Round amounts of accelerator-minutes between the least and the most, powers of ten alone where they are many."""
    least, most = values.extent(work)
    steps = [step for step in style.LOG_STEPS if least / 2 <= step <= most * 2]
    return steps if len(steps) <= ISO_LINES else [step for step in steps if log10(step).is_integer()]


def _iso_line(figure: go.Figure, work: float, across: list[float], upward: list[float]) -> None:
    """The line on which accelerators times minutes make this amount, where it crosses the chart."""
    left = max(across[0], log10(work) - upward[1])
    right = min(across[1], log10(work) - upward[0])
    if right - left < 0.15:
        return
    figure.add_scatter(
        x=[10**left, 10**right],
        y=[work / 10**left, work / 10**right],
        mode="lines",
        line={"color": style.CONTEXT, "width": 1, "dash": "dash"},
        hovertext=f"{words.number(work)} accelerator-minutes",
        hoverinfo="text",
    )
    figure.add_annotation(
        x=left,
        y=log10(work) - left,
        # Beside the axis a telephone has no room for it among the names.
        text=style.wide_only(words.number(work)) if left == across[0] else words.number(work),
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        xshift=6,
        font={"size": style.SIZES["small"]},
    )


def throughput(frame: pl.DataFrame, title: str) -> Chart:
    """Throughput per accelerator of each generation, the best result as a bar, its least as the end of a thin line.

    Grain of `frame`: one generation in one benchmark, scenario and round, with family and is_own.
    """
    record = frame.filter(~pl.col("is_own"))
    rows = style.plain(frame).sort(THROUGHPUT_PER_ACCELERATOR.name, maintain_order=True)
    value = THROUGHPUT_PER_ACCELERATOR.name
    names = [_wrapped(name) for name in rows["accelerator"]]
    best, looks = rows[value].to_list(), [style.look(family) for family in rows["family"]]
    unit = style.plain(frame.select("unit")).item(0, 0)
    figure = style.figure(style.rows_height(rows.height, 96) + 8 * rows.height)
    figure.add_bar(
        x=best,
        y=names,
        orientation="h",
        width=0.5,
        marker={"color": [look.colour for look in looks], "opacity": 0.85},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [0] * rows.height,
            "arrayminus": [top - low for top, low in zip(best, rows["low"], strict=True)],
            "thickness": 1.5,
            "width": 4,
            "color": style.CONTEXT,
        },
        hovertext=[divide_findings.served(row) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=best,
        y=names,
        mode="markers+text",
        marker={"symbol": [look.symbol for look in looks], "size": 9, "color": [look.colour for look in looks]},
        text=[
            f"{style.beside(row['is_own'])}  {divide_findings.rounded(row[value])} ({row['results']}), "
            f"{row['precision_label']}"
            for row in rows.iter_rows(named=True)
        ],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
    style.outline(figure, best, names, rows["is_own"].to_list())
    figure.update_xaxes(title={"text": f"{unit} per accelerator"}, range=[0, max(best) * 1.5], nticks=5)
    figure.update_yaxes(showgrid=False, categoryorder="array", categoryarray=names)
    subtitle = (
        f"{frame['benchmark'][0]}, {frame['scenario'][0]} scenario, {frame['round'][0]}, {frame['division'][0]} "
        "division: best result of each generation, in brackets how many, then its precision; thin line down to the "
        "least. Between bars of unlike precision lies more than the chip. "
        f"{words.plural(int(record['results'].sum()), 'result')}, {words.day(values.newest(record['published_on']))}."
    )
    return Chart(figure, title, subtitle, _footnote(frame, record))


def who_submits(frame: pl.DataFrame, title: str) -> Chart:
    """Vendors of chips by round: how many results rest on them, or that they did not submit. Training on the left.

    Grain of `frame`: one vendor and round, as `submitters.matrix` gives it.
    """
    rows = style.plain(frame)
    held = rows.select("side", "round").unique(maintain_order=True)
    rounds = [f"{side}<br>{name}" for side, name in held.iter_rows()]
    vendors = rows["chips"].unique(maintain_order=True).to_list()
    figure = style.figure(style.rows_height(len(vendors), 72) + 18 * len(vendors))
    for submitted in (True, False):
        some = rows.filter((pl.col("status") != submitters.ABSENT) == submitted)
        looks = [style.look(family) for family in some["family"]]
        figure.add_scatter(
            x=[f"{row['side']}<br>{row['round']}" for row in some.iter_rows(named=True)],
            y=some["chips"].to_list(),
            mode="markers+text",
            marker={
                "symbol": [look.symbol for look in looks],
                "size": SUBMITTED_SIZE,
                "color": [look.colour for look in looks],
                "line": {"width": 1, "color": style.CONTEXT},
            }
            if submitted
            else style.LABELLED,
            text=[
                words.number(row["results"]) if submitted else style.wide_only(submitters.ABSENT)
                for row in some.iter_rows(named=True)
            ],
            textposition="bottom center" if submitted else "middle center",
            textfont={"size": style.SIZES["small"]},
            hovertext=[
                f"{row['chips']}, {row['side']} {row['round']}: "
                f"{divide_findings.submitted(row) if submitted else submitters.ABSENT}"
                for row in some.iter_rows(named=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.update_xaxes(
        side="top",
        categoryorder="array",
        categoryarray=rounds,
        tickvals=rounds,
        ticktext=held["round"].to_list(),
        range=[-0.5, len(rounds) - 0.5],
        showgrid=False,
    )
    for (side,), places in held.with_row_index("place").group_by(["side"], maintain_order=True):
        figure.add_annotation(
            x=values.mean(places["place"]),
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=22,
            showarrow=False,
            text=str(side),
            font={"size": style.SIZES["small"]},
        )
    figure.update_yaxes(categoryorder="array", categoryarray=vendors[::-1])
    figure.update_layout(margin={"t": 56, "b": 8})
    subtitle = (
        "Results by the vendor of the chip, whoever submitted them; closed and open division. "
        f"{words.plural(int(frame['results'].sum()), 'result')}, "
        f"{words.days(values.oldest(frame['published_on']), values.newest(frame['published_on']))}."
    )
    return Chart(figure, title, subtitle, mlcommons.footnote(frame, derived=True, counted=True))
