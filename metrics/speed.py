"""How much faster, as one person feels it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from metrics import matching
from metrics.metric import SPEED_RATIO, add


def ratios(speeds: pl.DataFrame, providers: pl.DataFrame, newest: date | None = None) -> pl.DataFrame:
    """Every pair with its speed ratio and spread, in a stable order; `newest` as of `matching.pairs`.

    Grain: one specialised measurement beside one other host's. `spread_low` and `spread_high`
    are null where a side publishes no quartiles; a spread is not a confidence interval.
    """
    return completed(matching.pairs(matching.judged(speeds, providers), newest))


def completed(paired: pl.DataFrame) -> pl.DataFrame:
    """Pairs with their ratios and spreads."""
    return add(paired, SPEED_RATIO).with_columns(_spread())


def _spread() -> list[pl.Expr]:
    """The speed ratio with one side slow and the other fast, from the published quartiles of both sides.

    low = r·exp(−√(ln(P50a/P25a)² + ln(P75b/P50b)²)), high = r·exp(√(ln(P75a/P50a)² + ln(P50b/P25b)²)); a is the
    specialised side, b the baseline. Most publishers give the upper quartile alone: the lower is then taken to lie as
    far below the median as the upper lies above it.
    """
    fast, base = _log_widths(""), _log_widths("baseline_")
    return [
        (pl.col("speed_ratio") / (fast[0].pow(2) + base[1].pow(2)).sqrt().exp()).alias("spread_low"),
        (pl.col("speed_ratio") * (fast[1].pow(2) + base[0].pow(2)).sqrt().exp()).alias("spread_high"),
    ]


def _log_widths(side: str) -> tuple[pl.Expr, pl.Expr]:
    """How far the lower and the upper quartile of one side lie from its median, as logarithms of the factor."""
    median = pl.col(f"{side}output_tokens_per_second")
    upper = (pl.col(f"{side}output_tokens_per_second_p75") / median).log()
    lower = (median / pl.col(f"{side}output_tokens_per_second_p25")).log()
    return lower.fill_null(upper), upper


def newest(paired: pl.DataFrame) -> pl.DataFrame:
    """Of each model, provider, endpoint and baseline the best-matched pair of the newest half year, else of any time,
    and of those the newest; a pair with a reader's own measurement stands beside the record's.

    A capture without a date comes after those with one.
    """
    key = ["model", "provider", "endpoint", "baseline_provider", "baseline_endpoint", "is_own"]
    return (
        paired.sort(
            matching.speaks_for_today(),
            "match_grade",
            matching.last_day(paired),
            "output_tokens_per_second",
            descending=[True, False, True, True],
            nulls_last=True,
        )
        .unique(key, keep="first", maintain_order=True)
        .sort(*key, nulls_last=True)
    )


def headline(paired: pl.DataFrame) -> pl.DataFrame:
    """One row per model and provider: the best-matched, newest pair of its fastest endpoint, of the newest half year
    where there is one; a second where a reader's own measurement makes one."""
    return (
        newest(paired)
        .sort(
            "model",
            "provider",
            matching.speaks_for_today(),
            "match_grade",
            matching.last_day(paired),
            "speed_ratio",
            descending=[False, False, True, False, True, True],
            nulls_last=True,
        )
        .unique(["model", "provider", "is_own"], keep="first", maintain_order=True)
        .sort("model", "speed_ratio", "is_own", descending=[False, True, False])
    )


def middles(paired: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """The pairs with the chosen baseline, each at the middle of its samples; with the columns of `matching.SAMPLED`."""
    return matching.at_the_middle(matching.against(paired, baseline), "speed_ratio", baseline)


def across_models(paired: pl.DataFrame) -> pl.DataFrame:
    """Geometric mean of the record's well-matched pairs by provider, of one window: the newest half year, where any
    pair is of it, else the half year up to the newest pair.

    Grain: provider. `models` says over how many, `window_from` and `window_to` the days of the first and the last pair.
    """
    is_aggregated = pl.col("match_grade").is_in(matching.AGGREGATED_GRADES) & ~pl.col("is_own")
    dated = paired.filter(is_aggregated & pl.col("measured_on").is_not_null())
    in_window = pl.col("measured_on") >= pl.col("measured_on").max() - matching.RECENT
    return (
        headline(dated.filter(in_window))
        .group_by("provider")
        .agg(
            speed_ratio=pl.col("speed_ratio").log().mean().exp(),
            models=pl.len().cast(pl.Int64),
            window_from=pl.col("measured_on").min(),
            window_to=pl.col("measured_on").max(),
        )
        .sort("provider")
    )


def coverage(paired: pl.DataFrame) -> pl.DataFrame:
    """Models compared within the newest half year first, then by their number of like-for-like pairs, those that enter
    averages, then of all pairs."""
    return (
        paired.group_by("model")
        .agg(
            is_of_today=matching.speaks_for_today().any(),
            like_for_like=pl.col("match_grade").is_in(matching.AGGREGATED_GRADES).sum().cast(pl.Int64),
            pairs=pl.len().cast(pl.Int64),
            providers=pl.col("provider").n_unique().cast(pl.Int64),
            newest_on=pl.col("measured_on").max(),
        )
        .sort("is_of_today", "like_for_like", "pairs", "model", descending=[True, True, True, False])
        .drop("is_of_today")
    )


def hosts(rows: pl.DataFrame, paired: pl.DataFrame, model: str, baseline: str) -> pl.DataFrame:
    """Every host of one model in the run that compares it best, each as a multiple of the baseline.

    Takes `judged` rows and their pairs. The run is the one of the record's pair with this baseline that says most of
    today, of repeated samples the middle one. Where the record has none it is of a reader's own file; where no such
    pair exists there are no rows. `speed_ratio` of the baseline's own row is 1, and that row is there even
    where it comes from another run; `host_label` tells the endpoints of one provider apart. A
    reader's own measurements of the model stand beside the run, `is_own`, each with the grade of its
    own pair with the baseline.
    """
    chosen = matching.best_first(middles(paired.filter(pl.col("model") == model), baseline), "speed_ratio").head(1)
    if chosen.is_empty():
        return rows.head(0)
    pair = chosen.row(0, named=True)
    usable = rows.filter((pl.col("model") == model) & pl.col("excluded_because").is_null())
    of_run = RUN if pair["capture"] is not None else (*RUN, "source_url")
    days_apart = (pl.col("measured_on") - pl.lit(pair["measured_on"], dtype=pl.Date)).dt.total_days().abs()
    in_run = _same(usable, pair, of_run) & (days_apart <= matching.MOST_DAYS_APART).fill_null(True)
    against = pair["baseline_output_tokens_per_second"]
    is_baseline = _same(usable, pair, MEASUREMENT, prefix="baseline_")
    # A baseline measured in another run is shown with this one: nothing is a multiple of what is not there.
    is_own_beside = matching.OWN & ~(in_run | is_baseline)
    run = pl.concat(
        [
            usable.filter(in_run | is_baseline).with_columns(match_grade=pl.lit(pair["match_grade"])),
            _own_beside(usable.filter(is_own_beside), usable.filter(is_baseline).head(1)),
        ]
    )
    quartiles = [f"baseline_output_tokens_per_second_{quartile}" for quartile in ("p25", "p75")]
    return (
        run.with_columns(
            baseline_output_tokens_per_second=pl.lit(against),
            baseline_provider=pl.lit(pair["baseline_provider"]),
            is_baseline=is_baseline,
            is_own=matching.OWN,
            host_label=_labels(),
            **{name: pl.lit(pair[name], dtype=pl.Float64) for name in quartiles},
        )
        .pipe(add, SPEED_RATIO)
        .with_columns(_spread())
        .drop(quartiles)
        .sort("speed_ratio", "host_label", descending=[True, False])
    )


def _own_beside(own: pl.DataFrame, baseline: pl.DataFrame) -> pl.DataFrame:
    """The newest of a reader's own measurements of each endpoint, with the grade of its pair with the baseline."""
    endpoint = ["source", "provider_as_published", "endpoint", "precision"]
    newest = own.sort(
        "measured_on", "output_tokens_per_second", descending=True, nulls_last=True, maintain_order=True
    ).unique(endpoint, keep="first", maintain_order=True)
    grades = [matching.between(one, baseline)["match_grade"].first() for one in newest.iter_slices(1)]
    return newest.with_columns(match_grade=pl.Series(grades, dtype=pl.String))


def of_record(shown: pl.DataFrame) -> pl.DataFrame:
    """Hosts of `hosts` without a reader's own measurements, which answer no question of a page; all of them
    where nobody else measured the model."""
    published = shown.filter(~pl.col("is_own"))
    return published if published.filter("is_specialised").height else shown


def beside_baseline(shown: pl.DataFrame, host_label: str) -> dict[str, Any] | None:
    """The graded pair of one host of `hosts` with its baseline; None for the baseline itself, and where the
    two lie too far apart in time to be a pair."""
    one = shown.filter((pl.col("host_label") == host_label) & ~pl.col("is_baseline"))
    pair = completed(matching.between(one, shown.filter("is_baseline").head(1)))
    return pair.row(0, named=True) if pair.height else None


RUN = ("source", "measured_by", "capture")
MEASUREMENT = (
    *RUN,
    "source_url",
    "provider_as_published",
    "endpoint",
    "precision",
    "measured_on",
    "prompt_tokens",
    "concurrency",
    "output_tokens_per_second",
)


def _same(rows: pl.DataFrame, pair: Mapping[str, Any], names: tuple[str, ...], prefix: str = "") -> pl.Expr:
    """True for the rows that are alike to one side of this pair in all of these; nulls are alike."""
    return pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(pair[f"{prefix}{name}"], dtype=rows.schema[name])) for name in names
    )


def _labels() -> pl.Expr:
    """The provider's name, with what tells its endpoints apart where it has several."""
    spelling = pl.col("provider_as_published")
    told_apart = pl.concat_str(spelling, pl.col("endpoint"), pl.col("precision"), separator=", ", ignore_nulls=True)
    place = pl.int_range(pl.len()).over(told_apart, matching.OWN)
    label = (
        pl.when(pl.len().over("provider", matching.OWN) == 1)
        .then(pl.col("provider"))
        .when(pl.len().over(spelling, matching.OWN) == 1)
        .then(spelling)
        .otherwise(told_apart)
    )
    numbered = pl.when(place > 0).then(pl.format("{} ({})", label, place + 1)).otherwise(label)
    return pl.when(matching.OWN).then(pl.format("{}, yours", numbered)).otherwise(numbered)


def timed(rows: pl.DataFrame, paired: pl.DataFrame, model: str) -> pl.DataFrame:
    """Hosts of one model in its newest best-matched run that published both first token and speed."""
    with_both = rows.filter(pl.col("ttft_seconds").is_not_null() & pl.col("output_tokens_per_second").is_not_null())
    beside = paired.filter(pl.col("ttft_seconds").is_not_null() & pl.col("baseline_ttft_seconds").is_not_null())
    return hosts(with_both, beside, model, matching.BEST)
