"""Gateways: speed and first-token time of one model at its hosts, from customers' requests.

Two ways in:

- `vercel_gateway`: Vercel's public API, updated hourly. It states no time: the day is the fetch's. A
  later look of the same day replaces the earlier one.
- `gateway_mirror`: single files of a public copy of OpenRouter's and Vercel's figures, pinned to
  commits. They hold neither a time nor a price, so `measured_on` is null and the capture is named
  after its commit.

Decisions:

- OpenRouter looks back 30 minutes and gives p50, p75, p90, p99; Vercel looks back an hour and gives
  p50 and p95. The median is the speed, the others are stored under the names they came with.
- Vercel writes null throughput where a host had too little traffic: the first-token time is kept.
- Prices, where there are any, are USD per token as text; we keep USD per 1M. A negative one varies.
"""

from collections.abc import Mapping
from datetime import date
from re import fullmatch

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
    each,
    expect_keys,
    expect_object,
    last_of_each_day,
    rows_of,
    together,
)

LIVE = "https://ai-gateway.vercel.sh/v1/models/{model}/endpoints"

MODELS = (
    "alibaba/qwen-3-32b",
    "deepseek/deepseek-r1",
    "deepseek/deepseek-v3.2",
    "meta/llama-3.1-8b",
    "meta/llama-3.1-70b",
    "meta/llama-3.3-70b",
    "meta/llama-4-maverick",
    "meta/llama-4-scout",
    "minimax/minimax-m2.7",
    "minimax/minimax-m3",
    "moonshotai/kimi-k2",
    "openai/gpt-oss-120b",
    "openai/gpt-oss-20b",
    "zai/glm-4.7",
)

COPY = "…/<commit>/stats/<gateway>/<host>/models/<model>.json"

# What each gateway is called, how far its figures look back, and the name of that in its keys.
GATEWAYS = {
    "openrouter": ("OpenRouter", "30m", "30 minutes"),
    "vercel": ("Vercel AI Gateway", "1h", "one hour"),
}
HIGHER = ("p75", "p90", "p95", "p99")


def live_wants(_held: Held) -> list[Want]:
    return [Want(LIVE.format(model=model), is_optional=True) for model in MODELS]


def _read_look(payload: Payload) -> Reading:
    """One look at one model's hosts."""
    model = _model(payload)
    speeds: list[Row] = []
    prices: list[Row] = []
    aside: list[SetAside] = []
    unmeasured: list[str | None] = []
    seen = set()
    for endpoint in model["endpoints"] or ():
        identity = endpoints.identity(model["id"], endpoint)
        if identity is None or tuple(identity.values()) in seen:
            fault = faults.NOT_NAMED.of(missing="provider") if identity is None else faults.REPEATED
            aside.append(SetAside(payload.url, fault, str(endpoint)))
            continue
        seen.add(tuple(identity.values()))
        row = identity | _origin(payload, f"vercel-1h_{payload.as_of}", payload.as_of)
        if speed := _speed(endpoint, "vercel"):
            speeds.append(row | speed | {"measured_on": payload.as_of})
        else:
            unmeasured.append(identity["provider_as_published"])
        if price := endpoints.price(endpoint.get("pricing") or {}):
            prices.append(row | price | {"valid_from": payload.as_of, "last_seen_on": payload.as_of})
    if unmeasured:
        aside.append(SetAside(payload.url, faults.NO_SPEED, f"{model['id']} at {unmeasured[0]}", len(unmeasured)))
    filled = {"provider_speed": speeds, "token_price": prices}
    return Reading({name: rows_of(name, rows) for name, rows in filled.items() if rows}, together(aside))


def _read_mirrored(payload: Payload) -> Reading:
    """One file: one model at one host, told apart by the address alone."""
    found = fullmatch(r".*/([0-9a-f]{40})/stats/([^/]+)/([^/]+)/models/(.+)\.json", payload.url)
    if found is None or found[2] not in GATEWAYS:
        raise SourceChanged(f"{payload.url}: not an address of the form {COPY}.")
    commit, gateway, host, model = found.groups()
    stats = payload.json_object()
    name, window, _ = GATEWAYS[gateway]
    expect_keys(stats, (f"latency_last_{window}", f"throughput_last_{window}"), payload.url)
    speed = _speed(stats, gateway)
    if speed is None:
        return Reading(set_aside=(SetAside(payload.url, faults.NO_SPEED, f"{model} at {host}"),))
    identity = {"provider_as_published": host, "model_as_published": model}
    origin = _origin(payload, f"{gateway}-{window}_commit-{commit[:7]}", None)
    undated = f"{speed['note']}; the copy of {name}'s figures states no date"
    row = identity | origin | speed | {"note": undated, "measured_on": None}
    return Reading({"provider_speed": rows_of("provider_speed", [row])})


def _model(payload: Payload) -> JsonObject:
    document = payload.json_object()
    expect_keys(document, ("data",), payload.url)
    model = expect_object(document["data"], f"{payload.url}, data")
    expect_keys(model, ("id", "endpoints"), f"{payload.url}, data")
    return model


def _origin(payload: Payload, capture: str, published_on: date | None) -> Row:
    return {
        "capture": capture,
        "source_url": payload.url,
        "published_on": published_on,
        "evidence": "published",
    }


def _speed(stats: JsonObject, gateway: str) -> Row | None:
    """Speeds, waits and who measured; None where neither median is published."""
    name, window, spelled = GATEWAYS[gateway]
    figures = endpoints.figures(stats.get(f"throughput_last_{window}"), stats.get(f"latency_last_{window}"), HIGHER)
    if figures is None:
        return None
    note = f"customers' requests of {spelled}, unlike from host to host; {_direction(figures)}"
    return {
        **figures,
        **endpoints.uptime(stats.get(f"uptime_last_{window}")),
        "measured_by": name,
        "measurer_kind": "traffic",
        "is_aggregate": False,
        "note": note,
    }


def _direction(figures: Mapping[str, float | None]) -> str:
    if figures["output_tokens_per_second"] is None:
        return "no output speed published, which means too little traffic"
    return endpoints.direction(figures, HIGHER)


VERCEL = Source(
    id="vercel_gateway",
    title="Vercel AI Gateway, live",
    publisher="Vercel",
    licence="Vercel terms of service",
    home_url="https://vercel.com/docs/ai-gateway",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    wants=live_wants,
    read=last_of_each_day(_read_look),
    keeps_history=True,
)

MIRROR = Source(
    id="gateway_mirror",
    title="Gateway figures, public copy",
    publisher="OpenRouter and Vercel (API as captured by PCODE-pl)",
    licence="none stated by the copy; OpenRouter and Vercel terms of service",
    home_url="https://github.com/PCODE-pl/MCPTap-Pareto",
    tables=("provider_speed",),
    read=each(_read_mirrored),
    has_history=True,
    is_undated=True,
)

SOURCES = (VERCEL, MIRROR)
