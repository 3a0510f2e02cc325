"""The passport of a ratio on a page: opened from a mark, a row or a card."""

import streamlit as st

from metrics import words
from metrics.passport import Passport, Side
from pages.shared import cite


def show(passport: Passport) -> None:
    """The two rows side by side, what matches and what differs, the sum, and a footnote to copy."""
    st.markdown(f"**{cite.link_text(passport.title)}**")
    st.metric("Ratio", passport.ratio, label_visibility="collapsed")
    st.caption(f"{cite.link_text(passport.sum)}. Match grade {passport.grade}.")
    for column, side in zip(st.columns(2), passport.sides, strict=True):
        with column:
            _side(side)
    st.caption(f"Same on both sides: {words.listed(list(passport.matches))}.")
    if passport.differs:
        st.caption(f"Differs, or known of one side only: {words.listed(list(passport.differs))}.")
    if passport.unknown:
        st.caption(f"Published for neither side: {words.listed(list(passport.unknown))}.")
    st.caption("Footnote to copy:")
    st.code(passport.footnote, language=None, wrap_lines=True)


def _side(side: Side) -> None:
    st.markdown(f"**{cite.link_text(side.provider)}**: {cite.link_text(side.figure)}")
    lines = [
        f"{cite.link_text(side.measured_by)}, {side.date}",
        f"[{cite.link_text(side.publisher)}]({side.url}), {side.evidence}; {cite.link_text(side.licence)}",
        f"As published: {cite.link_text(side.spelling)}",
    ]
    if side.note:
        lines.append(cite.link_text(side.note))
    for line in lines:
        st.caption(line)
