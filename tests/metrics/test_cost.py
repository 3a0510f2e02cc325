"""What a token costs: worked by hand, and paired only where both prices stood."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.schema import TABLES
from metrics import cost, matching, price_history, speed
from metrics.findings import cost as findings
from tests.frames import (
    GPT_OSS,
    LEADERBOARD,
    LLAMA_8B,
    MAY_2026,
    OCTOBER_2024,
    catalogued,
    gpt_oss_of_2026,
    listed,
    llama_of_2024,
    measured,
    prices,
    providers,
    speeds,
    states,
)

LLAMA_SPEEDS, LLAMA_PRICES = llama_of_2024()
GPT_SPEEDS, GPT_PRICES = gpt_oss_of_2026()
LONG = {"valid_from": date(2024, 8, 1), "last_seen_on": date(2025, 3, 1)}


def ratios(*rows, blend="3:1"):
    return cost.ratios(prices(*rows), providers(), cost.blend(blend))


def against_azure(*rows):
    azure = cost.against(ratios(*rows), "Azure")
    return {provider: round(ratio, 2) for provider, ratio in azure.select("provider", "cost_ratio").iter_rows()}


def pairs(*rows, baseline="Azure"):
    return matching.against(speed.ratios(speeds(*rows), providers()), baseline)


def beside(speed_rows, price_rows, blend="3:1"):
    return cost.beside_speed(pairs(*speed_rows), prices(*price_rows), cost.blend(blend))


def test_in_october_2024_groq_asked_15_percent_of_azures_price():
    assert against_azure(*LLAMA_PRICES) == {"Cerebras": 0.26, "Groq": 0.15, "SambaNova": 0.33}


def test_in_may_2026_cerebras_asked_1_7_times_azures_price_and_groq_the_same():
    assert against_azure(*GPT_PRICES) == {"Cerebras": 1.71, "Groq": 1.0, "SambaNova": 1.19}


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("3:1", (0, 0.75, 0.25)),
        ("7:2:1", (0.7, 0.2, 0.1)),
        ("10:1", (0, 10 / 11, 1 / 11)),
        ("1:0", (0, 1, 0)),
        ("0.5:0.5", (0, 0.5, 0.5)),
        ("0:3:1", (0, 0.75, 0.25)),
    ],
)
def test_a_blend_is_read_from_its_parts(name, weights):
    read = cost.blend(name)
    assert read.name == name
    assert (read.cached_weight, read.input_weight, read.output_weight) == pytest.approx(weights)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "3",
        "3:",
        ":1",
        "3:1:1:1",
        "a:b",
        "0:0",
        "-1:2",
        "3:1 ",
        "1e3:1",
        "inf:1",
        "1.2.3:1",
        f"{10**400}:1",
        ".:1",
        "3/1",
        "٣:١",
    ],
)
def test_what_is_not_a_blend_is_refused_with_how_to_write_it(name):
    with pytest.raises(ValueError, match=r"is not a blend\. Write input:output or cached:input:output, such as 3:1"):
        cost.blend(name)


part = st.integers(min_value=0, max_value=1000)


@given(st.lists(part, min_size=2, max_size=3).filter(any))
def test_the_shares_of_a_blend_add_up_to_one(parts):
    read = cost.blend(":".join(map(str, parts)))
    shares = (read.cached_weight, read.input_weight, read.output_weight)
    assert sum(shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares)


@given(st.lists(part, min_size=2, max_size=3).filter(any), *[st.floats(min_value=0.01, max_value=100)] * 3)
def test_a_blend_lies_between_its_cheapest_and_its_dearest_part(parts, cached, given_price, written):
    row = listed("Groq", given_price, written, cached_input_usd_per_mtok=cached)
    found = cost.blended(prices(row), cost.blend(":".join(map(str, parts))))["blended_usd_per_mtok"].item()
    assert min(cached, given_price, written) * (1 - 1e-9) <= found
    assert found <= max(cached, given_price, written) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("cached", "blend", "price", "flagged"),
    [(0.175, "7:2:1", 1.8725, False), (None, "7:2:1", 2.975, True), (None, "3:1", 4.8125, False)],
)
def test_the_input_price_stands_in_for_a_cache_price_and_the_row_says_so(cached, blend, price, flagged):
    row = cost.blended(prices(listed("Azure", 1.75, 14.0, cached_input_usd_per_mtok=cached)), cost.blend(blend))
    assert row["blended_usd_per_mtok"].item() == pytest.approx(price)
    assert row["cache_is_input_price"].item() is flagged


def test_a_pair_says_for_which_of_its_sides_the_input_price_stands_in():
    rows = listed("Groq", 0.15, 0.6, cached_input_usd_per_mtok=0.075), listed("Azure", 0.15, 0.6)
    flags = ("cache_is_input_price", "baseline_cache_is_input_price")
    assert ratios(*rows, blend="7:2:1").select(flags).row(0) == (False, True)
    speed_rows = measured("Groq", 475.2), measured("Azure", 218.3)
    assert beside(speed_rows, rows, "7:2:1").select(flags).row(0) == (False, True)
    catalogue = [row | LONG | {"source": "litellm", "capture": None} for row in rows]
    assert beside(speed_rows, catalogue, "7:2:1").select(flags).row(0) == (False, True)


def test_prices_of_a_capture_are_paired_within_it_only():
    other = listed("Azure", 0.3, 0.61, capture="aa-leaderboard_2024-09-01")
    assert ratios(listed("Groq", 0.05, 0.08), other).is_empty()
    of_catalogue = catalogued("Azure", 0.3, 0.61, **LONG)
    assert ratios(listed("Groq", 0.05, 0.08, source=of_catalogue["source"]), of_catalogue).is_empty()


def test_prices_of_two_sources_or_models_are_never_paired():
    groq = catalogued("Groq", 0.05, 0.08, **LONG)
    assert ratios(groq, catalogued("Azure", 0.3, 0.61, source="models_dev", **LONG)).is_empty()
    assert ratios(groq, catalogued("Azure", 0.3, 0.61, model="Llama 3.1 70B", **LONG)).is_empty()


@pytest.mark.parametrize(
    ("valid_from", "last_seen_on", "stood"),
    [
        (date(2024, 7, 1), date(2024, 7, 31), None),
        (date(2024, 7, 1), date(2024, 8, 1), (date(2024, 8, 1), date(2024, 8, 1))),
        (date(2024, 12, 1), date(2025, 6, 1), (date(2024, 12, 1), date(2025, 3, 1))),
        (date(2025, 3, 1), date(2025, 6, 1), (date(2025, 3, 1), date(2025, 3, 1))),
        (date(2025, 3, 2), date(2025, 6, 1), None),
    ],
    ids=["ended before", "ended on the first day", "overlaps", "began on the last day", "began after"],
)
def test_prices_of_a_catalogue_are_paired_where_both_stood(valid_from, last_seen_on, stood):
    """Groq's price stood from 1 August 2024 to 1 March 2025."""
    azure = catalogued("Azure", 0.3, 0.61, valid_from=valid_from, last_seen_on=last_seen_on)
    found = ratios(catalogued("Groq", 0.05, 0.08, **LONG), azure)
    assert found.select("stood_from", "measured_on").rows() == ([stood] if stood else [])


def test_resellers_and_those_whom_nobody_knows_are_no_sellers_and_are_named():
    rows = (
        catalogued("Groq", 0.05, 0.08),
        catalogued("Azure", 0.3, 0.61),
        catalogued("NanoGPT", 0.01, 0.02),
        catalogued("CrossModel", 0.02, 0.02),
        catalogued("CrossModel", 0.03, 0.03, model="Llama 3.1 70B"),
    )
    best = cost.against(ratios(*rows), "Best")
    assert best["baseline_provider"].to_list() == ["Azure"]
    assert price_history.listed_now(prices(*rows), providers(), LLAMA_8B)["provider"].to_list() == ["Groq", "Azure"]
    table = TABLES["token_price"].conform(pl.DataFrame(rows, infer_schema_length=None))
    assert cost.not_of_hosts(table, providers()).rows() == [("CrossModel", None, 2, 2), ("NanoGPT", "reseller", 1, 1)]
    assert cost.not_of_hosts(table, providers(), LLAMA_8B)["provider"].to_list() == ["CrossModel", "NanoGPT"]


def test_what_another_runs_is_no_price_of_its_sellers_own_and_is_named_so():
    """Azure sells gpt-oss-120b itself and as Fireworks runs it."""
    rows = (
        catalogued("Groq", 0.15, 0.60, model=GPT_OSS),
        catalogued("Azure", 0.15, 0.60, model=GPT_OSS),
        catalogued("Azure", 0.11, 0.22, model=GPT_OSS, endpoint="run by Fireworks"),
    )
    assert ratios(*rows).select("baseline_endpoint", "cost_ratio").rows() == [(None, 1.0)]
    sold = cost.run_by_others(prices(*rows), GPT_OSS)
    assert findings.run_by_others(sold, GPT_OSS) == (
        "Not its own machines: Azure sells gpt-oss-120b as Fireworks runs it, $0.22 per 1M output tokens "
        "(13 October 2024)."
    )
    assert findings.run_by_others(cost.run_by_others(prices(*rows[:2]), GPT_OSS), GPT_OSS) == ""


def test_a_store_that_says_of_nobody_what_they_are_is_refused():
    unsaid = providers().with_columns(kind=pl.lit(None, dtype=pl.String))
    with pytest.raises(cost.NotRanked, match=r"of no provider whether it is a host\. Run: python -m etl build"):
        cost.ranked(TABLES["token_price"].empty(), states(), unsaid)


def test_a_price_of_nothing_enters_no_ratio():
    assert ratios(listed("Groq", 0.0, 0.0), listed("Azure", 0.3, 0.61)).is_empty()
    assert ratios(listed("Groq", 0.05, 0.08), listed("Azure", 0.3, None)).is_empty()


def test_price_ratios_turned_round_are_inverse():
    """Groq against Azure, and against itself under another name at Azure's price."""
    there = ratios(listed("Groq", 0.05, 0.08), listed("Azure", 0.3, 0.61))["cost_ratio"].item()
    back = ratios(listed("Groq", 0.3, 0.61), listed("Azure", 0.05, 0.08))["cost_ratio"].item()
    assert there * back == pytest.approx(1)


# 3:1 blends of October 2024: DeepInfra 0.06, Fireworks 0.20, AWS Bedrock 0.22, Azure 0.3775
@pytest.mark.parametrize(
    ("baseline", "host"), [("Best", "DeepInfra"), ("Median", "Fireworks"), ("Azure", "Azure"), ("Fireworks",) * 2]
)
def test_the_baseline_of_a_price_is_the_cheapest_the_median_or_a_named_host(baseline, host):
    chosen = cost.against(ratios(*LLAMA_PRICES), baseline)
    assert chosen["baseline_provider"].to_list() == [host] * 3


def test_the_headline_takes_the_newest_pair_and_the_first_catalogue():
    newer = LONG | {"last_seen_on": date(2025, 6, 1)}
    rows = (
        *(catalogued(host, given, given, source="models_dev", **LONG) for host, given in (("Groq", 1), ("Azure", 2))),
        *(catalogued(host, given, given, source="litellm", **LONG) for host, given in (("Groq", 1), ("Azure", 4))),
        *(catalogued(host, given, given, source="litellm", **newer) for host, given in (("SambaNova", 3),)),
    )
    headline = cost.headline(cost.against(ratios(*rows), "Azure"))
    assert headline.select("provider", "source", "cost_ratio").rows() == [
        ("Groq", "litellm", 0.25),
        ("SambaNova", "litellm", 0.75),
    ]


def test_a_price_not_seen_for_half_a_year_is_not_current():
    day = {"valid_from": date(2024, 1, 1)}
    rows = [
        catalogued(host, 1.0, 1.0, model=model, last_seen_on=seen, **day)
        for model, seen in (
            (LLAMA_8B, date(2026, 1, 1)),
            (GPT_OSS, date(2026, 6, 30)),
            ("Llama 3.1 70B", date(2025, 12, 31)),
        )
        for host in ("Groq", "Azure")
    ]
    assert sorted(cost.current(ratios(*rows))["model"]) == [LLAMA_8B, GPT_OSS]
    assert cost.current(ratios()).is_empty()


def test_speeds_take_the_prices_of_their_own_capture():
    catalogue = [catalogued(host, 9.0, 9.0, **LONG) for host in ("Cerebras", "Groq", "SambaNova", "Azure")]
    found = beside(LLAMA_SPEEDS, [*LLAMA_PRICES, *catalogue])
    assert dict(found.select("provider", pl.col("cost_ratio").round(2)).iter_rows()) == {
        "Cerebras": 0.26,
        "Groq": 0.15,
        "SambaNova": 0.33,
    }
    assert set(found["price_source"]) == {"captures"}


def test_without_prices_in_the_capture_both_sides_come_from_one_catalogue():
    rows = (
        catalogued("Cerebras", 0.1, 0.1, source="litellm", **LONG),
        catalogued("Cerebras", 0.2, 0.2, source="models_dev", **LONG),
        catalogued("Azure", 0.4, 0.4, source="models_dev", **LONG),
    )
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found.select("price_source", "cost_ratio").rows() == [("models_dev", 0.5)]


def test_of_two_catalogues_that_know_both_sides_the_first_speaks():
    rows = [
        catalogued(host, given, given, source=source, **LONG)
        for source, host, given in (
            ("models_dev", "Cerebras", 1),
            ("models_dev", "Azure", 2),
            ("litellm", "Cerebras", 1),
            ("litellm", "Azure", 4),
        )
    ]
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found.select("price_source", "cost_ratio").rows() == [("litellm", 0.25)]


@pytest.mark.parametrize(
    "days",
    [
        {"valid_from": date(2024, 10, 14), "last_seen_on": date(2025, 1, 1)},
        {"valid_from": date(2024, 1, 1), "last_seen_on": date(2024, 10, 12)},
    ],
    ids=["from the day after", "until the day before"],
)
def test_a_price_of_another_day_stands_beside_no_speed(days):
    rows = catalogued("Cerebras", 0.1, 0.1, **LONG), catalogued("Azure", 0.3, 0.61, **days)
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found.select("price_source", "cost_ratio").rows() == [(None, None)]


def test_the_plain_endpoint_speaks_for_a_provider():
    rows = (
        catalogued("Cerebras", 1.0, 1.0, **LONG),
        catalogued("Azure", 2.0, 2.0, endpoint="batch", **LONG),
        catalogued("Azure", 4.0, 4.0, **LONG),
    )
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found["cost_ratio"].to_list() == [0.25]


@pytest.mark.parametrize("written", [0.0, None], ids=["free", "not listed"])
def test_a_listing_without_a_price_hides_no_listing_with_one(written):
    rows = (
        catalogued("Cerebras", written, written, source="litellm", **LONG),
        catalogued("Azure", 0.3, 0.61, source="litellm", **LONG),
        catalogued("Cerebras", 0.1, 0.1, source="models_dev", **LONG),
        catalogued("Azure", 0.2, 0.2, source="models_dev", **LONG),
    )
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found.select("price_source", "cost_ratio").rows() == [("models_dev", 0.5)]


def test_a_price_of_nothing_is_not_cheaper_than_every_other():
    rows = catalogued("Cerebras", 0.0, 0.0, **LONG), catalogued("Azure", 0.3, 0.61, **LONG)
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found["cost_ratio"].to_list() == [None]


def test_without_a_plain_endpoint_the_cheapest_speaks():
    rows = (
        catalogued("Cerebras", 1.0, 1.0, **LONG),
        catalogued("Azure", 4.0, 4.0, endpoint="eastus", **LONG),
        catalogued("Azure", 2.0, 2.0, endpoint="westus", **LONG),
    )
    found = beside([measured("Cerebras", 2023.0), measured("Azure", 54.3)], rows)
    assert found["cost_ratio"].to_list() == [0.5]


def test_speeds_of_two_captures_take_no_price_from_either():
    later = {"capture": "aa-leaderboard_later"}
    speed_rows = measured("Cerebras", 2023.0), measured("Azure", 54.3, measured_on=date(2024, 10, 20), **later)
    price_rows = listed("Cerebras", 0.1, 0.1), listed("Azure", 0.3, 0.61, **later)
    assert beside(speed_rows, price_rows)["cost_ratio"].to_list() == [None]
    catalogue = catalogued("Cerebras", 0.2, 0.2, **LONG), catalogued("Azure", 0.4, 0.4, **LONG)
    found = beside(speed_rows, (*price_rows, *catalogue))
    assert found.select("price_source", "cost_ratio").rows() == [("litellm", 0.5)]


def test_every_pair_of_speeds_stays_with_or_without_a_price():
    every = speed.ratios(speeds(*LLAMA_SPEEDS, *GPT_SPEEDS), providers())
    found = cost.beside_speed(every, prices(*LLAMA_PRICES))
    assert found.height == every.height
    assert found.filter(pl.col("model") == GPT_OSS)["cost_ratio"].null_count() == 3 * 4


def hosts_with_prices(speed_rows, price_rows, model, baseline="Azure"):
    table = speeds(*speed_rows)
    hosts = speed.hosts(matching.judged(table, providers()), speed.ratios(table, providers()), model, baseline)
    return cost.with_price(hosts, prices(*price_rows))


def test_the_frontier_of_may_2026_worked_by_hand():
    """3:1 blends: Cerebras 0.45, SambaNova 0.3125, Eigen AI 0.20, Groq, Bedrock and Azure 0.2625, DeepInfra 0.0768."""
    priced = hosts_with_prices(GPT_SPEEDS, GPT_PRICES, GPT_OSS)
    assert priced.filter("is_frontier")["host_label"].to_list() == ["Cerebras", "SambaNova", "Eigen AI", "DeepInfra"]


def test_hosts_without_a_price_are_left_out():
    known = [row for row in GPT_PRICES if row["provider"] in ("Cerebras", "Azure")]
    priced = hosts_with_prices(GPT_SPEEDS, [*known, listed("Groq", 0, 0, model=GPT_OSS)], GPT_OSS)
    assert priced["host_label"].to_list() == ["Cerebras", "Azure"]


def test_a_baseline_of_another_run_brings_no_price_of_its_own():
    later = {"capture": "aa-leaderboard_later"}
    speed_rows = measured("Cerebras", 2023.0), measured("Azure", 54.3, measured_on=date(2024, 10, 20), **later)
    price_rows = listed("Cerebras", 0.1, 0.1), listed("Azure", 0.3, 0.61, **later)
    priced = hosts_with_prices(speed_rows, price_rows, LLAMA_8B)
    assert priced["host_label"].to_list() == ["Cerebras"]


points = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12, unique=True)


@given(points)
def test_nobody_beats_a_host_on_the_frontier(drawn):
    table = pl.DataFrame(
        drawn, schema={"output_tokens_per_second": pl.Float64, "blended_usd_per_mtok": pl.Float64}, orient="row"
    )
    for tokens, price, on_frontier in cost.frontier(table).iter_rows():
        beaten = any(other >= tokens and cheap <= price and (other, cheap) != (tokens, price) for other, cheap in drawn)
        assert on_frontier is not beaten


def test_the_articles_corner_is_a_tenth_of_the_price_and_ten_times_the_speed():
    assert cost.claimed_corner(hosts_with_prices(GPT_SPEEDS, GPT_PRICES, GPT_OSS)) == pytest.approx((0.02625, 2183.0))


def test_there_is_no_corner_where_the_baseline_has_no_price():
    assert cost.claimed_corner(hosts_with_prices(GPT_SPEEDS, GPT_PRICES[:1], GPT_OSS)) is None


def disagreements(*rows):
    return cost.disagreements(prices(*rows))


def test_catalogues_that_list_other_prices_over_the_same_days_disagree():
    found = disagreements(
        catalogued("Groq", 0.05, 0.08, source="litellm", **LONG),
        catalogued("Groq", 0.05, 0.10, source="models_dev", **LONG),
        catalogued("Azure", 0.3, 0.61, source="litellm", **LONG),
        catalogued("Azure", 0.3, 0.61, source="models_dev", **LONG),
    )
    assert found.rows() == [
        ("Groq", LLAMA_8B, 2, "litellm: 0.05 / 0.08; models_dev: 0.05 / 0.1", date(2025, 3, 1)),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"valid_from": date(2025, 3, 2), "last_seen_on": date(2025, 6, 1)},
        {"endpoint": "batch", **LONG},
        {"source": "litellm", **LONG},
        {"source": "aa_leaderboard", "capture": LEADERBOARD, **LONG},
        {"model": "Llama 3.1 70B", **LONG},
    ],
    ids=["other days", "another tier", "the same catalogue", "not a catalogue", "another model"],
)
def test_other_prices_of_something_else_are_no_disagreement(other):
    rows = catalogued("Groq", 0.05, 0.08, **LONG), catalogued("Groq", 0.5, 0.8, **{"source": "models_dev", **other})
    assert disagreements(*rows).is_empty()


def test_no_prices_make_no_ratios():
    empty = ratios()
    assert empty.is_empty()
    assert cost.headline(empty).is_empty()
    assert cost.against(empty, "Best").is_empty()
    assert disagreements().is_empty()
    assert beside([], []).is_empty()
    assert beside(LLAMA_SPEEDS, [])["cost_ratio"].null_count() == 3


def test_rows_come_back_in_the_same_order_whatever_order_they_came_in():
    assert ratios(*LLAMA_PRICES).equals(ratios(*reversed(LLAMA_PRICES)))
    day = {"valid_from": MAY_2026, "last_seen_on": OCTOBER_2024}
    assert ratios(catalogued("Groq", 1, 1, **day), catalogued("Azure", 1, 1, **day)).is_empty()
