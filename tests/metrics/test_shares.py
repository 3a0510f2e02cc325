"""Inference's share of compute: the world's compute only, and no forecast beyond today."""

from datetime import date

import pytest

from metrics.findings import shares as findings
from metrics.shares import estimates, forecasts, is_majority, of_compute
from tests.frames import shares

TODAY = date(2026, 8, 1)
DELOITTE = {
    "year": 2026,
    "scope": "all AI",
    "of_what": "compute",
    "share_percent": 66.0,
    "kind": "forecast",
    "publisher": "Deloitte",
}


def found(*rows):
    return of_compute(shares(*rows), TODAY).select("year", "share_percent", "publisher").rows()


def test_estimates_of_all_compute_come_newest_year_first():
    earlier = DELOITTE | {"year": 2025, "share_percent": 50.0}
    gartner = DELOITTE | {"share_percent": 55.0, "publisher": "Gartner"}
    assert found(earlier, DELOITTE, gartner) == [
        (2026, 55.0, "Gartner"),
        (2026, 66.0, "Deloitte"),
        (2025, 50.0, "Deloitte"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"of_what": "power"},
        {"of_what": "spend"},
        {"of_what": "revenue"},
        {"scope": "OpenAI"},
        {"year": 2030},
        {"share_percent": None},
    ],
    ids=["power", "spend", "revenue", "one firm", "beyond today", "money only"],
)
def test_other_quantities_are_left_out(other):
    assert found(DELOITTE | other) == []


def test_the_scope_is_found_however_it_is_written():
    assert len(found(DELOITTE | {"scope": "world, all AI compute"}, DELOITTE | {"scope": "All AI", "year": 2025})) == 2


def test_no_estimates_make_no_rows():
    assert found() == []


ANTHROPIC = {"year": 2025, "scope": "Anthropic", "of_what": "spend", "share_percent": 39.7, "kind": "estimate"}
ANTHROPIC |= {"publisher": "Epoch AI", "published_on": date(2026, 2, 4)}
COMPUTE = DELOITTE | {"year": 2025, "share_percent": 50.0, "kind": "estimate", "published_on": date(2025, 11, 18)}
GOOGLE = {"year": 2021, "scope": "Google ML energy", "of_what": "energy", "share_percent": 60.0, "kind": "measured"}
GOOGLE |= {"publisher": "Patterson et al.", "published_on": date(2022, 7, 1)}


def test_a_forecast_an_old_paper_and_an_undated_row_decide_nothing():
    ahead = DELOITTE | {"published_on": date(2025, 11, 18)}
    undated = COMPUTE | {"publisher": "Nobody", "share_percent": 90.0, "published_on": None}
    deciding = estimates(shares(ANTHROPIC, COMPUTE, GOOGLE, ahead, undated), TODAY)
    assert deciding.select("scope", "share_percent", "meets").rows() == [
        ("all AI", 50.0, False),
        ("Anthropic", 39.7, False),
    ]
    assert findings.majority(deciding) == (
        "0 of 2 estimates put inference above half; the highest: 50 % of compute (all AI, 2025, Deloitte, 18 November "
        "2025)."
    )
    assert (
        findings.forecast(forecasts(shares(COMPUTE, ahead), TODAY)) == "Forecasts decide nothing: 66 % (all AI, 2026)."
    )


def test_the_newest_estimate_of_a_publisher_stands_for_it():
    older = COMPUTE | {"year": 2024, "share_percent": 80.0}
    assert estimates(shares(older, COMPUTE), TODAY)["share_percent"].to_list() == [50.0]


def test_what_was_published_later_decides_nothing_on_an_earlier_day():
    assert estimates(shares(ANTHROPIC, COMPUTE), date(2026, 2, 3))["publisher"].to_list() == ["Deloitte"]


@pytest.mark.parametrize(
    ("percents", "answer"), [((60.0, 40.0), True), ((60.0, 40.0, 45.0), False), ((50.0,), False), ((), None)]
)
def test_half_of_the_estimates_make_it_the_majority(percents, answer):
    rows = [COMPUTE | {"publisher": str(place), "share_percent": percent} for place, percent in enumerate(percents)]
    assert is_majority(estimates(shares(*rows), TODAY)) is answer
