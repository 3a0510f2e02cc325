"""Is AI hardware splitting in two? Chips by role, shares of inference, and the legs of the answer.

Each leg is a rule on published figures that can come out either way; none weighs more than another.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics import shares, submitters, values, words
from metrics.findings import shares as findings

ROLES = ("training", "both", "inference")
ONE_ROLE = ("training", "inference")
RECENT_YEARS = 2  # the newest year of launches and the one before
POINTS_APART = 10  # percentage points by which the share of chips for one role must have risen
TIMES_APART = 1.5  # how far apart the gains in inference and in training must lie, as a factor

WORLD, ONE_FIRM = "the whole market", "one firm"
QUANTITIES = {"compute": "Compute", "power": "Power", "energy": "Energy", "spend": "Spend", "revenue": "Revenue"}

SPLITTING, NOT_SPLITTING, NO_DATA = "Splitting", "Not splitting", "No data"


@dataclass(frozen=True)
class Leg:
    """One leg of the answer: what it looks at, whether it splits (None: no data decides), why, and by which rule."""

    name: str
    splits: bool | None
    told: str
    rule: str

    @property
    def word(self) -> str:
        return NO_DATA if self.splits is None else SPLITTING if self.splits else NOT_SPLITTING


def launches(accelerators: pl.DataFrame) -> pl.DataFrame:
    """One row per chip whose role a source states, with the year it was announced, else first to be had."""
    return (
        accelerators.filter(pl.col("role").is_not_null())
        .with_columns(launched_on=pl.coalesce("announced_on", "available_on"))
        .sort("launched_on", "accelerator", nulls_last=True)
        .unique("accelerator", keep="first", maintain_order=True)
        .with_columns(year=pl.col("launched_on").dt.year().cast(pl.Int64))
    )


def by_year(launched: pl.DataFrame) -> pl.DataFrame:
    """How many chips of each role were launched in each year. Grain: one year and role; 0 where none.

    `middle` is the height of the middle of each part where training is stacked on both, and both on inference.
    """
    dated = launched.filter(pl.col("year").is_not_null())
    if dated.is_empty():
        return pl.DataFrame(
            schema={"year": pl.Int64, "role": pl.String, "chips": pl.Int64, "named": pl.String, "middle": pl.Float64}
        )
    years = pl.DataFrame({"year": _years(dated)}, schema={"year": pl.Int64})
    counted = dated.group_by("year", "role").agg(
        chips=pl.len().cast(pl.Int64), named=pl.col("accelerator").sort().str.join(", ")
    )
    return (
        years.join(pl.DataFrame({"role": ROLES}), how="cross", maintain_order="left_right")
        .join(counted, on=["year", "role"], how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("chips").fill_null(0), pl.col("named").fill_null(""))
        .with_columns(middle=pl.col("chips").cum_sum(reverse=True).over("year") - pl.col("chips") / 2)
    )


def _years(dated: pl.DataFrame) -> range:
    """Every year from the first launch to the last."""
    first, last = values.smallest(dated["year"]), values.largest(dated["year"])
    return range(int(first), int(last) + 1) if first is not None and last is not None else range(0)


def without_role(accelerators: pl.DataFrame) -> list[str]:
    """Chips of which no source states the role."""
    stated = accelerators.filter(pl.col("role").is_not_null())["accelerator"].unique()
    return accelerators.filter(~pl.col("accelerator").is_in(stated.implode()))["accelerator"].unique().sort().to_list()


def placed_shares(shares: pl.DataFrame) -> pl.DataFrame:
    """Estimates with a share, each with the panel it belongs to: what is shared, and whose.

    Panels come in the order of QUANTITIES, the whole market before one firm.
    """
    of_all = pl.col("scope").str.contains(r"^(all )?AI\b")
    reach = pl.when(of_all).then(pl.lit(WORLD)).otherwise(pl.lit(ONE_FIRM))
    quantity = pl.col("of_what").replace_strict(QUANTITIES, default=pl.col("of_what"), return_dtype=pl.String)
    order = pl.col("of_what").replace_strict(
        {name: at for at, name in enumerate(QUANTITIES)}, default=len(QUANTITIES), return_dtype=pl.Int64
    )
    return (
        shares.filter(pl.col("share_percent").is_not_null())
        .with_columns(
            reach=reach,
            panel=pl.format("{} of {}", quantity, reach),
            series=pl.format("{}, {}, {}", "publisher", "scope", "published_on"),
            label=pl.when(of_all).then(pl.col("publisher")).otherwise(pl.format("{} ({})", "scope", "publisher")),
        )
        .sort(order, pl.col("reach") == ONE_FIRM, "year", "share_percent", "publisher")
    )


def of_silicon(launched: pl.DataFrame) -> Leg:
    """Whether more of the newest chips serve one role than of the chips before."""
    rule = (
        f"splitting where the share of chips for one role rose by at least {POINTS_APART} points in the newest "
        f"{RECENT_YEARS} years"
    )
    dated = launched.filter(pl.col("year").is_not_null())
    since = int(values.largest(dated["year"]) or 0) - RECENT_YEARS + 1
    recent, before = dated.filter(pl.col("year") >= since), dated.filter(pl.col("year") < since)
    if recent.is_empty() or before.is_empty():
        return Leg("the chips launched", None, "No two periods of launches are published.", rule)
    (new, all_new), (old, all_old) = (_one_role(rows) for rows in (recent, before))
    splits = 100 * new / all_new - 100 * old / all_old >= POINTS_APART
    told = (
        f"{new} of {words.plural(all_new, 'chip')} launched since {since} {_serve(new)} one role, against {old} of "
        f"{all_old} before."
    )
    return Leg("the chips launched", splits, told, rule)


def _one_role(rows: pl.DataFrame) -> tuple[int, int]:
    return rows.filter(pl.col("role").is_in(ONE_ROLE)).height, rows.height


def _serve(count: int) -> str:
    return "serves" if count == 1 else "serve"


def of_vendors(counted: pl.DataFrame) -> Leg:
    """Whether the vendors that submit to MLPerf keep to one side; those that are absent decide nothing."""
    rule = "splitting where more than half of the vendors that submitted stand on one side only"
    found = submitters.sides(counted)
    one_side = found["Training"] + found["Inference"]
    submitted = len(one_side) + len(found["both"])
    if counted["side"].n_unique() < len(submitters.SIDES) or not submitted:
        return Leg("who enters benchmarks", None, "Results of both sides are not held here.", rule)
    told = (
        f"In the rounds held here chips of {len(found['both'])} of {words.plural(submitted, 'vendor')} were submitted "
        "to both training and "
        f"inference; {words.plural(len(found['neither']), 'vendor')} asked about did not submit."
    )
    return Leg("who enters benchmarks", len(one_side) > submitted / 2, told, rule)


def of_gains(advantage: float | None, generations: int, reference: str) -> Leg:
    """Whether new generations gain on one side much more than on the other."""
    rule = f"splitting where the gain in inference and the gain in training lie a factor of {TIMES_APART:g} apart"
    name = "what a generation gains"
    if advantage is None:
        return Leg(name, None, f"No generation shares benchmarks with {reference} on both sides.", rule)
    apart = max(advantage, 1 / advantage)
    told = (
        f"Against {reference}, {words.plural(generations, 'generation')} with both sides gained "
        f"{words.times(advantage)} as much in inference as in training."
    )
    return Leg(name, apart >= TIMES_APART, told, rule)


def of_money(deciding: pl.DataFrame) -> Leg:
    """Whether inference is the majority, by the estimates that `shares.estimates` lets decide."""
    rule = "splitting where half of the estimates of the last two years or more put inference above half; no forecast"
    return Leg("where compute and money go", shares.is_majority(deciding), findings.majority(deciding), rule)


def verdict(legs: tuple[Leg, ...]) -> str:
    """Splitting, Not splitting, or split in what: the sentence without its stop; legs without data are named."""
    split = [leg.name for leg in legs if leg.splits]
    whole = [leg.name for leg in legs if leg.splits is False]
    unknown = [leg.name for leg in legs if leg.splits is None]
    if not split and not whole:
        return "Published data cannot say whether training and inference are splitting"
    without = f"; no data on {words.listed(unknown)}" if unknown else ""
    if not whole:
        return f"{SPLITTING}: {_in(split)}{without}"
    not_in = " nor ".join(f"in {name}" for name in whole)
    return f"Split {_in(split)}; not {not_in}{without}" if split else f"{NOT_SPLITTING}: not {not_in}{without}"


def _in(names: list[str]) -> str:
    return words.listed([f"in {name}" for name in names])


def as_of(*days: pl.Series) -> date | None:
    """The newest day of these, the day that the answer holds for."""
    known = [day for series in days if (day := values.newest(series))]
    return max(known) if known else None
