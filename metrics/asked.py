"""What an offer cost on a day, and how that is known."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

import polars as pl

from etl import offers

SOLD, ENDED, NOT_YET, UNKNOWN = "sold", "ended", "not yet seen", "not seen on this day"

FIRST = (
    "provider",
    "model",
    "endpoint",
    "on",
    "status",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "valid_from",
    "last_seen_on",
    "ended_on",
    "ended_by",
    "source",
    "source_url",
    "publisher",
    "evidence",
    "provider_as_published",
    "model_as_published",
)
NEAR = 3  # names that are offered where one is not known


def price(tables: Mapping[str, pl.DataFrame], model: str, provider: str, on: date) -> pl.DataFrame:
    """What every source says of this model at this provider on this day, the catalogue that speaks first before others.

    Grain: source, endpoint, precision. `status` is sold where the price was seen on the day or both before and after
    it. Else the row is the last before the day, ended or not seen again; or the first after it, not yet seen. Names are
    ours or as published. Raises ValueError for a name that no price has, with the nearest that one has.
    """
    prices = tables["token_price"]
    of_offer = prices.filter(
        (pl.col("model") == known(prices, "model", model)) & (pl.col("provider") == known(prices, "provider", provider))
    )
    if of_offer.is_empty():
        raise ValueError(f"No source has a price of {model} at {provider}.")
    day = pl.lit(on)
    status = (
        pl.when(offers.is_sold_on(day))
        .then(pl.lit(SOLD))
        .when(pl.col("valid_from") > day)
        .then(pl.lit(NOT_YET))
        .when(pl.col("ended_on") <= day)
        .then(pl.lit(ENDED))
        .otherwise(pl.lit(UNKNOWN))
    )
    distance = pl.min_horizontal((day - pl.col("valid_from")).abs(), (day - pl.col("last_seen_on")).abs())
    is_later = pl.col("valid_from") > day
    ranks = tables["source_state"].select("source", "catalogue_rank")
    return (
        of_offer.with_columns(status=status, on=day, distance=distance, is_later=is_later)
        .join(ranks, on="source", how="left", validate="m:1")
        .sort((pl.col("status") != SOLD), "is_later", "distance")
        .unique(["source", "endpoint", "precision"], keep="first", maintain_order=True)
        .sort(~offers.is_standard(), "endpoint", pl.col("status") != SOLD, "catalogue_rank", "source", nulls_last=True)
        .select(FIRST)
    )


def known(prices: pl.DataFrame, thing: str, spelling: str) -> str:
    """Our name of a model or provider that prices are told of, from our name or a published spelling.

    Raises ValueError with the nearest names.
    """
    names = prices.select(thing, f"{thing}_as_published").unique()
    folded = {name.casefold(): name for name in names[thing]}
    by_spelling: dict[str, str] = {told.casefold(): ours for ours, told in names.rows()} | folded
    wanted = spelling.strip().casefold()
    if wanted in by_spelling:
        return by_spelling[wanted]
    near = get_close_matches(wanted, folded, n=NEAR)
    hint = f" The nearest: {', '.join(folded[name] for name in near)}." if near else ""
    raise ValueError(f"No price is of the {thing} {spelling!r}.{hint}")
