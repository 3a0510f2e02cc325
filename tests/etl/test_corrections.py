"""Corrections as rows: each action by a worked example, the span of days, and what a mended figure does."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from etl import corrections, published
from etl.corrections import FIELDS, Corrections
from etl.folders import Folders
from etl.publish.build import build
from etl.schema import ACCELERATOR_RENT, FACTS, SET_ASIDE, TOKEN_PRICE
from etl.sources import SOURCES
from etl.sources.contract import Reading
from tests import toys

MAVERICK = {
    "correction": "azure_llama_4_maverick",
    "source": "litellm",
    "table": "token_price",
    "row": "provider_as_published=azure_ai; model_as_published=azure_ai/Llama-4-Maverick-17B-128E-Instruct-FP8",
    "columns": "input_usd_per_mtok; output_usd_per_mtok",
    "action": "exchange",
    "expect": "1.41; 0.35",
    "reason": "input and output price stand in each other's place",
    "said_by": "Portkey-AI/models",
    "citation_url": "https://github.com/Portkey-AI/models",
    "since": "2026-11-25",
}
JUNE, JULY, SEPTEMBER = date(2025, 6, 28), date(2026, 7, 24), date(2026, 9, 29)


def price(input_price=1.41, output_price=0.35, first=JUNE, last=JULY, **rest) -> dict:
    return {
        "provider": "Azure",
        "provider_as_published": "azure_ai",
        "model": "Llama 4 Maverick",
        "model_as_published": "azure_ai/Llama-4-Maverick-17B-128E-Instruct-FP8",
        "input_usd_per_mtok": input_price,
        "output_usd_per_mtok": output_price,
        "valid_from": first,
        "last_seen_on": last,
        "source": "litellm",
        "source_url": "https://a",
        **rest,
    }


def prices(*rows: dict) -> pl.DataFrame:
    return TOKEN_PRICE.conform(pl.DataFrame(list(rows), infer_schema_length=None))


def loaded(tmp_path, *lines: dict) -> Corrections:
    folder = tmp_path / "corrections"
    folder.mkdir(exist_ok=True)
    cells = pl.DataFrame([{name: line.get(name, "") for name in FIELDS} for line in lines])
    cells.write_csv(folder / "figures.csv")
    return corrections.load(folder, {source.id for source in SOURCES} | {"toy"})


def corrected(tmp_path, frame: pl.DataFrame, **changes) -> pl.DataFrame:
    lines = loaded(tmp_path, MAVERICK | changes)
    assert lines.refused == ()
    return corrections.apply(frame, TOKEN_PRICE, "litellm", lines).frame


def both(frame: pl.DataFrame) -> list[tuple]:
    return frame.select("input_usd_per_mtok", "output_usd_per_mtok").rows()


def outcome(lines: Corrections, frame: pl.DataFrame, aside: pl.DataFrame | None = None) -> dict:
    done = corrections.apply(frame, TOKEN_PRICE, "litellm", lines)
    frames = {"litellm": {"token_price": done.frame}}
    return corrections.outcomes(lines, frames, SET_ASIDE.empty() if aside is None else aside).row(0, named=True)


def test_two_prices_in_each_others_place_are_exchanged_and_the_note_says_so(tmp_path):
    frame = corrected(tmp_path, prices(price(note="List price.")))
    assert both(frame) == [(0.35, 1.41)]
    assert frame["note"].to_list() == [
        "List price. Corrected (azure_llama_4_maverick): input and output price stand in each other's place; published "
        "as input_usd_per_mtok 1.41, output_usd_per_mtok 0.35. Says Portkey-AI/models, "
        "https://github.com/Portkey-AI/models."
    ]


def test_a_price_that_is_ten_times_too_high_is_scaled(tmp_path):
    assert both(corrected(tmp_path, prices(price()), action="scale", value="0.1")) == [(0.141, 0.035)]


def test_each_column_may_have_a_factor_of_its_own(tmp_path):
    assert both(corrected(tmp_path, prices(price()), action="scale", value="1; 100")) == [(1.41, 35.0)]


def test_a_figure_is_overridden_and_one_without_a_value_is_taken_away(tmp_path):
    one = {"columns": "output_usd_per_mtok", "expect": "0.35", "action": "override"}
    assert both(corrected(tmp_path, prices(price()), **one, value="10.5")) == [(1.41, 10.5)]
    assert both(corrected(tmp_path, prices(price()), **one)) == [(1.41, None)]


def test_a_dropped_row_is_given_back_with_its_correction(tmp_path):
    lines = loaded(tmp_path, MAVERICK | {"action": "drop"})
    done = corrections.apply(prices(price(), price(2.0, 8.0)), TOKEN_PRICE, "litellm", lines)
    assert both(done.frame) == [(2.0, 8.0)]
    ((correction, dropped),) = done.dropped
    assert both(dropped) == [(1.41, 0.35)]
    assert correction.fault.sentence == (
        "Dropped by the correction azure_llama_4_maverick: input and output price stand in each other's place."
    )


def test_a_flag_keeps_the_figure_and_a_rent_that_has_it_enters_no_figure(tmp_path):
    frame = corrected(tmp_path, prices(price()), action="flag")
    assert both(frame) == [(1.41, 0.35)]
    assert frame["note"][0].startswith("Doubted (azure_llama_4_maverick): input and output price stand")
    rent = MAVERICK | {"table": "accelerator_rent", "row": "cloud=AWS", "action": "flag"}
    rent |= {"columns": "usd_per_accelerator_hour", "expect": "10.08", "reason": "80.62 USD for 8 is odd."}
    rows = ACCELERATOR_RENT.conform(pl.DataFrame({"cloud": ["AWS"], "usd_per_accelerator_hour": [10.08]}))
    done = corrections.apply(rows, ACCELERATOR_RENT, "litellm", loaded(tmp_path, rent)).frame
    assert done.select("usd_per_accelerator_hour", "outlier_reason").row(0) == (10.08, "80.62 USD for 8 is odd.")


def test_only_rows_of_the_span_of_days_are_corrected(tmp_path):
    frame = prices(*(price(first=date(2026, 1, day)) for day in (1, 2, 3, 4)))
    spanned = corrected(tmp_path, frame, from_day="2026-01-02", to_day="2026-01-03")
    assert both(spanned) == [(1.41, 0.35), (0.35, 1.41), (0.35, 1.41), (1.41, 0.35)]


def test_an_empty_cell_tells_rows_apart_too(tmp_path):
    frame = prices(price(), price(endpoint="eastus"))
    assert both(corrected(tmp_path, frame, row=MAVERICK["row"] + "; endpoint=")) == [(0.35, 1.41), (1.41, 0.35)]


def test_a_row_that_was_corrected_before_is_not_corrected_again(tmp_path):
    once = corrected(tmp_path, prices(price()), action="flag")
    assert_frame_equal(corrected(tmp_path, once, action="flag"), once)


def test_a_figure_that_the_publisher_has_mended_stands_and_the_old_one_stays_corrected(tmp_path):
    lines = loaded(tmp_path, MAVERICK)
    frame = prices(price(), price(0.25, 1.0, first=SEPTEMBER, last=SEPTEMBER))
    assert both(corrections.apply(frame, TOKEN_PRICE, "litellm", lines).frame) == [(0.35, 1.41), (0.25, 1.0)]
    told = outcome(lines, frame)
    assert (told["status"], told["rows_corrected"], told["rows_left"]) == ("mended", 1, 1)
    assert told["message"] == (
        "The publisher shows input_usd_per_mtok 0.25, output_usd_per_mtok 1 on 2026-09-29, and that stands. "
        "End the correction by its to_day, or take it out."
    )


def test_a_mended_figure_whose_correction_has_ended_is_applied(tmp_path):
    lines = loaded(tmp_path, MAVERICK | {"to_day": "2026-08-31"})
    told = outcome(lines, prices(price(), price(0.25, 1.0, first=SEPTEMBER, last=SEPTEMBER)))
    assert (told["status"], told["rows_corrected"], told["rows_left"]) == ("applied", 1, 0)
    assert told["message"] == "1 row corrected."
    assert (told["since"], told["to_day"], told["from_day"]) == (date(2026, 11, 25), date(2026, 8, 31), None)


def test_an_earlier_other_figure_is_left_and_counted(tmp_path):
    earlier = price(2.0, 8.0, first=date(2025, 1, 1), last=date(2025, 2, 1))
    told = outcome(loaded(tmp_path, MAVERICK), prices(earlier, price()))
    assert (told["status"], told["rows_corrected"], told["rows_left"]) == ("applied", 1, 1)


def test_a_correction_that_no_row_fits_is_unmatched(tmp_path):
    told = outcome(loaded(tmp_path, MAVERICK), prices(price(model_as_published="azure_ai/another")))
    assert (told["status"], told["rows_corrected"]) == ("unmatched", 0)


def test_a_dropped_row_is_counted_where_it_was_set_aside(tmp_path):
    lines = loaded(tmp_path, MAVERICK | {"action": "drop"})
    aside = pl.DataFrame(
        [("litellm", "https://a", lines.lines[0].fault.sentence, "row", 46)], SET_ASIDE.names, orient="row"
    )
    told = outcome(lines, TOKEN_PRICE.empty(), aside)
    assert (told["status"], told["rows_corrected"]) == ("applied", 46)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"said_by": ""}, "said_by is empty; each line says it"),
        ({"source": "litelm"}, "litelm is not a source"),
        ({"table": "prices"}, "prices is not a table of facts"),
        ({"columns": "input; output_usd_per_mtok"}, "token_price has no column input"),
        ({"action": "mend"}, "mend is no action; those are drop, override, scale, exchange, flag"),
        ({"columns": "input_usd_per_mtok", "expect": "1.41"}, "exchange takes two columns"),
        ({"row": "modell=x"}, "token_price has no column modell"),
        ({"row": "cached_input_usd_per_mtok=1"}, "is a figure; rows are told apart by names, days and counts"),
        ({"row": ""}, "token_price has no column "),
        ({"row": "publisher=x"}, "row names no column that tells rows apart"),
        ({"expect": "1.41"}, "expect has 1 cells and columns 2; give as many"),
        ({"expect": "1,41; 0.35"}, "1,41 is not what stands in input_usd_per_mtok"),
        ({"expect": "nan; 0.35"}, "nan is not a finite number"),
        ({"value": "2"}, "exchange takes no value"),
        ({"action": "scale", "value": "0"}, "scale takes a factor other than 0"),
        ({"action": "override", "value": "1"}, "value has 1 cells and columns 2; give as many"),
        ({"to_day": "31.8.2026"}, "to_day: 31.8.2026 is not a day; write year-month-day"),
    ],
)
def test_a_line_that_cannot_be_used_says_where_and_what_and_stops_no_other(tmp_path, changes, message):
    good = MAVERICK | {"correction": "another", "row": "model=Llama 4 Maverick"}
    lines = loaded(tmp_path, MAVERICK | changes, good)
    assert [line.name for line in lines.lines] == ["another"]
    (refused,) = lines.refused
    assert refused.message.startswith("figures.csv, line 2: ")
    assert message in refused.message
    told = corrections.outcomes(lines, {}, SET_ASIDE.empty())
    assert told.select("correction", "status").rows() == [("azure_llama_4_maverick", "refused")]


def test_a_name_is_given_once(tmp_path):
    assert "is given twice" in loaded(tmp_path, MAVERICK, MAVERICK).refused[0].message


def test_no_folder_has_no_corrections(tmp_path):
    assert corrections.load(tmp_path / "none", ["toy"]) == Corrections()


WORDS = st.sampled_from(["azure_ai", "groq", None])
FIGURES = st.one_of(st.none(), st.sampled_from([1.41, 0.35, 0.0]), st.floats(0, 1000))
ROWS = st.lists(
    st.builds(
        price,
        FIGURES,
        FIGURES,
        st.sampled_from([JUNE, SEPTEMBER, None]),
        provider_as_published=WORDS,
        note=st.sampled_from([None, "List price."]),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.sampled_from(["exchange", "scale", "override", "flag", "drop"]))
def test_rows_without_a_correction_are_untouched(rows, action):
    value = {"scale": "0.1", "override": "1; 2"}.get(action, "")
    line = dict.fromkeys(FIELDS, "") | MAVERICK | {"action": action, "value": value}
    read = corrections.correction(line, ["litellm"])
    frame = prices(*rows).with_row_index("place")
    done = corrections.apply(frame, TOKEN_PRICE, "litellm", Corrections((read,))).frame
    wrong = (
        (pl.col("provider_as_published") == "azure_ai")
        & ((pl.col("input_usd_per_mtok") - 1.41).abs() < 1e-8)
        & ((pl.col("output_usd_per_mtok") - 0.35).abs() < 1e-8)
    ).fill_null(False)
    right = frame.filter(~wrong)
    assert_frame_equal(done.filter(pl.col("place").is_in(right["place"].to_list())), right)
    assert done.height == (right.height if action == "drop" else frame.height)


@given(ROWS)
def test_another_source_or_table_is_untouched(rows):
    read = corrections.correction(dict.fromkeys(FIELDS, "") | MAVERICK, ["litellm"])
    frame = prices(*rows)
    assert corrections.apply(frame, TOKEN_PRICE, "models_dev", Corrections((read,))).frame is frame


# In a build


EVENT = {
    "correction": "chip_day",
    "source": "toy",
    "table": "event",
    "row": "headline=A chip",
    "columns": "category",
    "action": "override",
    "value": "benchmark",
    "expect": "chip launch",
    "reason": "it is a result, not a launch",
    "said_by": "Toys",
    "citation_url": toys.HOST,
    "since": "2026-11-25",
}


@pytest.fixture
def folders(tmp_path) -> Folders:
    made = toys.folders(tmp_path)
    made.corrections.mkdir()
    return made


def wrong_event(folders: Folders, *lines: dict) -> None:
    cells = [{name: line.get(name, "") for name in FIELDS} for line in lines]
    pl.DataFrame(cells).write_csv(folders.corrections / "figures.csv")


def states(folders: Folders) -> list[tuple]:
    return folders.store.rows("correction").select("correction", "status", "rows_corrected").rows()


def test_a_build_corrects_figures_that_ship_and_says_so(folders):
    wrong_event(folders, EVENT)
    toys.ship(folders, toys.event("A chip"), toys.event("Another"))
    build(folders, [toys.toy()])
    assert folders.store.rows("event").select("headline", "category").rows() == [
        ("A chip", "benchmark"),
        ("Another", "chip launch"),
    ]
    assert states(folders) == [("chip_day", "applied", 1)]
    published.write(folders.store, folders.published)
    build(folders, [toys.toy()])
    assert states(folders) == [("chip_day", "applied", 1)]


def test_a_row_is_corrected_before_it_is_checked_and_a_dropped_one_is_set_aside(folders):
    late = {**toys.event("Late"), "happened_on": date(1999, 1, 1)}
    source = toys.toy(read=lambda held: Reading({"event": pl.DataFrame([toys.event("A chip"), late])}))
    mend = EVENT | {"correction": "late", "row": "headline=Late", "columns": "happened_on"}
    mend |= {"value": "2025-01-01", "expect": "1999-01-01"}
    wrong_event(folders, EVENT | {"action": "drop", "value": ""}, mend)
    toys.hold(folders, source, "[]")
    build(folders, [source])
    assert folders.store.rows("event").select("headline", "happened_on").rows() == [("Late", date(2025, 1, 1))]
    aside = folders.store.rows("set_aside")
    assert aside["reason"].to_list() == ["Dropped by the correction chip_day: it is a result, not a launch."]
    assert "headline=A chip" in aside["row"][0]
    assert states(folders) == [("chip_day", "applied", 1), ("late", "applied", 1)]


def test_a_mended_figure_stops_no_build_and_stands_in_the_message_of_its_source(folders):
    wrong_event(folders, EVENT, EVENT | {"correction": "broken", "action": "mend"})
    toys.ship(folders, {**toys.event("A chip"), "category": "policy"})
    build(folders, [toys.toy()])
    assert folders.store.rows("event")["category"].to_list() == ["policy"]
    assert states(folders) == [("broken", "refused", 0), ("chip_day", "mended", 0)]
    message = folders.store.rows("source_state")["message"][0]
    assert message.endswith("No longer wrong there: chip_day; see the corrections.")


# The corrections that ship


@pytest.fixture(scope="module")
def shipped() -> Corrections:
    return corrections.load(Folders().corrections, [source.id for source in SOURCES])


def test_every_shipped_line_can_be_used(shipped):
    assert [line.message for line in shipped.refused] == []
    assert {line.action for line in shipped.lines} == set(corrections.ACTIONS)


def test_every_shipped_line_says_who_says_so_where_and_since_when(shipped):
    for line in shipped.lines:
        assert line.line["citation_url"].startswith("https://"), line.name
        assert line.line["since"], line.name


def test_every_shipped_correction_is_applied_to_the_figures_that_ship(shipped):
    """Fails once a publisher has mended a figure: then end the correction by its to_day."""
    folder = Folders().published
    frames = {
        source.id: {table.name: published.rows(folder, table, source.id) for table in FACTS} for source in SOURCES
    }
    aside = pl.concat([published.rows(folder, SET_ASIDE, source.id) for source in SOURCES])
    told = corrections.outcomes(shipped, frames, aside)
    assert told.filter(pl.col("status") != "applied").select("correction", "status", "message").rows() == []
    assert told.height == len(shipped.lines)
