"""The exposure scenario: worked by hand, its identities, its ranges, and what a missing input does."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import companies, exposure
from metrics.exposure import (
    BASE,
    BEST,
    BOUND,
    BUILD,
    CAPITAL,
    ELASTICITY,
    GROWTH,
    INFERENCE_SHARE,
    LEASES,
    LIFE,
    MAIA,
    MARGIN,
    MIGRATION,
    OPENAI,
    OUTPUTS,
    PRESETS,
    PRICE_CUT,
    PROFIT,
    REVENUE,
    RUN_RATE,
    SHORT_LIVED,
    UTILISATION,
    WAITING,
    WORST,
)
from metrics.findings import microsoft as findings
from tests.azure import CAPEX, JUNE_2026, ROWS, figures, grown, run_rate, stated, without, world

DECLARED = exposure.inputs(figures(), world())
BOUGHT = exposure.purchases(figures())
BASE_VALUES = exposure.preset(DECLARED, BASE)


def within(one: exposure.Input) -> st.SearchStrategy:
    return st.floats(one.floor, one.ceiling, allow_subnormal=False)


ANY_VALUES = st.fixed_dictionaries({one.name: within(one) for one in DECLARED})
ANY_OUTPUT = st.sampled_from(OUTPUTS)


def value(output, **changed):
    return exposure.value(output, BASE_VALUES | changed, BOUGHT)


# Worked by hand


def test_the_inputs_are_the_published_figures():
    found = {one.name: (one.low, one.base, one.high, one.kind) for one in DECLARED}
    assert found[RUN_RATE] == (37.0, 37.0, 37.0, "published")
    assert found[INFERENCE_SHARE] == (47.5, 55.0, 66.7, "assumption with a source")
    assert found[SHORT_LIVED] == (50.0, 66.7, 66.7, "published")
    assert found[LIFE] == (2.0, 6.0, 6.0, "published")
    assert found[MIGRATION][3] == found[PRICE_CUT][3] == found[UTILISATION][3] == found[MAIA][3] == "assumption"
    assert found[GROWTH] == (43.0, 123.0, 175.0, "assumption with a source")
    # 24.1 of 37 bn USD is 65.1 %.
    assert found[OPENAI] == (45.0, 45.0, 65.1, "assumption with a source")
    assert found[MARGIN] == (65.0, 65.0, 69.0, "assumption with a source")
    assert found[BUILD] == (pytest.approx(145.3), 175.0, 190.0, "assumption with a source")
    assert found[LEASES] == (0, 24.6, 49.2, "assumption with a source")


def test_revenue_at_risk_worked_by_hand():
    # 37 × 2.23 × 0.55 = 45.38; 15 % leaves: 6.807; a cut of 20 % on the other 38.573: 7.715.
    moved, cut = exposure.losses_usd_bn_per_year(BASE_VALUES)
    assert moved == pytest.approx(6.807, abs=0.001)
    assert cut == pytest.approx(7.715, abs=0.001)
    assert value(REVENUE) == pytest.approx(14.522, abs=0.001)
    # 45 % of it bound by contract: the rest alone is open.
    assert value(REVENUE, contracted=100.0) == pytest.approx(14.522 * 0.55, abs=0.001)
    # Where a cut sells as much more as it costs, only what leaves is lost.
    assert value(REVENUE, elasticity=1.0) == pytest.approx(6.807, abs=0.001)


def test_gross_profit_at_risk_worked_by_hand():
    # Of 6.807 that leaves, 30 % of the cost of 35 % is saved: 6.092; the cut of 7.715 is lost whole.
    assert value(PROFIT) == pytest.approx(13.807, abs=0.001)


def test_net_book_value_worked_by_hand():
    # Two quarters, 31.9 and 41, two thirds short-lived, over two years: 1.5 and 0.5 quarters old of 8.
    bought = exposure.purchases(figures(*(stated(amount, day) for day, amount in CAPEX[-2:])))
    worth = 2 / 3 * (31.9 * (1 - 1.5 / 8) + 41.0 * (1 - 0.5 / 8))
    assert exposure.net_book_usd_bn(bought, 200 / 3, 2.0) == pytest.approx(worth)
    assert worth == pytest.approx(42.90, abs=0.01)


def test_what_is_older_than_its_life_is_worth_nothing():
    bought = exposure.purchases(figures(*(stated(amount, day) for day, amount in CAPEX[:5])))
    only_newest = bought.tail(4)
    assert exposure.net_book_usd_bn(bought, 100, 1.0) == exposure.net_book_usd_bn(only_newest, 100, 1.0)


def test_capital_at_risk_worked_by_hand():
    # 40 % leaves, 5 % waits: 35 % of the 70 % in use is freed, of which a quarter trains models.
    today = exposure.net_book_usd_bn(BOUGHT, 66.7, 6.0, quarters_on=4)
    added = 175 * 0.667 * (1 - 0.5 / 6)
    assert value(CAPITAL, migration=40.0) == pytest.approx((today + added + 24.6) * 0.55 * 0.95 * 0.7 * 0.35 * 0.75)
    assert exposure.net_book_usd_bn(BOUGHT, 66.7, 6.0) == pytest.approx(155.3, abs=0.1)
    assert today < 155.3 * 5 / 6


def test_what_waits_takes_the_place_of_a_small_migration():
    assert value(CAPITAL, migration=5.0) == 0
    assert value(CAPITAL, migration=5.0, waiting=0.0) > 0


@given(ANY_VALUES, ANY_OUTPUT, st.floats(0, 1))
def test_less_growth_never_puts_more_at_risk(values, output, part):
    less = values | {GROWTH: values[GROWTH] * part}
    assert exposure.value(output, less, BOUGHT) <= exposure.value(output, values, BOUGHT) + 1e-9


def test_the_question_turned_round_worked_by_hand():
    # At the AI business' own growth of 123 %, not at the 43 % of all of Azure, where it was 12.6 %.
    assert exposure.leaves_before_revenue_falls(BASE_VALUES) == pytest.approx(100 * (1 - 1 / (0.8 * 2.23)))
    assert exposure.leaves_before_revenue_falls(BASE_VALUES) == pytest.approx(43.95, abs=0.01)
    assert exposure.leaves_before_revenue_falls(BASE_VALUES | {GROWTH: 43.0}) == pytest.approx(12.59, abs=0.01)
    # With OpenAI's 45 % bound, 1/2.23 − 0.45 is less than nothing: not even all of the rest is enough.
    assert exposure.leaves_before_revenue_falls(BASE_VALUES | {BOUND: 100.0}) > 100
    assert exposure.leaves_before_capital_idles(BASE_VALUES) == 5.0
    assert exposure.leaves_before_capital_idles(BASE_VALUES | {BOUND: 100.0}) == pytest.approx(5 / 0.55)
    # 10 of 45.38 at risk: (1 − 10 / 45.38) / 0.8 = 0.9746 stays.
    assert exposure.leaves_before_at_risk(BASE_VALUES, 10.0) == pytest.approx(2.54, abs=0.01)
    assert exposure.leaves_before_at_risk(BASE_VALUES, 46.0) == float("inf")


# Identities


@given(ANY_VALUES, ANY_OUTPUT)
def test_zero_migration_and_zero_cut_put_nothing_at_risk(values, output):
    assert exposure.value(output, values | {MIGRATION: 0.0, PRICE_CUT: 0.0}, BOUGHT) == 0


@given(ANY_VALUES)
def test_migration_and_price_cut_count_nothing_twice(values):
    moved, cut = exposure.losses_usd_bn_per_year(values)
    whole = exposure.inference_revenue_usd_bn_per_year(values) * exposure.open_share(values)
    at_risk = exposure.value(REVENUE, values, BOUGHT)
    kept = (1 - values[MIGRATION] / 100) * (1 - values[PRICE_CUT] / 100) ** (1 - values[ELASTICITY])
    assert at_risk == pytest.approx(moved + cut)
    assert at_risk == pytest.approx(whole * (1 - kept), abs=1e-9)
    assert 0 <= at_risk <= whole * (1 + 1e-12)


@given(ANY_VALUES)
def test_where_all_leaves_the_price_cut_takes_nothing_more(values):
    everything = values | {MIGRATION: 100.0}
    assert exposure.losses_usd_bn_per_year(everything)[1] == 0
    assert exposure.value(REVENUE, everything, BOUGHT) == pytest.approx(
        exposure.inference_revenue_usd_bn_per_year(values) * exposure.open_share(values)
    )


@given(ANY_VALUES)
def test_the_price_cut_idles_no_capital_and_capital_never_exceeds_the_book(values):
    at_risk = exposure.value(CAPITAL, values, BOUGHT)
    assert at_risk == exposure.value(CAPITAL, values | {PRICE_CUT: 0.0}, BOUGHT)
    book = exposure.net_book_usd_bn(BOUGHT, values[SHORT_LIVED], values[LIFE])
    assert 0 <= at_risk <= (book + values[BUILD] + values[LEASES]) * (1 + 1e-12)


@given(ANY_VALUES)
def test_gross_profit_at_risk_is_part_of_the_revenue(values):
    assert 0 <= exposure.value(PROFIT, values, BOUGHT) <= exposure.value(REVENUE, values, BOUGHT) * (1 + 1e-12)


@given(ANY_VALUES, ANY_OUTPUT, st.data())
def test_an_output_moves_one_way_with_each_input_as_declared(values, output, data):
    name = data.draw(st.sampled_from(sorted(output.needs)))
    one = next(one for one in DECLARED if one.name == name)
    low, high = sorted(data.draw(st.tuples(within(one), within(one))))
    change = exposure.value(output, values | {name: high}, BOUGHT) - exposure.value(
        output, values | {name: low}, BOUGHT
    )
    assert change * output.needs[name] >= -1e-9


@given(ANY_VALUES, ANY_OUTPUT)
def test_an_input_that_an_output_does_not_need_leaves_it_alone(values, output):
    others = {one.name: one.floor for one in DECLARED if one.name not in output.needs}
    assert exposure.value(output, values | others, BOUGHT) == exposure.value(output, values, BOUGHT)


@given(ANY_VALUES, ANY_OUTPUT)
def test_the_base_of_the_tornado_is_the_output_and_lies_within_every_swing(values, output):
    swings = exposure.tornado(output, values, DECLARED, BOUGHT)
    assert set(swings["base"]) == {exposure.value(output, values, BOUGHT)}
    assert set(swings["name"]) == set(output.needs)
    assert swings["swing"].to_list() == sorted(swings["swing"], reverse=True)
    assert set(swings["unit"]) == {output.unit}
    for row in swings.iter_rows(named=True):
        low, high = sorted((row["at_low"], row["at_high"]))
        assert low - 1e-9 <= row["base"] <= high + 1e-9


@given(ANY_VALUES, ANY_OUTPUT)
def test_the_range_holds_the_output_and_every_swing(values, output):
    least, most = exposure.span(output, values, DECLARED, BOUGHT)
    swings = exposure.tornado(output, values, DECLARED, BOUGHT)
    ends = [*swings["at_low"], *swings["at_high"], exposure.value(output, values, BOUGHT)]
    assert all(least - 1e-9 <= end <= most + 1e-9 for end in ends)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.name)
def test_the_range_is_what_every_combination_of_ends_gives(output):
    names = sorted(output.needs)
    ends = [next((one.low, one.high) for one in DECLARED if one.name == name) for name in names]
    found = [
        exposure.value(output, BASE_VALUES | dict(zip(names, corner, strict=True)), BOUGHT) for corner in product(*ends)
    ]
    assert exposure.span(output, BASE_VALUES, DECLARED, BOUGHT) == pytest.approx((min(found), max(found)))


@given(ANY_VALUES)
def test_at_the_share_that_must_leave_inference_earns_what_it_earns_today(values):
    share = exposure.leaves_before_revenue_falls(values)
    if not 0 <= share <= 100:
        return
    at_risk = exposure.value(REVENUE, values | {MIGRATION: share}, BOUGHT)
    left = exposure.inference_revenue_usd_bn_per_year(values) - at_risk
    assert left == pytest.approx(exposure.revenue_today_usd_bn_per_year(values), abs=1e-6)


@given(ANY_VALUES)
def test_capital_idles_beyond_its_break_even_and_not_before(values):
    share = exposure.leaves_before_capital_idles(values)
    before = values | {MIGRATION: min(max(share - 0.01, 0), 100), exposure.REDEPLOYED: 0.0}
    assert exposure.idle_share(before) == pytest.approx(0, abs=1e-9)
    if share < 99:
        assert exposure.idle_share(before | {MIGRATION: share + 1}) > 0


@given(ANY_VALUES, st.floats(0.1, 500))
def test_at_its_break_even_the_threshold_is_at_risk(values, threshold):
    share = exposure.leaves_before_at_risk(values, threshold)
    if 0 <= share <= 100:
        assert exposure.value(REVENUE, values | {MIGRATION: share}, BOUGHT) == pytest.approx(threshold, rel=1e-6)


def test_the_threshold_line_runs_where_revenue_at_risk_is_the_threshold():
    line = exposure.threshold_line(BASE_VALUES, 10.0, 60)
    assert line.height > 10
    for moved, cut in line.rows():
        assert value(REVENUE, migration=moved, price_cut=cut) == pytest.approx(10.0)


def test_a_threshold_beyond_all_revenue_has_no_line_within_the_grid():
    assert exposure.threshold_line(BASE_VALUES, 400.0, 60).is_empty()
    assert exposure.threshold_line(BASE_VALUES | {ELASTICITY: 1.0}, 10.0, 60).is_empty()


def test_the_grid_agrees_with_the_output_and_reaches_the_choice():
    grid = exposure.grid(BASE_VALUES, BOUGHT)
    assert grid.height == 49
    for moved, cut, found in grid.rows():
        assert found == value(REVENUE, migration=moved, price_cut=cut)
    assert exposure.grid(BASE_VALUES | {MIGRATION: 80.0}, BOUGHT)["migration_percent"].max() == 90


# Presets


def test_the_case_worst_for_azure_is_worse_than_base_and_base_worse_than_the_best():
    for output in OUTPUTS:
        worst, base, best = (exposure.value(output, exposure.preset(DECLARED, name), BOUGHT) for name in PRESETS)
        assert worst > base >= best
    assert PRESETS == (WORST, BASE, BEST)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_known_again_and_a_change_is_not(name):
    values = exposure.preset(DECLARED, name)
    assert exposure.matching_preset(DECLARED, values) == name
    assert exposure.matching_preset(DECLARED, values | {MIGRATION: 33.0}) is None


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.name)
def test_every_input_has_a_unit_a_reason_and_a_range_within_its_bounds(one):
    assert one.unit in ("%", "bn USD a year", "bn USD", "years")
    assert one.group in exposure.GROUPS
    assert one.basis.endswith(".")
    assert one.floor <= one.low <= one.base <= one.high <= one.ceiling
    assert one.worse in ("high", "low")
    assert (one.source_url is None) == (one.kind == exposure.ASSUMPTION)
    assert any(one.name in output.needs for output in OUTPUTS)


def test_money_a_year_and_money_once_have_different_units():
    assert (REVENUE.unit, CAPITAL.unit) == ("bn USD a year", "bn USD")
    assert REVENUE.name.endswith("usd_bn_per_year")
    assert CAPITAL.name.endswith("usd_bn")


# What is missing blocks


@pytest.mark.parametrize(
    ("metric", "label", "output"),
    [
        (companies.RUN_RATE, "AI business run rate", REVENUE),
        (companies.AI_GROWTH, "Growth of the AI business", REVENUE),
        (companies.AZURE_GROWTH, "Growth of the AI business", PROFIT),
        (companies.OPENAI_BACKLOG, "OpenAI's share of the AI business", CAPITAL),
        (companies.CLOUD_MARGIN, "Gross margin", PROFIT),
        (companies.LEASES_BEGUN, "Leases signed and not begun", CAPITAL),
        (companies.SHORT_LIVED, "Short-lived share of capex", CAPITAL),
        (companies.SERVER_LIFE, "Useful life of servers", CAPITAL),
    ],
)
def test_a_figure_that_is_not_published_blocks_what_rests_on_it_by_name(metric, label, output):
    rows = without(metric)
    declared, bought = exposure.inputs(rows, world()), exposure.purchases(rows)
    values = exposure.preset(declared, BASE)
    assert exposure.value(output, values, bought) is None
    assert exposure.span(output, values, declared, bought) is None
    assert exposure.tornado(output, values, declared, bought).is_empty()
    assert label in exposure.blocked(output, declared, bought)
    assert exposure.blocked(output, declared, bought).startswith(f"{output.label} is not computed.")


def test_what_does_not_rest_on_it_is_still_computed():
    rows = without(companies.SHORT_LIVED)
    declared, bought = exposure.inputs(rows, world()), exposure.purchases(rows)
    values = exposure.preset(declared, BASE)
    assert exposure.value(REVENUE, values, bought) == pytest.approx(14.522, abs=0.001)
    assert exposure.blocked(REVENUE, declared, bought) is None
    assert "14.5 bn USD" in findings.answer(values, declared, bought)
    assert "of capital" not in findings.answer(values, declared, bought)


def test_no_estimate_of_inferences_share_blocks_both():
    declared = exposure.inputs(figures(), world().head(0))
    values = exposure.preset(declared, BASE)
    for output in OUTPUTS:
        assert exposure.value(output, values, BOUGHT) is None
        assert "Inference in Azure's AI revenue" in exposure.blocked(output, declared, BOUGHT)
    assert exposure.grid(values, BOUGHT).is_empty()
    assert exposure.left_over(values).is_empty()


def test_a_quarter_missing_between_two_blocks_the_capital():
    rows = figures(*(row for row in ROWS if (row["metric"], row["value"]) != (companies.CAPEX, 37.5)))
    bought = exposure.purchases(rows)
    assert exposure.value(CAPITAL, BASE_VALUES, bought) is None
    assert "between September 2025 and March 2026" in exposure.blocked(CAPITAL, DECLARED, bought)
    assert exposure.blocked(REVENUE, DECLARED, bought) is None


def test_no_purchases_at_all_block_the_capital():
    bought = BOUGHT.head(0)
    assert exposure.value(CAPITAL, BASE_VALUES, bought) is None
    assert "quarterly capex" in exposure.blocked(CAPITAL, DECLARED, bought)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (GROWTH, [grown(-4.0, JUNE_2026)]),
        (SHORT_LIVED, [stated(166.7, JUNE_2026, companies.SHORT_LIVED, unit="%")]),
        (LIFE, [stated(40.0, JUNE_2026, companies.SERVER_LIFE, period_kind="year", unit="years")]),
        (RUN_RATE, [run_rate(37_000.0, JUNE_2026)]),
    ],
)
def test_a_figure_that_the_scenario_has_no_meaning_for_blocks_like_a_missing_one(name, rows):
    metric = rows[0]["metric"]
    declared = exposure.inputs(figures(*(row for row in ROWS if row["metric"] != metric), *rows), world())
    one = next(one for one in declared if one.name == name)
    assert one.is_missing
    assert one.preset(BASE) is None
    output = next(output for output in OUTPUTS if name in output.needs)
    assert one.label in exposure.blocked(output, declared, BOUGHT)


def test_azure_that_outgrows_its_ai_leaves_the_ais_own_growth_as_the_low_end():
    rows = figures(*(row for row in ROWS if row["metric"] != companies.AZURE_GROWTH), grown(250.0, JUNE_2026))
    growth = next(one for one in exposure.inputs(rows, world()) if one.name == GROWTH)
    assert (growth.low, growth.base, growth.high) == (123.0, 123.0, 175.0)
    assert not growth.is_missing


def test_a_single_useful_life_is_both_ends_of_its_range():
    life = stated(5.0, JUNE_2026, companies.SERVER_LIFE, period_kind="year", unit="years")
    rows = figures(*(row for row in ROWS if row["metric"] != companies.SERVER_LIFE), life)
    found = next(one for one in exposure.inputs(rows, world()) if one.name == LIFE)
    assert (found.low, found.base, found.high) == (5.0, 5.0, 5.0)


# Sentences


def test_the_answer_names_the_scenario_both_outputs_and_their_ranges():
    assert findings.answer(BASE_VALUES, DECLARED, BOUGHT) == (
        "At prices cut by 20 %, 43.9 % of Azure's inference must leave before its revenue falls below today's. In the "
        "scenario “Base”, 14.5 bn USD of revenue a year (0.439–47.5), 13.8 bn USD of gross profit a year (0.346–47.5) "
        "and 6.99 bn USD of capital (0–69.3) are at risk."
    )


def test_where_contracts_hold_enough_the_answer_says_so():
    told = findings.answer(BASE_VALUES | {BOUND: 100.0}, DECLARED, BOUGHT)
    assert told.startswith(
        "At prices cut by 20 %, Azure's inference revenue stays above today's even if all that no contract binds "
        "leaves."
    )


def test_the_worst_scenario_says_that_the_price_cut_alone_is_enough():
    told = findings.answer(exposure.preset(DECLARED, WORST), DECLARED, BOUGHT)
    assert told.startswith(
        "At prices cut by 50 %, Azure's inference revenue falls below today's even if none of it leaves."
    )


def test_an_own_choice_is_not_called_by_a_presets_name():
    assert "In this scenario" in findings.answer(BASE_VALUES | {MIGRATION: 33.0}, DECLARED, BOUGHT)


def test_outputs_are_placed_beside_published_figures_of_their_own_unit():
    assert findings.placed(REVENUE, BASE_VALUES, BOUGHT) == ("Compare: 39.2 % of the AI run rate of 37 bn USD a year.")
    assert findings.placed(PROFIT, BASE_VALUES, BOUGHT) == "Compare: 95.1 % of the revenue at risk."
    assert findings.placed(CAPITAL, BASE_VALUES, BOUGHT) == (
        "Compare: 4.81 % of the last four quarters' capex of 145 bn USD."
    )


def test_no_capital_at_risk_says_what_takes_its_place():
    assert findings.placed(CAPITAL, BASE_VALUES | {WAITING: 20.0}, BOUGHT) == (
        "What waits for capacity takes the place of all that leaves."
    )


@pytest.mark.parametrize(
    ("percent", "told"), [(None, "not computed"), (-3.0, "none"), (12.587, "12.6 %"), (120, "more than all")]
)
def test_a_share_that_must_leave_is_told_in_words_beyond_its_ends(percent, told):
    assert findings.must_leave(percent) == told


def test_every_input_is_listed_with_its_source_or_the_word_assumption():
    rows = findings.declared_inputs(DECLARED, BASE_VALUES)
    assert rows.height == len(DECLARED)
    for row in rows.iter_rows(named=True):
        assert "assumption" in row["rests_on"] or row["source_url"].startswith("https://")
        assert row["basis"]


def test_a_part_of_the_scenario_names_the_input_that_is_missing():
    with pytest.raises(ValueError, match="no value of growth"):
        exposure.losses_usd_bn_per_year({**BASE_VALUES, exposure.GROWTH: None})
