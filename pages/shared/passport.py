"""The passport of a ratio on a page: opened from a mark, a row or a card."""

import streamlit as st

from metrics import words
from metrics.passport import Passport, Side
from pages.shared.markdown import link, plain


def show(passport: Passport) -> None:
    """The two rows side by side, what matches and what differs, the sum, and a footnote to copy."""
    st.markdown(f"**{plain(passport.title)}**")
    st.markdown(plain(f"{passport.sum}. Match grade {passport.grade}."))
    for column, side in zip(st.columns(2), passport.sides, strict=True):
        with column:
            _side(side)
    st.caption(f"Same on both sides: {words.listed(list(passport.matches))}.")
    if passport.differs:
        st.caption(f"Differs, or known of one side only: {words.listed(list(passport.differs))}.")
    if passport.unknown:
        st.caption(f"Published for neither side: {words.listed(list(passport.unknown))}.")
    for sentence in passport.others:
        st.caption(plain(sentence))
    if passport.others:
        st.caption("Measured by others under other conditions: never averaged with these rows nor divided by them.")
    st.caption("Footnote to copy:")
    st.code(passport.footnote, language=None, wrap_lines=True)


def _side(side: Side) -> None:
    st.markdown(f"**{plain(side.provider)}**: {plain(side.figure)}")
    lines = [
        f"{plain(side.measured_by)}, {side.date}",
        f"{link(side.publisher, side.url)}, {side.evidence}; {plain(side.licence)}",
        f"As published: {plain(side.spelling)}",
    ]
    if side.note:
        lines.append(plain(side.note))
    for line in lines:
        st.caption(line)
