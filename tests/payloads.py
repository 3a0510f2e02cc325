"""Payloads for tests: a short excerpt written to a file, as if it had been fetched."""

import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from etl.sources.contract import Payload


def _upstream() -> Path | None:
    """Whole payloads as published, laid out as <host>/<path>, where this machine has them."""
    beside = Path(__file__).resolve().parents[1] / "../shared/upstream"
    folder = Path(os.environ.get("DIVIDE_UPSTREAM", beside)).resolve()
    return folder if folder.is_dir() else None


UPSTREAM: Path | None = _upstream()


def payload(folder, url, content, as_of=date(2026, 8, 1)) -> Payload:
    """A payload whose content (bytes, text or what JSON can say) lies in a file in the folder."""
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = json.dumps(content).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(folder) / hashlib.sha256(url.encode() + content).hexdigest()
    path.write_bytes(content)
    return Payload(
        url=url,
        path=path,
        as_of=as_of,
        fetched_at=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
        sha256=sha256,
        bytes=len(content),
    )
