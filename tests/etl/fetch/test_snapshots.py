import json
import os
import string
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etl.fetch.addresses import checksum_name, file_name, natural_names, server_path
from etl.fetch.snapshots import LastFetch, Snapshots
from etl.sources.contract import Reading, Source, Want

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
PRICES = "https://models.dev/api.json"


def toy(name="toy", **rest):
    return Source(
        id=name,
        title="Toy",
        publisher="Toys",
        licence="MIT",
        home_url="https://example.org",
        tables=(),
        wants=lambda held: [],
        read=lambda held: Reading(),
        **rest,
    )


def keep(snapshots, source, url, content, at=NOON, **rest):
    rest.setdefault("as_of", at.date())
    return snapshots.keep(source, Want(url), content, fetched_at=at, **rest)


@pytest.fixture
def snapshots(tmp_path):
    return Snapshots(tmp_path / "snapshots")


def contents(snapshots, source):
    return [(payload.url, payload.content()) for payload in snapshots.held(source)]


def test_a_payload_lies_under_its_host_and_path_beside_its_origin(snapshots):
    payload = keep(
        snapshots, toy(), PRICES, b"{}", etag='"a"', content_type="application/json", as_of=date(2026, 7, 23)
    )
    assert payload.path == snapshots.folder / "toy/models.dev/api.json"
    origin = json.loads((snapshots.folder / "toy/models.dev/api.json.origin.json").read_text())
    assert origin == {
        "url": PRICES,
        "fetched_at": "2026-08-01T12:00:00+00:00",
        "as_of": "2026-07-23",
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "bytes": 2,
        "etag": '"a"',
        "last_modified": None,
        "content_type": "application/json",
        "checked_at": "2026-08-01T12:00:00+00:00",
        "fetched_from": None,
    }
    assert snapshots.held(toy()) == [payload]
    assert snapshots.newest(toy(), PRICES).etag == '"a"'


def test_a_query_is_kept_at_the_end_of_the_name():
    url = "https://api.github.com/repos/mlcommons/training_results_v5.0/git/trees/1cc809b?recursive=1"
    assert file_name(url) == ("api.github.com/repos/mlcommons/training_results_v5.0/git/trees/1cc809b__q__recursive=1")
    assert file_name("https://a.org/p?path=x/y&n=1") == "a.org/p__q__path=x%2Fy&n=1"


def test_what_is_held_comes_sorted_by_address(snapshots):
    for url in ("https://b.org/1", "https://a.org/2", "https://a.org/1"):
        keep(snapshots, toy(), url, url.encode())
    assert [p.url for p in snapshots.held(toy())] == ["https://a.org/1", "https://a.org/2", "https://b.org/1"]
    assert snapshots.held(toy("another")) == []


def test_a_new_payload_replaces_the_old_one(snapshots):
    keep(snapshots, toy(), PRICES, b"[1]")
    keep(snapshots, toy(), PRICES, b"[2]", NOON + timedelta(days=1))
    assert contents(snapshots, toy()) == [(PRICES, b"[2]")]
    assert {p.name for p in (snapshots.folder / "toy/models.dev").iterdir()} == {
        "api.json",
        "api.json.origin.json",
    }


def test_a_source_with_history_keeps_earlier_payloads_oldest_first(snapshots):
    source = toy(keeps_history=True)
    for day, content in enumerate((b"[1]", b"[2]", b"[1]")):
        keep(snapshots, source, PRICES, content, NOON + timedelta(days=day))
    assert [(p.as_of.day, p.content()) for p in snapshots.held(source)] == [
        (1, b"[1]"),
        (2, b"[2]"),
        (3, b"[1]"),
    ]
    earlier = snapshots.folder / "toy/models.dev/api.json~20260801T120000Z-080a9ed4"
    assert earlier.read_bytes() == b"[1]"
    assert earlier.with_name(f"{earlier.name}.origin.json").exists()
    assert snapshots.newest(source, PRICES).as_of.day == 3


def test_versions_of_one_and_the_same_second_are_both_kept(snapshots):
    source = toy(keeps_history=True)
    for content in (b"[1]", b"[2]", b"[3]"):
        keep(snapshots, source, PRICES, content)
    assert sorted(p.content() for p in snapshots.held(source)) == [b"[1]", b"[2]", b"[3]"]


def test_history_shows_only_its_newest_to_a_source_that_keeps_none(snapshots):
    keep(snapshots, toy(keeps_history=True), PRICES, b"[1]")
    keep(snapshots, toy(keeps_history=True), PRICES, b"[2]")
    assert contents(snapshots, toy()) == [(PRICES, b"[2]")]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: place.unlink(),
        lambda place: place.write_bytes(b"[1, 2"),
        lambda place: place.with_name("api.json.origin.json").unlink(),
        lambda place: place.with_name("api.json.origin.json").write_bytes(b""),
        lambda place: place.with_name("api.json.origin.json").write_bytes(b'{"url": "https://mo'),
        lambda place: place.with_name("api.json.origin.json").write_bytes(b"[]"),
        lambda place: place.with_name("api.json.origin.json").write_bytes(b'{"url": 3, "bytes": "x"}'),
        lambda place: place.with_name("api.json.origin.json").write_bytes(b"\xff\xfe\x00"),
    ],
)
def test_a_missing_or_spoilt_half_is_not_held_and_no_error(snapshots, spoil):
    other = keep(snapshots, toy(), "https://a.org/1", b"[]")
    spoil(keep(snapshots, toy(), PRICES, b"[1, 2, 3]").path)
    assert snapshots.held(toy()) == [other]
    assert snapshots.newest(toy(), PRICES) is None
    keep(snapshots, toy(), PRICES, b"[4]")
    assert contents(snapshots, toy()) == [("https://a.org/1", b"[]"), (PRICES, b"[4]")]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("source", [toy(), toy(keeps_history=True)])
@pytest.mark.parametrize("size_changes", [True, False])
def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path, monkeypatch, source, size_changes):
    old, new = b"[1]", b"[2, 3]" if size_changes else b"[2]"
    real, left = os.replace, [0]

    def replace(*names):
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        real(*names)

    seen = set()
    for moment in range(8):
        snapshots = Snapshots(tmp_path / f"{moment}")
        keep(snapshots, source, PRICES, old)
        left[0] = moment
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            with suppress(Killed):
                keep(snapshots, source, PRICES, new, NOON + timedelta(days=1))
        newest = snapshots.held(source)[-1]
        assert newest.content() in (old, new)
        assert newest.as_of.day == (1 if newest.content() == old else 2)
        assert newest.bytes == len(newest.content())
        seen.add(newest.content())
        if source.keeps_history:
            assert snapshots.held(source)[0].content() == old
            assert len(snapshots.held(source)) == (1 if newest.content() == old else 2)
        keep(snapshots, source, PRICES, b"[5]", NOON + timedelta(days=2))
        assert snapshots.held(source)[-1].content() == b"[5]"
    assert seen == {old, new}


def test_leftovers_of_killed_writers_are_not_held_and_go_when_old(snapshots):
    keep(snapshots, toy(), PRICES, b"[]")
    folder = snapshots.folder / "toy/models.dev"
    for name, age in ((".1-old.partial", 7200), (".2-young.partial", 10)):
        (folder / name).write_bytes(b"[1")
        os.utime(folder / name, (time.time() - age,) * 2)
    (snapshots.folder / "toy/models.dev/half.json").write_bytes(b"[1")
    assert contents(snapshots, toy()) == [(PRICES, b"[]")]
    snapshots.sweep(toy())
    assert [path.name for path in folder.glob(".*")] == [".2-young.partial"]
    snapshots.sweep(toy("never fetched"))


def test_a_refused_payload_lies_apart_with_the_reason_the_newest_only(snapshots):
    for body in (b"<html>1", b"<html>2"):
        snapshots.refuse(toy(), PRICES, body, "an HTML page came", NOON)
    refused = sorted((snapshots.folder / "toy/.refused").iterdir())
    assert [path.read_bytes()[:7] for path in refused if path.suffix != ".json"] == [b"<html>2"]
    assert [json.loads(p.read_text())["reason"] for p in refused if p.suffix == ".json"] == ["an HTML page came"]
    assert snapshots.held(toy()) == []
    keep(snapshots, toy(), PRICES, b"[]")
    assert list((snapshots.folder / "toy/.refused").iterdir()) == []


def test_the_last_fetch_is_remembered(snapshots):
    assert snapshots.last_fetch(toy()) is None
    last = LastFetch("toy", "partial", "1 failed.", NOON, None, {PRICES: ("failed", "It is gone.")})
    snapshots.record(last)
    assert snapshots.last_fetch(toy()) == last
    (snapshots.folder / "toy/.last.json").write_text("{")
    assert snapshots.last_fetch(toy()) is None


def test_an_address_that_is_anothers_folder_is_kept_all_the_same(snapshots):
    urls = ["https://openrouter.ai/api/v1/models", "https://openrouter.ai/api/v1/models/a/b/endpoints"]
    for order in (urls, urls[::-1]):
        source = toy(f"from_{len(order[0])}")
        for round_ in (b"1", b"2"):
            for url in order:
                keep(snapshots, source, url, url.encode() + round_)
        assert contents(snapshots, source) == [(url, url.encode() + b"2") for url in urls]
        assert snapshots.newest(source, urls[0]).url == urls[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org/../../x",
        "https://a.org/%2e%2e/x",
        "https://../x",
        "https://a.org//etc/passwd",
        "https://a.org/x/..",
        "https://a.org/.",
        "https://a.org",
        "https://a.org/",
        "https://a.org/a\\..\\x",
        "https://a.org/" + "x" * 300,
        "https://a.org/" + "x/" * 500 + "y",
        "https://a.org/x?" + "q" * 400,
        "https://a.org/x\0y",
        "https://a.org/con",
        "https://a.org/x.origin.json",
        "https://a.org/x.",
        "https://a.org/x~20260801T120000Z-00000000",
        "https://user:word@a.org/x",
        "https://a.org/x#part",
        "https://a.org/.refused/x",
        "https://a.org/é",
        "nonsense",
        "https://[::1]/x",
        "https://[bad/x",
        "",
    ],
)
def test_no_address_leaves_the_folder_of_its_source(snapshots, url):
    payload = keep(snapshots, toy(), url, b"[]")
    inside = (snapshots.folder / "toy").resolve()
    assert payload.path.resolve().is_relative_to(inside)
    assert snapshots.held(toy()) == [payload]
    assert snapshots.newest(toy(), url).payload == payload
    for name in natural_names(url):
        assert (inside / name).resolve().is_relative_to(inside)


LETTERS = st.text(alphabet="ab._~%2Fq/?&=:" + string.ascii_uppercase[:2], max_size=12)
URLS = st.builds(
    lambda scheme, host, tail: f"{scheme}://{host}/{tail}",
    st.sampled_from(["https", "http"]),
    st.sampled_from(["a", "a.b", "A", "a:1"]),
    LETTERS,
)


@settings(max_examples=400)
@given(URLS, URLS)
@example("https://a/p?x/y", "https://a/p?x%2Fy")
@example("https://a/p?x", "https://a/p__q__x")
@example("https://a/p__q?x", "https://a/p?q__x")
@example("https://a/x", "https://a/x#y")
@example("https://a/x?", "https://a/x")
@example("http://a/x", "https://a/x")
def test_two_addresses_never_share_a_name(one, other):
    assert (file_name(one) == file_name(other)) == (one == other)
    assert checksum_name(one) != file_name(other) or one == other


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(urls=st.lists(URLS, unique=True, max_size=8))
def test_whatever_the_addresses_each_gets_its_own_content_back(tmp_path_factory, urls):
    snapshots = Snapshots(tmp_path_factory.mktemp("any"))
    for url in urls:
        keep(snapshots, toy(), url, url.encode())
    assert contents(snapshots, toy()) == [(url, url.encode()) for url in sorted(urls)]


def test_a_mirror_is_asked_under_its_literal_name_first():
    url = "https://api.github.com/repos/a/b/git/trees/c?recursive=1"
    assert natural_names(url) == ("api.github.com/repos/a/b/git/trees/c__q__recursive=1",)
    assert server_path(natural_names(url)[0]) == "api.github.com/repos/a/b/git/trees/c__q__recursive=1"
    assert natural_names("https://a.org/b%20c?d='e f'%2Fg")[0] == "a.org/b c__q__d='e f'%2Fg"
    assert server_path("a.org/b c__q__d='e f'%2Fg#") == "a.org/b%20c__q__d='e%20f'%252Fg%23"
