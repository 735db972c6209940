"""The map of a race: bands of the earliest reach, groups, bases, and who could be first at each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.coverage.race import LETTERS, Verdict
from geo_poc.palette import DAY, Palette
from geo_poc.report import symbols
from geo_poc.report.drawing import seen_roads
from geo_poc.report.frame import Canvas, Frame, draw_path, empty_map
from geo_poc.report.labels import Box, Wanted, moved_clear, placed
from geo_poc.report.names import draw_bases, draw_furniture, furniture_box
from geo_poc.report.race import BANDS_H, RaceProduct, bands, circles_m
from geo_poc.report.svg import Attributes, element, written
from geo_poc.report.typeset import shortened, width_em
from geo_poc.wording import text

SIGN, DOT, GROUP = 8.4, 3.2, 10.0
_SIZE, _LONGEST, _BOLD = 8.5, 22, 1.2
_BAND_SIZE = 7.0
_FLAT = ("Polygon", "MultiPolygon")
# Soonest first: the darker, the sooner.
BAND_FILLS = (*DAY.threat[:0:-1], DAY.response[4])


def race_map(product: RaceProduct, *, palette: Palette = DAY) -> str:
    """SVG of the growing reach and of who could be first.

    Parameters
    ----------
    product : RaceProduct
    palette : Palette

    Returns
    -------
    str
        One ``svg`` element; all text in it is escaped, and it names no file and no address.
    """
    canvas = empty_map(product.theatre, "race_map_label", palette)
    frame = canvas.frame
    _draw_ground(canvas, product)
    groups = _group_boxes(frame, product.sightings)
    bases = _base_boxes(frame, product.tables["bases"])
    taken = [*groups, *bases, furniture_box(frame)]
    signs = _draw_places(canvas, product.places, taken)
    draw_bases(canvas, product.tables["bases"])
    _draw_groups(canvas, product.sightings, groups)
    _draw_names(canvas, product, groups, bases, signs)
    draw_furniture(canvas)
    return written(canvas.root)


def _draw_ground(canvas: Canvas, product: RaceProduct) -> None:
    """Land, bands, water, roads and the border, from below."""
    palette, area = canvas.palette, product.theatre.area
    whole = {"width": canvas.frame.width, "height": canvas.frame.height}
    element(canvas.root, "rect", {**whole, "fill": palette.neighbour})
    symbols.define_patterns(element(canvas.root, "defs", {}), palette)
    draw_path(canvas, [area], {"fill": "url(#hatch-u)"})
    drawn = bands(product.theatre.grid, product.cell_s)
    fills = dict(zip(band_edges(), BAND_FILLS, strict=True))
    for band in drawn.itertuples():
        shape = shapely.intersection(shapely.make_valid(band.geometry), area)
        style: Attributes = {
            "fill": fills[float(band.to_h)],
            "stroke": palette.paper,
            "stroke-width": 0.6,
        }
        draw_path(canvas, [shape], style)
    areas = product.tables["areas"]
    water = areas.geometry[areas["kind"] == "water"]
    flat = water.geom_type.isin(_FLAT)
    draw_path(canvas, water[flat], {"fill": palette.water})
    draw_path(canvas, water[~flat], {"stroke": palette.river, "stroke-width": 0.8})
    roads = seen_roads(product.tables["roads"], canvas.frame)
    draw_path(canvas, roads, {"stroke": palette.ink3, "stroke-width": 0.6, "stroke-opacity": 0.7})
    border: Attributes = {"stroke": palette.boundary, "stroke-dasharray": "7 2 1.5 2"}
    draw_path(canvas, [area.boundary], border)


def band_edges() -> tuple[float, ...]:
    """Upper edge of each band in hours, the soonest first, ``inf`` last."""
    return (*map(float, BANDS_H), np.inf)


def _around(at: tuple[float, float], width: float, height: float) -> Box:
    x, y = at
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _group_boxes(frame: Frame, seen: gpd.GeoDataFrame) -> list[Box]:
    """Signs of the groups, moved clear of each other."""
    boxes: list[Box] = []
    for point in seen.geometry:
        at = frame.point(point.x, point.y)
        boxes.append(moved_clear(GROUP, at=at, taken=boxes, frame=frame.box))
    return boxes


def _base_boxes(frame: Frame, bases: gpd.GeoDataFrame) -> list[Box]:
    size = symbols.BASE_WIDTH + 2, symbols.BASE_HEIGHT + 2
    return [_around(frame.point(point.x, point.y), *size) for point in bases.geometry]


def _draw_places(canvas: Canvas, places: gpd.GeoDataFrame, taken: Sequence[Box]) -> list[Box]:
    """A lettered sign for each place that has room for one, worst first; for the others a dot below."""
    signs: list[tuple[Any, tuple[float, float]]] = []
    boxes: list[Box] = []
    dots = element(canvas.root, "g", {"class": "dots"})
    for place in places.itertuples():
        if place.geometry is None or place.geometry.is_empty:
            continue
        at = canvas.frame.point(place.geometry.x, place.geometry.y)
        box = _around(at, SIGN, SIGN)
        if any(box.overlap(other) > 0 for other in (*taken, *boxes)):
            _mark(dots, canvas.palette, at, Verdict(place.verdict), DOT)
            continue
        boxes.append(box)
        signs.append((place, at))
    # The worst are drawn last and so on top.
    for place, at in reversed(signs):
        draw_sign(canvas.root, canvas.palette, at, Verdict(place.verdict))
    return boxes


def draw_sign(
    parent: ET.Element, palette: Palette, at: tuple[float, float], verdict: Verdict
) -> None:
    """Disc of a verdict with its letter."""
    _mark(parent, palette, at, verdict, SIGN)
    words: Attributes = {
        "x": at[0],
        "y": at[1] + 2.1,
        "fill": _looks(palette)[verdict][2],
        "font-size": 6.2,
        "font-weight": 700,
        "text-anchor": "middle",
    }
    element(parent, "text", words, text=LETTERS[verdict])


def _mark(
    parent: ET.Element,
    palette: Palette,
    at: tuple[float, float],
    verdict: Verdict,
    size: float,
) -> None:
    fill, edge, _ = _looks(palette)[verdict]
    style: Attributes = {"fill": fill, "stroke": edge, "stroke-width": 0.9 if size > DOT else 0.6}
    if verdict == Verdict.GROUP_FIRST:
        corner = {"x": at[0] - size / 2, "y": at[1] - size / 2}
        element(parent, "rect", {**corner, "width": size, "height": size, **style})
        return
    disc = element(parent, "circle", {"cx": at[0], "cy": at[1], "r": size / 2, **style})
    if verdict in {Verdict.NOBODY_CAN_REACH, Verdict.UNKNOWN}:
        disc.set("stroke-dasharray", "1.6 1")


def _looks(palette: Palette) -> dict[Verdict, tuple[str, str, str]]:
    """Fill, edge and letter of each verdict."""
    return {
        Verdict.GROUP_FIRST: (palette.class_n, palette.paper, palette.paper),
        Verdict.TOO_CLOSE: (palette.paper, palette.class_n, palette.class_n),
        Verdict.UNKNOWN: (palette.class_unknown, palette.paper, palette.paper),
        Verdict.MISSION_FIRST: (palette.class_p, palette.paper, palette.paper),
        Verdict.GROUP_CANNOT_REACH: (palette.paper, palette.ink2, palette.ink2),
        Verdict.NOBODY_CAN_REACH: (palette.paper, palette.ink3, palette.ink3),
    }


def _draw_groups(canvas: Canvas, seen: gpd.GeoDataFrame, boxes: Sequence[Box]) -> None:
    """Circle of each position, and a numbered square: a frame that takes no side."""
    ring: Attributes = {"stroke": canvas.palette.ink, "stroke-dasharray": "2 1.5"}
    some = seen[seen["radius_m"] > 0]
    if len(some):
        draw_path(canvas, list(circles_m(some)), ring)
    for number, box in enumerate(boxes, 1):
        at = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        draw_group(canvas.root, canvas.palette, at, number)


def draw_group(parent: ET.Element, palette: Palette, at: tuple[float, float], number: int) -> None:
    """Neutral square of a group with its number in the table."""
    box = {"x": at[0] - GROUP / 2, "y": at[1] - GROUP / 2, "width": GROUP, "height": GROUP}
    element(
        parent, "rect", {**box, "fill": palette.paper, "stroke": palette.ink, "stroke-width": 1.6}
    )
    words: Attributes = {
        "x": at[0],
        "y": at[1] + 2.7,
        "fill": palette.ink,
        "font-size": 7.6,
        "font-weight": 700,
        "text-anchor": "middle",
    }
    element(parent, "text", words, text=str(number))


def _draw_names(
    canvas: Canvas,
    product: RaceProduct,
    groups: Sequence[Box],
    bases: Sequence[Box],
    signs: Sequence[Box],
) -> None:
    """Names of groups and bases, then the hours on the edges of the bands, where there is room."""
    names = [*product.sightings["name"], *product.tables["bases"]["name"]]
    short = [shortened(str(name), longest=_LONGEST) for name in names]
    wanted = [
        Wanted(
            symbol=box,
            width=width_em(n) * _BOLD * _SIZE,
            height=_SIZE + 1,
            needed=row < len(groups),
        )
        for row, (n, box) in enumerate(zip(short, [*groups, *bases], strict=True))
    ]
    obstacles = [*groups, *bases, *signs, furniture_box(canvas.frame)]
    labels = placed(wanted, obstacles=obstacles, frame=canvas.frame.box)
    group = element(canvas.root, "g", {"class": "names"})
    for name, box in zip(short, labels, strict=True):
        if box is not None:
            element(group, "text", {"x": box.left, "y": box.bottom - 2.2}, text=name)
    taken = [*obstacles, *(box for box in labels if box is not None)]
    _draw_hours(canvas, product, taken)


def _draw_hours(canvas: Canvas, product: RaceProduct, taken: list[Box]) -> None:
    drawn = bands(product.theatre.grid, product.cell_s)
    group = element(canvas.root, "g", {"class": "hours"})
    for number, to_h in enumerate(drawn["to_h"]):
        if np.isinf(to_h):
            continue
        words = text("race_band", hours=f"{to_h:g}")
        within = shapely.union_all(drawn.geometry.iloc[: number + 1].to_numpy())
        box = _on_edge(canvas.frame, within, width_em(words) * _BAND_SIZE, taken)
        if box is not None:
            taken.append(box)
            at: Attributes = {"x": (box.left + box.right) / 2, "y": box.bottom - 1.4}
            element(group, "text", {**at, "text-anchor": "middle"}, text=words)


def _on_edge(frame: Frame, area: BaseGeometry, width: float, taken: Sequence[Box]) -> Box | None:
    """Room for a label on the outer edge of an area: at one of its extreme points, else nowhere."""
    points = shapely.get_coordinates(area)
    for axis, end in ((1, 1), (0, 1), (1, -1), (0, -1)):
        x, y = points[(end * points[:, axis]).argmax()]
        box = _around(frame.point(float(x), float(y)), width, _BAND_SIZE + 1)
        if frame.box.holds(box) and not any(box.overlap(other) > 0 for other in taken):
            return box
    return None


def legend_dot(palette: Palette = DAY) -> str:
    """Small drawing of a place that had no room for its sign.

    Examples
    --------
    >>> legend_dot()[:5]
    '<svg '
    """
    root = ET.Element("svg", {"class": "sign", "viewBox": "0 0 12 12", "aria-hidden": "true"})
    _mark(root, palette, (6.0, 6.0), Verdict.MISSION_FIRST, DOT)
    return written(root)


def legend_sign(verdict: Verdict | None, palette: Palette = DAY) -> str:
    """Small drawing of a verdict's sign for a legend; None is the square of a group.

    Examples
    --------
    >>> legend_sign(Verdict.MISSION_FIRST)[:5], legend_sign(None)[:5]
    ('<svg ', '<svg ')
    """
    root = ET.Element("svg", {"class": "sign", "viewBox": "0 0 12 12", "aria-hidden": "true"})
    if verdict is None:
        draw_group(root, palette, (6.0, 6.0), 1)
    else:
        draw_sign(root, palette, (6.0, 6.0), verdict)
    return written(root)
