"""The claim ledger as a chart: claimed against measured, then and now."""

from math import log10

import polars as pl

from charts import style
from charts.style import Chart
from metrics import words

OFFSET = 0.19
ROW_PIXELS = 42


def ledger(frame: pl.DataFrame, title: str) -> Chart:
    """Each claim then and now: middle and range of what was measured as a multiple of the claimed value.

    Grain of `frame`: one claim at one time, as `metrics.verdicts.verdicts` gives it. The line at 1
    is the claim; `reach` is above 1 where the measurement favours the article.
    """
    frame = style.plain(frame)
    order = frame["claim"].unique(maintain_order=True).to_list()[::-1]
    place = {name: float(row) for row, name in enumerate(order)}
    figure = style.figure(84 + ROW_PIXELS * max(len(order), 2))
    shown = frame.filter(pl.col("reach").is_not_null())
    for when, offset, hollow in (("then", OFFSET, "-open"), ("now", -OFFSET, "")):
        rows = shown.filter(pl.col("when") == when)
        heights = [place[name] + offset for name in rows["claim"]]
        looks = [style.VERDICT_LOOKS[verdict] for verdict in rows["verdict"]]
        colours = [look.colour for look in looks]
        for row, height, colour in zip(rows.iter_rows(named=True), heights, colours, strict=True):
            figure.add_scatter(
                x=[row["reach_low"], row["reach_high"]],
                y=[height, height],
                mode="lines",
                line={"color": colour, "width": 1.5},
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=rows["reach"].to_list(),
            y=heights,
            mode="markers",
            marker={
                "symbol": [f"{look.symbol.removesuffix('-open')}{hollow}" for look in looks],
                "size": 11,
                "color": colours,
                "line": {"width": 2.5, "color": colours},
            },
            hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
        figure.add_scatter(
            x=[1.06 * row["reach_high"] for row in rows.iter_rows(named=True)],
            y=heights,
            mode="text",
            text=[
                style.wide_only(f"{when}: {style.VERDICT_LOOKS[row['verdict']].label.lower()}")
                for row in rows.iter_rows(named=True)
            ],
            textposition="middle right",
            textfont={"size": style.SIZES["small"]},
            hoverinfo="skip",
            cliponaxis=False,
        )
    low = shown["reach_low"].min() if shown.height else 0.5
    high = shown["reach_high"].max() if shown.height else 2
    figure.update_xaxes(style.ratio_axis(low, high * 3, "Multiple of the claimed value (log scale)"))
    figure.update_yaxes(
        tickvals=list(place.values()), ticktext=[_wrapped(name) for name in order], range=[-0.5, len(order) - 0.5]
    )
    figure.update_layout(shapes=[style.strong_line(1)], margin={"t": 20})
    figure.add_annotation(
        x=log10(1),
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text="as claimed",
        font={"size": style.SIZES["small"]},
    )
    return Chart(
        figure,
        title,
        "Middle and range of all comparable figures as a multiple of the claim, prices turned over: right of the line "
        "favours the article. Hollow: up to the article. Filled: since.",
    )


def _hover(row: dict) -> str:
    return (
        f"{row['claim']}<br>{row['when']}: {row['verdict'].lower()}. Middle value "
        f"{words.quantity(row['measured'], row['unit'])}, range {words.span(row['low'], row['high'], row['unit'])}, "
        f"claimed {words.quantity(row['claimed'], row['unit'])}"
    )


def _wrapped(label: str, width: int = 30) -> str:
    lines, line = [], ""
    for word in label.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line])
