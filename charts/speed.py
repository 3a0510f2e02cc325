"""Speed as charts: hosts against a baseline, models against a baseline, waiting against speed."""

import plotly.graph_objects as go
import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import matching, values, words

HATCHED = f", grade {matching.UNLIKE}"
PALE = 0.4  # a mark that is older than the newest half year


def hosts(frame: pl.DataFrame, title: str) -> Chart:
    """Every host of one model in one capture as a multiple of the baseline, fastest on top.

    Grain of `frame`: one host's endpoint, with host_label, speed_ratio, spread_low, spread_high,
    output_tokens_per_second, family, is_specialised, is_baseline, is_own, match_grade, measured_on. A
    reader's own measurement of grade D is hatched.
    """
    rows = style.plain(frame).sort("speed_ratio")
    figure = style.figure(style.rows_height(rows.height))
    names = rows["host_label"].to_list()
    looks = [style.look(family) for family in rows["family"]]
    strong = rows["is_specialised"].to_list()
    colours = [look.colour if lit else style.CONTEXT for look, lit in zip(looks, strong, strict=True)]
    ratios = rows["speed_ratio"].to_list()
    hovers = [
        f"{row['host_label']}: {words.quantity(row['output_tokens_per_second'], 'tokens/s')}, "
        f"{words.times(row['speed_ratio'])} the baseline. {words.day(row['measured_on'])}{_grade(row)}"
        for row in rows.iter_rows(named=True)
    ]
    figure.add_bar(
        x=[value - 1 for value in ratios],
        base=1,
        y=names,
        orientation="h",
        width=0.34,
        marker={
            "color": colours,
            "opacity": [1 if lit else 0.55 for lit in strong],
            "pattern": {
                "shape": ["/" if _grade(row) == HATCHED else "" for row in rows.iter_rows(named=True)],
                "size": 5,
            },
        },
        customdata=style.picks(rows),
        hovertext=hovers,
        hoverinfo="text",
    )
    figure.add_scatter(
        x=ratios,
        y=names,
        mode="markers",
        marker={
            "symbol": [look.symbol if lit else "circle-open" for look, lit in zip(looks, strong, strict=True)],
            "size": [12 if lit else 8 for lit in strong],
            "opacity": 1,
            "color": colours,
            "line": {"width": 2, "color": colours},
        },
        customdata=style.picks(rows),
        hovertext=hovers,
        hoverinfo="text",
    )
    style.outline(figure, ratios, names, rows["is_own"].to_list())
    figure.add_scatter(
        x=[_label_at(row) for row in rows.iter_rows(named=True)],
        y=names,
        mode="markers+text",
        marker=style.LABELLED,
        text=[f"{style.beside(row['is_own'])}{words.times(row['speed_ratio'])}" for row in rows.iter_rows(named=True)],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_scatter(
        x=[_label_at(row) for row in rows.iter_rows(named=True)],
        y=names,
        mode="markers+text",
        marker=style.LABELLED,
        text=[style.wide_only(_speed(row)) for row in rows.iter_rows(named=True)],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        cliponaxis=False,
    )
    _whiskers(figure, rows, names)
    figure.update_xaxes(
        style.ratio_axis(min(ratios), max(ratios) * 1.6, "Output speed, multiple of<br>the baseline (log scale)")
    )
    figure.update_yaxes(showgrid=False, **style.named(names))
    figure.update_layout(shapes=[style.strong_line(1)])
    measured = rows["measured_on"].drop_nulls()
    subtitle = (
        f"Output speed of one request after its first token, as a multiple of the baseline. "
        f"{words.plural(rows.height, 'measurement')}, {words.day(values.newest(measured))}."
    )
    return Chart(figure, title, subtitle)


def _label_at(row: style.Row) -> float:
    """Right of the bar and of its whisker; for a host slower than the baseline, right of the baseline."""
    return max(float(row["speed_ratio"]), (row["spread_high"] or 0) if not row["is_baseline"] else 0, 1)


def _speed(row: style.Row) -> str:
    """The speed itself, set to the right of the ratio's label."""
    told = " (baseline)" if row["is_baseline"] else _grade(row)
    indent = style.DIGIT_WIDE_SPACE * (len(words.times(row["speed_ratio"])) + 1)
    return f"{style.beside(row['is_own'])}{indent}{words.quantity(row['output_tokens_per_second'], 'tokens/s')}{told}"


def _grade(row: style.Row) -> str:
    """How well a measurement of the reader's own matches the baseline; the run beside it is one grade."""
    return f", grade {row['match_grade']}" if row["is_own"] and not row["is_baseline"] else ""


def _whiskers(figure: go.Figure, rows: pl.DataFrame, names: list[str]) -> None:
    for name, row in zip(names, rows.iter_rows(named=True), strict=True):
        if row["spread_low"] is not None and row["spread_high"] is not None and not row["is_baseline"]:
            figure.add_scatter(
                x=[row["spread_low"], row["spread_high"]],
                y=[name, name],
                mode="lines",
                line={"color": style.STRONG, "width": 1.5},
                hovertext=f"Spread {words.span(row['spread_low'], row['spread_high'], '×')}",
                hoverinfo="text",
            )


def by_model(frame: pl.DataFrame, title: str, value: str, axis_title: str, subtitle: str) -> Chart:
    """One row per model, one mark per specialised provider; the ratio line at 1.

    Grain of `frame`: model, provider, with the ratio in column `value`, family, match_grade,
    baseline_provider, is_own, measured_on. Marks of grade D are hollow, those of `is_recent` false, where it is given,
    pale.
    """
    frame = style.plain(frame)
    order = frame.group_by("model").agg(top=pl.col(value).max()).sort("top", "model")["model"].to_list()
    figure = style.figure(style.rows_height(len(order), above=96))
    for (provider, family), rows in frame.sort("provider", "match_grade").group_by(
        ["provider", "family"], maintain_order=True
    ):
        look = style.look(family)
        hollow = [grade not in matching.COMPARABLE_GRADES for grade in rows["match_grade"]]
        recent = rows["is_recent"] if "is_recent" in rows.columns else [True] * rows.height
        figure.add_scatter(
            x=rows[value].to_list(),
            y=rows["model"].to_list(),
            name=provider,
            mode="markers",
            marker={
                "symbol": [f"{look.symbol}-open" if is_hollow else look.symbol for is_hollow in hollow],
                "size": 12,
                "color": look.colour,
                "opacity": [1 if is_recent else PALE for is_recent in recent],
                "line": {"width": 2, "color": look.colour},
            },
            customdata=style.picks(rows),
            hovertext=[_model_hover(row, value) for row in rows.iter_rows(named=True)],
            hoverinfo="text",
        )
    style.outline(figure, frame[value].to_list(), frame["model"].to_list(), frame["is_own"].to_list())
    figure.update_xaxes(style.ratio_axis(*values.extent(frame[value]), axis_title))
    figure.update_yaxes(**style.named(order))
    figure.update_layout(
        shapes=[style.strong_line(1)],
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "xanchor": "left"},
    )
    return Chart(figure, title, subtitle)


def _model_hover(row: style.Row, value: str) -> str:
    return (
        f"{row['provider']} against {row['baseline_provider']} on {row['model']}: {words.times(row[value])}. "
        f"Grade {row['match_grade']}, {words.day(row['measured_on'])}{_sampled(row, value)}"
    )


def _sampled(row: style.Row, value: str) -> str:
    """Of how many samples the mark is the middle one; nothing of a single one, or of samples of another value."""
    if value != "speed_ratio" or row.get("samples") in (None, 1):
        return ""
    reached = words.span(row["value_low"], row["value_high"], "×")
    return f"<br>The middle of {row['samples']} samples since {words.day(row['window_from'])}: {reached}"


def waiting(frame: pl.DataFrame, title: str) -> Chart:
    """Time to first token against output speed, both logarithmic: right and low is better.

    Grain of `frame`: one host's endpoint, with host_label, ttft_seconds, output_tokens_per_second,
    family, is_specialised, is_own, measured_on; rows lacking either are not given.
    """
    frame = style.plain(frame)
    figure = style.figure(420)
    for is_specialised, rows in frame.group_by("is_specialised", maintain_order=True):
        lit = is_specialised[0]
        looks = [style.look(family) for family in rows["family"]]
        figure.add_scatter(
            x=rows["output_tokens_per_second"].to_list(),
            y=rows["ttft_seconds"].to_list(),
            mode="markers",
            marker={
                "symbol": [look.symbol if lit else "circle-open" for look in looks],
                "size": 13 if lit else 9,
                "color": [look.colour if lit else style.CONTEXT for look in looks],
                "line": {"width": 2, "color": [look.colour if lit else style.CONTEXT for look in looks]},
            },
            hovertext=[
                f"{row['host_label']}: first token after {words.quantity(row['ttft_seconds'], 's')}, then "
                f"{words.quantity(row['output_tokens_per_second'], 'tokens/s')}. {words.day(row['measured_on'])}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
    style.outline(
        figure,
        frame["output_tokens_per_second"].to_list(),
        frame["ttft_seconds"].to_list(),
        frame["is_own"].to_list(),
    )
    speeds, waits = frame["output_tokens_per_second"], frame["ttft_seconds"]
    figure.update_xaxes(style.log_axis(*values.extent(speeds), "Output speed, tokens/s (log scale)"))
    figure.update_yaxes(style.log_axis(*values.extent(waits), "Time to first token, s (log scale)"))
    labels.add(
        figure, speeds.to_list(), waits.to_list(), frame["host_label"].to_list(), frame["is_specialised"].to_list()
    )
    return Chart(
        figure,
        title,
        f"Time to first token and output speed of one request. {words.plural(frame.height, 'measurement')}. "
        "Right is faster, low is sooner.",
    )
