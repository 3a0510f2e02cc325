from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.schema import TABLES
from etl.sources import epoch
from tests.payloads import UPSTREAM, payload, whole

HARDWARE_HEADER = (
    "Hardware name,Manufacturer,Type,Notes,Release date,Release price (USD),"
    "Tensor-FP16/BF16 performance (FLOP/s),FP8 performance (FLOP/s),FP4 performance (FLOP/s),"
    "Memory (bytes),Memory bandwidth (byte/s),TDP (W),FP16 (half precision) performance (FLOP/s),"
    "Foundry,Die Size (mm^2),Process size (nm)\n"
)
HARDWARE = HARDWARE_HEADER + (
    'NVIDIA GB200,NVIDIA,GPU,"Performance figures are *per GPU*,\nnot per superchip",2025-02-15,,'
    "2500000000000000.0,5000000000000000.0,1e+16,186000000000.0,8000000000000.0,1200.0,2500000000000000.0,TSMC,,\n"
    "NVIDIA H100 SXM5 80GB,NVIDIA,GPU,,2022-09-20,33600.0,989400000000000.0,,,80000000000.0,3350000000000.0,"
    "700.0,133800000000000.0,TSMC,814.0,5.0\n"
    "NVIDIA H100 NVL,NVIDIA,GPU,,2024-03-14,,,,,94000000000.0,3938000000000.0,400.0,835500000000000.0,,,\n"
    "GroqChip LPU v1,,LPU,,2022-10-15,,,,,230000000.0,80000000000000.0,215.0,188000000000000.0,,,14.0\n"
    "Amazon Trainium3,Amazon AWS,GPU,,2025-12-02,,671000000000000.0,2517000000000000.0,2517000000000000.0,,,"
    "700.0,671000000000000.0,TSMC,,\n"
    "Huawei Ascend 910C,Huawei,GPU,,2024-10-15,,800000000000000.0,,,128000000000.0,3200000000000.0,700.0,,"
    '"SMIC,TSMC",,7.0\n'
    "NVIDIA VR200,NVIDIA,GPU,,,,,,,,,,,,,\n"
)
OLD_HARDWARE = (
    "Hardware name,Manufacturer,Type,Release date,Release price (USD),Tensor-FP16/BF16 performance (FLOP/s),"
    "Memory size per board (Byte),Memory bandwidth (byte/s),Die Size (mm^2),TDP (W),Process size (nm),"
    "Foundry,FP8 performance (FLOP/s),FP4 performance (FLOP/s)\n"
    "Google TPU v7 Ironwood,Google,TPU,2025-11-06,,2307000000000000.0,192000000000.0,7370000000000.0,,980.0,"
    ",,4614000000000000.0,\n"
)

CLUSTERS = (
    "Name,Status,Certainty,H100 equivalents,Chip type (primary),Chip quantity (primary),Country,Owner,"
    "First Operational Date,Power Capacity (MW),Hardware Cost,Possible Duplicate,Chip type (secondary),"
    "Chip quantity (secondary),Total number of AI chips\n"
    "Meta $200B Campus Rumor,Planned,Unlikely,20262758.97,,,United States of America,Meta AI,,5000,2E+11,"
    ",,,\n"
    "xAI Colossus,Existing,Confirmed,100000,NVIDIA H100 SXM5 80GB,100000,,xAI,9/2/2024,,,,"
    "NVIDIA H200 SXM,50000,150000\n"
    "Anonymized Chinese System,Planned,Unlikely,100000,,,China,,,,,,,,\n"
    "Anonymized Chinese System,Existing,Confirmed,30000,,,China,,12/15/2024,,,,,,\n"
    "Middle East 100k Cluster,Planned,Likely,,,,,,,,,TRUE,,,\n"
)

SITES = """\
Date,Data center,Construction status,Power (MW),H100 equivalents,Buildings operational,\
Total capital cost (2025 USD billions),Compute cost (2025 USD billions)
10/2/2023,Amazon Canton Mississippi,Land clearing begins,0,0,0,0,0
6/23/2025,Amazon Canton Mississippi,Buildings 1-5 are operational,341,214348.1435,5,10.89428379,7.40195923
9/18/2026,Amazon Canton Mississippi,Buildings 1-12,819,514435.5445,12,26.1462811,17.76470215
2/24/2024,Amazon Ridgeland Mississippi,Land clearing begins,0,0,0,0,0
soon,Amazon Ridgeland Mississippi,?,0,0,0,0,0
"""

SPEND = """\
Id,Notes,Company,Amount,Category,Period type,Date,Report date,Confidence,Source Type,\
Exclude from graph view,Inference compute spend,R&D compute spend,Total compute spend
OpenAI 2025 R&D compute,,OpenAI,9000000000,R&D cloud compute,Year,12/31/2025,9/19/2025,Likely,Media report,,,\
9000000000,
OpenAI 2025 inference compute,,OpenAI,7000000000,Inference cloud compute,Year,12/31/2025,9/19/2025,Likely,\
Media report,,7000000000,,
OpenAI 2025 cloud compute,,OpenAI,16000000000,"R&D cloud compute,Inference cloud compute",Year,12/31/2025,\
0202-07-30,Likely,Media report,TRUE,,,16000000000
Anthropic 2024 training,,Anthropic,1500000000,R&D cloud compute,Year,12/31/2024,2/12/2025,Likely,\
Media report,,,1500000000,
Anthropic 2025 July inference,,Anthropic,2000000000,Inference cloud compute,Annualized,7/31/2025,,Likely,\
Other,TRUE,2000000000,,
Nobody 2030,,Nobody,,,Year,12/31/2030,,Likely,Other,,,,
"""


def hardware(tmp_path, content=HARDWARE):
    reading = epoch.HARDWARE.read([payload(tmp_path, epoch.HARDWARE_URL, content, date(2026, 4, 22))])
    return reading, {row["accelerator_as_published"]: row for row in reading.frames["accelerator"].to_dicts()}


def test_flops_bytes_and_bandwidth_become_our_units(tmp_path):
    _, chips = hardware(tmp_path)
    assert chips["NVIDIA GB200"] == {
        "accelerator_as_published": "NVIDIA GB200",
        "vendor": "NVIDIA",
        "kind": "GPU",
        "family": "GPU",
        "available_on": date(2025, 2, 15),
        "process": "TSMC",
        "die_area_mm2": None,
        "sram_gb": None,
        "hbm_gb": 186.0,
        "memory_bandwidth_tb_per_second": 8.0,
        "bandwidth_kind": None,
        "bf16_tflops": 2500.0,
        "fp8_tflops": 5000.0,
        "fp4_tflops": 10000.0,
        "power_w": 1200.0,
        "price_usd": None,
        "note": None,
        "source_url": epoch.HARDWARE_URL,
        "published_on": date(2026, 4, 22),
        "evidence": "published",
    }


def test_what_the_file_leaves_blank_stays_missing(tmp_path):
    _, chips = hardware(tmp_path)
    assert chips["NVIDIA H100 SXM5 80GB"]["fp8_tflops"] is None
    assert chips["NVIDIA H100 SXM5 80GB"]["price_usd"] == 33600.0
    assert chips["GroqChip LPU v1"]["vendor"] is None


def test_half_precision_without_tensor_units_is_not_taken_for_16_bits(tmp_path):
    _, chips = hardware(tmp_path)
    assert chips["NVIDIA H100 NVL"]["bf16_tflops"] is None


def test_memory_below_1_gb_is_on_the_chip_and_names_the_bandwidth(tmp_path):
    groq = hardware(tmp_path)[1]["GroqChip LPU v1"]
    assert (groq["sram_gb"], groq["hbm_gb"], groq["bandwidth_kind"]) == (0.23, None, "SRAM")
    assert (groq["kind"], groq["family"]) == ("LPU", "LPU")


def test_type_gpu_is_believed_for_makers_of_gpus_only(tmp_path):
    _, chips = hardware(tmp_path)
    assert chips["Amazon Trainium3"]["family"] == "cloud ASIC"
    assert chips["Huawei Ascend 910C"]["family"] is None


def test_a_name_without_figures_is_set_aside(tmp_path):
    reading, chips = hardware(tmp_path)
    assert "NVIDIA VR200" not in chips
    assert [(line.fault, line.row) for line in reading.set_aside] == [(faults.NO_FIGURE, "NVIDIA VR200")]


def test_the_older_layout_is_read_by_its_own_name_of_memory(tmp_path):
    _, chips = hardware(tmp_path, OLD_HARDWARE)
    assert chips["Google TPU v7 Ironwood"]["hbm_gb"] == 192.0
    assert chips["Google TPU v7 Ironwood"]["family"] == "TPU"


def test_an_older_copy_gives_way_to_the_newest_file_and_stands_in_when_that_cannot_be_read(tmp_path):
    newest = payload(tmp_path, epoch.HARDWARE_URL, HARDWARE, date(2026, 4, 22))
    copy = payload(tmp_path, epoch.HARDWARE_COPY_URL, OLD_HARDWARE, date(2025, 12, 14))
    both = epoch.HARDWARE.read([copy, newest])
    assert set(both.frames["accelerator"]["source_url"]) == {epoch.HARDWARE_URL}
    assert [line.rows for line in both.set_aside if line.fault == faults.OLDER_COPY] == [1]
    broken = payload(tmp_path, epoch.HARDWARE_URL, HARDWARE.replace("TDP (W)", "Watts"), date(2026, 5, 1))
    fallback = epoch.HARDWARE.read([copy, broken])
    assert fallback.frames["accelerator"]["evidence"].to_list() == ["secondary"]
    assert "missing TDP (W)" in fallback.refused[epoch.HARDWARE_URL]


def test_memory_under_a_third_name_is_refused_with_both_known_names(tmp_path):
    drifted = HARDWARE.replace("Memory (bytes)", "RAM")
    reading = epoch.HARDWARE.read([payload(tmp_path, epoch.HARDWARE_URL, drifted)])
    assert "Memory (bytes) or Memory size per board (Byte)" in reading.refused[epoch.HARDWARE_URL]


def test_clusters_keep_status_certainty_and_cost_in_billions(tmp_path):
    reading = epoch.CLUSTERS.read([payload(tmp_path, epoch.CLUSTERS_URL, CLUSTERS)])
    rows = {row["cluster"]: row for row in reading.frames["compute_cluster"].to_dicts()}
    assert list(rows) == ["Meta $200B Campus Rumor", "xAI Colossus"]
    rumor = rows["Meta $200B Campus Rumor"]
    assert (rumor["status"], rumor["certainty"], rumor["capital_usd_bn"]) == ("Planned", "Unlikely", 200.0)
    assert (rumor["accelerator_as_published"], rumor["accelerator_count"]) == (None, None)
    colossus = rows["xAI Colossus"]
    assert (colossus["accelerator_count"], colossus["operational_on"]) == (100000, date(2024, 9, 2))
    assert colossus["note"] == "Also 50000 of NVIDIA H200 SXM."


def test_anonymised_and_possibly_double_clusters_are_counted_aside(tmp_path):
    reading = epoch.CLUSTERS.read([payload(tmp_path, epoch.CLUSTERS_URL, CLUSTERS)])
    assert [(line.fault, line.rows) for line in reading.set_aside] == [
        (faults.ANONYMISED, 2),
        (faults.POSSIBLE_DUPLICATE, 1),
    ]


def test_a_site_shows_its_newest_state_and_notes_what_is_planned(tmp_path):
    reading = epoch.CLUSTERS.read([payload(tmp_path, epoch.SITES_URL, SITES, date(2025, 12, 14))])
    canton, ridgeland = reading.frames["compute_cluster"].to_dicts()
    assert (canton["power_mw"], canton["capital_usd_bn"], canton["status"]) == (341.0, 7.40195923, "Existing")
    assert canton["operational_on"] == date(2025, 6, 23)
    assert canton["note"] == ("State of 2025-06-23, from satellite pictures. Planned: 819 MW by 2026-09-18.")
    assert (ridgeland["power_mw"], ridgeland["status"]) == (0.0, "Under construction")
    assert [line.fault for line in reading.set_aside] == [faults.NO_DAY]


def test_clusters_and_sites_without_a_column_are_refused_by_name(tmp_path):
    held = [
        payload(tmp_path, epoch.CLUSTERS_URL, CLUSTERS.replace("Hardware Cost", "Cost")),
        payload(tmp_path, epoch.SITES_URL, SITES.replace("Power (MW)", "Power")),
    ]
    reading = epoch.CLUSTERS.read(held)
    assert "missing Hardware Cost" in reading.refused[epoch.CLUSTERS_URL]
    assert "missing Power (MW)" in reading.refused[epoch.SITES_URL]


def spending(tmp_path):
    reading = epoch.SPEND.read([payload(tmp_path, epoch.SPEND_URL, SPEND)])
    return reading, reading.frames["compute_share"].to_dicts()


def test_inference_and_research_of_one_report_make_a_share(tmp_path):
    _, rows = spending(tmp_path)
    [both] = [row for row in rows if row["share_percent"] is not None]
    assert (both["scope"], both["year"], both["kind"]) == ("OpenAI", 2025, "forecast")
    assert (both["inference_usd_bn"], both["training_usd_bn"], both["total_usd_bn"]) == (7.0, 9.0, None)
    assert both["share_percent"] == pytest.approx(43.75)


def test_an_amount_without_its_counterpart_has_no_share(tmp_path):
    _, rows = spending(tmp_path)
    [training] = [row for row in rows if row["scope"] == "Anthropic" and row["year"] == 2024]
    assert (training["training_usd_bn"], training["share_percent"], training["kind"]) == (
        1.5,
        None,
        "estimate",
    )


def test_a_total_of_another_report_is_its_own_row_and_a_broken_day_is_missing(tmp_path):
    _, rows = spending(tmp_path)
    [total] = [row for row in rows if row["total_usd_bn"]]
    assert total["total_usd_bn"] == 16.0
    assert "Day of the report not published." in total["note"]


def test_an_annualised_rate_says_so(tmp_path):
    _, rows = spending(tmp_path)
    [rate] = [row for row in rows if row["inference_usd_bn"] == 2.0]
    assert "annualised" in rate["note"]


def test_a_row_without_an_amount_is_set_aside(tmp_path):
    reading, _ = spending(tmp_path)
    assert [(line.fault, line.row) for line in reading.set_aside] == [(faults.NO_FIGURE, "Nobody 2030")]


def test_each_file_of_epoch_is_a_source_with_its_own_table():
    assert [(source.id, *source.tables) for source in epoch.SOURCES] == [
        ("epoch_hardware", "accelerator"),
        ("epoch_clusters", "compute_cluster"),
        ("epoch_spend", "compute_share"),
    ]


@pytest.mark.parametrize("source", epoch.SOURCES, ids=lambda source: source.id)
def test_the_credit_names_title_address_licence_and_changes(source):
    assert "Epoch AI" in source.credit
    assert source.home_url in source.credit
    assert "creativecommons.org/licenses/by/4.0" in source.credit
    assert "Changes made" in source.credit


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files do not lie beside the checkout")
@pytest.mark.parametrize(("source", "rows"), [(epoch.HARDWARE, 171), (epoch.CLUSTERS, 475), (epoch.SPEND, 9)])
def test_the_whole_files_become_tables_with_unique_keys(source, rows):
    held = [
        epoch.Payload(want.url, UPSTREAM / want.url.removeprefix("https://"), date(2026, 4, 22), None, "", 0)
        for want in source.wants([])
    ]
    reading = source.read(held)
    [(name, frame)] = reading.frames.items()
    assert not reading.refused
    assert frame.n_unique([column for column in TABLES[name].key if column in frame.columns]) == frame.height
    assert frame.height == rows
    assert frame.filter(pl.col("source_url").is_null()).is_empty()


MAIA = (
    "Hardware name,Manufacturer,Type,Release date,Release price (USD),Tensor-FP16/BF16 performance (FLOP/s),"
    "FP8 performance (FLOP/s),FP4 performance (FLOP/s),Memory (bytes),Memory bandwidth (byte/s),TDP (W),Foundry,"
    "Die Size (mm^2),Process size (nm),Max performance\n"
    "Microsoft Maia 200,Microsoft,GPU,2026-01-26,,1268000000000000.0,5072000000000000.0,1.0145e+16,216000000000.0,"
    "7000000000000.0,750.0,TSMC,,,"
)


@pytest.mark.parametrize("max_performance", ["1.0145e+16", "0.0", ""])
def test_a_chip_that_microsoft_made_for_itself_is_a_cloud_asic_whatever_its_max_performance(tmp_path, max_performance):
    """The column changed its meaning in July 2026, and zeros were filled in."""
    held = [payload(tmp_path, epoch.HARDWARE_URL, f"{MAIA}{max_performance}\n")]
    row = epoch.HARDWARE.read(held).frames["accelerator"].row(0, named=True)
    assert (row["vendor"], row["family"], row["available_on"]) == ("Microsoft", "cloud ASIC", date(2026, 1, 26))
    figures = ("hbm_gb", "memory_bandwidth_tb_per_second", "bf16_tflops", "fp8_tflops", "fp4_tflops", "power_w")
    assert [row[name] for name in figures] == [216.0, 7.0, 1268.0, 5072.0, 10145.0, 750.0]


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files do not lie beside the checkout")
def test_the_chips_of_the_newest_file():
    reading = epoch.HARDWARE.read(whole(epoch.HARDWARE, UPSTREAM))
    frame = reading.frames["accelerator"]
    assert (frame.height, dict(reading.refused)) == (171, {})
    priced = dict(frame.select("accelerator_as_published", "price_usd").rows())
    assert priced["NVIDIA B300 (Blackwell Ultra)"] == 43_000
    assert (priced["AMD Instinct MI355X"], priced["AMD Instinct MI350X"]) == (30_000, 25_000)
    assert (priced["NVIDIA H200 SXM"], priced["Google TPU v7 Ironwood"]) == (30_000, 12_000)
    h100 = frame.filter(pl.col("accelerator_as_published") == "NVIDIA H100 SXM5 80GB")
    assert h100["fp8_tflops"].to_list() == [1979.0]
    assert not [name for name in priced if "B100" in name]
