"""Azure Retail Prices: Microsoft's own list prices of virtual machines, JSON in pages.

- One question for each accelerator that Azure names in its machine sizes, then the pages that
  NextPageLink of the pages already held leads to. Pages left over from an earlier answer are not read.
- A price is for the whole machine. How many of which accelerator a size has is not in the answer;
  MACHINES states it from Microsoft's documentation. A size that is not listed there is set aside.
- Windows and Linux share the meter's name and differ in productName only; Linux is kept.
- Spot and low priority are told by skuName and meterName and are left out, and so are reservations,
  whose price is for the whole term.
- One region may list a size under several meters: the primary meter is kept, then the newest.
- Written from the published description of the fields; no answer of the service has been met yet.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import polars as pl

from etl.sources.contract import (
    Held,
    Payload,
    Reading,
    SetAside,
    Source,
    SourceChanged,
    Want,
    each,
    expect_keys,
)

BASE_URL = "https://prices.azure.com/api/retail/prices"
DOCUMENTATION_URL = "https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated"
ACCELERATORS_IN_SIZES = ("A100", "H100", "H200", "MI300X", "GB200", "GB300")

# Machine size: accelerator and how many, from the size series at DOCUMENTATION_URL.
MACHINES = {
    "Standard_NC24ads_A100_v4": ("A100 PCIe 80GB", 1),
    "Standard_NC48ads_A100_v4": ("A100 PCIe 80GB", 2),
    "Standard_NC96ads_A100_v4": ("A100 PCIe 80GB", 4),
    "Standard_ND96amsr_A100_v4": ("A100 SXM 80GB", 8),
    "Standard_ND96ams_A100_v4": ("A100 SXM 80GB", 8),
    "Standard_NC40ads_H100_v5": ("H100 NVL", 1),
    "Standard_NC80adis_H100_v5": ("H100 NVL", 2),
    "Standard_NCC40ads_H100_v5": ("H100 NVL", 1),
    "Standard_ND96isr_H100_v5": ("H100 SXM", 8),
    "Standard_ND96is_H100_v5": ("H100 SXM", 8),
    "Standard_ND96isr_H200_v5": ("H200 SXM", 8),
    "Standard_ND96is_H200_v5": ("H200 SXM", 8),
    "Standard_ND96isr_MI300X_v5": ("MI300X", 8),
    "Standard_ND96is_MI300X_v5": ("MI300X", 8),
}

ITEM_KEYS = (
    "currencyCode",
    "retailPrice",
    "armRegionName",
    "armSkuName",
    "productName",
    "skuName",
    "meterName",
    "unitOfMeasure",
    "type",
)
PAGES_AT_MOST = 50
PLAIN = "(),'"  # characters of a question that Microsoft's own examples leave as they are

NOT_USD = "A price in another currency than USD"
RESERVED = "Not pay-as-you-go: a reservation's price is for its whole term"
SPOT = "Spot or low priority"
WINDOWS = "Windows: the price includes the operating system's licence"
NOT_A_MACHINE = "Not a virtual machine by the hour"
UNKNOWN_SIZE = "A machine size whose accelerators we have not looked up"
OTHER_METER = "The same machine and region under another meter"
NO_PRICE = "retailPrice is not a number above 0"


def first_page(accelerator: str) -> str:
    question = (
        f"serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and contains(armSkuName, '{accelerator}')"
    )
    return f"{BASE_URL}?$filter={quote(question, safe=PLAIN)}"


def wants(held: Held) -> list[Want]:
    urls = []
    for accelerator in ACCELERATORS_IN_SIZES:
        urls += _pages(first_page(accelerator), held)
    return [Want(url, is_optional=True) for url in dict.fromkeys(urls)]


def read(held: Held) -> Reading:
    wanted = {want.url for want in wants(held)}
    pages = [payload for payload in held if payload.url in wanted]
    reading = each(_read_page)(pages)
    first_pages = {first_page(accelerator) for accelerator in ACCELERATORS_IN_SIZES}
    missing = wanted - first_pages - {page.url for page in pages}
    frames = {name: _one_row_per_machine(frame) for name, frame in reading.frames.items() if frame.height}
    left_out = sum(frame.height for frame in reading.frames.values()) - sum(f.height for f in frames.values())
    aside = [SetAside(BASE_URL, OTHER_METER, "see the rows kept", left_out)] if left_out else []
    return Reading(
        {name: frame.drop("is_primary", "since") for name, frame in frames.items()},
        [*reading.set_aside, *aside],
        reading.refused,
        [f"Azure prices: the page {url} is not held" for url in sorted(missing)],
    )


def _pages(url: str, held: Held) -> Iterator[str]:
    """The address of the first page and of every following one that the held pages lead to."""
    by_url = {payload.url: payload for payload in held}
    seen = []
    while url and url not in seen and len(seen) < PAGES_AT_MOST:
        seen.append(url)
        url = _next_page(by_url[url]) if url in by_url else None
    yield from seen


def _next_page(payload: Payload) -> str | None:
    """Null where the page is the last or cannot be read, and where it leads away from the publisher."""
    try:
        link = payload.json().get("NextPageLink")
    except (SourceChanged, AttributeError):
        return None
    return link if isinstance(link, str) and link.startswith("https://prices.azure.com") else None


def _read_page(payload: Payload) -> Reading:
    page = payload.json()
    if not isinstance(page, dict):
        raise SourceChanged(f"{payload.url}: expected an object with Items, found {type(page).__name__}.")
    expect_keys(page, ("Items",), payload.url)
    items = page["Items"]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SourceChanged(f"{payload.url}: expected Items to be a list of objects.")
    if items:
        expect_keys(items[0], ITEM_KEYS, f"{payload.url}, Items")
    rows, aside = [], []
    for item in items:
        reason = _reason_against(item)
        if reason:
            aside.append((reason, item))
        else:
            rows.append(_row(item, payload))
    return Reading(
        {"accelerator_rent": pl.DataFrame(rows, schema=SCHEMA, orient="row")},
        list(_set_aside(aside, payload.url)),
    )


def _reason_against(item: dict) -> str | None:
    words = f"{item.get('skuName')} {item.get('meterName')}".lower()
    if item.get("type") != "Consumption" or item.get("reservationTerm"):
        return RESERVED
    if item.get("currencyCode") != "USD":
        return NOT_USD
    if "spot" in words or "low priority" in words:
        return SPOT
    if "windows" in str(item.get("productName")).lower():
        return WINDOWS
    if item.get("unitOfMeasure") != "1 Hour" or item.get("serviceName", "Virtual Machines") != "Virtual Machines":
        return NOT_A_MACHINE
    if item.get("armSkuName") not in MACHINES:
        return UNKNOWN_SIZE
    if not _number(item.get("retailPrice")):
        return NO_PRICE
    return None


def _number(value) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number > 0 else None


SCHEMA = {
    "cloud": pl.String,
    "accelerator_as_published": pl.String,
    "instance": pl.String,
    "accelerator_count": pl.Int64,
    "usd_per_accelerator_hour": pl.Float64,
    "price_kind": pl.String,
    "region": pl.String,
    "observed_on": pl.Date,
    "source_url": pl.String,
    "published_on": pl.Date,
    "evidence": pl.String,
    "note": pl.String,
    "is_primary": pl.Boolean,
    "since": pl.Date,
}
KEY = ("cloud", "accelerator_as_published", "instance", "accelerator_count", "price_kind", "region")


def _row(item: dict, payload: Payload) -> tuple:
    accelerator, count = MACHINES[item["armSkuName"]]
    since = _day(item.get("effectiveStartDate"))
    return (
        "Azure",
        accelerator,
        item["armSkuName"],
        count,
        round(_number(item["retailPrice"]) / count, 6),
        "on-demand",
        item.get("armRegionName") or None,
        payload.as_of,
        payload.url,
        payload.as_of,
        "published",
        f"Linux; in force since {since}." if since else "Linux.",
        item.get("isPrimaryMeterRegion") is True,
        since,
    )


def _day(text) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _one_row_per_machine(rent: pl.DataFrame) -> pl.DataFrame:
    return (
        rent.sort("is_primary", "since", "source_url", descending=[True, True, False], nulls_last=True)
        .unique(KEY, keep="first", maintain_order=True)
        .sort(KEY)
    )


def _set_aside(aside: list[tuple[str, dict]], url: str) -> Iterator[SetAside]:
    """One line for each price that is no number, one with a count for everything out of scope."""
    for reason in dict.fromkeys(reason for reason, _ in aside):
        items = [_as_text(item) for why, item in aside if why == reason]
        if reason == NO_PRICE:
            yield from (SetAside(url, reason, text) for text in items)
        else:
            yield SetAside(url, reason, items[0], len(items))


def _as_text(item: dict) -> str:
    names = ("armSkuName", "armRegionName", "productName", "meterName", "type", "retailPrice", "currencyCode")
    return ", ".join(f"{name}={item.get(name)}" for name in names)


SOURCE = Source(
    id="azure_retail",
    title="Azure Retail Prices",
    publisher="Microsoft",
    licence="Microsoft terms of use",
    home_url="https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices",
    tables=("accelerator_rent",),
    wants=wants,
    read=read,
)
