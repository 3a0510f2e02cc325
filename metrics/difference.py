"""Which figures differ between two builds: rows added, removed and changed, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

PLACE = "place of its key"
LARGEST_FIRST = "size"


@dataclass(frozen=True)
class Difference:
    """What differs in one table.

    `added` and `removed` are whole rows. `changed` has a row for each changed value: the key, the `column`, `before`
    and `after` as text, and `ratio`, which is after / before; null where one of them is no number or is zero.
    The largest ratio, up or down, stands first. `new_columns` and `lost_columns` are not compared.
    """

    name: str
    added: pl.DataFrame = field(compare=False)
    removed: pl.DataFrame = field(compare=False)
    changed: pl.DataFrame = field(compare=False)
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        frames = (self.added, self.removed, self.changed)
        return not any(frame.height for frame in frames) and not self.new_columns and not self.lost_columns


def between(name: str, before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str]) -> Difference:
    """The difference of one table, its rows told apart by `key`; nulls in a key are equal.

    Rows that share a key are numbered in the order of all their values, so the first is compared with the first.
    """
    told_apart = [column for column in key if column in before.columns and column in after.columns]
    old, new = _numbered(before, told_apart), _numbered(after, told_apart)
    by = [*told_apart, PLACE]
    return Difference(
        name,
        added=_without(new, old, by),
        removed=_without(old, new, by),
        changed=_changed(old, new, by),
        new_columns=tuple(column for column in after.columns if column not in before.columns),
        lost_columns=tuple(column for column in before.columns if column not in after.columns),
    )


def _numbered(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    place = pl.int_range(pl.len()).over(key) if key else pl.int_range(pl.len())
    return frame.sort(frame.columns, nulls_last=True).with_columns(place.cast(pl.Int64).alias(PLACE))


def _without(these: pl.DataFrame, those: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    return these.join(those, on=list(by), how="anti", nulls_equal=True, maintain_order="left").drop(PLACE)


def _changed(old: pl.DataFrame, new: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    values = [column for column in new.columns if column in old.columns and column not in by]
    both = old.select(*by, *values).join(
        new.select(*by, pl.col(values).name.prefix("new ")),
        on=list(by),
        how="inner",
        nulls_equal=True,
        maintain_order="left",
    )
    parts = [_changed_values(both, column, by) for column in values]
    if not parts:
        return both.drop(PLACE).clear()
    return (
        pl.concat(parts)
        .sort(LARGEST_FIRST, descending=True, nulls_last=True, maintain_order=True)
        .drop(LARGEST_FIRST, PLACE)
    )


def _changed_values(both: pl.DataFrame, column: str, by: Sequence[str]) -> pl.DataFrame:
    """The rows in which one column differs."""
    before, after = pl.col(column), pl.col(f"new {column}")
    ratio = pl.lit(None, dtype=pl.Float64)
    if both.schema[column].is_numeric() and both.schema[f"new {column}"].is_numeric():
        ratio = pl.when((before != 0) & (after != 0)).then(after / before).cast(pl.Float64)
    return both.filter(before.ne_missing(after)).select(
        *by,
        pl.lit(column).alias("column"),
        before.cast(pl.String).alias("before"),
        after.cast(pl.String).alias("after"),
        ratio.alias("ratio"),
        ratio.abs().log().abs().alias(LARGEST_FIRST),
    )
