from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.sources.openrouter_rankings import SOURCE, days_of_week
from tests.payloads import UPSTREAM, payload, whole

URL = (
    "https://raw.githubusercontent.com/jampongsathorn/openrouter-rankings/8bc326572ce66be5003debcc44228f6120c9f89b"
    "/data/2026-03-28/rankings.json"
)
XIAOMI = {
    "rank": 1,
    "author": "xiaomi",
    "url": "https://openrouter.ai/xiaomi",
    "tokens": 4250046153901,
    "tokens_display": "4.25T",
    "share_pct": 19.6,
}
META = {"source_url": "https://openrouter.ai/rankings", "fetched_at": "2026-03-28T18:37:46.425748+00:00"}


def read(tmp_path, *authors, **changes):
    look = {"meta": META, "models": [{"tokens": 1}], "market_share": list(authors)} | changes
    return SOURCE.read([payload(tmp_path, URL, look, as_of=date(2026, 3, 28))])


def test_an_author_becomes_a_row_of_a_week_so_far(tmp_path):
    assert read(tmp_path, XIAOMI).frames["demand"].to_dicts() == [
        {
            "kind": "model author",
            "author_as_published": "xiaomi",
            "gateway": "OpenRouter",
            "tokens": 4250046153901,
            "share_percent": 19.6,
            "days_of_week": 7,
            "observed_on": date(2026, 3, 28),
            "source_url": URL,
            "published_on": date(2026, 3, 28),
            "evidence": "published",
            "note": "The nine largest authors; the share is of all.",
        }
    ]


@pytest.mark.parametrize(
    ("day", "days"), [(date(2026, 3, 28), 7), (date(2026, 3, 29), 1), (date(2026, 4, 7), 3), (date(2026, 5, 16), 7)]
)
def test_a_week_begins_on_sunday(day, days):
    assert days_of_week(day) == days


def test_empty_sections_are_an_outcome(tmp_path):
    reading = read(tmp_path)
    assert reading.frames["demand"].is_empty()
    assert not reading.refused
    assert not reading.set_aside


def test_a_look_without_a_day_is_set_aside(tmp_path):
    reading = read(tmp_path, XIAOMI, meta={})
    assert [line.fault for line in reading.set_aside] == [faults.NO_DAY]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"market_share": None}, "expected a list"), ({"market_share": [{"name": "xiaomi"}]}, "missing author")],
)
def test_another_layout_is_refused(tmp_path, change, told):
    assert told in read(tmp_path, **change).refused[URL]


def test_the_whole_copies_hold_nine_authors_a_day_and_two_whole_weeks():
    if UPSTREAM is None:
        pytest.skip("the publishers' whole files lie neither beside the checkout nor at DIVIDE_UPSTREAM")
    reading = SOURCE.read(whole(SOURCE, UPSTREAM))
    rows = reading.frames["demand"]
    assert not reading.refused
    assert rows.height == 8 * 9
    whole_weeks = rows.filter(pl.col("days_of_week") == 7)
    assert whole_weeks["observed_on"].unique().sort().to_list() == [date(2026, 3, 28), date(2026, 5, 16)]
    assert whole_weeks.filter(pl.col("author_as_published") == "xiaomi")["share_percent"].to_list() == [19.6]
