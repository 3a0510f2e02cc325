"""What the figures of the page Evidence say, as one sentence each."""

from collections.abc import Mapping

import polars as pl

from etl import offers
from etl.schema import AGREES, ALONE, DIFFERS, DOUBTFUL, MOVED, NOT_SHIPPED, SELLERS, SLIPPED
from metrics import matching, words

# What each finding says of a list price, in the order in which it is told.
MEANINGS = {
    SELLERS: "are the seller's own",
    AGREES: "agree with a second source",
    DIFFERS: "differ from every other source, by less than three times",
    ALONE: "stand alone",
    MOVED: "moved by more than three times in their own source, which is all that is known",
    DOUBTFUL: "are more than three times from every other source",
    SLIPPED: "look like a slip of unit or column",
}
DOUBTED = (
    "provider",
    "model",
    "endpoint",
    "source",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "neighbour",
    "finding",
    "valid_from",
    "last_seen_on",
    "source_url",
)


def grades(paired: pl.DataFrame) -> Mapping[str, int]:
    """Pairs by match grade, A to D."""
    counted = dict(paired["match_grade"].value_counts().iter_rows())
    return {grade: counted.get(grade, 0) for grade in matching.GRADES}


def believed(prices: pl.DataFrame) -> str:
    """How many list prices there are of each finding, as one sentence."""
    counted = dict(prices["finding"].drop_nulls().value_counts().iter_rows())
    told = [
        f"{words.number(counted[finding])} {meaning}" for finding, meaning in MEANINGS.items() if finding in counted
    ]
    if not told:
        return "No list price is held."
    return f"Of {words.plural(sum(counted.values()), 'list price')}, {words.listed(told)}."


def doubted(prices: pl.DataFrame) -> pl.DataFrame:
    """List prices on which nothing rests, each with its nearest neighbour; the newest first."""
    return (
        prices.filter(~offers.is_believed())
        .sort("last_seen_on", "provider", "model", "source", descending=[True, False, False, False])
        .select(DOUBTED)
    )


def not_shipped(aside: pl.DataFrame) -> str:
    """How many rows were left out of what ships, as nobody knows their names; nothing where none was."""
    rows = int(aside.filter(pl.col("reason") == NOT_SHIPPED)["rows"].sum())
    return (
        f"{words.plural(rows, 'row')} of names nobody knows {'does' if rows == 1 else 'do'} not ship." if rows else ""
    )
