"""Azure Retail Prices: Microsoft's own list prices of virtual machines, JSON in pages.

- One question for each part of a machine size that tells its accelerator, of prices by use and of reservations,
  then the pages that NextPageLink of the pages already held leads to. Pages left over from an earlier answer are
  not read. The machines with A100 of 40 GB do not name it: they are asked for by their size.
- A price is for the whole machine. How many of which accelerator a size has is not in the answer;
  `azure_machines` states it from Microsoft's documentation. A size that is not listed there is set aside.
- Windows and Linux share the meter's name and differ in productName only; Linux is kept.
- The price of a reservation is for its whole term, though its unit is an hour: it is divided by the hours.
- Spot and low priority are told by meterName and sometimes by skuName, and are left out. So are prices for developing
  and testing, which repeat the meter's name.
- One region may list a size under several meters: the primary meter is kept, then the newest.
- Met so far: items of one region, picked from an answer of July 2026.
"""

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.sources import cells, clouds
from etl.sources.azure_machines import MACHINES
from etl.sources.azure_pages import BASE_URL, asking, pages
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    SetAside,
    Source,
    Want,
    each,
    expect_keys,
    expect_objects,
    together,
)

IN_SIZES = ("A100", "ND96asr_v4", "H100", "H200", "MI300X", "GB200", "GB300")
CONSUMPTION, RESERVATION, DEV_TEST = "Consumption", "Reservation", "DevTestConsumption"
TERM_HOURS = {"1 Year": 365 * 24, "3 Years": 3 * 365 * 24}
COMMITTED = {"1 Year": "1-year reservation", "3 Years": "3-year reservation"}

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

NO_PRICE = faults.NOT_ABOVE_ZERO.of(field="retailPrice")
OTHER_METER = faults.RIVAL.of(kept="the primary meter, then the newest,")


def first_page(in_size: str, kind: str = CONSUMPTION) -> str:
    question = f"serviceName eq 'Virtual Machines' and priceType eq '{kind}' and contains(armSkuName, '{in_size}')"
    return asking(question)


FIRST_PAGES = tuple(first_page(in_size, kind) for kind in (CONSUMPTION, RESERVATION) for in_size in IN_SIZES)


def wants(held: Held) -> list[Want]:
    urls = [url for first in FIRST_PAGES for url in pages(first, held)]
    return [Want(url, is_optional=True) for url in dict.fromkeys(urls)]


def read(held: Held) -> Reading:
    wanted = {want.url for want in wants(held)}
    found = [payload for payload in held if payload.url in wanted]
    reading = each(_read_page)(found)
    missing = wanted - set(FIRST_PAGES) - {page.url for page in found}
    frames = {name: _one_row_per_machine(frame) for name, frame in reading.frames.items() if frame.height}
    left_out = sum(frame.height for frame in reading.frames.values()) - sum(f.height for f in frames.values())
    aside = [SetAside(BASE_URL, OTHER_METER, "see the rows kept", left_out)] if left_out else []
    return Reading(
        {name: clouds.add_kind(frame.drop("is_primary", "since")) for name, frame in frames.items()},
        [*reading.set_aside, *aside],
        reading.refused,
        [f"Azure prices: the page {url} is not held" for url in sorted(missing)],
    )


def _read_page(payload: Payload) -> Reading:
    page = payload.json_object()
    expect_keys(page, ("Items",), payload.url)
    items = expect_objects(page["Items"], f"{payload.url}, Items")
    if items:
        expect_keys(items[0], ITEM_KEYS, f"{payload.url}, Items")
    rows, aside = [], []
    for item in items:
        fault, usd = _fault(item), cells.above_zero(item.get("retailPrice"))
        if fault is None and usd is not None:
            rows.append(_row(item, usd, payload))
        else:
            aside.append(SetAside(payload.url, fault or NO_PRICE, _as_text(item)))
    return Reading(
        {"accelerator_rent": pl.DataFrame(rows, schema=SCHEMA, orient="row")},
        together(aside),
    )


KINDS = {(CONSUMPTION, None): "on-demand"} | {(RESERVATION, term): kind for term, kind in COMMITTED.items()}


def _fault(item: JsonObject) -> Fault | None:
    words = f"{item.get('skuName')} {item.get('meterName')}".lower()
    if item.get("type") == DEV_TEST:
        return faults.DEV_TEST
    if (item.get("type"), item.get("reservationTerm")) not in KINDS:
        return faults.UNKNOWN_TERM
    if item.get("currencyCode") != "USD":
        return faults.OTHER_CURRENCY
    if "spot" in words or "low priority" in words:
        return faults.SPOT
    if "windows" in str(item.get("productName")).lower():
        return faults.WINDOWS
    if item.get("unitOfMeasure") != "1 Hour" or item.get("serviceName", "Virtual Machines") != "Virtual Machines":
        return faults.NOT_A_MACHINE
    if item.get("armSkuName") not in MACHINES:
        return faults.UNKNOWN_SIZE
    return None


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


def _row(item: JsonObject, usd: float, payload: Payload) -> tuple[object, ...]:
    accelerator, count = MACHINES[item["armSkuName"]]
    since = cells.day_of_moment(item.get("effectiveStartDate"))
    term = item.get("reservationTerm")
    hours = TERM_HOURS[term] if term else 1
    told = cells.noted(
        "Linux.",
        f"In force since {since}." if since else None,
        f"The price of the whole term divided by its {hours:,} hours." if term else None,
    )
    return (
        "Azure",
        accelerator,
        item["armSkuName"],
        count,
        round(usd / hours / count, 6),
        KINDS[item["type"], term],
        item.get("armRegionName") or None,
        payload.as_of,
        payload.url,
        payload.as_of,
        "published",
        told,
        item.get("isPrimaryMeterRegion") is True,
        since,
    )


def _one_row_per_machine(rent: pl.DataFrame) -> pl.DataFrame:
    return (
        rent.sort("is_primary", "since", "source_url", descending=[True, True, False], nulls_last=True)
        .unique(KEY, keep="first", maintain_order=True)
        .sort(KEY)
    )


def _as_text(item: JsonObject) -> str:
    names = ("armSkuName", "armRegionName", "productName", "meterName", "type", "retailPrice", "currencyCode")
    return cells.as_text(item, names)


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
