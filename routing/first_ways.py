"""Who is at each place first over the ground, from any base by any mover of a plan, and which way."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions, PlanFile
from geo_poc.routing.cases import Case, case_of
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.closures import closed_table
from geo_poc.routing.field import Tables, held_ground, mover_paces
from geo_poc.routing.ground import Ground
from geo_poc.routing.movers import movers_of, notice_s
from geo_poc.routing.pace import Pace
from geo_poc.routing.stages import stages
from geo_poc.routing.tracing import steps_back
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.ways import soonest_arrivals
from geo_poc.theatre import Theatre


@dataclass(frozen=True, kw_only=True, eq=False)
class Fleet:
    """The bases from which one mover sets out over one and the same ground.

    Parameters
    ----------
    case : Case
        The mover under some conditions; its notice is ``nan`` for every other base.
    graph : TravelGraph
    """

    case: Case
    graph: TravelGraph


@dataclass(frozen=True, kw_only=True, eq=False)
class Fleets:
    """All that can set out over the ground under some conditions.

    Parameters
    ----------
    ground : Ground
    fleets : tuple of Fleet
    untimed : tuple of str
        Movers on the ground whose time is unknown under the conditions; they are in no fleet.
    """

    ground: Ground
    fleets: tuple[Fleet, ...]
    untimed: tuple[str, ...]


class First(NamedTuple):
    """First arrivals at the places, notice included.

    Parameters
    ----------
    seconds : float64 array (places,)
        ``inf`` where nobody arrives by the cut-off.
    base : int64 array (places,)
        Who comes straight from a base without any road or cell between; -1 for all others.
    leg : int64 array (places,)
        Row of the last leg in ``graph.into``; -1 for those, and where nobody arrives.
    before : int32 array (nodes,)
        Empty where ways were not asked for.
    """

    seconds: NDArray[np.float64]
    base: NDArray[np.int64]
    leg: NDArray[np.int64]
    before: NDArray[np.int32]


class Steps(NamedTuple):
    """All steps over cells and roads of the ways to some places, and where each way begins."""

    place: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    begun: NDArray[np.int64]


def ground_fleets(
    theatre: Theatre,
    plan: PlanFile,
    tables: Tables,
    conditions: Conditions,
    *,
    waiting: bool = False,
) -> Fleets:
    """Every ground mover of a plan at all of its bases; bases bound by the same caveats share a graph.

    Unless ``waiting``, what needs an approval stays shut: who waits for one is not counted. With it
    they leave once it is there, which counts as notice.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    tables : Tables
    conditions : Conditions
    waiting : bool

    Returns
    -------
    Fleets

    Raises
    ------
    NetworkError
        If a closure in force closes nothing.
    """
    ground, restrictions, caveats = held_ground(theatre, tables)
    steps = stages(restrictions, caveats, conditions.light)
    closed_table(ground, tables.areas, restrictions)
    fleets: list[Fleet] = []
    untimed = []
    for mover in movers_of(plan):
        if not isinstance(mover, Vehicle | Foot):
            continue
        notice = notice_s(plan, mover.key, tables.bases)
        case = case_of(mover, conditions, notice, plan.standard.cut_off)
        if np.isnan(case.factor):
            untimed.append(mover.key)
        else:
            pace = _pace(mover, theatre, plan, tables, conditions)
            for step in steps if waiting else steps[:1]:
                shut = [step.closures | bound for bound in step.caveats]
                left = dataclasses.replace(case, notice_s=case.notice_s + step.delay_s)
                fleets += _of_mover(ground, left, pace, shut)
    return Fleets(ground=ground, fleets=tuple(fleets), untimed=tuple(untimed))


def _pace(
    mover: Vehicle | Foot, theatre: Theatre, plan: PlanFile, tables: Tables, conditions: Conditions
) -> Pace:
    paces = mover_paces(mover, conditions.light, theatre=theatre, tables=tables, plan=plan)
    return paces[conditions.season].as_is


def _of_mover(
    ground: Ground, case: Case, pace: Pace, shut: Sequence[frozenset[int]]
) -> Iterator[Fleet]:
    """One fleet for all bases for which the same is shut."""
    stationed = np.flatnonzero(np.isfinite(case.notice_s)).tolist()
    for closed in dict.fromkeys(shut[base] for base in stationed):
        bound = np.array([closed == each for each in shut])
        yield Fleet(
            case=dataclasses.replace(case, notice_s=np.where(bound, case.notice_s, np.nan)),
            graph=travel_graph(ground, pace, closed, from_bases=stationed),
        )


def first_arrivals(
    ground: Ground, fleet: Fleet, graph: TravelGraph | None = None, *, ways: bool = False
) -> First:
    """When somebody of a fleet is at each place first, by the cut-off.

    Parameters
    ----------
    ground : Ground
    fleet : Fleet
    graph : TravelGraph, optional
        Taken instead of the fleet's own, as where a road is lost.
    ways : bool
        Whether the nodes before are asked for.

    Returns
    -------
    First
    """
    case, graph = fleet.case, graph or fleet.graph
    soonest = soonest_arrivals(
        ground,
        graph,
        case.notice_s / case.factor,
        cut_off_s=case.cut_off_s / case.factor,
        ways=ways,
    )
    straight_s, base = _straight(ground, fleet, graph)
    seconds = soonest.seconds * case.factor + case.pass_s
    straight = straight_s <= seconds
    seconds = np.where(straight, straight_s, seconds)
    late = seconds > case.cut_off_s
    return First(
        seconds=np.where(late, np.inf, seconds),
        base=np.where(straight & ~late, base, -1),
        leg=np.where(straight | late, -1, soonest.leg),
        before=soonest.before,
    )


def _straight(
    ground: Ground, fleet: Fleet, graph: TravelGraph
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """First arrivals on legs that lead straight from a base to a place, and from which base."""
    case, direct, places = fleet.case, graph.direct, ground.nodes.places.size
    base = direct.start - ground.nodes.first_base
    total = case.notice_s[base] + direct.seconds * case.factor
    total = np.where(direct.seconds > 0, total + case.pass_s, total)
    total = np.where(np.isnan(total), np.inf, total)
    seconds, first = np.full(places, np.inf), np.full(places, -1, np.int64)
    place = direct.end - ground.nodes.first_place
    for leg in np.argsort(-total, kind="stable"):
        seconds[place[leg]], first[place[leg]] = total[leg], base[leg]
    return seconds, first


def steps_of(fleet: Fleet, first: First) -> Steps:
    """Every step over cells and roads of the ways to the places, as nodes of the ground.

    Parameters
    ----------
    fleet : Fleet
    first : First
        With the nodes before.

    Returns
    -------
    Steps
        ``begun`` has one entry a place: the node to which its way leads from the base; -1 where no way
        leads over cells and roads.
    """
    graph = fleet.graph
    place = np.flatnonzero(first.leg >= 0)
    last = graph.number[graph.into.start[first.leg[place]]]
    place, start, end, (of, at) = steps_back(first.before, place, last)
    node = np.full(graph.node.size, -1)
    node[graph.number] = np.arange(graph.number.size)
    begun = np.full(first.leg.size, -1)
    begun[of] = node[at]
    return Steps(place=place, start=node[start], end=node[end], begun=begun)


def bases_of(ground: Ground, fleet: Fleet, first: First) -> NDArray[np.int64]:
    """Row of the base that is at each place first; -1 where nobody arrives.

    Parameters
    ----------
    ground : Ground
    fleet : Fleet
    first : First
        With the nodes before.
    """
    out, case = fleet.graph.out, fleet.case
    base = out.start - ground.nodes.first_base
    left_s = case.notice_s[base] / case.factor + out.seconds
    best = np.lexsort((left_s, out.end))
    best = best[np.isfinite(left_s[best])]
    end, which = np.unique(out.end[best], return_index=True)
    begun = steps_of(fleet, first).begun
    found = first.base.copy()
    over = np.flatnonzero(begun >= 0)
    found[over] = base[best[which[np.searchsorted(end, begun[over])]]]
    return found
