"""What the demand by author of the model says, as one sentence."""

import polars as pl

from metrics import words


def largest(first: pl.DataFrame, last: pl.DataFrame) -> str:
    """The largest author of the newest whole week beside the largest of the oldest."""
    top, before = last.row(0, named=True), first.row(0, named=True)
    told = (
        f"At {top['gateway']} models of {top['author']} took most tokens in the week to "
        f"{words.day(top['observed_on'])}, {words.quantity(top['share_percent'], '%')}"
    )
    if before["observed_on"] == top["observed_on"]:
        return told
    return (
        f"{told}, after {before['author']} with {words.quantity(before['share_percent'], '%')} in the week to "
        f"{words.day(before['observed_on'])}"
    )


NOT_BY_HOST = "Tokens by host are not published: whose model it is says nothing of the silicon that served it."
