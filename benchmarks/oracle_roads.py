"""A theatre of nothing but roads: nobody leaves them, and every trip begins and ends at a road vertex."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.routing.ground import Ground, ground_of
from geo_poc.routing.network import JOIN_M, RoadNetwork, road_network
from geo_poc.routing.pace import Pace
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.ways import quickest_ways, way_nodes
from geo_poc.theatre import Theatre

CELL_M = 1000.0
LATEST_S = 86_400.0
WALK_KMH = 3.0


def laea(lonlat: NDArray[np.float64]) -> str:
    """Equal-area projection centred on some points, in degrees, shape (n, 2)."""
    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    return f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m +no_defs +type=crs"


def theatre_round(roads: gpd.GeoDataFrame) -> Theatre:
    """Whole cells around all roads."""
    cell_m = CELL_M
    left, bottom, right, top = roads.total_bounds
    left, top = np.floor(left / cell_m) * cell_m, np.ceil(top / cell_m) * cell_m
    rows = max(1, int(np.ceil((top - bottom) / cell_m)))
    cols = max(1, int(np.ceil((right - left) / cell_m)))
    return Theatre(
        name="roads",
        as_of=dt.date(2026, 1, 1),
        area=shapely.box(left, top - rows * cell_m, left + cols * cell_m, top),
        grid=Grid(
            rows=rows,
            cols=cols,
            cell_size_m=cell_m,
            left_m=float(left),
            top_m=float(top),
            crs=str(roads.crs),
        ),
        marking="UNCLASSIFIED",
        fictional=True,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadsOnly:
    """geo-poc's own ground and graph where nobody leaves the roads."""

    ground: Ground
    graph: TravelGraph

    def seconds(self, start: int) -> NDArray[np.float64]:
        """From one start to every end; ``inf`` where there is no way within a day."""
        found = quickest_ways(self.ground, self.graph, start, cut_off_s=LATEST_S).seconds
        return np.where(found <= LATEST_S, found, np.inf)

    def way(self, start: int, end: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Vertices along the quickest way in metres, shape (n, 2), and the row of the road of each edge."""
        found = way_nodes(self.ground, self.graph, start, end)
        nodes = np.empty(0, np.int64) if found is None else found[0][1:-1]
        row = self.graph.edges.rows(nodes[:-1], nodes[1:])
        return self.ground.nodes.points(nodes), self.graph.edges.road[row]


def roads_only(
    roads: gpd.GeoDataFrame,
    kmh: NDArray[np.float64],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    closures: Sequence[shapely.Geometry] = (),
) -> RoadsOnly:
    """The engine over roads at given speeds, from some starts to some ends, both at road vertices.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns ``length_m, oneway, bridge``; lines in metres.
    kmh : float64 array (roads,)
        0 not used.
    ends : two float64 arrays (n, 2)
        Starts and ends in metres.
    closures : sequence of geometries
        In force.
    """
    theatre = theatre_round(roads)
    ground = ground_of(
        theatre=theatre,
        network=road_network(roads, cell_size_m=CELL_M),
        bases=gpd.GeoSeries(shapely.points(ends[0]), crs=roads.crs),
        places=gpd.GeoSeries(shapely.points(ends[1]), crs=roads.crs),
        barriers=gpd.GeoSeries([], crs=roads.crs),
        cutting=gpd.GeoSeries(list(closures), crs=roads.crs),
    )
    pace = Pace(
        cells_kmh=np.zeros(theatre.grid.shape),
        default_kmh=WALK_KMH,
        roads_kmh=kmh,
        oneway=True,
    )
    ground = _without_walks(ground)
    return RoadsOnly(ground=ground, graph=travel_graph(ground, pace, range(len(closures))))


def _without_walks(ground: Ground) -> Ground:
    """Only the legs of no length, from a place to the road vertex at its position."""
    cuts = {row: replace(cut, legs=cut.legs[:0]) for row, cut in ground.cuts.items()}
    return replace(ground, legs=ground.legs.where(ground.legs.length_m <= JOIN_M), cuts=cuts)


def strong_vertices(network: RoadNetwork, kmh: NDArray[np.float64]) -> NDArray[np.int64]:
    """Vertices of the largest part of the network in which each is reached from each."""
    graph = nx.DiGraph()
    used = kmh[network.road] > 0
    graph.add_edges_from(zip(network.start[used], network.end[used], strict=True))
    back = used & ~network.oneway
    graph.add_edges_from(zip(network.end[back], network.start[back], strict=True))
    return np.array(sorted(max(nx.strongly_connected_components(graph), key=len)), dtype=np.int64)
