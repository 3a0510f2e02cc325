"""LiteLLM's price map: list prices of language models at many providers.

- One JSON object, a model a key. Prices are USD per token; we keep USD per 1M tokens.
- The project's own file is the newest; its history has one copy a month, most of them by a daily mirror.
  Only that mirror writes the day into the file (`last_updated`).
- Text models only: mode chat, completion or responses. Images, speech, embeddings and the like are
  counted. Entries that are no model (`sample_spec`, `fallback_generalizations`, Fireworks' price
  classes by model size) are counted too.
- The provider is `litellm_provider`; Bedrock's several ones stay apart here and meet in our names.
  Region, geography or commitment inside a key ("azure/eu/…", "bedrock/us-west-2/…", "us.anthropic.…")
  is the endpoint.
- A price may rise with the length of the prompt; the price of short prompts is the standard one. Prices for long
  prompts, and those of tiers (batch, flex, priority and others), are offers of their own, and so are uplifts for a
  region. Where a price falls at night, the entry's own is that of the day.
- A name that ends in "latest" stands for a changing model; an entry that holds only `alias_of` is another name.
- Models that Fireworks runs and Azure sells ("azure_ai/FW-…") are no offer of Azure's own.
"""

import re
from collections.abc import Iterable

from etl import faults, offers
from etl.faults import Fault
from etl.sources import cells
from etl.sources.contract import (
    Catalogue,
    Held,
    JsonObject,
    Payload,
    Reading,
    SetAside,
    Source,
    Want,
    expect_keys,
    together,
)
from etl.sources.sightings import Sighting, on_terms, over_time, precision, sightings_frame

CURRENT = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
INPUT, OUTPUT = "input_cost_per_token", "output_cost_per_token"
RUN_BY_FIREWORKS = re.compile(r"^azure_ai/FW-", re.IGNORECASE)
TEXT_MODES = ("chat", "completion", "responses", None)
NO_MODELS = ("sample_spec", "fallback_generalizations")
SIZE_CLASS = re.compile(r"fireworks-ai-(default|.*\d.*|.*up-to.*)", re.IGNORECASE)


def wants(_: Held) -> list[Want]:
    return [Want(CURRENT)]


def sightings(payload: Payload) -> Reading:
    catalogue = payload.json_object()
    expect_keys(
        dict.fromkeys(key for entry in catalogue.values() if isinstance(entry, dict) for key in entry),
        ("litellm_provider", "input_cost_per_token", "output_cost_per_token", "mode"),
        payload.url,
    )
    seen_on = cells.day_of_moment(catalogue.get("last_updated")) or payload.as_of
    aside: list[SetAside] = []
    found = []
    for key, entry in catalogue.items():
        if key == "last_updated":
            continue
        reason = _out_of_scope(key, entry)
        if reason is None:
            prices = _prices(entry)
            reason = offers.fault(*prices)
        if reason is not None:
            aside.append(SetAside(payload.url, reason, _as_text(key, entry)))
            continue
        provider = str(entry["litellm_provider"])
        standard = Sighting(
            provider_as_published=provider,
            model_as_published=key,
            precision=precision(key),
            endpoint=offers.joined(_run_by(key), offers.of_market(provider), offers.of_key(key), offers.of_model(key)),
            input_usd_per_mtok=prices[0],
            output_usd_per_mtok=prices[1],
            cached_input_usd_per_mtok=_cached(entry),
            seen_on=seen_on,
            copied_on=seen_on,
            ended_on=cells.day(entry.get("deprecation_date")),
            source_url=payload.url,
            note=_note(entry),
        )
        found += [standard, *_tiers(standard, entry)]
    return Reading(frames={"token_price": sightings_frame(found)}, set_aside=together(aside))


def _run_by(key: str) -> str | None:
    """Azure sells models that Fireworks runs, at a price of their own."""
    return offers.run_by("Fireworks") if RUN_BY_FIREWORKS.search(key) else None


def _tiers(standard: Sighting, entry: JsonObject) -> Iterable[Sighting]:
    """The same model on other terms, each an offer of its own; one that lacks a price is none."""
    for key in entry:
        tier = offers.of_price_key(key.removeprefix(INPUT)) if key.startswith(INPUT) else None
        if tier:
            suffix = key.removeprefix(INPUT)
            yield from on_terms(standard, tier, _prices(entry, suffix), _cached(entry, suffix))
    off_peak = entry.get("off_peak_pricing")
    if isinstance(off_peak, dict):
        yield from on_terms(standard, "off-peak", _prices(off_peak), _cached(off_peak))
    for key, region in offers.UPLIFTS.items():
        uplift = cells.above_zero(entry.get(key))
        if uplift:
            per_token = cells.number(entry.get(INPUT)), cells.number(entry.get(OUTPUT))
            raised = [None if price is None else cells.usd_per_mtok(price * uplift) for price in per_token]
            yield from on_terms(standard, region, (raised[0], raised[1]), None)


def _cached(entry: JsonObject, suffix: str = "") -> float | None:
    return cells.above_zero(cells.usd_per_mtok(entry.get(f"cache_read_input_token_cost{suffix}")))


def _out_of_scope(key: str, entry: object) -> Fault | None:
    if isinstance(entry, dict) and entry.get("alias_of"):
        return faults.ANOTHER_NAME
    if key in NO_MODELS or not isinstance(entry, dict) or not entry.get("litellm_provider"):
        return faults.NOT_AN_ENTRY
    if entry.get("mode") not in TEXT_MODES:
        return faults.NOT_TEXT
    if SIZE_CLASS.fullmatch(key):
        return faults.PRICE_CLASS
    if offers.is_changing(key):
        return faults.CHANGING_MODEL
    return None


def _prices(entry: JsonObject, suffix: str = "") -> tuple[float | None, float | None]:
    return cells.usd_per_mtok(entry.get(INPUT + suffix)), cells.usd_per_mtok(entry.get(OUTPUT + suffix))


def _note(entry: JsonObject) -> str | None:
    thresholds = {key.rsplit("above_", 1)[1] for key in entry if key.startswith("input_cost_per_token_above_")}
    lengths = sorted(found[0] for threshold in thresholds if (found := re.match(r"\d+k?", threshold)))
    return offers.short_prompts(lengths[0]) if lengths else None


def _as_text(key: str, entry: object) -> str:
    if not isinstance(entry, dict):
        return key
    kept = ("litellm_provider", "mode", "input_cost_per_token", "output_cost_per_token")
    return f"{key}: " + ", ".join(f"{name} {entry[name]}" for name in kept if name in entry)


SOURCE = Source(
    id="litellm",
    title="LiteLLM price map",
    publisher="LiteLLM (BerriAI)",
    licence="MIT",
    home_url="https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json",
    tables=("token_price",),
    prices=Catalogue(rank=10),
    wants=wants,
    read=over_time(sightings),
    keeps_history=True,
    has_history=True,
)
