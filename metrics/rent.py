"""What a million tokens cost on rented accelerators: rent, throughput, utilisation, step by step.

Rent, list price and cost of ownership are three bases; one chart uses one. Throughput is of all
users together and never stands beside the speed of one request.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from etl.offers import CURRENT_DAYS
from etl.schema import GPU_CLOUD, HYPERSCALER, MARKETPLACE, RENTED
from metrics import forms, matching, values
from metrics.metric import COST_FROM_RENT, ratio

ON_DEMAND, OWNERSHIP = "On demand", "Cost of ownership"
BASES: Mapping[str, str] = {
    ON_DEMAND: r"^on-demand",
    "Spot": r"^(spot|preemptible)",
    "Committed": r"^(1-year|3-year|reserved|\d+-year|contract|committed)",
    OWNERSHIP: r"^TCO",
}
PARTIAL = "accelerator alone"  # a price that lacks the machine around the accelerator
INDEX: Mapping[str, str] = {ON_DEMAND: "rental index", "Spot": "rental index, spot"}  # averages, by basis
SELLERS: Mapping[str | None, str] = {  # kinds of sellers, as many
    HYPERSCALER: "hyperscalers",
    GPU_CLOUD: "GPU clouds",
    MARKETPLACE: "marketplaces",
    None: "all clouds",
}
OFFERED_ON_DEMAND = "on-demand"  # offers among which there is no spot price
SERIES = ("cloud", "source", "publisher", "is_own")  # one cloud as one publisher shows it
FEWEST_SAME = 2  # clouds whose middle rent can be followed over time
NEAR_DAYS = 60  # a rent of the same time: as far apart as two sides of a ratio may be


def believed(rows: pl.DataFrame, basis: str) -> pl.DataFrame:
    """The rents of clouds on one basis that enter a figure: neither doubted, nor without the machine."""
    return rows.filter(
        pl.col("price_kind").str.contains(BASES[basis])
        & ~pl.col("price_kind").str.contains(PARTIAL, literal=True)
        & pl.col("outlier_reason").is_null()
    )


def known_by(rows: pl.DataFrame, day: date | None) -> pl.DataFrame:
    """The rents as somebody knew them on that day: a price that goes on afterwards was seen up to that day.

    Rents that begin later stay as they are; null: all of them do.
    """
    if day is None:
        return rows
    goes_on = (pl.col("observed_from") <= day) & (pl.col("observed_on") > day)
    return rows.with_columns(observed_on=pl.when(goes_on).then(pl.lit(day)).otherwise("observed_on"))


def rents(rows: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Middle of the newest rents of each accelerator and cloud on one basis, with their range; outliers left out.

    Grain: accelerator, cloud, and whether the rents are a reader's own. `prices` counts the rents
    behind the middle one, all of the newest day on which the cloud's rent was seen. A cloud that was last seen more
    than CURRENT_DAYS before the newest rent of the accelerator rents it out no more.
    """
    newest = pl.col("observed_on").max().over("accelerator", "cloud", matching.OWN)
    since = pl.col("observed_on").max().over("accelerator") - timedelta(days=CURRENT_DAYS)
    return (
        believed(rows, basis)
        .filter(pl.col("observed_on").eq_missing(newest), (pl.col("observed_on") >= since).fill_null(True))
        .sort("usd_per_accelerator_hour", "source_url")
        .group_by("accelerator", "cloud", is_own=matching.OWN, maintain_order=True)
        .agg(
            usd_per_accelerator_hour=pl.col("usd_per_accelerator_hour").median(),
            low=pl.col("usd_per_accelerator_hour").min(),
            high=pl.col("usd_per_accelerator_hour").max(),
            prices=pl.len().cast(pl.Int64),
            observed_on=pl.col("observed_on").max(),
            source_url=pl.col("source_url").first(),
            publisher=pl.col("publisher").first(),
        )
        .with_columns(
            label=pl.format(
                "{} at {}{}", "accelerator", "cloud", pl.when("is_own").then(pl.lit(", yours")).otherwise(pl.lit(""))
            )
        )
        .sort("accelerator", "usd_per_accelerator_hour", "cloud", "is_own")
    )


def over_time(rows: pl.DataFrame, chip: str, basis: str) -> pl.DataFrame:
    """The middle rent of a chip at each cloud on each day that a publisher saw it.

    Grain: cloud, publisher, day, whether it is a reader's own. The plain chip and its SXM board are one chip here.
    `prices` counts the offers behind the middle one.
    """
    return _by_day(of_sellers(rows, basis), chip)


def averages(rows: pl.DataFrame, chip: str, basis: str) -> pl.DataFrame:
    """What publishers give as the average rent of a chip at a kind of seller, by day; of all where the kind is null.

    Grain and columns as of `over_time`; the average of all kinds is left out beside those of each.
    """
    published = rows.filter((pl.col("price_kind") == INDEX.get(basis, "")) & pl.col("outlier_reason").is_null())
    is_of_kind = pl.col("seller_kind").is_not_null()
    return _by_day(published.filter(is_of_kind | (pl.lit(basis) != ON_DEMAND)), chip)


def of_sellers(rows: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Believed rents of sellers whose kind is known, and a reader's own."""
    return believed(rows, basis).filter(pl.col("seller_kind").is_not_null() | matching.OWN)


def _by_day(rents: pl.DataFrame, chip: str) -> pl.DataFrame:
    first = pl.coalesce("observed_from", "observed_on")
    return (
        rents.filter((forms.bare_name() == chip) & pl.col("observed_on").is_not_null())
        .with_columns(day=pl.date_ranges(first, "observed_on"), is_own=matching.OWN)
        .explode("day")
        .group_by("cloud", "publisher", "source", "seller_kind", "is_own", "day")
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("source_url").min(),
            prices=pl.len().cast(pl.Int64),
        )
        .sort(*SERIES, "day")
    )


def followed_chips(rows: pl.DataFrame, basis: str) -> list[str]:
    """Chips whose rent was seen over time, those of most clouds first."""
    seen = of_sellers(rows, basis).filter(pl.col("observed_from") < pl.col("observed_on"))
    counted = seen.group_by(chip=forms.bare_name()).agg(clouds=pl.col("cloud").n_unique())
    return counted.sort("clouds", "chip", descending=[True, False])["chip"].to_list()


def spans(by_day: pl.DataFrame) -> pl.DataFrame:
    """Days on end with one middle rent of a cloud as one row, with first_on and last_on."""
    same = (pl.col("usd_per_accelerator_hour") == pl.col("usd_per_accelerator_hour").shift().over(SERIES)) & (
        (pl.col("day") - pl.col("day").shift().over(SERIES)).dt.total_days() == 1
    )
    return (
        by_day.with_columns(span=(~same.fill_null(False)).cum_sum().over(SERIES))
        .group_by(*SERIES, "seller_kind", "span", maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour", "source_url", "prices").first(),
            first_on=pl.col("day").first(),
            last_on=pl.col("day").last(),
        )
        .drop("span")
    )


def of_the_same_clouds(by_day: pl.DataFrame) -> pl.DataFrame:
    """The middle rent of each kind of seller over one set of clouds, each as one publisher shows it.

    Grain: seller kind, day. The clouds of the set stand on its first and on its last day; both are chosen so that
    most clouds are followed over most days, and days without all of them are left out. A median over whoever
    happens to be seen moves when clouds come and go. `clouds` counts the set.
    """
    official = by_day.filter(~pl.col("is_own"))
    sets = [_longest(rows) for _, rows in official.group_by(["seller_kind", "source"], maintain_order=True)]
    followed = pl.concat(sets) if sets else _middle(official)
    days = (pl.col("day").max() - pl.col("day").min()).dt.total_days().over("seller_kind", "source")
    weighed = followed.with_columns(weight=pl.col("clouds") * days)
    best = weighed.filter(pl.col("weight") == pl.col("weight").max().over("seller_kind"))
    return best.unique(["seller_kind", "day"], keep="first", maintain_order=True).drop("weight")


def _longest(rows: pl.DataFrame) -> pl.DataFrame:
    """The middle rent over the clouds of one kind and source that make the largest number of clouds times days."""
    series = rows.group_by(SERIES, maintain_order=True).agg(first_on=pl.col("day").min())
    best, most = rows.head(0), 0.0
    for start in series["first_on"].unique().sort():
        there = rows.filter(pl.col("day") == start).select(SERIES)
        later = rows.filter(pl.col("day") > start).join(there, on=SERIES, how="semi", maintain_order="left")
        ends = later.group_by("day").agg(clouds=pl.len()).filter(pl.col("clouds") >= FEWEST_SAME)
        weighed = ends.with_columns(weight=pl.col("clouds") * (pl.col("day") - start).dt.total_days())
        if (weight := values.largest(weighed["weight"]) or 0.0) > most:
            last = weighed.sort("weight", "day", descending=True)["day"][0]
            lasting = rows.filter(pl.col("day") == last).join(there, on=SERIES, how="semi").select(SERIES)
            within = rows.filter(pl.col("day").is_between(start, last))
            best, most = within.join(lasting, on=SERIES, how="semi", maintain_order="left"), weight
    return _middle(best)


def _middle(rows: pl.DataFrame) -> pl.DataFrame:
    """The middle rent of each day on which all clouds of the rows were seen, with their number."""
    return (
        rows.group_by("seller_kind", "source", "day")
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("source_url", "publisher").min(),
            clouds=pl.len().cast(pl.Int64),
        )
        .filter(pl.col("clouds") == rows.n_unique(SERIES))
        .sort("seller_kind", "day")
    )


def offers(rows: pl.DataFrame, chip: str) -> pl.DataFrame:
    """The offers of a chip by day, with `place`: the marketplace, where the machines stand and whether they are free.

    Grain: place, day, whether they are a reader's own. Days without an offer are left out.
    """
    region = pl.when(pl.col("region").is_not_null()).then(pl.format(" in {}", "region")).otherwise(pl.lit(""))
    taken = pl.when(pl.col("state") == RENTED).then(pl.lit(", rented out")).otherwise(pl.lit(""))
    return (
        rows.filter((forms.bare_name() == chip) & (pl.col("offers") > 0))
        .with_columns(place=pl.format("{}{}{}", "marketplace", region, taken), is_own=matching.OWN)
        .sort("place", "observed_on", "source_url")
    )


def offered_chips(rows: pl.DataFrame) -> list[str]:
    """Chips that somebody offered, those with most offers first."""
    counted = rows.filter(pl.col("offers") > 0).group_by(chip=forms.bare_name()).agg(pl.col("offers").sum())
    return counted.sort("offers", "chip", descending=[True, False])["chip"].to_list()


def of_time(rows: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The middle on-demand rent of each chip around each day on which it was measured.

    Grain: accelerator, measured_on of `points`. The median over clouds, each at its own median of the days within
    NEAR_DAYS; a day without a price so near is left out: a throughput is priced at the rent of its own time.
    `rent_low` and `rent_high` are the cheapest and the dearest of the clouds. `rent_days_apart` is how far the nearest
    price is; `rent_from` and `rent_to` are the days of the prices, `clouds` how many clouds ask them.
    """
    measured = points.select("accelerator", "measured_on").unique().drop_nulls().sort("accelerator", "measured_on")
    prices = (
        _rented_by_day(rows)
        .join(measured, on="accelerator", how="inner")
        .with_columns(observed_on=_nearest_day(), days=days_apart())
    )
    of_each = ("accelerator", "measured_on")
    return (
        prices.with_columns(nearest=pl.col("days").min().over(of_each))
        .filter(pl.col("days") <= NEAR_DAYS)
        .sort("cloud", "usd_per_accelerator_hour", "observed_on", "source_url")
        .group_by(*of_each, "cloud", maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("nearest").first(),
            pl.col("observed_on").min().alias("rent_from"),
            pl.col("observed_on").max().alias("rent_to"),
            pl.col("source_url").first().alias("rent_source_url"),
            pl.col("publisher").first().alias("rent_publisher"),
        )
        .group_by(of_each, maintain_order=True)
        .agg(
            pl.col("usd_per_accelerator_hour").median(),
            pl.col("usd_per_accelerator_hour").min().alias("rent_low"),
            pl.col("usd_per_accelerator_hour").max().alias("rent_high"),
            pl.col("nearest").first().alias("rent_days_apart"),
            pl.col("rent_from").min(),
            pl.col("rent_to").max(),
            pl.col("rent_source_url", "rent_publisher").first(),
            clouds=pl.len().cast(pl.Int64),
        )
        .sort(of_each)
    )


def known_on(throughput: Mapping[str, Any]) -> date | None:
    """The day of a throughput: when it was measured, else when it was published; null where nobody says either."""
    measured: date | None = throughput["measured_on"]
    published: date | None = throughput["published_on"]
    return measured or published


def near(rows: pl.DataFrame, day: date | None) -> pl.DataFrame:
    """Rents that stood within NEAR_DAYS of a day, each seen on the nearest of its days; all of them without a day."""
    if day is None:
        return rows
    dated = rows.filter(pl.col("observed_on").is_not_null()).with_columns(measured_on=pl.lit(day))
    stood = dated.filter(days_apart() <= NEAR_DAYS)
    return stood.with_columns(observed_on=_nearest_day()).drop("measured_on")


def days_apart() -> pl.Expr:
    """How many days a rent stood before or after the measurement; 0 where it stood on that day."""
    return (_nearest_day() - pl.col("measured_on")).dt.total_days().abs()


def _nearest_day() -> pl.Expr:
    """The day nearest to the measurement on which a rent stood; it stands from `observed_from`, where given."""
    first = pl.coalesce("observed_from", "observed_on")
    return pl.min_horizontal("observed_on", pl.max_horizontal(first, "measured_on"))


def _rented_by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """On-demand prices of the record that have a day; outliers and prices of the accelerator alone left out."""
    return forms.under_bare_names(believed(rows, ON_DEMAND).filter(pl.col("observed_on").is_not_null() & ~matching.OWN))


def throughputs(serving: pl.DataFrame, model: str) -> pl.DataFrame:
    """Points of a model with output throughput per accelerator, those of the record first, then the highest first.

    The total of a system is divided by its accelerators where both are published; points that
    name no chip or no count are left out.
    """
    return (
        per_accelerator(serving.filter((pl.col("model") == model) & pl.col("accelerator").is_not_null()))
        .filter(pl.col("tokens_per_second_per_accelerator").is_not_null())
        .sort(matching.OWN, "tokens_per_second_per_accelerator", "system", descending=[False, True, False])
    )


def per_accelerator(serving: pl.DataFrame) -> pl.DataFrame:
    """Points with `tokens_per_second_per_accelerator`, output of all users: as published, else the total of the system
    divided by its accelerators; null where neither is published."""
    published = pl.col("output_throughput_tokens_per_second_per_gpu")
    divided = ratio(pl.col("throughput_tokens_per_second"), pl.col("accelerator_count").cast(pl.Float64))
    return serving.with_columns(tokens_per_second_per_accelerator=pl.coalesce(published, divided))


def served_models(serving: pl.DataFrame) -> list[str]:
    """Models with a published throughput per accelerator."""
    named = serving["model"].unique().sort().to_list()
    return [model for model in named if throughputs(serving, model).height]


def costs(rented: pl.DataFrame, accelerator: str, tokens_per_second: float, utilisation: float) -> pl.DataFrame:
    """Cost per million output tokens on one accelerator at each cloud's rent, cheapest first."""
    return (
        rented.filter(pl.col("accelerator") == accelerator)
        .with_columns(tokens_per_second_per_accelerator=pl.lit(tokens_per_second), utilisation=pl.lit(utilisation))
        .with_columns(COST_FROM_RENT.expr.alias(COST_FROM_RENT.name))
        .sort(COST_FROM_RENT.name, "cloud")
    )
