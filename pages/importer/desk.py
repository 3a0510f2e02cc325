"""What one reader has under way on the importer: the file as read, what was chosen, what was found.

It lives in the reader's session, so that it outlasts a look at another page, and nowhere else
before it is committed.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import streamlit as st

from etl.upload import importer
from metrics import words
from pages.shared import tables
from pages.shared.markdown import plain

DESK, REFUSED, DONE = "importer desk", "importer refusal", "importer outcome"
CHANGES = "changes"
CHECKED_AT_ONCE_BYTES = 5_000_000


# What changes of the choices, part by part.
Changes = dict[str, dict[str, Any]]


@dataclass
class Desk:
    """One file on its way into one table. `checked_from` is what `checked` was made of."""

    table: str
    sheet: importer.Sheet
    choices: importer.Choices
    is_remembered: bool
    edits: dict[tuple[int, str], str] = field(default_factory=dict)
    checked: importer.Checked | None = None
    checked_from: str = ""
    previews: dict[str, pl.DataFrame] = field(default_factory=dict)
    _mapped: tuple[importer.Choices, importer.FileMapping] | None = None

    @property
    def mapping(self) -> importer.FileMapping:
        """Where the columns go now; the file is looked through again only where the choices changed."""
        if self._mapped is None or self._mapped[0] != self.choices:
            self._mapped = (self.choices, importer.suggest(self.sheet, self.table, self.choices))
        return self._mapped[1]

    def preview(self, checked: importer.Checked, kind: str) -> pl.DataFrame:
        """The first rows of a kind, looked up once for each check; "changes" are those that differ, by value."""
        if kind not in self.previews:
            self.previews[kind] = (
                importer.changes(tables.folders(), checked) if kind == CHANGES else checked.preview(kind)
            )
        return self.previews[kind]

    @property
    def name(self) -> str:
        """A key of this desk's widgets, which those of the last desk do not share."""
        return f"{self.table} {self.sheet.sha256[:12]} {self.sheet.tab or ''}".strip()


def of_reader() -> Desk | None:
    desk: Desk | None = st.session_state.get(DESK)
    return desk


def clear() -> None:
    """Another file, or none: what was under way goes, with its bytes."""
    desk = st.session_state.pop(DESK, None)
    if desk:
        desk.sheet.close()
    for name in (REFUSED, DONE):
        st.session_state.pop(name, None)


def refuse(sentence: str) -> None:
    """The file goes, and the sentence that says why stays."""
    clear()
    st.session_state[REFUSED] = sentence


def lay(given: Path | BinaryIO, name: str, table: str, tab: str | None = None) -> None:
    """Reads the file onto the desk; where it cannot be read, leaves the sentence that says why."""
    before = of_reader()
    try:
        with st.spinner(plain(f"Reading {name}")):
            sheet = importer.read(given, name, tables.folders(), tab=tab)
    except importer.Unreadable as refused:
        refuse(str(refused))
        return
    known = importer.remembered(tables.folders(), table, sheet)
    st.session_state[DESK] = Desk(table, sheet, known or importer.Choices(), known is not None)
    if before:
        before.sheet.close()


def turn_to(table: str) -> None:
    """The same file for another table: mapped anew."""
    desk = of_reader()
    if desk and desk.table != table:
        known = importer.remembered(tables.folders(), table, desk.sheet)
        st.session_state[DESK] = Desk(table, desk.sheet, known or importer.Choices(), known is not None)
        st.session_state.pop(DONE, None)


def choose(part: str, name: str, key: str, not_used: str = "") -> None:
    """Takes what the widget of this key says into the choices: `part` is columns, units and the like."""
    desk, value = of_reader(), st.session_state[key]
    if desk is None:
        return
    chosen = dict(getattr(desk.choices, part))
    if value is None or value == "":
        chosen.pop(name, None)
    else:
        chosen[name] = None if value == not_used else value
    changed: Changes = {part: chosen}
    if part == "columns":
        changed |= _made_room(desk.choices, name, chosen)
    desk.choices = replace(desk.choices, **changed)


def _made_room(choices: importer.Choices, name: str, chosen: dict[str, str | None]) -> Changes:
    """What else changes where a column of theirs is given another place.

    The column that was there is not used any more, and what was chosen for the last quantity is forgotten.
    """
    ours = chosen[name]
    changed: Changes = {
        "columns": {theirs: None if at == ours and theirs != name else at for theirs, at in chosen.items()},
        "constants": {at: text for at, text in choices.constants.items() if at != ours},
    }
    for other in ("units", "decimals", "dates"):
        changed[other] = {theirs: kept for theirs, kept in getattr(choices, other).items() if theirs != name}
    return changed


def checked(desk: Desk, mapping: importer.FileMapping) -> importer.Checked | None:
    """The file with its rows checked: at once where it is small, else when the reader asks; None until then."""
    made_of = f"{desk.choices.to_json()} {sorted(desk.edits.items())}"
    if desk.checked and desk.checked_from == made_of:
        return desk.checked
    desk.checked, desk.previews = None, {}
    size = desk.sheet.bytes
    if size > CHECKED_AT_ONCE_BYTES and not st.button(
        "Check the file", type="primary", icon=":material/fact_check:", key="check"
    ):
        st.caption(plain(f"{words.number(size / 1e6)} MB: checked when you say so. Nothing is stored by it."))
        return None
    desk.checked, desk.checked_from = _check(desk, mapping), made_of
    return desk.checked


def _check(desk: Desk, mapping: importer.FileMapping) -> importer.Checked:
    bar = st.progress(0.0, text="Checking")

    def on_progress(done: int, total: int, step: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text=plain(step))

    try:
        return importer.check(desk.sheet, mapping, tables.folders(), edits=desk.edits, progress=on_progress)
    finally:
        bar.empty()
