"""Snapshots, curated facts and shipped figures become one generation of the store; no network.

What is read gets our names, then its corrections, then its checks.

Each source gives what its snapshots say, and its earlier figures for what they do not cover: an
earlier row gives way to a row with the same key, and, where the source keeps no history, to any
reading of the same address. Earlier figures are those that ship; where a payload is refused, those
of the current generation, which are newer. So a source that was never fetched here, or whose newest
payload cannot be read, still stands on its last good figures, and stops no other source.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import polars as pl

from etl import checks, corrections, faults, history, names, neighbours, offers, published
from etl.corrections import Corrected, Corrections
from etl.faults import Fault
from etl.fetch.outcomes import FETCHED, KEPT, UNCHANGED
from etl.fetch.snapshots import LastFetch, Snapshots
from etl.folders import PROJECT, Folders
from etl.history import History
from etl.names import Names
from etl.schema import (
    CORRECTION,
    FACTS,
    HOST,
    ORIGIN,
    READ,
    REFUSED,
    SET_ASIDE,
    SHIPPED,
    SOURCE_STATE,
    STANDING_IN,
    TABLES,
    TOKEN_PRICE,
    UNKNOWN_NAME,
    UPLOAD,
    WITHDRAWAL,
    Table,
)
from etl.sources import SOURCES, curated
from etl.sources.contract import Catalogue, Payload, Reading, Row, Source, SourceChanged, merge
from etl.store import StoreDamaged, StoreMissing, Writer
from etl.upload import staging
from etl.version import VERSION

SHOWN_ROW_CHARACTERS = 300
SHOWN_REASONS = 3
WELL = (FETCHED, UNCHANGED, KEPT)
DAY_COLUMNS = (
    "measured_on",
    "last_seen_on",
    "observed_on",
    "period_end",
    "happened_on",
    "published_on",
)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SourceRows:
    """What one source adds to a generation: typed, named, checked rows by table."""

    frames: Mapping[str, pl.DataFrame]
    set_aside: pl.DataFrame
    unknown: pl.DataFrame
    origins: pl.DataFrame
    refused: Mapping[str, str] = field(default_factory=dict)
    incomplete: Sequence[str] = ()
    is_read: bool = False

    @property
    def rows_used(self) -> int:
        return sum(frame.height for frame in self.frames.values())


def build(
    folders: Folders,
    sources: Sequence[Source] = SOURCES,
    progress: Progress = lambda step, done, total: None,
    now: datetime | None = None,
) -> str:
    """Publishes a generation made from everything held; its name. Uploaded rows stay in it."""
    known = names.load(folders.names)
    wrong = corrections.load(folders.corrections, [source.id for source in (*SOURCES, *sources)])
    past = history.load(folders.history, {*SOURCES, *sources})
    gathered: dict[str, SourceRows] = {}
    for done, source in enumerate(sources):
        progress(source.title, done, len(sources))
        gathered[source.id] = gather(source, folders, known, wrong, past)
    gathered = _on_offer(gathered, sources, folders, known)
    progress("Writing the store", len(sources), len(sources))
    built_at = now or datetime.now(UTC)
    tables = _tables(sources, gathered, folders, known, wrong, built_at.date())
    tables["build"] = pl.DataFrame(
        {
            "built_at": [built_at],
            "fingerprint": [fingerprint(folders, sources)],
            "version": [VERSION],
        }
    )

    def change(writer: Writer) -> None:
        for name, frame in tables.items():
            writer.replace_all(name, frame)
        staging.restore(writer, folders.uploads)

    return folders.store.write(change, mend=True)


def is_current(folders: Folders, sources: Sequence[Source] = SOURCES) -> bool:
    """True where a build would make the generation that already stands."""
    try:
        built = folders.store.rows("build")
    except (StoreMissing, StoreDamaged):
        return False
    return built["fingerprint"].to_list() == [fingerprint(folders, sources)]


def fingerprint(folders: Folders, sources: Sequence[Source] = SOURCES) -> str:
    """Checksum of all that a build reads: code, lists, facts, corrections, shipped figures, snapshots, outcomes."""
    digest = hashlib.sha256()
    places = (folders.names, folders.facts, folders.corrections, folders.published)
    files = [
        *sorted((PROJECT / "etl").rglob("*.py")),
        *(path for place in places for path in sorted(place.glob("*.csv"))),
    ]
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for source in sources:
        for payload in folders.snapshots.held(source):
            digest.update(f"{source.id} {payload.url} {payload.sha256} {payload.as_of}".encode())
        digest.update(f"{_lasting_trouble(folders.snapshots, source)}".encode())
    return digest.hexdigest()


def _lasting_trouble(snapshots: Snapshots, source: Source) -> object:
    """What the last fetch had to say beyond "well", without its counts: a second look at the same
    trouble fetches nothing and so counts otherwise."""
    last = _trouble(snapshots.last_fetch(source))
    if last is None:
        return None
    told = sorted((url, *words) for url, words in last.outcomes.items() if words[0] not in WELL)
    return last.status, told or last.message


def gather(source: Source, folders: Folders, known: Names, wrong: Corrections, past: History) -> SourceRows:
    """One source's rows: what its snapshots and facts say, and its earlier figures for the rest."""
    held = past.of_source(source, folders.snapshots.held(source))
    read = _read(source, folders, held, known, wrong)
    if source.facts and not held and not read.refused:
        return read
    return _with_earlier(source, read, _earlier(source, folders, bool(read.refused)), known, wrong)


def _on_offer(
    gathered: Mapping[str, SourceRows], sources: Sequence[Source], folders: Folders, known: Names
) -> dict[str, SourceRows]:
    """The rows with the end of every offer, and what its neighbours say of each price of a catalogue; prices that a
    catalogue listed only after the end are set aside."""
    name = TOKEN_PRICE.name
    roles = {source.id: source.prices for source in sources if isinstance(source.prices, Catalogue)}
    listed = {id: gathered[id].frames[name] for id in roles if name in gathered[id].frames}
    withdrawn = curated.read_facts_withdrawals(folders.facts).frames.get(WITHDRAWAL.name)
    told = WITHDRAWAL.empty() if withdrawn is None else names.add_ours(withdrawn, WITHDRAWAL, known, "")
    keeping = [id for id, role in roles.items() if role.keeps_retired]
    ended = offers.with_ends(pl.concat([TOKEN_PRICE.empty(), *listed.values()]), told, keeping)
    late = ended.filter(offers.is_listed_after_end())
    sellers = [id for id, role in roles.items() if role.is_sellers_own]
    hosts = known.kinds.filter(pl.col("kind") == HOST)["provider"].to_list()
    sold = TOKEN_PRICE.conform(neighbours.judged(ended.filter(~offers.is_listed_after_end()), sellers, hosts))
    on_offer = {}
    for id, rows in gathered.items():
        frames, set_aside = dict(rows.frames), rows.set_aside
        if id in listed:
            frames[name] = sold.filter(pl.col("source") == id)
            set_aside = pl.concat(
                [set_aside, _by_address(id, late.filter(pl.col("source") == id), faults.AFTER_ITS_END)]
            )
        elif name in frames:
            frames[name] = TOKEN_PRICE.conform(offers.with_notices(frames[name], told))
        on_offer[id] = replace(rows, frames=frames, set_aside=set_aside)
    return on_offer


def _read(source: Source, folders: Folders, held: Sequence[Payload], known: Names, wrong: Corrections) -> SourceRows:
    """What the source's reader makes of it; a reader that stumbles refuses all that it was given."""
    try:
        readings = [source.read(held)] if held else []
        readings += [source.facts(folders.facts)] if source.facts else []
        return judged(source, merge(readings), held, known, wrong)
    except SourceChanged as change:
        sentence = str(change)
    except Exception as error:  # one publisher's surprise must not stop the others
        sentence = f"{source.title} was not understood ({type(error).__name__}: {error})."
    addresses = [payload.url for payload in held] or [source.home_url]
    return judged(source, Reading(refused=dict.fromkeys(addresses, sentence)), held, known, wrong)


def judged(source: Source, reading: Reading, held: Sequence[Payload], known: Names, wrong: Corrections) -> SourceRows:
    """A reading with our names, typed, corrected and checked; rows that break a rule are set aside."""
    frames, aside, unknown = {}, [_aside_frame(source, reading)], []
    for name, frame in reading.frames.items():
        table = TABLES[name]
        named = table.conform(names.add_ours(_with_source(source, frame), table, known, source.id))
        corrected = corrections.apply(named, table, source.id, wrong)
        good, refused = _checked(corrected.frame, table)
        frames[name] = good
        aside += [_dropped(source, corrected), refused]
        unknown.append(names.unknown(good, table, known, source.id))
    return SourceRows(
        frames=frames,
        set_aside=pl.concat(aside),
        unknown=_summed(unknown),
        origins=_origins(source, held, reading),
        refused=reading.refused,
        incomplete=reading.incomplete,
        is_read=bool(held) or source.facts is not None,
    )


def _with_source(source: Source, frame: pl.DataFrame) -> pl.DataFrame:
    defaults = {"source": source.id, "publisher": source.publisher, "licence": source.licence}
    return frame.with_columns(
        (pl.col(name).fill_null(value) if name in frame.columns else pl.lit(value)).alias(name)
        for name, value in defaults.items()
    )


def _checked(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    refused = checks.refused_rows(checks.problems(frame, table))
    if not refused:
        return frame, SET_ASIDE.empty()
    numbered = frame.with_row_index(checks.ROW, offset=1)
    bad = numbered.filter(pl.col(checks.ROW).is_in(list(refused)))
    lines = [
        {
            "source": row["source"],
            "source_url": row["source_url"],
            "reason": refused[row[checks.ROW]],
            "row": _row_text({name: row[name] for name in table.names}),
            "rows": 1,
        }
        for row in bad.iter_rows(named=True)
    ]
    good = numbered.filter(~pl.col(checks.ROW).is_in(list(refused))).drop(checks.ROW)
    return good, SET_ASIDE.conform(pl.DataFrame(lines, schema=dict(SET_ASIDE.dtypes)))


def _dropped(source: Source, corrected: Corrected) -> pl.DataFrame:
    """A line for each correction that dropped rows, and each address that it dropped them of."""
    lines = [_by_address(source.id, rows, correction.fault) for correction, rows in corrected.dropped]
    return pl.concat([SET_ASIDE.empty(), *lines])


def _by_address(source_id: str, rows: pl.DataFrame, fault: Fault) -> pl.DataFrame:
    """A line for each address of which a fault sets rows aside, with the first of them."""
    lines = [
        (source_id, url, fault.sentence, _row_text(those.row(0, named=True)), those.height)
        for (url,), those in rows.group_by("source_url", maintain_order=True)
    ]
    return pl.DataFrame(lines, schema=dict(SET_ASIDE.dtypes), orient="row")


def _row_text(row: Mapping[str, object]) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
    return shown[:SHOWN_ROW_CHARACTERS]


def _aside_frame(source: Source, reading: Reading) -> pl.DataFrame:
    lines = [
        (source.id, line.source_url, line.reason, line.row[:SHOWN_ROW_CHARACTERS], line.rows)
        for line in reading.set_aside
    ]
    lines += [(source.id, source.home_url, faults.NOT_FETCHED.sentence, name, 1) for name in reading.incomplete]
    return pl.DataFrame(lines, schema=dict(SET_ASIDE.dtypes), orient="row")


def _summed(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    together = pl.concat([UNKNOWN_NAME.empty(), *parts])
    return together.group_by(UNKNOWN_NAME.key).agg(pl.col("rows").sum()).sort(UNKNOWN_NAME.key)


def _origins(source: Source, held: Sequence[Payload], reading: Reading) -> pl.DataFrame:
    rows = [
        {
            "source": source.id,
            "url": payload.url,
            "publisher": source.publisher,
            "licence": source.licence,
            "published_on": None if source.is_undated else payload.as_of,
            "fetched_at": payload.fetched_at,
            "sha256": payload.sha256,
            "bytes": payload.bytes,
            "status": REFUSED if payload.url in reading.refused else READ,
            "message": reading.refused.get(payload.url),
        }
        for payload in held
    ]
    return pl.DataFrame(rows, schema=dict(ORIGIN.dtypes))


def _earlier(source: Source, folders: Folders, was_refused: bool) -> Mapping[str, pl.DataFrame]:
    """The source's figures as they stood before, by table: of the current generation where a payload
    was refused and it has some, else those that ship."""
    tables = (*FACTS, SET_ASIDE, ORIGIN)
    if was_refused:
        with suppress(StoreMissing, StoreDamaged):
            stood = {table.name: folders.store.rows(table.name, {"source": source.id}) for table in tables}
            facts = {table.name: stood[table.name].filter(pl.col("evidence") != UPLOAD) for table in FACTS}
            if any(frame.height for frame in facts.values()):
                origins = stood["origin"].filter(pl.col("status") != REFUSED)
                return stood | facts | {"origin": origins.with_columns(status=pl.lit(STANDING_IN))}
    shipped = {table.name: published.rows(folders.published, table, source.id) for table in tables}
    return shipped | {"origin": shipped["origin"].with_columns(status=pl.lit(SHIPPED))}


def _with_earlier(
    source: Source, read: SourceRows, earlier: Mapping[str, pl.DataFrame], known: Names, wrong: Corrections
) -> SourceRows:
    covered = set(read.origins.filter(pl.col("status") == READ)["url"])
    frames, dropped = dict(read.frames), []
    for table in FACTS:
        if earlier[table.name].height:
            named = names.add_ours(earlier[table.name], table, known, source.id)
            stands = _left_over(read.frames.get(table.name, table.empty()), named, source, table, covered)
            corrected = corrections.apply(stands, table, source.id, wrong)
            frames[table.name] = pl.concat([read.frames.get(table.name, table.empty()), corrected.frame])
            dropped.append(_dropped(source, corrected))
    aside = earlier["set_aside"].filter(~pl.col("source_url").is_in(list(covered)))
    origins = earlier["origin"].filter(~pl.col("url").is_in(list(covered)))
    return replace(
        read,
        frames=frames,
        set_aside=pl.concat([_stacked(read.set_aside, aside, SET_ASIDE.names), *dropped]),
        unknown=_summed([names.unknown(frame, TABLES[name], known, source.id) for name, frame in frames.items()]),
        origins=_stacked(read.origins, origins, ORIGIN.key),
    )


def _left_over(
    read: pl.DataFrame, earlier: pl.DataFrame, source: Source, table: Table, covered: Iterable[str]
) -> pl.DataFrame:
    """The earlier rows that those just read do not replace."""
    if not source.keeps_history:
        earlier = earlier.filter(~pl.col("source_url").is_in(list(covered)))
    return _absent(earlier, read, table.key)


def _stacked(read: pl.DataFrame, earlier: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return pl.concat([read, _absent(earlier, read, key)])


def _absent(earlier: pl.DataFrame, read: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return earlier.join(read, on=list(key), how="anti", nulls_equal=True, maintain_order="left")


def _tables(
    sources: Sequence[Source],
    gathered: Mapping[str, SourceRows],
    folders: Folders,
    known: Names,
    wrong: Corrections,
    today: date,
) -> dict[str, pl.DataFrame]:
    tables = {
        table.name: pl.concat(
            [
                table.empty(),
                *(rows.frames[table.name] for rows in gathered.values() if table.name in rows.frames),
            ]
        ).sort(table.key)
        for table in FACTS
    }
    seen = pl.concat([tables["provider_speed"]["provider"], tables["token_price"]["provider"]])
    tables["provider"] = names.providers(known, seen)
    tables["set_aside"] = pl.concat([SET_ASIDE.empty(), *(rows.set_aside for rows in gathered.values())])
    tables["unknown_name"] = pl.concat([UNKNOWN_NAME.empty(), *(rows.unknown for rows in gathered.values())])
    tables["origin"] = pl.concat([ORIGIN.empty(), *(rows.origins for rows in gathered.values())]).sort(ORIGIN.key)
    frames = {name: rows.frames for name, rows in gathered.items()}
    tables["correction"] = corrections.outcomes(wrong, frames, tables["set_aside"]).sort(CORRECTION.key)
    mended = _mended(tables["correction"])
    tables["source_state"] = pl.DataFrame(
        [
            _state(source, gathered[source.id], folders.snapshots.last_fetch(source), mended.get(source.id), today)
            for source in sources
        ],
        schema=dict(SOURCE_STATE.dtypes),
    )
    return tables


def _mended(lines: pl.DataFrame) -> dict[str, str]:
    """By source, a sentence about the corrections that its publisher has made unnecessary."""
    found = lines.filter(pl.col("status") == "mended").group_by("source", maintain_order=True).agg("correction")
    return {
        source: f"No longer wrong there: {', '.join(named)}; see the corrections." for source, named in found.rows()
    }


def _state(source: Source, rows: SourceRows, last: LastFetch | None, mended: str | None, today: date) -> Row:
    status, message = _status(source, rows, _trouble(last))
    fetched = rows.origins["fetched_at"].drop_nulls()
    return {
        "source": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "home_url": source.home_url,
        "catalogue_rank": source.catalogue_rank,
        "status": status,
        "message": " ".join(filter(None, (message, mended))),
        "fetched_at": fetched.max() if len(fetched) else None,
        "newest_on": _newest_day(rows.frames.values(), today),
        "rows_used": rows.rows_used,
        "rows_set_aside": int(rows.set_aside["rows"].sum()),
        "named_percent": names.known_percent(rows.frames, rows.unknown),
        "complete_at": last.succeeded_at if last else None,
    }


def _status(source: Source, rows: SourceRows, trouble: LastFetch | None) -> tuple[str, str]:
    named = "; ".join(rows.incomplete[:SHOWN_REASONS])
    lacking = [f"{len(rows.incomplete)} incomplete: {named}"] if rows.incomplete else []
    if rows.refused:
        reasons = list(dict.fromkeys(rows.refused.values()))
        more = f"; and {len(reasons) - SHOWN_REASONS:,} more" if len(reasons) > SHOWN_REASONS else ""
        why = "; ".join(reasons[:SHOWN_REASONS]) + more
        if rows.rows_used:
            return "partial", f"Could not be read in full, the earlier figures stand: {why}"
        return "failed", f"Could not be read, and there are no earlier figures: {why}"
    if trouble:
        stands = ["The shipped figures stand."] if trouble.status == "failed" and rows.rows_used else []
        return trouble.status, " ".join([trouble.message, *stands, *lacking])
    if lacking:
        return "partial", lacking[0]
    if source.facts and not rows.origins.height:
        return "ok", "Figures from prose, each with its citation; they ship with the project."
    if rows.is_read:
        return "ok", f"Read from {words_of(rows.origins)}."
    if rows.rows_used:
        return "shipped", "Not fetched on this computer yet; the shipped figures stand."
    return "absent", "Never fetched, and no figures of it ship: no payload of it has been met yet."


def _trouble(last: LastFetch | None) -> LastFetch | None:
    """The last fetch, where it has more to say than "well": a build is told of trouble, not of counts."""
    return last if last and last.status not in ("ok", "unchanged") else None


def words_of(origins: pl.DataFrame) -> str:
    held = origins.filter(pl.col("status") == READ)
    return f"{held.height:,} {'payload' if held.height == 1 else 'payloads'}, {int(held['bytes'].sum()) / 1e6:,.1f} MB"


def _newest_day(frames: Iterable[pl.DataFrame], today: date) -> date | None:
    """The newest day that has been: guidance and planned sites also speak of days to come."""
    newest = (
        frame.filter(pl.col(name) <= today)[name].max()
        for frame in frames
        for name in DAY_COLUMNS
        if name in frame.columns
    )
    return max((day for day in newest if isinstance(day, date)), default=None)
