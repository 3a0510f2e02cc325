"""What a provider asked for a model over time, as all sources saw it.

A catalogue is looked at on some days only, and one that is slow shows an old price for months. So the sightings of all
sources make one line for each offer, and a new price begins on the first day on which any of them shows it.

- The catalogue that knows an offer over the longest time leads. One that was there on the same days and never shows a
  price that the leading one shows too tells of something else, and is left out (`cost.disagreements` names it).
- A price that was there before comes back only where a catalogue itself turns back to it; else that source is late.
- A new price needs a second source, or the leading catalogue, unless nobody else still shows the old one.
- A price that came with a speed confirms and dates a listed price. It makes no price of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from etl import offers
from metrics import matching
from metrics.cost import LISTED, PRICE_COLUMNS, THREE_TO_ONE, Blend, blended, charged

NEAR = 0.02  # catalogues round: within two hundredths two prices are one
SIDES = ("input_usd_per_mtok", "output_usd_per_mtok")
DAY = timedelta(days=1)

Sight = Mapping[str, Any]


def spans(prices: pl.DataFrame, model: str, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Blended list price of one model over the days it was seen, one row per provider and span of days.

    Takes `ranked` prices; standard offers alone. A price stands from the first day on which any source shows it until
    the day before another's first; between spans nothing was seen, and nothing is drawn. `source`, `publisher` and
    `source_url` are of who saw the span first, `catalogues` counts the sources that show its price. A model listed
    twice in one catalogue over the same days counts once, at the lower price. A reader's own prices of a provider are a
    line of their own, `is_own`, told apart by `label`.
    """
    of_model = prices.filter((pl.col("model") == model) & offers.is_standard())
    told = charged(of_model, chosen).with_columns(
        is_own=matching.OWN,
        is_listed=LISTED | matching.OWN,
        label=pl.when(matching.OWN).then(pl.format("{}, yours", "provider")).otherwise("provider"),
    )
    named = told.filter(pl.col("valid_from").is_not_null() & pl.col("last_seen_on").is_not_null())
    merged = [
        span
        for _, rows in named.sort("label", "valid_from").group_by("label", maintain_order=True)
        for span in _merged(rows)
    ]
    schema = {**told.schema, "catalogues": pl.Int64()}
    return blended(pl.DataFrame(merged, schema=schema), chosen).select(
        "label",
        "provider",
        "model",
        "source",
        "is_own",
        "catalogues",
        *PRICE_COLUMNS,
        "blend",
        "source_url",
        "publisher",
        "published_on",
    )


def changes(history: pl.DataFrame) -> pl.DataFrame:
    """The changes of price in `spans`, oldest first.

    Grain: label and day. `before_usd_per_mtok` and `after_usd_per_mtok` are blended; `changed_on` is the first day on
    which any source shows the new price, `publisher` and `source_url` are of that source.
    """
    before = pl.col("blended_usd_per_mtok").shift().over("label")
    return (
        history.sort("label", "valid_from")
        .with_columns(before_usd_per_mtok=before)
        .filter((pl.col("blended_usd_per_mtok") / pl.col("before_usd_per_mtok") - 1).abs() > NEAR)
        .rename({"blended_usd_per_mtok": "after_usd_per_mtok", "valid_from": "changed_on"})
        .sort("changed_on", "label")
    )


def listed_now(prices: pl.DataFrame, providers: pl.DataFrame, model: str, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Each provider's newest list price of a model, cheapest output first; left out are offers that have ended and
    prices last seen more than half a year before the newest of any model."""
    newest = (
        spans(prices, model, chosen).sort("provider", "last_seen_on").unique("label", keep="last", maintain_order=True)
    )
    seen_last = pl.lit(prices.filter(~matching.OWN)["last_seen_on"].max(), dtype=pl.Date)
    return (
        newest.filter(pl.col("is_own") | offers.is_current("last_seen_on", seen_last))
        .join(providers, on="provider", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            pl.col("family").fill_null("undisclosed"), pl.col("is_specialised", "is_hyperscaler").fill_null(False)
        )
        .sort("output_usd_per_mtok", "provider")
    )


@dataclass(frozen=True)
class _Looks:
    """What all sources saw of one offer: the sights of each source in order, and the catalogue that leads."""

    by_source: Mapping[str, Sequence[Sight]]
    leading: str

    @property
    def sights(self) -> list[Sight]:
        """All sights, oldest first; of one day those of the leading catalogue first."""
        every = [sight for sights in self.by_source.values() for sight in sights]
        return sorted(every, key=lambda one: (one["valid_from"], one["source"] != self.leading, one["source"]))

    def before(self, sight: Sight) -> Sight | None:
        """What the same source showed before."""
        earlier = [one for one in self.by_source[sight["source"]] if one["valid_from"] < sight["valid_from"]]
        return earlier[-1] if earlier else None

    def turns(self, one: Sight, other: Sight) -> bool:
        """Whether any source turns from the one price to the other itself."""
        return any(
            _is_alike(first, one) and _is_alike(second, other)
            for sights in self.by_source.values()
            for first, second in pairwise(sights)
        )

    def showing(self, price: Sight) -> list[Sight]:
        return [sight for sight in self.sights if _is_alike(sight, price)]


@dataclass
class _Stretch:
    """One price of an offer from its first sight on."""

    price: Sight
    until: date = field(default=date.max)

    @property
    def since(self) -> date:
        day: date = self.price["valid_from"]
        return day


def _merged(rows: pl.DataFrame) -> Iterable[dict[str, Any]]:
    """One offer's spans of days and prices from what all sources saw of it; none where no catalogue lists it."""
    if not rows["is_listed"].any():
        return []
    looks = _looks(rows)
    stretches: list[_Stretch] = []
    for sight in looks.sights:
        if not stretches:
            stretches.append(_Stretch(sight))
        elif _is_change(sight, [stretch.price for stretch in stretches], looks):
            stretches[-1].until = sight["valid_from"] - DAY
            stretches.append(_Stretch(sight))
    return [span for stretch in stretches for span in _seen(stretch, looks)]


def _looks(rows: pl.DataFrame) -> _Looks:
    every = {
        str(source): _one_at_a_time(of_source.to_dicts())
        for (source,), of_source in rows.sort("valid_from", "blended_usd_per_mtok").group_by(
            "source", maintain_order=True
        )
    }
    listing = {source: sights for source, sights in every.items() if any(one["is_listed"] for one in sights)}
    leading = min(listing, key=lambda source: (-_days(listing[source]), source))
    told = {source: sights for source, sights in every.items() if _is_of_one_story(sights, every[leading])}
    listed = [sight for source in listing if source in told for sight in told[source]]
    return _Looks(
        {
            source: [one for one in sights if any(_is_alike(one, two) for two in listed)]
            for source, sights in told.items()
        },
        leading,
    )


def _one_at_a_time(sights: Sequence[Sight]) -> list[Sight]:
    """The sights of one source in order; where two are of the same days the cheaper alone stands."""
    kept: list[Sight] = []
    for sight in sights:
        beside = [one for one in kept if one["last_seen_on"] > sight["valid_from"] or _begin_together(one, sight)]
        cheaper = [one for one in beside if one["blended_usd_per_mtok"] <= sight["blended_usd_per_mtok"]]
        if not cheaper:
            before = [_until(one, sight["valid_from"]) for one in kept]
            after = [_since(one, sight["last_seen_on"]) for one in beside]
            kept = [one for one in (*before, sight, *after) if one]
        elif rest := _since(sight, max(one["last_seen_on"] for one in cheaper)):
            kept.append(rest)
    return sorted(kept, key=lambda one: one["valid_from"])


def _begin_together(one: Sight, other: Sight) -> bool:
    return bool(one["valid_from"] == other["valid_from"])


def _until(sight: Sight, day: date) -> Sight | None:
    """The sight as far as it lies before this day, or up to it where it ends there; null where nothing of it does."""
    if sight["last_seen_on"] <= day:
        return sight
    return {**sight, "last_seen_on": day - DAY} if sight["valid_from"] < day else None


def _since(sight: Sight, day: date) -> Sight | None:
    """The sight as far as it lies after this day; null where nothing of it does."""
    return {**sight, "valid_from": day + DAY} if sight["last_seen_on"] > day else None


def _days(sights: Sequence[Sight]) -> int:
    days: timedelta = max(one["last_seen_on"] for one in sights) - min(one["valid_from"] for one in sights)
    return days.days


def _is_of_one_story(sights: Sequence[Sight], leading: Sequence[Sight]) -> bool:
    """True unless both were there on the same days and agree on no price."""
    was_beside = any(
        one["valid_from"] <= two["last_seen_on"] and two["valid_from"] <= one["last_seen_on"]
        for one in sights
        for two in leading
    )
    return not was_beside or any(_is_alike(one, two) for one in sights for two in leading)


def _is_alike(one: Sight, other: Sight) -> bool:
    return all(abs(one[side] - other[side]) <= NEAR * max(one[side], other[side]) for side in SIDES)


def _is_change(sight: Sight, told: Sequence[Sight], looks: _Looks) -> bool:
    """Whether this sight begins a new price of an offer that was told at these prices, the last of them current."""
    current = told[-1]
    if _is_alike(sight, current):
        return False
    if any(_is_alike(sight, earlier) for earlier in told):
        before = looks.before(sight)
        return before is not None and _is_alike(before, current)
    others_show_the_old = any(
        one["last_seen_on"] >= sight["valid_from"] and one["source"] != sight["source"]
        for one in looks.showing(current)
    )
    if not others_show_the_old:
        return True
    is_confirmed = len({one["source"] for one in looks.showing(sight)}) > 1
    is_leading = sight["source"] == looks.leading
    return (is_leading or is_confirmed) and any(looks.turns(earlier, sight) for earlier in told)


def _seen(stretch: _Stretch, looks: _Looks) -> Iterable[dict[str, Any]]:
    """The days on end on which any source saw this price while it stood."""
    sights = looks.showing(stretch.price)
    cached = next((one["cached_input_usd_per_mtok"] for one in sights if one["cached_input_usd_per_mtok"]), None)
    known = {"cached_input_usd_per_mtok": cached, "catalogues": len({one["source"] for one in sights})}
    found: list[dict[str, Any]] = []
    for sight in sights:
        first = max(sight["valid_from"], stretch.since)
        last = min(sight["last_seen_on"], stretch.until)
        if first > last:
            continue
        if found and first <= found[-1]["last_seen_on"] + DAY:
            found[-1]["last_seen_on"] = max(last, found[-1]["last_seen_on"])
        else:
            prices = {side: stretch.price[side] for side in SIDES}
            found.append({**sight, **prices, **known, "valid_from": first, "last_seen_on": last})
    if found:
        found[-1]["ended_on"] = _end(sights)
    return found


def _end(sights: Sequence[Sight]) -> date | None:
    """The end of an offer where every catalogue that shows its last price has one."""
    ends = [one["ended_on"] for one in sights if one["is_listed"]]
    return max(ends) if ends and all(ends) else None
