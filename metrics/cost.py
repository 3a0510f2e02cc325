"""What a token costs, and what speed costs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite

import polars as pl

from etl import offers
from etl.schema import UPLOAD
from metrics import matching, values
from metrics.matching import IS_OWN_PAIR
from metrics.metric import BLENDED_PRICE, COST_RATIO, add

# Prices of a catalogue, which stand over days; the others came with the speeds of a capture, or are a reader's own.
LISTED = pl.col("capture").is_null() & pl.col("catalogue_rank").is_not_null()
PRICE_COLUMNS = (
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "blended_usd_per_mtok",
    "cache_is_input_price",
    "valid_from",
    "last_seen_on",
    "ended_on",
)


@dataclass(frozen=True)
class Blend:
    """Shares of cached input, input and output tokens that one price stands for; they add up to 1."""

    name: str
    cached_weight: float
    input_weight: float
    output_weight: float


THREE_TO_ONE = Blend("3:1", 0.0, 0.75, 0.25)
SEVEN_TWO_ONE = Blend("7:2:1", 0.7, 0.2, 0.1)
BLENDS: tuple[Blend, ...] = (THREE_TO_ONE, SEVEN_TWO_ONE)


PART = r"[0-9]{1,9}(\.[0-9]{1,9})?"


def blend(name: str) -> Blend:
    """The blend of this name: "input:output" or "cached:input:output" in parts, such as 3:1 or 7:2:1.

    Raises ValueError for anything else, with how to write it.
    """
    parts = [float(part) for part in name.split(":")] if re.fullmatch(rf"{PART}(:{PART}){{1,2}}", name) else []
    if not parts or sum(parts) <= 0:
        raise ValueError(f"{name!r} is not a blend. Write input:output or cached:input:output, such as 3:1 or 7:2:1.")
    cached, given_input, output = parts if len(parts) == 3 else (0.0, *parts)
    total = sum(parts)
    return Blend(name, cached / total, given_input / total, output / total)


class NotRanked(ValueError):
    """Prices of which the store does not say what they are for, or whose they are; the sentence says what lacks."""


def ranked(prices: pl.DataFrame, states: pl.DataFrame, providers: pl.DataFrame) -> pl.DataFrame:
    """The prices of hosts, with the `catalogue_rank` that the state of their source gives: the lowest speaks first
    where several catalogues know a price. Null for prices that came with speeds and for a reader's own.

    Raises NotRanked for a price of the record that is neither a catalogue's nor of a capture, and where the kind of
    no provider is known: they would be left out of every ratio without a word. A store that an earlier version
    built has such.
    """
    if providers.height and providers["kind"].is_null().all():
        raise NotRanked("The store says of no provider whether it is a host. Run: python -m etl build")
    ranks = states.select("source", "catalogue_rank")
    sold = _with_kind(prices, providers).filter(offers.counts_as_host()).drop("kind")
    found = sold.join(ranks, on="source", how="left", validate="m:1", maintain_order="left")
    has_no_role = pl.col("catalogue_rank").is_null() & pl.col("capture").is_null() & ~matching.OWN
    lost = found.filter(has_no_role)["source"].unique().sort()
    if lost.len():
        raise NotRanked(f"The store gives no rank for the prices of {', '.join(lost)}. Run: python -m etl build")
    return found


def not_of_hosts(prices: pl.DataFrame, providers: pl.DataFrame, model: str | None = None) -> pl.DataFrame:
    """Who is left out by `ranked`, of one model or of all. Grain: provider, with its kind and the number of its
    models and of its prices."""
    of_model = prices if model is None else prices.filter(pl.col("model") == model)
    return (
        _with_kind(of_model, providers)
        .filter(~offers.counts_as_host())
        .group_by("provider", "kind")
        .agg(models=pl.col("model").n_unique().cast(pl.Int64), prices=pl.len().cast(pl.Int64))
        .sort("prices", "provider", descending=[True, False])
    )


def _with_kind(prices: pl.DataFrame, providers: pl.DataFrame) -> pl.DataFrame:
    kinds = providers.select("provider", "kind")
    return prices.join(kinds, on="provider", how="left", validate="m:1", maintain_order="left")


def blended(prices: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Prices with `blended_usd_per_mtok` and `cache_is_input_price`: true where none is published."""
    weighted = prices.with_columns(
        cached_weight=pl.lit(chosen.cached_weight),
        input_weight=pl.lit(chosen.input_weight),
        output_weight=pl.lit(chosen.output_weight),
        blend=pl.lit(chosen.name),
        cache_is_input_price=pl.lit(chosen.cached_weight > 0) & pl.col("cached_input_usd_per_mtok").is_null(),
    )
    return add(weighted, BLENDED_PRICE).drop("cached_weight", "input_weight", "output_weight")


def charged(prices: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """As `blended`, without the prices that ask for nothing, those that lack a component and those in doubt."""
    return blended(prices, chosen).filter(offers.is_charged(pl.col("blended_usd_per_mtok")) & offers.is_believed())


def ratios(prices: pl.DataFrame, providers: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Every specialised price beside every other host's price of the same model in the same source.

    Takes `ranked` prices, as all below do; a catalogue's tiers are left out,
    and so is what a seller sells of another operator's. Prices of one capture are paired within
    it; prices of one catalogue where the days over which they were seen overlap. Both are of one source and day, so
    `match_grade` counts only how unlike the offers are, which `differs` names. A reader's own price stands beside the
    newest price that a catalogue gives every other host as well: grade D. `measured_on` is the newest day on which
    both stood.
    """
    priced = _of_known_silicon(prices.filter(~LISTED | offers.is_ordinary()), providers, chosen)
    fast, others = priced.filter("is_specialised"), priced.filter(~pl.col("is_specialised"))
    return _compared(fast, others, with_own=True)


def beside_clouds(prices: pl.DataFrame, providers: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Every list price of a host without special silicon beside a hyperscaler's of the same model and catalogue.

    Takes `ranked` prices; standard offers of the record alone. Columns and days as of `ratios`.
    """
    standard = prices.filter(LISTED & offers.is_standard() & ~matching.OWN)
    priced = _of_known_silicon(standard, providers, chosen).filter(~pl.col("is_specialised"))
    return _compared(priced.filter(~pl.col("is_hyperscaler")), priced.filter("is_hyperscaler"), with_own=False)


def _of_known_silicon(prices: pl.DataFrame, providers: pl.DataFrame, chosen: Blend) -> pl.DataFrame:
    """Prices that ask for something, with the silicon of who asks."""
    known = providers.select("provider", "family", "is_specialised", "is_hyperscaler")
    return (
        charged(prices, chosen)
        .join(known, on="provider", how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.col("is_specialised", "is_hyperscaler").fill_null(False))
    )


SIDE = (
    "provider",
    "provider_as_published",
    "model_as_published",
    "endpoint",
    "precision",
    *PRICE_COLUMNS,
    "source_url",
    "publisher",
    "licence",
    "published_on",
    "evidence",
    "note",
    "family",
    "is_hyperscaler",
)


def _compared(ones: pl.DataFrame, rest: pl.DataFrame, with_own: bool) -> pl.DataFrame:
    """Each of the one prices beside each of the rest, of one source and capture, sold together; with a reader's own
    beside the record's where asked for."""
    one = ones.select("model", "source", "catalogue_rank", "capture", "blend", *SIDE)
    others = rest.select(
        "model", "source", "catalogue_rank", "capture", *(pl.col(name).alias(f"baseline_{name}") for name in SIDE)
    )
    beside = one.join(
        others,
        on=["model", "source", "catalogue_rank", "capture"],
        how="inner",
        nulls_equal=True,
        maintain_order="left_right",
    ).filter(offers.are_sold_together("{}", "baseline_{}"))
    together = matching.graded(beside, matching.OF_OFFERS)
    if with_own:
        own = [_with_own(one, others, side, together.columns) for side in ("", "baseline_")]
        together = pl.concat([together, *own])
    return (
        add(together, COST_RATIO)
        .with_columns(
            is_own=IS_OWN_PAIR,
            stood_from=pl.max_horizontal("valid_from", "baseline_valid_from"),
            measured_on=pl.min_horizontal("last_seen_on", "baseline_last_seen_on"),
        )
        .sort(
            "model",
            "provider",
            "endpoint",
            "baseline_provider",
            "baseline_endpoint",
            "source",
            "measured_on",
            "cost_ratio",
            "model_as_published",
            "baseline_model_as_published",
            nulls_last=True,
        )
    )


def _with_own(fast: pl.DataFrame, others: pl.DataFrame, own: str, columns: Sequence[str]) -> pl.DataFrame:
    """Pairs of which the side with prefix `own` is a reader's own price, the other the newest of a catalogue."""
    sides = {"": fast, "baseline_": others}
    published = next(prefix for prefix in sides if prefix != own)
    theirs = (
        sides[published]
        .filter(LISTED)
        .sort(
            ~offers.is_standard(f"{published}endpoint"),
            f"{published}last_seen_on",
            f"{published}blended_usd_per_mtok",
            descending=[False, True, False],
            maintain_order=True,
        )
        .unique(["model", f"{published}provider"], keep="first", maintain_order=True)
    )
    mine = sides[own].filter(pl.col(f"{own}evidence") == UPLOAD)
    beside = mine.join(theirs, on="model", how="inner", suffix="_there", maintain_order="left_right")
    if own:  # a pair is named after the source of its specialised side
        beside = beside.with_columns(source="source_there", catalogue_rank="catalogue_rank_there")
    return beside.with_columns(
        match_grade=pl.lit(matching.UNLIKE), differs=pl.lit("a reader's own price on one side")
    ).select(columns)


def beside_speed(paired: pl.DataFrame, prices: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Speed pairs with the price of each side and `cost_ratio`.

    The price comes from the same capture where the capture has prices, else for both sides from
    one catalogue that held both on the day of the speeds: `price_source` says which, null where
    there is none.
    """
    priced = charged(prices, chosen)
    with_capture = _captured(paired, priced)
    one_capture = (pl.col("source") == pl.col("baseline_source")) & (pl.col("capture") == pl.col("baseline_capture"))
    is_found = one_capture.fill_null(False) & pl.col("cost_ratio").is_not_null()
    found, missing = with_capture.filter(is_found), with_capture.filter(~is_found).select(paired.columns)
    return pl.concat([found, _catalogued(missing, priced)], how="diagonal_relaxed").sort(
        "model",
        "provider",
        "endpoint",
        "measured_on",
        "baseline_provider",
        "baseline_endpoint",
        "output_tokens_per_second",
        "baseline_output_tokens_per_second",
        nulls_last=True,
    )


def _captured(paired: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    identity = ("source", "capture", "provider_as_published", "model_as_published", "endpoint", "precision")
    own = (
        priced.filter(pl.col("capture").is_not_null())
        .unique(identity, keep="first", maintain_order=True)
        .select(*identity, *PRICE_COLUMNS, price_url="source_url")
    )
    joined = paired
    for prefix in ("", "baseline_"):
        joined = joined.join(
            own.rename({name: f"{prefix}{name}" for name in own.columns}),
            on=[f"{prefix}{name}" for name in identity],
            how="left",
            nulls_equal=True,
            validate="m:1",
            maintain_order="left",
        )
    return add(joined, COST_RATIO).with_columns(
        price_source=pl.when(pl.col("blended_usd_per_mtok").is_not_null()).then("source")
    )


def _catalogued(paired: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    """Both sides from the first catalogue that held both on the day of the speeds."""
    catalogues = priced.filter(LISTED & offers.is_ordinary()).select(
        "provider",
        "model",
        *PRICE_COLUMNS,
        "catalogue_rank",
        price_source="source",
        price_endpoint="endpoint",
        price_url="source_url",
    )
    shared = ("model", "price_source", "catalogue_rank")
    numbered = paired.with_row_index("pair")
    sides = []
    for prefix in ("", "baseline_"):
        priced_side = catalogues.rename({name: f"{prefix}{name}" for name in catalogues.columns if name not in shared})
        days = numbered.select("pair", "model", "measured_on", f"{prefix}provider")
        sides.append(
            days.join(priced_side, on=["model", f"{prefix}provider"], how="inner", maintain_order="left_right")
            .filter(offers.is_sold_on(pl.col("measured_on"), prefix))
            # The standard offer speaks for a provider; of several the cheapest.
            .sort(
                "pair",
                "price_source",
                ~offers.is_standard(f"{prefix}price_endpoint"),
                f"{prefix}blended_usd_per_mtok",
                f"{prefix}price_endpoint",
            )
            .unique(["pair", "price_source"], keep="first", maintain_order=True)
            .drop("model", "measured_on", f"{prefix}provider")
        )
    both = sides[0].join(sides[1], on=["pair", "price_source", "catalogue_rank"], how="inner", validate="1:1")
    first = both.sort("pair", "catalogue_rank").unique("pair", keep="first", maintain_order=True)
    joined = numbered.join(first, on="pair", how="left", validate="1:1", maintain_order="left")
    return add(joined, COST_RATIO).drop("pair", "catalogue_rank")


def disagreements(prices: pl.DataFrame) -> pl.DataFrame:
    """Catalogues that list one provider and model at different prices over the same days; both rows stay.

    Grain: provider, model. `prices_as_listed` names each catalogue with its newest input and
    output price. Tiers and regions (an endpoint is named) are other prices, not disagreements.
    """
    plain = prices.filter(LISTED & offers.is_standard()).select(
        "provider", "model", "source", "input_usd_per_mtok", "output_usd_per_mtok", "valid_from", "last_seen_on"
    )
    beside = plain.join(plain, on=["provider", "model"], suffix="_there", maintain_order="left_right").filter(
        (pl.col("source") < pl.col("source_there")) & offers.are_sold_together("{}", "{}_there")
    )
    differ = beside.filter(
        pl.col("input_usd_per_mtok").ne_missing(pl.col("input_usd_per_mtok_there"))
        | pl.col("output_usd_per_mtok").ne_missing(pl.col("output_usd_per_mtok_there"))
    ).select("provider", "model")
    newest = plain.sort("last_seen_on", "valid_from", descending=True).unique(
        ["provider", "model", "source"], keep="first", maintain_order=True
    )
    shown = pl.format("{}: {} / {}", "source", "input_usd_per_mtok", "output_usd_per_mtok")
    return (
        newest.join(differ.unique(), on=["provider", "model"], how="semi", maintain_order="left")
        .group_by("provider", "model")
        .agg(
            catalogues=pl.col("source").n_unique().cast(pl.Int64),
            prices_as_listed=shown.sort_by("source").str.join("; "),
            newest_on=pl.col("last_seen_on").max(),
            distinct=pl.struct("input_usd_per_mtok", "output_usd_per_mtok").n_unique(),
        )
        .filter((pl.col("catalogues") > 1) & (pl.col("distinct") > 1))
        .drop("distinct")
        .sort("provider", "model")
    )


def run_by_others(prices: pl.DataFrame, model: str) -> pl.DataFrame:
    """The newest price of each offer of a model that its seller does not run itself, cheapest first.

    Those that have ended or were last seen half a year before the newest price of any model are left out.
    Grain: provider, `operator`.
    """
    listed = charged(prices.filter(LISTED & ~matching.OWN & (pl.col("model") == model)))
    newest = pl.lit(prices.filter(~matching.OWN)["last_seen_on"].max(), dtype=pl.Date)
    sold = listed.filter(offers.is_current("last_seen_on", newest))
    return (
        sold.with_columns(operator=offers.operator())
        .filter(pl.col("operator").is_not_null() & ~offers.is_tier())
        .sort("last_seen_on", "output_usd_per_mtok", descending=[True, False])
        .unique(["provider", "operator"], keep="first", maintain_order=True)
        .sort("output_usd_per_mtok", "provider", "operator")
    )


def with_price(hosts: pl.DataFrame, prices: pl.DataFrame, chosen: Blend = THREE_TO_ONE) -> pl.DataFrame:
    """Hosts of one run with the price that came with it; those without a price are left out,
    as is a baseline of another run: prices are compared within one capture.

    `is_frontier` marks the hosts that no other host beats in both price and speed. A reader's own
    speed or price makes a row of its own, `is_own` and never on the frontier: an own price stands
    with the host's speed, an own speed with the own price, else with the host's in this run.
    """
    recorded = _with_recorded_price(hosts.filter(~pl.col("is_own")), prices, chosen)
    return pl.concat([recorded, _with_own_price(hosts, recorded, prices, chosen)])


def _with_recorded_price(hosts: pl.DataFrame, prices: pl.DataFrame, chosen: Blend) -> pl.DataFrame:
    identity = ("source", "capture", "provider_as_published", "model_as_published", "endpoint", "precision")
    own = (
        charged(prices.filter(pl.col("capture").is_not_null()), chosen)
        .unique(identity, keep="first", maintain_order=True)
        .select(*identity, *PRICE_COLUMNS, "blend")
    )
    run = hosts.filter("is_specialised").select("source", "capture")
    one_run = hosts.join(run, on=["source", "capture"], how="semi", nulls_equal=True, maintain_order="left")
    priced = one_run.join(own, on=identity, how="inner", nulls_equal=True, validate="m:1", maintain_order="left")
    return frontier(priced)


def _joined(rows: pl.DataFrame, offers: pl.DataFrame, offer: Sequence[str]) -> pl.DataFrame:
    """Each row with the one price of its offer."""
    return rows.join(offers, on=offer, how="inner", validate="m:1", nulls_equal=True, maintain_order="left")


def _with_own_price(hosts: pl.DataFrame, recorded: pl.DataFrame, prices: pl.DataFrame, chosen: Blend) -> pl.DataFrame:
    offer = ["provider", "model", "endpoint"]
    listed = (
        charged(prices.filter(matching.OWN), chosen)
        .sort("last_seen_on", "blended_usd_per_mtok", descending=[True, False], maintain_order=True)
        .unique(offer, keep="first", maintain_order=True)
        .select(*offer, *PRICE_COLUMNS, "blend")
    )
    at_own_price = _joined(hosts, listed, offer)
    of_host = recorded.sort("blended_usd_per_mtok").unique(offer, keep="first", maintain_order=True)
    at_price_of_host = (
        hosts.filter("is_own")
        .join(listed, on=offer, how="anti", nulls_equal=True, maintain_order="left")
        .pipe(_joined, of_host.select(*offer, *PRICE_COLUMNS, "blend"), offer)
    )
    label = pl.when("is_own").then("host_label").otherwise(pl.format("{}, your price", "host_label"))
    return (
        pl.concat([at_own_price, at_price_of_host])
        .with_columns(
            host_label=label,
            is_own=pl.lit(True),
            is_baseline=pl.lit(False),
            is_frontier=pl.lit(False),
        )
        .select(recorded.columns)
    )


def frontier(priced: pl.DataFrame) -> pl.DataFrame:
    """The rows with `is_frontier`: true where nobody is at least as fast for less, or faster for the same."""
    fastest_first = priced.sort(
        "output_tokens_per_second", "blended_usd_per_mtok", descending=[True, False], maintain_order=True
    )
    cheapest_so_far = pl.col("blended_usd_per_mtok").cum_min().shift(1)
    return fastest_first.with_columns(is_frontier=(pl.col("blended_usd_per_mtok") < cheapest_so_far).fill_null(True))


def best_first(ratios_of_prices: pl.DataFrame) -> pl.DataFrame:
    """Pairs by how well they speak for two providers: the record before a reader's own prices, plain endpoints
    before tiers and regions, then newer, then better matched. Of equal ones prices of a capture come before those of
    catalogues, of which the one that speaks first, then the lower ratio."""
    tiers = (~offers.is_standard()).cast(pl.Int8) + ~offers.is_standard("baseline_endpoint")
    return ratios_of_prices.sort(
        "is_own",
        tiers,
        "measured_on",
        "match_grade",
        "catalogue_rank",
        "cost_ratio",
        descending=[False, False, True, False, False, False],
        nulls_last=False,
        maintain_order=True,
    ).drop("catalogue_rank")


def headline(ratios_of_prices: pl.DataFrame) -> pl.DataFrame:
    """One row per model and provider: the pair that speaks best for them; a second where a reader's own price makes
    one."""
    return (
        best_first(ratios_of_prices)
        .unique(["model", "provider", "is_own"], keep="first", maintain_order=True)
        .sort("cost_ratio", "model", "provider", "is_own")
    )


def with_standing(ratios_of_prices: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """Pairs with the columns of `matching.SAMPLED`: which of them `decides` for its model, provider and other host.

    It is the one that `best_first` puts first: a list price stands until another does, so no middle is taken. Range,
    number and days are of the pairs up to half a year before the newest of the same. Against "Best" or "Median" the
    other host may be another in each.
    """
    by_name = [] if baseline in (matching.BEST, matching.MEDIAN) else ["baseline_provider"]
    one = ["is_own", "model", "provider", *by_name]
    first = pl.int_range(pl.len()).over(one) == 0
    return best_first(ratios_of_prices).with_columns(*matching.window("cost_ratio", one), decides=first)


def current(ratios_of_prices: pl.DataFrame) -> pl.DataFrame:
    """The pairs that stood within half a year of the newest one of the record, and a reader's own. A pair of which a
    side has ended is history."""
    newest = pl.col("measured_on").filter(~pl.col("is_own")).max()
    both = offers.is_current("measured_on", newest) & offers.is_current("measured_on", newest, "baseline_ended_on")
    return ratios_of_prices.filter(pl.col("is_own") | both)


CLAIMED_SPEED, CLAIMED_PRICE = 10.0, 0.1  # "10x the speed" and "10 % of the cost", the article's own words


def claimed_corner(priced: pl.DataFrame) -> tuple[float, float] | None:
    """Price and speed at the corner of the article's promise, from the baseline among these hosts."""
    base = priced.filter("is_baseline").head(1)
    if base.is_empty():
        return None
    return (
        CLAIMED_PRICE * base["blended_usd_per_mtok"].item(),
        CLAIMED_SPEED * base["output_tokens_per_second"].item(),
    )


def against(ratios_of_prices: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """For each specialised price its pair with the chosen baseline.

    "Best" is the cheapest other host, "Median" the middle one (of two the cheaper), anything else
    the provider of that name with its cheapest endpoint. Pairs with a reader's own price are chosen
    among themselves, and take the place of none of the record.
    """
    side = [
        "is_own",
        "model",
        "source",
        "capture",
        "provider",
        "provider_as_published",
        "model_as_published",
        "endpoint",
        "precision",
        "measured_on",
    ]
    chosen = ratios_of_prices
    if baseline not in (matching.BEST, matching.MEDIAN):
        chosen = chosen.filter(pl.col("baseline_provider") == baseline)
    ranked = chosen.sort(*side, "baseline_blended_usd_per_mtok", "baseline_provider", nulls_last=True)
    place = (pl.len().over(side) - 1) // 2 if baseline == matching.MEDIAN else pl.lit(0)
    return ranked.filter(pl.int_range(pl.len()).over(side) == place)


FEWEST_HOSTS = 5  # a line through fewer says nothing


def elasticity(priced: pl.DataFrame) -> dict[str, float] | None:
    """How price rises with speed among hosts of one run: least squares of log price on log speed.

    `slope` is the percent by which the price is higher where speed is 1 % higher, `explained` the
    share of the scatter that the line explains (R²), `hosts` their number. None below five hosts.
    """
    logs = priced.select(
        x=pl.col("output_tokens_per_second").log(), y=pl.col("blended_usd_per_mtok").log()
    ).drop_nulls()
    if logs.height < FEWEST_HOSTS or logs["x"].var() in (None, 0):
        return None
    slope = logs.select(pl.cov("x", "y")).item() / logs["x"].var()
    correlation = logs.select(pl.corr("x", "y")).item()
    intercept = logs["y"].mean() - slope * logs["x"].mean()
    return {
        "slope": slope,
        "explained": correlation**2 if isfinite(correlation) else 0.0,
        "hosts": logs.height,
        "at_one": exp(intercept),
    }


def fitted(fit: Mapping[str, float] | None, priced: pl.DataFrame) -> list[tuple[float, float]]:
    """Two points of the fitted line, speed and price, at the ends of what was measured and not beyond."""
    if fit is None:
        return []
    speeds = priced["output_tokens_per_second"]
    ends = [end for end in (values.smallest(speeds), values.largest(speeds)) if end is not None]
    return [(end, fit["at_one"] * end ** fit["slope"]) for end in ends]
