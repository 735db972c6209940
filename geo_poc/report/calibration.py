"""Calibration as a picture: numbers expected and come month by month, and incidents by tenth."""

from __future__ import annotations

import datetime as dt
import math
from xml.etree import ElementTree as ET

import pandas as pd

from geo_poc import figures
from geo_poc.layers.threat.backtest import Backtest
from geo_poc.palette import DAY
from geo_poc.report.backtest_words import (
    MIXTURE,
    ONE_LINE,
    SHOWN_DAYS,
    SHOWN_TARGET,
    months_words,
    why_unknown,
)
from geo_poc.report.svg import Attributes, element, nice_length, written
from geo_poc.theatre import Theatre
from geo_poc.wording import plain, text

WIDTH, HEIGHT = 760.0, 476.0
_LEFT, _RIGHT = 46.0, 12.0
_TALL = 130.0
_TOPS = (62.0, 284.0)
_HEAD = 30.0
_SIZE = "12"
_FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def calibration_svg(backtest: Backtest) -> str:
    """The picture without a frame, to stand in a page: all incidents within 30 days.

    Returns
    -------
    str
        One ``svg`` element of 760 by 476 units; all text in it is escaped, and it names no file.
    """
    root = ET.Element("svg", {"viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}", "role": "img"})
    root.set("class", "calibration")
    root.set("aria-label", text("backtest_figure_label"))
    root.set("font-family", _FONT)
    root.set("font-size", _SIZE)
    _drawn(root, backtest)
    return written(root)


def calibration_file(backtest: Backtest, theatre: Theatre) -> str:
    """The picture as a whole SVG file with theatre, day and marking."""
    height = HEIGHT + 2 * _HEAD + 6
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH:g} {height:g}"}
    root = ET.Element("svg", {**frame, "role": "img"})
    root.set("font-family", _FONT)
    root.set("font-size", _SIZE)
    root.set("width", f"{WIDTH:g}")
    root.set("height", f"{height:g}")
    element(root, "title", {}, text=text("backtest_figure_label"))
    element(root, "rect", {"width": WIDTH, "height": height, "fill": DAY.paper})
    _words(root, 12, 18, theatre.marking, strong=True)
    about = text(
        "backtest_subtitle", theatre=theatre.name, months=months_words(backtest, SHOWN_DAYS)
    )
    _words(root, 12, 38, about)
    group = element(root, "g", {"transform": f"translate(0 {_HEAD + 12:g})"})
    _drawn(group, backtest)
    if theatre.fictional:
        _words(root, WIDTH - 12, height - 12, text("fictional_note"), anchor="end")
    _words(root, 12, height - 12, theatre.marking, strong=True)
    return f"{written(root)}\n"


def _drawn(root: ET.Element, backtest: Backtest) -> None:
    group = element(root, "g", {"fill": DAY.ink})
    unknown = why_unknown(backtest)
    if unknown and backtest.reason != "too_few":
        _words(group, 12, 40, plain(unknown).split(": ")[0] + ".", strong=True)
        return
    months = backtest.months_of(horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    _number_panel(group, months)
    tenths = {
        key: backtest.classes_of(key, horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
        for key in (MIXTURE, ONE_LINE)
    }
    _place_panel(group, {key: table for key, table in tenths.items() if len(table)})


def _number_panel(root: ET.Element, months: pd.DataFrame) -> None:
    """Bars from the low to the high end, a line for what was expected, a sign for what came."""
    days = text("days", n=SHOWN_DAYS)
    _words(root, 12, 18, text("backtest_axis_number", days=days), strong=True)
    _number_key(root)
    top = _TOPS[0]
    most = float(months[["expected", "high", "came"]].max().max())
    scale = _scale(root, top, most)
    column = (WIDTH - _LEFT - _RIGHT) / max(len(months), 1)
    for n, row in enumerate(months.to_dict("records")):
        middle = _LEFT + (n + 0.5) * column
        half = min(0.36 * column, 9.0)
        _interval_bar(root, row, (middle, half), (top, scale))
        _month_name(root, row["origin"], middle, top, first=n == 0)
        y = top + _TALL - row["came"] * scale
        _sign(root, middle, y, _verdict(row))


def _interval_bar(
    root: ET.Element,
    row: dict[object, object],
    across: tuple[float, float],
    down: tuple[float, float],
) -> None:
    """Interval of one month with its expected number; nothing of it that is unknown."""
    (middle, half), (top, scale) = across, down
    low, high, expected = (float(str(row[name])) for name in ("low", "high", "expected"))
    if not math.isnan(low):
        tall = max((high - low) * scale, 1.0)
        box: Attributes = {"x": middle - half, "y": top + _TALL - high * scale, "width": 2 * half}
        element(root, "rect", {**box, "height": tall, "fill": DAY.class_p_area})
    if not math.isnan(expected):
        y = top + _TALL - expected * scale
        ends: Attributes = {"x1": middle - half, "x2": middle + half, "y1": y, "y2": y}
        element(root, "line", {**ends, "stroke": DAY.class_p, "stroke-width": 2.0})


def _verdict(row: dict[object, object]) -> str:
    low, high, came = (float(str(row[name])) for name in ("low", "high", "came"))
    if math.isnan(low):
        return "unknown"
    return "in" if low <= came <= high else "out"


def _month_name(
    root: ET.Element, origin: dt.date, middle: float, top: float, *, first: bool
) -> None:
    """Year below each January, and below the first month where no January follows at once."""
    if origin.month == 1 or (first and origin.month < 9):
        mark = {"x1": middle, "x2": middle, "y1": top + _TALL, "y2": top + _TALL + 5}
        element(root, "line", {**mark, "stroke": DAY.ink2})
        name = figures.month(origin) if first else str(origin.year)
        _words(root, middle - 4, top + _TALL + 19, name)


def _sign(root: ET.Element, x: float, y: float, kind: str) -> None:
    """A dot in the interval, a triangle outside it, a ring where none is known."""
    if kind == "out":
        path = f"M{x - 4.5:.1f} {y + 3.5:.1f}h9l-4.5 -8z"
        element(root, "path", {"d": path, "fill": DAY.class_n})
        return
    dot: Attributes = {"cx": x, "cy": y, "r": 3.2, "stroke": DAY.ink, "stroke-width": 1.2}
    element(root, "circle", {**dot, "fill": DAY.ink if kind == "in" else DAY.paper})


def _number_key(root: ET.Element) -> None:
    x, y = _LEFT, 38.0
    element(
        root, "rect", {"x": x, "y": y - 9, "width": 18.0, "height": 12.0, "fill": DAY.class_p_area}
    )
    x = _after(root, x + 24, y, text("backtest_key_interval"))
    ends = {"x1": x, "x2": x + 18, "y1": y - 3, "y2": y - 3}
    element(root, "line", {**ends, "stroke": DAY.class_p, "stroke-width": 2.0})
    x = _after(root, x + 24, y, text("backtest_key_expected"))
    for kind in ("in", "out", "unknown"):
        _sign(root, x + 4, y - 4, kind)
        x = _after(root, x + 14, y, text(f"backtest_key_{kind}"))


def _place_panel(root: ET.Element, tenths: dict[str, pd.DataFrame]) -> None:
    """Whiskers of what came in each tenth, beside the line of what was expected."""
    top = _TOPS[1]
    _words(root, 12, top - 44, text("backtest_axis_place"), strong=True)
    _place_key(root, top - 24)
    if not tenths:
        return
    most = max(float(table[["high", "expected"]].max().max()) for table in tenths.values())
    scale = _scale(root, top, most)
    expected = float(next(iter(tenths.values()))["expected"].iloc[0])
    if not math.isnan(expected):
        y = top + _TALL - expected * scale
        ends: Attributes = {"x1": _LEFT, "x2": WIDTH - _RIGHT, "y1": y, "y2": y}
        line: Attributes = {"stroke": DAY.class_p, "stroke-width": 2.0, "stroke-dasharray": "6 4"}
        element(root, "line", {**ends, **line})
    column = (WIDTH - _LEFT - _RIGHT) / 10
    for key, aside in ((MIXTURE, -9.0), (ONE_LINE, 9.0)):
        for row in tenths.get(key, pd.DataFrame()).to_dict("records"):
            x = _LEFT + (row["tenth"] - 0.5) * column
            ends_y = tuple(top + _TALL - row[name] * scale for name in ("low", "came", "high"))
            _whisker(root, x + aside, ends_y, filled=key == MIXTURE)
            if key == MIXTURE:
                _words(root, x, top + _TALL + 18, f"{row['tenth']}", anchor="middle", strong=True)
                _words(root, x, top + _TALL + 34, _area(row["area"]), anchor="middle")
    _words(root, 12, top + _TALL + 52, text("backtest_axis_area"))


def _whisker(root: ET.Element, x: float, y: tuple[float, ...], *, filled: bool) -> None:
    low, middle, high = y
    element(root, "line", {"x1": x, "x2": x, "y1": low, "y2": high, "stroke": DAY.ink2})
    side = 3.6
    if filled:
        element(root, "circle", {"cx": x, "cy": middle, "r": side, "fill": DAY.ink})
        return
    box: Attributes = {"x": x - side, "y": middle - side, "width": 2 * side, "height": 2 * side}
    element(root, "rect", {**box, "fill": DAY.paper, "stroke": DAY.ink, "stroke-width": 1.4})


def _place_key(root: ET.Element, y: float) -> None:
    x = _LEFT
    ends: Attributes = {"x1": x, "x2": x + 22, "y1": y - 4, "y2": y - 4, "stroke": DAY.class_p}
    element(root, "line", {**ends, "stroke-width": 2.0, "stroke-dasharray": "6 4"})
    x = _after(root, x + 28, y, text("backtest_key_even"))
    for filled, key in ((True, "mixture"), (False, "line")):
        _whisker(root, x + 4, (y + 4, y - 4, y - 12), filled=filled)
        x = _after(root, x + 14, y, text(f"backtest_key_{key}"))
    _words(root, x - 8, y, text("backtest_key_whiskers"))


def _area(share: float) -> str:
    """Share of the area to two digits below 1 %.

    Examples
    --------
    >>> _area(0.00061), _area(0.0274), _area(0.737)
    ('0.06%', '2.7%', '74%')
    """
    percent = 100 * share
    digits = 2 if percent < 1 else 1 if percent < 10 else 0
    return f"{percent:.{digits}f}%".replace(".", text("decimal"))


def _scale(root: ET.Element, top: float, most: float) -> float:
    """Draw the axis of a panel up to a number; units to one incident."""
    most = most if most > 0 else 1.0
    step = max(nice_length(most / 2), 1.0)
    ceiling = step * math.ceil(most / step)
    scale = _TALL / ceiling
    for n in range(round(ceiling / step) + 1):
        y = top + _TALL - n * step * scale
        ends = {"x1": _LEFT - 4, "x2": WIDTH - _RIGHT, "y1": y, "y2": y}
        element(root, "line", {**ends, "stroke": DAY.line if n else DAY.ink2})
        _words(root, _LEFT - 8, y + 4, f"{n * step:g}", anchor="end")
    return scale


def _after(root: ET.Element, x: float, y: float, words: str) -> float:
    """Write words of a key; where the next sign may stand."""
    _words(root, x, y, words)
    return x + 6.4 * len(words) + 16


def _words(
    parent: ET.Element,
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    strong: bool = False,
) -> None:
    attributes: dict[str, str | float] = {"x": x, "y": y, "text-anchor": anchor}
    if strong:
        attributes["font-weight"] = "bold"
    element(parent, "text", attributes, text=words)
