"""The article's claims, all of them, judged at three times; each verdict is a pure function of the tables.

The rule is in `metrics.claims.claim`; the declarations are in one module for each theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from etl.schema import UPLOAD
from metrics import matching, values, words
from metrics.claims import compute, microsoft, price, speed
from metrics.claims.claim import (
    ARTICLE_DAY,
    IN_2024,
    NOW,
    PERIODS,
    SUPPORTED,
    THEN,
    TIMES,
    Claim,
    Judgement,
    Period,
    Record,
    Tables,
    judged,
    reach,
    twelve_months_to,
)

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (*speed.CLAIMS, *price.CLAIMS, *compute.CLAIMS, *microsoft.CLAIMS),
        key=lambda claim: claim.claim_id,
    )
)
SCORED: tuple[Claim, ...] = tuple(claim for claim in CLAIMS if claim.is_scored)
ROUTED: tuple[Claim, ...] = tuple(claim for claim in CLAIMS if not claim.is_scored)
HEADLINES = ("C01", "C02", "C05", "C06", "C07", "C08")  # the article's own headline: speed, cost, and both at once

TABLES = (
    "provider_speed",
    "token_price",
    "provider",
    "source_state",
    "compute_share",
    "training_result",
    "accelerator",
    "model",
    "company_quarter",
    "accelerator_rent",
    "gpu_serving",
    "fidelity",
    "demand",
    "energy",
    "event",
    "withdrawal",
)

# What is measured, and its day. A vendor's own claim and a forecast are the newest of nothing.
DATED = {
    "provider_speed": ("measured_on", pl.col("measurer_kind").ne_missing(matching.VENDOR)),
    "token_price": ("last_seen_on", pl.lit(True)),
    "accelerator_rent": ("observed_on", pl.lit(True)),
    "gpu_serving": ("measured_on", pl.lit(True)),
    "training_result": ("published_on", pl.lit(True)),
    "compute_share": ("published_on", pl.col("kind").ne_missing("forecast")),
}

VERDICT_SCHEMA = {
    "claim_id": pl.String,
    "claim": pl.String,
    "kind": pl.String,
    "when": pl.String,
    "counted_from": pl.Date,
    "as_of": pl.Date,
    "verdict": pl.String,
    "reason": pl.String,
    "claimed": pl.Float64,
    "measured": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reach": pl.Float64,
    "reach_low": pl.Float64,
    "reach_high": pl.Float64,
    "unit": pl.String,
    "better": pl.String,
    "figures": pl.Int64,
    "met": pl.Int64,
    "met_strictly": pl.Int64,
    "newest_on": pl.Date,
    "page": pl.String,
    "would_flip": pl.String,
}


@dataclass(frozen=True)
class _Records:
    """The tables as far as each period goes; what one period needs is computed once for all claims."""

    tables: Tables
    by_period: dict[Period, Record] = field(default_factory=dict)

    def of(self, period: Period) -> Record:
        return self.by_period.setdefault(period, Record(self.tables, period))


def verdicts(tables: Tables, claims: Sequence[Claim] | None = None) -> pl.DataFrame:
    """Three rows per claim, one for each of `TIMES`: the verdict, the reason, the numbers and the days behind it.

    Takes the tables named in `TABLES`. `counted_from` and `as_of` are the first and the last day that count, null
    where no day is the first; `newest_on` is the newest day of a figure that decides. A routed claim has the verdict
    SCENARIO and no claimed value. Pure: no clock; "now" is up to the newest day of the tables.
    """
    records, rows, today = _Records(tables), [], newest_day(tables)
    for claim in CLAIMS if claims is None else claims:
        has_held = False
        for when in TIMES:
            period = period_of(claim, tables, when)
            found = _judged(claim, records, period, has_held and not claim.is_lasting)
            rows.append(_row(claim, when, period, today if when == NOW else period.until, found))
            has_held = has_held or found.verdict == SUPPORTED
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA)


def period_of(claim: Claim, tables: Tables, when: str, day: date | None = None) -> Period:
    """The days that count for a claim at one of the `TIMES`; "now" as of a day, else as of everything known."""
    if claim.is_lasting:
        return Period(until=day if when == NOW else PERIODS[when].until)
    if when != NOW:
        return PERIODS[when]
    since = replace(PERIODS[NOW], until=day)
    newest = newest_of(claim.rests_on, tables, day) if claim.rests_on else None
    return replace(since, after=max(ARTICLE_DAY, newest - matching.RECENT - timedelta(days=1))) if newest else since


def _judged(claim: Claim, records: _Records, period: Period, has_held: bool) -> Judgement:
    """The verdict in this period; where nothing since the article is recent, that of all since then, and told so."""
    found = judged(claim, records.of(period), has_held)
    since = replace(period, after=ARTICLE_DAY)
    if found.evidence.count or not period.is_today or period == since:
        return found
    older = judged(claim, records.of(since), has_held)
    newest = older.evidence.newest_on
    return replace(older, reason=f"Since the article, last {words.day(newest)}: {older.reason}") if newest else found


def published(tables: Tables) -> dict[str, pl.DataFrame]:
    """The tables without the reader's own rows, which change no verdict."""
    return {
        name: rows.filter(pl.col("evidence") != UPLOAD) if "evidence" in rows.columns else rows
        for name, rows in tables.items()
    }


def replayed(tables: Tables, days: Sequence[date], claims: Sequence[Claim] | None = None) -> pl.DataFrame:
    """The verdict on each scored claim as it would have been on each day, from the rows dated up to that day.

    Grain: claim, as_of; claim_id, claim, as_of, verdict, reason, measured, reach, figures, met. Up
    to the article from the twelve months before the day, later by the rule for now.
    """
    records, rows = _Records(tables), []
    for claim in (claim for claim in (CLAIMS if claims is None else claims) if claim.is_scored):
        times = () if claim.is_lasting else (IN_2024, PERIODS[THEN])
        held_by = [period.until for period in times if judged(claim, records.of(period)).verdict == SUPPORTED]
        for day in sorted(days):
            is_since = day > ARTICLE_DAY
            earlier = Period(until=day) if claim.is_lasting else twelve_months_to(day)
            period = period_of(claim, tables, NOW, day) if is_since else earlier
            found = _judged(claim, records, period, any(until and until < day for until in held_by))
            rows.append(_row(claim, NOW if is_since else THEN, period, day, found))
    kept = ("claim_id", "claim", "as_of", "verdict", "reason", "measured", "reach", "figures", "met")
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA).select(kept).sort("as_of", "claim_id")


def replay_days(tables: Tables) -> tuple[date, ...]:
    """The first day of each quarter since the first speed was measured, the day of the article, and the newest day."""
    first, newest = values.oldest(tables["provider_speed"]["measured_on"]), newest_day(tables)
    if first is None or newest is None:
        return (ARTICLE_DAY,)
    quarters = pl.date_range(first.replace(month=1, day=1), newest, "3mo", eager=True).to_list()
    return tuple(sorted({ARTICLE_DAY, newest, *(day for day in quarters if day >= first)}))


def unchanged_since(by_generation: pl.DataFrame) -> pl.DataFrame:
    """Each claim's verdict now and the first of the builds in a row that gave it.

    Takes `verdicts` of several generations with `generation` and `built_at`. Grain: claim; claim_id,
    claim, verdict, unchanged_since, builds (how many builds in a row).
    """
    ordered = by_generation.filter(pl.col("when") == NOW).sort("claim_id", "built_at", "generation")
    last = pl.col("verdict").last().over("claim_id")
    changed_later = (pl.col("verdict") != last).cast(pl.Int64).reverse().cum_sum().reverse().over("claim_id")
    return (
        ordered.filter(changed_later == 0)
        .group_by("claim_id", "claim", maintain_order=True)
        .agg(
            pl.col("verdict").last(),
            unchanged_since=pl.col("built_at").min().dt.date(),
            builds=pl.len().cast(pl.Int64),
        )
    )


def changes(official: pl.DataFrame, with_uploads: pl.DataFrame) -> pl.DataFrame:
    """Claims whose verdict the reader's own rows would change: claim_id, claim, when, verdict, would_become, reason.

    Takes the verdicts on the published rows and those on the same rows with the reader's; the
    published verdict stands.
    """
    theirs = with_uploads.select("claim_id", "when", would_become="verdict", would_be_because="reason")
    both = official.join(theirs, on=["claim_id", "when"], how="inner", validate="1:1", maintain_order="left")
    return both.filter(pl.col("verdict") != pl.col("would_become")).select(
        "claim_id", "claim", "when", "verdict", "would_become", reason="would_be_because"
    )


def newest_day(tables: Tables) -> date | None:
    """Newest day on which anything that decides a claim was measured, seen or published."""
    return max((day for table in DATED if (day := newest_of(table, tables))), default=None)


def newest_of(table: str, tables: Tables, until: date | None = None) -> date | None:
    """Newest day on which anything of one kind was measured, seen or published, up to a day where one is given."""
    day, counts = DATED[table]
    days = tables[table].filter(counts)[day]
    return values.newest(days.filter(days <= until) if until else days)


def evidence(claim: Claim, tables: Tables, when: str) -> pl.DataFrame:
    """The figures that decide a claim at one time, with `meets`; of a routed one those that its sentence tells."""
    return _judged(claim, _Records(tables), period_of(claim, tables, when), has_held=False).evidence.figures


def reason_of(claim_id: str, tables: Tables) -> str:
    """Why one claim is judged as it is now."""
    return str(verdicts(tables, [claim_of(claim_id)])["reason"][-1])


def claim_of(claim_id: str) -> Claim:
    """The claim of this number."""
    return next(claim for claim in CLAIMS if claim.claim_id == claim_id)


def _row(claim: Claim, when: str, period: Period, as_of: date | None, found: Judgement) -> dict[str, Any]:
    known = found.evidence if claim.is_scored else None
    ends = (known.low, known.high) if known else ()
    reaches = [times for end in ends if (times := reach(claim, end)) is not None]
    return {
        "claim_id": claim.claim_id,
        "claim": claim.short,
        "kind": claim.kind,
        "when": when,
        "counted_from": period.after + timedelta(days=1) if period.after else None,
        "as_of": as_of,
        "verdict": found.verdict,
        "reason": found.reason,
        "claimed": claim.threshold,
        "measured": known and known.measured,
        "low": known and known.low,
        "high": known and known.high,
        "reach": reach(claim, known.measured) if known else None,
        "reach_low": min(reaches, default=None),
        "reach_high": max(reaches, default=None),
        "unit": claim.unit,
        "better": claim.better,
        "figures": found.evidence.count,
        "met": known and known.met,
        "met_strictly": known and known.met_strictly,
        "newest_on": found.evidence.newest_on,
        "page": claim.page,
        "would_flip": claim.flips,
    }
