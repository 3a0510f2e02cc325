"""What the article claims of speed: tokens per second, times to first token, and ratios against other hosts."""

from collections.abc import Callable, Sequence

import polars as pl

from etl import offers
from metrics import speed, words
from metrics.claims.claim import LOWER, Claim, Record

VOICE_SECONDS = 0.3  # the limit that the article's "voice" is tested at
THOUSAND = 1000.0
VENDOR = "vendor"


def against_others(providers: Sequence[str] | None, against: str | None) -> Callable[[Record], pl.DataFrame]:
    """The newest pair of each model, provider and other host; `against` narrows the other hosts."""

    def figures(record: Record) -> pl.DataFrame:
        return pair_figures(speed.newest(narrowed(record.speed_pairs, providers, against)), "speed_ratio")

    return figures


def narrowed(rows: pl.DataFrame, providers: Sequence[str] | None, against: str | None) -> pl.DataFrame:
    """Pairs of these providers with one other host by name, or with the "hyperscalers"."""
    if providers:
        rows = rows.filter(pl.col("provider").is_in(list(providers)))
    if against == "hyperscalers":
        return rows.filter("baseline_is_hyperscaler")
    return rows.filter(pl.col("baseline_provider") == against) if against else rows


def pair_figures(rows: pl.DataFrame, value: str) -> pl.DataFrame:
    """Pairs with the value that decides and a name for each."""
    return rows.with_columns(
        value=pl.col(value),
        subject=pl.format("{} against {} on {}", "provider", "baseline_provider", "model"),
    ).filter(pl.col("value").is_not_null())


def _llama_on_cerebras(record: Record) -> pl.DataFrame:
    """Cerebras' newest independent speed of each Llama 3.1 size."""
    rows = _speeds(record).filter((pl.col("provider") == "Cerebras") & pl.col("model").str.starts_with("Llama 3.1 "))
    return _newest(rows, ["model"]).with_columns(subject="model").sort("model")


def _specialised_speeds(record: Record) -> pl.DataFrame:
    """Each specialised provider's newest speed of each model that is not the vendor's own word."""
    rows = _newest(_speeds(record).filter("is_specialised"), ["model", "provider"])
    return rows.with_columns(subject=pl.format("{} on {}", "provider", "model")).sort("model", "provider")


def _other_hosts(record: Record) -> str:
    others = _newest(_speeds(record).filter(~pl.col("is_specialised")), ["model", "provider"])
    fast = others.filter(pl.col("value") >= THOUSAND)
    if others.is_empty():
        return ""
    return (
        f"Of other hosts {fast.height} of {words.plural(others.height, 'speed')} "
        f"{'is' if fast.height == 1 else 'are'} that high."
    )


def _speeds(record: Record) -> pl.DataFrame:
    return record.speeds.filter(
        pl.col("excluded_because").is_null() & (pl.col("measurer_kind") != VENDOR)
    ).with_columns(value="output_tokens_per_second")


def _newest(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return rows.sort("measured_on", "value", descending=True).unique(key, keep="first", maintain_order=True)


def _waits(record: Record) -> pl.DataFrame:
    """Groq's newest time to first token of each model, with its place among the hosts of that run; of several
    regions on one day the shortest wait."""
    timed = record.speeds.filter(
        pl.col("ttft_seconds").is_not_null()
        & ~pl.col("is_aggregate").fill_null(False)
        & (pl.col("measurer_kind") != VENDOR)
        & pl.col("bound_as_published").is_null()
        & offers.counts_as_host()
    )
    run = ["source", "capture", "model", "measured_on"]
    ranked = timed.with_columns(
        place=pl.col("ttft_seconds").rank("min").over(run).cast(pl.Int64), hosts=pl.len().over(run).cast(pl.Int64)
    )
    newest = (
        ranked.filter(pl.col("provider") == "Groq")
        .sort("measured_on", "ttft_seconds", descending=[True, False])
        .unique("model", keep="first", maintain_order=True)
    )
    return newest.with_columns(
        value="ttft_seconds", subject=pl.format("{} (place {} of {} in its run)", "model", "place", "hosts")
    ).sort("model")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C01",
        short="Cerebras serves Llama 3.1 at about 1,800 tokens per second",
        quantity="output speed of one request",
        unit="tokens/s",
        threshold=1800,
        figures=_llama_on_cerebras,
        subject="Cerebras",
        thing="model size",
        page="speed",
        flips="An independent measurement of Llama 3.1 70B or 405B on Cerebras at 1,800 tokens/s or more.",
    ),
    Claim(
        claim_id="C02",
        short="Cerebras is 20 times as fast as traditional set-ups",
        quantity="speed ratio against each other host",
        threshold=20,
        figures=against_others(("Cerebras",), None),
        subject="Cerebras",
        thing="pair",
        page="speed",
        flips="Half of the hosts of a model measured beside Cerebras at a twentieth of its speed or less.",
    ),
    Claim(
        claim_id="C03",
        short="Groq starts answering fast enough for voice",
        quantity="time to first token",
        unit="s",
        threshold=VOICE_SECONDS,
        better=LOWER,
        figures=_waits,
        subject="Groq",
        thing="model",
        page="speed",
        flips="Half of the models measured on Groq with a first token on the other side of 0.3 s.",
    ),
    Claim(
        claim_id="C04",
        short="Start-ups write thousands of tokens per second",
        quantity="output speed of one request on specialised silicon",
        unit="tokens/s",
        threshold=THOUSAND,
        figures=_specialised_speeds,
        aside=_other_hosts,
        subject="specialised providers",
        thing="measured speed",
        page="speed",
        flips="Half of the models at specialised providers measured at 1,000 tokens/s or more.",
    ),
    Claim(
        claim_id="C05",
        short="Specialised chips outperform the clusters behind Azure",
        quantity="speed ratio against Azure",
        threshold=1,
        figures=against_others(None, "Azure"),
        subject="specialised providers",
        thing="pair",
        page="speed",
        flips="Azure measured faster than Cerebras, Groq or SambaNova on half of the models they share.",
        tolerance=0,
    ),
    Claim(
        claim_id="C07",
        short="Inference at ten times the speed of current clouds",
        quantity="speed ratio against Azure, AWS Bedrock and Google Vertex",
        threshold=10,
        figures=against_others(None, "hyperscalers"),
        subject="specialised providers",
        thing="pair",
        page="speed",
        flips="Half of the pairs with the clouds at 10x or more.",
    ),
)
