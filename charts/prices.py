"""Prices as charts: components, history, and cost from rent beside list prices."""

import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words

COMPONENTS = (
    ("cached_input_usd_per_mtok", "cached input", "triangle-down-open"),
    ("input_usd_per_mtok", "input", "circle-open"),
    ("output_usd_per_mtok", "output", "circle"),
)


def components(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Input, output and cached price of each host on one line, dearest output on top.

    Grain of `frame`: one host's endpoint, with host_label, family, is_specialised, is_own and the three
    prices in USD per 1M tokens; a price that is not published has no mark.
    """
    rows = style.plain(frame).sort("output_usd_per_mtok", "host_label")
    names = rows["host_label"].to_list()
    colours = [
        style.look(family).colour if lit else style.CONTEXT
        for family, lit in zip(rows["family"], rows["is_specialised"], strict=True)
    ]
    figure = style.figure(style.rows_height(rows.height, above=110))
    for name, row, colour in zip(names, rows.iter_rows(named=True), colours, strict=True):
        ends = [row[column] for column, _, _ in COMPONENTS if row[column]]
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
            x=[row[column] for _, row, _ in shown],
            y=[name for name, _, _ in shown],
            mode="markers",
            name=label,
            marker={
                "symbol": symbol,
                "size": 11,
                "color": [colour for _, _, colour in shown],
                "line": {"width": 2, "color": [colour for _, _, colour in shown]},
            },
            hovertext=[f"{name}: {words.dollars(row[column])} per 1M tokens of {label}" for name, row, _ in shown],
            hoverinfo="text",
        )
    style.outline(figure, rows["output_usd_per_mtok"].to_list(), names, rows["is_own"].to_list())
    prices = [price for column, _, _ in COMPONENTS for price in rows[column].drop_nulls() if price > 0]
    figure.update_xaxes(style.log_axis(min(prices), max(prices), "List price, USD per 1M tokens (log scale)", "$"))
    figure.update_yaxes(**style.named(names))
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "xanchor": "left"}
    )
    return Chart(figure, title, subtitle)


def history(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Blended list price over the days it was seen; specialised providers and the baseline named.

    Grain of `frame`: label and span, with valid_from, last_seen_on, blended_usd_per_mtok,
    family, is_specialised, is_baseline, is_own. Between two spans nothing was seen, so nothing is drawn.
    """
    figure, ends = style.figure(420), []
    for (label,), rows in style.plain(frame).sort("valid_from").group_by(["label"], maintain_order=True):
        lit, look = rows["is_specialised"][0], style.look(rows["family"][0])
        named = lit or rows["is_baseline"][0] or rows["is_own"][0]
        colour = look.colour if lit else style.STRONG if named else style.CONTEXT
        days, prices = [], []
        for row in rows.iter_rows(named=True):
            days += [row["valid_from"], row["last_seen_on"], None]
            prices += [row["blended_usd_per_mtok"], row["blended_usd_per_mtok"], None]
        figure.add_scatter(
            x=days,
            y=prices,
            name=label,
            mode="lines+markers",
            line={"color": colour, "width": 3 if named else 1},
            opacity=1 if named else 0.45,
            marker={"symbol": look.symbol, "size": 9 if named else 5, "color": colour},
            hovertext=[
                f"{label}: {words.dollars(row['blended_usd_per_mtok'])} per 1M tokens, seen from "
                f"{words.day(row['valid_from'])} to {words.day(row['last_seen_on'])}"
                for row in rows.iter_rows(named=True)
                for _ in range(3)
            ],
            hoverinfo="text",
        )
        style.outline(
            figure,
            rows["last_seen_on"].to_list(),
            rows["blended_usd_per_mtok"].to_list(),
            rows["is_own"].to_list(),
        )
        if named:
            last = rows.row(-1, named=True)
            ends.append((last["last_seen_on"], last["blended_usd_per_mtok"], label))
    low, high = values.extent(frame["blended_usd_per_mtok"])
    figure.update_yaxes(style.log_axis(low, high, "Price, USD per 1M tokens (log scale)", "$"))
    figure.update_xaxes(title={"text": "Day the price was seen"})
    labels.line_ends(figure, ends)
    figure.update_layout(margin={"r": 96})
    return Chart(figure, title, subtitle)


def from_rent(rented: pl.DataFrame, listed: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Cost per million output tokens on rented accelerators, above list prices of output tokens.

    Grain of `rented`: cloud, with label, is_own and usd_per_mtok_from_rent; of `listed`: host, with label,
    output_usd_per_mtok, family, is_specialised, is_own. Two bases, told apart by label and mark.
    """
    rows = [
        (f"Rent: {row['label']}", row["usd_per_mtok_from_rent"], style.ACCENT, "line-ns", True, row["is_own"])
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
        x=[row[1] for row in rows],
        y=[row[0] for row in rows],
        mode="markers+text",
        text=[f"   {words.dollars(row[1])}" for row in rows],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        marker={
            "symbol": [row[3] for row in rows],
            "size": 12,
            "color": [row[2] for row in rows],
            "line": {"width": 3, "color": [row[2] for row in rows]},
        },
        hovertext=[f"{row[0]}: {words.dollars(row[1])} per 1M output tokens" for row in rows],
        hoverinfo="text",
        cliponaxis=False,
    )
    prices = [row[1] for row in rows]
    style.outline(figure, prices, [row[0] for row in rows], [row[5] for row in rows])
    figure.update_xaxes(style.log_axis(min(prices), max(prices) * 1.5, "USD per 1M output tokens (log scale)", "$"))
    figure.update_yaxes(**style.named([row[0] for row in rows]))
    return Chart(figure, title, subtitle)
