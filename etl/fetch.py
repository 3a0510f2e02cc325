"""Fetching: the only module that opens the network.

A source says which addresses it wants, given what is held; they are fetched; it is asked again, until
it wants nothing new. Whatever a network or a publisher does becomes an outcome with a sentence, never
an exception, and what is held stands until something sound has come to replace it.

- One thread coordinates: it asks the sources, counts, and calls `on_progress`, in the caller's thread.
- Each host has a few threads of its own (`per_host`), so that a slow or sulking host delays no other.
- A host that asks for patience we do not have, or that does not answer several addresses in a row, is
  left alone for the rest of the run.
- `If-None-Match` and `If-Modified-Since` go only to the very address that gave the validator: a
  mirror's dates mean nothing to the publisher. A date no older than the answer itself is no validator.
- A publisher's key and the GitHub token go to their own host over https, never to a mirror, never
  along a redirect to another host, never into a file or a sentence.
"""

import hashlib
import http
import os
import queue
import random
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3
from requests.utils import get_environ_proxies

from etl import mirror as mirrors
from etl.addresses import host_of, split
from etl.kinds import kind_problem
from etl.outcomes import (
    ABSENT,
    FAILED,
    FETCHED,
    KEPT,
    NEEDS_KEY,
    UNCHANGED,
    WAITING,
    AddressOutcome,
    SourceOutcome,
    size,
    summarise,
)
from etl.schema import EARLIEST_DAY
from etl.snapshots import LastFetch, Origin, Snapshots, newest_by_url, payloads
from etl.sources.contract import MEGABYTE, Payload, Source, SourceChanged, Want
from etl.version import VERSION

NO_CONTACT = "inference-divide@users.noreply.github.com"
GITHUB_API = "api.github.com"

CHUNK = 256 * 1024
MOST_REDIRECTS = 5
MOST_ROUNDS = 500
LONGEST_WAIT = timedelta(days=366)
PROGRESS_EVERY_SECONDS = 0.05


def new_session() -> requests.Session:
    """A session that keeps no cookies and reads no .netrc: nothing goes out that is not written here."""
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


@dataclass(frozen=True)
class Settings:
    """How to fetch. Seconds unless the name says otherwise; `patience` is the longest wait that a host
    may ask for before it is left alone for this run. `per_host`, `at_mirror` and `overall` are the most
    requests under way at once. `sleep` and `clock` are there for tests."""

    mirror: Path | str | None = None
    connect_timeout: float = 5
    read_timeout: float = 30
    total_timeout: float = 300
    retries: int = 3
    backoff: float = 0.5
    patience: float = 60
    per_host: int = 4
    at_mirror: int = 16
    overall: int = 16
    per_second: Mapping[str, float] = field(default_factory=lambda: {"data.sec.gov": 8, "www.sec.gov": 8})
    give_up_after: int = 5
    max_bytes: int | None = None
    github_token: str | None = field(default_factory=lambda: os.environ.get("GITHUB_TOKEN"), repr=False)
    contact: str = field(default_factory=lambda: os.environ.get("DIVIDE_CONTACT") or NO_CONTACT)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] | None = None
    new_session: Callable[[], requests.Session] = new_session

    @property
    def user_agent(self) -> str:
        contact = "".join(c for c in self.contact if c.isascii() and c.isprintable()).strip()
        return f"InferenceDivide/{VERSION} (+{contact or NO_CONTACT})"

    def key(self, want: Want) -> str | None:
        return (self.environment.get(want.key.variable) or "").strip() or None if want.key else None


@dataclass(frozen=True)
class Progress:
    """How far one source is: addresses done of those known so far, and bytes. `current` is the address
    that came last; `outcome` stands in the last word about the source."""

    source: str
    done: int
    total: int
    bytes: int
    current: str | None = None
    outcome: SourceOutcome | None = None


OnProgress = Callable[[Progress], None]


def fetch(
    source: Source,
    snapshots: Snapshots,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
) -> SourceOutcome:
    """Fetches what one source wants."""
    return fetch_all([source], snapshots, settings, on_progress)[0]


def fetch_all(
    sources: Sequence[Source],
    snapshots: Snapshots,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
) -> list[SourceOutcome]:
    """Fetches what these sources want, side by side; their outcomes in the order given.

    `on_progress` is called in the caller's thread. Raises nothing for what a network does;
    KeyboardInterrupt passes through.
    """
    run = _Run(settings or Settings(), snapshots)
    visits = [_Visit(source, run, on_progress or (lambda progress: None)) for source in sources]
    try:
        for visit in visits:
            visit.begin_round()
        while any(visit.awaited for visit in visits):
            visit, outcome = run.next_outcome()
            visit.take(outcome)
        return [visit.outcome for visit in visits]
    finally:
        run.close()


class _Visit:
    """One source in one run: what it wanted, what came of it."""

    def __init__(self, source: Source, run: "_Run", on_progress: OnProgress):
        self.source, self.run, self.on_progress = source, run, on_progress
        self.outcomes: dict[str, AddressOutcome] = {}
        self.wanted: set[str] = set()
        self.awaited = self.rounds = self.bytes = 0
        self.has_news = False
        self.told_at = 0.0
        self.outcome: SourceOutcome | None = None
        run.snapshots.sweep(source)

    def begin_round(self) -> None:
        """Asks the source what it wants now; where nothing is to be asked of anybody, the visit ends."""
        self.rounds += 1
        self.has_news = False
        origins = self.run.snapshots.origins(self.source)
        held = newest_by_url(origins)
        trouble, wants = self._wants(origins)
        for want in wants:
            if want.url not in self.wanted:
                self.wanted.add(want.url)
                self._attend(want, held.get(want.url))
        if self.awaited == 0:
            self._finish(trouble, bool(origins))

    def take(self, outcome: AddressOutcome) -> None:
        self.awaited -= 1
        self.outcomes[outcome.url] = outcome
        self.bytes += outcome.bytes
        self.has_news = self.has_news or outcome.outcome == FETCHED
        self._tell(outcome.url)
        if self.awaited == 0:
            if self.has_news:
                self.begin_round()
            else:
                # Wants follow from what is held, and nothing new is.
                self._finish(None, bool(self.run.snapshots.origins(self.source)))

    def _wants(self, origins: Sequence[Origin]) -> tuple[str | None, list[Want]]:
        if self.rounds > MOST_ROUNDS:
            return f"It led to ever more addresses; stopped after {MOST_ROUNDS} rounds.", []
        try:
            return None, self.source.wants(payloads(self.source, origins))
        except SourceChanged as change:
            return str(change), []
        except Exception as error:  # one publisher's surprise must not stop the others
            return f"What it holds was not understood ({type(error).__name__}: {error}).", []

    def _attend(self, want: Want, held: Origin | None) -> None:
        if held and want.is_final:
            self.outcomes[want.url] = AddressOutcome(want.url, KEPT)
        elif want.key and not self.run.mirror and not self.run.settings.key(want):
            self.outcomes[want.url] = AddressOutcome(
                want.url, NEEDS_KEY,
                f"{host_of(want.url)} needs a key: set {want.key.variable} and refresh again.",
            )  # fmt: skip
        else:
            self.awaited += 1
            self.run.submit(self, want, held)

    def _finish(self, trouble: str | None, is_held: bool) -> None:
        ordered = [self.outcomes[url] for url in sorted(self.outcomes)]
        self.outcome = summarise(self.source.id, ordered, trouble, is_held)
        self._record()
        self._tell(None)

    def _record(self) -> None:
        before = self.run.snapshots.last_fetch(self.source)
        now = self.run.settings.clock()
        went_well = self.outcome.status in ("ok", "unchanged")
        words = {o.url: (o.outcome, o.sentence) for o in self.outcomes.values()}
        try:
            self.run.snapshots.record(LastFetch(
                self.source.id, self.outcome.status, self.outcome.message, now,
                now if went_well else before and before.succeeded_at, words,
            ))  # fmt: skip
        except OSError as error:
            message = f"{self.outcome.message} This could not be written down ({error.strerror})."
            self.outcome = replace(self.outcome, message=message)

    def _tell(self, current: str | None) -> None:
        now = time.monotonic()
        if self.outcome or now - self.told_at >= PROGRESS_EVERY_SECONDS:
            self.told_at = now
            done, total = len(self.outcomes), len(self.wanted)
            self.on_progress(Progress(self.source.id, done, total, self.bytes, current, self.outcome))


class _Trouble(Exception):
    """An address that did not come, in a word and a sentence; `blames_host` where every other address
    of the host may well fare the same."""

    def __init__(self, outcome: str, sentence: str, blames_host: bool = False):
        super().__init__(sentence)
        self.outcome, self.sentence, self.blames_host = outcome, sentence, blames_host


class _Passing(_Trouble):
    """Trouble that may pass; `wait` is how many seconds the host asked us to wait."""

    def __init__(self, sentence: str, wait: float | None = None, is_limit: bool = False):
        super().__init__(FAILED, sentence, blames_host=True)
        self.wait, self.is_limit = wait, is_limit


class _Stopped(_Trouble):
    """Trouble with the host as a whole: nothing more is asked of it in this run."""


class _Unchanged(Exception):
    """What is held is what stands there."""


class _NotThere(Exception):
    """404, 410, 400 for what may be absent, or no such file in the mirror."""


@dataclass(frozen=True)
class _Received:
    content: bytes | bytearray
    fetched_from: str
    etag: str | None = None
    last_modified: str | None = None
    modified_on: date | None = None
    content_type: str | None = None


class _Run:
    """What the visits of one run share: hosts, the mirror and its manifest, and the outcomes to take."""

    def __init__(self, settings: Settings, snapshots: Snapshots):
        self.settings, self.snapshots, self.mirror = settings, snapshots, settings.mirror
        self.stopped = threading.Event()
        self.places = threading.BoundedSemaphore(settings.overall)
        self.hosts: dict[str, _Host] = {}
        self.desk: queue.SimpleQueue = queue.SimpleQueue()
        self.manifest_lock = threading.Lock()
        self.dated: Mapping[str, mirrors.Copied] | None = None if self.mirror else {}

    def submit(self, visit: _Visit, want: Want, held: Origin | None) -> None:
        name = "the mirror" if self.mirror else host_of(want.url)
        if name not in self.hosts:
            self.hosts[name] = _Host(name, self)
        self.hosts[name].submit((visit, want, held))

    def next_outcome(self) -> tuple[_Visit, AddressOutcome]:
        while True:
            try:
                # Woken now and then, so that Ctrl-C is noticed on every system.
                visit, outcome = self.desk.get(timeout=0.5)
            except queue.Empty:
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            return visit, outcome

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            (self.settings.sleep or self.stopped.wait)(seconds)

    def close(self) -> None:
        self.stopped.set()
        for host in self.hosts.values():
            host.close()

    def copied(self, url: str, session: requests.Session) -> mirrors.Copied | None:
        """What the mirror's manifest says of this address; it is read once a run."""
        with self.manifest_lock:
            if self.dated is None:
                self.dated = mirrors.manifest(self._manifest(session))
        return self.dated.get(url)

    def _manifest(self, session: requests.Session) -> bytes:
        try:
            if not mirrors.is_server(self.mirror):
                return (Path(self.mirror) / mirrors.MANIFEST).read_bytes()
            url = f"{self.mirror.rstrip('/')}/{mirrors.MANIFEST}"
            return bytes(_Request(self, session, Want(url, "csv"), None, url).answer().content)
        except (OSError, _Trouble, _NotThere, _Unchanged):
            return b""


class _Host:
    """One host: the addresses wanted of it, and a few threads that ask for them.

    The threads are daemons, so that Ctrl-C waits for no time-out; a half-written file is no harm.
    """

    def __init__(self, name: str, run: _Run):
        self.name, self.run = name, run
        self.tasks: queue.SimpleQueue = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.interval = 1 / run.settings.per_second[name] if name in run.settings.per_second else 0.0
        self.most_threads = run.settings.at_mirror if run.mirror else run.settings.per_host
        self.free_at = 0.0
        self.failures = 0
        self.verdict: _Stopped | None = None

    def submit(self, task) -> None:
        self.tasks.put(task)
        if len(self.threads) < self.most_threads:
            thread = threading.Thread(target=self._work, name=f"fetch {self.name}", daemon=True)
            self.threads.append(thread)
            thread.start()

    def close(self) -> None:
        for _ in self.threads:
            self.tasks.put(None)
        for thread in self.threads:
            thread.join(timeout=0.05)

    def pause(self) -> float:
        """Seconds to wait before the next request; each call takes the next free moment."""
        with self.lock:
            now = time.monotonic()
            at = max(now, self.free_at)
            self.free_at = at + self.interval if self.interval else self.free_at
            return at - now

    def hold_back(self, seconds: float) -> None:
        with self.lock:
            self.free_at = max(self.free_at, time.monotonic() + seconds)

    def check(self) -> None:
        if self.verdict:
            raise self.verdict
        if self.run.stopped.is_set():
            raise _Stopped(WAITING, "The refresh was stopped before this was asked for.")

    def stop(self, outcome: str, sentence: str) -> _Stopped:
        self.verdict = self.verdict or _Stopped(outcome, sentence)
        return self.verdict

    def count(self, failed: bool) -> None:
        with self.lock:
            self.failures = self.failures + 1 if failed else 0
            if self.failures >= self.run.settings.give_up_after and not self.verdict:
                self.stop(
                    FAILED,
                    f"Not asked: {self.name} failed to answer {self.failures} addresses in a row.",
                )

    def _work(self) -> None:
        session = self.run.settings.new_session()
        try:
            while (task := self.tasks.get()) is not None:
                visit, want, held = task
                try:
                    outcome = _Errand(self, session, visit.source, want, held).outcome()
                except BaseException as error:  # raised again in the caller's thread
                    outcome = error
                self.run.desk.put((visit, outcome))
        finally:
            session.close()


class _Errand:
    """One address: asked for, judged, kept."""

    def __init__(self, host: _Host, session: requests.Session, source: Source, want: Want, held: Origin | None):
        self.host, self.run, self.session = host, host.run, session
        self.source, self.want, self.held = source, want, held

    def outcome(self) -> AddressOutcome:
        want = self.want
        try:
            received = self._from_folder() if self._is_in_folder() else self._from_network()
            return self._judge(received)
        except _Unchanged:
            return AddressOutcome(want.url, UNCHANGED)
        except _NotThere:
            return self._absent()
        except _Trouble as trouble:
            return AddressOutcome(want.url, trouble.outcome, trouble.sentence)

    def _is_in_folder(self) -> bool:
        return bool(self.run.mirror) and not mirrors.is_server(self.run.mirror)

    def _absent(self) -> AddressOutcome:
        where = self.host.name
        if self.want.is_optional or self.run.mirror:
            return AddressOutcome(self.want.url, ABSENT, f"Not published at {where}.")
        return AddressOutcome(self.want.url, FAILED, f"{where} no longer has {_short(self.want.url)}.")

    def _judge(self, received: _Received) -> AddressOutcome:
        problem = kind_problem(self.want.kind, received.content)
        if problem:
            return self._refused(received, f"{self.host.name} sent {problem} for {_short(self.want.url)}; refused.")
        sha256 = hashlib.sha256(received.content).hexdigest()
        if self.held and self.held.sha256 == sha256:
            self._note_validators(received)
            return AddressOutcome(self.want.url, UNCHANGED)
        now = self.run.settings.clock()
        as_of = self._as_of(received, sha256, now.date())
        unreadable = self._unreadable(received, as_of, now, sha256) if self.held else None
        if unreadable:
            return self._refused(received, f"{unreadable} Refused; what was held before stands.")
        self._on_disk(lambda: self.run.snapshots.keep(
            self.source, self.want, received.content, as_of=as_of,
            fetched_at=now, etag=received.etag, last_modified=received.last_modified,
            content_type=received.content_type, fetched_from=received.fetched_from,
        ))  # fmt: skip
        return AddressOutcome(self.want.url, FETCHED, bytes=len(received.content))

    def _unreadable(self, received: _Received, as_of: date, now: datetime, sha256: str) -> str | None:
        """Why the source's own reader refuses this payload; None where it does not. What would replace
        something held is read first; a first payload has nothing to spoil, and the build judges it."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(received.content)
            file.flush()
            trial = Payload(self.want.url, Path(file.name), as_of, now, sha256, len(received.content))
            try:
                return self.source.read([trial]).refused.get(self.want.url)
            except Exception as error:  # one publisher's surprise must not stop the others
                return f"{_short(self.want.url)} was not understood ({type(error).__name__}: {error})."

    def _refused(self, received: _Received, reason: str) -> AddressOutcome:
        self._on_disk(lambda: self.run.snapshots.refuse(
            self.source, self.want.url, received.content, reason, self.run.settings.clock()
        ))  # fmt: skip
        return AddressOutcome(self.want.url, FAILED, reason)

    def _as_of(self, received: _Received, sha256: str, today: date) -> date:
        if self.want.as_of:
            return self.want.as_of
        copied = self.run.copied(self.want.url, self.session)
        if copied and copied.sha256 in (None, sha256):
            return copied.day
        modified_on = received.modified_on
        return min(modified_on, today) if modified_on and modified_on >= EARLIEST_DAY else today

    def _note_validators(self, received: _Received) -> None:
        news = {
            "etag": received.etag,
            "last_modified": received.last_modified,
            "fetched_from": received.fetched_from,
        }
        if any(getattr(self.held, name) != value for name, value in news.items()):
            now = self.run.settings.clock()
            self._on_disk(lambda: self.run.snapshots.renew(self.held, checked_at=now, **news))

    def _on_disk(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise _Trouble(FAILED, f"{_short(self.want.url)} came but could not be kept ({why}).") from error

    def _from_folder(self) -> _Received:
        folder = Path(self.run.mirror)
        for path in mirrors.files(folder, self.want.url):
            try:
                return self._from_file(path)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
            except OSError as error:
                raise _Trouble(FAILED, f"{path} cannot be read ({error.strerror}).") from error
        if not folder.is_dir():
            raise self.host.stop(FAILED, f"There is no folder {folder} to stand in for the internet.")
        raise _NotThere

    def _from_file(self, path: Path) -> _Received:
        state = path.stat()
        stamp, address = f"{state.st_size}-{state.st_mtime_ns}", path.absolute().as_uri()
        if self.held and (self.held.fetched_from, self.held.etag) == (address, stamp):
            raise _Unchanged
        limit = self.run.settings.max_bytes or self.want.max_bytes
        if state.st_size > limit:
            raise _too_large(self.want, limit)
        modified_on = datetime.fromtimestamp(state.st_mtime, UTC).date()
        return _Received(path.read_bytes(), address, etag=stamp, modified_on=modified_on)

    def _from_network(self) -> _Received:
        if not mirrors.is_server(self.run.mirror):
            return self._patiently(self.want.url)
        for url in mirrors.server_urls(self.run.mirror, self.want.url):
            try:
                return self._patiently(url)
            except _NotThere:
                continue
        raise _NotThere

    def _patiently(self, url: str) -> _Received:
        """Asks, and asks again where trouble may pass. Raises what the last answer was."""
        settings = self.run.settings
        for attempt in range(settings.retries + 1):
            self.host.check()
            self.run.sleep(self.host.pause())
            self.host.check()
            try:
                with self.run.places:
                    received = _Request(self.run, self.session, self.want, self.held, url, self.host).answer()
            except _Passing as passing:
                self._wait(passing, attempt)
                last = passing
            except _Stopped:
                raise
            except _Trouble as trouble:
                self.host.count(failed=trouble.blames_host)
                raise
            except (_NotThere, _Unchanged):
                self.host.count(failed=False)
                raise
            else:
                self.host.count(failed=False)
                return received
        if last.is_limit:
            raise self.host.stop(WAITING, f"{self.host.name} still asks for fewer requests; refresh again later.")
        self.host.count(failed=True)
        times = f" ({settings.retries + 1} attempts)" if settings.retries else ""
        raise _Trouble(FAILED, f"{last.sentence}{times}.")

    def _wait(self, passing: _Passing, attempt: int) -> None:
        settings = self.run.settings
        if passing.wait is not None and passing.wait > settings.patience:
            raise self.host.stop(WAITING, _wait_sentence(self.host.name, passing.wait, settings.clock()))
        if attempt == settings.retries:
            return
        backoff = settings.backoff * 2**attempt * random.uniform(0.5, 1.5)
        if passing.wait is not None:
            self.host.hold_back(max(passing.wait, backoff))
        else:
            self.run.sleep(backoff)


class _Request:
    """One request and its redirects, down to a body or a reason."""

    def __init__(
        self,
        run: _Run,
        session: requests.Session,
        want: Want,
        held: Origin | None,
        url: str,
        host: _Host | None = None,
    ):
        self.run, self.settings, self.session = run, run.settings, session
        self.want, self.held, self.url, self.host = want, held, url, host
        self.name = host.name if host else host_of(url)
        self.limit = run.settings.max_bytes or want.max_bytes
        self.give_up_at = time.monotonic() + run.settings.total_timeout

    def answer(self) -> _Received:
        url, headers = self.url, self._headers()
        try:
            for _ in range(MOST_REDIRECTS + 1):
                with self._get(url, headers) as response:
                    onward = self._redirect(url, response)
                    if onward is None:
                        return self._judge(response)
                if host_of(onward) != host_of(url):
                    headers = {name: headers[name] for name in ("User-Agent", "Accept", "Accept-Encoding")}
                url = onward
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._network_trouble(error) from None
        except (ValueError, UnicodeError):
            # The words of these errors may hold a key, so they are not repeated.
            raise _Trouble(FAILED, f"{_short(self.url)} cannot be asked for: the address or a header "
                           "holds characters that are not allowed.") from None  # fmt: skip
        raise _Trouble(FAILED, f"{self.name} redirects more than {MOST_REDIRECTS} times.")

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": self.settings.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if self.held and self.held.fetched_from == _without_user(self.url):
            if self.held.etag:
                headers["If-None-Match"] = self.held.etag
            if self.held.last_modified:
                headers["If-Modified-Since"] = self.held.last_modified
        if self.run.mirror:
            return headers
        key, token = self.settings.key(self.want), (self.settings.github_token or "").strip()
        if key and (split(self.url).scheme == "https" or _is_loopback(self.url)):
            headers[self.want.key.header] = key
        if token and split(self.url)[:2] == ("https", GITHUB_API):
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        return self.session.get(
            url, headers=headers, stream=True, allow_redirects=False, proxies=_proxies(url),
            timeout=(self.settings.connect_timeout, self.settings.read_timeout),
        )  # fmt: skip

    def _redirect(self, url: str, response: requests.Response) -> str | None:
        location = response.headers.get("Location")
        if response.status_code not in (301, 302, 303, 307, 308) or not location:
            return None
        onward = urljoin(url, location)
        if self.run.mirror and onward == f"{url}/":
            raise _NotThere  # how a static server shows a folder
        if split(onward).scheme == "https":
            return onward
        if split(onward)[:2] == split(url)[:2]:
            return onward
        raise _Trouble(FAILED, f"{self.name} redirects to an address without https; not followed.")

    def _judge(self, response: requests.Response) -> _Received:
        status = response.status_code
        if status == 200:
            return self._received(response)
        if status == 304 and self.held:
            raise _Unchanged
        # Some publishers answer 400 to the name of a model that they do not have.
        if status in (404, 410) or (status == 400 and self.want.is_optional):
            raise _NotThere
        phrase = f"{self.name} answered {_status(status)}"
        if status in (403, 429) and response.headers.get("x-ratelimit-remaining", "").strip() == "0":
            raise self._limited(response)
        wait = self._asked_wait(response)
        if status in (408, 425, 429) or status >= 500 or (status == 403 and wait is not None):
            raise _Passing(phrase, wait, is_limit=status in (403, 429))
        if status in (401, 403) and self.want.key and not self.run.mirror:
            raise _Trouble(FAILED, f"{phrase}: is the key in {self.want.key.variable} right?")
        raise _Trouble(FAILED, f"{phrase} for {_short(self.want.url)}.")

    def _limited(self, response: requests.Response) -> _Trouble:
        reset = response.headers.get("x-ratelimit-reset", "").strip()
        now = self.settings.clock()
        wait = int(reset[:15]) - now.timestamp() if reset.isascii() and reset.isdigit() else None
        sentence = _wait_sentence(self.name, wait, now)
        return self.host.stop(WAITING, sentence) if self.host else _Trouble(WAITING, sentence)

    def _asked_wait(self, response: requests.Response) -> float | None:
        asked = response.headers.get("Retry-After", "").strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:15])
        try:
            moment = parsedate_to_datetime(asked)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self.settings.clock()).total_seconds())

    def _received(self, response: requests.Response) -> _Received:
        headers = response.headers
        content = self._body(response)
        modified = _moment(headers.get("Last-Modified"))
        answered = _moment(headers.get("Date")) or self.settings.clock()
        # A date as fresh as the answer could hide a second change within the same second.
        is_validator = modified is not None and answered - modified > timedelta(seconds=1)
        return _Received(
            content=content,
            fetched_from=_without_user(self.url),
            etag=headers.get("ETag"),
            last_modified=headers.get("Last-Modified") if is_validator else None,
            modified_on=modified.date() if modified else None,
            content_type=headers.get("Content-Type"),
        )

    def _body(self, response: requests.Response) -> bytes | bytearray:
        length = response.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > self.limit:
            raise _too_large(self.want, self.limit)
        unpack = self._unpacker(response.headers.get("Content-Encoding", "").strip().lower())
        content, received = bytearray(), 0
        # read1 gives what has come so far, so that a drip is noticed.
        while chunk := response.raw.read1(CHUNK, decode_content=False):
            received += len(chunk)
            content += unpack.add(chunk, self.limit - len(content) + 1) if unpack else chunk
            if max(received, len(content)) > self.limit:
                raise _too_large(self.want, self.limit)
            if time.monotonic() > self.give_up_at:
                raise _Trouble(
                    FAILED,
                    f"{self.name} took longer than {self.settings.total_timeout:g} s over "
                    f"{_short(self.want.url)}; given up.",
                    blames_host=True,
                )
        if unpack and not unpack.is_whole:
            raise _Passing(f"{self.name} sent half a gzip")
        return content

    def _unpacker(self, encoding: str) -> "_Gunzip | None":
        if encoding in ("", "identity"):
            return None
        if encoding in ("gzip", "x-gzip"):
            return _Gunzip(self.name)
        raise _Trouble(FAILED, f"{self.name} packed {_short(self.want.url)} in a way nobody asked for.")

    def _network_trouble(self, error: Exception) -> _Trouble:
        kinds = {type(link).__name__ for link in _chain(error)}
        if kinds & {"SSLError", "SSLCertVerificationError", "CertificateError"}:
            sentence = f"{self.name} could not prove who it is (TLS), so nothing was taken from it."
            return _Trouble(FAILED, sentence, blames_host=True)
        if kinds & {"InvalidURL", "InvalidSchema", "MissingSchema", "LocationParseError", "InvalidHeader"}:
            return _Trouble(FAILED, f"{_short(self.url)} cannot be asked for: the address or a header "
                            "holds characters that are not allowed.")  # fmt: skip
        for names, sentence in (
            ({"ProxyError"}, "cannot be reached through the proxy"),
            ({"NameResolutionError", "gaierror"}, "cannot be found, or there is no network"),
            ({"ConnectTimeout", "ConnectTimeoutError"}, "did not answer in time"),
            ({"ReadTimeout", "ReadTimeoutError", "timeout"}, "fell silent"),
            ({"ConnectionRefusedError", "NewConnectionError"}, "cannot be reached"),
        ):
            if kinds & names:
                return _Passing(f"{self.name} {sentence}")
        return _Passing(f"{self.name} broke off in the middle")


class _Gunzip:
    """Unpacks gzip by pieces, never more than asked, and knows whether it saw the end."""

    def __init__(self, host: str):
        self.host, self.member = host, zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def is_whole(self) -> bool:
        return self.member.eof

    def add(self, chunk: bytes, most: int) -> bytearray:
        unpacked = bytearray()
        try:
            while chunk and len(unpacked) < most:
                if self.member.eof:
                    self.member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                unpacked += self.member.decompress(chunk, most - len(unpacked))
                chunk = self.member.unused_data if self.member.eof else b""
        except zlib.error:
            raise _Passing(f"{self.host} sent a gzip that cannot be unpacked") from None
        return unpacked


def _proxies(url: str) -> Mapping[str, str]:
    return {} if _is_loopback(url) else get_environ_proxies(url)


def _is_loopback(url: str) -> bool:
    return split(url).hostname in ("127.0.0.1", "::1", "localhost")


def _too_large(want: Want, limit: int) -> _Trouble:
    most = f"{limit / MEGABYTE:g} MB" if limit >= MEGABYTE else size(limit)
    return _Trouble(FAILED, f"{_short(want.url)} is larger than {most}; not taken.")


def _wait_sentence(host: str, seconds: float | None, now: datetime) -> str:
    if seconds is None:
        return f"{host} asks us to wait, and does not say until when; refresh again in an hour."
    until = now + min(timedelta(seconds=max(0.0, min(seconds, 1e9))), LONGEST_WAIT)
    until = (until + timedelta(seconds=59)).astimezone(UTC)
    day = f"{until:%d %B} " if until.date() != now.astimezone(UTC).date() else ""
    return f"{host} asks us to wait until {day}{until:%H:%M} UTC; refresh again then."


def _status(code: int) -> str:
    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _short(url: str) -> str:
    return split(url).path.rstrip("/").rpartition("/")[2][:80] or host_of(url)


def _without_user(url: str) -> str:
    parts = split(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _chain(error: BaseException | None):
    seen = []
    while isinstance(error, BaseException) and error not in seen:
        seen.append(error)
        yield error
        inner = [a for a in (*error.args, getattr(error, "reason", None)) if isinstance(a, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
