"""The store's tables for pages, read once per generation, and what is computed from them."""

import gc
import os
from datetime import date
from pathlib import Path

import polars as pl
import streamlit as st

from etl.folders import PROJECT, Folders
from etl.publish import build as building
from etl.store import StoreDamaged, StoreMissing
from metrics import cost, matching, speed
from metrics.claims import questions, verdicts

WITH_UPLOADS = "With uploads"


def folders() -> Folders:
    """Where the data lies: the environment variable DIVIDE_DATA, else the project's own folder."""
    return Folders(data=Path(os.environ.get("DIVIDE_DATA") or PROJECT / "data"))


@st.cache_resource(show_spinner=False)
def freeze_imports() -> None:
    """Streamlit collects garbage after every run; what the imports made need not be walked each time."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def looked(data: str) -> dict[str, bool]:
    """Whether the store holds what this version of the project would build: looked at once a server, because a
    look reads every file that a build reads."""
    return {"is_current": building.is_current(Folders(data=Path(data)))}


def ensure_store() -> None:
    """Builds the store with visible progress where there is none yet, or a newer version came with other figures."""
    state = looked(str(folders().data))
    if folders().store.generation() is not None and state["is_current"]:
        return
    with st.status("Building the store from the published figures that ship with it", expanded=True) as status:
        bar = st.progress(0.0)

        def step(name: str, done: int, total: int) -> None:
            bar.progress(done / total, text=name)

        building.build(folders(), progress=step)
        status.update(label="The store is built", state="complete", expanded=False)
    state["is_current"] = True
    st.rerun()


def generation() -> str:
    return folders().store.generation() or ""


def table(name: str) -> pl.DataFrame:
    """One table of the current generation; uploads are left out while the bar says official only."""
    return _table(str(folders().data), generation(), name, with_uploads())


def record(name: str) -> pl.DataFrame:
    """One table of the current generation without a reader's own rows, whatever the bar says."""
    return _table(str(folders().data), generation(), name, False)


def with_uploads() -> bool:
    """What the bar says; on the first run of a link, before the bar is drawn, what the link says."""
    return (st.session_state.get("data") or st.query_params.get("data")) == WITH_UPLOADS


@st.cache_data(max_entries=200, show_spinner=False)
def _table(data: str, generation_name: str, name: str, uploads: bool) -> pl.DataFrame:
    return Folders(data=Path(data)).store.drawn(name, with_own=uploads, generation=generation_name)


def tables() -> dict[str, pl.DataFrame]:
    """The tables that cards and verdicts are made of: the record alone, whatever the bar says."""
    return {name: record(name) for name in verdicts.TABLES}


def judged_speeds() -> pl.DataFrame:
    return _judged(str(folders().data), generation(), with_uploads())


@st.cache_data(max_entries=8, show_spinner=False)
def _judged(data: str, generation_name: str, uploads: bool) -> pl.DataFrame:
    return matching.judged(_table(data, generation_name, "provider_speed", uploads), _providers(data, generation_name))


def _providers(data: str, generation_name: str) -> pl.DataFrame:
    return _table(data, generation_name, "provider", False)


def speed_ratios() -> pl.DataFrame:
    return _speed_ratios(str(folders().data), generation(), with_uploads())


@st.cache_data(max_entries=8, show_spinner=False)
def _speed_ratios(data: str, generation_name: str, uploads: bool) -> pl.DataFrame:
    return speed.ratios(_table(data, generation_name, "provider_speed", uploads), _providers(data, generation_name))


def cost_ratios(blend: str) -> pl.DataFrame:
    return _cost_ratios(str(folders().data), generation(), with_uploads(), blend)


@st.cache_data(max_entries=16, show_spinner=False)
def _cost_ratios(data: str, generation_name: str, uploads: bool, blend: str) -> pl.DataFrame:
    prices = _table(data, generation_name, "token_price", uploads)
    return cost.ratios(prices, _providers(data, generation_name), cost.blend(blend))


def judged_claims() -> pl.DataFrame:
    """Verdicts rest on the record alone: uploads never enter them."""
    return _judged_claims(str(folders().data), generation())


@st.cache_data(max_entries=32, show_spinner=False)
def _judged_claims(data: str, generation_name: str) -> pl.DataFrame:
    return verdicts.verdicts(_official(data, generation_name))


def _official(data: str, generation_name: str) -> dict[str, pl.DataFrame]:
    return {name: _table(data, generation_name, name, False) for name in verdicts.TABLES}


def would_become() -> pl.DataFrame | None:
    """Verdicts that the reader's own rows would change; None where there are no such rows."""
    return _would_become(str(folders().data), generation())


@st.cache_data(max_entries=8, show_spinner=False)
def _would_become(data: str, generation_name: str) -> pl.DataFrame | None:
    every = {name: _table(data, generation_name, name, True) for name in verdicts.TABLES}
    official = _official(data, generation_name)
    if all(every[name].height == official[name].height for name in verdicts.TABLES):
        return None
    return verdicts.changes(_judged_claims(data, generation_name), verdicts.verdicts(every))


def replayed_claims(days: tuple[date, ...]) -> pl.DataFrame:
    """Verdicts as they would have been on each of these days."""
    return _replayed_claims(str(folders().data), generation(), days)


@st.cache_data(max_entries=8, show_spinner=False)
def _replayed_claims(data: str, generation_name: str, days: tuple[date, ...]) -> pl.DataFrame:
    return verdicts.replayed(_official(data, generation_name), days)


def claims_by_generation() -> pl.DataFrame:
    """Verdicts as each kept generation of the figures gives them: generation, built_at and what is judged.

    A generation that can no longer be read is left out.
    """
    store, judged = folders().store, []
    for name in store.generations():
        try:
            built_at = store.rows("build", generation=name)["built_at"].max()
            judged.append(
                _judged_claims(str(folders().data), name).with_columns(
                    generation=pl.lit(name), built_at=pl.lit(built_at)
                )
            )
        except (StoreDamaged, StoreMissing):
            continue
    return pl.concat(judged)


def answers() -> list[questions.Answer | questions.CannotAnswer]:
    """The article's open questions, answered from the record alone, in their order."""
    return _answers(str(folders().data), generation())


@st.cache_data(max_entries=8, show_spinner=False)
def _answers(data: str, generation_name: str) -> list[questions.Answer | questions.CannotAnswer]:
    official = _official(data, generation_name)
    return [questions.answered(question, official) for question in questions.QUESTIONS]


def joint_pairs() -> pl.DataFrame:
    """Pairs with both a speed ratio and a price ratio against the clouds, then and now."""
    rows = evidence_of_claims().filter(pl.col("claim_id") == "C08")
    return rows.filter(pl.col("cost_ratio").is_not_null()) if "cost_ratio" in rows.columns else rows


def evidence_of_claims() -> pl.DataFrame:
    """Every figure that decides a claim, then and now, with whether it meets the claim."""
    return _evidence_of_claims(str(folders().data), generation())


@st.cache_data(max_entries=8, show_spinner=False)
def _evidence_of_claims(data: str, generation_name: str) -> pl.DataFrame:
    official = _official(data, generation_name)
    return pl.concat(
        [
            verdicts.evidence(claim, official, when).with_columns(claim_id=pl.lit(claim.claim_id), when=pl.lit(when))
            for claim in verdicts.CLAIMS
            for when in (verdicts.THEN, verdicts.NOW)
        ],
        how="diagonal_relaxed",
    )
