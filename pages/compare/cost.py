"""Cost: what does speed cost?"""

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from charts import cost as draw
from charts import prices as draw_prices
from charts import serving as draw_serving
from charts import speed as draw_models
from charts import tiers as draw_tiers
from metrics import cards, cost, dollar, passport, price_history, rent, serving, speed, tiers, values, words
from metrics.dollar import Reading
from metrics.findings import cost as cost_findings
from metrics.findings import serving as serving_findings
from metrics.findings import speed as speed_findings
from metrics.findings import tiers as tiers_findings
from metrics.metric import COST_FROM_RENT, COST_RATIO
from pages.shared import choices, cite, tables
from pages.shared.view import BOUND, View, of_run

HOST_COLUMNS = (
    "host_label",
    "blended_usd_per_mtok",
    "output_tokens_per_second",
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "is_frontier",
    "measured_on",
)
PAIR_COLUMNS = (
    "model",
    "provider",
    "baseline_provider",
    "cost_ratio",
    "blended_usd_per_mtok",
    "baseline_blended_usd_per_mtok",
    "blend",
    "source",
    "measured_on",
)
SPAN_COLUMNS = ("label", "blended_usd_per_mtok", "valid_from", "last_seen_on", "publisher", "catalogues")
CHEAPEST_OTHERS = 5
RENT_SPAN_COLUMNS = (
    "cloud",
    "seller_kind",
    "usd_per_accelerator_hour",
    "first_on",
    "last_on",
    "prices",
    "publisher",
)
OFFER_COLUMNS = (
    "place",
    "accelerator",
    "offers",
    "usd_per_accelerator_hour",
    "usd_per_accelerator_hour_p25",
    "usd_per_accelerator_hour_p75",
    "price_kind",
    "observed_on",
)
CURVE_COLUMNS = (
    "label",
    "usd_per_mtok_from_rent",
    "interactivity_tokens_per_second_per_user",
    "tokens_per_second_per_accelerator",
    "usd_per_accelerator_hour",
    "rent_from",
    "rent_to",
    "rent_days_apart",
    "clouds",
    "measured_on",
)
TIER_COLUMNS = (
    "label",
    "tier_price_ratio",
    "tier_speed_ratio",
    "blended_usd_per_mtok",
    "twin_blended_usd_per_mtok",
    "output_tokens_per_second",
    "twin_output_tokens_per_second",
    "measured_by",
    "samples",
    "twin_samples",
    "measured_from",
    "measured_on",
    "priced_on",
)
RENT_COLUMNS = ("cloud", "accelerator", "usd_per_mtok_from_rent", "usd_per_accelerator_hour", "prices", "observed_on")


def show(view: View) -> None:
    figures, blend = view.figures, cost.blend(view.blend)
    prices, paired = tables.prices(figures), tables.speed_ratios(figures)
    hosts = speed.hosts(tables.judged_speeds(figures), paired, view.model, view.baseline)
    priced = cost.with_price(hosts, prices, blend) if hosts.height else hosts
    st.title("What does speed cost?", anchor=False)
    reading = choices.ask_reading()
    price_against_speed(view, hosts, priced, prices, reading)
    over_models(view, reading)
    speed_bought(view)
    components(view, priced, reading)
    over_time(view, prices, reading)
    cost_of_speed(view, reading)
    from_rent(view, prices, reading)
    rents_over_time(view)
    marketplace_offers(view)


def price_against_speed(
    view: View, hosts: pl.DataFrame, priced: pl.DataFrame, prices: pl.DataFrame, reading: Reading
) -> None:
    """The main chart: who is faster, who is cheaper, and the article's corner."""
    if priced.is_empty():
        pairs = cost.headline(cost.against(tables.cost_ratios(view.figures, view.blend), view.baseline))
        cite.answer(cost_findings.price_alone(pairs, view.model, view.baseline, reading))
        cite.empty(f"No run published both a speed and a price of {view.model} beside {view.baseline}.")
        return
    of_record, measured = speed.of_record(priced), speed.of_record(hosts)
    cite.answer(speed_findings.speed_and_price_on_their_day(measured, of_record, view.model, reading))
    fit = cost.elasticity(of_record)
    shown = cite.pickable(priced)
    drawn = draw.price_against_speed(
        shown,
        cost_findings.frontier(of_record, view.model, reading),
        view.blend,
        cost.claimed_corner(of_record),
        cost.fitted(fit, of_record),
        reading,
    )
    passport_of = partial(of_host, hosts, prices, cost.blend(view.blend))
    cite.chart(view.figures, drawn, reading.added(shown), "cost-speed", HOST_COLUMNS, passport_of)
    cite.note(f"{cost_findings.premium(fit, of_record, reading).removesuffix('.')}.")
    if priced["cache_is_input_price"].any():
        cite.note("Where no price of cached input is published, the input price stands in for it.")


def of_host(
    hosts: pl.DataFrame, prices: pl.DataFrame, blend: cost.Blend, row: dict[str, Any]
) -> passport.Passport | None:
    """The price ratio of one host and the baseline of its run."""
    pair = speed.beside_baseline(hosts, row["host_label"])
    if pair is None:
        return None
    one = cost.beside_speed(pl.DataFrame([pair], schema=hosts.schema), prices, blend).row(0, named=True)
    return passport.of_price(cards.priced_at(one, blend)) if one["cost_ratio"] else None


def components(view: View, priced: pl.DataFrame, reading: Reading) -> None:
    """What the blend is made of."""
    if priced.is_empty():
        return
    drawn = draw_prices.components(
        priced,
        cost_findings.dearest_output(speed.of_record(priced), reading),
        f"List prices of {view.model}: cached input where published, input, output. "
        f"{words.plural(priced.height, 'host endpoint')}, {cost_findings.seen_on(priced)}.",
        reading,
    )
    cite.chart(view.figures, drawn, reading.added(priced), "cost-components", HOST_COLUMNS)


def over_models(view: View, reading: Reading) -> None:
    """Each model's price ratio against the same baseline."""
    newest_pairs = cost.headline(cost.against(tables.cost_ratios(view.figures, view.blend), view.baseline))
    against = cost.current(newest_pairs)
    older = newest_pairs.height - against.height
    if against.is_empty():
        cite.empty(f"No catalogue lists {view.baseline} beside a specialised provider for the same model.")
        return
    shown = reading.added(cite.pickable(against))
    axis = (
        "Tokens for a dollar of list price,<br>multiple of the baseline's (log scale);<br>right is more"
        if reading.is_turned
        else "Price, multiple of the baseline's<br>(log scale); left is cheaper"
    )
    drawn = draw_models.by_model(
        shown,
        cost_findings.cheapest(against, view.baseline, reading),
        reading.column("cost_ratio"),
        axis,
        f"Blended list price ({view.blend}) of each specialised provider, newest day on which one source lists both. "
        f"{words.plural(against.height, 'pair')}, "
        f"{words.days(values.oldest(against['measured_on']), values.newest(against['measured_on']))}.",
    )
    cite.chart(view.figures, drawn, shown, "cost-models", PAIR_COLUMNS, passport.of_price)
    counts = "A price counts until the day it was last seen in its catalogue."
    cite.note(" ".join(filter(None, (COST_RATIO.caveat, counts, cost_findings.not_drawn(older)))))


def speed_bought(view: View) -> None:
    """What sellers ask for a fast tier of a model, and how much faster it is than their standard offer."""
    st.subheader("What does speed cost on the same machines?", anchor=False)
    found = tables.bought_speed(view.figures, view.blend)
    both = tiers.with_both(found)
    if both.is_empty():
        cite.empty("Of no fast tier are both the price and the speed published beside its standard offer.")
    else:
        drawn = draw_tiers.bought(both, tiers_findings.bought(both), tiers_findings.basis(both))
        cite.chart(view.figures, drawn, both, "cost-tiers", TIER_COLUMNS)
    cite.note(tiers_findings.one_alone(found))


def over_time(view: View, prices: pl.DataFrame, reading: Reading) -> None:
    """List prices of the model over the days they were seen."""
    spans = price_history.spans(prices, view.model, cost.blend(view.blend))
    providers = tables.table(view.figures, "provider").select("provider", "family", "is_specialised")
    spans = spans.join(providers, on="provider", how="left", maintain_order="left").with_columns(
        is_baseline=pl.col("provider") == view.baseline
    )
    if spans.is_empty():
        cite.empty(f"No catalogue lists a price of {view.model}.")
        return
    drawn = draw_prices.history(
        spans,
        cost_findings.price_moves(spans, reading),
        f"Blended list price ({view.blend}) of {view.model}, "
        f"{words.days(values.oldest(spans['valid_from']), values.newest(spans['last_seen_on']))}. "
        "A price begins on the first day on which any source shows it. Grey: other providers.",
        reading,
    )
    cite.chart(view.figures, drawn, reading.added(spans), "cost-history", SPAN_COLUMNS)
    cite.note(cost_findings.first_sights(spans, reading))
    cite.note(cost_findings.run_by_others(cost.run_by_others(prices, view.model), view.model, reading))
    if left_out := cost_findings.not_sellers(tables.prices_left_out(view.figures, view.model), view.model):
        cite.note(left_out)


def cost_of_speed(view: View, reading: Reading) -> None:
    """What a million output tokens costs on rented GPUs, the faster each user is served."""
    points = serving.points(tables.table(view.figures, "gpu_serving"))
    st.subheader("What does speed cost on shared GPUs?", anchor=False)
    if points.is_empty():
        cite.empty("No throughput of shared GPUs is published here with its lengths and its precision.")
        return
    model, workload = choices.ask_workload(view, points)
    curve = serving.curves(points, model, workload, tables.table(view.figures, "accelerator"))
    costed = serving.with_costs(curve, tables.table(view.figures, "accelerator_rent"))
    without = serving.unrented(curve, costed)
    if costed.is_empty():
        cite.empty(
            f"No on-demand rent of {words.listed(without)} within {rent.NEAR_DAYS} days of its measurements is "
            "published here."
        )
        return
    drawn = draw_serving.cost(
        costed,
        serving_findings.cheapest_at_speed(costed, reading),
        f"Rent of one accelerator / its output tokens, {workload.label}, machines never idle. Line: the best of each "
        f"chip; faint: its other points. {words.plural(costed.height, 'measurement')}, "
        f"{serving_findings.measured_days(costed)}.",
        reading,
    )
    cite.chart(view.figures, drawn, reading.added(costed), "cost-curves", CURVE_COLUMNS)
    left = (
        f"Not drawn: {words.listed(without)}, of which no rent within {rent.NEAR_DAYS} days of the measurement is "
        "published here."
        if without
        else ""
    )
    prompt = "The prompt is in the cost; a list price charges it apart."
    cite.note(" ".join(filter(None, (serving_findings.rents_behind(costed), prompt, left))))
    cite.origins(
        sorted(
            {
                (str(publisher), str(url))
                for publisher, url in costed.select("rent_publisher", "rent_source_url").iter_rows()
            }
        )
    )


def from_rent(view: View, prices: pl.DataFrame, reading: Reading) -> None:
    """Cost per million tokens on rented accelerators beside list prices, each step visible. A published throughput is
    priced at the rents of its own time, a reader's own at the newest."""
    st.subheader("What would the same tokens cost on rented accelerators?", anchor=False)
    rows = tables.table(view.figures, "gpu_serving")
    served = rent.served_models(rows)
    points = serving.usual(rent.throughputs(rows, view.model))
    if points.is_empty():
        cite.empty(
            f"Throughput of {view.model} per accelerator: not published here.",
            f"It is for {words.listed(served)}. Enter your own below, as an assumption." if served else "",
        )
    rents = tables.table(view.figures, "accelerator_rent")
    rented_chips = rent.rents(rents, rent.ON_DEMAND)["accelerator"].unique().sort().to_list()
    basis_column, chip_column, speed_column, use_column = st.columns(4)
    with basis_column:
        basis = st.selectbox("Rent basis", list(rent.BASES), key="rent", **BOUND)
    rented_then = pl.col("accelerator").is_in(rent.of_time(rents, points)["accelerator"].implode())
    chips = points.sort(rented_then, descending=True, maintain_order=True)["accelerator"]
    served_and_rented = [chip for chip in chips if chip in rented_chips]
    default_chip = served_and_rented[0] if served_and_rented else "H100"
    with chip_column:
        chip = st.selectbox(
            "Accelerator",
            rented_chips,
            index=rented_chips.index(default_chip) if default_chip in rented_chips else 0,
            key="chip",
            **BOUND,
        )
    of_chip = points.filter(pl.col("accelerator") == chip)
    published = of_chip["tokens_per_second_per_accelerator"][0] if of_chip.height else None
    # The published figure is part of the key: one filled in for a model must not pass for a reader's own at another.
    with speed_column:
        tokens = st.number_input(
            "Tokens/s per accelerator",
            1.0,
            1_000_000.0,
            published,
            100.0,
            key=f"throughput-{published:.0f}" if published else "throughput",
            **BOUND,
            placeholder="not published",
            format="%.0f",
            help="All users together. Filled where a source publishes it; anything you write is your assumption.",
        )
    with use_column:
        used = st.slider("Utilisation (assumption), %", 5, 100, 50, 5, key="use", **BOUND)
    if tokens is None:
        cite.note(f"Tokens per second per {chip}: not published. Nothing is computed until a figure stands there.")
        return
    point = of_chip.row(0, named=True) if tokens == published else None
    day = rent.known_on(point) if point else None
    costs = rent.costs(rent.rents(rent.near(rents, day), basis), chip, tokens, used / 100)
    if costs.is_empty():
        cite.empty(*serving_findings.no_rent(basis, chip, day))
        return
    whose = dollar.OWNERSHIP if basis == rent.OWNERSHIP else dollar.RENT
    listed = price_history.listed_now(
        prices, tables.table(view.figures, "provider"), view.model, cost.blend(view.blend)
    )
    shown = pl.concat(
        [
            listed.filter(pl.col("is_specialised") | (pl.col("provider") == view.baseline)),
            listed.filter(~pl.col("is_specialised") & (pl.col("provider") != view.baseline)).head(CHEAPEST_OTHERS),
        ]
    )
    basis_of_speed = serving_findings.basis(point) if point else "your assumption"
    drawn = draw_prices.from_rent(
        costs,
        shown,
        cost_findings.rented(costs, listed, whose, reading),
        f"Rent basis: {basis.lower()}, {serving_findings.rent_days(day)}. Throughput: "
        f"{words.quantity(tokens, 'tokens/s')} per accelerator ({basis_of_speed}). Utilisation {used} % (assumption). "
        f"List: price of output tokens of {view.model} at the specialised providers, the baseline and the "
        f"{CHEAPEST_OTHERS} cheapest others.",
        whose,
        reading,
    )
    behind = reading.added(pl.concat([costs, shown], how="diagonal_relaxed")).with_columns(
        throughput_measured_on=pl.lit(day, dtype=pl.Date)
    )
    cite.chart(view.figures, drawn, behind, "cost-rent", RENT_COLUMNS)
    cite.note(f"{COST_FROM_RENT.label} = {COST_FROM_RENT.formula}. {COST_FROM_RENT.caveat}")


def rents_over_time(view: View) -> None:
    """What a GPU-hour was rented out for, day by day: hyperscalers, GPU clouds and marketplaces."""
    st.subheader("What did a GPU-hour rent for?", anchor=False)
    rents = tables.table(view.figures, "accelerator_rent")
    chip_column, basis_column = st.columns(2)
    with basis_column:
        basis = st.selectbox("On demand or spot", list(rent.INDEX), key="rent-over-time", **BOUND)
    chips = rent.followed_chips(rents, basis)
    if not chips:
        cite.empty(f"No {basis.lower()} rent was seen over several days.")
        return
    with chip_column:
        chip = st.selectbox("Rented chip", chips, key="rented-chip", **BOUND)
    by_day, averages = rent.over_time(rents, chip, basis), rent.spans(rent.averages(rents, chip, basis))
    same, spans = rent.of_the_same_clouds(by_day), rent.spans(by_day)
    drawn = draw_prices.rents(
        spans,
        same,
        averages,
        cost_findings.rent_moves(same, chip, basis),
        f"{basis} rent of one {chip}, its SXM board included, at {words.plural(spans['cloud'].n_unique(), 'cloud')}. "
        f"{words.days(values.oldest(spans['first_on']), values.newest(spans['last_on']))}. Grey: each cloud's middle "
        "rent. Strong: the middle over the same clouds all the time. Dotted: averages as published.",
    )
    cite.chart(view.figures, drawn, pl.concat([spans, averages]), "cost-rents", RENT_SPAN_COLUMNS)


def marketplace_offers(view: View) -> None:
    """What owners of GPUs ask on marketplaces, and how many of them do."""
    st.subheader("What do owners ask on marketplaces?", anchor=False)
    offered = tables.table(view.figures, "gpu_offer")
    chips = rent.offered_chips(offered)
    if not chips:
        cite.empty("No offer of a marketplace is held here.")
        return
    chip = st.selectbox("Offered chip", chips, key="offered-chip", **BOUND)
    offers = rent.offers(offered, chip)
    fewest, most = values.extent(offers["offers"])
    drawn = draw_prices.offers(
        offers,
        cost_findings.offers_move(offers, chip),
        f"Price asked for one {chip} by the hour: the median, and the middle half where four offers or more stand. "
        f"{words.span(fewest, most)} offers a day; with few of them the median moves without a price that changes.",
    )
    cite.chart(view.figures, drawn, offers, "cost-offers", OFFER_COLUMNS)
    if (offers["price_kind"] != rent.OFFERED_ON_DEMAND).any():
        cite.note("Where spot offers are not told apart, they stand among the others and lower the ends of the range.")


show(of_run())
