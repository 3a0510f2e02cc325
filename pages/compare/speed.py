"""Speed: how much faster, as a person feels it?"""

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from charts import fidelity as draw_fidelity
from charts import response as draw_response
from charts import serving as draw_serving
from charts import speed as draw
from metrics import cost, fidelity, matching, passport, response, serving, speed, values, words
from metrics.findings import fidelity as fidelity_findings
from metrics.findings import serving as serving_findings
from metrics.findings import speed as findings
from metrics.findings import thinking as thinking_findings
from metrics.findings import withdrawn
from metrics.models import most_rows_first
from pages.shared import choices, cite, tables
from pages.shared.choices import Choice
from pages.shared.markdown import plain
from pages.shared.view import BOUND, Figures, View, of_run

THINKING_STEPS = range(0, 10_001, 250)
HOST_COLUMNS = ("host_label", "speed_ratio", "output_tokens_per_second", "ttft_seconds", "match_grade", "measured_on")
PAIR_COLUMNS = (
    "model",
    "provider",
    "baseline_provider",
    "speed_ratio",
    "match_grade",
    "differs",
    "measured_on",
    "output_tokens_per_second",
    "baseline_output_tokens_per_second",
)
FIDELITY_COLUMNS = ("label", "value", "value_low", "unit", "method", "quantity", "measured_on", "note")
CURVE_COLUMNS = (
    "label",
    "concurrency",
    "tokens_per_second_per_accelerator",
    "interactivity_tokens_per_second_per_user",
    "is_frontier",
    "accelerator_count",
    "framework",
    "configuration",
    "measured_on",
)
PART_COLUMNS = (
    "host_label",
    "response_seconds",
    "waiting_seconds",
    "thinking_seconds",
    "answering_seconds",
    "measured_on",
)


def show(view: View) -> None:
    rows, paired = tables.judged_speeds(view.figures), tables.speed_ratios(view.figures)
    st.title("How much faster, as a person feels it?", anchor=False)
    against_baseline(view, rows, paired)
    over_models(view, rows, paired)
    same_answers(view)
    response_times(view, rows, paired)
    speed_over_time(view, rows)
    shared_gpus(view)
    shared_systems(view.figures)
    left_out(view, rows)


def against_baseline(view: View, rows: pl.DataFrame, paired: pl.DataFrame) -> None:
    """The main chart: every host of the model as a multiple of the baseline."""
    hosts = speed.hosts(rows, paired, view.model, view.baseline)
    if hosts.is_empty():
        beside = paired.filter(pl.col("model") == view.model)["baseline_provider"].unique().sort().to_list()
        cite.empty(
            f"{view.baseline} was not measured beside a specialised provider on {view.model}."
            if beside
            else f"Nobody measured {view.model} at a specialised provider and at another host.",
            f"These were: {words.listed(beside)}." if beside else "",
        )
        return
    priced = cost.with_price(hosts, tables.prices(view.figures), cost.blend(view.blend))
    of_record = speed.of_record(hosts)
    told = findings.speed_and_price(of_record, speed.of_record(priced), view.model)
    dated = words.day(findings.decided_on(of_record))
    cite.answer(f"{told} ({dated}). {findings.best_other(of_record)}")
    shown = cite.pickable(hosts)
    cite.chart(
        view.figures,
        draw.hosts(shown, findings.host_range(hosts, view.model)),
        shown,
        "speed-hosts",
        HOST_COLUMNS,
        partial(of_host, hosts, rows),
    )
    gone = withdrawn.ended(tables.table(view.figures, "withdrawal"), view.model, of_record["provider"].to_list())
    notes = (
        f"Match grade {of_record['match_grade'][0]}. One request at a time: not the throughput of a system shared by "
        "many users.",
        findings.later_look(rows, of_record),
        f"{gone}." if gone else "",
    )
    cite.note(" ".join(filter(None, notes)), help=cite.grades())


def of_host(hosts: pl.DataFrame, speeds: pl.DataFrame, row: dict[str, Any]) -> passport.Passport | None:
    pair = speed.beside_baseline(hosts, row["host_label"])
    return passport.of_speed(pair, speeds) if pair else None


def over_models(view: View, rows: pl.DataFrame, paired: pl.DataFrame) -> None:
    """Each model's ratio against the same baseline."""
    middles = speed.middles(paired, view.baseline)
    against = speed.headline(middles)
    if against.is_empty():
        cite.empty(f"No model was measured at a specialised provider beside {view.baseline}.")
        return
    measured = against["measured_on"].drop_nulls()
    shown = cite.pickable(against)
    drawn = draw.by_model(
        shown,
        findings.models_ahead(against, "speed_ratio", view.baseline),
        "speed_ratio",
        "Output speed, multiple of<br>the baseline (log scale)",
        f"Each specialised provider's best-matched and newest run of each model, of repeated samples the middle one. "
        f"{words.plural(against.height, 'pair')}, {words.days(values.oldest(measured), values.newest(measured))}. "
        f"{findings.earlier_models(against, 'speed_ratio')} Hollow: grade {matching.UNLIKE}, "
        f"{matching.grade_meanings()[matching.UNLIKE]}, in no average.",
    )
    cite.chart(view.figures, drawn, shown, "speed-models", PAIR_COLUMNS, partial(passport.of_speed, speeds=rows))
    means = speed.across_models(middles)
    if means.height:
        told = [
            f"{row['provider']} {words.times(row['speed_ratio'])} over {words.plural(row['models'], 'model')} "
            f"({words.days(row['window_from'], row['window_to'])})"
            for row in means.iter_rows(named=True)
        ]
        cite.note(
            f"Geometric mean of grades {words.listed([*matching.AGGREGATED_GRADES])}: {words.listed(told)}.",
            help=cite.grades(),
        )


def same_answers(view: View) -> None:
    """Whether a faster host answers as the maker of the model does, for what was tested."""
    st.subheader("Does a faster host answer the same?", anchor=False)
    rows = tables.table(view.figures, "fidelity")
    tested = most_rows_first(rows)
    if not tested:
        cite.empty("Nobody published how a host answers beside the maker of the model.")
        return
    model, test = choices.ask(
        view,
        tested,
        Choice("Model tested", "answers"),
        Choice("Test", "test"),
        lambda model: {_told(test): test for test in fidelity.tests(rows, model)},
    )
    of_test = fidelity.hosts(rows, model, test, tables.record(view.figures, "provider"))
    drawn = draw_fidelity.hosts(
        of_test,
        fidelity_findings.specialised_first(of_test, model, test),
        fidelity_findings.counted(of_test, test),
        test.unit,
    )
    cite.chart(view.figures, drawn, of_test, "speed-answers", FIDELITY_COLUMNS)
    if view.model not in tested:
        cite.note(f"Nobody published how the hosts of {view.model} answer beside its maker; shown is another model.")
    cite.note("Two tests are never compared. A host may have mended since what a test of its day found.")


def _told(test: fidelity.Test) -> str:
    return f"{test.label} ({words.day(test.measured_on)})"


def response_times(view: View, rows: pl.DataFrame, paired: pl.DataFrame) -> None:
    """How long a whole answer takes: waiting, thinking, answering."""
    timed = speed.timed(rows, paired, view.model)
    if timed.is_empty():
        nearest = findings.timed_models(rows)
        cite.empty(
            f"No run published both the time to first token and the output speed of {view.model}.",
            f"These models have both: {words.listed(nearest)}." if nearest else "",
        )
        return
    # The usual amount is part of the key: the choice for a model that thinks is not one for a model that does not.
    usual = tables.thinks_first(view.figures, view.model)
    answer_column, thinking_column = st.columns(2)
    with answer_column:
        answer = st.slider(
            "Length of the answer, tokens",
            50,
            4000,
            response.ANSWER_TOKENS,
            50,
            key="answer",
            **BOUND,
        )
    with thinking_column:
        thinking = st.select_slider(
            "Thinking before the answer, tokens",
            sorted({*THINKING_STEPS, usual.tokens}),
            usual.tokens,
            format_func=words.number,
            key=f"thinking-{usual.tokens}",
            **BOUND,
            help="Tokens that a reasoning model writes for itself first; they take time and cost like output.",
        )
    parts = response.parts(timed, answer, thinking)
    drawn = draw_response.stacked(
        parts,
        findings.soonest_answer(parts, answer, thinking),
        f"Response time for {findings.whole_answer(answer, thinking)}, at the median speed of each host. "
        f"{words.plural(parts.height, 'measurement')}, {words.day(values.newest(parts['measured_on']))}. Pale: "
        "waiting; middle: thinking; full: answering.",
    )
    cite.chart(view.figures, drawn, parts, "speed-response", PART_COLUMNS)
    cite.note(thinking_findings.chosen(usual, thinking))
    cite.origins(usual.sources)
    cite.note(findings.break_even(parts))
    cite.chart(view.figures, draw.waiting(timed, findings.soonest(timed)), timed, "speed-waiting", HOST_COLUMNS)


def speed_over_time(view: View, rows: pl.DataFrame) -> None:
    """Weekly history from the source that measured the model most often."""
    source = response.weekly_source(rows, view.model)
    if source is None:
        often = response.most_often_measured(rows)["model"].head(4).to_list()
        cite.empty(
            f"No source measured {view.model} again and again.",
            f"Measured so: {words.listed(often)}.",
        )
        return
    weeks = response.history(rows, view.model, source)
    drawn = draw_response.over_time(
        weeks,
        findings.swing(weeks),
        f"Middle of each week's captures, with their range; one source. "
        f"{words.day(values.oldest(weeks['week']))} to {words.day(values.newest(weeks['week']))}. Grey: other hosts.",
        response.READING_TOKENS_PER_SECOND,
    )
    cite.chart(
        view.figures, drawn, weeks, "speed-history", ("label", "week", "output_tokens_per_second", "low", "high")
    )
    cite.note(
        f"A person reads about {words.number(response.READING_TOKENS_PER_SECOND)} tokens a second: "
        f"{response.READING_WORDS_PER_MINUTE} words a minute, {response.WORDS_PER_TOKEN:g} words to a token."
    )
    cite.origins(response.READING_SOURCES)


def shared_gpus(view: View) -> None:
    """Output of one accelerator for all users against what each sees, chip by chip."""
    points = serving.points(tables.table(view.figures, "gpu_serving"))
    st.subheader("How many users can share a GPU, and at what speed for each?", anchor=False)
    if points.is_empty():
        cite.empty("No throughput of shared GPUs is published here with its lengths and its precision.")
        return
    model, workload = choices.ask_workload(view, points)
    curve = serving.curves(points, model, workload, tables.table(view.figures, "accelerator"))
    drawn = draw_serving.throughput(
        curve,
        f"{serving_findings.most_at_speed(curve)} ({model})",
        f"Output tokens of all users for each accelerator of the system, {workload.label}. Line: the best of each "
        f"chip; faint: its other points. {words.plural(curve.height, 'measurement')}, "
        f"{serving_findings.measured_days(curve)}.",
    )
    cite.chart(view.figures, drawn, curve, "serving-curves", CURVE_COLUMNS)
    cite.note(
        "Whole systems under load: another quantity than the speed of one request above. No such curve of a "
        "specialised provider is held here."
    )


def shared_systems(figures: Figures) -> None:
    """Throughput against interactivity, for what is published; never beside per-request speeds."""
    curve = response.curves(tables.table(figures, "gpu_serving"))
    if curve.is_empty():
        cite.empty("No curve of throughput against what one user sees is published here.")
        return
    drawn = draw_response.serving_curve(
        curve,
        findings.shared_cost(curve),
        f"Whole systems under load: another quantity than the speed of one request above. "
        f"{words.plural(curve.height, 'published point')}.",
    )
    cite.chart(
        figures,
        drawn,
        curve,
        "serving",
        ("system", "model", "concurrency", "throughput_tokens_per_second", "interactivity_tokens_per_second_per_user"),
    )


def left_out(view: View, rows: pl.DataFrame) -> None:
    """Measurements of the model that enter no ratio, with the reason."""
    excluded = rows.filter((pl.col("model") == view.model) & pl.col("excluded_because").is_not_null())
    if excluded.height:
        with st.expander(plain(f"Measurements of {view.model} that enter no ratio ({excluded.height:,})")):
            cite.table(
                excluded.select(
                    "provider",
                    "excluded_because",
                    "output_tokens_per_second",
                    "ttft_seconds",
                    "measured_by",
                    "measured_on",
                    "source_url",
                ),
                "left out",
            )


show(of_run())
