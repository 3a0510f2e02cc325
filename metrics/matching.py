"""Which row stands beside which, and how well they match.

The one place that decides what may be divided. It writes its basis into columns: the grade, the
conditions that differ, and for a row that enters no ratio the reason why.

Why live traffic is never above C: a gateway's customers send each host other prompts at another
load, so prompt length and concurrency both differ by an amount that nobody publishes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from etl import offers
from etl.schema import PROVIDER_SPEED, UPLOAD
from metrics import values, words

BUFFERED_TTFT_SECONDS = 10
LOWEST_UPTIME_PERCENT = 50
SHORTEST_REPLY_TOKENS = 100
# The grade by how many soft conditions differ; the last stands for more as well. A hard one makes the other.
GRADES_BY_COUNT = ("A", "B", "C")
UNLIKE = "D"
GRADES = (*GRADES_BY_COUNT, UNLIKE)
COMPARABLE_GRADES = GRADES_BY_COUNT  # may decide a verdict
AGGREGATED_GRADES = ("A", "B")  # may enter an average
IS_COMPARABLE = pl.col("match_grade").is_in(COMPARABLE_GRADES)
DAYS_APART = (7, 30)  # each is a soft condition
MOST_DAYS_APART = 60  # farther apart makes no pair
RECENT = timedelta(days=183)  # six months: what is older than the newest of its kind by more is not of today
VENDOR = "vendor"
BEST, MEDIAN = "Best", "Median"
# What a reader may state of an own measurement, and how it is called.
STATED: Mapping[str, str] = {
    "prompt_tokens": "prompt length",
    "concurrency": "concurrency",
    "measured_on": "day of measurement",
}
OWN = pl.col("evidence").eq_missing(UPLOAD)  # a reader's own figure
IS_OWN_PAIR = OWN | pl.col("baseline_evidence").eq_missing(UPLOAD)
OWN_MEASUREMENT = (
    "source",
    "provider_as_published",
    "endpoint",
    "precision",
    "prompt_tokens",
    "concurrency",
    "measured_on",
    "output_tokens_per_second",
)
# What samples of one pair have in common, besides the other host.
SAMPLES_OF_ONE = (
    *("is_own", "model", "provider", "endpoint", "precision", "prompt_tokens", "concurrency", "match_grade"),
    *(f"{side}{name}" for side in ("", "baseline_") for name in ("measured_by", "measurer_kind")),
)

SILICON = ("family", "is_specialised", "is_hyperscaler")
# A pair has one model; a limit or a figure over many providers is no side of one.
NOT_CARRIED = ("model", "bound_as_published", "is_aggregate")
CARRIED = (*(name for name in PROVIDER_SPEED.names if name not in NOT_CARRIED), *SILICON)


def judged(speeds: pl.DataFrame, providers: pl.DataFrame) -> pl.DataFrame:
    """Every measurement with its provider's `kind`, its silicon and `excluded_because`: null where it may enter a
    ratio."""
    return speeds.join(
        providers.select("provider", "kind", *SILICON),
        on="provider",
        how="left",
        validate="m:1",
        maintain_order="left",
    ).with_columns(
        pl.when(offers.operator().is_null()).then("family").fill_null("undisclosed"),
        pl.col("is_specialised", "is_hyperscaler").fill_null(False),
        excluded_because=_exclusion(),
    )


def newest_measured(speeds: pl.DataFrame) -> date | None:
    """The newest day of a measurement of the record; a vendor's own claim is the newest of nothing."""
    return values.newest(speeds.filter((pl.col("measurer_kind") != VENDOR) & ~OWN)["measured_on"])


def is_recent_at(newest: date | None) -> pl.Expr:
    """True for what was measured within the half year up to this day or later; what has no day was not."""
    since = pl.lit(newest - RECENT if newest else None, dtype=pl.Date)
    return (pl.col("measured_on") >= since).fill_null(value=False)


def _exclusion() -> pl.Expr:
    speed = pl.col("output_tokens_per_second")
    return (
        pl.when(pl.col("is_aggregate").fill_null(False))
        .then(pl.lit("a figure over many providers"))
        .when(pl.col("bound_as_published").is_not_null())
        .then(pl.lit("only a limit is published, not a value"))
        .when(~offers.counts_as_host())
        .then(
            pl.when(pl.col("kind").is_null())
            .then(pl.lit("nobody knows whether this provider runs the model"))
            .otherwise(pl.format("a {}, not who runs the model", "kind"))
        )
        .when(offers.operator().is_not_null())
        .then(pl.format("run by {}, so no measurement of the seller's own machines", offers.operator()))
        .when(speed.is_null())
        .then(pl.lit("no output speed is published"))
        .when(pl.col("uptime_percent") < LOWEST_UPTIME_PERCENT)
        .then(pl.lit(f"answered fewer than {LOWEST_UPTIME_PERCENT}% of its requests: a host that was away"))
        .when(offers.is_free())
        .then(pl.lit("a free route, which is throttled"))
        .when(pl.col("ttft_seconds") > BUFFERED_TTFT_SECONDS)
        .then(pl.lit(f"first token after more than {BUFFERED_TTFT_SECONDS} s: a buffered reply"))
        .when(pl.col("output_tokens") < SHORTEST_REPLY_TOKENS)
        .then(pl.lit(f"replies of fewer than {SHORTEST_REPLY_TOKENS} tokens"))
        .otherwise(None)
    )


def pairs(rows: pl.DataFrame, newest: date | None = None) -> pl.DataFrame:
    """Every specialised measurement beside every other host's of the same model that it may be divided by.

    Takes `judged` rows. One row per pair: the specialised side under its own names, the other
    under `baseline_…`, with `match_grade`, `days_apart` and `differs`. Within one capture all
    hosts are paired. A specialised measurement with no host beside it in its capture is paired
    with those nearest in time, of the same measurer if there are any, else of another. A reader's own
    measurements are paired besides, and change no pair of the record. `is_recent`: of the half year up to `newest`, the
    newest measurement of the rows where it is not given; a pair without a day is of no time.
    """
    usable = rows.filter(pl.col("excluded_because").is_null())
    fast, others = usable.filter("is_specialised"), usable.filter(~pl.col("is_specialised"))
    of_record = _nearest(_placed(fast.filter(~OWN), others.filter(~OWN)))
    every = _graded(pl.concat([of_record, _with_own(fast, others)]))
    return every.with_columns(is_recent=is_recent_at(newest or newest_measured(rows))).sort(
        "model",
        "provider",
        "endpoint",
        "measured_on",
        "baseline_provider",
        "baseline_endpoint",
        "baseline_measured_on",
        "output_tokens_per_second",
        "baseline_output_tokens_per_second",
    )


def _group() -> pl.Expr:
    """One run of one measurer: a capture, else the page that shows the rows side by side."""
    return pl.concat_str(
        pl.col("source"),
        pl.col("measured_by"),
        pl.coalesce(pl.col("capture"), pl.col("source_url")),
        separator=" | ",
    )


def _with_own(fast: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Pairs that a reader's own measurement is a side of, ungraded.

    An own specialised measurement stands beside every other host, in its own file where the file has
    the host, else the nearest in time. An own host stands beside the nearest measurement of every
    specialised endpoint of the record. However far apart in time: the grade says so.
    """
    mine = _placed(fast.filter(OWN), others)
    theirs = _placed(fast.filter(~OWN), others.filter(OWN))
    one = ["side", "baseline_provider", "baseline_endpoint"]
    other = ["provider", "endpoint", *(f"baseline_{name}" for name in OWN_MEASUREMENT)]
    return pl.concat(
        [
            together.filter(pl.col("place").is_not_null())
            .sort(
                "place",
                "days_apart",
                "measured_on",
                "baseline_measured_on",
                descending=[False, False, True, True],
                nulls_last=True,
            )
            .filter((pl.col("place") == 0) | pl.int_range(pl.len()).over(key).eq(0))
            for together, key in ((mine, one), (theirs, other))
        ]
    )


def between(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The graded pair of two given measurements of one model, each a frame of one `judged` row; no row where
    they lie too far apart in time to be a pair."""
    return _graded(_nearest(_placed(one, other)))


def _placed(ones: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Every one beside every other of its model, with `place`: 0 the same run, 1 the same measurer, 2 another,
    null out of reach."""
    carried = [side.with_columns(group=_group()).select("model", "group", *CARRIED) for side in (ones, others)]
    together = (
        carried[0]
        .with_row_index("side")
        .join(
            carried[1].select("model", pl.all().exclude("model").name.prefix("baseline_")),
            on="model",
            how="inner",
            maintain_order="left_right",
        )
        .with_columns(
            days_apart=(pl.col("measured_on") - pl.col("baseline_measured_on")).dt.total_days().abs(),
            is_one_group=pl.col("group") == pl.col("baseline_group"),
        )
    )
    # Who measured by what method, in whichever file it stands: one file may quote several, one measurer fill several.
    same_measurer = (pl.col("measured_by") == pl.col("baseline_measured_by")) & pl.col("measurer_kind").eq_missing(
        pl.col("baseline_measurer_kind")
    )
    in_reach = pl.col("days_apart") <= MOST_DAYS_APART
    # A run may be undated; a page without a capture may tell of several seasons.
    one_run = pl.col("is_one_group") & in_reach.fill_null(True)
    return together.with_columns(
        place=pl.when(one_run).then(0).when(same_measurer & in_reach).then(1).when(in_reach | IS_OWN_PAIR).then(2)
    )


def _nearest(together: pl.DataFrame) -> pl.DataFrame:
    """The candidates of each specialised row that are best placed: same run, else same measurer, else any."""
    return (
        together.filter(pl.col("place").is_not_null())
        .filter(pl.col("place") == pl.col("place").min().over("side"))
        # Of one host measured several times, the measurement nearest in time.
        .filter(
            (pl.col("place") == 0)
            | pl.col("days_apart").eq_missing(
                pl.col("days_apart").min().over("side", "baseline_provider", "baseline_endpoint")
            )
        )
    )


def _graded(together: pl.DataFrame) -> pl.DataFrame:
    return (
        graded(together, SOFT, HARD)
        .with_columns(is_own=IS_OWN_PAIR)
        .drop("place", "side", "group", "baseline_group", "is_one_group")
    )


@dataclass(frozen=True)
class Condition:
    """One way in which two sides may differ: `name` as the column `differs` has it, `is_met` true where they do.

    `told` says it to a reader where the name is too short for that, `only` names the pairs for which it counts.
    `counts_unknown`: it is met also where neither side publishes it.
    """

    name: str
    is_met: pl.Expr = field(compare=False)
    told: str = ""
    only: str = ""
    counts_unknown: bool = False


def graded(together: pl.DataFrame, soft: Sequence[Condition], hard: Sequence[Condition] = ()) -> pl.DataFrame:
    """Pairs with `match_grade`, by how many of the soft conditions differ, and `differs`, which name all that do."""
    count = pl.sum_horizontal(condition.is_met.cast(pl.Int8) for condition in soft)
    by_count = dict(enumerate(GRADES_BY_COUNT[:-1]))
    named = [pl.when(condition.is_met).then(pl.lit(condition.name)) for condition in (*soft, *hard)]
    is_unlike = pl.any_horizontal(condition.is_met for condition in hard) if hard else pl.lit(value=False)
    return together.with_columns(
        match_grade=pl.when(is_unlike)
        .then(pl.lit(UNLIKE))
        .otherwise(count.replace_strict(by_count, default=GRADES_BY_COUNT[-1])),
        differs=pl.concat_str(named, separator="; ", ignore_nulls=True).replace("", None),
    )


def _apart(days: int) -> Condition:
    return Condition(f"measured more than {days} days apart", (pl.col("days_apart") > days).fill_null(False))


def _published(column: str, name: str) -> Condition:
    """Met where the two sides publish different values, or one side alone publishes one."""
    return Condition(name, _differs(column))


def _known(column: str, name: str) -> Condition:
    """As `_published`; unpublished on both sides counts where the work was not one fixed test."""
    unfixed = pl.col(column).is_null() & pl.col(f"baseline_{column}").is_null()
    one_method = pl.col("is_one_group") & (pl.col("measurer_kind") != "traffic")
    return Condition(name, _differs(column) | (unfixed & ~one_method), counts_unknown=True)


def _differs(column: str) -> pl.Expr:
    return pl.col(column).ne_missing(pl.col(f"baseline_{column}"))


def _states_conditions(prefix: str) -> pl.Expr:
    """True unless this side is a reader's own measurement that leaves a condition unsaid."""
    said = pl.all_horizontal(pl.col(f"{prefix}{name}").is_not_null() for name in STATED)
    return (pl.col(f"{prefix}evidence") != UPLOAD) | said


# Another measurer weighs less where a reader's own measurement says under which conditions it was made.
_OF_TWO_MEASURERS = pl.col("place") == 2
_IS_STATED = _states_conditions("") & _states_conditions("baseline_") & (pl.col("days_apart") <= MOST_DAYS_APART)
_IS_SOFTENED = (_OF_TWO_MEASURERS & _IS_STATED & IS_OWN_PAIR).fill_null(False)

# Where two offers are unlike, whoever looked at them: they count for speeds and for prices.
OF_OFFERS: tuple[Condition, ...] = (
    _published("precision", "precision"),
    Condition("kind of endpoint", offers.terms().ne_missing(offers.terms("baseline_endpoint"))),
    Condition(
        "a machine of its maker that served nobody else",
        offers.is_unshared() != offers.is_unshared("baseline_endpoint"),
    ),
)

# The rule: the grade, what `differs` names and what a reader is told of the grades all follow from these.
SOFT: tuple[Condition, ...] = (
    *(_apart(days) for days in DAYS_APART),
    _known("prompt_tokens", "prompt length"),
    _known("concurrency", "concurrency"),
    *OF_OFFERS,
    Condition("measurer", _IS_SOFTENED, only=f"an own measurement that states its {words.listed([*STATED.values()])}"),
)
HARD: tuple[Condition, ...] = (
    Condition("measurer", _OF_TWO_MEASURERS & ~_IS_SOFTENED, told="different measurers"),
    Condition(
        "a vendor's own figure on one side",
        (pl.col("measurer_kind") == VENDOR) != (pl.col("baseline_measurer_kind") == VENDOR),
    ),
)


def grade_meanings() -> dict[str, str]:
    """What a pair of each grade is, best grade first: "1 condition differs"."""
    counted = {grade: _differ(count) for count, grade in enumerate(GRADES_BY_COUNT)}
    return {**counted, UNLIKE: " or ".join(condition.told or condition.name for condition in HARD)}


def _differ(count: int) -> str:
    if count == 0:
        return "no condition differs"
    more = " or more" if count == len(GRADES_BY_COUNT) - 1 else ""
    return f"{words.plural(count, 'condition')}{more} {'differs' if count == 1 else 'differ'}"


def grade_rule() -> str:
    """Which conditions count, and what each grade may enter, in sentences."""
    always = [condition.name for condition in SOFT if not condition.only]
    unknown = [condition.name for condition in SOFT if condition.counts_unknown]
    sentences = [
        f"The conditions are: {'; '.join(always)}.",
        *(f"For {condition.only}: {condition.name}." for condition in SOFT if condition.only),
        "What one side alone publishes differs.",
        f"So does what neither publishes of {words.listed(unknown)}, but for one run of one test." if unknown else "",
        f"Only grades {words.listed([*AGGREGATED_GRADES])} enter an average, "
        f"only {words.listed([*COMPARABLE_GRADES])} a verdict.",
    ]
    return " ".join(filter(None, sentences))


def speaks_for_today() -> pl.Expr:
    """True for a comparable pair of the newest half year: a fresh grade C says more of today than an old A."""
    return IS_COMPARABLE & pl.col("is_recent")


def last_day(paired: pl.DataFrame) -> str:
    """The column with the day up to which a row speaks: of the middle one of several samples that of the newest."""
    return "window_to" if "window_to" in paired.columns else "measured_on"


def best_first(paired: pl.DataFrame, value: str, descending: bool = True) -> pl.DataFrame:
    """Pairs by how well they speak for today: the record before a reader's own, the newest half year before older
    ones, better matched, then newer, then read at the publisher itself, and of equal ones the one with the higher
    value (the lower, where `descending` is false)."""
    return paired.sort(
        "is_own",
        speaks_for_today(),
        "match_grade",
        last_day(paired),
        pl.col("evidence") == "published",
        value,
        descending=[False, True, False, True, True, descending],
        nulls_last=True,
    )


# What is told of the samples of a pair. `decides`: the middle one, which stands for all of them.
SAMPLED = ("value_low", "value_high", "samples", "window_from", "window_to", "decides")


def with_samples(paired: pl.DataFrame, value: str, baseline: str) -> pl.DataFrame:
    """Pairs with the columns of `SAMPLED`: repeated samples of one pair are one figure, the middle one by `value`.

    Samples are of one measurer and method under the same conditions, up to half a year before the newest of them; what
    is older is none and decides nothing. Of two the lower decides, so that a row can be opened. `samples` counts them,
    `value_low` and `value_high` are their range, `window_from` and `window_to` the days of the first and the last.
    Against "Best" or "Median" the other host may be another in each sample. A reader's own figures and undated ones
    stand for themselves. Pairs without the value are left out.
    """
    by_name = [] if baseline in (BEST, MEDIAN) else ["baseline_provider", "baseline_endpoint"]
    day = pl.col("measured_on")
    known = paired.filter(pl.col(value).is_not_null()).with_columns(
        single=pl.when(pl.col("is_own") | day.is_null()).then(pl.int_range(pl.len()))
    )
    one = [*SAMPLES_OF_ONE, *by_name, "single"]
    within = in_window(one)
    ordered = known.sort(*one, ~within, value, day, nulls_last=True)
    return ordered.with_columns(
        pl.col("is_recent").any().over(one) & within,
        *window(value, one),
        decides=pl.int_range(pl.len()).over(one) == (within.sum().over(one) - 1) // 2,
    ).drop("single")


def in_window(one: Sequence[str]) -> pl.Expr:
    """True for pairs of these like ones that are up to half a year older than the newest of them, and undated ones."""
    day = pl.col("measured_on")
    return (day >= day.max().over(one) - RECENT).fill_null(value=True)


def window(value: str, one: Sequence[str]) -> list[pl.Expr]:
    """The range of a value, the number and the days of the pairs of a window; null for what is older than it."""
    within, day = in_window(one), pl.col("measured_on")
    told = {
        "value_low": pl.col(value).filter(within).min().over(one),
        "value_high": pl.col(value).filter(within).max().over(one),
        "samples": within.sum().over(one).cast(pl.Int64),
        "window_from": day.filter(within).min().over(one),
        "window_to": day.filter(within).max().over(one),
    }
    return [pl.when(within).then(found).alias(name) for name, found in told.items()]


def at_the_middle(paired: pl.DataFrame, value: str, baseline: str) -> pl.DataFrame:
    """Of repeated samples of one pair the middle one, as `with_samples` finds it."""
    return with_samples(paired, value, baseline).filter("decides")


def against(paired: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """For each specialised measurement its one pair with the chosen baseline.

    "Best" is the fastest other host beside it. "Median" is the middle one of their endpoints, of two
    the faster, so that it stays a row that can be opened. Anything else is the provider of that
    name with its best-matched, then fastest endpoint. Where any pair is comparable, those that are
    not are out of the running. Pairs with a reader's own measurement are chosen among
    themselves, and take the place of none of the record.
    """
    side = [
        "is_own",
        "model",
        "capture",
        "source",
        "provider",
        "provider_as_published",
        "endpoint",
        "precision",
        "measured_on",
        "output_tokens_per_second",
        "source_url",
    ]
    speed = "baseline_output_tokens_per_second"
    by_name = baseline not in (BEST, MEDIAN)
    running = (paired.filter(pl.col("baseline_provider") == baseline) if by_name else paired).filter(
        IS_COMPARABLE.any().over(side) == IS_COMPARABLE
    )
    grade = pl.when(pl.lit(by_name)).then("match_grade")
    ranked = running.sort(
        *side,
        grade,
        speed,
        "baseline_provider",
        descending=[False] * len(side) + [False, True, False],
        nulls_last=True,
    )
    place = (pl.len().over(side) - 1) // 2 if baseline == MEDIAN else pl.lit(0)
    return ranked.filter(pl.int_range(pl.len()).over(side) == place)
