"""Cost as charts: price against speed with the frontier and the article's corner."""

from collections.abc import Sequence
from math import log10

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words


def price_against_speed(
    frame: pl.DataFrame,
    title: str,
    blend: str,
    claimed: tuple[float, float] | None,
    fit: Sequence[tuple[float, float]] = (),
) -> Chart:
    """Blended price and output speed of every host of one model, with the Pareto frontier.

    Grain of `frame`: one host's endpoint, with host_label, blended_usd_per_mtok,
    output_tokens_per_second, family, is_specialised, is_frontier, is_baseline, is_own, measured_on.
    `claimed` is the price and the speed at the corner of what the article promises: at most this
    price and at least this speed. `fit` are two points, speed and price, of the fitted line.
    """
    frame = style.plain(frame)
    figure = style.figure(480)
    frontier = frame.filter("is_frontier").sort("output_tokens_per_second")
    figure.add_scatter(
        x=frontier["output_tokens_per_second"].to_list(),
        y=frontier["blended_usd_per_mtok"].to_list(),
        mode="lines",
        line={"color": style.CONTEXT, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    if fit:
        figure.add_scatter(
            x=[speed for speed, _ in fit],
            y=[price for _, price in fit],
            mode="lines",
            line={"color": style.GRID, "width": 6},
            hovertext="What speed costs: the line fitted to these hosts",
            hoverinfo="text",
        )
    for is_specialised, rows in frame.group_by("is_specialised", maintain_order=True):
        _hosts(figure, rows, lit=is_specialised[0], blend=blend)
    speeds, prices = frame["output_tokens_per_second"], frame["blended_usd_per_mtok"]
    style.outline(figure, speeds.to_list(), prices.to_list(), frame["is_own"].to_list())
    (low_speed, high_speed), (low_price, high_price) = values.extent(speeds), values.extent(prices)
    if claimed:
        low_price, high_speed = min(low_price, claimed[0] / 1.6), max(high_speed, claimed[1] * 1.6)
    x_axis = style.log_axis(low_speed, high_speed, "Output speed, tokens/s (log scale)")
    y_axis = style.log_axis(low_price, high_price, f"Price, USD per 1M tokens, {blend} blend (log scale)", "$")
    figure.update_xaxes(x_axis)
    figure.update_yaxes(y_axis)
    named_first = frame["is_specialised"] | frame["is_baseline"] | frame["is_frontier"]
    labels.add(figure, speeds.to_list(), prices.to_list(), frame["host_label"].to_list(), named_first.to_list())
    if claimed:
        _claimed_corner(figure, claimed, x_axis["range"][1], y_axis["range"][0])
    measured = frame["measured_on"].drop_nulls()
    subtitle = (
        f"List price and output speed of {words.plural(frame.height, 'host endpoint')}, "
        f"{words.day(values.newest(measured))}. Right is faster, low is cheaper; dotted: "
        "nobody is both faster and cheaper."
    )
    return Chart(figure, title, subtitle)


def _hosts(figure: go.Figure, rows: pl.DataFrame, lit: bool, blend: str) -> None:
    looks = [style.look(family) for family in rows["family"]]
    colours = [look.colour if lit else style.CONTEXT for look in looks]
    figure.add_scatter(
        x=rows["output_tokens_per_second"].to_list(),
        y=rows["blended_usd_per_mtok"].to_list(),
        mode="markers",
        marker={
            "symbol": [look.symbol if lit else "circle-open" for look in looks],
            "size": 14 if lit else 9,
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        customdata=style.picks(rows),
        hovertext=[
            f"{row['host_label']}: {words.quantity(row['output_tokens_per_second'], 'tokens/s')} at "
            f"{words.dollars(row['blended_usd_per_mtok'])} per 1M tokens ({blend}). {words.day(row['measured_on'])}"
            for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _claimed_corner(figure: go.Figure, claimed: tuple[float, float], right: float, bottom: float) -> None:
    price, speed = claimed
    figure.add_shape(
        type="rect",
        x0=speed,
        x1=10**right,
        y0=10**bottom,
        y1=price,
        line={"color": style.ACCENT, "width": 1.5, "dash": "dash"},
        fillcolor=style.faint(style.ACCENT, 0.10),
        layer="below",
    )
    figure.add_annotation(
        x=right,
        y=log10(price),
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        text="The article's corner:<br>10x the speed, a tenth of the price",
        align="right",
        font={"size": style.SIZES["small"], "color": style.ACCENT},
    )
