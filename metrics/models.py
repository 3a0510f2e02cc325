"""What the sources say of models: of which they say most, and of several that say something of one, which speaks."""

import polars as pl


def most_rows_first(rows: pl.DataFrame) -> list[str]:
    """The models of the rows, those with most rows first."""
    counted = rows.group_by("model").agg(pl.len()).sort("len", "model", descending=[True, False])
    return counted["model"].to_list()


def first_to_say(models: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row of `model` for each model of which a source fills this column, in the order of their names.

    Of several the publisher's own speaks before a quoted one. A row that says only something else is left out.
    """
    return (
        models.filter(pl.col(column).is_not_null())
        .sort("model", pl.col("evidence") != "published", "source", "source_url")
        .unique("model", keep="first", maintain_order=True)
    )
