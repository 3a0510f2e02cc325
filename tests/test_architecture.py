"""The rooms and their doors: who may import whom, and what each room may not touch.

Published files become one store, the store gives frames, frames become ratios, ratios become charts,
charts become pages; nothing flows back.
"""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from etl.schema import FACTS, SOURCE_COLUMNS, TABLES
from etl.sources import SOURCES
from pages.shared import places
from pages.shared.tables import COMPUTING

ROOT = Path(__file__).parents[1]
ROOMS = ("etl", "metrics", "charts", "exports", "commands", "pages")

# What each room may import of ours; the longest name that fits a module decides. Read from the bottom up: no
# room names one that stands above it.
DOORS = {
    "etl/": (),  # a new module says here what it may import
    "etl/schema.py": (),
    "etl/version.py": (),
    "etl/disk.py": (),
    "etl/faults.py": (),
    "etl/offers.py": ("etl.faults", "etl.schema"),
    "etl/neighbours.py": ("etl.schema",),
    "etl/checks.py": ("etl.schema", "etl.faults"),
    "etl/names.py": ("etl.schema",),
    "etl/corrections.py": ("etl.schema", "etl.faults"),
    "etl/thinning.py": ("etl.schema",),
    "etl/derived.py": ("etl.disk",),
    "etl/store.py": ("etl.schema", "etl.derived", "etl.disk", "etl.thinning"),
    "etl/sources/": ("etl.schema", "etl.faults", "etl.offers", "etl.sources"),
    "etl/history.py": ("etl.sources",),
    "etl/fetch/": ("etl.schema", "etl.version", "etl.disk", "etl.faults", "etl.sources", "etl.history", "etl.fetch"),
    "etl/folders.py": ("etl.store", "etl.fetch.snapshots"),
    "etl/published.py": ("etl.schema", "etl.store", "etl.sources"),
    "etl/upload/": (
        "etl.schema",
        "etl.checks",
        "etl.disk",
        "etl.names",
        "etl.store",
        "etl.sources",
        "etl.folders",
        "etl.published",
        "etl.upload",
    ),
    "etl/publish/": ("etl",),
    "metrics/": ("etl.schema", "etl.offers", "metrics"),
    "charts/": ("etl.schema", "metrics", "charts"),
    "exports/": ("etl.schema", "metrics", "charts", "exports"),
    # A program that reads our ratios must get the ones that the pages show, so commands may know every room.
    "commands/": ("etl", "metrics", "exports", "commands"),
    "etl/__main__.py": ("commands.main",),
    "pages/": (
        "etl.schema",
        "etl.store",
        "etl.sources",
        "etl.folders",
        "etl.upload.importer",
        "etl.publish",
        "metrics",
        "charts",
        "exports",
        "pages",
    ),
    "app.py": ("pages",),
}

# Where a library may be imported. What a library rests on (urllib3) goes with it.
OWNERS = {
    "requests": ("etl/fetch/download.py",),
    "urllib3": ("etl/fetch/download.py",),
    "duckdb": ("etl/store.py",),
    "fastexcel": ("etl/upload/sheets.py",),
    "streamlit": ("app.py", "pages/"),
    "plotly": ("charts/",),
    "xlsxwriter": ("exports/",),
    "pptx": ("exports/",),
}
SPEAK_SQL = ("etl/store.py", "etl/thinning.py")
NETWORK = ("socket", "http.client", "urllib.request", "ftplib", "httpx", "aiohttp")
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "scan_csv", "read_parquet"}
SQL = re.compile(r"\b(SELECT|INSERT INTO|DELETE FROM|(CREATE|DROP|ALTER) TABLE|ORDER BY|GROUP BY)\b")
# What only some systems have. The product runs on all three, so it goes through etl.disk, filelock and psutil.
POSIX_ONLY_MODULES = ("fcntl", "grp", "pty", "posix", "pwd", "resource", "syslog", "termios", "tty")
POSIX_ONLY_CALLS = {
    *("chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getloadavg", "getpgid"),
    *("getppid", "getuid", "kill", "killpg", "mkfifo", "mknod", "nice", "pread", "pwrite", "sendfile", "setsid"),
    *("setuid", "statvfs", "sysconf", "uname", "wait3", "wait4"),
}
# A file by this name cannot be opened a second time on Windows.
OPEN_ONCE = {"NamedTemporaryFile"}
DISK = "etl/disk.py"
HOMELESS = {"utils", "util", "helpers", "common", "core", "misc"}
# An absolute path of the machine that this was written on.
WORKPLACE = re.compile(rb"(?<![\w./:-])/" + rb"(work|tmp/w|root|home/\w+)/")
# Libraries of which mypy is told that they have no types, or that they have and do not say so; and nothing else.
LOOSE = {"plotly", "pyarrow", "xlsxwriter"}
LOOSENED = {"module", "ignore_missing_imports", "follow_untyped_imports"}
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

UNIT_ENDINGS = {
    "s": "seconds",
    "min": "minutes",
    "tokens/s": "tokens_per_second",
    "tokens/s/GPU": "per_gpu",
    "tokens/s/user": "per_user",
    "USD": "usd",
    "USD bn": "usd_bn",
    "USD per 1M tokens": "usd_per_mtok",
    "USD per accelerator-hour": "usd_per_accelerator_hour",
    "%": "percent",
    "GB": "gb",
    "TB/s": "tb_per_second",
    "TFLOP/s": "tflops",
    "J/token": "joules_per_output_token",
    "J/request": "joules_per_request",
    "requests": "requests_at_once",
    "tokens": "tokens",
    "W": "w",
    "MW": "mw",
    "mm2": "mm2",
}


@cache
def modules() -> tuple[str, ...]:
    """Every module of the project that is not a test, by its path."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return ("app.py", *sorted(path.relative_to(ROOT).as_posix() for path in paths))


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), module)


def imported(module: str) -> set[str]:
    """Full names of all that a module imports, lazy imports included."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}, line {node.lineno}: say where it is imported from"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def called(module: str) -> set[str]:
    """Last names of the functions and methods that a module calls."""
    functions = (node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call))
    return {getattr(function, "id", getattr(function, "attr", "")) for function in functions}


def attributes_called(module: str) -> set[str]:
    """Functions that a module calls by module and name, such as os.replace."""
    calls = (node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call))
    return {ast.unparse(function) for function in calls if isinstance(function, ast.Attribute)}


def unnamed_encodings(module: str) -> list[int]:
    """Lines that open a file as text without an encoding: Windows would take one of its own."""
    found = []
    for node in ast.walk(tree(module)):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name not in ("open", "read_text", "write_text") or any(word.arg == "encoding" for word in node.keywords):
            continue
        given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        is_binary = any(isinstance(value, str) and re.fullmatch(r"[rwax+]*b[rwax+]*", value) for value in given)
        if not is_binary and ast.unparse(node.func) not in ("os.open", "disk.read_text", "archive.open"):
            found.append(node.lineno)
    return found


def texts(module: str) -> list[str]:
    """String literals of a module that are no docstrings; of a formatted one, its fixed parts."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def is_within(name: str, packages) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@cache
def tracked() -> tuple[str, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return tuple(name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists())


# Rooms


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_through_the_doors_of_its_room(module):
    door = max((door for door in DOORS if module.startswith(door)), key=len)
    ours = {name for name in imported(module) if is_within(name, ROOMS)}
    assert {name for name in ours if not is_within(name, DOORS[door])} == set()


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library):
    users = [module for module in modules() if any(is_within(name, [library]) for name in imported(module))]
    assert [module for module in users if not module.startswith(OWNERS[library])] == []


def test_no_module_but_fetch_opens_the_network():
    assert [(m, n) for m in modules() for n in imported(m) if is_within(n, NETWORK)] == []


@pytest.mark.parametrize("module", [*modules(), "start.py"])
def test_no_module_needs_a_system_of_one_kind(module):
    assert [name for name in imported(module) if is_within(name, POSIX_ONLY_MODULES)] == []
    assert called(module) & (POSIX_ONLY_CALLS | OPEN_ONCE) == set()
    assert [text for text in texts(module) if re.search(r"%-[a-zA-Z]", text)] == [], "%-d and its like are Linux's"


@pytest.mark.parametrize("module", [m for m in modules() if m != DISK])
def test_files_are_replaced_removed_and_synced_in_one_place(module):
    """Windows refuses both while a file is open; `etl.disk` knows what to do then."""
    named = {f"os.{name}" for name in ("replace", "rename", "unlink", "remove", "fsync", "link")}
    assert attributes_called(module) & named == set()
    assert called(module) & {"unlink", "flock", "move"} == set()


@pytest.mark.parametrize("module", [*modules(), "start.py"])
def test_text_is_read_and_written_in_a_named_encoding(module):
    assert unnamed_encodings(module) == []


def test_no_source_imports_another():
    """What several share is a module of its own without a SOURCE: the contract, the sightings."""
    publishers = {
        path.stem
        for path in (ROOT / "etl/sources").glob("*.py")
        if re.search(r"^SOURCES?\b.* = ", path.read_text(), re.MULTILINE) and path.stem != "__init__"
    }
    assert len(publishers) > 10
    for name in publishers:
        others = [f"etl.sources.{other}" for other in publishers]
        assert not [n for n in imported(f"etl/sources/{name}.py") if is_within(n, others)]


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith(("metrics/", "charts/", "exports/"))])
def test_metrics_charts_and_exports_touch_only_the_frames_they_are_given(module):
    assert called(module) & (FILES | CLOCKS) == set()
    assert not [name for name in imported(module) if is_within(name, ("pathlib", "os", "shutil", "sqlite3", "time"))]


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("etl/sources/")])
def test_a_source_knows_no_clock(module):
    assert called(module) & CLOCKS == set()
    assert "time" not in imported(module)


@pytest.mark.parametrize("module", [m for m in modules() if m not in SPEAK_SQL])
def test_only_the_store_speaks_sql(module):
    assert [text for text in texts(module) if SQL.search(text)] == []


@pytest.mark.parametrize("module", SPEAK_SQL)
def test_the_sql_of_the_store_would_be_noticed(module):
    assert [text for text in texts(module) if SQL.search(text)]


def test_a_thing_without_a_room_is_a_question_about_the_design():
    parts = {part for module in modules() for part in Path(module).with_suffix("").parts}
    assert parts & HOMELESS == set()


def test_every_page_is_in_the_menu_and_the_menu_has_no_other():
    pages = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pages").glob("*/*.py")
        if path.parent.name not in ("shared", "importer")
    }
    assert sorted(place.path for place in places.PLACES) == sorted(pages)


def test_no_page_lies_directly_in_its_room():
    """Streamlit would run it by itself, past app.py, on the first deep link to a cold server."""
    assert list((ROOT / "pages").glob("*.py")) == []


# The vocabulary


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_says_what_it_holds(table):
    assert SNAKE.fullmatch(table.name)
    assert table.grain
    assert [name for name, times in Counter(table.names).items() if times > 1] == []
    assert set(table.key) <= set(table.names)
    assert not table.is_fact or table.columns[-len(SOURCE_COLUMNS) :] == SOURCE_COLUMNS
    for column in table.columns:
        assert SNAKE.fullmatch(column.name), column.name
        assert column.meaning, column.name


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_number_has_a_unit_and_the_unit_ends_its_name(table):
    for column in table.columns:
        assert (column.dtype == pl.Float64) == (column.unit is not None), column.name
        stem = re.sub(r"_p\d\d$", "", column.name)
        assert stem.endswith(UNIT_ENDINGS.get(column.unit, "")), f"{column.name} is in {column.unit}"
        assert column.unit != "see unit" or "unit" in table.names


def test_a_quantity_has_the_same_type_and_unit_wherever_it_stands():
    kinds = {}
    for table in FACTS:
        for column in table.columns:
            kinds.setdefault(column.name, set()).add((str(column.dtype), column.unit))
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


# The sources


def test_no_two_sources_share_an_id():
    assert [name for name, times in Counter(source.id for source in SOURCES).items() if times > 1] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_says_who_publishes_it_where_and_on_what_terms(source):
    assert SNAKE.fullmatch(source.id)
    assert source.title
    assert source.publisher
    assert source.licence
    assert source.home_url.startswith("https://")
    assert source.tables
    assert {TABLES[name].is_fact for name in source.tables} == {True}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_of_token_prices_says_what_they_are_for(source):
    assert (source.prices is not None) == ("token_price" in source.tables)


def test_no_two_catalogues_share_a_rank():
    ranks = Counter(source.catalogue_rank for source in SOURCES if source.catalogue_rank is not None)
    assert len(ranks) > 1
    assert [rank for rank, times in ranks.items() if times > 1] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_asks_over_https_only(source):
    assert [want.url for want in source.wants([]) if not want.url.startswith("https://")] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_has_a_test(source):
    tests = (ROOT / "tests/etl/sources").glob("test_*.py")
    named = re.compile(rf"\b{source.id}\b")
    assert any(named.search(path.read_text(encoding="utf-8")) for path in tests)


# The repository


def test_what_metrics_import_of_etl_tells_kept_results_apart():
    """What a server keeps of an earlier version is computed again only where the code that decides it is watched."""
    used = {name for module in modules() if module.startswith("metrics/") for name in imported(module)}
    rooms = {f"etl/{name.split('.')[1]}.py" for name in used if name.startswith("etl.")}
    assert rooms >= {"etl/schema.py", "etl/offers.py"}
    assert rooms - set(COMPUTING) == set()


def test_no_two_test_files_share_a_name():
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_no_file_tells_of_the_machine_it_was_written_on():
    told = [(name, WORKPLACE.search((ROOT / name).read_bytes())) for name in tracked()]
    assert [(name, found[0]) for name, found in told if found] == []


def test_what_is_made_at_run_time_is_not_kept_in_git():
    made = ("data/snapshots/", "data/store/", "data/uploads/", "test-results/")
    assert [name for name in tracked() if name.startswith(made)] == []


def test_every_room_has_its_types_checked_strictly():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"]
    assert {*ROOMS, "app.py", "start.py"} == set(settings["files"])
    assert {word for override in settings["overrides"] for word in override} == LOOSENED
    assert {name.partition(".")[0] for override in settings["overrides"] for name in override["module"]} == LOOSE


def test_no_type_error_is_silenced_without_its_code_and_reason():
    lines = [line for module in modules() for line in (ROOT / module).read_text(encoding="utf-8").splitlines()]
    silenced = [line for line in lines if "type: ignore" in line]
    assert [line for line in silenced if not re.search(r"type: ignore\[[a-z-]+(, ?[a-z-]+)*\]  # \w", line)] == []
