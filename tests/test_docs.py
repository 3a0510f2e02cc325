"""What the docs say is there is there, and what is there stands in the docs."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from etl.folders import PROJECT
from etl.schema import TABLES
from tests import handbook, menu
from tests.test_architecture import modules, texts

PAGES = sorted([*(PROJECT / "docs").glob("*.md"), PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"])
ROOMS = "app|bench|charts|commands|data|docs|etl|exports|metrics|pages|tests"
NAMED_PATH = re.compile(rf"`((?:{ROOMS})/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
PHONY = re.compile(r"^\.PHONY: (.*)$", re.MULTILINE)
# A count of things that come and go, written by hand: wrong as soon as one comes.
NUMBER = "three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|twenty|thirty|forty|[0-9]+"
THINGS = "recipes|sources|pages|claims|questions|tables|columns|formats|metrics|rooms|commands|figures|clouds|legs"
WRITTEN_COUNT = re.compile(rf"\b({NUMBER}) ([a-z-]+ )?({THINGS})\b", re.IGNORECASE)
RECIPES = ("source", "ratio", "page", "claim", "column", "tier", "export format", "correction")
SHOWN = ("metrics/", "charts/", "pages/", "exports/")
MADE_AT_RUN_TIME = ("data/snapshots", "data/store", "data/uploads", "test-results")


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands_page() -> str:
    return text(PROJECT / "docs" / "commands.md")


@pytest.mark.parametrize("page", sorted((PROJECT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_the_made_parts_are_what_the_code_says(page, monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))
    assert handbook.written(text(page)) == text(page), "Run: python -m tests.handbook"


def test_every_made_part_stands_in_some_page():
    found = {name for page in PAGES for _, name, _ in handbook.MADE.findall(text(page))}
    assert found == set(handbook.PARTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_the_docs_name_exists(page):
    named = {path for path in NAMED_PATH.findall(text(page)) if not path.startswith(MADE_AT_RUN_TIME)}
    assert [path for path in sorted(named) if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_docs_do_not_count_by_hand_what_comes_and_goes(page):
    assert [found[0] for found in WRITTEN_COUNT.finditer(text(page))] == []


@pytest.mark.parametrize("module", [module for module in modules() if module.startswith(SHOWN)])
def test_what_a_reader_sees_does_not_count_by_hand_what_comes_and_goes(module):
    assert [found[0] for said in texts(module) for found in WRITTEN_COUNT.finditer(said)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_docs_leads_somewhere(page):
    assert [link for link in LINK.findall(text(page)) if not (page.parent / link).exists()] == []


def test_every_function_that_the_journey_of_a_figure_names_is_there():
    for line in text(PROJECT / "docs" / "figure.md").splitlines():
        for path, name in re.findall(r"`([\w/]+\.py)`, `(\w+)`", line):
            assert re.search(rf"^\s*(def )?{name}\b", (PROJECT / path).read_text(encoding="utf-8"), re.MULTILINE), name


def test_every_environment_variable_stands_among_the_settings():
    rooms = ("etl", "commands", "pages", "exports", "metrics", "charts", "bench")
    modules = [path for room in rooms for path in (PROJECT / room).rglob("*.py")]
    missing = {name for path in [*modules, PROJECT / "tests/chromium.py"] for name in variables(path)}
    assert len(missing) > 5
    assert [name for name in sorted(missing) if f"`{name}`" not in commands_page()] == []


def variables(path: Path) -> set[str]:
    """Names that a module reads from the environment, or holds as a constant or key of one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and "environ" in ast.unparse(node.func):
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("DIVIDE_"):
            found.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Key":
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return {name for name in found if VARIABLE.fullmatch(name)} | found & {"CHROMIUM"}


def test_every_target_of_make_is_documented():
    targets = PHONY.search((PROJECT / "Makefile").read_text(encoding="utf-8"))[1].split()
    assert len(targets) > 3
    assert [name for name in sorted(targets) if f"`make {name}`" not in commands_page()] == []


def test_every_recipe_stands_in_contributing_and_names_a_file_first():
    contributing = text(PROJECT / "CONTRIBUTING.md")
    found = re.findall(r"^\*\*An? ([\w ]+)\.\*\*", contributing, re.MULTILINE)
    assert sorted(found) == sorted(RECIPES)


def test_every_page_has_its_question():
    pages = text(PROJECT / "docs" / "pages.md")
    assert [
        entry.title for entry in menu.entries() if f"| {entry.title} | " not in pages.split("<!-- end -->")[1]
    ] == []


def test_every_table_stands_in_the_dictionary():
    data = text(PROJECT / "docs" / "data.md")
    assert [name for name in TABLES if f"### {name}\n" not in data] == []


def test_the_readme_shows_two_small_pictures():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text(PROJECT / "README.md"))
    assert len(pictures) == 2
    assert [name for name in pictures if (PROJECT / name).stat().st_size > 150_000] == []
