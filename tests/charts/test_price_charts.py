"""Components, history and rent as figures, and response time by its parts."""

from datetime import date

import polars as pl
import pytest

from charts import prices, response, style

FEBRUARY, MARCH, MAY = date(2026, 2, 11), date(2026, 3, 6), date(2026, 5, 8)


def figure(chart):
    return chart.figure.to_dict()


HOSTS = pl.DataFrame(
    [
        {
            "host_label": "Cerebras",
            "family": "wafer-scale",
            "is_specialised": True,
            "is_own": False,
            "cached_input_usd_per_mtok": None,
            "input_usd_per_mtok": 0.35,
            "output_usd_per_mtok": 0.75,
        },
        {
            "host_label": "Azure",
            "family": "undisclosed",
            "is_specialised": False,
            "is_own": False,
            "cached_input_usd_per_mtok": 0.07,
            "input_usd_per_mtok": 0.15,
            "output_usd_per_mtok": 0.6,
        },
    ]
)


def test_a_price_that_is_not_published_has_no_mark():
    drawn = figure(prices.components(HOSTS, "title", "subtitle"))
    cached = next(trace for trace in drawn["data"] if trace.get("name") == "cached input")
    assert list(cached["y"]) == ["Azure"]
    assert drawn["layout"]["xaxis"]["type"] == "log"
    assert "USD per 1M tokens" in drawn["layout"]["xaxis"]["title"]["text"]


def test_between_two_spans_no_price_is_drawn():
    spans = pl.DataFrame(
        [
            {
                "label": "Groq",
                "family": "LPU",
                "is_specialised": True,
                "is_baseline": False,
                "is_own": False,
                "valid_from": date(2025, 2, 28),
                "last_seen_on": date(2025, 9, 30),
                "blended_usd_per_mtok": 0.64,
            },
            {
                "label": "Groq",
                "family": "LPU",
                "is_specialised": True,
                "is_baseline": False,
                "is_own": False,
                "valid_from": date(2025, 12, 28),
                "last_seen_on": date(2026, 7, 24),
                "blended_usd_per_mtok": 0.55,
            },
        ]
    ).with_columns(publisher=pl.lit("LiteLLM (BerriAI)"))
    (line,) = (trace for trace in figure(prices.history(spans, "title", "subtitle"))["data"] if trace.get("name"))
    assert list(line["y"]) == [0.64, 0.64, None, 0.55, 0.55, None]
    assert line["marker"]["symbol"] == "square"
    assert line["line"]["color"] == "#CC79A7"


def test_rent_and_list_prices_are_told_apart_by_name_and_mark():
    rented = pl.DataFrame({"label": ["B200 at Lambda"], "usd_per_mtok_from_rent": [0.42], "is_own": [False]})
    listed = pl.DataFrame(
        {
            "label": ["Groq"],
            "output_usd_per_mtok": [0.6],
            "family": ["LPU"],
            "is_specialised": [True],
            "is_own": [False],
        }
    )
    drawn = figure(prices.from_rent(rented, listed, "title", "subtitle", "rent"))
    names, symbols = drawn["data"][0]["y"], drawn["data"][0]["marker"]["symbol"]
    assert dict(zip(names, symbols, strict=True)) == {"List: Groq": "square", "Rent: B200 at Lambda": "line-ns"}


def test_rents_of_the_same_clouds_stand_out_and_a_line_breaks_where_nobody_looked():
    spans = pl.DataFrame(
        [
            {"cloud": "Crusoe", "usd_per_accelerator_hour": 3.9, "first_on": FEBRUARY, "last_on": MARCH},
            {"cloud": "Crusoe", "usd_per_accelerator_hour": 4.2, "first_on": MAY, "last_on": MAY},
        ]
    ).with_columns(seller_kind=pl.lit("GPU cloud"), publisher=pl.lit("getdeploying.com"), is_own=pl.lit(False))
    same = pl.DataFrame(
        {
            "seller_kind": ["GPU cloud"] * 2,
            "day": [FEBRUARY, MAY],
            "usd_per_accelerator_hour": [2.99, 2.97],
            "clouds": [12, 12],
        }
    )
    average = spans.head(1).with_columns(cloud=pl.lit("Hyperscalers"), seller_kind=pl.lit("hyperscaler"))
    drawn = figure(prices.rents(spans, same, average, "title", "subtitle"))
    cloud, published, middle = (trace for trace in drawn["data"] if trace.get("name"))
    assert list(cloud["y"]) == [3.9, 3.9, None, 4.2, 4.2]
    assert published["line"]["dash"] == "dot"
    assert (middle["name"], middle["line"]["width"]) == ("12 GPU clouds", 3)
    assert "USD per GPU-hour" in drawn["layout"]["yaxis"]["title"]["text"]
    labels = {label["text"].strip() for label in drawn["layout"]["annotations"]}
    assert labels == {"12 GPU clouds", style.wide_only(" hyperscalers, a published average")}


def test_no_name_beside_a_line_moves_the_end_of_its_axis_of_days():
    seen = {"valid_from": [date(2025, 8, 30)], "last_seen_on": [date(2026, 11, 20)], "blended_usd_per_mtok": [0.45]}
    is_named = {
        "family": ["wafer-scale"],
        "publisher": ["LiteLLM (BerriAI)"],
        "is_specialised": [True],
        "is_baseline": [False],
        "is_own": [False],
    }
    short, long = (
        figure(prices.history(pl.DataFrame({"label": [label], **seen, **is_named}), "title", "subtitle"))
        for label in ("Cerebras", "Cerebras, as a customer with a long name pays for it, yours")
    )
    assert short["layout"]["xaxis"]["range"] == long["layout"]["xaxis"]["range"]
    first, last = short["layout"]["xaxis"]["range"]
    assert first < date(2025, 8, 30)
    assert date(2026, 11, 20) < last < date(2027, 2, 1)


def test_a_median_of_few_offers_has_no_whisker():
    frame = pl.DataFrame(
        {
            "place": ["Vast.ai in US"] * 2,
            "observed_on": [FEBRUARY, MARCH],
            "offers": [1, 7],
            "usd_per_accelerator_hour": [1.54, 2.07],
            "usd_per_accelerator_hour_p25": [None, 1.74],
            "usd_per_accelerator_hour_p75": [None, 2.2],
            "is_own": [False, False],
        }
    )
    drawn = figure(prices.offers(frame, "title", "subtitle"))
    (line,) = (trace for trace in drawn["data"] if trace.get("name"))
    assert list(line["error_y"]["arrayminus"]) == pytest.approx([0, 0.33])
    assert line["hovertext"][0].startswith("Vast.ai in US: half of 1 offer ask $1.54 or less")
    assert "USD per GPU-hour" in drawn["layout"]["yaxis"]["title"]["text"]


PARTS = pl.DataFrame(
    [
        {
            "host_label": "Cerebras",
            "family": "wafer-scale",
            "is_specialised": True,
            "is_own": False,
            "waiting_seconds": 0.5,
            "thinking_seconds": 0.0,
            "answering_seconds": 0.29,
            "response_seconds": 0.79,
        },
        {
            "host_label": "Azure",
            "family": "undisclosed",
            "is_specialised": False,
            "is_own": False,
            "waiting_seconds": 0.8,
            "thinking_seconds": 0.0,
            "answering_seconds": 2.3,
            "response_seconds": 3.1,
        },
    ]
)


def test_a_part_that_is_nothing_everywhere_is_not_drawn():
    bars = [trace for trace in figure(response.stacked(PARTS, "t", "s"))["data"] if trace["type"] == "bar"]
    assert [bar["name"] for bar in bars] == ["waiting for the first token", "answering"]


def test_the_parts_of_a_bar_add_up_to_the_response_time():
    drawn = figure(response.stacked(PARTS, "t", "s"))
    bars = [trace for trace in drawn["data"] if trace["type"] == "bar"]
    assert drawn["layout"]["barmode"] == "stack"
    assert [sum(ends) for ends in zip(*(bar["x"] for bar in bars), strict=True)] == pytest.approx([3.1, 0.79])


def test_the_soonest_answer_stands_on_top():
    drawn = figure(response.stacked(PARTS, "t", "s"))
    assert drawn["layout"]["yaxis"]["categoryarray"][-1] == "Cerebras"


WEEKS = pl.DataFrame(
    [
        {
            "label": "SambaNova",
            "is_own": False,
            "family": "RDU",
            "is_specialised": True,
            "week": date(2026, 6, 22),
            "captures": 2,
            "output_tokens_per_second": 20.0,
            "low": 18.0,
            "high": 22.0,
        },
        {
            "label": "Nebius",
            "is_own": False,
            "family": "undisclosed",
            "is_specialised": False,
            "week": date(2026, 6, 22),
            "captures": 1,
            "output_tokens_per_second": 60.0,
            "low": 60.0,
            "high": 60.0,
        },
    ]
)


def test_speed_over_time_shows_the_speed_at_which_a_person_reads():
    drawn = figure(response.over_time(WEEKS, "t", "s", reading=5.29))
    assert [shape["y0"] for shape in drawn["layout"]["shapes"]] == [5.29]
    assert drawn["layout"]["yaxis"]["type"] == "log"
    samba = next(trace for trace in drawn["data"] if trace.get("name") == "SambaNova")
    assert (samba["line"]["color"], samba["marker"]["symbol"]) == ("#0072B2", "triangle-up")
    assert list(samba["error_y"]["array"]) == [2.0]


def test_shared_systems_are_named_and_have_units_on_both_axes():
    curve = pl.DataFrame(
        [
            {
                "system_label": "OCI",
                "model": "Command R",
                "concurrency": users,
                "throughput_tokens_per_second": together,
                "interactivity_tokens_per_second_per_user": each,
                "is_own": False,
            }
            for users, together, each in ((1, 142.16, 143.82), (256, 4784.32, 24.14))
        ]
    )
    drawn = figure(response.serving_curve(curve, "t", "s"))
    assert drawn["layout"]["showlegend"] is True
    assert "tokens/s" in drawn["layout"]["xaxis"]["title"]["text"]
    assert "tokens/s" in drawn["layout"]["yaxis"]["title"]["text"]
