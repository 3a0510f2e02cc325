"""The workload's workbook: formulas that go on calculating, values for those who do not, sources for each row."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest

from exports.workload import COLUMNS, workbook
from metrics import matching, workload
from metrics.metric import DAYS_PER_MONTH
from metrics.workload import Workload
from tests.frames import OCTOBER_2024, catalogued, listed, llama_of_2024, measured, prices, providers, speeds

SPREADSHEET = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
WORK = Workload(100_000, 1000, 500, 0, 0.5, 2.0)
LLAMA_SPEEDS, LLAMA_PRICES = llama_of_2024()
DOES_NOT_THINK = "Llama 3.1 8B does not think before it answers."
NAMES = {
    "Requests_per_day": 100_000,
    "Input_tokens": 1000,
    "Output_tokens": 500,
    "Thinking_tokens": 0,
    "Cached_share": 0.5,
    "Limit_seconds": 2,
    "Days_per_month": DAYS_PER_MONTH,
}


def offers(speed_rows=LLAMA_SPEEDS, price_rows=LLAMA_PRICES, work=WORK, today="Azure"):
    judged = matching.judged(speeds(*speed_rows), providers())
    offered = workload.offers(judged, prices(*price_rows), providers(), "Llama 3.1 8B")
    return workload.with_roles(workload.against_today(workload.served(offered, work), today))


def made(rows=None, today="Azure") -> bytes:
    return workbook(offers() if rows is None else rows, WORK, today, "Llama 3.1 8B", DOES_NOT_THINK)


def formulas(data: bytes, sheet: int) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as parts:
        tree = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{sheet}.xml"))
    cells = tree.iterfind(".//s:c", SPREADSHEET)
    return {cell.get("r"): found.text for cell in cells if (found := cell.find("s:f", SPREADSHEET)) is not None}


def test_costs_times_and_savings_are_formulas_over_the_inputs():
    found = formulas(made(), 2)
    assert {re.sub(r"\d", "", cell) for cell in found} == {"H", "I", "J", "K", "L", "M"}
    assert len(found) == 6 * len(LLAMA_SPEEDS)
    assert found["H2"].startswith("Requests_per_day*Days_per_month*(Input_tokens*(Cached_share*")
    assert found["I2"] == 'IF(C2="","",(Thinking_tokens+Output_tokens)/C2)'
    assert "Limit_seconds" in found["K2"]
    assert "Todays_cost" in found["L2"]


def test_the_inputs_say_what_the_thinking_tokens_rest_on():
    cells = fastexcel.read_excel(made()).load_sheet("Inputs", header_row=None).to_polars().to_series(0)
    assert DOES_NOT_THINK in cells.to_list()


def test_every_name_that_a_formula_uses_is_defined():
    data = made()
    with zipfile.ZipFile(BytesIO(data)) as parts:
        defined = set(re.findall(r'definedName name="(\w+)"', parts.read("xl/workbook.xml").decode()))
    used = {
        name
        for sheet in (1, 2)
        for text in formulas(data, sheet).values()
        for name in re.findall(r"\b[A-Z][a-z]+_[a-z_]+\b", text)
    }
    assert used
    assert used <= defined


def test_a_viewer_that_does_not_calculate_shows_the_values_of_the_page():
    rows = offers()
    shown = fastexcel.read_excel(made(rows)).load_sheet("Offers").to_polars()
    assert shown.columns == [column.title for column in COLUMNS]
    assert shown["Offer"].to_list() == rows["offer"].to_list()
    assert shown["Monthly cost, USD"].to_list() == pytest.approx(rows["monthly_usd"].to_list())
    assert shown["Response time, s"].to_list() == pytest.approx(rows["response_seconds"].to_list())
    saving = shown["Saving a month against today's, USD"].to_list()
    assert saving == pytest.approx(rows["saving_usd"].to_list())
    assert set(shown["Within the limit"]) == {"yes", "no"}


def test_the_formulas_give_the_values_shown():
    """Reckoned here as a spreadsheet would: names for the inputs, the row's own cells for the rest."""
    rows = offers()
    found = formulas(made(rows), 2)
    for line, row in enumerate(rows.iter_rows(named=True), start=2):
        cells = {
            f"C{line}": row["output_tokens_per_second"],
            f"D{line}": row["ttft_seconds"],
            f"E{line}": row["input_usd_per_mtok"],
            f"F{line}": row["output_usd_per_mtok"],
            f"I{line}": row["writing_seconds"],
        }
        cost = found[f"H{line}"].replace(f'IF(G{line}="",E{line},G{line})', f"E{line}")
        response = found[f"J{line}"].removeprefix(f'IF(OR(D{line}="",I{line}=""),"",').removesuffix(")")
        assert eval(cost, NAMES | cells) == pytest.approx(row["monthly_usd"])
        assert eval(response, NAMES | cells) == pytest.approx(row["response_seconds"])


def test_the_inputs_are_those_of_the_page():
    sheet = fastexcel.read_excel(made()).load_sheet("Inputs", header_row=None).to_polars()
    given = dict(row[:2] for row in sheet.iter_rows())
    assert float(given["Requests a day"]) == 100_000
    assert float(given["Share of the input read from a cache"]) == 0.5
    assert given["Today's offer, as spelled on the Offers sheet"] == "Azure"


def test_every_offer_has_the_source_of_its_speed_and_of_its_price():
    rows = offers()
    sheet = fastexcel.read_excel(made(rows)).load_sheet("Sources").to_polars()
    assert sheet.height == 2 * rows.height
    assert set(sheet["Figure"]) == {"speed", "price"}
    for name in ("Address", "Publisher", "Licence", "Measured or seen on"):
        assert sheet[name].null_count() == 0


def test_what_is_not_published_is_an_empty_cell():
    rows = offers([measured("Groq", 475.2), measured("Azure", 218.3)])
    shown = fastexcel.read_excel(made(rows)).load_sheet("Offers").to_polars()
    assert shown["Time to first token, s"].null_count() == 2
    assert [value or None for value in shown["Response time, s"].to_list()] == [None, None]


def test_a_seller_that_nobody_measured_has_its_price_and_no_time():
    day = {"valid_from": OCTOBER_2024, "last_seen_on": OCTOBER_2024}
    rows = offers([measured("Groq", 475.2)], [listed("Groq", 0.05, 0.08), catalogued("Azure", 0.3, 0.61, **day)])
    shown = fastexcel.read_excel(made(rows)).load_sheet("Offers").to_polars()
    azure = shown.row(by_predicate=pl.col("Offer") == "Azure", named=True)
    assert azure["Monthly cost, USD"] == pytest.approx(rows.filter(pl.col("offer") == "Azure")["monthly_usd"].item())
    assert (azure["Writing time, s"] or None, azure["Within the limit"]) == (None, "not known")
    sources = fastexcel.read_excel(made(rows)).load_sheet("Sources").to_polars()
    assert sources.filter(pl.col("Offer") == "Azure")["Figure"].to_list() == ["price"]


def test_text_is_never_a_formula():
    evil = '=HYPERLINK("http://evil.example","x")'
    own = {"source": "upload:u000001", "evidence": "upload"}
    rows = offers(
        [*LLAMA_SPEEDS, measured(evil, 100.0, note="@SUM(A1)", **own)],
        [*LLAMA_PRICES, listed(evil, 0.1, 0.1, **own)],
        today=evil,
    )
    data = made(rows, today=evil)
    shown = fastexcel.read_excel(data).load_sheet("Offers").to_polars()
    assert f"'{evil} (your figure)" in shown["Offer"].to_list()
    assert not any("HYPERLINK" in text for sheet in (1, 2) for text in formulas(data, sheet).values())
    assert formulas(data, 3) == {}
    assert "'@SUM(A1)" in fastexcel.read_excel(data).load_sheet("Sources").to_polars()["Note"].to_list()


def test_no_offers_make_a_workbook_with_its_sheets():
    data = made(offers([], []), today=None)
    assert fastexcel.read_excel(data).sheet_names == ["Inputs", "Offers", "Sources"]
