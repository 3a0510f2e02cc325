"""Offers of accelerators on marketplaces, summarised by day: how many, and what the middle and the ends of them ask.

- A price is of one accelerator: what is asked for a machine (`dph_total`) is divided by its accelerators.
- Percentiles are linear; those of a quarter need FEW offers, those of a tenth MANY. A day without offers is a row.
- CCIR: free offers on Vast.ai in the United States with a reliability of 0.9 or more, a file a day and a record
  beside it that counts them; where both disagree the day is refused. Its posted rates of clouds are rents.
- CCIR's archive: what Vast.ai answered, anywhere. Offers that are taken stand apart from free ones.
- Prime Intellect, as summarised by tugot17: spot offers are mixed in and cannot be told apart, so the lowest price is
  often one of them.
- A posted rate without a count of accelerators is of the accelerator alone, without its machine. One that names
  another accelerator than its machine size of Azure holds is doubted.
"""

import json
from collections.abc import Mapping, Sequence

import polars as pl

from etl import faults
from etl.schema import EITHER, FREE, RENTED
from etl.sources import cells, clouds
from etl.sources.azure_machines import MACHINES
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    SourceChanged,
    each,
    expect_keys,
    expect_object,
    expect_objects,
    merge,
    rows_of,
    together,
)

VAST, PRIME_INTELLECT = "Vast.ai", "Prime Intellect"
ON_DEMAND, MIXED = "on-demand", "on-demand and spot together"
FEW, MANY = 4, 10
SPOT_IN_LOWEST = "Spot offers are mixed in, so the lowest price may be one of them."

OFFER_COLUMNS = ("gpu_name", "num_gpus", "dph_total")
RECORD = ".meta.json"
RECORD_KEYS = ("collection_date", "target_gpu", "geography", "counts")
RATE_COLUMNS = (
    "source",
    "gpu_model",
    "price_per_gpu_hr",
    "gpus_per_vm",
    "region",
    "sku",
    "price_type",
    "collected_utc",
)
RATE_KINDS = {
    "on_demand": ON_DEMAND,
    "secure": f"{ON_DEMAND}, secure cloud",
    "community": f"{ON_DEMAND}, community cloud",
    "spot": "spot",
    "spot_posted": "spot",
    "secure_spot": "spot, secure cloud",
}
RATES_FOLDER = "/reference-rates/"

STATISTICS = {
    "usd_per_accelerator_hour": "median",
    "usd_per_accelerator_hour_p10": "p10",
    "usd_per_accelerator_hour_p25": "p25",
    "usd_per_accelerator_hour_p75": "p75",
    "usd_per_accelerator_hour_p90": "p90",
    "lowest_usd_per_accelerator_hour": "min",
    "highest_usd_per_accelerator_hour": "max",
}


def _summary(prices: Sequence[float]) -> dict[str, float | None]:
    """Median, percentiles and ends of prices by the name of the column; null where there are too few."""
    asked = pl.Series(prices, dtype=pl.Float64)
    shares = {"p10": (0.1, MANY), "p25": (0.25, FEW), "median": (0.5, 1), "p75": (0.75, FEW), "p90": (0.9, MANY)}
    found = {
        name: asked.quantile(share, "linear") if len(asked) >= fewest else None
        for name, (share, fewest) in shares.items()
    }
    ends = {"min": min(prices, default=None), "max": max(prices, default=None)}
    return {column: _rounded((found | ends)[name]) for column, name in STATISTICS.items()}


def _rounded(price: float | None) -> float | None:
    return None if price is None else round(price, 6)


def _cited(payload: Payload) -> Row:
    return {"source_url": payload.url, "published_on": payload.as_of, "evidence": "published"}


def _per_accelerator(offer: Mapping[str, object]) -> float | None:
    total, count = cells.above_zero(offer.get("dph_total")), cells.count(offer.get("num_gpus"))
    return total / count if total and count else None


# CCIR: free offers of one day, and the record beside them


def _read_ccir(held: Held) -> Reading:
    by_url = {payload.url: payload for payload in held}
    offers = [payload for payload in held if payload.url.endswith(".csv") and RATES_FOLDER not in payload.url]
    rates = [payload for payload in held if payload.url.endswith(".csv") and RATES_FOLDER in payload.url]
    recorded = [payload for payload in offers if _record_of(payload) in by_url]
    alone = [f"CCIR offers: {_record_of(payload)} is not held" for payload in offers if payload not in recorded]

    def read_day(payload: Payload) -> Reading:
        return _read_day(payload, by_url[_record_of(payload)])

    return merge([each(read_day)(recorded), each(_read_rates)(rates), Reading(incomplete=alone)])


def _record_of(payload: Payload) -> str:
    return payload.url.removesuffix(".csv") + RECORD


def _read_day(payload: Payload, beside: Payload) -> Reading:
    record = beside.json_object()
    expect_keys(record, RECORD_KEYS, beside.url)
    counts = expect_object(record["counts"], f"{beside.url}, counts")
    offers = payload.table(OFFER_COLUMNS)
    asked = [price for offer in offers.to_dicts() if (price := _per_accelerator(offer))]
    if counts.get("final_observations") != len(asked):
        fault = faults.OFFERS_DIFFER.of(said=counts.get("final_observations"), found=len(asked))
        return Reading(set_aside=[SetAside(payload.url, fault, str(record["target_gpu"]))])
    row = {
        "marketplace": VAST,
        "accelerator_as_published": str(record["target_gpu"]),
        "region": cells.word(record["geography"]),
        "price_kind": ON_DEMAND,
        "state": FREE,
        "offers": len(asked),
        **_summary(asked),
        "observed_on": cells.day(record["collection_date"]),
        **_cited(payload),
    }
    return Reading({"gpu_offer": rows_of("gpu_offer", [row])})


def _read_rates(payload: Payload) -> Reading:
    rows, aside = [], []
    for line in payload.table(RATE_COLUMNS).to_dicts():
        usd, kind = cells.above_zero(line["price_per_gpu_hr"]), RATE_KINDS.get(line["price_type"] or "")
        if usd is None or kind is None:
            fault = faults.NO_RENT if usd is None else faults.NOT_KNOWN.of(field="price_type", value=line["price_type"])
            aside.append(SetAside(payload.url, fault, cells.as_text(line, RATE_COLUMNS)))
        else:
            rows.append(_rate(line, usd, kind, payload))
    return Reading({"accelerator_rent": rows_of("accelerator_rent", rows)}, together(aside))


def _rate(line: Mapping[str, str | None], usd: float, kind: str, payload: Payload) -> Row:
    count, size = cells.count(line["gpus_per_vm"]), line["sku"] or ""
    cloud, chip = clouds.named(line["source"] or ""), line["gpu_model"]
    held, _ = MACHINES.get(size, (chip, None))
    return {
        "cloud": cloud,
        "seller_kind": clouds.kind(cloud),
        "accelerator_as_published": chip,
        "instance": size or None,
        "accelerator_count": count,
        "usd_per_accelerator_hour": usd,
        "price_kind": kind if count else f"{kind}, accelerator alone",
        "region": cells.word(line["region"]),
        "observed_on": cells.day_of_moment(line["collected_utc"]),
        "outlier_reason": None if held == chip else f"{size} holds {held}, not {chip}",
        **_cited(payload),
    }


# CCIR's archive: what Vast.ai answered


def _read_archive(payload: Payload) -> Reading:
    answer = payload.json_object()
    expect_keys(answer, ("offers_by_model", "collection_date"), payload.url)
    day = cells.day(answer["collection_date"])
    rows: list[Row] = []
    aside: list[SetAside] = []
    for chip, found in expect_object(answer["offers_by_model"], payload.url).items():
        offers = expect_objects(found, f"{payload.url}, {chip}")
        for state in (FREE, RENTED):
            asked = [_per_accelerator(offer) for offer in offers if _state(offer) == state]
            aside += [SetAside(payload.url, faults.NO_RENT, chip) for price in asked if price is None]
            if prices := [price for price in asked if price]:
                rows.append(_archived(chip, state, prices, payload) | {"observed_on": day})
        aside += [SetAside(payload.url, faults.SPOT, chip) for offer in offers if _state(offer) is None]
    return Reading({"gpu_offer": rows_of("gpu_offer", rows)}, together(aside))


def _state(offer: JsonObject) -> str | None:
    """Free or rented; null for a bid, which is another kind of price."""
    if offer.get("is_bid"):
        return None
    return RENTED if offer.get("rented") else FREE


def _archived(chip: str, state: str, prices: Sequence[float], payload: Payload) -> Row:
    return {
        "marketplace": VAST,
        "accelerator_as_published": chip,
        "price_kind": ON_DEMAND,
        "state": state,
        "offers": len(prices),
        **_summary(prices),
        **_cited(payload),
    }


# Prime Intellect, summarised


def _read_summaries(payload: Payload) -> Reading:
    """The first capture of each day."""
    rows: dict[object, Row] = {}
    aside = []
    for line in payload.text().splitlines():
        capture = _capture(line, payload)
        row = _summarised(capture, payload)
        if row["observed_on"] in rows:
            aside.append(SetAside(payload.url, faults.EARLIER_LOOK, str(capture["timestamp"])))
        rows.setdefault(row["observed_on"], row)
    return Reading({"gpu_offer": rows_of("gpu_offer", list(rows.values()))}, together(aside))


def _capture(line: str, payload: Payload) -> JsonObject:
    try:
        capture = expect_object(json.loads(line), payload.url)
    except json.JSONDecodeError as error:
        raise SourceChanged(f"{payload.url} has a line that is not JSON ({error.msg}).") from error
    expect_keys(capture, ("timestamp", "gpu_type", "socket_type", "price_stats", "availability"), payload.url)
    expect_keys(capture["price_stats"], tuple(STATISTICS.values()), f"{payload.url}, price_stats")
    return capture


def _summarised(capture: JsonObject, payload: Payload) -> Row:
    named = (capture["gpu_type"], capture["socket_type"])
    return {
        "marketplace": PRIME_INTELLECT,
        "accelerator_as_published": " ".join(part for part in named if part),
        "price_kind": MIXED,
        "state": EITHER,
        "offers": cells.rounded(capture["availability"].get("total")),
        **{column: cells.above_zero(capture["price_stats"][name]) for column, name in STATISTICS.items()},
        "observed_on": cells.day_of_moment(capture["timestamp"]),
        "note": SPOT_IN_LOWEST,
        **_cited(payload),
    }


SOURCES = (
    Source(
        id="gpu_offers_ccir",
        title="CCIR: offers on Vast.ai by day, and posted rates",
        publisher="CCIR, from Vast.ai, AWS, Azure, Google Cloud and RunPod",
        licence="MIT",
        home_url="https://github.com/ccir-index/cri-h100",
        tables=("gpu_offer", "accelerator_rent"),
        read=_read_ccir,
        has_history=True,
    ),
    Source(
        id="gpu_offers_vast_raw",
        title="CCIR's archive: what Vast.ai answered",
        publisher="Vast.ai, as archived by CCIR",
        licence="MIT",
        home_url="https://github.com/ccir-index/cri-h100",
        tables=("gpu_offer",),
        read=each(_read_archive),
        has_history=True,
    ),
    Source(
        id="gpu_offers_prime_intellect",
        title="Prime Intellect's offers, summarised by day",
        publisher="Prime Intellect, as summarised by tugot17",
        licence="MIT",
        home_url="https://github.com/tugot17/gpu-price-tracker",
        tables=("gpu_offer",),
        read=each(_read_summaries),
        has_history=True,
    ),
)
