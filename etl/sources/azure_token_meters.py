"""Azure's own meters for tokens: what Microsoft charges for models that it sells by the token.

- Two forms. Live, Azure Retail Prices answers in pages (`Items`, one region each); the question is asked for one
  region, whose meters of global deployments are those of all. A copy folds regions of one price (`items`, `regions`).
- A meter is one direction of one model: its name says input, output or cached input, the reach of the deployment
  (global, data zone, one region) and the tier (batch, priority), in several spellings. Input and output of one
  model, reach and tier in one region make a price.
- Units are 1K or 1M tokens. Meters by the hour, day or month, for fine-tuned models and their training, and for
  pages, pictures, sound or searches are no price per token of a model that is on offer to all.
- The global deployment is the standard offer. Where regions ask different prices (the government's ask 25% more),
  that of the most regions is, and the others are offers of their own.
- A meter says since when its price stands; one for a day to come is no price yet. Of several for one region the
  newest that has begun counts.
- Models that Fireworks runs and Azure sells are no offer of Azure's own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from etl import faults, offers
from etl.faults import Fault
from etl.sources import cells
from etl.sources.azure_pages import BASE_URL, asking, pages
from etl.sources.contract import (
    Catalogue,
    Held,
    JsonObject,
    Payload,
    Reading,
    SetAside,
    Source,
    SourceChanged,
    Want,
    expect_keys,
    expect_objects,
    merge,
    together,
)
from etl.sources.sightings import Sighting, sightings_frame, spanned

QUESTION = "serviceName eq 'Foundry Models' and armRegionName eq 'eastus' and priceType eq 'Consumption'"
FIRST_PAGE = asking(QUESTION)

TOKENS_BY_UNIT = {"1K": 1_000, "1M": 1_000_000}
TOKENS_PER_MTOK = 1_000_000

INPUT, OUTPUT, CACHED = "input", "output", "cached input"
SAID = "inpt?|in|input|outpt?|out|output|batch|glbl|global|dzone|datazone|re?gnl|regional|cached|cchd"
WORDS = re.compile(rf"[\s_]+|-(?=({SAID})\b)", re.IGNORECASE)
DIRECTIONS = {
    **dict.fromkeys(("inp", "inpt", "input", "in"), INPUT),
    **dict.fromkeys(("outp", "outpt", "output", "out", "opt"), OUTPUT),
    **dict.fromkeys(("cached", "cache", "cchd", "cd", "ch"), CACHED),
}
GLOBAL = "global"
REACHES = {
    **dict.fromkeys(("glbl", "global", "gl", "glb"), GLOBAL),
    **dict.fromkeys(("dzone", "dz", "datazone"), "data zone"),
    **dict.fromkeys(("regnl", "rgnl", "regional"), "regional"),
}
TIERS = {"batch": "batch", "pp": "priority", "l": "long prompts", "longco": "long prompts"}
STANDARD = ("std", "shortco")
NOT_ON_OFFER = re.compile(r"\b(ft|rft|fine[ -]?tuned|training|hosting|deployment|dev|grdr)\b|FT(regnl)?\b", re.I)
NOT_TOKENS_OF_TEXT = re.compile(
    r"\b(pages?|images?|img|characters?|sessions?|searche?s?|gb|aud\w*|realtime\w*|rt|transcribe|tcrb|tts|whisper|sora"
    r"|embed\w*|ada|rerank|vision)\b",
    re.I,
)
RUN_BY_FIREWORKS = "Azure Fireworks Models"


@dataclass(frozen=True)
class Meter:
    """One direction of one offer, in one region."""

    product: str
    model: str
    endpoint: str | None
    direction: str
    region: str
    usd_per_mtok: float
    since: date


def wants(held: Held) -> list[Want]:
    return [Want(url, is_optional=True) for url in pages(FIRST_PAGE, held)]


def read(held: Held) -> Reading:
    """The prices of each copy; the live pages of one day are one copy."""
    copies: dict[tuple[date, str], list[Payload]] = {}
    for payload in held:
        address = BASE_URL if payload.url.startswith(BASE_URL) else payload.url
        copies.setdefault((payload.as_of, address), []).append(payload)
    return spanned(merge([_read_copy(pages) for pages in copies.values()]))


def _read_copy(pages: Sequence[Payload]) -> Reading:
    """A page that cannot be read is refused and stops no other."""
    aside: list[SetAside] = []
    meters: list[Meter] = []
    refused = {}
    for page in pages:
        try:
            _sort_in(page, meters, aside)
        except SourceChanged as change:
            refused[page.url] = str(change)
    found = list(_offers(meters, pages[-1], aside))
    frames = {"token_price": sightings_frame(found)} if len(refused) < len(pages) else {}
    return Reading(frames=frames, set_aside=together(aside), refused=refused)


def _sort_in(page: Payload, meters: list[Meter], aside: list[SetAside]) -> None:
    for item in _items(page):
        meter = _meter(item, page.as_of)
        if isinstance(meter, Fault):
            aside.append(SetAside(page.url, meter, _as_text(item)))
        else:
            meters += meter


def _items(payload: Payload) -> list[JsonObject]:
    document = payload.json_object()
    name = "Items" if "Items" in document else "items"
    expect_keys(document, (name,), payload.url)
    items = expect_objects(document[name], f"{payload.url}, {name}")
    region = "armRegionName" if name == "Items" else "regions"
    if not items:
        raise SourceChanged(f"{payload.url}: no meter stands there.")
    wanted = ("productName", "meterName", "unitOfMeasure", "retailPrice", "effectiveStartDate", region)
    expect_keys(items[0], wanted, f"{payload.url}, {name}")
    return items


def _meter(item: JsonObject, as_of: date) -> list[Meter] | Fault:
    """The meter in each of its regions, or why it is no price of a model that is on offer."""
    name, tokens = str(item.get("meterName")), TOKENS_BY_UNIT.get(str(item.get("unitOfMeasure")))
    price, since = cells.above_zero(item.get("retailPrice")), cells.day_of_moment(item.get("effectiveStartDate"))
    if tokens is None or not re.search(r"\btokens$", name, re.I):
        return faults.NOT_BY_TOKENS
    if item.get("currencyCode", "USD") != "USD":
        return faults.OTHER_CURRENCY
    if item.get("type", "Consumption") != "Consumption":
        return faults.UNKNOWN_TERM
    if NOT_TOKENS_OF_TEXT.search(f"{item.get('productName')} {name}"):
        return faults.NOT_TEXT
    if NOT_ON_OFFER.search(name):
        return faults.FINE_TUNED
    if price is None:
        return faults.NOT_ABOVE_ZERO.of(field="retailPrice")
    if since is None:
        return faults.NO_DAY
    if since > as_of:
        return faults.DAY_TO_COME
    return _named(item, name, price * TOKENS_PER_MTOK / tokens, since)


def _named(item: JsonObject, name: str, usd_per_mtok: float, since: date) -> list[Meter] | Fault:
    words = [word for word in WORDS.split(re.sub(r"(\b1M )?\btokens$", "", name, flags=re.I)) if word]
    known = [word for word in words if word.lower() not in {*DIRECTIONS, *REACHES, *TIERS, "data", "zone", *STANDARD}]
    said = {word.lower() for word in words}
    directions = {DIRECTIONS[word] for word in said & DIRECTIONS.keys()}
    direction = CACHED if CACHED in directions else next(iter(directions), None)
    if direction is None or not known or len(directions - {CACHED}) > 1:
        return faults.METER_NOT_UNDERSTOOD
    product = str(item.get("productName"))
    reaches = [REACHES[word.lower()] for word in words if word.lower() in REACHES]
    reach = "data zone" if {"data", "zone"} <= said else next(iter(reaches), "regional")
    endpoint = offers.joined(
        offers.run_by("Fireworks") if product == RUN_BY_FIREWORKS else None,
        None if reach == GLOBAL else reach,
        *(TIERS[word] for word in TIERS if word in said),
    )
    regions = item["regions"] if "regions" in item else [item["armRegionName"]]
    return [
        Meter(product, " ".join(known), endpoint, direction, str(region), usd_per_mtok, since) for region in regions
    ]


Offer = tuple[str, str, str | None]
Prices = tuple[float | None, float | None, float | None]


def _offers(meters: Iterable[Meter], payload: Payload, aside: list[SetAside]) -> Iterator[Sighting]:
    """Input, output and cached price of each offer; the price of the most regions goes without their names."""
    newest: dict[Offer, dict[str, dict[str, Meter]]] = {}
    for meter in meters:
        of_region = newest.setdefault((meter.product, meter.model, meter.endpoint), {}).setdefault(meter.region, {})
        if meter.direction not in of_region or of_region[meter.direction].since < meter.since:
            of_region[meter.direction] = meter
    for (product, model, endpoint), by_region in sorted(newest.items(), key=lambda pair: str(pair[0])):
        alike: dict[Prices, list[str]] = {}
        for region, found in sorted(by_region.items()):
            alike.setdefault(_prices(found), []).append(region)
        most_first = sorted(alike.items(), key=lambda pair: (-len(pair[1]), pair[1]))
        for place, (prices, regions) in enumerate(most_first):
            fault = offers.fault(*prices[:2])
            if fault is not None:
                aside.append(SetAside(payload.url, fault, f"{product}: {model} in {', '.join(regions)}"))
                continue
            named = offers.joined(endpoint, ", ".join(regions[:3]) if place else None)
            days = {min(by_region[region][side].since for region in regions) for side in (INPUT, OUTPUT)}
            for day in (max(days), payload.as_of):
                yield Sighting(
                    provider_as_published="Azure",
                    model_as_published=f"{product}: {model}",
                    endpoint=named,
                    input_usd_per_mtok=prices[0],
                    output_usd_per_mtok=prices[1],
                    cached_input_usd_per_mtok=prices[2],
                    seen_on=day,
                    copied_on=payload.as_of,
                    source_url=payload.url,
                )


def _prices(found: Mapping[str, Meter]) -> Prices:
    # Rounded where the multiplication of a price per 1K leaves a tail.
    given, written, cached = (
        round(found[side].usd_per_mtok, 6) if side in found else None for side in (INPUT, OUTPUT, CACHED)
    )
    return given, written, cached


def _as_text(item: JsonObject) -> str:
    return cells.as_text(item, ("productName", "meterName", "retailPrice", "unitOfMeasure", "effectiveStartDate"))


SOURCE = Source(
    id="azure_token_meters",
    title="Azure's own meters for tokens",
    publisher="Microsoft (Azure Retail Prices)",
    licence="Microsoft terms of use; MIT (the copy)",
    home_url="https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices",
    tables=("token_price",),
    prices=Catalogue(rank=5, is_sellers_own=True),
    wants=wants,
    read=read,
    keeps_history=True,
    has_history=True,
)
