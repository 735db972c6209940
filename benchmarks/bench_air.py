"""Flights of 20 bases to 100,000 cells round 3 no-fly areas, most of the cells in their shadow or not.

The target is 2 s. Run: ``python benchmarks/bench_air.py``.
"""

from __future__ import annotations

import datetime as dt
import time

import geopandas as gpd
import numpy as np
import shapely

from geo_poc.grid import Grid
from geo_poc.routing.airspace import flight_m, no_fly_of
from geo_poc.routing.geodesic import exact_m, spots, swift_m
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 2_000.0
SIDE = 317


def main() -> None:
    """Print seconds for exact and swift distances, without areas and with."""
    rng = np.random.default_rng(1)
    size_m = SIDE * CELL_M
    grid = Grid(rows=SIDE, cols=SIDE, cell_size_m=CELL_M, left_m=0.0, top_m=size_m, crs=CRS)
    theatre = Theatre(
        name="bench",
        as_of=dt.date(2026, 1, 1),
        area=shapely.box(0, 0, size_m, size_m),
        grid=grid,
        marking="UNCLASSIFIED",
    )
    cells = spots(theatre, np.column_stack([axis.ravel() for axis in grid.centres()]))
    bases = spots(theatre, rng.uniform(0, size_m, (20, 2)))
    for corners in (4, 24, 64):
        turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        blobs = []
        for middle in ((0.3, 0.3), (0.5, 0.7), (0.75, 0.4)):
            reach_m = 40_000 * rng.uniform(0.7, 1.3, corners)
            at = np.array(middle) * size_m + np.column_stack(
                [reach_m * np.cos(turn), reach_m * np.sin(turn)]
            )
            blobs.append(shapely.Polygon(at))
        for name, areas in (("none", []), (f"3 of {corners} corners", blobs)):
            for measure in (swift_m, exact_m):
                began = time.perf_counter()
                no_fly = no_fly_of(theatre, gpd.GeoSeries(areas, crs=CRS))
                found = flight_m(no_fly, bases, cells, measure)
                took_s = time.perf_counter() - began
                round_ = (found > measure(bases, cells) + 1).mean()
                print(f"{name}, {measure.__name__}: {took_s:.2f} s, {round_:.0%} not straight")


if __name__ == "__main__":
    main()
