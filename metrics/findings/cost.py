"""What the figures of the page Cost say, as one sentence each."""

from typing import Any

import polars as pl

from etl.offers import CURRENT_DAYS
from metrics import cost, price_history, rent, values, words
from metrics.dollar import LIST, PER_MTOK, Reading
from metrics.findings.record import named, of_record


def cheapest(headline: pl.DataFrame, baseline: str, reading: Reading = PER_MTOK) -> str:
    """On how many models a specialised provider undercuts the baseline, and by how much at most, with the days."""
    headline = of_record(headline)
    best = headline.group_by("model").agg(pl.col("cost_ratio").min())
    if best.is_empty():
        return f"No price stands beside {named(baseline, best='cheapest')}"
    cheaper = best.filter(pl.col("cost_ratio") < 1).height
    lowest = headline.sort("cost_ratio").row(0, named=True)
    days = words.days(*values.span(headline["measured_on"]))
    dated = "" if days == words.day(lowest["measured_on"]) else f", {words.day(lowest['measured_on'])}"
    verb, end = ("sell more tokens for a dollar", "most") if reading.is_turned else ("are cheaper", "least")
    return (
        f"Specialised providers {verb} than {named(baseline, best='cheapest')} on {cheaper} of "
        f"{words.plural(best.height, 'model')} ({days}); the {end} is "
        f"{reading.compared(lowest['cost_ratio'])} ({lowest['provider']}, {lowest['model']}{dated})"
    )


def not_drawn(older: int) -> str:
    """How many pairs are history beside the newest; nothing where none is."""
    return f"{words.plural(older, 'pair')} last seen more than {CURRENT_DAYS} days earlier not drawn." if older else ""


def not_sellers(left_out: pl.DataFrame, model: str) -> str:
    """How many that list a model are not counted as its sellers; nothing where none is."""
    if left_out.is_empty():
        return ""
    lists = "lists" if left_out.height == 1 else "list"
    return (
        f"Not counted as sellers: {words.plural(left_out.height, 'provider')} that {lists} {model} and "
        "nobody knows to run it, among them gateways, resellers and plans. Evidence names them."
    )


def run_by_others(sold: pl.DataFrame, model: str, reading: Reading = PER_MTOK) -> str:
    """Which sellers sell a model that another runs, at what price and on which day; nothing where none does."""
    told = [
        f"{row['provider']} sells {model} as {row['operator']} runs it, "
        f"{reading.told(row['output_usd_per_mtok'], of='output')} ({words.day(row['last_seen_on'])})"
        for row in sold.iter_rows(named=True)
    ]
    return f"Not {'its' if len(told) == 1 else 'their'} own machines: {'; '.join(told)}." if told else ""


def frontier(priced: pl.DataFrame, model: str, reading: Reading = PER_MTOK) -> str:
    """Both ends of the frontier of price and speed: the fastest host and the cheapest; of a reader's own figures
    where there are no others."""
    drawn = priced if priced["is_frontier"].any() else cost.frontier(priced)
    on_it = drawn.filter("is_frontier").sort("output_tokens_per_second", descending=True)
    first, last = on_it.row(0, named=True), on_it.row(-1, named=True)
    if on_it.height == 1:
        return f"{first['host_label']} is both the fastest and the cheapest for {model}"
    speed, price = "output_tokens_per_second", "blended_usd_per_mtok"
    if reading.is_turned:
        return (
            f"Fastest: {first['host_label']}, {words.quantity(first[speed], 'tokens/s')} and "
            f"{reading.told(first[price])}; most for a dollar: {last['host_label']}, {words.number(last[speed])} and "
            f"{reading.short(last[price])}"
        )
    return (
        f"Fastest: {first['host_label']}, {words.quantity(first[speed], 'tokens/s')} for "
        f"{reading.short(first[price])}; cheapest: {last['host_label']}, {words.number(last[speed])} for "
        f"{reading.short(last[price])}"
    )


WEAK = 0.25  # below a quarter a line is no rule of thumb


def premium(fit: dict[str, Any] | None, priced: pl.DataFrame, reading: Reading = PER_MTOK) -> str:
    """What speed costs among these hosts of one run, with how little the line may explain, and the day."""
    if fit is None:
        return "Too few hosts publish both to say what speed costs."
    explained = f"{words.number(100 * fit['explained'])} % of the scatter"
    among = f"among {fit['hosts']} hosts ({seen_on(priced)})"
    if fit["explained"] < WEAK:
        return f"Price hardly follows speed: a line explains {explained} {among}"
    verb = "comes with" if reading.is_turned else "comes at"
    return f"Twice the speed {verb} {reading.compared(2 ** fit['slope'])}; the line explains {explained} {among}"


def seen_on(rows: pl.DataFrame) -> str:
    """The days of measured rows; that they are not published where none is."""
    return words.days(values.oldest(rows["measured_on"]), values.newest(rows["measured_on"]))


def price_moves(history: pl.DataFrame, reading: Reading = PER_MTOK) -> str:
    """How many list prices of a model moved, and the last move of a specialised provider, else of any: from what to
    what, on which day and in whose list it was first seen. A reader's own count only where nobody else lists it."""
    counted = of_record(history)
    moves = price_history.changes(counted)
    prices, sellers = moves["label"].n_unique(), counted["label"].n_unique()
    moved = (
        f"{words.plural(prices, 'list price')} of {words.plural(sellers, 'provider')} moved since "
        f"{words.day(values.oldest(counted['valid_from']))}"
    )
    if moves.is_empty():
        return moved
    last = moves.sort("is_specialised", "changed_on", nulls_last=False, maintain_order=True).row(-1, named=True)
    return (
        f"{moved}; the last{' of a specialised provider' if last['is_specialised'] else ''}: {last['label']} from "
        f"{reading.short(last['before_usd_per_mtok'])} to {reading.short(last['after_usd_per_mtok'])}"
        f"{f' for a dollar of {LIST}' if reading.is_turned else ''}, first seen on {words.day(last['changed_on'])} by "
        f"{last['publisher']}"
    )


def first_sights(history: pl.DataFrame, reading: Reading = PER_MTOK) -> str:
    """The last move of each specialised provider, with its first sight; nothing where the title tells of all."""
    moves = price_history.changes(of_record(history)).filter("is_specialised")
    last = moves.unique("label", keep="last", maintain_order=True)
    if last.height < 2:
        return ""
    told = [
        f"{row['label']} from {reading.short(row['before_usd_per_mtok'])} to "
        f"{reading.short(row['after_usd_per_mtok'])} on {words.day(row['changed_on'])} by {row['publisher']}"
        for row in last.iter_rows(named=True)
    ]
    whose = f", for a dollar of {LIST}" if reading.is_turned else ""
    return f"First seen{whose}: {'; '.join(told)}."


def price_alone(pairs: pl.DataFrame, model: str, baseline: str, reading: Reading = PER_MTOK) -> str:
    """The lowest price of a specialised provider against the baseline, where no run tells of its speed: of those that
    both still ask, else of those that they asked last."""
    is_asked = pl.col("model") == model
    still = of_record(cost.current(pairs).filter(is_asked))
    of_model = (still if still.height else of_record(pairs.filter(is_asked))).sort("cost_ratio")
    if of_model.is_empty():
        return f"No price of {model} stands beside {named(baseline, best='cheapest')}."
    row = of_model.row(0, named=True)
    beside = "as" if abs(row["cost_ratio"] - 1) < words.NEAR else "of"
    sells = "sells" if still.height else "last sold"
    return (
        f"{row['provider']} {sells} {model} {reading.at(row['cost_ratio'])} {beside} {row['baseline_provider']} "
        f"({words.day(row['measured_on'])}); no run published both its speed and its price beside it."
    )


def rented(costs: pl.DataFrame, listed: pl.DataFrame, whose: str, reading: Reading = PER_MTOK) -> str:
    """The cheapest rent beside the cheapest list price of output tokens, each with its day."""
    cheapest_rent = of_record(costs).row(0, named=True)
    cost_of_tokens, seller = cheapest_rent["usd_per_mtok_from_rent"], cheapest_rent["cloud"]
    if reading.is_turned:
        buys = f"{reading.told(cost_of_tokens, whose, 'output')} come from one {cheapest_rent['accelerator']}"
    else:
        buys = f"On one {cheapest_rent['accelerator']} a million output tokens cost {reading.short(cost_of_tokens)}"
    told = f"{buys} at {seller} ({whose} of {words.day(cheapest_rent['observed_on'])})"
    if listed.is_empty():
        return told
    cheapest_listed = of_record(listed).sort("output_usd_per_mtok").row(0, named=True)
    best = reading.short(cheapest_listed["output_usd_per_mtok"])
    who = f"({cheapest_listed['provider']}, {words.day(cheapest_listed['last_seen_on'])})"
    if reading.is_turned:
        return f"{told}; a dollar of list price buys {best} at most {who}"
    return f"{told}; the cheapest list price is {best} {who}"


def rent_moves(same: pl.DataFrame, chip: str, basis: str) -> str:
    """From what to what the middle rent of the same clouds went, for each kind of seller, most clouds first."""
    ends = _ends(same, "seller_kind", "day", pl.col("clouds").first())
    if ends.is_empty():
        return f"No two clouds were seen to rent out {chip} over time"
    told = [
        f"{_first_and_last(row['first'], row['last'])} at {row['behind']} "
        f"{rent.SELLERS[row['seller_kind']]} ({words.days(row['since'], row['until'])})"
        for row in ends.iter_rows(named=True)
    ]
    return f"The middle {basis.lower()} rent of {chip}, over the same clouds: {'; '.join(told)}"


def _ends(prices: pl.DataFrame, of: str, day: str, behind: pl.Expr) -> pl.DataFrame:
    """The first and the last price of each, with their days, those with most behind them first."""
    price, on = pl.col("usd_per_accelerator_hour"), pl.col(day)
    return (
        prices.sort(day)
        .group_by(of, maintain_order=True)
        .agg(behind=behind, first=price.first(), last=price.last(), since=on.first(), until=on.last())
        .sort("behind", of, descending=[True, False])
    )


def _first_and_last(first: float, last: float) -> str:
    """Both prices, or the one where they read alike."""
    begins, ends = words.dollars(first), words.dollars(last)
    return f"{begins} first and last" if begins == ends else f"{begins}, later {ends},"


def offers_move(offers: pl.DataFrame, chip: str) -> str:
    """From what to what the middle offer of a chip went on each marketplace, most offers first."""
    ends = _ends(offers, "place", "observed_on", pl.col("offers").sum())
    told = [
        f"{words.dollars(row['last']) if row['since'] == row['until'] else _first_and_last(row['first'], row['last'])} "
        f"on {row['place']} ({words.days(row['since'], row['until'])})"
        for row in ends.iter_rows(named=True)
    ]
    return f"The middle offer of {chip} by the hour asks {'; '.join(told)}"


def dearest_output(priced: pl.DataFrame, reading: Reading = PER_MTOK) -> str:
    """How many times the price of input the price of output is, over the hosts of a run, with its day."""
    times_input = (priced["output_usd_per_mtok"] / priced["input_usd_per_mtok"]).drop_nulls()
    finite = times_input.filter(times_input.is_finite())
    if finite.is_empty():
        return "Input and output are priced apart"
    told = words.span(values.smallest(finite), values.largest(finite))
    if reading.is_turned:
        return f"A dollar of list price buys {told} times as much input as output ({seen_on(priced)})"
    return f"A token of output costs {told} times as much as one of input ({seen_on(priced)})"
