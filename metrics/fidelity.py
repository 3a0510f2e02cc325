"""How closely hosts answer as the maker of a model does: one test at a time, bounds as bounds.

Figures of two methods, quantities or days are never compared. A host of which only a lower bound is published passes;
it is neither better nor worse than another that passes.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

OF_TEST = ("method", "quantity", "unit", "measured_on")


@dataclass(frozen=True)
class Test:
    """One quantity of one method on one day; without a day nobody published it."""

    method: str
    quantity: str
    unit: str
    measured_on: date | None

    @property
    def label(self) -> str:
        return f"{self.quantity[:1].upper()}{self.quantity[1:]}, {self.method}"


def tests(rows: pl.DataFrame, model: str) -> list[Test]:
    """Tests of a model: the newest first, of one day those in which the tester says who passes, then of most hosts."""
    found = (
        rows.filter(pl.col("model") == model)
        .group_by(OF_TEST)
        .agg(
            day=pl.coalesce(pl.col("measured_on").max(), pl.col("published_on").max()),
            hosts=pl.len(),
            bounds=pl.col("value").null_count(),
        )
        .sort("day", "bounds", "hosts", "method", "quantity", descending=[True, True, True, False, False])
    )
    return [Test(*row) for row in found.select(OF_TEST).iter_rows()]


def hosts(rows: pl.DataFrame, model: str, test: Test, providers: pl.DataFrame) -> pl.DataFrame:
    """The hosts of one test, best first: `shown` is the value or, where `is_bound`, the lower bound.

    Grain: host as published. `family` and `is_specialised` as the table `provider` has them, undisclosed where it does
    not know the host.
    """
    of_test = (
        (pl.col("model") == model)
        & (pl.col("method") == test.method)
        & (pl.col("quantity") == test.quantity)
        & (pl.col("unit") == test.unit)
        & pl.col("measured_on").eq_missing(pl.lit(test.measured_on, dtype=pl.Date))
    )
    return (
        rows.filter(of_test)
        .join(
            providers.select("provider", "family", "is_specialised"),
            on="provider",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            pl.col("family").fill_null("undisclosed"),
            pl.col("is_specialised").fill_null(value=False),
            shown=pl.coalesce("value", "value_low"),
            is_bound=pl.col("value").is_null(),
            label=pl.format(
                "{}{}",
                "provider",
                pl.when("is_maker")
                .then(pl.lit(" (the maker's own)"))
                .when("is_engine")
                .then(pl.lit(" (an engine)"))
                .otherwise(pl.lit("")),
            ),
        )
        .sort("shown", "is_bound", "label", descending=[True, True, False])
    )


def sold(of_test: pl.DataFrame) -> pl.DataFrame:
    """The hosts alone: neither the maker's own services nor engines that the tester ran."""
    return of_test.filter(~pl.col("is_maker") & ~pl.col("is_engine"))


def surely_above(of_test: pl.DataFrame, host: str) -> int:
    """How many other hosts are known to do better: their value or their lower bound is above the host's value."""
    row = of_test.filter(pl.col("provider_as_published") == host).row(0, named=True)
    if row["is_bound"]:
        return 0
    others = sold(of_test).filter(pl.col("provider_as_published") != host)
    return others.filter(pl.col("shown") > row["shown"]).height
