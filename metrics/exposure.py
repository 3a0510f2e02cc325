"""The exposure scenario: what Azure stands to lose if inference moves to other silicon. A scenario, no forecast.

Three outputs that are never added: two are money a year, and the second is part of the first; one is money once.

- Revenue at risk, bn USD a year. Inference revenue of the coming year I = AI run rate × (1 + growth of the AI
  business) × inference share. A contract binds OpenAI's part o as far as b of it cannot leave: open = 1 − o·b. Of the
  open part m moves away; what stays is sold at a price lower by c, and e percent more is used for each percent off:
  I·open·m + I·open·(1 − m)·(1 − (1 − c)^(1 − e)). The cut applies only to what stays, so nothing is counted twice.
- Gross profit at risk, bn USD a year: of what leaves all but the cost that is no longer spent, (1 − margin) × avoided;
  of the price cut all.
- Capital at risk, bn USD, a year on: the book value of short-lived capital expenditure, the guided purchases of the
  coming year and signed leases among it, × inference share × (1 − share on Microsoft's own chips) × the share of
  capacity left idle. Capacity is built to demand, so growth refills nothing by itself; what waits for capacity today
  does. Idle = capacity in use × max(0, open·m − waiting) × (1 − turned to training and other work). The book value
  falls in a straight line over the useful life.

More growth never lowers what is at risk, and less never raises it: there is less to lose.

An input is a published figure, an assumption, or an assumption with a source (a published figure of something else
that stands in), and says which. One that is missing blocks the outputs that need it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, product
from math import ceil
from typing import Any

import polars as pl

from metrics import companies
from metrics import values as known

MIGRATION, PRICE_CUT, INFERENCE_SHARE, GROWTH = "migration", "price_cut", "inference_share", "growth"
OPENAI, BOUND, ELASTICITY = "openai_share", "contracted", "elasticity"
RUN_RATE, MARGIN, AVOIDED = "run_rate", "margin", "avoided_cost"
SHORT_LIVED, LIFE, UTILISATION, MAIA = "short_lived", "useful_life", "utilisation", "maia"
BUILD, LEASES, WAITING, REDEPLOYED = "guided_capex", "signed_leases", "waiting", "redeployed"
DEMAND, CAPACITY, MONEY = GROUPS = "Demand", "Capacity", "Money"

PUBLISHED, ASSUMPTION, SOURCED = "published", "assumption", "assumption with a source"
WORST, BASE, BEST = PRESETS = "Worst for Azure", "Base", "Best for Azure"
CLOUD_SPEND = "AI-optimised cloud (IaaS)"
WORLD_SCOPES = (CLOUD_SPEND, "all AI compute", "AI data-centre power")
QUARTERS_A_YEAR = 4
GRID_STEPS = 6


@dataclass(frozen=True)
class Input:
    """One input: its range, its unit, which end hurts Microsoft, and what it rests on.

    `floor` and `ceiling` bound what a reader may choose, `low` to `high` is the range believed; these and `base` are
    None where the figure that they rest on is not published. `source_url` is None for an assumption.
    """

    name: str
    label: str
    unit: str
    floor: float
    ceiling: float
    step: float
    low: float | None
    base: float | None
    high: float | None
    worse: str  # high | low
    basis: str
    group: str = DEMAND
    source_url: str | None = None
    publisher: str | None = None
    as_of: date | None = None
    is_main: bool = False
    is_stand_in: bool = False  # a published figure of something else, taken for this

    @property
    def kind(self) -> str:
        if not self.source_url:
            return ASSUMPTION
        return SOURCED if self.is_stand_in else PUBLISHED

    @property
    def is_missing(self) -> bool:
        """Whether the figure is absent, or one the scenario has no meaning for: growth below 0, a share above 100."""
        if self.low is None or self.base is None or self.high is None:
            return True
        return not self.floor <= self.low <= self.base <= self.high <= self.ceiling

    def preset(self, name: str) -> float | None:
        """The value of this input in a preset, None where it is missing."""
        if self.is_missing:
            return None
        if name == BASE:
            return self.base
        return self.high if (name == WORST) == (self.worse == "high") else self.low


@dataclass(frozen=True)
class Output:
    """One output: its unit and, for each input that it needs, whether it rises (+1) or falls (-1) with it; 0 where that
    hangs on the others."""

    name: str
    label: str
    unit: str
    needs: Mapping[str, int] = field(compare=False)


OF_REVENUE = {
    MIGRATION: 1,
    PRICE_CUT: 1,
    INFERENCE_SHARE: 1,
    RUN_RATE: 1,
    GROWTH: 1,
    OPENAI: -1,
    BOUND: -1,
    ELASTICITY: -1,
}
REVENUE = Output("revenue_at_risk_usd_bn_per_year", "Revenue at risk", "bn USD a year", OF_REVENUE)
PROFIT = Output(
    "gross_profit_at_risk_usd_bn_per_year",
    "Gross profit at risk",
    "bn USD a year",
    # Where a cut takes more of what stays than leaving takes, more leaving means less lost.
    {**OF_REVENUE, MIGRATION: 0, MARGIN: 1, AVOIDED: -1},
)
CAPITAL = Output(
    "capital_at_risk_usd_bn",
    "Capital at risk",
    "bn USD",
    {
        MIGRATION: 1,
        INFERENCE_SHARE: 1,
        OPENAI: -1,
        BOUND: -1,
        SHORT_LIVED: 1,
        LIFE: 1,
        BUILD: 1,
        LEASES: 1,
        UTILISATION: 1,
        MAIA: -1,
        WAITING: -1,
        REDEPLOYED: -1,
    },
)
OUTPUTS = (REVENUE, PROFIT, CAPITAL)

Values = Mapping[str, float | None]


# Inputs


def inputs(figures: pl.DataFrame, shares: pl.DataFrame) -> tuple[Input, ...]:
    """Every input, from company_quarter and compute_share where a figure is published."""
    return (
        Input(
            MIGRATION,
            "Inference that moves away",
            "%",
            0,
            100,
            1,
            5,
            15,
            40,
            "high",
            "Nobody publishes what share of Azure's inference has moved or will.",
            is_main=True,
        ),
        Input(
            PRICE_CUT,
            "Price cut to keep the rest",
            "%",
            0,
            90,
            1,
            0,
            20,
            50,
            "high",
            "The article's tenth of the cost would be a cut of 90 %.",
            is_main=True,
        ),
        _inference_share(figures, shares),
        _growth(figures),
        _openai_share(figures),
        Input(
            BOUND,
            "Of OpenAI's share, bound by contract",
            "%",
            0,
            100,
            1,
            0,
            0,
            100,
            "low",
            "How much of it must be taken or paid is not published. Nothing is counted unless you say so.",
        ),
        Input(
            ELASTICITY,
            "More use for each 1 % off the price",
            "%",
            0,
            1,
            0.05,
            0,
            0,
            0.9,
            "low",
            "Not published for AI in a cloud. 0: a cut sells no more; 1: it sells as much more as it costs.",
        ),
        _run_rate(figures),
        _margin(figures),
        Input(
            AVOIDED,
            "Cost of what leaves that is saved",
            "%",
            0,
            100,
            1,
            0,
            30,
            60,
            "low",
            "Not published. Machines are paid for whether they run or not; power and support are saved.",
            MONEY,
        ),
        _short_lived(figures),
        _useful_life(figures),
        _build(figures),
        _leases(figures),
        Input(
            WAITING,
            "Demand that waits for capacity",
            "%",
            0,
            100,
            1,
            0,
            5,
            20,
            "low",
            "Microsoft says that demand exceeds its capacity, and not by how much. It takes the place of what leaves.",
            CAPACITY,
        ),
        Input(
            REDEPLOYED,
            "Freed capacity turned to training",
            "%",
            0,
            100,
            1,
            0,
            25,
            75,
            "low",
            "Not published. What is freed may train models or do other work at a price that is not counted here.",
            CAPACITY,
        ),
        Input(
            UTILISATION,
            "Capacity in use today",
            "%",
            10,
            100,
            1,
            50,
            70,
            90,
            "high",
            "Not published. What was not in use cannot be left idle, so more use means more at risk.",
            CAPACITY,
        ),
        Input(
            MAIA,
            "Inference on Microsoft's own chips",
            "%",
            0,
            100,
            1,
            0,
            5,
            20,
            "low",
            "The share of capacity on Maia is not published; it is taken to stay in use.",
            CAPACITY,
        ),
    )


def _inference_share(figures: pl.DataFrame, shares: pl.DataFrame) -> Input:
    """Microsoft does not publish it. World estimates of the last two years give the range, the one of money spent
    on AI cloud, nearest to a cloud's revenue, the base."""
    newest = known.newest(figures.filter(pl.col("kind") == "actual")["period_end"])
    years = (newest.year - 1, newest.year) if newest else ()
    world = shares.filter(
        pl.col("share_percent").is_not_null() & pl.col("scope").is_in(WORLD_SCOPES) & pl.col("year").is_in(years)
    ).sort("year", "share_percent")
    cloud = world.filter(pl.col("scope") == CLOUD_SPEND)
    return Input(
        INFERENCE_SHARE,
        "Inference in Azure's AI revenue",
        "%",
        0,
        100,
        0.1,
        known.smallest(world["share_percent"]),
        cloud["share_percent"][-1] if cloud.height else None,
        known.largest(world["share_percent"]),
        "high",
        "Microsoft does not publish it. Stands in: inference in world spending on AI cloud; range: world estimates of "
        "compute, power and spending. Also taken for its share of the hardware.",
        is_main=True,
        is_stand_in=True,
        **_cited(cloud.row(-1, named=True) if cloud.height else None),
    )


def _growth(figures: pl.DataFrame) -> Input:
    grown = companies.quarters(figures, companies.AZURE_GROWTH, companies.GROWTH_BASES[0])
    stated = _stated(figures, companies.AI_GROWTH)
    azure, last = _last(grown), _last(stated)
    low = min(azure["value"], last["value"]) if azure and last else None
    return Input(
        GROWTH,
        "Growth of the AI business",
        "%",
        0,
        max(200.0, ceil(known.largest(stated["value"]) or 0)),
        0.1,
        low,
        last["value"] if last else None,
        known.largest(stated["value"]),
        "low",
        "Over the coming year. Base: as Microsoft last stated it over the year before; low: all of Azure's newest "
        "growth; high: the highest that it stated.",
        is_main=True,
        is_stand_in=True,
        **_cited(last),
    )


def _stated(figures: pl.DataFrame, metric: str) -> pl.DataFrame:
    """Microsoft's actual figures of a metric, oldest first."""
    rows = companies.of_record(figures).filter(
        (pl.col("company") == companies.MICROSOFT)
        & (pl.col("metric") == metric)
        & (pl.col("kind") == "actual")
        & pl.col("value").is_not_null()
    )
    return rows.sort("period_end", "source_url")


def _openai_share(figures: pl.DataFrame) -> Input:
    """Of the backlog as Microsoft stated it; the other end is revenue from OpenAI in a year by the AI run rate."""
    backlog, paid = _stated(figures, companies.OPENAI_BACKLOG), _stated(figures, companies.OPENAI_REVENUE)
    rate = companies.newest(figures, companies.RUN_RATE)
    last = _last(backlog)
    share = last["value"] if last else None
    of_revenue = round(100 * paid["value"][-1] / rate["value"], 1) if paid.height and rate and rate["value"] else None
    ends = [end for end in (share, of_revenue) if end is not None and 0 <= end <= 100]
    return Input(
        OPENAI,
        "OpenAI's share of the AI business",
        "%",
        0,
        100,
        0.1,
        min(ends, default=None),
        share,
        max(ends, default=None),
        "low",
        "Stands in: its share of what customers have contracted. High end: what it paid in a fiscal year, by the AI "
        "run rate.",
        is_stand_in=True,
        **_cited(last),
    )


def _margin(figures: pl.DataFrame) -> Input:
    margins = companies.quarters(figures, companies.CLOUD_MARGIN, None)
    return Input(
        MARGIN,
        "Gross margin",
        "%",
        0,
        100,
        0.1,
        *_reach(margins),
        "high",
        "Stands in: that of all of Microsoft Cloud. AI's own is not published, and is said to be lower.",
        MONEY,
        is_stand_in=True,
        **_cited(_last(margins)),
    )


def _build(figures: pl.DataFrame) -> Input:
    """The newest guidance for a year of capex with finance leases; the ends are its earlier statement and what the last
    four quarters came to."""
    guided = (
        companies.of_record(figures)
        .filter(
            (pl.col("company") == companies.MICROSOFT)
            & (pl.col("metric") == companies.CAPEX)
            & (pl.col("basis") == companies.WITH_LEASES)
            & (pl.col("kind") == "guidance")
            & (pl.col("period_kind") == "year")
            & pl.col("value").is_not_null()
        )
        .sort("period_end", "published_on", "source_url")
    )
    last = _last(guided)
    year = purchases(figures).tail(QUARTERS_A_YEAR)
    spent = known.total(year["value"]) if year.height == QUARTERS_A_YEAR else None
    ends = [*guided["value"], *([spent] if spent is not None else [])] if last else []
    return Input(
        BUILD,
        "Capex of the coming year",
        "bn USD",
        0,
        1000,
        0.1,
        min(ends, default=None),
        last["value"] if last else None,
        max(ends, default=None),
        "high",
        "Capacity that is added: base as Microsoft last guided for a year, finance leases included; the ends are its "
        "earlier guidance and the last four quarters.",
        CAPACITY,
        is_stand_in=True,
        **_cited(last),
    )


def _leases(figures: pl.DataFrame) -> Input:
    last = _last(_stated(figures, companies.LEASES_BEGUN))
    year = round(last["value"], 1) if last else None
    return Input(
        LEASES,
        "Leases signed and not begun",
        "bn USD",
        0,
        500,
        0.1,
        0 if last else None,
        year,
        2 * year if year is not None else None,
        "high",
        "Beyond the coming year. Stands in: finance leases that began in the last fiscal year, one such year signed "
        "ahead; high: two.",
        CAPACITY,
        is_stand_in=True,
        **_cited(last),
    )


def _run_rate(figures: pl.DataFrame) -> Input:
    last = companies.newest(figures, companies.RUN_RATE)
    value = last["value"] if last else None
    return Input(
        RUN_RATE,
        "AI business run rate",
        "bn USD a year",
        0,
        500,
        0.1,
        value,
        value,
        value,
        "high",
        "As Microsoft states it: all AI business, so more than Azure alone.",
        MONEY,
        **_cited(last),
    )


def _short_lived(figures: pl.DataFrame) -> Input:
    stated = companies.quarters(figures, companies.SHORT_LIVED, None)
    return Input(
        SHORT_LIVED,
        "Short-lived share of capex",
        "%",
        0,
        100,
        0.1,
        *_reach(stated),
        "high",
        "As stated each quarter: mainly GPUs and CPUs, so more than inference hardware.",
        CAPACITY,
        **_cited(_last(stated)),
    )


def _useful_life(figures: pl.DataFrame) -> Input:
    last = companies.newest(figures, companies.SERVER_LIFE)
    ends = ("value_low", "value_high")
    low, high = (last["value"] if last[end] is None else last[end] for end in ends) if last else (None, None)
    return Input(
        LIFE,
        "Useful life of servers",
        "years",
        1,
        10,
        0.5,
        low,
        high,
        high,
        "high",
        "The range of the annual report; base: its long end, in use since fiscal 2023.",
        CAPACITY,
        **_cited(last),
    )


def _last(rows: pl.DataFrame) -> dict[str, Any] | None:
    """The last row; None where there is none."""
    return rows.row(-1, named=True) if rows.height else None


def _reach(stated: pl.DataFrame) -> tuple[float | None, float | None, float | None]:
    """Low, base and high of an input: the least that was stated, the last and the most."""
    last = _last(stated)
    return known.smallest(stated["value"]), last["value"] if last else None, known.largest(stated["value"])


def _cited(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where a figure stands and its day: the end of the period it is about, or the day it was published where it has
    none or speaks of one to come."""
    if row is None:
        return {}
    end, published = row.get("period_end"), row["published_on"]
    as_of = published if published and (not end or published < end) else end
    return {"source_url": row["source_url"], "publisher": row["publisher"], "as_of": as_of}


def preset(declared: Sequence[Input], name: str) -> dict[str, float | None]:
    """The value of every input in a preset."""
    return {one.name: one.preset(name) for one in declared}


def matching_preset(declared: Sequence[Input], values: Values) -> str | None:
    """The preset that these values are, where they are one."""
    return next((name for name in PRESETS if preset(declared, name) == dict(values)), None)


# Purchases


def purchases(figures: pl.DataFrame) -> pl.DataFrame:
    """Capital expenditure with finance leases by quarter: period_end, value in bn USD, and the citation."""
    return companies.quarters(figures, companies.CAPEX, companies.WITH_LEASES)


def gap(bought: pl.DataFrame) -> str | None:
    """A sentence where purchases are missing, between two quarters or altogether; None where they are whole."""
    if bought.is_empty():
        return "Microsoft's quarterly capex with finance leases is not in the tables."
    ends = bought["period_end"].to_list()
    for earlier, later in pairwise(ends):
        if _quarters_between(earlier, later) != 1:
            return f"A quarter of Microsoft's capex between {earlier:%B %Y} and {later:%B %Y} is not in the tables."
    return None


def _quarters_between(earlier: date, later: date) -> int:
    return ((later.year - earlier.year) * 12 + later.month - earlier.month) // 3


def net_book_usd_bn(bought: pl.DataFrame, short_lived_percent: float, life_years: float, quarters_on: int = 0) -> float:
    """What short-lived purchases are worth in the books so many quarters after the newest quarter's end, bn USD.

    Straight line; a quarter's purchases are half a quarter old when it ends. What was bought before the first quarter
    of the table is left out, so this is a lower bound while the life reaches further back.
    """
    newest = known.newest(bought["period_end"])
    if newest is None:
        return 0.0
    kept: list[float] = [
        amount * _left((_quarters_between(end, newest) + 0.5 + quarters_on) / QUARTERS_A_YEAR, life_years)
        for end, amount in bought.select("period_end", "value").iter_rows()
    ]
    return short_lived_percent / 100 * sum(kept)


def _left(age_years: float, life_years: float) -> float:
    """The part of a price that is still in the books."""
    return max(0.0, 1 - age_years / life_years)


# Outputs


def blocked(output: Output, declared: Sequence[Input], bought: pl.DataFrame) -> str | None:
    """Why an output is not computed: the missing inputs by name; None where nothing is missing."""
    missing = [one.label for one in declared if one.name in output.needs and one.is_missing]
    told = (
        [f"{output.label} is not computed. No usable figure in the tables for: {', '.join(missing)}."]
        if missing
        else []
    )
    hole = gap(bought) if output is CAPITAL else None
    if hole:
        told.append(hole if told else f"{output.label} is not computed. {hole}")
    return " ".join(told) or None


def value(output: Output, values: Values, bought: pl.DataFrame) -> float | None:
    """The output, in its unit; None where an input that it needs is missing."""
    if any(values.get(name) is None for name in output.needs):
        return None
    if output is REVENUE:
        return sum(losses_usd_bn_per_year(values))
    if output is PROFIT:
        return _profit_usd_bn_per_year(values)
    return None if gap(bought) else _capital_usd_bn(values, bought)


def losses_usd_bn_per_year(values: Values) -> tuple[float, float]:
    """What migration takes, and what the price cut takes from the rest; together the revenue at risk."""
    revenue = inference_revenue_usd_bn_per_year(values) * open_share(values)
    moved = _given(values, MIGRATION) / 100
    return revenue * moved, revenue * (1 - moved) * (1 - kept_at_the_cut(values))


def open_share(values: Values) -> float:
    """The part of inference revenue that no contract binds, 0 to 1."""
    return 1 - _given(values, OPENAI) / 100 * _given(values, BOUND) / 100


def kept_at_the_cut(values: Values) -> float:
    """What the price cut leaves of the revenue of what stays, 0 to 1: (1 − c)^(1 − e)."""
    left: float = (1 - _given(values, PRICE_CUT) / 100) ** (1 - _given(values, ELASTICITY))
    return left


def _profit_usd_bn_per_year(values: Values) -> float:
    moved, cut = losses_usd_bn_per_year(values)
    saved = (1 - _given(values, MARGIN) / 100) * _given(values, AVOIDED) / 100
    return moved * (1 - saved) + cut


def inference_revenue_usd_bn_per_year(values: Values) -> float:
    """Azure's inference revenue of the coming year if nothing moved and no price fell: run rate × growth × share."""
    return revenue_today_usd_bn_per_year(values) * (1 + _given(values, GROWTH) / 100)


def revenue_today_usd_bn_per_year(values: Values) -> float:
    return _given(values, RUN_RATE) * _given(values, INFERENCE_SHARE) / 100


def _given(values: Values, name: str) -> float:
    """The value of one input; raises ValueError where it is missing, which `value` asks first."""
    found = values.get(name)
    if found is None:
        raise ValueError(f"The scenario has no value of {name}.")
    return found


def idle_share(values: Values) -> float:
    """The share of capacity that migration leaves idle after what waits for capacity has taken its place."""
    freed = max(0.0, open_share(values) * _given(values, MIGRATION) / 100 - _given(values, WAITING) / 100)
    return _given(values, UTILISATION) / 100 * freed * (1 - _given(values, REDEPLOYED) / 100)


def _capital_usd_bn(values: Values, bought: pl.DataFrame) -> float:
    short_lived, life = _given(values, SHORT_LIVED), _given(values, LIFE)
    today = net_book_usd_bn(bought, short_lived, life, QUARTERS_A_YEAR)
    added = _given(values, BUILD) * short_lived / 100 * _left(0.5, life)  # bought evenly over the year
    book = today + added + _given(values, LEASES)
    return book * _given(values, INFERENCE_SHARE) / 100 * (1 - _given(values, MAIA) / 100) * idle_share(values)


def span(output: Output, values: Values, declared: Sequence[Input], bought: pl.DataFrame) -> tuple[float, float] | None:
    """The least and the most that the output comes to with every input anywhere in its range.

    An output rises or falls with most of its inputs throughout, so its extremes lie where these stand at one end; of
    the others both ends are tried, as it is linear in them. A range reaches as far as the reader's own value where that
    lies outside it.
    """
    ends = {one.name: _ends(one, values) for one in declared if one.name in output.needs}
    if value(output, values, bought) is None:
        return None
    either = [name for name, way in output.needs.items() if not way]
    found = [
        value(output, {name: pair and pair[at[name]] for name, pair in ends.items()}, bought)
        for end in (0, 1)
        for tried in product((0, 1), repeat=len(either))
        for at in [
            {name: end if way > 0 else 1 - end for name, way in output.needs.items()}
            | dict(zip(either, tried, strict=True))
        ]
    ]
    amounts = [amount for amount in found if amount is not None]
    return (min(amounts), max(amounts)) if amounts else None


def _ends(one: Input, values: Values) -> tuple[float, float] | None:
    chosen = values.get(one.name)
    if one.is_missing or chosen is None or one.low is None or one.high is None:
        return None
    return min(one.low, chosen), max(one.high, chosen)


def tornado(output: Output, values: Values, declared: Sequence[Input], bought: pl.DataFrame) -> pl.DataFrame:
    """Each input swung from low to high with the rest as chosen, the widest swing first; empty where blocked.

    One row for an input: label, unit, low, chosen, high, at_low, at_high and base in the output's unit, swing.
    """
    base = value(output, values, bought)
    rows = []
    for one in declared if base is not None else ():
        ends = _ends(one, values)
        if one.name not in output.needs or ends is None:
            continue
        low, high = ends
        at_low, at_high = (value(output, {**values, one.name: end}, bought) for end in ends)
        if at_low is None or at_high is None:
            continue
        rows.append(
            {
                "name": one.name,
                "label": one.label,
                "input_unit": one.unit,
                "low": low,
                "chosen": values[one.name],
                "high": high,
                "at_low": at_low,
                "at_high": at_high,
                "base": base,
                "swing": abs(at_high - at_low),
                "unit": output.unit,
                "kind": one.kind,
                "publisher": one.publisher,
                "source_url": one.source_url,
            }
        )
    schema = dict.fromkeys(("low", "chosen", "high", "at_low", "at_high", "base", "swing"), pl.Float64)
    frame = pl.DataFrame(rows, schema_overrides=schema) if rows else pl.DataFrame()
    return frame.sort("swing", "label", descending=[True, False]) if rows else frame


def grid(values: Values, bought: pl.DataFrame) -> pl.DataFrame:
    """Revenue at risk over migration and price cut, the rest as chosen: seven by seven steps; empty where blocked."""
    if value(REVENUE, values, bought) is None:
        return pl.DataFrame()
    end = 60 if max(_given(values, MIGRATION), _given(values, PRICE_CUT)) <= 60 else 90
    steps = [end * step / GRID_STEPS for step in range(GRID_STEPS + 1)]
    return pl.DataFrame(
        [
            {
                "migration_percent": moved,
                "price_cut_percent": cut,
                REVENUE.name: value(REVENUE, {**values, MIGRATION: moved, PRICE_CUT: cut}, bought),
            }
            for moved in steps
            for cut in steps
        ]
    )


def threshold_line(values: Values, threshold_usd_bn_per_year: float, end: float) -> pl.DataFrame:
    """The price cut at which revenue at risk reaches the threshold, for each share that moves, up to `end` percent."""
    revenue = inference_revenue_usd_bn_per_year(values) * open_share(values)
    power = 1 - _given(values, ELASTICITY)
    rows = []
    for step in range(int(end) + 1):
        stays = (1 - step / 100) * revenue
        left = (revenue - threshold_usd_bn_per_year) / stays if stays > 0 else -1.0
        if left < 0 or (power == 0 and left != 1):
            continue
        cut = 100 * (1 - (left ** (1 / power) if power else 1.0))
        if 0 <= cut <= end:
            rows.append({"migration_percent": float(step), "price_cut_percent": cut})
    return pl.DataFrame(rows, schema={"migration_percent": pl.Float64, "price_cut_percent": pl.Float64})


# The question turned round


OF_BREAK_EVEN = (PRICE_CUT, GROWTH, OPENAI, BOUND, ELASTICITY)


def leaves_before_revenue_falls(values: Values) -> float | None:
    """The share of what is open, %, that must leave before inference revenue is below today's.

    1 − (1/(1 + g) − (1 − open)) / (open·(1 − c)^(1 − e)); without a contract and without more use at a lower price
    1 − 1/((1 − c)(1 + g)). Below 0 where the price cut alone takes it there, above 100 where not even all of it does;
    None where an input is missing.
    """
    if any(values.get(name) is None for name in OF_BREAK_EVEN):
        return None
    opened, today = open_share(values), 1 / (1 + _given(values, GROWTH) / 100)
    kept = opened * kept_at_the_cut(values)
    bound = 1 - opened
    if kept == 0:
        return float("inf") if bound >= today else -float("inf")
    return 100 * (1 - (today - bound) / kept)


def leaves_before_capital_idles(values: Values) -> float | None:
    """The share of what is open, %, that must leave before what waits for capacity no longer takes its place."""
    if any(values.get(name) is None for name in (WAITING, OPENAI, BOUND)):
        return None
    opened = open_share(values)
    return _given(values, WAITING) / opened if opened else float("inf")


def leaves_before_at_risk(values: Values, threshold_usd_bn_per_year: float) -> float | None:
    """The share of what is open, %, that must leave before this much revenue is at risk.

    1 − (1 − X/I)/(1 − c)^(1 − e), I being the open part of inference revenue. 0 or below where the price cut alone
    puts it at risk; above 100 where even all of it would not; None where an input is missing.
    """
    if any(values.get(name) is None for name in REVENUE.needs):
        return None
    revenue = inference_revenue_usd_bn_per_year(values) * open_share(values)
    if revenue < threshold_usd_bn_per_year or revenue == 0:
        return float("inf")
    kept = kept_at_the_cut(values)
    return 100 * (1 - (1 - threshold_usd_bn_per_year / revenue) / kept) if kept else -float("inf")


def left_over(values: Values) -> pl.DataFrame:
    """Inference revenue that is left for each share that leaves, with and without the price cut; today's beside it."""
    if any(values.get(name) is None for name in REVENUE.needs):
        return pl.DataFrame()
    revenue, today = inference_revenue_usd_bn_per_year(values), revenue_today_usd_bn_per_year(values)
    opened, kept = open_share(values), kept_at_the_cut(values)
    return pl.DataFrame(
        [
            {
                "migration_percent": float(moved),
                "uncut_usd_bn_per_year": revenue * (1 - opened + opened * (1 - moved / 100)),
                "cut_usd_bn_per_year": revenue * (1 - opened + opened * (1 - moved / 100) * kept),
                "today_usd_bn_per_year": today,
            }
            for moved in range(0, 101, 5)
        ]
    )
