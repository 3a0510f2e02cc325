"""The figures that ship are exactly what the publishers' whole files say, and hold what is claimed of them.

Where the whole files lie beside the checkout (or where DIVIDE_UPSTREAM says), everything is fetched
from them, built and written again, from nothing but the lists of names, of copies and the cited facts.
"""

import itertools
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl import names, published
from etl.fetch.download import Settings
from etl.folders import PROJECT, Folders
from etl.publish.refresh import refresh
from etl.schema import NOT_SHIPPED, PROVIDER_SPEED, TOKEN_PRICE
from etl.sources import SOURCES
from metrics import exported
from tests.payloads import UPSTREAM

pytestmark = [
    pytest.mark.skipif(
        UPSTREAM is None,
        reason="the publishers' whole files lie neither beside the checkout nor at DIVIDE_UPSTREAM",
    ),
]
SHIPPED = PROJECT / "data/published"
REMEDY = "Remove data/published, then: python -m etl refresh --mirror FOLDER; python -m etl export published"
# Listed by the publisher and left out of the copies: the result is missing, and says so.
LACKS_LOGS = "mlperf_training"

MAY_2026, OCTOBER_2024 = date(2026, 5, 8), date(2024, 10, 13)
MATCHED = {
    ("gpt-oss-120b", MAY_2026): {"Cerebras", "Groq", "SambaNova"},
    ("Llama 3.1 8B", OCTOBER_2024): {"Cerebras", "Groq", "SambaNova"},
    ("Llama 3.1 70B", OCTOBER_2024): {"Cerebras", "Groq", "SambaNova"},
    ("Llama 3.1 405B", OCTOBER_2024): {"SambaNova"},
}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """Folders and outcome of a refresh from the whole files."""
    folder = tmp_path_factory.mktemp("whole")
    folders = Folders(data=folder / "data", shipped=folder / "shipped")
    for part in ("names", "facts", "corrections", "history"):
        shutil.copytree(PROJECT / "data" / part, folders.shipped / part)
    return folders, refresh(folders, Settings(mirror=UPSTREAM))


@pytest.fixture(scope="module")
def store(refreshed):
    return refreshed[0].store


@pytest.fixture(scope="module")
def written(refreshed, tmp_path_factory):
    return published.write(refreshed[0].store, tmp_path_factory.mktemp("written"))


@pytest.fixture(scope="module")
def speed_ratios(store):
    tables = {name: store.rows(name) for name in exported.TABLES}
    return exported.frame("speed_ratio", tables, baseline=None, blend="3:1")


def first_difference(ours: Path, theirs: Path) -> str | None:
    """Where two text files first differ, as a sentence; None where they are the same."""
    if not ours.exists():
        return f"{ours.name} does not ship."
    lines = (path.read_text(encoding="utf-8").splitlines() for path in (ours, theirs))
    for number, (shipped, made) in enumerate(itertools.zip_longest(*lines), 1):
        if shipped != made:
            return f"{ours.name}, line {number}:\n  ships: {shipped}\n  made:  {made}"
    return None if ours.read_bytes() == theirs.read_bytes() else f"{ours.name} ends its lines differently."


def test_no_source_goes_wrong_over_the_whole_files(refreshed, store):
    _, outcome = refreshed
    assert [told for told in outcome.outcomes if not told.is_well] == []
    states = store.rows("source_state").select("source", "status", "message")
    lacking = states.filter(pl.col("source") == LACKS_LOGS).row(0, named=True)
    assert lacking["status"] == "partial"
    assert re.match(r"\d+ incomplete: (v\d+\.\d+ .+: \d+ of \d+ logs could not be fetched(; |$))+", lacking["message"])
    others = states.filter(pl.col("source") != LACKS_LOGS)
    assert others.filter(~pl.col("status").is_in(["ok", "absent"])).rows() == []


def test_every_correction_still_finds_what_it_expects(store):
    """Fails once a publisher has mended a figure: then end its correction by its to_day."""
    lines = store.rows("correction")
    assert lines.height
    assert lines.filter(pl.col("status") != "applied").select("correction", "status", "message").rows() == []


def test_a_second_refresh_finds_nothing_new(refreshed):
    folders, first = refreshed
    again = refresh(folders, Settings(mirror=UPSTREAM))
    assert (again.is_new, again.generation) == (False, first.generation)


def test_what_ships_is_what_the_whole_files_say(written):
    differences = [first_difference(SHIPPED / path.name, path) for path in written]
    others = [path.name for path in SHIPPED.glob("*.csv") if path.name not in {made.name for made in written}]
    told = "\n".join(filter(None, differences + [f"{name} ships, but no table is called so." for name in others]))
    assert not told, f"{told}\n{REMEDY}"


@pytest.mark.parametrize("table", [TOKEN_PRICE, PROVIDER_SPEED], ids=lambda table: table.name)
def test_speeds_and_prices_ship_where_model_and_provider_are_known_or_the_figure_is_cited(written, table):
    known = names.load(PROJECT / "data/names")
    cited = [one.id for one in SOURCES if one.facts]
    files = [path for path in written if published.table_of(path) == table.name]
    shipped = pl.concat([pl.read_csv(path, infer_schema=False) for path in files])
    spelled = shipped.filter(~pl.col("source").is_in(cited))
    for thing in ("model", "provider"):
        found = spelled.select("source", f"{thing}_as_published").drop_nulls().unique().iter_rows()
        assert [spelling for source_id, spelling in found if known.of(thing, source_id, spelling) is None] == []


def test_every_speed_and_price_of_the_store_ships_or_is_counted_as_not_shipped(store, written):
    folder = written[0].parent
    files = [path for path in written if published.table_of(path) in ("token_price", "provider_speed")]
    shipped = sum(pl.read_csv(path, infer_schema=False).height for path in files)
    aside = pl.read_csv(folder / "set_aside.csv").filter(pl.col("reason") == NOT_SHIPPED)
    held = store.rows("token_price").height + store.rows("provider_speed").height
    assert aside["rows"].sum() > 0
    assert shipped + aside["rows"].sum() == held


def test_what_ships_gives_the_same_store_without_the_whole_files(refreshed, written, tmp_path):
    """Somebody who has only the project sees the figures of somebody who fetched everything."""
    folders, _ = refreshed
    shipped = tmp_path / "shipped"
    shutil.copytree(folders.shipped, shipped)
    shutil.copytree(written[0].parent, shipped / "published")
    only_shipped = Folders(data=tmp_path / "data", shipped=shipped)
    refresh(only_shipped, sources=[])
    for path in published.write(only_shipped.store, tmp_path / "again"):
        difference = first_difference(written[0].parent / path.name, path)
        assert difference is None, difference


@pytest.mark.parametrize(("round_name", "scores"), [("v4.0", 202), ("v4.1", 153), ("v5.0", 201), ("v5.1", 184)])
def test_a_round_of_training_is_scored_in_full(store, round_name, scores):
    results = store.rows("training_result", {"round": round_name})
    assert results.height == scores
    assert results["status"].unique().to_list() == ["scored"]
    assert results["minutes"].null_count() == 0
    assert (results["runs"] >= results["runs_required"]).all()


@pytest.mark.parametrize(("round_name", "least"), [("v4.1", 740), ("v5.1", 480), ("v6.0", 340)])
def test_closed_datacenter_results_have_their_accelerators_counted(store, round_name, least):
    results = store.rows("inference_result", {"round": round_name, "division": "closed", "suite": "datacenter"})
    counted = results.filter(pl.col("accelerator_count") > 0)
    assert counted.height >= least
    assert counted["accelerator"].null_count() == 0
    assert counted["value"].min() > 0
    # What has no count names no chip, so that nothing is divided by a guess.
    assert results.filter(pl.col("accelerator_count").is_null())["accelerator"].drop_nulls().is_empty()


@pytest.mark.parametrize(("model", "measured_on"), MATCHED, ids=str)
def test_the_matched_sets_of_the_article_are_there(speed_ratios, model, measured_on):
    ratios = speed_ratios.filter((pl.col("model") == model) & (pl.col("measured_on") == measured_on))
    beside_azure = ratios.filter(pl.col("baseline_provider") == "Azure")
    assert set(beside_azure["provider"]) == MATCHED[model, measured_on]
    assert set(beside_azure["match_grade"]) == {"A"}
    assert (ratios["speed_ratio"] > 0).all()


@pytest.mark.parametrize(("model", "measured_on"), MATCHED, ids=str)
def test_each_ratio_of_a_matched_set_opens_to_its_two_rows(store, speed_ratios, model, measured_on):
    ratios = speed_ratios.filter((pl.col("model") == model) & (pl.col("measured_on") == measured_on))
    speeds = store.rows("provider_speed")
    for ratio in ratios.iter_rows(named=True):
        sides = []
        for side in ("", "baseline_"):
            found = speeds.filter(
                (pl.col("model") == model)
                & (pl.col("provider") == ratio[f"{side}provider"])
                & pl.col("endpoint").eq_missing(pl.lit(ratio[f"{side}endpoint"], dtype=pl.String))
                & (pl.col("source_url") == ratio[f"{side}source_url"])
                & (pl.col("measured_on") == ratio[f"{side}measured_on"])
                & (pl.col("capture") == ratio["capture"])
                & (pl.col("output_tokens_per_second") == ratio[f"{side}output_tokens_per_second"])
            )
            assert found.height == 1, f"{ratio[f'{side}provider']}: {found.height} rows"
            assert found["source_url"][0].startswith("https://")
            sides.append(found["output_tokens_per_second"][0])
        assert ratio["speed_ratio"] == pytest.approx(sides[0] / sides[1])
