"""Our own questions: what else a reader asks of the same figures."""

import polars as pl

from metrics import companies, demand, energy, exposure, fidelity, matching, response, speed, values, words
from metrics.claims import microsoft as claims_microsoft
from metrics.claims import verdicts
from metrics.claims.claim import NOW, PERIODS, THEN, Record, Tables
from metrics.claims.price import rent_range, tenth_of_any_host
from metrics.claims.question import Answer, Question, deciding, from_rows, of_claim, whole
from metrics.findings import demand as demand_findings
from metrics.findings import energy as energy_findings
from metrics.findings import fidelity as fidelity_findings
from metrics.findings import microsoft as microsoft_findings
from metrics.findings import thinking
from metrics.models import most_rows_first

MAIA, RIVAL = "Maia 200", "B200"


def _twenty_times(tables: Tables) -> Answer | None:
    pairs = speed.newest(whole(tables).speed_pairs.filter(pl.col("provider") == "Cerebras"))
    if pairs.is_empty():
        return None
    middle = pairs.group_by("model").agg(pl.col("speed_ratio").median()).sort("speed_ratio", descending=True)
    reached = middle.filter(pl.col("speed_ratio") >= 18)
    top, most = middle.row(0, named=True), pairs.sort("speed_ratio", descending=True).row(0, named=True)
    rows = pairs.join(middle.select("model", of_middle_host="speed_ratio"), on="model", maintain_order="left")
    return from_rows(
        rows,
        f"{reached.height} of {words.plural(middle.height, 'model')}",
        f"Against the middle one of the other hosts Cerebras reaches 20x (within 10%) on {reached.height} of "
        f"{words.plural(middle.height, 'model')}; the most is {words.times(top['speed_ratio'])} on {top['model']}. "
        f"Against a single host it is up to {words.times(most['speed_ratio'])} "
        f"({most['baseline_provider']}, {most['model']}).",
    )


def _tenth_of_the_cost(tables: Tables) -> Answer | None:
    """Two answers: for the sellers that the article is about, and for any other host, each with its day."""
    pairs = deciding("C06", tables)
    if pairs.is_empty():
        return None
    best = pairs.sort("value").row(0, named=True)
    met = values.counted(pairs["meets"])
    return from_rows(
        pairs,
        words.times(best["value"]),
        f"{met} of {words.plural(pairs.height, 'pair')} of a seller that the article is about and a cloud "
        f"{'is' if met == 1 else 'are'} at a tenth; the lowest is {best['provider']} at {words.priced(best['value'])} "
        f"of {best['baseline_provider']} on {best['model']}, {words.day(best['measured_on'])}. "
        f"{tenth_of_any_host(of_claim(tables, 'C06'))}".strip(),
    )


def _both_at_once(tables: Tables) -> Answer | None:
    pairs = deciding("C08", tables)
    if pairs.is_empty():
        return None
    both = int(pairs["meets"].sum())
    fastest = pairs.sort("speed_ratio", descending=True).row(0, named=True)
    return from_rows(
        pairs,
        f"{both} of {words.plural(pairs.height, 'pair')}",
        f"{both} of {words.plural(pairs.height, 'pair')} measured since the article do both; the fastest, "
        f"{fastest['subject']}, is {words.faster(fastest['speed_ratio'])} at {words.priced(fastest['cost_ratio'])}.",
    )


def _first_token(tables: Tables) -> Answer | None:
    waits = verdicts.claim_of("C03").figures(whole(tables))
    if waits.is_empty():
        return None
    first = waits.filter(pl.col("place") == 1).height
    return from_rows(
        waits,
        words.quantity(values.middle(waits["value"]), "s"),
        f"Groq's first token comes after {words.quantity(values.middle(waits['value']), 's')} on the middle one of "
        f"{words.plural(waits.height, 'model')}, and before every other host's on {first} of them.",
    )


def _whole_answer(tables: Tables) -> Answer | None:
    answers = response.whole_answers(whole(tables).speed_pairs, tables["model"], tables["provider_speed"])
    timed = answers.filter(pl.col("response_ratio").is_not_null())
    best = matching.best_first(timed, "speed_ratio").head(1)
    if best.is_empty():
        return None
    row = best.row(0, named=True)
    length = thinking.length(row["answer_tokens"], row["thinking_tokens"], row["thinking_basis"])
    return from_rows(
        best,
        words.times(row["response_ratio"]),
        f"{row['provider']} writes {row['model']} {words.faster(row['speed_ratio'])} as {row['baseline_provider']}, "
        f"and an answer of {length} is there "
        f"{words.times(row['response_ratio']).removesuffix('x')} times as soon: speed pays where answers are "
        "long, the wait decides where they are short.",
    )


def inference_share(tables: Tables) -> Answer | None:
    """The same sentence as the claim's: one function answers it for every page."""
    known = deciding("C09", tables)
    if known.is_empty():
        return None
    best = known.row(0, named=True)
    return from_rows(
        known,
        f"{words.quantity(best['share_percent'], '%')} at most",
        verdicts.reason_of("C09", tables),
    )


def must_leave(tables: Tables) -> Answer | None:
    """The base case of the scenario; its rows are the published figures that it starts from."""
    figures, shares = (companies.of_record(tables[name]) for name in ("company_quarter", "compute_share"))
    declared, bought = exposure.inputs(figures, shares), exposure.purchases(figures)
    base = exposure.preset(declared, exposure.BASE)
    leave = exposure.leaves_before_revenue_falls(base)
    if leave is None or bought.is_empty():
        return None
    inputs = microsoft_findings.declared_inputs([one for one in declared if one.source_url], base)
    rows = inputs.rename({"input": "subject", "chosen": "value"}).with_columns(
        measured_on=pl.Series([one.as_of for one in declared if one.source_url], dtype=pl.Date)
    )
    return from_rows(
        rows,
        microsoft_findings.must_leave(leave),
        f"A scenario, no forecast, from published figures and stated assumptions. "
        f"{microsoft_findings.answer(base, declared, bought)}",
    )


def splitting(tables: Tables) -> Answer | None:
    launches = deciding("C17", tables)
    if launches.is_empty():
        return None
    alone, chips = values.counted(launches["for_one_role"]), values.counted(launches["chips"])
    return from_rows(
        launches,
        f"{alone} of {words.plural(chips, 'chip')}",
        f"Of {words.plural(chips, 'chip')} launched since the article {alone} {'is' if alone == 1 else 'are'} for "
        f"training or inference alone, by {words.listed(launches.filter('meets')['vendor'].to_list()) or 'no vendor'}.",
    )


def _azure_growth(tables: Tables) -> Answer | None:
    growth = claims_microsoft.azure_growth(whole(tables))
    before, since = (claims_microsoft.azure_growth(Record(tables, period)) for period in (PERIODS[THEN], PERIODS[NOW]))
    if before.is_empty() or since.is_empty():
        return None
    last, first = since.row(-1, named=True), before.row(-1, named=True)
    way = "faster" if last["value"] > first["value"] else "slower" if last["value"] < first["value"] else "as fast"
    return from_rows(
        growth,
        words.quantity(last["value"], "%"),
        f"Azure grew {words.quantity(last['value'], '%')} in {last['fiscal_period']}, "
        f"{way}{' as' if way == 'as fast' else ' than'} the {words.quantity(first['value'], '%')} of the last quarter "
        f"before the article ({first['fiscal_period']}).",
    )


def short_lived(tables: Tables) -> Answer | None:
    quarters = claims_microsoft.short_lived(whole(tables))
    if quarters.is_empty():
        return None
    row = quarters.row(-1, named=True)
    return from_rows(
        quarters,
        words.quantity(row["value"], "USD bn"),
        f"Of {row['fiscal_period']}'s capital expenditure about {words.quantity(row['short_lived_percent'], '%')}, "
        f"{words.quantity(row['value'], 'USD bn')}, went into short-lived assets such as GPUs and CPUs; "
        f"{words.plural(quarters.height, 'quarter')} with a stated share together "
        f"{words.quantity(values.total(quarters['value']), 'USD bn')}.",
    )


def maia(tables: Tables) -> Answer | None:
    chips = deciding("C16", tables).filter(pl.col("accelerator").is_in([MAIA, RIVAL]))
    if chips.height < 2 or chips["memory_kind"].n_unique() > 1:
        return None
    maia, rival = (chips.filter(pl.col("accelerator") == name).row(0, named=True) for name in (MAIA, RIVAL))
    return from_rows(
        chips,
        words.times(maia["value"] / rival["value"]),
        f"{MAIA}'s memory gives {words.quantity(maia['value'], 'TB/s')} against "
        f"{words.quantity(rival['value'], 'TB/s')} of {RIVAL} ({maia['memory_kind']} both); no speed "
        f"of a model on {MAIA} is published.",
    )


def _champions(tables: Tables) -> Answer | None:
    results = deciding("C10", tables)
    if results.is_empty():
        return None
    on_gpus, every = values.counted(results["results_on_gpus"]), values.counted(results["results"])
    return from_rows(results, f"{on_gpus} of {words.plural(every, 'result')}", verdicts.reason_of("C10", tables))


def _on_one_wafer(tables: Tables) -> Answer | None:
    models = deciding("C11", tables)
    if models.is_empty():
        return None
    fits = int(models["meets"].sum())
    return from_rows(models, f"{fits} of {words.plural(models.height, 'model')}", verdicts.reason_of("C11", tables))


def _scarce(tables: Tables) -> Answer | None:
    rents = deciding("C19", tables)
    if rents.is_empty():
        return None
    middle = words.dollars(values.middle(rents["usd_per_accelerator_hour"]))
    return from_rows(
        rents,
        f"{middle} an hour",
        f"The middle one of {words.plural(rents.height, 'cloud')} asks {middle} for an H100. {rent_range(rents)}",
    )


def same_answers(tables: Tables) -> Answer | None:
    """The newest test that a specialised host took part in: every quantity of that day, hosts of each."""
    special = tables["provider"].filter("is_specialised").select("provider")
    tested = tables["fidelity"].join(special, on="provider", how="semi").drop_nulls(["measured_on", "value"])
    if tested.is_empty():
        return None
    newest = tested.sort("measured_on", "model", descending=[True, False]).row(0, named=True)
    tests = [
        test
        for test in fidelity.tests(tables["fidelity"], newest["model"])
        if test.measured_on == newest["measured_on"]
    ]
    of_tests = [fidelity.hosts(tables["fidelity"], newest["model"], test, tables["provider"]) for test in tests]
    told = [
        fidelity_findings.specialised_first(rows, newest["model"], test)
        for rows, test in zip(of_tests, tests, strict=True)
        if rows["is_specialised"].any()
    ]
    first = next(rows for rows in of_tests if rows["is_specialised"].any()).filter("is_specialised").row(0, named=True)
    return from_rows(
        pl.concat(of_tests),
        f"{words.number(first['shown'])} {first['unit']}",
        f"{'. '.join(told)}. No other specialised host took part on {words.day(newest['measured_on'])}."
        if tested.filter(pl.col("measured_on") == newest["measured_on"])["provider"].n_unique() == 1
        else f"{'. '.join(told)}.",
    )


def _demand(tables: Tables) -> Answer | None:
    """The largest authors of the newest whole week beside the largest of the oldest."""
    first, last = demand.first_and_last(tables["demand"])
    if last.is_empty():
        return None
    top = last.row(0, named=True)
    rows = pl.concat([last, first]).unique(maintain_order=True).with_columns(measured_on="observed_on")
    return from_rows(
        rows,
        words.quantity(top["share_percent"], "%"),
        f"{demand_findings.largest(first, last)}. {demand_findings.NOT_BY_HOST}",
    )


def _energy(tables: Tables) -> Answer | None:
    """The model measured most often, on the requests measured on most chips: the range on each chip."""
    official = tables["energy"]
    if official.is_empty():
        return None
    model = most_rows_first(official)[0]
    shown = energy.measured(official, model, energy.tasks(official, model)[0], tables["accelerator"])
    least, most = values.smallest(shown["joules_per_output_token"]), values.largest(shown["joules_per_output_token"])
    unmeasured = energy_findings.nobody_measured(energy.unmeasured(official, tables["provider"]))
    return from_rows(
        shown.with_columns(measured_on=pl.coalesce("measured_on", "published_on")),
        words.span(least, most, "J"),
        f"{energy_findings.by_batch(shown, model)}. {unmeasured}".strip(),
    )


MORE_QUESTIONS: tuple[Question, ...] = tuple(
    Question(text, missing, page, answer)
    for text, answer, page, missing in (
        (
            "For which models is “20 times as fast” true?",
            _twenty_times,
            "speed",
            "A speed of Cerebras and of another host in one run.",
        ),
        (
            "Does anybody sell inference at a tenth of a cloud's price?",
            _tenth_of_the_cost,
            "cost",
            "A price of one model at a specialised provider and at a cloud, seen since the article.",
        ),
        (
            "Does one provider offer both, a tenth of the price and ten times the speed?",
            _both_at_once,
            "cost",
            "A speed and a price of one model at a specialised provider and at a cloud, since the article.",
        ),
        (
            "How long does a person wait for the first word?",
            _first_token,
            "speed",
            "A time to first token of Groq that it did not measure itself.",
        ),
        (
            "For which work does the speed matter?",
            _whole_answer,
            "speed",
            "Speeds and times to first token of both sides in one run.",
        ),
        (
            "Is inference the greater part of AI compute?",
            inference_share,
            "training_inference",
            "An estimate of all AI compute that is no forecast.",
        ),
        (
            "Are chip vendors splitting their products into training and inference?",
            splitting,
            "training_inference",
            "Chips launched since the article whose role a source states.",
        ),
        (
            "Has Azure's growth slowed since?",
            _azure_growth,
            "microsoft",
            "Azure's growth in a quarter before the article and in one since.",
        ),
        (
            "How much of Microsoft's capital is tied up in short-lived hardware?",
            short_lived,
            "microsoft",
            "A quarter for which Microsoft states the short-lived part.",
        ),
        (
            "What share of Azure's inference must leave before it hurts?",
            must_leave,
            "microsoft",
            "The figures that the scenario starts from: the run rate of Microsoft's AI business, its growth, and its "
            "purchases by quarter.",
        ),
        (
            "Can Microsoft's own Maia keep up with Nvidia?",
            maia,
            "physics",
            "The memory bandwidth of Maia 200 and of B200, of one kind of memory.",
        ),
        (
            "Are GPUs still the champions of training?",
            _champions,
            "training_inference",
            "A round of MLPerf Training.",
        ),
        (
            "Does one wafer hold an entire language model?",
            _on_one_wafer,
            "physics",
            "The on-chip memory of WSE-3, and the size of a model.",
        ),
        (
            "Do rents say that an H100 is still scarce?",
            _scarce,
            "cost",
            "An on-demand price of an H100 since the article.",
        ),
        (
            "Which developers have moved away from Azure so far?",
            None,
            "microsoft",
            "Tokens or revenue by customer and provider. Deals and single services are published (OpenAI on "
            "Cerebras, AWS with Cerebras); what left Azure for them is not.",
        ),
        (
            "Does a faster host answer as the maker of the model does?",
            same_answers,
            "speed",
            "A test of a specialised host and of others against the maker's own service on one day.",
        ),
        (
            "Whose models does the demand go to, and at which host?",
            _demand,
            "training_inference",
            "Tokens of a whole week by author of the model; by host nobody publishes them.",
        ),
        (
            "What energy does a token take, and does a specialised chip need less?",
            _energy,
            "physics",
            "The measured energy of a token on any chip.",
        ),
    )
)
