"""Which share of each room's lines the tests reach: `pytest --covered` prints it.

    python -m tests.covered ROOM      the lines of one room that no test of the last such run reached

Slipcover puts a mark on each line and takes it away once the line was reached. So the tests run at nearly their usual
speed; with a tracer, which is asked at every line, they take twice as long. Servers that the browser tests start are
not followed.
"""

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from types import CodeType

from slipcover import FileMatcher, ImportManager, Slipcover
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".covered"
ROOMS = ("etl", "metrics", "charts", "exports", "commands", "pages")
NEVER_RUN_HERE = re.compile(r"if __name__ == .__main__.:")


class Covered:
    """What this process reaches, from here on: of modules imported later, and of the scripts that Streamlit runs."""

    def __init__(self) -> None:
        rooms = [str(ROOT / room) for room in ROOMS]
        self.lines = Slipcover(source=rooms, exclude_also=[NEVER_RUN_HERE.pattern])
        self.ours = FileMatcher(sources=rooms)
        ImportManager(self.lines, self.ours).__enter__()
        self._follow_scripts()

    def _follow_scripts(self) -> None:
        """Streamlit compiles a page by itself, past every import."""
        compiled, known = ScriptCache.get_bytecode, {}

        def marked(cache: ScriptCache, path: str) -> CodeType:
            code = compiled(cache, path)
            if not self.ours.matches(path):
                return code
            if path not in known:
                known[path] = self.lines.instrument(code)
            return known[path]

        ScriptCache.get_bytecode = marked

    def write(self, process: str) -> None:
        FOLDER.mkdir(exist_ok=True)
        found = json.dumps(self.lines.get_coverage()["files"])
        (FOLDER / f"{process}.json").write_text(found, encoding="utf-8")


def forget() -> None:
    """Takes away what an earlier run left."""
    shutil.rmtree(FOLDER, ignore_errors=True)


def by_room() -> list[str]:
    """A line for each room, with its share of lines reached in percent, and one for all of them."""
    lines, missed = Counter(), Counter()
    for path, (reached, missing) in files().items():
        for room in (room_of(path), "all"):
            lines[room] += len(reached) + len(missing)
            missed[room] += len(missing)
    rooms = sorted(lines, key=lambda room: (room == "all", room))
    return [f"{room:16} {100 * (1 - missed[room] / lines[room]):5.1f} % of {lines[room]:,} lines" for room in rooms]


def missed(room: str) -> list[str]:
    """A line for each module of a room that has lines which no test reached, with their numbers."""
    found = [(path, missing) for path, (_, missing) in sorted(files().items()) if room_of(path) == room and missing]
    return [f"{path}: {', '.join(map(str, sorted(missing)))}" for path, missing in found]


def files() -> dict[Path, tuple[set[int], set[int]]]:
    """Of each module the lines that some process reached, and those that none did."""
    reached, listed = {}, {}
    for written in sorted(FOLDER.glob("*.json")):
        for name, lines in json.loads(written.read_text(encoding="utf-8")).items():
            path = (ROOT / name).relative_to(ROOT)
            reached.setdefault(path, set()).update(lines["executed_lines"])
            listed.setdefault(path, set()).update(lines["executed_lines"], lines["missing_lines"])
    return {path: (reached[path], lines - reached[path]) for path, lines in listed.items() if lines}


def room_of(path: Path) -> str:
    """The first folder of a module, of etl the first two: etl/sources."""
    depth = 2 if path.parts[0] == "etl" and len(path.parts) > 2 else 1
    return "/".join(path.parts[:depth])


if __name__ == "__main__":
    print("\n".join(missed(sys.argv[1]) if sys.argv[1:] else by_room()))
