"""The rounds of MLPerf: their order, which are newer than what is held, and results that were filed again.

The same runs may be filed in several rounds, under two systems of one round, or once for each power meter.
They count once, under the earliest round. A gain from round to round is never measured by two filings of the
same runs: it would be 1 by copying.
"""

import polars as pl

from metrics import words

SUITES = ("Training", "Inference")


def version() -> pl.Expr:
    """v4.1 before v5.0, and v10.0 after both."""
    parts = pl.col("round").str.extract_all(r"\d+").list.eval(pl.element().cast(pl.Int64))
    return parts.list.get(0, null_on_oob=True) * 1000 + parts.list.get(1, null_on_oob=True).fill_null(0)


def newest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by their round, the newest first; rows of one round keep their order."""
    return rows.sort(version(), descending=True, maintain_order=True)


def oldest_first(names: list[str]) -> list[str]:
    return newest_first(pl.DataFrame({"round": sorted(names)}, schema={"round": pl.String}))["round"].to_list()[::-1]


def held(results: pl.DataFrame) -> list[str]:
    """The rounds that results are of, the newest first."""
    return newest_first(results.select("round").unique().sort("round"))["round"].to_list()


def filings(results: pl.DataFrame) -> pl.DataFrame:
    """Training results as they came, with `filed_first_in`: the round of the first filing of the same runs, null
    for that filing itself.

    Of several filings in one round the first by submitter and system is the first. What names no run set, such
    as a reader's own result, is the first of its runs.
    """
    numbered = results.with_row_index("place")
    ordered = numbered.sort(version(), "submitter_as_published", "system", "place")
    runs = pl.coalesce("run_set", pl.format("row {}", "place"))
    first = ordered.with_columns(
        first_place=pl.col("place").first().over(runs), filed_first_in=pl.col("round").first().over(runs)
    )
    is_first = pl.col("place") == pl.col("first_place")
    return (
        first.with_columns(filed_first_in=pl.when(~is_first).then(pl.col("filed_first_in")))
        .sort("place")
        .drop("place", "first_place")
    )


def once(results: pl.DataFrame) -> pl.DataFrame:
    """Training results without those that file the same runs again."""
    return filings(results).filter(pl.col("filed_first_in").is_null()).drop("filed_first_in")


def newer(rounds: pl.DataFrame, results: pl.DataFrame, suite: str) -> pl.DataFrame:
    """Published rounds of a suite that are newer than every round held, oldest first.

    Grain: one round of `rounds`, the table benchmark_round. With nothing held every round is newer.
    """
    of_suite = rounds.filter(pl.col("suite") == suite).with_columns(version=version()).sort("version")
    newest = results.select(version().max()).item() if results.height else None
    return of_suite.filter(pl.lit(newest is None) | (pl.col("version") > (newest or 0))).drop("version")


def not_held(rounds: pl.DataFrame, training: pl.DataFrame, inference: pl.DataFrame) -> str:
    """What was published after the newest round that is held, and since when; empty where nothing was."""
    told = []
    for suite, results in zip(SUITES, (training, inference), strict=True):
        for row in newer(rounds, results, suite).iter_rows(named=True):
            new = f", with {words.listed(row['new_benchmarks'].split(', '))} as new" if row["new_benchmarks"] else ""
            told.append(f"MLPerf {suite} {row['round']} was published on {words.day(row['published_on'])}{new}")
    return f"Newer than what is held here: {'; '.join(told)}." if told else ""
