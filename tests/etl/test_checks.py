"""The checks judge publishers and uploads by the vocabulary, and by nothing else."""

import math
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.checks import Problem, problems, refused_rows
from etl.schema import EVENT, FACTS, TABLES, Column, Table, count, day, number, text

SPEED = TABLES["provider_speed"]


def table(*columns: Column, key=()) -> Table:
    return Table("toy", "one toy", key, columns, is_fact=False)


def judged(rows: dict, of: Table) -> list[tuple]:
    frame = of.conform(pl.DataFrame(rows, schema_overrides={name: of.dtypes[name] for name in rows}))
    return [(p.row, p.column, p.value, p.message) for p in problems(frame, of)]


def test_a_sound_row_has_no_problem():
    speed = {
        "provider": ["Groq"],
        "model": ["Llama 3.1 8B"],
        "provider_as_published": ["groq"],
        "model_as_published": ["llama-3.1-8b-instant"],
        "output_tokens_per_second": [750.0],
        "measured_by": ["Artificial Analysis"],
        "measurer_kind": ["independent"],
        "source": ["aa"],
        "source_url": ["https://artificialanalysis.ai"],
        "publisher": ["AA"],
        "licence": ["none"],
        "evidence": ["published"],
    }
    assert judged(speed, SPEED) == []


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_required_must_be_there(blank):
    wanted = [(2, "name", blank, "`name` is empty; it is required.")]
    assert judged({"name": ["x", blank]}, table(text("name", "", required=True))) == wanted
    assert judged({"name": ["x", blank]}, table(text("name", ""))) == []


def test_a_required_number_must_be_there():
    toys = table(number("toys", "toys", "", required=True))
    assert judged({"toys": [None]}, toys) == [(1, "toys", None, "`toys` is empty; it is required.")]


def test_zero_is_not_a_measurement():
    assert judged({"speed_per_s": [0.0, None, 3.0]}, table(number("speed_per_s", "1/s", "", above_zero=True))) == [
        (1, "speed_per_s", "0.0", "`speed_per_s` is 0; leave it empty where it was not measured.")
    ]


def test_bounds_are_inclusive_and_named_with_their_unit():
    share = table(number("share_percent", "%", "", high=100), day("seen_on", ""))
    assert judged({"share_percent": [0.0, 100.0, 100.5, -1.0]}, share) == [
        (3, "share_percent", "100.5", "`share_percent` is above 100 %."),
        (4, "share_percent", "-1.0", "`share_percent` is below 0 %."),
    ]
    assert judged({"seen_on": [date(2000, 1, 1), date(2100, 1, 1), date(1999, 12, 31), date(2100, 1, 2)]}, share) == [
        (3, "seen_on", "1999-12-31", "`seen_on` is before 2000-01-01."),
        (4, "seen_on", "2100-01-02", "`seen_on` is after 2100-01-01."),
    ]


def test_a_large_bound_is_written_for_people():
    (problem,) = judged({"output_tokens_per_second": [100_001.0]}, table(SPEED.column("output_tokens_per_second")))
    assert problem[3] == "`output_tokens_per_second` is above 100,000 tokens/s."


def test_a_figure_of_any_unit_names_none():
    figure = table(number("value", "see unit", ""))
    assert judged({"value": [-1.0]}, figure)[0][3] == "`value` is below 0."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_must_be_finite(value):
    toys = table(Column("toys", pl.Float64, "", unit="toys"))
    assert [p[3] for p in judged({"toys": [value]}, toys)] == ["`toys` is not a finite number."]


def test_a_closed_vocabulary_is_closed():
    kind = table(text("kind", "", choices=("vendor", "traffic")))
    assert judged({"kind": ["vendor", "Vendor", None, ""]}, kind) == [
        (2, "kind", "Vendor", "`kind` must be one of: vendor, traffic."),
        (4, "kind", "", "`kind` must be one of: vendor, traffic."),
    ]


def test_one_row_stands_for_one_thing_and_nulls_in_a_key_are_equal():
    seen = table(text("name", ""), day("seen_on", ""), count("toys", ""), key=("name", "seen_on"))
    rows = {"name": ["a", "a", "b", "a", "a"], "seen_on": [None, None, None, date(2026, 8, 1), None]}
    message = "Row 1 already has the same name, seen_on; one row may stand for them."
    assert judged(rows, seen) == [(2, None, None, message), (5, None, None, message)]


def test_an_empty_frame_has_no_problem():
    for each in FACTS:
        assert problems(each.empty(), each) == []


def test_problems_come_by_row_and_then_by_column():
    rows = {"happened_on": [None, date(1990, 1, 1)], "headline": [None, None]}
    places = [(row, column) for row, column, *_ in judged(rows, EVENT)]
    assert places == sorted(places)
    assert {row for row, _ in places} == {1, 2}


def test_a_refused_row_has_all_its_reasons_and_a_warning_refuses_none():
    found = [
        Problem(3, "a", None, "error", "First."),
        Problem(3, "b", None, "error", "Second."),
        Problem(4, "b", None, "warning", "Unusual."),
    ]
    assert refused_rows(found) == {3: "First. Second."}


BOUNDED = [column for each in FACTS for column in each.columns if column.dtype in (pl.Float64, pl.Int64, pl.Date)]


def candidates(column: Column):
    """Values of the column's type, close to its bounds more often than not."""
    if column.dtype == pl.Date:
        near = st.sampled_from([column.low, column.high])
        return st.dates(date(1900, 1, 1), date(2200, 1, 1)) | st.builds(
            lambda bound, days: bound + timedelta(days), near, st.integers(-2, 2)
        )
    bounds = [bound for bound in (0, column.low, column.high) if bound is not None]
    if column.dtype == pl.Int64:
        return st.integers(-(2**40), 2**40) | st.builds(int.__add__, st.sampled_from(bounds), st.integers(-2, 2))
    step = st.sampled_from([-1.0, -1e-9, 0.0, 1e-9, 1.0])
    return st.floats() | st.builds(lambda bound, by: bound + by, st.sampled_from(bounds), step)


def is_allowed(value, column: Column) -> bool:
    """What the vocabulary says, in words of Python."""
    if value is None:
        return not column.required
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return (
        (column.low is None or value >= column.low)
        and (column.high is None or value <= column.high)
        and not (column.above_zero and value == 0)
    )


@settings(max_examples=4 * settings().max_examples)  # there are as many bounds
@given(data=st.data())
def test_checks_accept_exactly_what_the_bounds_allow(data):
    column = data.draw(st.sampled_from(BOUNDED))
    values = data.draw(st.lists(st.none() | candidates(column), max_size=8))
    alone = table(column)
    frame = pl.DataFrame({column.name: values}, schema=dict(alone.dtypes))
    refused = refused_rows(problems(frame, alone))
    assert sorted(refused) == [row for row, value in enumerate(values, 1) if not is_allowed(value, column)]


@given(keys=st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.integers(0, 1)), max_size=9))
def test_of_rows_with_one_key_exactly_the_first_is_accepted(keys):
    pair = table(text("name", ""), count("toys", ""), key=("name", "toys"))
    frame = pl.DataFrame(keys, schema=dict(pair.dtypes), orient="row")
    repeated = [row for row, key in enumerate(keys, 1) if key in keys[: row - 1]]
    assert sorted(refused_rows(problems(frame, pair))) == repeated
