"""The command line as other programs meet it: exit codes, stdout, and the shape of what is on it."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from commands.main import METRIC_EXPORTS, main
from etl.schema import TABLES
from etl.sources import SOURCES
from etl.store import Store
from exports.files import FORMATS
from metrics import mlcommons

ROOT = Path(__file__).parents[2]
READERS = {
    "csv": lambda content: pl.read_csv(io.BytesIO(content), infer_schema=False),
    "json": lambda content: pl.DataFrame(json.loads(content), infer_schema_length=None),
    "parquet": lambda content: pl.read_parquet(io.BytesIO(content)),
    "xlsx": lambda content: pl.read_excel(io.BytesIO(content)),
}
SPEED_RATIO = {
    "model",
    "provider",
    "baseline_provider",
    "speed_ratio",
    "match_grade",
    "source",
    "measured_on",
}
COST_RATIO = SPEED_RATIO - {"speed_ratio"} | {"cost_ratio", "blend"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with a store, as `build` makes it from what ships."""
    folder = tmp_path_factory.mktemp("data")
    assert main(["build", "--data", str(folder)]) == 0
    return folder


@pytest.fixture
def ran(data, capfdbinary):
    """Runs a command on the built store; its exit code, stdout and stderr."""

    def run(*arguments, folder=data):
        try:
            code = main([*map(str, arguments), "--data", str(folder)])
        except SystemExit as stop:
            code = stop.code
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return run


def outside(*arguments, **environment) -> subprocess.CompletedProcess:
    """The command as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


# Exit codes


@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("export", "event"), ("export", "verdicts")])
def test_without_a_store_there_is_a_sentence_and_1(ran, tmp_path, command):
    assert ran(*command, folder=tmp_path) == (1, b"", "There is no store yet. Run: python -m etl build\n")


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("bake",),
        ("export",),
        ("export", "flavours"),
        ("export", "event", "--format", "docx"),
        ("refresh", "--source", "nobody"),
        ("build", "--fast"),
    ],
)
def test_wrong_usage_is_2_and_says_how(ran, command):
    code, out, err = ran(*command)
    assert (code, out) == (2, b"")
    assert "usage: python -m etl" in err


def test_a_damaged_store_is_1_and_says_what_to_do(ran, tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store/CURRENT").write_text("store-000001.duckdb\n")
    (tmp_path / "store/store-000001.duckdb").write_bytes(b"nothing of the kind")
    code, out, err = ran("status", folder=tmp_path)
    assert (code, out) == (1, b"")
    assert "store-000001 cannot be read" in err
    assert "run: python -m etl build" in err


def test_a_file_that_cannot_be_written_is_1_and_a_sentence(ran, tmp_path):
    code, out, err = ran("export", "event", "-o", tmp_path / "nowhere/event.csv")
    assert (code, out) == (1, b"")
    assert err == f"{tmp_path}/nowhere/event.csv: No such file or directory.\n"


def test_building_says_what_it_built(ran, tmp_path):
    assert ran("build", folder=tmp_path) == (0, b"", "Built store-000001.\n")
    assert Store(tmp_path / "store").generation() == "store-000001"


def test_the_program_itself_reads_divide_data_and_keeps_stdout_for_machines(data, tmp_path):
    told = outside("status", "--json", DIVIDE_DATA=str(data))
    assert told.returncode == 0
    assert json.loads(told.stdout)["generation"] == "store-000001"
    missing = outside("status", "--json", DIVIDE_DATA=str(tmp_path))
    assert (missing.returncode, missing.stdout) == (1, b"")
    assert missing.stderr.decode().startswith("There is no store yet.")
    chosen = outside("export", "claim", "--data", data, DIVIDE_DATA=str(tmp_path))
    assert chosen.returncode == 0
    assert chosen.stdout.decode().startswith("claim_id,claim,")


def test_a_reader_that_hangs_up_is_no_crash(data):
    told = subprocess.run(
        f"{sys.executable} -m etl export token_price --data {data} | head -c 20; exit ${{PIPESTATUS[0]}}",
        cwd=ROOT,
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert told.returncode in (0, 1)
    assert b"Traceback" not in told.stderr


def test_the_version_is_said_on_stdout(ran):
    code, out, _ = ran("--version")
    assert (code, out) == (0, b"0.2.0\n")


# Status


def test_status_for_programs_has_its_shape(ran):
    code, out, err = ran("status", "--json")
    status = json.loads(out)
    assert (code, err) == (0, "")
    assert list(status) == ["generation", "built_at", "sources"]
    assert status["generation"] == "store-000001"
    assert datetime.fromisoformat(status["built_at"]).tzinfo
    assert sorted(source["source"] for source in status["sources"]) == sorted(source.id for source in SOURCES)
    for source in status["sources"]:
        assert list(source) == ["source", "status", "fetched_at", "rows_used", "rows_set_aside", "message"]
        assert source["fetched_at"] is None
        assert isinstance(source["rows_used"], int)
        assert source["message"]


def test_status_for_people_has_a_line_a_source_and_nothing_on_stdout(ran):
    code, out, err = ran("status")
    assert (code, out) == (0, b"")
    lines = err.splitlines()
    assert lines[0].startswith("store-000001, built ")
    assert sorted(line.split()[0] for line in lines[1:]) == sorted(source.id for source in SOURCES)


# Exports


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_exported_as_csv(ran, data, table):
    code, out, err = ran("export", table)
    assert (code, err) == (0, "")
    frame = READERS["csv"](out)
    notice = (mlcommons.NOTICE_COLUMN,) if table in ("inference_result", "training_result") else ()
    assert tuple(frame.columns) == TABLES[table].names + notice
    assert frame.height == Store(data / "store").counts()[table]


@pytest.mark.parametrize("name", ["source_state", "provider", "build", *METRIC_EXPORTS])
def test_every_format_holds_the_same_rows(ran, tmp_path, name):
    plain = READERS["csv"](ran("export", name)[1])
    for form in FORMATS:
        target = tmp_path / f"rows.{form}"
        code, out, err = ran("export", name, "-o", target)
        assert (code, out) == (0, b""), form
        assert err == f"Wrote {plain.height:,} rows to {target}\n"
        frame = READERS[form](target.read_bytes())
        assert (frame.columns, frame.height) == (plain.columns, plain.height), form


@pytest.mark.parametrize("form", FORMATS)
def test_the_ending_of_a_file_chooses_the_format_as_the_option_does(ran, tmp_path, form):
    target = tmp_path / f"rows.{form}"
    ran("export", "provider", "-o", target)
    content = ran("export", "provider", "--format", form)[1]
    # A workbook notes when it was made.
    assert READERS[form](content).equals(READERS[form](target.read_bytes()))
    assert form == "xlsx" or target.read_bytes() == content


def test_a_price_is_asked_for_by_model_provider_and_day_and_names_its_source(ran):
    code, out, _ = ran("export", "price", "--model=gpt-oss-120b", "--provider=cerebras", "--on=2026-03-29")
    assert code == 0
    first = READERS["csv"](out).row(0, named=True)
    assert (first["provider"], first["status"]) == ("Cerebras", "sold")
    assert first["source_url"].startswith("https://")


def test_a_price_without_a_day_or_of_nobody_is_refused_with_a_sentence(ran):
    code, _, err = ran("export", "price", "--model=gpt-oss-120b", "--provider=cerebras")
    assert (code, err.strip()) == (2, "A price is asked for with --model, --provider and --on.")
    code, _, err = ran("export", "price", "--model=gpt-oss-120b", "--provider=Cerebra", "--on=2026-03-29")
    assert code == 2
    assert err.startswith("No price is of the provider 'Cerebra'. The nearest: Cerebras")


@pytest.mark.parametrize(("name", "columns"), [("speed_ratio", SPEED_RATIO), ("cost_ratio", COST_RATIO)])
def test_ratios_have_the_columns_that_programs_read(ran, name, columns):
    code, out, _ = ran("export", name)
    frame = READERS["csv"](out)
    assert code == 0
    assert columns <= set(frame.columns)
    assert frame.height > 0
    assert frame[name].cast(pl.Float64).is_finite().all()
    assert frame[name].cast(pl.Float64).min() > 0
    assert (
        frame.select("model", "provider", "baseline_provider", "match_grade", "source").null_count().row(0) == (0,) * 5
    )


def test_verdicts_have_the_columns_that_programs_read(ran):
    frame = READERS["csv"](ran("export", "verdicts")[1])
    assert {"claim_id", "as_of", "verdict", "reason"} <= set(frame.columns)
    assert frame.height > 0
    assert frame.select("claim_id", "as_of", "verdict", "reason").null_count().row(0) == (0,) * 4


@pytest.mark.parametrize("name", ["speed_ratio", "cost_ratio"])
def test_a_baseline_is_one_provider_whatever_its_case(ran, name):
    every = READERS["csv"](ran("export", name)[1])
    chosen = every["baseline_provider"].mode().sort()[0]
    for spelling in (chosen, chosen.upper()):
        code, out, _ = ran("export", name, "--baseline", spelling)
        frame = READERS["csv"](out)
        assert code == 0
        assert frame["baseline_provider"].unique().to_list() == [chosen]
        assert 0 < frame.height <= every.height


@pytest.mark.parametrize("baseline", ["best", "median"])
def test_the_best_and_the_median_host_can_be_the_baseline(ran, baseline):
    code, out, _ = ran("export", "speed_ratio", "--baseline", baseline)
    assert code == 0
    assert READERS["csv"](out).height > 0


@pytest.mark.parametrize("name", ["speed_ratio", "cost_ratio"])
def test_an_unknown_baseline_is_2_and_names_the_known(ran, name):
    code, out, err = ran("export", name, "--baseline", "Nobody")
    assert (code, out) == (2, b"")
    assert err.startswith("No row has the baseline 'Nobody'. Known: Best, Median, ")


def test_a_blend_is_named_in_each_row_and_changes_the_ratio(ran):
    usual, given = (READERS["csv"](ran("export", "cost_ratio", *blend)[1]) for blend in ((), ("--blend", "1:9")))
    assert usual["blend"].unique().to_list() == ["3:1"]
    assert given["blend"].unique().to_list() == ["1:9"]
    assert usual["cost_ratio"].to_list() != given["cost_ratio"].to_list()


@pytest.mark.parametrize("blend", ["bad", "3", "0:0", "-1:2", "1:2:3:4", "1.2.3:1", ""])
def test_a_blend_that_cannot_be_read_is_2_and_says_how_to_write_it(ran, blend):
    code, out, err = ran("export", "cost_ratio", f"--blend={blend}")
    assert (code, out) == (2, b"")
    assert "is not a blend. Write input:output" in err


def test_the_figures_that_ship_are_written_as_files(ran, tmp_path):
    code, out, err = ran("export", "published", "-o", tmp_path)
    assert (code, out) == (0, b"")
    assert err.count("Wrote ") == len(list(tmp_path.iterdir()))
    assert (tmp_path / "NOTICE.md").exists()
    assert (tmp_path / "provider_speed.csv").read_text().startswith("capture,provider,model,")


def test_names_tells_what_no_list_knows_the_heaviest_first(ran):
    code, out, err = ran("names", "--limit", 3)
    assert (code, out) == (0, b"")
    told = err.splitlines()
    assert len(told) == 3
    assert all(" rows " in line for line in told)


def test_names_for_programs_is_a_table_of_one_kind(ran):
    code, out, _ = ran("names", "--kind", "provider", "--csv")
    assert code == 0
    table = pl.read_csv(io.BytesIO(out))
    assert table.columns == ["kind", "spelling", "rows", "sellers", "sources", "nearest"]
    assert set(table["kind"]) == {"provider"}
    assert table["rows"].to_list() == sorted(table["rows"], reverse=True)


@pytest.mark.parametrize("limit", ["0", "-1", "ten"])
def test_a_limit_that_is_no_number_of_spellings_is_wrong_usage(ran, limit):
    code, _, err = ran("names", "--limit", limit)
    assert code == 2
    assert "is not a number of spellings. Write 1 or more." in err
