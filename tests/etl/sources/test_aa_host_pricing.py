from datetime import date

from etl import faults
from etl.sources.aa_host_pricing import CATALOGUE, SOURCE
from tests.payloads import payload

HEADER = (
    "Date,Provider,Provider_Slug,Model,Model_Slug,Host_Model,Host_Model_Slug,Host_API_ID,Release_Date,"
    "Input_Price_1M,Output_Price_1M,Cache_Hit_Price_1M,Blended_3_1_Price_1M"
)
MAY = date(2026, 5, 6)


def row(provider, model, tier="", api_id="id", prices="0.6,0.6,"):
    host = f"{provider}_{model}" + (f"_{tier}" if tier else "")
    return f'2026-05-06,{provider},p,{model},m,"{host}",h,{api_id},2024-07-23,{prices},'


def read(folder, *rows, header=HEADER):
    text = "\ufeff" + "\r\n".join([header, *rows]) + "\r\n"
    return SOURCE.read([payload(folder, CATALOGUE, text, date(2026, 5, 10))])


def table(reading, *columns):
    return reading.frames["token_price"].select(columns).rows()


def test_a_row_is_read_behind_the_byte_order_mark_and_is_secondary(tmp_path):
    reading = read(tmp_path, row("Cerebras", "Llama 3.1 Instruct 8B", prices="0.1,0.1,"))
    assert table(
        reading, "provider_as_published", "model_as_published", "input_usd_per_mtok", "valid_from", "evidence"
    ) == [("Cerebras", "Llama 3.1 Instruct 8B", 0.1, MAY, "secondary")]


def test_tiers_of_one_host_are_endpoints_and_name_the_precision(tmp_path):
    llama = "Llama 3.1 Instruct 70B"
    reading = read(
        tmp_path,
        row("Amazon Bedrock", llama, "Latency Optimized", prices="0.9,0.9,"),
        row("Amazon Bedrock", llama, "Standard", prices="0.72,0.72,"),
        row("DeepInfra", llama, prices="0.4,0.4,"),
        row("DeepInfra", llama, "(Turbo, FP8)", prices="0.4,0.4,"),
    )
    assert table(reading, "provider_as_published", "endpoint", "precision", "output_usd_per_mtok") == [
        ("Amazon Bedrock", "Latency Optimized", None, 0.9),
        ("Amazon Bedrock", "Standard", None, 0.72),
        ("DeepInfra", "Turbo, FP8", "FP8", 0.4),
        ("DeepInfra", None, None, 0.4),
    ]


def test_googles_two_platforms_are_two_providers(tmp_path):
    reading = read(
        tmp_path,
        row("Google", "Gemini 2.5 Pro", "(Vertex)", prices="1.25,10,"),
        row("Google", "Gemini 2.5 Pro", "(AI Studio)", prices="1.25,10,"),
    )
    assert table(reading, "provider_as_published", "endpoint") == [
        ("Google (AI Studio)", None),
        ("Google (Vertex)", None),
    ]


def test_both_prices_zero_is_no_price(tmp_path):
    reading = read(tmp_path, row("Alibaba Cloud", "Qwen2.5 Instruct 72B", prices="0,0,"))
    assert reading.frames["token_price"].height == 0
    assert [line.rows for line in reading.set_aside] == [1]


def test_a_repetition_counts_once_and_a_different_price_is_kept_apart(tmp_path):
    reading = read(
        tmp_path,
        row("Amazon Bedrock", "Nova 2.0 Lite (high)", api_id="us.amazon.nova-2-lite-v1:0", prices="0.3,2.5,"),
        row("Amazon Bedrock", "Nova 2.0 Lite (high)", api_id="us.amazon.nova-2-lite-v1:0", prices="0.3,2.5,"),
        row("OpenAI", "GPT-4o", api_id="gpt-4o", prices="2.5,10,"),
        row("OpenAI", "GPT-4o", api_id="gpt-4o-2024-05-13", prices="5,15,"),
    )
    assert table(reading, "model_as_published", "endpoint", "input_usd_per_mtok") == [
        ("Nova 2.0 Lite (high)", None, 0.3),
        ("GPT-4o", "gpt-4o-2024-05-13", 5.0),
        ("GPT-4o", None, 2.5),
    ]
    assert [line.fault for line in reading.set_aside] == [faults.REPEATED]


def test_a_renamed_column_is_refused_by_name(tmp_path):
    reading = read(tmp_path, header=HEADER.replace("Output_Price_1M", "Output_USD"))
    assert "missing Output_Price_1M" in reading.refused[CATALOGUE]


def test_a_date_in_another_order_is_refused(tmp_path):
    reading = read(tmp_path, row("Groq", "Llama 3.3 Instruct 70B").replace("2026-05-06", "06.05.2026"))
    assert "not year-month-day" in reading.refused[CATALOGUE]
