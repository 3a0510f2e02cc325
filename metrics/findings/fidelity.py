"""What a test of hosts against the maker's own service says, as one sentence."""

from typing import Any

import polars as pl

from metrics import fidelity, words
from metrics.fidelity import Test


def specialised_first(of_test: pl.DataFrame, model: str, test: Test) -> str:
    """What the specialised host reaches and how many hosts surely do better; without one, the range of the hosts."""
    sold = fidelity.sold(of_test)
    special = sold.filter("is_specialised")
    if special.height:
        return "; ".join(_of_host(row, of_test, model, test) for row in special.iter_rows(named=True))
    if sold.is_empty():
        return f"No host of {model} was tested, only the maker's own service and engines"
    first, last = sold.row(0, named=True), sold.row(-1, named=True)
    ends = [f"{_reached(row, test)} ({row['label']})" for row in (last, first)]
    return f"{model}, {test.quantity}: from {' to '.join(ends)}"


def _of_host(row: dict[str, Any], of_test: pl.DataFrame, model: str, test: Test) -> str:
    others = fidelity.sold(of_test).height - 1
    above = fidelity.surely_above(of_test, row["provider_as_published"])
    told = f"{row['label']} reaches {_reached(row, test)} on {model} ({test.quantity})"
    if not others or row["is_bound"]:
        return told
    better = f"{above} of {words.plural(others, 'other host')} {'does' if above == 1 else 'do'} better"
    return f"{told}; {better if above else 'no other host is known to do better'}"


def _reached(row: dict[str, Any], test: Test) -> str:
    unit = "" if test.unit.startswith("score") else f" {test.unit}"
    return f"{'at least ' if row['is_bound'] else ''}{words.number(row['shown'])}{unit}"


def counted(of_test: pl.DataFrame, test: Test) -> str:
    """What was tested, when, and for how many only a bound is published."""
    bounds = int(of_test["is_bound"].sum())
    bound = f" Hollow: at least so much; no value of {words.plural(bounds, 'host')} is published." if bounds else ""
    when = words.day(test.measured_on) if test.measured_on else "day of the test not published"
    return f"{test.label}, {test.unit}. {words.plural(of_test.height, 'host')}, {when}.{bound}"
