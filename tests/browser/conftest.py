"""The dashboard as its readers run it, and Chromium to read it with.

Playwright is driven directly and its browser lives as long as the tests of this folder: its event loop
would otherwise stay in the main thread for all the tests that follow. Where the tests run in several
processes, all files that read the shared server stay in one of them. They share one browser and one tab: a new
tab costs another five seconds of processor time for Streamlit's and Plotly's code, and a page of the menu half
of what an address costs.
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
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from etl.folders import PROJECT
from pages.shared import places
from tests import chromium as found

START_SECONDS = 60
SHOW_MILLISECONDS = 60_000
TESTS_OWN = ("DIVIDE_MIRROR", "POLARS_MAX_THREADS", "PYTEST_CURRENT_TEST")  # what no reader's computer has set
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",  # without a screen letters would be laid out wider than on one
)
# The ground of the app by scheme: what turns last when a page goes from day to night.
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 28)"}
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
    """A page in the browser, with what went wrong in its console and what it asked for elsewhere.

    `is_elsewhere`: at a server that ends with the test.
    """

    page: Page
    server: Server
    is_elsewhere: bool = False
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, address: str = "", shows: str = ".js-plotly-plot .main-svg") -> "Visit":
        self.page.goto(f"{self.server.url}/{address}")
        self.page.wait_for_selector(shows, timeout=SHOW_MILLISECONDS)
        return self.settle()

    def go(self, address: str = "") -> "Visit":
        """The page of this address: by the menu where the visitor is here already, without a choice of their own."""
        here = urlsplit(self.page.url)
        if f"{here.scheme}://{here.netloc}" != self.server.url or here.query:
            return self.open(address, shows="h1")
        return self if here.path == f"/{address}" else self.by_menu(address)

    def by_menu(self, address: str) -> "Visit":
        """Another page of the menu."""
        place = next(place for place in places.PLACES if place.address == address)
        before = self.page.locator("h1").inner_text()
        self.page.get_by_test_id("stTopNavSection").filter(has_text=place.group).click()
        self.page.get_by_test_id("stTopNavDropdownLink").filter(has_text=place.title).click()
        self.page.wait_for_function(
            "before => ![before, undefined].includes(document.querySelector('h1')?.innerText)",
            arg=before,
            timeout=SHOW_MILLISECONDS,
        )
        self.page.mouse.move(0, self.page.viewport_size["height"] - 10)  # a help text would lie over the menu
        return self.settle()

    def turned(self, width: int, height: int, scheme: str) -> "Visit":
        """The same page on another screen, by day or by night."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.wait_for_function(f"{GROUND} === '{GROUNDS[scheme]}'")
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

    def watch(self) -> None:
        """From here on keeps what goes wrong and what is asked for elsewhere."""
        for event, listen in self._listeners.items():
            self.page.on(event, listen)

    def watch_no_more(self) -> None:
        for event, listen in self._listeners.items():
            self.page.remove_listener(event, listen)

    @cached_property
    def _listeners(self) -> dict[str, Callable]:
        return {
            "console": self._on_message,
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": self._on_request,
            "websocket": self._on_request,
            "dialog": self._on_dialog,
        }

    def _on_message(self, message) -> None:
        if message.type == "error" and not ASKED_BELOW_THE_PAGE.search(message.location.get("url", "")):
            self.errors.append(message.text)

    def _on_request(self, request) -> None:
        own = (self.server.url, self.server.url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self.strangers.append(request.url)

    def _on_dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

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
    quiet = {name: value for name, value in os.environ.items() if name not in TESTS_OWN}
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


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserContext]:
    """One profile for all tests: what every page loads is then read once."""
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


@pytest.fixture(scope="package")
def tab(chromium) -> Page:
    """The tab of every visit."""
    return chromium.new_page()


@pytest.fixture
def visit(tab, request) -> Iterator[Callable[..., Visit]]:
    """A visitor: `visit(width=420, scheme="dark")`, to the shared server unless another is given."""
    visits = []

    def begin(width: int = 1440, height: int = 900, scheme: str = "light", at: Server | None = None) -> Visit:
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        tab.mouse.move(0, height - 10)  # what lies under the pointer of an earlier visit tells of itself
        visits.append(Visit(tab, at or request.getfixturevalue("server"), is_elsewhere=at is not None))
        visits[-1].watch()
        return visits[-1]

    yield begin
    for seen in visits:
        seen.watch_no_more()
    if any(seen.is_elsewhere for seen in visits):
        tab.goto("about:blank")  # a page asks again and again for a server that has gone
