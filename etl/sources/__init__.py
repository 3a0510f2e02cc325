"""The published sources, in the order in which Evidence lists them."""

from etl.sources.contract import Source

SOURCES: tuple[Source, ...] = ()


def source(name: str) -> Source:
    """The source with this id; KeyError names the known ones."""
    for candidate in SOURCES:
        if candidate.id == name:
            return candidate
    raise KeyError(f"{name} is not a source; known: {', '.join(s.id for s in SOURCES)}")
