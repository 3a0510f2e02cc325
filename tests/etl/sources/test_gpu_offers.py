"""Offers on marketplaces: of one accelerator each, counted, and free ones apart from taken ones."""

import json
from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.sources import gpu_offers, source
from tests.payloads import UPSTREAM, payload, whole

CCIR, ARCHIVE, PRIME = map(source, ("gpu_offers_ccir", "gpu_offers_vast_raw", "gpu_offers_prime_intellect"))
BASE = "https://raw.githubusercontent.com/ccir-index/cri-h100/ca1ecfa/data"
DAY = f"{BASE}/h100-sxm-us/2026-03-04"
OFFERS = """\
listing_id,gpu_name,num_gpus,dph_total,dph_per_gpu,reliability,geolocation,datacenter,last_seen,gpu_ram_gb,collected_utc
19488892,H100 SXM,2,3.202222222222222,1.601111,0.9995083,", US",False,,81559,2026-03-04T16:01:41.998852+00:00
19488844,H100 SXM,1,1.8688888888888886,1.868889,0.9992812,", US",False,,81559,2026-03-04T16:01:41.998861+00:00
28957704,H100 SXM,4,6.402222222222222,1.600556,0.9994185,", US",False,,81559,2026-03-04T16:01:41.998869+00:00
32086067,H100 SXM,1,2.202222222222222,2.202222,0.9698013,"Nebraska, US",False,,81559,2026-03-04T16:01:41.998875+00:00
32086063,H100 SXM,2,4.402222222222222,2.201111,0.9698013,"Nebraska, US",False,,81559,2026-03-04T16:01:41.998881+00:00
32086065,H100 SXM,4,8.802222222222222,2.200556,0.9698013,"Nebraska, US",False,,81559,2026-03-04T16:01:41.998887+00:00
32086147,H100 SXM,8,16.535555555555558,2.066944,0.9568196,"Nebraska, US",False,,81559,2026-03-04T16:01:41.998894+00:00
"""
RECORD = {
    "collection_date": "2026-03-04",
    "target_gpu": "H100 SXM",
    "geography": "US",
    "counts": {"api_returned": 29, "removed_rented": 0, "final_observations": 7},
    "price_summary": {"min": 1.6006, "max": 2.2022, "median": 2.0669, "n": 7},
}
RATES_URL = f"{BASE}/reference-rates/2026-03-03.csv"
RATES = """\
source_id,source,gpu_model,price_per_gpu_hr,vm_price_hr,gpus_per_vm,region,sku,price_type,rate_type,effective_date,reproducible,auth_required,collected_utc
azure-h100-eastus,azure,H100 SXM,6.98,6.98,1,eastus,Standard_NC40ads_H100_v5,on_demand,rate_card,2024-03-01T00:00:00Z,True,False,2026-03-03T15:30:46.769313+00:00
aws-h100-us-east-1,aws,H100 SXM,6.88,55.04,8,us-east-1,p5.48xlarge,on_demand,rate_card,,True,False,2026-03-03T15:30:46.769313+00:00
gcp-h100-us-central1,gcp,H100 SXM,9.796551,,,us-central1,D4E2-451A-15B9,on_demand,on_demand,2026-03-03T08:00:00Z,True,True,2026-03-03T15:30:46.769313+00:00
runpod-h100-sxm-secure,runpod,H100 SXM,2.69,,1,global,NVIDIA H100 80GB HBM3,secure,rate_card_posted,,True,True,2026-03-03T15:30:46.769313+00:00
runpod-h100-sxm-community,runpod,H100 SXM,2.69,,1,global,NVIDIA H100 80GB HBM3,community,rate_card_posted,,True,True,2026-03-03T15:30:46.769313+00:00
runpod-h100-sxm-spot,runpod,H100 SXM,1.75,,1,global,NVIDIA H100 80GB HBM3,secure_spot,rate_card_posted,,True,True,2026-03-03T15:30:46.769313+00:00
"""  # noqa: E501  lines as published


def of_day(tmp_path, offers=OFFERS, record=RECORD):
    held = [payload(tmp_path, f"{DAY}.csv", offers, date(2026, 3, 4))]
    return CCIR.read([*held, payload(tmp_path, f"{DAY}.meta.json", record, date(2026, 3, 4))] if record else held)


def test_a_day_of_offers_is_one_row_with_the_price_of_one_accelerator(tmp_path):
    """The record beside the file gives the same ends and the same median."""
    row = of_day(tmp_path).frames["gpu_offer"].row(0, named=True)
    said = ("marketplace", "accelerator_as_published", "region", "price_kind", "state", "offers", "observed_on")
    assert [row[name] for name in said] == ["Vast.ai", "H100 SXM", "US", "on-demand", "free", 7, date(2026, 3, 4)]
    summary = RECORD["price_summary"]
    found = [row[f"{end}usd_per_accelerator_hour"] for end in ("lowest_", "", "highest_")]
    assert found == pytest.approx([summary["min"], summary["median"], summary["max"]], abs=1e-4)
    assert row["usd_per_accelerator_hour_p25"] == pytest.approx((1.601111 + 1.868889) / 2)


def test_seven_offers_have_no_tenth(tmp_path):
    row = of_day(tmp_path).frames["gpu_offer"].row(0, named=True)
    assert (row["usd_per_accelerator_hour_p10"], row["usd_per_accelerator_hour_p90"]) == (None, None)


def test_a_day_without_offers_is_a_row_without_a_price(tmp_path):
    record = RECORD | {"counts": {"final_observations": 0}}
    row = of_day(tmp_path, OFFERS.splitlines()[0] + "\n", record).frames["gpu_offer"].row(0, named=True)
    assert (row["offers"], row["usd_per_accelerator_hour"]) == (0, None)


def test_a_record_that_counts_other_offers_than_there_are_sets_the_day_aside(tmp_path):
    reading = of_day(tmp_path, record=RECORD | {"counts": {"final_observations": 8}})
    assert [line.reason for line in reading.set_aside] == [
        "The record beside the offers counts 8 of them; 7 are there."
    ]
    assert "gpu_offer" not in reading.frames


def test_offers_without_their_record_are_named(tmp_path):
    assert of_day(tmp_path, record=None).incomplete == (f"CCIR offers: {DAY}.meta.json is not held",)


def test_posted_rates_are_rents_and_say_which_are_not_of_a_whole_machine(tmp_path):
    frame = CCIR.read([payload(tmp_path, RATES_URL, RATES, date(2026, 3, 3))]).frames["accelerator_rent"]
    rows = {(row["cloud"], row["price_kind"]): row for row in frame.to_dicts()}
    assert rows["AWS", "on-demand"]["usd_per_accelerator_hour"] == 6.88
    assert rows["AWS", "on-demand"]["observed_on"] == date(2026, 3, 3)
    assert rows["Google Cloud", "on-demand, accelerator alone"]["accelerator_count"] is None
    assert {kind for cloud, kind in rows if cloud == "RunPod"} == {
        "on-demand, secure cloud",
        "on-demand, community cloud",
        "spot, secure cloud",
    }


def test_a_rate_of_another_card_than_its_machine_holds_is_doubted(tmp_path):
    frame = CCIR.read([payload(tmp_path, RATES_URL, RATES, date(2026, 3, 3))]).frames["accelerator_rent"]
    doubted = frame.filter(pl.col("outlier_reason").is_not_null())
    assert doubted.select("cloud", "outlier_reason").rows() == [
        ("Azure", "Standard_NC40ads_H100_v5 holds H100 NVL, not H100 SXM")
    ]


def test_a_rate_of_an_unknown_kind_is_set_aside(tmp_path):
    odd = RATES.replace(",secure,", ",reserved,")
    reading = CCIR.read([payload(tmp_path, RATES_URL, odd, date(2026, 3, 3))])
    assert [line.reason for line in reading.set_aside] == ["Its price_type is not known here: reserved."]


def offer(total, count, **rest):
    return {"dph_total": total, "num_gpus": count, "rented": False, "is_bid": False} | rest


def test_what_is_rented_stands_apart_from_what_is_free_and_bids_are_left_out(tmp_path):
    offers = [
        offer(4.002222222222223, 2),
        offer(8.0, 8, rented=True),
        offer(1.0, 1, is_bid=True),
        offer(None, 1),
    ]
    answer = {"collection_date": "2026-03-06", "offers_by_model": {"H100 PCIE": offers, "RTX 4090": []}}
    reading = ARCHIVE.read([payload(tmp_path, f"{BASE}/archive/2026-03-06.json", answer)])
    rows = reading.frames["gpu_offer"].select("accelerator_as_published", "state", "offers", "usd_per_accelerator_hour")
    assert rows.rows() == [("H100 PCIE", "free", 1, 2.001111), ("H100 PCIE", "rented", 1, 1.0)]
    assert {line.fault for line in reading.set_aside} == {faults.SPOT, faults.NO_RENT}


CAPTURE = {
    "timestamp": "2025-11-16T01:01:45.608154+00:00",
    "gpu_type": "H100_80GB",
    "socket_type": "SXM5",
    "price_stats": {
        "min": 1.0,
        "p10": 1.09,
        "p25": 2.12,
        "median": 2.69,
        "p75": 2.71,
        "p90": 2.99,
        "max": 3.29,
        "mean": 2.36,
    },
    "availability": {"total": 32, "available": 14, "low": 18, "medium": 0, "high": 0},
}
SUMMARY_URL = "https://raw.githubusercontent.com/tugot17/gpu-price-tracker/718a831/data/summary/H100_80GB_SXM5.jsonl"


def test_a_summary_says_that_spot_is_mixed_in(tmp_path):
    moved = CAPTURE["price_stats"] | {"median": 3.0}
    later = CAPTURE | {"timestamp": "2025-11-16T06:00:00+00:00", "price_stats": moved}
    lines = "\n".join(json.dumps(capture) for capture in (CAPTURE, later))
    reading = PRIME.read([payload(tmp_path, SUMMARY_URL, lines)])
    (row,) = reading.frames["gpu_offer"].to_dicts()
    assert (row["accelerator_as_published"], row["offers"]) == ("H100_80GB SXM5", 32)
    assert (row["usd_per_accelerator_hour"], row["lowest_usd_per_accelerator_hour"]) == (2.69, 1.0)
    assert (row["price_kind"], row["state"]) == ("on-demand and spot together", "either")
    assert row["note"] == "Spot offers are mixed in, so the lowest price may be one of them."
    assert [line.fault for line in reading.set_aside] == [faults.EARLIER_LOOK]


@pytest.mark.parametrize("line", ["half a line {", "[1]", json.dumps(CAPTURE | {"price_stats": {"min": 1.0}})])
def test_a_summary_that_is_laid_out_otherwise_is_refused(tmp_path, line):
    reading = PRIME.read([payload(tmp_path, SUMMARY_URL, line)])
    assert list(reading.refused) == [SUMMARY_URL]


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files are not at hand")
def test_the_middle_offers_of_known_days():
    found = {s.id: s.read(whole(s, UPSTREAM)) for s in gpu_offers.SOURCES}
    assert [reading.refused for reading in found.values()] == [{}, {}, {}]
    assert all(not reading.set_aside and not reading.incomplete for reading in found.values())
    of_h100 = found[PRIME.id].frames["gpu_offer"].filter(pl.col("accelerator_as_published") == "H100_80GB SXM5")
    medians = dict(of_h100.select("observed_on", "usd_per_accelerator_hour").rows())
    assert (medians[date(2025, 10, 19)], medians[date(2025, 11, 16)]) == (1.99, 2.69)
    daily = found[CCIR.id].frames["gpu_offer"].filter(pl.col("accelerator_as_published") == "H100 SXM")
    assert (daily["offers"].min(), daily["offers"].max()) == (4, 16)
    assert found[ARCHIVE.id].frames["gpu_offer"]["offers"].sum() == 66
