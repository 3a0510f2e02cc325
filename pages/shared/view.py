"""What one run of a page shows: one generation of the figures, and what the reader chose.

A run looks once, in `app.py`, which generation is the current one. All that it reads, draws and offers for
download follows from that value, whatever is built or uploaded meanwhile; the next run looks anew.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypedDict

import streamlit as st

from etl.folders import Folders

OF_RUN = "view"


class Bound(TypedDict):
    """How Streamlit is told that the address and the session carry what a control says."""

    bind: Literal["query-params"]
    persist_state: Literal["session"]


BOUND: Bound = {"bind": "query-params", "persist_state": "session"}


@dataclass(frozen=True)
class Figures:
    """One generation of the store in this data folder, with the reader's own rows or without them."""

    data: Path
    generation: str
    with_uploads: bool = False

    @property
    def folders(self) -> Folders:
        return Folders(data=self.data)

    @property
    def of_record(self) -> "Figures":
        """The same figures without the reader's own rows."""
        return replace(self, with_uploads=False)


@dataclass(frozen=True)
class View:
    """The figures of this run, and the reader's choice of model, baseline and blend."""

    figures: Figures
    model: str
    baseline: str
    blend: str


def hold(view: View) -> None:
    """Makes this the view of the run; a run of a part of the page alone has that of the run before."""
    st.session_state[OF_RUN] = view


def of_run() -> View:
    """The view that `app.py` made for this run: a page begins with it."""
    view: View = st.session_state[OF_RUN]
    return view
