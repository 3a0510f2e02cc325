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
import math
import os
import queue
import random
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3
from requests.utils import get_environ_proxies

from etl.fetch import mirror as mirrors
from etl.fetch.addresses import host_of, split
from etl.fetch.answers import (
    Gunzip,
    NotThere,
    Passing,
    Stopped,
    Trouble,
    Unchanged,
    asked_wait,
    is_loopback,
    limit_wait,
    moment,
    network_trouble,
    short,
    status_text,
    too_large,
    unaskable,
    wait_sentence,
    without_user,
)
from etl.fetch.kinds import kind_problem
from etl.fetch.outcomes import (
    ABSENT,
    FAILED,
    FETCHED,
    KEPT,
    NEEDS_KEY,
    UNCHANGED,
    WAITING,
    AddressOutcome,
    SourceOutcome,
    summarise,
)
from etl.fetch.snapshots import LastFetch, Origin, Snapshots, Validators, newest_by_url, payloads
from etl.history import NO_HISTORY, History
from etl.schema import EARLIEST_DAY
from etl.sources.contract import Payload, Source, SourceChanged, Want
from etl.version import VERSION

NO_CONTACT = "inference-divide@users.noreply.github.com"
GITHUB_API = "api.github.com"

CHUNK = 256 * 1024
MOST_REDIRECTS = 5
MOST_ROUNDS = 500
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
    """How to fetch. Seconds unless the name says otherwise.

    `patience` is the longest wait that a host may ask for before it is left alone for this run; it is
    left alone, too, after `most_strikes` in a row: two for each address that it did not answer, one for
    each that it answered badly. `per_host`, `at_mirror` (for each publisher in it) and `overall` are the
    most requests under way at once. `sleep` and `clock` are there for tests.
    """

    mirror: Path | str | None = field(default_factory=lambda: os.environ.get("DIVIDE_MIRROR") or None)
    connect_timeout: float = 5
    read_timeout: float = 30
    total_timeout: float = 300
    retries: int = 3
    backoff: float = 0.5
    patience: float = 60
    per_host: int = 4
    at_mirror: int = 8
    overall: int = 16
    per_second: Mapping[str, float] = field(default_factory=lambda: {"data.sec.gov": 8, "www.sec.gov": 8})
    most_strikes: int = 10
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
    history: History = NO_HISTORY,
) -> SourceOutcome:
    """Fetches what one source wants."""
    return fetch_all([source], snapshots, settings, on_progress, history)[0]


def fetch_all(
    sources: Sequence[Source],
    snapshots: Snapshots,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
    history: History = NO_HISTORY,
) -> list[SourceOutcome]:
    """Fetches what these sources want, side by side; their outcomes in the order given.

    `history` names the earlier copies of sources that have a history.
    `on_progress` is called in the caller's thread. Raises nothing for what a network does;
    KeyboardInterrupt passes through.
    """
    run = _Run(settings or Settings(), snapshots, history)
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
        self.is_over = False
        self.outcome = summarise(source.id, ())
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
            return self.run.all_wants(self.source, payloads(self.source, origins))
        except SourceChanged as change:
            return str(change), []
        except Exception as error:  # one publisher's surprise must not stop the others
            return f"What it holds was not understood ({type(error).__name__}: {error}).", []

    def _attend(self, want: Want, held: Origin | None) -> None:
        if held and want.is_final:
            self.outcomes[want.url] = AddressOutcome(want.url, KEPT)
        elif want.key and not self.run.mirror and not self.run.settings.key(want):
            self.outcomes[want.url] = AddressOutcome(
                want.url,
                NEEDS_KEY,
                f"{host_of(want.url)} needs a key: set {want.key.variable} and refresh again.",
            )
        else:
            self.awaited += 1
            self.run.submit(self, want, held)

    def _finish(self, trouble: str | None, is_held: bool) -> None:
        ordered = [self.outcomes[url] for url in sorted(self.outcomes)]
        self.outcome = self._recorded(summarise(self.source.id, ordered, trouble, is_held))
        self.is_over = True
        self._tell(None)

    def _recorded(self, outcome: SourceOutcome) -> SourceOutcome:
        """The outcome, once it is written down; it says so where that could not be."""
        before = self.run.snapshots.last_fetch(self.source)
        now = self.run.settings.clock()
        went_well = outcome.status in ("ok", "unchanged")
        words = {o.url: (o.outcome, o.sentence) for o in self.outcomes.values()}
        try:
            self.run.snapshots.record(
                LastFetch(
                    self.source.id,
                    outcome.status,
                    outcome.message,
                    now,
                    now if went_well else before.succeeded_at if before else None,
                    words,
                )
            )
        except OSError as error:
            return replace(outcome, message=f"{outcome.message} This could not be written down ({error.strerror}).")
        return outcome

    def _tell(self, current: str | None) -> None:
        now = time.monotonic()
        if self.is_over or now - self.told_at >= PROGRESS_EVERY_SECONDS:
            self.told_at = now
            done, total = len(self.outcomes), len(self.wanted)
            outcome = self.outcome if self.is_over else None
            self.on_progress(Progress(self.source.id, done, total, self.bytes, current, outcome))


# Who asks, for which address, and what is held of it.
_Task = tuple[_Visit, Want, Origin | None]


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

    def __init__(self, settings: Settings, snapshots: Snapshots, history: History):
        self.settings, self.snapshots, self.history = settings, snapshots, history
        self.mirror = settings.mirror
        self.folder, self.server = mirrors.folder(self.mirror), mirrors.server(self.mirror)
        self.stopped = threading.Event()
        self.places = threading.BoundedSemaphore(settings.overall)
        self.hosts: dict[str, _Host] = {}
        self.desk: queue.SimpleQueue[tuple[_Visit, AddressOutcome | BaseException]] = queue.SimpleQueue()
        self.manifest_lock = threading.Lock()
        self.dated: Mapping[str, mirrors.Copied] | None = None if self.mirror else {}

    def all_wants(self, source: Source, held: Sequence[Payload]) -> tuple[str | None, list[Want]]:
        """What the source wants now and of its past, and what is wrong with the table of its past."""
        own = source.wants(self.history.of_source(source, held))
        if not source.has_history:
            return None, own
        past = self.history.known(source)
        if self.mirror:
            past += self.history.announced(source, self._announced())
        else:
            past += self.history.listed(source, held, self.settings.clock().date())
        return self.history.trouble(source), [*own, *past]

    def submit(self, visit: _Visit, want: Want, held: Origin | None) -> None:
        # At a mirror, too, each publisher is a host: what befalls one must not befall the others.
        host = host_of(want.url)
        if host not in self.hosts:
            self.hosts[host] = _Host(host, self)
        self.hosts[host].submit((visit, want, held))

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

    def copied(self, url: str) -> mirrors.Copied | None:
        """What the mirror's manifest says of this address."""
        return self._manifest().get(url)

    def _announced(self) -> Mapping[str, date | None]:
        """The addresses that the mirror's manifest names, with the day of each."""
        return {url: copied.day for url, copied in self._manifest().items()}

    def _manifest(self) -> Mapping[str, mirrors.Copied]:
        """What the mirror says of its copies, read once a run."""
        with self.manifest_lock:
            if self.dated is None:
                self.dated = mirrors.manifest(self._manifest_as_sent())
        return self.dated

    def _manifest_as_sent(self) -> bytes:
        try:
            if self.folder:
                return (self.folder / mirrors.MANIFEST).read_bytes()
            if self.server:
                url = f"{self.server.rstrip('/')}/{mirrors.MANIFEST}"
                with self.settings.new_session() as session:
                    return bytes(_Request(self, session, Want(url, "csv"), None, url).answer().content)
        except (OSError, Trouble, NotThere, Unchanged):
            pass
        return b""


class _Host:
    """One host: the addresses wanted of it, and a few threads that ask for them.

    The threads are daemons, so that Ctrl-C waits for no time-out; a half-written file is no harm.
    """

    def __init__(self, host: str, run: _Run):
        self.name, self.run = f"{host} at the mirror" if run.mirror else host, run
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.interval = 0.0 if run.mirror else 1 / run.settings.per_second.get(host, math.inf)
        self.most_threads = run.settings.at_mirror if run.mirror else run.settings.per_host
        self.free_at = 0.0
        self.strikes = 0
        self.verdict: Stopped | None = None

    def submit(self, task: _Task) -> None:
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
            raise Stopped(self.verdict.outcome, self.verdict.sentence)
        if self.run.stopped.is_set():
            raise Stopped(WAITING, "The refresh was stopped before this was asked for.")

    def stop(self, outcome: str, sentence: str) -> Stopped:
        self.verdict = self.verdict or Stopped(outcome, sentence)
        return self.verdict

    def count(self, strikes: int) -> None:
        with self.lock:
            self.strikes = self.strikes + strikes if strikes else 0
            if self.strikes >= self.run.settings.most_strikes:
                self.stop(FAILED, f"Not asked: {self.name} failed to answer several addresses in a row.")

    def _work(self) -> None:
        session = self.run.settings.new_session()
        try:
            while (task := self.tasks.get()) is not None:
                visit, want, held = task
                outcome: AddressOutcome | BaseException
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
            received = self._from_folder(self.run.folder) if self.run.folder else self._from_network()
            return self._judge(received)
        except Unchanged:
            return AddressOutcome(want.url, UNCHANGED)
        except NotThere:
            return self._absent()
        except Trouble as trouble:
            return AddressOutcome(want.url, trouble.outcome, trouble.sentence)

    def _absent(self) -> AddressOutcome:
        where = self.host.name
        if self.held and not self.run.mirror:
            gone = f"{where} had {short(self.want.url)} and has it no longer: the address is retired."
            return AddressOutcome(self.want.url, FAILED, gone)
        if self.want.is_optional or self.run.mirror:
            return AddressOutcome(self.want.url, ABSENT, f"Not published at {where}.")
        return AddressOutcome(self.want.url, FAILED, f"{where} no longer has {short(self.want.url)}.")

    def _judge(self, received: _Received) -> AddressOutcome:
        problem = kind_problem(self.want.kind, received.content)
        if problem:
            return self._refused(received, f"{self.host.name} sent {problem} for {short(self.want.url)}; refused.")
        sha256 = hashlib.sha256(received.content).hexdigest()
        if self.held and self.held.sha256 == sha256:
            self._note_validators(received, self.held)
            return AddressOutcome(self.want.url, UNCHANGED)
        now = self.run.settings.clock()
        as_of = self._as_of(received, sha256, now.date())
        unreadable = self._unreadable(received, as_of, now, sha256) if self.held else None
        if unreadable:
            return self._refused(received, f"{unreadable} Refused.")
        self._on_disk(
            lambda: self.run.snapshots.keep(
                self.source,
                self.want,
                received.content,
                as_of=as_of,
                fetched_at=now,
                etag=received.etag,
                last_modified=received.last_modified,
                content_type=received.content_type,
                fetched_from=received.fetched_from,
            )
        )
        return AddressOutcome(self.want.url, FETCHED, bytes=len(received.content))

    def _unreadable(self, received: _Received, as_of: date, now: datetime, sha256: str) -> str | None:
        """Why the source's own reader refuses this payload; None where it does not. What would replace
        something held is read first; a first payload has nothing to spoil, and the build judges it."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            path = Path(place) / "payload"
            path.write_bytes(received.content)
            trial = Payload(self.want.url, path, as_of, now, sha256, len(received.content))
            try:
                shown = self.run.history.of_source(self.source, [trial])
                return self.source.read(shown).refused.get(self.want.url)
            except Exception as error:  # one publisher's surprise must not stop the others
                return f"{short(self.want.url)} was not understood ({type(error).__name__}: {error})."

    def _refused(self, received: _Received, reason: str) -> AddressOutcome:
        self._on_disk(
            lambda: self.run.snapshots.refuse(
                self.source, self.want.url, received.content, reason, self.run.settings.clock()
            )
        )
        return AddressOutcome(self.want.url, FAILED, reason)

    def _as_of(self, received: _Received, sha256: str, today: date) -> date:
        if self.want.as_of:
            return self.want.as_of
        copied = self.run.copied(self.want.url)
        if copied and copied.day and copied.sha256 in (None, sha256):
            return copied.day
        modified_on = received.modified_on
        return min(modified_on, today) if modified_on and modified_on >= EARLIEST_DAY else today

    def _note_validators(self, received: _Received, held: Origin) -> None:
        news: Validators = {
            "etag": received.etag,
            "last_modified": received.last_modified,
            "fetched_from": received.fetched_from,
        }
        if any(getattr(held, name) != value for name, value in news.items()):
            now = self.run.settings.clock()
            self._on_disk(lambda: self.run.snapshots.renew(held, checked_at=now, **news))

    def _on_disk(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise Trouble(FAILED, f"{short(self.want.url)} came but could not be kept ({why}).") from error

    def _from_folder(self, folder: Path) -> _Received:
        for path in mirrors.files(folder, self.want.url):
            try:
                return self._from_file(path)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
            except OSError as error:
                raise Trouble(FAILED, f"{path} cannot be read ({error.strerror}).") from error
        if not folder.is_dir():
            raise self.host.stop(FAILED, f"There is no folder {folder} to stand in for the internet.")
        raise NotThere

    def _from_file(self, path: Path) -> _Received:
        state = path.stat()
        stamp, address = f"{state.st_size}-{state.st_mtime_ns}", path.absolute().as_uri()
        if self.held and (self.held.fetched_from, self.held.etag) == (address, stamp):
            raise Unchanged
        limit = self.run.settings.max_bytes or self.want.max_bytes
        if state.st_size > limit:
            raise too_large(self.want, limit)
        modified_on = datetime.fromtimestamp(state.st_mtime, UTC).date()
        return _Received(path.read_bytes(), address, etag=stamp, modified_on=modified_on)

    def _from_network(self) -> _Received:
        if not self.run.server:
            return self._patiently(self.want.url)
        for url in mirrors.server_urls(self.run.server, self.want.url):
            try:
                return self._patiently(url)
            except NotThere:
                continue
        raise NotThere

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
            except Passing as passing:
                self._wait(passing, attempt)
                last = passing
            except Stopped:
                raise
            except Trouble as trouble:
                self.host.count(trouble.strikes)
                raise
            except (NotThere, Unchanged):
                self.host.count(0)
                raise
            else:
                self.host.count(0)
                return received
        if last.is_limit:
            raise self.host.stop(WAITING, f"{self.host.name} still asks for fewer requests; refresh again later.")
        self.host.count(last.strikes)
        times = f" ({settings.retries + 1} attempts)" if settings.retries else ""
        raise Trouble(FAILED, f"{last.sentence}{times}.")

    def _wait(self, passing: Passing, attempt: int) -> None:
        settings = self.run.settings
        if passing.wait is not None and passing.wait > settings.patience:
            raise self.host.stop(WAITING, wait_sentence(self.host.name, passing.wait, settings.clock()))
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
            raise network_trouble(self.name, self.url, error) from None
        except (ValueError, UnicodeError):
            # The words of these errors may hold a key, so they are not repeated.
            raise unaskable(self.url) from None
        raise Trouble(FAILED, f"{self.name} redirects more than {MOST_REDIRECTS} times.")

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": self.settings.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if self.held and self.held.fetched_from == without_user(self.url):
            if self.held.etag:
                headers["If-None-Match"] = self.held.etag
            if self.held.last_modified:
                headers["If-Modified-Since"] = self.held.last_modified
        if self.run.mirror:
            return headers
        key, token = self.settings.key(self.want), (self.settings.github_token or "").strip()
        if self.want.key and key and (split(self.url).scheme == "https" or is_loopback(self.url)):
            headers[self.want.key.header] = key
        if token and split(self.url)[:2] == ("https", GITHUB_API):
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        return self.session.get(
            url,
            headers=headers,
            stream=True,
            allow_redirects=False,
            proxies=_proxies(url),
            timeout=(self.settings.connect_timeout, self.settings.read_timeout),
        )

    def _redirect(self, url: str, response: requests.Response) -> str | None:
        location = response.headers.get("Location")
        if response.status_code not in (301, 302, 303, 307, 308) or not location:
            return None
        onward = urljoin(url, location)
        if self.run.mirror and onward == f"{url}/":
            raise NotThere  # how a static server shows a folder
        if split(onward).scheme == "https":
            return onward
        if split(onward)[:2] == split(url)[:2]:
            return onward
        raise Trouble(FAILED, f"{self.name} redirects to an address without https; not followed.")

    def _judge(self, response: requests.Response) -> _Received:
        status = response.status_code
        if status == 200:
            return self._received(response)
        if status == 304 and self.held:
            raise Unchanged
        # Some publishers answer 400 to the name of a model that they do not have.
        if status in (404, 410) or (status == 400 and self.want.is_optional):
            raise NotThere
        phrase = f"{self.name} answered {status_text(status)}"
        if status in (403, 429) and response.headers.get("x-ratelimit-remaining", "").strip() == "0":
            raise self._limited(response)
        wait = asked_wait(response.headers.get("Retry-After"), self.settings.clock())
        if status in (408, 425, 429) or status >= 500 or (status == 403 and wait is not None):
            raise Passing(phrase, wait, is_limit=status in (403, 429))
        if status in (401, 403) and self.want.key and not self.run.mirror:
            raise Trouble(FAILED, f"{phrase}: is the key in {self.want.key.variable} right?")
        raise Trouble(FAILED, f"{phrase} for {short(self.want.url)}.")

    def _limited(self, response: requests.Response) -> Trouble:
        now = self.settings.clock()
        sentence = wait_sentence(self.name, limit_wait(response.headers.get("x-ratelimit-reset"), now), now)
        return self.host.stop(WAITING, sentence) if self.host else Trouble(WAITING, sentence)

    def _received(self, response: requests.Response) -> _Received:
        headers = response.headers
        content = self._body(response)
        modified = moment(headers.get("Last-Modified"))
        answered = moment(headers.get("Date")) or self.settings.clock()
        # A date as fresh as the answer could hide a second change within the same second.
        is_validator = modified is not None and answered - modified > timedelta(seconds=1)
        return _Received(
            content=content,
            fetched_from=without_user(self.url),
            etag=headers.get("ETag"),
            last_modified=headers.get("Last-Modified") if is_validator else None,
            modified_on=modified.date() if modified else None,
            content_type=headers.get("Content-Type"),
        )

    def _body(self, response: requests.Response) -> bytes | bytearray:
        length = response.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > self.limit:
            raise too_large(self.want, self.limit)
        unpack = self._unpacker(response.headers.get("Content-Encoding", "").strip().lower())
        content, received = bytearray(), 0
        # read1 gives what has come so far, so that a drip is noticed.
        while chunk := response.raw.read1(CHUNK, decode_content=False):
            received += len(chunk)
            content += unpack.add(chunk, self.limit - len(content) + 1) if unpack else chunk
            if max(received, len(content)) > self.limit:
                raise too_large(self.want, self.limit)
            if time.monotonic() > self.give_up_at:
                raise Trouble(
                    FAILED,
                    f"{self.name} took longer than {self.settings.total_timeout:g} s over "
                    f"{short(self.want.url)}; given up.",
                    strikes=1,
                )
        if unpack and not unpack.is_whole:
            raise Passing(f"{self.name} sent half a gzip")
        return content

    def _unpacker(self, encoding: str) -> "Gunzip | None":
        if encoding in ("", "identity"):
            return None
        if encoding in ("gzip", "x-gzip"):
            return Gunzip(self.name)
        raise Trouble(FAILED, f"{self.name} packed {short(self.want.url)} in a way nobody asked for.")


def _proxies(url: str) -> dict[str, str]:
    return {} if is_loopback(url) else get_environ_proxies(url)
