from datetime import date

import polars as pl
import pytest

from metrics import matching, response, speed
from tests.frames import GPT_OSS, LLAMA_8B, gpt_oss_of_2026, llama_of_2024, models, providers, speeds, thinks

LLAMA, GPT = llama_of_2024()[0], gpt_oss_of_2026()[0]
THINKS = (thinks(LLAMA_8B, "never"), thinks(GPT_OSS, "always"))


def whole_answers(*rows, cited=THINKS, **rest):
    table = speeds(*rows)
    return response.whole_answers(speed.ratios(table, providers()), models(*cited), table, **rest)


def host(label, ttft, speed, **rest):
    return {"host_label": label, "ttft_seconds": ttft, "output_tokens_per_second": speed, **rest}


def test_the_end_to_end_ratio_counts_the_wait():
    """Azure 0.42 + 500 / 54.3 = 9.628 s, Cerebras 0.46 + 500 / 2,023 = 0.707 s."""
    cerebras = matching.against(whole_answers(*LLAMA), "Azure").filter(pl.col("provider") == "Cerebras")
    assert cerebras["response_seconds"].item() == pytest.approx(0.707, abs=0.001)
    assert cerebras["baseline_response_seconds"].item() == pytest.approx(9.628, abs=0.001)
    assert cerebras["response_ratio"].item() == pytest.approx(13.6, abs=0.05)


def test_a_longer_answer_brings_the_end_to_end_ratio_nearer_to_the_speed_ratio():
    short, long = (
        matching.against(whole_answers(*LLAMA, answer_tokens=tokens), "Azure")["response_ratio"].max()
        for tokens in (500, 50_000)
    )
    assert short < long < 37.26


def test_no_first_token_time_means_no_response_time():
    assert whole_answers(*GPT)["response_ratio"].null_count() == whole_answers(*GPT).height


def test_the_answer_of_each_model_holds_its_own_thinking_and_no_pair_is_lost_or_moved():
    found = whole_answers(*LLAMA, *GPT)
    assert found.select(speed.ratios(speeds(*LLAMA, *GPT), providers()).columns).equals(
        speed.ratios(speeds(*LLAMA, *GPT), providers())
    )
    assert set(found.select("model", "thinking_tokens", "thinking_basis", "answer_tokens").rows()) == {
        (LLAMA_8B, 0, "never", 500),
        (GPT_OSS, 2000, "assumed", 2500),
    }


def test_response_time_is_waiting_and_thinking_and_answering():
    """Artificial Analysis publishes 1.94, 4.59 and 6.02 s for these, 2,000 thinking and 500 answer tokens."""
    hosts = pl.DataFrame([host("Groq", 0.74, 473.0), host("Cerebras", 0.50, 1744.0), host("SambaNova", 1.07, 709.0)])
    found = response.parts(hosts, answer_tokens=500, thinking_tokens=2000)
    assert found["host_label"].to_list() == ["Cerebras", "SambaNova", "Groq"]
    assert found["response_seconds"].to_list() == pytest.approx([1.94, 4.59, 6.02], abs=0.02)


def test_a_host_without_a_first_token_time_has_no_response_time():
    hosts = pl.DataFrame([host("Azure", None, 218.3), host("Groq", 0.74, 473.0)])
    assert response.parts(hosts, 500, 0)["host_label"].to_list() == ["Groq"]


def test_waiting_is_most_of_a_short_answer():
    """0.5 s of waiting at 1,000 tokens/s is as long as 500 tokens of writing."""
    found = response.parts(pl.DataFrame([host("Cerebras", 0.5, 1000.0)]), 100, 0)
    assert found["waiting_dominates_below_tokens"].item() == pytest.approx(500)


def test_the_faster_writer_overtakes_the_earlier_starter_at_the_break_even_length():
    """0.4 s later, and 1 ms against 5 ms a token: level after 100 tokens."""
    fast = host("Cerebras", 0.6, 1000.0)
    other = host("Baseten", 0.2, 200.0)
    assert response.break_even_tokens(fast, other) == pytest.approx(100)


@pytest.mark.parametrize("other", [host("Azure", 0.9, 200.0), host("Twin", 0.2, 1000.0)])
def test_who_starts_first_and_writes_as_fast_is_sooner_at_every_length(other):
    assert response.break_even_tokens(host("Cerebras", 0.2, 1000.0), other) is None


def test_a_reader_takes_in_about_five_tokens_a_second():
    reading = response.READING_TOKENS_PER_SECOND
    assert reading == pytest.approx(5.29, abs=0.01)


def measured(provider, day, speed, source="openrouter_capture", **rest):
    row = {
        "model": "MiniMax M2.7",
        "provider": provider,
        "family": "RDU" if provider == "SambaNova" else "undisclosed",
        "is_specialised": provider == "SambaNova",
        "measured_on": day,
        "output_tokens_per_second": speed,
        "source": source,
        "capture": f"openrouter-30m_{day}",
        "excluded_because": None,
        "source_url": "https://openrouter.ai",
        "evidence": "published",
        "publisher": "OpenRouter",
    }
    return row | rest


def test_speed_over_time_is_the_middle_of_each_week_with_its_range():
    rows = pl.DataFrame(
        [
            measured("SambaNova", date(2026, 6, 23), 18.0),
            measured("SambaNova", date(2026, 6, 25), 22.0),
            measured("SambaNova", date(2026, 7, 7), 290.0),
            measured("SambaNova", date(2026, 7, 7), 999.0, source="another"),
        ]
    )
    assert response.weekly_source(rows, "MiniMax M2.7") == "openrouter_capture"
    assert response.most_often_measured(rows).rows() == [("MiniMax M2.7", 3)]
    found = response.history(rows, "MiniMax M2.7", "openrouter_capture")
    assert found.select("week", "output_tokens_per_second", "low", "high", "captures").rows() == [
        (date(2026, 6, 22), 20.0, 18.0, 22.0, 2),
        (date(2026, 7, 6), 290.0, 290.0, 290.0, 1),
    ]


def test_one_day_is_no_history():
    rows = pl.DataFrame([measured("SambaNova", date(2026, 7, 7), 290.0)])
    assert response.weekly_source(rows, "MiniMax M2.7") is None
    assert response.most_often_measured(rows).is_empty()


def test_single_figures_of_many_pages_are_no_history():
    days = [date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)]
    rows = pl.DataFrame(
        [measured("Cerebras", day, 1700.0, capture=None, is_specialised=True) for day in days],
        schema_overrides={"capture": pl.String},
    )
    assert response.weekly_source(rows, "MiniMax M2.7") is None


def test_a_system_measured_once_makes_no_curve_but_ones_own_is_shown():
    def point(system, users, together, each, **rest):
        return {
            "system": system,
            "model": "a model",
            "concurrency": users,
            "throughput_tokens_per_second": together,
            "interactivity_tokens_per_second_per_user": each,
            "output_throughput_tokens_per_second_per_gpu": None,
            "accelerator_count": 8,
            "evidence": "published",
            **rest,
        }

    serving = pl.DataFrame(
        [point("OCI", 1, 142.16, 143.82), point("OCI", 256, 4784.32, 24.14), point("x", 1, 9.0, 9.0)]
    )
    assert response.curves(serving)["system"].to_list() == ["OCI", "OCI"]
    own = point("Ours", 64, None, 51.0, output_throughput_tokens_per_second_per_gpu=100.0, evidence="upload")
    found = response.curves(pl.concat([serving, pl.DataFrame([own])], how="vertical_relaxed"))
    assert found.filter("is_own").select("system_label", "throughput_tokens_per_second").rows() == [
        ("Ours, yours", 800)
    ]
