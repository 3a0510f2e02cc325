"""Which share of each room's lines the tests reach, from what `pytest --cov` leaves behind.

    pytest -n 2 --cov && python -m tests.covered [ROOM]

The last command lists the lines of one room that no test reached. Servers that the browser tests start are
not followed.
"""

import sys
from collections import Counter
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def by_room() -> list[str]:
    """A line for each room, with its share of lines reached in percent, and one for all of them."""
    lines, missed = Counter(), Counter()
    for path, statements, missing in files():
        for room in (room_of(path), "all"):
            lines[room] += len(statements)
            missed[room] += len(missing)
    rooms = sorted(lines, key=lambda room: (room == "all", room))
    return [f"{room:16} {100 * (1 - missed[room] / lines[room]):5.1f} % of {lines[room]:,} lines" for room in rooms]


def missed(room: str) -> list[str]:
    """A line for each module of a room that has lines which no test reached, with their numbers."""
    found = [(path, missing) for path, _, missing in files() if room_of(path) == room and missing]
    return [f"{path}: {', '.join(map(str, missing))}" for path, missing in found]


def files() -> list[tuple[Path, list[int], list[int]]]:
    """Each module with its lines that can run and those of them that no test reached."""
    measured = Coverage(config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    found = []
    for name in sorted(measured.get_data().measured_files()):
        _, statements, _, missing, _ = measured.analysis2(name)
        if statements:
            found.append((Path(name).relative_to(ROOT), statements, missing))
    return found


def room_of(path: Path) -> str:
    """The first folder of a module, of etl the first two: etl/sources."""
    depth = 2 if path.parts[0] == "etl" and len(path.parts) > 2 else 1
    return "/".join(path.parts[:depth])


if __name__ == "__main__":
    print("\n".join(missed(sys.argv[1]) if sys.argv[1:] else by_room()))
