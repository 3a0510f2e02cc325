"""List prices that stand in prose, on a vendor's page or at a pinned commit of a catalogue.

- They ship with the project as data/facts/token_price.csv, one price a row with its citation; there
  is nothing to fetch.
- `as_of` is the first day, `last_seen` the last; where only one is known it is both.
- "Turbo", "fast" and other variants named in the note are the endpoint; a number format there is
  the precision.
- Only rows that somebody published or quoted are shipped. A blend of input and output price is not
  a price here, and a row without any day cannot be placed.
"""

import re
from pathlib import Path

import polars as pl

from etl import faults, offers
from etl.faults import Fault
from etl.sources.contract import Catalogue, Reading, Row, SetAside, Source, SourceChanged, expect_keys, together

FILE = "token_price.csv"
COLUMNS = (
    "provider",
    "model",
    "usd_per_m_input",
    "usd_per_m_output",
    "last_seen",
    "source_url",
    "publisher",
    "as_of",
    "evidence",
    "note",
)
LICENCES = {"models.dev (community catalogue)": "MIT", "pydantic/genai-prices": "MIT"}
CITED = "quoted with its citation; terms of the publisher named"

SHAPE = {
    "provider_as_published": pl.String,
    "model_as_published": pl.String,
    "endpoint": pl.String,
    "precision": pl.String,
    "input_usd_per_mtok": pl.Float64,
    "output_usd_per_mtok": pl.Float64,
    "valid_from": pl.Date,
    "last_seen_on": pl.Date,
    "published_on": pl.Date,
    "source_url": pl.String,
    "publisher": pl.String,
    "licence": pl.String,
    "evidence": pl.String,
    "note": pl.String,
}


def read_facts(folder: Path) -> Reading:
    file = folder / FILE
    rows = pl.read_csv(file, infer_schema_length=0)
    expect_keys(dict.fromkeys(rows.columns), COLUMNS, FILE)
    typed = rows.with_columns(
        pl.col("usd_per_m_input", "usd_per_m_output").cast(pl.Float64, strict=False),
        pl.col("as_of", "last_seen").str.to_date("%Y-%m-%d", strict=False),
    )
    found, aside = [], []
    for row, as_written in zip(typed.iter_rows(named=True), rows.iter_rows(), strict=True):
        reason = _fault(row)
        if reason is None:
            found.append(_price(row))
        else:
            line = ", ".join(cell or "" for cell in as_written)
            aside.append(SetAside(row["source_url"] or FILE, reason, line))
    prices = pl.DataFrame(found, schema=SHAPE).sort(
        "provider_as_published", "model_as_published", "endpoint", "valid_from", "source_url"
    )
    _refuse_repetition(prices)
    return Reading(frames={"token_price": prices}, set_aside=together(aside))


def _fault(row: Row) -> Fault | None:
    if row["evidence"] not in ("published", "secondary"):
        return faults.NOT_SEEN
    if "blended" in (row["model"] or "").lower():
        return faults.BLENDED
    if row["as_of"] is None and row["last_seen"] is None:
        return faults.NO_DAY
    return offers.fault(row["usd_per_m_input"], row["usd_per_m_output"])


def _price(row: Row) -> Row:
    endpoint, precision = _variant(row["note"] or "")
    first = row["as_of"] or row["last_seen"]
    last = max(row["last_seen"] or first, first)
    return {
        "provider_as_published": row["provider"],
        "model_as_published": row["model"],
        "endpoint": endpoint,
        "precision": precision,
        "input_usd_per_mtok": row["usd_per_m_input"],
        "output_usd_per_mtok": row["usd_per_m_output"],
        "valid_from": first,
        "last_seen_on": last,
        "published_on": first,
        "source_url": row["source_url"],
        "publisher": row["publisher"],
        "licence": LICENCES.get(row["publisher"], CITED),
        "evidence": row["evidence"],
        "note": row["note"],
    }


def _variant(note: str) -> tuple[str | None, str | None]:
    """Endpoint and precision that the note names."""
    turbo = re.match(r"(Turbo) \((FP8)\) endpoint", note)
    if turbo:
        return turbo[1], turbo[2]
    file = re.search(r"host-specific variant: (\S+)\.toml", note)
    variant = offers.of_ending(file[1]) if file else None
    return (variant.capitalize() if variant else None), None


def _refuse_repetition(prices: pl.DataFrame) -> None:
    key = ("provider_as_published", "model_as_published", "endpoint", "precision", "valid_from", "source_url")
    repeated = prices.filter(prices.select(key).is_duplicated())
    if repeated.height:
        raise SourceChanged(f"{FILE}: {repeated.height} rows name the same price, first {repeated.row(0)}.")


SOURCE = Source(
    id="curated_prices",
    title="List prices cited one by one",
    publisher="Several, named in each row",
    licence=CITED,
    home_url="https://models.dev",
    tables=("token_price",),
    prices=Catalogue(rank=40),
    facts=read_facts,
)
