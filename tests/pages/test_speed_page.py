"""The response times of the page Speed: which answer they are of, and what is said of the thinking before it."""

import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT

PAGE = "pages/compare/speed.py"


@pytest.fixture
def opened(monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))

    def open_page(**address: str) -> AppTest:
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        for name, value in address.items():
            at.query_params[name] = value
        return at.switch_page(PAGE).run()

    return open_page


def said(at: AppTest) -> str:
    kinds = (at.subheader, at.caption, at.markdown)
    return "\n".join(element.value.replace("\\", "") for kind in kinds for element in kind)


def thinking(at: AppTest):
    [found] = at.select_slider
    return found


@pytest.mark.parametrize(
    ("model", "tokens", "title", "why"),
    [
        ("gpt-oss-120b", 2000, "has 500 tokens after 2,000 of thinking ready first", "2,000 tokens are assumed"),
        ("MiniMax M2.7", 2462, "has 500 tokens after 2,462 of thinking ready first", "2,462 tokens, as Artificial"),
        ("Llama 3.1 8B", 0, "has 500 tokens ready first", "Llama 3.1 8B does not think before it answers."),
        ("GLM-4.7", 0, "has 500 tokens ready first", "GLM-4.7 may think first, as the request decides."),
        ("DeepSeek V3.2", 0, "has 500 tokens ready first", "DeepSeek V3.2 may think first, as the request decides."),
        ("Gemma 2 9B", 0, "has 500 tokens ready first", "nobody is cited for whether Gemma 2 9B thinks first"),
    ],
)
def test_response_times_are_of_the_thinking_that_the_model_is_known_to_do(opened, model, tokens, title, why):
    at = opened(model=model)
    assert not at.exception
    assert thinking(at).value == tokens
    assert title in said(at)
    assert why in said(at)


def test_what_thinking_rests_on_can_be_opened(opened):
    told = said(opened(model="gpt-oss-120b"))
    assert "Source: [models.dev (community catalogue)](<https://github.com/anomalyco/models.dev/blob/" in told
    assert "[Artificial Analysis](<https://artificialanalysis.ai/methodology>)" in told


def test_another_amount_of_thinking_is_told_as_the_readers_choice(opened):
    at = opened(model="MiniMax M2.7")
    thinking(at).set_value(1000).run()
    assert not at.exception
    assert "has 500 tokens after 1,000 of thinking ready first" in said(at)
    assert "1,000 tokens of thinking, as you chose; otherwise 2,462 (measured) would be counted." in said(at)


def test_a_link_brings_the_amount_of_thinking_back(opened):
    at = opened(model="gpt-oss-120b", **{"thinking-2000": "500"})
    assert thinking(at).value == 500
    assert "has 500 tokens after 500 of thinking ready first" in said(at)
