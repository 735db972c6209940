"""What stands on top of the printed map: zone numbers, bases, names, scale bar and north arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.report import symbols
from geo_poc.report.frame import Canvas, Frame, metres
from geo_poc.report.labels import Box, Wanted, moved_clear, placed
from geo_poc.report.svg import Attributes, element, nice_length
from geo_poc.report.typeset import shortened, width_em
from geo_poc.wording import text

ZONES_SHOWN = 7
_SIZE, _LONGEST = 9.9, 22
# DejaVu Sans Bold is wider than the upright by up to so much over the letters of a name.
_BOLD = 1.2
_TOWNS, _TOWN_PEOPLE = 6, 30_000
_TOWN_RADIUS = 1.8
_ROTOR = 8.0
_NEEDED = ("fhq", "shq")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A thing on the map that has a name: its symbol's box and the label's text."""

    name: str
    symbol: Box
    needed: bool


def draw_names(canvas: Canvas, findings: Findings) -> None:
    """Bases, zone numbers and names, placed so that no name covers a symbol; then the furniture."""
    bases, towns = _bases(canvas, findings), _towns(canvas.frame, findings)
    furniture = furniture_box(canvas.frame)
    symbols_taken = [thing.symbol for thing in (*bases, *towns)]
    discs = _draw_discs(canvas, findings, [*symbols_taken, furniture])
    named = [*bases, *towns]
    labels = placed(
        [_wanted(thing) for thing in named],
        obstacles=[*symbols_taken, *discs, furniture],
        frame=canvas.frame.box,
    )
    group = element(canvas.root, "g", {"class": "names"})
    for thing, box in zip(named, labels, strict=True):
        if box is not None:
            at = {**_anchored(box, thing.symbol), "y": box.bottom - 2.4}
            element(group, "text", at, text=shortened(thing.name, longest=_LONGEST))
    _draw_towns_and_bases(canvas, findings)
    draw_furniture(canvas)


def _anchored(label: Box, symbol: Box) -> Attributes:
    """Where the text is held, at the end towards its symbol, so that a wider font grows away from it."""
    if label.left >= symbol.right:
        return {"x": label.left}
    if label.right <= symbol.left:
        return {"x": label.right, "text-anchor": "end"}
    return {"x": (label.left + label.right) / 2, "text-anchor": "middle"}


def _around(at: tuple[float, float], width: float, height: float) -> Box:
    x, y = at
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _bases(canvas: Canvas, findings: Findings) -> list[Named]:
    """Bases, headquarters first and then by strength, as labels are placed in that order."""
    table = findings.layers["bases"].table
    rank = table["kind"].map({"fhq": 0, "shq": 1, "cob": 2}).fillna(3)
    order = table.assign(rank=rank, troops=-table["strength"].fillna(0.0))
    order = order.sort_values(["rank", "troops", "id"])
    named = []
    for base in order.itertuples():
        at = canvas.frame.point(base.geometry.x, base.geometry.y)
        box = _around(at, symbols.BASE_WIDTH + 2, symbols.BASE_HEIGHT + 2)
        box = box._replace(right=box.right + (_ROTOR if base.aviation else 0.0))
        named.append(Named(name=str(base.name), symbol=box, needed=base.kind in _NEEDED))
    return named


def _towns(frame: Frame, findings: Findings) -> list[Named]:
    """The largest towns that have no base beside them."""
    places = findings.coverage.places
    towns = places[(places["layer"] == "place") & (places["people"] > _TOWN_PEOPLE)]
    towns = towns.sort_values(["people", "id"], ascending=[False, True]).head(_TOWNS)
    at = zip(towns["name"], *metres(findings.theatre, towns), strict=True)
    return [
        Named(
            name=str(name),
            symbol=_around(frame.point(x, y), 2 * _TOWN_RADIUS, 2 * _TOWN_RADIUS),
            needed=False,
        )
        for name, x, y in at
    ]


def _wanted(thing: Named) -> Wanted:
    name = shortened(thing.name, longest=_LONGEST)
    return Wanted(
        symbol=thing.symbol,
        width=width_em(name) * _BOLD * _SIZE,
        height=_SIZE + 1,
        needed=thing.needed,
    )


def _draw_towns_and_bases(canvas: Canvas, findings: Findings) -> None:
    for town in _towns(canvas.frame, findings):
        box = town.symbol
        centre = {"cx": (box.left + box.right) / 2, "cy": (box.top + box.bottom) / 2}
        style: Attributes = {
            "r": _TOWN_RADIUS,
            "fill": canvas.palette.paper,
            "stroke": canvas.palette.ink,
        }
        element(canvas.root, "circle", {**centre, **style})
    draw_bases(canvas, findings.layers["bases"].table)


def draw_bases(canvas: Canvas, bases: gpd.GeoDataFrame) -> None:
    """Draw the symbol of each base where it stands."""
    for base in bases.itertuples():
        symbols.draw_base(
            canvas.root,
            canvas.palette,
            at=canvas.frame.point(base.geometry.x, base.geometry.y),
            kind=str(base.kind),
            aviation=bool(base.aviation),
        )


def _draw_discs(canvas: Canvas, findings: Findings, taken: Sequence[Box]) -> list[Box]:
    """Numbers of the first zones, moved clear of symbols and joined to their zone by a line."""
    discs: list[Box] = []
    for zone in findings.zones.head(ZONES_SHOWN).itertuples():
        inner = zone.geometry.representative_point()
        at = canvas.frame.point(inner.x, inner.y)
        box = moved_clear(symbols.DISC + 1, at=at, taken=[*taken, *discs], frame=canvas.frame.box)
        discs.append(box)
        centre = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        if max(abs(centre[0] - at[0]), abs(centre[1] - at[1])) > symbols.DISC / 2:
            ends = {"x1": at[0], "y1": at[1], "x2": centre[0], "y2": centre[1]}
            element(canvas.root, "line", {**ends, "stroke": canvas.palette.class_n})
        symbols.draw_disc(canvas.root, canvas.palette, at=centre, number=int(zone.rank))
    return discs


def furniture_box(frame: Frame) -> Box:
    """Where scale bar and north arrow stand."""
    return Box(frame.width - 112, frame.height - 22, frame.width, frame.height)


def draw_furniture(canvas: Canvas) -> None:
    """Scale bar with its length, and north; the projection is centred, so north is up."""
    frame, ink = canvas.frame, canvas.palette.ink
    box = furniture_box(frame)
    length_m = nice_length(70 * frame.m_per_unit)
    right, base = frame.width - 24, frame.height - 6
    left = right - length_m / frame.m_per_unit
    paper: Attributes = {"fill": canvas.palette.paper, "fill-opacity": 0.85}
    size = {"width": box.right - box.left, "height": box.bottom - box.top}
    element(canvas.root, "rect", {"x": box.left, "y": box.top, **size, **paper})
    bar = f"M{left:.1f} {base - 3:.1f}v3H{right:.1f}v-3"
    element(canvas.root, "path", {"d": bar, "fill": "none", "stroke": ink})
    group = element(canvas.root, "g", {"class": "furniture"})
    middle: Attributes = {"y": base - 3, "text-anchor": "middle"}
    element(group, "text", {"x": (left + right) / 2, **middle}, text=figures.distance(length_m))
    arrow = f"M{frame.width - 11:.1f} {base - 14:.1f}l3.5 9l-3.5 -2l-3.5 2z"
    element(canvas.root, "path", {"d": arrow, "fill": ink})
    north: Attributes = {"x": frame.width - 11, "y": base + 4, "text-anchor": "middle"}
    element(group, "text", north, text=text("report_north"))
