"""The Microsoft page in Chromium: presets move every control, the answer and the address; a reload brings them back."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_browser import LABELS, cover_each_other, is_cut

SHOW = 30_000


def shown(page: Page, label: str):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def test_presets_change_both_outputs_the_charts_and_the_address_and_a_reload_keeps_them(visit):
    seen = visit().open("microsoft")
    page = seen.page
    expect(shown(page, "Revenue at risk")).to_have_text("14.5 bn USD a year", timeout=SHOW)
    before = seen.titles()
    page.get_by_role("button", name="Worst for Azure", exact=True).click()
    expect(shown(page, "Revenue at risk")).to_have_text("24.7 bn USD a year", timeout=SHOW)
    expect(shown(page, "Capital at risk")).to_have_text("69.3 bn USD")
    expect(page).to_have_url(re.compile(r"migration=40"), timeout=SHOW)
    assert seen.settle().titles() != before
    page.reload()
    expect(shown(page, "Revenue at risk")).to_have_text("24.7 bn USD a year", timeout=SHOW)
    page.get_by_role("button", name="Best for Azure", exact=True).click()
    expect(shown(page, "Revenue at risk")).to_have_text("0.843 bn USD a year", timeout=SHOW)
    page.get_by_role("button", name="Base", exact=True).click()
    expect(shown(page, "Revenue at risk")).to_have_text("14.5 bn USD a year", timeout=SHOW)
    assert seen.settle().titles() == before
    assert seen.errors == []


def test_the_main_chart_stands_on_the_first_screen_sources_open_and_a_slider_makes_a_scenario_of_its_own(visit):
    seen = visit().open("microsoft")
    page = seen.page
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] + box["height"] <= 900
    sources = page.get_by_test_id("stCaptionContainer").filter(has_text=re.compile("^(Published|Assumption)"))
    assert sources.count() >= 4
    assert sources.locator("a[href^='https://']").count() >= 2
    slider = page.get_by_role("slider", name="Inference that moves away, %")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    expect(page.get_by_text(re.compile("In this scenario, 16.3 bn USD"))).to_be_visible(timeout=SHOW)
    expect(page).to_have_url(re.compile(r"migration=20"), timeout=SHOW)
    assert seen.errors == []


@pytest.mark.parametrize("view", ["output=Capital+at+risk&migration=40", "capex=cash&growth_basis=constant+currency"])
def test_no_label_covers_another_in_any_view(visit, view):
    seen = visit().open(f"microsoft?{view}")
    for width in (1440, 420):
        labels = seen.turned(width, 900, "light").read(LABELS)
        assert labels
        assert [label for label in labels if is_cut(label)] == []
        assert [pair for pair in combinations(labels, 2) if cover_each_other(*pair)] == []
    assert seen.errors == []
