"""How an address becomes a file name: in a mirror, and in the folder of snapshots.

The natural name is `<host>/<path>`, with a query kept as `__q__<query>` at the end. A mirror is laid
out so, and so is the folder of snapshots wherever that is safe. An address whose natural name could
leave the folder, is too long, means something else to a file system, or could be the natural name of
another address, is called by its checksum instead. Two addresses never share a name.
"""

import hashlib
import os
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

QUERY_MARK = "__q__"
ORIGIN_SUFFIX = ".origin.json"
LONGEST_SEGMENT = 150
# Windows takes no path over 260 characters, folders and endings included.
LONGEST_NAME = 110 if os.name == "nt" else 600

# Kept out of file names by at least one of the common file systems.
UNFIT_IN_QUERY = '/\\:*?"<>|'
EARLIER = re.compile(r"~\d{8}T\d{6}Z-[0-9a-f]{8}$")

_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?")
_SEGMENT = re.compile(r"[A-Za-z0-9_~%+=@,!&'();$\[\]{}^-][A-Za-z0-9_~.%+=@,!&'();$\[\]{}^-]*")
_ENCODED_UNFIT = re.compile("|".join(f"%{ord(c):02X}" for c in UNFIT_IN_QUERY), re.IGNORECASE)
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def split(url: str) -> SplitResult:
    """The parts of an address, all empty where it is none; a listing may name anything."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def host_of(url: str) -> str:
    return split(url).netloc.rpartition("@")[2].lower()


def natural_names(url: str) -> tuple[str, ...]:
    """Names under which a mirror may hold the address, the likeliest first; empty where none is safe.

    A copy may keep the percent signs of an address or resolve them; both are looked for.
    """
    parts = split(url)
    tails = [""]
    if parts.query:
        literal = parts.query.replace("/", "%2F")
        tails = [QUERY_MARK + tail for tail in (literal, _fit(parts.query), _fit(unquote(parts.query)))]
    paths = (unquote(parts.path), parts.path)
    names = dict.fromkeys(host_of(url) + path + tail for path in paths for tail in tails)
    return tuple(name for name in names if _stays_inside(name))


def file_name(url: str) -> str:
    """Where the address lies in a folder of snapshots: its natural name, or one by checksum."""
    return _plain_name(url) or checksum_name(url)


def checksum_name(url: str) -> str:
    host = host_of(url)
    folder = host.replace(":", "+") if _is_plain_host(host) else "unnamed"
    return f"{folder}/.other/{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()}"


def server_path(name: str) -> str:
    """The natural name as the path of a request, so that a static file server finds that very name."""
    return quote(name, safe="/=&,+@:$!*'();~")


def _plain_name(url: str) -> str | None:
    parts = split(url)
    tail = f"?{parts.query}" if parts.query else ""
    if f"{parts.scheme}://{parts.netloc}{parts.path}{tail}" != url or not _is_plain_host(parts.netloc):
        return None
    if _ENCODED_UNFIT.search(parts.query):
        return None
    path = parts.path[1:]
    name = path + (QUERY_MARK + _fit(parts.query) if parts.query else "")
    if name.find(QUERY_MARK) != (len(path) if parts.query else -1) or len(name) > LONGEST_NAME:
        return None
    if not all(map(_is_plain_segment, name.split("/"))):
        return None
    # Other schemes than https are for tests on one's own machine, but they too keep apart.
    scheme = "" if parts.scheme == "https" else f"{parts.scheme}+"
    return f"{scheme}{parts.netloc.replace(':', '+')}/{name}"


def _is_plain_host(host: str) -> bool:
    return bool(_HOST.fullmatch(host) and not host.endswith(".") and not _RESERVED.fullmatch(host))


def _is_plain_segment(segment: str) -> bool:
    return bool(
        _SEGMENT.fullmatch(segment)
        and len(segment) <= LONGEST_SEGMENT
        and not segment.endswith(".")
        and ORIGIN_SUFFIX not in segment.lower()
        and not EARLIER.search(segment)
        and not _RESERVED.fullmatch(segment)
    )


def _fit(query: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in UNFIT_IN_QUERY or ord(c) < 32 else c for c in query)


def _stays_inside(name: str) -> bool:
    return "\0" not in name and "\\" not in name and not {"", ".", ".."} & set(name.split("/"))
