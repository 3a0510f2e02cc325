"""The article's claims as typed predicates; each verdict is a pure function of the tables.

A claim is judged twice by one rule: then, from what had been measured or priced up to the day of
the article, and now, from what has been measured since. Pairs of grade D decide nothing. Half of
the pairs or more meeting the claimed value is SUPPORTED, fewer is PARTLY, none is NOT SUPPORTED.
Where a claim held then, and since then no figure meets it or nobody has published one, it is STALE.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from metrics import cost, matching, speed, words

ARTICLE_DAY = date(2026, 2, 3)
SUPPORTED, PARTLY, NOT_SUPPORTED = "SUPPORTED", "PARTLY", "NOT SUPPORTED"
STALE, NOT_COMPARABLE, NO_DATA = "STALE", "NOT COMPARABLE", "NO DATA"
VERDICTS = (SUPPORTED, PARTLY, NOT_SUPPORTED, STALE, NOT_COMPARABLE, NO_DATA)
THEN, NOW = "then", "now"
TOLERANCE = 0.1  # "about 1,800" and "20x" are round figures
ENOUGH = 0.5

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Evidence:
    """What decides one claim at one time: every comparable figure, and which of them meet it.

    `figures` has at least value, subject, measured_on, source_url; `meets` marks the rows that
    meet the claim. `measured` is the middle value, `low` and `high` the range.
    """

    figures: pl.DataFrame = field(compare=False)

    @property
    def count(self) -> int:
        return self.figures.height

    @property
    def met(self) -> int:
        return int(self.figures["meets"].sum())

    @property
    def measured(self) -> float | None:
        return self.figures["value"].median()

    @property
    def low(self) -> float | None:
        return self.figures["value"].min()

    @property
    def high(self) -> float | None:
        return self.figures["value"].max()


@dataclass(frozen=True)
class Claim:
    """One claim: what it says in short, the figures that decide it, and the claimed value."""

    claim_id: str
    short: str
    quantity: str
    unit: str
    threshold: float
    better: str  # higher: at least the threshold; lower: at most
    figures: Callable[[Tables, str], pl.DataFrame] = field(compare=False)
    subject: str
    thing: str  # what one figure is: "pair", "model size"
    page: str  # where the evidence is charted
    flips: str  # what would change the verdict
    tolerance: float = TOLERANCE


def verdicts(tables: Tables, claims: Sequence[Claim] | None = None) -> pl.DataFrame:
    """Two rows per claim, then and now: claim_id, as_of, when, verdict, reason, the numbers behind it.

    Tables: provider_speed, token_price, provider. Pure: no clock; "now" is the newest day in them.
    """
    judged = CLAIMS if claims is None else claims
    today = newest_day(tables)
    rows = []
    for claim in judged:
        then = Evidence(_met(claim, claim.figures(tables, THEN)))
        now = Evidence(_met(claim, claim.figures(tables, NOW)))
        then_verdict = _verdict(then)
        rows.append(_row(claim, THEN, ARTICLE_DAY, then, then_verdict))
        rows.append(_row(claim, NOW, today, now, _now(then_verdict, now)))
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA)


VERDICT_SCHEMA = {
    "claim_id": pl.String,
    "claim": pl.String,
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


def newest_day(tables: Tables) -> date | None:
    """Newest day that the speeds and prices speak of."""
    days = [tables["provider_speed"]["measured_on"].max(), tables["token_price"]["last_seen_on"].max()]
    return max((day for day in days if day), default=None)


def evidence(claim: Claim, tables: Tables, when: str) -> pl.DataFrame:
    """The figures that decide a claim then or now, with `meets`."""
    return _met(claim, claim.figures(tables, when))


def _met(claim: Claim, figures: pl.DataFrame) -> pl.DataFrame:
    if "meets" in figures.columns:
        return figures
    value = pl.col("value")
    reached = (
        value >= claim.threshold * (1 - claim.tolerance)
        if claim.better == "higher"
        else value <= claim.threshold * (1 + claim.tolerance)
    )
    return figures.filter(value.is_not_null()).with_columns(meets=reached)


def _verdict(found: Evidence) -> str:
    if found.count == 0:
        return NO_DATA
    if found.met == 0:
        return NOT_SUPPORTED
    return SUPPORTED if found.met >= ENOUGH * found.count else PARTLY


def _now(then_verdict: str, now: Evidence) -> str:
    verdict = _verdict(now)
    return STALE if then_verdict == SUPPORTED and verdict in (NO_DATA, NOT_SUPPORTED) else verdict


def _row(claim: Claim, when: str, as_of: date | None, found: Evidence, verdict: str) -> dict:
    reaches = [reach(claim, end) for end in (found.low, found.high) if end]
    return {
        "claim_id": claim.claim_id,
        "claim": claim.short,
        "when": when,
        "as_of": as_of,
        "verdict": verdict,
        "reason": _reason(claim, when, found),
        "claimed": claim.threshold,
        "measured": found.measured,
        "low": found.low,
        "high": found.high,
        "reach": reach(claim, found.measured),
        "reach_low": min(reaches, default=None),
        "reach_high": max(reaches, default=None),
        "unit": claim.unit,
        "better": claim.better,
        "figures": found.count,
        "met": found.met,
        "newest_on": found.figures["measured_on"].max() if found.count else None,
        "page": claim.page,
        "would_flip": claim.flips,
    }


def reach(claim: Claim, measured: float | None) -> float | None:
    """Measured as a multiple of the claimed value; turned over for a claim of a low value, so that above 1
    always favours the article."""
    if not measured:
        return None
    return measured / claim.threshold if claim.better == "higher" else claim.threshold / measured


def _reason(claim: Claim, when: str, found: Evidence) -> str:
    if "meets_cost" in found.figures.columns:
        return joint_reason(found.figures)
    if not found.count:
        since = "before the article" if when == THEN else "since the article"
        return f"Nobody published a comparable figure {since}."
    limit = "at least" if claim.better == "higher" else "at most"
    about = f" (within {claim.tolerance:.0%})" if claim.tolerance else ""
    best = found.figures.sort("value", descending=claim.better == "higher").row(0, named=True)
    return (
        f"{found.met} of {words.plural(found.count, claim.thing)} {'reaches' if found.met == 1 else 'reach'} "
        f"{limit} {words.quantity(claim.threshold, claim.unit)}{about}; nearest: "
        f"{best['subject']} at {words.quantity(best['value'], claim.unit)}, {words.day(best['measured_on'])}."
    )


def _in_time(rows: pl.DataFrame, when: str) -> pl.DataFrame:
    """Rows measured up to the article's day, or after it. Undated rows belong to neither."""
    measured = pl.col("measured_on")
    return rows.filter(measured <= ARTICLE_DAY if when == THEN else measured > ARTICLE_DAY)


def _speeds(tables: Tables, when: str) -> pl.DataFrame:
    """Comparable pairs of which both sides were measured in this time."""
    return speed.ratios(_in_time(tables["provider_speed"], when), tables["provider"]).filter(
        pl.col("match_grade").is_in(matching.COMPARABLE_GRADES)
    )


def _pair_figures(rows: pl.DataFrame, value: str) -> pl.DataFrame:
    return rows.with_columns(
        value=pl.col(value),
        subject=pl.format("{} against {} on {}", "provider", "baseline_provider", "model"),
    ).filter(pl.col("value").is_not_null())


def _llama_speeds(tables: Tables, when: str) -> pl.DataFrame:
    """Cerebras' newest independent speed of each Llama 3.1 size."""
    rows = matching.judged(tables["provider_speed"], tables["provider"]).filter(
        (pl.col("provider") == "Cerebras")
        & pl.col("model").str.starts_with("Llama 3.1 ")
        & pl.col("excluded_because").is_null()
        & (pl.col("measurer_kind") != "vendor")
    )
    newest = (
        _in_time(rows, when)
        .sort("measured_on", "output_tokens_per_second", descending=True)
        .unique("model", keep="first", maintain_order=True)
    )
    return newest.with_columns(value="output_tokens_per_second", subject="model").sort("model")


def _speed_pairs(providers: Sequence[str] | None, against: str | None):
    """The newest pair of each model, provider and other host; `against` narrows the other hosts."""

    def figures(tables: Tables, when: str) -> pl.DataFrame:
        rows = _narrowed(_speeds(tables, when), providers, against)
        return _pair_figures(speed.newest(rows), "speed_ratio")

    return figures


def _narrowed(rows: pl.DataFrame, providers: Sequence[str] | None, against: str | None) -> pl.DataFrame:
    if providers:
        rows = rows.filter(pl.col("provider").is_in(list(providers)))
    if against == "hyperscalers":
        return rows.filter("baseline_is_hyperscaler")
    return rows.filter(pl.col("baseline_provider") == against) if against else rows


def _price_pairs(against: str | None):
    """Price ratios of each model, provider and other host: those that stood on the article's day, or the newest
    seen since. A price that a catalogue had dropped by then decides nothing."""

    def figures(tables: Tables, when: str) -> pl.DataFrame:
        rows = _narrowed(cost.ratios(tables["token_price"], tables["provider"]), None, against)
        if when == THEN:
            stood = (pl.col("stood_from") <= ARTICLE_DAY) & (pl.col("measured_on") >= ARTICLE_DAY)
            rows = rows.filter(stood).with_columns(measured_on=pl.lit(ARTICLE_DAY))
        else:
            rows = rows.filter(pl.col("measured_on") > ARTICLE_DAY)
        newest = cost.best_first(rows).unique(
            ["model", "provider", "baseline_provider"], keep="first", maintain_order=True
        )
        return _pair_figures(newest.sort("model", "provider", "baseline_provider"), "cost_ratio")

    return figures


COST_LEG, SPEED_LEG = 0.1, 10.0


def _joint_pairs(tables: Tables, when: str) -> pl.DataFrame:
    """Pairs with both ratios; `value` is the weaker leg as a multiple of what is claimed of it, so that 1 or
    more means that one provider does both."""
    rows = _narrowed(_speeds(tables, when), None, "hyperscalers")
    both = cost.beside_speed(speed.newest(rows), tables["token_price"]).filter(pl.col("cost_ratio") > 0)
    speed_leg, cost_leg = pl.col("speed_ratio") / SPEED_LEG, COST_LEG / pl.col("cost_ratio")
    return _pair_figures(
        both.with_columns(weaker_leg=pl.min_horizontal(speed_leg, cost_leg)), "weaker_leg"
    ).with_columns(
        meets_cost=cost_leg >= 1 / (1 + TOLERANCE),
        meets_speed=speed_leg >= 1 - TOLERANCE,
        meets=(cost_leg >= 1 / (1 + TOLERANCE)) & (speed_leg >= 1 - TOLERANCE),
    )


def joint_reason(figures: pl.DataFrame) -> str:
    """The joint claim leg by leg: how many pairs meet the speed, the price, and both."""
    if figures.is_empty():
        return "Nobody published a speed and a price of one pair in this time."
    best = figures.sort("cost_ratio").row(0, named=True)
    return (
        f"Of {words.plural(figures.height, 'pair')}, {figures['meets_speed'].sum()} reach 10x the speed, "
        f"{figures['meets_cost'].sum()} cost a tenth or less, {figures['meets'].sum()} do both; the cheapest is "
        f"{best['subject']}: {words.times(best['speed_ratio'])} the speed at {words.priced(best['cost_ratio'])}."
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C01",
        short="Cerebras serves Llama 3.1 at about 1,800 tokens per second",
        quantity="output speed of one request",
        unit="tokens/s",
        threshold=1800,
        better="higher",
        figures=_llama_speeds,
        subject="Cerebras",
        thing="model size",
        page="speed",
        flips="An independent measurement of Llama 3.1 70B or 405B on Cerebras at 1,800 tokens/s or more.",
    ),
    Claim(
        claim_id="C02",
        short="Cerebras is 20 times as fast as traditional set-ups",
        quantity="speed ratio against each other host",
        unit="×",
        threshold=20,
        better="higher",
        figures=_speed_pairs(("Cerebras",), None),
        subject="Cerebras",
        thing="pair",
        page="speed",
        flips="Half of the hosts of a model measured beside Cerebras at a twentieth of its speed or less.",
    ),
    Claim(
        claim_id="C05",
        short="Specialised chips outperform the clusters behind Azure",
        quantity="speed ratio against Azure",
        unit="×",
        threshold=1,
        better="higher",
        figures=_speed_pairs(None, "Azure"),
        subject="specialised providers",
        thing="pair",
        page="speed",
        flips="Azure measured faster than Cerebras, Groq or SambaNova on half of the models they share.",
        tolerance=0,
    ),
    Claim(
        claim_id="C06",
        short="Inference at a tenth of the cost of current clouds",
        quantity="price ratio against Azure, AWS Bedrock and Google Vertex",
        unit="×",
        threshold=COST_LEG,
        better="lower",
        figures=_price_pairs("hyperscalers"),
        subject="specialised providers",
        thing="pair",
        page="cost",
        flips="List prices at a tenth of the clouds' for half of the models they share.",
    ),
    Claim(
        claim_id="C07",
        short="Inference at ten times the speed of current clouds",
        quantity="speed ratio against Azure, AWS Bedrock and Google Vertex",
        unit="×",
        threshold=SPEED_LEG,
        better="higher",
        figures=_speed_pairs(None, "hyperscalers"),
        subject="specialised providers",
        thing="pair",
        page="speed",
        flips="Half of the pairs with the three clouds at 10x or more.",
    ),
    Claim(
        claim_id="C08",
        short="A tenth of the cost and ten times the speed at once",
        quantity="the weaker of both ratios of one pair, as a multiple of what is claimed of it",
        unit="×",
        threshold=1,
        better="higher",
        figures=_joint_pairs,
        subject="specialised providers",
        thing="pair",
        page="cost",
        flips="One provider that sells a model at a tenth of a cloud's price and ten times its speed.",
    ),
)
