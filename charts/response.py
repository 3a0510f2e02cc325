"""Response time as charts: its parts stacked, and speed over time."""

from math import log10

import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words

PARTS = (
    ("waiting_seconds", "waiting for the first token", 0.35),
    ("thinking_seconds", "thinking", 0.65),
    ("answering_seconds", "answering", 1.0),
)


def stacked(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Waiting, thinking and answering of each host, soonest on top; one hue per family, darker for each part.

    Grain of `frame`: one host's endpoint, with host_label, family, is_specialised, is_own, response_seconds
    and the three parts in seconds. Parts that are zero everywhere are not drawn.
    """
    rows = style.plain(frame).sort("response_seconds", descending=True)
    names = rows["host_label"].to_list()
    colours = [
        style.look(family).colour if lit else style.CONTEXT
        for family, lit in zip(rows["family"], rows["is_specialised"], strict=True)
    ]
    figure = style.figure(style.rows_height(rows.height, above=104))
    for column, label, opacity in PARTS:
        if rows[column].sum() == 0:
            continue
        figure.add_bar(
            x=rows[column].to_list(),
            y=names,
            orientation="h",
            name=label,
            width=0.55,
            marker={"color": colours, "opacity": opacity, "line": {"width": 0}},
            hovertext=[
                f"{name}: {words.quantity(seconds, 's')} {label}"
                for name, seconds in zip(names, rows[column], strict=True)
            ],
            hoverinfo="text",
            textposition="none",
        )
    figure.add_scatter(
        x=rows["response_seconds"].to_list(),
        y=names,
        mode="text",
        text=[
            f"{style.beside(is_own)}  {words.quantity(seconds, 's')}"
            for seconds, is_own in rows.select("response_seconds", "is_own").iter_rows()
        ],
        textposition="middle right",
        textfont={"size": style.SIZES["small"]},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    style.outline(figure, rows["response_seconds"].to_list(), names, rows["is_own"].to_list())
    longest = values.largest(rows["response_seconds"]) or 1
    figure.update_xaxes(title={"text": "Response time, s"}, range=[0, 1.18 * longest], rangemode="tozero")
    figure.update_yaxes(showgrid=False, **style.named(names))
    figure.update_layout(barmode="stack", showlegend=False)
    return Chart(figure, title, subtitle)


def over_time(frame: pl.DataFrame, title: str, subtitle: str, reading: float) -> Chart:
    """Weekly middle speed of each provider with its range; specialised in colour, others in grey.

    Grain of `frame`: label, week, as `response.history` gives it. `reading` is the speed at
    which a person reads, tokens/s, drawn as a line.
    """
    figure, ends = style.figure(440), []
    for (label, is_specialised), rows in (
        style.plain(frame).sort("week").group_by(["label", "is_specialised"], maintain_order=True)
    ):
        lit = is_specialised or rows["is_own"][0]
        look = style.look(rows["family"][0])
        colour = look.colour if is_specialised else style.STRONG if lit else style.CONTEXT
        figure.add_scatter(
            x=rows["week"].to_list(),
            y=rows["output_tokens_per_second"].to_list(),
            name=label,
            mode="lines+markers" if lit else "lines",
            line={"color": colour, "width": 2.5 if lit else 1},
            opacity=1 if lit else 0.5,
            marker={"symbol": look.symbol, "size": 9, "color": colour},
            error_y=_range(rows, colour) if lit else None,
            hovertext=[
                f"{label}, week of {words.day(row['week'])}: "
                f"{words.quantity(row['output_tokens_per_second'], 'tokens/s')}, "
                f"range {words.span(row['low'], row['high'], 'tokens/s')}, "
                f"{words.plural(row['captures'], 'capture')}"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
        style.outline(
            figure, rows["week"].to_list(), rows["output_tokens_per_second"].to_list(), rows["is_own"].to_list()
        )
        if lit:
            last = rows.row(-1, named=True)
            ends.append((last["week"], last["output_tokens_per_second"], label))
    low, high = min(values.extent(frame["low"])[0], reading), values.extent(frame["high"])[1]
    figure.update_yaxes(style.log_axis(low, high, "Output speed, tokens/s (log scale)"))
    figure.update_xaxes(style.day_axis(values.span(frame["week"]), "Week of the measurement"))
    labels.line_ends(figure, ends)
    figure.update_layout(shapes=[style.strong_line(reading, axis="y")], margin={"r": 96})
    figure.add_annotation(
        xref="paper",
        x=0,
        y=log10(reading),
        text="as fast as a person reads",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font={"size": style.SIZES["small"]},
    )
    return Chart(figure, title, subtitle)


def _range(rows: pl.DataFrame, colour: str) -> style.Settings:
    middle = rows["output_tokens_per_second"]
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["high"] - middle).to_list(),
        "arrayminus": (middle - rows["low"]).to_list(),
        "color": colour,
        "thickness": 1,
        "width": 0,
    }


def serving_curve(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Throughput of a whole system against what one user sees, one line per system and model.

    Grain of `frame`: one point, with system_label, model, throughput_tokens_per_second,
    interactivity_tokens_per_second_per_user, concurrency and is_own. Never beside per-request speeds.
    """
    figure = style.figure(440 + 34 * frame.select("system_label", "model").n_unique())
    shapes = iter(style.CURVE_SYMBOLS)
    by_load = style.plain(frame).sort("concurrency")
    for (system, model), rows in by_load.group_by(["system_label", "model"], maintain_order=True):
        label = f"{model} on {system}"
        figure.add_scatter(
            x=rows["interactivity_tokens_per_second_per_user"].to_list(),
            y=rows["throughput_tokens_per_second"].to_list(),
            name=f"{style.short(model)}<br>on {style.short(system)}",
            mode="lines+markers",
            line={"color": style.CONTEXT, "width": 1.5},
            marker={"symbol": next(shapes, "circle-open"), "size": 9, "color": style.ACCENT, "line": {"width": 2}},
            hovertext=[
                f"{label}: {words.plural(row['concurrency'], 'user')} at once, "
                f"{words.quantity(row['interactivity_tokens_per_second_per_user'], 'tokens/s')} each, "
                f"{words.quantity(row['throughput_tokens_per_second'], 'tokens/s')} together"
                for row in rows.iter_rows(named=True)
            ],
            hoverinfo="text",
        )
    style.outline(
        figure,
        by_load["interactivity_tokens_per_second_per_user"].to_list(),
        by_load["throughput_tokens_per_second"].to_list(),
        by_load["is_own"].to_list(),
    )
    users, together = frame["interactivity_tokens_per_second_per_user"], frame["throughput_tokens_per_second"]
    figure.update_xaxes(style.log_axis(*values.extent(users), "One user sees,<br>tokens/s per user (log scale)"))
    figure.update_yaxes(style.log_axis(*values.extent(together), "All users together, tokens/s (log scale)"))
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "x": 0, "xanchor": "left"},
        margin={"b": 70 + 34 * len(figure.data)},
    )
    return Chart(figure, title, subtitle)
