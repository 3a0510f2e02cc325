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


def silicon_or_software(halves: pl.DataFrame) -> str:
    """Which half of the speed ratio carries it, from `ceilings.split`: the ceiling or the use made of it."""
    row = halves.row(0, named=True)
    ceiling, use = row["ceiling_ratio"], row["utilisation_ratio"]
    could = f"the memory of {row['system']} could feed it {words.faster(ceiling)} as {_assumed(row, 'baseline_')}"
    turned = (
        f"{row['provider']} is {words.faster(row['speed_ratio'])} as {row['baseline_provider']} on {row['model']}, "
        f"reaching {words.quantity(row['share_of_ceiling_percent'], '%')} of its ceiling against "
        f"{words.quantity(row['baseline_share_of_ceiling_percent'], '%')}"
    )
    if row["speed_ratio"] < 1:
        return f"Neither puts {row['provider']} ahead: {could}, yet {turned}"
    if ceiling > 1 and use > 1:
        return f"Both: {could}, and {turned}"
    return f"The silicon: {could}, though {turned}" if ceiling > 1 else f"The software: {could}, yet {turned}"


def share_of_ceiling(hosts: pl.DataFrame) -> str:
    """How much of its memory ceiling the fastest host on named silicon reaches, and the baseline of its own."""
    known = hosts.filter(pl.col("share_of_ceiling_percent").is_not_null())
    fast = known.filter(~pl.col("is_reference")).sort("output_tokens_per_second", descending=True).head(1)
    base = known.filter("is_baseline").head(1)
    told = [
        f"{row['host_label']} reaches {words.quantity(row['share_of_ceiling_percent'], '%')} of {_whose(row)}"
        for row in (*fast.iter_rows(named=True), *base.iter_rows(named=True))
    ]
    return "; ".join(told) or "No host runs on a chip whose memory bandwidth is published"


def halves_of_the_ratio(halves: pl.DataFrame) -> str:
    """The speed ratio of the fastest specialised host as the product of its two halves."""
    row = halves.row(0, named=True)
    return (
        f"{row['host_label']} at {words.times(row['speed_ratio'])} of {row['baseline_host_label']} is "
        f"{words.times(row['ceiling_ratio'])} the ceiling times {words.times(row['utilisation_ratio'])} the use of it"
    )


def chips_to_hold(held: pl.DataFrame, model: str, reference: str) -> str:
    """What the model weighs, and how many of the chips that people compare hold it."""
    first = held.row(0, named=True)
    told = held.filter("is_served_from" if held["is_served_from"].any() else pl.lit(True))
    told = pl.concat([told, held.filter(pl.col("accelerator") == reference)]).unique("accelerator", maintain_order=True)
    counted = [f"{words.number(row['chips_to_hold'])} {row['accelerator']}" for row in told.iter_rows(named=True)]
    return (
        f"{model} weighs {words.quantity(first['weights_gb'], 'GB')} at {first['precision_assumed']}: it takes "
        f"{_either(counted)}"
    )


def described_chips(accelerators: pl.DataFrame) -> str:
    """How many chips are described, and how many of them by more than one source."""
    by_chip = accelerators.group_by("accelerator").len()
    several = by_chip.filter(pl.col("len") > 1).height
    return f"{words.plural(by_chip.height, 'chip')}, {several:,} of them described by two sources"


def _assumed(row: Mapping, side: str = "") -> str:
    told = f" (assumed for {row[f'{side}provider']})" if row[f"{side}is_reference"] else ""
    return f"{row[f'{side}system']}{told}"


def _whose(row: Mapping) -> str:
    return (
        f"what an assumed {row['system']} could do" if row["is_reference"] else f"the memory ceiling of {row['system']}"
    )


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


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


def _named(baseline: str) -> str:
    return {
        matching.BEST: "the fastest other host",
        matching.MEDIAN: "the median host",
    }.get(baseline, baseline)
