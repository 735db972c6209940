"""Nothing in a page may point outside the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from geo_poc.errors import Fault, OutputError

_LOADING_TAGS = {"link", "iframe", "frame", "object", "embed", "base", "audio", "video", "portal"}
_LOADING_ATTRIBUTES = {
    "src", "href", "srcset", "data", "action", "formaction", "poster", "background", "xlink:href",
}  # fmt: skip
_INSIDE = ("#", "data:")
_CSS_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)", re.IGNORECASE)
_URL = re.compile(r"(?:https?|wss?|ftp):/*[^\s\"'`<>)]*", re.IGNORECASE)
_NAMES_ONLY = ("http://www.w3.org/", "https://leafletjs.com")
"""Names of vocabularies, and Leaflet's own name for itself in its licence line; never loaded."""


@dataclass(frozen=True, kw_only=True)
class PageParts:
    """What a browser would run, apply or load of a page."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    outside: tuple[str, ...]


class _Reader(HTMLParser):
    """Collects scripts, styles and everything that would be loaded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.outside: list[str] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in _LOADING_TAGS:
            self.outside.append(f"<{tag}>")
        self.outside += [
            f"<{tag} {name}={value}>"
            for name, value in attrs
            if (name in _LOADING_ATTRIBUTES and not (value or "").startswith(_INSIDE))
            or name.startswith("on")
            or (name == "style" and _CSS_OUTSIDE.search(value or ""))
        ]
        if tag == "meta" and (named.get("http-equiv") or "").lower() == "refresh":
            self.outside.append("<meta http-equiv=refresh>")
        inert = named.get("type") == "application/json"
        self._text = None if inert else {"script": self.scripts, "style": self.styles}.get(tag)
        if self._text is not None:
            self._text.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (named by HTMLParser)
        self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[-1] += data

    def references(self) -> tuple[str, ...]:
        """Everything outside the page that tags, scripts and styles name."""
        urls = (url for script in self.scripts for url in _URL.findall(script))
        loads = (found.group() for style in self.styles for found in _CSS_OUTSIDE.finditer(style))
        return (*self.outside, *(u for u in urls if not u.startswith(_NAMES_ONLY)), *loads)


def read_page(page: str) -> PageParts:
    """Scripts, styles and outside references of a page; inert JSON is none of them.

    Examples
    --------
    >>> read_page("<script>1</script><img src='a.png'>")
    PageParts(scripts=('1',), styles=(), outside=('<img src=a.png>',))
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return PageParts(
        scripts=tuple(reader.scripts), styles=tuple(reader.styles), outside=reader.references()
    )


def require_self_contained(page: str) -> None:
    """Raise an OutputError if the page would load or run anything that is not in it.

    Examples
    --------
    >>> require_self_contained("<p>text</p>")
    """
    outside = read_page(page).outside
    if outside:
        raise OutputError(
            [
                Fault(
                    where="map.html",
                    found=reference[:120],
                    rule="must not load or run anything from outside the file",
                    repair="report this as a defect of geo-poc",
                )
                for reference in outside
            ]
        )
