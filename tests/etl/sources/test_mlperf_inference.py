"""MLPerf Inference: rows of v4.1, v5.1 and v6.1 as published, less the fields that nobody reads."""

from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.schema import INFERENCE_RESULT
from etl.sources.contract import Want
from etl.sources.mlperf_inference import SOURCE, read, wants
from tests.payloads import UPSTREAM, payload, whole

RAW = "https://raw.githubusercontent.com/mlcommons/inference_results_"
V4_1 = f"{RAW}v4.1/4a0c87411066bd697db46fa44cf6f04fd458f627/summary_results.json"
V5_1 = f"{RAW}v5.1/main/summary_results.json"
V6_0 = f"{RAW}v6.0/main/summary_results.json"
V6_1 = f"{RAW}v6.1/main/summary.json"

LENOVO = {
    "ID": "5.1-0061",
    "Submitter": "Lenovo",
    "Availability": "available",
    "Category": "closed",
    "Suite": "datacenter",
    "System": "ThinkSystem SR680a V3 (8x B200-SXM-180GB, TensorRT)",
    "Platform": "SR680a_V3_B200SXMx8_TRT",
    "UsedModel": "llama2-70b-99.9",
    "Model": "llama2-70b-99.9",
    "Scenario": "Offline",
    "Nodes": 1,
    "Processor": "Intel(R) Xeon(R) Platinum 8568Y+",
    "Accelerator": "NVIDIA B200-SXM-180GB",
    "a#": 8,
    "Location": "closed/Lenovo/results/SR680a_V3_B200SXMx8_TRT/llama2-70b-99.9/Offline",
    "version": "v5.1",
    "inferred": 0,
    "has_power": True,
    "weight_data_types": "fp4",
    "Power_Result": 10400.9988793425,
    "Power_Units": "Watts",
    "Performance_Result": 102909.0,
    "Performance_Units": "Tokens/s",
}
JUNIPER = LENOVO | {
    "ID": "v4.1-0036",
    "Submitter": "JuniperNetworks",
    "System": "4x8xH100-SXM-80GB",
    "Platform": "DGX-H100_H100-SXM-80GBx32_TRT",
    "UsedModel": "llama2-70b-99",
    "Model": "llama2-70b-99",
    "Nodes": 4,
    "Accelerator": "NVIDIA H100-SXM-80GB",
    "a#": 8.0,
    "weight_data_types": "fp16",
    "Performance_Result": 82749.6,
}
MANGOBOOST = LENOVO | {
    "ID": "5.1-0065",
    "Submitter": "MangoBoost",
    "System": "MangoBoost Heterogeneous Cluster (4x8x MI300X-192GB, 2x8x MI325X-256GB, LLMBoost)",
    "Platform": "32xMI300X_2xEPYC_9534_16xMI325X_2xEPYC_9655",
    "Nodes": 6,
    "Accelerator": "AMD Instinct MI300X 192GB HBM3 (x32), AMD Instinct MI325X 256GB HBM3e (x16)",
    "Performance_Result": 169197.0,
}
XEON = LENOVO | {
    "ID": "5.1-0055",
    "Submitter": "Intel",
    "System": "1-node-2S-GNR_128C",
    "Platform": "1-node-2S-GNR_128C",
    "Model": "dlrm-v2-99",
    "UsedModel": "dlrm-v2-99",
    "Processor": "INTEL(R) XEON(R) 6980P",
    "Accelerator": "",
    "a#": "",
    "weight_data_types": "int8",
    "Performance_Result": 18495.5,
    "Performance_Units": "Samples/s",
}
EDGE_ROW = LENOVO | {
    "ID": "5.1-0034",
    "Submitter": "GATEOverflow",
    "Suite": "edge",
    "System": "PCSPECIALIST AMD AM5 PC",
    "Model": "resnet",
    "Scenario": "MultiStream",
    "inferred": 1,
    "Performance_Result": 62.695344,
    "Performance_Units": "Latency (ms)",
}
KRAI = LENOVO | {
    "ID": "5.1-0380",
    "Submitter": "Krai",
    "Category": "open",
    "System": "HPE Cray XD670 (8x H200-SXM-141GB, SGLang v0.4.9)",
    "Platform": "xd670_h200_x8_sglang_049",
    "UsedModel": "llama3_1-70b-fp8_dyn",
    "Accelerator": "NVIDIA H200-SXM-141GB",
    "has_power": False,
    "weight_data_types": "UNSET",
    "Performance_Result": 27697.0,
}
WAN = {
    "Organization": "AMD",
    "Availability": "available",
    "Division": "closed",
    "SystemType": "datacenter",
    "SystemName": "Quanta Grand Teton 1.5 MI350",
    "Platform": "8xMI350X_2xEPYC_9655",
    "Model": "wan-2.2-t2v-a14b",
    "MlperfModel": "text_to_video",
    "Scenario": "SingleStream",
    "Result": 20.603024726,
    "number_of_nodes": 1,
    "host_processor_model_name": "AMD EPYC 9655",
    "accelerator_model_name": "AMD Instinct MI350X 288GB HBM3e",
    "accelerators_per_node": 8,
    "total_accelerators": 8,
    "Location": "./closed/AMD/results/8xMI350X_2xEPYC_9655/wan-2.2-t2v-a14b/SingleStream/performance/run_1",
    "notes": None,
    "version": "v6.1",
    "inferred": 0,
    "has_power": False,
    "Units": "Latency (s)",
    "weight_data_types": "bf16, fp8, fp4",
    "design_power_watts": None,
    "PrivateID": None,
}


@pytest.fixture
def reading_of(tmp_path):
    def reading_of(url, rows):
        return read([payload(tmp_path, url, rows)])

    return reading_of


@pytest.fixture
def row_of(reading_of):
    def row_of(url, published):
        return reading_of(url, [published]).frames["inference_result"].row(0, named=True)

    return row_of


def test_a_row_of_the_list_layout_becomes_a_row_of_ours(row_of):
    assert row_of(V5_1, LENOVO) == {
        "round": "v5.1",
        "result_id": "5.1-0061",
        "division": "closed",
        "suite": "datacenter",
        "availability": "available",
        "is_preview": False,
        "submitter_as_published": "Lenovo",
        "system": "ThinkSystem SR680a V3 (8x B200-SXM-180GB, TensorRT)",
        "accelerator_as_published": "NVIDIA B200-SXM-180GB",
        "accelerator_count": 8,
        "node_count": 1,
        "benchmark": "llama2-70b-99.9",
        "scenario": "Offline",
        "value": 102909.0,
        "unit": "Tokens/s",
        "precision": "fp4",
        "is_inferred": False,
        "source_url": V5_1,
        "published_on": date(2025, 9, 9),
        "retrieved_on": date(2026, 8, 1),
        "evidence": "published",
        "note": None,
    }


def test_a_row_of_the_object_layout_becomes_a_row_of_ours(tmp_path):
    reading = read([payload(tmp_path, V6_1, {"0": WAN})])
    assert reading.frames["inference_result"].row(0, named=True) == {
        "round": "v6.1",
        "result_id": "closed/AMD/8xMI350X_2xEPYC_9655",
        "division": "closed",
        "suite": "datacenter",
        "availability": "available",
        "is_preview": False,
        "submitter_as_published": "AMD",
        "system": "Quanta Grand Teton 1.5 MI350",
        "accelerator_as_published": "AMD Instinct MI350X 288GB HBM3e",
        "accelerator_count": 8,
        "node_count": 1,
        "benchmark": "text_to_video",
        "scenario": "SingleStream",
        "value": 20.603024726,
        "unit": "Latency (s)",
        "precision": "bf16, fp8, fp4",
        "is_inferred": False,
        "source_url": V6_1,
        "published_on": date(2026, 9, 16),
        "retrieved_on": date(2026, 8, 1),
        "evidence": "published",
        "note": "Model run: wan-2.2-t2v-a14b. No result ID is published; the path of the submission stands in for it.",
    }


def test_accelerators_of_a_system_are_those_of_a_node_times_its_nodes(row_of):
    row = row_of(V4_1, JUNIPER)
    assert (row["accelerator_count"], row["node_count"]) == (32, 4)


def test_counts_may_come_as_text(row_of):
    assert row_of(V5_1, LENOVO | {"a#": "8", "Nodes": "2"})["accelerator_count"] == 16


def test_a_total_that_says_otherwise_is_noted_and_corrects_nothing(row_of):
    row = row_of(V6_0, LENOVO | {"Nodes": 11, "a#": 8, "Total Accelerators": 87, "Platform": "87xMI355X"})
    assert row["accelerator_count"] == 88
    assert row["note"] == "Accelerators per node times nodes is 88; the publisher's total says 87."


def test_a_system_named_after_another_count_is_noted(row_of):
    row = row_of(V6_0, LENOVO | {"Nodes": 11, "a#": 8, "Total Accelerators": 88, "Platform": "87xMI355X"})
    assert row["accelerator_count"] == 88
    assert row["note"] == "88 accelerators by the count per node; the system's name says 87."


def test_a_system_that_mixes_chips_keeps_its_spelling_and_has_no_count(row_of):
    row = row_of(V5_1, MANGOBOOST)
    assert row["accelerator_as_published"] == MANGOBOOST["Accelerator"]
    assert row["accelerator_count"] is None
    assert "Mixes accelerator types, 48 in all" in row["note"]


def test_one_chip_in_many_words_is_not_a_mixture(row_of):
    for spelling in ("NVIDIA GH200 Grace Hopper Superchip 144GB", "NVIDIA H200-SXM-141GB, HBM3e"):
        assert row_of(V5_1, LENOVO | {"Accelerator": spelling})["accelerator_count"] == 8


@pytest.mark.parametrize("nothing", ["", None, "N/A"])
def test_a_cpu_has_no_accelerator_and_no_count(row_of, nothing):
    row = row_of(V5_1, XEON | {"Accelerator": nothing, "a#": nothing})
    assert (row["accelerator_as_published"], row["accelerator_count"]) == (None, None)
    assert row["note"] == "No accelerator; ran on INTEL(R) XEON(R) 6980P."


def test_the_benchmark_keeps_its_name_and_the_model_run_is_noted(row_of):
    row = row_of(V5_1, KRAI)
    assert (row["division"], row["benchmark"]) == ("open", "llama2-70b-99.9")
    assert row["note"] == "Model run: llama3_1-70b-fp8_dyn."
    assert row["precision"] is None


def test_edge_rows_are_one_line_with_their_count(reading_of):
    reading = reading_of(V5_1, [LENOVO, EDGE_ROW, EDGE_ROW | {"Scenario": "SingleStream"}])
    (line,) = reading.set_aside
    assert (line.fault, line.rows) == (faults.EDGE, 2)
    assert line.row.startswith("for example GATEOverflow, PCSPECIALIST AMD AM5 PC, resnet, MultiStream")
    assert reading.frames["inference_result"].height == 1


def test_inferred_rows_are_one_line_with_their_count(reading_of):
    reading = reading_of(V5_1, [LENOVO, LENOVO | {"Model": "llama2-70b-99", "inferred": 1}])
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.INFERRED, 1)]
    assert reading.frames["inference_result"]["is_inferred"].to_list() == [False]


def test_a_suite_of_both_kinds_is_kept_as_published(row_of):
    assert row_of(V4_1, XEON | {"Suite": "datacenter,edge"})["suite"] == "datacenter,edge"


def test_latencies_keep_their_unit_and_value(reading_of):
    rows = [
        LENOVO | {"ID": str(n), "Performance_Result": 770.8, "Performance_Units": unit}
        for n, unit in enumerate(("Latency (ms)", "latency (s)", "tokens/s"))
    ]
    frame = reading_of(V6_0, rows).frames["inference_result"]
    assert frame["unit"].to_list() == ["Latency (ms)", "Latency (s)", "Tokens/s"]
    assert frame["value"].to_list() == [770.8] * 3


def test_scenarios_are_spelled_alike(row_of):
    assert row_of(V5_1, LENOVO | {"Scenario": "singlestream"})["scenario"] == "SingleStream"


def test_twins_are_told_apart_by_what_differs(reading_of):
    other = KRAI | {"UsedModel": "llama3_1-70b-fp8_pre", "Performance_Result": 31383.2}
    frame = reading_of(V5_1, [KRAI, other]).frames["inference_result"]
    assert frame["result_id"].to_list() == [
        "5.1-0380 (llama3_1-70b-fp8_dyn)",
        "5.1-0380 (llama3_1-70b-fp8_pre)",
    ]


def test_a_run_with_power_measured_is_told_apart_from_its_twin(reading_of):
    faster = LENOVO | {"has_power": False, "Performance_Result": 110000.0}
    frame = reading_of(V5_1, [LENOVO, faster]).frames["inference_result"]
    assert frame["result_id"].to_list() == ["5.1-0061", "5.1-0061 (with power measured)"]


def test_a_row_published_twice_is_kept_once(reading_of):
    reading = reading_of(V5_1, [LENOVO, LENOVO])
    assert reading.frames["inference_result"].height == 1
    assert [line.reason for line in reading.set_aside] == [faults.REPEATED.sentence]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Performance_Result": 0}, "Its result is not a number above 0."),
        ({"Performance_Result": ""}, "Its result is not a number above 0."),
        ({"Performance_Result": None}, "Its result is not a number above 0."),
        ({"Category": "secret"}, "Its division is not known here: secret."),
        ({"Suite": "tiny"}, "Its suite is not known here: tiny."),
        ({"Submitter": None, "Model": ""}, "It does not name what it is about: submitter, benchmark."),
    ],
)
def test_a_faulty_row_is_set_aside_alone_with_its_reason(reading_of, change, reason):
    reading = reading_of(V5_1, [LENOVO, JUNIPER | change])
    assert [(line.reason, line.rows) for line in reading.set_aside] == [(reason, 1)]
    assert reading.frames["inference_result"].height == 1


def test_a_row_that_is_no_object_is_set_aside_alone(reading_of):
    reading = reading_of(V5_1, [LENOVO, "see the next page"])
    assert [line.reason for line in reading.set_aside] == [faults.NOT_AN_ENTRY.sentence]


def test_a_blank_platform_leaves_the_system_to_stand_in_for_the_id(row_of):
    row = row_of(V5_1, LENOVO | {"ID": "", "Location": "", "System": "SR680a_V3_B200SXMx8_TRT", "Platform": " "})
    assert row["result_id"] == "closed/Lenovo/SR680a_V3_B200SXMx8_TRT"


def test_new_keys_and_missing_extras_are_survived(row_of):
    extras = ("Availability", "Platform", "Processor", "Location", "has_power", "UsedModel", "ID")
    published = {key: value for key, value in LENOVO.items() if key not in extras} | {"carbon": 3}
    assert row_of(V5_1, published)["result_id"] == f"closed/Lenovo/{LENOVO['System']}"


def test_another_layout_is_refused_with_the_keys_that_it_lacks(reading_of):
    renamed = {key: value for key, value in LENOVO.items() if key not in ("Suite", "a#")}
    reading = reading_of(V5_1, [renamed])
    assert not reading.frames
    assert reading.refused[V5_1].startswith(f"{V5_1}: missing Suite, a#; found ID, Submitter,")


def test_a_changed_object_layout_is_refused_by_its_own_keys(reading_of):
    renamed = {key: value for key, value in WAN.items() if key != "Result"} | {"Score": 20.6}
    assert f"{V6_1}: missing Result; found" in reading_of(V6_1, {"0": renamed}).refused[V6_1]


@pytest.mark.parametrize("content", [[], {}, {"message": "Not Found"}, '"later"', [1, 2]])
def test_what_is_no_summary_is_refused(reading_of, content):
    assert "neither a list of results nor an object" in reading_of(V6_1, content).refused[V6_1]


def test_a_round_that_cannot_be_read_stops_no_other(tmp_path):
    reading = read([payload(tmp_path, V5_1, [{"a": 1}]), payload(tmp_path, V4_1, [JUNIPER])])
    assert list(reading.refused) == [V5_1]
    assert reading.frames["inference_result"]["round"].to_list() == ["v4.1"]


def test_a_round_under_two_names_counts_once(tmp_path):
    other_name = V6_1.replace("summary.json", "summary_results.json")
    held = [payload(tmp_path, other_name, [LENOVO]), payload(tmp_path, V6_1, {"0": WAN})]
    reading = read(held)
    assert reading.frames["inference_result"]["submitter_as_published"].to_list() == ["AMD"]
    assert [line.source_url for line in reading.set_aside] == [other_name]


def test_the_second_name_of_a_round_is_read_where_the_first_cannot_be(tmp_path):
    other_name = V6_1.replace("summary.json", "summary_results.json")
    reading = read([payload(tmp_path, V6_1, [{"a": 1}]), payload(tmp_path, other_name, [LENOVO])])
    assert reading.frames["inference_result"]["submitter_as_published"].to_list() == ["Lenovo"]
    assert list(reading.refused) == [V6_1]


def test_published_rounds_are_fetched_once_and_later_ones_may_be_absent():
    asked = {want.url: want for want in wants([])}
    assert asked[V4_1] == Want(V4_1, is_final=True, as_of=date(2024, 11, 5))
    assert all(want.is_final for want in asked.values())
    assert [url for url, want in asked.items() if not want.is_optional] == [V4_1, V5_1]
    for url in (V6_0, V6_1, f"{RAW}v7.0/main/summary.json"):
        assert url in asked
    assert V6_1.replace("summary.json", "summary_results.json") in asked


def test_a_round_that_nobody_listed_is_read_by_the_name_in_its_address(row_of):
    row = row_of(f"{RAW}v9.3/main/summary_results.json", LENOVO)
    assert (row["round"], row["published_on"]) == ("v9.3", date(2026, 8, 1))  # the day of the copy


def test_a_preview_system_is_marked(row_of):
    assert row_of(V5_1, LENOVO | {"Availability": "preview"})["is_preview"]
    assert row_of(V5_1, LENOVO | {"Availability": "rdi"})["is_preview"]


def test_the_legend_of_the_trademark_is_given():
    assert "Unauthorized use strictly prohibited" in SOURCE.credit


@pytest.mark.skipif(UPSTREAM is None, reason="the whole payloads do not lie beside the checkout")
def test_whole_rounds_give_the_known_figures(tmp_path):
    files = {url: UPSTREAM / url.removeprefix("https://") for url in (V4_1, V5_1)}
    reading = read([payload(tmp_path, url, file.read_bytes()) for url, file in files.items()])
    results = reading.frames["inference_result"]
    assert dict(results.group_by("round").len().iter_rows()) == {"v4.1": 869, "v5.1": 586}
    assert {line.source_url: line.rows for line in reading.set_aside} == {V4_1: 68, V5_1: 862}
    key = [name for name in INFERENCE_RESULT.key if name in results.columns]
    assert results.select(key).is_unique().all()

    best = (
        results.filter(
            pl.col("round") == "v5.1",
            pl.col("division") == "closed",
            pl.col("scenario") == "Offline",
            pl.col("benchmark") == "llama2-70b-99.9",
        )
        .group_by("accelerator_as_published")
        .agg((pl.col("value") / pl.col("accelerator_count")).max().alias("per_accelerator"))
    )
    figures = dict(best.iter_rows())
    assert figures["NVIDIA B200-SXM-180GB"] == pytest.approx(12_863.6, abs=0.1)
    assert figures["NVIDIA H200-SXM-141GB"] == pytest.approx(4_414.6, abs=0.1)
    assert figures["NVIDIA H100-SXM-80GB"] == pytest.approx(3_902.5, abs=0.1)


@pytest.mark.skipif(UPSTREAM is None, reason="the whole payloads do not lie beside the checkout")
def test_v6_0_has_its_closed_datacenter_results_without_those_that_are_inferred():
    held = whole(SOURCE, UPSTREAM)
    published = next(one for one in held if one.url == V6_0).json()
    closed = [row for row in published if row["Category"] == "closed" and "datacenter" in row["Suite"]]
    assert (len(closed), sum(bool(row["inferred"]) for row in closed)) == (451, 62)
    results = read(held).frames["inference_result"]
    kept = results.filter(pl.col("round") == "v6.0", pl.col("division") == "closed")
    assert kept.height == 389
    assert kept["published_on"].unique().to_list() == [date(2026, 4, 1)]
    ultra = kept.filter(pl.col("accelerator_as_published") == "NVIDIA B300-SXM-270GB")
    assert ultra.height
    assert ultra["accelerator_count"].null_count() == 0
