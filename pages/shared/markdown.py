"""Published words in Markdown: shown as they were written, never read as markup."""

import re

SPECIAL = re.compile(r"([\\`*_~\[\]<>$&|#])")
SHORTCODE = re.compile(r":(?=[A-Za-z+])")  # :smile:, :red[...], and addresses that would become links
LIST_AT_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]\s))")
WEB_ADDRESS = r"(?i)^https?://"
ADDRESS_IN_TEXT = re.compile(r"(https?://[^\s<>()]*[\w/])")  # a stop or a comma after it is not of the address


def plain(text: str) -> str:
    """The text with every character escaped that Markdown, or Streamlit's additions to it, would read."""
    one_line = re.sub(r"[\r\n]+", " ", text)
    escaped = SHORTCODE.sub(r"\\:", SPECIAL.sub(r"\\\1", one_line))
    return LIST_AT_START.sub(_unlisted, escaped)


def link(text: str, url: str) -> str:
    """A link with this text; the text alone where the address is not one of the web."""
    if not re.match(WEB_ADDRESS, url):
        return plain(text)
    address = re.sub(r"[<>\s]", _quoted, url)
    return f"[{plain(text)}](<{address}>)"


def linked(text: str) -> str:
    """The text with its addresses of the web as links, and everything else as it was written."""
    parts = ADDRESS_IN_TEXT.split(text)
    return "".join(link(part, part) if place % 2 else plain(part) for place, part in enumerate(parts))


def _unlisted(start: re.Match[str]) -> str:
    space, mark = start.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _quoted(character: re.Match[str]) -> str:
    return f"%{ord(character.group()):02X}"
