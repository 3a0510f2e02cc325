"""ML.ENERGY Leaderboard (University of Michigan): energy of a token on H100 and B200, one JSON object a task.

- One row per model, GPUs, parallelism and limit of requests at once. Joules vary six to seventeen times with the batch,
  so a row always carries it.
- Energy and power are of all GPUs of the deployment and of nothing else of the machine; tokens are output tokens.
  Power / throughput = joules per token, which the reader holds the publisher to.
- `max_num_seqs` is the limit that was set, `avg_batch_size` what came of it. Times are in milliseconds.
- The addresses are pinned copies, the day that of the publisher's index.
"""

from etl import faults
from etl.faults import Fault
from etl.sources import cells
from etl.sources.contract import (
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    each,
    expect_keys,
    expect_objects,
    rows_of,
    together,
)

KEYS = ("model_id", "gpu_model", "num_gpus", "max_num_seqs", "avg_batch_size", "energy_per_token_joules")
NEAR = 0.01  # power / throughput and joules per token are the same number, but for rounding
NOTE = "Accelerators only, output tokens only."


def _read_task(payload: Payload) -> Reading:
    task = payload.json_object()
    expect_keys(task, ("task", "configurations"), payload.url)
    found = expect_objects(task["configurations"], payload.url)
    if found:
        expect_keys(found[0], KEYS, payload.url)
    name = cells.word(task.get("task_display_name")) or cells.word(task["task"])
    judged = [(_fault(fields), fields) for fields in found]
    rows = [_row(fields, name, payload) for fault, fields in judged if fault is None]
    aside = [SetAside(payload.url, fault, cells.as_text(fields, KEYS)) for fault, fields in judged if fault]
    return Reading({"energy": rows_of("energy", rows)}, together(aside))


def _fault(fields: JsonObject) -> Fault | None:
    joules = cells.above_zero(fields.get("energy_per_token_joules"))
    if joules is None or cells.count(fields.get("max_num_seqs")) is None:
        return faults.NO_ENERGY
    power, throughput = (
        cells.above_zero(fields.get(name)) for name in ("avg_power_watts", "output_throughput_tokens_per_sec")
    )
    if power and throughput and abs(power / throughput / joules - 1) > NEAR:
        return faults.ENERGY_CONTRADICTED
    return None


def _row(fields: JsonObject, task: str | None, payload: Payload) -> Row:
    wait = cells.above_zero(fields.get("median_itl_ms"))
    sides = (("tensor", "tp"), ("expert", "ep"), ("data", "dp"))
    return {
        "accelerator_as_published": fields["gpu_model"],
        "model_as_published": fields["model_id"],
        "precision": fields.get("weight_precision"),
        "workload": task,
        "accelerator_count": cells.count(fields["num_gpus"]),
        "configuration": " ".join(f"{short}{fields.get(f'{name}_parallel')}" for name, short in sides),
        "most_requests_at_once": cells.count(fields["max_num_seqs"]),
        "mean_requests_at_once": cells.above_zero(fields["avg_batch_size"]),
        "mean_output_tokens": cells.above_zero(fields.get("avg_output_len")),
        "joules_per_output_token": cells.above_zero(fields["energy_per_token_joules"]),
        "joules_per_request": cells.above_zero(fields.get("energy_per_request_joules")),
        "power_w": cells.above_zero(fields.get("avg_power_watts")),
        "throughput_tokens_per_second": cells.above_zero(fields.get("output_throughput_tokens_per_sec")),
        "interactivity_tokens_per_second_per_user": 1000 / wait if wait else None,
        "measured_on": None,
        "source_url": payload.url,
        "published_on": payload.as_of,
        "evidence": "published",
        "note": NOTE,
    }


SOURCE = Source(
    id="ml_energy",
    title="ML.ENERGY Leaderboard",
    publisher="ML.ENERGY",
    licence="no licence stated; figures cited",
    home_url="https://ml.energy/leaderboard",
    tables=("energy",),
    read=each(_read_task),
    has_history=True,
)
