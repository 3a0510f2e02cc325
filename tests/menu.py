"""The pages of the menu, read from the code that makes it."""

import ast
from dataclasses import dataclass
from pathlib import PurePosixPath

from etl.folders import PROJECT

MAKERS = ("app.py", "pages/shared/places.py")
IN_ORDER = ("path", "title", "icon", "address")


@dataclass(frozen=True)
class Entry:
    """One page of the menu. `address` is the last part of its address, empty for the first page."""

    path: str
    title: str
    address: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).stem


def entries() -> list[Entry]:
    """Every page, in the order of the menu."""
    trees = [ast.parse((PROJECT / maker).read_text(encoding="utf-8")) for maker in MAKERS]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [_entry(call) for call in sorted(calls, key=lambda call: call.lineno)]
    return [entry for entry in found if entry]


def _entry(call: ast.Call) -> Entry | None:
    said = [_said(argument) for argument in call.args]
    starts = [place for place, words in enumerate(said) if words.startswith("pages/") and words.endswith(".py")]
    if not starts or not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    given = dict(zip(IN_ORDER, said[starts[0] :], strict=False))
    given |= {keyword.arg: _said(keyword.value) for keyword in call.keywords if keyword.arg}
    if "title" not in given:
        return None
    return Entry(given["path"], given["title"], given.get("address") or given.get("url_path", ""))


def _said(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
