"""Declarations of metrics: each worked by hand on a published figure, none ever infinite."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.metric import (
    ACCELERATOR_MINUTES,
    BASELINE_RESPONSE_SECONDS,
    BLENDED_PRICE,
    COST_RATIO,
    METRICS,
    RESPONSE_RATIO,
    RESPONSE_SECONDS,
    SPEED_RATIO,
    THROUGHPUT_PER_ACCELERATOR,
    Metric,
    add,
    ratio,
)

every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
amounts = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


def value(metric: Metric, **sides):
    return add(pl.DataFrame({name: [side] for name, side in sides.items()}), metric)[metric.name].item()


def sides(metric: Metric) -> list[str]:
    return sorted(set(metric.expr.meta.root_names()))


@every_metric
def test_a_metric_says_what_it_is(metric):
    assert all((metric.name, metric.label, metric.unit, metric.formula, metric.source))
    assert metric.better in ("higher", "lower")


@every_metric
def test_a_derived_mlperf_metric_says_that_it_is_not_official(metric):
    if "accelerator" in metric.name:
        assert "Not a primary MLPerf metric. Result not verified by MLCommons Association." in metric.caveat


def test_no_two_metrics_share_a_name_or_a_label():
    assert len({metric.name for metric in METRICS}) == len({metric.label for metric in METRICS}) == len(METRICS)


@every_metric
def test_a_metric_is_null_where_a_side_is_missing(metric):
    for absent in sides(metric):
        if absent == "cached_input_usd_per_mtok":
            continue
        given_sides = pl.DataFrame({name: [None if name == absent else 1.5] for name in sides(metric)})
        assert add(given_sides.cast(pl.Float64), metric)[metric.name].to_list() == [None]


@every_metric
@given(data=st.data())
def test_a_metric_is_a_finite_number_or_missing_whatever_comes_in(metric, data):
    row = {name: [data.draw(amounts, label=name)] for name in sides(metric)}
    result = add(pl.DataFrame(row, schema=dict.fromkeys(row, pl.Float64)), metric)[metric.name]
    assert (result.is_null() | result.is_finite()).all()


@pytest.mark.parametrize("below", [0.0, None, float("nan"), float("inf")])
def test_nothing_is_divided_by_zero_or_by_what_is_not_a_number(below):
    frame = pl.DataFrame({"above": [2023.0], "below": [below]}, schema={"above": pl.Float64, "below": pl.Float64})
    assert frame.select(ratio(pl.col("above"), pl.col("below"))).item() is None


def test_zero_over_something_is_zero():
    assert pl.DataFrame({"above": [0.0], "below": [2.0]}).select(ratio(pl.col("above"), pl.col("below"))).item() == 0


def test_adding_leaves_the_frame_as_it_came():
    frame = pl.DataFrame({"minutes": [10.0], "accelerator_count": [8]})
    added = add(frame, ACCELERATOR_MINUTES)
    assert frame.columns == ["minutes", "accelerator_count"]
    assert added.columns == [*frame.columns, "accelerator_minutes"]


@pytest.mark.parametrize(
    ("fast", "base", "expected"),
    [(2023.0, 54.3, 37.3), (751.7, 54.3, 13.8), (1855.9, 218.3, 8.5), (475.2, 218.3, 2.18)],
    ids=["Cerebras 2024", "Groq 2024", "Cerebras 2026", "Groq 2026"],
)
def test_speed_ratios_of_artificial_analysis(fast, base, expected):
    found = value(SPEED_RATIO, output_tokens_per_second=fast, baseline_output_tokens_per_second=base)
    assert found == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize(
    ("tokens_per_second", "wait", "published"),
    [(1744.0, 0.50, 1.94), (709.0, 1.07, 4.59), (473.0, 0.74, 6.02)],
    ids=["Cerebras", "SambaNova", "Groq"],
)
def test_response_times_of_artificial_analysis_are_met_within_two_hundredths(tokens_per_second, wait, published):
    """500 tokens of answer after 2,000 of thinking."""
    found = value(RESPONSE_SECONDS, ttft_seconds=wait, answer_tokens=2500, output_tokens_per_second=tokens_per_second)
    assert found == pytest.approx(published, abs=0.02)


def test_the_baseline_is_timed_as_the_specialised_side_is():
    fast = value(RESPONSE_SECONDS, ttft_seconds=0.74, answer_tokens=500, output_tokens_per_second=473.0)
    base = value(
        BASELINE_RESPONSE_SECONDS,
        baseline_ttft_seconds=0.74,
        answer_tokens=500,
        baseline_output_tokens_per_second=473.0,
    )
    assert fast == base


def test_the_end_to_end_ratio_is_above_one_where_the_specialised_side_answers_sooner():
    """Llama 3.1 8B, October 2024, 500 tokens: Azure 0.42 + 500 / 54.3, Cerebras 0.46 + 500 / 2,023."""
    found = value(
        RESPONSE_RATIO,
        baseline_response_seconds=0.42 + 500 / 54.3,
        response_seconds=0.46 + 500 / 2023,
    )
    assert found == pytest.approx(9.6281 / 0.7072, rel=1e-3)


@pytest.mark.parametrize(
    ("weights", "rates", "expected"),
    [
        ((0.0, 0.75, 0.25), (None, 0.05, 0.08), 0.0575),
        ((0.0, 0.75, 0.25), (None, 0.30, 0.61), 0.3775),
        ((0.7, 0.2, 0.1), (0.175, 1.75, 14.0), 1.8725),
        ((0.7, 0.2, 0.1), (None, 1.75, 14.0), 2.975),
    ],
    ids=["Groq 3:1", "Azure 3:1", "7:2:1 with a cache price", "7:2:1 without one"],
)
def test_blended_prices_worked_by_hand(weights, rates, expected):
    names = ("cached_weight", "input_weight", "output_weight")
    columns = ("cached_input_usd_per_mtok", "input_usd_per_mtok", "output_usd_per_mtok")
    frame = pl.DataFrame(
        [dict(zip(names + columns, weights + rates, strict=True))],
        schema=dict.fromkeys(names + columns, pl.Float64),
    )
    assert add(frame, BLENDED_PRICE)["blended_usd_per_mtok"].item() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fast", "base", "expected"),
    [(0.0575, 0.3775, 0.15), (0.1, 0.3775, 0.26), (0.45, 0.2625, 1.71), (0.2625, 0.2625, 1.0)],
    ids=["Groq 2024", "Cerebras 2024", "Cerebras 2026", "Groq 2026"],
)
def test_price_ratios_of_artificial_analysis(fast, base, expected):
    found = value(COST_RATIO, blended_usd_per_mtok=fast, baseline_blended_usd_per_mtok=base)
    assert found == pytest.approx(expected, abs=0.005)


def test_accelerator_minutes_multiply_time_by_chips():
    assert value(ACCELERATOR_MINUTES, minutes=27.33, accelerator_count=2496) == pytest.approx(68_215.68)


def test_throughput_is_shared_by_the_accelerators():
    assert value(THROUGHPUT_PER_ACCELERATOR, value=33_072.0, accelerator_count=8) == pytest.approx(4134.0)


def test_metrics_compare_without_their_expressions():
    assert replace(SPEED_RATIO, expr=pl.lit(1)) == SPEED_RATIO


positive = st.floats(min_value=1e-3, max_value=1e5)


@given(one=positive, other=positive)
def test_a_ratio_turned_round_is_its_inverse(one, other):
    there = value(SPEED_RATIO, output_tokens_per_second=one, baseline_output_tokens_per_second=other)
    back = value(SPEED_RATIO, output_tokens_per_second=other, baseline_output_tokens_per_second=one)
    assert there * back == pytest.approx(1)
