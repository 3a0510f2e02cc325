"""Units as people write them, and what turns them into ours.

A power of ten is added to the digits themselves, so that 450 ms is 0.45 s to the last bit; other
factors multiply. A unit that counts the other way (ms per token for tokens per second) is turned over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType

import polars as pl

from etl.schema import Column


@dataclass(frozen=True)
class Unit:
    """A unit that cells may be in: ours = value × 10^power × factor, or one over that."""

    name: str
    power: int = 0
    factor: float = 1.0
    is_inverse: bool = False

    @property
    def is_ours(self) -> bool:
        return self.power == 0 and self.factor == 1.0 and not self.is_inverse

    def words(self, ours: str | None) -> str:
        """The conversion as a reader checks it: 1 ms = 0.001 s."""
        if self.is_inverse:
            return f"1 ÷ ({self.name} × {_plain(10.0**self.power * self.factor)}) = {ours}"
        return f"1 {self.name} = {_plain(10.0**self.power * self.factor)} {ours}"


def _plain(number: float) -> str:
    return f"{number:,.10g}"


TIME = {
    "s": (Unit("s"), ("s", "sec", "secs", "second", "seconds", "sek", "sekunden")),
    "ms": (Unit("ms", -3), ("ms", "msec", "msecs", "millisecond", "milliseconds", "millis")),
    "µs": (Unit("µs", -6), ("us", "µs", "μs", "microsecond", "microseconds")),
    "min": (Unit("min", factor=60), ("min", "mins", "minute", "minutes")),
}
TOKENS = ("tokens", "token", "tok", "toks", "tk", "t")
MONEY = ("usd", "$", "us$", "dollars")
PER = ("/", " / ", " per ", " ")
HOURS = ("h", "hr", "hrs", "hour", "hours", "std")
CHIPS = ("gpu", "accelerator", "chip", "card")
MILLION = ("1m", "m", "million", "1 million", "1,000,000", "1000000", "1mm", "mm")
THOUSAND = ("1k", "k", "thousand", "1 thousand", "1,000", "1000")


def _joined(*parts: Sequence[str]) -> tuple[str, ...]:
    """Every way to write one of each part after another."""
    return tuple("".join(words).strip() for words in product(*parts) if "".join(words).strip())


RATES = (*_joined(TOKENS, PER, ("s", "sec", "second")), "tps")
PER_TOKEN = _joined(("/", " per "), TOKENS)
OF_TOKENS = ("", *_joined(TOKENS), *(f" {token}" for token in TOKENS))


def _per_tokens(count: Sequence[str]) -> tuple[str, ...]:
    """How people write dollars for so many tokens."""
    return (*_joined((*MONEY, ""), PER, count, OF_TOKENS), *_joined((*MONEY, ""), ("/", " per "), count))


# For each unit of ours: the units that convert to it, each with its spellings.
KNOWN: Mapping[str, Mapping[str, tuple[Unit, tuple[str, ...]]]] = MappingProxyType(
    {
        "s": TIME,
        "min": {
            "min": (Unit("min"), ("min", "mins", "minute", "minutes", "m")),
            "s": (Unit("s", factor=1 / 60), ("s", "sec", "secs", "second", "seconds")),
            "h": (Unit("h", factor=60), ("h", "hr", "hrs", "hour", "hours")),
            "days": (Unit("days", factor=1440), ("d", "day", "days")),
        },
        "tokens/s": {
            "tokens/s": (Unit("tokens/s"), RATES),
            "tokens/min": (
                Unit("tokens/min", factor=1 / 60),
                ("tpm", *_joined(TOKENS, ("/", " per "), ("min", "minute"))),
            ),
            "ms/token": (Unit("ms/token", -3, is_inverse=True), _joined(("ms", "milliseconds"), PER_TOKEN)),
            "s/token": (Unit("s/token", is_inverse=True), _joined(("s", "sec", "seconds"), PER_TOKEN)),
        },
        "tokens/s/GPU": {
            "tokens/s/GPU": (Unit("tokens/s/GPU"), (*RATES, *_joined(RATES, PER, CHIPS))),
        },
        "tokens/s/user": {
            "tokens/s/user": (Unit("tokens/s/user"), (*RATES, *_joined(RATES, PER, ("user", "request")))),
            "ms/token": (Unit("ms/token", -3, is_inverse=True), _joined(("ms", "milliseconds"), PER_TOKEN)),
        },
        "USD per 1M tokens": {
            "USD per 1M tokens": (
                Unit("USD per 1M tokens"),
                (*_per_tokens(MILLION), *MONEY, *_joined((*MONEY, ""), ("/", " per "), ("mtok",))),
            ),
            "USD per 1k tokens": (Unit("USD per 1k tokens", 3), _per_tokens(THOUSAND)),
            "USD per token": (Unit("USD per token", 6), _joined((*MONEY, ""), ("/", " per "), ("token", "tok"))),
            "US cents per 1M tokens": (
                Unit("US cents per 1M tokens", -2),
                ("¢", "cents", "cent", *_joined(("¢", "cents"), ("/", " per "), MILLION, OF_TOKENS)),
            ),
        },
        "USD per accelerator-hour": {
            "USD per accelerator-hour": (
                Unit("USD per accelerator-hour"),
                (
                    *MONEY,
                    *_joined((*MONEY, ""), ("/", " / ", " per "), HOURS),
                    *_joined((*MONEY, ""), ("/", " / ", " per "), CHIPS, ("-", " ", "/"), HOURS),
                ),
            ),
            "USD per accelerator-minute": (
                Unit("USD per accelerator-minute", factor=60),
                _joined((*MONEY, ""), ("/", " per "), ("min", "minute")),
            ),
            "USD per accelerator-second": (
                Unit("USD per accelerator-second", factor=3600),
                _joined((*MONEY, ""), ("/", " per "), ("s", "sec", "second")),
            ),
            "US cents per accelerator-hour": (
                Unit("US cents per accelerator-hour", -2),
                ("¢", "cents", "cent", *_joined(("¢", "cents"), ("/", " per "), HOURS)),
            ),
        },
        "ratio": {"ratio": (Unit("ratio"), ("x", "×", "ratio")), "%": (Unit("%", -2), ("%", "percent", "pct"))},
    }
)

COUNTED = (
    "tokens",
    "token",
    "tok",
    "requests",
    "request",
    "req",
    "gpus",
    "gpu",
    "accelerators",
    "chips",
    "nodes",
    "users",
    "runs",
    "x",
    "×",
)

# Letters that multiply the number before them.
SCALES = MappingProxyType(
    {
        "k": 3,
        "thousand": 3,
        "tsd": 3,
        "m": 6,
        "mn": 6,
        "mio": 6,
        "mm": 6,
        "million": 6,
        "millions": 6,
        "b": 9,
        "bn": 9,
        "billion": 9,
    }
)
FOREIGN = MappingProxyType(
    {
        "€": "euros",
        "eur": "euros",
        "£": "pounds",
        "gbp": "pounds",
        "¥": "yen or yuan",
        "jpy": "yen",
        "cny": "yuan",
        "rmb": "yuan",
        "chf": "francs",
        "₹": "rupees",
        "inr": "rupees",
        "cad": "Canadian dollars",
        "aud": "Australian dollars",
    }
)


def folded(spelling: str) -> str:
    """A spelling as it is compared: lower case, single blanks."""
    return " ".join(spelling.casefold().replace("_", " ").split()).strip(" .")


def choices(column: Column) -> tuple[str, ...]:
    """Names of the units that the column's numbers may come in, ours first."""
    return tuple(KNOWN.get(column.unit or "", {}))


def named(column: Column, name: str) -> Unit:
    """The unit of this name. Raises KeyError."""
    return KNOWN[column.unit or ""][name][0]


@cache
def _spellings(ours: str) -> Mapping[str, Unit]:
    found: dict[str, Unit] = {}
    for unit, forms in KNOWN.get(ours, {}).values():
        for form in (unit.name, *forms):
            found.setdefault(folded(form), unit)
    return found


def spelled(column: Column, spelling: str) -> Unit | None:
    """The unit that a spelling means in this column, None where it means none."""
    if column.dtype == pl.Int64:
        return Unit("count") if folded(spelling) in COUNTED else None
    return _spellings(column.unit or "").get(folded(spelling))


@dataclass(frozen=True)
class Tail:
    """The text around a number: its scale, its unit where one is written, or why it cannot be used."""

    power: int = 0
    unit: Unit | None = None
    refusal: str | None = None
    words: str = ""


def tail(column: Column, before: str, after: str) -> Tail:
    """What the text before and after a number makes of it.

    `k` after a number is a thousand, unless all of it is a unit. A price in another currency, a bound and
    an approximation are refused: each is another quantity.
    """
    front, back = folded(before), folded(after)
    if front in ("<", ">", "≤", "≥", "<=", ">=", "up to", "over"):
        return Tail(refusal="is a bound, not a value")
    if front in ("~", "≈", "ca", "about", "approx"):
        return Tail(refusal="is an approximation; write the figure")
    is_money = "USD" in (column.unit or "")
    for sign in (front, *back.split("/")[0].split()):
        if sign in FOREIGN and is_money:
            return Tail(refusal=f"is in {FOREIGN[sign]}; this column is in {column.unit}")
    if front and not (is_money and front in MONEY):
        return Tail(refusal="is not a number")
    if not back:
        return Tail(words="with its sign of money" if front else "")
    for candidate in (back, f"$ {back}", f"${back}") if front else (back,):
        if unit := spelled(column, candidate):
            return Tail(unit=unit, words=f"with its unit, {after.strip()}")
    scale = re.match(r"([a-z]+)\b\s*(.*)", back)
    if scale and scale[1] in SCALES and not (scale[1] == "m" and column.unit in ("min", "s")):
        rest = spelled(column, scale[2]) if scale[2] else None
        if rest or not scale[2]:
            return Tail(SCALES[scale[1]], rest, words=f"{scale[1]} read as {10 ** SCALES[scale[1]]:,}")
    return Tail(refusal=f"has {after.strip()!r} after its number, which is no unit of {column.unit or 'a count'}")
