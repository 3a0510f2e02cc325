"""The article's claims, all of them, judged then and now; each verdict is a pure function of the tables.

The rule is in `metrics.claims.claim`; the declarations are in one module for each theme.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from etl.schema import UPLOAD
from metrics import values
from metrics.claims import compute, microsoft, price, speed
from metrics.claims.claim import (
    ARTICLE_DAY,
    BEFORE_THE_ARTICLE,
    NOW,
    PERIODS,
    THEN,
    Claim,
    Judgement,
    Period,
    Record,
    Tables,
    judged,
    reach,
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
)

DATED = (
    ("provider_speed", "measured_on"),
    ("token_price", "last_seen_on"),
    ("accelerator_rent", "observed_on"),
    ("gpu_serving", "measured_on"),
    ("training_result", "published_on"),
    ("compute_share", "published_on"),
)

VERDICT_SCHEMA = {
    "claim_id": pl.String,
    "claim": pl.String,
    "kind": pl.String,
    "when": pl.String,
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
    "newest_on": pl.Date,
    "page": pl.String,
    "would_flip": pl.String,
}


def verdicts(tables: Tables, claims: Sequence[Claim] | None = None) -> pl.DataFrame:
    """Two rows per claim, then and now: claim_id, as_of, when, verdict, reason, the numbers behind it.

    Takes the tables named in `TABLES`. A routed claim has the verdict SCENARIO and no claimed
    value. Pure: no clock; "now" is the newest day in the tables.
    """
    today = newest_day(tables)
    before, since, by_now = (Record(tables, period) for period in (*PERIODS.values(), Period()))
    rows = []
    for claim in CLAIMS if claims is None else claims:
        then = judged(claim, before)
        now = judged(claim, by_now if claim.is_lasting else since, then)
        rows.append(_row(claim, THEN, ARTICLE_DAY, then))
        rows.append(_row(claim, NOW, today, now))
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA)


def published(tables: Tables) -> dict[str, pl.DataFrame]:
    """The tables without the reader's own rows, which change no verdict."""
    return {
        name: rows.filter(pl.col("evidence") != UPLOAD) if "evidence" in rows.columns else rows
        for name, rows in tables.items()
    }


def replayed(tables: Tables, days: Sequence[date], claims: Sequence[Claim] | None = None) -> pl.DataFrame:
    """The verdict on each scored claim as it would have been on each day, from the rows dated up to that day.

    Grain: claim, as_of; claim_id, claim, as_of, verdict, reason, measured, reach, figures, met. Up
    to the article by the rule for then, later by the rule for now.
    """
    shown = [claim for claim in (CLAIMS if claims is None else claims) if claim.is_scored]
    at_article = Record(tables, BEFORE_THE_ARTICLE)
    held = {claim.claim_id: judged(claim, at_article) for claim in shown}
    rows = []
    for day in sorted(days):
        is_since = day > ARTICLE_DAY
        record, by_then = (
            Record(tables, Period(ARTICLE_DAY if is_since else None, day)),
            Record(tables, Period(None, day)),
        )
        for claim in shown:
            found = judged(claim, by_then if claim.is_lasting else record, held[claim.claim_id] if is_since else None)
            rows.append(_row(claim, NOW if is_since else THEN, day, found))
    kept = ("claim_id", "claim", "as_of", "verdict", "reason", "measured", "reach", "figures", "met")
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA).select(kept)


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
    days = [values.newest(tables[table][day]) for table, day in DATED]
    return max((day for day in days if day), default=None)


def evidence(claim: Claim, tables: Tables, when: str) -> pl.DataFrame:
    """The figures that decide a claim then or now, with `meets`; of a routed one those that its sentence tells."""
    period = Period() if when == NOW and claim.is_lasting else PERIODS[when]
    return judged(claim, Record(tables, period)).evidence.figures


def reason_of(claim_id: str, tables: Tables) -> str:
    """Why one claim is judged as it is now."""
    claim = next(claim for claim in CLAIMS if claim.claim_id == claim_id)
    return str(verdicts(tables, [claim])["reason"][1])


def _row(claim: Claim, when: str, as_of: date | None, found: Judgement) -> dict[str, Any]:
    known = found.evidence if claim.is_scored else None
    ends = (known.low, known.high) if known else ()
    reaches = [times for end in ends if (times := reach(claim, end)) is not None]
    return {
        "claim_id": claim.claim_id,
        "claim": claim.short,
        "kind": claim.kind,
        "when": when,
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
        "newest_on": found.evidence.figures["measured_on"].max() if found.evidence.count else None,
        "page": claim.page,
        "would_flip": claim.flips,
    }
