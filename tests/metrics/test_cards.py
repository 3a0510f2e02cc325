"""The four figures that are asked for first, on the captures as published."""

from datetime import timedelta

import pytest

from metrics import cards, cost
from tests.frames import (
    GPT_OSS,
    LLAMA_8B,
    MAY_2026,
    OCTOBER_2024,
    gpt_oss_of_2026,
    llama_of_2024,
    measured,
    tables,
    thinks,
)

LLAMA, GPT = llama_of_2024(), gpt_oss_of_2026()
SHARE = {"year": 2026, "scope": "all AI", "of_what": "compute", "kind": "forecast"}
SHARES = (
    SHARE | {"share_percent": 66.0, "publisher": "Deloitte", "published_on": OCTOBER_2024},
    SHARE | {"share_percent": 55.0, "publisher": "Gartner", "published_on": MAY_2026},
    SHARE
    | {"share_percent": 50.0, "publisher": "Deloitte", "year": 2025, "kind": "estimate", "published_on": MAY_2026},
)
THINKS = thinks(LLAMA_8B, "never"), thinks(GPT_OSS, "always")
RECORD = tables([*LLAMA[0], *GPT[0]], [*LLAMA[1], *GPT[1]], SHARES, THINKS)


def shown(record=RECORD, model=LLAMA_8B, baseline="Azure", blend="3:1"):
    return cards.cards(record, model, baseline, cost.blend(blend))


def test_the_four_figures_of_llama_in_october_2024():
    fast, end_to_end, price, share = shown()
    assert (fast.label, fast.value, fast.grade) == ("Speed: Cerebras against Azure", "37.3x", "A")
    assert fast.detail == "2,023 tokens/s against 54.3 tokens/s, Llama 3.1 8B"
    assert (end_to_end.label, end_to_end.value) == ("End to end: Cerebras against Azure", "13.6x")
    assert end_to_end.detail == "0.707 s against 9.63 s for 500 tokens, wait included"
    assert (price.label, price.value, price.spread) == (
        "Price: Cerebras against Azure",
        "0.26x",
        "26 % of the price; list price",
    )
    assert price.detail == "$0.10 against $0.377 per 1M tokens, 3:1 blend"
    assert (share.label, share.value, share.spread) == ("Inference in AI compute, 2025", "50 %", "1 estimate")
    assert share.detail == "0 of 1 estimate puts inference above half. Deloitte; forecast for 2026: 55 %"


def test_a_card_carries_the_rows_behind_it():
    for card in shown():
        assert card.rows.height >= 1
        assert card.rows["source_url"].null_count() == 0
    assert shown()[0].rows["provider"].to_list() == ["Cerebras"]


def test_speed_and_price_describe_one_choice():
    for baseline in ("Best", "Median", "Azure"):
        fast, _, price, _ = shown(model=GPT_OSS, baseline=baseline)
        assert fast.label.removeprefix("Speed") == price.label.removeprefix("Price")


@pytest.mark.parametrize(
    ("cited", "value", "detail"),
    [
        ("always", "3.1x", "1.93 s against 6.03 s for 2,500 tokens (2,000 of thinking, assumed), wait included"),
        ("optional", "2.3x", "0.787 s against 1.8 s for 500 tokens (thinking not counted), wait included"),
        ("never", "2.3x", "0.787 s against 1.8 s for 500 tokens, wait included"),
    ],
)
def test_the_response_times_of_gpt_oss_are_of_the_answer_that_the_card_names(cited, value, detail):
    """1.94 s for Cerebras and 6.02 s for another host are what Artificial Analysis publishes, thinking included."""
    run = {"model": GPT_OSS, "measured_on": MAY_2026, "capture": "timed"}
    rows = (
        measured("Cerebras", 1744.0, ttft_seconds=0.50, **run),
        measured("Fireworks", 473.0, ttft_seconds=0.74, **run),
    )
    card = shown(tables(rows, model_rows=[thinks(GPT_OSS, cited)]), GPT_OSS, "Best")[1]
    assert (card.value, card.detail) == (value, detail)


def test_the_fastest_host_stands_in_for_a_baseline_without_a_first_token_time():
    azure = measured("Azure", 54.3)
    rows = [azure if row["provider"] == "Azure" else row for row in LLAMA[0]]
    card = shown(tables(rows, model_rows=THINKS))[1]
    assert card.label == "End to end: Cerebras against Fireworks"
    assert card.detail.endswith("wait included; Azure has no published first-token time")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (0, "No like-for-like pair of Llama 3.1 8B with this baseline has a day."),
        (1, "No dated run of Llama 3.1 8B published a time to first token of both sides."),
        (2, "No price of both sides of Llama 3.1 8B was published for one day."),
        (3, "No estimate of all AI compute is published."),
    ],
)
def test_a_card_without_a_figure_says_why(place, why):
    card = shown(tables())[place]
    assert (card.value, card.detail, card.grade, card.measured_on) == ("not published", why, None, None)


def test_grade_d_makes_no_headline():
    rows = measured("Cerebras", 1800.0, measurer_kind="vendor"), measured("Azure", 54.3)
    assert {card.value for card in shown(tables(rows))} == {"not published"}


def test_an_earlier_run_is_the_change_and_the_history():
    earlier = {"capture": "earlier", "measured_on": OCTOBER_2024 - timedelta(days=216)}
    rows = *LLAMA[0], measured("Cerebras", 1800.0, **earlier), measured("Azure", 60.0, **earlier)
    card = shown(tables(rows))[0]
    assert card.change == "30x on 11 March 2024"
    assert card.history == pytest.approx((30.0, 37.256), rel=1e-4)
    assert shown()[0].change == "no earlier run"
    assert shown()[0].history == ()


def test_the_spread_is_told_where_there_is_one():
    rows = (
        measured("Cerebras", 1855.9, output_tokens_per_second_p75=1855.9 * 1.1),
        measured("Azure", 218.3, output_tokens_per_second_p75=218.3 * 1.2),
    )
    assert shown(tables(rows))[0].spread == "spread 6.9–10.4x"
    assert shown()[0].spread == "single measurement"


def test_of_repeated_samples_the_card_shows_the_middle_one_and_says_so():
    earlier = {"capture": "earlier", "measured_on": OCTOBER_2024 - timedelta(days=33)}
    rows = *LLAMA[0], measured("Cerebras", 1800.0, **earlier), measured("Azure", 60.0, **earlier)
    card = shown(tables(rows))[0]
    assert (card.value, card.spread) == ("30x", "middle of 2 samples since 10 September 2024 (30–37.3x)")


def test_a_baseline_without_a_speed_keeps_its_price():
    """Who is paid and who was measured are two things."""
    rows = [row for row in LLAMA[0] if row["provider"] != "Azure"]
    fast, _, price, _ = shown(tables(rows, LLAMA[1]))
    assert fast.value == "not published"
    assert (price.label, price.value) == ("Price: Groq against Azure", "0.15x")


def test_an_undated_run_makes_no_card():
    page = {"capture": None, "measured_on": None, "model": GPT_OSS}
    card = shown(tables([measured("Cerebras", 1844.1, **page), measured("Azure", 525.0, **page)]), GPT_OSS)[0]
    assert (card.value, card.detail) == (
        "not published",
        "No like-for-like pair of gpt-oss-120b with this baseline has a day.",
    )


def test_another_blend_gives_another_price():
    assert shown(model=GPT_OSS, blend="3:1")[2].value == "1.7x"
    # 9 · 0.35 + 0.75 = 3.9 against 9 · 0.15 + 0.60 = 1.95.
    assert shown(model=GPT_OSS, blend="9:1")[2].value == "2x"
