"""How much faster, as one person feels it."""

import polars as pl

from metrics import matching
from metrics.metric import (
    BASELINE_RESPONSE_SECONDS,
    RESPONSE_RATIO,
    RESPONSE_SECONDS,
    SPEED_RATIO,
    add,
)

ANSWER_TOKENS = 500  # the answer length of Artificial Analysis's end-to-end response time


def ratios(speeds: pl.DataFrame, providers: pl.DataFrame, answer_tokens: int = ANSWER_TOKENS) -> pl.DataFrame:
    """Every pair with its speed ratio, spread and end-to-end ratio, in a stable order.

    Grain: one specialised measurement beside one other host's. `spread_low` and `spread_high`
    are null where a side publishes no quartiles; a spread is not a confidence interval.
    """
    paired = matching.pairs(matching.judged(speeds, providers)).with_columns(answer_tokens=pl.lit(answer_tokens))
    with_ratio = add(add(paired, SPEED_RATIO, RESPONSE_SECONDS, BASELINE_RESPONSE_SECONDS), RESPONSE_RATIO)
    return with_ratio.with_columns(_spread())


def _spread() -> list[pl.Expr]:
    """exp(ln r ± sqrt(ln(P75a/P50a)² + ln(P75b/P50b)²))."""
    width = (
        sum(
            (pl.col(f"{side}output_tokens_per_second_p75") / pl.col(f"{side}output_tokens_per_second")).log().pow(2)
            for side in ("", "baseline_")
        )
        .sqrt()
        .exp()
    )
    return [
        (pl.col("speed_ratio") / width).alias("spread_low"),
        (pl.col("speed_ratio") * width).alias("spread_high"),
    ]


def newest(paired: pl.DataFrame) -> pl.DataFrame:
    """Of each model, provider, endpoint and baseline the best-matched pair, and of those the newest.

    A capture without a date comes after those with one.
    """
    key = ["model", "provider", "endpoint", "baseline_provider", "baseline_endpoint"]
    return (
        paired.sort("match_grade", "measured_on", "output_tokens_per_second",
                    descending=[False, True, True], nulls_last=True)
        .unique(key, keep="first", maintain_order=True)
        .sort(*key, nulls_last=True)
    )  # fmt: skip


def headline(paired: pl.DataFrame) -> pl.DataFrame:
    """One row per model and provider: the best-matched, newest pair of its fastest endpoint."""
    return (
        newest(paired)
        .sort("model", "provider", "match_grade", "measured_on", "speed_ratio",
              descending=[False, False, False, True, True], nulls_last=True)
        .unique(["model", "provider"], keep="first", maintain_order=True)
        .sort("model", "speed_ratio", descending=[False, True])
    )  # fmt: skip


def across_models(paired: pl.DataFrame) -> pl.DataFrame:
    """Geometric mean of the ratios of grades A and B by provider; `models` says over how many."""
    return (
        headline(paired.filter(pl.col("match_grade").is_in(matching.AGGREGATED_GRADES)))
        .group_by("provider")
        .agg(speed_ratio=pl.col("speed_ratio").log().mean().exp(), models=pl.len().cast(pl.Int64))
        .sort("provider")
    )


def coverage(paired: pl.DataFrame) -> pl.DataFrame:
    """Models by their number of like-for-like pairs (grades A and B), then of all pairs."""
    return (
        paired.group_by("model")
        .agg(
            like_for_like=pl.col("match_grade").is_in(matching.AGGREGATED_GRADES).sum().cast(pl.Int64),
            pairs=pl.len().cast(pl.Int64),
            providers=pl.col("provider").n_unique().cast(pl.Int64),
            newest_on=pl.col("measured_on").max(),
        )
        .sort("like_for_like", "pairs", "model", descending=[True, True, False])
    )
