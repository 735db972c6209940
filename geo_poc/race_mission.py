"""The mission's side of a race: its arrivals without the cut-off, and at both ends of its movers' ranges."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.arrivals import Arrivals, arrivals, soonest_force_s
from geo_poc.coverage.race import Ranged
from geo_poc.inputs import Inputs, Progress
from geo_poc.plan import ALL_CONDITIONS, PlanFile
from geo_poc.routing.arrival import Arrival
from geo_poc.routing.binding import Constraint, binding
from geo_poc.routing.group import STRAIGHT
from geo_poc.routing.ranges import plan_at_end, some_range

HORIZON_S = 14 * 86_400.0
"""The mission's arrivals are looked for so long, or until the plan's cut-off if that is later."""


def racing_plan(plan: PlanFile, troops: int | None) -> PlanFile:
    """The plan with the troops asked for, and without its cut-off: a late arrival is late, and not none."""
    cut_off = max(plan.standard.cut_off, HORIZON_S)
    force = plan.force
    if force is not None and troops is not None:
        force = dataclasses.replace(force, troops=troops)
    standard = dataclasses.replace(plan.standard, cut_off=cut_off)
    return dataclasses.replace(plan, standard=standard, force=force)


@dataclass(frozen=True, kw_only=True, eq=False)
class Coming:
    """The mission's arrival of a first element, or of k troops: when, from which base by what, what binds."""

    times: Ranged
    base_id: NDArray[np.object_]
    mover: NDArray[np.object_]
    binds: NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Mission:
    """The mission's side: its first element, its troops if the plan has any, and the figures nobody gives."""

    first: Coming
    force: Coming | None
    missing: tuple[str, ...]


def mission_arrivals(inputs: Inputs, plan: PlanFile, progress: Progress) -> Mission:
    """Arrival of the first element, and of the plan's troops if it has any, under its own conditions."""
    row = ALL_CONDITIONS.index(plan.conditions)
    found = _arrivals(inputs, plan, progress)
    ends = found, found
    if some_range(plan):
        ends = (
            _arrivals(inputs, plan_at_end(plan, quick=True), progress),
            _arrivals(inputs, plan_at_end(plan, quick=False), progress),
        )
    usual, quick, slow = (each.arrivals[row] for each in (found, *ends))
    # As for the groups: ways across country may be so much straighter than the moves of the grid.
    first = _coming(
        usual,
        Ranged(seconds=usual.first_s, quick_s=quick.first_s * STRAIGHT, slow_s=slow.first_s),
        usual.first_trip,
        binding(usual, 1.0),
    )
    force = None
    if plan.force is not None:
        force = _force(inputs, (found, *ends), row, plan.force.troops)
    return Mission(first=first, force=force, missing=found.missing)


def _force(
    inputs: Inputs, found: tuple[Arrivals, Arrivals, Arrivals], row: int, troops: int
) -> Coming:
    """Arrival of k troops, unknown where a further lift of unknown time could bring it forward.

    The quick end is then that of the lift as soon as it could be, the slow end is without it.
    """
    bases, conditions = inputs.layers["bases"].table, ALL_CONDITIONS[row]
    usual = found[0].arrivals[row]
    seconds, quick_s, slow_s = (each.arrivals[row].time_to_force(troops) for each in found)
    soonest_s, quickest_s = (soonest_force_s(each, bases, conditions) for each in found[:2])
    doubtful = soonest_s < seconds
    ranged = Ranged(
        seconds=np.where(doubtful, np.nan, seconds),
        quick_s=np.minimum(quick_s, quickest_s) * STRAIGHT,
        slow_s=slow_s,
    )
    trip = np.where(doubtful, -1, usual.last_trip(troops))
    binds = np.where(doubtful, Constraint.UNKNOWN, found[0].binding[row])
    return _coming(usual, ranged, trip, binds)


def _arrivals(inputs: Inputs, plan: PlanFile, progress: Progress) -> Arrivals:
    return arrivals(dataclasses.replace(inputs, plan_file=plan), progress=progress)


def _coming(
    found: Arrival, times: Ranged, trip: NDArray[np.int64], binds: NDArray[np.object_]
) -> Coming:
    trips = found.trips
    bases = [trips.base_ids[row] for row in trips.base] + [""]
    movers = [trips.carriers[row].mover for row in trips.carrier] + [""]
    return Coming(
        times=times,
        base_id=np.array(bases, dtype=object)[trip],
        mover=np.array(movers, dtype=object)[trip],
        binds=binds,
    )
