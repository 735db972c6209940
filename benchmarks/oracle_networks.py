"""Random roads that nobody can leave, against Dijkstra of networkx on a graph made without geo-poc."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from oracle_roads import LATEST_S, roads_only

CRS = "EPSG:32636"
TOWNS, ROADS, ENDS = 40, 110, 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Straight roads between towns: one-way or not, of published length or not, some of them closed.

    Parameters
    ----------
    at_m : float64 array (towns, 2)
    roads : GeoDataFrame
        One line a road; ``start, end`` are its towns.
    kmh : float64 array (roads,)
        0 not usable.
    closures : list of polygons
    """

    at_m: NDArray[np.float64]
    roads: gpd.GeoDataFrame
    kmh: NDArray[np.float64]
    closures: list[shapely.Polygon]


def random_network(seed: int) -> Network:
    """Roads between random towns within 12 km; two roads may join the same two towns."""
    rng = np.random.default_rng(seed)
    at_m = rng.uniform(0, 12_000, (TOWNS, 2))
    start = rng.integers(0, TOWNS, ROADS)
    end = (start + rng.integers(1, TOWNS, ROADS)) % TOWNS
    lines = shapely.linestrings(np.stack([at_m[start], at_m[end]], axis=1))
    stretch = np.where(rng.random(ROADS) < 0.5, rng.uniform(1, 1.6, ROADS), np.nan)
    table = {
        "start": start,
        "end": end,
        "length_m": shapely.length(lines) * stretch,
        "oneway": rng.random(ROADS) < 0.4,
        "bridge": False,
    }
    return Network(
        at_m=at_m,
        roads=gpd.GeoDataFrame(table, geometry=lines, crs=CRS),
        kmh=rng.choice([0.0, 15.0, 40.0, 80.0], ROADS, p=[0.1, 0.3, 0.3, 0.3]),
        closures=[shapely.Point(at).buffer(60.0) for at in rng.uniform(0, 12_000, (6, 2))],
    )


def engine_s(network: Network) -> NDArray[np.float64]:
    """Seconds from the first towns to all others, by geo-poc."""
    engine = roads_only(
        network.roads,
        network.kmh,
        (network.at_m[:ENDS], network.at_m),
        closures=network.closures,
    )
    return np.array([engine.seconds(start) for start in range(ENDS)])


def networkx_s(network: Network) -> NDArray[np.float64]:
    """The same by networkx: a road is an edge, or two, unless a closure touches it."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(TOWNS))
    closed = shapely.union_all(network.closures)
    roads = zip(network.roads.itertuples(), network.kmh, strict=True)
    for road, kmh in roads:
        if kmh == 0 or road.geometry.intersects(closed):
            continue
        metres = road.geometry.length if np.isnan(road.length_m) else road.length_m
        for pair in [(road.start, road.end), (road.end, road.start)][: 1 if road.oneway else 2]:
            known = graph.get_edge_data(*pair, {"seconds": np.inf})["seconds"]
            graph.add_edge(*pair, seconds=min(known, metres / kmh * 3.6))
    seconds = np.full((ENDS, TOWNS), np.inf)
    for start in range(ENDS):
        found = nx.single_source_dijkstra_path_length(
            graph, start, cutoff=LATEST_S, weight="seconds"
        )
        seconds[start, list(found)] = list(found.values())
    return seconds
