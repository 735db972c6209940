"""Where an aircraft can land, and the last leg from there on foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.routing.catalogue import Aircraft
from geo_poc.routing.ground import Ground, points_m
from geo_poc.routing.pace import Pace
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.ways import Walks, quickest_from_cells

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover

LANDING_COVERS = ("bare", "crops", "grass")
"""Land cover that an aircraft may land on; trees, shrub, houses, wetland and water are not."""


class Times(NamedTuple):
    """Seconds from each base to each place and cell; inf where there is no way, nan unknown."""

    places: NDArray[np.floating]
    cells: NDArray[np.floating]


class LastLeg(NamedTuple):
    """The walk from a landing site to each place from each base.

    Parameters
    ----------
    cell : int64 array (bases, places)
        Where the flight ends; -1 at the place itself, or where nobody walks.
    distance_m, off_road_m : float64 array (bases, places)
        Of the walk, and of its part off any road; 0 where nobody walks, nan where it is not known.
    """

    cell: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Landing:
    """Where one aircraft lands, and who walks on from there.

    Parameters
    ----------
    cells : bool array (cells,)
        Where it can land.
    ground : Ground
    pace : Pace
        On foot, on a dry day.
    factor : float
        Times the time on foot; nan unknown.
    closures : frozenset of int
        Rows of the closures in force, which nobody walks through.
    caveats : sequence of frozenset, one per base
        Rows of the caveat areas that its people do not enter.
    stationed : bool array (bases,)
        Which bases have the aircraft; the others land nowhere.
    """

    cells: NDArray[np.bool_]
    ground: Ground
    pace: Pace
    factor: float
    closures: frozenset[int]
    caveats: Sequence[frozenset[int]]
    stationed: NDArray[np.bool_]


def slope_deg(elevation_m: NDArray[np.float32], cell_size_m: float) -> NDArray[np.float64]:
    """Slope of each cell in degrees, from the differences between its neighbours.

    Parameters
    ----------
    elevation_m : float array (rows, cols)
    cell_size_m : float

    Returns
    -------
    float64 array (rows, cols)
        nan beside and at unknown elevation; along an axis of one cell the ground is level.

    Examples
    --------
    >>> slope_deg(np.array([[0.0, 100.0, 200.0]]), 100.0).round().tolist()
    [[45.0, 45.0, 45.0]]
    """
    known_m = np.asarray(elevation_m, dtype=np.float64)
    steep = [np.gradient(known_m, cell_size_m, axis=a) for a in (0, 1) if known_m.shape[a] > 1]
    rise = np.hypot.reduce(steep) if steep else known_m * 0.0
    return np.asarray(np.degrees(np.arctan(np.abs(rise))))


def landing_cells(
    aircraft: Aircraft,
    grid: Grid,
    *,
    elevation_m: NDArray[np.float32] | None,
    land_cover: LandCover | None,
    sites: NDArray[np.float64],
    zones: gpd.GeoSeries,
) -> NDArray[np.bool_] | None:
    """Cells in which an aircraft can land; None where that cannot be checked.

    It lands at airfields and bases with aviation, in declared landing zones, and on any cell that is
    not steeper than its ``landing_slope_deg`` and covered by one of `LANDING_COVERS`. Unknown slope or
    land cover is nothing to land on. Of a declared zone every cell with its centre inside counts, and
    the cell in its middle, however small it is.

    Parameters
    ----------
    aircraft : Aircraft
    grid : Grid
    elevation_m : float array (rows, cols) or None
    land_cover : LandCover or None
    sites : float64 array (n, 2)
        Airfields and bases with aviation in metres; nan unknown.
    zones : GeoSeries
        Declared landing zones in metres.

    Returns
    -------
    bool array (cells,) or None

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1000.0, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    >>> landing_cells(
    ...     known_movers()["mi8"], grid, elevation_m=np.zeros((1, 2)), land_cover=None,
    ...     sites=np.empty((0, 2)), zones=gpd.GeoSeries([]),
    ... ) is None
    True
    """
    slope = aircraft.landing_slope_deg
    if slope is None or elevation_m is None or land_cover is None:
        return None
    level = slope_deg(elevation_m, grid.cell_size_m) <= slope.value
    allowed = np.array([*(name in LANDING_COVERS for name in land_cover.names), False])
    cells: NDArray[np.bool_] = (level & allowed[land_cover.codes]).ravel()
    x_m, y_m = (axis.ravel() for axis in grid.centres())
    for zone in zones:
        shapely.prepare(zone)
        cells |= shapely.intersects_xy(zone, x_m, y_m)
    middles = points_m(zones.representative_point()) if len(zones) else sites[:0]
    cell = cells_at(grid, np.concatenate([sites, middles]))
    cells[cell[cell >= 0]] = True
    return cells


def cells_at(grid: Grid, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cell of each point, counted row by row; -1 off the grid or unknown.

    Examples
    --------
    >>> grid = Grid(rows=2, cols=2, cell_size_m=10.0, left_m=0.0, top_m=20.0, crs="EPSG:32636")
    >>> cells_at(grid, np.array([[5.0, 5.0], [30.0, 5.0], [np.nan, np.nan]])).tolist()
    [2, -1, -1]
    """
    row, col = grid.cell_of(points[:, 0], points[:, 1])
    return np.where(row >= 0, row * grid.cols + col, -1)


def landed(
    landing: Landing, flown: Sequence[Times], at_base: NDArray[np.int64]
) -> tuple[list[Times], LastLeg]:
    """Times with the last leg on foot, where the flight ends at the nearest landing site in time.

    A place whose own cell can be landed in is reached when the flight to it ends. Every other one is
    walked to, from whichever landing site that gets somebody there first. Nobody walks to what lies
    beyond the range of the aircraft, with nothing shut.

    Parameters
    ----------
    landing : Landing
    flown : sequence of Times
        As they are, without no-fly areas, without caveats, and without both.
    at_base : int64 array (bases,)
        Cell of each base; -1 off the grid.

    Returns
    -------
    list of Times
        For the same four cases.
    LastLeg
        As they are.
    """
    of_base = _walks_of_bases(landing, flown, at_base)
    found: dict[tuple[int, tuple[frozenset[int], ...]], Times] = {}
    cases = [(times, _shut(landing, case)) for case, times in enumerate(flown)]
    for times, shut in cases:
        if (id(times), shut) in found:
            continue
        walked = Times(*(np.full_like(t, np.inf) for t in times))
        for base in np.flatnonzero(landing.stationed).tolist():
            ways, _ = of_base(id(times), base, shut[base])
            for into, way, free in zip(walked, ways, flown[-1], strict=True):
                into[base] = np.where(np.isinf(free[base]), np.inf, way)
        found[id(times), shut] = walked
    last = _no_walks(flown[0].places.shape)
    as_is, shut = cases[0]
    for base in np.flatnonzero(landing.stationed).tolist():
        _, legs = of_base(id(as_is), base, shut[base])
        for of_all, leg in zip(last, legs, strict=True):
            of_all[base] = leg
    return [found[id(times), shut] for times, shut in cases], last


def _walks_of_bases(
    landing: Landing, flown: Sequence[Times], at_base: NDArray[np.int64]
) -> Callable[[int, int, frozenset[int]], tuple[Times, LastLeg]]:
    """Walks by the id of the flights, base and what is shut; each is computed once."""
    pace = _on_foot(landing)
    flights = {id(times): times for times in flown}

    @cache
    def graph(shut: frozenset[int]) -> TravelGraph:
        return travel_graph(landing.ground, pace, shut)

    @cache
    def of_base(flight: int, base: int, shut: frozenset[int]) -> tuple[Times, LastLeg]:
        site = landing.cells.copy()
        site[at_base[base]] |= at_base[base] >= 0
        alone = Times(*(t[base] for t in flights[flight]))
        return _walked(landing, graph(shut), site, alone)

    return of_base


def _no_walks(shape: tuple[int, ...]) -> LastLeg:
    return LastLeg(cell=np.full(shape, -1), distance_m=np.zeros(shape), off_road_m=np.zeros(shape))


def _shut(landing: Landing, case: int) -> tuple[frozenset[int], ...]:
    """What those from each base do not walk through: closures in cases 0 and 2, caveats in 0 and 1."""
    closures = landing.closures if case in {0, 2} else frozenset[int]()
    return tuple(closures | (own if case in {0, 1} else frozenset()) for own in landing.caveats)


def _on_foot(landing: Landing) -> Pace:
    """Pace of those who walk from a landing site, as far from any road as it takes."""
    factor = 1.0 if np.isnan(landing.factor) else landing.factor
    return replace(
        landing.pace,
        cells_kmh=landing.pace.cells_kmh / factor,
        default_kmh=landing.pace.default_kmh / factor,
        roads_kmh=landing.pace.roads_kmh / factor,
        off_road_limit_m=np.inf,
    )


def _walked(
    landing: Landing, graph: TravelGraph, site: NDArray[np.bool_], flown: Times
) -> tuple[Times, LastLeg]:
    """Times of one base to its places and cells, walking where it cannot land; and the walks to places."""
    nodes = landing.ground.nodes
    own = cells_at(nodes.grid, nodes.at_place)
    direct = Times(
        places=np.where((own >= 0) & site[own], flown.places, np.inf),
        cells=np.where(site, flown.cells, np.inf),
    )
    unsure = np.isnan(direct.cells)
    walks = quickest_from_cells(landing.ground, graph, np.where(unsure, np.inf, direct.cells))
    walked = _times_of(walks)
    if np.isnan(landing.factor):
        walked = Times(*(np.where(np.isfinite(t), np.nan, np.inf) for t in walked))
    found = Times(*(_sooner(*both) for both in zip(direct, walked, strict=True)))
    on_foot = ~(direct.places <= walks.seconds) & np.isfinite(walks.seconds)
    legs = LastLeg(
        cell=np.where(on_foot, walks.origin, -1),
        distance_m=np.where(on_foot, walks.distance_m, 0.0),
        off_road_m=np.where(on_foot, walks.off_road_m, 0.0),
    )
    if not unsure.any():
        return found, legs
    # Where the only way starts from a landing of unknown time, there is a way of unknown time.
    some = _times_of(quickest_from_cells(landing.ground, graph, np.where(unsure, 0.0, np.inf)))
    return Times(
        *(
            np.where(np.isinf(time) & np.isfinite(way), np.nan, time)
            for time, way in zip(found, some, strict=True)
        )
    ), legs


def _times_of(walks: Walks) -> Times:
    return Times(places=walks.seconds, cells=walks.cell_seconds.astype(np.float64))


def _sooner(flown: NDArray[np.floating], walked: NDArray[np.floating]) -> NDArray[np.floating]:
    """The sooner of two times; unknown only where no time is known and one of the two may be."""
    known = np.fmin(flown, walked)
    unsure = np.isinf(known) & (np.isnan(flown) | np.isnan(walked))
    return np.where(unsure, np.nan, known)
