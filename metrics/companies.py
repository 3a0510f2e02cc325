"""Company figures by the end of their period: capital expenditure, Azure growth, cloud margin, peers, guidance.

A quarter stays a quarter and a year a year: neither is ever made from the other, except that four quarters are
added up where a company guides for a year that it publishes no total of. One basis at a time: cash leaves out what
is leased, "with finance leases" counts a lease in the quarter in which it begins.
"""

from datetime import date
from typing import Any

import polars as pl

from metrics import values, words
from metrics.matching import OWN

MICROSOFT = "Microsoft"
CAPEX, AZURE_GROWTH, CLOUD_MARGIN = "capital expenditure", "Azure growth", "Microsoft Cloud gross margin"
RUN_RATE, SHORT_LIVED = "AI business run rate", "short-lived share of capital expenditure"
SERVER_LIFE = "useful life of servers"
AI_GROWTH, LEASES_BEGUN = "AI business growth", "finance lease additions"
OPENAI_REVENUE, OPENAI_BACKLOG = "revenue from OpenAI", "OpenAI's share of the remaining performance obligation"
REDEFINED_ON = date(2024, 8, 21)  # Microsoft recast its segments: growth before is of another Azure
CASH, WITH_LEASES = "cash", "with finance leases"
CAPEX_BASES, GROWTH_BASES = (WITH_LEASES, CASH), ("reported", "constant currency")
COMPARABLE_BASES = (CASH, "cash with finance-lease principal")
PEERS = (MICROSOFT, "Alphabet", "Amazon", "Meta", "Oracle")
FOUR = "Big 4 total"  # Microsoft, Alphabet, Meta and Amazon
FILINGS = "sec"
PANELS_CAVEAT = (
    "Bands: guidance for the quarter, open upwards where only a lower bound is published. A quarter that nobody "
    "published is a gap. Dotted: Microsoft changed what the Azure line counts in August 2024, so growth before is no "
    "measure of growth after."
)


def quarters(figures: pl.DataFrame, metric: str, basis: str | None, company: str = MICROSOFT) -> pl.DataFrame:
    """The published quarters of one figure on one basis, oldest first, one row for each.

    Where several sources state a quarter the filing stands, then who was read at the source, then who quotes it. A
    reader's own figures are no part of it.
    """
    return _one_each(of_record(_stated(figures, metric, basis, company)))


def own_quarters(figures: pl.DataFrame, metric: str, basis: str | None, company: str = MICROSOFT) -> pl.DataFrame:
    """A reader's own quarters of one figure on one basis, oldest first."""
    return _stated(figures, metric, basis, company).filter(OWN).sort("period_end", "value")


def of_record(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures that publishers stand for: what the answer and the scenario rest on."""
    return figures.filter(~OWN)


def _stated(figures: pl.DataFrame, metric: str, basis: str | None, company: str) -> pl.DataFrame:
    return figures.filter(
        (pl.col("company") == company)
        & (pl.col("metric") == metric)
        & pl.col("basis").eq_missing(basis)
        & (pl.col("period_kind") == "quarter")
        & (pl.col("kind") == "actual")
        & pl.col("value").is_not_null()
    )


def guided_quarters(figures: pl.DataFrame, metric: str, basis: str | None) -> pl.DataFrame:
    """Microsoft's guidance for single quarters, as published: a value, a range, or one end of it."""
    return (
        of_record(figures)
        .filter(
            (pl.col("company") == MICROSOFT)
            & (pl.col("metric") == metric)
            & pl.col("basis").eq_missing(basis)
            & (pl.col("period_kind") == "quarter")
            & (pl.col("kind") == "guidance")
        )
        .sort("period_end", "source_url")
    )


def as_counted_now() -> pl.Expr:
    """True for a period that ended after Microsoft recast its segments: growth before is of another Azure."""
    return pl.col("period_end") > REDEFINED_ON


def panels(figures: pl.DataFrame, capex_basis: str, growth_basis: str) -> pl.DataFrame:
    """What the three panels show, one row for a quarter and panel: `panel` is capex, growth or margin.

    A reader's own figures stand beside the published ones, marked in `is_own`.
    """
    shown = (("capex", CAPEX, capex_basis), ("growth", AZURE_GROWTH, growth_basis), ("margin", CLOUD_MARGIN, None))
    return pl.concat(
        [
            frame.with_columns(is_own=OWN, panel=pl.lit(panel))
            for panel, metric, basis in shown
            for frame in (
                quarters(figures, metric, basis),
                guided_quarters(figures, metric, basis),
                own_quarters(figures, metric, basis),
            )
        ]
    )


def peers(figures: pl.DataFrame) -> pl.DataFrame:
    """Quarterly capital expenditure of the five largest buyers: cash, or the nearest to it that one publishes.

    A reader's own figures on the same basis stand beside the published ones, marked in `is_own`.
    """
    found = []
    for company in PEERS:
        by_basis = {basis: quarters(figures, CAPEX, basis, company) for basis in COMPARABLE_BASES}
        basis = next((basis for basis, frame in by_basis.items() if frame.height), CASH)
        found += [by_basis[basis], own_quarters(figures, CAPEX, basis, company)]
    return pl.concat(found).with_columns(is_own=OWN)


def together(figures: pl.DataFrame) -> pl.DataFrame:
    """Quarterly cash capital expenditure of Microsoft, Alphabet, Meta and Amazon together, where it is published so."""
    return quarters(figures, CAPEX, CASH, FOUR)


def guided_years(figures: pl.DataFrame) -> pl.DataFrame:
    """What companies said they would spend in the newest year that they guide for, first and last statement.

    One row for a statement, with low_usd_bn, high_usd_bn (alike for a single figure), `is_newest`, and
    before_usd_bn: what the year before came to, null where that is not published.
    """
    said = figures.filter(
        (pl.col("metric") == CAPEX)
        & (pl.col("kind") == "guidance")
        & (pl.col("period_kind") == "year")
        & pl.col("company").is_in(PEERS)
        & pl.col("published_on").is_not_null()
    )
    # Microsoft's is listed on its own basis too, without the statement that came before it.
    own = said.filter((pl.col("basis") == WITH_LEASES).any().over("company") & (pl.col("basis") == WITH_LEASES))
    said = pl.concat([own, said.filter(~pl.col("company").is_in(own["company"].to_list()))])
    said = said.filter(pl.col("period_end") == pl.col("period_end").max()).sort("company", "published_on")
    year_end = values.newest(said["period_end"])
    before = {company: _year_before(figures, company, year_end) for company in said["company"].unique()}
    return said.with_columns(
        low_usd_bn=pl.coalesce("value_low", "value"),
        high_usd_bn=pl.coalesce("value_high", "value"),
        is_newest=pl.col("published_on") == pl.col("published_on").max().over("company"),
        before_usd_bn=pl.col("company").replace_strict(before, return_dtype=pl.Float64),
    )


def newest(figures: pl.DataFrame, metric: str, company: str = MICROSOFT) -> dict[str, Any] | None:
    """The newest actual figure of a metric, whatever its period; None where none is published."""
    found = figures.filter(
        (pl.col("company") == company) & (pl.col("metric") == metric) & (pl.col("kind") == "actual")
    ).sort("period_end")
    return found.row(-1, named=True) if found.height else None


def before(frame: pl.DataFrame, day: date) -> dict[str, Any] | None:
    """The last quarter that had ended on this day."""
    ended = frame.filter(pl.col("period_end") <= day)
    return ended.row(-1, named=True) if ended.height else None


def _one_each(frame: pl.DataFrame) -> pl.DataFrame:
    is_quoted = pl.col("evidence") != "published"
    return (
        frame.sort("period_end", pl.col("source") != FILINGS, is_quoted, "source_url")
        .unique("period_end", keep="first", maintain_order=True)
        .sort("period_end")
    )


def _year_before(figures: pl.DataFrame, company: str, year_end: date | None) -> float | None:
    """What the calendar year before came to: as published, else four quarters with finance leases added up."""
    if year_end is None:
        return None
    year = year_end.year - 1
    published = figures.filter(
        (pl.col("company") == company)
        & (pl.col("metric") == CAPEX)
        & (pl.col("kind") == "actual")
        & (pl.col("period_kind") == "year")
        & pl.col("basis").is_in(COMPARABLE_BASES)
        & (pl.col("period_end") == date(year, 12, 31))
        & pl.col("value").is_not_null()
    )
    if published.height:
        return values.largest(_one_each(published)["value"])
    four = quarters(figures, CAPEX, WITH_LEASES, company).filter(pl.col("period_end").dt.year() == year)
    return values.total(four["value"]) if four.height == 4 else None


# Sentences


def since_article(figures: pl.DataFrame, article_day: date, growth_basis: str = GROWTH_BASES[0]) -> str:
    """Capital expenditure and Azure growth of the last quarter before the article, and now."""
    spent, grown = quarters(figures, CAPEX, WITH_LEASES), quarters(figures, AZURE_GROWTH, growth_basis)
    told, verb = [], ""
    for name, unit, then, now in (
        (f"capex {WITH_LEASES}", "bn USD a quarter", before(spent, article_day), _last(spent)),
        ("Azure growth", "%", before(grown, article_day), _last(grown)),
    ):
        if then and now:
            said, verb = _change(then["value"], now["value"], unit, verb)
            told.append(f"{name} {said}")
    ends = [day for frame in (spent, grown) if (day := values.newest(frame["period_end"]))]
    return f"Since the article, {words.listed(told)} ({words.day(max(ends))})." if told else ""


def two_years(rows: pl.DataFrame) -> str:
    """The title of the panels: how much capital expenditure changed over two years, and growth since it is counted as
    today."""
    spent, grown = (_actual(rows, panel) for panel in ("capex", "growth"))
    now, then = _last(spent), _two_years_earlier(spent)
    if not now or not then:
        return "Microsoft's capex by quarter"
    alike = grown.filter(as_counted_now())
    growth_now, growth_then = _last(alike), alike.row(0, named=True) if alike.height > 1 else None
    spending = f"Capex is {words.times(now['value'] / then['value']).removesuffix('x')} times that of two years before"
    if not growth_now or not growth_then:
        return spending
    told = f"{words.number(growth_then['value'])} to {words.quantity(growth_now['value'], '%')}"
    if growth_now["value"] == growth_then["value"]:
        return f"{spending}, and Azure growth stayed at {words.quantity(growth_now['value'], '%')}"
    joined = "and" if growth_now["value"] > growth_then["value"] else "while"
    moved = _moved(growth_then["value"], growth_now["value"])
    return f"{spending}, {joined} Azure growth {moved} {told} since {growth_then['period_end']:%B %Y}"


def panel_names(capex_basis: str, growth_basis: str) -> tuple[str, str, str]:
    """What stands above each panel: quantity, basis and unit."""
    capex = "Cash capex" if capex_basis == CASH else f"Capex {capex_basis}"
    return f"{capex}, bn USD", f"Azure growth, {growth_basis}, %", f"{CLOUD_MARGIN}, %"


def panels_basis(rows: pl.DataFrame, capex_basis: str, growth_basis: str) -> str:
    """What the panels show: quantity, basis, unit, number of quarters, days."""
    actual = of_record(rows).filter(pl.col("kind") == "actual")
    counted = [
        f"{name} ({words.plural(_actual(rows, panel).height, 'quarter')})"
        for panel, name in (
            ("capex", f"capex {capex_basis}" if capex_basis != CASH else "cash capex"),
            ("growth", f"Azure growth, {growth_basis}"),
            ("margin", "Microsoft Cloud gross margin"),
        )
    ]
    return f"Each quarter by its last day: {words.listed(counted)}, {_ended(actual)}."


def _ended(rows: pl.DataFrame) -> str:
    """The days on which the periods of these rows ended."""
    return words.days(values.oldest(rows["period_end"]), values.newest(rows["period_end"]))


def peers_ahead(rows: pl.DataFrame) -> str:
    """The title of the chart of peers: who spent most in the newest quarter, and how Microsoft stands."""
    last = (
        of_record(rows).filter(pl.col("basis") == CASH).group_by("company").agg(pl.all().sort_by("period_end").last())
    )
    last = last.sort("value", descending=True)
    if MICROSOFT not in last["company"].to_list():
        return "Capex of the largest buyers by quarter"
    place = last["company"].to_list().index(MICROSOFT)
    first = last.row(0, named=True)
    own = words.quantity(last["value"][place], "USD bn")
    if not place:
        return f"Microsoft paid most in cash: {own} in its newest quarter"
    return (
        f"{first['company']} paid most in cash, {words.quantity(first['value'], 'USD bn')} in its newest quarter; "
        f"Microsoft {own}"
    )


def peers_basis(rows: pl.DataFrame) -> str:
    """Quantity, basis and days of the chart of peers, with whose basis differs."""
    rows = of_record(rows)
    others = rows.filter(pl.col("basis") != CASH)["company"].unique().sort().to_list()
    apart = f" {words.listed(others)}, dashed: with the principal of finance leases paid off." if others else ""
    return (
        f"Capital expenditure of a quarter, cash, bn USD, by the quarter's last day. "
        f"{words.plural(rows.height, 'figure')}, {_ended(rows)}."
        f"{apart}"
    )


def four_together(rows: pl.DataFrame) -> str:
    """What the four paid together in the newest quarter, beside the earliest that is published alike."""
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    told = (
        f"Microsoft, Alphabet, Meta and Amazon together, all in cash: {words.quantity(last['value'], 'USD bn')} in the "
        f"quarter to {words.day(last['period_end'])}"
    )
    if first == last:
        return f"{told}."
    return f"{told}, {words.quantity(first['value'], 'USD bn')} in the one to {words.day(first['period_end'])}."


def guidance_change(said: pl.DataFrame) -> str:
    """The title of the chart of guidance: who raised, who lowered."""
    raised, lowered = [], []
    for (company,), rows in said.group_by(["company"], maintain_order=True):
        first, last = rows.row(0, named=True), rows.row(-1, named=True)
        if last["high_usd_bn"] > first["high_usd_bn"]:
            raised.append(company)
        elif last["high_usd_bn"] < first["high_usd_bn"]:
            lowered.append(company)
    year = _guided_year(said)
    if year is None:
        return "No guidance is published"
    told = [f"{verb} at {words.listed(names)}" for verb, names in (("higher", raised), ("lower", lowered)) if names]
    return f"Guidance for {year} since its first statement: {', '.join(told) or 'unchanged'}"


def guidance_basis(said: pl.DataFrame) -> str:
    year = _guided_year(said)
    if year is None:
        return ""
    return (
        f"Capital expenditure of the calendar year {year}, bn USD, each on its company's own basis: compare a company "
        f"with itself. Pale: first statement; full: newest ({words.day(values.newest(said['published_on']))}); "
        f"dot: {year - 1} as spent."
    )


def _guided_year(said: pl.DataFrame) -> int | None:
    newest_end = values.newest(said["period_end"])
    return newest_end.year if newest_end else None


def guidance_notes(said: pl.DataFrame) -> str:
    """What Microsoft's guidance says of itself, where it says so."""
    notes = said.filter(pl.col("company") == MICROSOFT)["note"].drop_nulls().to_list()
    return f"Microsoft: {' '.join(notes)}" if notes else ""


def _actual(rows: pl.DataFrame, panel: str) -> pl.DataFrame:
    return of_record(rows).filter((pl.col("panel") == panel) & (pl.col("kind") == "actual")).sort("period_end")


def _last(frame: pl.DataFrame) -> dict[str, Any] | None:
    return frame.row(-1, named=True) if frame.height else None


def _two_years_earlier(frame: pl.DataFrame) -> dict[str, Any] | None:
    day = values.newest(frame["period_end"])
    if day is None:
        return None
    return _last(frame.filter(pl.col("period_end") == day.replace(year=day.year - 2)))


def _change(then: float, now: float, unit: str, said_before: str) -> tuple[str, str]:
    """rose from 37.5 to 41 bn USD a quarter; the verb is left out where it was said before. And the verb."""
    if words.number(then) == words.number(now):
        return f"stayed at {words.quantity(now, unit)}", ""
    verb = _moved(then, now)
    said = verb.removeprefix("rose ").removeprefix("fell ") if verb == said_before else verb
    return f"{said} {words.number(then)} to {words.quantity(now, unit)}", verb


def _moved(then: float, now: float) -> str:
    return "rose from" if now > then else "fell from"
