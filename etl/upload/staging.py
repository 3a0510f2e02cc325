"""Uploads as batches: kept bytes and staged rows on disk, the log and the rows in the store.

The uploaded rows of a table are its batches that stand, laid over each other in the order of the log. A
commit, an undo and a redo each change log and rows in one transaction of the store, so that whatever
kills the process leaves a batch entirely in or entirely out. Files go to disk before that, and are
nothing without their line in the log. Afterwards a copy of the log goes beside them, from which a build
puts the uploads back where the store was lost or an older generation had to take its place.
"""

import json
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from etl.schema import TABLES, UPLOAD, UPLOAD_LOG
from etl.store import Store, StoreMissing, Upload, Writer
from etl.upload import targets
from etl.upload.judging import WEB
from etl.upload.mapping import Choices
from etl.upload.sheets import Sheet

APPEND, REPLACE = "append", "replace"
WORK, LOG = ".work", "log.json"


class UnknownBatch(Exception):
    """There is no upload of this name, or it is already as it is asked to be."""


@dataclass(frozen=True)
class Batch:
    """One upload as the log has it. `is_new` is false where a commit recognised it and added nothing."""

    batch: str
    file_name: str
    sha256: str
    table: str
    rows: int
    rejected: int
    mode: str
    who: str | None
    source_url: str
    uploaded_at: datetime
    undone: bool
    mapping: dict[str, str]
    choices: Choices
    fingerprint: str
    is_new: bool = True


@dataclass(frozen=True)
class Staged:
    """What a commit adds: the sheet, its staged rows, and how they were read."""

    sheet: Sheet
    table: str
    rows: Path
    accepted: int
    rejected: int
    mapping: dict[str, str]
    choices: Choices
    fingerprint: str


def upload_of(table: str, staged: Path, batch: str, source_url: str, replaces: bool) -> Upload:
    """Staged rows as the store lays them over a table."""
    declared = TABLES[table]
    return Upload(
        staged=staged,
        identity=targets.identity(declared),
        values=targets.values(declared),
        fixed={
            "source": f"upload:{batch}",
            "source_url": source_url,
            "publisher": targets.DEFAULT_PUBLISHER,
            "licence": targets.DEFAULT_LICENCE,
            "evidence": UPLOAD,
        },
        replaces=replaces,
    )


def commit(
    store: Store,
    uploads: Path,
    staged: Staged,
    mode: str,
    who: str | None,
    source_url: str | None,
    now: datetime | None,
) -> Batch:
    """Adds a batch; where the same file, read in the same way, stands already, that one."""
    if mode not in (APPEND, REPLACE):
        raise ValueError(f"{mode!r} is no mode; choose {APPEND} or {REPLACE}")
    if source_url and not re.match(WEB, source_url):
        raise ValueError(f"{source_url!r} is no address of the web. Write https:// and what follows.")
    with suppress(StoreMissing):
        if standing := recognised(_batches(store.rows(UPLOAD_LOG.name)), staged.fingerprint):
            return standing
    _keep(uploads, staged)
    result: list[Batch] = []

    def change(writer: Writer) -> None:
        log = _batches(writer.rows(UPLOAD_LOG.name))
        if standing := recognised(log, staged.fingerprint):
            result.append(standing)
            raise _Recognised
        batch = Batch(
            batch=_next_name(log),
            file_name=staged.sheet.name,
            sha256=staged.sheet.sha256,
            table=staged.table,
            rows=staged.accepted,
            rejected=staged.rejected,
            mode=mode,
            who=who,
            source_url=source_url or staged.sheet.name,
            uploaded_at=now or datetime.now(UTC),
            undone=False,
            mapping=staged.mapping,
            choices=staged.choices,
            fingerprint=staged.fingerprint,
        )
        writer.add_upload(batch.table, _laid(uploads, batch))
        writer.add(UPLOAD_LOG.name, _line(batch))
        result.append(batch)

    with suppress(_Recognised):
        store.write(change)
        _copy_log(store, uploads)
    return result[0]


def undo(store: Store, uploads: Path, batch: str) -> Batch:
    """Takes a batch back; the others stand as if it had never been. Raises UnknownBatch."""
    return _turn(store, uploads, batch, undone=True)


def redo(store: Store, uploads: Path, batch: str) -> Batch:
    """Puts a batch that was taken back where it stood. Raises UnknownBatch."""
    return _turn(store, uploads, batch, undone=False)


def history(store: Store, generation: str | None = None) -> tuple[Batch, ...]:
    """Every upload, the newest first."""
    try:
        return tuple(reversed(_batches(store.rows(UPLOAD_LOG.name, generation=generation))))
    except StoreMissing:
        return ()


def recognised(log: Sequence[Batch], fingerprint: str) -> Batch | None:
    """The standing batch of the same file read in the same way."""
    for batch in log:
        if batch.fingerprint == fingerprint and not batch.undone:
            return Batch(**{**batch.__dict__, "is_new": False})
    return None


def restore(writer: Writer, uploads: Path) -> None:
    """Puts back what the store's log has lost of the copy beside the files; the store's own lines go before."""
    held = writer.rows(UPLOAD_LOG.name)
    lost = _copied_log(uploads / LOG).filter(~pl.col("batch").is_in(held["batch"].implode()))
    if lost.is_empty():
        return
    log = pl.concat([held, lost])
    writer.replace_all(UPLOAD_LOG.name, log)
    for table in lost["table"].unique().sort():
        standing = [batch for batch in _batches(log) if batch.table == table and not batch.undone]
        laid = [_laid(uploads, batch) for batch in standing]
        writer.fold_uploads(table, [upload for upload in laid if upload.staged.exists()])


def sweep(uploads: Path) -> None:
    """Removes the work folders of processes that are gone."""
    for folder in (uploads / WORK).glob("*-*"):
        process = folder.name.split("-")[0]
        if process.isdigit() and not _is_alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


class _Recognised(Exception):
    """Leaves a change without making it."""


def _turn(store: Store, uploads: Path, name: str, undone: bool) -> Batch:
    result: list[Batch] = []

    def change(writer: Writer) -> None:
        log = _batches(writer.rows(UPLOAD_LOG.name))
        named = [batch for batch in log if batch.batch == name]
        if not named:
            known = f"There are {log[0].batch} to {log[-1].batch}." if log else "There are no uploads."
            raise UnknownBatch(f"There is no upload {name}. {known}")
        if named[0].undone == undone:
            raise UnknownBatch(f"The upload {name} {'is already undone' if undone else 'stands already'}.")
        if not undone and (twin := recognised(log, named[0].fingerprint)):
            raise UnknownBatch(f"The upload {twin.batch} is the same file, read in the same way, and stands.")
        turned = [Batch(**{**batch.__dict__, "undone": undone}) if batch.batch == name else batch for batch in log]
        table = named[0].table
        standing = [batch for batch in turned if batch.table == table and not batch.undone]
        laid = [_laid(uploads, batch) for batch in standing]
        if gone := [batch.batch for batch, upload in zip(standing, laid, strict=True) if not upload.staged.exists()]:
            raise UnknownBatch(f"The rows of {', '.join(gone)} are not in {uploads} any more; nothing was changed.")
        writer.fold_uploads(table, laid)
        writer.replace_all(UPLOAD_LOG.name, pl.concat([_line(batch) for batch in turned]))
        result.extend(batch for batch in turned if batch.batch == name)

    store.write(change)
    _copy_log(store, uploads)
    return result[0]


def _copy_log(store: Store, uploads: Path) -> None:
    _place_text(store.rows(UPLOAD_LOG.name).write_json() + "\n", uploads / LOG)


def _laid(uploads: Path, batch: Batch) -> Upload:
    rows = _place(uploads, batch.sha256) / f"{batch.fingerprint}.parquet"
    return upload_of(batch.table, rows, batch.batch, batch.source_url, batch.mode == REPLACE)


def _copied_log(path: Path) -> pl.DataFrame:
    """The copy of the log; nothing where there is none, or none that can be read."""
    try:
        lines = json.loads(path.read_text(encoding="utf-8"))
        typed = [line | {"uploaded_at": datetime.fromisoformat(line["uploaded_at"])} for line in lines]
        return UPLOAD_LOG.conform(pl.DataFrame(typed, schema_overrides=dict(UPLOAD_LOG.dtypes)))
    except (FileNotFoundError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError):
        return UPLOAD_LOG.empty()


def _place(uploads: Path, sha256: str) -> Path:
    return uploads / sha256


def _keep(uploads: Path, staged: Staged) -> None:
    """The bytes as given and the rows as judged, on disk to stay, before the store knows of them."""
    place = _place(uploads, staged.sheet.sha256)
    place.mkdir(parents=True, exist_ok=True)
    _place_file(staged.sheet.path, place / "file")
    _place_file(staged.rows, place / f"{staged.fingerprint}.parquet")
    meta = {"file_name": staged.sheet.name, "bytes": staged.sheet.bytes, "form": staged.sheet.form}
    _place_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", place / "meta.json")
    _sync(place)


def _place_file(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        try:
            os.link(source, draft)
        except OSError:
            shutil.copyfile(source, draft)
        _sync(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _place_text(text: str, target: Path) -> None:
    draft = target.with_name(f".{target.name}-{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _next_name(log: Sequence[Batch]) -> str:
    numbers = [int(batch.batch.removeprefix("u")) for batch in log if batch.batch.removeprefix("u").isdigit()]
    return f"u{max(numbers, default=0) + 1:04d}"


def _batches(log: pl.DataFrame) -> list[Batch]:
    """The log's lines in the order in which they were added."""
    return [
        Batch(
            batch=line["batch"],
            file_name=line["file_name"],
            sha256=line["sha256"],
            table=line["table"],
            rows=line["rows"],
            rejected=line["rejected"] or 0,
            mode=line["mode"] or APPEND,
            who=line["who"],
            source_url=line["source_url"] or line["file_name"],
            uploaded_at=line["uploaded_at"],
            undone=line["undone"],
            mapping=json.loads(line["mapping"]),
            choices=Choices.from_json(line["choices"] or "{}"),
            fingerprint=line["fingerprint"] or "",
        )
        for line in log.sort("uploaded_at", "batch").iter_rows(named=True)
    ]


def _line(batch: Batch) -> pl.DataFrame:
    line = {
        **{name: getattr(batch, name) for name in UPLOAD_LOG.names if hasattr(batch, name)},
        "mapping": json.dumps(batch.mapping, ensure_ascii=False),
        "choices": batch.choices.to_json(),
    }
    return UPLOAD_LOG.conform(pl.DataFrame([line], schema=dict(UPLOAD_LOG.dtypes)))
