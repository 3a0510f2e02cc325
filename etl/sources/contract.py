"""What a source is: the addresses it wants, and how its payloads become rows of our tables.

A source never opens the network. It says which addresses it wants, given what is already held,
and it is asked again until it wants nothing new: so a listing can lead to the files it names and
a page to the next page. Reading takes payloads and returns frames; it knows no clock and no
other source.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from types import MappingProxyType

import polars as pl

from etl.schema import TABLES

MEGABYTE = 1_000_000


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

    def content(self) -> bytes:
        return self.path.read_bytes()

    def text(self) -> str:
        try:
            return self.content().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceChanged(f"{self.url} is not UTF-8 text ({error.reason}).") from error

    def json(self):
        try:
            return json.loads(self.text())
        except json.JSONDecodeError as error:
            raise SourceChanged(f"{self.url} is not JSON ({error.msg}, line {error.lineno}).") from error


@dataclass(frozen=True)
class SetAside:
    """A row that is not used and why; `rows` is above 1 where one line stands for many alike."""

    source_url: str
    reason: str
    row: str
    rows: int = 1


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


@dataclass(frozen=True)
class Source:
    """One publisher's data set.

    `wants(held)` gives every address of interest, given all payloads held so far (of this and of
    earlier refreshes). `read(held)` gives the rows. With `keeps_history`, earlier payloads of a
    changed address stay in `held`, oldest first, and their rows add up; otherwise only the newest
    payload of each address is held. `is_undated`: neither the payloads nor their addresses tell a
    day, so none is said of them. `reader_version` goes up when `read` changes what it returns.
    """

    id: str
    title: str
    publisher: str
    licence: str
    home_url: str
    tables: tuple[str, ...]
    wants: Callable[[Held], list[Want]] = field(compare=False)
    read: Callable[[Held], Reading] = field(compare=False)
    keeps_history: bool = False
    is_undated: bool = False
    facts: Callable[[Path], Reading] | None = field(default=None, compare=False)  # figures in data/facts
    reader_version: int = 1
    credit: str | None = None  # the notice that the publisher asks for, shown on Evidence

    def __post_init__(self):
        unknown = [name for name in self.tables if name not in TABLES]
        if unknown:
            raise ValueError(f"{self.id} names tables that the vocabulary lacks: {', '.join(unknown)}")


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


def _attempt(read_one: Callable[[Payload], Reading], payload: Payload) -> Reading:
    try:
        return read_one(payload)
    except SourceChanged as change:
        return Reading(refused={payload.url: str(change)})


def expect_keys(found: Mapping, wanted: Sequence[str], where: str) -> None:
    """Raises SourceChanged with the keys that are missing, and what stands there instead."""
    missing = [key for key in wanted if key not in found]
    if missing:
        raise SourceChanged(
            f"{where}: missing {', '.join(missing)}; found {', '.join(map(str, list(found)[:12])) or 'nothing'}."
        )


def finite(value: object) -> float | None:
    """A finite number, also where it is published as text."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def usd_per_mtok(per_token: object) -> float | None:
    """USD per 1M tokens from USD per token; None where the price varies, which gateways publish as a negative
    number. Rounding takes off binary noise."""
    number = finite(per_token)
    return None if number is None or number < 0 else round(number * 1e6, 9)


def rows_of(name: str, rows: list[dict]) -> pl.DataFrame:
    """Rows of the named table with the columns that they carry, sorted by its key."""
    table = TABLES[name]
    carried = {column for row in rows for column in row}
    frame = pl.DataFrame(rows, schema={n: t for n, t in table.dtypes.items() if n in carried})
    return frame.sort([column for column in table.key if column in carried])
