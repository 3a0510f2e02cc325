"""No file ends or freezes anything: it is read by a program of its own, and what hurts that program is a sentence."""

import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import polars as pl
import psutil
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from etl.folders import Folders
from etl.upload import importer, reading, sheets, staging, workbooks, worker
from etl.upload.sheets import Unreadable
from etl.upload.worker import Limits
from tests.etl.upload.uploading import check_file, copied, state

ROOT = Path(__file__).parents[3]
HOSTILE = Path(__file__).parent / "hostile"
HEADER = "provider,model,output_tokens_per_second\n"
GOOD = HEADER + "Groq,Llama 3.3 70B,276\n"

# How many rows are accepted, or how the sentence begins that refuses the file.
RIGHT: dict[str, int | str] = {
    "bidi.csv": 0,
    "binary_names.parquet": "The column provider holds bytes that are no text.",
    "bomb.csv.gz": "The file is a gzip archive; unpack it first.",
    "bomb.zip": "The file is a zip archive and no workbook; unpack it first.",
    "bomb_49mb.xlsx": "The workbook is damaged",
    "bomb_long_value.parquet": "The column provider holds a text of 1,000,000 bytes; a cell holds at most 131,072.",
    "bytes_changed_0.parquet": "The Parquet file is damaged",
    "bytes_changed_2.parquet": "The Parquet file is damaged",
    "cell_beyond_the_grid.xlsx": "The sheet 'Sheet1' has a cell beyond the last one",
    "chart_sheet_only.xlsx": "The workbook holds no cells.",
    "csv_in_zip.csv": "The file is a zip archive and no workbook; unpack it first.",
    "dates_out_of_range.parquet": "The column measured_on holds a day that is in no year from 0 to 9999.",
    "decimal256.parquet": "The column output_tokens_per_second holds values of the type decimal256(76, 0)",
    "dictionary.parquet": 2,
    "digits_100000.csv": 0,
    "dimension_absurd.xlsx": 2,
    "dimension_nonsense.xlsx": "The workbook is damaged",
    "duration.parquet": "The column output_tokens_per_second holds values of the type duration[ns]",
    "ebcdic.csv": "The file is in none of UTF-8, UTF-16 and Windows-1252.",
    "empty_cells.xlsx": 2,
    "end_of_file_mark.csv": "The file is binary: it holds the byte 0x1a.",
    "footer_length_lies.parquet": "The Parquet file is damaged",
    "header_same_300.csv": "The header calls 300 columns 'provider'.",
    "interval.parquet": "The column output_tokens_per_second holds values of the type fixed_size_binary[12]",
    "last_column.xlsx": "The sheet has 16,384 columns; at most 1,000 are read.",
    "last_column_late.xlsx": "The sheet 'Sheet1' reaches to cell XFD20000: 327,680,000 cells",
    "last_corner.xlsx": "The sheet 'Sheet1' reaches to cell XFD1048576: 17,179,869,184 cells",
    "laughs.xlsx": "The workbook is damaged",
    "locked.xlsx": "The file is locked with a password; save it without one.",
    "lone_surrogate.csv": "The file is UTF-8 that holds half a character",
    "looks_like_json.csv": "The file is JSON.",
    "merged_million.xlsx": 2,
    "names_twice.parquet": 1,
    "nested_list.parquet": "The columns output_tokens_per_second hold lists or records",
    "nested_struct.parquet": "The columns model hold lists or records",
    "no_sheet.xlsx": "The workbook has no sheet of cells.",
    "old_excel.xlsx": "The file is an old Excel workbook (.xls); save it as .xlsx or CSV.",
    "opendocument.xlsx": "The file is an OpenDocument file",
    "outside_entity.xlsx": "The workbook is damaged",
    "quotes_only.csv": "A quotation mark is opened and never closed",
    "returns_only.csv": 2,
    "rows_out_of_order.xlsx": 2,
    "shared_string_count_lies.xlsx": "The workbook is damaged: it claims 4,294,967,295 texts",
    "shared_string_out_of_range.xlsx": "The workbook is damaged",
    "sheet_missing.xlsx": "The workbook is damaged",
    "sheet_names.xlsx": 2,
    "surrogate_in_text.parquet": "The column provider holds text that is not UTF-8.",
    "truncated_0.parquet": "The Parquet file is damaged",
    "truncated_2.parquet": "The Parquet file is damaged",
    "truncated_4.parquet": "The Parquet file is damaged",
    "truncated_6.parquet": "The Parquet file is damaged",
    "truncated_8.parquet": "The Parquet file is damaged",
    "two_parts_one_name.xlsx": "The workbook has two parts of one name (xl/worksheets/sheet1.xml)",
    "utf16_lone_surrogate.csv": "The file is in none of UTF-8, UTF-16 and Windows-1252.",
    "utf32.csv": 2,
    "utf7.csv": 2,
    "whole.parquet": 2,
    "year_zero_9999.parquet": 0,
    "zip_sizes_lie.xlsx": "The workbook is damaged: [Content_Types].xml does not fit its checksum.",
    "zip_slip.xlsx": 2,
}
# Judged cell by cell: what of them is stored is the business of the check.
CELLS = {
    *("date_serials.xlsx", "days.csv", "formulas.csv", "formulas.xlsx", "formulas_uncalculated.xlsx"),
    *("infinite.csv", "names_hostile.csv", "nan_payload.parquet", "numbers.xlsx"),
}


@pytest.fixture(scope="module")
def folders(built_data, tmp_path_factory) -> Folders:
    return copied(built_data, tmp_path_factory.mktemp("worker"))


def left(folders: Folders) -> list[Path]:
    return list((folders.uploads / staging.WORK).glob("*"))


def refusal(folders: Folders, given, name: str = "file") -> str:
    with pytest.raises(Unreadable) as refused:
        check_file(folders, given, name=name)
    assert left(folders) == []
    return str(refused.value)


def written(path: Path, **columns) -> Path:
    parquet.write_table(pa.table(columns), path, write_statistics=False)
    return path


def repeated(value, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), pa.array([value]))


def test_every_hostile_file_is_judged_here():
    assert {path.name for path in HOSTILE.iterdir()} == {*RIGHT, *CELLS}


@pytest.mark.parametrize("name", RIGHT)
def test_a_hostile_file_ends_in_a_sentence_or_in_its_good_rows(folders, name):
    before = state(folders)
    right = RIGHT[name]
    if isinstance(right, str):
        said = refusal(folders, HOSTILE / name)
        assert said.startswith(right)
        assert said.endswith(".")
    else:
        checked = check_file(folders, HOSTILE / name)
        assert checked.accepted == right
        checked.sheet.close()
    assert left(folders) == []
    assert state(folders) == before


@pytest.mark.parametrize("name", sorted(CELLS))
def test_a_file_of_hostile_cells_is_checked_to_its_end(folders, name):
    before = state(folders)
    checked = check_file(folders, HOSTILE / name)
    assert checked.accepted + checked.rejected + checked.blank == checked.rows
    checked.sheet.close()
    assert state(folders) == before


def test_utf7_is_said_to_be_so(folders):
    sheet = importer.read(HOSTILE / "utf7.csv", "utf7.csv", folders)
    assert "+APY- looks like a letter in UTF-7, which is not read; save the file as UTF-8." in sheet.notes
    sheet.close()


# Too large to keep


def test_millions_of_equal_rows_are_refused_from_the_footer(folders, tmp_path):
    rows = 49_000_000
    file = tmp_path / "rows.parquet"
    frame = pa.table({"provider": repeated("Groq", rows), "output_tokens_per_second": repeated(470.5, rows)})
    parquet.write_table(frame, file, compression="zstd", write_statistics=False)
    assert refusal(folders, file).startswith(f"The file has 49,000,000 rows in {file.stat().st_size:,} bytes")


def test_a_text_repeated_to_terabytes_is_refused_before_it_is_laid_out(folders, tmp_path):
    file = written(tmp_path / "text.parquet", provider=repeated("x" * 100_000, 200_000))
    assert "would unpack to more than 4,000 MB" in refusal(folders, file)


def test_one_cell_of_50_mb_is_said_to_be_too_long(folders):
    content = (HEADER + '"' + "line\n" * 10_000_000 + '",gpt-oss-120b,470\n').encode()
    assert "is longer than 131,072 characters" in refusal(folders, content)


def test_thousands_of_columns_are_refused(folders, tmp_path):
    file = written(tmp_path / "wide.parquet", **{f"c{number}": [1] for number in range(5_000)})
    assert refusal(folders, file) == "The file has 5,000 columns; at most 1,000 are read."


def test_a_long_text_that_stands_once_is_laid_out(folders, tmp_path):
    texts = [f"{number} " + "x" * 100_000 for number in range(100)]
    file = written(tmp_path / "long.parquet", provider=texts, model=["Llama 3.3 70B"] * 100, speed=[1.0] * 100)
    checked = check_file(folders, file)
    assert (checked.rows, checked.rejected) == (100, 100)
    checked.sheet.close()


# The extent of a sheet


def workbook(path: Path, *cells: tuple[str, object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for place, value in cells:
            sheet.write(place, value)
    return path


def test_the_extent_of_a_sheet_is_that_of_its_cells(tmp_path):
    file = workbook(tmp_path / "book.xlsx", ("A1", "provider"), ("AB7", 276))
    found = workbooks.looked_over(file)["Data"]
    assert (found.rows, found.columns, found.corner) == (7, 28, "AB7")


@pytest.mark.parametrize(
    ("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")]
)
def test_a_column_has_a_number_and_a_name(column, name):
    assert (workbooks.letters(column), workbooks.number(name)) == (name, column)


def test_an_honest_sheet_with_gaps_is_laid_out(folders, tmp_path):
    cells = [("A1", "provider"), ("B1", "model"), ("C1", "speed")]
    file = workbook(tmp_path / "gaps.xlsx", *cells, ("A900", "Groq"), ("B900", "Llama 3.3 70B"), ("C900", 276))
    checked = check_file(folders, file)
    assert (checked.accepted, checked.blank) == (1, 898)
    checked.sheet.close()


def test_the_corner_of_another_sheet_hinders_nobody(folders, tmp_path):
    file = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(file) as book:
        data = book.add_worksheet("Data")
        data.write_row(0, 0, ["provider", "model", "speed"])
        data.write_row(1, 0, ["Groq", "Llama 3.3 70B", 276])
        book.add_worksheet("Settings").write("XFD1048576", "kept by an add-in")
    checked = check_file(folders, file)
    assert checked.accepted == 1
    checked.sheet.close()


# The worker


def hand_of(monkeypatch, program: str) -> reading._Hand:
    """A worker that does what this program says."""
    monkeypatch.setattr(reading, "COMMAND", (sys.executable, "-c", program))
    return reading._Hand()


READY = "import sys; from etl.upload.worker import *; send(sys.stdout.buffer, Done()); "


def asked(hand: reading._Hand, seconds: float = 30, memory: int = 600 << 20) -> str:
    with pytest.raises(Unreadable) as refused:
        hand.ask(worker.Done(), Limits(memory, seconds), 2_000)
    assert not hand.is_alive
    return str(refused.value)


def test_a_worker_that_aborts_is_a_sentence(monkeypatch):
    said = asked(hand_of(monkeypatch, READY + "receive(sys.stdin.buffer); os.abort()"))
    assert said == worker.BROKE


def test_a_worker_that_is_late_is_ended(monkeypatch):
    said = asked(hand_of(monkeypatch, READY + "import time; time.sleep(600)"), seconds=0.2)
    assert said.startswith("The file could not be read within 0 s, far longer than a file of 2.0 kB takes.")


def test_a_worker_that_grows_is_ended(monkeypatch):
    hand = hand_of(monkeypatch, READY + "import time; held = b'x' * (400 << 20); time.sleep(600)")
    assert asked(hand, memory=100 << 20).startswith("The file could not be read: its cells need more than 105 MB")


def test_a_worker_that_says_nonsense_is_a_sentence(monkeypatch):
    assert asked(hand_of(monkeypatch, READY + "sys.stdout.buffer.write(b'x' * 99)")) == worker.BROKE


class Panic(BaseException):
    """As a library in Rust raises it."""


Panic.__module__ = "pyo3_runtime"


def raises(fault: BaseException):
    def act(*_):
        raise fault

    return act


@pytest.mark.parametrize(
    ("fault", "sentence", "is_spent"),
    [
        (Panic("capacity overflow"), worker.BROKE, True),
        (MemoryError(), "The file could not be read: its cells need more than 1 MB of memory", True),
        (KeyError("part"), worker.BROKE, False),
        (Unreadable("The file is empty."), "The file is empty.", False),
    ],
)
def test_what_a_library_raises_is_a_sentence(monkeypatch, tmp_path, fault, sentence, is_spent):
    reader = worker._Reader()
    monkeypatch.setattr(sheets, "opened", raises(fault))
    monkeypatch.setattr(reader, "_hold", lambda limits: None)
    answer = reader.answer(worker.Open(tmp_path / "file", tmp_path, None, Limits(1_000_000, 1)))
    assert isinstance(answer, worker.Refused)
    assert answer.sentence.startswith(sentence)
    assert answer.is_spent == is_spent


def test_a_panic_while_the_rows_are_checked_is_a_sentence_too(folders, monkeypatch):
    sheet = importer.read(GOOD.encode(), "good.csv", folders)
    mapping = importer.suggest(sheet, "provider_speed")
    monkeypatch.setattr("etl.upload.checking.check", raises(Panic("out-of-range date")))
    with pytest.raises(Unreadable, match="could not be read"):
        importer.check(sheet, mapping, folders)
    assert left(folders) == []


def test_what_is_no_panic_passes():
    for fault in (KeyboardInterrupt(), ValueError()):
        with pytest.raises(type(fault)), reading.panics_said():
            raise fault


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="the system has no limits of a process")
def test_the_system_ends_a_worker_that_asks_for_too_much():
    program = READY + (
        "from etl.upload import worker; reader = worker._Reader(); reader._hold(worker.Limits(100 << 20, 5)); "
        "reader._answer = lambda request: b'x' * (2 << 30); "
        "print(reader.answer(worker.Next('x', worker.Limits(100 << 20, 5))).sentence)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert b"need more than 105 MB of memory" in done.stdout


def test_one_worker_stays_warm_and_the_next_file_has_a_fresh_one_after_it_died(folders):
    def number() -> int:
        importer.read(GOOD.encode(), "good.csv", folders).close()
        return reading._pool._idle[0]._program.pid

    first = number()
    assert number() == first
    psutil.Process(first).kill()
    checked = check_file(folders, GOOD)
    assert checked.accepted == 1
    checked.sheet.close()
    assert number() != first


def test_readers_at_once_do_not_wait_for_each_other(folders):
    found: list[int] = []

    def add(place: int) -> None:
        rows = "".join(f"Groq,Llama 3.3 70B,{number}\n" for number in range(1, place + 2))
        checked = check_file(folders, HEADER + rows, name=f"{place}.csv")
        found.append(checked.rows)
        checked.sheet.close()

    threads = [threading.Thread(target=add, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert len(reading._pool._idle) == 1


def test_an_iteration_that_is_given_up_gives_its_worker_back(folders):
    sheet = importer.read(GOOD.encode(), "good.csv", folders)
    blocks = sheet.blocks()
    assert next(blocks).cells["provider"].to_list() == ["Groq"]
    before = len(reading._pool._idle)
    blocks.close()
    assert len(reading._pool._idle) == max(1, before)
    sheet.close()


def test_a_script_that_reads_a_file_is_not_run_again_in_the_worker(folders, tmp_path):
    """A child of multiprocessing would run it, as it would run app.py."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from etl.upload import importer\nprint('ran')\n"
        f"importer.read({GOOD.encode()!r}, 'x.csv', None).close()\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ran\n", "")


def test_the_worker_ends_with_the_program_that_started_it(folders):
    program = (
        "from etl.upload import importer, reading; import time; "
        f"importer.read({GOOD.encode()!r}, 'x.csv', None).close(); "
        "print(reading._pool._idle[0]._program.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        number = int(starter.stdout.readline())
        assert psutil.pid_exists(number)
        starter.kill()
    until = time.monotonic() + 30
    while psutil.pid_exists(number) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(number)


def test_what_a_killed_program_left_is_swept_at_the_next_start(folders, capsys):
    from commands.main import main

    dead = folders.uploads / staging.WORK / "999999999-abc"
    dead.mkdir(parents=True)
    (dead / "file").write_bytes(b"left behind")
    assert main(["build", "--if-changed", "--data", str(folders.data)]) == 0
    assert not dead.exists()


def test_blocks_come_back_as_they_were_laid_out(tmp_path):
    cells = pl.DataFrame({"a": ["1", None], "beyond": ["x", "é"]})
    block = sheets.Block(7, cells, pl.Series([False, True]), 99)
    sheets.write_block(block, tmp_path / "block.arrow")
    found = sheets.read_block(sheets.Laid(tmp_path / "block.arrow", 7, 99), cells.columns)
    assert found.cells.equals(cells)
    assert found.too_many.to_list() == [False, True]
    assert (found.first_row, found.done) == (7, 99)


def test_an_archive_that_is_no_archive_is_damaged(tmp_path):
    with pytest.raises(workbooks.NoWorkbook, match="damaged"):
        workbooks.looked_over(HOSTILE / "truncated_4.parquet")
    file = tmp_path / "binary.xlsb"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    with pytest.raises(workbooks.NoWorkbook, match="xlsb"):
        workbooks.looked_over(file)


def test_no_worker_is_needed_to_import_the_importer():
    program = "from etl.upload import importer, reading; print(len(reading._pool._idle))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
