"""Where a claim or a question is worked out: the page that charts its evidence."""

from collections.abc import Mapping

import streamlit as st

from etl.folders import PROJECT

CLAIMS, QUESTIONS = "pages/answer/claims.py", "pages/answer/questions.py"
PLACES: Mapping[str, tuple[str, str]] = {
    "speed": ("pages/compare/speed.py", "Speed"),
    "cost": ("pages/compare/cost.py", "Cost"),
    "workload": ("pages/compare/workload.py", "Workload"),
    "physics": ("pages/compare/physics.py", "Physics"),
    "training_inference": ("pages/divide/training_inference.py", "Training vs inference"),
    "microsoft": ("pages/divide/microsoft.py", "Microsoft"),
    "evidence": ("pages/data/evidence.py", "Evidence"),
}


def link(page: str) -> None:
    """A link to the page of this name, where this edition of the dashboard has it."""
    path, name = PLACES[page]
    if (PROJECT / path).exists():
        st.page_link(path, label=f"Open {name}", width="content")
