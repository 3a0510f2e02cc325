"""What the importer costs beside reading the same file raw, and beside two tools that people use for this.

    python -m bench.upload [MILLIONS]

Makes a CSV of one million rows (or as many millions as named) and, each in a process of its own, three
times in turn (once, from ten million on):

- "raw": DuckDB's typed read_csv of it into a table on disk, which checks nothing but types.
- "check": read, map and check it as the upload page does, to the preview.
- "import": the same, and commit it to the store.
- "sqlite-utils": its rows, as Python reads them, inserted into SQLite; nothing checked.
- "pandera": read with Polars and validated against the vocabulary's bounds; nothing stored.

Prints median seconds, peak memory, and ratios to raw. Read the ratios, not the seconds: they travel
between machines, though not from an idle one to a busy one: raw is two threads of one program, check several
that hand work to each other. The goal is the import within 2.5 times raw, and under 600 MB beyond the idle server.
Imports of libraries and the start of the worker are left out of the seconds, as a server has them behind it. The
memory is the peak of the program and of the worker that reads the file, together, whenever each had it; "beyond" is
that without what the program held before, its libraries.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median

import psutil

from etl.folders import PROJECT, Folders
from etl.publish.build import build
from etl.schema import TABLES

TIMES = 3
MANY = 10_000_000
GOAL_RATIO, GOAL_MB = 2.5, 600
TABLE = "provider_speed"
HEADER = (
    "provider",
    "model",
    "endpoint",
    "output_tokens_per_second",
    "ttft_seconds",
    "prompt_tokens",
    "measured_by",
    "measured_on",
)
PROVIDERS = ("Groq", "Cerebras", "Azure", "Together AI", "Fireworks")
MODELS = ("Llama 3.3 70B", "Llama 3.1 8B", "Llama 3.1 405B")
SQL_TYPES = {
    "output_tokens_per_second": "DOUBLE",
    "ttft_seconds": "DOUBLE",
    "prompt_tokens": "BIGINT",
    "measured_on": "DATE",
}
NEEDS = {"sqlite-utils": "sqlite_utils", "pandera": "pandera"}


def main(arguments: Sequence[str]) -> int:
    if len(arguments) == 3:
        return run_part(arguments[0], Path(arguments[1]), Path(arguments[2]))
    rows = int(float(arguments[0]) * 1_000_000) if arguments else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        file, data = Path(place) / "speeds.csv", Path(place) / "data"
        write(file, rows)
        build(Folders(data=data))
        parts = [name for name in PARTS if name not in NEEDS or find_spec(NEEDS[name])]
        if rows >= MANY:
            parts = [name for name in parts if name not in NEEDS]
        results: dict[str, list[tuple[float, float, float]]] = {name: [] for name in parts}
        for _ in range(TIMES if rows < MANY else 1):
            for name in parts:
                results[name].append(measured(name, file, data))
        print(table(results, rows, file.stat().st_size))
    return 0


def write(path: Path, rows: int) -> None:
    """A CSV of speeds that all differ, about 69 bytes a row."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(HEADER) + "\n")
        for row in range(rows):
            file.write(
                f"{PROVIDERS[row % 5]},{MODELS[row % 3]},run-{row},{row % 900 + 20.25},{(row % 97 + 3) / 100},"
                f"{row % 4000 + 1},Our lab,2026-0{row % 9 + 1}-1{row % 9}\n"
            )


def measured(name: str, file: Path, data: Path) -> tuple[float, float, float]:
    """Seconds, peak megabytes and those beyond the idle program, of one part in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.upload", name, str(file), str(data)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"], told["megabytes"], told["beyond"]


def run_part(name: str, file: Path, data: Path) -> int:
    from etl.upload import reading

    idle = psutil.Process().memory_info().rss / 1024**2
    with tempfile.TemporaryDirectory(dir=data) as place:
        seconds = PARTS[name](file, data, Path(place))
    reading.end()  # the system tells of a child's memory once it has ended
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "megabytes": sum(peaks), "beyond": sum(peaks) - idle}))
    return 0


def raw(file: Path, data: Path, place: Path) -> float:
    import duckdb

    columns = ", ".join(f"'{name}': '{SQL_TYPES.get(name, 'VARCHAR')}'" for name in HEADER)
    started = time.perf_counter()
    with duckdb.connect(str(place / "raw.duckdb")) as connection:
        connection.execute(
            f"CREATE TABLE speeds AS SELECT * FROM read_csv('{file}', header=true, auto_detect=false, delim=',', "
            f"quote='\"', columns={{{columns}}})"
        )
    return time.perf_counter() - started


def check(file: Path, data: Path, place: Path) -> float:
    return imported(file, data, commits=False)


def commit(file: Path, data: Path, place: Path) -> float:
    return imported(file, data, commits=True)


def imported(file: Path, data: Path, commits: bool) -> float:
    from etl.upload import importer

    folders = Folders(data=data)
    importer.read(b"provider\nGroq\n", "first.csv", folders).close()
    started = time.perf_counter()
    sheet = importer.read(file, file.name, folders)
    checked = importer.check(sheet, importer.suggest(sheet, TABLE), folders)
    if checked.rejected:
        raise SystemExit(f"{checked.rejected} rows were rejected: {checked.kinds}")
    if not commits:
        return time.perf_counter() - started
    batch = importer.commit(folders, checked)
    seconds = time.perf_counter() - started
    importer.undo(folders, batch.batch)
    return seconds


def sqlite_utils(file: Path, data: Path, place: Path) -> float:
    import csv

    from sqlite_utils import Database

    started = time.perf_counter()
    database = Database(place / "speeds.sqlite")
    with file.open(newline="", encoding="utf-8") as text:
        reader = csv.DictReader(text)
        while rows := list(islice(reader, 100_000)):
            database["speeds"].insert_all(rows)
    database.close()
    return time.perf_counter() - started


def pandera(file: Path, data: Path, place: Path) -> float:
    import pandera.polars as pa
    import polars as pl

    columns = {}
    for name in HEADER:
        column = TABLES[TABLE].column(name)
        checks = [pa.Check.ge(column.low)] if column.low is not None else []
        checks += [pa.Check.le(column.high)] if column.high is not None else []
        columns[name] = pa.Column(column.dtype, checks, nullable=not column.required)
    schema = pa.DataFrameSchema(columns)
    started = time.perf_counter()
    frame = pl.read_csv(file, schema_overrides={name: TABLES[TABLE].column(name).dtype for name in HEADER})
    schema.validate(frame, lazy=True)
    return time.perf_counter() - started


PARTS: dict[str, Callable[[Path, Path, Path], float]] = {
    "raw": raw,
    "check": check,
    "import": commit,
    "sqlite-utils": sqlite_utils,
    "pandera": pandera,
}


def table(results: dict[str, list[tuple[float, float, float]]], rows: int, size: int) -> str:
    seconds = {name: median(run[0] for run in runs) for name, runs in results.items()}
    peaks = {name: max(run[1] for run in runs) for name, runs in results.items()}
    beyond = {name: max(run[2] for run in runs) for name, runs in results.items()}
    lines = [
        f"{rows:,} rows, {size / 1e6:,.0f} MB",
        f"{'':<14}{'seconds':>10}{'of raw':>9}{'peak MB':>10}{'beyond MB':>11}",
    ]
    lines += [
        f"{name:<14}{seconds[name]:>10.2f}{seconds[name] / seconds['raw']:>9.2f}{peaks[name]:>10,.0f}"
        f"{beyond[name]:>11,.0f}"
        for name in results
    ]
    met = seconds["import"] <= GOAL_RATIO * seconds["raw"] and beyond["import"] < GOAL_MB
    lines.append(
        f"Goal (import within {GOAL_RATIO} times raw, under {GOAL_MB} MB beyond the idle program): "
        f"{'met' if met else 'not met'}."
    )
    lines += [
        f"{name} is left out: pip install -r requirements-bench.txt"
        for name, module in NEEDS.items()
        if not find_spec(module)
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
