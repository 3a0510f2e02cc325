"""The figures that ship: data/published/<table>.csv, one row per fact with its source.

Written by `python -m etl export published`, sorted by key and free of fetch times, so that a
diff shows only what changed.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

from etl.schema import FACTS, ORIGIN, READ, REFUSED, SET_ASIDE, UPLOAD, Table
from etl.sources.contract import Source
from etl.store import Store

SHIPPED_TABLES: tuple[Table, ...] = (*FACTS, ORIGIN, SET_ASIDE)


def rows(folder: Path, table: Table, source: str) -> pl.DataFrame:
    """Shipped rows of one source; none where nothing ships."""
    path = folder / f"{table.name}.csv"
    if not path.exists():
        return table.empty()
    return _by_source(path, path.stat().st_mtime_ns, table).get((source,), table.empty())


@lru_cache(maxsize=2 * len(SHIPPED_TABLES))
def _by_source(path: Path, changed: int, table: Table) -> dict[tuple[object, ...], pl.DataFrame]:
    shipped = table.conform(pl.read_csv(path, schema_overrides=dict(table.dtypes), infer_schema=False))
    return shipped.partition_by("source", as_dict=True)


def write(store: Store, folder: Path, generation: str | None = None) -> list[Path]:
    """Writes the store's published facts; the paths written. Uploads never ship."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in SHIPPED_TABLES:
        frame = store.rows(table.name, generation=generation)
        if table.is_fact:
            frame = frame.filter(pl.col("evidence") != UPLOAD)
        if table is ORIGIN:
            was_read = frame.filter(pl.col("status") != REFUSED)
            frame = was_read.with_columns(fetched_at=None, status=pl.lit(READ), message=None)
        path = folder / f"{table.name}.csv"
        frame.write_csv(path)
        written.append(path)
    return written


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
