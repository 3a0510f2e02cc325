"""One vocabulary of faults: every reason that a reader or a check gives is in it, and nothing else is."""

import ast
import re
from pathlib import Path

import pytest

from etl import faults
from etl.faults import Fault
from etl.sources.contract import SetAside

ETL = Path(faults.__file__).parent
MODULES = [path for path in sorted(ETL.rglob("*.py")) if path.name != "faults.py"]
FAULTS = [found for found in vars(faults).values() if isinstance(found, Fault)]
PLACE = re.compile(r"{\w+}")


def used(path: Path) -> set[str]:
    """Names of the faults that a module takes from the vocabulary."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "faults" and node.attr.isupper()
    }


def calls(path: Path, name: str) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node for node in found if getattr(node.func, "id", getattr(node.func, "attr", "")) == name]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ETL).as_posix())
def test_no_module_makes_a_fault_of_its_own(path):
    assert calls(path, "Fault") == []
    for line in calls(path, "SetAside"):
        assert not isinstance(line.args[1], ast.Constant | ast.JoinedStr), f"line {line.lineno}: a reason in free text"


def test_every_fault_is_used_and_every_used_fault_is_there():
    declared = {name for name, value in vars(faults).items() if isinstance(value, Fault)}
    limits = {"LOWEST_USD_PER_MTOK", "HIGHEST_USD_PER_MTOK"}
    assert set().union(*(used(path) for path in MODULES)) - limits == declared


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_said_in_one_short_sentence(fault):
    assert re.fullmatch(r"[A-Z`].*\.", fault.sentence)
    assert len(fault.sentence.split()) <= 30
    assert getattr(faults, fault.name.upper()) == fault


def test_no_two_faults_share_a_sentence():
    sentences = [fault.sentence for fault in FAULTS]
    assert len(sentences) == len(set(sentences))


def test_a_place_that_nobody_fills_raises_and_a_filled_one_keeps_the_name():
    places = faults.NOT_NAMED
    assert PLACE.findall(places.sentence) == ["{missing}"]
    assert places.of(missing="provider") == Fault("not_named", "It does not name what it is about: provider.", True)
    with pytest.raises(KeyError):
        places.of(field="provider")


def test_a_line_that_is_set_aside_gives_the_sentence_of_its_fault():
    assert SetAside("https://a", faults.EDGE, "row").reason == faults.EDGE.sentence
