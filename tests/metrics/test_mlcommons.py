"""What MLCommons asks of whoever shows its results, and where it has to stand."""

import ast
import json
import re
from io import BytesIO

import polars as pl
import pytest

from commands.main import METRIC_EXPORTS, main
from etl.folders import PROJECT, Folders
from etl.schema import TABLES
from etl.sources import SOURCES
from exports.files import FORMATS, encoded
from metrics import mlcommons
from metrics.claims.claim import NOW, THEN
from metrics.claims.verdicts import CLAIMS, evidence
from metrics.claims.verdicts import TABLES as JUDGED_TABLES
from metrics.metric import ACCELERATOR_MINUTES, METRICS, THROUGHPUT_PER_ACCELERATOR, add
from tests.frames import llama_of_2024, speeds
from tests.results import NEVER_BESIDE, inference, mixed, served, trained, training

TRAINED = training(trained("H100 SXM", "SCITIX", 64, 4.555671), trained("GB200", "Oracle", 72, 1.598139))
SERVED = inference(served("H200 SXM", "Cisco", 8, 34000.0), served("B200", "Dell", 8, 98000.0, scenario="Server"))
READERS = {
    "csv": lambda content: pl.read_csv(content, infer_schema_length=None),
    "parquet": lambda content: pl.read_parquet(BytesIO(content)),
    "json": lambda content: pl.DataFrame(json.loads(content), infer_schema_length=None),
    "xlsx": lambda content: pl.read_excel(BytesIO(content), raise_if_empty=False, infer_schema_length=None),
}


@pytest.fixture(scope="module")
def official(built_data):
    """The tables that claims are judged by, as they ship."""
    store = Folders(data=built_data).store
    return {name: store.rows(name) for name in JUDGED_TABLES}


def test_the_footnote_names_suite_version_division_benchmark_date_and_place():
    assert mlcommons.footnote(TRAINED, derived=False) == (
        "MLPerf Training v5.0, closed division, llama2_70b_lora. Retrieved from "
        "https://github.com/mlcommons/training_results_v5.0 on 1 December 2026, results as of 30 May 2025; the "
        "suite: https://mlcommons.org/benchmarks/training. Results by submitter, system and benchmark; times are the "
        f"mean of the published run logs by the suite's rules. {mlcommons.LEGEND}"
    )


def test_a_footnote_of_rows_without_a_day_of_retrieval_says_none():
    told = mlcommons.footnote(TRAINED.with_columns(retrieved_on=pl.lit(None, dtype=pl.Date)), derived=False)
    assert "training_results_v5.0, results as of 30 May 2025;" in told


def test_the_footnote_names_the_scenario_and_the_results_where_they_are_few():
    told = mlcommons.footnote(SERVED, derived=False)
    assert "MLPerf Inference v5.1, closed division, llama2-70b-99, Offline and Server." in told
    assert "Result IDs: v5.1-B200-Dell and v5.1-H200 SXM-Cisco." in told


def test_many_results_are_identified_by_their_column():
    many = inference(*(served("B200", f"Submitter {n}", 8, 1.0) for n in range(9)))
    assert "Result IDs: column result_id of the rows." in mlcommons.footnote(many, derived=False)


def test_a_derived_figure_says_how_it_came_about_and_that_nobody_verified_it():
    told = mlcommons.footnote(add(TRAINED, ACCELERATOR_MINUTES), derived=True)
    assert ACCELERATOR_MINUTES.caveat in told
    assert mlcommons.NOT_VERIFIED in told
    assert THROUGHPUT_PER_ACCELERATOR.caveat not in told
    assert mlcommons.NOT_VERIFIED not in mlcommons.footnote(add(TRAINED, ACCELERATOR_MINUTES), derived=False)


def test_both_suites_on_one_chart_are_both_named():
    told = mlcommons.footnote(pl.concat([TRAINED, SERVED], how="diagonal"), derived=False)
    assert "MLPerf Training v5.0" in told
    assert "MLPerf Inference v5.1" in told
    assert told.count(mlcommons.LEGEND) == 1


def test_the_legend_is_the_one_that_the_sources_and_the_notices_carry():
    credits = {source.credit for source in SOURCES if source.id in mlcommons.SOURCES}
    assert credits == {mlcommons.LEGEND}
    for notice in ("NOTICE.md", "data/published/NOTICE.md"):
        assert mlcommons.LEGEND in (PROJECT / notice).read_text(encoding="utf-8")


def test_what_is_not_of_mlperf_gets_no_footnote_and_no_column():
    rows = speeds(*llama_of_2024()[0])
    assert mlcommons.footnote(rows, derived=True) == ""
    assert mlcommons.with_notice(rows).columns == rows.columns


def test_every_metric_of_results_says_that_it_is_derived():
    results = {"minutes", "value"}
    for metric in METRICS:
        if results & {name.removeprefix("reference_") for name in metric.expr.meta.root_names()}:
            assert metric in mlcommons.DERIVED, metric.name


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rows", [TRAINED, SERVED], ids=["training", "inference"])
def test_every_file_of_results_carries_the_notice_in_every_row(rows, form):
    back = READERS[form](encoded(rows, form))
    assert back.columns[-1] == mlcommons.NOTICE_COLUMN
    assert back[mlcommons.NOTICE_COLUMN].unique().to_list() == [mlcommons.LEGEND]
    assert back.height == rows.height


def test_a_file_of_derived_figures_says_so_in_every_row():
    back = pl.read_csv(encoded(add(SERVED, THROUGHPUT_PER_ACCELERATOR), "csv"))
    assert all(THROUGHPUT_PER_ACCELERATOR.caveat in told for told in back[mlcommons.NOTICE_COLUMN])


def test_a_row_of_another_publisher_gets_no_notice_of_mlcommons():
    rows = pl.concat([TRAINED, TRAINED.with_columns(source=pl.lit("elsewhere"))])
    told = mlcommons.with_notice(rows)[mlcommons.NOTICE_COLUMN].to_list()
    assert [notice is not None for notice in told] == [True, True, False, False]
    assert mixed(rows) == {"elsewhere"}


@pytest.mark.parametrize("name", [*TABLES, *METRIC_EXPORTS])
def test_an_export_carries_the_notice_where_it_holds_results_and_only_there(built_data, tmp_path, name):
    target = tmp_path / f"{name}.parquet"
    assert main(["export", name, "--data", str(built_data), "-o", str(target)]) == 0
    rows = pl.read_parquet(target)
    holds_results = name in ("inference_result", "training_result")
    assert (mlcommons.NOTICE_COLUMN in rows.columns) == holds_results
    assert mlcommons.is_mlperf(rows) == holds_results
    if holds_results:
        assert rows[mlcommons.NOTICE_COLUMN].str.contains(mlcommons.LEGEND, literal=True).all()


# Lists of all tables, of what claims are judged from and of what takes uploads; they draw and divide nothing.
LISTS = ("metrics/claims/verdicts.py", "pages/importer/batches.py")
READERS_OF_TABLES = [
    path.relative_to(PROJECT).as_posix()
    for room in ("metrics", "charts", "pages")
    for path in PROJECT.glob(f"{room}/**/*.py")
]


@pytest.mark.parametrize("module", [module for module in READERS_OF_TABLES if module not in LISTS])
def test_nothing_reads_both_results_of_mlperf_and_figures_of_others(module):
    """Tables come by name; whoever names both kinds could set one beside the other. A module of the article's claims
    holds several, so there each declaration is looked at alone; that no claim rests on both, the test below says."""
    tree = ast.parse((PROJECT / module).read_text(encoding="utf-8"))
    for part in tree.body if module.startswith("metrics/claims/") else [tree]:
        named = {node.value for node in ast.walk(part) if isinstance(node, ast.Constant)}
        assert not (named & {"inference_result", "training_result"} and named & set(NEVER_BESIDE)), ast.unparse(part)


def test_the_readers_of_tables_are_looked_at_in_every_folder():
    found = {"metrics/claims/compute.py", "metrics/findings/divide.py", "pages/divide/training_inference.py"}
    assert found <= set(READERS_OF_TABLES)
    assert set(LISTS) <= set(READERS_OF_TABLES)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.claim_id)
def test_no_claim_rests_on_both_results_of_mlperf_and_figures_of_others(claim, official):
    for when in (THEN, NOW):
        assert mixed(evidence(claim, official, when)) == set()


def test_claims_that_rest_on_results_of_mlperf_are_known_by_their_rows(official):
    figures = [
        evidence(claim, official, THEN).with_columns(claim_id=pl.lit(claim.claim_id))
        for claim in CLAIMS
        if claim.claim_id in ("C05", "C10")
    ]
    both = pl.concat(figures, how="diagonal_relaxed")
    assert mlcommons.claims(both) == ["C10"]
    told = mlcommons.footnote(both.filter(pl.col("claim_id") == "C10"), derived=True, counted=True)
    assert re.match(r"MLPerf Training v4\.0, v4\.1, v5\.0 (and|,) ?v5\.1.*, closed division, \d+ benchmarks\.", told)
    assert f"{mlcommons.COUNTED}. {mlcommons.NOT_VERIFIED}" in told
    assert re.search(r"Retrieved from https://github\.com/mlcommons/.+ on \d+ \w+ \d{4}, results as of", told)
