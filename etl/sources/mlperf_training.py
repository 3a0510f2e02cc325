"""MLPerf Training: minutes to train a model to its target, scored from the run logs.

- A round is a repository. Its tree listings are walked from the root to each submitter and from
  there to `results` and `systems`; they name the logs, the scaling factors and the descriptions.
- One result is one submitter, system and benchmark, and all three come from the path: the names
  inside the logs are often placeholders. Where the description of the system names the path's firm
  among others, it is their joint submission. A benchmark that a later round renamed has one name here,
  the later one, with the round's own beside it.
- Minutes of a run: first run_stop less first run_start. A result drops its fastest and its slowest
  run (unet3d four of each), takes the mean of the rest and multiplies it by the scaling factor that
  stands beside the logs, if any: the penalty for converging faster than the reference.
- A run without run_stop, or whose status is not success, did not converge. It counts among the
  slowest, so it is one that is dropped; more of them than are dropped make the result invalid, and
  so do fewer runs than the rules require.
- The same runs may be filed again: in a later round, under a second system, or once for each power
  meter, sometimes with another scaling factor. `run_set` is alike for them; which counts is not
  decided here. Systems are renamed on the way, so the times of the runs tell, not the names.
- A line of a log that is no JSON and carries no result spoils no run. MLCommons' summarizer leaves
  such a run out, so the note gives the figure without it.
- A result with a listed log or scaling factor that is not at hand, or cannot be read, is left out
  and named as incomplete: a mean of the others would look like a score and be none.
- Chips and counts come from the description of the system; its counts are text. Google's names of
  TPU v5p systems count cores: cloud-tpu-v5p-12288 has 6,144 chips, as its description says.
- The day is that on which MLCommons published the round (`mlcommons`), not that of a copy.
- Listings and files of a published round do not change, so each is fetched once. (The anonymous
  GitHub API allows 60 requests an hour; a round needs about as many listings.)
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from etl import faults
from etl.schema import TRAINING_RESULT
from etl.sources import cells, mlcommons
from etl.sources.contract import (
    Held,
    JsonObject,
    Payload,
    Reading,
    Row,
    SetAside,
    Source,
    SourceChanged,
    Want,
    expect_keys,
    rows_of,
)

API = "https://api.github.com/repos/mlcommons/training_results_"
RAW = "https://raw.githubusercontent.com/mlcommons/training_results_"
SITE = "https://github.com/mlcommons/training_results_"

ROUND_IN_URL = re.compile(r"training_results_(v\d+\.\d+)/")

# Names of a benchmark in earlier rounds: its name since v5.0.
RENAMED = {"gnn": "rgat", "ssd": "retinanet"}

# Rules of MLCommons (training_policies, training_rules): runs of a result, and runs dropped at each end.
RUNS_REQUIRED = {
    "bert": 10,
    "deepseekv3_671b": 3,
    "dlrm_dcnv2": 10,
    "flux1": 10,
    "gpt3": 3,
    "gpt_oss_20b": 10,
    "llama2_70b_lora": 10,
    "llama31_405b": 3,
    "llama31_8b": 10,
    "maskrcnn": 5,
    "resnet": 5,
    "retinanet": 5,
    "rgat": 10,
    "rnnt": 10,
    "stable_diffusion": 10,
    "unet3d": 40,
}
DROPPED_AT_EACH_END = {"unet3d": 4}
# Minutes that a run may take from its first init_start to init_stop, as MLCommons' compliance checker has it; a run
# that took so long is rejected, and counts like one that did not converge.
STARTS_WITHIN = {"open": 240.0}
STARTS_WITHIN_ELSE = 30.0

LOG = re.compile(r"([^/]+)/([^/]+)/(result_[^/]+\.txt)")
SCALING = re.compile(r"([^/]+)/([^/]+)/scaling\.json")
DESCRIPTION = re.compile(r"([^/]+)\.json")
DIVISIONS = ("closed", "open")
NOT_NAMED = ("n/a", "none")
JOINED = re.compile(r"\s*[+_]\s*")
NAMED_LOGS = 3
MARK = b":::MLLOG"
DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Entry:
    """One line of a listing: a folder (tree) or a file (blob)."""

    path: str
    kind: str
    sha: str


@dataclass
class Walk:
    """What the listings at hand name of one round, and the addresses of the listings themselves.

    `files` has the submitter, the folder (results or systems) and the path below it.
    """

    listings: list[str] = field(default_factory=list)
    files: list[tuple[str, str, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass
class Result:
    """One result as the listings name it: addresses of its logs by file name, and what goes with them."""

    published_round: str
    submitter: str
    system: str
    benchmark_as_published: str
    logs: dict[str, str] = field(default_factory=dict)
    scaling: str | None = None
    description: str | None = None

    @property
    def benchmark(self) -> str:
        return RENAMED.get(self.benchmark_as_published, self.benchmark_as_published)

    @property
    def name(self) -> str:
        return f"{self.published_round} {self.submitter} {self.system} {self.benchmark_as_published}"


@dataclass(frozen=True)
class Run:
    """One run: its minutes, null where it did not converge, and the division that its log states.

    `is_damaged`: a line of its log is no JSON. `start_minutes`: how long it took to start; null: not in the log.
    """

    minutes: float | None
    division: str | None
    is_damaged: bool = False
    start_minutes: float | None = None

    @property
    def starts_late(self) -> bool:
        """Whether it took longer to start than the rules allow."""
        allowed = STARTS_WITHIN.get(self.division or "", STARTS_WITHIN_ELSE)
        return self.start_minutes is not None and self.start_minutes >= allowed

    @property
    def counted_minutes(self) -> float | None:
        """Its minutes where it converged by the rules."""
        return None if self.starts_late else self.minutes


@dataclass(frozen=True)
class Score:
    """Minutes of a result, null where it is invalid, and what to know about how they came about."""

    minutes: float | None
    runs_required: int
    runs_converged: int
    remarks: tuple[str, ...]


class Incomplete(Exception):
    """A result that lacks a payload; the sentence says which."""


def wants(held: Held) -> list[Want]:
    by_url = {payload.url: payload for payload in held}
    return [want for found in _rounds(by_url) for want in _wants_of_round(found, by_url)]


def _rounds(by_url: Mapping[str, Payload]) -> tuple[mlcommons.Round, ...]:
    """The rounds of the table, those that may come next, and those whose files are at hand."""
    held = {named[1] for url in by_url if (named := ROUND_IN_URL.search(url))}
    return mlcommons.rounds(mlcommons.TRAINING, held)


def read(held: Held) -> Reading:
    by_url = {payload.url: payload for payload in held}
    rows: list[Row] = []
    set_aside: list[SetAside] = []
    incomplete: list[str] = []
    refused: dict[str, str] = {}
    for published_round in (found.name for found in _rounds(by_url)):
        walk = _walk(published_round, by_url)
        refused |= walk.refused
        for result in _results(published_round, walk):
            try:
                row = _row(result, by_url, refused, incomplete)
            except Incomplete as lack:
                incomplete.append(f"{result.name}: {lack}")
                continue
            if row["division"] in DIVISIONS:
                rows.append(row)
            else:
                fault = faults.NOT_KNOWN.of(field="division", value=row["division"] or "not stated")
                set_aside.append(SetAside(row["source_url"], fault, result.name))
    return Reading(
        {TRAINING_RESULT.name: rows_of(TRAINING_RESULT.name, rows)}, tuple(set_aside), refused, tuple(incomplete)
    )


SOURCE = Source(
    id="mlperf_training",
    title="MLPerf Training results",
    publisher=mlcommons.PUBLISHER,
    licence=mlcommons.LICENCE,
    home_url="https://mlcommons.org/benchmarks/training/",
    tables=("training_result",),
    wants=wants,
    read=read,
    credit=mlcommons.CREDIT,
)


# From listings to the files that they name.


def _wants_of_round(found: mlcommons.Round, by_url: Mapping[str, Payload]) -> Iterator[Want]:
    published_round = found.name
    walk = _walk(published_round, by_url)
    root, *below = walk.listings
    yield Want(root, is_final=True, is_optional=not found.is_required)
    yield from (Want(url, is_final=True) for url in below)
    for result in _results(published_round, walk):
        yield from (Want(url, kind="text", is_final=True) for url in result.logs.values())
        if result.scaling:
            yield Want(result.scaling, is_final=True, is_optional=True)
    yield from (Want(url, is_final=True) for url in _descriptions(published_round, walk).values())


def _walk(published_round: str, by_url: Mapping[str, Payload]) -> Walk:
    """From the root to each submitter, and from there to its results and systems, as far as is at hand."""
    walk, trees = Walk(), f"{API}{published_round}/git/trees/"
    for submitter in _folders(f"{trees}main", by_url, walk):
        for folder in _folders(f"{trees}{submitter.sha}", by_url, walk):
            if folder.path in ("results", "systems"):
                url = f"{trees}{folder.sha}?recursive=1"
                paths = [entry.path for entry in _listing(url, by_url, walk) if entry.kind == "blob"]
                walk.files += [(submitter.path, folder.path, path) for path in paths]
                if folder.path == "results" and paths and not any(LOG.fullmatch(path) for path in paths):
                    walk.refused[url] = f"{url}: no result_N.txt two folders down; found {paths[0]}."
    return walk


def _folders(url: str, by_url: Mapping[str, Payload], walk: Walk) -> list[Entry]:
    entries = _listing(url, by_url, walk)
    return [entry for entry in entries if entry.kind == "tree" and not entry.path.startswith(".")]


def _listing(url: str, by_url: Mapping[str, Payload], walk: Walk) -> tuple[Entry, ...]:
    """The entries of a listing; none where it is not at hand or cannot be read."""
    walk.listings.append(url)
    if url not in by_url:
        return ()
    try:
        return _entries(by_url[url])
    except SourceChanged as change:
        walk.refused[url] = str(change)
        return ()


@lru_cache(maxsize=1024)  # A payload is told apart by its checksum, and wants() asks again and again.
def _entries(payload: Payload) -> tuple[Entry, ...]:
    listing = payload.json()
    if not isinstance(listing, dict):
        raise SourceChanged(f"{payload.url}: not a listing of a tree.")
    expect_keys(listing, ("tree",), payload.url)
    if listing.get("truncated"):
        raise SourceChanged(f"{payload.url}: the listing is cut short, so runs would be missed.")
    for entry in listing["tree"]:
        expect_keys(entry, ("path", "type", "sha"), payload.url)
    return tuple(Entry(entry["path"], entry["type"], entry["sha"]) for entry in listing["tree"])


def _results(published_round: str, walk: Walk) -> list[Result]:
    found: dict[tuple[str, str, str], Result] = {}
    scaling: dict[tuple[str, str, str], str] = {}
    for submitter, folder, path in walk.files:
        if folder != "results":
            continue
        if log := LOG.fullmatch(path):
            key = (submitter, log[1], log[2])
            result = found.setdefault(key, Result(published_round, *key))
            result.logs[log[3]] = _address(published_round, submitter, folder, path)
        elif beside := SCALING.fullmatch(path):
            scaling[submitter, beside[1], beside[2]] = _address(published_round, submitter, folder, path)
    descriptions = _descriptions(published_round, walk)
    for key, result in found.items():
        result.scaling = scaling.get(key)
        result.description = descriptions.get(key[:2])
    return list(found.values())


def _descriptions(published_round: str, walk: Walk) -> dict[tuple[str, str], str]:
    """Address of the description of each submitter's system."""
    return {
        (submitter, named[1]): _address(published_round, submitter, folder, path)
        for submitter, folder, path in walk.files
        if folder == "systems" and (named := DESCRIPTION.fullmatch(path))
    }


def _address(published_round: str, *path: str) -> str:
    return f"{RAW}{published_round}/main/{_quoted(*path)}"


def _quoted(*path: str) -> str:
    return quote("/".join(path), safe="/+@,=:()")


# From files to rows.


def _row(result: Result, by_url: Mapping[str, Payload], refused: dict[str, str], incomplete: list[str]) -> Row:
    """One row of our table. Raises Incomplete where the score cannot be computed from what is at hand."""
    runs = _runs(result, by_url, refused)
    factor = _scaling_factor(result, by_url, refused)
    score = _score(result.benchmark, runs, factor)
    system, lack = _description(result, by_url, refused)
    if lack and result.description:
        incomplete.append(f"{result.name}: {lack}")
    nodes, per_node = cells.count(system.get("number_of_nodes")), cells.count(system.get("accelerators_per_node"))
    stated = _named(system.get("division")) or next((run.division for run in runs if run.division), None)
    return {
        "round": result.published_round,
        "division": stated and stated.lower(),
        "availability": _named(system.get("status")),
        "is_preview": mlcommons.is_preview(system.get("status")),
        "submitter_as_published": _submitter(result, system),
        "system": result.system,
        "accelerator_as_published": _named(system.get("accelerator_model_name")),
        "accelerator_count": nodes * per_node if nodes and per_node else None,
        "node_count": nodes,
        "benchmark": result.benchmark,
        "benchmark_as_published": result.benchmark_as_published,
        "minutes": score.minutes,
        "retrieved_on": max(by_url[url].fetched_at for url in result.logs.values()).date(),
        "runs": len(runs),
        "runs_required": score.runs_required,
        "runs_converged": score.runs_converged,
        "scaling_factor": factor,
        "status": "invalid" if score.minutes is None else "scored",
        "run_set": _run_set(result.benchmark, runs),
        "source_url": f"{SITE}{result.published_round}/tree/main/"
        + _quoted(result.submitter, "results", result.system, result.benchmark_as_published),
        "published_on": mlcommons.released_on(mlcommons.TRAINING, result.published_round)
        or max(by_url[url].as_of for url in result.logs.values()),
        "evidence": "published",
        "note": " ".join((*score.remarks, *((f"{lack[0].upper()}{lack[1:]}.",) if lack else ()))) or None,
    }


def _submitter(result: Result, system: JsonObject) -> str:
    """The name of the path; where the description names it among several firms, that joint submission."""
    stated = _named(system.get("submitter")) or ""
    firms = JOINED.split(stated)
    return stated if len(firms) > 1 and result.submitter in firms else result.submitter


def _runs(result: Result, by_url: Mapping[str, Payload], refused: dict[str, str]) -> list[Run]:
    names = sorted(result.logs, key=_natural)
    if absent := [name for name in names if result.logs[name] not in by_url]:
        raise Incomplete(f"{_some(absent, len(names))} could not be fetched")
    runs, unreadable = [], []
    for name in names:
        try:
            runs.append(_run(by_url[result.logs[name]]))
        except SourceChanged as change:
            refused[result.logs[name]] = str(change)
            unreadable.append(name)
    if unreadable:
        raise Incomplete(f"{_some(unreadable, len(names))} could not be read")
    return runs


def _some(names: Sequence[str], every: int) -> str:
    return ", ".join(names) if len(names) <= NAMED_LOGS else f"{len(names)} of {every} logs"


def _run(payload: Payload) -> Run:
    """One log. Raises SourceChanged where it has no start to measure from."""
    content = payload.content()
    start, stop = _first(content, "run_start", payload.url), _first(content, "run_stop", payload.url)
    if start is None:
        raise SourceChanged(f"{payload.url}: no MLLOG line with the key run_start.")
    division = _first(content, "submission_division", payload.url) or {}
    return Run(
        _minutes(start, stop, payload.url),
        _named(division.get("value")),
        _is_damaged(content),
        _start_minutes(content, payload.url),
    )


def _start_minutes(content: bytes, where: str) -> float | None:
    """Minutes from the first init_start to init_stop; null where one is not in the log or its line is damaged."""
    try:
        events = [_first(content, key, where) or {} for key in ("init_start", "init_stop")]
    except SourceChanged:
        return None  # a damaged line that carries no result spoils no run
    began, ended = (cells.number(event.get("time_ms")) for event in events)
    return None if began is None or ended is None else (ended - began) / 60_000


def _run_set(benchmark: str, runs: Sequence[Run]) -> str:
    """A name that results filed from the same runs share: the times, to the millisecond, of every run."""
    times = sorted("none" if run.minutes is None else f"{run.minutes * 60_000:.0f}" for run in runs)
    return hashlib.sha256(f"{benchmark} {' '.join(times)}".encode()).hexdigest()[:16]


def _is_damaged(content: bytes) -> bool:
    """True where an MLLOG line is no JSON. It is none that is read here: such a line refuses the whole log."""
    at = content.find(MARK)
    while at >= 0:
        end = content.find(b"\n", at)
        line = content[at + len(MARK) : end if end >= 0 else len(content)]
        try:
            DECODER.raw_decode(line.decode("utf-8", "replace").strip())
        except json.JSONDecodeError:
            return True
        at = content.find(MARK, at + len(MARK) + len(line))
    return False


def _minutes(start: JsonObject, stop: JsonObject | None, where: str) -> float | None:
    """Minutes from start to stop; null for a run that did not converge."""
    if stop is None or str((stop.get("metadata") or {}).get("status")).lower() != "success":
        return None
    began, ended = cells.number(start.get("time_ms")), cells.number(stop.get("time_ms"))
    if began is None or ended is None or ended <= began:
        raise SourceChanged(f"{where}: run_stop is not after run_start in time_ms.")
    return (ended - began) / 60_000


def _first(content: bytes, key: str, where: str) -> JsonObject | None:
    """The first MLLOG event with this key. Only lines that name the key are decoded: logs are long."""
    needle = f'"{key}"'.encode()
    at = content.find(needle)
    while at >= 0:
        end = content.find(b"\n", at)
        end = end if end >= 0 else len(content)
        event = _event(content[content.rfind(b"\n", 0, at) + 1 : end], key, where)
        if event is not None and event.get("key") == key:
            return event
        at = content.find(needle, end)
    return None


def _event(line: bytes, key: str, where: str) -> JsonObject | None:
    mark = line.find(MARK)  # Some logs put the rank before it.
    if mark < 0:
        return None
    try:
        event, _ = DECODER.raw_decode(line[mark + len(MARK) :].decode("utf-8", "replace").strip())
    except json.JSONDecodeError as error:
        raise SourceChanged(f"{where}: the line with {key} is not JSON ({error.msg}).") from error
    return event if isinstance(event, dict) else None


def _scaling_factor(result: Result, by_url: Mapping[str, Payload], refused: dict[str, str]) -> float:
    if result.scaling is None:
        return 1.0
    if result.scaling not in by_url:
        raise Incomplete("scaling.json could not be fetched")
    try:
        content = by_url[result.scaling].json_object()
        expect_keys(content, ("scaling_factor",), result.scaling)
        factor = cells.number(content["scaling_factor"])
        if not factor or factor < 0:
            raise SourceChanged(f"{result.scaling}: {content['scaling_factor']} is not a factor.")
    except SourceChanged as change:
        refused[result.scaling] = str(change)
        raise Incomplete("scaling.json could not be read") from change
    return factor


def _description(
    result: Result, by_url: Mapping[str, Payload], refused: dict[str, str]
) -> tuple[JsonObject, str | None]:
    """What the submitter says of its system, and what is wrong where nothing can be known of it."""
    file_name = f"systems/{result.system}.json"
    if result.description is None:
        return {}, f"no description {file_name} is at hand, so its chips are not known"
    if result.description not in by_url:
        return {}, f"{file_name} could not be fetched, so its chips are not known"
    try:
        content = by_url[result.description].json_object()
        expect_keys(content, ("number_of_nodes", "accelerators_per_node", "accelerator_model_name"), result.description)
    except SourceChanged as change:
        refused[result.description] = str(change)
        return {}, f"{file_name} could not be read, so its chips are not known"
    return content, None


def _score(benchmark: str, runs: Sequence[Run], factor: float) -> Score:
    """The mean without the fastest and slowest runs, times the factor; no minutes where it is invalid."""
    dropped = DROPPED_AT_EACH_END.get(benchmark, 1)
    required = RUNS_REQUIRED.get(benchmark, max(len(runs), 2 * dropped + 1))
    converged = sorted(run.counted_minutes for run in runs if run.counted_minutes is not None)
    failed = len(runs) - len(converged)
    counted = (converged + [math.inf] * failed)[dropped : len(runs) - dropped]
    is_valid = failed <= dropped and len(runs) >= required
    return Score(
        minutes=factor * sum(counted) / len(counted) if is_valid else None,
        runs_required=required,
        runs_converged=len(converged),
        remarks=(
            *_remarks(benchmark, len(runs), required, failed, dropped),
            *_late(runs),
            *_damage(benchmark, runs, factor),
        ),
    )


def _late(runs: Sequence[Run]) -> Iterator[str]:
    """Which runs are rejected although they reached their target, and why."""
    late = [run for run in runs if run.starts_late and run.minutes is not None]
    if late:
        longest = max(run.start_minutes or 0 for run in late)
        yield (
            f"{len(late)} of {len(runs)} runs took up to {longest:.1f} minutes to start, longer than the rules allow; "
            "MLCommons' compliance checker rejects it, so it counts as not converged."
        )


def _damage(benchmark: str, runs: Sequence[Run], factor: float) -> Iterator[str]:
    """What the score would be without the runs whose logs have a damaged line, where there are such."""
    damaged = sum(run.is_damaged for run in runs)
    if damaged:
        without = _score(benchmark, [Run(None, None) if run.is_damaged else run for run in runs], factor).minutes
        figure = "the result would be invalid" if without is None else f"it would be {without:.3f} minutes"
        yield (
            f"{damaged} of {len(runs)} logs have a line that is not JSON and carries no result; these runs count. "
            f"Without them {figure}."
        )


def _remarks(benchmark: str, runs: int, required: int, failed: int, dropped: int) -> Iterator[str]:
    if benchmark not in RUNS_REQUIRED:
        yield "How many runs the rules require of this benchmark is not known here."
    if runs < required:
        yield f"Invalid: {runs} runs, and the rules require {required}."
    if runs > required:
        yield f"{runs} runs, and the rules require {required}; all are counted."
    if failed > dropped:
        yield f"Invalid: {failed} of {runs} runs did not converge, and no more than {dropped} may."
    elif failed:
        yield f"{failed} of {runs} runs did not converge; counted among the slowest, which are dropped."


def _named(value: object) -> str | None:
    return cells.word(value, NOT_NAMED)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts result_2.txt before result_10.txt."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
