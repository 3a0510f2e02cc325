"""Whose models the tokens go to, as a chart: two weeks beside each other."""

import polars as pl

from charts import style
from charts.style import Chart
from metrics import words


def authors(first: pl.DataFrame, last: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """A mark for each author's share in the newest week, a hollow one for the oldest; largest on top.

    Grain of both frames: author, as `demand.weeks` gives it. An author that one week does not list has no mark there:
    its share is not published, and not 0.
    """
    newest, oldest = style.plain(last), style.plain(first)
    names = pl.concat([newest, oldest])["author"].unique(maintain_order=True).reverse().to_list()
    figure = style.figure(style.rows_height(len(names)))
    for rows, symbol, is_named in ((oldest, "circle-open", False), (newest, "circle", True)):
        figure.add_scatter(
            x=rows["share_percent"].to_list(),
            y=rows["author"].to_list(),
            mode="markers+text" if is_named else "markers",
            text=[f"  {words.quantity(share, '%')}" for share in rows["share_percent"]],
            textposition="middle right",
            textfont={"size": style.SIZES["small"]},
            marker={
                "symbol": symbol,
                "size": 10,
                "color": style.CONTEXT,
                "line": {"width": 2, "color": style.CONTEXT},
            },
            hovertext=[
                f"{row['author']}: {words.quantity(row['share_percent'], '%')} in the week to "
                f"{words.day(row['observed_on'])}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
    figure.update_xaxes(rangemode="tozero", title={"text": "Share of all tokens, %"})
    figure.update_yaxes(**style.named(names))
    return Chart(figure, title, subtitle)
