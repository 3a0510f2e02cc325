"""The command line: python -m etl build | refresh | status | export | names | check | add | undo | redo | uploads.

Human lines and progress go to stderr, machine output to stdout. Returns 0 when all is well, 1
when something was refused or failed, 2 for wrong usage. Exporting is the one place where the ETL
looks at metrics and exports: a program that reads our ratios must get the ones the pages show.
"""

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from commands import names, uploads
from etl import published
from etl.folders import PROJECT, Folders
from etl.publish import build as building
from etl.schema import TABLES
from etl.sources import SOURCES
from etl.store import StoreDamaged, StoreMissing
from etl.upload import importer
from etl.version import VERSION
from exports.files import FORMATS, encoded

OK, FAILED, WRONG_USAGE = 0, 1, 2
METRIC_EXPORTS = ("speed_ratio", "cost_ratio", "verdicts", "answers")
PUBLISHED, PRICE = "published", "price"
NOTICE = "NOTICE.md"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    folders = Folders(data=options.data)
    try:
        run: Callable[[Folders, argparse.Namespace], int] = options.run
        return run(folders, options)
    except (StoreMissing, StoreDamaged) as problem:
        say(str(problem))
        return FAILED
    except OSError as problem:
        if _is_closed_pipe(problem):
            # Whoever read our output has heard enough; Python must not try to flush it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        say(f"{problem.filename or 'The disk'}: {problem.strerror}.")
        return FAILED


def say(line: str) -> None:
    print(line, file=sys.stderr)


def _is_closed_pipe(problem: OSError) -> bool:
    """Windows calls it an invalid argument, of no file."""
    return problem.errno == errno.EPIPE or (problem.errno == errno.EINVAL and problem.filename is None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m etl", description="Published files in, one store out.")
    parser.add_argument("--version", action="version", version=VERSION)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("DIVIDE_DATA") or PROJECT / "data"),
        help="folder for snapshots, store and uploads (default: data, or the environment variable DIVIDE_DATA)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", parents=[shared], help="make a generation from what is held; no network")
    build.add_argument("--if-changed", action="store_true", help="only where a build would make something else")
    build.set_defaults(run=run_build)

    refresh = commands.add_parser("refresh", parents=[shared], help="fetch the sources, then build")
    ids = [source.id for source in SOURCES]
    refresh.add_argument("--source", action="append", choices=ids, metavar="ID", help="only this one; repeatable")
    refresh.add_argument(
        "--mirror",
        metavar="DIR_OR_URL",
        default=os.environ.get("DIVIDE_MIRROR") or None,
        help="read from a folder or server laid out as HOST/PATH (default: none, or the variable DIVIDE_MIRROR)",
    )
    refresh.set_defaults(run=run_refresh)

    status = commands.add_parser("status", parents=[shared], help="sources, dates, rows used and set aside")
    status.add_argument("--json", action="store_true", help="for programs, on stdout")
    status.set_defaults(run=run_status)

    export = commands.add_parser("export", parents=[shared], help="a table, a metric, or the figures that ship")
    exportable = [*TABLES, *METRIC_EXPORTS, PRICE, PUBLISHED]
    export.add_argument("name", choices=exportable, metavar="NAME", help=", ".join(exportable))
    export.add_argument("--format", choices=tuple(FORMATS), help="default: by the ending of the file, else csv")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: stdout")
    export.add_argument("--baseline", metavar="NAME", help="best, median or a provider; default: every other host")
    export.add_argument("--blend", default="3:1", metavar="PARTS", help="3:1, 7:2:1 or your own (default 3:1)")
    export.add_argument("--model", metavar="NAME", help="price: of which model, by our name or as published")
    export.add_argument("--provider", metavar="NAME", help="price: at which provider, by our name or as published")
    export.add_argument("--on", metavar="DAY", type=date.fromisoformat, help="price: on which day, such as 2026-05-08")
    export.set_defaults(run=run_export)

    names.add_to(commands, shared)
    uploads.add_to(commands, shared)
    return parser


def run_build(folders: Folders, options: argparse.Namespace) -> int:
    importer.sweep(folders)  # the dashboard starts with a build
    if options.if_changed and building.is_current(folders):
        say(f"Nothing changed; {folders.store.generation()} stands.")
        return OK
    generation = building.build(folders, progress=_build_line)
    say(f"Built {generation}.")
    return OK


def run_refresh(folders: Folders, options: argparse.Namespace) -> int:
    from etl.fetch.download import Settings
    from etl.fetch.progress import TerminalReporter
    from etl.publish.refresh import FAILURES, refresh

    chosen = [source for source in SOURCES if not options.source or source.id in options.source]
    settings = Settings(mirror=options.mirror)
    refreshed = refresh(folders, settings, chosen, TerminalReporter(), _build_line)
    say(f"Built {refreshed.generation}." if refreshed.is_new else f"Nothing new; {refreshed.generation} stands.")
    states = folders.store.rows("source_state", {"source": [source.id for source in chosen]})
    went_wrong = states.filter(pl.col("status").is_in(FAILURES))
    for state in went_wrong.iter_rows(named=True):
        say(f"{state['source']} went wrong: {state['message']}")
    return FAILED if went_wrong.height else OK


def run_status(folders: Folders, options: argparse.Namespace) -> int:
    store = folders.store
    states = store.rows("source_state")
    built_at = store.rows("build")["built_at"].item()
    if options.json:
        document = {
            "generation": store.generation(),
            "built_at": built_at.strftime(MOMENT),
            "sources": [
                {
                    "source": state["source"],
                    "status": state["status"],
                    "fetched_at": state["fetched_at"] and state["fetched_at"].strftime(MOMENT),
                    "rows_used": state["rows_used"],
                    "rows_set_aside": state["rows_set_aside"],
                    "message": state["message"],
                }
                for state in states.iter_rows(named=True)
            ],
        }
        print(json.dumps(document, indent=2))
        return OK
    say(f"{store.generation()}, built {built_at:%d %B %Y %H:%M} UTC")
    for state in states.iter_rows(named=True):
        fetched = f"fetched {state['fetched_at']:%Y-%m-%d}" if state["fetched_at"] else "not fetched"
        say(
            f"{state['source']:<22} {state['status']:<10} {fetched:<19} {state['rows_used']:>7,} rows, "
            f"{state['rows_set_aside']:>7,} set aside. {state['message']}"
        )
    return OK


def run_export(folders: Folders, options: argparse.Namespace) -> int:
    if options.name == PUBLISHED:
        target = options.output or folders.published
        written = published.write(folders.store, target)
        (target / NOTICE).write_text(published.notice(SOURCES), encoding="utf-8", newline="\n")
        for path in (*written, target / NOTICE):
            say(f"Wrote {path}")
        return OK
    try:
        frame = _exported(folders, options)
    except ValueError as problem:
        say(str(problem))
        return WRONG_USAGE
    content = encoded(frame, _format(options))
    if options.output:
        options.output.write_bytes(content)
        say(f"Wrote {frame.height:,} rows to {options.output}")
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    return OK


def _exported(folders: Folders, options: argparse.Namespace) -> pl.DataFrame:
    store = folders.store
    if options.name in TABLES:
        return store.rows(options.name)
    from metrics import asked, exported

    if options.name == PRICE:
        if not (options.model and options.provider and options.on):
            raise ValueError("A price is asked for with --model, --provider and --on.")
        tables = {name: store.rows(name) for name in ("token_price", "source_state")}
        return asked.price(tables, options.model, options.provider, options.on)
    tables = {name: store.drawn(name) for name in exported.TABLES}
    return exported.frame(options.name, tables, baseline=options.baseline, blend=options.blend)


def _format(options: argparse.Namespace) -> str:
    ending = options.output.suffix.removeprefix(".").lower() if options.output else ""
    return options.format or (ending if ending in FORMATS else "csv")


def _build_line(step: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{done}/{total} {step}", end="" if done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
