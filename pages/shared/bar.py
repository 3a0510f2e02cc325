"""The bar that every page shares: model, baseline, blend, and whether uploads are shown.

Its state lives in the address and in the session, so that a link reopens the same view and a
page switch keeps it.
"""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from metrics import cost, matching, speed
from pages.shared import tables

OFFICIAL, UPLOADS = "Official only", "With uploads"
PREFERRED_BASELINE = "Azure"  # the article's own comparison


@dataclass(frozen=True)
class Choice:
    """What the reader has chosen."""

    model: str
    baseline: str
    blend: str


def show() -> Choice:
    """Draws the bar; the choice that the pages work with."""
    covered = speed.coverage(tables.speed_ratios())
    model_column, baseline_column, blend_column, data_column = st.columns([3, 3, 2, 3])
    with model_column:
        model = st.selectbox(
            "Model",
            covered["model"].to_list(),
            key="model",
            bind="query-params",
            persist_state="session",
            help="Models measured at a specialised provider and at another host, most like-for-like pairs first.",
        )
    names = baselines(model)
    with baseline_column:
        baseline = st.selectbox(
            "Baseline",
            names,
            index=names.index(PREFERRED_BASELINE) if PREFERRED_BASELINE in names else 0,
            key="baseline",
            bind="query-params",
            persist_state="session",
            help="Whom a specialised provider is compared with: the fastest or the middle one of the other hosts, "
            "or one by name.",
        )
    with blend_column:
        blend = st.selectbox(
            "Price blend",
            [blend.name for blend in cost.BLENDS],
            key="blend",
            bind="query-params",
            persist_state="session",
            accept_new_options=True,
            help="How many input and output tokens one price stands for: input:output, or cached:input:output. "
            "Write your own, such as 10:1.",
        )
    with data_column:
        st.segmented_control(
            "Figures",
            [OFFICIAL, UPLOADS],
            default=OFFICIAL,
            required=True,
            key="data",
            bind="query-params",
            persist_state="session",
            help="Uploads are the reader's own figures; they change no verdict.",
        )
    return Choice(model, baseline, readable_blend(blend))


def baselines(model: str) -> list[str]:
    """Best, median, and the named hosts that some measurement of this model stands beside."""
    beside = tables.speed_ratios().filter(pl.col("model") == model)
    return [matching.BEST, matching.MEDIAN, *beside["baseline_provider"].unique().sort().to_list()]


def readable_blend(written: str) -> str:
    """The blend as written, or 3:1 with a sentence where it cannot be read."""
    try:
        return cost.blend(written).name
    except ValueError as problem:
        st.warning(f"{problem} Shown: {cost.THREE_TO_ONE.name}.")
        return cost.THREE_TO_ONE.name
