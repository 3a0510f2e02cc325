"""A ratio opens to its two rows, and the response time follows its sliders."""

import re

from playwright.sync_api import Page, expect

SHOW = 30_000


def click_mark(page: Page, chart: int, label: str) -> None:
    """Clicks the bar of the row with this label in a chart of horizontal bars."""
    place = page.locator(".js-plotly-plot").nth(chart)
    labels = place.locator(".ytick text").all_text_contents()
    bars = place.locator(".bars .point path")
    bars.nth(labels.index(label)).click(force=True)


def test_a_click_on_a_bar_opens_the_passport_of_its_ratio_whichever_host_it_is(visit):
    seen = visit().open("speed")
    page = seen.page
    click_mark(page, 0, "Cerebras")
    opened = page.locator(".st-key-passport-speed-hosts")
    expect(opened).to_contain_text("Cerebras against Azure", timeout=SHOW)
    expect(opened).to_contain_text("1,856 tokens/s / 218 tokens/s = 8.5x")
    expect(opened).to_contain_text("Same on both sides: same model, same quantity, same run")
    assert opened.locator("a[href^='https://']").count() >= 2
    expect(opened.locator("code")).to_contain_text("8.5x, gpt-oss-120b, output speed, match grade A")
    expect(page.get_by_text(re.compile(r"Rows behind it \(1\)"))).to_be_visible()
    click_mark(page, 0, "Snowflake")
    expect(opened).to_contain_text("Snowflake against Azure", timeout=SHOW)
    assert seen.errors == []


def test_a_slider_moves_the_response_time_and_the_address_brings_it_back(visit):
    seen = visit().open("speed")
    page = seen.page
    slider = page.get_by_role("slider", name="Length of the answer, tokens")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    told = page.get_by_text(re.compile(r"has 1,000 tokens after 2,000 of thinking ready first"))
    expect(told).to_be_visible(timeout=SHOW)
    expect(page).to_have_url(re.compile(r"answer=1000"), timeout=SHOW)
    page.reload()
    expect(page.get_by_text(re.compile(r"has 1,000 tokens after 2,000"))).to_be_visible(timeout=SHOW)
    assert seen.errors == []


def test_the_cost_page_opens_the_price_of_a_pair(visit):
    seen = visit().open("cost")
    page = seen.page
    place = page.locator(".js-plotly-plot").nth(1)
    place.locator(".scatterlayer .points path").first.click(force=True)
    opened = page.locator(".st-key-passport-cost-models")
    expect(opened).to_contain_text("list price", timeout=SHOW)
    expect(opened).to_contain_text("per 1M tokens /")
    assert seen.errors == []
