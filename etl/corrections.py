"""Corrections: wrong published figures, one line of a table each, and what is done about them.

data/corrections/*.csv has a line for each wrong figure:

- `correction`: its name, which the note of every corrected row carries.
- `source`, `table`, `row`: which rows it is about; `row` names the columns that tell them apart, such as
  "provider_as_published=azure_ai; endpoint=" (nothing behind the sign: the cell is empty).
- `from_day`, `to_day`: the first days that such a row may speak of, both inclusive; empty: no limit. Old captures
  keep the wrong figure, so a mended one ends here and is not forgotten.
- `columns`, `expect`: the wrong columns and what the publisher shows in them, in the same order, with ";" between.
- `action`: `drop` sets the row aside. `override` puts `value` in place of what stands there, nothing for an empty
  cell. `scale` multiplies by `value`. `exchange` swaps two columns. `flag` keeps the figure and says the doubt in the
  note, and in `outlier_reason` where the table has it: such a row enters no figure.
- `reason`, `said_by`, `citation_url`: why, who says so and where that can be opened. `since`: the day of this line.

Only rows that show what is expected are corrected. Where the newest row shows something else the publisher has
mended it: that figure stands as published and the line's status says so.
"""

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import CORRECTION, FACTS, NAMED_THINGS, TABLES, Column, Table

DROP, OVERRIDE, SCALE, EXCHANGE, FLAG = "drop", "override", "scale", "exchange", "flag"
ACTIONS = (DROP, OVERRIDE, SCALE, EXCHANGE, FLAG)
TAKES_VALUE = (OVERRIDE, SCALE)
FLAGS = {"true": True, "false": False}
WITHIN = 1e-9  # relative; figures were computed from published ones

# The day that a row speaks of, first and last; the first of these columns that its table has.
FIRST_DAYS = ("valid_from", "measured_on", "observed_on", "period_end", "happened_on", "claimed_on", "published_on")
LAST_DAYS = ("last_seen_on", *FIRST_DAYS[1:])
DAY_OF_LINE = ("from_day", "to_day", "since")
NEEDED = ("correction", "source", "table", "row", "columns", "action", "expect", "reason", "said_by", "citation_url")
FIELDS = (*NEEDED, "value", *DAY_OF_LINE)

Cell = str | float | int | date | None
# A cell as it is written in the list, or as it stands in a row.
Given = TypeVar("Given", str, Cell)
Row = dict[str, object]


class Malformed(Exception):
    """A line of the table cannot be used; the sentence says where, what and how to put it right."""


@dataclass(frozen=True)
class Correction:
    """One wrong published figure and what is done about it; `line` is the line as written."""

    name: str
    source: str
    table: Table
    row: Mapping[str, str]
    columns: tuple[str, ...]
    action: str
    values: tuple[Cell, ...]
    expect: tuple[Cell, ...]
    from_day: date | None
    to_day: date | None
    reason: str
    line: Mapping[str, str]

    @property
    def fault(self) -> Fault:
        """Why a dropped row is not used."""
        return faults.DROPPED.of(correction=self.name, reason=self.reason)

    @property
    def mark(self) -> str:
        """What the note of a corrected row says before the reason; by it a row is known to be corrected."""
        return f"{'Doubted' if self.action == FLAG else 'Corrected'} ({self.name}): "


@dataclass(frozen=True)
class Refused:
    """A line that cannot be used, and why."""

    line: Mapping[str, str]
    message: str


@dataclass(frozen=True)
class Corrections:
    """The lines of a folder, in order, and those that cannot be used."""

    lines: tuple[Correction, ...] = ()
    refused: tuple[Refused, ...] = ()

    def of(self, source: str, table: Table) -> tuple[Correction, ...]:
        return tuple(line for line in self.lines if (line.source, line.table) == (source, table))


@dataclass(frozen=True)
class Corrected:
    """Rows after their corrections, and those that were dropped, with the correction that dropped them."""

    frame: pl.DataFrame
    dropped: tuple[tuple[Correction, pl.DataFrame], ...] = ()


# From the files to corrections


def load(folder: Path, sources: Collection[str]) -> Corrections:
    """The corrections of a folder; none where it is not there. A line that cannot be used stops no other."""
    lines: list[Correction] = []
    refused: list[Refused] = []
    for place, line in _written(folder):
        try:
            read = correction(line, sources)
            if any(read.name == other.name for other in lines):
                raise Malformed(f"the name {read.name} is given twice; names tell corrections apart")
            lines.append(read)
        except Malformed as fault:
            refused.append(Refused(line, f"{place}: {fault}."))
    return Corrections(tuple(lines), tuple(refused))


def _written(folder: Path) -> Iterable[tuple[str, dict[str, str]]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, cells in enumerate(csv.DictReader(file), 2):
                line = {name: (cells.get(name) or "").strip() for name in FIELDS}
                line["correction"] = line["correction"] or f"{path.stem}, line {number}"
                yield f"{path.name}, line {number}", line


def correction(line: Mapping[str, str], sources: Collection[str]) -> Correction:
    """The correction that a line of the table says. Raises Malformed where it cannot be used."""
    if missing := [name for name in NEEDED if not line[name] and name not in ("expect", "row")]:
        raise Malformed(f"{', '.join(missing)} is empty; each line says it")
    if line["source"] not in sources:
        raise Malformed(f"{line['source']} is not a source")
    table = _table(line["table"])
    columns = tuple(name.strip() for name in line["columns"].split(";"))
    declared = [_column(table, name) for name in columns]
    action, row = _action(line["action"], columns), _row(line["row"], table, columns)
    days = {name: _day(line[name], name) for name in DAY_OF_LINE}
    return Correction(
        name=line["correction"],
        source=line["source"],
        table=table,
        row=row,
        columns=columns,
        action=action,
        values=_values(line["value"], action, declared),
        expect=_cells(line["expect"], declared, "expect"),
        from_day=days["from_day"],
        to_day=days["to_day"],
        reason=line["reason"].rstrip("."),
        line=line,
    )


def _table(name: str) -> Table:
    if name not in {table.name for table in FACTS}:
        raise Malformed(f"{name} is not a table of facts; those are {', '.join(table.name for table in FACTS)}")
    return TABLES[name]


def _column(table: Table, name: str) -> Column:
    if name not in table.names:
        raise Malformed(f"{table.name} has no column {name}")
    return table.column(name)


def _action(action: str, columns: Sequence[str]) -> str:
    if action not in ACTIONS:
        raise Malformed(f"{action} is no action; those are {', '.join(ACTIONS)}")
    if action == EXCHANGE and len(columns) != 2:
        raise Malformed("exchange takes two columns, with ; between")
    return action


def _row(text: str, table: Table, columns: Sequence[str]) -> dict[str, str]:
    """Columns that tell the rows apart, with what stands in them."""
    told = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in text.split(";"))}
    for name in told:
        if _column(table, name).dtype == pl.Float64 or name in columns:
            raise Malformed(f"{name} is a figure; rows are told apart by names, days and counts")
    if set(told) & {"source", *columns} or not set(told) & {*table.key, *NAMED_THINGS}:
        raise Malformed("row names no column that tells rows apart")
    return told


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Malformed(f"{field}: {text} is not a day; write year-month-day") from error


def _values(text: str, action: str, columns: Sequence[Column]) -> tuple[Cell, ...]:
    if action not in TAKES_VALUE:
        if text:
            raise Malformed(f"{action} takes no value")
        return ()
    if action == OVERRIDE:
        return _cells(text, columns, "value")
    factors = _cells(text, [Column("factor", pl.Float64, "A factor")] * len(text.split(";")), "value")
    if any(column.dtype != pl.Float64 for column in columns) or not all(factors):
        raise Malformed("scale takes a factor other than 0, and columns with a unit")
    return factors * len(columns) if len(factors) == 1 else _as_many(factors, columns, "value")


def _cells(text: str, columns: Sequence[Column], field: str) -> tuple[Cell, ...]:
    cells = [part.strip() for part in text.split(";")]
    return tuple(
        _cell(cell, column, field) for cell, column in zip(_as_many(cells, columns, field), columns, strict=True)
    )


def _as_many(cells: Sequence[Given], columns: Sequence[Column], field: str) -> tuple[Given, ...]:
    if len(cells) != len(columns):
        raise Malformed(f"{field} has {len(cells)} cells and columns {len(columns)}; give as many")
    return tuple(cells)


def _cell(text: str, column: Column, field: str) -> Cell:
    if not text:
        return None
    if column.dtype == pl.Date:
        return _day(text, field)
    if column.dtype == pl.Boolean and text in FLAGS:
        return FLAGS[text]
    try:
        cell: Cell = pl.Series([text]).cast(column.dtype)[0]
    except pl.exceptions.PolarsError as error:
        raise Malformed(f"{field}: {text} is not what stands in {column.name}") from error
    if isinstance(cell, float) and not abs(cell) < float("inf"):
        raise Malformed(f"{field}: {text} is not a finite number")
    return cell


# From corrections to rows


def apply(frame: pl.DataFrame, table: Table, source: str, corrections: Corrections) -> Corrected:
    """The source's rows of the table with their corrections made; all other rows as they are."""
    dropped = []
    for correction in corrections.of(source, table):
        is_wrong = _is_about(correction) & _shows(correction) & ~_is_corrected(correction)
        wrong = frame.filter(is_wrong)
        if wrong.is_empty():
            continue
        if correction.action == DROP:
            dropped.append((correction, wrong))
            frame = frame.filter(~is_wrong)
        else:
            frame = frame.with_columns(
                pl.when(is_wrong).then(changed).otherwise(pl.col(name)).alias(name)
                for name, changed in _changes(correction).items()
            )
    return Corrected(frame, tuple(dropped))


def _is_about(correction: Correction) -> pl.Expr:
    """Whether a row is the one that is meant, whatever figure it shows; never null."""
    parts = [_equals(name, value) for name, value in correction.row.items()]
    day = pl.col(_first(FIRST_DAYS, correction.table))
    if correction.from_day:
        parts.append(day >= correction.from_day)
    if correction.to_day:
        parts.append(day <= correction.to_day)
    return pl.all_horizontal(parts).fill_null(False)


def _equals(name: str, value: str) -> pl.Expr:
    cell = pl.col(name).cast(pl.String)
    return cell == value if value else cell.is_null()


def _shows(correction: Correction) -> pl.Expr:
    """Whether a row shows what is expected; never null."""
    pairs = zip(correction.columns, correction.expect, strict=True)
    return pl.all_horizontal(_holds(name, cell) for name, cell in pairs).fill_null(False)


def _holds(name: str, cell: Cell) -> pl.Expr:
    if cell is None:
        return pl.col(name).is_null()
    if isinstance(cell, float):
        return (pl.col(name) - cell).abs() <= WITHIN * abs(cell)
    return pl.col(name) == cell


def _is_corrected(correction: Correction) -> pl.Expr:
    """Whether a row was corrected before: figures that ship are."""
    return pl.col("note").fill_null("").str.contains(correction.mark, literal=True)


def _first(names: Sequence[str], table: Table) -> str:
    return next(name for name in names if name in table.names)


def _changes(correction: Correction) -> dict[str, pl.Expr]:
    """What stands in each changed column afterwards."""
    said = pl.lit(_said(correction))
    changes = {"note": pl.concat_str("note", said, separator=" ", ignore_nulls=True)}
    columns, values = correction.columns, correction.values
    if correction.action == OVERRIDE:
        dtypes = correction.table.dtypes
        changes |= {name: pl.lit(cell, dtypes[name]) for name, cell in zip(columns, values, strict=True)}
    elif correction.action == SCALE:
        changes |= {name: (pl.col(name) * factor).round(9) for name, factor in zip(columns, values, strict=True)}
    elif correction.action == EXCHANGE:
        changes |= {columns[0]: pl.col(columns[1]), columns[1]: pl.col(columns[0])}
    elif "outlier_reason" in correction.table.names:
        changes["outlier_reason"] = pl.lit(f"{correction.reason}.")
    return changes


def _said(correction: Correction) -> str:
    """What is said in the note of a corrected row."""
    line = correction.line
    shown = ", ".join(f"{name} {_words(cell)}" for name, cell in _published(correction))
    return (
        f"{correction.mark}{correction.reason}; published as {shown}. Says {line['said_by']}, {line['citation_url']}."
    )


def _published(correction: Correction) -> Iterable[tuple[str, Cell]]:
    return zip(correction.columns, correction.expect, strict=True)


def _words(cell: Cell) -> str:
    return "empty" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


# What became of each correction


def outcomes(
    corrections: Corrections, frames: Mapping[str, Mapping[str, pl.DataFrame]], set_aside: pl.DataFrame
) -> pl.DataFrame:
    """One row of the table `correction` a line. `frames` holds corrected rows by source and table.

    A line of a source that is not among them is not judged and has no row.
    """
    rows = [
        _outcome(line, frames[line.source].get(line.table.name, line.table.empty()), set_aside)
        for line in corrections.lines
        if line.source in frames
    ]
    rows += [
        _as_row(refused.line) | {"status": "refused", "rows_corrected": 0, "rows_left": 0, "message": refused.message}
        for refused in corrections.refused
    ]
    return pl.DataFrame(rows, schema=dict(CORRECTION.dtypes))


def _outcome(correction: Correction, frame: pl.DataFrame, set_aside: pl.DataFrame) -> Row:
    about = frame.filter(_is_about(correction))
    corrected, left = about.filter(_is_corrected(correction)), about.filter(~_is_corrected(correction))
    is_dropped = (pl.col("source") == correction.source) & (pl.col("reason") == correction.fault.sentence)
    dropped = int(set_aside.filter(is_dropped)["rows"].sum())
    status, message = _status(correction, corrected, left, dropped)
    return _as_row(correction.line) | {
        "status": status,
        "rows_corrected": corrected.height + dropped,
        "rows_left": left.height,
        "message": message,
    }


def _status(correction: Correction, corrected: pl.DataFrame, left: pl.DataFrame, dropped: int) -> tuple[str, str]:
    day = _first(LAST_DAYS, correction.table)
    newest = left.sort(day, nulls_last=False).tail(1)
    if left.height and not dropped and _is_newer(newest[day][0], _newest(corrected[day])):
        shown = ", ".join(f"{name} {_words(newest[name][0])}" for name in correction.columns)
        return "mended", (
            f"The publisher shows {shown} on {newest[day][0] or 'no day'}, and that stands. "
            "End the correction by its to_day, or take it out."
        )
    if not corrected.height and not dropped:
        return "unmatched", "No row is the one that is meant. Look at row, from_day and to_day."
    rows = corrected.height + dropped
    return "applied", f"{rows:,} {'row' if rows == 1 else 'rows'} corrected."


def _newest(days: pl.Series) -> date | None:
    found = days.max()
    return found if isinstance(found, date) else None


def _is_newer(left: date | None, corrected: date | None) -> bool:
    return corrected is None or (left is not None and left > corrected)


def _as_row(line: Mapping[str, str]) -> Row:
    return {name: line[name] or None for name in FIELDS if name not in DAY_OF_LINE} | {
        name: _day_or_none(line[name]) for name in DAY_OF_LINE
    }


def _day_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
