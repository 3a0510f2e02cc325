"""Company figures: which row stands for a quarter, what is kept apart, and what the sentences say."""

from datetime import date

import polars as pl
import pytest

from metrics import companies
from metrics.companies import CAPEX, CASH, WITH_LEASES
from tests.azure import DECEMBER_2025, JUNE_2026, MARCH_2026, ROWS, figures, grown, stated

ARTICLE = date(2026, 2, 3)


def spent(company: str, value: float | None, end: date, **rest) -> dict:
    return stated(value, end, company=company, **({"basis": CASH} | rest))


def test_the_filing_stands_for_a_quarter_before_whoever_quotes_it():
    rows = figures(
        stated(29.88, DECEMBER_2025, basis=CASH),
        stated(29.876, DECEMBER_2025, basis=CASH, source="sec"),
        stated(30.0, DECEMBER_2025, basis=CASH, evidence="secondary"),
    )
    assert companies.quarters(rows, CAPEX, CASH)["value"].to_list() == [29.876]


def test_who_was_read_at_the_source_stands_before_who_quotes():
    rows = figures(
        stated(13.9, JUNE_2026, evidence="secondary", source_url="https://a.org"),
        stated(13.8, JUNE_2026, source_url="https://b.org"),
    )
    assert companies.quarters(rows, CAPEX, WITH_LEASES)["value"].to_list() == [13.8]


def test_bases_years_guidance_and_bounds_never_stand_for_a_quarter():
    rows = figures(
        stated(35.802, JUNE_2026, basis=CASH),
        stated(115.948, JUNE_2026, period_kind="year"),
        stated(50.0, date(2026, 9, 30), kind="guidance"),
        stated(None, MARCH_2026, value_low=30.0),
    )
    assert companies.quarters(rows, CAPEX, WITH_LEASES).is_empty()


def test_the_panels_keep_one_basis_each_and_name_their_guidance():
    rows = figures(
        stated(41.0, JUNE_2026),
        stated(35.802, JUNE_2026, basis=CASH),
        stated(None, date(2026, 9, 30), kind="guidance", value_low=50.0),
        grown(43.0, JUNE_2026),
        grown(39.0, MARCH_2026, basis="constant currency"),
        grown(None, JUNE_2026, basis="constant currency", kind="guidance", value_low=39.0, value_high=40.0),
        stated(65.0, JUNE_2026, companies.CLOUD_MARGIN, unit="%"),
    )
    shown = companies.panels(rows, WITH_LEASES, "reported")
    assert shown.select("panel", "value", "value_low").rows() == [
        ("capex", 41.0, None),
        ("capex", None, 50.0),
        ("growth", 43.0, None),
        ("margin", 65.0, None),
    ]
    shown = companies.panels(rows, CASH, "constant currency")
    assert shown.select("panel", "value", "value_low", "value_high").rows() == [
        ("capex", 35.802, None, None),
        ("growth", 39.0, None, None),
        ("growth", None, 39.0, 40.0),
        ("margin", 65.0, None, None),
    ]


def test_metas_quarters_come_on_their_own_basis_and_are_called_so():
    rows = companies.peers(
        figures(
            spent("Amazon", 54.208, JUNE_2026),
            spent("Microsoft", 35.802, JUNE_2026),
            spent("Meta", 31.078, JUNE_2026, basis="cash with finance-lease principal"),
            spent("Oracle", 16.493, date(2026, 5, 31)),
            spent("Big 4 total", 165.05, JUNE_2026),
        )
    )
    assert set(rows["company"]) == {"Amazon", "Microsoft", "Meta", "Oracle"}
    assert companies.peers_ahead(rows) == (
        "Amazon paid most in cash, 54.2 bn USD in its newest quarter; Microsoft 35.8 bn USD"
    )
    assert companies.peers_basis(rows).endswith("Meta, dashed: with the principal of finance leases paid off.")
    assert "30 June 2026" in companies.peers_basis(rows)


def test_the_four_together_are_told_on_their_one_basis():
    rows = companies.together(
        figures(
            spent(companies.FOUR, 88.246, date(2025, 6, 30)),
            spent(companies.FOUR, 165.05, JUNE_2026),
            spent(companies.FOUR, 410.0, DECEMBER_2025, basis="mixed", period_kind="year"),
        )
    )
    assert companies.four_together(rows) == (
        "Microsoft, Alphabet, Meta and Amazon together, all in cash: 165 bn USD in the quarter to 30 June 2026, "
        "88.2 bn USD in the one to 30 June 2025."
    )


def guided(company: str, said_on: date, low: float, high: float | None = None, **rest) -> dict:
    columns = {"kind": "guidance", "period_kind": "year", "basis": "company basis", "published_on": said_on}
    value, ends = (low, {}) if high is None else (None, {"value_low": low, "value_high": high})
    return stated(value, date(2026, 12, 31), company=company, **(columns | ends | rest))


def test_guidance_for_a_year_keeps_its_range_its_day_and_the_year_before():
    said = companies.guided_years(
        figures(
            guided("Alphabet", date(2026, 7, 30), 195.0, 205.0),
            guided("Alphabet", date(2026, 2, 4), 175.0, 185.0),
            guided("Microsoft", date(2026, 4, 29), 190.0, basis=WITH_LEASES),
            guided("Microsoft", date(2026, 7, 29), 175.0, basis=WITH_LEASES),
            guided("Microsoft", date(2026, 7, 30), 175.0),
            guided("Big 4 total", date(2026, 5, 8), 725.0, basis="mixed"),
            spent("Alphabet", 91.447, DECEMBER_2025, period_kind="year"),
            spent("Alphabet", 92.0, DECEMBER_2025, period_kind="year", basis="mixed, rounded"),
            *(
                stated(value, end)
                for end, value in (
                    (date(2025, 3, 31), 21.4),
                    (date(2025, 6, 30), 24.2),
                    (date(2025, 9, 30), 34.9),
                    (DECEMBER_2025, 37.5),
                )
            ),
        )
    )
    columns = ("company", "low_usd_bn", "high_usd_bn", "is_newest", "before_usd_bn")
    assert [
        tuple(round(cell, 3) if isinstance(cell, float) else cell for cell in row)
        for row in said.select(columns).rows()
    ] == [
        ("Alphabet", 175.0, 185.0, False, 91.447),
        ("Alphabet", 195.0, 205.0, True, 91.447),
        ("Microsoft", 190.0, 190.0, False, 118.0),
        ("Microsoft", 175.0, 175.0, True, 118.0),
    ]
    assert companies.guidance_change(said) == (
        "Guidance for 2026 since its first statement: higher at Alphabet, lower at Microsoft"
    )


def test_three_quarters_are_not_a_year():
    said = companies.guided_years(
        figures(
            guided("Microsoft", date(2026, 7, 29), 175.0, basis=WITH_LEASES),
            *(stated(30.0, date(2025, month, day)) for month, day in ((3, 31), (6, 30), (9, 30))),
        )
    )
    assert said["before_usd_bn"].to_list() == [None]


def test_since_the_article_is_told_from_the_last_quarter_before_it():
    assert companies.since_article(figures(), ARTICLE) == (
        "Since the article, capex with finance leases rose from 37.5 to 41 bn USD a quarter and Azure growth from 39 "
        "to 43 % (30 June 2026)."
    )


@pytest.mark.parametrize(
    ("now", "told"),
    [(39.0, "Azure growth stayed at 39 %"), (31.0, "Azure growth fell from 39 to 31 %")],
)
def test_growth_that_slows_or_stands_is_said_so(now, told):
    rows = figures(
        stated(37.5, DECEMBER_2025), stated(41.0, JUNE_2026), grown(39.0, DECEMBER_2025), grown(now, JUNE_2026)
    )
    assert told in companies.since_article(rows, ARTICLE)


def test_the_title_compares_capex_over_two_years_and_growth_since_azure_is_counted_so():
    """29 % of June 2024 is of another Azure: Microsoft recast its segments in August 2024."""
    rows = companies.panels(figures(), WITH_LEASES, "reported")
    assert companies.two_years(rows) == (
        "Capex is 2.2 times that of two years before, and Azure growth rose from 39 to 43 % since December 2025"
    )


def test_where_nothing_is_published_nothing_is_claimed():
    empty = figures().head(0)
    assert companies.since_article(empty, ARTICLE) == ""
    assert companies.panels(empty, WITH_LEASES, "reported").is_empty()
    assert companies.guided_years(empty).is_empty()
    assert companies.peers(empty).is_empty()
    assert isinstance(companies.two_years(companies.panels(empty, CASH, "reported")), str)
    assert companies.newest(empty, companies.RUN_RATE) is None


def test_a_published_quarter_is_drawn_by_its_last_day():
    rows = companies.panels(figures(), WITH_LEASES, "reported").filter(pl.col("panel") == "capex")
    assert rows["period_end"].to_list()[-2:] == [MARCH_2026, JUNE_2026]


OWN_ROWS = (
    stated(60.0, date(2026, 9, 30), evidence="upload"),
    stated(99.0, JUNE_2026, evidence="upload"),
    spent("Amazon", 70.0, JUNE_2026, evidence="upload"),
)


def test_a_readers_own_quarter_stands_beside_the_record_and_changes_no_sentence():
    rows, own = (
        figures(*ROWS, spent("Amazon", 54.2, JUNE_2026)),
        figures(*ROWS, spent("Amazon", 54.2, JUNE_2026), *OWN_ROWS),
    )
    assert companies.quarters(own, CAPEX, WITH_LEASES).equals(companies.quarters(rows, CAPEX, WITH_LEASES))
    shown = companies.panels(own, WITH_LEASES, "reported")
    assert shown.filter("is_own")["value"].to_list() == [99.0, 60.0]
    published = companies.panels(rows, WITH_LEASES, "reported")
    assert companies.two_years(shown) == companies.two_years(published)
    assert companies.panels_basis(shown, WITH_LEASES, "reported") == companies.panels_basis(
        published, WITH_LEASES, "reported"
    )
    assert companies.peers(own).filter("is_own")["value"].to_list() == [70.0]
    assert companies.peers_ahead(companies.peers(own)) == companies.peers_ahead(companies.peers(rows))
    assert companies.since_article(own, ARTICLE) == companies.since_article(rows, ARTICLE)


def test_without_guidance_the_chart_of_it_says_so():
    nothing = companies.guided_years(figures(*ROWS)).clear()
    assert companies.guidance_change(nothing) == "No guidance is published"
    assert companies.guidance_basis(nothing) == ""
