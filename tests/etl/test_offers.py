from datetime import date

import polars as pl
import pytest

from etl import faults, offers

FEBRUARY, JUNE, SEPTEMBER = date(2025, 2, 28), date(2025, 6, 28), date(2025, 9, 30)


# What a spelling says


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("azure/eu/gpt-5.1", "eu"),
        ("azure/us-gov/gpt-5.1", "us-gov"),
        ("azure/global-standard/gpt-4o-mini", "global-standard"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "us"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-gov"),
        ("bedrock/us-gov-east-1/amazon.nova-pro-v1:0", "us-gov-east-1"),
        ("bedrock/eu-central-1/1-month-commitment/anthropic.claude-v1", "eu-central-1 1-month-commitment"),
        ("groq/openai/gpt-oss-120b", None),
    ],
)
def test_a_key_says_region_geography_and_commitment(key, said):
    assert offers.of_key(key) == said


def test_a_tag_says_the_variant_unless_that_is_the_number_format():
    assert offers.of_tag("sambanova/minimax-m2.7-dedicated", "fp8") == "minimax-m2.7-dedicated"
    assert offers.of_tag("novita/fp8", "fp8") is None
    assert offers.of_tag("deepseek", None) is None


def test_a_host_says_its_region_but_the_ending_of_a_domain_is_none():
    assert offers.of_host("azure.eastus2") == ("azure", "eastus2")
    assert offers.of_host("groq.com") == ("groq.com", None)
    assert offers.of_host("anthropic") == ("anthropic", None)


def test_what_stands_in_brackets_behind_a_name_is_the_tier():
    assert offers.of_name("DeepInfra (Turbo)") == ("DeepInfra", "Turbo")
    assert offers.of_name("Cerebras") == ("Cerebras", None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("deepinfra_gpt-oss-120b_turbo", "turbo"),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-tput", "tput"),
        ("meta-llama/Llama-3.1-70B-Instruct-Turbo", "Turbo"),
        ("google_gpt-oss-120b_vertex", None),
        ("cerebras_gpt-oss-120b", None),
    ],
)
def test_a_name_that_ends_with_a_variant_says_it(name, said):
    assert offers.of_ending(name) == said


def test_what_another_runs_is_no_ordinary_offer_of_its_seller():
    endpoints = [
        None,
        "us",
        offers.run_by("Fireworks"),
        "run by Fireworks data zone",
        "fast",
        "run by Cerebras us-east-1",
    ]
    told = pl.DataFrame({"endpoint": endpoints}).select(operator=offers.operator(), is_ordinary=offers.is_ordinary())
    assert told.rows() == [
        (None, True),
        (None, True),
        ("Fireworks", False),
        ("Fireworks", False),
        (None, False),
        ("Cerebras", False),
    ]


def test_a_fast_tier_and_its_standard_twin_are_alike_but_for_the_word_that_sells_speed():
    endpoints = [
        "us ultrafast",
        "us",
        "fast",
        "Turbo",
        "base",
        None,
        "run by Fireworks fast",
        "prompts above 200k priority",
    ]
    told = pl.DataFrame({"endpoint": endpoints}).select(tier=offers.faster(), twin=offers.twin())
    assert told.rows() == [
        ("ultrafast", "us"),
        (None, "us"),
        ("fast", None),
        ("turbo", None),
        (None, None),
        (None, None),
        ("fast", "run by Fireworks"),
        ("priority", "prompts above 200k"),
    ]


def test_a_market_in_brackets_is_told_and_a_product_is_none():
    chinese = ("Moonshot AI (China)", "MiniMax (minimax.cn)", "MiniMax (minimaxi.com)", "Zhipu AI", "bigmodel")
    assert [offers.of_market(title) for title in chinese] == ["China"] * 5
    abroad = ("MiniMax (minimax.io)", "DeepInfra (Turbo)", "Groq", "Z.AI", "Zhipu AI Coding Plan")
    assert [offers.of_market(title) for title in abroad] == [None] * 5


def test_a_router_and_the_hours_of_a_price_are_one_endpoint():
    night = offers.of_hours("00:30:00Z", "16:30:00Z")
    assert night == "00:30-16:30 UTC"
    assert offers.of_router("huggingface_groq") == "Hugging Face router"
    assert offers.of_router("huggingface_groq", night) == "Hugging Face router, 00:30-16:30 UTC"
    assert offers.of_router("deepseek", night) == night
    assert offers.of_router("groq") is None


def test_a_name_says_the_length_of_prompts():
    assert offers.of_prompt_length("Gemini 2.5 Pro >200k") == "prompts >200k"
    assert offers.of_prompt_length("Gemini 2.5 Pro ≤200k") == "prompts ≤200k"
    assert offers.of_prompt_length("GPT-4o") is None


def test_a_price_that_rises_with_the_prompt_is_noted_with_the_limit_where_it_is_known():
    assert offers.short_prompts("200k") == "Price of prompts up to 200k tokens; longer ones cost more."
    assert offers.short_prompts() == "Price of short prompts; longer ones cost more."


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("minimax/minimax-m3:batch", "batch"),
        ("openai/gpt-oss-20b:free", "free"),
        ("accounts/fireworks/routers/kimi-k2p6-fast", "fast"),
        ("MiniMax-M2.7-highspeed", "highspeed"),
        ("moonshot/kimi-k2-thinking-turbo", "turbo"),
        ("global.moonshotai.kimi-k3", "global"),
        ("us.meta.llama3-1-8b-instruct-v1:0", "us"),
        ("in.moonshotai.kimi-k3.1", "in"),
        ("fireworks_ai/accounts/fireworks/routers/glm-5p3-us", "us"),
        ("gpt-4.1@eu", "eu"),
        ("fireworks_ai/accounts/fireworks/routers/kimi-k3-spot", "spot"),
        ("meta-llama/Llama-3.3-70B-Instruct-Turbo", None),
        ("xai/grok-4-fast", None),
        ("gpt-3.5-turbo", None),
        ("openai.gpt-oss-120b-1:0", None),
        ("groq/openai/gpt-oss-120b", None),
    ],
)
def test_a_model_says_geography_and_tier_unless_its_name_ends_so(spelling, said):
    assert offers.of_model(spelling) == said


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", None),
        ("_batches", "batch"),
        ("_ultrafast", "ultrafast"),
        ("_above_200k_tokens", "prompts above 200k"),
        ("_above_272k_tokens_priority", "prompts above 272k priority"),
        ("_cache_hit", None),
    ],
)
def test_the_name_of_a_price_says_the_length_of_prompts_and_the_tier(key, said):
    assert offers.of_price_key(key) == said


def test_a_name_that_ends_in_latest_stands_for_a_changing_model():
    changing = ("~anthropic/claude-opus-latest", "openai/gpt-chat-latest", "mistral-large:latest")
    assert [offers.is_changing(name) for name in (*changing, "openai/gpt-oss-120b")] == [True, True, True, False]


def test_a_subscription_among_the_providers_is_a_plan():
    plans = ("Z.AI Coding Plan", "ClinePass", "GitHub Copilot", "OpenCode Go")
    assert [offers.is_plan(name) for name in (*plans, "Groq", "OpenCode Zen")] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    "tier", ["batch", "spot", "us-gov-east-1 batch", "prompts above 200k", "Turbo", "00:30-16:30 UTC", "plan"]
)
def test_what_is_bought_on_other_terms_is_a_tier(tier):
    assert pl.DataFrame({"endpoint": [tier]}).select(offers.is_tier())["endpoint"].to_list() == [True]


@pytest.mark.parametrize("region", [None, "us-west-2", "eu", "FP8", "Hugging Face router"])
def test_a_region_is_no_tier(region):
    frame = pl.DataFrame({"endpoint": [region]}, schema={"endpoint": pl.String})
    assert frame.select(offers.is_tier())["endpoint"].to_list() == [False]


# Whether it is sold


def test_prices_that_cannot_be_used_are_named_by_reason():
    assert offers.fault(None, None) == faults.NOT_PRICED
    assert offers.fault(0.1, None) == faults.HALF_PRICED
    assert offers.fault(-1e6, -1e6) == faults.NEGATIVE_PRICE
    assert offers.fault(0, 0) == faults.PRICES_OF_ZERO
    assert offers.fault(0, 2.8) == faults.PRICE_OF_ZERO
    assert offers.fault(15_000, 60_000) == faults.PRICE_TOO_HIGH
    assert offers.fault(0.075, 0.0046875) == faults.PRICE_TOO_LOW
    assert offers.fault(150, 600) is None


def test_only_the_offer_without_an_endpoint_is_standard():
    frame = pl.DataFrame({"endpoint": [None, "us-west-2", "Turbo"]})
    assert frame.select(offers.is_standard())["endpoint"].to_list() == [True, False, False]


def test_a_host_counts_as_a_seller_and_a_reader_s_own_figure_whoever_it_is_of():
    figures = pl.DataFrame(
        {
            "kind": ["host", "gateway", "reseller", "plan", None, None],
            "evidence": ["published"] * 4 + ["published", "upload"],
        }
    )
    counts = figures.select(counts=offers.counts_as_host())["counts"].to_list()
    assert counts == [True, False, False, False, False, True]


def test_an_offer_for_nothing_is_not_charged_for_and_one_without_a_price_is_not_known_to_be():
    frame = pl.DataFrame({"price": [0.59, 0.0, None]})
    assert frame.select(offers.is_charged(pl.col("price")))["price"].to_list() == [True, False, None]


def test_an_offer_is_sold_from_the_first_to_the_last_day_it_was_seen():
    frame = pl.DataFrame({"valid_from": [JUNE], "last_seen_on": [SEPTEMBER]})
    days = (FEBRUARY, JUNE, date(2025, 8, 1), SEPTEMBER, date(2025, 10, 1))
    assert [frame.select(offers.is_sold_on(pl.lit(day))).item() for day in days] == [False, True, True, True, False]


@pytest.mark.parametrize(("first", "last", "together"), [(FEBRUARY, JUNE, True), (FEBRUARY, FEBRUARY, False)])
def test_two_offers_are_sold_together_where_one_day_saw_both(first, last, together):
    frame = pl.DataFrame(
        {
            "valid_from": [JUNE],
            "last_seen_on": [SEPTEMBER],
            "baseline_valid_from": [first],
            "baseline_last_seen_on": [last],
        }
    )
    for pair in (("{}", "baseline_{}"), ("baseline_{}", "{}")):
        assert frame.select(offers.are_sold_together(*pair)).item() is together


def test_an_offer_not_seen_for_half_a_year_is_history():
    frame = pl.DataFrame({"last_seen_on": [date(2025, 4, 3), date(2025, 4, 2)], "ended_on": [None, None]})
    newest = pl.lit(SEPTEMBER)
    assert frame.select(offers.is_current("last_seen_on", newest))["last_seen_on"].to_list() == [True, False]


def test_an_offer_that_has_ended_is_history_and_one_that_will_end_is_not():
    ends = [SEPTEMBER, date(2025, 10, 1), None]
    frame = pl.DataFrame({"last_seen_on": [SEPTEMBER] * 3, "ended_on": ends})
    assert frame.select(offers.is_current("last_seen_on", pl.lit(SEPTEMBER)))["last_seen_on"].to_list() == [
        False,
        True,
        True,
    ]


# When it ended

NOTICE, LATER_DAY, NEWEST = date(2026, 5, 27), date(2026, 6, 10), date(2026, 11, 20)


def listed(source="litellm", provider="Cerebras", model="Llama 3.1 8B", **rest):
    row = {
        "source": source,
        "provider": provider,
        "model": model,
        "endpoint": None,
        "capture": None,
        "valid_from": date(2025, 2, 28),
        "last_seen_on": NEWEST,
        "ended_on": None,
        "ended_by": None,
    }
    return row | rest


def withdrawn(ended_on=NOTICE, said_by="host", provider="Cerebras", model="Llama 3.1 8B"):
    return {"provider": provider, "model": model, "ended_on": ended_on, "said_by": said_by}


PRICE = {"endpoint": pl.String, "capture": pl.String, "ended_on": pl.Date, "ended_by": pl.String}
TOLD = {"provider": pl.String, "model": pl.String, "ended_on": pl.Date, "said_by": pl.String}


def with_ends(prices, told=(), keeping_retired=()):
    frame = pl.DataFrame(prices, schema_overrides=PRICE, infer_schema_length=None)
    ended = offers.with_ends(frame, pl.DataFrame(list(told), schema=TOLD), keeping_retired)
    return ended.select("last_seen_on", "ended_on", "ended_by").rows()


def test_the_notice_of_a_provider_ends_what_a_catalogue_still_lists_undated():
    day_before = date(2026, 5, 26)
    assert with_ends([listed()], [withdrawn()]) == [(day_before, NOTICE, offers.BY_HOST)]
    dated = listed(ended_on=LATER_DAY, ended_by=offers.BY_DATE)
    assert with_ends([dated], [withdrawn()]) == [(day_before, NOTICE, offers.BY_HOST)]


def test_a_day_that_one_catalogue_states_goes_before_the_silence_of_another():
    stated = listed(last_seen_on=NOTICE, ended_on=LATER_DAY, ended_by=offers.BY_DATE)
    silent = listed("models_dev", ended_on=NEWEST, ended_by=offers.BY_SILENCE)
    assert with_ends([stated, silent])[1] == (date(2026, 6, 9), LATER_DAY, offers.BY_OTHERS)


def test_an_announced_end_leaves_the_last_day_that_was_seen():
    announced = listed(ended_on=date(2027, 1, 31), ended_by=offers.BY_DATE)
    assert with_ends([announced]) == [(NEWEST, date(2027, 1, 31), offers.BY_DATE)]


def test_a_spelling_that_a_catalogue_drops_for_another_of_the_same_offer_ends_nothing():
    dropped = listed(last_seen_on=NOTICE, ended_on=LATER_DAY, ended_by=offers.BY_SILENCE)
    assert with_ends([dropped, listed()]) == [(NOTICE, None, None), (NEWEST, None, None)]


def test_a_catalogue_that_lists_the_retired_for_ever_ends_with_the_last_of_the_others():
    gone = listed(last_seen_on=NOTICE, ended_on=LATER_DAY, ended_by=offers.BY_SILENCE)
    keeping = listed("genai_prices")
    assert with_ends([gone, keeping], keeping_retired=["genai_prices"])[1][1:] == (LATER_DAY, offers.BY_OTHERS)
    assert with_ends([listed("models_dev"), gone, keeping], keeping_retired=["genai_prices"])[2][1:] == (None, None)


def test_a_notice_ends_the_offer_of_a_price_that_came_with_a_speed_unless_it_was_seen_later():
    run = {"source": "openrouter_capture", "capture": "openrouter-30m"}
    before, after = listed(last_seen_on=date(2026, 5, 14), **run), listed(last_seen_on=NEWEST, **run)
    frame = pl.DataFrame([before, after], schema_overrides=PRICE, infer_schema_length=None)
    told = offers.with_notices(frame, pl.DataFrame([withdrawn()], schema=TOLD))
    assert told.select("last_seen_on", "ended_on", "ended_by").rows() == [
        (date(2026, 5, 14), NOTICE, offers.BY_HOST),
        (NEWEST, None, None),
    ]
    assert told.columns == frame.columns


def test_a_price_that_was_seen_only_after_the_end_is_told_apart():
    frame = pl.DataFrame([listed(valid_from=NEWEST), listed()], schema_overrides=PRICE, infer_schema_length=None)
    ended = offers.with_ends(frame, pl.DataFrame([withdrawn()], schema=TOLD), ())
    assert ended.select(late=offers.is_listed_after_end())["late"].to_list() == [True, False]
