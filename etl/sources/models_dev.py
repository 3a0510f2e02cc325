"""models.dev: a community catalogue of models, limits and list prices by provider.

- One JSON object: provider, then its models; `cost` is USD per 1M tokens.
- A model without `cost`, or with both prices 0 (free tiers, subscriptions, unpriced ones), has no
  price for us. Models that do not write text are counted and left out.
- `last_updated` of a model tells of the model, not of the price: the day of the copy counts.
- A price may rise with the length of the prompt (`tiers`, before that `context_over_200k`): the price of short prompts
  is the standard one, each length above it an offer of its own.
- Subscriptions stand among the providers ("… Coding Plan"): their prices are a plan's.
- What `azure-cognitive-services` lists beside `azure` is the same offer.
"""

from collections.abc import Collection, Iterable

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

CATALOGUE = "https://models.dev/api.json"
# A provider whose entries repeat another's: one offer, counted once.
REPEATS = {"azure-cognitive-services": "azure"}


def wants(_: Held) -> list[Want]:
    return [Want(CATALOGUE)]


def sightings(payload: Payload) -> Reading:
    catalogue = payload.json_object()
    aside: list[SetAside] = []
    found = []
    providers = _providers(catalogue, payload.url)
    repeated = {name: providers[other]["models"] for name, other in REPEATS.items() if other in providers}
    for name, provider in providers.items():
        for model_id, model in provider["models"].items():
            cost = (model.get("cost") or {}) if isinstance(model, dict) else {}
            prices = cells.number(cost.get("input")), cells.number(cost.get("output"))
            reason = _out_of_scope(model, model_id, repeated.get(name, ())) or offers.fault(*prices)
            if reason is not None:
                aside.append(SetAside(payload.url, reason, f"{name}/{model_id}: cost {cost or 'not given'}"))
                continue
            title = str(provider.get("name") or name)
            standard = Sighting(
                provider_as_published=title,
                model_as_published=model_id,
                endpoint=offers.joined(
                    offers.of_market(title), "plan" if offers.is_plan(title) else None, offers.of_model(model_id)
                ),
                precision=precision(model_id),
                input_usd_per_mtok=prices[0],
                output_usd_per_mtok=prices[1],
                cached_input_usd_per_mtok=cells.above_zero(cost.get("cache_read")),
                seen_on=payload.as_of,
                copied_on=payload.as_of,
                is_marked_ended=model.get("status") == "deprecated",
                source_url=payload.url,
                note=_note(cost),
            )
            found += [standard, *_long_prompts(standard, cost)]
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


def _out_of_scope(model: object, model_id: str, listed_elsewhere: Collection[str]) -> Fault | None:
    if not isinstance(model, dict):
        return faults.NOT_AN_ENTRY
    if offers.is_changing(model_id):
        return faults.CHANGING_MODEL
    if model_id in listed_elsewhere:
        return faults.REPEATED
    written = (model.get("modalities") or {}).get("output")
    if written and "text" not in written:
        return faults.NOT_TEXT
    return None


def _long_prompts(standard: Sighting, cost: JsonObject) -> Iterable[Sighting]:
    """The same model for prompts above a length, each length an offer of its own."""
    for length, prices in _steps(cost):
        values = cells.number(prices.get("input")), cells.number(prices.get("output"))
        yield from on_terms(standard, offers.above(length), values, cells.above_zero(prices.get("cache_read")))


def _steps(cost: JsonObject) -> list[tuple[str, JsonObject]]:
    """Lengths of prompt from which another price holds; an older form knows only 200k."""
    tiers = [tier for tier in cost.get("tiers") or () if isinstance(tier, dict) and isinstance(tier.get("tier"), dict)]
    steps = [(cells.count(t["tier"].get("size")), t) for t in tiers if t["tier"].get("type") == "context"]
    if not steps and isinstance(cost.get("context_over_200k"), dict):
        return [("200k", cost["context_over_200k"])]
    return [(offers.tokens(size), tier) for size, tier in steps if size]


def _note(cost: JsonObject) -> str | None:
    steps = _steps(cost)
    return offers.short_prompts(steps[0][0]) if steps else None


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
