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
from etl.sources.contract import JsonObject, Payload, Row, expect_keys, expect_objects
from etl.sources.inferencex_points import Point

ADDRESS = re.compile(r"/run_\d+/agg_bmk\.json$")
KEYS = ("hw", "infmax_model_prefix", "framework", "precision", "isl", "osl", "conc", "tput_per_gpu")


def is_run(url: str) -> bool:
    return ADDRESS.search(url) is not None


def of_run(payload: Payload) -> list[tuple[Point, Row]]:
    """The points of one run with what is cited of them. Raises SourceChanged where a field that every run has is
    missing."""
    found = expect_objects(payload.json(), payload.url)
    if found:
        expect_keys(found[0], KEYS, payload.url)
    return [(_point(fields), _cited(fields, payload)) for fields in found]


def _point(fields: JsonObject) -> Point:
    prefill, decode = points.sides(fields)
    return Point(fields, fields, prefill or fields, decode or fields)


def _cited(fields: JsonObject, payload: Payload) -> Row:
    weights = fields.get("model")
    return {
        "accelerator_as_published": fields.get("hw"),
        "model_as_published": fields.get("infmax_model_prefix"),
        "measured_on": payload.as_of,
        "source_url": payload.url,
        "published_on": payload.as_of,
        "note": f"Weights loaded: {weights}." if weights else None,
    }
