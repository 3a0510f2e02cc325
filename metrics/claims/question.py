"""A question about the article's subject: its words, how the tables answer it, and what nobody publishes.

The wording is ours. An answer is a pure function of the tables: a figure with its unit, its day and its rows, one or
two sentences, and the dated events that belong to it. Where the tables hold nothing that answers, the answer names what
is missing: a figure that nobody published is not replaced by a guess.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import values, words
from metrics.claims import verdicts
from metrics.claims.claim import NOW, Period, Record, Tables

CANNOT = "Published data cannot answer this."
ARTICLE, MORE = "the article", "more questions"


def _no_events() -> pl.DataFrame:
    return TABLES["event"].empty()


@dataclass(frozen=True)
class Answer:
    """A figure in words with its unit, a sentence, its newest day, the rows it comes from, and dated events."""

    figure: str
    sentence: str
    as_of: date | None
    rows: pl.DataFrame = field(compare=False)
    events: pl.DataFrame = field(default_factory=_no_events, compare=False)


@dataclass(frozen=True)
class CannotAnswer:
    """That nothing published answers, what would have to be, and the dated events that speak of it."""

    missing: str
    events: pl.DataFrame = field(default_factory=_no_events, compare=False)


@dataclass(frozen=True)
class Question:
    """One question: its words, how the tables answer it, what is missing where they do not, and the page of it.

    Without `answer` no table of the vocabulary could hold the figure that is asked for. `not_published` is said beside
    an answer: what nobody publishes of the same question. `happened` chooses the events that belong to it, the newest
    first. `is_scenario`: its page works it out from stated assumptions.
    """

    text: str
    missing: str
    page: str
    answer: Callable[[Tables], Answer | None] | None = field(default=None, compare=False)
    not_published: str = ""
    happened: Callable[[pl.DataFrame], pl.DataFrame] | None = field(default=None, compare=False)
    is_scenario: bool = False
    asked_by: str = MORE
    number: int = 0


def answered(question: Question, tables: Tables) -> Answer | CannotAnswer:
    """The answer that these tables give; takes the tables named in `verdicts.TABLES`."""
    found = question.answer(tables) if question.answer else None
    events = question.happened(tables["event"]) if question.happened else _no_events()
    return replace(found or CannotAnswer(question.missing), events=events)


def numbered(asked: Sequence[Question]) -> tuple[Question, ...]:
    """The questions with their numbers from 1 on."""
    return tuple(replace(question, number=number) for number, question in enumerate(asked, start=1))


def summary(asked: Sequence[Question], found: Sequence[Answer | CannotAnswer]) -> str:
    """How many of the article's questions the published data answers, and when the newest figure is of."""
    known = [
        answer
        for question, answer in zip(asked, found, strict=True)
        if question.asked_by == ARTICLE and isinstance(answer, Answer)
    ]
    newest = max((answer.as_of for answer in known if answer.as_of), default=None)
    of_all = sum(question.asked_by == ARTICLE for question in asked)
    return (
        f"Published data answers {len(known)} of the article's {words.plural(of_all, 'question')}, the newest figure "
        f"of {words.day(newest)}; what nobody publishes stands beside each."
        if newest
        else f"Published data answers none of the article's {words.plural(of_all, 'question')}."
    )


ANSWER_SCHEMA = {
    "number": pl.Int64,
    "asked_by": pl.String,
    "question": pl.String,
    "is_answered": pl.Boolean,
    "figure": pl.String,
    "answer": pl.String,
    "as_of": pl.Date,
    "is_scenario": pl.Boolean,
    "not_published": pl.String,
    "rows": pl.Int64,
    "events": pl.Int64,
    "events_from": pl.Date,
    "events_to": pl.Date,
    "page": pl.String,
    "source_urls": pl.String,
}


def as_table(asked: Sequence[Question], found: Sequence[Answer | CannotAnswer]) -> pl.DataFrame:
    """One row for each question: its figure, sentences and newest day, or what is missing.

    `rows` and `events` count what stands behind it, `events_from` to `events_to` are the days of the events,
    `source_urls` the addresses of both, one a line. `not_published` is what nobody publishes of it.
    """
    return pl.DataFrame(list(map(_as_row, asked, found)), schema=ANSWER_SCHEMA)


def _as_row(asked: Question, found: Answer | CannotAnswer) -> dict[str, object]:
    known = found if isinstance(found, Answer) else None
    sources = [found.events["source_url"], *([known.rows["source_url"]] if known else [])]
    return {
        "number": asked.number,
        "asked_by": asked.asked_by,
        "question": asked.text,
        "is_answered": known is not None,
        "figure": known and known.figure,
        "answer": known and known.sentence,
        "as_of": known and known.as_of,
        "is_scenario": asked.is_scenario,
        "not_published": found.missing if isinstance(found, CannotAnswer) else asked.not_published or None,
        "rows": known.rows.height if known else 0,
        "events": found.events.height,
        "events_from": values.oldest(found.events["happened_on"]),
        "events_to": values.newest(found.events["happened_on"]),
        "page": asked.page,
        "source_urls": "\n".join(pl.concat(sources).drop_nulls().unique().sort()) or None,
    }


def deciding(claim_id: str, tables: Tables, when: str = NOW) -> pl.DataFrame:
    """The figures that decide a claim at one time."""
    return verdicts.evidence(verdicts.claim_of(claim_id), tables, when)


def whole(tables: Tables) -> Record:
    """Everything dated, whenever it is of."""
    return Record(tables, Period())


def of_claim(tables: Tables, claim_id: str) -> Record:
    """The tables as far as "now" goes for a claim."""
    return Record(tables, verdicts.period_of(verdicts.claim_of(claim_id), tables, NOW))


def from_rows(rows: pl.DataFrame, figure: str, sentence: str) -> Answer:
    """An answer as of the newest day of its rows, their `measured_on`."""
    return Answer(figure, sentence, values.newest(rows["measured_on"]), rows)
