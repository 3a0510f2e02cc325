"""Uploads as batches: kept bytes and accepted rows on disk, the log and the rows in the store.

The uploaded rows of a table are those of its active batches, the later ones laid over the earlier. A batch is
active until it is undone. A commit, an undo and a redo each change log and rows in one transaction of the store.
So whatever kills the process leaves a batch entirely in or entirely out. Files go to disk before that, and count
for nothing without their line in the log. Afterwards a copy of the log is written beside them. A build restores
the uploads from it where the store was lost, or an older generation took its place.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import psutil

from etl import disk
from etl.schema import TABLES, UPLOAD, UPLOAD_LOG
from etl.store import Store, StoreMissing, Upload, Writer
from etl.upload import targets
from etl.upload.checked import Checked
from etl.upload.checking import WEB
from etl.upload.mapping import Choices

APPEND, REPLACE = "append", "replace"
WORK, LOG = ".work", "log.json"
DAY_SECONDS = 24 * 3600


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


def upload_of(table: str, rows: Path, batch: str, source_url: str, replaces: bool) -> Upload:
    """Accepted rows as the store lays them over a table."""
    declared = TABLES[table]
    return Upload(
        staged=rows,
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
    checked: Checked,
    mode: str,
    who: str | None,
    source_url: str | None,
    now: datetime | None,
) -> Batch:
    """Adds a batch; where the same file, read in the same way, is stored already, gives that batch."""
    if mode not in (APPEND, REPLACE):
        raise ValueError(f"{mode!r} is no mode; choose {APPEND} or {REPLACE}")
    if source_url and not re.match(WEB, source_url):
        raise ValueError(f"{source_url!r} is no address of the web. Write https:// and what follows.")
    fingerprint = checked.fingerprint
    with suppress(StoreMissing):
        if earlier := recognised(_batches(store.rows(UPLOAD_LOG.name)), fingerprint):
            return earlier
    _keep(uploads, checked)
    result: list[Batch] = []

    def change(writer: Writer) -> None:
        log = _batches(writer.rows(UPLOAD_LOG.name))
        if earlier := recognised(log, fingerprint):
            result.append(earlier)
            raise _Recognised
        batch = Batch(
            batch=_next_name(log),
            file_name=checked.sheet.name,
            sha256=checked.sheet.sha256,
            table=checked.mapping.table,
            rows=checked.accepted,
            rejected=checked.rejected,
            mode=mode,
            who=who,
            source_url=source_url or checked.sheet.name,
            uploaded_at=now or datetime.now(UTC),
            undone=False,
            mapping=checked.mapping.pairs,
            choices=checked.mapping.choices(),
            fingerprint=fingerprint,
        )
        writer.add_upload(batch.table, _laid(uploads, batch))
        writer.add(UPLOAD_LOG.name, _line(batch))
        result.append(batch)

    with suppress(_Recognised):
        store.write(change)
        _copy_log(store, uploads)
    return result[0]


def undo(store: Store, uploads: Path, batch: str) -> Batch:
    """Takes a batch back; the others give the rows that they would give without it. Raises UnknownBatch."""
    return _turn(store, uploads, batch, undone=True)


def redo(store: Store, uploads: Path, batch: str) -> Batch:
    """Puts an undone batch back in its place of the log. Raises UnknownBatch."""
    return _turn(store, uploads, batch, undone=False)


def history(store: Store, generation: str | None = None) -> tuple[Batch, ...]:
    """Every upload, the newest first."""
    try:
        return tuple(reversed(_batches(store.rows(UPLOAD_LOG.name, generation=generation))))
    except StoreMissing:
        return ()


def recognised(log: Sequence[Batch], fingerprint: str) -> Batch | None:
    """The active batch of the same file read in the same way; its `is_new` is false."""
    for batch in log:
        if batch.fingerprint == fingerprint and not batch.undone:
            return Batch(**{**batch.__dict__, "is_new": False})
    return None


def restore(writer: Writer, uploads: Path) -> None:
    """Restores the batches that are in the copy of the log and not in the store's; the store's own lines come first."""
    held = writer.rows(UPLOAD_LOG.name)
    lost = _copied_log(uploads / LOG).filter(~pl.col("batch").is_in(held["batch"].implode()))
    if lost.is_empty():
        return
    log = pl.concat([held, lost])
    writer.replace_all(UPLOAD_LOG.name, log)
    for table in lost["table"].unique().sort():
        active = [batch for batch in _batches(log) if batch.table == table and not batch.undone]
        laid = [_laid(uploads, batch) for batch in active]
        writer.fold_uploads(table, [upload for upload in laid if upload.staged.exists()])


def sweep(uploads: Path) -> None:
    """Removes the work folders of processes that are gone; what is still in use waits for a later sweep."""
    for folder in (uploads / WORK).glob("*-*"):
        process = folder.name.split("-")[0]
        if process.isdigit() and not _has_owner(folder, int(process)):
            disk.remove_if_free(folder)
    for place in uploads.glob("[0-9a-f]*"):
        disk.sweep(place)


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
            raise UnknownBatch(f"The upload {name} {'is already undone' if undone else 'is not undone'}.")
        if not undone and (twin := recognised(log, named[0].fingerprint)):
            raise UnknownBatch(f"The upload {twin.batch} is the same file, read in the same way, and is not undone.")
        turned = [Batch(**{**batch.__dict__, "undone": undone}) if batch.batch == name else batch for batch in log]
        table = named[0].table
        active = [batch for batch in turned if batch.table == table and not batch.undone]
        laid = [_laid(uploads, batch) for batch in active]
        if gone := [batch.batch for batch, upload in zip(active, laid, strict=True) if not upload.staged.exists()]:
            raise UnknownBatch(f"The rows of {', '.join(gone)} are not in {uploads} any more; nothing was changed.")
        writer.fold_uploads(table, laid)
        writer.replace_all(UPLOAD_LOG.name, pl.concat([_line(batch) for batch in turned]))
        result.extend(batch for batch in turned if batch.batch == name)

    store.write(change)
    _copy_log(store, uploads)
    return result[0]


def _copy_log(store: Store, uploads: Path) -> None:
    disk.place_text(store.rows(UPLOAD_LOG.name).write_json() + "\n", uploads / LOG)


def _laid(uploads: Path, batch: Batch) -> Upload:
    rows = _place(uploads, batch.sha256) / f"{batch.fingerprint}.parquet"
    return upload_of(batch.table, rows, batch.batch, batch.source_url, batch.mode == REPLACE)


def _copied_log(path: Path) -> pl.DataFrame:
    """The copy of the log; no rows where there is none, or none that can be read."""
    try:
        lines = json.loads(path.read_text(encoding="utf-8"))
        typed = [line | {"uploaded_at": datetime.fromisoformat(line["uploaded_at"])} for line in lines]
        return UPLOAD_LOG.conform(pl.DataFrame(typed, schema_overrides=dict(UPLOAD_LOG.dtypes)))
    except (FileNotFoundError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError):
        return UPLOAD_LOG.empty()


def _place(uploads: Path, sha256: str) -> Path:
    return uploads / sha256


def _keep(uploads: Path, checked: Checked) -> None:
    """Puts the bytes as given and the accepted rows on disk to stay, before the store knows of them."""
    place = _place(uploads, checked.sheet.sha256)
    place.mkdir(parents=True, exist_ok=True)
    disk.place_file(checked.sheet.path, place / "file")
    disk.place_file(checked.accepted_file, place / f"{checked.fingerprint}.parquet")
    meta = {"file_name": checked.sheet.name, "bytes": checked.sheet.bytes, "form": checked.sheet.form}
    disk.place_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", place / "meta.json")


def _has_owner(folder: Path, number: int) -> bool:
    """Whether the process that made the folder still runs, and its number is not another's by now.

    Systems give numbers again. Clocks are set, so only a process that is a day younger than the folder is
    surely another one.
    """
    try:
        started = psutil.Process(number).create_time()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    try:
        return started <= folder.stat().st_mtime + DAY_SECONDS
    except FileNotFoundError:  # its process has just removed it, so it lives
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
