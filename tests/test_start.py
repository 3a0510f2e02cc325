"""The way in: start.py, its locks, and everything that calls it."""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

import start

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


# The environment


@pytest.mark.parametrize(
    ("venv", "system", "python"),
    [
        (PureWindowsPath(r"C:\divide\.venv"), "nt", r"C:\divide\.venv\Scripts\python.exe"),
        (PurePosixPath("/Users/x/divide/.venv"), "posix", "/Users/x/divide/.venv/bin/python"),
        (PurePosixPath("/srv/divide/.venv"), "posix", "/srv/divide/.venv/bin/python"),
    ],
    ids=["Windows", "macOS", "Linux"],
)
def test_the_environment_s_python_lies_where_the_system_puts_it(venv, system, python):
    assert str(start.python_in(venv, system)) == python


def test_a_python_that_is_too_old_is_told_so_with_what_to_do():
    with pytest.raises(start.Stop, match=r"Python 3\.11 or newer is needed; this is 3\.9\. .*python3\.12 start\.py"):
        start.refuse_old_python((3, 9, 2))
    start.refuse_old_python((3, 11, 0))


def test_an_old_python_can_read_the_file_that_tells_it_so():
    compile((ROOT / "start.py").read_text(encoding="utf-8"), "start.py", "exec", flags=0, _feature_version=8)


def test_only_the_standard_library_is_needed():
    imported = re.findall(r"^(?:import|from) (\w+)", (ROOT / "start.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(imported) <= set(sys.stdlib_module_names)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An environment of its own, locks of one line, and no program that is really run."""
    (tmp_path / "locks").mkdir()
    for kind in start.LISTS:
        (tmp_path / f"locks/{kind}.txt").write_text(f"{kind}==1\n", encoding="utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "LOCKS", tmp_path / "locks")
    return tmp_path


@pytest.fixture
def programs(place, monkeypatch):
    """What was run, in order; each run makes what it would make, and `failing` names those that fail."""
    ran, failing = [], set()

    def run(command, **_):
        kind = "venv" if "venv" in command else "pip" if "pip" in command else "question"
        ran.append(kind)
        python = start.python_in(place / ".venv", start.os.name)
        if kind == "venv" and kind not in failing:
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        if kind == "question" and not python.exists():
            raise FileNotFoundError(python)
        return subprocess.CompletedProcess(command, int(kind in failing))

    monkeypatch.setattr(start.subprocess, "run", run)
    run.ran, run.failing = ran, failing
    return run


def test_the_environment_is_made_once_and_installed_again_only_where_the_lock_changed(place, programs):
    start.prepared("run")
    assert programs.ran == ["question", "venv", "pip"]
    start.prepared("run")
    assert programs.ran == ["question", "venv", "pip"]
    (place / "locks/run.txt").write_text("run==2\n", encoding="utf-8")
    start.prepared("run")
    assert programs.ran[3:] == ["question", "pip"]


def test_what_checks_the_project_is_enough_to_run_it_but_not_the_other_way_round(programs):
    start.prepared("dev")
    done = len(programs.ran)
    start.prepared("run")
    assert len(programs.ran) == done
    start.prepared("bench")
    assert len(programs.ran) > done


def test_a_half_made_environment_is_made_again(place, programs):
    start.prepared("run")
    start.python_in(place / ".venv", start.os.name).unlink()
    start.prepared("run")
    assert programs.ran[3:] == ["question", "venv", "pip"]
    programs.failing.add("question")
    (place / ".venv/.installed-run").unlink()
    start.prepared("run")
    assert programs.ran[6:] == ["question", "venv", "pip"]


def test_an_installation_that_failed_is_tried_again(programs):
    programs.failing.add("pip")
    with pytest.raises(start.Stop, match="package index"):
        start.prepared("run")
    programs.failing.clear()
    start.prepared("run")
    assert programs.ran == ["question", "venv", "pip", "question", "pip"]


def test_a_python_without_venv_is_told_of_the_package_that_has_it(programs, monkeypatch):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(start.Stop, match="apt-get install python3-venv"):
        start.prepared("run")


def test_line_ends_of_a_checkout_do_not_change_a_lock(tmp_path):
    (tmp_path / "a").write_bytes(b"x\ny\n")
    (tmp_path / "b").write_bytes(b"x\r\ny\r\n")
    assert start.checksum(tmp_path / "a") == start.checksum(tmp_path / "b")


def test_what_was_set_for_streamlit_reaches_it_and_text_is_utf_8():
    assert start.surroundings({"STREAMLIT_SERVER_PORT": "8600"}) == {"STREAMLIT_SERVER_PORT": "8600", "PYTHONUTF8": "1"}
    assert start.surroundings({"PYTHONUTF8": "0"}) == {"PYTHONUTF8": "0"}


# The commands


def test_an_unknown_command_says_which_there_are(capsys):
    assert start.main(["tset"]) == 1
    assert capsys.readouterr().err.startswith("There is no 'tset'. There are: run, test, quick, lint,")


def test_help_has_a_line_for_each_command(capsys):
    assert start.main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == list(start.COMMANDS)
    assert all(len(line.split()) > 4 for line in lines)


def test_the_status_is_that_of_the_first_program_that_fails():
    def ending(status):
        return [sys.executable, "-c", f"raise SystemExit({status})"]

    assert start.first_failure(ending(0), ending(3), ending(4)) == 3
    assert start.first_failure(ending(0)) == 0


@pytest.mark.skipif(start.os.name == "nt", reason="Windows ends programs without a signal")
def test_a_program_that_a_signal_ended_has_a_status_that_says_so():
    command = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"]
    assert start.first_failure(command) == 128 + 15


def test_the_words_after_test_go_to_pytest_alone(monkeypatch):
    monkeypatch.setattr(start, "prepared", lambda kind: kind)
    monkeypatch.setattr(start, "finish", lambda command: command)
    assert start.test(["tests/metrics", "-x"]) == ["dev", "-m", "pytest", "tests/metrics", "-x"]


def test_the_paths_of_the_quick_tests_exist():
    assert [path for path in start.UNIT_TESTS if not (ROOT / path).exists()] == []


# Who calls it


def test_make_has_every_command_and_no_other():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    targets = re.search(r"^(help .+):$", makefile, re.MULTILINE)[1].split()
    assert phony == targets == ["help", *start.COMMANDS]


def test_the_container_s_steps_are_that_same_script_and_name_what_exists():
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^RUN python start\.py build$", steps, re.MULTILINE)
    assert re.search(r'^CMD \["python", "start\.py", "run"\]$', steps, re.MULTILINE)
    assert all(name in start.COMMANDS for name in re.findall(r'start\.py"?,? "?(\w+)', steps))
    version = re.search(r"^FROM python:(\d+)\.(\d+)-slim$", steps, re.MULTILINE)
    assert (int(version[1]), int(version[2])) >= start.OLDEST
    assert re.search(r"^USER (?!root)\w+$", steps, re.MULTILINE)
    assert "STREAMLIT_SERVER_ADDRESS=0.0.0.0" in steps
    assert "Never tried" in steps


def test_what_is_made_at_run_time_stays_out_of_the_container():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", ".venv", "data/snapshots", "data/store", "data/uploads"} <= set(ignored)


@pytest.mark.parametrize("caller", [".ci/run", ".pre-commit-config.yaml"])
def test_ci_and_the_hook_call_commands_that_exist(caller):
    named = re.findall(r"python3? start\.py (\w+)", (ROOT / caller).read_text(encoding="utf-8"))
    assert named
    assert set(named) <= set(start.COMMANDS)


# The locks


def listed(kind: str) -> list[str]:
    lines = (ROOT / start.LISTS[kind]).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def locked(kind: str) -> dict[tuple[str, str], str]:
    """What the lock says of each package and version."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / f"locks/{kind}.txt").read_text(encoding="utf-8"))
    found = {PINNED.match(block): block for block in blocks}
    return {(match[1], match[2]): block for match, block in found.items() if match}


@pytest.mark.parametrize("kind", start.LISTS)
def test_every_line_of_a_list_is_pinned_and_has_a_reason_and_a_licence(kind):
    assert [line for line in listed(kind) if not re.fullmatch(r"[a-z0-9-]+==\S+ +# .+; .+", line)] == []


@pytest.mark.parametrize("kind", start.LISTS)
def test_every_pinned_line_stands_in_its_lock_with_a_checksum(kind):
    pins = {PINNED.match(line).groups() for line in (*listed("run"), *listed(kind))}
    assert pins <= set(locked(kind))
    assert [pin for pin, block in locked(kind).items() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)] == []


@pytest.mark.parametrize("kind", ["dev", "bench"])
def test_the_other_locks_hold_all_that_runs(kind):
    assert set(locked("run")) <= set(locked(kind))


@pytest.mark.parametrize("kind", start.LISTS)
def test_no_lock_names_an_index_or_a_place(kind):
    text = (ROOT / f"locks/{kind}.txt").read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|index-url|find-links|@ ", text) == []
