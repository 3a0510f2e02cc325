"""A frame as the bytes of a file: CSV, Excel, Parquet, JSON; with results of MLPerf goes MLCommons's notice."""

import re
from collections.abc import Sequence
from io import BytesIO

import polars as pl
from xlsxwriter import Workbook

from metrics import mlcommons

FORMATS = ("csv", "parquet", "json", "xlsx")
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


def encoded(frame: pl.DataFrame, form: str) -> bytes:
    """The frame as a file of this format; in what a spreadsheet opens, text is never a formula.

    Rows of MLPerf leave with a last column, `mlperf_notice`, whoever asks for the file.
    """
    frame = mlcommons.with_notice(frame)
    buffer = BytesIO()
    if form == "csv":
        neutral(frame).write_csv(buffer)
    elif form == "parquet":
        frame.write_parquet(buffer)
    elif form == "json":
        frame.write_json(buffer)
        buffer.write(b"\n")
    elif form == "xlsx":
        without_zones = neutral(frame).with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
        with Workbook(buffer, WORKBOOK) as workbook:
            without_zones.write_excel(workbook, autofit=True, column_widths=_widths(frame))
    else:
        raise ValueError(f"{form!r} is not a format; choose {', '.join(FORMATS)}")
    return buffer.getvalue()


def _widths(frame: pl.DataFrame) -> dict[str, int] | None:
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
