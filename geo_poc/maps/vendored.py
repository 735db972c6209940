"""Files that come with the package: Leaflet, unchanged and checked, and the page's own."""

from __future__ import annotations

import hashlib
import re
from importlib import resources

from geo_poc.errors import Fault, SourceError

LEAFLET_JS = "leaflet-1.9.4.js"
LEAFLET_CSS = "leaflet-1.9.4.css"
_CHECKSUMS = "SHA256SUMS"
_OUTSIDE_CSS = re.compile(r"[\w-]+:\s*url\([^)]*\);?")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S*")


def leaflet_js() -> str:
    """Script of Leaflet 1.9.4 without the pointer to its source map.

    Raises
    ------
    SourceError
        If the file is not the one that was published.
    """
    return _SOURCE_MAP.sub("", _checked(LEAFLET_JS))


def leaflet_css() -> str:
    """Style of Leaflet 1.9.4 without the images that it would load; the page uses none of them.

    Raises
    ------
    SourceError
        If the file is not the one that was published.
    """
    return _OUTSIDE_CSS.sub("", _checked(LEAFLET_CSS))


def own(name: str) -> str:
    """Text of one of the page's own files.

    Examples
    --------
    >>> own("SHA256SUMS").count("leaflet")
    2
    """
    return (resources.files("geo_poc.maps") / "assets" / name).read_text(encoding="utf-8")


def _checked(name: str) -> str:
    content = (resources.files("geo_poc.maps") / "assets" / name).read_bytes()
    return require_checksum(name, content, own(_CHECKSUMS))


def require_checksum(name: str, content: bytes, checksums: str) -> str:
    """Content of a file as text, if its SHA-256 is the one recorded for it.

    Raises
    ------
    SourceError
        If it is not, or none is recorded.

    Examples
    --------
    >>> require_checksum("a.js", b"1", hashlib.sha256(b"1").hexdigest() + "  a.js")
    '1'
    """
    recorded = dict(line.split()[::-1] for line in checksums.splitlines())
    found = hashlib.sha256(content).hexdigest()
    if recorded.get(name) != found:
        raise SourceError(
            Fault(
                where=f"maps/assets/{name}",
                found=f"SHA-256 {found}",
                rule=f"must have the SHA-256 recorded in {_CHECKSUMS}",
                repair="install geo-poc again: the file was changed after it was published",
            )
        )
    return content.decode("utf-8")
