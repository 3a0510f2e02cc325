"""Verdict: is the article right, today?"""

import polars as pl
import streamlit as st

from charts import verdicts as draw
from charts.style import VERDICT_LOOKS
from metrics import cards, cost, findings, verdicts, words
from pages.shared import cite, tables

choice = st.session_state["choice"]
judged = tables.judged_claims()
BADGES = {
    "SUPPORTED": ("green", ":material/check_circle:"),
    "PARTLY": ("orange", ":material/contrast:"),
    "NOT SUPPORTED": ("red", ":material/cancel:"),
    "STALE": ("violet", ":material/history:"),
    "NOT COMPARABLE": ("gray", ":material/block:"),
    "NO DATA": ("gray", ":material/help:"),
}
ROW_COLUMNS = (
    "model", "provider", "baseline_provider", "speed_ratio", "cost_ratio", "response_ratio", "match_grade", "differs",
    "measured_on",
)  # fmt: skip

st.title("Is the article right, today?", anchor=False)
st.markdown(f"#### {findings.judgement(judged)}")


def show_card(card: cards.Card) -> None:
    """One figure with what it rests on; its rows open below it."""
    with st.container(border=True, height="stretch"):
        st.metric(card.label, card.value, chart_data=list(card.history) or None, chart_type="line")
        grade = f"Grade {card.grade} · " if card.grade else ""
        change = f" · before: {card.change}" if card.change else ""
        dated = f" · {words.day(card.measured_on)}" if card.value != words.NOT_PUBLISHED else ""
        st.caption(f"{grade}{card.spread}{dated}{change}".strip(" ·") or card.detail)
        if card.value != words.NOT_PUBLISHED:
            st.caption(card.detail)
            with st.popover("The rows and their sources", type="tertiary"):
                cite.sources(card.rows)
                cite.table(card.rows, f"card {card.label}", ROW_COLUMNS)


blend = cost.blend(choice.blend)
for column, card in zip(st.columns(4), cards.cards(tables.tables(), choice.model, choice.baseline, blend), strict=True):
    with column:
        show_card(card)

cite.chart(
    draw.ledger(judged, "Six headline claims: what was measured as a multiple of what the article claims"),
    tables.evidence_of_claims(),
    "claims",
    ("claim_id", "when", "subject", "value", "meets", "match_grade", "measured_on"),
)

st.subheader("Claim by claim", anchor=False)
for claim in verdicts.CLAIMS:
    lines = {row["when"]: row for row in judged.filter(pl.col("claim_id") == claim.claim_id).iter_rows(named=True)}
    with st.container(border=True):
        told, then_column, now_column = st.columns([3, 4, 4])
        with told:
            st.markdown(f"**{claim.short}**")
            st.caption(f"{claim.claim_id} · claimed: {words.quantity(claim.threshold, claim.unit)}")
            st.page_link(f"pages/compare/{claim.page}.py", label=f"Open {claim.page.title()}", query_params=None)
        for when, column in ((verdicts.THEN, then_column), (verdicts.NOW, now_column)):
            line = lines[when]
            colour, icon = BADGES[line["verdict"]]
            with column:
                since = "On what was published by" if when == verdicts.THEN else "On what was published since, to"
                st.badge(VERDICT_LOOKS[line["verdict"]].label, icon=icon, color=colour)
                st.caption(f"{since} {words.day(line['as_of'])}. {line['reason']}")
        st.caption(f"What would change it: {claim.flips}")
