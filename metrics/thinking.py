"""How many tokens a model thinks before it answers, and how that is known: the one place that says so.

In this order: none where somebody is cited that the model never thinks. The number that a measurer found
(`measured`). 2,000 where it is cited as always thinking and nobody measured how long. Else none, because the request
decides or nobody says. The basis goes with the number, so that a reader is told what was assumed.

Artificial Analysis takes a model's mean over a set of 60 prompts of its own, and 2,000 tokens where it has no mean:
https://artificialanalysis.ai/methodology, "Average Reasoning Tokens".
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from etl.schema import ALWAYS, NEVER
from metrics import matching
from metrics.models import first_to_say

ASSUMED_TOKENS = 2000  # Artificial Analysis's, for a model that thinks and has no mean of its own
METHODOLOGY = ("Artificial Analysis", "https://artificialanalysis.ai/methodology")
ROUNDING_SECONDS = 0.01  # two published times, each rounded to a hundredth of a second

MEASURED, ASSUMED, NOT_COUNTED = "measured", "assumed", "not counted"
BASES = (NEVER, MEASURED, ASSUMED, NOT_COUNTED)


@dataclass(frozen=True)
class Thinking:
    """What one model thinks before it answers: tokens, which of `BASES` they rest on, what is cited of it.

    `thinks` is null where nobody says. `said_by` and `source_url` are whoever measured, else whoever says whether it
    thinks; null where the basis is neither.
    """

    model: str
    tokens: int
    basis: str
    thinks: str | None
    said_by: str | None
    source_url: str | None

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Name and address of each source that the number rests on."""
        said = ((self.said_by, self.source_url),) if self.said_by and self.source_url else ()
        return (*said, METHODOLOGY) if self.basis == ASSUMED else said


def before_answer(model: str, models: pl.DataFrame, speeds: pl.DataFrame) -> Thinking:
    """What this model thinks before it answers, by the tables `model` and `provider_speed`."""
    row = of_models([model], models, speeds).row(0, named=True)
    return Thinking(
        model=row["model"],
        tokens=row["thinking_tokens"],
        basis=row["thinking_basis"],
        thinks=row["thinks"],
        said_by=row["said_by"],
        source_url=row["source_url"],
    )


def of_models(names: Iterable[str], models: pl.DataFrame, speeds: pl.DataFrame) -> pl.DataFrame:
    """One row for each of these models: thinking_tokens, thinking_basis, thinks, said_by, source_url."""
    asked = pl.DataFrame({"model": sorted(set(names))}, schema={"model": pl.String})
    thinks, is_measured = pl.col("thinks"), pl.col("measured_tokens").is_not_null()
    basis = (
        pl.when(thinks == NEVER)
        .then(pl.lit(NEVER))
        .when(is_measured)
        .then(pl.lit(MEASURED))
        .when(thinks == ALWAYS)
        .then(pl.lit(ASSUMED))
        .otherwise(pl.lit(NOT_COUNTED))
    )
    by_measurer = pl.col("thinking_basis") == MEASURED
    tokens = (
        pl.when(by_measurer)
        .then("measured_tokens")
        .when(pl.col("thinking_basis") == ASSUMED)
        .then(ASSUMED_TOKENS)
        .otherwise(0)
    )
    return (
        asked.join(_said(models), on="model", how="left", validate="1:1", maintain_order="left")
        .join(measured(speeds), on="model", how="left", validate="1:1", maintain_order="left")
        .with_columns(thinking_basis=basis)
        .select(
            "model",
            "thinks",
            "thinking_basis",
            thinking_tokens=tokens.cast(pl.Int64),
            said_by=pl.when(by_measurer).then("measured_by").otherwise("said_by"),
            source_url=pl.when(by_measurer).then("measured_url").otherwise("said_url"),
        )
    )


def _said(models: pl.DataFrame) -> pl.DataFrame:
    """What is cited of each model, and by whom."""
    return first_to_say(models, "thinks").select("model", "thinks", said_by="publisher", said_url="source_url")


def measured(speeds: pl.DataFrame) -> pl.DataFrame:
    """Thinking tokens of each model that a measurer gives: the median of (first answer - first token) × output speed.

    Grain: model; measured_tokens, and measured_by and measured_url of the newest row. Two results are no measurement:
    nothing, which is also what a row gives whose first token is already the answer's, and 2,000, which is what
    Artificial Analysis puts in where it has no mean. A reader's own rows measure nothing here.
    """
    tokens = (pl.col("first_answer_seconds") - pl.col("ttft_seconds")) * pl.col("output_tokens_per_second")
    as_rounded = 1 + ROUNDING_SECONDS * pl.col("output_tokens_per_second")
    return (
        speeds.filter(~matching.OWN)
        .with_columns(measured_tokens=tokens)
        .filter(
            (pl.col("measured_tokens") > as_rounded) & ((pl.col("measured_tokens") - ASSUMED_TOKENS).abs() > as_rounded)
        )
        .sort("model", "measured_on", "source", "source_url", descending=[False, True, False, False], nulls_last=True)
        .group_by("model", maintain_order=True)
        .agg(
            pl.col("measured_tokens").median().round().cast(pl.Int64),
            pl.col("measured_by").first(),
            measured_url=pl.col("source_url").first(),
        )
    )
