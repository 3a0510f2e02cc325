"""The open questions: each answered from small tables, and each told to be open where they hold nothing."""

from datetime import date

import pytest

from metrics.claims import question as asking
from metrics.claims.claim import NOW, THEN
from metrics.claims.question import ARTICLE, MORE, Answer, CannotAnswer
from metrics.claims.questions import QUESTIONS
from tests import azure as azure_rows
from tests.claim_rows import (
    DAYS,
    FIRST_RENT_DAY,
    MODELS,
    figures,
    price_days,
    quarter,
    record,
    rented,
    run,
    served,
    share,
    short_lived,
    together,
)
from tests.frames import (
    CITED,
    ENERGY,
    GPT_OSS,
    KIMI_K2,
    LLAMA_8B,
    MAY_2026,
    TOKENS,
    catalogued,
    gpt_oss_of_2026,
    llama_of_2024,
    measured,
    thinks,
)
from tests.silicon import off_chip, on_chip

YES, NO = True, False
LLAMA, GPT = llama_of_2024(), gpt_oss_of_2026()
NEVER = {11, 30}  # no table of the vocabulary holds what they ask for


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

CHIPS = [
    on_chip("WSE-3", 44, 21000, die_area_mm2=46225.0),
    on_chip("Groq LPU v1", 0.23, 80, die_area_mm2=725.0),
    off_chip("H200 SXM", 141, 4.8),
]
JUNE_2023, JUNE_2026, DECEMBER_2025 = date(2023, 6, 30), date(2026, 6, 30), date(2025, 12, 31)


def spent(company, period_end, usd_bn, basis, name):
    return quarter(period_end, usd_bn, company=company, basis=basis, period_kind="year", fiscal_period=name)


CAPITAL = [
    spent("Microsoft", JUNE_2023, 28.107, "cash", "FY23"),
    spent("Microsoft", JUNE_2026, 115.948, "cash", "FY26"),
    *(
        spent(company, DECEMBER_2025, usd_bn, "mixed, rounded", "2025")
        for company, usd_bn in (("Amazon", 125.0), ("Microsoft", 95.0), ("Alphabet", 92.0), ("Meta", 72.0))
    ),
]
GUIDED = [
    quarter(
        date(2026, 12, 31), usd_bn, kind="guidance", period_kind="year", fiscal_period="CY2026", published_on=said_on
    )
    for usd_bn, said_on in ((190.0, date(2026, 4, 29)), (175.0, date(2026, 7, 29)))
]
CUSTOMERS = [
    quarter(
        period_end,
        percent,
        company="Nvidia",
        metric="largest customers' share of revenue",
        basis=None,
        unit="%",
        fiscal_period=name,
        published_on=said_on,
    )
    for period_end, percent, name, said_on in (
        (date(2024, 10, 27), 36.0, "FY25Q3", date(2024, 11, 20)),
        (date(2025, 10, 26), 61.0, "FY26Q3", date(2025, 11, 19)),
    )
]


def happened(on, category, company, headline):
    return CITED | {
        "source": "curated_events",
        "happened_on": on,
        "category": category,
        "company": company,
        "headline": headline,
    }


EVENTS = [
    happened(date(2025, 4, 15), "policy", None, "H20 placed under licence; Nvidia books about 5.5 bn USD charge"),
    happened(date(2026, 1, 14), "policy", None, "Proclamation: 25% tariff on covered advanced AI chips"),
    happened(date(2026, 3, 13), "deal", "AWS; Cerebras", "AWS and Cerebras multiyear partnership"),
    happened(date(2026, 4, 27), "deal", "Microsoft; OpenAI", "Amended agreement"),
]
SCENARIO = {"company_quarter": list(azure_rows.ROWS), "compute_share": azure_rows.world().to_dicts()}
RECORDS = [
    happened(date(2025, 5, 28), "record", "Cerebras", "Cerebras answers with over 2,500 tokens/s on Maverick"),
]
HALF_SPEEDS = [
    served("gpt-oss-120b", DAYS[NOW]),
    served(
        "gpt-oss-120b",
        DAYS[NOW],
        interactivity_tokens_per_second_per_user=200.0,
        output_throughput_tokens_per_second_per_gpu=25.0,
    ),
]
SERVING = {
    "gpu_serving": HALF_SPEEDS,
    "accelerator_rent": [rented("Lambda", 3.6, DAYS[NOW], accelerator="H100 SXM")],
    "token_price": [catalogued("Cerebras", 1.0, 1.0, model="gpt-oss-120b", **price_days(NOW, DAYS[NOW]))],
}

# For each question rows that answer it, the figure, and how the sentence begins.
ANSWERS = {
    1: (
        {"accelerator": CHIPS},
        "21,000 TB/s on chip",
        "They keep the model in memory on the chip: WSE-3 44 GB on 46,225 mm², read at 21,000 TB/s and Groq LPU v1 "
        "0.23 GB on 725 mm², read at 80 TB/s. H200 SXM reads 141 GB beside its chip at 4.8 TB/s",
    ),
    2: (
        {"company_quarter": CAPITAL},
        "4.1x the capital",
        "By capital: Microsoft spent 28.1 bn USD in FY23 and 116 bn USD in FY26. Of 4 large buyers in 2025, Amazon "
        "spent most, 125 bn USD; Microsoft is number 2.",
    ),
    3: (
        {"fidelity": KIMI_K2},
        "69.5 % alike",
        "Groq reaches 69.5 % on Kimi K2 0905 (similarity of when a tool is called (F1)); 2 of 3 other hosts do better.",
    ),
    4: (
        {"compute_share": [share(0, 50.0, DAYS[THEN], scope="all AI compute")]},
        "50 % at most",
        "0 of 1 estimate puts inference above half",
    ),
    5: (
        {"event": EVENTS},
        "0 agreements",
        "No agreement between Microsoft and Cerebras, Groq or SambaNova is on record. The newest of a start-up with "
        "somebody else, 13 March 2026: AWS and Cerebras multiyear partnership.",
    ),
    6: (
        {"event": EVENTS},
        "2 steps",
        "2 steps from 15 April 2025 to 14 January 2026, none since the article. The newest, 14 January 2026: "
        "Proclamation: 25% tariff on covered advanced AI chips. With a stated cost, 15 April 2025: H20 placed",
    ),
    7: (
        {"provider_speed": [*run(DAYS[THEN], MODELS[0], 5.5), *run(DAYS[NOW], MODELS[1], 8.5)]},
        "8.5x as fast",
        "How far it holds so far: Cerebras against GPU hosts, the middle pair, 5.5x in the year to the article (1 "
        "pair, Llama 3.1 8B) and 8.5x since (1 pair, Llama 3.1 70B). Each time is of other models",
    ),
    8: (
        {"company_quarter": [quarter(DECEMBER_2025, 37.5), short_lived(DECEMBER_2025)]},
        "25 bn USD in a quarter",
        "Of to 2025-12-31's capital expenditure about 66.7 %, 25 bn USD, went into short-lived assets",
    ),
    9: (
        {"company_quarter": CUSTOMERS},
        "61 % of revenue",
        "Customers of more than a tenth each made 61 % of Nvidia's revenue in FY26Q3, after 36 % in FY25Q3.",
    ),
    10: (
        {"provider_speed": GPT[0], "token_price": GPT[1]},
        "8.5x at 1.7x the price",
        "The fastest pair of each with a cloud, 8 May 2026: Cerebras against Azure on gpt-oss-120b 8.5 times as fast "
        "at 1.7 times the price",
    ),
    12: (
        figures("C17", NOW, [YES, NO]),
        "1 of 2 chips",
        "Of 2 chips launched since the article 1 is for training or inference alone, by Vendor 0.",
    ),
    13: (
        SERVING,
        "4x the cost",
        "On the same rented GPU a token at 200 tokens/s for each user costs 4 times one at 50, the middle of 1 set-up",
    ),
    14: (
        {"company_quarter": GUIDED},
        "175 bn USD guided",
        "Microsoft guides 175 bn USD of capital expenditure for CY2026 (29 July 2026, after 190 bn USD on 29 April "
        "2026).",
    ),
    15: (
        SCENARIO,
        "43.9 % must leave",
        "A scenario, no forecast, from published figures and stated assumptions. At prices cut by 20 %, 43.9 % of",
    ),
    16: (
        {"provider_speed": [*run(DAYS[THEN], MODELS[0], 25.0), *run(DAYS[THEN], MODELS[1], 5.0)]},
        "1 of 2 models",
        "Against the middle one of the other hosts Cerebras reaches 20x (within 10%) on 1 of 2 models",
    ),
    17: (
        figures("C06", NOW, [NO]),
        "0.5x",
        "0 of 1 pair of a seller that the article is about and a cloud are at a tenth; the lowest is Cerebras at "
        "half of the price of Azure on Llama 3.1 8B, 1 March 2026.",
    ),
    18: (
        {"provider_speed": GPT[0], "token_price": GPT[1]},
        "0 of 6 pairs",
        "0 of 6 pairs measured since the article do both; the fastest, Cerebras against Azure on gpt-oss-120b, is 8.5",
    ),
    19: (
        {"provider_speed": WAITS},
        "0.4 s",
        "Groq's first token comes after 0.4 s on the middle one of 2 models,",
    ),
    20: (
        {"provider_speed": LLAMA[0], "model": [thinks(LLAMA_8B, "never")]},
        "13.6x",
        "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure, and an answer of 500 tokens is there 13.6 times as",
    ),
    21: (
        {
            "compute_share": [
                share(0, 50.0, DAYS[THEN], scope="all AI compute"),
                share(0, 66.7, DAYS[NOW], scope="all AI compute", year=2026, kind="forecast"),
            ]
        },
        "50 % at most",
        "0 of 1 estimate puts inference above half; the highest: 50 % of compute (all AI compute, 2025, "
        "Artificial Analysis, 1 December 2025). Forecasts decide nothing: 66.7 % (all AI compute, 2026)",
    ),
    22: (
        figures("C17", NOW, [YES, NO]),
        "1 of 2 chips",
        "Of 2 chips launched since the article 1 is for training or inference alone, by Vendor 0.",
    ),
    23: (
        {"company_quarter": GROWTH},
        "43 %",
        "Azure grew 43 % in FY26Q4, faster than the 39 % of the last quarter before the article (FY26Q2).",
    ),
    24: (
        {"company_quarter": [quarter(date(2025, 12, 31), 37.5), short_lived(date(2025, 12, 31))]},
        "25 bn USD",
        "Of to 2025-12-31's capital expenditure about 66.7 %, 25 bn USD, went into short-lived assets",
    ),
    25: (
        SCENARIO,
        "43.9 %",
        "A scenario, no forecast, from published figures and stated assumptions. At prices cut by 20 %, 43.9 % of",
    ),
    26: (
        {"accelerator": MAIA},
        "0.91x",
        "Maia 200's memory gives 7 TB/s against 7.7 TB/s of B200 (HBM both)",
    ),
    27: (figures("C10", THEN, [YES, YES, NO]), "2 of 3 results", "2 of 3 results of MLPerf Training v5.0 were run"),
    28: (figures("C11", THEN, [YES, NO]), "1 of 2 models", "1 of 2 models fits into the 44 GB of one WSE-3"),
    29: (
        {"accelerator_rent": RENTS},
        "$5.44 an hour",
        "The middle one of 2 clouds asks $5.44 for an H100. An H100 rents for $1.87",
    ),
    31: (
        {"fidelity": KIMI_K2},
        "69.5 %",
        "Groq reaches 69.5 % on Kimi K2 0905 (similarity of when a tool is called (F1)); 2 of 3 other hosts do better. "
        "Groq reaches 100 % on Kimi K2 0905 (valid tool calls); no other host is known to do better. No other",
    ),
    32: (
        {"demand": TOKENS},
        "16.5 %",
        "At OpenRouter models of Anthropic took most tokens in the week to 16 May 2026, 16.5 %, after Xiaomi with "
        "19.6 % in the week to 28 March 2026. Tokens by host are not published",
    ),
    33: (
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
    found = asking.answered(question(number), record(rows))
    assert isinstance(found, Answer)
    assert found.figure == figure
    assert found.sentence.startswith(sentence)
    assert found.sentence.endswith(".")
    assert found.as_of == found.rows["measured_on"].max()
    assert found.rows["source_url"].null_count() == 0
    assert found.rows.height > 0


@pytest.mark.parametrize("number", range(1, len(QUESTIONS) + 1))
def test_without_data_a_question_says_what_is_missing(number):
    assert asking.answered(question(number), record({})) == CannotAnswer(question(number).missing)


@pytest.mark.parametrize("number", sorted(NEVER))
def test_no_table_could_answer_these(number):
    everything = together(*(rows for rows, _, _ in ANSWERS.values()))
    assert isinstance(asking.answered(question(number), record(everything)), CannotAnswer)


def test_the_article_asks_fifteen_and_ours_stand_below():
    assert [asked.asked_by for asked in QUESTIONS] == [ARTICLE] * 15 + [MORE] * (len(QUESTIONS) - 15)


def test_the_summary_counts_what_is_answered_of_the_articles_questions():
    tables = record({"company_quarter": [*CUSTOMERS, *GROWTH]})
    told = asking.summary(QUESTIONS, [asking.answered(asked, tables) for asked in QUESTIONS])
    assert told == (
        "Published data answers 1 of the article's 15 questions, the newest figure of 19 November 2025; what nobody "
        "publishes stands beside each."
    )
    nothing = record({})
    assert asking.summary(QUESTIONS, [asking.answered(asked, nothing) for asked in QUESTIONS]) == (
        "Published data answers none of the article's 15 questions."
    )


def test_dated_events_stand_beside_a_question_also_where_no_figure_answers_it():
    lessons = asking.answered(question(11), record({"event": [*EVENTS, *RECORDS]}))
    assert isinstance(lessons, CannotAnswer)
    assert lessons.events["headline"].to_list() == ["Cerebras answers with over 2,500 tokens/s on Maverick"]
    policy = asking.answered(question(6), record({"event": EVENTS}))
    assert policy.events["happened_on"].to_list() == [date(2026, 1, 14), date(2025, 4, 15)]


def test_an_agreement_of_microsoft_with_a_start_up_would_be_told():
    deal = happened(date(2026, 9, 1), "deal", "Microsoft; Groq", "Azure sells GroqCloud")
    found = asking.answered(question(5), record({"event": [*EVENTS, deal]}))
    assert (found.figure, found.sentence.split(". ")[0]) == (
        "1 agreement",
        "Of Microsoft with a start-up: 1 September 2026: Azure sells GroqCloud",
    )


def test_a_company_is_named_whole_so_that_microsoft_is_no_part_of_another_name():
    other = happened(date(2026, 9, 1), "deal", "Not Microsoft Ltd", "No tie")
    assert asking.answered(question(2), record({"event": [other]})).events.is_empty()


def test_as_a_table_each_question_has_its_answer_or_what_is_missing_and_its_sources():
    tables = record({"company_quarter": CUSTOMERS, "event": EVENTS})
    found = [asking.answered(asked, tables) for asked in QUESTIONS]
    table = asking.as_table(QUESTIONS, found)
    assert table.height == len(QUESTIONS)
    ninth, eleventh = table.row(8, named=True), table.row(10, named=True)
    assert (ninth["is_answered"], ninth["figure"], ninth["as_of"]) == (True, "61 % of revenue", date(2025, 11, 19))
    assert ninth["source_urls"] == CITED["source_url"]
    assert (eleventh["is_answered"], eleventh["answer"], eleventh["rows"]) == (False, None, 0)
    assert eleventh["not_published"] == QUESTIONS[10].missing


def test_growth_told_as_slower_or_as_fast_where_it_is():
    slower = [GROWTH[0], azure(date(2026, 6, 30), 30.0, "FY26Q4")]
    assert "slower than the 39 %" in asking.answered(question(23), record({"company_quarter": slower})).sentence
    same = [GROWTH[0], azure(date(2026, 6, 30), 39.0, "FY26Q4")]
    assert "as fast as the 39 %" in asking.answered(question(23), record({"company_quarter": same})).sentence


def test_memory_of_two_kinds_is_not_compared():
    on_other = [MAIA[0], off_chip("B200", 180, 7.7, kind="GDDR")]
    assert isinstance(asking.answered(question(26), record({"accelerator": on_other})), CannotAnswer)


def test_a_tenth_is_said_where_somebody_sells_at_it():
    found = asking.answered(question(17), record(figures("C06", NOW, [YES])))
    assert found.sentence == (
        "1 of 1 pair of a seller that the article is about and a cloud is at a tenth; the lowest is Cerebras at a "
        "tenth of the price of Azure on Llama 3.1 8B, 1 March 2026."
    )


def test_both_captures_together_leave_one_model_of_two():
    found = asking.answered(question(16), record({"provider_speed": [*LLAMA[0], *GPT[0]]}))
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
    found = asking.answered(question(20), record({"provider_speed": list(rows), "model": cited}))
    assert found.figure == f"{ratio}x"
    assert f"and an answer of {answer} is there {ratio} times as soon" in found.sentence
