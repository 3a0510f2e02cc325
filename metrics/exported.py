"""The ratios and verdicts as other programs read them."""

from collections.abc import Mapping

import polars as pl

from metrics import cost, matching, response, speed
from metrics.claims import question, questions, verdicts

TABLES = verdicts.TABLES

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
    "decided_on",
    "is_recent",
    "decides",
    "samples",
    "window_from",
    "window_to",
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
    "source",
    "capture",
    "measured_on",
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
        official = verdicts.published(tables)
        found = [question.answered(one, official) for one in questions.QUESTIONS]
        return question.as_table(questions.QUESTIONS, found)
    if name == "speed_ratio":
        return _speed_ratios(tables, baseline)
    prices = cost.ranked(tables["token_price"], tables["source_state"], tables["provider"])
    priced = cost.ratios(prices, tables["provider"], cost.blend(blend))
    return _priced_against(priced, baseline).select(COST_FIRST)


def _speed_ratios(tables: Mapping[str, pl.DataFrame], baseline: str | None) -> pl.DataFrame:
    """Pairs with the later day of their two sides, `decided_on`, and of repeated samples which one `decides`."""
    paired = speed.ratios(tables["provider_speed"], tables["provider"])
    known = None if baseline is None else _known(paired, baseline)
    beside = paired if known is None else matching.against(paired, known)
    order = [name for name in SPEED_FIRST if name in paired.columns]
    sampled = matching.with_samples(beside, "speed_ratio", known or "").with_columns(
        decided_on=pl.max_horizontal("measured_on", "baseline_measured_on"),
        speed_ratio_low="value_low",
        speed_ratio_high="value_high",
    )
    told = response.whole_answers(sampled, tables["model"], tables["provider_speed"])
    return told.select(SPEED_FIRST).sort(order, nulls_last=True, maintain_order=True)


def _priced_against(paired: pl.DataFrame, baseline: str | None) -> pl.DataFrame:
    return paired if baseline is None else cost.against(paired, _known(paired, baseline))


def _known(paired: pl.DataFrame, baseline: str) -> str:
    names = [matching.BEST, matching.MEDIAN, *paired["baseline_provider"].unique().sort()]
    for name in map(str, names):
        if name.casefold() == baseline.casefold():
            return name
    raise ValueError(f"No row has the baseline {baseline!r}. Known: {', '.join(names)}.")
