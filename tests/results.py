"""Results of MLPerf for tests: rows of the two tables with what a row of the record has."""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import mlcommons

# What publishers other than MLCommons measure: neither plotted with its results nor divided by them.
NEVER_BESIDE = ("provider_speed", "token_price", "gpu_serving")
# Scores of MLPerf Training as published: round, submitter, benchmark, accelerators, minutes. Of several the least.
CHECKED = (
    ("v4.0", "NVIDIA", "gpt3", 11_616, 3.444),
    ("v4.0", "NVIDIA", "llama2_70b_lora", 1_024, 1.494),
    ("v4.0", "Google", "gpt3", 6_144, 12.477),
    ("v4.1", "NVIDIA", "llama2_70b_lora", 8, 12.958),
    ("v4.1", "NVIDIA", "gpt3", 64, 193.738),
    ("v4.1", "Azure", "llama2_70b_lora", 512, 1.609),
    ("v4.1", "Google", "gpt3", 1_024, 50.628),
    ("v5.0", "tinycorp", "bert", 6, 213.604),  # of the summariser, which counts a run that started late as failed
)
LICENCE = "Apache-2.0 (repository); MLCommons results terms of use"
OF_MLCOMMONS = {
    "publisher": "MLCommons",
    "licence": LICENCE,
    "evidence": "published",
    "retrieved_on": date(2026, 12, 1),
}
TRAINING_ADDRESS = "https://github.com/mlcommons/training_results_v5.0/tree/main"
INFERENCE_ADDRESS = (
    "https://raw.githubusercontent.com/mlcommons/inference_results_v5.1/"
    "7d4c2fb1f6ba4d4a6a2d6a3b3c2a1e6a4c2f6d11/summary_results.json"
)


def trained(accelerator: str, submitter: str, count: int, minutes: float | None, benchmark="llama2_70b_lora", **rest):
    """One row of training_result, of v5.0 unless a test says otherwise."""
    system = f"{count}x{accelerator}"
    return (
        OF_MLCOMMONS
        | {
            "round": "v5.0",
            "division": "closed",
            "availability": "Available on-premise",
            "is_preview": False,
            "submitter": submitter,
            "submitter_as_published": submitter,
            "system": system,
            "accelerator": accelerator,
            "accelerator_as_published": accelerator,
            "accelerator_count": count,
            "node_count": 1,
            "benchmark": benchmark,
            "benchmark_as_published": benchmark,
            "minutes": minutes,
            "runs": 10,
            "runs_required": 10,
            "runs_converged": 10,
            "scaling_factor": 1.0,
            "status": "scored",
            "source": "mlperf_training",
            "source_url": f"{TRAINING_ADDRESS}/{submitter}/results/{system}/{benchmark}",
            "published_on": date(2025, 5, 30),
        }
        | rest
    )


def served(accelerator: str | None, submitter: str, count: int, value: float, benchmark="llama2-70b-99", **rest):
    """One row of inference_result, of v5.1 and the Offline scenario unless a test says otherwise."""
    return (
        OF_MLCOMMONS
        | {
            "round": "v5.1",
            "result_id": f"v5.1-{accelerator}-{submitter}",
            "division": "closed",
            "suite": "datacenter",
            "availability": "available",
            "is_preview": False,
            "submitter": submitter,
            "submitter_as_published": submitter,
            "system": f"{count}x{accelerator}",
            "accelerator": accelerator,
            "accelerator_as_published": accelerator,
            "accelerator_count": count,
            "node_count": 1,
            "benchmark": benchmark,
            "scenario": "Offline",
            "value": value,
            "unit": "Tokens/s",
            "precision": "fp8",
            "is_inferred": False,
            "source": "mlperf_inference",
            "source_url": INFERENCE_ADDRESS,
            "published_on": date(2025, 9, 9),
        }
        | rest
    )


def training(*rows: dict) -> pl.DataFrame:
    return _table("training_result", rows)


def inference(*rows: dict) -> pl.DataFrame:
    return _table("inference_result", rows)


def _table(name: str, rows) -> pl.DataFrame:
    return TABLES[name].conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else TABLES[name].empty()


def mixed(rows: pl.DataFrame) -> set[str]:
    """Sources that stand among results of MLPerf and are not MLPerf's; none where there are no such results."""
    return mlcommons.sources(rows) - set(mlcommons.SOURCES) if mlcommons.is_mlperf(rows) else set()
