"""What a payload must look like before it may replace what is held.

Publishers answer with an error page and status 200, or with half a document. Readers judge the
layout; here only the kind is judged: is it JSON at all, a table at all, text at all?
"""

import json
from collections.abc import Callable, Mapping

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SIGNATURES = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip file",
    b"%PDF": "a PDF",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_WANTED = {"json": "JSON", "csv": "a CSV table", "text": "text"}


def kind_problem(kind: str, content: bytes | bytearray) -> str | None:
    """What came instead of this kind, as the end of a sentence; None where the kind is right."""
    start = bytes(content[:1024]).removeprefix(BYTE_ORDER_MARK).lstrip()
    found = _foreign(start) or _CHECKS[kind](start, content)
    return f"{found} instead of {_WANTED[kind]}" if found else None


def _foreign(start: bytes) -> str | None:
    if not start:
        return "nothing"
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    return _markup(start.lower())


def _markup(start: bytes) -> str | None:
    if not start.startswith(b"<"):
        return None
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start:
        return "an HTML page"
    return "an XML document" if start.startswith(b"<?xml") else None


def _json_problem(start: bytes, content: bytes | bytearray) -> str | None:
    if start[:1] not in (b"{", b"["):
        return f"the words “{_excerpt(start)}”"
    try:
        text = content.decode("utf-8-sig")
        json.loads(text)
    except UnicodeDecodeError:
        return "text that is not UTF-8"
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            return "a document that breaks off"
        return f"a faulty document (line {error.lineno}: {error.msg})"
    except RecursionError:
        return "a document nested without end"
    return None


def _csv_problem(start: bytes, content: bytes | bytearray) -> str | None:
    if b"\0" in content:
        return "a binary file"
    if start.startswith((b"{", b"[{")):
        return "a JSON document"
    return None


def _text_problem(start: bytes, content: bytes | bytearray) -> str | None:
    return None


_CHECKS: Mapping[str, Callable[[bytes, bytes | bytearray], str | None]] = {
    "json": _json_problem,
    "csv": _csv_problem,
    "text": _text_problem,
}


def _excerpt(start: bytes) -> str:
    words = " ".join(start[:80].decode("utf-8", "replace").split())
    return "".join(c for c in words if c.isprintable())[:60]
