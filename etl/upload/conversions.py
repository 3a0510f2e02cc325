"""Text cells to typed values, each by a rule that is named and counted; nothing is guessed.

A column whose cells are all plain is cast at once; only the others go through the rules. Whatever fits
no rule is refused with a sentence that quotes it.
"""

from dataclasses import dataclass, field

import polars as pl

from etl.schema import Column
from etl.upload import units
from etl.upload.units import Unit

POINT, COMMA = "point", "comma"
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"

# How files write that there is nothing.
NOTHING = (
    "",
    "-",
    "–",
    "—",
    "n/a",
    "na",
    "n.a.",
    "null",
    "none",
    "nil",
    "nan",
    "#n/a",
    "not published",
    "unknown",
    "tbd",
)
NOTHING_IN_TEXT = ("", "-", "–", "—", "n/a", "null", "#n/a")
LONGEST_NOTHING = 4
TRUE, FALSE = (
    ("true", "yes", "y", "1", "t", "ja", "oui", "x", "wahr"),
    ("false", "no", "n", "0", "f", "nein", "non", "falsch"),
)

NUMBER = (
    r"^(?P<before>[^0-9.,]*?)\s*(?P<digits>[.,]?[0-9][0-9.,'’\s]*[0-9]|[.,]?[0-9])"
    r"(?P<exponent>[eE][-+]?[0-9]{1,3})?(?P<after>[^0-9].*)?$"
)
GROUPED = {
    POINT: r"^[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:\s[0-9]{3})+|(?:['’][0-9]{3})+)(?:\.[0-9]+)?$",
    COMMA: r"^[0-9]{1,3}(?:(?:\.[0-9]{3})+|(?:\s[0-9]{3})+|(?:['’][0-9]{3})+)(?:,[0-9]+)?$",
}
INFINITE = r"(?i)^[-+]?(?:inf|infinity|∞)$"
UNGROUPED = {POINT: r"^[0-9]*\.?[0-9]+$", COMMA: r"^[0-9]*,?[0-9]+$"}
# Cells that only a decimal comma, or only a decimal point, explains. Three digits after one mark may be either.
SURROUNDED = r"(?:^|[^0-9.,])(?:{})(?:$|[^0-9.,])"
ONLY = (
    r"[0-9]*{mark}[0-9]{{1,2}}",
    r"[0-9]*{mark}[0-9]{{4,}}",
    r"0{mark}[0-9]+",
    r"[0-9]{{4,}}{mark}[0-9]+",
    r"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+{mark}[0-9]+",
    r"[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{2,}}",
)
ONLY_COMMA = SURROUNDED.format("|".join(form.format(mark=",", group=r"\.") for form in ONLY))
ONLY_POINT = SURROUNDED.format("|".join(form.format(mark=r"\.", group=",") for form in ONLY))

CLOCK = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}.*)?$"
ISO = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})" + CLOCK
COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
DOTTED = r"^([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})" + CLOCK
SLASHED = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})" + CLOCK
SHORT_YEAR = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}$"
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# The text around a number is looked up once for each spelling, and nobody has so many units.
MOST_TAILS = 2_000
SAMPLED = 2_000
DAY_MONTH = r"(?i)^([0-9]{1,2})(?:st|nd|rd|th)?[\s.-]*([a-z]{3,9})\.?[\s,-]*([0-9]{4})$"
MONTH_DAY = r"(?i)^([a-z]{3,9})\.?[\s-]*([0-9]{1,2})(?:st|nd|rd|th)?[\s,-]+([0-9]{4})$"


@dataclass(frozen=True)
class Way:
    """How a column's cells are to be read: the unit of those without one, the decimal mark, the order of dates."""

    unit: Unit | None = None
    decimal: str = POINT
    dates: str | None = None


@dataclass(frozen=True)
class Reading:
    """Typed values, null where there is none. `rules` counts the cells that each rule read.

    `refused` is None where no cell was refused; else it has, for each refused cell, what follows it in a sentence.
    """

    values: pl.Series
    refused: pl.Series | None = None
    rules: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """How many cells only one way of writing explains."""

    first: int = 0
    second: int = 0
    either: int = 0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(self.first + other.first, self.second + other.second, self.either + other.either)


def convert(cells: pl.Series, column: Column, way: Way) -> Reading:
    """A column of text as the type of the table's column."""
    if column.dtype in (pl.Float64, pl.Int64):
        return _numbers(cells, column, way)
    if column.dtype == pl.Date:
        return _days(cells, way)
    if column.dtype == pl.Boolean:
        return _flags(cells)
    return _words(cells, column)


def decimal_evidence(cells: pl.Series) -> Evidence:
    """Cells that only a decimal comma explains (first), only a decimal point (second), or either."""
    marked = cells.filter(cells.str.contains(r"[.,]"))
    if not marked.len():
        return Evidence()
    comma, point = marked.str.contains(ONLY_COMMA), marked.str.contains(ONLY_POINT)
    return Evidence(
        int((comma & ~point).sum()),
        int((point & ~comma).sum()),
        int((~comma & ~point & marked.str.contains(r"[0-9],[0-9]{3}")).sum()),
    )


def date_evidence(cells: pl.Series) -> Evidence:
    """Cells such as 13/04/2026 (first: the day leads), 04/13/2026 (second: the month does), or 03/04/2026."""
    parts = _parts(cells.str.strip_chars(), SLASHED)
    lead, follow = parts["1"].cast(pl.Int64), parts["2"].cast(pl.Int64)
    return Evidence(
        int(((lead > 12) & (follow <= 12)).sum()),
        int(((follow > 12) & (lead <= 12)).sum()),
        int(((lead <= 12) & (follow <= 12) & (lead != follow)).sum()),
    )


# Numbers


def _numbers(cells: pl.Series, column: Column, way: Way) -> Reading:
    unit = way.unit or Unit(column.unit or "")
    plain = _plain(cells, way.decimal, unit)
    odd = cells.is_not_null() & ~plain.is_finite().fill_null(False)
    rules = {}
    count = cells.len() - cells.null_count() - int(odd.sum())
    if count:
        rules[_plain_rule(unit, column)] = count
    if not odd.any():
        return _counted(Reading(_turned(plain, unit), None, rules), cells, column)
    values, refused, odd_rules = _odd_numbers(cells.filter(odd), column, way, unit)
    places = odd.arg_true()
    merged = _turned(plain, unit).scatter(places, values)
    reasons = pl.Series([None], dtype=pl.String).new_from_index(0, cells.len()).scatter(places, refused)
    return _counted(
        Reading(merged, reasons if refused.null_count() < refused.len() else None, rules | odd_rules), cells, column
    )


def _plain(cells: pl.Series, decimal: str, unit: Unit) -> pl.Series:
    """Values of the cells that are nothing but digits and a decimal mark."""
    if decimal == COMMA:
        # A point here parts thousands, so it must not pass for a decimal one.
        fits = cells.str.contains(UNGROUPED[COMMA])
        cells = pl.select(pl.when(fits).then(cells.str.replace(",", ".", literal=True))).to_series()
    scaled = cells + f"e{unit.power}" if unit.power else cells
    return scaled.cast(pl.Float64, strict=False)


def _turned(values: pl.Series, unit: Unit) -> pl.Series:
    if unit.factor != 1.0:
        values = values * unit.factor
    return 1.0 / values if unit.is_inverse else values


def _plain_rule(unit: Unit, column: Column) -> str:
    return "plain numbers" if unit.is_ours else f"numbers converted: {unit.words(column.unit or '')}"


def _odd_numbers(cells: pl.Series, column: Column, way: Way, unit: Unit) -> tuple[pl.Series, pl.Series, dict[str, int]]:
    """Values of cells with separators, units or signs; why not, where not; the rules with their counts."""
    text = cells.str.strip_chars()
    parts = pl.DataFrame({"text": text}).with_columns(text.str.extract_groups(NUMBER).struct.unnest())
    parts = parts.with_columns(
        pl.col("before", "after").str.strip_chars().fill_null(""),
        nothing=pl.col("text").str.to_lowercase().is_in(NOTHING),
        grouped=pl.col("digits").str.contains(GROUPED[way.decimal]),
        fits=pl.col("digits").str.contains(UNGROUPED[way.decimal]),
    ).with_columns(
        negative=pl.col("before").str.contains(r"[-−]"),
        before=pl.col("before").str.replace_all(r"[-−+]", "").str.strip_chars(),
    )
    parts = parts.join(
        _tails(parts, column, unit), on=["before", "after"], how="left", maintain_order="left", validate="m:1"
    )
    mark, group = (".", ",") if way.decimal == POINT else (",", ".")
    digits = pl.col("digits").str.replace_all(rf"[\s'’{group}]", "").str.replace(mark, ".", literal=True)
    exponent = pl.col("exponent").str.slice(1).cast(pl.Int64, strict=False).fill_null(0) + pl.col("power")
    scaled = pl.concat_str(
        pl.when("negative").then(pl.lit("-")).otherwise(pl.lit("")), digits, pl.lit("e"), exponent.cast(pl.String)
    ).cast(pl.Float64, strict=False) * pl.col("factor")
    is_number = pl.col("digits").is_not_null() & (pl.col("grouped") | pl.col("fits"))
    parts = parts.with_columns(value=pl.when("inverse").then(1.0 / scaled).otherwise(scaled)).with_columns(
        refused=pl.when(pl.col("nothing"))
        .then(None)
        .when(pl.col("text").str.contains(INFINITE))
        .then(pl.lit("is not a finite number."))
        .when(~is_number.fill_null(False))
        .then(
            pl.when(pl.col("text").str.contains("[0-9]"))
            .then(pl.lit(_not_a_number(way.decimal)))
            .otherwise(pl.lit("is not a number."))
        )
        .when(pl.col("power").is_null())
        .then(pl.lit("is not a number alone, and the text beside it is no unit."))
        .when(pl.col("refusal").is_not_null())
        .then(pl.col("refusal") + ".")
        .when(~pl.col("value").is_finite().fill_null(False))
        .then(pl.lit("is not a finite number."))
    )
    is_good = pl.col("refused").is_null() & ~pl.col("nothing")
    values = parts.select(pl.when(is_good).then("value")).to_series()
    return values, parts["refused"], _odd_rules(parts.filter(is_good), way, unit, column) | _nothing_rule(parts)


def _tails(parts: pl.DataFrame, column: Column, unit: Unit) -> pl.DataFrame:
    """What each pair of texts around a number means, once for each."""
    found = []
    for before, after in parts.select("before", "after").unique(maintain_order=True).head(MOST_TAILS).iter_rows():
        tail = units.tail(column, before, after)
        of = tail.unit or unit
        found.append(
            (before, after, of.power + tail.power, of.factor, of.is_inverse, tail.refusal, tail.words, of.name)
        )
    schema = {
        "before": pl.String,
        "after": pl.String,
        "power": pl.Int64,
        "factor": pl.Float64,
        "inverse": pl.Boolean,
        "refusal": pl.String,
        "words": pl.String,
        "of": pl.String,
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def _not_a_number(decimal: str) -> str:
    """What follows a cell that has digits and is no number."""
    if decimal == POINT:
        return "is not a number. Write decimals with a point: 12.50."
    return "is not a number with a decimal comma. Write 12,50, or 1.234,50 with thousands."


def _odd_rules(parts: pl.DataFrame, way: Way, unit: Unit, column: Column) -> dict[str, int]:
    counted = parts.group_by("grouped", "words", "of", "power", "factor", "inverse").len().sort("len", descending=True)
    rules: dict[str, int] = {}
    for grouped, words, of, power, factor, inverse, rows in counted.iter_rows():
        read = Unit(of, 0 if of == (column.unit or "") else power, factor, inverse)
        said = [
            words,
            "thousands separators removed" if grouped else "",
            "decimal comma" if way.decimal == COMMA else "",
            "" if read.is_ours or not of else f"converted: {read.words(column.unit or '')}",
        ]
        rule = "numbers, " + ", ".join(dict.fromkeys(word for word in said if word)) if any(said) else "plain numbers"
        rules[rule] = rules.get(rule, 0) + rows
    return rules


def _nothing_rule(parts: pl.DataFrame) -> dict[str, int]:
    count = int(parts["nothing"].sum())
    return {"words for nothing (n/a, –) read as empty": count} if count else {}


def _counted(reading: Reading, cells: pl.Series, column: Column) -> Reading:
    """A count holds whole numbers only."""
    if column.dtype != pl.Int64:
        return reading
    values = reading.values
    whole = (values == values.floor()) & (values.abs() < 2**53)
    broken = values.is_not_null() & ~whole
    counts = values.round(0).cast(pl.Int64, strict=False)
    if not broken.any():
        return Reading(counts, reading.refused, reading.rules)
    earlier = pl.lit(reading.refused) if reading.refused is not None else pl.lit(None, pl.String)
    checked = pl.select(
        refused=pl.when(pl.lit(broken)).then(pl.lit("is not a whole number.")).otherwise(earlier),
        counts=pl.when(~pl.lit(broken)).then(pl.lit(counts)),
    )
    return Reading(checked["counts"], checked["refused"], reading.rules)


# Days


def _days(cells: pl.Series, way: Way) -> Reading:
    days = cells.str.to_date("%Y-%m-%d", strict=False)
    # The parser takes a day without its zeros and a year of six digits; only the written form counts as plain.
    odd = cells.is_not_null() & ~(days.is_not_null() & (cells.str.len_bytes() == 10)).fill_null(False)
    plain = cells.len() - cells.null_count() - int(odd.sum())
    rules = {"days as 2026-05-08": plain} if plain else {}
    if not odd.any():
        return Reading(days, None, rules)
    values, refused, odd_rules = _odd_days(cells.filter(odd), way)
    places = odd.arg_true()
    reasons = pl.Series([None], dtype=pl.String).new_from_index(0, cells.len()).scatter(places, refused)
    return Reading(
        days.scatter(places, values), reasons if refused.null_count() < refused.len() else None, rules | odd_rules
    )


def _odd_days(cells: pl.Series, way: Way) -> tuple[pl.Series, pl.Series, dict[str, int]]:
    text = cells.str.strip_chars()
    slashed = _parts(text, SLASHED)
    lead, follow = ("1", "2") if way.dates == DAY_FIRST else ("2", "1")
    ways = {
        "days as 2026-05-08, with a time that is left out or without zeros": _day(_parts(text, ISO), "1", "2", "3"),
        "days as 20260508": _day(_parts(text, COMPACT), "1", "2", "3"),
        "days as 8.5.2026, the day first": _day(_parts(text, DOTTED), "3", "2", "1"),
        "days as 8 May 2026": _day(_with_month(_parts(text, DAY_MONTH), "2"), "3", "2", "1"),
        "days as May 8, 2026": _day(_with_month(_parts(text, MONTH_DAY), "1"), "3", "1", "2"),
    }
    if way.dates:
        shown = "08/05/2026, the day first" if way.dates == DAY_FIRST else "05/08/2026, the month first"
        ways[f"days as {shown}"] = _day(slashed, "3", follow, lead)
    read = pl.DataFrame(ways)
    values = read.select(pl.coalesce(pl.all())).to_series()
    nothing = text.str.to_lowercase().is_in(NOTHING)
    rules = {rule: count for rule in ways if (count := read[rule].len() - read[rule].null_count())}
    if nothing.any():
        rules["words for nothing (n/a, –) read as empty"] = int(nothing.sum())
    facts = pl.DataFrame({"text": text, "value": values, "nothing": nothing, "slashed": slashed["1"].is_not_null()})
    refused = facts.select(
        pl.when(pl.col("value").is_not_null() | pl.col("nothing"))
        .then(None)
        .when(pl.col("text").str.contains(SHORT_YEAR))
        .then(pl.lit("has a year of two digits. Write 2026-05-08."))
        .when(pl.col("slashed"))
        .then(pl.lit(_no_such_day(way.dates)))
        .when(pl.col("text").str.contains(r"^[0-9]{5}(\.[0-9]+)?$"))
        .then(pl.lit("is a day as Excel counts it. Format the column as a date, or write 2026-05-08."))
        .when(pl.col("text").str.contains(r"(?i)^([0-9]{4}|[0-9]{4}-[0-9]{2}|[a-z]{3,9}\.? [0-9]{4})$"))
        .then(pl.lit("names no day. Write 2026-05-08."))
        .otherwise(pl.lit("is not a day. Write 2026-05-08."))
    ).to_series()
    return values, refused, rules


def _no_such_day(order: str | None) -> str:
    if order is None:
        return "may be two days; say whether the day or the month comes first."
    return f"is no day, read {'day' if order == DAY_FIRST else 'month'} first. Write 2026-05-08."


def _parts(text: pl.Series, pattern: str) -> pl.DataFrame:
    """The three groups of a pattern, as columns 1, 2 and 3."""
    return text.str.extract_groups(pattern).struct.unnest()


def _with_month(parts: pl.DataFrame, place: str) -> pl.DataFrame:
    named = {form: str(number) for number, name in enumerate(MONTHS, start=1) for form in (name, name[:3])} | {
        "sept": "9"
    }
    month = pl.col(place).str.to_lowercase().replace_strict(named, default=None, return_dtype=pl.String)
    return parts.with_columns(month.alias(place))


def _day(parts: pl.DataFrame, year: str, month: str, day: str) -> pl.Series:
    joined = pl.concat_str(pl.col(year), pl.col(month), pl.col(day), separator="-")
    return parts.select(joined.str.to_date("%Y-%m-%d", strict=False)).to_series()


# Flags and words


def _flags(cells: pl.Series) -> Reading:
    text = cells.str.strip_chars().str.to_lowercase()
    values = pl.select(pl.when(text.is_in(TRUE)).then(True).when(text.is_in(FALSE)).then(False)).to_series()
    unread = text.is_not_null() & values.is_null() & ~text.is_in(NOTHING)
    count = values.len() - values.null_count()
    rules = {"yes and no": count} if count else {}
    if not unread.any():
        return Reading(values, None, rules)
    refused = pl.select(pl.when(pl.lit(unread)).then(pl.lit("is neither yes nor no. Write true or false."))).to_series()
    return Reading(values, refused, rules)


def _words(cells: pl.Series, column: Column) -> Reading:
    if repeats(cells):
        distinct = cells.unique()
        pairs = zip(distinct, _text(distinct, column), strict=True)
        changed = {cell: text for cell, text in pairs if cell != text}
        text = cells.replace(changed) if changed else cells
    else:
        text = _text(cells, column)
    count = text.len() - text.null_count()
    return Reading(text, None, {"text as written": count} if count else {})


def repeats(cells: pl.Series) -> bool:
    """True where few values seem to come again and again."""
    first = cells.head(SAMPLED)
    return first.n_unique() < first.len() / 10


def _text(cells: pl.Series, column: Column) -> pl.Series:
    """Without blanks around it, and null where it is a word for nothing; a word of a closed list as listed."""
    text = cells.str.strip_chars()
    short = (text.str.len_bytes() <= LONGEST_NOTHING).fill_null(False)
    if short.any():
        few = text.filter(short)
        kept = pl.select(pl.when(~few.str.to_lowercase().is_in(NOTHING_IN_TEXT)).then(few)).to_series()
        if kept.null_count():
            text = text.scatter(short.arg_true(), kept)
    if column.choices:
        same = {choice.lower(): choice for choice in column.choices}
        written = {cell: same[cell.lower()] for cell in text.unique().drop_nulls() if cell.lower() in same}
        changed = {cell: choice for cell, choice in written.items() if cell != choice}
        text = text.replace(changed) if changed else text
    return text
