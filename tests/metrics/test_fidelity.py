"""Hosts beside the maker's own service: one test at a time, and a bound is no value."""

import json
from datetime import date

import polars as pl
import pytest

from charts import fidelity as draw
from charts import style
from etl.schema import TABLES
from metrics import fidelity
from metrics.findings import fidelity as findings
from tests.frames import KIMI_K2, providers, repeats

OCTOBER = {"method": "tool calls, until October 2025", "quantity": "similarity of answers"}
MODEL = "Kimi K2 0905"


def rows(*several):
    return TABLES["fidelity"].conform(pl.DataFrame(list(several), infer_schema_length=None))


def of(test, *several):
    return fidelity.hosts(rows(*several), MODEL, test, providers())


@pytest.fixture
def triggers():
    return fidelity.tests(rows(*KIMI_K2), MODEL)[0]


def test_two_methods_of_one_host_are_two_tests_and_the_newest_comes_first():
    older = repeats("Groq", 89.39, measured_on=date(2025, 10, 10), **OCTOBER)
    found = fidelity.tests(rows(*KIMI_K2, older), MODEL)
    assert [test.quantity for test in found] == [
        "similarity of when a tool is called (F1)",
        "valid tool calls",
        "similarity of answers",
    ]
    assert of(found[2], *KIMI_K2, older)["shown"].to_list() == [89.39]


def test_a_bound_is_shown_as_a_bound_and_never_as_a_value(triggers):
    found = of(triggers, *KIMI_K2)
    assert found.select("provider", "shown", "is_bound").rows() == [
        ("Fireworks", 80.0, True),
        ("Together", 80.0, True),
        ("vLLM", 80.0, True),
        ("Groq", 69.52, False),
        ("Nebius", 50.60, False),
    ]
    assert found.filter("is_bound")["value"].null_count() == 3


def test_the_title_counts_only_hosts_that_surely_do_better(triggers):
    told = findings.specialised_first(of(triggers, *KIMI_K2), MODEL, triggers)
    assert told == (
        "Groq reaches 69.5 % on Kimi K2 0905 (similarity of when a tool is called (F1)); 2 of 3 other hosts do better"
    )
    lower_bound = repeats("Fireworks", None, value_low=60.0)
    assert fidelity.surely_above(of(triggers, repeats("Groq", 69.52), lower_bound), "Groq") == 0


def test_a_specialised_host_that_only_passes_is_ranked_nowhere(triggers):
    told = findings.specialised_first(of(triggers, repeats("Groq", None, value_low=80.0), KIMI_K2[1]), MODEL, triggers)
    assert told == "Groq reaches at least 80 % on Kimi K2 0905 (similarity of when a tool is called (F1))"


def test_engines_and_the_makers_own_services_are_no_hosts(triggers):
    found = of(triggers, *KIMI_K2, repeats("Moonshot AI Turbo", 99.0, is_maker=True))
    assert fidelity.sold(found)["provider"].to_list() == ["Fireworks", "Together", "Groq", "Nebius"]
    assert "vLLM (an engine)" in found["label"].to_list()
    assert "Moonshot AI Turbo (the maker's own)" in found["label"].to_list()


def test_without_a_specialised_host_the_range_is_told(triggers):
    told = findings.specialised_first(of(triggers, KIMI_K2[1], KIMI_K2[2]), MODEL, triggers)
    assert told.endswith("(F1): from 50.6 % (Nebius) to at least 80 % (Fireworks)")


def test_a_test_without_hosts_says_so(triggers):
    told = findings.specialised_first(of(triggers, KIMI_K2[4]), MODEL, triggers)
    assert told.startswith("No host of Kimi K2 0905 was tested")


def test_the_subtitle_says_unit_day_and_how_many_are_bounds(triggers):
    told = findings.counted(of(triggers, *KIMI_K2), triggers)
    assert "%. 5 hosts, 15 November 2025. Hollow: at least so much; no value of 3 hosts is published." in told


def test_a_bound_is_drawn_hollow_and_the_axis_begins_at_0(triggers):
    drawn = json.loads(draw.hosts(of(triggers, *KIMI_K2), "t", "s", "%").figure.to_json())
    [marks] = drawn["data"]
    by_host = dict(zip(marks["y"], marks["marker"]["symbol"], strict=True))
    assert by_host["Groq"] == "square"
    assert by_host["Fireworks"].endswith(style.HOLLOW)
    assert by_host["Nebius"] == "circle"
    assert dict(zip(marks["y"], marks["text"], strict=True))["Together"].strip() == "at least 80"
    assert drawn["layout"]["xaxis"]["range"][0] == 0


def test_a_large_value_is_written_left_of_its_mark_where_a_telephone_has_room(triggers):
    drawn = json.loads(draw.hosts(of(triggers, *KIMI_K2), "t", "s", "%").figure.to_json())
    [marks] = drawn["data"]
    assert dict(zip(marks["y"], marks["textposition"], strict=True))["Together"] == "middle left"
    assert drawn["layout"]["template"]["data"]["scatter"][0]["marker"]["opacity"] == 1
