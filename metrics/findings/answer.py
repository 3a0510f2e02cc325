"""What the figures of Verdict, Claims and Questions say, as one sentence each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from metrics import matching, values, words
from metrics.claims import claim

IN_A_WORD: Mapping[str, str] = {
    claim.SUPPORTED: "yes", claim.PARTLY: "in part", claim.NOT_SUPPORTED: "no", claim.STALE: "not as earlier",
    claim.NOT_COMPARABLE: "not known", claim.NO_DATA: "not known",
}  # fmt: skip


WHEN: Mapping[str, str] = {
    claim.FIRST: "2024, when the speeds were first shown",
    claim.THEN: "At the article",
    claim.NOW: "Now",
}
HALVES = ("C05", "C06")  # faster than Azure; a tenth of the price


def judgement(judged: pl.DataFrame, today: date) -> str:
    """The article's two halves in a word each with the day that decides, then how many of its claims hold and held.

    Where the newest figure is no longer recent on the day of reading, nothing is said to hold now.
    """
    now = judged.filter((pl.col("when") == claim.NOW) & (pl.col("verdict") != claim.SCENARIO))
    faster, cheaper = (_half(now.row(by_predicate=pl.col("claim_id") == name, named=True)) for name in HALVES)
    decided = now.filter(~pl.col("verdict").is_in([claim.NO_DATA, claim.NOT_COMPARABLE])).height
    held = {when: counts(judged, when).get(claim.SUPPORTED, 0) for when in claim.TIMES}
    newest = values.newest(now["newest_on"])
    is_old = newest is not None and today - newest > matching.RECENT
    at_last = f"by the newest figures, of {words.ago(newest, today)}" if newest and is_old else "now"
    return (
        f"Faster than Azure, {faster}; at a tenth of the price, {cheaper}: {held[claim.NOW]} of "
        f"{words.plural(decided, 'claim')} with figures {'holds' if held[claim.NOW] == 1 else 'hold'} {at_last}, "
        f"{held[claim.THEN]} held at the article, {held[claim.FIRST]} in {claim.IN_2024.until:%Y}."
    )


def _half(row: Mapping[str, Any]) -> str:
    """A verdict in a word, with the newest day of the figures behind it."""
    word = IN_A_WORD[row["verdict"]]
    return f"{word} ({words.day(row['newest_on'])})" if row["newest_on"] else word


def when_judged(when: str, newest_on: date | None, today: date) -> str:
    """What a time is called above a verdict: now with its age, and not now where that is more than half a year."""
    if when != claim.NOW or newest_on is None:
        return WHEN[when]
    name = WHEN[when] if today - newest_on <= matching.RECENT else "When last published"
    return f"{name}, {words.ago(newest_on, today)}"


def times() -> str:
    """What the three times are."""
    return (
        f"At the article: the twelve months up to {words.day(claim.ARTICLE_DAY)}. Now: since then, within six months "
        "of the newest figure of its kind. What has happened by a day is judged from everything known by then. A "
        "round figure is met within 10 %; where that alone decides, the count without it is said."
    )


def counts(judged: pl.DataFrame, when: str) -> Mapping[str, int]:
    """Claims by what they were judged, in the order of the verdicts and without those that none got."""
    found = dict(judged.filter(pl.col("when") == when)["verdict"].value_counts().iter_rows())
    return {word: found[word] for word in (*claim.VERDICTS, claim.SCENARIO) if word in found}


def all_claims(judged: pl.DataFrame) -> str:
    """How many claims there are, and that these are their verdicts now."""
    return f"{words.plural(judged['claim_id'].n_unique(), 'claim')}, now"


def would_become(changed: pl.DataFrame) -> str:
    """What the reader's own rows would make of the verdicts; the published ones stand."""
    now = changed.filter(pl.col("when") == claim.NOW)
    if now.is_empty():
        return "Your files would change no verdict."
    told = [f"“{row['claim']}” would become {row['would_become'].lower()}" for row in now.iter_rows(named=True)]
    return f"With your files {words.listed(told)}; the published verdicts stand."


def would_change(changed: pl.DataFrame) -> str:
    """How many verdicts the reader's own rows would change, in few words."""
    count = changed.filter(pl.col("when") == claim.NOW).height
    return f"Your files would change {words.plural(count, 'verdict')}; the published ones stand."


def becomes(changed: pl.DataFrame | None, claim_id: str, when: str) -> str | None:
    """The verdict that the reader's own rows would make of one claim; None where it stays."""
    if changed is None:
        return None
    found = changed.filter((pl.col("claim_id") == claim_id) & (pl.col("when") == when))
    return found["would_become"][0] if found.height else None


def builds(kept: pl.DataFrame) -> str:
    """How far back the kept builds go."""
    count, days = kept["generation"].n_unique(), kept["built_at"].dt.date()
    return (
        f"{words.plural(count, 'build')} of the figures {'is' if count == 1 else 'are'} kept, "
        f"{words.days(values.oldest(days), values.newest(days))}; how long each verdict has stood among them."
    )


def promised(pairs: pl.DataFrame) -> str:
    """How many pairs keep both promises at once, and the one that comes nearest."""
    both = int(pairs["meets"].sum())
    best = pairs.sort("value", descending=True).row(0, named=True)
    told = f"{both:,}" if both else "Not one"
    return (
        f"{told} of {words.plural(pairs.height, 'pair')} {'offer' if both > 1 else 'offers'} a tenth of the price and "
        f"ten times the speed at once; nearest: {best['subject']}"
    )


def replay(played: pl.DataFrame) -> str:
    """Which claim has changed its verdict most often, of the days on which there was something to judge."""
    moves = (
        played.filter(pl.col("verdict") != claim.NO_DATA)
        .sort("claim_id", "as_of")
        .with_columns(has_moved=pl.col("verdict") != pl.col("verdict").shift(1).over("claim_id"))
        .group_by("claim_id", "claim")
        .agg(pl.col("has_moved").sum())
        .sort("has_moved", "claim_id", descending=[True, False])
    )
    if moves.is_empty():
        return "No verdict can be played back"
    moved, most = moves.filter(pl.col("has_moved") > 0), moves.row(0, named=True)
    return (
        f"{moved.height} of {words.plural(moves.height, 'verdict')} changed as figures came in; most often "
        f"“{most['claim']}”, {words.plural(most['has_moved'], 'time')}"
    )


def ledger(judged: pl.DataFrame) -> str:
    """Which of these claims hold now, by name."""
    rows = judged.filter(pl.col("when") == claim.NOW)
    stale = rows.filter(pl.col("verdict") == claim.STALE)["claim"].to_list()
    holds = rows.filter(pl.col("verdict") == claim.SUPPORTED)["claim"].to_list()
    told = [f"“{name}” still holds" for name in holds[:1]] + [f"“{name}” held earlier" for name in stale[:1]]
    return "; ".join(told) if told else f"Not one of {words.plural(rows.height, 'claim')} holds now"
