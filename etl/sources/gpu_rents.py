"""Rents of accelerators by day, from three trackers: clouds one by one, and averages by kind of seller.

A period of days on end with one price is one row; more than GAP_DAYS without the offer end it. A copy of a file
holds all days before it, so the newest copy stands for the others.

Clouds one by one (`gpu_rent_daily`): the median of a cloud's offers of one chip, count and region. Its traps:

- The column of prices was of the whole machine once, and is of one accelerator since. The day of the change is the
  day on which most prices of several accelerators fall to their share of the machine. A price from before is
  divided where it is so many times what stood afterwards; where that cannot be told it is set aside.
- Most clouds were read from one site's copy, then from their own pages. A new page that asks far less for every
  chip shows another kind of price.
- A price that stays, far below what every other cloud asks for the chip, is a placeholder.
- A spot price that is the on-demand price of the same offer and day is no spot price.
- Azure has the board in machines of eight only. A single one is the PCIe card of another machine.

Averages (`gpu_rent_index`, `gpu_rent_index_by_segment`) are a price kind of their own, "rental index": no cloud asks
them, so they enter no figure of clouds. Their traps:

- On some days one column's value is copied into others. A value that another column has too, and that is not near
  its own column's values around it, is set aside.
- A value that leaves those of its week and comes back is of other sellers than the days around it.
"""

from collections.abc import Callable, Sequence

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import GPU_CLOUD, HYPERSCALER, MARKETPLACE
from etl.sources import cells, clouds
from etl.sources.azure_machines import holds_another
from etl.sources.contract import Held, Payload, Reading, SetAside, Source, each, merge, together

DAILY_COLUMNS = (
    "date",
    "provider",
    "gpu_model",
    "gpu_count",
    "region",
    "rental_type",
    "price_median_usd",
    "source_url",
)
SEGMENT_COLUMNS = ("date", "gpu_model", "series", "usd_per_gpu_hour")
ON_DEMAND, SPOT, INDEX = "on-demand", "spot", "rental index"
KINDS = {"on_demand": ON_DEMAND, "spot": SPOT}
ALL = "index"  # the average over all kinds of sellers

# What an average is of: the name that stands for its sellers, and their kind.
SEGMENTS = {
    "hyperscaler": ("Hyperscalers", HYPERSCALER),
    "neocloud": ("GPU clouds", GPU_CLOUD),
    "marketplace": ("Marketplaces", MARKETPLACE),
    ALL: ("All clouds", None),
    SPOT: ("All clouds", None),
}

TRACKER = "cherielilili/gpu-pricing-tracker"

GAP_DAYS = 7
NEAR, NEAR_MACHINE = 0.02, 0.25  # rounding; what a price may have moved before it is divided
FELL = 0.6
STAYED_DAYS, FAR_BELOW, OTHER_CLOUDS = 5, 0.4, 2
WINDOW_DAYS, LIKE, UNLIKE = 7, 0.1, 0.3

NEW_PAGE = (
    f"Since this page of the cloud is read it asks less than {FELL:.0%} of what stood before, for every chip: another "
    "kind of price, such as preemptible"
)
PLACEHOLDER = (
    f"A price that stays, below {FAR_BELOW:.0%} of what the cheapest other seller of the chip asks: a placeholder"
)
NOT_SPOT = "The spot price is the on-demand price of the same offer and day"
LEAVES = (
    f"It leaves the values of the week around it by more than {UNLIKE:.0%} and comes back: other sellers are behind it"
)

OFFER = ("provider", "chip", "count", "region", "kind", "page")


# Clouds one by one


def _read_daily(payload: Payload) -> Reading:
    rows = _daily_rows(payload)
    usable = rows.filter(pl.col("fault").is_null())
    settled = _per_accelerator(usable)
    believed = settled.filter(pl.col("usd").is_not_null())
    untold = settled.filter(pl.col("usd").is_null())
    periods = _periods(_add_doubt(believed), OFFER)
    divided = pl.format("The price of the machine divided by its {} accelerators.", "count")
    rents = periods.select(
        cloud=pl.col("provider").map_elements(clouds.named, return_dtype=pl.String),
        accelerator_as_published="chip",
        accelerator_count="count",
        usd_per_accelerator_hour="usd",
        price_kind="kind",
        region="region",
        observed_from="first_on",
        observed_on="last_on",
        outlier_reason="doubt",
        publisher=pl.format(f"{{}} via {TRACKER}", pl.col("page").str.extract(r"^https?://([^/]+)")),
        note=pl.when(pl.col("is_divided")).then(divided),
    )
    return Reading(
        {"accelerator_rent": _cited(clouds.add_kind(rents), payload)},
        [
            *_aside(rows.filter(pl.col("fault") == "price"), faults.NO_RENT, payload),
            *_aside(rows.filter(pl.col("fault") == "kind"), faults.NOT_AN_ENTRY, payload),
            *_aside(untold, faults.MACHINE_OR_ACCELERATOR, payload),
        ],
    )


def _daily_rows(payload: Payload) -> pl.DataFrame:
    """Every row as published, with what is wrong with it: `fault` is null, price or kind."""
    return (
        payload.table(DAILY_COLUMNS)
        .select(
            *DAILY_COLUMNS,
            day=cells.day_column("date"),
            provider_=cells.word_column("provider"),
            chip=cells.word_column("gpu_model"),
            count=cells.rounded_column("gpu_count"),
            region_=cells.word_column("region"),
            kind=pl.col("rental_type").replace_strict(KINDS, default=None, return_dtype=pl.String),
            published=cells.above_zero_column("price_median_usd"),
            page=cells.word_column("source_url"),
        )
        .drop("provider", "region")
        .rename({"provider_": "provider", "region_": "region"})
        .with_columns(
            fault=pl.when(pl.col("day").is_null() | pl.col("published").is_null())
            .then(pl.lit("price"))
            .when(pl.any_horizontal(pl.col("provider", "chip", "count", "kind").is_null()))
            .then(pl.lit("kind"))
        )
        .sort(*OFFER, "day")
    )


def _per_accelerator(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `usd` of one accelerator, null where that cannot be told, and whether it was divided.

    A page that never changed its meaning is taken to be of one accelerator throughout.
    """
    before = pl.col("published").shift().over(OFFER)
    fell = _is_near(before, pl.col("published") * pl.col("count"), NEAR)
    changes = (
        rows.filter(pl.col("count") > 1)
        .with_columns(fell=fell)
        .group_by("page", "day")
        .agg(share=pl.col("fell").mean())
        .filter(pl.col("share") > 0.5)
        .group_by("page")
        .agg(settled_on=pl.col("day").max())
    )
    is_early = pl.col("day") < pl.col("settled_on")
    later = pl.col("published").filter(is_early.fill_null(False).not_()).first().over(OFFER)
    is_machine = _is_near(pl.col("published"), later * pl.col("count"), NEAR_MACHINE)
    is_one = _is_near(pl.col("published"), later, NEAR_MACHINE)
    is_open = is_early.fill_null(False) & (pl.col("count") > 1)
    return (
        rows.join(changes, on="page", how="left", validate="m:1", maintain_order="left")
        .with_columns(is_divided=is_open & is_machine.fill_null(False), is_told=~is_open | is_one.fill_null(False))
        .with_columns(
            usd=pl.when("is_divided")
            .then((pl.col("published") / pl.col("count")).round(6))
            .when("is_told")
            .then("published")
        )
    )


def _is_near(value: pl.Expr, other: pl.Expr, share: float) -> pl.Expr:
    return (value / other - 1).abs() <= share


def _add_doubt(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the reason why a price is not believed, null where it is."""
    on_demand = rows.filter(pl.col("kind") == ON_DEMAND)
    same_offer = ("provider", "chip", "count", "region", "day")
    beside = on_demand.select(*same_offer, asked="usd").unique(same_offer, keep="first", maintain_order=True)
    doubted = (
        rows.join(_cheaper_pages(on_demand), on=["provider", "page"], how="left", maintain_order="left")
        .join(_placeholders(on_demand, "provider"), on=["provider", "chip", "usd"], how="left", maintain_order="left")
        .join(_other_cards(rows), on=["provider", "chip", "count"], how="left", validate="m:1", maintain_order="left")
        .join(beside, on=same_offer, how="left", validate="m:1", maintain_order="left", nulls_equal=True)
    )
    is_on_demand = pl.col("kind") == ON_DEMAND
    return doubted.with_columns(
        doubt=pl.when(is_on_demand & pl.col("is_placeholder"))
        .then(pl.lit(PLACEHOLDER))
        .when(pl.col("holds").is_not_null())
        .then(pl.format("Azure's machines with {} hold {}", "count", "holds"))
        .when(is_on_demand & pl.col("is_cheaper"))
        .then(pl.lit(NEW_PAGE))
        .when(~is_on_demand & (pl.col("usd") == pl.col("asked")))
        .then(pl.lit(NOT_SPOT))
    )


def _other_cards(rows: pl.DataFrame) -> pl.DataFrame:
    """What Azure's machines hold in truth, for each chip and count that it does not have."""
    of_azure = rows.filter(pl.col("provider") == "azure").select("provider", "chip", "count").unique()
    held = [holds_another(chip.replace("_", " "), count) for _, chip, count in of_azure.iter_rows()]
    return of_azure.with_columns(holds=pl.Series(held, dtype=pl.String))


def _cheaper_pages(on_demand: pl.DataFrame) -> pl.DataFrame:
    """Clouds and pages whose first price of every chip is far below the last of the page that was read before."""
    ends = (
        on_demand.group_by("provider", "chip", "page", "day")
        .agg(low=pl.col("usd").min())
        .sort("day")
        .group_by("provider", "chip", "page", maintain_order=True)
        .agg(since=pl.col("day").first(), first=pl.col("low").first(), last=pl.col("low").last())
    )
    return (
        ends.join(ends, on=["provider", "chip"], suffix="_before")
        .filter(pl.col("since") > pl.col("since_before"))
        .group_by("provider", "page")
        .agg(is_cheaper=(pl.col("first") < FELL * pl.col("last_before")).all())
        .filter("is_cheaper")
    )


def _placeholders(on_demand: pl.DataFrame, seller: str) -> pl.DataFrame:
    """Prices of a seller and chip that stayed, far below the middle price of the cheapest other seller."""
    middles = on_demand.group_by(seller, "chip").agg(middle=pl.col("usd").median())
    others = (
        middles.join(middles, on="chip", suffix="_other")
        .filter(pl.col(seller) != pl.col(f"{seller}_other"))
        .group_by(seller, "chip")
        .agg(lowest=pl.col("middle_other").min(), others=pl.len())
        .filter(pl.col("others") >= OTHER_CLOUDS)
    )
    return (
        on_demand.group_by(seller, "chip", "usd")
        .agg(days=pl.col("day").n_unique())
        .join(others, on=[seller, "chip"])
        .filter((pl.col("days") >= STAYED_DAYS) & (pl.col("usd") < FAR_BELOW * pl.col("lowest")))
        .select(seller, "chip", "usd", is_placeholder=True)
    )


# Averages by kind of seller


def _read_index(payload: Payload) -> Reading:
    wide = payload.table(("date",))
    columns = [name for name in wide.columns if name != "date"]
    return _read_averages(
        wide.unpivot(columns, index="date", variable_name="column", value_name="value").with_columns(
            segment=pl.col("column").str.extract(r"^([^-]*)-(.+)$", 1),
            chip=pl.col("column").str.extract(r"^([^-]*)-(.+)$", 2),
        ),
        payload,
    )


def _read_by_segment(payload: Payload) -> Reading:
    rows = payload.table(SEGMENT_COLUMNS)
    return _read_averages(
        rows.select(
            "date",
            column=pl.format("{} of {}", "series", "gpu_model"),
            segment="series",
            chip="gpu_model",
            value="usd_per_gpu_hour",
        ),
        payload,
    )


def _read_averages(published: pl.DataFrame, payload: Payload) -> Reading:
    rows = published.with_columns(day=cells.day_column("date"), usd=cells.above_zero_column("value")).sort(
        "column", "day"
    )
    is_known = pl.col("segment").is_in(list(SEGMENTS)).fill_null(False)
    is_priced = pl.col("day").is_not_null() & pl.col("usd").is_not_null()
    judged = _add_middle(rows.filter(is_known & is_priced))
    # The average over all sellers may well be that of one kind.
    of_one_kind = pl.col("segment") != ALL
    is_twice = of_one_kind.sum().over("day", "usd") > 1
    is_copied = of_one_kind & is_twice & ~_is_near(pl.col("usd"), pl.col("middle"), LIKE)
    judged = judged.with_columns(is_copied=is_copied.fill_null(False))
    kept = judged.filter(~pl.col("is_copied"))
    asked = kept.filter(pl.col("segment") != SPOT)
    doubted = kept.join(
        _placeholders(asked, "segment"), on=["segment", "chip", "usd"], how="left", maintain_order="left"
    ).with_columns(
        doubt=pl.when("is_placeholder").then(pl.lit(PLACEHOLDER)).when("leaves_and_returns").then(pl.lit(LEAVES))
    )
    rents = _periods(doubted, ("segment", "chip")).select(
        cloud=pl.col("segment").replace_strict({name: sellers for name, (sellers, _) in SEGMENTS.items()}),
        seller_kind=pl.col("segment").replace_strict(
            {name: of_kind for name, (_, of_kind) in SEGMENTS.items()}, return_dtype=pl.String
        ),
        accelerator_as_published="chip",
        usd_per_accelerator_hour="usd",
        price_kind=pl.when(pl.col("segment") == SPOT).then(pl.lit(f"{INDEX}, {SPOT}")).otherwise(pl.lit(INDEX)),
        observed_from="first_on",
        observed_on="last_on",
        outlier_reason="doubt",
    )
    return Reading(
        {"accelerator_rent": _cited(rents, payload)},
        [
            *_aside(rows.filter(~is_known), faults.NOT_AN_ENTRY, payload),
            *_aside(rows.filter(is_known & ~is_priced), faults.NO_RENT, payload),
            *_aside(judged.filter("is_copied"), faults.COPIED, payload),
        ],
    )


def _add_middle(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the median of their column's other values of the week before and after, null where there are none.

    `leaves_and_returns`: the value is far from it, and values before and after are near it.
    """
    away = (pl.col("day_other") - pl.col("day")).dt.total_days()
    around = (
        rows.select("column", "day", "usd")
        .join(rows.select("column", "day", "usd"), on="column", suffix="_other")
        .filter(away.abs().is_between(1, WINDOW_DAYS))
        .with_columns(middle=pl.col("usd_other").median().over("column", "day"))
    )
    is_like = _is_near(pl.col("usd_other"), pl.col("middle"), LIKE)
    found = around.group_by("column", "day").agg(
        pl.col("middle").first(),
        returns=(is_like & (away < 0)).any() & (is_like & (away > 0)).any(),
    )
    is_unlike = ~_is_near(pl.col("usd"), pl.col("middle"), UNLIKE)
    return rows.join(found, on=["column", "day"], how="left", validate="m:1", maintain_order="left").with_columns(
        leaves_and_returns=(is_unlike & pl.col("returns")).fill_null(False)
    )


# What all of them share


def _periods(rows: pl.DataFrame, offer: Sequence[str]) -> pl.DataFrame:
    """One row for each period of an offer at one price, with its first and last day."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift().over(offer)) for name in ("usd", "doubt")) & (
        (pl.col("day") - pl.col("day").shift().over(offer)).dt.total_days() <= GAP_DAYS
    )
    period = (~same.fill_null(False)).cum_sum().over(offer)
    return (
        rows.sort(*offer, "day", nulls_last=True)
        .with_columns(period=period)
        .group_by(*offer, "period", maintain_order=True)
        .agg(
            pl.col("usd", "doubt", "^is_divided$").first(),
            first_on=pl.col("day").first(),
            last_on=pl.col("day").last(),
        )
    )


def _cited(rents: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    return rents.with_columns(
        source_url=pl.lit(payload.url), published_on=pl.lit(payload.as_of), evidence=pl.lit("published")
    )


def _aside(rows: pl.DataFrame, fault: Fault, payload: Payload) -> tuple[SetAside, ...]:
    """One line for the rows, the first as example; nothing where there are none."""
    names = [name for name in (*DAILY_COLUMNS, "column", "value", "chip") if name in rows.columns]
    shown = cells.as_text(rows.row(0, named=True), names) if rows.height else ""
    return together([SetAside(payload.url, fault, shown, rows.height)]) if rows.height else ()


def _newest(read_one: Callable[[Payload], Reading]) -> Callable[[Held], Reading]:
    """A reader of the newest copy of a file that grows by the day; older copies are counted."""

    def read(held: Held) -> Reading:
        newest = max(held, key=lambda payload: (payload.as_of, payload.fetched_at))
        older = [SetAside(payload.url, faults.OLDER_COPY, payload.sha256) for payload in held if payload is not newest]
        return merge([each(read_one)([newest]), Reading(set_aside=older)])

    return read


SOURCES = (
    Source(
        id="gpu_rent_daily",
        title="Rents of clouds by day",
        publisher=TRACKER,
        licence="none stated",
        home_url="https://github.com/cherielilili/gpu-pricing-tracker",
        tables=("accelerator_rent",),
        read=_newest(_read_daily),
        has_history=True,
    ),
    Source(
        id="gpu_rent_index",
        title="Average rents by kind of seller, spring and summer of 2026",
        publisher="joshhmckee/gpu-rental-prices",
        licence="none stated",
        home_url="https://github.com/joshhmckee/gpu-rental-prices",
        tables=("accelerator_rent",),
        read=_newest(_read_index),
        has_history=True,
    ),
    Source(
        id="gpu_rent_index_by_segment",
        title="Average rents by kind of seller, autumn of 2026",
        publisher="ewyluda/gpu-price-index",
        licence="see its repository",
        home_url="https://github.com/ewyluda/gpu-price-index",
        tables=("accelerator_rent",),
        read=_newest(_read_by_segment),
        has_history=True,
    ),
)
