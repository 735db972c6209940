"""Air reach of 20 bases x 100,000 cells round 3 no-fly areas; the target is 2 s."""

from __future__ import annotations

import datetime as dt
import statistics
import time

import geopandas as gpd
import numpy as np
import shapely

from geo_poc.grid import Grid
from geo_poc.routing.air import air_flights
from geo_poc.routing.airspace import Airspace
from geo_poc.routing.catalogue import Aircraft, known_movers
from geo_poc.routing.refuelling import Fuel
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE, CELL_M, BASES, PLACES, RUNS = 317, 2_000.0, 20, 500, 5
SIZE_M = SIDE * CELL_M
GRID = Grid(rows=SIDE, cols=SIDE, cell_size_m=CELL_M, left_m=0.0, top_m=SIZE_M, crs=CRS)
THEATRE = Theatre(
    name="bench",
    as_of=dt.date(2026, 1, 1),
    area=shapely.box(0, 0, SIZE_M, SIZE_M),
    grid=GRID,
    marking="UNCLASSIFIED",
)


def blobs(corners: int, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Three jagged polygons some 80 km across."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ray = np.column_stack([np.cos(turn), np.sin(turn)])
    middles = np.array([(0.3, 0.3), (0.5, 0.7), (0.75, 0.4)]) * SIZE_M
    return [shapely.Polygon(at + ray * rng.uniform(28e3, 52e3, (corners, 1))) for at in middles]


def main() -> None:
    """Print the median seconds without areas and with areas of more and more corners."""
    rng = np.random.default_rng(1)
    mi8 = known_movers()["mi8"]
    if not isinstance(mi8, Aircraft):
        raise TypeError
    at_base, at_place = (
        gpd.GeoSeries(gpd.points_from_xy(*rng.uniform(0, SIZE_M, (2, n))), crs=CRS)
        for n in (BASES, PLACES)
    )
    for corners in (0, 4, 24, 64):
        areas = gpd.GeoDataFrame(geometry=blobs(corners, rng) if corners else [], crs=CRS)
        airspace = Airspace(
            areas=areas, no_fly=np.arange(len(areas)), caveats=[frozenset()] * BASES
        )
        for fuelled in (False, True):
            fuel = Fuel(bases=np.full(BASES, fuelled), airfields=gpd.GeoSeries([], crs=CRS))
            took_s = []
            for _ in range(RUNS):
                start = time.perf_counter()
                air_flights(
                    mi8, airspace, theatre=THEATRE, bases=at_base, places=at_place, fuel=fuel
                )
                took_s.append(time.perf_counter() - start)
            words = f"3 areas of {corners} corners" if corners else "no areas"
            told = "fuel at all bases" if fuelled else "no fuel away from home"
            print(f"{words}, {told}: {statistics.median(took_s):.2f} s")


if __name__ == "__main__":
    main()
