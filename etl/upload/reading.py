"""A reader's file, read by a program of its own with limits of memory, time and output.

Files are built to hurt, or merely too large; and what a library does with one, an abort or an endless loop, it does
to the whole process. So the server only keeps the bytes. A worker (`etl.upload.worker`) reads them, and hands back
what it found: a Sheet, and rows as Arrow files beside the kept bytes. One worker stays warm for the next file. A
worker that dies, grows or is late is ended, the file gets a sentence, and the next file gets a fresh worker.

The worker is a plain program and no `multiprocessing` child, which would run the main script anew.
"""

import atexit
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from etl import disk
from etl.folders import PROJECT
from etl.upload import sheets, worker
from etl.upload.sheets import Block, Laid, Sheet, Unreadable
from etl.upload.worker import Begin, Limits, Next, Open, Ping, Refused

# What any file may take, and how much more for each byte of it.
MEMORY, MEMORY_PER_BYTE, MOST_MEMORY = 600 << 20, 20, 4 << 30
SECONDS, BYTES_PER_SECOND = 6.0, 4_000_000
LEAST_SECONDS = 2.0
START_SECONDS = 60.0
LOOK_SECONDS = 0.02
KEPT, MOST_AT_ONCE, WAIT_SECONDS = 1, 4, 60.0
# By the name of its module, so that its messages are of the classes that are known here.
COMMAND = (sys.executable, "-c", "from etl.upload.worker import main; main()")

BUSY = "Other files are being read, as many as are read at once. Try again in a minute."
LATE = (
    "The file could not be read within {seconds:.0f} s, far longer than a file of {size} takes. "
    "Save the table by itself as CSV, or split it."
)


def read(
    given: bytes | bytearray | memoryview | Path | BinaryIO,
    name: str,
    parent: Path | None = None,
    tab: str | None = None,
) -> Sheet:
    """The file as a sheet; its bytes are kept in a private folder under `parent` before they are parsed.

    `tab` chooses a sheet of a workbook. Raises Unreadable, and leaves nothing behind.
    """
    warm()  # it starts while the bytes are copied
    kept = sheets.keep(given, parent)
    try:
        began = time.monotonic()
        with _lent() as hand:
            limits = _limits(kept.bytes)
            found = hand.ask(Open(kept.path, kept.work.folder, tab, limits), limits, kept.bytes)
        kept.work.spent_seconds = time.monotonic() - began
    except BaseException:
        kept.work.remove()
        raise
    return sheets.called(replace(found, work=kept.work, elsewhere=rows), name, kept)


def rows(sheet: Sheet) -> Iterator[Block]:
    """The rows of a sheet, each block read by the worker when it is asked for. Raises Unreadable."""
    target = sheet.work.place() / "block.arrow"
    allowed = _limits(sheet.bytes)
    left = max(LEAST_SECONDS, allowed.seconds - sheet.work.spent_seconds)
    with _lent() as hand:
        hand.ask(Begin(sheet, sheet.work.folder), allowed, sheet.bytes)
        while True:
            began = time.monotonic()
            limits = Limits(allowed.memory, left)
            answer = hand.ask(Next(target, limits), limits, sheet.bytes)
            left = max(LEAST_SECONDS, left - (time.monotonic() - began))
            if not isinstance(answer, Laid):
                break
            block = sheets.read_block(answer, sheet.header)
            disk.remove(target)
            yield block


def warm() -> None:
    """Starts the worker where none waits; returns at once."""
    _pool.warm()


@contextmanager
def panics_said() -> Iterator[None]:
    """A panic of a library in Rust, which is no Exception, becomes Unreadable: nobody would catch it else."""
    try:
        yield
    except Exception:
        raise
    except BaseException as panic:
        if type(panic).__module__ == "pyo3_runtime":
            raise Unreadable(worker.BROKE) from panic
        raise


def _limits(size: int) -> Limits:
    return Limits(min(MOST_MEMORY, MEMORY + MEMORY_PER_BYTE * size), SECONDS + size / BYTES_PER_SECOND)


class _Hand:
    """One worker, and the thread that listens to it."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            COMMAND, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._watched = psutil.Process(self._program.pid)
        self._is_fresh = True
        self._listener = threading.Thread(target=self._listen, name="upload worker", daemon=True)
        self._listener.start()

    @property
    def is_alive(self) -> bool:
        return self._program.poll() is None

    def is_there(self) -> bool:
        """Whether it answers: one that waited may have been ended by somebody else, and no file is to blame."""
        if not self.is_alive:
            return False
        try:
            return not isinstance(self.ask(Ping(), Limits(MOST_MEMORY, START_SECONDS), 0), Refused)
        except Unreadable:
            return False

    def ask(self, request: object, limits: Limits, size: int) -> Any:
        """What it answers. Raises Unreadable where it refuses, and where it had to be ended."""
        try:
            assert self._program.stdin
            worker.send(self._program.stdin, request)
        except OSError:
            self.end()
            raise Unreadable(worker.BROKE) from None
        if self._is_fresh:
            self._answer(Limits(limits.memory, START_SECONDS), size)
            self._is_fresh = False
        answer = self._answer(limits, size)
        if isinstance(answer, Refused):
            if answer.is_spent:
                self.end()
            raise Unreadable(answer.sentence)
        return answer

    def _answer(self, limits: Limits, size: int) -> Any:
        """Waits, and looks at the worker meanwhile: it may grow past its limit, be late, or die."""
        until = time.monotonic() + limits.seconds
        while True:
            try:
                answer = self._heard.get(timeout=LOOK_SECONDS)
                break
            except queue.Empty:
                pass
            if self._is_too_large(limits):
                self.end()
                raise Unreadable(worker.TOO_MUCH.format(memory=limits.memory / 1e6))
            if time.monotonic() > until:
                self.end()
                shown = f"{size / 1e6:,.1f} MB" if size > 100_000 else f"{size / 1e3:,.1f} kB"
                raise Unreadable(LATE.format(seconds=limits.seconds, size=shown))
        if answer is None:
            self.end()
            raise Unreadable(worker.BROKE)
        return answer

    def _is_too_large(self, limits: Limits) -> bool:
        try:
            return bool(self._watched.memory_info().rss > limits.memory + (100 << 20))
        except psutil.Error:
            return False

    def _listen(self) -> None:
        """Hands on what the worker says; None where it says nothing more."""
        assert self._program.stdout
        with suppress(Exception):  # whatever it said, it says nothing more that is understood
            while True:
                self._heard.put(worker.receive(self._program.stdout))
        self._heard.put(None)

    def end(self) -> None:
        """Ends the worker, whatever it does."""
        with suppress(OSError):
            self._program.terminate()
        self._program.wait()
        self._listener.join(1)
        for pipe in (self._program.stdin, self._program.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()


class _Pool:
    """The workers of this process: one waits, a few may be at work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def warm(self) -> None:
        with self._lock:
            self._idle = [hand for hand in self._idle if hand.is_alive]
            if not self._idle:
                self._idle.append(_Hand())

    def take(self) -> _Hand:
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise Unreadable(BUSY)
        try:
            with self._lock:
                waiting, self._idle = self._idle, []
            for place, hand in enumerate(waiting):
                if hand.is_there():
                    with self._lock:
                        self._idle += waiting[place + 1 :]
                    return hand
                hand.end()
            return _Hand()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, hand: _Hand) -> None:
        self._places.release()
        with self._lock:
            if hand.is_alive and len(self._idle) < KEPT:
                self._idle.append(hand)
                return
        hand.end()

    def end(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().end()


def end() -> None:
    """Ends the worker that waits, if one does."""
    _pool.end()


_pool = _Pool()
atexit.register(end)


@contextmanager
def _lent() -> Iterator[_Hand]:
    """A worker for the block. It is ended where the block was left in the midst of a question."""
    hand = _pool.take()
    try:
        yield hand
    except (Unreadable, GeneratorExit):
        raise
    except BaseException:
        hand.end()
        raise
    finally:
        _pool.give_back(hand)
