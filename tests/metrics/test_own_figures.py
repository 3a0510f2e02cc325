"""A reader's own figures beside the record: paired, graded, marked, and without any say in what the record says."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import cost as cost_charts
from charts import prices as price_charts
from charts import response as response_charts
from charts import speed as speed_charts
from charts import style
from metrics import cost, matching, price_history, response, speed
from metrics.findings import speed as findings
from tests.frames import (
    GPT_OSS,
    MAY_2026,
    catalogued,
    gpt_oss_of_2026,
    measured,
    prices,
    providers,
    speeds,
)

RECORD, PRICES = gpt_oss_of_2026()
OWN = {
    "source": "upload:1",
    "source_url": "ours.csv",
    "publisher": "Your file",
    "evidence": "upload",
    "capture": None,
    "model": GPT_OSS,
}
STATED = {"prompt_tokens": 1000, "concurrency": 1, "measured_on": MAY_2026}


def own(provider, tokens_per_second, **rest):
    return measured(provider, tokens_per_second, **(OWN | {"measured_by": "Our team", "measured_on": MAY_2026} | rest))


def own_price(provider, given, written, **rest):
    return catalogued(provider, given, written, **(OWN | {"valid_from": MAY_2026, "last_seen_on": MAY_2026} | rest))


def judged(*rows):
    return matching.judged(speeds(*rows), providers())


def paired(*rows):
    return speed.ratios(speeds(*rows), providers())


def hosts(*rows, baseline="Azure"):
    return speed.hosts(judged(*rows), paired(*rows), GPT_OSS, baseline)


def squares(figure):
    return [trace for trace in figure.data if trace.name == style.YOURS]


def test_an_own_measurement_beside_a_published_one_is_grade_d():
    pair = paired(own("Groq", 500.0), measured("Azure", 218.0, model=GPT_OSS, measured_on=MAY_2026)).row(0, named=True)
    assert (pair["match_grade"], pair["is_own"]) == ("D", True)
    assert "measurer" in pair["differs"]


def test_stated_conditions_make_another_source_one_soft_condition():
    published = measured("Azure", 218.0, model=GPT_OSS, **STATED)
    pair = paired(own("Groq", 500.0, **STATED), published).row(0, named=True)
    assert (pair["match_grade"], pair["differs"]) == ("B", "measurer")


@pytest.mark.parametrize("unsaid", STATED)
def test_one_condition_left_unsaid_keeps_grade_d(unsaid):
    pair = paired(own("Groq", 500.0, **(STATED | {unsaid: None})), measured("Azure", 218.0, model=GPT_OSS, **STATED))
    assert pair["match_grade"].to_list() == ["D"]


def test_conditions_stated_half_a_year_later_keep_grade_d():
    later = STATED | {"measured_on": MAY_2026 + timedelta(days=200)}
    assert paired(own("Groq", 500.0, **later), measured("Azure", 218.0, model=GPT_OSS, **STATED))[
        "match_grade"
    ].to_list() == ["D"]


def test_a_vendors_own_figure_stays_grade_d_whatever_the_reader_states():
    vendor = measured("Azure", 218.0, model=GPT_OSS, measurer_kind="vendor", **STATED)
    assert paired(own("Groq", 500.0, **STATED), vendor)["match_grade"].to_list() == ["D"]


def test_two_hosts_of_one_file_are_like_for_like():
    pair = paired(own("Groq", 500.0, **STATED), own("Our own cluster", 90.0, **STATED)).row(0, named=True)
    assert (pair["match_grade"], pair["baseline_provider"]) == ("A", "Our own cluster")


def test_an_own_host_stands_beside_every_specialised_provider_of_the_record():
    found = paired(*RECORD, own("Our own cluster", 90.0)).filter(pl.col("baseline_provider") == "Our own cluster")
    assert (
        found["provider"].unique().sort().to_list()
        == judged(*RECORD).filter("is_specialised")["provider"].unique().sort().to_list()
    )
    assert found["match_grade"].unique().to_list() == ["D"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Cerebras", "Groq", "Azure", "Our own cluster"]),
            st.floats(1, 90_000),
            st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2026, 12, 31))),
        ),
        max_size=6,
    )
)
def test_own_figures_change_no_pair_of_the_record(given_rows):
    uploads = [own(provider, speed_, measured_on=day) for provider, speed_, day in given_rows]
    with_own = paired(*RECORD, *uploads).filter(~pl.col("is_own"))
    assert with_own.equals(paired(*RECORD))


def test_the_answer_of_speed_is_of_the_record():
    shown = hosts(*RECORD, own("Groq", 90_000.0))
    alone = hosts(*RECORD)
    assert findings.fastest(speed.of_record(shown), GPT_OSS) == findings.fastest(alone, GPT_OSS)


def test_a_model_that_only_the_reader_measured_is_answered_from_the_file():
    only = speed.of_record(hosts(own("Groq", 500.0, **STATED), own("Azure", 50.0, **STATED)))
    assert findings.fastest(only, GPT_OSS).startswith("Groq writes gpt-oss-120b")


def test_the_newest_own_measurement_of_an_endpoint_stands_in_the_chart_and_says_whose_it_is():
    shown = hosts(*RECORD, own("Groq", 500.0, measured_on=date(2026, 4, 1)), own("Groq", 450.0))
    mine = shown.filter("is_own")
    assert mine.select("host_label", "output_tokens_per_second", "match_grade").rows() == [("Groq, yours", 450.0, "D")]


def test_an_undated_own_measurement_is_drawn_as_grade_d():
    assert hosts(*RECORD, own("Groq", 500.0, measured_on=None)).filter("is_own")["match_grade"].to_list() == ["D"]


def test_only_own_marks_stand_in_a_square():
    shown = hosts(*RECORD, own("Groq", 450.0))
    (square,) = squares(speed_charts.hosts(shown, "title").figure)
    assert list(square.y) == ["Groq, yours"]
    assert not squares(speed_charts.hosts(hosts(*RECORD), "title").figure)


def test_an_own_price_of_a_published_host_is_a_mark_beside_it():
    table = prices(*PRICES, own_price("Azure", 0.10, 0.40))
    priced = cost.with_price(hosts(*RECORD), table)
    mine = priced.filter("is_own")
    assert mine["host_label"].to_list() == ["Azure, your price"]
    assert mine["blended_usd_per_mtok"].item() == pytest.approx((3 * 0.10 + 0.40) / 4)
    assert not mine["is_frontier"].any()
    drawn = cost_charts.price_against_speed(priced, "title", "3:1", cost.claimed_corner(priced))
    assert len(squares(drawn.figure)) == 1
    assert len(squares(price_charts.components(priced, "title", "subtitle").figure)) == 1


def test_an_own_speed_takes_the_price_of_its_host():
    priced = cost.with_price(hosts(*RECORD, own("Azure", 300.0)), prices(*PRICES))
    assert priced.filter("is_own").select("host_label", "output_tokens_per_second").rows() == [("Azure, yours", 300.0)]


def test_own_prices_leave_the_record_where_it_was():
    table = prices(*PRICES, own_price("Cerebras", 0.01, 0.01))
    record = cost.with_price(hosts(*RECORD), prices(*PRICES))
    assert cost.with_price(hosts(*RECORD), table).filter(~pl.col("is_own")).equals(record)
    ratios = cost.ratios(table, providers())
    assert ratios.filter(~pl.col("is_own")).equals(cost.ratios(prices(*PRICES), providers()))


def test_an_own_price_beside_a_catalogues_is_grade_d():
    table = prices(
        catalogued("Azure", 0.15, 0.60, model=GPT_OSS, valid_from=MAY_2026, last_seen_on=MAY_2026),
        own_price("Groq", 0.05, 0.20),
    )
    pair = cost.ratios(table, providers()).row(0, named=True)
    assert (pair["provider"], pair["baseline_provider"], pair["match_grade"]) == ("Groq", "Azure", "D")
    assert pair["cost_ratio"] == pytest.approx(1 / 3)


def test_own_prices_are_a_line_of_their_own_over_time():
    table = prices(
        catalogued("Azure", 0.15, 0.60, model=GPT_OSS, valid_from=date(2026, 1, 1), last_seen_on=MAY_2026),
        own_price("Azure", 0.10, 0.40),
    )
    assert price_history.spans(table, GPT_OSS)["label"].to_list() == ["Azure", "Azure, yours"]
    assert price_history.listed_now(table, providers(), GPT_OSS)["label"].to_list() == ["Azure, yours", "Azure"]


def test_own_measurements_are_a_line_of_their_own_beside_the_weekly_captures():
    weeks = response.history(judged(*RECORD, own("Groq", 450.0)), GPT_OSS, RECORD[0]["source"])
    mine = weeks.filter("is_own")
    assert mine.select("label", "output_tokens_per_second").rows() == [("Groq, yours", 450.0)]
    (square,) = squares(response_charts.over_time(weeks, "title", "subtitle", reading=5.29).figure)
    assert list(square.y) == [450.0]
