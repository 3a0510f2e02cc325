"""Makes the environment, installs, builds, and starts the dashboard or checks the project.

    python start.py              the dashboard, on http://127.0.0.1:8501
    python start.py test         everything that checks the project; `test PATH…` hands its words to pytest
    python start.py help         what else there is

Needs Python 3.11 or newer and a package index, nothing else, on Windows, macOS and Linux. Only the standard
library may be imported here, and nothing newer than Python 3.8 may be written: an old Python must be able to
read the file, to say that it is too old.
"""

from __future__ import annotations  # so that Python 3.8 reads the types below

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "locks"
# What each lock is made from. Each of the others holds all of "run".
LISTS = {"run": "requirements.txt", "dev": "requirements-dev.txt", "bench": "requirements-bench.txt"}
UNIT_TESTS = (
    *("tests/metrics", "tests/charts", "tests/exports", "tests/etl/sources", "tests/data"),
    *("tests/test_architecture.py", "tests/test_start.py"),
)
MADE = (".pytest_cache", ".ruff_cache", ".mypy_cache", ".covered")


class Stop(Exception):
    """Something here does not do; the sentence says what, and how to put it right."""


def main(words: list[str]) -> int:
    """Does what the first word says; the exit status."""
    name, arguments = (words[0], words[1:]) if words else ("run", [])
    try:
        if name in ("help", "-h", "--help"):
            print(usage())
            return 0
        if name not in COMMANDS:
            raise Stop("There is no {!r}. There are: {}.".format(name, ", ".join(COMMANDS)))
        refuse_old_python(sys.version_info[:2])
        return COMMANDS[name](arguments)
    except Stop as problem:
        print(problem, file=sys.stderr)
        return 1


def usage() -> str:
    """A line for each command."""
    return "\n".join(f"python start.py {name:<8} {act.__doc__}" for name, act in COMMANDS.items())


# The commands


def run(arguments: list[str]) -> int:
    """the dashboard; other words go to Streamlit"""
    python = prepared("run")
    return first_failure([python, "-m", "etl", "build", "--if-changed"]) or finish(
        [python, "-m", "streamlit", "run", "app.py", *arguments]
    )


def test(arguments: list[str]) -> int:
    """lint and every test, with coverage; with words, only what pytest makes of them"""
    python = prepared("dev")
    if arguments:
        return finish([python, "-m", "pytest", *arguments])
    return first_failure(*lint_steps(python), [python, "-m", "tests.chromium"]) or finish(
        [python, "-m", "pytest", "-n", "2", "--covered"]
    )


def quick(arguments: list[str]) -> int:
    """lint and the unit tests"""
    python = prepared("dev")
    return first_failure(*lint_steps(python)) or finish([python, "-m", "pytest", "-n", "auto", *UNIT_TESTS, *arguments])


def lint(arguments: list[str]) -> int:
    """ruff's rules, ruff's form, and the types"""
    return first_failure(*lint_steps(prepared("dev")))


def soak(arguments: list[str]) -> int:
    """what hammers for minutes"""
    return finish([prepared("dev"), "-m", "pytest", "-m", "soak", *arguments])


def build(arguments: list[str]) -> int:
    """a new generation of the store"""
    return finish([prepared("run"), "-m", "etl", "build", *arguments])


def bench(arguments: list[str]) -> int:
    """what the importer, a refresh and a build cost"""
    python = prepared("bench")
    return first_failure(*([python, "-m", f"bench.{part}"] for part in ("upload", "refresh", "build")))


def datadiff(arguments: list[str]) -> int:
    """which figures a change moves, shown before it lands"""
    return finish([prepared("dev"), "-m", "commands.datadiff", *arguments])


def shots(arguments: list[str]) -> int:
    """pictures of every page, light and dark, wide and narrow"""
    python = prepared("dev")
    return first_failure([python, "-m", "tests.chromium"]) or finish([python, "-m", "tests.shots", *arguments])


def watch(arguments: list[str]) -> int:
    """the unit tests again whenever a file is saved"""
    python = prepared("dev")
    again = '"{}" -m pytest -x --ff {}'.format(python, " ".join(arguments or UNIT_TESTS))
    rooms = [str(ROOT / room) for room in ("etl", "metrics", "charts", "exports", "commands", "pages", "tests")]
    return finish([python, "-m", "watchfiles", "--filter", "python", again, *rooms])


def lock(arguments: list[str]) -> int:
    """the locks, written anew from the lists"""
    return first_failure(*(lock_step(prepared("dev"), kind) for kind in LISTS))


def clean(arguments: list[str]) -> int:
    """takes away the environment and the caches, never the data"""
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Stop("This Python lives in the environment that would go. Use another: python3 start.py clean.")
    for place in (VENV, *(ROOT / name for name in MADE)):
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        elif place.exists():
            place.unlink()
    return 0


COMMANDS = {
    act.__name__: act for act in (run, test, quick, lint, soak, build, bench, datadiff, shots, watch, lock, clean)
}


def lint_steps(python: str) -> tuple[list[str], ...]:
    ruff = [python, "-m", "ruff"]
    return [*ruff, "check", "."], [*ruff, "format", "--check", "."], [python, "-m", "mypy"]


def lock_step(python: str, kind: str) -> list[str]:
    return [
        *(python, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--universal", "--generate-hashes"),
        *("--python-version", "{}.{}".format(*OLDEST), "--no-emit-index-url", "--no-emit-find-links"),
        # An older pip looks past the lock where a package is asked for with an extra that the lock leaves out.
        "--no-strip-extras",
        *("--custom-compile-command", "python start.py lock", LISTS[kind], "-o", f"locks/{kind}.txt"),
    ]


# The environment


def prepared(kind: str) -> str:
    """The environment's Python, once it has everything that the lock of this kind names."""
    python = python_in(VENV, os.name)
    if python.exists() and is_installed(VENV, LOCKS, kind):
        return str(python)
    if not is_sound(python):
        make_environment()
    install(python, kind)
    return str(python)


def refuse_old_python(version: tuple[int, ...]) -> None:
    """Raises Stop where this Python is too old."""
    if tuple(version[:2]) < OLDEST:
        raise Stop(
            "Python {}.{} or newer is needed; this is {}.{}. "
            "Start with a newer one, such as: python3.12 start.py".format(*OLDEST, *version[:2])
        )


def python_in(venv: Path, system: str) -> Path:
    """Where the environment's Python lies; `system` as os.name says it."""
    return venv / "Scripts" / "python.exe" if system == "nt" else venv / "bin" / "python"


def is_installed(venv: Path, locks: Path, kind: str) -> bool:
    """Whether what this lock names was installed whole, by itself or with a lock that holds it."""
    kinds = list(LISTS) if kind == "run" else [kind]
    return any(stamped(venv, each) == checksum(locks / f"{each}.txt") for each in kinds)


def stamped(venv: Path, kind: str) -> str | None:
    stamp = venv / f".installed-{kind}"
    return stamp.read_text(encoding="utf-8") if stamp.exists() else None


def checksum(path: Path) -> str:
    # A checkout on Windows may have other line ends.
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_sound(python: Path) -> bool:
    """Whether the environment's Python runs, is new enough, and has pip."""
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST!r})"
    try:
        return subprocess.run([str(python), "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """A new environment in .venv. Raises Stop where this Python cannot make one."""
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise Stop(
            "This Python has no venv of its own. On Debian and Ubuntu: sudo apt-get install python3-venv. "
            "Elsewhere, install Python from python.org."
        )
    say("Making the environment in .venv")
    maker = getattr(sys, "_base_executable", None) or sys.executable
    if subprocess.run([maker, "-m", "venv", "--clear", str(VENV)], cwd=str(ROOT), check=False).returncode:
        raise Stop(
            "The environment could not be made; what Python says stands above. Is .venv in use, or the disk full?"
        )


def install(python: Path, kind: str) -> None:
    """Installs what the lock names, held to its checksums. Raises Stop where pip could not."""
    path = LOCKS / f"{kind}.txt"
    say(f"Installing what {path.relative_to(ROOT).as_posix()} names; this takes a minute or two, once")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*command, "--require-hashes", "-r", str(path)], cwd=str(ROOT), check=False).returncode:
        raise Stop(
            "The packages could not be installed; what pip says stands above. It needs a package index: "
            "a connection to pypi.org, or pip set up with another (pip config set global.index-url ADDRESS)."
        )
    (VENV / f".installed-{kind}").write_text(checksum(path), encoding="utf-8")


# Other programs


def first_failure(*commands: list[str]) -> int:
    """Runs the commands one after the other up to the first that fails; its exit status, or 0."""
    for command in commands:
        status = followed(subprocess.Popen(command, cwd=str(ROOT), env=surroundings(os.environ)))
        if status:
            return status
    return 0


def finish(command: list[str]) -> int:
    """Gives this process over to the command, as far as the system can: signals and status are then its own."""
    if os.name != "nt":  # where Windows replaces a program, whoever started it waits no longer
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(str(ROOT))
        os.execve(command[0], command, surroundings(os.environ))
    return first_failure(command)


def followed(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a program. A terminal tells it of Ctrl-C itself, so here it is only waited for."""
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                status = process.wait()
                return status if status >= 0 else 128 - status
            except KeyboardInterrupt:
                continue
    finally:
        signal.signal(signal.SIGTERM, before)


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a program gets: all of ours, and text as UTF-8 on every system."""
    return {"PYTHONUTF8": "1", **environment}


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
