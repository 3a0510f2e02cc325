"""Evidence: can I trust it?"""

import polars as pl
import streamlit as st

from charts import evidence as draw
from etl.schema import FACTS
from etl.sources import SOURCES
from metrics import cost, findings, matching, metric, words
from pages.shared import cite, refreshing, tables

states = tables.table("source_state")
aside = tables.table("set_aside")
origins = tables.table("origin")
paired = tables.speed_ratios()
CREDITS = tuple(dict.fromkeys(source.credit for source in SOURCES if source.credit))
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

used, left_out = int(states["rows_used"].sum()), int(states["rows_set_aside"].sum())
st.title("Can I trust it?", anchor=False)
st.markdown(
    f"#### {words.number(used)} figures from {words.plural(states.filter(pl.col('rows_used') > 0).height, 'source')}, "
    f"each with its address and date. Newest: {words.day(states['newest_on'].max())}. "
    f"{words.number(left_out)} published rows are set aside, each with the reason."
)

counts = findings.grades(paired)
graded = (
    paired.group_by("model", "provider")
    .agg(match_grade=pl.col("match_grade").min(), pairs=pl.len())
    .sort("model", "provider")
)
cite.chart(
    draw.coverage(
        graded,
        f"{words.plural(counts['A'] + counts['B'], 'pair')} of {words.plural(paired['model'].n_unique(), 'model')} "
        f"match well enough to enter an average; {words.plural(counts['C'] + counts['D'], 'other')} only show",
    ),
    paired,
    "coverage",
    ("model", "provider", "baseline_provider", "match_grade", "differs", "measured_on"),
)

st.subheader("Sources", anchor=False)
order = pl.Enum([source.id for source in SOURCES])
st.dataframe(
    states.sort(pl.col("source").cast(order)).select(
        Source="title",
        State=pl.col("status").replace(STATUS_WORDS),
        Figures="rows_used",
        Newest="newest_on",
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
    column_config={
        "Source": st.column_config.TextColumn("Source", width="medium", pinned=True),
        "State": st.column_config.TextColumn("State", width="medium"),
        "Address": st.column_config.LinkColumn("Address", display_text="Open"),
        "Fetched": st.column_config.DatetimeColumn("Fetched", format="D MMM YYYY HH:mm"),
        "Newest": st.column_config.DateColumn("Newest", format="D MMM YYYY"),
        "Figures": st.column_config.NumberColumn("Figures", format="localized"),
        "Aside": st.column_config.NumberColumn("Set aside", format="localized"),
    },
)
never_met = states.filter((pl.col("rows_used") == 0) & pl.col("fetched_at").is_null())["title"].sort().to_list()
if never_met:
    st.caption(f"No payload met yet, the readers are written from the published layouts: {words.listed(never_met)}.")
refreshing.offer()

st.subheader("What is not used, and why", anchor=False)
reasons = (
    aside.group_by("source", "reason")
    .agg(rows=pl.col("rows").sum(), example=pl.col("row").first(), source_url=pl.col("source_url").first())
    .sort("rows", "source", "reason", descending=[True, False, False])
)
st.dataframe(
    reasons.select(Source="source", Reason="reason", Rows="rows", Example="example", Address="source_url"),
    hide_index=True,
    key="set aside",
    column_config={
        "Address": st.column_config.LinkColumn("Address", display_text="Open"),
        "Rows": st.column_config.NumberColumn("Rows", format="localized"),
    },
)
cite.downloads(aside, "set-aside")

disagreements = cost.disagreements(tables.table("token_price"))
with st.expander(f"Catalogues that disagree on a price ({disagreements.height:,}); both rows stay"):
    st.caption("Input and output price in USD per 1M tokens, as each catalogue lists it.")
    st.dataframe(disagreements, hide_index=True, key="disagreements")

unknown = tables.table("unknown_name")
with st.expander(f"Published spellings that no list of names knows ({unknown.height:,}); they are kept as published"):
    st.dataframe(unknown.sort("rows", descending=True), hide_index=True, key="unknown names")

excluded = (
    tables.judged_speeds()
    .filter(pl.col("excluded_because").is_not_null())
    .group_by("excluded_because")
    .agg(measurements=pl.len())
    .sort("measurements", descending=True)
)
with st.expander(f"Measurements that enter no ratio ({int(excluded['measurements'].sum()):,})"):
    st.dataframe(excluded, hide_index=True, key="excluded")

with st.expander(f"Every payload read ({origins.height:,}), with its checksum"):
    cite.table(origins, "origins", ("source", "url", "status", "published_on", "fetched_at", "bytes", "sha256"))
    cite.downloads(origins, "origins")

st.subheader("How it is computed", anchor=False)
st.markdown(
    f"**Match grades.** {' '.join((matching.__doc__ or '').split('Grades: ')[1].split(chr(10) + chr(10))[0].split())}"
)
for declared in metric.METRICS:
    st.markdown(f"**{declared.label}** ({declared.unit}) = {declared.formula}.")
    st.caption(" ".join(part for part in (f"Source: {declared.source}.", declared.caveat) if part))

st.subheader("Licences and credits", anchor=False)
for credit in CREDITS:
    st.caption(credit)

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
