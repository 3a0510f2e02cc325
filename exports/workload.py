"""A reader's traffic as an Excel workbook that goes on calculating.

Three sheets. Inputs has named cells to change. Offers has costs, times and savings as formulas over those cells, with
the values that the page showed, so that a viewer that does not calculate shows them too. Sources says where each
speed and each price can be opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.files import neutral
from metrics.metric import DAYS_PER_MONTH
from metrics.workload import Workload

MONEY, SECONDS, PRICE, PLAIN, SHARE, DAY = "$#,##0;[Red]-$#,##0", "0.00", "$0.000", "#,##0.##", "0 %", "d mmm yyyy"
LONGEST_LINK = 2000
Cell = str | float | date | None


@dataclass(frozen=True)
class OfferColumn:
    """One column of the Offers sheet: a value of the row, or a formula whose shown value is that of the row."""

    title: str
    value: str
    form: str = ""
    formula: Callable[[int], str] | None = None
    width: int = 14


COST = (
    'Requests_per_day*Days_per_month*(Input_tokens*(Cached_share*IF(G{n}="",E{n},G{n})+(1-Cached_share)*E{n})'
    "+(Thinking_tokens+Output_tokens)*F{n})/1000000"
)
MEETS = (
    'IF(Limit_seconds="","yes",IF(I{n}="","not known",'
    'IF(J{n}="",IF(I{n}>Limit_seconds,"no","not known"),IF(J{n}<=Limit_seconds,"yes","no"))))'
)
WRITING = 'IF(C{n}="","",(Thinking_tokens+Output_tokens)/C{n})'
SAVING = 'IF(Todays_cost="","",Todays_cost-H{n})'
SOONER = (
    'IF(OR(B{n}="",B{n}<>Todays_run),"",IF(AND(J{n}<>"",Todays_response<>""),Todays_response-J{n},Todays_writing-I{n}))'
)


def _formula(text: str) -> Callable[[int], str]:
    return lambda row: "=" + text.replace("{n}", str(row))


COLUMNS = (
    OfferColumn("Offer", "offer", width=26),
    OfferColumn("Run", "run_label", width=34),
    OfferColumn("Output speed, tokens/s", "output_tokens_per_second", PLAIN),
    OfferColumn("Time to first token, s", "ttft_seconds", SECONDS),
    OfferColumn("Input, USD per 1M tokens", "input_usd_per_mtok", PRICE),
    OfferColumn("Output, USD per 1M tokens", "output_usd_per_mtok", PRICE),
    OfferColumn("Cached input, USD per 1M tokens", "cached_input_usd_per_mtok", PRICE),
    OfferColumn("Monthly cost, USD", "monthly_usd", MONEY, _formula(COST)),
    OfferColumn("Writing time, s", "writing_seconds", SECONDS, _formula(WRITING)),
    OfferColumn("Response time, s", "response_seconds", SECONDS, _formula('IF(OR(D{n}="",I{n}=""),"",D{n}+I{n})')),
    OfferColumn("Within the limit", "meets", "", _formula(MEETS)),
    OfferColumn("Saving a month against today's, USD", "saving_usd", MONEY, _formula(SAVING)),
    OfferColumn("Seconds sooner than today's", "seconds_sooner", SECONDS, _formula(SOONER)),
    OfferColumn("Measured on", "measured_on", DAY),
    OfferColumn("Price seen on", "price_seen_on", DAY),
)
TODAYS = {"Todays_cost": "H", "Todays_writing": "I", "Todays_response": "J", "Todays_run": "B"}


def workbook(offers: pl.DataFrame, work: Workload, today: str | None, model: str, about_thinking: str) -> bytes:
    """The offers of `metrics.workload.against_today` as a workbook; `today` names the reader's present offer.

    `about_thinking` is the sentence that says what the thinking tokens rest on.
    """
    rows = neutral(_worded(offers))
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_calc_mode("auto")
        forms = {form: book.add_format({"num_format": form}) for form in (MONEY, SECONDS, PRICE, PLAIN, SHARE, DAY)}
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        bold = book.add_format({"bold": True})
        changed = {
            form: book.add_format({"num_format": form, "bg_color": "#FFF7DB", "border": 1, "border_color": "#C9B458"})
            for form in (PLAIN, SHARE)
        }
        sheets = [book.add_worksheet(name) for name in ("Inputs", "Offers", "Sources")]
        _inputs(
            book,
            sheets[0],
            _Forms(forms, head, bold, changed),
            work,
            _todays_name(offers, rows, today),
            rows,
            model,
            about_thinking,
        )
        _offers(sheets[1], _Forms(forms, head, bold, changed), rows)
        _sources(sheets[2], head, forms[DAY], rows)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Forms:
    by_number: Mapping[str, Format]
    head: Format
    bold: Format
    changed: Mapping[str, Format]


def _worded(offers: pl.DataFrame) -> pl.DataFrame:
    meets = pl.col("meets_limit")
    yes_or_no = pl.when(meets.is_null()).then(pl.lit("not known")).when(meets).then(pl.lit("yes"))
    return offers.with_columns(
        meets=yes_or_no.otherwise(pl.lit("no")),
        run_label=pl.col("run"),
        model_and_provider=pl.format("{} at {}", "model", "provider_as_published"),
    )


def _todays_name(offers: pl.DataFrame, rows: pl.DataFrame, today: str | None) -> str:
    """The present offer as the Offers sheet spells it."""
    return next((ours for theirs, ours in zip(offers["offer"], rows["offer"], strict=True) if theirs == today), "")


def _inputs(
    book: Workbook,
    sheet: Worksheet,
    forms: _Forms,
    work: Workload,
    today: str,
    rows: pl.DataFrame,
    model: str,
    about_thinking: str,
) -> None:
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 26)
    sheet.write_string(0, 0, f"What would my traffic cost? {model}", forms.bold)
    sheet.write_string(1, 0, "Change the yellow cells; the Offers sheet follows.")
    given = (
        ("Requests a day", "Requests_per_day", work.requests_per_day, PLAIN),
        ("Input tokens of one request", "Input_tokens", work.input_tokens, PLAIN),
        ("Output tokens of one answer", "Output_tokens", work.output_tokens, PLAIN),
        ("Thinking tokens of one answer, paid as output", "Thinking_tokens", work.thinking_tokens, PLAIN),
        ("Share of the input read from a cache", "Cached_share", work.cached_share, SHARE),
        ("Answer-time limit in seconds; empty for none", "Limit_seconds", work.limit_seconds, PLAIN),
        ("Days a month", "Days_per_month", DAYS_PER_MONTH, PLAIN),
        ("Today's offer, as spelled on the Offers sheet", "Todays_offer", today, PLAIN),
    )
    row = 3
    for label, name, value, form in given:
        sheet.write_string(row, 0, label)
        _write(sheet, row, 1, value, forms.changed[form])
        book.define_name(name, f"=Inputs!$B${row + 1}")
        row += 1
    last = rows.height + 1
    if rows.height:
        sheet.data_validation(row - 1, 1, row - 1, 1, {"validate": "list", "source": f"=Offers!$A$2:$A${last}"})
    row += 1
    shown = rows.filter(pl.col("offer") == today).row(0, named=True) if today else {}
    values = dict(zip(TODAYS, ("monthly_usd", "writing_seconds", "response_seconds", "run_label"), strict=True))
    for name, column in TODAYS.items():
        sheet.write_string(row, 0, name.replace("_", " "))
        found = f"INDEX(Offers!${column}$2:${column}${last},MATCH(Todays_offer,Offers!$A$2:$A${last},0))"
        value = shown.get(values[name])
        sheet.write_formula(row, 1, f'=IFERROR({found},"")', None, "" if value is None else value)
        book.define_name(name, f"=Inputs!$B${row + 1}")
        row += 1
    for note in (
        about_thinking,
        "List prices without discounts, in US dollars. Where no cache price is published the input price stands in.",
        "Response time = time to first token + (thinking + output tokens) / output speed, of one request at a time.",
        "A longer prompt waits longer for its first token than the published figure says.",
        "Seconds are compared within one run of one measurer only. Addresses, dates and licences: sheet Sources.",
    ):
        row += 1
        sheet.write_string(row, 0, note)


def _offers(sheet: Worksheet, forms: _Forms, rows: pl.DataFrame) -> None:
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, forms.head)
    for line, row in enumerate(rows.iter_rows(named=True), start=1):
        for place, column in enumerate(COLUMNS):
            form = forms.by_number.get(column.form)
            value = row[column.value]
            if column.formula:
                sheet.write_formula(line, place, column.formula(line + 1), form, "" if value is None else value)
            else:
                _write(sheet, line, place, value, form)
    sheet.autofilter(0, 0, max(rows.height, 1), len(COLUMNS) - 1)


SOURCE_COLUMNS = (
    ("Offer", 26),
    ("Figure", 8),
    ("As published", 34),
    ("Publisher", 24),
    ("Address", 60),
    ("Measured or seen on", 14),
    ("Published on", 14),
    ("Licence", 30),
    ("Evidence", 12),
    ("Note", 60),
)


def _sources(sheet: Worksheet, head: Format, day_form: Format, rows: pl.DataFrame) -> None:
    sheet.freeze_panes(1, 0)
    for place, (title, width) in enumerate(SOURCE_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    line = 0
    for row in rows.iter_rows(named=True):
        speed = (
            row["publisher"],
            row["source_url"],
            row["measured_on"],
            row["published_on"],
            row["licence"],
            row["evidence"],
            row["note"],
        )
        price = (
            row["price_publisher"],
            row["price_url"],
            row["price_seen_on"],
            row["price_published_on"],
            row["price_licence"],
            row["price_evidence"],
            row["price_note"],
        )
        for figure, figures in (("speed", speed), ("price", price)):
            if figure == "speed" and row["measured_by"] is None:
                continue
            line += 1
            for place, value in enumerate((row["offer"], figure, row["model_and_provider"], *figures)):
                _write(sheet, line, place, value, day_form)


def _write(sheet: Worksheet, line: int, place: int, value: Cell, form: Format | None) -> None:
    """Nothing for null, a date, a number, a link to the web, or text that is never a formula."""
    if value is None:
        sheet.write_blank(line, place, None, form)
    elif isinstance(value, str):
        if value.lower().startswith(("http://", "https://")) and len(value) < LONGEST_LINK:
            sheet.write_url(line, place, value, string=value)
        else:
            sheet.write_string(line, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime.combine(value, time.min), form)
    else:
        sheet.write_number(line, place, value, form)
