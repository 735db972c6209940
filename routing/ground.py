"""Cells, road vertices, bases and places as the nodes of one graph, and what cuts its edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_poc.grid import Grid
from geo_poc.routing.network import JOIN_M, RoadNetwork
from geo_poc.theatre import Theatre

REACH_CELLS = 1.5
_AROUND = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
_NONE = np.empty(0, dtype=np.int64)

_Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """All nodes of the graph: cells row by row, then road vertices, bases, places.

    Parameters
    ----------
    x_m, y_m : float64 array (nodes,)
        nan for a base or place of unknown position.
    first_vertex, first_base, first_place : int
        The cells start at 0.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    first_vertex: int
    first_base: int
    first_place: int

    @property
    def points(self) -> NDArray[np.float64]:
        """Positions, shape (nodes, 2)."""
        return np.column_stack([self.x_m, self.y_m])

    @property
    def vertices(self) -> NDArray[np.int64]:
        """Nodes that are road vertices."""
        return np.arange(self.first_vertex, self.first_base)

    @property
    def bases(self) -> NDArray[np.int64]:
        """Nodes that are bases."""
        return np.arange(self.first_base, self.first_place)

    @property
    def places(self) -> NDArray[np.int64]:
        """Nodes that are places."""
        return np.arange(self.first_place, self.x_m.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Legs:
    """Straight ways off the road between two nodes.

    Parameters
    ----------
    start, end : int64 array (legs,)
        Nodes.
    length_m : float64 array (legs,)
    both_ways : bool array (legs,)
        False for legs out of a base and into a place.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    both_ways: NDArray[np.bool_]

    def where(self, kept: NDArray[np.bool_]) -> Legs:
        """Only the legs that are kept."""
        return Legs(
            start=self.start[kept],
            end=self.end[kept],
            length_m=self.length_m[kept],
            both_ways=self.both_ways[kept],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Nodes and edges of all ground movement, before anybody's speed is put on them.

    Parameters
    ----------
    grid : Grid
    nodes : Nodes
    network : RoadNetwork
    legs : Legs
        Off the road; those across a barrier are left out.
    leg_cuts, road_cuts : mapping of int to int64 array
        Row of a closure or caveat area -> the legs, and the road edges, that it cuts.
    """

    grid: Grid
    nodes: Nodes
    network: RoadNetwork
    legs: Legs
    leg_cuts: Mapping[int, NDArray[np.int64]]
    road_cuts: Mapping[int, NDArray[np.int64]]


def ground_of(
    *,
    theatre: Theatre,
    network: RoadNetwork,
    bases: gpd.GeoSeries,
    places: gpd.GeoSeries,
    barriers: gpd.GeoSeries,
    cutting: gpd.GeoSeries,
) -> Ground:
    """One graph of cells, roads, bases and places, in which no leg crosses a barrier.

    Every cell is joined to its 8 neighbours, every road vertex both ways to the centres of the 3 x 3
    cells around it, every base and place to those, to the road vertices within 1.5 cells and to each
    other within the same reach. Legs lead only out of bases and into places, so that nobody's way
    runs through another base or place. A leg that touches a barrier is left out; a leg of no length
    never is. Cells whose centre is outside the area are not walked.

    Parameters
    ----------
    theatre : Theatre
    network : RoadNetwork
    bases, places : GeoSeries of points
        A base outside the grid and a place outside the area get no legs, nor does a missing point.
    barriers : GeoSeries
        Lines and polygons that are crossed along a road only.
    cutting : GeoSeries
        Closures and caveats; the index is their row in the area table.

    Returns
    -------
    Ground
    """
    nodes = _nodes(theatre.grid, network, points_m(bases), points_m(places))
    legs = _legs(theatre, nodes)
    barred = crossings(_lines(nodes, legs), barriers.to_numpy())
    free = np.ones(legs.start.size, dtype=np.bool_)
    free[np.concatenate([_NONE, *barred])] = False
    legs = legs.where(free | (legs.length_m <= JOIN_M))
    by_leg = crossings(_lines(nodes, legs), cutting.to_numpy())
    by_road = crossings(network.segments, cutting.to_numpy())
    some_way = legs.length_m > JOIN_M
    return Ground(
        grid=theatre.grid,
        nodes=nodes,
        network=network,
        legs=legs,
        leg_cuts={
            int(row): cut[some_way[cut]] for row, cut in zip(cutting.index, by_leg, strict=True)
        },
        road_cuts={int(row): cut for row, cut in zip(cutting.index, by_road, strict=True)},
    )


def points_m(points: gpd.GeoSeries) -> NDArray[np.float64]:
    """X and y in metres, shape (points, 2); nan where a point is missing or empty.

    Examples
    --------
    >>> points_m(gpd.GeoSeries([shapely.Point(1, 2), None])).tolist()
    [[1.0, 2.0], [nan, nan]]
    """
    geometries = points.to_numpy()
    return np.column_stack([shapely.get_x(geometries), shapely.get_y(geometries)])


def in_area(theatre: Theatre, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points lie in the area of the theatre or on its border; False for unknown positions."""
    shapely.prepare(theatre.area)
    return np.asarray(shapely.intersects_xy(theatre.area, points[:, 0], points[:, 1]))


def in_grid(grid: Grid, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points lie on the grid; False for unknown positions."""
    return np.asarray(grid.cell_of(points[:, 0], points[:, 1])[0] >= 0)


def crossings(
    lines: NDArray[np.object_], geometries: NDArray[np.object_]
) -> list[NDArray[np.int64]]:
    """Lines that touch or cross each geometry, as their positions.

    Examples
    --------
    >>> lines = shapely.linestrings([[(0, 0), (0, 2)], [(5, 0), (5, 2)]])
    >>> crossings(lines, np.array([shapely.LineString([(-1, 1), (1, 1)])])).pop().tolist()
    [0]
    """
    if not len(geometries):
        return []
    which, line = shapely.STRtree(lines).query(geometries, predicate="intersects")
    return [np.sort(line[which == n]) for n in range(len(geometries))]


def _nodes(
    grid: Grid, network: RoadNetwork, bases: NDArray[np.float64], places: NDArray[np.float64]
) -> Nodes:
    xs, ys = grid.centres()
    first_base = xs.size + network.x_m.size
    return Nodes(
        x_m=np.concatenate([xs.ravel(), network.x_m, bases[:, 0], places[:, 0]]),
        y_m=np.concatenate([ys.ravel(), network.y_m, bases[:, 1], places[:, 1]]),
        first_vertex=xs.size,
        first_base=first_base,
        first_place=first_base + len(bases),
    )


def _legs(theatre: Theatre, nodes: Nodes) -> Legs:
    grid, points = theatre.grid, nodes.points
    bases = nodes.bases[in_grid(grid, points[nodes.bases])]
    places = nodes.places[in_area(theatre, points[nodes.places])]
    reach_m = REACH_CELLS * grid.cell_size_m
    of_vertices = _around(grid, points, nodes.vertices)
    into_places = _around(grid, points, places)[::-1]
    both_ways = [*_neighbours(grid), of_vertices]
    one_way = [
        _around(grid, points, bases),
        into_places,
        _within(points, bases, nodes.vertices, reach_m),
        _within(points, nodes.vertices, places, reach_m),
        _within(points, bases, places, reach_m),
    ]
    groups = both_ways + one_way
    start = np.concatenate([start for start, _ in groups])
    end = np.concatenate([end for _, end in groups])
    open_node = np.ones(nodes.x_m.size, dtype=np.bool_)
    open_node[: nodes.first_vertex] = theatre.inside.ravel()
    legs = Legs(
        start=start,
        end=end,
        length_m=np.hypot(*(points[end] - points[start]).T),
        both_ways=np.arange(start.size) < sum(len(start) for start, _ in both_ways),
    )
    return legs.where(open_node[start] & open_node[end])


def _neighbours(grid: Grid) -> list[_Pairs]:
    """Every pair of cells that share a side or a corner, once."""
    cell = np.arange(grid.rows * grid.cols).reshape(grid.shape)
    pairs = [
        (cell[:, :-1], cell[:, 1:]),
        (cell[:-1], cell[1:]),
        (cell[:-1, :-1], cell[1:, 1:]),
        (cell[:-1, 1:], cell[1:, :-1]),
    ]
    return [(start.ravel(), end.ravel()) for start, end in pairs]


def _around(grid: Grid, points: NDArray[np.float64], nodes: NDArray[np.int64]) -> _Pairs:
    """Each node with the cells of the 3 x 3 block around it."""
    row, col = grid.cell_of(points[nodes, 0], points[nodes, 1])
    starts, ends = [_NONE], [_NONE]
    for down, right in _AROUND:
        r, c = row + down, col + right
        there = (row >= 0) & (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.cols)
        starts.append(nodes[there])
        ends.append((r * grid.cols + c)[there])
    return np.concatenate(starts), np.concatenate(ends)


def _within(
    points: NDArray[np.float64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    reach_m: float,
) -> _Pairs:
    """Pairs of nodes that are not farther apart than the reach."""
    if not starts.size or not ends.size:
        return _NONE, _NONE
    near = cKDTree(points[starts]).query_ball_tree(cKDTree(points[ends]), reach_m)
    counts = [len(found) for found in near]
    found = np.concatenate([np.asarray(of_one, dtype=np.int64) for of_one in near])
    return np.repeat(starts, counts), ends[found]


def _lines(nodes: Nodes, legs: Legs) -> NDArray[np.object_]:
    points = nodes.points
    return np.asarray(shapely.linestrings(np.stack([points[legs.start], points[legs.end]], axis=1)))
