"""Hostile files are ordinary input: each gets a sentence and stores nothing."""

import io
import struct
import tomllib
import zipfile
import zlib

import polars as pl
import pytest
import xlsxwriter

from etl.folders import Folders
from etl.upload import importer, sheets
from tests.etl.upload.uploading import check_file, copied, said, state

HEADER = "provider,model,output_tokens_per_second\n"
GOOD = "Groq,Llama 3.3 70B,276\n"


@pytest.fixture(scope="module")
def folders(built_data, tmp_path_factory) -> Folders:
    return copied(built_data, tmp_path_factory.mktemp("hostile"))


def workbook(rows, password_part: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def parquet(**columns) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def bomb() -> bytes:
    """A workbook of 300 kB whose sheet unpacks to 300 MB."""
    return zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 300_000_000)


def lying_bomb() -> bytes:
    """A workbook that declares a sheet of ten bytes, where many more follow."""
    content = zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 1_000_000)
    return content.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))


def png() -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0)
    return head + struct.pack(">I", zlib.crc32(head[12:]))


WHOLE = workbook([["provider", "model", "speed"], ["Groq", "Llama 3.3 70B", 276]])
UNREADABLE = {
    "nothing": (b"", "The file is empty."),
    "a mark only": (b"\xef\xbb\xbf", "The file holds no rows"),
    "blank lines": (b"\n\n  \n", "The file holds no rows"),
    "only a header": (HEADER.encode(), "The file has a header and no rows."),
    "only a header, no line end": (HEADER.strip().encode(), "The file has a header and no rows."),
    "a workbook with only a header": (workbook([["provider", "model"]]), "The sheet has a header and no rows."),
    "an empty workbook": (workbook([]), "The workbook holds no cells."),
    "a renamed image": (png(), "The file is a PNG image."),
    "a renamed PDF": (b"%PDF-1.7 and so on", "The file is a PDF."),
    "a web page": (b"<!DOCTYPE html>\n<html><body>Login</body></html>", "The file is a web page"),
    "JSON": (b'[{"provider": "Groq", "speed": 276}]', "The file is JSON."),
    "XML": (b"<?xml version='1.0'?><speeds/>", "The file is XML."),
    "a gzip archive": (b"\x1f\x8b\x08rest", "unpack it first"),
    "a zip archive": (zipped(speeds_csv=b"a,b\n1,2\n"), "a zip archive and no workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx or CSV"),
    "random bytes": (bytes(range(256)) * 20, "binary"),
    "control characters": (b"a,b\n\x01\x02,\x03\n", "The file is binary"),
    "NUL bytes": ((HEADER + GOOD * 2000).encode() + b"\0\0\n", "NUL bytes"),
    "NUL bytes in UTF-16": ((HEADER + "Gr\0q,Llama,1\n").encode("utf-16"), "NUL characters"),
    "no encoding": (HEADER.encode() + b"Gr\xff\x81q,Llama,1\n", "in none of UTF-8, UTF-16 and Windows-1252"),
    "half a UTF-16": ((HEADER + GOOD).encode("utf-16")[:-1], "in none of UTF-8, UTF-16 and Windows-1252"),
    "one line of 50 MB": (b"x" * 50_000_000, "Line 1 is longer than 1,000,000 characters"),
    "one long line among others": ((HEADER + GOOD).encode() + b"y" * 5_000_000 + b"\n", "Line 3 is longer than"),
    "a million columns": (
        b",".join([b"c"] * 450_000) + b"\n" + b"1," * 450_000 + b"1\n",
        "columns; at most 1,000 are read",
    ),
    "a quotation mark never closed": (
        (HEADER + GOOD + '"Groq,Llama 3.3 70B,276\n' + GOOD * 3).encode(),
        "never closed",
    ),
    "a quotation mark never closed, and much after it": ((HEADER + '"' + GOOD * 20_000).encode(), "never closed"),
    "half a workbook": (WHOLE[: len(WHOLE) // 2], "damaged"),
    "a workbook with a broken part": (WHOLE[:80] + b"\x00\x01\x02\x03" * 8 + WHOLE[112:], "damaged"),
    "a zip bomb": (bomb(), "would unpack from"),
    "a zip bomb that lies": (lying_bomb(), "damaged"),
    "a workbook of nothing": (zipped(xl__workbook_xml=b"<nonsense"), "damaged"),
    "half a Parquet file": (parquet(a=[1, 2])[:60], "damaged"),
    "a Parquet file without rows": (parquet(a=[]), "no rows"),
    "a Parquet file of lists": (parquet(a=[[1], [2]]), "hold lists or records"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_table_gets_a_sentence_and_stores_nothing(folders, name):
    content, sentence = UNREADABLE[name]
    before = state(folders)
    with pytest.raises(importer.Unreadable) as refusal:
        check_file(folders, content)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith((".", "first", "CSV"))
    assert "\n" not in str(refusal.value)
    assert state(folders) == before


def test_a_file_above_the_limit_is_refused_before_it_is_read(folders, monkeypatch, tmp_path):
    monkeypatch.setenv(sheets.LIMIT_VARIABLE, "1")
    before = state(folders)
    for content in (b"x" * (importer.MEGABYTE + 1), io.BytesIO(b"x" * (importer.MEGABYTE + 1))):
        with pytest.raises(importer.Unreadable, match="larger than 1 MB"):
            importer.read(content, "x.csv", folders)
    monkeypatch.setenv(sheets.LIMIT_VARIABLE, "5")
    claim = tmp_path / "ten gigabytes.csv"
    with claim.open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(importer.Unreadable) as refusal:
        importer.read(claim, claim.name, folders)
    assert str(refusal.value) == (
        "The file is larger than 5 MB, the most that is read. Split it, or raise the limit with the environment "
        "variable STREAMLIT_SERVER_MAX_UPLOAD_SIZE, in MB."
    )
    assert state(folders) == before


@pytest.mark.parametrize("given", ["7", "", "lots", "-1", "0", "inf"])
def test_the_limit_is_the_one_that_the_server_takes(monkeypatch, given):
    monkeypatch.setenv(sheets.LIMIT_VARIABLE, given)
    in_settings = tomllib.loads(sheets.SERVER_SETTINGS.read_text(encoding="utf-8"))["server"]["maxUploadSize"]
    assert importer.size_limit() == (7 if given == "7" else in_settings) * 1024 * 1024


def test_a_folder_and_a_missing_file_are_said_to_be_so(folders, tmp_path):
    with pytest.raises(importer.Unreadable, match="no such file"):
        importer.read(tmp_path / "absent.csv", "absent.csv", folders)
    with pytest.raises(importer.Unreadable, match="not a file"):
        importer.read(tmp_path, "folder", folders)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("<script>alert(1)</script>,Llama 3.3 70B,276", "holds '<', which no name has."),
        ("<img src=x onerror=alert(1)>,Llama 3.3 70B,276", "holds '<', which no name has."),
        ("Groq'; DROP TABLE provider_speed; --,Llama 3.3 70B,276", "holds ';', which no name has."),
        ("Grоq,Llama 3.3 70B,276", "mixes letters that look alike: 'о' is cyrillic small letter o."),
        ("Gr\u200boq,Llama 3.3 70B,276", "holds an invisible character (U+200B)."),
        ("\u202eqorG,Llama 3.3 70B,276", "holds an invisible character (U+202E)."),
        ("Ｇroq,Llama 3.3 70B,276", "mixes letters that look alike"),
        ('"Gr\noq",Llama 3.3 70B,276', "holds an invisible character (U+000A)."),
        ("Groq,Llama 3.3 70B,inf", "is not a finite number."),
        ("Groq,Llama 3.3 70B,-Infinity", "is not a finite number."),
        ("Groq,Llama 3.3 70B,1e999", "is not a finite number."),
        ("Groq,Llama 3.3 70B,２７６", "is not a number."),
        ("Groq,Llama 3.3 70B,0x1F", "has 'x1F' after its number"),
        ("Groq,Llama 3.3 70B,1e308", "is above 100,000 tokens/s."),
        ("Groq,Llama 3.3 70B,-5", "is below 0 tokens/s."),
        ("=cmd|' /C calc'!A0,Llama 3.3 70B,276", "holds '|', which no name has."),
        (f"{'G' * 400},Llama 3.3 70B,276", "is longer than 300 characters"),
    ],
)
def test_a_hostile_cell_gets_a_sentence_and_stores_nothing(folders, cells, sentence):
    before = state(folders)
    checked = check_file(folders, HEADER + cells + "\n")
    assert checked.accepted == 0
    assert any(sentence in message for *_, message in said(checked))
    with pytest.raises(ValueError, match="No row could be accepted"):
        importer.commit(folders, checked)
    checked.sheet.close()
    assert state(folders) == before


def test_a_year_9999_is_after_every_measurement(folders):
    checked = check_file(folders, "provider,model,speed,date\nGroq,Llama 3.3 70B,276,9999-12-31\n")
    assert [message for *_, message in said(checked)] == ["`measured_on` is after 2100-01-01."]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\speeds.csv", "speeds.csv"),
        ("..", "upload"),
        ("", "upload"),
        (".hidden.csv", "hidden.csv"),
        ("a\0b\n.csv", "ab.csv"),
        ("<script>.csv", "_script_.csv"),
        ("\u202evsc.speeds", "vsc.speeds"),
        ("/absolute/", "upload"),
        ("x" * 500 + ".csv", "x" * 100 + ".csv"),
        ("May 2026 (final).csv", "May 2026 (final).csv"),
    ],
)
def test_a_file_name_is_only_a_name(given, kept):
    assert sheets.file_name(given) == kept


def test_a_name_that_was_cleaned_is_said(folders):
    sheet = importer.read((HEADER + GOOD).encode(), "../../etc/passwd", folders)
    assert sheet.notes[-1] == "The file is kept under the name 'passwd'."


def test_names_that_come_in_another_script_alone_are_names(folders):
    checked = check_file(folders, HEADER + "智谱,Llama 3.3 70B,276\nЯндекс,Llama 3.3 70B,100\n")
    assert checked.accepted == 2


def test_a_header_may_be_called_anything(folders):
    text = 'row,what_was_wrong,0,"provider; DROP TABLE x",model,speed\n1,2,3,Groq,Llama 3.3 70B,fast\n'
    checked = check_file(folders, text, columns={"provider; DROP TABLE x": "provider"})
    rejected = importer.rejects(checked)
    assert rejected.columns == [
        "row",
        "what_was_wrong",
        "0",
        "provider; DROP TABLE x",
        "model",
        "speed",
        "row_",
        "what_was_wrong_",
    ]
    assert rejected.row(0)[:7] == ("1", "2", "3", "Groq", "Llama 3.3 70B", "fast", 1)


def test_work_folders_of_dead_processes_are_swept(folders):
    dead = folders.data / "uploads/.work/999999999-abc"
    dead.mkdir(parents=True)
    (dead / "file").write_bytes(b"left behind")
    importer.read((HEADER + GOOD).encode(), "x.csv", folders).close()
    assert not dead.exists()
