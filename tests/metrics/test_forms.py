"""Chips and the lines they are of."""

import polars as pl

from etl.schema import TABLES
from metrics import forms
from tests.silicon import chip

DESCRIBED = TABLES["accelerator"].conform(
    pl.DataFrame(
        [
            chip("H200 SXM", family="GPU"),
            chip("A100 PCIe", family="GPU"),
            chip("L4", family="GPU"),
            chip("TPU v5p", family="TPU"),
            chip("TPU", family=None),
        ]
    )
)


def test_a_chip_that_nobody_describes_is_of_the_line_that_its_name_begins_with():
    """Dell and others trained on H200 NVL, A100 PCIe 80GB and L40S; an L40S is no L4."""
    chips = pl.Series(["H200 NVL", "A100 PCIe 80GB", "L40S", "TPU v5p", "TPU v7x", None])
    assert dict(forms.families_of_lines(chips, DESCRIBED).iter_rows()) == {
        "A100 PCIe 80GB": "GPU",
        "H200 NVL": "GPU",
        "TPU v5p": "TPU",
    }
