"""What happens once as the server starts: the reader's browser opens, and the importer is made ready.

Streamlit opens the browser itself only where it runs a plain script.
"""

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st

EVERY_INTERFACE = ("", "0.0.0.0", "::")


@asynccontextmanager
async def in_browser(app: st.App) -> AsyncIterator[None]:
    """For as long as the server runs; opens nothing where it runs headless."""
    asyncio.get_running_loop().run_in_executor(None, ready_importer)
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, url())
    yield


def ready_importer() -> None:
    """Clears away what a killed server left of files, and starts the program that reads them."""
    # Here, not above: app.py is imported before there is a server.
    from etl.upload import importer
    from pages.shared import tables

    with suppress(OSError):
        importer.sweep(tables.folders())
    importer.warm()


def url() -> str:
    """Where the dashboard is for a reader on this computer."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    address = st.get_option("server.address") or ""
    host = "localhost" if address in EVERY_INTERFACE else address
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{scheme}://{host}:{st.get_option('server.port')}/{path}"
