"""The choice of model, precision and lengths for curves of shared GPUs: pages that draw them ask alike."""

import polars as pl
import streamlit as st

from metrics import serving
from metrics.serving import Workload
from pages.shared import cite
from pages.shared.view import BOUND, View


def ask(view: View, points: pl.DataFrame) -> tuple[str, Workload]:
    """The model of the curves and under which workload; the page's own model where it has curves.

    `points` are those of `serving.points` and hold at least one.
    """
    measured = serving.models(points)
    usual = view.model if view.model in measured else measured[0]
    model_column, workload_column = st.columns(2)
    # The usual choice is part of the key: the choice for one model is not one for another.
    with model_column:
        model = st.selectbox(
            "Model of the curves", measured, index=measured.index(usual), key=f"curves-{usual}", **BOUND
        )
    offered = {workload.label: workload for workload in serving.workloads(points, model)}
    with workload_column:
        label = st.selectbox(
            "Precision and lengths",
            list(offered),
            key=f"workload-{model}",
            **BOUND,
            help="Output per accelerator is another quantity at other lengths, so one chart has one pair of them.",
        )
    if view.model not in measured:
        cite.note(f"No such curve of {view.model} is published; shown is another model.")
    return model, offered[label]
