"""The store: a row of immutable DuckDB files, and, with `etl.thinning`, the only place that speaks SQL.

DuckDB locks a file against every other process while one writes, and a process that has a path
open keeps seeing the old file after a rename. So nothing is ever written in place: a writer
copies the current generation under a temporary name, changes the copy in one transaction and
publishes it under the next number; readers look at CURRENT each time and open what it names.

A reader's rows stay in the Parquet file in which they were staged, and a generation names the files
that stand (`PARTS`), read as part of their table. Why: writing a million rows into a table of thirty
columns, most of them empty, takes longer than judging them. Uploads that share rows with an earlier
one are laid over each other in the table itself, so that every row stands once.
"""

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl

from etl import derived, disk, thinning
from etl.schema import FACTS, TABLES, UPLOAD, Column, DataType, Table

KEPT_GENERATIONS = 20
# What a change may hold in memory; beyond it DuckDB goes to disk, beside the draft.
WRITER_MEMORY = "300MB"
# What DuckDB takes as the value of a setting.
Setting = str | bool | int | float | list[str]
NAMED = re.compile(r"store-\d{6,}")
DUCKDB_SETTINGS: dict[str, Setting] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
# Rows are read in the order of their key, so the order in which they were written is nobody's.
WRITER_SETTINGS: dict[str, Setting] = {"memory_limit": WRITER_MEMORY, "preserve_insertion_order": "false"}
SQL_TYPES: Mapping[DataType, str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Date: "DATE",
    pl.Boolean: "BOOLEAN",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
}

# The Parquet files of uploads that stand: the table that they belong to, where they lie beside the store, and what
# fills the columns that they have not.
PARTS = "upload part"

Value = str | int | float | bool | date
Answer = TypeVar("Answer")


class StoreMissing(Exception):
    """There is no generation yet; building makes one."""


class StoreDamaged(Exception):
    """A generation cannot be opened; the sentence says which and what to do."""


class GenerationGone(StoreDamaged):
    """The generation asked for by its name is not kept any more; the sentence says which are."""


class Store:
    """A folder of generations. Any number of processes may read while any number write in turn."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def generation(self) -> str | None:
        """Name of the current generation, such as store-000123; None before the first build."""
        try:
            name = disk.read_text(self.folder / "CURRENT").strip()
        except FileNotFoundError:
            return None
        return name.removesuffix(".duckdb") or None

    def generations(self) -> tuple[str, ...]:
        """Names of the generations still kept, oldest first."""
        return tuple(sorted(path.stem for path in self.folder.glob("store-*.duckdb") if NAMED.fullmatch(path.stem)))

    def rows(
        self,
        table: str,
        where: Mapping[str, Value | Sequence[Value]] | None = None,
        generation: str | None = None,
    ) -> pl.DataFrame:
        """Rows of one table, in a stable order; `where` keeps those with these values.

        A generation of an older layout answers in today's: what it lacks is null. Raises StoreMissing,
        StoreDamaged, GenerationGone where the one named is not kept, or KeyError for a table or column
        that is not in the vocabulary.
        """
        declared = TABLES[table]
        wanted = {
            declared.column(name).name: [value] if isinstance(value, Value) else list(value)
            for name, value in (where or {}).items()
        }
        return declared.conform(self._ask(lambda file: file.rows(declared, wanted), generation))

    def drawn(self, table: str, with_own: bool = False, generation: str | None = None) -> pl.DataFrame:
        """Rows of one table as charts read them: the record, and after it a reader's own rows where wanted.

        However many rows of their own a reader has, they come as few as a chart can draw: see `etl.thinning`.
        Raises as `rows` does.
        """
        declared = TABLES[table]
        return declared.conform(self._ask(lambda file: file.drawn(declared, with_own), generation))

    def derived(self, name: str, generation: str, code: str, compute: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What `compute`, a pure function of this generation, gives back: kept beside it, so computed once.

        `name` is a word of its own for each function; `code` tells its versions apart. See `etl.derived`.
        """
        return derived.kept(self._derived, self._path(generation), name, code, compute)

    def counts(self, generation: str | None = None) -> dict[str, int]:
        """Rows of each table."""
        return self._ask(lambda file: file.counts(tuple(TABLES.values())), generation)

    def own_counts(self, generation: str | None = None) -> dict[str, int]:
        """A reader's own rows of each table of facts."""
        return self._ask(lambda file: file.counts(FACTS, only_own=True), generation)

    def uploads_beside(self, table: str, upload: "Upload") -> pl.DataFrame:
        """Which staged rows of an upload the table has among its uploads: their row number and whether they
        are "identical" or "changed"; those that are in neither way there are not named. In order of the row."""
        declared = TABLES[table]
        return self._ask(lambda file: file.beside(declared, upload), None)

    def write(self, change: Callable[["Writer"], None], mend: bool = False) -> str:
        """Publishes a generation with this change made to the current one; its name.

        The change is entirely in or entirely out: whatever it raises, and wherever the process is
        killed, the current generation stands. Writers wait for each other. A current generation
        that is damaged raises StoreDamaged; with `mend` the newest sound one takes its place.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with disk.lock(self.folder / "writer.lock"):
            name = self._next_name()
            self._sweep()
            draft = self.folder / f".{name}-{os.getpid()}.tmp"
            try:
                if mend:
                    self._copy_newest_sound(draft)
                else:
                    self._copy_current(draft)
                self._change(draft, change)
                self._publish(draft, name)
            finally:
                disk.remove_if_free(draft)
            self._drop_old(name)
        return name

    @property
    def _derived(self) -> Path:
        return self.folder / "derived"

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.duckdb"

    def _sweep(self) -> None:
        """Removes what killed writers left: drafts, and generations that never became the current one."""
        for draft in self.folder.glob(".store-*.tmp*"):  # a folder is what did not fit into the writer's memory
            disk.remove_if_free(draft)
        disk.sweep(self.folder, abandoned_after_seconds=0)
        current = self.generation()
        for name in self.generations():
            if current and name > current:
                disk.remove_if_free(self._path(name))

    def _copy_current(self, draft: Path) -> None:
        current = self.generation()
        if current is None:
            return
        try:
            shutil.copyfile(self._path(current), draft)
        except FileNotFoundError as error:
            raise StoreDamaged(f"{current}.duckdb is not in {self.folder}. Run: python -m etl build") from error

    def _copy_newest_sound(self, draft: Path) -> None:
        # The copy is judged, not the file: another connection of this process may have its blocks in memory.
        for name in reversed(self.generations()):
            shutil.copyfile(self._path(name), draft)
            if _is_sound(draft):
                return
            disk.remove(draft)

    def _change(self, draft: Path, change: Callable[["Writer"], None]) -> None:
        try:
            with duckdb.connect(str(draft), config=DUCKDB_SETTINGS | WRITER_SETTINGS) as connection:
                connection.execute("BEGIN")
                _fit_vocabulary(connection)
                change(Writer(connection, self.folder))
                connection.execute("COMMIT")
                connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            if _tells_damage(error):
                raise StoreDamaged(_damage(self.generation() or draft.name, error)) from error
            raise
        leftover = draft.with_name(f"{draft.name}.wal")
        if leftover.exists():
            raise StoreDamaged(f"{draft.name} was closed with changes outside it; nothing was published.")

    def _publish(self, draft: Path, name: str) -> None:
        disk.sync(draft)
        disk.replace(draft, self._path(name))
        disk.place_text(f"{name}.duckdb\n", self.folder / "CURRENT")

    def _next_name(self) -> str:
        numbers = [int(name.removeprefix("store-")) for name in self.generations()]
        return f"store-{max(numbers, default=0) + 1:06d}"

    def _drop_old(self, current: str) -> None:
        # One that another process still reads stays, where the system says so, until a later write.
        older = [name for name in self.generations() if name < current]
        for name in older[: -(KEPT_GENERATIONS - 1)]:
            disk.remove_if_free(self._path(name))
        derived.sweep(self._derived, self.generations())

    def _ask(self, question: Callable[["_File"], Answer], generation: str | None) -> Answer:
        # A generation may be dropped between the look at CURRENT and the opening: look again.
        for attempt in (1, 2, 3):
            name = generation or self.generation()
            if name is None:
                raise StoreMissing("There is no store yet. Run: python -m etl build")
            try:
                return question(self._file(name))
            except FileNotFoundError as error:
                if generation:
                    raise GenerationGone(self._gone(generation)) from error
                if attempt == 3:
                    raise StoreDamaged(f"{name}.duckdb is not in {self.folder}. Run: python -m etl build") from error
        raise AssertionError("unreachable")

    def _file(self, name: str) -> "_File":
        # The name may come from a link: it must not lead out of the folder.
        if not NAMED.fullmatch(name):
            raise FileNotFoundError(name)
        return _opened(self._path(name))

    def _gone(self, name: str) -> str:
        kept = self.generations()
        known = f"{kept[0]} to {kept[-1]} are" if kept else "none is"
        return f"The generation {name} is not kept any more; {known} in {self.folder}."


@dataclass(frozen=True)
class Upload:
    """Staged rows of one upload, and what they are told apart and compared by.

    The file is Parquet with some of the table's columns and a row number; `fixed` fills what it has not.
    """

    staged: Path
    identity: tuple[str, ...]
    values: tuple[str, ...]
    fixed: Mapping[str, str]
    replaces: bool = False


class Writer:
    """What a change may do to the draft of a generation; one transaction around all of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path):
        self._connection = connection
        self._folder = folder

    def rows(self, table: str) -> pl.DataFrame:
        return TABLES[table].conform(self._connection.sql(f'SELECT * FROM "{TABLES[table].name}"').pl())

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Appends rows; absent columns are null."""
        declared = TABLES[table]
        if frame.is_empty():
            return
        self._connection.register("incoming", declared.conform(frame).to_arrow())
        self._connection.execute(f'INSERT INTO "{declared.name}" BY NAME SELECT * FROM incoming')
        self._connection.unregister("incoming")

    def replace_all(self, table: str, frame: pl.DataFrame) -> None:
        """The table holds these rows; rows that a reader uploaded stay."""
        declared = TABLES[table]
        kept = f" WHERE evidence <> '{UPLOAD}'" if declared.is_fact else ""
        self._connection.execute(f'DELETE FROM "{declared.name}"{kept}')
        self.add(table, frame)

    def fold_uploads(self, table: str, uploads: Sequence[Upload]) -> None:
        """The table's uploaded rows become these uploads, laid over each other in order.

        A row that stands already is not added again. One with the same key and other values is added beside
        it, or takes its place where the upload replaces.
        """
        declared = TABLES[table]
        self._connection.execute(f"DELETE FROM \"{declared.name}\" WHERE evidence = '{UPLOAD}'")
        self._take_parts(declared)
        for upload in uploads:
            self.add_upload(table, upload)

    def add_upload(self, table: str, upload: Upload) -> None:
        """Lays one upload over the table's uploaded rows: as a file beside them where they share no row with it."""
        declared = TABLES[table]
        if not self._shares_rows(declared, upload):
            self._connection.execute(
                f'INSERT INTO "{PARTS}" VALUES (?, ?, ?)',
                [table, _place_from(self._folder, upload.staged), json.dumps(upload.fixed)],
            )
            return
        for part in self._take_parts(declared):
            selected = part.selected(_columns_in_sql(declared))
            self._connection.execute(f'INSERT INTO "{declared.name}" BY NAME {selected}')
        self._lay(declared, upload)

    def _shares_rows(self, table: Table, upload: Upload) -> bool:
        """Whether some row stands already as it is, or would be replaced."""
        parts = _parts(self._connection, self._folder)
        own = _with_parts(table, _columns_in_sql(table), parts, with_own=True)
        given = _columns_of(self._connection, upload.staged)
        alike = [_alike(upload.identity, given, upload.fixed)]
        if not upload.replaces:
            alike.append(_alike(upload.values, given, upload.fixed))
        found = self._connection.execute(
            f"SELECT 1 FROM (SELECT * FROM {own} WHERE evidence = '{UPLOAD}') AS old "
            f"JOIN read_parquet(?) AS new ON {' AND '.join(alike)} LIMIT 1",
            [str(upload.staged)],
        )
        return found.fetchone() is not None

    def _take_parts(self, table: Table) -> list["_Part"]:
        """The files that stand for the table, which from now on do so no more."""
        parts = [part for part in _parts(self._connection, self._folder) if part.table == table.name]
        if parts:
            self._connection.execute(f'DELETE FROM "{PARTS}" WHERE owner = ?', [table.name])
        return parts

    def _lay(self, declared: Table, upload: Upload) -> None:
        given = _columns_of(self._connection, upload.staged)
        path = str(upload.staged)
        new = _Part(declared.name, upload.staged, upload.fixed, frozenset(given)).selected(_columns_in_sql(declared))
        same_key, same_values = _alike(upload.identity, given, upload.fixed), _alike(upload.values, given, upload.fixed)
        if upload.replaces:
            self._connection.execute(
                f"DELETE FROM \"{declared.name}\" AS old WHERE evidence = '{UPLOAD}' AND EXISTS "
                f"(SELECT 1 FROM read_parquet(?) AS new WHERE {same_key} AND NOT ({same_values}))",
                [path],
            )
        self._connection.execute(
            f'INSERT INTO "{declared.name}" BY NAME SELECT * FROM ({new}) AS new '
            f'WHERE NOT EXISTS (SELECT 1 FROM "{declared.name}" AS old '
            f"WHERE old.evidence = '{UPLOAD}' AND {same_key} AND {same_values})"
        )


@dataclass(frozen=True)
class _Part:
    """One file of a reader's rows that stands for a table."""

    table: str
    path: Path
    fixed: Mapping[str, str]
    given: frozenset[str]

    def selected(self, held: Mapping[str, str]) -> str:
        """Its rows with these columns, given with their SQL types, in this order."""
        shown = []
        for name, sql_type in held.items():
            column = f'"{name}"' if name in self.given else "NULL"
            if name in self.fixed:
                column = f"coalesce({column}, {_quoted(self.fixed[name])})"
            shown.append(f'CAST({column} AS {sql_type}) AS "{name}"')
        return f"SELECT {', '.join(shown)} FROM read_parquet({_quoted(str(self.path))})"


class _File:
    """One generation opened read-only by this process; it is immutable, so it never goes stale."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=DUCKDB_SETTINGS)
            try:
                self._layout = _layout(self._connection)
                self._parts = _parts(self._connection, path.parent) if PARTS in self._layout else ()
            except duckdb.Error:
                self.close()
                raise
        except duckdb.Error as error:
            if not path.exists():
                raise FileNotFoundError(path) from error
            raise StoreDamaged(_damage(path.stem, error)) from error

    def rows(self, table: Table, where: Mapping[str, list[Value]]) -> pl.DataFrame:
        """Rows in a stable order. What this file lacks is null, and null is none of the values wanted."""
        held = self._layout.get(table.name, {})
        shown = [column for column in table.columns if column.name in held]
        if not shown or not set(where) <= set(held):
            return table.empty()
        columns = ", ".join(_fitted(column, held) for column in shown)
        conditions = " AND ".join(f'list_contains(?, "{name}")' for name in where)
        kept = f" WHERE {conditions}" if conditions else ""
        order = _order(table, held)
        source = self._source(table, UPLOAD in where.get("evidence", [UPLOAD]))
        return self._query(f"SELECT {columns} FROM {source}{kept} ORDER BY {order}", list(where.values()))

    def _source(self, table: Table, with_own: bool = True) -> str:
        return _with_parts(table, self._layout[table.name], self._parts, with_own)

    def drawn(self, table: Table, with_own: bool) -> pl.DataFrame:
        held = self._layout.get(table.name, {})
        if "evidence" not in held:
            return self.rows(table, {})
        columns = ", ".join(_fitted(column, held) for column in table.columns if column.name in held)
        order = _order(table, held)
        published = f"(SELECT {columns} FROM {self._source(table, with_own=False)} WHERE evidence <> '{UPLOAD}')"
        record = self._query(f"SELECT * FROM {published} ORDER BY {order}")
        if not with_own:
            return record
        mine = f"(SELECT {columns} FROM {self._source(table)} WHERE evidence = '{UPLOAD}')"
        shown = [column for column in table.columns if column.name in held]
        own = self._query(f"{thinning.own_rows(table, shown, mine, self._query)} ORDER BY {order}")
        return pl.concat([record, own])

    def counts(self, tables: Sequence[Table], only_own: bool = False) -> dict[str, int]:
        """Rows of each table, or a reader's own of them; 0 of a table that this file lacks."""
        counted = dict.fromkeys((table.name for table in tables), 0)
        held = [table for table in tables if table.name in self._layout]
        if only_own:
            held = [table for table in held if "evidence" in self._layout[table.name]]
        kept = f" WHERE evidence = '{UPLOAD}'" if only_own else ""
        each = [f"SELECT '{table.name}', count(*) FROM {self._source(table)}{kept}" for table in held]
        return counted | dict(self._query(" UNION ALL ".join(each)).rows()) if each else counted

    def beside(self, table: Table, upload: Upload) -> pl.DataFrame:
        held = self._layout.get(table.name, {})
        if not self.counts([table], only_own=True)[table.name]:
            return pl.DataFrame(schema={"row": pl.Int64, "status": pl.String})
        with self._connection.cursor() as cursor:
            given = _columns_of(cursor, upload.staged)
        same_key = _alike([name for name in upload.identity if name in held], given, upload.fixed)
        same_values = _alike([name for name in upload.values if name in held], given, upload.fixed)
        return self._query(
            f"SELECT new.row, CASE WHEN bool_or({same_values}) THEN 'identical' ELSE 'changed' END AS status "
            f"FROM read_parquet(?) AS new JOIN {self._source(table)} AS old ON {same_key} "
            f"WHERE old.evidence = '{UPLOAD}' GROUP BY new.row ORDER BY new.row",
            [str(upload.staged)],
        )

    def check(self) -> None:
        """Reads every block that holds a row. Raises StoreDamaged."""
        for name in self._layout:
            self._query(f'SELECT bit_xor(hash("{name}")) FROM "{name}"')

    def close(self) -> None:
        self._connection.close()

    def _query(self, sql: str, values: Sequence[object] = ()) -> pl.DataFrame:
        try:
            with self._connection.cursor() as cursor:
                found: pl.DataFrame = cursor.sql(sql, params=list(values)).pl()
                return found
        except duckdb.Error as error:
            if _tells_damage(error):
                raise StoreDamaged(_damage(self.path.stem, error)) from error
            raise


_files: dict[tuple[int, Path], _File] = {}
_files_lock = threading.Lock()
OPEN_GENERATIONS = 4


def _opened(path: Path) -> _File:
    # After a fork the parent's connections must not be used.
    key = (os.getpid(), path.resolve())
    with _files_lock:
        if key not in _files:
            if not path.exists():
                raise FileNotFoundError(path)
            _files[key] = _File(path)
            for old in list(_files)[:-OPEN_GENERATIONS]:
                del _files[old]  # closes with its last cursor
        return _files[key]


def _is_sound(path: Path) -> bool:
    try:
        with closing(_File(path)) as file:
            file.check()
    except StoreDamaged:
        return False
    return True


def _tells_damage(error: duckdb.Error) -> bool:
    # A checksum that does not fit is a plain Error; every mistake of ours has a class of its own.
    kinds = duckdb.IOException | duckdb.SerializationException | duckdb.InternalException | duckdb.FatalException
    is_full = "No space left" in str(error)
    return (type(error) is duckdb.Error or isinstance(error, kinds)) and not is_full


def _damage(name: str, error: duckdb.Error) -> str:
    words = str(error).splitlines()[0]
    return f"{name} cannot be read ({words}). Your uploads and snapshots are safe; run: python -m etl build"


def _layout(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The SQL type of each column, by table, in order."""
    layout: dict[str, dict[str, str]] = {}
    columns = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal "
        "ORDER BY table_name, column_index"
    ).fetchall()
    for table, column, sql_type in columns:
        layout.setdefault(table, {})[column] = sql_type
    return layout


def _fit_vocabulary(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table of the vocabulary exists with exactly its columns; rows of an older layout are kept."""
    layout = _layout(connection)
    if PARTS not in layout:
        connection.execute(f'CREATE TABLE "{PARTS}" (owner VARCHAR, path VARCHAR, fixed VARCHAR)')
    for table in TABLES.values():
        held = layout.get(table.name, {})
        if list(held.items()) == list(_columns_in_sql(table).items()):
            continue
        if held:
            connection.execute(f'ALTER TABLE "{table.name}" RENAME TO "{table.name} before"')
        connection.execute(_create(table))
        if held:
            before = f'"{table.name} before"'
            shared = ", ".join(_fitted(column, held) for column in table.columns if column.name in held)
            if shared:
                connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT {shared} FROM {before}')
            connection.execute(f"DROP TABLE {before}")


def _place_from(folder: Path, file: Path) -> str:
    """Where a file lies, seen from the store, so that both can move together; on another drive, by its full name."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # Windows knows no way from one drive to another
        return file.resolve().as_posix()


def _order(table: Table, held: Mapping[str, str]) -> str:
    """Every column, those of the key first: the same rows come in the same order."""
    names = dict.fromkeys((*table.key, *table.names))
    return ", ".join(f'"{name}"' for name in names if name in held)


def _parts(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[_Part, ...]:
    """The files that stand, in the order in which they were added; one that its reader removed stands no more."""
    lines = connection.execute(f'SELECT owner, path, fixed FROM "{PARTS}" ORDER BY rowid').fetchall()
    return tuple(
        _Part(table, folder / path, json.loads(fixed), frozenset(_columns_of(connection, folder / path)))
        for table, path, fixed in lines
        if (folder / path).exists()
    )


def _with_parts(table: Table, held: Mapping[str, str], parts: Iterable[_Part], with_own: bool) -> str:
    """What to select a table's rows from: the table, and the files that stand for it where they are wanted."""
    standing = [part for part in parts if part.table == table.name] if with_own else []
    if not standing:
        return f'"{table.name}"'
    columns = ", ".join(f'"{name}"' for name in held)
    selected = [f'SELECT {columns} FROM "{table.name}"', *(part.selected(held) for part in standing)]
    return f"({' UNION ALL '.join(selected)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _columns_of(connection: duckdb.DuckDBPyConnection, staged: Path) -> set[str]:
    return set(connection.sql("SELECT * FROM read_parquet(?) LIMIT 0", params=[str(staged)]).columns)


def _alike(names: Sequence[str], given: Iterable[str], fixed: Mapping[str, str]) -> str:
    """The condition that an old and a new row have the same in these columns; nulls are the same."""
    compared = (
        f'old."{name}" IS NOT DISTINCT FROM new."{name}"' if name in given else f'old."{name}" IS NULL'
        for name in names
        if name not in fixed
    )
    return " AND ".join(compared) or "true"


def _fitted(column: Column, held: Mapping[str, str]) -> str:
    """The column as today's type; what does not fit it is null."""
    wanted = _sql_type(column.dtype)
    name = f'"{column.name}"'
    return name if held[column.name] == wanted else f"TRY_CAST({name} AS {wanted}) AS {name}"


def _create(table: Table) -> str:
    columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in _columns_in_sql(table).items())
    return f'CREATE TABLE "{table.name}" ({columns})'


def _columns_in_sql(table: Table) -> dict[str, str]:
    """The SQL type of each column, as a generation of this version has them."""
    return {column.name: _sql_type(column.dtype) for column in table.columns}


def _sql_type(dtype: DataType) -> str:
    return next(sql for ours, sql in SQL_TYPES.items() if ours == dtype)
