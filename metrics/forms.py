"""Chips under their bare names: an H100 whose form nobody says, beside the H100 SXM that lists and rents name.

A throughput that does not name the form of its chip was measured on a server of SXM parts, or on what a cloud calls by
the bare name. A card for PCIe is another part.
"""

from collections.abc import Mapping

import polars as pl

SXM = " SXM"  # most sellers say H100 and mean this board
FORMS: Mapping[str, tuple[str, ...]] = {chip: (chip, f"{chip}{SXM}") for chip in ("H100", "H200", "A100")}


def bare_name() -> pl.Expr:
    """The name of a chip, its SXM board and the plain chip being one."""
    return pl.col("accelerator").str.strip_suffix(SXM)


def under_bare_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of chips with those of an SXM part under its bare name too."""
    as_named = [
        rows.filter(pl.col("accelerator").is_in(list(forms))).with_columns(accelerator=pl.lit(chip))
        for chip, forms in FORMS.items()
    ]
    return pl.concat([rows.filter(~pl.col("accelerator").is_in(list(FORMS))), *as_named])


def families(accelerators: pl.DataFrame) -> pl.DataFrame:
    """The silicon family of each chip, from the table `accelerator`.

    Grain: accelerator; a chip without a family is left out.
    """
    return (
        under_bare_names(accelerators.select("accelerator", "family"))
        .drop_nulls()
        .sort("accelerator", "family")
        .unique("accelerator", keep="first", maintain_order=True)
    )


def families_of_lines(chips: pl.Series, accelerators: pl.DataFrame) -> pl.DataFrame:
    """The silicon family of each of these chips: its own or, where nobody describes it, that of the line it is of.

    "H200 NVL" is of the line "H200": the longest described name that its own begins with, word by word.
    Grain: accelerator; one of no known line is left out.
    """
    known = families(accelerators)
    lines = dict(known.iter_rows())
    of_line = ((chip, _of_line(chip, lines)) for chip in chips.unique().drop_nulls().sort())
    return pl.DataFrame([(chip, family) for chip, family in of_line if family], schema=known.schema, orient="row")


def _of_line(chip: str, lines: Mapping[str, str]) -> str | None:
    if chip in lines or " " not in chip:
        return lines.get(chip)
    return _of_line(chip.rpartition(" ")[0], lines)
