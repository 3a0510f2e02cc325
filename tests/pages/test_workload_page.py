"""The workload page: opened, changed, reopened by its address, and empty."""

import json
import shutil

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT, Folders

PAGE = "pages/compare/workload.py"


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


def table(at: AppTest):
    return next(frame.value for frame in at.dataframe if "Cost a month" in frame.value.columns)


def test_the_page_answers_before_any_control_is_touched(opened):
    at = opened()
    assert not at.exception
    assert answer(at).startswith("At 100,000 requests a day, Azure costs $5,020 a month")
    assert len(at.get("plotly_chart")) == 2
    assert "Excel with live formulas" in {button.label for button in at.get("download_button")}
    at.run()
    assert not at.exception


def test_changing_the_traffic_changes_the_bill(opened):
    at = opened()
    at.number_input(key="requests").set_value(1_000_000).run()
    assert not at.exception
    assert answer(at).startswith("At 1,000,000 requests a day, Azure costs $50,200 a month")
    at.selectbox(key="limit").select("No limit").run()
    assert "limit" not in answer(at)
    at.number_input(key="thinking").set_value(0).run()
    assert "Azure costs $13,700 a month" in answer(at)
    at.selectbox(key="today").select("Cerebras").run()
    assert "requests a day, Cerebras costs" in answer(at)
    assert not at.exception


@pytest.mark.parametrize(
    ("model", "placeholder", "why"),
    [
        ("gpt-oss-120b", "2,000", "gpt-oss-120b always thinks first. How long is not published, so 2,000 tokens are"),
        ("MiniMax M2.7", "2,462", "MiniMax M2.7 thinks first: 2,462 tokens, as Artificial Analysis measured."),
        ("Llama 3.3 70B", "0", "Llama 3.3 70B does not think before it answers."),
        ("DeepSeek V3.2", "0", "The figure is for an answer without thinking; DeepSeek V3.2 may think first"),
    ],
)
def test_thinking_is_paid_and_waited_for_as_it_is_known_and_that_is_said(opened, model, placeholder, why):
    at = opened(model=model)
    assert not at.exception
    assert at.number_input(key="thinking").placeholder == placeholder
    told = " ".join(caption.value.replace("\\", "") for caption in at.caption)
    assert why in told
    at.number_input(key="thinking").set_value(100).run()
    told = " ".join(caption.value.replace("\\", "") for caption in at.caption)
    assert "100 tokens of thinking, as you chose" in told


def test_an_address_opens_the_same_view(opened):
    at = opened(model="gpt-oss-120b", requests="2000000", tokens_in="2000", limit="2 s", cached="50", today="Groq")
    assert not at.exception
    assert at.number_input(key="requests").value == 2_000_000
    assert at.number_input(key="tokens_in").value == 2000
    assert at.number_input(key="cached").value == 50
    assert at.selectbox(key="limit").value == "2 s"
    assert "At 2,000,000 requests a day, Groq costs" in answer(at)


@pytest.mark.parametrize("limit", ["fast", "0 s", "[x](javascript:1)", "-3"])
def test_a_limit_that_cannot_be_read_gets_a_sentence(opened, limit):
    at = opened(limit=limit)
    assert not at.exception
    assert at.warning[0].value.endswith("Shown: 5 s.")
    assert "5 s limit" in answer(at)


@pytest.mark.parametrize("limit", ["0.001 s", "99999 s"])
def test_a_limit_that_nobody_or_everybody_meets_still_answers(opened, limit):
    at = opened(model="MiniMax M2.7", limit=limit)
    assert not at.exception
    assert table(at)["In time?"].str.startswith(("too slow", "in time", "no speed")).all()


def test_the_table_keeps_offers_over_the_limit_with_the_reason(opened):
    shown = table(opened(model="MiniMax M2.7", limit="12 s"))
    reasons = dict(zip(shown["Offer"], shown["In time?"], strict=True))
    assert reasons["GMI Cloud"].startswith("too slow: answers in ")
    assert reasons["Groq"].startswith("in time: answers in ")
    assert reasons["Vultr"] == "no speed of today is published"


def test_a_seller_without_a_speed_can_be_todays(opened):
    """Azure sells Llama 3.3 70B and nobody has published a speed of it within half a year."""
    at = opened(model="Llama 3.3 70B")
    assert not at.exception
    assert "Azure costs $3,240 a month; its speed is not published." in answer(at)
    assert "Azure" in at.selectbox(key="today").options
    assert len(at.get("plotly_chart")) == 1


def test_another_measurement_can_be_chosen(opened):
    at = opened(model="MiniMax M2.7")
    runs = at.selectbox(key="run").options
    assert runs[0].startswith("OpenRouter, live traffic, middle of up to 15 looks, ")
    timed = next(run for run in runs[1:] if "first-token" not in run)
    at.selectbox(key="run").select(timed).run()
    assert not at.exception
    assert "answers in" in answer(at)


def test_the_shared_bars_model_decides_and_what_was_untouched_follows_it(opened):
    at = opened()
    at.selectbox(key="model").select("MiniMax M2.7").run()
    assert "Azure" not in answer(at)
    at.selectbox(key="model").select("DeepSeek V3.2").run()
    assert "Azure costs" in answer(at)


def test_a_model_without_a_price_says_so_and_names_the_nearest_with_one(monkeypatch, built_data, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    rest = store.rows("token_price").filter(pl.col("model") != "MiniMax M2.7")
    store.write(lambda writer: writer.replace_all("token_price", rest))
    at = opener(monkeypatch, data)(model="MiniMax M2.7")
    assert not at.exception
    assert at.info[0].value.replace("\\", "") == (
        "Nobody is known to sell MiniMax M2.7 today. Nearest with a speed and a price: MiniMax M2.5. Choose it under "
        "Model."
    )
    assert not at.get("plotly_chart")


def test_the_chart_can_be_clicked(opened):
    chart = opened().get("plotly_chart")[0].proto
    assert list(chart.selection_mode)
    traces = json.loads(chart.spec)["data"]
    assert any("Azure" in (trace.get("customdata") or ()) for trace in traces)
