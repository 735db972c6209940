"""Where an aircraft gets from each base: range and fuel, no-fly areas, landing and the last leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.routing.airspace import NO_AREAS, Airspace, NoFly, flight_m, no_fly_of
from geo_poc.routing.catalogue import Aircraft
from geo_poc.routing.geodesic import Measure, Spots, exact_m, spots, swift_m
from geo_poc.routing.ground import points_m
from geo_poc.routing.landing import Landing, Times, cells_at, landed
from geo_poc.routing.reach import Reach, UnderWay, astray, own_cell_reached
from geo_poc.routing.refuelling import Flights, Fuel, Hops, flights
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

_BLOCK = 50_000  # cells whose flights are worked out at once
_NO_LENGTHS = np.empty((0, 0), np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class AirFlights:
    """Flights of one aircraft from every base as if it had it, which no season or light changes.

    Parameters
    ----------
    theatre : Theatre
    at_base, at_place : float64 array (n, 2)
        In metres.
    to_place, to_cell : sequence of Flights
        As they are, without no-fly areas, without caveats, and without both; one object stands for all
        cases that do not differ. To cells only the first has lengths.
    """

    theatre: Theatre
    at_base: NDArray[np.float64]
    at_place: NDArray[np.float64]
    to_place: Sequence[Flights]
    to_cell: Sequence[Flights]


def air_flights(
    aircraft: Aircraft,
    airspace: Airspace,
    *,
    theatre: Theatre,
    bases: gpd.GeoSeries,
    places: gpd.GeoSeries,
    fuel: Fuel,
) -> AirFlights:
    """Flights from every base to every place and cell.

    They are the shortest round the no-fly areas (`geo_poc.routing.airspace.flight_m`), within the
    range and over stops for fuel (`geo_poc.routing.refuelling.flights`). Nobody lands in a caveat area
    of the base's contingent, in an area that the airspace says is closed, nor on ground above the
    aircraft's ceiling.

    Parameters
    ----------
    aircraft : Aircraft
    airspace : Airspace
    theatre : Theatre
    bases, places : GeoSeries of points
        In metres.
    fuel : Fuel

    Returns
    -------
    AirFlights
    """
    at_base, at_place = points_m(bases), points_m(places)
    xs, ys = theatre.grid.centres()
    sky = _Sky(
        aircraft=aircraft,
        airspace=airspace,
        no_fly=no_fly_of(theatre, airspace.areas.geometry.iloc[airspace.no_fly]),
        sites=spots(theatre, np.concatenate([at_base, points_m(fuel.airfields)])),
        fuelled=np.append(fuel.bases, np.ones(len(fuel.airfields), dtype=np.bool_)),
        grid=theatre.grid,
    )
    centres = spots(theatre, np.column_stack([xs.ravel(), ys.ravel()]))
    return AirFlights(
        theatre=theatre,
        at_base=at_base,
        at_place=at_place,
        to_place=_four_flights(sky, spots(theatre, at_place), exact_m),
        to_cell=_to_cells(sky, centres, at_base),
    )


def air_reach(flying: AirFlights, landing: Landing | None = None) -> Reach:
    """Reach by air, with the last leg on foot where landing is checked.

    Parameters
    ----------
    flying : AirFlights
    landing : Landing, optional
        Where it lands, and who walks on (`geo_poc.routing.landing.landed`); bases without the aircraft
        then reach nothing. Without it, it is taken to land at every place, unchecked.

    Returns
    -------
    Reach
        ``distance_m`` is the way flown and walked, ``off_road_m`` what of it is walked off any road: 0
        where it lands at the place.
    """
    theatre, at_base = flying.theatre, flying.at_base
    to_place, to_cell = flying.to_place, flying.to_cell
    ways = list(zip(to_place, to_cell, strict=True))
    # Cases that do not differ share one object, for which the last leg is then walked once.
    known = {(id(there), id(cells)): Times(there.seconds, cells.seconds) for there, cells in ways}
    flown = [known[id(there), id(cells)] for there, cells in ways]
    times, stranded, walked_m = flown, None, None
    distance_m, off_road_m = to_place[0].distance_m, np.zeros_like(to_place[0].seconds)
    if landing is not None:
        times, last = landed(landing, flown, cells_at(theatre.grid, at_base))
        free, in_range = times[-1], flown[-1]
        stranded = (
            np.isinf(free.places) & ~np.isinf(in_range.places),
            np.isinf(free.cells) & ~np.isinf(in_range.cells),
        )
        to_site_m = np.take_along_axis(to_cell[0].distance_m, np.maximum(last.cell, 0), axis=1)
        distance_m = np.where(last.cell < 0, distance_m, to_site_m + last.distance_m)
        off_road_m, walked_m = last.off_road_m, last.distance_m
    unknown, outside = astray(theatre, at_base, flying.at_place)
    return Reach(
        places=_under_way([case.places for case in times]),
        cells=_under_way([case.cells for case in times]),
        distance_m=distance_m,
        off_road_m=off_road_m,
        unknown=unknown,
        outside=outside,
        otherwise=Reason.BEYOND_RANGE,
        stranded=stranded,
        walked_m=walked_m,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sky:
    """An aircraft, where it may take fuel, and what bars its way.

    Parameters
    ----------
    sites : Spots
        Bases, then airfields with fuel.
    fuelled : bool array (sites,)
    """

    aircraft: Aircraft
    airspace: Airspace
    no_fly: NoFly
    sites: Spots
    fuelled: NDArray[np.bool_]
    grid: Grid


def _four_flights(sky: _Sky, ends: Spots, measure: Measure) -> list[Flights]:
    """Flights as they are, without no-fly areas, without caveats, and without both.

    The same object stands for all cases that do not differ.
    """
    no_end, no_site = sky.airspace.barred(ends.at_m), sky.airspace.barred(sky.sites.at_m)
    bound = bool(no_end.any() or no_site.any())
    shut_end, shut_site = sky.airspace.closed_at(ends.at_m), sky.airspace.closed_at(sky.sites.at_m)
    shut = bool(sky.no_fly.cores.size or shut_end.any() or shut_site.any())
    cases = []
    for closing in (True, False) if shut else (False,):
        hops = _hops(sky, sky.no_fly if closing else NO_AREAS, ends, measure)
        fuelled = np.broadcast_to(sky.fuelled & ~(closing & shut_site), no_site.shape)
        free = _landed(flights(sky.aircraft, hops, fuelled), closing & shut_end)
        held = free
        if bound:
            held = _landed(flights(sky.aircraft, hops, fuelled & ~no_site), no_end)
            held = _landed(held, closing & shut_end)
        cases.append((held, free))
    (held, free), (held_straight, free_straight) = cases[0], cases[-1]
    return [held, held_straight, free, free_straight]


def _to_cells(sky: _Sky, centres: Spots, at_base: NDArray[np.float64]) -> list[Flights]:
    """As `_four_flights`, in float32 and block by block, because there may be millions of cells.

    Only the first case has lengths. Time is 0 in each base's own cell, if anybody flies there at all.
    Cases share one object where they share it in every block.
    """
    size = len(centres.at_m)
    rows = [np.arange(first, min(first + _BLOCK, size)) for first in range(0, size, _BLOCK)]
    blocks = [_narrow(_four_flights(sky, centres.only(block), swift_m)) for block in rows]
    joined: dict[tuple[int, ...], Flights] = {}
    found = []
    for n, case in enumerate(zip(*blocks, strict=True)):
        key = tuple(id(block) for block in case)
        if key not in joined:
            seconds = np.concatenate([block.seconds for block in case], axis=1)
            lengths = [block.distance_m for block in case] if n == 0 else [_NO_LENGTHS]
            joined[key] = Flights(
                _own_cell(sky.grid, at_base, seconds), np.concatenate(lengths, axis=1)
            )
        found.append(joined[key])
    return found


def _narrow(four: list[Flights]) -> list[Flights]:
    """In float32, with lengths in the first case only."""
    known = {}
    for one in four:
        lengths = one.distance_m.astype(np.float32) if one is four[0] else _NO_LENGTHS
        known[id(one)] = Flights(one.seconds.astype(np.float32), lengths)
    return [known[id(one)] for one in four]


def _landed(flown: Flights, nowhere: NDArray[np.bool_]) -> Flights:
    """Flights less those that end where they may not."""
    if not nowhere.any():
        return flown
    return Flights(*(np.where(nowhere, np.inf, amount) for amount in flown))


def _hops(sky: _Sky, no_fly: NoFly, ends: Spots, measure: Measure) -> Hops:
    """Single flights round the areas; none to ground above the ceiling."""
    to_end_m = flight_m(no_fly, sky.sites, ends, measure)
    ceiling, elevation_m = sky.aircraft.ceiling_m, sky.airspace.elevation_m
    if ceiling is not None and elevation_m is not None:
        cell = cells_at(sky.grid, ends.at_m)
        to_end_m[:, (cell >= 0) & (elevation_m.ravel()[cell] > ceiling.value)] = np.inf
    return Hops(between_m=flight_m(no_fly, sky.sites, sky.sites, exact_m), to_end_m=to_end_m)


def _own_cell(
    grid: Grid, at_base: NDArray[np.float64], seconds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Times with 0 in each base's own cell, if anybody flies there at all."""
    return np.where(np.isinf(seconds), seconds, own_cell_reached(grid, at_base, seconds))


def _under_way(cases: list[NDArray[np.floating]]) -> UnderWay:
    return UnderWay(
        seconds=cases[0],
        without_closures=cases[1],
        without_caveats=cases[2],
        unrestricted=cases[3],
    )
