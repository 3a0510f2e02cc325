"""The importer's third and fourth step: what was found in the file, and storing it."""

from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from etl.upload import importer
from exports.files import FORMATS, encoded
from metrics import uploads, words
from pages.importer import batches, desk
from pages.shared import bar, cite, places, tables
from pages.shared.markdown import plain

MODES = {
    importer.APPEND: "Add: every row beside what is stored",
    importer.REPLACE: "Replace: a row with the same key takes the place of your earlier one",
}
COUNT_PIXELS = 172  # two fit side by side on a telephone


def check_and_commit(under_way: desk.Desk, mapping: importer.FileMapping) -> None:
    st.subheader("3. What we found", anchor=False)
    checked = desk.checked(under_way, mapping)
    if checked is None:
        return
    counts = checked.counts
    cite.note(uploads.found(counts))
    with st.container(horizontal=True, gap="small"):
        for kind, label in uploads.OUTCOMES.items():
            st.metric(label, f"{counts[kind]:,}", border=True, width=COUNT_PIXELS)
    _problems(checked)
    _put_right(under_way, checked)
    _preview(under_way, checked)
    _commit(under_way, checked)


def _problems(checked: importer.Checked) -> None:
    if not checked.errors + checked.warnings:
        st.success("No cell needs a look.", icon=":material/check:")
        return
    st.markdown("**What is wrong, and how to put it right**")
    cite.note(uploads.problems_shown(len(checked.problems), checked.errors, checked.warnings))
    st.dataframe(
        _listed(checked.problems),
        hide_index=True,
        key="problems",
        placeholder="empty",
        height=300 if len(checked.problems) > 8 else "content",
        column_config={
            "Kind": st.column_config.TextColumn(width=70),
            "Row": st.column_config.NumberColumn(format="localized", width=60),
            "Column": st.column_config.TextColumn(width=170),
            "As written": st.column_config.TextColumn(width=150),
            "What is wrong": st.column_config.TextColumn("What is wrong, and how to put it right", width=780),
        },
    )
    with st.expander(f"Every kind of problem, counted ({checked.kinds.height:,})"):
        cite.table(checked.kinds, "kinds of problems")


def _listed(problems: Sequence[importer.Problem]) -> pl.DataFrame:
    """Errors first, then warnings, each in the order of rows."""
    names = ("Kind", "Row", "Column", "As written", "What is wrong")
    return pl.DataFrame(
        [(found.severity.title(), found.row, found.column, found.value, found.message) for found in problems],
        schema={name: pl.Int64 if name == "Row" else pl.String for name in names},
        orient="row",
    ).sort("Kind", maintain_order=True)


def _put_right(under_way: desk.Desk, checked: importer.Checked) -> None:
    """The rejected rows, editable, to be checked again; or as a file, for those who correct them elsewhere."""
    if not checked.rejected:
        return
    rejected = under_way.preview(checked, "rejected")
    st.markdown("**Put right in place**")
    more = f" The first {rejected.height:,} of {checked.rejected:,}." if rejected.height < checked.rejected else ""
    cite.note(f"Write over a cell, then check again; the file itself stays as it is.{more}")
    theirs = under_way.sheet.header
    row, wrong = (name for name in rejected.columns if name not in theirs)
    edited = st.data_editor(
        rejected.select(row, wrong, *theirs),
        hide_index=True,
        disabled=[row, wrong],
        key=f"rejected {len(under_way.edits)} {under_way.name}",
        placeholder="empty",
        column_config={
            row: st.column_config.NumberColumn("Row", format="localized", pinned=True),
            wrong: st.column_config.TextColumn("What was wrong", width=460),
        },
    )
    with st.container(horizontal=True):
        if st.button("Check again", icon=":material/refresh:", key="check again"):
            under_way.edits |= uploads.edits(rejected, edited, row, theirs)
            st.rerun()
        st.download_button(
            "rejects.csv",
            data=partial(_rejects, checked),
            file_name="rejects.csv",
            mime=FORMATS["csv"].mime,
            key="rejects",
            on_click="ignore",
            icon=":material/download:",
            help="The rejected rows as written, each with what was wrong.",
        )


def _rejects(checked: importer.Checked) -> bytes:
    return encoded(importer.rejects(checked), "csv")


def _preview(under_way: desk.Desk, checked: importer.Checked) -> None:
    st.markdown("**What would be stored**")
    kinds = [kind for kind in uploads.OUTCOMES if checked.counts[kind]]
    if not kinds:
        cite.note("The file has no rows.")
        return
    tabs = st.tabs([f"{uploads.OUTCOMES[kind]} ({checked.counts[kind]:,})" for kind in kinds])
    for tab, kind in zip(tabs, kinds, strict=True):
        with tab:
            if kind == "changed":
                cite.note("Value by value: what is stored, and what your file says.")
                cite.table(under_way.preview(checked, desk.CHANGES), "changes")
            rows = under_way.preview(checked, kind)
            if rows.height < checked.counts[kind]:
                cite.note(f"The first {rows.height:,}.")
            shown = rows.select(column for column in rows if column.null_count() < rows.height)
            cite.table(shown, f"preview {kind}")
    with st.expander("How each column was read"):
        cite.table(checked.rules, "rules")


def _commit(under_way: desk.Desk, checked: importer.Checked) -> None:
    st.subheader("4. Store it", anchor=False)
    counts = checked.counts
    if earlier := importer.recognised(tables.folders(), checked):
        st.info(plain(batches.recognised(earlier)), icon=":material/info:")
        return
    mode = st.radio(
        "Rows that have the key of one you stored",
        list(MODES),
        format_func=MODES.get,
        key="mode",
        help="The key identifies a row: for a speed its provider, model, endpoint, conditions and day.",
    )
    amount = counts["new"] + counts["changed"]
    left = f"; {words.plural(checked.rejected, 'row')} left out" if checked.rejected else ""
    address = st.text_input(
        "Where others can open these figures, if anywhere",
        key="address",
        placeholder="https://",
        width=520,
        help="Kept with every row, so that a mark opens its source. Left empty, the name of the file is shown there.",
    )
    pressed = st.button(
        f"Store {words.plural(amount, 'row')}{left}",
        type="primary",
        icon=":material/save:",
        key="commit",
        disabled=not amount,
    )
    if pressed:
        with st.status("Storing", expanded=False) as status:
            try:
                batch = importer.commit(tables.folders(), checked, mode=mode, who=who(), source_url=address or None)
            except ValueError as problem:
                status.update(label=plain(f"{problem} Nothing was stored."), state="error")
                return
            status.update(label="Stored", state="complete")
        st.session_state[desk.DONE] = batch
        bar.turn_to(uploads.most_frequent(under_way.preview(checked, "new"), "model"))
        st.rerun()


def who() -> str | None:
    """The reader's address where the dashboard asks readers to sign in."""
    return getattr(st.user, "email", None) if getattr(st.user, "is_logged_in", False) else None


def confirm(batch: importer.Batch) -> None:
    """What was stored, where it is seen, and how to take it back."""
    st.success(plain(batches.stored(batch)), icon=":material/check_circle:")
    with st.container(horizontal=True, vertical_alignment="center"):
        for name in batches.SEEN_ON[batch.table]:
            place = places.of(name)
            st.page_link(place.path, label=f"See it on {place.title}", icon=":material/visibility:")
        if st.button("Undo", icon=":material/undo:", key="undo this"):
            batches.change(partial(importer.undo, tables.folders(), batch.batch))
    cite.note("Another file may follow: choose it above.")
