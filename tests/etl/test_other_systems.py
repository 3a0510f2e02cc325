"""The product without POSIX's own modules, on a file system that refuses to replace or remove an open file.

Windows and macOS themselves are not at hand: this is as near as Linux can come.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from etl import store as module
from etl.fetch import addresses
from etl.store import Store
from etl.upload import staging
from tests.elsewhere import KEPT, held_open

ROOT = Path(__file__).parents[2]
SHOWS_OPEN_FILES = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict:
    """What came of building, adding and taking back there."""
    place = tmp_path_factory.mktemp("elsewhere")
    csv = place / "mine.csv"
    csv.write_text("provider,model,output tokens per second\nGroq,Llama 3.3 70B,276\n", encoding="utf-8")
    command = [sys.executable, "-m", "tests.elsewhere", str(place / "data"), str(csv)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"stderr": done.stderr}


@SHOWS_OPEN_FILES
def test_building_adding_and_taking_back_need_no_posix_and_no_free_files(said):
    assert [said[name] for name in ("build", "add", "undo", "redo", "build again")] == [0] * 5
    assert (said["added rows"], said["rows left"]) == (1, 0)
    assert said["passing"] > 10


@SHOWS_OPEN_FILES
def test_an_old_generation_that_is_being_read_fails_no_write_and_goes_later(said):
    assert said["refused"] > 0
    assert said["read while it should go"]
    assert said["first is gone"]
    assert said["generations"] == KEPT
    assert said["files"] == ["CURRENT", "writer.lock"]


@SHOWS_OPEN_FILES
def test_a_file_that_stays_open_is_named_and_what_stood_stands(said):
    assert said["undo while CURRENT is open"] == 1
    assert "CURRENT: another program has it open" in said["stderr"]
    assert said["rows meanwhile"] == 1


@SHOWS_OPEN_FILES
def test_a_generation_found_damaged_is_not_left_open(tmp_path):
    store = Store(tmp_path / "store")
    store.write(lambda writer: None)
    whole = (store.folder / "store-000001.duckdb").read_bytes()
    path = tmp_path / "damaged.duckdb"
    for length in (0, 100, len(whole) // 2):
        path.write_bytes(whole[:length] + bytes(len(whole) - length))
        module._is_sound(path)
        assert str(path) not in held_open()


def test_rows_on_another_drive_are_found_by_their_full_name(tmp_path, monkeypatch):
    def relpath(path, start):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    assert module._place_from(tmp_path / "store", tmp_path / "uploads/a/b.parquet") == "../uploads/a/b.parquet"
    monkeypatch.setattr(os.path, "relpath", relpath)
    place = module._place_from(tmp_path / "store", tmp_path / "b.parquet")
    assert tmp_path / "store" / place == (tmp_path / "b.parquet").resolve()


@pytest.mark.parametrize(
    ("runs", "age_seconds", "stays"),
    [
        (True, 0, True),
        (True, 3600, True),  # made before this process began: the clock was set
        (True, 400 * 24 * 3600, False),  # another process had this number
        (False, 0, False),
    ],
)
def test_the_work_of_a_process_goes_when_the_process_has_gone(tmp_path, runs, age_seconds, stays):
    number = os.getpid() if runs else 2**31 - 5
    folder = tmp_path / staging.WORK / f"{number}-x"
    folder.mkdir(parents=True)
    os.utime(folder, (psutil.Process().create_time() - age_seconds,) * 2)
    staging.sweep(tmp_path)
    assert folder.exists() == stays


def test_work_that_its_process_removes_in_the_middle_of_a_sweep_is_no_fault(tmp_path, monkeypatch):
    folder = tmp_path / staging.WORK / f"{os.getpid()}-x"
    folder.mkdir(parents=True)

    def gone(_):
        shutil.rmtree(folder)
        return SimpleNamespace(create_time=lambda: 0.0)

    monkeypatch.setattr(staging.psutil, "Process", gone)
    staging.sweep(tmp_path)
    assert not folder.exists()


def test_partial_files_beside_an_upload_go_when_they_are_old(tmp_path):
    (tmp_path / "ab12").mkdir()
    partial = tmp_path / "ab12/.7-0-1.partial"
    partial.touch()
    staging.sweep(tmp_path)
    assert partial.exists()
    os.utime(partial, (time.time() - 7200,) * 2)
    staging.sweep(tmp_path)
    assert not partial.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/CON",
        "https://example.org/aux.json",
        "https://example.org/conin$",
        "https://example.org/a?b:c|d",
        "https://example.org/a:b",
        "https://example.org/a%3Ab/c",
        "https://example.org/x?y.",
        "https://nul.example.org/x",
        "https://com1/x",
        "https://example.org:8443/x",
        "http://example.org/x",
    ],
)
def test_no_address_becomes_a_name_that_windows_gives_to_something_else(url):
    for segment in addresses.file_name(url).split("/"):
        assert not set(segment) & set('<>:"|?*\\')
        assert not segment.endswith((".", " "))
        assert segment.split(".")[0].upper() not in RESERVED


RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *(f"{n}{i}" for n in ("COM", "LPT") for i in range(10))}
