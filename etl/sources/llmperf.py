"""LLMPerf leaderboard (December 2023 and January 2024): Llama 2 at eight hosts, request by request.

Two files a host and model: a summary, and the 150 requests it sums up. Decisions:

- Medians and percentiles are computed from the requests; those with an `error_code` are left out and
  counted in the note. The summary dates the run, names host and model, and is the cross-check: where
  its mean is more than 1 % from the requests' mean the two do not belong together and give no row.
- Output speed is the publisher's: output tokens over the time of the whole request, the wait for the
  first token included. So it is lower than the speed after the first token, and the note says so.
- `request_output_throughput_token_per_s` is trusted only where it says that. In most files it is up
  to forty times too low (Anyscale 70B: 25.8, where the tokens and times of the same requests and the
  publisher's own table say 66): there the speed is computed from tokens and time.
- `results_mean_output_throughput_token_per_s` adds up five requests under way at once: never read.
- Without the requests the summary's percentiles stand in, under the same test.
- Hosts were measured days apart and Groq two weeks later, so a capture is a month of runs.
- The runs were made by Anyscale, which sells one of the measured services; the note says so.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from statistics import fmean, median

import polars as pl

from etl import faults
from etl.sources import cells
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
    expect_keys,
    expect_objects,
    merge,
    rows_of,
)

FOLDER = "https://raw.githubusercontent.com/ray-project/llmperf-leaderboard/main/raw_data"

# Each run with the day on which its files were committed, for summaries that state no time.
RUNS: Mapping[str, date] = {
    **dict.fromkeys(
        (
            "anyscale_13b",
            "anyscale_70b",
            "anyscale_7b",
            "bedrock_13b",
            "bedrock_70b",
            "fireworks_13b",
            "fireworks_70b",
            "fireworks_7b",
            "lepton_13b",
            "lepton_70b",
            "lepton_7b",
            "perplexity_70b",
            "replicate_13b",
            "replicate_70b",
            "replicate_7b",
            "together_13b",
            "together_70b",
            "together_7b",
        ),
        date(2023, 12, 28),
    ),
    "groq_70b": date(2024, 1, 9),
}

SPEED, WAIT, WHOLE = "request_output_throughput_token_per_s", "ttft_s", "end_to_end_latency_s"
TOKENS_IN, TOKENS_OUT = "number_input_tokens", "number_output_tokens"
PERCENTILES = (5, 25, 75, 90, 95, 99)
TRUSTED_WITHIN = 0.02
SUMMARY_WITHIN = 0.01


def wants(_held: Held) -> list[Want]:
    return [Want(_address(kind, run)) for run in RUNS for kind in ("summary", "individual")]


def _address(kind: str, run: str) -> str:
    return f"{FOLDER}/{kind}/{run}.json"


def read(held: Held) -> Reading:
    """One row a run; a run whose summary is missing is named as incomplete."""
    newest = {payload.url: payload for payload in held}
    readings, refused = [], {}
    for run in RUNS:
        summary, requests = (newest.get(_address(kind, run)) for kind in ("summary", "individual"))
        try:
            if summary is not None:
                readings.append(_read_run(run, summary, requests))
            elif requests is not None:
                readings.append(Reading(incomplete=(f"{run}: the summary is missing",)))
        except SourceChanged as change:
            refused[_refused_address(run, str(change))] = str(change)
    return merge([*readings, Reading(refused=refused)])


def _refused_address(run: str, sentence: str) -> str:
    individual = _address("individual", run)
    return individual if individual in sentence else _address("summary", run)


def _read_run(run: str, payload: Payload, requests_payload: Payload | None) -> Reading:
    summary = _summary(payload)
    if requests_payload is None:
        measured, aside = _from_summary(summary, payload.url)
    else:
        measured, aside = _from_requests(_requests(requests_payload), summary, requests_payload.url)
    if measured is None:
        return Reading(set_aside=aside)
    measured_on = _measured_on(summary, run)
    row = {
        "capture": f"llmperf_{measured_on:%Y-%m}",
        "provider_as_published": str(summary["framework"]),
        "model_as_published": str(summary["model"]),
        "concurrency": cells.rounded(summary["num_concurrent_requests"]),
        "measured_by": "LLMPerf (Anyscale)",
        "measurer_kind": "independent",
        "is_aggregate": False,
        "measured_on": measured_on,
        "source_url": (requests_payload or payload).url,
        "published_on": RUNS[run],
        "evidence": "published",
        **measured,
    }
    return Reading({"provider_speed": rows_of("provider_speed", [row])}, aside)


def _summary(payload: Payload) -> JsonObject:
    summary = payload.json_object()
    wanted = ("framework", "model", "num_concurrent_requests", f"results_{SPEED}_mean")
    expect_keys(summary, wanted, payload.url)
    return summary


def _requests(payload: Payload) -> list[JsonObject]:
    requests = expect_objects(payload.json(), payload.url)
    if requests:
        expect_keys(requests[0], ("error_code", SPEED, WAIT, WHOLE, TOKENS_IN, TOKENS_OUT), payload.url)
    return requests


def _from_requests(
    requests: Sequence[JsonObject], summary: JsonObject, url: str
) -> tuple[Row | None, Sequence[SetAside]]:
    answered = [request for request in requests if request.get("error_code") is None]
    speeds, waits = _numbers(answered, SPEED), _numbers(answered, WAIT)
    mean = cells.number(summary[f"results_{SPEED}_mean"])
    if not speeds or not waits:
        return None, (SetAside(url, faults.NOT_ANSWERED, str(requests[:1]), len(requests)),)
    if mean is None or abs(fmean(speeds) - mean) > SUMMARY_WITHIN * mean:
        return None, (SetAside(url, faults.SUMMARY_DIFFERS, f"summary {mean}, requests {fmean(speeds):.2f}"),)
    timed = [
        tokens / seconds
        for tokens, seconds in ((cells.number(r.get(TOKENS_OUT)), cells.number(r.get(WHOLE))) for r in answered)
        if tokens and seconds and seconds > 0
    ]
    notes = [INCLUDES_WAIT]
    if timed and abs(median(speeds) - median(timed)) > TRUSTED_WITHIN * median(timed):
        notes.append(f"computed from tokens and time, the published field says {median(speeds):.1f}")
        speeds = timed
    if failed := len(requests) - len(answered):
        notes.append(f"{failed} of {len(requests)} requests failed and are left out")
    measured = {
        **_quantities("output_tokens_per_second", speeds),
        **_quantities("ttft_seconds", waits),
        "prompt_tokens": _typical(answered, TOKENS_IN),
        "output_tokens": _typical(answered, TOKENS_OUT),
        "requests": len(answered),
        "note": "; ".join([*notes, BY_A_SELLER]),
    }
    return measured, ()


INCLUDES_WAIT = "median over the whole request, the wait for the first token included"
BY_A_SELLER = "run by Anyscale, which sells one of the measured services"


def _from_summary(summary: JsonObject, url: str) -> tuple[Row | None, Sequence[SetAside]]:
    """Percentiles as the summary states them; no speed where its own tokens and times contradict it."""
    speed, tokens, whole = (_stated(summary, name, "quantiles_p50") for name in (SPEED, TOKENS_OUT, WHOLE))
    aside, notes = [], [INCLUDES_WAIT]
    columns = {"output_tokens_per_second": SPEED, "ttft_seconds": WAIT}
    if speed and tokens and whole and abs(speed - tokens / whole) > 0.05 * tokens / whole:
        aside.append(SetAside(url, faults.SPEED_CONTRADICTED, f"{speed:.1f} against {tokens / whole:.1f} tokens/s"))
        columns.pop("output_tokens_per_second")
        notes = []
    measured: Row = {}
    for column, name in columns.items():
        measured[column] = _stated(summary, name, "quantiles_p50")
        for p in PERCENTILES[1:]:
            measured[f"{column}_p{p:02d}"] = _stated(summary, name, f"quantiles_p{p}")
    if not any(value is not None for value in measured.values()):
        raise SourceChanged(f"{url}: missing results_{SPEED}_quantiles_p50, results_{WAIT}_quantiles_p50.")
    measured |= {
        "prompt_tokens": cells.rounded(summary.get("mean_input_tokens")),
        "output_tokens": cells.rounded(summary.get("mean_output_tokens")),
        "requests": cells.rounded(summary.get("results_num_completed_requests")),
        "note": "; ".join([*notes, "from the summary, the single requests are missing", BY_A_SELLER]),
    }
    return measured, aside


def _stated(summary: JsonObject, name: str, what: str) -> float | None:
    return cells.above_zero(summary.get(f"results_{name}_{what}"))


def _measured_on(summary: JsonObject, run: str) -> date:
    stated = cells.number(summary.get("timestamp"))
    return datetime.fromtimestamp(stated, UTC).date() if stated else RUNS[run]


def _quantities(column: str, values: Sequence[float]) -> dict[str, float | None]:
    """The median and the percentiles, between two values interpolated as the publisher does."""
    series = pl.Series(values, dtype=pl.Float64)
    return {column: cells.number(series.median())} | {
        f"{column}_p{p:02d}": series.quantile(p / 100, interpolation="linear") for p in PERCENTILES
    }


def _numbers(requests: Sequence[JsonObject], name: str) -> list[float]:
    numbers = (cells.above_zero(request.get(name)) for request in requests)
    return [number for number in numbers if number is not None]


def _typical(requests: Sequence[JsonObject], name: str) -> int | None:
    numbers = _numbers(requests, name)
    return round(median(numbers)) if numbers else None


SOURCE = Source(
    id="llmperf",
    title="LLMPerf leaderboard, raw requests",
    publisher="Anyscale / Ray",
    licence="Apache-2.0",
    home_url="https://github.com/ray-project/llmperf-leaderboard",
    tables=("provider_speed",),
    wants=wants,
    read=read,
)
