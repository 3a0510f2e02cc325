from datetime import date

from etl.sources.openrouter_models import DEFAULT_ROUTE, LIVE, SOURCE
from tests.payloads import past, payload

MAY_2026 = past(SOURCE)[0].url
AUGUST = date(2026, 8, 1)


def model(model_id, prompt, completion, output=("text",), **pricing):
    return {
        "id": model_id,
        "architecture": {"output_modalities": list(output)},
        "pricing": {"prompt": prompt, "completion": completion, **pricing},
    }


DATA = [
    model("deepseek/deepseek-v4-flash", "0.00000014", "0.00000028", input_cache_read="0.0000000028"),
    model(
        "openai/gpt-5.6-luna",
        "0.0000001",
        "0.0000006000000000000000001",
        overrides=[{"min_prompt_tokens": 272000, "prompt": "0.0000002"}],
    ),
    model("openrouter/auto", "-1", "-1", output=("text", "image")),
    model("openai/gpt-oss-20b:free", "0", "0"),
    model("some/painter", "0.000001", "0.000001", output=("image",)),
]
COLUMNS = ("model_as_published", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")


def read(folder, data=DATA, url=LIVE, as_of=AUGUST):
    return SOURCE.read([payload(folder, url, {"data": data}, as_of)])


def test_text_per_token_becomes_numbers_per_million(tmp_path):
    assert read(tmp_path).frames["token_price"].select(COLUMNS).rows() == [
        ("deepseek/deepseek-v4-flash", 0.14, 0.28, 0.0028),
        ("openai/gpt-5.6-luna", 0.1, 0.6, None),
    ]


def test_the_provider_is_the_route_never_a_host(tmp_path):
    assert set(read(tmp_path).frames["token_price"]["provider_as_published"]) == {DEFAULT_ROUTE}


def test_routers_free_variants_and_painters_are_counted(tmp_path):
    reasons = [line.reason.split(":")[0] for line in read(tmp_path).set_aside]
    assert reasons == ["A price is negative", "Both prices are 0", "Not a text model"]


def test_longer_prompts_that_cost_more_are_noted(tmp_path):
    notes = read(tmp_path).frames["token_price"]["note"].to_list()
    assert notes == [None, "Price of short prompts; longer ones cost more."]


def test_the_older_copy_begins_the_span(tmp_path):
    held = [
        payload(tmp_path, MAY_2026, {"data": DATA}, date(2026, 5, 15)),
        payload(tmp_path, LIVE, {"data": DATA}, AUGUST),
    ]
    prices = SOURCE.read(held).frames["token_price"]
    assert set(prices.select("valid_from", "last_seen_on", "source_url").rows()) == {(date(2026, 5, 15), AUGUST, LIVE)}


def test_a_changed_layout_is_refused_by_its_keys(tmp_path):
    reading = SOURCE.read([payload(tmp_path, LIVE, {"models": []})])
    assert "missing data" in reading.refused[LIVE]
    assert "missing pricing" in read(tmp_path, [{"id": "x", "cost": {}}]).refused[LIVE]


def test_a_faulty_entry_costs_nothing_but_itself(tmp_path):
    odd = [*DATA, None, {"id": None, "pricing": {}}, {"id": "x", "pricing": None}, DATA[0]]
    assert read(tmp_path, odd).frames["token_price"].height == 2
