"""What shared GPUs write for all users together against what each user sees, chip by chip.

A curve is of one chip, model, precision and lengths of prompt and reply: output per accelerator is another quantity
at other lengths, since the prompt is worked off in the same time. Nothing here stands beside the speed of one request.
"""

from dataclasses import dataclass

import polars as pl

from metrics import forms, matching, rent
from metrics.metric import COST_FROM_RENT, add

INTERACTIVITY = 50.0  # tokens/s that each user must get for a GPU's throughput to count: several times reading pace
FAST = 200.0  # what a user of a fast host gets: list prices of fast hosts are judged at both
SPEEDS = (INTERACTIVITY, FAST)
FULL_USE = 1.0  # machines that are never idle: the best case for GPUs
CONDITIONS = ("model", "precision", "prompt_tokens", "output_tokens")

EACH_USER = pl.col("interactivity_tokens_per_second_per_user")
TOGETHER = pl.col("tokens_per_second_per_accelerator")


@dataclass(frozen=True)
class Workload:
    """One precision and one length of prompt and of reply, in tokens."""

    precision: str
    prompt_tokens: int
    output_tokens: int

    @property
    def label(self) -> str:
        return f"{self.precision}, {self.prompt_tokens:,} tokens in and {self.output_tokens:,} out"

    @property
    def chosen(self) -> pl.Expr:
        return (
            (pl.col("precision") == self.precision)
            & (pl.col("prompt_tokens") == self.prompt_tokens)
            & (pl.col("output_tokens") == self.output_tokens)
        )


def points(serving: pl.DataFrame) -> pl.DataFrame:
    """Points that may stand on a curve: chip, precision, both lengths, both speeds above 0 are published.

    Grain: as gpu_serving, with `tokens_per_second_per_accelerator` (output) and `is_own`; precision in capitals.
    """
    return (
        rent.per_accelerator(serving)
        .with_columns(precision=pl.col("precision").str.to_uppercase(), is_own=matching.OWN)
        .filter(pl.all_horizontal(pl.col(*CONDITIONS, "accelerator").is_not_null()) & (EACH_USER > 0) & (TOGETHER > 0))
    )


def workloads(of_points: pl.DataFrame, model: str) -> list[Workload]:
    """Conditions under which a model was measured: those of most chips first, then those of most points."""
    counted = (
        of_points.filter(pl.col("model") == model)
        .group_by("precision", "prompt_tokens", "output_tokens")
        .agg(chips=pl.col("accelerator").n_unique(), points=pl.len())
        .sort(
            "chips",
            "points",
            "precision",
            "prompt_tokens",
            "output_tokens",
            descending=[True, True, False, False, False],
        )
    )
    return [Workload(*row) for row in counted.select("precision", "prompt_tokens", "output_tokens").iter_rows()]


def usual(throughputs: pl.DataFrame) -> pl.DataFrame:
    """Of the throughputs of one model those that one figure may stand for: of one precision and one pair of lengths,
    with a readable speed for each user.

    Order as given. Where a model was measured under several workloads they are those of the first of `workloads`;
    figures without lengths stay, where there are no others.
    """
    placed = points(throughputs)
    if placed.is_empty():
        return throughputs
    first = workloads(placed, placed["model"][0])[0]
    return placed.filter(first.chosen & (EACH_USER >= INTERACTIVITY))


def curves(of_points: pl.DataFrame, model: str, workload: Workload, accelerators: pl.DataFrame) -> pl.DataFrame:
    """Points of a model under one workload; `is_frontier` marks those that no point of the same chip beats.

    Grain: point. A point is beaten where another gives every user as much and all of them more together. `family` is
    the silicon's, from the table `accelerator`; `label` names the chip, and whose figures they are.
    """
    yours = pl.when("is_own").then(pl.lit(", yours")).otherwise(pl.lit(""))
    return (
        of_points.filter((pl.col("model") == model) & workload.chosen)
        .join(forms.families(accelerators), on="accelerator", how="left", validate="m:1", maintain_order="left")
        .with_columns(label=pl.format("{}{}", "accelerator", yours))
        .sort("label", EACH_USER, TOGETHER, "source_url", descending=[False, True, True, False])
        .with_columns(is_frontier=_is_best(TOGETHER))
    )


def _is_best(value: pl.Expr) -> pl.Expr:
    """True where a value is above that of all rows before it of the same label."""
    return (value > value.cum_max().shift(1).over("label")).fill_null(value=True)


def best_at(curve: pl.DataFrame, interactivity: float = INTERACTIVITY) -> pl.DataFrame:
    """The point of each chip that writes most for all users, of those that give each one at least this many tokens/s.

    Grain: chip, and whether the figures are a reader's own; most first. A chip none of whose points gives a user so
    much is left out.
    """
    return (
        curve.filter(interactivity <= EACH_USER)
        .sort(TOGETHER, "label", descending=[True, False])
        .unique("label", keep="first", maintain_order=True)
    )


def with_costs(curve: pl.DataFrame, rents: pl.DataFrame) -> pl.DataFrame:
    """Points with what a million output tokens costs at the middle rent of their own time, machines never idle.

    Takes the table accelerator_rent. Points without an on-demand rent of their own time are left out. The prompt
    is in the cost: it is worked off on the same machines in the same time. `is_frontier` is of the cost: rents differ
    from day to day, so the most throughput need not be the lowest cost.
    """
    of_time = rent.of_time(rents, curve)
    rented = curve.join(of_time, on=["accelerator", "measured_on"], how="inner", maintain_order="left").with_columns(
        utilisation=pl.lit(FULL_USE)
    )
    cost = pl.col(COST_FROM_RENT.name)
    return (
        add(rented, COST_FROM_RENT)
        .sort("label", EACH_USER, cost, "source_url", descending=[False, True, False, False])
        .with_columns(is_frontier=_is_best(-cost))
    )


def unrented(curve: pl.DataFrame, costed: pl.DataFrame) -> list[str]:
    """Chips of a curve of which no rent of the time of its measurements is published."""
    return curve.join(costed, on="accelerator", how="anti")["accelerator"].unique().sort().to_list()
