"""Published spellings and our names.

Each list in data/names gives a spelling exactly as published, our name for it, the source in
which the spelling means that (blank: in any), and the reason. Letter case and outer blanks do
not count. What no list knows keeps its spelling and is counted; nothing is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from etl.schema import NAMED_THINGS, PROVIDER, TABLES, UNKNOWN_NAME, Table

LISTS = {
    "provider": "providers",
    "model": "models",
    "accelerator": "accelerators",
    "submitter": "submitters",
    "author": "authors",
}

# MLPerf names a system's chips in one cell; where they cannot be counted the system mixes chips.
COUNTED_TABLES = ("inference_result", "training_result")
NEAR = 0.85  # share of letters alike from which a known spelling is worth a look
LISTED = ("spelling", "name", "scope")
COUNT_AT_END = re.compile(r"\s*\(x\d+\)\s*$")


@dataclass(frozen=True)
class Names:
    """The lists, by the thing they name: scope ("" for any source), folded spelling → our name.

    `silicon` and `kinds` say what is known of providers, a row each.
    """

    known: Mapping[str, Mapping[tuple[str, str], str]]
    silicon: pl.DataFrame
    kinds: pl.DataFrame

    def of(self, thing: str, source: str, spelling: str) -> str | None:
        """Our name of a published spelling, None where no list knows it.

        A count of chips at its end, as in "MI355X (x87)", is no part of the name.
        """
        known = self.known[thing]
        for folded in dict.fromkeys((fold(spelling), fold(COUNT_AT_END.sub("", spelling)))):
            if name := known.get((source, folded)) or known.get(("", folded)):
                return name
        return None

    def nearest(self, thing: str, spelling: str) -> str | None:
        """The name whose known spelling is most like this one, None where none is near: a hint, never a name."""
        alike = {_letters(known): name for (_, known), name in self.known[thing].items()}
        found = get_close_matches(_letters(fold(spelling)), alike, n=1, cutoff=NEAR)
        return alike[found[0]] if found else None


def _letters(folded: str) -> str:
    """Letters and digits of the last part of a path, by which two spellings are compared."""
    return re.sub(r"[^a-z0-9]", "", folded.rpartition("/")[2])


def fold(spelling: str) -> str:
    return spelling.strip().casefold()


def load(folder: Path) -> Names:
    """The lists of names of a folder; a list that is not there knows nothing."""
    return Names(
        known={thing: _known(folder / f"{name}.csv") for thing, name in LISTS.items()},
        silicon=_of_providers(folder / "silicon.csv").drop("kind"),
        kinds=_of_providers(folder / "kinds.csv").select("provider", "kind"),
    )


def _of_providers(path: Path) -> pl.DataFrame:
    if not path.exists():
        return PROVIDER.empty()
    lines = pl.read_csv(path, schema_overrides=dict(PROVIDER.dtypes), infer_schema=False)
    return PROVIDER.conform(lines.drop("reason", strict=False))


def _known(path: Path) -> dict[tuple[str, str], str]:
    if not path.exists():
        return {}
    lines = pl.read_csv(path, infer_schema=False).fill_null("")
    return {(scope, fold(spelling)): name for spelling, name, scope in lines.select(*LISTED).iter_rows()}


def add_ours(frame: pl.DataFrame, table: Table, names: Names, source: str) -> pl.DataFrame:
    """The frame with our names beside the published spellings; an unknown spelling stands for itself.

    A system of MLPerf whose accelerators could not be counted mixes chips and belongs to none.
    """
    ours = {}
    for thing in _things(table):
        spellings = frame[f"{thing}_as_published"].unique().drop_nulls().to_list()
        mapping = {spelling: names.of(thing, source, spelling) or spelling.strip() for spelling in spellings}
        ours[thing] = pl.col(f"{thing}_as_published").replace(mapping)
    if "accelerator" in ours and table.name in COUNTED_TABLES:
        ours["accelerator"] = pl.when(pl.col("accelerator_count") > 0).then(ours["accelerator"])
    return frame.with_columns(**ours)


def unknown(frame: pl.DataFrame, table: Table, names: Names, source: str) -> pl.DataFrame:
    """Spellings of one frame that no list knows, with the rows that carry them. A mix of chips is none to know."""
    found = []
    for thing in _things(table):
        is_mixable = thing == "accelerator" and table.name in COUNTED_TABLES
        named = frame.filter(pl.col("accelerator_count") > 0) if is_mixable else frame
        counted = named[f"{thing}_as_published"].drop_nulls().alias("spelling").value_counts(name="rows")
        known = [names.of(thing, source, spelling) is not None for spelling in counted["spelling"]]
        found.append(
            counted.filter(~pl.Series(known, dtype=pl.Boolean)).with_columns(source=pl.lit(source), kind=pl.lit(thing))
        )
    return pl.concat([UNKNOWN_NAME.conform(part) for part in (UNKNOWN_NAME.empty(), *found)]).sort(UNKNOWN_NAME.key)


def known_percent(frames: Mapping[str, pl.DataFrame], unknown: pl.DataFrame) -> float | None:
    """Percent of the rows of one source of which the lists know every name; null where its rows name nothing.

    Takes its frames by table, and its lines of `unknown_name`.
    """
    by_kind = unknown.partition_by("kind", as_dict=True)
    spellings = {kind: lines["spelling"].to_list() for (kind,), lines in by_kind.items()}
    rows = strangers = 0
    for name, frame in frames.items():
        if things := _things(TABLES[name]):
            is_unknown = [pl.col(f"{thing}_as_published").is_in(spellings.get(thing, [])) for thing in things]
            rows += frame.height
            strangers += frame.filter(pl.any_horizontal(is_unknown)).height
    return 100 * (rows - strangers) / rows if rows else None


def by_weight(unknown: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """What no list knows, the heaviest first. Grain: kind, spelling; with the rows that carry it in all sources,
    which these are, and of a model the number of sellers.

    Takes the table `unknown_name` and rows with the published provider and model of each offer.
    """
    sellers = (
        offers.group_by(spelling="model_as_published")
        .agg(sellers=pl.col("provider_as_published").n_unique().cast(pl.Int64))
        .with_columns(kind=pl.lit("model"))
    )
    return (
        unknown.group_by("kind", "spelling")
        .agg(pl.col("rows").sum(), sources=pl.col("source").unique().sort().str.join(", "))
        .join(sellers, on=["kind", "spelling"], how="left", validate="1:1")
        .select("kind", "spelling", "rows", "sellers", "sources")
        .sort("rows", "kind", "spelling", descending=[True, False, False])
    )


def providers(names: Names, seen: pl.Series) -> pl.DataFrame:
    """One row per provider: its kind, null where no list knows it; the silicon that a citation names, else
    undisclosed."""
    return PROVIDER.conform(
        pl.DataFrame({"provider": seen.unique()})
        .join(names.silicon, on="provider", how="full", coalesce=True, validate="1:1")
        .join(names.kinds, on="provider", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            pl.col("family").fill_null("undisclosed"),
            pl.col("is_specialised", "is_hyperscaler").fill_null(False),
        )
        .sort("provider")
    )


def _things(table: Table) -> tuple[str, ...]:
    return tuple(thing for thing in NAMED_THINGS if f"{thing}_as_published" in table.names)
