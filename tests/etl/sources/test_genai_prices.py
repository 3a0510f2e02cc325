from datetime import date

from etl import faults
from etl.sources.genai_prices import CURRENT, FROZEN, SOURCE
from tests.payloads import payload

AUGUST = date(2026, 8, 21)


def provider(provider_id, name, **prices):
    models = [{"id": model, "match": {"equals": model}, "prices": price} for model, price in prices.items()]
    return {"id": provider_id, "name": name, "models": models}


OPENAI = provider(
    "openai",
    "OpenAI",
    o3=[
        {"prices": {"input_mtok": 10, "cache_read_mtok": 0.5, "output_mtok": 40}},
        {
            "constraint": {"start_date": "2025-06-10"},
            "prices": {"input_mtok": 2, "cache_read_mtok": 0.5, "output_mtok": 8},
        },
    ],
    ada={"input_mtok": 0.1},
)
TIERED = {
    "input_mtok": {"base": 3, "tiers": [{"start": 200000, "price": 6}]},
    "output_mtok": {"base": 15, "tiers": [{"start": 200000, "price": 22.5}]},
}
ANTHROPIC = provider(
    "anthropic",
    "Anthropic",
    sonnet_5=[
        {"prices": {"input_mtok": 2, "output_mtok": 10}},
        {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 3, "output_mtok": 15}},
    ],
    sonnet_45=TIERED,
)
DEEPSEEK = provider(
    "deepseek",
    "Deepseek",
    chat=[
        {"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
        {
            "constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"},
            "prices": {"input_mtok": 0.27, "output_mtok": 1.1},
        },
    ],
)
ROUTED = provider("huggingface_sambanova", "HuggingFace (sambanova)", r1={"input_mtok": 5, "output_mtok": 7})


def read(folder, *providers, url=CURRENT):
    return SOURCE.read([payload(folder, url, list(providers), AUGUST)])


def table(reading, *columns):
    return reading.frames["token_price"].select(columns).rows()


def test_a_dated_price_ends_the_one_before_it_on_the_day_before(tmp_path):
    rows = table(read(tmp_path, OPENAI), "input_usd_per_mtok", "valid_from", "last_seen_on")
    assert rows == [
        (10.0, date(2025, 6, 9), date(2025, 6, 9)),
        (2.0, date(2025, 6, 10), AUGUST),
    ]


def test_a_price_announced_for_later_is_not_yet_a_price(tmp_path):
    reading = read(tmp_path, ANTHROPIC)
    prices = dict(table(reading, "model_as_published", "input_usd_per_mtok"))
    assert prices == {"sonnet_5": 2.0, "sonnet_45": 3.0}
    assert [line.reason for line in reading.set_aside] == [faults.DAY_TO_COME.sentence]


def test_of_a_price_with_tiers_the_base_is_kept_and_noted(tmp_path):
    rows = dict(table(read(tmp_path, ANTHROPIC), "model_as_published", "note"))
    assert rows == {"sonnet_5": None, "sonnet_45": "Price of short prompts; longer ones cost more."}


def test_prices_by_time_of_day_are_endpoints(tmp_path):
    rows = table(read(tmp_path, DEEPSEEK), "endpoint", "input_usd_per_mtok")
    assert rows == [("00:30-16:30 UTC", 0.27), ("outside 00:30-16:30 UTC", 0.135)]


def test_a_provider_behind_hugging_face_keeps_its_spelling_and_names_the_router(tmp_path):
    rows = table(read(tmp_path, ROUTED), "provider_as_published", "endpoint")
    assert rows == [("HuggingFace (sambanova)", "Hugging Face router")]


def test_models_priced_on_input_alone_are_counted(tmp_path):
    assert [(line.reason, line.rows) for line in read(tmp_path, OPENAI).set_aside] == [
        ("Only one of the two token prices is published.", 1)
    ]


def test_the_frozen_file_counts_only_where_the_current_one_cannot_be_read(tmp_path):
    frozen = payload(tmp_path, FROZEN, [ROUTED], date(2026, 7, 25))
    both = SOURCE.read([frozen, payload(tmp_path, CURRENT, [DEEPSEEK], AUGUST)])
    assert set(both.frames["token_price"]["provider_as_published"]) == {"Deepseek"}
    broken = SOURCE.read([frozen, payload(tmp_path, CURRENT, {"providers": []}, AUGUST)])
    assert set(broken.frames["token_price"]["provider_as_published"]) == {"HuggingFace (sambanova)"}
    assert list(broken.refused) == [CURRENT]


def test_a_changed_layout_is_refused_by_its_keys(tmp_path):
    assert "missing models" in read(tmp_path, {"id": "openai", "entries": []}).refused[CURRENT]
    renamed = provider("openai", "OpenAI", o3={"in_mtok": 2, "out_mtok": 8})
    assert "missing input_mtok, output_mtok" in read(tmp_path, renamed).refused[CURRENT]


def test_a_faulty_model_stops_no_other(tmp_path):
    broken = {
        **ROUTED,
        "models": [*ROUTED["models"], {"id": "no prices"}, None, {"id": "x", "prices": "free"}],
    }
    assert read(tmp_path, broken).frames["token_price"].height == 1
