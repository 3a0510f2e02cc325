"""What the article claims of compute: inference's share, who trains on what, and what the chips are and hold."""

from datetime import date, timedelta

import polars as pl

from metrics import ceilings, forms, rounds, shares, values, words
from metrics.claims.claim import ARTICLE_DAY, CONDITIONAL, HIGHER, LOWER, Claim, Period, Record
from metrics.findings import shares as shares_findings
from metrics.metric import WEIGHTS_GB, add

ALL_PERCENT = 100.0
WAFER = "WSE-3"
WAFER_GB = 44.0
COMPARED_CHIPS = ("Maia 200", "B200", "TPU v7 (Ironwood)", "Trainium3", WAFER)
FEW_CHIPS = 10
LAUNCHES = timedelta(days=730)  # the two years that a vendor's launches are counted over
MLPERF_BASIS = (
    "Share derived from the results of MLPerf Training, closed division; not a primary MLPerf metric, not verified by "
    "MLCommons Association."
)


def _inference_shares(record: Record) -> pl.DataFrame:
    """The estimates that decide by the period's last day, with a name for each."""
    rows = record.rows("compute_share", pl.col("published_on"))
    return shares.estimates(rows, _last_day(record)).with_columns(
        value="share_percent",
        subject=pl.format("{} in {}, counted in {}; {}", "scope", "year", "of_what", "publisher"),
    )


def _forecasts(record: Record) -> str:
    rows = record.rows("compute_share", pl.col("published_on"))
    return shares_findings.forecast(shares.forecasts(rows, _last_day(record)))


def _last_day(record: Record) -> date:
    """The period's last day, else the newest day on which a share was published."""
    return record.period.until or values.newest(record.tables["compute_share"]["published_on"]) or ARTICLE_DAY


def _training_results(record: Record) -> pl.DataFrame:
    """Share of the results of each benchmark and round that were run on GPUs.

    Grain: round, benchmark. Results on a chip of a line that no source describes are left out; runs that were filed
    again count once, under the earliest round.
    """
    results = record.tables["training_result"]
    families = forms.families_of_lines(results["accelerator"], record.tables["accelerator"])
    return (
        rounds.once(results)
        .with_columns(measured_on="published_on")
        .filter(record.period.holds(pl.col("measured_on")))
        .filter((pl.col("division") == "closed") & pl.col("minutes").is_not_null())
        .join(families, on="accelerator", how="inner", validate="m:1", maintain_order="left")
        .group_by("round", "benchmark")
        .agg(
            results=pl.len().cast(pl.Int64),
            results_on_gpus=(pl.col("family") == "GPU").sum().cast(pl.Int64),
            others=pl.col("accelerator").filter(pl.col("family") != "GPU").unique().sort().str.join(", "),
            measured_on=pl.col("measured_on").max(),
            source_url=pl.col("source_url").sort().first(),
            publisher=pl.col("publisher").first(),
            source=pl.col("source").first(),
            division=pl.col("division").first(),
            published_on=pl.col("published_on").max(),
            retrieved_on=pl.col("retrieved_on").max(),
        )
        .with_columns(
            value=100 * pl.col("results_on_gpus") / pl.col("results"),
            subject=pl.format("{} of round {}", "benchmark", "round"),
        )
        .sort("round", "benchmark")
    )


def _told_results(figures: pl.DataFrame) -> str:
    others = {name for named in figures["others"] for name in named.split(", ")} - {""}
    of_rounds = rounds.oldest_first(figures["round"].unique().to_list())
    elsewhere = f"; the others on {words.listed(sorted(others))}" if others else ""
    on_gpus, every = values.counted(figures["results_on_gpus"]), values.counted(figures["results"])
    return (
        f"{on_gpus} of {words.plural(every, 'result')} of MLPerf Training "
        f"{words.listed(of_rounds)} were run on GPUs{elsewhere}. {MLPERF_BASIS}"
    )


def _weights(record: Record) -> pl.DataFrame:
    """What each model weighs as released, beside the on-chip memory of one WSE-3.

    Grain: model. A model counts from its release or, where that is not published, from the first day on which
    anybody measured or priced it; one never measured or priced counts for nothing.
    """
    chip = ceilings.chips(record.rows("accelerator", _launched_on())).filter(pl.col("accelerator") == WAFER)
    if chip.is_empty() or chip["memory_gb"].item() is None:
        return (
            record.tables["model"].clear().with_columns(value=pl.lit(0.0), subject="model", measured_on="published_on")
        )
    seen = pl.concat(
        [
            record.tables["provider_speed"].select("model", day="measured_on"),
            record.tables["token_price"].select("model", day="valid_from"),
        ]
    )
    first_seen = seen.drop_nulls().group_by("model").agg(pl.col("day").min())
    known = (
        ceilings.described(record.tables["model"])
        .join(first_seen, on="model", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            measured_on=pl.min_horizontal("published_on", "day"),
            bytes_per_weight=pl.col("released_precision").replace_strict(
                dict(ceilings.BYTES_PER_WEIGHT), default=None, return_dtype=pl.Float64
            ),
            memory_gb=pl.lit(chip["memory_gb"].item()),
        )
        .filter(record.period.holds(pl.col("measured_on")))
    )
    return (
        add(known, WEIGHTS_GB)
        .with_columns(value=pl.col(WEIGHTS_GB.name), subject="model")
        .filter(pl.col("value").is_not_null())
        .with_columns(meets=pl.col("value") <= pl.col("memory_gb"))
        .sort("value", "model")
    )


def _told_weights(figures: pl.DataFrame) -> str:
    fits = figures.filter("meets")
    least, most = figures.row(0, named=True), figures.row(-1, named=True)
    largest = f", the largest {fits.row(-1, named=True)['model']}" if fits.height else ""
    return (
        f"{fits.height} of {words.plural(figures.height, 'model')} {'fits' if fits.height == 1 else 'fit'} into the "
        f"{words.quantity(least['memory_gb'], 'GB')} of one {WAFER} as released{largest}; {most['model']} weighs "
        f"{words.quantity(most['value'], 'GB')}."
    )


def _launched_on() -> pl.Expr:
    return pl.min_horizontal("announced_on", "available_on")


def _launches(record: Record) -> pl.DataFrame:
    """Of each vendor's chips launched in two years, the share made for one of training and inference alone.

    Grain: vendor. Only chips whose role a source states.
    """
    until = record.period.until
    counts = (
        record if record.period.is_today or until is None else Record(record.tables, Period(until - LAUNCHES, until))
    )
    chips = (
        counts.rows("accelerator", _launched_on())
        .filter(pl.col("role").is_not_null() & pl.col("vendor").is_not_null())
        .sort("accelerator", "source")
        .unique("accelerator", keep="first", maintain_order=True)
    )
    one_role = pl.col("role") != "both"
    return (
        chips.group_by("vendor")
        .agg(
            chips=pl.len().cast(pl.Int64),
            for_one_role=one_role.sum().cast(pl.Int64),
            named=pl.col("accelerator").filter(one_role).sort().str.join(", "),
            measured_on=pl.col("measured_on").max(),
            source_url=pl.col("source_url").sort().first(),
            publisher=pl.col("publisher").first(),
            source=pl.col("source").first(),
        )
        .with_columns(value=100 * pl.col("for_one_role") / pl.col("chips"), subject="vendor")
        .sort("vendor")
    )


def _told_launches(figures: pl.DataFrame) -> str:
    split = figures.filter("meets")
    chips, alone = values.counted(figures["chips"]), values.counted(figures["for_one_role"])
    told = f": {words.listed(split['vendor'].to_list())}" if split.height else ""
    return (
        f"{split.height} of {words.plural(figures.height, 'vendor')} launched at least as many chips for one of the "
        f"two as for both{told}. Of {words.plural(chips, 'chip')}, {alone} {'is' if alone == 1 else 'are'} for one "
        f"alone.{_few(chips)}"
    )


def _few(chips: int) -> str:
    """Says so where so few chips decide that a launch or two would turn it."""
    return f" So few chips decide little: {chips} in all." if chips < FEW_CHIPS else ""


def _maia(record: Record) -> pl.DataFrame:
    chips = ceilings.chips(record.rows("accelerator", _launched_on()))
    return (
        chips.filter(
            pl.col("accelerator").is_in(list(COMPARED_CHIPS)) & pl.col("memory_bandwidth_tb_per_second").is_not_null()
        )
        .with_columns(value="memory_bandwidth_tb_per_second", subject="accelerator", measured_on=_launched_on())
        .sort("value", "accelerator")
    )


def _maia_so_far(figures: pl.DataFrame) -> str:
    told = [
        f"{row['accelerator']} {words.quantity(row['value'], 'TB/s')} ({row['memory_kind']})"
        for row in figures.iter_rows(named=True)
    ]
    if not told:
        return "No memory bandwidth of these chips was published in this time."
    return (
        f"Memory bandwidth as published: {words.listed(told)}. On-chip and off-chip memory are different kinds, and no "
        "provider's speed on Maia is published."
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        claim_id="C09",
        short="Inference is now the majority of AI compute demand",
        quantity="inference's share, each scope for itself",
        unit="%",
        threshold=shares.HALF_PERCENT,
        figures=_inference_shares,
        reason=shares_findings.majority,
        aside=_forecasts,
        subject="published estimates",
        thing="estimate",
        page="training_inference",
        flips="Half of the estimates (not forecasts) of the last two years above 50 %.",
        tolerance=0,
        is_lasting=True,
    ),
    Claim(
        claim_id="C10",
        short="GPUs were the champions of training",
        quantity="share of MLPerf Training results on GPUs, by benchmark",
        unit="%",
        threshold=ALL_PERCENT,
        better=HIGHER,
        figures=_training_results,
        reason=_told_results,
        subject="GPUs",
        thing="benchmark",
        page="training_inference",
        flips="Half of the benchmarks with more than a tenth of their results on other silicon.",
        is_lasting=True,
    ),
    Claim(
        claim_id="C11",
        short="One WSE-3 holds an entire language model on chip",
        quantity="weights of a model as released, against the memory of one WSE-3",
        unit="GB",
        threshold=WAFER_GB,
        better=LOWER,
        figures=_weights,
        reason=_told_weights,
        subject="Cerebras",
        thing="model",
        page="physics",
        flips="Half of the models at 44 GB or less as released.",
        tolerance=0,
        is_lasting=True,
    ),
    Claim(
        claim_id="C16",
        kind=CONDITIONAL,
        short="Microsoft needs Maia to close the gap",
        quantity="memory bandwidth of Maia 200 beside other chips",
        unit="TB/s",
        figures=_maia,
        so_far=_maia_so_far,
        subject="Microsoft",
        page="physics",
        flips="A published speed of a model on Maia 200 beside the same model on GPUs.",
        is_lasting=True,
    ),
    Claim(
        claim_id="C17",
        short="Hardware splits: some chips train, others serve",
        quantity="share of each vendor's launches made for one of the two alone",
        unit="%",
        threshold=shares.HALF_PERCENT,
        figures=_launches,
        reason=_told_launches,
        subject="chip vendors",
        thing="vendor",
        page="training_inference",
        flips="More than half of the vendors launching most of their chips for both.",
        tolerance=0,
    ),
)
