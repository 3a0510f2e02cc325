"""Every chart by its JSON: axes, units, the line at 1, colour and shape, labels, and published text as text."""

import json
from datetime import date

import polars as pl
import pytest

from charts import cost as cost_charts
from charts import evidence as evidence_charts
from charts import speed as speed_charts
from charts import style
from charts import verdicts as verdict_charts
from charts.style import CONTEXT, FAMILY_LOOKS
from metrics import cost, matching, speed, words
from metrics.claims import verdicts
from metrics.claims.claim import TIMES
from metrics.findings import answer as answer_findings
from metrics.findings import cost as cost_findings
from metrics.findings import speed as speed_findings
from tests.frames import GPT_OSS, LLAMA_8B, gpt_oss_of_2026, llama_of_2024, measured, prices, providers, speeds, tables

(LLAMA_SPEEDS, LLAMA_PRICES), (GPT_SPEEDS, GPT_PRICES) = llama_of_2024(), gpt_oss_of_2026()
FAMILY_OF = {"Cerebras": "wafer-scale", "Groq": "LPU", "SambaNova": "RDU"}

BREAKING = "<b>Nebius</b> & <a href='https://example.com'>sons</a>"


def rows_of(rows):
    table = speeds(*rows)
    known = providers(BREAKING)
    return matching.judged(table, known), speed.ratios(table, known)


def hosts_of(rows, model, baseline="Azure"):
    return speed.hosts(*rows_of(rows), model, baseline)


def hosts_chart(rows=LLAMA_SPEEDS, model=LLAMA_8B):
    frame = hosts_of(rows, model)
    return speed_charts.hosts(frame, speed_findings.fastest(frame, model))


def models_chart(rows=(*LLAMA_SPEEDS, *GPT_SPEEDS)):
    frame = speed.headline(matching.against(rows_of(rows)[1], "Azure"))
    title = speed_findings.models_ahead(frame, "speed_ratio", "Azure")
    return speed_charts.by_model(
        frame, title, "speed_ratio", "Output speed as a multiple of the baseline (log scale)", "Pairs."
    )


def price_models_chart(rows=(*LLAMA_PRICES, *GPT_PRICES)):
    frame = cost.headline(cost.against(cost.ratios(prices(*rows), providers(BREAKING)), "Azure"))
    title = cost_findings.cheapest(frame, "Azure")
    return speed_charts.by_model(
        frame, title, "cost_ratio", "Price as a multiple of the baseline's (log scale)", "Pairs."
    )


def waiting_chart(rows=LLAMA_SPEEDS):
    frame = speed.timed(*rows_of(rows), LLAMA_8B)
    return speed_charts.waiting(frame, speed_findings.soonest(frame))


def price_chart(rows=GPT_SPEEDS, price_rows=GPT_PRICES):
    frame = cost.with_price(hosts_of(rows, GPT_OSS), prices(*price_rows, hosts=[BREAKING]))
    return cost_charts.price_against_speed(
        frame, cost_findings.frontier(frame, GPT_OSS), "3:1", cost.claimed_corner(frame)
    )


def coverage_chart(rows=(*LLAMA_SPEEDS, *GPT_SPEEDS)):
    graded = (
        rows_of(rows)[1]
        .group_by("model", "provider")
        .agg(match_grade=pl.col("match_grade").min(), pairs=pl.len())
        .sort("model", "provider")
    )
    return evidence_charts.coverage(graded, f"{words.plural(int(graded['pairs'].sum()), 'pair')} match")


def ledger_chart(speed_rows=(*LLAMA_SPEEDS, *GPT_SPEEDS), price_rows=(*LLAMA_PRICES, *GPT_PRICES)):
    headlines = [claim for claim in verdicts.CLAIMS if claim.claim_id in verdicts.HEADLINES]
    judged = verdicts.verdicts(tables(speed_rows, price_rows), headlines)
    return verdict_charts.ledger(judged, answer_findings.judgement(judged, date(2026, 5, 31)))


CHARTS = {
    "hosts": hosts_chart,
    "models": models_chart,
    "price of models": price_models_chart,
    "waiting": waiting_chart,
    "price": price_chart,
    "coverage": coverage_chart,
    "ledger": ledger_chart,
}
RATIO_CHARTS = {name: CHARTS[name] for name in ("hosts", "models", "price of models", "ledger")}
AMOUNT_CHARTS = {name: CHARTS[name] for name in ("waiting", "price")}
FINDINGS = {
    "hosts": "Cerebras writes Llama 3.1 8B 37.3 times as fast as Azure",
    "models": "Specialised silicon is faster than Azure on 1 of 1 model (8 May 2026)",
    "price of models": "Specialised providers are cheaper than Azure on 1 of 2 models",
    "waiting": "DeepInfra starts soonest (0.22 s), Cerebras writes fastest",
    "price": "Fastest: Cerebras, 1,856 tokens/s for $0.45",
    "coverage": "24 pairs match",
    "ledger": "Faster than Azure, yes (8 May 2026); at a tenth of the price, no (8 May 2026): 1 of 6 claims",
}

every_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
every_ratio = pytest.mark.parametrize("chart", RATIO_CHARTS.values(), ids=RATIO_CHARTS)
every_amount = pytest.mark.parametrize("chart", AMOUNT_CHARTS.values(), ids=AMOUNT_CHARTS)


def figure(chart):
    return chart.figure.to_dict()


def layout(chart):
    return {name: value for name, value in figure(chart)["layout"].items() if name != "template"}


def title_of(axis):
    return axis.get("title", {}).get("text", "")


def marks(chart):
    """Every mark as (its label or hover, colour, symbol)."""
    for trace in figure(chart)["data"]:
        is_seen = trace.get("marker", {}).get("opacity", 1) != 0
        if "markers" not in trace.get("mode", "") or not is_seen:
            continue
        count = len(trace["x"])
        spread = [
            value if isinstance(value, list) else [value] * count
            for value in (trace["hovertext"], trace["marker"]["color"], trace["marker"]["symbol"])
        ]
        yield from zip(*spread, strict=True)


@every_chart
def test_a_chart_is_titled_with_its_finding_and_says_its_quantity(chart, request):
    drawn = chart()
    assert drawn.title.startswith(FINDINGS[request.node.callspec.id])
    assert drawn.subtitle.endswith((".", ". "))
    assert "title" not in layout(drawn)


@every_chart
def test_a_chart_has_one_axis_each_way_and_is_no_pie(chart):
    drawn = chart()
    assert {name for name in layout(drawn) if name.startswith(("xaxis", "yaxis"))} <= {"xaxis", "yaxis"}
    assert {trace["type"] for trace in figure(drawn)["data"]} <= {"scatter", "bar"}
    assert not any(trace.get("xaxis", "x") != "x" or trace.get("yaxis", "y") != "y" for trace in figure(drawn)["data"])


@every_chart
def test_a_chart_is_plain_json_without_what_is_not_a_number(chart):
    told = json.loads(chart().figure.to_json())
    assert told["data"]
    assert not any(word in json.dumps(told["data"]) for word in ("NaN", "Infinity", "None", "null x", "not published"))


@every_chart
def test_hovering_says_a_sentence(chart):
    hovers = [text for text, _, _ in marks(chart())]
    assert hovers
    assert all(len(text.split()) >= 4 for text in hovers)


@every_chart
def test_a_chart_of_the_same_rows_is_the_same(chart):
    assert chart().figure.to_json() == chart().figure.to_json()


@every_ratio
def test_ratios_stand_on_a_log_axis_with_a_strong_line_at_one(chart):
    drawn = layout(chart())
    assert drawn["xaxis"]["type"] == "log"
    assert "multiple of" in title_of(drawn["xaxis"]).lower()
    assert "log scale" in title_of(drawn["xaxis"])
    assert "1x" in drawn["xaxis"]["ticktext"]
    lines = [shape for shape in drawn["shapes"] if shape["type"] == "line"]
    assert [(line["x0"], line["x1"]) for line in lines] == [(1, 1)]
    assert lines[0]["line"]["width"] >= 2


@every_amount
def test_amounts_stand_on_log_axes_titled_with_their_units(chart):
    drawn = layout(chart())
    for axis in (drawn["xaxis"], drawn["yaxis"]):
        assert axis["type"] == "log"
        assert "log scale" in title_of(axis)
    assert "tokens/s" in title_of(drawn["xaxis"])
    assert any(unit in title_of(drawn["yaxis"]) for unit in (", s ", "USD per 1M tokens"))


@every_amount
def test_every_figure_lies_within_the_axes(chart):
    drawn = chart()
    for side in "xy":
        low, high = (10**end for end in layout(drawn)[f"{side}axis"]["range"])
        values = [value for trace in figure(drawn)["data"] for value in trace[side]]
        assert low < min(values)
        assert max(values) < high


@pytest.mark.parametrize("chart", [hosts_chart, models_chart, price_models_chart, waiting_chart, price_chart])
@pytest.mark.parametrize(("provider", "family"), FAMILY_OF.items())
def test_a_specialised_provider_has_its_familys_colour_and_shape(chart, provider, family):
    look = FAMILY_LOOKS[family]
    found = [(colour, symbol) for text, colour, symbol in marks(chart()) if text.startswith(provider)]
    assert found
    assert set(found) == {(look.colour, look.symbol)}


@pytest.mark.parametrize("chart", [hosts_chart, waiting_chart, price_chart])
def test_the_other_hosts_are_grey(chart):
    others = [(colour, symbol) for text, colour, symbol in marks(chart()) if not text.startswith(tuple(FAMILY_OF))]
    assert others
    assert set(others) == {(CONTEXT, "circle-open")}


def test_hosts_are_bars_from_the_line_at_one_labelled_with_ratio_and_speed():
    drawn = figure(hosts_chart())
    bars = drawn["data"][0]
    assert (bars["type"], bars["orientation"], bars["base"]) == ("bar", "h", 1)
    assert bars["y"][-1] == "Cerebras"
    assert bars["y"] == drawn["layout"]["yaxis"]["categoryarray"]
    assert [1 + length for length in bars["x"]] == sorted(1 + length for length in bars["x"])
    ratios, speeds = (dict(zip(trace["y"], trace["text"], strict=True)) for trace in drawn["data"][2:4])
    assert (ratios["Cerebras"], ratios["Azure"]) == ("37.3x", "1x")
    assert "2,023 tokens/s" in speeds["Cerebras"]
    assert "54.3 tokens/s (baseline)" in speeds["Azure"]


def test_hosts_say_how_many_measurements_and_of_which_day():
    assert hosts_chart().subtitle.endswith("7 measurements, 13 October 2024.")


def test_a_whisker_stands_where_a_spread_is_published():
    rows = (
        measured("Cerebras", 1855.9, output_tokens_per_second_p75=1855.9 * 1.1),
        measured("Fireworks", 264.1),
        measured("Azure", 218.3, output_tokens_per_second_p75=218.3 * 1.2),
    )
    whiskers = [trace for trace in figure(hosts_chart(rows))["data"] if trace.get("mode") == "lines"]
    assert [(whisker["y"], whisker["hovertext"]) for whisker in whiskers] == [
        (["Cerebras", "Cerebras"], "Spread 6.9–10.4x")
    ]
    assert whiskers[0]["x"] == pytest.approx([6.92, 10.44], abs=0.01)


def test_an_undated_run_is_drawn_and_says_so():
    page = {"capture": None, "measured_on": None}
    drawn = hosts_chart([measured("Cerebras", 1844.1, **page), measured("Azure", 525.0, **page)])
    assert drawn.subtitle.endswith("date not published.")


def test_models_have_one_mark_for_each_provider_and_a_legend():
    drawn = figure(models_chart())
    assert [trace["name"] for trace in drawn["data"]] == ["Cerebras", "Groq", "SambaNova"]
    assert drawn["layout"]["showlegend"] is True
    assert drawn["layout"]["yaxis"]["categoryarray"] == [GPT_OSS, LLAMA_8B]


def test_a_pair_of_grade_d_is_hollow():
    vendor = measured("Cerebras", 450.0, model="Llama 3.1 70B", measurer_kind="vendor")
    rows = *LLAMA_SPEEDS, vendor, measured("Azure", 30.0, model="Llama 3.1 70B")
    symbols = {
        text.split(" on ")[1].split(":")[0]: symbol
        for text, _, symbol in marks(models_chart(rows))
        if "Cerebras" in text
    }
    assert symbols == {LLAMA_8B: "diamond", "Llama 3.1 70B": "diamond-open"}


def test_the_price_chart_shows_the_frontier_and_the_articles_corner():
    drawn = figure(price_chart())
    frontier = drawn["data"][0]
    assert frontier["mode"] == "lines"
    assert frontier["x"] == [45.1, 565.1, 651.0, 1855.9]
    corner = next(shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect")
    assert (corner["x0"], corner["y1"]) == pytest.approx((2183.0, 0.02625))
    assert "10x the speed, a tenth of the price" in drawn["layout"]["annotations"][0]["text"]


def test_the_price_chart_names_who_matters():
    shown = {text.strip() for trace in figure(price_chart())["data"] for text in trace.get("text") or []}
    assert shown >= {"Azure", "Cerebras", "DeepInfra", "Eigen AI", "Groq", "SambaNova"}


def test_without_a_price_of_the_baseline_there_is_no_corner():
    drawn = price_chart(price_rows=[row for row in GPT_PRICES if row["provider"] != "Azure"])
    assert "shapes" not in layout(drawn)


def test_the_ledger_shows_each_claim_at_three_times():
    drawn = figure(ledger_chart())
    texts = [text for trace in drawn["data"] for text in trace.get("text") or []]
    assert sum("article: held earlier" in text for text in texts) == 4
    assert any("now: held earlier" in text for text in texts)
    hovers = [text for text, _, _ in marks(ledger_chart())]
    assert sum("first shown: supported" in text for text in hovers) == 4
    assert [text.replace("<br>", " ") for text in drawn["layout"]["yaxis"]["ticktext"]][-1] == (
        "Cerebras serves Llama 3.1 at about 1,800 tokens per second"
    )
    symbols = {symbol for _, _, symbol in marks(ledger_chart())}
    supported = style.VERDICT_LOOKS["SUPPORTED"].symbol
    assert symbols >= {f"{supported}-open", style.VERDICT_LOOKS["STALE"].symbol}


def replayed_chart():
    record = tables((*LLAMA_SPEEDS, *GPT_SPEEDS), (*LLAMA_PRICES, *GPT_PRICES))
    played = verdicts.replayed(record, verdicts.replay_days(record))
    return verdict_charts.replay(played, answer_findings.replay(played))


def test_the_replay_shows_each_scored_claim_on_each_day_by_shape_and_colour():
    drawn = replayed_chart()
    days = verdicts.replay_days(tables((*LLAMA_SPEEDS, *GPT_SPEEDS), (*LLAMA_PRICES, *GPT_PRICES)))
    assert len(list(marks(drawn))) == len(days) * len(verdicts.SCORED)
    assert len(layout(drawn)["yaxis"]["ticktext"]) == len(verdicts.SCORED)
    hovers = [text for text, _, _ in marks(drawn)]
    assert any("1 January 2025: supported" in text for text in hovers)
    assert any("3 February 2026: held earlier" in text for text in hovers)
    assert layout(drawn)["shapes"][0]["x0"] == verdicts.ARTICLE_DAY
    assert drawn.title.startswith("5 of 8 verdicts changed as figures came in")


def corner_chart():
    record = tables((*LLAMA_SPEEDS, *GPT_SPEEDS), (*LLAMA_PRICES, *GPT_PRICES))
    joint = next(claim for claim in verdicts.CLAIMS if claim.claim_id == "C08")
    pairs = pl.concat([verdicts.evidence(joint, record, when).with_columns(when=pl.lit(when)) for when in TIMES])
    return verdict_charts.corner(pairs, answer_findings.promised(pairs))


def test_the_promise_is_a_corner_that_no_pair_reaches():
    drawn = corner_chart()
    assert drawn.title.startswith("Not one of 12 pairs offers a tenth of the price and ten times the speed at once")
    [promise] = layout(drawn)["shapes"]
    assert (promise["x1"], promise["y0"]) == (0.1, 10.0)
    inside = [
        (across, up)
        for trace in figure(drawn)["data"]
        for across, up in zip(trace["x"], trace["y"], strict=True)
        if across <= promise["x1"] and up >= promise["y0"]
    ]
    assert inside == []
    assert {symbol for _, _, symbol in marks(drawn)} == {
        f"{shape}{when}" for shape in ("diamond", "square", "triangle-up") for when in ("", "-open")
    }


def test_the_ledger_opens_with_no_data_at_all():
    drawn = ledger_chart((), ())
    assert len(layout(drawn)["yaxis"]["ticktext"]) == 6
    assert not [text for text, _, _ in marks(drawn)]


def test_every_grade_has_a_shape_of_its_own():
    looks = evidence_charts.GRADE_MARKS
    assert tuple(looks) == matching.GRADES
    assert len({symbol for _, symbol in looks.values()}) == 4
    assert not {colour for colour, _ in looks.values()} & {"#D55E00", "#CC79A7", "#009E73"}
    assert layout(coverage_chart())["showlegend"] is True


def renamed(rows, host):
    return [
        row | {"provider": BREAKING, "provider_as_published": BREAKING} if row["provider"] == host else row
        for row in rows
    ]


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: hosts_chart(renamed(LLAMA_SPEEDS, "Fireworks")),
        lambda: waiting_chart(renamed(LLAMA_SPEEDS, "Fireworks")),
        lambda: price_chart(renamed(GPT_SPEEDS, "Eigen AI"), renamed(GPT_PRICES, "Eigen AI")),
        lambda: models_chart([row | {"model": BREAKING} for row in LLAMA_SPEEDS]),
        lambda: coverage_chart([row | {"model": BREAKING} for row in LLAMA_SPEEDS]),
    ],
    ids=["hosts", "waiting", "price", "models", "coverage"],
)
def test_a_published_name_cannot_become_markup(drawn):
    told = drawn().figure.to_json().encode().decode("unicode_escape")
    assert "&lt;b&gt;Nebius&lt;/b&gt; &amp; &lt;a href=" in told
    assert "<b>" not in told
    assert "<a " not in told


def test_the_ledger_breaks_lines_and_nothing_else():
    judged = verdicts.verdicts(tables(LLAMA_SPEEDS, LLAMA_PRICES)).with_columns(
        claim=pl.lit("C&A <i>") + pl.col("claim")
    )
    told = verdict_charts.ledger(judged, "Title").figure.to_dict()
    assert told["layout"]["yaxis"]["ticktext"][-1].startswith("C&amp;A &lt;i&gt;")
    assert all("<i>" not in text for text, _, _ in marks(verdict_charts.ledger(judged, "Title")))
