"""A choice of model and of one thing within it: pages whose figures cover only some models ask alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
import streamlit as st

from metrics import dollar, serving
from metrics.dollar import Reading
from metrics.models import most_rows_first
from metrics.serving import Workload
from pages.shared import cite
from pages.shared.view import BOUND, View

Kind = TypeVar("Kind")  # what is chosen within a model


@dataclass(frozen=True)
class Choice:
    """One list of choices: its label, its name in the address of the page, and what it means."""

    label: str
    key: str
    help: str | None = None


def ask(
    view: View,
    covered: Sequence[str],
    of_model: Choice,
    within: Choice,
    offered: Callable[[str], Mapping[str, Kind]],
) -> tuple[str, Kind]:
    """The model, the page's own where it is covered, and what is chosen of those that `offered` names for it.

    `covered` holds at least one model, and `offered` at least one choice for each.
    """
    usual = view.model if view.model in covered else covered[0]
    model_column, within_column = st.columns(2)
    # The usual choice is part of the key: the choice for one model is not one for another.
    with model_column:
        model = st.selectbox(
            of_model.label,
            covered,
            index=covered.index(usual),
            key=f"{of_model.key}-{usual}",
            help=of_model.help,
            **BOUND,
        )
    kinds = offered(model)
    with within_column:
        label = st.selectbox(within.label, list(kinds), key=f"{within.key}-{model}", help=within.help, **BOUND)
    return model, kinds[label]


def ask_reading() -> Reading:
    """How prices of tokens are read, one switch for every page that asks."""
    name = st.segmented_control(
        "Prices of tokens",
        [reading.name for reading in dollar.READINGS],
        default=dollar.PER_MTOK.name,
        required=True,
        key="read",
        **BOUND,
        help="Tokens for a dollar are the exact reciprocal. Whose dollar it is, of list price, of rent or of what "
        "owning a machine costs, stands with each figure.",
        width="content",
    )
    return dollar.reading(name)


def ask_workload(view: View, points: pl.DataFrame) -> tuple[str, Workload]:
    """The model of the curves of shared GPUs and under which workload.

    `points` are those of `serving.points` and hold at least one.
    """
    measured = most_rows_first(points)
    asked = ask(
        view,
        measured,
        Choice("Model of the curves", "curves"),
        Choice(
            "Precision and lengths",
            "workload",
            "Output per accelerator is another quantity at other lengths, so one chart has one pair of them.",
        ),
        lambda model: {workload.label: workload for workload in serving.workloads(points, model)},
    )
    if view.model not in measured:
        cite.note(f"No such curve of {view.model} is published; shown is another model.")
    return asked
