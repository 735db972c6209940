"""The history of one level as a strip, drawn as SVG: height and colour say the level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from geo_poc.palette import Palette
from geo_poc.report.svg import Attributes, element, written
from geo_poc.report.typeset import printable
from geo_poc.wording import text

WIDTH, _HEIGHT, _BASE = 260.0, 26.0, 2.0
HATCH = "levels-hatch"
_LABEL_ROOM = 26.0
_AXIS_HEIGHT = 13.0


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What a strip shows.

    Parameters
    ----------
    days : tuple of date
        Assessment days.
    level, could_be : tuple of int
    override : tuple of (int or None)
        Level set by an analyst on each day.
    top : int
        Highest level that there is.
    label : str
        Read out instead of the drawing.
    """

    days: tuple[dt.date, ...]
    level: tuple[int, ...]
    could_be: tuple[int, ...]
    override: tuple[int | None, ...]
    top: int
    label: str


def strip_svg(strip: Strip, palette: Palette) -> str:
    """One ``svg`` element; it uses the pattern of :func:`hatch_svg`, which stands once on the page.

    Parameters
    ----------
    strip : Strip
    palette : Palette
    """
    root = _root(_HEIGHT, label=strip.label)
    edges = _edges(strip.days)
    ground: Attributes = {"x": 0, "y": _HEIGHT - _BASE, "width": WIDTH, "height": _BASE}
    element(root, "rect", {**ground, "fill": palette.line})
    for first, last in _runs(list(zip(strip.level, strip.could_be, strip.override, strict=True))):
        x, width = edges[first], edges[last + 1] - edges[first]
        level, could_be = strip.level[first], strip.could_be[first]
        low, high = (_y(number, strip.top) for number in (level, could_be))
        if could_be > level:
            hatched: Attributes = {"x": x, "y": high, "width": width, "height": low - high}
            element(root, "rect", {**hatched, "fill": f"url(#{HATCH})"})
        if level:
            bar: Attributes = {"x": x, "y": low, "width": width, "height": _HEIGHT - low}
            element(root, "rect", {**bar, "fill": palette.warning_level(level)})
        override = strip.override[first]
        if override is not None:
            y = _y(override, strip.top) + 1
            line: Attributes = {"x1": x, "x2": x + width, "y1": y, "y2": y}
            element(root, "line", {**line, "stroke": palette.ink, "stroke-width": 2})
    return written(root)


def axis_svg(days: Sequence[dt.date], palette: Palette) -> str:
    """Years, or months where there are few, over all strips of the same days.

    Parameters
    ----------
    days : sequence of date
    palette : Palette
    """
    root = _root(_AXIS_HEIGHT, label="")
    first, last = days[0], _after(days)
    yearly = (last - first).days > 2 * 366
    starts = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in ((1,) if yearly else (1, 4, 7, 10))
    ]
    free_from = 0.0
    for start in starts:
        x = WIDTH * (start - first).days / (last - first).days
        if free_from <= x <= WIDTH - _LABEL_ROOM:
            line: Attributes = {"x1": x, "x2": x, "y1": 0, "y2": _AXIS_HEIGHT}
            element(root, "line", {**line, "stroke": palette.ink3, "stroke-width": 0.8})
            label = f"{start:%Y}" if start.month == 1 else text(f"month_{start.month}")
            at: Attributes = {"x": x + 2, "y": 10, "fill": palette.ink2, "font-size": 10}
            element(root, "text", at, text=label)
            free_from = x + _LABEL_ROOM
    return written(root)


def hatch_svg(palette: Palette) -> str:
    """The pattern of what is unknown, in an element that takes no room."""
    root = ET.Element("svg", {"class": "defs", "width": "0", "height": "0", "aria-hidden": "true"})
    size: Attributes = {"width": 5, "height": 5, "patternUnits": "userSpaceOnUse"}
    pattern = element(root, "pattern", {"id": HATCH, **size, "patternTransform": "rotate(-45)"})
    element(pattern, "rect", {"width": 5, "height": 5, "fill": palette.threat[0]})
    line: Attributes = {"x1": 0, "x2": 0, "y1": 0, "y2": 5, "stroke": palette.class_unknown}
    element(pattern, "line", {**line, "stroke-width": 1.4})
    return written(root)


def _root(height: float, *, label: str) -> ET.Element:
    named = {"role": "img", "aria-label": printable(label)} if label else {"aria-hidden": "true"}
    view = {"viewBox": f"0 0 {WIDTH:g} {height:g}", "width": f"{WIDTH:g}", "height": f"{height:g}"}
    return ET.Element("svg", {"class": "strip", **view, **named})


def _y(level: int, top: int) -> float:
    """Upper edge of a bar of a level."""
    return (_HEIGHT - _BASE) * (1 - level / top)


def _after(days: Sequence[dt.date]) -> dt.date:
    """End of the time for which the last assessment stands: as long as the one before."""
    step = days[-1] - days[-2] if len(days) > 1 else dt.timedelta(days=7)
    return days[-1] + step


def _edges(days: Sequence[dt.date]) -> list[float]:
    last = _after(days)
    whole = (last - days[0]).days
    return [WIDTH * (day - days[0]).days / whole for day in (*days, last)]


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """First and last position of each run of equal values.

    Examples
    --------
    >>> _runs([1, 1, 2, 1])
    [(0, 1), (2, 2), (3, 3)]
    """
    breaks = [0, *(n for n in range(1, len(values)) if values[n] != values[n - 1]), len(values)]
    return [(a, b - 1) for a, b in pairwise(breaks)]
