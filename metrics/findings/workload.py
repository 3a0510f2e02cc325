"""What the offers for a reader's traffic say, as sentences: the answer, the titles, the caveats."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics import values, words, workload


def traffic(offers: pl.DataFrame) -> str:
    """What the reader's traffic costs today, how fast it is answered, and what the cheapest fast enough changes.

    Takes `workload.with_roles` rows.
    """
    today = offers.filter("is_today").head(1)
    cheapest = offers.filter("is_cheapest").head(1)
    told = [_today(row) for row in today.iter_rows(named=True)]
    if cheapest.is_empty():
        told += [_too_slow(row) for row in offers.filter("is_fastest").head(1).iter_rows(named=True)]
    elif cheapest["is_today"].item():
        limited = cheapest["limit_seconds"].item() is not None and cheapest["shown_seconds"].item() is not None
        told.append(
            "No other provider of the same run that could meet the limit costs less."
            if limited
            else "No other provider costs less."
        )
    else:
        told.append(_move(cheapest.row(0, named=True)))
    told += [f"Speeds of {_dated(offers)}."] if offers["same_run"].any() else [UNMEASURED]
    return " ".join(told)


UNMEASURED = "Nobody published a speed of it in the last half year of measurements."


def _dated(offers: pl.DataFrame) -> str:
    """The days of the chosen run, and whether its speeds are the middle ones of several looks."""
    measured = offers.filter("same_run").drop_nulls("measured_on")
    if measured.is_empty():
        return "a day that is not published"
    days = words.days(values.oldest(measured["measured_from"]), values.newest(measured["measured_on"]))
    looks = int(values.largest(measured["looks"]) or 1)
    return days if looks == 1 else f"{days}, the middle of up to {looks} looks"


def _today(row: Mapping[str, Any]) -> str:
    return (
        f"At {words.number(row['requests_per_day'])} requests a day, {row['offer']} costs "
        f"{words.money(row['monthly_usd'])} a month{_and_takes(row)}."
    )


def _and_takes(row: Mapping[str, Any]) -> str:
    if row["shown_seconds"] is None:
        return "; its speed is not published"
    return f" and {_takes(row)}{_beside_limit(row)}"


def _takes(row: Mapping[str, Any]) -> str:
    verb = "writes an answer in" if row["is_lower_bound"] else "answers in"
    return f"{verb} {words.quantity(row['shown_seconds'], 's')}"


def _beside_limit(row: Mapping[str, Any]) -> str:
    if row["limit_seconds"] is None:
        return ""
    limit = words.quantity(row["limit_seconds"], "s")
    if row["meets_limit"] is None:
        return f", perhaps within the {limit} limit"
    return f", within the {limit} limit" if row["meets_limit"] else f", over the {limit} limit"


def _too_slow(row: Mapping[str, Any]) -> str:
    if row["is_today"]:
        return "Nobody in the same run is faster."
    return (
        f"Nobody in the same run is within it; the fastest, {row['offer']}, {_takes(row)} for "
        f"{words.money(row['monthly_usd'])}."
    )


def _move(row: Mapping[str, Any]) -> str:
    within = "" if row["limit_seconds"] is None else " within it" if row["meets_limit"] else " that may be within it"
    if row["shown_seconds"] is None:
        lead = f"The cheapest, {row['offer']}, costs {words.money(row['monthly_usd'])}"
    else:
        lead = f"The cheapest{within}, {row['offer']}, {_takes(row)} for {words.money(row['monthly_usd'])}"
    change = ", ".join(part for part in (saving(row["saving_usd"], row["cost_of_todays"]), _sooner(row)) if part)
    return f"{lead}: {change}." if change else f"{lead}."


def saving(saving_usd: float | None, of_todays: float | None) -> str:
    """What changes in the monthly bill: $912 a month less (82 % of the price)."""
    if saving_usd is None or of_todays is None:
        return ""
    told = words.priced(of_todays)
    if told == "the same price":
        return told
    return f"{words.money(abs(saving_usd))} a month {'less' if saving_usd > 0 else 'more'} ({told})"


def _sooner(row: Mapping[str, Any]) -> str:
    seconds = row["seconds_sooner"]
    if not seconds:
        return ""
    return f"{words.quantity(abs(seconds), 's')} {'sooner' if seconds > 0 else 'later'}"


def offers_in_time(offers: pl.DataFrame) -> str:
    """How many offers of the chosen run meet the limit, for the chart of cost against response time."""
    every, offers = offers, offers.filter("same_run")
    cheapest = offers.filter("is_cheapest")["offer"].to_list()
    limit = offers["limit_seconds"][0]
    if limit is None:
        fastest, least = offers.filter("is_fastest").row(0, named=True), every.filter("is_cheapest").row(0, named=True)
        if fastest["offer"] == least["offer"]:
            return f"{fastest['offer']} is both the fastest and the cheapest"
        gap = fastest["monthly_usd"] / least["monthly_usd"] if least["monthly_usd"] else None
        return (
            f"The fastest, {fastest['offer']}, costs {words.times(gap)} as much as the cheapest, {least['offer']}"
            if gap
            else f"The fastest is {fastest['offer']}"
        )
    sure = offers["meets_limit"].sum()
    possible = offers.height - sure - offers.filter(~pl.col("meets_limit")).height
    seconds = words.quantity(limit, "s")
    if not sure and not possible:
        return f"None of {words.plural(offers.height, 'offer')} answers within {seconds}"
    verb, count = ("may answer", possible) if not sure else ("answers" if sure == 1 else "answer", sure)
    told = f"{count} of {words.plural(offers.height, 'offer')} {verb} within {seconds}"
    return f"{told}; the cheapest is {cheapest[0]}" if cheapest else told


VOLUME_BASIS = (
    f"Monthly cost from {words.times(min(workload.FACTORS))} to {words.times(max(workload.FACTORS))} the volume, list "
    "prices without discounts. A list price knows no volume, so the lines are straight; what a large customer pays is "
    "not published."
)


def volume(steps: pl.DataFrame) -> str:
    """What the most traffic would cost, from `workload.sensitivity` rows."""
    most = steps.filter(pl.col("factor") == pl.col("factor").max()).sort("monthly_usd", "offer")
    if most.is_empty():
        return "No offer to reckon with"
    low, high = most.row(0, named=True), most.row(-1, named=True)
    told = f"At {words.number(low['requests_per_day'])} requests a day"
    if low["offer"] == high["offer"]:
        return f"{told} {low['offer']} costs {words.money(low['monthly_usd'])} a month"
    return (
        f"{told} the bill is {words.money(low['monthly_usd'])} a month at {low['offer']} and "
        f"{words.money(high['monthly_usd'])} at {high['offer']}"
    )


def offers_basis(offers: pl.DataFrame) -> str:
    """What the chart of cost against response time shows: whose figures, of when, of how long an answer."""
    head = offers.filter("same_run")
    what = "Time to write one answer" if head["is_lower_bound"].all() else "Time of one whole answer"
    tokens = words.number(offers["answer_tokens"][0])
    thinking = offers["thinking_tokens"][0]
    of_these = f", {words.number(thinking)} of them thinking" if thinking else ""
    is_measured = pl.col("shown_seconds").is_not_null()
    apart = offers.filter(~pl.col("same_run") & ~pl.col("is_upload") & is_measured).height
    unmeasured = offers.filter(~is_measured).height
    alone = f" {words.plural(unmeasured, 'more seller')} without a speed: in the table alone." if unmeasured else ""
    other = f" {words.plural(apart, 'offer')} from other runs, hollow with a dot, in no count." if apart else ""
    own = " In a square: your own figures." if offers["is_upload"].any() else ""
    return (
        f"{what} ({tokens} tokens{of_these}) and monthly list price of {words.plural(head.height, 'offer')}, "
        f"measured by {head['measured_by'][0]}, {_dated(offers)}. Small and pale: over the limit. "
        f"Ringed: today's.{other}{alone}{own}"
    )


def offers_caveats(offers: pl.DataFrame) -> tuple[str, ...]:
    """What a careful reader must know of these offers."""
    told = []
    measured = offers.filter(pl.col("shown_seconds").is_not_null())
    waiting = measured.filter("is_lower_bound").height
    if waiting:
        who = "any offer" if waiting == measured.height else f"{waiting} of {words.plural(measured.height, 'offer')}"
        told.append(
            f"The wait for the first token of {who} is not published; their time is that of writing alone, "
            "and the wait comes on top."
        )
    if offers.filter("same_run")["measurer_kind"].is_in(["traffic"]).any():
        told.append(
            "Live traffic: each provider answered other customers' requests, so speeds differ by their load too."
        )
    if offers["cache_is_input_price"].any():
        told.append("Where no price of cached input is published, the input price stands in for it.")
    later = offers.filter(~pl.col("price_with_speed") & ~pl.col("is_upload"))
    if later.height:
        seen = later["price_seen_on"]
        told.append(
            f"{words.plural(later.height, 'price')} from price catalogues, seen "
            f"{words.days(values.oldest(seen), values.newest(seen))}; the others came with the speeds."
            if later.height < offers.height
            else f"Prices from price catalogues, seen {words.days(values.oldest(seen), values.newest(seen))}."
        )
    told.append(
        "A month is 30.4 days. One request at a time; a prompt longer than the measurer's waits longer for its first "
        "token."
    )
    return tuple(told)
