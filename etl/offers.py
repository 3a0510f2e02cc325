"""What is on offer: what a published spelling says of an offer, and whether an offer is sold.

An offer is what a provider sells of one model under one `endpoint`: a tier, region, router, time of day or prompt
length. A reader knows where its publisher writes these; this room knows which words tell one and what they say.

- The offer without an endpoint is the provider's standard one. It stands for the provider where one is wanted.
- Zero is how catalogues write both "free" and "not priced", and a price of zero makes every ratio meaningless: an
  offer counts only where it is charged for.
- An offer is known to be sold from the first to the last day on which it was seen, both included. Of several, one
  that was last seen half a year before the newest is history.
"""

import re
from datetime import timedelta

import polars as pl

from etl import faults
from etl.faults import Fault

CURRENT_DAYS = 180  # half a year

# The words that tell an offer apart. Regions and commitments are folders of a key, a geography opens a model's name.
GEOGRAPHIES = "us|eu|apac|au|jp|ca|global"
REGION = re.compile(rf"{GEOGRAPHIES}|global-standard|[a-z]{{2}}(-gov)?-[a-z]+-\d")
COMMITMENT = re.compile(r"\d+-month-commitment")
GEOGRAPHY = re.compile(rf"(us-gov|{GEOGRAPHIES})\.")
DOMAIN_ENDINGS = ("com", "ai", "io", "net", "org", "dev", "co")
ROUTERS = (("huggingface_", "Hugging Face router"),)
PROMPT_LENGTH = re.compile(r"[≤<>]\s*\d+k")
IN_BRACKETS = re.compile(r"(.*)\(([^()]+)\)$")
VARIANT = re.compile(r"[-_](base|fast|turbo|tput)$", re.IGNORECASE)


# What a spelling says


def of_key(key: str) -> str | None:
    """Region, geography and commitment that a catalogue's key carries ("bedrock/us-west-2/…", "us.anthropic.…")."""
    *folders, last = key.split("/")
    parts = [folder for folder in folders[1:] if REGION.fullmatch(folder) or COMMITMENT.fullmatch(folder)]
    geography = GEOGRAPHY.match(last)
    if geography:
        parts.append(geography[1])
    return " ".join(parts) or None


def of_tag(tag: str, precision: str | None) -> str | None:
    """What a gateway's tag "provider/variant" says beyond the provider; null where that is the number format."""
    variant = tag.partition("/")[2]
    return None if variant in ("", precision) else variant


def of_host(host: str) -> tuple[str, str | None]:
    """Provider and region of "provider.region"; the ending of a domain (groq.com) is no region."""
    provider, _, region = host.rpartition(".")
    return (provider, region) if provider and region not in DOMAIN_ENDINGS else (host, None)


def of_router(provider: str, hours: str | None = None) -> str | None:
    """The router that a provider's identifier names, and the hours of the day that a price is for."""
    router = next((name for start, name in ROUTERS if provider.startswith(start)), None)
    return ", ".join(part for part in (router, hours) if part) or None


def of_hours(start: str, end: str) -> str:
    """The hours of the day from "00:30:00Z" to "16:30:00Z": 00:30-16:30 UTC."""
    return f"{start[:5]}-{end[:5]} UTC"


def of_prompt_length(name: str) -> str | None:
    """The lengths of prompt that a model's name ends with: prompts >200k of "Gemini 2.5 Pro >200k"."""
    length = PROMPT_LENGTH.search(name)
    return f"prompts {length[0]}" if length else None


def of_name(provider: str) -> tuple[str, str | None]:
    """Name and tier of "DeepInfra (Turbo)"; null where nothing stands in brackets behind the name."""
    found = IN_BRACKETS.fullmatch(provider)
    return (found[1].strip(), found[2]) if found else (provider.strip(), None)


def of_ending(name: str) -> str | None:
    """The variant that a host's slug or a catalogue's file ends with: turbo of "deepinfra_gpt-oss-120b_turbo"."""
    found = VARIANT.search(name)
    return found[1] if found else None


def short_prompts(limit: str | None = None) -> str:
    """What to note of a price that rises with the length of the prompt, here the price of short ones."""
    of_which = f"prompts up to {limit} tokens" if limit else "short prompts"
    return f"Price of {of_which}; longer ones cost more."


# Whether it is sold


def fault(input_price: float | None, output_price: float | None) -> Fault | None:
    """Why two prices in USD per 1M tokens make no offer, or null where they do."""
    if input_price is None and output_price is None:
        return faults.NOT_PRICED
    if input_price is None or output_price is None:
        return faults.HALF_PRICED
    if input_price < 0 or output_price < 0:
        return faults.NEGATIVE_PRICE
    if input_price == 0 and output_price == 0:
        return faults.PRICES_OF_ZERO
    if input_price == 0 or output_price == 0:
        return faults.PRICE_OF_ZERO
    if max(input_price, output_price) > faults.HIGHEST_USD_PER_MTOK:
        return faults.PRICE_TOO_HIGH
    if min(input_price, output_price) < faults.LOWEST_USD_PER_MTOK:
        return faults.PRICE_TOO_LOW
    return None


def is_standard(endpoint: str = "endpoint") -> pl.Expr:
    """True for the provider's standard offer, false for a tier, region or variant of it."""
    return pl.col(endpoint).is_null()


def is_charged(amount: pl.Expr) -> pl.Expr:
    """True where an amount of money is asked; a price of nothing is no price. Null where the amount is."""
    return amount > 0


def is_sold_on(day: pl.Expr, side: str = "") -> pl.Expr:
    """True where the offer of this side was seen on the day, or both before and after it."""
    return (pl.col(f"{side}valid_from") <= day) & (pl.col(f"{side}last_seen_on") >= day)


def are_sold_together(one: str, other: str) -> pl.Expr:
    """True where there is a day on which both offers are known to be sold. Each is the name of `valid_from` and
    `last_seen_on` in braces, such as "baseline_{}" or "{}_there"."""
    first, last = "valid_from", "last_seen_on"
    return (pl.col(one.format(first)) <= pl.col(other.format(last))) & (
        pl.col(other.format(first)) <= pl.col(one.format(last))
    )


def is_current(seen_on: str, newest: pl.Expr) -> pl.Expr:
    """True where an offer was last seen within half a year of the newest day."""
    return pl.col(seen_on) >= newest - timedelta(days=CURRENT_DAYS)
