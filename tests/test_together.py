"""Tests that share what is dear to make stay in one process."""

from pathlib import Path

import pytest

from tests.together import TOGETHER, piece

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("start", TOGETHER)
def test_what_stays_together_is_there(start):
    path, _, name = start.partition("::")
    assert (ROOT / path).exists()
    assert not name or f"def {name}" in (ROOT / path).read_text(encoding="utf-8")


def test_a_test_belongs_to_the_longest_name_that_fits_or_stands_alone():
    assert piece("tests/browser/test_browser.py::test_a_card_opens_its_rows") == "tests/browser/"
    upload = "tests/browser/test_browser_upload.py"
    assert piece(f"{upload}::test_a_file_is_mapped") == upload
    assert piece("tests/metrics/test_cost.py::test_a") == "tests/metrics/test_cost.py::test_a"


def test_processes_that_share_the_tests_out_ask_for_it(pytestconfig):
    found = pytestconfig.pluginmanager.get_plugins()
    assert any(hasattr(plugin, "pytest_xdist_make_scheduler") for plugin in found if "conftest" in str(plugin))
