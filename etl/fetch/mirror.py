"""A mirror stands in for the internet: a folder, or a server, laid out as `<host>/<path>`.

A query is kept as `__q__<query>` at the end of the name. A `MANIFEST.csv` at its root, with the columns
`url` and `upstream_commit_date` (and `sha256`, if it likes), says for which day each copy stands, so
that a copy made in July does not pass for today's. A copy that was changed since, by its checksum, is
not what the manifest speaks of.

This module opens no network: `etl.fetch.download` asks a mirror that is a server.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from etl.fetch.addresses import natural_names, server_path

MANIFEST = "MANIFEST.csv"


@dataclass(frozen=True)
class Copied:
    """What a manifest says of one copy; without a day nobody knows of when it is."""

    day: date | None
    sha256: str | None


def server(mirror: Path | str | None) -> str | None:
    """The address of a mirror that is a server; None for a folder, and for no mirror."""
    return mirror if isinstance(mirror, str) and mirror.lower().startswith(("http://", "https://")) else None


def folder(mirror: Path | str | None) -> Path | None:
    """The folder that is a mirror; None for a server, and for no mirror."""
    return Path(mirror) if mirror and not server(mirror) else None


def files(folder: Path, url: str) -> list[Path]:
    """Where in a folder the copy of this address may lie; none of them leaves the folder."""
    return [folder / name for name in natural_names(url)]


def server_urls(mirror: str, url: str) -> list[str]:
    """Addresses at which a mirror's server may have the copy."""
    root = mirror.rstrip("/")
    return list(dict.fromkeys(f"{root}/{server_path(name)}" for name in natural_names(url)))


def manifest(content: bytes) -> Mapping[str, Copied]:
    """The copies that a manifest names, by address."""
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return {}
    copies = {}
    for line in lines:
        if line.get("url"):
            sha256 = (line.get("sha256") or "").strip().lower() or None
            copies[line["url"]] = Copied(_day(line.get("upstream_commit_date")), sha256)
    return copies


def _day(text: str | None) -> date | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
