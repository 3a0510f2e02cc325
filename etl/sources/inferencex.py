"""InferenceX (SemiAnalysis): throughput against interactivity of GPU serving, one JSON list a model.

- One row per deployment, sequence lengths and concurrency; the answer holds the latest of each.
- `tput_per_gpu` counts input and output tokens of all users, per GPU; `output_tput_per_gpu` the output
  alone. All times are in seconds; `median_intvty` is what one user sees.
- Without disaggregation prefill and decode describe the same GPUs, so they are counted once.
- The model is named as in the question ("DeepSeek-R1-0528"); the rows carry a short code.
- Agentic traces are another workload than the fixed lengths and are set aside; so are failed runs.
- The app's cost table is not used: a cost of ownership is no rent.
- Written from the published description of the rows; no answer of the service has been met yet.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.sources import cells
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

BASE_URL = "https://inferencex.semianalysis.com/api/v1/benchmarks"
MODELS = ("DeepSeek-R1-0528", "gpt-oss-120b", "Llama-3.3-70B-Instruct-FP8")
KEYS = ("hardware", "framework", "precision", "isl", "osl", "conc", "metrics", "date")

SCHEMA = {
    "accelerator_as_published": pl.String,
    "model_as_published": pl.String,
    "framework": pl.String,
    "precision": pl.String,
    "configuration": pl.String,
    "accelerator_count": pl.Int64,
    "prompt_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "concurrency": pl.Int64,
    "throughput_tokens_per_second_per_gpu": pl.Float64,
    "output_throughput_tokens_per_second_per_gpu": pl.Float64,
    "interactivity_tokens_per_second_per_user": pl.Float64,
    "ttft_seconds": pl.Float64,
    "measured_on": pl.Date,
    "source_url": pl.String,
    "published_on": pl.Date,
    "evidence": pl.String,
    "note": pl.String,
}
KEY = (
    "accelerator_as_published",
    "model_as_published",
    "framework",
    "precision",
    "prompt_tokens",
    "output_tokens",
    "concurrency",
    "accelerator_count",
    "measured_on",
    "source_url",
    "configuration",
)


def wants(held: Held) -> list[Want]:
    return [Want(f"{BASE_URL}?model={model}", is_optional=True) for model in MODELS]


def _read_model(payload: Payload) -> Reading:
    points = payload.json()
    if isinstance(points, Mapping):
        points = points.get("data", points.get("rows", points))
    points = expect_objects(points, payload.url)
    if points:
        expect_keys(points[0], KEYS, payload.url)
    read = [(_fault(point), point) for point in points]
    rows = [_row(point, payload) for fault, point in read if fault is None]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    kept = frame.unique(KEY, keep="last", maintain_order=True).sort(KEY)
    repeats = frame.height - kept.height
    return Reading(
        {"gpu_serving": kept},
        [
            *together(SetAside(payload.url, fault, _as_text(point)) for fault, point in read if fault),
            *([SetAside(payload.url, faults.REPEATED, "see the rows kept", repeats)] if repeats else []),
        ],
    )


def _fault(point: JsonObject) -> Fault | None:
    if point.get("error"):
        return faults.RUN_FAILED
    if point.get("benchmark_type", "single_turn") != "single_turn":
        return faults.OTHER_WORKLOAD
    metrics = point.get("metrics") or {}
    if not (cells.above_zero(metrics.get("tput_per_gpu")) or cells.above_zero(metrics.get("median_intvty"))):
        return faults.NOTHING_MEASURED
    return None if cells.day_of_moment(point.get("date")) else faults.NO_DAY


def _row(point: JsonObject, payload: Payload) -> tuple[object, ...]:
    metrics = point["metrics"]
    return (
        point.get("hardware"),
        _model(point, payload),
        point.get("framework"),
        point.get("precision"),
        _configuration(point),
        _accelerators(point),
        cells.count(point.get("isl")),
        cells.count(point.get("osl")),
        cells.count(point.get("conc")),
        cells.above_zero(metrics.get("tput_per_gpu")),
        cells.above_zero(metrics.get("output_tput_per_gpu")),
        cells.above_zero(metrics.get("median_intvty")),
        cells.above_zero(metrics.get("median_ttft")),
        cells.day_of_moment(point["date"]),
        point.get("run_url") or payload.url,
        payload.as_of,
        "published",
        "Interactivity and time to first token are medians over requests.",
    )


def _model(point: JsonObject, payload: Payload) -> str | None:
    asked = parse_qs(urlsplit(payload.url).query).get("model")
    return asked[0] if asked else point.get("model")


def _accelerators(point: JsonObject) -> int | None:
    prefill, decode = cells.count(point.get("num_prefill_gpu")), cells.count(point.get("num_decode_gpu"))
    if not point.get("disagg"):
        return prefill or decode
    return prefill + decode if prefill and decode else None


def _configuration(point: JsonObject) -> str:
    if point.get("disagg"):
        parts = [
            "disaggregated",
            f"prefill {_parallelism(point, 'prefill')}",
            f"decode {_parallelism(point, 'decode')}",
        ]
    else:
        parts = [_parallelism(point, "decode")]
    if point.get("is_multinode"):
        parts.append("several nodes")
    method = point.get("spec_method")
    parts.append(f"speculative decoding {method}" if method and method != "none" else "no speculative decoding")
    return ", ".join(parts)


def _parallelism(point: JsonObject, side: str) -> str:
    parts = [f"tp{point.get(f'{side}_tp')}", f"ep{point.get(f'{side}_ep')}"]
    if point.get(f"{side}_dp_attention"):
        parts.append("dp attention")
    if point.get(f"{side}_num_workers"):
        parts.append(f"workers {point[f'{side}_num_workers']}")
    return " ".join(parts)


def _as_text(point: JsonObject) -> str:
    return ", ".join(f"{name}={point.get(name)}" for name in KEYS if name != "metrics")


SOURCE = Source(
    id="inferencex",
    title="InferenceX",
    publisher="SemiAnalysis",
    licence="Apache-2.0 (benchmark), GPL-3.0 (app); no terms stated for the figures",
    home_url="https://inferencex.semianalysis.com",
    tables=("gpu_serving",),
    wants=wants,
    read=each(_read_model),
)
