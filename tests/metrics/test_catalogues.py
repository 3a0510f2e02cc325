"""A source that lists prices is used as the role on its `SOURCE` says, and by nothing else."""

from datetime import date

import polars as pl
import pytest

from etl.publish import build as building
from etl.sources.contract import Catalogue, Reading, Source, WithSpeeds, rows_of
from metrics import cost, matching, price_history, workload
from tests.frames import LLAMA_8B, listed, measured, prices, providers, speeds
from tests.toys import HOST, folders, hold, toy

DAYS = {"valid_from": date(2024, 8, 1), "last_seen_on": date(2025, 3, 1)}
SPEEDS = measured("Cerebras", 2023.0), measured("Azure", 54.3)


def lister(name: str, prices_are: Catalogue | WithSpeeds | None, usd_per_mtok: float, **rest) -> Source:
    """A toy source that lists Cerebras at this price and Azure at 1 USD, input and output alike."""
    rows = [
        {
            "provider_as_published": provider,
            "model_as_published": "llama-3.1-8b",
            "input_usd_per_mtok": usd,
            "output_usd_per_mtok": usd,
            "source_url": f"{HOST}/{name}",
            "evidence": "published",
            **DAYS,
            **rest,
        }
        for provider, usd in (("Cerebras", usd_per_mtok), ("Azure", 1.0))
    ]
    reading = Reading(frames={"token_price": rows_of("token_price", rows)})
    return toy(name, read=lambda held: reading, tables=("token_price",), prices=prices_are)


def stored(tmp_path, *sources: Source) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Prices, states and providers of a store that these sources make, the model under our name."""
    made = folders(tmp_path)
    for source in sources:
        hold(made, source, "[]")
    building.build(made, sources)
    rows = made.store.rows("token_price").with_columns(model=pl.lit(LLAMA_8B))
    return rows, made.store.rows("source_state"), providers()


@pytest.mark.parametrize(("first", "second", "used"), [(15, 16, "toys"), (16, 15, "others")])
def test_of_two_catalogues_the_one_of_the_lower_rank_speaks(tmp_path, first, second, used):
    listers = lister("toys", Catalogue(first), 0.25), lister("others", Catalogue(second), 0.5)
    ranked = cost.ranked(*stored(tmp_path, *listers))
    pairs = matching.pairs(matching.judged(speeds(*SPEEDS), providers()))
    beside = cost.beside_speed(pairs, ranked)
    usd = {"toys": 0.25, "others": 0.5}[used]
    assert beside.select("price_source", "cost_ratio").rows() == [(used, usd)]
    assert cost.headline(cost.ratios(ranked, providers())).select("source", "cost_ratio").rows() == [(used, usd)]
    offered = workload.offers(matching.judged(speeds(*SPEEDS), providers()), ranked, providers(), LLAMA_8B)
    assert set(offered["price_source"]) == {used}


def test_prices_that_came_with_speeds_are_no_list_prices(tmp_path):
    ranked = cost.ranked(*stored(tmp_path, lister("toys", WithSpeeds(), 0.25, capture="toys_2024-10-13")))
    assert cost.ratios(ranked, providers())["cost_ratio"].to_list() == [0.25]
    assert price_history.spans(ranked, LLAMA_8B).is_empty()
    assert workload.offers(matching.judged(speeds(*SPEEDS), providers()), ranked, providers(), LLAMA_8B).is_empty()


def test_a_list_price_of_a_source_without_a_role_is_refused_by_its_name(tmp_path):
    with pytest.raises(cost.NotRanked, match=r"no rank for the prices of toys\. Run: python -m etl build"):
        cost.ranked(*stored(tmp_path, lister("toys", None, 0.25)))


def test_a_readers_own_price_needs_no_rank():
    own = listed("Azure", 0.3, 0.61, source="upload:u000001", capture=None, evidence="upload")
    assert prices(own)["catalogue_rank"].to_list() == [None]
