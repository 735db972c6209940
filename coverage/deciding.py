"""The ways over the ground to the places about which there is something to decide."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import PlanFile
from geo_poc.routing.field import Tables
from geo_poc.routing.first_ways import Fleet, Fleets, bases_of, first_arrivals, ground_fleets
from geo_poc.routing.routes import Route, route
from geo_poc.theatre import Theatre

MOST = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class DecidingWay:
    """The quickest way over the ground to one camp or place under the plan's own conditions.

    Parameters
    ----------
    place_id, base_id, mover : str
    seconds : float
        From the alert until the last vehicle is there, notice to move and waiting for approval included.
    way : Route
        With the seconds of these conditions, notice and passing of a column left out.
    """

    place_id: str
    base_id: str
    mover: str
    seconds: float
    way: Route


def deciding_ways(
    theatre: Theatre, plan: PlanFile, tables: Tables, asked: NDArray[np.bool_], *, most: int = MOST
) -> tuple[DecidingWay, ...]:
    """Quickest ways to the most populous places that are reached later than the standard, if there is a way.

    Where no place is late, the ways to the most populous ones that are reached. Places beyond the cut-off
    count as long as there is a way at all. Movers of unknown time go nowhere.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    tables : Tables
        Places with columns ``id, people``.
    asked : bool array (places,)
        Which places count, such as those in the mandate.
    most : int

    Returns
    -------
    tuple of DecidingWay
        Most people first, unknown people last.
    """
    fleets = _without_cut_off(ground_fleets(theatre, plan, tables, plan.conditions, waiting=True))
    if not fleets.fleets:
        return ()
    firsts = [first_arrivals(fleets.ground, fleet, ways=True) for fleet in fleets.fleets]
    times = np.array([first.seconds for first in firsts])
    soonest, seconds = times.argmin(axis=0), times.min(axis=0)
    reached = asked & np.isfinite(seconds)
    late = reached & (seconds > plan.standard.response)
    people = tables.places["people"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero(late if late.any() else reached)
    rows = rows[np.argsort(-people[rows], kind="stable")][:most]
    bases = [
        bases_of(fleets.ground, fleet, first)
        for fleet, first in zip(fleets.fleets, firsts, strict=True)
    ]
    ends = [(fleets.fleets[soonest[row]], int(bases[soonest[row]][row]), int(row)) for row in rows]
    ways = [_way(fleets, tables, *each) for each in ends]
    return tuple(
        DecidingWay(
            place_id=str(tables.places["id"].iloc[row]),
            base_id=str(tables.bases["id"].iloc[base]),
            mover=fleet.case.mover.key,
            seconds=float(seconds[row]),
            way=way,
        )
        for (fleet, base, row), way in zip(ends, ways, strict=True)
        if way is not None
    )


def _without_cut_off(fleets: Fleets) -> Fleets:
    return dataclasses.replace(
        fleets,
        fleets=tuple(
            dataclasses.replace(fleet, case=dataclasses.replace(fleet.case, cut_off_s=np.inf))
            for fleet in fleets.fleets
        ),
    )


def _way(fleets: Fleets, tables: Tables, fleet: Fleet, base: int, place: int) -> Route | None:
    found = route(fleets.ground, fleet.graph, tables.roads, base=base, place=place)
    return None if found is None else found.slowed(fleet.case.factor)
