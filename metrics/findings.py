"""What the figures say, as one sentence each: the titles of charts and the answers of pages."""

from collections.abc import Mapping

import polars as pl

from metrics import claim, cost, matching, response, words


def fastest(hosts: pl.DataFrame, model: str) -> str:
    """Who answers how much faster than the baseline, from `speed.hosts`; says so where nobody does."""
    fast = hosts.filter("is_specialised").head(1)
    if fast.is_empty():
        return f"No specialised provider of {model} was measured beside this baseline."
    row = fast.row(0, named=True)
    whose = " by your own figures" if row["is_own"] else ""
    return f"{row['provider']} writes {model} {words.faster(row['speed_ratio'])} as {row['baseline_provider']}{whose}"


def host_range(hosts: pl.DataFrame, model: str) -> str:
    """From where to where the hosts of one model stand as multiples of the baseline."""
    ratios = _of_record(hosts)["speed_ratio"]
    reached = words.span(ratios.min(), ratios.max(), "×")
    return f"The hosts of {model} stand at {reached} the speed of {hosts['baseline_provider'][0]}"


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
    best = _of_record(headline).filter(pl.col("match_grade") != "D").group_by("model").agg(pl.col(value).max())
    if best.is_empty():
        return f"No like-for-like pair with {baseline}"
    ahead = best.filter(pl.col(value) > 1).height
    return (
        f"Specialised silicon is faster than {_named(baseline)} on {ahead} of {words.plural(best.height, 'model')}; "
        f"the best provider of each stands at {words.span(best[value].min(), best[value].max(), '×')}"
    )


def cheapest(headline: pl.DataFrame, baseline: str) -> str:
    """On how many models a specialised provider undercuts the baseline, and by how much at most."""
    headline = _of_record(headline)
    best = headline.group_by("model").agg(pl.col("cost_ratio").min())
    if best.is_empty():
        return f"No price stands beside {_named(baseline, best='cheapest')}"
    cheaper = best.filter(pl.col("cost_ratio") < 1).height
    lowest = headline.sort("cost_ratio").row(0, named=True)
    return (
        f"Specialised providers are cheaper than {_named(baseline, best='cheapest')} on {cheaper} of "
        f"{words.plural(best.height, 'model')}; the least is {words.priced(lowest['cost_ratio'])} "
        f"({lowest['provider']}, {lowest['model']})"
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
    ceiling, use, ratio = row["ceiling_ratio"], row["utilisation_ratio"], row["speed_ratio"]
    carries = (
        "Neither"
        if ratio < 1
        else "Both"
        if min(ceiling, use) > 1
        else "The silicon"
        if ceiling > 1
        else "The software"
    )
    return (
        f"{carries}: {row['system']} could read {row['model']} {words.faster(ceiling)} as "
        f"{_assumed(row, 'baseline_')}. "
        f"{row['provider']} is {words.faster(ratio)} as {row['baseline_provider']}, reaching "
        f"{words.quantity(row['share_of_ceiling_percent'], '%')} of its ceiling against "
        f"{words.quantity(row['baseline_share_of_ceiling_percent'], '%')}"
    )


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
        f"{row['host_label']} is {words.faster(row['speed_ratio'])} as {row['baseline_host_label']}: "
        f"{words.times(row['ceiling_ratio'])} the ceiling, times {words.times(row['utilisation_ratio'])} the use of it"
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


IN_A_WORD: Mapping[str, str] = {
    claim.SUPPORTED: "yes", claim.PARTLY: "in part", claim.NOT_SUPPORTED: "no", claim.STALE: "no longer",
    claim.NOT_COMPARABLE: "not known", claim.NO_DATA: "not known",
}  # fmt: skip
FASTER, TENTH_OF_THE_PRICE = "C05", "C06"


def judgement(judged: pl.DataFrame) -> str:
    """The article's two halves in a word each, then how many of its measurable claims hold now and held then."""
    words_now = dict(judged.filter(pl.col("when") == claim.NOW).select("claim_id", "verdict").rows())
    halves = {name: IN_A_WORD[words_now[name]] for name in (FASTER, TENTH_OF_THE_PRICE)}
    scored = judged.filter(pl.col("verdict") != claim.SCENARIO)
    held = {when: counts(judged, when).get(claim.SUPPORTED, 0) for when in (claim.THEN, claim.NOW)}
    newest = scored.filter(pl.col("when") == claim.NOW)["as_of"].max()
    return (
        f"Faster than Azure, {halves[FASTER]}; at a tenth of the price, {halves[TENTH_OF_THE_PRICE]}: "
        f"{held[claim.NOW]} of {words.plural(scored['claim_id'].n_unique(), 'measurable claim')} "
        f"{'holds' if held[claim.NOW] == 1 else 'hold'} now ({words.day(newest)}), {held[claim.THEN]} held when the "
        "article appeared."
    )


def counts(judged: pl.DataFrame, when: str) -> Mapping[str, int]:
    """Claims by what they were judged, in the order of the verdicts and without those that none got."""
    found = dict(judged.filter(pl.col("when") == when)["verdict"].value_counts().iter_rows())
    return {word: found[word] for word in (*claim.VERDICTS, claim.SCENARIO) if word in found}


def all_claims(judged: pl.DataFrame) -> str:
    """How many claims there are, and that these are their verdicts now."""
    return f"{words.plural(judged['claim_id'].n_unique(), 'claim')}, now"


def would_become(changed: pl.DataFrame) -> str:
    """What the reader's own rows would make of the verdicts; the published ones stand."""
    now = changed.filter(pl.col("when") == claim.NOW)
    if now.is_empty():
        return "Your files would change no verdict."
    told = [f"“{row['claim']}” would become {row['would_become'].lower()}" for row in now.iter_rows(named=True)]
    return f"With your files {words.listed(told)}; the published verdicts stand."


def would_change(changed: pl.DataFrame) -> str:
    """How many verdicts the reader's own rows would change, in few words."""
    count = changed.filter(pl.col("when") == claim.NOW).height
    return f"Your files would change {words.plural(count, 'verdict')}; the published ones stand."


def becomes(changed: pl.DataFrame | None, claim_id: str, when: str) -> str | None:
    """The verdict that the reader's own rows would make of one claim; None where it stays."""
    if changed is None:
        return None
    found = changed.filter((pl.col("claim_id") == claim_id) & (pl.col("when") == when))
    return found["would_become"][0] if found.height else None


def builds(kept: pl.DataFrame) -> str:
    """How far back the kept builds go."""
    count, days = kept["generation"].n_unique(), kept["built_at"].dt.date()
    return (
        f"{words.plural(count, 'build')} of the figures {'is' if count == 1 else 'are'} kept, "
        f"{words.days(days.min(), days.max())}; how long each verdict has stood among them."
    )


def promised(pairs: pl.DataFrame) -> str:
    """How many pairs keep both promises at once, and the one that comes nearest."""
    both = int(pairs["meets"].sum())
    best = pairs.sort("value", descending=True).row(0, named=True)
    told = f"{both:,}" if both else "Not one"
    return (
        f"{told} of {words.plural(pairs.height, 'pair')} {'offer' if both > 1 else 'offers'} a tenth of the price and "
        f"ten times the speed at once; nearest: {best['subject']}"
    )


def replay(played: pl.DataFrame) -> str:
    """Which claim has changed its verdict most often, of the days on which there was something to judge."""
    moves = (
        played.filter(pl.col("verdict") != claim.NO_DATA)
        .sort("claim_id", "as_of")
        .with_columns(has_moved=pl.col("verdict") != pl.col("verdict").shift(1).over("claim_id"))
        .group_by("claim_id", "claim")
        .agg(pl.col("has_moved").sum())
        .sort("has_moved", "claim_id", descending=[True, False])
    )
    if moves.is_empty():
        return "No verdict can be played back"
    moved, most = moves.filter(pl.col("has_moved") > 0), moves.row(0, named=True)
    return (
        f"{moved.height} of {words.plural(moves.height, 'verdict')} changed as figures came in; most often "
        f"“{most['claim']}”, {words.plural(most['has_moved'], 'time')}"
    )


def ledger(judged: pl.DataFrame) -> str:
    """Which of these claims hold now, by name."""
    rows = judged.filter(pl.col("when") == claim.NOW)
    stale = rows.filter(pl.col("verdict") == claim.STALE)["claim"].to_list()
    holds = rows.filter(pl.col("verdict") == claim.SUPPORTED)["claim"].to_list()
    told = [f"“{name}” still holds" for name in holds[:1]] + [
        f"“{name}” held then and no longer does" for name in stale[:1]
    ]
    return "; ".join(told) if told else f"Not one of {words.plural(rows.height, 'claim')} holds now"


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
        _of_record(weeks)
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
    curve = _of_record(curve)
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


WEAK = 0.25  # below a quarter a line is no rule of thumb


def premium(fit: dict | None) -> str:
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
    """How many list prices of a model moved; a reader's own count only where nobody else lists it."""
    moved = (
        _of_record(history)
        .sort("valid_from")
        .group_by("provider", maintain_order=True)
        .agg(
            first=pl.col("blended_usd_per_mtok").first(),
            last=pl.col("blended_usd_per_mtok").last(),
            since=pl.col("valid_from").min(),
            days=(pl.col("last_seen_on").max() - pl.col("valid_from").min()).dt.total_days(),
        )
    )
    changed = moved.filter((pl.col("last") / pl.col("first") - 1).abs() > words.NEAR)
    return (
        f"{words.plural(changed.height, 'list price')} of {words.plural(moved.height, 'provider')} moved since "
        f"{words.day(moved['since'].min())}"
    )


def price_alone(pairs: pl.DataFrame, model: str, baseline: str) -> str:
    """The lowest price of a specialised provider against the baseline, where no run tells of its speed."""
    of_model = _of_record(pairs.filter(pl.col("model") == model)).sort("cost_ratio")
    if of_model.is_empty():
        return f"No price of {model} stands beside {_named(baseline, best='cheapest')}."
    row = of_model.row(0, named=True)
    beside = "as" if abs(row["cost_ratio"] - 1) < words.NEAR else "of"
    return (
        f"{row['provider']} sells {model} at {words.priced(row['cost_ratio'])} {beside} {row['baseline_provider']} "
        f"({words.day(row['measured_on'])}); no run published both its speed and its price beside it."
    )


def rented(costs: pl.DataFrame, listed: pl.DataFrame) -> str:
    """The cheapest rent beside the cheapest list price of output tokens."""
    cheapest_rent = _of_record(costs).row(0, named=True)
    told = (
        f"On rented {cheapest_rent['accelerator']} a million tokens cost "
        f"{words.dollars(cheapest_rent['usd_per_mtok_from_rent'])} at {cheapest_rent['cloud']}"
    )
    if listed.is_empty():
        return told
    cheapest_listed = _of_record(listed).sort("output_usd_per_mtok").row(0, named=True)
    return (
        f"{told}; the cheapest list price is {words.dollars(cheapest_listed['output_usd_per_mtok'])} "
        f"({cheapest_listed['provider']})"
    )


def dearest_output(priced: pl.DataFrame) -> str:
    """How many times the price of input the price of output is, over the hosts of a run."""
    times_input = (priced["output_usd_per_mtok"] / priced["input_usd_per_mtok"]).drop_nulls()
    finite = times_input.filter(times_input.is_finite())
    if finite.is_empty():
        return "Input and output are priced apart"
    return f"A token of output costs {words.span(finite.min(), finite.max())} times as much as one of input"


def _of_record(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without a reader's own, which decide no title; all of them where there are no others."""
    published = rows.filter(~pl.col("is_own"))
    return published if published.height else rows


def _named(baseline: str, best: str = "fastest") -> str:
    return {
        matching.BEST: f"the {best} other host",
        matching.MEDIAN: "the median host",
    }.get(baseline, baseline)
