"""Is inference the majority? By everybody who published an estimate of its share; one rule for every page."""

from datetime import date
from typing import Any

import polars as pl

from metrics import values

WORLD = "compute"
HALF_PERCENT = 50.0
RECENT_YEARS = 2  # an estimate of an older year does not speak about its reader's day
ONE_ESTIMATE = ["scope", "of_what", "publisher"]


def estimates(shares: pl.DataFrame, day: date) -> pl.DataFrame:
    """What decides: each publisher's newest estimate of each scope and quantity, of the two years before this day's.

    Published by the day, highest first. Compute, power, spend and revenue, of the world or of one firm, are each an
    estimate of their own and never added. A forecast decides nothing. `meets`: inference is above half.
    """
    return (
        _known(shares, day)
        .filter(pl.col("kind") != "forecast")
        .sort(
            *ONE_ESTIMATE, "year", "published_on", "share_percent", descending=[False, False, False, True, True, True]
        )
        .unique(ONE_ESTIMATE, keep="first", maintain_order=True)
        .with_columns(meets=pl.col("share_percent") > HALF_PERCENT)
        .sort("share_percent", *ONE_ESTIMATE, descending=[True, False, False, False])
    )


def forecasts(shares: pl.DataFrame, day: date) -> pl.DataFrame:
    """Forecasts published by this day, of its year or a later one; the earliest year first."""
    ahead = (pl.col("kind") == "forecast") & (pl.col("year") >= day.year)
    return _known(shares, day).filter(ahead).sort("year", "share_percent", "scope")


def is_majority(deciding: pl.DataFrame) -> bool | None:
    """Whether half of the estimates or more put inference above half; None where there is none."""
    return None if deciding.is_empty() else 2 * values.counted(deciding["meets"]) >= deciding.height


def _known(shares: pl.DataFrame, day: date) -> pl.DataFrame:
    return shares.filter(
        pl.col("share_percent").is_not_null()
        & (pl.col("published_on") <= day)
        & (pl.col("year") >= day.year - RECENT_YEARS)
    )


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
