"""OpenRouter's rankings as a copy keeps them day by day: tokens by author of the model, one JSON object a day.

- `tokens` are those of the week so far, though the copy says weekly: 0.74 trillion on a Sunday, 21.7 on the Saturday
  before. Weeks begin on Sunday; a row says how many days it covers, and only Saturdays may be compared.
- Nine authors are listed, 81 to 90 % of all together; `share_pct` is of all. An author made the model: it is no host.
- From 17 May 2026 on every section is empty: the page changed and the copy goes on. That is an outcome, no fault.
- `models`, `fastest` and the other sections are not read: `models` holds another section's rows on some days.
- Tokens by host are not published: OpenRouter's own data knows models only.
"""

from datetime import date

from etl import faults
from etl.sources import cells
from etl.sources.contract import (
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    each,
    expect_keys,
    expect_object,
    expect_objects,
    rows_of,
    together,
)

NOTE = "The nine largest authors; the share is of all."


def _read_day(payload: Payload) -> Reading:
    look = payload.json_object()
    expect_keys(look, ("meta", "market_share"), payload.url)
    authors = expect_objects(look["market_share"], payload.url)
    if authors:
        expect_keys(authors[0], ("author", "tokens", "share_pct"), payload.url)
    observed_on = cells.day_of_moment(expect_object(look["meta"], payload.url).get("fetched_at"))
    if observed_on is None:
        lines = [SetAside(payload.url, faults.NO_DAY, cells.as_text(row, ("author", "tokens"))) for row in authors]
        return Reading({"demand": rows_of("demand", [])}, together(lines))
    return Reading({"demand": rows_of("demand", [_row(author, observed_on, payload) for author in authors])})


def _row(author: JsonObject, observed_on: date, payload: Payload) -> Row:
    return {
        "kind": "model author",
        "author_as_published": author["author"],
        "gateway": "OpenRouter",
        "tokens": cells.count(author["tokens"]),
        "share_percent": cells.above_zero(author["share_pct"]),
        "days_of_week": days_of_week(observed_on),
        "observed_on": observed_on,
        "source_url": payload.url,
        "published_on": payload.as_of,
        "evidence": "published",
        "note": NOTE,
    }


def days_of_week(day: date) -> int:
    """Days that a week which begins on Sunday has on this day: 1 on Sunday, 7 on Saturday."""
    return day.isoweekday() % 7 + 1


SOURCE = Source(
    id="openrouter_rankings",
    title="OpenRouter rankings, daily copies",
    publisher="OpenRouter",
    licence="OpenRouter terms of service; copied by jampongsathorn/openrouter-rankings",
    home_url="https://openrouter.ai/rankings",
    tables=("demand",),
    read=each(_read_day),
    has_history=True,
)
