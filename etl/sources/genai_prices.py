"""Pydantic's genai-prices: list prices by provider, with dated changes and long-prompt tiers.

- The catalogue lives at v2; v1 is frozen and read only where no v2 could be read.
- `prices` is an object, or a list whose later entries carry a constraint. A dated one
  (`start_date`) ends the price before it on the day before; a price announced for a day after the
  copy is not yet a price and waits for a later copy. One by time of day is an endpoint of its own.
- A value is a number or {base, tiers}: the base, for short prompts, is the standard price; each length above it is
  an offer of its own.
- Models priced on input alone (embeddings) or by the request alone have no token price for us.
- "HuggingFace (groq)" and its sisters pass on what a provider asks through Hugging Face's router:
  the spelling stays, the endpoint says so.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from etl import faults, offers
from etl.sources import cells
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
    each,
    expect_keys,
    merge,
    together,
)
from etl.sources.sightings import Sighting, on_terms, precision, sightings_frame, spanned

REPOSITORY = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices"
CURRENT = f"{REPOSITORY}/new_data/v2/data.json"
FROZEN = f"{REPOSITORY}/data.json"


def wants(_: Held) -> list[Want]:
    return [Want(CURRENT), Want(FROZEN, is_optional=True)]


def read(held: Held) -> Reading:
    current = each(sightings)([payload for payload in held if payload.url != FROZEN])
    if "token_price" in current.frames:
        return spanned(current)
    frozen = each(sightings)([payload for payload in held if payload.url == FROZEN])
    return spanned(merge([current, frozen]))


def sightings(payload: Payload) -> Reading:
    providers = payload.json()
    if not isinstance(providers, list) or not providers:
        raise SourceChanged(f"{payload.url}: a list of providers is expected.")
    aside: list[SetAside] = []
    found = []
    for provider in providers:
        expect_keys(provider, ("id", "models"), f"{payload.url}, a provider")
        for model in provider["models"]:
            if not isinstance(model, dict) or not model.get("id") or "prices" not in model:
                aside.append(SetAside(payload.url, faults.NOT_AN_ENTRY, f"{provider['id']}: {model}"))
                continue
            found += _model_sightings(provider, model, payload, aside)
    if not found:
        expect_keys(_price_keys(providers), ("input_mtok", "output_mtok"), f"{payload.url}, prices of a model")
    return Reading(frames={"token_price": sightings_frame(found)}, set_aside=together(aside))


def _price_keys(providers: list[JsonObject]) -> dict[str, None]:
    models = [model for provider in providers for model in provider["models"] if isinstance(model, dict)]
    prices = [model["prices"] for model in models if isinstance(model.get("prices"), dict)]
    return dict.fromkeys(key for entry in prices or models for key in entry)


def _model_sightings(
    provider: JsonObject, model: JsonObject, payload: Payload, aside: list[SetAside]
) -> list[Sighting]:
    where = f"{provider['id']}/{model['id']}"
    priced = _variants(model["prices"], payload, where, aside)
    found = []
    if offers.is_changing(model["id"]):
        aside.append(SetAside(payload.url, faults.CHANGING_MODEL, where))
        return []
    for prices, days, hours in priced:
        values = _base(prices.get("input_mtok")), _base(prices.get("output_mtok"))
        reason = offers.fault(*values)
        if reason is not None:
            aside.append(SetAside(payload.url, reason, f"{where}: {prices}"))
            continue
        title = str(provider.get("name") or provider["id"])
        seen = Sighting(
            provider_as_published=title,
            model_as_published=model["id"],
            precision=precision(model["id"]),
            endpoint=offers.joined(
                offers.of_market(title), offers.of_router(provider["id"], hours), offers.of_model(model["id"])
            ),
            input_usd_per_mtok=values[0],
            output_usd_per_mtok=values[1],
            cached_input_usd_per_mtok=cells.above_zero(_base(prices.get("cache_read_mtok"))),
            seen_on=payload.as_of,
            copied_on=payload.as_of,
            is_marked_ended=model.get("deprecated") is True,
            source_url=payload.url,
            note=_note(prices),
        )
        found += [replace(offer, seen_on=known) for offer in (seen, *_long_prompts(seen, prices)) for known in days]
    return found


def _long_prompts(standard: Sighting, prices: JsonObject) -> Iterable[Sighting]:
    """The same model for prompts above a length, each length an offer of its own."""
    given, written, cached = (_steps(prices.get(f"{name}_mtok")) for name in ("input", "output", "cache_read"))
    for start in sorted({*given, *written}):
        values = given.get(start, standard.input_usd_per_mtok), written.get(start, standard.output_usd_per_mtok)
        yield from on_terms(standard, offers.above(offers.tokens(start)), values, cells.above_zero(cached.get(start)))


def _steps(value: object) -> dict[int, float | None]:
    """The prices above the base, by the length of prompt from which they hold."""
    tiers = value.get("tiers") if isinstance(value, dict) else None
    known = [(cells.count(t.get("start")), cells.number(t.get("price"))) for t in tiers or () if isinstance(t, dict)]
    return {start: price for start, price in known if start}


# Prices, the days on which they are known to have stood, and their hours.
Variant = tuple[JsonObject, tuple[date, ...], str | None]


def _variants(prices: object, payload: Payload, where: str, aside: list[SetAside]) -> list[Variant]:
    """The prices of one model, the days on which each is known to have stood, and its hours."""
    as_of = payload.as_of
    if isinstance(prices, dict):
        return [(prices, (as_of,), None)]
    if not isinstance(prices, list):
        aside.append(SetAside(payload.url, faults.NOT_AN_ENTRY, f"{where}: {prices}"))
        return []
    base: JsonObject = {}
    dated: list[tuple[date, JsonObject]] = []
    by_hours: list[tuple[JsonObject, str]] = []
    for entry in prices:
        constraint = entry.get("constraint") or {}
        start = cells.day_of_moment(constraint.get("start_date"))
        if not constraint:
            base = entry.get("prices") or {}
        elif start is not None:
            dated.append((start, entry.get("prices") or {}))
        elif "start_time" in constraint:
            hours = offers.of_hours(constraint["start_time"], constraint.get("end_time", ""))
            by_hours.append((entry.get("prices") or {}, hours))
        else:
            aside.append(SetAside(payload.url, faults.CONDITION_NOT_KNOWN, f"{where}: {entry}"))
    for start, announced in dated:
        if start > as_of:
            aside.append(SetAside(payload.url, faults.DAY_TO_COME, f"{where} from {start}: {announced}"))
    variants = _in_force(base, sorted((d for d in dated if d[0] <= as_of), key=lambda d: d[0]), as_of)
    if by_hours:
        outside = "outside " + ", ".join(hours for _, hours in by_hours)
        variants = [(found, days, outside) for found, days, _ in variants]
    return variants + [(found, (as_of,), hours) for found, hours in by_hours]


def _in_force(base: JsonObject, dated: list[tuple[date, JsonObject]], as_of: date) -> list[Variant]:
    """Each price with its first stated and its last known day; the base has no stated first day."""
    lasts = [*(start - timedelta(days=1) for start, _ in dated), as_of]
    variants: list[Variant] = [(base, (lasts[0],), None)] if base else []
    for (start, prices), last in zip(dated, lasts[1:], strict=True):
        variants.append((prices, (start, last), None))
    return variants


def _base(value: object) -> float | None:
    return cells.number(value.get("base") if isinstance(value, dict) else value)


def _note(prices: JsonObject) -> str | None:
    notes = []
    if isinstance(prices.get("input_mtok"), dict) or isinstance(prices.get("output_mtok"), dict):
        notes.append(offers.short_prompts())
    if prices.get("requests_kcount"):
        notes.append("Each request is charged as well.")
    return " ".join(notes) or None


SOURCE = Source(
    id="genai_prices",
    title="genai-prices",
    publisher="Pydantic (genai-prices)",
    licence="MIT",
    home_url="https://github.com/pydantic/genai-prices",
    tables=("token_price",),
    prices=Catalogue(rank=30, keeps_retired=True),
    wants=wants,
    read=read,
    keeps_history=True,
    has_history=True,
)
