"""Speed bought with money as a chart: the price and the speed of each fast tier, as multiples of its standard twin."""

import polars as pl

from charts import style
from charts.style import Chart
from metrics import values, words


def bought(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """One row for each tier, most speed for the money on top; a line leads from its price to its speed.

    Grain of `frame`: tier and measurer, as `tiers.with_both` gives it.
    """
    rows = style.plain(frame).reverse()
    names = rows["label"].to_list()
    figure = style.figure(style.rows_height(rows.height, above=110))
    for name, row in zip(names, rows.iter_rows(named=True), strict=True):
        gives = row["tier_speed_ratio"] >= row["tier_price_ratio"]
        figure.add_scatter(
            x=[row["tier_price_ratio"], row["tier_speed_ratio"]],
            y=[name, name],
            mode="lines",
            line={"color": style.ACCENT if gives else style.CONTEXT, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
    for column, label, symbol, colour, told in (
        ("tier_price_ratio", "price", "diamond-open", style.STRONG, _price),
        ("tier_speed_ratio", "speed", "circle", style.ACCENT, _speed),
    ):
        figure.add_scatter(
            x=rows[column].to_list(),
            y=names,
            mode="markers",
            name=label,
            marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
            hovertext=[told(row) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    drawn = pl.concat([rows["tier_price_ratio"], rows["tier_speed_ratio"]])
    axis = style.ratio_axis(*values.extent(drawn), "Multiple of the<br>standard offer (log scale)")
    figure.update_xaxes(axis)
    figure.update_yaxes(**style.named(names))
    figure.update_layout(
        shapes=[style.strong_line(1)],
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "xanchor": "left"},
    )
    return Chart(figure, title, subtitle)


def _price(row: style.Row) -> str:
    return (
        f"{row['label']}: {words.times(row['tier_price_ratio'])} the price, "
        f"{words.dollars(row['blended_usd_per_mtok'])} against {words.dollars(row['twin_blended_usd_per_mtok'])} "
        f"per 1M tokens. {row['price_publisher']}, {words.day(row['priced_on'])}"
    )


def _speed(row: style.Row) -> str:
    return (
        f"{row['label']}: {words.times(row['tier_speed_ratio'])} the speed, "
        f"{words.number(row['output_tokens_per_second'])} against "
        f"{words.quantity(row['twin_output_tokens_per_second'], 'tokens/s')}, the middle of "
        f"{words.plural(row['samples'], 'look')} and of {row['twin_samples']}. {row['measured_by']}, "
        f"{words.days(row['measured_from'], row['measured_on'])}"
    )
