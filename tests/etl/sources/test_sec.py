from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.schema import TABLES
from etl.sources import sec
from etl.sources.sec import SOURCE, concept_url, facts_url
from tests.payloads import UPSTREAM, payload
from tests.payloads import whole as everything_of

MICROSOFT, ALPHABET, AMAZON = 789019, 1652044, 1018724


def filed(start, end, value, day, form="10-Q", accession="0001193125-26-191507", **rest):
    return {"start": start, "end": end, "val": value, "filed": day, "form": form, "accn": accession, **rest}


# Microsoft's fiscal year to June 2026, as filed.
FY26 = [
    filed("2025-07-01", "2025-09-30", 19394000000, "2025-10-29", fy=2026, fp="Q1", frame="CY2025Q3"),
    filed("2025-07-01", "2025-12-31", 49270000000, "2026-01-28", fy=2026, fp="Q2"),
    filed("2025-10-01", "2025-12-31", 29876000000, "2026-01-28", fy=2026, fp="Q2", frame="CY2025Q4"),
    filed("2025-07-01", "2026-03-31", 80146000000, "2026-04-29", fy=2026, fp="Q3"),
    filed("2026-01-01", "2026-03-31", 30876000000, "2026-04-29", fy=2026, fp="Q3", frame="CY2026Q1"),
    filed("2025-07-01", "2026-06-30", 115948000000, "2026-07-29", "10-K", "0001193125-26-323660", frame="CY2026"),
]


def concept(cik, rows, tag=sec.PROPERTY):
    return {"cik": cik, "taxonomy": "us-gaap", "tag": tag, "entityName": "x", "units": {"USD": rows}}


def read(tmp_path, rows, cik=MICROSOFT, tag=sec.PROPERTY):
    return SOURCE.read([payload(tmp_path, concept_url(cik, tag), concept(cik, rows, tag))])


def figures(reading, kind="quarter"):
    frame = reading.frames["company_quarter"].filter(pl.col("period_kind") == kind)
    return {period: round(1e9 * billions) for period, billions in frame.select("fiscal_period", "value").rows()}


def test_the_quarter_to_march_2026_is_30_876_billion(tmp_path):
    frame = read(tmp_path, FY26).frames["company_quarter"]
    row = frame.filter(pl.col("period_end") == date(2026, 3, 31)).row(0, named=True)
    assert row == {
        "company": "Microsoft",
        "fiscal_period": "FY26Q3",
        "period_kind": "quarter",
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 3, 31),
        "metric": "capital expenditure",
        "value": 30.876,
        "unit": "USD bn",
        "basis": "cash",
        "kind": "actual",
        "source_url": "https://www.sec.gov/Archives/edgar/data/789019/000119312526191507/"
        "0001193125-26-191507-index.htm",
        "published_on": date(2026, 4, 29),
        "evidence": "published",
        "note": None,
    }


def test_a_last_quarter_without_a_row_is_the_year_less_nine_months(tmp_path):
    reading = read(tmp_path, FY26)
    assert figures(reading)["FY26Q4"] == 115_948_000_000 - 80_146_000_000
    last = reading.frames["company_quarter"].filter(pl.col("fiscal_period") == "FY26Q4").row(0, named=True)
    assert last["period_start"] == date(2026, 4, 1)
    assert last["note"] == "12 months less 9 months of the fiscal year."


def test_four_quarters_sum_to_the_year(tmp_path):
    reading = read(tmp_path, FY26)
    assert figures(reading, "year") == {"FY26": 115_948_000_000}
    assert sum(figures(reading).values()) == 115_948_000_000


def test_year_to_date_values_alone_give_the_same_quarters(tmp_path):
    to_date = [row for row in FY26 if row["start"] == "2025-07-01"]
    assert figures(read(tmp_path, to_date)) == figures(read(tmp_path, FY26))


def test_the_value_filed_last_stands_whatever_the_order(tmp_path):
    again = filed("2025-10-01", "2025-12-31", 29900000000, "2027-01-27", accession="0001193125-27-000001")
    for rows in ([*FY26, again], [again, *FY26]):
        assert figures(read(tmp_path, rows))["FY26Q2"] == 29_900_000_000


def test_a_value_filed_again_unchanged_keeps_the_day_it_was_first_filed(tmp_path):
    again = filed("2025-07-01", "2025-09-30", 19394000000, "2026-10-28", accession="0001193125-26-999999")
    frame = read(tmp_path, [*FY26, again]).frames["company_quarter"]
    first = frame.filter(pl.col("fiscal_period") == "FY26Q1")
    assert first["published_on"].to_list() == [date(2025, 10, 29)]


def test_the_fiscal_year_is_told_by_annual_reports_and_not_by_fy(tmp_path):
    rows = [
        filed("2025-01-01", "2025-12-31", 91447000000, "2026-02-05", "10-K", fy=2025, fp="FY"),
        filed("2026-01-01", "2026-03-31", 35674000000, "2026-04-30", fy=2030, fp="Q3"),
        filed("2025-04-01", "2026-03-31", 109924000000, "2026-04-30", fy=2026, fp="Q1"),
    ]
    reading = read(tmp_path, rows, ALPHABET)
    assert figures(reading) == {"FY26Q1": 35_674_000_000}
    assert figures(reading, "year") == {"FY25": 91_447_000_000}
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.TRAILING, 1)]


def test_a_faulty_row_is_set_aside_and_the_others_stand(tmp_path):
    faulty = [
        {"end": "2026-03-31", "val": 1},
        filed("2026-01-01", "2026-03-31", None, "2026-04-29"),
        filed("2026-01-01", "2026-01-31", 5, "2026-04-29"),
    ]
    reading = read(tmp_path, [*FY26, *faulty])
    assert [line.fault for line in reading.set_aside] == [faults.NOT_A_PERIOD, faults.NOT_A_PERIOD, faults.ODD_LENGTH]
    assert len(figures(reading)) == 4


def test_a_quarter_below_0_is_set_aside(tmp_path):
    rows = [
        filed("2025-07-01", "2025-09-30", 10, "2025-10-29"),
        filed("2025-07-01", "2025-12-31", 8, "2026-01-28"),
    ]
    reading = read(tmp_path, rows)
    assert [line.fault for line in reading.set_aside] == [faults.NEGATIVE_QUARTER]
    assert list(figures(reading).values()) == [10]


def test_amazons_other_concept_is_kept_apart_by_its_note(tmp_path):
    held = [payload(tmp_path, concept_url(AMAZON, tag), concept(AMAZON, FY26[:1], tag)) for tag in sec.CONCEPTS]
    notes = SOURCE.read(held).frames["company_quarter"]["note"].to_list()
    assert set(notes) == {None, "Filed as payments to acquire productive assets."}


def test_a_companys_whole_file_is_asked_for_only_without_its_concepts(tmp_path):
    first = {want.url for want in SOURCE.wants([])}
    assert first == {
        *(concept_url(cik, sec.PROPERTY) for cik in sec.COMPANIES),
        concept_url(AMAZON, sec.PRODUCTIVE_ASSETS),
    }
    held = [payload(tmp_path, concept_url(MICROSOFT, sec.PROPERTY), concept(MICROSOFT, FY26))]
    then = {want.url for want in SOURCE.wants(held)}
    assert facts_url(MICROSOFT) not in then
    assert facts_url(AMAZON) in then
    assert all(want.is_optional for want in SOURCE.wants(held))


def test_the_whole_file_stands_in_for_a_missing_concept(tmp_path):
    whole = {
        "cik": ALPHABET,
        "entityName": "x",
        "facts": {"us-gaap": {sec.PROPERTY: {"units": {"USD": FY26}}}},
    }
    reading = SOURCE.read([payload(tmp_path, facts_url(ALPHABET), whole)])
    assert set(reading.frames["company_quarter"]["company"]) == {"Alphabet"}


def test_another_currency_is_refused_by_name(tmp_path):
    changed = concept(MICROSOFT, FY26)
    changed["units"] = {"EUR": FY26}
    url = concept_url(MICROSOFT, sec.PROPERTY)
    assert "missing USD; found EUR" in SOURCE.read([payload(tmp_path, url, changed)]).refused[url]


def test_a_company_that_was_not_asked_for_is_refused(tmp_path):
    url = concept_url(MICROSOFT, sec.PROPERTY)
    reading = SOURCE.read([payload(tmp_path, url, concept("x", FY26))])
    assert "cik x is not one of" in reading.refused[url]


def test_a_renamed_key_is_refused_by_name(tmp_path):
    url = concept_url(MICROSOFT, sec.PROPERTY)
    reading = SOURCE.read([payload(tmp_path, url, {"cik": MICROSOFT, "concept": "x", "units": {}})])
    assert "missing tag" in reading.refused[url]


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files do not lie beside the checkout")
@pytest.mark.parametrize("whole", [False, True])
def test_the_filed_quarters_of_every_full_year_sum_to_it(whole):
    urls = [facts_url(cik) if whole else concept_url(cik, sec.PROPERTY) for cik in (MICROSOFT, ALPHABET)]
    held = [sec.Payload(url, UPSTREAM / url.removeprefix("https://"), date(2026, 8, 6), None, "", 0) for url in urls]
    frame = SOURCE.read(held).frames["company_quarter"]
    key = [name for name in TABLES["company_quarter"].key if name != "source"]
    assert frame.n_unique(key) == frame.height == 35
    for company, name, total in (
        frame.filter(pl.col("period_kind") == "year").select("company", "fiscal_period", "value").iter_rows()
    ):
        quarters = frame.filter(
            (pl.col("company") == company)
            & (pl.col("period_kind") == "quarter")
            & pl.col("fiscal_period").str.starts_with(name)
        )
        assert quarters.height < 4 or round(quarters["value"].sum(), 6) == round(total, 6)


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files do not lie beside the checkout")
def test_meta_is_read_as_the_others_are():
    frame = SOURCE.read(everything_of(SOURCE, UPSTREAM)).frames["company_quarter"]
    meta = frame.filter(pl.col("company") == "Meta")
    assert meta.height == 16
    spent = dict(meta.select("fiscal_period", "value").rows())
    assert (spent["FY26Q1"], spent["FY25"]) == (18.997, 69.691)
