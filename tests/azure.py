"""Microsoft's published figures for tests: rows of company_quarter and compute_share as they ship."""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics import companies
from tests.frames import CITED, shares

CURATED = CITED | {"source": "curated_companies", "source_url": "https://www.microsoft.com/en-us/investor"}
JUNE_2026, MARCH_2026, DECEMBER_2025 = date(2026, 6, 30), date(2026, 3, 31), date(2025, 12, 31)

# Capital expenditure with finance leases, bn USD, fiscal 2024 to 2026 by quarter.
CAPEX = (
    (date(2023, 9, 30), 11.2),
    (date(2023, 12, 31), 11.5),
    (date(2024, 3, 31), 14.0),
    (date(2024, 6, 30), 19.0),
    (date(2024, 9, 30), 20.0),
    (date(2024, 12, 31), 22.6),
    (date(2025, 3, 31), 21.4),
    (date(2025, 6, 30), 24.2),
    (date(2025, 9, 30), 34.9),
    (DECEMBER_2025, 37.5),
    (MARCH_2026, 31.9),
    (JUNE_2026, 41.0),
)
GROWTH = ((date(2023, 6, 30), 26.0), (date(2024, 6, 30), 29.0), (DECEMBER_2025, 39.0), (JUNE_2026, 43.0))


def stated(value: float | None, day: date, metric: str = companies.CAPEX, **rest) -> dict:
    """One row of company_quarter; a quarter of Microsoft unless told otherwise."""
    row = CURATED | {
        "company": "Microsoft",
        "period_kind": "quarter",
        "period_end": day,
        "metric": metric,
        "value": value,
        "unit": "USD bn",
        "basis": companies.WITH_LEASES if metric == companies.CAPEX else None,
        "kind": "actual",
    }
    return row | rest


def grown(value: float | None, day: date, basis: str = "reported", **rest) -> dict:
    return stated(value, day, companies.AZURE_GROWTH, basis=basis, unit="% yoy", **rest)


def run_rate(value: float, day: date) -> dict:
    return stated(value, day, companies.RUN_RATE, period_kind="moment", unit="USD bn/yr")


def ai_growth(value: float, day: date) -> dict:
    return stated(value, day, companies.AI_GROWTH, period_kind="moment", unit="% yoy")


ROWS = (
    *(stated(value, day) for day, value in CAPEX),
    *(grown(value, day) for day, value in GROWTH),
    run_rate(13.0, date(2024, 12, 31)),
    run_rate(37.0, MARCH_2026),
    ai_growth(175.0, date(2024, 12, 31)),
    ai_growth(123.0, MARCH_2026),
    stated(45.0, DECEMBER_2025, companies.OPENAI_BACKLOG, period_kind="moment", unit="%"),
    stated(24.1, JUNE_2026, companies.OPENAI_REVENUE, period_kind="year"),
    stated(69.0, date(2025, 3, 31), companies.CLOUD_MARGIN, unit="%"),
    stated(65.0, JUNE_2026, companies.CLOUD_MARGIN, unit="%"),
    stated(24.608, JUNE_2026, companies.LEASES_BEGUN, period_kind="year"),
    *(
        stated(value, date(2026, 12, 31), period_kind="year", kind="guidance", published_on=day)
        for value, day in ((190.0, date(2026, 4, 29)), (175.0, date(2026, 7, 29)))
    ),
    stated(50.0, date(2025, 9, 30), companies.SHORT_LIVED, unit="%"),
    stated(66.7, JUNE_2026, companies.SHORT_LIVED, unit="%"),
    stated(None, JUNE_2026, companies.SERVER_LIFE, period_kind="year", unit="years", value_low=2.0, value_high=6.0),
)


def figures(*rows: dict) -> pl.DataFrame:
    """A company_quarter of these rows; of all that the scenario needs where none is given."""
    table = TABLES["company_quarter"]
    return table.conform(pl.DataFrame(rows or ROWS, infer_schema_length=None))


def without(metric: str) -> pl.DataFrame:
    """All that the scenario needs but this metric."""
    return figures(*(row for row in ROWS if row["metric"] != metric))


def world() -> pl.DataFrame:
    """Inference's share as Gartner (AI cloud spending), Deloitte (compute) and McKinsey (power) put it."""
    return shares(
        {
            "year": 2026,
            "scope": "AI-optimised cloud (IaaS)",
            "of_what": "spend",
            "share_percent": 55.0,
            "kind": "forecast",
        },
        {"year": 2026, "scope": "all AI compute", "of_what": "compute", "share_percent": 66.7, "kind": "forecast"},
        {"year": 2025, "scope": "AI data-centre power", "of_what": "power", "share_percent": 47.5, "kind": "estimate"},
        {"year": 2023, "scope": "all AI compute", "of_what": "compute", "share_percent": 33.3, "kind": "estimate"},
        {"year": 2025, "scope": "Anthropic", "of_what": "spend", "share_percent": 39.7, "kind": "estimate"},
    )
