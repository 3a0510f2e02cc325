from datetime import date

from etl.sources.models_dev import CATALOGUE, SOURCE
from tests.payloads import payload

NOVEMBER = date(2025, 11, 28)


def model(cost, output=("text",), **rest):
    return {"cost": cost, "modalities": {"input": ["text"], "output": list(output)}, **rest}


CONTENT = {
    "groq": {
        "id": "groq",
        "name": "Groq",
        "doc": "https://console.groq.com/docs/models",
        "models": {
            "llama-3.1-8b-instant": model({"input": 0.05, "output": 0.08}, last_updated="2024-07-23"),
            "whisper-large-v3": {"id": "whisper-large-v3"},
        },
    },
    "azure": {
        "id": "azure",
        "name": "Azure",
        "models": {"gpt-4.1-nano": model({"input": 0.1, "output": 0.4, "cache_read": 0.03})},
    },
    "google": {
        "id": "google",
        "name": "Google",
        "models": {
            "gemini-2.5-pro": model({"input": 1.25, "output": 10, "context_over_200k": {"input": 2.5}}),
            "imagen": model({"input": 1, "output": 1}, output=("image",)),
            "gemini-embedding-001": model({"input": 0.15, "output": 0}),
        },
    },
    "zai-coding-plan": {
        "id": "zai-coding-plan",
        "name": "Z.AI Coding Plan",
        "models": {"glm-4.7": model({"input": 0, "output": 0, "cache_read": 0})},
    },
}
COLUMNS = (
    "provider_as_published",
    "model_as_published",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "valid_from",
    "last_seen_on",
)


def read(folder, content=CONTENT):
    return SOURCE.read([payload(folder, CATALOGUE, content, NOVEMBER)])


def test_a_market_apart_is_an_offer_apart(tmp_path):
    models = {"kimi-k2.6": model({"input": 0.95, "output": 4})}
    content = {"moonshotai-cn": {"id": "moonshotai-cn", "name": "Moonshot AI (China)", "models": models}}
    found = read(tmp_path, content).frames["token_price"]
    assert found.select("provider_as_published", "endpoint").rows() == [("Moonshot AI (China)", "China")]


def test_each_priced_text_model_is_a_row_on_the_day_of_the_copy(tmp_path):
    assert read(tmp_path).frames["token_price"].select(COLUMNS).rows() == [
        ("Azure", "gpt-4.1-nano", 0.1, 0.4, 0.03, NOVEMBER, NOVEMBER),
        ("Google", "gemini-2.5-pro", 1.25, 10.0, None, NOVEMBER, NOVEMBER),
        ("Groq", "llama-3.1-8b-instant", 0.05, 0.08, None, NOVEMBER, NOVEMBER),
    ]


def test_a_price_that_rises_with_the_prompt_says_so(tmp_path):
    notes = read(tmp_path).frames["token_price"].drop_nulls("note")
    assert notes["model_as_published"].to_list() == ["gemini-2.5-pro"]


def test_free_and_unpriced_models_are_counted_not_kept(tmp_path):
    assert sorted((line.reason[:19], line.rows) for line in read(tmp_path).set_aside) == [
        ("Both prices are 0: ", 1),
        ("No price per token ", 1),
        ("Not a text model: i", 1),
        ("One of the two pric", 1),
    ]


def test_a_later_copy_adds_to_the_earlier(tmp_path):
    (tmp_path / "later").mkdir()
    later = payload(tmp_path / "later", CATALOGUE, CONTENT, date(2026, 7, 2))
    prices = SOURCE.read([payload(tmp_path, CATALOGUE, CONTENT, NOVEMBER), later]).frames["token_price"]
    assert set(prices.select("valid_from", "last_seen_on").rows()) == {(NOVEMBER, date(2026, 7, 2))}


def test_renamed_keys_are_refused_by_name(tmp_path):
    reading = read(tmp_path, {"groq": {"id": "groq", "name": "Groq", "entries": {}}})
    assert "missing models" in reading.refused[CATALOGUE]
    priced = {"groq": {"name": "Groq", "models": {"x": model({"prompt": 1, "completion": 2})}}}
    assert "missing input, output" in read(tmp_path, priced).refused[CATALOGUE]


def test_odd_entries_are_survived(tmp_path):
    odd = {**CONTENT, "schema": "v2", "x": {"name": "X", "models": {"broken": None}}}
    assert read(tmp_path, odd).frames["token_price"].height == 3
