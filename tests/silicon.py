"""Chips, architectures and the hosts of one run for tests, as published unless a test says otherwise."""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import ceilings, matching, speed
from tests.frames import CITED, GPT_OSS, LLAMA_8B, providers, speeds

ON_SALE = date(2024, 11, 18)
CHIP_OF = {"Cerebras": "WSE-3", "Groq": "Groq LPU v1", "SambaNova": "SN40L"}

LOUD = "<b>Loud</b> & co"  # a host whose name must stay text


def chip(name: str, **rest) -> dict:
    """One row of accelerator."""
    return CITED | {"source": "curated_chips", "accelerator": name, "accelerator_as_published": name} | rest


def off_chip(name: str, gb: float, bandwidth: float | None, kind: str | None = "HBM", **rest) -> dict:
    said = {"hbm_gb": gb, "memory_bandwidth_tb_per_second": bandwidth, "bandwidth_kind": kind, "family": "GPU"}
    return chip(name, **(said | {"vendor": "Nvidia", "available_on": ON_SALE} | rest))


def on_chip(name: str, gb: float, bandwidth: float, **rest) -> dict:
    said = {"sram_gb": gb, "hbm_gb": 0.0, "memory_bandwidth_tb_per_second": bandwidth, "bandwidth_kind": "SRAM"}
    return chip(name, **(said | {"available_on": ON_SALE} | rest))


CHIPS = (
    off_chip("H100 SXM", 80, 3.35),
    off_chip("H200 SXM", 141, 4.8),
    on_chip("WSE-3", 44, 21000, family="wafer-scale", vendor="Cerebras"),
    on_chip("Groq LPU v1", 0.23, 80, family="LPU", vendor="Groq"),
    off_chip("SN40L", 64, None, None, sram_gb=0.52, family="RDU", vendor="SambaNova"),
)


def accelerators(*rows: dict) -> pl.DataFrame:
    return TABLES["accelerator"].conform(pl.DataFrame(rows or CHIPS, infer_schema_length=None))


def model(name: str, total: float, active: float | None = None, precision: str = "16 bit", **rest) -> dict:
    """One row of model; a dense one unless `active` says otherwise."""
    said = {"model": name, "model_as_published": name, "total_parameters_bn": total, "released_precision": precision}
    return CITED | {"source": "curated_models", "active_parameters_bn": active or total} | said | rest


LLAMA = {"kv_heads": 8, "head_dim": 128}
MODELS = (
    model(LLAMA_8B, 8.03, layers=32, **LLAMA),
    model("Llama 3.1 70B", 70.55, layers=80, **LLAMA),
    model(GPT_OSS, 117, 5.1, "FP4", layers=36, kv_heads=8, head_dim=64, windowed_layers=18, window_tokens=128),
    model("DeepSeek R1", 671, 37, "FP8", layers=61, latent_values=576),
    model("Llama 4 Maverick", 400, 17),
)


def models(*rows: dict) -> pl.DataFrame:
    return TABLES["model"].conform(pl.DataFrame(rows or MODELS, infer_schema_length=None))


def on_silicon() -> pl.DataFrame:
    """The providers with the chip that a citation names."""
    return providers(LOUD).with_columns(
        accelerator=pl.col("provider").replace_strict(CHIP_OF, default=None, return_dtype=pl.String)
    )


def hosts(rows: list[dict], name: str, baseline: str = "Azure") -> pl.DataFrame:
    table = speeds(*rows)
    known = providers(LOUD)
    return speed.hosts(matching.judged(table, known), speed.ratios(table, known), name, baseline)


def reached(rows: list[dict], name: str, assumed: ceilings.Assumptions | None = None, chips=()) -> pl.DataFrame:
    """The hosts of one run with their ceilings."""
    assumed = assumed or ceilings.Assumptions()
    return ceilings.with_ceiling(
        hosts(rows, name),
        on_silicon(),
        ceilings.chips(accelerators(*chips)),
        ceilings.architectures(models(), assumed),
        assumed,
    )
