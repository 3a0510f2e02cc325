from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.schema import TABLES
from etl.sources import cloud_gpu
from etl.sources.cloud_gpu import SOURCE
from tests.payloads import UPSTREAM, payload

AZURE, GCP, LAMBDA, VAST = cloud_gpu.CLOUDS  # in this order

AZURE_HEADER = """\
InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,Generation
"""
AZURE_ROWS = """\
Standard_ND96isr_H100_v5,H100,8,96,1900,H100,98.32,18.169536,eastus,V2
Standard_ND96isr_H200_v5,H200,8,96,1850,H200,84.8,84.8,eastus,V2
Standard_NC80adis_H100_v5,H100,2,80,640,H100,13.96,,eastus,V2
Standard_NV12ads_A10_v5,A10,0.333,12,110,A10,0.908,0.167799,eastus,V2
Standard_NV4as_v4,MI25,1,4,14,MI25,0.233,0.043058,eastus,V1
Standard_B12ms,,,12,48,,0.634,,australiacentral,V1,V2
Standard_B12ms,,,12,48,,0.634,,australiaeast,V1,V2
"""

GCP_HEADER = (
    "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,Price,SpotPrice\n"
)
GCP_ROWS = """\
a3-highgpu-8g,208.0,1872.0,,,,us-east4,us-east4-a,9.46006,2.88746
a3-highgpu-8g,208.0,1872.0,,,,us-east4,us-east4-b,9.46006,2.88746
a4-highgpu-8g,224.0,3968.0,,,,us-east4,us-east4-b,0.0,0.0
,,,H100,8,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 81920}}]},us-east4,us-east4-a,78.37241,23.9136
,,,H100,8,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 81920}}]},us-east4,us-east4-b,78.37241,23.9136
,,,B200,8,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 184320}}]},us-east4,us-east4-b,64.44,32.6064
,,,T4,1,{'Gpus': [{'MemoryInfo': {'SizeInMiB': 16384}}]},us-central1,us-central1-a,0.35,0.1654
"""
TPU_ROWS = """\
,,,tpu-v5litepod-4,1,tpu-v5litepod-4,us-central1,us-central1-a,4.8,1.02869
,,,tpu-v5litepod-8,1,tpu-v5litepod-8,us-central1,us-central1-a,9.6,2.05738
,,,tpu-v5p-8,1,tpu-v5p-8,us-east5,us-east5-a,16.8,6.384
,,,tpu-v6e-1,1,tpu-v6e-1,asia-east1,asia-east1-c,700.0,700.0
,,,tpu-v6e-8,1,tpu-v6e-8,asia-east1,asia-east1-c,700.0,700.0
,,,tpu-v6e-256,1,tpu-v6e-256,asia-east1,asia-east1-c,700.0,700.0
"""

LAMBDA_ROWS = """\
InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice
gpu_8x_h100_sxm5,H100,8.0,208.0,1800.0,31.92,europe-central-1,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}",
gpu_8x_h100_sxm5,H100,8.0,208.0,1800.0,31.92,asia-south-1,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}",
"""

VAST_ROWS = """\
InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region
2x-H200-32-65536,H200,2,32,64.0,"{'Gpus': [{'Name': 'H200', 'Count': 2}]}",5.65,0.00,", US, NA"
"""


def rent(tmp_path, **contents):
    urls = {"azure": AZURE, "gcp": GCP, "lambda_": LAMBDA, "vast": VAST}
    held = [payload(tmp_path, urls[cloud], content, date(2026, 5, 20)) for cloud, content in contents.items()]
    return SOURCE.read(held)


def prices(reading, **wanted):
    frame = reading.frames["accelerator_rent"]
    for name, value in wanted.items():
        frame = frame.filter(pl.col(name) == value)
    return frame


def test_the_price_of_a_machine_is_divided_by_its_accelerators(tmp_path):
    reading = rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS)
    row = prices(reading, instance="Standard_ND96isr_H100_v5", price_kind="on-demand").row(0, named=True)
    assert row == {
        "cloud": "Azure",
        "accelerator_as_published": "H100",
        "instance": "Standard_ND96isr_H100_v5",
        "accelerator_count": 8,
        "price_kind": "on-demand",
        "region": "eastus",
        "outlier_reason": None,
        "seller_kind": "hyperscaler",
        "usd_per_accelerator_hour": 12.29,
        "observed_on": date(2026, 5, 20),
        "published_on": date(2026, 5, 20),
        "source_url": AZURE,
        "evidence": "published",
        "note": None,
    }


def test_a_missing_spot_price_makes_no_row(tmp_path):
    reading = rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS, vast=VAST_ROWS)
    assert prices(reading, instance="Standard_NC80adis_H100_v5")["price_kind"].to_list() == ["on-demand"]
    assert prices(reading, cloud="Vast.ai")["price_kind"].to_list() == ["on-demand"]


def test_a_spot_price_that_equals_the_on_demand_price_is_not_believed(tmp_path):
    h200 = prices(rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS), accelerator_as_published="H200")
    assert dict(h200.select("price_kind", "outlier_reason").rows()) == {
        "on-demand": None,
        "spot": cloud_gpu.SPOT_NOT_BELOW,
    }


def test_machines_without_an_accelerator_are_one_line_with_their_count(tmp_path):
    aside = rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS).set_aside
    assert [line.rows for line in aside if line.fault == faults.NO_ACCELERATOR] == [2]


def test_fractions_of_an_accelerator_are_set_aside(tmp_path):
    reading = rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS)
    assert [line.rows for line in reading.set_aside if line.fault == faults.FRACTION] == [1]
    assert not prices(reading, accelerator_as_published="A10").height


def test_google_bills_accelerator_and_machine_apart_so_both_are_added(tmp_path):
    reading = rent(tmp_path, gcp=GCP_HEADER + GCP_ROWS)
    h100 = prices(reading, accelerator_as_published="H100")
    assert h100["instance"].unique().to_list() == ["a3-highgpu-8g"]
    assert dict(h100.select("price_kind", "usd_per_accelerator_hour").rows()) == {
        "on-demand": pytest.approx((78.37241 + 9.46006) / 8),
        "spot": pytest.approx((23.9136 + 2.88746) / 8),
    }


def test_a_machine_at_price_0_is_included_in_the_accelerator(tmp_path):
    b200 = prices(rent(tmp_path, gcp=GCP_HEADER + GCP_ROWS), accelerator_as_published="B200")
    assert b200["usd_per_accelerator_hour"].to_list() == [8.055, 4.0758]
    assert b200["note"].to_list() == [None, None]


def test_an_accelerator_without_its_machine_is_a_price_kind_of_its_own(tmp_path):
    t4 = prices(rent(tmp_path, gcp=GCP_HEADER + GCP_ROWS), accelerator_as_published="T4")
    assert t4["price_kind"].to_list() == ["on-demand, accelerator alone", "spot, accelerator alone"]


def test_zones_with_the_same_price_are_one_row_and_counted(tmp_path):
    reading = rent(tmp_path, gcp=GCP_HEADER + GCP_ROWS)
    assert prices(reading, accelerator_as_published="H100")["region"].to_list() == ["us-east4", "us-east4"]
    assert [line.rows for line in reading.set_aside if line.fault == faults.SPOKEN_FOR] == [2]


def test_zones_that_differ_in_price_are_named(tmp_path):
    dearer = GCP_ROWS.replace("us-east4-b,78.37241", "us-east4-b,80.0")
    h100 = prices(rent(tmp_path, gcp=GCP_HEADER + dearer), price_kind="on-demand", cloud="Google Cloud")
    assert h100.filter(pl.col("accelerator_as_published") == "H100")["region"].to_list() == [
        "us-east4-a",
        "us-east4-b",
    ]


def test_a_slice_is_divided_by_its_chips_not_by_the_count_of_one(tmp_path):
    reading = rent(tmp_path, gcp=GCP_HEADER + TPU_ROWS)
    v5e = prices(reading, accelerator_as_published="tpu-v5litepod", price_kind="on-demand")
    assert v5e.select("instance", "accelerator_count", "usd_per_accelerator_hour").rows() == [
        ("tpu-v5litepod-4", 4, 1.2)
    ]


def test_the_number_of_a_v5p_slice_counts_cores_two_to_a_chip(tmp_path):
    v5p = prices(rent(tmp_path, gcp=GCP_HEADER + TPU_ROWS), accelerator_as_published="tpu-v5p", price_kind="on-demand")
    assert v5p.select("accelerator_count", "usd_per_accelerator_hour").rows() == [(4, 4.2)]


def test_slices_of_every_size_at_700_dollars_are_kept_but_not_believed(tmp_path):
    v6e = prices(rent(tmp_path, gcp=GCP_HEADER + TPU_ROWS), accelerator_as_published="tpu-v6e")
    assert v6e.height == 6
    assert set(v6e["outlier_reason"]) == {cloud_gpu.FLAT}


def test_a_slice_of_an_unknown_generation_is_set_aside(tmp_path):
    row = ",,,tpu-v9-16,1,tpu-v9-16,us-east5,us-east5-a,16.8,6.384\n"
    reading = rent(tmp_path, gcp=GCP_HEADER + row)
    assert [line.fault for line in reading.set_aside] == [faults.UNKNOWN_SLICE]


def test_a_price_far_above_the_median_over_all_clouds_is_flagged_and_kept(tmp_path):
    rows = "".join(f"m{i},H100,1,1,1,H100,{price},,r{i},V2\n" for i, price in enumerate((2.0, 2.1, 2.2)))
    far = "x1,H100,1,1,1,H100,9.1,,r9,V2\n"
    frame = rent(tmp_path, azure=AZURE_HEADER + rows + far).frames["accelerator_rent"]
    assert frame.filter(pl.col("outlier_reason").is_not_null())["instance"].to_list() == ["x1"]
    assert frame.height == 4


def test_a_price_that_is_the_same_in_every_region_is_one_row(tmp_path):
    row = rent(tmp_path, lambda_=LAMBDA_ROWS).frames["accelerator_rent"].row(0, named=True)
    assert (row["region"], row["usd_per_accelerator_hour"]) == (None, 3.99)
    assert row["note"] == "The same price in all 2 regions listed."


def test_a_region_loses_its_empty_first_part(tmp_path):
    assert prices(rent(tmp_path, vast=VAST_ROWS))["region"].to_list() == ["US, NA"]


def test_a_row_that_is_not_a_number_stops_no_other(tmp_path):
    bad = "X,H100,eight,96,1900,H100,98.32,1,eastus,V2\nY,H100,8,96,1900,H100,free,1,eastus,V2\n"
    reading = rent(tmp_path, azure=AZURE_HEADER + AZURE_ROWS + bad)
    found = [line.fault for line in reading.set_aside]
    assert {cloud_gpu.NOT_A_COUNT, cloud_gpu.NOT_A_PRICE} <= set(found)
    assert prices(reading, instance="Standard_ND96isr_H100_v5").height == 2


def test_a_renamed_column_is_refused_by_name_and_other_clouds_are_read(tmp_path):
    renamed = (AZURE_HEADER + AZURE_ROWS).replace("AcceleratorCount", "GPUs")
    reading = rent(tmp_path, azure=renamed, vast=VAST_ROWS)
    assert "missing AcceleratorCount" in reading.refused[AZURE]
    assert prices(reading)["cloud"].to_list() == ["Vast.ai"]


def test_a_new_column_is_no_problem(tmp_path):
    wider = "New," + VAST_ROWS.splitlines()[0] + "\nx," + VAST_ROWS.splitlines()[1] + "\n"
    assert prices(rent(tmp_path, vast=wider)).height == 1


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files do not lie beside the checkout")
def test_the_whole_catalogues_become_a_compact_table_with_unique_keys():
    folder = UPSTREAM / "raw.githubusercontent.com/anycloud-sh/catalog/main"
    held = [
        cloud_gpu.Payload(url, folder / url.removeprefix(cloud_gpu.BASE_URL + "/"), date(2026, 5, 20), None, "", 0)
        for url in cloud_gpu.CLOUDS
    ]
    reading = SOURCE.read(held)
    frame = reading.frames["accelerator_rent"]
    key = [name for name in TABLES["accelerator_rent"].key if name != "source"]
    assert not reading.refused
    assert 2000 < frame.height < 2500
    assert frame.n_unique(key) == frame.height
    believed = frame.filter(pl.col("outlier_reason").is_null() & (pl.col("price_kind") == "on-demand"))
    azure = believed.filter((pl.col("cloud") == "Azure") & (pl.col("accelerator_as_published") == "H100"))
    assert (azure["usd_per_accelerator_hour"].min(), azure["usd_per_accelerator_hour"].max()) == (
        6.98,
        23.326,
    )
    assert believed["usd_per_accelerator_hour"].max() < 25
