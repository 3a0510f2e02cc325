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
    frame = pl.DataFrame({"last_seen_on": [date(2025, 4, 3), date(2025, 4, 2)]})
    newest = pl.lit(SEPTEMBER)
    assert frame.select(offers.is_current("last_seen_on", newest))["last_seen_on"].to_list() == [True, False]
