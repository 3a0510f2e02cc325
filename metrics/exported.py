"""The ratios and verdicts as other programs read them."""

from collections.abc import Mapping, Sequence

import polars as pl

from metrics import cost, matching, response, speed, values
from metrics.claims import question, questions, verdicts

TABLES = verdicts.TABLES

# Which of several pairs decides, and what it stands for.
DECIDING = ("decided_on", "is_recent", "decides", "samples", "window_from", "window_to")
SPEED_FIRST = (
    "model",
    "provider",
    "endpoint",
    "baseline_provider",
    "baseline_endpoint",
    "speed_ratio",
    "spread_low",
    "spread_high",
    "match_grade",
    "differs",
    "source",
    "capture",
    "measured_on",
    "baseline_measured_on",
    *DECIDING,
    "speed_ratio_low",
    "speed_ratio_high",
    "output_tokens_per_second",
    "baseline_output_tokens_per_second",
    "ttft_seconds",
    "baseline_ttft_seconds",
    "answer_tokens",
    "thinking_tokens",
    "thinking_basis",
    "response_ratio",
    "source_url",
    "baseline_source_url",
)
COST_FIRST = (
    "model",
    "provider",
    "endpoint",
    "baseline_provider",
    "baseline_endpoint",
    "cost_ratio",
    "blend",
    "match_grade",
    "differs",
    "source",
    "capture",
    "measured_on",
    *DECIDING,
    "cost_ratio_low",
    "cost_ratio_high",
    "blended_usd_per_mtok",
    "baseline_blended_usd_per_mtok",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "baseline_input_usd_per_mtok",
    "baseline_output_usd_per_mtok",
    "cache_is_input_price",
    "baseline_cache_is_input_price",
    "source_url",
    "baseline_source_url",
)


def frame(name: str, tables: Mapping[str, pl.DataFrame], baseline: str | None, blend: str) -> pl.DataFrame:
    """`speed_ratio`, `cost_ratio`, `verdicts` or `answers`; without a baseline every other host is one.

    Raises ValueError for a baseline that no row has, naming some that exist, and for a blend that
    cannot be read.
    """
    if name == "verdicts":
        return verdicts.verdicts(verdicts.published(tables))
    if name == "answers":
        return question.as_table(questions.QUESTIONS, questions.answers(verdicts.published(tables)))
    if name == "speed_ratio":
        return _speed_ratios(tables, baseline)
    return _cost_ratios(tables, baseline, cost.blend(blend))


def _speed_ratios(tables: Mapping[str, pl.DataFrame], baseline: str | None) -> pl.DataFrame:
    """Pairs with the later day of their two sides, `decided_on`, and of repeated samples which one `decides`."""
    paired = speed.ratios(tables["provider_speed"], tables["provider"])
    known = _known(paired, baseline)
    beside = matching.against(paired, known) if known else paired
    sampled = matching.with_samples(beside, "speed_ratio", known).with_columns(
        decided_on=pl.max_horizontal("measured_on", "baseline_measured_on")
    )
    told = response.whole_answers(sampled, tables["model"], tables["provider_speed"])
    return _in_order(told, "speed_ratio", SPEED_FIRST)


def _cost_ratios(tables: Mapping[str, pl.DataFrame], baseline: str | None, blend: cost.Blend) -> pl.DataFrame:
    """Pairs with the newest day on which both prices stood, `decided_on`, and which one `decides` for its two sellers.

    `is_recent`: within half a year of the newest list price of the record.
    """
    prices = cost.ranked(tables["token_price"], tables["source_state"], tables["provider"])
    paired = cost.ratios(prices, tables["provider"], blend)
    known = _known(paired, baseline)
    beside = cost.against(paired, known) if known else paired
    newest = values.newest(prices.filter(~matching.OWN)["last_seen_on"])
    told = cost.with_standing(beside, known).with_columns(
        matching.is_recent_at(newest).alias("is_recent"), decided_on="measured_on"
    )
    return _in_order(told, "cost_ratio", COST_FIRST)


def _in_order(told: pl.DataFrame, value: str, columns: Sequence[str]) -> pl.DataFrame:
    named = told.rename({"value_low": f"{value}_low", "value_high": f"{value}_high"})
    return named.select(columns).sort(columns, nulls_last=True, maintain_order=True)


def _known(paired: pl.DataFrame, baseline: str | None) -> str:
    """The baseline as the rows spell it; nothing where none is asked for."""
    if baseline is None:
        return ""
    names = [matching.BEST, matching.MEDIAN, *paired["baseline_provider"].unique().sort()]
    for name in map(str, names):
        if name.casefold() == baseline.casefold():
            return name
    raise ValueError(f"No row has the baseline {baseline!r}. Known: {', '.join(names)}.")
