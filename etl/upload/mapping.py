"""Their columns and ours: which goes where, in which unit, with which decimal mark and order of dates.

A header that is one of our names, letter case and underscores aside, is exact. One of the names in the
list of aliases is an alias. One that is merely like a name is a guess, and is called so.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

import polars as pl

from etl.schema import TABLES, DataType, Table
from etl.upload import conversions, targets, units
from etl.upload.conversions import COMMA, DAY_FIRST, MONTH_FIRST, POINT, Evidence, Way
from etl.upload.sheets import Sheet
from etl.upload.targets import Target

EVERY = "*"
LIKE_ENOUGH = 0.86
EXACT, ALIAS, GUESS, CHOSEN, NONE = "exact", "alias", "guess", "chosen", "none"
# Words that turn one quantity into another: a guess never ignores them.
QUANTITY_WORDS = frozenset(
    [
        "input",
        "output",
        "prompt",
        "completion",
        "cached",
        "cache",
        "first",
        "answer",
        "total",
        "min",
        "max",
        "mean",
        "avg",
        "average",
        "median",
        "user",
        "gpu",
        "p5",
        "p05",
        "p10",
        "p25",
        "p50",
        "p75",
        "p90",
        "p95",
        "p99",
        "per",
        "train",
        "training",
        "inference",
        "required",
        "converged",
        "node",
        "nodes",
    ]
)
# Headers of a speed that count the other way: time for a token.
TIMES_PER_TOKEN = ("inter token latency", "time per output token", "time per token", "tpot", "itl")
BRACKETED = re.compile(r"[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]")


# How cells are read where nothing of them needs a rule, by the type of our column.
PLAIN: Mapping[DataType, str] = {
    pl.Float64: "plain numbers",
    pl.Int64: "whole numbers",
    pl.Date: "days as 2026-05-08",
    pl.Boolean: "yes and no",
}


@dataclass(frozen=True)
class Choices:
    """What a reader chose. `constants` has one value for all rows, by our column; the others go by their column.

    `columns` gives ours, None for not used. "*" in `decimals` and `dates` means every column.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Choices":
        return cls(**{name: value for name, value in json.loads(text).items() if name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class ColumnMap:
    """One column of theirs: ours where it is used, how that was found, how its cells are read, with an example."""

    theirs: str
    ours: str | None
    how: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    decimal: str = POINT
    dates: str | None = None
    rule: str = ""
    example_before: str | None = None
    example_after: str | None = None


@dataclass(frozen=True)
class UsedColumn(ColumnMap):
    """A column of theirs that fills one of ours."""

    ours: str

    def way(self, table: Table) -> Way:
        unit = units.named(table.column(self.ours), self.unit) if self.unit else None
        return Way(unit, self.decimal, self.dates)


@dataclass(frozen=True)
class Question:
    """What only the reader can say: answered through the choices."""

    theirs: str
    text: str
    options: tuple[tuple[str, str], ...]
    example: str


@dataclass(frozen=True)
class FileMapping:
    """How a file fills a table.

    `missing` names required columns that nothing fills; `defaults` has the values of those that have a default.
    """

    table: str
    columns: tuple[ColumnMap, ...]
    questions: tuple[Question, ...] = ()
    missing: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    given: Choices = field(default_factory=Choices)
    is_thorough: bool = False

    @property
    def used(self) -> tuple[UsedColumn, ...]:
        return tuple(column for column in self.columns if isinstance(column, UsedColumn))

    @property
    def pairs(self) -> dict[str, str]:
        return {column.theirs: column.ours for column in self.used}

    def choices(self) -> Choices:
        """This mapping as choices: what is remembered, and what distinguishes two readings of one file."""
        return Choices(
            columns={column.theirs: column.ours for column in self.columns},
            units={column.theirs: column.unit for column in self.used if column.unit},
            decimals={column.theirs: column.decimal for column in self.used if column.decimal != POINT},
            dates={column.theirs: column.dates for column in self.used if column.dates},
            constants=dict(self.constants),
        )


class WrongChoice(ValueError):
    """A choice names a column, unit or value that there is not."""


def recognises(cells: Sequence[str]) -> int:
    """How many cells of a line are names of columns that some table knows."""
    known = _known_names()
    return sum(1 for cell in cells if cell and (folded(cell) in known or folded(_without_unit(cell)) in known))


_names: set[str] = set()


def _known_names() -> set[str]:
    if not _names:
        for found in targets.TARGETS.values():
            for target in found:
                _names.update({folded(target.name), *map(folded, target.aliases)})
    return _names


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A header as it is compared: lower case letters and digits, everything else a single blank."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()).split())


def suggest(sheet: Sheet, table: str, choices: Choices | None = None, thorough: bool = False) -> FileMapping:
    """Where each column of the file goes and how its cells are read. Raises WrongChoice.

    The first block of rows decides on decimal marks and the order of dates where it can; `thorough` looks at
    every row.
    """
    choices = choices or Choices()
    declared, offered = TABLES[table], targets.TARGETS[table]
    _check(choices, sheet, table, offered)
    placed = _placed(sheet.header, offered, choices)
    surveyed = _Survey(sheet, thorough)
    columns, questions = [], []
    for theirs in sheet.header:
        ours, how = placed[theirs]
        if ours is None:
            columns.append(ColumnMap(theirs, None, how, rule="not used"))
            continue
        column, question = _read_as(theirs, ours, how, declared, choices, surveyed, sheet)
        columns.append(column)
        questions += [question] if question else []
    filled = {column.ours for column in columns if column.ours} | set(choices.constants)
    return FileMapping(
        table,
        tuple(columns),
        tuple(questions),
        _missing(offered, filled),
        _defaults(offered, filled),
        dict(choices.constants),
        choices,
        thorough,
    )


def _check(choices: Choices, sheet: Sheet, table: str, offered: Sequence[Target]) -> None:
    names = [target.name for target in offered]
    for theirs, ours in choices.columns.items():
        if theirs not in sheet.header:
            raise WrongChoice(f"The file has no column {theirs!r}; it has {', '.join(sheet.header)}.")
        if ours is not None and ours not in names:
            raise WrongChoice(f"{table} has no column {ours!r}; it has {', '.join(names)}.")
    for ours in choices.constants:
        if ours not in names:
            raise WrongChoice(f"{table} has no column {ours!r}; it has {', '.join(names)}.")
    chosen = [ours for ours in choices.columns.values() if ours is not None]
    for ours in chosen:
        if chosen.count(ours) > 1:
            raise WrongChoice(f"Two columns are mapped to {ours}; one of them may be.")
    for order in choices.dates.values():
        if order not in (DAY_FIRST, MONTH_FIRST):
            raise WrongChoice(f"{order!r} is no order of dates; choose {DAY_FIRST} or {MONTH_FIRST}.")
    for mark in choices.decimals.values():
        if mark not in (POINT, COMMA):
            raise WrongChoice(f"{mark!r} is no decimal mark; choose {POINT} or {COMMA}.")


def _placed(header: Sequence[str], offered: Sequence[Target], choices: Choices) -> dict[str, tuple[str | None, str]]:
    """Ours and how it was found, for each of theirs: choices first, then the surest."""
    placed: dict[str, tuple[str | None, str]] = {
        theirs: (ours, CHOSEN if ours else NONE) for theirs, ours in choices.columns.items()
    }
    taken = {ours for ours, _ in placed.values() if ours} | set(choices.constants)
    for how, likeness in ((EXACT, _exact), (ALIAS, _alias), (GUESS, _guess)):
        scored = sorted(
            (
                (-likeness(theirs, target), place, order, theirs, target.name)
                for place, theirs in enumerate(header)
                for order, target in enumerate(offered)
                if theirs not in placed and target.name not in taken and likeness(theirs, target) > 0
            ),
        )
        for _, _, _, theirs, ours in scored:
            if theirs not in placed and ours not in taken:
                placed[theirs] = (ours, how)
                taken.add(ours)
    return {theirs: placed.get(theirs, (None, NONE)) for theirs in header}


def _exact(theirs: str, target: Target) -> float:
    return float(folded(theirs) == folded(target.name))


def _alias(theirs: str, target: Target) -> float:
    """1 for the whole header, less for a header without its unit; earlier aliases are surer."""
    forms = [folded(target.name), *map(folded, target.aliases)]
    for form, weight in ((folded(theirs), 1.0), (folded(_without_unit(theirs)), 0.9)):
        if form in forms:
            return weight - 0.001 * forms.index(form)
    stem, unit = _with_trailing_unit(theirs, target)
    if unit and stem in forms:
        return 0.8 - 0.001 * forms.index(stem)
    return 0.0


def _guess(theirs: str, target: Target) -> float:
    given = folded(_without_unit(theirs)) or folded(theirs)
    best = 0.0
    for form in (folded(target.name), *map(folded, target.aliases)):
        likeness = SequenceMatcher(None, given, form)
        # What cannot be like enough is dropped before it costs: a file may have a thousand columns.
        if len(form) < 4 or likeness.real_quick_ratio() < LIKE_ENOUGH or likeness.quick_ratio() < LIKE_ENOUGH:
            continue
        if not _name_the_same(given.split(), form.split()):
            continue
        if set(re.findall(r"[0-9]+", given)) != set(re.findall(r"[0-9]+", form)):
            continue
        best = max(best, likeness.ratio())
    return best if best >= LIKE_ENOUGH else 0.0


def _name_the_same(given: Sequence[str], form: Sequence[str]) -> bool:
    """True where both have the same words that name a quantity. A slip of the pen (ouput) is no other word."""
    for words, others in ((given, form), (form, given)):
        slips = [word for word in others if word not in QUANTITY_WORDS]
        for word in set(words) & QUANTITY_WORDS - set(others):
            if not any(SequenceMatcher(None, word, slip).ratio() > LIKE_ENOUGH for slip in slips):
                return False
    return True


def _without_unit(theirs: str) -> str:
    return BRACKETED.sub(" ", theirs).strip()


def _with_trailing_unit(theirs: str, target: Target) -> tuple[str, units.Unit | None]:
    """A header such as ttft_ms, parted into its stem and the unit at its end."""
    words = folded(theirs).split()
    for cut in range(1, len(words)):
        if unit := units.spelled(target.column, " ".join(words[cut:])):
            return " ".join(words[:cut]), unit
    return folded(theirs), None


def _header_unit(theirs: str, target: Target) -> units.Unit | None:
    """The unit that a header states: in brackets, after a comma, at its end, or by being one."""
    stated = [*BRACKETED.findall(theirs), *theirs.split(",")[1:]]
    per_token = folded(_without_unit(theirs)) in TIMES_PER_TOKEN
    for text in stated:
        for form in (text, text.removeprefix("in ")):
            if unit := units.spelled(target.column, f"{form}/token" if per_token else form):
                return unit
    if folded(theirs) == folded(target.name):
        return None
    if per_token:
        return units.spelled(target.column, "s/token")
    return _with_trailing_unit(theirs, target)[1] or units.spelled(target.column, theirs)


def _read_as(
    theirs: str, ours: str, how: str, table: Table, choices: Choices, survey: "_Survey", sheet: Sheet
) -> tuple[UsedColumn, Question | None]:
    target = next(target for target in targets.TARGETS[table.name] if target.name == ours)
    column, question = target.column, None
    unit, said = None, []
    decimal, dates = POINT, None
    if target.units:
        chosen = choices.units.get(theirs)
        if chosen and chosen not in target.units:
            raise WrongChoice(f"{chosen!r} is no unit of {ours}; choose one of {', '.join(target.units)}.")
        stated = _header_unit(theirs, target)
        unit = chosen or (stated.name if stated else target.units[0])
        if unit != target.units[0]:
            whence = "chosen" if chosen else "stated in the header"
            said.append(f"{units.named(column, unit).words(column.unit)} ({whence})")
    if column.dtype in (pl.Float64, pl.Int64):
        decimal, words = _decimal(theirs, choices, survey)
        said += [words] if words else []
    if column.dtype == pl.Date:
        dates, words, question = _order(theirs, choices, survey)
        said += [words] if words else []
    found = UsedColumn(theirs, ours, how, unit, target.units, decimal, dates)
    before, after = _example(sheet, found, table)
    rule = "; ".join(said) or PLAIN.get(column.dtype, "text as written")
    return UsedColumn(theirs, ours, how, unit, target.units, decimal, dates, rule, before, after), question


def _decimal(theirs: str, choices: Choices, survey: "_Survey") -> tuple[str, str]:
    chosen = choices.decimals.get(theirs) or choices.decimals.get(EVERY)
    if chosen:
        return chosen, f"decimal {chosen}, as chosen"
    seen = survey.of(theirs, conversions.decimal_evidence)
    if seen.first or seen.second:
        mark, fits, others = (COMMA, seen.first, seen.second)
        if seen.second >= seen.first:
            mark, fits, others = (POINT, seen.second, seen.first)
        if mark == POINT and not others:
            return POINT, "a comma before three digits parts thousands (1,800 is 1800)" if seen.either else ""
        refused = f"; {_cells(others)} can only be read with the other mark" if others else ""
        return mark, f"decimal {mark}: {_cells(fits)} can only be read so{refused}"
    if seen.either:
        return POINT, "a comma before three digits parts thousands (1,800 is 1800)"
    return POINT, ""


def _order(theirs: str, choices: Choices, survey: "_Survey") -> tuple[str | None, str, Question | None]:
    chosen = choices.dates.get(theirs) or choices.dates.get(EVERY)
    if chosen:
        return chosen, f"{chosen}, as chosen", None
    seen = survey.of(theirs, conversions.date_evidence)
    if seen.first and not seen.second:
        return DAY_FIRST, f"day first: {_cells(seen.first)} can only be read so", None
    if seen.second and not seen.first:
        return MONTH_FIRST, f"month first: {_cells(seen.second)} can only be read so", None
    if not seen.first and not seen.either:
        return None, "", None
    example = survey.example(theirs, conversions.SLASHED)
    why = "Some dates fit only one order and some only the other" if seen.first else "No date of the column decides"
    return (
        None,
        "",
        Question(
            theirs,
            f"Does the day or the month come first in `{theirs}`? {why}.",
            (
                (DAY_FIRST, "The day comes first (08/05/2026 is 8 May)"),
                (MONTH_FIRST, "The month comes first (05/08/2026 is 8 May)"),
            ),
            example,
        ),
    )


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"


class _Survey:
    """Evidence of how a column is written: from its first block where that decides, else from all cells."""

    def __init__(self, sheet: Sheet, thorough: bool):
        self._sheet, self._thorough = sheet, thorough

    def of(self, theirs: str, evidence: Callable[[pl.Series], Evidence]) -> Evidence:
        seen = evidence(self._sheet.first.cells[theirs])
        if not self._thorough and (seen.first or seen.second or not seen.either):
            return seen
        for block in self._sheet.blocks():
            if block.first_row > 1:
                seen += evidence(block.cells[theirs])
        return seen

    def example(self, theirs: str, pattern: str) -> str:
        cells = self._sheet.first.cells[theirs].str.strip_chars()
        return str(cells.filter(cells.str.contains(pattern))[0])


def _example(sheet: Sheet, found: UsedColumn, table: Table) -> tuple[str | None, str | None]:
    cells = sheet.first.cells[found.theirs].head(1000).drop_nulls().head(50)
    if not cells.len():
        return None, None
    values = conversions.convert(cells, table.column(found.ours), found.way(table)).values
    # The odd cells show a rule better than the plain ones.
    shown = pl.DataFrame({"cell": cells, "value": values.cast(pl.String)}).with_columns(
        changed=pl.col("cell") != pl.col("value").str.strip_suffix(".0")
    )
    best = shown.filter(pl.col("value").is_not_null()).sort("changed", descending=True, maintain_order=True).head(1)
    if not best.height:
        return cells[0], None
    return best["cell"][0], best["value"][0].removesuffix(".0")


def _missing(offered: Sequence[Target], filled: set[str]) -> tuple[str, ...]:
    return tuple(
        target.name
        for target in offered
        if target.required
        and target.default is None
        and target.name not in filled
        and f"{target.name}_as_published" not in filled
        and targets.STANDS_FOR.get(target.name) not in filled
    )


def _defaults(offered: Sequence[Target], filled: set[str]) -> dict[str, str]:
    return {t.name: t.default for t in offered if t.required and t.default is not None and t.name not in filled}
