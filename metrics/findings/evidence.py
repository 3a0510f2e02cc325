"""What the figures of the page Evidence say, as one sentence each."""

from collections.abc import Mapping

import polars as pl

from metrics import matching


def grades(paired: pl.DataFrame) -> Mapping[str, int]:
    """Pairs by match grade, A to D."""
    counted = dict(paired["match_grade"].value_counts().iter_rows())
    return {grade: counted.get(grade, 0) for grade in matching.GRADES}
