"""Microsoft: what must be true for this to hurt Azure?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from charts import companies as draw
from charts import exposure as draw_scenario
from metrics import companies, exposure, words
from metrics.claims.claim import ARTICLE_DAY
from metrics.exposure import REVENUE
from metrics.findings import microsoft as findings
from metrics.values import extent
from pages.shared import cite, tables
from pages.shared.markdown import link, plain
from pages.shared.view import BOUND, Figures, View, of_run

PANEL_COLUMNS = (
    "metric",
    "fiscal_period",
    "period_end",
    "value",
    "value_low",
    "value_high",
    "unit",
    "basis",
    "kind",
    "publisher",
)
SLIDERS_A_ROW = 4
GUIDED_COLUMNS = ("company", "published_on", "low_usd_bn", "high_usd_bn", "before_usd_bn", "basis", "note")
SWING_COLUMNS = ("label", "low", "chosen", "high", "input_unit", "at_low", "base", "at_high", "swing", "unit", "kind")


@dataclass(frozen=True)
class Scenario:
    """What the scenario is worked out from: its declared inputs, what Azure has bought, and what the reader set."""

    declared: tuple[exposure.Input, ...]
    bought: pl.DataFrame
    values: Mapping[str, float | None]


def show(view: View) -> None:
    figures = view.figures
    quarters = tables.table(figures, "company_quarter")
    record = companies.of_record(quarters)
    shares = companies.of_record(tables.table(figures, "compute_share"))
    declared, bought = exposure.inputs(record, shares), exposure.purchases(record)
    st.title("What must be true for this to hurt Azure?", anchor=False)
    answer = st.container()
    history(figures, quarters)
    others(figures, quarters)
    st.subheader("The exposure scenario", anchor=False)
    scenario = Scenario(declared, bought, ask(declared))
    with answer:
        told = findings.answer(scenario.values, declared, bought)
        cite.answer(" ".join(filter(None, (told, companies.since_article(record, ARTICLE_DAY)))))
    cards(scenario)
    swings(figures, scenario)
    turned_round(figures, scenario)
    rests_on(figures, scenario)


def history(figures: Figures, quarters: pl.DataFrame) -> None:
    """The main chart: what Microsoft spent, how Azure grew, what the cloud kept."""
    with st.container(horizontal=True, gap="medium"):
        capex_basis = st.segmented_control(
            "Capex",
            companies.CAPEX_BASES,
            default=companies.CAPEX_BASES[0],
            required=True,
            key="capex",
            width="content",
            **BOUND,
            help="Cash leaves out what is leased; with finance leases a lease counts in the quarter in which it "
            "begins. One basis at a time.",
        )
        growth_basis = st.segmented_control(
            "Azure growth",
            companies.GROWTH_BASES,
            default=companies.GROWTH_BASES[0],
            required=True,
            key="growth_basis",
            width="content",
            **BOUND,
            help="Guidance is given in constant currency, so it shows on that basis only.",
        )
    rows = companies.panels(quarters, capex_basis, growth_basis)
    if rows.is_empty():
        cite.empty("No quarterly figure of Microsoft is in the tables.")
        return
    drawn = draw.panels(
        rows,
        ARTICLE_DAY,
        companies.panel_names(capex_basis, growth_basis),
        companies.two_years(rows),
        companies.panels_basis(rows, capex_basis, growth_basis),
    )
    cite.chart(figures, drawn, rows, "microsoft-quarters", PANEL_COLUMNS)
    cite.note(companies.PANELS_CAVEAT)


def others(figures: Figures, quarters: pl.DataFrame) -> None:
    """What the other large buyers spent, and what they say they will."""
    record = companies.of_record(quarters)
    rows = companies.peers(quarters)
    if rows.height:
        drawn = draw.peers(rows, companies.CASH, ARTICLE_DAY, companies.peers_ahead(rows), companies.peers_basis(rows))
        cite.chart(figures, drawn, rows, "microsoft-peers", ("company", *PANEL_COLUMNS))
        together = companies.together(record)
        if together.height:
            cite.note(companies.four_together(together))
            cite.sources(together)
    else:
        cite.empty("No quarterly capex of any large buyer is in the tables.")
    said = companies.guided_years(record)
    if said.height:
        drawn = draw.guided(said, companies.guidance_change(said), companies.guidance_basis(said))
        cite.chart(figures, drawn, said, "microsoft-guidance", GUIDED_COLUMNS)
        cite.note(companies.guidance_notes(said))


def choose(declared: Sequence[exposure.Input], name: str) -> None:
    """Sets every control to a preset; an input that is not published keeps its empty place."""
    for key, chosen in exposure.preset(declared, name).items():
        if chosen is not None:
            st.session_state[key] = float(chosen)


def ask(declared: Sequence[exposure.Input]) -> dict[str, float | None]:
    """The controls of the scenario: what each input is set to, None where it is not published."""
    presets = st.container(horizontal=True, gap="small", vertical_alignment="center")
    values = {}
    main = [one for one in declared if one.is_main]
    for column, one in zip(st.columns(len(main)), main, strict=True):
        with column:
            values[one.name] = slider(one)
    rest = [one for one in declared if not one.is_main]
    with st.expander(f"{len(rest)} more inputs: {words.listed([group.lower() for group in exposure.GROUPS])}"):
        for group in exposure.GROUPS:
            st.markdown(f"**{group}**")
            of_group = [one for one in rest if one.group == group]
            for start in range(0, len(of_group), SLIDERS_A_ROW):
                some = of_group[start : start + SLIDERS_A_ROW]
                for column, one in zip(st.columns(SLIDERS_A_ROW), some, strict=False):
                    with column:
                        values[one.name] = slider(one)
    chosen = exposure.matching_preset(declared, values)
    with presets:
        for name in exposure.PRESETS:
            st.button(
                name,
                key=f"preset {name}",
                on_click=choose,
                args=(declared, name),
                icon=":material/check:" if name == chosen else None,
                help=findings.PRESETS[name],
            )
    return values


def slider(one: exposure.Input) -> float | None:
    if one.is_missing or one.base is None:
        cite.empty(f"{one.label}: no usable figure in the tables, so what rests on it is not computed.")
        return None
    chosen = st.slider(
        f"{one.label}, {one.unit}",
        float(one.floor),
        float(one.ceiling),
        float(one.base),
        float(one.step),
        key=one.name,
        format="%g",
        help=plain(findings.help_of(one)),
        **BOUND,
    )
    source = ""
    if one.source_url:
        source = f": {link(one.publisher or one.source_url, one.source_url)}, {words.day(one.as_of)}"
    st.caption(f"{one.kind.capitalize()}{source}")
    return chosen


def cards(scenario: Scenario) -> None:
    """The outputs with their ranges, and the question turned round."""
    values = scenario.values
    for column, output in zip(st.columns(len(exposure.OUTPUTS)), exposure.OUTPUTS, strict=True):
        with column.container(border=True):
            st.metric(f"{output.label} (scenario)", findings.shown(output, values, scenario.bought))
            reason = exposure.blocked(output, scenario.declared, scenario.bought)
            cite.note(reason or findings.ranged(output, values, scenario.declared, scenario.bought))
            if not reason:
                cite.note(findings.placed(output, values, scenario.bought))
    revenue, capital = st.columns(2)
    with revenue.container(border=True):
        st.metric(
            "Must leave before inference earns less",
            findings.must_leave(exposure.leaves_before_revenue_falls(values)),
        )
        cite.note(
            "Than today, with this growth and this price cut, of what no contract binds: "
            "1 − 1 / ((1 − cut) × (1 + growth)) where nothing is bound."
        )
    with capital.container(border=True):
        st.metric("Must leave before capacity idles", findings.must_leave(exposure.leaves_before_capital_idles(values)))
        cite.note("What waits for capacity takes its place until then.")


def swings(figures: Figures, scenario: Scenario) -> None:
    """The tornado of one output: money a year and money once are never in one chart."""
    labels = {output.label: output for output in exposure.OUTPUTS}
    chosen = st.segmented_control(
        "Output", list(labels), default=REVENUE.label, required=True, key="output", width="content", **BOUND
    )
    output = labels[chosen]
    frame = exposure.tornado(output, scenario.values, scenario.declared, scenario.bought)
    if frame.is_empty():
        cite.empty(exposure.blocked(output, scenario.declared, scenario.bought) or "")
        return
    drawn = draw_scenario.tornado(frame, findings.widest(frame, output), findings.tornado_basis(frame, output))
    cite.chart(figures, drawn, frame, "microsoft-swings", SWING_COLUMNS)


def turned_round(figures: Figures, scenario: Scenario) -> None:
    """What share must leave before ... : the heat map with the reader's threshold, and what is left."""
    values = scenario.values
    migration, price_cut = values[exposure.MIGRATION], values[exposure.PRICE_CUT]
    if exposure.blocked(REVENUE, scenario.declared, scenario.bought) or migration is None or price_cut is None:
        return
    threshold = st.number_input(
        "What would hurt, bn USD a year",
        0.5,
        500.0,
        10.0,
        0.5,
        key="threshold",
        width=260,
        format="%g",
        help="Your own threshold: the line in the heat map is where revenue at risk reaches it.",
        **BOUND,
    )
    grid = exposure.grid(values, scenario.bought)
    line = exposure.threshold_line(values, threshold, extent(grid["migration_percent"])[1])
    drawn = draw_scenario.heat(
        grid,
        line,
        (migration, price_cut),
        REVENUE.name,
        findings.grid_title(values, threshold),
        findings.grid_basis(threshold),
    )
    cite.chart(figures, drawn, grid, "microsoft-grid")
    cite.note(findings.parts(values))
    left = exposure.left_over(values)
    even = {
        "cut_usd_bn_per_year": exposure.leaves_before_revenue_falls(values),
        "uncut_usd_bn_per_year": exposure.leaves_before_revenue_falls({**values, exposure.PRICE_CUT: 0}),
    }
    drawn = draw_scenario.left_over(left, even, findings.left_title(values), findings.left_basis(values))
    cite.chart(figures, drawn, left, "microsoft-left")


def rests_on(figures: Figures, scenario: Scenario) -> None:
    """Every input with its source or the word assumption."""
    st.subheader("What the scenario rests on", anchor=False)
    cite.note(findings.WHAT_IT_IS)
    rows = findings.declared_inputs(scenario.declared, scenario.values)
    cite.table(rows, "microsoft inputs")
    cite.sources(rows)
    cite.downloads(figures, rows, "microsoft-inputs")
    cite.note(findings.HOW)


show(of_run())
