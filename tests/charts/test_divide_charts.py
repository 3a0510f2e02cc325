"""The charts of training and inference by their JSON."""

import json
from datetime import date

import polars as pl
import pytest

from charts import divide as draw
from charts import divide_time as draw_time
from charts import style
from charts import ties as draw_ties
from metrics import divide, generations, mlcommons, submitters
from metrics.findings import divide as divide_findings
from tests.frames import CITED, shares
from tests.results import inference, served, trained, training

TRAINED = training(
    trained("H100 SXM", "SCITIX", 64, 4.555671),
    trained("GB200", "Oracle", 72, 1.598139),
    trained("B200", "Oracle", 64, 2.01876),
)
SERVED = inference(
    served("H100 SXM", "Cisco", 8, 31219.7),
    served("B200", "Dell", 8, 102909.0),
    served("B200", "HPE", 8, 78000.0),
    served("L40S", "Dell", 8, 9000.0),
)
CHIPS = pl.DataFrame({"accelerator": ["GB200"], "family": ["GPU"]})
SHARES = divide.placed_shares(
    shares(
        {"year": 2023, "share_percent": 33.3, "of_what": "compute", "scope": "all AI compute", "kind": "estimate"},
        {"year": 2026, "share_percent": 66.7, "of_what": "compute", "scope": "all AI compute", "kind": "forecast"},
        {"year": 2021, "share_percent": 60.0, "of_what": "energy", "scope": "Google ML energy", "kind": "measured"},
    ).with_columns(published_on=date(2025, 11, 18))
)
EVENTS = pl.DataFrame(
    [
        CITED
        | {"happened_on": date(2024, 3, 13), "category": "chip launch", "company": "Cerebras", "headline": "WSE-3"},
        CITED | {"happened_on": date(2026, 2, 3), "category": "article", "company": "Microsoft", "headline": "Article"},
        CITED
        | {"happened_on": date(2026, 5, 14), "category": "ipo", "company": "<b>Cerebras</b>", "headline": "Lists"},
    ]
)


def gains_chart():
    paired = generations.pairs(TRAINED, SERVED, "H100 SXM")
    both = generations.with_family(generations.both_sides(generations.gains(paired)), CHIPS)
    return draw.gains(both, paired, divide_findings.generation(both, "H100 SXM"))


def training_chart():
    curve = generations.training_curve(TRAINED, "llama2_70b_lora", "v5.0", "closed", "Any")
    curve = generations.beside_own(generations.with_family(curve, CHIPS), TRAINED.head(0))
    return draw.training(curve, divide_findings.fewest_minutes(curve, "llama2_70b_lora"))


def throughput_chart():
    ranked = generations.per_accelerator(SERVED, "llama2-70b-99", "Offline", "v5.1")
    ranked = generations.beside_own(generations.with_family(ranked, CHIPS), SERVED.head(0))
    return draw.throughput(ranked, divide_findings.most_served(ranked, "llama2-70b-99", "Offline"))


def submitters_chart():
    counted = submitters.matrix(
        TRAINED.with_columns(accelerator_as_published=pl.lit("NVIDIA GB200")),
        SERVED.with_columns(accelerator_as_published=pl.lit("NVIDIA H100-SXM-80GB")),
    )
    return draw.who_submits(counted, divide_findings.who_submits(counted))


def shares_chart():
    return draw_time.shares(SHARES, "0 of 5 estimates put inference above half")


def launches_chart():
    launched = divide.launches(
        pl.DataFrame(
            {
                "accelerator": ["H100 SXM", "Maia 200", "TPU 8t"],
                "role": ["both", "inference", "training"],
                "announced_on": [None, date(2026, 1, 26), date(2026, 4, 22)],
                "available_on": [date(2022, 9, 20), date(2026, 1, 26), None],
            }
        )
    )
    return draw_time.launches(divide.by_year(launched), launched, "2 of 2 chips", 143)


def events_chart():
    return draw_time.events(EVENTS, divide_findings.since_article(EVENTS))


def ties_chart():
    rows = [
        {"happened_on": date(2025, 12, 24), "tie_from": "Nvidia", "tie": "licenses", "tie_to": "Groq"},
        {"happened_on": date(2026, 3, 16), "tie_from": "Nvidia", "tie": "launches a chip with", "tie_to": "Groq"},
        {"happened_on": date(2026, 6, 1), "tie_from": "AWS", "tie": "sells", "tie_to": "OpenAI"},
    ]
    frame = pl.DataFrame(rows).with_columns(headline=pl.lit("As announced"))
    return draw_ties.ties(frame, "3 ties")


MLPERF = (gains_chart, training_chart, throughput_chart, submitters_chart)
EVERY = pytest.mark.parametrize("make", [*MLPERF, shares_chart, launches_chart, events_chart, ties_chart])


def spec(chart) -> dict:
    return json.loads(chart.figure.to_json())


def labels(drawn: dict) -> list[str]:
    return [text for trace in drawn["data"] for text in trace.get("text") or []]


@EVERY
def test_a_chart_has_marks_a_finding_and_a_sentence_of_what_it_counts(make):
    chart = make()
    assert any(trace.get("x") for trace in spec(chart)["data"])
    assert chart.title
    assert chart.subtitle.endswith(".")


@pytest.mark.parametrize("make", MLPERF)
def test_a_chart_of_mlperf_carries_the_footnote_that_mlcommons_requires(make):
    footnote = make().footnote
    assert footnote.endswith(mlcommons.LEGEND)
    assert mlcommons.NOT_VERIFIED in footnote
    assert "closed division" in footnote or "closed" in footnote
    assert " on 1 December 2026, results as of" in footnote


def test_a_throughput_names_its_precision_so_that_fp4_is_not_taken_for_a_faster_chip():
    ranked = generations.per_accelerator(
        SERVED.with_columns(precision=pl.Series(["fp8", *["fp4"] * (SERVED.height - 1)])),
        "llama2-70b-99",
        "Offline",
        "v5.1",
    )
    chart = draw.throughput(
        generations.beside_own(generations.with_family(ranked, CHIPS), SERVED.head(0)),
        divide_findings.most_served(ranked, "llama2-70b-99", "Offline"),
    )
    assert chart.title.endswith(f"Tokens/s, precision {ranked['precision_label'][0]}")
    named = {text.rsplit(", ", 1)[1] for text in labels(spec(chart)) if ", " in text}
    assert named == {"FP4", "FP8"}


def test_training_stands_above_inference_and_the_line_at_one_is_strong():
    drawn = spec(gains_chart())
    marks = {trace["name"]: trace for trace in drawn["data"] if trace.get("name")}
    place = {
        name: tick
        for tick, name in zip(drawn["layout"]["yaxis"]["tickvals"], drawn["layout"]["yaxis"]["ticktext"], strict=True)
    }
    assert max(marks["Training"]["y"]) > place["GB200"]
    assert min(marks["Inference"]["y"]) < place["B200"]
    assert drawn["layout"]["shapes"][0]["x0"] == 1
    assert drawn["layout"]["xaxis"]["type"] == "log"


def test_a_side_without_a_shared_benchmark_says_so_in_words():
    assert any(generations.NO_SHARED in text and "in inference" in text for text in labels(spec(gains_chart())))


def test_the_range_of_the_benchmarks_is_a_whisker_around_the_gain():
    [mark] = [trace for trace in spec(gains_chart())["data"] if trace.get("name") == "Training"]
    assert mark["error_x"]["array"] == mark["error_x"]["arrayminus"] == [0.0, 0.0]


def test_lines_of_equal_work_have_the_same_product_at_both_ends():
    drawn = spec(training_chart())
    lines = [trace for trace in drawn["data"] if trace.get("line", {}).get("dash") == "dash"]
    assert len(lines) >= 2
    for line in lines:
        left, right = (x * y for x, y in zip(line["x"], line["y"], strict=True))
        assert left == pytest.approx(right)
        assert "accelerator-minutes" in line["hovertext"]
    assert {drawn["layout"][axis]["type"] for axis in ("xaxis", "yaxis")} == {"log"}


def test_a_line_joins_the_best_results_of_one_generation():
    rows = training(
        trained("H200 SXM", "Dell", 8, 24.0), trained("H200 SXM", "HPE", 8, 26.0), trained("H200 SXM", "Dell", 16, 13.5)
    )
    curve = generations.with_family(generations.training_curve(rows, "llama2_70b_lora", "v5.0", "closed", "Any"), CHIPS)
    [line] = [
        t
        for t in spec(draw.training(curve.with_columns(is_own=False), "x"))["data"]
        if t["mode"] == "lines" and "dash" not in t["line"]
    ]
    assert (line["x"], line["y"]) == ([8, 16], [24.0, 13.5])


def test_the_best_result_is_a_bar_and_the_least_the_end_of_its_line():
    [bars] = [trace for trace in spec(throughput_chart())["data"] if trace["type"] == "bar"]
    assert bars["y"][-1] == "B200"
    assert bars["x"][-1] == pytest.approx(102909.0 / 8)
    assert bars["error_x"]["arrayminus"][-1] == pytest.approx((102909.0 - 78000.0) / 8)


def test_who_is_absent_is_said_to_be_and_training_stands_on_the_left():
    drawn = spec(submitters_chart())
    assert drawn["layout"]["xaxis"]["categoryarray"] == ["Training<br>v5.0", "Inference<br>v5.1"]
    absent = drawn["data"][1]
    assert set(absent["text"]) == {style.wide_only(submitters.ABSENT)}
    assert {"Cerebras", "Groq", "SambaNova", "Microsoft Maia", "AWS Trainium", "Google TPU"} <= set(absent["y"])


def test_every_panel_of_shares_has_its_line_at_one_half():
    drawn = spec(shares_chart())
    assert [shape["y0"] for shape in drawn["layout"]["shapes"]] == [50, 50]
    assert [note["text"] for note in drawn["layout"]["annotations"]] == [
        "Compute of the whole market",
        "Energy of one firm",
    ]


def test_a_measured_share_is_drawn_otherwise_than_an_estimate_and_a_forecast():
    symbols = {look.symbol for look in draw_time.KIND_LOOKS.values()}
    assert len(symbols) == len(draw_time.KIND_LOOKS)
    assert {trace["name"] for trace in spec(shares_chart())["data"] if trace.get("showlegend")} == {
        "measured",
        "estimate",
        "forecast",
    }


def test_chips_are_counted_in_their_parts():
    drawn = spec(launches_chart())
    assert drawn["layout"]["barmode"] == "stack"
    assert [trace["name"] for trace in drawn["data"][:3]] == ["for inference", "for both", "for training"]
    assert drawn["data"][3]["text"] == ["1", "1", "1"]
    assert "143 other chips on record without a stated role" in launches_chart().subtitle


def test_the_day_of_the_article_is_a_line_and_names_are_never_markup():
    drawn = spec(events_chart())
    assert drawn["layout"]["shapes"][0]["x0"] == "2026-02-03"
    text = json.dumps(drawn)
    assert "<b>Cerebras" not in text
    assert "&lt;b&gt;Cerebras" in text


@EVERY
def test_a_frame_is_left_as_it_came(make):
    before = SHARES.clone(), EVENTS.clone(), TRAINED.clone(), SERVED.clone()
    make()
    for frame, kept in zip((SHARES, EVENTS, TRAINED, SERVED), before, strict=True):
        assert frame.equals(kept)


def test_a_map_of_ties_has_one_cell_for_each_pair_with_every_tie_and_its_day():
    drawn = spec(ties_chart())
    (cells,) = [trace for trace in drawn["data"] if trace.get("text")]
    assert cells["text"] == [
        "licenses<br>24 December<br>2025<br>launches a<br>chip with<br>16 March 2026",
        "sells<br>1 June 2026",
    ]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["Groq", "OpenAI"]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["Nvidia", "AWS"]
