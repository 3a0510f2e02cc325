"""Parquet as text cells. What its columns would be as text is worked out before they are laid out.

A footer of 1 kB can stand for 40 GB of text: one value, repeated. So texts stay coded as numbers of a list until it
is known how long they are, and rows come in blocks of bounded text.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow import compute, parquet, types

# As many characters as Python's csv module takes in one cell; Excel takes 32,767.
LONGEST_CELL = 131_072
MOST_TEXT = 4_000_000_000
BLOCK_ROWS, BLOCK_CELLS, BLOCK_TEXT = 200_000, 4_000_000, 32 << 20
# A file in which more rows than these share a byte repeats itself: rows that differ need several bits each.
ALWAYS_ROWS, MOST_ROWS_PER_BYTE = 1_000_000, 10
# The years 0 to 9999, in days and in seconds since 1970.
FIRST_DAY, LAST_DAY = -719_528, 2_932_896
DAY_SECONDS = 86_400
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class NoTable(Exception):
    """The file is no table of cells; the sentence says which column, what, and what to do."""


def hold(metadata: Any, schema: Any, size: int) -> None:
    """Raises NoTable for what must not be laid out, judged from the footer; `size` is the file's, in bytes."""
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if unpacked > MOST_TEXT:
        raise NoTable(f"The Parquet file would unpack to {unpacked / 1e6:,.0f} MB; split it.")
    rows = metadata.num_rows
    if rows > ALWAYS_ROWS and rows > MOST_ROWS_PER_BYTE * size:
        raise NoTable(
            f"The file has {rows:,} rows in {size:,} bytes, so nearly all of them are the same. "
            "Keep one row of those that are alike."
        )
    nested = [column.name for column in schema if types.is_nested(_held(column.type))]
    if nested:
        raise NoTable(f"The columns {', '.join(nested[:5])} hold lists or records; a cell holds one value.")
    for column in schema:
        if not _is_cell(_held(column.type)):
            raise NoTable(
                f"The column {column.name} holds values of the type {column.type}, which is not read. "
                "Write them as text, or as numbers with the unit in the column's name."
            )


def blocks(path: Path) -> Iterator[pl.DataFrame]:
    """Rows as text, null where empty, in order; columns are called by their place.

    Raises NoTable, and what pyarrow raises where the file is damaged.
    """
    with parquet.ParquetFile(path) as file:
        coded = _coded(file)
    total = 0
    with parquet.ParquetFile(path, read_dictionary=coded) as file:
        width = max(1, len(file.schema_arrow.names))
        names = file.schema_arrow.names
        step = max(1_000, min(BLOCK_ROWS, BLOCK_CELLS // width))
        for batch in file.iter_batches(batch_size=step):
            columns = [_sound(name, column) for name, column in zip(names, batch.columns, strict=True)]
            text = sum(_text_bytes(name, column) for name, column in zip(names, columns, strict=True))
            total += text
            if total > MOST_TEXT:
                raise NoTable(
                    f"The Parquet file would unpack to more than {MOST_TEXT / 1e6:,.0f} MB of text; split it."
                )
            rows = max(1, batch.num_rows * BLOCK_TEXT // max(text, BLOCK_TEXT))
            for start in range(0, batch.num_rows, rows):
                yield pl.DataFrame(
                    [_as_text(str(place), column.slice(start, rows)) for place, column in enumerate(columns)]
                )


def _held(kind: Any) -> Any:
    return kind.value_type if types.is_dictionary(kind) else kind


def _is_cell(kind: Any) -> bool:
    return bool(
        _is_text(kind)
        or _is_bytes(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_date(kind)
        or types.is_timestamp(kind)
        or types.is_time(kind)
        or (types.is_decimal(kind) and kind.precision <= 38)
        or types.is_null(kind)
    )


def _is_text(kind: Any) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_bytes(kind: Any) -> bool:
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))


def _coded(file: Any) -> list[str]:
    """Columns of text that the file codes by a list of values, and so may repeat a long one."""
    metadata, schema = file.metadata, file.schema_arrow
    times = Counter(schema.names)
    found = []
    for place, column in enumerate(schema):
        kind = _held(column.type)
        if not (_is_text(kind) or _is_bytes(kind)) or times[column.name] > 1:
            continue
        groups = range(metadata.num_row_groups)
        if any(metadata.row_group(number).column(place).has_dictionary_page for number in groups):
            found.append(column.name)
    return found


def _sound(name: str, column: Any) -> Any:
    """The column with its texts as UTF-8 and its days within the calendar. Raises NoTable."""
    values = column.dictionary if types.is_dictionary(column.type) else column
    kind = values.type
    if _is_bytes(kind):
        try:
            values = compute.cast(values.cast(pa.large_binary()), pa.large_string())
        except pa.ArrowInvalid as error:
            raise NoTable(f"The column {name} holds bytes that are no text. Write it as text in UTF-8.") from error
        return pa.DictionaryArray.from_arrays(column.indices, values) if types.is_dictionary(column.type) else values
    if _is_text(kind):
        try:
            values.validate(full=True)
        except pa.ArrowInvalid as error:
            raise NoTable(f"The column {name} holds text that is not UTF-8. Write it anew as UTF-8.") from error
    _hold_days(name, values)
    return column


def _hold_days(name: str, values: Any) -> None:
    kind = values.type
    if not (types.is_date(kind) or types.is_timestamp(kind)) or not len(values):
        return
    per_day = (
        1
        if types.is_date32(kind)
        else DAY_SECONDS * 1_000
        if types.is_date64(kind)
        else DAY_SECONDS * PER_SECOND[kind.unit]
    )
    found = compute.min_max(values.view(pa.int32() if types.is_date32(kind) else pa.int64()))
    low, high = found["min"].as_py(), found["max"].as_py()
    if low is not None and (low < FIRST_DAY * per_day or high >= (LAST_DAY + 1) * per_day):
        raise NoTable(f"The column {name} holds a day that is in no year from 0 to 9999. Correct it in the file.")


def _text_bytes(name: str, column: Any) -> int:
    """How many bytes its texts would take, each cell by itself. Raises NoTable for a cell that is too long."""
    coded = types.is_dictionary(column.type)
    values = column.dictionary if coded else column
    if not _is_text(values.type):
        return 16 * len(column)
    lengths = compute.binary_length(values)
    longest = compute.max(lengths).as_py() or 0
    if longest > LONGEST_CELL:
        raise NoTable(
            f"The column {name} holds a text of {longest:,} bytes; a cell holds at most {LONGEST_CELL:,}. "
            "Leave the column out, or shorten it."
        )
    if coded:
        lengths = compute.take(lengths, column.indices)
    return int(compute.sum(compute.cast(lengths, pa.int64())).as_py() or 0) + 16 * len(column)


def _as_text(name: str, column: Any) -> pl.Series:
    """The cells as the text that they show, null where empty."""
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values = pl.Series(name, column)
    shown = values.cast(pl.String)
    return shown.set(shown == "", None) if (shown == "").any() else shown
