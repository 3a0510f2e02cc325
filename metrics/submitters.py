"""Who submits to MLPerf: what kind of firm a submitter is, whose chips a result rests on, and who is absent."""

from collections.abc import Mapping

import polars as pl

from metrics import rounds

CHIP_MAKER, SYSTEM_MAKER, CLOUD, OTHER, JOINT = "chip maker", "system maker", "cloud", "other", "joint submission"

# What each submitter sells first, by our own judgement. Google sells machines by the hour, its chips among them.
KINDS: Mapping[str, str] = {
    "AMD": CHIP_MAKER,
    "Intel": CHIP_MAKER,
    "NVIDIA": CHIP_MAKER,
    "Untether AI": CHIP_MAKER,
    "Broadcom": CHIP_MAKER,
    "MangoBoost": CHIP_MAKER,
    "ASUSTeK": SYSTEM_MAKER,
    "Cisco": SYSTEM_MAKER,
    "Connect Tech": SYSTEM_MAKER,
    "Dell": SYSTEM_MAKER,
    "Fujitsu": SYSTEM_MAKER,
    "GIGABYTE (Giga Computing)": SYSTEM_MAKER,
    "HPE": SYSTEM_MAKER,
    "IBM": SYSTEM_MAKER,
    "Inventec": SYSTEM_MAKER,
    "Juniper Networks": SYSTEM_MAKER,
    "Lenovo": SYSTEM_MAKER,
    "MiTAC": SYSTEM_MAKER,
    "Netweb Technologies": SYSTEM_MAKER,
    "Quanta Cloud Technology": SYSTEM_MAKER,
    "Supermicro": SYSTEM_MAKER,
    "tinycorp": SYSTEM_MAKER,
    "Wiwynn": SYSTEM_MAKER,
    "Azure": CLOUD,
    "CoreWeave": CLOUD,
    "Google": CLOUD,
    "Lambda": CLOUD,
    "Nebius": CLOUD,
    "Oracle": CLOUD,
    "SCITIX": CLOUD,
    "Sustainable Metal Cloud": CLOUD,
    "Verda": CLOUD,
    "Vultr": CLOUD,
}
JOINED_BY = " + "

# Whose chip it is, by what its published name holds; the first that fits.
VENDOR_MARKS: Mapping[str, str] = {
    "AMD": "(?i)instinct|radeon|\\bamd\\b|\\bmi3\\d\\d",
    "Intel": "(?i)intel|gaudi|\\barc\\b",
    "Google": "(?i)\\btpu",
    "Nvidia": "(?i)nvidia|geforce|tesla|tensor core gpu|\\brtx\\b",
    "Untether AI": "(?i)untether",
    "Cerebras": "(?i)cerebras|\\bwse\\b",
    "Groq": "(?i)groq",
    "SambaNova": "(?i)sambanova|\\bsn\\d\\d",
    "Microsoft": "(?i)\\bmaia",
    "AWS": "(?i)trainium|inferentia",
}
# Asked about by name, so that absence is said: they make general chips, or chips for one of the two sides.
ASKED_ABOUT: Mapping[str, str] = {
    "Nvidia": "GPU",
    "AMD": "GPU",
    "Intel": "GPU",
    "Google": "TPU",
    "AWS": "cloud ASIC",
    "Microsoft": "cloud ASIC",
    "Cerebras": "wafer-scale",
    "Groq": "LPU",
    "SambaNova": "RDU",
    "Untether AI": "other ASIC",
}
CHIPS_OF: Mapping[str, str] = {"AWS": "AWS Trainium", "Microsoft": "Microsoft Maia", "Google": "Google TPU"}
NO_ACCELERATOR = "Processor alone"

SIDES: Mapping[str, str] = {"mlperf_training": "Training", "mlperf_inference": "Inference"}
ABSENT = "did not submit"


def with_kind(results: pl.DataFrame) -> pl.DataFrame:
    """Results with `submitter_kind`.

    Who is none of the three kinds, and a joint submission of unlike firms, is a kind of its own under
    its own name: a university stands beside itself, not beside a maker of software.
    """
    kinds = {name: kind_of(name) for name in results["submitter"].unique()}
    own = {name: name if kind in (OTHER, JOINT) else kind for name, kind in kinds.items()}
    return results.with_columns(submitter_kind=pl.col("submitter").replace_strict(own, return_dtype=pl.String))


def kind_of(submitter: str) -> str:
    kinds = {KINDS.get(name, OTHER) for name in submitter.split(JOINED_BY)}
    return kinds.pop() if len(kinds) == 1 else JOINT


def with_vendor(results: pl.DataFrame) -> pl.DataFrame:
    """Results with the `vendor` of their chips, by the published name; null where no accelerator is named.

    A chip of nobody that we know keeps its published name.
    """
    vendor = pl.coalesce(
        pl.when(pl.col("accelerator_as_published").str.contains(mark)).then(pl.lit(name))
        for name, mark in VENDOR_MARKS.items()
    )
    return results.with_columns(vendor=pl.coalesce(vendor, "accelerator_as_published"))


def matrix(training: pl.DataFrame, inference: pl.DataFrame) -> pl.DataFrame:
    """How many results rest on each vendor's chips, by round: the vendors asked about, and any other that submitted.

    Grain: one vendor and round of one suite. `results` is 0 where nobody submitted that vendor's
    chips: a count, and known. Results that file the runs of another again are `filed_again`. Keeps
    address, publisher and days of the round for its footnote.
    """
    columns = (
        "source",
        "round",
        "division",
        "accelerator",
        "accelerator_as_published",
        "publisher",
        "licence",
        "evidence",
        "published_on",
        "retrieved_on",
        "source_url",
    )
    filed = rounds.filings(training).select(*columns, is_again=pl.col("filed_first_in").is_not_null())
    results = with_vendor(pl.concat([filed, inference.select(*columns, is_again=pl.lit(False))]))
    results = results.with_columns(vendor=pl.col("vendor").fill_null(NO_ACCELERATOR))
    found = results["vendor"].unique().sort().to_list()
    vendors = [*ASKED_ABOUT, *(name for name in found if name not in ASKED_ABOUT and name != NO_ACCELERATOR)]
    of_rounds = (
        results.group_by("source", "round")
        .agg(
            pl.col("publisher", "licence", "evidence").first(),
            pl.col("published_on", "retrieved_on").max(),
            pl.col("source_url").sort().first(),
            division=pl.col("division").unique().sort().str.join(" and "),
        )
        .sort(pl.col("source").replace_strict({name: at for at, name in enumerate(SIDES)}), rounds.version())
    )
    is_again = pl.col("is_again")
    counted = results.group_by("vendor", "source", "round").agg(
        results=(~is_again).sum().cast(pl.Int64), filed_again=is_again.sum().cast(pl.Int64)
    )
    return (
        pl.DataFrame({"vendor": [*vendors, NO_ACCELERATOR]})
        .join(of_rounds, how="cross", maintain_order="left_right")
        .join(counted, on=["vendor", "source", "round"], how="left", validate="1:1", maintain_order="left")
        .with_columns(
            pl.col("results", "filed_again").fill_null(0),
            side=pl.col("source").replace_strict(SIDES),
            family=pl.col("vendor").replace_strict(ASKED_ABOUT, default=None),
            chips=pl.col("vendor").replace(CHIPS_OF),
        )
        .with_columns(
            status=pl.when(pl.col("results") + pl.col("filed_again") == 0)
            .then(pl.lit(ABSENT))
            .otherwise(pl.lit("submitted"))
        )
    )


def sides(counted: pl.DataFrame) -> dict[str, list[str]]:
    """Vendors by where their chips were submitted: both, Training, Inference, neither; in the matrix's order."""
    found: dict[str, list[str]] = {"both": [], "Training": [], "Inference": [], "neither": []}
    of_vendors = counted.filter(pl.col("vendor") != NO_ACCELERATOR)
    for (vendor,), rows in of_vendors.group_by("vendor", maintain_order=True):
        submitted = rows.filter(pl.col("status") != ABSENT)["side"].unique().to_list()
        found["both" if len(submitted) == 2 else submitted[0] if submitted else "neither"].append(vendor)
    return found
