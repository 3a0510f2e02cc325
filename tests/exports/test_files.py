"""Frames as files: what went in comes out, and no text becomes a formula."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from etl.schema import TABLES
from exports.files import FORMATS, ON_PAGES, encoded, neutral
from tests.frames import llama_of_2024, speeds

MOMENT = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
FRAME = pl.DataFrame(
    {
        "provider": ["Cerebras", "Weights & Biases", None],
        "output_tokens_per_second": [2023.0, None, 54.3],
        "requests": [10, None, 0],
        "is_specialised": [True, False, None],
        "measured_on": [date(2024, 10, 13), None, date(2026, 5, 8)],
        "fetched_at": [MOMENT, None, MOMENT],
        "note": ['a "quoted" note, with a comma', "two\nlines", "Größe 10 €"],
    }
)
URL = "https://artificialanalysis.ai/leaderboards/providers"


def csv(frame):
    return pl.read_csv(encoded(frame, "csv"), try_parse_dates=True)


def excel(frame, **rest):
    return pl.read_excel(encoded(frame, "xlsx"), **rest)


def workbook(frame):
    with ZipFile(BytesIO(encoded(frame, "xlsx"))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_parquet_comes_back_as_it_was():
    assert_frame_equal(pl.read_parquet(encoded(FRAME, "parquet")), FRAME)


def test_csv_comes_back_as_it_was():
    assert_frame_equal(csv(FRAME), FRAME, check_dtypes=False)


def test_json_comes_back_as_it_was_and_ends_with_a_line_break():
    told = encoded(FRAME, "json")
    assert told.endswith(b"]\n")
    rows = json.loads(told)
    assert [row["note"] for row in rows] == FRAME["note"].to_list()
    assert rows[1]["output_tokens_per_second"] is None
    assert rows[0]["measured_on"] == "2024-10-13"


def test_excel_comes_back_with_its_values():
    back = excel(FRAME)
    assert back.columns == FRAME.columns
    assert back["provider"].to_list() == ["Cerebras", "Weights & Biases", None]
    assert back["output_tokens_per_second"].to_list() == [2023.0, None, 54.3]
    assert back["measured_on"].to_list() == [date(2024, 10, 13), None, date(2026, 5, 8)]
    assert back["note"].to_list() == FRAME["note"].to_list()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", None])
def test_moments_with_a_zone_fit_into_excel(zone):
    moments = FRAME.select("note", pl.col("fetched_at").dt.replace_time_zone(None).dt.replace_time_zone(zone))
    assert excel(moments)["fetched_at"].to_list() == [datetime(2026, 8, 1, 6, 30), None, datetime(2026, 8, 1, 6, 30)]


@pytest.mark.parametrize("form", FORMATS)
def test_a_frame_without_rows_is_a_file_with_its_columns(form):
    told = encoded(FRAME.head(0), form)
    if form == "csv":
        assert told.decode().strip().split(",") == FRAME.columns
    if form == "parquet":
        assert pl.read_parquet(told).schema == FRAME.schema
    if form == "json":
        assert json.loads(told) == []
    if form == "xlsx":
        assert pl.read_excel(told, raise_if_empty=False).columns == FRAME.columns


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TABLES)
def test_every_table_fits_every_format(name, form):
    assert encoded(TABLES[name].empty(), form)


FORMULAS = (
    '=HYPERLINK("https://example.com","Cerebras")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "{=1+1}",
)


@pytest.mark.parametrize("text", [text for text in FORMULAS if text[0] != "{"])
def test_text_that_looks_like_a_formula_becomes_plain_text(text):
    frame = pl.DataFrame({"provider": [text]})
    assert neutral(frame)["provider"].to_list() == [f"'{text}"]
    assert pl.read_csv(encoded(frame, "csv"))["provider"].to_list() == [f"'{text}"]


def test_no_text_is_a_formula_in_excel():
    frame = pl.DataFrame({"provider": FORMULAS})
    assert "<f>" not in workbook(frame)["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_what_no_spreadsheet_opens_keeps_its_text(form):
    frame = pl.DataFrame({"provider": ["=1+1"]})
    read = pl.read_parquet if form == "parquet" else pl.read_json
    assert read(encoded(frame, form))["provider"].to_list() == ["=1+1"]


def test_ordinary_text_and_numbers_stay_as_they_are():
    frame = pl.DataFrame({"text": ["3:1", "'quoted", " =1", None], "number": [-1.5, 2.0, 0.0, None]})
    assert neutral(frame).equals(frame)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), min_size=1))
def test_no_cell_of_a_csv_begins_as_a_formula(texts):
    written = neutral(pl.DataFrame({"text": texts}))["text"]
    begins = written.filter(written.str.contains(r"^[=+\-@\t\r\n]"))
    # A number with its sign is what a spreadsheet should see.
    assert begins.str.contains(r"^[+-][0-9.,]+([eE][+-]?[0-9]+)?%?$").all()


def test_plain_headers_stay_apart():
    assert neutral(pl.DataFrame({"=a": ["1"], "'=a": ["2"], "b": ["3"]})).columns == ["''=a", "'=a", "b"]


def test_a_header_is_no_formula_either_and_a_signed_number_stays_one():
    frame = pl.DataFrame({"=cmd": ["-5", "+1.5e3", "-12 %", "-1,800.5", "-5+1", "-1.2.3=2"]})
    assert neutral(frame).to_dict(as_series=False) == {
        "'=cmd": ["-5", "+1.5e3", "'-12 %", "-1,800.5", "'-5+1", "'-1.2.3=2"]
    }


@pytest.mark.parametrize(
    "text", ["internal:Sheet1!A1", "external:c:\\figures.xlsx", "mailto:somebody@example.com", URL]
)
def test_excel_shows_text_as_it_was_published(text):
    assert excel(pl.DataFrame({"note": [text]}))["note"].to_list() == [text]


def test_excel_loses_no_address_however_long_or_many():
    """Excel takes at most 65,530 links a sheet, and none above 2,079 characters."""
    long = f"{URL}?{'x' * 3000}"
    assert excel(pl.DataFrame({"source_url": [long]}))["source_url"].to_list() == [long]
    many = pl.DataFrame({"source_url": [URL] * 33_000, "baseline_source_url": [URL] * 33_000})
    assert excel(many).null_count().sum_horizontal().item() == 0


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'pdf' is not a format; choose csv, xlsx, parquet, json"):
        encoded(FRAME, "pdf")


@pytest.mark.parametrize("form", FORMATS)
def test_encoding_leaves_the_frame_as_it_came(form):
    frame = speeds(*llama_of_2024()[0])
    before = frame.clone()
    encoded(frame, form)
    assert_frame_equal(frame, before)


def test_a_format_says_how_files_of_it_end_and_what_they_are():
    assert {ending: form.ending for ending, form in FORMATS.items()} == {ending: ending for ending in FORMATS}
    assert len({form.mime for form in FORMATS.values()}) == len(FORMATS)
    assert [form.label for form in ON_PAGES] == ["CSV", "Excel", "Parquet"]


def test_a_sheet_of_excel_holds_what_it_says_it_holds():
    """Excel reads 1,048,576 rows a sheet."""
    assert FORMATS["xlsx"].most_rows < 1_048_576
    assert [form.ending for form in ON_PAGES if form.most_rows] == ["xlsx"]
