"""TheFastest.ai: first-token time and speed of many hosts from three cities, replies of 20 tokens.

- One file a region and day (cdg Paris, iad Virginia, sea Seattle) and one `latest.json` with the three
  together. A run that stands in both is read once, from its own file. The site measured daily in
  2024 and may have stopped, so every address is optional.
- One capture is one region's run: "thefastest-cdg_2024-05-03".
- `model` is "provider[.region]/model": the region is the endpoint. A domain's ending (groq.com,
  fireworks.ai) is not a region.
- `tps` is clamped at 999, which happens when a buffered reply comes in one piece. That is no speed:
  the row keeps its first-token time, the speed is null and the loss is recorded.
- Replies are capped at 20 tokens, so speeds are short bursts; `num_tokens` is each reply's length.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from etl import faults, offers
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
    expect_object,
    merge,
    rows_of,
)

BUCKET = "https://storage.googleapis.com/thefastest-data"
LATEST = f"{BUCKET}/latest/text/latest.json"
REGIONS = ("cdg", "iad", "sea")
DAYS = (date(2024, 5, 3),)

CLAMPED = 999


def wants(_held: Held) -> list[Want]:
    days = [
        Want(f"{BUCKET}/{region}/text/{day}.json", is_final=True, is_optional=True, as_of=day)
        for day in DAYS
        for region in REGIONS
    ]
    return [*days, Want(LATEST, is_optional=True)]


def read(held: Held) -> Reading:
    """Every run once, oldest first, whichever address it stands at."""
    runs, refused = [], {}
    for payload in held:
        try:
            runs += [(_time(run, payload.url), run["region"], payload.url, run) for run in _runs(payload)]
        except SourceChanged as change:
            refused[payload.url] = str(change)
    runs.sort(key=lambda found: (found[0], found[1], found[2] == LATEST, found[2]))

    readings, seen, captures = [], set(), set()
    for time, region, url, run in runs:
        if (time, region) in seen:
            line = SetAside(url, faults.READ_ELSEWHERE, f"{region} {time}", len(run["results"]))
            readings.append(Reading(set_aside=(line,)))
            continue
        capture = f"thefastest-{region}_{time.date()}"
        if capture in captures:
            capture += time.strftime("T%H:%M")
        readings.append(_read_run(run, capture, time.date(), url))
        seen.add((time, region))
        captures.add(capture)
    return merge([*readings, Reading(refused=refused)])


def _runs(payload: Payload) -> list[JsonObject]:
    document = payload.json()
    found = document if isinstance(document, list) else [document]
    runs = [expect_object(run, f"{payload.url}, a run") for run in found]
    for run in runs:
        expect_keys(run, ("time", "region", "results"), payload.url)
        if not isinstance(run["results"], list):
            raise SourceChanged(f"{payload.url}: results is no list but {type(run['results']).__name__}.")
    return runs


def _time(run: JsonObject, url: str) -> datetime:
    try:
        return datetime.fromisoformat(run["time"]).replace(tzinfo=None)
    except (TypeError, ValueError) as error:
        raise SourceChanged(f"{url}: time is no time: {run['time']!r}.") from error


def _read_run(run: JsonObject, capture: str, day: date, url: str) -> Reading:
    rows: list[Row] = []
    aside: list[SetAside] = []
    empty: list[str] = []
    origin = {
        "capture": capture,
        "measured_by": "TheFastest.ai",
        "measurer_kind": "independent",
        "is_aggregate": False,
        "measured_on": day,
        "source_url": url,
        "published_on": day,
        "evidence": "published",
    }
    for identity, result in _identified(run["results"], url, aside):
        row = identity | origin | _measured(result)
        if cells.number(result.get("tps")) == CLAMPED:
            aside.append(SetAside(url, faults.CLAMPED, f"{capture}: {result['model']}"))
        if row["ttft_seconds"] is None and row["output_tokens_per_second"] is None:
            empty.append(str(result["model"]))
        else:
            rows.append(row)
    if empty:
        aside.append(SetAside(url, faults.NO_SPEED, empty[0], len(empty)))
    return Reading({"provider_speed": rows_of("provider_speed", rows)} if rows else {}, aside)


def _measured(result: JsonObject) -> Row:
    speed = cells.above_zero(result.get("tps"))
    is_clamped = speed == CLAMPED
    return {
        "output_tokens_per_second": None if is_clamped else speed,
        "ttft_seconds": cells.above_zero(result.get("ttft")),
        "output_tokens": cells.rounded(result.get("num_tokens")),
        "note": "single reply of 20 tokens at most"
        + ("; it came in one piece, so no speed" if is_clamped else ", so a short burst"),
    }


def _identified(results: list[Any], url: str, aside: list[SetAside]) -> Iterable[tuple[Row, JsonObject]]:
    """Every result with what tells it apart; one measured twice in a run is numbered."""
    times_seen: dict[tuple[str | None, ...], int] = {}
    for result in results:
        spelled = result.get("model") if isinstance(result, dict) else None
        host, _, model = str(spelled or "").partition("/")
        if not host or not model:
            aside.append(SetAside(url, faults.NOT_NAMED.of(missing="provider/model"), str(result)))
            continue
        provider, region = offers.of_host(host)
        identity = {"provider_as_published": provider, "model_as_published": model, "endpoint": region}
        times = times_seen[tuple(identity.values())] = times_seen.get(tuple(identity.values()), 0) + 1
        if times > 1:
            identity["endpoint"] = f"{region or 'again'} ({times})"
        yield identity, result


SOURCE = Source(
    id="thefastest",
    title="TheFastest.ai",
    publisher="Fixie.ai",
    licence="MIT",
    home_url="https://thefastest.ai",
    tables=("provider_speed",),
    wants=wants,
    read=read,
    keeps_history=True,
)
