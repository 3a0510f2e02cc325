"""The program that reads readers' files: started once by the server or a command, and kept warm.

`etl.upload.reading` starts it and speaks to it. It takes requests on stdin and answers on stdout, one pickled message
each, with its length before it. Rows never go that way: they are Arrow files in the folder of the file that is read.
It holds itself to limits of memory and of time where the system has them; whoever started it watches it too. What a
library does to it, from a panic to an abort, ends this program and no other.
"""

import contextlib
import os
import pickle
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import polars as pl
import psutil

from etl.upload import mapping, sheets
from etl.upload.sheets import Block, Laid, Sheet, Unreadable, Work

LENGTH = struct.Struct("<Q")
LARGEST_MESSAGE = 64 << 20
# What is laid out in one step, in bytes of Arrow; a block of a text file has at most 64 MB.
LARGEST_BLOCK = 512 << 20
ROOM_FOR_THREADS = 256 << 20
BROKE = (
    "The file could not be read: a part of it is written in a way that breaks its reader. "
    "Open it in the program that made it, and save the table anew as CSV."
)
TOO_MUCH = (
    "The file could not be read: its cells need more than {memory:,.0f} MB of memory once they are laid out. "
    "Save the table by itself as CSV, or split it."
)


@dataclass(frozen=True)
class Limits:
    """How much one request may take: bytes of memory beyond those of the idle program, and seconds."""

    memory: int
    seconds: float


@dataclass(frozen=True)
class Open:
    """Look at the kept file and say what it is; answered by a Sheet."""

    path: Path
    folder: Path
    tab: str | None
    limits: Limits


@dataclass(frozen=True)
class Begin:
    """Begin with the rows of this sheet; answered by Done."""

    sheet: Sheet
    folder: Path


@dataclass(frozen=True)
class Next:
    """Write the next block to this file; answered by Laid, or by Done where there is none."""

    target: Path
    limits: Limits


@dataclass(frozen=True)
class Ping:
    """Asks whether it is there; answered by Done."""


@dataclass(frozen=True)
class Done:
    """That was all."""


@dataclass(frozen=True)
class Refused:
    """The file cannot be read; `is_spent` where the program must not read another."""

    sentence: str
    is_spent: bool = False


def send(stream: IO[bytes], message: object) -> None:
    """One message. Raises OSError where nobody listens any more."""
    content = pickle.dumps(message)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError where there is none, and for what is none."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    length = LENGTH.unpack(head)[0]
    content = stream.read(length) if length <= LARGEST_MESSAGE else b""
    if len(content) < length or not length:
        raise EOFError
    return pickle.loads(content)


class _Reader:
    """Answers requests, one after the other."""

    def __init__(self) -> None:
        self._rows: Iterator[Block] = iter(())
        self._me = psutil.Process()
        self._idle = self._me.memory_info().vms

    def answer(self, request: Any) -> object:
        limits = getattr(request, "limits", None)
        try:
            if limits:
                self._hold(limits)
            return self._answer(request)
        except Unreadable as refused:
            return Refused(str(refused))
        except MemoryError:
            return Refused(TOO_MUCH.format(memory=limits.memory / 1e6 if limits else 0), is_spent=True)
        except Exception:
            return Refused(BROKE)
        except BaseException:  # a panic of a library in Rust is no Exception
            return Refused(BROKE, is_spent=True)

    def _answer(self, request: Any) -> object:
        if isinstance(request, Ping):
            return Done()
        if isinstance(request, Open):
            self._rows = iter(())
            sheet = sheets.opened(request.path, Work.lent(request.folder), request.tab, mapping.recognises)
            return sheet if sheet.frame is None else _laid(sheet, request.folder)
        if isinstance(request, Begin):
            self._rows = replace(request.sheet, work=Work.lent(request.folder), elsewhere=None).blocks()
            return Done()
        block = next(self._rows, None)
        if block is None:
            return Done()
        _write(block, request.target)
        return Laid(request.target, block.first_row, block.done)

    def _hold(self, limits: Limits) -> None:
        """Where the system has limits of a process, it ends this one; elsewhere only its starter watches it."""
        if not hasattr(self._me, "rlimit"):
            return
        spent = self._me.cpu_times()
        seconds = int(spent.user + spent.system + limits.seconds * (os.cpu_count() or 1)) + 1
        for kind, most in (
            (psutil.RLIMIT_AS, self._idle + limits.memory + ROOM_FOR_THREADS),
            (psutil.RLIMIT_CPU, seconds),
        ):
            hard = self._me.rlimit(kind)[1]
            with contextlib.suppress(OSError, ValueError):
                self._me.rlimit(kind, (most if hard < 0 else min(most, hard), hard))


def _write(block: Block, target: Path) -> None:
    if block.cells.estimated_size() > LARGEST_BLOCK:
        raise Unreadable(TOO_MUCH.format(memory=LARGEST_BLOCK / 1e6))
    sheets.write_block(block, target)


def _laid(sheet: Sheet, folder: Path) -> Sheet:
    """The sheet with its cells in files instead of in memory."""
    files = []
    for place, block in enumerate(sheet.blocks()):
        target = folder / f"rows-{place}.arrow"
        _write(block, target)
        files.append(Laid(target, block.first_row, block.done))
    return replace(sheet, frame=None, laid=tuple(files))


def main() -> None:
    """Answers until nobody asks any more, or until it must not go on."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not come between the answers.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    pl.read_csv(b"a,b\n1,2\n")  # starts the threads, whose memory is not the file's
    reader = _Reader()
    with contextlib.suppress(EOFError, OSError):
        send(answers, Done())  # it has started
        while True:
            answer = reader.answer(receive(sys.stdin.buffer))
            send(answers, answer)
            if isinstance(answer, Refused) and answer.is_spent:
                os._exit(1)  # what panicked may hold locks
