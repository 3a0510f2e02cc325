import asyncio
import webbrowser

import pytest
import streamlit as st

from etl.upload import importer
from pages.shared import opening


@pytest.fixture
def serve(monkeypatch):
    """Starts and stops a server with these options; the addresses that were opened in a browser."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(opening, "ready_importer", lambda: None)

    def served(**options) -> list[str]:
        named = {f"server.{name}": value for name, value in options.items()}
        monkeypatch.setattr(st, "get_option", named.get)

        async def life() -> None:
            async with opening.in_browser(None):
                pass
            await asyncio.get_running_loop().shutdown_default_executor()

        asyncio.run(life())
        return opened

    return served


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({"address": "127.0.0.1", "port": 8501}, "http://127.0.0.1:8501/"),
        ({"address": "0.0.0.0", "port": 8600, "baseUrlPath": "/divide/"}, "http://localhost:8600/divide"),
        ({"address": None, "port": 8501, "sslCertFile": "cert.pem"}, "https://localhost:8501/"),
    ],
)
def test_the_readers_browser_opens_where_the_dashboard_is(serve, options, address):
    assert serve(headless=False, **options) == [address]


def test_a_headless_server_opens_nothing(serve):
    assert serve(headless=True, address="127.0.0.1", port=8501) == []


def test_a_server_starts_with_a_warm_worker_and_without_what_a_killed_one_left(monkeypatch, tmp_path):
    warmed = []
    monkeypatch.setattr(importer, "warm", lambda: warmed.append(True))
    monkeypatch.setenv("DIVIDE_DATA", str(tmp_path))
    dead = tmp_path / "uploads/.work/999999999-abc"
    dead.mkdir(parents=True)
    opening.ready_importer()
    assert not dead.exists()
    assert warmed == [True]
