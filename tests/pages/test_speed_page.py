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


def test_curves_of_shared_gpus_are_of_one_workload_and_say_which(opened):
    at = opened(model="gpt-oss-120b")
    assert not at.exception
    assert "At 50 tokens/s for each user one GB200 writes 23,148 tokens/s in all, 11.3x as much as one H100" in said(at)
    assert "FP4, 1,024 tokens in and 1,024 out" in said(at)
    at.selectbox(key="workload-gpt-oss-120b").select("FP4, 8,192 tokens in and 1,024 out").run()
    assert not at.exception
    assert "one GB200 writes 6,007 tokens/s in all, 6.6x as much as one H100" in said(at)


def test_a_model_without_curves_shows_those_of_another_and_says_whose(opened):
    at = opened(model="Llama 3.1 8B")
    assert not at.exception
    assert at.selectbox(key="curves-gpt-oss-120b").value == "gpt-oss-120b"
    assert "as much as one H100 (gpt-oss-120b)" in said(at)
    assert "No such curve of Llama 3.1 8B is published" in said(at)


def test_a_test_of_answers_says_what_the_specialised_host_reaches_and_who_does_better(opened):
    at = opened(model="gpt-oss-120b")
    assert not at.exception
    assert "Groq reaches 86.7 % on gpt-oss-120b (AIME 2025); 7 of 10 other hosts do better" in said(at)
    at.selectbox(key="answers-gpt-oss-120b").select("Kimi K2 0905").run()
    choice = at.selectbox(key="test-Kimi K2 0905")
    choice.select(next(option for option in choice.options if "F1" in option)).run()
    assert not at.exception
    assert "Groq reaches 69.5 % on Kimi K2 0905" in said(at)
    assert "Hollow: at least so much" in said(at)


def test_a_model_that_nobody_tested_shows_another_and_says_so(opened):
    told = said(opened(model="Llama 3.1 8B"))
    assert "Nobody published how the hosts of Llama 3.1 8B answer beside its maker" in told
    assert "on Kimi K2 0905" in told
