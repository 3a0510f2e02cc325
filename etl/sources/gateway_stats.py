"""Gateways: speed and first-token time of one model at its hosts, from customers' requests.

Two ways in:

- `vercel_gateway`: Vercel's public API, updated hourly. It states no time: the day is the fetch's. A
  later look of the same day replaces the earlier one.
- `gateway_mirror`: single files of a public copy of OpenRouter's and Vercel's figures, pinned to one
  commit. They hold neither a time nor a price, so `measured_on` is null and the capture is named
  after the commit.

Decisions:

- OpenRouter looks back 30 minutes and gives p50, p75, p90, p99; Vercel looks back an hour and gives
  p50 and p95. The median is the speed, the others are stored under the names they came with.
- Vercel writes null throughput where a host had too little traffic: the first-token time is kept.
- Prices, where there are any, are USD per token as text; we keep USD per 1M. A negative one varies.
"""

from datetime import date
from re import fullmatch

from etl.sources.contract import (
    Held,
    Payload,
    Reading,
    SetAside,
    Source,
    SourceChanged,
    Want,
    each,
    expect_keys,
    finite,
    merge,
    rows_of,
    usd_per_mtok,
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

COMMIT = "00bafc0650eedc667a7368a6714605ae881baaef"
COPY = "https://raw.githubusercontent.com/PCODE-pl/MCPTap-Pareto/{commit}/stats/{gateway}/{host}/models/{model}.json"

MIRRORED: tuple[tuple[str, str, str], ...] = (
    ("openrouter", "amazon-bedrock", "openai/gpt-oss-120b"),
    ("openrouter", "baseten", "openai/gpt-oss-120b"),
    ("openrouter", "cerebras", "openai/gpt-oss-120b"),
    ("openrouter", "deepinfra", "openai/gpt-oss-120b"),
    ("openrouter", "groq", "openai/gpt-oss-120b"),
    ("openrouter", "nebius", "openai/gpt-oss-120b"),
    ("openrouter", "novita-ai", "openai/gpt-oss-120b"),
    ("openrouter", "togetherai", "openai/gpt-oss-120b"),
    ("vercel", "baseten", "openai/gpt-oss-120b"),
    ("vercel", "bedrock", "openai/gpt-oss-120b"),
    ("vercel", "cerebras", "openai/gpt-oss-120b"),
    ("vercel", "groq", "openai/gpt-oss-120b"),
)

# What each gateway is called, how far its figures look back, and the name of that in its keys.
GATEWAYS = {
    "openrouter": ("OpenRouter", "30m", "30 minutes"),
    "vercel": ("Vercel AI Gateway", "1h", "one hour"),
}
PERCENTILES = ("p75", "p90", "p95", "p99")


def live_wants(_held: Held) -> list[Want]:
    return [Want(LIVE.format(model=model), is_optional=True) for model in MODELS]


def mirror_wants(_held: Held) -> list[Want]:
    return [Want(address, is_final=True) for address in MIRROR_ADDRESSES]


MIRROR_ADDRESSES = tuple(
    COPY.format(commit=COMMIT, gateway=gateway, host=host, model=model) for gateway, host, model in MIRRORED
)


def read_live(held: Held) -> Reading:
    last = {(payload.url, payload.as_of): payload for payload in held}
    replaced = [
        SetAside(payload.url, "a later look of the same day is used", payload.sha256)
        for payload in held
        if payload is not last[payload.url, payload.as_of]
    ]
    return merge([each(_read_look)(tuple(last.values())), Reading(set_aside=replaced)])


def _read_look(payload: Payload) -> Reading:
    """One look at one model's hosts."""
    model = _model(payload)
    speeds, prices, faults, unmeasured, seen = [], [], [], [], set()
    for endpoint in model["endpoints"] or ():
        identity = _identity(model["id"], endpoint)
        if identity is None or tuple(identity.values()) in seen:
            reason = "an endpoint without a provider's name" if identity is None else "listed twice"
            faults.append(SetAside(payload.url, reason, str(endpoint)[:300]))
            continue
        seen.add(tuple(identity.values()))
        row = identity | _origin(payload, f"vercel-1h_{payload.as_of}", payload.as_of)
        if speed := _speed(endpoint, "vercel"):
            speeds.append(row | speed | {"measured_on": payload.as_of})
        else:
            unmeasured.append(identity["provider_as_published"])
        if price := _price(endpoint.get("pricing")):
            prices.append(row | price | {"valid_from": payload.as_of, "last_seen_on": payload.as_of})
    if unmeasured:
        reason = "neither output speed nor time to first token is published"
        faults.append(SetAside(payload.url, reason, f"{model['id']} at {unmeasured[0]}", len(unmeasured)))
    filled = {"provider_speed": speeds, "token_price": prices}
    return Reading({name: rows_of(name, rows) for name, rows in filled.items() if rows}, faults)


def _read_mirrored(payload: Payload) -> Reading:
    """One file: one model at one host, told apart by the address alone."""
    found = fullmatch(r".*/([0-9a-f]{40})/stats/([^/]+)/([^/]+)/models/(.+)\.json", payload.url)
    if found is None or found[2] not in GATEWAYS:
        raise SourceChanged(f"{payload.url}: not an address of the form {COPY}.")
    commit, gateway, host, model = found.groups()
    stats = payload.json()
    name, window, _ = GATEWAYS[gateway]
    if not isinstance(stats, dict):
        raise SourceChanged(f"{payload.url}: expected an object, found {type(stats).__name__}.")
    expect_keys(stats, (f"latency_last_{window}", f"throughput_last_{window}"), payload.url)
    speed = _speed(stats, gateway)
    if speed is None:
        reason = "neither output speed nor time to first token is published"
        return Reading(set_aside=(SetAside(payload.url, reason, f"{model} at {host}"),))
    identity = {"provider_as_published": host, "model_as_published": model}
    origin = _origin(payload, f"{gateway}-{window}_commit-{commit[:7]}", None)
    undated = f"{speed['note']}; the copy of {name}'s figures states no date"
    row = identity | origin | speed | {"note": undated, "measured_on": None}
    return Reading({"provider_speed": rows_of("provider_speed", [row])})


def _model(payload: Payload) -> dict:
    document = payload.json()
    if not isinstance(document, dict):
        raise SourceChanged(f"{payload.url}: expected an object, found {type(document).__name__}.")
    expect_keys(document, ("data",), payload.url)
    if not isinstance(document["data"], dict):
        raise SourceChanged(f"{payload.url}: data is no object but {type(document['data']).__name__}.")
    expect_keys(document["data"], ("id", "endpoints"), f"{payload.url}, data")
    return document["data"]


def _identity(model: str, endpoint) -> dict | None:
    if not isinstance(endpoint, dict) or not (provider := endpoint.get("provider_name")):
        return None
    precision = endpoint.get("quantization")
    variant = str(endpoint.get("tag") or "").partition("/")[2]
    return {
        "provider_as_published": str(provider),
        "model_as_published": str(model),
        "endpoint": None if variant in ("", precision) else variant,
        "precision": None if precision in (None, "", "unknown") else str(precision),
    }


def _origin(payload: Payload, capture: str, published_on: date | None) -> dict:
    return {
        "capture": capture,
        "source_url": payload.url,
        "published_on": published_on,
        "evidence": "published",
    }


def _speed(stats: dict, gateway: str) -> dict | None:
    """Speeds, waits and who measured; None where neither median is published."""
    name, window, spelled = GATEWAYS[gateway]
    throughput = _percentiles(stats.get(f"throughput_last_{window}"), 1)
    latency = _percentiles(stats.get(f"latency_last_{window}"), 1000)
    if throughput["p50"] is None and latency["p50"] is None:
        return None
    note = f"customers' requests of {spelled}, unlike from host to host; {_direction(throughput)}"
    return {
        "output_tokens_per_second": throughput["p50"],
        **{f"output_tokens_per_second_{p}": throughput[p] for p in PERCENTILES},
        "ttft_seconds": latency["p50"],
        **{f"ttft_seconds_{p}": latency[p] for p in PERCENTILES},
        "measured_by": name,
        "measurer_kind": "traffic",
        "is_aggregate": False,
        "note": note,
    }


def _percentiles(published, divisor: float) -> dict[str, float | None]:
    published = published if isinstance(published, dict) else {}
    numbers = {name: finite(published.get(name)) for name in ("p50", *PERCENTILES)}
    return {name: n / divisor if n is not None and n > 0 else None for name, n in numbers.items()}


def _direction(throughput: dict[str, float | None]) -> str:
    known = [throughput[name] for name in ("p50", *PERCENTILES) if throughput[name] is not None]
    if not known:
        return "no output speed published, which means too little traffic"
    if known[0] == known[-1]:
        return "direction of the speed percentiles not shown"
    return "speed rises with the percentile" if known[-1] > known[0] else "speed falls with the percentile"


def _price(pricing) -> dict | None:
    """USD per 1M tokens, under either of the names that the gateway uses; None where none is fixed."""
    if not isinstance(pricing, dict):
        return None
    price = {
        "input_usd_per_mtok": usd_per_mtok(pricing.get("prompt", pricing.get("input"))),
        "output_usd_per_mtok": usd_per_mtok(pricing.get("completion", pricing.get("output"))),
        "cached_input_usd_per_mtok": usd_per_mtok(pricing.get("input_cache_read")),
    }
    return price if price["input_usd_per_mtok"] is not None or price["output_usd_per_mtok"] is not None else None


VERCEL = Source(
    id="vercel_gateway",
    title="Vercel AI Gateway, live",
    publisher="Vercel",
    licence="Vercel terms of service",
    home_url="https://vercel.com/docs/ai-gateway",
    tables=("provider_speed", "token_price"),
    wants=live_wants,
    read=read_live,
    keeps_history=True,
)

MIRROR = Source(
    id="gateway_mirror",
    title="Gateway figures, public copy",
    publisher="OpenRouter and Vercel (API as captured by PCODE-pl)",
    licence="none stated by the copy; OpenRouter and Vercel terms of service",
    home_url="https://github.com/PCODE-pl/MCPTap-Pareto",
    tables=("provider_speed",),
    wants=mirror_wants,
    read=each(_read_mirrored),
    is_undated=True,
)

SOURCES = (VERCEL, MIRROR)
