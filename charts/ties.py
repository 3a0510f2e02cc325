"""Who licenses, sells or buys from whom, as a map: one row for each company that acts, one column for each other."""

import textwrap

import polars as pl

from charts import style
from charts.style import Chart
from metrics import values, words

CELL_CHARACTERS, LINE_PIXELS, CELL_ROOM = 14, 14, 22


def ties(frame: pl.DataFrame, title: str) -> Chart:
    """Ties with their days, the newest of a pair below the older.

    Grain of `frame`: one tie, as `sides.ties` gives it, with tie_from, tie, tie_to, happened_on and headline.
    """
    rows = style.plain(frame)
    acting = rows["tie_from"].unique(maintain_order=True).to_list()
    others = rows["tie_to"].unique(maintain_order=True).to_list()
    cells = rows.group_by("tie_from", "tie_to", maintain_order=True).agg(
        told=pl.struct("tie", "happened_on"), headline=pl.col("headline"), days=pl.col("happened_on")
    )
    texts = [[_cell(one["tie"], words.day(one["happened_on"])) for one in told] for told in cells["told"]]
    tallest = max(sum(text.count("<br>") + 1 for text in cell) for cell in texts)
    height = tallest * LINE_PIXELS + CELL_ROOM
    figure = style.figure(60 + height * len(acting))
    for row in cells.iter_rows(named=True):
        across, down = others.index(row["tie_to"]), acting.index(row["tie_from"])
        figure.add_shape(
            type="rect",
            x0=across - 0.48,
            x1=across + 0.48,
            y0=down - 0.46,
            y1=down + 0.46,
            fillcolor=style.faint(style.ACCENT, 0.12),
            line={"width": 0},
            layer="below",
        )
    figure.add_scatter(
        x=[others.index(name) for name in cells["tie_to"]],
        y=[acting.index(name) for name in cells["tie_from"]],
        mode="markers+text",
        marker=style.LABELLED,
        text=["<br>".join(cell) for cell in texts],
        textposition="middle center",
        textfont={"size": style.SIZES["small"] - 1},
        hovertext=[
            "<br>".join(f"{words.day(day)}: {line}" for day, line in zip(row["days"], row["headline"], strict=True))
            for row in cells.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    figure.update_xaxes(
        tickvals=list(range(len(others))), ticktext=others, range=[-0.5, len(others) - 0.5], side="top", showgrid=False
    )
    figure.update_yaxes(
        tickvals=list(range(len(acting))), ticktext=acting, range=[len(acting) - 0.5, -0.5], showgrid=False
    )
    figure.update_layout(margin={"t": 36, "b": 8})
    days = words.days(*values.span(frame["happened_on"]))
    subtitle = (
        f"{words.plural(frame.height, 'tie')} on record, {days}. Row: who acts; column: whose technology, product or "
        "capacity it is; the day of the event."
    )
    return Chart(figure, title, subtitle)


def _cell(tie: str, day: str) -> str:
    """What is done and since when, on lines that a narrow column holds."""
    return "<br>".join([*textwrap.wrap(tie, CELL_CHARACTERS), *textwrap.wrap(day, CELL_CHARACTERS)])
