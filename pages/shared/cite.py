"""What stands around every chart: the finding, the figure, its sources, its rows, its downloads."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl
import streamlit as st

from charts.style import CONFIG, Chart
from exports.files import encoded
from metrics import words
from pages.shared import tables

MIMES: Mapping[str, tuple[str, str]] = {
    "CSV": ("csv", "text/csv"),
    "Excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "Parquet": ("parquet", "application/vnd.apache.parquet"),
}


def chart(drawn: Chart, rows: pl.DataFrame, name: str, columns: Sequence[str] = ()) -> None:
    """A chart under its finding, with the source line, the rows behind it and their downloads.

    `rows` are the figures drawn, each with source_url and publisher; `columns` are shown first.
    """
    st.subheader(drawn.title, anchor=False)
    st.caption(drawn.subtitle)
    st.plotly_chart(drawn.figure, key=f"chart {name}", config=CONFIG, alt=f"{drawn.title}. {drawn.subtitle}")
    sources(rows, drawn.footnote)
    behind(rows, name, columns)


def sources(rows: pl.DataFrame, footnote: str = "") -> None:
    """One line: the publishers with a link each, the dates, and required legends."""
    pairs = [("publisher", "source_url"), ("baseline_publisher", "baseline_source_url")]
    listed = pl.concat(
        [
            rows.select(publisher=publisher, url=url)
            for publisher, url in pairs
            if publisher in rows.columns and url in rows.columns
        ]
        or [pl.DataFrame(schema={"publisher": pl.String, "url": pl.String})]
    ).drop_nulls()
    first = (
        listed.group_by("publisher")
        .agg(pl.col("url").first(), pl.len().alias("rows"))
        .sort("rows", "publisher", descending=[True, False])
    )
    links = [f"[{link_text(row['publisher'])}]({row['url']})" for row in first.head(6).iter_rows(named=True)]
    more = f" and {words.plural(first.height - 6, 'other')}" if first.height > 6 else ""
    line = f"Source: {', '.join(links)}{more}." if links else ""
    st.caption(" ".join(part for part in (line, footnote) if part))


def link_text(name: str) -> str:
    """A publisher's name as the text of a link: characters that Markdown reads are escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$~])", r"\\\1", name)


def behind(rows: pl.DataFrame, name: str, columns: Sequence[str] = ()) -> None:
    """The rows behind a figure, one click away, downloadable as CSV, Excel and Parquet."""
    with st.expander(f"Rows behind it ({rows.height:,}) and downloads"):
        table(rows, name, columns)
        downloads(rows, name)


def clickable(drawn: Chart, rows: pl.DataFrame, name: str, columns: Sequence[str] = ()) -> list[str]:
    """As `chart`, with marks that can be clicked; the custom data of those that are."""
    st.subheader(drawn.title.replace("$", r"\$"), anchor=False)
    st.caption(drawn.subtitle.replace("$", r"\$"))
    event = st.plotly_chart(
        drawn.figure,
        key=f"chart {name}",
        config=CONFIG,
        alt=f"{drawn.title}. {drawn.subtitle}",
        on_select="rerun",
        selection_mode="points",
    )
    sources(rows, drawn.footnote)
    behind(rows, name, columns)
    picked = [point["customdata"] for point in event["selection"]["points"] if point.get("customdata")]
    return sorted({one if isinstance(one, str) else one[0] for one in picked})


def table(rows: pl.DataFrame, name: str, columns: Sequence[str] = ()) -> None:
    """Rows with these columns first; addresses open."""
    shown = [column for column in columns if column in rows.columns]
    links = [column for column in rows.columns if column.endswith("url")]
    st.dataframe(
        rows.select(*shown, *(column for column in rows.columns if column not in shown)),
        hide_index=True,
        key=f"rows {name}",
        column_config={column: st.column_config.LinkColumn(column) for column in links},
    )


def downloads(rows: pl.DataFrame, name: str) -> None:
    """The rows as files; made only when asked for."""
    with st.container(horizontal=True):
        for label, (ending, mime) in MIMES.items():
            st.download_button(
                label,
                data=partial(encoded, rows, ending),
                file_name=f"inference-divide-{name}-{tables.generation()}.{ending}",
                mime=mime,
                key=f"download {name} {ending}",
                on_click="ignore",
                icon=":material/download:",
            )


def freshness() -> None:
    """How old the figures are: the newest measurement, and when they were built."""
    states = tables.table("source_state")
    speeds = tables.table("provider_speed")["measured_on"].drop_nulls()
    newest = words.day(speeds.max()) if len(speeds) else words.NOT_PUBLISHED
    fetched = states["fetched_at"].drop_nulls()
    looked = (
        f"last fetched {words.day(fetched.max().date())}" if len(fetched) else "shipped figures, not refreshed here yet"
    )
    failing = states.filter(pl.col("status").is_in(["failed", "partial"])).height
    trouble = f" · {words.plural(failing, 'source')} with trouble, see Evidence" if failing else ""
    st.badge(
        f"Newest speed {newest} · {looked}{trouble}", icon=":material/schedule:", color="orange" if failing else "gray"
    )


def empty(sentence: str, nearest: str = "") -> None:
    """What stands in the place of a chart with nothing to show: why, and what has data."""
    st.info(" ".join(part for part in (sentence, nearest) if part), icon=":material/info:")
