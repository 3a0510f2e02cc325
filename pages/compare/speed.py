"""Speed: how much faster, as a person feels it?"""

import polars as pl
import streamlit as st

from charts import speed as draw
from metrics import cost, findings, matching, speed, words
from pages.shared import cite, tables
from pages.shared.markdown import plain

choice = st.session_state["choice"]
rows = tables.judged_speeds()
paired = tables.speed_ratios()
hosts = speed.hosts(rows, paired, choice.model, choice.baseline)
HOST_COLUMNS = ("host_label", "speed_ratio", "output_tokens_per_second", "ttft_seconds", "match_grade", "measured_on")
PAIR_COLUMNS = (
    "model", "provider", "baseline_provider", "speed_ratio", "match_grade", "differs", "measured_on",
    "output_tokens_per_second", "baseline_output_tokens_per_second",
)  # fmt: skip
LEFT_OUT_COLUMNS = (
    "provider", "excluded_because", "output_tokens_per_second", "ttft_seconds", "measured_by", "measured_on",
    "source_url",
)  # fmt: skip

st.title("How much faster, as a person feels it?", anchor=False)

if hosts.is_empty():
    beside = paired.filter(pl.col("model") == choice.model)["baseline_provider"].unique().sort().to_list()
    cite.empty(
        f"{choice.baseline} was not measured beside a specialised provider on {choice.model}.",
        f"These were: {words.listed(beside)}." if beside else "",
    )
else:
    priced = cost.with_price(hosts, tables.table("token_price"), cost.blend(choice.blend))
    newest = hosts["measured_on"].drop_nulls()
    dated = words.day(newest.max() if len(newest) else None)
    cite.answer(f"{findings.speed_and_price(hosts, priced, choice.model)} ({dated}). {findings.best_other(hosts)}")
    grade = hosts["match_grade"][0]
    drawn = draw.hosts(hosts, findings.host_range(hosts, choice.model))
    cite.chart(drawn, hosts, "speed-hosts", HOST_COLUMNS)
    cite.note(
        f"Match grade {grade}. One request at a time: not the throughput of a system shared by many users.",
        help=cite.GRADES,
    )

against = speed.headline(matching.against(paired, choice.baseline))
if against.is_empty():
    cite.empty(f"No model was measured at a specialised provider beside {choice.baseline}.")
else:
    measured = against["measured_on"].drop_nulls()
    drawn = draw.by_model(
        against,
        findings.models_ahead(against, "speed_ratio", choice.baseline),
        "speed_ratio",
        "Output speed, multiple of<br>the baseline (log scale)",
        f"Each specialised provider's fastest endpoint, best-matched and newest run of each model. "
        f"{words.plural(against.height, 'pair')}, {words.days(measured.min(), measured.max())}. "
        "Hollow: grade D, another source or a vendor's own figure, in no average.",
    )
    cite.chart(drawn, against, "speed-models", PAIR_COLUMNS)

timed = speed.timed(rows, paired, choice.model)
if timed.is_empty():
    cite.empty(f"No run published both the time to first token and the output speed of {choice.model}.")
else:
    cite.chart(draw.waiting(timed, findings.soonest(timed)), timed, "speed-waiting", HOST_COLUMNS)

left_out = rows.filter((pl.col("model") == choice.model) & pl.col("excluded_because").is_not_null())
if left_out.height:
    with st.expander(plain(f"Measurements of {choice.model} that enter no ratio ({left_out.height:,})")):
        cite.table(left_out.select(LEFT_OUT_COLUMNS), "left out")
