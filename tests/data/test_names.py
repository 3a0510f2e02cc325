"""The lists of names: one spelling has one name, and one name has one spelling."""

import csv
import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from etl import names, published
from etl.schema import FAMILIES, KINDS, TABLES

NAMES = Path(__file__).parents[2] / "data/names"
LISTS = tuple(names.LISTS.values())


def rows(name):
    with (NAMES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_of(name):
    """Spelling to our name, for spellings that count in any source."""
    return {row["spelling"].casefold(): row["name"] for row in rows(name) if not row["scope"]}


@pytest.mark.parametrize("name", LISTS)
def test_each_spelling_has_one_name_in_each_scope(name):
    keys = [(row["spelling"].strip().casefold(), row["scope"]) for row in rows(name)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", LISTS)
def test_every_line_has_spelling_name_and_reason(name):
    assert [row for row in rows(name) if not (row["spelling"] and row["name"] and row["reason"])] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_cell_begins_or_ends_with_a_space(name):
    assert [row for row in rows(name) for cell in row.values() if cell != cell.strip()] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_two_of_our_names_differ_only_in_case_or_punctuation(name):
    alike = defaultdict(set)
    for row in rows(name):
        alike[re.sub(r"[^a-z0-9.]", "", row["name"].casefold())].add(row["name"])
    assert {key: names for key, names in alike.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", LISTS)
def test_our_own_names_lead_to_themselves(name):
    spellings = names_of(name)
    assert [n for n in {row["name"] for row in rows(name)} if spellings.get(n.casefold()) != n] == []


def test_different_weights_keep_different_names():
    models = names_of("models")
    apart = (
        "deepseek-ai/DeepSeek-R1",
        "deepseek-ai/DeepSeek-R1-0528",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
        "groq/llama3-70b-8192",
        "groq/llama-3.1-70b-versatile",
        "groq/llama-3.3-70b-versatile",
        "gpt-oss-120b",
        "gpt-oss-120b (low)",
        "z-ai/glm-4.7",
        "z-ai/glm-4.7-flash",
        "meta-llama/llama-3.1-405b",
        "meta-llama/llama-3.1-405b-instruct",
    )
    assert len({models[spelling.casefold()] for spelling in apart}) == len(apart)


def test_the_same_weights_meet_under_one_name():
    models = names_of("models")
    llama = (
        "llama-3.1-8b",
        "cerebras/llama3.1-8b",
        "groq/llama-3.1-8b-instant",
        "azure_ai/Meta-Llama-3.1-8B-Instruct",
        "meta.llama3-1-8b-instruct-v1:0",
        "fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct",
        "Llama 3.1 Instruct 8B",
    )
    assert {models[spelling.casefold()] for spelling in llama} == {"Llama 3.1 8B"}


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        (
            "GLM-5.3",
            (
                "fireworks_ai/accounts/fireworks/models/glm-5p3",
                "global.zai.glm-5.3",
                "azure_ai/FW-GLM-5.3",
                "Z-AI/glm-5.3",
            ),
        ),
        (
            "GPT-5.6 Sol",
            ("Azure OpenAI GPT5: 5.6 sol", "azure/eu/gpt-5.6-sol", "regional.openai.gpt-5.6-sol", "openai/gpt-5.6-sol"),
        ),
        ("Qwen3.8 27B", ("cerebras/qwen-3.8-27b", "groq/qwen/qwen3.8-27b", "Qwen/Qwen3.8-27B-FP8")),
        ("DeepSeek V3.2 Speciale", ("Azure Deepseek Models: V3.2 SP", "azure_ai/deepseek-v3.2-speciale")),
    ],
)
def test_the_models_of_autumn_2026_meet_under_one_name(name, spellings):
    models = names_of("models")
    assert {models[spelling.casefold()] for spelling in spellings} == {name}


def test_another_date_of_other_weights_is_another_model():
    models = names_of("models")
    apart = (
        "Azure OpenAI: gpt 4o 0513",
        "azure/gpt-4o-2024-08-06",
        "azure/eu/gpt-4o-2024-11-20",
        "azure/gpt-4o",
        "azure_ai/DeepSeek-V4-Flash-0731",
        "azure_ai/deepseek-v4-flash",
        "fireworks_ai/accounts/fireworks/models/deepseek-v4p1-flash",
        "fireworks_ai/accounts/fireworks/models/deepseek-v4p1-flash-1017",
        "Azure Deepseek Models: V3.2",
        "Azure Deepseek Models: V3.2 SP",
        "fireworks_ai/accounts/fireworks/models/qwen2p5-72b",
        "together_ai/Qwen/Qwen2.5-72B-Instruct",
    )
    assert len({models[spelling.casefold()] for spelling in apart}) == len(apart)


def test_ids_whose_weights_change_are_nobodys_name():
    models = names_of("models")
    moving = (
        "deepseek-chat",
        "deepseek-reasoner",
        "kimi-k2-turbo-preview",
        "qwen3-235b",
        "mistral-large-latest",
        "qwen-plus",
        "x-ai/grok-4.20",
        "gpt-5.6",
    )
    assert not [spelling for spelling in moving if spelling in models]


def test_an_id_of_a_seller_that_does_not_say_which_weights_has_a_name_of_its_own():
    """So its price stands beside no other seller's."""
    known = rows("models")
    for spelling in (
        "Azure Grok Models: Grok 4.1",
        "Azure OpenAI GPT5: chat-latest 05282026",
        "Azure OpenAI: gpt-4-turbo-128K",
        "azure/gpt-5.6",
        "fireworks_ai/accounts/fireworks/models/llama-v3p1-405b-instruct-long",
        "fireworks_ai/accounts/fireworks/models/mistral-7b-instruct-4k",
    ):
        [name] = {row["name"] for row in known if row["spelling"] == spelling}
        seller = spelling.split(" ")[0].split("/")[0]
        assert all(
            row["spelling"] == name or row["spelling"].startswith(seller) for row in known if row["name"] == name
        )


def test_a_chip_is_named_only_where_a_source_names_it():
    providers = {row["name"] for row in rows("providers")}
    for row in rows("silicon"):
        assert row["provider"] in providers
        assert row["family"] in FAMILIES
        assert {row["is_specialised"], row["is_hyperscaler"]} <= {"true", "false"}
        assert bool(row["source_url"]) == (row["family"] != "undisclosed")


def test_every_provider_has_a_kind_but_the_figure_over_all_hosts():
    kinds = {row["provider"]: row["kind"] for row in rows("kinds")}
    assert {row["name"] for row in rows("providers")} - set(kinds) == {"Median of all hosts"}
    assert set(kinds.values()) == set(KINDS)
    assert [row for row in rows("kinds") if not row["reason"]] == []
    told = ("Azure", "OpenRouter", "NanoGPT", "GitHub Copilot")
    assert [kinds[name] for name in told] == ["host", "gateway", "reseller", "plan"]


def test_the_markets_of_one_provider_meet_under_its_name():
    known = names_of("providers")
    markets = ("minimax (minimax.cn)", "minimax (minimax.io)", "moonshot ai (china)", "alibaba (china)")
    assert [known[spelling] for spelling in markets] == ["MiniMax", "MiniMax", "Moonshot AI", "Alibaba"]


def test_zhipu_is_z_ai_by_its_name_at_home():
    providers = names_of("providers")
    assert {providers[spelling] for spelling in ("zhipu ai", "bigmodel", "z.ai", "zai", "z-ai")} == {"Z.ai"}
    assert providers["zhipu ai coding plan"] == "Zhipu AI Coding Plan"


def test_no_chip_stands_for_a_mixed_system():
    assert [row for row in rows("accelerators") if re.search(r"\(x\d+\)", row["spelling"])] == []


@pytest.mark.parametrize("table", ["training_result", "inference_result"])
@pytest.mark.parametrize("thing", ["accelerator", "submitter"])
def test_every_chip_and_submitter_of_mlperf_is_known(table, thing):
    shipped = pl.read_csv(NAMES.parent / f"published/{table}.csv", infer_schema_length=None)
    counted = shipped.filter(pl.col("accelerator_count") > 0)
    spellings = counted[f"{thing}_as_published"].drop_nulls().unique().sort()
    known = names.load(NAMES)
    assert len(spellings)
    assert [spelling for spelling in spellings if known.of(thing, f"mlperf_{table[:-7]}", spelling) is None] == []


@pytest.mark.parametrize("table", ["accelerator", "accelerator_rent", "gpu_offer", "gpu_serving", "compute_cluster"])
def test_every_chip_that_is_described_rented_or_offered_is_known(table):
    known, of_table = names.load(NAMES), TABLES[table]
    shipped = pl.read_csv(NAMES.parent / f"published/{table}.csv", infer_schema=False)
    sources = shipped["source"].unique()
    frames = {source: published.rows(NAMES.parent / "published", of_table, source) for source in sources}
    unknown = [names.unknown(frame, of_table, known, source) for source, frame in frames.items()]
    chips = pl.concat(unknown).filter(pl.col("kind") == "accelerator")
    assert chips["spelling"].to_list() == []


def test_the_newest_chips_of_microsoft_and_nvidia_are_known():
    chips = names_of("accelerators")
    assert chips["microsoft maia 200"] == "Maia 200"
    assert chips["nvidia rtx pro 6000 blackwell"] == "RTX Pro 6000 Blackwell"
    assert (
        len({chips[name] for name in ("v100", "v100-32gb", "nvidia tesla v100 sxm2", "nvidia tesla v100 sxm2 32 gb")})
        == 4
    )
