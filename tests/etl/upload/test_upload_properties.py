"""Laws of the importer, over generated files."""

import csv
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.folders import Folders
from etl.schema import TABLES
from etl.upload import conversions, importer
from etl.upload.conversions import Way
from tests.etl.upload.uploading import check_file, copied

SPEED = TABLES["provider_speed"]
NO_NAME = '<>{}|\\`;"^'
NAMES = (
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), exclude_characters=NO_NAME, max_codepoint=0x24F),
        min_size=1,
        max_size=20,
    )
    .map(str.strip)
    .filter(lambda name: name and name.lower() not in conversions.NOTHING_IN_TEXT)
)
SPEEDS = st.floats(0.001, 99_999).map(lambda value: round(value, 3)).filter(bool)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "provider": NAMES,
            "model": NAMES,
            "speed": st.none() | SPEEDS,
            "prompt_tokens": st.none() | st.integers(0, 10**9),
            "measured_on": st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
            "note": st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
        }
    ),
    max_size=12,
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def reading(built_data, tmp_path_factory) -> Folders:
    """A built store; for tests that only check."""
    return copied(built_data, tmp_path_factory.mktemp("reading"))


def written(rows, delimiter=",", end="\n", decimal=".", blanks=0) -> str:
    """The rows as Python's csv module writes them, each with a number of its own, blank rows at the end."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    header = ["provider", "model", "speed", "prompt_tokens", "measured_on", "note", "endpoint"]
    writer.writerow(header)
    for place, row in enumerate(rows):
        cells = [row[name] for name in header[:-1]]
        cells = ["" if cell is None else str(cell) for cell in cells]
        cells[2] = cells[2].replace(".", decimal)
        writer.writerow([*cells, f"row {place}"])
    for _ in range(blanks):
        writer.writerow([""] * len(header))
    return buffer.getvalue()


@QUIET
@given(
    rows=ROWS.filter(bool),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    blanks=st.integers(0, 3),
    comma=st.booleans(),
)
def test_what_was_accepted_is_what_was_written(reading, rows, delimiter, end, encoding, blanks, comma):
    text = written(rows, delimiter, end, "," if comma else ".", blanks)
    marks = {"speed": "comma"} if comma else {"speed": "point"}
    checked = check_file(reading, text.encode(encoding), decimals=marks)
    assert (checked.rows, checked.accepted, checked.blank) == (len(rows) + blanks, len(rows), blanks)
    stored = checked.preview("new").sort("row")
    assert stored["provider_as_published"].to_list() == [row["provider"] for row in rows]
    assert stored["model_as_published"].to_list() == [row["model"] for row in rows]
    assert stored["output_tokens_per_second"].to_list() == [row["speed"] for row in rows]
    assert stored["prompt_tokens"].to_list() == [row["prompt_tokens"] for row in rows]
    assert stored["measured_on"].to_list() == [row["measured_on"] for row in rows]
    assert stored["endpoint"].to_list() == [f"row {place}" for place in range(len(rows))]
    notes = [(row["note"] or "").strip() for row in rows]
    kept = [None if not note or note.lower() in conversions.NOTHING_IN_TEXT else note for note in notes]
    assert stored["note"].to_list() == kept


CELLS = st.sampled_from(
    [
        "",
        " ",
        "Groq",
        "276",
        "1,5",
        "1.800",
        "abc",
        '"',
        "'",
        "=1+1",
        "2026-05-08",
        "03/04/2026",
        "inf",
        "\u202e",
        "x" * 50,
        "\n",
        "€5",
        "450 ms",
        "\t",
        ";",
        "|",
        "\ufeff",
        "-",
        "n/a",
        "9999-12-31",
        "1e999",
        "0",
        "\r",
    ]
)


@QUIET
@given(
    table=st.sampled_from(importer.UPLOADED),
    lines=st.lists(st.lists(CELLS | st.text(max_size=5), max_size=6), max_size=8),
    header=st.lists(st.sampled_from(["provider", "model", "speed", "date", "cloud", "gpu", "price", ""]), max_size=6),
    quoting=st.booleans(),
)
def test_every_file_is_checked_or_refused_and_every_row_counted(reading, table, lines, header, quoting):
    rows = [header, *lines]
    if quoting:
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
        text = buffer.getvalue()
    else:
        text = "\n".join(",".join(row) for row in rows)
    try:
        checked = check_file(reading, text.encode("utf-8", "ignore"), table)
    except (importer.Unreadable, importer.Unanswered):
        return
    assert checked.accepted + checked.rejected + checked.blank == checked.rows
    assert checked.preview("rejected", 100).height == checked.rejected
    assert sum(checked.preview(kind, 100).height for kind in ("new", "changed", "identical")) == checked.accepted
    assert {p.row for p in checked.problems if p.severity == "error"} == set(checked.preview("rejected", 100)["row"])
    assert checked.kinds["cells"].sum() == len(checked.problems) == checked.errors + checked.warnings


@QUIET
@given(content=st.binary(max_size=400))
def test_no_bytes_do_worse_than_be_refused(reading, content):
    try:
        checked = check_file(reading, content)
    except (importer.Unreadable, importer.Unanswered):
        return
    assert checked.accepted + checked.rejected + checked.blank == checked.rows


@QUIET
@given(
    value=st.floats(0.001, 1e9), mark=st.sampled_from(["point", "comma"]), unit=st.sampled_from(["", " tok/s", "tps"])
)
def test_a_number_reads_the_same_with_separators_marks_and_units(value, mark, unit):
    value = round(value, 4)
    cell = f"{value:,.4f}"
    if mark == "comma":
        cell = cell.translate(str.maketrans(",.", ".,"))
    column = SPEED.column("output_tokens_per_second")
    reading = conversions.convert(pl.Series([cell + unit]), column, Way(decimal=mark))
    assert reading.values.to_list() == [value]
    assert reading.refused is None


@QUIET
@given(day=st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_a_day_reads_the_same_in_every_order(day):
    column = SPEED.column("measured_on")
    forms = {
        f"{day:%Y-%m-%d}": None,
        f"{day:%Y/%m/%d}": None,
        f"{day:%Y%m%d}": None,
        f"{day:%d.%m.%Y}": None,
        f"{day:%d %B %Y}": None,
        f"{day:%b %d, %Y}": None,
        f"{day:%d/%m/%Y}": "day-first",
        f"{day:%m/%d/%Y}": "month-first",
    }
    for cell, order in forms.items():
        reading = conversions.convert(pl.Series([cell]), column, Way(dates=order))
        assert reading.values.to_list() == [day], cell


@QUIET
@given(milliseconds=st.integers(1, 3_000_000))
def test_milliseconds_are_thousandths_to_the_last_bit(milliseconds):
    column = SPEED.column("ttft_seconds")
    in_cell = conversions.convert(pl.Series([f"{milliseconds} ms"]), column, Way())
    in_header = conversions.convert(
        pl.Series([str(milliseconds)]), column, Way(unit=conversions.units.named(column, "ms"))
    )
    assert in_cell.values.to_list() == in_header.values.to_list() == [milliseconds / 1000]
