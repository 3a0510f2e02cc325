"""What a token takes of energy: always with the number of requests that shared the chips, which decides it.

Energy is of the accelerators of a deployment alone, over output tokens alone. It is no figure of a chip.
"""

from dataclasses import dataclass

import polars as pl

from metrics import forms

BATCH = pl.coalesce(pl.col("mean_requests_at_once"), pl.col("most_requests_at_once").cast(pl.Float64))


@dataclass(frozen=True)
class Task:
    """One kind of requests on weights of one precision."""

    workload: str
    precision: str | None

    @property
    def label(self) -> str:
        return f"{self.workload}, {self.precision or 'precision not published'}"


def tasks(rows: pl.DataFrame, model: str) -> list[Task]:
    """What a model was measured on: that of most chips first, then that of most configurations."""
    counted = (
        rows.filter(pl.col("model") == model)
        .group_by("workload", "precision")
        .agg(chips=pl.col("accelerator").n_unique(), configurations=pl.len())
        .sort("chips", "configurations", "workload", "precision", descending=[True, True, False, False])
    )
    return [Task(*row) for row in counted.select("workload", "precision").iter_rows()]


def measured(rows: pl.DataFrame, model: str, task: Task, accelerators: pl.DataFrame) -> pl.DataFrame:
    """Configurations of a model on one task, with `requests_at_once`, the batch, and `label`, the deployment.

    Grain: configuration, by deployment and batch. A deployment is so many of one chip; `family` is of the silicon.
    """
    return (
        rows.filter(
            (pl.col("model") == model)
            & (pl.col("workload") == task.workload)
            & pl.col("precision").eq_missing(pl.lit(task.precision, dtype=pl.String))
        )
        .join(forms.families(accelerators), on="accelerator", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            requests_at_once=BATCH,
            label=pl.format("{} × {}", pl.col("accelerator_count").cast(pl.String).fill_null("?"), "accelerator"),
        )
        .sort("accelerator", "accelerator_count", "requests_at_once", "joules_per_output_token", "source_url")
    )


def ranges(shown: pl.DataFrame) -> pl.DataFrame:
    """The least and the most energy of a token on each chip, least first, each with its batch.

    Grain: accelerator, with low, high (J/token) and requests_at_low, requests_at_high.
    """
    joules = pl.col("joules_per_output_token")
    return (
        shown.sort(joules, "requests_at_once", descending=[False, True])
        .group_by("accelerator", maintain_order=True)
        .agg(
            low=joules.first(),
            high=joules.last(),
            requests_at_low=pl.col("requests_at_once").first(),
            requests_at_high=pl.col("requests_at_once").last(),
        )
        .sort("low", "accelerator")
    )


def unmeasured(rows: pl.DataFrame, providers: pl.DataFrame) -> list[str]:
    """Specialised providers whose chip nobody measured."""
    special = providers.filter("is_specialised")
    return special.join(rows, on="accelerator", how="anti")["provider"].unique().sort().to_list()
