"""The check of a reader's file, block by block: what can be stored, what cannot and why.

The rules are those that publishers are held to, from the schema. A reader's file has more: whether a cell
could be read at all, whether a name can be a name, and warnings. Nothing is stored. Accepted rows are written
as Parquet beside the kept bytes, rejected ones with their reasons.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl
from pyarrow import parquet

from etl import checks, disk
from etl.checks import Problem
from etl.names import Names
from etl.schema import TABLES, TEXT, Table
from etl.upload import conversions, targets
from etl.upload.checked import COMPARED, ROW, WRONG, Checked, Edits
from etl.upload.mapping import FileMapping, Question, UsedColumn, WrongChoice, suggest
from etl.upload.sheets import Block, Sheet

SHOWN = 1_000
TIMES_HIGHEST = 10
NEAREST = 3
LOOKED_UP = 300
HAS_NO_NAME = '<>{}|\\`;"^\x7f'
# What is plainly a name: printable ASCII without any of these.
PLAIN_NAME = r"""^[ !#-:=?-Z\]_a-z~$%&'()*+,./@\[-]{1,300}$"""
LONGEST_NAME = 300
ADDRESS = "source_url"
HAS_SCHEME, WEB = r"(?i)^\s*[a-z][a-z0-9+.-]*:", r"(?i)^https?://[^\s<>\"]+$"
MARKUP = re.compile(r"<[A-Za-z/!?]")
ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL")
ERROR, WARNING = "error", "warning"
STEP_READ, STEP_COMPARE = "Reading and checking the rows", "Comparing with what is stored"

Progress = Callable[[int, int, str], None]


class Unanswered(Exception):
    """The file cannot be checked before the reader has answered these questions."""

    def __init__(self, questions: Sequence[Question]):
        super().__init__(" ".join(question.text for question in questions))
        self.questions = tuple(questions)


@dataclass(frozen=True)
class Known:
    """What is published already: our names, the identity of each row, the spellings, the highest of each figure."""

    names: Names
    published: pl.DataFrame
    spelled: Mapping[str, frozenset[str]]
    highest: Mapping[str, float]


@dataclass
class _Finding:
    """Cells of one block with one fault: `mask` is true for its rows.

    `reason` is one sentence, or, for each row, what follows the quoted cell.
    """

    mask: pl.Series
    label: str
    severity: str
    reason: str | pl.Series
    value: pl.Series | None


def known(table: Table, published: pl.DataFrame, names: Names) -> Known:
    """What a check compares with; `published` holds the table's published rows."""
    figures = [column.name for column in table.columns if column.unit and column.unit != "see unit"]
    highest = published.select(pl.col(figures).max()).row(0, named=True) if figures and published.height else {}
    spelled = {
        thing: frozenset({*names.known[thing].values(), *published[thing].drop_nulls().unique()})
        for thing in targets.things(table)
    }
    identity = [name for name in targets.identity(table) if name != "capture"]
    return Known(
        names, published.select(identity).unique(), spelled, {name: value for name, value in highest.items() if value}
    )


def check(sheet: Sheet, mapping: FileMapping, known: Known, folder: Path, edits: Edits, progress: Progress) -> Checked:
    """Every row of the file accepted or rejected; the files of rows go into `folder`. Not yet compared with uploads.

    Raises Unanswered, Unreadable where the file breaks off, and WrongChoice where a value for all rows is wrong.
    """
    while True:
        if mapping.questions:
            raise Unanswered(mapping.questions)
        checked = _Pass(sheet, mapping, known, folder, edits, progress).run()
        if checked:
            return checked
        # Cells further down are written in another way than the first ones: look at all of them, and begin again.
        mapping = suggest(sheet, mapping.table, mapping.given, thorough=True)


class _Pass:
    """One pass over the blocks of a file."""

    def __init__(
        self, sheet: Sheet, mapping: FileMapping, known: Known, folder: Path, edits: Edits, progress: Progress
    ):
        self.sheet = sheet
        self.mapping = mapping
        self.known = known
        self.progress = progress
        self.table = TABLES[mapping.table]
        self.edits = edits
        self.accepted_file, self.rejected_file = folder / "accepted.parquet", folder / "rejected.parquet"
        self.label = {column.ours: column.theirs for column in mapping.used}
        self.fixed = _fixed(mapping, self.table)
        self.rows = self.accepted = self.blank = 0
        self.problems: list[Problem] = []
        self.kinds: dict[tuple[str, str, str], list[int]] = {}
        self.rules: dict[tuple[str, str, str], int] = {}
        self.seen: list[pl.DataFrame] = []
        self.unknown: dict[tuple[str, str], str | None] = {}
        self.repeated: pl.Series | None = None

    def run(self) -> Checked | None:
        """The outcome; None where cells further down need another decimal mark or order of dates."""
        with _Frames(self.accepted_file) as accepted, _Frames(self.rejected_file) as refused:
            for block in ahead(self.sheet.blocks()):
                if not self._check_block(block, accepted, refused):
                    return None
                self.progress(block.done, self.sheet.total, STEP_READ)
            self._refuse_repeated(refused)
        if self.repeated is not None:
            _drop_rows(self.accepted_file, self.repeated)
        kinds = self._kinds_frame()
        return Checked(
            sheet=self.sheet,
            mapping=self.mapping,
            edits=self.edits,
            rows=self.rows,
            accepted=self.accepted,
            rejected=self.rows - self.accepted - self.blank,
            blank=self.blank,
            errors=int(kinds.filter(severity=ERROR)["cells"].sum()),
            warnings=int(kinds.filter(severity=WARNING)["cells"].sum()),
            problems=_in_order(self.problems),
            kinds=kinds,
            rules=self._rules_frame(),
            accepted_file=self.accepted_file,
            rejected_file=self.rejected_file,
            compared=pl.DataFrame(schema=COMPARED),
        )

    def _check_block(self, block: Block, accepted: "_Frames", refused: "_Frames") -> bool:
        cells = _edited(block, self.edits)
        blank = _blank(cells)
        findings = [self._too_many(block)] if block.too_many.any() else []
        columns: dict[str, pl.Series] = {}
        for column in self.mapping.used:
            reading = conversions.convert(cells[column.theirs], self.table.column(column.ours), column.way(self.table))
            if reading.refused is not None:
                odd = cells[column.theirs].filter(reading.refused.is_not_null())
                if not self.mapping.is_thorough and _is_written_otherwise(odd, column, self.table):
                    return False
                mask = reading.refused.is_not_null()
                findings.append(_Finding(mask, column.theirs, ERROR, reading.refused, cells[column.theirs]))
            columns[column.ours] = reading.values
            for rule, count in reading.rules.items():
                key = (column.theirs, column.ours, rule)
                self.rules[key] = self.rules.get(key, 0) + count
        frame = self._completed(pl.DataFrame({ROW: _numbers(block)} | columns))
        findings += self._broken_rules(frame, cells, findings)
        findings += self._no_names(frame, cells)
        findings += self._no_addresses(frame, cells)
        bad = _any([finding.mask for finding in findings if finding.severity == ERROR], cells.height)
        hashes = _hashed(frame, self._identity(frame))
        findings += self._warnings(frame, cells, hashes)
        good = ~bad & ~blank
        self._note(findings, blank, frame[ROW])
        if bad.any():
            self._write_refused(refused, cells, frame[ROW], bad & ~blank, findings)
        kept = frame if good.all() else frame.filter(good)
        accepted.write(kept)
        self.seen.append(pl.DataFrame({ROW: frame[ROW], "hash": hashes}).filter(good))
        self.rows += cells.height
        self.blank += int(blank.sum())
        self.accepted += kept.height
        return True

    def _too_many(self, block: Block) -> _Finding:
        reason = (
            f"The row has more cells than the header, which has {len(self.sheet.header)}. Put a cell that holds the "
            "delimiter between quotation marks."
        )
        return _Finding(block.too_many, "", ERROR, reason, None)

    def _completed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with our names beside theirs, and with defaults for what the file has not."""
        added = {}
        for ours, other in targets.STANDS_FOR.items():
            if ours in self.table.names and ours not in frame.columns and other in frame.columns:
                added[ours] = pl.col(other)
        frame = frame.with_columns(**added, **{name: pl.lit(value) for name, value in self.fixed.items()})
        for thing in targets.things(self.table):
            spelled = f"{thing}_as_published"
            given = [name for name in (spelled, thing) if name in frame.columns]
            if given:
                frame = frame.with_columns(pl.coalesce(given).alias(spelled))
                frame = frame.with_columns(self._ours(frame, thing, spelled).alias(thing))
        return frame

    def _ours(self, frame: pl.DataFrame, thing: str, spelled: str) -> pl.Expr:
        """Our name: of the plain column where the file has it, else of the spelling as published."""
        given = thing if thing in frame.columns else spelled
        spellings = frame[given].unique().drop_nulls().to_list()
        names = {spelling: self.known.names.of(thing, "", spelling) for spelling in spellings}
        changed = {spelling: name for spelling, name in names.items() if name and name != spelling}
        ours = pl.col(given).replace(changed) if changed else pl.col(given)
        # A system that mixes chips has accelerators as published, and is none of ours.
        return pl.coalesce(ours, pl.col(spelled)) if self.table.column(thing).required else ours

    def _broken_rules(self, frame: pl.DataFrame, cells: pl.DataFrame, earlier: Sequence[_Finding]) -> list[_Finding]:
        skipped = {f"{thing}_as_published" for thing in targets.things(self.table)} | set(targets.OURS_ALONE)
        skipped |= {"publisher", "licence", "source_url"} | set(self.fixed)
        found = []
        held = [rule for rule in checks.rules(self.table) if rule.column.name not in skipped]
        absent = {rule.column.name: rule for rule in reversed(held) if rule.column.name not in frame.columns}
        for rule in reversed(absent.values()):
            if rule.column.required:
                everywhere = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
                found.append(_Finding(everywhere, self._label(rule.column.name), ERROR, rule.message, None))
        here = [rule for rule in held if rule.column.name in frame.columns]
        if not here:
            return found
        broken = frame.select(rule.broken.fill_null(False).any().alias(str(place)) for place, rule in enumerate(here))
        refused = {finding.label: finding.mask for finding in earlier}
        for place, rule in enumerate(here):
            if not broken[str(place)].item():
                continue
            label = self._label(rule.column.name)
            mask = frame.select(rule.broken.fill_null(False)).to_series()
            if label in refused:
                mask &= ~refused[label]
            found.append(_Finding(mask, label, ERROR, rule.message, cells[label] if label in cells.columns else None))
        return found

    def _no_names(self, frame: pl.DataFrame, cells: pl.DataFrame) -> list[_Finding]:
        """Names and other texts of the identity that cannot be one: markup, invisible or borrowed letters."""
        found = []
        named = {*targets.things(self.table), *targets.identity(self.table)}
        for column in self.table.columns:
            if column.name not in named or column.name not in frame.columns or column.dtype != TEXT:
                continue
            spelled = f"{column.name}_as_published" if f"{column.name}_as_published" in frame.columns else column.name
            texts = frame[spelled].unique() if conversions.repeats(frame[spelled]) else frame[spelled]
            spellings = texts.filter(~texts.str.contains(PLAIN_NAME)).unique().drop_nulls().to_list()
            why_not = no_name if column.name in targets.things(self.table) else no_words
            reasons = {spelling: reason for spelling in spellings if (reason := why_not(spelling))}
            if reasons:
                said = frame[spelled].replace_strict(reasons, default=None, return_dtype=TEXT)
                label = self._label(column.name)
                value = cells[label] if label in cells.columns else None
                found.append(_Finding(said.is_not_null(), label, ERROR, said, value))
        return found

    def _no_addresses(self, frame: pl.DataFrame, cells: pl.DataFrame) -> list[_Finding]:
        """Addresses that a page must not link to: a browser would run some of them."""
        if ADDRESS not in self.label:
            return []
        mask = (frame[ADDRESS].str.contains(HAS_SCHEME) & ~frame[ADDRESS].str.contains(WEB)).fill_null(False)
        if not mask.any():
            return []
        reason = "`source_url` is no address of the web. Write https:// and what follows."
        return [_Finding(mask, self.label[ADDRESS], ERROR, reason, cells[self.label[ADDRESS]])]

    def _warnings(self, frame: pl.DataFrame, cells: pl.DataFrame, hashes: pl.Series) -> list[_Finding]:
        found = []
        for name, highest in self.known.highest.items():
            if name not in frame.columns:
                continue
            mask = (frame[name] > TIMES_HIGHEST * highest).fill_null(False)
            if mask.any():
                unit = self.table.column(name).unit
                reason = (
                    f"`{name}` is more than {TIMES_HIGHEST} times the highest known, {highest:,.6g} {unit}. "
                    "Is the unit right?"
                )
                label = self._label(name)
                found.append(_Finding(mask, label, WARNING, reason, cells[label] if label in cells.columns else None))
        for thing in targets.things(self.table):
            if thing in frame.columns:
                found += self._unknown_names(frame, cells, thing)
        return found + self._published_too(frame, hashes)

    def _unknown_names(self, frame: pl.DataFrame, cells: pl.DataFrame, thing: str) -> list[_Finding]:
        reasons = {}
        for name in frame[thing].unique().drop_nulls().sort():
            if (thing, name) not in self.unknown:
                self.unknown[thing, name] = self._unknown_reason(thing, name)
            if self.unknown[thing, name]:
                reasons[name] = self.unknown[thing, name]
        if not reasons:
            return []
        reason = frame[thing].replace_strict(reasons, default=None, return_dtype=TEXT)
        label = self._label(thing)
        return [
            _Finding(reason.is_not_null(), label, WARNING, reason, cells[label] if label in cells.columns else None)
        ]

    def _unknown_reason(self, thing: str, name: str) -> str | None:
        known = self.known.spelled[thing]
        if name in known:
            return None
        begun = f"is no {thing} that is known yet"
        # Likeness costs time; a file of thousands of unknown names has another trouble than a slip of the pen.
        if len(self.unknown) > LOOKED_UP:
            return f"{begun}."
        folded = {other.casefold(): other for other in known}
        near = [folded[other] for other in get_close_matches(name.casefold(), folded, NEAREST, 0.6)]
        return f"{begun}. Nearest: {', '.join(near)}." if near else f"{begun}."

    def _published_too(self, frame: pl.DataFrame, hashes: pl.Series) -> list[_Finding]:
        """Rows that are published with the same names and conditions."""
        published = self.known.published
        shared = [name for name in published.columns if name in frame.columns]
        absent = [name for name in published.columns if name not in frame.columns]
        held = published.filter(pl.all_horizontal(pl.col(absent).is_null())) if absent else published
        if not shared or not held.height:
            return []
        mine = hashes if shared == self._identity(frame) else _hashed(frame, shared)
        mask = mine.is_in(_hashed(held, shared).unique().implode())
        if not mask.any():
            return []
        reason = "A published row has the same names and conditions; yours is stored beside it, as an upload."
        return [_Finding(mask, "", WARNING, reason, None)]

    def _label(self, ours: str) -> str:
        """Their name of a column of ours, ours where they have none."""
        return self.label.get(ours) or self.label.get(f"{ours}_as_published") or ours

    def _identity(self, frame: pl.DataFrame) -> list[str]:
        return [name for name in targets.identity(self.table) if name in frame.columns] or [ROW]

    def _note(self, findings: Sequence[_Finding], blank: pl.Series, rows: pl.Series) -> None:
        """Counts every problem, and keeps the first ones whole."""
        for finding in findings:
            mask = finding.mask & ~blank
            if not mask.any():
                continue
            numbered = (
                pl.DataFrame({ROW: rows})
                .with_columns(
                    reason=finding.reason if isinstance(finding.reason, pl.Series) else pl.lit(finding.reason),
                    value=finding.value if finding.value is not None else pl.lit(None, TEXT),
                )
                .filter(mask)
            )
            for reason, count, first in (
                numbered.group_by("reason").agg(pl.len(), pl.col(ROW).min()).sort(ROW).iter_rows()
            ):
                kind = self.kinds.setdefault((finding.severity, finding.label, reason), [0, first])
                kind[0] += count
            if len(self.problems) < SHOWN:
                for row, reason, value in numbered.head(SHOWN).iter_rows():
                    message = _sentence(finding, reason, value)
                    self.problems.append(Problem(row, finding.label or None, value, finding.severity, message))
        if len(self.problems) > SHOWN:
            self.problems = list(_in_order(self.problems))

    def _write_refused(
        self,
        refused: "_Frames",
        cells: pl.DataFrame,
        rows: pl.Series,
        bad: pl.Series,
        findings: Sequence[_Finding],
    ) -> None:
        errors = [finding for finding in findings if finding.severity == ERROR]
        reasons = [pl.when(pl.lit(finding.mask)).then(_reason(finding)) for finding in errors]
        wrong = pl.select(pl.concat_str(reasons, separator=" ", ignore_nulls=True).alias(WRONG)).to_series()
        refused.write(_refused_frame(cells, rows, wrong).filter(bad))

    def _refuse_repeated(self, refused: "_Frames") -> None:
        """Rejects accepted rows with the identity of an earlier one."""
        seen = pl.concat(self.seen) if self.seen else pl.DataFrame(schema={ROW: pl.Int64, "hash": pl.UInt64})
        if seen["hash"].n_unique() == seen.height:
            return
        alike = seen.filter(pl.col("hash").is_duplicated())
        firsts = alike.group_by("hash").agg(first=pl.col(ROW).min())
        later = alike.join(firsts, on="hash", validate="m:1").filter(pl.col(ROW) > pl.col("first")).sort(ROW)
        self.accepted -= later.height
        self.repeated = later[ROW]
        named = ", ".join(name for name in targets.identity(self.table) if name in {*self.label, *self.fixed})
        reasons = later.select(
            ROW, reason=pl.format("Row {} already has the same {}; keep one of them.", "first", pl.lit(named))
        )
        self.kinds[ERROR, "", f"An earlier row already has the same {named}; keep one of them."] = [
            later.height,
            later[ROW][0],
        ]
        shown = reasons.head(SHOWN).iter_rows()
        self.problems += [Problem(row, None, None, ERROR, reason) for row, reason in shown]
        for block in self.sheet.blocks():
            cells = _edited(block, self.edits).with_columns(_numbers(block).alias(f" {ROW}"))
            hit = cells.join(reasons, left_on=f" {ROW}", right_on=ROW, maintain_order="left", validate="1:1")
            if hit.height:
                refused.write(_refused_frame(hit.drop(f" {ROW}", "reason"), hit[f" {ROW}"], hit["reason"]))

    def _kinds_frame(self) -> pl.DataFrame:
        schema = {
            "severity": pl.String,
            "column": pl.String,
            "message": pl.String,
            "cells": pl.Int64,
            "first_row": pl.Int64,
        }
        rows = [(*key, *counted) for key, counted in self.kinds.items()]
        return pl.DataFrame(rows, schema=schema, orient="row").sort("severity", "first_row", "column", "message")

    def _rules_frame(self) -> pl.DataFrame:
        schema = {"theirs": pl.String, "ours": pl.String, "rule": pl.String, "cells": pl.Int64}
        rows = [(*key, count) for key, count in self.rules.items()]
        order = {theirs: place for place, theirs in enumerate(self.sheet.header)}
        rows.sort(key=lambda row: (order[row[0]], -row[3], row[2]))
        return pl.DataFrame(rows, schema=schema, orient="row")


def no_words(text: str) -> str | None:
    """Why a text cannot be part of a row's identity, None where it can: too long, unseen characters, markup."""
    if len(text) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters; that is no name."
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
            return f"holds an invisible character (U+{ord(character):04X}). Type it anew."
    return "holds markup. Write it as plain text." if MARKUP.search(text) else None


def no_name(text: str) -> str | None:
    """Why a text cannot be a name, None where it can: as above, and signs or letters that no name mixes."""
    bad = next((character for character in text if character in HAS_NO_NAME), None)
    if bad:
        return f"holds {bad!r}, which no name has."
    if unseen := no_words(text):
        return unseen
    if re.search("[A-Za-z]", text):
        for character in text:
            name = unicodedata.name(character, "")
            if name.startswith(ALIKE) and unicodedata.category(character)[0] in "LN":
                return f"mixes letters that look alike: {character!r} is {name.lower()}. Type it anew."
    return None


def _fixed(mapping: FileMapping, table: Table) -> dict[str, object]:
    """One value for every row: what the reader chose, else the default. Raises WrongChoice."""
    fixed = {}
    for name, text in {**mapping.defaults, **mapping.constants}.items():
        reading = conversions.convert(pl.Series([text]), table.column(name), conversions.Way())
        held = pl.DataFrame({name: reading.values})
        rules = [rule for rule in checks.rules(table) if rule.column.name == name]
        broken = [rule.message for rule in rules if held.select(rule.broken.fill_null(False)).item()]
        if reading.refused is not None or broken:
            why = f'"{text}" {reading.refused[0]}' if reading.refused is not None else broken[0]
            raise WrongChoice(f"The value for {name} cannot be used: {why}")
        fixed[name] = reading.values[0]
    return fixed


def _edited(block: Block, edits: Edits) -> pl.DataFrame:
    """The block with the cells that the reader corrected."""
    last = block.first_row + block.cells.height
    here = {key: text for key, text in edits.items() if block.first_row <= key[0] < last}
    cells = block.cells
    for theirs in {column for _, column in here}:
        changed = {row - block.first_row: text or None for (row, column), text in here.items() if column == theirs}
        values = pl.Series(list(changed.values()), dtype=pl.String)
        cells = cells.with_columns(cells[theirs].scatter(list(changed), values).alias(theirs))
    return cells


def _blank(cells: pl.DataFrame) -> pl.Series:
    """Rows without anything but blanks."""
    first = cells.to_series(0)
    if not first.null_count() and not first.str.starts_with(" ").any():
        return pl.repeat(False, cells.height, dtype=pl.Boolean, eager=True)
    return cells.select(pl.all_horizontal(pl.all().fill_null("").str.strip_chars() == "")).to_series()


def _is_written_otherwise(odd: pl.Series, column: UsedColumn, table: Table) -> bool:
    """True where refused cells point to another decimal mark, or need an order of dates."""
    if table.column(column.ours).dtype == pl.Date:
        return column.dates is None and bool(odd.str.strip_chars().str.contains(conversions.SLASHED).any())
    seen = conversions.decimal_evidence(odd)
    return bool(seen.first if column.decimal == conversions.POINT else seen.second)


def _numbers(block: Block) -> pl.Series:
    return pl.int_range(block.first_row, block.first_row + block.cells.height, dtype=pl.Int64, eager=True)


def _hashed(frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """One number for the values of each row; two rows in a million million million share one by chance."""
    return frame.select(pl.struct(names).hash()).to_series()


def _any(masks: Sequence[pl.Series], height: int) -> pl.Series:
    total = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for mask in masks:
        total = total | mask
    return total


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda found: (found.row, found.column or "", found.severity))[:SHOWN])


def _sentence(finding: _Finding, reason: str, value: str | None) -> str:
    return f'"{(value or "").strip()[:80]}" {reason}' if isinstance(finding.reason, pl.Series) else reason


def _reason(finding: _Finding) -> pl.Expr:
    place = pl.lit(f"{finding.label}: " if finding.label else "")
    if isinstance(finding.reason, pl.Series):
        value = finding.value if finding.value is not None else pl.Series([""])
        return pl.concat_str(
            place, pl.format('"{}" ', pl.lit(value.str.strip_chars().str.slice(0, 80))), pl.lit(finding.reason)
        )
    return pl.concat_str(place, pl.lit(finding.reason))


def _refused_frame(cells: pl.DataFrame, rows: pl.Series, wrong: pl.Series) -> pl.DataFrame:
    """Their cells under numbers, because a header of theirs may be called anything."""
    named = cells.rename({name: str(place) for place, name in enumerate(cells.columns)})
    return named.with_columns(rows.alias(ROW), wrong.alias(WRONG))


def _drop_rows(path: Path, rows: pl.Series) -> None:
    fewer = path.with_suffix(".fewer")
    with _Frames(fewer) as kept, parquet.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            frame = pl.DataFrame(file.read_row_group(number))
            kept.write(frame.filter(~pl.col(ROW).is_in(rows.implode())))
    disk.replace(fewer, path)


class _Frames:
    """A Parquet file written frame by frame, by a thread of its own."""

    def __init__(self, path: Path):
        self._path = path
        self._writer: parquet.ParquetWriter | None = None
        self._hand = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None

    def __enter__(self) -> "_Frames":
        disk.remove(self._path)
        return self

    def write(self, frame: pl.DataFrame) -> None:
        if self._under_way:
            self._under_way.result()
        self._under_way = self._hand.submit(self._write, frame)

    def _write(self, frame: pl.DataFrame) -> None:
        table = frame.to_arrow()
        if self._writer is None:
            words = [
                name for name, dtype in frame.schema.items() if dtype == pl.String and conversions.repeats(frame[name])
            ]
            self._writer = parquet.ParquetWriter(
                self._path, table.schema, compression="lz4", use_dictionary=words, write_statistics=False
            )
        self._writer.write_table(table)

    def __exit__(self, *_: object) -> None:
        self._hand.shutdown()
        if self._writer:
            self._writer.close()
        if self._under_way:
            self._under_way.result()


def ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, the next one read by a thread while this one is checked."""
    with ThreadPoolExecutor(1) as hand:
        coming = hand.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = hand.submit(next, blocks, None)
            yield block
