"""What the figures of the page Speed say, as one sentence each."""

from datetime import date

import polars as pl

from metrics import matching, response, values, words
from metrics.dollar import PER_MTOK, Reading
from metrics.findings.record import named, of_record


def fastest(hosts: pl.DataFrame, model: str) -> str:
    """Who answers how much faster than the baseline, from `speed.hosts`; says so where nobody does."""
    fast = hosts.filter("is_specialised").head(1)
    if fast.is_empty():
        return f"No specialised provider of {model} was measured beside this baseline."
    row = fast.row(0, named=True)
    whose = " by your own figures" if row["is_own"] else ""
    return f"{row['provider']} writes {model} {words.faster(row['speed_ratio'])} as {row['baseline_provider']}{whose}"


def decided_on(hosts: pl.DataFrame) -> date | None:
    """The day of the two rows that `fastest` divides, the later of them; null where neither has one."""
    sides = pl.concat([hosts.filter("is_specialised").head(1), hosts.filter("is_baseline").head(1)])
    return values.newest(sides["measured_on"])


def later_look(speeds: pl.DataFrame, hosts: pl.DataFrame) -> str:
    """What the same measurer saw of the fastest specialised host later than this run, without the baseline beside it.

    Takes `judged` rows of the model. Nothing where there is no later look.
    """
    fast = hosts.filter("is_specialised").head(1)
    if fast.is_empty() or fast["measured_on"].item() is None:
        return ""
    row = fast.row(0, named=True)
    same = ("provider", "model", "endpoint", "measured_by", "measurer_kind")
    later = speeds.filter(
        pl.all_horizontal(pl.col(name).eq_missing(pl.lit(row[name], dtype=speeds.schema[name])) for name in same)
        & pl.col("excluded_because").is_null()
        & (pl.col("measured_on") > row["measured_on"])
    ).sort("measured_on", "output_tokens_per_second", descending=True)
    if later.is_empty():
        return ""
    newest = later.row(0, named=True)
    seen = words.quantity(newest["output_tokens_per_second"], "tokens/s")
    return (
        f"{row['measured_by']} saw {row['provider']} at {seen} "
        f"on {words.day(newest['measured_on'])}, without {hosts['baseline_provider'][0]} beside it."
    )


def host_range(hosts: pl.DataFrame, model: str) -> str:
    """From where to where the hosts of one model stand as multiples of the baseline."""
    ratios = of_record(hosts)["speed_ratio"]
    reached = words.span(values.smallest(ratios), values.largest(ratios), "×")
    return f"The hosts of {model} stand at {reached} the speed of {hosts['baseline_provider'][0]}"


def speed_and_price(hosts: pl.DataFrame, priced: pl.DataFrame, model: str, reading: Reading = PER_MTOK) -> str:
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
    return f"{told}, {reading.at(price_ratio)}"


def speed_and_price_on_their_day(
    hosts: pl.DataFrame, priced: pl.DataFrame, model: str, reading: Reading = PER_MTOK
) -> str:
    """The same with the day of the two rows that it divides, whatever other hosts were measured later."""
    return f"{speed_and_price(hosts, priced, model, reading)} ({words.day(decided_on(hosts))})."


def best_other(hosts: pl.DataFrame) -> str:
    """How the fastest host without specialised silicon compares, the figure an advocate would leave out."""
    fast, others = hosts.filter("is_specialised"), hosts.filter(~pl.col("is_specialised"))
    if fast.is_empty() or others.is_empty():
        return ""
    leader, best = fast.row(0, named=True), others.row(0, named=True)
    gap = leader["output_tokens_per_second"] / best["output_tokens_per_second"]
    return f"Against the fastest other host, {best['host_label']}, it is {words.faster(gap)}."


def models_ahead(headline: pl.DataFrame, value: str, baseline: str) -> str:
    """On how many models each side of 1 the best specialised provider stands, for the chart over models: those of the
    newest half year, else older ones, with their days."""
    comparable = _comparable(headline)
    if comparable.is_empty():
        return f"No like-for-like pair with {baseline}"
    recent = comparable.filter("is_recent")
    told, ends = _ahead(recent if recent.height else comparable, value)
    verb = "is" if recent.height else "was"
    return f"Specialised silicon {verb} faster than {named(baseline)} on {told}; the best of each stands at {ends}"


def earlier_models(headline: pl.DataFrame, value: str) -> str:
    """The same count over models of which nothing newer is published, where the title speaks of newer ones; else
    nothing."""
    comparable = _comparable(headline)
    recent = comparable.filter("is_recent")
    earlier = comparable.join(recent, on="model", how="anti")
    if recent.is_empty() or earlier.is_empty():
        return ""
    told, ends = _ahead(earlier, value)
    return f"Pale: older, faster on {told}, at {ends}."


def _comparable(headline: pl.DataFrame) -> pl.DataFrame:
    """The record's pairs that may be counted: comparable ones that have a day."""
    return of_record(headline).filter(matching.IS_COMPARABLE & pl.col("measured_on").is_not_null())


def _ahead(rows: pl.DataFrame, value: str) -> tuple[str, str]:
    """On how many models of these the best provider is above 1, with their days; and from where to where it stands."""
    best = rows.group_by("model").agg(pl.col(value).max())
    ahead, days = best.filter(pl.col(value) > 1).height, words.days(*values.span(rows["measured_on"]))
    ends = words.span(values.smallest(best[value]), values.largest(best[value]), "×")
    return f"{ahead} of {words.plural(best.height, 'model')} ({days})", ends


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


def whole_answer(answer_tokens: int, thinking_tokens: int) -> str:
    """What a response time is of: the answer, and the thinking before it where there is any."""
    before = f"after {words.number(thinking_tokens)} of thinking" if thinking_tokens else "without thinking"
    return f"{words.plural(answer_tokens, 'token')} of answer {before}"


def soonest_answer(parts: pl.DataFrame, answer_tokens: int, thinking_tokens: int) -> str:
    """Who has the whole answer first, and how much of it is waiting."""
    first = parts.row(0, named=True)
    thinking = f" after {words.number(thinking_tokens)} of thinking" if thinking_tokens else ""
    share = first["waiting_seconds"] / first["response_seconds"]
    return (
        f"{first['host_label']} has {words.number(answer_tokens)} tokens{thinking} ready first, after "
        f"{words.quantity(first['response_seconds'], 's')}, {words.number(100 * share)} % of it waiting"
    )


def break_even(parts: pl.DataFrame) -> str:
    """From which length on the fastest writer overtakes the one that starts first."""
    fast = parts.sort("output_tokens_per_second", descending=True).row(0, named=True)
    other = parts.sort("ttft_seconds").row(0, named=True)
    length = response.break_even_tokens(fast, other) if fast["host_label"] != other["host_label"] else None
    if length is None:
        return f"{fast['host_label']} both starts first and writes fastest: it is sooner at every length."
    head_start = words.quantity(fast["ttft_seconds"] - other["ttft_seconds"], "s")
    return (
        f"Below {words.number(length)} tokens {other['host_label']} answers sooner than {fast['host_label']}, because "
        f"it starts {head_start} earlier; above, the faster writer wins."
    )


def timed_models(rows: pl.DataFrame) -> list[str]:
    """Models that have both a first-token time and a speed at a specialised provider, most measured first."""
    both = rows.filter(
        pl.col("excluded_because").is_null() & pl.col("ttft_seconds").is_not_null() & pl.col("is_specialised")
    )
    counted = both.group_by("model").agg(measurements=pl.len()).sort("measurements", "model", descending=[True, False])
    return counted["model"].head(4).to_list()


def swing(weeks: pl.DataFrame) -> str:
    """How far the specialised provider with the longest history swings from week to week."""
    longest = (
        of_record(weeks)
        .filter("is_specialised")
        .group_by("provider")
        .agg(
            weeks=pl.len(), low=pl.col("output_tokens_per_second").min(), high=pl.col("output_tokens_per_second").max()
        )
        .sort("weeks", "provider", descending=[True, False])
        .row(0, named=True)
    )
    return (
        f"{longest['provider']} wrote between {words.number(longest['low'])} and "
        f"{words.quantity(longest['high'], 'tokens/s')} over {words.plural(longest['weeks'], 'week')}"
    )


def shared_cost(curve: pl.DataFrame) -> str:
    """What each user loses as a system is shared, for the curve with the most points."""
    curve = of_record(curve)
    system = curve.group_by("system", "model").agg(pl.len()).sort("len", "system", descending=[True, False]).row(0)
    rows = curve.filter((pl.col("system") == system[0]) & (pl.col("model") == system[1])).sort("concurrency")
    alone, crowded = rows.row(0, named=True), rows.row(-1, named=True)
    together, each = (
        crowded[name] / alone[name]
        for name in ("throughput_tokens_per_second", "interactivity_tokens_per_second_per_user")
    )
    return (
        f"Shared by {words.number(crowded['concurrency'])} users, a system writes {words.times(together)} as much, "
        f"and each user gets an answer {words.faster(each)}"
    )
