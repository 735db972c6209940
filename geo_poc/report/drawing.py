"""The map of the report: one SVG drawn from the findings, without a browser or a tile."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from rasterio.features import shapes
from shapely.geometry.base import BaseGeometry

from geo_poc.answer import own_case
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CLASSES, classes_of
from geo_poc.palette import DAY, Palette
from geo_poc.report import symbols
from geo_poc.report.frame import Canvas, Frame, draw_path, empty_map, metres
from geo_poc.report.names import ZONES_SHOWN, draw_names
from geo_poc.report.svg import Attributes, element, path_data, written
from geo_poc.routing.stretches import shapes_of

_ROAD_RANKS = (
    ("motorway", "trunk", "motorway_link", "trunk_link"),
    ("primary", "primary_link"),
    ("secondary", "secondary_link"),
    ("tertiary", "tertiary_link", "unclassified", "road", ""),
)
_MOST_ROAD_BYTES = 70_000
_FLAT = ("Polygon", "MultiPolygon")
LIMITS = ("no_fly", "caveat", "closure", "host_state", "mined")


def coverage_map(findings: Findings, *, palette: Palette = DAY) -> str:
    """SVG of classes, sites, bases and the zones with most people, under the plan's own conditions.

    Parameters
    ----------
    findings : Findings
    palette : Palette

    Returns
    -------
    str
        One ``svg`` element; all text in it is escaped, and it names no file and no address.
    """
    canvas = _empty_canvas(findings, palette)
    _draw_classes(canvas, findings)
    _draw_water(canvas, findings)
    _draw_lines(canvas, findings)
    _draw_sites(canvas, findings)
    draw_names(canvas, findings)
    return written(canvas.root)


def _empty_canvas(findings: Findings, palette: Palette) -> Canvas:
    canvas = empty_map(findings.theatre, "report_map_label", palette)
    defs = element(canvas.root, "defs", {})
    symbols.define_patterns(defs, palette)
    symbols.define_sites(defs, palette)
    size: Attributes = {"width": canvas.frame.width, "height": canvas.frame.height}
    element(canvas.root, "rect", {**size, "fill": palette.neighbour})
    return canvas


def _draw_classes(canvas: Canvas, findings: Findings) -> None:
    """Class areas; what a cut corner leaves open between two of them is painted over."""
    palette, areas = canvas.palette, class_areas(findings)
    draw_path(canvas, [findings.theatre.area], {"fill": palette.land})
    styles: Mapping[str, Attributes] = {
        "N": {"fill": "url(#dots-n)"},
        "C": {"fill": "url(#hatch-c)", "stroke": palette.class_c, "stroke-dasharray": "3 2"},
        "P": {"fill": palette.class_p_area, "stroke": palette.class_p},
        "?": {"fill": "url(#hatch-u)"},
        "E": {"fill": palette.paper, "stroke": palette.class_e, "stroke-dasharray": "3 2"},
    }
    for letter, style in styles.items():
        if letter in areas:
            draw_path(canvas, [areas[letter]], {"stroke-width": 0.6, **style})


def class_areas(findings: Findings) -> dict[str, BaseGeometry]:
    """Cells of each class as one geometry in metres, corners cut and clipped to the area."""
    grid, letters = findings.theatre.grid, findings.coverage.cell_class
    areas: dict[str, BaseGeometry] = {}
    for letter in CLASSES:
        mask = letters == letter
        parts = [
            shapely.geometry.shape(outline)
            for outline, _ in shapes(mask.astype(np.uint8), mask=mask, transform=grid.transform)
        ]
        if parts:
            rounded = shapely.simplify(shapely.union_all(parts), 0.75 * grid.cell_size_m)
            areas[letter] = shapely.intersection(shapely.make_valid(rounded), findings.theatre.area)
    return areas


def _draw_water(canvas: Canvas, findings: Findings) -> None:
    areas, palette = findings.layers["areas"].table, canvas.palette
    water = areas.geometry[areas["kind"] == "water"]
    flat = water.geom_type.isin(_FLAT)
    draw_path(canvas, water[flat], {"fill": palette.water})
    draw_path(canvas, water[~flat], {"stroke": palette.river, "stroke-width": 0.9})


def _draw_lines(canvas: Canvas, findings: Findings) -> None:
    """Borders, roads, limits and the outlines of the zones."""
    areas, palette = findings.layers["areas"].table, canvas.palette
    admin = areas.geometry[areas["kind"] == "admin"].boundary
    draw_path(canvas, admin, {"stroke": palette.state, "stroke-width": 0.6})
    roads = seen_roads(findings.layers["roads"].table, canvas.frame)
    draw_path(canvas, roads, {"stroke": palette.road, "stroke-width": 0.8})
    outline = [findings.theatre.area.boundary]
    draw_path(canvas, outline, {"stroke": palette.neighbour, "stroke-width": 3})
    border: Attributes = {
        "stroke": palette.boundary,
        "stroke-width": 1.3,
        "stroke-dasharray": "7 2 1.5 2",
    }
    draw_path(canvas, outline, border)
    drawn = areas.geom_type.isin(_FLAT) | areas.geometry.isna()
    held = areas[areas["kind"].isin(LIMITS) & drawn]
    limits = shapes_of(held, findings.layers["roads"].table)
    draw_path(
        canvas, limits, {"stroke": palette.ink2, "stroke-width": 1, "stroke-dasharray": "1 2"}
    )
    zones = findings.zones.geometry.head(ZONES_SHOWN)
    edges = shapely.simplify(zones.to_numpy(), 0.5 * findings.theatre.grid.cell_size_m)
    draw_path(canvas, edges, {"stroke": palette.class_n, "stroke-width": 1.4})


def seen_roads(roads: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoSeries:
    """Roads to draw: classes from the top down until the drawing has lines enough."""
    chosen = np.zeros(len(roads), dtype=bool)
    size = 0
    for rank in _ROAD_RANKS:
        here = roads["road_class"].isin(rank).to_numpy()
        size += sum(len(path_data(line)) for line in frame.drawn(roads.geometry[here]))
        if chosen.any() and size > _MOST_ROAD_BYTES:
            break
        chosen |= here
    return roads.geometry[chosen]


def _draw_sites(canvas: Canvas, findings: Findings) -> None:
    """Sites of the headline's layer, large ones first so that small ones stay in view."""
    case = own_case(findings)
    letters = classes_of(findings.coverage, case)
    sites = findings.coverage.places
    sites = sites[sites["layer"] == case.layer]
    sites = sites.sort_values("people", ascending=False, kind="stable")
    x_m, y_m = metres(findings.theatre, sites)
    group = element(canvas.root, "g", {})
    for name, people, x, y in zip(sites["id"], sites["people"], x_m, y_m, strict=True):
        at_x, at_y = canvas.frame.point(x, y)
        symbol = symbols.site_symbol(letters.get(name, "?"), float(people))
        element(group, "use", {"href": f"#{symbol}", "x": at_x, "y": at_y})
