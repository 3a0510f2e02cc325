"""What the fast tiers of Cost say, as one sentence each."""

from typing import Any

import polars as pl

from metrics import tiers, values, words


def bought(both: pl.DataFrame) -> str:
    """How many fast tiers give as much more speed as they ask more money, with the best and the worst of them."""
    gives = both.filter(pl.col("tier_speed_ratio") >= pl.col("tier_price_ratio")).height
    first, last = both.row(0, named=True), both.row(-1, named=True)
    told = (
        f"{gives} of {words.plural(both.height, 'fast tier')} with both published "
        f"{'gives' if gives == 1 else 'give'} at least as much speed as {'it asks' if gives == 1 else 'they ask'} "
        f"money: from {_one(first)}"
    )
    return told if both.height == 1 else f"{told} to {_one(last)}"


def _one(row: dict[str, Any]) -> str:
    return (
        f"{words.times(row['tier_speed_ratio'])} the speed at {words.priced(row['tier_price_ratio'])} "
        f"({row['label']}, {words.day(row['measured_on'])})"
    )


def basis(both: pl.DataFrame) -> str:
    """Who measured, over which days, and when the prices were seen."""
    measured = words.days(values.oldest(both["measured_from"]), values.newest(both["measured_on"]))
    priced = words.days(*values.span(both["priced_on"]))
    measurers = words.listed(both["measured_by"].unique().sort().to_list())
    return (
        "A tier and the standard offer of the same model at the same seller, without special silicon. Speeds by "
        f"{measurers}, {measured}, each the middle of its looks; prices of {priced}. OpenRouter's are of live traffic, "
        "so the prompts differ."
    )


def one_alone(found: pl.DataFrame) -> str:
    """How many tiers have a price or a speed alone, with the dearest; nothing where none has."""
    asking, measured = tiers.with_one(found)
    told = []
    if asking.height:
        dearest = asking.row(0, named=True)
        ends = words.span(values.smallest(asking["tier_price_ratio"]), dearest["tier_price_ratio"], "×")
        told.append(
            f"Of {words.plural(asking.height, 'more tier')} the price alone is published: {ends} that of the standard "
            f"offer, the most for {dearest['label']} ({words.day(dearest['priced_on'])})."
        )
    if measured.height:
        told.append(f"Of {words.plural(measured.height, 'tier')} the speed alone is published.")
    return " ".join(told)
