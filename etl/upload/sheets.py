"""A reader's file as text cells: CSV in whatever dress, Excel, Parquet.

The bytes are kept first and checked afterwards. Nothing is typed here: every cell is text, whatever
it looks like. Cells come in blocks of bounded size, so that ten million rows need no more memory than
ten thousand. What cannot be read raises Unreadable with one sentence, and leaves nothing behind.
"""

import codecs
import csv
import hashlib
import io
import mmap
import os
import re
import shutil
import tempfile
import tomllib
import unicodedata
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from etl.upload import workbooks

# The server's own setting, so that a file which the page takes is never refused behind it.
# Not by etl.folders, which brings store and sources: the worker that reads files starts with this module.
SERVER_SETTINGS = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
LIMIT_VARIABLE = "STREAMLIT_SERVER_MAX_UPLOAD_SIZE"
MEGABYTE = 1024 * 1024  # as the server counts
MOST_COLUMNS = 1_000
MOST_OF_ONE_NAME = 100
MOST_ROWS = 50_000_000
LONGEST_LINE = 1_000_000
LONGEST_CELL = csv.field_size_limit()
FRAME_ROWS, FRAME_CELLS = 200_000, 4_000_000

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
PIECE = 1 << 20
BLOCK = 8 << 20
LARGEST_BLOCK = 16 << 20
EXACT_ROWS = 50_000
SAMPLE_BYTES = 1 << 20
SAMPLE_ROWS = 200
HEADER_WITHIN = 50
# One more column than they have holds what a row has too many; a second says whether there are more.
BEYOND = ("beyond", "further")

MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"ARROW1", "an Arrow file; save it as Parquet or CSV"),
    (b"RIFF", "a media file"),
    (b"OggS", "a media file"),
    (b"ID3", "a media file"),
)
# What programs before 2007 wrote, and what they write still where a file is locked; told apart by a name within.
COMPOUND = b"\xd0\xcf\x11\xe0"
COMPOUND_KINDS = (
    ("EncryptedPackage", "locked with a password; save it without one"),
    ("Workbook", "an old Excel workbook (.xls); save it as .xlsx or CSV"),
    ("WordDocument", "an old Word file; save its table as .xlsx or CSV"),
    ("", "an old Office file; save it as .xlsx or CSV"),
)
# Texts that are no rows of cells, by how they begin.
MARKED_UP = (
    (rb"<(!doctype|html|head|body|table)\b", "a web page; download the table itself"),
    (rb"<\?xml|<svg\b", "XML"),
    (rb"\{\s*(\"|\}|$)|\[\s*[\[{\"]", "JSON"),
)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{3,}-")
UTF7_NOTE = "{piece} looks like a letter in UTF-7, which is not read; save the file as UTF-8."
PLAIN_NUMBER = re.compile(r"[-+]?[$€£¥]?\s*[0-9][0-9.,' ]*\s*%?")

Recognises = Callable[[Sequence[str]], int]


class Unreadable(Exception):
    """The file cannot be read as a table; the sentence says why and what to do. Nothing was stored."""


@dataclass(frozen=True)
class Block:
    """Some rows of a sheet: text cells under their labels, null where empty. `first_row` counts from 1.

    `too_many` is true for rows that have more cells than the header; `done` is how many bytes, or rows,
    of the file lie behind.
    """

    first_row: int
    cells: pl.DataFrame
    too_many: pl.Series
    done: int


@dataclass(frozen=True)
class Laid:
    """A block that was laid out already, in an Arrow file; `first_row` and `done` as of Block."""

    path: Path
    first_row: int
    done: int


@dataclass(frozen=True)
class Dialect:
    """How a text file is written: where its rows begin, what parts its cells, whether quotes can be trusted."""

    path: Path
    start: int
    delimiter: str
    quotes: int
    lines: int


@dataclass(frozen=True)
class Sheet:
    """A reader's file: the header, and its rows as text in blocks."""

    name: str
    form: str
    path: Path
    sha256: str
    bytes: int
    header: tuple[str, ...]
    total: int
    work: "Work" = field(repr=False, compare=False)
    encoding: str | None = None
    delimiter: str | None = None
    tab: str | None = None
    tabs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dialect: Dialect | None = field(default=None, repr=False, compare=False)
    frame: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    laid: tuple[Laid, ...] = field(default=(), repr=False, compare=False)
    # Where a worker reads the file, it also reads its rows.
    elsewhere: "Callable[[Sheet], Iterator[Block]] | None" = field(default=None, repr=False, compare=False)

    def blocks(self) -> Iterator[Block]:
        """Every row after the header, in order. Raises Unreadable where the file breaks off or is no table."""
        if self.frame is not None:
            return _frame_blocks(self.frame)
        if self.laid:
            return _laid_blocks(self.laid, self.header)
        if self.elsewhere:
            return self.elsewhere(self)
        if self.dialect:
            return _text_blocks(self.dialect, self.header)
        return _parquet_blocks(self.path, self.header)

    def __getstate__(self) -> dict[str, Any]:
        """What another process may know of it: not the folder's owner, nor rows in memory."""
        here = ("work", "frame", "first", "elsewhere")
        return {name: value for name, value in self.__dict__.items() if name not in here}

    @cached_property
    def first(self) -> Block:
        """The first block, which examples and suggestions look at."""
        return next(iter(self.blocks()))

    def head(self, rows: int = 20) -> pl.DataFrame:
        return self.first.cells.head(rows)

    def close(self) -> None:
        """Removes the kept bytes, unless a commit has taken them over."""
        self.work.remove()


class Work:
    """A private folder for one file; it is removed with the last reference to it.

    `spent_seconds` is how long the file took to open.
    """

    def __init__(self, parent: Path | None = None):
        if parent:
            parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        self.spent_seconds = 0.0
        self._finalizer: weakref.finalize[..., Any] | None = weakref.finalize(
            self, shutil.rmtree, self.folder, ignore_errors=True
        )

    @classmethod
    def lent(cls, folder: Path) -> "Work":
        """A folder that another process made, and will remove."""
        work = cls.__new__(cls)
        work.folder, work.spent_seconds = folder, 0.0
        work._finalizer = None
        return work

    def place(self) -> Path:
        """A new folder in it, for the rows of one check."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def remove(self) -> None:
        if self._finalizer:
            self._finalizer()


def size_limit() -> int:
    """The largest file accepted, in bytes: what the server takes, by its environment variable, else its settings."""
    given = os.environ.get(LIMIT_VARIABLE, "").strip()
    if given.isdecimal() and int(given):
        return int(given) * MEGABYTE
    settings = tomllib.loads(SERVER_SETTINGS.read_text(encoding="utf-8"))
    return int(settings["server"]["maxUploadSize"]) * MEGABYTE


@dataclass(frozen=True)
class Kept:
    """The bytes as given, in a file of ours, with their checksum and size."""

    work: Work
    path: Path
    sha256: str
    bytes: int


def keep(given: bytes | bytearray | memoryview | Path | BinaryIO, parent: Path | None = None) -> Kept:
    """The bytes in a private folder under `parent`, before anything looks at them. Raises Unreadable."""
    work = Work(parent)
    try:
        path, digest, size = _kept(given, work.folder)
    except BaseException:
        work.remove()
        raise
    return Kept(work, path, digest, size)


def called(sheet: Sheet, name: str, kept: Kept) -> Sheet:
    """The sheet with its name, made safe, and what is known of the kept bytes."""
    safe = file_name(name)
    notes = sheet.notes if safe == name else (*sheet.notes, f"The file is kept under the name {safe!r}.")
    return replace(sheet, name=safe, notes=notes, sha256=kept.sha256, bytes=kept.bytes)


def file_name(name: str) -> str:
    """A name that is only a name: no folders, no control or invisible characters, no leading dots."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1]
    shown = "".join(
        character for character in last if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    cleaned = re.sub(r'[<>:"|?*]', "_", shown).strip().lstrip(".").strip()
    stem, dot, ending = cleaned.rpartition(".")
    return (f"{stem[:100]}{dot}{ending[:20]}" if stem else cleaned[:120]) or "upload"


def _kept(given: bytes | bytearray | memoryview | Path | BinaryIO, folder: Path) -> tuple[Path, str, int]:
    """The bytes in a file of ours, with their checksum and size."""
    limit = size_limit()
    if isinstance(given, Path):
        if not given.is_file():
            raise Unreadable("There is no such file." if not given.exists() else "This is not a file.")
        _hold_to_limit(given.stat().st_size, limit)
        stream: BinaryIO = given.open("rb")
    elif isinstance(given, bytes | bytearray | memoryview):
        _hold_to_limit(len(given), limit)
        stream = io.BytesIO(given)
    else:
        stream = given
        stream.seek(0)
    digest, size, path = hashlib.sha256(), 0, folder / "file"
    with path.open("wb") as kept:
        while piece := stream.read(PIECE):
            size += len(piece)
            _hold_to_limit(size, limit)
            digest.update(piece)
            kept.write(piece)
    if isinstance(given, Path):
        stream.close()
    if not size:
        raise Unreadable("The file is empty.")
    return path, digest.hexdigest(), size


def _hold_to_limit(size: int, limit: int) -> None:
    if size > limit:
        raise Unreadable(
            f"The file is larger than {limit / MEGABYTE:,.0f} MB, the most that is read. "
            f"Split it, or raise the limit with the environment variable {LIMIT_VARIABLE}, in MB."
        )


def opened(path: Path, work: Work, tab: str | None = None, recognises: Recognises = lambda cells: 0) -> Sheet:
    """What lies in the file, as a sheet that has no name yet. Raises Unreadable.

    `recognises` counts the cells of a line that are known column names: it finds a header that is not in
    the first line. `tab` chooses a sheet of a workbook.
    """
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PAR1"):
        return _open_parquet(path, work)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_workbook(path, work, tab, recognises)
    if start.startswith(COMPOUND):
        raise Unreadable(f"The file is {_compound_kind(path)}. {_WANTED}")
    for magic, kind in MAGIC:
        if start.startswith(magic):
            raise Unreadable(f"The file is {kind}. {_WANTED}")
    words = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for opening, kind in MARKED_UP:
        if re.match(opening, words):
            raise Unreadable(f"The file is {kind}. {_WANTED}")
    return _open_text(path, work, recognises)


def _compound_kind(path: Path) -> str:
    """What an old Office file holds, by the names of its streams."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return next(kind for name, kind in COMPOUND_KINDS if content.find(name.encode("utf-16-le")) >= 0)


# Text


def _open_text(path: Path, work: Work, recognises: Recognises) -> Sheet:
    encoding, text, facts = _as_utf8(path)
    offset = 3 if facts.has_mark else 0
    with text.open("rb") as file:
        file.seek(offset)
        sample = file.read(SAMPLE_BYTES)
    # Not splitlines, which also splits at characters that end no line of a CSV.
    lines = io.StringIO(sample.decode("utf-8", errors="ignore"), newline="\n").readlines()
    if len(sample) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()
    declared, skipped = _declared_delimiter(lines)
    delimiter = declared or _delimiter(lines)
    records = _records(lines[skipped:], delimiter)
    position = _header_position([cells for cells, _ in records], recognises)
    header = _labels(records[position][0])
    consumed = skipped + records[position][1]
    start = offset + sum(len(line.encode()) for line in lines[:consumed])
    if start >= text.stat().st_size:
        raise Unreadable("The file has a header and no rows.")
    before = skipped + (records[position - 1][1] if position else 0)
    notes = [
        f"Read as {encoding}, cells parted by {DELIMITERS[delimiter]}s.",
        *([UTF7_NOTE.format(piece=piece)] if (piece := _utf7(sample)) else []),
        *([] if not before else [f"The header is in line {before + 1:,}; lines above it are not read."]),
    ]
    return Sheet(
        name="",
        form="CSV",
        path=path,
        sha256="",
        bytes=0,
        header=header,
        total=text.stat().st_size,
        work=work,
        encoding=encoding,
        delimiter=delimiter,
        notes=tuple(notes),
        dialect=Dialect(text, start, delimiter, facts.quotes, facts.lines),
    )


@dataclass(frozen=True)
class _Facts:
    """What one look over a text found; `has_mark` where it begins with a byte order mark."""

    quotes: int
    lines: int
    has_mark: bool


def _as_utf8(path: Path) -> tuple[str, Path, _Facts]:
    """The encoding's name, and a UTF-8 file with the same text: the file itself where it is one."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return _transcoded(path, "UTF-32", "utf-32")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _transcoded(path, "UTF-16", "utf-16")
    if silent := _utf16_without_mark(start):
        return _transcoded(path, "UTF-16", silent)
    if found := BINARY.search(start.removeprefix(codecs.BOM_UTF8)):
        raise Unreadable(f"The file is binary: it holds the byte {found[0][0]:#04x}. {_WANTED}")
    try:
        facts = _looked_over(path)
    except UnicodeDecodeError as error:
        if _holds_half_characters(path):
            raise Unreadable(
                "The file is UTF-8 that holds half a character (a lone surrogate). "
                "Correct the cell and save the file anew as UTF-8."
            ) from error
        return _transcoded(path, "Windows-1252", "cp1252")
    if facts is None:
        return _transcoded(path, "UTF-8", "utf-8-sig")
    return "UTF-8", path, facts


def _holds_half_characters(path: Path) -> bool:
    """Whether a file that is not UTF-8 would be, if halves of surrogate pairs were characters."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf7(sample: bytes) -> str | None:
    """A piece of the text that looks like UTF-7, None where there is none: letters written as +APY-."""
    for found in UTF7.finditer(sample):
        with suppress(UnicodeDecodeError):
            letters = found[0].decode("utf-7")
            if letters.isalpha() and not letters.isascii():
                return found[0].decode("ascii")
    return None


_WANTED = "A table is read from CSV, Excel (.xlsx) or Parquet."


def _utf16_without_mark(start: bytes) -> str | None:
    """Which UTF-16 a file without a mark is: Latin letters have a zero in every other byte."""
    pairs = len(start) // 2
    if pairs < 4:
        return None
    if start[1 : 2 * pairs : 2].count(0) > 0.8 * pairs and start[0 : 2 * pairs : 2].count(0) == 0:
        return "utf-16-le"
    if start[0 : 2 * pairs : 2].count(0) > 0.8 * pairs and start[1 : 2 * pairs : 2].count(0) == 0:
        return "utf-16-be"
    return None


def _looked_over(path: Path) -> _Facts | None:
    """One pass over UTF-8 text: its quotes and lines; None where lines end in a carriage return alone.

    Raises UnicodeDecodeError for text that is not UTF-8, Unreadable for zeros and endless lines.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes = lines = returns = length = 0
    has_mark = False
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if not lines and not length:
                has_mark = piece.startswith(codecs.BOM_UTF8)
            if b"\0" in piece:
                raise Unreadable(f"The file holds NUL bytes: it is binary, or was damaged. {_WANTED}")
            if not piece.isascii() or decoder.getstate()[0]:
                decoder.decode(piece)
            quotes += piece.count(b'"')
            ended = piece.count(b"\n")
            lines += ended
            if not ended:
                returns += piece.count(b"\r")
            length = len(piece) - piece.rfind(b"\n") - 1 if ended else length + len(piece)
            if length > LONGEST_LINE + PIECE or (ended and piece.find(b"\n") > PIECE):
                _refuse_long_line(lines + 1, returns)
    decoder.decode(b"", final=True)
    if not lines and returns:
        return None
    if length > LONGEST_LINE:
        _refuse_long_line(lines + 1, returns)
    return _Facts(quotes, lines, has_mark)


def _refuse_long_line(line: int, returns: int) -> None:
    if not returns:
        raise Unreadable(f"Line {line:,} is longer than {LONGEST_LINE:,} characters; this is not a table.")


def _transcoded(path: Path, shown: str, codec: str) -> tuple[str, Path, _Facts]:
    target = path.with_name("text")
    try:
        with path.open(encoding=codec, newline=None) as old, target.open("w", encoding="utf-8", newline="\n") as new:
            while piece := old.read(PIECE):
                if "\0" in piece:
                    raise Unreadable(f"The file holds NUL characters: it is binary, or was damaged. {_WANTED}")
                new.write(piece)
    except UnicodeError as error:
        raise Unreadable("The file is in none of UTF-8, UTF-16 and Windows-1252. Save it as UTF-8.") from error
    facts = _looked_over(target)
    if facts is None:
        raise Unreadable("The ends of the lines were not understood. Save the file with ordinary line ends.")
    return shown, target, facts


def _declared_delimiter(lines: Sequence[str]) -> tuple[str | None, int]:
    """The delimiter that a first line such as `sep=;` names, as Excel writes it, and the lines it takes."""
    first = lines[0].rstrip("\r\n") if lines else ""
    if re.fullmatch(r"sep=.", first, re.IGNORECASE) and first[-1] in DELIMITERS:
        return first[-1], 1
    return None, 0


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter by which most rows have the same number of cells; of equals, the one with more cells."""

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            records = _records(lines, delimiter)
        except Unreadable:
            return 0.0, 0
        widths = Counter(len(cells) for cells, _ in records if any(cell.strip() for cell in cells))
        several = {width: rows for width, rows in widths.items() if width > 1}
        if not several:
            return 0.0, 0
        width = max(several, key=lambda width: (several[width], width))
        return round(several[width] / sum(widths.values()), 2), width

    return max(DELIMITERS, key=fitness)


def _records(lines: Sequence[str], delimiter: str) -> list[tuple[list[str], int]]:
    """The first records, each with the number of lines read by its end. Raises Unreadable where there is none."""
    reader = csv.reader(lines, delimiter=delimiter)
    found: list[tuple[list[str], int]] = []
    try:
        for cells in reader:
            found.append((cells, reader.line_num))
            if len(found) == SAMPLE_ROWS:
                break
    except csv.Error as error:
        if not found:
            raise Unreadable(_broken(reader.line_num, error, sum(line.count('"') for line in lines))) from error
    return found


def _broken(line: int, error: csv.Error, quotes: int) -> str:
    if "field larger" in str(error) and quotes % 2:
        return f"A quotation mark that opens before line {line:,} is never closed."
    if "field larger" in str(error):
        return (
            f"A cell that opens before line {line:,} is longer than {LONGEST_CELL:,} characters, the most that a cell "
            "may have. Shorten it, or leave its column out."
        )
    return f"Line {line:,} could not be read as a row of a table."


def _header_position(records: Sequence[Sequence[str]], recognises: Recognises) -> int:
    """Which line is the header: the one with most known names; else the first full line of words."""
    first = records[:HEADER_WITHIN]
    if not any(_filled(cells) for cells in first):
        raise Unreadable("The file holds no rows: every line is blank.")
    known = [recognises(cells) for cells in first]
    if max(known) >= min(2, max(_filled(cells) for cells in first)):
        return known.index(max(known))
    usual = Counter(_filled(cells) for cells in records if _filled(cells)).most_common(1)[0][0]
    full = [place for place, cells in enumerate(first) if _filled(cells) >= 0.7 * usual]
    words = [place for place in full if not any(PLAIN_NUMBER.fullmatch(cell.strip()) for cell in first[place])]
    return (words or full or [0])[0]


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell and cell.strip())


def _labels(cells: Sequence[str | None]) -> tuple[str, ...]:
    """A label for each column: as written, blank ones numbered, repeated ones with a number behind them."""
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(cells):,} columns; at most {MOST_COLUMNS:,} are read.")
    given = Counter(" ".join(cell.split()) for cell in cells if cell)
    for name, count in given.most_common(2):
        if name and count > MOST_OF_ONE_NAME:
            raise Unreadable(f"The header calls {count:,} columns {name[:80]!r}. Give each column a name of its own.")
    labels: dict[str, None] = {}
    times: Counter[str] = Counter()
    for place, cell in enumerate(cells, start=1):
        label = " ".join((cell or "").split()) or f"column {place}"
        times[label] += 1
        unique = label if times[label] == 1 else f"{label} ({times[label]})"
        while unique in labels:
            times[label] += 1
            unique = f"{label} ({times[label]})"
        labels[unique] = None
    return tuple(labels)


def _text_blocks(dialect: Dialect, header: tuple[str, ...]) -> Iterator[Block]:
    """Blocks cut at the ends of lines and read at once. What quotes make doubtful is read row by row."""
    if dialect.quotes % 2:
        yield from _exact_blocks(dialect, header, dialect.start, 1)
        return
    row, position, rest = 1, dialect.start, b""
    with dialect.path.open("rb") as file:
        file.seek(dialect.start)
        while True:
            piece = file.read(BLOCK)
            text = rest + piece
            if not text:
                return
            end = _end_of_rows(text, bool(dialect.quotes)) if piece else len(text)
            if not end:
                if len(text) > LARGEST_BLOCK:
                    yield from _exact_blocks(dialect, header, position, row)
                    return
                rest = text
                continue
            position += end
            cells = _cells(text[:end], dialect, header)
            rest = text[end:]
            block = _block(cells, header, row, position)
            yield block
            row += block.cells.height
            _hold_rows(row)


def _hold_rows(row: int) -> None:
    if row > MOST_ROWS:
        raise Unreadable(f"The file has more than {MOST_ROWS:,} rows, the most that are read. Split it.")


def _end_of_rows(text: bytes, has_quotes: bool) -> int:
    """Where the last whole row ends: at a line's end before which quotes come in pairs; 0 for nowhere."""
    end = text.rfind(b"\n") + 1
    if not has_quotes or not end:
        return end
    quotes = text.count(b'"', 0, end)
    while quotes % 2:
        # Lines within a cell hold no quotes, and there may be millions of them: step from quote to quote.
        earlier = text.rfind(b"\n", 0, text.rfind(b'"', 0, end)) + 1
        quotes -= text.count(b'"', earlier, end)
        end = earlier
    return end


def _cells(text: bytes, dialect: Dialect, header: Sequence[str]) -> pl.DataFrame:
    """Cells of whole rows. Where quotes leave a doubt the rows are read one by one."""
    width = len(header)
    names = ",".join([*map(str, range(width)), *BEYOND]).replace(",", dialect.delimiter)
    ends = text.count(b"\n") + (not text.endswith(b"\n"))
    try:
        cells = pl.read_csv(
            names.encode() + b"\n" + text,
            separator=dialect.delimiter,
            infer_schema=False,
            truncate_ragged_lines=True,
            quote_char='"' if dialect.quotes else None,
        )
    except pl.exceptions.ComputeError:
        return _exact_cells(text, dialect, width)
    return cells if cells.height == ends else _exact_cells(text, dialect, width)


def _exact_cells(text: bytes, dialect: Dialect, width: int) -> pl.DataFrame:
    lines = io.StringIO(text.decode("utf-8"), newline="")
    rows = list(_exact_rows(lines, dialect.delimiter, width, dialect.quotes))
    return _exact_frame(rows, width)


def _exact_blocks(dialect: Dialect, header: tuple[str, ...], start: int, row: int) -> Iterator[Block]:
    """Rows read one by one, as Python's csv module reads them."""
    width = len(header)
    with dialect.path.open("rb") as file:
        file.seek(start)
        lines = io.TextIOWrapper(file, "utf-8", newline="")
        rows: list[list[str]] = []
        for cells in _exact_rows(lines, dialect.delimiter, width, dialect.quotes):
            rows.append(cells)
            if len(rows) == EXACT_ROWS:
                yield _block(_exact_frame(rows, width), header, row, dialect.start)
                row += len(rows)
                _hold_rows(row)
                rows = []
        if rows and dialect.quotes % 2 and any("\n" in cell for cell in rows[-1]):
            raise Unreadable("A quotation mark is opened and never closed; the last row runs to the end of the file.")
        if rows:
            yield _block(_exact_frame(rows, width), header, row, dialect.path.stat().st_size)


def _exact_rows(lines: Iterable[str], delimiter: str, width: int, quotes: int) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            yield [*cells[: width + 1], "x" if any(cells[width + 1 :]) else ""]
    except csv.Error as error:
        raise Unreadable(_broken(reader.line_num, error, quotes)) from error


def _exact_frame(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    names = [*map(str, range(width)), *BEYOND]
    padded = [[*cells[:-1], *[""] * (width + 2 - len(cells)), cells[-1]] for cells in rows]
    columns = zip(*padded, strict=True) if padded else [[]] * len(names)
    return pl.DataFrame(
        {name: pl.Series(list(column), dtype=pl.String) for name, column in zip(names, columns, strict=True)}
    ).with_columns(pl.when(pl.all() != "").then(pl.all()))


def _block(cells: pl.DataFrame, header: Sequence[str], row: int, done: int) -> Block:
    beyond = cells.select(pl.any_horizontal(pl.col(BEYOND).is_not_null())).to_series()
    named = cells.drop(BEYOND).rename(dict(zip(map(str, range(len(header))), header, strict=True)))
    return Block(row, named, beyond, done)


# Workbooks and Parquet


def _open_workbook(path: Path, work: Work, tab: str | None, recognises: Recognises) -> Sheet:
    import fastexcel  # half a second that a CSV need not wait for

    try:
        extents = workbooks.looked_over(path)
        workbook = fastexcel.read_excel(path)
        tabs = tuple(workbook.sheet_names)
        if not tabs:
            raise Unreadable("The workbook has no sheet of cells.")
        if tab and tab not in tabs:
            raise Unreadable(f"The workbook has no sheet {tab!r}; it has {', '.join(tabs)}.")
        for chosen in [tab] if tab else tabs:
            if extent := extents.get(chosen):
                workbooks.hold(chosen, extent)
                _hold_columns(extent.columns)
            text = workbook.load_sheet(chosen, header_row=None, dtypes="string")
            frame = pl.DataFrame(text.to_arrow()) if text.width else pl.DataFrame()
            if frame.height:
                break
    except workbooks.NoWorkbook as refusal:
        raise Unreadable(str(refusal)) from refusal
    except fastexcel.FastExcelError as error:
        raise Unreadable("The workbook is damaged; it cannot be read.") from error
    if not frame.height:
        raise Unreadable("The workbook holds no cells.")
    _hold_columns(frame.width)
    first = [[cell or "" for cell in cells] for cells in frame.head(SAMPLE_ROWS).rows()]
    position = _header_position(first, recognises)
    header = _labels(first[position])
    rows = frame.slice(position + 1)
    if not rows.height:
        raise Unreadable("The sheet has a header and no rows.")
    rows.columns = list(header)
    others = [name for name in tabs if name != chosen]
    notes = [
        f"Read from the sheet {chosen!r}; what a formula gave is read, not the formula.",
        *([f"Not read: {', '.join(others)}."] if others else []),
        *([f"The header is in line {position + 1:,}; lines above it are not read."] if position else []),
    ]
    return Sheet(
        name="",
        form="Excel",
        path=path,
        sha256="",
        bytes=0,
        header=header,
        total=rows.height,
        work=work,
        tab=chosen,
        tabs=tabs,
        notes=tuple(notes),
        frame=_without_midnights(rows),
    )


def _hold_columns(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Unreadable(f"The sheet has {columns:,} columns; at most {MOST_COLUMNS:,} are read.")


def _without_midnights(rows: pl.DataFrame) -> pl.DataFrame:
    """A day of a workbook comes with midnight beside it; an empty cell is null."""
    day = pl.all().str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$", "$1")
    return rows.with_columns(pl.when(pl.all() != "").then(day))


def _frame_blocks(frame: pl.DataFrame) -> Iterator[Block]:
    step = max(1_000, min(FRAME_ROWS, FRAME_CELLS // max(1, frame.width)))
    for start in range(0, frame.height, step):
        cells = frame.slice(start, step)
        beyond = pl.repeat(False, cells.height, eager=True)
        yield Block(start + 1, cells, beyond, start + cells.height)


BEYOND_HEADER = "beyond"


def write_block(block: Block, target: Path) -> None:
    """The block as an Arrow file: its columns by their place, and whether a row has too many cells."""
    cells = block.cells.rename({name: str(place) for place, name in enumerate(block.cells.columns)})
    cells.with_columns(block.too_many.alias(BEYOND_HEADER)).write_ipc(target)


def read_block(laid: Laid, header: Sequence[str]) -> Block:
    """The block that was written."""
    with laid.path.open("rb") as file:  # not by its path, which would keep it open on Windows
        frame = pl.read_ipc(file)
    cells = frame.drop(BEYOND_HEADER)
    cells.columns = list(header)
    return Block(laid.first_row, cells, frame[BEYOND_HEADER], laid.done)


def _laid_blocks(files: Sequence[Laid], header: Sequence[str]) -> Iterator[Block]:
    return (read_block(laid, header) for laid in files)


def _open_parquet(path: Path, work: Work) -> Sheet:
    from pyarrow import ArrowException, parquet

    from etl.upload import columnar

    try:
        with parquet.ParquetFile(path) as file:
            metadata, schema = file.metadata, file.schema_arrow
            rows, header = metadata.num_rows, _labels(schema.names)
            if not rows:
                raise Unreadable("The file has columns and no rows.")
            _hold_rows(rows)
            columnar.hold(metadata, schema, path.stat().st_size)
    except columnar.NoTable as refusal:
        raise Unreadable(str(refusal)) from refusal
    except (ArrowException, OSError, ValueError) as error:
        raise Unreadable("The Parquet file is damaged; it cannot be read.") from error
    return Sheet(
        name="",
        form="Parquet",
        path=path,
        sha256="",
        bytes=0,
        header=header,
        total=rows,
        work=work,
        notes=("Read from Parquet; every value is read as the text it shows.",),
    )


def _parquet_blocks(path: Path, header: tuple[str, ...]) -> Iterator[Block]:
    from pyarrow import ArrowException

    from etl.upload import columnar

    row = 1
    try:
        for cells in columnar.blocks(path):
            cells.columns = list(header)
            yield Block(row, cells, pl.repeat(False, cells.height, eager=True), row + cells.height - 1)
            row += cells.height
    except columnar.NoTable as refusal:
        raise Unreadable(str(refusal)) from refusal
    except (ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise Unreadable("The Parquet file is damaged; it cannot be read.") from error
