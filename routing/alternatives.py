"""Other ways from a base to a place than the quickest, and the roads that no way avoids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.routing.detours import (
    cells_beside,
    edge_segments,
    edges_along,
    road_ways,
    weighed,
    without,
)
from geo_poc.routing.ground import Ground
from geo_poc.routing.network import JOIN_M
from geo_poc.routing.routes import On, Route, route_along
from geo_poc.routing.segments import Segments, road_segments
from geo_poc.routing.travel_graph import TravelGraph
from geo_poc.routing.ways import way_nodes

MOST_SHARED = 0.5
"""An alternative shares less than this part of its length with every better way."""
LONGEST_RATIO = 3.0
"""It takes at most so many times as long as the quickest way."""
_DEARER = 1.5
_TRIES = 12

_Found = tuple[Route, NDArray[np.int64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """The quickest way from a base to a place and its alternatives.

    Parameters
    ----------
    routes : tuple of Route
        The quickest first, then the alternatives in order of their time; empty where there is no way.
    shared : tuple of float
        For each, the largest part of its length that it shares with one way before it; 0 for the quickest.
    segments : Segments
        All roads of the ground, cut.
    unavoidable : tuple of int
        Segments without which there is no way, or none within 3 times the time of the quickest, in the
        order of the quickest way.
    """

    routes: tuple[Route, ...]
    shared: tuple[float, ...]
    segments: Segments
    unavoidable: tuple[int, ...]


def ways_between(
    ground: Ground,
    graph: TravelGraph,
    roads: gpd.GeoDataFrame,
    *,
    base: int,
    place: int,
    most: int = 2,
) -> Ways:
    """The quickest way and up to ``most`` alternatives, each with its true time and legs.

    Alternatives are looked for as by de la Barra and others (1993): the search is repeated with the roads
    of the ways found so far, and the cells beside them, half as dear again each time. Within each way
    found so, the quickest one by the true times counts. One is kept if it shares less than half of its
    length with every better one that is kept and takes at most 3 times as long as the quickest. There may
    be others that this does not find. What no way avoids is exact: each such road was taken away by
    itself.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    roads : GeoDataFrame
        Column ``road_class``; the table that the ground was made from.
    base, place : int
        Rows.
    most : int
        With 0 only the quickest way is looked for, and not what no way avoids.

    Returns
    -------
    Ways
    """
    segments = road_segments(ground.network)
    search = _Search(
        ground=ground,
        graph=graph,
        roads=roads,
        ends=(base, place),
        way=road_ways(graph),
        segment=edge_segments(ground.network, graph, segments),
    )
    best = search.on(graph)
    if best is None:
        return Ways(routes=(), shared=(), segments=segments, unavoidable=())
    if not most:
        return Ways(routes=(best[0],), shared=(0.0,), segments=segments, unavoidable=())
    grid = ground.nodes.grid
    found = [best]
    for other in _dearer_and_dearer(search, best):
        found.append(other)
        if len(_kept(found, grid, most)) > most:
            break
    unavoidable, detours = _unavoidable(search, found)
    kept = _kept([*found, *detours], grid, most)
    return Ways(
        routes=tuple(kept),
        shared=tuple(
            max((shared_ratio(way, better, grid) for better in kept[:n]), default=0.0)
            for n, way in enumerate(kept)
        ),
        segments=segments,
        unavoidable=tuple(unavoidable),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Search:
    """What stays the same while ways between two ends are looked for.

    Parameters
    ----------
    ends : (base, place)
    way, segment : int64 array (edges,)
        Entry of each edge in ``graph.roads.seconds``, and its segment.
    """

    ground: Ground
    graph: TravelGraph
    roads: gpd.GeoDataFrame
    ends: tuple[int, int]
    way: NDArray[np.int64]
    segment: NDArray[np.int64]

    def on(self, graph: TravelGraph) -> _Found | None:
        """The quickest way on a graph like the own one, and the nodes along it."""
        way = way_nodes(self.ground, graph, *self.ends)
        if way is None:
            return None
        return route_along(self.ground, graph, self.roads, *way), way[0]

    def segments_along(self, node: NDArray[np.int64]) -> NDArray[np.int64]:
        """Segments that a way uses, in its order."""
        edges = self.graph.edges
        nodes = self.ground.nodes
        vertex = (node >= nodes.first_vertex) & (node < nodes.first_base)
        on_road = vertex[:-1] & vertex[1:]
        used = self.segment[edges.rows(node[:-1][on_road], node[1:][on_road])]
        return used[np.sort(np.unique(used, return_index=True)[1])]


def _dearer_and_dearer(search: _Search, best: _Found) -> Iterator[_Found]:
    """Ways found while those before are made dearer and dearer."""
    graph, grid = search.graph, search.ground.nodes.grid
    edge_weight, cell_weight = np.ones(search.way.size), np.ones(graph.cells)
    node = best[1]
    for _ in range(_TRIES):
        edge_weight[edges_along(graph, node)] *= _DEARER
        cell_weight[cells_beside(graph, grid, node)] *= _DEARER
        dearer = weighed(graph, search.way, edge_weight=edge_weight, cell_weight=cell_weight)
        # There is always a way where there was one: nothing but its price changes.
        node = (search.on(dearer) or best)[1]
        yield search.on(_narrowed(search, node)) or best


def _narrowed(search: _Search, node: NDArray[np.int64]) -> TravelGraph:
    """The graph with its true times, but only the roads of one way and the cells beside it."""
    graph = search.graph
    used = edges_along(graph, node)
    beside = cells_beside(graph, search.ground.nodes.grid, node)
    return weighed(
        graph,
        search.way,
        edge_weight=np.where(used, 1.0, np.inf),
        cell_weight=np.where(beside, 1.0, np.inf),
    )


def _unavoidable(search: _Search, found: Sequence[_Found]) -> tuple[list[int], list[_Found]]:
    """Segments of the quickest way that no way avoids, and the ways found while looking for them."""
    best = found[0]
    limit_s = LONGEST_RATIO * best[0].seconds[-1]
    common = search.segments_along(best[1]).tolist()
    for way, node in found:
        if way.seconds[-1] <= limit_s:
            common = [one for one in common if one in search.segments_along(node)]
    unavoidable: list[int] = []
    detours: list[_Found] = []
    while common:
        segment = common.pop(0)
        detour = search.on(without(search.graph, search.way[search.segment == segment]))
        if detour is None or detour[0].seconds[-1] > limit_s:
            unavoidable.append(segment)
            continue
        detours.append(detour)
        common = [one for one in common if one in search.segments_along(detour[1])]
    return unavoidable, detours


def _kept(found: Sequence[_Found], grid: Grid, most: int) -> list[Route]:
    """The quickest way and the alternatives among all found, in order of their time."""
    ways = sorted((way for way, _ in found), key=lambda way: float(way.seconds[-1]))
    kept = ways[:1]
    for way in ways[1:]:
        if len(kept) > most or way.seconds[-1] > LONGEST_RATIO * kept[0].seconds[-1]:
            break
        if all(shared_ratio(way, better, grid) < MOST_SHARED for better in kept):
            kept.append(way)
    return kept


def shared_ratio(way: Route, better: Route, grid: Grid) -> float:
    """Part of a way's length, 0 to 1, that it shares with another one.

    On roads a step is shared if the other way runs along the same edge, in either direction. Off the
    roads half of a step is shared for each of its ends that lies in a cell through which the other way
    runs, on roads or off, or in one of the 8 around such a cell.

    Parameters
    ----------
    way, better : Route
    grid : Grid

    Examples
    --------
    >>> def along(*xy):
    ...     steps = len(xy) - 1
    ...     return Route(
    ...         points_m=np.array(xy, float), seconds=np.arange(steps + 1.0), on=(On.ROAD,) * steps,
    ...         road_class=("primary",) * steps, length_m=np.ones(steps),
    ...         wait_s=np.zeros(steps), crs="EPSG:32636",
    ...     )
    >>> grid = Grid(rows=9, cols=9, cell_size_m=1.0, left_m=0.0, top_m=9.0, crs="EPSG:32636")
    >>> shared_ratio(along((0, 0), (1, 0), (1, 1)), along((1, 0), (0, 0)), grid)
    0.5
    """
    on_road = np.array([on != On.CROSS_COUNTRY for on in way.on])
    edges = set(_edges(better))
    same = np.array([edge in edges for edge in _edges(way)])
    near = _near(way.points_m, better.points_m, grid)
    part = np.where(on_road, same, (near[:-1].astype(float) + near[1:]) / 2)
    return float((part * way.length_m).sum() / way.length_m.sum())


def _edges(way: Route) -> Iterator[frozenset[tuple[int, int]] | None]:
    """Each step as the two points that it joins, to 1 cm; None off the roads."""
    point = [(int(x), int(y)) for x, y in np.rint(way.points_m / JOIN_M)]
    for on, one, other in zip(way.on, point[:-1], point[1:], strict=True):
        yield None if on == On.CROSS_COUNTRY else frozenset((one, other))


def _near(
    points: NDArray[np.float64], others: NDArray[np.float64], grid: Grid
) -> NDArray[np.bool_]:
    """Which points lie in or beside a cell of the others."""
    row, col = grid.cell_of(*others.T)
    cells = {
        (r + down, c + right)
        for r, c in zip(row.tolist(), col.tolist(), strict=True)
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    at = zip(*(part.tolist() for part in grid.cell_of(*points.T)), strict=True)
    return np.array([cell in cells for cell in at])
