"""Verdict: is the article right, today?"""

from datetime import date

import polars as pl
import streamlit as st

from charts import verdicts as draw
from metrics import cards, cost, sides, words
from metrics.claims import questions, verdicts
from metrics.claims.claim import NOW
from metrics.findings import answer as findings
from metrics.findings import sides as sides_findings
from pages.shared import badges, cite, look, passport, places, tables
from pages.shared.markdown import plain
from pages.shared.view import Figures, View, of_run

ROW_COLUMNS = (
    "model",
    "provider",
    "baseline_provider",
    "speed_ratio",
    "cost_ratio",
    "response_ratio",
    "match_grade",
    "differs",
    "measured_on",
)
FIGURE_COLUMNS = ("claim_id", "when", "subject", "value", "meets", "match_grade", "measured_on")


def show(view: View) -> None:
    figures, judged = view.figures, tables.judged_claims(view.figures)
    st.title("Is the article right, today?", anchor=False)
    cite.article(tables.table(view.figures, "claim"))
    cite.answer(findings.judgement(judged, date.today()))
    show_cards(view)
    with st.container(key=look.LEDGER):
        drawn, counted = st.columns([5, 1], gap="small")
        with drawn:
            show_ledger(figures, judged)
        with counted:
            show_counts(judged, tables.would_become(figures))
    show_sides(figures)


def show_sides(figures: Figures) -> None:
    """What has changed under the article: who is tied to whom, what is still sold, and what nobody tests."""
    told = (
        sides_findings.moved(sides.ties(tables.record(figures, "event"))),
        sides_findings.microsoft_grew(tables.record(figures, "company_quarter")),
        sides_findings.replaced(tables.sold(figures)),
        sides_findings.NOT_ALIKE,
    )
    cite.note(" ".join(filter(None, told)))


def show_cards(view: View) -> None:
    with st.container(key=look.CARDS):
        made = cards.cards(tables.tables(view.figures), view.model, view.baseline, cost.blend(view.blend))
        for column, card in zip(st.columns(4, gap="small"), made, strict=True):
            with column:
                show_card(card)


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


def show_ledger(figures: Figures, judged: pl.DataFrame) -> None:
    """The headline claims, at three times; the rows behind them open beside the sources."""
    is_headline = pl.col("claim_id").is_in(list(verdicts.HEADLINES))
    headlines, rows = judged.filter(is_headline), tables.evidence_of_claims(figures).filter(is_headline)
    cite.painted(draw.ledger(headlines, findings.ledger(headlines)), "claims", is_clickable=False)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="stretch"):
            cite.sources(rows)
        with st.popover("Rows and downloads", type="tertiary", key="rows of the ledger"):
            cite.table(rows, "claims", FIGURE_COLUMNS)
            cite.downloads(figures, rows, "claims")


def show_counts(judged: pl.DataFrame, changed: pl.DataFrame | None) -> None:
    """How many claims got which verdict, and where the rest is."""
    st.markdown(f"**{plain(findings.all_claims(judged))}**")
    for verdict, count in findings.counts(judged, NOW).items():
        badges.show(verdict, f"{count} ")
    places.link("claims", f"All {len(verdicts.CLAIMS)} claims")
    places.link("questions", f"{len(questions.QUESTIONS)} questions")
    if changed is not None:
        cite.note(findings.would_change(changed))


show(of_run())
