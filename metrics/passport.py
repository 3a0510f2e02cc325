"""The passport of a ratio: its two rows, what matches and what differs, and the sum with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from metrics import matching, values, words
from metrics.findings import thinking
from metrics.metric import COST_RATIO, RESPONSE_RATIO, SPEED_RATIO, Metric

BASELINE = "baseline_"
CONDITIONS = (
    ("capture", "same run"),
    ("measured_by", "same measurer"),
    ("measured_on", "same day"),
    ("prompt_tokens", "same prompt length"),
    ("concurrency", "same concurrency"),
    ("precision", "same precision"),
)


_KINDS = {"traffic": " (live traffic)", matching.VENDOR: " (its own figure)"}


@dataclass(frozen=True)
class Side:
    """One of the two rows: who, the figure, and where it can be opened."""

    provider: str
    spelling: str
    figure: str
    date: str
    measured_by: str
    publisher: str
    licence: str
    url: str
    evidence: str
    note: str


@dataclass(frozen=True)
class Passport:
    """A ratio with everything it rests on.

    `unknown` are conditions that neither side publishes; `others` is what other measurers saw of the same hosts at the
    time, which is never averaged with these rows and never divided by them.
    """

    title: str
    ratio: str
    sum: str
    grade: str
    sides: tuple[Side, Side]
    matches: tuple[str, ...]
    differs: tuple[str, ...]
    unknown: tuple[str, ...]
    footnote: str
    others: tuple[str, ...] = ()


def of_speed(row: Mapping[str, Any], speeds: pl.DataFrame | None = None) -> Passport:
    """Of one row of `speed.ratios`: how many times as fast. `speeds` are `matching.judged` rows."""
    told = _passport(row, SPEED_RATIO, "output_tokens_per_second", "tokens/s", f"{row['model']}, output speed")
    if speeds is None:
        return told
    sides = (other_measurers(row, speeds, prefix) for prefix in ("", BASELINE))
    return replace(told, others=tuple(sentence for side in sides for sentence in side))


def other_measurers(row: Mapping[str, Any], speeds: pl.DataFrame, prefix: str = "") -> tuple[str, ...]:
    """What others measured of the same host and model within MOST_DAYS_APART, or on a day that nobody says: a sentence
    for each measurer."""
    day = row[f"{prefix}measured_on"]
    if day is None:
        return ()
    own = (pl.col("measured_by") == row[f"{prefix}measured_by"]) & (
        pl.col("measurer_kind") == row[f"{prefix}measurer_kind"]
    )
    is_near = (pl.col("measured_on") - pl.lit(day)).dt.total_days().abs() <= matching.MOST_DAYS_APART
    seen = speeds.filter(
        (pl.col("model") == row["model"])
        & (pl.col("provider") == row[f"{prefix}provider"])
        & pl.col("excluded_because").is_null()
        & ~own
        & is_near.fill_null(value=True)
    )
    return tuple(
        f"{measurer}{_KINDS.get(kind, '')} saw {row[f'{prefix}provider']} at "
        f"{words.span(*values.extent(looks['output_tokens_per_second']), 'tokens/s')} in "
        f"{words.plural(looks.height, 'look')}, {_days(looks['measured_on'])}."
        for (measurer, kind), looks in seen.sort("measured_by", "measurer_kind").group_by(
            "measured_by", "measurer_kind", maintain_order=True
        )
    )


def _days(days: pl.Series) -> str:
    """From when to when; says so where the day of some or of all is not published."""
    unsaid = f"{days.null_count()} without a day" if days.null_count() else ""
    dated = words.days(*values.span(days)) if days.count() else ""
    return ", ".join(filter(None, (dated, unsaid)))


def of_price(row: Mapping[str, Any]) -> Passport:
    """Of one row of `cost.ratios`: how many times the price."""
    subject = f"{row['model']}, list price, {row['blend']} blend"
    return _passport(row, COST_RATIO, "blended_usd_per_mtok", "USD per 1M tokens", subject)


def of_response(row: Mapping[str, Any]) -> Passport:
    """Of one row of `response.whole_answers`: how many times as soon the whole answer is there."""
    length = thinking.length(row["answer_tokens"], row["thinking_tokens"], row["thinking_basis"])
    subject = f"{row['model']}, response time for {length}"
    return _passport(row, RESPONSE_RATIO, "response_seconds", "s", subject)


def _passport(row: Mapping[str, Any], metric: Metric, column: str, unit: str, subject: str) -> Passport:
    ours, theirs = (words.quantity(row[f"{prefix}{column}"], unit) for prefix in ("", BASELINE))
    # A response time is better when lower, so the baseline stands above the line.
    above, below = (theirs, ours) if metric is RESPONSE_RATIO else (ours, theirs)
    ratio = words.times(row[metric.name])
    sides = _side(row, "", ours), _side(row, BASELINE, theirs)
    matches, unknown = _compared(row)
    grade = row["match_grade"]
    return Passport(
        title=f"{row['provider']} against {row['baseline_provider']}: {subject}",
        ratio=ratio,
        sum=f"{above} / {below} = {ratio}",
        grade=grade,
        sides=sides,
        matches=matches,
        differs=tuple((row.get("differs") or "").split("; ")) if row.get("differs") else (),
        unknown=unknown,
        footnote=_footnote(subject, ratio, grade, sides),
    )


def _side(row: Mapping[str, Any], prefix: str, figure: str) -> Side:
    return Side(
        provider=row[f"{prefix}provider"],
        spelling=", ".join(
            str(row[f"{prefix}{name}"])
            for name in ("provider_as_published", "model_as_published", "endpoint", "precision")
            if row.get(f"{prefix}{name}")
        ),
        figure=figure,
        date=words.day(row.get(f"{prefix}measured_on") or row.get("measured_on")),
        measured_by=row.get(f"{prefix}measured_by") or "list price",
        publisher=row[f"{prefix}publisher"],
        licence=row[f"{prefix}licence"],
        url=row[f"{prefix}source_url"],
        evidence=row[f"{prefix}evidence"],
        note=row.get(f"{prefix}note") or "",
    )


def _compared(row: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Conditions that both sides publish alike, and those that neither publishes."""
    matches, unknown = ["same model", "same quantity"], []
    for name, words_for_it in CONDITIONS:
        if f"{BASELINE}{name}" not in row:
            continue
        ours, theirs = row[name], row[f"{BASELINE}{name}"]
        if ours is None and theirs is None:
            unknown.append(words_for_it.removeprefix("same "))
        elif ours == theirs:
            matches.append(words_for_it)
    return tuple(matches), tuple(unknown)


def _footnote(subject: str, ratio: str, grade: str, sides: tuple[Side, Side]) -> str:
    """One line to paste under a slide."""
    told = "; ".join(f"{side.provider} {side.figure} ({side.publisher}, {side.date}, {side.url})" for side in sides)
    return f"{ratio}, {subject}, match grade {grade}: {told}."
