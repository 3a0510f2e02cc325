"""Who stands on which side: what the article's sellers still sell, and who licenses, sells or buys from whom."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from metrics import price_history, values


@dataclass(frozen=True)
class Sold:
    """Of the models that the article speaks of: those that neither its sellers nor Azure list any more, and what
    both sides list now. `ended_on` is the last day on which one of those offers ended, null where nobody says."""

    gone: tuple[str, ...]
    left: tuple[str, ...]
    sellers: tuple[str, ...]
    ended_on: date | None
    sold_now: tuple[str, ...]  # listed by a specialised host and by Azure, the one that most of them list first
    seen_on: date | None
    rows: pl.DataFrame = field(compare=False)


def sold(
    of_article: pl.Series, prices: pl.DataFrame, providers: pl.DataFrame, withdrawals: pl.DataFrame, cloud: str
) -> Sold:
    """What specialised hosts and this cloud list of the article's models; takes `ranked` prices, and `withdrawal`."""
    special = providers.filter("is_specialised")["provider"].to_list()
    known = of_article.unique().sort()
    by_side = prices.group_by("model").agg(
        has_special=pl.col("provider").is_in(special).any(), has_cloud=(pl.col("provider") == cloud).any()
    )
    of_both = by_side.filter(pl.col("has_special") & pl.col("has_cloud"))["model"].drop_nulls()
    asked = pl.concat([known, of_both]).unique().sort()
    if asked.is_empty():
        return Sold((), (), (), None, (), None, prices.clear())
    listed = pl.concat([price_history.listed_now(prices, providers, name) for name in asked])
    ours = listed.filter(pl.col("provider").is_in([*special, cloud]) & ~pl.col("is_own"))
    is_left = known.is_in(ours["model"].implode())
    ended = withdrawals.filter(pl.col("model").is_in(known.implode()) & pl.col("provider").is_in([*special, cloud]))
    both = (
        ours.group_by("model")
        .agg(
            hosts=(pl.col("provider") != cloud).sum(),
            is_both=(pl.col("provider") == cloud).any() & (pl.col("provider") != cloud).any(),
            seen_on=pl.col("last_seen_on").max(),
        )
        .filter("is_both")
        .sort("hosts", "model", descending=[True, False])
    )
    return Sold(
        gone=tuple(known.filter(~is_left)),
        left=tuple(known.filter(is_left)),
        sellers=tuple(ended["provider"].unique().sort()),
        ended_on=values.newest(ended["ended_on"]),
        sold_now=tuple(both["model"]),
        seen_on=values.newest(both["seen_on"]),
        rows=ours,
    )


def ties(events: pl.DataFrame) -> pl.DataFrame:
    """Events that tie one company to another, oldest first; each pair and kind of tie at its first day."""
    return (
        events.filter(pl.col("tie").is_not_null())
        .sort("happened_on", "headline")
        .unique(["tie_from", "tie", "tie_to"], keep="first", maintain_order=True)
    )
