"""anycloud-sh: hourly prices of cloud machines with accelerators, one CSV a cloud.

- A third party's catalogue in SkyPilot's column layout, published without a licence. The order of
  the columns differs from cloud to cloud, so they are read by name.
- A price is for the whole machine and is divided by its accelerators.
- Google bills accelerator and machine apart. Where the accelerator decides the machine (A100, H100,
  H200, B200, L4) the machine's own row of that zone is added (0 where the accelerator's price
  includes it); elsewhere the price is kept as "accelerator alone", a price kind of its own, because
  it lacks the machine.
- A TPU row is a slice. The number in its name counts chips for v5e and v6e and TensorCores, two to a
  chip, for v2, v3, v4 and v5p (cloud.google.com/tpu/docs/v5p); the price is divided by chips.
  Slices of one generation and region mostly cost the same per chip: the smallest stands for them.
- Zones of a region with the same price are one row; where zones differ, the region says which zone.
  A price that is the same in every region is one row without a region.
- A spot price of 0 means that there is none.
- A fraction of an accelerator is no accelerator: such machines are set aside. Those that the catalogue
  counts as one are corrections.

Rules for a price that is kept but not believed (`outlier_reason`):
1. slices of different sizes have the same total price: it cannot be a price of a slice;
2. a spot price at or above the on-demand price of its row is not a spot price, and an on-demand
   price below the spot price of its row is not an on-demand price;
3. more than OUTLIER_TIMES the median of the same accelerator and price kind over all clouds.
"""

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.sources import cells, clouds
from etl.sources.contract import Held, Payload, Reading, SetAside, Source, Want, each, together

BASE_URL = "https://raw.githubusercontent.com/anycloud-sh/catalog/main"
CLOUDS = {
    f"{BASE_URL}/azure/vms.csv": "Azure",
    f"{BASE_URL}/gcp/vms.csv": "Google Cloud",
    f"{BASE_URL}/lambda/vms.csv": "Lambda",
    f"{BASE_URL}/vast/vms.csv": "Vast.ai",
}
COLUMNS = ("InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "SpotPrice", "Region")

OUTER = " ,"  # Vast writes regions such as ", CA, NA"

OUTLIER_TIMES = 4
OUTLIER_ROWS = 3  # a median of fewer rows says nothing

# Google Cloud: the machine that comes with so many accelerators.
# https://cloud.google.com/compute/docs/accelerator-optimized-machines
HOSTS = {
    **{("A100", n): f"a2-highgpu-{n}g" for n in (1, 2, 4, 8)},
    ("A100", 16): "a2-megagpu-16g",
    **{("A100-80GB", n): f"a2-ultragpu-{n}g" for n in (1, 2, 4, 8)},
    **{("H100", n): f"a3-highgpu-{n}g" for n in (1, 2, 4, 8)},
    ("H100-MEGA", 8): "a3-megagpu-8g",
    ("H200", 8): "a3-ultragpu-8g",
    ("B200", 8): "a4-highgpu-8g",
    ("L4", 1): "g2-standard-4",
    ("L4", 2): "g2-standard-24",
    ("L4", 4): "g2-standard-48",
    ("L4", 8): "g2-standard-96",
}

# What the number at the end of a slice's name counts, per chip.
TPU_UNITS_PER_CHIP = {
    "tpu-v2": 2,
    "tpu-v3": 2,
    "tpu-v4": 2,
    "tpu-v5p": 2,
    "tpu-v5litepod": 1,
    "tpu-v6e": 1,
}

NOT_A_COUNT = faults.NOT_ABOVE_ZERO.of(field="AcceleratorCount")
NOT_A_PRICE = faults.NOT_ABOVE_ZERO.of(field="Price")
LOWER_KEPT = faults.RIVAL.of(kept="the lower price")
PROBLEMS = (NOT_A_COUNT, NOT_A_PRICE, faults.FRACTION, faults.UNKNOWN_SLICE, faults.BROKEN_SLICE)
BY_SENTENCE = {fault.sentence: fault for fault in PROBLEMS}

FLAT = "Slices of different sizes are listed at the same total price"
SPOT_NOT_BELOW = "The spot price is not below the on-demand price of the same row"
ON_DEMAND_BELOW = "The on-demand price is below the spot price of the same row"
FAR_ABOVE = f"More than {OUTLIER_TIMES} times the median of this accelerator and price kind over all clouds"

NAMES = ("cloud", "accelerator_as_published", "instance", "accelerator_count", "price_kind")
KEY = (*NAMES, "region")


def wants(held: Held) -> list[Want]:
    return [Want(url, kind="csv") for url in CLOUDS]


def read(held: Held) -> Reading:
    reading = each(_read_catalogue)([payload for payload in held if payload.url in CLOUDS])
    frames = {name: clouds.add_kind(_flag_outliers(frame)) for name, frame in reading.frames.items()}
    return Reading(frames, reading.set_aside, reading.refused)


def _read_catalogue(payload: Payload) -> Reading:
    machines = _machines(payload)
    listed = machines.filter(pl.col("accelerator").is_not_null())
    judged = _add_problem(listed)
    offers = _one_row_per_price_kind(_add_hosts(judged.filter(pl.col("problem").is_null()), machines))
    distinct = _name_differing_zones(_smallest_slices(offers))
    kept = _one_row_where_everywhere_alike(distinct.unique(KEY, keep="first", maintain_order=True))
    rivals = distinct.height - distinct.n_unique(KEY)
    return Reading(
        {"accelerator_rent": _rent(kept, payload)},
        [
            *_cpu_machines(machines, payload),
            *_problems(judged, payload),
            *_left_out(rivals, LOWER_KEPT, payload),
            *_left_out(offers.height - kept.height - rivals, faults.SPOKEN_FOR, payload),
        ],
    )


def _machines(payload: Payload) -> pl.DataFrame:
    """Every row of the catalogue, read by column name; texts stay as published."""
    # CPU rows of Azure carry a list of generations that is not quoted: longer lines than the header.
    rows = payload.table(COLUMNS)
    zone = pl.col("AvailabilityZone") if "AvailabilityZone" in rows.columns else pl.lit(None, pl.String)
    slices = pl.col("AcceleratorName").str.extract_groups(r"^(?<generation>tpu.*)-(?<size>\d+)$")
    return (
        rows.select(
            *COLUMNS,
            cloud=pl.lit(CLOUDS[payload.url]),
            instance=cells.word_column("InstanceType", OUTER),
            accelerator=cells.word_column("AcceleratorName", OUTER),
            generation=slices.struct["generation"],
            size=slices.struct["size"].cast(pl.Int64, strict=False),
            count=cells.number_column("AcceleratorCount"),
            on_demand=cells.number_column("Price"),
            spot=cells.number_column("SpotPrice"),
            region=cells.word_column("Region", OUTER),
            zone=zone,
        )
        .with_columns(units=pl.col("generation").replace_strict(TPU_UNITS_PER_CHIP, default=None))
        .with_row_index("row")
    )


def _named(fault: Fault) -> pl.Expr:
    return pl.lit(fault.sentence)


def _add_problem(listed: pl.DataFrame) -> pl.DataFrame:
    """Rows with the reason why they cannot be used, null where they can."""
    is_fraction = pl.col("count") != pl.col("count").floor()
    chips = pl.col("size") / pl.col("units")
    return listed.with_columns(
        problem=pl.when(pl.col("count").is_null() | (pl.col("count") <= 0))
        .then(_named(NOT_A_COUNT))
        .when(pl.col("on_demand").is_null() | (pl.col("on_demand") <= 0))
        .then(_named(NOT_A_PRICE))
        .when(is_fraction)
        .then(_named(faults.FRACTION))
        .when(pl.col("generation").is_not_null() & pl.col("units").is_null())
        .then(_named(faults.UNKNOWN_SLICE))
        .when(chips != chips.floor())
        .then(_named(faults.BROKEN_SLICE)),
        chips=chips.cast(pl.Int64, strict=False),
        spot=pl.when(pl.col("spot") > 0).then("spot"),
    )


def _add_hosts(listed: pl.DataFrame, machines: pl.DataFrame) -> pl.DataFrame:
    """Prices of whole machines where the catalogue has only the accelerator's and its machine is known."""
    hosts = machines.filter(pl.col("accelerator").is_null() & pl.col("instance").is_in(HOSTS.values())).select(
        "zone", host="instance", host_on_demand="on_demand", host_spot="spot"
    )
    known = pl.DataFrame(
        [(name, float(count), host) for (name, count), host in HOSTS.items()],
        schema={"accelerator": pl.String, "count": pl.Float64, "host": pl.String},
        orient="row",
    )
    is_alone = pl.col("instance").is_null() & pl.col("generation").is_null()
    return (
        listed.join(known, on=["accelerator", "count"], how="left", validate="m:1")
        .join(hosts.unique(["zone", "host"]), on=["zone", "host"], how="left", validate="m:1")
        .with_columns(
            is_alone=is_alone & pl.col("host_on_demand").is_null(),
            is_sum=is_alone & pl.col("host_on_demand").is_not_null(),
            is_flat=pl.col("generation").is_not_null()
            & (pl.col("size").n_unique().over("generation", "zone", "on_demand") > 1),
            is_flat_spot=pl.col("generation").is_not_null()
            & (pl.col("size").n_unique().over("generation", "zone", "spot") > 1),
        )
        .sort("row")
    )


def _one_row_per_price_kind(listed: pl.DataFrame) -> pl.DataFrame:
    shared = listed.select(
        "row",
        "cloud",
        "region",
        "zone",
        "is_sum",
        "host_on_demand",
        "generation",
        accelerator_as_published=pl.coalesce("generation", "accelerator"),
        instance=pl.when("is_sum")
        .then("host")
        .otherwise(pl.coalesce("instance", pl.when(pl.col("generation").is_not_null()).then("accelerator"))),
        accelerator_count=pl.coalesce("chips", pl.col("count").cast(pl.Int64)),
    )
    alone = pl.when("is_alone").then(pl.lit(", accelerator alone")).otherwise(pl.lit(""))
    spot_not_below = pl.col("spot") >= pl.col("on_demand")
    on_demand = listed.select(
        price_kind=pl.lit("on-demand") + alone,
        usd=pl.col("on_demand") + pl.when("is_sum").then("host_on_demand").otherwise(0),
        outlier_reason=pl.when("is_flat")
        .then(pl.lit(FLAT))
        .when((pl.col("spot") > pl.col("on_demand")) & ~pl.col("is_flat_spot").fill_null(False))
        .then(pl.lit(ON_DEMAND_BELOW)),
    )
    spot = listed.select(
        price_kind=pl.lit("spot") + alone,
        # Without the machine's spot price the sum is unknown.
        usd=pl.col("spot") + pl.when("is_sum").then("host_spot").otherwise(0),
        outlier_reason=pl.when("is_flat_spot").then(pl.lit(FLAT)).when(spot_not_below).then(pl.lit(SPOT_NOT_BELOW)),
    )
    return (
        pl.concat(
            [
                pl.concat([shared, on_demand], how="horizontal"),
                pl.concat([shared, spot], how="horizontal"),
            ]
        )
        .filter(pl.col("usd").is_not_null())
        .with_columns(usd=(pl.col("usd") / pl.col("accelerator_count")).round(6))
    )


def _smallest_slices(offers: pl.DataFrame) -> pl.DataFrame:
    """Of the slices of one generation, zone and price per chip, the smallest; other rows as they are."""
    is_slice = pl.col("generation").is_not_null()
    smallest = (
        offers.filter(is_slice)
        .sort("accelerator_count", "row")
        .with_columns(cents=pl.col("usd").round(3))
        .unique(["generation", "zone", "price_kind", "cents", "outlier_reason"], keep="first", maintain_order=True)
        .drop("cents")
    )
    return pl.concat([offers.filter(~is_slice), smallest])


def _name_differing_zones(offers: pl.DataFrame) -> pl.DataFrame:
    """One row for each region and price, the lowest first; where zones differ the zone is the region."""
    differ = pl.col("usd").n_unique().over(KEY) > 1
    return (
        offers.sort("usd", "row")
        .with_columns(region=pl.when(differ).then(pl.coalesce("zone", "region")).otherwise("region"))
        .unique([*KEY, "usd"], keep="first", maintain_order=True)
    )


def _one_row_where_everywhere_alike(offers: pl.DataFrame) -> pl.DataFrame:
    """Prices with `stands_for` regions and no region where they are the same in several and all of them."""
    regions = pl.col("region").n_unique().over(NAMES)
    is_everywhere = (pl.col("usd").n_unique().over(NAMES) == 1) & (regions > 1)
    return (
        offers.with_columns(
            stands_for=pl.when(is_everywhere).then(regions),
            region=pl.when(~is_everywhere).then("region"),
        )
        .unique(KEY, keep="first", maintain_order=True)
        .sort(KEY)
    )


def _rent(offers: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    everywhere = pl.format("The same price in all {} regions listed.", "stands_for")
    summed = pl.lit("Accelerator and machine are billed apart: the sum of both rows.")
    alone = pl.lit("Price of the accelerator without the machine around it.")
    return offers.select(
        *KEY,
        "outlier_reason",
        usd_per_accelerator_hour="usd",
        observed_on=pl.lit(payload.as_of),
        published_on=pl.lit(payload.as_of),
        source_url=pl.lit(payload.url),
        evidence=pl.lit("published"),
        note=cells.noted_columns(
            pl.when(pl.col("stands_for").is_not_null()).then(everywhere),
            pl.when(pl.col("host_on_demand") > 0).then(summed),
            pl.when(pl.col("price_kind").str.ends_with("accelerator alone")).then(alone),
        ),
    )


def _flag_outliers(rent: pl.DataFrame) -> pl.DataFrame:
    """The rows with rule 3 applied to those that rules 1 and 2 left."""
    believed = pl.when(pl.col("outlier_reason").is_null()).then("usd_per_accelerator_hour")
    like = ("accelerator_as_published", "price_kind")
    is_far_above = (believed > OUTLIER_TIMES * believed.median().over(like)) & (
        believed.count().over(like) >= OUTLIER_ROWS
    )
    return rent.with_columns(
        outlier_reason=pl.coalesce("outlier_reason", pl.when(is_far_above).then(pl.lit(FAR_ABOVE)))
    ).sort(KEY)


def _cpu_machines(machines: pl.DataFrame, payload: Payload) -> list[SetAside]:
    unused = machines.filter(
        pl.col("accelerator").is_null() & ~pl.col("instance").is_in(HOSTS.values()).fill_null(False)
    )
    return _counted(unused, payload, faults.NO_ACCELERATOR)


def _problems(judged: pl.DataFrame, payload: Payload) -> list[SetAside]:
    faulty = judged.filter(pl.col("problem").is_not_null())
    lines = (
        SetAside(payload.url, BY_SENTENCE[row["problem"]], cells.as_text(row, COLUMNS)) for row in faulty.to_dicts()
    )
    return list(together(lines))


def _left_out(count: int, fault: Fault, payload: Payload) -> list[SetAside]:
    return [SetAside(payload.url, fault, "see the rows kept", count)] if count else []


def _counted(rows: pl.DataFrame, payload: Payload, fault: Fault) -> list[SetAside]:
    if rows.is_empty():
        return []
    return [SetAside(payload.url, fault, cells.as_text(rows.row(0, named=True), COLUMNS), rows.height)]


SOURCE = Source(
    id="cloud_gpu",
    title="anycloud-sh catalogue of cloud machines",
    publisher="anycloud-sh",
    licence="none stated",
    home_url="https://github.com/anycloud-sh/catalog",
    tables=("accelerator_rent",),
    wants=wants,
    read=read,
)
