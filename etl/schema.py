"""The vocabulary: every table and every column of the store, once.

From these declarations follow the store's tables, the checks on publishers and uploads, the
headers of exports and the data dictionary. Units end the names; a column without a unit is a
word, a count or a date.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TypedDict, Unpack

import polars as pl

# A type of Polars: the class, or the type itself where it has settings of its own, as a moment has.
DataType = pl.DataType | type[pl.DataType]

TEXT, NUMBER, COUNT, DAY, FLAG = pl.String, pl.Float64, pl.Int64, pl.Date, pl.Boolean
MOMENT = pl.Datetime("us", "UTC")

EARLIEST_DAY = date(2000, 1, 1)
LATEST_DAY = date(2100, 1, 1)


@dataclass(frozen=True)
class Column:
    """One column: its type, its unit, what it means, and what a value may be.

    `low` and `high` are inclusive; `above_zero` forbids zero, because zero is how several
    publishers write "not measured". `choices` closes a vocabulary.
    """

    name: str
    dtype: DataType = field(compare=False)
    meaning: str
    unit: str | None = None
    required: bool = False
    low: float | date | None = None
    high: float | date | None = None
    above_zero: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: what a row is, what tells rows apart, and the columns.

    `key` holds at most one row for each combination; nulls in a key count as equal.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_fact: bool = True

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def dtypes(self) -> Mapping[str, DataType]:
        return MappingProxyType({column.name: column.dtype for column in self.columns})

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    def empty(self) -> pl.DataFrame:
        return self._empty.clone()

    @cached_property
    def _empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=dict(self.dtypes))

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with exactly this table's columns, in order and typed; absent ones are null.

        Raises ValueError for a column that the table does not know, and Polars' own error
        where a value does not fit its type.
        """
        unknown = [name for name in frame.columns if name not in self.dtypes]
        if unknown:
            raise ValueError(f"{self.name} has no column {', '.join(unknown)}")
        return frame.select(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in self.dtypes.items()
        )


class Kept(TypedDict, total=False):
    """What any column may say further."""

    required: bool
    choices: tuple[str, ...]


class Bounded(Kept, total=False):
    """What a column of numbers may say further."""

    low: float
    high: float
    above_zero: bool


def text(name: str, meaning: str, **rest: Unpack[Kept]) -> Column:
    return Column(name, TEXT, meaning, **rest)


def number(name: str, unit: str, meaning: str, **rest: Unpack[Bounded]) -> Column:
    rest.setdefault("low", 0)
    return Column(name, NUMBER, meaning, unit=unit, **rest)


def count(name: str, meaning: str, **rest: Unpack[Bounded]) -> Column:
    rest.setdefault("low", 0)
    return Column(name, COUNT, meaning, **rest)


def day(name: str, meaning: str, **rest: Unpack[Kept]) -> Column:
    return Column(name, DAY, meaning, low=EARLIEST_DAY, high=LATEST_DAY, **rest)


def flag(name: str, meaning: str, **rest: Unpack[Kept]) -> Column:
    return Column(name, FLAG, meaning, **rest)


UPLOAD = "upload"
# Who serves or sells a model; a provider of another kind serves none itself.
HOST = "host"
CATALOGUE = "catalogue"  # who else says that an offer ended

# What a price's neighbours say of it; see etl/neighbours.py. Nothing rests on the last two.
AGREES, ALONE, DIFFERS, MOVED, SELLERS = "agrees", "alone", "differs", "moved", "seller's own"
DOUBTFUL, SLIPPED = "doubtful", "slipped"
FINDINGS = (AGREES, ALONE, DIFFERS, MOVED, SELLERS, DOUBTFUL, SLIPPED)
EVIDENCE = ("published", "secondary", UPLOAD)

SOURCE_COLUMNS = (
    text("source", "Which of our sources the row came through", required=True),
    text("source_url", "Address where the figure can be opened", required=True),
    text("publisher", "Who published the figure", required=True),
    text("licence", "Terms under which the publisher lets it be used", required=True),
    day("published_on", "Day the publisher published it, or the day of the copy we read"),
    text(
        "evidence",
        "published: read on the publisher's own page or file; secondary: quoted by somebody else; "
        "upload: a reader's own file",
        required=True,
        choices=EVIDENCE,
    ),
    text("note", "What a careful reader should know about this row"),
)


def published_spelling(thing: str) -> Column:
    return text(f"{thing}_as_published", f"The {thing} as the publisher spells it", required=True)


def percentiles(stem: str, unit: str, what: str, which: tuple[int, ...]) -> tuple[Column, ...]:
    return tuple(
        number(f"{stem}_p{p:02d}", unit, f"{what}, {p}th percentile of the values", above_zero=True) for p in which
    )


def fact(name: str, grain: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name, grain, key, columns + SOURCE_COLUMNS)


PROVIDER_SPEED = fact(
    "provider_speed",
    "one measurement of one model at one provider",
    (
        "source",
        "capture",
        "provider_as_published",
        "model_as_published",
        "endpoint",
        "precision",
        "measured_by",
        "measured_on",
        "source_url",
        "prompt_tokens",
        "concurrency",
    ),
    text("capture", "One run of one measurer over many hosts; rows of one capture are like for like"),
    text("provider", "Who serves the model", required=True),
    text("model", "Which model, size included", required=True),
    published_spelling("provider"),
    published_spelling("model"),
    text("endpoint", "Tier, region or variant, where a provider has several"),
    text("precision", "Number format of the weights, where published"),
    number(
        "output_tokens_per_second",
        "tokens/s",
        above_zero=True,
        high=100_000,
        meaning="Output speed of one request after its first token; the median, or the mean where the note says so",
    ),
    *percentiles("output_tokens_per_second", "tokens/s", "Output speed of one request", (5, 25, 75, 90, 95, 99)),
    number(
        "ttft_seconds",
        "s",
        "Time to first token, reasoning tokens included; the median, or the mean where the note says so",
        above_zero=True,
        high=3600,
    ),
    *percentiles("ttft_seconds", "s", "Time to first token", (5, 25, 75, 90, 95, 99)),
    number(
        "first_answer_seconds",
        "s",
        "Time to the first token of the answer, after any thinking; never compared with time to first token",
        above_zero=True,
        high=3600,
    ),
    number("uptime_percent", "%", "Share of the requests that were answered while it was measured", high=100),
    text("bound_as_published", "A limit such as <200 where no speed was published; not a value"),
    count("prompt_tokens", "Length of the prompt in tokens"),
    count("output_tokens", "Length of the reply in tokens"),
    count("concurrency", "Requests under way at once"),
    count("requests", "Requests behind the figure"),
    text("measured_by", "Who measured", required=True),
    text(
        "measurer_kind",
        "independent: somebody who does not sell the service; vendor: the seller; traffic: "
        "customers' own requests as a gateway saw them",
        required=True,
        choices=("independent", "vendor", "traffic"),
    ),
    flag("is_aggregate", "True for a figure over many providers; never one side of a ratio"),
    day("measured_on", "Day of the measurement; null where it is not published"),
)

TOKEN_PRICE = fact(
    "token_price",
    "one list price of one model at one provider over the days it was seen",
    (
        "source",
        "capture",
        "provider_as_published",
        "model_as_published",
        "endpoint",
        "precision",
        "valid_from",
        "source_url",
    ),
    text("capture", "The capture of speeds that the price came with, where it did"),
    text("provider", "Who sells it", required=True),
    text("model", "Which model, size included", required=True),
    published_spelling("provider"),
    published_spelling("model"),
    text("endpoint", "Tier, region or variant, where a provider has several"),
    text("precision", "Number format of the weights, where published"),
    number("input_usd_per_mtok", "USD per 1M tokens", "Price of input tokens", high=100_000),
    number("output_usd_per_mtok", "USD per 1M tokens", "Price of output tokens", high=100_000),
    number(
        "cached_input_usd_per_mtok",
        "USD per 1M tokens",
        "Price of input tokens read from a cache",
        high=100_000,
    ),
    day("valid_from", "First day the price was seen or stated", required=True),
    day(
        "last_seen_on",
        "Last day on which it is known to have been sold: seen in the catalogue, and not ended",
        required=True,
    ),
    day(
        "ended_on", "First day on which the offer was no longer sold, announced days included; null where none is known"
    ),
    text(
        "finding",
        "What its neighbours say of a list price; null where it is none. Nothing rests on a doubtful or slipped one",
        choices=FINDINGS,
    ),
    text("neighbour", "The nearest price of the same offer, as source: input / output"),
    text("ended_by", "How the end is known: the host's notice, the catalogue's date, its mark or its silence"),
)

WITHDRAWAL = fact(
    "withdrawal",
    "one model that a provider stopped selling",
    ("source", "provider_as_published", "model_as_published", "ended_on"),
    text("provider", "Who sold it", required=True),
    text("model", "Which model, size included", required=True),
    published_spelling("provider"),
    published_spelling("model"),
    day("ended_on", "First day on which it was no longer sold", required=True),
    text(
        "said_by",
        "host: the provider's own notice; catalogue: somebody's list of prices",
        choices=(HOST, CATALOGUE),
        required=True,
    ),
)

INFERENCE_RESULT = fact(
    "inference_result",
    "one MLPerf Inference result",
    ("round", "result_id", "submitter", "system", "benchmark", "scenario", "suite", "division"),
    text("round", "Round of the suite, such as v5.1", required=True),
    text("result_id", "The publisher's identifier of the submission", required=True),
    text("division", "closed or open", required=True, choices=("closed", "open", "network")),
    text("suite", "datacenter or edge", required=True),
    text("availability", "available, preview or research, as published"),
    flag("is_preview", "True where the system was not yet to be had when the round came out; null where not stated"),
    text("submitter", "Who submitted", required=True),
    published_spelling("submitter"),
    text("system", "System under test, as published", required=True),
    text("accelerator", "Which chip; null where a system mixes chips or has none"),
    text("accelerator_as_published", "The accelerator as the publisher spells it"),
    count("accelerator_count", "Accelerators of the whole system: per node times nodes"),
    count("node_count", "Nodes of the system"),
    text("benchmark", "Benchmark, accuracy level included, such as llama2-70b-99.9", required=True),
    text("scenario", "Offline, Server, Interactive, SingleStream or MultiStream", required=True),
    number("value", "see unit", "The reported result", required=True, above_zero=True),
    text("unit", "Unit of the result as published; never mixed", required=True),
    text("precision", "Number format of the weights"),
    flag("is_inferred", "True where the publisher repeats another scenario's result", required=True),
    day("retrieved_on", "Day on which the result was retrieved from its publisher, as MLCommons asks to be said"),
)

TRAINING_RESULT = fact(
    "training_result",
    "one MLPerf Training score: one submitter, system and benchmark of one round",
    ("round", "submitter_as_published", "system", "benchmark"),
    text("round", "Round of the suite, such as v5.0", required=True),
    text("division", "closed or open", required=True, choices=("closed", "open")),
    text("availability", "available, preview or research, as published"),
    flag("is_preview", "True where the system was not yet to be had when the round came out; null where not stated"),
    text("submitter", "Who submitted, from the path", required=True),
    published_spelling("submitter"),
    text("system", "System, from the path", required=True),
    text("accelerator", "Which chip; null where a system mixes chips"),
    text("accelerator_as_published", "The accelerator as the publisher spells it"),
    count("accelerator_count", "Accelerators of the whole system"),
    count("node_count", "Nodes of the system"),
    text("benchmark", "Benchmark, under one name over all rounds", required=True),
    text("benchmark_as_published", "The benchmark as the round names it"),
    number(
        "minutes",
        "min",
        "Time to train: mean of the runs without the fastest and the slowest, "
        "times the scaling factor; null where the result is invalid",
        above_zero=True,
    ),
    count("runs", "Run logs read", required=True),
    count("runs_required", "Runs that the rules require", required=True),
    count("runs_converged", "Runs that reached the target", required=True),
    number("scaling_factor", "ratio", "Penalty for converging faster than the reference; 1 where none"),
    text("status", "scored or invalid", required=True, choices=("scored", "invalid")),
    text("run_set", "Checksum of the times of all runs: results with the same were filed from the same runs"),
    day("retrieved_on", "Day on which the result was retrieved from its publisher, as MLCommons asks to be said"),
)

BENCHMARK_ROUND = fact(
    "benchmark_round",
    "one round of one suite of MLPerf and the day it was published",
    ("source", "suite", "round"),
    text("suite", "Training or Inference", required=True, choices=("Training", "Inference")),
    text("round", "Round of the suite, such as v5.0", required=True),
    text("new_benchmarks", "Benchmarks that are new in it"),
)

GPU_SERVING = fact(
    "gpu_serving",
    "one point of a curve of throughput against interactivity",
    (
        "source",
        "system",
        "accelerator_as_published",
        "model_as_published",
        "framework",
        "precision",
        "prompt_tokens",
        "output_tokens",
        "concurrency",
        "accelerator_count",
        "measured_on",
        "source_url",
        "configuration",
    ),
    text("system", "The serving system as published"),
    text("accelerator", "Which chip, where stated"),
    text("accelerator_as_published", "The accelerator as the publisher spells it"),
    text("model", "Which model, size included", required=True),
    published_spelling("model"),
    text("framework", "Serving software"),
    text("precision", "Number format of the weights"),
    text("configuration", "Parallelism, speculative decoding and the like, as published"),
    count("accelerator_count", "Accelerators that served the model"),
    count("prompt_tokens", "Length of the prompt in tokens"),
    count("output_tokens", "Length of the reply in tokens"),
    count("concurrency", "Requests under way at once"),
    number(
        "throughput_tokens_per_second_per_gpu",
        "tokens/s/GPU",
        "Tokens of all users together, input and output, divided by the accelerators",
    ),
    number(
        "output_throughput_tokens_per_second_per_gpu",
        "tokens/s/GPU",
        "Output tokens of all users together, divided by the accelerators, those that only prefill among them",
    ),
    number(
        "throughput_tokens_per_second",
        "tokens/s",
        "Output tokens of all users of the system together, where accelerators are not stated",
    ),
    number(
        "interactivity_tokens_per_second_per_user",
        "tokens/s/user",
        "What one user sees: 1 / time per output token",
    ),
    number("ttft_seconds", "s", "Time to first token"),
    day("measured_on", "Day of the measurement"),
)

ENERGY = fact(
    "energy",
    "the energy of one deployment at one number of requests at once",
    (
        "source",
        "accelerator_as_published",
        "model_as_published",
        "precision",
        "workload",
        "accelerator_count",
        "configuration",
        "most_requests_at_once",
        "mean_requests_at_once",
        "measured_on",
        "source_url",
    ),
    text("accelerator", "Which chip"),
    published_spelling("accelerator"),
    text("model", "Which model, size included", required=True),
    published_spelling("model"),
    text("precision", "Number format of the weights"),
    text("workload", "The requests that were sent, as the publisher names them", required=True),
    count("accelerator_count", "Accelerators of the deployment"),
    text("configuration", "Parallelism and the like, as published"),
    count("most_requests_at_once", "Requests that the deployment may work on at once", required=True),
    number("mean_requests_at_once", "requests", "Requests that it worked on at once, the mean: the batch"),
    number("mean_output_tokens", "tokens", "Length of a reply, the mean"),
    number(
        "joules_per_output_token",
        "J/token",
        "Energy of all accelerators of the deployment for one output token; the rest of the machine is not in it",
        required=True,
        above_zero=True,
    ),
    number("joules_per_request", "J/request", "Energy of all accelerators for one request", above_zero=True),
    number("power_w", "W", "Power of all accelerators of the deployment, the mean", above_zero=True),
    number("throughput_tokens_per_second", "tokens/s", "Output tokens of all users of the deployment together"),
    number(
        "interactivity_tokens_per_second_per_user",
        "tokens/s/user",
        "What one user sees: 1 / median time between tokens",
    ),
    day("measured_on", "Day of the measurement"),
)

FIDELITY = fact(
    "fidelity",
    "one figure of how closely one host answers as the maker of the model does",
    ("source", "provider_as_published", "model_as_published", "method", "quantity", "measured_on", "source_url"),
    text("provider", "Who serves the model", required=True),
    text("model", "Which model, size included", required=True),
    published_spelling("provider"),
    published_spelling("model"),
    text("method", "Which test; figures of two methods are never compared", required=True),
    text("quantity", "What the test counts, or the benchmark that was run", required=True),
    Column("value", NUMBER, "The figure; null where only a bound is published", unit="see unit", low=0),
    Column(
        "value_low", NUMBER, "A lower bound, where the publisher says only that a host passes", unit="see unit", low=0
    ),
    text("unit", "Unit of the figure", required=True),
    flag("is_maker", "True for a service of the model's maker, which the others are held against", required=True),
    flag("is_engine", "True for software that the tester ran itself: no host sells it", required=True),
    day("measured_on", "Day of the test; null where it is not published"),
)

DEMAND_KINDS = ("model author", "country of the model author", "all")

DEMAND = fact(
    "demand",
    "the tokens of one week so far by whose models they are",
    ("source", "kind", "author_as_published", "observed_on", "source_url"),
    text(
        "kind",
        "What `author` is: the maker of the models, the maker's country, or all of a gateway; never a host",
        required=True,
        choices=DEMAND_KINDS,
    ),
    text("author", "Whose models", required=True),
    published_spelling("author"),
    text("gateway", "Through which gateway the tokens went", required=True),
    count("tokens", "Tokens of the week so far"),
    number("share_percent", "%", "Share of all tokens of the gateway in the same time", high=100),
    count("days_of_week", "Days that the week so far has: 1 on its Sunday, 7 on its Saturday", low=1, high=7),
    day("observed_on", "Day of the look", required=True),
)

FAMILIES = (
    "wafer-scale",
    "LPU",
    "RDU",
    "GPU",
    "TPU",
    "cloud ASIC",
    "other ASIC",
    "undisclosed",
)

ACCELERATOR = fact(
    "accelerator",
    "one chip as one source describes it",
    ("source", "accelerator_as_published", "source_url"),
    text("accelerator", "Which chip", required=True),
    published_spelling("accelerator"),
    text("vendor", "Who designed it"),
    text("kind", "GPU, wafer, LPU, RDU, TPU, ASIC"),
    text("family", "Silicon family, as coloured in every chart", choices=FAMILIES),
    text(
        "role",
        "training, inference or both, as the vendor presents it",
        choices=("training", "inference", "both"),
    ),
    day("announced_on", "Day it was announced"),
    day("available_on", "Day it could be had"),
    text("process", "Manufacturing process"),
    number("die_area_mm2", "mm2", "Area of the silicon"),
    number("sram_gb", "GB", "On-chip memory"),
    number("hbm_gb", "GB", "Memory beside the chip"),
    number("memory_bandwidth_tb_per_second", "TB/s", "Bandwidth of the memory that bandwidth_kind names"),
    text("bandwidth_kind", "SRAM (on chip) or HBM, GDDR, LPDDR (off chip); never on one unlabelled axis"),
    number("bf16_tflops", "TFLOP/s", "Dense peak at 16 bits"),
    number("fp8_tflops", "TFLOP/s", "Dense peak at 8 bits"),
    number("fp4_tflops", "TFLOP/s", "Dense peak at 4 bits"),
    number("power_w", "W", "Design power"),
    number("price_usd", "USD", "Price of one chip"),
    flag("price_is_estimate", "True where the price is somebody's estimate"),
)

PRECISIONS = ("16 bit", "FP8", "FP4")
ALWAYS, OPTIONAL, NEVER = "always", "optional", "never"  # whether a model thinks before it answers

MODEL = fact(
    "model",
    "what one source says of one model: its architecture, or whether it thinks",
    ("source", "model_as_published", "source_url"),
    text("model", "Which model, size included", required=True),
    published_spelling("model"),
    text("developer", "Who made it"),
    number("total_parameters_bn", "bn parameters", "Parameters that must lie in memory", above_zero=True),
    number(
        "active_parameters_bn",
        "bn parameters",
        "Parameters read for one token; fewer than all in a mixture of experts",
        above_zero=True,
    ),
    text("released_precision", "Number format of most of the released weights", choices=PRECISIONS),
    count("layers", "Layers that keep keys and values"),
    count("kv_heads", "Heads of keys and values in one layer"),
    count("head_dim", "Values in one head"),
    count("windowed_layers", "Of the layers, those that look back a window only"),
    count("window_tokens", "Length of that window in tokens"),
    count("latent_values", "Values kept per token and layer by latent attention, in place of keys and values of heads"),
    text(
        "thinks",
        "Whether it thinks before it answers: always; optional, so that the request decides; never",
        choices=(ALWAYS, OPTIONAL, NEVER),
    ),
)

HYPERSCALER, GPU_CLOUD, MARKETPLACE = SELLER_KINDS = ("hyperscaler", "GPU cloud", "marketplace")

ACCELERATOR_RENT = fact(
    "accelerator_rent",
    "one published hourly price of one accelerator",
    (
        "source",
        "cloud",
        "accelerator_as_published",
        "instance",
        "accelerator_count",
        "price_kind",
        "region",
        "observed_on",
        "source_url",
    ),
    text("cloud", "Who rents it out", required=True),
    text("accelerator", "Which chip", required=True),
    published_spelling("accelerator"),
    text("instance", "Machine type as published"),
    count("accelerator_count", "Accelerators of one machine; the price is divided by it"),
    number(
        "usd_per_accelerator_hour",
        "USD per accelerator-hour",
        "Price of the machine divided by its accelerators",
        required=True,
        above_zero=True,
    ),
    text("price_kind", "on-demand, spot, reserved or another basis as published", required=True),
    text("region", "Region as published"),
    text(
        "seller_kind",
        "hyperscaler: a general cloud with machines of every sort; GPU cloud: one that rents out accelerators; "
        "marketplace: one where many owners do; null where nobody has sorted the seller",
        choices=SELLER_KINDS,
    ),
    day("observed_from", "First of the days on end on which this price was seen; null where only observed_on is known"),
    day("observed_on", "Day the price was seen; of several days on end the last"),
    text("outlier_reason", "Why the price is not believed; such a row enters no figure"),
)

FREE, RENTED, EITHER = OFFER_STATES = ("free", "rented", "either")

GPU_OFFER = fact(
    "gpu_offer",
    "the offers of one accelerator on one marketplace on one day, of one kind of price",
    (
        "source",
        "marketplace",
        "accelerator_as_published",
        "region",
        "price_kind",
        "state",
        "observed_on",
        "source_url",
    ),
    text("marketplace", "Where many owners offer", required=True),
    text("accelerator", "Which chip", required=True),
    published_spelling("accelerator"),
    text("region", "Where the machines stand; null: anywhere"),
    text("price_kind", "on-demand, or on-demand and spot together where nobody tells them apart", required=True),
    text(
        "state",
        "free: to be had; rented: taken by somebody; either: both, or not told apart",
        required=True,
        choices=OFFER_STATES,
    ),
    count("offers", "Offers behind the figures; one machine may be offered whole and in parts", required=True),
    number(
        "usd_per_accelerator_hour",
        "USD per accelerator-hour",
        "Price asked for one accelerator, the median of the offers; null where there are none",
        above_zero=True,
    ),
    *percentiles("usd_per_accelerator_hour", "USD per accelerator-hour", "Price asked", (10, 25, 75, 90)),
    number("lowest_usd_per_accelerator_hour", "USD per accelerator-hour", "The lowest price asked", above_zero=True),
    number("highest_usd_per_accelerator_hour", "USD per accelerator-hour", "The highest price asked", above_zero=True),
    day("observed_on", "Day of the offers", required=True),
)

COMPANY_QUARTER = fact(
    "company_quarter",
    "one figure of one company and period",
    (
        "source",
        "company",
        "metric",
        "basis",
        "period_kind",
        "period_end",
        "kind",
        "unit",
        "source_url",
        "note",
    ),
    text("company", "Company", required=True),
    text("fiscal_period", "The company's own name of the period, such as FY26Q3"),
    text("period_kind", "quarter, year or moment", required=True, choices=("quarter", "year", "moment")),
    day("period_start", "First day of the period"),
    day("period_end", "Last day of the period", required=True),
    text("metric", "What the figure measures", required=True),
    Column("value", NUMBER, "The figure; null where only a range or a bound is published", unit="see unit"),
    Column("value_low", NUMBER, "Low end of a published range; alone, a lower bound", unit="see unit"),
    Column("value_high", NUMBER, "High end of a published range; alone, an upper bound", unit="see unit"),
    text("unit", "Unit of the figure", required=True),
    text("basis", "cash, or with finance leases, and the like; one basis per chart"),
    text("kind", "actual, guidance or estimate", required=True, choices=("actual", "guidance", "estimate")),
)

COMPUTE_SHARE = fact(
    "compute_share",
    "one estimate of how training and inference share something",
    ("source", "year", "scope", "of_what", "kind", "publisher", "source_url", "note"),
    count("year", "Year the estimate is about", required=True, low=2000, high=2100),
    text("scope", "Whose compute: the world, one firm, one class of hardware", required=True),
    text("of_what", "compute, power, spend or revenue, as published", required=True),
    number("share_percent", "%", "Inference's share", high=100),
    number("inference_usd_bn", "USD bn", "Money spent on inference, where money is published"),
    number("training_usd_bn", "USD bn", "Money spent on training and research compute, likewise"),
    number("total_usd_bn", "USD bn", "Money spent on compute in all, likewise"),
    text(
        "kind",
        "measured, estimate, forecast or leak",
        required=True,
        choices=("measured", "estimate", "forecast", "leak"),
    ),
)

COMPUTE_CLUSTER = fact(
    "compute_cluster",
    "one cluster or site of AI accelerators",
    ("source", "cluster", "source_url"),
    text("cluster", "Name of the cluster", required=True),
    text("owner", "Who owns it"),
    text("country", "Where it stands"),
    text("accelerator", "Which chip, where one is named"),
    text("accelerator_as_published", "The accelerator as the publisher spells it"),
    count("accelerator_count", "Accelerators"),
    number("power_mw", "MW", "Power capacity"),
    number("h100_equivalents", "H100s", "Size in H100 equivalents"),
    number("capital_usd_bn", "USD bn", "Hardware cost, as estimated by the publisher"),
    text("status", "Existing, planned and the like, as published"),
    text("certainty", "How sure the publisher is"),
    day("operational_on", "Day it went, or is to go, into operation"),
)

EVENT = fact(
    "event",
    "one dated event",
    ("happened_on", "category", "company", "headline"),
    day("happened_on", "Day it happened", required=True),
    text("category", "chip launch, benchmark, policy and the like", required=True),
    text("company", "Whom it concerns"),
    text("headline", "What happened", required=True),
    text("tie_from", "Who is tied by it: the one that licenses, sells or buys"),
    text("tie", "What the tie is, as a verb between the two"),
    text("tie_to", "To whom: the one whose technology, product or capacity it is"),
)

CLAIM = fact(
    "claim",
    "one checkable claim of the article",
    ("claim_id",),
    text("claim_id", "C01 and so on", required=True),
    text("claim", "What the article says", required=True),
    text("quantity", "What is claimed about it", required=True),
    number("threshold", "see unit", "The claimed value, where the claim is a number"),
    text("unit", "Unit of the threshold"),
    text("how_to_test", "Which figures decide it"),
    day("claimed_on", "Day of the article", required=True),
)

READ, REFUSED, STANDING_IN, SHIPPED = ORIGIN_STATUSES = ("read", "refused", "standing in", "shipped")

ORIGIN = Table(
    "origin",
    "one fetched or curated payload",
    ("source", "url", "sha256"),
    (
        text("source", "Which of our sources", required=True),
        text("url", "Address asked", required=True),
        text("publisher", "Who publishes it", required=True),
        text("licence", "Terms of use", required=True),
        day("published_on", "Day of the payload, as the publisher or the copy states it"),
        Column("fetched_at", MOMENT, "When it was fetched"),
        text("sha256", "Checksum of the payload as fetched"),
        count("bytes", "Size of the payload as fetched"),
        text(
            "status",
            "read; refused: it could not be read; standing in: an earlier payload, whose rows stand in for what was "
            "refused; shipped: its rows ship with the project and nothing was fetched here",
            required=True,
            choices=ORIGIN_STATUSES,
        ),
        text("message", "The same in a sentence, where there is something to say"),
    ),
    is_fact=False,
)

SOURCE_STATUSES = (
    "ok",
    "unchanged",
    "partial",
    "waiting",
    "absent",
    "needs key",
    "failed",
    "shipped",
)

SOURCE_STATE = Table(
    "source_state",
    "one source and how its last refresh and reading went",
    ("source",),
    (
        text("source", "Which of our sources", required=True),
        text("title", "Its name for people", required=True),
        text("publisher", "Who publishes it", required=True),
        text("licence", "Terms of use", required=True),
        text("home_url", "Where a person can open it", required=True),
        count(
            "catalogue_rank",
            "Its place among the catalogues of list prices: of several that know a price the lowest speaks; null where "
            "it is none",
        ),
        text(
            "status",
            "ok, unchanged, partial, waiting, absent, needs key, failed, or shipped: never "
            "fetched here, the shipped figures stand",
            required=True,
            choices=SOURCE_STATUSES,
        ),
        text("message", "The same in a sentence"),
        Column("fetched_at", MOMENT, "When it was last fetched with success"),
        day("newest_on", "Newest day that its rows speak of"),
        count("rows_used", "Rows of it in the store", required=True),
        count("rows_set_aside", "Rows of it not used, with reasons in set_aside", required=True),
        number(
            "named_percent",
            "%",
            "Share of its rows of which the lists know every name; null where its rows name nothing",
            high=100,
        ),
        Column("complete_at", MOMENT, "When all of it was last fetched; null where it never was on this computer"),
    ),
    is_fact=False,
)

# The reason of what a refresh keeps and shipping leaves out: it would weigh more than all that is known.
NOT_SHIPPED = "No list of names knows its model or its provider, so it does not ship; a refresh reads it again."

SET_ASIDE = Table(
    "set_aside",
    "one row that was not used, or many alike with their count",
    (),
    (
        text("source", "Which of our sources", required=True),
        text("source_url", "Address of the payload", required=True),
        text("reason", "Why it was not used", required=True),
        text("row", "The row as text; one example where the line stands for many", required=True),
        count("rows", "Rows this line stands for", required=True),
    ),
    is_fact=False,
)

CORRECTION_STATUSES = ("applied", "mended", "unmatched", "refused")

CORRECTION = Table(
    "correction",
    "one wrong published figure, what is done about it and what became of that",
    ("correction",),
    (
        text("correction", "Its name, which the note of every corrected row carries", required=True),
        text("source", "Which of our sources publishes the figure"),
        text("table", "Table of the figure"),
        text("row", "Columns that tell its rows apart, and what stands in them"),
        text("columns", "Columns that are wrong"),
        text("action", "drop, override, scale, exchange or flag"),
        text("value", "What stands there instead, or the factor"),
        text("expect", "What the publisher shows in these columns"),
        day("from_day", "First day that a row may speak of; null: no limit"),
        day("to_day", "Last day that a row may begin to speak of; null: no limit"),
        text("reason", "Why the figure is wrong"),
        text("said_by", "Who says so"),
        text("citation_url", "Where that can be opened"),
        day("since", "Day of the correction"),
        text(
            "status",
            "applied; mended: the publisher's newest row shows something else, which stands; unmatched: no row is "
            "the one that is meant; refused: the line cannot be read",
            required=True,
            choices=CORRECTION_STATUSES,
        ),
        count("rows_corrected", "Rows corrected or dropped", required=True),
        count("rows_left", "Rows that are meant and show something else, left as published", required=True),
        text("message", "The same in a sentence", required=True),
    ),
    is_fact=False,
)

UNKNOWN_NAME = Table(
    "unknown_name",
    "one published spelling that our lists of names do not know",
    ("source", "kind", "spelling"),
    (
        text("source", "Which of our sources", required=True),
        text("kind", "model, provider, accelerator or submitter", required=True),
        text("spelling", "As published; it is kept so", required=True),
        count("rows", "Rows that carry it", required=True),
    ),
    is_fact=False,
)

KINDS = (HOST, "gateway", "reseller", "plan", "engine")

PROVIDER = Table(
    "provider",
    "one provider, what it does and the silicon it says it runs on",
    ("provider",),
    (
        text("provider", "Our name of the provider", required=True),
        text(
            "kind",
            "host: serves from its own or rented machines; gateway: passes requests on; reseller: sells what others "
            "run; plan: a subscription; engine: a tester's own; null where nobody knows. Only a host is a seller",
            choices=KINDS,
        ),
        text("family", "Silicon family; undisclosed where nobody published it", required=True, choices=FAMILIES),
        flag(
            "is_specialised",
            "True where the provider serves from silicon of its own made for inference",
            required=True,
        ),
        flag("is_hyperscaler", "True for the clouds of Microsoft, Amazon and Google", required=True),
        text("accelerator", "Which chip it serves from, where a source names it"),
        text("source_url", "Where the silicon is stated"),
        text("publisher", "By whom"),
        day("published_on", "When"),
    ),
    is_fact=False,
)

BUILD = Table(
    "build",
    "one build: a generation holds one row, its own",
    (),
    (
        Column("built_at", MOMENT, "When the generation was built", required=True),
        text("fingerprint", "Checksum of everything that the build read", required=True),
        text("version", "Version of the project", required=True),
    ),
    is_fact=False,
)

UPLOAD_LOG = Table(
    "upload_log",
    "one upload",
    ("batch",),
    (
        text("batch", "Identifier of the upload", required=True),
        text("sha256", "Checksum of the file", required=True),
        text("file_name", "Name of the file", required=True),
        text("table", "Table it was added to", required=True),
        text("mapping", "Their columns and ours, as JSON", required=True),
        text("choices", "How the cells were read: units, decimal marks, dates, one value for all rows; as JSON"),
        text("fingerprint", "Checksum of the file, the table and how it was read: the same is never added twice"),
        text("mode", "append: beside earlier uploads; replace: in place of uploaded rows with the same key"),
        text("source_url", "Where the reader says the figures can be opened, else the name of the file"),
        text("who", "Who uploaded it, where somebody was signed in"),
        count("rows", "Rows of the file that were accepted", required=True),
        count("rejected", "Rows of the file that were refused"),
        Column("uploaded_at", MOMENT, "When", required=True),
        flag("undone", "True where it was taken back", required=True),
    ),
    is_fact=False,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            PROVIDER_SPEED,
            TOKEN_PRICE,
            WITHDRAWAL,
            INFERENCE_RESULT,
            TRAINING_RESULT,
            BENCHMARK_ROUND,
            GPU_SERVING,
            ENERGY,
            FIDELITY,
            DEMAND,
            ACCELERATOR,
            MODEL,
            ACCELERATOR_RENT,
            GPU_OFFER,
            COMPANY_QUARTER,
            COMPUTE_SHARE,
            COMPUTE_CLUSTER,
            EVENT,
            CLAIM,
            PROVIDER,
            ORIGIN,
            SOURCE_STATE,
            SET_ASIDE,
            CORRECTION,
            UNKNOWN_NAME,
            BUILD,
            UPLOAD_LOG,
        )
    }
)

FACTS: tuple[Table, ...] = tuple(table for table in TABLES.values() if table.is_fact)

NAMED_THINGS = ("provider", "model", "accelerator", "submitter", "author")
