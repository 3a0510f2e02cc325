"""Files that are there whole or not at all, on every system: the lock, and how to replace, sync and remove.

A file gets its content under a temporary name in the same folder and then takes the place of the old one,
so that whatever kills the process leaves the old content or the new.

Windows refuses to replace or remove a file that any program has open, and says so with PermissionError. Readers
here hold a file for moments, virus scanners for longer, DuckDB for as long as a generation is shown. So what
must happen is tried for about a second and then names the file; what can wait is left for a later sweep.
"""

import errno
import filecmp
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

# Between the tries of what another program's open file refuses; together about a second.
PAUSES_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
LOCK_POLL_SECONDS = 0.02
PARTIAL_SUFFIX = ".partial"
ABANDONED_AFTER_SECONDS = 3600
REFUSED = "another program has it open, or it is protected; close that program and try again"

_COUNTER = itertools.count()
Answer = TypeVar("Answer")


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds a lock against every other process and thread; the system frees it when the process dies.

    Whoever wants it waits. Asking again in the thread that holds it raises RuntimeError.
    """
    # A lock of its own each time: two threads of one process exclude each other as two processes do.
    with FileLock(path, poll_interval=LOCK_POLL_SECONDS):
        yield


def read_text(path: Path) -> str:
    """The text of a small file that others replace. Raises FileNotFoundError, or PermissionError in the end."""
    return _patiently(lambda: path.read_text(encoding="utf-8"), path)


def place_text(text: str, target: Path) -> None:
    """The file holds this text, in UTF-8 with the line ends as given, and will after a power cut."""
    place_bytes(text.encode(), target, durable=True)


def place_bytes(content: bytes | bytearray, target: Path | str, durable: bool) -> None:
    """The file holds these bytes; folders that it needs are made. `durable` means after a power cut too."""
    # Text and not Path: a first fetch writes four thousand files.
    partial = f"{os.path.dirname(target)}/{_partial_name()}"
    with _given_up(partial):
        try:
            _write_whole(partial, content)
        except FileNotFoundError:
            _make_folder(os.path.dirname(target))
            _write_whole(partial, content)
        if durable:
            sync(Path(partial))
        replace(partial, target)
    if durable:
        sync(Path(target).parent)


def place_file(source: Path, target: Path) -> None:
    """The target has the content of the source and will after a power cut; a second name of it where possible."""
    partial = target.with_name(_partial_name())
    with _given_up(partial):
        try:
            os.link(source, partial)
        except OSError:  # another drive, or a file system without second names
            shutil.copyfile(source, partial)
        sync(partial)
        try:
            replace(partial, target)
        except PermissionError:
            if not filecmp.cmp(partial, target, shallow=False):
                raise
            remove(partial)  # somebody reads the very same content under the name that it shall have
    sync(target.parent)


def replace(source: Path | str, target: Path | str) -> None:
    """Gives the source the target's name; what stood there is gone. Raises PermissionError with the target's name."""
    try:
        _patiently(lambda: os.replace(source, target), target)
    except PermissionError as error:
        if os.path.isdir(target):  # Windows has no word of its own for this
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target)) from error
        raise


def remove(path: Path | str) -> None:
    """Removes the file where there is one. Raises PermissionError with its name."""
    with suppress(FileNotFoundError):
        _patiently(lambda: os.unlink(path), path)


def remove_if_free(path: Path) -> bool:
    """Removes a file or a folder that can wait: false where it is in use, and a later sweep may ask again."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def sync(path: Path) -> None:
    """What was written to a file, or the names in a folder, are on the disk itself. Only POSIX syncs folders."""
    if path.is_dir():
        _sync_folder(path)
        return
    # Windows writes out only what was opened for writing.
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path | str, abandoned_after_seconds: float = ABANDONED_AFTER_SECONDS) -> None:
    """Removes what killed writers left below a folder; what is younger may still be written."""
    too_old = time.time() - abandoned_after_seconds
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names if name.endswith(PARTIAL_SUFFIX)):
            with suppress(OSError):
                if path.stat().st_mtime <= too_old:
                    path.unlink()


def _patiently(act: Callable[[], Answer], path: Path | str) -> Answer:
    for pause in PAUSES_SECONDS:
        try:
            return act()
        except PermissionError:
            time.sleep(pause)
    try:
        return act()
    except PermissionError as error:
        raise PermissionError(errno.EACCES, REFUSED, str(path)) from error


@contextmanager
def _given_up(partial: Path | str) -> Iterator[None]:
    """Leaves no partial file behind where the block fails."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except FileNotFoundError as error:  # what Windows says where a file lies in the way
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder) from error


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder, and needs no sync of it
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives sync no folder either
            raise
    finally:
        os.close(descriptor)


def _write_whole(path: str, content: bytes | bytearray) -> None:
    with open(path, "wb") as file:
        file.write(content)


def _partial_name() -> str:
    return f".{os.getpid()}-{next(_COUNTER)}-{time.time_ns()}{PARTIAL_SUFFIX}"
