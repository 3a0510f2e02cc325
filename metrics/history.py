"""The best result of each benchmark of MLPerf by round, in training and beside it in inference.

Best is judged for each accelerator or for the whole system. Training and inference are each compared with their
own first round: the gain is a ratio of two results of one benchmark and scenario, never of two suites.

A round whose best result files again the runs of an earlier round says nothing new: it has no place in the line.

In inference a gain may come of another precision, FP4 after FP16 say. A year's gain is of benchmarks whose newest
result has the precision of the first; the others make a figure of their own. Results of training state no precision.
"""

from math import exp

import polars as pl

from metrics import generations, rounds, values
from metrics.metric import ACCELERATOR_MINUTES, ROUND_GAIN, THROUGHPUT_PER_ACCELERATOR, add

PER_ACCELERATOR, WHOLE_SYSTEM = "Per accelerator", "Whole system"
TRAINING, INFERENCE = rounds.SUITES
DAYS_PER_YEAR = 365.25


def by_round(training: pl.DataFrame, inference: pl.DataFrame, scenario: str, judged: str) -> pl.DataFrame:
    """The best result of each round and benchmark that stands in several rounds, training first.

    Grain: one side, benchmark and round, with the columns of its best result. `best` is in the unit of `best_unit`;
    `round_gain` is how many times as good as in the benchmark's first round held, above 1 is better. `precisions`
    names the number format, and both where it is not that of the first round (`precision_differs`); both columns are
    null in training. Closed division, one kind of chip that was counted; preview systems are in, and marked.
    """
    trained = _best(_trained(training, judged), descending=False)
    served = _best(_served(inference, scenario, judged), descending=True)
    return add(
        pl.concat(
            [
                _against_first(trained, above="first_best", below="best").with_columns(side=pl.lit(TRAINING)),
                _with_precisions(_against_first(_one_level(served), above="best", below="first_best")).with_columns(
                    side=pl.lit(INFERENCE)
                ),
            ],
            how="diagonal_relaxed",
        ),
        ROUND_GAIN,
    )


def copies(training: pl.DataFrame, judged: str) -> pl.DataFrame:
    """Benchmarks and rounds whose best result files again the runs of an earlier one. Grain: benchmark and round."""
    return _best(_trained(training, judged), descending=False).filter(pl.col("filed_first_in").is_not_null())


def yearly(history: pl.DataFrame, side: str, of_unlike_precision: bool = False) -> float | None:
    """By how much the best result of a side improves in a year: all gains over all the time they took.

    Each benchmark counts from its first round to its newest, a long time more than a short one; either those whose
    newest result has the precision of the first, or the others. Null where none has two rounds.
    """
    spans = (
        history.filter(pl.col("side") == side)
        .sort("published_on")
        .group_by("benchmark", maintain_order=True)
        .agg(
            gain=pl.col(ROUND_GAIN.name).last().log(),
            days=(pl.col("published_on").last() - pl.col("published_on").first()).dt.total_days(),
            precision_differs=pl.col("precision_differs").last().fill_null(False),
        )
        .filter((pl.col("days") > 0) & (pl.col("precision_differs") == of_unlike_precision))
    )
    years = values.total(spans["days"]) / DAYS_PER_YEAR
    return exp(values.total(spans["gain"]) / years) if years else None


def _trained(results: pl.DataFrame, judged: str) -> pl.DataFrame:
    scored = rounds.filings(results).filter((pl.col("status") == "scored") & pl.col("minutes").is_not_null())
    measure, unit = {
        PER_ACCELERATOR: (ACCELERATOR_MINUTES.name, ACCELERATOR_MINUTES.unit),
        WHOLE_SYSTEM: ("minutes", "minutes"),
    }[judged]
    return add(_counted(scored), ACCELERATOR_MINUTES).with_columns(best=pl.col(measure), best_unit=pl.lit(unit))


def _served(results: pl.DataFrame, scenario: str, judged: str) -> pl.DataFrame:
    """Throughputs of one scenario; a latency is another quantity, and an inferred result is another's twice."""
    some = results.filter(
        (pl.col("scenario") == scenario) & pl.col("unit").str.ends_with("/s") & ~pl.col("is_inferred")
    ).with_columns(filed_first_in=pl.lit(None, dtype=pl.String))
    measure = {PER_ACCELERATOR: pl.col(THROUGHPUT_PER_ACCELERATOR.name), WHOLE_SYSTEM: pl.col("value")}[judged]
    unit = {PER_ACCELERATOR: pl.format("{} per accelerator", "unit"), WHOLE_SYSTEM: pl.col("unit")}[judged]
    return add(_counted(some), THROUGHPUT_PER_ACCELERATOR).with_columns(best=measure, best_unit=unit)


def _counted(results: pl.DataFrame) -> pl.DataFrame:
    return results.filter(
        (pl.col("division") == "closed") & pl.col("accelerator").is_not_null() & (pl.col("accelerator_count") > 0)
    )


def _best(results: pl.DataFrame, descending: bool) -> pl.DataFrame:
    """The best result of each benchmark, round and unit, oldest round first; of equals the first filing, then by
    system."""
    of_one = ["benchmark", "round", "best_unit"]
    first_filing = pl.col("filed_first_in").is_not_null()
    ordered = results.sort("best", first_filing, "system", descending=[descending, False, False])
    return ordered.unique(of_one, keep="first", maintain_order=True).sort("benchmark", rounds.version(), "best_unit")


def _one_level(best: pl.DataFrame) -> pl.DataFrame:
    """Of several accuracy levels of one model the one in most rounds, and of those the lower: a model counts once."""
    in_rounds = pl.col("round").n_unique().over("benchmark")
    ordered = best.with_columns(in_rounds=in_rounds, workload=generations.workload()).sort(
        "in_rounds", "benchmark", descending=[True, False], maintain_order=True
    )
    kept = pl.col("benchmark") == pl.col("benchmark").first().over("workload")
    return ordered.filter(kept).drop("in_rounds", "workload").sort("benchmark", rounds.version(), "best_unit")


def _against_first(best: pl.DataFrame, above: str, below: str) -> pl.DataFrame:
    """Each result beside the first of its benchmark and unit; what has no second round is left out."""
    series = ["benchmark", "best_unit"]
    new = best.filter(pl.col("filed_first_in").is_null()).with_columns(
        first_best=pl.col("best").first().over(series), first_round=pl.col("round").first().over(series)
    )
    return new.filter(pl.len().over(series) > 1).with_columns(gain_above=pl.col(above), gain_below=pl.col(below))


def _with_precisions(gained: pl.DataFrame) -> pl.DataFrame:
    """Results of inference with what their number formats are beside the first round's; an unstated one differs."""
    first = gained.with_columns(first_precision=pl.col("precision").first().over("benchmark", "best_unit"))
    differs = generations.one_precision("precision").ne(generations.one_precision("first_precision")).fill_null(True)
    is_first = pl.col("round") == pl.col("first_round")
    now, then = generations.precision_named("precision"), generations.precision_named("first_precision")
    return first.with_columns(precision_differs=differs & ~is_first).with_columns(
        precisions=pl.when("precision_differs").then(pl.format("{} after {}", now, then)).otherwise(now)
    )
