"""Processes that read and write one store at once, for tests that kill some of them.

Each writer says on stdout, a line each, which batch it is sure of. Run as: python -m tests.rivals
write FOLDER WRITER TIMES | read FOLDER BATCHES | build DATA SHIPPED TIMES
"""

import sys
import time
from pathlib import Path

import polars as pl

from etl.store import Store, Writer

PAIR = ("event", "set_aside")  # what a batch adds to, in one change
ROWS = 40


def batch_rows(batch: str, rows: int = ROWS) -> dict[str, pl.DataFrame]:
    number = pl.int_range(rows, eager=True).cast(pl.String)
    facts = {name: pl.lit("rivals") for name in ("source", "source_url", "publisher", "licence")}
    return {
        "event": pl.DataFrame({"headline": number}).with_columns(
            **facts, happened_on=pl.date(2026, 8, 1), category=pl.lit(batch), evidence=pl.lit("upload")
        ),
        "set_aside": pl.DataFrame({"row": number}).with_columns(
            source=pl.lit(batch), source_url=pl.lit("rivals"), reason=pl.lit("rivals"), rows=pl.lit(1)
        ),
    }


def add(writer: Writer, batch: str) -> None:
    for table, frame in batch_rows(batch).items():
        writer.add(table, frame)


def batches(store: Store, generation: str) -> dict[str, set[tuple[str, int]]]:
    """Batches of each of the pair with their rows, as one generation holds them."""
    columns = {"event": "category", "set_aside": "source"}
    return {
        table: set(store.rows(table, generation=generation)[columns[table]].value_counts().iter_rows())
        for table in PAIR
    }


def write(folder: str, name: str, times: str) -> None:
    store = Store(Path(folder))
    for number in range(int(times)):
        batch = f"{name}-{number}"
        store.write(lambda writer, batch=batch: add(writer, batch))
        say(batch)


def read(folder: str, wanted: str) -> None:
    """Looks until the store holds this many batches; says what it saw wrong, and how often it looked."""
    store = Store(Path(folder))
    looks, events = 0, set()
    give_up_at = time.monotonic() + 60
    while len(events) < int(wanted) and time.monotonic() < give_up_at:
        generation = store.generation()
        if generation is None:
            continue
        seen = batches(store, generation)
        events, asides = seen["event"], seen["set_aside"]
        if events != asides or any(rows != ROWS for _, rows in events):
            say(f"torn {generation}: {sorted(events ^ asides)}")
        looks += 1
        time.sleep(0.02)
    say(f"looked {looks}")


def rebuild(data: str, shipped: str, times: str) -> None:
    from etl.folders import Folders
    from etl.publish.build import build

    folders = Folders(data=Path(data), shipped=Path(shipped))
    for _ in range(int(times)):
        say(build(folders, sources=[toy()]))


def toy():
    """A source that ships figures and fetches none."""
    from etl.sources.contract import Reading, Source

    return Source(
        id="toy",
        title="Toy",
        publisher="Toys",
        licence="MIT",
        home_url="https://example.org",
        tables=(),
        wants=lambda held: [],
        read=lambda held: Reading(),
    )


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    {"write": write, "read": read, "build": rebuild}[sys.argv[1]](*sys.argv[2:])
