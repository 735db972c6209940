"""SVG elements with every text escaped by the XML library, and paths in few bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_poc.report.typeset import printable

Attributes = Mapping[str, str | float]


def element(
    parent: ET.Element, tag: str, attributes: Attributes, *, text: str | None = None
) -> ET.Element:
    """New last child of an element.

    Numbers are written with one decimal, text loses what XML does not allow.

    Examples
    --------
    >>> root = ET.Element("g")
    >>> _ = element(root, "text", {"x": 1.25, "y": 2.0}, text="<b> & co")
    >>> ET.tostring(root, encoding="unicode")
    '<g><text x="1.2" y="2">&lt;b&gt; &amp; co</text></g>'
    """
    child = ET.SubElement(parent, tag, {k: _written(v) for k, v in attributes.items()})
    if text is not None:
        child.text = printable(text)
    return child


def _written(value: str | float) -> str:
    return printable(value) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """Coordinate with at most one decimal.

    Examples
    --------
    >>> number(3.04), number(-0.04), number(2.46)
    ('3', '0', '2.5')
    """
    rounded = round(float(value), 1) + 0.0
    return f"{rounded:g}" if abs(rounded) < 1e5 else f"{rounded:.1f}"


def path_data(geometry: BaseGeometry) -> str:
    """Value of ``d`` for the lines and rings of a geometry in drawing units; empty for points.

    Coordinates are tenths of a unit, given relative to the one before; rings are closed. A line that
    rounding leaves without extent is left out.

    Examples
    --------
    >>> path_data(shapely.box(0, 0, 10, 5.04))
    'M10 0l0 5l-10 0l0 -5z'
    """
    pieces = []
    for points, closed in _strings(geometry):
        tenths = np.rint(points * 10).astype(np.int64)
        moved = np.any(np.diff(tenths, axis=0) != 0, axis=1)
        tenths = tenths[np.concatenate([[True], moved])]
        if len(tenths) > (3 if closed else 1):
            pieces.append(_relative(tenths, closed=closed))
    return "".join(pieces)


def _strings(geometry: BaseGeometry) -> Iterator[tuple[NDArray[np.float64], bool]]:
    for part in shapely.get_parts(np.array([geometry])):
        if isinstance(part, shapely.Polygon):
            for ring in (part.exterior, *part.interiors):
                yield shapely.get_coordinates(ring), True
        elif isinstance(part, shapely.LineString):
            yield shapely.get_coordinates(part), isinstance(part, shapely.LinearRing)


def _relative(tenths: NDArray[np.int64], *, closed: bool) -> str:
    start, steps = tenths[0], np.diff(tenths, axis=0)
    if closed:
        steps = steps[:-1]
    moves = "".join(f"l{_tenth(x)} {_tenth(y)}" for x, y in steps.tolist())
    return f"M{_tenth(int(start[0]))} {_tenth(int(start[1]))}{moves}{'z' if closed else ''}"


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def written(root: ET.Element) -> str:
    """The element and all in it as text that can stand in an HTML page."""
    return ET.tostring(root, encoding="unicode")


def nice_length(longest: float) -> float:
    """Largest of 1, 2 or 5 times a power of ten that is not longer than this.

    Examples
    --------
    >>> nice_length(260.0), nice_length(0.7), nice_length(5.0)
    (200.0, 0.5, 5.0)
    """
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest * (1 + 1e-9))
