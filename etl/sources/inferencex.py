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

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import polars as pl

from etl import faults
from etl.schema import TABLES, Table
from etl.sources import cells
from etl.sources import inferencex_points as points
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    Want,
    each,
    expect_keys,
    expect_objects,
    merge,
)
from etl.sources.inferencex_points import Point
from etl.sources.inferencex_runs import is_run, of_run

BASE_URL = "https://inferencex.semianalysis.com/api/v1/benchmarks"
MODELS = ("DeepSeek-R1-0528", "gpt-oss-120b", "Llama-3.3-70B-Instruct-FP8")
KEYS = ("hardware", "framework", "precision", "isl", "osl", "conc", "metrics", "date")
RUN = re.compile(r"runs?[/_](\d+)")
# What one run measures once.
Measured = tuple[object, ...]


def wants(held: Held) -> list[Want]:
    return [Want(f"{BASE_URL}?model={model}", is_optional=True) for model in MODELS]


def read(held: Held) -> Reading:
    """What the artefacts say, and of the API's answers what no artefact says."""
    runs = [payload for payload in held if is_run(payload.url)]
    answers = [payload for payload in held if not is_run(payload.url)]
    known: set[Measured] = set()

    def read_run(payload: Payload) -> Reading:
        found = of_run(payload)
        known.update(_measured(point, payload.url) for point, _ in found)
        return points.reading(found, payload.url)

    def read_answer(payload: Payload) -> Reading:
        return _without(known, _of_answer(payload), payload.url)

    return merge([each(read_run)(runs), each(read_answer)(answers)])


def _without(known: set[Measured], found: Sequence[tuple[Point, Row]], url: str) -> Reading:
    """An answer of the API without the points that artefacts hold; of rows that it repeats the last."""
    new = [(point, cited) for point, cited in found if _measured(point, cited["source_url"]) not in known]
    read = points.reading(new, url)
    frames = {name: _last(frame, TABLES[name]) for name, frame in read.frames.items()}
    repeats = read.frames["gpu_serving"].height - frames["gpu_serving"].height
    aside = [SetAside(url, faults.READ_ELSEWHERE, "points that the artefact of their run holds", len(found) - len(new))]
    aside += [SetAside(url, faults.REPEATED, "see the rows kept", repeats)]
    return Reading(frames, [*read.set_aside, *(line for line in aside if line.rows)])


def _last(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    key = [name for name in table.key if name in frame.columns]
    return frame.unique(key, keep="last", maintain_order=True)


def _measured(point: Point, url: str) -> Measured:
    """What tells a point of a run: lengths, requests at once, throughput and interactivity."""
    run = RUN.search(url)
    conditions = (point.fields.get(name) for name in ("isl", "osl", "conc"))
    speeds = (point.metrics.get(name) for name in ("tput_per_gpu", "median_intvty"))
    return (run[1] if run else url, *conditions, *speeds)


def _of_answer(payload: Payload) -> list[tuple[Point, Row]]:
    answer = payload.json()
    if isinstance(answer, Mapping):
        answer = answer.get("data", answer.get("rows", answer))
    found = expect_objects(answer, payload.url)
    if found:
        expect_keys(found[0], KEYS, payload.url)
    return [(_point(fields), _cited(fields, payload)) for fields in found]


def _point(fields: JsonObject) -> Point:
    return Point(fields, fields.get("metrics") or {}, *points.sides(fields))


def _cited(fields: JsonObject, payload: Payload) -> Row:
    return {
        "accelerator_as_published": fields.get("hardware"),
        "model_as_published": _model(fields, payload),
        "measured_on": cells.day_of_moment(fields.get("date")),
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
    tables=("gpu_serving", "energy"),
    wants=wants,
    read=read,
    has_history=True,
)
