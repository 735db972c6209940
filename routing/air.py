"""Straight flights there and back: distance, range, no-fly areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo_poc.routing.catalogue import Aircraft
from geo_poc.routing.ground import points_m
from geo_poc.routing.reach import Reach, UnderWay, astray, own_cell_reached
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

_EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True, kw_only=True, eq=False)
class Airspace:
    """What keeps an aircraft from flying or landing.

    Parameters
    ----------
    areas : GeoDataFrame
    no_fly : int64 array
        Rows of the no-fly areas in force.
    caveats : sequence of frozenset, one per base
        Rows of the caveat areas that the base's aircraft must not go to.
    """

    areas: gpd.GeoDataFrame
    no_fly: NDArray[np.int64]
    caveats: Sequence[frozenset[int]]


def air_reach(
    aircraft: Aircraft,
    airspace: Airspace,
    *,
    theatre: Theatre,
    bases: gpd.GeoSeries,
    places: gpd.GeoSeries,
) -> Reach:
    """Reach by straight flight there and back, from every base as if it had the aircraft.

    A line that touches a no-fly area is not flown; nor is a place in a caveat area of the base's
    contingent. Both the flight out and the flight back must be within the range.

    Parameters
    ----------
    aircraft : Aircraft
    airspace : Airspace
    theatre : Theatre
    bases, places : GeoSeries of points
        In metres.

    Returns
    -------
    Reach
        ``off_road_m`` is 0 on every flight.
    """
    at_base, at_place = points_m(bases), points_m(places)
    xs, ys = theatre.grid.centres()
    at_cell = np.column_stack([xs.ravel(), ys.ravel()])
    distance_m = _geodesics_m(theatre, at_base, at_place)
    to_cell_m = _geodesics_m(theatre, at_base, at_cell)
    flown_s = _in_range_s(aircraft, distance_m)
    to_cell_s = own_cell_reached(theatre.grid, at_base, _in_range_s(aircraft, to_cell_m))
    unknown, outside = astray(theatre, at_base, at_place)
    return Reach(
        places=_restricted(airspace, at_base, at_place, flown_s),
        cells=_restricted(airspace, at_base, at_cell, to_cell_s),
        distance_m=distance_m,
        off_road_m=np.zeros_like(distance_m),
        unknown=unknown,
        outside=outside,
        otherwise=Reason.BEYOND_RANGE,
    )


def _geodesics_m(
    theatre: Theatre, starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    return geodesic_m(*_lonlat(theatre, starts), *_lonlat(theatre, ends))


def _lonlat(
    theatre: Theatre, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = theatre.lonlat(points[:, 0], points[:, 1])
    return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)


def _in_range_s(aircraft: Aircraft, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(within_range(distance_m, aircraft), flight_time_s(distance_m, aircraft), np.inf)


def _restricted(
    airspace: Airspace,
    at_base: NDArray[np.float64],
    targets: NDArray[np.float64],
    flown_s: NDArray[np.floating],
) -> UnderWay:
    """Times of flights, as they are and without no-fly areas or caveats."""
    geometry = airspace.areas.geometry
    crossed = crosses_any(at_base, targets, geometry.iloc[airspace.no_fly])
    barred = np.zeros_like(crossed)
    for row in frozenset[int]().union(*airspace.caveats):
        shapely.prepare(geometry.iloc[row])
        within = np.asarray(shapely.intersects_xy(geometry.iloc[row], targets[:, 0], targets[:, 1]))
        binds = np.array([row in bound for bound in airspace.caveats], dtype=np.bool_)
        barred |= binds[:, None] & within[None, :]
    return UnderWay(
        seconds=np.where(crossed | barred, np.inf, flown_s),
        without_closures=np.where(barred, np.inf, flown_s),
        without_caveats=np.where(crossed, np.inf, flown_s),
        unrestricted=flown_s,
    )


def flight_time_s(distance_m: NDArray[np.float64], aircraft: Aircraft) -> NDArray[np.float64]:
    """Flying time one way in seconds, at cruise.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> flight_time_s(np.array([225_000.0]), known_movers()["mi8"]).tolist()
    [3600.0]
    """
    return distance_m / (aircraft.cruise_kmh.value / 3.6)


def within_range(distance_m: NDArray[np.float64], aircraft: Aircraft) -> NDArray[np.bool_]:
    """Whether the aircraft flies there and back within its range.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> within_range(np.array([232_500.0, 232_501.0]), known_movers()["mi8"]).tolist()
    [True, False]
    """
    return 2 * distance_m <= aircraft.range_km.value * 1000


def geodesic_m(
    lon_a: NDArray[np.float64],
    lat_a: NDArray[np.float64],
    lon_b: NDArray[np.float64],
    lat_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Shortest distance on the WGS 84 ellipsoid from each point a to each point b, in metres.

    Returns
    -------
    float64 array (a, b)
        nan where either position is unknown.

    Examples
    --------
    >>> zero = np.array([0.0])
    >>> geodesic_m(zero, zero, np.array([1.0, 0.0]), np.array([0.0, 1.0])).round().tolist()
    [[111319.0, 110574.0]]
    """
    shape = (lon_a.size, lon_b.size)
    a = [np.broadcast_to(v[:, None], shape).ravel() for v in (lon_a, lat_a)]
    b = [np.broadcast_to(v[None, :], shape).ravel() for v in (lon_b, lat_b)]
    distance_m = np.full(lon_a.size * lon_b.size, np.nan)
    known = np.isfinite(a[0] + a[1] + b[0] + b[1])
    distance_m[known] = _EARTH.inv(a[0][known], a[1][known], b[0][known], b[1][known])[2]
    return distance_m.reshape(shape)


def crosses_any(
    starts: NDArray[np.float64], ends: NDArray[np.float64], areas: gpd.GeoSeries
) -> NDArray[np.bool_]:
    """Whether the straight line from each start to each end touches one of the areas.

    Parameters
    ----------
    starts, ends : float64 array (n, 2), (m, 2)
        In metres; nan for unknown positions, whose lines touch nothing.
    areas : GeoSeries

    Returns
    -------
    bool array (n, m)

    Examples
    --------
    >>> wall = gpd.GeoSeries([shapely.box(4, -1, 5, 1)])
    >>> crosses_any(np.array([[0.0, 0.0]]), np.array([[9.0, 0.0], [0.0, 9.0]]), wall).tolist()
    [[True, False]]
    """
    crosses = np.zeros((len(starts), len(ends)), dtype=np.bool_)
    if areas.empty or not crosses.size:
        return crosses
    start, end = np.nonzero(np.isfinite(starts[:, :1]) & np.isfinite(ends[:, 0]))
    lines = np.asarray(shapely.linestrings(np.stack([starts[start], ends[end]], axis=1)))
    touching = np.zeros(lines.size, dtype=np.bool_)
    for area in areas:
        shapely.prepare(area)
        touching |= shapely.intersects(area, lines)
    crosses[start, end] = touching
    return crosses
