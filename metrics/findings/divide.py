"""The sentences that say what the charts of Training vs inference found."""

from typing import Any

import polars as pl

from metrics import rounds, submitters, words
from metrics.generations import MIXED, STEMS
from metrics.metric import ACCELERATOR_MINUTES, THROUGHPUT_PER_ACCELERATOR

ARTICLE = "article"
PREVIEW = "Not yet to be had then (preview): "


def generation(both: pl.DataFrame, reference: str) -> str:
    """The generation that gained most among those with both sides, else on the one side there is."""
    row = both.row(0, named=True)
    sides = [side for side, stem in STEMS.items() if row[f"{stem}_gain"] is not None]
    first, *more = [(words.times(row[f"{STEMS[side]}_gain"]), _in(side, row)) for side in sides[:2]]
    second = f" and {more[0][0]} {more[0][1]}" if more else ""
    whole = "" if row["advantage"] else f"; {_lacking(row)}"
    return f"{row['accelerator']} does {first[0]} the work of {reference} {first[1]}{second}{whole}"


def _in(side: str, row: dict[str, Any]) -> str:
    return f"in inference at {row['mixed_precisions']}" if side == MIXED else f"in {side.lower()}"


def _lacking(row: dict[str, Any]) -> str:
    """Why a generation has no gain on both sides that may be put side by side."""
    if row["mixed_gain"] is not None and row["inference_gain"] is None:
        return "in inference no pair is of like precision"
    return "no generation shares benchmarks with it on both sides"


def gained(row: dict[str, Any], side: str) -> str:
    """One generation's gain on one side in a sentence, or that there is nothing to compare."""
    stem = STEMS[side]
    if row[f"{stem}_gain"] is None:
        return f"{row['accelerator']}, {side.lower()}: no benchmark shared with {row['reference_accelerator']}"
    spread = (
        f", range {words.span(row[f'{stem}_low'], row[f'{stem}_high'], '×')}" if row[f"{stem}_benchmarks"] > 1 else ""
    )
    return (
        f"{row['accelerator']} does {words.times(row[f'{stem}_gain'])} the work of {row['reference_accelerator']} "
        f"{_in(side, row)}: {words.plural(row[f'{stem}_benchmarks'], 'benchmark')} ({row[f'{stem}_workloads']})"
        f"{spread}. Round {row[f'{stem}_round']}, {words.plural(row[f'{stem}_pairs'], 'pair')}"
    )


def basis(paired: pl.DataFrame, training: pl.DataFrame) -> str:
    """What the pairs rest on: rounds, kinds of submitter, precisions, and which rounds of training are held."""
    unlike = paired.filter(pl.col("side") == MIXED).height
    apart = (
        f" {words.plural(unlike, 'pair')} of inference {'is' if unlike == 1 else 'are'} of unlike precision and "
        f"{'stands' if unlike == 1 else 'stand'} apart, hollow."
        if unlike
        else ""
    )
    return (
        "Each pair is of one round, the newest that has both sides: closed division, systems on sale, one kind of "
        "submitter, each with its best result. In training the accelerator counts are the nearest, at most a factor "
        f"of two apart, and no precision is published. In inference like precision stands beside like.{apart} "
        f"Training results are held of {words.listed(rounds.held(training))} only."
    )


def held(results: pl.DataFrame, benchmark: str) -> list[str]:
    """Rounds and divisions in which a benchmark has results."""
    found = results.filter(pl.col("benchmark") == benchmark).select("round", "division").unique().sort(pl.all())
    return [f"{round_name} ({division})" for round_name, division in found.iter_rows()]


def filed_again(filings: pl.DataFrame, benchmark: str, round_name: str) -> str:
    """How many results of a round are runs of an earlier filing, and where they count; empty where none is."""
    again = filings.filter(
        (pl.col("benchmark") == benchmark) & (pl.col("round") == round_name) & pl.col("filed_first_in").is_not_null()
    )
    if again.is_empty():
        return ""
    where = words.listed(rounds.oldest_first(again["filed_first_in"].unique().to_list()))
    return (
        f"Not drawn: {words.plural(again.height, 'result')} of {benchmark} in {round_name} that "
        f"{'files' if again.height == 1 else 'file'} again runs of {where}. They count once, where they were filed "
        "first."
    )


def fewest_minutes(curve: pl.DataFrame, benchmark: str) -> str:
    row = curve.sort(ACCELERATOR_MINUTES.name).row(0, named=True)
    return (
        f"{row['accelerator'] or 'A mixed system'} trains {benchmark} in the fewest accelerator-minutes: "
        f"{rounded(row[ACCELERATOR_MINUTES.name])} "
        f"on {words.plural(row['accelerator_count'], 'accelerator')}"
    )


def most_served(ranked: pl.DataFrame, benchmark: str, scenario: str) -> str:
    row = ranked.row(0, named=True)
    return (
        f"{row['accelerator']} serves the most per accelerator on {benchmark}, {scenario}: "
        f"{rounded(row[THROUGHPUT_PER_ACCELERATOR.name])} {row['unit']}, precision {row['precision_label']}"
    )


def who_submits(counted: pl.DataFrame) -> str:
    found = submitters.sides(counted)
    held = counted["side"].unique(maintain_order=True).to_list()
    if len(held) == 1:
        return f"Results of {held[0].lower()} alone are held here, so nobody can be said to be on one side only"
    both = words.listed(found["both"])
    parts = [f"Chips of {both} are on both sides" if both else "No vendor's chips are on both sides"]
    for side in ("Training", "Inference"):
        if found[side]:
            parts.append(f"{words.listed(found[side])} in {side.lower()} only")
    if found["neither"]:
        parts.append(f"{words.plural(len(found['neither']), 'vendor')} absent")
    return "; ".join(parts)


def submitted(row: dict[str, Any]) -> str:
    """How many results a vendor's chips have in a round, and how many more are runs that were filed again."""
    again = row["filed_again"]
    return f"{words.plural(row['results'], 'result')}{f', and {again} of the same runs filed again' if again else ''}"


def absent(counted: pl.DataFrame) -> str:
    """Who did not submit to any round held, and that this decides nothing."""
    names = submitters.sides(counted)["neither"]
    if not names:
        return "Every vendor asked about submitted."
    return (
        f"Absent from every round held here: {words.listed(names)}. They did not submit, which is not the same as "
        "losing."
    )


def since_article(events: pl.DataFrame) -> str:
    articles = events.filter(pl.col("category") == ARTICLE)["happened_on"]
    if articles.is_empty():
        return words.plural(events.height, "dated event")
    later = events.filter(pl.col("happened_on") > articles.min()).height
    return f"{later} of {words.plural(events.height, 'dated event')} came after the article"


def trained(row: dict[str, Any]) -> str:
    """One training result in a sentence."""
    return (
        f"{row['submitter']}, {row['accelerator_count']:,} {row['accelerator'] or 'accelerators of several kinds'}: "
        f"{words.quantity(row['minutes'], 'minutes')}, {rounded(row[ACCELERATOR_MINUTES.name])} accelerator-minutes. "
        f"{PREVIEW if row['is_preview'] else ''}{row['system']}, {row['round']}, {row['division']} division"
    )


def served(row: dict[str, Any]) -> str:
    """One generation's best inference result in a sentence, with its least."""
    return (
        f"{row['accelerator']}: {rounded(row[THROUGHPUT_PER_ACCELERATOR.name])} {row['unit']} per accelerator. "
        f"{row['submitter']}, {words.plural(row['accelerator_count'], 'accelerator')}, precision "
        f"{row['precision'] or words.NOT_PUBLISHED}. Least of {words.plural(row['results'], 'result')}: "
        f"{rounded(row['low'])}"
    )


def rounded(value: float) -> str:
    """Three significant digits: a derived figure is no more exact."""
    return words.number(float(f"{value:.3g}"))
