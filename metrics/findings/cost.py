"""What the figures of the page Cost say, as one sentence each."""

from typing import Any

import polars as pl

from etl.offers import CURRENT_DAYS
from metrics import cost, price_history, rent, values, words
from metrics.findings.record import named, of_record


def cheapest(headline: pl.DataFrame, baseline: str) -> str:
    """On how many models a specialised provider undercuts the baseline, and by how much at most."""
    headline = of_record(headline)
    best = headline.group_by("model").agg(pl.col("cost_ratio").min())
    if best.is_empty():
        return f"No price stands beside {named(baseline, best='cheapest')}"
    cheaper = best.filter(pl.col("cost_ratio") < 1).height
    lowest = headline.sort("cost_ratio").row(0, named=True)
    return (
        f"Specialised providers are cheaper than {named(baseline, best='cheapest')} on {cheaper} of "
        f"{words.plural(best.height, 'model')}; the least is {words.priced(lowest['cost_ratio'])} "
        f"({lowest['provider']}, {lowest['model']})"
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


def frontier(priced: pl.DataFrame, model: str) -> str:
    """Both ends of the frontier of price and speed: the fastest host and the cheapest; of a reader's own figures
    where there are no others."""
    drawn = priced if priced["is_frontier"].any() else cost.frontier(priced)
    on_it = drawn.filter("is_frontier").sort("output_tokens_per_second", descending=True)
    first, last = on_it.row(0, named=True), on_it.row(-1, named=True)
    if on_it.height == 1:
        return f"{first['host_label']} is both the fastest and the cheapest for {model}"
    return (
        f"Fastest: {first['host_label']}, {words.quantity(first['output_tokens_per_second'], 'tokens/s')} for "
        f"{words.dollars(first['blended_usd_per_mtok'])}; cheapest: {last['host_label']}, "
        f"{words.number(last['output_tokens_per_second'])} for {words.dollars(last['blended_usd_per_mtok'])}"
    )


WEAK = 0.25  # below a quarter a line is no rule of thumb


def premium(fit: dict[str, Any] | None) -> str:
    """What speed costs among hosts of one run, with how little the line may explain."""
    if fit is None:
        return "Too few hosts publish both to say what speed costs."
    explained = f"{words.number(100 * fit['explained'])} % of the scatter"
    if fit["explained"] < WEAK:
        return f"Price hardly follows speed: a line explains {explained} among {fit['hosts']} hosts"
    return (
        f"Twice the speed comes at {words.priced(2 ** fit['slope'])}; the line explains {explained} among "
        f"{fit['hosts']} hosts"
    )


def price_moves(history: pl.DataFrame) -> str:
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
        f"{words.dollars(last['before_usd_per_mtok'])} to {words.dollars(last['after_usd_per_mtok'])}, first seen on "
        f"{words.day(last['changed_on'])} by {last['publisher']}"
    )


def price_alone(pairs: pl.DataFrame, model: str, baseline: str) -> str:
    """The lowest price of a specialised provider against the baseline, where no run tells of its speed."""
    of_model = of_record(pairs.filter(pl.col("model") == model)).sort("cost_ratio")
    if of_model.is_empty():
        return f"No price of {model} stands beside {named(baseline, best='cheapest')}."
    row = of_model.row(0, named=True)
    beside = "as" if abs(row["cost_ratio"] - 1) < words.NEAR else "of"
    return (
        f"{row['provider']} sells {model} at {words.priced(row['cost_ratio'])} {beside} {row['baseline_provider']} "
        f"({words.day(row['measured_on'])}); no run published both its speed and its price beside it."
    )


def rented(costs: pl.DataFrame, listed: pl.DataFrame) -> str:
    """The cheapest rent beside the cheapest list price of output tokens."""
    cheapest_rent = of_record(costs).row(0, named=True)
    told = (
        f"On rented {cheapest_rent['accelerator']} a million tokens cost "
        f"{words.dollars(cheapest_rent['usd_per_mtok_from_rent'])} at {cheapest_rent['cloud']}"
    )
    if listed.is_empty():
        return told
    cheapest_listed = of_record(listed).sort("output_usd_per_mtok").row(0, named=True)
    return (
        f"{told}; the cheapest list price is {words.dollars(cheapest_listed['output_usd_per_mtok'])} "
        f"({cheapest_listed['provider']})"
    )


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


def dearest_output(priced: pl.DataFrame) -> str:
    """How many times the price of input the price of output is, over the hosts of a run."""
    times_input = (priced["output_usd_per_mtok"] / priced["input_usd_per_mtok"]).drop_nulls()
    finite = times_input.filter(times_input.is_finite())
    if finite.is_empty():
        return "Input and output are priced apart"
    told = words.span(values.smallest(finite), values.largest(finite))
    return f"A token of output costs {told} times as much as one of input"
