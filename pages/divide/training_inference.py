"""Training vs inference: are the two really splitting?"""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from charts import demand as draw_demand
from charts import divide as draw
from charts import divide_time as draw_time
from charts import rounds as draw_rounds
from charts import ties as draw_ties
from metrics import demand, divide, generations, history, matching, rounds, shares, sides, submitters, values, words
from metrics.claims.claim import ARTICLE_DAY
from metrics.findings import demand as demand_findings
from metrics.findings import divide as divide_findings
from metrics.findings import history as history_findings
from metrics.findings import shares as shares_findings
from metrics.findings import sides as sides_findings
from pages.shared import cite, tables
from pages.shared.markdown import plain
from pages.shared.view import BOUND, Figures, View, of_run

PREFERRED_REFERENCE, PREFERRED_SCENARIO = "H100 SXM", "Offline"
PAIR_COLUMNS = (
    "side",
    "accelerator",
    "reference_accelerator",
    "gain",
    "benchmark",
    "scenario",
    "round",
    "submitter_kind",
    "submitter",
    "reference_submitter",
    "accelerator_count",
    "reference_accelerator_count",
    "minutes",
    "reference_minutes",
    "value",
    "reference_value",
    "unit",
    "precision",
    "reference_precision",
    "system",
    "reference_system",
    "result_id",
    "reference_result_id",
    "source_url",
    "reference_source_url",
)
TRAINING_COLUMNS = (
    "accelerator",
    "accelerator_count",
    "minutes",
    "accelerator_minutes",
    "submitter",
    "system",
    "benchmark",
    "round",
    "division",
    "availability",
    "is_preview",
    "runs",
    "source_url",
)
INFERENCE_COLUMNS = (
    "accelerator",
    "value_per_accelerator",
    "low",
    "results",
    "value",
    "unit",
    "accelerator_count",
    "submitter",
    "system",
    "precision",
    "benchmark",
    "scenario",
    "round",
    "result_id",
    "source_url",
)
HISTORY_COLUMNS = (
    "side",
    "benchmark",
    "round",
    "best",
    "best_unit",
    "round_gain",
    "first_round",
    "first_best",
    "precisions",
    "accelerator",
    "accelerator_count",
    "is_preview",
    "submitter",
    "system",
    "scenario",
    "published_on",
    "source_url",
)
SUBMITTED_COLUMNS = ("chips", "side", "round", "results", "status", "division")
SHARE_COLUMNS = ("year", "of_what", "scope", "share_percent", "kind", "publisher", "published_on", "evidence")
DEMAND_COLUMNS = ("observed_on", "author", "share_percent", "tokens", "gateway")
CHIP_COLUMNS = ("accelerator", "vendor", "role", "launched_on", "announced_on", "available_on")
TIE_COLUMNS = ("happened_on", "tie_from", "tie", "tie_to", "headline", "evidence", "publisher")
EVENT_COLUMNS = ("happened_on", "category", "company", "headline", "evidence")
EVERY, IN_BOTH = "All shared", "In both suites"


@dataclass(frozen=True)
class Held:
    """What the page rests on. Uploads change no answer: nobody's own run is a result of MLPerf. They are drawn
    beside, where they are shown."""

    trained: pl.DataFrame
    served: pl.DataFrame
    own_trained: pl.DataFrame
    own_served: pl.DataFrame
    accelerators: pl.DataFrame
    shares: pl.DataFrame
    events: pl.DataFrame
    rounds: pl.DataFrame


def held(figures: Figures) -> Held:
    results = ("training_result", "inference_result")
    return Held(
        *(tables.record(figures, name) for name in results),
        *(tables.table(figures, name).filter(matching.OWN) for name in results),
        *(tables.record(figures, name) for name in ("accelerator", "compute_share", "event", "benchmark_round")),
    )


def show(view: View) -> None:
    figures, data = view.figures, held(view.figures)
    launched, placed = divide.launches(data.accelerators), divide.placed_shares(data.shares)
    deciding = shares.estimates(data.shares, values.newest(data.shares["published_on"]) or ARTICLE_DAY)
    submitted = submitters.matrix(data.trained, data.served)
    st.title("Are training and inference really splitting?", anchor=False)
    answer = st.container()
    reference, kinds, which = ask(data)
    every_pair = generations.pairs(data.trained, data.served, reference, kinds)
    in_both = generations.common(every_pair)
    compared = generations.both_sides(generations.gains(in_both))
    today = divide.as_of(
        deciding["published_on"],
        launched["launched_on"],
        data.trained["published_on"],
        data.served["published_on"],
    )
    legs = (
        divide.of_silicon(launched),
        divide.of_money(deciding),
        divide.of_vendors(submitted),
        divide.of_gains(generations.advantage(compared), compared["advantage"].count(), reference),
    )
    with answer:
        cite.answer(f"{divide.verdict(legs)} ({words.day(today)}).")
        if figures.with_uploads:
            cite.note(
                "The answer rests on the record alone: your own results are no results of MLPerf, and drawn beside "
                "them."
            )
    generation_gains(figures, data, reference, in_both if which == IN_BOTH else every_pair)
    legs_of_the_answer(legs)
    training_time(figures, data)
    inference_throughput(figures, data)
    best_by_round(figures, data)
    who_submits(figures, submitted)
    shares_of_inference(figures, data.shares, placed, deciding)
    whose_demand(figures)
    chips_by_role(figures, data.accelerators, launched, legs[0])
    who_is_tied(figures, data.events)
    dated_events(figures, data.events)


def pick(label: str, options: list[str], key: str, preferred: str | None = None, help: str | None = None) -> str:
    """A choice that the address keeps; a default that depends on another choice has that choice in its key."""
    place = options.index(preferred) if preferred in options else 0
    return st.selectbox(label, options, index=place, key=key, help=help, **BOUND)


def ask(data: Held) -> tuple[str, str, str]:
    """The controls above the main chart: the reference, whose submissions, which benchmarks."""
    choices = st.columns([2, 2, 2, 3])
    with choices[0]:
        reference = (
            pick(
                "Reference",
                generations.references(data.trained, data.served),
                "reference",
                PREFERRED_REFERENCE,
                help="The generation that every other is divided by.",
            )
            or PREFERRED_REFERENCE
        )
    with choices[1]:
        kinds = st.segmented_control(
            "Submitters",
            [generations.SAME_KIND, generations.ANY_KIND],
            default=generations.SAME_KIND,
            required=True,
            key="submitters",
            **BOUND,
            width="content",
            help="Same kind: a chip maker's result stands beside a chip maker's, a system maker's beside a system "
            "maker's, a cloud's beside a cloud's. Any: the best result of each generation, whoever submitted it.",
        )
    with choices[2]:
        which = st.segmented_control(
            "Benchmarks",
            [EVERY, IN_BOTH],
            default=EVERY,
            required=True,
            key="benchmarks",
            **BOUND,
            width="content",
            help="All shared: every benchmark that a generation has in common with the reference. In both suites: only "
            "those that it shares in training and in inference alike.",
        )
    return reference, kinds, which


def generation_gains(figures: Figures, data: Held, reference: str, paired: pl.DataFrame) -> None:
    """The main chart: what each generation gained on the reference, in training and in inference."""
    if paired.is_empty():
        others = [name for name in generations.references(data.trained, data.served) if name != reference][:3]
        cite.empty(
            f"No generation shares a benchmark with {reference} in one round.",
            f"Most results have {words.listed(others)}." if others else "No result of MLPerf is held here.",
        )
        return
    both = generations.with_family(generations.both_sides(generations.gains(paired)), data.accelerators)
    drawn = draw.gains(both, paired, divide_findings.generation(both, reference))
    cite.chart(figures, drawn, paired, "generation-gain", PAIR_COLUMNS)
    cite.note(divide_findings.basis(paired, data.trained))
    alone = generations.unmatched(data.trained, data.served, paired, reference)
    if alone:
        cite.note(f"No shared benchmark with {reference} on either side: {words.listed(alone)}.")
    newer_rounds(data)


def newer_rounds(data: Held) -> None:
    """Rounds that MLCommons has published and that no result here is of, each with its day and its address."""
    cite.note(rounds.not_held(data.rounds, data.trained, data.served))
    newer = [rounds.newer(data.rounds, data.trained, "Training"), rounds.newer(data.rounds, data.served, "Inference")]
    named = pl.concat(newer).select(pl.format("MLPerf {} {}", "suite", "round"), "source_url")
    cite.origins(named.rows())


def legs_of_the_answer(legs: tuple[divide.Leg, ...]) -> None:
    """Why the answer says what it says: each leg, its figures, its rule."""
    st.subheader("How the answer is reached", anchor=False)
    for leg in legs:
        st.markdown(f"**{plain(leg.word)} in {plain(leg.name)}.** {plain(leg.told)} Rule: {plain(leg.rule)}.")


def training_time(figures: Figures, data: Held) -> None:
    """Minutes against accelerators for one benchmark."""
    if data.trained.is_empty():
        cite.empty("No result of MLPerf Training is held here.")
        return
    columns = st.columns(4)
    with columns[0]:
        benchmarks = data.trained["benchmark"].value_counts().sort("count", "benchmark", descending=[True, False])
        benchmark = pick("Training benchmark", benchmarks["benchmark"].to_list(), "training_benchmark")
    with columns[1]:
        of_benchmark = rounds.held(data.trained.filter(pl.col("benchmark") == benchmark))
        round_name = pick("Training round", of_benchmark, "training_round")
    with columns[2]:
        division = pick("Division", data.trained["division"].unique().sort().to_list(), "training_division", "closed")
    with columns[3]:
        on_sale = [generations.ANY_AVAILABILITY, *data.trained["availability"].drop_nulls().unique().sort()]
        availability = pick("Availability", on_sale, "training_availability")
    curve = generations.training_curve(data.trained, benchmark, round_name, division, availability)
    again = divide_findings.filed_again(rounds.filings(data.trained), benchmark, round_name)
    if curve.is_empty():
        elsewhere = f"{benchmark} was submitted in {words.listed(divide_findings.held(data.trained, benchmark))}."
        cite.empty(
            f"No result of {benchmark} in {round_name}, {division} division, availability {availability}.",
            f"{elsewhere} {again}".strip(),
        )
        return
    curve = generations.with_family(curve, data.accelerators)
    own = generations.training_curve(data.own_trained, benchmark, round_name, division, availability)
    shown = generations.beside_own(curve, generations.with_family(own, data.accelerators))
    drawn = draw.training(shown, divide_findings.fewest_minutes(curve, benchmark))
    cite.chart(figures, drawn, shown, "training-minutes", TRAINING_COLUMNS)
    cite.note(again)


def inference_throughput(figures: Figures, data: Held) -> None:
    """Throughput per accelerator for one benchmark, scenario and round."""
    if data.served.is_empty():
        cite.empty("No result of MLPerf Inference is held here.")
        return
    columns = st.columns(3)
    with columns[0]:
        round_name = pick("Inference round", rounds.held(data.served), "inference_round")
    of_round = data.served.filter((pl.col("round") == round_name) & (pl.col("division") == "closed"))
    with columns[1]:
        counted = of_round["benchmark"].value_counts().sort("count", "benchmark", descending=[True, False])
        benchmark = pick("Inference benchmark", counted["benchmark"].to_list(), f"inference_benchmark_{round_name}")
    with columns[2]:
        scenarios = of_round.filter(pl.col("benchmark") == benchmark)["scenario"].unique().sort().to_list()
        scenario = pick("Scenario", scenarios, f"scenario_{round_name}_{benchmark}", PREFERRED_SCENARIO)
    ranked = generations.per_accelerator(data.served, benchmark, scenario, round_name)
    if ranked.is_empty():
        cite.empty(f"No result of {benchmark}, {scenario}, {round_name} names and counts its accelerators.")
        return
    ranked = generations.with_family(ranked, data.accelerators)
    in_unit = data.own_served.filter(pl.col("unit") == ranked["unit"][0])
    own = generations.per_accelerator(in_unit, benchmark, scenario, round_name)
    shown = generations.beside_own(ranked, generations.with_family(own, data.accelerators))
    drawn = draw.throughput(shown, divide_findings.most_served(ranked, benchmark, scenario))
    cite.chart(figures, drawn, shown, "inference-throughput", INFERENCE_COLUMNS)


def best_by_round(figures: Figures, data: Held) -> None:
    """How the best results of both suites changed from round to round, each against its own first round."""
    columns = st.columns(2)
    with columns[0]:
        judged = st.segmented_control(
            "Best",
            [history.PER_ACCELERATOR, history.WHOLE_SYSTEM],
            default=history.PER_ACCELERATOR,
            required=True,
            key="best",
            **BOUND,
            width="content",
            help="Per accelerator: fewest accelerator-minutes, most throughput of one accelerator. Whole system: "
            "fewest minutes, most throughput, however large the system.",
        )
    with columns[1]:
        throughputs = data.served.filter(pl.col("unit").str.ends_with("/s"))
        scenarios = throughputs["scenario"].unique().sort().to_list()
        scenario = (
            pick("Scenario of inference", scenarios, "history_scenario", PREFERRED_SCENARIO) or PREFERRED_SCENARIO
        )
    found = history.by_round(data.trained, data.served, scenario, judged)
    if found.is_empty():
        cite.empty("No benchmark stands in two rounds that are held here.")
        return
    shown = generations.with_family(found, data.accelerators)
    drawn = draw_rounds.by_round(shown, history_findings.improved(shown, judged))
    cite.chart(figures, drawn, shown, "best-by-round", HISTORY_COLUMNS)
    cite.note(history_findings.filed_again(history.copies(data.trained, judged)))


def who_submits(figures: Figures, submitted: pl.DataFrame) -> None:
    """Vendors of chips by round of each suite, and who is absent."""
    if submitted.is_empty():
        cite.empty("No result of MLPerf is held here, so nothing tells who submits.")
        return
    drawn = draw.who_submits(submitted, divide_findings.who_submits(submitted))
    cite.chart(figures, drawn, submitted, "who-submits", SUBMITTED_COLUMNS)
    cite.note(divide_findings.absent(submitted))


def shares_of_inference(figures: Figures, every: pl.DataFrame, placed: pl.DataFrame, deciding: pl.DataFrame) -> None:
    """Every estimate of inference's share, by what is shared; `deciding` are those that the title counts."""
    if placed.is_empty():
        cite.empty("No share of inference in compute, power, spend or revenue is published here.")
        return
    drawn = draw_time.shares(placed, shares_findings.counted(deciding))
    cite.chart(figures, drawn, placed, "inference-shares", SHARE_COLUMNS)
    without = every.filter(pl.col("share_percent").is_null())
    if without.height:
        with st.expander(f"Estimates without a share ({without.height:,})"):
            cite.table(without, "estimates without a share", SHARE_COLUMNS)


def whose_demand(figures: Figures) -> None:
    """Whose models the tokens go to, by whole weeks; who served them is not published."""
    first, last = demand.first_and_last(tables.record(figures, "demand"))
    if last.is_empty():
        cite.empty("No tokens of a whole week by author of the model are held here.", demand_findings.NOT_BY_HOST)
        return
    drawn = draw_demand.authors(
        first,
        last,
        demand_findings.largest(first, last),
        f"Share of all tokens of the week up to its Saturday. Full: week to {words.day(last['observed_on'][0])}; "
        f"hollow: week to {words.day(first['observed_on'][0])}. Only the largest authors are listed.",
    )
    cite.chart(figures, drawn, pl.concat([last, first]).unique(maintain_order=True), "demand", DEMAND_COLUMNS)
    cite.note(demand_findings.NOT_BY_HOST)


def chips_by_role(figures: Figures, accelerators: pl.DataFrame, launched: pl.DataFrame, leg: divide.Leg) -> None:
    """Chips launched by role and year; those without a stated role are named."""
    unstated = divide.without_role(accelerators)
    if launched["year"].drop_nulls().is_empty():
        cite.empty("No chip with a stated role and a day of launch is on record.")
        return
    drawn = draw_time.launches(divide.by_year(launched), launched, leg.told.removesuffix("."), len(unstated))
    cite.chart(figures, drawn, launched, "chips-by-role", CHIP_COLUMNS)
    with st.expander(f"Chips whose role no source states ({len(unstated):,})"):
        cite.note(words.listed(unstated))


def who_is_tied(figures: Figures, events: pl.DataFrame) -> None:
    """Who licenses, sells or buys from whom, each tie with the event behind it."""
    found = sides.ties(events)
    if found.is_empty():
        cite.empty("No tie between companies is on record.")
        return
    cite.chart(figures, draw_ties.ties(found, sides_findings.who_is_tied(found)), found, "ties", TIE_COLUMNS)
    cite.note(sides_findings.FRAME)


def dated_events(figures: Figures, events: pl.DataFrame) -> None:
    """What happened when, with the day of the article."""
    events = events.sort("happened_on", "headline")
    if events.is_empty():
        cite.empty("No dated event is on record.")
        return
    cite.chart(
        figures, draw_time.events(events, divide_findings.since_article(events)), events, "events", EVENT_COLUMNS
    )


show(of_run())
