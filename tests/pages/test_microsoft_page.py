"""The Microsoft page, opened, changed by preset and by hand, reopened by its address, and blocked."""

import json
import re
import shutil

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from charts.style import YOURS
from etl.folders import PROJECT, Folders
from metrics import companies, exposure

PAGE = "pages/divide/microsoft.py"


@pytest.fixture
def opened(monkeypatch, built_data):
    return opener(monkeypatch, built_data)


def opener(monkeypatch, data):
    monkeypatch.setenv("DIVIDE_DATA", str(data))

    def open_page(**address: str) -> AppTest:
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        for name, value in address.items():
            at.query_params[name] = value
        return at.switch_page(PAGE).run()

    return open_page


def answer(at: AppTest) -> str:
    return at.header[0].value.replace("\\", "")


def cards(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def told(at: AppTest) -> str:
    return " ".join(
        element.value.replace("\\", "") for kind in (at.header, at.subheader, at.caption, at.info) for element in kind
    )


def charts(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def test_the_page_answers_before_any_control_is_touched(opened):
    at = opened()
    for _ in range(2):
        assert not at.exception
        assert at.title[0].value == "What must be true for this to hurt Azure?"
        assert answer(at).startswith("At prices cut by 20 %, 43.9 % of Azure's inference must leave")
        assert "Azure growth from 39 to 43 % (30 June 2026)." in answer(at)
        assert cards(at) == ["14.5 bn USD a year", "13.8 bn USD a year", "6.99 bn USD", "43.9 %", "5 %"]
        assert len(charts(at)) == 6
        assert not at.info
        at.run()


def test_every_preset_sets_every_control_and_the_answer_follows(opened):
    at = opened()
    at.button(key="preset Worst for Azure").click().run()
    assert not at.exception
    assert cards(at)[:3] == ["24.7 bn USD a year", "24.7 bn USD a year", "69.3 bn USD"]
    assert "In the scenario “Worst for Azure”" in answer(at)
    assert (at.slider(key="migration").value, at.slider(key="maia").value) == (40, 0)
    at.button(key="preset Best for Azure").click().run()
    assert "In the scenario “Best for Azure”" in answer(at)
    assert (at.slider(key="price_cut").value, at.slider(key="maia").value) == (0, 20)
    at.button(key="preset Base").click().run()
    assert not at.exception
    assert cards(at) == ["14.5 bn USD a year", "13.8 bn USD a year", "6.99 bn USD", "43.9 %", "5 %"]


def test_a_control_moved_by_hand_is_a_scenario_of_its_own(opened):
    at = opened()
    at.slider(key="migration").set_value(60.0).run()
    at.slider(key="growth").set_value(0.0).run()
    assert not at.exception
    assert "In this scenario" in answer(at)
    assert cards(at)[3] == "none"
    assert cards(at)[4] == "5 %"


def test_nothing_that_moves_and_no_cut_put_nothing_at_risk(opened):
    at = opened(migration="0", price_cut="0")
    assert not at.exception
    assert cards(at)[:3] == ["0 bn USD a year", "0 bn USD a year", "0 bn USD"]
    assert all(charts(at))


@pytest.mark.soak(short=3, long=1_000)
def test_every_extreme_opens(opened, some):
    at = opened()
    names = (
        "migration",
        "price_cut",
        "inference_share",
        "growth",
        "openai_share",
        "contracted",
        "elasticity",
        "run_rate",
        "margin",
        "avoided_cost",
        "guided_capex",
        "signed_leases",
        "waiting",
        "redeployed",
        "short_lived",
        "utilisation",
        "maia",
    )
    for name in some(names):
        for end in (at.slider(key=name).max, at.slider(key=name).min):
            at.slider(key=name).set_value(end).run()
            assert not at.exception, (name, end)


def test_one_basis_at_a_time_and_guidance_on_its_own_only(opened):
    at = opened()
    bars = charts(at)[0]["data"][0]
    assert bars["y"][-1] == 41.0
    at.button_group(key="capex").set_value("cash").run()
    assert charts(at)[0]["data"][0]["y"][-1] == 35.802
    assert "over 50" not in json.dumps(charts(at)[0])
    assert "39–40" not in json.dumps(charts(at)[0], ensure_ascii=False)
    at.button_group(key="growth_basis").set_value("constant currency").run()
    assert "39–40" in json.dumps(charts(at)[0], ensure_ascii=False)
    assert not at.exception


def test_the_other_output_has_a_tornado_of_its_own_unit(opened):
    at = opened(output="Capital at risk", migration="40")
    assert not at.exception
    titles = [figure["layout"]["xaxis"].get("title", {}).get("text", "") for figure in charts(at)]
    assert "bn USD (scenario)" in titles
    assert "bn USD a year (scenario)" not in titles


def test_an_address_opens_the_same_view(opened):
    at = opened(migration="33", price_cut="10", threshold="5", capex="cash", output="Capital at risk", maia="12")
    assert not at.exception
    assert (at.slider(key="migration").value, at.slider(key="maia").value) == (33, 12)
    assert at.number_input(key="threshold").value == 5
    assert at.button_group(key="capex").value == "cash"
    assert "At a price cut of 10 %" in told(at)


def test_every_control_names_its_source_or_the_word_assumption(opened):
    at = opened()
    kinds = [caption.value for caption in at.caption if caption.value.startswith(("Published: [", "Assumption"))]
    assert len(kinds) == len(at.slider)
    assert sum(kind == "Assumption" for kind in kinds) == 9


def test_the_word_forecast_is_only_denied(opened):
    without_addresses = re.sub(r"\(<.*?>\)", "", told(opened()))
    assert re.findall(r"(\w+) forecast", without_addresses) == ["no"]
    assert without_addresses.count("cenario") > 5


@pytest.mark.parametrize(
    ("metric", "label", "shown"),
    [
        (companies.RUN_RATE, "AI business run rate", ["not computed", "not computed", "6.99 bn USD"]),
        (companies.SERVER_LIFE, "Useful life of servers", ["14.5 bn USD a year", "13.8 bn USD a year", "not computed"]),
        (companies.CAPEX, "quarterly capex", ["14.5 bn USD a year", "13.8 bn USD a year", "not computed"]),
    ],
)
def test_a_figure_that_is_missing_blocks_what_rests_on_it_and_the_page_stands(
    monkeypatch, built_data, tmp_path, metric, label, shown
):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    rest = store.rows("company_quarter").filter(pl.col("metric") != metric)
    store.write(lambda writer: writer.replace_all("company_quarter", rest))
    at = opener(monkeypatch, data)()
    assert not at.exception
    assert cards(at)[:3] == shown
    assert f"{label}" in told(at)
    assert "is not computed" in told(at)
    for name in exposure.PRESETS:
        at.button(key=f"preset {name}").click().run()
        assert not at.exception
        assert "not computed" in cards(at)


def test_no_company_figure_at_all_leaves_sentences(monkeypatch, built_data, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    store.write(lambda writer: writer.replace_all("company_quarter", store.rows("company_quarter").head(0)))
    at = opener(monkeypatch, data)()
    assert not at.exception
    assert not charts(at)
    assert at.info


def test_a_readers_own_quarter_shows_in_a_square_and_leaves_answer_and_scenario_alone(
    monkeypatch, built_data, tmp_path
):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    rows = store.rows("company_quarter")
    newest = (pl.col("basis") == companies.WITH_LEASES) & (pl.col("fiscal_period") == "FY26Q4")
    own = rows.filter(newest).with_columns(
        evidence=pl.lit("upload"), value=pl.lit(60.0), period_end=pl.date(2026, 9, 30), fiscal_period=pl.lit("FY27Q1")
    )
    assert own.height == 1
    store.write(lambda writer: writer.replace_all("company_quarter", pl.concat([rows, own])))
    with_own, record = (opener(monkeypatch, data)(data=shown) for shown in ("With uploads", "Official only"))
    assert not with_own.exception
    assert (answer(with_own), cards(with_own)) == (answer(record), cards(record))
    squares = [
        [trace["x"] for trace in charts(at)[0]["data"] if trace.get("name") == YOURS] for at in (with_own, record)
    ]
    assert squares == [[["2026-09-30"]], []]
    assert "In a square: your own figures" in told(with_own)
