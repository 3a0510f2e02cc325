"""What a model thinks before it answers, on rows and facts as published."""

import shutil
from datetime import date

import polars as pl
import pytest

from etl.folders import PROJECT, Folders
from etl.publish.build import build
from metrics import speed, thinking
from metrics.findings import thinking as findings
from tests.frames import GPT_OSS, measured, models, speeds, thinks

MINIMAX, LLAMA_70B = "MiniMax M2.7", "Llama 3.3 70B"


def of_all_hosts(model, spelling, first_token, first_answer, tokens_per_second, **rest):
    """One row of Artificial Analysis's leaderboard by model."""
    said = {"ttft_seconds": first_token, "first_answer_seconds": first_answer, "model_as_published": spelling}
    board = {"source": "aa_leaderboard", "measured_on": date(2026, 7, 10), "capture": "aa-models_2026-07-10"}
    return measured("Median of all hosts", tokens_per_second, model=model, is_aggregate=True, **(said | board | rest))


# As the leaderboard of 10 July 2026 and the API of 13 July 2026 have them.
M27 = of_all_hosts(MINIMAX, "MiniMax-M2.7", 1.989542, 56.242293, 45.380187)
M25 = of_all_hosts("MiniMax M2.5", "MiniMax-M2.5", 1.718086, 28.326507, 75.164177)
M25_API = of_all_hosts("MiniMax M2.5", "MiniMax-M2.5", 1.284, 26.533, 79.21, source="aa_api")


def before(model, *cited, rows=()):
    return thinking.before_answer(model, models(*cited), speeds(*rows))


def test_a_model_that_never_thinks_has_no_thinking():
    found = before(LLAMA_70B, thinks(LLAMA_70B, "never"))
    assert (found.tokens, found.basis) == (0, "never")
    assert findings.counted(found) == "Llama 3.3 70B does not think before it answers."
    assert found.sources[0][0] == "models.dev (community catalogue)"


def test_what_artificial_analysis_measured_of_minimax_m2_7_is_taken():
    """(56.242293 - 1.989542) s × 45.380187 tokens/s = 2,462 tokens."""
    found = before(MINIMAX, thinks(MINIMAX, "always"), rows=[M27])
    assert (found.tokens, found.basis, found.said_by) == (2462, "measured", "Artificial Analysis")
    assert findings.counted(found) == ("MiniMax M2.7 thinks first: 2,462 tokens, as Artificial Analysis measured.")
    assert before(MINIMAX, rows=[M27]).tokens == 2462


def test_a_model_that_always_thinks_and_was_not_measured_is_assumed_to_think_2_000_tokens():
    found = before(GPT_OSS, thinks(GPT_OSS, "always"))
    assert (found.tokens, found.basis) == (2000, "assumed")
    assert findings.counted(found).startswith("gpt-oss-120b always thinks first. How long is not published")
    assert [name for name, _ in found.sources] == ["models.dev (community catalogue)", "Artificial Analysis"]


@pytest.mark.parametrize("row", [M25, M25_API], ids=["leaderboard", "API, rounded"])
def test_artificial_analysis_own_assumption_read_back_is_no_measurement(row):
    """(28.326507 - 1.718086) s × 75.164177 tokens/s = 2,000.0; of the API's rounded times 1,999.97."""
    assert thinking.measured(speeds(row)).is_empty()
    assert before("MiniMax M2.5", thinks("MiniMax M2.5", "always"), rows=[row]).basis == "assumed"
    assert before("MiniMax M2.5", rows=[row]).basis == "not counted"


def test_a_difference_that_rounding_of_two_times_can_make_is_no_measurement():
    """At 200 tokens/s a hundredth of a second is 2 tokens, so 2 and 2,002 tokens may be none and 2,000."""
    for first_answer in (1.51, 11.51):
        row = of_all_hosts("gpt-oss-20b", "gpt-oss-20B (high)", 1.50, first_answer, 200.0)
        assert thinking.measured(speeds(row)).is_empty()
    assert (
        before("gpt-oss-20b", rows=[of_all_hosts("gpt-oss-20b", "gpt-oss-20B (high)", 1.50, 1.53, 200.0)]).tokens == 6
    )


def test_a_measurement_near_2_000_is_still_one():
    """(35.351120 - 1.715858) s × 59.223561 tokens/s = 1,992 tokens."""
    name = "DeepSeek V4 Pro (Reasoning, High Effort)"
    row = of_all_hosts(name, name, 1.715858, 35.351120, 59.223561)
    assert before(name, rows=[row]).tokens == 1992


def test_no_time_between_first_token_and_first_answer_is_no_evidence_that_a_model_never_thinks():
    """GPT-5 hides its thinking: its first token is already the answer's."""
    row = of_all_hosts("GPT-5 (high)", "GPT-5 (high)", 80.194391, 80.194391, 88.537975)
    assert before("GPT-5 (high)", rows=[row]).basis == "not counted"
    assert before("GPT-5 (high)", thinks("GPT-5 (high)", "always"), rows=[row]).basis == "assumed"


@pytest.mark.parametrize("model", ["GLM-4.7", "DeepSeek V3.2"])
def test_where_the_request_decides_no_thinking_is_counted_and_that_is_said(model):
    found = before(model, thinks(model, "optional"))
    assert (found.tokens, found.basis) == (0, "not counted")
    assert findings.counted(found) == (
        f"The figure is for an answer without thinking; {model} may think first, as the request decides."
    )


def test_where_nobody_is_cited_no_thinking_is_counted_and_that_is_said():
    found = before("Gemma 2 9B")
    assert (found.tokens, found.basis, found.thinks, found.sources) == (0, "not counted", None, ())
    assert findings.counted(found) == (
        "The figure is for an answer without thinking; nobody is cited for whether Gemma 2 9B thinks first, so it may."
    )


def test_a_readers_own_row_measures_nothing():
    assert before(MINIMAX, rows=[M27 | {"evidence": "upload"}]).basis == "not counted"


def test_a_publishers_own_word_goes_before_a_quoted_one():
    quoted = thinks("GLM-4.7", "always", evidence="secondary", source_url="https://a.example")
    assert before("GLM-4.7", quoted, thinks("GLM-4.7", "optional")).thinks == "optional"


def test_a_readers_choice_is_told_with_what_would_be_counted():
    assumed, without = before(GPT_OSS, thinks(GPT_OSS, "always")), before("GLM-4.7", thinks("GLM-4.7", "optional"))
    assert findings.chosen(assumed, 500) == (
        "500 tokens of thinking, as you chose; otherwise 2,000 (assumed) would be counted."
    )
    assert findings.chosen(without, 1) == ("1 token of thinking, as you chose; otherwise none would be counted.")
    assert findings.chosen(assumed, 2000) == findings.counted(assumed)


# The figures that ship.


def shipped(built_data, name):
    return Folders(data=built_data).store.rows(name)


def test_every_model_that_the_page_speed_lists_is_answered(built_data):
    table, cited = shipped(built_data, "provider_speed"), shipped(built_data, "model")
    listed = speed.coverage(speed.ratios(table, shipped(built_data, "provider")))["model"].to_list()
    found = thinking.of_models(listed, cited, table)
    assert sorted(listed) == found["model"].to_list()
    assert set(found["thinking_basis"]) == set(thinking.BASES)
    has_tokens = pl.col("thinking_basis").is_in([thinking.MEASURED, thinking.ASSUMED])
    assert found.filter((pl.col("thinking_tokens") > 0) != has_tokens).is_empty()
    assert found.filter(pl.col("thinks").is_not_null() & pl.col("source_url").is_null()).is_empty()


@pytest.mark.parametrize(
    ("model", "tokens", "basis"),
    [
        ("gpt-oss-120b", 2000, "assumed"),
        ("MiniMax M2.7", 2462, "measured"),
        ("MiniMax M2.5", 2000, "assumed"),
        ("Llama 3.3 70B", 0, "never"),
        ("GLM-4.7", 0, "not counted"),
        ("DeepSeek V3.2", 0, "not counted"),
    ],
)
def test_what_the_shipped_figures_say(built_data, model, tokens, basis):
    found = thinking.before_answer(model, shipped(built_data, "model"), shipped(built_data, "provider_speed"))
    assert (found.tokens, found.basis) == (tokens, basis)


def test_a_new_line_of_the_facts_changes_the_answer_and_no_code(tmp_path):
    folders = Folders(data=tmp_path / "data", shipped=tmp_path / "shipped")
    for part in ("names", "facts", "corrections"):
        shutil.copytree(PROJECT / "data" / part, folders.shipped / part)
    build(folders)
    assert thinking.before_answer("Gemma 2 9B", folders.store.rows("model"), speeds()).basis == "not counted"
    with (folders.facts / "model_thinking.csv").open("a") as facts:
        facts.write("Gemma 2 9B,never,https://ai.google.dev/gemma,Google,2024-06-27,published,\n")
    build(folders)
    assert thinking.before_answer("Gemma 2 9B", folders.store.rows("model"), speeds()).basis == "never"
