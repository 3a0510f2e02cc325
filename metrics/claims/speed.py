"""What the article claims of speed: tokens per second, times to first token, and ratios against other hosts."""

from collections.abc import Callable, Sequence

import polars as pl

from etl import offers
from metrics import matching, speed, words
from metrics.claims.claim import LOWER, Claim, Record

VOICE_SECONDS = 0.3  # the limit that the article's "voice" is tested at
THOUSAND = 1000.0
MEASURER = ("measured_by", "measurer_kind")  # who measured and how, in whichever file it stands
PAIR = (
    *("model", "provider", "endpoint", "baseline_provider", "baseline_endpoint", "is_own"),
    *(f"{side}{name}" for side in ("", "baseline_") for name in MEASURER),
)


def against_others(providers: Sequence[str] | None, against: str | None) -> Callable[[Record], pl.DataFrame]:
    """The best-matched pair of each model, provider and other host, at the middle one of its measurer's samples;
    `against` narrows the other hosts."""

    def figures(record: Record) -> pl.DataFrame:
        paired = narrowed(record.speed_pairs, providers, against)
        newest = pair_figures(speed.newest(paired), "speed_ratio")
        return _at_the_middle(newest, paired.with_columns(value="speed_ratio"), (*PAIR, "match_grade"))

    return figures


def _at_the_middle(newest: pl.DataFrame, samples: pl.DataFrame, of_one: Sequence[str]) -> pl.DataFrame:
    """The newest figures, each at the median of all samples that are the same in `of_one`, with range and number.

    One sample of several decides nothing. Two measurers are two, as each is named in `of_one`.
    """
    value = pl.col("value")
    middles = samples.group_by(of_one).agg(
        value=value.median(), value_low=value.min(), value_high=value.max(), samples=value.count().cast(pl.Int64)
    )
    return newest.drop("value").join(
        middles, on=of_one, how="left", nulls_equal=True, validate="m:1", maintain_order="left"
    )


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
    """Cerebras' independent speed of each Llama 3.1 size, as its newest measurer has it."""
    rows = _speeds(record).filter((pl.col("provider") == "Cerebras") & pl.col("model").str.starts_with("Llama 3.1 "))
    return _newest(rows, ["model"]).with_columns(subject="model").sort("model")


def _no_longer_sold(record: Record) -> str:
    """Which of Cerebras' Llama 3.1 ended in the period: what is not sold is not measured either."""
    ended = record.rows("withdrawal", pl.col("ended_on")).filter(
        (pl.col("provider") == "Cerebras") & pl.col("model").str.starts_with("Llama 3.1 ")
    )
    newest = ended.sort("ended_on").unique("model", keep="last", maintain_order=True).sort("ended_on", "model")
    told = [
        f"{words.listed(rows['model'].to_list())} on {words.day(day)}"
        for (day,), rows in newest.group_by("ended_on", maintain_order=True)
    ]
    return f"Cerebras ended {words.listed(told)}." if told else ""


def _specialised_speeds(record: Record) -> pl.DataFrame:
    """Each specialised provider's speed of each model, as its newest measurer has it; a vendor's own word is none."""
    rows = _newest(_speeds(record).filter("is_specialised"), ["model", "provider"])
    return rows.with_columns(subject=pl.format("{} on {}", "provider", "model")).sort("model", "provider")


def _thousands(record: Record) -> str:
    """How many reach two thousand, which "thousands" says to the letter, and how many other hosts one thousand."""
    speeds = _specialised_speeds(record)
    most = speeds.filter(pl.col("value") >= 2 * THOUSAND).height
    strictly = f"At 2,000, the least that thousands are, stand {most or 'none'}." if speeds.height else ""
    return " ".join(filter(None, (strictly, _other_hosts(record))))


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
        pl.col("excluded_because").is_null() & (pl.col("measurer_kind") != matching.VENDOR)
    ).with_columns(value="output_tokens_per_second")


def _newest(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Of each key the newest measurement, the fastest endpoint first, at the middle one of its measurer's samples."""
    newest = rows.sort("measured_on", "value", descending=True).unique(key, keep="first", maintain_order=True)
    return _at_the_middle(newest, rows, ("model", "provider", "endpoint", *MEASURER))


def _waits(record: Record) -> pl.DataFrame:
    """Groq's time to first token of each model, the middle one of its newest measurer's samples, with its place
    among the hosts that this measurer timed in the period, each at its own middle."""
    timed = record.speeds.filter(
        pl.col("ttft_seconds").is_not_null()
        & ~pl.col("is_aggregate").fill_null(False)
        & (pl.col("measurer_kind") != matching.VENDOR)
        & pl.col("bound_as_published").is_null()
        & offers.counts_as_host()
    ).with_columns(value="ttft_seconds")
    of_host = ("model", "provider", *MEASURER)
    placed = (
        timed.group_by(of_host)
        .agg(pl.col("value").median())
        .with_columns(
            place=pl.col("value").rank("min").over("model", *MEASURER).cast(pl.Int64),
            hosts=pl.len().over("model", *MEASURER).cast(pl.Int64),
        )
        .drop("value")
    )
    of_groq = timed.filter(pl.col("provider") == "Groq")
    newest = of_groq.sort("measured_on", "value", descending=[True, False]).unique(
        "model", keep="first", maintain_order=True
    )
    return (
        _at_the_middle(newest, of_groq, of_host)
        .join(placed, on=of_host, how="left", nulls_equal=True, validate="1:1", maintain_order="left")
        .with_columns(subject=pl.format("{} (place {} of {})", "model", "place", "hosts"))
        .sort("model")
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C01",
        short="Cerebras serves Llama 3.1 at about 1,800 tokens per second",
        quantity="output speed of one request",
        unit="tokens/s",
        threshold=1800,
        figures=_llama_on_cerebras,
        aside=_no_longer_sold,
        rests_on="provider_speed",
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
        rests_on="provider_speed",
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
        rests_on="provider_speed",
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
        tolerance=0,
        figures=_specialised_speeds,
        aside=_thousands,
        rests_on="provider_speed",
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
        rests_on="provider_speed",
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
        rests_on="provider_speed",
        subject="specialised providers",
        thing="pair",
        page="speed",
        flips="Half of the pairs with the clouds at 10x or more.",
    ),
)
