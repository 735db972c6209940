"""The map page: rendered by folium, completed here, and refused if it points outside itself."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

from geo_poc.coverage.findings import Findings
from geo_poc.maps.document import map_document
from geo_poc.maps.outside import read_page, require_self_contained
from geo_poc.maps.vendored import leaflet_css, leaflet_js, own
from geo_poc.palette import DAY

SCRIPTS = (
    "tools.js", "grid.js", "symbols.js", "surfaces.js", "panel.js", "cards.js", "overlay.js", "lines.js",
    "controls.js", "start.js",
)  # fmt: skip


_NO_PINCHING = re.compile(r'<meta name="viewport"[^>]*user-scalable=no[^>]*>')
"""Folium's own line for phones, which forbids readers to enlarge the page."""


class _Page(Figure):
    """Frame of the page; what folium renders goes into it unchanged."""

    _template = Template(own("page.html"))


class _Parts(MacroElement):
    """Leaflet, the page's style and its scripts, all fixed text."""

    _template = Template(
        "{% macro header(this, kwargs) %}{% for css in this.styles %}<style>{{ css }}</style>"
        "{% endfor %}<script>{{ this.library }}</script>{% endmacro %}"
        "{% macro script(this, kwargs) %}{% for js in this.scripts %}{{ js }}{% endfor %}{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "parts"
        self._name = "Parts"
        self.styles = (leaflet_css(), f":root{{{DAY.css()}}}", own("page.css"))
        self.library = leaflet_js()
        self.scripts = tuple(own(name) for name in SCRIPTS)


def write_map(findings: Findings, path: Path, *, made: dt.datetime, version: str) -> None:
    """Write the map of a run as one HTML file that needs no network.

    Parameters
    ----------
    findings : Findings
    path : Path
        The file; it is replaced.
    made : datetime
        With a time zone; printed as the date of the product.
    version : str
        Of geo-poc.

    Raises
    ------
    OutputError
        If the page would load anything from outside itself.
    OSError
        If the file cannot be written.
    """
    page = map_page(map_document(findings, made=made, version=version))
    path.write_text(page, encoding="utf-8", newline="\n")


def map_page(document: Mapping[str, Any]) -> str:
    """The page as HTML: fixed markup and scripts, and the document as inert JSON.

    No text of the document is ever part of the template that folium renders, so that nothing in it
    can become markup or script.

    Raises
    ------
    OutputError
        If the page would load anything from outside itself.
    """
    frame = _frame()
    parts = {
        "@policy@": content_policy(frame),
        "@title@": _plain(document["credits"]),
        "@data@": inert_json(document),
    }
    page = re.sub("|".join(parts), lambda found: parts[found.group()], frame)
    require_self_contained(page)
    return page


def inert_json(document: Mapping[str, Any]) -> str:
    r"""JSON without any character that could end or change the script element around it.

    Raises
    ------
    ValueError
        If the document holds NaN or infinity, which JSON has no word for.

    Examples
    --------
    >>> inert_json({"name": "</script>&"})
    '{"name":"\\u003c/script\\u003e\\u0026"}'
    """
    dumped = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        dumped = dumped.replace(character, f"\\u{ord(character):04x}")
    return dumped


def content_policy(page: str) -> str:
    """Content security policy that allows the page's own scripts and styles and nothing else."""
    parts = read_page(page)
    scripts = " ".join(dict.fromkeys(_hash(script) for script in parts.scripts))
    styles = " ".join(dict.fromkeys(_hash(style) for style in parts.styles))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _hash(code: str) -> str:
    digest = hashlib.sha256(code.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _plain(credits_: Mapping[str, Any]) -> str:
    """Title of the window; letters that mean something in HTML are left out."""
    title = f"{credits_['title']} {credits_['marking']}"
    return "".join(c for c in title if c not in "<>&\"'")


def _frame() -> str:
    figure = _Page()
    chart = folium.Map(
        location=(0.0, 0.0),
        tiles=None,
        zoom_start=2,
        zoom_control=False,
        attribution_control=False,
        zoom_animation=False,
        fade_animation=False,
        marker_zoom_animation=False,
        zoom_snap=0.1,
        zoom_delta=0.5,
    )
    chart._id = "coverage"  # folium draws a random name; two runs must give the same bytes
    chart.default_js, chart.default_css = [], []
    figure.add_child(chart)
    figure.add_child(_Parts())
    return _NO_PINCHING.sub("", str(figure.render()))
