"""Prices by host from Artificial Analysis, as somebody else's daily job copied them into a CSV.

- One row for each host, model and tier, USD per 1M tokens, with the day of the copy in `Date`.
  A copy by a third party, so its evidence is secondary.
- Both prices 0 means that Artificial Analysis shows none; such rows are counted and left out.
- Tiers of one host stand in `Host_Model` behind the model's name ("(Turbo, FP8)", "Latency
  Optimized"): they become the endpoint, and the number format within them the precision.
- "Google" sells on two platforms, Vertex and AI Studio, which the tier names; the platform is then
  part of the provider's name, as Artificial Analysis writes it: "Google (Vertex)".
- Where host, model and tier still name several rows, the same prices count once; rows that differ
  are told apart by the host's own identifier.
- The blended price is empty in the file, and blends are not stored anyway.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from etl import faults, offers
from etl.faults import Fault
from etl.sources import cells
from etl.sources.contract import (
    Catalogue,
    Held,
    Payload,
    Reading,
    SetAside,
    Source,
    SourceChanged,
    Want,
    expect_keys,
    together,
)
from etl.sources.sightings import Sighting, over_time, precision, sightings_frame

CATALOGUE = "https://raw.githubusercontent.com/Kenneth-Top/workflows-/main/artificial_analysis_pricing.csv"
COLUMNS = ("Date", "Provider", "Model", "Host_Model", "Host_API_ID", "Input_Price_1M", "Output_Price_1M")

GOOGLE_PLATFORMS = ("Vertex", "AI Studio")
TWO_PRICES = faults.RIVAL.of(kept="the one listed first")


# What a price is of: provider, model, endpoint, precision and day.
Thing = tuple[str, str, str | None, str | None, date]


def wants(_: Held) -> list[Want]:
    return [Want(CATALOGUE, kind="csv")]


def sightings(payload: Payload) -> Reading:
    rows = csv.DictReader(io.StringIO(payload.text(), newline=""))
    expect_keys(dict.fromkeys(rows.fieldnames or ()), COLUMNS, payload.url)
    aside: list[SetAside] = []
    found: dict[Thing, Sighting] = {}
    for row in rows:
        seen = _sighting(row, payload)
        if isinstance(seen, Sighting):
            seen = _told_apart(seen, row, found)
        if isinstance(seen, Fault):
            aside.append(SetAside(payload.url, seen, ", ".join(str(row[name]) for name in COLUMNS)))
            continue
        found[_thing(seen)] = seen
    return Reading(frames={"token_price": sightings_frame(list(found.values()))}, set_aside=together(aside))


def _sighting(row: Mapping[str, str], payload: Payload) -> Sighting | Fault:
    prices = cells.number(row["Input_Price_1M"]), cells.number(row["Output_Price_1M"])
    reason = offers.fault(*prices)
    if reason is None and not (row["Provider"] and row["Model"]):
        reason = faults.NOT_NAMED.of(missing="provider or model")
    if reason is not None:
        return reason
    tier = _tier(row)
    platform = tier if row["Provider"] == "Google" and tier in GOOGLE_PLATFORMS else None
    return Sighting(
        provider_as_published=f"Google ({platform})" if platform else row["Provider"],
        model_as_published=row["Model"],
        endpoint=None if platform else tier,
        precision=precision(tier),
        input_usd_per_mtok=prices[0],
        output_usd_per_mtok=prices[1],
        cached_input_usd_per_mtok=cells.above_zero(row.get("Cache_Hit_Price_1M")),
        seen_on=_day(row["Date"], payload),
        copied_on=payload.as_of,
        source_url=payload.url,
        evidence="secondary",
    )


def _tier(row: Mapping[str, str]) -> str | None:
    """What stands in Host_Model behind host and model: the tier, or null."""
    rest = (row["Host_Model"] or "").removeprefix(f"{row['Provider']}_{row['Model']}")
    return rest.strip("_ ").strip("()") or None if rest != row["Host_Model"] else None


def _told_apart(seen: Sighting, row: Mapping[str, str], found: Mapping[Thing, Sighting]) -> Sighting | Fault:
    """The sighting under a name that is free, or the reason why it is a repetition."""
    if _thing(seen) in found:
        if _prices(found[_thing(seen)]) == _prices(seen):
            return faults.REPEATED
        seen = replace(seen, endpoint=" ".join(part for part in (seen.endpoint, row["Host_API_ID"]) if part))
    if _thing(seen) in found:
        return faults.REPEATED if _prices(found[_thing(seen)]) == _prices(seen) else TWO_PRICES
    return seen


def _thing(seen: Sighting) -> Thing:
    return seen.provider_as_published, seen.model_as_published, seen.endpoint, seen.precision, seen.seen_on


def _prices(seen: Sighting) -> tuple[float | None, ...]:
    return seen.input_usd_per_mtok, seen.output_usd_per_mtok, seen.cached_input_usd_per_mtok


def _day(value: str | None, payload: Payload) -> date:
    if not value:
        return payload.as_of
    found = cells.day_of_moment(value)
    if found is None:
        raise SourceChanged(f"{payload.url}: Date holds {value!r}, which is not year-month-day.")
    return found


SOURCE = Source(
    id="aa_host_pricing",
    title="Artificial Analysis prices by host (copy)",
    publisher="Artificial Analysis, copied by Kenneth-Top",
    licence="none stated for the copy; data from Artificial Analysis, attribution required",
    home_url="https://artificialanalysis.ai/models/?pricing=input-and-output-pricing",
    tables=("token_price",),
    prices=Catalogue(rank=50),
    wants=wants,
    read=over_time(sightings),
    keeps_history=True,
    credit="Data: Artificial Analysis, https://artificialanalysis.ai",
)
