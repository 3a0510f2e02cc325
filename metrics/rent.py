"""What a million tokens cost on rented accelerators: rent, throughput, utilisation, step by step.

Rent, list price and cost of ownership are three bases; one chart uses one. Throughput is of all
users together and never stands beside the speed of one request.
"""

from collections.abc import Mapping

import polars as pl

from metrics import forms, matching
from metrics.metric import COST_FROM_RENT, ratio

ON_DEMAND = "On demand"
BASES: Mapping[str, str] = {
    ON_DEMAND: r"^on-demand",
    "Spot": r"^(spot|preemptible)",
    "Committed": r"^(1-year|3-year|reserved|\d+-year|contract|committed)",
    "Cost of ownership": r"^TCO",
}
PARTIAL = "accelerator alone"  # a price that lacks the machine around the accelerator
NEAR_DAYS = 60  # a rent of the same time: as far apart as two sides of a ratio may be


def rents(rows: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Middle rent of each accelerator and cloud on one basis, with its range; outliers left out.

    Grain: accelerator, cloud, and whether the rents are a reader's own. `prices` counts the rents
    behind the middle one.
    """
    return (
        rows.filter(
            pl.col("price_kind").str.contains(BASES[basis])
            & ~pl.col("price_kind").str.contains(PARTIAL, literal=True)
            & pl.col("outlier_reason").is_null()
        )
        .sort("usd_per_accelerator_hour", "source_url")
        .group_by("accelerator", "cloud", is_own=matching.OWN, maintain_order=True)
        .agg(
            usd_per_accelerator_hour=pl.col("usd_per_accelerator_hour").median(),
            low=pl.col("usd_per_accelerator_hour").min(),
            high=pl.col("usd_per_accelerator_hour").max(),
            prices=pl.len().cast(pl.Int64),
            observed_on=pl.col("observed_on").max(),
            source_url=pl.col("source_url").first(),
            publisher=pl.col("publisher").first(),
        )
        .with_columns(
            label=pl.format(
                "{} at {}{}", "accelerator", "cloud", pl.when("is_own").then(pl.lit(", yours")).otherwise(pl.lit(""))
            )
        )
        .sort("accelerator", "usd_per_accelerator_hour", "cloud", "is_own")
    )


def of_time(rows: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The middle on-demand rent of each chip around each day on which it was measured.

    Grain: accelerator, measured_on of `points`. The median over clouds, each at its own median of the days within
    NEAR_DAYS. Where nobody published one so near, of the nearest price and of those within NEAR_DAYS beyond it.
    `rent_days_apart` is how far the nearest price is; `rent_from` and `rent_to` are the days of the prices, `clouds`
    how many clouds ask them.
    """
    measured = points.select("accelerator", "measured_on").unique().drop_nulls().sort("accelerator", "measured_on")
    apart = (pl.col("observed_on") - pl.col("measured_on")).dt.total_days().abs()
    prices = _rented_by_day(rows).join(measured, on="accelerator", how="inner").with_columns(days=apart)
    of_each = ("accelerator", "measured_on")
    return (
        prices.with_columns(nearest=pl.col("days").min().over(of_each))
        .filter(pl.col("days") <= NEAR_DAYS + pl.when(pl.col("nearest") > NEAR_DAYS).then("nearest").otherwise(0))
        .sort("cloud", "usd_per_accelerator_hour", "observed_on", "source_url")
        .group_by(*of_each, "cloud", maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("nearest").first(),
            pl.col("observed_on").min().alias("rent_from"),
            pl.col("observed_on").max().alias("rent_to"),
            pl.col("source_url").first().alias("rent_source_url"),
            pl.col("publisher").first().alias("rent_publisher"),
        )
        .group_by(of_each, maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("nearest").first().alias("rent_days_apart"),
            pl.col("rent_from").min(),
            pl.col("rent_to").max(),
            pl.col("rent_source_url", "rent_publisher").first(),
            clouds=pl.len().cast(pl.Int64),
        )
        .sort(of_each)
    )


def _rented_by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """On-demand prices of the record that have a day; outliers and prices of the accelerator alone left out."""
    return forms.under_bare_names(
        rows.filter(
            pl.col("price_kind").str.contains(BASES[ON_DEMAND])
            & ~pl.col("price_kind").str.contains(PARTIAL, literal=True)
            & pl.col("outlier_reason").is_null()
            & pl.col("observed_on").is_not_null()
            & ~matching.OWN
        )
    )


def throughputs(serving: pl.DataFrame, model: str) -> pl.DataFrame:
    """Points of a model with output throughput per accelerator, those of the record first, then the highest first.

    The total of a system is divided by its accelerators where both are published; points that
    name no chip or no count are left out.
    """
    return (
        per_accelerator(serving.filter((pl.col("model") == model) & pl.col("accelerator").is_not_null()))
        .filter(pl.col("tokens_per_second_per_accelerator").is_not_null())
        .sort(matching.OWN, "tokens_per_second_per_accelerator", "system", descending=[False, True, False])
    )


def per_accelerator(serving: pl.DataFrame) -> pl.DataFrame:
    """Points with `tokens_per_second_per_accelerator`, output of all users: as published, else the total of the system
    divided by its accelerators; null where neither is published."""
    published = pl.col("output_throughput_tokens_per_second_per_gpu")
    divided = ratio(pl.col("throughput_tokens_per_second"), pl.col("accelerator_count").cast(pl.Float64))
    return serving.with_columns(tokens_per_second_per_accelerator=pl.coalesce(published, divided))


def served_models(serving: pl.DataFrame) -> list[str]:
    """Models with a published throughput per accelerator."""
    named = serving["model"].unique().sort().to_list()
    return [model for model in named if throughputs(serving, model).height]


def costs(rented: pl.DataFrame, accelerator: str, tokens_per_second: float, utilisation: float) -> pl.DataFrame:
    """Cost per million output tokens on one accelerator at each cloud's rent, cheapest first."""
    return (
        rented.filter(pl.col("accelerator") == accelerator)
        .with_columns(tokens_per_second_per_accelerator=pl.lit(tokens_per_second), utilisation=pl.lit(utilisation))
        .with_columns(COST_FROM_RENT.expr.alias(COST_FROM_RENT.name))
        .sort(COST_FROM_RENT.name, "cloud")
    )
