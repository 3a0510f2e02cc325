"""What is wrong with a frame of one table: the same judgement for publishers and for uploads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import Column, Table

ROW = "row number"


@dataclass(frozen=True)
class Problem:
    """One cell, or one row where `column` is None, that breaks a rule. `row` counts from 1."""

    row: int
    column: str | None
    value: str | None
    severity: str  # error | warning
    message: str


@dataclass(frozen=True)
class Rule:
    """What no value of a column may be, and the sentence for a value that is."""

    column: Column
    broken: pl.Expr = field(compare=False)
    fault: Fault

    @property
    def message(self) -> str:
        return self.fault.sentence


def problems(frame: pl.DataFrame, table: Table) -> list[Problem]:
    """Every problem of a frame that conforms to the table's types, by row and column."""
    numbered = frame.with_row_index(ROW, offset=1)
    found = [
        *(problem for rule in _broken(frame, list(rules(table))) for problem in _where(numbered, rule)),
        *_repeated(numbered, table),
    ]
    return sorted(found, key=lambda problem: (problem.row, problem.column or ""))


def refused_rows(found: Iterable[Problem]) -> dict[int, str]:
    """Row numbers that must not be stored, with all their reasons in one sentence each."""
    reasons: dict[int, list[str]] = {}
    for problem in found:
        if problem.severity == "error":
            reasons.setdefault(problem.row, []).append(problem.message)
    return {row: " ".join(messages) for row, messages in reasons.items()}


def rules(table: Table) -> Iterator[Rule]:
    """What every row of the table is held to, column by column."""
    for column in table.columns:
        yield from _of_column(column)


def _of_column(column: Column) -> Iterator[Rule]:
    cell, name = pl.col(column.name), column.name
    if column.required:
        blank = cell.is_null() | (cell.str.strip_chars() == "") if column.dtype == pl.String else cell.is_null()
        yield Rule(column, blank, faults.EMPTY.of(column=name))
    if column.dtype == pl.Float64:
        yield Rule(column, cell.is_nan() | cell.is_infinite(), faults.NOT_FINITE.of(column=name))
    if column.above_zero:
        yield Rule(column, cell == 0, faults.ZERO.of(column=name))
    if column.low is not None:
        yield Rule(column, cell < column.low, _beyond(column, "below", column.low))
    if column.high is not None:
        yield Rule(column, cell > column.high, _beyond(column, "above", column.high))
    if column.choices:
        allowed = ", ".join(column.choices)
        outside = cell.is_not_null() & ~cell.is_in(list(column.choices))
        yield Rule(column, outside, faults.NOT_A_CHOICE.of(column=name, choices=allowed))


def _beyond(column: Column, side: str, limit: float | date) -> Fault:
    if isinstance(limit, date):
        return faults.BEYOND.of(column=column.name, side="before" if side == "below" else "after", limit=limit)
    unit = f" {column.unit}" if column.unit and column.unit != "see unit" else ""
    return faults.BEYOND.of(column=column.name, side=side, limit=f"{limit:,}{unit}")


def _broken(frame: pl.DataFrame, held: Sequence[Rule]) -> list[Rule]:
    """The rules that some value breaks: few or none, and one look finds them all."""
    if not held:
        return []
    looks = frame.select(rule.broken.any().alias(str(place)) for place, rule in enumerate(held))
    return [rule for rule, is_broken in zip(held, looks.row(0), strict=True) if is_broken]


def _where(numbered: pl.DataFrame, rule: Rule) -> Iterator[Problem]:
    rows = numbered.filter(rule.broken).select(ROW, pl.col(rule.column.name).cast(pl.String))
    for row, value in rows.iter_rows():
        yield Problem(row, rule.column.name, value, "error", rule.message)


def _repeated(numbered: pl.DataFrame, table: Table) -> Iterator[Problem]:
    """Rows whose key an earlier row of the frame has; nulls count as equal."""
    if not table.key or numbered.is_empty():
        return
    first = numbered.with_columns(first=pl.col(ROW).min().over(table.key)).filter(pl.col(ROW) > pl.col("first"))
    for row, earlier in first.select(ROW, "first").iter_rows():
        yield Problem(
            row,
            None,
            None,
            "error",
            faults.SAME_KEY.of(row=earlier, key=", ".join(table.key)).sentence,
        )
