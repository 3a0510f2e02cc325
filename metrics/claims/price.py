"""What the article claims of cost: list prices, both promises at once, rents, and tokens from rented GPUs."""

import polars as pl

from etl import offers
from metrics import cost, forms, rent, serving, speed, words
from metrics.claims.claim import LOWER, TOLERANCE, Claim, Period, Record, without_tolerance
from metrics.claims.speed import narrowed, pair_figures
from metrics.metric import COST_FROM_RENT, add, ratio

COST_LEG, SPEED_LEG = cost.CLAIMED_PRICE, cost.CLAIMED_SPEED
H100 = ("H100", "H100 SXM", "H100 PCIe", "H100 NVL")
HALF = 0.5
SUBJECT = ("model", "accelerator", "cloud", "listed_by")
NO_DAY = pl.lit(None, dtype=pl.Date)


def _price_pairs(record: Record) -> pl.DataFrame:
    """Price ratios of each model, provider and cloud: those that stood on the last day, or the newest seen since."""
    newest = cost.best_first(narrowed(record.price_pairs, None, "hyperscalers")).unique(
        ["model", "provider", "baseline_provider"], keep="first", maintain_order=True
    )
    return pair_figures(newest.sort("model", "provider", "baseline_provider"), "cost_ratio")


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


def _gpu_points(record: Record, earlier: bool = False) -> pl.DataFrame:
    """Throughputs per accelerator of models that a specialised provider sells; those from before the period too
    where asked for."""
    of_points = Record(record.tables, Period(until=record.period.until)) if earlier else record
    rows = of_points.rows("gpu_serving", pl.coalesce("measured_on", "published_on"))
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
        .select("model", "input_usd_per_mtok", "output_usd_per_mtok", listed_by="provider", price_url="source_url")
    )


def _gpu_costs(record: Record) -> pl.DataFrame:
    """A million output tokens on rented GPUs that give every user at least a fixed speed, against list price.

    Grain: model, accelerator, precision and lengths, which are never mixed. The best throughput at that speed, the
    lowest on-demand rent of the days around the measurement, no idle hour: the best case for GPUs. Where lengths are
    published the rent pays for the prompt too, so the price is of the same work: output and its share of input.
    """
    points = (
        _gpu_points(record)
        .filter(pl.col("interactivity_tokens_per_second_per_user") >= serving.INTERACTIVITY)
        .with_columns(pl.col("precision").str.to_uppercase(), utilisation=pl.lit(serving.FULL_USE))
    )
    rented = _lowest_rents(record, points)
    best = points.join(rented, on=["accelerator", "measured_on"], how="inner", validate="m:1", maintain_order="left")
    of_each = ["model", "accelerator", *serving.CONDITIONS[1:]]
    cheapest = (
        add(best, COST_FROM_RENT)
        .sort(COST_FROM_RENT.name, maintain_order=True)
        .unique(of_each, keep="first", maintain_order=True)
    )
    prompts = pl.col("prompt_tokens") / pl.col("output_tokens")
    same_work = pl.col("output_usd_per_mtok") + pl.when(prompts.is_not_null()).then(
        prompts * pl.col("input_usd_per_mtok")
    ).otherwise(0)
    return (
        cheapest.join(_specialised_prices(record), on="model", how="inner", maintain_order="left")
        .with_columns(listed_usd_per_mtok=same_work)
        .sort("listed_usd_per_mtok", nulls_last=True, maintain_order=True)
        .unique(of_each, keep="first", maintain_order=True)
        .with_columns(
            value=ratio(pl.col(COST_FROM_RENT.name), pl.col("listed_usd_per_mtok")),
            subject=pl.format("{} on {} rented at {} against {}{}", *SUBJECT, _lengths()),
        )
        .sort(of_each)
    )


def _lengths() -> pl.Expr:
    """The conditions of a point as words behind its name, nothing where none is published."""
    told = pl.format(" ({}, {} tokens in and {} out)", *serving.CONDITIONS[1:])
    return told.fill_null("")


def _lowest_rents(record: Record, points: pl.DataFrame) -> pl.DataFrame:
    """The lowest on-demand rent of each chip in the days around each measurement.

    Grain: accelerator, measured_on. A chip that nobody rented out then has no row: a rent of another year is none of
    this throughput.
    """
    seen = rent.known_by(record.tables["accelerator_rent"], record.period.until)
    rents = forms.under_bare_names(seen.filter(record.period.holds(pl.col("observed_on"))))
    days = points.select("accelerator", "measured_on").unique().drop_nulls()
    near = rents.join(days, on="accelerator", how="inner").filter(rent.days_apart() <= rent.NEAR_DAYS)
    parts = [
        rent.rents(rows, rent.ON_DEMAND).with_columns(measured_on=pl.lit(measured_on))
        for (measured_on,), rows in near.sort("measured_on").group_by("measured_on", maintain_order=True)
    ]
    every = pl.concat(parts) if parts else rent.rents(rents.head(0), rent.ON_DEMAND).with_columns(measured_on=NO_DAY)
    return every.unique(["accelerator", "measured_on"], keep="first", maintain_order=True).select(
        "accelerator", "measured_on", "cloud", "usd_per_accelerator_hour", rent_url="source_url"
    )


def _without_speed_per_user(record: Record) -> str:
    points = _gpu_points(record, earlier=True)
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
        quantity="cost of a million output tokens on rented GPUs against the lowest specialised price of that work",
        threshold=1,
        figures=_gpu_costs,
        incomparable=_without_speed_per_user,
        rests_on="gpu_serving",
        subject="GPUs",
        thing="model, accelerator and workload",
        page="cost",
        flips=f"Throughput at {serving.INTERACTIVITY:g} tokens/s for each user and its rent, of models that both sell.",
        tolerance=0,
    ),
)
