"""What is on offer: what a published spelling says of an offer, and whether an offer is sold.

An offer is what a provider sells of one model under one `endpoint`: a tier, region, router, time of day or prompt
length. A reader knows where its publisher writes these; this room knows which words tell one and what they say.

- The offer without an endpoint is the provider's standard one. It stands for the provider where one is wanted.
- A tier is bought on other terms: later (batch, flex), sooner (priority, fast), at night, within a plan, for long
  prompts, or for nothing. It is never cheapest, best or a baseline. A region or a geography is no tier.
- A seller may sell what another runs ("run by Fireworks" at Azure). Its price is the seller's; it speaks neither for
  the seller's own offer of the model nor, where it was measured, for the seller's silicon.
- Zero is how catalogues write both "free" and "not priced", and a price of zero makes every ratio meaningless: an
  offer counts only where it is charged for.
- Who offers counts as a seller only where it is known to be a host, on its own or rented machines. A gateway passes
  on, a reseller sells what others run, a plan has no list price; of a provider that no list knows nobody can say.
  A reader's own figure counts whoever it is of: the reader knows.
- An offer is known to be sold from the first to the last day on which it was seen, both included. Of several, one
  that was last seen half a year before the newest is history, and so is one that has ended.
- A catalogue may list what has ended. The provider's own notice goes before the catalogue's date, mark and silence,
  and nothing is known to be sold from the end on. What was measured later stands: somebody was served.
"""

import re
from collections.abc import Collection
from datetime import timedelta

import polars as pl

from etl import faults
from etl.faults import Fault
from etl.schema import CATALOGUE, DOUBTFUL, HOST, SLIPPED, UPLOAD

CURRENT_DAYS = 180  # half a year

# How an end is known. A provider's own notice goes before what a catalogue says of it.
BY_HOST = "its provider's notice"
BY_DATE = "the catalogue's date"
BY_MARK = "the catalogue's mark"
BY_SILENCE = "the catalogue no longer lists it"
BY_OTHERS = "another catalogue"
ENDING = ("ended_on", "ended_by")

# The words that tell an offer apart. Regions and commitments are folders of a key, a geography opens a model's name.
GEOGRAPHIES = "us-gov|us|eu|apac|au|jp|ca|in|global|regional"
REGION = re.compile(rf"{GEOGRAPHIES}|global-standard|[a-z]{{2}}(-gov)?-[a-z]+-\d")
COMMITMENT = re.compile(r"\d+-month-commitment")
GEOGRAPHY = re.compile(rf"({GEOGRAPHIES})\.")
GEOGRAPHY_ENDING = re.compile(r"[-@](us|eu)$", re.IGNORECASE)
DOMAIN_ENDINGS = ("com", "ai", "io", "net", "org", "dev", "co")
ROUTERS = (("huggingface_", "Hugging Face router"),)
CHINESE = re.compile(r"\((China|minimax\.cn|minimaxi\.com)\)$|^(Zhipu AI|bigmodel)$")  # Zhipu AI is Z.ai abroad
PROMPT_LENGTH = re.compile(r"[≤<>]\s*\d+k")
IN_BRACKETS = re.compile(r"(.*)\(([^()]+)\)$")
VARIANT = re.compile(r"[-_](base|fast|turbo|tput)$", re.IGNORECASE)
# Endings of a model's name that tell a tier. Some names of models end so themselves; Together and DeepInfra call their
# 8-bit edition of the weights "Instruct-Turbo", which is how they sell the model.
TIER_ENDING = re.compile(
    r"(?<!instruct)[-_](batch|flex|priority|ultrafast|balanced|highspeed|fast|turbo|spot|free)$", re.IGNORECASE
)
SO_CALLED = re.compile(
    r"grok[\w.-]*-fast|gpt-[\d.]+-turbo|(qwen|hunyuan|ernie[\w.-]*|spark|step[\w.-]*)-turbo", re.IGNORECASE
)
MARKED_VARIANT = re.compile(r":([a-z]+)$", re.IGNORECASE)
CHANGING = re.compile(r"^~|[-_/:]latest$", re.IGNORECASE)
PLAN = re.compile(r"\bplan\b|pass\b|subscription|^github copilot$|^opencode go$", re.IGNORECASE)
TIERS = (
    *(
        "batch",
        "flex",
        "priority",
        "ultrafast",
        "balanced",
        "highspeed",
        "fast",
        "turbo",
        "spot",
        "free",
        "off-peak",
        "plan",
    ),
    *("FedRAMP", "commitment", "prompts", "UTC", "nitro", "floor"),
)
# What else an endpoint sells besides a tier: more speed for one user, or machines that nobody else loads.
SPECIAL_TERMS = (*TIERS, "speculative decoding", "latency optimi[sz]ed", "dedicated")


# What sells more speed, or the front of the queue, on the machines of the standard offer, which some call "base".
FASTER = ("ultrafast", "priority", "highspeed", "fast", "turbo", "latency optimi[sz]ed")
BASE = r"(?i)^base$"


def _one_of(terms: Collection[str]) -> str:
    """A pattern that finds one of these, itself patterns, as a word of an endpoint."""
    return rf"(?i)(?:^|[ ,/(_-])({'|'.join(terms)})(?:$|[ ,/)_-])"


UNSHARED = r"(?i)\bown lab\b"
OPERATOR = r"(?i)\brun by (\S+)"
PRICE_KEY = re.compile(r"(?:_above_(\d+k?)_tokens)?(?:_(batches|flex|priority|ultrafast|balanced))?")
UPLIFTS = {
    "fedramp_uplift_multiplier": "FedRAMP",
    "regional_endpoint_uplift_multiplier": "regional",
    "regional_processing_uplift_multiplier_eu": "eu",
    "regional_processing_uplift_multiplier_us": "us",
}


# What a spelling says


def of_key(key: str) -> str | None:
    """Region, geography and commitment that a catalogue's key carries ("bedrock/us-west-2/…", "us.anthropic.…")."""
    *folders, last = key.split("/")
    parts = [folder for folder in folders[1:] if REGION.fullmatch(folder) or COMMITMENT.fullmatch(folder)]
    geography = GEOGRAPHY.match(last)
    if geography:
        parts.append(geography[1])
    return " ".join(parts) or None


def of_model(spelling: str) -> str | None:
    """Geography and tier that a model's spelling carries: "us" of "us.meta.llama…", "batch" of "minimax-m3:batch"."""
    name = spelling.rpartition("/")[2]
    geography = GEOGRAPHY.match(name) or GEOGRAPHY_ENDING.search(name)
    marked = MARKED_VARIANT.search(name)
    ending = None if SO_CALLED.search(name) else TIER_ENDING.search(name)
    return joined(geography and geography[1], marked and marked[1].lower(), ending and ending[1].lower())


def joined(*parts: str | None) -> str | None:
    """What several places say of one offer, each once; null where none says anything."""
    return " ".join(dict.fromkeys(part for part in parts if part)) or None


def of_price_key(key: str) -> str | None:
    """Prompt length and tier that the name of a price ends with: "prompts above 200k batch"; null for anything else."""
    found = PRICE_KEY.fullmatch(key)
    if not found or not any(found.groups()):
        return None
    return joined(found[1] and above(found[1]), found[2] and found[2].removesuffix("es"))


def above(length: str) -> str:
    """The offer for prompts longer than this."""
    return f"prompts above {length}"


def tokens(length: int) -> str:
    """A length of prompts as catalogues write it: 200k."""
    return f"{length // 1000}k" if length % 1000 == 0 else str(length)


def is_plan(provider: str) -> bool:
    """True for a subscription that is listed among the providers: its prices are no list prices."""
    return PLAN.search(provider) is not None


def is_changing(spelling: str) -> bool:
    """True for a name such as "…-latest", which stands for one model today and another tomorrow."""
    return CHANGING.search(spelling) is not None


def of_tag(tag: str, precision: str | None) -> str | None:
    """What a gateway's tag "provider/variant" says beyond the provider; null where that is the number format."""
    variant = tag.partition("/")[2]
    return None if variant in ("", precision) else variant


def of_host(host: str) -> tuple[str, str | None]:
    """Provider and region of "provider.region"; the ending of a domain (groq.com) is no region."""
    provider, _, region = host.rpartition(".")
    return (provider, region) if provider and region not in DOMAIN_ENDINGS else (host, None)


def of_market(provider: str) -> str | None:
    """The market that a provider's name says: China of "Moonshot AI (China)", "MiniMax (minimax.cn)" and "Zhipu AI"."""
    return "China" if CHINESE.search(provider) else None


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


def run_by(operator: str) -> str:
    """The offer of a seller that passes requests on to this operator's engine, whose machines they are."""
    return f"run by {operator}"


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


def is_tier(endpoint: str = "endpoint") -> pl.Expr:
    """True for an offer on other terms than the standard one; false for the standard one and for a region of it."""
    return pl.col(endpoint).str.contains(_one_of(TIERS)).fill_null(False)


def terms(endpoint: str = "endpoint") -> pl.Expr:
    """The word of an endpoint that says that it is sold on other terms than the standard one, in small letters: a
    tier, speculative decoding, a dedicated machine. Null for the standard one and for a region of it."""
    return pl.col(endpoint).str.extract(_one_of(SPECIAL_TERMS)).str.to_lowercase()


def faster(endpoint: str = "endpoint") -> pl.Expr:
    """The word of an endpoint that sells more speed on the same machines, in small letters; null where none does."""
    return pl.col(endpoint).str.extract(_one_of(FASTER)).str.to_lowercase()


def twin(endpoint: str = "endpoint") -> pl.Expr:
    """What an endpoint is besides its speed: "us" of "us ultrafast", null of "fast", of "base" and of the standard one.

    A fast offer and its standard twin are alike in this.
    """
    rest = pl.col(endpoint).str.replace(_one_of(FASTER), " ").str.replace(BASE, "").str.strip_chars(" ,")
    return pl.when(rest != "").then(rest)


def operator(endpoint: str = "endpoint") -> pl.Expr:
    """Who runs an offer that its seller does not run itself; null where nobody is said to. A price of it is the
    seller's, and what was measured of it says nothing of the seller's own machines."""
    return pl.col(endpoint).str.extract(OPERATOR)


def is_ordinary(endpoint: str = "endpoint") -> pl.Expr:
    """True for an offer on the terms of the standard one that the seller runs itself; a region of it is one too."""
    return ~is_tier(endpoint) & operator(endpoint).is_null()


def is_unshared(endpoint: str = "endpoint") -> pl.Expr:
    """True for a machine of its maker that served nobody but the test."""
    return pl.col(endpoint).str.contains(UNSHARED).fill_null(False)


def is_free(endpoint: str = "endpoint") -> pl.Expr:
    """True for an offer that is given away."""
    return pl.col(endpoint).str.contains(r"(?i)(^|[ ,])free($|[ ,])").fill_null(False)


def is_believed() -> pl.Expr:
    """False for a price whose neighbours speak against it."""
    return ~pl.col("finding").is_in([DOUBTFUL, SLIPPED]).fill_null(False)


def counts_as_host(kind: str = "kind", evidence: str = "evidence") -> pl.Expr:
    """True for a figure of a provider that is known to serve the model itself, and for a reader's own figure."""
    return pl.col(kind).eq_missing(HOST) | pl.col(evidence).eq_missing(UPLOAD)


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


def is_current(seen_on: str, newest: pl.Expr, ended_on: str = "ended_on") -> pl.Expr:
    """True where an offer was last seen within half a year of the newest day and had not ended by then."""
    is_recent = pl.col(seen_on) >= newest - timedelta(days=CURRENT_DAYS)
    return is_recent & (pl.col(ended_on).is_null() | (pl.col(ended_on) > newest))


OFFER = ("provider", "model")


def with_ends(prices: pl.DataFrame, withdrawals: pl.DataFrame, keeping_retired: Collection[str]) -> pl.DataFrame:
    """Prices of all catalogues with the end of each offer, `last_seen_on` no later than the day before it.

    Grain of `withdrawals`: provider, model, `ended_on`, `said_by`. What ends an offer, the first that is known: its
    provider's notice; the day that its catalogue states; a day that another states; its catalogue's mark or silence. A
    catalogue `keeping_retired` offers lists them for ever, so the silence of all others ends them there.
    """
    own = _without_renamed(prices)
    ended = (
        own.join(_told_by_host(withdrawals), on=OFFER, how="left", validate="m:1", maintain_order="left")
        .join(_told_by_others(own, withdrawals), on=OFFER, how="left", validate="m:1", maintain_order="left")
        .join(_gone_elsewhere(own, keeping_retired), on=OFFER, how="left", validate="m:1", maintain_order="left")
    )
    stated = pl.when(pl.col("ended_by") == BY_DATE).then("ended_on")
    gone = pl.when(pl.col("source").is_in(list(keeping_retired))).then("gone_on")
    known = (("host_on", BY_HOST), (stated, BY_DATE), ("other_on", BY_OTHERS), ("ended_on", None), (gone, BY_OTHERS))
    ended_on = pl.coalesce(day for day, _ in known)
    ended_by = pl.lit(None, dtype=pl.String)
    for day, how in reversed(known):
        is_known = (pl.col(day) if isinstance(day, str) else day).is_not_null()
        ended_by = pl.when(is_known).then(pl.lit(how) if how else pl.col("ended_by")).otherwise(ended_by)
    last_day = pl.col("ended_on") - timedelta(days=1)
    return (
        ended.with_columns(ended_on=ended_on, ended_by=ended_by)
        .drop("host_on", "other_on", "gone_on")
        .with_columns(last_seen_on=pl.min_horizontal("last_seen_on", last_day))
    )


def with_notices(captured: pl.DataFrame, withdrawals: pl.DataFrame) -> pl.DataFrame:
    """Prices that came with a run of speeds, with the end that the provider, or a catalogue, showed of the offer.

    A price that was seen on that day or later stands without an end: somebody was served.
    """
    known = captured.join(_told_by_host(withdrawals), on=OFFER, how="left", validate="m:1", maintain_order="left").join(
        _shown(withdrawals), on=OFFER, how="left", validate="m:1", maintain_order="left"
    )
    ended_on = pl.coalesce("host_on", "other_on")
    ended_by = pl.when(pl.col("host_on").is_not_null()).then(pl.lit(BY_HOST)).otherwise(pl.lit(BY_OTHERS))
    is_later = (ended_on > pl.col("last_seen_on")).fill_null(value=False)
    return known.with_columns(
        ended_on=pl.when(is_later).then(ended_on).otherwise("ended_on"),
        ended_by=pl.when(is_later).then(ended_by).otherwise("ended_by"),
    ).drop("host_on", "other_on")


def _without_renamed(prices: pl.DataFrame) -> pl.DataFrame:
    """A spelling that a catalogue drops or marks ends nothing where another spelling of the same offer goes on."""
    seen_last = pl.col("last_seen_on").max().over("source", *OFFER, "endpoint")
    goes_on = pl.col("ended_by").is_in([BY_MARK, BY_SILENCE]) & (seen_last >= pl.col("ended_on"))
    return prices.with_columns(pl.when(~goes_on.fill_null(False)).then(name).alias(name) for name in ENDING)


def _told_by_host(withdrawals: pl.DataFrame) -> pl.DataFrame:
    said = withdrawals.filter(pl.col("said_by") == HOST)
    return said.group_by(OFFER, maintain_order=True).agg(host_on=pl.col("ended_on").max())


def _told_by_others(prices: pl.DataFrame, withdrawals: pl.DataFrame) -> pl.DataFrame:
    """The last day that a catalogue states for the standard offer, or a withdrawal that a catalogue showed."""
    stated = prices.filter(is_standard() & (pl.col("ended_by") == BY_DATE)).select(*OFFER, other_on="ended_on")
    both = pl.concat([stated, _shown(withdrawals)])
    return both.group_by(OFFER, maintain_order=True).agg(pl.col("other_on").max())


def _shown(withdrawals: pl.DataFrame) -> pl.DataFrame:
    """The last withdrawal of each offer that a catalogue showed."""
    shown = withdrawals.filter(pl.col("said_by") == CATALOGUE)
    return shown.group_by(OFFER, maintain_order=True).agg(other_on=pl.col("ended_on").max())


def _gone_elsewhere(prices: pl.DataFrame, keeping_retired: Collection[str]) -> pl.DataFrame:
    """When the last of the other catalogues that ever listed an offer stopped; none where one still does."""
    others = prices.filter(~pl.col("source").is_in(list(keeping_retired)) & is_standard())
    last = others.group_by(OFFER, maintain_order=True).agg(
        gone_on=pl.col("ended_on").max(), is_gone=pl.col("ended_on").is_not_null().all()
    )
    return last.filter("is_gone").drop("is_gone")


def is_listed_after_end() -> pl.Expr:
    """True where the catalogue showed the price only after the offer had ended."""
    return pl.col("last_seen_on") < pl.col("valid_from")
