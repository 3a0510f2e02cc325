"""Physics: is it the silicon or the software?"""

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charts import energy as draw_energy
from charts import physics as draw
from metrics import ceilings, energy, speed, values, words
from metrics.findings import energy as energy_findings
from metrics.findings import physics as findings
from metrics.metric import SHARE_OF_CEILING, TIME_PER_LAYER
from metrics.models import most_rows_first
from pages.shared import choices, cite, tables
from pages.shared.choices import Choice
from pages.shared.view import BOUND, Figures, View, of_run

HOST_COLUMNS = (
    "host_label",
    "system",
    "is_reference",
    "output_tokens_per_second",
    "ceiling_tokens_per_second",
    "share_of_ceiling_percent",
    "compute_ceiling_tokens_per_second",
    "share_of_compute_percent",
    "time_per_layer_us",
    "memory_kind",
    "precision_assumed",
    "devices",
    "read_gb_per_token",
    "measured_on",
)
LAYER_COLUMNS = ("host_label", "time_per_layer_us", "layers", "output_tokens_per_second", "measured_by", "measured_on")
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
ENERGY_COLUMNS = (
    "label",
    "joules_per_output_token",
    "requests_at_once",
    "most_requests_at_once",
    "power_w",
    "throughput_tokens_per_second",
    "interactivity_tokens_per_second_per_user",
)
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


def show(view: View) -> None:
    figures = view.figures
    providers, accelerators, models = (tables.table(figures, name) for name in ("provider", "accelerator", "model"))
    chips = ceilings.chips(accelerators)
    st.title("Is it the silicon or the software?", anchor=False)
    answer = st.container()
    assumed, shows_every_chip = ask(providers, ceilings.references(chips))
    known = ceilings.architectures(models, assumed)
    paired = tables.speed_ratios(figures)
    hosts = speed.hosts(tables.judged_speeds(figures), paired, view.model, view.baseline)
    if view.model not in known["model"]:
        tell_of_unknown_size(view, ceilings.nearest(models, paired, view.model))
    elif hosts.is_empty():
        tell_of_missing_hosts(view, paired)
    else:
        reached = ceilings.with_ceiling(hosts, providers, chips, known, assumed)
        show_ceilings(view, reached, assumed)
        show_layers(view, reached)
        show_halves(view, reached, answer, ceilings.with_known_bandwidth(paired, providers, chips), models)
    held = ceilings.to_hold(chips, providers, known, view.model, assumed)
    show_chips(view, held, assumed.reference, shows_every_chip)
    show_energy(view, accelerators, providers)
    show_specifications(figures, accelerators)


def ask(providers: pl.DataFrame, references: list[str]) -> tuple[ceilings.Assumptions, bool]:
    """The controls: what is assumed, and whether the chart of chips shows every one."""
    precision_column, reference_column, devices_column, context_column = st.columns(4)
    with precision_column:
        precision = st.selectbox(
            "Precision",
            ceilings.PRECISIONS,
            key="precision",
            **BOUND,
            help="Bytes of one weight. As published: the format that a host names, else the one the model was "
            "released in.",
        )
    with reference_column:
        reference = st.selectbox(
            "Reference GPU (assumption)",
            references,
            index=references.index(ceilings.REFERENCE_CHIP) if ceilings.REFERENCE_CHIP in references else 0,
            key="reference",
            **BOUND,
            help="What a host with undisclosed silicon is set against. Nobody published what it runs on.",
        )
    with devices_column:
        reference_devices = st.number_input(
            "GPUs together (assumption)",
            1,
            576,
            ceilings.REFERENCE_DEVICES,
            key="gpus",
            **BOUND,
            help="How many of the reference GPU read one request's weights at once.",
        )
    with context_column:
        context = st.selectbox(
            "Context",
            ceilings.CONTEXTS,
            index=ceilings.CONTEXTS.index(ceilings.CONTEXT_TOKENS),
            key="context",
            **BOUND,
            format_func=lambda tokens: words.quantity(tokens, "tokens"),
            help="Tokens whose keys and values every new token reads besides the weights.",
        )
    devices, batch, every_chip = ask_more(providers)
    assumed = ceilings.Assumptions(precision, context, batch, reference, reference_devices, devices)
    return assumed, every_chip


def ask_more(providers: pl.DataFrame) -> tuple[dict[str, int], int, bool]:
    """The rarer controls: chips of each kind where they are set, requests at once, every chip or not."""
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
                    **BOUND,
                    help="Not published for most services. The default is the fewest chips that hold the weights.",
                )
        with columns[-1]:
            batch = st.number_input(
                "Requests at once (assumption)",
                1,
                1024,
                1,
                key="batch",
                **BOUND,
                help="They share one reading of the weights; each reads its own keys and values.",
            )
        every_chip = st.toggle("Every chip in the chart of chips", key="every_chip", **BOUND)
    return {chip: count for chip, count in devices.items() if count}, batch, every_chip


def tell_of_unknown_size(view: View, near: str | None) -> None:
    cite.empty(
        f"How many parameters {view.model} reads for a token is not in a source that we hold, so its ceiling is "
        f"not known and the ratio to {view.baseline} cannot be split.",
        f"Nearest with data: {near}." if near else "",
    )


def tell_of_missing_hosts(view: View, paired: pl.DataFrame) -> None:
    beside = paired.filter(pl.col("model") == view.model)["baseline_provider"].unique().sort().to_list()
    cite.empty(
        f"{view.baseline} was not measured beside a specialised provider on {view.model}.",
        f"These were: {words.listed(beside)}." if beside else "",
    )


def show_ceilings(view: View, reached: pl.DataFrame, assumed: ceilings.Assumptions) -> None:
    """The main chart: what each host reaches of what its silicon allows, and what that rests on."""
    drawn_hosts, of_record = ceilings.shown(reached), speed.of_record(reached)
    drawn = draw.ceilings(drawn_hosts, findings.share_of_ceiling(of_record), reached.height - drawn_hosts.height)
    cite.chart(view.figures, drawn, reached, "physics-ceilings", HOST_COLUMNS)
    on_named = reached.filter(~pl.col("is_reference"))["system"].unique().sort().to_list()
    notes = [
        findings.each_binds(of_record),
        f"How many chips serve a model is assumed: {words.listed(on_named)}." if on_named else "",
        f"{assumed.system} stands in for every host whose silicon is undisclosed; it names nobody's hardware.",
        SHARE_OF_CEILING.caveat,
    ]
    if not reached.filter("is_reference")["holds_model"].all():
        notes.append(f"{assumed.system} would not hold {view.model} at this precision.")
    if reached["cache_gb"].null_count():
        notes.append(f"Keys and values are left out: the heads of {view.model} are not published.")
    cite.note(" ".join(filter(None, notes)))


def show_layers(view: View, reached: pl.DataFrame) -> None:
    """How little time each host has for one layer of the model, communication included."""
    timed = reached.filter(pl.col("time_per_layer_us").is_not_null())
    if timed.is_empty():
        cite.empty(f"How many layers {view.model} has is not in a source that we hold, so no time for one is known.")
        return
    of_record = speed.of_record(timed)
    drawn = draw.time_per_layer(
        timed,
        findings.time_per_layer(of_record if of_record.height else timed, view.model),
        f"1 / (output speed × {timed['layers'][0]} layers), all that a token needs of one, communication included. "
        f"{words.plural(timed.height, 'measurement')}, {words.day(values.newest(timed['measured_on'].drop_nulls()))}.",
    )
    cite.chart(view.figures, drawn, timed, "physics-layers", LAYER_COLUMNS)
    cite.note(TIME_PER_LAYER.caveat)


def show_halves(
    view: View, reached: pl.DataFrame, answer: DeltaGenerator, splittable: pl.DataFrame, models: pl.DataFrame
) -> None:
    """The ratio split into silicon and the rest, or why it cannot be; `splittable` are the pairs that can."""
    halves = ceilings.split(speed.of_record(reached))
    if halves.is_empty():
        without = reached.filter("is_specialised")["accelerator"].unique().sort().to_list()
        near = ceilings.nearest(models, splittable, view.model)
        cite.empty(
            f"The memory bandwidth of {words.listed(without)} is not published, so the ratio cannot be split.",
            f"Nearest model where it can: {near}." if near else "",
        )
        return
    with answer:
        cite.answer(findings.what_binds(halves))
    drawn = draw.halves(halves, findings.halves_of_the_ratio(halves))
    cite.chart(view.figures, drawn, halves, "physics-halves", HALF_COLUMNS)


def show_chips(view: View, held: pl.DataFrame, reference: str, shows_every_chip: bool) -> None:
    """How many chips of each kind hold the model."""
    if held.height:
        drawn_chips = held if shows_every_chip else ceilings.newest_of_each_vendor(held, reference)
        drawn = draw.chips_to_hold(drawn_chips, findings.chips_to_hold(held, view.model, reference))
        cite.chart(view.figures, drawn, held, "physics-chips", CHIP_COLUMNS)


def show_energy(view: View, accelerators: pl.DataFrame, providers: pl.DataFrame) -> None:
    """What a token takes of energy, by how many requests share the chips."""
    rows = tables.table(view.figures, "energy")
    st.subheader("What does a token take of energy?", anchor=False)
    if rows.is_empty():
        cite.empty("No measured energy of a token is held here.")
        return
    measured = most_rows_first(rows)
    model, task = choices.ask(
        view,
        measured,
        Choice("Model measured", "energy"),
        Choice("Requests and precision", "task"),
        lambda model: {task.label: task for task in energy.tasks(rows, model)},
    )
    shown = energy.measured(rows, model, task, accelerators)
    drawn = draw_energy.by_batch(
        shown,
        energy_findings.by_batch(shown, model),
        f"Energy of the accelerators of a whole deployment for one output token, {task.label}. "
        f"{words.plural(shown.height, 'configuration')}, published {words.day(values.newest(shown['published_on']))}.",
    )
    cite.chart(view.figures, drawn, shown, "physics-energy", ENERGY_COLUMNS)
    if view.model not in measured:
        cite.note(f"Nobody measured the energy of {view.model}; shown is another model.")
    cite.note(
        f"{energy_findings.ends(shown)} The rest of the machine and its cooling are not in it. "
        f"{energy_findings.nobody_measured(energy.unmeasured(rows, providers))}"
    )


def show_specifications(figures: Figures, accelerators: pl.DataFrame) -> None:
    """Every chip as its sources describe it."""
    specified = ceilings.specifications(accelerators)
    st.subheader(f"Every chip: {findings.described_chips(accelerators)}", anchor=False)
    cite.note(
        "One row per chip and source; sources that disagree stay two rows. A price says whether it is an estimate."
    )
    columns = {name: st.column_config.Column(label) for name, label in SPECIFICATIONS.items()}
    columns |= {name: st.column_config.DateColumn(SPECIFICATIONS[name]) for name in DAYS}
    columns |= {
        name: st.column_config.LinkColumn(SPECIFICATIONS[name], display_text="open")
        for name in cite.addresses(specified)
    }
    st.dataframe(
        specified.select(*SPECIFICATIONS),
        hide_index=True,
        key="specifications",
        placeholder=words.NOT_PUBLISHED,
        column_config=columns,
    )
    cite.downloads(figures, specified, "physics-specifications")


show(of_run())
