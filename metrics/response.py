"""How long an answer takes: waiting, thinking, answering; and from which length on who is sooner."""

from collections.abc import Mapping

import polars as pl

from metrics import matching, thinking
from metrics.metric import BASELINE_RESPONSE_SECONDS, RESPONSE_RATIO, RESPONSE_SECONDS, add, ratio

ANSWER_TOKENS = 500  # the answer length of Artificial Analysis's end-to-end response time

# Silent reading of English prose, 238 words a minute: Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047.
# Words to a token: OpenAI, help article on tokens.
READING_WORDS_PER_MINUTE = 238
WORDS_PER_TOKEN = 0.75
READING_TOKENS_PER_SECOND = READING_WORDS_PER_MINUTE / 60 / WORDS_PER_TOKEN
READING_SOURCES = (
    ("Brysbaert 2019", "https://doi.org/10.1016/j.jml.2019.104047"),
    ("OpenAI", "https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them"),
)


def whole_answers(
    paired: pl.DataFrame, models: pl.DataFrame, speeds: pl.DataFrame, answer_tokens: int = ANSWER_TOKENS
) -> pl.DataFrame:
    """Pairs of `speed.ratios` with the response time of both sides and the end-to-end ratio, thinking included.

    Takes the tables `model` and `provider_speed`. Grain and order as given. `thinking_tokens` are those that
    `thinking.of_models` gives for the model, `thinking_basis` says how they are known, and `answer_tokens` is the whole
    answer with them. The ratio is null where a side publishes no time to first token.
    """
    counted = thinking.of_models(paired["model"], models, speeds)
    whole = paired.join(
        counted.select("model", "thinking_tokens", "thinking_basis"),
        on="model",
        how="left",
        validate="m:1",
        maintain_order="left",
    ).with_columns(answer_tokens=answer_tokens + pl.col("thinking_tokens"))
    return add(add(whole, RESPONSE_SECONDS, BASELINE_RESPONSE_SECONDS), RESPONSE_RATIO)


def parts(hosts: pl.DataFrame, answer_tokens: int, thinking_tokens: int) -> pl.DataFrame:
    """Hosts with `waiting_seconds`, `thinking_seconds`, `answering_seconds` and their sum, soonest first.

    Rows without a time to first token or without a speed are left out: their response time is not
    published. Thinking tokens are written at the output speed before the first answer token.
    """
    speed = pl.col("output_tokens_per_second")
    return (
        hosts.filter(pl.col("ttft_seconds").is_not_null() & speed.is_not_null())
        .with_columns(
            waiting_seconds=pl.col("ttft_seconds"),
            thinking_seconds=ratio(pl.lit(float(thinking_tokens)), speed),
            answering_seconds=ratio(pl.lit(float(answer_tokens)), speed),
        )
        .with_columns(
            response_seconds=pl.sum_horizontal("waiting_seconds", "thinking_seconds", "answering_seconds"),
            waiting_dominates_below_tokens=pl.col("ttft_seconds") * speed,
        )
        .sort("response_seconds", "host_label")
    )


def break_even_tokens(fast: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """Length at which both answer equally soon; None where one is sooner at every length.

    Takes two rows with ttft_seconds and output_tokens_per_second. Above this length the one with
    the higher output speed is sooner, below it the one that starts first.
    """
    waits = fast["ttft_seconds"] - other["ttft_seconds"]
    paces = 1 / other["output_tokens_per_second"] - 1 / fast["output_tokens_per_second"]
    if paces == 0:
        return None
    tokens = waits / paces
    return tokens if tokens > 0 else None


def history(rows: pl.DataFrame, model: str, source: str) -> pl.DataFrame:
    """Output speed of one model by provider and week, from one source that measures again and again, and a
    reader's own measurements beside it.

    Grain: label, week (its Monday); `label` is the provider, told apart where the figures are the
    reader's own (`is_own`). The median over the week's captures and endpoints; `low` and `high` are
    their range, `captures` how many.
    """
    return (
        rows.filter(
            (pl.col("model") == model)
            & ((pl.col("source") == source) | matching.OWN)
            & pl.col("excluded_because").is_null()
            & pl.col("measured_on").is_not_null()
        )
        .with_columns(week=pl.col("measured_on").dt.truncate("1w"))
        .group_by("provider", "family", "is_specialised", "week", is_own=matching.OWN)
        .agg(
            output_tokens_per_second=pl.col("output_tokens_per_second").median(),
            low=pl.col("output_tokens_per_second").min(),
            high=pl.col("output_tokens_per_second").max(),
            captures=pl.col("capture").n_unique().cast(pl.Int64),
            source_url=pl.col("source_url").first(),
            publisher=pl.col("publisher").first(),
        )
        .with_columns(label=pl.when("is_own").then(pl.format("{}, yours", "provider")).otherwise("provider"))
        .sort("provider", "is_own", "week")
    )


FEWEST_DAYS = 3  # fewer are no history


def weekly_source(rows: pl.DataFrame, model: str) -> str | None:
    """The source that captured this model at a specialised provider on the most days; None below three days.

    Single figures without a capture come from many pages and measurers: they are no history. A
    reader's own captures make one where the record has none.
    """
    of_model = rows.filter(pl.col("model") == model)
    often = [_captured_often(of_model.filter(is_own), "source") for is_own in (~matching.OWN, matching.OWN)]
    sources = pl.concat(often)["source"].to_list()
    return str(sources[0]) if sources else None


def most_often_measured(rows: pl.DataFrame) -> pl.DataFrame:
    """Models that one source captured at a specialised provider on several days, most days first."""
    return (
        _captured_often(rows.filter(~matching.OWN), "model", "source")
        .unique("model", keep="first", maintain_order=True)
        .select("model", "days")
    )


def _captured_often(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    return (
        rows.filter(
            pl.col("excluded_because").is_null()
            & pl.col("is_specialised")
            & pl.col("capture").is_not_null()
            & pl.col("measured_on").is_not_null()
        )
        .group_by(by)
        .agg(days=pl.col("measured_on").n_unique().cast(pl.Int64))
        .filter(pl.col("days") >= FEWEST_DAYS)
        .sort("days", *by, descending=[True, *(False for _ in by)])
    )


def curves(serving: pl.DataFrame) -> pl.DataFrame:
    """Points of systems that were measured under several loads: what all users get and what one gets.

    A system of the record with one point makes no curve and is left out. What all users of a reader's
    own system get is, where only that is stated, the output per accelerator times the accelerators.
    """
    of_all_accelerators = pl.col("output_throughput_tokens_per_second_per_gpu") * pl.col("accelerator_count")
    together = pl.coalesce("throughput_tokens_per_second", pl.when(matching.OWN).then(of_all_accelerators))
    yours = pl.when("is_own").then(pl.lit(", yours")).otherwise(pl.lit(""))
    return (
        serving.with_columns(throughput_tokens_per_second=together, is_own=matching.OWN)
        .filter(
            pl.col("throughput_tokens_per_second").is_not_null()
            & pl.col("interactivity_tokens_per_second_per_user").is_not_null()
            & pl.col("concurrency").is_not_null()
        )
        .filter(pl.col("is_own") | (pl.len().over("system", "model", "is_own") > 1))
        .with_columns(system_label=pl.format("{}{}", pl.col("system").fill_null("a system"), yours))
    )
