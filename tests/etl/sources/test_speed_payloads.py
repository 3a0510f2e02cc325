"""The speed sources over whole payloads as published, where this machine has them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from etl.schema import TABLES
from etl.sources import artificial_analysis, gateway_stats, llmperf, openrouter_endpoints, thefastest
from etl.sources.contract import Payload
from tests.payloads import UPSTREAM, past

pytestmark = pytest.mark.skipif(UPSTREAM is None, reason="no whole payloads beside the checkout")

ROWS = {
    "openrouter_capture": {"provider_speed": 3970, "token_price": 3883},
    "openrouter_live": {},
    "vercel_gateway": {},
    "gateway_mirror": {"provider_speed": 17},
    "llmperf": {"provider_speed": 19},
    "thefastest": {"provider_speed": 183},
    "aa_api": {"provider_speed": 619, "token_price": 746},
    "aa_leaderboard": {"provider_speed": 1449, "token_price": 1742},
}
SOURCES = (
    *openrouter_endpoints.SOURCES,
    *gateway_stats.SOURCES,
    llmperf.SOURCE,
    thefastest.SOURCE,
    *artificial_analysis.SOURCES,
)


def held_of(source):
    """Every copy that never changes: of a source with a history its pinned copies."""
    wants = past(source) if source.has_history else source.wants([])
    fetched_at = datetime(2026, 7, 23, tzinfo=UTC)
    paths = [(want, UPSTREAM / want.url.removeprefix("https://")) for want in wants]
    return tuple(
        Payload(want.url, path, want.as_of or fetched_at.date(), fetched_at, "", path.stat().st_size)
        for want, path in paths
        if path.is_file()
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_whole_payloads_are_read_and_every_row_is_told_apart(source):
    reading = source.read(held_of(source))
    assert (dict(reading.refused), reading.incomplete) == ({}, ())
    assert {name: len(frame) for name, frame in reading.frames.items()} == ROWS[source.id]
    for name, frame in reading.frames.items():
        named = frame.with_columns(
            source=pl.lit(source.id),
            provider=pl.col("provider_as_published"),
            model=pl.col("model_as_published"),
            publisher=pl.lit(source.publisher),
            licence=pl.lit(source.licence),
        )
        table = TABLES[name]
        rows = table.conform(named)
        assert rows.select(table.key).is_duplicated().sum() == 0
        for column in table.columns:
            values = rows[column.name].drop_nulls()
            assert not column.required or len(values) == len(rows)
            if column.above_zero and len(values):
                assert values.min() > 0
            if column.high is not None and len(values):
                assert values.max() <= column.high


def test_llmperf_agrees_with_the_table_that_its_publisher_prints():
    speeds = llmperf.read(held_of(llmperf.SOURCE)).frames["provider_speed"]
    printed = {
        ("anyscale", "meta-llama/Llama-2-70b-chat-hf"): 66,
        ("groq", "llama2-70b-4096"): 185,
        ("fireworks", "accounts/fireworks/models/llama-v2-70b-chat"): 40,
        ("together", "together_ai/togethercomputer/llama-2-70b-chat"): 65,
        ("perplexity", "llama-2-70b-chat"): 30,
        ("lepton", "llama2-70b"): 33,
    }
    read = {
        (row["provider_as_published"], row["model_as_published"]): row["output_tokens_per_second"]
        for row in speeds.to_dicts()
    }
    assert {key: round(read[key]) for key in printed} == printed
