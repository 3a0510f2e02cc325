"""Payloads for tests: content written to a folder as if it had been fetched."""

import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from etl.sources.contract import Payload

BESIDE_CHECKOUT = Path(__file__).parents[1] / "../shared/upstream"


def _upstream() -> Path | None:
    folder = Path(os.environ.get("DIVIDE_UPSTREAM") or BESIDE_CHECKOUT).resolve()
    return folder if folder.is_dir() else None


# Whole payloads as published, laid out as <host>/<path>; None where they are not at hand.
UPSTREAM: Path | None = _upstream()


def payload(folder, url, content, as_of=date(2026, 8, 1)) -> Payload:
    """A payload of this content at this address; anything but bytes and text is written as JSON."""
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    path = Path(folder) / hashlib.sha256(url.encode() + data).hexdigest()
    path.write_bytes(data)
    return Payload(
        url=url,
        path=path,
        as_of=as_of,
        fetched_at=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
    )
