"""Verdict: is the article right, today?"""

import polars as pl
import streamlit as st

from charts import verdicts as draw
from charts.style import VERDICT_LOOKS
from metrics import cards, cost, findings, verdicts, words
from pages.shared import cite, look, passport, tables
from pages.shared.markdown import plain

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
cite.answer(findings.judgement(judged))


def show_card(card: cards.Card) -> None:
    """One figure with what it rests on; its rows open beside its name."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(plain(card.label), width="content")
            if card.value != words.NOT_PUBLISHED:
                with st.popover("Rows", type="tertiary", key=f"rows of {card.label}"):
                    if card.passport:
                        passport.show(card.passport)
                    cite.sources(card.rows)
                    cite.table(card.rows, f"card {card.label}", ROW_COLUMNS)
        st.metric(
            plain(card.label),
            card.value,
            label_visibility="collapsed",
            chart_data=list(card.history) or None,
            chart_type="line",
        )
        if card.value == words.NOT_PUBLISHED:
            cite.note(card.detail)
            return
        grade = f"Grade {card.grade}, " if card.grade else ""
        before = f"; before: {card.change}" if card.change and card.history else ""
        cite.note(f"{card.detail}. {grade}{card.spread}, {words.day(card.measured_on)}{before}.")


blend = cost.blend(choice.blend)
with st.container(key=look.CARDS):
    shown = cards.cards(tables.tables(), choice.model, choice.baseline, blend)
    for column, card in zip(st.columns(4, gap="small"), shown, strict=True):
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
    with st.container(border=True, gap="small"):
        told, then_column, now_column = st.columns([3, 4, 4])
        with told:
            st.markdown(f"**{plain(claim.short)}**")
            cite.note(f"Claimed: {words.quantity(claim.threshold, claim.unit)}")
        for when, column in ((verdicts.THEN, then_column), (verdicts.NOW, now_column)):
            line = lines[when]
            colour, icon = BADGES[line["verdict"]]
            with column:
                since = "Up to" if when == verdicts.THEN else "Since the article, up to"
                st.badge(VERDICT_LOOKS[line["verdict"]].label, icon=icon, color=colour)
                cite.note(f"{since} {words.day(line['as_of'])}: {line['reason']}")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(plain(f"{claim.claim_id}. What would change the verdict: {claim.flips}"), width="stretch")
            st.page_link(f"pages/compare/{claim.page}.py", label=f"Open {claim.page.title()}", width="content")
