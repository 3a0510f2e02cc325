"""Two small stores beside each other, as a change to the figures would make them."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from commands import datadiff
from commands.datadiff import Figures, NotBuilt
from etl import published
from etl.folders import PROJECT
from etl.store import Store

CAPEX = {
    "source": "sec",
    "source_url": "https://www.sec.gov/",
    "publisher": "SEC EDGAR",
    "licence": "Public domain",
    "evidence": "published",
    "company": "Microsoft",
    "period_kind": "quarter",
    "metric": "capex",
    "unit": "USD bn",
    "kind": "actual",
}


def figures(folder: Path, values: dict[int, float], verdict: str = "SUPPORTED") -> Figures:
    """What a store writes that holds Microsoft's capex of these quarters of 2026, and one verdict."""
    rows = [{**CAPEX, "period_end": date(2026, month, 28), "value": value} for month, value in values.items()]
    store = Store(folder / "store")
    store.write(lambda writer: writer.add("company_quarter", pl.DataFrame(rows)))
    published.write(store, folder / "out")
    claim = {"claim_id": ["speed_20x"], "when": ["now"], "verdict": [verdict]}
    pl.DataFrame(claim).write_parquet(folder / "out" / "verdicts.parquet")
    return datadiff.figures(folder / "out")


def test_two_stores_with_the_same_figures_differ_in_nothing(tmp_path):
    before, after = (figures(tmp_path / name, {3: 34.9, 6: 37.5}) for name in ("before", "after"))
    assert datadiff.compared(before, after) == ()
    assert datadiff.text((), "main") == "No figure differs from main."


def test_a_change_shows_its_rows_its_largest_move_and_the_verdict_that_flips(tmp_path):
    before = figures(tmp_path / "before", {3: 34.9, 6: 37.5})
    after = figures(tmp_path / "after", {6: 75.0, 9: 40.0}, verdict="STALE")
    said = datadiff.text(datadiff.compared(before, after), "main")
    assert "company_quarter: 1 added, 1 removed, 1 values changed" in said
    assert "~ value: 37.5 -> 75.0 (2x); sec, Microsoft, capex, quarter, 2026-06-28" in said
    assert "Verdicts that flip: 1\n  speed_20x, now: SUPPORTED -> STALE" in said


def test_a_program_reads_the_same_as_json(tmp_path):
    before, after = figures(tmp_path / "before", {6: 37.5}), figures(tmp_path / "after", {6: 75.0}, verdict="STALE")
    document = json.loads(json.dumps(datadiff.document(datadiff.compared(before, after))))
    assert [row["ratio"] for row in document["tables"]["company_quarter"]["changed"]] == [2.0]
    assert document["verdicts_flipped"] == [
        {"claim_id": "speed_20x", "when": "now", "before": "SUPPORTED", "after": "STALE"}
    ]


def test_a_table_that_is_new_has_every_row_added(tmp_path):
    after = figures(tmp_path / "after", {6: 37.5})
    before = {name: frame for name, frame in after.items() if name != "company_quarter"}
    (found,) = datadiff.compared(before, after)
    assert (found.name, found.added.height, found.removed.height) == ("company_quarter", 1, 0)


def test_a_base_that_does_not_exist_is_named(tmp_path, capsys):
    assert datadiff.main(["--against", "no-such-revision"]) == datadiff.FAILED
    assert "no-such-revision cannot be read" in capsys.readouterr().err


def test_a_side_that_does_not_build_says_the_last_line_of_its_trouble():
    with pytest.raises(NotBuilt, match=r"^the working tree does not build: .+"):
        datadiff._run(["git", "no-such-command"], PROJECT, "the working tree does not build")
