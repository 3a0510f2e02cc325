"""The ratios and verdicts as other programs read them."""

from collections.abc import Mapping

import polars as pl

from metrics import cost, matching, response, speed
from metrics.claims import verdicts

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
    """`speed_ratio`, `cost_ratio` or `verdicts`; without a baseline every other host is one.

    Raises ValueError for a baseline that no row has, naming some that exist, and for a blend that
    cannot be read.
    """
    if name == "verdicts":
        return verdicts.verdicts(verdicts.published(tables))
    if name == "speed_ratio":
        paired = _against(speed.ratios(tables["provider_speed"], tables["provider"]), baseline)
        return response.whole_answers(paired, tables["model"], tables["provider_speed"]).select(SPEED_FIRST)
    prices = cost.ranked(tables["token_price"], tables["source_state"], tables["provider"])
    priced = cost.ratios(prices, tables["provider"], cost.blend(blend))
    return _priced_against(priced, baseline).select(COST_FIRST)


def _against(paired: pl.DataFrame, baseline: str | None) -> pl.DataFrame:
    return paired if baseline is None else matching.against(paired, _known(paired, baseline))


def _priced_against(paired: pl.DataFrame, baseline: str | None) -> pl.DataFrame:
    return paired if baseline is None else cost.against(paired, _known(paired, baseline))


def _known(paired: pl.DataFrame, baseline: str) -> str:
    names = [matching.BEST, matching.MEDIAN, *paired["baseline_provider"].unique().sort()]
    for name in map(str, names):
        if name.casefold() == baseline.casefold():
            return name
    raise ValueError(f"No row has the baseline {baseline!r}. Known: {', '.join(names)}.")
