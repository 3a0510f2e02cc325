import asyncio
import webbrowser

import pytest
import streamlit as st

from pages.shared import opening


@pytest.fixture
def serve(monkeypatch):
    """Starts and stops a server with these options; the addresses that were opened in a browser."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

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
