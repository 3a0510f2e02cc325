"""Hosts of one test against the maker's own service, as a chart."""

import polars as pl

from charts import style
from charts.style import Chart
from metrics import words


def hosts(frame: pl.DataFrame, title: str, subtitle: str, unit: str) -> Chart:
    """A mark for each host, best on top; hollow where only a lower bound is published.

    Grain of `frame`: host, as `fidelity.hosts` gives it. Specialised hosts have the colour of their silicon, others are
    grey. The axis begins at 0, so that no small difference looks large; so there is room left of a large value.
    """
    rows = style.plain(frame).sort("shown", "is_bound", "label", descending=[False, False, True])
    names, top = rows["label"].to_list(), max(rows["shown"])
    looks = [style.look(family) for family in rows["family"]]
    lit = rows["is_specialised"].to_list()
    colours = [look.colour if on else style.CONTEXT for look, on in zip(looks, lit, strict=True)]
    figure = style.figure(style.rows_height(rows.height))
    figure.add_scatter(
        x=rows["shown"].to_list(),
        y=names,
        mode="markers+text",
        text=[f"  {_written(row)}  " for row in rows.iter_rows(named=True)],
        textposition=["middle left" if shown > top / 2 else "middle right" for shown in rows["shown"]],
        textfont={"size": style.SIZES["small"]},
        marker={
            "symbol": [
                _symbol(look if on else style.look(None), bound)
                for look, on, bound in zip(looks, lit, rows["is_bound"], strict=True)
            ],
            "size": [12 if on else 9 for on in lit],
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        hovertext=[
            f"{row['label']}: {_written(row)} {unit}. {row['note'] or ''}" for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    figure.update_xaxes(rangemode="tozero", title={"text": unit}, range=[0, 1.15 * top])
    figure.update_yaxes(**style.named(names))
    return Chart(figure, title, subtitle)


def _written(row: style.Row) -> str:
    return f"{'at least ' if row['is_bound'] else ''}{words.number(row['shown'])}"


def _symbol(look: style.Look, is_bound: bool) -> str:
    """Full where a value is published, hollow where only a bound is."""
    full = look.symbol.removesuffix(style.HOLLOW)
    return f"{full}{style.HOLLOW}" if is_bound else full
