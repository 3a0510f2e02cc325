from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import rent


def price(accelerator, cloud, usd, kind="on-demand", outlier=None):
    return {
        "accelerator": accelerator,
        "cloud": cloud,
        "usd_per_accelerator_hour": usd,
        "price_kind": kind,
        "outlier_reason": outlier,
        "observed_on": date(2026, 5, 20),
        "source_url": "https://example.org",
        "publisher": "anycloud",
        "evidence": "published",
    }


def frame(*rows):
    return pl.DataFrame(list(rows), schema_overrides={"outlier_reason": pl.String}, infer_schema_length=None)


def test_a_b200_at_6_79_dollars_and_9000_tokens_a_second_half_used_costs_42_cents():
    """6.79 × 1e6 / (3600 × 9000 × 0.5) = 0.4191."""
    found = rent.costs(rent.rents(frame(price("B200", "Lambda", 6.79)), "On demand"), "B200", 9000.0, 0.5)
    assert found["usd_per_mtok_from_rent"].item() == pytest.approx(0.4191, abs=0.0001)


def test_the_middle_rent_of_a_cloud_leaves_outliers_and_other_bases_out():
    rows = frame(
        price("H100", "Azure", 6.98),
        price("H100", "Azure", 9.08),
        price("H100", "Azure", 12.0),
        price("H100", "Azure", 700.0, outlier="above four times the median"),
        price("H100", "Azure", 2.99, kind="spot"),
        price("H100", "Azure", 1.3, kind="TCO, hyperscaler owner"),
        price("H100", "Azure", 11.2, kind="on-demand, accelerator alone"),
    )
    assert rent.rents(rows, "On demand").select("usd_per_accelerator_hour", "prices").row(0) == (9.08, 3)
    assert rent.rents(rows, "Spot")["usd_per_accelerator_hour"].item() == 2.99
    assert rent.rents(rows, "Cost of ownership")["usd_per_accelerator_hour"].item() == 1.3


def point(model, accelerator, count, total, per_gpu=None):
    return {
        "model": model,
        "system": "a system",
        "accelerator": accelerator,
        "accelerator_count": count,
        "throughput_tokens_per_second": total,
        "evidence": "published",
        "output_throughput_tokens_per_second_per_gpu": per_gpu,
    }


def test_the_total_of_a_server_is_divided_by_its_accelerators():
    """Nvidia's DGX B200: 72,000 tokens/s on 8 accelerators."""
    serving = pl.DataFrame(
        [point("Llama 4 Maverick", "B200", 8, 72000.0)],
        schema_overrides={"output_throughput_tokens_per_second_per_gpu": pl.Float64},
    )
    found = rent.throughputs(serving, "Llama 4 Maverick")
    assert found["tokens_per_second_per_accelerator"].to_list() == [9000.0]


def test_a_throughput_of_another_model_is_none_of_this_one():
    serving = pl.DataFrame(
        [point("DeepSeek R1", "B200", 8, 30000.0), point("Llama 4 Maverick", "B200", 8, 72000.0)],
        schema_overrides={"output_throughput_tokens_per_second_per_gpu": pl.Float64},
    )
    found = [rent.throughputs(serving, model) for model in rent.served_models(serving)]
    assert [frame["tokens_per_second_per_accelerator"].to_list() for frame in found] == [[3750.0], [9000.0]]


def test_a_system_that_names_no_chip_gives_no_throughput_per_accelerator():
    serving = pl.DataFrame(
        [point("Command R", None, None, 4784.32)],
        schema_overrides={
            "accelerator": pl.String,
            "accelerator_count": pl.Int64,
            "output_throughput_tokens_per_second_per_gpu": pl.Float64,
        },
    )
    assert rent.throughputs(serving, "Command R").is_empty()
    assert rent.served_models(serving) == []


@given(st.floats(0.1, 100), st.floats(1, 1e5), st.floats(0.05, 1))
def test_cost_falls_with_use_and_rises_with_rent(usd, tokens_per_second, utilisation):
    def cost(dollars, used):
        rented = rent.rents(frame(price("B200", "Lambda", dollars)), "On demand")
        return rent.costs(rented, "B200", tokens_per_second, used)["usd_per_mtok_from_rent"].item()

    assert cost(usd, utilisation) >= cost(usd, 1.0)
    assert cost(2 * usd, utilisation) == pytest.approx(2 * cost(usd, utilisation))
