"""Training vs inference over the years as charts: shares, chips by role, dated events."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from charts import labels, style
from charts.style import Chart, Look
from metrics import values, words
from metrics.shares import HALF_PERCENT

KIND_LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "measured": Look(style.ACCENT, "circle", "measured"),
        "estimate": Look(style.ACCENT, "square", "estimate"),
        "forecast": Look(style.ACCENT, "diamond-open", "forecast"),
        "leak": Look(style.ACCENT, "x-thin-open", "leak"),
    }
)
# Inference below, training on top; pale, so that the count in each part reads by day and by night.
ROLE_LOOKS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "inference": ("for inference", style.faint(style.INFERENCE, 0.5), ""),
        "both": ("for both", "rgba(138, 143, 152, 0.28)", ""),
        "training": ("for training", style.faint(style.TRAINING, 0.5), "/"),
    }
)
CATEGORY_WORDS = MappingProxyType({"ipo": "IPO"})
PANEL_PIXELS, BETWEEN_PIXELS = 132, 34
LANE_PIXELS = 44


def shares(frame: pl.DataFrame, title: str) -> Chart:
    """Inference's share by year, one panel for each quantity and reach, with the line at one half.

    Grain of `frame`: one estimate, as `divide.placed_shares` gives it.
    """
    rows = style.plain(frame)
    panels = rows["panel"].unique(maintain_order=True).to_list()
    first, last = (int(year) for year in values.extent(rows["year"]))
    tall = len(panels) * (PANEL_PIXELS + BETWEEN_PIXELS)
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        subplot_titles=panels,
        vertical_spacing=BETWEEN_PIXELS / tall if len(panels) > 1 else 0,
    )
    figure.update_layout(template=style.TEMPLATE, height=tall + 80, margin={"t": 56})
    for place, panel in enumerate(panels, start=1):
        _panel(figure, rows.filter(pl.col("panel") == panel), place, late=last - 1)
    figure.update_xaxes(range=[first - 0.4, last + 3.2], tickvals=list(range(first, last + 1)), tickformat="d")
    figure.update_yaxes(range=[0, 100], tickvals=[0, 50, 100], ticktext=["0", "50 %", "100 %"])
    figure.update_annotations(x=0, xanchor="left", font={"size": style.SIZES["text"]})
    for kind in rows["kind"].unique().sort():
        look = KIND_LOOKS[kind]
        marker = {"symbol": look.symbol, "size": 11, "color": look.colour, "line": {"width": 2}}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=look.label, showlegend=True)
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "yanchor": "bottom", "y": 1 + 26 / tall, "x": 0, "xanchor": "left"}
    )
    subtitle = (
        f"Inference's share, %; training and the rest make up 100. {words.plural(frame.height, 'estimate')} by "
        f"{words.plural(frame['publisher'].n_unique(), 'publisher')}, {words.days(_first(frame), _last(frame))}. "
        "Strong line: one half. Shares of different things are not one series."
    )
    return Chart(figure, title, subtitle)


def _first(frame: pl.DataFrame) -> date | None:
    return values.oldest(frame["published_on"])


def _last(frame: pl.DataFrame) -> date | None:
    return values.newest(frame["published_on"])


def _panel(figure: go.Figure, rows: pl.DataFrame, place: int, late: int) -> None:
    """One panel; from the year `late` on names stand on the left of their marks, because the axis ends soon after."""
    of_year = rows.group_by("year").agg(top=pl.col("share_percent").max(), ends=pl.len())
    rows = rows.join(of_year, on="year", how="left", validate="m:1", maintain_order="left")
    rows = rows.with_columns(is_last=pl.col("year") == pl.col("year").max())
    for _, series in rows.group_by("series", maintain_order=True):
        looks = [KIND_LOOKS[kind] for kind in series["kind"]]
        names = [""] * (series.height - 1) + [_broken(series["label"][-1])]
        figure.add_scatter(
            x=series["year"].to_list(),
            y=series["share_percent"].to_list(),
            mode="lines+markers+text",
            line={"color": style.CONTEXT, "width": 1},
            marker={
                "symbol": [look.symbol for look in looks],
                "size": 11,
                "opacity": 1,
                "color": [look.colour for look in looks],
                "line": {"width": 2, "color": [look.colour for look in looks]},
            },
            text=names,
            textposition=_beside(series.row(-1, named=True), late),
            textfont={"size": style.SIZES["small"]},
            hovertext=[
                f"{row['publisher']}: inference is {words.quantity(row['share_percent'], '%')} of {row['of_what']} "
                f"({row['scope']}), {row['year']}, {row['kind']}. {words.day(row['published_on'])}"
                for row in series.iter_rows(named=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
            showlegend=False,
            row=place,
            col=1,
        )
    figure.add_hline(y=HALF_PERCENT, line={"color": style.STRONG, "width": 2}, layer="below", row=place, col=1)


def _broken(label: str) -> str:
    """The publisher on a line of its own, so that the name fits on a telephone."""
    return label.replace(" (", "<br>(")


def _beside(end: style.Row, late: int) -> str:
    """Where the name of a series stands: outwards from the others of its year, and inside the chart."""
    if end["year"] >= late:
        return "top left"
    if end["ends"] == 1:
        return "middle right"
    if not end["is_last"]:
        return "bottom left"
    return "top right" if end["share_percent"] == end["top"] else "bottom right"


def launches(frame: pl.DataFrame, rows: pl.DataFrame, title: str, unnamed: int) -> Chart:
    """Chips launched each year, stacked by role with the count in each part; training on top, inference below.

    Grain of `frame`: one year and role, as `divide.by_year` gives it; `rows` are the chips counted.
    """
    counted = style.plain(frame)
    figure = style.figure(380)
    for role, (name, colour, pattern) in ROLE_LOOKS.items():
        some = counted.filter(pl.col("role") == role)
        figure.add_bar(
            x=some["year"].to_list(),
            y=some["chips"].to_list(),
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "size": 6}, "line": {"width": 1}},
            hovertext=[
                f"{row['year']}, {name}: {words.plural(row['chips'], 'chip')} ({row['named']})"
                for row in some.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
    told = counted.filter(pl.col("chips") > 0)
    figure.add_scatter(
        x=told["year"].to_list(),
        y=told["middle"].to_list(),
        mode="markers+text",
        marker=style.LABELLED,
        text=[f"{row['chips']}" for row in told.iter_rows(named=True)],
        textposition="middle center",
        hoverinfo="skip",
        showlegend=False,
    )
    years = counted["year"].unique().sort().to_list()
    figure.update_xaxes(tickvals=years, title={"text": "Year announced, else first available"}, showgrid=False)
    figure.update_yaxes(title={"text": "Chips"}, nticks=5)
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "xanchor": "left", "traceorder": "reversed"},
    )
    undated = rows.filter(pl.col("year").is_null())["accelerator"].to_list()
    without_day = f" Without a day: {words.listed(undated)}." if undated else ""
    subtitle = (
        f"{words.plural(rows.height, 'chip')} with a stated role, by year.{without_day} "
        f"{words.plural(unnamed, 'other chip')} on record without a stated role."
    )
    return Chart(figure, title, subtitle)


def events(frame: pl.DataFrame, title: str) -> Chart:
    """Dated events in a lane for each category, the article's day marked.

    Grain of `frame`: one event, with happened_on, category, company and headline.
    """
    of_article = pl.col("category") == "article"
    rows = style.plain(frame).with_columns(
        company=pl.when(of_article).then(pl.lit("The article")).otherwise(pl.col("company").fill_null("")),
        category=pl.col("category").replace(CATEGORY_WORDS),
    )
    lanes = rows["category"].value_counts().sort("count", "category", descending=[False, True])["category"].to_list()
    figure = style.figure(88 + LANE_PIXELS * len(lanes))
    first, last = values.span(rows["happened_on"])
    margin = timedelta(days=(last - first).days // 12 + 15)
    figure.update_xaxes(range=[(first - margin).isoformat(), (last + margin).isoformat()], type="date", nticks=6)
    figure.update_yaxes(categoryorder="array", categoryarray=lanes, range=[-0.7, len(lanes) - 0.3])
    articles = frame.filter(of_article)["happened_on"].to_list()
    for day in articles:
        figure.add_shape(
            type="line",
            x0=day.isoformat(),
            x1=day.isoformat(),
            y0=0,
            y1=1,
            yref="paper",
            line={"color": style.STRONG, "width": 2},
            layer="below",
        )
    figure.add_scatter(
        x=[day.isoformat() for day in rows["happened_on"]],
        y=rows["category"].to_list(),
        mode="markers",
        marker={
            "symbol": ["diamond" if category == "article" else "circle" for category in frame["category"]],
            "size": 11,
            "opacity": 0.85,
            "color": style.ACCENT,
            "line": {"width": 1, "color": "white"},
        },
        hovertext=[
            f"{words.day(row['happened_on'])}: {row['headline']}{_evidence(row)}" for row in rows.iter_rows(named=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    _event_names(figure, rows, lanes, first - margin, last + margin)
    subtitle = (
        f"{words.plural(frame.height, 'event')}, {words.days(first, last)}, by kind; names where they fit. Strong "
        "line: the article."
    )
    return Chart(figure, title, subtitle)


def _evidence(row: style.Row) -> str:
    return "" if row["evidence"] == "published" else f" ({row['evidence']} source)"


def _event_names(figure: go.Figure, rows: pl.DataFrame, lanes: list[str], start: date, end: date) -> None:
    """Companies beside their marks, newest first, each where it covers no other name and no other mark."""
    width, length = labels.WIDE, (end - start).days
    points = [
        (
            width * (row["happened_on"] - start).days / length,
            LANE_PIXELS * (len(lanes) - 1 - lanes.index(row["category"])),
        )
        for row in rows.iter_rows(named=True)
    ]
    names = rows["company"].to_list()
    newest = [at for at in reversed(range(rows.height)) if names[at]]
    places = labels.placed(points, names, newest, width)
    figure.add_scatter(
        x=[rows["happened_on"][at].isoformat() for at in places],
        y=[rows["category"][at] for at in places],
        mode="markers+text",
        marker=style.LABELLED,
        text=[style.wide_only(names[at]) for at in places],
        textposition=list(places.values()),
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
