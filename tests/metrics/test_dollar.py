"""Tokens for a dollar: the exact reciprocal of a price, with whose dollar it is."""

import polars as pl
import pytest

from charts import cost as cost_charts
from charts import prices as price_charts
from metrics import cost, matching, speed
from metrics.dollar import OWNERSHIP, PER_DOLLAR, PER_MTOK, READINGS, RENT, reading
from metrics.findings import cost as findings
from metrics.findings import speed as speed_findings
from pages.shared.cite import pickable
from tests.frames import GPT_OSS, gpt_oss_of_2026, prices, providers, speeds

SPEEDS, LISTED = gpt_oss_of_2026()
MEASURED = speeds(*SPEEDS)
PAIRED = speed.ratios(MEASURED, providers())
GPT = speed.hosts(matching.judged(MEASURED, providers()), PAIRED, GPT_OSS, "Azure")
GPT_PRICED = cost.with_price(GPT, prices(*LISTED))


def test_a_price_read_the_other_way_is_its_exact_reciprocal():
    """Cerebras' $0.45 for a million tokens of gpt-oss-120b buys 2.22 million for a dollar."""
    frame = pl.DataFrame({"blended_usd_per_mtok": [0.45, 0.0, None], "cost_ratio": [0.45 / 0.2625, 1.0, None]})
    turned = PER_DOLLAR.added(frame)
    assert turned["blended_mtok_per_usd"].to_list() == [1 / 0.45, None, None]
    assert turned["mtok_per_usd_ratio"].to_list() == [1 / (0.45 / 0.2625), 1.0, None]
    assert PER_MTOK.added(frame).equals(frame)


def test_it_always_says_whose_dollar():
    assert PER_DOLLAR.told(0.45) == "2.22 m tokens for a dollar of list price"
    assert PER_DOLLAR.told(0.388, RENT, "output") == "2.58 m output tokens for a dollar of rent"
    assert PER_DOLLAR.axis(OWNERSHIP, "output") == "Million output tokens for a dollar of cost of ownership"
    assert PER_DOLLAR.told(15.0) == "66,700 tokens for a dollar of list price"
    assert PER_MTOK.told(0.45, RENT, "output") == "$0.45 per 1M output tokens"


@pytest.mark.parametrize(
    ("cost_ratio", "told"),
    [
        (0.5, "2 times the tokens for a dollar of list price"),
        (1.0, "as many tokens for a dollar of list price"),
        (1.714, "58 % of the tokens for a dollar of list price"),
    ],
)
def test_a_ratio_of_prices_turns_to_the_other_side_of_one(cost_ratio, told):
    assert PER_DOLLAR.compared(cost_ratio) == told


def test_each_reading_has_its_name_in_the_address():
    assert [reading(one.name) for one in READINGS] == list(READINGS)


def test_the_sentences_of_cost_turn_with_the_prices():
    assert findings.frontier(GPT_PRICED, GPT_OSS, PER_DOLLAR) == (
        "Fastest: Cerebras, 1,856 tokens/s and 2.22 m tokens for a dollar of list price; "
        "most for a dollar: DeepInfra, 45.1 and 13 m tokens"
    )
    assert findings.dearest_output(GPT_PRICED, PER_DOLLAR).startswith("A dollar of list price buys ")
    fit = {"slope": 1.0, "explained": 0.9, "hosts": 5, "at_one": 1.0}
    assert findings.premium(fit, GPT_PRICED, PER_DOLLAR).startswith(
        "Twice the speed comes with half of the tokens for a dollar of list price;"
    )


def test_the_article_s_corner_turns_to_the_top_and_no_point_is_worked_out_twice():
    corner = cost.claimed_corner(GPT_PRICED)
    drawn = cost_charts.price_against_speed(pickable(GPT_PRICED), "title", "3:1", corner, (), PER_DOLLAR).figure
    (shape,) = drawn.layout.shapes
    assert (shape.x0, shape.y1) == (corner[1], 1 / corner[0])
    assert shape.y0 > shape.y1
    assert drawn.layout.yaxis.title.text == "Million tokens for a dollar of list price, 3:1 blend<br>(log scale)"
    ys = {y for trace in drawn.data if trace.customdata is not None for y in trace.y}
    assert ys == {1 / price for price in GPT_PRICED["blended_usd_per_mtok"]}


def test_input_and_output_turn_with_them():
    drawn = price_charts.components(GPT_PRICED, "title", "subtitle", PER_DOLLAR).figure
    ys = {x for trace in drawn.data if trace.name == "output" for x in trace.x}
    assert ys == {1 / price for price in GPT_PRICED["output_usd_per_mtok"]}


def test_the_answer_of_the_page_turns_with_them():
    told = speed_findings.speed_and_price(GPT, GPT_PRICED, GPT_OSS, PER_DOLLAR)
    assert told.endswith(", with 58 % of the tokens for a dollar of list price")
