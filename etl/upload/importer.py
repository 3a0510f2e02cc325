"""A reader's file into the store, and out of it again: the importer's public face.

    sheet = read(bytes, "speeds.csv", folders)           # kept, then read as text; Unreadable
    mapping = suggest(sheet, "provider_speed", choices)  # their columns and ours; questions to answer
    checked = check(sheet, mapping, folders)             # every row accepted or rejected; nothing stored
    batch = commit(folders, checked)                     # stored in one transaction; undo and redo likewise

The file never leaves this computer. Uploaded rows have the evidence "upload"; they never change published rows.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from etl import names, published
from etl.checks import Problem
from etl.folders import Folders
from etl.schema import TABLES, UPLOAD, Column, DataType, Table
from etl.sources import SOURCES
from etl.store import StoreMissing
from etl.upload import checking, reading, staging, targets
from etl.upload import mapping as mappings
from etl.upload.checked import CHANGED, PREVIEW_ROWS, PREVIEWS, ROW, Checked, Edits
from etl.upload.checking import SHOWN, STEP_COMPARE, Progress, Unanswered
from etl.upload.mapping import Choices, ColumnMap, FileMapping, Question, WrongChoice
from etl.upload.sheets import MEGABYTE, Sheet, Unreadable, size_limit
from etl.upload.staging import APPEND, REPLACE, Batch, UnknownBatch
from etl.upload.targets import Target

__all__ = [
    "APPEND",
    "MEGABYTE",
    "PREVIEWS",
    "REPLACE",
    "SHOWN",
    "UPLOADED",
    "Batch",
    "Checked",
    "Choices",
    "ColumnMap",
    "FileMapping",
    "Problem",
    "Question",
    "Sheet",
    "Target",
    "Unanswered",
    "UnknownBatch",
    "Unreadable",
    "WrongChoice",
    "changes",
    "check",
    "commit",
    "dictionary",
    "export",
    "history",
    "history_frame",
    "read",
    "recognised",
    "redo",
    "rejects",
    "remembered",
    "size_limit",
    "suggest",
    "sweep",
    "targets_of",
    "template",
    "undo",
    "warm",
]

UPLOADED = targets.UPLOADED


def _silent(done: int, total: int, words: str) -> None:
    pass


def sweep(folders: Folders) -> None:
    """Removes what killed processes left behind of files that they were reading."""
    staging.sweep(folders.uploads)


def warm() -> None:
    """Starts the program that reads files, so that the first file need not wait for it; returns at once."""
    reading.warm()


def template(table: str) -> bytes:
    """A CSV to fill in: the columns that a reader may give, and example rows that are valid."""
    columns = _template_columns(table)
    return pl.DataFrame(targets.examples(TABLES[table]), schema=dict.fromkeys(columns, pl.String)).write_csv().encode()


def dictionary(table: str) -> pl.DataFrame:
    """One row per column that a file may fill: what it means, its unit, what it may be, what it is also called."""
    return pl.DataFrame(
        [
            {
                "column": target.name,
                "required": "yes" if target.required and target.default is None else "no",
                "kind": _kind(target.column.dtype),
                "unit": target.column.unit,
                "meaning": target.column.meaning,
                "values": ", ".join(target.column.choices) or _bounds(target.column),
                "where absent": target.default,
                "also read in": ", ".join(target.units[1:]) or None,
                "also called": ", ".join(target.aliases) or None,
            }
            for target in targets_of(table)
        ],
        infer_schema_length=None,
    )


def targets_of(table: str) -> tuple[Target, ...]:
    """What a column of a file may be mapped to."""
    return targets.TARGETS[table]


def read(
    given: bytes | bytearray | memoryview | Path | BinaryIO, name: str, folders: Folders | None, tab: str | None = None
) -> Sheet:
    """The file as text cells; its bytes are kept first, in a private folder that goes with the sheet.

    The folder lies beside the uploads, or, without `folders`, among the system's temporary ones. Raises
    Unreadable, one sentence, and leaves nothing behind.
    """
    parent = folders.uploads / staging.WORK if folders else None
    if folders:
        sweep(folders)
    return reading.read(given, name, parent, tab)


def suggest(sheet: Sheet, table: str, choices: Choices | None = None) -> FileMapping:
    """Where each column goes and how it is read; ask again with what the reader chose.

    Raises WrongChoice, and Unreadable where the first rows are none.
    """
    try:
        with reading.panics_said():
            return mappings.suggest(sheet, table, choices)
    except Unreadable:
        sheet.close()
        raise


def remembered(folders: Folders, table: str, sheet: Sheet) -> Choices | None:
    """What was chosen when a file with the same header was last added to the table."""
    for batch in history(folders):
        if batch.table == table and set(batch.choices.columns) == set(sheet.header):
            return batch.choices
    return None


def recognised(folders: Folders, checked: Checked) -> Batch | None:
    """The upload of the same file read in the same way, None where there is none or it was undone."""
    return staging.recognised(history(folders), checked.fingerprint)


def check(
    sheet: Sheet,
    mapping: FileMapping,
    folders: Folders,
    edits: Edits | None = None,
    progress: Progress = _silent,
) -> Checked:
    """Every row of the file accepted or rejected; `edits` are cells that the reader corrected.

    Raises Unanswered where the mapping has questions, Unreadable where the file breaks off, and WrongChoice where
    the one value chosen for all rows cannot be used.
    """
    table = TABLES[mapping.table]
    known = checking.known(table, _published(folders, table), names.load(folders.names))
    try:
        with reading.panics_said():
            checked = checking.check(sheet, mapping, known, sheet.work.place(), dict(edits or {}), progress)
    except Unreadable:
        # Bytes of a refused file are not kept.
        sheet.close()
        raise
    progress(sheet.total, sheet.total, STEP_COMPARE)
    return _compared(folders, checked)


def changes(folders: Folders, checked: Checked, rows: int = PREVIEW_ROWS) -> pl.DataFrame:
    """What differs in the first changed rows: one line per value, as it is stored and as it would be.

    Columns: row, the columns of the table's identity, column, stored, yours (text).
    """
    table = TABLES[checked.mapping.table]
    mine = checked.preview(CHANGED, rows)
    identity = [name for name in targets.identity(table) if name in mine.columns]
    if not mine.height:
        return pl.DataFrame(schema={ROW: pl.Int64, "column": pl.String, "stored": pl.String, "yours": pl.String})
    named = {thing: mine[thing].drop_nulls().unique().to_list() for thing in targets.things(table)}
    where = {thing: names for thing, names in named.items() if thing in identity and mine[thing].null_count() == 0}
    stored = folders.store.rows(table.name, {"evidence": UPLOAD, **where})
    both = mine.join(stored, on=identity, how="inner", nulls_equal=True, suffix=" stored", maintain_order="left")
    compared = [name for name in targets.values(table) if name in mine.columns]
    lines = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name} stored"))).select(
            ROW,
            *identity,
            column=pl.lit(name),
            stored=pl.col(f"{name} stored").cast(pl.String),
            yours=pl.col(name).cast(pl.String),
        )
        for name in compared
    ]
    return pl.concat(lines).sort(ROW, "column")


def rejects(checked: Checked) -> pl.DataFrame:
    """Every rejected row: its cells as written, the row, and what was wrong; all text but the row."""
    return checked.rejected_rows()


def commit(
    folders: Folders,
    checked: Checked,
    mode: str = APPEND,
    who: str | None = None,
    source_url: str | None = None,
    now: datetime | None = None,
) -> Batch:
    """Stores the accepted rows as one batch; the same file read in the same way adds nothing.

    "append" adds rows beside earlier uploads. "replace" puts them in place of uploaded rows with the same key.
    Neither adds a row that is already stored. Raises ValueError where no row was accepted, or where `source_url`
    is no address.
    """
    if not checked.accepted:
        raise ValueError("No row could be accepted, so there is nothing to add.")
    return staging.commit(folders.store, folders.uploads, checked, mode, who, source_url, now)


def undo(folders: Folders, batch: str) -> Batch:
    """Takes one upload back. Raises UnknownBatch."""
    return staging.undo(folders.store, folders.uploads, batch)


def redo(folders: Folders, batch: str) -> Batch:
    """Puts an upload back that was undone. Raises UnknownBatch."""
    return staging.redo(folders.store, folders.uploads, batch)


def history(folders: Folders, generation: str | None = None) -> tuple[Batch, ...]:
    """Every upload, the newest first; as of this generation, else the current one."""
    return staging.history(folders.store, generation)


def history_frame(folders: Folders) -> pl.DataFrame:
    """The history as rows: who, when, which file, how its columns were mapped."""
    return pl.DataFrame(
        [
            {
                "batch": batch.batch,
                "uploaded_at": batch.uploaded_at,
                "who": batch.who,
                "file_name": batch.file_name,
                "table": batch.table,
                "rows": batch.rows,
                "rejected": batch.rejected,
                "mode": batch.mode,
                "undone": batch.undone,
                "sha256": batch.sha256,
                "mapping": "; ".join(f"{theirs} → {ours}" for theirs, ours in batch.mapping.items()),
            }
            for batch in history(folders)
        ],
        schema={
            "batch": pl.String,
            "uploaded_at": pl.Datetime("us", "UTC"),
            "who": pl.String,
            "file_name": pl.String,
            "table": pl.String,
            "rows": pl.Int64,
            "rejected": pl.Int64,
            "mode": pl.String,
            "undone": pl.Boolean,
            "sha256": pl.String,
            "mapping": pl.String,
        },
    )


def export(folders: Folders, table: str, generation: str | None = None) -> pl.DataFrame:
    """Every uploaded row of a table, without those of undone uploads; of this generation, else the current one."""
    return folders.store.rows(table, {"evidence": UPLOAD}, generation)


def _published(folders: Folders, table: Table) -> pl.DataFrame:
    """The published rows of a table: of the store, or before the first build those that ship."""
    kinds = [kind for kind in table.column("evidence").choices if kind != UPLOAD]
    try:
        return folders.store.rows(table.name, {"evidence": kinds})
    except StoreMissing:
        return pl.concat([table.empty(), *(published.rows(folders.published, table, source.id) for source in SOURCES)])


def _compared(folders: Folders, checked: Checked) -> Checked:
    """The same, with which accepted rows the uploads already hold."""
    table = checked.mapping.table
    if not checked.accepted:
        return checked
    upload = staging.upload_of(table, checked.accepted_file, "", "", replaces=False)
    try:
        return replace(checked, compared=folders.store.uploads_beside(table, upload))
    except StoreMissing:
        return checked


def _template_columns(table: str) -> list[str]:
    shown = [target for target in targets_of(table) if not target.name.endswith("_as_published")]
    aside = ("capture", "publisher", "licence", "published_on", "bound_as_published", "is_aggregate")
    return [target.name for target in shown if target.name not in aside]


def _kind(dtype: DataType) -> str:
    kinds: Mapping[DataType, str] = {
        pl.String: "text",
        pl.Float64: "number",
        pl.Int64: "whole number",
        pl.Date: "day",
        pl.Boolean: "yes or no",
    }
    return kinds[dtype]


def _bounds(column: Column) -> str | None:
    low = "above 0" if column.above_zero else f"from {column.low}" if column.low is not None else ""
    high = f"to {column.high}" if column.high is not None else ""
    return " ".join(word for word in (low, high) if word) or None
