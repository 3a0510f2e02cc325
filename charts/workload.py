"""A reader's traffic as charts: monthly cost against response time, and what volume does to the bill."""

from math import log10

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words

PLOT_HEIGHT, NAME_HEIGHT = 260, 32
ROOM_FOR_NAMES = 0.85  # powers of ten right of the last volume
ROOM_ABOVE = 0.2
ROLE_DASHES = {"today": "solid", "cheapest in time": "dash", "cheapest": "dash", "fastest": "dot"}


def cost_against_time(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Every offer by its monthly cost and the time of one answer, both logarithmic; left and low is better.

    Grain of `frame`: one offer, as `metrics.workload.with_roles` gives it. Each mark carries its offer's name as
    custom data; those over the limit are grey.
    """
    drawn = frame.filter(
        pl.col("monthly_usd").is_not_null() & (pl.col("monthly_usd") > 0) & (pl.col("shown_seconds") > 0)
    )
    rows = style.plain(drawn)
    figure = style.figure(400)
    limit = rows["limit_seconds"][0] if rows.height else None
    seconds = [*rows["shown_seconds"], *([limit] if limit else [])] or [1]
    costs = rows["monthly_usd"].to_list() or [1]
    x_axis = style.log_axis(min(costs) / 1.1, max(costs) * 1.25, "Monthly cost, USD (log scale); left is cheaper", "$")
    y_axis = style.log_axis(min(seconds) / 1.1, max(seconds) * 1.1, "One answer, s (log scale); low is sooner")
    figure.update_xaxes(x_axis)
    figure.update_yaxes(y_axis)
    if limit:
        _limit(figure, limit, y_axis["range"])
    if rows.height:
        _today_ring(figure, rows.filter("is_today"))
        _offers(figure, rows, drawn["offer"].to_list())
        style.outline(
            figure, rows["monthly_usd"].to_list(), rows["shown_seconds"].to_list(), rows["is_upload"].to_list()
        )
        _names(figure, rows.sort("is_today", pl.col("role").is_not_null(), descending=True, maintain_order=True))
    figure.update_layout(clickmode="event+select", dragmode=False)
    return Chart(figure, title, subtitle)


def _limit(figure: go.Figure, limit: float, seen: list[float]) -> None:
    """The limit as the strong line, what lies above it shaded."""
    figure.add_shape(
        type="rect",
        xref="paper",
        x0=0,
        x1=1,
        y0=limit,
        y1=10 ** seen[1],
        line={"width": 0},
        fillcolor="rgba(138, 143, 152, 0.12)",
        layer="below",
    )
    figure.add_shape(style.strong_line(limit, axis="y"))
    figure.add_annotation(
        xref="paper",
        x=1,
        xanchor="right",
        y=log10(limit),
        yanchor="bottom",
        showarrow=False,
        text=f"limit {words.quantity(limit, 's')}",
        font={"size": style.SIZES["small"]},
    )


def _today_ring(figure: go.Figure, today: pl.DataFrame) -> None:
    figure.add_scatter(
        x=today["monthly_usd"].to_list(),
        y=today["shown_seconds"].to_list(),
        name="today",
        mode="markers",
        marker={"symbol": "circle-open", "size": 21, "color": style.ACCENT, "line": {"width": 2.5}},
        hoverinfo="skip",
    )


def _offers(figure: go.Figure, rows: pl.DataFrame, carried: list[str]) -> None:
    """One trace, so that a click on any mark tells which offer it is: the name that it carries."""
    over = [row["meets_limit"] is False for row in rows.iter_rows(named=True)]
    looks = [style.look(family) for family in rows["family"]]
    colours = [style.CONTEXT if late else look.colour for look, late in zip(looks, over, strict=True)]
    figure.add_scatter(
        x=rows["monthly_usd"].to_list(),
        y=rows["shown_seconds"].to_list(),
        name="offers",
        customdata=carried,
        mode="markers",
        marker={
            "symbol": [
                _symbol(look.symbol, row["same_run"])
                for look, row in zip(looks, rows.iter_rows(named=True), strict=True)
            ],
            "size": [9 if late else 14 for late in over],
            "opacity": [0.55 if late else 1 for late in over],
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        unselected={"marker": {"opacity": 0.25}},
        hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
        cliponaxis=False,
    )


def _names(figure: go.Figure, rows: pl.DataFrame) -> None:
    """The names beside the marks; today's chooses its place first, then who is looked for."""
    sought = [bool(row["role"] or row["is_specialised"] or row["is_upload"]) for row in rows.iter_rows(named=True)]
    names = [f"{row['offer']} (today)" if row["is_today"] else row["offer"] for row in rows.iter_rows(named=True)]
    labels.add(figure, rows["monthly_usd"].to_list(), rows["shown_seconds"].to_list(), names, sought)


def _symbol(symbol: str, same_run: bool) -> str:
    base = symbol.removesuffix("-open")
    return symbol if same_run else f"{base}-open-dot"


def _hover(row: style.Row) -> str:
    wait = "writes an answer in" if row["is_lower_bound"] else "answers in"
    apart = "" if row["same_run"] else "<br>Measured in another run"
    return (
        f"{row['offer']}: {words.money(row['monthly_usd'])} a month, {wait} "
        f"{words.quantity(row['shown_seconds'], 's')}.<br>{row['reason'][:1].upper()}{row['reason'][1:]}.<br>"
        f"{row['measured_by']}, {words.days(row['measured_from'], row['measured_on'])}{_looks(row)}{apart}"
    )


def _looks(row: style.Row) -> str:
    return f", middle of {row['looks']} looks" if row["looks"] > 1 else ""


def sensitivity(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Monthly cost of a few offers over the volume, both logarithmic, each named at the end of its line.

    Grain of `frame`: one offer at one volume, with offer, role, factor, requests_per_day, monthly_usd, family.
    """
    rows = (
        style.plain(frame)
        .filter((pl.col("requests_per_day") > 0) & (pl.col("monthly_usd") > 0))
        .sort("offer", "factor")
    )
    figure = style.figure(340)
    ends = []
    for (offer,), line in rows.group_by(["offer"], maintain_order=True):
        row = line.row(-1, named=True)
        colour = style.look(row["family"]).colour
        figure.add_scatter(
            x=line["requests_per_day"].to_list(),
            y=line["monthly_usd"].to_list(),
            name=offer,
            mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": ROLE_DASHES.get(row["role"], "solid")},
            marker={"symbol": style.look(row["family"]).symbol, "size": 8, "color": colour},
            hovertext=[
                f"{offer}: {words.money(step['monthly_usd'])} a month at "
                f"{words.number(step['requests_per_day'])} requests a day"
                for step in line.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
        ends.append((row["monthly_usd"], row["requests_per_day"], offer, row["role"]))
    if ends:
        requests, costs = rows["requests_per_day"], rows["monthly_usd"]
        x_axis = style.log_axis(*values.extent(requests), "Requests a day (log scale)")
        y_axis = style.log_axis(*values.extent(costs), "Monthly cost, USD (log scale)", "$")
        x_axis["range"][1] += ROOM_FOR_NAMES
        y_axis["range"][1] += ROOM_ABOVE
        figure.update_xaxes(x_axis)
        figure.update_yaxes(y_axis)
        _name_ends(figure, ends, y_axis["range"])
        yours = rows.filter(pl.col("factor") == 1)["requests_per_day"][0]
        figure.add_shape(style.strong_line(yours))
        figure.add_annotation(
            x=log10(yours),
            xanchor="left",
            yref="paper",
            y=0,
            yanchor="bottom",
            showarrow=False,
            text=" your volume",
            font={"size": style.SIZES["small"]},
        )
    return Chart(figure, title, subtitle)


def _name_ends(figure: go.Figure, ends: list[tuple[float, float, str, str | None]], y_range: list[float]) -> None:
    """Names right of the ends of their lines, pushed apart around their middle where the lines end close together."""
    heights = [(log10(cost) - y_range[0]) / (y_range[1] - y_range[0]) * PLOT_HEIGHT for cost, *_ in sorted(ends)]
    stands: list[float] = []
    for height in heights:
        stands.append(max(height, stands[-1] + NAME_HEIGHT) if stands else height)
    pushed = sum(stands) / len(stands) - sum(heights) / len(heights)
    for (cost, requests, offer, role), height, stood in zip(sorted(ends), heights, stands, strict=True):
        figure.add_annotation(
            x=log10(requests),
            y=log10(cost),
            xanchor="left",
            yanchor="middle",
            align="left",
            showarrow=False,
            text=f"<b>{offer}</b><br>{role}" if role else f"<b>{offer}</b>",
            xshift=8,
            yshift=stood - pushed - height,
            font={"size": style.SIZES["small"]},
        )
