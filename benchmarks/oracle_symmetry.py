"""A theatre shifted and turned against its grid: how much that changes the times."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import Grid
from geo_poc.routing.ground import ground_of
from geo_poc.routing.network import road_network
from geo_poc.routing.pace import Pace
from geo_poc.routing.travel_graph import travel_graph
from geo_poc.routing.ways import quickest_ways
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
RADIUS_M = 30_000.0
BASES, PLACES = 4, 12
ROAD_KMH, WALK_KMH = 60.0, 3.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Land:
    """All that is moved together: shapes in metres round the origin.

    Parameters
    ----------
    roads, rivers, lakes : list of geometries
        Nobody crosses a river but along a road, or enters a cell whose centre lies in a lake.
    bases, places : float64 array (n, 2)
    """

    roads: list[BaseGeometry]
    rivers: list[BaseGeometry]
    lakes: list[BaseGeometry]
    bases: NDArray[np.float64]
    places: NDArray[np.float64]

    def moved(self, turn_deg: float, shift_m: tuple[float, float]) -> Land:
        """The same land turned round the origin, then shifted."""

        def moved(shape: BaseGeometry) -> BaseGeometry:
            return translate(rotate(shape, turn_deg, origin=(0, 0)), *shift_m)

        def points(at: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.array([moved(shapely.Point(xy)).coords[0] for xy in at]).reshape(-1, 2)

        return Land(
            roads=[moved(road) for road in self.roads],
            rivers=[moved(river) for river in self.rivers],
            lakes=[moved(lake) for lake in self.lakes],
            bases=points(self.bases),
            places=points(self.places),
        )


def plain(seed: int) -> Land:
    """Open country, and nothing in it but bases and places."""
    rng = np.random.default_rng(seed)
    return Land(
        roads=[], rivers=[], lakes=[], bases=_inside(rng, BASES), places=_inside(rng, PLACES)
    )


def mixed(seed: int, *, on_roads: bool) -> Land:
    """Roads between towns, a river with two bridges and two lakes; bases and places in towns or anywhere."""
    rng = np.random.default_rng(seed)
    towns = _inside(rng, 24)
    near = np.argsort(np.hypot(*(towns[:, None] - towns[None]).T), axis=1)[:, 1:4]
    pairs = {tuple(sorted((a, int(b)))) for a, row in enumerate(near) for b in row}
    rivers = [shapely.LineString([(-40_000, 2_000), (0, -3_000), (40_000, 4_000)])]
    lakes = [shapely.Point(at).buffer(3_000) for at in _inside(rng, 2)]
    # Nobody is put down on an island.
    dry = np.array(
        [not any(lake.buffer(2_000).contains(shapely.Point(at)) for lake in lakes) for at in towns]
    )
    land = towns[dry]
    anywhere = np.array(
        [
            at
            for at in _inside(rng, 60)
            if all(lake.distance(shapely.Point(at)) > 3_000 for lake in (*lakes, *rivers))
        ]
    )
    stand = land if on_roads else anywhere
    return Land(
        roads=[shapely.LineString([towns[a], towns[b]]) for a, b in sorted(pairs)],
        rivers=rivers,
        lakes=lakes,
        bases=stand[:BASES],
        places=stand[BASES : BASES + PLACES],
    )


def _inside(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    radius, angle = RADIUS_M * np.sqrt(rng.random(size)) * 0.9, rng.uniform(0, 2 * np.pi, size)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def trips(land: Land, cell_m: float) -> pd.DataFrame:
    """Quickest trips over a square of open country: ``seconds``, and ``off_road`` as a share of that.

    The grid does not move with the land: its lines lie at whole cells from the origin.
    """
    half = int(np.ceil(2 * RADIUS_M / cell_m))
    grid = Grid(
        rows=2 * half, cols=2 * half, cell_size_m=cell_m, left_m=-half * cell_m,
        top_m=half * cell_m, crs=CRS,
    )  # fmt: skip
    theatre = Theatre(
        name="moved",
        as_of=dt.date(2026, 1, 1),
        area=shapely.box(-half * cell_m, -half * cell_m, half * cell_m, half * cell_m),
        grid=grid,
        marking="UNCLASSIFIED",
        fictional=True,
    )
    table = {"length_m": np.nan, "oneway": False, "bridge": False}
    roads = gpd.GeoDataFrame(
        pd.DataFrame(table, index=range(len(land.roads))), geometry=land.roads, crs=CRS
    )
    ground = ground_of(
        theatre=theatre,
        network=road_network(roads, cell_size_m=cell_m),
        bases=gpd.GeoSeries(shapely.points(land.bases), crs=CRS),
        places=gpd.GeoSeries(shapely.points(land.places), crs=CRS),
        barriers=gpd.GeoSeries(land.rivers, crs=CRS),
        cutting=gpd.GeoSeries([], crs=CRS),
    )
    wet = shapely.contains_xy(shapely.union_all(land.lakes), *grid.centres())
    pace = Pace(
        cells_kmh=np.where(wet, 0.0, WALK_KMH),
        default_kmh=WALK_KMH,
        roads_kmh=np.full(len(roads), ROAD_KMH),
        oneway=False,
    )
    graph = travel_graph(ground, pace)
    ways = [quickest_ways(ground, graph, base) for base in range(len(land.bases))]
    seconds = np.concatenate([way.seconds for way in ways])
    off_road_s = np.concatenate([way.off_road_m for way in ways]) / WALK_KMH * 3.6
    return pd.DataFrame({"seconds": seconds, "off_road": off_road_s / seconds})


def changes(
    land: Land, cell_m: float, turn_deg: float, shift_m: tuple[float, float]
) -> pd.DataFrame:
    """The trips before the move, with ``change``: how much it changes their time, as a share of it."""
    before, after = trips(land, cell_m), trips(land.moved(turn_deg, shift_m), cell_m)
    return before.assign(change=after["seconds"] / before["seconds"] - 1)
