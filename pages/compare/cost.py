"""Cost: what does speed cost?"""

import streamlit as st

from charts import cost as draw
from charts import speed as draw_models
from metrics import cost, findings, speed, words
from pages.shared import cite, tables

choice = st.session_state["choice"]
blend = cost.blend(choice.blend)
paired = tables.speed_ratios()
prices = tables.table("token_price")
hosts = speed.hosts(tables.judged_speeds(), paired, choice.model, choice.baseline)
priced = cost.with_price(hosts, prices, blend) if hosts.height else hosts
HOST_COLUMNS = (
    "host_label", "blended_usd_per_mtok", "output_tokens_per_second", "input_usd_per_mtok", "output_usd_per_mtok",
    "is_frontier", "measured_on",
)  # fmt: skip
PAIR_COLUMNS = (
    "model", "provider", "baseline_provider", "cost_ratio", "blended_usd_per_mtok", "baseline_blended_usd_per_mtok",
    "blend", "source", "measured_on",
)  # fmt: skip

st.title("What does speed cost?", anchor=False)

if priced.is_empty():
    cite.empty(f"No run published both a speed and a price of {choice.model} beside {choice.baseline}.")
else:
    newest = priced["measured_on"].drop_nulls()
    dated = words.day(newest.max() if len(newest) else None)
    cite.answer(f"{findings.speed_and_price(hosts, priced, choice.model)} ({dated}).")
    drawn = draw.price_against_speed(
        priced, findings.frontier(priced, choice.model), blend.name, cost.claimed_corner(priced)
    )
    cite.chart(drawn, priced, "cost-speed", HOST_COLUMNS)
    if priced["cache_is_input_price"].any():
        cite.note("Where no price of cached input is published, the input price stands in for it.")

newest_pairs = cost.headline(cost.against(tables.cost_ratios(blend.name), choice.baseline))
against = cost.current(newest_pairs)
older = newest_pairs.height - against.height
if against.is_empty():
    cite.empty(f"No catalogue lists {choice.baseline} beside a specialised provider for the same model.")
else:
    drawn = draw_models.by_model(
        against,
        findings.cheapest(against, choice.baseline),
        "cost_ratio",
        "Price, multiple of the baseline's<br>(log scale); left is cheaper",
        f"Blended list price ({blend.name}) of each specialised provider, newest day on which one source lists both. "
        f"{words.plural(against.height, 'pair')}, "
        f"{words.days(against['measured_on'].min(), against['measured_on'].max())}.",
    )
    cite.chart(drawn, newest_pairs, "cost-models", PAIR_COLUMNS)
    history = (
        f" {words.plural(older, 'pair')} last seen more than half a year earlier, in the rows only." if older else ""
    )
    cite.note(f"{cost.COST_RATIO.caveat} A price counts until the day it was last seen in its catalogue.{history}")
