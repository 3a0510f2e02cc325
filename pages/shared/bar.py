"""The bar that every page shares: model, baseline, blend, whether uploads are shown, and how old it all is.

Its state lives in the address and in the session, so that a link reopens the same view and a
page switch keeps it.
"""

from dataclasses import replace

import polars as pl
import streamlit as st

from metrics import cost, matching, speed, values, words
from metrics.claims import verdicts
from pages.shared import look, tables
from pages.shared.markdown import plain
from pages.shared.view import BOUND, Figures, View

OFFICIAL, UPLOADS = "Official only", "With uploads"
MISSED = "baseline without a measurement"
NEXT = "model that the bar turns to"
PREFERRED_BASELINE = "Azure"  # the article's own comparison


def turn_to(model: str | None) -> None:
    """On the next run the bar shows uploads, and this model where it is one that the bar has."""
    st.session_state[NEXT] = model


def _turn(record: Figures) -> bool:
    """Whether the bar turns on this run."""
    if NEXT not in st.session_state:
        return False
    model = st.session_state.pop(NEXT)
    st.session_state["data"] = UPLOADS
    if model in models(replace(record, with_uploads=True)):
        st.session_state["model"] = model
    return True


def show(record: Figures) -> View:
    """Draws the bar; what the page shows of this generation, with the reader's own figures where the bar says so."""
    turns = _turn(record)
    figures = replace(record, with_uploads=_wants_uploads())
    with st.container(key=look.BAR, horizontal=True, vertical_alignment="bottom", gap="small"):
        model = st.selectbox(
            "Model",
            models(figures),
            key="model",
            **BOUND,
            help="Models measured at a specialised provider and at another host, most like-for-like pairs first. "
            "With uploads, then those that only your own figures tell of.",
            width=230,
        )
        measured = measured_baselines(figures, model)
        names = baselines(figures, model, measured)
        wanted = st.session_state.get("baseline") or st.query_params.get("baseline")
        baseline = st.selectbox(
            "Baseline",
            names,
            index=names.index(PREFERRED_BASELINE) if PREFERRED_BASELINE in measured else 0,
            key="baseline",
            **BOUND,
            help="Whom a specialised provider is compared with: the fastest or the middle one of the other hosts, "
            "or one by name, which has a speed or a price of this model.",
            width=180,
        )
        blend = st.selectbox(
            "Price blend",
            [blend.name for blend in cost.BLENDS],
            key="blend",
            **BOUND,
            accept_new_options=True,
            help="How many input and output tokens one price stands for: input:output, or cached:input:output. "
            "Write your own, such as 10:1.",
            width=130,
        )
        shown = st.segmented_control(
            "Figures",
            [OFFICIAL, UPLOADS],
            default=None if turns else OFFICIAL,  # a value that is set and one by default are one too many
            required=True,
            key="data",
            **BOUND,
            help="Uploads are the reader's own figures; they change no verdict.",
            width="content",
        )
        freshness(record)
    _tell_of_missing_baseline(wanted, names, model)
    return View(replace(record, with_uploads=shown == UPLOADS), model, baseline, readable_blend(blend))


def _wants_uploads() -> bool:
    """What the bar will say: what it said before, or on the first run of a link what the link says."""
    return (st.session_state.get("data") or st.query_params.get("data")) == UPLOADS


def models(figures: Figures) -> list[str]:
    """Models that have a ratio, most like-for-like pairs first; with uploads, then the reader's own that have none."""
    paired = speed.coverage(tables.speed_ratios(figures))["model"].to_list()
    if not figures.with_uploads:
        return paired
    own = pl.concat(
        tables.table(figures, name).filter(matching.OWN)["model"]
        for name in ("provider_speed", "token_price", "gpu_serving")
    )
    return [*paired, *own.filter(~own.is_in(paired)).unique().sort()]


def _tell_of_missing_baseline(wanted: str | None, names: list[str], model: str) -> None:
    """Says so, for as long as the model stays, where the baseline asked for does not stand beside it."""
    if wanted and wanted not in names:
        st.session_state[MISSED] = (model, wanted)
    missed_model, missed = st.session_state.get(MISSED, (None, None))
    if missed_model == model and missed not in names:
        st.info(
            plain(
                f"Neither a speed nor a price of {missed} stands beside a specialised provider on {model}; "
                f"the baseline is {st.session_state['baseline']}."
            ),
            icon=":material/info:",
        )


def measured_baselines(figures: Figures, model: str) -> list[str]:
    """The named hosts that some measurement of this model stands beside."""
    beside = tables.speed_ratios(figures).filter(pl.col("model") == model)
    return beside["baseline_provider"].unique().sort().to_list()


def baselines(figures: Figures, model: str, measured: list[str]) -> list[str]:
    """Best, median, and the hosts that a measurement or a list price of this model stands beside."""
    priced = tables.cost_ratios(figures, cost.THREE_TO_ONE.name).filter(pl.col("model") == model)
    named = {*measured, *priced["baseline_provider"].unique()}
    return [matching.BEST, matching.MEDIAN, *sorted(named)]


def readable_blend(written: str) -> str:
    """The blend as written, or 3:1 with a sentence where it cannot be read."""
    try:
        return cost.blend(written).name
    except ValueError as problem:
        st.warning(plain(f"{problem} Shown: {cost.THREE_TO_ONE.name}."))
        return cost.THREE_TO_ONE.name


def freshness(record: Figures) -> None:
    """How old the figures are: the newest measurement, a vendor's own claim being none, and when they were built."""
    states = tables.table(record, "source_state")
    measured = verdicts.newest_of("provider_speed", {"provider_speed": tables.table(record, "provider_speed")})
    newest = words.day(measured) if measured else words.NOT_PUBLISHED
    fetched = values.newest(states["fetched_at"])
    looked = f"last fetched {words.day(fetched)}" if fetched else "shipped figures, not refreshed here yet"
    failing = states.filter(pl.col("status").is_in(["failed", "partial"])).height
    trouble = f" · {words.plural(failing, 'source')} with trouble, see Evidence" if failing else ""
    st.badge(
        f"Newest speed {newest} · {looked}{trouble}", icon=":material/schedule:", color="orange" if failing else "gray"
    )
