"""How the project writes: no sentence of a docstring, a message or a page of the docs is long."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_WORDS = 35
ROOMS = ("etl", "metrics", "charts", "exports", "pages", "commands", "bench", "tests")
MODULES = [
    *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))),
    ROOT / "app.py",
    ROOT / "start.py",
]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# A line that lists, draws or shows a command is no sentence; neither is a table's row or a caption of it.
NO_SENTENCE = re.compile(r"^\s*([-*|#>]|\d+\.|    |```|<!--)")
DRAWN = re.compile(r"^    .*$", re.MULTILINE)  # a listing in a module's docstring
END = re.compile(r"(?<=[.!?:])[)\"'”]*\s+|\n\s*\n")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a colon ends one, as what it announces may be a list."""
    for part in END.split(text):
        if part.strip():
            yield " ".join(part.split())


def long_ones(text: str) -> list[str]:
    return [
        sentence for sentence in sentences(text) if len(re.findall(r"[A-Za-z0-9][\w'’/.-]*", sentence)) > MOST_WORDS
    ]


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each docstring and each string that a module holds; what an f-string fills in is one word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, DRAWN.sub("", inspect.cleandoc(node.value))


def is_prose(text: str) -> bool:
    """Whether a string is written for a reader: one with a sentence's end, not data, a query or a style sheet."""
    return bool(re.search(r"[a-z]\.(\s|$)", text)) and not re.search(r"SELECT |[{};]\s*\n|\t", text)


def paragraphs(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    yield "\n".join("" if NO_SENTENCE.match(line) else line for line in lines)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_in_a_module_is_longer_than_a_reader_holds(path):
    found = [(line, long_ones(text)) for line, text in prose(path) if is_prose(text)]
    assert [(line, sentence) for line, many in found for sentence in many] == []


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_of_the_docs_is_longer_than_a_reader_holds(path):
    assert [sentence for text in paragraphs(path) for sentence in long_ones(text)] == []


def test_a_sentence_is_measured_in_words_up_to_where_a_reader_rests():
    assert long_ones(" ".join(["word"] * 36) + ".") != []
    assert long_ones(" ".join(["word"] * 30) + ": " + " ".join(["word"] * 30) + ".") == []
