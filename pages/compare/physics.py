"""Physics: is it the silicon or the software?"""

import polars as pl
import streamlit as st

from charts import physics as draw
from metrics import ceilings, speed, words
from metrics.findings import physics as findings
from metrics.metric import SHARE_OF_CEILING
from pages.shared import cite, tables

KEPT = {"bind": "query-params", "persist_state": "session"}
HOST_COLUMNS = (
    "host_label",
    "system",
    "is_reference",
    "output_tokens_per_second",
    "ceiling_tokens_per_second",
    "share_of_ceiling_percent",
    "memory_kind",
    "precision_assumed",
    "devices",
    "read_gb_per_token",
    "measured_on",
)
HALF_COLUMNS = (
    "host_label",
    "baseline_host_label",
    "speed_ratio",
    "ceiling_ratio",
    "utilisation_ratio",
    "system",
    "baseline_system",
    "measured_on",
)
CHIP_COLUMNS = ("accelerator", "chips_to_hold", "memory_kind", "memory_gb", "weights_gb", "precision_assumed")
SPECIFICATIONS = {
    "accelerator": "Chip",
    "vendor": "Vendor",
    "kind": "Kind",
    "role": "Role",
    "announced_on": "Announced",
    "available_on": "Available",
    "process": "Process",
    "die_area_mm2": "Die, mm²",
    "sram_gb": "On-chip memory, GB",
    "hbm_gb": "Memory beside it, GB",
    "memory_bandwidth_tb_per_second": "Bandwidth, TB/s",
    "bandwidth_kind": "Bandwidth of",
    "bf16_tflops": "16 bit, TFLOP/s",
    "fp8_tflops": "FP8, TFLOP/s",
    "fp4_tflops": "FP4, TFLOP/s",
    "power_w": "Power, W",
    "price_usd": "Price, USD",
    "price_basis": "Price is",
    "publisher": "Publisher",
    "source_url": "Source",
    "published_on": "Published",
    "evidence": "Evidence",
    "note": "Note",
    "accelerator_as_published": "As published",
}

DAYS = ("announced_on", "available_on", "published_on")

choice = st.session_state["choice"]
providers, accelerators, models = (tables.table(name) for name in ("provider", "accelerator", "model"))
chips = ceilings.chips(accelerators)
references = ceilings.references(chips)

st.title("Is it the silicon or the software?", anchor=False)
answer = st.container()

precision_column, reference_column, devices_column, context_column = st.columns(4)
with precision_column:
    precision = st.selectbox(
        "Precision",
        ceilings.PRECISIONS,
        key="precision",
        **KEPT,
        help="Bytes of one weight. As published: the format that a host names, else the one the model was released in.",
    )
with reference_column:
    reference = st.selectbox(
        "Reference GPU (assumption)",
        references,
        index=references.index(ceilings.REFERENCE_CHIP) if ceilings.REFERENCE_CHIP in references else 0,
        key="reference",
        **KEPT,
        help="What a host with undisclosed silicon is set against. Nobody published what it runs on.",
    )
with devices_column:
    reference_devices = st.number_input(
        "GPUs together (assumption)",
        1,
        576,
        ceilings.REFERENCE_DEVICES,
        key="gpus",
        **KEPT,
        help="How many of the reference GPU read one request's weights at once.",
    )
with context_column:
    context = st.selectbox(
        "Context",
        ceilings.CONTEXTS,
        index=ceilings.CONTEXTS.index(ceilings.CONTEXT_TOKENS),
        key="context",
        **KEPT,
        format_func=lambda tokens: words.quantity(tokens, "tokens"),
        help="Tokens whose keys and values every new token reads besides the weights.",
    )
with st.expander("More"):
    named = providers.filter(pl.col("accelerator").is_not_null()).sort("provider")
    columns = st.columns(named.height + 1)
    devices = {}
    for column, row in zip(columns, named.iter_rows(named=True), strict=False):
        with column:
            devices[row["accelerator"]] = st.number_input(
                f"{row['accelerator']} behind {row['provider']} (assumption)",
                1,
                100_000,
                None,
                key=f"{row['provider'].lower()}_chips",
                placeholder="the fewest that hold it",
                **KEPT,
                help="Not published for most services. The default is the fewest chips that hold the weights.",
            )
    with columns[-1]:
        batch = st.number_input(
            "Requests at once (assumption)",
            1,
            1024,
            1,
            key="batch",
            **KEPT,
            help="They share one reading of the weights; each reads its own keys and values.",
        )
    every_chip = st.toggle("Every chip in the chart of chips", key="every_chip", **KEPT)

assumed = ceilings.Assumptions(
    precision, context, batch, reference, reference_devices, {chip: count for chip, count in devices.items() if count}
)
known = ceilings.architectures(models, assumed)
paired = tables.speed_ratios()
hosts = speed.hosts(tables.judged_speeds(), paired, choice.model, choice.baseline)
reached = ceilings.with_ceiling(hosts, providers, chips, known, assumed) if hosts.height else hosts
of_record = speed.of_record(reached) if reached.height else reached
halves = ceilings.split(of_record) if reached.height else reached
is_known = choice.model in known["model"]

if not is_known:
    near = ceilings.nearest(models, paired, choice.model)
    cite.empty(
        f"How many parameters {choice.model} reads for a token is not in a source that we hold, so its ceiling is "
        f"not known and the ratio to {choice.baseline} cannot be split.",
        f"Nearest with data: {near}." if near else "",
    )
elif hosts.is_empty():
    beside = paired.filter(pl.col("model") == choice.model)["baseline_provider"].unique().sort().to_list()
    cite.empty(
        f"{choice.baseline} was not measured beside a specialised provider on {choice.model}.",
        f"These were: {words.listed(beside)}." if beside else "",
    )
else:
    newest = reached["measured_on"].drop_nulls()
    dated = words.day(newest.max() if len(newest) else None)
    drawn_hosts = ceilings.shown(reached)
    drawn = draw.ceilings(drawn_hosts, findings.share_of_ceiling(of_record), reached.height - drawn_hosts.height)
    cite.chart(drawn, reached, "physics-ceilings", HOST_COLUMNS)
    on_named = reached.filter(~pl.col("is_reference"))["system"].unique().sort().to_list()
    notes = [
        f"How many chips serve a model is assumed: {words.listed(on_named)}." if on_named else "",
        f"{assumed.system} stands in for every host whose silicon is undisclosed; it names nobody's hardware.",
        SHARE_OF_CEILING.caveat,
    ]
    if not reached.filter("is_reference")["holds_model"].all():
        notes.append(f"{assumed.system} would not hold {choice.model} at this precision.")
    if reached["cache_gb"].null_count():
        notes.append(f"Keys and values are left out: the heads of {choice.model} are not published.")
    cite.note(" ".join(filter(None, notes)))

    if halves.is_empty():
        without = reached.filter("is_specialised")["accelerator"].unique().sort().to_list()
        near = ceilings.nearest(models, ceilings.with_known_bandwidth(paired, providers, chips), choice.model)
        cite.empty(
            f"The memory bandwidth of {words.listed(without)} is not published, so the ratio cannot be split.",
            f"Nearest model where it can: {near}." if near else "",
        )
    else:
        with answer:
            cite.answer(f"{findings.silicon_or_software(halves)} ({dated}).")
        cite.chart(draw.halves(halves, findings.halves_of_the_ratio(halves)), halves, "physics-halves", HALF_COLUMNS)

held = ceilings.to_hold(chips, providers, known, choice.model, assumed)
if held.height:
    drawn_chips = held if every_chip else ceilings.newest_of_each_vendor(held, reference)
    drawn = draw.chips_to_hold(drawn_chips, findings.chips_to_hold(held, choice.model, reference))
    cite.chart(drawn, held, "physics-chips", CHIP_COLUMNS)

specified = ceilings.specifications(accelerators)
st.subheader(f"Every chip: {findings.described_chips(accelerators)}", anchor=False)
cite.note("One row per chip and source; sources that disagree stay two rows. A price says whether it is an estimate.")
columns = {name: st.column_config.Column(label) for name, label in SPECIFICATIONS.items()}
columns |= {name: st.column_config.DateColumn(SPECIFICATIONS[name]) for name in DAYS}
columns |= {
    name: st.column_config.LinkColumn(SPECIFICATIONS[name], display_text="open") for name in cite.addresses(specified)
}
st.dataframe(
    specified.select(*SPECIFICATIONS),
    hide_index=True,
    key="specifications",
    placeholder=words.NOT_PUBLISHED,
    column_config=columns,
)
cite.downloads(specified, "physics-specifications")
