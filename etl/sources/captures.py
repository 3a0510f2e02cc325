"""Curated figures: captures of many hosts at once, and single figures from prose.

Nothing is fetched: the figures ship in `data/facts`, transcribed by us, each with the address where it
stands. Two sources:

- `host_captures` (provider_speed_sets.csv): one capture is one run of one measurer over many hosts.
  The prices of a capture become list prices of the capture's day.
- `single_figures` (provider_speed.csv): one figure, one citation; no capture, so never like for like.

Decisions:

- A row whose address another source reads in full (`READ_ELSEWHERE`) is left out and counted, so that
  no measurement counts twice.
- The endpoint is what tells a provider's offers apart: the gateway's tag without the provider and
  without the quantization, or what stands in brackets behind the provider, or the host slug's ending.
- p90 and p99 of the gateways stand in the note of our transcription and are read from there. p75 of
  throughput is the faster quarter, p75 of a wait the slower one.
- "<200" and "30-50" are bounds: kept as text, never a value.
- A single figure that its measurer did not publish itself is secondary and its note says who quotes
  it; what a vendor says of itself is the vendor's measurement, whoever repeats it.
- Where both the vendor and an independent measurer are named, the figure counts as the vendor's.
- A date that nobody published, or that was guessed for an undated page, is no date.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from re import compile as pattern

from etl import faults, offers
from etl.faults import Fault
from etl.sources import cells
from etl.sources.cells import Unusable
from etl.sources.contract import (
    Reading,
    Row,
    SetAside,
    Source,
    SourceChanged,
    WithSpeeds,
    expect_keys,
    rows_of,
    together,
)

SETS, SINGLES = "provider_speed_sets.csv", "provider_speed.csv"

_CAPTURE = "https://github.com/jqknono/coding-plans-for-copilot/blob/{}/assets/openrouter-provider-metrics.json"
_STATS = "https://github.com/PCODE-pl/MCPTap-Pareto/blob/00bafc0650eedc667a7368a6714605ae881baaef/stats/{}/{}/models/openai/gpt-oss-120b.json"
_FASTEST = "https://storage.googleapis.com/thefastest-data/{}/text/2024-05-03.json"

# Addresses whose every figure comes in through another source.
READ_ELSEWHERE: frozenset[str] = frozenset(
    [
        *(
            _CAPTURE.format(sha)
            for sha in (
                "b16f14baf49d44231df50505c3b87ef68faf9d9b",  # 2026-05-28
                "3746739071130e8fd4ab1405d4c5016c51475bf1",  # 2026-06-13
                "202aa855b3b53c11a4c1a452aaaa85398a60c639",  # 2026-06-14
                "586dd5067584df4006071fa6889ec16c614752ff",  # 2026-06-16
                "27e70268dae16808a6cdeef6c50712b4f80dbf60",  # 2026-07-07
                "0a8e87c8013a9442aedc13597e5f654649a64fa6",  # 2026-08-22
            )
        ),
        *(
            _STATS.format("openrouter", host)
            for host in (
                "amazon-bedrock",
                "baseten",
                "cerebras",
                "deepinfra",
                "groq",
                "nebius",
                "novita-ai",
                "togetherai",
            )
        ),
        *(_STATS.format("vercel", host) for host in ("baseten", "bedrock", "cerebras", "groq")),
        *(_FASTEST.format(region) for region in ("cdg", "iad", "sea")),
        # Its table sums up the requests that are read one by one.
        "https://github.com/ray-project/llmperf-leaderboard/blob/main/README.md",
    ]
)

# Who measured, as transcribed: the measurer's name ({provider} stands for the host) and kind.
MEASURERS: Mapping[str, tuple[str, str]] = {
    "Artificial Analysis": ("Artificial Analysis", "independent"),
    "Artificial Analysis, quoted by vendor": ("Artificial Analysis", "independent"),
    "Artificial Analysis, quoted by others": ("Artificial Analysis", "independent"),
    "Fixie thefastest.ai": ("TheFastest.ai", "independent"),
    "Hugging Face Inference Providers validation probe": ("Hugging Face Inference Providers", "independent"),
    "InferenceLatency.com": ("InferenceLatency.com", "independent"),
    "llmperf (Anyscale/Ray)": ("LLMPerf (Anyscale)", "independent"),
    "OpenRouter live traffic, rolling 30 minutes": ("OpenRouter", "traffic"),
    "OpenRouter provider listing, as quoted": ("OpenRouter", "traffic"),
    "OpenRouter via SemiAnalysis": ("OpenRouter", "traffic"),
    "Straive production logs": ("Straive", "independent"),
    "Vercel AI Gateway live traffic, rolling hour": ("Vercel AI Gateway", "traffic"),
    "vendor": ("{provider}", "vendor"),
    "vendor, repeated in docs": ("{provider}", "vendor"),
    "vendor / Artificial Analysis": ("{provider} or Artificial Analysis", "vendor"),
    "vendor / llmperf era": ("{provider}", "vendor"),
}

LICENCES: Mapping[str, str] = {
    "Artificial Analysis": "Artificial Analysis terms of use, attribution required",
    "OpenRouter": "OpenRouter terms of service",
    "Vercel AI Gateway": "Vercel terms of service",
    "TheFastest.ai": "MIT",
}
QUOTED = "quoted with its source"

# Publishers that speak for a measurer of another name.
OWN_PAGE: frozenset[tuple[str, str]] = frozenset({("Straive", "S. Anand")})

GUESSED_DATES = ("the day is not published", "page undated")
FIRST_ANSWER = "time to first ANSWER token"

NOTED_FIGURES = (
    ("output_tokens_per_second_p90", pattern(r"throughput p90 ([\d.]+)"), 1),
    ("output_tokens_per_second_p99", pattern(r"throughput p90 [\d.]+ p99 ([\d.]+)"), 1),
    ("output_tokens_per_second_p95", pattern(r"throughput p95 ([\d.]+)"), 1),
    ("ttft_seconds_p75", pattern(r"latency p75 ([\d.]+)"), 1000),
    ("ttft_seconds_p99", pattern(r"latency p75 [\d.]+ p99 ([\d.]+)"), 1000),
    ("ttft_seconds_p95", pattern(r"latency p95 ([\d.]+)"), 1000),
)
TAG = pattern(r"endpoint tag ([^;]+)")
HOST_SLUG = pattern(r"host slug ([^;]+)")
BOUND = pattern(r"[<>≤≥~]\s*[\d.]+|[\d.]+\s*[-–]\s*[\d.]+")


def read_host_captures(folder: Path) -> Reading:
    columns = (
        "capture_id",
        "provider",
        "model",
        "precision",
        "output_tokens_per_s",
        "p25",
        "p75",
        "ttft_s",
        "prompt_tokens",
        "output_tokens",
        "concurrency",
        "usd_per_m_input",
        "usd_per_m_output",
        *CITED,
    )
    return _read(folder / SETS, columns, _captured)


def read_single_figures(folder: Path) -> Reading:
    columns = ("provider", "model", "output_tokens_per_s", "ttft_s", "quality", *CITED)
    return _read(folder / SINGLES, columns, _single)


CITED = ("measured_by", "source_url", "publisher", "as_of", "evidence", "note")

# A line as transcribed, and what it gives: its speed and its price, either None where it has none.
Line = dict[str, str]
Rows = tuple[Row | None, Row | None]


def _read(path: Path, columns: tuple[str, ...], read_row: Callable[[Line, list[SetAside]], Rows]) -> Reading:
    """Speeds and prices of a shipped file; rows that are read elsewhere are one counted line a capture."""
    where = f"data/facts/{path.name}"
    if not path.is_file():
        return Reading(incomplete=(f"{where} is missing",))
    filled: dict[str, list[Row]] = {"provider_speed": [], "token_price": []}
    aside: list[SetAside] = []
    elsewhere: dict[str, list[Line]] = {}
    try:
        for row in _transcribed(path, columns, where):
            if row["source_url"] in READ_ELSEWHERE:
                elsewhere.setdefault(row.get("capture_id") or row["source_url"], []).append(row)
                continue
            try:
                for rows, read in zip(filled.values(), read_row(row, aside), strict=True):
                    rows += [read] if read else []
            except Unusable as unusable:
                aside.append(_aside(row, unusable.fault))
    except SourceChanged as change:
        return Reading(refused={where: str(change)})
    for rows in elsewhere.values():
        aside.append(_aside(rows[0], faults.READ_ELSEWHERE, len(rows)))
    return Reading({name: rows_of(name, rows) for name, rows in filled.items() if rows}, together(aside))


def _transcribed(path: Path, columns: tuple[str, ...], where: str) -> Iterable[Line]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        expect_keys(dict.fromkeys(reader.fieldnames or ()), columns, where)
        for row in reader:
            yield {name: (value or "").strip() for name, value in row.items() if name}


def _aside(row: Line, fault: Fault, rows: int = 1) -> SetAside:
    spelled = ", ".join(value for name, value in row.items() if value and name not in ("note", "source_url"))
    return SetAside(row["source_url"], fault, spelled, rows)


def _captured(row: Line, aside: list[SetAside]) -> Rows:
    """The speed of a row and its price; either is None where the row has none."""
    identity = {
        "capture": row["capture_id"],
        "provider_as_published": row["provider"],
        "model_as_published": row["model"],
        "endpoint": _endpoint(row),
        "precision": row["precision"] or None,
    }
    if not all((row["capture_id"], row["provider"], row["model"])):
        raise Unusable(faults.NOT_NAMED.of(missing="capture, provider or model"))
    who, kind = _measurer(row)
    day = cells.written_day(row["as_of"])
    cited = _cited(row, who, day) | {"evidence": _evidence(row)}
    price = _price(row)
    if price and day is None:
        aside.append(_aside(row, faults.PRICE_WITHOUT_DAY))
        price = None
    elif price:
        in_note = row["note"] if "price" in row["note"] else None
        price = identity | cited | price | {"valid_from": day, "last_seen_on": day, "note": in_note}
    speed = {
        **_speed(row),
        "output_tokens_per_second_p25": _above_zero(row, "p25"),
        "output_tokens_per_second_p75": _above_zero(row, "p75"),
        "ttft_seconds": _above_zero(row, "ttft_s"),
        **_noted(row["note"]),
    }
    if all(value is None for value in speed.values()):
        aside.append(_aside(row, faults.NO_SPEED))
        return None, price
    conditions = {name: cells.rounded(_number(row, name)) for name in ("prompt_tokens", "output_tokens", "concurrency")}
    measured = {"measured_by": who, "measurer_kind": kind, "is_aggregate": False, "measured_on": day}
    return identity | cited | speed | conditions | measured | {"note": row["note"] or None}, price


def _single(row: Line, _aside: list[SetAside]) -> Rows:
    if not all((row["provider"], row["model"])):
        raise Unusable(faults.NOT_NAMED.of(missing="provider or model"))
    who, kind = _measurer(row)
    is_guessed = any(words in row["note"] for words in GUESSED_DATES)
    day = None if is_guessed else cells.written_day(row["as_of"])
    is_own = row["publisher"] == who or (who, row["publisher"]) in OWN_PAGE
    wait = "first_answer_seconds" if FIRST_ANSWER in row["note"] else "ttft_seconds"
    figures = {**_speed(row), wait: _above_zero(row, "ttft_s")}
    if all(value is None for value in figures.values()):
        raise Unusable(faults.NO_SPEED)
    quoted = None if is_own else f"{_said(who, kind)}, quoted by {row['publisher']}"
    speed = {
        "capture": None,
        "provider_as_published": row["provider"],
        "model_as_published": row["model"],
        "endpoint": _endpoint(row),
        **figures,
        **_cited(row, who, day),
        "measured_by": who,
        "measurer_kind": kind,
        "is_aggregate": row["provider"].startswith("median"),
        "measured_on": day,
        "evidence": _evidence(row) if is_own else "secondary",
        "note": "; ".join(filter(None, (quoted, row["note"]))) or None,
    }
    return speed, None


def _said(who: str, kind: str) -> str:
    return f"claimed by {who}" if kind == "vendor" else f"measured by {who}"


def _measurer(row: Line) -> tuple[str, str]:
    if row["measured_by"] not in MEASURERS:
        raise Unusable(faults.NOT_KNOWN.of(field="measurer", value=row["measured_by"] or "blank"))
    who, kind = MEASURERS[row["measured_by"]]
    return who.format(provider=offers.of_name(row["provider"])[0]), kind


def _evidence(row: Line) -> str:
    if row["evidence"] not in ("published", "secondary"):
        raise Unusable(faults.NOT_SEEN)
    return row["evidence"]


def _cited(row: Line, who: str, day: date | None) -> Row:
    if not row["source_url"] or not row["publisher"]:
        raise Unusable(faults.NO_CITATION)
    return {
        "source_url": row["source_url"],
        "publisher": row["publisher"],
        "licence": LICENCES.get(who, QUOTED),
        "published_on": day,
    }


def _endpoint(row: Line) -> str | None:
    _, tier = offers.of_name(row["provider"])
    if tier:
        return tier
    if tag := TAG.search(row["note"]):
        return offers.of_tag(tag[1], row.get("precision"))
    slug = HOST_SLUG.search(row["note"])
    return offers.of_ending(slug[1]) if slug else None


def _speed(row: Line) -> Row:
    """The speed, or the bound where only a bound was published."""
    published = row["output_tokens_per_s"]
    if BOUND.fullmatch(published):
        return {"output_tokens_per_second": None, "bound_as_published": published}
    return {"output_tokens_per_second": _above_zero(row, "output_tokens_per_s"), "bound_as_published": None}


def _noted(note: str) -> dict[str, float | None]:
    found = ((column, words.search(note), divisor) for column, words, divisor in NOTED_FIGURES)
    return {column: float(match[1]) / divisor if match else None for column, match, divisor in found}


def _price(row: Line) -> Row | None:
    price = {
        "input_usd_per_mtok": _number(row, "usd_per_m_input"),
        "output_usd_per_mtok": _number(row, "usd_per_m_output"),
    }
    return price if any(amount is not None for amount in price.values()) else None


def _number(row: Line, field: str) -> float | None:
    return cells.written_number(row[field], field)


def _above_zero(row: Line, field: str) -> float | None:
    return cells.above_zero(_number(row, field))


HOST_CAPTURES = Source(
    id="host_captures",
    title="Captures of many hosts at once",
    publisher="several, named in each row",
    licence=QUOTED,
    home_url="https://artificialanalysis.ai/leaderboards/providers",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    facts=read_host_captures,
    credit="Data: Artificial Analysis, https://artificialanalysis.ai",
)

SINGLE_FIGURES = Source(
    id="single_figures",
    title="Single speeds from announcements and the press",
    publisher="several, named in each row",
    licence=QUOTED,
    home_url="https://artificialanalysis.ai/leaderboards/providers",
    tables=("provider_speed",),
    facts=read_single_figures,
    credit="Data: Artificial Analysis, https://artificialanalysis.ai",
)

SOURCES = (HOST_CAPTURES, SINGLE_FIGURES)
