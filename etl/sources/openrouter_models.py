"""OpenRouter's list of models: the price of each model's default route.

- The price is the one that a request without a chosen provider is shown; which provider serves it
  is not said. So the provider here is the route, never a host.
- Prices are text, USD per token. "-1" marks a router whose price varies; "0" a free variant. Both
  are counted and left out.
- `overrides` raise the price of long prompts; the price of short ones is kept and noted.
"""

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
from etl.sources.sightings import Sighting, over_time, precision, sightings_frame

LIVE = "https://openrouter.ai/api/v1/models"
DEFAULT_ROUTE = "OpenRouter (default route)"


def wants(_: Held) -> list[Want]:
    return [Want(LIVE, is_optional=True)]


def sightings(payload: Payload) -> Reading:
    content = payload.json_object()
    expect_keys(content, ("data",), payload.url)
    models = [model for model in content["data"] if isinstance(model, dict)]
    if models:
        expect_keys(dict.fromkeys(key for model in models for key in model), ("id", "pricing"), payload.url)
    aside: list[SetAside] = []
    found = {}
    for model in models:
        pricing = model.get("pricing") or {}
        prices = cells.usd_per_mtok(pricing.get("prompt")), cells.usd_per_mtok(pricing.get("completion"))
        reason = _out_of_scope(model) or offers.fault(*prices)
        if reason is None and model["id"] in found:
            reason = faults.REPEATED
        if reason is not None:
            aside.append(SetAside(payload.url, reason, f"{model.get('id')}: {pricing}"))
            continue
        found[model["id"]] = Sighting(
            provider_as_published=DEFAULT_ROUTE,
            model_as_published=model["id"],
            endpoint=offers.of_model(model["id"]),
            precision=precision(model["id"]),
            input_usd_per_mtok=prices[0],
            output_usd_per_mtok=prices[1],
            cached_input_usd_per_mtok=cells.above_zero(cells.usd_per_mtok(pricing.get("input_cache_read"))),
            seen_on=payload.as_of,
            copied_on=payload.as_of,
            source_url=payload.url,
            note=offers.short_prompts() if pricing.get("overrides") else None,
        )
    return Reading(frames={"token_price": sightings_frame(list(found.values()))}, set_aside=together(aside))


def _out_of_scope(model: JsonObject) -> Fault | None:
    if not model.get("id"):
        return faults.NOT_NAMED.of(missing="model")
    if offers.is_changing(model["id"]):
        return faults.CHANGING_MODEL
    written = (model.get("architecture") or {}).get("output_modalities")
    if written and "text" not in written:
        return faults.NOT_TEXT
    return None


SOURCE = Source(
    id="openrouter_models",
    title="OpenRouter list of models",
    publisher="OpenRouter",
    licence="OpenRouter Terms of Service (public API)",
    home_url="https://openrouter.ai/models",
    tables=("token_price",),
    prices=Catalogue(rank=70),
    wants=wants,
    read=over_time(sightings),
    keeps_history=True,
    has_history=True,
)
