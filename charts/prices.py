"""Prices as charts: components, history, and cost from rent beside list prices."""

from collections.abc import Mapping
from datetime import date

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from etl.schema import GPU_CLOUD, HYPERSCALER, MARKETPLACE
from metrics import rent, values, words
from metrics.dollar import LIST, PER_MTOK, Reading

COMPONENTS = (
    ("cached_input_usd_per_mtok", "cached input", "triangle-down-open"),
    ("input_usd_per_mtok", "input", "circle-open"),
    ("output_usd_per_mtok", "output", "circle"),
)


def components(frame: pl.DataFrame, title: str, subtitle: str, reading: Reading = PER_MTOK) -> Chart:
    """Input, output and cached price of each host on one line, dearest output on top.

    Grain of `frame`: one host's endpoint, with host_label, family, is_specialised, is_own and the three
    prices in USD per 1M tokens; a price that is not published has no mark.
    """
    rows = style.plain(reading.added(frame)).sort("output_usd_per_mtok", "host_label")
    names = rows["host_label"].to_list()
    colours = [
        style.look(family).colour if lit else style.CONTEXT
        for family, lit in zip(rows["family"], rows["is_specialised"], strict=True)
    ]
    figure = style.figure(style.rows_height(rows.height, above=110))
    for name, row, colour in zip(names, rows.iter_rows(named=True), colours, strict=True):
        ends = [row[reading.column(column)] for column, _, _ in COMPONENTS if row[column]]
        figure.add_scatter(
            x=[min(ends), max(ends)],
            y=[name, name],
            mode="lines",
            line={"color": colour, "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
    for column, label, symbol in COMPONENTS:
        shown = [
            (name, row, colour)
            for name, row, colour in zip(names, rows.iter_rows(named=True), colours, strict=True)
            if row[column]
        ]
        figure.add_scatter(
            x=[row[reading.column(column)] for _, row, _ in shown],
            y=[name for name, _, _ in shown],
            mode="markers",
            name=label,
            marker={
                "symbol": symbol,
                "size": 11,
                "color": [colour for _, _, colour in shown],
                "line": {"width": 2, "color": [colour for _, _, colour in shown]},
            },
            hovertext=[f"{name}: {reading.told(row[column], of=label)}" for name, row, _ in shown],
            hoverinfo="text",
        )
    output = rows[reading.column("output_usd_per_mtok")]
    style.outline(figure, output.to_list(), names, rows["is_own"].to_list())
    prices = [price for column, _, _ in COMPONENTS for price in rows[reading.column(column)].drop_nulls() if price > 0]
    axis = f"{reading.axis()}<br>(log scale)"
    figure.update_xaxes(style.log_axis(min(prices), max(prices), axis, reading.prefix))
    figure.update_yaxes(**style.named(names))
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "xanchor": "left"}
    )
    return Chart(figure, title, subtitle)


def history(frame: pl.DataFrame, title: str, subtitle: str, reading: Reading = PER_MTOK) -> Chart:
    """Blended list price over the days it was seen; specialised providers and the baseline named.

    Grain of `frame`: label and span, with valid_from, last_seen_on, blended_usd_per_mtok,
    family, is_specialised, is_baseline, is_own. Between two spans nothing was seen, so nothing is drawn.
    """
    figure, ends = style.figure(420), []
    value = reading.column("blended_usd_per_mtok")
    frame = reading.added(frame)
    for (label,), rows in style.plain(frame).sort("valid_from").group_by(["label"], maintain_order=True):
        lit, look = rows["is_specialised"][0], style.look(rows["family"][0])
        named = lit or rows["is_baseline"][0] or rows["is_own"][0]
        colour = look.colour if lit else style.STRONG if named else style.CONTEXT
        days, prices = [], []
        for row in rows.iter_rows(named=True):
            days += [row["valid_from"], row["last_seen_on"], None]
            prices += [row[value], row[value], None]
        figure.add_scatter(
            x=days,
            y=prices,
            name=label,
            mode="lines+markers",
            line={"color": colour, "width": 3 if named else 1},
            opacity=1 if named else 0.45,
            marker={"symbol": look.symbol, "size": 9 if named else 5, "color": colour},
            hovertext=[
                f"{label}: {reading.told(row['blended_usd_per_mtok'])}, seen from {words.day(row['valid_from'])} to "
                f"{words.day(row['last_seen_on'])}, first by {row['publisher']}"
                for row in rows.iter_rows(named=True)
                for _ in range(3)
            ],
            hoverinfo="text",
        )
        style.outline(
            figure,
            rows["last_seen_on"].to_list(),
            rows[value].to_list(),
            rows["is_own"].to_list(),
        )
        if named:
            last = rows.row(-1, named=True)
            ends.append((last["last_seen_on"], last[value], label))
    axis = f"{reading.axis()}<br>(log scale)"
    figure.update_yaxes(style.log_axis(*values.extent(frame[value]), axis, reading.prefix))
    seen = values.span(pl.concat([frame["valid_from"], frame["last_seen_on"]]))
    figure.update_xaxes(style.day_axis(seen, "Day the price was seen"))
    labels.line_ends(figure, ends)
    figure.update_layout(margin={"r": 96})
    return Chart(figure, title, subtitle)


SELLER_LINES: Mapping[str | None, tuple[str, str]] = {  # colour and dash of each kind of seller
    HYPERSCALER: (style.STRONG, "solid"),
    GPU_CLOUD: (style.ACCENT, "solid"),
    MARKETPLACE: (style.ACCENT, "dash"),
    None: (style.STRONG, "dash"),
}
BREAK_DAYS = 7  # a line is not drawn over more days without a sighting


def rents(clouds: pl.DataFrame, same: pl.DataFrame, averages: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """The rent of one chip over the days it was seen: each cloud in grey, the middle of the same clouds in strength.

    Grain of `clouds` and of `averages`, which are published ones and dotted: a span of days at one rent, with cloud,
    publisher, seller_kind, is_own, usd_per_accelerator_hour, first_on, last_on. Of `same`: seller kind and day.
    """
    figure, ends, published = style.figure(440), [], []
    for (cloud, _, is_own), rows in style.plain(clouds).group_by(["cloud", "publisher", "is_own"], maintain_order=True):
        line = {"color": style.CONTEXT, "width": 1}
        days, prices = _span_line(figure, rows, f"{cloud}", line, opacity=0.45)
        style.outline(figure, days, prices, [bool(is_own)] * len(days))
    for (kind, publisher), rows in style.plain(averages).group_by(["seller_kind", "publisher"], maintain_order=True):
        colour, _ = SELLER_LINES[_kind(kind)]
        name = f"{rent.SELLERS[_kind(kind)]}, average by {publisher}"
        days, prices = _span_line(figure, rows, name, {"color": colour, "width": 1.5, "dash": "dot"})
        published.append(f"{rent.SELLERS[_kind(kind)]}, a published average")
        ends.append((days[-1], prices[-1], published[-1]))
    for (kind,), rows in same.group_by(["seller_kind"], maintain_order=True):
        colour, dash = SELLER_LINES[_kind(kind)]
        days, prices = rows["day"].to_list(), rows["usd_per_accelerator_hour"].to_list()
        name = f"{rows['clouds'][0]} {rent.SELLERS[_kind(kind)]}"
        figure.add_scatter(
            x=days,
            y=prices,
            name=name,
            mode="lines",
            line={"color": colour, "width": 3, "dash": dash, "shape": "hv"},
            hovertext=[
                f"{name}, the same ones all the time: {words.dollars(price)} per GPU-hour on {words.day(day)}"
                for day, price in zip(days, prices, strict=True)
            ],
            hoverinfo="text",
        )
        ends.append((days[-1], prices[-1], name))
    drawn = pl.concat([clouds, averages])
    low, high = values.extent(drawn["usd_per_accelerator_hour"])
    seen = values.span(pl.concat([drawn["first_on"], drawn["last_on"]]))
    figure.update_yaxes(style.log_axis(low, high, "Rent, USD per GPU-hour (log scale)", "$"))
    figure.update_xaxes(style.day_axis(seen, "Day the rent was seen"))
    labels.line_ends(figure, ends, only_wide=published)
    figure.update_layout(margin={"r": 96})
    return Chart(figure, title, subtitle)


def _kind(found: object) -> str | None:
    return None if found is None else str(found)


def _span_line(
    figure: go.Figure, rows: pl.DataFrame, name: str, line: style.Settings, opacity: float = 1
) -> tuple[list[date], list[float]]:
    """Draws spans of days as one line that breaks where nothing was seen; the last days and rents of the spans."""
    days: list[date | None] = []
    prices: list[float | None] = []
    told: list[str | None] = []
    for row in rows.sort("first_on").iter_rows(named=True):
        if days and (row["first_on"] - days[-1]).days > BREAK_DAYS:
            days, prices, told = [*days, None], [*prices, None], [*told, None]
        seen = words.days(row["first_on"], row["last_on"])
        sentence = f"{name}: {words.dollars(row['usd_per_accelerator_hour'])} per GPU-hour, seen {seen}"
        days += [row["first_on"], row["last_on"]]
        prices += [row["usd_per_accelerator_hour"]] * 2
        told += [sentence] * 2
    is_brief = rows["first_on"].min() == rows["last_on"].max()
    figure.add_scatter(
        x=days,
        y=prices,
        name=name,
        mode="markers" if is_brief else "lines",
        line=line,
        marker={"size": 5, "color": line["color"]},
        opacity=opacity,
        hovertext=told,
        hoverinfo="text",
    )
    return rows.sort("first_on")["last_on"].to_list(), rows.sort("first_on")["usd_per_accelerator_hour"].to_list()


OFFER_LINES = ((style.ACCENT, "circle"), (style.STRONG, "square"), (style.CONTEXT, "triangle-up"))


def offers(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """What marketplaces ask for one chip: the median of each day's offers, with a whisker over their middle half.

    Grain of `frame`: place and day, with offers, is_own, observed_on, usd_per_accelerator_hour and its p25 and p75,
    which are null where there are few offers.
    """
    figure, ends = style.figure(380), []
    places = style.plain(frame).group_by(["place"], maintain_order=True)
    for number, ((place,), rows) in enumerate(places):
        colour, symbol = OFFER_LINES[number % len(OFFER_LINES)]
        asked = rows["usd_per_accelerator_hour"]
        high, low = rows["usd_per_accelerator_hour_p75"] - asked, asked - rows["usd_per_accelerator_hour_p25"]
        figure.add_scatter(
            x=rows["observed_on"].to_list(),
            y=asked.to_list(),
            name=f"{place}",
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"symbol": symbol, "size": 8, "color": colour},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": high.fill_null(0).to_list(),
                "arrayminus": low.fill_null(0).to_list(),
                "thickness": 1,
                "width": 3,
                "color": colour,
            },
            hovertext=[
                f"{place}: half of {words.plural(row['offers'], 'offer')} ask "
                f"{words.dollars(row['usd_per_accelerator_hour'])} or less per GPU-hour on "
                f"{words.day(row['observed_on'])}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
        style.outline(figure, rows["observed_on"].to_list(), asked.to_list(), rows["is_own"].to_list())
        ends.append((rows["observed_on"][-1], asked[-1], f"{place}"))
    edges = ("usd_per_accelerator_hour", "usd_per_accelerator_hour_p25", "usd_per_accelerator_hour_p75")
    low_end, high_end = values.extent(pl.concat([frame[edge].alias("asked") for edge in edges]))
    figure.update_yaxes(style.log_axis(low_end, high_end, "Price asked, USD per GPU-hour (log scale)", "$"))
    figure.update_xaxes(style.day_axis(values.span(frame["observed_on"]), "Day of the offers"))
    labels.line_ends(figure, ends)
    figure.update_layout(margin={"r": 96})
    return Chart(figure, title, subtitle)


def from_rent(
    rented: pl.DataFrame, listed: pl.DataFrame, title: str, subtitle: str, whose: str, reading: Reading = PER_MTOK
) -> Chart:
    """Cost per million output tokens on rented accelerators, above list prices of output tokens.

    Grain of `rented`: cloud, with label, is_own and usd_per_mtok_from_rent; of `listed`: host, with label,
    output_usd_per_mtok, family, is_specialised, is_own. Two bases, told apart by label and mark: `whose` dollar it is
    on the machines, and list price.
    """
    basis = f"{whose[0].upper()}{whose[1:]}"
    rows = [
        (f"{basis}: {row['label']}", row["usd_per_mtok_from_rent"], style.ACCENT, "line-ns", True, row["is_own"])
        for row in style.plain(rented).iter_rows(named=True)
    ]
    for row in style.plain(listed).iter_rows(named=True):
        look = style.look(row["family"])
        colour = look.colour if row["is_specialised"] else style.CONTEXT
        symbol = look.symbol if row["is_specialised"] else "circle-open"
        rows.append((f"List: {row['label']}", row["output_usd_per_mtok"], colour, symbol, False, row["is_own"]))
    rows.sort(key=lambda row: (row[4], -row[1]))
    figure = style.figure(style.rows_height(len(rows)))
    figure.add_scatter(
        x=[reading.amount(row[1]) for row in rows],
        y=[row[0] for row in rows],
        mode="markers+text",
        text=[f"   {reading.short(row[1])}" for row in rows],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        marker={
            "symbol": [row[3] for row in rows],
            "size": 12,
            "color": [row[2] for row in rows],
            "line": {"width": 3, "color": [row[2] for row in rows]},
        },
        hovertext=[f"{row[0]}: {reading.told(row[1], whose if row[4] else LIST, 'output')}" for row in rows],
        hoverinfo="text",
        cliponaxis=False,
    )
    prices = [reading.amount(row[1]) for row in rows]
    style.outline(figure, prices, [row[0] for row in rows], [row[5] for row in rows])
    told = (
        f"Million output tokens for a dollar<br>of {whose} or of list price (log scale)"
        if reading.is_turned
        else "USD per 1M output tokens<br>(log scale)"
    )
    figure.update_xaxes(style.log_axis(min(prices), max(prices) * 1.5, told, reading.prefix))
    figure.update_yaxes(**style.named([row[0] for row in rows]))
    return Chart(figure, title, subtitle)
