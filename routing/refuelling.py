"""How far a tank carries: there and back, one way to fuel, and over the places where fuel is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.catalogue import Aircraft


@dataclass(frozen=True, kw_only=True, eq=False)
class Hops:
    """Lengths of single flights between where fuel is or an aircraft starts, and to where it goes.

    Parameters
    ----------
    between_m : float64 array (sites, sites)
        Sites are the bases, in their order, then the airfields with fuel; inf where there is no way.
    to_end_m : float64 array (sites, ends)
    """

    between_m: NDArray[np.float64]
    to_end_m: NDArray[np.float64]


class Flights(NamedTuple):
    """Flights from each base to each end.

    Parameters
    ----------
    seconds : float array (bases, ends)
        Refuelling included; inf where nobody flies, nan where it takes a stop of unknown length.
    distance_m : float array (bases, ends)
        Way flown; inf where nobody flies.
    """

    seconds: NDArray[np.floating]
    distance_m: NDArray[np.floating]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fuel:
    """Where an aircraft may take fuel besides at its own base.

    Parameters
    ----------
    bases : bool array (bases,)
    airfields : GeoSeries of points
        In metres.
    """

    bases: NDArray[np.bool_]
    airfields: gpd.GeoSeries


def fuel_at(bases: gpd.GeoDataFrame, airfields: gpd.GeoDataFrame | None = None) -> Fuel:
    """Where there is fuel: at bases with aviation that exist, and at airfields that say yes.

    Parameters
    ----------
    bases : GeoDataFrame
        Columns ``aviation`` and, where there are candidates, ``role``.
    airfields : GeoDataFrame, optional
        Column ``fuel``; ``unknown`` counts as no.

    Examples
    --------
    >>> bases = gpd.GeoDataFrame(
    ...     {"aviation": [True, True, False], "role": ["fixed", "candidate", "fixed"]}
    ... )
    >>> fuel_at(bases).bases.tolist()
    [True, False, False]
    """
    fuelled = bases["aviation"].to_numpy(dtype=np.bool_)
    if "role" in bases:
        fuelled = fuelled & (bases["role"] != "candidate").to_numpy(dtype=np.bool_)
    if airfields is None:
        return Fuel(bases=fuelled, airfields=gpd.GeoSeries([]))
    return Fuel(bases=fuelled, airfields=airfields.geometry[airfields["fuel"] == "yes"])


def flights(aircraft: Aircraft, hops: Hops, fuelled: NDArray[np.bool_]) -> Flights:
    """Quickest flight from each base to each end that never runs out of fuel.

    An aircraft leaves its base with full tanks. It may fly to an end if from there, without taking
    fuel, it still gets to its own base or to a site with fuel: ``d + d' <= range``; that is there and
    back, ``2 d``, where no fuel is nearer, and ``d`` alone where the end has fuel. On the way it may
    stop at sites with fuel, each flight within the range, each stop as long as refuelling takes.

    Parameters
    ----------
    aircraft : Aircraft
    hops : Hops
    fuelled : bool array (bases, sites)
        Where the aircraft of each base may refuel.

    Returns
    -------
    Flights

    Examples
    --------
    A range of 465 km at 225 km/h: 225 km there and back, or 300 km to where there is fuel.

    >>> from geo_poc.routing.catalogue import known_movers
    >>> hops = Hops(
    ...     between_m=np.array([[0.0, 3e5], [3e5, 0.0]]),
    ...     to_end_m=np.array([[2.25e5, 3e5, 2.5e5], [5.25e5, 0.0, 5.5e5]]),
    ... )
    >>> found = flights(known_movers()["mi8"], hops, np.array([[False, True]]))
    >>> found.seconds.tolist()
    [[3600.0, 4800.0, inf]]
    """
    range_m = aircraft.range_km.value * 1000
    refuel_s = np.nan if aircraft.refuel_min is None else aircraft.refuel_min.value * 60
    speed_ms = aircraft.cruise_kmh.value / 3.6
    # What a stop costs, as metres flown meanwhile; of unknown stops the shortest flight counts.
    stop_m = 0.0 if np.isnan(refuel_s) else refuel_s * speed_ms
    reached = [
        _from_base(hops, base, np.flatnonzero(usable), range_m=range_m, stop_m=stop_m)
        for base, usable in enumerate(fuelled)
    ]
    shape = len(fuelled), hops.to_end_m.shape[1]
    distance_m, stops = (np.reshape([row[n] for row in reached], shape) for n in (0, 1))
    flown_s = flight_time_s(distance_m, aircraft)
    return Flights(np.where(stops > 0, flown_s + stops * refuel_s, flown_s), distance_m)


def _from_base(
    hops: Hops, base: int, site: NDArray[np.int64], *, range_m: float, stop_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Way flown from a base to each end, and the stops on it, with fuel at some sites."""
    to_end_m = hops.to_end_m[base]
    home_m = np.minimum(to_end_m, hops.to_end_m[site].min(axis=0, initial=np.inf))
    direct = to_end_m + home_m <= range_m
    way_m, stops = np.where(direct, to_end_m, np.inf), np.zeros(to_end_m.size)
    # A way over a stop is never shorter than one without, so that only the rest looks for one.
    rest = np.flatnonzero(~direct)
    over_m, over_stops = _over_stops(hops, base, site, range_m=range_m, stop_m=stop_m)
    for n in np.flatnonzero(np.isfinite(over_m)):
        last_m = hops.to_end_m[site[n], rest]
        total_m = np.where(last_m + home_m[rest] <= range_m, over_m[n] + last_m, np.inf)
        cost_m = total_m + over_stops[n] * stop_m
        quicker = cost_m < way_m[rest] + stops[rest] * stop_m
        way_m[rest[quicker]], stops[rest[quicker]] = total_m[quicker], over_stops[n]
    return way_m, stops


def _over_stops(
    hops: Hops, base: int, site: NDArray[np.int64], *, range_m: float, stop_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Way flown from a base to each site with fuel, and the stops made when it is left again.

    Bellman's and Ford's method: a way of one stop more in each round, until none is quicker.
    """
    between_m = hops.between_m[np.ix_(site, site)]
    between_m = np.where(between_m <= range_m, between_m, np.inf)
    way_m = hops.between_m[base, site]
    way_m = np.where(way_m <= range_m, way_m, np.inf)
    stops = np.ones(site.size)
    for _ in range(site.size):
        onward_m = (way_m + (stops + 1) * stop_m)[:, None] + between_m
        before = onward_m.argmin(axis=0) if site.size else stops.astype(np.int64)
        quicker = onward_m[before, np.arange(site.size)] < way_m + stops * stop_m
        if not quicker.any():
            break
        longer_m = way_m[before] + between_m[before, np.arange(site.size)]
        way_m, stops = (
            np.where(quicker, longer_m, way_m),
            np.where(quicker, stops[before] + 1, stops),
        )
    return way_m, stops


def flight_time_s(distance_m: NDArray[np.float64], aircraft: Aircraft) -> NDArray[np.float64]:
    """Flying time one way in seconds, at cruise.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> flight_time_s(np.array([225_000.0]), known_movers()["mi8"]).tolist()
    [3600.0]
    """
    return distance_m / (aircraft.cruise_kmh.value / 3.6)
