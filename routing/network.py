"""Roads -> vertices and edges with true lengths."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

JOIN_M = 0.01
LONGEST_EDGE_M = 1000.0
FERRIES = ("ferry", "foot_ferry", "vehicle_ferry")
"""Road classes of ferries: for all, for people on foot only, and for vehicles only."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadNetwork:
    """Vertices and straight edges of the roads, in metres of the theatre's CRS.

    Parameters
    ----------
    x_m, y_m : float64 array (vertices,)
    start, end : int64 array (edges,)
        Vertices of each edge.
    length_m : float64 array (edges,)
        Along the road as published, not along the drawn line where the two differ.
    road : int64 array (edges,)
        Row of the road in the table.
    oneway, bridge, ferry : bool array (edges,)
        One-way edges lead from ``start`` to ``end`` only.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    road: NDArray[np.int64]
    oneway: NDArray[np.bool_]
    bridge: NDArray[np.bool_]
    ferry: NDArray[np.bool_]

    @property
    def afloat(self) -> NDArray[np.bool_]:
        """Vertices between two pieces of one crossing, where nobody gets on or off a ferry."""
        ends = np.concatenate([self.start, self.end])
        on_ferry = np.concatenate([self.ferry, self.ferry])
        meeting = np.bincount(ends, minlength=self.x_m.size)
        ferries = np.bincount(ends[on_ferry], minlength=self.x_m.size)
        return np.asarray((meeting == 2) & (ferries == 2))

    @property
    def segments(self) -> NDArray[np.object_]:
        """Edges as straight lines, in their order."""
        points = np.column_stack([self.x_m, self.y_m])
        return np.asarray(shapely.linestrings(np.stack([points[self.start], points[self.end]], 1)))


def road_network(roads: gpd.GeoDataFrame, *, cell_size_m: float) -> RoadNetwork:
    """Graph of the roads, cut so that no edge is longer than a cell or 1 km.

    Roads meet where they have a vertex at the same place, to 1 cm; two lines that only cross do not
    meet. A road's ``length_m`` wins over the length of its line: its edges are stretched by the same
    ratio. Multi-part lines count as one road. A part without length, all of whose points are one, is no road.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns ``length_m`` (nan: measure the line), ``oneway``, ``bridge``, lines in metres;
        ``road_class`` where it is known.
    cell_size_m : float

    Returns
    -------
    RoadNetwork
        Without vertices where there are no roads.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (1500, 0)])
    >>> roads = gpd.GeoDataFrame(
    ...     {"length_m": [1800.0], "oneway": [False], "bridge": [False]},
    ...     geometry=[line], crs="EPSG:32636",
    ... )
    >>> network = road_network(roads, cell_size_m=5000.0)
    >>> network.x_m.tolist(), network.length_m.tolist()
    ([0.0, 750.0, 1500.0], [900.0, 900.0])
    """
    lines = np.asarray(roads.geometry.array, dtype=object)
    parts, row = shapely.get_parts(lines, return_index=True)
    long = shapely.length(parts) > 0
    parts, row = parts[long], row[long]
    parts = shapely.segmentize(parts, min(cell_size_m, LONGEST_EDGE_M))
    points, part = shapely.get_coordinates(parts, return_index=True)
    vertex_m, vertex = _joined(points)
    follows = np.flatnonzero(part[1:] == part[:-1])
    start, end, road = vertex[follows], vertex[follows + 1], row[part[follows]]
    drawn_m = np.hypot(*(points[follows + 1] - points[follows]).T)
    kept = start != end
    road = road[kept]
    return RoadNetwork(
        x_m=vertex_m[:, 0],
        y_m=vertex_m[:, 1],
        start=start[kept],
        end=end[kept],
        length_m=(drawn_m * _stretch(roads, lines)[row[part[follows]]])[kept],
        road=road,
        oneway=roads["oneway"].to_numpy(dtype=np.bool_)[road],
        bridge=roads["bridge"].to_numpy(dtype=np.bool_)[road],
        ferry=is_ferry(roads)[road],
    )


def is_ferry(roads: pd.DataFrame) -> NDArray[np.bool_]:
    """Which roads are ferries, whoever they carry; none where the classes are not known."""
    if "road_class" not in roads:
        return np.zeros(len(roads), dtype=np.bool_)
    return roads["road_class"].isin(FERRIES).to_numpy(dtype=np.bool_)


def _joined(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct points to 1 cm, and which of them each point is."""
    keys = np.rint(points / JOIN_M).astype(np.int64)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return points[first], which.reshape(-1).astype(np.int64)


def _stretch(roads: gpd.GeoDataFrame, lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Published over drawn length of each road; 1 where no length is published."""
    published = roads["length_m"].to_numpy(dtype=np.float64)
    drawn = shapely.length(lines)
    known = np.isfinite(published) & (published > 0) & (drawn > 0)
    ratio = np.ones(len(roads))
    ratio[known] = published[known] / drawn[known]
    return ratio
