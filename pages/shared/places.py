"""The pages: group, file, title, icon and address of each, in the order of the menu.

A new page is its file and one line here; the menu, every link and the tests follow.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

import streamlit as st
from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True)
class Place:
    """One page. `path` is its file, one folder deep in `pages/`; `address` its path on the web, empty for the first."""

    group: str
    path: str
    title: str
    icon: str
    address: str = ""

    @property
    def name(self) -> str:
        """What claims and questions call it."""
        return PurePosixPath(self.path).stem


PLACES: tuple[Place, ...] = (
    Place("Answer", "pages/answer/verdict.py", "Verdict", ":material/gavel:"),
    Place("Answer", "pages/answer/claims.py", "Claims", ":material/rule:", "claims"),
    Place("Answer", "pages/answer/questions.py", "Questions", ":material/quiz:", "questions"),
    Place("Compare", "pages/compare/speed.py", "Speed", ":material/speed:", "speed"),
    Place("Compare", "pages/compare/cost.py", "Cost", ":material/payments:", "cost"),
    Place("Compare", "pages/compare/workload.py", "Workload", ":material/calculate:", "workload"),
    Place("Compare", "pages/compare/physics.py", "Physics", ":material/memory:", "physics"),
    Place(
        "Divide",
        "pages/divide/training_inference.py",
        "Training vs inference",
        ":material/call_split:",
        "training-inference",
    ),
    Place("Divide", "pages/divide/microsoft.py", "Microsoft", ":material/domain:", "microsoft"),
    Place("Data", "pages/data/upload.py", "Upload", ":material/upload_file:", "upload"),
    Place("Data", "pages/data/evidence.py", "Evidence", ":material/fact_check:", "evidence"),
)


def of(name: str) -> Place:
    """The page of this name. Raises KeyError."""
    return {place.name: place for place in PLACES}[name]


def menu() -> dict[str, list[StreamlitPage]]:
    """The pages as Streamlit's menu, by group."""
    pages: dict[str, list[StreamlitPage]] = {}
    for place in PLACES:
        page = st.Page(
            place.path,
            title=place.title,
            icon=place.icon,
            url_path=place.address or None,
            default=not place.address,
        )
        pages.setdefault(place.group, []).append(page)
    return pages


def link(name: str, label: str = "") -> None:
    """A link to the page of this name, under this label or as "Open" and its title."""
    place = of(name)
    st.page_link(place.path, label=label or f"Open {place.title}", width="content")
