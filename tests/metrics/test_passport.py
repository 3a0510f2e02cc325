from datetime import date

import polars as pl

from metrics import matching, passport, speed
from tests.frames import GPT_OSS, gpt_oss_of_2026, measured, providers, speeds

PAIR = {
    "model": "gpt-oss-120b",
    "capture": "aa-gpt-oss-120b_2026-05-08",
    "baseline_capture": "aa-gpt-oss-120b_2026-05-08",
    "provider": "Cerebras",
    "baseline_provider": "Azure",
    "provider_as_published": "Cerebras",
    "baseline_provider_as_published": "Microsoft Azure",
    "model_as_published": "gpt-oss-120b",
    "baseline_model_as_published": "gpt-oss-120b",
    "endpoint": None,
    "baseline_endpoint": None,
    "precision": None,
    "baseline_precision": "fp8",
    "output_tokens_per_second": 1855.9,
    "baseline_output_tokens_per_second": 218.3,
    "ttft_seconds": None,
    "prompt_tokens": None,
    "baseline_prompt_tokens": None,
    "concurrency": None,
    "baseline_concurrency": None,
    "measured_by": "Artificial Analysis",
    "baseline_measured_by": "Artificial Analysis",
    "measured_on": date(2026, 5, 8),
    "baseline_measured_on": date(2026, 5, 8),
    "publisher": "copy of Artificial Analysis",
    "baseline_publisher": "copy of Artificial Analysis",
    "licence": "quoted with its source",
    "baseline_licence": "quoted with its source",
    "source_url": "https://example.org/cerebras",
    "baseline_source_url": "https://example.org/azure",
    "evidence": "secondary",
    "baseline_evidence": "secondary",
    "note": None,
    "baseline_note": "median only",
    "differs": "precision",
    "match_grade": "B",
    "speed_ratio": 1855.9 / 218.3,
    "answer_tokens": 2500,
    "thinking_tokens": 2000,
    "thinking_basis": "assumed",
    "response_seconds": 1.93,
    "baseline_response_seconds": 6.03,
    "response_ratio": 6.03 / 1.93,
}


def test_a_passport_shows_what_another_measurer_saw_of_the_same_host_at_the_time():
    """Cerebras on gpt-oss-120b in May 2026: 1,856 by Artificial Analysis, 620 to 789 by Vercel's traffic."""
    gpt_speeds, _ = gpt_oss_of_2026()
    traffic = {"model": GPT_OSS, "measured_by": "Vercel", "measurer_kind": "traffic", "source": "gateway_mirror"}
    seen = [
        measured("Cerebras", seen_at, capture=f"t{day}", measured_on=date(2026, 5, day), **traffic)
        for seen_at, day in ((620.0, 2), (789.0, 20))
    ]
    old = measured("Cerebras", 1.0, capture="old", **traffic | {"measured_on": date(2025, 12, 1)})
    judged = matching.judged(speeds(*gpt_speeds, *seen, old), providers())
    pair = matching.against(speed.ratios(speeds(*gpt_speeds), providers()), "Azure").filter(
        pl.col("provider") == "Cerebras"
    )
    shown = passport.of_speed(pair.row(0, named=True), judged)
    assert shown.others == (
        "Vercel (live traffic) saw Cerebras at 620–789 tokens/s in 2 looks, 2 May 2026 to 20 May 2026.",
    )
    assert shown.ratio == "8.5x"


def test_a_speed_passport_shows_the_division_with_its_numbers():
    shown = passport.of_speed(PAIR)
    assert shown.sum == "1,856 tokens/s / 218 tokens/s = 8.5x"
    assert shown.title == "Cerebras against Azure: gpt-oss-120b, output speed"
    assert [side.url for side in shown.sides] == ["https://example.org/cerebras", "https://example.org/azure"]


def test_a_passport_tells_what_matches_what_differs_and_what_nobody_publishes():
    shown = passport.of_speed(PAIR)
    assert shown.matches == ("same model", "same quantity", "same run", "same measurer", "same day")
    assert shown.differs == ("precision",)
    assert shown.unknown == ("prompt length", "concurrency")


def test_a_response_time_is_better_when_lower_so_the_baseline_stands_above():
    shown = passport.of_response(PAIR)
    assert shown.sum == "6.03 s / 1.93 s = 3.1x"
    assert shown.title.endswith("gpt-oss-120b, response time for 2,500 tokens (2,000 of thinking, assumed)")


def test_a_footnote_names_both_addresses_and_the_grade():
    footnote = passport.of_speed(PAIR).footnote
    assert "https://example.org/cerebras" in footnote
    assert "https://example.org/azure" in footnote
    assert "match grade B" in footnote


def test_a_price_passport_divides_the_blended_prices():
    row = PAIR | {
        "blend": "3:1",
        "blended_usd_per_mtok": 0.45,
        "baseline_blended_usd_per_mtok": 0.2625,
        "cost_ratio": 0.45 / 0.2625,
    }
    assert passport.of_price(row).sum == "$0.45 per 1M tokens / $0.263 per 1M tokens = 1.7x"
