"""What the importer's tests share: a data folder of their own, and a file checked in one step."""

import shutil
from pathlib import Path

from etl.folders import Folders
from etl.upload import importer
from etl.upload.importer import Checked, Choices

SPEED = "provider_speed"


def copied(built: Path, place: Path) -> Folders:
    """A data folder with a store that a test may change."""
    shutil.copytree(built, place / "data")
    return Folders(data=place / "data")


def check_file(
    folders: Folders, content, table: str = SPEED, name: str = "file.csv", edits=None, tab=None, **choices
) -> Checked:
    """The file read, mapped and checked; `choices` as of Choices."""
    given = content.encode() if isinstance(content, str) else content
    sheet = importer.read(given, name, folders, tab)
    return importer.check(sheet, importer.suggest(sheet, table, Choices(**choices)), folders, edits)


def said(checked: Checked, severity: str = "error") -> list[tuple[int, str | None, str | None, str]]:
    return [(p.row, p.column, p.value, p.message) for p in checked.problems if p.severity == severity]


def state(folders: Folders) -> dict[str, int]:
    """What must not change where nothing is stored: the rows of every table, and the kept files."""
    kept = [path for path in (folders.data / "uploads").rglob("*") if path.is_file()]
    return folders.store.counts() | {"files": len(kept), "generation": folders.store.generation()}
