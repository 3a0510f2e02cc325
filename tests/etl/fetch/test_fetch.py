import gzip
import json
import os
import shutil
import threading
import time
import tomllib
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from etl.fetch import download as fetching
from etl.fetch.download import Settings, fetch, fetch_all
from etl.fetch.snapshots import Snapshots
from etl.schema import SOURCE_STATUSES
from etl.sources.contract import Key, Reading, Source, SourceChanged, Want, each
from tests.loopback import (
    Loopback,
    StaticServer,
    body_answer,
    cut_off,
    drip,
    gzip_answer,
    half_gzip,
    hang,
    json_answer,
    redirect,
    send,
    status,
    unmeasured,
    validated,
)

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
BIG = b"[" + b"1, " * 4000 + b"1]"


def toy(wants, name="toy", **rest):
    return Source(
        id=name,
        title="Toy",
        publisher="Toys",
        licence="MIT",
        home_url="https://example.org",
        tables=(),
        wants=wants if callable(wants) else lambda held: wants,
        read=lambda held: Reading(),
        **rest,
    )


@pytest.fixture
def server():
    with Loopback() as server:
        yield server


@pytest.fixture
def snapshots(tmp_path):
    return Snapshots(tmp_path / "snapshots")


@pytest.fixture
def slept():
    return []


@pytest.fixture
def quick(slept):
    """Settings whose waits are written down, not waited for."""

    def make(**rest):
        return Settings(
            **{
                "connect_timeout": 5,
                "read_timeout": 5,
                "clock": lambda: NOON,
                "sleep": slept.append,
                "environment": {},
                "github_token": None,
                **rest,
            }
        )

    return make


def only_failure(outcome):
    (failure,) = outcome.failures
    return failure.sentence


def held(snapshots, source):
    return {payload.url: payload.content() for payload in snapshots.held(source)}


# What comes


def test_what_a_source_wants_is_fetched_and_held(server, snapshots, quick):
    source = toy([Want(server.on("/a.json", json_answer([1]))), Want(server.on("/b.json", gzip_answer(BIG)))])
    outcome = fetch(source, snapshots, quick())
    assert (outcome.status, outcome.fetched, outcome.bytes) == ("ok", 2, 3 + len(BIG))
    assert outcome.message == "2 fetched (12 kB)."
    assert held(snapshots, source) == {server.url("/a.json"): b"[1]", server.url("/b.json"): BIG}
    assert snapshots.held(source)[0].fetched_at == NOON


def test_a_listing_leads_to_the_files_that_it_names(server, snapshots, quick):
    server.on("/files/1", json_answer({"more": ["/files/2"]}))
    server.on("/files/2", json_answer({}))
    listing = server.on("/listing", json_answer({"more": ["/files/1"]}))

    def wants(payloads):
        named = [path for payload in payloads for path in payload.json().get("more", [])]
        return [Want(listing)] + [Want(server.url(path), is_final=True) for path in named]

    outcome = fetch(toy(wants), snapshots, quick())
    assert (outcome.status, outcome.fetched) == ("ok", 3)
    assert server.asked() == {"/listing": 1, "/files/1": 1, "/files/2": 1}
    again = fetch(toy(wants), snapshots, quick())
    assert (again.status, again.unchanged, again.kept) == ("unchanged", 1, 2)
    assert again.message == "1 unchanged, 2 kept as they never change."
    assert server.asked()["/files/1"] == 1


def test_a_listing_without_end_is_stopped(server, snapshots, quick, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_ROUNDS", 5)
    for number in range(9):
        server.on(f"/{number}", json_answer([number]))
    outcome = fetch(toy(lambda held: [Want(server.url(f"/{len(held)}"))]), snapshots, quick())
    assert (outcome.status, outcome.fetched) == ("partial", 5)
    assert "stopped after 5 rounds" in outcome.message


def test_a_source_that_wants_nothing_has_nothing_to_fetch(snapshots, quick):
    outcome = fetch(toy([]), snapshots, quick())
    assert (outcome.status, outcome.message) == ("unchanged", "Nothing to fetch.")


@pytest.mark.parametrize("error", [SourceChanged("The tree lacks sha."), KeyError("sha")], ids=["changed", "surprise"])
def test_a_listing_that_its_source_does_not_understand_stops_no_other(server, snapshots, quick, error):
    def wants(payloads):
        if payloads:
            raise error
        return [Want(listing)]

    listing = server.on("/listing", json_answer({}))
    bad, good = fetch_all(
        [toy(wants, "bad"), toy([Want(server.on("/a", json_answer({})))], "good")], snapshots, quick()
    )
    assert (bad.status, good.status) == ("partial", "ok")
    assert "sha" in bad.message


def test_sources_are_fetched_side_by_side_and_answered_in_order(server, snapshots, quick):
    server.on("/slow", lambda request: (time.sleep(0.1), json_answer({})(request)))
    server.on("/fast", json_answer({}))
    sources = [toy([Want(server.url(f"/{name}"))], name) for name in ("slow", "fast")]
    ended = []
    outcomes = fetch_all(sources, snapshots, quick(), lambda p: ended.append(p.source) if p.outcome else None)
    assert [outcome.source for outcome in outcomes] == ["slow", "fast"]
    assert ended == ["fast", "slow"]


# What does not change


@pytest.mark.parametrize(
    "validator",
    [{"ETag": '"v1"'}, {"Last_Modified": "Fri, 24 Jul 2026 08:00:00 GMT"}],
    ids=["etag", "last-modified"],
)
def test_what_stands_unchanged_is_not_sent_again(server, snapshots, quick, validator):
    source = toy([Want(server.on("/a", validated(b"[1]", **validator)))])
    fetch(source, snapshots, quick())
    before = snapshots.held(source)
    origin = before[0].path.with_name("a.origin.json").stat()
    outcome = fetch(source, snapshots, quick(clock=lambda: NOON + timedelta(days=1)))
    assert (outcome.status, outcome.unchanged, outcome.bytes) == ("unchanged", 1, 0)
    first, second = server.headers("/a")
    assert {"if-none-match", "if-modified-since"} & set(second)
    assert not {"if-none-match", "if-modified-since"} & set(first)
    assert snapshots.held(source) == before
    assert before[0].path.with_name("a.origin.json").stat().st_mtime_ns == origin.st_mtime_ns
    assert snapshots.last_fetch(source).outcomes == {server.url("/a"): ("unchanged", None)}
    assert snapshots.last_fetch(source).finished_at == NOON + timedelta(days=1)


def test_the_same_bytes_sent_again_are_unchanged_and_their_new_validator_is_noted(server, snapshots, quick):
    url = server.on("/a", json_answer([1]), json_answer([1], ETag='"v2"'))
    source = toy([Want(url)], keeps_history=True)
    fetch(source, snapshots, quick())
    assert fetch(source, snapshots, quick(clock=lambda: NOON + timedelta(days=1))).status == "unchanged"
    assert [payload.as_of for payload in snapshots.held(source)] == [NOON.date()]
    assert snapshots.newest(source, url).etag == '"v2"'


def test_a_date_as_fresh_as_the_answer_is_no_validator(server, snapshots, quick):
    now = format_datetime(datetime.now(UTC), usegmt=True)
    url = server.on("/a", validated(b"[1]", Last_Modified=now), validated(b"[2]", Last_Modified=now))
    fetch(toy([Want(url)]), snapshots, quick())
    assert fetch(toy([Want(url)]), snapshots, quick()).fetched == 1


def test_a_mirrors_validators_are_not_shown_to_the_publisher(server, snapshots, quick, tmp_path):
    url = server.on("/a", validated(b"[2]", Last_Modified="Fri, 24 Jul 2026 08:00:00 GMT"))
    source = toy([Want(url)])
    copy = tmp_path / "mirror" / server.host / "a"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"[1]")
    fetch(source, snapshots, quick(mirror=tmp_path / "mirror"))
    assert fetch(source, snapshots, quick()).fetched == 1
    assert not {"if-none-match", "if-modified-since"} & set(server.headers("/a")[0])


def test_what_is_final_and_held_is_never_asked_for_again(server, snapshots, quick):
    source = toy([Want(server.on("/pinned", json_answer({})), is_final=True)])
    fetch(source, snapshots, quick())
    snapshots.held(source)[0].path.unlink()
    assert fetch(source, snapshots, quick()).fetched == 1, "it was no longer held"
    outcome = fetch(source, snapshots, quick())
    assert (outcome.status, outcome.kept) == ("unchanged", 1)
    assert server.asked() == {"/pinned": 2}


def test_a_changed_payload_replaces_the_old_or_joins_it_where_history_is_kept(server, snapshots, quick):
    for source in (toy([], "newest"), toy([], "history", keeps_history=True)):
        url = server.on(f"/{source.id}", json_answer([1]), json_answer([2]))
        source = toy([Want(url)], source.id, keeps_history=source.keeps_history)
        fetch(source, snapshots, quick())
        fetch(source, snapshots, quick(clock=lambda: NOON + timedelta(days=1)))
        contents = [payload.content() for payload in snapshots.held(source)]
        assert contents == ([b"[1]", b"[2]"] if source.keeps_history else [b"[2]"])


# What goes wrong


@pytest.mark.parametrize("code", [404, 410])
def test_what_is_optional_and_missing_is_absent(server, snapshots, quick, code):
    source = toy([Want(server.on("/a", status(code)), is_optional=True)])
    outcome = fetch(source, snapshots, quick())
    assert (outcome.status, outcome.absent) == ("absent", 1)
    assert server.asked() == {"/a": 1}


@pytest.mark.parametrize("code", [404, 410])
def test_what_must_be_there_and_is_missing_has_failed(server, snapshots, quick, code):
    outcome = fetch(toy([Want(server.on("/prices.json", status(code)))]), snapshots, quick())
    assert outcome.status == "failed"
    assert only_failure(outcome) == f"{server.host} no longer has prices.json."


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(server, snapshots, quick, slept, code):
    outcome = fetch(toy([Want(server.on("/a", status(code), json_answer({})))]), snapshots, quick())
    assert (outcome.status, outcome.fetched) == ("ok", 1)
    assert [0.25 <= seconds <= 0.75 for seconds in slept] == [True]


def test_retry_after_is_honoured_in_seconds_and_as_a_date(server, snapshots, quick, slept):
    in_twenty = format_datetime(NOON + timedelta(seconds=20), usegmt=True)
    url = server.on("/a", status(429, Retry_After="7"), status(503, Retry_After=in_twenty), json_answer({}))
    assert fetch(toy([Want(url)]), snapshots, quick()).fetched == 1
    assert [round(seconds) for seconds in slept] == [7, 20]


def test_a_host_that_asks_for_long_patience_is_left_alone_and_stops_no_other(server, snapshots, quick):
    with Loopback() as other:
        sulking = [Want(server.on(f"/{n}", status(429, Retry_After="5400"))) for n in range(40)]
        source = toy([*sulking, *[Want(other.on(f"/{n}", json_answer({}))) for n in range(9)]])
        outcome = fetch(source, snapshots, quick())
    assert (outcome.status, outcome.fetched, outcome.waiting) == ("waiting", 9, 40)
    assert len(server.requests) <= 4, "one for each that was under way"
    assert outcome.failures[0].sentence == f"{server.host} asks us to wait until 13:30 UTC; refresh again then."
    assert outcome.failures[0].sentence in outcome.message


@pytest.mark.parametrize("code", [403, 429])
def test_githubs_limit_is_named_with_the_time_when_it_ends(server, snapshots, quick, code):
    reset = int((NOON + timedelta(minutes=42, seconds=5)).timestamp())
    limit = status(code, x_ratelimit_remaining="0", x_ratelimit_reset=str(reset))
    wants = [Want(server.on(f"/{number}", limit)) for number in range(20)]
    outcome = fetch(toy(wants), snapshots, quick())
    assert (outcome.status, outcome.waiting) == ("waiting", 20)
    assert "asks us to wait until 12:43 UTC" in outcome.message
    assert len(server.requests) <= 4
    outcome = fetch(toy([Want(server.on("/x", status(403, x_ratelimit_remaining="0")))]), snapshots, quick())
    assert (outcome.status, "refresh again in an hour" in outcome.message) == ("waiting", True)


def test_a_wait_beyond_midnight_says_the_day(server, snapshots, quick):
    url = server.on("/a", status(429, Retry_After=str(13 * 3600)), json_answer({}))
    assert "until 02 August 01:00 UTC" in fetch(toy([Want(url)]), snapshots, quick()).message
    url = server.on("/b", status(429, Retry_After="9" * 40))
    assert fetch(toy([Want(url)]), snapshots, quick()).status == "waiting"


def test_too_many_requests_time_and_again_leave_the_host_alone(server, snapshots, quick):
    wants = [Want(server.on(f"/{number}", status(429))) for number in range(30)]
    outcome = fetch(toy(wants), snapshots, quick(retries=1))
    assert (outcome.status, outcome.waiting) == ("waiting", 30)
    assert len(server.requests) <= 8


def test_an_error_that_stays_has_failed_with_its_number(server, snapshots, quick, slept):
    outcome = fetch(toy([Want(server.on("/a", status(500)))]), snapshots, quick())
    assert outcome.status == "failed"
    assert only_failure(outcome) == f"{server.host} answered 500 Internal Server Error (4 attempts)."
    assert server.asked() == {"/a": 4}
    assert [0.25 * 2**n <= slept[n] <= 0.75 * 2**n for n in range(3)] == [True] * 3


def test_an_answer_that_will_not_change_is_not_asked_for_again(server, snapshots, quick):
    outcome = fetch(toy([Want(server.on("/a", status(400)))]), snapshots, quick())
    assert only_failure(outcome) == f"{server.host} answered 400 Bad Request for a."
    assert server.asked() == {"/a": 1}


def test_one_failure_beside_what_came_is_partial(server, snapshots, quick):
    source = toy([Want(server.on("/a", json_answer({}))), Want(server.on("/b", status(404)))])
    outcome = fetch(source, snapshots, quick())
    assert (outcome.status, outcome.fetched, outcome.failed) == ("partial", 1, 1)


def test_a_failure_leaves_what_was_held(server, snapshots, quick):
    source = toy([Want(server.on("/a", json_answer([1]), status(500)))])
    fetch(source, snapshots, quick())
    outcome = fetch(source, snapshots, quick(retries=0, clock=lambda: NOON + timedelta(days=1)))
    assert outcome.status == "partial"
    assert outcome.message.endswith("What was held stands.")
    assert held(snapshots, source) == {server.url("/a"): b"[1]"}
    assert snapshots.last_fetch(source).succeeded_at == NOON


def test_a_host_that_hangs_is_given_up(server, snapshots, quick):
    outcome = fetch(toy([Want(server.on("/a", hang(0.15)))]), snapshots, quick(read_timeout=0.05, retries=1))
    assert only_failure(outcome) == f"{server.host} fell silent (2 attempts)."


def test_a_slow_drip_is_given_up_in_all(server, snapshots, quick):
    url = server.on("/a", drip(b"[" + b" " * 60 + b"]", 0.01))
    outcome = fetch(toy([Want(url)]), snapshots, quick(total_timeout=0.1))
    assert only_failure(outcome) == f"{server.host} took longer than 0.1 s over a; given up."


def test_nobody_there_is_a_sentence(snapshots, quick):
    with Loopback() as gone:
        url = gone.url("/a")
    outcome = fetch(toy([Want(url)]), snapshots, quick(retries=0))
    assert only_failure(outcome).endswith("cannot be reached.")
    outcome = fetch(toy([Want("https://nobody.invalid/a")]), snapshots, quick(retries=0))
    assert only_failure(outcome) == "nobody.invalid cannot be found, or there is no network."


def test_a_host_that_answers_nobody_is_not_asked_two_thousand_times(snapshots, quick):
    with Loopback() as gone:
        wants = [Want(gone.url(f"/{number}")) for number in range(200)]
    outcome = fetch(toy(wants), snapshots, quick(retries=1))
    assert outcome.failed == 200
    assert sum("Not asked" in failure.sentence for failure in outcome.failures) > 180


def test_a_body_that_breaks_off_is_asked_for_again(server, snapshots, quick):
    source = toy([Want(server.on("/a", cut_off(BIG), half_gzip(BIG), json_answer([1])))])
    assert fetch(source, snapshots, quick()).fetched == 1
    assert server.asked() == {"/a": 3}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (cut_off(BIG), "broke off in the middle (4 attempts)."),
        (half_gzip(BIG), "sent half a gzip (4 attempts)."),
    ],
    ids=["cut-off", "half-gzip"],
)
def test_a_body_that_always_breaks_off_has_failed(server, snapshots, quick, answer, sentence):
    source = toy([Want(server.on("/a", json_answer([1]), answer))])
    fetch(source, snapshots, quick())
    assert only_failure(fetch(source, snapshots, quick())) == f"{server.host} {sentence}"
    assert held(snapshots, source) == {server.url("/a"): b"[1]"}


def test_a_gzip_of_several_members_and_padding_is_whole(server, snapshots, quick):
    packed = gzip.compress(b"[1,") + gzip.compress(b"2]") + b"\0" * 64
    source = toy([Want(server.on("/a", body_answer(packed, Content_Encoding="gzip")))])
    fetch(source, snapshots, quick())
    assert held(snapshots, source) == {server.url("/a"): b"[1,2]"}


@pytest.mark.parametrize(
    "answer",
    [
        body_answer(b"[" + b" " * 2_000_000 + b"]"),
        unmeasured(b"[" + b" " * 2_000_000 + b"]"),
        gzip_answer(b"[" + b" " * 2_000_000 + b"]"),
        lambda request: send(request, 200, b"[]", claimed_length=10**15),
    ],
    ids=["measured", "unmeasured", "gzip bomb", "claimed"],
)
def test_too_much_is_not_taken(server, snapshots, quick, answer):
    source = toy([Want(server.on("/a.json", answer), max_bytes=1_000_000)])
    assert only_failure(fetch(source, snapshots, quick())) == "a.json is larger than 1 MB; not taken."
    assert server.asked() == {"/a.json": 1}
    assert held(snapshots, source) == {}


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("json", b"<!DOCTYPE html><html>Sorry</html>", "an HTML page instead of JSON"),
        ("json", b'{"prices": [1, 2', "a document that breaks off instead of JSON"),
        ("json", b"Rate limit exceeded", "the words “Rate limit exceeded” instead of JSON"),
        ("json", b"", "nothing instead of JSON"),
        ("json", b"[1]\xff", "text that is not UTF-8 instead of JSON"),
        ("json", b"[" * 200_000, "a document nested without end instead of JSON"),
        ("json", b'{"a": 1} {"b": 2}', "a faulty document (line 1: Extra data) instead of JSON"),
        ("csv", b"\n <HTML><body>", "an HTML page instead of a CSV table"),
        ("csv", b"a,b\n1,\0\n", "a binary file instead of a CSV table"),
        ("csv", b"PK\x03\x04....", "a zip file instead of a CSV table"),
        ("csv", b'{"message": "Not Found"}', "a JSON document instead of a CSV table"),
        ("text", b"\xef\xbb\xbf<!doctype html>", "an HTML page instead of text"),
    ],
)
def test_the_wrong_kind_with_status_200_is_refused_and_what_was_held_stands(
    server, snapshots, quick, kind, body, found
):
    good = {"json": b'{"a": 1}', "csv": b"a,b\n1,2\n", "text": b":::MLLOG {}"}[kind]
    source = toy([Want(server.on("/file", body_answer(good), body_answer(body)), kind=kind)])
    fetch(source, snapshots, quick())
    outcome = fetch(source, snapshots, quick())
    assert outcome.status == "partial"
    assert only_failure(outcome) == f"{server.host} sent {found} for file; refused."
    assert held(snapshots, source) == {server.url("/file"): good}
    refused = list((snapshots.folder / "toy/.refused").glob("*[!n]"))
    assert [path.read_bytes() for path in refused] == [body]


def test_a_byte_order_mark_is_no_fault(server, snapshots, quick):
    wants = [
        Want(server.on("/a", body_answer(b'\xef\xbb\xbf{"a": 1}'))),
        Want(server.on("/b", body_answer(b"\xef\xbb\xbfDate,Provider\n")), kind="csv"),
    ]
    assert fetch(toy(wants), snapshots, quick()).fetched == 2


# Where it leads


def test_redirects_are_followed_a_few_times_only(server, snapshots, quick):
    server.on("/end", json_answer({}))
    url = server.on("/a", redirect("/b"))
    server.on("/b", redirect(server.url("/end")))
    assert fetch(toy([Want(url)]), snapshots, quick()).fetched == 1
    outcome = fetch(toy([Want(server.on("/loop", redirect("/loop")))]), snapshots, quick())
    assert only_failure(outcome) == f"{server.host} redirects more than 5 times."
    assert server.asked()["/loop"] == 6


def test_a_redirect_to_another_host_without_https_is_not_followed(server, snapshots, quick):
    with Loopback() as other:
        other.on("/b", json_answer({}))
        outcome = fetch(toy([Want(server.on("/a", redirect(other.url("/b"))))]), snapshots, quick())
        assert "without https" in only_failure(outcome)
        assert other.requests == []
    outcome = fetch(toy([Want(server.on("/f", redirect("file:///etc/passwd")))]), snapshots, quick())
    assert "without https" in only_failure(outcome)


class AsIfByTls(HTTPAdapter):
    """Sends what is meant for https hosts to loopback servers, as if TLS stood between."""

    def __init__(self, servers):
        self.servers = servers
        super().__init__()

    def send(self, request, **rest):
        host, _, path = request.url.removeprefix("https://").partition("/")
        request.url = self.servers[host].url(f"/{path}")
        return super().send(request, **rest)


def as_if_by_tls(**servers):
    def make() -> requests.Session:
        session = fetching.new_session()
        session.mount("https://", AsIfByTls({name.replace("_", "."): s for name, s in servers.items()}))
        return session

    return make


def test_the_github_token_goes_to_githubs_api_and_nowhere_else(snapshots, quick):
    with Loopback() as github, Loopback() as other:
        github.on("/tree", json_answer({}))
        github.on("/moved", redirect("https://example.org/tree"))
        other.on("/tree", json_answer({}))
        wants = [
            Want("https://api.github.com/tree"),
            Want("https://api.github.com/moved"),
            Want("https://example.org/tree"),
            Want(other.on("/plain", json_answer({}))),
        ]
        session = as_if_by_tls(api_github_com=github, example_org=other)
        settings = quick(github_token="gh-secret", new_session=session)
        assert fetch(toy(wants), snapshots, settings).fetched == 4
        assert [headers["authorization"] for _, headers in github.requests] == ["Bearer gh-secret"] * 2
        assert len(other.requests) == 3
        assert all("authorization" not in headers for _, headers in other.requests)
    assert "gh-secret" not in repr(settings)


def test_a_key_goes_to_its_publisher_and_into_no_file(snapshots, quick):
    with Loopback() as publisher, Loopback() as other:
        publisher.on("/models", json_answer({}))
        publisher.on("/moved", redirect("https://example.org/models"))
        publisher.on("/refused", status(401))
        other.on("/models", json_answer({}))
        key = Key("x-api-key", "AA_API_KEY")
        wants = [Want(f"https://aa.ai/{path}", key=key) for path in ("models", "moved", "refused")]
        session = as_if_by_tls(aa_ai=publisher, example_org=other)
        settings = quick(environment={"AA_API_KEY": "aa-secret\n"}, new_session=session)
        outcome = fetch(toy(wants), snapshots, settings)
        assert {headers.get("x-api-key") for _, headers in publisher.requests} == {"aa-secret"}
        assert ["x-api-key" in headers for _, headers in other.requests] == [False]
    assert only_failure(outcome) == "aa.ai answered 401 Unauthorized: is the key in AA_API_KEY right?"
    assert "aa-secret" not in repr(outcome) + repr(settings)
    for path in snapshots.folder.rglob("*"):
        assert path.is_dir() or b"aa-secret" not in path.read_bytes()


def test_a_key_that_no_header_can_hold_is_not_repeated(server, snapshots, quick):
    want = Want(server.on("/a", json_answer({})), key=Key("x-api-key", "AA_API_KEY"))
    outcome = fetch(toy([want]), snapshots, quick(environment={"AA_API_KEY": "sec\nret ключ"}))
    assert outcome.status == "failed"
    assert "sec" not in repr(outcome)


def test_without_its_key_an_address_is_never_asked_for(server, snapshots, quick):
    keyed = Want(server.on("/a", json_answer({})), key=Key("x-api-key", "AA_API_KEY"))
    outcome = fetch(toy([keyed]), snapshots, quick(environment={"AA_API_KEY": " "}))
    assert (outcome.status, outcome.needs_key) == ("needs key", 1)
    assert only_failure(outcome) == f"{server.host} needs a key: set AA_API_KEY and refresh again."
    assert server.requests == []
    outcome = fetch(toy([keyed, Want(server.on("/b", json_answer({})))]), snapshots, quick())
    assert (outcome.status, outcome.fetched) == ("ok", 1)
    assert "AA_API_KEY" in outcome.message


def test_who_asks_is_said_with_a_contact(server, snapshots, quick):
    fetch(toy([Want(server.on("/a", json_answer({})))]), snapshots, quick(contact="ana@example.org\n"))
    assert server.headers("/a")[0]["user-agent"] == f"InferenceDivide/{fetching.VERSION} (+ana@example.org)"
    assert "@" in Settings(contact="").user_agent
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["version"] == fetching.VERSION


def test_the_environment_settles_contact_and_token(monkeypatch):
    monkeypatch.setenv("DIVIDE_CONTACT", "ben@example.org")
    monkeypatch.setenv("GITHUB_TOKEN", "gh-secret")
    assert Settings().user_agent.endswith("(+ben@example.org)")
    assert Settings().github_token == "gh-secret"


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.org/x", "https://[bad/x", "http://:80/x", ""])
def test_an_address_that_is_none_is_a_sentence(snapshots, quick, url):
    outcome = fetch(toy([Want(url)]), snapshots, quick(retries=0))
    assert outcome.status == "failed"
    assert only_failure(outcome)


# How politely


def test_few_requests_are_under_way_at_a_host_together(server, snapshots, quick):
    server.answers = {f"/{n}": [lambda r: (time.sleep(0.01), json_answer({})(r))] for n in range(30)}
    wants = [Want(server.url(f"/{n}")) for n in range(30)]
    assert fetch(toy(wants), snapshots, quick(per_host=3)).fetched == 30
    assert server.most_at_once <= 3


def test_a_host_with_a_limit_a_second_is_asked_at_that_pace(server, snapshots, quick, slept):
    wants = [Want(server.on(f"/{number}", json_answer({}))) for number in range(9)]
    fetch(toy(wants), snapshots, quick(per_second={server.host: 8}))
    assert 0.5 < max(slept) <= 1
    assert Settings().per_second["data.sec.gov"] == 8


def test_connections_are_used_again(server, snapshots, quick):
    ports = set()

    def answer(request):
        ports.add(request.client_address[1])
        json_answer({})(request)

    fetch(toy([Want(server.on(f"/{number}", answer)) for number in range(30)]), snapshots, quick())
    assert len(ports) <= 4


# Mirrors


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    for name, content in {
        "models.dev/api.json": b'{"groq": {}}',
        "api.github.com/repos/a/b/git/trees/c0ffee__q__recursive=1": b'{"tree": []}',
        "raw.githubusercontent.com/a/b/main/my file.txt": b"plain",
        "epoch.ai/data/ml_hardware.csv": b"Hardware name\nH100\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ((NOON - timedelta(days=9)).timestamp(),) * 2)
    return folder


MIRRORED = [
    Want("https://models.dev/api.json", key=Key("x-api-key", "UNSET")),
    Want("https://api.github.com/repos/a/b/git/trees/c0ffee?recursive=1", is_final=True),
    Want("https://raw.githubusercontent.com/a/b/main/my%20file.txt", kind="text", as_of=date(2026, 1, 2)),
    Want("https://epoch.ai/data/ml_hardware.csv", kind="csv"),
    Want("https://epoch.ai/data/nowhere.csv", kind="csv"),
    Want("https://models.dev/"),
    Want("https://raw.githubusercontent.com/a"),
    Want("https://models.dev/../../secret.json"),
]


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_a_mirror_stands_in_for_the_internet(mirror, snapshots, quick, kind, tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    with StaticServer(mirror) as server:
        settings = quick(mirror=mirror if kind == "folder" else server.url("/"), github_token="gh-secret")
        outcome = fetch(toy(MIRRORED), snapshots, settings)
        assert (outcome.status, outcome.fetched, outcome.absent) == ("ok", 4, 4)
        assert {(p.url.rpartition("/")[2], p.content(), p.as_of) for p in snapshots.held(toy([]))} == {
            ("api.json", b'{"groq": {}}', date(2026, 7, 23)),
            ("c0ffee?recursive=1", b'{"tree": []}', date(2026, 7, 23)),
            ("my%20file.txt", b"plain", date(2026, 1, 2)),
            ("ml_hardware.csv", b"Hardware name\nH100\n", date(2026, 7, 23)),
        }
        again = fetch(toy(MIRRORED), snapshots, settings)
        assert (again.status, again.unchanged, again.kept) == ("unchanged", 3, 1)
        assert all("authorization" not in headers for _, headers in server.requests)


def test_an_unchanged_folder_is_not_read_again(mirror, snapshots, quick, monkeypatch):
    source = toy(MIRRORED[:4])
    fetch(source, snapshots, quick(mirror=mirror))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"read {path}"))
        patch.setattr(Snapshots, "last_fetch", lambda *_: None)
        assert fetch(source, snapshots, quick(mirror=mirror)).unchanged == 3
    copy = mirror / "models.dev/api.json"
    copy.write_bytes(b'{"groq": []}')
    assert fetch(source, snapshots, quick(mirror=mirror)).fetched == 1


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_a_manifest_dates_the_copies_it_knows(mirror, snapshots, quick, kind):
    sha256 = "e" * 64
    (mirror / "MANIFEST.csv").write_text(
        "source_id,url,upstream_commit_date,sha256\n"
        "models_dev,https://models.dev/api.json,2025-11-28T23:30:00-05:00,\n"
        f"hardware,https://epoch.ai/data/ml_hardware.csv,2026-04-01T00:00:00+00:00,{sha256}\n"
        "text,https://raw.githubusercontent.com/a/b/main/my%20file.txt,2020-01-01,\n"
        "undated,https://api.github.com/repos/a/b/git/trees/c0ffee?recursive=1,,\n"
    )
    with StaticServer(mirror) as server:
        fetch(toy(MIRRORED), snapshots, quick(mirror=mirror if kind == "folder" else server.url("")))
        assert server.asked()["/MANIFEST.csv"] == (0 if kind == "folder" else 1)
    assert {p.url.rpartition("/")[2]: p.as_of for p in snapshots.held(toy([]))} == {
        "api.json": date(2025, 11, 29),
        "c0ffee?recursive=1": date(2026, 7, 23),
        "my%20file.txt": date(2026, 1, 2),
        "ml_hardware.csv": date(2026, 7, 23),  # changed since the manifest was written
    }


def test_without_a_manifest_a_date_of_change_or_today_is_the_day(server, snapshots, quick):
    wants = [
        Want(server.on("/dated", json_answer([1], Last_Modified="Fri, 24 Jul 2026 08:00:00 GMT"))),
        Want(server.on("/undated", json_answer([2]))),
        Want(server.on("/future", json_answer([3], Last_Modified="Fri, 24 Jul 2099 08:00:00 GMT"))),
        Want(server.on("/epoch", json_answer([4], Last_Modified="Thu, 01 Jan 1970 00:00:00 GMT"))),
        Want(server.on("/odd", json_answer([5], Last_Modified="yesterday"))),
    ]
    fetch(toy(wants), snapshots, quick())
    days = {payload.url.rpartition("/")[2]: payload.as_of for payload in snapshots.held(toy([]))}
    today = NOON.date()
    assert days == {
        "dated": date(2026, 7, 24),
        "undated": today,
        "future": today,
        "epoch": today,
        "odd": today,
    }


def test_a_publishers_trouble_at_a_mirror_stops_no_other_publisher(server, snapshots, quick):
    for number in range(30):
        server.on(f"/api.github.com/{number}", status(429, Retry_After="5400"))
        server.on(f"/openrouter.ai/{number}", status(500))
        server.on(f"/models.dev/{number}", json_answer([number]))
    hosts = ("api.github.com", "openrouter.ai", "models.dev")
    sources = [toy([Want(f"https://{host}/{n}") for n in range(30)], host.split(".")[0]) for host in hosts]
    outcomes = fetch_all(sources, snapshots, quick(mirror=server.url("")))
    assert [outcome.status for outcome in outcomes] == ["waiting", "failed", "ok"]
    assert "api.github.com at the mirror asks us to wait until 13:30 UTC" in outcomes[0].message


def test_a_mirror_that_is_not_there_is_a_sentence(snapshots, quick, tmp_path):
    outcome = fetch(toy(MIRRORED), snapshots, quick(mirror=tmp_path / "none"))
    assert outcome.status == "failed"
    assert "There is no folder" in outcome.message
    with Loopback() as gone:
        url = gone.url("")
    outcome = fetch(toy(MIRRORED), snapshots, quick(mirror=url, retries=0))
    assert (outcome.status, outcome.failed) == ("failed", 6)
    assert "at the mirror cannot be reached" in outcome.message


# At the desk


def test_progress_is_told_in_the_callers_thread_and_ends_with_the_outcome(server, snapshots, quick):
    told, threads = [], set()

    def on_progress(progress):
        told.append(progress)
        threads.add(threading.current_thread())

    outcome = fetch(
        toy([Want(server.on(f"/{n}", json_answer([n]))) for n in range(20)]), snapshots, quick(), on_progress
    )
    assert threads == {threading.current_thread()}
    assert (told[-1].done, told[-1].total, told[-1].bytes, told[-1].outcome) == (
        20,
        20,
        outcome.bytes,
        outcome,
    )
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


def test_ctrl_c_passes_through_and_leaves_the_folder_sound(server, snapshots, quick):
    def interrupt(progress):
        raise KeyboardInterrupt

    source = toy([Want(server.on(f"/{n}", json_answer([n]))) for n in range(20)])
    with pytest.raises(KeyboardInterrupt):
        fetch(source, snapshots, quick(), interrupt)
    assert all(content.startswith(b"[") for content in held(snapshots, source).values())
    outcome = fetch(source, snapshots, quick())
    assert outcome.fetched + outcome.unchanged == 20


def test_a_full_disk_is_a_sentence(server, snapshots, quick, monkeypatch):
    def keep(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Snapshots, "keep", keep)
    outcome = fetch(toy([Want(server.on("/a", json_answer({})))]), snapshots, quick())
    assert only_failure(outcome) == "a came but could not be kept (No space left on device)."


def test_every_status_is_one_that_the_vocabulary_knows(server, snapshots, quick):
    server.on("/ok", json_answer({}))
    for wants in ([], [Want(server.url("/ok"))], [Want(server.url("/no"), is_optional=True)]):
        assert fetch(toy(wants), snapshots, quick()).status in SOURCE_STATUSES


def test_the_last_fetch_is_on_record(server, snapshots, quick):
    source = toy([Want(server.on("/a", json_answer({}))), Want(server.on("/b", status(404)))])
    outcome = fetch(source, snapshots, quick())
    last = snapshots.last_fetch(source)
    assert (last.status, last.message, last.finished_at) == (outcome.status, outcome.message, NOON)
    assert last.outcomes[server.url("/b")] == ("failed", f"{server.host} no longer has b.")
    shutil.rmtree(snapshots.folder)
    assert snapshots.last_fetch(source) is None
    assert json.dumps(last.outcomes)


def test_a_payload_that_its_own_reader_refuses_does_not_replace_the_one_before(tmp_path):
    folder = tmp_path / "mirror"
    page = folder / "prices.example/list.json"
    page.parent.mkdir(parents=True)

    def read_one(payload):
        if "prices" not in payload.json():
            raise SourceChanged("Prices: missing prices; found tariffs.")
        return Reading()

    toy = Source(
        id="toy",
        title="Toy prices",
        publisher="Toy",
        licence="none",
        home_url="https://prices.example",
        tables=("token_price",),
        wants=lambda held: [Want("https://prices.example/list.json")],
        read=each(read_one),
    )
    snapshots = Snapshots(tmp_path / "snapshots")
    page.write_text('{"prices": [1]}')
    assert fetch(toy, snapshots, Settings(mirror=folder)).status == "ok"
    page.write_text('{"tariffs": [1, 2]}')
    outcome = fetch(toy, snapshots, Settings(mirror=folder))
    assert outcome.status == "partial"
    assert "missing prices; found tariffs" in outcome.message
    assert [payload.json() for payload in snapshots.held(toy)] == [{"prices": [1]}]
