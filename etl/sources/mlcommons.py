"""What the readers of MLCommons's two suites share: its rounds, its notice, and what a status says of a system.

Rounds are a table, data/facts/mlperf_rounds.csv, a line each: suite, round, the benchmarks that are new in it,
the day that MLCommons published it with the address that says so, and where its results lie if not at the usual
address. The day of a repository's last commit is no day of publication: v4.1 of Training came out on 13 November
2024 and was last changed on 11 December.

A later round needs one more line. Until it has one, the names that may follow the newest round are asked for too,
and a round whose files are at hand is read by the name in their addresses.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from etl.sources import cells

PUBLISHER = "MLCommons"
LICENCE = "Apache-2.0 (repository); MLCommons results terms of use"

# The trademark legend, in the words that MLCommons' guidelines require beside its results.
CREDIT = (
    "The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association "
    "in the United States and other countries. All rights reserved. Unauthorized use strictly prohibited. "
    "See www.mlcommons.org for more information."
)

TRAINING, INFERENCE = "Training", "Inference"
ROUNDS_FILE = Path(__file__).parents[2] / "data/facts/mlperf_rounds.csv"
ROUND_NAME = re.compile(r"v(\d+)\.(\d+)")

# Words of a status for what nobody can buy yet: preview, and research, development or internal use.
NOT_ON_SALE = re.compile(r"\b(preview|rdi|research|development|internal)\b", re.IGNORECASE)
ON_SALE = re.compile(r"\b(available|on-?prem\w*|cloud)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Round:
    """One round of one suite. `published_on` is null where nobody says; `is_required`: its absence is a failure.

    `results_url` is null where the results lie at the usual address; `results_as_of` is the day of a pinned copy.
    """

    name: str
    published_on: date | None = None
    results_url: str | None = None
    results_as_of: date | None = None
    is_required: bool = False


def rounds(suite: str, found: Iterable[str] = ()) -> tuple[Round, ...]:
    """The rounds of a suite, oldest first: those of the table, those found by name, those that may come next."""
    known = _table(suite)
    newest = version(max(known, key=version))
    coming = (f"v{newest[0]}.{newest[1] + 1}", f"v{newest[0] + 1}.0")
    names = sorted({*known, *found, *coming}, key=version)
    return tuple(known.get(name, Round(name)) for name in names)


def released_on(suite: str, name: str) -> date | None:
    """The day that MLCommons published a round; null for one that the table does not hold."""
    return _table(suite).get(name, Round(name)).published_on


def version(name: str) -> tuple[int, int]:
    """v4.1 as (4, 1), by which rounds are in order. Raises ValueError for what is no round."""
    found = ROUND_NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not a round such as v4.1.")
    return int(found[1]), int(found[2])


def is_preview(status: object) -> bool | None:
    """True where a status says that the system was not to be had when the round came out; null where it says neither.

    It is free text: "Preview", "available", "Available on-premise", "onprem", "Cloud".
    """
    text = cells.word(status) or ""
    if NOT_ON_SALE.search(text):
        return True
    return False if ON_SALE.search(text) else None


@lru_cache
def _table(suite: str) -> dict[str, Round]:
    with ROUNDS_FILE.open(encoding="utf-8", newline="") as file:
        return {
            line["round"]: Round(
                name=line["round"],
                published_on=cells.day(line["as_of"]),
                results_url=line["results_url"] or None,
                results_as_of=cells.day(line["results_as_of"]),
                is_required=line["is_required"] == "yes",
            )
            for line in csv.DictReader(file)
            if line["suite"] == suite
        }
