"""The ceilings above a measured speed: does memory bind it, or arithmetic, or something else?

One request at a time, every active weight and the request's own keys and values are read once for
each token, so the bandwidth of the memory that holds them bounds the speed. A measured speed is
that ceiling times the share of it that was reached; of two hosts the speed ratio is the ceiling
ratio times the utilisation ratio.

Arithmetic bounds it too: twice the active parameters for each token, at the narrowest format that the chip's vendor
states and the weights fit. Where a system reaches neither ceiling, neither is what binds. Time for one layer says how
little a system has for it, communication included.

Which chip a host runs on is taken from a citation or not at all. A host whose silicon nobody
published is set against a reference system that the reader assumes. How many chips serve a model
is published for almost nobody: it is assumed too, by default the fewest that hold the weights.

Why on-chip memory counts only where a source says that no other lies beside it: a chip with both
keeps the weights in the larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from metrics import speed
from metrics.metric import (
    CEILING_RATIO,
    CEILING_TOKENS_PER_SECOND,
    CHIPS_TO_HOLD,
    COMPUTE_CEILING_TOKENS_PER_SECOND,
    READ_GB_PER_TOKEN,
    SHARE_OF_CEILING,
    SHARE_OF_COMPUTE,
    SPEED_RATIO,
    TIME_PER_LAYER,
    UTILISATION_RATIO,
    WEIGHTS_GB,
    add,
)
from metrics.models import first_to_say

BYTES_PER_WEIGHT: Mapping[str, float] = MappingProxyType({"16 bit": 2.0, "FP8": 1.0, "FP4": 0.5})
AS_PUBLISHED = "As published"
PRECISIONS = (AS_PUBLISHED, *BYTES_PER_WEIGHT)
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "bf16": "16 bit",
        "fp16": "16 bit",
        "fp8": "FP8",
        "int8": "FP8",
        "fp4": "FP4",
        "int4": "FP4",
        "mxfp4": "FP4",
        "nvfp4": "FP4",
    }
)
# Where the dense arithmetic of a chip stands for each format, the widest first.
TFLOPS: Mapping[str, str] = MappingProxyType({"16 bit": "bf16_tflops", "FP8": "fp8_tflops", "FP4": "fp4_tflops"})
BINDS_PERCENT = 50.0  # a ceiling binds a system that reaches half of it or more
BYTES_PER_CACHED_VALUE = 2.0  # keys and values are kept at 16 bits unless somebody says otherwise

REFERENCE_CHIP, REFERENCE_DEVICES = "H200 SXM", 8
CONTEXTS = (0, 1_000, 10_000, 100_000)
CONTEXT_TOKENS = 1_000  # Artificial Analysis's prompt until 2026

OTHERS_SHOWN = 8  # of the hosts with undisclosed silicon, the fastest

SRAM = "SRAM"
OFF_CHIP = "off-chip"
CHIPS_SINCE = 2022  # older chips serve no model that is compared here


@dataclass(frozen=True)
class Assumptions:
    """What the reader assumes: precision, context, requests at once, the reference system, and chips of named silicon.

    `batch` requests share one reading of the weights, while each reads keys and values of its own.
    `devices` gives a number of chips by accelerator; one that is not named gets the fewest that
    hold the weights.
    """

    precision: str = AS_PUBLISHED
    context_tokens: int = CONTEXT_TOKENS
    batch: int = 1
    reference: str = REFERENCE_CHIP
    reference_devices: int = REFERENCE_DEVICES
    devices: Mapping[str, int] = field(default_factory=dict)

    @property
    def system(self) -> str:
        return f"{self.reference_devices} × {self.reference}"


# Models


def architectures(models: pl.DataFrame, assumed: Assumptions) -> pl.DataFrame:
    """One row per model with a published architecture, and `cache_gb` of the assumed context for one request."""
    first = described(models)
    cached = [cache_gb(row, assumed.context_tokens) for row in first.iter_rows(named=True)]
    return first.select(
        "model",
        "total_parameters_bn",
        "active_parameters_bn",
        "released_precision",
        "layers",
        architecture_url="source_url",
        architecture_publisher="publisher",
        architecture_note="note",
        cache_gb=pl.Series(cached, dtype=pl.Float64),
        batch=pl.lit(assumed.batch),
    )


def described(models: pl.DataFrame) -> pl.DataFrame:
    """One row of `model` for each model with a published size (`first_to_say`)."""
    return first_to_say(models, "total_parameters_bn")


def cache_gb(known: Mapping[str, Any], context_tokens: int) -> float | None:
    """Gigabytes of keys and values that one token reads of a context this long; None where heads are not published.

    Windowed layers look back no further than their window; latent attention keeps one vector per
    token and layer in place of keys and values of heads.
    """
    per_layer: float = known["latent_values"] or 2 * (known["kv_heads"] or 0) * (known["head_dim"] or 0)
    if not per_layer or not known["layers"]:
        return None
    windowed = known["windowed_layers"] or 0
    within = min(context_tokens, known["window_tokens"] or context_tokens)
    tokens: int = (known["layers"] - windowed) * context_tokens + windowed * within
    return per_layer * BYTES_PER_CACHED_VALUE * tokens / 1e9


def nearest(models: pl.DataFrame, paired: pl.DataFrame, model: str) -> str | None:
    """The compared model with a published architecture that is most like this one: the same family first, then
    the one with most like-for-like pairs."""
    covered = speed.coverage(paired).filter(
        pl.col("model").is_in(described(models)["model"].to_list()) & (pl.col("model") != model)
    )
    is_kin = pl.col("model").str.starts_with(model.split(" ")[0])
    ranked = covered.sort(is_kin, descending=True, maintain_order=True)
    return ranked["model"][0] if ranked.height else None


def with_known_bandwidth(paired: pl.DataFrame, providers: pl.DataFrame, known_chips: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose specialised side runs on a chip with a published bandwidth: those that can be split."""
    known = known_chips.filter(pl.col("memory_bandwidth_tb_per_second").is_not_null())["accelerator"].to_list()
    named = providers.filter(pl.col("accelerator").is_in(known))["provider"].to_list()
    return paired.filter(pl.col("provider").is_in(named))


def _precision(assumed: Assumptions, published: pl.Expr) -> pl.Expr:
    """The precision assumed; "As published" is the host's own where it says one, else the released one."""
    if assumed.precision != AS_PUBLISHED:
        return pl.lit(assumed.precision)
    own = published.str.to_lowercase().replace_strict(dict(FORMATS), default=None, return_dtype=pl.String)
    return pl.coalesce(own, "released_precision")


def _bytes(precision: pl.Expr) -> pl.Expr:
    return precision.replace_strict(dict(BYTES_PER_WEIGHT), default=None, return_dtype=pl.Float64)


# Chips


def chips(accelerators: pl.DataFrame) -> pl.DataFrame:
    """One row per chip: the memory that holds a model, its kind, size and bandwidth.

    `memory_kind` is SRAM (on chip) only where a source says that nothing lies beside the chip;
    otherwise it is the kind beside the chip. The bandwidth is null where the published one is of
    another memory. Where sources describe one chip, the one that says most of its memory speaks.
    """
    beside, on_chip, kind = pl.col("hbm_gb"), pl.col("sram_gb"), pl.col("bandwidth_kind")
    is_beside, is_on_chip = beside > 0, (beside == 0) & (on_chip > 0)
    kind_beside = pl.when(kind != SRAM).then(kind).otherwise(pl.lit(OFF_CHIP))
    described = accelerators.with_columns(
        memory_gb=pl.when(is_beside).then(beside).when(is_on_chip).then(on_chip),
        memory_kind=pl.when(is_on_chip).then(pl.lit(SRAM)).when(is_beside).then(kind_beside),
    ).with_columns(
        memory_bandwidth_tb_per_second=pl.when(kind == pl.col("memory_kind")).then("memory_bandwidth_tb_per_second")
    )
    says_nothing_of = [pl.col(name).is_null() for name in ("memory_gb", "memory_bandwidth_tb_per_second")]
    return (
        described.sort("accelerator", *says_nothing_of, "source", "accelerator_as_published")
        .unique("accelerator", keep="first", maintain_order=True)
        .select(
            "accelerator",
            "vendor",
            pl.col("family").fill_null("undisclosed"),
            "announced_on",
            "available_on",
            "memory_gb",
            "memory_kind",
            "memory_bandwidth_tb_per_second",
            *TFLOPS.values(),
            "source_url",
            "publisher",
            "note",
        )
    )


def _dense_tflops() -> pl.Expr:
    """Dense arithmetic of a chip at the narrowest stated format that the served weights fit; null where none is."""
    widest_first = list(TFLOPS)
    served = pl.col("precision_assumed")
    at = pl.lit(None, dtype=pl.Float64)
    for place, name in enumerate(widest_first):
        # Weights of this format can be worked on at it and at every wider one, the narrowest that is stated first.
        stated = pl.coalesce([TFLOPS[wider] for wider in reversed(widest_first[: place + 1])])
        at = pl.when(served == name).then(stated).otherwise(at)
    return at


def references(known_chips: pl.DataFrame) -> list[str]:
    """GPUs that may stand as the reference system, newest first: those on sale with memory and bandwidth published."""
    return (
        known_chips.filter(
            (pl.col("family") == "GPU")
            & pl.col("available_on").is_not_null()
            & pl.col("memory_bandwidth_tb_per_second").is_not_null()
        )
        .sort("available_on", "accelerator", descending=[True, False])["accelerator"]
        .to_list()
    )


def to_hold(
    known_chips: pl.DataFrame, providers: pl.DataFrame, known: pl.DataFrame, model: str, assumed: Assumptions
) -> pl.DataFrame:
    """Chips needed to hold one model's weights, most first; no rows where its architecture is not published.

    Of the chips since 2022 those whose kind of memory a source names, and those that a provider
    names as its own. Without a precision assumed, that of the released weights.
    """
    named = providers["accelerator"].drop_nulls().to_list()
    is_recent = pl.max_horizontal("announced_on", "available_on").dt.year() >= CHIPS_SINCE
    is_told = (pl.col("memory_kind") != OFF_CHIP) | pl.col("accelerator").is_in(named)
    return (
        known_chips.filter(pl.col("memory_gb").is_not_null() & is_recent & is_told)
        .join(known.filter(pl.col("model") == model), how="cross")
        .with_columns(
            precision_assumed=_precision(assumed, pl.lit(None, dtype=pl.String)),
            is_served_from=pl.col("accelerator").is_in(named),
        )
        .with_columns(bytes_per_weight=_bytes(pl.col("precision_assumed")))
        .pipe(add, WEIGHTS_GB)
        .pipe(add, CHIPS_TO_HOLD)
        .sort(CHIPS_TO_HOLD.name, "memory_gb", "accelerator", descending=[True, False, False])
    )


def specifications(accelerators: pl.DataFrame) -> pl.DataFrame:
    """Every description of every chip, the newest on sale first; two sources of one chip stay two rows, side by side.

    `price_basis` says whether a price is an estimate; null where no price is published.
    """
    newest = pl.col("available_on").max().over("accelerator")
    basis = pl.when(pl.col("price_is_estimate")).then(pl.lit("an estimate")).otherwise(pl.lit("as published"))
    return accelerators.with_columns(
        price_basis=pl.when(pl.col("price_usd").is_not_null()).then(basis),
    ).sort(newest, "accelerator", "source", descending=[True, False, False], nulls_last=True)


# Hosts


def with_ceiling(
    hosts: pl.DataFrame,
    providers: pl.DataFrame,
    known_chips: pl.DataFrame,
    known: pl.DataFrame,
    assumed: Assumptions,
) -> pl.DataFrame:
    """Measured speeds with the ceiling of the system behind each, and the share of it that was reached.

    Grain as given; models without a published architecture are left out. `is_reference` is true
    where nobody published the host's silicon, so that the reader's reference system stands in.
    `compute_ceiling_tokens_per_second` is null where no dense arithmetic of the chip is published, `time_per_layer_us`
    where the model's layers are not. `ceiling_tokens_per_second` is null where the chip's memory or bandwidth is not
    published.
    """
    system = known_chips.select(
        "accelerator",
        "memory_gb",
        "memory_kind",
        "memory_bandwidth_tb_per_second",
        *TFLOPS.values(),
        chip_url="source_url",
        chip_publisher="publisher",
    )
    overridden = pl.col("accelerator").replace_strict(
        dict(assumed.devices) or {"": 0}, default=None, return_dtype=pl.Int64
    )
    return (
        hosts.join(
            providers.select("provider", "accelerator"),
            on="provider",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            is_reference=pl.col("accelerator").is_null(),
            accelerator=pl.col("accelerator").fill_null(assumed.reference),
        )
        .join(system, on="accelerator", how="left", validate="m:1", maintain_order="left")
        .join(known, on="model", how="inner", validate="m:1", maintain_order="left")
        .with_columns(precision_assumed=_precision(assumed, pl.col("precision")))
        .with_columns(bytes_per_weight=_bytes(pl.col("precision_assumed")))
        .pipe(add, WEIGHTS_GB, READ_GB_PER_TOKEN)
        # Without published heads the weights alone still bound the speed, a little too high.
        .with_columns(pl.coalesce(READ_GB_PER_TOKEN.name, pl.col("active_parameters_bn") * pl.col("bytes_per_weight")))
        .pipe(add, CHIPS_TO_HOLD)
        .with_columns(
            devices=pl.when("is_reference")
            .then(pl.lit(assumed.reference_devices, dtype=pl.Int64))
            .otherwise(pl.coalesce(overridden, CHIPS_TO_HOLD.name))
        )
        .with_columns(holds_model=pl.col("devices") >= pl.col(CHIPS_TO_HOLD.name))
        .pipe(_with_system)
        .with_columns(dense_tflops=_dense_tflops())
        .pipe(add, CEILING_TOKENS_PER_SECOND, COMPUTE_CEILING_TOKENS_PER_SECOND, TIME_PER_LAYER)
        .pipe(add, SHARE_OF_CEILING, SHARE_OF_COMPUTE)
    )


def _with_system(rows: pl.DataFrame) -> pl.DataFrame:
    names = [
        f"{devices:,} × {chip}" if devices else f"{chip}, chips not published"
        for devices, chip in rows.select("devices", "accelerator").iter_rows()
    ]
    return rows.with_columns(system=pl.Series(names, dtype=pl.String))


def split(hosts: pl.DataFrame) -> pl.DataFrame:
    """Each specialised host beside the baseline: speed ratio = ceiling ratio × utilisation ratio, fastest first.

    Takes `with_ceiling` rows of one model and run with `is_baseline`. No rows where the baseline
    has no ceiling; a host without one is left out.
    """
    side = (
        "provider",
        "host_label",
        "system",
        "is_reference",
        "ceiling_tokens_per_second",
        "share_of_ceiling_percent",
        "share_of_compute_percent",
        "time_per_layer_us",
        "measured_on",
        "measured_by",
        "memory_kind",
        "source_url",
        "publisher",
    )
    base = hosts.filter("is_baseline").head(1).select(pl.col(side).name.prefix("baseline_"))
    return (
        hosts.filter("is_specialised")
        .drop("baseline_provider")
        .join(base, how="cross")
        .pipe(add, SPEED_RATIO, CEILING_RATIO, UTILISATION_RATIO)
        .filter(pl.col(CEILING_RATIO.name).is_not_null())
        .sort("speed_ratio", "host_label", descending=[True, False])
    )


def shown(hosts: pl.DataFrame, others: int = OTHERS_SHOWN) -> pl.DataFrame:
    """The hosts for a chart: those on named silicon, the baseline, a reader's own, and the fastest of the others."""
    rank = pl.col("output_tokens_per_second").rank("ordinal", descending=True).over("is_reference")
    return hosts.filter(~pl.col("is_reference") | pl.col("is_baseline") | pl.col("is_own") | (rank <= others))


def newest_of_each_vendor(held: pl.DataFrame, also: str) -> pl.DataFrame:
    """Of `to_hold` rows each vendor's newest chip, what a provider serves from, on-chip designs, and one more."""
    newest = held.sort(
        "available_on", "announced_on", "accelerator", descending=[True, True, False], nulls_last=True
    ).unique("vendor", keep="first", maintain_order=True)["accelerator"]
    return held.filter(
        pl.col("accelerator").is_in([*newest, also]) | pl.col("is_served_from") | (pl.col("memory_kind") == SRAM)
    )
