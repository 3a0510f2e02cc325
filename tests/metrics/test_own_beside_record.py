"""A reader's own figures stand beside the record and move none of it."""

from datetime import date

import polars as pl
import pytest

from metrics import cost, matching, response, speed, workload
from metrics.findings import cost as cost_findings
from metrics.findings import speed as speed_findings
from tests import frames
from tests.frames import GPT_OSS, MAY_2026

OWN = {
    "source": "upload:0001",
    "source_url": "mine.csv",
    "publisher": "Uploaded file",
    "evidence": "upload",
    "capture": None,
    "model": GPT_OSS,
}
SPEEDS, PRICES = frames.gpt_oss_of_2026()
CATALOGUE = [
    frames.catalogued(provider, given, written, model=GPT_OSS, valid_from=MAY_2026, last_seen_on=MAY_2026)
    for provider, given, written in (("Cerebras", 0.35, 0.75), ("Groq", 0.15, 0.6), ("Azure", 0.15, 0.6))
]
# Both sides in one file, so that they are a better match than any with the record, and newer.
OWN_SPEEDS = [
    frames.measured(provider, value, measured_by="us", measured_on=date(2026, 5, 20), **OWN)
    for provider, value in (("Cerebras", 9000.0), ("Azure", 10.0), ("Our cluster", 30.0))
]
OWN_PRICES = [
    frames.listed(provider, 0.01, 0.01, valid_from=date(2026, 5, 1), last_seen_on=date(2026, 5, 20), **OWN)
    for provider in ("Cerebras", "Azure", "Our cluster")
]


def paired(*own: dict) -> pl.DataFrame:
    return speed.ratios(frames.speeds(*SPEEDS, *own), frames.providers())


def price_pairs(*own: dict) -> pl.DataFrame:
    return cost.ratios(frames.prices(*CATALOGUE, *own), frames.providers())


def hosts(baseline: str, *own: dict) -> pl.DataFrame:
    rows = matching.judged(frames.speeds(*SPEEDS, *own), frames.providers())
    return speed.hosts(rows, paired(*own), GPT_OSS, baseline)


def of_record(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col("is_own"))


@pytest.mark.parametrize("baseline", [matching.BEST, matching.MEDIAN, "Azure"])
def test_no_ratio_of_the_record_changes(baseline):
    before, after = (speed.headline(matching.against(pairs, baseline)) for pairs in (paired(), paired(*OWN_SPEEDS)))
    assert of_record(after).equals(before)
    assert after.filter("is_own").height
    assert speed.across_models(after).equals(speed.across_models(before))
    told = [speed_findings.models_ahead(rows, "speed_ratio", baseline) for rows in (before, after)]
    assert told[0] == told[1]


@pytest.mark.parametrize("baseline", [matching.BEST, matching.MEDIAN, "Azure"])
def test_no_price_ratio_of_the_record_changes(baseline):
    before, after = (
        cost.current(cost.headline(cost.against(pairs, baseline)))
        for pairs in (price_pairs(), price_pairs(*OWN_PRICES))
    )
    assert of_record(after).equals(before)
    assert after.filter("is_own").height
    assert cost_findings.cheapest(after, baseline) == cost_findings.cheapest(before, baseline)


@pytest.mark.parametrize("baseline", [matching.BEST, matching.MEDIAN, "Azure"])
def test_the_run_that_is_shown_stays_the_records(baseline):
    before, after = hosts(baseline), hosts(baseline, *OWN_SPEEDS)
    assert speed.of_record(after).equals(before)
    assert sorted(after.filter("is_own")["host_label"]) == ["Azure, yours", "Cerebras, yours", "Our cluster, yours"]
    assert speed_findings.host_range(after, GPT_OSS) == speed_findings.host_range(before, GPT_OSS)


def test_a_host_of_ones_own_may_be_the_baseline():
    shown = hosts("Our cluster", *OWN_SPEEDS)
    assert shown.filter("is_baseline").select("provider", "is_own").rows() == [("Our cluster", True)]
    assert "Cerebras" in shown["provider"].to_list()


def test_a_model_that_only_the_reader_measured_is_compared_and_said_to_be_the_readers():
    own = [row | {"model": "Our 7B"} for row in OWN_SPEEDS]
    shown = speed.hosts(
        matching.judged(frames.speeds(*SPEEDS, *own), frames.providers()), paired(*own), "Our 7B", "Azure"
    )
    assert shown["is_own"].all()
    assert (
        speed_findings.fastest(shown, "Our 7B")
        == "Cerebras writes Our 7B 900 times as fast as Azure by your own figures"
    )
    priced = cost.with_price(shown, frames.prices(*(row | {"model": "Our 7B"} for row in OWN_PRICES)))
    assert priced.height == 3
    assert cost_findings.frontier(priced, "Our 7B").startswith("Cerebras, yours is both the fastest and the cheapest")


def test_an_offer_of_ones_own_is_the_cheapest_only_where_nobody_publishes_one():
    judged = matching.judged(
        frames.speeds(*SPEEDS, *OWN_SPEEDS, *(row | {"model": "Our 7B"} for row in OWN_SPEEDS)), frames.providers()
    )
    prices = frames.prices(*PRICES, *OWN_PRICES, *(row | {"model": "Our 7B"} for row in OWN_PRICES))
    work = workload.traffic(1000, 1000, 500, 0, 0, None)
    cheapest = {
        model: workload.with_roles(
            workload.against_today(
                workload.served(workload.offers(judged, prices, frames.providers(), model), work), None
            )
        ).filter("is_cheapest")
        for model in (GPT_OSS, "Our 7B")
    }
    assert cheapest[GPT_OSS].select("provider", "is_upload").rows() == [("DeepInfra", False)]
    assert cheapest["Our 7B"]["is_upload"].to_list() == [True]


def week(provider: str, day: date, value: float, **rest) -> dict:
    return frames.measured(provider, value, **({"model": GPT_OSS, "measured_on": day, "capture": f"{day}"} | rest))


def test_speed_over_time_stays_the_records_and_ones_own_stands_beside_it():
    days = [date(2026, 6, day) for day in (2, 9, 16)]
    record = [week("Cerebras", day, 1800.0) for day in days]
    own = [week("Cerebras", day, 2500.0, **(OWN | {"capture": f"{day}"})) for day in (*days, date(2026, 6, 23))]
    rows = matching.judged(frames.speeds(*record, *own), frames.providers())
    assert response.weekly_source(rows, GPT_OSS) == "captures"
    found = response.history(rows, GPT_OSS, "captures")
    assert found.group_by("label", maintain_order=True).len().rows() == [("Cerebras", 3), ("Cerebras, yours", 4)]
    assert speed_findings.swing(found) == "Cerebras wrote between 1,800 and 1,800 tokens/s over 3 weeks"
    alone = matching.judged(frames.speeds(*own), frames.providers())
    assert response.weekly_source(alone, GPT_OSS) == "upload:0001"
