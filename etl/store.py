"""The store: a row of immutable DuckDB files, and the only place that speaks SQL.

DuckDB locks a file against every other process while one writes, and a process that has a path
open keeps seeing the old file after a rename. So nothing is ever written in place: a writer
copies the current generation under a temporary name, changes the copy in one transaction and
publishes it under the next number; readers look at CURRENT each time and open what it names.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from etl.schema import TABLES, Table

KEPT_GENERATIONS = 20
DUCKDB_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
SQL_TYPES: Mapping[pl.DataType, str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Date: "DATE",
    pl.Boolean: "BOOLEAN",
    pl.Datetime("us", "UTC"): "TIMESTAMPTZ",
}

Value = str | int | float | bool | date


class StoreMissing(Exception):
    """There is no generation yet; building makes one."""


class StoreDamaged(Exception):
    """A generation cannot be opened; the sentence says which and what to do."""


class Store:
    """A folder of generations. Any number of processes may read while any number write in turn."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def generation(self) -> str | None:
        """Name of the current generation, such as store-000123; None before the first build."""
        try:
            name = (self.folder / "CURRENT").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return name.removesuffix(".duckdb") or None

    def generations(self) -> tuple[str, ...]:
        """Names of the generations still kept, oldest first."""
        return tuple(sorted(path.stem for path in self.folder.glob("store-*.duckdb")))

    def rows(
        self,
        table: str,
        where: Mapping[str, Value | Sequence[Value]] | None = None,
        generation: str | None = None,
    ) -> pl.DataFrame:
        """Rows of one table, in a stable order; `where` keeps those with these values.

        Raises StoreMissing, StoreDamaged, or KeyError for a table or column that is not in the
        vocabulary.
        """
        declared = TABLES[table]
        conditions, values = [], []
        for name, wanted in (where or {}).items():
            several = [wanted] if isinstance(wanted, Value) else list(wanted)
            conditions.append(f'list_contains(?, "{declared.column(name).name}")')
            values.append(several)
        kept = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        order = ", ".join(f'"{name}"' for name in dict.fromkeys(declared.key + declared.names))
        frame = self._query(f'SELECT * FROM "{table}"{kept} ORDER BY {order}', values, generation)
        return declared.conform(frame)

    def counts(self, generation: str | None = None) -> dict[str, int]:
        """Rows of each table."""
        union = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM \"{name}\"" for name in TABLES)
        return dict(self._query(f"SELECT * FROM ({union}) ORDER BY name", [], generation).iter_rows())

    def write(self, change: Callable[["Writer"], None]) -> str:
        """Publishes a generation with this change made to the current one; its name.

        The change is entirely in or entirely out: whatever it raises, and wherever the process is
        killed, the current generation stands. Writers wait for each other.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _lock(self.folder / "writer.lock"):
            for leftover in self.folder.glob("*.tmp*"):
                leftover.unlink()
            current, name = self.generation(), self._next_name()
            draft = self.folder / f".{name}.tmp"
            if current and (self.folder / f"{current}.duckdb").exists():
                shutil.copyfile(self.folder / f"{current}.duckdb", draft)
            try:
                self._change(draft, change)
                self._publish(draft, name)
            finally:
                draft.unlink(missing_ok=True)
            self._drop_old(name)
        return name

    def _change(self, draft: Path, change: Callable[["Writer"], None]) -> None:
        with duckdb.connect(str(draft), config=DUCKDB_SETTINGS) as connection:
            connection.execute("BEGIN")
            _fit_vocabulary(connection)
            change(Writer(connection))
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
        leftover = draft.with_name(f"{draft.name}.wal")
        if leftover.exists():
            raise StoreDamaged(f"{draft.name} was closed with changes outside it; nothing was published.")

    def _publish(self, draft: Path, name: str) -> None:
        _sync(draft)
        draft.rename(self.folder / f"{name}.duckdb")
        pointer = self.folder / "CURRENT.new"
        pointer.write_text(f"{name}.duckdb\n", encoding="utf-8")
        _sync(pointer)
        pointer.replace(self.folder / "CURRENT")
        _sync(self.folder)

    def _next_name(self) -> str:
        numbers = [int(name.removeprefix("store-")) for name in self.generations()]
        return f"store-{max(numbers, default=0) + 1:06d}"

    def _drop_old(self, current: str) -> None:
        older = [name for name in self.generations() if name < current]
        for name in older[: -(KEPT_GENERATIONS - 1)]:
            (self.folder / f"{name}.duckdb").unlink(missing_ok=True)

    def _query(self, sql: str, values: Sequence, generation: str | None) -> pl.DataFrame:
        # A generation may be dropped between the look at CURRENT and the opening: look again.
        for attempt in (1, 2, 3):
            name = generation or self.generation()
            if name is None:
                raise StoreMissing("There is no store yet. Run: python -m etl build")
            try:
                with _reader(self.folder / f"{name}.duckdb").cursor() as cursor:
                    return cursor.sql(sql, params=list(values)).pl()
            except FileNotFoundError as error:
                if generation or attempt == 3:
                    raise StoreDamaged(
                        f"Generation {name} is not in {self.folder}. Run: python -m etl build"
                    ) from error
        raise AssertionError("unreachable")


class Writer:
    """What a change may do to the draft of a generation; one transaction around all of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection = connection

    def rows(self, table: str) -> pl.DataFrame:
        return TABLES[table].conform(self._connection.sql(f'SELECT * FROM "{TABLES[table].name}"').pl())

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Appends rows; absent columns are null."""
        declared = TABLES[table]
        self._connection.register("incoming", declared.conform(frame).to_arrow())
        self._connection.execute(f'INSERT INTO "{declared.name}" BY NAME SELECT * FROM incoming')
        self._connection.unregister("incoming")

    def replace_all(self, table: str, frame: pl.DataFrame) -> None:
        """The table holds these rows; rows that a reader uploaded stay."""
        declared = TABLES[table]
        kept = " WHERE evidence <> 'upload'" if declared.is_fact else ""
        self._connection.execute(f'DELETE FROM "{declared.name}"{kept}')
        self.add(table, frame)


_connections: dict[tuple[int, Path], duckdb.DuckDBPyConnection] = {}
_connections_lock = threading.Lock()
OPEN_GENERATIONS = 4


def _reader(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection of this process; generations are immutable, so it never goes stale."""
    # After a fork the parent's connections must not be used.
    key = (os.getpid(), path.resolve())
    with _connections_lock:
        if key not in _connections:
            if not path.exists():
                raise FileNotFoundError(path)
            _connections[key] = _open(path)
            for old in list(_connections)[:-OPEN_GENERATIONS]:
                del _connections[old]  # closes with its last cursor
        return _connections[key]


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=True, config=DUCKDB_SETTINGS)
    except duckdb.Error as error:
        if not path.exists():
            raise FileNotFoundError(path) from error
        raise StoreDamaged(
            f"{path.name} cannot be opened ({str(error).splitlines()[0]}). "
            "Your uploads and snapshots are safe; run: python -m etl build"
        ) from error


def _fit_vocabulary(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table of the vocabulary exists with exactly its columns; rows of an older layout are kept."""
    for table in TABLES.values():
        found = dict(
            connection.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? "
                "ORDER BY ordinal_position",
                [table.name],
            ).fetchall()
        )
        if list(found) == list(table.names):
            continue
        if found:
            connection.execute(f'ALTER TABLE "{table.name}" RENAME TO "{table.name} before"')
        connection.execute(_create(table))
        if found:
            before = f'"{table.name} before"'
            shared = ", ".join(f'"{name}"' for name in table.names if name in found)
            connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT {shared} FROM {before}')
            connection.execute(f"DROP TABLE {before}")


def _create(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {_sql_type(column.dtype)}' for column in table.columns)
    return f'CREATE TABLE "{table.name}" ({columns})'


def _sql_type(dtype: pl.DataType) -> str:
    return next(sql for ours, sql in SQL_TYPES.items() if ours == dtype)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Holds the writer's lock; the kernel frees it when the process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
