"""The ground engine with roads, owners, slopes and cut-offs: medians of five, each piece in a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from bench_ground import CELL_M, ROADS_KMH, ROADS_M, terrain
from numpy.typing import NDArray
from results import peak_above_now_mb, write
from scipy.ndimage import gaussian_filter

from geo_poc.grid import Grid
from geo_poc.routing.catalogue import known_movers
from geo_poc.routing.ground import Ground, ground_of
from geo_poc.routing.nearest import base_surfaces, nearest_base, ranked
from geo_poc.routing.network import RoadNetwork, road_network
from geo_poc.routing.pace import Pace
from geo_poc.routing.search import settled
from geo_poc.routing.slopes import slope_table
from geo_poc.routing.surface import travel_surface
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.theatre import Theatre

RUNS = 5
BASES = 50
COARSE_M = 250.0
HOUR_S = 3600.0
Work = Callable[[], object]


def theatre_of(grid: Grid) -> Theatre:
    side_m = grid.cols * grid.cell_size_m
    return Theatre(
        name="benchmark",
        as_of=dt.date(2026, 1, 1),
        area=shapely.box(0.0, -side_m, side_m, 0.0),
        grid=grid,
        marking="UNCLASSIFIED",
        fictional=True,
    )


def roads(side_m: float, spacing_m: float) -> gpd.GeoDataFrame:
    """A net of straight roads in both directions, joined where they cross."""
    at = np.arange(spacing_m / 2, side_m, spacing_m)
    lines = []
    for one in at:
        lines.append(shapely.LineString([(one, -other) for other in at]))
        lines.append(shapely.LineString([(other, -one) for other in at]))
    table = {"length_m": np.nan, "oneway": False, "bridge": False}
    return gpd.GeoDataFrame(table, index=range(len(lines)), geometry=lines, crs="EPSG:32636")


def hills(side: int) -> NDArray[np.float32]:
    """Hills some kilometres wide and 300 m high (standard deviation): slopes of 4 % in the mean."""
    rough = gaussian_filter(np.random.default_rng(2).normal(size=(side // 10, side // 10)), 4)
    smooth = gaussian_filter(np.kron(rough / rough.std(), np.ones((10, 10))), 10)
    return (300.0 * smooth / smooth.std()).astype(np.float32)


def graph_of(
    side: int, spacing_m: float | None, *, slope: bool = False, cell_m: float = CELL_M
) -> tuple[Ground, TravelGraph]:
    grid, pace, cells = terrain(side, cell_m)
    theatre = theatre_of(grid)
    lines = roads(side * cell_m, spacing_m) if spacing_m else roads(4 * cell_m, cell_m).iloc[:0]
    network: RoadNetwork = road_network(lines, cell_size_m=cell_m)
    xs, ys = (cells % side + 0.5) * cell_m, -(cells // side + 0.5) * cell_m
    none = gpd.GeoSeries([], crs="EPSG:32636")
    ground = ground_of(
        theatre=theatre,
        network=network,
        bases=gpd.GeoSeries(gpd.points_from_xy(xs, ys), crs="EPSG:32636"),
        places=none,
        barriers=none,
        cutting=none,
    )
    speed = Pace(
        cells_kmh=3.6 / pace.astype(np.float64),
        default_kmh=3.0,
        roads_kmh=np.full(len(lines), ROADS_KMH),
        oneway=False,
    )
    if slope:
        walker = known_movers()["foot_patrol"]
        speed = replace(speed, slope_factor=slope_table(walker), height_m=hills(side))
    return ground, travel_graph(ground, speed)


def nearest(
    side: int,
    spacing_m: float | None,
    *,
    slope: bool = False,
    moves: int = 16,
    cell_m: float = CELL_M,
) -> Work:
    ground, graph = graph_of(side, spacing_m, slope=slope, cell_m=cell_m)
    graph = with_moves(graph, moves)
    notice = np.zeros(BASES)
    return lambda: nearest_base(ground, graph, notice)


def with_moves(graph: TravelGraph, moves: int) -> TravelGraph:
    """The graph with 16 moves out of each cell, or 8."""
    return graph if moves == 16 else replace(graph, moves=(graph.moves[0], None))


def per_base(
    spacing_m: float | None, cut_off_s: float, *, moves: int = 16, ranks: int = 0, threads: int = 2
) -> Work:
    """Surfaces of fifty bases over 4 Mcells of 250 m, and the nearest few of them in each cell."""
    ground, graph = graph_of(2000, spacing_m, cell_m=COARSE_M)
    graph = with_moves(graph, moves)
    notice, rows = np.zeros(BASES), range(BASES)

    def run() -> None:
        found = base_surfaces(ground, graph, rows, notice, cut_off_s=cut_off_s, threads=threads)
        if ranks:
            ranked(found, rows, cells=graph.cells, ranks=ranks)

    return run


def xarray_spatial_per_base(cut_off_s: float) -> Work:
    import xarray as xr
    from xrspatial import cost_distance

    side = 2000
    _, pace, cells = terrain(side, COARSE_M)
    axis = np.arange(side) * COARSE_M
    friction = xr.DataArray(pace, coords={"y": axis, "x": axis}, dims=("y", "x"))

    def of_base(cell: int) -> object:
        starts = np.zeros(side * side, np.float32)
        starts[cell] = 1
        raster = friction.copy(data=starts.reshape(side, side))
        return cost_distance(raster, friction, max_cost=cut_off_s)

    return lambda: [of_base(cell) for cell in cells]


def million_vertices(side: int = 1000) -> tuple[Ground, TravelGraph]:
    """A lattice of side x side crossings with roads of many speeds, and nothing passable beside them."""
    cell_m = 1000.0
    grid = Grid(rows=side, cols=side, cell_size_m=cell_m, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    lines = roads(side * cell_m, cell_m)
    none = gpd.GeoSeries([], crs="EPSG:32636")
    ground = ground_of(
        theatre=theatre_of(grid),
        network=road_network(lines, cell_size_m=cell_m),
        bases=gpd.GeoSeries([shapely.Point(cell_m / 2, -cell_m / 2)], crs="EPSG:32636"),
        places=none,
        barriers=none,
        cutting=none,
    )
    pace = Pace(
        cells_kmh=np.zeros(grid.shape),
        default_kmh=3.0,
        roads_kmh=np.random.default_rng(3).uniform(10.0, 80.0, len(lines)),
        oneway=False,
    )
    return ground, travel_graph(ground, pace)


def one_to_all() -> Work:
    _, graph = million_vertices()
    seed = graph.number[graph.edges.start[:1]]
    start_s = np.zeros(1, np.float32)
    return lambda: settled(graph, seed, start_s, np.inf)


def scipy_one_to_all() -> Work:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    ground, graph = million_vertices()
    first, edges = ground.nodes.first_vertex, graph.edges
    size = ground.nodes.vertices.size
    ends = (edges.start - first, edges.end - first)
    csr = coo_array((edges.seconds, ends), shape=(size, size)).tocsr()
    return lambda: dijkstra(csr, indices=int(ends[0][0]))


def two_hundred_million() -> Work:
    side = 14_142
    grid = Grid(rows=side, cols=side, cell_size_m=CELL_M, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    rng = np.random.default_rng(1)
    pace = np.repeat(
        np.repeat(rng.random((side // 10 + 1, side // 10 + 1), np.float32), 10, 0), 10, 1
    )
    pace = np.ascontiguousarray(pace[:side, :side]) + np.float32(0.3)
    cells = rng.choice(side * side, BASES)
    return lambda: travel_surface(grid, pace, cells, neighbours=8)


ROADS = "road graph, one to all"
OWNERS = "nearest of 50 bases, owners"
SURFACES = "50 surfaces, one a base, cut-off 6 h"
THREE = "three nearest of 50 bases within 2 h, roads"
PIECES: dict[tuple[str, str, str, int], Callable[[], Work]] = {
    (OWNERS, "25 Mcells", "geo-poc, 8 moves", 1): lambda: nearest(5000, None, moves=8),
    (OWNERS, "25 Mcells", "geo-poc, 8 moves, 239,425 road vertices", 1): lambda: nearest(
        5000, ROADS_M, moves=8
    ),
    (OWNERS, "25 Mcells", "geo-poc, 16 moves", 1): lambda: nearest(5000, None),
    (OWNERS, "25 Mcells", "geo-poc, 16 moves, 239,425 road vertices", 1): lambda: nearest(
        5000, ROADS_M
    ),
    (OWNERS, "25 Mcells", "geo-poc, 8 moves, slopes", 1): lambda: nearest(
        5000, None, slope=True, moves=8
    ),
    (OWNERS, "25 Mcells", "geo-poc, 16 moves, slopes", 1): lambda: nearest(5000, None, slope=True),
    (SURFACES, "4 Mcells", "geo-poc, 8 moves", 2): lambda: per_base(None, 6 * HOUR_S, moves=8),
    (SURFACES, "4 Mcells", "geo-poc, 16 moves", 2): lambda: per_base(None, 6 * HOUR_S),
    (SURFACES, "4 Mcells", "geo-poc, 8 moves", 1): lambda: per_base(
        None, 6 * HOUR_S, moves=8, threads=1
    ),
    (SURFACES, "4 Mcells", "xarray-spatial, 8 moves", 1): lambda: xarray_spatial_per_base(
        6 * HOUR_S
    ),
    (THREE, "4 Mcells", "geo-poc, 16 moves", 2): lambda: per_base(ROADS_M, 2 * HOUR_S, ranks=3),
    (THREE, "4 Mcells", "geo-poc, one whole-grid pass", 1): lambda: nearest(
        2000, ROADS_M, cell_m=COARSE_M
    ),
    (ROADS, "1 M vertices", "geo-poc", 1): one_to_all,
    (ROADS, "1 M vertices", "scipy dijkstra", 1): scipy_one_to_all,
    (
        "nearest of 50 starts, terrain only",
        "200 Mcells",
        "geo-poc, 8 neighbours",
        1,
    ): two_hundred_million,
}


def measured(number: int) -> dict[str, object]:
    (work, size, engine, threads), made = list(PIECES.items())[number]
    piece = made()
    piece()
    peak_mb = peak_above_now_mb(piece)
    seconds = []
    for _ in range(1 if "200" in size else RUNS):
        start = time.perf_counter()
        piece()
        seconds.append(time.perf_counter() - start)
    return {
        "work": work,
        "size": size,
        "engine": engine,
        "threads": min(threads, os.cpu_count() or 1),
        "median_s": round(statistics.median(seconds), 3),
        "peak_mb": round(peak_mb),
    }


def main() -> None:
    """Each piece in a process of its own, so that memory is its own."""
    if len(sys.argv) == 2:
        write([measured(int(sys.argv[1]))])
        return
    for number in range(len(PIECES)):
        subprocess.run([sys.executable, __file__, str(number)], check=True)


if __name__ == "__main__":
    main()
