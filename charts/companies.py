"""Company figures by quarter as charts: Microsoft's three panels, peers, and guidance."""

from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from charts import style
from charts.style import Chart
from metrics import companies, values, words

BAR_MILLISECONDS = 62 * 24 * 3600 * 1000
HALF_BAR = timedelta(days=31)
ROOM_FOR_THE_DAY = 1.32
SMALL = {"size": style.SIZES["small"]}
MICROSOFT = style.COMPANY_LOOKS["Microsoft"].colour
ELSE = style.Look(style.CONTEXT, "circle", "")


def panels(rows: pl.DataFrame, article_day: date, names: tuple[str, str, str], title: str, subtitle: str) -> Chart:
    """Capital expenditure, Azure growth and cloud margin below each other on one axis of time.

    Grain of `rows`: one figure of one quarter and panel (`metrics.companies.panels`); `names` are the panels' own.
    Guidance is a band: from its low end to its high end, or fading upwards where only a lower bound is published.
    """
    rows = style.plain(rows)
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, row_heights=[0.5, 0.25, 0.25], vertical_spacing=0.1)
    figure.update_layout(template=style.TEMPLATE, height=430, margin={"t": 26})
    for at, panel in enumerate(("capex", "growth", "margin"), start=1):
        found = rows.filter(pl.col("panel") == panel)
        published = found.filter(~pl.col("is_own")).sort("period_end")
        said, actual = (published.filter(pl.col("kind") == kind) for kind in ("guidance", "actual"))
        if panel == "capex":
            _bars(figure, actual, article_day)
        else:
            before = actual.filter(~companies.as_counted_now()) if panel == "growth" else actual.head(0)
            for series in (before, actual.join(before, on="period_end", how="anti")):
                if series.height:
                    _points(figure, series, at)
            if before.height:  # the points on either side are of two things
                _upright(figure, at, companies.REDEFINED_ON, {"color": style.CONTEXT, "width": 1, "dash": "dot"})
        top = _range(figure, at, found)
        _own(figure, found, row=at, col=1)
        for row in said.iter_rows(named=True):
            _band(figure, row, at, top, is_over=row["period_end"] in actual["period_end"].to_list())
        _name(figure, names[at - 1], at)
    _article(figure, article_day)
    ends = rows["period_end"]
    if len(ends):
        first, last = values.span(ends)
        halves = [day for year in range(first.year, last.year + 1) for day in (f"{year}-06-30", f"{year}-12-31")]
        figure.update_xaxes(
            range=[first - 2 * HALF_BAR, last + 4 * HALF_BAR],
            tickvals=halves,
            ticktext=[f"{'Jun' if day[5:7] == '06' else 'Dec'}<br>{day[:4]}" for day in halves],
        )
    return Chart(figure, title, subtitle)


def _bars(figure: go.Figure, rows: pl.DataFrame, article_day: date) -> None:
    shown = _landmarks(rows["period_end"].to_list(), article_day)
    figure.add_bar(
        x=rows["period_end"].to_list(),
        y=rows["value"].to_list(),
        width=BAR_MILLISECONDS,
        name="capex",
        marker={"color": [MICROSOFT if day in shown else style.faint(MICROSOFT, 0.6) for day in rows["period_end"]]},
        text=[
            words.number(value) if day in shown else style.wide_only(words.number(value))
            for day, value in rows.select("period_end", "value").iter_rows()
        ],
        textposition="outside",
        textfont=SMALL,
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        hovertext=[_hover(row) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
        row=1,
        col=1,
    )


def _points(figure: go.Figure, rows: pl.DataFrame, at: int) -> None:
    """Points joined only where quarters follow one another: a quarter that nobody published stays a gap."""
    rows = rows.sort("period_end")
    if rows.height:
        whole = pl.DataFrame({"period_end": _quarter_ends(*values.span(rows["period_end"]))})
        rows = whole.join(rows, on="period_end", how="left").sort("period_end")
    shown = set(rows.drop_nulls("value")["period_end"].to_list())
    ends = {min(shown, default=None), max(shown, default=None)}
    figure.add_scatter(
        x=rows["period_end"].to_list(),
        y=rows["value"].to_list(),
        mode="lines+markers+text",
        line={"color": MICROSOFT, "width": 2},
        marker={"size": 8, "color": MICROSOFT},
        text=[
            "" if value is None else words.number(value) if day in ends else style.wide_only(words.number(value))
            for day, value in rows.select("period_end", "value").iter_rows()
        ],
        textposition="top center",
        textfont=SMALL,
        cliponaxis=False,
        hovertext=["" if row["value"] is None else _hover(row) for row in rows.iter_rows(named=True)],
        hoverinfo="text",
        row=at,
        col=1,
    )


def _upright(figure: go.Figure, at: int, day: date, line: style.Settings) -> None:
    """A day as a line through one panel."""
    figure.add_shape(
        type="line",
        x0=day,
        x1=day,
        y0=0,
        y1=1,
        yref="y domain" if at == 1 else f"y{at} domain",
        xref="x" if at == 1 else f"x{at}",
        line=line,
    )


def _own(figure: go.Figure, rows: pl.DataFrame, **subplot: int) -> None:
    """A reader's own figures as marks by themselves, in the square that tells them apart in every chart."""
    own = rows.filter("is_own")
    if own.is_empty():
        return
    days, amounts = own["period_end"].to_list(), own["value"].to_list()
    figure.add_scatter(
        x=days,
        y=amounts,
        mode="markers",
        marker={"size": 8, "color": style.CONTEXT},
        hovertext=[_hover(row) for row in own.iter_rows(named=True)],
        hoverinfo="text",
        **subplot,
    )
    style.outline(figure, days, amounts, own["is_own"].to_list(), **subplot)


def _range(figure: go.Figure, at: int, rows: pl.DataFrame) -> float:
    """Sets the vertical range of a panel; its upper end."""
    columns = ("value", "value_low", "value_high")
    known: list[float] = [amount for name in columns for amount in rows[name].drop_nulls()] or [1]
    least, most = min(known), max(known)
    if at == 1:
        low, high = 0.0, most * ROOM_FOR_THE_DAY
    else:
        spread = max(most - least, 1)
        low, high = least - 0.3 * spread, most + 0.7 * spread
    figure.update_yaxes(range=[low, high], nticks=4, row=at, col=1)
    return high


def _band(figure: go.Figure, row: style.Row, at: int, top: float, is_over: bool) -> None:
    """One quarter's guidance; of a bound that the quarter has since been measured against, only the line."""
    low = row["value_low"] if row["value_low"] is not None else row["value"]
    high = row["value_high"] if row["value_high"] is not None else row["value"]
    begins, ends = row["period_end"] - HALF_BAR, row["period_end"] + HALF_BAR
    told = f"over {words.number(low)}" if high is None else words.span(low, high)
    if not (is_over and high is None):
        _fill(figure, begins, ends, low, top if high is None else high, at)
        figure.add_annotation(
            x=row["period_end"],
            y=top if high is None else high,
            yanchor="bottom",
            showarrow=False,
            text=told,
            font=SMALL,
            row=at,
            col=1,
        )
    figure.add_shape(
        type="line", x0=begins, x1=ends, y0=low, y1=low, line={"color": style.GUIDANCE, "width": 2}, row=at, col=1
    )
    figure.add_scatter(
        x=[row["period_end"]],
        y=[low],
        mode="markers",
        marker={"symbol": "line-ew", "size": 18, "line": {"color": style.GUIDANCE, "width": 3}},
        hovertext=f"Guidance for the quarter to {words.day(row['period_end'])}: {told} "
        f"{_unit(row['unit'])}<br>{row['publisher']}",
        hoverinfo="text",
        row=at,
        col=1,
    )


def _fill(figure: go.Figure, begins: date, ends: date, low: float, high: float, at: int) -> None:
    figure.add_shape(
        type="rect",
        x0=begins,
        x1=ends,
        y0=low,
        y1=high,
        line={"width": 0},
        fillcolor=style.faint(style.GUIDANCE, 0.35),
        layer="below",
        row=at,
        col=1,
    )


def _name(figure: go.Figure, name: str, at: int) -> None:
    axis = figure.layout[f"yaxis{at if at > 1 else ''}"]
    figure.add_annotation(
        text=f"<b>{name}</b>",
        xref="paper",
        x=0,
        xanchor="left",
        yref="paper",
        y=axis.domain[1],
        yanchor="bottom",
        showarrow=False,
        font=SMALL,
    )


def _article(figure: go.Figure, day: date) -> None:
    """The day of the article through all panels, named in the first."""
    for at in (1, 2, 3):
        _upright(figure, at, day, {"color": style.STRONG, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=day,
        xref="x",
        xanchor="right",
        y=1,
        yref="y domain",
        yanchor="top",
        showarrow=False,
        text=f"article, {words.day(day)} ",
        font=SMALL,
    )


def _landmarks(days: list[date], article_day: date) -> set[date]:
    """The quarters named on any screen: the first, the last before the article, the newest."""
    earlier = [day for day in days if day <= article_day]
    return {*days[:1], *days[-1:], *earlier[-1:]}


def _quarter_ends(first: date, last: date) -> list[date]:
    ends, day = [], first
    while day <= last:
        ends.append(day)
        month = day.year * 12 + day.month + 3
        day = date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return ends


def _hover(row: style.Row) -> str:
    return (
        f"{row['company']}, {row['metric']}{', ' + row['basis'] if row['basis'] else ''}: "
        f"{words.number(row['value'])} {_unit(row['unit'])}<br>Quarter to {words.day(row['period_end'])}"
        f"<br>{row['publisher']}"
    )


def _unit(unit: str) -> str:
    return {"USD bn": "bn USD", "% yoy": "% on the year before"}.get(unit, unit)


def peers(rows: pl.DataFrame, main_basis: str, article_day: date, title: str, subtitle: str) -> Chart:
    """Quarterly capital expenditure of each company as a line; dashed where its basis is another than `main_basis`."""
    rows = style.plain(rows).sort("company", "period_end")
    figure = style.figure(360)
    newest = []
    for (company,), line in rows.filter(~pl.col("is_own")).group_by(["company"], maintain_order=True):
        look = style.COMPANY_LOOKS.get(company, ELSE)
        dash = "solid" if line["basis"][0] == main_basis else "dash"
        figure.add_scatter(
            x=line["period_end"].to_list(),
            y=line["value"].to_list(),
            name=company,
            mode="lines+markers",
            line={"color": look.colour, "width": 3 if company == "Microsoft" else 2, "dash": dash},
            marker={"symbol": look.symbol, "size": 8, "color": look.colour},
            hovertext=[_hover(row) for row in line.iter_rows(named=True)],
            hoverinfo="text",
        )
        newest.append((line["value"][-1], line["period_end"][-1], company))
    _own(figure, rows)
    top = values.largest(rows["value"]) or 1
    begins, ends = values.span(rows["period_end"])
    figure.update_yaxes(range=[0, top * 1.12], title={"text": "bn USD a quarter"})
    years = [f"{year}-12-31" for year in range(begins.year - 1, ends.year + 1)]
    figure.update_xaxes(
        range=[begins - HALF_BAR, ends + (ends - begins) * 0.28],
        tickvals=years,
        ticktext=[f"Dec<br>{day[:4]}" for day in years],
    )
    _line_ends(figure, newest, top * 1.12, ends)
    figure.add_shape(style.strong_line(article_day) | {"line": {"color": style.STRONG, "width": 1.5, "dash": "dot"}})
    figure.add_annotation(
        x=article_day,
        xanchor="right",
        yref="paper",
        y=1,
        yanchor="top",
        showarrow=False,
        font=SMALL,
        text=f"article, {words.day(article_day)} ",
    )
    return Chart(figure, title, subtitle)


def _line_ends(figure: go.Figure, ends: list[tuple[float, date, str]], top: float, last: date) -> None:
    """Each company's name and newest figure right of its line, pushed up where two lines end close together."""
    pixels, line = 280.0, 16.0
    lowest = -line
    for value, _, company in sorted(ends):
        height = value / top * pixels
        lowest = max(height, lowest + line)
        figure.add_annotation(
            x=last,
            y=value,
            yshift=lowest - height,
            xshift=8,
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            text=f"{company}{style.wide_only(f' {words.number(value)}')}",
            font=SMALL,
        )


def guided(rows: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """What each company said it would spend in a year: first statement pale, newest full, the year before a dot.

    Grain of `rows`: one statement (`metrics.companies.guided_years`).
    """
    rows = style.plain(rows)
    order = rows.filter("is_newest").sort("high_usd_bn")["company"].to_list()
    figure = style.figure(style.rows_height(2 * len(order), above=90))
    for row in rows.sort("published_on").iter_rows(named=True):
        colour = style.COMPANY_LOOKS.get(row["company"], ELSE).colour
        middle = order.index(row["company"]) + (0.17 if row["is_newest"] else -0.17)
        figure.add_scatter(
            x=[row["low_usd_bn"], row["high_usd_bn"]],
            y=[middle, middle],
            mode="lines+markers",
            line={"color": colour, "width": 9},
            marker={"symbol": "line-ns", "size": 10, "line": {"color": colour, "width": 4}},
            opacity=1 if row["is_newest"] else 0.4,
            hovertext=f"{row['company']}, said {words.day(row['published_on'])}: "
            f"{words.span(row['low_usd_bn'], row['high_usd_bn'], 'bn USD')}<br>{row['publisher']}",
            hoverinfo="text",
        )
        figure.add_annotation(
            x=row["high_usd_bn"],
            y=middle,
            xanchor="left",
            xshift=10,
            showarrow=False,
            font=SMALL,
            text=f"{words.span(row['low_usd_bn'], row['high_usd_bn'])}, {row['published_on']:%b %Y}",
        )
    spent = rows.filter(pl.col("is_newest") & pl.col("before_usd_bn").is_not_null())
    figure.add_scatter(
        x=spent["before_usd_bn"].to_list(),
        y=[order.index(company) for company in spent["company"]],
        mode="markers+text",
        marker={"symbol": "circle", "size": 10, "color": style.CONTEXT},
        text=[words.number(value) for value in spent["before_usd_bn"]],
        textposition="bottom center",
        textfont=SMALL,
        hovertext=[
            f"{row['company']}, the year before: {words.number(row['before_usd_bn'])} bn USD"
            for row in spent.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    most = values.largest(rows["high_usd_bn"]) or 1
    figure.update_xaxes(range=[0, most * 1.45], title={"text": "bn USD a year"}, tickvals=list(range(0, 1000, 50)))
    figure.update_yaxes(
        range=[-0.7, len(order) - 0.4], tickvals=list(range(len(order))), ticktext=order, showgrid=False
    )
    return Chart(figure, title, subtitle)
