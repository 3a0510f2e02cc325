"""Tables for tests: the columns of the schema, filled with what a row of the record has.

`measured` and `listed` are one row each, as Artificial Analysis's leaderboard of 13 October 2024
would give it unless a test says otherwise; the two captures below are rows as published.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from etl import names
from etl.folders import PROJECT
from etl.schema import HOST, TABLES
from etl.sources import SOURCES
from metrics import cost

KNOWN = names.load(PROJECT / "data/names")
LLAMA_8B, GPT_OSS = "Llama 3.1 8B", "gpt-oss-120b"
OCTOBER_2024, MAY_2026 = date(2024, 10, 13), date(2026, 5, 8)
LEADERBOARD, PROVIDERS_PAGE = "aa-leaderboard_2024-10-13", "aa-gpt-oss-120b_2026-05-08"

CITED = {
    "source": "captures",
    "source_url": "https://artificialanalysis.ai/leaderboards/providers",
    "publisher": "Artificial Analysis",
    "licence": "Artificial Analysis terms of use, attribution required",
    "evidence": "published",
}


def measured(provider: str, tokens_per_second: float | None, **rest) -> dict:
    """One row of provider_speed."""
    row = CITED | {
        "capture": LEADERBOARD,
        "provider": provider,
        "provider_as_published": provider,
        "model": LLAMA_8B,
        "output_tokens_per_second": tokens_per_second,
        "measured_by": "Artificial Analysis",
        "measurer_kind": "independent",
        "is_aggregate": False,
        "measured_on": OCTOBER_2024,
    }
    row |= rest
    return {"model_as_published": row["model"]} | row


def listed(provider: str, given: float | None, written: float | None, **rest) -> dict:
    """One row of token_price, with the prices of input and of output."""
    row = CITED | {
        "capture": LEADERBOARD,
        "provider": provider,
        "provider_as_published": provider,
        "model": LLAMA_8B,
        "input_usd_per_mtok": given,
        "output_usd_per_mtok": written,
        "valid_from": OCTOBER_2024,
        "last_seen_on": OCTOBER_2024,
    }
    row |= rest
    return {"model_as_published": row["model"]} | row


def catalogued(provider: str, given: float | None, written: float | None, **rest) -> dict:
    """One row of token_price as a catalogue has it: without a capture, over the days it was seen."""
    return listed(provider, given, written, **({"source": "litellm", "capture": None} | rest))


def _table(name: str, rows) -> pl.DataFrame:
    return TABLES[name].conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else TABLES[name].empty()


def speeds(*rows: dict) -> pl.DataFrame:
    return _table("provider_speed", rows)


def states() -> pl.DataFrame:
    """The state of every source, as far as metrics read it."""
    return _table("source_state", [{"source": one.id, "catalogue_rank": one.catalogue_rank} for one in SOURCES])


def prices(*rows: dict, hosts: Sequence[str] = ()) -> pl.DataFrame:
    """Prices as metrics take them, with the rank of their catalogue; of known hosts and of those named besides."""
    return cost.ranked(_table("token_price", rows), states(), providers(*hosts))


def shares(*rows: dict) -> pl.DataFrame:
    return _table("compute_share", [CITED | row for row in rows])


def providers(*hosts: str) -> pl.DataFrame:
    """All whose kind the lists know, with their silicon, and hosts besides; the chip is left to who asks for one."""
    known = names.providers(KNOWN, KNOWN.kinds["provider"]).with_columns(accelerator=pl.lit(None, dtype=pl.String))
    silent = {"kind": HOST, "family": "undisclosed", "is_specialised": False, "is_hyperscaler": False}
    return pl.concat([known, _table("provider", [{"provider": host} | silent for host in hosts])])


def empty_tables() -> dict[str, pl.DataFrame]:
    return {name: table.empty() for name, table in TABLES.items()}


def thinks(name: str, whether: str, **rest) -> dict:
    """One row of model that says whether it thinks before it answers, and nothing of its size."""
    said = {"model": name, "model_as_published": name, "thinks": whether}
    catalogue = {
        "source": "curated_thinking",
        "source_url": f"https://github.com/anomalyco/models.dev/blob/main/models/{name.replace(' ', '-')}.toml",
        "publisher": "models.dev (community catalogue)",
    }
    return CITED | catalogue | said | rest


def models(*rows: dict) -> pl.DataFrame:
    return _table("model", rows)


def tables(speed_rows=(), price_rows=(), share_rows=(), model_rows=()) -> dict[str, pl.DataFrame]:
    return empty_tables() | {
        "provider_speed": speeds(*speed_rows),
        "token_price": _table("token_price", price_rows),
        "source_state": states(),
        "provider": providers(),
        "compute_share": shares(*share_rows),
        "model": models(*model_rows),
    }


# Llama 3.1 8B on the leaderboard of 13 October 2024: tokens/s, first token in s, USD per 1M input and output tokens.
LLAMA_8B_HOSTS = (
    ("Cerebras", 2023.0, 0.46, 0.1, 0.1),
    ("SambaNova", 1018.6, 0.39, 0.1, 0.2),
    ("Groq", 751.7, 0.38, 0.05, 0.08),
    ("Fireworks", 264.1, 0.28, 0.2, 0.2),
    ("AWS Bedrock", 89.8, 0.40, 0.22, 0.22),
    ("DeepInfra", 86.2, 0.22, 0.06, 0.06),
    ("Azure", 54.3, 0.42, 0.3, 0.61),
)

# gpt-oss-120b on its page of providers, 8 May 2026: tokens/s, USD per 1M input and output tokens.
GPT_OSS_HOSTS = (
    ("Cerebras", 1855.9, 0.35, 0.75),
    ("SambaNova", 651.0, 0.22, 0.59),
    ("Eigen AI", 565.1, 0.1, 0.5),
    ("Groq", 475.2, 0.15, 0.6),
    ("AWS Bedrock", 235.2, 0.15, 0.6),
    ("Azure", 218.3, 0.15, 0.6),
    ("DeepInfra", 45.1, 0.039, 0.19),
)


def llama_of_2024() -> tuple[list[dict], list[dict]]:
    """Speeds and prices of one capture, as published."""
    return (
        [measured(host, speed, ttft_seconds=wait) for host, speed, wait, _, _ in LLAMA_8B_HOSTS],
        [listed(host, given, written) for host, _, _, given, written in LLAMA_8B_HOSTS],
    )


def gpt_oss_of_2026() -> tuple[list[dict], list[dict]]:
    """Speeds and prices of one capture, as published; no first-token times."""
    run = {"model": GPT_OSS, "capture": PROVIDERS_PAGE}
    day = {"valid_from": MAY_2026, "last_seen_on": MAY_2026}
    return (
        [measured(host, speed, measured_on=MAY_2026, **run) for host, speed, _, _ in GPT_OSS_HOSTS],
        [listed(host, given, written, **run, **day) for host, _, given, written in GPT_OSS_HOSTS],
    )


def repeats(provider: str, value: float | None, **rest) -> dict:
    """One row of fidelity: when a host calls a tool, as Moonshot AI found on 15 November 2025."""
    said = {
        "source": "k2_vendor_verifier",
        "source_url": "https://github.com/MoonshotAI/K2-Vendor-Verifier",
        "publisher": "Moonshot AI",
        "provider": provider,
        "provider_as_published": provider,
        "model": "Kimi K2 0905",
        "model_as_published": "kimi-k2-0905-preview",
        "method": "tool calls, since November 2025",
        "quantity": "similarity of when a tool is called (F1)",
        "value": value,
        "unit": "%",
        "is_maker": False,
        "is_engine": False,
        "measured_on": date(2025, 11, 15),
        "published_on": date(2026, 2, 14),
    }
    return CITED | said | rest


# Of the test of 15 November 2025: Groq below the bound of 80 that others pass.
KIMI_K2 = [
    repeats("Groq", 69.52),
    repeats("Nebius", 50.60),
    repeats("Fireworks", None, value_low=80.0),
    repeats("Together", None, value_low=80.0),
    repeats("vLLM", None, value_low=80.0, is_engine=True),
    repeats("Groq", 100.0, quantity="valid tool calls"),
    repeats("Together", 71.96, quantity="valid tool calls"),
    repeats("Moonshot AI", 100.0, quantity="valid tool calls", is_maker=True),
]


def tokens_of(author: str, share_percent: float, observed_on: date, days_of_week: int = 7, **rest) -> dict:
    """One row of demand, as OpenRouter's rankings have it."""
    said = {
        "source": "openrouter_rankings",
        "kind": "model author",
        "author": author,
        "author_as_published": author.lower(),
        "gateway": "OpenRouter",
        "share_percent": share_percent,
        "days_of_week": days_of_week,
        "observed_on": observed_on,
    }
    return CITED | said | rest


MARCH, MAY = date(2026, 3, 28), date(2026, 5, 16)
TOKENS = [
    tokens_of("Xiaomi", 19.6, MARCH, tokens=4_250_046_153_901),
    tokens_of("Google", 13.2, MARCH),
    tokens_of("Alibaba (Qwen)", 34.0, date(2026, 4, 7), days_of_week=3),
    tokens_of("Anthropic", 16.5, MAY),
    tokens_of("Google", 14.8, MAY),
]


def energy_of(accelerator, joules, batch, gpus=1, **rest):
    """One row of energy, as ML.ENERGY has it of gpt-oss-120b."""
    said = {
        "source": "ml_energy",
        "accelerator": accelerator,
        "accelerator_as_published": accelerator,
        "model": "gpt-oss-120b",
        "model_as_published": "openai/gpt-oss-120b",
        "precision": "mxfp4",
        "workload": "GPQA Diamond",
        "accelerator_count": gpus,
        "most_requests_at_once": batch,
        "mean_requests_at_once": float(batch),
        "joules_per_output_token": joules,
        "published_on": date(2026, 2, 16),
    }
    return CITED | said | rest


ENERGY = [
    energy_of("H100", 0.782, 8, gpus=2),
    energy_of("H100", 0.086, 2048, gpus=2),
    energy_of("B200", 0.628, 8, gpus=2),
    energy_of("B200", 0.040, 3072),
    energy_of("B200", 9.9, 8, precision="bfloat16"),
    energy_of("B200", 5.5, 8, workload="LLM Chat (LM Arena)"),
]
