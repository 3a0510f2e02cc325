"""A reader's file into the store, and out of it again: the importer's public face.

    sheet = read(bytes, "speeds.csv", folders)          # kept, then read as text; Unreadable
    mapping = suggest(sheet, "provider_speed", choices)  # their columns and ours; questions to answer
    judgement = judge(sheet, mapping, folders)           # every row judged; nothing stored
    batch = commit(folders, judgement)                   # one transaction; undo and redo likewise

The file never leaves this computer. Uploaded rows carry evidence "upload"; published rows are never
touched by them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from etl import names, published
from etl.checks import Problem
from etl.folders import Folders
from etl.schema import TABLES, UPLOAD, Table
from etl.sources import SOURCES
from etl.store import StoreMissing
from etl.upload import judging, sheets, staging, targets
from etl.upload import mapping as mappings
from etl.upload.judging import ROW, SHOWN, STEP_COMPARE, WRONG, Judged, Unanswered
from etl.upload.mapping import Choices, ColumnMap, FileMapping, Question, WrongChoice
from etl.upload.sheets import Sheet, Unreadable, size_limit
from etl.upload.staging import APPEND, REPLACE, Batch, UnknownBatch
from etl.upload.targets import Target

__all__ = [
    "APPEND",
    "PREVIEWS",
    "REPLACE",
    "SHOWN",
    "UPLOADED",
    "Batch",
    "Choices",
    "ColumnMap",
    "FileMapping",
    "Judgement",
    "Problem",
    "Question",
    "Sheet",
    "Target",
    "Unanswered",
    "UnknownBatch",
    "Unreadable",
    "WrongChoice",
    "changes",
    "commit",
    "dictionary",
    "export",
    "history",
    "history_frame",
    "judge",
    "read",
    "redo",
    "rejects",
    "remembered",
    "size_limit",
    "suggest",
    "targets_of",
    "template",
    "undo",
]

UPLOADED = targets.UPLOADED
NEW, CHANGED, IDENTICAL, REJECTED, BLANK = "new", "changed", "identical", "rejected", "blank"
PREVIEWS = (NEW, CHANGED, IDENTICAL, REJECTED)
PREVIEW_ROWS = 1_000

Progress = Callable[[int, int, str], None]


def _silent(done: int, total: int, words: str) -> None:
    pass


@dataclass(frozen=True)
class Judgement:
    """What would happen to a file: counts, problems, previews. Nothing of it is stored yet.

    `rows` = `accepted` + `rejected` + `blank`; row 1 is the first line after the header. `problems` are the first
    SHOWN by row; `kinds` counts all of them. `recognised` is the standing upload of the same file read alike.
    """

    sheet: Sheet
    judged: Judged
    beside: pl.DataFrame
    edits: Mapping[tuple[int, str], str | None]
    recognised: Batch | None

    @property
    def mapping(self) -> FileMapping:
        return self.judged.mapping

    @property
    def table(self) -> str:
        return self.mapping.table

    @property
    def rows(self) -> int:
        return self.judged.rows

    @property
    def accepted(self) -> int:
        return self.judged.accepted

    @property
    def rejected(self) -> int:
        return self.judged.rejected

    @property
    def blank(self) -> int:
        return self.judged.blank

    @property
    def errors(self) -> int:
        return self.judged.errors

    @property
    def warnings(self) -> int:
        return self.judged.warnings

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.judged.problems

    @property
    def kinds(self) -> pl.DataFrame:
        return self.judged.kinds

    @property
    def rules(self) -> pl.DataFrame:
        return self.judged.rules

    @property
    def fingerprint(self) -> str:
        return _fingerprint(self.sheet, self.mapping, self.edits)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what a commit would do with them."""
        status = dict(self.beside["status"].value_counts().iter_rows())
        changed, identical = status.get(CHANGED, 0), status.get(IDENTICAL, 0)
        return {
            NEW: self.accepted - changed - identical,
            CHANGED: changed,
            IDENTICAL: identical,
            REJECTED: self.rejected,
            BLANK: self.blank,
        }

    def preview(self, kind: str, rows: int = PREVIEW_ROWS) -> pl.DataFrame:
        """The first rows of a kind: as they would be stored, or, rejected, as written and what was wrong."""
        if kind == REJECTED:
            return _rejected(self, rows)
        if not self.accepted:
            return pl.DataFrame(schema={ROW: pl.Int64})
        staged = pl.scan_parquet(self.judged.staged)
        held = self.beside.lazy()
        if kind == NEW:
            chosen = staged.join(held, on=ROW, how="anti", maintain_order="left") if self.beside.height else staged
        else:
            chosen = staged.join(held.filter(pl.col("status") == kind).select(ROW), on=ROW, maintain_order="left")
        return chosen.sort(ROW).head(rows).collect()


def template(table: str) -> bytes:
    """A CSV to fill in: the columns that a reader may give, and three rows that are valid."""
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
        staging.sweep(folders.uploads)
    return sheets.read(given, name, parent, tab, mappings.recognises)


def suggest(sheet: Sheet, table: str, choices: Choices | None = None) -> FileMapping:
    """Where each column goes and how it is read; ask again with what the reader chose.

    Raises WrongChoice, and Unreadable where the first rows are none.
    """
    try:
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


def judge(
    sheet: Sheet,
    mapping: FileMapping,
    folders: Folders,
    edits: Mapping[tuple[int, str], str | None] | None = None,
    progress: Progress = _silent,
) -> Judgement:
    """Every row of the file judged; `edits` are cells put right, by row and their column.

    Raises Unanswered where the mapping has questions, Unreadable where the file breaks off, WrongChoice where one
    value for all rows is none.
    """
    table, edits = TABLES[mapping.table], dict(edits or {})
    found = judging.known(table, _held(folders, table), names.load(folders.names))
    try:
        judged = judging.judge(sheet, mapping, found, sheet.work.place(), edits, progress)
    except Unreadable:
        # Bytes of a refused file are not kept.
        sheet.close()
        raise
    progress(sheet.total, sheet.total, STEP_COMPARE)
    return Judgement(
        sheet,
        judged,
        _beside(folders, judged),
        edits,
        staging.recognised(history(folders), _fingerprint(sheet, judged.mapping, edits)),
    )


def changes(folders: Folders, judgement: Judgement, rows: int = PREVIEW_ROWS) -> pl.DataFrame:
    """What differs in the first changed rows: one line per value, as it stands among the uploads and as it would be.

    Columns: row, what tells the row apart, column, stands, yours (text).
    """
    table = TABLES[judgement.table]
    identity = [name for name in targets.identity(table) if name in judgement.preview(CHANGED, 0).columns]
    mine = judgement.preview(CHANGED, rows)
    told = pl.DataFrame(schema={ROW: pl.Int64, "column": pl.String, "stands": pl.String, "yours": pl.String})
    if not mine.height:
        return told
    named = {thing: mine[thing].drop_nulls().unique().to_list() for thing in targets.things(table)}
    where = {thing: names for thing, names in named.items() if thing in identity and mine[thing].null_count() == 0}
    held = folders.store.rows(table.name, {"evidence": UPLOAD, **where})
    both = mine.join(held, on=identity, how="inner", nulls_equal=True, suffix=" stands", maintain_order="left")
    compared = [name for name in targets.values(table) if name in mine.columns]
    lines = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name} stands"))).select(
            ROW,
            *identity,
            column=pl.lit(name),
            stands=pl.col(f"{name} stands").cast(pl.String),
            yours=pl.col(name).cast(pl.String),
        )
        for name in compared
    ]
    return pl.concat(lines).sort(ROW, "column") if lines else told


def rejects(judgement: Judgement) -> pl.DataFrame:
    """The rejected rows: their columns as written, the row, and what was wrong; all text but the row."""
    return _rejected(judgement, None)


def commit(
    folders: Folders,
    judgement: Judgement,
    mode: str = APPEND,
    who: str | None = None,
    source_url: str | None = None,
    now: datetime | None = None,
) -> Batch:
    """Stores the accepted rows as one batch; the same file read in the same way adds nothing.

    "append" puts rows beside what was uploaded before, "replace" in place of uploaded rows with the same key; a row
    that stands already is added in neither. Raises ValueError where no row was accepted, or where `source_url` is no
    address.
    """
    if not judgement.accepted:
        raise ValueError("No row could be accepted, so there is nothing to add.")
    staged = staging.Staged(
        judgement.sheet,
        judgement.table,
        judgement.judged.staged,
        judgement.accepted,
        judgement.rejected,
        judgement.mapping.pairs,
        judgement.mapping.choices(),
        judgement.fingerprint,
    )
    return staging.commit(folders.store, folders.uploads, staged, mode, who, source_url, now)


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
    """Every uploaded row of a table that stands; as of this generation, else the current one."""
    return folders.store.rows(table, {"evidence": UPLOAD}, generation)


def _held(folders: Folders, table: Table) -> pl.DataFrame:
    """The record's rows of a table: of the store, or before the first build those that ship."""
    recorded = [kind for kind in table.column("evidence").choices if kind != UPLOAD]
    try:
        return folders.store.rows(table.name, {"evidence": recorded})
    except StoreMissing:
        return pl.concat([table.empty(), *(published.rows(folders.published, table, source.id) for source in SOURCES)])


def _beside(folders: Folders, judged: Judged) -> pl.DataFrame:
    none = pl.DataFrame(schema={ROW: pl.Int64, "status": pl.String})
    if not judged.accepted:
        return none
    upload = staging.upload_of(judged.mapping.table, judged.staged, "", "", replaces=False)
    try:
        return folders.store.uploads_beside(judged.mapping.table, upload)
    except StoreMissing:
        return none


def _rejected(judgement: Judgement, rows: int | None) -> pl.DataFrame:
    header = {str(place): name for place, name in enumerate(judgement.sheet.header)}
    added = {name: _free(name, judgement.sheet.header) for name in (ROW, WRONG)}
    if not judgement.judged.refused.exists():
        return pl.DataFrame(schema=dict.fromkeys([*header.values(), *added.values()], pl.String))
    found = pl.scan_parquet(judgement.judged.refused).sort(ROW)
    return (found if rows is None else found.head(rows)).collect().rename(header | added)


def _free(name: str, taken: tuple[str, ...]) -> str:
    while name in taken:
        name += "_"
    return name


def _fingerprint(sheet: Sheet, mapping: FileMapping, edits: Mapping[tuple[int, str], str | None]) -> str:
    """Tells apart two readings of one file: its bytes, the sheet, the table, the mapping, the edits."""
    changed = sorted((row, column, text) for (row, column), text in edits.items())
    read = [sheet.sha256, sheet.tab, mapping.table, json.loads(mapping.choices().to_json()), changed]
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:32]


def _template_columns(table: str) -> list[str]:
    shown = [target for target in targets_of(table) if not target.name.endswith("_as_published")]
    aside = ("capture", "publisher", "licence", "published_on", "bound_as_published", "is_aggregate")
    return [target.name for target in shown if target.name not in aside]


def _kind(dtype: pl.DataType) -> str:
    kinds = {pl.String: "text", pl.Float64: "number", pl.Int64: "whole number", pl.Date: "day", pl.Boolean: "yes or no"}
    return kinds[dtype]


def _bounds(column) -> str | None:
    low = "above 0" if column.above_zero else f"from {column.low}" if column.low is not None else ""
    high = f"to {column.high}" if column.high is not None else ""
    return " ".join(word for word in (low, high) if word) or None
