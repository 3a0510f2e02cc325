"""What a person at a terminal sees while sources are fetched: one line a source, and a bar below."""

import sys
import time
from typing import TextIO

from etl.fetch.download import Progress
from etl.fetch.outcomes import size

BAR_WIDTH = 24
REDRAW_EVERY_SECONDS = 0.1


class TerminalReporter:
    """Called with each Progress. A terminal gets a live bar over all sources under way; a log gets
    lines only."""

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stderr
        self.is_live = self.stream.isatty()
        self.under_way: dict[str, Progress] = {}
        self.drawn_at = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.outcome:
            self.under_way.pop(progress.source, None)
            self._line(f"{progress.source:<24} {progress.outcome.status:<10} {progress.outcome.message}")
        else:
            self.under_way[progress.source] = progress
        if self.is_live and self.under_way and time.monotonic() - self.drawn_at >= REDRAW_EVERY_SECONDS:
            self._draw()

    def _line(self, text: str) -> None:
        self.stream.write(f"\r\x1b[2K{text}\n" if self.is_live else f"{text}\n")
        self.stream.flush()

    def _draw(self) -> None:
        self.drawn_at = time.monotonic()
        done = sum(progress.done for progress in self.under_way.values())
        total = sum(progress.total for progress in self.under_way.values())
        volume = size(sum(progress.bytes for progress in self.under_way.values()))
        filled = BAR_WIDTH * done // max(total, 1)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        names = ", ".join(self.under_way)
        self.stream.write(f"\r\x1b[2K{bar} {done:,} of {total:,}  {volume}  {names[:40]}")
        self.stream.flush()
