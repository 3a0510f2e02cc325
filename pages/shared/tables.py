"""The store's tables for pages, and what is computed from them: once for each generation.

Everything here is a pure function of `Figures`, which name a generation, and of plain arguments. So what it gives
back is kept, and handed on as it is: nobody may change a frame that came from here.
"""

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from etl.folders import PROJECT, Folders
from etl.publish import build as building
from etl.store import GenerationGone, StoreDamaged
from metrics import cost, matching, response, sides, speed, thinking, tiers
from metrics.claims import price, question, questions, verdicts
from metrics.claims.claim import FIRST, TIMES
from metrics.claims.question import Answer, CannotAnswer
from pages.shared.view import Figures

Arguments = ParamSpec("Arguments")
Computed = TypeVar("Computed")
Function = Callable[Concatenate[Figures, Arguments], Computed]

# What decides a result besides the figures: the code that computes and the code that reads what it computes from.
COMPUTING = ("metrics/**/*.py", "etl/schema.py", "etl/offers.py", "etl/store.py", "etl/thinning.py")


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


def current() -> Figures:
    """The figures of the current generation, of the record alone.

    Builds them with visible progress where there are none yet, or a newer version came with others.
    """
    found = folders()
    state, generation = looked(str(found.data)), found.store.generation()
    if generation is None or not state["is_current"]:
        _build(found)
        state["is_current"] = True
        st.rerun()
    return Figures(found.data, generation)


def _build(found: Folders) -> None:
    with st.status("Building the store from the published figures that ship with it", expanded=True) as status:
        bar = st.progress(0.0)

        def step(name: str, done: int, total: int) -> None:
            bar.progress(done / total, text=name)

        building.build(found, progress=step)
        status.update(label="The store is built", state="complete", expanded=False)


@contextmanager
def run_anew_where_gone(figures: Figures) -> Iterator[None]:
    """Runs the page anew, on today's figures, where those of this run are dropped before it has read them all."""
    try:
        yield
    except GenerationGone:
        if figures.folders.store.generation() == figures.generation:
            raise
        st.rerun()


def kept(
    entries: int, of_record: bool = False
) -> Callable[[Function[Arguments, Computed]], Function[Arguments, Computed]]:
    """Keeps what a pure function of figures and arguments gives back, for this many of them.

    `of_record`: it rests on the record alone, whatever the reader shows.
    """

    def keeping(compute: Function[Arguments, Computed]) -> Function[Arguments, Computed]:
        @st.cache_resource(max_entries=entries, show_spinner=False, hash_funcs={Figures: repr})
        @wraps(compute)
        def remembered(figures: Figures, *arguments: Arguments.args, **named: Arguments.kwargs) -> Computed:
            return compute(figures, *arguments, **named)

        @wraps(compute)
        def of_figures(figures: Figures, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Computed:
            return remembered(figures.of_record if of_record else figures, *arguments, **named)

        return of_figures

    return keeping


def stored(name: str) -> Callable[[Callable[[Figures], pl.DataFrame]], Callable[[Figures], pl.DataFrame]]:
    """Keeps a frame of the record beside its generation, under this name: a server that starts anew finds it there."""

    def storing(compute: Callable[[Figures], pl.DataFrame]) -> Callable[[Figures], pl.DataFrame]:
        @wraps(compute)
        def found(figures: Figures) -> pl.DataFrame:
            return figures.folders.store.derived(name, figures.generation, program(), lambda: compute(figures))

        return found

    return storing


@cache
def program() -> str:
    """Checksum of the code that computes: what another version kept is computed again."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in COMPUTING for path in PROJECT.glob(pattern)):
        digest.update(path.relative_to(PROJECT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@kept(entries=200)
def table(figures: Figures, name: str) -> pl.DataFrame:
    """One table; the reader's own rows stand in it only where they are shown."""
    return figures.folders.store.drawn(name, with_own=figures.with_uploads, generation=figures.generation)


def record(figures: Figures, name: str) -> pl.DataFrame:
    """One table without the reader's own rows, whatever is shown."""
    return table(figures.of_record, name)


@kept(entries=8)
def prices(figures: Figures) -> pl.DataFrame:
    """Token prices of hosts with the rank of their catalogue."""
    return cost.ranked(table(figures, "token_price"), record(figures, "source_state"), record(figures, "provider"))


@kept(entries=64)
def prices_left_out(figures: Figures, model: str | None = None) -> pl.DataFrame:
    """Providers whose prices enter nothing, as nobody knows them for hosts; of one model or of all."""
    return cost.not_of_hosts(table(figures, "token_price"), record(figures, "provider"), model)


def tables(figures: Figures) -> dict[str, pl.DataFrame]:
    """The tables that cards and verdicts are made of: the record alone, whatever is shown."""
    return {name: record(figures, name) for name in verdicts.TABLES}


@kept(entries=8)
def judged_speeds(figures: Figures) -> pl.DataFrame:
    return matching.judged(table(figures, "provider_speed"), record(figures, "provider"))


@kept(entries=8)
def speed_ratios(figures: Figures) -> pl.DataFrame:
    """Every pair with its speed ratio and, of a whole answer, its end-to-end ratio."""
    speeds = table(figures, "provider_speed")
    return response.whole_answers(speed.ratios(speeds, record(figures, "provider")), record(figures, "model"), speeds)


@kept(entries=64, of_record=True)
def thinks_first(figures: Figures, model: str) -> thinking.Thinking:
    """What the model thinks before it answers: a reader's own rows say nothing of it."""
    return thinking.before_answer(model, table(figures, "model"), table(figures, "provider_speed"))


@kept(entries=16)
def cost_ratios(figures: Figures, blend: str) -> pl.DataFrame:
    return cost.ratios(prices(figures), record(figures, "provider"), cost.blend(blend))


@kept(entries=16, of_record=True)
def bought_speed(figures: Figures, blend: str) -> pl.DataFrame:
    """Fast tiers with what they cost and how fast they are beside their standard twin."""
    return tiers.bought(judged_speeds(figures), prices(figures), cost.blend(blend))


@kept(entries=32, of_record=True)
@stored("verdicts")
def judged_build(figures: Figures) -> pl.DataFrame:
    """The verdicts that one generation gives, with the generation and the moment it was built."""
    built_at = figures.folders.store.rows("build", generation=figures.generation)["built_at"].max()
    return verdicts.verdicts(tables(figures)).with_columns(
        generation=pl.lit(figures.generation), built_at=pl.lit(built_at)
    )


def judged_claims(figures: Figures) -> pl.DataFrame:
    """Verdicts rest on the record alone: uploads never enter them."""
    return judged_build(figures).drop("generation", "built_at")


@kept(entries=8, of_record=True)
def would_become(figures: Figures) -> pl.DataFrame | None:
    """Verdicts that the reader's own rows would change; None where there are no such rows."""
    official = tables(figures)
    every = {name: table(replace(figures, with_uploads=True), name) for name in verdicts.TABLES}
    if all(every[name].height == official[name].height for name in verdicts.TABLES):
        return None
    return verdicts.changes(judged_claims(figures), verdicts.verdicts(every))


@kept(entries=8, of_record=True)
@stored("replay")
def replayed_claims(figures: Figures) -> pl.DataFrame:
    """Verdicts as they would have been on the days of `metrics.claims.verdicts.replay_days`."""
    official = tables(figures)
    return verdicts.replayed(official, verdicts.replay_days(official))


def claims_by_generation(figures: Figures) -> pl.DataFrame:
    """Verdicts as each kept generation up to this one gives them: generation, built_at and what is judged.

    An earlier generation that can no longer be read is left out, as is one of an earlier version that does not say
    which catalogues its prices are of.
    """
    earlier = [name for name in figures.folders.store.generations() if name < figures.generation]
    judged = []
    for name in earlier:
        try:
            judged.append(judged_build(replace(figures, generation=name)))
        except (StoreDamaged, cost.NotRanked):
            continue
    return pl.concat([*judged, judged_build(figures)])


@kept(entries=8, of_record=True)
def answers(figures: Figures) -> list[Answer | CannotAnswer]:
    """Every question answered from the record alone, in their order."""
    return questions.answers(tables(figures))


def answered_questions(figures: Figures) -> pl.DataFrame:
    """The same as a table, for downloads."""
    return question.as_table(questions.QUESTIONS, answers(figures))


@kept(entries=8, of_record=True)
def sold(figures: Figures) -> sides.Sold:
    """What the article's sellers and Azure still list of its models, and what both list now."""
    first_shown = (pl.col("claim_id") == "C01") & (pl.col("when") == FIRST)
    of_article = evidence_of_claims(figures).filter(first_shown)["model"]
    providers, withdrawals = record(figures, "provider"), record(figures, "withdrawal")
    return sides.sold(of_article, prices(figures), providers, withdrawals, price.AZURE)


def joint_pairs(figures: Figures) -> pl.DataFrame:
    """Pairs with both a speed ratio and a price ratio against the clouds, at each time."""
    rows = evidence_of_claims(figures).filter(pl.col("claim_id") == "C08")
    return rows.filter(pl.col("cost_ratio").is_not_null()) if "cost_ratio" in rows.columns else rows


@kept(entries=8, of_record=True)
@stored("evidence")
def evidence_of_claims(figures: Figures) -> pl.DataFrame:
    """Every figure that decides a claim at one of the times, with whether it meets the claim."""
    official = tables(figures)
    return pl.concat(
        [
            verdicts.evidence(claim, official, when).with_columns(claim_id=pl.lit(claim.claim_id), when=pl.lit(when))
            for claim in verdicts.CLAIMS
            for when in TIMES
        ],
        how="diagonal_relaxed",
    )
