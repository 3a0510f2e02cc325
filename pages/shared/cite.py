"""What stands around every chart: the finding, the figure, its sources, its rows, its downloads."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypedDict

import polars as pl
import streamlit as st

from charts import style
from charts.style import CONFIG, Chart
from etl.schema import FACTS
from exports.files import ON_PAGES, encoded
from metrics import matching, mlcommons, words
from metrics.passport import Passport
from pages.shared import passport
from pages.shared.markdown import WEB_ADDRESS, link, linked, plain
from pages.shared.view import Figures

MEANINGS: Mapping[str, str] = {column.name: column.meaning for table in FACTS for column in table.columns}

OUTLINED = "In a square: your own figures, no part of the record."


def grades() -> str:
    """What the match grades mean, as the help beside one."""
    told = [f"{grade}: {meaning}." for grade, meaning in matching.grade_meanings().items()]
    return " ".join(["How well the two sides match.", *told, matching.grade_rule()])


def answer(sentence: str) -> None:
    """The page's question answered in one sentence, in larger type."""
    st.header(plain(sentence), anchor=False)


def note(sentence: str, help: str | None = None) -> None:
    """A small line of text; nothing where there is nothing to say."""
    if not sentence:
        return
    st.caption(plain(sentence), help=help)


def article(claims: pl.DataFrame) -> None:
    """Whose claims are tested, from the table `claim`: who wrote them, when and where; nothing where none is held."""
    if claims.is_empty():
        return
    row = claims.row(0, named=True)
    written = link(f"{row['publisher']}, {words.day(row['claimed_on'])}", row["source_url"])
    st.caption(
        f"The article: {written}, says that Cerebras and Groq answer 20 times as fast as the Nvidia clusters behind "
        "Microsoft Azure at a tenth of the cost, and that hardware splits into training and inference."
    )


def origins(sources: Sequence[tuple[str, str]]) -> None:
    """Names with their addresses, for a figure that is in no row; nothing where there are none."""
    if sources:
        st.caption(f"Source: {', '.join(link(name, url) for name, url in sources)}.")


def chart(
    figures: Figures,
    drawn: Chart,
    rows: pl.DataFrame,
    name: str,
    columns: Sequence[str] = (),
    passport_of: Callable[[dict[str, Any]], Passport | None] | None = None,
) -> None:
    """A chart under its finding, with the source line, the rows behind it and their downloads.

    `rows` are those of `figures` that are drawn, each with source_url and publisher; `columns` are shown first.
    Where `passport_of` is given and the rows carry `pick` (`pickable`), a click on a mark leaves
    its rows in the table and opens the passport of its ratio; so does a click on a row.
    """
    marks = painted(drawn, name, is_clickable=passport_of is not None)
    chosen = rows.filter(pl.col(style.PICK).is_in([int(mark) for mark in marks])) if passport_of else rows.head(0)
    if passport_of and chosen.height:
        opened(passport_of(chosen.row(0, named=True)), name)
    elif passport_of:
        note("Click a mark to open the two rows of its ratio.")
    sources(rows, drawn.footnote)
    behind(
        figures, chosen if chosen.height else rows, name, columns, is_open=chosen.height > 0, passport_of=passport_of
    )


def painted(drawn: Chart, name: str, is_clickable: bool) -> list[Any]:
    """The chart under its finding; what the clicked marks carry, in order and once."""
    st.subheader(plain(drawn.title), anchor=False)
    note(drawn.subtitle)
    event = st.plotly_chart(
        drawn.figure,
        key=f"chart {name}",
        config=CONFIG,
        alt=f"{drawn.title}. {drawn.subtitle}",
        on_select="rerun" if is_clickable else "ignore",
        selection_mode="points",
    )
    carried = [point.get("customdata") for point in event["selection"]["points"]] if isinstance(event, dict) else []
    return sorted({mark[0] if isinstance(mark, list | tuple) else mark for mark in carried if mark is not None})


def pickable(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows numbered, so that a mark can be traced to its row."""
    return rows.with_row_index(style.PICK).with_columns(pl.col(style.PICK).cast(pl.Int64))


def opened(found: Passport | None, name: str) -> None:
    """The passport of a ratio below its chart; the baseline itself has none."""
    if found is None:
        note("This is the baseline: every other ratio is formed with it.")
        return
    with st.container(border=True, key=f"passport {name}"):
        passport.show(found)


NAMED_PUBLISHERS = 3  # those of most rows; the rows below a chart name all


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
    links = [link(row["publisher"], row["url"]) for row in first.head(NAMED_PUBLISHERS).iter_rows(named=True)]
    others = first.height - NAMED_PUBLISHERS
    more = f" and {words.plural(others, 'other')}" if others > 0 else ""
    line = f"Source: {', '.join(links)}{more}." if links else ""
    if "is_own" in rows.columns and rows["is_own"].any():
        footnote = f"{footnote} {OUTLINED}".strip()
    if mlcommons.LEGEND not in footnote:
        footnote = f"{footnote} {mlcommons.footnote(rows, derived=True, counted=True)}".strip()
    if line or footnote:
        st.caption(" ".join(part for part in (line, linked(footnote)) if part))


def behind(
    figures: Figures,
    rows: pl.DataFrame,
    name: str,
    columns: Sequence[str] = (),
    is_open: bool = False,
    passport_of: Callable[[dict[str, Any]], Passport | None] | None = None,
) -> None:
    """The rows behind a figure, one click away, downloadable as CSV, Excel and Parquet."""
    shown = rows.drop(style.PICK, strict=False)
    with st.expander(f"Rows behind it ({rows.height:,}) and downloads", expanded=is_open):
        clicked = table(shown, name, columns, is_clickable=passport_of is not None)
        if passport_of and clicked is not None and clicked < rows.height:
            opened(passport_of(rows.row(clicked, named=True)), f"row {name}")
        downloads(figures, shown, name)


def clickable(drawn: Chart, rows: pl.DataFrame, name: str) -> list[str]:
    """A chart under its finding, with its sources, whose marks can be clicked: what the clicked ones carry."""
    marks = painted(drawn, name, is_clickable=True)
    sources(rows, drawn.footnote)
    return marks


def table(rows: pl.DataFrame, name: str, columns: Sequence[str] = (), is_clickable: bool = False) -> int | None:
    """Rows with these columns first; addresses of the web open. The place of the row that was clicked."""
    shown = [column for column in columns if column in rows.columns]
    # What is missing is not published; where nothing differs, nothing is missing.
    rows = rows.with_columns(pl.col("^differs$").fill_null("nothing"))
    ordered = rows.select(*shown, *(column for column in rows.columns if column not in shown))
    event = st.dataframe(
        ordered.to_arrow(),  # which is sent as it is; a frame would go through pandas first
        hide_index=True,
        key=f"rows {name}",
        placeholder=words.NOT_PUBLISHED,
        column_config=headings(rows),
        on_select="rerun" if is_clickable else "ignore",
        selection_mode="single-row",
    )
    return next(iter(event["selection"]["rows"]), None) if isinstance(event, dict) else None


class Told(TypedDict):
    """What the head of a column says."""

    label: str
    help: str | None


def headings(rows: pl.DataFrame) -> dict[str, Any]:
    """What each column is called and, where the vocabulary knows it, what it means; addresses open."""
    links = addresses(rows)
    columns = {}
    for name, dtype in rows.schema.items():
        told: Told = {"label": heading(name), "help": MEANINGS.get(name.removeprefix("baseline_"))}
        if name in links:
            columns[name] = st.column_config.LinkColumn(**told)
        elif dtype == pl.Date:
            columns[name] = st.column_config.DateColumn(**told, format="D MMM YYYY")
        else:
            columns[name] = st.column_config.Column(**told)
    return columns


def heading(name: str) -> str:
    """A column's name as words, its unit still at the end: Output tokens per second."""
    told = name.replace("_", " ").replace(" usd ", " USD ").replace("usd ", "USD ").replace(" url", " address")
    told = told.replace("ttft ", "TTFT ")
    return f"{told[0].upper()}{told[1:]}"


def addresses(rows: pl.DataFrame) -> list[str]:
    """Columns that hold nothing but addresses of the web; any other is shown as text, not as a link."""
    return [
        column
        for column in rows.columns
        if column.endswith("url") and rows[column].drop_nulls().str.contains(WEB_ADDRESS).all()
    ]


def downloads(figures: Figures, rows: pl.DataFrame, name: str) -> None:
    """The rows as files, each named after the generation it is of; made only when asked for."""
    with st.container(horizontal=True):
        files(lambda: rows, rows.height, f"inference-divide-{name}-{figures.generation}", f"download {name}")


def files(rows: Callable[[], pl.DataFrame], count: int, name: str, key: str) -> None:
    """A button for each kind of file that holds so many rows; `rows` is asked when a button is pressed."""
    for form in ON_PAGES:
        if form.most_rows is None or count <= form.most_rows:
            st.download_button(
                form.label,
                data=partial(_file, rows, form.ending),
                file_name=f"{name}.{form.ending}",
                mime=form.mime,
                key=f"{key} {form.ending}",
                on_click="ignore",
                icon=":material/download:",
            )


def _file(rows: Callable[[], pl.DataFrame], ending: str) -> bytes:
    return encoded(rows(), ending)


def empty(sentence: str, nearest: str = "") -> None:
    """What stands in the place of a chart with nothing to show: why, and what has data."""
    st.info(plain(" ".join(part for part in (sentence, nearest) if part)), icon=":material/info:")
