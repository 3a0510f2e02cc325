"""What the figures of Verdict, Claims and Questions say, as one sentence each."""

from collections.abc import Mapping

import polars as pl

from metrics import values, words
from metrics.claims import claim

IN_A_WORD: Mapping[str, str] = {
    claim.SUPPORTED: "yes", claim.PARTLY: "in part", claim.NOT_SUPPORTED: "no", claim.STALE: "no longer",
    claim.NOT_COMPARABLE: "not known", claim.NO_DATA: "not known",
}  # fmt: skip


FASTER, TENTH_OF_THE_PRICE = "C05", "C06"


def judgement(judged: pl.DataFrame) -> str:
    """The article's two halves in a word each, then how many of its measurable claims hold now and held then."""
    words_now = dict(judged.filter(pl.col("when") == claim.NOW).select("claim_id", "verdict").rows())
    halves = {name: IN_A_WORD[words_now[name]] for name in (FASTER, TENTH_OF_THE_PRICE)}
    scored = judged.filter(pl.col("verdict") != claim.SCENARIO)
    held = {when: counts(judged, when).get(claim.SUPPORTED, 0) for when in (claim.THEN, claim.NOW)}
    newest = values.newest(scored.filter(pl.col("when") == claim.NOW)["as_of"])
    return (
        f"Faster than Azure, {halves[FASTER]}; at a tenth of the price, {halves[TENTH_OF_THE_PRICE]}: "
        f"{held[claim.NOW]} of {words.plural(scored['claim_id'].n_unique(), 'measurable claim')} "
        f"{'holds' if held[claim.NOW] == 1 else 'hold'} now ({words.day(newest)}), {held[claim.THEN]} held when the "
        "article appeared."
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
    told = [f"“{name}” still holds" for name in holds[:1]] + [
        f"“{name}” held then and no longer does" for name in stale[:1]
    ]
    return "; ".join(told) if told else f"Not one of {words.plural(rows.height, 'claim')} holds now"


def inference_share(estimates: pl.DataFrame) -> str:
    """The newest year's estimates as a range, or the one there is."""
    if estimates.is_empty():
        return words.NOT_PUBLISHED
    newest = estimates.filter(pl.col("year") == pl.col("year").max())
    return words.span(values.smallest(newest["share_percent"]), values.largest(newest["share_percent"]), "%")
