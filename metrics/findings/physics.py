"""What the figures of the page Physics say, as one sentence each."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics import ceilings, words

BASELINE = "baseline_"
CEILINGS = {"memory": "share_of_ceiling_percent", "arithmetic": "share_of_compute_percent"}


def what_binds(halves: pl.DataFrame) -> str:
    """What the memory would allow beside what is measured, from `ceilings.split`, and what binds each side then.

    Memory or arithmetic binds a system that reaches BINDS_PERCENT of that ceiling or more. A ceiling that is not
    published is never said not to bind. Then how long a layer has, where the model's layers are published. The day is
    that of the later of the two rows.
    """
    row = halves.row(0, named=True)
    days = [day for day in (row["measured_on"], row["baseline_measured_on"]) if day]
    return (
        f"The memory of {row['system']} would allow {words.times(row['ceiling_ratio'])} that of "
        f"{_assumed(row, BASELINE)}, and {words.times(row['speed_ratio'])} is measured ({row['measured_by']}, "
        f"{words.day(max(days, default=None))}): {_binds(row)}; {_binds(row, BASELINE)}. {_layers(row)}"
    ).strip()


def each_binds(hosts: pl.DataFrame) -> str:
    """What binds each provider on named silicon by its fastest row of `ceilings.with_ceiling`; empty where none is."""
    fastest = hosts.filter(~pl.col("is_reference")).sort("output_tokens_per_second", descending=True)
    told = [_binds(row) for row in fastest.unique("provider", keep="first", maintain_order=True).iter_rows(named=True)]
    return f"By ceiling: {'; '.join(told)}." if told else ""


def _binds(row: Mapping[str, Any], side: str = "") -> str:
    """What binds one side: a ceiling that it comes near to, neither, or what of it is not published."""
    shares = {name: row[f"{side}{share}"] for name, share in CEILINGS.items()}
    near = [name for name, share in shares.items() if share is not None and share >= ceilings.BINDS_PERCENT]
    unknown = [name for name, share in shares.items() if share is None]
    far = [name for name in shares if name not in near and name not in unknown]
    who = f"{row[f'{side}provider']}{' on the assumed chips' if row[f'{side}is_reference'] else ''}"
    if near:
        return f"{words.listed(near)} {'bind' if len(near) > 1 else 'binds'} {who}"
    if not unknown:
        return f"neither {' nor '.join(far)} binds {who}"
    not_known = f"what {words.listed(unknown)} would allow it is not published"
    return f"{far[0]} does not bind {who}, {not_known}" if far else f"of {who} {not_known}"


def _layers(row: Mapping[str, Any]) -> str:
    """How long each side has for one layer; nothing where the layers are not published."""
    times = [row[f"{side}time_per_layer_us"] for side in ("", BASELINE)]
    if None in times:
        return ""
    ours, theirs = (words.quantity(time, "µs") for time in times)
    return (
        f"{row['provider']} has {ours} for each of the {row['layers']} layers of {row['model']}, "
        f"{row['baseline_provider']} {theirs}."
    )


def time_per_layer(hosts: pl.DataFrame, model: str) -> str:
    """Who has least time for a layer and who has most, from `ceilings.with_ceiling` rows."""
    timed = hosts.filter(pl.col("time_per_layer_us").is_not_null()).sort("time_per_layer_us", "host_label")
    least, most = timed.row(0, named=True), timed.row(-1, named=True)
    return (
        f"{least['host_label']} works off a layer of {model} in {words.quantity(least['time_per_layer_us'], 'µs')}, "
        f"{most['host_label']} in {words.quantity(most['time_per_layer_us'], 'µs')}"
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
        f"{words.either(counted)}"
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
