"""What opening the app costs its tests, without what they do not ask about."""

import functools

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner

INSTALLED_COMPONENTS = functools.cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def quick_app(monkeypatch):
    """AppTest describes every installed package to each app, and looks 1,000 times a second whether a run has ended.

    Both together cost a tenth of a test's time and answer nothing that is asked here.
    """
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", INSTALLED_COMPONENTS)
    monkeypatch.setattr(local_script_runner, "require_widgets_deltas", _wait)


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    runner._script_thread.join(timeout)
    assert runner.script_stopped(), f"The page was not there after {timeout:.0f} s."
