from datetime import UTC, date, datetime

import pytest

from etl.sources.contract import Payload
from etl.sources.litellm import CURRENT, SOURCE
from tests.payloads import UPSTREAM, past, payload

PINNED = past(SOURCE)[0].url

GROQ = {
    "input_cost_per_token": 5.9e-07,
    "output_cost_per_token": 7.9e-07,
    "litellm_provider": "groq",
    "mode": "chat",
}
CATALOGUE = {
    "sample_spec": {
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "litellm_provider": "one of https://docs.litellm.ai/docs/providers",
        "mode": "one of: chat, embedding",
    },
    "groq/llama-3.3-70b-versatile": GROQ,
    "groq/openai/gpt-oss-120b": {
        "input_cost_per_token": 1.5e-07,
        "output_cost_per_token": 6e-07,
        "cache_read_input_token_cost": 7.5e-08,
        "litellm_provider": "groq",
        "mode": "chat",
    },
    "bedrock/us-west-2/meta.llama3-70b-instruct-v1:0": {
        "input_cost_per_token": 2.65e-06,
        "output_cost_per_token": 3.5e-06,
        "litellm_provider": "bedrock",
        "mode": "chat",
    },
    "gemini/gemini-2.5-pro": {
        "input_cost_per_token": 1.25e-06,
        "input_cost_per_token_above_200k_tokens": 2.5e-06,
        "output_cost_per_token": 1e-05,
        "litellm_provider": "gemini",
        "mode": "chat",
    },
    "wandb/openai/gpt-oss-120b": {
        "input_cost_per_token": 0.015,
        "output_cost_per_token": 0.06,
        "litellm_provider": "wandb",
        "mode": "chat",
    },
    "codestral/codestral-2405": {
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "litellm_provider": "codestral",
        "mode": "chat",
    },
    "azure/dall-e-3": {
        "input_cost_per_pixel": 1e-08,
        "litellm_provider": "azure",
        "mode": "image_generation",
    },
    "azure/container": {"litellm_provider": "azure", "mode": "chat"},
    "fireworks-ai-4.1b-to-16b": {
        "input_cost_per_token": 2e-07,
        "output_cost_per_token": 2e-07,
        "litellm_provider": "fireworks_ai",
    },
    "fallback_generalizations": {"rules": []},
}
COLUMNS = (
    "provider_as_published",
    "model_as_published",
    "endpoint",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "note",
)


def read(folder, catalogue=CATALOGUE, url=CURRENT, as_of=date(2026, 7, 24)):
    return SOURCE.read([payload(folder, url, catalogue, as_of)])


def test_prices_per_token_become_prices_per_million_with_the_published_spellings(tmp_path):
    long_prompts = "Price of prompts up to 200k tokens; longer ones cost more."
    assert read(tmp_path).frames["token_price"].select(COLUMNS).rows() == [
        ("bedrock", "bedrock/us-west-2/meta.llama3-70b-instruct-v1:0", "us-west-2", 2.65, 3.5, None, None),
        ("gemini", "gemini/gemini-2.5-pro", None, 1.25, 10.0, None, long_prompts),
        ("groq", "groq/llama-3.3-70b-versatile", None, 0.59, 0.79, None, None),
        ("groq", "groq/openai/gpt-oss-120b", None, 0.15, 0.6, 0.075, None),
    ]


def test_what_is_no_price_of_a_text_model_is_counted_by_reason(tmp_path):
    lines = {line.reason.split(":")[0].split(".")[0]: line.rows for line in read(tmp_path).set_aside}
    assert lines == {
        "An entry that is not laid out as the others are": 2,
        "Both prices are 0": 1,
        "Not a text model": 1,
        "No price per token is published": 1,
        "A price class of model sizes, not a model": 1,
        "A price above 1,000 USD per 1M tokens is not believed; the unit slipped": 1,
    }


def test_the_day_that_the_mirror_writes_into_the_file_counts(tmp_path):
    stamped = {**CATALOGUE, "last_updated": "2026-07-20T18:23:43.215560+00:00"}
    assert set(read(tmp_path, stamped).frames["token_price"]["valid_from"]) == {date(2026, 7, 20)}


def test_without_a_day_in_the_file_the_day_of_the_copy_counts(tmp_path):
    assert set(read(tmp_path).frames["token_price"]["valid_from"]) == {date(2026, 7, 24)}


def test_history_and_the_newest_file_become_spans(tmp_path):
    first_day = date(2025, 2, 28)
    held = [
        payload(tmp_path, PINNED, {"groq/llama-3.3-70b-versatile": GROQ}, first_day),
        payload(tmp_path, CURRENT, {"groq/llama-3.3-70b-versatile": GROQ}, date(2026, 7, 24)),
    ]
    prices = SOURCE.read(held).frames["token_price"]
    assert prices.select("valid_from", "last_seen_on", "source_url").rows() == [(first_day, date(2026, 7, 24), CURRENT)]


def test_a_renamed_key_is_refused_by_name(tmp_path):
    renamed = {"groq/x": {"litellm_provider": "groq", "mode": "chat", "input_price": 1, "output_price": 2}}
    reading = read(tmp_path, renamed)
    assert "missing input_cost_per_token, output_cost_per_token" in reading.refused[CURRENT]
    assert reading.frames == {}


def test_a_payload_that_is_refused_stops_no_other(tmp_path):
    held = [
        payload(tmp_path, PINNED, [], date(2025, 2, 28)),
        payload(tmp_path, CURRENT, CATALOGUE),
    ]
    reading = SOURCE.read(held)
    assert list(reading.refused) == [PINNED]
    assert reading.frames["token_price"].height == 4


def test_prices_as_text_unknown_keys_and_odd_entries_are_survived(tmp_path):
    odd = {
        "groq/llama-3.3-70b-versatile": {**GROQ, "input_cost_per_token": "5.9e-07", "brand_new": {"a": 1}},
        "odd": None,
        "odder": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": "free"},
    }
    assert read(tmp_path, odd).frames["token_price"]["input_usd_per_mtok"].to_list() == [0.59]


def test_an_uplift_raises_a_price_however_the_price_is_written(tmp_path):
    raised = {
        "groq/llama-3.3-70b-versatile": GROQ | {"fedramp_uplift_multiplier": 1.2, "input_cost_per_token": "5e-07"}
    }
    found = read(tmp_path, raised).frames["token_price"].sort("input_usd_per_mtok")
    assert found.select("endpoint", "input_usd_per_mtok", "output_usd_per_mtok").rows() == [
        (None, 0.5, 0.79),
        ("FedRAMP", 0.6, 0.948),
    ]


@pytest.mark.skipif(UPSTREAM is None, reason="the whole payloads do not lie beside the checkout")
def test_the_whole_catalogue_reads_with_its_history():
    held = []
    for want in past(SOURCE):
        path = UPSTREAM / want.url.removeprefix("https://")
        held.append(Payload(want.url, path, want.as_of, datetime(2026, 8, 1, tzinfo=UTC), "", path.stat().st_size))
    reading = SOURCE.read(held)
    prices = reading.frames["token_price"]
    assert not reading.refused
    assert prices.height == 4557
    assert prices["input_usd_per_mtok"].max() < 300
    key = ("provider_as_published", "model_as_published", "endpoint", "precision", "valid_from")
    assert not prices.select(key).is_duplicated().any()
