"""How long a build from the shipped figures takes beside a plain read of the same files.

    python -m bench.build

All is measured in one run on one machine, in turn, seven times; medians are printed. Read the ratios, not the
seconds: they travel between machines.

- "read" reads every file of data/published and of data/facts into memory, on all cores.
- "load" also writes each as a table of a new DuckDB file, as it is: about the least that any store costs.
- "build" makes the first generation of an empty folder of them: it names, checks, compares with neighbours and
  orders what it reads, and writes the store. build / load should be at most 3.

Start-up (half a second of imports) is left out: it is the same for all.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

import duckdb
import polars as pl

from bench.refresh import timed
from etl.folders import Folders
from etl.publish.build import build
from etl.schema import TABLES

TIMES = 7
GOAL = 3.0


def main() -> int:
    works = {"read": read, "load": load, "build": built}
    seconds: dict[str, list[float]] = {name: [] for name in works}
    built()  # warms what can be warmed
    for _ in range(TIMES):
        for name, work in works.items():
            seconds[name].append(timed(work))
    found = {name: median(times) for name, times in seconds.items()}
    ratio = found["build"] / found["load"]
    print(f"{'files':>7}{'read':>9}{'load':>9}{'build':>9}{'build/read':>12}{'build/load':>12}")
    print(
        f"{len(files()):>7,}{found['read']:>7.2f} s{found['load']:>7.2f} s{found['build']:>7.2f} s"
        f"{found['build'] / found['read']:>12.2f}{ratio:>12.2f}"
    )
    print(f"A build takes at most {GOAL:g} of a load: {'met' if ratio <= GOAL else 'not met'}.")
    return 0


def files() -> list[Path]:
    folders = Folders()
    return sorted([*folders.published.glob("*.csv"), *folders.facts.glob("*.csv")])


def read() -> list[pl.DataFrame]:
    return [_frame(path) for path in files()]


def _frame(path: Path) -> pl.DataFrame:
    """A shipped table with the types that it is stored with; a file of facts as text."""
    if path.parent != Folders().published:
        return pl.read_csv(path, infer_schema=False)
    return pl.read_csv(path, schema_overrides=dict(TABLES[path.name.partition(".")[0]].dtypes))


def load() -> None:
    with tempfile.TemporaryDirectory() as place, duckdb.connect(str(Path(place) / "plain.duckdb")) as connection:
        for number, frame in enumerate(read()):
            connection.register("incoming", frame.to_arrow())
            connection.execute(f"CREATE TABLE file_{number} AS SELECT * FROM incoming")
            connection.unregister("incoming")


def built() -> None:
    with tempfile.TemporaryDirectory() as place:
        build(Folders(data=Path(place)))


if __name__ == "__main__":
    sys.exit(main())
