"""The sentences that say what the best results of MLPerf by round show."""

from typing import Any

import polars as pl

from metrics import history, words
from metrics.findings.divide import PREVIEW, rounded
from metrics.metric import ROUND_GAIN

JUDGED_WORDS = {
    history.PER_ACCELERATOR: "The best result for each accelerator",
    history.WHOLE_SYSTEM: "The best result of a whole system",
}
SIDES = {history.TRAINING: "in training", history.INFERENCE: "in inference at like precision"}


def improved(frame: pl.DataFrame, judged: str) -> str:
    """By how much the best results of each side improve in a year."""
    told = [
        f"{words.times(gain)} as good {named}"
        for side, named in SIDES.items()
        if (gain := history.yearly(frame, side)) is not None
    ]
    unlike = history.yearly(frame, history.INFERENCE, of_unlike_precision=True)
    apart = [f"{words.times(unlike)} as good in inference where the precision changed"] if unlike is not None else []
    if not told and not apart:
        return f"{JUDGED_WORDS[judged]} stands in several rounds of one day, so no year's gain can be told"
    return f"{JUDGED_WORDS[judged]} becomes {'; '.join([words.listed(told), *apart] if told else apart)} in a year"


def changed_precision(frame: pl.DataFrame) -> str:
    """Which benchmarks have a newest result of another precision than their first; empty where none has."""
    newest = frame.sort("published_on").group_by("side", "benchmark", maintain_order=True).last()
    changed = newest.filter(pl.col("precision_differs")).sort("benchmark")
    return words.listed([f"{name} ({formats})" for name, formats in changed.select("benchmark", "precisions").rows()])


def best(row: dict[str, Any]) -> str:
    """The best result of one benchmark and round in a sentence, with its gain since the first and its precision."""
    precision = f", {row['precisions']}" if row["precisions"] else ""
    return (
        f"{row['benchmark']}, {row['round']}: {rounded(row['best'])} {row['best_unit']}, "
        f"{words.times(row[ROUND_GAIN.name])} as good as in {row['first_round']}{precision}. "
        f"{PREVIEW if row['is_preview'] else ''}{row['submitter']}, "
        f"{words.plural(row['accelerator_count'], row['accelerator'], row['accelerator'])}, {row['system']}"
    )


def filed_again(copies: pl.DataFrame) -> str:
    """Rounds in which the best result of a benchmark is one of an earlier round; empty where there are none."""
    if copies.is_empty():
        return ""
    named = [
        f"{row['benchmark']} in {row['round']} (of {row['filed_first_in']})" for row in copies.iter_rows(named=True)
    ]
    return f"No mark, because the best result files again the runs of an earlier round: {words.listed(named)}."
