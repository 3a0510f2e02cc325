"""Questions: what does the article leave open?"""

import streamlit as st

from charts import verdicts as draw
from metrics import words
from metrics.claims import questions
from metrics.claims.questions import Answer, CannotAnswer, Question
from metrics.findings import answer as findings
from pages.shared import cite, places, tables
from pages.shared.markdown import plain
from pages.shared.view import View, of_run

PAIR_COLUMNS = ("when", "subject", "speed_ratio", "cost_ratio", "meets", "match_grade", "measured_on")
ROW_COLUMNS = ("subject", "value", "meets", "measured_on", "publisher", "source_url")


def show(view: View) -> None:
    answers, pairs = tables.answers(view.figures), tables.joint_pairs(view.figures)
    st.title("What does the article leave open?", anchor=False)
    cite.article(tables.table(view.figures, "claim"))
    cite.answer(questions.summary(answers))
    if pairs.is_empty():
        cite.empty("No pair has both a speed and a price.")
    else:
        cite.chart(view.figures, draw.corner(pairs, findings.promised(pairs)), pairs, "promise", PAIR_COLUMNS)
    for question, found in zip(questions.QUESTIONS, answers, strict=True):
        show_question(question, found)


def show_question(question: Question, found: Answer | CannotAnswer) -> None:
    """One question with its figure and sentence, or with what is missing."""
    with st.container(border=True, key=f"question {question.number}"):
        figure, told = st.columns([1, 3], vertical_alignment="center")
        with told:
            st.markdown(f"**{question.number}. {plain(question.text)}**")
            if isinstance(found, CannotAnswer):
                st.markdown(plain(f"{questions.CANNOT} Missing: {found.missing}"))
            else:
                st.markdown(plain(found.sentence))
        with figure:
            st.markdown(f"### {plain(found.figure) if isinstance(found, Answer) else 'Not published'}")
            if isinstance(found, Answer):
                cite.note(words.day(found.as_of))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
            if isinstance(found, Answer):
                with st.popover(
                    f"Rows ({found.rows.height:,})", type="tertiary", key=f"rows of question {question.number}"
                ):
                    cite.sources(found.rows)
                    cite.table(found.rows, f"question {question.number}", ROW_COLUMNS)
            places.link(question.page)


show(of_run())
