"""The store under rivals, kills, damage and older layouts."""

import random
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl import store as module
from etl import thinning
from etl.folders import Folders
from etl.publish.build import build
from etl.schema import ACCELERATOR, CLAIM, EVENT, PROVIDER_SPEED, TABLES, TOKEN_PRICE, Table
from etl.store import KEPT_GENERATIONS, Store, StoreDamaged, StoreMissing
from tests.rivals import ROWS, add, batch_rows, batches, toy

ROOT = Path(__file__).parents[2]

VALUES = {
    pl.String: ["it's", '"; DROP TABLE event; --', "", "ä\n日"],
    pl.Float64: [0.1 + 0.2, 0.0, -1e300, 5e-324],
    pl.Int64: [0, 2**62, -1, 7],
    pl.Date: [date(2000, 1, 1), date(2026, 8, 1), date(2100, 1, 1), date(1969, 12, 31)],
    pl.Boolean: [True, False, True, False],
    pl.Datetime("us", "UTC"): [datetime(2026, 8, 1, 12, 0, 0, 1, tzinfo=UTC)] * 4,
}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def filled(table: Table) -> pl.DataFrame:
    """Four rows with values of every type, and one with nulls only."""
    values = {name: next(v for d, v in VALUES.items() if d == dtype) for name, dtype in table.dtypes.items()}
    rows = pl.DataFrame({name: [*column, None] for name, column in values.items()}, schema=dict(table.dtypes))
    return rows.with_columns(evidence=pl.lit("published")) if "evidence" in table.names else rows


def event(headline: str, evidence: str = "published", **rest) -> pl.DataFrame:
    row = {
        "happened_on": date(2026, 8, 1),
        "category": "chip launch",
        "headline": headline,
        "source": "toy",
        "source_url": "https://example.org",
        "publisher": "Toys",
        "licence": "MIT",
        "evidence": evidence,
        **rest,
    }
    return EVENT.conform(pl.DataFrame([row]))


def headlines(store: Store, **options) -> list[str]:
    return store.rows("event", **options)["headline"].to_list()


@contextmanager
def rival(*arguments):
    """A process of tests.rivals; killed at the end where it still runs."""
    command = [sys.executable, "-m", "tests.rivals", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def await_line(process: subprocess.Popen) -> str:
    """The next line that a rival says."""
    line = process.stdout.readline()
    assert line, process.stderr.read()
    return line.strip()


# Round trips


@pytest.mark.parametrize("name", TABLES)
def test_every_table_gives_back_what_was_written(store, name):
    rows = filled(TABLES[name])
    assert store.write(lambda writer: writer.add(name, rows)) == "store-000001"
    assert sorted(map(repr, store.rows(name).rows())) == sorted(map(repr, rows.rows()))
    assert store.rows(name).schema == rows.schema
    assert store.counts()[name] == 5


def test_rows_come_in_the_order_of_the_key_whatever_the_order_of_writing(store):
    rows = pl.concat([event(headline) for headline in "cab"])
    store.write(lambda writer: writer.add("event", rows))
    assert headlines(store) == ["a", "b", "c"]


def test_absent_columns_are_null(store):
    store.write(lambda writer: writer.add("event", event("x").drop("company")))
    assert store.rows("event")["company"].to_list() == [None]


def test_a_writer_sees_what_it_changes(store):
    seen = []

    def change(writer):
        writer.add("event", event("x"))
        seen.append(writer.rows("event")["headline"].to_list())

    store.write(change)
    assert seen == [["x"]]


def test_replacing_all_keeps_what_a_reader_uploaded(store):
    store.write(lambda writer: writer.add("event", pl.concat([event("old"), event("mine", "upload")])))
    store.write(lambda writer: writer.replace_all("event", event("new")))
    assert headlines(store) == ["mine", "new"]


def test_replacing_all_of_a_table_without_evidence_replaces_all(store):
    for count in (3, 2):
        rows = batch_rows("x", count)["set_aside"]
        store.write(lambda writer, rows=rows: writer.replace_all("set_aside", rows))
    assert store.counts()["set_aside"] == 2


# What was asked


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"headline": "it's"}, ["it's"]),
        ({"headline": "x' OR '1'='1"}, []),
        ({"headline": '"; DROP TABLE event; --'}, ['"; DROP TABLE event; --']),
        ({"headline": ["it's", "plain"]}, ["it's", "plain"]),
        ({"headline": []}, []),
        ({"headline": "plain", "category": "chip launch"}, ["plain"]),
        ({"headline": "plain", "category": "policy"}, []),
        ({"happened_on": date(2026, 8, 1)}, ['"; DROP TABLE event; --', "it's", "plain"]),
        ({"company": ["x"]}, []),
    ],
)
def test_a_wanted_value_is_only_ever_a_value(store, where, found):
    rows = pl.concat([event("it's"), event("plain"), event('"; DROP TABLE event; --')])
    store.write(lambda writer: writer.add("event", rows))
    assert headlines(store, where=where) == found
    assert store.counts()["event"] == 3


@pytest.mark.parametrize("column", ["flavour", 'headline" OR TRUE --'])
def test_an_unknown_column_or_table_is_named(store, column):
    store.write(lambda writer: writer.add("event", event("x")))
    with pytest.raises(KeyError, match=r"event has no column"):
        store.rows("event", {column: 1})
    with pytest.raises(KeyError):
        store.rows("sqlite_master")


def test_before_the_first_build_there_is_a_sentence(store):
    assert store.generation() is None
    assert store.generations() == ()
    with pytest.raises(StoreMissing, match="Run: python -m etl build"):
        store.rows("event")


# All or nothing


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_change_that_fails_publishes_nothing(store, error):
    store.write(lambda writer: writer.add("event", event("stands")))

    def change(writer):
        writer.replace_all("event", event("half"))
        raise error

    with pytest.raises(error):
        store.write(change)
    assert headlines(store) == ["stands"]
    assert store.generations() == ("store-000001",)
    assert {path.name for path in store.folder.iterdir()} == {"CURRENT", "store-000001.duckdb", "writer.lock"}
    assert store.write(lambda writer: None) == "store-000002"


def test_a_column_that_the_vocabulary_lacks_publishes_nothing(store):
    with pytest.raises(ValueError, match="event has no column flavour"):
        store.write(lambda writer: writer.add("event", event("x").with_columns(flavour=1)))
    assert store.generation() is None


def test_threads_of_one_process_wait_for_each_other(store):
    batch = iter(range(6))
    writes = [threading.Thread(target=store.write, args=(lambda w: add(w, str(next(batch))),)) for _ in range(6)]
    for thread in writes:
        thread.start()
    for thread in writes:
        thread.join()
    assert len(store.generations()) == 6
    assert store.counts()["event"] == 6 * ROWS


@pytest.mark.soak(short=6, long=40)
def test_rival_writers_lose_nothing_and_readers_see_nothing_torn(store, rounds):
    with (
        rival("read", store.folder, 2 * rounds) as first,
        rival("read", store.folder, 2 * rounds) as second,
        rival("write", store.folder, "a", rounds) as a,
        rival("write", store.folder, "b", rounds) as b,
    ):
        sure = [process.communicate(timeout=60)[0].split() for process in (a, b)]
        said = [process.communicate(timeout=60)[0].splitlines() for process in (first, second)]
    assert [len(lines) for lines in sure] == [rounds, rounds]
    wanted = {(batch, ROWS) for lines in sure for batch in lines}
    assert batches(store, store.generation()) == {"event": wanted, "set_aside": wanted}
    for lines in said:
        assert len(lines) == 1, lines
        assert int(lines[0].removeprefix("looked ")) > 1


@pytest.mark.soak(short=3, long=60)
def test_a_writer_killed_at_any_moment_takes_nothing_with_it(store, rounds):
    chance = random.Random(20)
    sure: set[str] = set()
    for kill in range(rounds):
        with rival("write", store.folder, f"{kill}a", 99) as a, rival("write", store.folder, f"{kill}b", 99) as b:
            for process in (a, b):
                sure.add(await_line(process))
                threading.Event().wait(chance.uniform(0, 0.08))
                process.kill()
                sure |= set(process.communicate()[0].split())
        assert_whole(store, sure)
    store.write(lambda writer: None)
    leftovers = {path.name for path in store.folder.iterdir() if not path.name.startswith("store-")}
    assert leftovers == {"CURRENT", "writer.lock"}
    assert store.generations()[-1] == store.generation()


def assert_whole(store: Store, sure: set[str]) -> None:
    """Every batch that a writer was sure of is there; all batches are whole, in both tables."""
    held = batches(store, store.generation())
    assert held["event"] == held["set_aside"]
    assert {rows for _, rows in held["event"]} == {ROWS}
    assert sure <= {batch for batch, _ in held["event"]}


@pytest.mark.soak(short=2, long=60)
def test_a_build_killed_at_any_moment_leaves_a_whole_store(tmp_path, rounds):
    folders = shipped_folders(tmp_path)
    build(folders, sources=[toy()])
    folders.store.write(lambda writer: writer.add("event", event("mine", "upload")))
    chance = random.Random(8)
    for _ in range(rounds):
        with rival("build", folders.data, folders.shipped, 99) as builder:
            built = await_line(builder)
            threading.Event().wait(chance.uniform(0, 0.1))
            builder.kill()
        assert folders.store.generation() >= built
        assert headlines(folders.store) == ["mine", "ships"]
        assert folders.store.counts()["build"] == 1


def shipped_folders(tmp_path: Path) -> Folders:
    """One shipped event, and the lists of names."""
    folders = Folders(data=tmp_path / "data", shipped=tmp_path / "shipped")
    shutil.copytree(ROOT / "data/names", folders.names)
    folders.published.mkdir()
    event("ships").write_csv(folders.published / "event.csv")
    return folders


def test_leftovers_of_a_killed_writer_go_with_the_next_write(store):
    store.write(lambda writer: writer.add("event", event("x")))
    shutil.copyfile(store.folder / "store-000001.duckdb", store.folder / "store-000002.duckdb")
    for name in (".store-000002-7.tmp", ".store-000002-7.tmp.wal", ".7-0-1.partial"):
        (store.folder / name).write_text("half")
    assert store.write(lambda writer: None) == "store-000003"
    assert {path.name for path in store.folder.iterdir()} == {
        "CURRENT",
        "store-000001.duckdb",
        "store-000003.duckdb",
        "writer.lock",
    }


# Generations


def test_the_newest_generations_are_kept_and_open_by_name(store):
    for number in range(KEPT_GENERATIONS + 2):
        store.write(lambda writer, number=number: writer.replace_all("event", event(str(number))))
    assert len(store.generations()) == KEPT_GENERATIONS == 20
    assert store.generations()[-1] == store.generation() == "store-000022"
    assert headlines(store, generation="store-000003") == ["2"]
    assert headlines(store) == ["21"]
    with pytest.raises(StoreDamaged, match=r"store-000002 is not kept any more; store-000003 to store-000022"):
        store.rows("event", generation="store-000002")


@pytest.mark.parametrize("name", ["../store-000001", "store-1/../store-000001", "store-000009", ""])
def test_a_generation_named_by_a_link_leads_nowhere_else(store, name):
    store.write(lambda writer: writer.add("event", event("x")))
    shutil.copyfile(store.folder / "store-000001.duckdb", store.folder.parent / "store-000001.duckdb")
    if name:
        with pytest.raises(StoreDamaged, match="not kept any more"):
            store.rows("event", generation=name)
    else:
        assert headlines(store, generation=name) == ["x"]


def test_a_copy_that_somebody_put_beside_the_generations_is_nobody_s(store):
    store.write(lambda writer: writer.add("event", event("x")))
    shutil.copyfile(store.folder / "store-000001.duckdb", store.folder / "store-000001 (copy).duckdb")
    assert store.write(lambda writer: None) == "store-000002"
    assert store.generations() == ("store-000001", "store-000002")


def test_many_generations_are_open_in_turn(store):
    names = [
        store.write(lambda writer, n=n: writer.replace_all("event", event(str(n))))
        for n in range(module.OPEN_GENERATIONS + 3)
    ]
    for _ in range(2):
        assert [headlines(store, generation=name) for name in names] == [[str(n)] for n in range(len(names))]
    assert len([key for key in module._files if key[1].parent == store.folder]) <= module.OPEN_GENERATIONS


# Damage


def damaged(store: Store, tmp_path: Path, harm) -> Store:
    """A copy of the store, which no process has open, with its current generation harmed."""
    shutil.copytree(store.folder, tmp_path / "damaged")
    copy = Store(tmp_path / "damaged")
    path = copy.folder / f"{copy.generation()}.duckdb"
    path.write_bytes(harm(path.read_bytes()))
    return copy


def flipped(content: bytes) -> bytes:
    """The block that holds the rows, with some of its bytes changed."""
    at = content.index(b"a headline to look for")
    return content[:at] + bytes(255 - byte for byte in content[at : at + 16]) + content[at + 16 :]


HARMS = [
    pytest.param(lambda content: b"", id="empty"),
    pytest.param(lambda content: content[:100], id="cut off early"),
    pytest.param(lambda content: content[: len(content) * 2 // 3], id="cut off late"),
    pytest.param(lambda content: bytes(len(content)), id="zeros"),
    pytest.param(flipped, id="changed bytes"),
]


@pytest.fixture
def two_generations(store):
    for headline in ("an earlier headline", "a headline to look for, long enough to be stored in a block"):
        store.write(lambda writer, headline=headline: writer.add("event", event(headline, "upload")))
    return store


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_generation_is_named_with_what_to_do(two_generations, tmp_path, harm):
    copy = damaged(two_generations, tmp_path, harm)
    for attempt in (lambda: copy.rows("event"), lambda: copy.write(lambda w: w.replace_all("event", event("x")))):
        with pytest.raises(StoreDamaged, match=r"store-000002 cannot be read .*run: python -m etl build"):
            attempt()
    assert headlines(copy, generation="store-000001") == ["an earlier headline"]
    assert copy.generation() == "store-000002"


@pytest.mark.parametrize("harm", HARMS)
def test_mending_goes_on_from_the_newest_sound_generation(two_generations, tmp_path, harm):
    copy = damaged(two_generations, tmp_path, harm)
    assert copy.write(lambda writer: writer.add("event", event("built again")), mend=True) == "store-000003"
    assert headlines(copy) == ["an earlier headline", "built again"]


def test_mending_where_nothing_is_sound_begins_anew(store, tmp_path):
    store.write(lambda writer: writer.add("event", event("x")))
    copy = damaged(store, tmp_path, lambda content: b"")
    copy.write(lambda writer: writer.add("event", event("built again")), mend=True)
    assert headlines(copy) == ["built again"]


def test_mending_a_sound_store_loses_nothing(two_generations):
    two_generations.write(lambda writer: writer.add("event", event("third")), mend=True)
    assert len(headlines(two_generations)) == 3


def test_a_current_generation_that_has_gone_is_named_with_what_to_do(two_generations, tmp_path):
    copy = damaged(two_generations, tmp_path, lambda content: content)
    (copy.folder / "store-000002.duckdb").unlink()
    for attempt in (lambda: copy.rows("event"), lambda: copy.write(lambda writer: None)):
        with pytest.raises(StoreDamaged, match=r"store-000002.duckdb is not in .*Run: python -m etl build"):
            attempt()
    copy.write(lambda writer: None, mend=True)
    assert headlines(copy) == ["an earlier headline"]


# Older layouts


def older(store: Store, *statements: str) -> Store:
    """A store whose only generation another version of the project wrote."""
    store.write(lambda writer: (writer.add("event", event("x")), writer.add("claim", claim())))
    path = store.folder / "store-000001.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return store


def claim() -> pl.DataFrame:
    return filled(CLAIM).head(1)


LAYOUTS = [
    pytest.param(["ALTER TABLE event DROP COLUMN company"], "event", id="a column less"),
    pytest.param(["ALTER TABLE event ADD COLUMN flavour VARCHAR DEFAULT 'x'"], "event", id="a column more"),
    pytest.param(["DROP TABLE accelerator", "DROP TABLE token_price"], "event", id="tables less"),
    pytest.param(["CREATE TABLE flavours (name VARCHAR)"], "event", id="a table more"),
    pytest.param(["ALTER TABLE claim ALTER threshold TYPE VARCHAR"], "claim", id="another type"),
    pytest.param(
        ["ALTER TABLE event RENAME TO old", "CREATE TABLE event AS SELECT note, * EXCLUDE note FROM old"],
        "event",
        id="another order",
    ),
]


@pytest.mark.parametrize(("statements", "table"), LAYOUTS)
def test_a_generation_of_an_older_layout_is_read_and_fitted(store, statements, table):
    older(store, *statements)
    wanted = claim() if table == "claim" else event("x")
    assert store.rows(table).equals(wanted)
    assert store.counts()[table] == 1
    assert store.rows("token_price").equals(TOKEN_PRICE.empty())
    assert store.rows("accelerator", {"vendor": "NVIDIA"}).equals(ACCELERATOR.empty())
    store.write(lambda writer: writer.add("token_price", filled(TOKEN_PRICE)))
    assert store.rows(table).equals(wanted)
    copy = shutil.copyfile(store.folder / "store-000002.duckdb", store.folder / "copy.duckdb")
    with duckdb.connect(str(copy), read_only=True) as connection:
        found = connection.sql(f"DESCRIBE {table}").fetchall()
    assert [name for name, *_ in found] == list(TABLES[table].names)
    assert "VARCHAR" not in [kind for name, kind, *_ in found if name == "threshold"]


def test_a_value_wanted_of_a_column_that_an_older_layout_lacks_finds_nothing(store):
    older(store, "ALTER TABLE event DROP COLUMN company")
    assert headlines(store, where={"company": "Groq"}) == []


def test_what_does_not_fit_todays_type_is_null(store):
    older(store, "ALTER TABLE claim ALTER threshold TYPE VARCHAR", "UPDATE claim SET threshold = 'about 20'")
    assert store.rows("claim")["threshold"].to_list() == [None]
    store.write(lambda writer: None)
    assert store.rows("claim")["threshold"].to_list() == [None]


def own_speed(value: float, day: date, prompt: int | None = 1000, model: str = "Own model", **rest) -> dict:
    return {
        "source": "upload",
        "source_url": "mine.csv",
        "publisher": "us",
        "licence": "ours",
        "evidence": "upload",
        "provider": "Our cloud",
        "provider_as_published": "Our cloud",
        "model": model,
        "model_as_published": model,
        "measured_by": "us",
        "measurer_kind": "independent",
        "measured_on": day,
        "prompt_tokens": prompt,
        "output_tokens_per_second": value,
        **rest,
    }


def drawn_own(store: Store, *rows: dict) -> pl.DataFrame:
    """What charts draw of these rows of a reader's own, beside one of the record."""
    published = own_speed(1856.0, date(2026, 5, 8), evidence="published", source="artificial_analysis")
    frame = PROVIDER_SPEED.conform(pl.DataFrame([published, *rows], infer_schema_length=None))
    store.write(lambda writer: writer.add("provider_speed", frame))
    shown = store.drawn("provider_speed", with_own=True)
    assert shown.head(1)["evidence"].to_list() == ["published"]
    assert store.drawn("provider_speed").height == 1
    return shown.tail(-1)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_drawn_as_it_was_written_while_its_own_rows_are_few(store, name):
    store.write(lambda writer: writer.add(name, filled(TABLES[name])))
    assert store.drawn(name, with_own=True).equals(store.rows(name))


def test_a_few_own_rows_are_drawn_one_by_one(store):
    own = drawn_own(store, own_speed(100.0, date(2026, 6, 1)), own_speed(300.0, date(2026, 6, 1)))
    assert own["output_tokens_per_second"].to_list() == [100.0, 300.0]


@pytest.fixture
def few(monkeypatch):
    """A chart that draws no more than four of a reader's own rows of a model."""
    monkeypatch.setattr(thinning, "MOST_OWN_OF_ONE_MODEL", 4)


def test_many_own_rows_are_drawn_as_the_medians_of_each_day(store, few):
    days = [own_speed(value, date(2026, 6, day)) for day in (1, 2) for value in (100.0, 300.0, 110.0 * day)]
    own = drawn_own(store, *days)
    assert own.select("measured_on", "output_tokens_per_second", "prompt_tokens", "note").rows() == [
        (date(2026, 6, 1), 110.0, 1000, "Median of 3 rows of yours."),
        (date(2026, 6, 2), 220.0, 1000, "Median of 3 rows of yours."),
    ]


def test_a_prompt_length_that_differs_from_request_to_request_is_not_stated_of_their_median(store, few):
    own = drawn_own(store, *(own_speed(100.0 + length, date(2026, 6, 1), length) for length in range(7)))
    assert own.select("output_tokens_per_second", "prompt_tokens", "note").rows() == [
        (103.0, None, "Median of 7 rows of yours.")
    ]


def test_own_rows_of_many_days_are_drawn_by_month_and_of_many_months_once(store, few):
    june = [own_speed(float(day), date(2026, 6, day)) for day in range(1, 10)]
    assert drawn_own(store, *june)["measured_on"].to_list() == [date(2026, 6, 9)]
    months = [own_speed(float(month), date(2026, month, 1), model="Other") for month in range(1, 8)]
    frame = PROVIDER_SPEED.conform(pl.DataFrame(months))
    store.write(lambda writer: writer.add("provider_speed", frame))
    other = store.drawn("provider_speed", with_own=True).filter(pl.col("model") == "Other")
    assert other.select("measured_on", "output_tokens_per_second").rows() == [(date(2026, 7, 1), 4.0)]


def test_a_value_that_only_some_rows_state_is_not_said_of_all(store, few):
    rows = [
        own_speed(100.0, date(2026, 6, 1), capture=capture, requests=10, bound_as_published=bound)
        for capture, bound in (("a", None), ("a", "<200"), ("b", "<200"), ("b", "<200"), ("b", "<200"))
    ]
    own = drawn_own(store, *rows)
    assert own.select("capture", "bound_as_published", "requests", "source_url").rows() == [
        (None, None, 50, "mine.csv")
    ]


@pytest.mark.parametrize("name", [table.name for table in TABLES.values() if table.is_fact])
def test_the_own_rows_of_every_table_can_be_drawn_as_medians(store, monkeypatch, name):
    monkeypatch.setattr(thinning, "MOST_OWN_ROWS", 2)
    monkeypatch.setattr(thinning, "MOST_OWN_OF_ONE_MODEL", 2)
    rows = filled(TABLES[name]).head(1).with_columns(evidence=pl.lit("upload"))
    store.write(lambda writer: writer.add(name, pl.concat([rows] * 9)))
    drawn = store.drawn(name, with_own=True)
    assert drawn.drop("note", "requests", strict=False).equals(rows.drop("note", "requests", strict=False))
    assert drawn["note"].to_list() == ["Median of 9 rows of yours."]


def test_a_generation_of_an_older_layout_is_drawn_without_own_rows(store):
    store.write(lambda writer: writer.add("event", event("Chip")))
    path = store.folder / "store-000001.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute('ALTER TABLE "event" DROP COLUMN evidence')
    assert store.drawn("event", with_own=True)["headline"].to_list() == ["Chip"]
