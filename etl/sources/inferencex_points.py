"""One point of InferenceX: what its two forms share, and how a point becomes a row of gpu_serving and of energy.

- `tput_per_gpu` counts input and output tokens of all users, per GPU. All times are in seconds; `median_intvty` is what
  one user sees, 1 / median time per output token.
- `output_tput_per_gpu` of a disaggregated system is per GPU that decodes, and `input_tput_per_gpu` per GPU that
  prefills: output x decode + input x prefill = total x all GPUs. The publisher says so and keeps it (issues 131 and
  299, pull request 912 of SemiAnalysisAI/InferenceX). We store the output per GPU of all.
- GPUs of any other deployment are tp (times pp and pcp, where it has them). Experts lie on the same GPUs, so ep
  multiplies nothing: the API's own count, tp x ep, makes 64 of 8.
- Energy counts where its version is 2 and the publisher calls it valid. Unversioned rows mix the energy of one role
  with that of the whole deployment and cannot be told apart (the publisher's own note).
- The counts of a disaggregated deployment are those of `num_prefill_gpu` and `num_decode_gpu`; workers may share GPUs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from etl import faults
from etl.faults import Fault
from etl.sources import cells
from etl.sources.contract import JsonObject, Reading, Row, SetAside, rows_of, together

PARALLEL = ("tp", "pp", "pcp")  # what multiplies the GPUs of one deployment
ENERGY_VERSION = 2
NOTE = "Interactivity and time to first token are medians over requests."
PER_DECODE_GPU = "Output is published per decoding GPU; here it is per GPU of the whole system."


@dataclass(frozen=True)
class Point:
    """A point as published, its metrics apart; without disaggregation both sides say the same of one deployment."""

    fields: JsonObject
    metrics: JsonObject
    prefill: JsonObject
    decode: JsonObject

    @property
    def is_disaggregated(self) -> bool:
        return _is_true(self.fields.get("disagg"))

    @property
    def accelerators(self) -> tuple[int | None, int | None]:
        """GPUs of the whole system and those of them that decode; null where a count is missing."""
        if not self.is_disaggregated:
            whole = _deployed(self.decode)
            return whole, whole
        prefill, decode = (cells.count(self.fields.get(f"num_{side}_gpu")) for side in ("prefill", "decode"))
        return (prefill + decode if prefill and decode else None), decode


def sides(fields: JsonObject) -> tuple[JsonObject, JsonObject]:
    """What is published of the GPUs that prefill and of those that decode."""
    prefill, decode = (
        {name.removeprefix(side): value for name, value in fields.items() if name.startswith(side)}
        for side in ("prefill_", "decode_")
    )
    return prefill, decode


def _is_true(value: object) -> bool:
    """A flag, also where it is written as text."""
    return str(value).lower() == "true"


def reading(found: Sequence[tuple[Point, Row]], url: str) -> Reading:
    """Rows of the points of one payload, each with what is cited of it: the chip, the model, the day and the citation
    as published."""
    judged = [(_fault(point, cited["measured_on"]), point, cited) for point, cited in found]
    kept = [(point, cited) for fault, point, cited in judged if fault is None]
    energy = [(_energy(point, cited), point) for point, cited in kept]
    frames = {"gpu_serving": rows_of("gpu_serving", [_row(point, cited) for point, cited in kept])}
    frames |= {"energy": rows_of("energy", rows)} if (rows := [row for row, _ in energy if row]) else {}
    aside = [SetAside(url, fault, _as_text(point)) for fault, point, _ in judged if fault]
    aside += [
        SetAside(url, faults.ENERGY_UNVERSIONED, _as_text(point))
        for row, point in energy
        if row is None and cells.above_zero(point.metrics.get("joules_per_output_token"))
    ]
    return Reading(frames, together(aside))


def _fault(point: Point, day: date | None) -> Fault | None:
    """Why a point is none of a curve; None where it is one."""
    if point.fields.get("error"):
        return faults.RUN_FAILED
    if point.fields.get("benchmark_type", "single_turn") != "single_turn":
        return faults.OTHER_WORKLOAD
    if not any(cells.above_zero(point.metrics.get(name)) for name in ("tput_per_gpu", "median_intvty")):
        return faults.NOTHING_MEASURED
    return None if day else faults.NO_DAY


def _row(point: Point, cited: Row) -> Row:
    whole, _ = point.accelerators
    return {
        "framework": point.fields.get("framework"),
        "precision": point.fields.get("precision"),
        "configuration": _configuration(point),
        "accelerator_count": whole,
        "prompt_tokens": cells.count(point.fields.get("isl")),
        "output_tokens": cells.count(point.fields.get("osl")),
        "concurrency": cells.count(point.fields.get("conc")),
        "throughput_tokens_per_second_per_gpu": cells.above_zero(point.metrics.get("tput_per_gpu")),
        "output_throughput_tokens_per_second_per_gpu": _output_per_gpu(point),
        "interactivity_tokens_per_second_per_user": cells.above_zero(point.metrics.get("median_intvty")),
        "ttft_seconds": cells.above_zero(point.metrics.get("median_ttft")),
        "evidence": "published",
        **cited,
        "note": cells.noted(NOTE, PER_DECODE_GPU if point.is_disaggregated else None, cited.get("note")),
    }


def _energy(point: Point, cited: Row) -> Row | None:
    """The row of energy, null where none is published that counts."""
    joules, most = cells.above_zero(point.metrics.get("joules_per_output_token")), cells.count(point.fields.get("conc"))
    version, is_valid = (point.metrics.get(name) for name in ("power_metric_schema_version", "power_valid"))
    if joules is None or most is None or version != ENERGY_VERSION or is_valid not in (1, "1"):
        return None
    whole, _ = point.accelerators
    return {
        "precision": point.fields.get("precision"),
        "workload": f"{point.fields.get('isl')} tokens in, {point.fields.get('osl')} out",
        "accelerator_count": whole,
        "configuration": _configuration(point),
        "most_requests_at_once": most,
        "joules_per_output_token": joules,
        "interactivity_tokens_per_second_per_user": cells.above_zero(point.metrics.get("median_intvty")),
        "evidence": "published",
        **cited,
    }


def _as_text(point: Point) -> str:
    named = ("hardware", "hw", "framework", "precision", "isl", "osl", "conc", "date")
    return cells.as_text(point.fields, named)


def _output_per_gpu(point: Point) -> float | None:
    """Output tokens/s per GPU of all; null for a disaggregated system that does not count its GPUs."""
    published = cells.above_zero(point.metrics.get("output_tput_per_gpu"))
    if published is None or not point.is_disaggregated:
        return published
    whole, decode = point.accelerators
    return published * decode / whole if whole and decode else None


def _deployed(side: JsonObject) -> int | None:
    """GPUs of a deployment that is not disaggregated; null where tp is not published."""
    if cells.count(side.get("tp")) is None:
        return None
    gpus = 1
    for name in PARALLEL:
        gpus *= cells.count(side.get(name)) or 1
    return gpus


def _configuration(point: Point) -> str:
    parts = [_parallelism(point.decode)]
    if point.is_disaggregated:
        parts = ["disaggregated", f"prefill {_parallelism(point.prefill)}", f"decode {_parallelism(point.decode)}"]
    if _is_true(point.fields.get("is_multinode")):
        parts.append("several nodes")
    method = point.fields.get("spec_method") or point.fields.get("spec_decoding")
    parts.append(f"speculative decoding {method}" if method and method != "none" else "no speculative decoding")
    return ", ".join(parts)


def _parallelism(side: JsonObject) -> str:
    parts = [f"tp{side.get('tp')}", f"ep{side.get('ep')}"]
    if _is_true(side.get("dp_attention")):
        parts.append("dp attention")
    if side.get("num_workers"):
        parts.append(f"workers {side['num_workers']}")
    return " ".join(parts)
