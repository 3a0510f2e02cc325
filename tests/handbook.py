"""The parts of the docs that follow from the code: `python -m tests.handbook` writes them again.

A part stands between `<!-- made: NAME -->` and `<!-- end -->`. A test holds that each is what the code says.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from commands import main as command_line
from etl.folders import PROJECT, Folders
from etl.publish import build as building
from etl.schema import TABLES, Table
from etl.sources import SOURCES
from metrics import matching, metric, words
from metrics.claims import verdicts as judging
from metrics.claims.claim import NOW, TIMES
from metrics.metric import Metric
from tests.menu import entries
from tests.test_architecture import DOORS

DOCS = PROJECT / "docs"
MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# Rooms too small for a box of their own in the picture.
UNDRAWN = ("etl/", "etl/version.py", "etl/__main__.py")


def written(text: str) -> str:
    """A page of the docs with every made part as the code has it now. Raises KeyError for a part not known."""
    return MADE.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def rooms() -> str:
    """The picture of the rooms: an arrow from each room to the rooms that it may import."""
    drawn = [door for door in DOORS if door not in UNDRAWN]
    lines = [f'    {_box(door)}["{door}"]' for door in drawn]
    lines += [f"    {_box(door)} --> {_box(other)}" for door in drawn for other in drawn if _opens(door, other)]
    return "\n".join(["```mermaid", "graph TD", *lines, "```"])


def _opens(door: str, other: str) -> bool:
    name = other.removesuffix("/").removesuffix(".py").replace("/", ".")
    allowed = any(name == one or name.startswith(f"{one}.") or one.startswith(f"{name}.") for one in DOORS[door])
    return allowed and door != other


def _box(door: str) -> str:
    return re.sub(r"\W+", "_", door.removesuffix(".py")).strip("_")


def doors() -> str:
    lines = [f"| `{door}` | {', '.join(f'`{one}`' for one in may) or 'nothing'} |" for door, may in DOORS.items()]
    return "\n".join(["| Room | May import of ours |", "|---|---|", *lines])


def tables() -> str:
    return "\n\n".join(_table(table) for table in TABLES.values())


def _table(table: Table) -> str:
    lines = [f"### {table.name}", "", f"Grain: {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}.", ""]
    lines += ["| Column | Type | Unit | Meaning |", "|---|---|---|---|"]
    for column in table.columns:
        meaning = column.meaning.replace("|", "\\|")
        lines.append(f"| `{column.name}` | {column.dtype} | {column.unit or ''} | {meaning} |")
    return "\n".join(lines)


def sources() -> str:
    lines = [
        f"| `{one.id}` | [{one.title}]({one.home_url}) | {one.licence} | {', '.join(one.tables)} |" for one in SOURCES
    ]
    return "\n".join(["| Source | Title | Licence | Tables |", "|---|---|---|---|", *lines])


def metrics() -> str:
    found = sorted((one for one in vars(metric).values() if isinstance(one, Metric)), key=lambda one: one.name)
    lines = [f"| `{one.name}` | {one.label} | {one.unit} | {one.formula} | {one.source} |" for one in found]
    return "\n".join(["| Metric | Label | Unit | Formula | Source |", "|---|---|---|---|---|", *lines])


def grades() -> str:
    lines = [f"| {grade} | {meaning} |" for grade, meaning in matching.grade_meanings().items()]
    apart = f"More than {matching.MOST_DAYS_APART} days apart makes no pair."
    return "\n".join(["| Grade | Rule |", "|---|---|", *lines, "", f"{matching.grade_rule()} {apart}"])


def pages() -> str:
    lines = [f"| {entry.title} | `/{entry.address}` | `{entry.path}` |" for entry in entries()]
    return "\n".join(["| Page | Address | File |", "|---|---|---|", *lines])


def commands() -> str:
    lines = ["| Command | Option | What it does |", "|---|---|---|"]
    for name, parser, told in _commands():
        lines.append(f"| `python -m etl {name}` | | {told} |")
        for action in parser._actions:
            if action.dest != "help":
                said = ", ".join(action.option_strings) or str(action.metavar or action.dest)
                lines.append(f"| | `{said}` | {(action.help or '').replace('|', ',')} |")
    return "\n".join(lines)


def _commands() -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Every command of the command line with its parser and its line of help."""
    for action in command_line._parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            words = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, parser in action.choices.items():
                yield name, parser, words[name]


def verdicts() -> str:
    """Every claim with its verdict at each time, from the figures that ship."""
    folders = Folders(data=Path(os.environ.get("DIVIDE_DATA") or PROJECT / "data"))
    if not building.is_current(folders):
        building.build(folders)
    tables = {name: folders.store.rows(name) for name in judging.TABLES}
    judged = judging.verdicts(judging.published(tables))
    lines = ["| Claim | 2024 | At the article | Now | Figures now |", "|---|---|---|---|---|"]
    for (claim_id, claim), rows in judged.group_by("claim_id", "claim", maintain_order=True):
        of_time = {row["when"]: row for row in rows.iter_rows(named=True)}
        last = of_time[NOW]
        met = f"{last['met']} of {last['figures']}" if last["met"] is not None else f"{last['figures']}"
        newest = f", {words.day(last['newest_on'])}" if last["newest_on"] else ""
        said = " | ".join(of_time[when]["verdict"] for when in TIMES)
        lines.append(f"| {claim_id}: {claim} | {said} | {met}{newest} |")
    return "\n".join(lines)


PARTS: Mapping[str, Callable[[], str]] = {
    "rooms": rooms,
    "doors": doors,
    "tables": tables,
    "sources": sources,
    "metrics": metrics,
    "grades": grades,
    "pages": pages,
    "commands": commands,
    "verdicts": verdicts,
}


def main() -> int:
    for page in sorted(DOCS.glob("*.md")):
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
