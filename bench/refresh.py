"""How long a refresh takes beside a plain download of the same files, and beside itself when nothing is new.

    python -m bench.refresh [FOLDER]

FOLDER holds the publishers' whole files as <host>/<path>; without it, DIVIDE_UPSTREAM names it, else
../shared/upstream-2026-11 beside the checkout. Everything is measured in one run on one machine, the parts in
turn, three times; medians are printed. Read the ratios, not the seconds: they travel between machines.

- "plain" downloads every file that a refresh fetches, with as many threads as a refresh has for one
  host, a session each, and writes it to disk: about the least that any refresh could do.
- "first" fetches into an empty folder, reads, names, checks and writes the store. first / plain says what
  all of that costs on top of the download.
- "unchanged" refreshes again with nothing new. unchanged / first should be at most 0.1.

From a folder there is nothing to download, so "plain" copies the files. Start-up (half a second of
imports) is left out: it is the same for all.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from etl.fetch.download import Settings
from etl.folders import PROJECT, Folders
from etl.publish.refresh import refresh
from etl.sources import SOURCES

BESIDE_CHECKOUT = PROJECT / "../shared/upstream-2026-11"
TIMES = 3
GOAL = 0.1
PARTS = ("plain", "first", "unchanged")


def main(arguments: Sequence[str]) -> int:
    chosen = arguments[0] if arguments else os.environ.get("DIVIDE_UPSTREAM") or BESIDE_CHECKOUT
    upstream = Path(chosen).resolve()
    if not upstream.is_dir():
        print(f"There is no folder {upstream} with the publishers' files. Name one: python -m bench.refresh FOLDER")
        return 1
    with served(upstream) as address:
        results = {"server": measured(address, download), "folder": measured(upstream, copy)}
    print(table(results))
    return 0


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a static server over the folder, in a process of its own."""
    command = [sys.executable, "-m", "bench.static", str(folder)]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def measured(mirror: str | Path, plain: Callable[[Sequence[str], Path], None]) -> dict[str, float]:
    """Median seconds of each part, from this mirror."""
    settings = Settings(mirror=mirror)
    with tempfile.TemporaryDirectory() as place:
        addresses = fetched_from(refreshed(Path(place), settings))  # also warms what can be warmed
    seconds: dict[str, list[float]] = {part: [] for part in PARTS}
    for turn in range(TIMES):
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "plain").mkdir()
            seconds["plain"].append(timed(lambda: plain(addresses, Path(place) / "plain")))
            for part in ("first", "unchanged"):
                seconds[part].append(timed(lambda: refreshed(Path(place), settings)))
        print(f"{mirror}: {turn + 1} of {TIMES}", file=sys.stderr)
    return {part: median(times) for part, times in seconds.items()} | {"files": len(addresses)}


def refreshed(data: Path, settings: Settings) -> Folders:
    folders = Folders(data=data)
    refresh(folders, settings)
    return folders


def fetched_from(folders: Folders) -> list[str]:
    """The address that was truly asked for each file held."""
    return [origin.fetched_from for source in SOURCES for origin in folders.snapshots.origins(source)]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def download(addresses: Sequence[str], place: Path) -> None:
    sessions = threading.local()

    def one(numbered: tuple[int, str]) -> None:
        number, address = numbered
        if not hasattr(sessions, "session"):
            sessions.session = requests.Session()
        response = sessions.session.get(address)
        response.raise_for_status()
        (place / str(number)).write_bytes(response.content)

    with ThreadPoolExecutor(Settings().per_host) as pool:
        list(pool.map(one, enumerate(addresses)))


def copy(addresses: Sequence[str], place: Path) -> None:
    for number, address in enumerate(addresses):
        shutil.copyfile(requests.utils.unquote(address.removeprefix("file://")), place / str(number))


def table(results: dict[str, dict[str, float]]) -> str:
    lines = [
        f"{'from':<8}{'files':>7}{'plain':>9}{'first':>9}{'unchanged':>11}{'first/plain':>13}{'unchanged/first':>17}"
    ]
    for mirror, found in results.items():
        plain, first, unchanged = (found[part] for part in PARTS)
        lines.append(
            f"{mirror:<8}{found['files']:>7,}{plain:>7.2f} s{first:>7.2f} s{unchanged:>9.2f} s"
            f"{first / plain:>13.2f}{unchanged / first:>17.3f}"
        )
    worst = max(found["unchanged"] / found["first"] for found in results.values())
    lines.append(
        f"An unchanged refresh takes at most {GOAL:g} of a first one: {'met' if worst <= GOAL else 'not met'}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
