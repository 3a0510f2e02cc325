"""The physics page, opened, changed and opened again, from the figures that ship."""

import json

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT

PAGE = "pages/compare/physics.py"


@pytest.fixture
def opened(monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))

    def at(**address: str) -> AppTest:
        test = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        for name, value in address.items():
            test.query_params[name] = value
        return test.switch_page(PAGE).run()

    return at


def charts(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def told(at: AppTest) -> str:
    return " ".join(element.value for kind in (at.header, at.subheader, at.caption, at.info) for element in kind)


def test_it_answers_its_question_at_once_and_again_on_the_second_run(opened):
    at = opened()
    for _ in range(2):
        assert not at.exception
        assert at.title[0].value == "Is it the silicon or the software?"
        assert at.header[0].value.startswith("The memory of 2 × WSE-3 would allow 1,090x that of 8 × H200 SXM")
        assert (
            "8.5x is measured (Artificial Analysis, 8 May 2026): memory does not bind Cerebras, what arithmetic would "
            "allow it is not published; neither memory nor arithmetic binds Azure on the assumed chips."
        ) in at.header[0].value
        assert "Cerebras has 15 µs for each of the 36 layers of gpt-oss-120b, Azure 127 µs." in at.header[0].value
        assert len(charts(at)) == 5
        assert not at.info
        at.run()


def test_a_reference_system_is_an_assumption_wherever_it_stands(opened):
    at = opened()
    assert [box.label for box in at.selectbox if box.key == "reference"] == ["Reference GPU (assumption)"]
    assert "assumed for Azure" in at.header[0].value
    assert "it names nobody's hardware" in told(at)


def test_changing_the_reference_changes_the_answer(opened):
    at = opened()
    at.selectbox(key="reference").select("H100 SXM").run()
    at.number_input(key="gpus").set_value(1).run()
    assert not at.exception
    assert "1 × H100 SXM" in at.header[0].value
    assert "allow 12,500x" in at.header[0].value  # 42,000 TB/s against 3.35


def test_changing_precision_context_batch_and_chips_changes_the_ceiling(opened):
    at = opened()
    before = charts(at)[0]
    for change in (
        lambda: at.selectbox(key="precision").select("16 bit"),
        lambda: at.selectbox(key="context").select(100_000),
        lambda: at.number_input(key="batch").set_value(64),
        lambda: at.number_input(key="cerebras_chips").set_value(20),
    ):
        change().run()
        assert not at.exception
        assert charts(at)[0] != before
        before = charts(at)[0]
    assert "20 × WSE-3" in at.header[0].value


def test_an_address_opens_the_same_view_again(opened):
    at = opened(model="Llama 3.1 8B", reference="H100 SXM", gpus="4", context="10,000 tokens", precision="FP8")
    assert not at.exception
    assert "4 × H100 SXM" in at.header[0].value
    assert (at.selectbox(key="context").value, at.selectbox(key="precision").value) == (10_000, "FP8")


def test_a_model_without_an_architecture_says_so_and_names_the_nearest_with_one(opened):
    at = opened(model="Gemma 4 31B")
    assert not at.exception
    assert len(charts(at)) == 1  # of energy, which rests on no architecture
    assert "Nobody measured the energy of Gemma 4 31B" in told(at).replace("\\", "")
    assert "Gemma 4 31B" in at.info[0].value
    assert "Nearest with data: Gemma 2 9B." in at.info[0].value
    assert at.get("dataframe") or at.dataframe


def test_a_chip_without_a_published_bandwidth_says_so_and_names_where_the_ratio_splits(opened):
    at = opened(model="DeepSeek V3.1 Terminus")
    assert not at.exception
    assert "bandwidth of SN40L is not published" in at.info[0].value
    assert "Nearest model where it can" in at.info[0].value


def test_a_reference_that_cannot_hold_the_model_is_said(opened):
    at = opened(model="Llama 3.1 405B", reference="H100 SXM")
    assert "would not hold Llama 3.1 405B" in told(at)


def test_a_model_whose_heads_are_not_published_is_said(opened):
    assert "Keys and values are left out" in told(opened(model="Llama 4 Maverick"))


@pytest.mark.soak(short=3, long=1_000)
def test_every_model_of_the_bar_opens(opened, some):
    at = opened()
    for model in some(at.selectbox(key="model").options):
        at.selectbox(key="model").select(model).run()
        assert not at.exception, model
        assert len(charts(at)) == 5 or at.info, model


def test_the_specifications_name_every_chip_with_source_and_mark_of_estimates(opened):
    table = opened().dataframe[-1].value
    assert {"accelerator", "source_url", "publisher", "price_basis"} <= set(table.columns)
    assert len(table) == pl.read_csv(PROJECT / "data/published/accelerator.csv", infer_schema=False).height
    wafer = table[table["accelerator"] == "WSE-3"].iloc[0]
    assert wafer["price_basis"] == "an estimate"
    assert (table["accelerator"] == "H100 SXM").sum() == 2
    assert table["source_url"].str.startswith("https://").all()


def test_the_energy_of_a_token_stands_with_its_batch_and_names_whom_nobody_measured(opened):
    at = opened()
    assert not at.exception
    said = told(at).replace("\\", "")
    assert "A token of gpt-oss-120b takes 0.0397–0.628 J on B200 and 0.086–0.782 J on H100" in said
    assert "No measured energy of Cerebras, Groq and SambaNova is held here." in said
