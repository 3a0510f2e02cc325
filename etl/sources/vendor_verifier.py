"""How closely hosts answer as the maker does: Moonshot AI's verifiers of Kimi K2 and of Kimi K3 (README of each).

- The tables of K2 are HTML inside Markdown. A cell that spans rows stands for each of them, so ">=73%" stands for every
  host that passes: a lower bound, and no value.
- Two methods of one test: until October 2025 one similarity of the whole answer, since November 2025 when a tool is
  called (F1) and how many of the calls are valid. They are never compared, so each is a method of its own.
- "-" is the maker's own service, which the others are held against; "TBD" is a benchmark not run yet. Both are nothing.
- vLLM and SGLang are engines that the maker ran, no hosts.
- K3's table is Markdown and has no day: the day of the copy is that of publication, none of measurement.
- A README changes with each test: its copies stand in `data/history`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from etl import faults
from etl.sources import cells
from etl.sources.contract import Payload, Reading, Row, SetAside, Source, SourceChanged, each, rows_of, together
from etl.sources.fidelity_cells import kind_of, read_figure

TEST_DAY = re.compile(r"\*\*Test Time\*\*:\s*(\d{4}-\d{2}-\d{2})")
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
MODEL, THINKING = re.compile(r"^model:\s*(\S+)", re.MULTILINE), re.compile(r"^thinking effort:\s*(\S+)", re.MULTILINE)

# The head of a column: the method and the quantity.
QUANTITIES = {
    "Similarity compared to the official Implementation": ("tool calls, until October 2025", "similarity of answers"),
    "ToolCall-Trigger Similarity": ("tool calls, since November 2025", "similarity of when a tool is called (F1)"),
    "schema_accuracy": ("tool calls, since November 2025", "valid tool calls"),
}
BENCHMARKS = "benchmarks of the maker"


class _Tables(HTMLParser):
    """Rows of one HTML table, each cell with how many rows and columns it spans."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, int, int]]] = []
        self.is_in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            spans = dict(attrs)
            self.rows[-1].append(("", int(spans.get("rowspan") or 1), int(spans.get("colspan") or 1)))
            self.is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_in_cell:
            text, down, across = self.rows[-1][-1]
            self.rows[-1][-1] = (f"{text}{data}", down, across)


@dataclass(frozen=True)
class Grid:
    """A table whose cells that span others are written out: heads and rows of equal length."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield dict(zip(self.heads, row, strict=False))


def spread(html: str, head_rows: int = 2) -> Grid:
    """The cells of an HTML table where they stand, each repeated over what it spans."""
    parser = _Tables()
    parser.feed(html)
    grid: list[dict[int, str]] = [{} for _ in parser.rows]
    for down, row in enumerate(parser.rows):
        across = 0
        for text, height, width in row:
            while across in grid[down]:
                across += 1
            for below in range(down, min(down + height, len(grid))):
                grid[below] |= {across + beside: text.strip() for beside in range(width)}
            across += width
    rows = [[row[at] for at in sorted(row)] for row in grid]
    return Grid(rows[head_rows - 1] if len(rows) >= head_rows else [], rows[head_rows:])


def _read_k2(payload: Payload) -> Reading:
    text = payload.text()
    days = list(TEST_DAY.finditer(text))
    tables = list(TABLE.finditer(text))
    if not tables:
        raise SourceChanged(f"{payload.url}: no table stands there.")
    readings: list[tuple[Row | None, str]] = []
    for table in tables:
        before = [found for found in days if found.start() < table.start()]
        grid = spread(table[0])
        _expect(grid, payload.url)
        measured_on = cells.day(before[-1][1]) if before else None
        for line in grid.lines():
            readings += _of_k2(line, measured_on, payload)
    return _sorted(readings, payload)


def _expect(grid: Grid, url: str) -> None:
    if "Model Name" not in grid.heads or not set(grid.heads) & QUANTITIES.keys():
        raise SourceChanged(f"{url}: heads not known; found {', '.join(grid.heads)}.")


def _of_k2(line: dict[str, str], measured_on: date | None, payload: Payload) -> Iterator[tuple[Row | None, str]]:
    provider = line.get("Providers") or line.get("Provider") or ""
    called = line.get("Count of Finish Reason Tool calls") or line.get("count_finish_reason_tool_calls")
    valid = line.get("Successful Tool Call Count") or line.get("count_successful_tool_call")
    note = f"{valid} of {called} tool calls valid." if valid and called else None
    for head, (method, quantity) in QUANTITIES.items():
        if head in line:
            yield (
                _row(provider, line["Model Name"], (method, quantity, line[head]), measured_on, payload, note),
                (f"{provider}: {head} {line[head]}"),
            )


def _read_k3(payload: Payload) -> Reading:
    text = payload.text()
    model, thinking = MODEL.search(text), THINKING.search(text)
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
    if model is None or len(lines) < 2 or lines[0][0] != "Provider":
        raise SourceChanged(f"{payload.url}: no table of providers and no model stands there.")
    note = f"Thinking effort {thinking[1]}." if thinking else None
    readings = [
        (
            _row(provider, model[1], (BENCHMARKS, benchmark, value), None, payload, note),
            f"{provider}: {benchmark} {value}",
        )
        for provider, *found in lines[2:]
        for benchmark, value in zip(lines[0][1:], found, strict=False)
    ]
    return _sorted(readings, payload)


def _row(
    provider: str,
    model: str,
    figure: tuple[str, str, str],
    measured_on: date | None,
    payload: Payload,
    note: str | None,
) -> Row | None:
    """The row of one figure, of its method, quantity and text; None where the text is none."""
    method, quantity, text = figure
    value, low, unit = read_figure(text)
    if value is None and low is None:
        return None
    return {
        "provider_as_published": provider,
        "model_as_published": model,
        "method": method,
        "quantity": quantity,
        "value": value,
        "value_low": low,
        "unit": unit,
        **kind_of(provider),
        "measured_on": measured_on,
        "source_url": payload.url,
        "published_on": payload.as_of,
        "evidence": "published",
        "note": note,
    }


def _sorted(readings: Sequence[tuple[Row | None, str]], payload: Payload) -> Reading:
    rows = [row for row, _ in readings if row]
    aside = [SetAside(payload.url, faults.NOT_RUN, text) for row, text in readings if row is None]
    return Reading({"fidelity": rows_of("fidelity", rows)}, together(aside))


SOURCES = (
    Source(
        id="k2_vendor_verifier",
        title="K2 Vendor Verifier",
        publisher="Moonshot AI",
        licence="see repository",
        home_url="https://github.com/MoonshotAI/K2-Vendor-Verifier",
        tables=("fidelity",),
        read=each(_read_k2),
        has_history=True,
    ),
    Source(
        id="kimi_vendor_verifier",
        title="Kimi Vendor Verifier",
        publisher="Moonshot AI",
        licence="see repository",
        home_url="https://github.com/MoonshotAI/Kimi-Vendor-Verifier",
        tables=("fidelity",),
        read=each(_read_k3),
        has_history=True,
    ),
)
