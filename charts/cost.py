"""Cost as charts: price against speed with the frontier and the article's corner."""

from collections.abc import Sequence
from math import log10

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words
from metrics.dollar import PER_MTOK, Reading


def price_against_speed(
    frame: pl.DataFrame,
    title: str,
    blend: str,
    claimed: tuple[float, float] | None,
    fit: Sequence[tuple[float, float]] = (),
    reading: Reading = PER_MTOK,
) -> Chart:
    """Blended price and output speed of every host of one model, with the Pareto frontier.

    Grain of `frame`: one host's endpoint, with host_label, blended_usd_per_mtok,
    output_tokens_per_second, family, is_specialised, is_frontier, is_baseline, is_own, measured_on.
    `claimed` is the price and the speed at the corner of what the article promises: at most this
    price and at least this speed. `fit` are two points, speed and price, of the fitted line. `reading`: prices as they
    are, or the tokens that they buy for a dollar.
    """
    frame = style.plain(reading.added(frame))
    value = reading.column("blended_usd_per_mtok")
    figure = style.figure(480)
    frontier = frame.filter("is_frontier").sort("output_tokens_per_second")
    figure.add_scatter(
        x=frontier["output_tokens_per_second"].to_list(),
        y=frontier[value].to_list(),
        mode="lines",
        line={"color": style.CONTEXT, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    if fit:
        figure.add_scatter(
            x=[speed for speed, _ in fit],
            y=[reading.amount(price) for _, price in fit],
            mode="lines",
            line={"color": style.GRID, "width": 6},
            hovertext="What speed costs: the line fitted to these hosts",
            hoverinfo="text",
        )
    for is_specialised, rows in frame.group_by("is_specialised", maintain_order=True):
        _hosts(figure, rows, is_specialised[0], blend, reading)
    speeds, prices = frame["output_tokens_per_second"], frame[value]
    style.outline(figure, speeds.to_list(), prices.to_list(), frame["is_own"].to_list())
    (low_speed, high_speed), (low_price, high_price) = values.extent(speeds), values.extent(prices)
    if claimed:
        promised = reading.amount(claimed[0])
        low_price, high_price = min(low_price, promised / 1.6), max(high_price, promised * 1.6)
        high_speed = max(high_speed, claimed[1] * 1.6)
    x_axis = style.log_axis(low_speed, high_speed, "Output speed, tokens/s (log scale)")
    y_axis = style.log_axis(low_price, high_price, f"{reading.axis()}, {blend} blend<br>(log scale)", reading.prefix)
    figure.update_xaxes(x_axis)
    figure.update_yaxes(y_axis)
    named_first = frame["is_specialised"] | frame["is_baseline"] | frame["is_frontier"]
    labels.add(figure, speeds.to_list(), prices.to_list(), frame["host_label"].to_list(), named_first.to_list())
    if claimed:
        end = y_axis["range"][1 if reading.is_turned else 0]
        _claimed_corner(figure, (promised, claimed[1]), (x_axis["range"][1], end), reading)
    good = "high is more for a dollar of list price" if reading.is_turned else "low is cheaper"
    days = words.days(values.oldest(frame["measured_on"]), values.newest(frame["measured_on"]))
    subtitle = (
        f"List price and output speed of {words.plural(frame.height, 'host endpoint')}, {days}. Right is faster, {good}"
        "; dotted: nobody is both faster and cheaper."
    )
    return Chart(figure, title, subtitle)


def _hosts(figure: go.Figure, rows: pl.DataFrame, lit: bool, blend: str, reading: Reading) -> None:
    looks = [style.look(family) for family in rows["family"]]
    colours = [look.colour if lit else style.CONTEXT for look in looks]
    figure.add_scatter(
        x=rows["output_tokens_per_second"].to_list(),
        y=rows[reading.column("blended_usd_per_mtok")].to_list(),
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
            f"{reading.told(row['blended_usd_per_mtok'])} ({blend}). {words.day(row['measured_on'])}"
            for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _claimed_corner(
    figure: go.Figure, claimed: tuple[float, float], ends: tuple[float, float], reading: Reading
) -> None:
    """From the promise, as the axes have it, to the ends of the axes on its side, in powers of ten."""
    (price, speed), (right, far) = claimed, ends
    figure.add_shape(
        type="rect",
        x0=speed,
        x1=10**right,
        y0=10**far,
        y1=price,
        line={"color": style.ACCENT, "width": 1.5, "dash": "dash"},
        fillcolor=style.faint(style.ACCENT, 0.10),
        layer="below",
    )
    figure.add_annotation(
        x=right,
        y=log10(price),
        xanchor="right",
        yanchor="top" if reading.is_turned else "bottom",
        showarrow=False,
        text="The article's corner:<br>10x the speed, "
        f"{'10x the tokens for a dollar' if reading.is_turned else 'a tenth of the price'}",
        align="right",
        font={"size": style.SIZES["small"], "color": style.ACCENT},
    )
