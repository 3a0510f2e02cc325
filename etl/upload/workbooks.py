"""What a workbook says of itself before its cells are laid out: its parts, and how far each sheet reaches.

A sheet is laid out as a rectangle from its first cell to its last. One cell in the last corner of the grid makes a
workbook of 2 kB need hundreds of gigabytes. So the extent is read first, from the XML itself, piece by piece; what
the file merely declares of it (`dimension`) is not believed.
"""

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

PIECE = 1 << 20
# Well above what a workbook of honest figures reaches, well below what a bomb needs.
MOST_UNPACKED = 4_000_000_000
MOST_UNPACKED_RATIO = 200
ALWAYS_UNPACKED = 50_000_000
# Cells that may be laid out whatever the sheet weighs, and how many more for each byte of its XML: a cell that is
# there takes about thirty.
ALWAYS_CELLS = 1_000_000
CELLS_PER_BYTE = 2
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
LARGEST_LIST = 10_000_000
# A workbook reserves room for as many texts as it claims.
ALWAYS_TEXTS = 10_000_000

BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"
SHEETS = "xl/worksheets/"
CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
ROW = re.compile(rb"<(?:\w+:)?row\b")
CLAIMS = re.compile(rb"""\s(?:uniqueCount|count)\s*=\s*["']([0-9]+)["']""")
SST = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"


class NoWorkbook(Exception):
    """The archive is no workbook that can be read; the sentence says why and what to do."""


@dataclass(frozen=True)
class Extent:
    """How far the cells of a sheet reach, counted from 1, and the unpacked bytes of its part."""

    rows: int
    columns: int
    bytes: int

    @property
    def corner(self) -> str:
        return f"{letters(self.columns)}{self.rows}"


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def number(name: str) -> int:
    """The column of this name: A is 1, AA is 27."""
    total = 0
    for letter in name.upper():
        total = total * 26 + ord(letter) - ord("A") + 1
    return total


def looked_over(path: Path) -> Mapping[str, Extent]:
    """The extent of each sheet, by its name. Raises NoWorkbook for what must not be unpacked or laid out.

    Every part is read to its end, because what the archive declares may be a lie.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _hold_parts(archive)
            extents = dict(_extents(archive))
            named = _names(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise NoWorkbook("The workbook is damaged; it cannot be unpacked.") from error
    return {name: extents[part] for name, part in named.items() if part in extents}


def hold(name: str, extent: Extent) -> None:
    """Raises NoWorkbook where the sheet, laid out, would be far larger than what it holds."""
    if extent.columns > LAST_COLUMN or extent.rows > LAST_ROW:
        raise NoWorkbook(
            f"The sheet {name!r} has a cell beyond the last one that a workbook can have (XFD1048576). "
            "Delete it, or save the table as CSV."
        )
    cells = extent.rows * extent.columns
    if cells > ALWAYS_CELLS + CELLS_PER_BYTE * extent.bytes:
        raise NoWorkbook(
            f"The sheet {name!r} reaches to cell {extent.corner}: {cells:,} cells, nearly all of them empty. "
            "Delete the rows and columns beyond the table, or save the table as CSV."
        )


def _hold_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    times = Counter(part.filename for part in parts)
    _hold_kind(archive, set(times))
    if twice := [name for name, count in times.items() if count > 1]:
        raise NoWorkbook(
            f"The workbook has two parts of one name ({twice[0]}), and programs disagree which counts. "
            "Open it, check its cells and save it anew."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise NoWorkbook("The workbook is locked with a password; save it without one.")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > MOST_UNPACKED or (unpacked > ALWAYS_UNPACKED and unpacked / packed > MOST_UNPACKED_RATIO):
        raise NoWorkbook(
            f"The workbook would unpack from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.0f} MB; "
            "that is not a table of figures. Save it as CSV."
        )


def _hold_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    if BOOK in names:
        return
    if "xl/workbook.bin" in names:
        raise NoWorkbook("The file is a binary workbook (.xlsb); save it as .xlsx or CSV.")
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            if part.read(len(OPEN_DOCUMENT)) == OPEN_DOCUMENT:
                raise NoWorkbook("The file is an OpenDocument file (.ods and its like); save it as .xlsx or CSV.")
    raise NoWorkbook("The file is a zip archive and no workbook; unpack it first.")


def _extents(archive: zipfile.ZipFile) -> Iterator[tuple[str, Extent]]:
    for part in archive.infolist():
        try:
            if part.filename.startswith(SHEETS):
                yield part.filename, _extent(archive, part)
            else:
                _read_through(archive, part)
        except zipfile.BadZipFile as error:
            raise NoWorkbook(f"The workbook is damaged: {part.filename} does not fit its checksum.") from error


def _extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Extent:
    names: set[bytes] = set()
    rows = last = 0
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            text = rest + piece
            cut = text.rfind(b"<")
            whole, rest = (text[:cut], text[cut:]) if cut >= 0 and len(text) - cut < PIECE else (text, b"")
            found = CELL.findall(whole)
            names.update(name for name, _ in found)
            last = max(last, max((int(row[:12]) for _, row in found), default=0))
            rows += len(ROW.findall(whole))
    columns = max((number(name[:8].decode()) for name in names), default=1)
    return Extent(max(rows, last), columns, part.file_size)


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        start = stream.read(4096)
        if part.filename == STRINGS and (opening := SST.search(start)):
            claimed = max((int(count) for count in CLAIMS.findall(opening[0])), default=0)
            if claimed > max(ALWAYS_TEXTS, part.file_size):
                raise NoWorkbook(
                    f"The workbook is damaged: it claims {claimed:,} texts, in a part of {part.file_size:,} bytes. "
                    "Open it and save it anew."
                )
        while stream.read(PIECE):
            pass


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by the sheet's name; none where the list of sheets cannot be read."""
    try:
        if any(archive.getinfo(name).file_size > LARGEST_LIST for name in (BOOK, LINKS)):
            return {}
        book, links = (ElementTree.fromstring(archive.read(name)) for name in (BOOK, LINKS))
    except (KeyError, ElementTree.ParseError):
        return {}
    parts = {link.get("Id"): _part(link.get("Target") or "") for link in links}
    found = {}
    for sheet in (element for element in book.iter() if element.tag.rpartition("}")[2] == "sheet"):
        link = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        if link in parts:
            found[sheet.get("name") or ""] = parts[link]
    return found


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else (PurePosixPath("xl") / target).as_posix()
