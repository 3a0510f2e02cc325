"""Toy sources and folders, for tests of what happens to any source."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from etl import faults
from etl.folders import Folders
from etl.schema import TABLES
from etl.sources.contract import Held, Reading, SetAside, Source, SourceChanged, Want, each

DAY = date(2026, 8, 1)
HOST = "https://toys.example"


def folders(tmp_path: Path) -> Folders:
    made = Folders(data=tmp_path / "data", shipped=tmp_path / "shipped")
    for folder in (made.names, made.facts, made.published):
        folder.mkdir(parents=True)
    return made


def event(headline: str, url: str = f"{HOST}/events", **rest) -> dict:
    """One row of the table `event` as a reader gives it."""
    return {
        "happened_on": DAY,
        "category": "chip launch",
        "headline": headline,
        "source_url": url,
        "evidence": "published",
        **rest,
    }


def ship(made: Folders, *rows: dict, table: str = "event", source: str = "toy") -> None:
    """Writes these rows as the figures that ship."""
    declared = TABLES[table]
    ours = {"source": source, "publisher": "Toys", "licence": "MIT"}
    whole = [{**{name: ours[name] for name in ours if name in declared.names}, **row} for row in rows]
    frame = declared.conform(pl.DataFrame(whole, infer_schema_length=None))
    frame.write_csv(made.published / f"{table}.csv")


def toy(name: str = "toy", read=None, **rest) -> Source:
    """A source whose payloads are JSON lists of rows of `event`, or of what `read` makes of them."""
    return Source(
        **{
            "id": name,
            "title": name.title(),
            "publisher": "Toys",
            "licence": "MIT",
            "home_url": HOST,
            "tables": ("event",),
            "wants": lambda held: [Want(f"{HOST}/events")],
            "read": read or each(read_events),
            **rest,
        }
    )


def read_events(payload) -> Reading:
    content = payload.json()
    if not isinstance(content, list):
        raise SourceChanged(f"{payload.url}: no list.")
    rows = [
        {**row, "happened_on": date.fromisoformat(row.get("happened_on", str(DAY)))}
        for row in content
        if "headline" in row
    ]
    aside = [
        SetAside(payload.url, faults.NOT_NAMED.of(missing="headline"), str(row))
        for row in content
        if "headline" not in row
    ]
    return Reading(frames={"event": pl.DataFrame(rows)} if rows else {}, set_aside=aside)


def raising(error: Exception):
    def read(held: Held) -> Reading:
        raise error

    return read


def hold(made: Folders, source: Source, content: bytes | str, url: str = f"{HOST}/events", day: date = DAY) -> None:
    """Makes this the newest payload of the address, as if it had been fetched on that day."""
    data = content.encode() if isinstance(content, str) else content
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    made.snapshots.keep(source, Want(url), data, as_of=day, fetched_at=moment)
