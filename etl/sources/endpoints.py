"""What a gateway says of one endpoint: its identity and its percentiles; shared by the readers of gateways.

- `tag` is "<provider>/<variant>": the variant is the endpoint, unless it repeats the quantization.
- A figure of 0 was not measured.
- No order of the percentiles is assumed: the notes say which way a row's own ones run.
"""

from collections.abc import Mapping, Sequence

from etl import offers
from etl.sources import cells
from etl.sources.contract import JsonObject

UNKNOWN_PRECISION = ("unknown",)
MILLISECONDS_PER_SECOND = 1000


def identity(model: object, endpoint: object) -> dict[str, str | None] | None:
    """What tells an endpoint apart; None where it names no provider or belongs to no model."""
    if not isinstance(endpoint, Mapping):
        return None
    provider = endpoint.get("providerName") or endpoint.get("provider_name")
    if not provider or not model:
        return None
    published = endpoint.get("quantization")
    precision = None if published in (None, "", *UNKNOWN_PRECISION) else str(published)
    variant = offers.of_tag(str(endpoint.get("tag") or ""), precision)
    return {
        "provider_as_published": str(provider),
        "model_as_published": str(model),
        "endpoint": offers.joined(variant, offers.of_model(str(model))),
        "precision": precision,
    }


def figures(throughput: object, latency_ms: object, higher: Sequence[str]) -> dict[str, float | None] | None:
    """Median and `higher` percentiles of speed and wait, the wait in seconds; None without either median."""
    speeds, waits = _percentiles(throughput, higher, 1), _percentiles(latency_ms, higher, MILLISECONDS_PER_SECOND)
    if speeds["p50"] is None and waits["p50"] is None:
        return None
    return {
        "output_tokens_per_second": speeds["p50"],
        **{f"output_tokens_per_second_{name}": speeds[name] for name in higher},
        "ttft_seconds": waits["p50"],
        **{f"ttft_seconds_{name}": waits[name] for name in higher},
    }


def uptime(published: object) -> dict[str, float | None]:
    """The share of requests that were answered, in percent; one that is no share is not known."""
    share = cells.number(published)
    return {"uptime_percent": share if share is not None and 0 <= share <= 100 else None}


def _percentiles(published: object, higher: Sequence[str], divisor: float) -> dict[str, float | None]:
    stated = published if isinstance(published, Mapping) else {}
    found = {name: cells.above_zero(stated.get(name)) for name in ("p50", *higher)}
    return {name: value / divisor if value is not None else None for name, value in found.items()}


def direction(figures: Mapping[str, float | None], higher: Sequence[str]) -> str:
    """Which way the speeds of a row run from the median to the highest percentile published."""
    published = [figures[f"output_tokens_per_second_{name}"] for name in higher]
    known = [speed for speed in (figures["output_tokens_per_second"], *published) if speed is not None]
    if not known or known[0] == known[-1]:
        return "direction of the speed percentiles not shown"
    return "speed rises with the percentile" if known[-1] > known[0] else "speed falls with the percentile"


def price(pricing: JsonObject) -> dict[str, float | None] | None:
    """USD per 1M tokens, under either of the names that gateways use; None where none is fixed."""
    found = {
        "input_usd_per_mtok": cells.fixed_usd_per_mtok(pricing.get("prompt", pricing.get("input"))),
        "output_usd_per_mtok": cells.fixed_usd_per_mtok(pricing.get("completion", pricing.get("output"))),
        "cached_input_usd_per_mtok": cells.fixed_usd_per_mtok(pricing.get("input_cache_read")),
    }
    has_price = found["input_usd_per_mtok"] is not None or found["output_usd_per_mtok"] is not None
    return found if has_price else None
