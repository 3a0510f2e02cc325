"""Fetch, then build: what `refresh` does.

What is not even of the right kind never replaces the payload before it: fetching puts it aside with
the reason. What its reader refuses adds no rows, and those of the generation before stand. One
source's failure touches no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etl import history
from etl.fetch.download import OnProgress, Progress, Settings, fetch_all
from etl.fetch.outcomes import SourceOutcome
from etl.folders import Folders
from etl.publish import build as building
from etl.sources import SOURCES
from etl.sources.contract import Source

__all__ = ["FAILURES", "Progress", "Refreshed", "is_curated", "refresh"]

FAILURES = ("failed", "partial")


@dataclass(frozen=True)
class Refreshed:
    """How each source went, and the generation that stands now."""

    outcomes: tuple[SourceOutcome, ...]
    generation: str
    is_new: bool


def refresh(
    folders: Folders,
    settings: Settings | None = None,
    sources: Sequence[Source] = SOURCES,
    on_fetch: OnProgress | None = None,
    on_build: building.Progress = lambda step, done, total: None,
) -> Refreshed:
    """Fetches the sources named and builds; no new generation where nothing changed."""
    outcomes = fetch_all(
        [source for source in sources if not is_curated(source)],
        folders.snapshots,
        settings,
        on_fetch,
        history.load(folders.history, (*SOURCES, *sources)),
    )
    if building.is_current(folders) and (standing := folders.store.generation()):
        return Refreshed(tuple(outcomes), standing, is_new=False)
    return Refreshed(tuple(outcomes), building.build(folders, progress=on_build), is_new=True)


def is_curated(source: Source) -> bool:
    """True for figures from prose: they ship with the project and are not fetched."""
    return source.facts is not None
