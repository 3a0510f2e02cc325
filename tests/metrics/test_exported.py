"""The ratios and verdicts as other programs read them."""

from datetime import date

import polars as pl
import pytest

from exports.files import FORMATS, encoded
from metrics import exported
from metrics.claims import verdicts
from tests.frames import GPT_OSS, LLAMA_8B, catalogued, gpt_oss_of_2026, llama_of_2024, measured, tables, thinks

LLAMA, GPT = llama_of_2024(), gpt_oss_of_2026()
RECORD = tables([*LLAMA[0], *GPT[0]], [*LLAMA[1], *GPT[1]])
NAMES = ("speed_ratio", "cost_ratio", "verdicts", "answers")


def frame(name, baseline=None, blend="3:1", record=RECORD):
    return exported.frame(name, record, baseline, blend)


def test_the_readers_own_rows_change_no_verdict():
    mine = [
        row | {"evidence": "upload", "output_tokens_per_second": 1.0} for row in GPT[0] if row["provider"] != "Azure"
    ]
    with_uploads = tables([*LLAMA[0], *GPT[0], *mine], [*LLAMA[1], *GPT[1]])
    assert frame("verdicts", record=with_uploads).equals(frame("verdicts"))
    assert frame("speed_ratio", record=with_uploads).height > frame("speed_ratio").height


def test_an_exported_ratio_says_which_answer_its_response_times_are_of():
    cited = tables(LLAMA[0] + GPT[0], model_rows=[thinks(GPT_OSS, "always")])
    told = frame("speed_ratio", record=cited).select("model", "answer_tokens", "thinking_tokens", "thinking_basis")
    assert set(told.rows()) == {(GPT_OSS, 2500, 2000, "assumed"), (LLAMA_8B, 500, 0, "not counted")}


def test_all_claims_are_told_at_three_times_scenarios_by_name():
    rows = frame("verdicts")
    assert rows["claim_id"].n_unique() == len(verdicts.CLAIMS)
    assert rows.height == 3 * len(verdicts.CLAIMS)
    assert rows.filter(pl.col("verdict") == "SCENARIO")["claim_id"].unique().sort().to_list() == [
        "C14",
        "C15",
        "C16",
        "C18",
    ]


def test_of_repeated_samples_the_export_says_which_decides_and_over_which_days():
    days = [date(2026, 8, day) for day in (2, 9, 16)]
    rows = [
        row
        for day, speed in zip(days, (270.0, 208.5, 259.5), strict=True)
        for row in (
            measured("Groq", speed, capture=f"{day}", measured_on=day),
            measured("Azure", 100.0, capture=f"{day}", measured_on=day),
        )
    ]
    told = frame("speed_ratio", record=tables(rows), baseline="Azure")
    middle = told.filter("decides").row(0, named=True)
    assert (middle["speed_ratio"], middle["samples"], middle["decided_on"]) == (2.595, 3, days[2])
    assert (middle["window_from"], middle["window_to"]) == (days[0], days[2])
    assert (middle["speed_ratio_low"], middle["speed_ratio_high"]) == (2.085, 2.7)
    assert told.height == 3


def test_of_the_prices_of_two_sellers_the_export_says_which_decides_of_what_day_and_whether_of_today():
    """Groq's list price of gpt-oss-120b fell in January 2026; Azure's stood."""
    azure = {"valid_from": date(2025, 8, 5), "last_seen_on": date(2026, 11, 20), "model": GPT_OSS}
    before = {"valid_from": date(2025, 8, 5), "last_seen_on": date(2026, 1, 31), "model": GPT_OSS}
    since = {"valid_from": date(2026, 2, 27), "last_seen_on": date(2026, 11, 20), "model": GPT_OSS}
    rows = (
        catalogued("Azure", 0.15, 0.60, **azure),
        catalogued("Groq", 0.15, 0.75, **before),
        catalogued("Groq", 0.15, 0.60, **since),
    )
    told = frame("cost_ratio", "Azure", record=tables((), rows)).sort("decides")
    columns = ("cost_ratio", "decides", "decided_on", "is_recent", "samples", "window_from", "cost_ratio_high")
    assert told.select(columns).rows() == [
        (pytest.approx(0.3 / 0.2625), False, date(2026, 1, 31), False, None, None, None),
        (1.0, True, date(2026, 11, 20), True, 1, date(2026, 11, 20), 1.0),
    ]


@pytest.mark.parametrize("name", ["speed_ratio", "cost_ratio"])
def test_without_a_baseline_every_other_host_is_one(name):
    assert frame(name).height == 2 * 3 * 4
    assert frame(name)["baseline_source_url"].null_count() == 0


@pytest.mark.parametrize("name", ["speed_ratio", "cost_ratio"])
@pytest.mark.parametrize("baseline", ["Azure", "azure", "best", "MEDIAN"])
def test_a_baseline_is_found_in_any_case(name, baseline):
    assert frame(name, baseline).height == 2 * 3


@pytest.mark.parametrize("name", ["speed_ratio", "cost_ratio"])
def test_a_baseline_that_no_row_has_is_refused_with_those_that_exist(name):
    with pytest.raises(ValueError, match=r"No row has the baseline 'Oracle'\. Known: Best, Median, AWS Bedrock, Azure"):
        frame(name, "Oracle")


def test_a_blend_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="is not a blend"):
        frame("cost_ratio", blend="3 to 1")


def test_the_blend_is_named_and_a_stand_in_is_flagged():
    row = frame("cost_ratio", "Azure", "7:2:1").row(0, named=True)
    assert (row["blend"], row["cache_is_input_price"], row["baseline_cache_is_input_price"]) == ("7:2:1", True, True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_export_fits_every_format(name, form):
    assert encoded(frame(name), form)
    assert encoded(frame(name, record=tables()), form)


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_the_same_with_and_without_rows(name):
    assert frame(name).schema == frame(name, record=tables()).schema


@pytest.mark.parametrize("name", NAMES)
def test_the_same_tables_give_the_same_bytes(name):
    assert encoded(frame(name), "csv") == encoded(frame(name), "csv")
