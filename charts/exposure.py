"""The exposure scenario as charts: tornado, heat map, and what is left for each share that leaves."""

from collections.abc import Mapping

import polars as pl

from charts import style
from charts.style import Chart
from metrics import values, words

SMALL = {"size": style.SIZES["small"]}
ROW = 46
# Text in charts takes the page's colour, dark by day and light by night: the cells stay thin enough for both.
CELLS = [[0, style.faint(style.WORSE, 0.05)], [1, style.faint(style.WORSE, 0.62)]]


def tornado(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Each input as a bar from the output at its low end to the output at its high end, the widest on top.

    Grain of `frame`: one input (`metrics.exposure.tornado`).
    What is worse for Microsoft than chosen has one colour, what is better another.
    """
    rows = style.plain(frame).reverse()
    names = [_swung(row) for row in rows.iter_rows(named=True)]
    base = rows["base"][0]
    figure = style.figure(style.rows_height(0, above=40) + ROW * rows.height)
    for side, colour in (("worse", style.WORSE), ("better", style.BETTER)):
        ends = [
            max(low, high, base) if side == "worse" else min(low, high, base)
            for low, high in rows.select("at_low", "at_high").iter_rows()
        ]
        figure.add_bar(
            x=[end - base for end in ends],
            y=names,
            base=base,
            orientation="h",
            width=0.5,
            marker={"color": colour},
            name=side,
            hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    figure.add_shape(style.strong_line(base))
    figure.update_layout(barmode="overlay")
    low = min(values.extent(rows["at_low"])[0], values.extent(rows["at_high"])[0], base)
    high = max(values.extent(rows["at_low"])[1], values.extent(rows["at_high"])[1], base)
    room = 0.08 * (high - low or 1)
    figure.update_xaxes(
        range=[max(low - room, -0.001) if low >= 0 else low - room, high + room],
        title={"text": f"{rows['unit'][0]} (scenario)"},
        nticks=6,
    )
    figure.update_yaxes(showgrid=False, ticks="")
    return Chart(figure, title, subtitle)


def _swung(row: style.Row) -> str:
    """The input's name with the ends it is swung between."""
    if row["low"] == row["high"]:
        ends = f"{words.number(row['low'])} {row['input_unit']}"
    else:
        ends = f"{words.number(row['low'])} to {words.number(row['high'])} {row['input_unit']}"
    return f"{row['label']}<br>{ends}"


def _hover(row: style.Row) -> str:
    return (
        f"{row['label']} at {words.number(row['low'])} {row['input_unit']}: {words.number(row['at_low'])} {row['unit']}"
        f"<br>at {words.number(row['high'])} {row['input_unit']}: {words.number(row['at_high'])} {row['unit']}"
        f"<br>as chosen, {words.number(row['chosen'])} {row['input_unit']}: {words.number(row['base'])} {row['unit']}"
    )


def heat(
    frame: pl.DataFrame, line: pl.DataFrame, chosen: tuple[float, float], value: str, title: str, subtitle: str
) -> Chart:
    """Revenue at risk over migration (across) and price cut (up), the threshold as a line, the choice as a ring.

    Grain of `frame`: one pair of migration_percent and price_cut_percent, with `value`; of `line`: one point where the
    threshold is reached.
    """
    moved = frame["migration_percent"].unique().sort().to_list()
    cuts = frame["price_cut_percent"].unique().sort().to_list()
    cells = {
        (row[0], row[1]): row[2] for row in frame.select("migration_percent", "price_cut_percent", value).iter_rows()
    }
    amounts = [[cells[across, up] for across in moved] for up in cuts]
    half = (moved[1] - moved[0]) / 2
    figure = style.figure(400)
    figure.add_heatmap(
        x=moved,
        y=cuts,
        z=amounts,
        colorscale=CELLS,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[[words.number(amount) for amount in row] for row in amounts],
        texttemplate="%{text}",
        textfont=SMALL,
        hovertemplate="%{x} % leaves, prices %{y} % lower:<br>%{text} bn USD a year at risk (scenario)<extra></extra>",
    )
    figure.add_scatter(
        x=line["migration_percent"].to_list(),
        y=line["price_cut_percent"].to_list(),
        mode="lines",
        line={"color": style.STRONG, "width": 3, "shape": "spline"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[chosen[0]],
        y=[chosen[1]],
        mode="markers",
        marker={"symbol": "circle-open", "size": 38, "color": style.ACCENT, "line": {"width": 2}},
        hovertext=f"As chosen: {words.number(chosen[0])} % leaves, prices {words.number(chosen[1])} % lower",
        hoverinfo="text",
        cliponaxis=False,
    )
    steps = {"showgrid": False}
    figure.update_xaxes(
        steps | {"tickvals": moved, "range": [-half, moved[-1] + half]}, title={"text": "Inference that moves away, %"}
    )
    figure.update_yaxes(
        steps | {"tickvals": cuts, "range": [-half, cuts[-1] + half]}, title={"text": "Price cut to keep the rest, %"}
    )
    return Chart(figure, title, subtitle)


def left_over(frame: pl.DataFrame, even: Mapping[str, float | None], title: str, subtitle: str) -> Chart:
    """Inference revenue by the share that leaves, without and with the price cut, against today's.

    Grain of `frame`: one share (`metrics.exposure.left_over`); `even` is where each line meets today's, by column.
    """
    figure = style.figure(340)
    today = frame["today_usd_bn_per_year"][0]
    looks = (
        ("uncut_usd_bn_per_year", style.BETTER, "solid", "circle", "prices as they are"),
        ("cut_usd_bn_per_year", style.WORSE, "dash", "diamond", "with the price cut"),
    )
    same = frame["uncut_usd_bn_per_year"][0] == frame["cut_usd_bn_per_year"][0]
    for column, colour, dash, symbol, name in looks[:1] if same else looks:
        figure.add_scatter(
            x=frame["migration_percent"].to_list(),
            y=frame[column].to_list(),
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=f"%{{x}} % leaves, {name}: %{{y:.3g}} bn USD a year (scenario)<extra></extra>",
        )
        figure.add_annotation(
            x=0, y=frame[column][0], xanchor="left", yanchor="bottom", xshift=16, showarrow=False, font=SMALL, text=name
        )
        share = even.get(column)
        if share is not None and 0 <= share <= 100:
            figure.add_scatter(
                x=[share],
                y=[today],
                mode="markers+text",
                marker={"symbol": symbol, "size": 12, "color": colour},
                text=[f"{words.number(share)} %"],
                textposition="bottom left" if column.startswith("cut") else "top right",
                textfont=SMALL,
                hovertext=f"{words.number(share)} % must leave, {name}",
                hoverinfo="text",
            )
    figure.add_shape(style.strong_line(today, axis="y"))
    figure.add_annotation(
        xref="paper",
        x=1,
        xanchor="right",
        y=today,
        yanchor="bottom",
        showarrow=False,
        font=SMALL,
        text=f"today, {words.number(today)}",
    )
    figure.update_xaxes(range=[0, 100], nticks=6, title={"text": "Inference that moves away, %"})
    figure.update_yaxes(
        range=[0, frame["uncut_usd_bn_per_year"][0] * 1.18 or 1], title={"text": "bn USD a year (scenario)"}
    )
    return Chart(figure, title, subtitle)
