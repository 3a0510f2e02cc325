"""Units as people write them, and what turns them into ours.

A power of ten is added to the digits themselves, so that 450 ms is 0.45 s to the last bit; other
factors multiply. A unit that counts the other way (ms per token for tokens per second) is turned over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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

    def words(self, ours: str) -> str:
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
RATE = (
    "{t}/s", "{t}/sec", "{t}/second", "{t} per second", "{t} per sec", "{t} s", "{t} sec",
)  # fmt: skip
TOKENS = ("tokens", "token", "tok", "toks", "tk", "t")


def _rates(tail: str = "") -> tuple[str, ...]:
    return tuple(form.format(t=token) + tail for form in RATE for token in TOKENS)


PER_GPU = ("/gpu", " per gpu", "/accelerator", " per accelerator", "/chip", " per chip", " gpu")
PER_USER = ("/user", " per user", " user", "/request", " per request")


def _spelled(forms: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(form + tail for form in forms for tail in tails)


def _per_tokens(count: tuple[str, ...]) -> tuple[str, ...]:
    """How people write dollars for so many tokens."""
    things = [f"{number}{gap}{token}" for number in count for gap in (" ", "") for token in (*TOKENS[:5], "")]
    return tuple(
        f"{money}{per}{thing}".strip() for money in ("usd", "$", "dollars", "us$", "") for per in (" per ", "/", " / ", " ")
        for thing in things if thing.strip()
    )  # fmt: skip


MILLION = ("1m", "m", "million", "1 million", "1,000,000", "1000000", "1mm", "mm")
THOUSAND = ("1k", "k", "thousand", "1 thousand", "1,000", "1000")
HOUR = ("h", "hr", "hour", "hours", "hrs", "std")
HOURLY = tuple(
    f"{money}{per}{thing}" for money in ("usd", "$", "dollars", "us$", "") for per in (" per ", "/", " / ")
    for thing in (*HOUR, *(f"{chip}{join}{hour}" for chip in ("gpu", "accelerator", "chip", "card") for join in ("-", " ", "/")
                           for hour in HOUR))
)  # fmt: skip

# For each unit of ours: the units that convert to it, each with its spellings.
KNOWN: Mapping[str, Mapping[str, tuple[Unit, tuple[str, ...]]]] = MappingProxyType({
    "s": TIME,
    "min": {
        "min": (Unit("min"), ("min", "mins", "minute", "minutes", "m")),
        "s": (Unit("s", factor=1 / 60), ("s", "sec", "secs", "second", "seconds")),
        "h": (Unit("h", factor=60), ("h", "hr", "hrs", "hour", "hours")),
        "days": (Unit("days", factor=1440), ("d", "day", "days")),
    },
    "tokens/s": {
        "tokens/s": (Unit("tokens/s"), (*_rates(), "tps")),
        "tokens/min": (
            Unit("tokens/min", factor=1 / 60),
            tuple(f"{t}{per}" for t in TOKENS for per in ("/min", "/minute", " per minute", " per min")) + ("tpm",),
        ),
        "ms/token": (
            Unit("ms/token", -3, is_inverse=True),
            tuple(f"{ms}{per}{t}" for ms in ("ms", "milliseconds") for per in ("/", " per ") for t in TOKENS),
        ),
        "s/token": (
            Unit("s/token", is_inverse=True),
            tuple(f"{s}{per}{t}" for s in ("s", "sec", "seconds") for per in ("/", " per ") for t in TOKENS),
        ),
    },
    "tokens/s/GPU": {"tokens/s/GPU": (Unit("tokens/s/GPU"), (*_spelled(_rates(), PER_GPU), *_rates(), "tps", "tps/gpu"))},
    "tokens/s/user": {
        "tokens/s/user": (Unit("tokens/s/user"), (*_spelled(_rates(), PER_USER), *_rates(), "tps", "tps/user")),
        "ms/token": (
            Unit("ms/token", -3, is_inverse=True),
            tuple(f"{ms}{per}{t}" for ms in ("ms", "milliseconds") for per in ("/", " per ") for t in TOKENS),
        ),
    },
    "USD per 1M tokens": {
        "USD per 1M tokens": (Unit("USD per 1M tokens"), (*_per_tokens(MILLION), "usd", "$", "us$", "dollars", "usd per mtok", "$/mtok", "usd/mtok", "/mtok", "per mtok")),
        "USD per 1k tokens": (Unit("USD per 1k tokens", 3), _per_tokens(THOUSAND)),
        "USD per token": (
            Unit("USD per token", 6),
            tuple(f"{money}{per}{t}" for money in ("usd", "$", "") for per in (" per ", "/") for t in ("token", "tok")),
        ),
        "US cents per 1M tokens": (
            Unit("US cents per 1M tokens", -2),
            ("¢", "cents", "cent", *(f"{cent}{per}{m}" for cent in ("¢", "cents") for per in ("/", " per ") for m in ("m", "1m", "1m tokens", "m tokens", "mtok"))),
        ),
    },
    "USD per accelerator-hour": {
        "USD per accelerator-hour": (Unit("USD per accelerator-hour"), (*HOURLY, "usd", "$", "us$", "dollars")),
        "USD per accelerator-minute": (
            Unit("USD per accelerator-minute", factor=60),
            tuple(f"{money}{per}min" for money in ("usd", "$", "") for per in (" per ", "/")),
        ),
        "USD per accelerator-second": (
            Unit("USD per accelerator-second", factor=3600),
            tuple(f"{money}{per}{s}" for money in ("usd", "$", "") for per in (" per ", "/") for s in ("s", "sec", "second")),
        ),
        "US cents per accelerator-hour": (
            Unit("US cents per accelerator-hour", -2), ("¢", "cents", "cent", "¢/h", "cents/h", "cents per hour"),
        ),
    },
    "ratio": {"ratio": (Unit("ratio"), ("x", "×", "ratio")), "%": (Unit("%", -2), ("%", "percent", "pct"))},
})  # fmt: skip

COUNTED = ("tokens", "token", "tok", "requests", "request", "req", "gpus", "gpu", "accelerators", "chips", "nodes",
           "users", "runs", "x", "×")  # fmt: skip

# Letters that multiply what stands before them.
SCALES = MappingProxyType({
    "k": 3, "thousand": 3, "tsd": 3, "m": 6, "mn": 6, "mio": 6, "mm": 6, "million": 6, "millions": 6, "b": 9, "bn": 9, "billion": 9,
})  # fmt: skip
FOREIGN = MappingProxyType({
    "€": "euros", "eur": "euros", "£": "pounds", "gbp": "pounds", "¥": "yen or yuan", "jpy": "yen", "cny": "yuan",
    "rmb": "yuan", "chf": "francs", "₹": "rupees", "inr": "rupees", "cad": "Canadian dollars", "aud": "Australian dollars",
})  # fmt: skip
MONEY = ("$", "usd", "us$", "usd$", "dollars", "us-$")


def folded(spelling: str) -> str:
    """A spelling as it is compared: lower case, single blanks."""
    return " ".join(spelling.casefold().replace("_", " ").split()).strip(" .")


def choices(column: Column) -> tuple[str, ...]:
    """Names of the units that the column's numbers may come in, ours first."""
    return tuple(KNOWN.get(column.unit or "", {}))


def named(column: Column, name: str) -> Unit:
    """The unit of this name. Raises KeyError."""
    return KNOWN[column.unit][name][0]


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
    """What stands around a number: its scale, its unit where one is written, or why it cannot be used."""

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
