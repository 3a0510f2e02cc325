"""The four legs of the answer: each comes out either way on data that says so, and the sentence follows."""

from datetime import date

import polars as pl
import pytest

from etl.schema import TABLES
from metrics import divide, submitters, words
from metrics.divide import Leg
from metrics.findings import divide as divide_findings
from metrics.shares import estimates
from tests.frames import CITED, shares
from tests.results import inference, served, trained, training

TODAY = date(2026, 8, 10)
# From the record: chips and the role that they are presented for.
CHIPS = (
    ("H100 SXM", "both", None, date(2022, 9, 20)),
    ("Trainium1", "training", None, date(2022, 10, 15)),
    ("MI300X", "both", None, date(2023, 12, 6)),
    ("B200", "both", None, date(2024, 11, 15)),
    ("Rubin CPX", "inference", date(2025, 9, 9), None),
    ("Maia 200", "inference", date(2026, 1, 26), date(2026, 1, 26)),
    ("TPU 8t", "training", date(2026, 4, 22), None),
    ("MTIA 300", "both", None, date(2026, 3, 11)),
    ("Sohu", "inference", None, None),
    ("T4", None, None, date(2018, 9, 13)),
)


def chips(rows=CHIPS, **changed: str | None) -> pl.DataFrame:
    return TABLES["accelerator"].conform(
        pl.DataFrame(
            [
                CITED
                | {
                    "accelerator": name,
                    "accelerator_as_published": name,
                    "role": changed.get(name, role),
                    "announced_on": announced,
                    "available_on": available,
                }
                for name, role, announced, available in rows
            ]
        )
    )


def share(year: int, percent: float | None, of_what="compute", scope="all AI compute", kind="estimate", **rest) -> dict:
    return {"year": year, "share_percent": percent, "of_what": of_what, "scope": scope, "kind": kind} | rest


def submitted(*vendors_of_sides: tuple[str, str]) -> pl.DataFrame:
    """A matrix where these vendors' chips were submitted to these sides."""
    spelled = {"Nvidia": "NVIDIA B200", "AMD": "AMD Instinct MI325X", "Intel": "Intel Gaudi 3", "Google": "TPU v6"}
    rows = {"training": [], "inference": []}
    for vendor, side in vendors_of_sides:
        made = trained if side == "training" else served
        rows[side].append(made(vendor, "Dell", 8, 9.0, accelerator_as_published=spelled[vendor], system=vendor))
    return submitters.matrix(training(*rows["training"]), inference(*rows["inference"]))


def test_a_chip_was_launched_when_it_was_announced_or_else_first_to_be_had():
    launched = divide.launches(chips())
    assert launched.height == 9
    years = dict(launched.select("accelerator", "year").iter_rows())
    assert (years["Rubin CPX"], years["H100 SXM"], years["Sohu"]) == (2025, 2022, None)
    assert divide.without_role(chips()) == ["T4"]


def test_a_chip_that_two_sources_describe_is_one_chip():
    twice = pl.concat([chips(), chips().with_columns(source=pl.lit("elsewhere"))])
    assert divide.launches(twice).height == 9


def test_chips_of_a_year_are_stacked_training_on_both_on_inference():
    counted = divide.by_year(divide.launches(chips()))
    assert counted.filter(pl.col("year") == 2026).select("role", "chips", "middle").rows() == [
        ("training", 1, 2.5),
        ("both", 1, 1.5),
        ("inference", 1, 0.5),
    ]
    assert counted["chips"].sum() == 8
    assert counted["year"].unique().sort().to_list() == [2022, 2023, 2024, 2025, 2026]


def test_silicon_splits_where_more_of_the_newest_chips_serve_one_role():
    leg = divide.of_silicon(divide.launches(chips()))
    assert leg.splits
    assert leg.told == "3 of 4 chips launched since 2025 serve one role, against 1 of 4 before."


def test_silicon_does_not_split_where_the_newest_chips_serve_both():
    general = {"Rubin CPX": "both", "Maia 200": "both"}
    leg = divide.of_silicon(divide.launches(chips(**general)))
    assert leg.splits is False
    assert leg.told == "1 of 4 chips launched since 2025 serves one role, against 1 of 4 before."


def test_silicon_of_one_period_decides_nothing():
    assert divide.of_silicon(divide.launches(chips(CHIPS[4:8]))).splits is None
    assert divide.of_silicon(divide.launches(chips().clear())).splits is None


def test_vendors_split_where_most_that_submitted_keep_to_one_side():
    leg = divide.of_vendors(submitted(("Nvidia", "training"), ("AMD", "inference"), ("Google", "inference")))
    assert leg.splits
    assert leg.told.startswith("In the rounds held here chips of 0 of 3 vendors were submitted to both")


def test_vendors_do_not_split_where_most_are_on_both_sides_however_many_are_absent():
    both = (("Nvidia", "training"), ("Nvidia", "inference"), ("AMD", "training"), ("AMD", "inference"))
    leg = divide.of_vendors(submitted(*both, ("Intel", "inference")))
    assert leg.splits is False
    assert leg.told == (
        "In the rounds held here chips of 2 of 3 vendors were submitted to both training and inference; 7 vendors "
        "asked about did not submit."
    )


def test_without_results_who_is_absent_decides_nothing():
    assert divide.of_vendors(submitters.matrix(training(), inference())).splits is None


def test_where_results_of_one_side_are_not_held_nobody_is_on_one_side_only():
    only_inference = submitted(("Nvidia", "inference"), ("AMD", "inference"))
    assert divide.of_vendors(only_inference).splits is None
    assert divide_findings.who_submits(only_inference).startswith("Results of inference alone are held here")


@pytest.mark.parametrize(
    ("advantage", "splits"), [(1.5, True), (1.49, False), (1.0, False), (0.67, False), (0.66, True), (None, None)]
)
def test_gains_split_where_they_lie_a_factor_apart_on_either_side(advantage, splits):
    assert divide.of_gains(advantage, 2, "H100 SXM").splits is splits


def placed(*rows: dict) -> pl.DataFrame:
    return divide.placed_shares(shares(*rows))


def money(*rows: dict) -> divide.Leg:
    return divide.of_money(estimates(shares(*({"published_on": TODAY} | row for row in rows)), TODAY))


def test_money_splits_where_half_of_the_estimates_or_more_are_above_half_and_a_forecast_decides_nothing():
    power = share(2025, 47.5, "power", "AI data-centre power")
    assert money(share(2025, 66.7), power).splits
    assert money(share(2025, 49.9), power, share(2026, 66.7, kind="forecast")).splits is False
    assert money(share(2026, 66.7, kind="forecast")).splits is None


def test_the_money_leg_says_what_the_claim_says():
    power = share(2025, 47.5, "power", "AI data-centre power", publisher="McKinsey")
    leg = money(share(2025, 50, publisher="Deloitte"), power)
    assert leg.told == (
        "0 of 2 estimates put inference above half; the highest: 50 % of compute (all AI compute, 2025, Deloitte, "
        f"{words.day(TODAY)})."
    )


def test_shares_of_unlike_things_stand_in_panels_of_their_own():
    rows = placed(
        share(2024, 40, "revenue", "Nvidia data-centre revenue"),
        share(2024, 26, "spend", "OpenAI"),
        share(2026, 55, "spend", "AI-optimised cloud (IaaS)"),
        share(2025, 50),
        share(2025, None),
    )
    assert rows["panel"].to_list() == [
        "Compute of the whole market",
        "Spend of the whole market",
        "Spend of one firm",
        "Revenue of one firm",
    ]


def leg(name: str, splits: bool | None) -> Leg:
    return Leg(name, splits, "Told.", "rule")


@pytest.mark.parametrize(
    ("legs", "told"),
    [
        ((leg("a", True), leg("b", True)), "Splitting: in a and in b"),
        ((leg("a", False), leg("b", False)), "Not splitting: not in a nor in b"),
        ((leg("a", True), leg("b", False), leg("c", None)), "Split in a; not in b; no data on c"),
        ((leg("a", True), leg("b", True), leg("c", False), leg("d", False)), "Split in a and in b; not in c nor in d"),
        ((leg("a", None),), "Published data cannot say whether training and inference are splitting"),
    ],
)
def test_the_answer_follows_from_the_legs(legs, told):
    assert divide.verdict(legs) == told


def test_the_answer_holds_for_the_newest_day_of_the_data():
    days = pl.Series([date(2025, 9, 9), None], dtype=pl.Date)
    assert divide.as_of(days, pl.Series([TODAY]), pl.Series([], dtype=pl.Date)) == TODAY
    assert divide.as_of(pl.Series([], dtype=pl.Date)) is None


def test_absence_is_said_to_be_absence():
    told = divide_findings.absent(submitted(("Nvidia", "training"), ("Nvidia", "inference")))
    assert told.startswith("Absent from every round held here: AMD, Intel, Google, AWS, Microsoft, Cerebras, Groq")
    assert told.endswith("They did not submit, which is not the same as losing.")


def test_events_after_the_article_are_counted():
    rows = pl.DataFrame(
        {
            "happened_on": [date(2026, 1, 5), date(2026, 2, 3), date(2026, 2, 12)],
            "category": ["chip launch", "article", "service"],
        }
    )
    assert divide_findings.since_article(rows) == "1 of 3 dated events came after the article"
    assert divide_findings.since_article(rows.head(1)) == "1 dated event"
