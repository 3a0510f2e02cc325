"""Inference's share of compute: the world's compute only, and no forecast beyond today."""

from datetime import date

import pytest

from metrics.shares import of_compute
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
