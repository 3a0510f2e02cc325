"""The claim ledger as a chart: claimed against measured, at three times."""

from datetime import timedelta
from math import log10

import polars as pl

from charts import style
from charts.style import Chart
from metrics import values, words
from metrics.claims.claim import ARTICLE_DAY, FIRST, NOW, THEN, TIMES
from metrics.cost import CLAIMED_PRICE, CLAIMED_SPEED

OFFSETS = {FIRST: 0.3, THEN: 0.0, NOW: -0.3}
TOLD_AT = {THEN: 0.24, NOW: -0.24}  # two lines beside a claim; what was first shown is told by its mark alone
IN_SHORT = {FIRST: "2024", THEN: "article", NOW: "now"}
SIZES = {FIRST: 7, THEN: 10, NOW: 11}
ROW_PIXELS = 33
ABOVE = 55
DAY_PIXELS = 34
BESIDE_A_MARK = timedelta(days=12)
SHAPES = {
    "cross": "Plus",
    "bowtie": "Bow tie",
    "x": "Cross",
    "hourglass": "Hourglass",
    "diamond-wide": "Wide diamond",
    "circle-cross-open": "Crossed ring",
}


def ledger(frame: pl.DataFrame, title: str) -> Chart:
    """Each claim at three times: middle and range of what was measured as a multiple of the claimed value.

    Grain of `frame`: one claim at one time, as `metrics.claims.verdicts.verdicts` gives it. The line at 1
    is the claim; `reach` is above 1 where the measurement favours the article.
    """
    frame = style.plain(frame)
    order = frame["claim"].unique(maintain_order=True).to_list()[::-1]
    place = {name: float(row) for row, name in enumerate(order)}
    figure = style.figure(ABOVE + ROW_PIXELS * max(len(order), 2))
    shown = frame.filter(pl.col("reach").is_not_null())
    low = values.extent(shown["reach_low"])[0] if shown.height else 0.5
    high = values.extent(shown["reach_high"])[1] if shown.height else 2
    for claim in order:
        several = shown.filter(pl.col("claim") == claim).sort(pl.col("when").replace_strict(OFFSETS), descending=True)
        if several.height > 1:
            figure.add_scatter(
                x=several["reach"].to_list(),
                y=[place[claim] + OFFSETS[when] for when in several["when"]],
                mode="lines",
                line={"color": style.STRONG, "width": 1, "dash": "dot"},
                hoverinfo="skip",
            )
    for when in TIMES:
        offset = OFFSETS[when]
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
                "symbol": [_at(look.symbol, when) for look in looks],
                "size": SIZES[when],
                "color": colours,
                "line": {"width": 2.5, "color": colours},
            },
            hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    for when, offset in TOLD_AT.items():
        told = frame.filter(pl.col("when") == when)
        figure.add_scatter(
            x=[1.15 * max(high, 1)] * told.height,
            y=[place[name] + offset for name in told["claim"]],
            mode="text",
            text=[
                style.wide_only(f"{IN_SHORT[when]}: {style.VERDICT_LOOKS[row['verdict']].label.lower()}")
                for row in told.iter_rows(named=True)
            ],
            textposition="middle right",
            textfont={"size": style.SIZES["small"]},
            hoverinfo="skip",
            cliponaxis=False,
        )
    figure.update_xaxes(style.ratio_axis(low, high * 3.6, "Multiple of the claim (log scale)"))
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
        "Middle and range of all comparable figures as a multiple of the claim: right of the line favours the article. "
        "Small and hollow: 2024. Hollow: the year to the article. Filled: now.",
    )


def replay(frame: pl.DataFrame, title: str) -> Chart:
    """Each claim's verdict as it would have been on each day.

    Grain of `frame`: claim and as_of, as `metrics.claims.verdicts.replayed` gives it.
    """
    frame = style.plain(frame)
    order = frame["claim"].unique(maintain_order=True).to_list()[::-1]
    place = {name: row for row, name in enumerate(order)}
    figure = style.figure(ABOVE + DAY_PIXELS * max(len(order), 2))
    told = []
    for verdict, look in style.VERDICT_LOOKS.items():
        rows = frame.filter(pl.col("verdict") == verdict)
        if rows.is_empty():
            continue
        told.append(f"{SHAPES[look.symbol]}: {look.label.lower()}.")
        figure.add_scatter(
            x=rows["as_of"].to_list(),
            y=[place[name] for name in rows["claim"]],
            mode="markers",
            name=look.label,
            marker={
                "symbol": look.symbol,
                "size": 11,
                "color": look.colour,
                "line": {"color": look.colour, "width": 2},
            },
            hovertext=[
                f"{row['claim']}<br>{words.day(row['as_of'])}: {look.label.lower()}. {row['reason']}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
    figure.update_xaxes(type="date", title={"text": "Day up to which figures count"})
    figure.update_yaxes(
        tickvals=list(place.values()),
        ticktext=[_wrapped(name) for name in order],
        range=[-0.6, len(order) - 0.4],
        tickfont={"size": style.SIZES["small"]},
    )
    last = frame.filter(pl.col("as_of") == pl.col("as_of").max().over("claim"))
    if last.height:
        first_day, last_day = values.span(frame["as_of"])
        room = (last_day - first_day) / 6
        figure.update_xaxes(range=[first_day - room / 5, last_day + room])
    figure.add_scatter(
        x=[day + BESIDE_A_MARK for day in last["as_of"]],
        y=[place[name] for name in last["claim"]],
        mode="text",
        text=[style.wide_only(f"{style.VERDICT_LOOKS[word].label.lower()}") for word in last["verdict"]],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_layout(shapes=[style.strong_line(ARTICLE_DAY)], margin={"t": 12})
    return Chart(
        figure,
        title,
        "The rule applied to the rows dated up to each day; later rows never count. The line: the day of the article. "
        + " ".join(told),
        "Computed from the rows of the claims above.",
    )


def corner(frame: pl.DataFrame, title: str) -> Chart:
    """Pairs by price ratio and speed ratio, with the corner that the article promises.

    Grain of `frame`: one pair at one time, with `cost_ratio`, `speed_ratio`, `family`, `subject` and `when`.
    """
    frame = style.plain(frame)
    figure = style.figure(420)
    for (family, when), rows in sorted(frame.group_by("family", "when")):
        look = style.look(family)
        figure.add_scatter(
            x=rows["cost_ratio"].to_list(),
            y=rows["speed_ratio"].to_list(),
            mode="markers",
            name=f"{look.label}, {IN_SHORT[when]}",
            marker={
                "symbol": _at(look.symbol, when),
                "size": SIZES[when],
                "color": look.colour,
                "line": {"color": look.colour, "width": 2},
            },
            hovertext=[
                f"{row['subject']}, {when}<br>{words.times(row['speed_ratio'])} the speed at "
                f"{words.priced(row['cost_ratio'])}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
    costs, speeds = (
        (values.smallest(frame[name]) or 1, values.largest(frame[name]) or 1) for name in ("cost_ratio", "speed_ratio")
    )
    figure.update_xaxes(style.ratio_axis(min(costs[0], CLAIMED_PRICE / 2), costs[1], "Price ratio (log scale)"))
    figure.update_yaxes(style.ratio_axis(speeds[0], max(speeds[1], 2 * CLAIMED_SPEED), "Speed ratio (log scale)"))
    across, up = figure.layout.xaxis.range[0], figure.layout.yaxis.range[1]
    figure.add_shape(
        type="rect",
        x0=10**across,
        x1=CLAIMED_PRICE,
        y0=CLAIMED_SPEED,
        y1=10**up,
        fillcolor=style.GRID,
        line={"color": style.STRONG, "width": 1},
        layer="below",
    )
    figure.add_annotation(
        x=log10(CLAIMED_PRICE),
        y=up,
        xanchor="right",
        yanchor="top",
        showarrow=False,
        text="as promised",
        font={"size": style.SIZES["small"]},
    )
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 36}
    )
    return Chart(
        figure,
        title,
        f"{words.plural(frame.height, 'pair')} of a specialised provider and one of the clouds, newest of each "
        "model. Small and hollow: 2024. Hollow: the year to the article. Filled: since.",
    )


def _at(symbol: str, when: str) -> str:
    """A mark filled now and hollow earlier."""
    return symbol if when == NOW else f"{symbol.removesuffix('-open')}-open"


def _hover(row: style.Row) -> str:
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
