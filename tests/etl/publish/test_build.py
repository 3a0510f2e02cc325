"""Sources become one generation; whatever happens to one of them, its last good figures stand."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from etl import faults, published
from etl.fetch.snapshots import LastFetch
from etl.publish.build import build, fingerprint, is_current
from etl.sources.contract import Reading, SetAside, SourceChanged, merge
from tests import toys
from tests.toys import HOST, event, hold, raising, ship, toy

LATER = date(2026, 8, 2)


@pytest.fixture
def folders(tmp_path):
    return toys.folders(tmp_path)


def payload(*headlines: str, url: str = f"{HOST}/events", **rest) -> str:
    rows = [event(headline, url, **rest) for headline in headlines]
    return json.dumps(rows, default=str)


def headlines(folders, source: str = "toy") -> list[str]:
    return folders.store.rows("event", {"source": source})["headline"].to_list()


def state(folders, source: str = "toy") -> dict:
    return folders.store.rows("source_state", {"source": source}).row(0, named=True)


def origins(folders) -> list[tuple[str, str]]:
    return folders.store.rows("origin").select("url", "status").rows()


NO_HEADLINE = faults.NOT_NAMED.of(missing="headline").sentence


def asides(folders) -> list[tuple[str, str]]:
    return folders.store.rows("set_aside").select("source_url", "reason").rows()


# What a generation holds


def test_what_was_fetched_is_read_named_and_dated(folders):
    hold(folders, toy(), payload("A chip"))
    built_at = datetime(2026, 8, 3, 10, tzinfo=UTC)
    assert build(folders, [toy()], now=built_at) == "store-000001"
    (row,) = folders.store.rows("event").iter_rows(named=True)
    assert (row["headline"], row["source"], row["publisher"], row["licence"]) == ("A chip", "toy", "Toys", "MIT")
    assert folders.store.rows("build")["built_at"].to_list() == [built_at]
    assert state(folders) == {
        "source": "toy",
        "title": "Toy",
        "publisher": "Toys",
        "licence": "MIT",
        "home_url": HOST,
        "catalogue_rank": None,
        "status": "ok",
        "message": "Read from 1 payload, 0.0 MB.",
        "fetched_at": datetime(2026, 8, 1, 12, tzinfo=UTC),
        "newest_on": toys.DAY,
        "rows_used": 1,
        "rows_set_aside": 0,
        "named_percent": None,
        "complete_at": None,
    }
    assert origins(folders) == [(f"{HOST}/events", "read")]


def test_no_day_is_said_of_a_payload_whose_source_tells_none(folders):
    for source in (toy(), toy("timeless", is_undated=True)):
        hold(folders, source, payload("A chip"))
    build(folders, [toy(), toy("timeless", is_undated=True)])
    published_on = dict(folders.store.rows("origin").select("source", "published_on").rows())
    assert published_on["toy"] is not None
    assert published_on["timeless"] is None


def test_a_row_says_its_own_publisher_where_it_has_one(folders):
    hold(folders, toy(), payload("A chip", publisher="Somebody Else"))
    build(folders, [toy()])
    assert folders.store.rows("event")["publisher"].to_list() == ["Somebody Else"]


def test_a_row_that_breaks_a_rule_is_set_aside_with_the_reason(folders):
    hold(
        folders,
        toy(),
        payload("A chip", "A chip").replace("]", f", {json.dumps(event('', happened_on='1999-01-01'))}]"),
    )
    build(folders, [toy()])
    assert headlines(folders) == ["A chip"]
    aside = folders.store.rows("set_aside")
    assert aside["reason"].to_list() == [
        "Row 1 already has the same happened_on, category, company, headline; one row may stand for them.",
        "`happened_on` is before 2000-01-01. `headline` is empty; it is required.",
    ]
    assert "headline=A chip" in aside["row"][0]
    assert (state(folders)["rows_used"], state(folders)["rows_set_aside"]) == (1, 2)


def test_what_a_reader_sets_aside_is_counted_with_its_reason(folders):
    hold(folders, toy(), '[{"price": 3}]')
    many = toy("many", read=lambda held: Reading(set_aside=[SetAside(HOST, faults.EDGE, "one of them", 900)]))
    hold(folders, many, "[]")
    build(folders, [toy(), many])
    assert asides(folders) == [(HOST, faults.EDGE.sentence), (f"{HOST}/events", NO_HEADLINE)]
    assert state(folders, "many")["rows_set_aside"] == 900


def test_a_source_never_met_is_absent(folders):
    build(folders, [toy()])
    assert state(folders)["status"] == "absent"
    assert folders.store.counts()["event"] == 0


def test_results_that_lack_a_payload_are_named(folders):
    source = toy(read=lambda held: Reading(incomplete=["v5.0 Dell bert"]))
    hold(folders, source, "[]")
    build(folders, [source])
    assert (state(folders)["status"], state(folders)["message"]) == ("partial", "1 incomplete: v5.0 Dell bert")
    assert asides(folders) == [(HOST, "A published file of it could not be fetched.")]


def test_progress_names_each_source(folders):
    told = []
    build(folders, [toy("one"), toy("two")], progress=lambda *step: told.append(step))
    assert told == [("One", 0, 2), ("Two", 1, 2), ("Writing the store", 2, 2)]


def test_uploaded_rows_survive_a_build(folders):
    hold(folders, toy(), payload("A chip"))
    build(folders, [toy()])
    mine = folders.store.rows("event").with_columns(headline=pl.lit("mine"), evidence=pl.lit("upload"))
    folders.store.write(lambda writer: writer.add("event", mine))
    hold(folders, toy(), payload("Another chip"), day=LATER)
    build(folders, [toy()])
    assert headlines(folders) == ["Another chip", "mine"]


def test_a_build_goes_on_where_the_current_generation_is_damaged(folders):
    hold(folders, toy(), payload("A chip"))
    build(folders, [toy()])
    (folders.store.folder / "store-000002.duckdb").write_bytes(b"not a store")
    (folders.store.folder / "CURRENT").write_text("store-000002.duckdb\n")
    assert not is_current(folders, [toy()])
    assert build(folders, [toy()]) == "store-000003"
    assert headlines(folders) == ["A chip"]


# Names


def test_names_are_ours_and_unknown_spellings_are_kept_and_counted(folders):
    (folders.names / "models.csv").write_text("spelling,name,scope,reason\nllama-x,Llama X,,ours\n")
    rows = [
        {
            "provider_as_published": "Groq",
            "model_as_published": spelling,
            "endpoint": str(number),
            "output_tokens_per_second": 300.0,
            "measured_by": "Toys",
            "measurer_kind": "independent",
            "source_url": HOST,
            "evidence": "published",
        }
        for number, spelling in enumerate(("LLAMA-X ", "mystery", "mystery"))
    ]
    source = toy(read=lambda held: Reading(frames={"provider_speed": pl.DataFrame(rows)}))
    hold(folders, source, "[]")
    build(folders, [source])
    assert folders.store.rows("provider_speed").select("model", "model_as_published").rows() == [
        ("Llama X", "LLAMA-X "),
        ("mystery", "mystery"),
        ("mystery", "mystery"),
    ]
    assert folders.store.rows("unknown_name").rows() == [
        ("toy", "model", "mystery", 2),
        ("toy", "provider", "Groq", 3),
    ]
    assert folders.store.rows("provider").select("provider", "family").rows() == [("Groq", "undisclosed")]


# Shipped figures


def test_shipped_figures_stand_until_something_is_fetched(folders):
    ship(folders, event("shipped"))
    ship(folders, {"url": f"{HOST}/events", "sha256": "0", "bytes": 1, "status": "read"}, table="origin")
    build(folders, [toy()])
    assert headlines(folders) == ["shipped"]
    assert state(folders)["status"] == "shipped"
    assert origins(folders) == [(f"{HOST}/events", "shipped")]


def test_shipped_rows_give_way_to_a_reading_of_the_same_address(folders):
    ship(folders, event("shipped"), event("elsewhere", f"{HOST}/other"))
    ship(folders, {"url": f"{HOST}/events", "sha256": "0", "bytes": 1, "status": "read"}, table="origin")
    ship(folders, {"source_url": f"{HOST}/events", "reason": "old", "row": "x", "rows": 1}, table="set_aside")
    hold(folders, toy(), payload("fetched"))
    build(folders, [toy()])
    assert headlines(folders) == ["elsewhere", "fetched"]
    assert origins(folders) == [(f"{HOST}/events", "read")]
    assert asides(folders) == []


def test_shipped_rows_give_way_to_rows_of_the_same_key(folders):
    ship(folders, event("same", "https://a.example/page", note="shipped"), event("other", "https://a.example/page"))
    hold(folders, toy(), payload("same", note="fetched"))
    build(folders, [toy()])
    assert folders.store.rows("event").select("headline", "note").rows() == [("other", None), ("same", "fetched")]


def test_shipped_rows_of_another_source_give_way_to_nothing(folders):
    ship(folders, event("shipped"), source="another")
    hold(folders, toy(), payload("fetched"))
    build(folders, [toy(), toy("another")])
    assert (headlines(folders), headlines(folders, "another")) == (["fetched"], ["shipped"])


def test_a_source_with_history_keeps_shipped_rows_of_the_same_address(folders):
    source = toy(keeps_history=True)
    ship(folders, event("shipped"), event("both", note="shipped"))
    hold(folders, source, payload("both", "first"))
    hold(folders, source, payload("second"), day=LATER)
    build(folders, [source])
    assert headlines(folders) == ["both", "first", "second", "shipped"]
    assert folders.store.rows("event")["note"].to_list() == [None] * 4


def test_figures_from_prose_are_read_beside_the_project(folders):
    def facts(folder: Path) -> Reading:
        rows = [event(line) for line in (folder / "events.txt").read_text().split()]
        return Reading(frames={"event": pl.DataFrame(rows)})

    (folders.facts / "events.txt").write_text("one two")
    ship(folders, event("an older edition of them"))
    build(folders, [toy(facts=facts)])
    assert headlines(folders) == ["one", "two"]
    assert state(folders)["status"] == "ok"


# Refused payloads and readers that stumble


def test_a_payload_that_is_refused_leaves_the_last_good_rows(folders):
    ship(folders, event("shipped long ago"))
    hold(folders, toy(), payload("good")[:-1] + ', {"price": 3}]')
    build(folders, [toy()])
    hold(folders, toy(), '{"error": "moved"}', day=LATER)
    for _ in range(3):
        build(folders, [toy()])
        assert headlines(folders) == ["good"]
        assert asides(folders) == [(f"{HOST}/events", NO_HEADLINE)]
        assert {status for _, status in origins(folders)} == {"standing in", "refused"}
    assert state(folders)["status"] == "partial"
    assert state(folders)["message"] == (
        "Could not be read in full, the earlier figures stand: https://toys.example/events: no list."
    )
    hold(folders, toy(), payload("good again"), day=date(2026, 8, 3))
    build(folders, [toy()])
    assert headlines(folders) == ["good again"]
    assert (state(folders)["status"], origins(folders)) == ("ok", [(f"{HOST}/events", "read")])


def test_a_refused_payload_leaves_the_shipped_rows_where_nothing_was_read_before(folders):
    ship(folders, event("shipped"))
    hold(folders, toy(), "{}")
    build(folders, [toy()])
    assert (headlines(folders), state(folders)["status"]) == (["shipped"], "partial")


def test_a_refused_payload_without_earlier_figures_is_a_failure(folders):
    hold(folders, toy(), "{}")
    build(folders, [toy()])
    assert state(folders)["status"] == "failed"
    assert state(folders)["message"].startswith("Could not be read, and there are no earlier figures: ")


def test_a_refused_payload_touches_no_sister(folders):
    for name in ("one", "two"):
        hold(folders, toy(), payload(name, url=f"{HOST}/{name}"), f"{HOST}/{name}")
    build(folders, [toy()])
    hold(folders, toy(), payload("one anew", url=f"{HOST}/one"), f"{HOST}/one", LATER)
    hold(folders, toy(), "{}", f"{HOST}/two", LATER)
    build(folders, [toy()])
    assert headlines(folders) == ["one anew", "two"]


def test_uploads_are_no_earlier_figures_of_a_source(folders):
    hold(folders, toy(), payload("good"))
    build(folders, [toy()])
    mine = folders.store.rows("event").with_columns(headline=pl.lit("mine"), evidence=pl.lit("upload"))
    folders.store.write(lambda writer: writer.add("event", mine))
    hold(folders, toy(), "{}", day=LATER)
    build(folders, [toy()])
    assert headlines(folders) == ["good", "mine"]


STUMBLES = [
    (KeyError("sha"), "Toy was not understood (KeyError: 'sha')."),
    (ZeroDivisionError("division by zero"), "Toy was not understood (ZeroDivisionError: division by zero)."),
    (SourceChanged("The list lacks prices."), "The list lacks prices."),
]


@pytest.mark.parametrize(("error", "sentence"), STUMBLES, ids=["KeyError", "ZeroDivisionError", "SourceChanged"])
def test_a_reader_that_stumbles_stops_no_other_and_stands_on_its_last_good_rows(folders, error, sentence):
    for name in ("toy", "other"):
        hold(folders, toy(name), payload("good"))
    build(folders, [toy(), toy("other")])
    hold(folders, toy("other"), payload("newer"), day=LATER)
    build(folders, [toy(read=raising(error)), toy("other")])
    assert (headlines(folders), headlines(folders, "other")) == (["good"], ["newer"])
    assert state(folders)["status"] == "partial"
    assert state(folders)["message"] == f"Could not be read in full, the earlier figures stand: {sentence}"
    assert state(folders, "other")["status"] == "ok"


@pytest.mark.parametrize(
    "frames",
    [
        {"event": pl.DataFrame([event("x", flavour="vanilla")])},
        {"event": pl.DataFrame([event("x", happened_on="soon")])},
        {"flavours": pl.DataFrame({"x": [1]})},
    ],
    ids=["a column that the table lacks", "a value of another type", "a table that the vocabulary lacks"],
)
def test_a_reader_that_gives_what_no_table_takes_stops_no_other(folders, frames):
    source = toy(read=lambda held: Reading(frames=frames))
    for each_source in (source, toy("other")):
        hold(folders, each_source, payload("good"))
    ship(folders, event("shipped"))
    build(folders, [source, toy("other")])
    assert (headlines(folders), headlines(folders, "other")) == (["shipped"], ["good"])
    assert "was not understood" in state(folders)["message"]


def test_figures_from_prose_that_cannot_be_read_stand_as_they_were(folders):
    def facts(folder: Path) -> Reading:
        return Reading(frames={"event": pl.DataFrame([event((folder / "events.txt").read_text())])})

    (folders.facts / "events.txt").write_text("good")
    build(folders, [toy(facts=facts)])
    (folders.facts / "events.txt").unlink()
    build(folders, [toy(facts=facts)])
    assert headlines(folders) == ["good"]
    assert state(folders)["status"] == "partial"
    assert "FileNotFoundError" in state(folders)["message"]


def test_many_reasons_make_a_short_message(folders):
    source = toy(read=lambda held: Reading(refused={p.url: f"Reason {p.url[-1]}." for p in held}))
    for number in range(5):
        hold(folders, source, "[]", f"{HOST}/{number}")
    build(folders, [source])
    assert state(folders)["message"].endswith("Reason 0.; Reason 1.; Reason 2.; and 2 more")


# Standing still


def test_what_has_not_changed_is_current(folders):
    source = toy()
    assert not is_current(folders, [source])
    hold(folders, source, payload("A chip"))
    build(folders, [source])
    assert is_current(folders, [source])


CHANGES = {
    "a payload": lambda folders: hold(folders, toy(), payload("Another"), day=LATER),
    "a day": lambda folders: hold(folders, toy(), payload("A chip"), day=LATER),
    "a list of names": lambda folders: (folders.names / "models.csv").write_text("spelling,name,scope,reason\n"),
    "a fact": lambda folders: (folders.facts / "events.csv").write_text("x\n"),
    "a shipped figure": lambda folders: ship(folders, event("shipped")),
    "trouble": lambda folders: fetched(folders, "failed", {f"{HOST}/events": ("failed", "It fell silent.")}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_anything_read_is_news(folders, change):
    hold(folders, toy(), payload("A chip"))
    build(folders, [toy()])
    CHANGES[change](folders)
    assert not is_current(folders, [toy()])
    build(folders, [toy()])
    assert is_current(folders, [toy()])


def fetched(folders, status: str, outcomes: dict, message: str = "So it went.") -> None:
    folders.snapshots.record(LastFetch("toy", status, message, datetime.now(UTC), None, outcomes))


def test_a_fetch_that_went_well_is_no_news(folders):
    hold(folders, toy(), payload("A chip"))
    before = fingerprint(folders, [toy()])
    fetched(folders, "ok", {f"{HOST}/events": ("fetched", None)})
    fetched(folders, "unchanged", {f"{HOST}/events": ("unchanged", None)})
    assert fingerprint(folders, [toy()]) == before


def test_the_same_trouble_again_is_no_news(folders):
    failing = {f"{HOST}/events": ("failed", "It fell silent.")}
    fetched(folders, "partial", {**failing, f"{HOST}/2": ("fetched", None)}, "1 fetched, 1 failed. It fell silent.")
    before = fingerprint(folders, [toy()])
    fetched(folders, "partial", {**failing, f"{HOST}/2": ("unchanged", None)}, "1 unchanged, 1 failed. It fell silent.")
    assert fingerprint(folders, [toy()]) == before
    fetched(folders, "partial", {}, "It led to ever more addresses.")
    assert fingerprint(folders, [toy()]) != before


def test_trouble_of_the_last_fetch_is_told_and_the_figures_stand(folders):
    hold(folders, toy(), payload("A chip"))
    fetched(folders, "partial", {}, "1 failed. It fell silent.")
    build(folders, [toy()])
    assert (state(folders)["status"], state(folders)["message"]) == ("partial", "1 failed. It fell silent.")
    assert headlines(folders) == ["A chip"]


# What is shipped again is what was shipped


def test_shipping_again_and_again_changes_nothing(folders, tmp_path):
    """Rows that no payload's address covers, and lines of what is incomplete, must not multiply."""

    def read(held):
        return merge(
            [
                Reading(frames={"event": pl.DataFrame([event("A chip", f"{HOST}/page")])}, incomplete=["v5.0 Dell"]),
                Reading(set_aside=[SetAside(f"{HOST}/page", faults.EDGE, "x")]),
            ]
        )

    source = toy(read=read)
    hold(folders, source, "[]")
    hold(folders, source, "[1]", f"{HOST}/2")
    contents = []
    for _ in range(3):
        build(folders, [source])
        contents.append({path.name: path.read_text() for path in published.write(folders.store, folders.published)})
    assert contents[0]["event.csv"].count("A chip") == 1
    assert contents[0] == contents[1] == contents[2]
