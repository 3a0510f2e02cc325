"""Refreshing from a page: a button, progress by source, and what came of it."""

import streamlit as st

from etl.folders import Folders
from etl.publish.refresh import Progress, refresh
from metrics import words
from pages.shared import cite
from pages.shared.markdown import plain
from pages.shared.view import Figures

OUTCOME = "refresh outcome"


def offer(figures: Figures) -> None:
    """Fetches every source and builds; a source that fails leaves its earlier figures in place."""
    if st.button("Refresh from the publishers", icon=":material/refresh:", key="refresh"):
        _refresh(figures.folders)
    if OUTCOME in st.session_state:
        _outcome()


def _refresh(folders: Folders) -> None:
    with st.status("Asking the publishers", expanded=True) as status:
        bar = st.progress(0.0)
        under_way: dict[str, tuple[int, int]] = {}

        def on_fetch(progress: Progress) -> None:
            under_way[progress.source] = (progress.done, progress.total)
            done, total = (sum(counts) for counts in zip(*under_way.values(), strict=True))
            bar.progress(done / max(total, 1), text=plain(f"{done:,} of {total:,} addresses; {progress.source}"))
            if progress.outcome:
                status.write(plain(f"{progress.source}: {progress.outcome.message}"))

        def on_build(step: str, done: int, total: int) -> None:
            bar.progress(done / max(total, 1), text=plain(f"Building: {step}"))

        refreshed = refresh(folders, on_fetch=on_fetch, on_build=on_build)
        st.session_state[OUTCOME] = refreshed
        status.update(label="Done", state="complete", expanded=False)
    st.rerun()


def _outcome() -> None:
    refreshed = st.session_state[OUTCOME]
    troubled = [outcome for outcome in refreshed.outcomes if not outcome.is_well]
    built = f"Built {refreshed.generation}." if refreshed.is_new else "Nothing new was published."
    if troubled:
        st.warning(f"{built} {words.plural(len(troubled), 'source')} went wrong; their earlier figures stand.")
    else:
        st.success(built)
    for outcome in troubled:
        cite.note(f"{outcome.source}: {outcome.message}")
    with st.expander(f"What came of each source ({len(refreshed.outcomes)})"):
        for outcome in refreshed.outcomes:
            cite.note(f"{outcome.source}: {outcome.message}")
