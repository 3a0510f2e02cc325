"""What no list of names knows, on the command line: where the next line of data/names is worth most."""

import argparse
import sys

import polars as pl

from etl import names
from etl.folders import Folders
from etl.schema import NAMED_THINGS
from exports.files import encoded

OK = 0
SHOWN = 30
OFFERS = ("provider_speed", "token_price")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """The command `names` among the others."""
    command = commands.add_parser("names", parents=[shared], help="published spellings that no list of names knows")
    command.add_argument("--kind", choices=NAMED_THINGS, help=", ".join(NAMED_THINGS))
    command.add_argument("--limit", type=_count, default=SHOWN, metavar="N", help=f"the heaviest N (default: {SHOWN})")
    command.add_argument("--csv", action="store_true", help="for programs, on stdout")
    command.set_defaults(run=run)


def _count(written: str) -> int:
    if not written.isdecimal() or int(written) == 0:
        raise argparse.ArgumentTypeError(f"{written!r} is not a number of spellings. Write 1 or more.")
    return int(written)


def run(folders: Folders, options: argparse.Namespace) -> int:
    heaviest = _heaviest(folders, options.kind, options.limit)
    if options.csv:
        sys.stdout.buffer.write(encoded(heaviest, "csv"))
        sys.stdout.buffer.flush()
        return OK
    for row in heaviest.iter_rows(named=True):
        sold = f"{row['sellers']:,} sellers" if row["sellers"] else ""
        near = f"near: {row['nearest']}" if row["nearest"] else ""
        told = "; ".join(filter(None, (row["sources"], near)))
        print(f"{row['kind']:<11} {row['rows']:>6,} rows {sold:>13}  {row['spelling']}  ({told})", file=sys.stderr)
    return OK


def _heaviest(folders: Folders, kind: str | None, limit: int) -> pl.DataFrame:
    """The heaviest spellings of this kind or of all, with the known name that is spelled most like each."""
    store, known = folders.store, names.load(folders.names)
    offered = pl.concat([store.rows(table).select("provider_as_published", "model_as_published") for table in OFFERS])
    weighed = names.by_weight(store.rows("unknown_name"), offered)
    shown = (weighed if kind is None else weighed.filter(pl.col("kind") == kind)).head(limit)
    near = [known.nearest(thing, spelling) for thing, spelling in shown.select("kind", "spelling").iter_rows()]
    return shown.with_columns(nearest=pl.Series(near, dtype=pl.String))
