"""No sentence is dated by a row that it does not rest on: verdicts, answers and charts, on the figures that ship."""

import re
from collections.abc import Iterable
from datetime import date, datetime

import polars as pl
import pytest

from etl.folders import Folders
from metrics.claims import question, questions, verdicts
from metrics.claims.claim import ARTICLE_DAY, NOT_COMPARABLE, Record
from pages.shared import cite
from tests.pages.test_pages import CHARTED, opener

DAY = re.compile(
    r"\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})\b"
)


def told(sentence: str) -> set[date]:
    """The days that a sentence names."""
    return {datetime.strptime(day, "%d %B %Y").date() for day in DAY.findall(sentence)}


def days_of(frames: Iterable[pl.DataFrame]) -> set[date]:
    """Every day that these rows have, in whichever column, or name in their text."""
    found: set[date] = set()
    for frame in frames:
        for name, dtype in frame.schema.items():
            values = frame[name].drop_nulls().unique()
            if dtype == pl.Date:
                found |= set(values)
            elif dtype.is_temporal():
                found |= {moment.date() for moment in values}
            elif dtype == pl.String:
                found |= told(" ".join(values))
    return found


@pytest.fixture(scope="module")
def tables(built_data):
    store = Folders(data=built_data).store
    return {name: store.rows(name) for name in verdicts.TABLES}


@pytest.mark.parametrize("claim", verdicts.CLAIMS, ids=[claim.claim_id for claim in verdicts.CLAIMS])
def test_a_verdict_is_dated_by_the_figures_that_decide_it(tables, claim):
    for row in verdicts.verdicts(tables, [claim]).iter_rows(named=True):
        period = verdicts.period_of(claim, tables, row["when"])
        aside = claim.aside(Record(tables, period)) if claim.aside else ""
        figures = verdicts.evidence(claim, tables, row["when"])
        if row["verdict"] == NOT_COMPARABLE:  # what is published of the quantity, and kept apart
            figures = tables[claim.rests_on] if claim.rests_on else figures
        of_time = {day for day in (row["counted_from"], row["as_of"], ARTICLE_DAY) if day}
        assert told(row["reason"].replace(aside, "") if aside else row["reason"]) <= days_of([figures]) | of_time
        assert row["newest_on"] in {None, *days_of([figures])}


@pytest.mark.parametrize("asked", questions.QUESTIONS, ids=[f"{asked.number}" for asked in questions.QUESTIONS])
def test_an_answer_is_dated_by_its_own_rows_and_events(tables, asked):
    found = question.answered(asked, tables)
    if isinstance(found, question.CannotAnswer):
        assert not told(found.missing)
        return
    assert told(found.sentence) <= days_of([found.rows, found.events])
    assert found.as_of in days_of([found.rows])


@pytest.fixture
def drawn(monkeypatch):
    """What every chart of a page says, and the rows that it was drawn from."""
    seen = []
    drawing = cite.chart

    def watched(shown, chart, rows, name, *rest, **named):
        seen.append((name, f"{chart.title} {chart.subtitle}", rows))
        return drawing(shown, chart, rows, name, *rest, **named)

    monkeypatch.setattr(cite, "chart", watched)
    return seen


@pytest.mark.parametrize("page", CHARTED)
def test_a_chart_is_dated_by_the_rows_behind_it(monkeypatch, built_data, drawn, page):
    assert not opener(monkeypatch, built_data)(page).exception
    for name, sentence, rows in drawn:
        assert told(sentence) <= days_of([rows]) | {ARTICLE_DAY}, name
