"""The lower half of the page Cost: what a GPU-hour rents for, and what marketplaces ask."""

import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT

PAGE = "pages/compare/cost.py"


@pytest.fixture
def page(monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run().switch_page(PAGE).run()


def said(at: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for kind in (at.subheader, at.caption) for element in kind)


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
