"""What the curves of shared GPUs say, as one sentence each."""

from datetime import date
from typing import Any

import polars as pl

from metrics import rent, serving, values, words
from metrics.dollar import PER_MTOK, Reading
from metrics.findings.record import of_record


def most_at_speed(curve: pl.DataFrame) -> str:
    """Which chip writes most where every user gets a readable speed, and how many times the least of the others."""
    best = serving.best_at(of_record(curve))
    at = f"At {words.quantity(serving.INTERACTIVITY, 'tokens/s')} for each user"
    if best.is_empty():
        fastest = of_record(curve).sort(serving.EACH_USER, descending=True).row(0, named=True)
        seen = words.quantity(fastest["interactivity_tokens_per_second_per_user"], "tokens/s")
        return f"No chip gives each user {words.quantity(serving.INTERACTIVITY, 'tokens/s')}; the most is {seen}"
    first, last = best.row(0, named=True), best.row(-1, named=True)
    told = (
        f"{at} one {first['label']} writes {words.quantity(first['tokens_per_second_per_accelerator'], 'tokens/s')} "
        "in all"
    )
    if best.height == 1:
        return told
    gain = first["tokens_per_second_per_accelerator"] / last["tokens_per_second_per_accelerator"]
    return f"{told}, {words.times(gain)} as much as one {last['label']}"


def cheapest_at_speed(costed: pl.DataFrame, reading: Reading = PER_MTOK) -> str:
    """Where a million output tokens are cheapest at a readable speed, and where they are dearest, with the days of the
    measurements and of the rents."""
    costs = of_record(costed)
    fast = costs.filter(serving.EACH_USER >= serving.INTERACTIVITY).sort("usd_per_mtok_from_rent", "label")
    best = fast.unique("label", keep="first", maintain_order=True)
    at = f"{words.quantity(serving.INTERACTIVITY, 'tokens/s')} for each user"
    if best.is_empty():
        return f"No rented chip gives {at}"
    first, last = best.row(0, named=True), best.row(-1, named=True)
    ends = best.filter(pl.col("label").is_in([first["label"], last["label"]]))
    days = f"(measured {measured_days(ends)}, rents of {words.days(*_rent_days(ends))})"
    lowest, highest = (reading.short(row["usd_per_mtok_from_rent"]) for row in (first, last))
    if reading.is_turned:
        told = f"At {at} a dollar of rent buys {lowest} of {first['model']} on {first['label']}"
    else:
        told = f"At {at} a million output tokens of {first['model']} cost {lowest} on rented {first['label']}"
    return f"{told} {days}" if best.height == 1 else f"{told} and {highest} on {last['label']} {days}"


def _rent_days(costed: pl.DataFrame) -> tuple[date | None, date | None]:
    return values.oldest(costed["rent_from"]), values.newest(costed["rent_to"])


def measured_days(rows: pl.DataFrame) -> str:
    """The days of the measurements; that they are not published where none is."""
    days = rows["measured_on"].drop_nulls()
    return words.days(values.oldest(days), values.newest(days))


def rents_behind(costed: pl.DataFrame) -> str:
    """The rent of each chip with the days that it is of."""
    chips = (
        costed.group_by("accelerator")
        .agg(
            low=pl.col("usd_per_accelerator_hour").min(),
            high=pl.col("usd_per_accelerator_hour").max(),
            since=pl.col("rent_from").min(),
            until=pl.col("rent_to").max(),
        )
        .sort("accelerator")
    )
    told = [
        f"{row['accelerator']} {_between(row['low'], row['high'])} ({words.days(row['since'], row['until'])})"
        for row in chips.iter_rows(named=True)
    ]
    return f"Middle on-demand rent an hour: {'; '.join(told)}."


def rent_days(measured_on: date | None) -> str:
    """Of which days the rents are that price a throughput: those around its day, of one without a day the newest."""
    if measured_on is None:
        return "the newest seen"
    return f"within {rent.NEAR_DAYS} days of the throughput ({words.day(measured_on)})"


def no_rent(basis: str, chip: str, measured_on: date | None) -> tuple[str, str]:
    """That a throughput cannot be priced, and what can be done about it."""
    told = f"No {basis.lower()} rent of {chip}"
    if measured_on is None:
        return f"{told} is published here.", ""
    return (
        f"{told} {rent_days(measured_on)} is published here.",
        "Write a throughput of your own, and it is priced at the newest rents.",
    )


def basis(row: dict[str, Any]) -> str:
    """Whose throughput a figure is and under which conditions, as far as they are published."""
    lengths = (
        f"{row['precision']}, {row['prompt_tokens']:,} tokens in and {row['output_tokens']:,} out"
        if row["prompt_tokens"] and row["output_tokens"]
        else None
    )
    each = row["interactivity_tokens_per_second_per_user"]
    seen = f"{words.quantity(each, 'tokens/s')} for each user" if lengths and each else None
    return ", ".join(filter(None, (row["system"], lengths, seen, row["publisher"])))


def _between(low: float, high: float) -> str:
    ends = list(dict.fromkeys((words.dollars(low), words.dollars(high))))
    return " to ".join(ends)
