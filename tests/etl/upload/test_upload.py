"""A reader's file from bytes to rows in the store, and back out."""

import io
import shutil

import polars as pl
import pytest

from etl.folders import Folders
from etl.publish import build
from etl.schema import TABLES
from etl.upload import importer
from etl.upload.importer import APPEND, REPLACE, Choices
from exports.files import encoded
from tests.etl.upload.uploading import SPEED, check_file, copied, said, state

PLAIN = "provider,model,output_tokens_per_second,measured_on\n"
TODAY = PLAIN + "Groq,Llama 3.3 70B,276.4,2026-05-08\nCerebras,Llama 3.3 70B,2104.7,2026-05-08\n"


@pytest.fixture
def folders(built_data, tmp_path) -> Folders:
    return copied(built_data, tmp_path)


@pytest.fixture(scope="module")
def reading(built_data, tmp_path_factory) -> Folders:
    """A built store; for tests that only check."""
    return copied(built_data, tmp_path_factory.mktemp("reading"))


def values(checked, column: str) -> list:
    return checked.preview("new")[column].to_list()


# Templates


@pytest.mark.parametrize("table", importer.UPLOADED)
def test_every_row_of_a_template_is_accepted_as_new_without_a_warning(reading, table):
    checked = check_file(reading, importer.template(table), table)
    assert said(checked) == []
    assert said(checked, "warning") == []
    assert checked.counts == {"new": 3, "changed": 0, "identical": 0, "rejected": 0, "blank": 0}
    assert {column.how for column in checked.mapping.columns} == {"exact"}


@pytest.mark.parametrize("table", importer.UPLOADED)
def test_what_a_template_says_is_what_the_store_holds(folders, table):
    template = pl.read_csv(importer.template(table), infer_schema=False)
    importer.commit(folders, check_file(folders, importer.template(table), table))
    stored = importer.export(folders, table)
    for name in [name for name in template.columns if name != "source_url"]:
        held = stored[name].cast(pl.Float64, strict=False) if stored[name].dtype.is_numeric() else stored[name]
        written = pl.read_csv(importer.template(table), columns=[name], schema_overrides={name: held.dtype})[name]
        assert held.sort().to_list() == written.sort().to_list(), name
    assert set(stored["evidence"]) == {"upload"}
    assert set(stored["source"]) == {"upload:u0001"}


@pytest.mark.parametrize("table", importer.UPLOADED)
def test_the_dictionary_explains_every_column_that_a_file_may_fill(table):
    described = importer.dictionary(table)
    assert described["column"].to_list() == [target.name for target in importer.targets_of(table)]
    assert described["meaning"].null_count() == 0
    numbers = described.filter(pl.col("kind") == "number")
    assert numbers["unit"].null_count() == 0
    header = pl.read_csv(importer.template(table), infer_schema=False).columns
    assert set(header) <= set(described["column"])
    assert set(described.filter(required="yes")["column"]) <= set(header)


@pytest.mark.parametrize("table", importer.UPLOADED)
def test_our_own_export_can_be_uploaded(reading, table):
    held = reading.store.rows(table).sample(fraction=1, seed=1, shuffle=True).head(2_000)
    checked = check_file(reading, held.write_csv(), table)
    told = {message for *_, message in said(checked) if "already has the same" not in message}
    assert told == set()
    # Rows of several captures or sources differ in what a reader's file does not say.
    assert checked.accepted > 0.5 * held.height
    kept = checked.preview("new", held.height)
    whole = held.with_row_index("row", offset=1).cast({"row": pl.Int64}).join(kept.select("row"), on="row").sort("row")
    for name in set(kept.columns) & set(held.columns):
        assert kept[name].equals(whole[name], null_equal=True), name


# Any honest CSV


DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "utf-32": "UTF-32",
}


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [*((delimiter, "utf-8") for delimiter in DELIMITERS), *((";", encoding) for encoding in list(ENCODINGS)[1:])],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_encoding_and_line_end_gives_the_same_rows(reading, delimiter, encoding, end):
    lines = [
        "provider,model,output_tokens_per_second,note",
        "Groq,Llama 3.3 70B,276.4,Zürich café",
        "Azure,Llama 3.3 70B,61,",
    ]
    text = end.join(line.replace(",", delimiter) for line in lines) + end
    checked = check_file(reading, text.encode(encoding))
    assert checked.sheet.encoding == ENCODINGS[encoding]
    assert checked.sheet.delimiter == delimiter
    assert values(checked, "provider") == ["Groq", "Azure"]
    assert values(checked, "output_tokens_per_second") == [276.4, 61.0]
    assert values(checked, "note") == ["Zürich café", None]


def test_a_quoted_cell_holds_delimiters_quotes_and_line_ends(reading):
    text = (
        PLAIN.strip()
        + ',note\nGroq,Llama 3.3 70B,276.4,2026-05-08,"one, ""two""\nthree"\nAzure,Llama 3.3 70B,61,2026-05-08,\n'
    )
    checked = check_file(reading, text)
    assert checked.rows == 2
    assert values(checked, "note") == ['one, "two"\nthree', None]


def test_an_inch_mark_in_a_cell_is_no_quotation_mark(reading):
    text = (
        PLAIN.strip()
        + ',endpoint\nGroq,Llama 3.3 70B,276.4,2026-05-08,5" rack\nAzure,Llama 3.3 70B,61,2026-05-08,7" rack\n'
    )
    assert values(check_file(reading, text), "endpoint") == ['5" rack', '7" rack']
    assert values(check_file(reading, text.replace('7"', "7")), "endpoint") == ['5" rack', "7 rack"]


def test_a_title_and_blank_lines_may_stand_above_the_header(reading):
    text = "Benchmark of May 2026\n\nHost;LLM;Speed (tok/s)\nGroq;Llama 3.3 70B;276\n;;\n\nAzure;Llama 3.3 70B;61\n"
    checked = check_file(reading, text)
    assert checked.sheet.header == ("Host", "LLM", "Speed (tok/s)")
    assert (checked.rows, checked.accepted, checked.blank) == (4, 2, 2)
    assert "line 3" in " ".join(checked.sheet.notes)


def test_a_first_line_that_names_the_delimiter_is_believed(reading):
    checked = check_file(reading, "sep=;\nprovider;model;output_tokens_per_second\nGroq;Llama 3.3 70B;276,5\n")
    assert checked.sheet.header == ("provider", "model", "output_tokens_per_second")
    assert values(checked, "output_tokens_per_second") == [276.5]


def test_extra_columns_are_left_out_and_a_row_may_end_early(reading):
    checked = check_file(reading, "provider,model,colour,output_tokens_per_second,note\nGroq,Llama 3.3 70B,red,276\n")
    assert checked.mapping.pairs == {
        "provider": "provider",
        "model": "model",
        "note": "note",
        "output_tokens_per_second": "output_tokens_per_second",
    }
    assert checked.accepted == 1


def test_a_row_with_more_cells_than_the_header_is_refused_for_that(reading):
    checked = check_file(reading, PLAIN + "Groq,Llama 3.3 70B,1,800,2026-05-08\nAzure,Llama 3.3 70B,61,2026-05-08\n")
    assert checked.accepted == 1
    assert any(
        row == 1 and "more cells than the header, which has 4" in message for row, _, _, message in said(checked)
    )


def test_repeated_and_blank_headers_are_told_apart(reading):
    checked = check_file(reading, "provider,model,speed,speed,\nGroq,Llama 3.3 70B,276,277,x\n")
    assert checked.sheet.header == ("provider", "model", "speed", "speed (2)", "column 5")
    assert checked.mapping.pairs["speed"] == "output_tokens_per_second"
    assert "speed (2)" not in checked.mapping.pairs


def test_a_workbook_and_parquet_are_read_like_a_csv(reading):
    frame = pl.DataFrame(
        {
            "provider": ["Groq", "Azure"],
            "model": ["Llama 3.3 70B"] * 2,
            "output_tokens_per_second": [276.4, 61.0],
            "prompt_tokens": [1000, None],
            "measured_on": ["2026-05-08", "2026-05-09"],
        }
    ).with_columns(pl.col("measured_on").str.to_date())
    workbook, parquet = io.BytesIO(), io.BytesIO()
    frame.write_excel(workbook)
    frame.write_parquet(parquet)
    from_csv = check_file(reading, frame.write_csv())
    for content, form in ((workbook.getvalue(), "Excel"), (parquet.getvalue(), "Parquet")):
        checked = check_file(reading, content)
        assert checked.sheet.form == form
        assert checked.preview("new").equals(from_csv.preview("new"))


def test_the_first_sheet_with_cells_is_read_and_another_can_be_chosen(reading):
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Empty")
        for name, speed in (("May", 276), ("June", 300)):
            sheet = book.add_worksheet(name)
            sheet.write_row(2, 1, ["provider", "model", "speed"])
            sheet.write_row(3, 1, ["Groq", "Llama 3.3 70B", speed])
    assert values(check_file(reading, buffer.getvalue()), "output_tokens_per_second") == [276.0]
    assert values(check_file(reading, buffer.getvalue(), tab="June"), "output_tokens_per_second") == [300.0]
    with pytest.raises(importer.Unreadable, match="no sheet 'July'; it has Empty, May, June"):
        check_file(reading, buffer.getvalue(), tab="July")


# Mapping


@pytest.mark.parametrize(
    ("header", "ours", "how"),
    [
        ("output_tokens_per_second", "output_tokens_per_second", "exact"),
        ("Output Tokens Per Second", "output_tokens_per_second", "exact"),
        ("tok/s", "output_tokens_per_second", "alias"),
        ("Speed (tok/s)", "output_tokens_per_second", "alias"),
        ("ouput tokens per second", "output_tokens_per_second", "guess"),
        ("TTFT [ms]", "ttft_seconds", "alias"),
        ("ttft_ms", "ttft_seconds", "alias"),
        ("colour", None, "none"),
        ("output_tokens_per_second_p50", "output_tokens_per_second", "alias"),
        ("output_tokens_per_second_p98", None, "none"),
    ],
)
def test_a_header_is_placed_and_says_how_surely(reading, header, ours, how):
    sheet = importer.read(f"provider,model,{header}\nGroq,Llama 3.3 70B,276\n".encode(), "x.csv", reading)
    column = importer.suggest(sheet, SPEED).columns[2]
    assert (column.ours, column.how) == (ours, how)


@pytest.mark.parametrize(
    ("header", "cell", "table", "ours", "value"),
    [
        ("TTFT [ms]", "450", SPEED, "ttft_seconds", 0.45),
        ("ttft_ms", "450", SPEED, "ttft_seconds", 0.45),
        ("ttft", "450 ms", SPEED, "ttft_seconds", 0.45),
        ("TTFT (s)", "450ms", SPEED, "ttft_seconds", 0.45),
        ("TPOT", "0.02", SPEED, "output_tokens_per_second", 50.0),
        ("time per output token (ms)", "20", SPEED, "output_tokens_per_second", 50.0),
        ("speed", "1.8k", SPEED, "output_tokens_per_second", 1800.0),
        ("speed", '"1,800 tok/s"', SPEED, "output_tokens_per_second", 1800.0),
        ("speed", '"1 800,5"', SPEED, "output_tokens_per_second", 1800.5),
        ("speed", "1’800", SPEED, "output_tokens_per_second", 1800.0),
        ("Input price ($/1K tokens)", "0.00059", "token_price", "input_usd_per_mtok", 0.59),
        ("Input price", "$0.59", "token_price", "input_usd_per_mtok", 0.59),
        ("Input price", "0.59 USD", "token_price", "input_usd_per_mtok", 0.59),
        ("input cost per token", "0.00000059", "token_price", "input_usd_per_mtok", 0.59),
        ("USD/GPU-hour", "$2.15/h", "accelerator_rent", "usd_per_accelerator_hour", 2.15),
        ("time to train (h)", "4", "training_result", "minutes", 240.0),
    ],
)
def test_a_unit_in_the_header_or_the_cell_is_converted(reading, header, cell, table, ours, value):
    sheet = importer.read(f"note,{header}\nx,{cell}\n".encode(), "x.csv", reading)
    column = importer.suggest(sheet, table).columns[1]
    assert column.ours == ours
    assert float(column.example_after) == value
    assert column.example_before == cell.strip('"')


def test_a_chosen_unit_goes_before_the_header_and_is_shown_with_an_example(reading):
    sheet = importer.read(b"provider,model,ttft\nGroq,Llama 3.3 70B,450\n", "x.csv", reading)
    column = importer.suggest(sheet, SPEED, Choices(units={"ttft": "ms"})).columns[2]
    assert column.units == ("s", "ms", "µs", "min")
    assert (column.unit, column.example_before, column.example_after) == ("ms", "450", "0.45")
    assert column.rule == "1 ms = 0.001 s (chosen)"


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"columns": {"price": "provider"}}, "The file has no column 'price'; it has"),
        ({"columns": {"speed": "tempo"}}, "provider_speed has no column 'tempo'; it has"),
        ({"columns": {"speed": "provider", "model": "provider"}}, "Two columns are mapped to provider"),
        ({"units": {"speed": "furlongs"}}, "'furlongs' is no unit of output_tokens_per_second; choose one of tokens/s"),
        ({"constants": {"tempo": "1"}}, "provider_speed has no column 'tempo'"),
        ({"dates": {"*": "backwards"}}, "'backwards' is no order of dates"),
        ({"decimals": {"*": "dot"}}, "'dot' is no decimal mark"),
        ({"constants": {"measured_on": "soon"}}, 'The value for measured_on cannot be used: "soon" is not a day'),
        ({"constants": {"measurer_kind": "me"}}, "must be one of: independent, vendor, traffic"),
    ],
)
def test_a_choice_that_there_is_not_says_what_there_is(reading, choices, sentence):
    with pytest.raises(importer.WrongChoice) as wrong:
        check_file(reading, "provider,model,speed\nGroq,Llama 3.3 70B,276\n", **choices)
    assert sentence in str(wrong.value)


def test_one_value_for_all_rows_goes_before_the_default(reading):
    checked = check_file(reading, TODAY, constants={"measured_by": "The lab", "measurer_kind": "vendor"})
    assert values(checked, "measured_by") == ["The lab"] * 2
    assert values(checked, "measurer_kind") == ["vendor"] * 2
    assert check_file(reading, TODAY).mapping.defaults == {
        "measured_by": "Reader's own measurement",
        "measurer_kind": "independent",
    }


def test_required_columns_that_nothing_fills_are_named_and_refuse_every_row(reading):
    checked = check_file(reading, "cloud,accelerator\nAzure,H100\n", "accelerator_rent")
    assert checked.mapping.missing == ("usd_per_accelerator_hour",)
    assert said(checked) == [
        (1, "usd_per_accelerator_hour", None, "`usd_per_accelerator_hour` is empty; it is required.")
    ]


def test_the_mapping_of_a_file_is_remembered_for_files_with_its_header(folders):
    first = "wer,was,wie schnell\nGroq,Llama 3.3 70B,276\n"
    columns = {"wer": "provider", "was": "model", "wie schnell": "output_tokens_per_second"}
    importer.commit(folders, check_file(folders, first, columns=columns))
    sheet = importer.read(b"wer,was,wie schnell\nAzure,Llama 3.3 70B,61\n", "next.csv", folders)
    assert dict(importer.remembered(folders, SPEED, sheet).columns) == columns
    assert importer.remembered(folders, "token_price", sheet) is None
    other = importer.read(b"wer,was\nAzure,Llama 3.3 70B\n", "other.csv", folders)
    assert importer.remembered(folders, SPEED, other) is None


# Numbers and dates that can be read in two ways


def test_the_cells_of_a_column_decide_its_decimal_mark(reading):
    cells = {"1,5": 1.5, "1.800": 1800.0, "12": 12.0}
    text = "provider;model;speed;n\n" + "".join(
        f"Groq;Llama 3.3 70B;{cell};{place}\n" for place, cell in enumerate(cells)
    )
    checked = check_file(reading, text, columns={"n": "prompt_tokens"})
    assert values(checked, "output_tokens_per_second") == list(cells.values())
    assert "decimal comma: 1 cell can only be read so" in checked.mapping.columns[2].rule


def test_a_lone_comma_before_three_digits_parts_thousands_and_says_so_until_told_otherwise(reading):
    text = "provider;model;speed\nGroq;Llama 3.3 70B;1,800\n"
    checked = check_file(reading, text)
    assert values(checked, "output_tokens_per_second") == [1800.0]
    assert "parts thousands" in checked.mapping.columns[2].rule
    assert values(check_file(reading, text, decimals={"speed": "comma"}), "output_tokens_per_second") == [1.8]


def test_a_decimal_comma_far_down_changes_the_reading_of_every_cell(reading):
    rows = 400_000
    body = "".join(f"Groq;Llama 3.3 70B;1.800;{row}\n" for row in range(rows))
    text = f"provider;model;speed;prompt_tokens\n{body}Groq;Llama 3.3 70B;2.345,5;{rows}\n"
    checked = check_file(reading, text)
    assert checked.accepted == rows + 1
    assert checked.preview("new", rows + 1)["output_tokens_per_second"].unique().sort().to_list() == [1800.0, 2345.5]
    assert checked.mapping.columns[2].decimal == "comma"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-05-08", "2026-05-08"),
        ("2026/5/8", "2026-05-08"),
        ("2026-05-08T10:30:00Z", "2026-05-08"),
        ("20260508", "2026-05-08"),
        ("8.5.2026", "2026-05-08"),
        ("31/05/2026", "2026-05-31"),
        ("05/31/2026", "2026-05-31"),
        ("8 May 2026", "2026-05-08"),
        ("May 8, 2026", "2026-05-08"),
        ("08-May-2026", "2026-05-08"),
        ("n/a", "None"),
    ],
)
def test_a_day_is_read_as_it_is_written(reading, cell, day):
    text = f'provider,model,speed,date\nGroq,Llama 3.3 70B,276,"{cell}"\n'
    assert str(values(check_file(reading, text), "measured_on")[0]) == day


def test_a_day_that_may_be_two_is_asked(reading):
    text = "provider,model,speed,date\nGroq,Llama 3.3 70B,276,03/04/2026\nAzure,Llama 3.3 70B,61,04/04/2026\n"
    with pytest.raises(importer.Unanswered) as asked:
        check_file(reading, text)
    question = asked.value.questions[0]
    assert (question.theirs, question.example) == ("date", "03/04/2026")
    assert [value for value, _ in question.options] == ["day-first", "month-first"]
    days = {
        order: str(values(check_file(reading, text, dates={"date": order}), "measured_on")[0])
        for order, _ in question.options
    }
    assert days == {"day-first": "2026-04-03", "month-first": "2026-03-04"}


@pytest.mark.parametrize("cell", ["marvel 5, 2026", "8 Mayor 2026", "31.02.2026", "2026-02-30", "soon"])
def test_what_only_looks_like_a_day_is_none(reading, cell):
    text = f'provider,model,speed,date\nGroq,Llama 3.3 70B,276,"{cell}"\n'
    assert said(check_file(reading, text)) == [(1, "date", cell, f'"{cell}" is not a day. Write 2026-05-08.')]


def test_a_column_of_timestamps_is_no_column_of_numbers(reading):
    rows = "".join(f"Groq,Llama 3.3 70B,2026-05-08 {row:07d}\n" for row in range(5_000))
    checked = check_file(reading, "provider,model,speed\n" + rows)
    assert checked.rejected == checked.errors == 5_000


def test_one_date_that_fits_a_single_order_decides_for_its_column(reading):
    text = "provider,model,speed,date\nGroq,Llama 3.3 70B,276,03/04/2026\nAzure,Llama 3.3 70B,61,13/04/2026\n"
    assert [str(day) for day in values(check_file(reading, text), "measured_on")] == ["2026-04-03", "2026-04-13"]


def test_every_cell_is_read_by_a_rule_that_is_named_and_counted(reading):
    text = (
        'provider,model,speed\nGroq,Llama 3.3 70B,276\nAzure,Llama 3.3 70B,"1,061 tok/s"\nCerebras,Llama 3.3 70B,2.1k\n'
    )
    rules = check_file(reading, text).rules.filter(theirs="speed")
    assert dict(rules.select("rule", "cells").iter_rows()) == {
        "plain numbers": 1,
        "numbers, with its unit, tok/s, thousands separators removed": 1,
        "numbers, k read as 1,000": 1,
    }


# Checks


def test_every_problem_is_told_at_once_with_the_cell_as_written(reading):
    text = PLAIN + (
        "Groq,Llama 3.3 70B,fast,2026-05-08\n"
        ",Llama 3.3 70B,276,2026-05-08\n"
        "Azure,Llama 3.3 70B,0,2026-13-45\n"
        "Azure,Llama 3.3 70B,<200,08.05.26\n"
        "Azure,Llama 3.3 70B,€5,9999-12-31\n"
    )
    assert said(check_file(reading, text)) == [
        (1, "output_tokens_per_second", "fast", '"fast" is not a number.'),
        (2, "provider", None, "`provider` is empty; it is required."),
        (3, "measured_on", "2026-13-45", '"2026-13-45" is not a day. Write 2026-05-08.'),
        (
            3,
            "output_tokens_per_second",
            "0",
            "`output_tokens_per_second` is 0; leave it empty where it was not measured.",
        ),
        (4, "measured_on", "08.05.26", '"08.05.26" has a year of two digits. Write 2026-05-08.'),
        (4, "output_tokens_per_second", "<200", '"<200" is a bound, not a value.'),
        (5, "measured_on", "9999-12-31", "`measured_on` is after 2100-01-01."),
        (5, "output_tokens_per_second", "€5", '"€5" is not a number.'),
    ]


def test_a_price_in_another_currency_is_refused_as_such(reading):
    text = "provider,model,input price,valid_from\n"
    text += "Groq,Llama 3.3 70B,€0.59,2026-05-08\nGroq,Llama 3.3 70B,0.59 EUR,2026-05-09\n"
    assert [message for *_, message in said(check_file(reading, text, "token_price"))] == [
        '"€0.59" is in euros; this column is in USD per 1M tokens.',
        '"0.59 EUR" is in euros; this column is in USD per 1M tokens.',
    ]


def test_of_rows_that_nothing_tells_apart_the_first_stays(reading):
    checked = check_file(
        reading, TODAY + "Groq,llama-3.3-70b-versatile,300,2026-05-08\nGroq,Llama 3.3 70B,310,2026-05-08\n"
    )
    told = said(checked)
    assert checked.accepted + checked.rejected == 4
    assert told[-1][0] == 4
    assert "Row 1 already has the same provider, model, measured_by, measured_on" in told[-1][3]
    assert 276.4 in values(checked, "output_tokens_per_second")
    rejected = checked.preview("rejected")
    assert rejected["row"].to_list() == [row for row, *_ in told]
    assert "Row 1 already" in rejected["what_was_wrong"].to_list()[-1]


def test_warnings_leave_a_row_accepted(reading):
    checked = check_file(reading, "provider,model,speed (tok/s)\nAzur,Lama 3.3 70B,276\nGroq,Llama 3.3 70B,90000\n")
    assert checked.accepted == 2
    assert checked.errors == 0
    told = said(checked, "warning")
    assert told[0][:3] == (1, "model", "Lama 3.3 70B")
    assert "is no model that is known yet. Nearest: Llama 3.3 70B" in told[0][3]
    assert told[1][3] == '"Azur" is no provider that is known yet. Nearest: Azure.'
    assert told[2][:3] == (2, "speed (tok/s)", "90000")
    assert "more than 10 times the highest known" in told[2][3]


def test_a_row_that_is_published_is_a_warning(reading):
    held = reading.store.rows(SPEED).filter(pl.col("measured_on").is_not_null()).head(1)
    mine = held.drop("source", "evidence", "capture", "source_url", "publisher", "licence")
    checked = check_file(reading, mine.write_csv())
    assert checked.accepted == 1
    assert any("A published row has the same names" in message for *_, message in said(checked, "warning"))


def test_a_spelling_that_our_lists_know_gets_our_name_and_stays_as_published(reading):
    checked = check_file(reading, "provider,model,speed\ngroq,llama-3.3-70b-versatile,276\n")
    row = checked.preview("new").row(0, named=True)
    assert (row["provider"], row["provider_as_published"]) == ("Groq", "groq")
    assert row["model_as_published"] == "llama-3.3-70b-versatile"
    assert row["model"].startswith("Llama 3.3 70B")


def test_a_million_problems_are_counted_in_full_and_shown_in_part(reading):
    text = "provider,model,speed\n" + "Groq,Llama 3.3 70B,fast\n" * 30_000
    checked = check_file(reading, text)
    assert (checked.rejected, checked.errors) == (30_000, 30_000)
    assert len(checked.problems) == importer.SHOWN
    assert checked.kinds.rows() == [("error", "speed", "is not a number.", 30_000, 1)]


def test_a_cell_put_right_in_place_is_checked_again(reading):
    text = "provider,model,speed\nGroq,Llama 3.3 70B,fast\nAzure,Llama 3.3 70B,61\n"
    assert check_file(reading, text).rejected == 1
    checked = check_file(reading, text, edits={(1, "speed"): "276"})
    assert checked.rejected == 0
    assert values(checked, "output_tokens_per_second") == [276.0, 61.0]


def test_two_cells_of_one_row_are_corrected_each_in_its_own_column(reading):
    text = "provider,model,speed\nGroqq,gpt-oss-120b,fast\n"
    checked = check_file(reading, text, edits={(1, "provider"): "Groq", (1, "speed"): "276"})
    assert said(checked) == []
    rows = checked.preview("new")
    assert rows.select("provider", "output_tokens_per_second").rows() == [("Groq", 276.0)]


def test_rejects_hold_the_cells_as_written_and_no_formula(reading):
    text = "provider,model,speed,=note\n=cmd|' /C calc'!A0,Llama 3.3 70B,fast,-5\nAzure,Llama 3.3 70B,61,x\n"
    content = encoded(importer.rejects(check_file(reading, text)), "csv").decode()
    header, row = content.splitlines()
    assert header == "provider,model,speed,'=note,row,what_was_wrong"
    assert row.startswith("'=cmd|' /C calc'!A0,Llama 3.3 70B,fast,-5,1,")
    assert '""fast"" is not a number.' in row


# Commit, undo, redo


def test_a_commit_stores_the_accepted_rows_and_its_line_in_the_log(folders):
    before = folders.store.counts()
    batch = importer.commit(
        folders, check_file(folders, TODAY, name="../../May <1>.csv"), who="Ada", source_url="https://example.com/may"
    )
    assert (batch.batch, batch.rows, batch.rejected, batch.who, batch.is_new) == ("u0001", 2, 0, "Ada", True)
    assert batch.file_name == "May _1_.csv"
    assert folders.store.counts() == before | {SPEED: before[SPEED] + 2, "upload_log": 1}
    rows = importer.export(folders, SPEED)
    assert set(rows["source_url"]) == {"https://example.com/may"}
    assert rows.select("source", "publisher", "licence", "evidence").null_count().row(0) == (0, 0, 0, 0)
    assert importer.history(folders) == (batch,) or importer.history(folders)[0].batch == batch.batch
    assert importer.history_frame(folders).row(0, named=True)["sha256"] == batch.sha256
    kept = folders.data / "uploads" / batch.sha256
    assert (kept / "file").read_bytes() == TODAY.encode()


def test_an_address_that_a_browser_would_run_is_refused(folders):
    text = (
        "provider,model,speed,url\nGroq,Llama 3.3 70B,276,javascript:alert(1)\nAzure,Llama 3.3 70B,61,https://a.b/c\n"
    )
    checked = check_file(folders, text)
    assert said(checked) == [
        (1, "url", "javascript:alert(1)", "`source_url` is no address of the web. Write https:// and what follows.")
    ]
    with pytest.raises(ValueError, match="is no address of the web"):
        importer.commit(folders, checked, source_url="javascript:alert(1)")
    importer.commit(folders, checked)
    assert importer.export(folders, SPEED)["source_url"].to_list() == ["https://a.b/c"]


def test_the_same_file_twice_adds_nothing(folders):
    importer.commit(folders, check_file(folders, TODAY))
    before = state(folders)
    again = check_file(folders, TODAY, name="another name.csv")
    assert importer.recognised(folders, again).batch == "u0001"
    assert again.counts["identical"] == 2
    batch = importer.commit(folders, again)
    again.sheet.close()
    assert (batch.batch, batch.is_new) == ("u0001", False)
    assert state(folders) == before


def test_the_same_rows_in_another_file_add_no_row(folders):
    importer.commit(folders, check_file(folders, TODAY))
    checked = check_file(folders, TODAY + "\n")
    assert checked.counts | {"blank": 0} == {"new": 0, "changed": 0, "identical": 2, "rejected": 0, "blank": 0}
    importer.commit(folders, checked)
    assert importer.export(folders, SPEED).height == 2


@pytest.mark.parametrize(("mode", "speeds"), [(APPEND, [276.4, 300.0, 2104.7]), (REPLACE, [300.0, 2104.7])])
def test_changed_rows_stand_beside_the_earlier_ones_or_in_their_place(folders, mode, speeds):
    importer.commit(folders, check_file(folders, TODAY))
    checked = check_file(folders, TODAY.replace("276.4", "300"))
    assert checked.counts == {"new": 0, "changed": 1, "identical": 1, "rejected": 0, "blank": 0}
    importer.commit(folders, checked, mode)
    assert sorted(importer.export(folders, SPEED)["output_tokens_per_second"]) == speeds
    importer.undo(folders, "u0002")
    assert sorted(importer.export(folders, SPEED)["output_tokens_per_second"]) == [276.4, 2104.7]


def test_what_would_change_is_shown_value_by_value(folders):
    importer.commit(folders, check_file(folders, TODAY))
    checked = check_file(folders, TODAY.replace("276.4", "300"), constants={"measured_by": "Reader's own measurement"})
    told = importer.changes(folders, checked).select("row", "provider", "column", "stored", "yours")
    assert told.rows() == [(1, "Groq", "output_tokens_per_second", "276.4", "300.0")]
    assert importer.changes(folders, check_file(folders, TODAY + "\n")).is_empty()


def test_undo_and_redo_restore_exactly(folders):
    pristine = {name: folders.store.rows(name) for name in TABLES if name != "upload_log"}
    importer.commit(folders, check_file(folders, TODAY))
    importer.commit(folders, check_file(folders, TODAY.replace("276.4", "300")), REPLACE)
    full = importer.export(folders, SPEED)
    for batch in ("u0001", "u0002"):
        importer.undo(folders, batch)
    assert all(folders.store.rows(name).equals(frame) for name, frame in pristine.items())
    for batch in ("u0002", "u0001"):
        importer.redo(folders, batch)
    assert importer.export(folders, SPEED).equals(full)


def test_uploads_that_share_no_row_stand_beside_each_other_and_beside_the_record(folders):
    record = folders.store.drawn(SPEED)
    importer.commit(folders, check_file(folders, TODAY))
    importer.commit(folders, check_file(folders, "provider,model,speed\nAzure,Llama 3.3 70B,61\n"), REPLACE)
    assert sorted(importer.export(folders, SPEED)["provider"]) == ["Azure", "Cerebras", "Groq"]
    assert folders.store.own_counts()[SPEED] == 3
    assert folders.store.drawn(SPEED).equals(record)
    assert folders.store.drawn(SPEED, with_own=True).height == record.height + 3
    importer.commit(folders, check_file(folders, TODAY.replace("276.4", "300")), REPLACE)
    assert sorted(importer.export(folders, SPEED)["output_tokens_per_second"]) == [61, 300, 2104.7]


def test_a_data_folder_that_was_moved_keeps_its_uploads(folders, tmp_path):
    importer.commit(folders, check_file(folders, TODAY))
    before = importer.export(folders, SPEED)
    moved = Folders(data=shutil.move(folders.data, tmp_path / "it's moved"))
    assert before.height == 2
    assert importer.export(moved, SPEED).equals(before)


def test_an_earlier_generation_shows_the_uploads_that_stood_then(folders):
    importer.commit(folders, check_file(folders, TODAY))
    then = folders.store.generation()
    importer.undo(folders, "u0001")
    assert importer.export(folders, SPEED).is_empty()
    assert folders.store.rows(SPEED, {"evidence": "upload"}, generation=then).height == 2


def test_rows_whose_file_was_removed_by_hand_stand_no_more_and_stop_nothing(folders):
    batch = importer.commit(folders, check_file(folders, TODAY))
    record = folders.store.drawn(SPEED)
    shutil.rmtree(folders.data / "uploads" / batch.sha256)
    fresh = Folders(data=shutil.copytree(folders.data, folders.data.with_name("copied")))
    assert importer.export(fresh, SPEED).is_empty()
    assert fresh.store.drawn(SPEED, with_own=True).equals(record)
    build.build(fresh, [])
    assert importer.export(fresh, SPEED).is_empty()


def test_undoing_an_earlier_batch_keeps_what_a_later_one_has_too(folders):
    importer.commit(folders, check_file(folders, TODAY))
    importer.commit(folders, check_file(folders, TODAY + "Azure,Llama 3.3 70B,61,2026-05-08\n"))
    importer.undo(folders, "u0001")
    assert sorted(importer.export(folders, SPEED)["provider"]) == ["Azure", "Cerebras", "Groq"]
    assert set(importer.export(folders, SPEED)["source"]) == {"upload:u0002"}


def test_undo_and_redo_of_what_is_not_so_say_why(folders):
    with pytest.raises(importer.UnknownBatch, match=r"There is no upload u0001\. There are no uploads\."):
        importer.undo(folders, "u0001")
    importer.commit(folders, check_file(folders, TODAY))
    with pytest.raises(importer.UnknownBatch, match="is not undone"):
        importer.redo(folders, "u0001")
    importer.undo(folders, "u0001")
    with pytest.raises(importer.UnknownBatch, match="is already undone"):
        importer.undo(folders, "u0001")
    importer.commit(folders, check_file(folders, TODAY))
    with pytest.raises(importer.UnknownBatch, match="The upload u0002 is the same file"):
        importer.redo(folders, "u0001")


def test_without_its_kept_rows_an_upload_cannot_be_laid_again(folders):
    importer.commit(folders, check_file(folders, TODAY))
    importer.commit(folders, check_file(folders, TODAY.replace("276.4", "300")))
    before = importer.export(folders, SPEED)
    shutil.rmtree(folders.uploads / importer.history(folders)[1].sha256)
    with pytest.raises(importer.UnknownBatch, match="The rows of u0001 are not in"):
        importer.undo(folders, "u0002")
    assert importer.export(folders, SPEED).equals(before)


def test_a_build_keeps_every_upload(folders):
    importer.commit(folders, check_file(folders, TODAY))
    before = importer.export(folders, SPEED)
    build.build(folders)
    assert importer.export(folders, SPEED).equals(before)
    importer.undo(folders, "u0001")
    build.build(folders)
    assert importer.export(folders, SPEED).is_empty()
    assert [batch.undone for batch in importer.history(folders)] == [True]


@pytest.mark.parametrize("lost", ["the store", "the newest generation"])
def test_a_build_puts_uploads_back_that_the_store_has_lost(folders, lost):
    importer.commit(folders, check_file(folders, TODAY))
    importer.commit(folders, check_file(folders, TODAY.replace("276.4", "300")), REPLACE)
    importer.commit(folders, check_file(folders, importer.template("token_price"), "token_price"))
    importer.undo(folders, "u0003")
    before, history = importer.export(folders, SPEED), importer.history(folders)
    if lost == "the store":
        shutil.rmtree(folders.store.folder)
    else:
        for generation in folders.store.generations()[1:]:
            (folders.store.folder / f"{generation}.duckdb").write_bytes(b"torn")
    build.build(folders)
    assert importer.export(folders, SPEED).equals(before)
    assert importer.export(folders, "token_price").is_empty()
    assert importer.history(folders) == history


def test_published_rows_are_never_touched(folders):
    held = folders.store.rows(SPEED)
    mine = held.filter(pl.col("measured_on").is_not_null()).head(5).with_columns(output_tokens_per_second=1.5)
    importer.commit(folders, check_file(folders, mine.drop("source", "evidence").write_csv()), REPLACE)
    after = folders.store.rows(SPEED)
    assert after.filter(pl.col("evidence") != "upload").equals(held)
    assert after.height == held.height + 5


def test_a_check_stores_nothing_and_leaves_no_file(folders):
    before = state(folders)
    checked = check_file(folders, TODAY)
    checked.sheet.close()
    assert state(folders) == before


def test_nothing_accepted_is_nothing_to_add(folders):
    before = state(folders)
    checked = check_file(folders, "provider,model,speed\nGroq,Llama 3.3 70B,fast\n")
    with pytest.raises(ValueError, match="No row could be accepted"):
        importer.commit(folders, checked)
    checked.sheet.close()
    assert state(folders) == before


def test_a_check_needs_no_store(tmp_path):
    checked = check_file(Folders(data=tmp_path), TODAY)
    assert checked.counts["new"] == 2
    assert said(checked, "warning") == []
