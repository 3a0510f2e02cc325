"""What a source is: the addresses it wants, and how its payloads become rows of our tables.

A source never opens the network. It says which addresses it wants, given what is already held,
and it is asked again until it wants nothing new: so a listing can lead to the files it names and
a page to the next page. Reading takes payloads and returns frames; it knows no clock and no
other source.
"""

import builtins
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import NAMED_THINGS, TABLES

MEGABYTE = 1_000_000

# An object of a publisher's JSON: what it holds is known only where a reader looks at it.
JsonObject = dict[str, Any]

# A row as a reader makes it: cells by the name of our column.
Row = dict[str, Any]

# Columns that are added to what a reader gives.
OURS_LATER = {"source", "publisher", "licence", *NAMED_THINGS}


class SourceChanged(Exception):
    """A payload is not laid out as this reader knows it; the sentence names what was missed."""


@dataclass(frozen=True)
class Key:
    """A publisher's API key: the request header that carries it, the environment variable that holds it."""

    header: str
    variable: str


@dataclass(frozen=True)
class Want:
    """One address that a source wants.

    `is_final`: what stands there never changes (a pinned commit, a published round), so what was
    fetched is not asked for again. `is_optional`: a 404 means "not published there" and is no
    failure. `kind` is what the payload must look like; anything else (an HTML page with status
    200, half a JSON document) is refused before it replaces what is held. `as_of` is the day of
    the copy where the address itself fixes it (a pinned commit).
    """

    url: str
    kind: str = "json"  # json | csv | text
    is_final: bool = False
    is_optional: bool = False
    key: Key | None = None
    as_of: date | None = None
    max_bytes: int = 64 * MEGABYTE


@dataclass(frozen=True)
class Payload:
    """One payload as fetched. `as_of` is the day for which its content is known to have stood."""

    url: str
    path: Path
    as_of: date
    fetched_at: datetime
    sha256: str
    bytes: int

    def content(self) -> builtins.bytes:
        return self.path.read_bytes()

    def text(self) -> str:
        try:
            return self.content().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceChanged(f"{self.url} is not UTF-8 text ({error.reason}).") from error

    def json(self) -> object:
        try:
            return json.loads(self.text())
        except json.JSONDecodeError as error:
            raise SourceChanged(f"{self.url} is not JSON ({error.msg}, line {error.lineno}).") from error

    def json_object(self) -> JsonObject:
        return expect_object(self.json(), self.url)

    def table(self, columns: Sequence[str]) -> pl.DataFrame:
        """The rows of a CSV, every cell a text, empty cells null. Raises SourceChanged where a column is missing."""
        try:
            rows = pl.read_csv(io.BytesIO(self.content()), infer_schema=False, truncate_ragged_lines=True)
        except pl.exceptions.PolarsError as error:
            raise SourceChanged(f"{self.url} is not a CSV table ({error}).") from error
        expect_keys(dict.fromkeys(rows.columns), columns, self.url)
        return rows


@dataclass(frozen=True)
class SetAside:
    """A row that is not used and why; `rows` is above 1 where one line stands for many alike."""

    source_url: str
    fault: Fault
    row: str
    rows: int = 1

    @property
    def reason(self) -> str:
        return self.fault.sentence


@dataclass(frozen=True)
class Reading:
    """What a source's payloads say.

    `frames` holds rows by table name, with published spellings only (`provider_as_published` and
    so on: our names are added later) and every source column but `source`, `publisher` and
    `licence`, which default to the source's own where a frame does not carry them.
    `refused` maps the address of a payload that could not be read to the reason; its sister
    payloads are not affected. `incomplete` names results that lack a payload.
    """

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    set_aside: Sequence[SetAside] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    incomplete: Sequence[str] = ()


Held = Sequence[Payload]


def no_wants(_held: Held) -> list[Want]:
    """What a source wants beside its history where it publishes nothing new, or where its figures ship: nothing."""
    return []


def no_payloads(_held: Held) -> Reading:
    return Reading()


@dataclass(frozen=True)
class Catalogue:
    """The role of a source that lists prices day by day; they stand beside any speed of those days.

    Of several catalogues that know a price the one with the lowest `rank` speaks; no two share a rank.
    `keeps_retired`: it goes on listing what is no longer sold, so that past use can be priced.
    `is_sellers_own`: the seller itself lists its prices here.
    """

    rank: int
    keeps_retired: bool = False
    is_sellers_own: bool = False


@dataclass(frozen=True)
class WithSpeeds:
    """The role of a source whose prices came in one capture with speeds; they stand beside that capture alone."""


@dataclass(frozen=True)
class Source:
    """One publisher's data set.

    `wants(held)` gives every address of interest, given all payloads held so far (of this and of
    earlier refreshes). `read(held)` gives the rows. With `keeps_history`, earlier payloads of a
    changed address stay in `held`, oldest first, and their rows add up; otherwise only the newest
    payload of each address is held. `prices` is the role of its token prices, null where it gives
    none: without a role they would enter no ratio. `has_history`: earlier copies are named in
    `data/history`, and the reader reads any of them. `is_undated`: neither the payloads nor their addresses tell a
    day, so none is said of them.
    """

    id: str
    title: str
    publisher: str
    licence: str
    home_url: str
    tables: tuple[str, ...]
    wants: Callable[[Held], list[Want]] = field(default=no_wants, compare=False)
    read: Callable[[Held], Reading] = field(default=no_payloads, compare=False)
    prices: Catalogue | WithSpeeds | None = None
    keeps_history: bool = False
    has_history: bool = False
    is_undated: bool = False
    facts: Callable[[Path], Reading] | None = field(default=None, compare=False)  # figures in data/facts
    credit: str | None = None  # the notice that the publisher asks for, shown on Evidence

    def __post_init__(self) -> None:
        unknown = [name for name in self.tables if name not in TABLES]
        if unknown:
            raise ValueError(f"{self.id} names tables that the vocabulary lacks: {', '.join(unknown)}")

    @property
    def catalogue_rank(self) -> int | None:
        """Its place among the catalogues of list prices, null where it is none."""
        return self.prices.rank if isinstance(self.prices, Catalogue) else None


def merge(readings: Sequence[Reading]) -> Reading:
    """One reading of several, their frames stacked by table."""
    frames: dict[str, list[pl.DataFrame]] = {}
    for reading in readings:
        for name, frame in reading.frames.items():
            frames.setdefault(name, []).append(frame)
    return Reading(
        frames={name: pl.concat(parts, how="diagonal_relaxed") for name, parts in frames.items()},
        set_aside=tuple(line for reading in readings for line in reading.set_aside),
        refused=MappingProxyType({u: why for reading in readings for u, why in reading.refused.items()}),
        incomplete=tuple(name for reading in readings for name in reading.incomplete),
    )


def each(read_one: Callable[[Payload], Reading]) -> Callable[[Held], Reading]:
    """A reader of many payloads from a reader of one: a payload that it refuses stops no other."""

    def read(held: Held) -> Reading:
        return merge([_attempt(read_one, payload) for payload in held])

    return read


def last_of_each_day(read_one: Callable[[Payload], Reading]) -> Callable[[Held], Reading]:
    """A reader of looks that state no time: of two looks of one day at one address the last is read."""

    def read(held: Held) -> Reading:
        last = {(payload.url, payload.as_of): payload for payload in held}
        replaced = [
            SetAside(payload.url, faults.LATER_LOOK, payload.sha256)
            for payload in held
            if payload is not last[payload.url, payload.as_of]
        ]
        return merge([each(read_one)(tuple(last.values())), Reading(set_aside=replaced)])

    return read


def _attempt(read_one: Callable[[Payload], Reading], payload: Payload) -> Reading:
    try:
        return read_one(payload)
    except SourceChanged as change:
        return Reading(refused={payload.url: str(change)})


def expect_keys(found: Mapping[str, object], wanted: Sequence[str], where: str) -> None:
    """Raises SourceChanged with the keys that are missing, and what stands there instead."""
    missing = [key for key in wanted if key not in found]
    if missing:
        raise SourceChanged(
            f"{where}: missing {', '.join(missing)}; found {', '.join(map(str, list(found)[:12])) or 'nothing'}."
        )


def expect_object(found: object, where: str) -> JsonObject:
    """The object. Raises SourceChanged for anything else."""
    if not isinstance(found, dict):
        raise SourceChanged(f"{where}: expected an object, found {type(found).__name__}.")
    return found


def expect_objects(found: object, where: str) -> list[JsonObject]:
    """The list of objects. Raises SourceChanged for anything else, with the keys of an object."""
    if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
        return found
    keys = f", found an object with {', '.join(map(str, found))}" if isinstance(found, dict) else ""
    raise SourceChanged(f"{where}: expected a list of objects{keys}.")


def together(lines: Iterable[SetAside]) -> tuple[SetAside, ...]:
    """Lines of one address and sentence as one line with their count and the first as example.

    Rows whose fault stands alone keep a line each, behind the others.
    """
    counted: dict[tuple[str, str], SetAside] = {}
    alone = []
    for line in lines:
        if line.fault.stands_alone:
            alone.append(line)
            continue
        first = counted.get((line.source_url, line.reason))
        counted[line.source_url, line.reason] = replace(first, rows=first.rows + line.rows) if first else line
    return (*counted.values(), *alone)


def rows_of(name: str, rows: list[Row]) -> pl.DataFrame:
    """Rows of the named table with the columns that they carry, sorted by its key.

    Without rows the columns are those that a reader gives: all but our names and what defaults to the source.
    """
    table = TABLES[name]
    carried = {column for row in rows for column in row} or set(table.names) - OURS_LATER
    frame = pl.DataFrame(rows, schema={n: t for n, t in table.dtypes.items() if n in carried})
    return frame.sort([column for column in table.key if column in carried])
