"""The figures that ship: data/published/<table>.csv, one row per fact with its source. Prices, which are many, have a
file for each source: data/published/token_price.<source>.csv.

Written by `python -m etl export published`, sorted by key and free of fetch times, so that a
diff shows only what changed. Speeds and prices ship where the lists of names know model and provider; the others are
counted in `set_aside` by address, and a refresh reads them again. What is cited one by one always ships.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

from etl.schema import (
    FACTS,
    NOT_SHIPPED,
    ORIGIN,
    PROVIDER_SPEED,
    READ,
    REFUSED,
    SET_ASIDE,
    TOKEN_PRICE,
    UPLOAD,
    Table,
)
from etl.sources import SOURCES
from etl.sources.contract import Source
from etl.store import Store

SHIPPED_TABLES: tuple[Table, ...] = (*FACTS, ORIGIN, SET_ASIDE)
BY_SOURCE = (TOKEN_PRICE,)
SHIPPED_BY_NAME = (PROVIDER_SPEED, TOKEN_PRICE)
CITED = tuple(source.id for source in SOURCES if source.facts)


def rows(folder: Path, table: Table, source: str) -> pl.DataFrame:
    """Shipped rows of one source; none where nothing ships."""
    for name in (f"{table.name}.{source}.csv", f"{table.name}.csv"):
        path = folder / name
        if path.exists():
            return _by_source(path, path.stat().st_mtime_ns, table).get((source,), table.empty())
    return table.empty()


def table_of(path: Path) -> str:
    """The name of the table that a shipped file holds, in whole or of one source."""
    return path.name.partition(".")[0]


@lru_cache(maxsize=2 * len(SHIPPED_TABLES) + len(SOURCES))
def _by_source(path: Path, changed: int, table: Table) -> dict[tuple[object, ...], pl.DataFrame]:
    shipped = table.conform(pl.read_csv(path, schema_overrides=dict(table.dtypes), infer_schema=False))
    return shipped.partition_by("source", as_dict=True)


def write(store: Store, folder: Path, generation: str | None = None) -> list[Path]:
    """Writes the store's published facts; the paths written. Uploads never ship."""
    folder.mkdir(parents=True, exist_ok=True)
    unknown = store.rows("unknown_name", generation=generation)
    written = []
    left_out = [SET_ASIDE.empty()]
    for table in SHIPPED_TABLES:
        frame = store.rows(table.name, generation=generation)
        if table.is_fact:
            frame = frame.filter(pl.col("evidence") != UPLOAD)
        if table in SHIPPED_BY_NAME:
            frame, unnamed = _by_name(frame, unknown)
            left_out.append(_counted(unnamed))
        if table is SET_ASIDE:
            frame = pl.concat([frame, *left_out]).sort(SET_ASIDE.names)
        if table is ORIGIN:
            was_read = frame.filter(pl.col("status") != REFUSED)
            frame = was_read.with_columns(fetched_at=None, status=pl.lit(READ), message=None)
        for ending, part in _parts(frame, table):
            path = folder / f"{table.name}{ending}.csv"
            part.write_csv(path)
            written.append(path)
    return written


def _parts(frame: pl.DataFrame, table: Table) -> Iterable[tuple[str, pl.DataFrame]]:
    """What is written into one file, with the ending of its name."""
    if table not in BY_SOURCE or frame.is_empty():
        return (("", frame),)
    by_source = frame.partition_by("source", as_dict=True, maintain_order=True)
    return ((f".{source}", part) for (source,), part in sorted(by_source.items(), key=str))


def _by_name(frame: pl.DataFrame, unknown: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that ship, and those of a model or a provider that no list of names knows."""
    numbered = frame.with_row_index("number")
    uncited = numbered.filter(~pl.col("source").is_in(CITED))
    unnamed = [
        uncited.join(
            unknown.filter(pl.col("kind") == thing).select("source", pl.col("spelling").alias(f"{thing}_as_published")),
            on=["source", f"{thing}_as_published"],
            how="semi",
        )["number"]
        for thing in ("model", "provider")
    ]
    is_unnamed = pl.col("number").is_in(pl.concat(unnamed).implode())
    return numbered.filter(~is_unnamed).drop("number"), numbered.filter(is_unnamed).drop("number")


def _counted(unnamed: pl.DataFrame) -> pl.DataFrame:
    """One line for each address, with how many rows of it do not ship and one of them as an example."""
    example = pl.format("{} at {}", "model_as_published", "provider_as_published").min()
    return SET_ASIDE.conform(
        unnamed.group_by("source", "source_url")
        .agg(row=example, rows=pl.len().cast(pl.Int64))
        .with_columns(reason=pl.lit(NOT_SHIPPED))
    )


def notice(sources: Sequence[Source]) -> str:
    """The licences and the notices that the publishers ask for, as Markdown to lie beside the figures."""
    lines = [
        "# Licences and credits",
        "",
        "The figures in this folder are normalised from these publishers' files, or quoted with a citation. Each",
        "row names its address, publisher, date and licence.",
        "",
    ]
    for source in sources:
        lines.append(f"- **{source.title}**: {source.publisher}. {source.licence}. <{source.home_url}>")
    credits = dict.fromkeys(source.credit for source in sources if source.credit)
    return "\n".join([*lines, "", *(f"{credit}\n" for credit in credits)]).rstrip() + "\n"
