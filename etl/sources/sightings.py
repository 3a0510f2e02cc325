"""Prices seen on days become prices that stood over spans of days; shared by the price catalogues.

- A catalogue says what a price is on the day of a copy, not since when. Each price of each copy is
  one sighting. Consecutive sightings of the same prices of the same (provider, model, endpoint,
  precision) become one row from the first day to the last. A changed price starts a new row.
- Between the last sighting of the old price and the first of the new one nobody knows which stood.
- Two copies of one day: the later one counts.
- An offer ends on the day that the newest copy with it states. Without one, on the day of the first copy that marks
  it as ended; without a mark, on that of the first copy that has other models of its provider and no longer it.
- A span points to the newest address where its price stood.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from etl import offers
from etl.offers import BY_DATE, BY_MARK, BY_SILENCE
from etl.sources.contract import Held, Payload, Reading, each

PRECISION = re.compile(r"(?<![a-z0-9])(NVFP4|MXFP4|FP4|FP8|FP16|BF16|INT4|INT8)(?![a-z0-9])", re.IGNORECASE)

SIGHTING = MappingProxyType(
    {
        "provider_as_published": pl.String,
        "model_as_published": pl.String,
        "endpoint": pl.String,
        "precision": pl.String,
        "input_usd_per_mtok": pl.Float64,
        "output_usd_per_mtok": pl.Float64,
        "cached_input_usd_per_mtok": pl.Float64,
        "seen_on": pl.Date,
        "copied_on": pl.Date,
        "ended_on": pl.Date,
        "is_marked_ended": pl.Boolean,
        "source_url": pl.String,
        "evidence": pl.String,
        "note": pl.String,
    }
)

THING = ("provider_as_published", "model_as_published", "endpoint", "precision")
PRICES = ("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")
LATEST = ("source_url", "evidence", "note")


@dataclass(frozen=True)
class Sighting:
    """One price as one copy of a catalogue showed it.

    `seen_on` is a day on which it stood, `copied_on` the day of the copy. `ended_on` is the end that the copy
    states, `is_marked_ended` that it says so without a day.
    """

    provider_as_published: str
    model_as_published: str
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    seen_on: date
    copied_on: date
    source_url: str
    ended_on: date | None = None
    is_marked_ended: bool = False
    cached_input_usd_per_mtok: float | None = None
    endpoint: str | None = None
    precision: str | None = None
    evidence: str = "published"
    note: str | None = None


def on_terms(
    standard: Sighting, terms: str, prices: tuple[float | None, float | None], cached: float | None
) -> Iterator[Sighting]:
    """The same model on other terms, an offer of its own; none where its prices make no offer.

    `prices` of input and output and `cached` are in USD per 1M tokens.
    """
    if offers.fault(*prices) is None:
        yield replace(
            standard,
            endpoint=offers.joined(standard.endpoint, terms),
            input_usd_per_mtok=prices[0],
            output_usd_per_mtok=prices[1],
            cached_input_usd_per_mtok=cached,
            note=None,
        )


def sightings_frame(sightings: list[Sighting]) -> pl.DataFrame:
    return pl.DataFrame([asdict(sighting) for sighting in sightings], schema=dict(SIGHTING))


def spans(sightings: pl.DataFrame) -> pl.DataFrame:
    """One row for each price and the days over which it was seen; `published_on` is the last of them."""
    seen = (
        sightings.with_row_index("order")
        .unique(subset=[*THING, "seen_on"], keep="last", maintain_order=True)
        .sort(*THING, "seen_on", "order")
    )
    stretch = pl.struct(*THING, *PRICES).rle_id()
    return (
        seen.with_columns(stretch=stretch)
        .group_by(*THING, "stretch", maintain_order=True)
        .agg(
            *(pl.col(name).last() for name in (*PRICES, *LATEST)),
            valid_from=pl.col("seen_on").min(),
            last_seen_on=pl.col("seen_on").max(),
            published_on=pl.col("seen_on").max(),
        )
        .drop("stretch")
        .join(ends(sightings), on=THING, how="left", nulls_equal=True, maintain_order="left")
        .sort(*THING, "valid_from", nulls_last=True)
    )


def ends(sightings: pl.DataFrame) -> pl.DataFrame:
    """When each offer ended and how that is known; one row an offer, both null where nothing says that it did."""
    copies = sightings.select("provider_as_published", copied_on="copied_on").unique()
    last = pl.col("copied_on") == pl.col("copied_on").max()
    is_marked = pl.col("is_marked_ended")
    listed = sightings.group_by(THING, maintain_order=True).agg(
        last_copied_on=pl.col("copied_on").max(),
        stated_on=pl.col("ended_on").filter(last).last(),
        marked_on=pl.col("copied_on").filter(is_marked).min(),
        is_marked=is_marked.filter(last).last(),
    )
    silent = (
        listed.select(*THING, "last_copied_on")
        .join(copies, on="provider_as_published", how="inner")
        .filter(pl.col("copied_on") > pl.col("last_copied_on"))
        .group_by(THING)
        .agg(silent_on=pl.col("copied_on").min())
    )
    # A catalogue that drops an offer before the end that it had stated knows better by then.
    stated = pl.when(pl.col("silent_on") < pl.col("stated_on")).then(None).otherwise("stated_on")
    marked = pl.when(pl.col("is_marked") & pl.col("stated_on").is_null()).then("marked_on")
    return listed.join(silent, on=THING, how="left", nulls_equal=True, maintain_order="left").select(
        *THING,
        ended_on=pl.coalesce(stated, marked, "silent_on"),
        ended_by=pl.when(stated.is_not_null())
        .then(pl.lit(BY_DATE))
        .when(marked.is_not_null())
        .then(pl.lit(BY_MARK))
        .when(pl.col("silent_on").is_not_null())
        .then(pl.lit(BY_SILENCE)),
    )


def over_time(read_one: Callable[[Payload], Reading]) -> Callable[[Held], Reading]:
    """A reader of many copies from a reader of one, which returns sightings as its `token_price`."""

    def read(held: Held) -> Reading:
        return spanned(each(read_one)(held))

    return read


def spanned(reading: Reading) -> Reading:
    """The reading with its sightings turned into spans."""
    frames = {name: spans(frame) for name, frame in reading.frames.items()}
    return replace(reading, frames=frames)


def precision(spelling: str | None) -> str | None:
    """The number format that a published spelling names, or null."""
    found = PRECISION.search(spelling or "")
    return found[1].upper() if found else None
