"""The fifteen questions that the article asks, in its order and our words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from metrics import companies, values, words
from metrics.claims import more_questions, verdicts
from metrics.claims.claim import ARTICLE_DAY, FIRST, IN_2024, NOW, THEN, TIMES, Tables
from metrics.claims.question import ARTICLE, Answer, Question, deciding, from_rows
from metrics.metric import COST_FROM_RENT, ratio

STARTUPS = ("Cerebras", "Groq", "SambaNova")
MICROSOFT = "Microsoft"
ON_CHIP, OFF_CHIP = ("WSE-3", "Groq LPU v1"), "H200 SXM"
PEERS_BASIS = "mixed, rounded"  # one compiler's calendar years of all four, so that they can be ranked
LARGEST_CUSTOMERS, FROM_NVIDIA = "largest customers' share of revenue", "share of revenue from Nvidia"
BANDWIDTH = "memory_bandwidth_tb_per_second"
TIES = ("deal", "service")
TOLD_TIMES = {FIRST: f"in {IN_2024.until:%Y}", THEN: "in the year to the article", NOW: "since"}
Events = Callable[[pl.DataFrame], pl.DataFrame]


def events(categories: Sequence[str] = (), companies_named: Sequence[str] = (), since: date | None = None) -> Events:
    """Chooses events of these categories, that name one of these companies, after a day; the newest first."""

    def chosen(rows: pl.DataFrame) -> pl.DataFrame:
        if categories:
            rows = rows.filter(pl.col("category").is_in(categories))
        if companies_named:
            rows = rows.filter(names_one_of(companies_named))
        if since:
            rows = rows.filter(pl.col("happened_on") > since)
        return rows.sort("happened_on", "headline", descending=[True, False])

    return chosen


def names_one_of(companies_named: Sequence[str]) -> pl.Expr:
    """Events whose company is one of these, alone or with others."""
    parts = pl.col("company").fill_null("").str.split(";").list.eval(pl.element().str.strip_chars())
    return parts.list.set_intersection(list(companies_named)).list.len() > 0


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Events as rows of an answer: dated by the day they happened."""
    return rows.with_columns(measured_on="happened_on", subject="headline")


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    """Figures of companies as rows of an answer: dated by the day they were said, else by the end of their period."""
    return rows.with_columns(
        measured_on=pl.coalesce("published_on", "period_end"), subject=pl.format("{} {}", "company", "fiscal_period")
    )


def _principles(tables: Tables) -> Answer | None:
    """Memory on the chip against memory beside it, as cited of one chip each."""
    is_whole = pl.coalesce("sram_gb", "hbm_gb").is_not_null() & pl.col(BANDWIDTH).is_not_null()
    chips = (
        tables["accelerator"]
        .filter(pl.col("accelerator").is_in([*ON_CHIP, OFF_CHIP]) & is_whole)
        .sort("accelerator", pl.col("die_area_mm2").is_null(), "source", "source_url")
        .unique("accelerator", keep="first", maintain_order=True)
        .with_columns(
            measured_on=pl.coalesce("published_on", "announced_on"), subject="accelerator", value=pl.col(BANDWIDTH)
        )
    )
    known = {row["accelerator"]: row for row in chips.iter_rows(named=True)}
    if not {*ON_CHIP, OFF_CHIP} <= known.keys():
        return None
    beside = known[OFF_CHIP]
    return from_rows(
        chips,
        f"{words.quantity(known[ON_CHIP[0]]['value'], 'TB/s')} on chip",
        f"They keep the model in memory on the chip: {words.listed([_on_chip(known[name]) for name in ON_CHIP])}. "
        f"{OFF_CHIP} reads {words.quantity(beside['hbm_gb'], 'GB')} beside its chip at "
        f"{words.quantity(beside['value'], 'TB/s')}: on-chip and off-chip memory are different kinds.",
    )


def _on_chip(row: Mapping[str, Any]) -> str:
    area = f" on {words.quantity(row['die_area_mm2'], 'mm²')}" if row["die_area_mm2"] else ""
    return (
        f"{row['accelerator']} {words.quantity(row['sram_gb'], 'GB')}{area}, read at "
        f"{words.quantity(row['value'], 'TB/s')}"
    )


def _came_to_lead(tables: Tables) -> Answer | None:
    """Capital spent, by the year, and its place among the four large buyers of the newest year that ranks them all."""
    figures = companies.of_record(tables["company_quarter"])
    spent = _stated(
        figures.filter(
            (pl.col("metric") == companies.CAPEX) & (pl.col("period_kind") == "year") & (pl.col("kind") == "actual")
        )
    )
    years = (
        spent.filter((pl.col("company") == MICROSOFT) & (pl.col("basis") == companies.CASH))
        .sort("period_end", pl.col("source") != companies.FILINGS)
        .unique("period_end", keep="first", maintain_order=True)
    )
    if years.height < 2:
        return None
    first, last = years.row(0, named=True), years.row(-1, named=True)
    peers = _newest_ranking(spent)
    return from_rows(
        pl.concat([years, peers], how="diagonal_relaxed"),
        f"{words.times(last['value'] / first['value'])} the capital",
        f"By capital: Microsoft spent {words.quantity(first['value'], 'USD bn')} in {first['fiscal_period']} and "
        f"{words.quantity(last['value'], 'USD bn')} in {last['fiscal_period']}.{_place(peers)}",
    )


def _newest_ranking(spent: pl.DataFrame) -> pl.DataFrame:
    """The newest year for which one compiler states all large buyers, the most first; none where nobody does."""
    alike = spent.filter((pl.col("basis") == PEERS_BASIS) & pl.col("value").is_not_null())
    whole_years = alike.filter(pl.col("company").n_unique().over("fiscal_period") == 4)
    return whole_years.filter(pl.col("period_end") == pl.col("period_end").max()).sort("value", descending=True)


def _place(peers: pl.DataFrame) -> str:
    names = peers["company"].to_list()
    if MICROSOFT not in names:
        return ""
    first = peers.row(0, named=True)
    leads = (
        "Microsoft spent most"
        if names[0] == MICROSOFT
        else f"{first['company']} spent most, {words.quantity(first['value'], 'USD bn')}; Microsoft is number "
        f"{names.index(MICROSOFT) + 1}"
    )
    return f" Of {len(names)} large buyers in {first['fiscal_period']}, {leads}."


def _users_report(tables: Tables) -> Answer | None:
    """How closely a fast host repeats the maker's service, how often hosts answer, and what they ended."""
    fidelity = more_questions.same_answers(tables)
    if fidelity is None:
        return None
    ended = (
        tables["withdrawal"]
        .filter(pl.col("provider").is_in(STARTUPS) & (pl.col("ended_on") > ARTICLE_DAY))
        .unique(["provider", "model"], keep="first", maintain_order=True)
        .with_columns(measured_on="ended_on", subject=pl.format("{} ended {}", "provider", "model"))
    )
    answering = _answering(tables)
    last = values.newest(ended["ended_on"])
    offers = words.plural(ended.height, "offer")
    told = f" Since the article {words.listed(list(STARTUPS))} ended {offers}, the last on {words.day(last)}."
    found = from_rows(
        fidelity.rows,
        f"{fidelity.figure} alike",
        f"{fidelity.sentence}{told if last else ''}{_told_uptime(answering)}",
    )
    return replace(found, rows=pl.concat([fidelity.rows, ended, answering], how="diagonal_relaxed"))


def _answering(tables: Tables) -> pl.DataFrame:
    """The share of requests that hosts answered, on the newest day that says it."""
    rows = tables["provider_speed"].filter(pl.col("uptime_percent").is_not_null() & pl.col("measured_on").is_not_null())
    newest = rows.filter(pl.col("measured_on") == pl.col("measured_on").max())
    kinds = tables["provider"].select("provider", "is_specialised")
    return newest.join(kinds, on="provider", how="inner", maintain_order="left").with_columns(
        subject=pl.format("{} of {} answers", "provider", "model"), value="uptime_percent"
    )


def _told_uptime(answering: pl.DataFrame) -> str:
    """The middle of each kind of host; nothing where one kind has none."""
    special, other = (
        answering.filter(pl.col("is_specialised") == is_one)["uptime_percent"] for is_one in (True, False)
    )
    if special.is_empty() or other.is_empty():
        return ""
    return (
        f" On {words.day(values.newest(answering['measured_on']))} the middle offer of specialised hosts answered "
        f"{words.quantity(values.middle(special), '%')} of requests, of other hosts "
        f"{words.quantity(values.middle(other), '%')}."
    )


def _trends(tables: Tables) -> Answer | None:
    """Inference's share by the one function for it, and the newest headline on demand."""
    majority = more_questions.inference_share(tables)
    asked = events(["demand"])(tables["event"])
    if majority is None:
        return None
    told = f" {_headline(asked)}" if asked.height else ""
    return from_rows(majority.rows, majority.figure, f"{majority.sentence}{told}")


def _headline(chosen: pl.DataFrame) -> str:
    """The newest of the events with its day."""
    row = chosen.row(0, named=True)
    return f"{words.day(row['happened_on'])}: {row['headline']}."


def _lately(tables: Tables) -> Answer | None:
    """Agreements between Microsoft and a start-up, or that there is none; and who made one instead."""
    since = events(TIES, since=ARTICLE_DAY)(tables["event"])
    if since.is_empty():
        return None
    with_startup = tables["event"].filter(
        names_one_of([MICROSOFT]) & names_one_of(STARTUPS) & pl.col("category").is_in(TIES)
    )
    others = since.filter(names_one_of(STARTUPS))
    told = (
        f"No agreement between Microsoft and {words.either(STARTUPS)} is on record."
        if with_startup.is_empty()
        else f"Of Microsoft with a start-up: {_headline(events()(with_startup))}"
    )
    nearest = f" The newest of a start-up with somebody else, {_headline(others)}" if others.height else ""
    return from_rows(_dated(since), words.plural(with_startup.height, "agreement"), f"{told}{nearest}")


def _policy(tables: Tables) -> Answer | None:
    steps = events(["policy"])(tables["event"])
    if steps.is_empty():
        return None
    after = steps.filter(pl.col("happened_on") > ARTICLE_DAY).height
    costed = steps.filter(pl.col("headline").str.contains("USD"))
    told = f" With a stated cost, {_headline(costed)}" if costed.height else ""
    return from_rows(
        _dated(steps),
        words.plural(steps.height, "step"),
        f"{words.plural(steps.height, 'step')} from {words.days(*values.span(steps['happened_on']))}, "
        f"{after or 'none'} since the article. The newest, {_headline(steps)}{told}",
    )


def _long_run(tables: Tables) -> Answer | None:
    """The middle ratio at each time; the models differ from time to time, so it is no change of one thing."""
    of_time = {when: deciding("C02", tables, when) for when in TIMES}
    known = {when: rows for when, rows in of_time.items() if rows.height}
    if NOW not in known:
        return None
    told = [
        f"{words.times(values.middle(rows['value']))} {TOLD_TIMES[when]} "
        f"({words.plural(rows.height, 'pair')}, {words.listed(rows['model'].unique().sort().to_list())})"
        for when, rows in known.items()
    ]
    return from_rows(
        pl.concat(list(known.values()), how="diagonal_relaxed"),
        f"{words.times(values.middle(known[NOW]['value']))} as fast",
        f"How far it holds so far: Cerebras against GPU hosts, the middle pair, {words.listed(told)}. Each time is of "
        "other models, so this is no trend of one.",
    )


def _hard_to_change(tables: Tables) -> Answer | None:
    """What is bound in short-lived hardware, and over how long it is written off."""
    bound = more_questions.short_lived(tables)
    if bound is None:
        return None
    life = tables["company_quarter"].filter(pl.col("metric") == companies.SERVER_LIFE).sort("period_end").tail(1)
    row = life.row(0, named=True) if life.height else None
    years = words.span(row["value_low"], row["value_high"], "years") if row and row["value"] is None else ""
    told = f" Microsoft writes servers off over {years} ({row['fiscal_period']})." if row and years else ""
    return from_rows(bound.rows, f"{bound.figure} in a quarter", f"{bound.sentence}{told}")


def _reliance(tables: Tables) -> Answer | None:
    """How few customers make Nvidia's revenue, what it is to its foundry, and what of Microsoft's part is disclosed."""
    figures = companies.of_record(tables["company_quarter"])
    rows = _stated(figures.filter(pl.col("metric").is_in([LARGEST_CUSTOMERS, FROM_NVIDIA]))).sort("period_end")
    quarters, foundry = (rows.filter(pl.col("metric") == name) for name in (LARGEST_CUSTOMERS, FROM_NVIDIA))
    if quarters.is_empty():
        return None
    last, first = quarters.row(-1, named=True), quarters.row(0, named=True)
    before = f", after {words.quantity(first['value'], '%')} in {first['fiscal_period']}" if quarters.height > 1 else ""
    supply = (
        f" Its part of {row['company']}'s revenue in {row['fiscal_period']} is put at "
        f"{words.quantity(row['value'], '%')} ({row['publisher']})."
        if (row := foundry.row(-1, named=True) if foundry.height else None)
        else ""
    )
    return from_rows(
        rows,
        f"{words.quantity(last['value'], '%')} of revenue",
        f"Customers of more than a tenth each made {words.quantity(last['value'], '%')} of {last['company']}'s revenue "
        f"in {last['fiscal_period']}{before}.{supply} {verdicts.reason_of('C13', tables)}",
    )


def _compared(tables: Tables) -> Answer | None:
    """Speed and price of one pair together, the fastest of each start-up; then GPUs' own cost at each speed."""
    pairs = deciding("C08", tables).sort("speed_ratio", descending=True)
    best = pairs.unique("provider", keep="first", maintain_order=True)
    if best.is_empty():
        return None
    told = [
        f"{row['subject']} {words.faster(row['speed_ratio'])} at {words.priced(row['cost_ratio'])}"
        for row in best.iter_rows(named=True)
    ]
    top = best.row(0, named=True)
    return from_rows(
        pairs,
        f"{words.times(top['speed_ratio'])} at {words.times(top['cost_ratio'])} the price",
        f"The fastest pair of each with a cloud, {words.days(*values.span(best['measured_on']))}: "
        f"{words.listed(told)}.",
    )


def _split_market(tables: Tables) -> Answer | None:
    chips = more_questions.splitting(tables)
    if chips is None:
        return None
    capacity = tables["event"].filter(pl.col("headline").str.contains("(?i)inference capacity")).sort("happened_on")
    told = f" {_headline(capacity)}" if capacity.height else ""
    rows = pl.concat([chips.rows, _dated(capacity)], how="diagonal_relaxed")
    return from_rows(rows, chips.figure, f"{chips.sentence}{told}")


def _worth_of_speed(tables: Tables) -> Answer | None:
    """What the same GPU's token costs at the faster speed against the slower, at the rent of its own time."""
    costs = deciding("C20", tables)
    if costs.is_empty():
        return None
    slow, fast = values.extent(costs["at_least"])
    one = ["model", "accelerator", "precision", "prompt_tokens", "output_tokens"]
    sides = [costs.filter(pl.col("at_least") == speed).select(*one, COST_FROM_RENT.name) for speed in (slow, fast)]
    both = sides[0].join(sides[1], on=one, how="inner", nulls_equal=True, suffix="_fast")
    dearer = both.select(value=ratio(pl.col(f"{COST_FROM_RENT.name}_fast"), pl.col(COST_FROM_RENT.name)))["value"]
    if slow == fast or dearer.is_empty():
        return None
    return from_rows(
        costs,
        f"{words.times(values.middle(dearer))} the cost",
        f"On the same rented GPU a token at {words.quantity(fast, 'tokens/s')} for each user costs "
        f"{words.times(values.middle(dearer)).removesuffix('x')} times one at {words.number(slow)}, the middle of "
        f"{words.plural(dearer.len(), 'set-up')} ({words.span(*values.extent(dearer), '×')}), at rents of "
        f"{words.days(values.oldest(costs['rent_from']), values.newest(costs['rent_to']))}.",
    )


def _investments(tables: Tables) -> Answer | None:
    """The newest guidance for a year beside the quarters spent, finance leases included."""
    figures = companies.of_record(tables["company_quarter"]).filter(
        (pl.col("company") == MICROSOFT)
        & (pl.col("metric") == companies.CAPEX)
        & (pl.col("basis") == companies.WITH_LEASES)
    )
    dated = figures.with_columns(
        measured_on=pl.coalesce("published_on", "period_end"), subject=pl.format("{} {}", "fiscal_period", "kind")
    )
    years = dated.filter(
        (pl.col("kind") == "guidance")
        & (pl.col("period_kind") == "year")
        & pl.col("published_on").is_not_null()
        & pl.col("value").is_not_null()
    ).sort("period_end", "published_on", "value")
    if years.is_empty():
        return None
    said = years.filter(pl.col("period_end") == years["period_end"][-1])
    last, first = said.row(-1, named=True), said.row(0, named=True)
    before = (
        f", after {words.quantity(first['value'], 'USD bn')} on {words.day(first['published_on'])}"
        if said.height > 1
        else ""
    )
    spent = dated.filter((pl.col("kind") == "actual") & (pl.col("period_kind") == "quarter")).sort("period_end").tail(4)
    quarter = spent.row(-1, named=True) if spent.height else None
    told = (
        f" It spent {words.quantity(quarter['value'], 'USD bn')} in {quarter['fiscal_period']}, leases included."
        if quarter
        else ""
    )
    return from_rows(
        pl.concat([said, spent]),
        f"{words.quantity(last['value'], 'USD bn')} guided",
        f"Microsoft guides {words.quantity(last['value'], 'USD bn')} of capital expenditure for "
        f"{last['fiscal_period']} ({words.day(last['published_on'])}{before}).{told}",
    )


def _could_do(tables: Tables) -> Answer | None:
    """What the scenario says has to be avoided, and what is on record of each way."""
    scenario = more_questions.must_leave(tables)
    if scenario is None:
        return None
    chips = more_questions.maia(tables)
    own = f" Of its own silicon: {chips.sentence}" if chips else ""
    return from_rows(scenario.rows, f"{scenario.figure} must leave", f"{scenario.sentence}{own}")


def _asked(
    text: str,
    answer: Callable[[Tables], Answer | None] | None,
    page: str,
    missing: str,
    not_published: str,
    **more: Any,
) -> Question:
    return Question(text, missing, page, answer, not_published=not_published, asked_by=ARTICLE, **more)


ARTICLE_QUESTIONS: tuple[Question, ...] = (
    _asked(
        "What are the engineering ideas behind wafer-scale and streaming processors?",
        _principles,
        "physics",
        "Memory and bandwidth of WSE-3, of Groq's chip and of a GPU.",
        "A measurement with and without each idea.",
        happened=events(["chip launch"], STARTUPS),
    ),
    _asked(
        "How did Microsoft come to lead?",
        _came_to_lead,
        "microsoft",
        "Microsoft's yearly capital expenditure on one basis.",
        "Revenue from AI by cloud, defined alike.",
        happened=events(companies_named=[MICROSOFT]),
    ),
    _asked(
        "What do users report of special inference chips against GPUs?",
        _users_report,
        "speed",
        "A test of a specialised host against the maker's own service.",
        "A survey of users that says whom it asked.",
        happened=events(["withdrawal", "capacity"], STARTUPS),
    ),
    _asked(
        "What are the trends of the inference market?",
        _trends,
        "training_inference",
        "An estimate of inference's share that is no forecast.",
        "Tokens by host: only by author of the model.",
        happened=events(["demand", "service", "price"]),
    ),
    _asked(
        "What happened lately between Microsoft and the start-ups?",
        _lately,
        "microsoft",
        "Dated agreements since the article.",
        "Workloads that left Azure for a start-up.",
        happened=events(["deal", "service", "withdrawal"], [MICROSOFT, *STARTUPS], ARTICLE_DAY),
    ),
    _asked(
        "What did policy do to US AI hardware?",
        _policy,
        "training_inference",
        "Dated steps of policy.",
        "What the rules changed in prices or capacity at any cloud.",
        happened=events(["policy"]),
    ),
    _asked(
        "What is the long-run effect of the start-ups' speed?",
        _long_run,
        "speed",
        "A speed of Cerebras beside a GPU host since the article.",
        "The long run: the scenario of Microsoft works out what a share that leaves would do.",
        happened=events(["record", "benchmark"]),
    ),
    _asked(
        "What is hard for Microsoft in changing its architecture?",
        _hard_to_change,
        "microsoft",
        "A quarter for which Microsoft states the short-lived part of its capital expenditure.",
        "How much of it serves inference, and what a move to other silicon costs.",
        happened=events(["chip launch", "deal"], [MICROSOFT]),
    ),
    _asked(
        "What is disputed about the reliance on Nvidia?",
        _reliance,
        "microsoft",
        "The share of Nvidia's revenue that its largest customers make.",
        "Who the customers are, and which share of its chips each foundry makes.",
        happened=events(["deal", "disclosure", "policy"], ["Nvidia"]),
    ),
    _asked(
        "How do Cerebras and Groq compare with Nvidia in performance and cost?",
        _compared,
        "cost",
        "A speed and a price of one model at a start-up and at a cloud since the article.",
        "The start-ups' own cost of a token; a test that runs all silicon alike.",
        happened=events(["record", "benchmark", "price"]),
    ),
    _asked(
        "What do earlier shifts of technology dominance teach?",
        None,
        "training_inference",
        "Market shares by year before and after an earlier shift. What is on record is how often the lead in speed "
        "changed hands.",
        "",
        happened=events(["record", "benchmark"]),
    ),
    _asked(
        "What would a split market mean?",
        _split_market,
        "training_inference",
        "Chips launched since the article whose role a source states.",
        "Revenue of inference chips and of training chips apart.",
        happened=events(["roadmap", "chip launch"], since=ARTICLE_DAY),
    ),
    _asked(
        "What is the speed worth?",
        _worth_of_speed,
        "cost",
        "Throughput of one GPU at two speeds for each user, with a rent of that time.",
        "What customers earn by it.",
        happened=events(["benchmark", "service"]),
    ),
    _asked(
        "How may Microsoft's investments change?",
        _investments,
        "microsoft",
        "Microsoft's guidance for a year.",
        "How much of it is for inference.",
        happened=events(["guidance", "earnings"], [MICROSOFT]),
        is_scenario=True,
    ),
    _asked(
        "What could Microsoft do?",
        _could_do,
        "microsoft",
        "The figures that the scenario starts from.",
        "Which of these it will do.",
        happened=events(["deal", "chip launch", "service"], [MICROSOFT]),
        is_scenario=True,
    ),
)
