"""Workload: what would my traffic cost, and how fast would it answer?"""

from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st

from charts import workload as draw
from exports.files import FORMATS
from exports.workload import workbook
from metrics import response, words, workload
from metrics.findings import thinking as thinking_findings
from metrics.findings import workload as findings
from metrics.thinking import Thinking
from pages.shared import cite, tables
from pages.shared.markdown import plain
from pages.shared.view import BOUND, Figures, View, of_run

LIMITS = ("1 s", "2 s", "5 s", "10 s", "20 s", "60 s", workload.NO_LIMIT)
USUAL_LIMIT = "5 s"
CONTROL, RUN, TODAY = 172, 420, 220  # widths in pixels; two controls stand side by side on a telephone

TABLE = {
    "Offer": "offer",
    "Cost a month": "monthly_usd",
    "One answer": "shown_seconds",
    "In time?": "reason",
    "Saving a month": "saving_usd",
    "Sooner by": "seconds_sooner",
    "Speed": "output_tokens_per_second",
    "First token": "ttft_seconds",
    "Input price": "input_usd_per_mtok",
    "Cached input": "cached_input_usd_per_mtok",
    "Output price": "output_usd_per_mtok",
    "Measured by": "measured_by",
    "Measured": "measured_on",
    "Looks": "looks",
    "Price seen": "price_seen_on",
    "Speed source": "source_url",
    "Price source": "price_url",
}
BEHIND_COLUMNS = ("offer", "monthly_usd", "shown_seconds", "meets_limit", "reason", "saving_usd", "seconds_sooner")


def show(view: View) -> None:
    judged, prices = tables.judged_speeds(view.figures), tables.prices(view.figures)
    providers = tables.table(view.figures, "provider")
    st.title("What would my traffic cost, and how fast would it answer?", anchor=False)
    runs = workload.runs(judged, prices, view.model)
    if runs.is_empty() and workload.offers(judged, prices, providers, view.model).is_empty():
        nearest = workload.nearest(view.model, workload.covered(judged, prices))
        cite.empty(
            f"Nobody is known to sell {view.model} today.",
            f"Nearest with a speed and a price: {nearest}. Choose it under Model." if nearest else "",
        )
        show_left_out(view.model, workload.left_out(judged, prices, view.model))
        return
    answer = st.container()
    usual = tables.thinks_first(view.figures, view.model)
    work, offered, today = ask_traffic(Market(view.model, judged, prices, providers, runs), usual)
    offers = workload.with_roles(workload.against_today(workload.served(offered, work), today))
    with answer:
        cite.answer(findings.traffic(offers))
    show_offers(view, offers, work, today, usual)
    show_volume(view.figures, offers)
    show_left_out(view.model, workload.left_out(judged, prices, view.model))


@dataclass(frozen=True)
class Market:
    """The model that is bought, who was measured and who sells, as `workload.offers` takes them, and its `runs`."""

    model: str
    judged: pl.DataFrame
    prices: pl.DataFrame
    providers: pl.DataFrame
    runs: pl.DataFrame


def ask_traffic(market: Market, usual: Thinking) -> tuple[workload.Workload, pl.DataFrame, str | None]:
    """The controls; the traffic, the offers of the chosen run, and today's among them."""
    with st.container(horizontal=True, gap="small"):
        requests = st.number_input(
            "Requests a day", 1, 1_000_000_000, 100_000, 10_000, key="requests", width=CONTROL, **BOUND
        )
        tokens_in = st.number_input(
            "Input tokens",
            0,
            2_000_000,
            1000,
            500,
            key="tokens_in",
            width=CONTROL,
            **BOUND,
            help="Tokens of one request: the question with all that is sent along. A token is about "
            f"{response.WORDS_PER_TOKEN:g} words.",
        )
        tokens_out = st.number_input(
            "Output tokens",
            1,
            1_000_000,
            500,
            100,
            key="tokens_out",
            width=CONTROL,
            **BOUND,
            help="Tokens of one answer, without thinking.",
        )
        limit = st.selectbox(
            "Answer-time limit",
            LIMITS,
            index=LIMITS.index(USUAL_LIMIT),
            key="limit",
            accept_new_options=True,
            width=CONTROL,
            **BOUND,
            help="How long a whole answer may take. Write your own, such as 7.5 s.",
        )
    more = st.expander("More: thinking, cache, today's provider, whose measurement")
    with more.container(horizontal=True, gap="small"):
        thinking = st.number_input(
            "Thinking tokens",
            0,
            1_000_000,
            None,
            500,
            key="thinking",
            width=CONTROL,
            **BOUND,
            placeholder=words.number(usual.tokens),
            help="What a model that thinks writes before its answer; it is waited for and paid as output. Left empty: "
            "what is known of the model, as said under the table.",
        )
        cached = st.number_input(
            "Input from cache, %",
            0,
            100,
            0,
            10,
            key="cached",
            width=CONTROL,
            **BOUND,
            help="The share of the input that the provider has seen before and sells cheaper, where it publishes a "
            "price for that.",
        )
        labels = dict(market.runs.select("run_label", "run").iter_rows())
        run = st.selectbox(
            "Measurement",
            list(labels),
            index=None,
            key="run",
            placeholder=next(iter(labels), "no speed of today is published"),
            disabled=not labels,
            width=RUN,
            **BOUND,
            help="All offers come from one run of one measurer, so that they are comparable. Providers that it did "
            "not measure are added from elsewhere, hollow with a dot.",
        )
        offered = workload.offers(market.judged, market.prices, market.providers, market.model, labels.get(run))
        usual_today = workload.usual_today(offered)
        today = st.selectbox(
            "Today's provider",
            offered["offer"].to_list(),
            index=None,
            key="today",
            placeholder=usual_today,
            width=TODAY,
            **BOUND,
            help="Whom savings and premiums are reckoned against. Left empty: Azure, the article's own comparison, "
            "where it sells the model, else the cheapest.",
        )
    work = workload.traffic(
        requests, tokens_in, tokens_out, usual.tokens if thinking is None else thinking, cached, readable_limit(limit)
    )
    return work, offered, today or usual_today


def readable_limit(written: str) -> float | None:
    """The limit as written, or 5 s with a sentence where it cannot be read."""
    try:
        return workload.limit(written)
    except ValueError as problem:
        st.warning(plain(f"{problem} Shown: {USUAL_LIMIT}."))
        return workload.limit(USUAL_LIMIT)


def show_table(offers: pl.DataFrame, picked: list[str]) -> None:
    """The offers as rows; those whose marks were clicked, where any were."""
    shown = offers.filter(pl.col("offer").is_in(picked)) if picked else offers
    st.subheader("Every offer", anchor=False)
    if picked:
        cite.note(f"Only {words.listed(picked)}, as clicked in the chart. Double-click the chart to see all again.")
    else:
        click = "; click a mark to see one" if offers["same_run"].any() else ""
        cite.note(f"Cheapest first{click}. A dash: not published, or measured in another run.")
    money = partial(st.column_config.NumberColumn, format="dollar", step=1)
    rate = st.column_config.NumberColumn(format="$%.3f", help="USD per 1M tokens")
    opened = st.column_config.LinkColumn(display_text="Open")
    links = {title: opened for title, name in TABLE.items() if name in cite.addresses(shown)}
    day = st.column_config.DateColumn(format="D MMM YYYY")
    st.dataframe(
        workload.rounded(shown).select(pl.col(name).alias(title) for title, name in TABLE.items()),
        hide_index=True,
        key="offers",
        placeholder="–",
        column_config={
            "Offer": st.column_config.TextColumn(pinned=True, width=150),
            "Cost a month": money(),
            "One answer": st.column_config.NumberColumn(
                format="%.3g s", help="Writing alone where the wait for the first token is not published"
            ),
            "In time?": st.column_config.TextColumn(width=290),
            "Saving a month": money(help="Against today's provider; negative is a premium"),
            "Sooner by": st.column_config.NumberColumn(
                format="%.3g s", help="Than today's provider, within one run; negative is later"
            ),
            "First token": st.column_config.NumberColumn(format="%.3g s"),
            "Input price": rate,
            "Output price": rate,
            "Cached input": rate,
            "Speed": st.column_config.NumberColumn(format="%.0f tokens/s"),
            "Measured": day,
            "Looks": st.column_config.NumberColumn(help="Speed and first token are the middle ones of so many looks"),
            "Price seen": day,
            **links,
        },
    )


def show_offers(view: View, offers: pl.DataFrame, work: workload.Workload, today: str | None, usual: Thinking) -> None:
    """The main chart, every offer as a row, and both as files."""
    picked = []
    if offers["same_run"].any():
        drawn = draw.cost_against_time(offers, findings.offers_in_time(offers), findings.offers_basis(offers))
        picked = cite.clickable(drawn, offers, "workload")
    show_table(offers, picked)
    about_thinking = thinking_findings.chosen(usual, work.thinking_tokens)
    cite.note(" ".join([about_thinking, *findings.offers_caveats(offers)]))
    cite.origins(usual.sources)
    st.download_button(
        "Excel with live formulas",
        data=partial(workbook, offers, work, today, view.model, about_thinking),
        file_name=f"inference-divide-workload-{view.figures.generation}.xlsx",
        mime=FORMATS["xlsx"].mime,
        key="download workload workbook",
        on_click="ignore",
        icon=":material/calculate:",
    )
    cite.behind(view.figures, offers, "workload", BEHIND_COLUMNS)


def show_volume(figures: Figures, offers: pl.DataFrame) -> None:
    """What the chosen offers cost at more traffic and at less."""
    volume = workload.sensitivity(offers.filter(pl.col("role").is_not_null()))
    cite.chart(
        figures,
        draw.sensitivity(volume, findings.volume(volume), findings.VOLUME_BASIS),
        volume,
        "workload-volume",
        ("offer", "role", "factor", "requests_per_day", "monthly_usd"),
    )


def show_left_out(model: str, left_out: pl.DataFrame) -> None:
    """Measurements of the model that make no offer, with the reason."""
    if left_out.height:
        with st.expander(plain(f"Measurements of {model} that make no offer ({left_out.height:,})")):
            cite.table(
                left_out, "workload left out", ("provider", "reason", "measured_by", "measured_on", "source_url")
            )


show(of_run())
