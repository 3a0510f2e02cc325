"""MLPerf Training: listings lead to logs, logs to minutes. Times and names are those of v5.0."""

import json
from datetime import date

import polars as pl
import pytest

from etl.schema import TRAINING_RESULT
from etl.sources.mlperf_training import SOURCE, _score, read, wants
from etl.sources.mlperf_training import Run as ScoredRun
from tests.payloads import UPSTREAM, payload

TREES = "https://api.github.com/repos/mlcommons/training_results_v5.0/git/trees"
FILES = "https://raw.githubusercontent.com/mlcommons/training_results_v5.0/main"
SITE = "https://github.com/mlcommons/training_results_v5.0/tree/main"

# First run_start and run_stop of each log, in milliseconds; null where the log has no run_stop.
EOS = "NVIDIA/results/eos-dfw_n1024_ngc25.01_nemo/llama31_405b"
EOS_TIMES = [
    (1745950387648, 1745951565924),
    (1745952140400, 1745953318578),
    (1745953919130, 1745955100050),
]
EOS_SYSTEM = {
    "submitter": "NVIDIA",
    "division": "closed",
    "status": "Available cloud",
    "system_name": "Eos-dfw (1024x NVIDIA HGX H100)",
    "number_of_nodes": "1024",
    "accelerators_per_node": "8",
    "accelerator_model_name": "NVIDIA H100-SXM5-80GB",
}
TINYBOX = "tinycorp/results/tinybox_green/retinanet"
TINYBOX_TIMES = [
    (1745598081470, 1745645485615),
    (1745709499880, 1745757915231),
    (1745759394363, 1745807409644),
    (1745710211866, 1745758428288),
    (1745759915495, None),
]
TINYBOX_SYSTEM = {
    "division": "closed",
    "status": "Available on-premise",
    "number_of_nodes": "1",
    "accelerators_per_node": "6",
    "accelerator_model_name": "NVIDIA GeForce RTX 4090",
}


def line(key, value=None, time_ms=0, rank="", **metadata):
    event = {"time_ms": time_ms, "event_type": "X", "key": key, "value": value, "metadata": metadata}
    return f"{rank}:::MLLOG {json.dumps(event)}\n"


def log(times, status="success", rank=""):
    start, stop = times
    text = line("submission_org", "SUBMISSION_ORG_PLACEHOLDER", rank=rank)
    text += line("submission_platform", "SUBMISSION_PLATFORM_PLACEHOLDER", rank=rank)
    text += line("submission_division", "closed", rank=rank)
    text += 'the text between events names "run_stop" without being one\n'
    text += line("run_start", time_ms=start, rank=rank)
    return text + (line("run_stop", time_ms=stop, rank=rank, status=status) if stop else "")


def listing(*entries, truncated=False):
    tree = [{"path": path, "type": kind, "sha": sha, "mode": "0"} for path, kind, sha in entries]
    return {"sha": "a5dce8a", "tree": tree, "truncated": truncated}


class Published:
    """A small round: listings and files as the publisher would serve them, by address."""

    def __init__(self, folder):
        self.folder = folder
        self.paths: dict[str, object] = {}
        self.changed: dict[str, object] = {}

    def add(self, path, logs, system=None, scaling=None, names="result_{}.txt"):
        submitter, _, machine, _ = path.split("/")
        self.paths |= {f"{path}/{names.format(n)}": text for n, text in enumerate(logs)}
        if scaling:
            self.paths[f"{path}/scaling.json"] = {"scaling_factor": scaling}
        if system:
            self.paths[f"{submitter}/systems/{machine}.json"] = system

    def contents(self):
        served = {f"{FILES}/{path}": content for path, content in self.paths.items()}
        submitters = sorted({path.split("/")[0] for path in self.paths})
        served[f"{TREES}/main"] = listing(
            (".github", "tree", "d91cc1b"),
            ("LICENSE.md", "blob", "f433b1a"),
            *((submitter, "tree", f"{submitter}-sha") for submitter in submitters),
        )
        for submitter in submitters:
            folders = ("benchmarks", "results", "systems")
            served[f"{TREES}/{submitter}-sha"] = listing(
                *((folder, "tree", f"{submitter}-{folder}") for folder in folders)
            )
            for folder in folders[1:]:
                start = f"{submitter}/{folder}/"
                below = [path.removeprefix(start) for path in self.paths if path.startswith(start)]
                served[f"{TREES}/{submitter}-{folder}?recursive=1"] = listing(
                    *((path, "blob", "sha") for path in below)
                )
        return served | self.changed

    def held(self, without=()):
        """Whatever wants() leads to, until it wants nothing new."""
        served, held = self.contents(), {}
        while True:
            asked = [want.url for want in wants(list(held.values()))]
            new = [url for url in asked if url in served and url not in held and url not in without]
            if not new:
                return list(held.values())
            held |= {url: payload(self.folder, url, served[url]) for url in new}


@pytest.fixture
def published(tmp_path):
    return Published(tmp_path)


def only_row(reading):
    return reading.frames["training_result"].row(0, named=True)


def test_minutes_are_the_middle_of_three_runs_times_the_scaling_factor(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM, scaling=1.0595238095238095)
    row = only_row(read(published.held()))
    # Runs of 1,178,276, 1,178,178 and 1,180,920 ms: the middle one is 19.637933 min.
    assert row.pop("minutes") == pytest.approx(1_178_276 / 60_000 * 1.0595238095238095)
    assert row == {
        "round": "v5.0",
        "division": "closed",
        "availability": "Available cloud",
        "submitter_as_published": "NVIDIA",
        "system": "eos-dfw_n1024_ngc25.01_nemo",
        "accelerator_as_published": "NVIDIA H100-SXM5-80GB",
        "accelerator_count": 8192,
        "node_count": 1024,
        "benchmark": "llama31_405b",
        "runs": 3,
        "runs_required": 3,
        "runs_converged": 3,
        "scaling_factor": 1.0595238095238095,
        "status": "scored",
        "source_url": f"{SITE}/{EOS}",
        "published_on": date(2026, 8, 1),
        "evidence": "published",
        "note": None,
    }


def test_a_run_without_run_stop_counts_as_the_slowest_and_is_the_one_dropped(published):
    published.add(TINYBOX, [log(times) for times in TINYBOX_TIMES], TINYBOX_SYSTEM)
    row = only_row(read(published.held()))
    # 47,404,145 ms is the fastest and dropped; the mean of the other three is 803.594744 min.
    assert row["minutes"] == pytest.approx((48_415_351 + 48_015_281 + 48_216_422) / 3 / 60_000)
    assert (row["runs"], row["runs_converged"], row["status"]) == (5, 4, "scored")
    assert "1 of 5 runs did not converge" in row["note"]


def test_an_aborted_run_did_not_converge_however_fast_it_was(published):
    logs = [log(times) for times in TINYBOX_TIMES[:4]]
    logs.append(log((1746146350591, 1746146657480), status="aborted", rank=" 0: "))
    published.add(TINYBOX, logs, TINYBOX_SYSTEM)
    assert only_row(read(published.held()))["minutes"] == pytest.approx(803.594744, abs=1e-6)


def test_two_runs_that_did_not_converge_make_the_result_invalid(published):
    logs = [log(times) for times in TINYBOX_TIMES[:3]]
    logs += [log(TINYBOX_TIMES[3], status="aborted"), log(TINYBOX_TIMES[4])]
    published.add(TINYBOX, logs, TINYBOX_SYSTEM)
    row = only_row(read(published.held()))
    assert (row["minutes"], row["status"], row["runs_converged"]) == (None, "invalid", 3)
    assert row["note"] == "Invalid: 2 of 5 runs did not converge, and no more than 1 may."


def test_fewer_runs_than_the_rules_require_are_no_score(published):
    published.add(TINYBOX, [log(times) for times in TINYBOX_TIMES[:4]], TINYBOX_SYSTEM)
    row = only_row(read(published.held()))
    assert (row["minutes"], row["status"], row["runs"], row["runs_required"]) == (None, "invalid", 4, 5)
    assert row["note"] == "Invalid: 4 runs, and the rules require 5."


def test_unet3d_drops_four_runs_at_each_end_and_allows_four_that_did_not_converge():
    runs = [ScoredRun(minutes=float(n), division=None) for n in range(1, 37)]
    failed = [ScoredRun(minutes=None, division=None)]
    assert _score("unet3d", runs + 4 * failed, 1.0).minutes == pytest.approx((5 + 36) / 2)
    assert _score("unet3d", runs[1:] + 5 * failed, 1.0).minutes is None


def test_a_benchmark_of_unknown_rules_is_scored_on_what_is_published_and_says_so():
    score = _score("gpt_oss_20b", [ScoredRun(minutes, None) for minutes in (3.0, 1.0, 2.0)], 1.0)
    assert (score.minutes, score.runs_required) == (2.0, 3)
    assert "not known here" in score.remarks[0]


def test_names_come_from_the_path_and_never_from_the_placeholders_in_the_logs(published):
    path = "IBM+CoreWeave+NVIDIA/results/carina_ngpu2496_ngc25.04_nemo/llama31_405b"
    published.add(path, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    row = only_row(read(published.held()))
    assert row["submitter_as_published"] == "IBM+CoreWeave+NVIDIA"
    assert row["system"] == "carina_ngpu2496_ngc25.04_nemo"
    assert row["source_url"] == f"{SITE}/{path}"


def test_logs_numbered_with_leading_zeros_are_runs_too(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM, names="result_{:02d}.txt")
    assert only_row(read(published.held()))["runs"] == 3


def test_files_beside_the_runs_are_not_runs(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    published.paths[f"{EOS}/power/result_0/node_0.txt"] = "power"
    published.paths[f"{EOS}/recommendation_nccl_allreduce.txt"] = "trace"
    assert only_row(read(published.held()))["runs"] == 3
    assert not any("node_0" in want.url or "nccl" in want.url for want in wants(published.held()))


def test_a_result_that_lacks_a_log_is_named_and_stops_no_other(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    published.add(TINYBOX, [log(times) for times in TINYBOX_TIMES], TINYBOX_SYSTEM)
    reading = read(published.held(without={f"{FILES}/{TINYBOX}/result_3.txt"}))
    assert reading.incomplete == ("v5.0 tinycorp tinybox_green retinanet: result_3.txt could not be fetched",)
    assert only_row(reading)["submitter_as_published"] == "NVIDIA"
    assert reading.frames["training_result"].height == 1


def test_a_result_with_an_unreadable_log_is_named_and_stops_no_other(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    published.add(TINYBOX, [log(times) for times in TINYBOX_TIMES], TINYBOX_SYSTEM)
    published.changed[f"{FILES}/{EOS}/result_1.txt"] = b"\xff\xfe\x00 half a disk"
    reading = read(published.held())
    name = "v5.0 NVIDIA eos-dfw_n1024_ngc25.01_nemo llama31_405b"
    assert reading.incomplete == (f"{name}: result_1.txt could not be read",)
    assert "run_start" in reading.refused[f"{FILES}/{EOS}/result_1.txt"]
    assert only_row(reading)["submitter_as_published"] == "tinycorp"


def test_a_listed_scaling_factor_that_is_not_at_hand_leaves_no_score_without_it(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM, scaling=1.0595238095238095)
    reading = read(published.held(without={f"{FILES}/{EOS}/scaling.json"}))
    assert reading.frames["training_result"].is_empty()
    assert reading.incomplete[0].endswith("scaling.json could not be fetched")


def test_a_score_stands_without_the_description_of_its_system_but_names_no_chip(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    url = f"{FILES}/NVIDIA/systems/eos-dfw_n1024_ngc25.01_nemo.json"
    reading = read(published.held(without={url}))
    row = only_row(reading)
    assert row["minutes"] == pytest.approx(1_178_276 / 60_000)
    assert row["division"] == "closed"  # the logs state it too
    assert (row["accelerator_as_published"], row["accelerator_count"]) == (None, None)
    assert reading.incomplete[0].endswith("could not be fetched, so its chips are not known")


def test_a_description_of_another_layout_is_refused_with_the_keys_that_it_lacks(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], {"nodes": 1024, "chip": "H100"})
    reading = read(published.held())
    (sentence,) = reading.refused.values()
    assert "missing number_of_nodes, accelerators_per_node, accelerator_model_name" in sentence
    assert only_row(reading)["accelerator_count"] is None


def test_a_listing_without_a_tree_is_refused_and_stops_no_other(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    published.add(TINYBOX, [log(times) for times in TINYBOX_TIMES], TINYBOX_SYSTEM)
    url = f"{TREES}/tinycorp-results?recursive=1"
    published.changed[url] = {"message": "API rate limit exceeded"}
    reading = read(published.held())
    assert reading.refused == {url: f"{url}: missing tree; found message."}
    assert only_row(reading)["submitter_as_published"] == "NVIDIA"


def test_a_listing_that_is_cut_short_is_refused_because_runs_would_be_missed(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM)
    url = f"{TREES}/NVIDIA-results?recursive=1"
    published.changed[url] = listing(("a/b/result_0.txt", "blob", "sha"), truncated=True)
    reading = read(published.held())
    assert "cut short" in reading.refused[url]
    assert reading.frames["training_result"].is_empty()


def test_results_that_lie_elsewhere_are_noticed(published):
    published.add(EOS, [], EOS_SYSTEM)
    published.paths["NVIDIA/results/eos/llama31_405b/runs/0.log"] = "moved"
    (sentence,) = read(published.held()).refused.values()
    assert "no result_N.txt two folders down; found eos/llama31_405b/runs/0.log" in sentence


def test_a_division_that_nobody_states_sets_the_result_aside(published):
    silent = [log(times).replace("submission_division", "division") for times in EOS_TIMES]
    published.add(EOS, silent)
    reading = read(published.held())
    assert reading.set_aside[0].reason == "Its division is not known here: not stated."


def test_nothing_held_wants_the_roots_of_the_rounds_and_a_later_round_may_be_absent():
    roots = {want.url: want for want in wants([])}
    assert list(roots) == [TREES.replace("v5.0", v) + "/main" for v in ("v5.0", "v5.1", "v6.0")]
    assert [want.is_optional for want in roots.values()] == [False, True, True]
    assert all(want.is_final for want in roots.values())


def test_listings_lead_to_the_files_that_they_name(published):
    published.add(EOS, [log(times) for times in EOS_TIMES], EOS_SYSTEM, scaling=1.0595238095238095)
    wanted = {want.url: want for want in wants(published.held())}
    assert wanted[f"{FILES}/{EOS}/result_0.txt"].kind == "text"
    assert wanted[f"{FILES}/{EOS}/scaling.json"].is_optional
    assert f"{FILES}/NVIDIA/systems/eos-dfw_n1024_ngc25.01_nemo.json" in wanted
    assert f"{TREES}/NVIDIA-benchmarks?recursive=1" not in wanted


def test_the_legend_of_the_trademark_is_given():
    assert "Unauthorized use strictly prohibited" in SOURCE.credit


@pytest.mark.skipif(UPSTREAM is None, reason="the whole payloads do not lie beside the checkout")
def test_all_201_results_of_v5_0_are_scored(tmp_path):
    held = {}
    while True:
        asked = [want.url for want in wants(list(held.values())) if want.url not in held]
        files = {url: UPSTREAM / url.removeprefix("https://").replace("?", "__q__") for url in asked}
        new = {url: payload(tmp_path, url, file.read_bytes()) for url, file in files.items() if file.exists()}
        if not new:
            break
        held |= new
    reading = read(list(held.values()))
    scores = reading.frames["training_result"].filter(pl.col("status") == "scored")
    assert scores.height == 201
    assert scores["minutes"].is_between(0.3, 804).all()
    assert scores.filter(pl.col("scaling_factor") > 1).height == 101
    assert scores["accelerator_count"].null_count() == 0
    assert (reading.refused, reading.incomplete) == ({}, ())
    key = [name for name in TRAINING_RESULT.key if name in scores.columns]
    assert scores.select(key).is_unique().all()
