"""The response clock as a picture: for each hour of the alert, how many sites are reached in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc import figures
from geo_poc.palette import DAY
from geo_poc.plan import PlanFile
from geo_poc.report.svg import element, written
from geo_poc.routing.clock import HOURS, SEASONS, Clock, Shares, shares
from geo_poc.theatre import Theatre
from geo_poc.wording import text

_WIDTH = 1000.0
_LEFT = 212.0
_COLUMN = 31.0
_GAP = 5.0
_BARS = 132.0
_PANEL_TOP = 172.0
_PANEL = 344.0
_ROW = 19.0
_FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_Floats = NDArray[np.float64]
# Bottom to top: name of the text, fill. Lightness and hatching tell them apart without colour.
_BANDS = (
    ("clock_force_in_time", DAY.response[0]),
    ("clock_first_only", DAY.response[2]),
    ("clock_later", "url(#later)"),
    ("clock_never", "url(#never)"),
    ("clock_unknown", "url(#unknown)"),
)


def clock_svg(clock: Clock, *, theatre: Theatre, plan: PlanFile, places: gpd.GeoDataFrame) -> str:
    """The picture of a clock as a whole SVG file.

    Parameters
    ----------
    clock : Clock
    theatre : Theatre
    plan : PlanFile
    places : GeoDataFrame
        Of the clock: columns ``layer, people``.

    Returns
    -------
    str
    """
    height = _PANEL_TOP + len(SEASONS) * _PANEL + 58
    box = f"0 0 {_WIDTH:g} {height:g}"
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "role": "img"}
    root = ET.Element("svg", {**frame, "width": f"{_WIDTH:g}", "height": f"{height:g}"})
    root.set("font-family", _FONT)
    standard = figures.duration(plan.standard.response)
    element(root, "title", {}, text=text("clock_title", standard=standard))
    _patterns(root)
    element(root, "rect", {"width": _WIDTH, "height": height, "fill": DAY.paper})
    _head(root, clock, theatre=theatre, plan=plan, places=places)
    for row, season in enumerate(SEASONS):
        panel = element(root, "g", {"transform": f"translate(0 {_PANEL_TOP + row * _PANEL:g})"})
        _panel(panel, clock, row, season, standard_s=plan.standard.response, places=places)
    _foot(root, theatre, height)
    return f"{written(root)}\n"


def _patterns(root: ET.Element) -> None:
    defs = element(root, "defs", {})
    for name, ground, line, path in (
        ("later", DAY.class_n_area, DAY.class_n, "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
        ("never", DAY.class_n, DAY.paper, "M0 0L8 8M0 8L8 0"),
        ("unknown", DAY.paper, DAY.class_unknown, "M0 2H8M0 6H8"),
    ):
        pattern = element(defs, "pattern", {"id": name, "patternUnits": "userSpaceOnUse"})
        pattern.set("width", "8")
        pattern.set("height", "8")
        element(pattern, "rect", {"width": 8.0, "height": 8.0, "fill": ground})
        element(pattern, "path", {"d": path, "stroke": line, "stroke-width": 1.0})


def _head(
    root: ET.Element,
    clock: Clock,
    *,
    theatre: Theatre,
    plan: PlanFile,
    places: gpd.GeoDataFrame,
) -> None:
    standard = figures.duration(plan.standard.response)
    _words(root, 24, 22, theatre.marking, size=12, strong=True)
    _words(root, 24, 50, text("clock_title", standard=standard), size=19, strong=True)
    about = text("clock_case", theatre=theatre.name, plan=plan.plan.name)
    counted = text(
        "clock_sites",
        date=figures.day(clock.date),
        sites=f"{len(places):,}",
        camps=f"{len(_camp_people(places)[0]):,}",
    )
    hours = text("clock_hours", offset=f"{clock.offset_h:+d}")
    for line, words in enumerate((about, counted, hours)):
        _words(root, 24, 72 + 19 * line, words, size=13)
    x = 24.0
    for key, fill in _BANDS:
        if key == "clock_force_in_time" and clock.troops is None:
            continue
        label = _band_name(key, clock)
        element(root, "rect", {**_box(x, 127, 22, 14), "fill": fill, "stroke": DAY.ink2})
        _words(root, x + 28, 139, label, size=13)
        x += 28 + 7.4 * len(label) + 24


def _band_name(key: str, clock: Clock) -> str:
    if clock.troops is None:
        return text("clock_first_in_time" if key == "clock_first_only" else key)
    return text(key, troops=str(clock.troops)) if key == "clock_force_in_time" else text(key)


def _panel(
    panel: ET.Element,
    clock: Clock,
    row: int,
    season: str,
    *,
    standard_s: float,
    places: gpd.GeoDataFrame,
) -> None:
    """One season: bars by local hour, the dark hours above them, figures below."""
    hours = (np.arange(HOURS) - clock.offset_h) % HOURS
    first = shares(clock.first_s[row], standard_s)
    force = shares(clock.force_s[row], standard_s)
    _words(panel, 24, 16, text(f"season_{season}").capitalize(), size=16, strong=True)
    for line, sentence in enumerate(_sentences(clock, first, force)):
        _words(panel, _LEFT, 14 + 17 * line, sentence, size=13)
    _dark(panel, clock.dark[hours])
    _bars(panel, _stack(clock, first, force)[:, hours])
    table = [
        (text("clock_local"), [f"{h:02d}" for h in range(HOURS)]),
        (text("clock_utc"), [f"{h:02d}" for h in hours]),
        (text("clock_row_first"), _percents(first.in_time[hours])),
    ]
    if clock.troops is not None:
        label = text("clock_row_force", troops=str(clock.troops))
        table.append((label, _percents(_or_unknown(force)[hours])))
        if force.unknown.any():
            label = text("clock_row_unknown", troops=str(clock.troops))
            table.append((label, _percents(force.unknown[hours])))
    rows, people = _camp_people(places)
    if rows.size:
        in_time = shares(clock.first_s[row][:, rows], standard_s, people).in_time
        table.append((text("clock_row_people"), _percents(in_time[hours])))
    waiting = clock.waits[row].sum(axis=1)[hours]
    table.append((text("clock_row_waits"), [f"{n:,}" for n in waiting]))
    for line, (label, cells) in enumerate(table):
        y = 62 + _BARS + 18 + line * _ROW
        _words(panel, _LEFT - 12, y, label, size=12, anchor="end", strong=line == 0)
        for column, cell in enumerate(cells):
            x = _LEFT + column * _COLUMN + (_COLUMN - _GAP) / 2
            _words(panel, x, y, cell, size=12, anchor="middle", strong=line == 0)


def _stack(clock: Clock, first: Shares, force: Shares) -> _Floats:
    """Heights of the bands from the bottom, (bands, hours), adding up to 1."""
    with_force = np.zeros(HOURS) if clock.troops is None else force.in_time
    return np.array(
        [with_force, first.in_time - with_force, first.later, first.never, first.unknown]
    )


def _bars(panel: ET.Element, heights: _Floats) -> None:
    top = 62.0
    for share in (0.0, 0.5, 1.0):
        y = top + (1 - share) * _BARS
        line = {"x1": _LEFT - 6, "x2": _LEFT + HOURS * _COLUMN, "y1": y, "y2": y}
        element(panel, "line", {**line, "stroke": DAY.line})
        _words(panel, _LEFT - 12, y + 4, figures.percent(share), size=12, anchor="end")
    for hour in range(HOURS):
        y = top + _BARS
        for (_, fill), share in zip(_BANDS, heights[:, hour], strict=True):
            if share > 0:
                y -= share * _BARS
                box = _box(_LEFT + hour * _COLUMN, y, _COLUMN - _GAP, share * _BARS)
                element(panel, "rect", {**box, "fill": fill, "stroke": DAY.ink2})


def _dark(panel: ET.Element, dark: NDArray[np.bool_]) -> None:
    """A strip above the bars that is filled and named where it is dark."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int)))
    for start, end in edges.reshape(-1, 2).tolist():
        x, width = _LEFT + start * _COLUMN, (end - start) * _COLUMN - _GAP
        element(panel, "rect", {**_box(x, 42, width, 14), "fill": DAY.ink2})
        if end - start > 1:
            label = text("clock_dark")
            _words(panel, x + width / 2, 53, label, size=11, anchor="middle", fill=DAY.paper)


def _sentences(clock: Clock, first: Shares, force: Shares) -> Iterator[str]:
    yield text("clock_best", **_best(clock, first.in_time))
    if clock.troops is None:
        yield text("clock_no_force")
    else:
        slots = _best(clock, _or_unknown(force))
        yield text("clock_best_force", troops=str(clock.troops), **slots)


def _or_unknown(force: Shares) -> _Floats:
    """Share in time, unknown where nothing at all is known."""
    return np.where(force.unknown >= 1, np.nan, force.in_time)


def _best(clock: Clock, in_time: _Floats) -> dict[str, str]:
    """Best, median and worst hours, local, and their shares."""
    written = np.array(_percents(np.roll(in_time, clock.offset_h)))
    best, worst = float(in_time.max()), float(in_time.min())
    return {
        "best": _spell(written == _percents(np.array([best]))[0]),
        "best_share": figures.percent(best),
        "median_share": figures.percent(float(np.sort(in_time)[(HOURS - 1) // 2])),
        "worst": _spell(written == _percents(np.array([worst]))[0]),
        "worst_share": figures.percent(worst),
    }


def _spell(hours: NDArray[np.bool_]) -> str:
    """The longest run of hours, over midnight too, as text.

    Examples
    --------
    >>> _spell(np.isin(np.arange(24), [22, 23, 0, 1, 12]))
    'from 22:00 to 01:00'
    >>> _spell(np.arange(24) == 7), _spell(np.arange(24) >= 0)
    ('at 07:00', 'at any hour')
    """
    if hours.all():
        return text("clock_any_hour")
    lengths = [
        next(n for n in range(HOURS) if not hours[(start + n) % HOURS]) for start in range(HOURS)
    ]
    start = int(np.argmax(lengths))
    first, last = (f"{hour % HOURS:02d}:00" for hour in (start, start + max(lengths) - 1))
    if first == last:
        return text("clock_one_hour", hour=first)
    return text("clock_hours_between", first=first, last=last)


def _camp_people(places: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], _Floats]:
    """Rows of the displacement sites whose number of people is known, and those numbers."""
    people = places["people"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero((places["layer"] == "camp").to_numpy() & ~np.isnan(people))
    return rows, people[rows]


def _percents(values: _Floats) -> Sequence[str]:
    return [
        text("share_unknown") if np.isnan(v) else str(figures.whole_percent(float(v)))
        for v in values
    ]


def _foot(root: ET.Element, theatre: Theatre, height: float) -> None:
    note = text("reachable_note")
    if theatre.fictional:
        note = f"{text('fictional_note')} {note}"
    _words(root, 24, height - 36, note, size=12)
    _words(root, 24, height - 14, theatre.marking, size=12, strong=True)


def _box(x: float, y: float, width: float, height: float) -> dict[str, str | float]:
    return {"x": x, "y": y, "width": width, "height": height}


def _words(
    parent: ET.Element,
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    anchor: str = "start",
    strong: bool = False,
    fill: str = DAY.ink,
) -> None:
    attributes: dict[str, str | float] = {"x": x, "y": y, "font-size": size, "fill": fill}
    attributes["text-anchor"] = anchor
    if strong:
        attributes["font-weight"] = "bold"
    element(parent, "text", attributes, text=words)
