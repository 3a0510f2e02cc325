"""Chromium for the browser tests: found, or installed from the system's packages, or asked for.

`python -m tests.chromium` returns 0 where a Chromium is there in the end, and otherwise 1 with
the command that installs it.
"""

import os
import shutil
import subprocess
import sys

# The one without a screen first: it draws the same in half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


def path() -> str | None:
    """Where a Chromium is, None where there is none; the environment variable CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    return named if named and shutil.which(named) else next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    if path():
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium from the system's packages for the browser tests", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        for package in PACKAGES:
            if not path():
                subprocess.run([*INSTALL, package], env=quiet, check=False, stdout=subprocess.DEVNULL)
    if path():
        return 0
    print(
        "The browser tests need Chromium. Install it with: "
        f"sudo {' '.join(INSTALL)} chromium (Debian, Ubuntu), or set CHROMIUM to the program's path.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
