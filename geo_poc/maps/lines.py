"""Outlines, roads and areas in degrees, no finer than the page can show."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.maps.columns import Lines, packed_lines
from geo_poc.routing.stretches import shapes_of
from geo_poc.theatre import Theatre
from geo_poc.wording import text

STEPS_ACROSS = 3_000
TRUNK = ("motorway", "trunk", "primary")
MINOR = ("secondary", "tertiary", "unclassified")
SLOW_KMH = 25.0
CUT_EDGE_M = 2_000.0
DRAWN = ("no_fly", "caveat", "closure", "host_state", "mined")
"""Kinds of area that change an answer; each has its own line on the map and its name in the legend."""


class Area(TypedDict):
    """One area that changes an answer: what it is, until when, and where."""

    kind: str
    name: str
    text: str
    outline: Lines


class Named(TypedDict):
    """A name to be written on the map, at a point inside what it names."""

    name: str
    kind: str
    lon: float
    lat: float


class Drawing(TypedDict):
    """All lines of the page; polygons are their rings."""

    theatre: Lines
    borders: Lines
    admin: Lines
    lakes: Lines
    swamps: Lines
    rivers: Lines
    roads: dict[str, Lines]
    areas: list[Area]
    names: list[Named]


def drawing(findings: Findings) -> Drawing:
    """Base map, roads and areas of a run."""
    areas = findings.layers["areas"].table
    water = areas[areas["kind"] == "water"]
    flat = water.geom_type.isin(["Polygon", "MultiPolygon"])
    return {
        "theatre": _lines(findings.theatre, [findings.theatre.area]),
        "borders": _lines(findings.theatre, _borders(areas.geometry[areas["kind"] == "country"])),
        "admin": _lines(findings.theatre, areas.geometry[areas["kind"] == "admin"]),
        "lakes": _lines(findings.theatre, water.geometry[flat]),
        "swamps": _lines(findings.theatre, areas.geometry[areas["kind"] == "swamp"]),
        "rivers": _lines(findings.theatre, water.geometry[~flat]),
        "roads": _roads(findings),
        "areas": [_area(findings.theatre, *each) for each in _warned(findings)],
        "names": _names(findings.theatre, areas),
    }


def to_lonlat(theatre: Theatre, geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in metres of the theatre's CRS as longitude and latitude."""
    return shapely.transform(geometry, lambda xy: np.column_stack(theatre.lonlat(*xy.T)))


def tolerance_m(theatre: Theatre) -> float:
    """How far a drawn line may be off: a third of a pixel on a screen 1,000 pixels wide."""
    west, south, east, north = theatre.area.bounds
    return float(max(east - west, north - south) / STEPS_ACROSS)


def _lines(theatre: Theatre, geometries: Iterable[BaseGeometry]) -> Lines:
    simple = (shapely.simplify(g, tolerance_m(theatre)) for g in geometries)
    return packed_lines([to_lonlat(theatre, g) for g in simple if not g.is_empty])


def _borders(countries: gpd.GeoSeries) -> list[BaseGeometry]:
    """Borders of the countries without the straight edge at which the data were cut off."""
    if countries.empty:
        return []
    cut = shapely.box(*countries.total_bounds).boundary.buffer(CUT_EDGE_M)
    return [border.difference(cut) for border in countries.boundary]


def _roads(findings: Findings) -> dict[str, Lines]:
    roads = findings.layers["roads"].table
    return {
        kind: _lines(findings.theatre, _merged(roads.geometry[mask]))
        for kind, mask in _road_kinds(roads).items()
    }


def _road_kinds(roads: gpd.GeoDataFrame) -> dict[str, pd.Series[bool]]:
    stem = roads["road_class"].str.removesuffix("_link")
    slow = roads["speed_kmh"] < SLOW_KMH
    trunk = stem.isin(TRUNK)
    minor = stem.isin(MINOR) | (stem == "")
    return {
        "trunk": trunk & ~slow,
        "trunk_slow": trunk & slow,
        "minor": minor & ~slow,
        "minor_slow": minor & slow,
        "track": ~trunk & ~minor,
    }


def _merged(lines: gpd.GeoSeries) -> list[BaseGeometry]:
    return [shapely.line_merge(shapely.union_all(lines.to_numpy()))] if len(lines) else []


def _warned(findings: Findings) -> Iterable[tuple[dict[Hashable, Any], BaseGeometry]]:
    areas = findings.layers["areas"].table
    rows = areas[areas["kind"].isin(DRAWN)]
    shapes = shapes_of(rows, findings.layers["roads"].table)
    return zip(rows.to_dict("records"), shapes, strict=True)


def _area(theatre: Theatre, area: dict[Hashable, Any], shape: BaseGeometry) -> Area:
    return {
        "kind": area["kind"],
        "name": area["name"],
        "text": _area_text(area),
        "outline": _lines(theatre, [shape]),
    }


def _area_text(area: dict[Hashable, Any]) -> str:
    """What the area forbids to whom and how, and since and until when."""
    if area["kind"] == "caveat" and area["contingents"]:
        said = [text("area_caveat_of", contingents=area["contingents"].replace(";", ", "))]
    else:
        said = [text(f"area_{area['kind']}")]
    if area.get("rule", "") == "no_night":
        said.append(text("area_no_night"))
    elif area.get("rule", "") in {"needs_approval", "clearance"}:
        said.append(text(f"area_{area['rule']}", delay=figures.delay(area["delay_s"])))
    days = {
        name: figures.day(day.date())
        for name, day in (("start", area["from_date"]), ("end", area["to_date"]))
        if isinstance(day, pd.Timestamp)
    }
    key = {("start", "end"): "area_from_to", ("start",): "area_from", ("end",): "area_to"}
    return " ".join(said + ([text(key[tuple(days)], **days)] if days else []))


def _names(theatre: Theatre, areas: gpd.GeoDataFrame) -> list[Named]:
    """Names of states, waters and the countries around; the theatre's own needs none."""
    rows = areas[areas["kind"].isin(["admin", "country", "water"]) & (areas["name"] != "")]
    parts = rows.dissolve(by=["kind", "name"]) if len(rows) else rows
    points = parts.geometry.representative_point()
    return [
        _named(theatre, kind, name, point)
        for (kind, name), point in zip(parts.index, points, strict=True)
        if kind != "country" or not theatre.area.contains(point)
    ]


def _named(theatre: Theatre, kind: str, name: str, point: shapely.Point) -> Named:
    lon, lat = theatre.lonlat(np.array([point.x]), np.array([point.y]))
    return {
        "name": name,
        "kind": kind,
        "lon": round(float(lon[0]), 4),
        "lat": round(float(lat[0]), 4),
    }
