"""OpenStreetMap files (``.osm``, ``.osm.gz``, ``.osm.pbf``): roads and ferries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd
import shapely
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import WGS84
from geo_poc.layers.sources.ferries import geodesic_m, with_crossings
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.road_tags import with_road_columns
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre_file import Source

if TYPE_CHECKING:
    import networkx as nx

TAGS = (
    "highway", "route", "name", "surface", "tracktype", "smoothness", "maxspeed", "oneway",
    "junction", "bridge", "tunnel", "ford", "access", "motor_vehicle", "service", "foot", "vehicle",
    "duration",
)  # fmt: skip
NOT_A_ROAD = frozenset({
    "abandoned", "bus_stop", "construction", "corridor", "disused", "elevator", "no", "planned",
    "platform", "proposed", "raceway", "razed", "rest_area", "services",
})  # fmt: skip


def read(path: Path | None, source: Source, *, layer: str) -> Raw:  # noqa: ARG001  (one signature)
    """Roads and ferries of an OpenStreetMap file, one row for each way that is one.

    Vertices keep OSM's own coordinates, so that ways which share a node share a coordinate exactly,
    and a bridge shares none with the road under it. Ways with part of their nodes missing, as at
    the edge of an extract, are broken there (MultiLineString); without two neighbouring nodes the
    geometry is None.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        Only ``columns`` is used.
    layer : str
        ``roads``.

    Returns
    -------
    Raw
        In WGS 84. ``id`` is ``way/`` and OSM's number. Beside the columns of the roads layer: the
        tags in :data:`TAGS` and ``restricted`` (access ``no`` or ``private``). ``road_class`` of a
        ferry is ``ferry``, or ``foot_ferry`` or ``vehicle_ferry`` where it takes only those.

    Raises
    ------
    SourceError
        If the file is missing or damaged.
    """
    file = require_file(path)
    try:
        rows = list(_rows(file))
    except (RuntimeError, OSError) as e:
        raise damaged(file, e) from e
    table = pd.DataFrame(rows, columns=["id", *TAGS, "geometry"], dtype=object)
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    table, file_columns = with_road_columns(table, columns=source.columns)
    table = with_crossings(table, geodesic_m(table["geometry"]))
    return Raw(table=table, crs=WGS84, file_columns=file_columns)


def graph_from_pbf(path: Path) -> nx.MultiDiGraph[int]:
    """Road graph of an OpenStreetMap file of any kind, in osmnx's own shape.

    osmnx reads XML only and takes every way for a street; so osmium writes the roads and ferries
    with their nodes to a temporary XML file, which ``osmnx.graph_from_xml`` reads (unsimplified,
    all components kept).

    Raises
    ------
    SourceError
        If the file is missing or damaged, or no road is in it.
    """
    import osmnx  # noqa: PLC0415  (a second to import, needed only here)
    from osmnx._errors import InsufficientResponseError  # noqa: PLC0415

    file = require_file(path)
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "roads.osm"
        try:
            _write_roads_xml(file, xml)
            return osmnx.graph_from_xml(xml, simplify=False, retain_all=True)
        except InsufficientResponseError as e:
            raise damaged(file, "no road in it") from e
        except (RuntimeError, OSError) as e:
            raise damaged(file, e) from e
        except (KeyError, ValueError) as e:
            raise damaged(file, "nodes of its ways are missing") from e


def is_road(tags: Any) -> bool:
    """Whether a way with these tags is a road in use or a ferry, and not an area.

    Examples
    --------
    >>> is_road({"highway": "track"}), is_road({"highway": "proposed"}), is_road({"route": "ferry"})
    (True, False, True)
    """
    highway = tags.get("highway")
    if highway is None:
        return bool(tags.get("route") == "ferry")
    return highway not in NOT_A_ROAD and tags.get("area") != "yes"


def _ways(file: Path) -> osmium.FileProcessor:
    return (
        osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway", "route"))
    )


def _rows(file: Path) -> Iterator[tuple[object, ...]]:
    wkb = osmium.geom.WKBFactory()
    for way in _ways(file).with_locations():
        if is_road(way.tags):
            tags = (way.tags.get(tag) for tag in TAGS)
            yield (f"way/{way.id}", *tags, _line(way, wkb))


def _line(way: Any, wkb: osmium.geom.WKBFactory) -> BaseGeometry | None:
    try:
        return shapely.from_wkb(wkb.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):
        return _known_parts(way)


def _known_parts(way: Any) -> BaseGeometry | None:
    points = np.array(
        [(node.lon, node.lat) if node.location.valid() else (np.nan, np.nan) for node in way.nodes]
    ).reshape(-1, 2)
    known = ~np.isnan(points[:, 0])
    runs = np.split(points, np.flatnonzero(np.diff(known)) + 1)
    lines = [LineString(run) for run in runs if len(run) > 1 and not np.isnan(run[0, 0])]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else MultiLineString(lines)


def _write_roads_xml(file: Path, xml: Path) -> None:
    """Write the roads and their nodes; the file is read twice, and whole before anything is written."""
    wanted = osmium.IdTracker()
    for way in _ways(file):
        if is_road(way.tags):
            wanted.add_way(way.id)
            wanted.add_references(way)
    things = osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY)
    with osmium.SimpleWriter(str(xml), overwrite=True) as writer:
        for thing in things.with_filter(wanted.id_filter()):
            writer.add(thing)
