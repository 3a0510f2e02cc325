"""Who submits to MLPerf, by kind of firm and by whose chip it is."""

import pytest

from metrics import rounds, submitters
from tests.results import inference, served, trained, training


@pytest.mark.parametrize(
    ("submitter", "kind"),
    [
        ("NVIDIA", submitters.CHIP_MAKER),
        ("Dell", submitters.SYSTEM_MAKER),
        ("Oracle", submitters.CLOUD),
        ("University of Florida", submitters.OTHER),
        ("IBM + CoreWeave + NVIDIA", submitters.JOINT),
        ("Dell + MangoBoost", submitters.JOINT),
        ("AMD + MangoBoost", submitters.CHIP_MAKER),
    ],
)
def test_a_submitter_is_of_one_kind_and_unlike_firms_together_are_of_their_own(submitter, kind):
    assert submitters.kind_of(submitter) == kind


def test_who_is_of_no_kind_stands_beside_itself_alone():
    rows = inference(served("B200", "University of Florida", 8, 1.0), served("H100 SXM", "The Stage", 8, 1.0))
    assert submitters.with_kind(rows)["submitter_kind"].to_list() == ["University of Florida", "The Stage"]


@pytest.mark.parametrize(
    ("spelling", "vendor"),
    [
        ("NVIDIA Blackwell GPU (GB200)", "Nvidia"),
        ("Tesla T4", "Nvidia"),
        ("H100 NVL Tensor Core GPU (PCIe)", "Nvidia"),
        ("AMD Instinct MI300X 192GB HBM3 (x32), AMD Instinct MI325X 256GB HBM3e (x16)", "AMD"),
        ("TPU-trillium", "Google"),
        ("UntetherAI speedAI240 Slim", "Untether AI"),
        ("[MAXSUN] MS-Intel Arc Pro B60 Dual 48G Turbo", "Intel"),
        ("Furiosa RNGD", "Furiosa RNGD"),
        (None, None),
    ],
)
def test_a_chip_belongs_to_whom_its_published_name_says(spelling, vendor):
    rows = inference(served("B200", "Dell", 8, 1.0, accelerator_as_published=spelling))
    assert submitters.with_vendor(rows)["vendor"].to_list() == [vendor]


NVIDIA, TPU = "NVIDIA B200-SXM-180GB", "TPU v6"
SUBMITTED = submitters.matrix(
    training(trained("B200", "Dell", 8, 11.3, accelerator_as_published=NVIDIA)),
    inference(
        served("B200", "Dell", 8, 98000.0, accelerator_as_published=NVIDIA),
        served("B200", "Dell", 8, 90000.0, accelerator_as_published=NVIDIA, round="v4.1"),
        served("TPU v6e (Trillium)", "Google", 4, 5.0, accelerator_as_published=TPU, round="v4.1"),
    ),
)


def test_the_matrix_has_training_before_inference_and_old_rounds_before_new():
    found = SUBMITTED.select("side", "round").unique(maintain_order=True).rows()
    assert found == [("Training", "v5.0"), ("Inference", "v4.1"), ("Inference", "v5.1")]


def test_vendors_of_specialised_silicon_are_in_the_matrix_and_said_to_be_absent():
    absent = SUBMITTED.filter(SUBMITTED["vendor"] == "Cerebras")
    assert absent["results"].to_list() == [0, 0, 0]
    assert absent["status"].unique().to_list() == [submitters.ABSENT]
    assert set(submitters.ASKED_ABOUT) <= set(SUBMITTED["vendor"])


def test_vendors_stand_on_both_sides_on_one_or_on_neither():
    found = submitters.sides(SUBMITTED)
    assert found["both"] == ["Nvidia"]
    assert found["Inference"] == ["Google"]
    assert found["Training"] == []
    assert {"Cerebras", "Groq", "SambaNova", "Microsoft", "AWS"} <= set(found["neither"])


def test_results_on_a_processor_alone_are_counted_and_belong_to_no_vendor():
    bare = served(None, "Intel", 1, 1.0, accelerator_count=None)
    counted = submitters.matrix(training(trained("B200", "Dell", 8, 11.3)), inference(bare))
    assert counted.filter(counted["vendor"] == submitters.NO_ACCELERATOR)["results"].to_list() == [0, 1]
    assert "Intel" in submitters.sides(counted)["neither"]


def test_a_tenth_version_is_newer_than_a_ninth():
    rows = training(*(trained("B200", "Dell", 8, 1.0, round=name) for name in ("v9.1", "v10.0", "v4.1")))
    assert rounds.newest_first(rows)["round"].to_list() == ["v10.0", "v9.1", "v4.1"]
