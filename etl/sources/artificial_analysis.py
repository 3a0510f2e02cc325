"""Artificial Analysis, by model: medians over all hosts of a model, and what the model lists for.

Two ways in:

- `aa_api`: the API (needs a key) in two forms: one list of models, which is being retired, and pages of models with
  the speeds inside `performance`, known from the documentation alone; and earlier responses that somebody
  published. They state no time: the day is the fetch's, or the pinned copy's. A later look of the same day
  replaces an earlier.
- `aa_leaderboard`: daily copies of the leaderboard page, with percentiles. A pointer file names the
  newest day; days once pointed at stay wanted.

Decisions:

- A figure over all hosts belongs to no host: the provider is "Median of all hosts" and the row is an
  aggregate, never one side of a ratio. Prices likewise.
- The API writes 0 for what was not measured, and for prices that it does not know; the leaderboard
  writes null, and 0 for some prices. All of these are null here.
- Time to the first token of the answer, after thinking, is another quantity than time to first token.
- Blended prices are not read: components are stored, blends are the reader's choice.
- `prompt_length` is a number of tokens in newer responses and a word in older ones: then it is null.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from re import fullmatch

from etl import faults
from etl.sources import cells
from etl.sources.contract import (
    Held,
    JsonObject,
    Key,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    SourceChanged,
    Want,
    WithSpeeds,
    each,
    expect_keys,
    expect_object,
    last_of_each_day,
    rows_of,
    together,
)

API = "https://artificialanalysis.ai/api/v2/data/llms/models"
PAGED_API = "https://artificialanalysis.ai/api/v2/language/models"
PAGES_AT_MOST = 50
KEY = Key(header="x-api-key", variable="ARTIFICIAL_ANALYSIS_API_KEY")

BOARDS = "https://raw.githubusercontent.com/oolong-tea-2026/artificial-analysis-leaderboards/main/data"
POINTER = f"{BOARDS}/latest.json"

ALL_HOSTS = "Median of all hosts"
NOTE = "median over all hosts of the model, not one provider's figure"

# Our column and the leaderboard's.
BOARD_COLUMNS: Mapping[str, str] = {
    "output_tokens_per_second": "output_tokens_per_second",
    "output_tokens_per_second_p05": "percentile_05_output_tokens_per_second",
    "output_tokens_per_second_p25": "quartile_25_output_tokens_per_second",
    "output_tokens_per_second_p75": "quartile_75_output_tokens_per_second",
    "output_tokens_per_second_p95": "percentile_95_output_tokens_per_second",
    "ttft_seconds": "time_to_first_token_seconds",
    "ttft_seconds_p05": "percentile_05_time_to_first_token_seconds",
    "ttft_seconds_p25": "quartile_25_time_to_first_token_seconds",
    "ttft_seconds_p75": "quartile_75_time_to_first_token_seconds",
    "ttft_seconds_p95": "percentile_95_time_to_first_token_seconds",
    "first_answer_seconds": "time_to_first_answer_token_seconds",
}
# Our column and the API's.
API_COLUMNS: Mapping[str, str] = {
    "output_tokens_per_second": "median_output_tokens_per_second",
    "ttft_seconds": "median_time_to_first_token_seconds",
    "first_answer_seconds": "median_time_to_first_answer_token",
}


# Our column and the paged API's, inside `performance`.
PAGED_COLUMNS: Mapping[str, str] = {
    "output_tokens_per_second": "median_output_tokens_per_second",
    "ttft_seconds": "median_time_to_first_token_seconds",
    "first_answer_seconds": "median_time_to_first_answer_token_seconds",
}


def api_wants(held: Held) -> list[Want]:
    """Both forms of the API; of the paged one every page that the pages held say there is."""
    last = max((_pages(payload) for payload in held if _is_page(payload)), default=1)
    pages = [PAGED_API, *(f"{PAGED_API}?page={number}" for number in range(2, min(last, PAGES_AT_MOST) + 1))]
    return [Want(address, key=KEY, is_optional=True) for address in (API, *pages)]


def read_api(held: Held) -> Reading:
    """Of a day on which both forms answered the pages are read."""
    paged_days = {payload.as_of for payload in held if _is_page(payload)}
    read = [payload for payload in held if payload.url != API or payload.as_of not in paged_days]
    return last_of_each_day(_read_response)(read)


def _is_page(payload: Payload) -> bool:
    return payload.url.startswith(PAGED_API)


def _pages(payload: Payload) -> int:
    try:
        pagination = payload.json_object().get("pagination")
    except SourceChanged:
        return 1  # `read_api` says so
    return (cells.count(pagination.get("total_pages")) if isinstance(pagination, dict) else None) or 1


def board_wants(held: Held) -> list[Want]:
    """Every day that the pointer named at one time or another."""
    days = set(_pointed_at(held))
    boards = [Want(_board(day), is_final=True, as_of=date.fromisoformat(day)) for day in sorted(days)]
    return [Want(POINTER), *boards]


def _board(day: str) -> str:
    return f"{BOARDS}/{day}/llms.json"


def _pointed_at(held: Held) -> Iterable[str]:
    for payload in held:
        if payload.url == POINTER:
            try:
                yield _pointer_day(payload)
            except SourceChanged:
                continue  # `read_boards` says so


def _pointer_day(payload: Payload) -> str:
    pointer = payload.json_object()
    expect_keys(pointer, ("date",), payload.url)
    try:
        return date.fromisoformat(pointer["date"]).isoformat()
    except (TypeError, ValueError) as error:
        raise SourceChanged(f"{payload.url}: date is no date: {pointer['date']!r}.") from error


def _read_response(payload: Payload) -> Reading:
    document = payload.json_object()
    expect_keys(document, ("data",), payload.url)
    options = document.get("prompt_options")
    options = options if isinstance(options, dict) else {}
    conditions = {
        "prompt_tokens": cells.count(options.get("prompt_length")),
        "concurrency": cells.count(options.get("parallel_queries")),
    }
    is_paged = "pagination" in document
    columns = ("performance", "pricing") if is_paged else (*API_COLUMNS.values(), "pricing")

    def measured(model: JsonObject) -> Row:
        figures = _measured(model.get("performance"), PAGED_COLUMNS) if is_paged else _measured(model, API_COLUMNS)
        return figures | conditions

    return _read_models(payload, document["data"], columns, f"aa-api_{payload.as_of}", payload.as_of, measured)


def read_boards(held: Held) -> Reading:
    return each(_read_pointer_or_board)(held)


def _read_pointer_or_board(payload: Payload) -> Reading:
    if payload.url == POINTER:
        _pointer_day(payload)
        return Reading()
    document = payload.json_object()
    expect_keys(document, ("models",), payload.url)
    found = fullmatch(r".*/(\d{4}-\d{2}-\d{2})/llms\.json", payload.url)
    day = date.fromisoformat(found[1]) if found else payload.as_of
    return _read_models(
        payload,
        document["models"],
        ("speed", "pricing"),
        f"aa-models_{day}",
        day,
        lambda model: _measured(model.get("speed"), BOARD_COLUMNS),
    )


def _read_models(
    payload: Payload,
    models: object,
    wanted: tuple[str, ...],
    capture: str,
    day: date,
    measured: Callable[[JsonObject], Row],
) -> Reading:
    """One row a model for its speeds, where any was measured, and one for its prices."""
    if not isinstance(models, list) or not models:
        raise SourceChanged(f"{payload.url}: expected a list of models.")
    expect_keys(expect_object(models[0], payload.url), ("name", *wanted), f"{payload.url}, a model")
    origin = {
        "capture": capture,
        "provider_as_published": ALL_HOSTS,
        "source_url": payload.url,
        "published_on": day,
        "evidence": "published",
    }
    speeds, prices, aside, unmeasured, seen = [], [], [], [], set()
    for model in models:
        name = model.get("name") if isinstance(model, dict) else None
        if not name or name in seen:
            fault = faults.RIVAL.of(kept="the one listed first") if name else faults.NOT_NAMED.of(missing="model")
            aside.append(SetAside(payload.url, fault, str(model)))
            continue
        seen.add(name)
        row = origin | {"model_as_published": str(name)}
        figures = measured(model)
        if any(figures.get(column) is not None for column in ("output_tokens_per_second", "ttft_seconds")):
            speeds.append(row | figures | MEASURED | {"measured_on": day})
        else:
            unmeasured.append(str(name))
        if price := _price(model.get("pricing")):
            prices.append(row | price | {"valid_from": day, "last_seen_on": day, "note": NOTE})
    if unmeasured:
        aside.append(SetAside(payload.url, faults.NO_SPEED, unmeasured[0], len(unmeasured)))
    if not speeds:
        raise SourceChanged(f"{payload.url}: {len(models)} models, none with a speed. Are they renamed?")
    filled = {"provider_speed": speeds, "token_price": prices}
    return Reading({name: rows_of(name, rows) for name, rows in filled.items() if rows}, together(aside))


MEASURED = {
    "measured_by": "Artificial Analysis",
    "measurer_kind": "independent",
    "is_aggregate": True,
    "note": NOTE,
}


def _measured(published: object, columns: Mapping[str, str]) -> dict[str, float | None]:
    published = published if isinstance(published, dict) else {}
    return {ours: cells.above_zero(published.get(theirs)) for ours, theirs in columns.items()}


def _price(pricing: object) -> Row | None:
    if not isinstance(pricing, dict):
        return None
    price = {
        "input_usd_per_mtok": cells.above_zero(pricing.get("price_1m_input_tokens")),
        "output_usd_per_mtok": cells.above_zero(pricing.get("price_1m_output_tokens")),
        "cached_input_usd_per_mtok": cells.above_zero(pricing.get("price_1m_cache_hit_tokens")),
    }
    return price if price["input_usd_per_mtok"] or price["output_usd_per_mtok"] else None


CREDIT = "Data: Artificial Analysis, https://artificialanalysis.ai"

API_SOURCE = Source(
    id="aa_api",
    title="Artificial Analysis API, by model",
    publisher="Artificial Analysis",
    licence="Artificial Analysis terms of use, attribution required",
    home_url="https://artificialanalysis.ai/documentation",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    wants=api_wants,
    read=read_api,
    keeps_history=True,
    has_history=True,
    credit=CREDIT,
)

BOARD_SOURCE = Source(
    id="aa_leaderboard",
    title="Artificial Analysis leaderboard by model, daily copy",
    publisher="Artificial Analysis (copied by oolong-tea-2026)",
    licence="MIT (the copy); Artificial Analysis terms of use, attribution required",
    home_url="https://github.com/oolong-tea-2026/artificial-analysis-leaderboards",
    tables=("provider_speed", "token_price"),
    prices=WithSpeeds(),
    wants=board_wants,
    read=read_boards,
    keeps_history=True,
    has_history=True,
    credit=CREDIT,
)

SOURCES = (API_SOURCE, BOARD_SOURCE)
