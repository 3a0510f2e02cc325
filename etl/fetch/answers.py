"""What an answer over the network means: how it troubles us, how long it asks us to wait, and what its
body says unpacked.

This module opens no network; `etl.fetch.download` does, and asks here. No sentence repeats the words of an error,
which may hold a key.
"""

import http
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from etl.fetch.addresses import host_of, split
from etl.fetch.outcomes import FAILED, size
from etl.sources.contract import MEGABYTE, Want

LONGEST_WAIT = timedelta(days=366)

_SILENCES = (
    ({"ProxyError"}, "cannot be reached through the proxy"),
    ({"NameResolutionError", "gaierror"}, "cannot be found, or there is no network"),
    ({"ConnectTimeout", "ConnectTimeoutError"}, "did not answer in time"),
    ({"ReadTimeout", "ReadTimeoutError", "timeout"}, "fell silent"),
    ({"ConnectionRefusedError", "NewConnectionError"}, "cannot be reached"),
)


class Trouble(Exception):
    """An address that did not come, in a word and a sentence. `strikes` says how much it blames the
    host as a whole: none where the host answered soundly, two where it did not answer."""

    def __init__(self, outcome: str, sentence: str, strikes: int = 0):
        super().__init__(sentence)
        self.outcome, self.sentence, self.strikes = outcome, sentence, strikes


class Passing(Trouble):
    """Trouble that may pass; `wait` is how many seconds the host asked us to wait."""

    def __init__(self, sentence: str, wait: float | None = None, is_limit: bool = False, strikes: int = 1):
        super().__init__(FAILED, sentence, strikes)
        self.wait, self.is_limit = wait, is_limit


class Stopped(Trouble):
    """Trouble with the host as a whole: nothing more is asked of it in this run."""


class Unchanged(Exception):
    """What is held is what stands there."""


class NotThere(Exception):
    """404, 410, or no such file in the mirror."""


class Gunzip:
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
                    if not chunk.strip(b"\0"):
                        break  # padding after the end
                    self.member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                unpacked += self.member.decompress(chunk, most - len(unpacked))
                chunk = self.member.unused_data if self.member.eof else b""
        except zlib.error:
            raise Passing(f"{self.host} sent a gzip that cannot be unpacked") from None
        return unpacked


def network_trouble(host: str, url: str, error: Exception) -> Trouble:
    """What an exception of requests or urllib3 means, told by the names along its chain of causes."""
    kinds = {type(link).__name__ for link in _chain(error)}
    if kinds & {"SSLError", "SSLCertVerificationError", "CertificateError"}:
        sentence = f"{host} could not prove who it is (TLS), so nothing was taken from it."
        return Trouble(FAILED, sentence, strikes=2)
    if kinds & {"InvalidURL", "InvalidSchema", "MissingSchema", "LocationParseError", "InvalidHeader"}:
        return unaskable(url)
    for names, sentence in _SILENCES:
        if kinds & names:
            return Passing(f"{host} {sentence}", strikes=2)
    return Passing(f"{host} broke off in the middle")


def unaskable(url: str) -> Trouble:
    why = "the address or a header holds characters that are not allowed"
    return Trouble(FAILED, f"{short(url)} cannot be asked for: {why}.")


def asked_wait(text: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a count or as a date; None where it asks nothing."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:15])
    until = moment(text)
    return max(0.0, (until - now).total_seconds()) if until else None


def limit_wait(text: str | None, now: datetime) -> float | None:
    """Seconds until the moment, in seconds since 1970, at which GitHub says that a limit ends."""
    text = (text or "").strip()
    return float(text[:15]) - now.timestamp() if text.isascii() and text.isdigit() else None


def is_loopback(url: str) -> bool:
    return split(url).hostname in ("127.0.0.1", "::1", "localhost")


def too_large(want: Want, limit: int) -> Trouble:
    most = f"{limit / MEGABYTE:g} MB" if limit >= MEGABYTE else size(limit)
    return Trouble(FAILED, f"{short(want.url)} is larger than {most}; not taken.")


def wait_sentence(host: str, seconds: float | None, now: datetime) -> str:
    if seconds is None:
        return f"{host} asks us to wait, and does not say until when; refresh again in an hour."
    until = now + min(timedelta(seconds=max(0.0, min(seconds, 1e9))), LONGEST_WAIT)
    until = (until + timedelta(seconds=59)).astimezone(UTC)
    day = f"{until:%d %B} " if until.date() != now.astimezone(UTC).date() else ""
    return f"{host} asks us to wait until {day}{until:%H:%M} UTC; refresh again then."


def status_text(code: int) -> str:
    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def short(url: str) -> str:
    return split(url).path.rstrip("/").rpartition("/")[2][:80] or host_of(url)


def without_user(url: str) -> str:
    parts = split(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = []
    while isinstance(error, BaseException) and error not in seen:
        seen.append(error)
        yield error
        inner = [a for a in (*error.args, getattr(error, "reason", None)) if isinstance(a, BaseException)]
        error = inner[0] if inner else error.__cause__ or error.__context__
