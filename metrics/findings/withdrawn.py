"""Who has ended what, as sentences."""

from collections.abc import Sequence

import polars as pl

from metrics import words


def ended(withdrawals: pl.DataFrame, model: str, providers: Sequence[str]) -> str:
    """Which of these providers have ended the model, and when; nothing where none has.

    Takes the table `withdrawal`: the newest day that is known of each counts.
    """
    of_model = withdrawals.filter((pl.col("model") == model) & pl.col("provider").is_in(list(providers)))
    newest = of_model.group_by("provider").agg(pl.col("ended_on").max()).sort("ended_on", "provider")
    told = [f"{row['provider']} on {words.day(row['ended_on'])}" for row in newest.iter_rows(named=True)]
    return f"No longer sold: {words.listed(told)}" if told else ""
