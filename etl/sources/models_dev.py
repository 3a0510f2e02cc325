"""models.dev: a community catalogue of models, limits and list prices by provider.

- One JSON object: provider, then its models; `cost` is USD per 1M tokens.
- A model without `cost`, or with both prices 0 (free tiers, subscriptions, unpriced ones), has no
  price for us. Models that do not write text are counted and left out.
- `last_updated` of a model tells of the model, not of the price: the day of the copy counts.
- A price may rise above 200k tokens of prompt; the price of short prompts is kept and noted.
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

CATALOGUE = "https://models.dev/api.json"


def wants(_: Held) -> list[Want]:
    return [Want(CATALOGUE)]


def sightings(payload: Payload) -> Reading:
    catalogue = payload.json_object()
    aside: list[SetAside] = []
    found = []
    for name, provider in _providers(catalogue, payload.url).items():
        for model_id, model in provider["models"].items():
            cost = (model.get("cost") or {}) if isinstance(model, dict) else {}
            prices = cells.number(cost.get("input")), cells.number(cost.get("output"))
            reason = _out_of_scope(model) or offers.fault(*prices)
            if reason is not None:
                aside.append(SetAside(payload.url, reason, f"{name}/{model_id}: cost {cost or 'not given'}"))
                continue
            found.append(
                Sighting(
                    provider_as_published=str(provider.get("name") or name),
                    model_as_published=model_id,
                    precision=precision(model_id),
                    input_usd_per_mtok=prices[0],
                    output_usd_per_mtok=prices[1],
                    cached_input_usd_per_mtok=cells.above_zero(cost.get("cache_read")),
                    seen_on=payload.as_of,
                    source_url=payload.url,
                    note=_note(cost),
                )
            )
    return Reading(frames={"token_price": sightings_frame(found)}, set_aside=together(aside))


def _providers(catalogue: JsonObject, url: str) -> dict[str, JsonObject]:
    providers = {name: entry for name, entry in catalogue.items() if _has_models(entry)}
    if not providers:
        first = next((entry for entry in catalogue.values() if isinstance(entry, dict)), catalogue)
        expect_keys(first, ("name", "models"), url)
    models = [model for provider in providers.values() for model in provider["models"].values()]
    costs = dict.fromkeys(key for model in models if isinstance(model, dict) for key in model.get("cost") or ())
    expect_keys(costs, ("input", "output"), f"{url}, cost of a model")
    return providers


def _has_models(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("models"), dict)


def _out_of_scope(model: object) -> Fault | None:
    if not isinstance(model, dict):
        return faults.NOT_AN_ENTRY
    written = (model.get("modalities") or {}).get("output")
    if written and "text" not in written:
        return faults.NOT_TEXT
    return None


def _note(cost: JsonObject) -> str | None:
    if "context_over_200k" in cost:
        return offers.short_prompts("200k")
    return None


SOURCE = Source(
    id="models_dev",
    title="models.dev catalogue",
    publisher="models.dev (community catalogue)",
    licence="MIT",
    home_url="https://models.dev",
    tables=("token_price",),
    prices=Catalogue(rank=20),
    wants=wants,
    read=over_time(sightings),
    keeps_history=True,
    has_history=True,
)
