"""How Azure Retail Prices are asked: a question as an address, and the pages that its answer leads to."""

from collections.abc import Iterator
from urllib.parse import quote

from etl.sources.contract import Held, Payload, SourceChanged

BASE_URL = "https://prices.azure.com/api/retail/prices"
PAGES_AT_MOST = 50
PLAIN = "(),'"  # characters of a question that Microsoft's own examples leave as they are


def asking(question: str) -> str:
    """The address of the first page of an answer."""
    return f"{BASE_URL}?$filter={quote(question, safe=PLAIN)}"


def pages(url: str, held: Held) -> Iterator[str]:
    """The address of the first page and of every following one that the held pages lead to."""
    by_url = {payload.url: payload for payload in held}
    seen: list[str] = []
    following: str | None = url
    while following and following not in seen and len(seen) < PAGES_AT_MOST:
        seen.append(following)
        following = _next_page(by_url[following]) if following in by_url else None
    yield from seen


def _next_page(payload: Payload) -> str | None:
    """Null where the page is the last or cannot be read, and where it leads away from the publisher."""
    try:
        link = payload.json_object().get("NextPageLink")
    except SourceChanged:
        return None
    return link if isinstance(link, str) and link.startswith("https://prices.azure.com") else None
