from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import rent


def price(accelerator, cloud, usd, kind="on-demand", outlier=None, day=date(2026, 5, 20), since=None, **rest):
    return {
        "source": "gpu_rent_daily",
        "seller_kind": None,
        "accelerator": accelerator,
        "cloud": cloud,
        "usd_per_accelerator_hour": usd,
        "price_kind": kind,
        "outlier_reason": outlier,
        "observed_from": since,
        "observed_on": day,
        "source_url": "https://example.org",
        "publisher": "anycloud",
        "evidence": "published",
    } | rest


def frame(*rows):
    types = {"outlier_reason": pl.String, "seller_kind": pl.String, "observed_from": pl.Date}
    return pl.DataFrame(list(rows), schema_overrides=types, infer_schema_length=None)


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


def test_the_middle_rent_of_a_cloud_is_of_its_newest_prices():
    """Lambda's H100 at 3.29 USD in February does not lower what it asks since May, and AWS's speaks for itself."""
    rows = frame(
        price("H100 SXM", "Lambda", 3.29, day=date(2026, 2, 17)),
        price("H100 SXM", "Lambda", 3.99, day=date(2026, 7, 20)),
        price("H100 SXM", "Lambda", 4.19, day=date(2026, 7, 20)),
        price("H100 SXM", "AWS", 6.88, day=date(2026, 5, 8)),
    )
    found = rent.rents(rows, "On demand").select("cloud", "usd_per_accelerator_hour", "prices")
    assert found.rows() == [("Lambda", 4.09, 2), ("AWS", 6.88, 1)]


def test_a_cloud_that_was_not_seen_for_half_a_year_rents_out_no_more():
    rows = frame(
        price("H100", "market peak", 8.0, day=date(2023, 6, 30)), price("H100", "AWS", 6.88, day=date(2026, 10, 10))
    )
    assert rent.rents(rows, "On demand")["cloud"].to_list() == ["AWS"]


def test_an_average_of_sellers_is_no_cloud():
    rows = frame(price("H100", "Hyperscalers", 10.68, kind="rental index"), price("H100", "AWS", 6.88))
    assert rent.rents(rows, "On demand")["cloud"].to_list() == ["AWS"]


def test_a_price_that_goes_on_was_seen_up_to_the_day_that_is_asked():
    rows = frame(
        price("H100", "AWS", 6.88, since=date(2026, 3, 7), day=date(2026, 5, 8)),
        price("H100", "Azure", 7.89, since=date(2026, 4, 2), day=date(2026, 5, 8)),
        price("H100", "Azure", 6.98, day=date(2026, 5, 8)),
    )
    known = rent.known_by(rows, date(2026, 4, 1))["observed_on"].to_list()
    assert known == [date(2026, 4, 1), date(2026, 5, 8), date(2026, 5, 8)]
    assert rent.known_by(rows, None).equals(rows)


def followed(cloud, usd, first, last, accelerator="H100 SXM", **rest):
    return price(accelerator, cloud, usd, since=first, day=last, **({"seller_kind": "GPU cloud"} | rest))


FEBRUARY, MARCH, MAY = date(2026, 2, 11), date(2026, 3, 6), date(2026, 5, 8)
OF_THREE = (
    followed("Crusoe", 3.9, FEBRUARY, MAY),
    followed("Lambda", 3.29, FEBRUARY, MARCH),
    followed("Lambda", 4.29, date(2026, 3, 7), MAY),
    followed("Enverge", 2.0, FEBRUARY, MARCH),
    followed("Nebius", 2.95, date(2026, 4, 20), MAY),
)


def test_the_middle_rent_over_time_is_of_the_same_clouds():
    """The cheapest cloud leaves in March: the middle of whoever is seen would jump from 3.29 to 3.90."""
    same = rent.of_the_same_clouds(rent.over_time(frame(*OF_THREE), "H100", "On demand"))
    assert same["clouds"].unique().to_list() == [2]
    ends = same.filter(pl.col("day").is_in([FEBRUARY, MARCH, date(2026, 3, 7), MAY]))
    assert ends["usd_per_accelerator_hour"].to_list() == pytest.approx([3.595, 3.595, 4.095, 4.095])


def test_a_cloud_that_another_publisher_shows_is_not_followed_across():
    elsewhere = followed("Crusoe", 2.0, date(2026, 3, 7), MAY, publisher="crusoe.ai via a tracker")
    rows = frame(followed("Crusoe", 3.9, FEBRUARY, MARCH), elsewhere, OF_THREE[1], OF_THREE[3])
    same = rent.of_the_same_clouds(rent.over_time(rows, "H100", "On demand"))
    assert same["day"].max() == MARCH
    assert same["clouds"].unique().to_list() == [3]


def test_days_without_all_of_the_clouds_are_left_out():
    rows = frame(
        followed("Crusoe", 3.9, FEBRUARY, MAY),
        followed("Lambda", 3.29, FEBRUARY, MARCH),
        followed("Lambda", 4.29, date(2026, 5, 1), MAY),
    )
    days = rent.of_the_same_clouds(rent.over_time(rows, "H100", "On demand"))["day"].to_list()
    assert (days[0], days[-1]) == (FEBRUARY, MAY)
    assert not [day for day in days if MARCH < day < date(2026, 5, 1)]


def test_one_cloud_alone_is_followed_by_no_middle():
    by_day = rent.over_time(frame(followed("Crusoe", 3.9, FEBRUARY, MAY)), "H100", "On demand")
    assert rent.of_the_same_clouds(by_day).is_empty()
    assert rent.of_the_same_clouds(by_day.head(0)).is_empty()


def test_a_board_is_the_chip_and_a_doubted_or_unsorted_seller_is_not_followed():
    rows = frame(
        followed("AWS", 6.88, FEBRUARY, MAY, accelerator="H100", seller_kind="hyperscaler"),
        followed("Crusoe", 3.9, FEBRUARY, MAY),
        followed("Lambda", 3.29, FEBRUARY, MAY, accelerator="H100 PCIe"),
        followed("RunPod", 0.5, FEBRUARY, MAY, outlier_reason="a placeholder"),
        followed("market typical", 2.25, FEBRUARY, MAY, seller_kind=None),
    )
    assert rent.over_time(rows, "H100", "On demand")["cloud"].unique().sort().to_list() == ["AWS", "Crusoe"]
    assert rent.followed_chips(rows, "On demand") == ["H100", "H100 PCIe"]
    assert rent.followed_chips(rows, "Spot") == []


def test_days_on_end_at_one_rent_are_one_span():
    by_day = rent.over_time(frame(*OF_THREE[1:3]), "H100", "On demand")
    found = rent.spans(by_day).select("usd_per_accelerator_hour", "first_on", "last_on").rows()
    assert found == [(3.29, FEBRUARY, MARCH), (4.29, date(2026, 3, 7), MAY)]


def test_published_averages_stand_apart_by_basis():
    rows = frame(
        followed("Hyperscalers", 10.68, MAY, MAY, kind="rental index", seller_kind="hyperscaler"),
        followed("All clouds", 4.32, MAY, MAY, kind="rental index", seller_kind=None),
        followed("All clouds", 2.95, MAY, MAY, kind="rental index, spot", seller_kind=None),
    )
    assert rent.averages(rows, "H100", "On demand")["usd_per_accelerator_hour"].to_list() == [10.68]
    assert rent.averages(rows, "H100", "Spot")["usd_per_accelerator_hour"].to_list() == [2.95]


def offered(marketplace, usd, day, **rest):
    said = {"accelerator": "H100 SXM", "region": None, "state": "free", "offers": 7, "source_url": "https://x.org"}
    asked = {"marketplace": marketplace, "usd_per_accelerator_hour": usd, "observed_on": day, "evidence": "published"}
    return said | asked | rest


def test_offers_are_told_apart_by_marketplace_region_and_whether_they_are_free():
    rows = pl.DataFrame(
        [
            offered("Vast.ai", 2.07, MARCH, region="US"),
            offered("Vast.ai", 1.55, MARCH),
            offered("Vast.ai", 1.40, MARCH, state="rented"),
            offered("Vast.ai", None, MAY, offers=0),
            offered("Prime Intellect", 2.69, MARCH, state="either"),
            offered("Prime Intellect", 5.69, MARCH, accelerator="B200", offers=40),
        ],
        schema_overrides={"region": pl.String},
        infer_schema_length=None,
    )
    found = rent.offers(rows, "H100").select("place", "usd_per_accelerator_hour").rows()
    assert found == [
        ("Prime Intellect", 2.69),
        ("Vast.ai", 1.55),
        ("Vast.ai in US", 2.07),
        ("Vast.ai, rented out", 1.40),
    ]
    assert rent.offered_chips(rows) == ["B200", "H100"]


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


def test_a_throughput_is_priced_at_rents_that_stood_within_sixty_days_of_it():
    """InferenceX measured a B200 on 5 January 2026; the rent of 8 May is of another season."""
    day = date(2026, 1, 5)
    rows = frame(
        price("B200", "Crusoe", 4.29, day=date(2026, 5, 8)),
        price("B200", "Lambda", 5.5, day=date(2026, 6, 1), since=date(2026, 2, 11)),
        price("B200", "RunPod", 4.0, day=None),
    )
    near = rent.near(rows, day)
    assert near.select("cloud", "observed_on").rows() == [("Lambda", date(2026, 2, 11))]
    assert rent.near(rows, None).equals(rows)


def test_a_throughput_without_a_day_of_measurement_is_of_the_day_of_its_publication():
    assert rent.known_on({"measured_on": None, "published_on": date(2025, 5, 23)}) == date(2025, 5, 23)
    assert rent.known_on({"measured_on": date(2026, 1, 5), "published_on": date(2026, 2, 1)}) == date(2026, 1, 5)
    assert rent.known_on({"measured_on": None, "published_on": None}) is None
