"""Curves of shared GPUs: what stands on one, what is its frontier, and what its tokens cost."""

from datetime import date

import polars as pl
import pytest

from etl.schema import TABLES
from metrics import rent, serving
from metrics.dollar import PER_DOLLAR
from metrics.findings import serving as findings
from metrics.serving import Workload
from tests.frames import CITED
from tests.silicon import chip

DAY = date(2026, 1, 2)
CHAT, LONG_PROMPT = Workload("FP4", 1024, 1024), Workload("FP4", 8192, 1024)
CHIPS = TABLES["accelerator"].conform(pl.DataFrame([chip("H100 SXM", family="GPU"), chip("B200", family="GPU")]))


def point(accelerator="H100", each=50.0, together=2131.4, **rest):
    """One row of gpu_serving, as InferenceX has it of gpt-oss-120b."""
    return (
        CITED
        | {
            "source": "inferencex",
            "accelerator": accelerator,
            "accelerator_as_published": str(accelerator).lower(),
            "model": "gpt-oss-120b",
            "model_as_published": "gptoss",
            "framework": "vllm",
            "precision": "fp4",
            "configuration": "tp1 ep1, no speculative decoding",
            "accelerator_count": 1,
            "prompt_tokens": 1024,
            "output_tokens": 1024,
            "concurrency": 64,
            "output_throughput_tokens_per_second_per_gpu": together,
            "interactivity_tokens_per_second_per_user": each,
            "measured_on": DAY,
        }
        | rest
    )


def points(*rows):
    return serving.points(TABLES["gpu_serving"].conform(pl.DataFrame(list(rows), infer_schema_length=None)))


def curve(*rows, workload=CHAT):
    return serving.curves(points(*rows), "gpt-oss-120b", workload, CHIPS)


def rented(accelerator, usd, day, cloud="Lambda", **rest):
    named = {"cloud": cloud, "accelerator": accelerator, "accelerator_as_published": accelerator}
    return CITED | named | {"usd_per_accelerator_hour": usd, "price_kind": "on-demand", "observed_on": day} | rest


def rents(*rows):
    return TABLES["accelerator_rent"].conform(pl.DataFrame(list(rows), infer_schema_length=None))


def test_lengths_and_precisions_never_share_a_curve():
    rows = (point(), point(prompt_tokens=8192, together=888.2), point(precision="fp8", together=700.0))
    assert curve(*rows)["tokens_per_second_per_accelerator"].to_list() == [2131.4]
    assert curve(*rows, workload=LONG_PROMPT)["tokens_per_second_per_accelerator"].to_list() == [888.2]
    assert len(serving.workloads(points(*rows), "gpt-oss-120b")) == 3


@pytest.mark.parametrize(
    "lacks",
    [
        "precision",
        "prompt_tokens",
        "output_tokens",
        "accelerator",
        "interactivity_tokens_per_second_per_user",
        "output_throughput_tokens_per_second_per_gpu",
    ],
)
def test_a_point_that_does_not_say_all_stands_on_no_curve(lacks):
    assert points(point(), point(**{lacks: None})).height == 1


def test_a_point_without_any_output_stands_on_no_logarithmic_axis():
    assert points(point(), point(together=0.0)).height == 1


def test_the_workload_of_most_chips_comes_first_and_is_told_in_words():
    rows = (
        *(point(prompt_tokens=8192, concurrency=users) for users in (1, 2, 4)),
        point(),
        point("B200"),
    )
    assert serving.workloads(points(*rows), "gpt-oss-120b") == [CHAT, LONG_PROMPT]
    assert LONG_PROMPT.label == "FP4, 8,192 tokens in and 1,024 out"


def test_the_frontier_holds_what_no_other_point_of_the_chip_beats():
    rows = curve(
        point(each=20.0, together=3000.0),
        point(each=50.0, together=2000.0),
        point(each=40.0, together=1900.0),  # fewer for each and fewer together
        point(each=50.0, together=1500.0),
        point(each=90.0, together=400.0),
        point("B200", each=10.0, together=100.0),  # beaten by another chip alone
    )
    on_it = rows.filter("is_frontier").select("label", "interactivity_tokens_per_second_per_user").rows()
    assert on_it == [("B200", 10.0), ("H100", 90.0), ("H100", 50.0), ("H100", 20.0)]


def test_a_chip_that_lists_name_with_its_form_alone_has_its_silicon():
    """Lists of chips have H100 SXM and H100 PCIe, and throughputs an H100."""
    assert curve(point())["family"].to_list() == ["GPU"]


def test_the_best_of_a_chip_gives_each_user_enough():
    rows = curve(point(each=49.0, together=9000.0), point(each=51.0), point("B200", each=10.0))
    best = serving.best_at(rows)
    assert best.select("label", "tokens_per_second_per_accelerator").rows() == [("H100", 2131.4)]


def test_the_title_says_which_chip_writes_most_and_how_many_times_the_least():
    told = findings.most_at_speed(curve(point(), point("B200", together=8672.5)))
    assert told == "At 50 tokens/s for each user one B200 writes 8,672 tokens/s in all, 4.1x as much as one H100"


def test_the_title_says_so_where_no_user_gets_enough():
    told = findings.most_at_speed(curve(point(each=20.0)))
    assert told == "No chip gives each user 50 tokens/s; the most is 20 tokens/s"


def test_the_readers_own_points_are_told_apart_and_decide_no_title():
    own = point("B200", together=90_000.0, evidence="upload")
    rows = curve(point(), own)
    assert rows.filter("is_own")["label"].to_list() == ["B200, yours"]
    assert "B200" not in findings.most_at_speed(rows)


def test_an_h100_at_2_98_dollars_writes_a_million_tokens_for_39_cents():
    """2.98 × 1e6 / (3,600 × 2,131.4) = 0.388, never idle."""
    costed = serving.with_costs(curve(point()), rents(rented("H100 SXM", 2.98, date(2026, 2, 19))))
    assert costed["usd_per_mtok_from_rent"].to_list() == [pytest.approx(0.388, abs=0.001)]
    assert findings.cheapest_at_speed(costed) == (
        "At 50 tokens/s for each user a million output tokens of gpt-oss-120b cost $0.388 on rented H100 "
        "(measured 2 January 2026, rents of 19 February 2026)"
    )
    assert findings.cheapest_at_speed(costed, PER_DOLLAR) == (
        "At 50 tokens/s for each user a dollar of rent buys 2.57 m tokens of gpt-oss-120b on H100 "
        "(measured 2 January 2026, rents of 19 February 2026)"
    )


def test_the_frontier_of_a_cost_is_of_the_cost():
    """The better throughput of January was measured when a GPU cost four times as much."""
    rows = curve(point(each=60.0, together=2000.0), point(each=50.0, together=2100.0, measured_on=date(2026, 8, 1)))
    assert rows["is_frontier"].to_list() == [True, True]
    costed = serving.with_costs(rows, rents(rented("H100", 2.0, DAY), rented("H100", 8.0, date(2026, 8, 1))))
    assert costed.select("measured_on", "is_frontier").rows() == [(DAY, True), (date(2026, 8, 1), False)]


def test_the_rent_is_of_the_days_around_the_measurement():
    """The peak of 2023 is no rent of 2026."""
    rows = rents(rented("H100", 8.0, date(2023, 6, 30), "market peak"), rented("H100", 2.98, date(2026, 2, 19)))
    of_time = rent.of_time(rows, points(point()))
    assert of_time.select("usd_per_accelerator_hour", "rent_days_apart", "clouds").rows() == [(2.98, 48, 1)]


def test_a_throughput_is_priced_at_no_rent_of_another_time():
    measured = curve(point())
    late = serving.with_costs(measured, rents(rented("H100", 3.99, date(2026, 9, 20))))
    assert late.is_empty()
    assert serving.unrented(measured, late) == ["H100"]
    near = serving.with_costs(measured, rents(rented("H100", 2.98, date(2026, 2, 19))))
    assert findings.rents_behind(near) == "Middle on-demand rent an hour: H100 $2.98 (19 February 2026)."


def test_the_middle_rent_counts_each_cloud_once_and_no_other_basis():
    rows = rents(
        *(rented("H100", 6.0, date(2026, 1, day), "Azure") for day in (1, 2, 3)),
        rented("H100", 2.0, DAY, "Lambda"),
        rented("H100", 3.0, DAY, "Nebius"),
        rented("H100", 0.5, DAY, "Vast.ai", price_kind="spot"),
        rented("H100", 700.0, DAY, "Odd", outlier_reason="Not believed."),
        rented("H100 PCIe", 1.0, DAY, "RunPod"),
        rented("H100", 0.1, DAY, "Mine", evidence="upload"),
    )
    assert rent.of_time(rows, points(point())).select("usd_per_accelerator_hour", "clouds").rows() == [(3.0, 3)]


def test_a_chip_that_nobody_rents_out_is_named_and_not_costed():
    rows = curve(point(), point("B200"))
    costed = serving.with_costs(rows, rents(rented("H100", 2.98, DAY)))
    assert costed["accelerator"].to_list() == ["H100"]
    assert serving.unrented(rows, costed) == ["B200"]


def test_one_figure_of_a_model_is_of_one_workload_and_of_a_readable_speed():
    """At 8 tokens/s for each user, or with an eighth of the prompt, an H100 writes more: that is another figure."""
    rows = TABLES["gpu_serving"].conform(
        pl.DataFrame(
            [
                point(each=8.0, together=6000.0),
                point(),
                point("B200"),
                point(output_tokens=8192, together=4000.0),
            ]
        )
    )
    found = serving.usual(rent.throughputs(rows, "gpt-oss-120b"))
    assert found.select("accelerator", "tokens_per_second_per_accelerator").sort("accelerator").rows() == [
        ("B200", 2131.4),
        ("H100", 2131.4),
    ]
    assert findings.basis(found.row(0, named=True)) == (
        "FP4, 1,024 tokens in and 1,024 out, 50 tokens/s for each user, Artificial Analysis"
    )


def test_a_figure_without_lengths_stays_where_there_is_no_other():
    """Nvidia's DGX B200: 72,000 tokens/s on 8 accelerators, no lengths published."""
    bare = dict.fromkeys(("precision", "prompt_tokens", "output_tokens", "framework"))
    server = point("B200", None, None, system="DGX B200", throughput_tokens_per_second=72_000.0, accelerator_count=8)
    rows = TABLES["gpu_serving"].conform(pl.DataFrame([server | bare]))
    found = serving.usual(rent.throughputs(rows, "gpt-oss-120b"))
    assert found["tokens_per_second_per_accelerator"].to_list() == [9000.0]
    assert findings.basis(found.row(0, named=True)) == "DGX B200, Artificial Analysis"
