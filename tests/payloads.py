"""Payloads for tests: a piece of published content in a file, as a source would be handed it."""

import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from etl.sources.contract import Payload


def _upstream() -> Path | None:
    beside = Path(__file__).resolve().parents[1] / "../shared/upstream"
    folder = Path(os.environ.get("DIVIDE_UPSTREAM", beside)).resolve()
    return folder if folder.is_dir() else None


UPSTREAM: Path | None = _upstream()


def payload(folder, url, content, as_of=date(2026, 8, 1)) -> Payload:
    """The content in a file of its own: bytes and text as they are, anything else as JSON."""
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = json.dumps(content).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(folder) / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}-{sha256[:12]}"
    path.write_bytes(content)
    fetched_at = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    return Payload(url, path, as_of, fetched_at, sha256, len(content))
