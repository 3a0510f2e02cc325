"""What the figures of the page Physics say, as one sentence each."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics import words


def silicon_or_software(halves: pl.DataFrame) -> str:
    """Which half of the speed ratio carries it, from `ceilings.split`: the ceiling or the use made of it."""
    row = halves.row(0, named=True)
    ceiling, use, ratio = row["ceiling_ratio"], row["utilisation_ratio"], row["speed_ratio"]
    carries = (
        "Neither"
        if ratio < 1
        else "Both"
        if min(ceiling, use) > 1
        else "The silicon"
        if ceiling > 1
        else "The software"
    )
    return (
        f"{carries}: {row['system']} could read {row['model']} {words.faster(ceiling)} as "
        f"{_assumed(row, 'baseline_')}. "
        f"{row['provider']} is {words.faster(ratio)} as {row['baseline_provider']}, reaching "
        f"{words.quantity(row['share_of_ceiling_percent'], '%')} of its ceiling against "
        f"{words.quantity(row['baseline_share_of_ceiling_percent'], '%')}"
    )


def share_of_ceiling(hosts: pl.DataFrame) -> str:
    """How much of its memory ceiling the fastest host on named silicon reaches, and the baseline of its own."""
    known = hosts.filter(pl.col("share_of_ceiling_percent").is_not_null())
    fast = known.filter(~pl.col("is_reference")).sort("output_tokens_per_second", descending=True).head(1)
    base = known.filter("is_baseline").head(1)
    told = [
        f"{row['host_label']} reaches {words.quantity(row['share_of_ceiling_percent'], '%')} of {_whose(row)}"
        for row in (*fast.iter_rows(named=True), *base.iter_rows(named=True))
    ]
    return "; ".join(told) or "No host runs on a chip whose memory bandwidth is published"


def halves_of_the_ratio(halves: pl.DataFrame) -> str:
    """The speed ratio of the fastest specialised host as the product of its two halves."""
    row = halves.row(0, named=True)
    return (
        f"{row['host_label']} is {words.faster(row['speed_ratio'])} as {row['baseline_host_label']}: "
        f"{words.times(row['ceiling_ratio'])} the ceiling, times {words.times(row['utilisation_ratio'])} the use of it"
    )


def chips_to_hold(held: pl.DataFrame, model: str, reference: str) -> str:
    """What the model weighs, and how many of the chips that people compare hold it."""
    first = held.row(0, named=True)
    told = held.filter("is_served_from" if held["is_served_from"].any() else pl.lit(True))
    told = pl.concat([told, held.filter(pl.col("accelerator") == reference)]).unique("accelerator", maintain_order=True)
    counted = [f"{words.number(row['chips_to_hold'])} {row['accelerator']}" for row in told.iter_rows(named=True)]
    return (
        f"{model} weighs {words.quantity(first['weights_gb'], 'GB')} at {first['precision_assumed']}: it takes "
        f"{_either(counted)}"
    )


def described_chips(accelerators: pl.DataFrame) -> str:
    """How many chips are described, and how many of them by more than one source."""
    by_chip = accelerators.group_by("accelerator").len()
    several = by_chip.filter(pl.col("len") > 1).height
    return f"{words.plural(by_chip.height, 'chip')}, {several:,} of them described by two sources"


def _assumed(row: Mapping[str, Any], side: str = "") -> str:
    told = f" (assumed for {row[f'{side}provider']})" if row[f"{side}is_reference"] else ""
    return f"{row[f'{side}system']}{told}"


def _whose(row: Mapping[str, Any]) -> str:
    return (
        f"what an assumed {row['system']} could do" if row["is_reference"] else f"the memory ceiling of {row['system']}"
    )


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
