"""Simon Willison's llm-prices: list prices of first-party vendors, with the days of changes.

- `historical-v1.json` holds every price of every vendor once. The vendor files in the repository
  hold the same rows: they are read only for vendors that the historical file lacks, or where there
  is none. `current-v1.json` is read only for models that neither has.
- `from_date` is the first day, `to_date` the first day after. Most prices have neither: they are
  known for the day of the copy only, which is `updated_at` of the current file where that is held.
- A price from a day after the copy is announced, not yet a price.
- ">200k" and "≤200k" at the end of a name tell prompt lengths apart; that is the endpoint.
- No hosts of open models: no Groq, Cerebras, SambaNova or Azure here.
"""

from dataclasses import replace
from datetime import date, timedelta

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
    SourceChanged,
    Want,
    expect_keys,
    expect_objects,
    together,
)
from etl.sources.sightings import Sighting, sightings_frame, spanned

SITE = "https://www.llm-prices.com"
HISTORICAL = f"{SITE}/historical-v1.json"
CURRENT = f"{SITE}/current-v1.json"
VENDOR_FILE = "https://raw.githubusercontent.com/simonw/llm-prices/main/data/{}.json"
VENDORS = (
    "amazon",
    "anthropic",
    "deepseek",
    "google",
    "meta-ai",
    "minimax",
    "mistral",
    "moonshot-ai",
    "openai",
    "qwen",
    "xai",
)


def wants(_: Held) -> list[Want]:
    vendors = [Want(VENDOR_FILE.format(vendor), is_optional=True) for vendor in VENDORS]
    return [Want(HISTORICAL), Want(CURRENT), *vendors]


def read(held: Held) -> Reading:
    """The rows of every copy, each price once; the order of the addresses is the order of trust."""
    refused: dict[str, str] = {}
    rows: list[tuple[JsonObject, Payload]] = []
    for payload in held:
        try:
            rows += [(row, payload) for row in _rows(payload)]
        except SourceChanged as change:
            refused[payload.url] = str(change)
    updated = _updated_days(held, refused)
    chosen = _most_trusted(rows)
    aside: list[SetAside] = []
    found = []
    for row, payload in chosen:
        seen_on = updated.get(payload.as_of, payload.as_of)
        found += _sightings(row, payload.url, seen_on, aside)
    return spanned(
        Reading(
            frames={"token_price": sightings_frame(found)} if found else {},
            set_aside=together(aside),
            refused=refused,
        )
    )


def _rows(payload: Payload) -> list[JsonObject]:
    content = payload.json_object()
    if payload.url in (HISTORICAL, CURRENT):
        expect_keys(content, ("prices",), payload.url)
        wanted = ("id", "vendor", "input", "output") + (("to_date",) if payload.url == HISTORICAL else ())
        prices = expect_objects(content["prices"], f"{payload.url}, prices")
        expect_keys(dict.fromkeys(key for row in prices for key in row), wanted, payload.url)
        return prices
    expect_keys(content, ("vendor", "models"), payload.url)
    rows = []
    for model in content["models"]:
        expect_keys(model, ("id", "price_history"), payload.url)
        for price in model["price_history"]:
            rows.append({**price, "id": model["id"], "vendor": content["vendor"], "name": model.get("name")})
    return rows


def _updated_days(held: Held, refused: dict[str, str]) -> dict[date, date]:
    """Day of the copy to the day that the current file of that copy states."""
    days = {}
    for payload in held:
        if payload.url == CURRENT and payload.url not in refused:
            stated = cells.day_of_moment(payload.json_object().get("updated_at"))
            if stated:
                days[payload.as_of] = stated
    return days


def _most_trusted(rows: list[tuple[JsonObject, Payload]]) -> list[tuple[JsonObject, Payload]]:
    """Historical rows; vendor files for further vendors; current rows for further models."""
    historical = [(row, payload) for row, payload in rows if payload.url == HISTORICAL]
    vendors = {row.get("vendor") for row, _ in historical}
    files = [
        (row, payload)
        for row, payload in rows
        if payload.url not in (HISTORICAL, CURRENT) and row.get("vendor") not in vendors
    ]
    models = {(row.get("vendor"), row.get("id")) for row, _ in historical + files}
    current = [
        (row, payload)
        for row, payload in rows
        if payload.url == CURRENT and (row.get("vendor"), row.get("id")) not in models
    ]
    return historical + files + current


def _sightings(row: JsonObject, url: str, seen_on: date, aside: list[SetAside]) -> list[Sighting]:
    prices = cells.number(row.get("input")), cells.number(row.get("output"))
    start, end = cells.day_of_moment(row.get("from_date")), cells.day_of_moment(row.get("to_date"))
    reason = _fault(row, start, end) or offers.fault(*prices)
    if reason is None and start and start > seen_on:
        reason = faults.DAY_TO_COME
    if reason is not None:
        aside.append(SetAside(url, reason, str(row)))
        return []
    last = min(end - timedelta(days=1), seen_on) if end else seen_on
    seen = Sighting(
        provider_as_published=row["vendor"],
        model_as_published=row["id"],
        endpoint=offers.of_prompt_length(row.get("name") or ""),
        input_usd_per_mtok=prices[0],
        output_usd_per_mtok=prices[1],
        cached_input_usd_per_mtok=cells.above_zero(row.get("input_cached")),
        seen_on=last,
        copied_on=seen_on,
        source_url=url,
    )
    return [replace(seen, seen_on=start), seen] if start and start < last else [seen]


def _fault(row: JsonObject, start: date | None, end: date | None) -> Fault | None:
    if not row.get("vendor") or not row.get("id"):
        return faults.NOT_NAMED.of(missing="vendor or model")
    if (row.get("from_date") and not start) or (row.get("to_date") and not end):
        return faults.NO_DAY
    return None


SOURCE = Source(
    id="llm_prices",
    title="llm-prices",
    publisher="Simon Willison (llm-prices.com)",
    licence="none stated",
    home_url="https://www.llm-prices.com",
    tables=("token_price",),
    prices=Catalogue(rank=60),
    wants=wants,
    read=read,
    keeps_history=True,
)
