"""Shared GPUs as curves: what an accelerator writes, or what its tokens cost, against what each user sees."""

from collections.abc import Callable

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words
from metrics.dollar import PER_MTOK, RENT, Reading

FAINT = 0.25
EACH_USER = "interactivity_tokens_per_second_per_user"
EACH_USER_AXIS = "One user sees,<br>tokens/s per user (log scale)"


def throughput(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Output of one accelerator for all users against what each user sees; higher and farther right is better.

    Grain of `frame`: point, as `serving.curves` gives it. The frontier of each chip is its line, its other points are
    faint.
    """
    return _curves(
        frame,
        "tokens_per_second_per_accelerator",
        "Output of one accelerator,<br>tokens/s (log scale)",
        lambda row: f"{words.quantity(row['tokens_per_second_per_accelerator'], 'tokens/s')} for each accelerator",
        title,
        subtitle,
    )


def cost(frame: pl.DataFrame, title: str, subtitle: str, reading: Reading = PER_MTOK) -> Chart:
    """What a million output tokens costs on rented accelerators, or how many a dollar of rent buys, against what each
    user sees.

    Grain of `frame`: point, as `serving.with_costs` gives it.
    """
    return _curves(
        reading.added(frame),
        reading.column("usd_per_mtok_from_rent"),
        f"{reading.axis(RENT, 'output')}<br>(log scale)",
        lambda row: (
            f"{reading.told(row['usd_per_mtok_from_rent'], RENT, 'output')} at "
            f"{words.dollars(row['usd_per_accelerator_hour'])} an hour"
        ),
        title,
        subtitle,
        prefix=reading.prefix,
    )


def _curves(
    frame: pl.DataFrame,
    value: str,
    axis: str,
    told: Callable[[style.Row], str],
    title: str,
    subtitle: str,
    prefix: str = "",
) -> Chart:
    figure = style.figure(460)
    rows = style.plain(frame).sort("label", EACH_USER)
    figure.update_xaxes(style.log_axis(*values.extent(rows[EACH_USER]), EACH_USER_AXIS))
    figure.update_yaxes(style.log_axis(*values.extent(rows[value]), axis, prefix))
    starts = []
    for place, ((label,), of_chip) in enumerate(rows.group_by("label", maintain_order=True)):
        look = style.look(of_chip["family"][0])
        _faint(figure, of_chip.filter(~pl.col("is_frontier")), value, look, told)
        on_it = of_chip.filter("is_frontier")
        figure.add_scatter(
            x=on_it[EACH_USER].to_list(),
            y=on_it[value].to_list(),
            name=label,
            mode="lines+markers",
            line={"color": look.colour, "width": 2, "dash": style.DASHES[place % len(style.DASHES)]},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour},
            hovertext=_hovers(on_it, told),
            hoverinfo="text",
        )
        # Where many share a chip the curves lie apart; where few do they meet.
        crowded = on_it.row(0, named=True)
        starts.append((crowded[EACH_USER], crowded[value], label))
    style.outline(figure, rows[EACH_USER].to_list(), rows[value].to_list(), rows["is_own"].to_list())
    xs, ys, names = (list(part) for part in zip(*starts, strict=True))
    labels.add(figure, xs, ys, names, [True] * len(names))
    return Chart(figure, title, subtitle)


def _faint(
    figure: go.Figure, rows: pl.DataFrame, value: str, look: style.Look, told: Callable[[style.Row], str]
) -> None:
    figure.add_scatter(
        x=rows[EACH_USER].to_list(),
        y=rows[value].to_list(),
        mode="markers",
        marker={"symbol": look.symbol, "size": 5, "color": style.faint(look.colour, FAINT)},
        hovertext=_hovers(rows, told),
        hoverinfo="text",
    )


def _hovers(rows: pl.DataFrame, told: Callable[[style.Row], str]) -> list[str]:
    return [
        f"{row['label']}: {words.quantity(row[EACH_USER], 'tokens/s')} for each user, {told(row)}. "
        f"{_conditions(row)}{words.day(row['measured_on'])}"
        for row in rows.iter_rows(named=True)
    ]


def _conditions(row: style.Row) -> str:
    parts = [
        words.plural(row["accelerator_count"], "accelerator") if row["accelerator_count"] else "",
        f"{words.plural(row['concurrency'], 'request')} at once" if row["concurrency"] else "",
        row["framework"] or "",
        row["configuration"] or "",
    ]
    return "".join(f"{part}, " for part in parts if part)
