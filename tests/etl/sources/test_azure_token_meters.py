from dataclasses import replace
from datetime import date

import pytest

from etl import faults
from etl.sources.azure_token_meters import FIRST_PAGE, SOURCE
from tests.payloads import UPSTREAM, past, payload, whole

SNAPSHOT = past(SOURCE)[0].url
AUGUST = date(2026, 8, 11)


def folded(
    meter, price, unit="1K", regions=("eastus", "westeurope"), since="2026-03-01", product="Azure OpenAI OSS Models"
):
    return {
        "effectiveStartDate": f"{since}T00:00:00Z",
        "meterName": meter,
        "productName": product,
        "regions": list(regions),
        "retailPrice": price,
        "unitOfMeasure": unit,
    }


GPT_OSS = (folded("gpt-oss-120B Inp glbl Tokens", 0.00015), folded("gpt-oss-120B Outp glbl Tokens", 0.0006))
COLUMNS = ("model_as_published", "endpoint", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")


def read(folder, *items, as_of=AUGUST):
    return SOURCE.read([payload(folder, SNAPSHOT, {"fetched_at": "2026-08-11", "items": list(items)}, as_of)])


def prices(reading):
    return reading.frames["token_price"].select(COLUMNS).rows()


def test_the_meters_of_one_model_become_a_price_per_million_since_the_later_of_their_days(tmp_path):
    reading = read(tmp_path, GPT_OSS[0], {**GPT_OSS[1], "effectiveStartDate": "2026-05-01T00:00:00Z"})
    assert prices(reading) == [("Azure OpenAI OSS Models: gpt-oss-120B", None, 0.15, 0.6, None)]
    row = reading.frames["token_price"].row(0, named=True)
    assert (row["provider_as_published"], row["valid_from"], row["last_seen_on"]) == ("Azure", date(2026, 5, 1), AUGUST)


def test_units_of_a_thousand_and_of_a_million_tokens_are_told_apart(tmp_path):
    gpt5 = {"unit": "1M", "product": "Azure OpenAI GPT5"}
    reading = read(
        tmp_path,
        folded("5.4 inp Gl 1M Tokens", 2.5, **gpt5),
        folded("5.4 opt Gl 1M Tokens", 15.0, **gpt5),
        folded("5.4 cd inp Gl 1M Tokens", 0.25, **gpt5),
    )
    assert prices(reading) == [("Azure OpenAI GPT5: 5.4", None, 2.5, 15.0, 0.25)]


@pytest.mark.parametrize(
    ("named", "endpoint"),
    [
        ("5.4 Batch {} Gl 1M Tokens", "batch"),
        ("5.1 pp {} Dz 1M Tokens", "data zone priority"),
        ("5.6 sol LongCo Std {} Gl 1M Tokens", "long prompts"),
        ("o4-mini 0416 {} regnl 1M Tokens", "regional"),
    ],
)
def test_reach_and_tier_of_a_meter_are_its_endpoint(tmp_path, named, endpoint):
    items = [folded(named.format(side), 1.0, "1M") for side in ("inp", "out")]
    assert [row[1] for row in prices(read(tmp_path, *items))] == [endpoint]


def test_the_price_of_the_most_regions_is_the_standard_one(tmp_path):
    government = {"regions": ("usgovarizona",)}
    reading = read(
        tmp_path,
        *GPT_OSS,
        folded("gpt-oss-120B Inp glbl Tokens", 0.00019, **government),
        folded("gpt-oss-120B Outp glbl Tokens", 0.00075, **government),
    )
    assert {row[1:4] for row in prices(reading)} == {(None, 0.15, 0.6), ("usgovarizona", 0.19, 0.75)}


def test_of_several_meters_of_a_region_the_newest_that_has_begun_counts(tmp_path):
    reading = read(
        tmp_path,
        *GPT_OSS,
        folded("gpt-oss-120B Inp glbl Tokens", 0.0002, since="2026-07-01"),
        folded("gpt-oss-120B Inp glbl Tokens", 0.0009, since="2026-12-01"),
    )
    assert [row[2] for row in prices(reading)] == [0.2]
    assert [line.fault for line in reading.set_aside] == [faults.DAY_TO_COME]


def test_what_fireworks_runs_is_told_apart(tmp_path):
    fireworks = {"product": "Azure Fireworks Models"}
    reading = read(
        tmp_path,
        folded("FW GPT OSS 120B Inp DZ Tokens", 0.000165, **fireworks),
        folded("FW GPT OSS 120B Outp DZ Tokens", 0.00066, **fireworks),
    )
    assert prices(reading) == [
        ("Azure Fireworks Models: FW GPT OSS 120B", "run by Fireworks data zone", 0.165, 0.66, None)
    ]


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (folded("Provisioned Managed Global Unit", 1.0, "1/Hour"), faults.NOT_BY_TOKENS),
        (folded("Llama3.3 70b-IN-FT Tokens", 0.00071), faults.FINE_TUNED),
        (folded("OSS-20b FT Tokens", 0.0036), faults.FINE_TUNED),
        (folded("gpt img 1.5 out img DZ 1M Tokens", 35.2, "1M"), faults.NOT_TEXT),
        (folded("Az-Davinci-002 Tokens", 0.002), faults.METER_NOT_UNDERSTOOD),
        ({**GPT_OSS[0], "currencyCode": "EUR"}, faults.OTHER_CURRENCY),
        (folded("gpt-oss-120B Inp glbl Tokens", 0.00015), faults.HALF_PRICED),
    ],
)
def test_other_meters_are_set_aside_with_their_fault(tmp_path, item, fault):
    reading = read(tmp_path, item)
    assert [line.fault for line in reading.set_aside] == [fault]
    assert reading.frames["token_price"].is_empty()


def live(meter, price):
    return folded(meter, price) | {"armRegionName": "eastus", "type": "Consumption", "currencyCode": "USD"}


def test_the_live_answer_is_read_page_by_page_and_gives_the_same_price(tmp_path):
    second = f"{FIRST_PAGE}&$skip=1000"
    pages = [
        payload(
            tmp_path, FIRST_PAGE, {"Items": [live("gpt-oss-120B Inp glbl Tokens", 0.00015)], "NextPageLink": second}
        ),
        payload(tmp_path, second, {"Items": [live("gpt-oss-120B Outp glbl Tokens", 0.0006)], "NextPageLink": None}),
    ]
    assert [want.url for want in SOURCE.wants(pages)] == [FIRST_PAGE, second]
    assert prices(SOURCE.read(pages)) == [("Azure OpenAI OSS Models: gpt-oss-120B", None, 0.15, 0.6, None)]


def test_a_changed_layout_is_refused_by_its_keys(tmp_path):
    reading = SOURCE.read([payload(tmp_path, SNAPSHOT, {"items": [{"meter": "x"}]})])
    assert "missing productName, meterName" in reading.refused[SNAPSHOT]
    assert "missing items" in SOURCE.read([payload(tmp_path, SNAPSHOT, {"error": 1})]).refused[SNAPSHOT]


@pytest.mark.skipif(UPSTREAM is None, reason="the whole payloads do not lie beside the checkout")
def test_the_meters_of_11_august_2026_settle_what_azure_asks():
    copies = [replace(held, as_of=AUGUST) for held in whole(SOURCE, UPSTREAM) if held.url == SNAPSHOT]
    reading = SOURCE.read(copies)
    found = {row[0]: row[2:4] for row in prices(reading) if row[1] is None}
    assert found["Azure Llama Models: Llama 4 Maverick 17B"] == (0.25, 1.0)
    assert found["Azure OpenAI OSS Models: gpt-oss-120B"] == (0.15, 0.6)
    assert found["Azure Llama Models: Llama 3.3 70B"] == (0.71, 0.71)
    assert not any("Llama 3.1" in name for name in found)
    used = 2 * reading.frames["token_price"].height
    aside = {line.fault.name: line.rows for line in reading.set_aside if not line.fault.stands_alone}
    assert (aside["not_by_tokens"], aside["fine_tuned"], aside["not_text"]) == (305, 383, 775)
    assert used == 846
