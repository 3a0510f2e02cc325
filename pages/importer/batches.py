"""The importer's history: what was uploaded, by whom and when; undo, redo and export."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from etl.upload import importer
from metrics import words
from pages.importer import desk
from pages.shared import bar, cite, tables
from pages.shared.badges import Colour
from pages.shared.markdown import plain
from pages.shared.view import Figures

TABLES: Mapping[str, str] = {
    "provider_speed": "Speeds of providers",
    "token_price": "Prices per token",
    "gpu_serving": "Throughput of shared systems",
    "accelerator_rent": "Rents of accelerators",
    "inference_result": "Inference results",
    "training_result": "Training results",
}
SEEN_ON: Mapping[str, tuple[str, ...]] = {
    "provider_speed": ("speed", "physics"),
    "token_price": ("cost", "workload"),
    "gpu_serving": ("speed", "cost"),
    "accelerator_rent": ("cost",),
    "inference_result": ("training_inference",),
    "training_result": ("training_inference",),
}
SHOWN = 10
WIDTHS = (3, 5, 2, 2)
UNDONE: tuple[str, str, Colour] = ("Undone", ":material/undo:", "gray")
ACTIVE: tuple[str, str, Colour] = ("In the charts", ":material/check:", "green")


def history(figures: Figures) -> None:
    """Every upload, newest first, each with its undo; and the export of all."""
    st.subheader("Your uploads so far", anchor=False)
    listed = importer.history(figures.folders, figures.generation)
    if not listed:
        cite.note("None yet. What you add is listed here with its checksum, and can be undone and redone.")
        return
    pages = -(-len(listed) // SHOWN)
    page = st.pagination(pages, key="history page") if pages > 1 else 1
    for batch in listed[(page - 1) * SHOWN : page * SHOWN]:
        _batch(batch)
    _export(figures)


def _batch(batch: importer.Batch) -> None:
    with st.container(border=True, key=f"batch {batch.batch}"):
        name, summary, state, action = st.columns(WIDTHS, vertical_alignment="center")
        name.markdown(f"**{plain(batch.file_name)}**")
        summary.caption(plain(of_batch(batch)))
        label, icon, colour = UNDONE if batch.undone else ACTIVE
        with state:
            st.badge(label, icon=icon, color=colour)
        with action:
            if batch.undone:
                if st.button("Redo", icon=":material/redo:", key=f"redo {batch.batch}"):
                    change(partial(importer.redo, tables.folders(), batch.batch))
            elif st.button("Undo", icon=":material/undo:", key=f"undo {batch.batch}"):
                change(partial(importer.undo, tables.folders(), batch.batch))
        with st.expander("Checksum and mapping"):
            cite.note(f"Upload {batch.batch}. SHA-256 of the file:")
            st.code(batch.sha256, language=None, wrap_lines=True)
            cite.note("; ".join(f"{theirs} → {ours}" for theirs, ours in batch.mapping.items()))


def of_batch(batch: importer.Batch) -> str:
    """What was added, when and by whom."""
    by = f" by {batch.who}" if batch.who else ""
    replaced = ", in place of rows with the same key" if batch.mode == "replace" else ""
    return (
        f"{words.plural(batch.rows, 'row')} to {TABLES[batch.table]}{replaced}, "
        f"{words.day(batch.uploaded_at.date())} {batch.uploaded_at:%H:%M} UTC{by}"
    )


def stored(batch: importer.Batch) -> str:
    """What committing did."""
    if not batch.is_new:
        return f"{batch.file_name} was stored already; nothing was added twice."
    return (
        f"Stored {words.plural(batch.rows, 'row')} of {batch.file_name}. Every chart that shows "
        f"{TABLES[batch.table].lower()} draws them in a square, as long as the bar above says {bar.UPLOADS}."
    )


def recognised(batch: importer.Batch) -> str:
    """That the same file is stored already."""
    return f"This file is stored already: {of_batch(batch)}. Storing it again would add nothing."


def change(undo_or_redo: Callable[[], importer.Batch]) -> None:
    """Undoes or redoes an upload, and shows the page anew."""
    try:
        undo_or_redo()
    except importer.UnknownBatch as problem:
        st.error(plain(str(problem)))
        return
    st.session_state.pop(desk.DONE, None)
    under_way = desk.of_reader()
    if under_way:
        under_way.checked_from = ""  # what is new and what is stored has changed
    st.rerun()


def _export(figures: Figures) -> None:
    """All rows of the reader's own, one table a file; made only when asked for."""
    held = {table: rows for table, rows in figures.folders.store.own_counts(figures.generation).items() if rows}
    if not held:
        return
    st.markdown("**Take all your figures with you**")
    for table, rows in held.items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"export {table}"):
            cite.note(f"{TABLES[table]}: {words.plural(rows, 'row')}")
            exported = partial(importer.export, figures.folders, table, figures.generation)
            cite.files(exported, rows, f"uploads-{table}", f"export {table}")
