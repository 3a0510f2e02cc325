"""One run of a page shows one generation, whatever is built, added or dropped while it runs."""

import ast
import shutil
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from polars.testing import assert_frame_equal

from etl import store as storing
from etl.folders import PROJECT, Folders
from etl.store import KEPT_GENERATIONS, Store
from metrics import matching
from metrics.claims import verdicts
from pages.shared import bar, cite, places, tables, view
from pages.shared.view import Figures
from tests.pages.test_pages import PAGES, SHOWING, opener, texts

SPEED = places.of("speed").path
CLAIMS = places.of("claims").path


@pytest.fixture
def data(built_data, tmp_path) -> Path:
    """The shipped figures in a data folder that may be written to."""
    shutil.copytree(built_data, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def meanwhile(monkeypatch):
    """Does this once, right after a run has drawn its bar, and forgets what was read by then."""

    def set_up(change) -> None:
        drawing, is_done = bar.show, []

        def shown(figures):
            drawn = drawing(figures)
            if not is_done:
                is_done.append(True)
                change()
                st.cache_resource.clear()
            return drawn

        monkeypatch.setattr(bar, "show", shown)

    return set_up


@pytest.fixture
def read(monkeypatch) -> list[str | None]:
    """The generation that each question to the store asked for; None for "the current one"."""
    asked, asking = [], Store._ask

    def watched(self, question, generation):
        asked.append(generation)
        return asking(self, question, generation)

    monkeypatch.setattr(Store, "_ask", watched)
    return asked


@pytest.fixture
def offered(monkeypatch) -> list[tuple[str, object]]:
    """Every file that a page offers: its name, and what is asked for its bytes."""
    files, offering = [], st.download_button

    def watched(label, data, file_name, **rest):
        files.append((file_name, data))
        return offering(label, data, file_name, **rest)

    monkeypatch.setattr(st, "download_button", watched)
    return files


def twice_as_fast(data: Path) -> str:
    """A generation in which every published speed is twice what it was."""
    store = Folders(data=data).store
    fast = store.rows("provider_speed").with_columns(pl.col("^output_tokens_per_second.*$") * 2)
    return store.write(lambda writer: writer.replace_all("provider_speed", fast))


def generations_named(files: list[tuple[str, object]]) -> set[str]:
    return {name.split("store-")[1].partition(".")[0] for name, _ in files if "store-" in name}


def csv_files(files: list[tuple[str, object]]) -> list[bytes]:
    return [data() for name, data in files if name.endswith(".csv")]


@pytest.mark.soak(short=4, long=1_000)
def test_a_run_reads_and_offers_one_generation_though_another_is_published_meanwhile(
    monkeypatch, data, meanwhile, read, offered, some
):
    page = opener(monkeypatch, data)

    def change() -> None:
        twice_as_fast(data)
        read.clear()
        offered.clear()

    for place in some(PAGES):
        at_first = Folders(data=data).store.generation()
        meanwhile(change)
        at = page(place)
        assert not at.exception
        assert at.session_state[view.OF_RUN].figures.generation == at_first
        assert set(read) == {at_first}
        assert generations_named(offered) <= {at_first.removeprefix("store-")}
        assert (place == places.of("upload").path) == (not generations_named(offered))
        offered.clear()
        at.run()
        later = Folders(data=data).store.generation()
        assert later > at_first
        assert at.session_state[view.OF_RUN].figures.generation == later
        assert generations_named(offered) <= {later.removeprefix("store-")}


def test_what_a_run_says_is_of_the_figures_it_began_with(monkeypatch, data, meanwhile, offered):
    page = opener(monkeypatch, data)
    before = texts(page(SPEED))
    files = csv_files(offered)
    offered.clear()
    meanwhile(lambda: twice_as_fast(data))
    at = page(SPEED)
    assert texts(at) == before
    assert csv_files(offered) == files != []
    at.run()
    assert texts(at) != before


@pytest.mark.parametrize("place", [SHOWING[0], SPEED])
def test_a_run_whose_generation_is_dropped_starts_anew_on_the_figures_of_today(monkeypatch, data, meanwhile, place):
    store = Folders(data=data).store
    at_first = store.generation()

    def change() -> None:
        for _ in range(KEPT_GENERATIONS):
            store.write(lambda writer: None)
        storing._files.clear()

    meanwhile(change)
    at = opener(monkeypatch, data)(place)
    assert at_first not in store.generations()
    assert not at.exception
    assert at.session_state[view.OF_RUN].figures.generation == store.generation()
    assert at.get("plotly_chart")


def test_a_run_does_not_start_anew_for_ever_where_the_current_generation_is_not_there(monkeypatch, data, meanwhile):
    def change() -> None:
        (data / "store" / f"{Folders(data=data).store.generation()}.duckdb").unlink()
        storing._files.clear()

    meanwhile(change)
    at = opener(monkeypatch, data)(SPEED)
    assert len(at.exception) == 1


def test_uploads_are_shown_by_a_value_that_every_table_takes(built_data):
    generation = Folders(data=built_data).store.generation()
    shown = Figures(built_data, generation, with_uploads=True)
    assert shown.of_record == Figures(built_data, generation)
    assert_frame_equal(tables.record(shown, "provider_speed"), tables.table(shown.of_record, "provider_speed"))


def test_what_is_kept_is_handed_on_as_it_is(built_data):
    figures = Figures(built_data, Folders(data=built_data).store.generation())
    assert tables.speed_ratios(figures) is tables.speed_ratios(figures)
    assert tables.cost_ratios(figures, "3:1") is not tables.cost_ratios(figures, "7:2:1")


@pytest.mark.parametrize("compute", [tables.judged_build, tables.evidence_of_claims, tables.replayed_claims])
def test_what_a_server_finds_beside_the_store_is_what_it_would_compute(data, compute):
    figures = Figures(data, Folders(data=data).store.generation())
    computed = compute(figures)
    st.cache_resource.clear()
    assert_frame_equal(compute(figures), computed)


def test_a_server_that_starts_anew_judges_no_generation_again(monkeypatch, data):
    store = Folders(data=data).store
    for _ in range(3):
        store.write(lambda writer: None)
    figures = Figures(data, store.generation())
    judged = tables.claims_by_generation(figures)
    assert judged["generation"].unique().sort().to_list() == list(store.generations())
    st.cache_resource.clear()
    monkeypatch.setattr(verdicts, "verdicts", None)
    monkeypatch.setattr(Store, "_ask", None)
    assert_frame_equal(tables.claims_by_generation(figures), judged)


def test_verdicts_over_the_builds_end_with_the_generation_shown(data):
    store = Folders(data=data).store
    figures = Figures(data, store.generation())
    store.write(lambda writer: None)
    assert tables.claims_by_generation(figures)["generation"].unique().to_list() == [figures.generation]


def test_a_generation_that_cannot_be_read_is_left_out_of_the_builds(data):
    store = Folders(data=data).store
    damaged = store.generation()
    figures = Figures(data, store.write(lambda writer: None))
    (data / "store" / f"{damaged}.duckdb").write_bytes(b"no database")
    storing._files.clear()
    assert tables.claims_by_generation(figures)["generation"].unique().to_list() == [figures.generation]


def test_a_generation_that_does_not_say_which_catalogue_speaks_first_is_left_out_of_the_builds(data):
    """An earlier version built it: judged without any list price it would show other verdicts than it had."""
    store = Folders(data=data).store
    states = store.rows("source_state")
    unranked = states.with_columns(catalogue_rank=pl.lit(None, pl.Int64))
    store.write(lambda writer: writer.replace_all("source_state", unranked))
    figures = Figures(data, store.write(lambda writer: writer.replace_all("source_state", states)))
    judged = tables.claims_by_generation(figures)["generation"].unique().sort().to_list()
    assert judged == [store.generations()[0], figures.generation]


def test_the_help_beside_a_grade_follows_the_rule(monkeypatch):
    assert "B: 1 condition differs. " in cite.grades()
    assert "precision" in cite.grades()
    rest = tuple(condition for condition in matching.SOFT if condition.name != "precision")
    monkeypatch.setattr(matching, "SOFT", rest)
    assert "precision" not in cite.grades()


@pytest.mark.parametrize("place", [SHOWING[0], CLAIMS])
def test_a_page_shows_where_nothing_can_be_kept_beside_the_store(monkeypatch, data, place):
    shutil.rmtree(data / "store" / "derived", ignore_errors=True)
    (data / "store" / "derived").write_text("in the way")
    at = opener(monkeypatch, data)(place)
    assert not at.exception
    assert at.get("plotly_chart")


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_a_function_of_its_view(place):
    """At the top of a page stand imports, constants, classes and functions, and one call; no frame, no widget."""
    *declared, last = ast.parse((PROJECT / place).read_text(encoding="utf-8")).body
    assert ast.unparse(last) == "show(of_run())"
    assert isinstance(declared[0], ast.Expr)  # the docstring
    for node in declared[1:]:
        assert isinstance(
            node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
        )
        if isinstance(node, ast.Assign | ast.AnnAssign):
            named = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            assert named & {"st", "tables", "view", "of_run"} == set(), ast.unparse(node)
