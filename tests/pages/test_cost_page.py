"""What the page Cost says of rented GPUs: tokens on them, their rents, and what marketplaces ask."""

import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT

PAGE = "pages/compare/cost.py"


@pytest.fixture
def page(monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["model"] = "gpt-oss-120b"
    return at.run().switch_page(PAGE).run()


def said(at: AppTest) -> str:
    kinds = (at.subheader, at.caption, at.info)
    return "\n".join(element.value.replace("\\", "") for kind in kinds for element in kind)


def test_rents_are_told_by_chip_and_by_basis(page):
    assert "The middle on demand rent of H100, over the same clouds: $2.99, later $2.97, at 12 GPU clouds" in said(page)
    page.selectbox(key="rent-over-time").select("Spot").run()
    assert not page.exception
    assert "The middle spot rent of H100, over the same clouds: " in said(page)
    page.selectbox(key="rented-chip").select("B200").run()
    assert not page.exception
    assert "rent of B200" in said(page)


def test_a_chip_without_two_clouds_says_so(page):
    page.selectbox(key="rented-chip").select("GB200").run()
    assert not page.exception
    assert "No two clouds were seen to rent out GB200 over time" in said(page)


def test_offers_are_told_with_their_marketplace(page):
    page.selectbox(key="offered-chip").select("H100").run()
    assert not page.exception
    assert "$1.99, later $2.69, on Prime Intellect (19 October 2025 to 16 November 2025)" in said(page)


def test_what_speed_costs_on_rented_gpus_says_the_rent_and_its_day(page):
    assert not page.exception
    told = said(page)
    assert "At 50 tokens/s for each user a million output tokens of gpt-oss-120b cost $" in told
    assert "Middle on-demand rent an hour: B200 $" in told
    assert "The prompt is in the cost; a list price charges it apart." in told


def test_prices_are_read_as_tokens_for_a_dollar_by_one_switch_that_says_whose(page):
    page.segmented_control(key="read").select("Tokens for a dollar").run()
    assert not page.exception
    told = said(page)
    assert "with 58 % of the tokens for a dollar of list price" in page.header[0].value
    assert "1,856 tokens/s and 2.22 m tokens for a dollar of list price" in told
    assert "At 50 tokens/s for each user a dollar of rent buys " in told
    assert "$0.45" not in told


def test_a_change_of_price_names_the_day_of_its_first_sight_and_whose(page):
    assert "Cerebras from $0.36 to $0.45 on 27 February 2026 by LiteLLM (BerriAI)" in said(page)


def test_speed_bought_with_money_stands_beside_its_price(page):
    assert "fast tiers with both published give at least as much speed as they ask money" in said(page)
    assert "more tiers the price alone is published: 1.2–8x that of the standard offer" in said(page)


def test_another_workload_is_another_cost(page):
    before = said(page)
    page.selectbox(key="workload-gpt-oss-120b").select("FP4, 8,192 tokens in and 1,024 out").run()
    assert not page.exception
    assert said(page) != before
    assert "FP4, 8,192 tokens in and 1,024 out, machines never idle" in said(page)


def test_the_throughput_that_stands_for_a_chip_is_of_one_workload(page):
    assert "per accelerator (FP4, 1,024 tokens in and 1,024 out" in said(page)
