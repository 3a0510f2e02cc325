from datetime import date
from pathlib import Path

import pytest

from etl import faults
from etl.schema import TABLES
from etl.sources.contract import Reading, SourceChanged
from etl.sources.curated_prices import SOURCE, read_facts

SHIPPED = Path(__file__).parents[3] / "data/facts"
HEADER = "provider,model,usd_per_m_input,usd_per_m_output,last_seen,source_url,publisher,as_of,evidence,note"
CEREBRAS = "Cerebras,llama-3.1-405b,6,12,2024-11-18,https://www.cerebras.ai/blog/x,Dossier,2024-11-18,secondary,"


def read(folder, *rows, header=HEADER):
    (folder / "token_price.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_facts(folder)


def test_nothing_is_fetched():
    assert SOURCE.wants([]) == []
    assert SOURCE.read([]) == Reading()


def test_a_cited_price_keeps_its_publisher_and_both_days(tmp_path):
    row = "Groq,gpt-oss-120b,0.15,0.6,2026-07-02,https://github.com/x,models.dev (community catalogue),"
    prices = read(tmp_path, row + "2026-01-07,published,list price").frames["token_price"]
    assert prices.select("valid_from", "last_seen_on", "publisher", "licence", "evidence").row(0) == (
        date(2026, 1, 7),
        date(2026, 7, 2),
        "models.dev (community catalogue)",
        "MIT",
        "published",
    )


def test_the_variant_in_the_note_is_the_endpoint(tmp_path):
    turbo = CEREBRAS.replace("Cerebras", "Together") + "Turbo (FP8) endpoint"
    fast = CEREBRAS.replace("Cerebras", "Nebius") + "host-specific variant: meta-llama/llama-3.3-70b-fast.toml"
    prices = read(tmp_path, turbo, fast).frames["token_price"]
    assert prices.select("provider_as_published", "endpoint", "precision").rows() == [
        ("Nebius", "Fast", None),
        ("Together", "Turbo", "FP8"),
    ]


def test_recalled_blended_and_undated_prices_are_set_aside(tmp_path):
    recalled = CEREBRAS.replace("secondary", "unverified")
    blended = CEREBRAS.replace("llama-3.1-405b", "llama-3.1-405b (blended 3:1)")
    undated = CEREBRAS.replace("2024-11-18", "")
    reading = read(tmp_path, recalled, blended, undated)
    assert reading.frames["token_price"].height == 0
    assert [line.fault for line in reading.set_aside] == [
        faults.BLENDED,
        faults.NOT_SEEN,
        faults.NO_DAY,
    ]


def test_a_missing_column_and_a_repetition_are_refused(tmp_path):
    with pytest.raises(SourceChanged, match="missing evidence"):
        read(tmp_path, header=HEADER.replace("evidence", "proof"))
    with pytest.raises(SourceChanged, match="2 rows name the same price"):
        read(tmp_path, CEREBRAS, CEREBRAS)


def test_the_shipped_file_fits_the_table():
    prices = read_facts(SHIPPED).frames["token_price"]
    assert prices.height == 188
    assert not set(prices.columns) - set(TABLES["token_price"].names)
    assert (prices["valid_from"] <= prices["last_seen_on"]).all()
