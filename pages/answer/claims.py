"""Claims: what does the article claim, and what became of it?"""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from charts import verdicts as draw
from metrics import mlcommons, words
from metrics.claims import verdicts
from metrics.claims.claim import TIMES, Claim
from metrics.findings import answer as findings
from metrics.findings import sides
from pages.shared import badges, cite, places, tables
from pages.shared.markdown import plain
from pages.shared.view import Figures, View, of_run

FIGURE_COLUMNS = ("when", "subject", "value", "meets", "match_grade", "measured_on", "publisher", "source_url")
REPLAY_COLUMNS = ("claim_id", "claim", "as_of", "verdict", "reason", "met", "figures")


def show(view: View) -> None:
    figures = view.figures
    judged, evidence = tables.judged_claims(figures), tables.evidence_of_claims(figures)
    changed = tables.would_become(figures)
    st.title("What does the article claim, and does it hold?", anchor=False)
    cite.article(tables.table(view.figures, "claim"))
    cite.answer(findings.judgement(judged, date.today()))
    if changed is not None:
        st.info(plain(findings.would_become(changed)), icon=":material/upload_file:")
    show_ledger(figures, judged, evidence)
    st.subheader("Claim by claim", anchor=False)
    cite.note(f"{findings.times()} {sides.NOT_ALIKE}")
    for claim in verdicts.SCORED:
        show_claim(claim, judged, evidence, changed)
    st.subheader("Scenarios: what may or will happen is not scored", anchor=False)
    cite.note(
        "No figure can decide these yet. Each has what the figures say so far, and the page on which it is worked out."
    )
    for claim in verdicts.ROUTED:
        show_claim(claim, judged, evidence, changed)
    show_replay(figures)
    show_builds(figures)


def show_ledger(figures: Figures, judged: pl.DataFrame, evidence: pl.DataFrame) -> None:
    """Every scored claim but those that rest on MLPerf's results: they stand in no chart with other figures."""
    apart = mlcommons.claims(evidence)
    scored = judged.filter(
        pl.col("claim_id").is_in([claim.claim_id for claim in verdicts.SCORED if claim.claim_id not in apart])
    )
    rows = evidence.filter(~pl.col("claim_id").is_in(apart))
    cite.chart(figures, draw.ledger(scored, findings.ledger(scored)), rows, "all-claims", ("claim_id", *FIGURE_COLUMNS))
    told = [f"“{claim.short}”" for claim in verdicts.SCORED if claim.claim_id in apart]
    if told:
        cite.note(f"Not in this chart: {words.listed(told)}. MLPerf results stand in no chart with other figures.")


def show_claim(claim: Claim, judged: pl.DataFrame, evidence: pl.DataFrame, changed: pl.DataFrame | None) -> None:
    """One claim: what it says, how it stood and stands and why, what would flip it, and its rows."""
    lines = {row["when"]: row for row in judged.filter(pl.col("claim_id") == claim.claim_id).iter_rows(named=True)}
    with st.container(border=True, gap="small", key=f"claim {claim.claim_id}"):
        told, *columns = st.columns(1 + len(TIMES))
        with told:
            st.markdown(f"**{plain(claim.short)}**")
            claimed = f"Claimed: {words.quantity(claim.threshold, claim.unit)}. " if claim.is_scored else ""
            cite.note(f"{claimed}Measured by: {claim.quantity}.")
        for when, column in zip(TIMES, columns, strict=True):
            with column:
                show_line(lines[when], changed)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            decides = "What would change the verdict" if claim.is_scored else "What would decide it"
            st.caption(plain(f"{claim.claim_id}. {decides}: {claim.flips}"), width="stretch")
            show_rows(claim, evidence)
            places.link(claim.page)


def show_line(line: dict[str, Any], changed: pl.DataFrame | None) -> None:
    badges.show(line["verdict"])
    cite.note(f"{findings.when_judged(line['when'], line['newest_on'], date.today())}: {line['reason']}")
    mine = findings.becomes(changed, line["claim_id"], line["when"])
    if mine:
        badges.show(mine, "With your files: ")


def show_rows(claim: Claim, evidence: pl.DataFrame) -> None:
    rows = evidence.filter(pl.col("claim_id") == claim.claim_id)
    rows = rows.select(name for name in rows.columns if rows[name].null_count() < rows.height)
    if rows.height:
        with st.popover(f"Rows ({rows.height:,})", type="tertiary", key=f"rows of {claim.claim_id}"):
            cite.sources(rows)
            cite.table(rows, f"claim {claim.claim_id}", FIGURE_COLUMNS)


def show_replay(figures: Figures) -> None:
    played = tables.replayed_claims(figures)
    cite.chart(figures, draw.replay(played, findings.replay(played)), played, "claims-replayed", REPLAY_COLUMNS)


def show_builds(figures: Figures) -> None:
    kept = tables.claims_by_generation(figures)
    st.subheader("Verdicts over the builds of the figures", anchor=False)
    cite.note(findings.builds(kept))
    cite.table(verdicts.unchanged_since(kept), "verdicts of builds", ("claim_id", "claim", "verdict"))


show(of_run())
