"""Which figures a change moves: `python -m commands.datadiff [--against REV]`.

The base is built in a git worktree of REV with its own code and figures, the working tree with its own. Each build
writes into a folder of its own, so no store of the project changes. Nothing is fetched.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from etl import published
from etl.folders import PROJECT
from etl.schema import FACTS, SET_ASIDE, TABLES
from metrics import difference
from metrics.difference import Difference

OK, FAILED = 0, 1
SHOWN = 5
VERDICTS = "verdicts"
# Every column but the quotient and what follows from it tells rows of an export apart.
METRIC_KEYS: Mapping[str, tuple[str, ...]] = {
    "speed_ratio": (
        "model",
        "provider",
        "endpoint",
        "baseline_provider",
        "baseline_endpoint",
        "source",
        "capture",
        "measured_on",
        "baseline_measured_on",
        "source_url",
        "baseline_source_url",
    ),
    "cost_ratio": (
        "model",
        "provider",
        "endpoint",
        "baseline_provider",
        "baseline_endpoint",
        "blend",
        "source",
        "capture",
        "measured_on",
    ),
    VERDICTS: ("claim_id", "when"),
    "answers": ("number", "question"),
}
# A set-aside line has no key of its own: the same line is the same row.
KEYS = {**{table.name: table.key for table in FACTS}, SET_ASIDE.name: SET_ASIDE.names, **METRIC_KEYS}

Figures = Mapping[str, pl.DataFrame]


class NotBuilt(Exception):
    """A side of the comparison cannot be made; the sentence says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as place:
            differences = compared(*_both_sides(options.against, options.snapshots, Path(place)))
    except NotBuilt as problem:
        print(problem, file=sys.stderr)
        return FAILED
    print(json.dumps(document(differences), indent=2) if options.json else text(differences, options.against))
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m commands.datadiff", description="Which figures a change moves.")
    parser.add_argument("--against", default="main", metavar="REV", help="the base, a git revision (default: main)")
    parser.add_argument("--json", action="store_true", help="for programs, on stdout")
    parser.add_argument(
        "--snapshots",
        type=Path,
        metavar="DIR",
        help="payloads that both sides read, such as data/snapshots; default: the shipped figures alone",
    )
    return parser


def compared(before: Figures, after: Figures) -> tuple[Difference, ...]:
    """What differs, by table and export; those that are alike are left out."""
    names = dict.fromkeys((*before, *after))
    found = (
        difference.between(name, before.get(name, pl.DataFrame()), after.get(name, pl.DataFrame()), KEYS.get(name, ()))
        for name in names
    )
    return tuple(one for one in found if not one.is_empty)


def figures(folder: Path) -> dict[str, pl.DataFrame]:
    """The figures that one side wrote: published tables as CSV, metric exports as Parquet."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for path in sorted(folder.glob("*.csv")):
        if published.table_of(path) in KEYS:
            parts.setdefault(published.table_of(path), []).append(_typed(path))
    tables = {name: pl.concat(found) for name, found in parts.items()}
    return tables | {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def _typed(path: Path) -> pl.DataFrame:
    name = published.table_of(path)
    known = dict(TABLES[name].dtypes) if name in TABLES else {}
    names = pl.read_csv(path, n_rows=0, infer_schema=False).columns
    types = {name: known.get(name, pl.String) for name in names}
    return pl.read_csv(path, schema_overrides=types, infer_schema=False)


def _both_sides(revision: str, snapshots: Path | None, place: Path) -> tuple[Figures, Figures]:
    tree = place / "tree"
    _run(["git", "worktree", "add", "--quiet", "--detach", str(tree), revision], PROJECT, f"{revision} cannot be read")
    try:
        before = _built(tree, place / "before", snapshots, revision)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=PROJECT, check=False)
    return before, _built(PROJECT, place / "after", snapshots, "the working tree")


def _built(tree: Path, place: Path, snapshots: Path | None, name: str) -> Figures:
    """The figures of one tree, built and written by its own code."""
    data, out = place / "data", place / "out"
    data.mkdir(parents=True)
    out.mkdir()
    if snapshots:
        shutil.copytree(snapshots, data / "snapshots")
    etl = [sys.executable, "-m", "etl"]
    _run([*etl, "build", "--data", str(data)], tree, f"{name} does not build")
    _run([*etl, "export", "published", "--data", str(data), "-o", str(out)], tree, f"{name} does not export")
    for metric in METRIC_KEYS:
        target = str(out / f"{metric}.parquet")
        _run([*etl, "export", metric, "--data", str(data), "-o", target], tree, f"{name} does not export {metric}")
    return figures(out)


def _run(command: Sequence[str], folder: Path, trouble: str) -> None:
    quiet = {name: value for name, value in os.environ.items() if name not in ("DIVIDE_DATA", "PYTHONPATH")}
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise NotBuilt(f"{trouble}: {reason}")


def flips(differences: Sequence[Difference]) -> list[tuple[str, str, str, str]]:
    """Verdicts that change: the claim, at which time, before, after."""
    found = [one.changed for one in differences if one.name == VERDICTS and one.changed.height]
    return [
        (row["claim_id"], row["when"], row["before"], row["after"])
        for changed in found
        for row in changed.filter(pl.col("column") == "verdict").iter_rows(named=True)
    ]


def document(differences: Sequence[Difference]) -> dict[str, object]:
    """The differences for a program: counts, all rows as text, verdicts that flip."""
    return {
        "tables": {
            one.name: {
                "added": _as_text(one.added),
                "removed": _as_text(one.removed),
                "changed": _as_text(one.changed),
                "new_columns": list(one.new_columns),
                "lost_columns": list(one.lost_columns),
            }
            for one in differences
        },
        "verdicts_flipped": [
            dict(zip(("claim_id", "when", "before", "after"), flip, strict=True)) for flip in flips(differences)
        ],
    }


def _as_text(frame: pl.DataFrame) -> list[dict[str, object]]:
    return frame.with_columns(pl.all().exclude(pl.Float64).cast(pl.String)).to_dicts()


def text(differences: Sequence[Difference], against: str) -> str:
    """The differences for a reader: counts for each table, the first examples, then verdicts that flip."""
    if not differences:
        return f"No figure differs from {against}."
    lines = [f"Figures that differ from {against}:"]
    for one in differences:
        lines += ["", *_lines(one)]
    turned = flips(differences)
    lines += ["", f"Verdicts that flip: {len(turned)}"]
    return "\n".join([*lines, *(f"  {claim}, {when}: {old} -> {new}" for claim, when, old, new in turned)])


def _lines(one: Difference) -> list[str]:
    counts = f"{one.added.height:,} added, {one.removed.height:,} removed, {one.changed.height:,} values changed"
    lines = [f"{one.name}: {counts}"]
    lines += [f"  new column {name}" for name in one.new_columns]
    lines += [f"  column {name} is gone" for name in one.lost_columns]
    lines += [f"  + {_row(row, KEYS.get(one.name, ()))}" for row in one.added.head(SHOWN).iter_rows(named=True)]
    lines += [f"  - {_row(row, KEYS.get(one.name, ()))}" for row in one.removed.head(SHOWN).iter_rows(named=True)]
    for row in one.changed.head(SHOWN).iter_rows(named=True):
        times = f" ({row['ratio']:.3g}x)" if row["ratio"] is not None else ""
        key = _row(row, KEYS.get(one.name, ()))
        lines.append(f"  ~ {row['column']}: {row['before']} -> {row['after']}{times}; {key}")
    return lines


def _row(row: Mapping[str, object], key: Sequence[str]) -> str:
    return ", ".join(str(row[name]) for name in key if row.get(name) is not None)


if __name__ == "__main__":
    sys.exit(main())
