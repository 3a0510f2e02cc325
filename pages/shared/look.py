"""The little that the theme cannot say: how much room stands above a page, and its icon."""

import streamlit as st

ICON = "pages/shared/icon.svg"


def tighten() -> None:
    """Less empty room above a page, so that the answer and the main chart stand above the fold."""
    st.html(
        "<style>"
        "[data-testid='stMainBlockContainer'] {padding-top: 4rem; padding-bottom: 3rem;}"
        "h1 {padding-bottom: 0.25rem;}"
        "</style>"
    )
