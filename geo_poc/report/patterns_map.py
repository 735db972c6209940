"""The map of patterns: area, districts, hot cells and clusters as one SVG."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.palette import DAY, Palette
from geo_poc.report import symbols
from geo_poc.report.frame import Canvas, draw_path, empty_map
from geo_poc.report.labels import Box, Wanted, placed
from geo_poc.report.names import draw_bases, draw_furniture
from geo_poc.report.patterns import PatternProduct
from geo_poc.report.svg import Attributes, element, written
from geo_poc.wording import text

NAMED = 9
_LABEL = (14.0, 10.0)


def pattern_map(product: PatternProduct, *, palette: Palette = DAY) -> str:
    """SVG of hot cells, hot areas H1.. and clusters K1..; it names no file and no address."""
    theatre = product.theatre
    canvas = empty_map(theatre, "patterns_map_label", palette)
    _define_hatch(canvas.root, palette)
    size: Attributes = {"width": canvas.frame.width, "height": canvas.frame.height}
    element(canvas.root, "rect", {**size, "fill": palette.neighbour})
    draw_path(canvas, [theatre.area], {"fill": palette.land})
    _draw_cells(canvas, product.hot.table())
    edges = [] if product.districts.empty else list(product.districts.geometry.boundary)
    draw_path(canvas, edges, {"stroke": palette.state, "stroke-width": 0.6})
    border: Attributes = {"stroke": palette.boundary, "stroke-width": 1.3}
    draw_path(canvas, [theatre.area.boundary], {**border, "stroke-dasharray": "7 2 1.5 2"})
    cluster: Attributes = {"stroke": palette.paper, "stroke-width": 3}
    draw_path(canvas, list(product.clusters.geometry), cluster)
    draw_path(canvas, list(product.clusters.geometry), {**cluster, **_cluster_line(palette)})
    draw_bases(canvas, product.bases)
    _draw_labels(canvas, product)
    draw_furniture(canvas)
    return written(canvas.root)


def legend(product: PatternProduct, palette: Palette = DAY) -> tuple[tuple[str, str], ...]:
    """Small drawings and their words; bases only where there are some."""
    hot: Attributes = {"fill": palette.threat[5], "stroke": palette.ink, "stroke-width": 0.6}
    likely: Attributes = {"fill": "url(#likely-l)", "stroke": palette.ink, "stroke-width": 0.6}
    land: Attributes = {"fill": palette.land, "stroke": palette.state}
    line: Attributes = {"fill": "none", **_cluster_line(palette)}
    drawn = (("hot", hot), ("likely", likely), ("cluster", line), ("land", land))
    signs = [(_sign(style, palette), text(f"patterns_legend_{name}")) for name, style in drawn]
    if len(product.bases):
        signs.append((symbols.legend_symbol("base", palette), text("patterns_legend_base")))
    return tuple(signs)


def _cluster_line(palette: Palette) -> dict[str, str | float]:
    return {"stroke": palette.ink, "stroke-width": 1.6}


def _sign(style: Attributes, palette: Palette) -> str:
    root = ET.Element("svg", {"class": "sign", "viewBox": "0 0 24 16", "aria-hidden": "true"})
    _define_hatch(root, palette, name="likely-l")
    element(root, "rect", {"x": 3, "y": 2, "width": 18, "height": 12, **style})
    return written(root)


def _define_hatch(root: ET.Element, palette: Palette, *, name: str = "likely") -> None:
    turn = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    hatch = element(
        element(root, "defs", {}), "pattern", {"id": name, "width": 4, "height": 4, **turn}
    )
    element(hatch, "rect", {"width": 4, "height": 4, "fill": palette.threat[2]})
    element(hatch, "rect", {"width": 1.4, "height": 4, "fill": palette.threat[4]})


def _draw_cells(canvas: Canvas, cells: gpd.GeoDataFrame) -> None:
    fills = {"likely": "url(#likely)", "hot": canvas.palette.threat[5]}
    for name, fill in fills.items():
        own = cells.geometry[cells["class"] == name]
        whole = [shapely.union_all(own.to_numpy())] if len(own) else []
        draw_path(canvas, whole, {"fill": fill, "stroke": canvas.palette.ink, "stroke-width": 0.5})


def _draw_labels(canvas: Canvas, product: PatternProduct) -> None:
    """H1, H2, .. beside hot areas and K1, K2, .. beside clusters, none over another."""
    named = [
        (f"{letter}{number}", shape)
        for letter, table in (("H", product.hot_areas), ("K", product.clusters))
        for number, shape in enumerate(table.geometry.head(NAMED), 1)
    ]
    wanted = [
        Wanted(symbol=_box(canvas, shape), width=_LABEL[0], height=_LABEL[1], needed=True)
        for _, shape in named
    ]
    group = element(canvas.root, "g", {"class": "names"})
    found = placed(wanted, obstacles=(), frame=canvas.frame.box)
    for (name, _), box in zip(named, found, strict=True):
        if box is not None:
            at: Attributes = {"x": (box.left + box.right) / 2, "y": box.bottom - 1.5}
            element(group, "text", {**at, "text-anchor": "middle"}, text=name)


def _box(canvas: Canvas, shape: BaseGeometry) -> Box:
    west, south, east, north = shape.bounds
    left, top = canvas.frame.point(west, north)
    right, bottom = canvas.frame.point(east, south)
    return Box(left, top, right, bottom)
