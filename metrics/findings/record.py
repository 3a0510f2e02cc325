"""What several findings share: which rows count, and how a baseline is called in a sentence."""

import polars as pl

from metrics import matching


def of_record(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without a reader's own, which decide no title; all of them where there are no others."""
    published = rows.filter(~pl.col("is_own"))
    return published if published.height else rows


def named(baseline: str, best: str = "fastest") -> str:
    return {
        matching.BEST: f"the {best} other host",
        matching.MEDIAN: "the median host",
    }.get(baseline, baseline)
