"""A frame as the bytes of a file: CSV, Excel, Parquet, JSON; with results of MLPerf goes MLCommons's notice."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import polars as pl
from xlsxwriter import Workbook

from metrics import mlcommons

STARTS_A_FORMULA = r"^([=+\-@\t\r\n])"
# A sign before digits alone makes a number, which a spreadsheet may well read as one.
SIGNED_NUMBER = r"^[+-][0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?%?$"
NOTICE_PIXELS = 120
# Addresses stay text: Excel takes 65,530 links a sheet and none above 2,079 characters, and loses the others.
WORKBOOK = {
    "strings_to_urls": False,
    "strings_to_formulas": False,
    "nan_inf_to_errors": True,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Format:
    """One kind of file: the ending of its name, its media type, how a frame is written into it.

    Pages offer it under its label; one without a label is for the command line alone. `most_rows` is what a file
    of this kind can hold, None where there is no end.
    """

    ending: str
    mime: str
    write: Callable[[pl.DataFrame, BytesIO], object]
    label: str = ""
    most_rows: int | None = None


def encoded(frame: pl.DataFrame, form: str) -> bytes:
    """The frame as a file of this format; in what a spreadsheet opens, text is never a formula.

    Rows of MLPerf leave with a last column, `mlperf_notice`, whoever asks for the file.
    """
    if form not in FORMATS:
        raise ValueError(f"{form!r} is not a format; choose {', '.join(FORMATS)}")
    buffer = BytesIO()
    FORMATS[form].write(mlcommons.with_notice(frame), buffer)
    return buffer.getvalue()


def _csv(frame: pl.DataFrame, buffer: BytesIO) -> None:
    neutral(frame).write_csv(buffer)


def _json(frame: pl.DataFrame, buffer: BytesIO) -> None:
    frame.write_json(buffer)
    buffer.write(b"\n")


def _xlsx(frame: pl.DataFrame, buffer: BytesIO) -> None:
    without_zones = neutral(frame).with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
    with Workbook(buffer, WORKBOOK) as workbook:
        without_zones.write_excel(workbook, autofit=True, column_widths=_widths(frame))


# Every format there is, for the command line and for pages, in the order in which they are offered.
FORMATS: Mapping[str, Format] = {
    form.ending: form
    for form in (
        Format("csv", "text/csv", _csv, "CSV"),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _xlsx,
            "Excel",
            most_rows=1_000_000,
        ),
        Format("parquet", "application/vnd.apache.parquet", pl.DataFrame.write_parquet, "Parquet"),
        Format("json", "application/json", _json),
    )
}
ON_PAGES: tuple[Format, ...] = tuple(form for form in FORMATS.values() if form.label)


def _widths(frame: pl.DataFrame) -> dict[str | pl.selectors.Selector, int | tuple[str, ...]] | None:
    """The notice as wide as its heading: it is there to be kept, not to be read in every row."""
    return {mlcommons.NOTICE_COLUMN: NOTICE_PIXELS} if mlcommons.NOTICE_COLUMN in frame.columns else None


def neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula, made plain text by a leading apostrophe; headers too."""
    text = pl.selectors.string()
    kept = frame.with_columns(
        pl.when(text.str.contains(SIGNED_NUMBER)).then(text).otherwise(text.str.replace(STARTS_A_FORMULA, "'$1"))
    )
    return kept.rename(_plain_headers(frame.columns))


def _plain_headers(names: Sequence[str]) -> dict[str, str]:
    """Headers that begin as a formula, made plain, and still each of its own."""
    plain: dict[str, str] = {}
    for name in names:
        if re.match(STARTS_A_FORMULA, name):
            changed = f"'{name}"
            while changed in names or changed in plain.values():
                changed = f"'{changed}"
            plain[name] = changed
    return plain
