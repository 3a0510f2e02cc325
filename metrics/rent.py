"""What a million tokens cost on rented accelerators: rent, throughput, utilisation, step by step.

Rent, list price and cost of ownership are three bases; one chart uses one. Throughput is of all
users together and never stands beside the speed of one request.
"""

from collections.abc import Mapping

import polars as pl

from metrics import matching
from metrics.metric import COST_FROM_RENT, ratio

ON_DEMAND = "On demand"
BASES: Mapping[str, str] = {
    ON_DEMAND: r"^on-demand",
    "Spot": r"^(spot|preemptible)",
    "Committed": r"^(1-year|3-year|reserved|\d+-year|contract|committed)",
    "Cost of ownership": r"^TCO",
}
PARTIAL = "accelerator alone"  # a price that lacks the machine around the accelerator


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


def throughputs(serving: pl.DataFrame, model: str) -> pl.DataFrame:
    """Published points of a model with output throughput per accelerator, highest first.

    The total of a system is divided by its accelerators where both are published; points that
    name no chip or no count are left out.
    """
    per_accelerator = pl.coalesce(
        pl.col("output_throughput_tokens_per_second_per_gpu"),
        ratio(pl.col("throughput_tokens_per_second"), pl.col("accelerator_count").cast(pl.Float64)),
    )
    return (
        serving.filter((pl.col("model") == model) & pl.col("accelerator").is_not_null())
        .with_columns(tokens_per_second_per_accelerator=per_accelerator)
        .filter(pl.col("tokens_per_second_per_accelerator").is_not_null())
        .sort("tokens_per_second_per_accelerator", "system", descending=[True, False])
    )


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
