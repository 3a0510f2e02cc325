"""What one reader's traffic would cost a month, and how fast each provider would answer it.

An offer is one endpoint of one provider with a published price that stands today, and its speed where one is
published. What has ended, and what was last seen or measured half a year before the newest of its kind, is no offer.

Which speed: all offers come from one run of one measurer, so that they are comparable. What a measurer saw in several
looks within two months is one run, each offer at the middle of its looks. Of the runs
that cover more than half as many priced providers as the widest one, independent measurers come
before live traffic, then the newest. Providers absent from that run are added with the best run of
their own, marked `same_run` false; they are shown apart and make no headline. Hosts that nobody measured are added with
their price alone: who is paid and who was measured are two things.

Which price: the one that came with the speed, else from the catalogue of the lowest rank that
listed the provider within half a year of the newest list price: the same endpoint before the plain
one, the plain one before tiers and regions, then the newest, then the cheapest.

What is not known is not guessed: without a published time to first token an answer takes at least
its writing time, and whether it meets a limit is known only where writing alone breaks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from re import fullmatch
from typing import Any

import polars as pl

from etl.offers import is_believed, is_charged, is_current, is_ordinary, is_standard
from etl.schema import UPLOAD
from metrics import cost, matching, words
from metrics.metric import MONTHLY_COST, RESPONSE_SECONDS, WRITING_SECONDS, add, ratio

TODAY, CHEAPEST, CHEAPEST_OF_ALL, FASTEST = "today", "cheapest in time", "cheapest", "fastest"
POOLED = "the middle of its looks"
FACTORS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
NO_LIMIT = "No limit"

PRICE_COLUMNS = {
    "input_usd_per_mtok": "input_usd_per_mtok",
    "output_usd_per_mtok": "output_usd_per_mtok",
    "cached_input_usd_per_mtok": "cached_input_usd_per_mtok",
    "price_source": "source",
    "price_endpoint": "endpoint",
    "price_seen_on": "last_seen_on",
    "price_url": "source_url",
    "price_publisher": "publisher",
    "price_licence": "licence",
    "price_published_on": "published_on",
    "price_evidence": "evidence",
    "price_note": "note",
}
OFFER_COLUMNS = (
    "model",
    "offer",
    "provider",
    "provider_as_published",
    "endpoint",
    "precision",
    "family",
    "is_specialised",
    "output_tokens_per_second",
    "ttft_seconds",
    "prompt_tokens",
    "run",
    "same_run",
    "is_upload",
    "measured_by",
    "measurer_kind",
    "measured_on",
    "measured_from",
    "looks",
    "price_with_speed",
    *PRICE_COLUMNS,
    "source",
    "source_url",
    "publisher",
    "licence",
    "published_on",
    "evidence",
    "note",
)
IDENTITY = ("source", "capture", "provider_as_published", "model_as_published", "endpoint", "precision")
ENDPOINT = ("provider", "provider_as_published", "endpoint", "precision")


@dataclass(frozen=True)
class Workload:
    """A reader's traffic. Tokens are those of one request; `cached_share` is of its input tokens, 0 to 1."""

    requests_per_day: float
    input_tokens: float
    output_tokens: float
    thinking_tokens: float = 0
    cached_share: float = 0.0
    limit_seconds: float | None = None

    def __post_init__(self) -> None:
        amounts = (self.requests_per_day, self.input_tokens, self.output_tokens, self.thinking_tokens)
        if min(amounts) < 0 or not 0 <= self.cached_share <= 1:
            raise ValueError("Requests and tokens are zero or more; the cached share is between 0 and 1.")

    @property
    def answer_tokens(self) -> float:
        return self.thinking_tokens + self.output_tokens


def traffic(
    requests_per_day: float,
    input_tokens: float,
    output_tokens: float,
    thinking_tokens: float,
    cached_percent: float,
    limit_seconds: float | None,
) -> Workload:
    """The workload as a page asks for it, the cached share in percent."""
    return Workload(requests_per_day, input_tokens, output_tokens, thinking_tokens, cached_percent / 100, limit_seconds)


def limit(written: str) -> float | None:
    """The seconds of "5 s" or "7.5"; None for no limit. Raises ValueError for anything else."""
    if written == NO_LIMIT:
        return None
    read = fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(?:s|seconds?)?\s*", written)
    if not read or float(read[1]) == 0:
        raise ValueError(f"{written!r} is not a time limit. Write seconds, such as 5 s.")
    return float(read[1])


def runs(judged: pl.DataFrame, prices: pl.DataFrame, model: str) -> pl.DataFrame:
    """Runs of this model that have priced providers, the one that speaks best for them first.

    Grain: `run`, with run_label, measured_by, measurer_kind, measured_on, offers, providers, timed
    (offers with a published time to first token).
    """
    return _ranked(_record(_priced(_usable(judged, model), prices)))


def offers(
    judged: pl.DataFrame, prices: pl.DataFrame, providers: pl.DataFrame, model: str, run: str | None = None
) -> pl.DataFrame:
    """One row per provider endpoint with a price of this model that stands today, and its speed where one is known.

    Takes `matching.judged` rows, `cost.ranked` prices and the table `provider`. `run` chooses another run than the best
    one. A reader's own figures stand beside the record's as offers of their own, `is_upload`. A host of which no speed
    of today is published has null for it, and no run.
    """
    priced = _priced(_usable(judged, model), prices)
    ranked = _ranked(_record(priced))
    known = ranked["run"].to_list()
    chosen = run if run in known else (known[0] if known else None)
    record = _record(priced)
    together = record.filter(pl.col("run") == pl.lit(chosen, dtype=pl.String))
    elsewhere = (
        record.join(together.select("provider").unique(), on="provider", how="anti")
        .join(ranked.select("run", "place"), on="run", how="inner", validate="m:1")
        .filter(pl.col("place") == pl.col("place").min().over("provider"))
        .drop("place")
    )
    own = priced.join(record, on=["row", "is_upload"], how="anti").filter("is_upload")
    measured = pl.concat(
        [
            _one_each(together).with_columns(same_run=pl.lit(True)),
            _one_each(elsewhere).with_columns(same_run=pl.lit(False)),
            _one_each(own).with_columns(same_run=pl.lit(False)),
        ]
    )
    unmeasured = _unmeasured(prices, providers, model, measured.filter(~pl.col("is_upload"))["provider"])
    found = pl.concat([measured, unmeasured], how="diagonal_relaxed")
    return found.with_columns(offer=_label()).select(OFFER_COLUMNS).sort("offer")


def _unmeasured(prices: pl.DataFrame, providers: pl.DataFrame, model: str, measured: pl.Series) -> pl.DataFrame:
    """The standard list price of each other host of the model: from the catalogue that speaks first, the newest."""
    listed = _listed(prices).filter((pl.col("evidence") != UPLOAD) & is_standard())
    silicon = providers.select("provider", "family", "is_specialised")
    return (
        _current(listed)
        .filter((pl.col("model") == model) & ~pl.col("provider").is_in(measured.implode()) & cost.LISTED)
        .sort(
            "provider", "catalogue_rank", "last_seen_on", "output_usd_per_mtok", descending=[False, False, True, False]
        )
        .unique("provider", keep="first", maintain_order=True)
        .join(silicon, on="provider", how="left", validate="m:1", maintain_order="left")
        .select(
            *("model", "provider", "provider_as_published", "family", "is_specialised"),
            *_price_columns(),
            same_run=pl.lit(value=False),
            is_upload=pl.lit(value=False),
            price_with_speed=pl.lit(value=False),
        )
    )


def left_out(judged: pl.DataFrame, prices: pl.DataFrame, model: str) -> pl.DataFrame:
    """Measurements of this model that make no offer, with `reason`. Older runs of a provider with a measured offer are
    not listed: they are superseded, not unusable."""
    of_model = judged.filter(pl.col("model") == model)
    offered = _priced(_usable(judged, model), prices)["provider"].unique()
    has_none = ~pl.col("provider").is_in(offered.implode())
    reason = (
        pl.when(pl.col("excluded_because").is_not_null())
        .then(pl.col("excluded_because"))
        .when(pl.col("measurer_kind") == matching.VENDOR)
        .then(pl.lit("the seller's own figure"))
        .when(has_none & pl.col("measured_on").is_null())
        .then(pl.lit("nobody says when it was measured"))
        .when(has_none & ~_is_of_today(judged))
        .then(pl.lit("measured half a year or more before the newest speed"))
        .when(has_none)
        .then(pl.lit("no current price is published"))
    )
    return of_model.with_columns(reason=reason).filter(pl.col("reason").is_not_null()).sort("provider", "reason")


def covered(judged: pl.DataFrame, prices: pl.DataFrame) -> list[str]:
    """Models with a speed and a price of at least one provider, most providers first."""
    return (
        judged.filter(_is_usable(judged))
        .join(_current(_listed(prices)), on=["model", "provider"], how="semi")
        .group_by("model")
        .agg(providers=pl.col("provider").n_unique())
        .sort("providers", "model", descending=[True, False])["model"]
        .to_list()
    )


def nearest(model: str, models: Sequence[str]) -> str | None:
    """Of these models the one spelled most like this one, else the first."""
    alike = get_close_matches(model, models, n=1, cutoff=0.5)
    return alike[0] if alike else next(iter(models), None)


def served(offered: pl.DataFrame, work: Workload) -> pl.DataFrame:
    """The offers under this traffic, cheapest first: monthly_usd, writing_seconds, response_seconds (null without
    a published first-token time), shown_seconds (the one or the other), is_lower_bound, meets_limit, reason.

    `meets_limit` is null where it is not known; of an offer without a speed nothing is, but what it costs.
    """
    loaded = add(
        offered.with_columns(
            requests_per_day=pl.lit(float(work.requests_per_day)),
            input_tokens=pl.lit(float(work.input_tokens)),
            output_tokens=pl.lit(float(work.output_tokens)),
            thinking_tokens=pl.lit(float(work.thinking_tokens)),
            cached_share=pl.lit(float(work.cached_share)),
            answer_tokens=pl.lit(float(work.answer_tokens)),
            limit_seconds=pl.lit(work.limit_seconds, dtype=pl.Float64),
            cache_is_input_price=pl.lit(work.cached_share > 0) & pl.col("cached_input_usd_per_mtok").is_null(),
        ),
        MONTHLY_COST,
        WRITING_SECONDS,
        RESPONSE_SECONDS,
    )
    timed = loaded.with_columns(
        shown_seconds=pl.coalesce("response_seconds", "writing_seconds"),
        is_lower_bound=pl.col("response_seconds").is_null(),
    )
    over = pl.col("shown_seconds") > pl.col("limit_seconds")
    unknown = pl.col("is_lower_bound") & ~over.fill_null(value=False)
    meets = pl.when(pl.col("limit_seconds").is_null()).then(True).when(~unknown).then(~over)
    judged = timed.with_columns(meets_limit=meets).sort("monthly_usd", "shown_seconds", "offer", nulls_last=True)
    return judged.with_columns(
        reason=pl.Series([_reason(row) for row in judged.iter_rows(named=True)], dtype=pl.String)
    )


def against_today(under_load: pl.DataFrame, offer: str | None) -> pl.DataFrame:
    """What moving from this offer would change: saving_usd a month (negative: a premium), cost_of_todays (a ratio),
    seconds_sooner (negative: later), and `compared`, what the seconds are of.

    Seconds are compared within one run only: whole answers where both first-token times are published, else
    writing alone. All null where no offer has this name.
    """
    is_today = (pl.col("offer") == pl.lit(offer, dtype=pl.String)).fill_null(False)
    today = under_load.filter(is_today).head(1)
    columns = ("monthly_usd", "response_seconds", "writing_seconds", "run", "measured_on")
    theirs = {
        name: pl.lit(today[name].item() if today.height else None, dtype=under_load.schema[name]) for name in columns
    }
    whole = theirs["response_seconds"] - pl.col("response_seconds")
    one_run = pl.col("run") == theirs["run"]
    return under_load.with_columns(
        is_today=is_today,
        saving_usd=theirs["monthly_usd"] - pl.col("monthly_usd"),
        cost_of_todays=ratio(pl.col("monthly_usd"), theirs["monthly_usd"]),
        seconds_sooner=pl.when(one_run).then(pl.coalesce(whole, theirs["writing_seconds"] - pl.col("writing_seconds"))),
        compared=pl.when(one_run).then(
            pl.when(whole.is_not_null()).then(pl.lit("whole answer")).otherwise(pl.lit("writing alone"))
        ),
    )


def with_roles(compared: pl.DataFrame) -> pl.DataFrame:
    """The offers with `role`: today's, the cheapest within the limit, the fastest; null for the rest.

    Only offers of the chosen run, and none of the reader's own, are called fastest, or cheapest within a limit. Where
    no offer is known to meet the limit, the cheapest of those that may is taken. Without a limit, or where nobody was
    measured, the cheapest of all.
    """
    official = compared.filter(~pl.col("is_upload") | pl.col("same_run"))
    head = official.filter("same_run")
    priced = head if head.height and head["limit_seconds"].is_not_null().any() else official
    order = pl.col("monthly_usd"), pl.col("shown_seconds"), pl.col("offer")
    sure, possible = (priced.filter(met).sort(*order) for met in ("meets_limit", pl.col("meets_limit").is_null()))
    cheapest = pl.concat([sure, possible]).head(1)["offer"].to_list()
    fastest = head.sort("shown_seconds", "monthly_usd", "offer").head(1)["offer"].to_list()
    role = (
        pl.when("is_today")
        .then(pl.lit(TODAY))
        .when(pl.col("offer").is_in(cheapest))
        .then(
            pl.when(pl.col("limit_seconds").is_null() | pl.col("shown_seconds").is_null())
            .then(pl.lit(CHEAPEST_OF_ALL))
            .otherwise(pl.lit(CHEAPEST))
        )
        .when(pl.col("offer").is_in(fastest))
        .then(pl.lit(FASTEST))
    )
    return compared.with_columns(
        role=role, is_cheapest=pl.col("offer").is_in(cheapest), is_fastest=pl.col("offer").is_in(fastest)
    )


def usual_today(offered: pl.DataFrame, preferred: str = "Azure") -> str | None:
    """Whose customer the reader is taken to be: Azure, the article's own comparison, where it sells the model.

    It need not be measured in the chosen run. Else it is the cheapest offer of that run, or of all where nobody was
    measured, at three input tokens to one of output.
    """
    official = offered.filter(~pl.col("is_upload")).sort("same_run", "offer", descending=[True, False])
    named = official.filter(pl.col("provider") == preferred)["offer"].to_list()
    head = official.filter("same_run") if official["same_run"].any() else official
    price = 3 * pl.col("input_usd_per_mtok") + pl.col("output_usd_per_mtok")
    return next(iter(named + head.sort(price, "offer")["offer"].to_list()), None)


def rounded(compared: pl.DataFrame) -> pl.DataFrame:
    """The offers with money and seconds at three significant digits, as tables show them."""
    return compared.with_columns(
        pl.col("monthly_usd", "saving_usd", "shown_seconds", "seconds_sooner", "ttft_seconds").round_sig_figs(3)
    )


def sensitivity(under_load: pl.DataFrame, factors: Sequence[float] = FACTORS) -> pl.DataFrame:
    """Each offer's monthly cost with the volume at these multiples. Grain: offer, factor."""
    steps = pl.DataFrame({"factor": [float(factor) for factor in factors]}, schema={"factor": pl.Float64})
    scaled = under_load.join(steps, how="cross").with_columns(
        requests_per_day=pl.col("requests_per_day") * pl.col("factor")
    )
    return add(scaled, MONTHLY_COST).sort("offer", "factor")


def _usable(judged: pl.DataFrame, model: str) -> pl.DataFrame:
    rows = judged.filter((pl.col("model") == model) & _is_usable(judged))
    place = pl.coalesce("capture", "source_url")
    each = rows.with_columns(
        run=pl.format("{} | {} | {}", "source", "measured_by", place),
        looks=pl.lit(1, dtype=pl.Int64),
        measured_from="measured_on",
    )
    return pl.concat([_pooled(each), each]).with_row_index("row")


def _pooled(each: pl.DataFrame) -> pl.DataFrame:
    """What a measurer that looked again and again saw of each endpoint, at the middle of its looks, as one run.

    Looks of one method count up to MOST_DAYS_APART before its newest; one of several decides nothing. `looks` counts
    those of the endpoint, `measured_from` is the day of the first; all else is of the newest look. A measurer with one
    look has no such run.
    """
    method = ["measured_by", "measurer_kind"]
    official = each.filter(~matching.OWN)
    within = official.filter(
        (pl.col("measured_on").max().over(method) - pl.col("measured_on")).dt.total_days() <= matching.MOST_DAYS_APART
    ).filter(pl.col("run").n_unique().over(method) > 1)
    one = [*method, "provider", "endpoint", "precision", "prompt_tokens", "concurrency"]
    return (
        within.sort(*one, "measured_on", "run", nulls_last=True)
        .with_columns(
            pl.col("output_tokens_per_second", "ttft_seconds").median().over(one),
            looks=pl.len().over(one).cast(pl.Int64),
            measured_from=pl.col("measured_on").min().over(one),
            run=pl.format("{} | {} | {}", *method, pl.lit(POOLED)),
        )
        .unique(one, keep="last", maintain_order=True)
    )


def _is_usable(judged: pl.DataFrame) -> pl.Expr:
    """True for a measurement of today that may stand for an offer: the seller's own figure may not."""
    is_measured = pl.col("excluded_because").is_null() & (pl.col("measurer_kind") != matching.VENDOR)
    return is_measured & _is_of_today(judged)


def _is_of_today(judged: pl.DataFrame) -> pl.Expr:
    """True for a measurement of the half year up to the newest of all, and for a reader's own of whatever day."""
    return matching.OWN | matching.is_recent_at(matching.newest_measured(judged))


def _listed(prices: pl.DataFrame) -> pl.DataFrame:
    """Prices that can be reckoned with."""
    return prices.filter(is_charged(pl.col("input_usd_per_mtok") + pl.col("output_usd_per_mtok")) & is_believed())


def _price_columns() -> list[pl.Expr]:
    return [pl.col(theirs).alias(ours) for ours, theirs in PRICE_COLUMNS.items()]


def _priced(rows: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """The measurements with a price; those without one are left out. A reader's own price of a provider stands
    beside the record's as a row of its own."""
    listed = _listed(prices)
    own = listed.filter(pl.col("evidence") == UPLOAD)
    listed = _current(listed.filter(pl.col("evidence") != UPLOAD))
    came_with = (
        listed.filter(pl.col("capture").is_not_null())
        .sort("output_usd_per_mtok", "input_usd_per_mtok")
        .unique(IDENTITY, keep="first", maintain_order=True)
        .select(*IDENTITY, *_price_columns())
    )
    with_speed = rows.join(came_with, on=IDENTITY, how="inner", nulls_equal=True, validate="m:1")
    without = rows.join(with_speed, on="row", how="anti")
    found = [
        with_speed.with_columns(price_with_speed=pl.lit(True)),
        _catalogued(without, listed.filter(cost.LISTED)).with_columns(price_with_speed=pl.lit(False)),
        _catalogued(rows, own).with_columns(price_with_speed=pl.lit(False)),
    ]
    is_upload = (pl.col("evidence") == UPLOAD) | (pl.col("price_evidence") == UPLOAD)
    return pl.concat(found).with_columns(is_upload=is_upload).sort("row", "is_upload")


def _current(listed: pl.DataFrame) -> pl.DataFrame:
    """Prices seen within half a year of the newest one, of offers that have not ended."""
    return listed.filter(is_current("last_seen_on", pl.col("last_seen_on").max()))


def _catalogued(rows: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    same = pl.col("endpoint").str.to_lowercase().eq_missing(pl.col("price_endpoint").str.to_lowercase())
    return (
        rows.join(
            listed.select("provider", "model", "catalogue_rank", *_price_columns()),
            on=["provider", "model"],
            how="inner",
        )
        # A tier stands for the endpoint of its name alone.
        .filter(same | is_ordinary("price_endpoint"))
        .sort(
            "row",
            same,
            is_standard("price_endpoint"),
            "catalogue_rank",
            "price_seen_on",
            "output_usd_per_mtok",
            "input_usd_per_mtok",
            "price_url",
            descending=[False, True, True, False, True, False, False, False],
        )
        .unique("row", keep="first", maintain_order=True)
        .drop("catalogue_rank")
    )


def _record(priced: pl.DataFrame) -> pl.DataFrame:
    """The rows that are no reader's own; all of them where nobody else publishes both speed and price."""
    published = priced.filter(~pl.col("is_upload"))
    return published if published.height else priced


def _ranked(record: pl.DataFrame) -> pl.DataFrame:
    by_run = record.group_by("run").agg(
        pl.col("measured_by").first(),
        pl.col("measurer_kind").first(),
        pl.col("measured_on").max(),
        pl.col("measured_from").min(),
        pl.col("looks").max(),
        offers=pl.struct(ENDPOINT).n_unique().cast(pl.Int64),
        providers=pl.col("provider").n_unique().cast(pl.Int64),
        timed=pl.col("ttft_seconds").count().cast(pl.Int64),
    )
    wide_enough = 2 * pl.col("providers") > pl.col("providers").max()
    ranked = by_run.sort(
        wide_enough,
        pl.col("measurer_kind") == "independent",
        "measured_on",
        "looks",
        "providers",
        "run",
        descending=[True, True, True, True, True, False],
        nulls_last=True,
    ).with_row_index("place")
    labels = pl.Series([_run_label(row) for row in ranked.iter_rows(named=True)], dtype=pl.String)
    ranked = ranked.with_columns(run_label=labels)
    again = pl.int_range(pl.len()).over("run_label")
    return ranked.with_columns(
        run_label=pl.when(again > 0).then(pl.format("{} ({})", "run_label", again + 1)).otherwise("run_label")
    )


def _run_label(row: dict[str, Any]) -> str:
    told = "live traffic, " if row["measurer_kind"] == "traffic" else ""
    wait = "" if row["timed"] else ", no first-token times"
    return f"{row['measured_by']}, {told}{_looked(row)}: {words.plural(row['providers'], 'provider')}{wait}"


def _looked(row: dict[str, Any]) -> str:
    """When, and where it is the middle of several looks, of how many at most."""
    days = words.days(row["measured_from"], row["measured_on"])
    return days if row["looks"] == 1 else f"middle of up to {row['looks']} looks, {days}"


def _one_each(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per endpoint: of several prompt lengths or loads of one run the smallest."""
    return rows.sort("prompt_tokens", "concurrency", "row", nulls_last=False).unique(
        [*ENDPOINT, "is_upload"], keep="first", maintain_order=True
    )


def _label() -> pl.Expr:
    """The provider's name, with what tells its offers apart where it has several."""
    told_apart = pl.concat_str("provider", "endpoint", "precision", separator=", ", ignore_nulls=True)
    alone = pl.len().over("provider", "is_upload") == 1
    name = pl.when(alone).then(pl.col("provider")).otherwise(told_apart)
    marked = pl.when("is_upload").then(pl.format("{} (your figure)", name)).otherwise(name)
    again = pl.int_range(pl.len()).over(marked)
    return pl.when(again > 0).then(pl.format("{} ({})", marked, again + 1)).otherwise(marked)


def _reason(row: dict[str, Any]) -> str:
    shown, most = row["shown_seconds"], row["limit_seconds"]
    if shown is None:
        return "no speed of today is published"
    verb = "writing alone takes" if row["is_lower_bound"] else "answers in"
    told = f"{verb} {words.quantity(shown, 's')}"
    if most is None:
        return f"no limit: {told}"
    if shown > most:
        return f"too slow: {told}"
    return f"may be in time: {told}" if row["is_lower_bound"] else f"in time: {told}"
