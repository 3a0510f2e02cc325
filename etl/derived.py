"""What was computed from a generation, kept beside it so that it is computed once.

A generation never changes, so neither does a pure function of it. One file for each result, beside the
generation in `derived/`: a checksum, then the rows as Parquet. The checksum is there because a damaged
file can still be read as Parquet, with other figures in it.

Nothing depends on these files. One that is missing, damaged or of another program version is computed
again, and a folder that cannot be written to keeps none.
"""

import hashlib
from collections.abc import Callable, Collection
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import polars as pl

from etl import disk

CHECKSUM_BYTES = hashlib.sha256().digest_size
VERSION_CHARACTERS = 16


def kept(folder: Path, generation: Path, name: str, code: str, compute: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """What `compute` makes of a generation; read from `folder` where it was computed before.

    `code` stands for the program that computes: where it differs, what is kept is not used. Raises only what
    `compute` raises.
    """
    version = _version(generation, code)
    place = folder / f"{generation.stem}.{name}.{version}.parquet"
    found = _read(place)
    if found is not None:
        return found
    computed = compute()
    if version:
        with suppress(OSError):
            _write(place, computed)
            _drop(folder, f"{generation.stem}.{name}.*", but=place)
    return computed


def sweep(folder: Path, generations: Collection[str]) -> None:
    """Removes what was derived from other generations than these, and what killed writers left."""
    for path in folder.glob("*.parquet"):
        if path.name.partition(".")[0] not in generations:
            disk.remove_if_free(path)
    disk.sweep(folder)


def _version(generation: Path, code: str) -> str:
    """Tells apart the programs that compute, and two files that had one name; empty where there is no such file."""
    try:
        found = generation.stat()
    except OSError:
        return ""
    told = f"{code} {pl.__version__} {found.st_size} {found.st_mtime_ns}"
    return hashlib.sha256(told.encode()).hexdigest()[:VERSION_CHARACTERS]


def _read(place: Path) -> pl.DataFrame | None:
    """The rows as they were written; None where they are not there or not what was written."""
    try:
        content = place.read_bytes()
    except OSError:
        return None
    checksum, rows = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
    return pl.read_parquet(BytesIO(rows)) if hashlib.sha256(rows).digest() == checksum else None


def _write(place: Path, frame: pl.DataFrame) -> None:
    rows = BytesIO()
    frame.write_parquet(rows)
    disk.place_bytes(hashlib.sha256(rows.getvalue()).digest() + rows.getvalue(), place, durable=False)


def _drop(folder: Path, pattern: str, but: Path) -> None:
    for path in folder.glob(pattern):
        if path != but:
            disk.remove_if_free(path)
