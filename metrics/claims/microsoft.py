"""What the article claims of Microsoft: capital spent, and what may or will happen to it."""

import polars as pl

from metrics import demand, words
from metrics.claims.claim import ARTICLE_DAY, CONDITIONAL, FORECAST, Claim, Record
from metrics.claims.price import rent_range, rents_against_the_first
from metrics.companies import AZURE_GROWTH, CAPEX, CLOUD_MARGIN, SHORT_LIVED, WITH_LEASES, as_counted_now
from metrics.findings import demand as demand_findings
from metrics.metric import ratio

CLAIMED_YEAR = ARTICLE_DAY.year - 1
COMMITTED_USD_BN = 10.0
FROM_NVIDIA = "purchases from Nvidia"
WRITE_DOWN = "(?i)impairment|write-down|write-off"


def _reported(record: Record, metric: str) -> pl.DataFrame:
    """Microsoft's own actual figures of one metric, dated by the report or, where that is not known, by the end of
    the period."""
    rows = record.rows("company_quarter", pl.coalesce("published_on", "period_end"))
    return rows.filter((pl.col("company") == "Microsoft") & (pl.col("metric") == metric) & (pl.col("kind") == "actual"))


def _quarters(record: Record) -> pl.DataFrame:
    """Capital expenditure by quarter on one basis, oldest first."""
    return _one_a_quarter(_reported(record, CAPEX).filter(pl.col("basis") == WITH_LEASES))


def _one_a_quarter(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.filter((pl.col("period_kind") == "quarter") & pl.col("value").is_not_null())
        .sort("period_end", pl.col("evidence") != "published", "source", "source_url")
        .unique("period_end", keep="first", maintain_order=True)
    )


def _records(record: Record) -> pl.DataFrame:
    """Each quarter that ended in the claimed year as a multiple of the highest before it; above 1 is a record."""
    quarters = _quarters(record).with_columns(
        capital_expenditure_usd_bn="value", highest_before_usd_bn=pl.col("value").cum_max().shift(1)
    )
    return (
        quarters.filter(pl.col("period_end").dt.year() == CLAIMED_YEAR)
        .with_columns(
            value=ratio(pl.col("capital_expenditure_usd_bn"), pl.col("highest_before_usd_bn")),
            subject="fiscal_period",
        )
        .filter(pl.col("value").is_not_null())
        .with_columns(meets=pl.col("value") > 1)
    )


def _told_records(figures: pl.DataFrame) -> str:
    top = figures.sort("capital_expenditure_usd_bn", descending=True).row(0, named=True)
    met = int(figures["meets"].sum())
    return (
        f"{met} of {words.plural(figures.height, 'quarter')} that ended in {CLAIMED_YEAR} set a record, the highest "
        f"{words.quantity(top['capital_expenditure_usd_bn'], 'USD bn')} in {top['subject']}, finance leases included."
    )


def _paid_to_nvidia(record: Record) -> pl.DataFrame:
    """What Microsoft states to have bought or ordered from Nvidia, by quarter."""
    return _one_a_quarter(_reported(record, FROM_NVIDIA)).with_columns(subject="fiscal_period")


def _not_disclosed(record: Record) -> str:
    """What is missing, and the nearest that is published: it is of chips and servers of every maker."""
    quarters = short_lived(record)
    if quarters.is_empty():
        return ""
    last = quarters.row(-1, named=True)
    return (
        "Microsoft does not disclose what it pays Nvidia. The nearest figure is of every maker's chips and servers: "
        f"{words.quantity(last['value'], 'USD bn')} of short-lived assets in {last['fiscal_period']}, about "
        f"{words.quantity(last['short_lived_percent'], '%')} of the quarter's capital expenditure."
    )


def short_lived(record: Record) -> pl.DataFrame:
    """The short-lived part of the quarters for which Microsoft stated its share: capital expenditure times share."""
    shares = _one_a_quarter(_reported(record, SHORT_LIVED)).select(
        "period_end",
        short_lived_percent="value",
        share_on="measured_on",
        share_publisher="publisher",
        share_source_url="source_url",
    )
    return (
        _quarters(record)
        .join(shares, on="period_end", how="inner", validate="1:1", maintain_order="left")
        .with_columns(
            value=pl.col("value") * pl.col("short_lived_percent") / 100,
            measured_on=pl.max_horizontal("measured_on", "share_on"),
            subject="fiscal_period",
        )
    )


def _growth_and_margin(record: Record) -> pl.DataFrame:
    """Azure's reported growth, and the gross margin of Microsoft's cloud, by quarter."""
    margins = _one_a_quarter(_reported(record, CLOUD_MARGIN)).with_columns(subject="fiscal_period")
    return pl.concat([azure_growth(record), margins], how="diagonal_relaxed")


def azure_growth(record: Record) -> pl.DataFrame:
    """Azure's reported growth by quarter, oldest first."""
    return (
        _reported(record, AZURE_GROWTH)
        .filter((pl.col("period_kind") == "quarter") & (pl.col("basis") == "reported"))
        .with_columns(subject="fiscal_period")
        .sort("period_end")
    )


def _growth_and_margin_so_far(figures: pl.DataFrame) -> str:
    margins = figures.filter(pl.col("metric") == CLOUD_MARGIN)
    told = [_growth_so_far(figures.filter(pl.col("metric") == AZURE_GROWTH))]
    if margins.height:
        first, last = margins.row(0, named=True), margins.row(-1, named=True)
        before = (
            f", after {words.quantity(first['value'], '%')} in {first['fiscal_period']}" if margins.height > 1 else ""
        )
        told.append(
            f"The gross margin of Microsoft Cloud was {words.quantity(last['value'], '%')} in {last['fiscal_period']}"
            f"{before}."
        )
    return " ".join(told)


def _growth_so_far(figures: pl.DataFrame) -> str:
    if figures.is_empty():
        return "No growth of Azure was reported in this time."
    told = [
        f"{words.quantity(row['value'], '%')} in {row['fiscal_period']}"
        for row in figures.tail(4).iter_rows(named=True)
    ]
    alike = figures.tail(4).filter(as_counted_now())
    recast = figures.tail(4).height - alike.height
    apart = (
        " Microsoft counted Azure otherwise until August 2024, so those quarters are no measure of the later."
        if (recast and alike.height)
        else ""
    )
    last_year = alike["value"].to_list()
    way = "no slower than" if last_year and last_year[-1] >= last_year[0] else "slower than"
    compared = f"; the last is {way} the first of these" if len(last_year) > 1 and not recast else ""
    return f"Azure grew {words.listed(told)} over the year before{compared}.{apart}"


def _write_downs(record: Record) -> pl.DataFrame:
    """Write-downs that Microsoft reported, and what an H100 rents for beside its first price."""
    reported = record.rows("company_quarter", pl.coalesce("published_on", "period_end")).filter(
        (pl.col("company") == "Microsoft") & pl.col("metric").str.contains(WRITE_DOWN)
    )
    return pl.concat(
        [reported.with_columns(subject="fiscal_period"), rents_against_the_first(record)], how="diagonal_relaxed"
    )


def _write_downs_so_far(figures: pl.DataFrame) -> str:
    reported = figures.filter(pl.col("fiscal_period").is_not_null())
    rents = figures.filter(pl.col("cloud").is_not_null()).sort("value")
    told = (
        f"Microsoft reported {words.plural(reported.height, 'write-down')}."
        if reported.height
        else "No write-down of GPUs by Microsoft is in the record."
    )
    return f"{told} {rent_range(rents)}" if rents.height else told


def _revenues(record: Record) -> pl.DataFrame:
    """Azure's revenue by fiscal year, headlines that name a revenue of Cerebras or Groq, and whose models are asked.

    The last are the authors of the newest whole week of tokens in the time.
    """
    azure = _reported(record, "Azure revenue").with_columns(
        subject=pl.format("Azure {}", "fiscal_period"),
        value=pl.coalesce("value", "value_low"),
        is_lower_bound=pl.col("value").is_null(),
    )
    vendors = record.rows("event", pl.col("happened_on")).filter(
        pl.col("company").str.contains("Cerebras|Groq") & pl.col("headline").str.contains("(?i)revenue")
    )
    _, authors = demand.first_and_last(record.rows("demand", pl.col("observed_on")))
    return pl.concat(
        [
            azure.sort("period_end"),
            vendors.with_columns(subject="headline").sort("happened_on"),
            authors.with_columns(subject="author"),
        ],
        how="diagonal_relaxed",
    )


def _revenues_so_far(figures: pl.DataFrame) -> str:
    azure = figures.filter(pl.col("fiscal_period").is_not_null())
    headlines = figures.filter(pl.col("headline").is_not_null())
    authors = figures.filter(pl.col("share_percent").is_not_null())
    told = []
    if azure.height:
        row = azure.row(-1, named=True)
        over = "over " if row["is_lower_bound"] else ""
        told.append(f"Azure's revenue of {row['fiscal_period']} is {over}{words.quantity(row['value'], 'USD bn')}.")
    else:
        told.append("No revenue of Azure was published in this time.")
    if headlines.height:
        row = headlines.row(-1, named=True)
        told.append(f"Of the vendors: {row['headline']} ({words.day(row['measured_on'])}).")
    else:
        told.append("The record holds no revenue of Cerebras or Groq.")
    if authors.height:
        told.append(f"{demand_findings.largest(authors, authors)}. {demand_findings.NOT_BY_HOST}")
    return " ".join(told)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C12",
        short="Microsoft's capex reached record highs in 2025",
        quantity="capital expenditure of a quarter against the highest before it",
        threshold=1,
        figures=_records,
        reason=_told_records,
        subject="Microsoft",
        thing="quarter",
        page="microsoft",
        flips=f"Restated figures in which most quarters of {CLAIMED_YEAR} lie below an earlier one.",
        tolerance=0,
        is_lasting=True,
    ),
    Claim(
        claim_id="C13",
        short="Microsoft committed tens of billions to GPUs",
        quantity="what Microsoft states to have bought or ordered from Nvidia",
        unit="USD bn",
        threshold=COMMITTED_USD_BN,
        figures=_paid_to_nvidia,
        incomparable=_not_disclosed,
        subject="Microsoft",
        thing="quarter",
        page="microsoft",
        flips="Microsoft or Nvidia stating what Microsoft bought or ordered.",
        is_lasting=True,
    ),
    Claim(
        claim_id="C14",
        kind=CONDITIONAL,
        short="Azure's growth could slow as workloads move",
        quantity="Azure's growth over the year before and the cloud's gross margin, by quarter",
        unit="%",
        figures=_growth_and_margin,
        so_far=_growth_and_margin_so_far,
        subject="Microsoft",
        page="microsoft",
        flips="Quarters of slower growth or a lower margin together with published workloads that left.",
    ),
    Claim(
        claim_id="C15",
        kind=CONDITIONAL,
        short="Microsoft may have to write down older GPUs",
        quantity="write-downs, and what an H100 rents for",
        unit="USD bn",
        figures=_write_downs,
        so_far=_write_downs_so_far,
        rests_on="accelerator_rent",
        subject="Microsoft",
        page="microsoft",
        flips="An impairment of servers in one of Microsoft's filings.",
    ),
    Claim(
        claim_id="C18",
        kind=FORECAST,
        short="Developers will migrate to Cerebras Cloud or GroqCloud",
        quantity="revenue of the vendors beside Azure's, and whose models are asked",
        unit="USD bn",
        figures=_revenues,
        so_far=_revenues_so_far,
        subject="Cerebras and Groq",
        page="microsoft",
        flips="Revenue or tokens of both sides, published by quarter.",
    ),
)
