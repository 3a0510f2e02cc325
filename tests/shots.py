"""Pictures of every page: `python -m tests.shots`.

The dashboard runs on a free port on the shipped figures. Each page is taken whole, light and dark, wide and on a phone,
into `test-results/shots`, which git ignores. The two pictures of the README are first screens, in `docs/pictures`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from etl.folders import PROJECT
from tests import chromium
from tests.browser.conftest import FLAGS, Server, Visit, serving
from tests.menu import entries

SHOTS = PROJECT / "test-results" / "shots"
PICTURES = PROJECT / "docs" / "pictures"
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
IN_README = ("verdict", "speed")  # one picture each, docs/pictures/NAME.png
README_WIDTH, COLOURS = 1080, 255
WHOLE_HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"
SHOWN = "[data-testid=stMain] h1"


@dataclass(frozen=True)
class Shot:
    """One picture: of which page, how wide, in which scheme."""

    page: str
    address: str
    width: str = "wide"
    scheme: str = "light"

    @property
    def name(self) -> str:
        return f"{self.page}-{self.width}-{self.scheme}.png"


def shots(pages: Sequence[str] = ()) -> list[Shot]:
    """Every picture of these pages; of all pages where none is named."""
    chosen = [entry for entry in entries() if not pages or entry.name in pages]
    return [
        Shot(entry.name, entry.address, width, scheme) for entry in chosen for width in WIDTHS for scheme in SCHEMES
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.shots", description="Pictures of every page.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these pages, by the name of their file")
    parser.add_argument("--readme", action="store_true", help="only the two pictures of the README")
    options = parser.parse_args(arguments)
    if not chromium.path():
        return chromium.main()
    wanted = [] if options.readme else shots(options.pages)
    with opened() as (browser, server):
        for shot in wanted:
            print(f"{SHOTS.relative_to(PROJECT) / shot.name}", file=sys.stderr)
            take(browser, server, shot, SHOTS / shot.name, is_whole=True)
        if not options.pages:
            for entry in [entry for entry in entries() if entry.name in IN_README]:
                target = PICTURES / f"{entry.name}.png"
                take(browser, server, Shot(entry.name, entry.address), target)
                make_small(target)
    return 0


@contextmanager
def opened() -> Iterator[tuple[Browser, Server]]:
    """A browser and a dashboard on the figures that ship, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([sys.executable, "-m", "etl", "build", "--data", data], cwd=PROJECT, check=True)
        with serving(Path(data)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.path(), args=FLAGS)
            yield browser, server
            browser.close()


def take(browser: Browser, server: Server, shot: Shot, target: Path, is_whole: bool = False) -> None:
    """One page as PNG, its first screen or the whole of it. Raises TimeoutError where it shows no title."""
    width, height = WIDTHS[shot.width]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=shot.scheme)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        seen = Visit(context.new_page(), server).open(shot.address, shows=SHOWN)
        if is_whole:
            seen.page.set_viewport_size({"width": width, "height": max(height, seen.read(WHOLE_HEIGHT))})
            seen.settle()
        seen.page.screenshot(path=target)
    finally:
        context.close()


def make_small(picture: Path) -> None:
    """The picture at the width that the README shows it, so that it stays small in git."""
    with Image.open(picture) as whole:
        height = round(whole.height * README_WIDTH / whole.width)
        small = whole.convert("RGB").resize((README_WIDTH, height), Image.Resampling.LANCZOS)
    # The colours mean something: those of the marks are kept as they are, at the cost of the letters' edges.
    few = small.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
