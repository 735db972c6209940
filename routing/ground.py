"""What lies where: cells, road vertices, bases and places, the legs between them, and what cuts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_poc.grid import Grid
from geo_poc.routing.moves import Barred, barred_moves, centres_m
from geo_poc.routing.network import JOIN_M, RoadNetwork
from geo_poc.theatre import Theatre

REACH_CELLS = 1.5
_AROUND = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
_NONE = np.empty(0, dtype=np.int64)

_Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """Numbers and positions of all nodes: cells row by row, then road vertices, bases, places.

    Parameters
    ----------
    grid : Grid
    at_vertex, at_base, at_place : float64 array (n, 2)
        In metres; nan for a base or place of unknown position.
    """

    grid: Grid
    at_vertex: NDArray[np.float64]
    at_base: NDArray[np.float64]
    at_place: NDArray[np.float64]

    @property
    def first_vertex(self) -> int:
        """Number of cells, which start at 0."""
        return self.grid.rows * self.grid.cols

    @property
    def first_base(self) -> int:
        """First node that is a base."""
        return self.first_vertex + len(self.at_vertex)

    @property
    def first_place(self) -> int:
        """First node that is a place."""
        return self.first_base + len(self.at_base)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return self.first_place + len(self.at_place)

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
        return np.arange(self.first_place, self.size)

    def points(self, node: NDArray[np.int64]) -> NDArray[np.float64]:
        """Positions of some nodes in metres, shape (n, 2); the centre of a cell."""
        at = np.empty((node.size, 2))
        is_cell = node < self.first_vertex
        at[is_cell] = centres_m(self.grid, node[is_cell])
        others = np.concatenate([self.at_vertex, self.at_base, self.at_place])
        at[~is_cell] = others[node[~is_cell] - self.first_vertex]
        return at


@dataclass(frozen=True, kw_only=True, eq=False)
class Legs:
    """Straight ways off the road between two nodes, other than the moves between cells.

    Parameters
    ----------
    start, end : int64 array (legs,)
        Nodes: out of a base, into a place, or from a cell to a road vertex, which counts both ways.
    length_m : float64 array (legs,)
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Legs:
        """Only the legs that are kept."""
        return Legs(start=self.start[kept], end=self.end[kept], length_m=self.length_m[kept])


@dataclass(frozen=True, kw_only=True, eq=False)
class Cut:
    """What one closure or caveat area cuts.

    Parameters
    ----------
    moves : Barred
        Between cells.
    legs, edges : int64 array
        Rows of the other legs, and of the road edges.
    inside : int64 array
        Road vertices inside a stretch that can be cleared.
    clearing_s : float
        What it takes whoever enters the edges from a vertex that is not inside; ``inf`` they are shut.
    """

    moves: Barred
    legs: NDArray[np.int64]
    edges: NDArray[np.int64]
    inside: NDArray[np.int64] = field(default_factory=_NONE.copy)
    clearing_s: float = np.inf

    @property
    def ways(self) -> int:
        """Straight ways off the road that are cut."""
        return self.moves.moves + self.legs.size


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Nodes and edges of all ground movement, before anybody's speed is put on them.

    Parameters
    ----------
    nodes : Nodes
    inside : bool array (rows, cols)
        Cells that are walked.
    network : RoadNetwork
    legs : Legs
        Those across a barrier are left out.
    barriers : sequence of Barred
        Moves between cells that a barrier bars.
    cuts : mapping of int to Cut
        By the row of the closure or caveat in the area table.
    """

    nodes: Nodes
    inside: NDArray[np.bool_]
    network: RoadNetwork
    legs: Legs
    barriers: tuple[Barred, ...]
    cuts: Mapping[int, Cut]


def ground_of(
    *,
    theatre: Theatre,
    network: RoadNetwork,
    bases: gpd.GeoSeries,
    places: gpd.GeoSeries,
    barriers: gpd.GeoSeries,
    cutting: gpd.GeoSeries,
) -> Ground:
    """Cells, roads, bases and places joined to one ground, in which no leg crosses a barrier.

    Every cell has 8 moves to its neighbours and 8 knight's moves (`geo_poc.routing.moves`), every
    road vertex legs both ways to the centres of the 3 x 3 cells around it, every base and place to
    those, to the road vertices within 1.5 cells and to each other within the same reach. Legs lead
    only out of bases and into places, so that nobody's way runs through another base or place. A move
    or leg that touches a barrier is left out; a leg of no length never is. Cells whose centre is
    outside the area are not walked. Vertices in the middle of a ferry's crossing have no legs.

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
    grid = theatre.grid
    nodes = Nodes(
        grid=grid,
        at_vertex=np.column_stack([network.x_m, network.y_m]),
        at_base=points_m(bases),
        at_place=points_m(places),
    )
    inside = theatre.inside
    legs = _legs(theatre, nodes, inside, nodes.vertices[~network.afloat])
    barred = crossings(_lines(nodes, legs), barriers.to_numpy())
    free = np.ones(legs.start.size, dtype=np.bool_)
    free[np.concatenate([_NONE, *barred])] = False
    legs = legs.where(free | (legs.length_m <= JOIN_M))
    return Ground(
        nodes=nodes,
        inside=inside,
        network=network,
        legs=legs,
        barriers=tuple(barred_moves(grid, barriers.to_numpy())),
        cuts=_cuts(nodes, legs, network, cutting),
    )


def _cuts(nodes: Nodes, legs: Legs, network: RoadNetwork, cutting: gpd.GeoSeries) -> dict[int, Cut]:
    shapes = cutting.to_numpy()
    some_way = legs.length_m > JOIN_M
    return {
        int(row): Cut(moves=moves, legs=leg[some_way[leg]], edges=edges)
        for row, moves, leg, edges in zip(
            cutting.index,
            barred_moves(nodes.grid, shapes),
            crossings(_lines(nodes, legs), shapes),
            crossings(network.segments, shapes),
            strict=True,
        )
    }


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


def _legs(
    theatre: Theatre, nodes: Nodes, inside: NDArray[np.bool_], vertices: NDArray[np.int64]
) -> Legs:
    grid = theatre.grid
    bases = nodes.bases[in_grid(grid, nodes.at_base)]
    places = nodes.places[in_area(theatre, nodes.at_place)]
    reach_m = REACH_CELLS * grid.cell_size_m
    pairs = [
        _around(nodes, vertices)[::-1],
        _around(nodes, bases),
        _around(nodes, places)[::-1],
        _within(nodes, bases, vertices, reach_m),
        _within(nodes, vertices, places, reach_m),
        _within(nodes, bases, places, reach_m),
    ]
    start = np.concatenate([start for start, _ in pairs])
    end = np.concatenate([end for _, end in pairs])
    walked = np.ones(nodes.size, dtype=np.bool_)
    walked[: nodes.first_vertex] = inside.ravel()
    legs = Legs(
        start=start,
        end=end,
        length_m=np.hypot(*(nodes.points(end) - nodes.points(start)).T),
    )
    return legs.where(walked[start] & walked[end])


def _around(nodes: Nodes, centre: NDArray[np.int64]) -> _Pairs:
    """Each node with the cells of the 3 x 3 block around it."""
    grid, at = nodes.grid, nodes.points(centre)
    row, col = grid.cell_of(at[:, 0], at[:, 1])
    starts, ends = [_NONE], [_NONE]
    for down, right in _AROUND:
        r, c = row + down, col + right
        there = (row >= 0) & (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.cols)
        starts.append(centre[there])
        ends.append((r * grid.cols + c)[there])
    return np.concatenate(starts), np.concatenate(ends)


def _within(
    nodes: Nodes, starts: NDArray[np.int64], ends: NDArray[np.int64], reach_m: float
) -> _Pairs:
    """Pairs of nodes that are not farther apart than the reach."""
    if not starts.size or not ends.size:
        return _NONE, _NONE
    tree = cKDTree(nodes.points(starts))
    near = tree.query_ball_tree(cKDTree(nodes.points(ends)), reach_m)
    counts = [len(found) for found in near]
    found = np.concatenate([np.asarray(of_one, dtype=np.int64) for of_one in near])
    return np.repeat(starts, counts), ends[found]


def _lines(nodes: Nodes, legs: Legs) -> NDArray[np.object_]:
    ends = np.stack([nodes.points(legs.start), nodes.points(legs.end)], axis=1)
    return np.asarray(shapely.linestrings(ends))
