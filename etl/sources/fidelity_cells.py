"""Cells of tests of hosts, published and cited alike: a figure with its unit, and what kind of host it is of."""

import re

from etl.sources import cells
from etl.sources.contract import Row

PERCENT = re.compile(r"(>=)?\s*([\d.]+)\s*%")
BLANKS = ("-", "tbd", "")
PERCENT_UNIT, SCORE_UNIT = "%", "score 0-1"
ENGINES = ("vllm", "sglang")
MAKER = "moonshot"


def kind_of(provider: str) -> Row:
    """Whether the host is the maker's own service, and whether it is an engine that the tester ran."""
    name = provider.casefold()
    return {"is_maker": name.startswith(MAKER), "is_engine": any(engine in name for engine in ENGINES)}


def read_figure(text: str) -> tuple[float | None, float | None, str]:
    """Value, lower bound and unit of a cell: "89.39%" is a value, ">=73%" a bound, "TBD" and "-" nothing."""
    if text.strip().casefold() in BLANKS:
        return None, None, SCORE_UNIT
    if percent := PERCENT.fullmatch(text.strip()):
        figure = cells.number(percent[2])
        return (None, figure, PERCENT_UNIT) if percent[1] else (figure, None, PERCENT_UNIT)
    return cells.number(text), None, SCORE_UNIT
