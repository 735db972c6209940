"""The map of the weekly assessment: numbered risk areas, what left the list, and bases; one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

import shapely

from geo_poc.coverage.assessment import Assessment
from geo_poc.coverage.posture import FIRM_FROM
from geo_poc.palette import DAY
from geo_poc.report import symbols
from geo_poc.report.drawing import seen_roads
from geo_poc.report.frame import Canvas, draw_path, empty_map
from geo_poc.report.labels import Box, Wanted, moved_clear, placed
from geo_poc.report.names import draw_furniture, furniture_box
from geo_poc.report.svg import Attributes, element, written
from geo_poc.report.typeset import shortened, width_em

_FLAT = ("Polygon", "MultiPolygon")
_FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_SIZE, _LONGEST, _TOWNS, _DOT = 7.0, 22, 9, 1.4
_DISC = 10.0
_BASE_SCALE, _BASE_BOX = 0.6, (10.0, 7.0)


def assessment_map(assessment: Assessment, *, top: int) -> str:
    """SVG of the risk areas: firm ones filled, others hatched, gone ones outlined, the first numbered.

    Parameters
    ----------
    assessment : Assessment
    top : int
        How many are numbered.

    Returns
    -------
    str
        One ``svg`` element; all text in it is escaped, and it names no file and no address.
    """
    canvas = _ground(assessment)
    _draw_areas(canvas, assessment)
    bases, towns = _bases(assessment), _towns(assessment)
    symbols_taken = [_around(canvas.frame.point(x, y), *_BASE_BOX) for x, y, *_ in bases]
    symbols_taken += [_around(canvas.frame.point(x, y), 3.0, 3.0) for x, y, _ in towns]
    furniture = furniture_box(canvas.frame)
    discs = _discs(canvas, assessment, top, [*symbols_taken, furniture])
    for x, y, kind, aviation in bases:
        at = canvas.frame.point(x, y)
        _draw_base(canvas.root, at, kind=kind, aviation=aviation)
    _draw_towns(canvas, towns, [*symbols_taken, *discs, furniture])
    for number, box in enumerate(discs, 1):
        _disc(canvas.root, ((box.left + box.right) / 2, (box.top + box.bottom) / 2), number)
    draw_furniture(canvas)
    return written(canvas.root)


def _ground(assessment: Assessment) -> Canvas:
    theatre, palette = assessment.theatre, DAY
    canvas = empty_map(theatre, "assess_map_label", palette)
    frame, root = canvas.frame, canvas.root
    root.set("font-family", _FONT)
    _hatch(element(root, "defs", {}))
    ground: Attributes = {"width": frame.width, "height": frame.height, "fill": palette.neighbour}
    element(root, "rect", ground)
    areas, roads = assessment.layers["areas"].table, assessment.layers["roads"].table
    water = areas.geometry[areas["kind"] == "water"]
    flat = water.geom_type.isin(_FLAT)
    draw_path(canvas, [theatre.area], {"fill": palette.land})
    draw_path(canvas, water[flat], {"fill": palette.water})
    draw_path(canvas, water[~flat], {"stroke": palette.river, "stroke-width": 0.8})
    admin = areas.geometry[areas["kind"] == "admin"].boundary
    draw_path(canvas, admin, {"stroke": palette.state, "stroke-width": 0.5})
    draw_path(canvas, seen_roads(roads, frame), {"stroke": palette.road, "stroke-width": 0.6})
    border: Attributes = {"stroke": palette.boundary, "stroke-dasharray": "6 2 1.5 2"}
    draw_path(canvas, [theatre.area.boundary], border)
    return canvas


def _hatch(defs: ET.Element) -> None:
    pattern = element(
        defs,
        "pattern",
        {
            "id": "not-firm",
            "width": 3,
            "height": 3,
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    element(pattern, "rect", {"width": 3, "height": 3, "fill": DAY.paper})
    element(pattern, "rect", {"width": 1.2, "height": 3, "fill": DAY.threat[4]})


def _draw_areas(canvas: Canvas, assessment: Assessment) -> None:
    areas, palette = assessment.areas, canvas.palette
    # Half a unit more than an area is: one of a single cell must not vanish.
    shown = shapely.buffer(areas.geometry.to_numpy(), 0.5 * canvas.frame.m_per_unit)
    firm = (areas["firm_ratio"] >= FIRM_FROM).to_numpy(bool)
    edge: Attributes = {"stroke": palette.threat[5], "stroke-width": 0.5}
    draw_path(canvas, list(shown[firm]), {"fill": palette.threat[4], **edge})
    draw_path(canvas, list(shown[~firm]), {"fill": "url(#not-firm)", **edge})
    left = shapely.buffer(assessment.gone.geometry.to_numpy(), canvas.frame.m_per_unit)
    draw_path(
        canvas,
        list(left),
        {"stroke": palette.ink, "stroke-width": 0.9, "stroke-dasharray": "2 1.2"},
    )


def _around(at: tuple[float, float], width: float, height: float) -> Box:
    x, y = at
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _bases(assessment: Assessment) -> list[tuple[float, float, str, bool]]:
    if assessment.under is None:
        return []
    table = assessment.layers["bases"].table
    return [
        (base.geometry.x, base.geometry.y, str(base.kind), bool(base.aviation))
        for base in table.itertuples()
    ]


def _draw_base(parent: ET.Element, at: tuple[float, float], *, kind: str, aviation: bool) -> None:
    """A base smaller than on other maps, so that it hides no area."""
    moved = f"translate({at[0]:.1f} {at[1]:.1f}) scale({_BASE_SCALE})"
    group = element(parent, "g", {"transform": moved})
    symbols.draw_base(group, DAY, at=(0.0, 0.0), kind=kind, aviation=aviation)


def _towns(assessment: Assessment) -> list[tuple[float, float, str]]:
    """The largest places, for orientation."""
    table = assessment.layers["places"].table
    order = table.sort_values(["people", "id"], ascending=[False, True]).head(_TOWNS)
    named = order[order["people"] > 0]
    return [
        (point.x, point.y, str(name))
        for point, name in zip(named.geometry, named["name"], strict=True)
    ]


def _draw_towns(
    canvas: Canvas, towns: Sequence[tuple[float, float, str]], taken: Sequence[Box]
) -> None:
    wanted = []
    for x, y, name in towns:
        at = canvas.frame.point(x, y)
        dot: Attributes = {"r": _DOT, "fill": DAY.paper, "stroke": DAY.ink, "stroke-width": 0.7}
        element(canvas.root, "circle", {"cx": at[0], "cy": at[1], **dot})
        width = width_em(shortened(name, longest=_LONGEST)) * _SIZE
        wanted.append(
            Wanted(symbol=_around(at, 3.0, 3.0), width=width, height=_SIZE + 1, needed=False)
        )
    halo: Attributes = {"stroke": DAY.land, "stroke-width": 2, "paint-order": "stroke"}
    group = element(canvas.root, "g", {"font-size": _SIZE, "fill": DAY.ink, **halo})
    boxes = placed(wanted, obstacles=taken, frame=canvas.frame.box)
    for (_, _, name), label, box in zip(towns, wanted, boxes, strict=True):
        if box is not None:
            at_end = box.right <= label.symbol.left
            x_anchor: Attributes = (
                {"x": box.right, "text-anchor": "end"} if at_end else {"x": box.left}
            )
            short = shortened(name, longest=_LONGEST)
            element(group, "text", {**x_anchor, "y": box.bottom - 2.2}, text=short)


def _discs(canvas: Canvas, assessment: Assessment, top: int, taken: Sequence[Box]) -> list[Box]:
    """Where the numbers stand: at the areas' highest cells, moved clear and joined by a line."""
    theatre = assessment.theatre
    x_m, y_m = (axis.ravel() for axis in theatre.grid.centres())
    boxes: list[Box] = []
    for cell in assessment.areas["peak_cell"].head(top):
        at = canvas.frame.point(float(x_m[cell]), float(y_m[cell]))
        box = moved_clear(_DISC + 0.6, at=at, taken=[*taken, *boxes], frame=canvas.frame.box)
        boxes.append(box)
        centre = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        if max(abs(centre[0] - at[0]), abs(centre[1] - at[1])) > _DISC / 2:
            ends = {"x1": at[0], "y1": at[1], "x2": centre[0], "y2": centre[1]}
            element(canvas.root, "line", {**ends, "stroke": DAY.ink, "stroke-width": 0.7})
    return boxes


def _disc(parent: ET.Element, at: tuple[float, float], number: int) -> None:
    ring: Attributes = {"r": _DISC / 2, "fill": DAY.ink, "stroke": DAY.paper, "stroke-width": 0.7}
    element(parent, "circle", {"cx": at[0], "cy": at[1], **ring})
    written_in: Attributes = {
        "fill": DAY.paper,
        "font-size": _SIZE,
        "font-weight": 700,
        "text-anchor": "middle",
    }
    element(parent, "text", {"x": at[0], "y": at[1] + 2.5, **written_in}, text=str(number))


def key_symbol(name: str) -> str:
    """Small drawing for the legend: ``firm, marginal, gone, number`` or ``base``.

    Examples
    --------
    >>> key_symbol("gone")[:5]
    '<svg '
    """
    root = ET.Element("svg", {"class": "sign", "viewBox": "0 0 24 16", "aria-hidden": "true"})
    if name == "base":
        symbols.draw_base(root, DAY, at=(12.0, 8.0), kind="cob", aviation=False)
        return written(root)
    if name == "number":
        root.set("font-family", _FONT)
        _disc(root, (12.0, 8.0), 1)
        return written(root)
    box: Attributes = {"x": 3, "y": 2, "width": 18, "height": 12}
    edge: Attributes = {"stroke": DAY.threat[5], "stroke-width": 0.8}
    styles: dict[str, Attributes] = {
        "firm": {"fill": DAY.threat[4], **edge},
        "marginal": {"fill": "url(#not-firm)", **edge},
        "gone": {"fill": "none", "stroke": DAY.ink, "stroke-width": 1.4, "stroke-dasharray": "3 2"},
    }
    element(root, "rect", {**box, **styles[name]})
    return written(root)
