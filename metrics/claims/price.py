"""What the article claims of cost: list prices, both promises at once, rents, and tokens from rented GPUs."""

import polars as pl

from etl import offers
from metrics import cost, rent, speed, words
from metrics.claims.claim import LOWER, TOLERANCE, Claim, Period, Record
from metrics.claims.speed import narrowed, pair_figures
from metrics.metric import COST_FROM_RENT, add, ratio

COST_LEG, SPEED_LEG = cost.CLAIMED_PRICE, cost.CLAIMED_SPEED
H100 = ("H100", "H100 SXM", "H100 PCIe", "H100 NVL")
HALF = 0.5
INTERACTIVITY = 50.0  # tokens/s that each user must get for a GPU's throughput to count: several times reading pace
FULL_USE = 1.0  # machines that are never idle: the best case for GPUs


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
    ).with_columns(meets_cost=meets_cost, meets_speed=meets_speed, meets=meets_cost & meets_speed)


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
    costs of ownership, spot, reserved and disbelieved prices are other quantities.
    """
    until = record.period.until
    of_h100 = pl.col("accelerator").is_in(list(H100)) & pl.col("observed_on").is_not_null()
    prices = rent.believed(rent.known_by(record.tables["accelerator_rent"], until).filter(of_h100), rent.ON_DEMAND)
    known = prices.filter(pl.col("observed_on") <= until) if until else prices
    first_day = pl.lit(known["observed_on"].min(), dtype=pl.Date)
    first = known.filter(pl.col("observed_on") == first_day)
    later = known.filter((pl.col("observed_on") > first_day) & record.period.holds(pl.col("observed_on")))
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
        f"or less (within 10%). {rent_range(figures)}"
    )


def _gpu_points(record: Record, earlier: bool = False) -> pl.DataFrame:
    """Throughputs per accelerator of models that a specialised provider sells, with the lowest such list price;
    those from before the period too where asked for."""
    of_points = Record(record.tables, Period(until=record.period.until)) if earlier else record
    serving = of_points.rows("gpu_serving", pl.coalesce("measured_on", "published_on"))
    found = [rent.throughputs(serving, model) for model in rent.served_models(serving)]
    points = pl.concat(found) if found else rent.throughputs(serving, "")
    return points.join(_lowest_prices(record), on="model", how="inner", validate="m:1", maintain_order="left")


def _lowest_prices(record: Record) -> pl.DataFrame:
    """The lowest output price of each model at a specialised provider that stood in the period."""
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
        .unique("model", keep="first", maintain_order=True)
        .select("model", "output_usd_per_mtok", listed_by="provider", price_url="source_url")
    )


def _gpu_costs(record: Record) -> pl.DataFrame:
    """A million output tokens on rented GPUs that give every user at least a fixed speed, against list price.

    Grain: model, accelerator. The best throughput at that speed, the lowest on-demand rent, no idle
    hour: the best case for GPUs.
    """
    seen = rent.known_by(record.tables["accelerator_rent"], record.period.until)
    rents = rent.rents(seen.filter(record.period.holds(pl.col("observed_on"))), rent.ON_DEMAND)
    lowest = rents.unique("accelerator", keep="first", maintain_order=True).select(
        "accelerator", "cloud", "usd_per_accelerator_hour", rent_url="source_url"
    )
    rented = (
        _gpu_points(record)
        .filter(pl.col("interactivity_tokens_per_second_per_user") >= INTERACTIVITY)
        .unique(["model", "accelerator"], keep="first", maintain_order=True)
        .join(lowest, on="accelerator", how="inner", validate="m:1", maintain_order="left")
        .with_columns(utilisation=pl.lit(FULL_USE))
    )
    return (
        add(rented, COST_FROM_RENT)
        .with_columns(
            value=ratio(pl.col(COST_FROM_RENT.name), pl.col("output_usd_per_mtok")),
            subject=pl.format("{} on {} rented at {} against {}", "model", "accelerator", "cloud", "listed_by"),
        )
        .sort("model", "accelerator")
    )


def _without_speed_per_user(record: Record) -> str:
    points = _gpu_points(record, earlier=True)
    if points.is_empty():
        return ""
    row = points.sort("measured_on", "model", descending=[True, False]).row(0, named=True)
    return (
        f"The newest throughput, {row['model']} on {row['accelerator']} of {words.day(row['measured_on'])}, is not "
        f"published at {INTERACTIVITY:g} tokens/s for each user with a rent and a list price of this time. A cost at "
        "no stated speed may not stand beside a list price."
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C06",
        short="Inference at a tenth of the cost of current clouds",
        quantity="price ratio against Azure, AWS Bedrock and Google Vertex",
        threshold=COST_LEG,
        better=LOWER,
        figures=_price_pairs,
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
        subject="clouds",
        thing="cloud",
        page="cost",
        flips="Half of the clouds at more than half of the first published price of an H100-hour.",
    ),
    Claim(
        claim_id="C20",
        short="GPUs cannot match specialised chips on price",
        quantity="cost of a million output tokens on rented GPUs against the lowest specialised list price",
        threshold=1,
        figures=_gpu_costs,
        incomparable=_without_speed_per_user,
        subject="GPUs",
        thing="model and accelerator",
        page="cost",
        flips=f"Published throughput at {INTERACTIVITY:g} tokens/s for each user, on models that both sides sell.",
        tolerance=0,
    ),
)
