"""MLPerf Inference: throughput and latency of whole systems, one summary file a round.

- A round is one JSON file. Up to v6.0 it is a list, since v6.1 an object keyed "0", "1", … whose
  rows have other key names and null for what used to be "". Both are known here by their keys; a
  file with neither set of keys is refused with the keys that it lacks.
- Kept: every row whose suite includes datacenter, closed and open divisions alike. Edge rows, and
  rows marked inferred (they repeat another scenario or accuracy level), are counted and set aside.
- The benchmark is MLCommons' name of it; the model that was run is in the note where it differs.
- Accelerators of a system are those of one node times its nodes. A total that the publisher or the
  system's name states otherwise goes into the note: neither is corrected.
- A system that mixes accelerator types belongs to no chip: its spelling is kept, its count is null.
  A system without accelerators (a CPU) has neither.
- Units are spelled alike and never converted: "Latency (ms)" stays apart from "Latency (s)", and
  for both of them lower is better.
- v6.1 publishes no result identifier; the path of the submission stands in for it.
- The day is that on which MLCommons published the round (`mlcommons`), not that of the repository's last change.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from etl import faults
from etl.faults import Fault
from etl.schema import INFERENCE_RESULT
from etl.sources import cells, mlcommons
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    SourceChanged,
    Want,
    each,
    expect_keys,
    merge,
    rows_of,
    together,
)

RAW = "https://raw.githubusercontent.com/mlcommons/inference_results_"

# The first address of a round that can be read speaks for it; the others are other names of it. Where the table of
# rounds gives an address, it is the only one.
FILES = ("summary.json", "summary_results.json")

# Our name of a field: the publisher's key. One mapping a layout.
LIST_LAYOUT = {
    "submitter": "Submitter",
    "availability": "Availability",
    "division": "Category",
    "suite": "Suite",
    "system": "System",
    "platform": "Platform",
    "model_run": "UsedModel",
    "benchmark": "Model",
    "scenario": "Scenario",
    "nodes": "Nodes",
    "processor": "Processor",
    "accelerator": "Accelerator",
    "accelerators_per_node": "a#",
    "accelerators_total": "Total Accelerators",
    "location": "Location",
    "inferred": "inferred",
    "has_power": "has_power",
    "precision": "weight_data_types",
    "result_id": "ID",
    "value": "Performance_Result",
    "unit": "Performance_Units",
}
OBJECT_LAYOUT = LIST_LAYOUT | {
    "submitter": "Organization",
    "division": "Division",
    "suite": "SystemType",
    "system": "SystemName",
    "model_run": "Model",
    "benchmark": "MlperfModel",
    "nodes": "number_of_nodes",
    "processor": "host_processor_model_name",
    "accelerator": "accelerator_model_name",
    "accelerators_per_node": "accelerators_per_node",
    "accelerators_total": "total_accelerators",
    "result_id": "PrivateID",
    "value": "Result",
    "unit": "Units",
}
NEEDED = (
    "submitter",
    "division",
    "suite",
    "system",
    "benchmark",
    "scenario",
    "nodes",
    "accelerator",
    "accelerators_per_node",
    "inferred",
    "value",
    "unit",
)

UNITS = ("Tokens/s", "Samples/s", "Queries/s", "Latency (ms)", "Latency (s)")
SCENARIOS = ("Offline", "Server", "Interactive", "SingleStream", "MultiStream")
DIVISIONS = ("closed", "open", "network")
NOT_NAMED = ("", "n/a", "na", "none", "unset", "-")

ROUND_IN_URL = re.compile(r"inference_results_(v\d+\.\d+)/")
COUNT_IN_PLATFORM = re.compile(r"(\d+)x[A-Za-z]")
SEVERAL = re.compile(r"\s*(?:,|;|\+|&|\band\b)\s*")
TIMES = re.compile(r"\(x\s*\d+\)")


def wants(held: Held) -> list[Want]:
    return [
        Want(url, is_final=True, is_optional=not found.is_required, as_of=found.results_as_of)
        for found in mlcommons.rounds(mlcommons.INFERENCE)
        for url in _addresses(found)
    ]


def read(held: Held) -> Reading:
    of_round: dict[str, list[Payload]] = defaultdict(list)
    for payload in held:
        of_round[_round(payload.url)].append(payload)
    readings: list[Reading] = []
    for found in mlcommons.rounds(mlcommons.INFERENCE, of_round):
        order = {url: at for at, url in enumerate(_addresses(found))}
        names = sorted(of_round.get(found.name, ()), key=lambda payload: order.get(payload.url, len(order)))
        readings += _read_round(names)
    return merge(readings)


SOURCE = Source(
    id="mlperf_inference",
    title="MLPerf Inference results",
    publisher=mlcommons.PUBLISHER,
    licence=mlcommons.LICENCE,
    home_url="https://mlcommons.org/benchmarks/inference-datacenter/",
    tables=("inference_result",),
    wants=wants,
    read=read,
    credit=mlcommons.CREDIT,
)


def _addresses(found: mlcommons.Round) -> list[str]:
    return [found.results_url] if found.results_url else [f"{RAW}{found.name}/main/{name}" for name in FILES]


def _read_round(names: Sequence[Payload]) -> Iterable[Reading]:
    """Readings of one round's files: the first readable one with its rows, later ones set aside."""
    is_read = False
    for payload in names:
        if is_read:
            yield Reading(set_aside=(SetAside(payload.url, faults.READ_ELSEWHERE, "the whole file"),))
            continue
        reading = each(read_summary)([payload])
        is_read = not reading.refused
        yield reading


def read_summary(payload: Payload) -> Reading:
    """One round's rows. Raises SourceChanged where the file has neither of the two layouts."""
    published = _published_rows(payload)
    keys = _layout(payload, published)
    rows, aside = [], []
    for entry, row in published.items():
        if not isinstance(row, dict):
            aside.append(SetAside(payload.url, faults.NOT_AN_ENTRY, _as_text(row)))
            continue
        found = {ours: row.get(theirs) for ours, theirs in keys.items()}
        if fault := _out_of_scope(found):
            aside.append(SetAside(payload.url, fault, _example(found)))
        elif fault := _fault(found):
            aside.append(SetAside(payload.url, fault, _as_text(row)))
        else:
            rows.append(_row(found, entry, payload))
    rows, repeated = _told_apart(rows)
    return Reading(
        frames={INFERENCE_RESULT.name: rows_of(INFERENCE_RESULT.name, rows)},
        set_aside=together([*aside, *(SetAside(payload.url, faults.REPEATED, _as_text(row)) for row in repeated)]),
    )


def _published_rows(payload: Payload) -> Mapping[str, object]:
    """Rows by their place in the file, whether it is a list or an object keyed by number."""
    content = payload.json()
    if isinstance(content, list):
        content = {str(place): row for place, row in enumerate(content)}
    if not isinstance(content, dict) or not any(isinstance(row, dict) for row in content.values()):
        raise SourceChanged(f"{payload.url}: neither a list of results nor an object of numbered results.")
    return content


def _layout(payload: Payload, published: Mapping[str, object]) -> Mapping[str, str]:
    """The layout whose needed keys are all there; else the complaint of the nearer one."""
    found = {key: None for row in published.values() if isinstance(row, dict) for key in row}
    nearest = min((LIST_LAYOUT, OBJECT_LAYOUT), key=lambda layout: sum(layout[ours] not in found for ours in NEEDED))
    expect_keys(found, [nearest[ours] for ours in NEEDED], payload.url)
    return nearest


def _out_of_scope(found: JsonObject) -> Fault | None:
    suite = cells.word(found["suite"])
    if suite and "datacenter" not in suite.lower() and "edge" in suite.lower():
        return faults.EDGE
    return faults.INFERRED if _is_true(found["inferred"]) else None


def _fault(found: JsonObject) -> Fault | None:
    missing = [ours for ours in ("submitter", "suite", "benchmark", "scenario", "unit") if not cells.word(found[ours])]
    if missing:
        return faults.NOT_NAMED.of(missing=", ".join(missing))
    if "datacenter" not in _lower(found["suite"]):
        return faults.NOT_KNOWN.of(field="suite", value=found["suite"])
    if _lower(found["division"]) not in DIVISIONS:
        return faults.NOT_KNOWN.of(field="division", value=found["division"])
    if not (cells.word(found["system"]) or cells.word(found["platform"])):
        return faults.NOT_NAMED.of(missing="system")
    is_result = cells.above_zero(found["value"]) is not None
    return None if is_result else faults.NOT_ABOVE_ZERO.of(field="result")


def _row(found: JsonObject, entry: str, payload: Payload) -> Row:
    """One row of our table, and beside it under `_apart` what can tell it from a twin."""
    spelling = None if _is_unnamed(found["accelerator"]) else cells.word(found["accelerator"])
    nodes, per_node = cells.count(found["nodes"]), cells.count(found["accelerators_per_node"])
    total = cells.count(found["accelerators_total"])
    total = nodes * per_node if nodes and per_node else total
    is_mixed = spelling is not None and _mixes(spelling)
    published_round = _round(payload.url)
    model_run = cells.word(found["model_run"])
    precision = None if _is_unnamed(found["precision"]) else _lower(found["precision"])
    with_power = "with power measured" if _is_true(found["has_power"]) else ""
    return {
        "round": published_round,
        "result_id": cells.word(found["result_id"]) or _submission(found),
        "division": _lower(found["division"]),
        "suite": cells.word(found["suite"]),
        "availability": cells.word(found["availability"]),
        "is_preview": mlcommons.is_preview(found["availability"]),
        "submitter_as_published": cells.word(found["submitter"]),
        "system": cells.word(found["system"]) or cells.word(found["platform"]),
        "accelerator_as_published": spelling,
        "accelerator_count": total if spelling and not is_mixed else None,
        "node_count": nodes,
        "benchmark": cells.word(found["benchmark"]),
        "scenario": _spelled(found["scenario"], SCENARIOS),
        "value": cells.number(found["value"]),
        "unit": _spelled(found["unit"], UNITS),
        "precision": precision,
        "is_inferred": False,
        "source_url": payload.url,
        "published_on": mlcommons.released_on(mlcommons.INFERENCE, published_round) or payload.as_of,
        "retrieved_on": payload.fetched_at.date(),
        "evidence": "published",
        "note": _note(found, spelling, total, is_mixed),
        "_apart": (model_run or "", precision or "", with_power, f"entry {entry}"),
    }


def _note(found: JsonObject, spelling: str | None, total: int | None, is_mixed: bool) -> str | None:
    sentences = []
    model_run = cells.word(found["model_run"])
    if model_run and _plain(model_run) != _plain(found["benchmark"]):
        sentences.append(f"Model run: {model_run}.")
    if spelling is None:
        processor = cells.word(found["processor"])
        sentences.append(f"No accelerator{f'; ran on {processor}' if processor else ''}.")
    elif is_mixed:
        of_how_many = f", {total} in all" if total else ""
        sentences.append(f"Mixes accelerator types{of_how_many}; belongs to no chip.")
    elif total is None:
        sentences.append("The number of accelerators is not published.")
    else:
        sentences += _other_totals(found, total)
    if not cells.word(found["result_id"]):
        sentences.append("No result ID is published; the path of the submission stands in for it.")
    return " ".join(sentences) or None


def _other_totals(found: JsonObject, total: int) -> list[str]:
    stated = cells.count(found["accelerators_total"])
    named = COUNT_IN_PLATFORM.match(cells.word(found["platform"]) or "")
    others = []
    if stated and stated != total:
        others.append(f"Accelerators per node times nodes is {total}; the publisher's total says {stated}.")
    if named and int(named[1]) not in (total, stated):
        others.append(f"{total} accelerators by the count per node; the system's name says {named[1]}.")
    return others


def _submission(found: JsonObject) -> str:
    """division/submitter/configuration, as the path of the submission has them."""
    path = (cells.word(found["location"]) or "").removeprefix("./").split("/results/")
    if len(path) == 2:
        return f"{path[0]}/{path[1].split('/')[0]}"
    configuration = cells.word(found["platform"]) or cells.word(found["system"])
    return f"{cells.word(found['division'])}/{cells.word(found['submitter'])}/{configuration}"


def _told_apart(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows with unique keys, and exact repeats. Twins get what tells them apart into `result_id`."""
    twins: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    repeats: list[Row] = []
    for row in rows:
        twins[tuple(row.get(part) or row["submitter_as_published"] for part in INFERENCE_RESULT.key)].append(row)
    kept: list[Row] = []
    for alike in twins.values():
        different: list[Row] = []
        for row in alike:
            is_repeat = any(_bare(row) == _bare(other) for other in different)
            (repeats if is_repeat else different).append(row)
        kept += _named_apart(different)
    return [_bare(row) | {"result_id": row["result_id"]} for row in kept], [_bare(row) for row in repeats]


def _named_apart(twins: Sequence[Row]) -> Iterable[Row]:
    if len(twins) == 1:
        return twins
    traits = next(traits for traits in zip(*(row["_apart"] for row in twins), strict=True) if _all_differ(traits))
    return [
        row | {"result_id": f"{row['result_id']} ({trait})" if trait else row["result_id"]}
        for row, trait in zip(twins, traits, strict=True)
    ]


def _all_differ(values: Sequence[object]) -> bool:
    return len(set(values)) == len(values)


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "_apart"}


def _mixes(spelling: str) -> bool:
    """True for "AMD … MI300X (x32), AMD … MI325X (x16)"; a comma before a mere detail does not count."""
    pieces = [piece for piece in SEVERAL.split(spelling) if piece]
    chips = {TIMES.sub("", piece).strip().lower() for piece in pieces if TIMES.search(piece) or " " in piece}
    return len(chips) > 1


def _example(found: JsonObject) -> str:
    words = [found[name] for name in ("submitter", "system", "benchmark", "scenario", "value", "unit")]
    return "for example " + ", ".join(str(word) for word in words)


def _as_text(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)


def _round(url: str) -> str:
    found = ROUND_IN_URL.search(url)
    if found is None:
        raise SourceChanged(f"{url}: the address names no round.")
    return found[1]


def _spelled(published: object, known: Sequence[str]) -> str | None:
    """The known spelling of a word that differs in case or blanks only; else the word as it came."""
    return {_plain(word): word for word in known}.get(_plain(published), cells.word(published))


def _plain(word: object) -> str:
    return re.sub(r"[\s_]", "", _lower(word))


def _lower(value: object) -> str:
    return (cells.word(value) or "").lower()


def _is_unnamed(value: object) -> bool:
    return _lower(value) in NOT_NAMED


def _is_true(value: object) -> bool:
    return str(value).strip().lower() in ("1", "1.0", "true", "yes")
