"""What a reader may upload: the columns of each table that a file may fill, with their other names, their
defaults, and example rows.

Types, units, bounds and meanings come from the schema; nothing of it is repeated here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from etl.schema import NAMED_THINGS, TABLES, Column, Table
from etl.upload import units

UPLOADED = (
    "provider_speed",
    "token_price",
    "inference_result",
    "training_result",
    "gpu_serving",
    "accelerator_rent",
)

# Ours to write, not the reader's.
OURS_ALONE = ("source", "evidence", "outlier_reason", "is_preview", "benchmark_as_published", "run_set", "retrieved_on")

# Defaults of required columns that a file has not. They are always shown, and the reader may choose another.
DEFAULTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "provider_speed": {"measured_by": "Reader's own measurement", "measurer_kind": "independent"},
        "token_price": {},
        "inference_result": {"is_inferred": "false", "result_id": "not published"},
        "training_result": {"status": "scored"},
        "gpu_serving": {},
        "accelerator_rent": {"price_kind": "not stated"},
    }
)
DEFAULT_PUBLISHER, DEFAULT_LICENCE = "Uploaded file", "the reader's own"

# A day that a file gives once is used for both ends.
STANDS_FOR = MappingProxyType({"last_seen_on": "valid_from", "valid_from": "last_seen_on"})

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "provider": (
            "host",
            "vendor",
            "provider name",
            "api provider",
            "inference provider",
            "service",
            "service provider",
            "hosted by",
            "platform",
            "seller",
            "api",
            "anbieter",
            "fournisseur",
            "proveedor",
        ),
        "model": (
            "model name",
            "llm",
            "model id",
            "model slug",
            "modell",
            "modele",
            "modelo",
            "language model",
            "ai model",
        ),
        "submitter": ("organization", "organisation", "company", "submitted by", "org"),
        "accelerator": (
            "gpu",
            "chip",
            "gpu model",
            "gpu type",
            "gpu name",
            "accelerator name",
            "accelerator model",
            "hardware",
            "accelerator type",
            "device",
            "processor",
        ),
        "cloud": ("provider", "cloud provider", "host", "vendor", "seller", "marketplace", "anbieter"),
        "output_tokens_per_second": (
            "speed",
            "output speed",
            "tokens per second",
            "tok s",
            "tps",
            "token s",
            "tokens s",
            "t s",
            "tokens sec",
            "throughput",
            "output throughput",
            "generation speed",
            "decode speed",
            "output tps",
            "output tok s",
            "output tokens s",
            "output tokens sec",
            "median output tokens per second",
            "median tokens per second",
            "median speed",
            "median output speed",
            "output tokens per second p50",
            "tokens per second p50",
            "tps p50",
            "p50 tps",
            "geschwindigkeit",
            "vitesse",
            "velocidad",
            "mean output tokens per second",
            "output rate",
            "inter token latency",
            "time per output token",
            "time per token",
            "tpot",
            "itl",
        ),
        "ttft_seconds": (
            "ttft",
            "time to first token",
            "latency",
            "first token latency",
            "time to first token s",
            "median ttft",
            "first token",
            "median time to first token",
            "ttft p50",
            "p50 ttft",
            "latency to first token",
            "latenz",
            "ttft s",
            "ttft ms",
            "latency ttft",
        ),
        "first_answer_seconds": ("time to first answer token", "time to first answer", "first answer token"),
        "prompt_tokens": (
            "input tokens",
            "prompt length",
            "input length",
            "isl",
            "input sequence length",
            "context",
            "prompt size",
        ),
        "output_tokens": (
            "completion tokens",
            "output length",
            "osl",
            "output sequence length",
            "max tokens",
            "reply tokens",
        ),
        "concurrency": ("concurrent requests", "parallel requests", "batch size", "batch", "concurrent users", "users"),
        "requests": ("n", "samples", "number of requests", "request count", "sample size"),
        "endpoint": ("tier", "region", "variant", "service tier"),
        "precision": ("quantization", "quantisation", "quant", "dtype", "number format", "data type"),
        "measured_by": ("measurer", "benchmark", "source name", "tested by", "measured by whom", "author"),
        "measurer_kind": ("kind of measurer", "independence", "measurement kind"),
        "measured_on": (
            "date",
            "day",
            "measured",
            "measured at",
            "measurement date",
            "test date",
            "timestamp",
            "datum",
            "as of",
            "date measured",
            "run date",
            "fecha",
        ),
        "input_usd_per_mtok": (
            "input price",
            "input cost",
            "prompt price",
            "price in",
            "input",
            "input price per 1m tokens",
            "input usd",
            "input token price",
            "price per input token",
            "prompt cost",
            "input price usd per 1m tokens",
            "input cost per token",
            "usd per million input tokens",
            "input per million",
            "in price",
            "prompt",
        ),
        "output_usd_per_mtok": (
            "output price",
            "output cost",
            "completion price",
            "price out",
            "output",
            "output price per 1m tokens",
            "output usd",
            "output token price",
            "price per output token",
            "completion cost",
            "output cost per token",
            "output price usd per 1m tokens",
            "usd per million output tokens",
            "output per million",
            "out price",
            "completion",
        ),
        "cached_input_usd_per_mtok": (
            "cached input",
            "cached input price",
            "cache read",
            "cache price",
            "cached price",
            "cache read price",
            "cached input cost",
            "input cache read",
        ),
        "valid_from": ("date", "from", "effective", "effective date", "price date", "since", "valid since", "as of"),
        "last_seen_on": ("last seen", "seen on", "to", "valid to", "until", "checked on", "retrieved", "retrieved on"),
        "round": ("mlperf round", "version", "mlperf version", "release"),
        "result_id": ("id", "public id", "submission id", "location"),
        "division": ("category division",),
        "suite": ("category", "system type"),
        "availability": ("status availability", "availability status"),
        "system": ("system name", "server", "machine", "platform"),
        "accelerator_count": (
            "gpus",
            "gpu count",
            "number of gpus",
            "number of accelerators",
            "accelerators",
            "chips",
            "num gpus",
            "of accelerators",
            "num accelerators",
            "n gpus",
            "total accelerators",
            "a",
        ),
        "node_count": ("nodes", "number of nodes", "num nodes", "total nodes"),
        "benchmark": ("task", "workload", "benchmark name", "model mlc", "test"),
        "scenario": ("mode",),
        "value": ("result", "score", "performance", "performance result"),
        "unit": ("units", "performance units", "result units", "metric"),
        "is_inferred": ("inferred",),
        "minutes": (
            "time to train",
            "training time",
            "latency minutes",
            "time",
            "minutes to train",
            "time to train minutes",
        ),
        "runs": ("number of runs",),
        "runs_required": ("required runs",),
        "runs_converged": ("converged runs", "converged"),
        "scaling_factor": ("rcp scaling", "rcp scaling factor"),
        "status": ("state",),
        "framework": ("engine", "serving framework", "serving engine", "software", "backend", "inference engine"),
        "configuration": ("config", "parallelism", "setup"),
        "throughput_tokens_per_second_per_gpu": (
            "throughput per gpu",
            "tokens per second per gpu",
            "tps per gpu",
            "tok s gpu",
            "tput per gpu",
            "total throughput per gpu",
            "tokens s gpu",
        ),
        "output_throughput_tokens_per_second_per_gpu": (
            "output throughput per gpu",
            "output tput per gpu",
            "output tps per gpu",
        ),
        "throughput_tokens_per_second": (
            "throughput",
            "total throughput",
            "system throughput",
            "output throughput",
            "tokens per second",
            "tps",
        ),
        "interactivity_tokens_per_second_per_user": (
            "interactivity",
            "tokens per second per user",
            "tps per user",
            "tok s user",
            "intvty",
            "speed per user",
        ),
        "instance": ("instance type", "machine type", "instance name", "vm", "sku", "vm size"),
        "usd_per_accelerator_hour": (
            "price",
            "price per hour",
            "hourly price",
            "usd per hour",
            "price per gpu hour",
            "usd per gpu hour",
            "cost per hour",
            "gpu hour price",
            "hourly rate",
            "rate",
            "price per gpu",
            "per hour",
            "usd h",
            "price usd",
            "cost",
            "hourly cost",
            "price per accelerator hour",
            "preis",
            "prix",
            "precio",
            "usd gpu h",
            "usd gpu hour",
        ),
        "price_kind": ("pricing", "price type", "billing", "pricing model", "kind", "contract", "commitment", "type"),
        "region": ("location", "zone", "datacenter", "data center"),
        "observed_on": (
            "date",
            "day",
            "as of",
            "observed",
            "seen on",
            "price date",
            "retrieved",
            "datum",
            "date observed",
        ),
        "source_url": ("url", "link", "source link", "address", "reference"),
        "publisher": ("source", "source publisher", "published by"),
        "published_on": ("publication date", "date published", "published", "release date"),
        "licence": ("license", "terms"),
        "note": ("notes", "comment", "comments", "remark", "remarks", "bemerkung"),
        "capture": ("run", "run id", "benchmark run"),
    }
)

EXAMPLES: Mapping[str, tuple[Mapping[str, str], ...]] = MappingProxyType(
    {
        "provider_speed": (
            {
                "provider": "Groq",
                "model": "Llama 3.3 70B",
                "output_tokens_per_second": "276.4",
                "ttft_seconds": "0.45",
                "prompt_tokens": "1000",
                "output_tokens": "500",
                "concurrency": "1",
                "requests": "20",
                "measured_by": "Our own test",
                "measurer_kind": "independent",
                "measured_on": "2026-05-08",
            },
            {
                "provider": "Cerebras",
                "model": "Llama 3.3 70B",
                "output_tokens_per_second": "2104.7",
                "ttft_seconds": "0.24",
                "prompt_tokens": "1000",
                "output_tokens": "500",
                "concurrency": "1",
                "requests": "20",
                "measured_by": "Our own test",
                "measurer_kind": "independent",
                "measured_on": "2026-05-08",
            },
            {
                "provider": "Azure",
                "model": "Llama 3.3 70B",
                "endpoint": "East US",
                "output_tokens_per_second": "61.3",
                "measured_by": "Our own test",
                "measurer_kind": "independent",
                "measured_on": "2026-05-09",
                "note": "Time to first token was not measured",
            },
        ),
        "token_price": (
            {
                "provider": "Groq",
                "model": "Llama 3.3 70B",
                "input_usd_per_mtok": "0.59",
                "output_usd_per_mtok": "0.79",
                "valid_from": "2026-04-01",
                "last_seen_on": "2026-05-08",
            },
            {
                "provider": "Azure",
                "model": "Llama 3.3 70B",
                "endpoint": "East US",
                "input_usd_per_mtok": "0.71",
                "output_usd_per_mtok": "0.71",
                "valid_from": "2026-05-08",
                "last_seen_on": "2026-05-08",
            },
            {
                "provider": "Cerebras",
                "model": "Llama 3.3 70B",
                "input_usd_per_mtok": "0.85",
                "output_usd_per_mtok": "1.2",
                "cached_input_usd_per_mtok": "0.4",
                "valid_from": "2026-05-01",
                "last_seen_on": "2026-05-08",
                "note": "As quoted to us",
            },
        ),
        "inference_result": (
            {
                "round": "v5.1",
                "result_id": "v5.1-9001",
                "division": "closed",
                "suite": "datacenter",
                "availability": "available",
                "submitter": "NVIDIA",
                "system": "8x H200 server",
                "accelerator": "H200",
                "accelerator_count": "8",
                "node_count": "1",
                "benchmark": "llama2-70b-99",
                "scenario": "Offline",
                "value": "34988",
                "unit": "Tokens/s",
                "precision": "fp8",
                "is_inferred": "false",
            },
            {
                "round": "v5.1",
                "result_id": "v5.1-9001",
                "division": "closed",
                "suite": "datacenter",
                "availability": "available",
                "submitter": "NVIDIA",
                "system": "8x H200 server",
                "accelerator": "H200",
                "accelerator_count": "8",
                "node_count": "1",
                "benchmark": "llama2-70b-99",
                "scenario": "Server",
                "value": "33072.5",
                "unit": "Tokens/s",
                "precision": "fp8",
                "is_inferred": "false",
            },
            {
                "round": "v5.1",
                "result_id": "v5.1-9002",
                "division": "open",
                "suite": "datacenter",
                "submitter": "AMD",
                "system": "8x MI300X server",
                "accelerator": "MI300X",
                "accelerator_count": "8",
                "benchmark": "llama2-70b-99",
                "scenario": "Offline",
                "value": "21150",
                "unit": "Tokens/s",
                "is_inferred": "false",
            },
        ),
        "training_result": (
            {
                "round": "v5.0",
                "division": "closed",
                "availability": "Available cloud",
                "submitter": "NVIDIA",
                "system": "64x B200",
                "accelerator": "B200",
                "accelerator_count": "64",
                "node_count": "8",
                "benchmark": "llama31_405b",
                "minutes": "240.5",
                "runs": "3",
                "runs_required": "3",
                "runs_converged": "3",
                "scaling_factor": "1",
                "status": "scored",
            },
            {
                "round": "v5.0",
                "division": "closed",
                "submitter": "AMD",
                "system": "8x MI325X",
                "accelerator": "MI325X",
                "accelerator_count": "8",
                "benchmark": "llama2_70b_lora",
                "minutes": "22.1",
                "runs": "10",
                "runs_required": "10",
                "runs_converged": "10",
                "scaling_factor": "1.05",
                "status": "scored",
            },
            {
                "round": "v5.0",
                "division": "open",
                "submitter": "AMD",
                "system": "8x MI300X",
                "accelerator": "MI300X",
                "accelerator_count": "8",
                "benchmark": "llama2_70b_lora",
                "runs": "10",
                "runs_required": "10",
                "runs_converged": "8",
                "status": "invalid",
                "note": "Two runs did not converge",
            },
        ),
        "gpu_serving": (
            {
                "system": "One HGX server",
                "accelerator": "H100",
                "model": "Llama 3.3 70B",
                "framework": "vLLM",
                "precision": "fp8",
                "accelerator_count": "8",
                "prompt_tokens": "1024",
                "output_tokens": "1024",
                "concurrency": "64",
                "throughput_tokens_per_second_per_gpu": "819.2",
                "output_throughput_tokens_per_second_per_gpu": "409.6",
                "interactivity_tokens_per_second_per_user": "51.2",
                "ttft_seconds": "0.38",
                "measured_on": "2026-05-08",
            },
            {
                "system": "One HGX server",
                "accelerator": "H100",
                "model": "Llama 3.3 70B",
                "framework": "vLLM",
                "precision": "fp8",
                "accelerator_count": "8",
                "prompt_tokens": "1024",
                "output_tokens": "1024",
                "concurrency": "4",
                "throughput_tokens_per_second_per_gpu": "104",
                "output_throughput_tokens_per_second_per_gpu": "52",
                "interactivity_tokens_per_second_per_user": "104",
                "ttft_seconds": "0.21",
                "measured_on": "2026-05-08",
            },
            {
                "system": "One HGX server",
                "accelerator": "B200",
                "model": "Llama 3.3 70B",
                "framework": "SGLang",
                "precision": "fp4",
                "accelerator_count": "8",
                "prompt_tokens": "1024",
                "output_tokens": "1024",
                "concurrency": "64",
                "throughput_tokens_per_second_per_gpu": "1888",
                "output_throughput_tokens_per_second_per_gpu": "944",
                "interactivity_tokens_per_second_per_user": "118",
                "measured_on": "2026-05-09",
            },
        ),
        "accelerator_rent": (
            {
                "cloud": "Azure",
                "accelerator": "H100",
                "instance": "Standard_ND96isr_H100_v5",
                "accelerator_count": "8",
                "usd_per_accelerator_hour": "12.29",
                "price_kind": "on-demand",
                "region": "eastus",
                "observed_on": "2026-05-08",
            },
            {
                "cloud": "CoreWeave",
                "accelerator": "B200",
                "accelerator_count": "8",
                "usd_per_accelerator_hour": "8.6",
                "price_kind": "on-demand",
                "observed_on": "2026-05-08",
            },
            {
                "cloud": "CoreWeave",
                "accelerator": "H100",
                "usd_per_accelerator_hour": "2.15",
                "price_kind": "reserved",
                "region": "US-EAST",
                "observed_on": "2026-05-08",
                "note": "Three years, as quoted to us",
            },
        ),
    }
)


@dataclass(frozen=True)
class Target:
    """A column that a reader's column may fill. `units` are those that its numbers may come in."""

    column: Column
    required: bool
    default: str | None
    aliases: tuple[str, ...]
    units: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.column.name


def of(table: Table) -> tuple[Target, ...]:
    """What a file may fill, in the order of the table."""
    return tuple(_target(table, column) for column in table.columns if column.name not in OURS_ALONE)


def things(table: Table) -> tuple[str, ...]:
    """What the table names as published and as we do."""
    return tuple(thing for thing in NAMED_THINGS if f"{thing}_as_published" in table.names)


def default(table: Table, name: str) -> str | None:
    return {"publisher": DEFAULT_PUBLISHER, "licence": DEFAULT_LICENCE, **DEFAULTS[table.name]}.get(name)


def identity(table: Table) -> tuple[str, ...]:
    """The columns that identify an uploaded row: the key in our names, without what an upload itself adds."""
    ours = (name.removesuffix("_as_published") for name in table.key)
    return tuple(dict.fromkeys(name for name in ours if name not in ("source", "source_url")))


def values(table: Table) -> tuple[str, ...]:
    """The columns by which two rows of one identity are the same or changed."""
    aside = ("source", "source_url", "publisher", "licence", "evidence", *identity(table))
    return tuple(name for name in table.names if name not in aside and not name.endswith("_as_published"))


def _target(table: Table, column: Column) -> Target:
    spelled = column.name.removesuffix("_as_published")
    # The published spelling is what a reader gives under the plain name.
    is_spelling = spelled != column.name and spelled in things(table)
    is_ours = column.name in ("source_url", "publisher", "licence")
    return Target(
        column=column,
        required=column.required and not is_spelling and not is_ours,
        default=default(table, column.name),
        aliases=() if is_spelling else _aliases(table, column.name),
        units=units.choices(column),
    )


def _aliases(table: Table, name: str) -> tuple[str, ...]:
    """Other names of a column; none that is another column's own name in this table."""
    own = {other.replace("_", " ") for other in table.names} - {name.replace("_", " ")}
    return tuple(alias for alias in ALIASES.get(name, ()) if alias not in own)


def examples(table: Table) -> list[dict[str, str]]:
    return [dict(row) for row in EXAMPLES[table.name]]


TARGETS: Mapping[str, tuple[Target, ...]] = MappingProxyType({name: of(TABLES[name]) for name in UPLOADED})
