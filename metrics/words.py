"""Numbers and dates as this project writes them: three significant digits at most, units, words below 1."""

from collections.abc import Sequence
from datetime import date
from math import floor, isfinite, log10
from typing import TypeGuard

NOT_PUBLISHED = "not published"

FRACTIONS = (
    (1 / 2, "half"),
    (1 / 3, "a third"),
    (1 / 4, "a quarter"),
    (1 / 5, "a fifth"),
    (1 / 10, "a tenth"),
    (1 / 20, "a twentieth"),
)
NEAR = 0.04


def number(value: float | None) -> str:
    """At most three significant digits with thousands: 1,860, 54.3, 0.453; whole numbers above 999 stay whole."""
    if not _is_known(value):
        return NOT_PUBLISHED
    if value == 0:
        return "0"
    digits = 2 - floor(log10(abs(value)))
    if digits <= 0:
        return f"{round(value):,}"
    shown = round(value, digits)
    text = f"{shown:,.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def times(value: float | None) -> str:
    """A ratio: 8.5x, 0.26x; two significant digits below 10, none of them false."""
    if not _is_known(value):
        return NOT_PUBLISHED
    return f"{number(_significant(value, 3 if value >= 10 else 2))}x"


def _significant(value: float, digits: int) -> float:
    return 0.0 if value == 0 else round(value, digits - 1 - floor(log10(abs(value))))


def quantity(value: float | None, unit: str) -> str:
    """A number with its unit, dollars before the number: 1,856 tokens/s, $0.45 per 1M tokens, 0.74 s."""
    if not _is_known(value):
        return NOT_PUBLISHED
    if unit == "×":
        return times(value)
    if unit.startswith("USD per "):
        return f"{dollars(value)} {unit.removeprefix('USD ')}"
    if unit == "USD bn":
        return f"{number(value)} bn USD"
    if unit == "%":
        return f"{number(value)} %"
    return f"{number(value)} {unit}"


def dollars(value: float | None) -> str:
    """Money: $0.45, $12.3, $0.0375; below ten dollars with cents."""
    if not _is_known(value):
        return NOT_PUBLISHED
    shown = _significant(value, 3)
    if shown >= 10 or shown == int(shown) or round(shown, 2) != shown:
        return f"${number(shown)}"
    return f"${shown:.2f}"


def span(low: float | None, high: float | None, unit: str = "") -> str:
    """A range with an en dash: 4.1–9.2x; the one value where both ends read alike."""
    if not _is_known(low) or not _is_known(high):
        return NOT_PUBLISHED
    ends = [times(end) if unit == "×" else number(end) for end in (low, high)]
    if ends[0] == ends[1]:
        return ends[0] if unit in ("", "×") else f"{ends[0]} {unit}"
    if unit == "×":
        return f"{ends[0].removesuffix('x')}–{ends[1]}"
    return f"{ends[0]}–{ends[1]} {unit}".rstrip()


def faster(value: float | None) -> str:
    """A speed ratio in words: 8.5 times as fast, as fast, a third as fast."""
    if not _is_known(value):
        return NOT_PUBLISHED
    if _is_one(value):
        return "as fast"
    return f"{times(value).removesuffix('x')} times as fast" if value > 1 else f"{_share(value)} as fast"


def priced(value: float | None) -> str:
    """A price ratio in words: 1.7 times the price, the same price, a quarter of the price."""
    if not _is_known(value):
        return NOT_PUBLISHED
    if _is_one(value):
        return "the same price"
    return f"{times(value).removesuffix('x')} times the price" if value > 1 else f"{_share(value)} of the price"


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and isfinite(value)


def _is_one(value: float) -> bool:
    """Near 1, or written like it."""
    return abs(value - 1) < NEAR or times(value) == "1x"


def _share(value: float) -> str:
    for fraction, name in FRACTIONS:
        if abs(value - fraction) <= NEAR * fraction:
            return name
    return f"{number(100 * _significant(value, 2))} %"


def money(value: float | None) -> str:
    """An amount of dollars as a budget writes it: $320, $12,300, $1.23 m, $4.5 bn."""
    if not _is_known(value) or value < 999_500:
        return dollars(value)
    size, name = (1e9, "bn") if value >= 999_500_000 else (1e6, "m")
    return f"${number(value / size)} {name}"


def tokens(count: float | None) -> str:
    """A number of tokens, three digits of it: 296,000 tokens, 2.22 m tokens, 1.1 bn tokens."""
    if not _is_known(count) or count < 999_500:
        return quantity(_significant(count, 3) if _is_known(count) else None, "tokens")
    size, name = (1e9, "bn") if count >= 999_500_000 else (1e6, "m")
    return f"{number(count / size)} {name} tokens"


def day(value: date | None) -> str:
    """8 May 2026; an absent date is said, not left blank."""
    return f"{value.day} {value:%B %Y}" if value else "date not published"


def days(first: date | None, last: date | None) -> str:
    """8 May 2026 to 24 July 2026, or the one day."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def ago(day: date, today: date) -> str:
    """How long before today a day was: 12 days ago, 7 months ago, 2 years ago; "today" on the day and before it."""
    days = (today - day).days
    if days < 1:
        return "today"
    if days < 60:
        return f"{plural(days, 'day')} ago"
    return f"{plural(round(days / 30.44), 'month')} ago" if days < 731 else f"{plural(days // 365, 'year')} ago"


def plural(amount: int, singular: str, several: str | None = None) -> str:
    """1 measurement, 23 measurements."""
    return f"{amount:,} {singular if amount == 1 else several or singular + 's'}"


def either(names: Sequence[str]) -> str:
    """A, B or C."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def listed(names: list[str]) -> str:
    """Azure, AWS Bedrock and Google Vertex."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
