from datetime import date

import polars as pl
import pytest

from etl import faults
from etl.sources import azure_retail
from etl.sources.azure_retail import SOURCE, first_page
from tests.payloads import UPSTREAM, payload, whole

FIRST = first_page("H100")
SECOND = "https://prices.azure.com:443/api/retail/prices?$filter=x&$skip=100"


def item(**changes):
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": 98.32,
        "unitPrice": 98.32,
        "armRegionName": "eastus",
        "location": "US East",
        "effectiveStartDate": "2023-08-01T00:00:00Z",
        "meterId": "a",
        "meterName": "ND96isr H100 v5",
        "productName": "Virtual Machines NDsrH100v5 Series",
        "skuName": "ND96isr H100 v5",
        "serviceName": "Virtual Machines",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": "Standard_ND96isr_H100_v5",
    } | changes


WINDOWS = item(retailPrice=102.736, productName="Virtual Machines NDsrH100v5 Series Windows", meterId="b")


def page(*items, following=None):
    return {"BillingCurrency": "USD", "Items": list(items), "NextPageLink": following, "Count": len(items)}


def read(tmp_path, *items):
    return SOURCE.read([payload(tmp_path, FIRST, page(*items))])


def test_linux_and_windows_share_a_meter_name_and_linux_is_kept(tmp_path):
    reading = read(tmp_path, item(), WINDOWS)
    assert reading.frames["accelerator_rent"].to_dicts() == [
        {
            "cloud": "Azure",
            "accelerator_as_published": "H100 SXM",
            "instance": "Standard_ND96isr_H100_v5",
            "accelerator_count": 8,
            "usd_per_accelerator_hour": 12.29,
            "price_kind": "on-demand",
            "region": "eastus",
            "observed_on": date(2026, 8, 1),
            "source_url": FIRST,
            "published_on": date(2026, 8, 1),
            "evidence": "published",
            "note": "Linux. In force since 2023-08-01.",
            "seller_kind": "hyperscaler",
        }
    ]
    assert [line.fault for line in reading.set_aside] == [faults.WINDOWS]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"meterName": "ND96isr H100 v5 Spot"}, faults.SPOT),
        ({"skuName": "ND96isr H100 v5 Low Priority"}, faults.SPOT),
        ({"type": "Reservation", "reservationTerm": "5 Years"}, faults.UNKNOWN_TERM),
        ({"type": "Reservation"}, faults.UNKNOWN_TERM),
        ({"type": "DevTestConsumption", "retailPrice": 54.39}, faults.DEV_TEST),
        ({"currencyCode": "EUR"}, faults.OTHER_CURRENCY),
        ({"armSkuName": "Standard_ND128isr_H100_v9"}, faults.UNKNOWN_SIZE),
        ({"unitOfMeasure": "1/Month"}, faults.NOT_A_MACHINE),
        ({"retailPrice": 0.0}, azure_retail.NO_PRICE),
        ({"retailPrice": None}, azure_retail.NO_PRICE),
    ],
)
def test_what_is_not_an_hourly_list_price_is_set_aside_with_its_reason(tmp_path, changes, fault):
    reading = read(tmp_path, item(), item(**changes))
    assert reading.frames["accelerator_rent"].height == 1
    assert [line.fault for line in reading.set_aside] == [fault]


def test_a_price_written_as_text_is_a_number(tmp_path):
    rent = read(tmp_path, item(retailPrice="98.32")).frames["accelerator_rent"]
    assert rent["usd_per_accelerator_hour"].to_list() == [12.29]


def test_of_several_meters_the_primary_one_is_kept(tmp_path):
    reading = read(tmp_path, item(isPrimaryMeterRegion=False, retailPrice=1.0), item())
    assert reading.frames["accelerator_rent"]["usd_per_accelerator_hour"].to_list() == [12.29]
    assert [line.rows for line in reading.set_aside if line.fault == azure_retail.OTHER_METER] == [1]


def test_pages_lead_to_the_next_page_until_none_is_new(tmp_path):
    assert [want.url for want in SOURCE.wants([])] == list(azure_retail.FIRST_PAGES)
    first = payload(tmp_path, FIRST, page(item(), following=SECOND))
    assert SECOND in [want.url for want in SOURCE.wants([first])]
    last = payload(tmp_path, SECOND, page(item(armRegionName="westeurope", retailPrice=120.0)))
    assert len(SOURCE.wants([first, last])) == len(SOURCE.wants([first]))
    regions = SOURCE.read([first, last]).frames["accelerator_rent"]["region"].to_list()
    assert regions == ["eastus", "westeurope"]


def test_pages_that_lead_in_a_circle_end(tmp_path):
    first = payload(tmp_path, FIRST, page(item(), following=SECOND))
    back = payload(tmp_path, SECOND, page(following=FIRST))
    assert len(SOURCE.wants([first, back])) == len(azure_retail.FIRST_PAGES) + 1


def test_a_page_that_leads_to_another_host_is_not_followed(tmp_path):
    first = payload(tmp_path, FIRST, page(item(), following="https://example.org/prices"))
    assert len(SOURCE.wants([first])) == len(azure_retail.FIRST_PAGES)


def test_a_page_of_an_earlier_answer_is_not_read(tmp_path):
    first = payload(tmp_path, FIRST, page(item()))
    stale = payload(tmp_path, SECOND, page(item(armRegionName="westeurope")))
    assert SOURCE.read([first, stale]).frames["accelerator_rent"]["region"].to_list() == ["eastus"]


def test_a_missing_page_is_named(tmp_path):
    reading = SOURCE.read([payload(tmp_path, FIRST, page(item(), following=SECOND))])
    assert any(SECOND in sentence for sentence in reading.incomplete)


def test_nothing_held_is_nothing_read():
    reading = SOURCE.read([])
    assert (dict(reading.frames), list(reading.incomplete)) == ({}, [])


def test_a_renamed_field_is_refused_by_name(tmp_path):
    renamed = item()
    renamed["price"] = renamed.pop("retailPrice")
    assert "missing retailPrice" in read(tmp_path, renamed).refused[FIRST]


def test_an_answer_without_items_is_refused_by_name(tmp_path):
    reading = SOURCE.read([payload(tmp_path, FIRST, {"error": "busy"})])
    assert "missing Items" in reading.refused[FIRST]


def test_the_question_holds_no_space():
    assert " " not in FIRST
    assert FIRST.startswith("https://prices.azure.com/api/retail/prices?$filter=serviceName%20eq%20'Virtual")


@pytest.mark.parametrize(
    ("term", "price", "kind", "usd"),
    [("1 Year", 551221.0, "1-year reservation", 7.865596), ("3 Years", 1134310.0, "3-year reservation", 5.395310)],
)
def test_the_price_of_a_reservation_is_divided_by_the_hours_of_its_term(tmp_path, term, price, kind, usd):
    """551,221 USD for a year of eight H100 is 551,221 / 8,760 / 8, whatever "1 Hour" says of the unit."""
    reserved = item(type="Reservation", reservationTerm=term, retailPrice=price)
    rows = read(tmp_path, item(), reserved).frames["accelerator_rent"]
    found = dict(rows.select("price_kind", "usd_per_accelerator_hour").rows())
    assert found == {"on-demand": 12.29, kind: pytest.approx(usd, abs=1e-5)}
    assert rows["note"].to_list()[0].startswith("Linux. In force since 2023-08-01. The price of the whole term divided")


@pytest.mark.parametrize(
    ("size", "accelerator", "usd"),
    [
        ("Standard_ND96asr_v4", "A100 SXM 40GB", 12.29),
        ("Standard_ND128isr_NDR_GB200_v6", "GB200", 24.58),
        ("Standard_ND128isr_GB300_v6", "GB300", 24.58),
    ],
)
def test_machines_that_no_word_of_their_size_counts_are_looked_up(tmp_path, size, accelerator, usd):
    row = read(tmp_path, item(armSkuName=size)).frames["accelerator_rent"].row(0, named=True)
    assert (row["accelerator_as_published"], row["usd_per_accelerator_hour"]) == (accelerator, usd)


def test_every_machine_is_asked_for():
    """The machines with A100 of 40 GB do not name it: `contains 'A100'` misses them."""
    asked = azure_retail.IN_SIZES
    assert [size for size in azure_retail.MACHINES if not any(part in size for part in asked)] == []


@pytest.mark.skipif(UPSTREAM is None, reason="the publishers' whole files are not at hand")
def test_the_items_of_the_service_that_were_met():
    reading = SOURCE.read(whole(SOURCE, UPSTREAM))
    rows = reading.frames["accelerator_rent"].filter(pl.col("price_kind") == "on-demand")
    assert dict(rows.select("instance", "usd_per_accelerator_hour").rows()) == {
        "Standard_ND96isr_H100_v5": 12.29,
        "Standard_ND96is_H100_v5": 11.061,
    }
    assert [line.fault for line in reading.set_aside] == [faults.SPOT]
