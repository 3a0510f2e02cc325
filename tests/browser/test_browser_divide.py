"""Training vs inference in Chromium: another reference and another benchmark change what is shown."""

import re
from pathlib import Path

import polars as pl

from metrics import mlcommons
from tests.browser.test_browser import choose

PAGE = "training-inference"


def test_another_reference_and_another_benchmark_change_charts_and_address_and_a_reload_keeps_them(visit):
    seen = visit().open(PAGE)
    before = seen.titles()
    choose(seen, "reference", "H200 SXM")
    seen.page.wait_for_function("before => document.querySelector('h3').innerText !== before", arg=before[0])
    choose(seen.settle(), "training_benchmark", "llama31_405b")
    seen.page.locator("h3", has_text="llama31_405b").wait_for()
    after = seen.settle().titles()
    assert "H200 SXM" in after[0]
    assert any("llama31_405b" in title for title in after)
    assert re.search(r"reference=H200(\+|%20)SXM", seen.page.url)
    assert "training_benchmark=llama31_405b" in seen.page.url
    seen.page.reload()
    seen.page.wait_for_selector(".js-plotly-plot .main-svg")
    assert seen.settle().titles() == after
    assert seen.errors == []
    assert seen.strangers == []


def test_the_gains_are_on_the_first_screen_the_legend_below_and_their_download_has_the_notice_in_every_row(visit):
    seen = visit().open(PAGE)
    assert seen.page.locator("h2").first.bounding_box()["y"] < 300
    assert seen.page.locator(".js-plotly-plot").first.bounding_box()["y"] < 520
    told = seen.page.locator("[data-testid=stMain]").inner_text()
    assert told.count(mlcommons.LEGEND) == 5
    addresses = [link.get_attribute("href") for link in seen.page.locator("[data-testid=stCaptionContainer] a").all()]
    assert "https://github.com/mlcommons/training_results_v5.0" in addresses
    rows = seen.page.get_by_test_id("stExpander").first
    rows.locator("summary").click()
    with seen.page.expect_download() as waiting:
        rows.get_by_role("button", name="CSV", exact=True).click()
    frame = pl.read_csv(Path(waiting.value.path()), infer_schema_length=None)
    assert frame.height > 100
    assert frame[mlcommons.NOTICE_COLUMN].str.contains(mlcommons.LEGEND, literal=True).all()
    assert frame[mlcommons.NOTICE_COLUMN].str.contains(mlcommons.NOT_VERIFIED, literal=True).all()
