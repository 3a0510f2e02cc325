"""Files that are there whole or not at all: locks, and what a system refuses while a file is open."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from etl import disk

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, pathlib
from etl import disk
with disk.lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(disk, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


@pytest.fixture
def refusing(monkeypatch, impatient):
    """A call that makes one function of os refuse, for so many times or for ever."""

    def refuse(name: str, times: float = float("inf")) -> None:
        real, left = getattr(os, name), [times]

        def act(*arguments, **options):
            if left[0] > 0:
                left[0] -= 1
                raise PermissionError(errno.EACCES, "Permission denied", str(arguments[0]))
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, act)

    return refuse


# The lock


def test_two_threads_of_one_process_exclude_each_other(tmp_path):
    inside, most = [], []

    def enter():
        with disk.lock(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        entered = threading.Event()
        waiting = threading.Thread(target=lambda: enter(path, entered), daemon=True)
        waiting.start()
        assert not entered.wait(0.2)
        holder.kill()
        assert entered.wait(10)
        waiting.join()


def enter(path: Path, entered: threading.Event) -> None:
    with disk.lock(path):
        entered.set()


def test_asking_again_for_the_lock_that_one_holds_is_an_error_and_no_wait_for_ever(tmp_path):
    with disk.lock(tmp_path / "lock"), pytest.raises(RuntimeError), disk.lock(tmp_path / "lock"):
        pass


def test_a_failure_inside_frees_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), disk.lock(tmp_path / "lock"):
        raise ZeroDivisionError
    with disk.lock(tmp_path / "lock"):
        pass


# Placing


def test_text_is_placed_as_given_in_utf_8_and_leaves_no_second_file(tmp_path):
    disk.place_text("å\nb\r\n", tmp_path / "new folder/log.json")
    assert (tmp_path / "new folder/log.json").read_bytes() == b"\xc3\xa5\nb\r\n"
    assert names(tmp_path / "new folder") == ["log.json"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("without", ["", "link"])
def test_a_file_is_placed_with_or_without_second_names(tmp_path, refusing, without):
    if without:
        refusing(without)
    (tmp_path / "given").write_bytes(b"1")
    disk.place_file(tmp_path / "given", tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == b"1"
    assert names(tmp_path) == ["given", "kept"]


def test_a_passing_refusal_is_waited_for(tmp_path, refusing):
    refusing("replace", times=3)
    disk.place_text("new", tmp_path / "CURRENT")
    assert (tmp_path / "CURRENT").read_text(encoding="utf-8") == "new"


def test_a_lasting_refusal_names_the_file_and_keeps_the_old_content(tmp_path, refusing):
    disk.place_text("old", tmp_path / "CURRENT")
    refusing("replace")
    with pytest.raises(PermissionError, match="another program has it open") as refusal:
        disk.place_text("new", tmp_path / "CURRENT")
    assert refusal.value.filename == str(tmp_path / "CURRENT")
    assert (tmp_path / "CURRENT").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["CURRENT"]


@pytest.mark.parametrize(("held", "is_placed"), [(b"same", True), (b"else", False)])
def test_a_file_that_somebody_reads_may_stay_where_it_holds_the_same(tmp_path, refusing, held, is_placed):
    (tmp_path / "given").write_bytes(b"same")
    (tmp_path / "kept").write_bytes(held)
    refusing("replace")
    if is_placed:
        disk.place_file(tmp_path / "given", tmp_path / "kept")
    else:
        with pytest.raises(PermissionError):
            disk.place_file(tmp_path / "given", tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == held
    assert names(tmp_path) == ["given", "kept"]


def test_a_folder_in_the_way_is_a_folder_on_every_system(tmp_path, refusing):
    (tmp_path / "models").mkdir()
    refusing("replace")  # Windows says this of a folder too
    with pytest.raises(IsADirectoryError):
        disk.place_bytes(b"[]", tmp_path / "models", durable=False)


def test_a_file_in_the_way_of_a_folder_is_no_folder_on_every_system(tmp_path, monkeypatch):
    def makedirs(folder, exist_ok):
        raise FileNotFoundError(errno.ENOENT, "The system cannot find the path specified", folder)

    monkeypatch.setattr(os, "makedirs", makedirs)
    with pytest.raises(NotADirectoryError):
        disk.place_bytes(b"[]", tmp_path / "models/x", durable=False)


# Removing


def test_a_file_that_must_go_is_waited_for_and_in_the_end_named(tmp_path, refusing):
    (tmp_path / "a").touch()
    refusing("unlink", times=2)
    disk.remove(tmp_path / "a")
    disk.remove(tmp_path / "a")
    assert names(tmp_path) == []
    (tmp_path / "b").touch()
    refusing("unlink")
    with pytest.raises(PermissionError, match="another program"):
        disk.remove(tmp_path / "b")


def test_what_can_wait_stays_while_it_is_in_use(tmp_path, monkeypatch, refusing):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/rows.parquet").touch()
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", deny)
        assert not disk.remove_if_free(tmp_path / "folder")
        assert not disk.remove_if_free(tmp_path / "folder/rows.parquet")
    assert disk.remove_if_free(tmp_path / "folder")
    assert disk.remove_if_free(tmp_path / "folder")
    assert names(tmp_path) == []


def deny(path, *_, **__):
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_a_sweep_takes_what_killed_writers_left_and_not_what_is_being_written(tmp_path):
    for name, age in (("old.partial", 7200), ("young.partial", 10), ("old.json", 7200)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    disk.sweep(tmp_path)
    assert names(tmp_path) == ["old.json", "young.partial"]
    disk.sweep(tmp_path, abandoned_after_seconds=0)
    assert names(tmp_path) == ["old.json"]


# Syncing


def test_a_system_that_opens_no_folder_needs_no_sync_of_it(tmp_path, monkeypatch):
    real = os.open

    def opened(path, *flags):
        return deny(path) if os.path.isdir(path) else real(path, *flags)

    monkeypatch.setattr(os, "open", opened)
    disk.place_text("x", tmp_path / "CURRENT")
    assert (tmp_path / "CURRENT").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize(("error", "is_raised"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_folder_that_cannot_be_synced_is_no_fault_but_a_broken_disk_is(tmp_path, monkeypatch, error, is_raised):
    def fsync(descriptor):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", fsync)
    if is_raised:
        with pytest.raises(OSError, match="Input/output"):
            disk.sync(tmp_path)
    else:
        disk.sync(tmp_path)
