"""Earlier copies of what a source publishes: where each stands, for which day, and how that day is known.

A source says only that it has a history. Its copies come from three places:

- `data/history/*.csv`: a line a copy. A month more is a line more. `known_by` says how the day is known, and "address
  not verified" where nobody has met the copy at that address.
- `data/history/listings.csv`: where a publisher lists its own changes. Of each whole month without a copy, the newest
  one listed is wanted. A listing of commits is asked month by month (`{since}`, `{until}`), one of releases page by
  page (`{page}`); `{ref}` in the address of a copy is the commit or the tag, `{day}` its day.
- the manifest of a mirror: an address that differs from a known copy in commit, version or day alone is another copy.

A listing is fetched and held like any payload; `of_source` takes listings away before a reader sees them.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from etl.sources.contract import Payload, Source, Want

LISTINGS = "listings.csv"
KINDS = {".csv": "csv", ".jsonl": "text", ".md": "text"}  # by the ending; lines of JSON are no JSON document
COPY_COLUMNS = ("source", "address", "day", "known_by")
LISTING_COLUMNS = ("source", "listing", "copy")

NOT_VERIFIED = "address not verified"
PAGE_LENGTH = 100  # the most entries that GitHub puts on a page
REFS = re.compile(r"[0-9a-f]{40}|v?\d+(\.\d+)+|\d{4}-\d{2}-\d{2}")


class Malformed(ValueError):
    """A line that cannot be used, with the sentence that says why."""


@dataclass(frozen=True)
class Copy:
    """One copy of a day; without a day nobody knows of which. A guessed address may be missing."""

    address: str
    day: date | None
    is_guess: bool = False


@dataclass(frozen=True)
class Listing:
    """Where changes are listed, and where the copy of a change stands."""

    listing: str
    copy: str

    @property
    def is_paged(self) -> bool:
        return "{page}" in self.listing

    def page(self, number: int) -> Want:
        return Want(self.listing.replace("{page}", str(number)))

    def of_month(self, month: date) -> Want:
        """The newest change of a month that is over; it will not change."""
        since, until = f"{month}T00:00:00Z", f"{_next(month)}T00:00:00Z"
        return Want(self.listing.replace("{since}", since).replace("{until}", until), is_final=True)

    def is_here(self, address: str) -> bool:
        """True where the address is one of this listing's own, and none of a copy."""
        return _same_but_for(("{page}", "{since}", "{until}"), self.listing).fullmatch(address) is not None


@dataclass(frozen=True)
class History:
    """Copies, listings, and sentences about lines that are not used, by the source's id ("" for lines of none)."""

    copies: Mapping[str, Sequence[Copy]] = field(default_factory=lambda: MappingProxyType({}))
    listings: Mapping[str, Sequence[Listing]] = field(default_factory=lambda: MappingProxyType({}))
    refused: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))

    def trouble(self, source: Source) -> str | None:
        """Sentences about lines that cannot be used; they stop no other line."""
        return " ".join((*self.refused.get(source.id, ()), *self.refused.get("", ()))) or None

    def known(self, source: Source) -> list[Want]:
        """The copies of the table."""
        return [_want(copy) for copy in self.copies.get(source.id, ())]

    def listed(self, source: Source, held: Sequence[Payload], today: date) -> list[Want]:
        """The listings to ask, and the copies to which those held lead, for whole months without a copy."""
        lacking = self._lacking(source, today)
        listings = self.listings.get(source.id, ()) if lacking else ()
        return [want for listing in listings for want in _listed(listing, held, lacking)]

    def announced(self, source: Source, manifest: Mapping[str, date | None]) -> list[Want]:
        """The copies that a mirror's manifest names, with its days."""
        patterns = [_same_but_for((), copy.address) for copy in self.copies.get(source.id, ())]
        patterns += [_same_but_for(("{ref}", "{day}"), listing.copy) for listing in self.listings.get(source.id, ())]
        alike = set(patterns)  # copies that differ in a commit alone make one pattern
        return [
            _want(Copy(address, day))
            for address, day in manifest.items()
            if any(pattern.fullmatch(address) for pattern in alike)
        ]

    def of_source(self, source: Source, held: Sequence[Payload]) -> list[Payload]:
        """What the source's own reader is shown: everything but the listings."""
        listings = self.listings.get(source.id, ())
        return [payload for payload in held if not any(listing.is_here(payload.url) for listing in listings)]

    def _lacking(self, source: Source, today: date) -> list[date]:
        """Whole months since the first copy of which the table has none; the last month where it has no copy at all."""
        days = [copy.day for copy in self.copies.get(source.id, ()) if copy.day]
        last = _first(_first(today) - timedelta(days=1))
        covered = {_first(day) for day in days}
        months, month = [], min(covered, default=last)
        while month <= last:
            months.append(month)
            month = _next(month)
        return [month for month in months if month not in covered]


NO_HISTORY = History()


def load(folder: Path, sources: Iterable[Source]) -> History:
    """The tables of a folder, none where it is not there. A line that cannot be used stops no other."""
    with_history = {source.id for source in sources if source.has_history}
    copies: dict[str, list[Copy]] = {}
    listings: dict[str, list[Listing]] = {}
    refused: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        for number, line in _lines(path, LISTING_COLUMNS if path.name == LISTINGS else COPY_COLUMNS):
            named = line["source"] if line["source"] in with_history else ""
            try:
                if not named:
                    raise Malformed(f"{line['source'] or 'no source'} has no history")
                if path.name == LISTINGS:
                    listings.setdefault(named, []).append(_listing(line))
                else:
                    copies.setdefault(named, []).append(_known(line))
            except Malformed as fault:
                sentence = f"{path.name} of the history, line {number}, is not used: {fault}."
                refused.setdefault(named, []).append(sentence)
    return History(copies, listings, refused)


def _lines(path: Path, columns: Sequence[str]) -> Iterable[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, cells in enumerate(csv.DictReader(file), 2):
            yield number, {name: (cells.get(name) or "").strip() for name in columns}


def _known(line: Mapping[str, str]) -> Copy:
    if not line["address"] or not line["known_by"]:
        raise Malformed("address and known_by must be filled")
    try:
        day = date.fromisoformat(line["day"]) if line["day"] else None
        return Copy(line["address"], day, is_guess=NOT_VERIFIED in line["known_by"])
    except ValueError as error:
        raise Malformed(f"{line['day']} is no day such as 2026-11-20") from error


def _listing(line: Mapping[str, str]) -> Listing:
    listing = Listing(line["listing"], line["copy"])
    is_by_month = "{since}" in listing.listing and "{until}" in listing.listing
    if "{ref}" not in listing.copy or listing.is_paged == is_by_month:
        raise Malformed("a listing holds {page}, or {since} and {until}, and its copy holds {ref}")
    return listing


def _want(copy: Copy) -> Want:
    kind = next((kind for ending, kind in KINDS.items() if copy.address.endswith(ending)), "json")
    return Want(copy.address, kind, is_final=True, is_optional=copy.is_guess, as_of=copy.day)


def _listed(listing: Listing, held: Sequence[Payload], lacking: Sequence[date]) -> list[Want]:
    return _paged(listing, held, lacking) if listing.is_paged else _by_month(listing, held, lacking)


def _by_month(listing: Listing, held: Sequence[Payload], lacking: Sequence[date]) -> list[Want]:
    asked = {month: listing.of_month(month) for month in lacking}
    by_url = {payload.url: payload for payload in held}
    found = [_newest(_changes(by_url[want.url])) for want in asked.values() if want.url in by_url]
    return [*asked.values(), *(_copy(listing, change) for change in found if change)]


def _paged(listing: Listing, held: Sequence[Payload], lacking: Sequence[date]) -> list[Want]:
    by_url = {payload.url: payload for payload in held}
    wants, changes, number = [listing.page(1)], [], 1
    while (page := by_url.get(listing.page(number).url)) is not None:
        found = _changes(page)
        changes += found
        number += 1
        if len(found) < PAGE_LENGTH or min(day for day, _ in found) < min(lacking):
            break
        wants.append(listing.page(number))
    by_month = [_newest([change for change in changes if _first(change[0]) == month]) for month in lacking]
    return [*wants, *(_copy(listing, change) for change in by_month if change)]


Change = tuple[date, str]  # its day and what names it: a commit or a tag


def _newest(changes: Sequence[Change]) -> Change | None:
    return max(changes, default=None, key=lambda change: change[0])


def _copy(listing: Listing, change: Change) -> Want:
    day, ref = change
    return _want(Copy(listing.copy.replace("{ref}", ref).replace("{day}", day.isoformat()), day, is_guess=True))


def _changes(payload: Payload) -> list[Change]:
    """The commits or releases that a listing names, each with its day; drafts and what has no day are left out."""
    entries = json.loads(payload.text())
    named = [_change(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [change for change in named if change]


def _change(entry: Mapping[str, object]) -> Change | None:
    commit = entry.get("commit")
    committer = commit.get("committer") if isinstance(commit, dict) else None
    moment = committer.get("date") if isinstance(committer, dict) else entry.get("published_at")
    ref = entry.get("sha") or entry.get("tag_name")
    if not isinstance(moment, str) or not isinstance(ref, str) or entry.get("draft"):
        return None
    return date.fromisoformat(moment[:10]), ref


def _same_but_for(marks: Sequence[str], address: str) -> re.Pattern[str]:
    """Addresses that differ from this one in the marks, or in a commit, a version or a day that is a whole segment."""
    parts = re.split(r"([/?&=])", address)
    return re.compile("".join(r"[^/?&=]+" if REFS.fullmatch(p) or p in marks else re.escape(p) for p in parts))


def _first(day: date) -> date:
    return day.replace(day=1)


def _next(month: date) -> date:
    return _first(month + timedelta(days=32))
