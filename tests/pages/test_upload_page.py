"""The importer's page: a reader's file mapped, checked, put right, stored, drawn, undone and redone."""

import re
import shutil
from contextlib import closing
from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
import streamlit as st
from streamlit.config import get_config_options

from charts.style import YOURS
from etl.folders import Folders
from etl.schema import TABLES
from etl.upload import importer, sheets
from exports.files import ON_PAGES, encoded
from pages.importer import batches, checking, desk
from tests.pages.test_pages import CHANGES, DECORATED, LINKED, SIDEWAYS, UPLOAD, figures, opener, texts

SPEED, COST, WORKLOAD, PHYSICS = (f"pages/compare/{name}.py" for name in ("speed", "cost", "workload", "physics"))
DIVIDE = "pages/divide/training_inference.py"
CSV = "text/csv"
DAY = date(2026, 5, 9)
# German headers, a decimal comma, days that may be read both ways, a cell that is no number, a column of no use.
OWN_SPEEDS = """Anbieter;Modell;Geschwindigkeit;Datum;TTFT (ms);Foo
Cerebras;gpt-oss-120b;2480,5;05/06/2026;450;1
Azure;gpt-oss-120b;70,25;05/08/2026;200;2
Our cluster;gpt-oss-120b;abc;05/07/2026;300;3
"""

SERVING = b"""system,gpu,gpu count,model,concurrency,output throughput per gpu,interactivity
Our server,H100,8,Llama 3.3 70B,4,96,104
Our server,H100,8,Llama 3.3 70B,64,812,51
"""


@pytest.fixture
def data(built_data, tmp_path) -> Path:
    """A data folder of its own, to write to."""
    shutil.copytree(built_data, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def app(monkeypatch, data):
    return opener(monkeypatch, data)


@pytest.fixture
def importing(app):
    return app(UPLOAD)


def given(at, content: str | bytes, name: str = "mine.csv", kind: str = CSV):
    """The page after this file was chosen; what was wrong with a run is raised here."""
    at.file_uploader[0].upload(name, content.encode() if isinstance(content, str) else content, kind)
    return well(at.run())


def well(at):
    assert not at.exception, [found.message for found in at.exception]
    return at


def told(at) -> str:
    return " ".join(texts(at)).replace("\\", "")


def ours(at) -> dict[str, str]:
    """Their columns with what they are mapped to."""
    label = "Our column for "
    return {
        box.label.replace("\\", "").removeprefix(label): box.value
        for box in at.selectbox
        if box.label.startswith(label)
    }


def box(at, label: str):
    return next(found for found in at.selectbox if found.label.replace("\\", "") == label)


def counts(at) -> dict[str, int]:
    return {found.label: int(found.value.replace(",", "")) for found in at.metric}


def outlined(at) -> int:
    """Marks of the reader's own on a importing."""
    return sum(len(trace["x"]) for drawn in figures(at) for trace in drawn["data"] if trace.get("name") == YOURS)


def held(data: Path, table: str = "provider_speed") -> pl.DataFrame:
    return importer.export(Folders(data=data), table)


def write_over(monkeypatch, column: str, text: str) -> None:
    """A reader who writes this into the column of every refused row."""
    monkeypatch.setattr(st, "data_editor", lambda rows, **_: rows.with_columns(pl.lit(text).alias(column)))


def test_before_the_first_file_the_page_says_what_it_takes_and_that_nothing_leaves(importing):
    assert importing.title[0].value == "Can I add mine?"
    assert importing.header[0].value.startswith("Your file never leaves this computer.")
    assert "2,000 MB" in importing.header[0].value
    assert {button.label for button in importing.get("download_button")} == {"Template", "Data dictionary"}
    assert "None yet." in told(importing)
    assert [found.value for found in importing.subheader] == ["1. The table and your file", "Your uploads so far"]


def test_the_page_opens_again_after_each_choice_of_the_bar_changed(importing):
    given(importing, importer.template("provider_speed"))
    for change in CHANGES.values():
        well(change(importing).run())
        assert counts(importing)["New"] == 3


def test_from_a_file_to_its_mark_on_speed_and_back(app, monkeypatch, data):
    at = given(app(UPLOAD), OWN_SPEEDS)
    assert ours(at) == {
        "Anbieter": "provider",
        "Modell": "model",
        "Geschwindigkeit": "output_tokens_per_second",
        "Datum": "measured_on",
        "TTFT (ms)": "ttft_seconds",
        "Foo": "Not used",
    }
    assert "2480,5 → 2480.5" in told(at)
    assert "450 → 0.45" in told(at)

    # Nothing is checked before the reader has said how days are written.
    assert not at.metric
    assert "Datum" in at.radio[0].label
    well(at.radio[0].set_value("month-first").run())
    assert "05/06/2026 → 2026-05-06" in told(at)
    assert counts(at) == {"New": 2, "Changed": 0, "Identical": 0, "Rejected": 1}
    problems = next(frame.value for frame in at.dataframe if "What is wrong" in frame.value.columns)
    assert problems.iloc[0][["Kind", "Row", "Column", "As written"]].to_list() == ["Error", 3, "Geschwindigkeit", "abc"]
    assert problems.iloc[0]["What is wrong"].startswith('"abc" is not a number')
    assert held(data).is_empty()

    with monkeypatch.context() as reader:
        write_over(reader, "Geschwindigkeit", "95,5")
        well(at.button(key="check again").click().run())
    assert counts(at) == {"New": 3, "Changed": 0, "Identical": 0, "Rejected": 0}

    well(at.button(key="commit").click().run())
    assert at.success[0].value.replace("\\", "").startswith("Stored 3 rows of mine.csv.")
    assert at.header[0].value.startswith("The dashboard holds 3 figures of yours from 1 file")
    assert at.button_group(key="data").value == "With uploads"
    stored = held(data).sort("provider")
    assert stored.select("provider", "output_tokens_per_second", "ttft_seconds", "measured_on").rows() == [
        ("Azure", 70.25, 0.2, date(2026, 5, 8)),
        ("Cerebras", 2480.5, 0.45, date(2026, 5, 6)),
        ("Our cluster", 95.5, 0.3, date(2026, 5, 7)),
    ]

    before = opener(monkeypatch, data)(SPEED)
    assert outlined(before) == 0
    well(at.switch_page(SPEED).run())
    assert outlined(at) > 3
    hosts = figures(at)[0]["data"]
    assert set(next(trace["y"] for trace in hosts if trace.get("name") == YOURS)) == {
        "Azure, yours",
        "Our cluster, yours",
        "Cerebras, yours",
    }
    assert at.header[0].value == before.header[0].value
    well(at.button_group(key="data").set_value("Official only").run())
    assert outlined(at) == 0
    well(at.button_group(key="data").set_value("With uploads").run())

    batch = importer.history(Folders(data=data))[0].batch
    well(at.switch_page(UPLOAD).run())
    well(at.button(key=f"undo {batch}").click().run())
    assert held(data).is_empty()
    assert at.header[0].value.startswith("Your file never leaves this computer.")
    assert outlined(well(at.switch_page(SPEED).run())) == 0
    well(at.switch_page(UPLOAD).run())
    well(at.button(key=f"redo {batch}").click().run())
    assert outlined(well(at.switch_page(SPEED).run())) > 3


def test_the_undo_beside_what_was_just_stored_takes_it_back_and_the_file_can_be_stored_again(importing, data):
    given(importing, importer.template("provider_speed"))
    well(importing.button(key="commit").click().run())
    well(importing.button(key="undo this").click().run())
    assert held(data).is_empty()
    assert counts(importing)["New"] == 3
    well(importing.button(key="commit").click().run())
    assert held(data).height == 3


@pytest.mark.parametrize("table", importer.UPLOADED)
def test_the_template_of_every_table_goes_through_the_page(importing, data, table):
    well(importing.selectbox(key="into").select(table).run())
    given(importing, importer.template(table), f"{table}.csv")
    assert counts(importing) == {"New": 3, "Changed": 0, "Identical": 0, "Rejected": 0}
    assert not any(found.value.startswith("No column fills") for found in importing.warning)
    well(importing.button(key="commit").click().run())
    assert held(data, table).height == 3
    assert {button.label for button in importing.get("download_button")} >= {"CSV", "Excel", "Parquet"}


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("provider_speed", SPEED),
        ("token_price", COST),
        ("gpu_serving", SPEED),
        ("accelerator_rent", COST),
        ("token_price", WORKLOAD),
        ("provider_speed", WORKLOAD),
    ],
)
def test_what_was_uploaded_is_outlined_where_its_table_is_drawn(app, data, table, place):
    for name in {table, "provider_speed", "token_price"} if place == WORKLOAD else {table}:
        put_in(data, SERVING if name == "gpu_serving" else importer.template(name), name)
    model = "Llama 4 Maverick" if table == "accelerator_rent" else "Llama 3.3 70B"
    assert outlined(well(app(place, model=model, data="With uploads"))) > 0
    assert outlined(well(app(place, model=model))) == 0


def test_own_results_are_outlined_on_training_vs_inference_and_said_to_be_unverified(app, data):
    before = app(DIVIDE, data="With uploads")
    store = Folders(data=data).store
    benchmark, round_name = (before.selectbox(key=key).value for key in ("training_benchmark", "training_round"))
    own = {"source": "upload:u0001", "evidence": "upload", "accelerator_count": 64}
    trained = store.rows("training_result", {"benchmark": benchmark, "round": round_name}).head(1)
    served = (
        store.rows("inference_result")
        .filter(pl.col("accelerator").is_not_null())
        .filter(
            pl.col("benchmark") == next(box.value for box in before.selectbox if box.label == "Inference benchmark"),
            pl.col("round") == before.selectbox(key="inference_round").value,
            pl.col("scenario") == "Offline",
        )
    )

    def change(writer) -> None:
        writer.add(
            "training_result", trained.with_columns(**{k: pl.lit(v) for k, v in own.items()}, minutes=pl.lit(9.0))
        )
        writer.add("inference_result", served.head(1).with_columns(**{k: pl.lit(v) for k, v in own.items()}))

    store.write(change)
    at = well(app(DIVIDE, data="With uploads"))
    assert outlined(at) == 2
    assert at.header[0].value == before.header[0].value
    assert [found.value for found in at.subheader] == [found.value for found in before.subheader]
    assert sum("not verified by MLCommons Association" in found.value for found in at.caption) >= 2
    assert outlined(well(app(DIVIDE))) == 0


def put_in(data: Path, content: bytes, table: str = "provider_speed", name: str = "mine.csv") -> None:
    """What the page does with a file that needs no choice."""
    folders = Folders(data=data)
    with closing(importer.read(content, name, folders)) as sheet:
        importer.commit(folders, importer.check(sheet, importer.suggest(sheet, table), folders))


def test_every_table_has_a_name_a_reader_understands():
    assert set(batches.TABLES) == set(importer.UPLOADED)


def test_a_column_given_to_another_leaves_the_one_it_had(importing):
    given(importing, "provider,model,speed,velocity\nGroq,gpt-oss-120b,480,500\n")
    assert ours(importing)["speed"] == "output_tokens_per_second"
    well(box(importing, "Our column for velocity").select("output_tokens_per_second").run())
    assert ours(importing)["velocity"] == "output_tokens_per_second"
    assert ours(importing)["speed"] == "Not used"
    assert "500 → 500" in told(importing)


def test_a_unit_chosen_shows_in_the_example_and_the_next_file_with_this_header_is_read_alike(app, importing, data):
    content = "provider,model,speed\nGroq,gpt-oss-120b,2\n"
    given(importing, content)
    well(box(importing, "Unit of speed").select("ms/token").run())
    assert "2 → 500" in told(importing)
    well(importing.button(key="commit").click().run())
    assert held(data)["output_tokens_per_second"].to_list() == [500.0]
    again = given(app(UPLOAD), content.replace(",2\n", ",4\n"), "second.csv")
    assert "4 → 250" in told(again)
    assert "Set as the last time" in told(again)


def test_the_same_file_twice_is_recognised_and_adds_nothing(app, importing, data):
    given(importing, importer.template("provider_speed"))
    well(importing.button(key="commit").click().run())
    again = given(app(UPLOAD), importer.template("provider_speed"), "renamed.csv")
    assert any("stored already" in found.value for found in again.info)
    assert not [button for button in again.button if button.key == "commit"]
    assert held(data).height == 3


def test_a_value_that_no_column_has_can_be_written_once_for_all_rows(importing, data):
    given(importing, "provider,speed\nGroq,480\nAzure,70\n")
    assert any(found.value.startswith("No column fills Model") for found in importing.warning)
    assert counts(importing)["Rejected"] == 2
    well(next(found for found in importing.text_input if found.label == "Model").set_value("gpt-oss-120b").run())
    assert counts(importing)["New"] == 2
    well(importing.button(key="commit").click().run())
    assert held(data)["model"].unique().to_list() == ["gpt-oss-120b"]


REFUSED = {
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "nothing": b"",
    "no text": bytes(range(256)) * 20,
    "a header alone": b"provider,model,speed\n",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_gets_a_sentence_and_stores_nothing(importing, data, content):
    given(importing, content)
    said = [found.value for found in (*importing.error, *importing.warning, *importing.info)]
    assert said or "no rows" in told(importing)
    assert not [button for button in importing.button if button.key == "commit" and not button.disabled]
    assert held(data).is_empty()


def test_a_file_in_place_of_a_refused_one_is_read(importing):
    given(importing, REFUSED["an image"], "picture.csv")
    assert importing.error
    importing.file_uploader[0].clear()
    given(importing, importer.template("provider_speed"))
    assert not importing.error
    assert counts(importing)["New"] == 3


def test_every_sheet_of_a_workbook_can_be_chosen(importing):
    from xlsxwriter import Workbook

    content = BytesIO()
    with Workbook(content) as workbook:
        pl.DataFrame({"remark": ["nothing here"]}).write_excel(workbook, "Notes")
        pl.read_csv(importer.template("provider_speed")).write_excel(workbook, "Speeds")
    given(importing, content.getvalue(), "mine.xlsx", "application/octet-stream")
    chooser = next(found for found in importing.selectbox if found.label == "Sheet of the workbook")
    assert chooser.options == ["Notes", "Speeds"]
    well(chooser.select("Speeds").run())
    assert counts(importing)["New"] == 3


def test_a_large_file_is_checked_when_the_reader_says_so(importing, monkeypatch):
    monkeypatch.setattr(desk, "CHECKED_AT_ONCE_BYTES", 10)
    given(importing, importer.template("provider_speed"))
    assert not importing.metric
    well(importing.button(key="check").click().run())
    assert counts(importing)["New"] == 3
    well(importing.radio(key="mode").set_value(importer.REPLACE).run())
    assert counts(importing)["New"] == 3


def test_what_is_under_way_outlasts_a_look_at_another_page(importing):
    given(importing, importer.template("provider_speed"))
    well(importing.switch_page(SPEED).run())
    well(importing.switch_page(UPLOAD).run())
    assert counts(importing)["New"] == 3


def test_another_table_maps_the_same_file_anew(importing):
    given(importing, importer.template("provider_speed"))
    well(importing.selectbox(key="into").select("token_price").run())
    assert {"provider", "model"} <= set(ours(importing).values())
    assert "output_tokens_per_second" not in ours(importing).values()


def test_many_columns_of_no_use_stand_in_one_list(importing):
    wide = [f"extra {place}" for place in range(400)]
    given(importing, f"provider,model,speed,{','.join(wide)}\nGroq,gpt-oss-120b,480{',1' * 400}\n")
    assert len(ours(importing)) == 3
    chooser = next(found for found in importing.selectbox if "columns are not used" in found.label)
    assert len(chooser.options) == 400
    well(chooser.select("extra 399").run())
    well(box(importing, "Our column for extra 399").select("requests").run())
    assert ours(importing)["extra 399"] == "requests"


def test_a_row_taken_the_place_of_is_told_apart_from_a_new_one(app, importing, data):
    content = "provider,model,speed,date\nGroq,gpt-oss-120b,480,2026-05-08\n"
    given(importing, content)
    well(importing.button(key="commit").click().run())
    again = given(app(UPLOAD), content.replace("480", "490"), "newer.csv")
    assert counts(again) == {"New": 0, "Changed": 1, "Identical": 0, "Rejected": 0}
    changes = next(frame.value for frame in again.dataframe if "stored" in frame.value.columns)
    assert changes[["column", "stored", "yours"]].to_numpy().tolist() == [
        ["output_tokens_per_second", "480.0", "490.0"]
    ]
    well(again.radio(key="mode").set_value(importer.REPLACE).run())
    well(again.button(key="commit").click().run())
    assert held(data)["output_tokens_per_second"].to_list() == [490.0]


NAMES = (SIDEWAYS, LINKED, DECORATED, ":material/home: :smile:", "=1+1", "x" * 300)


def is_read(text: str) -> bool:
    """Whether some markup in a text that Streamlit takes for Markdown would be read as such."""
    unescaped = (r"(?<!\\)<img", r"(?<!\\)\[x(?<!\\)\]\(", r"(?<!\\)\*bold", r"(?<!\\)\$x", r"(?<!\\):(red\[|smile:)")
    return any(re.search(pattern, text) for pattern in unescaped)


@pytest.mark.parametrize("name", NAMES)
def test_markup_in_a_file_is_shown_and_never_read(importing, name):
    columns = {"provider": ["Cerebras", name, "Azure"], "model": ["gpt-oss-120b"] * 3, "speed": ["2000", "90", "fast"]}
    given(importing, pl.DataFrame(columns | {name: [name] * 3}).write_csv(), f"{name}.csv")
    assert counts(importing)["Rejected"] >= 1
    assert name[:50] in told(importing)
    assert [text for text in texts(importing) if is_read(text)] == []
    well(importing.button(key="commit").click().run())
    assert [text for text in texts(importing) if is_read(text)] == []


@pytest.fixture(scope="module")
def with_own(built_data, tmp_path_factory) -> Path:
    """A data folder with rows of a reader's own in every table; read it."""
    data = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(built_data, data)
    Folders(data=data).store.write(lambda writer: [writer.add(table, own(table)) for table in importer.UPLOADED])
    return data


@pytest.mark.parametrize("place", [SPEED, COST, WORKLOAD, PHYSICS])
@pytest.mark.parametrize("model", ["gpt-oss-120b", "Our 7B", "Measured alone", "Priced alone"])
def test_a_page_shows_own_figures_of_any_name_and_of_models_that_nobody_else_has(monkeypatch, with_own, place, model):
    at = well(opener(monkeypatch, with_own)(place, model=model, data="With uploads"))
    assert at.selectbox(key="model").value == model
    assert [text for text in texts(at) if is_read(text)] == []
    drawn = [trace for figure in figures(at) for trace in figure["data"]]
    # What a mark carries for a click to be traced is read by us alone; all else Plotly reads as HTML.
    assert "<img" not in str([{name: told for name, told in trace.items() if name != "customdata"} for trace in drawn])
    assert figures(at) or at.info
    if model == "gpt-oss-120b":
        assert outlined(at) > 0


def own(table: str) -> pl.DataFrame:
    """Rows of a reader's own under names of every kind: two models that others have too, two that nobody has."""
    declared = TABLES[table]
    models = {
        "provider_speed": ("gpt-oss-120b", "Our 7B", "Measured alone"),
        "token_price": ("gpt-oss-120b", "Our 7B", "Priced alone"),
    }.get(table, ("gpt-oss-120b", "Our 7B"))
    named = [
        dict.fromkeys(
            (column.name for column in declared.columns if column.dtype == pl.String and not column.choices), name
        )
        | {"model": model, "model_as_published": model, "source": "upload:u0001", "evidence": "upload"}
        | {"provider": provider, "provider_as_published": provider}
        | {
            "ttft_seconds": 0.5,
            "uptime_percent": None,
            "output_tokens": 500,
            "accelerator": "H100",
            "price_kind": "on-demand",
            "outlier_reason": None,
            "bound_as_published": None,
        }
        for name in NAMES
        for model in models
        for provider in ((name,) if model.endswith("alone") else (name, "Groq", "Azure"))
    ]
    rows = pl.DataFrame([{key: row[key] for key in row if key in declared.names} for row in named]).unique(
        maintain_order=True
    )
    filled = [
        pl.lit(column.choices[0]).alias(column.name)
        if column.choices
        else pl.lit(DAY).alias(column.name)
        if column.dtype == pl.Date
        else pl.lit(False).alias(column.name)
        if column.dtype == pl.Boolean
        else (1 + pl.int_range(pl.len()).cast(column.dtype)).alias(column.name)
        for column in declared.columns
        if column.name not in rows.columns
    ]
    return declared.conform(rows.with_columns(filled))


def test_columns_may_be_exchanged(importing):
    given(importing, "provider,model,speed,velocity\nGroq,gpt-oss-120b,480,500\n")
    for theirs in ("velocity", "speed", "velocity"):
        well(box(importing, f"Our column for {theirs}").select("output_tokens_per_second").run())
        assert [name for name, at in ours(importing).items() if at == "output_tokens_per_second"] == [theirs]


def test_columns_of_ones_own_that_are_called_like_ours_can_be_put_right(importing, data, monkeypatch):
    given(importing, "provider,model,speed,row,what_was_wrong\nGroq,gpt-oss-120b,fast,7,nothing\n")
    assert counts(importing)["Rejected"] == 1
    with monkeypatch.context() as reader:
        write_over(reader, "speed", "480")
        well(importing.button(key="check again").click().run())
    assert counts(importing)["New"] == 1


def test_an_address_given_with_a_file_stands_with_its_rows(importing, data):
    given(importing, importer.template("provider_speed"))
    well(importing.text_input(key="address").set_value("https://example.org/our-test").run())
    well(importing.button(key="commit").click().run())
    assert held(data)["source_url"].unique().to_list() == ["https://example.org/our-test"]


def test_rejects_and_exports_can_be_taken_home(importing, data):
    given(importing, "provider,model,speed\nGroq,gpt-oss-120b,480\nAzure,gpt-oss-120b,=cmd()\n")
    assert "rejects.csv" in {button.label for button in importing.get("download_button")}
    checked = importing.session_state[desk.DESK].checked
    assert pl.read_csv(checking._rejects(checked))["speed"].to_list() == ["'=cmd()"]
    well(importing.button(key="commit").click().run())
    offered = [button.label for button in importing.get("download_button")]
    assert offered[-3:] == [form.label for form in ON_PAGES] == ["CSV", "Excel", "Parquet"]
    taken = encoded(importer.export(Folders(data=data), "provider_speed"), "parquet")
    assert pl.read_parquet(taken)["provider"].to_list() == ["Groq"]


def test_many_uploads_stand_on_several_pages_of_history(app, data):
    for place in range(12):
        put_in(data, f"provider,model,speed\nGroq,gpt-oss-120b,{400 + place}\n".encode(), name=f"file {place}.csv")
    at = well(app(UPLOAD))
    assert sum(button.label == "Undo" for button in at.button) == 10
    assert "file 11.csv" in told(at)
    assert "file 0.csv" not in told(at)


def test_conditions_that_the_file_leaves_out_can_be_said_once_and_lift_the_grade(app, importing, data):
    given(importing, "provider,model,speed,date\nCerebras,gpt-oss-120b,2000,2026-05-08\n")
    assert "Not stated: prompt length and concurrency." in told(importing)
    for column, value in (("prompt_tokens", "1000"), ("concurrency", "1")):
        well(box(importing, "Say one thing more of every row").select(column).run())
        label = {"prompt_tokens": "Prompt tokens", "concurrency": "Concurrency"}[column]
        well(next(found for found in importing.text_input if found.label == label).set_value(value).run())
    assert "Not stated" not in told(importing)
    well(importing.button(key="commit").click().run())
    assert held(data).select("prompt_tokens", "concurrency").rows() == [(1000, 1)]
    hosts = next(
        frame.value for frame in well(app(SPEED, data="With uploads")).dataframe if "host_label" in frame.value
    )
    grade = hosts.set_index("host_label").loc["Cerebras, yours", "match_grade"]
    assert grade in ("B", "C")


def test_the_order_of_days_can_be_changed_after_it_was_answered(importing):
    given(importing, "provider,model,speed,date\nGroq,gpt-oss-120b,480,05/06/2026\n")
    well(importing.radio[0].set_value("month-first").run())
    assert "05/06/2026 → 2026-05-06" in told(importing)
    well(box(importing, "Order of days of date").select("day-first").run())
    assert "05/06/2026 → 2026-06-05" in told(importing)


def test_whoever_is_signed_in_stands_in_the_history(importing, data, monkeypatch):
    given(importing, importer.template("provider_speed"))
    with monkeypatch.context() as signed_in:
        signed_in.setattr(st, "user", SimpleNamespace(is_logged_in=True, email="ana@example.org"))
        well(importing.button(key="commit").click().run())
    assert importer.history(Folders(data=data))[0].who == "ana@example.org"
    assert "by ana@example.org" in told(importing)


def test_the_page_takes_as_large_a_file_as_the_importer(app):
    setting = get_config_options()["server.maxUploadSize"]
    assert setting.env_var == sheets.LIMIT_VARIABLE
    uploader = well(app(UPLOAD)).get("file_uploader")[0]
    assert uploader.proto.max_upload_size_mb * importer.MEGABYTE == importer.size_limit()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dates_out_of_range.parquet", "holds a day that is in no year from 0 to 9999"),
        ("shared_string_count_lies.xlsx", "it claims 4,294,967,295 texts"),
        ("locked.xlsx", "locked with a password"),
    ],
)
def test_a_hostile_file_is_a_sentence_and_the_next_file_is_read(importing, name, sentence):
    """The first let the script run for ever, the second ended the server for everybody."""
    content = (Path(__file__).parents[1] / "etl/upload/hostile" / name).read_bytes()
    at = given(importing, content, name, "application/octet-stream")
    assert sentence in at.error[0].value.replace("\\", "")
    assert at.error[0].value.endswith("Nothing was stored.")
    at.file_uploader[0].clear()
    well(at.run())
    given(at, importer.template("provider_speed"))
    assert counts(at)["New"] == 3


def test_a_panic_while_the_rows_are_checked_ends_in_a_sentence(importing, monkeypatch):
    class Panic(BaseException):
        """As a library in Rust raises it."""

    Panic.__module__ = "pyo3_runtime"

    def panic(*_):
        raise Panic("out-of-range date")

    monkeypatch.setattr("etl.upload.checking.check", panic)
    at = given(importing, importer.template("provider_speed"))
    assert at.error[0].value.startswith("The file could not be read")
