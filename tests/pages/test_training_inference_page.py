"""Training vs inference: its choices, what it says of who is absent, and MLCommons's rules on every page."""

import json
import re
import shutil

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import Folders
from etl.schema import TABLES
from metrics import divide, generations, history, mlcommons
from pages.shared import cite, places
from tests.pages.test_pages import PAGES, figures, has_marks, opener, texts
from tests.results import mixed

PLACE = "pages/divide/training_inference.py"
GAIN, MINUTES, THROUGHPUT, HISTORY, WHO, SHARES, DEMAND, CHIPS, TIES, EVENTS = range(10)


@pytest.fixture
def app(monkeypatch, built_data):
    """The page of this place, with the address given."""
    page = opener(monkeypatch, built_data)

    def opened(place: str = PLACE, **address: str) -> AppTest:
        return page(place, **address)

    return opened


@pytest.fixture
def charted(monkeypatch):
    """What every chart of a page was drawn from: its name, its rows, its footnote."""
    seen = []
    drawing = cite.chart

    def watched(shown, drawn, rows, name, *rest, **named):
        if name not in [earlier for earlier, _, _ in seen]:
            seen.append((name, rows, drawn.footnote))
        return drawing(shown, drawn, rows, name, *rest, **named)

    monkeypatch.setattr(cite, "chart", watched)
    return seen


def titles(at: AppTest) -> list[str]:
    return [heading.value for heading in at.subheader if heading.value != "How the answer is reached"]


def test_the_page_shows_both_sides_who_submits_shares_chips_and_events(app):
    at = app()
    assert not at.exception
    assert len(figures(at)) == EVENTS + 1
    assert all(map(has_marks, figures(at)))
    assert at.selectbox(key="reference").value == "H100 SXM"
    told = " ".join(texts(at)).replace("\\", "")
    assert "They did not submit, which is not the same as losing." in told
    assert "Training results are held of v5.1, v5.0, v4.1 and v4.0 only" in told


def test_demand_is_of_authors_by_whole_weeks_and_says_that_nobody_publishes_it_by_host(app):
    at = app()
    assert titles(at)[DEMAND] == (
        "At OpenRouter models of Anthropic took most tokens in the week to 16 May 2026, 16.5 %, after Xiaomi with "
        "19.6 % in the week to 28 March 2026"
    )
    assert "Tokens by host are not published" in " ".join(texts(at))


def test_a_newer_round_is_said_with_its_day_although_it_is_not_held(app, built_data):
    held = Folders(data=built_data).store.rows("training_result")["round"].unique()
    told = " ".join(texts(app())).replace("\\", "")
    newer = "MLPerf Training v6.0 was published on 16 June 2026, with deepseekv3_671b and gpt_oss_20b as new"
    assert (newer in told) == ("v6.0" not in held)
    assert "https://mlcommons.org/2026/06/mlperf-training-v6-0-results/" in told or "v6.0" in held


def test_the_answer_names_each_leg_once_and_each_leg_stands_below_with_its_rule(app):
    at = app()
    answer = at.header[0].value
    legs = [text.value for text in at.markdown if " Rule: " in text.value]
    assert len(legs) == 4
    for told in legs:
        word, name = re.match(r"\*\*(Splitting|Not splitting|No data) in (.+?)\.\*\*", told).groups()
        assert answer.count(name) == 1
        assert (answer.index(name) < answer.index("; not")) == (word == divide.SPLITTING)


def test_another_reference_changes_the_gains_and_the_leg_that_rests_on_them(app):
    at = app()
    before, legs = titles(at)[GAIN], [text.value for text in at.markdown if " Rule: " in text.value]
    at.selectbox(key="reference").select("H200 SXM").run()
    assert not at.exception
    assert titles(at)[GAIN] != before
    assert "H200 SXM" in titles(at)[GAIN]
    assert [text.value for text in at.markdown if " Rule: " in text.value] != legs


@pytest.mark.soak(short=4, long=1_000)
def test_every_reference_shows_gains_or_says_why_not(app, some, built_data):
    store = Folders(data=built_data).store
    at = app()
    for reference in some(generations.references(store.rows("training_result"), store.rows("inference_result"))):
        at.selectbox(key="reference").select(reference).run()
        assert not at.exception, reference
        assert len(figures(at)) == EVENTS + 1 or at.info, reference
        assert all(map(has_marks, figures(at))), reference


@pytest.mark.soak(short=3, long=1_000)
def test_every_training_benchmark_shows_its_results(app, some, built_data):
    benchmarks = Folders(data=built_data).store.rows("training_result")["benchmark"].unique().sort()
    at = app()
    assert set(at.selectbox(key="training_benchmark").options) == set(benchmarks)
    for benchmark in some(benchmarks):
        at.selectbox(key="training_benchmark").select(benchmark).run()
        assert not at.exception
        assert benchmark in titles(at)[MINUTES].replace("\\", "")


def test_an_availability_without_results_gets_a_sentence(app):
    at = app(training_benchmark="gpt3", training_availability="Available on-premise", training_round="v4.0")
    assert not at.exception
    said = at.info[0].value.replace("\\", "")
    assert said.startswith("No result of gpt3 in v4.0, closed division, availability Available on-premise.")
    assert "gpt3 was submitted in v4.0 (closed) and v4.1 (closed)." in said


def test_what_a_round_files_again_is_counted_below_its_chart(app):
    at = app(training_benchmark="bert", training_round="v4.1")
    told = " ".join(texts(at)).replace("\\", "")
    assert re.search(r"Not drawn: \d+ results of bert in v4\.1 that file again runs of v4\.0\.", told)


@pytest.mark.soak(short=2, long=1_000)
def test_every_scenario_of_every_round_shows_its_results(app, some):
    at = app()
    for round_name in some(at.selectbox(key="inference_round").options):
        at.selectbox(key="inference_round").select(round_name).run()
        for benchmark in some(at.selectbox(key=f"inference_benchmark_{round_name}").options):
            at.selectbox(key=f"inference_benchmark_{round_name}").select(benchmark).run()
            assert not at.exception, (round_name, benchmark)
            assert all(map(has_marks, figures(at)))


def test_the_best_results_by_round_are_told_for_an_accelerator_and_for_a_whole_system(app, charted):
    at = app()
    before = titles(at)[HISTORY]
    assert re.search(
        r"[\d.]+x as good in training and [\d.]+x as good in inference at like precision; "
        r"[\d.]+x as good in inference where the precision changed in a year",
        before,
    )
    at.button_group(key="best").set_value(history.WHOLE_SYSTEM).run()
    assert not at.exception
    assert "whole system" in titles(at)[HISTORY] != before
    rows = next(rows for name, rows, _ in charted if name == "best-by-round")
    assert set(rows["side"]) == {"Training", "Inference"}
    assert rows.select("side", "benchmark", "round").is_unique().all()


def test_every_scenario_of_inference_has_its_history_or_training_alone(app):
    at = app()
    for scenario in at.selectbox(key="history_scenario").options:
        at.selectbox(key="history_scenario").select(scenario).run()
        assert not at.exception, scenario
        assert all(map(has_marks, figures(at))), scenario


def test_any_submitter_and_benchmarks_of_both_suites_may_be_chosen_by_the_address(app):
    at = app(submitters=generations.ANY_KIND, benchmarks="In both suites", reference="H200 SXM")
    assert not at.exception
    assert at.button_group(key="submitters").value == generations.ANY_KIND
    drawn = json.dumps(figures(at)[GAIN])
    assert "no shared benchmark" not in drawn


@pytest.mark.parametrize("place", PAGES)
def test_a_chart_of_mlperf_shows_the_footnote_and_rests_on_nothing_else_and_no_chart_of_speeds_on_it(
    app, charted, place
):
    at = app(place)
    of_mlperf = [(name, rows, footnote) for name, rows, footnote in charted if mlcommons.is_mlperf(rows)]
    captions = [caption.value.replace("\\", "") for caption in at.caption]
    for name, rows, footnote in of_mlperf:
        assert mixed(rows) == set(), name
        assert mlcommons.LEGEND in footnote, name
        assert "MLPerf" in footnote, name
        assert sum(mlcommons.LEGEND in caption for caption in captions) >= len(of_mlperf), name
        computed = [metric for metric in mlcommons.DERIVED if metric.name in rows.columns]
        assert not computed or mlcommons.NOT_VERIFIED in footnote, name
    quoted = [told for caption in captions for told in caption.split("Retrieved from")[1:]]
    assert quoted or not of_mlperf
    for told in quoted:
        assert re.search(r" on \d+ \w+ \d{4}, results as of", told.split("; the suite")[0]), told
    for name, rows, _ in charted:
        if "output_tokens_per_second" in rows.columns:
            assert not mlcommons.sources(rows) & set(mlcommons.SOURCES), name
    assert place != PLACE or [name for name, _, _ in of_mlperf] == [
        "generation-gain",
        "training-minutes",
        "inference-throughput",
        "best-by-round",
        "who-submits",
    ]


def test_the_rows_of_the_gains_open_to_both_results(app, charted):
    app()
    rows = next(rows for name, rows, _ in charted if name == "generation-gain")
    for column in ("source_url", "reference_source_url"):
        assert rows[column].null_count() == 0
        assert rows[column].str.starts_with("https://").all()
    served = rows.filter(pl.col("side") == "Inference")
    assert served.select("result_id", "reference_result_id").null_count().sum_horizontal().item() == 0
    assert (rows["accelerator"] != rows["reference_accelerator"]).all()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("training_result",), "No result of MLPerf Training is held here."),
        (("inference_result",), "No result of MLPerf Inference is held here."),
        (("training_result", "inference_result"), "so nothing tells who submits"),
        (("compute_share", "accelerator", "event"), "No dated event is on record."),
    ],
    ids=str,
)
def test_a_table_that_is_not_held_gets_a_sentence_and_decides_nothing(monkeypatch, built_data, tmp_path, missing, said):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    Folders(data=data).store.write(lambda to: [to.replace_all(name, TABLES[name].empty()) for name in missing])
    at = opener(monkeypatch, data)(PLACE)
    assert not at.exception
    assert any(said in info.value for info in at.info)
    assert not re.search(r"\bNone\b", " ".join(texts(at)))
    assert "no data on" in at.header[0].value
    assert all(map(has_marks, figures(at)))


def test_an_upload_is_no_result_of_mlperf_and_changes_nothing_here(monkeypatch, app, built_data, tmp_path):
    before = app(data="With uploads")
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    own = {
        "training_result": pl.col("minutes") / 1000,
        "compute_share": pl.lit(99.0).alias("share_percent"),
    }

    def upload(writer) -> None:
        for name, claim in own.items():
            rows = store.rows(name)
            writer.replace_all(
                name, pl.concat([rows, rows.with_columns(claim, evidence=pl.lit("upload"), source=pl.lit("upload"))])
            )

    store.write(upload)
    after = opener(monkeypatch, data)(PLACE, data="With uploads")
    assert not after.exception
    assert after.button_group(key="data").value == "With uploads"
    assert after.header[0].value == before.header[0].value
    assert titles(after) == titles(before)
    assert any("rests on the record alone" in caption.value for caption in after.caption)


def test_the_menu_puts_divide_between_compare_and_data():
    assert list(dict.fromkeys(place.group for place in places.PLACES)) == ["Answer", "Compare", "Divide", "Data"]
