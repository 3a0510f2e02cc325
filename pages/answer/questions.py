"""Questions: what the article asks, and what else a reader would."""

import polars as pl
import streamlit as st

from charts import verdicts as draw
from metrics import words
from metrics.claims import question, questions
from metrics.claims.question import Answer, CannotAnswer, Question
from metrics.findings import answer as findings
from pages.shared import cite, look, places, tables
from pages.shared.markdown import plain
from pages.shared.view import Figures, View, of_run

PAIR_COLUMNS = ("when", "subject", "speed_ratio", "cost_ratio", "meets", "match_grade", "measured_on")
ROW_COLUMNS = ("subject", "value", "meets", "measured_on", "publisher", "source_url")
EVENT_COLUMNS = ("happened_on", "company", "headline", "publisher", "source_url")
TABS = {question.ARTICLE: "The article's questions", question.MORE: "More questions"}


def show(view: View) -> None:
    answers = tables.answers(view.figures)
    st.title("What does the article leave open?", anchor=False)
    cite.article(tables.table(view.figures, "claim"))
    cite.answer(question.summary(questions.QUESTIONS, answers))
    show_promise(view.figures)
    for tab, asked_by in zip(st.tabs(list(TABS.values())), TABS, strict=True):
        with tab:
            for asked, found in zip(questions.QUESTIONS, answers, strict=True):
                if asked.asked_by == asked_by:
                    show_question(asked, found)
    cite.downloads(view.figures, tables.answered_questions(view.figures), "answers")


def show_promise(figures: Figures) -> None:
    """Both halves of the promise on one chart: no pair lies in its corner, or some do."""
    pairs = tables.joint_pairs(figures)
    if pairs.is_empty():
        cite.empty("No pair has both a speed and a price.")
        return
    cite.chart(figures, draw.corner(pairs, findings.promised(pairs)), pairs, "promise", PAIR_COLUMNS)


def show_question(asked: Question, found: Answer | CannotAnswer) -> None:
    """One question with its figure and sentences, or with what is missing; its events and rows open beside them."""
    with st.container(border=True, key=f"{look.QUESTION} {asked.number}"):
        figure, told, more = st.columns([2, 7, 2], vertical_alignment="center", gap="small")
        with figure:
            st.markdown(f"**{plain(found.figure) if isinstance(found, Answer) else 'Not published'}**")
            if isinstance(found, Answer):
                cite.note(words.day(found.as_of))
        with told:
            st.markdown(f"**{asked.number}. {plain(asked.text)}**")
            cite.note(_told(asked, found))
        with more:
            if found.events.height:
                show_rows(f"Events ({found.events.height:,})", f"events of question {asked.number}", found.events)
            if isinstance(found, Answer):
                show_rows(f"Rows ({found.rows.height:,})", f"rows of question {asked.number}", found.rows)
            places.link(asked.page, f"Work it out: {places.of(asked.page).title}" if asked.is_scenario else "")


def _told(asked: Question, found: Answer | CannotAnswer) -> str:
    """The sentences of an answer and what nobody publishes of it, or what is missing."""
    if isinstance(found, CannotAnswer):
        return f"{question.CANNOT} Missing: {found.missing}"
    return f"{found.sentence} {f'Nobody publishes: {asked.not_published}' if asked.not_published else ''}".strip()


def show_rows(label: str, key: str, rows: pl.DataFrame) -> None:
    with st.popover(label, type="tertiary", key=key):
        cite.sources(rows)
        cite.table(rows, key, EVENT_COLUMNS if "happened_on" in rows.columns else ROW_COLUMNS)


show(of_run())
