from datetime import date

import polars as pl
import pytest

from metrics import response


def host(label, ttft, speed, **rest):
    return {"host_label": label, "ttft_seconds": ttft, "output_tokens_per_second": speed, **rest}


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
        "publisher": "OpenRouter",
        "evidence": "published",
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


def test_a_system_measured_once_makes_no_curve():
    def point(system, users, together, each):
        return {
            "system": system,
            "model": "a model",
            "concurrency": users,
            "throughput_tokens_per_second": together,
            "interactivity_tokens_per_second_per_user": each,
            "evidence": "published",
        }

    serving = pl.DataFrame(
        [point("OCI", 1, 142.16, 143.82), point("OCI", 256, 4784.32, 24.14), point("x", 1, 9.0, 9.0)]
    )
    assert response.curves(serving)["system"].to_list() == ["OCI", "OCI"]
