"""Evidence as charts: which models can be compared at which providers, and how well."""

import plotly.graph_objects as go
import polars as pl

from charts import style
from charts.style import Chart
from metrics import matching, words

# Fuller is better matched; the families' colours mean silicon and are not used here.
GRADE_MARKS = {
    "A": (style.ACCENT, "circle"),
    "B": (style.ACCENT, "circle-open-dot"),
    "C": (style.CONTEXT, "circle-open"),
    "D": (style.CONTEXT, "x-thin"),
}


def coverage(frame: pl.DataFrame, title: str) -> Chart:
    """Best match grade of each model at each specialised provider.

    Grain of `frame`: model, provider, with match_grade and pairs.
    """
    frame = style.plain(frame)
    models = frame.group_by("model").agg(pl.col("pairs").sum()).sort("pairs", "model")["model"].to_list()
    figure = style.figure(style.rows_height(len(models), above=110))
    for grade, meaning in matching.grade_meanings().items():
        colour, symbol = GRADE_MARKS[grade]
        rows = frame.filter(pl.col("match_grade") == grade)
        figure.add_trace(
            go.Scatter(
                x=rows["provider"].to_list(),
                y=rows["model"].to_list(),
                name=f"{grade}: {meaning}",
                mode="markers",
                marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 2, "color": colour}},
                hovertext=[
                    f"{row['model']} at {row['provider']}: best grade {grade}, "
                    f"{words.plural(row['pairs'], 'pair')} in all"
                    for row in rows.iter_rows(named=True)
                ],
                hoverinfo="text",
            )
        )
    figure.update_xaxes(side="top", showgrid=False, type="category")
    figure.update_yaxes(categoryorder="array", categoryarray=models)
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "yanchor": "top", "y": -0.02, "x": 0, "xanchor": "left"}
    )
    pairs = int(frame["pairs"].sum())
    return Chart(figure, title, f"Best match grade per model and specialised provider; {words.plural(pairs, 'pair')}.")
