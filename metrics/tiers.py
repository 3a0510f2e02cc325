"""Speed bought with money: what a seller asks for a fast tier of a model, and how much faster it is.

A fast tier (fast, priority, ultrafast and the like) and its standard twin are of one seller and one model, on the same
machines. So they say better than any other chip what speed costs. Sellers of special silicon are left out.

- Prices of both sides are of one source, at most MOST_DAYS_APART days apart: of several the pair nearest to the speeds,
  where there are any, else the newest.
- Speeds of both sides are of one measurer. Gateways show one endpoint of a seller at a time, so the two need not be of
  one look: the tier is at the middle of its looks of half a year, its twin at the middle of those that are at most
  MOST_DAYS_APART days from one of these. Two measurers of one tier are two rows, never averaged.
"""

from collections.abc import Sequence

import polars as pl

from etl import offers
from metrics import cost, matching
from metrics.cost import THREE_TO_ONE, Blend
from metrics.metric import ratio

TIER = ("provider", "model", "tier", "twin")
SPEED, PRICE = "output_tokens_per_second", "blended_usd_per_mtok"
MEASURER = ("measured_by", "measurer_kind")


def bought(judged: pl.DataFrame, prices: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Every fast tier with what it costs and how fast it is, as multiples of its standard twin.

    Takes `matching.judged` speeds and `cost.ranked` prices of the record. Grain: provider, model, tier, what else its
    endpoint says (`twin`), measurer. `tier_price_ratio` is null where the price of a side is not published,
    `tier_speed_ratio` where the speed of one is not. `priced_on` is the newest day on which both prices were seen;
    `measured_from` and `measured_on` are the days of the tier's first and last look, `samples` and `twin_samples` count
    the looks. `label` names the tier, and the measurer where it has several.
    """
    speeds, priced = _speeds(judged.filter(~matching.OWN)), _prices(prices.filter(~matching.OWN), chosen)
    found = speeds.join(priced, on=TIER, how="full", coalesce=True, nulls_equal=True)
    apart = (pl.col("priced_on") - pl.col("measured_on")).dt.total_days().abs()
    key = [*TIER, *MEASURER]
    nearest = found.sort(
        *key, apart, "priced_on", "catalogue_rank", PRICE, descending=_newest_third(key), nulls_last=True
    )
    silicon = judged.select("provider", "is_specialised").unique("provider", keep="any", maintain_order=True)
    return (
        nearest.unique(key, keep="first", maintain_order=True)
        .join(silicon, on="provider", how="left", validate="m:1", maintain_order="left")
        .filter(~pl.col("is_specialised").fill_null(value=False))
        .drop("catalogue_rank")
        .with_columns(is_own=pl.lit(value=False), label=_label())
        .sort("label", *MEASURER, nulls_last=True)
    )


def _newest_third(key: Sequence[str]) -> list[bool]:
    """Sort order: all upwards but the day of the price."""
    return [*[False] * (len(key) + 1), True, False, False]


def _label() -> pl.Expr:
    told = pl.concat_str(pl.col("twin"), pl.col("tier"), separator=" ", ignore_nulls=True)
    of_several = pl.when(pl.len().over(TIER) > 1).then(pl.format(" ({})", "measured_by")).otherwise(pl.lit(""))
    return pl.format("{} {}, {}{}", "provider", told, "model", of_several)


def with_both(found: pl.DataFrame) -> pl.DataFrame:
    """The tiers of which both ratios are known, those first that give most speed for the money."""
    both = found.filter(pl.col("tier_price_ratio").is_not_null() & pl.col("tier_speed_ratio").is_not_null())
    return both.sort(pl.col("tier_speed_ratio") / pl.col("tier_price_ratio"), "label", descending=[True, False])


def with_one(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tiers that ask more than their twin and of whose speed nobody tells, dearest first; and those of which the
    speed alone is published."""
    asking = found.filter(pl.col("tier_speed_ratio").is_null() & (pl.col("tier_price_ratio") > 1))
    measured = found.filter(pl.col("tier_price_ratio").is_null())
    return asking.sort("tier_price_ratio", "label", descending=[True, False]), measured


def _sides(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fast tiers, and the offers that may be their twins."""
    named = rows.with_columns(tier=offers.faster(), twin=offers.twin())
    is_other_tier = offers.is_tier() & pl.col("tier").is_null()
    told = named.filter(~is_other_tier)
    return told.filter(pl.col("tier").is_not_null()), told.filter(pl.col("tier").is_null()).drop("tier")


def _is_alike() -> pl.Expr:
    """False where both sides state their precision and it is another."""
    return (pl.col("precision") == pl.col("twin_precision")).fill_null(value=True)


def _prices(prices: pl.DataFrame, chosen: Blend) -> pl.DataFrame:
    """Each pair of prices of a tier and its twin in one source. Grain: tier, source, the spans of both sides."""
    columns = ("valid_from", "last_seen_on", "precision", "source_url", "publisher", PRICE)
    fast, standard = _sides(cost.charged(prices, chosen))
    both = fast.join(
        standard.select(
            "provider", "model", "twin", "source", *(pl.col(name).alias(f"twin_{name}") for name in columns)
        ),
        on=["provider", "model", "twin", "source"],
        how="inner",
        nulls_equal=True,
        maintain_order="left_right",
    )
    gap = pl.max_horizontal("valid_from", "twin_valid_from") - pl.min_horizontal("last_seen_on", "twin_last_seen_on")
    return (
        both.filter((gap.dt.total_days() <= matching.MOST_DAYS_APART) & _is_alike())
        .with_columns(
            tier_price_ratio=ratio(pl.col(PRICE), pl.col(f"twin_{PRICE}")),
            priced_on=pl.min_horizontal("last_seen_on", "twin_last_seen_on"),
            price_source="source",
        )
        .select(
            *TIER,
            "catalogue_rank",
            "tier_price_ratio",
            "priced_on",
            PRICE,
            f"twin_{PRICE}",
            "price_source",
            price_publisher="publisher",
            price_url="source_url",
        )
    )


def _speeds(judged: pl.DataFrame) -> pl.DataFrame:
    """The middle speed of each tier and of its twin by one measurer. Grain: tier, measurer."""
    dated = judged.filter(pl.col("excluded_because").is_null() & pl.col("measured_on").is_not_null())
    fast, standard = _sides(dated)
    of_tier = [*TIER, *MEASURER]
    looks = fast.filter(pl.col("measured_on") >= pl.col("measured_on").max().over(of_tier) - matching.RECENT)
    near = looks.join(
        standard.select(
            "provider",
            "model",
            "twin",
            *MEASURER,
            *(pl.col(name).alias(f"twin_{name}") for name in ("measured_on", "precision", SPEED, "source_url")),
        ),
        on=["provider", "model", "twin", *MEASURER],
        how="inner",
        nulls_equal=True,
        maintain_order="left_right",
    ).filter(
        ((pl.col("measured_on") - pl.col("twin_measured_on")).dt.total_days().abs() <= matching.MOST_DAYS_APART)
        & _is_alike()
    )
    twins = (
        near.unique([*of_tier, "twin_measured_on", "twin_source_url", f"twin_{SPEED}"], maintain_order=True)
        .group_by(of_tier, maintain_order=True)
        .agg(pl.col(f"twin_{SPEED}").median(), twin_samples=pl.len().cast(pl.Int64))
    )
    tiers = looks.group_by(of_tier, maintain_order=True).agg(
        pl.col(SPEED).median(),
        samples=pl.len().cast(pl.Int64),
        measured_from=pl.col("measured_on").min(),
        measured_on=pl.col("measured_on").max(),
        source_url=pl.col("source_url").sort_by("measured_on").last(),
        publisher=pl.col("publisher").sort_by("measured_on").last(),
    )
    return tiers.join(
        twins, on=of_tier, how="inner", validate="1:1", nulls_equal=True, maintain_order="left"
    ).with_columns(tier_speed_ratio=ratio(pl.col(SPEED), pl.col(f"twin_{SPEED}")))
