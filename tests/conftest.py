"""What several rooms test with: a data folder with a real store, and how long a soak lasts.

The tests run in one process or, with `-n`, in several. Processes share the folder that `built_data` gives;
each has its own Streamlit, its own browser and its own server.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock
from hypothesis import settings

# No module of the product is imported here: `--covered` begins before they are.
# Several processes of tests fill this computer by themselves; run in one, the tests use Polars as readers do.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["POLARS_MAX_THREADS"] = "1"

COVERED = pytest.StashKey()

SOAK = "soak"
Choice = TypeVar("Choice")

# A test says what is true, not how fast this computer is today.
settings.register_profile("ordinary", deadline=None, max_examples=25)
settings.register_profile(SOAK, deadline=None, max_examples=1_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--covered", action="store_true", help="print which share of each room's lines the tests reach")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile(SOAK if is_soak(config) else "ordinary")
    if config.getoption("covered"):
        from tests import covered

        if not is_worker(config):
            covered.forget()
        config.stash[COVERED] = covered.Covered()


@pytest.hookimpl(optionalhook=True)  # asked where the tests run in several processes
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    from tests.together import Together

    return Together(config, log)


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of several processes that share the tests out."""
    return hasattr(config, "workerinput")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if COVERED in session.config.stash:
        process = session.config.workerinput["workerid"] if is_worker(session.config) else "main"
        session.config.stash[COVERED].write(process)


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A property over generated cases is a soak too: its rounds are the examples of the profile."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker(SOAK)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if config.getoption("covered"):
        from tests import covered

        for line in covered.by_room():
            terminalreporter.write_line(line)


def is_soak(config: pytest.Config) -> bool:
    """Whether this run asks for soaks by name: `pytest -m soak`."""
    return config.getoption("markexpr") == SOAK


@pytest.fixture
def rounds(request) -> int:
    """How often this test repeats: as often as its mark says for an ordinary run, or for a soak."""
    mark = request.node.get_closest_marker(SOAK)
    return mark.kwargs["long" if is_soak(request.config) else "short"]


@pytest.fixture
def some(rounds) -> Callable[[Sequence[Choice]], list[Choice]]:
    """Of many choices as many as there are rounds, evenly spread from the first to the last."""

    def spread(choices: Sequence[Choice]) -> list[Choice]:
        last = min(rounds, len(choices)) - 1
        return [choices[place * (len(choices) - 1) // max(last, 1)] for place in range(last + 1)]

    return spread


@pytest.fixture(scope="session")
def built_data(tmp_path_factory) -> Iterator[Path]:
    """A data folder whose store holds the shipped figures: built once a run. Read it; what writes needs a copy."""
    from etl.folders import Folders
    from etl.publish import build

    data = run_folder(tmp_path_factory) / "built"
    folders = Folders(data=data)
    with FileLock(data.with_suffix(".lock")):
        if folders.store.generation() is None:
            build.build(folders)
    before = contents(data)
    yield data
    assert contents(data) == before, "A test wrote to the store that all tests share. It needs a copy of its own."


def run_folder(tmp_path_factory) -> Path:
    """The folder of this run, which all its processes share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-gw") else own


def contents(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file with its size and the time of its last change, but for what is computed from a generation once."""
    files = [path for path in folder.rglob("*") if path.is_file() and "derived" not in path.parts]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
