"""Single values of a column, each with its type: Polars itself says only that it is some Python value.

Null is the value of an empty column, and of one that holds only nulls. A value of another type than the one asked for
raises TypeError: the column is not what its name says.
"""

from datetime import date

import polars as pl


def newest(days: pl.Series) -> date | None:
    """The last day of a column of days."""
    return _day(days.max())


def oldest(days: pl.Series) -> date | None:
    """The first day of a column of days."""
    return _day(days.min())


def largest(numbers: pl.Series) -> float | None:
    """The largest number, in the column's unit."""
    return _number(numbers.max())


def smallest(numbers: pl.Series) -> float | None:
    """The smallest number, in the column's unit."""
    return _number(numbers.min())


def extent(numbers: pl.Series) -> tuple[float, float]:
    """The smallest and the largest number, in the column's unit. Raises ValueError where none is known."""
    low, high = smallest(numbers), largest(numbers)
    if low is None or high is None:
        raise ValueError(f"No number is known of {numbers.name}.")
    return low, high


def span(days: pl.Series) -> tuple[date, date]:
    """The first and the last day of a column of days. Raises ValueError where none is known."""
    first, last = oldest(days), newest(days)
    if first is None or last is None:
        raise ValueError(f"No day is known of {days.name}.")
    return first, last


def middle(numbers: pl.Series) -> float | None:
    """The median, in the column's unit."""
    return _number(numbers.median())


def mean(numbers: pl.Series) -> float | None:
    """The arithmetic mean, in the column's unit."""
    return _number(numbers.mean())


def total(numbers: pl.Series) -> float:
    """The sum of what is known, in the column's unit; 0 where nothing is."""
    return _number(numbers.sum()) or 0


def counted(amounts: pl.Series) -> int:
    """The sum of a column of counts, or how many of a column of flags are true."""
    return int(total(amounts))


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise TypeError(f"{value!r} is not a day.")


def _number(value: object) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    raise TypeError(f"{value!r} is not a number.")
