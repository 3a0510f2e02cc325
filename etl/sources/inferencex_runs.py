"""The artefacts of InferenceX's runs: the file that one run of the benchmark writes, whole.

- One JSON list a run, with the metrics beside the conditions; a run that measured nothing wrote an empty list.
- A row names its runner (`b200-trt`, `mi355x-amd_0`); data/names says which chip that is. `infmax_model_prefix` names
  the model; `model` says which weights were loaded and may be a path of the machine, so it stands in the note.
- Without disaggregation `tp`, `ep` and `dp_attention` stand bare; flags are texts.
- No row has a day: a run's day is that of its copy, which the history of the source gives.
- The publisher keeps artefacts for 90 days; the addresses are those of a copy.
"""

import re

from etl.sources import inferencex_points as points
from etl.sources.contract import JsonObject, Payload, Reading, SetAside, expect_keys, expect_objects, rows_of, together
from etl.sources.inferencex_points import Point

ADDRESS = re.compile(r"/run_\d+/agg_bmk\.json$")
KEYS = ("hw", "infmax_model_prefix", "framework", "precision", "isl", "osl", "conc", "tput_per_gpu")


def is_run(url: str) -> bool:
    return ADDRESS.search(url) is not None


def read_run(payload: Payload) -> Reading:
    """The points of one run. Raises SourceChanged where a field that every run has is missing."""
    found = expect_objects(payload.json(), payload.url)
    if found:
        expect_keys(found[0], KEYS, payload.url)
    judged = [(points.fault(_point(fields), payload.as_of), fields) for fields in found]
    rows = [points.row(_point(fields), _cited(fields, payload)) for fault, fields in judged if fault is None]
    aside = [SetAside(payload.url, fault, points.as_text(fields)) for fault, fields in judged if fault]
    return Reading({"gpu_serving": rows_of("gpu_serving", rows)}, together(aside))


def _point(fields: JsonObject) -> Point:
    prefill, decode = points.sides(fields)
    return Point(fields, fields, prefill or fields, decode or fields)


def _cited(fields: JsonObject, payload: Payload) -> JsonObject:
    weights = fields.get("model")
    return {
        "accelerator_as_published": fields.get("hw"),
        "model_as_published": fields.get("infmax_model_prefix"),
        "measured_on": payload.as_of,
        "source_url": payload.url,
        "published_on": payload.as_of,
        "note": f"Weights loaded: {weights}." if weights else None,
    }
