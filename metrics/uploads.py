"""What the importer says about a reader's own figures, in sentences."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from metrics import matching, words

OUTCOMES: Mapping[str, str] = {
    "new": "New",
    "changed": "Changed",
    "identical": "Identical",
    "rejected": "Rejected",
}


def held(rows: Mapping[str, int], files: int, newest: datetime | None, limit_mb: int) -> str:
    """How many figures of the reader's own the dashboard holds; before the first, what may come in."""
    total = sum(rows.values())
    if not total or newest is None:
        return (
            "Your file never leaves this computer. CSV, Excel or Parquet up to "
            f"{limit_mb:,} MB; nothing is stored before you have seen what it would change."
        )
    return (
        f"The dashboard holds {words.plural(total, 'figure')} of yours from {words.plural(files, 'file')}, the newest "
        f"added {words.day(newest.date())}; none has left this computer."
    )


def found(counts: Mapping[str, int]) -> str:
    """What committing would do."""
    if not counts["new"] + counts["changed"] + counts["identical"]:
        return "No row can be stored as it stands. Put the cells right below, or map another column."
    if not counts["new"] + counts["changed"]:
        return "Every row that can be stored is held already: there is nothing to add."
    parts = [
        words.plural(counts["new"], "new row"),
        f"{words.plural(counts['changed'], 'row')} with other values than held" if counts["changed"] else "",
        f"{words.plural(counts['identical'], 'row')} held already" if counts["identical"] else "",
        f"{words.plural(counts['rejected'], 'row')} set aside with the reason" if counts["rejected"] else "",
    ]
    blank = f" {words.plural(counts['blank'], 'blank row')} passed over." if counts["blank"] else ""
    return f"{words.listed([part for part in parts if part])}.{blank}"


def unstated(table: str, filled: Sequence[str]) -> str:
    """Which conditions a file of speeds leaves unsaid, and what that costs it; nothing for other tables."""
    lacking = [
        words_of for name, words_of in matching.STATED.items() if table == "provider_speed" and name not in filled
    ]
    if not lacking:
        return ""
    return (
        f"Not stated: {words.listed(lacking)}. Beside published speeds yours are grade {matching.UNLIKE} until that "
        "is said, in columns or once for every row under More."
    )


def problems_shown(shown: int, errors: int, warnings: int) -> str:
    """How many problems there are, and how many of them are listed."""
    told = f"{words.plural(errors, 'error')}, {words.plural(warnings, 'warning')}."
    if shown < errors + warnings:
        return f"{told} The first {shown:,} are listed; every kind is counted below."
    return told


def edits(before: pl.DataFrame, after: pl.DataFrame, row: str, theirs: Sequence[str]) -> dict[tuple[int, str], str]:
    """The cells of their columns that a reader wrote over, by what the column `row` says and by column; an emptied
    cell is an empty text. Both frames have the same rows in the same order."""
    return {
        (before[row][at], column): after[column][at] or ""
        for column in theirs
        for at in before[column].ne_missing(after[column].cast(before[column].dtype)).arg_true()
    }


def most_frequent(rows: pl.DataFrame, column: str) -> str | None:
    """The value that most of these rows have; None where none has one."""
    if column not in rows.columns:
        return None
    counted = rows.drop_nulls(column).group_by(column).agg(rows=pl.len())
    frequent = counted.sort("rows", column, descending=[True, False])[column].first()
    return None if frequent is None else str(frequent)
