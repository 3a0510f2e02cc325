"""The open questions: each answered from small tables, and each told to be open where they hold nothing."""

from datetime import date

import pytest

from metrics.claims import questions
from metrics.claims.claim import NOW, THEN
from metrics.claims.questions import QUESTIONS, Answer, CannotAnswer
from tests.claim_rows import (
    DAYS,
    FIRST_RENT_DAY,
    MODELS,
    figures,
    quarter,
    record,
    rented,
    run,
    share,
    short_lived,
    together,
)
from tests.frames import (
    ENERGY,
    GPT_OSS,
    KIMI_K2,
    LLAMA_8B,
    MAY_2026,
    TOKENS,
    gpt_oss_of_2026,
    llama_of_2024,
    measured,
    thinks,
)
from tests.silicon import off_chip

YES, NO = True, False
LLAMA, GPT = llama_of_2024(), gpt_oss_of_2026()
NEVER = {10, 15}  # no table of the vocabulary holds what they ask for


def azure(period_end, percent, name):
    return quarter(period_end, percent, metric="Azure growth", basis="reported", fiscal_period=name)


GROWTH = [azure(date(2025, 12, 31), 39.0, "FY26Q2"), azure(date(2026, 6, 30), 43.0, "FY26Q4")]
MAIA = [off_chip("Maia 200", 216, 7.0), off_chip("B200", 180, 7.7)]
WAITS = [
    measured("Groq", 300.0, ttft_seconds=0.2, model=MODELS[0]),
    measured("Azure", 50.0, ttft_seconds=0.4, model=MODELS[0]),
    measured("Groq", 300.0, ttft_seconds=0.6, model=MODELS[1]),
    measured("Azure", 50.0, ttft_seconds=0.3, model=MODELS[1]),
]
RENTS = [
    rented("market peak", 8.0, FIRST_RENT_DAY),
    rented("Vast.ai", 1.87, DAYS[NOW]),
    rented("Azure", 9.0, DAYS[NOW]),
]

# For each question rows that answer it, the figure, and how the sentence begins.
ANSWERS = {
    1: (
        {"provider_speed": [*run(DAYS[THEN], MODELS[0], 25.0), *run(DAYS[THEN], MODELS[1], 5.0)]},
        "1 of 2 models",
        "Against the middle one of the other hosts Cerebras reaches 20x (within 10%) on 1 of 2 models",
    ),
    2: (
        figures("C06", NOW, [NO]),
        "0.5x",
        "Nobody sells at a tenth: the lowest is Cerebras at half of the price of Azure on Llama 3.1 8B.",
    ),
    3: (
        {"provider_speed": GPT[0], "token_price": GPT[1]},
        "0 of 6 pairs",
        "0 of 6 pairs measured since the article do both; the fastest, Cerebras against Azure on gpt-oss-120b, is 8.5",
    ),
    4: (
        {"provider_speed": WAITS},
        "0.4 s",
        "Groq's first token comes after 0.4 s on the middle one of 2 models,",
    ),
    5: (
        {"provider_speed": LLAMA[0], "model": [thinks(LLAMA_8B, "never")]},
        "13.6x",
        "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure, and an answer of 500 tokens is there 13.6 times as",
    ),
    6: (
        {
            "compute_share": [
                share(0, 50.0, DAYS[THEN], scope="all AI compute"),
                share(0, 66.7, DAYS[NOW], scope="all AI compute", year=2026, kind="forecast"),
            ]
        },
        "50 %",
        "The newest estimate of all AI compute, by Artificial Analysis, puts inference at 50 % in 2025; 66.7",
    ),
    7: (
        figures("C17", NOW, [YES, NO]),
        "1 of 2 chips",
        "Of 2 chips launched since the article 1 is for training or inference alone, by Vendor 0.",
    ),
    8: (
        {"company_quarter": GROWTH},
        "43 %",
        "Azure grew 43 % in FY26Q4, faster than the 39 % of the last quarter before the article (FY26Q2).",
    ),
    9: (
        {"company_quarter": [quarter(date(2025, 12, 31), 37.5), short_lived(date(2025, 12, 31))]},
        "25 bn USD",
        "Of to 2025-12-31's capital expenditure about 66.7 %, 25 bn USD, went into short-lived assets",
    ),
    11: (
        {"accelerator": MAIA},
        "0.91x",
        "Maia 200's memory gives 7 TB/s against 7.7 TB/s of B200 (HBM both)",
    ),
    12: (figures("C10", THEN, [YES, YES, NO]), "2 of 3 results", "2 of 3 results of MLPerf Training v5.0 were run"),
    13: (figures("C11", THEN, [YES, NO]), "1 of 2 models", "1 of 2 models fits into the 44 GB of one WSE-3"),
    14: (
        {"accelerator_rent": RENTS},
        "$5.44 an hour",
        "The middle one of 2 clouds asks $5.44 for an H100. An H100 rents for $1.87",
    ),
    16: (
        {"fidelity": KIMI_K2},
        "69.5 %",
        "Groq reaches 69.5 % on Kimi K2 0905 (similarity of when a tool is called (F1)); 2 of 3 other hosts do better. "
        "Groq reaches 100 % on Kimi K2 0905 (valid tool calls); no other host is known to do better. No other",
    ),
    17: (
        {"demand": TOKENS},
        "16.5 %",
        "At OpenRouter models of Anthropic took most tokens in the week to 16 May 2026, 16.5 %, after Xiaomi with "
        "19.6 % in the week to 28 March 2026. Tokens by host are not published",
    ),
    18: (
        {"energy": ENERGY},
        "0.04–0.782 J",
        "A token of gpt-oss-120b takes 0.04–0.628 J on B200 and 0.086–0.782 J on H100, by how many requests share "
        "it. No measured energy of Cerebras",
    ),
}


def question(number):
    return QUESTIONS[number - 1]


def test_they_are_numbered_in_order_and_each_can_be_answered_or_never():
    assert [asked.number for asked in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    assert set(ANSWERS) | NEVER == {asked.number for asked in QUESTIONS}
    assert all(asked.text.endswith("?") and asked.missing.endswith(".") for asked in QUESTIONS)


@pytest.mark.parametrize("number", ANSWERS)
def test_a_question_is_answered_by_a_figure_a_sentence_a_day_and_rows(number):
    rows, figure, sentence = ANSWERS[number]
    found = questions.answered(question(number), record(rows))
    assert isinstance(found, Answer)
    assert found.figure == figure
    assert found.sentence.startswith(sentence)
    assert found.sentence.endswith(".")
    assert found.as_of == found.rows["measured_on"].max()
    assert found.rows["source_url"].null_count() == 0
    assert found.rows.height > 0


@pytest.mark.parametrize("number", range(1, len(QUESTIONS) + 1))
def test_without_data_a_question_says_what_is_missing(number):
    assert questions.answered(question(number), record({})) == CannotAnswer(question(number).missing)


@pytest.mark.parametrize("number", sorted(NEVER))
def test_no_table_could_answer_these(number):
    everything = together(*(rows for rows, _, _ in ANSWERS.values()))
    assert isinstance(questions.answered(question(number), record(everything)), CannotAnswer)


def test_the_summary_counts_what_is_answered():
    tables = record({"provider_speed": LLAMA[0], "company_quarter": GROWTH})
    told = questions.summary([questions.answered(asked, tables) for asked in QUESTIONS])
    assert told == (
        f"Published data answers 4 of {len(QUESTIONS)} questions (newest figure 30 June 2026); for the others it is "
        "said what is missing."
    )


def test_growth_told_as_slower_or_as_fast_where_it_is():
    slower = [GROWTH[0], azure(date(2026, 6, 30), 30.0, "FY26Q4")]
    assert "slower than the 39 %" in questions.answered(question(8), record({"company_quarter": slower})).sentence
    same = [GROWTH[0], azure(date(2026, 6, 30), 39.0, "FY26Q4")]
    assert "as fast as the 39 %" in questions.answered(question(8), record({"company_quarter": same})).sentence


def test_memory_of_two_kinds_is_not_compared():
    on_other = [MAIA[0], off_chip("B200", 180, 7.7, kind="GDDR")]
    assert isinstance(questions.answered(question(11), record({"accelerator": on_other})), CannotAnswer)


def test_a_tenth_is_said_where_somebody_sells_at_it():
    found = questions.answered(question(2), record(figures("C06", NOW, [YES])))
    assert found.sentence == "Cerebras against Azure on Llama 3.1 8B: a tenth of the price."


def test_both_captures_together_leave_one_model_of_two():
    found = questions.answered(question(1), record({"provider_speed": [*LLAMA[0], *GPT[0]]}))
    assert found.figure == "1 of 2 models"
    assert GPT_OSS in found.rows["model"].to_list()


@pytest.mark.parametrize(
    ("cited", "answer", "ratio"),
    [
        ([thinks(GPT_OSS, "always")], "2,500 tokens (2,000 of thinking, assumed)", "3.1"),
        ([thinks(GPT_OSS, "optional")], "500 tokens (thinking not counted)", "2.3"),
        ([], "500 tokens (thinking not counted)", "2.3"),
    ],
)
def test_a_whole_answer_says_what_is_counted_of_the_models_thinking(cited, answer, ratio):
    """Artificial Analysis's runs of gpt-oss-120b: 0.50 s and 1,744 tokens/s against 0.74 s and 473 tokens/s."""
    run = {"model": GPT_OSS, "measured_on": MAY_2026, "capture": "timed"}
    rows = measured("Cerebras", 1744.0, ttft_seconds=0.50, **run), measured("Azure", 473.0, ttft_seconds=0.74, **run)
    found = questions.answered(question(5), record({"provider_speed": list(rows), "model": cited}))
    assert found.figure == f"{ratio}x"
    assert f"and an answer of {answer} is there {ratio} times as soon" in found.sentence
