import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl import faults
from etl.schema import NAMED_THINGS, TABLES
from etl.sources import curated

FACTS = Path(__file__).resolve().parents[3] / "data" / "facts"

CITED = "source_url,publisher,as_of,evidence,note\n"
CHIPS = (
    "chip,vendor,kind,role,announced,available,process,die_area_mm2,on_chip_sram_gb,hbm_gb,mem_bw_tb_s,"
    "mem_bw_type,dense_bf16_tflops,fp8_tflops,fp4_tflops,tdp_w,price_usd,unverified_fields," + CITED
)
MICROSOFT = "fiscal_period,period_end,metric,value,unit," + CITED
CAPEX = "company,period,period_type,capex_usd_bn,basis,kind," + CITED
SHARES = "year,scope,metric,value,unit,kind," + CITED
MODELS = (
    "model,developer,total_parameters_bn,active_parameters_bn,released_precision,layers,kv_heads,head_dim,"
    "windowed_layers,window_tokens,latent_values," + CITED
)
SERVING = "system,model,concurrency,tokens_per_s_per_user,tokens_per_s_total," + CITED
RENT = "cloud,gpu,usd_per_gpu_hour,price_kind," + CITED


def read(folder, read_facts, **files):
    """The reading of files written into the folder; a file that is not given has its header only."""
    headers = {"microsoft": MICROSOFT, "hyperscaler_capex": CAPEX}
    for name, content in {**headers, **files}.items():
        (folder / f"{name}.csv").write_text(content)
    return read_facts(folder)


def rows(reading):
    [frame] = reading.frames.values()
    return frame.to_dicts()


def test_a_chip_keeps_what_was_seen_and_leaves_blank_what_was_not(tmp_path):
    line = (
        "WSE-3,Cerebras,wafer,both,2024-03-13,2024-03-13,TSMC 5nm,46225,44,0,21000,SRAM,,,,23000,"
        "2500000,die_area_mm2,https://e.org,TweakTown,2024-03-13,published,the price is an estimate\n"
    )
    [chip] = rows(read(tmp_path, curated.read_facts_chips, chips=CHIPS + line))
    assert chip["die_area_mm2"] is None
    assert (chip["sram_gb"], chip["hbm_gb"], chip["family"]) == (44.0, 0.0, "wafer-scale")
    assert (chip["memory_bandwidth_tb_per_second"], chip["bandwidth_kind"]) == (21000.0, "SRAM")
    assert (chip["price_usd"], chip["price_is_estimate"]) == (2_500_000.0, True)
    assert (chip["bf16_tflops"], chip["announced_on"]) == (None, date(2024, 3, 13))


def test_a_day_in_words_is_no_day(tmp_path):
    line = "Rubin CPX,Nvidia,GPU,inference,2025-09-09,cancelled,,,,,,,,,,,,,https://e.org,E,2026-03-31,published,\n"
    [chip] = rows(read(tmp_path, curated.read_facts_chips, chips=CHIPS + line))
    assert chip["available_on"] is None


def test_a_row_that_nobody_saw_in_a_source_is_set_aside(tmp_path):
    line = "Corsair,d-Matrix,ASIC,inference,,,,,,,,,,,,,,,https://e.org,E,2025-01-01,unverified,\n"
    reading = read(tmp_path, curated.read_facts_chips, chips=CHIPS + line)
    assert not reading.frames
    assert [(entry.fault, entry.source_url) for entry in reading.set_aside] == [(faults.NOT_SEEN, "https://e.org")]


def test_a_model_keeps_windows_and_latent_values_apart_and_guesses_no_heads(tmp_path):
    lines = (
        "gpt-oss-120b,OpenAI,117,5.1,FP4,36,8,64,18,128,,https://e.org/g,OpenAI,2025-08-05,published,\n"
        "DeepSeek R1,DeepSeek,671,37,FP8,61,,,,,576,https://e.org/d,DeepSeek,,secondary,\n"
        "Llama 4 Maverick,Meta,400,17,16 bit,,,,,,,https://e.org/m,Meta,,published,\n"
        "Sized in words,M,70B,70B,16 bit,,,,,,,https://e.org/w,M,,published,\n"
    )
    reading = read(tmp_path, curated.read_facts_models, models=MODELS + lines)
    found = {row["model_as_published"]: row for row in rows(reading)}
    assert (found["gpt-oss-120b"]["windowed_layers"], found["gpt-oss-120b"]["window_tokens"]) == (18, 128)
    assert (found["DeepSeek R1"]["latent_values"], found["DeepSeek R1"]["kv_heads"]) == (576, None)
    assert found["Llama 4 Maverick"]["active_parameters_bn"] == 17.0
    assert found["Llama 4 Maverick"]["layers"] is None
    assert [entry.fault for entry in reading.set_aside] == [curated.NOT_A_NUMBER]


def test_whether_a_model_thinks_is_one_of_three_words_or_no_row(tmp_path):
    groq = "https://github.com/anomalyco/models.dev/blob/main/providers/groq/models"
    lines = (
        f"gpt-oss-120b,always,{groq}/openai/gpt-oss-120b.toml,models.dev,2026-07-02,published,None is not offered.\n"
        f"Qwen3 32B,optional,{groq}/qwen/qwen3-32b.toml,models.dev,2026-07-02,published,\n"
        f"Llama 3.1 8B,never,{groq}/llama-3.1-8b-instant.toml,models.dev,2026-07-02,secondary,\n"
        f"Kimi K2,true,{groq}/kimi-k2.toml,models.dev,2026-07-02,published,\n"
        f"GLM-4.7,always,{groq}/glm-4.7.toml,models.dev,2026-07-02,unverified,\n"
    )
    reading = read(tmp_path, curated.read_facts_thinking, model_thinking="model,thinks," + CITED + lines)
    assert {row["model_as_published"]: row["thinks"] for row in rows(reading)} == {
        "gpt-oss-120b": "always",
        "Qwen3 32B": "optional",
        "Llama 3.1 8B": "never",
    }
    told = faults.NOT_KNOWN.of(field="thinks", value="true")
    assert [entry.fault for entry in reading.set_aside] == [told, faults.NOT_SEEN]


def test_the_size_of_the_machine_leaves_the_price_kind(tmp_path):
    lines = (
        'Lambda,H100 SXM,3.99,"on-demand, 8x",https://lambda.ai/pricing,Lambda,2026-09-20,secondary,\n'
        'Model,H100,1.69,"TCO, neocloud owner",https://e.org,SemiAnalysis,2026-04-03,published,\n'
        "Azure,H100,30-50,on-demand,https://e.org,D,2026-01-15,published,\n"
    )
    reading = read(tmp_path, curated.read_facts_rent, gpu_rental=RENT + lines)
    found = {row["cloud"]: row for row in rows(reading)}
    assert (found["Lambda"]["price_kind"], found["Lambda"]["accelerator_count"]) == ("on-demand", 8)
    assert found["Model"]["price_kind"] == "TCO, neocloud owner"
    assert [entry.fault for entry in reading.set_aside] == [curated.NOT_A_NUMBER]


def test_bases_kinds_and_periods_of_microsoft_stay_apart(tmp_path):
    lines = (
        "FY26Q3,2026-03-31,capex_incl_finance_leases,31.9,USD bn,https://e.org/a,IR,2026-03-31,published,\n"
        "FY26Q3,2026-03-31,cash_capex_ppe,30.876,USD bn,https://e.org/a,IR,2026-03-31,secondary,\n"
        "FY26,2026-06-30,cash_capex_ppe,115.948,USD bn,https://e.org/a,IR,2026-06-30,secondary,\n"
        "FY26Q1,2025-09-30,capex_guidance_incl_finance_leases,30,USD bn,https://e.org/b,CNA,2025-07-30,published,\n"
        "FY26Q4,2026-06-30,azure_growth_guidance_cc,39-40,% yoy,https://e.org/b,T,2026-04-29,published,\n"
        "FY26Q4,2026-06-30,commercial_rpo,678,USD bn,https://e.org/a,IR,2026-06-30,published,\n"
    )
    reading = read(tmp_path, curated.read_facts_companies, microsoft=MICROSOFT + lines)
    facts = {(row["basis"], row["kind"], row["period_kind"]): row for row in rows(reading)}
    assert facts["with finance leases", "actual", "quarter"]["value"] == 31.9
    assert facts["cash", "actual", "quarter"]["period_start"] == date(2026, 1, 1)
    assert facts["cash", "actual", "year"]["period_start"] == date(2025, 7, 1)
    assert facts["with finance leases", "guidance", "quarter"]["published_on"] == date(2025, 7, 30)
    assert facts[None, "actual", "moment"]["period_start"] is None
    assert not reading.set_aside


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("43", (43.0, None, None)),
        ("39-40", (None, 39.0, 40.0)),
        (">100", (None, 100.0, None)),
        ("<200", (None, None, 200.0)),
    ],
)
def test_a_range_or_a_bound_of_a_company_keeps_its_ends(tmp_path, written, ends):
    line = f"FY26Q4,2026-06-30,azure_growth_guidance_cc,{written},% yoy,https://e.org/b,T,2026-04-29,published,\n"
    [row] = rows(read(tmp_path, curated.read_facts_companies, microsoft=MICROSOFT + line))
    assert (row["value"], row["value_low"], row["value_high"]) == ends


@pytest.mark.parametrize("written", ["", "vast majority", ">30-40", "30-", "1.2.3", "->5"])
def test_words_and_broken_ranges_of_a_company_are_set_aside(tmp_path, written):
    line = f"FY26Q4,2026-06-30,azure_revenue,{written},USD bn,https://e.org/b,T,2026-04-29,published,\n"
    reading = read(tmp_path, curated.read_facts_companies, microsoft=MICROSOFT + line)
    assert not reading.frames
    assert [entry.fault for entry in reading.set_aside] == [curated.NOT_A_NUMBER]


def test_guidance_of_a_peer_is_a_range(tmp_path):
    line = "Meta,2026,calendar year,130-145,company basis,guidance (July 2026),https://e.org,E,2026-07-30,secondary,\n"
    [row] = rows(read(tmp_path, curated.read_facts_companies, hyperscaler_capex=CAPEX + line))
    assert (row["value"], row["value_low"], row["value_high"]) == (None, 130.0, 145.0)


def test_the_end_of_a_period_is_not_a_day_of_publication(tmp_path):
    line = "FY26Q3,2026-03-31,cash_capex_ppe,30.876,USD bn,https://e.org/a,IR,2026-03-31,secondary,\n"
    [row] = rows(read(tmp_path, curated.read_facts_companies, microsoft=MICROSOFT + line))
    assert row["published_on"] is None


def test_oracles_quarters_end_a_month_before_the_calendar_quarter(tmp_path):
    line = "Oracle,2025Q2,calendar quarter,9.08,cash,actual,https://e.org/o,O,2025-06-30,published,\n"
    [row] = rows(read(tmp_path, curated.read_facts_companies, hyperscaler_capex=CAPEX + line))
    assert (row["period_start"], row["period_end"]) == (date(2025, 3, 1), date(2025, 5, 31))
    assert row["published_on"] is None


def test_guidance_says_when_and_fiscal_years_end_in_their_month(tmp_path):
    lines = (
        "Amazon,2026,calendar year,220,company basis,guidance (July 2026),https://e.org,E,2026-07-30,secondary,\n"
        "Oracle,FY2026,fiscal year to May,55.663,cash capex,actual,https://e.org,E,2026-05-31,published,\n"
    )
    amazon, oracle = rows(read(tmp_path, curated.read_facts_companies, hyperscaler_capex=CAPEX + lines))
    assert (amazon["kind"], amazon["note"], amazon["period_end"]) == (
        "guidance",
        "Guidance July 2026.",
        date(2026, 12, 31),
    )
    assert (oracle["basis"], oracle["period_start"]) == ("cash", date(2025, 6, 1))


def test_the_same_figure_in_two_files_is_listed_once_and_a_different_one_twice(tmp_path):
    microsoft = "FY25Q4,2025-06-30,capex_incl_finance_leases,24.2,USD bn,https://e.org,IR,2025-06-30,published,\n"
    same = "Microsoft,2025Q2,calendar quarter,24.2,incl. finance leases,actual,https://e.org,S,,published,\n"
    other = same.replace("24.2", "25.0")
    reading = read(
        tmp_path,
        curated.read_facts_companies,
        microsoft=MICROSOFT + microsoft,
        hyperscaler_capex=CAPEX + same + other,
    )
    assert [(row["value"], row["note"]) for row in rows(reading)] == [
        (24.2, None),
        (25.0, "Disagrees with another value from the same address."),
    ]
    assert [entry.fault for entry in reading.set_aside] == [faults.REPEATED]


def test_a_share_has_its_scope_and_training_is_turned_round_with_a_note(tmp_path):
    lines = (
        "2026,all AI compute,inference share,66.7,% of compute,forecast,https://e.org/d,Deloitte,2025-11-18,published,\n"
        "2025,one lab,training share,70,% of compute,estimate,https://e.org/t,T,2025-11-18,published,\n"
        "2025,all AI compute,frontier-lab view,,text,estimate,https://e.org/v,V,2025-11-18,published,\n"
        "2024,a lab,final training runs share of R&D compute,9.6,% of R&D compute,estimate,https://e.org/r,R,"
        "2025-11-18,published,\n"
        "2026,inference-optimised chips,market size,50,USD bn,forecast,https://e.org/m,M,2025-11-18,published,\n"
    )
    reading = read(tmp_path, curated.read_facts_shares, training_vs_inference=SHARES + lines)
    lab, world = sorted(rows(reading), key=lambda row: row["year"])
    assert (world["share_percent"], world["of_what"], world["kind"]) == (66.7, "compute", "forecast")
    assert lab["share_percent"] == 30.0
    assert lab["note"] == "Published as training's share of 70%; inference is the rest."
    assert [entry.fault for entry in reading.set_aside] == [
        curated.NOT_A_NUMBER,
        faults.NOT_A_SHARE,
        faults.NOT_A_SHARE,
    ]


def test_money_of_one_estimate_makes_a_share_and_money_alone_does_not(tmp_path):
    lines = (
        "2024,OpenAI,R&D compute,5.0,USD bn,estimate,https://e.org/o,Epoch,2025-10-10,published,\n"
        "2024,OpenAI,inference compute,1.8,USD bn,estimate,https://e.org/o,Epoch,2025-10-10,published,Ok.\n"
        "2025 Q1-Q3,OpenAI,inference spend,8.67,USD bn,leak,https://e.org/z,E,2025-11-12,published,\n"
    )
    both, leak = rows(read(tmp_path, curated.read_facts_shares, training_vs_inference=SHARES + lines))
    assert (both["inference_usd_bn"], both["training_usd_bn"]) == (1.8, 5.0)
    assert both["share_percent"] == pytest.approx(100 * 1.8 / 6.8)
    assert both["note"] == "Share computed from inference and training with research. Ok."
    assert (leak["inference_usd_bn"], leak["share_percent"], leak["kind"]) == (8.67, None, "leak")


def test_a_named_machine_says_its_accelerators_and_the_note_the_lengths(tmp_path):
    lines = (
        "Nvidia DGX B200 (8 GPUs) throughput,llama-4-maverick,,,72000,https://e.org,E,2025-05-23,published,\n"
        'OCI unit,command-r,8,121.71,858.28,https://e.org,O,,published,"480-token prompt, 300-token reply"\n'
    )
    found = {
        row["model_as_published"]: row
        for row in rows(read(tmp_path, curated.read_facts_serving, concurrency_tradeoff=SERVING + lines))
    }
    assert found["llama-4-maverick"]["accelerator_as_published"] == "B200"
    assert found["llama-4-maverick"]["interactivity_tokens_per_second_per_user"] is None
    assert (found["command-r"]["prompt_tokens"], found["command-r"]["output_tokens"]) == (480, 300)
    assert found["command-r"]["published_on"] is None


def test_a_missing_file_or_column_is_refused_by_name(tmp_path):
    assert "is missing" in curated.read_facts_events(tmp_path).refused["data/facts/events.csv"]
    reading = read(tmp_path, curated.read_facts_events, events="date,category,company," + CITED)
    assert "missing headline" in reading.refused["data/facts/events.csv"]


# The figures that ship.

ROWS = {
    "curated_chips": 39,
    "curated_models": 22,
    "curated_thinking": 27,
    "curated_rent": 82,
    "curated_companies": 150,
    "curated_shares": 13,
    "curated_serving": 22,
    "curated_rounds": 12,
    "curated_withdrawals": 50,
    "curated_fidelity": 12,
    "curated_demand": 2,
    "curated_events": 84,
    "curated_claims": 20,
}


def ours(frame):
    """The frame with our names standing in as published, as the table wants them."""
    return frame.with_columns(
        pl.col(f"{thing}_as_published").alias(thing)
        for thing in NAMED_THINGS
        if f"{thing}_as_published" in frame.columns
    )


@pytest.mark.parametrize("source", curated.SOURCES, ids=[source.id for source in curated.SOURCES])
def test_the_shipped_figures_fit_the_vocabulary(source):
    reading = source.facts(FACTS)
    [(name, frame)] = reading.frames.items()
    table = TABLES[name]
    assert not reading.refused
    assert (name,) == source.tables
    assert frame.height == ROWS[source.id]
    stored = table.conform(ours(frame).with_columns(source=pl.lit(source.id), licence=pl.lit(source.licence)))
    assert stored.n_unique(table.key) == stored.height
    for column in table.columns:
        assert not (column.required and stored[column.name].null_count()), column.name
        assert not column.choices or set(stored[column.name].drop_nulls()) <= set(column.choices), column.name


@pytest.mark.parametrize("source", curated.SOURCES, ids=[source.id for source in curated.SOURCES])
def test_every_shipped_figure_opens_and_was_seen_in_a_source(source):
    [frame] = source.facts(FACTS).frames.values()
    assert frame["source_url"].str.starts_with("https://").all()
    assert set(frame["evidence"]) <= {"published", "secondary"}
    assert not source.wants([])
    assert not source.read([]).frames


def test_no_shipped_sentence_speaks_of_how_it_was_gathered():
    for path in sorted(FACTS.glob("*.csv")):
        _, _, text = path.read_text().partition("\n")
        assert not re.search(r"recalled|unverified|stored source|provisional|index id", text, re.I), path.name


def test_microsofts_capital_expenditure_is_known_on_two_bases():
    [frame] = curated.read_facts_companies(FACTS).frames.values()
    quarter = frame.filter(
        (pl.col("company") == "Microsoft")
        & (pl.col("metric") == "capital expenditure")
        & (pl.col("period_end") == date(2026, 3, 31))
        & (pl.col("period_kind") == "quarter")
    )
    assert dict(quarter.select("basis", "value").rows()) == {"cash": 30.876, "with finance leases": 31.9}


def test_claims_carry_no_reading_and_are_of_the_day_of_the_article():
    [frame] = curated.read_facts_claims(FACTS).frames.values()
    assert frame["claim_id"].to_list() == [f"C{number:02d}" for number in range(1, 21)]
    assert frame["claimed_on"].unique().to_list() == [date(2026, 2, 3)]
    assert "provisional_reading" not in (FACTS / "claims.csv").read_text()
    assert not frame["how_to_test"].str.contains(r"\.csv|_").any()


def test_every_round_has_the_day_of_the_publisher_and_not_that_of_a_repository():
    rounds = curated.read_facts_rounds(FACTS).frames["benchmark_round"]
    days = {(suite, name): day for suite, name, day in rounds.select("suite", "round", "published_on").iter_rows()}
    assert days["Training", "v4.1"] == date(2024, 11, 13)  # last changed 2024-12-11
    assert days["Inference", "v4.1"] == date(2024, 8, 28)  # the summary was committed 2024-11-05
    assert days["Training", "v6.0"] == date(2026, 6, 16)
    assert None not in days.values()


def test_a_round_without_a_day_is_set_aside(tmp_path):
    lines = "suite,round,new_benchmarks," + CITED + "Training,v7.0,,https://mlcommons.org,MLCommons,soon,published,\n"
    reading = read(tmp_path, curated.read_facts_rounds, mlperf_rounds=lines)
    assert [line.fault for line in reading.set_aside] == [faults.NO_DAY]
