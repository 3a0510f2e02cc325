"""The product as Windows runs it, as nearly as a POSIX system can show: a process without POSIX's own modules,
on a file system that refuses to replace or remove a file that is open.

Run as: python -m tests.elsewhere DATA CSV. Builds, adds CSV, takes it back and builds again in DATA while
generations are being read; says on stdout, as JSON, what came of it.
"""

import errno
import importlib.abc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

POSIX_ONLY = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
KEPT = 2


class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in POSIX_ONLY:
            raise ModuleNotFoundError(f"No module named {name!r}: this is no POSIX system", name=name)


def forget_posix() -> None:
    """From now on POSIX's modules are not there, but for the two libraries that bring other code on other systems."""
    import filelock
    import psutil

    assert filelock.FileLock
    assert psutil.Process
    sys.meta_path.insert(0, Absent())
    for name in POSIX_ONLY:
        sys.modules.pop(name, None)


class Refusing:
    """Lets os refuse what Windows refuses: open files, which `refused` counts, and each new file once, as a virus
    scanner does, which `passing` counts."""

    def __init__(self):
        self.refused = self.passing = 0
        self._scanned: set[str] = set()
        os.replace, os.rename = self._guarded(os.replace, 2), self._guarded(os.rename, 2)
        os.unlink = os.remove = self._guarded(os.unlink, 1)

    def _guarded(self, real: Callable, names: int) -> Callable:
        def act(*paths, dir_fd=None, **options):
            held = held_open()
            for path in paths[:names]:
                self._refuse(place(path, dir_fd), held)
            return real(*paths, **(options if dir_fd is None else {**options, "dir_fd": dir_fd}))

        return act

    def _refuse(self, path: str, held: set[str]) -> None:
        self.refused += path in held
        is_new = path not in self._scanned and os.path.isfile(path)
        self._scanned.add(path)
        self.passing += is_new
        if is_new or path in held:
            raise PermissionError(errno.EACCES, "The process cannot access the file: it is being used", path)


def place(path: str | Path, folder: int | None) -> str:
    parent = os.readlink(f"/proc/self/fd/{folder}") if folder is not None else os.getcwd()
    return os.path.realpath(os.path.join(parent, os.fspath(path)))


def held_open() -> set[str]:
    """Files that this process has open or mapped."""
    found = set()
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            found.add(os.readlink(f"/proc/self/fd/{descriptor}"))
        except FileNotFoundError:  # the one that listed
            continue
    mapped = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return found | {line.split(maxsplit=5)[5] for line in mapped if "/" in line}


def main(data: str, csv: str) -> None:
    forget_posix()
    from commands.main import main as command
    from etl import disk, store
    from etl.folders import Folders

    refusing = Refusing()
    disk.PAUSES_SECONDS = (0.0, 0.01)
    store.KEPT_GENERATIONS = KEPT
    held = Folders(data=Path(data)).store
    said = {"build": command(["build", "--data", data])}
    first = held.generation()
    rows = held.counts()["provider_speed"]  # and keeps this generation open
    said["add"] = command(["add", csv, "--table", "provider_speed", "--data", data])
    said["added rows"] = held.counts()["provider_speed"] - rows
    said["undo"] = command(["undo", "u0001", "--data", data])
    said["rows left"] = held.counts()["provider_speed"] - rows
    said["redo"] = command(["redo", "u0001", "--data", data])
    said["read while it should go"] = first in held.generations()
    with (held.folder / "CURRENT").open(encoding="utf-8"):
        said["undo while CURRENT is open"] = command(["undo", "u0001", "--data", data])
        said["rows meanwhile"] = held.counts()["provider_speed"] - rows
    store._files.clear()
    said["build again"] = command(["build", "--data", data])
    said["generations"] = len(held.generations())
    said["first is gone"] = first not in held.generations()
    said["files"] = sorted(path.name for path in held.folder.iterdir() if not path.name.startswith("store-"))
    said["refused"], said["passing"] = refusing.refused, refusing.passing
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
