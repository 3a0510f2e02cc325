"""Rents by day: what a tracker's columns meant when, and which of its prices are not what they say."""

from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.sources import gpu_rents
from tests.payloads import UPSTREAM, payload, whole

DAILY, INDEX, BY_SEGMENT = gpu_rents.SOURCES
URL = "https://raw.githubusercontent.com/cherielilili/gpu-pricing-tracker/SHA/data/observations.csv"
HEADER = (
    "date,provider,gpu_model,gpu_count,region,rental_type,price_min_usd,price_median_usd,price_max_usd,"
    "n_offers,source_url,fetched_at\n"
)
SITE, NEBIUS, RUNPOD = "https://getdeploying.com", "https://nebius.com/prices", "https://api.runpod.io/graphql"


def seen(day, provider, chip, count, usd, kind="on_demand", region="global", page=SITE, low=None):
    lowest = usd if low is None else low
    return f"{day},{provider},{chip},{count},{region},{kind},{lowest},{usd},{usd},9,{page},{day}T21:00:10+00:00\n"


def read(tmp_path, *lines):
    return DAILY.read([payload(tmp_path, URL, HEADER + "".join(lines), date(2026, 7, 20))])


def rents(reading, *columns):
    frame = reading.frames["accelerator_rent"].sort("observed_from", "cloud", "usd_per_accelerator_hour")
    return frame.select(columns).rows()


AWS = (
    seen("2026-02-16", "aws", "H100_SXM", 8, 55.04),
    seen("2026-02-17", "aws", "H100_SXM", 8, 55.04),
    seen("2026-02-18", "aws", "H100_SXM", 8, 55.04, low=6.88),
    seen("2026-02-19", "aws", "H100_SXM", 8, 6.88),
    seen("2026-02-20", "aws", "H100_SXM", 8, 6.88),
)
ORACLE = (
    seen("2026-02-18", "oracle", "MI300X", 8, 48.0, low=6.0),
    seen("2026-02-19", "oracle", "MI300X", 8, 6.0),
)


def test_a_price_of_a_whole_machine_is_divided_once_the_column_is_seen_to_change(tmp_path):
    """AWS's eight H100 at 55.04 USD until the 18th are those at 6.88 from the 19th: one period at one price."""
    reading = read(tmp_path, *AWS, *ORACLE)
    columns = ("cloud", "seller_kind", "usd_per_accelerator_hour", "observed_from", "observed_on")
    assert rents(reading, *columns) == [
        ("AWS", "hyperscaler", 6.88, date(2026, 2, 16), date(2026, 2, 20)),
        ("Oracle", "hyperscaler", 6.0, date(2026, 2, 18), date(2026, 2, 19)),
    ]
    assert rents(reading, "note") == [("The price of the machine divided by its 8 accelerators.",)] * 2
    assert rents(reading, "publisher")[0] == ("getdeploying.com via cherielilili/gpu-pricing-tracker",)


def test_a_price_that_is_of_one_accelerator_before_the_change_is_not_divided(tmp_path):
    """AWS's B200 stood at 14.24 on the 18th already, in all three columns."""
    new = (seen("2026-02-18", "aws", "B200", 8, 14.24), seen("2026-02-19", "aws", "B200", 8, 14.24))
    reading = read(tmp_path, *AWS, *ORACLE, *new)
    of_b200 = reading.frames["accelerator_rent"].filter(pl.col("accelerator_as_published") == "B200")
    assert of_b200.select("usd_per_accelerator_hour", "note").rows() == [(14.24, None)]


def test_a_price_that_may_be_of_either_is_set_aside(tmp_path):
    """Build AI's four H100 were gone before the change: 11.16 USD is 2.79 for each, or is not."""
    reading = read(tmp_path, *AWS, *ORACLE, seen("2026-02-17", "build ai", "H100_SXM", 4, 11.16))
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.MACHINE_OR_ACCELERATOR, 1)]
    assert "Build AI" not in reading.frames["accelerator_rent"]["cloud"].to_list()


def test_one_cloud_that_halves_its_price_of_two_changes_nothing_for_others(tmp_path):
    steady = [
        seen(day, cloud, "H200", 2, usd)
        for cloud, usd in (("lambda", 4.0), ("crusoe", 4.29), ("verda", 3.59))
        for day in ("2026-04-01", "2026-04-02")
    ]
    halved = (
        seen("2026-04-01", "sesterce", "H200", 2, 6.0),
        seen("2026-04-02", "sesterce", "H200", 2, 3.0),
    )
    reading = read(tmp_path, *steady, *halved)
    assert ("Sesterce", 6.0) in rents(reading, "cloud", "usd_per_accelerator_hour")
    assert list(reading.set_aside) == []


NEBIUS_ROWS = (
    seen("2026-05-07", "nebius", "H100_SXM", 1, 2.95),
    seen("2026-05-07", "nebius", "H200", 1, 3.5),
    seen("2026-05-08", "nebius", "H100_SXM", 1, 1.25, region="eu", page=NEBIUS),
    seen("2026-05-08", "nebius", "H200", 1, 1.45, region="eu", page=NEBIUS),
    seen("2026-05-09", "nebius", "H100_SXM", 1, 2.15, region="eu", page=NEBIUS),
)


def test_a_preemptible_price_that_another_page_shows_as_on_demand_is_not_believed(tmp_path):
    found = rents(read(tmp_path, *NEBIUS_ROWS), "usd_per_accelerator_hour", "outlier_reason")
    assert dict(found) == {
        2.95: None,
        3.5: None,
        1.25: gpu_rents.NEW_PAGE,
        1.45: gpu_rents.NEW_PAGE,
        2.15: gpu_rents.NEW_PAGE,
    }


def test_one_chip_that_becomes_cheaper_with_a_new_page_is_believed(tmp_path):
    kept = seen("2026-05-08", "nebius", "H200", 1, 3.5, region="eu", page=NEBIUS)
    reading = read(tmp_path, *NEBIUS_ROWS[:3], kept)
    assert reading.frames["accelerator_rent"]["outlier_reason"].null_count() == 4


def others(days):
    asked = (("digitalocean", 1.99), ("hotaisle", 1.99), ("crusoe", 3.45))
    return [seen(day, cloud, "MI300X", 1, usd) for cloud, usd in asked for day in days]


def test_half_a_dollar_that_stays_while_all_others_ask_four_times_as_much_is_a_placeholder(tmp_path):
    days = [f"2026-04-{day}" for day in range(16, 22)]
    reading = read(tmp_path, *others(days), *(seen(day, "runpod", "MI300X", 1, 0.5) for day in days))
    believed = dict(rents(reading, "cloud", "outlier_reason"))
    assert believed["RunPod"] == gpu_rents.PLACEHOLDER
    assert [believed[name] for name in ("DigitalOcean", "Hot Aisle", "Crusoe")] == [None] * 3


def test_a_low_price_that_moves_or_that_stands_alone_is_believed(tmp_path):
    days = [f"2026-04-{day}" for day in range(16, 22)]
    moving = [seen(day, "vast.ai", "MI300X", 1, 0.5 + place / 100) for place, day in enumerate(days)]
    assert read(tmp_path, *others(days), *moving).frames["accelerator_rent"]["outlier_reason"].null_count() == 9
    alone = [seen(day, "runpod", "MI300X", 1, 0.5) for day in days]
    assert read(tmp_path, *alone).frames["accelerator_rent"]["outlier_reason"].to_list() == [None]


def test_a_spot_price_that_is_the_on_demand_price_of_the_offer_is_no_spot_price(tmp_path):
    reading = read(
        tmp_path,
        seen("2026-06-01", "runpod", "H100_SXM", 1, 2.69, region="any", page=RUNPOD),
        seen("2026-06-01", "runpod", "H100_SXM", 1, 2.69, "spot", region="any", page=RUNPOD),
        seen("2026-06-01", "runpod", "H100_SXM", 1, 2.69, "spot", region="community", page=RUNPOD),
    )
    found = {(kind, region): why for kind, region, why in rents(reading, "price_kind", "region", "outlier_reason")}
    assert found == {
        ("on-demand", "any"): None,
        ("spot", "any"): gpu_rents.NOT_SPOT,
        ("spot", "community"): None,
    }


def test_a_single_board_of_azure_is_the_card_of_another_machine(tmp_path):
    """Azure has H100 SXM in machines of eight; 6.98 USD is the price of Standard_NC40ads_H100_v5, an H100 NVL."""
    reading = read(
        tmp_path,
        seen("2026-03-01", "azure", "H100_SXM", 1, 6.98),
        seen("2026-03-01", "azure", "H100_SXM", 8, 12.29),
        seen("2026-03-01", "azure", "MI300X", 8, 7.86),
        seen("2026-03-01", "gcp", "H100_SXM", 1, 11.06),
    )
    found = dict(rents(reading, "usd_per_accelerator_hour", "outlier_reason"))
    assert found == {6.98: "Azure's machines with 1 hold H100 NVL", 12.29: None, 7.86: None, 11.06: None}


def test_a_price_ends_with_the_week_in_which_nobody_sees_it(tmp_path):
    days = ("2026-03-01", "2026-03-08", "2026-03-20", "2026-03-21")
    reading = read(tmp_path, *(seen(day, "crusoe", "H200", 1, 4.29) for day in days))
    assert rents(reading, "observed_from", "observed_on") == [
        (date(2026, 3, 1), date(2026, 3, 8)),
        (date(2026, 3, 20), date(2026, 3, 21)),
    ]


def test_rows_without_a_price_or_of_an_unknown_kind_are_counted(tmp_path):
    reading = read(
        tmp_path,
        seen("2026-03-01", "crusoe", "H200", 1, 4.29),
        seen("2026-03-01", "lambda", "H200", 1, ""),
        seen("2026-03-01", "verda", "H200", 1, 3.59, "reserved"),
    )
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.NO_RENT, 1), (faults.NOT_AN_ENTRY, 1)]


def test_a_cloud_that_nobody_has_sorted_keeps_its_spelling_and_is_of_no_kind(tmp_path):
    reading = read(tmp_path, seen("2026-03-01", "newcloud", "H200", 1, 4.29))
    assert rents(reading, "cloud", "seller_kind") == [("newcloud", None)]


def test_the_newest_copy_stands_for_the_older_ones(tmp_path):
    old, new = (
        payload(tmp_path, URL.replace("SHA", name), HEADER + seen("2026-03-01", "crusoe", "H200", 1, usd), day)
        for name, usd, day in (("old", 4.0, date(2026, 3, 1)), ("new", 4.29, date(2026, 3, 2)))
    )
    reading = DAILY.read([new, old])
    assert reading.frames["accelerator_rent"]["usd_per_accelerator_hour"].to_list() == [4.29]
    assert [(line.fault, line.source_url) for line in reading.set_aside] == [(faults.OLDER_COPY, old.url)]


# Averages

WIDE = """\
date,hyperscaler-H100,hyperscaler-A100,neocloud-H100,neocloud-A100,neocloud-B200,neocloud-MI300X
2026-03-06,7.43,3.69,2.44,1.39,4.59,2.45
2026-03-07,7.43,3.69,2.44,1.39,4.67,2.45
2026-03-08,7.43,3.69,2.44,1.39,4.57,2.45
2026-03-09,7.43,3.68,2.44,1.39,4.7,2.45
2026-03-10,7.43,3.67,2.45,1.39,4.56,4.56
2026-03-11,7.43,7.43,7.43,7.43,1.0,1.0
2026-03-12,7.43,3.68,2.46,1.39,4.61,2.45
2026-03-13,7.43,3.68,2.45,1.4,1.4,2.45
2026-03-14,,,,,,
2026-03-15,7.43,3.67,2.45,2.45,4.89,2.45
"""


def averages(tmp_path, source, content, url="https://raw.githubusercontent.com/x/gpu_prices.csv"):
    return source.read([payload(tmp_path, url, content, date(2026, 8, 22))])


def test_a_value_copied_from_another_column_is_set_aside_and_the_original_stays(tmp_path):
    """7.43 is the hyperscalers' H100; that day it stands in three more columns, and 1.0 in two."""
    reading = averages(tmp_path, INDEX, WIDE)
    assert {line.fault: line.rows for line in reading.set_aside} == {faults.NO_RENT: 6, faults.COPIED: 8}
    kept = reading.frames["accelerator_rent"]
    on_the_day = kept.filter(
        (pl.col("observed_from") <= date(2026, 3, 11)) & (pl.col("observed_on") >= date(2026, 3, 11))
    )
    h100 = on_the_day.filter((pl.col("cloud") == "Hyperscalers") & (pl.col("accelerator_as_published") == "H100"))
    assert h100["usd_per_accelerator_hour"].to_list() == [7.43]
    of_a_day = kept.filter(pl.col("observed_from") == date(2026, 3, 11))
    assert of_a_day.is_empty()
    assert kept.filter(pl.col("accelerator_as_published") == "MI300X")["usd_per_accelerator_hour"].to_list() == [2.45]


def test_two_chips_that_cost_the_same_in_their_own_line_are_no_copies(tmp_path):
    kept = averages(tmp_path, INDEX, WIDE).frames["accelerator_rent"]
    h100 = kept.filter((pl.col("cloud") == "GPU clouds") & (pl.col("accelerator_as_published") == "H100"))
    assert 2.45 in h100["usd_per_accelerator_hour"].to_list()


def test_an_average_is_a_kind_of_price_that_enters_no_figure_of_clouds(tmp_path):
    kept = averages(tmp_path, INDEX, WIDE).frames["accelerator_rent"]
    assert kept["price_kind"].unique().to_list() == ["rental index"]


SEGMENTS = """\
date,gpu_model,series,usd_per_gpu_hour
2026-09-29,B300,index,7.89
2026-09-30,B300,index,4.2
2026-10-01,B300,index,7.89
2026-09-29,B300,neocloud,7.89
2026-09-30,B300,neocloud,4.2
2026-10-01,B300,neocloud,7.89
2026-10-04,B300,spot,4.48
2026-10-05,H100,hyperscaler,10.68
2026-10-05,H100,auction,1.0
"""


def test_a_dip_of_one_day_is_not_believed(tmp_path):
    reading = averages(tmp_path, BY_SEGMENT, SEGMENTS)
    doubted = reading.frames["accelerator_rent"].filter(pl.col("outlier_reason").is_not_null())
    assert doubted.select("cloud", "usd_per_accelerator_hour", "observed_on", "outlier_reason").sort(
        "cloud"
    ).rows() == [
        ("All clouds", 4.2, date(2026, 9, 30), gpu_rents.LEAVES),
        ("GPU clouds", 4.2, date(2026, 9, 30), gpu_rents.LEAVES),
    ]
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.NOT_AN_ENTRY, 1)]


def test_a_level_that_begins_is_believed(tmp_path):
    rising = SEGMENTS.replace("2026-10-01,B300,index,7.89", "2026-10-01,B300,index,4.2")
    frame = averages(tmp_path, BY_SEGMENT, rising).frames["accelerator_rent"]
    of_all = frame.filter((pl.col("cloud") == "All clouds") & (pl.col("price_kind") == "rental index"))
    assert of_all["outlier_reason"].null_count() == of_all.height == 2


def test_the_spot_average_of_all_clouds_is_told_apart(tmp_path):
    frame = averages(tmp_path, BY_SEGMENT, SEGMENTS).frames["accelerator_rent"]
    spot = frame.filter(pl.col("usd_per_accelerator_hour") == 4.48)
    assert spot.select("cloud", "seller_kind", "price_kind").rows() == [("All clouds", None, "rental index, spot")]


# The whole files

needs_whole = pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files are not at hand")


@pytest.fixture(scope="module")
def found():
    return {source.id: source.read(whole(source, UPSTREAM)) for source in gpu_rents.SOURCES}


def on(frame, day, **wanted):
    same = [pl.col(name) == value for name, value in wanted.items()]
    return frame.filter(*same, pl.col("observed_from") <= day, pl.col("observed_on") >= day)


@needs_whole
@pytest.mark.parametrize(
    ("cloud", "chip", "day", "usd"),
    [
        ("AWS", "H100_SXM", date(2026, 2, 19), 6.88),
        ("AWS", "H100_SXM", date(2026, 2, 11), 6.88),
        ("Lambda", "B200", date(2026, 7, 20), 6.89),
        ("Azure", "H100_SXM", date(2026, 5, 8), 7.89),
    ],
)
def test_rents_of_known_days(found, cloud, chip, day, usd):
    rows = on(found["gpu_rent_daily"].frames["accelerator_rent"], day, cloud=cloud, price_kind="on-demand")
    of_chip = rows.filter(pl.col("accelerator_as_published") == chip)
    assert of_chip["usd_per_accelerator_hour"].unique().to_list() == [usd]


@needs_whole
def test_every_row_of_the_tracker_is_read_or_counted(found):
    reading = found["gpu_rent_daily"]
    rents = reading.frames["accelerator_rent"]
    assert rents["cloud"].n_unique() == 42
    assert rents["seller_kind"].null_count() == 0
    assert {line.fault: line.rows for line in reading.set_aside} == {faults.MACHINE_OR_ACCELERATOR: 59}
    assert rents.filter(pl.col("outlier_reason").is_null())["usd_per_accelerator_hour"].max() < 17
    doubted = rents.filter(pl.col("outlier_reason").is_not_null())
    assert set(doubted["cloud"]) == {"Azure", "Nebius", "RunPod"}


@needs_whole
def test_averages_of_known_days(found):
    index = found["gpu_rent_index"].frames["accelerator_rent"]
    day = date(2026, 5, 1)
    assert sorted(
        on(index, day).filter(pl.col("accelerator_as_published").is_in(["H100", "B200"]))["usd_per_accelerator_hour"]
    ) == [2.59, 5.16, 7.51]
    autumn = found["gpu_rent_index_by_segment"].frames["accelerator_rent"]
    h100 = on(autumn, date(2026, 10, 5), accelerator_as_published="H100").filter(pl.col("cloud") != "All clouds")
    assert sorted(h100["usd_per_accelerator_hour"]) == [2.5, 4.02, 10.68]
    spot = on(autumn, date(2026, 10, 5), accelerator_as_published="H100", price_kind="rental index, spot")
    assert spot["usd_per_accelerator_hour"].to_list() == [2.95]


@needs_whole
def test_no_copied_value_is_left_in_the_averages(found):
    """On the days of copies only what stands in its own line is kept: no A100 above 5 USD, no B200 of 1."""
    index = found["gpu_rent_index"].frames["accelerator_rent"].filter(pl.col("outlier_reason").is_null())
    ends = index.group_by("cloud", "accelerator_as_published").agg(
        low=pl.col("usd_per_accelerator_hour").min(), high=pl.col("usd_per_accelerator_hour").max()
    )
    assert ends.filter(pl.col("high") > 1.6 * pl.col("low")).rows() == []
