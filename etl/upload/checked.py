"""A reader's file after its rows were checked: what can be stored, what cannot and why."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.checks import Problem
from etl.upload.mapping import FileMapping
from etl.upload.sheets import Sheet

ROW = "row"
WRONG = "what_was_wrong"
NEW, CHANGED, IDENTICAL, REJECTED, BLANK = "new", "changed", "identical", "rejected", "blank"
PREVIEWS = (NEW, CHANGED, IDENTICAL, REJECTED)
PREVIEW_ROWS = 1_000
COMPARED = {ROW: pl.Int64, "status": pl.String}

# A cell of the file, by its row and the file's name of its column; and the text that replaces it.
Edits = Mapping[tuple[int, str], str | None]


@dataclass(frozen=True)
class Checked:
    """A file with every row checked. Nothing of it is stored yet.

    `rows` = `accepted` + `rejected` + `blank`; row 1 is the first line after the header. `errors` and `warnings`
    count cells. `problems` are the first ones by row; `kinds` counts all of them. `rules` counts the cells that each
    rule of conversion read. The rows themselves are in two Parquet files beside the kept bytes. `compared` has a
    line for each accepted row that the uploads already hold: its row and whether it is changed or identical.
    """

    sheet: Sheet
    mapping: FileMapping
    edits: Edits
    rows: int
    accepted: int
    rejected: int
    blank: int
    errors: int
    warnings: int
    problems: tuple[Problem, ...]
    kinds: pl.DataFrame
    rules: pl.DataFrame
    accepted_file: Path
    rejected_file: Path
    compared: pl.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what a commit would do with them."""
        status = dict(self.compared["status"].value_counts().iter_rows())
        changed, identical = status.get(CHANGED, 0), status.get(IDENTICAL, 0)
        return {
            NEW: self.accepted - changed - identical,
            CHANGED: changed,
            IDENTICAL: identical,
            REJECTED: self.rejected,
            BLANK: self.blank,
        }

    @property
    def fingerprint(self) -> str:
        """The same for two files only where bytes, sheet of the workbook, table, mapping and edits are the same."""
        changed = sorted((row, column, text) for (row, column), text in self.edits.items())
        choices = json.loads(self.mapping.choices().to_json())
        read = [self.sheet.sha256, self.sheet.tab, self.mapping.table, choices, changed]
        return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:32]

    def preview(self, kind: str, rows: int = PREVIEW_ROWS) -> pl.DataFrame:
        """The first rows of a kind: as they would be stored, or, rejected, as written and what was wrong."""
        if kind == REJECTED:
            return self.rejected_rows(rows)
        if not self.accepted:
            return pl.DataFrame(schema={ROW: pl.Int64})
        accepted, compared = pl.scan_parquet(self.accepted_file), self.compared.lazy()
        if kind == NEW:
            # Most files change nothing; a million rows then need no join.
            chosen = accepted
            if self.compared.height:
                chosen = accepted.join(compared, on=ROW, how="anti", maintain_order="left")
        else:
            of_kind = compared.filter(pl.col("status") == kind).select(ROW)
            chosen = accepted.join(of_kind, on=ROW, maintain_order="left")
        return chosen.sort(ROW).head(rows).collect()

    def rejected_rows(self, rows: int | None = None) -> pl.DataFrame:
        """The first rejected rows, or all: their columns as written, the row, and what was wrong.

        All but the row is text. Where the file has a column called `row` or `what_was_wrong`, ours gets a `_` more.
        """
        header = {str(place): name for place, name in enumerate(self.sheet.header)}
        added = {name: _free(name, self.sheet.header) for name in (ROW, WRONG)}
        if not self.rejected_file.exists():
            return pl.DataFrame(schema=dict.fromkeys([*header.values(), *added.values()], pl.String))
        found = pl.scan_parquet(self.rejected_file).sort(ROW)
        return (found if rows is None else found.head(rows)).collect().rename(header | added)


def _free(name: str, taken: tuple[str, ...]) -> str:
    while name in taken:
        name += "_"
    return name
