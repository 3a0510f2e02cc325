"""Tests that share what is dear to make stay in one of several processes.

Told by name, as the process that shares the tests out sees no more of them: pytest 9 took away how xdist's own
marks of groups reached it, and they grouped nothing, without a word.
"""

from xdist.scheduler import LoadScopeScheduling

# What begins with one of these is one piece of work; the longest that fits decides. Larger pieces begin first.
TOGETHER = (
    "tests/browser/",  # one server, one browser, one tab
    "tests/browser/test_browser_starts.py",  # servers of their own
    "tests/browser/test_browser_upload.py",
    "tests/etl/test_other_systems.py",  # what came of all steps there, asked once
    "tests/pages/test_pages.py::test_markup_in_published_words",  # one store full of markup
    "tests/pages/test_upload_page.py::test_a_page_shows_own_figures",  # one store with rows of a reader's own
    "tests/test_published_figures.py",  # the publishers' whole files, fetched once
)


def piece(test: str) -> str:
    """The piece of work that a test belongs to; most are one by themselves."""
    return max((start for start in TOGETHER if test.startswith(start)), key=len, default=test)


class Together(LoadScopeScheduling):
    """Gives each process the next piece of work."""

    def _split_scope(self, nodeid: str) -> str:
        return piece(nodeid)
