import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from etl import faults
from etl.sources import (
    artificial_analysis,
    captures,
    gateway_stats,
    llmperf,
    openrouter_endpoints,
    thefastest,
)
from tests.payloads import past

FACTS = Path(__file__).resolve().parents[3] / "data/facts"

SETS_HEADER = (
    "capture_id,provider,model,precision,output_tokens_per_s,p25,p75,ttft_s,prompt_tokens,output_tokens,"
    "concurrency,usd_per_m_input,usd_per_m_output,measured_by,source_url,publisher,as_of,evidence,note\n"
)
SINGLES_HEADER = (
    "provider,model,output_tokens_per_s,ttft_s,measured_by,quality,source_url,publisher,as_of,evidence,note\n"
)
TRAFFIC = '"OpenRouter live traffic, rolling 30 minutes"'


@pytest.fixture(scope="module")
def shipped():
    return captures.read_host_captures(FACTS)


def read_sets(folder, *lines):
    (folder / captures.SETS).write_text(SETS_HEADER + "\n".join(lines) + "\n")
    return captures.read_host_captures(folder)


def read_singles(folder, *lines):
    (folder / captures.SINGLES).write_text(SINGLES_HEADER + "\n".join(lines) + "\n")
    return captures.read_single_figures(folder)


def of_capture(reading, table, capture, model):
    return reading.frames[table].filter((pl.col("capture") == capture) & (pl.col("model_as_published") == model))


def test_october_2024_has_the_figures_of_llama_8b_that_the_claim_is_judged_by(shipped):
    speeds = of_capture(shipped, "provider_speed", "aa-leaderboard_2024-10-13", "llama-3.1-8b")
    assert len(speeds) == 12
    assert_frame_equal(
        speeds.filter(pl.col("provider_as_published").is_in(["Azure", "Cerebras", "Groq", "SambaNova"]))
        .select("provider_as_published", "output_tokens_per_second", "ttft_seconds")
        .sort("provider_as_published"),
        pl.DataFrame(
            {
                "provider_as_published": ["Azure", "Cerebras", "Groq", "SambaNova"],
                "output_tokens_per_second": [54.3, 2023.0, 751.7, 1018.6],
                "ttft_seconds": [0.42, 0.46, 0.38, 0.39],
            }
        ),
    )
    prices = of_capture(shipped, "token_price", "aa-leaderboard_2024-10-13", "llama-3.1-8b")
    by_provider = {
        row["provider_as_published"]: (row["input_usd_per_mtok"], row["output_usd_per_mtok"])
        for row in prices.to_dicts()
    }
    assert len(by_provider) == 12
    assert (by_provider["Groq"], by_provider["Azure"]) == ((0.05, 0.08), (0.30, 0.61))
    assert by_provider["Cerebras"] == (0.10, 0.10)
    assert set(speeds["measured_on"]) == set(prices["valid_from"]) == {date(2024, 10, 13)}
    assert set(speeds["measured_by"]) == {"Artificial Analysis"}
    assert set(speeds["evidence"]) == {"secondary"}


@pytest.mark.parametrize(
    ("model", "hosts", "cerebras", "azure"),
    [("llama-3.1-70b", 13, 569.2, 20.3), ("llama-3.1-405b", 11, None, 8.4)],
)
def test_october_2024_has_the_larger_llamas(shipped, model, hosts, cerebras, azure):
    speeds = of_capture(shipped, "provider_speed", "aa-leaderboard_2024-10-13", model)
    by_provider = dict(speeds.select("provider_as_published", "output_tokens_per_second").iter_rows())
    assert (len(speeds), by_provider.get("Cerebras"), by_provider["Azure"]) == (hosts, cerebras, azure)


def test_may_2026_has_23_hosts_of_gpt_oss_with_both_prices(shipped):
    speeds = of_capture(shipped, "provider_speed", "aa-gpt-oss-120b_2026-05-08", "gpt-oss-120b")
    prices = of_capture(shipped, "token_price", "aa-gpt-oss-120b_2026-05-08", "gpt-oss-120b")
    by_provider = {
        row["provider_as_published"]: (
            row["output_tokens_per_second"],
            row["input_usd_per_mtok"],
            row["output_usd_per_mtok"],
        )
        for row in speeds.join(prices, on="provider_as_published", validate="1:1").to_dicts()
    }
    assert len(by_provider) == 23
    assert by_provider["Cerebras"] == (1855.9, 0.35, 0.75)
    assert by_provider["SambaNova"] == (651.0, 0.22, 0.59)
    assert by_provider["Groq"] == (475.2, 0.15, 0.6)
    assert by_provider["Azure"] == (218.3, 0.15, 0.6)
    endpoints = dict(speeds.select("provider_as_published", "endpoint").drop_nulls().iter_rows())
    assert endpoints == {"DeepInfra (Turbo)": "Turbo", "Nebius Base": "base", "Nebius Fast": "fast"}
    assert speeds["ttft_seconds"].null_count() == 23


def test_every_shipped_row_is_used_or_counted(shipped):
    for file, reading in ((captures.SETS, shipped), (captures.SINGLES, captures.read_single_figures(FACTS))):
        with (FACTS / file).open(newline="") as lines:
            transcribed = len(list(csv.DictReader(lines)))
        not_counted_twice = sum(line.rows for line in reading.set_aside if "price" not in line.reason)
        assert len(reading.frames["provider_speed"]) + not_counted_twice == transcribed
        assert (dict(reading.refused), reading.incomplete) == ({}, ())


def test_what_another_source_reads_in_full_is_left_out_and_nothing_else():
    wanted = {
        want.url
        for module in (openrouter_endpoints, gateway_stats, artificial_analysis)
        for source in module.SOURCES
        for want in (*source.wants([]), *past(source))
    } | {want.url for source in (llmperf.SOURCE, thefastest.SOURCE) for want in source.wants([])}
    addresses = set()
    for file in (captures.SETS, captures.SINGLES):
        with (FACTS / file).open(newline="") as lines:
            addresses |= {row["source_url"] for row in csv.DictReader(lines)}
    raw = {
        url: url.replace("https://github.com/", "https://raw.githubusercontent.com/").replace("/blob/", "/")
        for url in addresses
    }
    readme = "https://github.com/ray-project/llmperf-leaderboard/blob/main/README.md"
    assert {url for url in addresses if raw[url] in wanted} | {readme} == captures.READ_ELSEWHERE


def test_a_gateway_row_takes_its_variant_and_percentiles_from_the_note(tmp_path):
    reading = read_sets(
        tmp_path,
        f"openrouter-30m_2026-07-30,SambaNova,minimax-m2.7,,220.5,,271,0.9,,,,1.2,4.8,{TRAFFIC},https://x,"
        "OpenRouter,2026-07-30,published,endpoint tag sambanova/minimax-m2.7-dedicated; throughput p90 310 "
        "p99 371.5 tok/s; latency p75 1150 p99 4560 ms; p25 not published",
        f"openrouter-30m_2026-07-30,Novita,minimax-m2.7,fp8,33,,40,1.4,,,,,,{TRAFFIC},https://x,OpenRouter,"
        "2026-07-30,published,endpoint tag novita/fp8",
    )
    novita, sambanova = reading.frames["provider_speed"].to_dicts()
    assert (novita["endpoint"], novita["precision"]) == (None, "fp8")
    assert sambanova["endpoint"] == "minimax-m2.7-dedicated"
    assert (sambanova["output_tokens_per_second_p75"], sambanova["output_tokens_per_second_p99"]) == (
        271.0,
        371.5,
    )
    assert (sambanova["ttft_seconds_p75"], sambanova["ttft_seconds_p99"]) == (1.15, 4.56)
    assert (sambanova["measured_by"], sambanova["measurer_kind"]) == ("OpenRouter", "traffic")
    price = reading.frames["token_price"].row(0, named=True)
    assert (price["endpoint"], price["valid_from"], price["last_seen_on"]) == (
        "minimax-m2.7-dedicated",
        date(2026, 7, 30),
        date(2026, 7, 30),
    )


def test_a_price_of_unknown_day_is_set_aside_and_its_speed_kept(tmp_path):
    reading = read_sets(tmp_path, f"c,Groq,gpt-oss-120b,,674.3,,,0.39,,,,0.15,0.6,{TRAFFIC},https://x,P,,secondary,")
    assert list(reading.frames) == ["provider_speed"]
    assert reading.frames["provider_speed"]["measured_on"].to_list() == [None]
    assert [line.reason for line in reading.set_aside] == [faults.PRICE_WITHOUT_DAY.sentence]


def test_faulty_rows_are_named_and_stop_no_other(tmp_path):
    reading = read_sets(
        tmp_path,
        f"c,Groq,m,,fast,,,,,,,,,{TRAFFIC},https://x,P,2026-01-01,published,",
        f"c,Azure,m,,,,,,,,,,,{TRAFFIC},https://x,P,2026-01-01,published,",
        f"c,Azure,m,,50,,,,,,,,,{TRAFFIC},https://x,P,2026-13-01,published,",
        "c,Azure,m,,50,,,,,,,,,my cousin,https://x,P,2026-01-01,published,",
        f"c,Azure,m,,50,,,,,,,,,{TRAFFIC},https://x,P,2026-01-01,unverified,",
        f"c,Cerebras,m,,500,,,,,,,,,{TRAFFIC},https://x,P,2026-01-01,published,",
    )
    assert reading.frames["provider_speed"]["provider_as_published"].to_list() == ["Cerebras"]
    assert [line.reason for line in reading.set_aside] == [
        faults.NO_SPEED.sentence,
        "Its output_tokens_per_s is not a number.",
        faults.NO_DAY.sentence,
        "Its measurer is not known here: my cousin.",
        faults.NOT_SEEN.sentence,
    ]


def test_a_bound_is_text_and_never_a_value(tmp_path):
    reading = read_singles(
        tmp_path,
        "Azure,llama-4-maverick,<200,,Artificial Analysis,upper bound only,https://x,Tom's Hardware,"
        "2025-05-22,published,",
        "Azure,gpt-4o,30-50,,Straive production logs,independent,https://y,S. Anand,2024-09-01,published,",
    )
    rows = {row["model_as_published"]: row for row in reading.frames["provider_speed"].to_dicts()}
    assert [row["output_tokens_per_second"] for row in rows.values()] == [None, None]
    assert rows["llama-4-maverick"]["bound_as_published"] == "<200"
    assert rows["gpt-4o"]["bound_as_published"] == "30-50"
    assert (rows["llama-4-maverick"]["evidence"], rows["gpt-4o"]["evidence"]) == ("secondary", "published")


def test_who_measured_is_told_from_who_quotes(tmp_path):
    reading = read_singles(
        tmp_path,
        'Cerebras,llama-3.1-8b,1800,,"Artificial Analysis, quoted by vendor",vendor + third party,https://x,Cerebras,'
        "2024-08-27,published,launch day",
        "Cerebras,llama-3.1-70b,450,,vendor,vendor,https://x,Cerebras,2024-08-27,published,",
        "OpenAI (Codex-Spark on Cerebras),gpt-5.3-codex-spark,1000,,vendor,vendor,https://z,"
        "AIHola citing OpenAI,2026-02-12,published,",
        "median host on OpenRouter,deepseek-r1-0528,35,,OpenRouter via SemiAnalysis,independent,https://w,"
        "SemiAnalysis,2026-02-16,published,",
    )
    rows = {row["model_as_published"]: row for row in reading.frames["provider_speed"].to_dicts()}
    told = ("measured_by", "measurer_kind", "evidence", "is_aggregate", "note")
    assert {model: tuple(row[name] for name in told) for model, row in rows.items()} == {
        "llama-3.1-8b": (
            "Artificial Analysis",
            "independent",
            "secondary",
            False,
            "measured by Artificial Analysis, quoted by Cerebras; launch day",
        ),
        "llama-3.1-70b": ("Cerebras", "vendor", "published", False, None),
        "gpt-5.3-codex-spark": (
            "OpenAI",
            "vendor",
            "secondary",
            False,
            "claimed by OpenAI, quoted by AIHola citing OpenAI",
        ),
        "deepseek-r1-0528": (
            "OpenRouter",
            "traffic",
            "secondary",
            True,
            "measured by OpenRouter, quoted by SemiAnalysis",
        ),
    }
    assert rows["gpt-5.3-codex-spark"]["endpoint"] == "Codex-Spark on Cerebras"


def test_time_to_the_first_answer_token_is_another_quantity_and_a_guessed_date_is_none(tmp_path):
    reading = read_singles(
        tmp_path,
        "Cerebras,gpt-oss-120b,1844.1,1.54,Artificial Analysis,independent,https://x,Artificial Analysis,,"
        "published,latency = time to first ANSWER token (includes thinking)",
        "Groq,llama-4-maverick,549,0.3,Artificial Analysis,secondary,https://y,Quantabundancia,2025-05-28,"
        "published,the day is not published",
    )
    cerebras, groq = reading.frames["provider_speed"].to_dicts()
    assert (cerebras["first_answer_seconds"], cerebras["ttft_seconds"]) == (1.54, None)
    assert (groq["first_answer_seconds"], groq["ttft_seconds"]) == (None, 0.3)
    assert (cerebras["measured_on"], groq["measured_on"]) == (None, None)


def test_a_missing_file_is_incomplete_and_a_changed_one_refused_by_its_columns(tmp_path):
    assert captures.read_host_captures(tmp_path).incomplete == ("data/facts/provider_speed_sets.csv is missing",)
    (tmp_path / captures.SETS).write_text("provider,model\nGroq,x\n")
    refused = captures.read_host_captures(tmp_path).refused
    assert refused["data/facts/provider_speed_sets.csv"].startswith(
        "data/facts/provider_speed_sets.csv: missing capture_id, precision,"
    )


def test_nothing_is_fetched():
    for source in captures.SOURCES:
        assert source.wants([]) == []
        assert dict(source.read([]).frames) == {}
        assert source.facts is not None


def test_captures_and_single_figures_are_sources_of_their_own():
    assert [source.id for source in captures.SOURCES] == ["host_captures", "single_figures"]
