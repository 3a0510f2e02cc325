"""How fetching went: for one address, and for a source in a word and a sentence for people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FETCHED, UNCHANGED, KEPT, ABSENT = "fetched", "unchanged", "kept", "absent"
FAILED, WAITING, NEEDS_KEY = "failed", "waiting", "needs key"


@dataclass(frozen=True)
class AddressOutcome:
    """One address. `kept`: its content never changes and it is held, so nobody was asked."""

    url: str
    outcome: str
    sentence: str | None = None
    bytes: int = 0


@dataclass(frozen=True)
class SourceOutcome:
    """One source. `status` is one of SOURCE_STATUSES; `failures` are the addresses that failed, wait,
    need a key or are not published, each with its sentence."""

    source: str
    status: str
    message: str
    fetched: int = 0
    unchanged: int = 0
    kept: int = 0
    absent: int = 0
    failed: int = 0
    waiting: int = 0
    needs_key: int = 0
    bytes: int = 0
    failures: tuple[AddressOutcome, ...] = ()

    @property
    def is_well(self) -> bool:
        """True where nothing failed; waiting for a publisher or for a key is nobody's failure."""
        return self.status not in ("partial", "failed")


def summarise(
    source: str, outcomes: Sequence[AddressOutcome], trouble: str | None = None, is_held: bool = False
) -> SourceOutcome:
    """The source's outcome from those of its addresses. `trouble` is what stopped the source itself
    (it could not say which addresses it wants); `is_held` tells that earlier payloads stand."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    return SourceOutcome(
        source=source,
        status=_status(counts, trouble, is_held),
        message=_message(counts, outcomes, trouble, is_held),
        fetched=counts[FETCHED],
        unchanged=counts[UNCHANGED],
        kept=counts[KEPT],
        absent=counts[ABSENT],
        failed=counts[FAILED],
        waiting=counts[WAITING],
        needs_key=counts[NEEDS_KEY],
        bytes=sum(outcome.bytes for outcome in outcomes),
        failures=tuple(o for o in outcomes if o.outcome not in (FETCHED, UNCHANGED, KEPT)),
    )


def size(count: int) -> str:
    """A count of bytes for people, at most three digits: 940 bytes, 61.4 kB, 3.20 MB."""
    if count < 1000:
        return f"{count} bytes"
    for unit, scale in (("kB", 1e3), ("MB", 1e6)):
        if count < 999.5 * scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count / 1e9:.3g} GB"


def _status(counts: Counter[str], trouble: str | None, is_held: bool) -> str:
    has_some = is_held or counts[FETCHED] + counts[UNCHANGED] + counts[KEPT] > 0
    if counts[FAILED] or trouble:
        return "partial" if has_some else "failed"
    if counts[WAITING]:
        return "waiting"
    if counts[FETCHED]:
        return "ok"
    if counts[UNCHANGED] + counts[KEPT]:
        return "unchanged"
    if counts[NEEDS_KEY]:
        return "needs key"
    return "absent" if counts[ABSENT] else "unchanged"


def _message(counts: Counter[str], outcomes: Sequence[AddressOutcome], trouble: str | None, is_held: bool) -> str:
    if not outcomes and not trouble:
        return "Nothing to fetch."
    volume = sum(outcome.bytes for outcome in outcomes)
    parts = [
        f"{counts[FETCHED]:,} fetched ({size(volume)})" if counts[FETCHED] else "",
        f"{counts[UNCHANGED]:,} unchanged" if counts[UNCHANGED] else "",
        f"{counts[KEPT]:,} kept as they never change" if counts[KEPT] else "",
        f"{counts[ABSENT]:,} not published there" if counts[ABSENT] else "",
        f"{counts[NEEDS_KEY]:,} without a key" if counts[NEEDS_KEY] else "",
        f"{counts[WAITING]:,} waiting" if counts[WAITING] else "",
        f"{counts[FAILED]:,} failed" if counts[FAILED] else "",
    ]
    counted = ", ".join(part for part in parts if part)
    sentences: list[str | None] = [f"{counted[0].upper()}{counted[1:]}."] if counted else []
    sentences += [trouble] if trouble else []
    sentences += [_first(outcomes, word) for word in (FAILED, WAITING, NEEDS_KEY)]
    if is_held and not counts[FETCHED] and (trouble or counts[FAILED] or counts[WAITING]):
        sentences.append("What was held stands.")
    return " ".join(sentence for sentence in sentences if sentence)


def _first(outcomes: Sequence[AddressOutcome], word: str) -> str | None:
    return next((o.sentence for o in outcomes if o.outcome == word and o.sentence), None)
