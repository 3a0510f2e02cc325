"""Physics as charts: measured speed below its memory ceiling, the ratio in two halves, chips to hold a model."""

from math import ceil, floor, log10, sqrt

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from charts import style
from charts.style import Chart
from metrics import values, words
from metrics.metric import CEILING_TOKENS_PER_SECOND, CHIPS_TO_HOLD, UTILISATION_RATIO

ON_CHIP = "SRAM"
ON_CHIP_PATTERN = "/"  # hatched, so that the kind is seen without reading
PANELS = ((True, "On-chip memory (SRAM)"), (False, "Off-chip memory (HBM and the like)"))
PANEL_PIXELS = 64
HOST_PIXELS = 32  # a row that has the cross of the compute ceiling below its line, clear of the labels on it
CROSS_BELOW = 11
DECADES = {
    1: "1",
    10: "10",
    100: "100",
    10**3: "1k",
    10**4: "10k",
    10**5: "100k",
    10**6: "1M",
    10**7: "10M",
    10**8: "100M",
    10**9: "1bn",
}
MIXTURES = "A mixture of experts reads its active experts only."


def ceilings(frame: pl.DataFrame, title: str, others: int) -> Chart:
    """Measured speeds as bars and the memory ceiling of each system as a mark, on-chip and off-chip apart.

    Grain of `frame`: one host of one model and run, with host_label, output_tokens_per_second,
    ceiling_tokens_per_second, share_of_ceiling_percent, system, memory_kind, is_reference,
    is_baseline, is_own, family, measured_on. `others` counts the hosts that are not drawn.
    """
    frame = style.plain(frame)
    panels = [(name, _of_kind(frame, on_chip)) for on_chip, name in PANELS]
    panels = [(name, rows.sort("output_tokens_per_second")) for name, rows in panels if rows.height]
    heights = [rows.height * HOST_PIXELS + PANEL_PIXELS for _, rows in panels]
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        subplot_titles=[name for name, _ in panels],
        row_heights=heights,
        vertical_spacing=PANEL_PIXELS / (sum(heights) + PANEL_PIXELS) if len(panels) > 1 else 0,
    )
    figure.update_layout(template=style.TEMPLATE, height=sum(heights) + 96, margin={"t": 28})
    low, high = _reach(frame)
    for place, (_, rows) in enumerate(panels, start=1):
        _measured(figure, rows, low, place)
        _compute(figure, rows, place)
        _marks(figure, rows, low, high, place)
        figure.update_yaxes(
            row=place,
            col=1,
            showgrid=False,
            categoryorder="array",
            categoryarray=rows["host_label"].to_list(),
            tickvals=rows["host_label"].to_list(),
            ticktext=[f"{style.short(row['host_label'])}{_told_apart(row)}" for row in rows.iter_rows(named=True)],
        )
        figure.update_xaxes(_decades(low, high), row=place, col=1)
    figure.update_xaxes(title={"text": "Output speed of one request,<br>tokens/s (log scale)"}, row=len(panels), col=1)
    figure.update_annotations(x=0, xanchor="left", font={"size": style.SIZES["text"]})
    measured = frame["measured_on"].drop_nulls()
    unshown = f" {words.plural(others, 'slower host')} on undisclosed silicon in the rows only." if others else ""
    subtitle = (
        "Bar: measured output speed. Upright mark: the memory ceiling of the system, and the share of it reached. "
        "Small cross below it: the compute ceiling, where dense arithmetic is published. "
        f"{words.plural(frame.height, 'measurement')}, {words.day(values.newest(measured))}.{unshown}"
    )
    return Chart(figure, title, subtitle, f"{CEILING_TOKENS_PER_SECOND.caveat} {MIXTURES}")


def _of_kind(frame: pl.DataFrame, on_chip: bool) -> pl.DataFrame:
    return frame.filter((pl.col("memory_kind").fill_null("") == ON_CHIP) == pl.lit(on_chip))


def _reach(frame: pl.DataFrame) -> tuple[float, float]:
    """Whole decades around every speed and every ceiling."""
    ceilings = ("ceiling_tokens_per_second", "compute_ceiling_tokens_per_second")
    values = [*frame["output_tokens_per_second"], *(value for name in ceilings for value in frame[name].drop_nulls())]
    return 10 ** floor(log10(min(values))), 10 ** ceil(log10(max(values)))


def _decades(low: float, high: float) -> style.Settings:
    steps = [step for step in DECADES if low <= step <= high]
    return {
        "type": "log",
        "range": [log10(low), log10(high) + 0.35],
        "tickvals": steps,
        "ticktext": [DECADES[step] for step in steps],
    }


def _measured(figure: go.Figure, rows: pl.DataFrame, low: float, place: int) -> None:
    looks = [style.look(family) for family in rows["family"]]
    named = [not reference for reference in rows["is_reference"]]
    colours = [look.colour if lit else style.CONTEXT for look, lit in zip(looks, named, strict=True)]
    labels, speeds = rows["host_label"].to_list(), rows["output_tokens_per_second"].to_list()
    hovers = [_told(row) for row in rows.iter_rows(named=True)]
    figure.add_bar(
        x=[speed - low for speed in speeds],
        base=low,
        y=labels,
        orientation="h",
        width=0.34,
        marker={"color": colours, "opacity": [1 if lit else 0.55 for lit in named]},
        hovertext=hovers,
        hoverinfo="text",
        row=place,
        col=1,
    )
    figure.add_scatter(
        x=speeds,
        y=labels,
        mode="markers+text",
        text=[f"  {_speed(row)}" for row in rows.iter_rows(named=True)],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        marker={
            "symbol": [look.symbol if lit else "circle-open" for look, lit in zip(looks, named, strict=True)],
            "size": [12 if lit else 8 for lit in named],
            "opacity": 1,
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        hovertext=hovers,
        hoverinfo="text",
        cliponaxis=False,
        row=place,
        col=1,
    )
    style.outline(figure, speeds, labels, rows["is_own"].to_list(), row=place, col=1)


def _told_apart(row: style.Row) -> str:
    return "<br>(baseline)" if row["is_baseline"] else ""


def _speed(row: style.Row) -> str:
    without = "" if row["ceiling_tokens_per_second"] else "   bandwidth not published"
    return f"{words.number(row['output_tokens_per_second'])}{without}"


def _told(row: style.Row) -> str:
    assumed = "silicon undisclosed, assumed" if row["is_reference"] else "chips assumed in number"
    ceiling = row["ceiling_tokens_per_second"]
    bound = (
        f"{words.quantity(row['share_of_ceiling_percent'], '%')} of {words.quantity(_rounded(ceiling), 'tokens/s')}"
        if ceiling
        else "its memory bandwidth is not published"
    )
    return (
        f"{row['host_label']}: {words.quantity(row['output_tokens_per_second'], 'tokens/s')}, {bound}. "
        f"{row['system']} ({assumed}), {row['memory_kind'] or 'memory not published'}, {row['precision_assumed']}"
    )


def _rounded(value: float) -> float:
    return round(value, 2 - floor(log10(value)))


def _short(value: float) -> str:
    """14.8k, 16.2M: as the axis counts."""
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{words.number(value / size)}{letter}"
    return words.number(value)


def _compute(figure: go.Figure, rows: pl.DataFrame, place: int) -> None:
    """Where arithmetic would bound each system, as a small cross."""
    known = rows.filter(pl.col("compute_ceiling_tokens_per_second").is_not_null())
    figure.add_scatter(
        x=known["compute_ceiling_tokens_per_second"].to_list(),
        y=known["host_label"].to_list(),
        mode="markers",
        name="compute ceiling",
        marker={
            "symbol": "x-thin",
            "size": 7,
            "angle": 0,
            "standoff": CROSS_BELOW,
            "line": {"width": 1.5, "color": style.CONTEXT},
        },
        hovertext=[
            f"{row['host_label']}: arithmetic alone would allow "
            f"{words.quantity(_rounded(row['compute_ceiling_tokens_per_second']), 'tokens/s')}, of which "
            f"{words.quantity(row['share_of_compute_percent'], '%')} is reached. {row['system']}"
            for row in known.iter_rows(named=True)
        ],
        hoverinfo="text",
        row=place,
        col=1,
    )


def _marks(figure: go.Figure, rows: pl.DataFrame, low: float, high: float, place: int) -> None:
    known = rows.filter(pl.col("ceiling_tokens_per_second").is_not_null())
    ceiling = known["ceiling_tokens_per_second"].to_list()
    middle = sqrt(low * high)
    figure.add_scatter(
        x=ceiling,
        y=known["host_label"].to_list(),
        mode="markers+text",
        text=[
            f"  {words.quantity(row['share_of_ceiling_percent'], '%')} of {_short(row['ceiling_tokens_per_second'])}  "
            for row in known.iter_rows(named=True)
        ],
        textposition=["middle left" if value > middle else "middle right" for value in ceiling],
        textfont={"size": style.SIZES["small"]},
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": style.ACCENT}},
        hovertext=[
            f"Ceiling of {row['system']}: {words.quantity(_rounded(row['ceiling_tokens_per_second']), 'tokens/s')}"
            for row in known.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
        row=place,
        col=1,
    )


def halves(frame: pl.DataFrame, title: str) -> Chart:
    """The speed ratio of each specialised host as two bars that add up on a log axis: ceiling, then use of it.

    Grain of `frame`: one specialised host beside the baseline, with host_label,
    baseline_host_label, speed_ratio, ceiling_ratio, utilisation_ratio, family, system,
    baseline_system, baseline_is_reference.
    """
    rows = style.plain(frame).sort("speed_ratio")
    labels = [f"{row['host_label']}<br>{words.times(row['speed_ratio'])}" for row in rows.iter_rows(named=True)]
    figure = style.figure(104 + 64 * max(rows.height, 1))
    ceiling, ratio = rows["ceiling_ratio"].to_list(), rows["speed_ratio"].to_list()
    colours = [style.look(family).colour for family in rows["family"]]
    figure.add_bar(
        x=[value - 1 for value in ceiling],
        base=1,
        y=labels,
        orientation="h",
        width=0.3,
        offset=0.02,
        name="Ceiling ratio",
        marker={"color": colours},
        text=[f"ceiling {words.times(value)}" for value in ceiling],
        hovertext=[
            f"{row['system']} against {row['baseline_system']}: {words.times(row['ceiling_ratio'])} the ceiling"
            for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        textposition="auto",
    )
    figure.add_bar(
        x=[end - start for start, end in zip(ceiling, ratio, strict=True)],
        base=ceiling,
        y=labels,
        orientation="h",
        width=0.3,
        offset=-0.32,
        name="Utilisation ratio",
        marker={"color": style.CONTEXT, "opacity": 0.7},
        text=[f"use of it {words.times(value)}" for value in rows["utilisation_ratio"]],
        hovertext=[
            f"{row['host_label']} reaches {words.quantity(row['share_of_ceiling_percent'], '%')} of its ceiling, "
            f"{row['baseline_host_label']} {words.quantity(row['baseline_share_of_ceiling_percent'], '%')}"
            for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        textposition="auto",
    )
    figure.add_scatter(
        x=ratio,
        y=labels,
        mode="markers",
        name="Speed ratio",
        marker={
            "symbol": [style.look(family).symbol for family in rows["family"]],
            "size": 15,
            "opacity": 1,
            "color": colours,
            "line": {"width": 2, "color": "white"},
        },
        hoverinfo="text",
        hovertext=[f"Measured: {words.times(value)}" for value in ratio],
        cliponaxis=False,
    )
    values = [*ceiling, *ratio, 1]
    figure.update_xaxes(_multiples(min(values), max(values)))
    figure.update_yaxes(showgrid=False, categoryorder="array", categoryarray=labels)
    figure.update_layout(shapes=[style.strong_line(1)], barmode="overlay")
    base = rows.row(-1, named=True)
    assumed = ", an assumption: its silicon is undisclosed" if base["baseline_is_reference"] else ""
    subtitle = (
        f"Speed ratio = ceiling ratio × utilisation ratio; on a log axis the two parts add up. Baseline: "
        f"{base['baseline_host_label']} on {base['baseline_system']}{assumed}."
    )
    return Chart(figure, title, subtitle, UTILISATION_RATIO.caveat)


def _multiples(low: float, high: float) -> style.Settings:
    """A log axis of whole powers of ten that reaches a little beyond both ends."""
    steps = [10.0**power for power in range(floor(log10(low)), ceil(log10(high)) + 1)]
    return {
        "type": "log",
        "range": [log10(low) - 0.15, log10(high) + 0.25],
        "tickvals": steps,
        "ticktext": [f"{step:,.10g}x" for step in steps],
        "title": {"text": "Multiple of the baseline (log scale)"},
    }


def time_per_layer(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Hosts of one model by the time that they have for one layer, logarithmic; left is sooner.

    Grain of `frame`: one host of one run, with host_label, time_per_layer_us, output_tokens_per_second, layers, family,
    is_specialised, is_baseline, is_own, measured_on.
    """
    rows = style.plain(frame).sort("time_per_layer_us", descending=True)
    looks, lit = [style.look(family) for family in rows["family"]], rows["is_specialised"].to_list()
    colours = [look.colour if on else style.CONTEXT for look, on in zip(looks, lit, strict=True)]
    times, names = rows["time_per_layer_us"].to_list(), rows["host_label"].to_list()
    figure = style.figure(style.rows_height(rows.height))
    figure.add_scatter(
        x=times,
        y=names,
        mode="markers+text",
        text=[f"  {words.quantity(time, 'µs')}" for time in times],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        marker={
            "symbol": [look.symbol if on else "circle-open" for look, on in zip(looks, lit, strict=True)],
            "size": [12 if on else 9 for on in lit],
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        hovertext=[
            f"{row['host_label']}: {words.quantity(row['time_per_layer_us'], 'µs')} for each of {row['layers']} "
            f"layers, at {words.quantity(row['output_tokens_per_second'], 'tokens/s')}. {words.day(row['measured_on'])}"
            for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    style.outline(figure, times, names, rows["is_own"].to_list())
    low, high = values.extent(rows["time_per_layer_us"])
    axis = style.log_axis(low / 1.2, high * 1.2, "Time for one layer, µs<br>(log scale; left is sooner)")
    axis["range"][1] += 0.25
    figure.update_xaxes(axis)
    figure.update_yaxes(**style.named(names))
    return Chart(figure, title, subtitle)


def chips_to_hold(frame: pl.DataFrame, title: str) -> Chart:
    """Chips that hold one model's weights, most on top, with the kind of memory that holds them.

    Grain of `frame`: one chip, with accelerator, chips_to_hold, memory_kind, memory_gb, family,
    weights_gb, precision_assumed, available_on, is_served_from.
    """
    rows = style.plain(frame).sort("chips_to_hold", "memory_gb", "accelerator", descending=[False, True, True])
    labels = [
        f"{row['accelerator']}{'' if row['available_on'] else ' (announced)'} · {row['memory_kind']}"
        for row in rows.iter_rows(named=True)
    ]
    counts, low = rows["chips_to_hold"].to_list(), 0.5
    looks = [style.look(family) for family in rows["family"]]
    figure = style.figure(style.rows_height(rows.height))
    hovers = [
        f"{words.plural(row['chips_to_hold'], 'chip')} of {words.quantity(row['memory_gb'], 'GB')} "
        f"({row['memory_kind']}) hold {words.quantity(row['weights_gb'], 'GB')}"
        for row in rows.iter_rows(named=True)
    ]
    figure.add_bar(
        x=[count - low for count in counts],
        base=low,
        y=labels,
        orientation="h",
        width=0.5,
        marker={
            "color": [look.colour for look in looks],
            "pattern": {"shape": [ON_CHIP_PATTERN if kind == ON_CHIP else "" for kind in rows["memory_kind"]]},
        },
        hovertext=hovers,
        hoverinfo="text",
    )
    figure.add_scatter(
        x=counts,
        y=labels,
        mode="text",
        text=[f"  {words.number(count)}" for count in counts],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
    axis = _decades(1, max(10, 10 ** ceil(log10(max(counts))))) | {"title": {"text": "Chips (log scale)"}}
    axis["range"] = [log10(low), axis["range"][1]]
    figure.update_xaxes(axis)
    figure.update_yaxes(showgrid=False, categoryorder="array", categoryarray=labels)
    subtitle = (
        f"Weights divided by the memory of one chip, rounded up. {words.plural(rows.height, 'chip')}; hatched: on-chip "
        "memory (SRAM), plain: memory beside the chip."
    )
    return Chart(figure, title, subtitle, CHIPS_TO_HOLD.caveat)
