"""The claim ledger as a chart: claimed against measured, then and now."""

from math import log10

import polars as pl

from charts import style
from charts.style import Chart
from metrics import words


def ledger(frame: pl.DataFrame, title: str) -> Chart:
    """Each claim as a dumbbell: the measured middle value then and now as a multiple of the claimed value.

    Grain of `frame`: one claim at one time, as `metrics.verdicts.verdicts` gives it. The line at 1
    is the claim; `reach` is above 1 where the measurement favours the article.
    """
    shown = frame.filter(pl.col("reach").is_not_null())
    order = frame["claim"].unique(maintain_order=True).to_list()[::-1]
    labels = {name: _wrapped(name) for name in order}
    figure = style.figure(96 + 46 * max(len(order), 2))
    for name in order:
        ends = shown.filter(pl.col("claim") == name)["reach"].to_list()
        if len(ends) == 2:
            figure.add_scatter(
                x=ends,
                y=[labels[name]] * 2,
                mode="lines",
                line={"color": style.CONTEXT, "width": 3},
                hoverinfo="skip",
            )
    for when, symbol in (("then", "circle-open"), ("now", "circle")):
        rows = shown.filter(pl.col("when") == when)
        colours = [style.VERDICT_LOOKS[verdict].colour for verdict in rows["verdict"]]
        figure.add_scatter(
            x=rows["reach"].to_list(),
            y=[labels[name] for name in rows["claim"]],
            mode="markers+text",
            text=[when] * rows.height,
            textposition="top center" if when == "then" else "bottom center",
            textfont={"size": style.SIZES["small"]},
            marker={"symbol": symbol, "size": 13, "color": colours, "line": {"width": 3, "color": colours}},
            hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    reaches = shown["reach"]
    low, high = (reaches.min(), reaches.max()) if len(reaches) else (0.5, 2)
    figure.update_xaxes(style.ratio_axis(low / 1.5, high, "Measured as a multiple of the claimed value (log scale)"))
    figure.update_yaxes(categoryorder="array", categoryarray=list(labels.values()), range=[-0.6, len(order) - 0.4])
    figure.update_layout(shapes=[style.strong_line(1)])
    figure.add_annotation(
        x=log10(1), y=1, yref="paper", yanchor="bottom", showarrow=False, text="as claimed", font={"size": 12}
    )
    return Chart(
        figure,
        title,
        "Middle of all comparable figures as a multiple of what the article claims; for the price turned over, so "
        "that right of the line always favours the article. Hollow: up to the article. Filled: since.",
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
