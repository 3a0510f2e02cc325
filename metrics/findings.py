"""What the figures say, as one sentence each: the titles of charts and the answers of pages."""

from collections.abc import Mapping

import polars as pl

from metrics import matching, verdicts, words


def fastest(hosts: pl.DataFrame, model: str) -> str:
    """Who answers how much faster than the baseline, from `speed.hosts`; says so where nobody does."""
    fast = hosts.filter("is_specialised").head(1)
    if fast.is_empty():
        return f"No specialised provider of {model} was measured beside this baseline."
    row = fast.row(0, named=True)
    return f"{row['provider']} writes {model} {words.faster(row['speed_ratio'])} as {row['baseline_provider']}"


def speed_and_price(hosts: pl.DataFrame, priced: pl.DataFrame, model: str) -> str:
    """The same with its price, where the run published prices of both sides."""
    told = fastest(hosts, model)
    fast = priced.filter("is_specialised").sort("output_tokens_per_second", descending=True).head(1)
    base = priced.filter("is_baseline").head(1)
    if fast.is_empty() or base.is_empty():
        return told
    leader = hosts.filter("is_specialised").head(1)["provider"].item()
    if fast["provider"].item() != leader:
        return told
    price_ratio = fast["blended_usd_per_mtok"].item() / base["blended_usd_per_mtok"].item()
    return f"{told}, at {words.priced(price_ratio)}"


def best_other(hosts: pl.DataFrame) -> str:
    """How the fastest host without specialised silicon compares, the figure an advocate would leave out."""
    fast, others = hosts.filter("is_specialised"), hosts.filter(~pl.col("is_specialised"))
    if fast.is_empty() or others.is_empty():
        return ""
    leader, best = fast.row(0, named=True), others.row(0, named=True)
    gap = leader["output_tokens_per_second"] / best["output_tokens_per_second"]
    return f"Against the fastest other host, {best['host_label']}, it is {words.faster(gap)}."


def models_ahead(headline: pl.DataFrame, value: str, baseline: str) -> str:
    """On how many models each side of 1 the best specialised provider stands, for the chart over models."""
    best = headline.filter(pl.col("match_grade") != "D").group_by("model").agg(pl.col(value).max())
    if best.is_empty():
        return f"No like-for-like pair with {baseline}"
    ahead = best.filter(pl.col(value) > 1).height
    return (
        f"Specialised silicon is faster than {_named(baseline)} on {ahead} of {words.plural(best.height, 'model')}; "
        f"the best provider of each stands at {words.span(best[value].min(), best[value].max(), '×')}"
    )


def cheapest(headline: pl.DataFrame, baseline: str) -> str:
    """On how many models a specialised provider undercuts the baseline, and by how much at most."""
    best = headline.group_by("model").agg(pl.col("cost_ratio").min())
    if best.is_empty():
        return f"No price stands beside {_named(baseline)}"
    cheaper = best.filter(pl.col("cost_ratio") < 1).height
    lowest = headline.sort("cost_ratio").row(0, named=True)
    return (
        f"Specialised providers are cheaper than {_named(baseline)} on {cheaper} of "
        f"{words.plural(best.height, 'model')}; the least is {words.priced(lowest['cost_ratio'])} "
        f"({lowest['provider']}, {lowest['model']})"
    )


def frontier(priced: pl.DataFrame, model: str) -> str:
    """Who is on the frontier of price and speed, and whether anybody stands in the article's corner."""
    on_it = priced.filter("is_frontier").sort("output_tokens_per_second", descending=True)
    first, last = on_it.row(0, named=True), on_it.row(-1, named=True)
    if on_it.height == 1:
        return f"{first['host_label']} is both the fastest and the cheapest for {model}"
    return (
        f"For {model}, speed costs money: {first['host_label']} writes "
        f"{words.quantity(first['output_tokens_per_second'], 'tokens/s')} for "
        f"{words.dollars(first['blended_usd_per_mtok'])}, {last['host_label']} "
        f"{words.quantity(last['output_tokens_per_second'], 'tokens/s')} for "
        f"{words.dollars(last['blended_usd_per_mtok'])} per 1M tokens"
    )


def soonest(rows: pl.DataFrame) -> str:
    """Who starts answering first, for the chart of waiting against speed."""
    first = rows.sort("ttft_seconds").row(0, named=True)
    fastest_row = rows.sort("output_tokens_per_second", descending=True).row(0, named=True)
    if first["host_label"] == fastest_row["host_label"]:
        return f"{first['host_label']} starts soonest ({words.quantity(first['ttft_seconds'], 's')}) and writes fastest"
    return (
        f"{first['host_label']} starts soonest ({words.quantity(first['ttft_seconds'], 's')}), "
        f"{fastest_row['host_label']} writes fastest"
    )


def judgement(judged: pl.DataFrame) -> str:
    """How many of the headline claims hold now, and how many held at the article's date."""
    held = {
        when: judged.filter((pl.col("when") == when) & (pl.col("verdict") == verdicts.SUPPORTED)).height
        for when in (verdicts.THEN, verdicts.NOW)
    }
    total = judged["claim_id"].n_unique()
    return (
        f"Of {total} headline claims, {held[verdicts.THEN]} held on what was published by "
        f"{words.day(verdicts.ARTICLE_DAY)}; {held[verdicts.NOW]} "
        f"{'holds' if held[verdicts.NOW] == 1 else 'hold'} on what was published since."
    )


def inference_share(estimates: pl.DataFrame) -> str:
    """The newest year's estimates as a range, or the one there is."""
    if estimates.is_empty():
        return words.NOT_PUBLISHED
    newest = estimates.filter(pl.col("year") == pl.col("year").max())
    return words.span(newest["share_percent"].min(), newest["share_percent"].max(), "%")


def grades(paired: pl.DataFrame) -> Mapping[str, int]:
    """Pairs by match grade, A to D."""
    counted = dict(paired["match_grade"].value_counts().iter_rows())
    return {grade: counted.get(grade, 0) for grade in matching.GRADES}


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
        told.append("No other provider of the same run that could meet the limit costs less.")
    else:
        told.append(_move(cheapest.row(0, named=True)))
    return " ".join([*told, f"Speeds of {_dated(offers)}."])


def _dated(offers: pl.DataFrame) -> str:
    """The day of the chosen run."""
    measured = offers.filter("same_run")["measured_on"].drop_nulls()
    return words.day(measured.max()) if len(measured) else "a day that is not published"


def _today(row: Mapping) -> str:
    return (
        f"At {words.number(row['requests_per_day'])} requests a day, {row['offer']} costs "
        f"{words.money(row['monthly_usd'])} a month and {_takes(row)}{_beside_limit(row)}."
    )


def _takes(row: Mapping) -> str:
    verb = "writes an answer in" if row["is_lower_bound"] else "answers in"
    return f"{verb} {words.quantity(row['shown_seconds'], 's')}"


def _beside_limit(row: Mapping) -> str:
    if row["limit_seconds"] is None:
        return ""
    limit = words.quantity(row["limit_seconds"], "s")
    if row["meets_limit"] is None:
        return f", perhaps within the {limit} limit"
    return f", within the {limit} limit" if row["meets_limit"] else f", over the {limit} limit"


def _too_slow(row: Mapping) -> str:
    if row["is_today"]:
        return "Nobody in the same run is faster."
    return (
        f"Nobody in the same run is within it; the fastest, {row['offer']}, {_takes(row)} for "
        f"{words.money(row['monthly_usd'])}."
    )


def _move(row: Mapping) -> str:
    within = "" if row["limit_seconds"] is None else " within it" if row["meets_limit"] else " that may be within it"
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


def _sooner(row: Mapping) -> str:
    seconds = row["seconds_sooner"]
    if not seconds:
        return ""
    return f"{words.quantity(abs(seconds), 's')} {'sooner' if seconds > 0 else 'later'}"


def offers_in_time(offers: pl.DataFrame) -> str:
    """How many offers meet the limit, for the chart of cost against response time."""
    cheapest = offers.filter("is_cheapest")["offer"].to_list()
    limit = offers["limit_seconds"][0]
    if limit is None:
        fastest, least = offers.filter("is_fastest").row(0, named=True), offers.filter("same_run").row(0, named=True)
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
    "Monthly cost from a tenth to ten times the volume, list prices without discounts. A list price knows no volume, "
    "so the lines are straight; what a large customer pays is not published."
)


def volume(steps: pl.DataFrame) -> str:
    """What ten times the traffic would cost, from `workload.sensitivity` rows."""
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
    apart = offers.filter(~pl.col("same_run") & ~pl.col("is_upload")).height
    other = f" {words.plural(apart, 'offer')} from other runs, hollow with a dot." if apart else ""
    own = " Blue edge: your own figures." if offers["is_upload"].any() else ""
    return (
        f"{what} ({tokens} tokens{of_these}) and monthly list price of {words.plural(head.height, 'offer')}, measured by "
        f"{head['measured_by'][0]}, {_dated(offers)}. Grey: over the limit. Ringed: today's.{other}{own}"
    )


def offers_caveats(offers: pl.DataFrame) -> tuple[str, ...]:
    """What a careful reader must know of these offers."""
    told = []
    waiting = offers.filter("is_lower_bound").height
    if waiting:
        who = "any offer" if waiting == offers.height else f"{waiting} of {words.plural(offers.height, 'offer')}"
        told.append(
            f"The wait for the first token of {who} is not published; their time is that of writing alone, "
            "and the wait comes on top."
        )
    if offers["measurer_kind"].is_in(["traffic"]).any():
        told.append(
            "Live traffic: each provider answered other customers' requests, so speeds differ by their load too."
        )
    if offers["cache_is_input_price"].any():
        told.append("Where no price of cached input is published, the input price stands in for it.")
    later = offers.filter(~pl.col("price_with_speed") & ~pl.col("is_upload"))
    if later.height:
        seen = later["price_seen_on"]
        told.append(
            f"{words.plural(later.height, 'price')} from price catalogues, seen {words.day(seen.min())} to "
            f"{words.day(seen.max())}; the others came with the speeds."
            if later.height < offers.height
            else f"Prices from price catalogues, seen {words.day(seen.min())} to {words.day(seen.max())}."
        )
    told.append(
        "A month is 30.4 days. One request at a time; a prompt longer than the measurer's waits longer for its first "
        "token."
    )
    return tuple(told)


def _named(baseline: str) -> str:
    return {
        matching.BEST: "the fastest other host",
        matching.MEDIAN: "the median host",
    }.get(baseline, baseline)
