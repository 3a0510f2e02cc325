"""A metric is one declaration; pickers, axes, glossary, exports and tests read it."""

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Metric:
    """One quantity: its column, what to call it, its unit, which way is better, how it is computed.

    `formula` is the expression in words, `caveat` what a careful reader should know, `source`
    where the definition stands.
    """

    name: str
    label: str
    unit: str
    better: str  # higher | lower
    expr: pl.Expr = field(compare=False)
    formula: str
    source: str
    caveat: str = ""


def ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """above / below; null where a side is missing or not finite, or the denominator is zero."""
    sides_are_there = above.is_finite() & below.is_finite() & (below != 0)
    return pl.when(sides_are_there).then(above / below)


def add(frame: pl.DataFrame, *metrics: Metric) -> pl.DataFrame:
    """The frame with one column for each metric: a finite number, or null."""
    return frame.with_columns(
        pl.when(metric.expr.is_finite()).then(metric.expr).alias(metric.name) for metric in metrics
    )


SPEED_RATIO = Metric(
    name="speed_ratio",
    label="Speed ratio",
    unit="×",
    better="higher",
    expr=ratio(pl.col("output_tokens_per_second"), pl.col("baseline_output_tokens_per_second")),
    formula="output speed of the specialised provider / output speed of the baseline",
    source="Artificial Analysis methodology: output speed is tokens per second after the first token",
    caveat="One request at a time; says nothing about how many users a system serves at once.",
)

RESPONSE_SECONDS = Metric(
    name="response_seconds",
    label="Response time",
    unit="s",
    better="lower",
    expr=pl.col("ttft_seconds") + ratio(pl.col("answer_tokens"), pl.col("output_tokens_per_second")),
    formula="time to first token + (thinking tokens + answer tokens) / output speed",
    source="Artificial Analysis methodology: end-to-end response time",
    caveat="Assumes the median speed holds over the whole answer.",
)

BASELINE_RESPONSE_SECONDS = Metric(
    name="baseline_response_seconds",
    label="Response time of the baseline",
    unit="s",
    better="lower",
    expr=pl.col("baseline_ttft_seconds") + ratio(pl.col("answer_tokens"), pl.col("baseline_output_tokens_per_second")),
    formula=RESPONSE_SECONDS.formula,
    source=RESPONSE_SECONDS.source,
    caveat=RESPONSE_SECONDS.caveat,
)

RESPONSE_RATIO = Metric(
    name="response_ratio",
    label="End-to-end ratio",
    unit="×",
    better="higher",
    expr=ratio(pl.col("baseline_response_seconds"), pl.col("response_seconds")),
    formula="response time of the baseline / response time of the specialised provider",
    source=RESPONSE_SECONDS.source,
    caveat="The wait for the first token does not shrink with output speed, so this is below the speed ratio.",
)

BLENDED_PRICE = Metric(
    name="blended_usd_per_mtok",
    label="Blended price",
    unit="USD per 1M tokens",
    better="lower",
    expr=pl.col("cached_weight") * pl.coalesce("cached_input_usd_per_mtok", "input_usd_per_mtok")
    + pl.col("input_weight") * pl.col("input_usd_per_mtok")
    + pl.col("output_weight") * pl.col("output_usd_per_mtok"),
    formula="cached share × cached price + input share × input price + output share × output price",
    source="Artificial Analysis methodology: 3:1 input to output until 2026, 7:2:1 cached to input to output since",
    caveat="Where no cache price is published the input price stands in for it.",
)

COST_RATIO = Metric(
    name="cost_ratio",
    label="Price ratio",
    unit="×",
    better="lower",
    expr=ratio(pl.col("blended_usd_per_mtok"), pl.col("baseline_blended_usd_per_mtok")),
    formula="blended price of the specialised provider / blended price of the baseline",
    source=BLENDED_PRICE.source,
    caveat="List prices; what a large customer pays is not published.",
)

WRITING_SECONDS = Metric(
    name="writing_seconds",
    label="Writing time",
    unit="s",
    better="lower",
    expr=ratio(pl.col("answer_tokens"), pl.col("output_tokens_per_second")),
    formula="(thinking tokens + answer tokens) / output speed",
    source="Artificial Analysis methodology: end-to-end response time without the wait for the first token",
    caveat="The least that an answer takes where nobody published the time to first token.",
)

DAYS_PER_MONTH = 365 / 12

MONTHLY_COST = Metric(
    name="monthly_usd",
    label="Monthly cost",
    unit="USD per month",
    better="lower",
    expr=pl.col("requests_per_day")
    * DAYS_PER_MONTH
    * (
        pl.col("input_tokens")
        * (
            pl.col("cached_share") * pl.coalesce("cached_input_usd_per_mtok", "input_usd_per_mtok")
            + (1 - pl.col("cached_share")) * pl.col("input_usd_per_mtok")
        )
        + (pl.col("thinking_tokens") + pl.col("output_tokens")) * pl.col("output_usd_per_mtok")
    )
    / 1e6,
    formula="requests a day × 30.4 days × (input tokens × (cached share × cached price + the rest × input price) "
    "+ (thinking + output tokens) × output price)",
    source="derived from list prices; a month is 365 / 12 days; thinking tokens are paid as output",
    caveat="List prices without discounts, so linear in volume. Where no cache price is published the input price "
    "stands in for it.",
)

ACCELERATOR_MINUTES = Metric(
    name="accelerator_minutes",
    label="Accelerator-minutes",
    unit="accelerator-minutes",
    better="lower",
    expr=pl.col("minutes") * pl.col("accelerator_count"),
    formula="time to train × accelerators",
    source="derived",
    caveat="Derived metric: reported time to train multiplied by accelerator count. Not a primary MLPerf "
    "metric. Result not verified by MLCommons Association.",
)

THROUGHPUT_PER_ACCELERATOR = Metric(
    name="value_per_accelerator",
    label="Throughput per accelerator",
    unit="as reported, per accelerator",
    better="higher",
    expr=ratio(pl.col("value"), pl.col("accelerator_count")),
    formula="reported throughput / accelerators",
    source="derived",
    caveat="Derived metric: reported throughput divided by accelerator count. Not a primary MLPerf metric. "
    "Result not verified by MLCommons Association.",
)

TRAINING_GAIN = Metric(
    name="training_gain",
    label="Gain in training",
    unit="×",
    better="higher",
    expr=ratio(
        pl.col("reference_minutes") * pl.col("reference_accelerator_count"),
        pl.col("minutes") * pl.col("accelerator_count"),
    ),
    formula="accelerator-minutes of the reference / accelerator-minutes of the other generation, one benchmark, "
    "one round, one class of submitter, accelerator counts within a factor of two",
    source="derived",
    caveat="Derived metric: ratio of reported time to train multiplied by accelerator count. Not a primary MLPerf "
    "metric. Result not verified by MLCommons Association.",
)

INFERENCE_GAIN = Metric(
    name="inference_gain",
    label="Gain in inference",
    unit="×",
    better="higher",
    expr=ratio(
        ratio(pl.col("value"), pl.col("accelerator_count")),
        ratio(pl.col("reference_value"), pl.col("reference_accelerator_count")),
    ),
    formula="throughput per accelerator of the other generation / throughput per accelerator of the reference, one "
    "benchmark and scenario, one round, one class of submitter",
    source="derived",
    caveat="Derived metric: ratio of reported throughput divided by accelerator count. Not a primary MLPerf metric. "
    "Result not verified by MLCommons Association.",
)

ROUND_GAIN = Metric(
    name="round_gain",
    label="Gain since the first round",
    unit="×",
    better="higher",
    expr=ratio(pl.col("gain_above"), pl.col("gain_below")),
    formula="best of the first round / best of the round, for minutes and accelerator-minutes; best of the round / "
    "best of the first round, for a throughput; one benchmark and scenario",
    source="derived",
    caveat="Derived metric: ratio of the best results of two rounds of one benchmark. Not a primary MLPerf metric. "
    "Result not verified by MLCommons Association.",
)

COST_FROM_RENT = Metric(
    name="usd_per_mtok_from_rent",
    label="Cost from rent",
    unit="USD per 1M tokens",
    better="lower",
    expr=ratio(
        1e6 * pl.col("usd_per_accelerator_hour"),
        3600 * pl.col("tokens_per_second_per_accelerator") * pl.col("utilisation"),
    ),
    formula="rent per accelerator-hour × 1,000,000 / (3,600 × tokens per second per accelerator × utilisation)",
    source="InferenceX: cost per million tokens",
    caveat="Throughput is as published for one setting; utilisation is the reader's assumption.",
)

ROOFLINE = "The decode roofline: at batch 1 every active weight is read once for each token"

WEIGHTS_GB = Metric(
    name="weights_gb",
    label="Weight of the model",
    unit="GB",
    better="lower",
    expr=pl.col("total_parameters_bn") * pl.col("bytes_per_weight"),
    formula="parameters × bytes per weight (2 at 16 bits, 1 at FP8, 0.5 at FP4)",
    source="derived",
    caveat="Weights only: no room for keys and values, and none for scales of a quantised format.",
)

READ_GB_PER_TOKEN = Metric(
    name="read_gb_per_token",
    label="Read for one token",
    unit="GB",
    better="lower",
    expr=pl.col("active_parameters_bn") * pl.col("bytes_per_weight") + pl.col("batch") * pl.col("cache_gb"),
    formula="active parameters × bytes per weight + requests at once × keys and values of the context at 16 bits",
    source=ROOFLINE,
    caveat="Where a model's heads are not published its keys and values are left out, so the ceiling is a little high. "
    "Several requests at once may wake more experts than one.",
)

CEILING_TOKENS_PER_SECOND = Metric(
    name="ceiling_tokens_per_second",
    label="Memory ceiling",
    unit="tokens/s",
    better="higher",
    expr=ratio(
        1000 * pl.col("memory_bandwidth_tb_per_second") * pl.col("devices"),
        pl.col("read_gb_per_token"),
    ),
    formula="memory bandwidth × chips / read for one token",
    source=ROOFLINE,
    caveat="A ceiling, not a forecast: interconnect and synchronisation are ignored, and they dominate designs that "
    "keep a model in on-chip memory. Speculative decoding emits several tokens a pass and may exceed it.",
)

SHARE_OF_CEILING = Metric(
    name="share_of_ceiling_percent",
    label="Share of the ceiling reached",
    unit="%",
    better="higher",
    expr=100 * ratio(pl.col("output_tokens_per_second"), pl.col("ceiling_tokens_per_second")),
    formula="measured output speed / memory ceiling",
    source=ROOFLINE,
    caveat="The share holds all that is not memory bandwidth: software, interconnect, other users, wrong assumptions.",
)

CEILING_RATIO = Metric(
    name="ceiling_ratio",
    label="Ceiling ratio",
    unit="×",
    better="higher",
    expr=ratio(pl.col("ceiling_tokens_per_second"), pl.col("baseline_ceiling_tokens_per_second")),
    formula="memory ceiling of the specialised provider / memory ceiling of the baseline",
    source=ROOFLINE,
    caveat="Rests on an assumed system wherever a provider's silicon is undisclosed.",
)

UTILISATION_RATIO = Metric(
    name="utilisation_ratio",
    label="Utilisation ratio",
    unit="×",
    better="higher",
    expr=ratio(pl.col("share_of_ceiling_percent"), pl.col("baseline_share_of_ceiling_percent")),
    formula="share of its ceiling that the specialised provider reaches / that of the baseline; "
    "speed ratio = ceiling ratio × utilisation ratio",
    source=ROOFLINE,
    caveat=SHARE_OF_CEILING.caveat,
)

COMPUTE_CEILING_TOKENS_PER_SECOND = Metric(
    name="compute_ceiling_tokens_per_second",
    label="Compute ceiling",
    unit="tokens/s",
    better="higher",
    expr=ratio(1000 * pl.col("dense_tflops") * pl.col("devices"), 2 * pl.col("active_parameters_bn")),
    formula="dense arithmetic a second × chips / (2 × active parameters)",
    source=ROOFLINE,
    caveat="For one request, at the narrowest format that the chip's vendor states and the weights fit: no FP4 where "
    "none is stated. A ceiling, not a forecast. Speculative decoding emits several tokens a pass.",
)

SHARE_OF_COMPUTE = Metric(
    name="share_of_compute_percent",
    label="Share of the compute ceiling reached",
    unit="%",
    better="higher",
    expr=100 * ratio(pl.col("output_tokens_per_second"), pl.col("compute_ceiling_tokens_per_second")),
    formula="measured output speed / compute ceiling",
    source=ROOFLINE,
    caveat=SHARE_OF_CEILING.caveat.replace("memory bandwidth", "arithmetic"),
)

TIME_PER_LAYER = Metric(
    name="time_per_layer_us",
    label="Time for one layer",
    unit="µs",
    better="lower",
    expr=ratio(pl.lit(1e6), pl.col("output_tokens_per_second") * pl.col("layers")),
    formula="1 / (output speed × layers of the model)",
    source="derived",
    caveat="All that a token needs of a layer, communication included. A host that decodes speculatively emits several "
    "tokens a pass, so each of its layers has longer than this says.",
)

CHIPS_TO_HOLD = Metric(
    name="chips_to_hold",
    label="Chips to hold the model",
    unit="chips",
    better="lower",
    expr=ratio(pl.col("weights_gb"), pl.col("memory_gb")).ceil().cast(pl.Int64, strict=False),
    formula="weight of the model / memory of one chip, rounded up",
    source="derived",
    caveat=WEIGHTS_GB.caveat,
)

METRICS: tuple[Metric, ...] = (
    SPEED_RATIO,
    RESPONSE_SECONDS,
    BASELINE_RESPONSE_SECONDS,
    RESPONSE_RATIO,
    BLENDED_PRICE,
    COST_RATIO,
    WRITING_SECONDS,
    MONTHLY_COST,
    ACCELERATOR_MINUTES,
    THROUGHPUT_PER_ACCELERATOR,
    TRAINING_GAIN,
    INFERENCE_GAIN,
    ROUND_GAIN,
    COST_FROM_RENT,
    WEIGHTS_GB,
    READ_GB_PER_TOKEN,
    CEILING_TOKENS_PER_SECOND,
    SHARE_OF_CEILING,
    CEILING_RATIO,
    UTILISATION_RATIO,
    COMPUTE_CEILING_TOKENS_PER_SECOND,
    SHARE_OF_COMPUTE,
    TIME_PER_LAYER,
    CHIPS_TO_HOLD,
)
