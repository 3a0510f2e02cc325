"""How a price of tokens is read: dollars for a million tokens, or tokens for a dollar.

The second is the exact reciprocal of the first, figure by figure. A median, a range or a fitted line is worked out in
dollars for a million tokens and then turned round; it is never worked out a second time. "Tokens for a dollar" says
nothing until it says whose dollar: what a seller's list asks, what a machine rents for, or what owning it costs.
"""

from dataclasses import dataclass

import polars as pl

from metrics import words
from metrics.metric import ratio

LIST, RENT, OWNERSHIP = "list price", "rent", "cost of ownership"
USD, TURNED = "usd_per_mtok", "mtok_per_usd"
RATIO, TURNED_RATIO = "cost_ratio", "mtok_per_usd_ratio"


@dataclass(frozen=True)
class Reading:
    """One way to read prices of tokens; `name` is what a control and the address call it."""

    name: str
    is_turned: bool

    def amount(self, usd_per_mtok: float) -> float:
        """USD per 1M tokens as they are, or million tokens per USD; of a ratio of prices the ratio or its inverse."""
        return 1 / usd_per_mtok if self.is_turned else usd_per_mtok

    def column(self, name: str) -> str:
        """The column that is drawn in place of a price, or of a ratio of prices."""
        if not self.is_turned:
            return name
        return TURNED_RATIO if name == RATIO else name.replace(USD, TURNED)

    def added(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with a column beside each price and ratio of prices that is read the other way; null where the
        price is missing or 0."""
        prices = [name for name in frame.columns if USD in name or name == RATIO]
        turned = [ratio(pl.lit(1.0), pl.col(name)).alias(self.column(name)) for name in prices]
        return frame.with_columns(turned) if self.is_turned else frame

    def short(self, usd_per_mtok: float) -> str:
        """$0.45, or 2.22 m tokens."""
        return words.tokens(1e6 * self.amount(usd_per_mtok)) if self.is_turned else words.dollars(usd_per_mtok)

    def told(self, usd_per_mtok: float, whose: str = LIST, of: str = "") -> str:
        """$0.45 per 1M output tokens, or 2.22 m output tokens for a dollar of list price."""
        if not self.is_turned:
            return f"{words.dollars(usd_per_mtok)} per 1M {_tokens(of)}"
        amount = words.tokens(1e6 * self.amount(usd_per_mtok)).removesuffix("tokens")
        return f"{amount}{_tokens(of)} for a dollar of {whose}"

    def axis(self, whose: str = LIST, of: str = "") -> str:
        """What an axis of these prices is called, without its scale."""
        if self.is_turned:
            return f"Million {_tokens(of)} for a dollar of {whose}"
        return f"{whose[0].upper()}{whose[1:]}, USD per 1M {_tokens(of)}"

    @property
    def prefix(self) -> str:
        """What stands before an amount on an axis."""
        return "" if self.is_turned else "$"

    def compared(self, cost_ratio: float, whose: str = LIST) -> str:
        """1.7 times the price, or 58 % of the tokens for a dollar of list price."""
        if not self.is_turned:
            return words.priced(cost_ratio)
        told = words.priced(1 / cost_ratio)
        what = f"tokens for a dollar of {whose}"
        return f"as many {what}" if told == words.priced(1) else told.replace("the price", f"the {what}")

    def at(self, cost_ratio: float, whose: str = LIST) -> str:
        """The same after a comma: at 1.7 times the price, with 58 % of the tokens for a dollar of list price."""
        return f"{'with' if self.is_turned else 'at'} {self.compared(cost_ratio, whose)}"


def _tokens(of: str) -> str:
    return f"{of} tokens" if of else "tokens"


PER_MTOK = Reading("USD per 1M tokens", is_turned=False)
PER_DOLLAR = Reading("Tokens for a dollar", is_turned=True)
READINGS: tuple[Reading, ...] = (PER_MTOK, PER_DOLLAR)


def reading(name: str) -> Reading:
    """The reading of this name; raises StopIteration for any other, which no control has."""
    return next(one for one in READINGS if one.name == name)
