"""A verdict as a badge: a word and a shape, never colour alone."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from charts.style import VERDICT_LOOKS

Colour = Literal["red", "orange", "blue", "green", "violet", "gray"]

BADGES: Mapping[str, tuple[Colour, str]] = {
    "SUPPORTED": ("violet", ":material/check_circle:"),
    "PARTLY": ("violet", ":material/contrast:"),
    "NOT SUPPORTED": ("red", ":material/cancel:"),
    "STALE": ("gray", ":material/history:"),
    "NOT COMPARABLE": ("gray", ":material/block:"),
    "NO DATA": ("gray", ":material/help:"),
    "SCENARIO": ("blue", ":material/alt_route:"),
}


def show(verdict: str, before: str = "") -> None:
    """The badge of a verdict, with words before its name."""
    colour, icon = BADGES[verdict]
    st.badge(f"{before}{VERDICT_LOOKS[verdict].label}", icon=icon, color=colour)
