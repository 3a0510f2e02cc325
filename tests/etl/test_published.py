"""The figures that ship: the same store makes the same files, and the files make the same rows."""

import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import published
from etl.folders import PROJECT
from etl.schema import EVENT, FACTS, NOT_SHIPPED, ORIGIN, SET_ASIDE, TABLES, TOKEN_PRICE, UNKNOWN_NAME
from etl.sources import SOURCES
from etl.store import Store

EXAMPLES = settings.default.max_examples // 5  # of each table
NUMBERS = st.floats(allow_nan=False, width=64)
# Carriage returns: a CSV reader may take them for the end of a line.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)
VALUES = {
    pl.String: WORDS,
    pl.Float64: NUMBERS,
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Date: st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    pl.Boolean: st.booleans(),
}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def event(headline: str, **rest) -> dict:
    return {
        "happened_on": date(2026, 8, 1),
        "category": "policy",
        "headline": headline,
        "source": "toy",
        "source_url": "https://example.org",
        "publisher": "Toys",
        "licence": "MIT",
        "evidence": "published",
        **rest,
    }


def events(*rows: dict) -> pl.DataFrame:
    return EVENT.conform(pl.DataFrame(rows, infer_schema_length=None))


def origin(sha256: str, **rest) -> pl.DataFrame:
    row = {
        "source": "toy",
        "url": "https://example.org/a",
        "publisher": "Toys",
        "licence": "MIT",
        "sha256": sha256,
        "published_on": date(2026, 8, 1),
        "fetched_at": datetime(2026, 8, 2, tzinfo=UTC),
        "bytes": 3,
        "status": "read",
        **rest,
    }
    return ORIGIN.conform(pl.DataFrame([row]))


def test_every_fact_ships_and_its_origin_and_what_was_set_aside(store, tmp_path):
    store.write(lambda writer: None)
    written = published.write(store, tmp_path / "published")
    assert [path.stem for path in written] == [*(table.name for table in FACTS), "origin", "set_aside"]
    for path in written:
        assert path.read_text() == ",".join(TABLES[path.stem].names) + "\n"
        assert published.rows(path.parent, TABLES[path.stem], "toy").equals(TABLES[path.stem].empty())


def test_writing_is_sorted_by_key_and_the_same_each_time(store, tmp_path):
    store.write(lambda writer: writer.add("event", events(event("c"), event("a"), event("b"))))
    first = published.write(store, tmp_path / "first")
    store.write(lambda writer: writer.replace_all("event", events(event("b"), event("c"), event("a"))))
    second = published.write(store, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    lines = (tmp_path / "first/event.csv").read_text().splitlines()[1:]
    assert [line.split(",")[3] for line in lines] == ["a", "b", "c"]


def test_an_older_generation_can_be_written(store, tmp_path):
    for headline in ("old", "new"):
        store.write(lambda writer, headline=headline: writer.replace_all("event", events(event(headline))))
    published.write(store, tmp_path, generation="store-000001")
    assert published.rows(tmp_path, EVENT, "toy")["headline"].to_list() == ["old"]


def priced(model: str, provider: str, source: str = "models_dev", **rest) -> dict:
    return {
        "provider": provider,
        "provider_as_published": provider,
        "model": model,
        "model_as_published": model,
        "input_usd_per_mtok": 0.1,
        "output_usd_per_mtok": 0.4,
        "source": source,
        "source_url": f"https://models.dev/{source}.json",
        "publisher": "models.dev",
        "licence": "MIT",
        "evidence": "published",
        **rest,
    }


def with_prices(store, *rows: dict) -> None:
    """A store of these prices, in which nobody knows the model kimi-k9 and the provider CrossModel."""
    unknown = [("models_dev", "model", "kimi-k9", 1), ("models_dev", "provider", "CrossModel", 1)]
    unknown += [("curated_prices", "model", "kimi-k9", 1)]

    def change(writer) -> None:
        writer.add("token_price", TOKEN_PRICE.conform(pl.DataFrame(rows, infer_schema_length=None)))
        writer.add("unknown_name", pl.DataFrame(unknown, schema=dict(UNKNOWN_NAME.dtypes), orient="row"))

    store.write(change)


def test_rows_of_a_model_or_provider_that_no_list_knows_are_counted_and_do_not_ship(store, tmp_path):
    with_prices(store, priced("gpt-5", "Groq"), priced("gpt-5", "CrossModel"), priced("kimi-k9", "Groq"))
    published.write(store, tmp_path)
    shipped = published.rows(tmp_path, TOKEN_PRICE, "models_dev")
    assert shipped.select("model", "provider").rows() == [("gpt-5", "Groq")]
    assert published.rows(tmp_path, SET_ASIDE, "models_dev").rows() == [
        ("models_dev", "https://models.dev/models_dev.json", NOT_SHIPPED, "gpt-5 at CrossModel", 2)
    ]


def test_a_spelling_is_unknown_in_its_source_alone_and_what_is_cited_always_ships(store, tmp_path):
    with_prices(store, priced("kimi-k9", "Groq", "litellm"), priced("kimi-k9", "Groq", "curated_prices"))
    published.write(store, tmp_path)
    assert published.rows(tmp_path, TOKEN_PRICE, "litellm").height == 1
    assert published.rows(tmp_path, TOKEN_PRICE, "curated_prices").height == 1
    assert published.rows(tmp_path, SET_ASIDE, "litellm").is_empty()


def test_uploads_never_ship(store, tmp_path):
    rows = events(event("ours"), event("quoted", evidence="secondary"), event("mine", evidence="upload"))
    store.write(lambda writer: writer.add("event", rows))
    published.write(store, tmp_path)
    assert published.rows(tmp_path, EVENT, "toy")["headline"].to_list() == ["ours", "quoted"]


def test_when_it_was_fetched_does_not_ship(store, tmp_path):
    """Nor how the last look went: both change without any figure changing."""
    store.write(lambda writer: writer.add("origin", origin("1", status="standing in", message="It stood.")))
    published.write(store, tmp_path)
    shipped = published.rows(tmp_path, ORIGIN, "toy")
    assert shipped.drop("fetched_at", "status", "message").equals(origin("1").drop("fetched_at", "status", "message"))
    assert shipped.select("fetched_at", "status", "message").rows() == [(None, "read", None)]


def test_a_refused_payload_is_no_origin_of_what_ships(store, tmp_path):
    both = pl.concat([origin("1"), origin("2", status="refused")])
    store.write(lambda writer: writer.add("origin", both))
    published.write(store, tmp_path)
    assert published.rows(tmp_path, ORIGIN, "toy")["sha256"].to_list() == ["1"]


def test_rows_are_those_of_one_source(store, tmp_path):
    store.write(lambda writer: writer.add("event", events(event("a"), event("b", source="another"))))
    published.write(store, tmp_path)
    assert published.rows(tmp_path, EVENT, "another")["headline"].to_list() == ["b"]
    assert published.rows(tmp_path, EVENT, "a third").is_empty()


def test_where_nothing_ships_there_are_no_rows(tmp_path):
    assert published.rows(tmp_path, EVENT, "toy").equals(EVENT.empty())


def test_files_written_anew_are_read_anew(store, tmp_path):
    for headline in ("old", "new"):
        store.write(lambda writer, headline=headline: writer.replace_all("event", events(event(headline))))
        published.write(store, tmp_path)
        assert published.rows(tmp_path, EVENT, "toy")["headline"].to_list() == [headline]


def test_a_file_of_an_older_layout_is_read(tmp_path):
    events(event("a")).drop("note", "company").write_csv(tmp_path / "event.csv")
    assert published.rows(tmp_path, EVENT, "toy").equals(events(event("a")))


@pytest.mark.parametrize("table", FACTS, ids=lambda table: table.name)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=EXAMPLES)
@given(data=st.data())
def test_any_row_comes_back_as_it_was_written(tmp_path, table, data):
    column = {
        name: data.draw(st.lists(st.none() | VALUES[dtype], min_size=3, max_size=3))
        for name, dtype in table.dtypes.items()
    }
    rows = pl.DataFrame(column, schema=dict(table.dtypes)).with_columns(source=pl.lit("toy"))
    folder = tmp_path / "drawn"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rows.write_csv(folder / f"{table.name}.csv")
    assert published.rows(folder, table, "toy").equals(rows)


def test_the_notices_that_publishers_ask_for_lie_beside_the_figures():
    shipped = (PROJECT / "data" / "published" / "NOTICE.md").read_text(encoding="utf-8")
    assert shipped == published.notice(SOURCES)
    assert "trademarks of MLCommons Association" in shipped
    assert "Creative Commons Attribution 4.0" in shipped
    assert all(source.licence in shipped for source in SOURCES)
