"""Payloads for tests: content written to a folder as if it had been fetched."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from etl import history
from etl.fetch.mirror import files
from etl.folders import PROJECT
from etl.sources.contract import Payload, Source

BESIDE_CHECKOUT = Path(__file__).parents[1] / "../shared/upstream"


def _upstream() -> Path | None:
    folder = Path(os.environ.get("DIVIDE_UPSTREAM") or BESIDE_CHECKOUT).resolve()
    return folder if folder.is_dir() else None


# Whole payloads as published, laid out as <host>/<path>; None where they are not at hand.
UPSTREAM: Path | None = _upstream()


def _of_november() -> Path | None:
    folder = UPSTREAM.with_name("upstream-2026-11") if UPSTREAM else None
    return folder if folder and folder.is_dir() else None


# The same as of November 2026, with more rounds of MLPerf.
UPSTREAM_OF_NOVEMBER: Path | None = _of_november()


def whole(source: Source, mirror: Path) -> list[Payload]:
    """Everything of a mirror that the source wants until it wants nothing new, where it lies."""
    held: dict[str, Payload] = {}
    while True:
        asked = [want.url for want in source.wants(list(held.values()))]
        found = {url: _copy(mirror, url) for url in asked if url not in held}
        new = {url: path for url, path in found.items() if path is not None}
        if not new:
            return list(held.values())
        held |= {url: _at(path, url) for url, path in new.items()}


def of_copies(source: Source, mirror: Path) -> list[Payload]:
    """What the source wants and what its history names, of a mirror, where it lies; each of its known day."""
    wants = [*source.wants([]), *history.load(PROJECT / "data/history", [source]).known(source)]
    found = [(want, _copy(mirror, want.url)) for want in wants]
    held = [(want, _at(path, want.url)) for want, path in found if path]
    return [replace(payload, as_of=want.as_of or payload.as_of) for want, payload in held]


def _copy(mirror: Path, url: str) -> Path | None:
    return next((path for path in files(mirror, url) if path.is_file()), None)


def _at(path: Path, url: str) -> Payload:
    data = path.read_bytes()
    day = date(2026, 11, 30)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Payload(url, path, day, moment, hashlib.sha256(data).hexdigest(), len(data))


def payload(folder, url, content, as_of=date(2026, 8, 1)) -> Payload:
    """A payload of this content at this address; anything but bytes and text is written as JSON."""
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    path = Path(folder) / hashlib.sha256(url.encode() + data).hexdigest()
    path.write_bytes(data)
    return Payload(
        url=url,
        path=path,
        as_of=as_of,
        fetched_at=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
    )
