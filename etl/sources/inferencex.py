"""InferenceX (SemiAnalysis): throughput against interactivity of GPU serving.

- One row per deployment, sequence lengths and concurrency. The API answers with the latest of each, one JSON list a
  model; the artefact of a run (etl/sources/inferencex_runs.py) holds what that run measured.
- A point of both counts once, and the artefact leads: it is what the run itself wrote, at an address that does not
  change, and it counts its GPUs. Same point: same run, lengths, concurrency, throughput and interactivity.
- The API names the model as in the question ("DeepSeek-R1-0528"); its rows carry a short code.
- Agentic traces are another workload than the fixed lengths and are set aside; so are failed runs.
- The app's cost table is not used: a cost of ownership is no rent.
- The copies of the API's answers that we have met were rebuilt from artefacts in the form of the answer.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import polars as pl

from etl import faults
from etl.sources import cells
from etl.sources import inferencex_points as points
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
    merge,
    rows_of,
    together,
)
from etl.sources.inferencex_points import Point
from etl.sources.inferencex_runs import is_run, read_run

BASE_URL = "https://inferencex.semianalysis.com/api/v1/benchmarks"
MODELS = ("DeepSeek-R1-0528", "gpt-oss-120b", "Llama-3.3-70B-Instruct-FP8")
KEYS = ("hardware", "framework", "precision", "isl", "osl", "conc", "metrics", "date")
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
RUN = pl.col("source_url").str.extract(r"runs?[/_](\d+)")
SAME_POINT = (
    "run",
    "prompt_tokens",
    "output_tokens",
    "concurrency",
    "throughput_tokens_per_second_per_gpu",
    "interactivity_tokens_per_second_per_user",
)


def wants(held: Held) -> list[Want]:
    return [Want(f"{BASE_URL}?model={model}", is_optional=True) for model in MODELS]


def read(held: Held) -> Reading:
    """What the artefacts say, and of the API's answers what no artefact says."""
    runs = each(read_run)([payload for payload in held if is_run(payload.url)])
    answers = [payload for payload in held if not is_run(payload.url)]
    of_runs = runs.frames.get("gpu_serving", rows_of("gpu_serving", []))
    return merge([runs, each(lambda payload: _without(of_runs, _read_model(payload), payload))(answers)])


def _without(of_runs: pl.DataFrame, answer: Reading, payload: Payload) -> Reading:
    """An answer of the API without the points that artefacts hold."""
    frame = answer.frames["gpu_serving"].with_columns(run=RUN)
    known = of_runs.with_columns(run=RUN).select(SAME_POINT)
    new = frame.join(known, on=list(SAME_POINT), how="anti", maintain_order="left").drop("run")
    repeats = frame.height - new.height
    line = [SetAside(payload.url, faults.READ_ELSEWHERE, "points that the artefact of their run holds", repeats)]
    return Reading({"gpu_serving": new}, [*answer.set_aside, *(line if repeats else [])])


def _read_model(payload: Payload) -> Reading:
    answer = payload.json()
    if isinstance(answer, Mapping):
        answer = answer.get("data", answer.get("rows", answer))
    found = expect_objects(answer, payload.url)
    if found:
        expect_keys(found[0], KEYS, payload.url)
    judged = [(points.fault(_point(fields), cells.day_of_moment(fields.get("date"))), fields) for fields in found]
    rows = [points.row(_point(fields), _cited(fields, payload)) for fault, fields in judged if fault is None]
    frame = rows_of("gpu_serving", rows)
    kept = frame.unique(KEY, keep="last", maintain_order=True).sort(KEY)
    repeats = frame.height - kept.height
    return Reading(
        {"gpu_serving": kept},
        [
            *together(SetAside(payload.url, fault, points.as_text(fields)) for fault, fields in judged if fault),
            *([SetAside(payload.url, faults.REPEATED, "see the rows kept", repeats)] if repeats else []),
        ],
    )


def _point(fields: JsonObject) -> Point:
    return Point(fields, fields.get("metrics") or {}, *points.sides(fields))


def _cited(fields: JsonObject, payload: Payload) -> JsonObject:
    return {
        "accelerator_as_published": fields.get("hardware"),
        "model_as_published": _model(fields, payload),
        "measured_on": cells.day_of_moment(fields["date"]),
        "source_url": fields.get("run_url") or payload.url,
        "published_on": payload.as_of,
    }


def _model(fields: JsonObject, payload: Payload) -> str | None:
    asked = parse_qs(urlsplit(payload.url).query).get("model")
    return asked[0] if asked else fields.get("model")


SOURCE = Source(
    id="inferencex",
    title="InferenceX",
    publisher="SemiAnalysis",
    licence="Apache-2.0 (benchmark), GPL-3.0 (app); no terms stated for the figures",
    home_url="https://inferencex.semianalysis.com",
    tables=("gpu_serving",),
    wants=wants,
    read=read,
    has_history=True,
)
