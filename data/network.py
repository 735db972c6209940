"""Roads of three classes, and the few bridges where they cross the main river."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay
from shapely import LineString

from geo_poc.data.people import Settlements, spread_points
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import Floats, Land

BRIDGE_HALF_M = 600.0
CLASSES = ("primary", "secondary", "tertiary")
SURFACES = {"primary": "asphalt", "secondary": "gravel", "tertiary": "dirt"}

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Road:
    """One road edge between two nodes; its line starts and ends exactly on them."""

    start: int
    end: int
    line: LineString
    road_class: str
    bridge: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Roads, and the settlements that none of them reaches.

    Parameters
    ----------
    nodes_m : array (n, 2)
    roads : tuple of Road
    isolated : tuple of int
        Numbers of the settlements without a road.
    """

    nodes_m: Floats
    roads: tuple[Road, ...]
    isolated: tuple[int, ...]

    @property
    def bridges(self) -> tuple[Road, ...]:
        """The edges that cross the main river."""
        return tuple(road for road in self.roads if road.bridge)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Links:
    """Every edge that could be built: node pairs, cost in metres, and which are bridges."""

    pairs: Ints
    cost_m: Floats
    bridge: NDArray[np.bool_]
    n_nodes: int


def make_network(land: Land, towns: Settlements, recipe: Recipe) -> Network:
    """Primary backbone between the larger towns, secondary tree with loops, tracks and dead ends."""
    rng = recipe.rng("roads")
    isolated = _isolated(len(towns.names), rng)
    heads = _bridgeheads(land, towns, max(1, round(recipe.size_km / 75)))
    nodes, terminals = _nodes(land, towns, isolated, heads, rng)
    links = _links(land, nodes, n_heads=len(heads))
    classes = _classes(links, terminals)
    roads = [
        Road(
            start=int(i), end=int(j), road_class=CLASSES[grade], bridge=bool(bridge),
            line=LineString(nodes[[i, j]]) if bridge else _winding(nodes[i], nodes[j], rng),
        )
        for (i, j), grade, bridge in zip(links.pairs, classes, links.bridge, strict=True)
        if grade >= 0
    ]  # fmt: skip
    roads = _untangled(roads, land, nodes)
    nodes, roads = _with_dead_ends(nodes, roads, land, max(2, len(towns.names) // 5), rng)
    return Network(nodes_m=nodes, roads=tuple(roads), isolated=isolated)


def _isolated(count: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Some of the smaller half, at least one."""
    smaller = np.arange(count // 2, count)
    chosen = rng.choice(smaller, size=max(1, count // 12), replace=False)
    return tuple(sorted(int(i) for i in chosen))


def _bridgeheads(land: Land, towns: Settlements, wanted: int) -> Floats:
    """Pairs of points on both banks, shape (2 n, 2), one pair in each stretch of the river.

    In each stretch the crossing lies where the weight of towns nearby is greatest.
    """
    inside = land.river.intersection(land.theatre.area.buffer(-0.06 * land.frame.half_m))
    whole = max(shapely.get_parts(inside), key=lambda part: part.length)
    at = np.linspace(0.04, 0.96, 40 * wanted) * whole.length
    middle = shapely.get_coordinates(shapely.line_interpolate_point(whole, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(whole, at + 150))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(whole, at - 150))
    along = (ahead - behind) / np.hypot(*(ahead - behind).T)[:, None]
    side = BRIDGE_HALF_M * np.column_stack([-along[:, 1], along[:, 0]])
    spans = shapely.linestrings(np.stack([middle - side, middle + side], axis=1))
    crossings = shapely.get_num_coordinates(shapely.intersection(spans, land.river))
    wet = shapely.union_all(
        [land.tributary.buffer(2500), land.lake.buffer(2500), land.swamp.buffer(800)]
    )
    fit = (crossings == 1) & ~shapely.intersects(spans, wet)
    gap = np.hypot(*(middle[:, None] - towns.xy_m[None]).transpose(2, 0, 1))
    pull = (towns.people[None] ** 0.5 * np.exp(-gap / 12_000)).sum(axis=1) + 1e-9
    pull = np.where(fit, pull, 0.0).reshape(wanted, 40) * np.hanning(44)[2:-2]
    best = np.arange(wanted) * 40 + np.argmax(pull, axis=1)
    best = best[fit[best]]
    return np.stack([middle[best] - side[best], middle[best] + side[best]], axis=1).reshape(-1, 2)


def _nodes(
    land: Land,
    towns: Settlements,
    isolated: tuple[int, ...],
    heads: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, tuple[Ints, Ints, Ints]]:
    """Nodes (bridgeheads, towns, junctions) and which of them each class must reach."""
    joined = np.setdiff1d(np.arange(len(towns.names)), isolated)
    room = land.theatre.area.buffer(-0.03 * land.frame.half_m).difference(
        shapely.union_all([land.lake.buffer(3000), land.swamp, land.river.buffer(3000)])
    )
    x, y = land.theatre.grid.centres()
    shore = shapely.union_all([shapely.MultiPoint(towns.xy_m), shapely.MultiPoint(heads)])
    free = land.mask(
        room.difference(shore.buffer(0.25 * land.frame.half_m / np.sqrt(len(towns.names))))
    )
    places = np.column_stack([x.ravel(), y.ravel()])
    junctions = spread_points(
        places, free.ravel().astype(float), max(3, 2 * len(towns.names) // 3), rng
    )
    first = len(heads)
    big, middle = max(3, len(towns.names) // 6), max(5, len(towns.names) // 2)
    primary = first + np.flatnonzero(joined < big)
    secondary = np.r_[
        np.arange(first), primary, first + np.flatnonzero((joined >= big) & (joined < middle))
    ]
    everyone = np.arange(first + joined.size)
    return np.vstack([heads, towns.xy_m[joined], junctions]), (primary, secondary, everyone)


def _links(land: Land, nodes: Floats, *, n_heads: int) -> _Links:
    """Delaunay neighbours that no river, lake or border parts, and the bridges."""
    triangles = Delaunay(nodes).simplices
    pairs = np.unique(
        np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])),
        axis=0,
    )
    lines = shapely.linestrings(nodes[pairs])
    free = shapely.contains(land.theatre.area.buffer(-500), lines)
    free &= ~shapely.intersects(
        lines, shapely.union_all([land.river.buffer(250), land.lake.buffer(500)])
    )
    pairs, lines = pairs[free], lines[free]
    length = shapely.length(lines)
    marsh = shapely.length(shapely.intersection(lines, land.swamp))
    grid = land.theatre.grid
    rows, cols = grid.cell_of(*nodes.T)
    height = land.elevation_m[rows, cols]
    climb = np.abs(height[pairs[:, 0]] - height[pairs[:, 1]])
    spans = np.arange(n_heads, dtype=np.int64).reshape(-1, 2)
    return _Links(
        pairs=np.vstack([spans, pairs]).astype(np.int64),
        cost_m=np.r_[np.full(len(spans), 2 * BRIDGE_HALF_M), length + 4 * marsh + 20 * climb],
        bridge=np.arange(len(spans) + len(pairs)) < len(spans),
        n_nodes=len(nodes),
    )


def _classes(links: _Links, terminals: tuple[Ints, Ints, Ints]) -> Ints:
    """Class of each link: 0 primary, 1 secondary, 2 tertiary, -1 not built."""
    classes = np.full(len(links.pairs), -1, dtype=np.int64)
    for grade, reached in enumerate(terminals):
        cost = np.where(classes >= 0, 0.25, 1.0) * links.cost_m
        chosen = _tree(replace(links, cost_m=cost), reached)
        classes[chosen[classes[chosen] < 0]] = grade
        if grade == 1:
            classes[_loops(links, classes, max(1, links.n_nodes // 14))] = grade
    classes[links.bridge & (classes < 0)] = 1
    return _with_approaches(links, classes)


def _with_approaches(links: _Links, classes: Ints) -> Ints:
    """Classes with a secondary road to each bridgehead that had none on its own bank."""
    classes = classes.copy()
    by_land = replace(links, cost_m=np.where(links.bridge, np.inf, links.cost_m))
    for head in np.unique(links.pairs[links.bridge]):
        served = np.unique(links.pairs[(classes >= 0) & ~links.bridge])
        if head not in served:
            way = _shortest(by_land, int(head), served)
            classes[way[classes[way] < 0]] = 1
    return classes


def _shortest(links: _Links, start: int, goals: Ints) -> Ints:
    """Links of the shortest way from a node to the nearest of others; none if there is no way."""
    usable = np.isfinite(links.cost_m)
    far, before = dijkstra(
        _graph(links, usable), directed=False, indices=start, return_predecessors=True
    )
    if not np.isfinite(far[goals]).any():
        return np.empty(0, dtype=np.int64)
    nearest = int(goals[np.argmin(far[goals])])
    return np.array(_walked(before, start, nearest, _numbered(links)), dtype=np.int64)


def _numbered(links: _Links) -> dict[tuple[int, int], int]:
    return {(int(i), int(j)): k for k, (i, j) in enumerate(links.pairs)}


def _walked(
    before: NDArray[np.int32], start: int, end: int, number: dict[tuple[int, int], int]
) -> list[int]:
    """Links from the end back to the start by predecessors."""
    way = []
    while end != start:
        last = int(before[end])
        way.append(number[min(last, end), max(last, end)])
        end = last
    return way


def _graph(links: _Links, use: NDArray[np.bool_]) -> csr_array:
    i, j = links.pairs[use].T
    return csr_array((links.cost_m[use], (i, j)), shape=(links.n_nodes, links.n_nodes))


def _tree(links: _Links, terminals: Ints) -> Ints:
    """Links of a short tree that joins the terminals (Kou, Markowsky and Berman 1981)."""
    every = np.ones(len(links.pairs), dtype=bool)
    far, before = dijkstra(
        _graph(links, every), directed=False, indices=terminals, return_predecessors=True
    )
    between = far[:, terminals]
    tree = minimum_spanning_tree(csgraph_from_dense(between, null_value=np.inf)).tocoo()
    number = _numbered(links)
    found: set[int] = set()
    for source, target in zip(tree.row, tree.col, strict=True):
        found |= set(
            _walked(before[source], int(terminals[source]), int(terminals[target]), number)
        )
    return np.array(sorted(found), dtype=np.int64)


def _loops(links: _Links, classes: Ints, wanted: int) -> Ints:
    """Unbuilt links between built nodes that would save the longest way round."""
    built = classes >= 0
    on_network = np.zeros(links.n_nodes, dtype=bool)
    on_network[links.pairs[built].ravel()] = True
    spare = np.flatnonzero(~built & on_network[links.pairs].all(axis=1))
    if spare.size == 0:
        return spare
    around = dijkstra(_graph(links, built), directed=False, indices=links.pairs[spare, 0])
    detour = around[np.arange(spare.size), links.pairs[spare, 1]] / links.cost_m[spare]
    detour[~np.isfinite(detour)] = 0
    best = spare[np.argsort(-detour, kind="stable")]
    kept: list[int] = []
    used: set[int] = set()
    for k in best:
        if not used & set(links.pairs[k].tolist()):
            kept.append(int(k))
            used |= set(links.pairs[k].tolist())
    return np.array(kept[:wanted], dtype=np.int64)


def _winding(start: Floats, end: Floats, rng: np.random.Generator) -> LineString:
    """Line from start to end that swings to both sides by a few per cent of its length."""
    along = end - start
    length = float(np.hypot(*along))
    at = np.linspace(0, 1, max(3, int(length // 1500) + 1))
    waves = np.arange(1, 6)
    swing = np.sin(np.pi * np.outer(at, waves)) @ (rng.normal(size=waves.size) / waves) * 0.045
    points = start + np.outer(at, along) + np.outer(swing, [-along[1], along[0]])
    points[0], points[-1] = start, end
    return LineString(points)


def _untangled(roads: list[Road], land: Land, nodes: Floats) -> list[Road]:
    """Roads that wind into water, another road or abroad, made straight."""
    lines = np.array([road.line for road in roads])
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    bad = shapely.intersects(
        lines, shapely.union_all([land.river.buffer(60), land.lake.buffer(100)])
    )
    bad |= ~shapely.contains(land.theatre.area, lines)
    bad[np.r_[a, b]] = True
    return [
        replace(road, line=LineString(nodes[[road.start, road.end]])) if wrong else road
        for road, wrong in zip(roads, bad, strict=True)
    ]


def _with_dead_ends(
    nodes: Floats, roads: list[Road], land: Land, wanted: int, rng: np.random.Generator
) -> tuple[Floats, list[Road]]:
    """Roads and nodes with tracks added that lead from a node into open country and stop."""
    heads = {node for road in roads if road.bridge for node in (road.start, road.end)}
    starts = np.array(sorted(_nodes_of(roads) - heads), dtype=np.int64)
    water = shapely.union_all([land.river.buffer(500), land.lake.buffer(300)])
    points, tracks = list(nodes), list(roads)
    for _ in range(40 * wanted):
        start = int(rng.choice(starts))
        length, angle = land.frame.half_m * rng.uniform(0.06, 0.16), rng.uniform(0, 2 * np.pi)
        end = nodes[start] + length * np.array([np.cos(angle), np.sin(angle)])
        line = _winding(nodes[start], end, rng)
        others = [road.line for road in tracks if start not in (road.start, road.end)]
        rest = LineString(shapely.get_coordinates(line)[1:])
        clear = land.theatre.area.contains(line) and not line.intersects(water)
        if (
            clear
            and not shapely.intersects(others, line.buffer(1500)).any()
            and not _beside_own(tracks, start, rest)
        ):
            tracks.append(Road(start=start, end=len(points), line=line, road_class="tertiary"))
            points.append(end)
        if len(tracks) == len(roads) + wanted:
            break
    return np.array(points), tracks


def _beside_own(tracks: list[Road], start: int, rest: LineString) -> bool:
    own = [road.line for road in tracks if start in (road.start, road.end)]
    return any(rest.distance(line) < 600 for line in own)


def _nodes_of(roads: Iterable[Road]) -> set[int]:
    return {node for road in roads for node in (road.start, road.end)}
