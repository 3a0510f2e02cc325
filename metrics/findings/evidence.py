"""What the figures of the page Evidence say, as one sentence each."""

from collections.abc import Mapping

import polars as pl

from etl.schema import NOT_SHIPPED
from metrics import matching, words


def grades(paired: pl.DataFrame) -> Mapping[str, int]:
    """Pairs by match grade, A to D."""
    counted = dict(paired["match_grade"].value_counts().iter_rows())
    return {grade: counted.get(grade, 0) for grade in matching.GRADES}


def not_shipped(aside: pl.DataFrame) -> str:
    """How many rows were left out of what ships, as nobody knows their names; nothing where none was."""
    rows = int(aside.filter(pl.col("reason") == NOT_SHIPPED)["rows"].sum())
    return (
        f"{words.plural(rows, 'row')} of names nobody knows {'does' if rows == 1 else 'do'} not ship." if rows else ""
    )
