"""How much of AI compute is inference, by everybody who published an estimate."""

from datetime import date

import polars as pl

WORLD = "compute"


def of_compute(shares: pl.DataFrame, today: date) -> pl.DataFrame:
    """Estimates of inference's share of all AI compute, newest year first; forecasts beyond today left out.

    Shares of power, spend and revenue, and of single firms, are other quantities.
    """
    return shares.filter(
        pl.col("share_percent").is_not_null()
        & pl.col("of_what").str.contains(WORLD)
        & pl.col("scope").str.contains("(?i)all AI")
        & (pl.col("year") <= today.year)
    ).sort("year", "share_percent", "publisher", descending=[True, False, False])
