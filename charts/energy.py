"""The energy of a token as a chart: joules against the requests that share the chips."""

from math import log10

import polars as pl

from charts import labels, style
from charts.style import Chart
from metrics import values, words


def by_batch(frame: pl.DataFrame, title: str, subtitle: str) -> Chart:
    """Joules of one output token against requests at once, a line for each deployment; lower takes less.

    Grain of `frame`: configuration, as `energy.measured` gives it.
    """
    rows = style.plain(frame)
    figure = style.figure(420)
    figure.update_xaxes(style.log_axis(*values.extent(rows["requests_at_once"]), "Requests at once (log scale)"))
    figure.update_yaxes(
        style.log_axis(*values.extent(rows["joules_per_output_token"]), "Energy of one output token,<br>J (log scale)")
    )
    ends = []
    chips = rows["accelerator"].unique(maintain_order=True).to_list()
    for (label,), of_deployment in rows.group_by("label", maintain_order=True):
        look = style.look(of_deployment["family"][0])
        chip = chips.index(of_deployment["accelerator"][0])
        figure.add_scatter(
            x=of_deployment["requests_at_once"].to_list(),
            y=of_deployment["joules_per_output_token"].to_list(),
            name=label,
            mode="lines+markers",
            line={"color": look.colour, "width": 2, "dash": style.DASHES[chip % len(style.DASHES)]},
            marker={"symbol": look.symbol, "size": 8, "color": look.colour},
            hovertext=[_told(row) for row in of_deployment.iter_rows(named=True)],
            hoverinfo="text",
        )
        last = of_deployment.row(-1, named=True)
        ends.append((log10(last["requests_at_once"]), last["joules_per_output_token"], label))
    labels.line_ends(figure, ends)
    figure.update_layout(margin={"r": 80})
    return Chart(figure, title, subtitle)


def _told(row: style.Row) -> str:
    each = row["interactivity_tokens_per_second_per_user"]
    seen = f", {words.quantity(each, 'tokens/s')} for each user" if each else ""
    return (
        f"{row['label']}: {words.quantity(row['joules_per_output_token'], 'J')} a token with "
        f"{words.number(row['requests_at_once'])} requests at once{seen}"
    )
