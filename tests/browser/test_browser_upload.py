"""A reader's own file in Chromium: chosen, mapped, put right, stored, seen on Speed, taken back."""

import shutil

import pytest
from playwright.sync_api import expect

from etl.folders import Folders
from etl.upload import importer
from tests.browser.conftest import SHOW_MILLISECONDS, serving

FILE = "[data-testid=stFileUploader]"
# As a German spreadsheet saves it; the third header is none that anybody knows.
OWN_SPEEDS = """Anbieter;Modell;Tempo;Datum
Cerebras;gpt-oss-120b;2480,5;08.05.2026
Azure;gpt-oss-120b;schnell;08.05.2026
"""
OUTLINED = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .flatMap(plot => plot.data).filter(trace => trace.name === 'yours').flatMap(trace => [...trace.y])"""
EDIT = "Put right in place"


@pytest.fixture
def own_server(built_data, tmp_path):
    shutil.copytree(built_data, tmp_path / "data")
    with serving(tmp_path / "data") as running:
        yield running


def choose(seen, label: str, value: str) -> None:
    box = seen.page.get_by_label(label, exact=False).first
    box.click()
    box.fill(value)
    box.press("Enter")
    seen.page.wait_for_timeout(300)
    seen.settle()


def write_over(seen, column: str, text: str) -> None:
    """Writes into this column's cell of the first refused row.

    The grid is drawn on a canvas; beside it is a table for screen readers, which says a moment later which cell is
    chosen. A key pressed before the grid has taken the one before it would open another cell.
    """
    grid = seen.page.locator("[class*=st-key-rejected] [data-testid=stDataFrame]")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    seen.page.mouse.click(box["x"] + 20, box["y"] + 52)
    columns = grid.locator("[role=columnheader]")
    expect(columns.filter(has_text=column)).to_have_count(1)
    for place in range(columns.all_text_contents().index(column) + 1):
        if place:
            seen.page.keyboard.press("ArrowRight")
        expect(grid.locator(f"#glide-cell-{place}-0")).to_have_attribute("aria-selected", "true")
    seen.page.keyboard.press("Enter")
    cell = seen.page.locator(".gdg-input").first
    cell.wait_for()
    cell.fill(text)
    cell.press("Enter")
    seen.page.wait_for_timeout(500)
    seen.settle()


def press(seen, name: str) -> None:
    seen.page.get_by_role("button", name=name).first.click()
    seen.page.wait_for_timeout(300)
    seen.settle()


def counted(seen, *counts: str) -> None:
    """Waits for these counts of new, changed, identical and rejected rows."""
    expect(seen.page.get_by_test_id("stMetricValue")).to_have_text(counts, timeout=SHOW_MILLISECONDS)


def test_a_file_is_mapped_put_right_stored_seen_on_speed_and_taken_back(visit, own_server, tmp_path):
    file = tmp_path / "unsere Messung.csv"
    file.write_text(OWN_SPEEDS, encoding="utf-8")
    seen = visit(at=own_server).open("upload", shows=FILE)
    seen.page.locator(f"{FILE} input[type=file]").set_input_files(file)
    seen.page.get_by_text("2. Your columns and ours").wait_for()
    seen.settle()
    assert seen.page.get_by_text("Known alias").count() == 3

    choose(seen, "Our column for Tempo", "Output tokens per second")
    expect(seen.page.get_by_text("2480,5 → 2480.5")).to_have_count(1, timeout=SHOW_MILLISECONDS)
    counted(seen, "1", "0", "0", "1")

    write_over(seen, "Tempo", "70,5")
    press(seen, "Check again")
    counted(seen, "2", "0", "0", "0")

    press(seen, "Store 2 rows")
    seen.page.get_by_text("Stored 2 rows of unsere Messung.csv.").wait_for()
    assert importer.export(Folders(data=own_server.data), "provider_speed").height == 2
    seen.page.get_by_text("See it on Speed").click()
    seen.page.wait_for_selector(".js-plotly-plot .main-svg")
    seen.settle()
    assert {"Cerebras, yours", "Azure, yours"} <= set(seen.read(OUTLINED))
    assert "data=With" in seen.page.url

    seen.page.get_by_test_id("stTopNavSection").filter(has_text="Data").click()
    seen.page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Upload").click()
    seen.page.wait_for_selector(FILE)
    seen.settle()
    press(seen, "Undo")
    seen.page.get_by_text("Your file never leaves this computer.").wait_for(timeout=SHOW_MILLISECONDS)
    assert importer.export(Folders(data=own_server.data), "provider_speed").is_empty()
    seen.page.get_by_test_id("stTopNavSection").filter(has_text="Compare").click()
    seen.page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Speed").click()
    seen.page.wait_for_selector(".js-plotly-plot .main-svg")
    seen.settle()
    assert seen.read(OUTLINED) == []
    assert seen.errors == []
    assert seen.strangers == []
    assert seen.dialogs == []
