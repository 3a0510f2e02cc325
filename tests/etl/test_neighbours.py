"""Each price beside its neighbours: what other catalogues ask, and what its own asked before and after."""

from datetime import date

import polars as pl
import pytest

from etl import neighbours
from etl.schema import AGREES, ALONE, DIFFERS, DOUBTFUL, MOVED, SELLERS, SLIPPED, TOKEN_PRICE

JUNE, AUGUST, SEPTEMBER = date(2026, 6, 28), date(2026, 8, 25), date(2026, 9, 28)


HOSTS = ("Crusoe", "Hyperbolic", "Lambda", "Snowflake", "Nebius")


def price(source, given, written, provider="Crusoe", model="gpt-oss-120b", **rest):
    return {
        "source": source,
        "provider": provider,
        "model": model,
        "provider_as_published": provider,
        "model_as_published": model,
        "input_usd_per_mtok": given,
        "output_usd_per_mtok": written,
        "valid_from": JUNE,
        "last_seen_on": SEPTEMBER,
        **rest,
    }


def found(*rows, sellers=()):
    frame = TOKEN_PRICE.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return neighbours.judged(frame, sellers, HOSTS)["finding"].to_list()


def test_two_catalogues_that_are_more_than_three_times_apart_are_both_in_doubt():
    assert found(price("litellm", 0.8, 0.8), price("models_dev", 0.05, 0.2)) == [DOUBTFUL, DOUBTFUL]


def test_a_second_source_that_agrees_confirms_and_the_third_is_left_in_doubt():
    rows = (price("litellm", 0.8, 0.8), price("models_dev", 0.05, 0.2), price("genai_prices", 0.05, 0.2))
    assert found(*rows) == [DOUBTFUL, AGREES, AGREES]


@pytest.mark.parametrize(("written", "finding"), [(0.89, AGREES), (0.91, DIFFERS), (1.79, DIFFERS), (1.81, DOUBTFUL)])
def test_half_as_much_again_agrees_and_three_times_is_the_end_of_belief(written, finding):
    assert found(price("litellm", 0.15, 0.6), price("models_dev", 0.15, written))[0] == finding


def test_the_distance_is_that_of_the_farther_of_input_and_output():
    assert found(price("litellm", 0.15, 0.6), price("models_dev", 0.6, 0.6))[0] == DOUBTFUL


def test_a_price_of_one_source_alone_under_a_third_of_every_other_seller_is_in_doubt():
    """LiteLLM gives Hyperbolic 0.12 and 0.30 USD for Llama 3.1 405B, as for its small models."""
    model = {"model": "Llama 3.1 405B"}
    others = [
        price("litellm", 0.8, 0.8, provider="Lambda", **model),
        price("litellm", 1.2, 1.2, provider="Snowflake", **model),
        price("litellm", 1.0, 3.0, provider="Nebius", **model),
    ]
    cheap = price("litellm", 0.12, 0.3, provider="Hyperbolic", **model)
    assert found(cheap, *others) == [DOUBTFUL, ALONE, ALONE, ALONE]
    assert found(cheap, *others[:2])[0] == ALONE
    assert found(price("litellm", 0.27, 0.27, provider="Hyperbolic", **model), *others)[0] == ALONE
    assert found(cheap | {"endpoint": "batch"}, *others)[0] == ALONE
    assert found(cheap, *(row | {"provider": f"Gateway {place}"} for place, row in enumerate(others)))[0] == ALONE
    assert found(cheap, price("models_dev", 0.12, 0.3, provider="Hyperbolic", **model), *others)[0] == AGREES
    earlier = [row | {"last_seen_on": JUNE, "valid_from": JUNE} for row in others]
    assert found(cheap | {"valid_from": AUGUST}, *earlier)[0] == ALONE


@pytest.mark.parametrize(
    "wrong",
    [(150.0, 600.0), (0.00015, 0.0006), (0.6, 0.15)],
    ids=["a thousand times", "a thousandth", "input and output exchanged"],
)
def test_a_distance_that_a_slip_explains_has_slipped(wrong):
    assert (
        found(price("litellm", *wrong, provider="Groq"), price("models_dev", 0.15, 0.6, provider="Groq"))[0] == SLIPPED
    )


def test_a_price_that_no_other_source_saw_stands_alone():
    assert found(price("litellm", 0.15, 0.6), price("models_dev", 1.0, 1.0, model="another")) == [ALONE, ALONE]
    assert found(price("litellm", 0.15, 0.6), price("models_dev", 9.0, 9.0, endpoint="batch")) == [ALONE, ALONE]


def test_prices_of_other_days_are_no_neighbours():
    before = {"valid_from": JUNE, "last_seen_on": AUGUST}
    after = {"valid_from": SEPTEMBER, "last_seen_on": SEPTEMBER}
    assert found(price("litellm", 0.25, 0.69, **before), price("models_dev", 9.0, 9.0, **after)) == [ALONE, ALONE]


def test_a_jump_against_its_own_source_has_moved_unless_a_slip_explains_it():
    before = {"valid_from": JUNE, "last_seen_on": AUGUST}
    after = {"valid_from": SEPTEMBER, "last_seen_on": SEPTEMBER}
    assert found(price("litellm", 0.25, 0.69, **before), price("litellm", 0.35, 0.75, **after)) == [ALONE, ALONE]
    assert found(price("litellm", 0.25, 0.69, **before), price("litellm", 2.0, 6.0, **after)) == [MOVED, MOVED]
    assert found(price("litellm", 150.0, 600.0, **before), price("litellm", 0.15, 0.6, **after)) == [SLIPPED, SLIPPED]


def test_what_the_seller_itself_lists_is_believed_whatever_catalogues_say():
    rows = (
        price("azure_token_meters", 0.25, 1.0, provider="Azure", model="Llama 4 Maverick"),
        price("litellm", 1.41, 0.35, provider="Azure", model="Llama 4 Maverick"),
    )
    assert found(*rows, sellers=["azure_token_meters"]) == [SELLERS, DOUBTFUL]


def test_a_catalogue_that_contradicts_the_seller_is_in_doubt_even_where_others_agree_with_it():
    azure = {"provider": "Azure", "model": "Llama 3.3 70B"}
    rows = (
        price("azure_token_meters", 0.71, 0.71, **azure),
        price("litellm", 0.71, 0.71, **azure),
        price("models_dev", 0.78, 0.78, **azure),
        price("genai_prices", 0.78, 0.78, **azure),
    )
    assert found(*rows, sellers=["azure_token_meters"]) == [SELLERS, AGREES, DOUBTFUL, DOUBTFUL]


def test_the_nearest_neighbour_is_named_with_its_prices():
    rows = [price("litellm", 0.8, 0.8), price("models_dev", 0.05, 0.2)]
    frame = TOKEN_PRICE.conform(pl.DataFrame(rows, infer_schema_length=None))
    assert neighbours.judged(frame, (), ())["neighbour"].to_list() == ["models_dev: 0.05 / 0.2", "litellm: 0.8 / 0.8"]
