"""That the sides of the article have moved, in sentences of dated rows."""

import polars as pl

from metrics import companies, words
from metrics.sides import Sold

FRAME = (
    "“Start-ups against Nvidia and Microsoft” is no longer the frame: who owns, sells and rents inference silicon is."
)
NOT_ALIKE = (
    "No public test runs Cerebras, Groq, SambaNova, TPUs, Trainium and GPUs alike; that bounds what anybody can know."
)


def moved(ties: pl.DataFrame) -> str:
    """Who has been tied to whom since when, and what follows; nothing where no tie is on record."""
    if ties.is_empty():
        return ""
    told = [_ties_of(str(name), rows) for (name,), rows in ties.group_by("tie_from", maintain_order=True)]
    return f"The sides have moved: {'; '.join(told)}. {FRAME}"


def _ties_of(name: str, rows: pl.DataFrame) -> str:
    """All ties of one company, each kind once with the others and their days."""
    told = []
    for (verb,), alike in rows.group_by("tie", maintain_order=True):
        others = [f"{row['tie_to']} ({words.day(row['happened_on'])})" for row in alike.iter_rows(named=True)]
        told.append(f"{verb} {words.listed(others)}")
    return f"{name} {words.listed(told)}"


def who_is_tied(ties: pl.DataFrame) -> str:
    """The map's title: who ties the most of the others."""
    counted = (
        ties.group_by("tie_from").agg(pl.col("tie_to").n_unique()).sort("tie_to", "tie_from", descending=[True, False])
    )
    top = counted.row(0, named=True)
    return (
        f"{words.plural(ties.height, 'tie')} between makers, clouds and model makers; {top['tie_from']} has most, with "
        f"{words.plural(top['tie_to'], 'other')}"
    )


def microsoft_grew(figures: pl.DataFrame) -> str:
    """The newest growth of Microsoft's AI business with the quarter it is of; nothing where none is stated."""
    grown = companies.of_record(figures).filter(
        (pl.col("company") == companies.MICROSOFT) & (pl.col("metric") == companies.AI_GROWTH)
    )
    if grown.is_empty():
        return ""
    row = grown.sort("period_end").row(-1, named=True)
    return (
        f"Microsoft's AI business grew {words.quantity(row['value'], '%')} in the year to {row['fiscal_period']} "
        f"({words.day(row['published_on'] or row['period_end'])})."
    )


def replaced(sold: Sold) -> str:
    """That the article's models are gone, wholly or in part, since when, and what both sides sell now."""
    if not sold.gone:
        return ""
    ended = f", the last ended on {words.day(sold.ended_on)}" if sold.ended_on else ""
    still = f"; {words.listed(list(sold.left))} still is" if sold.left else ""
    now = (
        f" Sold on both sides now ({words.day(sold.seen_on)}): {words.listed(list(sold.sold_now))}."
        if sold.sold_now
        else " No model is sold on both sides."
    )
    by = f" by {words.listed(list(sold.sellers))}" if sold.sellers else ""
    return f"No longer sold{by}: {words.listed(list(sold.gone))}{ended}{still}.{now}"
