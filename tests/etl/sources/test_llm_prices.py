from datetime import date

from etl import faults
from etl.sources.llm_prices import CURRENT, HISTORICAL, SOURCE, VENDOR_FILE
from tests.payloads import payload

UPDATED = date(2026, 8, 5)
FETCHED = date(2026, 8, 7)


def price(model, vendor, tokens_in, out, start=None, end=None, name=None, cached=None):
    return {
        "id": model,
        "vendor": vendor,
        "name": name or model,
        "input": tokens_in,
        "output": out,
        "input_cached": cached,
        "from_date": start,
        "to_date": end,
    }


CHAT = [
    price("deepseek-chat", "deepseek", 0.14, 0.28, end="2025-02-08"),
    price("deepseek-chat", "deepseek", 0.27, 1.1, start="2025-02-08"),
]
SONNET = [
    price("claude-sonnet-5", "anthropic", 2, 10, end="2026-09-01"),
    price("claude-sonnet-5", "anthropic", 3, 15, start="2026-09-01"),
]
LUNA = [
    price("gpt-5.6-luna", "openai", 0.2, 1.2, start="2026-07-30", name="GPT-5.6 Luna ≤272k", cached=0.02),
    price("gpt-5.6-luna-272k", "openai", 0.4, 1.8, start="2026-07-30", name="GPT-5.6 Luna >272k"),
]
VENDOR = {
    "vendor": "deepseek",
    "models": [
        {
            "id": "deepseek-v4-pro",
            "name": "DeepSeek-V4-Pro",
            "price_history": [
                {"input": 1.74, "output": 3.48, "from_date": None, "to_date": None, "input_cached": 0.145}
            ],
        }
    ],
}
ADDRESS = VENDOR_FILE.format("deepseek")


def held(folder, **contents):
    urls = {"historical": HISTORICAL, "current": CURRENT, "vendor": ADDRESS}
    return [payload(folder, urls[name], content, FETCHED) for name, content in contents.items()]


def current(*rows):
    return {"updated_at": "2026-08-05", "prices": list(rows)}


def table(reading, *columns):
    return reading.frames["token_price"].select(columns).rows()


def test_the_last_day_is_included_and_the_day_of_a_change_belongs_to_the_new_price(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": CHAT}, current=current(*CHAT[1:])))
    assert table(reading, "output_usd_per_mtok", "valid_from", "last_seen_on") == [
        (0.28, date(2025, 2, 7), date(2025, 2, 7)),
        (1.1, date(2025, 2, 8), UPDATED),
    ]


def test_a_price_announced_for_later_waits_and_the_present_one_is_seen_until_now(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": SONNET}, current=current(*SONNET[:1])))
    assert table(reading, "output_usd_per_mtok", "valid_from", "last_seen_on") == [(10.0, UPDATED, UPDATED)]
    assert [line.fault for line in reading.set_aside] == [faults.DAY_TO_COME]


def test_the_length_of_prompts_is_the_endpoint(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": LUNA}))
    assert table(reading, "model_as_published", "endpoint", "cached_input_usd_per_mtok") == [
        ("gpt-5.6-luna", "prompts ≤272k", 0.02),
        ("gpt-5.6-luna-272k", "prompts >272k", None),
    ]


def test_without_the_current_file_the_day_of_the_copy_counts(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": CHAT}))
    assert reading.frames["token_price"]["last_seen_on"].max() == FETCHED


def test_no_price_counts_twice_among_the_three_files(tmp_path):
    rows = [*CHAT, price("nova-pro", "amazon", 0.8, 3.2)]
    reading = SOURCE.read(held(tmp_path, historical={"prices": CHAT}, current=current(*rows[1:]), vendor=VENDOR))
    assert sorted(set(reading.frames["token_price"]["model_as_published"])) == ["deepseek-chat", "nova-pro"]


def test_a_vendor_file_stands_in_where_the_historical_file_lacks_the_vendor(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": LUNA}, vendor=VENDOR))
    assert "deepseek-v4-pro" in reading.frames["token_price"]["model_as_published"]


def test_renamed_keys_are_refused_by_name_and_the_other_files_stand(tmp_path):
    renamed = {"prices": [{"id": "x", "vendor": "y", "in": 1, "out": 2}]}
    reading = SOURCE.read(held(tmp_path, historical=renamed, vendor=VENDOR))
    assert "missing input, output, to_date" in reading.refused[HISTORICAL]
    assert reading.frames["token_price"].height == 1


def test_prices_that_are_no_list_of_rows_are_refused_and_the_other_files_stand(tmp_path):
    reading = SOURCE.read(held(tmp_path, historical={"prices": None}, vendor=VENDOR))
    assert reading.refused == {HISTORICAL: f"{HISTORICAL}, prices: expected a list of objects."}
    assert reading.frames["token_price"].height == 1


def test_a_date_that_is_none_costs_its_row_only(tmp_path):
    rows = [*CHAT, price("gpt-4o", "openai", 2.5, 10, start="soon")]
    reading = SOURCE.read(held(tmp_path, historical={"prices": rows}))
    assert reading.frames["token_price"].height == 2
    assert [line.fault for line in reading.set_aside] == [faults.NO_DAY]
