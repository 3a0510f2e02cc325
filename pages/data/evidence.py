"""Evidence: can I trust it?"""

import polars as pl
import streamlit as st

from charts import evidence as draw
from etl.schema import FACTS
from etl.sources import SOURCES
from metrics import cost, matching, metric, values, words
from metrics.findings import evidence as findings
from pages.shared import cite, refreshing, tables
from pages.shared.markdown import plain
from pages.shared.view import Figures, View, of_run

CREDITS = tuple(dict.fromkeys(source.credit for source in SOURCES if source.credit))
LACKING = ("partial", "waiting", "failed")
STATUS_WORDS = {
    "ok": "Read",
    "unchanged": "Read",
    "shipped": "Shipped figures",
    "partial": "Partly read",
    "waiting": "Waiting for the publisher",
    "absent": "Not published there",
    "needs key": "Needs a key",
    "failed": "Failed; earlier figures stand",
}


def show(view: View) -> None:
    figures = view.figures
    states = tables.table(figures, "source_state")
    st.title("Can I trust it?", anchor=False)
    answer(states)
    coverage(figures, tables.speed_ratios(figures).filter(~pl.col("is_own")))
    sources(states)
    refreshing.offer(figures)
    not_used(figures, tables.table(figures, "set_aside"))
    corrected(tables.table(figures, "correction"))
    believed(tables.table(figures, "token_price"))
    withdrawn(tables.table(figures, "withdrawal"))
    details(figures)
    how_it_is_computed()
    licences()
    dictionary()


def answer(states: pl.DataFrame) -> None:
    """How many figures of how many sources there are, and how many published rows are not used."""
    used, left_out = int(states["rows_used"].sum()), int(states["rows_set_aside"].sum())
    cite.answer(
        f"{words.number(used)} figures from {words.plural(states.filter(pl.col('rows_used') > 0).height, 'source')}, "
        f"each with its address and date. Newest: {words.day(values.newest(states['newest_on']))}. "
        f"{words.number(left_out)} published rows are set aside, each with the reason."
    )


def coverage(figures: Figures, paired: pl.DataFrame) -> None:
    """The main chart: which models can be compared at which providers, and how well."""
    counts = findings.grades(paired)
    graded = (
        paired.group_by("model", "provider")
        .agg(match_grade=pl.col("match_grade").min(), pairs=pl.len())
        .sort("model", "provider")
    )
    cite.chart(
        figures,
        draw.coverage(
            graded,
            f"{words.plural(counts['A'] + counts['B'], 'pair')} of {words.plural(paired['model'].n_unique(), 'model')} "
            f"match well enough to enter an average; {words.plural(counts['C'] + counts['D'], 'other')} "
            f"{'is' if counts['C'] + counts['D'] == 1 else 'are'} shown only",
        ),
        paired,
        "coverage",
        ("model", "provider", "baseline_provider", "match_grade", "differs", "measured_on"),
    )


def sources(states: pl.DataFrame) -> None:
    """Each source with its state, its dates, its licence and its address."""
    st.subheader("Sources", anchor=False)
    order = pl.Enum([source.id for source in SOURCES])
    st.dataframe(
        states.sort(pl.col("source").cast(order)).select(
            Source="title",
            State=pl.col("status").replace(STATUS_WORDS),
            Figures="rows_used",
            Newest="newest_on",
            Known="named_percent",
            Missing=pl.when(pl.col("status").is_in(LACKING)).then(pl.coalesce("complete_at", "fetched_at")),
            Fetched="fetched_at",
            Aside="rows_set_aside",
            Publisher="publisher",
            Licence="licence",
            Address="home_url",
            Message="message",
        ),
        hide_index=True,
        key="sources",
        height="content",
        placeholder="–",
        column_config={
            "Source": st.column_config.TextColumn("Source", width=300, pinned=True),
            "State": st.column_config.TextColumn("State", width=190),
            "Address": st.column_config.LinkColumn("Address", display_text="Open"),
            "Fetched": st.column_config.DatetimeColumn("Fetched", format="D MMM YYYY HH:mm"),
            "Newest": st.column_config.DateColumn("Newest", format="D MMM YYYY"),
            "Known": st.column_config.NumberColumn(
                "Names known", format="%.0f %%", help="Share of its rows of which the lists know every name"
            ),
            "Missing": st.column_config.DatetimeColumn(
                "Missing since", format="D MMM YYYY HH:mm", help="What is missing stands under Message"
            ),
            "Figures": st.column_config.NumberColumn("Figures", format="localized"),
            "Aside": st.column_config.NumberColumn("Set aside", format="localized"),
        },
    )
    never_met = states.filter((pl.col("rows_used") == 0) & pl.col("fetched_at").is_null())["title"].sort().to_list()
    if never_met:
        cite.note(f"Never fetched yet, and no figures of them ship: {words.listed(never_met)}.")


def not_used(figures: Figures, aside: pl.DataFrame) -> None:
    """Published rows that are set aside, counted by reason."""
    st.subheader("What is not used, and why", anchor=False)
    titles = {source.id: source.title for source in SOURCES}
    reasons = (
        aside.group_by("source", "reason")
        .agg(rows=pl.col("rows").sum(), example=pl.col("row").first(), source_url=pl.col("source_url").first())
        .sort("rows", "source", "reason", descending=[True, False, False])
    )
    st.dataframe(
        reasons.select(
            Source=pl.col("source").replace(titles),
            Reason="reason",
            Rows="rows",
            Example="example",
            Address="source_url",
        ),
        hide_index=True,
        key="set aside",
        placeholder="–",
        column_config={
            "Source": st.column_config.TextColumn("Source", width="medium"),
            "Reason": st.column_config.TextColumn("Reason", width="large"),
            "Example": st.column_config.TextColumn("Example", width="medium"),
            "Address": st.column_config.LinkColumn("Address", display_text="Open")
            if cite.addresses(aside)
            else st.column_config.TextColumn("Address"),
            "Rows": st.column_config.NumberColumn("Rows", format="localized"),
        },
    )
    if told := findings.not_shipped(aside):
        cite.note(told)
    cite.downloads(figures, aside, "set-aside")


def corrected(corrections: pl.DataFrame) -> None:
    """Every correction of a published figure; those that no longer apply are said in a line each."""
    st.subheader("What is corrected", anchor=False)
    cite.note(
        f"Corrections of published figures: {corrections.height:,}, each with who says so. "
        "The note of a corrected row gives the published figure."
    )
    for line in corrections.filter(pl.col("status") != "applied").iter_rows(named=True):
        cite.note(f"{line['correction']}: {line['message']}")
    with st.expander(f"Every correction ({corrections.height:,})"):
        cite.table(corrections, "corrections")


def believed(prices: pl.DataFrame) -> None:
    """List prices by what their neighbours say of them, and each one in doubt beside its nearest neighbour."""
    st.subheader("What is believed", anchor=False)
    cite.note(findings.believed(prices))
    doubted = findings.doubted(prices)
    with st.expander(f"List prices in doubt ({doubted.height:,}); nothing rests on them"):
        cite.table(doubted, "doubted prices")


def withdrawn(withdrawals: pl.DataFrame) -> None:
    """What providers stopped selling, with the day and who says so."""
    with st.expander(f"Models that a provider stopped selling ({withdrawals.height:,})"):
        cite.table(withdrawals.sort("ended_on", "provider", "model", descending=[True, False, False]), "withdrawals")


def details(figures: Figures) -> None:
    """What else a doubter may look up: disagreements, unknown names, exclusions, payloads."""
    origins = tables.table(figures, "origin")
    disagreements = cost.disagreements(tables.prices(figures))
    with st.expander(f"Catalogues that disagree on a price ({disagreements.height:,}); both rows stay"):
        cite.note("Input and output price in USD per 1M tokens, as each catalogue lists it.")
        cite.table(disagreements, "disagreements")

    unknown = tables.table(figures, "unknown_name")
    with st.expander(
        f"Published spellings that no list of names knows ({unknown.height:,}); they are kept as published"
    ):
        st.dataframe(unknown.sort("rows", descending=True), hide_index=True, key="unknown names")

    excluded = (
        tables.judged_speeds(figures)
        .filter(pl.col("excluded_because").is_not_null() & ~matching.OWN)
        .group_by("excluded_because")
        .agg(measurements=pl.len())
        .sort("measurements", descending=True)
    )
    with st.expander(f"Measurements that enter no ratio ({int(excluded['measurements'].sum()):,})"):
        st.dataframe(excluded, hide_index=True, key="excluded")

    sellers = tables.prices_left_out(figures)
    with st.expander(f"Providers whose prices enter nothing, as nobody knows them to run models ({sellers.height:,})"):
        cite.note("A gateway passes requests on, a reseller sells what others run, a plan is a subscription.")
        cite.table(sellers, "sellers left out")

    with st.expander(f"Every payload read ({origins.height:,}), with its checksum"):
        cite.table(origins, "origins", ("source", "url", "status", "published_on", "fetched_at", "bytes", "sha256"))
        cite.downloads(figures, origins, "origins")


def how_it_is_computed() -> None:
    """The match grades and every metric with its formula, source and caveat."""
    st.subheader("How it is computed", anchor=False)
    st.markdown("**Match grades.** How well the two sides of a ratio match:")
    for grade, meaning in matching.grade_meanings().items():
        cite.note(f"{grade}: {meaning}.")
    cite.note(matching.grade_rule())
    for declared in metric.METRICS:
        st.markdown(f"**{plain(declared.label)}** ({plain(declared.unit)}) = {plain(declared.formula)}.")
        cite.note(" ".join(part for part in (f"Source: {declared.source}.", declared.caveat) if part))


def licences() -> None:
    """The credits that licences ask for."""
    st.subheader("Licences and credits", anchor=False)
    for credit in CREDITS:
        st.caption(credit)


def dictionary() -> None:
    """Every table and column of the vocabulary."""
    with st.expander("Data dictionary"):
        for table in FACTS:
            st.markdown(f"**{table.name}**: {table.grain}. One row for each {', '.join(table.key)}.")
            st.dataframe(
                pl.DataFrame(
                    [(column.name, column.unit or "", column.meaning, column.required) for column in table.columns],
                    schema=["column", "unit", "meaning", "required"],
                    orient="row",
                ),
                hide_index=True,
                key=f"dictionary {table.name}",
            )


show(of_run())
