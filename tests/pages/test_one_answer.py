"""Two pages never answer one question differently: each answer comes from one function, and is read off both."""

import pytest

from etl.folders import Folders
from metrics import shares
from metrics.claims import question, questions, verdicts
from metrics.claims.claim import NOW, Record
from metrics.claims.price import tenth_of_any_host
from metrics.findings import shares as shares_findings
from metrics.values import newest
from tests.pages.test_pages import opener, texts


@pytest.fixture(scope="module")
def tables(built_data):
    store = Folders(data=built_data).store
    return {name: store.rows(name) for name in verdicts.TABLES}


@pytest.fixture
def said(monkeypatch, built_data):
    """What a page says, all of it."""
    page = opener(monkeypatch, built_data)

    def on(path: str) -> str:
        return " ".join(texts(page(path))).replace("\\", "")

    return on


def reason(tables, claim_id: str) -> str:
    judged = verdicts.verdicts(tables, [claim for claim in verdicts.CLAIMS if claim.claim_id == claim_id])
    return judged.filter(judged["when"] == NOW)["reason"].item()


def answer(tables, text: str) -> question.Answer:
    (asked,) = [one for one in questions.QUESTIONS if one.text == text]
    found = question.answered(asked, tables)
    assert isinstance(found, question.Answer)
    return found


def test_whether_inference_is_the_majority(tables, said):
    deciding = shares.estimates(tables["compute_share"], newest(tables["compute_share"]["published_on"]))
    counted, whole = shares_findings.counted(deciding), shares_findings.majority(deciding)
    assert reason(tables, "C09").startswith(whole)
    assert answer(tables, "Is inference the greater part of AI compute?").sentence == reason(tables, "C09")
    assert answer(tables, "What are the trends of the inference market?").sentence.startswith(whole)
    assert counted in said("pages/answer/verdict.py")
    assert whole in said("pages/answer/claims.py")
    assert said("pages/answer/questions.py").count(whole) == 2
    divide = said("pages/divide/training_inference.py")
    assert divide.count(counted) >= 2  # the chart's title and the leg of the answer
    assert whole in divide


def test_whether_anybody_sells_at_a_tenth(tables, said):
    claim = verdicts.claim_of("C06")
    anybody = tenth_of_any_host(Record(tables, verdicts.period_of(claim, tables, NOW)))
    for told in (
        reason(tables, "C06"),
        answer(tables, "Does anybody sell inference at a tenth of a cloud's price?").sentence,
    ):
        assert told.endswith(anybody)
    assert anybody in said("pages/answer/claims.py")
    assert anybody in said("pages/answer/questions.py")


def test_what_must_leave_before_it_hurts_azure(tables, said):
    asked = answer(tables, "What share of Azure's inference must leave before it hurts?")
    could = answer(tables, "What could Microsoft do?")
    told = asked.sentence.split("assumptions. ")[1]
    assert told in could.sentence
    assert could.figure.startswith(asked.figure)
    assert told in said("pages/divide/microsoft.py")
    assert said("pages/answer/questions.py").count(told) == 2


@pytest.mark.parametrize(
    ("claim_id", "text"),
    [
        ("C10", "Are GPUs still the champions of training?"),
        ("C11", "Does one wafer hold an entire language model?"),
        ("C13", "What is disputed about the reliance on Nvidia?"),
    ],
)
def test_a_question_that_a_claim_answers_has_the_claims_words(tables, said, claim_id, text):
    told = reason(tables, claim_id)
    assert told in answer(tables, text).sentence
    assert told in said("pages/answer/claims.py")
    assert told in said("pages/answer/questions.py")


def test_the_same_pair_has_the_same_ratio_on_verdict_speed_claims_and_questions(tables, said, monkeypatch, built_data):
    """Cerebras against Azure on gpt-oss-120b: what each page opens with."""
    both = answer(tables, "How do Cerebras and Groq compare with Nvidia in performance and cost?")
    ratio, price = both.figure.removesuffix(" the price").split(" at ")
    cards = [card.value for card in opener(monkeypatch, built_data)("pages/answer/verdict.py").metric]
    assert {ratio, price} <= set(cards)
    assert ratio.removesuffix("x") in said("pages/compare/speed.py")
    assert f"on gpt-oss-120b at {ratio}" in reason(tables, "C05")
    assert price.removesuffix("x") in said("pages/compare/cost.py")
