"""The importer on the command line: check, add, undo, redo, uploads.

They check and store by the same code as the upload page. `check` keeps its bytes among the system's temporary
files, so that it changes nothing in the data folder.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from etl.checks import Problem
from etl.folders import Folders
from etl.publish import build as building
from etl.upload import importer
from etl.upload.importer import Batch, Checked, Choices
from exports.files import encoded

OK, FAILED, WRONG_USAGE = 0, 1, 2
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
SAID = 20
EVERY = "*"
WHOLE_FILE = 0
# Takes an upload back, or makes it again.
Turn = Callable[[Folders, str], Batch]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """The importer's commands among the others."""
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument("file", type=Path, metavar="FILE", help="CSV, Excel (.xlsx) or Parquet")
    file.add_argument(
        "--table", required=True, choices=importer.UPLOADED, metavar="T", help=", ".join(importer.UPLOADED)
    )
    file.add_argument(
        "--map",
        action="append",
        default=[],
        type=_pair,
        metavar="THEIRS=OURS",
        help="their column is ours; nothing after the = for a column that is not used; repeatable",
    )
    file.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="OURS=VALUE",
        help="one value for all rows; repeatable",
    )
    file.add_argument(
        "--unit",
        action="append",
        default=[],
        type=_pair,
        metavar="THEIRS=UNIT",
        help="the unit of a column; repeatable",
    )
    file.add_argument("--dates", choices=("day-first", "month-first"), help="how 03/04/2026 is read")
    file.add_argument("--decimal", choices=("point", "comma"), help="the decimal mark, where cells do not decide it")
    file.add_argument("--tab", metavar="NAME", help="which sheet of a workbook; default: the first with cells")
    file.add_argument("--rejects", type=Path, metavar="CSV", help="write the rejected rows there, with what was wrong")

    check = commands.add_parser("check", parents=[shared, file], help="check a file as the upload page would")
    check.add_argument("--json", action="store_true", help="for programs, on stdout")
    check.set_defaults(run=run_check)
    add = commands.add_parser("add", parents=[shared, file], help="add the good rows of a file to the store")
    add.add_argument("--replace", action="store_true", help="in place of uploaded rows with the same key")
    add.add_argument("--source-url", metavar="URL", help="where the figures can be opened; default: the file's name")
    add.add_argument("--who", metavar="NAME", help="who adds it, for the history")
    add.set_defaults(run=run_add)
    for name, words in (("undo", "take one upload back"), ("redo", "put an upload back that was undone")):
        command = commands.add_parser(name, parents=[shared], help=words)
        command.add_argument("batch", metavar="BATCH", help="as `uploads` names it")
        command.set_defaults(run=run_undo if name == "undo" else run_redo)
    uploads = commands.add_parser("uploads", parents=[shared], help="the history of uploads")
    uploads.add_argument("--json", action="store_true", help="for programs, on stdout")
    uploads.set_defaults(run=run_uploads)


def run_check(folders: Folders, options: argparse.Namespace) -> int:
    try:
        checked = _checked(folders, options, keep=False)
    except importer.WrongChoice as wrong:
        _say(str(wrong))
        return WRONG_USAGE
    except (importer.Unreadable, importer.Unanswered) as refusal:
        _say(_refusal(refusal))
        if options.json:
            print(json.dumps(_refused_document(options.table, refusal), indent=2, ensure_ascii=False))
        return FAILED
    _show(checked)
    _write_rejects(checked, options.rejects)
    if options.json:
        print(json.dumps(_document(checked), indent=2, ensure_ascii=False))
    return OK if checked.accepted else FAILED


def run_add(folders: Folders, options: argparse.Namespace) -> int:
    if folders.store.generation() is None:
        _say("There is no store yet; it is built first.")
        building.build(folders)
    try:
        checked = _checked(folders, options, keep=True)
    except importer.WrongChoice as wrong:
        _say(str(wrong))
        return WRONG_USAGE
    except (importer.Unreadable, importer.Unanswered) as refusal:
        _say(_refusal(refusal))
        return FAILED
    _show(checked)
    _write_rejects(checked, options.rejects)
    if not checked.accepted:
        _say("No row could be accepted; nothing was added.")
        return FAILED
    mode = importer.REPLACE if options.replace else importer.APPEND
    try:
        batch = importer.commit(folders, checked, mode, options.who, options.source_url)
    except ValueError as wrong:
        _say(str(wrong))
        return WRONG_USAGE
    if batch.is_new:
        _say(
            f"Added {batch.batch}: {_rows(batch.rows)} to {batch.table}. Take it back: python -m etl undo {batch.batch}"
        )
    else:
        _say(f"{batch.batch} is this file, read in the same way; nothing was added.")
    print(batch.batch)
    return OK


def run_undo(folders: Folders, options: argparse.Namespace) -> int:
    return _turn(folders, options, importer.undo, "Undone")


def run_redo(folders: Folders, options: argparse.Namespace) -> int:
    return _turn(folders, options, importer.redo, "Redone")


def run_uploads(folders: Folders, options: argparse.Namespace) -> int:
    batches = importer.history(folders)
    if options.json:
        document = [
            {
                "batch": batch.batch,
                "uploaded_at": batch.uploaded_at.strftime(MOMENT),
                "who": batch.who,
                "file_name": batch.file_name,
                "sha256": batch.sha256,
                "table": batch.table,
                "rows": batch.rows,
                "rejected": batch.rejected,
                "mode": batch.mode,
                "undone": batch.undone,
                "mapping": batch.mapping,
            }
            for batch in batches
        ]
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return OK
    if not batches:
        _say("There are no uploads.")
    for batch in batches:
        state = "undone" if batch.undone else "active"
        who = f" by {batch.who}" if batch.who else ""
        _say(
            f"{batch.batch}  {state:<6}  {batch.uploaded_at:%Y-%m-%d %H:%M} UTC{who}  {_rows(batch.rows)} "
            f"to {batch.table}  {batch.file_name}"
        )
    return OK


def _turn(folders: Folders, options: argparse.Namespace, turn: Turn, word: str) -> int:
    try:
        batch = turn(folders, options.batch)
    except importer.UnknownBatch as unknown:
        _say(str(unknown))
        return FAILED
    _say(f"{word} {batch.batch}: {_rows(batch.rows)} of {batch.table}, {batch.file_name}.")
    return OK


def _checked(folders: Folders, options: argparse.Namespace, keep: bool) -> Checked:
    sheet = importer.read(options.file, options.file.name, folders if keep else None, options.tab)
    given = {theirs: ours or None for theirs, ours in options.map}
    remembered = importer.remembered(folders, options.table, sheet) if not given else None
    before = remembered or Choices()
    choices = Choices(
        columns={**before.columns, **given},
        units={**before.units, **dict(options.unit)},
        decimals={**before.decimals, **({EVERY: options.decimal} if options.decimal else {})},
        dates={EVERY: options.dates} if options.dates else before.dates,
        constants={**before.constants, **dict(options.set)},
    )
    return importer.check(sheet, importer.suggest(sheet, options.table, choices), folders, progress=_progress)


def _pair(text: str) -> tuple[str, str]:
    """THEIRS=OURS, parted at the last =, because a header of theirs may hold one."""
    left, equals, right = text.rpartition("=")
    if not equals or not left:
        raise argparse.ArgumentTypeError(f"{text!r} is not written NAME=VALUE")
    return left, right.strip()


def _document(checked: Checked) -> dict[str, object]:
    return {
        "table": checked.mapping.table,
        "rows": checked.rows,
        "accepted": checked.accepted,
        "rejected": checked.rejected,
        "mapping": checked.mapping.pairs,
        "problems": [_problem(problem) for problem in checked.problems],
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "severity": problem.severity,
        "message": problem.message,
    }


def _refused_document(table: str, refusal: Exception) -> dict[str, object]:
    """The same shape for a file that could not be checked: problems of the whole file have row 0."""
    if isinstance(refusal, importer.Unanswered):
        problems = [
            Problem(WHOLE_FILE, question.theirs, question.example, "error", question.text)
            for question in refusal.questions
        ]
    else:
        problems = [Problem(WHOLE_FILE, None, None, "error", str(refusal))]
    shown = [_problem(problem) for problem in problems]
    return {"table": table, "rows": 0, "accepted": 0, "rejected": 0, "mapping": {}, "problems": shown}


def _refusal(refusal: Exception) -> str:
    if isinstance(refusal, importer.Unanswered):
        return f"{refusal} Say so with --dates day-first or --dates month-first."
    return str(refusal)


def _show(checked: Checked) -> None:
    """What a person wants to know, on stderr."""
    for note in checked.sheet.notes:
        _say(note)
    for column in checked.mapping.columns:
        how = f"{column.how}; {column.rule}" if column.ours else "not used"
        example = f"; {column.example_before} → {column.example_after}" if column.example_after else ""
        _say(f"  {column.theirs} → {column.ours or '–'} ({how}{example})")
    for ours, value in {**checked.mapping.defaults, **checked.mapping.constants}.items():
        _say(f"  {ours} is {value!r} in every row; --set {ours}=… says otherwise")
    for problem in checked.problems[:SAID]:
        place = f"Row {problem.row:,}" + (f", {problem.column}" if problem.column else "")
        _say(f"{place}: {problem.severity}: {problem.message}")
    all_problems = checked.errors + checked.warnings
    if all_problems > SAID:
        listed = min(all_problems, importer.SHOWN)
        _say(f"… {all_problems:,} problems in all; the first {listed:,} are listed with --json.")
    counts = checked.counts
    _say(
        f"{_rows(checked.rows)}: {checked.accepted:,} accepted ({counts['new']:,} new, "
        f"{counts['changed']:,} changed, {counts['identical']:,} identical), {checked.rejected:,} rejected, "
        f"{checked.blank:,} blank."
    )


def _write_rejects(checked: Checked, path: Path | None) -> None:
    if path:
        path.write_bytes(encoded(importer.rejects(checked), "csv"))
        _say(f"Wrote {_rows(checked.rejected)} to {path}")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _progress(done: int, total: int, words: str) -> None:
    if sys.stderr.isatty():
        print(
            f"\r\033[K{words}: {100 * done // max(1, total)} %", end="" if done < total else "\r\033[K", file=sys.stderr
        )


def _say(line: str) -> None:
    print(line, file=sys.stderr)
