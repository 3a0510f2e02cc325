"""What MLCommons asks of whoever shows its results: the footnote, and what may not stand beside them.

Source: MLPerf Results Messaging Guidelines, https://github.com/mlcommons/policies. A result is named with
suite, version, division, benchmark, scenario, date and place of retrieval and its identifier. A figure that
is computed from results says how and that it is not MLCommons's. The trademark legend stands with both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from metrics import values, words
from metrics.metric import METRICS

# The wording that MLCommons requires, letter for letter.
LEGEND = (
    "The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association in the United "
    "States and other countries. All rights reserved. Unauthorized use strictly prohibited. See www.mlcommons.org "
    "for more information."
)
NOT_VERIFIED = "Not a primary MLPerf metric. Result not verified by MLCommons Association."
NOTICE_COLUMN = "mlperf_notice"

DERIVED = tuple(metric for metric in METRICS if NOT_VERIFIED in metric.caveat)
DERIVED_METRIC, COUNTED = "Derived metric: ", "count of reported results"

NAMED_BENCHMARKS, NAMED_IDS = 6, 3


@dataclass(frozen=True)
class Suite:
    """One suite of MLPerf: the source that its rows come through, its page, and how a result is identified."""

    source: str
    name: str
    url: str
    identified_by: str


SUITES = (
    Suite(
        "mlperf_training",
        "MLPerf Training",
        "https://mlcommons.org/benchmarks/training",
        "Results by submitter, system and benchmark; times are the mean of the published run logs by the suite's rules",
    ),
    Suite(
        "mlperf_inference",
        "MLPerf Inference",
        "https://mlcommons.org/benchmarks/inference-datacenter",
        "Result IDs: column result_id of the rows",
    ),
)
SOURCES = tuple(suite.source for suite in SUITES)


def is_mlperf(rows: pl.DataFrame) -> bool:
    """True where some row is a result of MLPerf, or a figure computed from one.

    Rows about its files (addresses, counts of what was set aside) name no round and are no results.
    """
    return "round" in rows.columns and bool(sources(rows) & set(SOURCES))


def sources(rows: pl.DataFrame) -> set[str]:
    """Every source that these rows name, on either side of a ratio."""
    return {source for name in _named(rows) for source in rows[name].drop_nulls().unique().to_list()}


def _named(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name == "source" or name.endswith("_source")]


def footnote(rows: pl.DataFrame, derived: bool, counted: bool = False) -> str:
    """What has to stand below these results; empty where none is MLPerf's.

    `derived` adds how figures that are no results of MLPerf came about, by the columns that hold them;
    `counted` the same for a chart of how many results there are.
    """
    if not is_mlperf(rows):
        return ""
    told = [_told(suite, rows.filter(pl.col("source") == suite.source)) for suite in SUITES]
    parts = [*filter(None, told), *(_derivations(rows, counted) if derived else ()), LEGEND]
    return " ".join(parts)


UNVERIFIED = "A reader's own result is not verified by MLCommons Association."


def with_notice(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with MLCommons's notice as their last column, null beside rows that are not MLPerf's.

    Why a column: it is the one place that a CSV, a Parquet file, a sheet and JSON all have, that stays
    with a row that is copied out, and that breaks no reader. Which result a row is stands in its other
    columns: round, division, benchmark, scenario, result_id, source_url.
    """
    if NOTICE_COLUMN in rows.columns or not is_mlperf(rows):
        return rows
    of_mlperf = pl.any_horizontal(pl.col(name).is_in(SOURCES) for name in _named(rows))
    notice = " ".join((*_derivations(rows, counted=False), LEGEND))
    return rows.with_columns(pl.when(of_mlperf).then(pl.lit(notice)).alias(NOTICE_COLUMN))


def claims(evidence: pl.DataFrame) -> list[str]:
    """The claims whose figures, as `verdicts.evidence` gives them, are results of MLPerf."""
    of_mlperf = pl.any_horizontal(pl.col(name).is_in(SOURCES) for name in _named(evidence))
    return evidence.filter(of_mlperf)["claim_id"].unique().sort().to_list()


def _derivations(rows: pl.DataFrame, counted: bool) -> list[str]:
    """One sentence of how every derived figure came about, and that it is not MLCommons's."""
    caveats = [metric.caveat for metric in DERIVED if metric.name in rows.columns]
    ways = [told.removeprefix(DERIVED_METRIC).removesuffix(f". {NOT_VERIFIED}") for told in caveats]
    ways += [COUNTED] if counted else []
    return [f"{DERIVED_METRIC}{'; '.join(ways)}. {NOT_VERIFIED}"] if ways else []


def _told(suite: Suite, rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return ""
    said = [
        f"{suite.name} {words.listed(_values(rows, 'round'))}",
        f"{words.listed(_values(rows, 'division'))} division" if _values(rows, "division") else "",
        _some(_values(rows, "benchmark"), NAMED_BENCHMARKS, "benchmark"),
        _some(_values(rows, "scenario"), NAMED_BENCHMARKS, "scenario"),
    ]
    return f"{', '.join(filter(None, said))}. {_retrieved(suite, rows)} {_identified(suite, rows)}."


def _retrieved(suite: Suite, rows: pl.DataFrame) -> str:
    """Place and date: the repositories of the results, the days on which they were retrieved and published, and the
    suite's own page."""
    places = sorted({_repository(url) for url in _values(rows, "source_url")})
    retrieved, published = (_days(rows, name) for name in ("retrieved_on", "published_on"))
    on = f" on {retrieved}" if retrieved else ""
    dated = f", results as of {published}" if published else ""
    return f"Retrieved from {words.listed(places)}{on}{dated}; the suite: {suite.url}."


def _days(rows: pl.DataFrame, name: str) -> str:
    """The span of days of a column in words; empty where the rows have none."""
    days = rows[name].drop_nulls() if name in rows.columns else pl.Series(dtype=pl.Date)
    return words.days(values.oldest(days), values.newest(days)) if len(days) else ""


def _repository(url: str) -> str:
    """mlcommons/training_results_v5.0 on GitHub, whichever of its files the address opens."""
    found = re.match(r"https://(?:raw\.githubusercontent|github)\.com/([^/]+/[^/]+)", url)
    return f"https://github.com/{found[1]}" if found else url


def _identified(suite: Suite, rows: pl.DataFrame) -> str:
    ids = _values(rows, "result_id")
    return f"Result IDs: {words.listed(ids)}" if 0 < len(ids) <= NAMED_IDS else suite.identified_by


def _some(values: Sequence[str], most: int, what: str) -> str:
    return words.listed(list(values)) if len(values) <= most else words.plural(len(values), what)


def _values(rows: pl.DataFrame, name: str) -> list[str]:
    return rows[name].drop_nulls().unique().sort().to_list() if name in rows.columns else []
