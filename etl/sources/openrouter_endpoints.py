"""OpenRouter: speed, first-token time and price of every endpoint of a model, from customers' requests.

Two ways in, one reader of an endpoint:

- `openrouter_capture`: a copy of the public API that somebody keeps daily in a repository. Its main
  branch is read at every refresh; the copies of its history are read once. A capture that stands at
  several addresses (equal `generatedAt`) is read once, from the pinned one.
- `openrouter_live`: the API itself, for models that specialised silicon competes on. Some callers get
  no percentiles there; then only the prices are used. It states no time, so the day is the fetch's.

Decisions:

- One capture is one look at all endpoints: "openrouter-30m_<day>", with the time added for a second
  look on the same day. What it saw is customers' traffic of the last 30 minutes, not a fixed workload.
- The median is the speed; p75, p90 and p99 are stored under the names they were published with. In
  every capture known so far throughput rises with the percentile (p99 is the fastest), while the
  documentation shows it falling, so each note says which way its own row runs.
- `tag` is "<provider>/<variant>": the variant is the endpoint, unless it repeats the quantization.
- Prices are USD per token, as numbers in the capture and as text in the API; we keep USD per 1M. A
  negative price means that it varies: no price. Amounts in `cny` are conversions and are not read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from etl import faults
from etl.sources import endpoints
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
    WithSpeeds,
    expect_keys,
    expect_object,
    last_of_each_day,
    merge,
    rows_of,
    together,
)

CURRENT_COPY = (
    "https://raw.githubusercontent.com/jqknono/coding-plans-for-copilot/main/assets/openrouter-provider-metrics.json"
)
LIVE = "https://openrouter.ai/api/v1/models/{model}/endpoints"

MODELS = (
    "deepseek/deepseek-r1-0528",
    "deepseek/deepseek-v3.1-terminus",
    "deepseek/deepseek-v3.2",
    "google/gemma-4-31b-it",
    "meta-llama/llama-3.1-8b-instruct",
    "meta-llama/llama-3.1-70b-instruct",
    "meta-llama/llama-3.3-70b-instruct",
    "meta-llama/llama-4-maverick",
    "meta-llama/llama-4-scout",
    "minimax/minimax-m2.5",
    "minimax/minimax-m2.7",
    "minimax/minimax-m3",
    "moonshotai/kimi-k2-0905",
    "openai/gpt-oss-120b",
    "openai/gpt-oss-20b",
    "qwen/qwen3-235b-a22b-2507",
    "qwen/qwen3-32b",
    "z-ai/glm-4.7",
)

THROUGHPUT, LATENCY, UPTIME = "throughput_last_30m", "latency_last_30m", "uptime_last_30m"
HIGHER = ("p75", "p90", "p99")
NO_PROVIDER = faults.NOT_NAMED.of(missing="provider")


@dataclass(frozen=True)
class Look:
    """One look at the endpoints of one or many models: `offers` pairs a model's id with an endpoint."""

    capture: str
    day: date
    url: str
    offers: Sequence[tuple[str, JsonObject]]


def capture_wants(_held: Held) -> list[Want]:
    return [Want(CURRENT_COPY)]


def live_wants(_held: Held) -> list[Want]:
    return [Want(LIVE.format(model=model), is_optional=True) for model in MODELS]


def read_captures(held: Held) -> Reading:
    """Every capture once, oldest first, whatever addresses it stands at."""
    taken, refused = [], {}
    for payload in held:
        try:
            taken.append((_generated_at(payload), payload))
        except SourceChanged as change:
            refused[payload.url] = str(change)
    taken.sort(key=lambda pair: (pair[0], pair[1].url == CURRENT_COPY, pair[1].url))

    readings, moments, days = [], set(), set()
    for moment, payload in taken:
        try:
            offers = _captured_offers(payload)
        except SourceChanged as change:
            refused[payload.url] = str(change)
            continue
        if moment in moments:
            readings.append(_read_elsewhere(payload, moment, len(offers)))
            continue
        day = moment.date()
        time = moment.strftime("T%H:%M") if day in days else ""
        readings.append(_read_look(Look(f"openrouter-30m_{day}{time}", day, payload.url, offers)))
        moments.add(moment)
        days.add(day)
    return merge([*readings, Reading(refused=refused)])


def _read_live_look(payload: Payload) -> Reading:
    return _read_look(Look(f"openrouter-live_{payload.as_of}", payload.as_of, payload.url, _live_offers(payload)))


def _generated_at(payload: Payload) -> datetime:
    document = payload.json_object()
    expect_keys(document, ("generatedAt", "models"), payload.url)
    try:
        return datetime.fromisoformat(document["generatedAt"])
    except (TypeError, ValueError) as error:
        raise SourceChanged(f"{payload.url}: generatedAt is no time: {document['generatedAt']!r}.") from error


def _captured_offers(payload: Payload) -> list[tuple[str, JsonObject]]:
    models = payload.json_object()["models"]
    if not isinstance(models, list):
        raise SourceChanged(f"{payload.url}: models is no list but {type(models).__name__}.")
    return [offer for model in models for offer in _offers(model, f"{payload.url}, a model")]


def _live_offers(payload: Payload) -> list[tuple[str, JsonObject]]:
    document = payload.json_object()
    expect_keys(document, ("data",), payload.url)
    return _offers(document["data"], f"{payload.url}, data")


def _offers(published: object, where: str) -> list[tuple[str, JsonObject]]:
    model = expect_object(published, where)
    expect_keys(model, ("id", "endpoints"), where)
    return [(model["id"], endpoint) for endpoint in model["endpoints"] or ()]


def _read_elsewhere(payload: Payload, moment: datetime, rows: int) -> Reading:
    line = SetAside(payload.url, faults.READ_ELSEWHERE, f"generatedAt {moment.isoformat()}", rows)
    return Reading(set_aside=(line,))


def _read_look(look: Look) -> Reading:
    speeds: list[Row] = []
    prices: list[Row] = []
    aside: list[SetAside] = []
    unmeasured: list[str] = []
    for identity, endpoint in _identified(look, aside):
        if speed := _speed(endpoint):
            speeds.append(_row(look, identity) | speed | MEASURED | {"measured_on": look.day})
        else:
            unmeasured.append(f"{identity['model_as_published']} at {identity['provider_as_published']}")
        if price := _price(look, endpoint, aside):
            seen = {"valid_from": look.day, "last_seen_on": look.day}
            prices.append(_row(look, identity) | price | seen)
    if unmeasured:
        aside.append(SetAside(look.url, faults.NO_SPEED, unmeasured[0], len(unmeasured)))
    frames = {
        "provider_speed": rows_of("provider_speed", speeds),
        "token_price": rows_of("token_price", prices),
    }
    return Reading(frames={name: frame for name, frame in frames.items() if len(frame)}, set_aside=together(aside))


MEASURED = {"measured_by": "OpenRouter", "measurer_kind": "traffic", "is_aggregate": False}


def _row(look: Look, identity: Row) -> Row:
    return identity | {
        "capture": look.capture,
        "source_url": look.url,
        "published_on": look.day,
        "evidence": "published",
    }


def _identified(look: Look, aside: list[SetAside]) -> Iterable[tuple[Row, JsonObject]]:
    """Every endpoint with what tells it apart; one that repeats another's identity is numbered."""
    seen: dict[tuple[str | None, ...], list[JsonObject]] = {}
    for model, endpoint in look.offers:
        identity = endpoints.identity(model, endpoint)
        if identity is None:
            aside.append(SetAside(look.url, NO_PROVIDER, str(endpoint)))
            continue
        alike = seen.setdefault(tuple(identity.values()), [])
        if endpoint in alike:
            aside.append(SetAside(look.url, faults.REPEATED, str(endpoint)))
            continue
        alike.append(endpoint)
        if len(alike) > 1:
            identity["endpoint"] = f"{identity['endpoint'] or 'endpoint'} ({len(alike)})"
        yield identity, endpoint


def _speed(endpoint: JsonObject) -> Row | None:
    """Speeds, waits and a note; None where neither median is published."""
    figures = endpoints.figures(endpoint.get(THROUGHPUT), endpoint.get(LATENCY), HIGHER)
    if figures is None:
        return None
    runs = endpoints.direction(figures, HIGHER)
    note = f"customers' requests of 30 minutes, unlike from host to host; {runs}"
    return figures | endpoints.uptime(endpoint.get(UPTIME)) | {"note": note}


def _price(look: Look, endpoint: JsonObject, aside: list[SetAside]) -> Row | None:
    pricing = endpoint.get("pricing")
    if not isinstance(pricing, dict) or not pricing:
        return None
    if pricing.get("currency", "USD") != "USD":
        aside.append(SetAside(look.url, faults.OTHER_CURRENCY, str(pricing)))
        return None
    price = endpoints.price(pricing)
    if price is None:
        aside.append(SetAside(look.url, faults.NOT_PRICED, str(pricing)))
    return price


CAPTURE = Source(
    id="openrouter_capture",
    title="OpenRouter endpoints, daily copy",
    publisher="OpenRouter (API as captured by jqknono)",
    licence="MIT (the copy); OpenRouter terms of service",
    home_url="https://github.com/jqknono/coding-plans-for-copilot",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    wants=capture_wants,
    read=read_captures,
    keeps_history=True,
    has_history=True,
)

LIVE_API = Source(
    id="openrouter_live",
    title="OpenRouter endpoints, live",
    publisher="OpenRouter",
    licence="OpenRouter terms of service",
    home_url="https://openrouter.ai/docs/api-reference/list-endpoints-for-a-model",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    wants=live_wants,
    read=last_of_each_day(_read_live_look),
    keeps_history=True,
)

SOURCES = (CAPTURE, LIVE_API)
