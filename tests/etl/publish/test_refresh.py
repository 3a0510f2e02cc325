"""Fetch, then build: one source's trouble touches no other, and what was good stands."""

import json
from datetime import date

import polars as pl
import pytest

from commands.main import main
from etl.fetch.download import Settings
from etl.folders import Folders
from etl.publish.refresh import is_curated, refresh
from etl.sources import SOURCES, source
from etl.store import Store
from tests.loopback import StaticServer

CATALOGUE, SPENDING = "models.dev/api.json", "epoch.ai/data/ai_companies_compute_spend.csv"
CHOSEN = ("models_dev", "epoch_spend")
MANIFEST = "url,upstream_commit_date\nhttps://models.dev/api.json,2026-07-23\n"
HEADER = (
    "Id,Notes,Company,Amount,Category,Period type,Date,Report date,Confidence,Source Type,"
    "Exclude from graph view,Inference compute spend,R&D compute spend,Total compute spend\n"
)


def catalogue(output_price: float) -> str:
    model = {"id": "llama-3.1-8b", "name": "Llama 3.1 8B", "cost": {"input": 0.1, "output": output_price}}
    return json.dumps({"toys": {"id": "toys", "name": "Toys", "models": {"llama-3.1-8b": model}}})


def spending(billions: int) -> str:
    amount = billions * 1_000_000_000
    line = f"Toys 2025,,Toys,{amount},Inference cloud compute,Year,12/31/2025,9/19/2025,Likely,Other,,{amount},,\n"
    return HEADER + line


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    write(folder, CATALOGUE, catalogue(0.2))
    write(folder, SPENDING, spending(7))
    write(folder, "MANIFEST.csv", MANIFEST)
    return folder


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def refreshed(data, mirror, *sources) -> int:
    chosen = [word for name in sources or CHOSEN for word in ("--source", name)]
    return main(["refresh", "--data", str(data), "--mirror", str(mirror), *chosen])


def prices(data) -> list[tuple]:
    rows = Store(data / "store").rows("token_price", {"source": "models_dev", "provider": "Toys"})
    return rows.select("valid_from", "output_usd_per_mtok").rows()


def spent(data) -> list[float]:
    return Store(data / "store").rows("compute_share", {"scope": "Toys"})["inference_usd_bn"].to_list()


def state(data, name) -> dict:
    return Store(data / "store").rows("source_state", {"source": name}).row(0, named=True)


def test_what_a_mirror_holds_becomes_a_generation(data, mirror, capsys):
    assert refreshed(data, mirror) == 0
    assert (prices(data), spent(data)) == ([(date(2026, 7, 23), 0.2)], [7.0])
    assert [state(data, name)["status"] for name in CHOSEN] == ["ok", "ok"]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "Built store-000001."


def test_a_server_can_be_the_mirror(data, mirror):
    with StaticServer(mirror) as server:
        assert refreshed(data, server.url("")) == 0
    assert (prices(data), spent(data)) == ([(date(2026, 7, 23), 0.2)], [7.0])


def test_a_refresh_that_finds_nothing_new_makes_no_generation(data, mirror, capsys):
    refreshed(data, mirror)
    assert refreshed(data, mirror) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "Nothing new; store-000001 stands."
    assert Store(data / "store").generations() == ("store-000001",)
    write(mirror, SPENDING, spending(8))
    refreshed(data, mirror)
    assert spent(data) == [8.0]
    assert Store(data / "store").generation() == "store-000002"


def test_of_several_sources_those_named_are_fetched(data, mirror):
    refreshed(data, mirror, "epoch_spend")
    assert (prices(data), spent(data)) == ([], [7.0])
    assert state(data, "models_dev")["fetched_at"] is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<!doctype html><html><body>Sorry</body></html>", "an HTML page instead of a CSV table"),
        ('{"error": "moved"}', "a JSON document instead of a CSV table"),
        ("", "nothing instead of a CSV table"),
        ("Company,Dollars\nToys,8\n", "missing"),
    ],
    ids=["an error page", "another kind", "nothing", "another layout"],
)
def test_what_cannot_be_used_leaves_the_last_good_rows_and_is_1(data, mirror, capsys, content, sentence):
    refreshed(data, mirror)
    write(mirror, SPENDING, content)
    write(mirror, CATALOGUE, catalogue(0.3))
    assert refreshed(data, mirror) == 1
    assert spent(data) == [7.0]
    assert 0.3 in [price for _, price in prices(data)]
    assert (state(data, "epoch_spend")["status"], state(data, "models_dev")["status"]) == ("partial", "ok")
    assert sentence in state(data, "epoch_spend")["message"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch_spend went wrong: " in err
    assert "models_dev went wrong" not in err


def test_the_same_trouble_again_makes_no_generation_and_is_still_1(data, mirror):
    refreshed(data, mirror)
    write(mirror, SPENDING, "<html>")
    assert [refreshed(data, mirror) for _ in range(3)] == [1, 1, 1]
    assert Store(data / "store").generation() == "store-000002"


def test_a_source_that_comes_right_is_well_again(data, mirror):
    refreshed(data, mirror)
    for content in ("<html>", spending(9)):
        write(mirror, SPENDING, content)
        refreshed(data, mirror)
    assert (spent(data), state(data, "epoch_spend")["status"]) == ([9.0], "ok")


def test_a_mirror_that_is_not_there_fails_and_leaves_the_figures(data, tmp_path, capsys):
    assert refreshed(data, tmp_path / "nowhere") == 1
    assert "There is no folder" in capsys.readouterr().err
    assert Store(data / "store").generation() == "store-000001"
    assert state(data, "epoch_spend")["status"] in ("failed", "partial")


def test_a_file_that_a_mirror_lacks_is_nobody_s_failure(data, mirror):
    (mirror / SPENDING).unlink()
    assert refreshed(data, mirror) == 0
    assert state(data, "epoch_spend")["status"] == "absent"


def test_figures_from_prose_are_not_fetched(data, mirror):
    asked = []
    outcome = refresh(Folders(data=data), Settings(mirror=mirror), on_fetch=lambda told: asked.append(told.source))
    assert set(asked) == {each.id for each in SOURCES if not is_curated(each)}
    assert outcome.is_new
    assert outcome.generation == "store-000001"
    assert is_curated(source("host_captures"))
    assert pl.Series([each.status for each in outcome.outcomes]).is_in(["ok", "absent", "partial"]).all()
