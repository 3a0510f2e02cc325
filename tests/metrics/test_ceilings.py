"""Ceilings worked by hand, and what must hold of every ceiling."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import ceilings
from metrics.ceilings import AS_PUBLISHED, Assumptions
from metrics.findings import physics as findings
from metrics.metric import CEILING_TOKENS_PER_SECOND, READ_GB_PER_TOKEN, add
from tests import silicon
from tests.frames import GPT_OSS, LLAMA_8B, gpt_oss_of_2026, llama_of_2024, measured, speeds, thinks

LLAMA_SPEEDS, GPT_SPEEDS = llama_of_2024()[0], gpt_oss_of_2026()[0]


def ceiling(bandwidth, devices, active, weight_bytes=2.0, cache=0.0, batch=1):
    row = pl.DataFrame(
        {
            "memory_bandwidth_tb_per_second": [bandwidth],
            "devices": [devices],
            "active_parameters_bn": [active],
            "bytes_per_weight": [weight_bytes],
            "cache_gb": [cache],
            "batch": [batch],
        },
        schema_overrides={"cache_gb": pl.Float64, "memory_bandwidth_tb_per_second": pl.Float64},
    )
    return add(add(row, READ_GB_PER_TOKEN), CEILING_TOKENS_PER_SECOND)["ceiling_tokens_per_second"].item()


def of(frame, host):
    return frame.filter(pl.col("host_label") == host).row(0, named=True)


# By hand


def test_one_h100_reads_llama_8b_at_most_209_times_a_second():
    assert ceiling(3.35, 1, 8.03) == pytest.approx(209, abs=0.5)


def test_eight_h200_read_llama_70b_at_most_272_times_a_second():
    assert ceiling(4.8, 8, 70.55) == pytest.approx(272, abs=0.5)


def test_the_same_ceilings_follow_from_the_tables():
    on_one = Assumptions(context_tokens=0, reference="H100 SXM", reference_devices=1)
    assert of(silicon.reached(LLAMA_SPEEDS, LLAMA_8B, on_one), "Azure")["ceiling_tokens_per_second"] == pytest.approx(
        208.6, abs=0.1
    )


def test_llama_70b_weighs_141_gb_and_takes_four_wse_3_or_614_lpus():
    known = ceilings.architectures(silicon.models(), Assumptions())
    chips = ceilings.chips(silicon.accelerators())
    held = ceilings.to_hold(chips, silicon.on_silicon(), known, "Llama 3.1 70B", Assumptions())
    assert held["weights_gb"][0] == pytest.approx(141.1)
    assert dict(held.select("accelerator", "chips_to_hold").rows()) == {
        "Groq LPU v1": 614,
        "WSE-3": 4,
        "SN40L": 3,
        "H100 SXM": 2,
        "H200 SXM": 2,
    }
    assert dict(held.select("accelerator", "memory_kind").rows())["WSE-3"] == "SRAM"
    assert findings.chips_to_hold(held, "Llama 3.1 70B", "H200 SXM") == (
        "Llama 3.1 70B weighs 141 GB at 16 bit: it takes 614 Groq LPU v1, 4 WSE-3, 3 SN40L or 2 H200 SXM"
    )


def test_a_token_of_llama_8b_adds_131_kb_of_keys_and_values():
    # 2 (keys and values) x 32 layers x 8 heads x 128 values x 2 bytes = 131,072 bytes a token
    [llama] = silicon.models(silicon.MODELS[0]).to_dicts()
    assert ceilings.cache_gb(llama, 1_000) == pytest.approx(0.131072)
    assert ceilings.cache_gb(llama, 0) == 0


def test_windowed_layers_read_no_further_back_than_their_window():
    # 2 x 8 x 64 values x 2 bytes = 2,048 bytes a layer and token; 18 layers see 1,000 tokens, 18 see 128
    [gpt] = silicon.models(silicon.MODELS[2]).to_dicts()
    assert ceilings.cache_gb(gpt, 1_000) == pytest.approx(2048 * 18 * 1128 / 1e9)
    assert ceilings.cache_gb(gpt, 100) == pytest.approx(2048 * 36 * 100 / 1e9)


def test_latent_attention_keeps_one_vector_for_each_layer_and_token():
    [deepseek] = silicon.models(silicon.MODELS[3]).to_dicts()
    assert ceilings.cache_gb(deepseek, 1_000) == pytest.approx(61 * 576 * 2 * 1_000 / 1e9)


def test_without_published_heads_the_cache_is_missing_and_the_ceiling_stands_on_the_weights():
    [maverick] = silicon.models(silicon.MODELS[4]).to_dicts()
    assert ceilings.cache_gb(maverick, 1_000) is None
    rows = [measured("Cerebras", 9.0, model="Llama 4 Maverick"), measured("Azure", 1.0, model="Llama 4 Maverick")]
    row = of(silicon.reached(rows, "Llama 4 Maverick"), "Azure")
    assert row["cache_gb"] is None
    assert row["ceiling_tokens_per_second"] == pytest.approx(38_400 / 34)


def test_requests_at_once_share_the_weights_and_not_their_own_past():
    assert ceiling(3.35, 1, 8.03, cache=0.131, batch=16) == pytest.approx(3350 / (16.06 + 16 * 0.131))


# Whose chip, how many of them


def test_a_chip_is_named_only_where_a_citation_names_it():
    found = silicon.reached(GPT_SPEEDS, GPT_OSS)
    named = found.filter(~pl.col("is_reference"))
    assert dict(named.select("provider", "accelerator").rows()) == silicon.CHIP_OF
    assert set(found.filter("is_reference")["system"]) == {"8 × H200 SXM"}


def test_chips_of_named_silicon_are_the_fewest_that_hold_the_weights_unless_the_reader_says():
    assert of(silicon.reached(GPT_SPEEDS, GPT_OSS), "Groq")["system"] == "255 × Groq LPU v1"
    said = Assumptions(devices={"Groq LPU v1": 1152})
    assert of(silicon.reached(GPT_SPEEDS, GPT_OSS, said), "Groq")["system"] == "1,152 × Groq LPU v1"
    assert of(silicon.reached(GPT_SPEEDS, GPT_OSS, said), "Cerebras")["system"] == "2 × WSE-3"


def test_a_chip_without_a_published_bandwidth_has_no_ceiling_and_no_share():
    row = of(silicon.reached(GPT_SPEEDS, GPT_OSS), "SambaNova")
    assert (row["memory_kind"], row["ceiling_tokens_per_second"], row["share_of_ceiling_percent"]) == (
        ceilings.OFF_CHIP,
        None,
        None,
    )


def test_on_chip_memory_holds_a_model_only_where_nothing_lies_beside_the_chip():
    both = silicon.on_chip("Both", 0.25, 1.0, hbm_gb=None)
    assert ceilings.chips(silicon.accelerators(both)).row(0, named=True)["memory_gb"] is None


def test_bandwidth_of_another_memory_than_the_one_that_holds_the_model_does_not_count():
    mixed = silicon.off_chip("Mixed", 64, 100.0, "SRAM")
    [row] = ceilings.chips(silicon.accelerators(mixed)).to_dicts()
    assert (row["memory_kind"], row["memory_bandwidth_tb_per_second"]) == (ceilings.OFF_CHIP, None)


def test_of_two_sources_the_one_that_says_more_speaks_and_both_stay_in_the_specifications():
    silent = silicon.off_chip("H100 SXM", 80, 3.35, None) | {"source": "a_source", "source_url": "https://e.org"}
    table = silicon.accelerators(silent, *silicon.CHIPS)
    chosen = ceilings.chips(table).filter(pl.col("accelerator") == "H100 SXM")
    assert chosen["memory_bandwidth_tb_per_second"].to_list() == [3.35]
    assert ceilings.specifications(table).filter(pl.col("accelerator") == "H100 SXM").height == 2
    assert findings.described_chips(table) == "5 chips, 1 of them described by two sources"


def test_a_reference_is_a_gpu_on_sale_with_memory_and_bandwidth_published():
    later = silicon.off_chip("Rubin", 288, 22.0, available_on=None)
    asic = silicon.off_chip("Trainium2", 96, 2.9, family="cloud ASIC")
    chips = ceilings.chips(silicon.accelerators(later, asic, *silicon.CHIPS))
    assert set(ceilings.references(chips)) == {"H100 SXM", "H200 SXM"}


def test_the_precision_a_host_names_is_its_own_and_a_chosen_one_is_everybodys():
    rows = [
        measured("Cerebras", 2023.0),
        measured("Azure", 54.3, precision="fp8"),
    ]
    own = silicon.reached(rows, LLAMA_8B)
    assert (of(own, "Azure")["precision_assumed"], of(own, "Cerebras")["precision_assumed"]) == ("FP8", "16 bit")
    chosen = silicon.reached(rows, LLAMA_8B, Assumptions(precision="FP4"))
    assert set(chosen["precision_assumed"]) == {"FP4"}


def test_every_spelling_of_a_precision_has_its_bytes():
    assert set(ceilings.FORMATS.values()) == set(ceilings.BYTES_PER_WEIGHT)
    assert ceilings.PRECISIONS[0] == AS_PUBLISHED


def test_a_price_says_whether_it_is_an_estimate():
    table = silicon.accelerators(
        silicon.off_chip("A", 80, 1.0, price_usd=33600.0),
        silicon.off_chip("B", 80, 1.0, price_usd=2.5e6, price_is_estimate=True),
        silicon.off_chip("C", 80, 1.0),
    )
    found = dict(ceilings.specifications(table).select("accelerator", "price_basis").rows())
    assert found == {"A": "as published", "B": "an estimate", "C": None}


# The split


def test_the_speed_ratio_of_cerebras_over_azure_splits_into_ceiling_and_use():
    row = ceilings.split(silicon.reached(LLAMA_SPEEDS, LLAMA_8B)).row(0, named=True)
    assert row["host_label"] == "Cerebras"
    assert row["speed_ratio"] == pytest.approx(37.3, abs=0.05)
    assert row["ceiling_ratio"] == pytest.approx(21000 / 38.4)
    assert row["ceiling_ratio"] * row["utilisation_ratio"] == pytest.approx(row["speed_ratio"])
    assert findings.what_binds(ceilings.split(silicon.reached(LLAMA_SPEEDS, LLAMA_8B))) == (
        "The memory of 1 × WSE-3 would allow 547x that of 8 × H200 SXM (assumed for Azure), and 37.3x is measured "
        "(Artificial Analysis, 13 October 2024): memory does not bind Cerebras, what arithmetic would allow it is not "
        "published; memory does not bind Azure on the assumed chips, what arithmetic would allow it is not published. "
        "Cerebras has 15.4 µs for each of the 32 layers of Llama 3.1 8B, Azure 576 µs."
    )


def test_a_host_without_a_ceiling_is_in_no_split():
    assert "SambaNova" not in ceilings.split(silicon.reached(LLAMA_SPEEDS, LLAMA_8B))["provider"].to_list()


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            (0.0115, None, 4.0, 0.001),
            "memory does not bind Cerebras, what arithmetic would allow it is not published; neither memory nor "
            "arithmetic binds Azure on the assumed chips.",
        ),
        ((72.0, None, 4.0, 0.001), "memory binds Cerebras; neither memory nor arithmetic binds Azure on the assumed"),
        ((72.0, 55.0, 50.0, None), "memory and arithmetic bind Cerebras; memory binds Azure on the assumed chips."),
        ((None, 1.0, 4.0, 0.001), "arithmetic does not bind Cerebras, what memory would allow it is not published;"),
        ((None, None, 4.0, 0.001), "of Cerebras what memory and arithmetic would allow it is not published;"),
    ],
)
def test_a_ceiling_binds_only_who_comes_near_to_it(shares, said):
    names = ("share_of_ceiling_percent", "share_of_compute_percent")
    columns = (*names, *(f"baseline_{name}" for name in names))
    halves = ceilings.split(silicon.reached(LLAMA_SPEEDS, LLAMA_8B)).head(1)
    told = halves.with_columns(
        **{name: pl.lit(share, dtype=pl.Float64) for name, share in zip(columns, shares, strict=True)}
    )
    assert said in findings.what_binds(told)


def test_of_each_chip_it_is_said_which_ceiling_nobody_publishes():
    """A WSE-3 has a published bandwidth and no dense arithmetic, a SN40L dense arithmetic and no bandwidth."""
    chips = tuple(row | ({"bf16_tflops": 638.0} if row["accelerator"] == "SN40L" else {}) for row in silicon.CHIPS)
    told = findings.each_binds(silicon.reached(GPT_SPEEDS, GPT_OSS, chips=chips))
    assert "memory does not bind Cerebras, what arithmetic would allow it is not published" in told
    assert "arithmetic does not bind SambaNova, what memory would allow it is not published" in told
    assert "Azure" not in told
    assert findings.each_binds(silicon.reached(GPT_SPEEDS, GPT_OSS).clear()) == ""


def test_time_for_a_layer_of_gpt_oss_at_cerebras_and_azure():
    """36 layers: 1 / (1,855.9 x 36) s is 15 µs, 1 / (218.3 x 36) s is 127 µs."""
    timed = dict(silicon.reached(GPT_SPEEDS, GPT_OSS).select("host_label", "time_per_layer_us").iter_rows())
    assert (timed["Cerebras"], timed["Azure"]) == (pytest.approx(14.97, abs=0.01), pytest.approx(127.2, abs=0.1))


def test_the_compute_ceiling_is_of_the_narrowest_format_that_a_vendor_states():
    """FP4 weights of 5.1 bn active parameters: an H200 states FP8, a B200 FP4, a WSE-3 no dense arithmetic at all."""
    stated = {"bf16_tflops": 989.5, "fp8_tflops": 1979.0}
    chips = (
        silicon.off_chip("H200 SXM", 141, 4.8, **stated),
        silicon.off_chip(
            "B200", 180, 7.7, **stated | {"bf16_tflops": 2250.0, "fp8_tflops": 4500.0, "fp4_tflops": 9000.0}
        ),
        *(row for row in silicon.CHIPS if row["accelerator"] in ("WSE-3", "Groq LPU v1", "SN40L")),
    )
    for reference, tflops in (("H200 SXM", 1979.0), ("B200", 9000.0)):
        assumed = ceilings.Assumptions(reference=reference)
        rows = silicon.reached(GPT_SPEEDS, GPT_OSS, assumed, chips)
        azure = rows.filter(pl.col("provider") == "Azure").row(0, named=True)
        assert azure["compute_ceiling_tokens_per_second"] == pytest.approx(1000 * tflops * 8 / (2 * 5.1))
        assert azure["share_of_compute_percent"] == pytest.approx(100 * 218.3 / (1000 * tflops * 8 / 10.2))
        cerebras = rows.filter(pl.col("provider") == "Cerebras").row(0, named=True)
        assert cerebras["compute_ceiling_tokens_per_second"] is None


def test_the_nearest_model_is_of_the_same_family_first():
    table = speeds(
        measured("Cerebras", 9.0, model="Llama 9 900B"),
        measured("Azure", 1.0, model="Llama 9 900B"),
        *LLAMA_SPEEDS,
        *GPT_SPEEDS,
    )
    paired = ceilings.speed.ratios(table, silicon.on_silicon())
    assert ceilings.nearest(silicon.models(), paired, "Llama 9 900B") == LLAMA_8B
    assert ceilings.nearest(silicon.models().head(0), paired, "Llama 9 900B") is None


def test_a_model_without_an_architecture_has_no_ceiling_and_no_chips():
    known = ceilings.architectures(silicon.models().head(0), Assumptions())
    chips = ceilings.chips(silicon.accelerators())
    found = ceilings.with_ceiling(
        silicon.hosts(LLAMA_SPEEDS, LLAMA_8B), silicon.on_silicon(), chips, known, Assumptions()
    )
    assert found.is_empty()
    assert ceilings.to_hold(chips, silicon.on_silicon(), known, LLAMA_8B, Assumptions()).is_empty()


def test_the_chart_shows_named_silicon_the_baseline_and_the_fastest_others():
    shown = ceilings.shown(silicon.reached(GPT_SPEEDS, GPT_OSS), others=1)
    assert set(shown["host_label"]) == {*silicon.CHIP_OF, "Eigen AI", "Azure"}


def test_of_each_vendor_the_newest_chip_stands_for_its_line():
    older = silicon.off_chip("A100", 80, 2.0, available_on=date(2023, 1, 1))
    chips = ceilings.chips(silicon.accelerators(older, *silicon.CHIPS))
    known = ceilings.architectures(silicon.models(), Assumptions())
    held = ceilings.to_hold(chips, silicon.on_silicon(), known, LLAMA_8B, Assumptions())
    newest = set(ceilings.newest_of_each_vendor(held, "H200 SXM")["accelerator"])
    assert "A100" not in newest
    assert {"WSE-3", "Groq LPU v1", "SN40L", "H200 SXM"} <= newest


# Whatever comes in

amounts = st.floats(0.01, 1e5)
counts = st.integers(1, 5000)


@given(amounts, counts, amounts, st.sampled_from([0.5, 1.0, 2.0]), st.floats(0, 100))
def test_more_bandwidth_or_chips_never_lower_a_ceiling_and_more_bytes_never_raise_it(
    bandwidth, devices, active, weight_bytes, cache
):
    base = ceiling(bandwidth, devices, active, weight_bytes, cache)
    assert ceiling(2 * bandwidth, devices, active, weight_bytes, cache) >= base
    assert ceiling(bandwidth, devices + 1, active, weight_bytes, cache) >= base
    assert ceiling(bandwidth, devices, active, 2 * weight_bytes, cache) <= base
    assert ceiling(bandwidth, devices, active, weight_bytes, cache + 1) <= base


@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.integers(1, 1000), st.integers(1, 64))
def test_the_halves_always_multiply_to_the_speed_ratio(fast, slow, wafers, gpus):
    assumed = Assumptions(reference_devices=gpus, devices={"WSE-3": wafers})
    rows = [measured("Cerebras", fast), measured("Azure", slow)]
    row = ceilings.split(silicon.reached(rows, LLAMA_8B, assumed)).row(0, named=True)
    assert row["ceiling_ratio"] * row["utilisation_ratio"] == pytest.approx(row["speed_ratio"])
    assert row["speed_ratio"] == pytest.approx(fast / slow)


def test_a_row_that_says_only_whether_a_model_thinks_describes_no_architecture():
    said = [thinks(name, "never", source_url="https://a.example") for name in (LLAMA_8B, "DeepSeek V3.2")]
    described, besides = silicon.models(), silicon.models(*silicon.MODELS, *said)
    assert ceilings.architectures(besides, Assumptions()).equals(ceilings.architectures(described, Assumptions()))
    rows = [measured(host, 9.0, model="DeepSeek V3.2") for host in ("Cerebras", "Azure")]
    paired = ceilings.speed.ratios(speeds(*rows), silicon.on_silicon())
    assert ceilings.nearest(besides, paired, "DeepSeek R1") is None
