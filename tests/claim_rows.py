"""Rows that make or break each claim of the article: one figure that meets it, or one that does not.

`FIGURES` has an entry for every scored claim: a function of the time, the place among the figures,
whether the figure meets the claim, and its day, that gives the rows of each table.
"""

from datetime import date

import polars as pl

from etl.schema import TABLES
from metrics.claims.claim import ARTICLE_DAY, FIRST, NOW, THEN
from tests.frames import CITED, catalogued, empty_tables, listed, measured, providers, states
from tests.silicon import chip, model, on_chip

MODELS = ("Llama 3.1 8B", "Llama 3.1 70B", "Llama 3.1 405B")
DAYS = {FIRST: date(2024, 10, 13), THEN: date(2025, 12, 1), NOW: date(2026, 3, 1)}
ROUNDS = {FIRST: "v4.1", THEN: "v5.0", NOW: "v5.1"}
FIRST_RENT_DAY = date(2023, 6, 30)
QUARTERS_OF_2025 = (date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30))

Rows = dict[str, list[dict]]


def run(day: date, name: str, speed_ratio: float, **rest) -> list[dict]:
    """Cerebras and Azure in one capture, Azure at 100 tokens/s."""
    of_run = {"model": name, "measured_on": day, "capture": f"{name} {day}"}
    return [measured("Cerebras", 100 * speed_ratio, **(of_run | rest)), measured("Azure", 100.0, **of_run)]


def price_days(when: str, day: date) -> dict[str, date]:
    """Days over which a price stands in the one time and not in the other."""
    return {
        FIRST: {"valid_from": date(2024, 8, 1), "last_seen_on": date(2024, 12, 1)},
        THEN: {"valid_from": date(2025, 8, 1), "last_seen_on": ARTICLE_DAY},
        NOW: {"valid_from": min(date(2026, 2, 10), day), "last_seen_on": day},
    }[when]


def stood(when: str, name: str, price_ratio: float, day: date | None = None) -> list[dict]:
    """Cerebras and Azure in one catalogue, Azure at 1 USD, over days of the one time and not of the other."""
    days = price_days(when, day or DAYS[when])
    return [
        catalogued("Cerebras", price_ratio, price_ratio, model=name, **days),
        catalogued("Azure", 1.0, 1.0, model=name, **days),
    ]


def _cerebras_speed(meets: float, misses: float):
    def rows(when: str, place: int, is_met: bool, day: date) -> Rows:
        speed = meets if is_met else misses
        return {"provider_speed": [measured("Cerebras", speed, model=MODELS[place], measured_on=day, capture=str(day))]}

    return rows


def _speed_ratio(meets: float, misses: float):
    def rows(when: str, place: int, is_met: bool, day: date) -> Rows:
        return {"provider_speed": run(day, MODELS[place], meets if is_met else misses)}

    return rows


def _groq_waits(when: str, place: int, is_met: bool, day: date) -> Rows:
    wait = 0.2 if is_met else 0.8
    row = measured("Groq", 300.0, ttft_seconds=wait, model=MODELS[place], measured_on=day, capture=str(day))
    return {"provider_speed": [row]}


def _price_ratio(when: str, place: int, is_met: bool, day: date) -> Rows:
    return {"token_price": stood(when, MODELS[place], 0.1 if is_met else 0.5, day)}


def _both(when: str, place: int, is_met: bool, day: date) -> Rows:
    name, price = MODELS[place], 0.1 if is_met else 0.5
    of_run = {"model": name, "capture": f"{name} {day}", "valid_from": day, "last_seen_on": day}
    return {
        "provider_speed": run(day, name, 10.0),
        "token_price": [listed("Cerebras", price, price, **of_run), listed("Azure", 1.0, 1.0, **of_run)],
    }


def share(place: int, percent: float, day: date, **rest) -> dict:
    said = {"year": 2025, "scope": f"scope {place}", "of_what": "compute", "kind": "estimate"}
    return CITED | said | {"share_percent": percent, "published_on": day} | rest


def _share(when: str, place: int, is_met: bool, day: date) -> Rows:
    return {"compute_share": [share(place, 60.0 if is_met else 40.0, day)]}


def _training(when: str, place: int, is_met: bool, day: date) -> Rows:
    said = {"round": ROUNDS[when], "division": "closed", "submitter": "Nvidia", "benchmark": f"benchmark {place}"}
    result = {"accelerator": "H100 SXM" if is_met else "TPU v5p", "minutes": 12.1, "published_on": day}
    return {
        "training_result": [CITED | said | result],
        "accelerator": [chip("H100 SXM", family="GPU"), chip("TPU v5p", family="TPU")],
    }


def _weights(when: str, place: int, is_met: bool, day: date) -> Rows:
    name = f"Model {place} of {when} {is_met}"
    return {
        "accelerator": [on_chip("WSE-3", 44, 21000, announced_on=date(2024, 3, 13), available_on=date(2024, 3, 13))],
        "model": [model(name, 8.03 if is_met else 405.0, published_on=day)],
    }


def quarter(period_end: date, usd_bn: float | None, **rest) -> dict:
    """One row of company_quarter: Microsoft's capital expenditure with finance leases."""
    said = {"company": "Microsoft", "metric": "capital expenditure", "basis": "with finance leases", "unit": "USD bn"}
    of_time = {"fiscal_period": f"to {period_end}", "period_kind": "quarter", "period_end": period_end}
    return CITED | {"source": "curated_companies"} | said | of_time | {"kind": "actual", "value": usd_bn} | rest


def short_lived(period_end: date, percent: float = 66.7, **rest) -> dict:
    """One row of company_quarter: the stated share of short-lived assets in a quarter's capital expenditure."""
    said = {"metric": "short-lived share of capital expenditure", "basis": None, "unit": "%"}
    return quarter(period_end, percent, **said, **rest)


def _record(when: str, place: int, is_met: bool, day: date) -> Rows:
    before = quarter(date(2024, 12, 31), 20.0)
    return {
        "company_quarter": [
            before,
            quarter(QUARTERS_OF_2025[place], 30.0 + place if is_met else 5.0, published_on=day),
        ]
    }


def _from_nvidia(when: str, place: int, is_met: bool, day: date) -> Rows:
    ends = {
        FIRST: (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)),
        THEN: QUARTERS_OF_2025,
        NOW: (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)),
    }[when]
    stated = {"metric": "purchases from Nvidia", "basis": None, "published_on": day}
    return {"company_quarter": [quarter(ends[place], 25.0 if is_met else 4.0, **stated)]}


def _launch(when: str, place: int, is_met: bool, day: date) -> Rows:
    said = {"vendor": f"Vendor {place}", "role": "inference" if is_met else "both", "announced_on": day}
    return {"accelerator": [chip(f"Chip {place} of {when}", **said)]}


def rented(cloud: str, usd: float, day: date, **rest) -> dict:
    """One row of accelerator_rent: an H100 on demand."""
    said = {"cloud": cloud, "accelerator": "H100", "accelerator_as_published": "H100", "price_kind": "on-demand"}
    said |= {"seller_kind": "GPU cloud"}
    return CITED | said | {"usd_per_accelerator_hour": usd, "observed_on": day} | rest


def _rent(when: str, place: int, is_met: bool, day: date) -> Rows:
    first = rented("market peak", 8.0, FIRST_RENT_DAY)
    return {"accelerator_rent": [first, rented(f"Cloud {place}", 3.0 if is_met else 7.0, day)]}


def served(name: str, day: date, **rest) -> dict:
    """One row of gpu_serving: an H100 that writes 100 tokens/s in all, 60 for each user."""
    said = {"system": "H100", "accelerator": "H100 SXM", "model": name, "model_as_published": name}
    speeds = {
        "output_throughput_tokens_per_second_per_gpu": 100.0,
        "interactivity_tokens_per_second_per_user": 60.0,
    }
    return CITED | said | speeds | {"measured_on": day} | rest


def _gpu_cost(when: str, place: int, is_met: bool, day: date) -> Rows:
    """3.60 USD an hour at 100 tokens/s is 10 USD per million tokens, beside 1 or 100 USD."""
    price = 1.0 if is_met else 100.0
    return {
        "gpu_serving": [served(MODELS[place], day)],
        "accelerator_rent": [rented("Lambda", 3.6, day, accelerator="H100 SXM")],
        "token_price": [catalogued("Cerebras", price, price, model=MODELS[place], **price_days(when, day))],
    }


FIGURES = {
    "C01": _cerebras_speed(1800.0, 969.0),
    "C02": _speed_ratio(20.0, 5.0),
    "C03": _groq_waits,
    "C04": _cerebras_speed(1500.0, 300.0),
    "C05": _speed_ratio(2.0, 0.5),
    "C06": _price_ratio,
    "C07": _speed_ratio(10.0, 3.0),
    "C08": _both,
    "C09": _share,
    "C10": _training,
    "C11": _weights,
    "C12": _record,
    "C13": _from_nvidia,
    "C17": _launch,
    "C19": _rent,
    "C20": _gpu_cost,
}


def figures(claim: str, when: str, met: list[bool], day: date | None = None) -> Rows:
    """The rows of one figure for each of these, that meets the claim or does not."""
    return together(*(FIGURES[claim](when, place, is_met, day or DAYS[when]) for place, is_met in enumerate(met)))


def together(*several: Rows) -> Rows:
    found: Rows = {}
    for rows in several:
        for table, more in rows.items():
            found.setdefault(table, []).extend(row for row in more if row not in found[table])
    return found


def record(rows: Rows) -> dict[str, pl.DataFrame]:
    """Every table, these rows in it."""
    given = {name: pl.DataFrame(some, infer_schema_length=None) for name, some in rows.items() if some}
    held = {name: TABLES[name].conform(frame) for name, frame in given.items()}
    return empty_tables() | {"provider": providers(), "source_state": states()} | held
