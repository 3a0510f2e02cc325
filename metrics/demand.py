"""Whose models the tokens go to, week by week: shares of whole weeks alone, by maker of the model.

No table tells the tokens of a host: a gateway publishes whose model was asked, not who served it.
"""

import polars as pl

AUTHOR = "model author"
WHOLE_WEEK = 7  # a Saturday; on any other day the week so far is shorter, and the shares are of fewer days


def weeks(demand: pl.DataFrame) -> pl.DataFrame:
    """Authors of whole weeks, newest week first, largest share first.

    Grain: author, week, which is that of the Saturday `observed_on`.
    """
    return demand.filter((pl.col("kind") == AUTHOR) & (pl.col("days_of_week") == WHOLE_WEEK)).sort(
        "observed_on", "share_percent", "author", descending=[True, True, False]
    )


def first_and_last(demand: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The authors of the oldest and of the newest whole week; the same where there is one alone."""
    whole = weeks(demand)
    return (
        whole.filter(pl.col("observed_on") == pl.col("observed_on").min()),
        whole.filter(pl.col("observed_on") == pl.col("observed_on").max()),
    )
