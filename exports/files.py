"""A frame as the bytes of a file: CSV, Excel, Parquet, JSON."""

from io import BytesIO

import polars as pl

FORMATS = ("csv", "parquet", "json", "xlsx")
STARTS_A_FORMULA = r"^([=+\-@\t\r])"


def encoded(frame: pl.DataFrame, form: str) -> bytes:
    """The frame as a file of this format; in what a spreadsheet opens, text is never a formula."""
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
        without_zones.write_excel(buffer, autofit=True)
    else:
        raise ValueError(f"{form!r} is not a format; choose {', '.join(FORMATS)}")
    return buffer.getvalue()


def neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula, made plain text by a leading apostrophe."""
    return frame.with_columns(pl.selectors.string().str.replace(STARTS_A_FORMULA, "'$1"))
