"""How much of AI compute is inference, by everybody who published an estimate."""

from datetime import date
from typing import Any

import polars as pl

WORLD = "compute"


def forecast_after(shares: pl.DataFrame, year: int) -> dict[str, Any] | None:
    """The first forecast of a later year, of shares as `of_compute` gives them; None where there is none."""
    later = shares.filter((pl.col("kind") == "forecast") & (pl.col("year") > year))
    return later.row(0, named=True) if later.height else None


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
