"""Figures that stand in prose only, written down by hand with their citations (data/facts).

- Nothing is fetched: the figures ship with the project. A row says where it can be opened, who
  published it and whether it was read there ("published") or is quoted by somebody else ("secondary").
- A row of any other evidence is set aside, and so is a cell named in `unverified_fields` left blank.
- A range or a bound written as a value ("39-40", ">100") is two ends of a company's figure, one of them null
  for a bound. Elsewhere it is no number: the row is set aside.
- Models: a cell that no source agrees on is blank. Latent attention and windows have columns of their own,
  so that what a token reads of its past can be computed. Whether a model thinks is cited apart, with other sources.
- Companies: bases stay apart ("cash", "with finance leases", "mixed, rounded"); guidance is guidance.
  `as_of` that only repeats the end of the period is no day of publication. Oracle's quarters end a
  month before the calendar quarter they are listed under.
- Shares: inference and training money of one estimate are one row with inference's share of both, as
  at Epoch AI; a share of something else (final runs, a market's size) and words are set aside. What
  Epoch AI's own file also has is left to that file.
- Serving: lengths of prompt and reply, and the accelerators of a named machine, are in the note and
  the name of the system.
- Withdrawals: a headline that names several models is a line for each. A day that the provider itself gave is told
  apart from that of a catalogue, which follows weeks or months later.
- Claims: the article's, with the figures that decide them; verdicts are computed, never copied.
"""

import calendar
import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import ALWAYS, NEVER, OPTIONAL, TABLES
from etl.sources import cells, clouds
from etl.sources.contract import Reading, Row, SetAside, Source, SourceChanged, expect_keys
from etl.sources.fidelity_cells import kind_of, read_figure

LICENCE = "fact cited; see source"
SHIPPED = ("published", "secondary")
CITATION = ("source_url", "publisher", "as_of", "evidence", "note")

NOT_A_NUMBER = faults.NOT_A_NUMBER.of(field="value")
FIRST_KEPT = faults.RIVAL.of(kept="the one listed first")

Line = dict[str, str]
# Reads a line as a row of our table, or says why it is not used.
RowReader = Callable[[Line], Row | Fault]


# Reading the shipped files


def _facts(table: str, *files: tuple[str, tuple[str, ...], RowReader]) -> Callable[[Path], Reading]:
    """A reader of shipped files; each says its columns and how one of its rows reads.

    The reader of a row gives back the row of our table, or the fault for which it is not used.
    """

    def read(folder: Path) -> Reading:
        rows: list[Row] = []
        aside: list[SetAside] = []
        refused: dict[str, str] = {}
        for name, columns, read_row in files:
            path = Path(folder) / f"{name}.csv"
            try:
                for row in _rows(path, columns):
                    _sort_in(row, read_row, table, rows, aside)
            except SourceChanged as change:
                refused[f"data/facts/{path.name}"] = str(change)
        frames = {table: _frame(rows, table)} if rows else {}
        return Reading(frames, aside, refused)

    return read


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Line]:
    if not path.is_file():
        raise SourceChanged(f"data/facts/{path.name} is missing.")
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    expect_keys(dict.fromkeys(lines.fieldnames or ()), (*columns, *CITATION), f"data/facts/{path.name}")
    for row in lines:
        yield {name: (value or "").strip() for name, value in row.items() if name}


def _sort_in(row: Line, read_row: RowReader, table: str, rows: list[Row], aside: list[SetAside]) -> None:
    read = read_row(_without_unverified(row)) if row["evidence"] in SHIPPED else faults.NOT_SEEN
    if isinstance(read, dict):
        read = faults.REPEATED if any(_same(read, other) for other in rows) else _kept_apart(read, table, rows)
    if isinstance(read, Fault):
        aside.append(_aside(row, read))
    else:
        rows.append(read)


def _aside(row: Line, fault: Fault) -> SetAside:
    text = ", ".join(f"{name}={value}" for name, value in row.items() if value and name not in CITATION)
    return SetAside(row["source_url"], fault, text)


def _same(row: Row, other: Row) -> bool:
    """Whether two rows state the same figure, whatever the period is called and the remark beside it."""
    beside = dict.fromkeys(("fiscal_period", "publisher", "note", "published_on", "evidence"))
    return row | beside == other | beside


def _kept_apart(row: Row, table: str, rows: list[Row]) -> Row | Fault:
    """The row; a note tells it from another value for the same thing from the same address."""
    key = [name for name in TABLES[table].key if name != "source"]
    while any(all(row.get(name) == other.get(name) for name in key) for other in rows):
        if "note" not in key:
            return FIRST_KEPT
        row = row | {"note": cells.noted(row["note"], "Disagrees with another value from the same address.")}
    return row


def _without_unverified(row: Line) -> Line:
    blank = [name for name in row.get("unverified_fields", "").split(";") if name]
    return {**row, **dict.fromkeys(blank, "")}


def _frame(rows: list[Row], table: str) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.sort([name for name in TABLES[table].key if name in frame.columns])


def _citation(row: Line) -> Row:
    return {
        "source_url": row["source_url"],
        "publisher": row["publisher"],
        "published_on": cells.day(row["as_of"]),
        "evidence": row["evidence"],
        "note": row["note"] or None,
    }


# Chips

CHIP_COLUMNS = (
    "chip",
    "vendor",
    "kind",
    "role",
    "announced",
    "available",
    "process",
    "die_area_mm2",
    "on_chip_sram_gb",
    "hbm_gb",
    "mem_bw_tb_s",
    "mem_bw_type",
    "dense_bf16_tflops",
    "fp8_tflops",
    "fp4_tflops",
    "tdp_w",
    "price_usd",
    "unverified_fields",
)
FAMILY_OF_KIND = {"GPU": "GPU", "TPU": "TPU", "LPU": "LPU", "RDU": "RDU", "wafer": "wafer-scale"}
CLOUDS = ("AWS", "Microsoft", "Meta", "Google")


def _chip(row: Line) -> Row | Fault:
    kind = row["kind"]
    family = FAMILY_OF_KIND.get(kind) or ("cloud ASIC" if row["vendor"] in CLOUDS else "other ASIC")
    bandwidth, price = cells.number(row["mem_bw_tb_s"]), cells.number(row["price_usd"])
    return {
        "accelerator_as_published": row["chip"],
        "vendor": row["vendor"] or None,
        "kind": kind or None,
        "family": family,
        "role": row["role"] or None,
        "announced_on": cells.day(row["announced"]),
        "available_on": cells.day(row["available"]),
        "process": row["process"] or None,
        "die_area_mm2": cells.number(row["die_area_mm2"]),
        "sram_gb": cells.number(row["on_chip_sram_gb"]),
        "hbm_gb": cells.number(row["hbm_gb"]),
        "memory_bandwidth_tb_per_second": bandwidth,
        "bandwidth_kind": row["mem_bw_type"] or None if bandwidth else None,
        "bf16_tflops": cells.number(row["dense_bf16_tflops"]),
        "fp8_tflops": cells.number(row["fp8_tflops"]),
        "fp4_tflops": cells.number(row["fp4_tflops"]),
        "power_w": cells.number(row["tdp_w"]),
        "price_usd": price,
        "price_is_estimate": True if price and "price is an estimate" in row["note"] else None,
        **_citation(row),
    }


# Models

MODEL_SIZES = ("total_parameters_bn", "active_parameters_bn")
MODEL_COUNTS = ("layers", "kv_heads", "head_dim", "windowed_layers", "window_tokens", "latent_values")
MODEL_FIGURES = (*MODEL_SIZES, *MODEL_COUNTS)
MODEL_COLUMNS = ("model", "developer", *MODEL_SIZES, "released_precision", *MODEL_COUNTS)


def _model(row: Line) -> Row | Fault:
    """A model's sizes and the form of its layers; a source may say one of them alone."""
    sizes = {name: cells.number(row[name]) for name in MODEL_SIZES}
    if any(row[name] and not size for name, size in sizes.items()) or not any(row[name] for name in MODEL_FIGURES):
        return NOT_A_NUMBER
    return {
        "model_as_published": row["model"],
        "developer": row["developer"] or None,
        **sizes,
        "released_precision": row["released_precision"] or None,
        **{name: int(row[name]) if row[name].isdecimal() else None for name in MODEL_COUNTS},
        **_citation(row),
    }


def _thinking(row: Line) -> Row | Fault:
    if row["thinks"] not in (ALWAYS, OPTIONAL, NEVER):
        return faults.NOT_KNOWN.of(field="thinks", value=row["thinks"])
    return {"model_as_published": row["model"], "thinks": row["thinks"], **_citation(row)}


# Rent

RENT_COLUMNS = ("cloud", "gpu", "usd_per_gpu_hour", "price_kind")


def _rent(row: Line) -> Row | Fault:
    usd = cells.number(row["usd_per_gpu_hour"])
    if not usd:
        return NOT_A_NUMBER
    kind, _, size = row["price_kind"].partition(", ")
    count = re.fullmatch(r"(\d+)x", size)
    return {
        "cloud": clouds.named(row["cloud"]),
        "seller_kind": clouds.kind(row["cloud"]),
        "accelerator_as_published": row["gpu"],
        "instance": row.get("instance") or None,
        "accelerator_count": int(count[1]) if count else None,
        "usd_per_accelerator_hour": usd,
        "price_kind": kind if count else row["price_kind"],
        "region": row.get("region") or None,
        "observed_on": cells.day(row["as_of"]),
        **_citation(row),
    }


# Companies

MICROSOFT_COLUMNS = ("fiscal_period", "period_end", "metric", "value", "unit")
DEPENDENCE_COLUMNS = ("company", "fiscal_period", "period_end", "metric", "value", "unit", "kind")
CAPEX_COLUMNS = ("company", "period", "period_type", "capex_usd_bn", "basis", "kind")
CAPEX = "capital expenditure"
WITH_LEASES = "with finance leases"

# Their name of the figure: our metric, basis, kind, and whether it is of a moment.
MICROSOFT_METRICS = {
    "capex_incl_finance_leases": (CAPEX, WITH_LEASES, "actual"),
    "capex_guidance_incl_finance_leases": (CAPEX, WITH_LEASES, "guidance"),
    "cash_capex_ppe": (CAPEX, "cash", "actual"),
    "finance_lease_additions": ("finance lease additions", None, "actual"),
    "azure_growth_reported": ("Azure growth", "reported", "actual"),
    "azure_growth_constant_currency": ("Azure growth", "constant currency", "actual"),
    "azure_growth_guidance_cc": ("Azure growth", "constant currency", "guidance"),
    "azure_growth_points_from_ai": ("Azure growth from AI", None, "actual"),
    "azure_revenue": ("Azure revenue", None, "actual"),
    "microsoft_cloud_revenue": ("Microsoft Cloud revenue", None, "actual"),
    "microsoft_cloud_gross_margin": ("Microsoft Cloud gross margin", None, "actual"),
    "intelligent_cloud_revenue": ("Intelligent Cloud revenue", None, "actual"),
    "openai_revenue_to_microsoft": ("revenue from OpenAI", None, "actual"),
    "short_lived_share_of_capex": ("short-lived share of capital expenditure", None, "actual"),
    "server_useful_life": ("useful life of servers", None, "actual"),
    "commercial_rpo": ("commercial remaining performance obligation", None, "actual"),
    "ai_business_run_rate": ("AI business run rate", None, "actual"),
    "ai_business_growth": ("AI business growth", None, "actual"),
    "openai_share_of_rpo": ("OpenAI's share of the remaining performance obligation", None, "actual"),
}
OF_A_MOMENT = ("commercial_rpo", "ai_business_run_rate", "ai_business_growth", "openai_share_of_rpo")
BASES = {
    "cash purchases of PP&E (gross)": "cash",
    "cash purchases of PP&E": "cash",
    "cash PP&E, no finance leases": "cash",
    "cash capex": "cash",
    "incl. finance leases": WITH_LEASES,
    "incl. finance-lease principal": "cash with finance-lease principal",
    "MSFT+GOOGL+META+AMZN, mixed": "mixed",
}
QUARTERS_END_A_MONTH_EARLIER = ("Oracle",)


def _microsoft_figure(row: Line) -> Row | Fault:
    published, end = _published(row["value"]), cells.day(row["period_end"])
    if row["metric"] not in MICROSOFT_METRICS:
        return faults.NOT_KNOWN.of(field="metric", value=row["metric"])
    if published is None:
        return NOT_A_NUMBER
    if end is None:
        return faults.NO_DAY
    metric, basis, kind = MICROSOFT_METRICS[row["metric"]]
    months = 3 if "Q" in row["fiscal_period"] else 12
    of_a_moment = row["metric"] in OF_A_MOMENT
    return _figure(
        row,
        company="Microsoft",
        fiscal_period=row["fiscal_period"],
        period_kind="moment" if of_a_moment else {3: "quarter", 12: "year"}[months],
        period_start=None if of_a_moment else _start(end, months),
        period_end=end,
        metric=metric,
        **published,
        unit=row["unit"],
        basis=basis,
        kind=kind,
    )


def _dependence(row: Line) -> Row | Fault:
    """What one company's revenue rests on. Quarters of Nvidia end on a Sunday, so no first day is derived."""
    published, end = _published(row["value"]), cells.day(row["period_end"])
    if published is None:
        return NOT_A_NUMBER
    if end is None:
        return faults.NO_DAY
    return _figure(
        row,
        company=row["company"],
        fiscal_period=row["fiscal_period"],
        period_kind="quarter" if "Q" in row["fiscal_period"] else "year",
        period_start=None,
        period_end=end,
        metric=row["metric"],
        **published,
        unit=row["unit"],
        basis=None,
        kind=row["kind"],
    )


def _capex(row: Line) -> Row | Fault:
    published = _published(row["capex_usd_bn"])
    if published is None:
        return NOT_A_NUMBER
    end = _period_end(row["period"], row["period_type"])
    if end is None:
        return faults.NO_DAY
    is_quarter = "quarter" in row["period_type"]
    if is_quarter and row["company"] in QUARTERS_END_A_MONTH_EARLIER:
        end = end.replace(day=1) - timedelta(days=1)
    kind, _, when = row["kind"].partition(" ")
    figure = _figure(
        row,
        company=row["company"],
        fiscal_period=row["period"],
        period_kind="quarter" if is_quarter else "year",
        period_start=_start(end, 3 if is_quarter else 12),
        period_end=end,
        metric=CAPEX,
        **published,
        unit="USD bn",
        basis=BASES.get(row["basis"], row["basis"] or None),
        kind=kind,
    )
    return figure | {"note": cells.noted(f"Guidance {when.strip('()')}." if when else None, figure["note"])}


def _published(text: str) -> dict[str, float | None] | None:
    """A number, a range ("39-40") or a bound (">100", "<200") as value and ends; None where it is words."""
    found = re.fullmatch(r"([<>]?)([\d.]+)(?:-([\d.]+))?", text)
    if found is None:
        return None
    ends = [cells.number(part) for part in found.groups()[1:] if part]
    if None in ends or (len(ends) == 2 and found[1]):
        return None
    value = ends[0] if len(ends) == 1 and not found[1] else None
    low = ends[0] if value is None and found[1] != "<" else None
    high = ends[-1] if value is None and found[1] != ">" else None
    return {"value": value, "value_low": low, "value_high": high}


def _figure(row: Line, **columns: object) -> Row:
    citation = _citation(row)
    if citation["published_on"] == columns["period_end"] or row["as_of"] == _calendar_end(row):
        citation["published_on"] = None
    return {**columns, **citation}


def _calendar_end(row: Line) -> str:
    """The end of the period before it was moved for quarters that end earlier."""
    end = _period_end(row.get("period", ""), row.get("period_type", ""))
    return end.isoformat() if end else ""


def _period_end(period: str, period_type: str) -> date | None:
    """The last day of "2025", "2025Q2" or "FY2026" with "fiscal year to June"."""
    found = re.fullmatch(r"(?:FY)?(\d{4})(?:Q([1-4]))?", period)
    if not found:
        return None
    year = int(found[1])
    if found[2]:
        return _month_end(year, 3 * int(found[2]))
    month = period_type.removeprefix("fiscal year to ")
    names = list(calendar.month_name)
    return _month_end(year, names.index(month) if month in names else 12)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _start(end: date, months: int) -> date:
    """The first day of the months that end on a month's last day."""
    first = end.year * 12 + end.month - months
    return date(first // 12, first % 12 + 1, 1)


# Shares

SHARE_COLUMNS = ("year", "scope", "metric", "value", "unit", "kind")
SHARE_KINDS = {
    "measured": "measured",
    "estimate": "estimate",
    "forecast": "forecast",
    "leak": "leak",
    "company statement": "estimate",
    "company projection via press": "forecast",
}
SHARE_OF = {
    "% of compute": "compute",
    "% of spend": "spend",
    "% of GW": "power",
    "% of revenue": "revenue",
    "% of energy": "energy",
}
MONEY = {
    "inference": "inference_usd_bn",
    "training": "training_usd_bn",
    "R&D": "training_usd_bn",
    "total": "total_usd_bn",
}
EPOCH_FILE = "ai_companies_compute_spend.csv"


def _share(row: Line) -> Row | Fault:
    year = re.search(r"\d{4}", row["year"])
    kind = SHARE_KINDS.get(row["kind"])
    value = cells.number(row["value"])
    if EPOCH_FILE in row["source_url"]:
        return faults.READ_ELSEWHERE
    if value is None or year is None:
        return NOT_A_NUMBER
    amount = MONEY.get(row["metric"].split(" ")[0])
    if kind is None or not (row["unit"] in SHARE_OF or (row["unit"] == "USD bn" and amount)):
        return faults.NOT_A_SHARE
    is_share = row["unit"] in SHARE_OF
    if is_share and row["metric"] not in ("inference share", "training share"):
        return faults.NOT_A_SHARE
    is_training = row["metric"] == "training share"
    citation = _citation(row)
    return {
        "year": int(year[0]),
        "scope": row["scope"],
        "of_what": SHARE_OF.get(row["unit"], "spend"),
        "share_percent": (100 - value if is_training else value) if is_share else None,
        **{name: value if not is_share and name == amount else None for name in dict.fromkeys(MONEY.values())},
        "kind": kind,
        **citation,
        "note": cells.noted(
            f"Published as training's share of {value:g}%; inference is the rest." if is_training else None,
            citation["note"],
        ),
    }


def _join_money(reading: Reading) -> Reading:
    """Inference and training money of one estimate as one row with inference's share of both."""
    if "compute_share" not in reading.frames:
        return reading
    shares = reading.frames["compute_share"]
    estimate = ("year", "scope", "of_what", "kind", "source_url", "publisher", "published_on", "evidence")
    amounts = ("inference_usd_bn", "training_usd_bn")
    is_half = pl.col("share_percent").is_null() & pl.col("total_usd_bn").is_null()
    is_pair = is_half & pl.all_horizontal(
        pl.when(is_half).then(pl.col(name)).count().over(estimate) == 1 for name in amounts
    )
    inference, training = (pl.col(name) for name in amounts)
    pairs = (
        shares.filter(is_pair)
        .group_by(*estimate, maintain_order=True)
        .agg(pl.col(*amounts).drop_nulls().first(), pl.col("note").drop_nulls().str.join(" "))
        .with_columns(
            share_percent=100 * inference / (inference + training),
            note=pl.concat_str(
                pl.lit("Share computed from inference and training with research."),
                pl.when(pl.col("note") != "").then("note"),
                separator=" ",
                ignore_nulls=True,
            ),
        )
    )
    joined = pl.concat([shares.filter(~is_pair), pairs], how="diagonal_relaxed").sort("year", "scope", "source_url")
    return Reading({"compute_share": joined}, reading.set_aside, reading.refused)


# Serving

SERVING_COLUMNS = ("system", "model", "concurrency", "tokens_per_s_per_user", "tokens_per_s_total")
MACHINES = {"SambaRack SN40L-16": ("SN40L", 16), "Nvidia DGX B200 (8 GPUs)": ("B200", 8)}
LENGTHS = re.compile(r"(\d+)-token prompt, (\d+)-token reply")


def _serving(row: Line) -> Row | Fault:
    per_user, total = cells.number(row["tokens_per_s_per_user"]), cells.number(row["tokens_per_s_total"])
    if per_user is None and total is None:
        return NOT_A_NUMBER
    machine = next((found for name, found in MACHINES.items() if row["system"].startswith(name)), (None, None))
    lengths = LENGTHS.search(row["note"])
    concurrency = cells.number(row["concurrency"])
    return {
        "system": row["system"],
        "accelerator_as_published": machine[0],
        "accelerator_count": machine[1],
        "model_as_published": row["model"],
        "prompt_tokens": int(lengths[1]) if lengths else None,
        "output_tokens": int(lengths[2]) if lengths else None,
        "concurrency": int(concurrency) if concurrency else None,
        "interactivity_tokens_per_second_per_user": per_user,
        "throughput_tokens_per_second": total,
        **_citation(row),
    }


# Events and claims

EVENT_COLUMNS = ("date", "category", "company", "headline", "tie_from", "tie", "tie_to")
WITHDRAWAL_COLUMNS = ("provider", "model", "ended_on", "said_by")
CLAIM_COLUMNS = ("claim_id", "claim", "quantity", "threshold", "unit", "how_to_test")
ROUND_COLUMNS = ("suite", "round", "new_benchmarks")


def _round(row: Line) -> Row | Fault:
    if cells.day(row["as_of"]) is None:
        return faults.NO_DAY
    return {
        "suite": row["suite"],
        "round": row["round"],
        "new_benchmarks": row["new_benchmarks"] or None,
        **_citation(row),
    }


def _event(row: Line) -> Row | Fault:
    happened_on = cells.day(row["date"])
    if happened_on is None:
        return faults.NO_DAY
    return {
        "happened_on": happened_on,
        "category": row["category"],
        "company": row["company"] or None,
        "headline": row["headline"],
        **{name: row[name] or None for name in ("tie_from", "tie", "tie_to")},
        **_citation(row),
    }


def _withdrawal(row: Line) -> Row | Fault:
    ended_on = cells.day(row["ended_on"])
    if ended_on is None:
        return faults.NO_DAY
    return {
        "provider_as_published": row["provider"],
        "model_as_published": row["model"],
        "ended_on": ended_on,
        "said_by": row["said_by"],
        **_citation(row),
    }


def _claim(row: Line) -> Row | Fault:
    claimed_on = cells.day(row["as_of"])
    if claimed_on is None:
        return faults.NO_DAY
    return {
        "claim_id": row["claim_id"],
        "claim": row["claim"],
        "quantity": row["quantity"],
        "threshold": cells.number(row["threshold"]),
        "unit": row["unit"] or None,
        "how_to_test": row["how_to_test"] or None,
        "claimed_on": claimed_on,
        **_citation(row),
    }


def _source(id: str, title: str, table: str, facts: Callable[[Path], Reading], home_url: str) -> Source:
    return Source(
        id=id,
        title=title,
        publisher="several; each figure names its own",
        licence=LICENCE,
        home_url=home_url,
        tables=(table,),
        facts=facts,
    )


read_facts_chips = _facts("accelerator", ("chips", CHIP_COLUMNS, _chip))
read_facts_models = _facts("model", ("models", MODEL_COLUMNS, _model))
read_facts_thinking = _facts("model", ("model_thinking", ("model", "thinks"), _thinking))
read_facts_rent = _facts(
    "accelerator_rent",
    ("gpu_rental", RENT_COLUMNS, _rent),
    ("gpu_rental_2026_10", (*RENT_COLUMNS, "instance", "region"), _rent),
)
read_facts_companies = _facts(
    "company_quarter",
    ("microsoft", MICROSOFT_COLUMNS, _microsoft_figure),
    ("hyperscaler_capex", CAPEX_COLUMNS, _capex),
    ("dependence", DEPENDENCE_COLUMNS, _dependence),
)
_read_facts_shares_apart = _facts("compute_share", ("training_vs_inference", SHARE_COLUMNS, _share))
read_facts_serving = _facts("gpu_serving", ("concurrency_tradeoff", SERVING_COLUMNS, _serving))
read_facts_events = _facts("event", ("events", EVENT_COLUMNS, _event), ("events_2026", EVENT_COLUMNS, _event))
read_facts_withdrawals = _facts("withdrawal", ("withdrawals", WITHDRAWAL_COLUMNS, _withdrawal))
read_facts_rounds = _facts("benchmark_round", ("mlperf_rounds", ROUND_COLUMNS, _round))
read_facts_claims = _facts("claim", ("claims", CLAIM_COLUMNS, _claim))


FIDELITY_COLUMNS = ("provider", "model", "metric", "value", "unit")


def _fidelity(row: Line) -> Row | Fault:
    quantity, _, how = row["metric"].partition(", ")
    value, low, _ = read_figure(f"{row['value']}{'%' if row['unit'] == '%' else ''}")
    if value is None and low is None:
        return NOT_A_NUMBER
    return {
        "provider_as_published": row["provider"],
        "model_as_published": row["model"],
        "method": how,
        "quantity": quantity,
        "value": value,
        "value_low": low,
        "unit": row["unit"],
        **kind_of(row["provider"]),
        "measured_on": cells.day(row["as_of"]),
        **_citation(row),
    }


read_facts_fidelity = _facts("fidelity", ("provider_fidelity", FIDELITY_COLUMNS, _fidelity))


DEMAND_COLUMNS = ("date", "kind", "name", "tokens", "share_pct")
DEMAND_KINDS = {"country of the model author": "country of the model author", "all of OpenRouter, one week": "all"}


def _demand(row: Line) -> Row | Fault:
    observed_on = cells.day(row["date"])
    if observed_on is None:
        return faults.NO_DAY
    return {
        "kind": DEMAND_KINDS.get(row["kind"], row["kind"]),
        "author_as_published": row["name"],
        "gateway": "OpenRouter",
        "tokens": cells.count(row["tokens"]),
        "share_percent": cells.number(row["share_pct"]),
        "days_of_week": None,
        "observed_on": observed_on,
        **_citation(row),
    }


read_facts_demand = _facts("demand", ("demand_share", DEMAND_COLUMNS, _demand))


def read_facts_shares(folder: Path) -> Reading:
    return _join_money(_read_facts_shares_apart(folder))


# The home of each is the address that most of its figures cite.
SOURCES = (
    _source(
        "curated_chips",
        "Chip specifications, cited",
        "accelerator",
        read_facts_chips,
        "https://epoch.ai/data/machine-learning-hardware",
    ),
    _source(
        "curated_models",
        "Architectures of models, cited",
        "model",
        read_facts_models,
        "https://github.com/meta-llama/llama-models",
    ),
    _source(
        "curated_thinking",
        "Which models think before they answer, cited",
        "model",
        read_facts_thinking,
        "https://models.dev",
    ),
    _source(
        "curated_rent",
        "Rents of accelerators, cited",
        "accelerator_rent",
        read_facts_rent,
        "https://github.com/SemiAnalysisAI/InferenceX-app",
    ),
    _source(
        "curated_companies",
        "Company figures, cited",
        "company_quarter",
        read_facts_companies,
        "https://www.microsoft.com/en-us/investor",
    ),
    _source(
        "curated_shares",
        "Training and inference, estimates cited",
        "compute_share",
        read_facts_shares,
        "https://www.deloitte.com/us/en/insights/industry/technology/"
        "technology-media-and-telecom-predictions/2026/compute-power-ai.html",
    ),
    _source(
        "curated_serving",
        "Throughput against speed, cited",
        "gpu_serving",
        read_facts_serving,
        "https://docs.public.content.oci.oraclecloud.com/en-us/iaas/Content/generative-ai/scenario-1.htm",
    ),
    _source(
        "curated_rounds",
        "Rounds of MLPerf, cited",
        "benchmark_round",
        read_facts_rounds,
        "https://mlcommons.org/benchmarks/training/",
    ),
    _source(
        "curated_withdrawals",
        "Models that a provider stopped selling, cited",
        "withdrawal",
        read_facts_withdrawals,
        "https://console.groq.com/docs/deprecations",
    ),
    _source(
        "curated_fidelity",
        "Answers by host, cited",
        "fidelity",
        read_facts_fidelity,
        "https://simonwillison.net/2025/Aug/15/inconsistent-performance",
    ),
    _source(
        "curated_demand",
        "Demand by author of the model, cited",
        "demand",
        read_facts_demand,
        "https://openrouter.ai/rankings",
    ),
    _source("curated_events", "Dated events, cited", "event", read_facts_events, "https://nextfin.ai"),
    _source("curated_claims", "The article's claims", "claim", read_facts_claims, "https://nextfin.ai"),
)
