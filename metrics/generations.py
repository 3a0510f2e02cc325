"""What a generation of accelerators gained in training and in inference, from MLPerf results of one round.

A pair is one result of a generation beside one of the reference: same suite, round, division, benchmark and
scenario, and the same kind of submitter, because a chip maker tunes what a system maker ships. Each kind
enters with its best result. In training the pair has the nearest accelerator counts, at most a factor of
two apart: accelerator-minutes grow with the count. Rounds are never mixed; of several the newest counts.

In inference like precision stands beside like precision; pairs of unlike precision, FP4 beside FP8 say, are a side of
their own (`MIXED`), and so are those of which one states none. Results of training state no precision.
"""

from math import exp, log

import polars as pl

from metrics import rounds, submitters
from metrics.metric import ACCELERATOR_MINUTES, INFERENCE_GAIN, THROUGHPUT_PER_ACCELERATOR, TRAINING_GAIN, add
from metrics.values import mean as average

COUNTS_APART = 2.0  # the most that accelerator counts of a pair in training may differ, as a factor
SAME_KIND, ANY_KIND = "Same kind", "Any"
ANY_AVAILABILITY = "Any"
NOT_STATED, SEVERAL = "not stated", "several formats"
NO_SHARED = "no shared benchmark"
TRAINING, INFERENCE, MIXED = "Training", "Inference", "Inference at unlike precision"
STEMS = {TRAINING: "training", INFERENCE: "inference", MIXED: "mixed"}  # what their columns begin with
SPELLED = {"float8": "fp8", "bfloat16": "bf16"}

TRAINING_LIKE = ("round", "division", "benchmark")
INFERENCE_LIKE = ("round", "division", "suite", "benchmark", "scenario", "unit")
OF_A_SIDE = (
    "accelerator",
    "submitter",
    "system",
    "accelerator_count",
    "availability",
    "source_url",
    "result_id",
    "precision",
    "minutes",
    "value",
    "accelerator_minutes",
    "value_per_accelerator",
)

# One model under the names that the two suites give it.
WORKLOADS = {
    "llama2_70b_lora": "llama2-70b",
    "llama31_405b": "llama3.1-405b",
    "dlrm_dcnv2": "dlrm-v2",
    "stable_diffusion": "stable-diffusion",
    "stable-diffusion-xl": "stable-diffusion",
}


def pairs(training: pl.DataFrame, inference: pl.DataFrame, reference: str, kinds: str = SAME_KIND) -> pl.DataFrame:
    """Every pair of a generation with the reference, training first.

    Grain: one generation, side, benchmark, scenario and kind of submitter. The reference's side has the
    prefix `reference_`. `gain` is `training_gain` or `inference_gain`: above 1 the generation is better.
    `precision_differs` is null in training.
    """
    trained = _against(_trainable(training, kinds), reference, TRAINING_LIKE)
    served = _against(_servable(inference, kinds), reference, INFERENCE_LIKE).with_columns(
        precision_differs=one_precision("precision").ne(one_precision("reference_precision")).fill_null(True)
    )
    trained = add(_nearest_counts(trained), TRAINING_GAIN).with_columns(side=pl.lit(TRAINING))
    unlike = pl.when("precision_differs").then(pl.lit(MIXED)).otherwise(pl.lit(INFERENCE))
    served = add(_best(served), INFERENCE_GAIN).with_columns(side=unlike)
    together = pl.concat([trained, served], how="diagonal_relaxed")
    return (
        together.with_columns(
            gain=pl.coalesce(TRAINING_GAIN.name, INFERENCE_GAIN.name),
            workload=workload(),
        )
        .filter(pl.col("gain").is_not_null())
        .sort("accelerator", _place(), "benchmark", "scenario", "submitter_kind", nulls_last=True)
    )


def _place() -> pl.Expr:
    """The sides in their order."""
    return pl.col("side").replace_strict(list(STEMS), range(len(STEMS)), return_dtype=pl.Int64)


def one_precision(name: str) -> pl.Expr:
    """A precision under one spelling; of several formats in one result each with its part, in their order."""
    plain = pl.col(name).str.replace_all(r"[{}'\s]", "").str.to_lowercase().str.split(",")
    return plain.list.eval(pl.element().replace(SPELLED)).list.sort().list.join(",")


def precision_named(name: str) -> pl.Expr:
    """A precision as words: FP4, several formats, not stated."""
    spelled = (
        pl.when(one_precision(name).str.contains("[,:]"))
        .then(pl.lit(SEVERAL))
        .otherwise(one_precision(name).str.to_uppercase())
    )
    return spelled.fill_null(NOT_STATED)


def gains(paired: pl.DataFrame) -> pl.DataFrame:
    """What each generation gained on each side: the geometric mean over benchmarks, with their range.

    Grain: one generation and side. A benchmark enters once: the mean of its scenarios, accuracy
    levels and kinds of submitter. `low` and `high` are the least and the most that one benchmark gained.
    """
    by_benchmark = paired.group_by("accelerator", "reference_accelerator", "side", "workload", maintain_order=True).agg(
        pl.col("gain").log().mean().exp(),
        pairs=pl.len().cast(pl.Int64),
        precisions=pl.format("{} against {}", precision_named("precision"), precision_named("reference_precision"))
        .unique()
        .sort(),
        round=pl.col("round").unique(),
        accelerator_as_published=pl.col("accelerator_as_published").sort().first(),
    )
    return (
        by_benchmark.group_by("accelerator", "reference_accelerator", "side", maintain_order=True)
        .agg(
            gain=pl.col("gain").log().mean().exp(),
            low=pl.col("gain").min(),
            high=pl.col("gain").max(),
            benchmarks=pl.len().cast(pl.Int64),
            pairs=pl.col("pairs").sum(),
            precisions=pl.col("precisions").explode().unique().sort().str.join(", "),
            round=pl.col("round").explode().unique().sort().str.join(" and "),
            workloads=pl.col("workload").sort().str.join(", "),
            accelerator_as_published=pl.col("accelerator_as_published").sort().first(),
        )
        .sort("accelerator", _place())
    )


def common(paired: pl.DataFrame) -> pl.DataFrame:
    """Pairs of those benchmarks that the generation shares with the reference in training and in inference alike."""
    of_one = ["accelerator", "workload"]
    sides = paired.group_by(of_one).agg(
        is_trained=(pl.col("side") == TRAINING).any(), is_served=(pl.col("side") != TRAINING).any()
    )
    held = sides.filter(pl.col("is_trained") & pl.col("is_served"))
    return paired.join(held.select(of_one), on=of_one, how="semi", maintain_order="left")


def both_sides(gained: pl.DataFrame) -> pl.DataFrame:
    """One row per generation with its gain on each side, null where it shares no benchmark there.

    Generations with both sides come first, then those with one; of each the best on top. Columns of unlike precision
    begin with `mixed_`, and `mixed_precisions` names the formats.

    `advantage` is the gain in inference at like precision over the gain in training, where both are known.
    """
    values = ("gain", "low", "high", "benchmarks", "pairs", "round", "workloads", "precisions")
    chips = gained.group_by("accelerator", "reference_accelerator", maintain_order=True).agg(
        pl.col("accelerator_as_published").first()
    )
    for side, stem in STEMS.items():
        of_side = gained.filter(pl.col("side") == side).select(
            "accelerator", "reference_accelerator", *(pl.col(name).alias(f"{stem}_{name}") for name in values)
        )
        chips = chips.join(
            of_side, on=["accelerator", "reference_accelerator"], how="left", validate="1:1", maintain_order="left"
        )
    return chips.with_columns(advantage=pl.col("inference_gain") / pl.col("training_gain")).sort(
        pl.col("advantage").is_null(),
        pl.col("training_gain").is_null(),
        pl.mean_horizontal(pl.col("training_gain").log(), pl.coalesce("inference_gain", "mixed_gain").log()),
        "accelerator",
        descending=[False, False, True, False],
    )


def advantage(both: pl.DataFrame) -> float | None:
    """Geometric mean of inference's gain over training's, of the generations that have both."""
    known = both["advantage"].drop_nulls()
    mean = average(known.log())
    return None if mean is None else exp(mean)


def references(training: pl.DataFrame, inference: pl.DataFrame, kinds: str = SAME_KIND) -> list[str]:
    """Generations that another can be compared with, most results first."""
    usable = pl.concat(
        [_trainable(training, kinds).select("accelerator"), _servable(inference, kinds).select("accelerator")]
    )
    counted = usable.group_by("accelerator").len().sort("len", "accelerator", descending=[True, False])
    return counted["accelerator"].to_list()


def unmatched(training: pl.DataFrame, inference: pl.DataFrame, paired: pl.DataFrame, reference: str) -> list[str]:
    """Generations with results that share no benchmark with the reference on either side, by name."""
    every = set(references(training, inference)) - {reference}
    return sorted(every - set(paired["accelerator"]))


def workload() -> pl.Expr:
    """The benchmark without its accuracy level, under one name in both suites."""
    return pl.col("benchmark").str.replace(r"-99(\.9)?$", "").replace(WORKLOADS)


def _trainable(results: pl.DataFrame, kinds: str) -> pl.DataFrame:
    scored = rounds.once(results).filter((pl.col("status") == "scored") & pl.col("minutes").is_not_null())
    return add(_comparable(scored, kinds), ACCELERATOR_MINUTES)


def _servable(results: pl.DataFrame, kinds: str) -> pl.DataFrame:
    """Throughputs; a latency is another quantity, and an inferred result is another's twice."""
    throughputs = results.filter(pl.col("unit").str.ends_with("/s") & ~pl.col("is_inferred"))
    return add(_comparable(throughputs, kinds), THROUGHPUT_PER_ACCELERATOR)


def _comparable(results: pl.DataFrame, kinds: str) -> pl.DataFrame:
    """Closed division, on sale, of one kind of chip that was counted."""
    kept = results.filter(
        (pl.col("division") == "closed")
        & ~pl.col("is_preview")
        & pl.col("accelerator").is_not_null()
        & (pl.col("accelerator_count") > 0)
    )
    known = submitters.with_kind(kept)
    return known if kinds == SAME_KIND else known.with_columns(submitter_kind=pl.lit("any"))


def _against(results: pl.DataFrame, reference: str, like: tuple[str, ...]) -> pl.DataFrame:
    """Every result of another generation beside every result of the reference that is like it."""
    on = [*like, "submitter_kind"]
    own = [name for name in OF_A_SIDE if name in results.columns]
    theirs = results.filter(pl.col("accelerator") == reference).select(*on, pl.col(own).name.prefix("reference_"))
    return results.filter(pl.col("accelerator") != reference).join(theirs, on=on, how="inner")


def _nearest_counts(beside: pl.DataFrame) -> pl.DataFrame:
    """Of each generation, benchmark and kind the pair with the nearest counts; of those alike the one with the
    fewest accelerator-minutes on both sides, which is each side's best at these counts."""
    apart = (pl.col("accelerator_count") / pl.col("reference_accelerator_count")).log().abs()
    both = pl.col("accelerator_minutes") + pl.col("reference_accelerator_minutes")
    ordered = beside.with_columns(apart=apart, both=both).filter(pl.col("apart") <= log(COUNTS_APART) + 1e-9)
    ordered = ordered.sort("apart", "both", "system", "reference_system")
    return _newest(ordered.drop("apart", "both"), ("benchmark",))


def _best(beside: pl.DataFrame) -> pl.DataFrame:
    """Of each generation, benchmark, scenario, kind and likeness of precision each side's highest throughput per
    accelerator."""
    ordered = beside.sort(
        "value_per_accelerator",
        "reference_value_per_accelerator",
        "system",
        "reference_system",
        descending=[True, True, False, False],
    )
    return _newest(ordered, ("benchmark", "scenario", "precision_differs"))


def _newest(ordered: pl.DataFrame, of: tuple[str, ...]) -> pl.DataFrame:
    """The first of each in the newest round that has both sides."""
    return rounds.newest_first(ordered).unique(
        ["accelerator", *of, "submitter_kind"], keep="first", maintain_order=True
    )


def training_curve(
    results: pl.DataFrame, benchmark: str, round_name: str, division: str, availability: str
) -> pl.DataFrame:
    """Results of one training benchmark with their accelerator-minutes, fewest accelerators first.

    `is_best` marks the fastest result of each generation at each accelerator count.
    """
    shown = rounds.once(results).filter(
        (pl.col("benchmark") == benchmark)
        & (pl.col("round") == round_name)
        & (pl.col("division") == division)
        & pl.col("minutes").is_not_null()
        & (pl.col("accelerator_count") > 0)
    )
    if availability != ANY_AVAILABILITY:
        shown = shown.filter(pl.col("availability") == availability)
    fastest = pl.col("minutes").min().over("accelerator", "accelerator_count")
    return (
        add(shown, ACCELERATOR_MINUTES)
        .with_columns(is_best=pl.col("accelerator").is_not_null() & (pl.col("minutes") == fastest))
        .sort("accelerator_count", "minutes", "system")
    )


def per_accelerator(
    results: pl.DataFrame, benchmark: str, scenario: str, round_name: str, division: str = "closed"
) -> pl.DataFrame:
    """Throughput per accelerator of each generation in one benchmark, scenario and round: best, range, how many.

    Grain: one generation, with the columns of its best result; `precision_label` names the number format of that one,
    `low` is its least result, `results` their number.
    """
    shown = results.filter(
        (pl.col("benchmark") == benchmark)
        & (pl.col("scenario") == scenario)
        & (pl.col("round") == round_name)
        & (pl.col("division") == division)
        & pl.col("accelerator").is_not_null()
        & (pl.col("accelerator_count") > 0)
        & ~pl.col("is_inferred")
    )
    usual = shown["unit"].value_counts().sort("count", "unit", descending=[True, False])["unit"].head(1)
    counted = add(shown.filter(pl.col("unit").is_in(usual.implode())), THROUGHPUT_PER_ACCELERATOR)
    value = THROUGHPUT_PER_ACCELERATOR.name
    return (
        counted.sort(value, "system", descending=[True, False])
        .with_columns(
            precision_label=precision_named("precision"),
            low=pl.col(value).min().over("accelerator"),
            results=pl.len().over("accelerator").cast(pl.Int64),
        )
        .unique("accelerator", keep="first", maintain_order=True)
    )


def beside_own(record: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Results of the record, and after them a reader's own of the same benchmark and round, `is_own` and so named."""
    yours = own.with_columns(
        accelerator=pl.format("{}, yours", pl.col("accelerator").fill_null("a mix")), is_own=pl.lit(True)
    )
    return pl.concat([record.with_columns(is_own=pl.lit(False)), yours], how="diagonal_relaxed")


def with_family(rows: pl.DataFrame, accelerators: pl.DataFrame) -> pl.DataFrame:
    """Rows with the silicon `family` of their accelerator, as the table of chips or its vendor's name has it."""
    described = accelerators.filter(pl.col("family").is_not_null())
    known = described.group_by("accelerator").agg(pl.col("family").sort().first())
    spelling = [name for name in ("accelerator_as_published", "accelerator") if name in rows.columns]
    spelled = rows.with_columns(accelerator_as_published=pl.coalesce(spelling))
    marked = submitters.with_vendor(spelled)
    of_vendor = pl.col("vendor").replace_strict(dict(submitters.ASKED_ABOUT), default=None)
    return (
        marked.join(known, on="accelerator", how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.coalesce("family", of_vendor).alias("family"))
        .select(*rows.columns, "family")
    )
