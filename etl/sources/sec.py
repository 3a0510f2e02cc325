"""SEC EDGAR: capital expenditure of Microsoft, Alphabet, Amazon and Meta from their filings.

- The cash-flow line "payments to acquire property, plant and equipment"; Amazon has also used
  "payments to acquire productive assets". One address a company and concept; the whole of a company's
  facts is asked for only where none of its concepts is held.
- Filings state the year to date (3, 6, 9, 12 months). A quarter is the discrete value where one was
  filed, otherwise the difference of two values of the same fiscal year.
- A period is filed again with later reports: the value filed last stands, and the filing that first
  stated this value is cited.
- `fy` and `fp` describe the filing, not the period, and are not used. A fiscal year ends in the month in
  which the twelve months of annual reports end; other twelve months are trailing ones, set aside.
- The basis is cash: capital expenditure with finance leases is another figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from etl import faults
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    SetAside,
    Source,
    SourceChanged,
    Want,
    each,
    expect_keys,
    merge,
)

BASE_URL = "https://data.sec.gov/api/xbrl"
PROPERTY = "PaymentsToAcquirePropertyPlantAndEquipment"
PRODUCTIVE_ASSETS = "PaymentsToAcquireProductiveAssets"
CONCEPTS = (PROPERTY, PRODUCTIVE_ASSETS)
COMPANIES = {789019: "Microsoft", 1652044: "Alphabet", 1018724: "Amazon", 1326801: "Meta"}
ASKED = dict.fromkeys(COMPANIES, (PROPERTY,)) | {1018724: CONCEPTS}

MONTHS_BY_DAYS = ((80, 100, 3), (170, 190, 6), (260, 285, 9), (350, 380, 12))


@dataclass(frozen=True)
class Fact:
    """One filed value of one period."""

    start: date
    end: date
    filed: date
    value: float
    accession: str
    form: str

    @property
    def months(self) -> int | None:
        days = (self.end - self.start).days + 1
        return next((months for low, high, months in MONTHS_BY_DAYS if low <= days <= high), None)


def concept_url(cik: int, concept: str) -> str:
    return f"{BASE_URL}/companyconcept/CIK{cik:010d}/us-gaap/{concept}.json"


def facts_url(cik: int) -> str:
    return f"{BASE_URL}/companyfacts/CIK{cik:010d}.json"


def wants(held: Held) -> list[Want]:
    """Concepts first; a company's whole file once its concepts were asked for and none is held."""
    urls = {payload.url for payload in held}
    concepts = [Want(concept_url(cik, concept), is_optional=True) for cik in COMPANIES for concept in ASKED[cik]]
    if not urls:
        return concepts
    whole = [
        Want(facts_url(cik), is_optional=True)
        for cik in COMPANIES
        if not urls & {concept_url(cik, concept) for concept in ASKED[cik]}
    ]
    return concepts + whole


def read(held: Held) -> Reading:
    by_url = {payload.url: payload for payload in held}
    readings = [each(_read_concept)([by_url[url]]) for url in _concept_urls() if url in by_url]
    covered = {
        company for reading in readings for frame in reading.frames.values() for company in frame["company"].unique()
    }
    readings += [
        each(_read_company)([by_url[facts_url(cik)]])
        for cik, company in COMPANIES.items()
        if company not in covered and facts_url(cik) in by_url
    ]
    reading = merge(readings)
    return Reading(
        {name: frame.sort(KEY) for name, frame in reading.frames.items() if frame.height},
        reading.set_aside,
        reading.refused,
    )


def _concept_urls() -> Iterator[str]:
    yield from (concept_url(cik, concept) for cik in COMPANIES for concept in ASKED[cik])


def _read_concept(payload: Payload) -> Reading:
    concept = payload.json_object()
    expect_keys(concept, ("cik", "tag", "units"), payload.url)
    return _read_values(concept["cik"], concept["tag"], concept["units"], payload)


def _read_company(payload: Payload) -> Reading:
    company = payload.json_object()
    expect_keys(company, ("cik", "facts"), payload.url)
    expect_keys(company["facts"] or {}, ("us-gaap",), f"{payload.url}, facts")
    found = [concept for concept in CONCEPTS if concept in company["facts"]["us-gaap"]]
    if not found:
        raise SourceChanged(f"{payload.url}: missing {' and '.join(CONCEPTS)} among its concepts.")
    return merge(
        [
            _read_values(company["cik"], concept, company["facts"]["us-gaap"][concept].get("units", {}), payload)
            for concept in found
        ]
    )


def _read_values(cik: object, concept: str, units: JsonObject, payload: Payload) -> Reading:
    expect_keys(units or {}, ("USD",), f"{payload.url}, units")
    company = COMPANIES.get(int(str(cik))) if str(cik).isdigit() else None
    if company is None:
        raise SourceChanged(f"{payload.url}: cik {cik} is not one of {', '.join(map(str, COMPANIES))}.")
    facts, aside = [], []
    for row in units["USD"]:
        fact = _fact(row)
        if fact is None:
            aside.append(SetAside(payload.url, faults.NOT_A_PERIOD, str(row)))
        elif fact.months is None:
            aside.append(SetAside(payload.url, faults.ODD_LENGTH, str(row)))
        else:
            facts.append(fact)
    last_month = _last_month_of_the_year(facts)
    newest = _last_filed(facts)
    quarters, negative = _quarters(newest)
    twelve_months = [fact for fact in newest.values() if fact.months == 12]
    years: list[Noted] = [(fact, None) for fact in twelve_months if fact.end.month == last_month]
    trailing = [fact for fact in twelve_months if fact.end.month != last_month]
    rows = [
        _row(company, concept, fact, note, kind, last_month, payload)
        for kind, found in (("quarter", quarters), ("year", years))
        for fact, note in found
    ]
    aside += [SetAside(payload.url, faults.NEGATIVE_QUARTER, _as_text(fact)) for fact in negative]
    if trailing:
        aside.append(SetAside(payload.url, faults.TRAILING, _as_text(trailing[0]), len(trailing)))
    return Reading({"company_quarter": pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(KEY)}, aside)


def _last_month_of_the_year(facts: list[Fact]) -> int | None:
    """The month in which the newest twelve months of an annual report end."""
    years = [fact for fact in facts if fact.months == 12]
    annual = [fact for fact in years if fact.form.startswith("10-K")] or years
    return max(annual, key=lambda fact: fact.end).end.month if annual else None


def _as_text(fact: Fact) -> str:
    return f"{fact.start} to {fact.end}: {fact.value:.0f}, filed {fact.filed}"


def _fact(row: JsonObject) -> Fact | None:
    try:
        return Fact(
            date.fromisoformat(row["start"]),
            date.fromisoformat(row["end"]),
            date.fromisoformat(row["filed"]),
            float(row["val"]),
            str(row.get("accn") or ""),
            str(row.get("form") or ""),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _last_filed(facts: list[Fact]) -> dict[tuple[date, date], Fact]:
    """For every period the value filed last, as the first filing that states it."""
    newest: dict[tuple[date, date], Fact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.filed, fact.accession)):
        earlier = newest.get((fact.start, fact.end))
        if earlier is None or earlier.value != fact.value:
            newest[fact.start, fact.end] = fact
    return newest


# A value, and how it came about where it was not filed so.
Noted = tuple[Fact, str | None]


def _quarters(facts: Mapping[tuple[date, date], Fact]) -> tuple[list[Noted], list[Fact]]:
    """Quarters with a note where they are differences, and differences below 0."""
    quarters: dict[date, Noted] = {fact.end: (fact, None) for fact in facts.values() if fact.months == 3}
    negative = []
    for longer in facts.values():
        shorter = _year_to_date_before(longer, facts)
        if longer.end in quarters or shorter is None:
            continue
        quarter = Fact(
            shorter.end + timedelta(days=1),
            longer.end,
            max(longer.filed, shorter.filed),
            longer.value - shorter.value,
            longer.accession,
            longer.form,
        )
        if quarter.value < 0:
            negative.append(quarter)
        else:
            note = f"{longer.months} months less {shorter.months} months of the fiscal year."
            quarters[longer.end] = (quarter, note)
    return list(quarters.values()), negative


def _year_to_date_before(longer: Fact, facts: Mapping[tuple[date, date], Fact]) -> Fact | None:
    """The value of the same fiscal year that ends a quarter earlier."""
    for fact in facts.values():
        if fact.start == longer.start and fact.months and fact.months + 3 == longer.months:
            return fact
    return None


SCHEMA = {
    "company": pl.String,
    "fiscal_period": pl.String,
    "period_kind": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "metric": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "basis": pl.String,
    "kind": pl.String,
    "source_url": pl.String,
    "published_on": pl.Date,
    "evidence": pl.String,
    "note": pl.String,
}
USD_PER_BILLION = 1e9
KEY = ("company", "metric", "period_kind", "period_end", "source_url")


def _row(
    company: str, concept: str, fact: Fact, note: str | None, kind: str, last_month: int | None, payload: Payload
) -> tuple[object, ...]:
    tag = None if concept == PROPERTY else "Filed as payments to acquire productive assets."
    return (
        company,
        _fiscal_period(fact.end, kind, last_month),
        kind,
        fact.start,
        fact.end,
        "capital expenditure",
        fact.value / USD_PER_BILLION,
        "USD bn",
        "cash",
        "actual",
        _filing_url(company, fact.accession) or payload.url,
        fact.filed,
        "published",
        " ".join(part for part in (note, tag) if part) or None,
    )


def _fiscal_period(end: date, kind: str, last_month: int | None) -> str | None:
    """FY26Q3 or FY26; null where no annual report says when the fiscal year ends."""
    if last_month is None:
        return None
    year = f"FY{(end.year + (end.month > last_month)) % 100:02d}"
    return year if kind == "year" else f"{year}Q{((end.month - last_month - 1) % 12) // 3 + 1}"


def _filing_url(company: str, accession: str) -> str | None:
    """The filing's own page, where a person can open it."""
    cik = next(cik for cik, name in COMPANIES.items() if name == company)
    folder = accession.replace("-", "")
    return f"https://www.sec.gov/Archives/edgar/data/{cik}/{folder}/{accession}-index.htm" if folder else None


SOURCE = Source(
    id="sec",
    title="SEC EDGAR company facts",
    publisher="SEC EDGAR",
    licence="public domain",
    home_url="https://www.sec.gov/edgar/search/",
    tables=("company_quarter",),
    wants=wants,
    read=read,
)
