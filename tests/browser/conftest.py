"""The dashboard as its readers run it, and Chromium to read it with.

Playwright is driven directly and its browser lives as long as one file of tests: its event loop
would otherwise stay in the main thread for all the tests that follow. Where the tests run in several
processes, a file stays in one of them: each process has one server and one browser.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from etl.folders import PROJECT
from tests import chromium as found

START_SECONDS = 60
SHOW_MILLISECONDS = 60_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",  # without a screen letters would be laid out wider than on one
)
# On an address with a page's name Streamlit first asks for these two below that name, is told 404, and then
# finds the server at the root. Nothing else may fail.
ASKED_BELOW_THE_PAGE = re.compile(r"/[a-z_-]+/_stcore/(health|host-config)$")


@dataclass
class Server:
    """A running dashboard: its address and the folder that it writes to."""

    url: str
    data: Path


@dataclass
class Visit:
    """A page in the browser, with what went wrong in its console and what it asked for elsewhere."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, address: str = "", shows: str = ".js-plotly-plot .main-svg") -> "Visit":
        self.page.goto(f"{self.server.url}/{address}")
        self.page.wait_for_selector(shows, timeout=SHOW_MILLISECONDS)
        return self.settle()

    def turned(self, width: int, height: int, scheme: str) -> "Visit":
        """The same page on another screen, by day or by night."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return self.settle()

    def settle(self) -> "Visit":
        """Waits until the script has run to its end, nothing is still being loaded and the page no longer changes."""
        self.page.wait_for_function(
            "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'",
            timeout=SHOW_MILLISECONDS,
        )
        self.page.wait_for_function(
            """() => {
                const main = document.querySelector('[data-testid=stMain]');
                if (main.querySelector('[data-testid=stSkeleton]')) return false;
                const before = window.seenBefore;
                window.seenBefore = main.scrollHeight + main.innerText;
                return before === window.seenBefore;
            }""",
            polling=300,
        )
        return self

    def read(self, script: str):
        return self.page.evaluate(script)

    def titles(self) -> list[str]:
        return self.page.locator("h3").all_inner_texts()


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[Server]:
    """`streamlit run app.py` on a free port for as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {name: value for name, value in os.environ.items() if name not in ("DIVIDE_MIRROR", "PYTEST_CURRENT_TEST")}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"],
        cwd=PROJECT,
        env={**quiet, "DIVIDE_DATA": str(data), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, process)
        yield Server(url, data)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_healthy(url: str, process: subprocess.Popen) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"The dashboard ended by itself with {process.returncode}.")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not answer within {START_SECONDS} s.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserContext]:
    """One profile for a file of tests: what every page loads is then read and compiled once."""
    program = found.path()
    if not program:
        pytest.skip(f"No Chromium on this computer. {' '.join(found.INSTALL)} chromium installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser.new_context(accept_downloads=True)
        browser.close()


@pytest.fixture(scope="session")
def server(built_data) -> Iterator[Server]:
    """One dashboard on the figures that ship, for every test that only reads."""
    with serving(built_data) as running:
        yield running


@pytest.fixture
def visit(chromium, server) -> Iterator[Callable[..., Visit]]:
    """A visitor: `visit(width=420, scheme="dark")`, to the shared server unless another is given."""
    pages = []

    def begin(width: int = 1440, height: int = 900, scheme: str = "light", at: Server = server) -> Visit:
        pages.append(page := chromium.new_page())
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return watched(Visit(page, at))

    yield begin
    for page in pages:
        page.close()


def watched(visit: Visit) -> Visit:
    own = (visit.server.url, visit.server.url.replace("http", "ws", 1), "data:", "blob:")

    def on_message(message) -> None:
        if message.type == "error" and not ASKED_BELOW_THE_PAGE.search(message.location.get("url", "")):
            visit.errors.append(message.text)

    def on_request(request) -> None:
        if not request.url.startswith(own):
            visit.strangers.append(request.url)

    visit.page.on("console", on_message)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("request", on_request)
    visit.page.on("websocket", lambda socket: on_request(socket))
    visit.page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
    return visit
