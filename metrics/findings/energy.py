"""What the energy of a token says, as one sentence."""

import polars as pl

from metrics import energy, words


def by_batch(shown: pl.DataFrame, model: str) -> str:
    """How far the batch moves the energy of a token on each chip."""
    told = [
        f"{words.span(row['low'], row['high'], 'J')} on {row['accelerator']}"
        for row in energy.ranges(shown).iter_rows(named=True)
    ]
    return f"A token of {model} takes {words.listed(told)}, by how many requests share it"


def ends(shown: pl.DataFrame) -> str:
    """The batch at both ends of each chip's range."""
    told = [
        f"{row['accelerator']}: {words.number(round(row['requests_at_low']))} requests at once at the least, "
        f"{words.number(round(row['requests_at_high']))} at the most energy"
        for row in energy.ranges(shown).iter_rows(named=True)
    ]
    return f"{'; '.join(told)}."


def nobody_measured(providers: list[str]) -> str:
    return f"No measured energy of {words.listed(providers)} is held here." if providers else ""
