"""Whether inference is the majority, in one sentence that every page says."""

import polars as pl

from metrics import values, words

NOT_KNOWN = "No estimate of inference's share is known"


def majority(deciding: pl.DataFrame) -> str:
    """How many of the estimates that decide put inference above half, and the highest with its day."""
    if deciding.is_empty():
        return f"{NOT_KNOWN}."
    best = deciding.row(0, named=True)
    return (
        f"{counted(deciding)}; the highest: {words.quantity(best['share_percent'], '%')} of {best['of_what']} "
        f"({best['scope']}, {best['year']}, {best['publisher']}, {words.day(best['published_on'])})."
    )


def counted(deciding: pl.DataFrame) -> str:
    """The same without the highest, as a title."""
    if deciding.is_empty():
        return NOT_KNOWN
    above = values.counted(deciding["meets"])
    puts = "puts" if 1 in (above, deciding.height) else "put"
    return f"{above} of {words.plural(deciding.height, 'estimate')} {puts} inference above half"


def forecast(found: pl.DataFrame) -> str:
    """The forecasts, which decide nothing; nothing where there is none."""
    if found.is_empty():
        return ""
    told = [
        f"{words.quantity(row['share_percent'], '%')} ({row['scope']}, {row['year']})"
        for row in found.iter_rows(named=True)
    ]
    return f"Forecasts decide nothing: {words.listed(told)}."


def newest_year(estimates: pl.DataFrame) -> str:
    """The newest year's estimates as a range, or the one there is."""
    if estimates.is_empty():
        return words.NOT_PUBLISHED
    newest = estimates.filter(pl.col("year") == pl.col("year").max())
    return words.span(values.smallest(newest["share_percent"]), values.largest(newest["share_percent"]), "%")
