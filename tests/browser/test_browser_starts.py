"""Fresh servers in Chromium: a link as the first visit, a first start without a store, a refresh."""

import json
import shutil

import pytest

from etl.folders import Folders
from etl.sources.llm_prices import CURRENT
from tests.browser.conftest import serving

NOT_FOUND = "Page not found"


def test_a_link_to_a_page_may_be_the_first_visit_of_all(visit, built_data):
    with serving(built_data) as cold:
        seen = visit(at=cold).open("cost?model=Llama%203.1%208B")
        assert seen.page.get_by_test_id("stTopNavSection").count() >= 3
        assert seen.page.get_by_role("dialog").count() == 0
        assert NOT_FOUND not in seen.page.locator("body").inner_text()
        assert "model=Llama" in seen.page.url
        assert seen.errors == []


@pytest.fixture
def mirror(tmp_path):
    """A mirror that holds one address of one publisher; nobody else is there."""
    folder = tmp_path / "mirror"
    place = folder / CURRENT.removeprefix("https://")
    place.parent.mkdir(parents=True)
    price = {"id": "gpt-5.6-luna", "vendor": "openai", "name": "GPT-5.6 Luna", "input": 0.2, "output": 1.2}
    place.write_text(json.dumps({"updated_at": "2026-08-05", "prices": [{**price, "input_cached": 0.02}]}))
    return folder


def test_the_first_start_builds_in_sight_and_a_refresh_says_what_came_of_each_source(visit, tmp_path, mirror):
    data = tmp_path / "data"
    with serving(data, DIVIDE_MIRROR=str(mirror)) as fresh:
        seen = visit(at=fresh)
        seen.page.goto(f"{fresh.url}/evidence")
        seen.page.get_by_text("Building the store from the published figures").wait_for()
        seen.page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
        seen.settle()
        built = Folders(data=data).store.generation()
        assert built

        seen.page.get_by_role("button", name="Refresh from the publishers").click()
        seen.page.get_by_text("Asking the publishers").wait_for()
        outcome = seen.page.get_by_test_id("stAlert")
        outcome.wait_for(timeout=60_000)
        seen.settle()
        assert outcome.inner_text().strip().startswith("Built store-")
        seen.page.get_by_text("What came of each source").click()
        seen.page.get_by_text("llm_prices: 1 fetched").wait_for()
        seen.page.get_by_text("thefastest: ").wait_for()
        assert Folders(data=data).store.generation() != built
        assert seen.errors == []

        seen.open("speed")
        assert seen.page.locator("[data-testid=stException]").count() == 0


def test_markup_in_published_words_runs_nothing(visit, built_data, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    name = "<img src=x onerror=alert(1)>"

    def change(writer) -> None:
        for table in ("provider_speed", "token_price", "provider"):
            rows = store.rows(table)
            changed = rows.with_columns(provider=rows["provider"].replace({"Azure": name}))
            if "source_url" in rows.columns:
                changed = changed.with_columns(publisher=rows["publisher"].replace({"Tom's Hardware": name}))
            writer.replace_all(table, changed)

    store.write(change)
    with serving(data) as running:
        for address in ("speed", "evidence"):  # a link is the first visit here too
            seen = visit(at=running).open(f"{address}?baseline=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
            assert seen.page.locator(".st-key-baseline input").input_value() == name
            assert address == "evidence" or name in seen.page.locator("h2").inner_text()
            assert seen.page.locator("[data-testid=stMain] img[src=x]").count() == 0
            assert seen.page.locator("a[href^=javascript]").count() == 0
            assert (seen.dialogs, seen.errors, seen.strangers) == ([], [], [])
