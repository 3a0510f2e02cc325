"""The figures a chief executive asks for first, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from metrics import cost, matching, passport, response, shares, speed, values, words
from metrics.findings import shares as shares_findings
from metrics.findings import thinking as thinking_findings
from metrics.findings import withdrawn
from metrics.passport import Passport


@dataclass(frozen=True)
class Card:
    """One figure: its value in words, how widely it spreads, how well it matches, and its rows."""

    label: str
    value: str
    spread: str
    grade: str | None
    measured_on: date | None
    change: str
    detail: str
    rows: pl.DataFrame = field(compare=False)
    history: tuple[float, ...] = ()
    passport: Passport | None = field(default=None, compare=False)


def cards(tables: Mapping[str, pl.DataFrame], model: str, baseline: str, blend: cost.Blend) -> tuple[Card, ...]:
    """Speed, end-to-end, cost and inference share for one model against one baseline."""
    newest = matching.newest_measured(tables["provider_speed"])
    judged = matching.judged(tables["provider_speed"].filter(pl.col("model") == model), tables["provider"])
    paired = speed.completed(matching.pairs(judged, newest))
    whole = response.whole_answers(paired, tables["model"], tables["provider_speed"])
    of_model = matching.against(whole, baseline)
    best = _best(of_model, "speed_ratio", baseline).head(1)
    gone = withdrawn.ended(tables["withdrawal"], model, [*best["provider"], *best["baseline_provider"]])
    prices = cost.ranked(tables["token_price"], tables["source_state"], tables["provider"])
    return (
        _speed(best, of_model, judged, model, gone),
        _end_to_end(whole, model, baseline),
        _cost(best, prices.filter(pl.col("model") == model), tables["provider"], Asked(model, baseline, blend)),
        _share(tables["compute_share"], newest or date.max),
    )


def _best(pairs: pl.DataFrame, value: str, baseline: str) -> pl.DataFrame:
    """The pairs with this value, each at the middle of its samples, those first that say most of today; one that is
    not comparable, or of which nobody says the day, makes no headline."""
    told = pl.col("measured_on").is_not_null() & matching.IS_COMPARABLE
    return matching.best_first(matching.at_the_middle(pairs.filter(told), value, baseline), value)


def _speed(best: pl.DataFrame, of_model: pl.DataFrame, judged: pl.DataFrame, model: str, gone: str) -> Card:
    """The `best` pair of `of_model`; `gone` says which of its sides sells the model no more."""
    if best.is_empty():
        return _none("Speed", f"No like-for-like pair of {model} with this baseline has a day.", best)
    row = best.row(0, named=True)
    return Card(
        label=f"Speed: {row['provider']} against {row['baseline_provider']}",
        value=words.times(row["speed_ratio"]),
        spread=_spread(row),
        grade=row["match_grade"],
        measured_on=row["measured_on"],
        change=_change(of_model, row, "speed_ratio"),
        detail=f"{words.quantity(row['output_tokens_per_second'], 'tokens/s')} against "
        f"{words.quantity(row['baseline_output_tokens_per_second'], 'tokens/s')}, {model}"
        + (f". {gone}" if gone else ""),
        rows=best,
        history=_history(of_model, row, "speed_ratio"),
        passport=passport.of_speed(row, judged),
    )


def _end_to_end(paired: pl.DataFrame, model: str, baseline: str) -> Card:
    """Against the chosen baseline, or, where nobody published its first-token time, the fastest other host."""
    timed = paired.filter(pl.col("response_ratio").is_not_null())
    beside = matching.against(timed, baseline)
    best = _best(beside, "response_ratio", baseline)
    if best.is_empty():
        beside = matching.against(timed, matching.BEST)
        best = _best(beside, "response_ratio", matching.BEST)
    if best.is_empty():
        return _none("End to end", f"No dated run of {model} published a time to first token of both sides.", best)
    row = best.row(0, named=True)
    length = thinking_findings.length(row["answer_tokens"], row["thinking_tokens"], row["thinking_basis"])
    stands_in = baseline not in (matching.BEST, matching.MEDIAN, row["baseline_provider"])
    return Card(
        label=f"End to end: {row['provider']} against {row['baseline_provider']}",
        value=words.times(row["response_ratio"]),
        spread=_samples(row) or "single measurement",
        grade=row["match_grade"],
        measured_on=row["measured_on"],
        change=_change(beside, row, "response_ratio"),
        detail=f"{words.quantity(row['response_seconds'], 's')} against "
        f"{words.quantity(row['baseline_response_seconds'], 's')} for {length}, wait included"
        + (f"; {baseline} has no published first-token time" if stands_in else ""),
        rows=best.head(1),
        history=_history(beside, row, "response_ratio"),
        passport=passport.of_response(row),
    )


@dataclass(frozen=True)
class Asked:
    """What the reader chose: the model, whom it is compared with, and how many tokens of each kind a price is of."""

    model: str
    baseline: str
    blend: cost.Blend


def _cost(best: pl.DataFrame, prices: pl.DataFrame, providers: pl.DataFrame, asked: Asked) -> Card:
    """The price of the pair that the speed card shows, so that both describe one choice; where there is no such pair,
    or no price of it, the price pair that speaks best: who is paid and who was measured are two things."""
    priced = cost.beside_speed(best, prices, asked.blend).drop_nulls("cost_ratio") if best.height else best
    if priced.height:
        row = priced.row(0, named=True)
        return _of_prices(row, priced, passport.of_price(priced_at(row, asked.blend)), asked)
    every = cost.current(cost.ratios(prices, providers, asked.blend))
    listed = cost.best_first(cost.against(every.filter(~pl.col("is_own")), asked.baseline))
    if best.height:
        sides = [pl.col(name).eq(best[name].item()) for name in ("provider", "baseline_provider")]
        listed = listed.sort(*sides, descending=True, maintain_order=True)
    listed = listed.head(1)
    if listed.is_empty():
        return _none("Cost", f"No price of both sides of {asked.model} was published for one day.", listed)
    row = listed.row(0, named=True)
    return _of_prices(row, listed, passport.of_price(row), asked)


def _of_prices(row: Mapping[str, Any], rows: pl.DataFrame, its_passport: Passport, asked: Asked) -> Card:
    return Card(
        label=f"Price: {row['provider']} against {row['baseline_provider']}",
        value=words.times(row["cost_ratio"]),
        spread=f"{words.priced(row['cost_ratio'])}; list price",
        grade=row["match_grade"],
        measured_on=row["measured_on"],
        change="",
        detail=f"{words.dollars(row['blended_usd_per_mtok'])} against "
        f"{words.dollars(row['baseline_blended_usd_per_mtok'])} per 1M tokens, {asked.blend.name} blend",
        rows=rows,
        passport=its_passport,
    )


def priced_at(row: Mapping[str, Any], blend: cost.Blend) -> dict[str, Any]:
    """A speed pair with its prices, as a pair of prices: each side's address is that of its price."""
    addresses = {
        f"{side}source_url": row.get(f"{side}price_url") or row[f"{side}source_url"] for side in ("", "baseline_")
    }
    return {**row, **addresses, "blend": blend.name}


def _share(estimates: pl.DataFrame, today: date) -> Card:
    """The newest estimates; a forecast is named beside them and never leads."""
    every = shares.of_compute(estimates, today)
    found = every.filter(pl.col("kind") != "forecast")
    if found.is_empty():
        return _none("Inference in AI compute", "No estimate of all AI compute is published.", every)
    newest = found.filter(pl.col("year") == pl.col("year").max())
    year = newest["year"][0]
    forecast = shares.forecast_after(every, year)
    deciding = shares.estimates(estimates, values.newest(estimates["published_on"]) or today)
    return Card(
        label=f"Inference in AI compute, {year}",
        value=shares_findings.newest_year(found),
        spread=words.plural(newest.height, "estimate"),
        grade=None,
        measured_on=values.newest(newest["published_on"]),
        change="",
        detail=f"{shares_findings.counted(deciding)}. "
        + words.listed(newest["publisher"].unique().sort().to_list())
        + (f"; forecast for {forecast['year']}: {words.quantity(forecast['share_percent'], '%')}" if forecast else ""),
        rows=every,
        history=_line(found.group_by("year").agg(pl.col("share_percent").median()).sort("year")["share_percent"]),
    )


def _line(by_year: pl.Series) -> tuple[float, ...]:
    """Values for a small line; none for fewer than three, which make no course."""
    return tuple(by_year) if by_year.len() > 2 else ()


def _none(label: str, why: str, rows: pl.DataFrame) -> Card:
    return Card(label, words.NOT_PUBLISHED, "", None, None, "", why, rows)


def _spread(row: Mapping[str, Any]) -> str:
    """How far a speed ratio spreads: over the samples that it is the middle of, else by the published quartiles."""
    low, high = row["spread_low"], row["spread_high"]
    if samples := _samples(row):
        return samples
    return f"spread {words.span(low, high, '×')}" if low is not None and high is not None else "single measurement"


def _samples(row: Mapping[str, Any]) -> str:
    """Of how many samples, over what range and since when, a value is the middle one; nothing of a single one."""
    if row["samples"] == 1:
        return ""
    reached = words.span(row["value_low"], row["value_high"], "×")
    return f"middle of {row['samples']} samples since {words.day(row['window_from'])} ({reached})"


def _earlier(of_model: pl.DataFrame, row: Mapping[str, Any], value: str) -> pl.DataFrame:
    """Earlier runs of the same pair of providers by the same measurer, newest first."""
    return of_model.filter(
        (pl.col("provider") == row["provider"])
        & (pl.col("baseline_provider") == row["baseline_provider"])
        & (pl.col("measured_by") == row["measured_by"])
        & (pl.col("measured_on") < row["window_from"])
        & pl.col(value).is_not_null()
        & matching.IS_COMPARABLE
    ).sort("measured_on", descending=True)


def _change(of_model: pl.DataFrame, row: Mapping[str, Any], value: str) -> str:
    earlier = _earlier(of_model, row, value)
    if earlier.is_empty():
        return "no earlier run"
    before = earlier.row(0, named=True)
    return f"{words.times(before[value])} on {words.day(before['measured_on'])}"


def _history(of_model: pl.DataFrame, row: Mapping[str, Any], value: str) -> tuple[float, ...]:
    earlier = _earlier(of_model, row, value).unique("measured_on", keep="first", maintain_order=True)
    return (*reversed(earlier[value].to_list()), row[value]) if earlier.height else ()
