"""The energy of a token: never without the batch, never one figure for a chip."""

import json

import polars as pl

from charts import energy as draw
from etl.schema import TABLES
from metrics import energy
from metrics.energy import Task
from metrics.findings import energy as findings
from tests.frames import ENERGY, energy_of, providers
from tests.silicon import chip

CHIPS = TABLES["accelerator"].conform(pl.DataFrame([chip("H100 SXM", family="GPU"), chip("B200", family="GPU")]))
GPQA = Task("GPQA Diamond", "mxfp4")


def rows(*several):
    return TABLES["energy"].conform(pl.DataFrame(list(several), infer_schema_length=None))


PUBLISHED = rows(*ENERGY)


def shown():
    return energy.measured(PUBLISHED, "gpt-oss-120b", GPQA, CHIPS)


def test_tasks_and_precisions_are_never_mixed():
    assert energy.tasks(PUBLISHED, "gpt-oss-120b")[0] == GPQA
    assert shown()["joules_per_output_token"].max() == 0.782


def test_a_chip_has_a_range_and_the_batch_at_both_ends():
    found = energy.ranges(shown()).select("accelerator", "low", "high", "requests_at_low", "requests_at_high")
    assert found.rows() == [("B200", 0.040, 0.628, 3072, 8), ("H100", 0.086, 0.782, 2048, 8)]
    assert findings.by_batch(shown(), "gpt-oss-120b") == (
        "A token of gpt-oss-120b takes 0.04–0.628 J on B200 and 0.086–0.782 J on H100, by how many requests share it"
    )
    assert "B200: 3,072 requests at once at the least, 8 at the most energy" in findings.ends(shown())


def test_where_no_batch_was_measured_the_limit_stands():
    found = energy.measured(rows(energy_of("B200", 0.1, 64, mean_requests_at_once=None)), "gpt-oss-120b", GPQA, CHIPS)
    assert found["requests_at_once"].to_list() == [64]


def test_a_specialised_provider_whose_chip_nobody_measured_is_named():
    known = providers()
    special = known.filter("is_specialised")["provider"].sort().to_list()
    assert energy.unmeasured(PUBLISHED, known) == special
    assert findings.nobody_measured(["Cerebras", "Groq"]) == "No measured energy of Cerebras and Groq is held here."
    assert findings.nobody_measured([]) == ""


def test_each_deployment_is_a_line_by_batch_on_logarithmic_axes():
    drawn = json.loads(draw.by_batch(shown(), "t", "s").figure.to_json())
    lines = {trace["name"]: trace for trace in drawn["data"] if trace.get("mode") == "lines+markers"}
    assert lines["2 × H100"]["x"] == [8.0, 2048.0]
    assert lines["2 × H100"]["y"] == [0.782, 0.086]
    assert set(lines) == {"1 × B200", "2 × B200", "2 × H100"}
    assert {lines[name]["line"]["color"] for name in lines} == {"#009E73"}
    assert lines["1 × B200"]["line"]["dash"] != lines["2 × H100"]["line"]["dash"]
    for axis in ("xaxis", "yaxis"):
        assert drawn["layout"][axis]["type"] == "log"
    assert "J (log scale)" in drawn["layout"]["yaxis"]["title"]["text"]
    assert lines["1 × B200"]["hovertext"] == ["1 × B200: 0.04 J a token with 3,072 requests at once"]
