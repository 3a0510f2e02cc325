from datetime import date

import polars as pl
import pytest

from etl import faults, names
from etl.folders import PROJECT
from etl.sources import vendor_verifier
from etl.sources.fidelity_cells import read_figure
from tests.payloads import UPSTREAM, payload, whole

K2, K3 = vendor_verifier.SOURCES
URL = (
    "https://raw.githubusercontent.com/MoonshotAI/K2-Vendor-Verifier/0bc5061be1a7b5667c2ec71a546a6b1c9ff5af9a/README.md"
)
COPIED = date(2026, 2, 14)

# As published, with fewer hosts.
HEADS = """
<table>
  <thead>
    <tr>
      <th rowspan="2">Model Name</th>
      <th rowspan="2">Provider</th>
      <th rowspan="2">Api Source</th>
      <th rowspan="2">ToolCall-Trigger Similarity</th>
      <th colspan="3" style="text-align: center;">ToolCall-Schema Accuracy</th>
    </tr>
    <tr>
      <th>count_finish_reason_tool_calls</th>
      <th>count_successful_tool_call</th>
      <th>schema_accuracy</th>
    </tr>
  </thead>
  <tbody>
"""
SECOND_METHOD = f"""
## K2 0905 Evaluation Results

**Test Time**: 2025-11-15
{HEADS}
    <tr>
      <td rowspan="16">kimi-k2-0905-preview</td>
      <td><a href="https://platform.moonshot.ai/">MoonshotAI</a></td>
      <td>https://platform.moonshot.ai</td>
      <td>-</td>
      <td>1274</td>
      <td>1274</td>
      <td>100.00%</td>
    </tr>
    <tr>
      <td><a href="https://openrouter.ai/provider/fireworks">Fireworks</a></td>
      <td>https://openrouter.ai</td>
      <td rowspan="2">>=80%</td>
      <td>1453</td>
      <td>1453</td>
      <td>100.00%</td>
    </tr>
    <tr>
      <td><a href="https://github.com/vllm-project/vllm">vLLM</a></td>
      <td>https://github.com/vllm-project/vllm</td>
      <td>1325</td>
      <td>1007</td>
      <td>76.00%</td>
    </tr>
    <tr>
      <td><a href="https://openrouter.ai/provider/groq">Groq</a></td>
      <td>https://openrouter.ai</td>
      <td>69.52%</td>
      <td>1042</td>
      <td>1042</td>
      <td>100.00%</td>
    </tr>
  </tbody>
</table>
"""
FIRST_METHOD = """
**Test Time**: 2025-10-10

<table>
  <thead>
    <tr><th rowspan="2">Model Name</th><th rowspan="2">Providers</th><th colspan="6">Tool calls test</th></tr>
    <tr>
      <th>Count of Finish Reason stop</th>
      <th>Count of Finish Reason Tool calls</th>
      <th>Count of Finish Reason others</th>
      <th>Schema Validation Error Count</th>
      <th>Successful Tool Call Count</th>
      <th>Similarity compared to the official Implementation</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <td rowspan="15">kimi-k2-0905-preview</td>
      <td><a href="https://openrouter.ai/provider/groq">Groq</a></td>
      <td>2739</td><td>989</td><td>26</td><td>0</td><td>989</td><td>89.39%</td>
    </tr>
    <tr>
      <td><a href="https://openrouter.ai/provider/together">Together</a></td>
      <td>2725</td><td>1271</td><td>1</td><td>369</td><td>902</td><td>86.60%</td>
    </tr>
  </tbody>
</table>
"""
BENCHMARKS = """## K3 Evaluation Results

model: kimi-k3

thinking effort: max

| Provider | OCRBench | MMMU Pro Vision | BEAM (1M) | DeepSWE |
|----------|----------|-----------------|-----------|---------|
| Moonshot | 0.89 | 0.82 | 0.31 | 0.675 |
| DigitalOcean | 0.89 | 0.816 | TBD | TBD |
| Inferact (vLLM ref.) | 0.891 | 0.818 | 0.3188 | 0.695 |
"""


def read(tmp_path, source, text):
    return source.read([payload(tmp_path, URL, text, as_of=COPIED)])


def figures(reading, *columns):
    return reading.frames["fidelity"].select(*columns).rows()


def test_a_bound_that_spans_rows_stands_for_each_of_them_and_is_no_value(tmp_path):
    reading = read(tmp_path, K2, SECOND_METHOD)
    triggers = reading.frames["fidelity"].filter(pl.col("quantity").str.contains("F1"))
    assert sorted(triggers.select("provider_as_published", "value", "value_low", "unit").rows()) == [
        ("Fireworks", None, 80.0, "%"),
        ("Groq", 69.52, None, "%"),
        ("vLLM", None, 80.0, "%"),
    ]


def test_the_cells_beside_a_span_stay_under_their_heads(tmp_path):
    found = read(tmp_path, K2, SECOND_METHOD).frames["fidelity"].filter(pl.col("quantity") == "valid tool calls")
    assert sorted(found.select("provider_as_published", "value").rows()) == [
        ("Fireworks", 100.0),
        ("Groq", 100.0),
        ("MoonshotAI", 100.0),
        ("vLLM", 76.0),
    ]
    assert found["model_as_published"].unique().to_list() == ["kimi-k2-0905-preview"]
    assert found["measured_on"].unique().to_list() == [date(2025, 11, 15)]
    assert "1007 of 1325 tool calls valid." in found["note"].to_list()


def test_the_two_methods_have_names_of_their_own(tmp_path):
    reading = read(tmp_path, K2, FIRST_METHOD + SECOND_METHOD)
    of_groq = reading.frames["fidelity"].filter(pl.col("provider_as_published") == "Groq")
    assert sorted(of_groq.select("measured_on", "method", "value").rows()) == [
        (date(2025, 10, 10), "tool calls, until October 2025", 89.39),
        (date(2025, 11, 15), "tool calls, since November 2025", 69.52),
        (date(2025, 11, 15), "tool calls, since November 2025", 100.0),
    ]


def test_the_makers_own_service_and_engines_are_marked(tmp_path):
    kinds = dict.fromkeys(figures(read(tmp_path, K2, SECOND_METHOD), "provider_as_published", "is_maker", "is_engine"))
    assert sorted(kinds) == [
        ("Fireworks", False, False),
        ("Groq", False, False),
        ("MoonshotAI", True, False),
        ("vLLM", False, True),
    ]


def test_what_the_others_are_held_against_has_no_figure(tmp_path):
    reading = read(tmp_path, K2, SECOND_METHOD)
    assert [(line.fault, line.row) for line in reading.set_aside] == [
        (faults.NOT_RUN, "MoonshotAI: ToolCall-Trigger Similarity -")
    ]


def test_a_benchmark_that_was_not_run_is_nothing_and_a_score_keeps_its_scale(tmp_path):
    reading = read(tmp_path, K3, BENCHMARKS)
    scores = figures(reading, "provider_as_published", "quantity", "value", "unit", "measured_on")
    assert ("DigitalOcean", "MMMU Pro Vision", 0.816, "score 0-1", None) in scores
    assert len(scores) == 10
    assert [(line.fault, line.rows) for line in reading.set_aside] == [(faults.NOT_RUN, 2)]
    assert reading.frames["fidelity"]["note"].unique().to_list() == ["Thinking effort max."]


@pytest.mark.parametrize(
    ("cell", "value", "low", "unit"),
    [
        ("89.39%", 89.39, None, "%"),
        (">=73%", None, 73.0, "%"),
        ("0.3037", 0.3037, None, "score 0-1"),
        ("TBD", None, None, "score 0-1"),
        ("-", None, None, "score 0-1"),
    ],
)
def test_a_cell_is_a_value_a_bound_or_nothing(cell, value, low, unit):
    assert read_figure(cell) == (value, low, unit)


@pytest.mark.parametrize("source", [K2, K3], ids=lambda source: source.id)
def test_a_page_without_its_table_is_refused(tmp_path, source):
    assert "stands there" in read(tmp_path, source, "# Nothing here").refused[URL]


def test_heads_that_are_not_known_are_refused_by_name(tmp_path):
    renamed = SECOND_METHOD.replace("ToolCall-Trigger Similarity", "F1").replace("schema_accuracy", "accuracy")
    assert "found Model Name, Provider, Api Source, F1" in read(tmp_path, K2, renamed).refused[URL]


@pytest.mark.parametrize(
    ("source", "figures", "hosts"), [(K2, 73, 20), (K3, 30, 8)], ids=["k2_vendor_verifier", "kimi_vendor_verifier"]
)
def test_the_whole_files_hold_every_figure_under_known_names(source, figures, hosts):
    if UPSTREAM is None:
        pytest.skip("the publishers' whole files lie neither beside the checkout nor at DIVIDE_UPSTREAM")
    frame = source.read(whole(source, UPSTREAM)).frames["fidelity"]
    known = names.load(PROJECT / "data/names")
    assert frame.height == figures
    assert frame["provider_as_published"].n_unique() == hosts
    unknown = [name for name in frame["provider_as_published"].unique() if not known.of("provider", source.id, name)]
    assert unknown == []
