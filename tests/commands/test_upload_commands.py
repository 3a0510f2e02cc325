"""The importer on the command line, as other programs meet it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commands.main import main
from etl.folders import Folders
from etl.upload import importer
from tests.etl.upload.uploading import copied, state

ROOT = Path(__file__).parents[2]
TEXT = "Host;LLM;Speed (tok/s);When\nGroq;Llama 3.3 70B;276,4;2026-05-08\nAzure;Llama 3.3 70B;schnell;2026-05-08\n"


@pytest.fixture
def folders(built_data, tmp_path) -> Folders:
    return copied(built_data, tmp_path)


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "speeds.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def ran(folders, capfd):
    """Runs a command; its exit code, stdout and stderr."""

    def run(*arguments, data=folders.data):
        try:
            code = main([*map(str, arguments), "--data", str(data)])
        except SystemExit as stop:
            code = stop.code
        return code, *capfd.readouterr()

    return run


def test_check_for_programs_has_its_shape_and_changes_nothing(ran, folders, file):
    before = state(folders)
    code, out, _ = ran("check", file, "--table", "provider_speed", "--map", "When=measured_on", "--json")
    assert code == 0
    assert json.loads(out) == {
        "table": "provider_speed",
        "rows": 2,
        "accepted": 1,
        "rejected": 1,
        "mapping": {
            "Host": "provider",
            "LLM": "model",
            "Speed (tok/s)": "output_tokens_per_second",
            "When": "measured_on",
        },
        "problems": [
            {
                "row": 2,
                "column": "Speed (tok/s)",
                "value": "schnell",
                "severity": "error",
                "message": '"schnell" is not a number.',
            }
        ],
    }
    assert state(folders) == before
    assert not (folders.data / "uploads").exists()


def test_check_tells_people_the_same_on_stderr(ran, file):
    code, out, err = ran("check", file, "--table", "provider_speed")
    assert (code, out) == (0, "")
    assert "Read as UTF-8, cells parted by semicolons." in err
    assert (
        "Speed (tok/s) → output_tokens_per_second (alias; decimal comma: 1 cell can only be read so; 276,4 → 276.4)"
        in err
    )
    assert 'Row 2, Speed (tok/s): error: "schnell" is not a number.' in err
    assert "2 rows: 1 accepted (1 new, 0 changed, 0 identical), 1 rejected, 0 blank." in err


def test_check_is_1_where_nothing_could_be_accepted(ran, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("provider,model,speed\nGroq,Llama 3.3 70B,fast\n")
    code, out, _ = ran("check", bad, "--table", "provider_speed", "--json")
    assert (code, json.loads(out)["accepted"], json.loads(out)["rejected"]) == (1, 0, 1)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"a,b\n\0,1\n", b"provider,model\n"])
@pytest.mark.parametrize("command", ["check", "add"])
def test_a_hostile_file_is_1_a_sentence_and_an_unchanged_store(ran, folders, tmp_path, content, command):
    before = state(folders)
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    code, out, err = ran(command, path, "--table", "provider_speed")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith(".\n")
    assert state(folders) == before


def test_a_refused_file_keeps_the_shape_for_programs(ran, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    code, out, _ = ran("check", path, "--table", "token_price", "--json")
    assert code == 1
    assert json.loads(out) == {
        "table": "token_price",
        "rows": 0,
        "accepted": 0,
        "rejected": 0,
        "mapping": {},
        "problems": [{"row": 0, "column": None, "value": None, "severity": "error", "message": "The file is empty."}],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "FILE"),
        ("check", "FILE", "--table", "event"),
        ("check", "FILE", "--table", "nothing"),
        ("check", "FILE", "--table", "provider_speed", "--map", "Host"),
        ("check", "FILE", "--table", "provider_speed", "--map", "Nobody=provider"),
        ("check", "FILE", "--table", "provider_speed", "--map", "Host=nothing"),
        ("add", "FILE", "--table", "provider_speed", "--set", "measured_on=soon"),
        ("check", "FILE", "--table", "provider_speed", "--dates", "backwards"),
        ("undo",),
        ("redo",),
        ("uploads", "all"),
    ],
)
def test_wrong_usage_is_2_and_says_how(ran, file, arguments):
    code, out, err = ran(*(str(file) if argument == "FILE" else argument for argument in arguments))
    assert (code, out) == (2, "")
    assert err


def test_dates_that_may_be_two_are_asked_and_answered(ran, tmp_path):
    path = tmp_path / "dates.csv"
    path.write_text("provider,model,speed,date\nGroq,Llama 3.3 70B,276,03/04/2026\n")
    code, out, err = ran("check", path, "--table", "provider_speed", "--json")
    assert code == 1
    assert json.loads(out)["problems"][0]["column"] == "date"
    assert "--dates day-first" in err
    assert ran("check", path, "--table", "provider_speed", "--dates", "month-first")[0] == 0


def test_add_undo_redo_and_uploads_tell_one_story(ran, folders, file, tmp_path):
    rejects = tmp_path / "rejects.csv"
    code, out, err = ran("add", file, "--table", "provider_speed", "--who", "Ada", "--rejects", rejects)
    assert (code, out) == (0, "u0001\n")
    assert "Added u0001: 1 row to provider_speed. Take it back: python -m etl undo u0001" in err
    assert pl.read_csv(rejects)["what_was_wrong"].to_list() == ['Speed (tok/s): "schnell" is not a number.']
    assert ran("add", file, "--table", "provider_speed")[1:] == (
        "u0001\n",
        ran("add", file, "--table", "provider_speed")[2],
    )
    listed = json.loads(ran("uploads", "--json")[1])
    assert [(line["batch"], line["rows"], line["rejected"], line["who"], line["undone"]) for line in listed] == [
        ("u0001", 1, 1, "Ada", False)
    ]
    assert importer.export(folders, "provider_speed").height == 1
    assert ran("undo", "u0001")[0] == 0
    assert importer.export(folders, "provider_speed").height == 0
    assert ran("undo", "u0001") == (1, "", "The upload u0001 is already undone.\n")
    assert ran("redo", "u0001")[0] == 0
    assert importer.export(folders, "provider_speed").height == 1
    assert "u0001  active" in ran("uploads")[2]
    assert ran("undo", "u0009")[0] == 1


def test_an_upload_is_exported_with_the_table(ran, folders, file):
    ran("add", file, "--table", "provider_speed")
    out = ran("export", "provider_speed")[1]
    assert "upload:u0001" in out


def test_add_builds_the_store_where_there_is_none(ran, file, tmp_path):
    code, out, err = ran("add", file, "--table", "provider_speed", data=tmp_path / "fresh")
    assert (code, out) == (0, "u0001\n")
    assert err.startswith("There is no store yet; it is built first.")
    assert Folders(data=tmp_path / "fresh").store.counts()["event"] > 0


def test_the_program_itself_reads_divide_data(folders, file):
    told = subprocess.run(
        [sys.executable, "-m", "etl", "check", str(file), "--table", "provider_speed", "--json"],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "DIVIDE_DATA": str(folders.data)},
        check=False,
    )
    assert told.returncode == 0
    assert json.loads(told.stdout)["accepted"] == 1
