"""What the article claims of cost: list prices, both promises at once, rents, and tokens from rented GPUs."""

import polars as pl

from etl import offers
from metrics import cost, rent, serving, speed, values, words
from metrics.claims.claim import LOWER, TOLERANCE, Claim, Period, Record, without_tolerance
from metrics.claims.speed import narrowed, pair_figures
from metrics.metric import COST_FROM_RENT, add, ratio

COST_LEG, SPEED_LEG = cost.CLAIMED_PRICE, cost.CLAIMED_SPEED
H100 = ("H100", "H100 SXM", "H100 PCIe", "H100 NVL")
HALF = 0.5
AZURE = "Azure"
SUBJECT = ("model", "accelerator", "cloud", "listed_by")
EACH_USER = serving.EACH_USER


def _price_pairs(record: Record) -> pl.DataFrame:
    """Price ratios of each model, provider and cloud: those that stood on the last day, or the newest seen since."""
    newest = cost.best_first(narrowed(record.price_pairs, None, "hyperscalers")).unique(
        ["model", "provider", "baseline_provider"], keep="first", maintain_order=True
    )
    return pair_figures(newest.sort("model", "provider", "baseline_provider"), "cost_ratio")


def tenth_of_any_host(record: Record) -> str:
    """What a buyer asks: whether any host sells at a tenth of a cloud, of Azure and of the others, with who and when.

    Hosts without special silicon count by their newest standard prices beside a cloud's.
    """
    pairs = cost.best_first(record.prices_beside_clouds).unique(
        ["model", "provider", "baseline_provider"], keep="first", maintain_order=True
    )
    of_azure = pl.col("baseline_provider") == AZURE
    told = [_at_a_tenth(pairs.filter(of_azure), AZURE), _at_a_tenth(pairs.filter(~of_azure), "another cloud")]
    return " ".join(filter(None, told))


def _at_a_tenth(pairs: pl.DataFrame, of_whom: str) -> str:
    """How many pairs are at a tenth of this cloud or less, without tolerance, and the lowest."""
    if pairs.is_empty():
        return ""
    lowest = pairs.sort("cost_ratio", "provider").row(0, named=True)
    least = (
        f"{lowest['provider']} at {words.times(lowest['cost_ratio'])} of {lowest['baseline_provider']} on "
        f"{lowest['model']}, {words.day(lowest['measured_on'])}"
    )
    met = pairs.filter(pl.col("cost_ratio") <= COST_LEG)
    if met.is_empty():
        return f"No host without special silicon asks a tenth of {of_whom}; the lowest is {least}."
    sellers, models = met["provider"].n_unique(), words.plural(met["model"].n_unique(), "model")
    asks = "host without special silicon asks" if sellers == 1 else "hosts without special silicon ask"
    return f"{sellers} {asks} a tenth of {of_whom} or less on {models}; the lowest is {least}."


def _joint_pairs(record: Record) -> pl.DataFrame:
    """Pairs with both ratios; `value` is the weaker leg as a multiple of what is claimed of it, so that 1 or
    more means that one provider does both."""
    rows = narrowed(record.speed_pairs, None, "hyperscalers")
    both = cost.beside_speed(speed.newest(rows), record.prices).drop_nulls("cost_ratio")
    speed_leg, cost_leg = pl.col("speed_ratio") / SPEED_LEG, COST_LEG / pl.col("cost_ratio")
    meets_cost, meets_speed = cost_leg >= 1 / (1 + TOLERANCE), speed_leg >= 1 - TOLERANCE
    return pair_figures(
        both.with_columns(weaker_leg=pl.min_horizontal(speed_leg, cost_leg)), "weaker_leg"
    ).with_columns(
        meets_cost=meets_cost,
        meets_speed=meets_speed,
        meets=meets_cost & meets_speed,
        meets_strictly=(cost_leg >= 1) & (speed_leg >= 1),
    )


def _leg_by_leg(figures: pl.DataFrame) -> str:
    best = figures.sort("cost_ratio").row(0, named=True)
    return (
        f"Of {words.plural(figures.height, 'pair')}, {figures['meets_speed'].sum()} reach 10x the speed, "
        f"{figures['meets_cost'].sum()} cost a tenth or less, {figures['meets'].sum()} do both; the cheapest is "
        f"{best['subject']}: {words.times(best['speed_ratio'])} the speed at {words.priced(best['cost_ratio'])}."
    )


def rents_against_the_first(record: Record) -> pl.DataFrame:
    """Each cloud's newest on-demand price of an H100 against the first price that was ever published.

    Grain: cloud. The first price is looked for up to the end of the period and is no figure itself;
    costs of ownership, spot, reserved and disbelieved prices are other quantities. What is called "market typical" or
    "hyperscaler tier" is no cloud.
    """
    until = record.period.until
    of_h100 = pl.col("accelerator").is_in(list(H100)) & pl.col("observed_on").is_not_null()
    prices = rent.believed(rent.known_by(record.tables["accelerator_rent"], until).filter(of_h100), rent.ON_DEMAND)
    known = prices.filter(pl.col("observed_on") <= until) if until else prices
    first_day = pl.lit(known["observed_on"].min(), dtype=pl.Date)
    first = known.filter(pl.col("observed_on") == first_day)
    later = rent.of_sellers(known, rent.ON_DEMAND).filter(
        (pl.col("observed_on") > first_day) & record.period.holds(pl.col("observed_on"))
    )
    newest = later.filter(pl.col("observed_on") == pl.col("observed_on").max().over("cloud"))
    return (
        newest.sort("cloud", "usd_per_accelerator_hour", "source_url")
        .group_by("cloud", maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("observed_on", "source_url", "publisher", "source").first(),
            prices=pl.len().cast(pl.Int64),
        )
        .with_columns(
            first_usd_per_accelerator_hour=pl.lit(first["usd_per_accelerator_hour"].median(), dtype=pl.Float64),
            first_observed_on=first_day,
            measured_on="observed_on",
            subject="cloud",
        )
        .with_columns(value=ratio(pl.col("usd_per_accelerator_hour"), pl.col("first_usd_per_accelerator_hour")))
        .sort("value", "cloud")
    )


def rent_range(figures: pl.DataFrame) -> str:
    """From where to where an H100 rents, beside the first price published."""
    first = figures.row(0, named=True)
    ends = [figures.row(place, named=True) for place in (0, -1)]
    told = [f"{words.dollars(end['usd_per_accelerator_hour'])} ({end['cloud']})" for end in ends]
    return (
        f"An H100 rents for {' to '.join(told)} an hour on demand, after "
        f"{words.dollars(first['first_usd_per_accelerator_hour'])} on {words.day(first['first_observed_on'])}."
    )


def _at_half(figures: pl.DataFrame) -> str:
    met = int(figures["meets"].sum())
    return (
        f"{met} of {words.plural(figures.height, 'cloud')} {'asks' if met == 1 else 'ask'} half of the first price "
        f"or less{without_tolerance(figures)}. {rent_range(figures)}"
    )


def _gpu_points(record: Record) -> pl.DataFrame:
    """Throughputs per accelerator, up to the end of the period, of models that a specialised provider sells in it."""
    rows = Record(record.tables, Period(until=record.period.until)).rows(
        "gpu_serving", pl.coalesce("measured_on", "published_on")
    )
    found = [rent.throughputs(rows, model) for model in rent.served_models(rows)]
    points = pl.concat(found) if found else rent.throughputs(rows, "")
    return points.join(_specialised_prices(record), on="model", how="semi", maintain_order="left")


def _specialised_prices(record: Record) -> pl.DataFrame:
    """The list prices of specialised providers that stood in the period."""
    after, until = record.period.after, record.period.until
    special = record.tables["provider"].filter("is_specialised").select("provider")
    stood = offers.is_charged(pl.col("output_usd_per_mtok")) & pl.col("last_seen_on").is_not_null() & ~offers.is_tier()
    stood &= offers.is_believed()
    if until:
        stood &= pl.col("valid_from") <= until if after else offers.is_sold_on(pl.lit(until))
    if after:
        stood &= pl.col("last_seen_on") > after
    return (
        record.tables["token_price"]
        .filter(stood)
        .join(special, on="provider", how="semi", maintain_order="left")
        .sort("output_usd_per_mtok", "provider", "source")
        .select(
            *("model", "input_usd_per_mtok", "output_usd_per_mtok", "valid_from", "last_seen_on"),
            listed_by="provider",
            price_url="source_url",
        )
    )


def _rented_points(record: Record) -> pl.DataFrame:
    """Throughputs with the rent of their own time, machines never idle, and the cost of a million output tokens.

    The rent is the middle of the clouds' on-demand prices within NEAR_DAYS of the measurement; `cost_low` and
    `cost_high` are at the cheapest and the dearest cloud. The figure is of the later of the two days, `measured_on`,
    which lies in the period: it could not be known before. `served_on` is the day of the throughput.
    """
    points = _gpu_points(record).filter(EACH_USER.is_not_null())
    seen = rent.known_by(record.tables["accelerator_rent"], record.period.until)
    rents = rent.of_time(seen.filter(record.period.holds(pl.col("observed_on"))), points)
    rented = points.with_columns(pl.col("precision").str.to_uppercase(), utilisation=pl.lit(serving.FULL_USE)).join(
        rents, on=["accelerator", "measured_on"], how="inner", maintain_order="left"
    )
    middle = pl.col("usd_per_accelerator_hour")
    return (
        add(rented, COST_FROM_RENT)
        .with_columns(
            cost_low=pl.col(COST_FROM_RENT.name) * pl.col("rent_low") / middle,
            cost_high=pl.col(COST_FROM_RENT.name) * pl.col("rent_high") / middle,
            served_on="measured_on",
            measured_on=pl.max_horizontal("measured_on", "rent_from"),
        )
        .filter(record.period.holds(pl.col("measured_on")))
    )


def _gpu_costs(record: Record) -> pl.DataFrame:
    """A million output tokens on rented GPUs against list price, at an ordinary and at a fast speed for each user.

    Grain: speed that each user gets at least, model, accelerator, precision and lengths, which are never mixed. Where
    lengths are published the rent pays for the prompt too, so the price is of the same work: output, and its share of
    input, `prompt_usd_per_mtok`. A chip that gives no user so much has no figure at that speed.
    """
    points = _rented_points(record)
    of_each = ["at_least", "model", "accelerator", *serving.CONDITIONS[1:]]
    best = [
        points.filter(speed_of_each <= EACH_USER)
        .with_columns(at_least=pl.lit(speed_of_each))
        .sort(COST_FROM_RENT.name, maintain_order=True)
        .unique(of_each, keep="first", maintain_order=True)
        for speed_of_each in serving.SPEEDS
    ]
    prompts = (pl.col("prompt_tokens") / pl.col("output_tokens") * pl.col("input_usd_per_mtok")).fill_null(0)
    return (
        pl.concat(best)
        .join(_specialised_prices(record), on="model", how="inner", maintain_order="left")
        .filter(offers.is_sold_on(pl.col("measured_on")))
        .with_columns(prompt_usd_per_mtok=prompts)
        .with_columns(listed_usd_per_mtok=pl.col("output_usd_per_mtok") + pl.col("prompt_usd_per_mtok"))
        .sort("listed_usd_per_mtok", nulls_last=True, maintain_order=True)
        .unique(of_each, keep="first", maintain_order=True)
        .with_columns(
            value=ratio(pl.col(COST_FROM_RENT.name), pl.col("listed_usd_per_mtok")),
            subject=pl.format("{} on {} against {}{}", "model", "accelerator", "listed_by", _lengths()),
        )
        .sort(of_each)
    )


def _lengths() -> pl.Expr:
    """The conditions of a point as words behind its name, nothing where none is published."""
    precision, *lengths = serving.CONDITIONS[1:]
    counts = [pl.col(name).cast(pl.String).str.replace(r"(\d)(\d{3})$", "${1},${2}") for name in lengths]
    return pl.format(" ({}, {} tokens in and {} out)", precision, *counts).fill_null("")


def _at_each_speed(figures: pl.DataFrame) -> str:
    """How many GPU set-ups cost at least the list price at each speed, an example that is at both, rents and days."""
    told = [
        f"at {words.quantity(at_least, 'tokens/s')} {int(rows['meets'].sum())} of {rows.height}"
        for (at_least,), rows in figures.group_by("at_least", maintain_order=True)
    ]
    rents = words.days(values.oldest(figures["rent_from"]), values.newest(figures["rent_to"]))
    clouds = words.span(*values.extent(figures["clouds"]))
    return (
        "Of GPUs that give each user so much, these cost at least the list price of the same work: "
        f"{words.listed(told)}. {_example(figures)}Rents are the middle of {clouds} clouds on demand, {rents}; "
        f"throughput is of {words.days(*values.span(figures['served_on']))}."
    )


def _example(figures: pl.DataFrame) -> str:
    """One set-up at every speed that it reaches: one that meets the claim at some and not at all of them, if any does,
    of those the one with the shortest prompt, then the lowest ratio."""
    one = ["model", "accelerator", *serving.CONDITIONS[1:], "listed_by"]
    turns = pl.col("meets").any().over(one) & ~pl.col("meets").all().over(one)
    first = figures.sort(turns, "prompt_tokens", "value", descending=[True, False, False], nulls_last=True).head(1)
    rows = figures.join(first.select(one), on=one, how="semi", nulls_equal=True, maintain_order="left").sort("at_least")
    costs = [
        f"{words.dollars(row[COST_FROM_RENT.name])} at {words.number(row['at_least'])} "
        f"({words.dollars(row['cost_low'])} to {words.dollars(row['cost_high'])} over clouds)"
        for row in rows.iter_rows(named=True)
    ]
    row = rows.row(0, named=True)
    prompt = row["prompt_usd_per_mtok"]
    apart = f", {words.dollars(prompt)} of it for the prompt" if prompt else ""
    return (
        f"{row['subject']}: {words.listed(costs)} for 1M output tokens, listed at "
        f"{words.dollars(row['listed_usd_per_mtok'])}{apart}. "
    )


def _not_reached(record: Record) -> str:
    """Which rented chips give no user the fastest of the speeds, on any model: there is no price to compare."""
    fastest = max(serving.SPEEDS)
    most = _rented_points(record).group_by("accelerator").agg(EACH_USER.max())
    short = most.filter(fastest > EACH_USER)["accelerator"].sort().to_list()
    return (
        f"No measured set-up of {words.listed(short)} gives a user {words.quantity(fastest, 'tokens/s')}."
        if short
        else ""
    )


def _without_speed_per_user(record: Record) -> str:
    points = _gpu_points(record)
    if points.is_empty():
        return ""
    row = points.sort("measured_on", "model", descending=[True, False]).row(0, named=True)
    return (
        f"The newest throughput, {row['model']} on {row['accelerator']} of {words.day(row['measured_on'])}, is not "
        f"published at {serving.INTERACTIVITY:g} tokens/s for each user with a rent and a list price of that time. "
        "Without all of them a cost may not stand beside a list price."
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C06",
        short="Inference at a tenth of the cost of current clouds",
        quantity="price ratio against Azure, AWS Bedrock and Google Vertex",
        threshold=COST_LEG,
        better=LOWER,
        figures=_price_pairs,
        aside=tenth_of_any_host,
        rests_on="token_price",
        subject="specialised providers",
        thing="pair",
        page="cost",
        flips="List prices at a tenth of the clouds' for half of the models they share.",
    ),
    Claim(
        claim_id="C08",
        short="A tenth of the cost and ten times the speed at once",
        quantity="the weaker of both ratios of one pair, as a multiple of what is claimed of it",
        threshold=1,
        figures=_joint_pairs,
        reason=_leg_by_leg,
        rests_on="provider_speed",
        subject="specialised providers",
        thing="pair",
        page="cost",
        flips="One provider that sells a model at a tenth of a cloud's price and ten times its speed.",
    ),
    Claim(
        claim_id="C19",
        short="The lead from early access to Nvidia's chips is thinning",
        quantity="what an H100 rents for, against its first published price",
        threshold=HALF,
        better=LOWER,
        figures=rents_against_the_first,
        reason=_at_half,
        rests_on="accelerator_rent",
        subject="clouds",
        thing="cloud",
        page="cost",
        flips="Half of the clouds at more than half of the first published price of an H100-hour.",
    ),
    Claim(
        claim_id="C20",
        short="GPUs cannot match specialised chips on price",
        quantity="cost of a million output tokens on rented GPUs, at 50 and at 200 tokens/s for each user, against the "
        "lowest specialised price of that work",
        threshold=1,
        figures=_gpu_costs,
        reason=_at_each_speed,
        aside=_not_reached,
        incomparable=_without_speed_per_user,
        rests_on="gpu_serving",
        subject="GPUs",
        thing="model, accelerator, workload and speed",
        page="cost",
        flips="Half of the GPU set-ups on the other side of the list price, at the middle rent of their own time.",
        tolerance=0,
    ),
)
