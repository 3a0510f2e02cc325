"""Cells of published files: how a number, a count, a day, a price or a word is read, once for all readers.

The names tell what differs. A plain name (`number`, `day`) gives None for what cannot be read. `written_number`
and `written_day` give None for a blank cell only and raise Unusable for anything else that cannot be read: for
files of our own, where such a cell is a mistake. The second half says the same of whole columns in Polars.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite

import polars as pl

from etl import faults
from etl.faults import Fault

EARLIEST_YEAR = 2000


class Unusable(Exception):
    """One row cannot be used; `fault` says why."""

    def __init__(self, fault: Fault):
        super().__init__(fault.sentence)
        self.fault = fault


# Single cells


def number(value: object) -> float | None:
    """The value as a finite number, also where it is published as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if isfinite(found) else None


def above_zero(value: object) -> float | None:
    """A number above 0; None for anything else, since publishers write 0 for what was not measured or priced."""
    found = number(value)
    return found if found is not None and found > 0 else None


def count(value: object) -> int | None:
    """A whole number above 0; None for anything else, since half an accelerator is no count."""
    found = above_zero(value)
    return int(found) if found is not None and found.is_integer() else None


def rounded(value: object) -> int | None:
    """The whole number nearest to a number, which may be a mean; None where it is no number."""
    found = number(value)
    return None if found is None else round(found)


def day(value: object) -> date | None:
    """The day, where the cell holds a day and nothing else."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def day_of_moment(value: object) -> date | None:
    """The day that a moment begins with: 2026-07-24 of "2026-07-24T06:00:00Z"."""
    return day(str(value)[:10])


def word(value: object, blanks: Sequence[str] = ()) -> str | None:
    """The text without outer blanks; None where it is empty or one of `blanks`, letter case aside."""
    found = "" if value is None else str(value).strip()
    return None if found.lower() in ("", *blanks) else found


def usd_per_mtok(usd_per_token: object) -> float | None:
    """USD per 1M tokens from USD per token, a negative one as it stands: whoever reads it says what it means.

    Rounding takes off the noise that the multiplication leaves behind the ninth decimal.
    """
    found = number(usd_per_token)
    per_mtok = None if found is None else number(found * 1e6)
    return None if per_mtok is None else round(per_mtok, 9)


def fixed_usd_per_mtok(usd_per_token: object) -> float | None:
    """USD per 1M tokens from USD per token; None where the price varies, which gateways write as a negative."""
    found = usd_per_mtok(usd_per_token)
    return None if found is None or found < 0 else found


def written_number(text: str, field: str) -> float | None:
    """The number of a cell, None where it is blank. Raises Unusable for what is no number."""
    found = number(text)
    if found is None and text:
        raise Unusable(faults.NOT_A_NUMBER.of(field=field))
    return found


def written_day(text: str) -> date | None:
    """The day of a cell, None where it is blank. Raises Unusable for what is no day."""
    found = day(text)
    if found is None and text:
        raise Unusable(faults.NO_DAY)
    return found


def noted(*notes: str | None) -> str | None:
    """The notes that there are as one text; None where there is none."""
    return " ".join(note for note in notes if note) or None


# Columns of texts


def word_column(name: str, outer: str = " ") -> pl.Expr:
    """The texts without the characters of `outer` at their ends; null where nothing is left."""
    trimmed = pl.col(name).str.strip_chars(outer)
    return pl.when(trimmed != "").then(trimmed)


def number_column(name: str) -> pl.Expr:
    """Finite numbers; null for anything else."""
    found = pl.col(name).str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(found.is_finite()).then(found)


def above_zero_column(name: str) -> pl.Expr:
    """Numbers above 0; null for anything else."""
    found = number_column(name)
    return pl.when(found > 0).then(found)


def rounded_column(name: str) -> pl.Expr:
    """Whole numbers nearest to numbers above 0; null for anything else."""
    return above_zero_column(name).round().cast(pl.Int64)


def day_column(name: str) -> pl.Expr:
    """Days written 2026-03-11 or 3/11/2026; null for anything else and for days before 2000."""
    text = pl.col(name).str.strip_chars()
    found = pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%m/%d/%Y", strict=False))
    return pl.when(found.dt.year() >= EARLIEST_YEAR).then(found)


def noted_columns(*notes: pl.Expr) -> pl.Expr:
    """The notes that there are as one text a row; null where there is none."""
    text = pl.concat_str(notes, separator=" ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def as_text(row: Mapping[str, object], names: Sequence[str]) -> str:
    """The named cells of a row that are not empty, as text for a line of what is set aside."""
    return ", ".join(f"{name}={row[name]}" for name in names if row.get(name) not in (None, ""))
