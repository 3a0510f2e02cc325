"""What a claim is, and the one rule by which it is judged.

A measured claim is judged at three times: when its speeds were first shown (2024), at the article (the twelve
months up to its day), and now. Now are the figures since the article within half a year of the newest measured figure
of their kind. Where there is none of them, older ones since the article decide, and the sentence says so. Half of the
figures or more meeting the claimed value is SUPPORTED, fewer is PARTLY, none is NOT SUPPORTED. Where a claim held at an
earlier time, and no figure of this one meets it or nobody has published one, it is STALE. A claim about what has
happened by a day (`is_lasting`) is judged from everything known by then: the past does not go stale.

A claim about what may or will happen is routed, not scored: it gets no verdict but the words
SCENARIO, a sentence of what the figures say so far, and the page on which it is worked out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from metrics import cost, matching, speed, values, words

ARTICLE_DAY = date(2026, 2, 3)
SUPPORTED, PARTLY, NOT_SUPPORTED = "SUPPORTED", "PARTLY", "NOT SUPPORTED"
STALE, NOT_COMPARABLE, NO_DATA = "STALE", "NOT COMPARABLE", "NO DATA"
VERDICTS = (SUPPORTED, PARTLY, NOT_SUPPORTED, STALE, NOT_COMPARABLE, NO_DATA)
SCENARIO = "SCENARIO"  # what a routed claim shows in the place of a verdict
FIRST, THEN, NOW = TIMES = "first shown", "at the article", "now"
YEAR = timedelta(days=365)
TOLERANCE = 0.1  # "about 1,800" and "20x" are round figures
ENOUGH = 0.5
MEASURED, CONDITIONAL, FORECAST = "measured", "conditional", "forecast"
HIGHER, LOWER = "higher", "lower"

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Period:
    """The days that count: after `after`, where one is given, and up to `until`.

    `is_today`: the days are those of "now", as of everything known or as of a day since the article.
    """

    after: date | None = None
    until: date | None = None
    is_today: bool = False

    def holds(self, days: pl.Expr) -> pl.Expr:
        """True for days of this period; a missing day belongs to no period that has an end or a beginning."""
        within = days.is_not_null()
        if self.after:
            within &= days > self.after
        if self.until:
            within &= days <= self.until
        return within


def twelve_months_to(day: date) -> Period:
    """The year that ends with this day, the day a year before among it."""
    return Period(after=day - YEAR - timedelta(days=1), until=day)


IN_2024 = Period(after=date(2023, 12, 31), until=date(2024, 12, 31))
AT_THE_ARTICLE, SINCE_THE_ARTICLE = twelve_months_to(ARTICLE_DAY), Period(after=ARTICLE_DAY, is_today=True)
PERIODS: Mapping[str, Period] = {FIRST: IN_2024, THEN: AT_THE_ARTICLE, NOW: SINCE_THE_ARTICLE}


@dataclass(frozen=True)
class Record:
    """The tables as far as one period goes; what several claims need of them is computed once."""

    tables: Tables = field(repr=False)
    period: Period

    def rows(self, table: str, day: pl.Expr) -> pl.DataFrame:
        """Rows of a table whose day, as `measured_on`, lies in the period."""
        return self.tables[table].with_columns(measured_on=day).filter(self.period.holds(pl.col("measured_on")))

    @cached_property
    def speeds(self) -> pl.DataFrame:
        """Judged measurements of the period; those that may enter no ratio say why."""
        return matching.judged(self.rows("provider_speed", pl.col("measured_on")), self.tables["provider"])

    @cached_property
    def speed_pairs(self) -> pl.DataFrame:
        """Comparable pairs of which both sides were measured in the period; others decide nothing."""
        rows = self.rows("provider_speed", pl.col("measured_on"))
        return speed.ratios(rows, self.tables["provider"]).filter(matching.IS_COMPARABLE)

    @cached_property
    def prices(self) -> pl.DataFrame:
        """List prices of hosts of any time, with the rank of their catalogue."""
        return cost.ranked(self.tables["token_price"], self.tables["source_state"], self.tables["provider"])

    @cached_property
    def price_pairs(self) -> pl.DataFrame:
        """Pairs of prices that stood together in the period, each dated by the last of its days on which both did.

        An offer that has ended by the last day of the period, by its seller's notice or in its catalogue, is none.
        """
        return self._standing(cost.ratios(self.prices, self.tables["provider"]))

    @cached_property
    def prices_beside_clouds(self) -> pl.DataFrame:
        """The same of hosts without special silicon beside the hyperscalers."""
        return self._standing(cost.beside_clouds(self.prices, self.tables["provider"]))

    def _standing(self, paired: pl.DataFrame) -> pl.DataFrame:
        """Pairs of which both sides were sold in the period, and on its last day had not ended."""
        after, until = self.period.after, self.period.until
        last = until or values.newest(self.tables["token_price"]["last_seen_on"])
        if last:
            ends = pl.min_horizontal("ended_on", "baseline_ended_on")
            paired = paired.filter((ends > last).fill_null(True), pl.col("stood_from") <= last)
        if until:
            paired = paired.with_columns(measured_on=pl.min_horizontal("measured_on", pl.lit(until)))
        return paired.filter(pl.col("measured_on") > after) if after else paired


@dataclass(frozen=True)
class Evidence:
    """What decides one claim at one time: every comparable figure, and which of them meet it.

    `figures` has at least value, subject, measured_on, source_url; `meets` marks the rows that meet the claim,
    `meets_strictly` those that do without its tolerance. `measured` is the middle value, `low` and `high` the range,
    `newest_on` the newest day of a figure.
    """

    figures: pl.DataFrame = field(compare=False)

    @property
    def count(self) -> int:
        return self.figures.height

    @property
    def met(self) -> int:
        return int(self.figures["meets"].sum()) if self.count else 0

    @property
    def met_strictly(self) -> int:
        return int(self.figures["meets_strictly"].sum()) if self.count else 0

    @property
    def newest_on(self) -> date | None:
        return values.newest(self.figures["measured_on"]) if self.count else None

    @property
    def measured(self) -> float | None:
        return values.middle(self.figures["value"]) if self.count else None

    @property
    def low(self) -> float | None:
        return values.smallest(self.figures["value"]) if self.count else None

    @property
    def high(self) -> float | None:
        return values.largest(self.figures["value"]) if self.count else None


@dataclass(frozen=True)
class Claim:
    """One claim: what it says in short, the figures that decide it, and the claimed value.

    `figures` gives what one record holds; `reason` tells it in a sentence where the general one
    would say too little. `incomparable` names what is published of the quantity but may not be
    compared: where nothing else is, the claim is NOT COMPARABLE. Of a claim that is routed
    `figures` are the rows that its sentence `so_far` speaks of, and it has no claimed value.
    """

    claim_id: str
    short: str
    quantity: str
    subject: str
    page: str  # where the evidence is charted
    flips: str  # what would change the verdict, or decide a scenario
    figures: Callable[[Record], pl.DataFrame] = field(compare=False)
    kind: str = MEASURED
    unit: str = "×"
    threshold: float | None = None
    better: str = HIGHER  # higher: at least the threshold; lower: at most
    thing: str = "figure"  # what one figure is: "pair", "model size"
    tolerance: float = TOLERANCE
    is_lasting: bool = False
    rests_on: str | None = None  # the table whose newest measured row tells what is recent
    reason: Callable[[pl.DataFrame], str] | None = field(default=None, compare=False)
    aside: Callable[[Record], str] | None = field(default=None, compare=False)  # what decides nothing, worth saying
    incomparable: Callable[[Record], str] | None = field(default=None, compare=False)
    so_far: Callable[[pl.DataFrame], str] | None = field(default=None, compare=False)

    @property
    def is_scored(self) -> bool:
        return self.kind == MEASURED


@dataclass(frozen=True)
class Judgement:
    """One claim at one time: its verdict, the sentence that says why, and what it rests on."""

    verdict: str
    reason: str
    evidence: Evidence = field(compare=False)


def judged(claim: Claim, record: Record, has_held: bool = False) -> Judgement:
    """The verdict on a claim from one record; `has_held`: it held at an earlier time."""
    found = Evidence(met(claim, claim.figures(record)))
    if not claim.is_scored:
        return Judgement(SCENARIO, _so_far(claim, found.figures), found)
    verdict = _verdict(found)
    kept_apart = claim.incomparable(record) if claim.incomparable and verdict == NO_DATA else ""
    if kept_apart:
        return Judgement(NOT_COMPARABLE, kept_apart, found)
    if has_held and verdict in (NO_DATA, NOT_SUPPORTED):
        verdict = STALE
    aside = claim.aside(record) if claim.aside else ""
    return Judgement(verdict, " ".join(filter(None, (_reason(claim, record.period, found), aside))), found)


def _so_far(claim: Claim, figures: pl.DataFrame) -> str:
    if claim.so_far is None:
        raise ValueError(f"{claim.claim_id} is not scored: give it the sentence `so_far`.")
    return claim.so_far(figures)


def met(claim: Claim, figures: pl.DataFrame) -> pl.DataFrame:
    """Figures with `meets`; a claim whose condition is more than a threshold has marked them itself."""
    if not claim.is_scored:
        return figures
    if "meets" in figures.columns:
        return figures if "meets_strictly" in figures.columns else figures.with_columns(meets_strictly="meets")
    if claim.threshold is None:
        raise ValueError(f"{claim.claim_id} is scored: give it the claimed value `threshold`, or figures with `meets`.")
    value, is_high = pl.col("value"), claim.better == HIGHER
    least, most = claim.threshold * (1 - claim.tolerance), claim.threshold * (1 + claim.tolerance)
    return figures.filter(value.is_not_null()).with_columns(
        meets=value >= least if is_high else value <= most,
        meets_strictly=value >= claim.threshold if is_high else value <= claim.threshold,
    )


def reach(claim: Claim, measured: float | None) -> float | None:
    """Measured as a multiple of the claimed value; turned over for a claim of a low value, so that above 1
    always favours the article."""
    if not measured or not claim.threshold:
        return None
    return measured / claim.threshold if claim.better == HIGHER else claim.threshold / measured


def _verdict(found: Evidence) -> str:
    if found.count == 0:
        return NO_DATA
    if found.met == 0:
        return NOT_SUPPORTED
    return SUPPORTED if found.met >= ENOUGH * found.count else PARTLY


def _reason(claim: Claim, period: Period, found: Evidence) -> str:
    if not found.count:
        return f"Nobody published a comparable figure {_in_words(period)}."
    if claim.reason:
        return claim.reason(found.figures)
    limit = "at least" if claim.better == HIGHER else "at most"
    best = found.figures.sort("value", descending=claim.better == HIGHER).row(0, named=True)
    reaches = "reaches" if 1 in (found.met, found.count) else "reach"
    return (
        f"{found.met} of {words.plural(found.count, claim.thing)} {reaches} "
        f"{limit} {words.quantity(claim.threshold, claim.unit)}{without_tolerance(found.figures)}; nearest: "
        f"{best['subject']} at {words.quantity(best['value'], claim.unit)}{_told_samples(best, claim.unit)}, "
        f"{words.day(best['measured_on'])}."
    )


def without_tolerance(figures: pl.DataFrame) -> str:
    """How many of the figures meet a claim only because a round figure is met within a tenth; else nothing."""
    met, strictly = (values.counted(figures[name]) for name in ("meets", "meets_strictly"))
    return f" (within {TOLERANCE:.0%}; {strictly or 'none'} without that)" if met != strictly else ""


def _told_samples(row: Mapping[str, Any], unit: str) -> str:
    """Of how many samples a figure is the middle one, and their range; nothing of one sample."""
    if row.get("samples") in (None, 1):
        return ""
    return f", the middle of {row['samples']} samples ({words.span(row['value_low'], row['value_high'], unit)})"


def _in_words(period: Period) -> str:
    if period.until is None:
        return "since the article"
    if period.after is None:
        return f"up to {words.day(period.until)}"
    return f"from {words.days(period.after + timedelta(days=1), period.until)}"
