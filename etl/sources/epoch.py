"""Epoch AI: chips, clusters and what AI companies spend on compute, as CSV files.

Chips (`epoch_hardware`)
- Two layouts: memory is "Memory (bytes)" since 2026 and "Memory size per board (Byte)" before. The
  newest file speaks for all chips: an older copy knows some of them under other names.
- FLOP/s, bytes and bytes/s become TFLOP/s, GB (1e9) and TB/s. 16 bits are the tensor figures only:
  "FP16 (half precision)" mixes both kinds of units.
- Memory below 1 GB is on the chip (Groq LPU, Meta MTIA): it goes to `sram_gb` and names the
  bandwidth. Elsewhere the file does not say what kind of memory it is, so `bandwidth_kind` is null.
- Type "GPU" also stands for Trainium, Maia and Ascend there. It is believed for makers of GPUs only;
  the chips that Amazon, Microsoft and Meta made for themselves are cloud ASICs.
- The release price is Epoch's figure; whether it is an estimate is not in the file.

Clusters (`epoch_clusters`)
- Anonymised systems share one name and cannot be told apart: set aside, counted. Possible duplicates too.
- Sites (timelines of satellite pictures) give their newest state that is not after the day of the
  file; what is planned for later goes to the note.

Spending (`epoch_spend`)
- Inference and R&D of one company, period and report are one row with inference's share of both.
  Anything else stays a row without a share. A report before the end of its period is a forecast.
"""

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.sources import cells
from etl.sources.contract import Held, Payload, Reading, SetAside, Source, SourceChanged, Want, each

HARDWARE_URL = "https://epoch.ai/data/ml_hardware.csv"
HARDWARE_COPY_URL = "https://raw.githubusercontent.com/sr3-k/data/main/ml_hardware.csv"
CLUSTERS_URL = "https://epoch.ai/data/gpu_clusters.csv"
SITES_URL = "https://epoch.ai/data/data_center_timelines.csv"
SPEND_URL = "https://epoch.ai/data/ai_companies_compute_spend.csv"

LICENCE = "CC-BY-4.0"
CREDIT = (
    "Epoch AI, {title}, {url}, licensed under Creative Commons Attribution 4.0 "
    "(https://creativecommons.org/licenses/by/4.0/). Changes made: columns selected, units converted, "
    "rows that cannot be told apart left out."
)

# Makers whose chips of type "GPU" are GPUs, and clouds whose chips are their own ASICs.
GPU_MAKERS = (
    "NVIDIA",
    "AMD",
    "Intel",
    "Moore Threads (Tencent)",
    "MetaX",
    "Biren",
    "Iluvatar CoreX",
)
CLOUD_MAKERS = ("Amazon AWS", "Microsoft", "Meta")


def _counted(rows: pl.DataFrame, name: str, fault: Fault, payload: Payload) -> list[SetAside]:
    return [SetAside(payload.url, fault, rows[name][0] or "", rows.height)] if rows.height else []


def _origin(payload: Payload) -> dict[str, pl.Expr]:
    is_own = payload.url.startswith("https://epoch.ai/")
    return {
        "source_url": pl.lit(payload.url),
        "published_on": pl.lit(payload.as_of),
        "evidence": pl.lit("published" if is_own else "secondary"),
    }


# Chips

HARDWARE_COLUMNS = (
    "Hardware name",
    "Manufacturer",
    "Type",
    "Release date",
    "Release price (USD)",
    "Tensor-FP16/BF16 performance (FLOP/s)",
    "FP8 performance (FLOP/s)",
    "FP4 performance (FLOP/s)",
    "Memory bandwidth (byte/s)",
    "TDP (W)",
    "Foundry",
    "Process size (nm)",
    "Die Size (mm^2)",
)
MEMORY_COLUMNS = ("Memory (bytes)", "Memory size per board (Byte)")
FIGURES = (
    "sram_gb",
    "hbm_gb",
    "memory_bandwidth_tb_per_second",
    "bf16_tflops",
    "fp8_tflops",
    "fp4_tflops",
    "power_w",
    "price_usd",
    "die_area_mm2",
)


def hardware_wants(held: Held) -> list[Want]:
    return [Want(HARDWARE_URL, kind="csv"), Want(HARDWARE_COPY_URL, kind="csv", is_optional=True)]


def read_hardware(held: Held) -> Reading:
    """The newest file that can be read; an older copy knows chips under names that have changed since."""
    newest_first = sorted(held, key=lambda payload: (payload.as_of, payload.url == HARDWARE_URL), reverse=True)
    readings = [each(_read_hardware)([payload]) for payload in newest_first]
    refused = {url: why for reading in readings for url, why in reading.refused.items()}
    usable = [reading for reading in readings if "accelerator" in reading.frames]
    if not usable:
        return Reading(refused=refused)
    older = [
        SetAside(frame["source_url"][0], faults.OLDER_COPY, frame["accelerator_as_published"][0], frame.height)
        for frame in (reading.frames["accelerator"] for reading in usable[1:])
        if frame.height
    ]
    return Reading(usable[0].frames, [*usable[0].set_aside, *older], refused)


def _read_hardware(payload: Payload) -> Reading:
    table = payload.table(HARDWARE_COLUMNS)
    memory_column = next((name for name in MEMORY_COLUMNS if name in table.columns), None)
    if memory_column is None:
        raise SourceChanged(f"{payload.url}: missing {' or '.join(MEMORY_COLUMNS)}.")
    chips = _chips(table, memory_column, payload)
    has_figure = pl.any_horizontal(pl.col(name).is_not_null() for name in FIGURES)
    return Reading(
        {
            "accelerator": chips.filter(has_figure)
            .unique("accelerator_as_published", keep="first", maintain_order=True)
            .sort("accelerator_as_published")
        },
        [
            SetAside(payload.url, faults.NO_FIGURE, name or "")
            for name in chips.filter(~has_figure)["accelerator_as_published"]
        ],
    )


def _chips(table: pl.DataFrame, memory_column: str, payload: Payload) -> pl.DataFrame:
    memory_gb = cells.above_zero_column(memory_column) / 1e9
    is_on_chip = memory_gb < 1
    price = cells.above_zero_column("Release price (USD)")
    maker, kind = cells.word_column("Manufacturer"), cells.word_column("Type")
    process = pl.concat_str(
        cells.word_column("Foundry"),
        cells.above_zero_column("Process size (nm)").round().cast(pl.Int64).cast(pl.String) + " nm",
        separator=" ",
        ignore_nulls=True,
    )
    return table.filter(cells.word_column("Hardware name").is_not_null()).select(
        accelerator_as_published=cells.word_column("Hardware name"),
        vendor=maker,
        kind=_by_type(maker, kind, gpu="GPU", cloud="ASIC", tpu="TPU", lpu="LPU", asic="ASIC"),
        family=_by_type(maker, kind, gpu="GPU", cloud="cloud ASIC", tpu="TPU", lpu="LPU", asic="other ASIC"),
        available_on=cells.day_column("Release date"),
        process=pl.when(process != "").then(process),
        die_area_mm2=cells.above_zero_column("Die Size (mm^2)"),
        sram_gb=pl.when(is_on_chip).then(memory_gb),
        hbm_gb=pl.when(~is_on_chip).then(memory_gb),
        memory_bandwidth_tb_per_second=cells.above_zero_column("Memory bandwidth (byte/s)") / 1e12,
        bandwidth_kind=pl.when(is_on_chip & cells.above_zero_column("Memory bandwidth (byte/s)").is_not_null()).then(
            pl.lit("SRAM")
        ),
        bf16_tflops=cells.above_zero_column("Tensor-FP16/BF16 performance (FLOP/s)") / 1e12,
        fp8_tflops=cells.above_zero_column("FP8 performance (FLOP/s)") / 1e12,
        fp4_tflops=cells.above_zero_column("FP4 performance (FLOP/s)") / 1e12,
        power_w=cells.above_zero_column("TDP (W)"),
        price_usd=price,
        note=cells.noted_columns(
            pl.when(price.is_not_null()).then(pl.lit("Release price as collected by Epoch AI.")),
            pl.when(is_on_chip).then(pl.lit("Published as memory; below 1 GB it is on the chip.")),
        ),
        **_origin(payload),
    )


def _by_type(maker: pl.Expr, kind: pl.Expr, gpu: str, cloud: str, tpu: str, lpu: str, asic: str) -> pl.Expr:
    """What follows from maker and type; null where they do not say."""
    return (
        pl.when(maker.is_in(CLOUD_MAKERS))
        .then(pl.lit(cloud))
        .when(kind.is_in(["GPU", "GPGPU"]) & maker.is_in(GPU_MAKERS))
        .then(pl.lit(gpu))
        .when(kind == "TPU")
        .then(pl.lit(tpu))
        .when(kind == "LPU")
        .then(pl.lit(lpu))
        .when(kind == "ASIC")
        .then(pl.lit(asic))
    )


# Clusters and sites

CLUSTER_COLUMNS = (
    "Name",
    "Status",
    "Certainty",
    "H100 equivalents",
    "Chip type (primary)",
    "Chip quantity (primary)",
    "Country",
    "Owner",
    "First Operational Date",
    "Power Capacity (MW)",
    "Hardware Cost",
)
SITE_COLUMNS = (
    "Date",
    "Data center",
    "Power (MW)",
    "H100 equivalents",
    "Buildings operational",
    "Compute cost (2025 USD billions)",
)


def cluster_wants(held: Held) -> list[Want]:
    return [
        Want(CLUSTERS_URL, kind="csv", is_optional=True),
        Want(SITES_URL, kind="csv", is_optional=True),
    ]


def _read_clusters(payload: Payload) -> Reading:
    return _read_sites(payload) if payload.url == SITES_URL else _read_list_of_clusters(payload)


def _read_list_of_clusters(payload: Payload) -> Reading:
    table = payload.table(CLUSTER_COLUMNS)
    for name in (
        "Possible Duplicate",
        "Chip type (secondary)",
        "Chip quantity (secondary)",
        "Total number of AI chips",
    ):
        if name not in table.columns:
            table = table.with_columns(pl.lit(None, pl.String).alias(name))
    is_anonymised = cells.word_column("Name").fill_null("").str.starts_with("Anonymized")
    is_duplicate = ~is_anonymised & (cells.word_column("Possible Duplicate").fill_null("").str.to_uppercase() == "TRUE")
    named = table.filter(~is_anonymised & ~is_duplicate & cells.word_column("Name").is_not_null())
    clusters = named.select(
        cluster=cells.word_column("Name"),
        owner=cells.word_column("Owner"),
        country=cells.word_column("Country"),
        accelerator_as_published=cells.word_column("Chip type (primary)"),
        accelerator_count=pl.coalesce(
            cells.rounded_column("Chip quantity (primary)"), cells.rounded_column("Total number of AI chips")
        ),
        power_mw=cells.above_zero_column("Power Capacity (MW)"),
        h100_equivalents=cells.above_zero_column("H100 equivalents"),
        capital_usd_bn=cells.above_zero_column("Hardware Cost") / 1e9,
        status=cells.word_column("Status"),
        certainty=cells.word_column("Certainty"),
        operational_on=cells.day_column("First Operational Date"),
        note=pl.format(
            "Also {} of {}.",
            cells.rounded_column("Chip quantity (secondary)").cast(pl.String).fill_null("some"),
            cells.word_column("Chip type (secondary)"),
        ),
        **_origin(payload),
    )
    kept = clusters.unique("cluster", keep="first", maintain_order=True).sort("cluster")
    repeats = clusters.height - kept.height
    return Reading(
        {"compute_cluster": kept},
        [
            *_counted(table.filter(is_anonymised), "Name", faults.ANONYMISED, payload),
            *_counted(table.filter(is_duplicate), "Name", faults.POSSIBLE_DUPLICATE, payload),
            *(
                [SetAside(payload.url, faults.RIVAL.of(kept="the one listed first"), "see the rows kept", repeats)]
                if repeats
                else []
            ),
        ],
    )


def _read_sites(payload: Payload) -> Reading:
    table = payload.table(SITE_COLUMNS)
    states = table.select(
        cluster=cells.word_column("Data center"),
        day=cells.day_column("Date"),
        power_mw=_zero_or_more("Power (MW)"),
        h100_equivalents=_zero_or_more("H100 equivalents"),
        buildings=_zero_or_more("Buildings operational"),
        capital_usd_bn=_zero_or_more("Compute cost (2025 USD billions)"),
        text=pl.concat_str(["Data center", "Date"], separator=", ", ignore_nulls=True),
    )
    is_usable = pl.col("cluster").is_not_null() & pl.col("day").is_not_null()
    return Reading(
        {"compute_cluster": _newest_states(states.filter(is_usable), payload)},
        [SetAside(payload.url, faults.NO_DAY, text) for text in states.filter(~is_usable)["text"]],
    )


def _zero_or_more(name: str) -> pl.Expr:
    """Zero is a figure here: nothing operates yet."""
    number = cells.number_column(name)
    return pl.when(number >= 0).then(number)


def _newest_states(states: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    today = pl.lit(payload.as_of)
    planned = (
        states.filter(pl.col("day") > today)
        .sort("cluster", "day")
        .group_by("cluster", maintain_order=True)
        .agg(
            plan=pl.format(
                "Planned: {} MW by {}.",
                pl.col("power_mw").last().round(0).cast(pl.Int64),
                pl.col("day").last(),
            )
        )
    )
    started = (
        states.filter((pl.col("buildings") > 0) & (pl.col("day") <= today))
        .group_by("cluster")
        .agg(operational_on=pl.col("day").min())
    )
    return (
        states.filter(pl.col("day") <= today)
        .sort("cluster", "day")
        .unique("cluster", keep="last", maintain_order=True)
        .join(started, on="cluster", how="left", validate="1:1")
        .join(planned, on="cluster", how="left", validate="1:1")
        .select(
            "cluster",
            "power_mw",
            "h100_equivalents",
            "capital_usd_bn",
            "operational_on",
            status=pl.when(pl.col("buildings") > 0).then(pl.lit("Existing")).otherwise(pl.lit("Under construction")),
            note=cells.noted_columns(pl.format("State of {}, from satellite pictures.", "day"), pl.col("plan")),
            **_origin(payload),
        )
        .sort("cluster")
    )


# Spending

SPEND_COLUMNS = (
    "Id",
    "Company",
    "Period type",
    "Date",
    "Report date",
    "Inference compute spend",
    "R&D compute spend",
    "Total compute spend",
)


def spend_wants(held: Held) -> list[Want]:
    return [Want(SPEND_URL, kind="csv", is_optional=True)]


def _read_spend(payload: Payload) -> Reading:
    table = payload.table(SPEND_COLUMNS)
    amounts = table.select(
        id=cells.word_column("Id"),
        scope=cells.word_column("Company"),
        period=cells.word_column("Period type"),
        period_end=cells.day_column("Date"),
        reported_on=cells.day_column("Report date"),
        inference=cells.above_zero_column("Inference compute spend") / 1e9,
        training=cells.above_zero_column("R&D compute spend") / 1e9,
        total=cells.above_zero_column("Total compute spend") / 1e9,
    ).with_row_index("row")
    has_amount = pl.any_horizontal(pl.col(name).is_not_null() for name in ("inference", "training", "total"))
    has_day = pl.col("period_end").is_not_null() & pl.col("scope").is_not_null()
    return Reading(
        {"compute_share": _shares(amounts.filter(has_amount & has_day), payload)},
        [
            *(SetAside(payload.url, faults.NO_FIGURE, name or "") for name in amounts.filter(~has_amount)["id"]),
            *(SetAside(payload.url, faults.NO_DAY, name or "") for name in amounts.filter(has_amount & ~has_day)["id"]),
        ],
    )


def _shares(amounts: pl.DataFrame, payload: Payload) -> pl.DataFrame:
    """Amounts of one company, period and report together where they are inference and R&D; else apart."""
    pair = ("scope", "period", "period_end", "reported_on")
    is_pair = (
        (pl.col("inference").count().over(pair) == 1)
        & (pl.col("training").count().over(pair) == 1)
        & pl.col("total").is_null()
        & pl.col("reported_on").is_not_null()
    )
    both = pl.col("inference").is_not_null() & pl.col("training").is_not_null()
    is_forecast = pl.col("reported_on") < pl.col("period_end")
    return (
        amounts.with_columns(group=pl.when(is_pair).then(pl.col("row").min().over(pair)).otherwise("row"))
        .group_by(*pair, "group", maintain_order=True)
        .agg(pl.col("inference", "training", "total").drop_nulls().first(), pl.col("id").str.join(" and "))
        .select(
            "scope",
            year=pl.col("period_end").dt.year().cast(pl.Int64),
            of_what=pl.lit("spend"),
            share_percent=pl.when(both).then(100 * pl.col("inference") / (pl.col("inference") + pl.col("training"))),
            inference_usd_bn="inference",
            training_usd_bn="training",
            total_usd_bn="total",
            kind=pl.when(is_forecast).then(pl.lit("forecast")).otherwise(pl.lit("estimate")),
            note=cells.noted_columns(
                pl.format("{}.", "id"),
                pl.when(pl.col("period") == "Annualized").then(pl.lit("A rate at that moment, annualised.")),
                pl.format("Reported {}.", "reported_on"),
                pl.when(pl.col("reported_on").is_null()).then(pl.lit("Day of the report not published.")),
                pl.when(both).then(pl.lit("Share computed from both amounts.")),
            ),
            **_origin(payload),
        )
        .sort("year", "scope", "note")
    )


def _credit(title: str, url: str) -> str:
    return CREDIT.format(title=title, url=url)


HARDWARE = Source(
    id="epoch_hardware",
    title="Epoch AI: Machine Learning Hardware",
    publisher="Epoch AI",
    licence=LICENCE,
    home_url="https://epoch.ai/data/machine-learning-hardware",
    tables=("accelerator",),
    wants=hardware_wants,
    read=read_hardware,
    credit=_credit("Machine Learning Hardware", "https://epoch.ai/data/machine-learning-hardware"),
)
CLUSTERS = Source(
    id="epoch_clusters",
    title="Epoch AI: GPU Clusters and Frontier Data Centers",
    publisher="Epoch AI",
    licence=LICENCE,
    home_url="https://epoch.ai/data/gpu-clusters",
    tables=("compute_cluster",),
    wants=cluster_wants,
    read=each(_read_clusters),
    credit=_credit("GPU Clusters and Frontier Data Centers", "https://epoch.ai/data/gpu-clusters"),
)
SPEND = Source(
    id="epoch_spend",
    title="Epoch AI: AI Companies, compute spending",
    publisher="Epoch AI",
    licence=LICENCE,
    home_url="https://epoch.ai/data/ai-companies",
    tables=("compute_share",),
    wants=spend_wants,
    read=each(_read_spend),
    credit=_credit("AI Companies", "https://epoch.ai/data/ai-companies"),
)
SOURCES = (HARDWARE, CLUSTERS, SPEND)
