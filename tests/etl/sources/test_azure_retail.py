from datetime import date

import pytest

from etl import faults
from etl.sources import azure_retail
from etl.sources.azure_retail import SOURCE, first_page
from tests.payloads import payload

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
            "note": "Linux; in force since 2023-08-01.",
            "seller_kind": "hyperscaler",
        }
    ]
    assert [line.fault for line in reading.set_aside] == [faults.WINDOWS]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"meterName": "ND96isr H100 v5 Spot"}, faults.SPOT),
        ({"skuName": "ND96isr H100 v5 Low Priority"}, faults.SPOT),
        ({"type": "Reservation", "reservationTerm": "3 Years"}, faults.RESERVED),
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
    assert [want.url for want in SOURCE.wants([])] == [first_page(name) for name in azure_retail.ACCELERATORS_IN_SIZES]
    first = payload(tmp_path, FIRST, page(item(), following=SECOND))
    assert SECOND in [want.url for want in SOURCE.wants([first])]
    last = payload(tmp_path, SECOND, page(item(armRegionName="westeurope", retailPrice=120.0)))
    assert len(SOURCE.wants([first, last])) == len(SOURCE.wants([first]))
    regions = SOURCE.read([first, last]).frames["accelerator_rent"]["region"].to_list()
    assert regions == ["eastus", "westeurope"]


def test_pages_that_lead_in_a_circle_end(tmp_path):
    first = payload(tmp_path, FIRST, page(item(), following=SECOND))
    back = payload(tmp_path, SECOND, page(following=FIRST))
    assert len(SOURCE.wants([first, back])) == len(azure_retail.ACCELERATORS_IN_SIZES) + 1


def test_a_page_that_leads_to_another_host_is_not_followed(tmp_path):
    first = payload(tmp_path, FIRST, page(item(), following="https://example.org/prices"))
    assert len(SOURCE.wants([first])) == len(azure_retail.ACCELERATORS_IN_SIZES)


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
