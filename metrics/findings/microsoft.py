"""What the exposure scenario says, in sentences. It says "scenario" throughout: nothing here is a forecast."""

from collections.abc import Sequence

import polars as pl

from metrics import exposure, words
from metrics.exposure import CAPITAL, PROFIT, REVENUE, Input, Output, Values
from metrics.values import total

NOT_COMPUTED = "not computed"
WHAT_IT_IS = "A scenario, no forecast: what the inputs above would come to."
HOW = (
    "Revenue at risk = inference revenue of the coming year × what no contract binds × (1 − (1 − moves away) × "
    "(1 − price cut)^(1 − more use)). "
    "Gross profit at risk: of what leaves all but the cost that is saved, of the price cut all; it is part of the "
    "revenue. "
    "Capital at risk = book value × inference share × (1 − own chips) × idle capacity. "
    "The book value is of short-lived capex a year on, with the guided purchases and signed leases. "
    "Idle = capacity in use × (moves away of what is open − waiting demand, never below 0) × (1 − turned to training). "
    "Capacity is built to demand, so growth by itself refills nothing, and less growth puts no more at risk. "
    "The range takes every input to the end that makes the output least or most. "
    "The run rate counts all of Microsoft's AI business, so revenue at risk is on the high side for Azure alone. "
    "Purchases before the first quarter of the table are left out of the book value."
)
PRESETS = {
    exposure.WORST: "Every input at the end of its range that hurts Azure.",
    exposure.BASE: "Every input as published, or as assumed.",
    exposure.BEST: "Every input at the end of its range that spares Azure.",
}


def answer(values: Values, declared: Sequence[Input], bought: pl.DataFrame) -> str:
    """The share that must leave, and both outputs with their ranges under the name of the scenario."""
    name = exposure.matching_preset(declared, values)
    told = [part for output in exposure.OUTPUTS if (part := _amount(output, values, declared, bought))]
    opened = f"In the scenario “{name}”" if name else "In this scenario"
    return " ".join(
        filter(
            None,
            (
                _turned_round(values),
                f"{opened}, {words.listed(told)} {'are' if len(told) > 1 else 'is'} at risk." if told else "",
            ),
        )
    )


def _turned_round(values: Values) -> str:
    leave = exposure.leaves_before_revenue_falls(values)
    if leave is None:
        return ""
    cut = f"At prices cut by {words.quantity(values[exposure.PRICE_CUT], '%')}"
    if leave <= 0:
        return f"{cut}, Azure's inference revenue falls below today's even if none of it leaves."
    if leave > 100:
        return f"{cut}, Azure's inference revenue stays above today's even if all that no contract binds leaves."
    share = words.quantity(leave, "%")
    return f"{cut}, {share} of Azure's inference must leave before its revenue falls below today's."


def _amount(output: Output, values: Values, declared: Sequence[Input], bought: pl.DataFrame) -> str:
    found, ends = exposure.value(output, values, bought), exposure.span(output, values, declared, bought)
    if found is None or ends is None:
        return ""
    what = {REVENUE.name: "revenue a year", PROFIT.name: "gross profit a year", CAPITAL.name: "capital"}[output.name]
    amount = f"{words.quantity(found, 'USD bn')} of {what}" if found else f"no {what}"
    return f"{amount} ({words.span(*ends)})"


def shown(output: Output, values: Values, bought: pl.DataFrame) -> str:
    """The output as a card shows it."""
    found = exposure.value(output, values, bought)
    return NOT_COMPUTED if found is None else words.quantity(found, output.unit)


def ranged(output: Output, values: Values, declared: Sequence[Input], bought: pl.DataFrame) -> str:
    """The range of the output over all inputs' ranges."""
    ends = exposure.span(output, values, declared, bought)
    return f"Range over all inputs: {words.span(*ends, output.unit)}." if ends else ""


def placed(output: Output, values: Values, bought: pl.DataFrame) -> str:
    """The output beside a published figure in the same unit, so that it can be placed; or why it is nothing."""
    found = exposure.value(output, values, bought)
    if found is None:
        return ""
    if output is REVENUE:
        rate = values[exposure.RUN_RATE]
        if not rate:
            return ""
        share = words.quantity(100 * found / rate, "%")
        return f"Compare: {share} of the AI run rate of {words.quantity(rate, 'bn USD a year')}."
    if output is PROFIT:
        revenue = exposure.value(REVENUE, values, bought)
        return f"Compare: {words.quantity(100 * found / revenue, '%')} of the revenue at risk." if revenue else ""
    if not found and values[exposure.MIGRATION]:
        return "What waits for capacity takes the place of all that leaves."
    year = total(bought.tail(exposure.QUARTERS_A_YEAR)["value"])
    return (
        f"Compare: {words.quantity(100 * found / year, '%')} of the last four quarters' capex of "
        f"{words.quantity(year, 'bn USD')}."
    )


def parts(values: Values) -> str:
    """Revenue at risk split into what leaves and what the rest loses."""
    moved, cut = exposure.losses_usd_bn_per_year(values)
    return (
        f"{words.quantity(moved, 'bn USD')} leaves, {words.quantity(cut, 'bn USD')} is the price cut on what stays: "
        f"nothing is counted twice."
    )


def must_leave(percent: float | None) -> str:
    """A break-even share as a card shows it."""
    if percent is None:
        return NOT_COMPUTED
    if percent <= 0:
        return "none"
    return "more than all" if percent > 100 else words.quantity(percent, "%")


def widest(swings: pl.DataFrame, output: Output) -> str:
    """The title of the tornado: which input decides most."""
    row = swings.row(0, named=True)
    if not row["swing"]:
        return f"{output.label}: no single input moves it from {words.quantity(row['base'], row['unit'])}"
    low, high = sorted((row["at_low"], row["at_high"]))
    return f"{output.label} hangs most on one input, {_inside(row['label'])}: {words.span(low, high, row['unit'])}"


def tornado_basis(swings: pl.DataFrame, output: Output) -> str:
    row = swings.row(0, named=True)
    return (
        f"Scenario: {output.label.lower()}, {output.unit}, each input from low to high with the others as chosen. "
        f"Line: as chosen, {words.quantity(row['base'], row['unit'])}. "
        f"{words.plural(swings.height, 'input')}, widest swing first. Right of the line: more at risk; left: less."
    )


def grid_title(values: Values, threshold: float) -> str:
    leave = exposure.leaves_before_at_risk(values, threshold)
    amount = words.quantity(threshold, "bn USD a year")
    cut = words.quantity(values[exposure.PRICE_CUT], "%")
    if leave is None or leave > 100:
        return f"At a price cut of {cut}, {amount} is never at risk: inference earns less than that"
    if leave <= 0:
        return f"A price cut of {cut} alone puts {amount} at risk"
    return f"At a price cut of {cut}, {words.quantity(leave, '%')} must leave before {amount} is at risk"


def grid_basis(threshold: float) -> str:
    return (
        f"Scenario: revenue at risk, bn USD a year, the other inputs as chosen. Line: {words.number(threshold)} bn USD "
        f"a year; ring: as chosen."
    )


def left_title(values: Values) -> str:
    leave = exposure.leaves_before_revenue_falls(values)
    uncut = exposure.leaves_before_revenue_falls({**values, exposure.PRICE_CUT: 0})
    if leave is None or uncut is None:
        return "What share must leave"
    if leave <= 0:
        return "At this price cut inference earns less than today even if none leaves"
    if leave > 100:
        return "Inference earns more than today even if all that no contract binds leaves"
    alone = "not even all of it" if uncut > 100 else words.quantity(uncut, "%")
    return (
        f"{words.quantity(leave, '%')} must leave before inference earns less than today; {alone} without a price cut"
    )


def left_basis(values: Values) -> str:
    return (
        f"Scenario: inference revenue of the coming year by the share that leaves, bn USD a year, with growth of "
        f"{words.quantity(values[exposure.GROWTH], '%')}. Strong line: today's."
    )


def declared_inputs(declared: Sequence[Input], values: Values) -> pl.DataFrame:
    """Every input as a row: chosen value, range, and its source or the word assumption."""
    return pl.DataFrame(
        [
            {
                "group": one.group,
                "input": one.label,
                "chosen": None if (chosen := values.get(one.name)) is None else float(chosen),
                "low": one.low,
                "base": one.base,
                "high": one.high,
                "unit": one.unit,
                "rests_on": one.kind,
                "basis": one.basis,
                "publisher": one.publisher or "none",
                "as_of": words.day(one.as_of) if one.as_of else "none",
                "source_url": one.source_url,
            }
            for one in declared
        ],
        schema_overrides=dict.fromkeys(("chosen", "low", "base", "high"), pl.Float64) | {"source_url": pl.String},
    )


def help_of(one: Input) -> str:
    """What a control says of its input: the reason and the range."""
    return f"{one.basis} Range {words.span(one.low, one.high, one.unit)}."


def _inside(label: str) -> str:
    """A label within a sentence: its first letter small, a name's or an abbreviation's left as it is."""
    return label if label[:2].isupper() else f"{label[0].lower()}{label[1:]}"
