from datetime import date

import polars as pl
import pytest

from etl import offers
from metrics import asked
from tests.frames import GPT_OSS, catalogued, prices

AUGUST, MARCH, NOVEMBER = date(2025, 8, 30), date(2026, 3, 29), date(2026, 11, 20)
RANKS = {"litellm": 10, "models_dev": 20}
ROWS = (
    catalogued("Cerebras", 0.25, 0.69, model=GPT_OSS, valid_from=AUGUST, last_seen_on=date(2026, 1, 31)),
    catalogued("Cerebras", 0.35, 0.75, model=GPT_OSS, valid_from=date(2026, 2, 27), last_seen_on=NOVEMBER),
    catalogued(
        "Cerebras", 0.25, 0.69, model=GPT_OSS, source="models_dev", valid_from=AUGUST, last_seen_on=date(2026, 5, 21)
    ),
    catalogued(
        "Cerebras",
        0.1,
        0.1,
        valid_from=AUGUST,
        last_seen_on=date(2026, 5, 26),
        ended_on=date(2026, 5, 27),
        ended_by=offers.BY_HOST,
    ),
)


def price(model, provider, on, rows=ROWS):
    states = pl.DataFrame({"source": list(RANKS), "catalogue_rank": list(RANKS.values())})
    found = asked.price(
        {"token_price": prices(*rows).drop("catalogue_rank"), "source_state": states}, model, provider, on
    )
    return found.select("source", "status", "input_usd_per_mtok", "output_usd_per_mtok").rows()


def test_each_catalogue_says_what_was_asked_on_the_day_the_first_to_speak_first():
    assert price(GPT_OSS, "Cerebras", MARCH) == [
        ("litellm", asked.SOLD, 0.35, 0.75),
        ("models_dev", asked.SOLD, 0.25, 0.69),
    ]


def test_between_two_looks_the_last_price_is_shown_as_not_seen_on_the_day():
    assert price(GPT_OSS, "Cerebras", date(2026, 2, 10))[1] == ("litellm", asked.UNKNOWN, 0.25, 0.69)


def test_an_offer_that_has_ended_says_so():
    assert price("Llama 3.1 8B", "Cerebras", NOVEMBER) == [("litellm", asked.ENDED, 0.1, 0.1)]


def test_before_the_first_look_it_was_not_yet_seen():
    assert price("Llama 3.1 8B", "Cerebras", date(2025, 1, 1)) == [("litellm", asked.NOT_YET, 0.1, 0.1)]


def test_names_are_ours_or_as_published_in_any_case():
    assert price("GPT-OSS-120B", "cerebras", MARCH)[0][0] == "litellm"


def test_a_name_that_no_price_has_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"the provider 'Cerebra'\. The nearest: Cerebras\."):
        price(GPT_OSS, "Cerebra", MARCH)
    with pytest.raises(ValueError, match=r"^No price is of the model 'Mamba'\.$"):
        price("Mamba", "Cerebras", MARCH)
