"""Roads whose loss cuts off, pushes out of the standard or delays the most people."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.detours import edge_segments, road_ways, without
from geo_poc.routing.first_ways import First, Fleet, Fleets, first_arrivals, steps_of
from geo_poc.routing.segments import Segments

LATER_S = 1.0
"""Later by less than this is rounding, not delay."""

Share = Callable[[float], None]


class Rank(NamedTuple):
    """What losses are ranked by, in this order, the greater the worse.

    Parameters
    ----------
    cut_off : float
        People that nobody reaches by the cut-off any more.
    pushed : float
        People reached within the standard before, and later than it now.
    delayed : float
        People reached later than before and on the same side of the standard.
    unknown_sites : int
        Places of unknown people to which one of the three happens.
    person_s : float
        Sum of the delays of all people who are still reached.
    """

    cut_off: float
    pushed: float
    delayed: float
    unknown_sites: int
    person_s: float


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the loss of one segment does to the first arrival on the ground.

    Each place counts once, under the worst that happens to it.

    Parameters
    ----------
    segment : int
    rank : Rank
    places : tuple of int
        Rows of all places to which something happens, most people first, unknown people last.
    """

    segment: int
    rank: Rank
    places: tuple[int, ...]

    @property
    def extra_s(self) -> float:
        """Mean delay of the people who are still reached, but later; ``nan`` where there are none."""
        late = self.rank.pushed + self.rank.delayed
        return self.rank.person_s / late if late else math.nan


@dataclass(frozen=True, kw_only=True, eq=False)
class Critical:
    """The worst losses, worst first; how many segments are on somebody's way, and how many were tried."""

    losses: tuple[Loss, ...]
    used: int
    tried: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Concerned:
    """Whom a loss can concern, and what counts as harm.

    Parameters
    ----------
    people : float64 array (places,)
        ``nan`` unknown: such places are counted apart.
    standard_s : float
    """

    people: NDArray[np.float64]
    standard_s: float


def critical_segments(
    fleets: Fleets, segments: Segments, concerned: Concerned, *, top: int, progress: Share
) -> Critical:
    """The segments whose loss harms the most people: cut off first, then pushed, then delayed.

    A place can lose only if its quickest way uses the segment, and never more than if all roads were
    lost at once. That bounds the rank of each segment. Segments are tried from the highest bound down,
    until the next bound is below the last rank of the list: so the list is exact.

    Parameters
    ----------
    fleets : Fleets
    segments : Segments
        Of ``fleets.ground.network``.
    concerned : Concerned
    top : int
        Longest list that is wanted.
    progress : callable
        Called with the share done.

    Returns
    -------
    Critical
        Without segments whose loss harms nobody.
    """
    now = _as_they_are(fleets, segments)
    users = now.users()
    bounds = {segment: _bound(now, concerned, users[segment]) for segment in users}
    worst: list[Loss] = []
    tried = 0
    for segment in sorted(bounds, key=lambda one: (*_downwards(bounds[one]), one)):
        if len(worst) == top and bounds[segment] < worst[-1].rank:
            break
        loss = _loss(now, concerned, segment, users[segment])
        tried += 1
        progress(tried / len(bounds))
        if any(loss.rank):
            worst.append(loss)
            worst.sort(key=lambda one: (*_downwards(one.rank), one.segment))
            del worst[top:]
    return Critical(losses=tuple(worst), used=len(bounds), tried=tried)


def _downwards(rank: Rank) -> tuple[float, ...]:
    return tuple(-part for part in rank)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Own:
    """One fleet's first arrivals, and what of its graph each segment is.

    Parameters
    ----------
    fleet : Fleet
    seconds, roadless_s : float64 array (places,)
        As things are, and with all roads lost.
    users : mapping of segment to int64 array
        Places to which the fleet's quickest way uses it.
    segment, way : int64 array (edges,)
        Segment of each edge of the fleet's graph, and its entry in ``graph.roads.seconds``.
    """

    fleet: Fleet
    seconds: NDArray[np.float64]
    roadless_s: NDArray[np.float64]
    users: Mapping[int, NDArray[np.int64]]
    segment: NDArray[np.int64]
    way: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class _AsIs:
    """First arrivals of all fleets as things are."""

    fleets: Fleets
    own: tuple[_Own, ...]
    seconds: NDArray[np.float64]
    roadless_s: NDArray[np.float64]

    @property
    def cut_off_s(self) -> float:
        """Later than this is not reached."""
        return self.own[0].fleet.case.cut_off_s

    def users(self) -> dict[int, NDArray[np.int64]]:
        """Places whose quickest way of all uses each segment."""
        first = np.argmin([own.seconds for own in self.own], axis=0)
        found: dict[int, list[NDArray[np.int64]]] = {}
        for row, own in enumerate(self.own):
            for segment, places in own.users.items():
                mine = places[first[places] == row]
                if mine.size:
                    found.setdefault(segment, []).append(mine)
        return {segment: np.concatenate(parts) for segment, parts in found.items()}


def _as_they_are(fleets: Fleets, segments: Segments) -> _AsIs:
    own = tuple(_own(fleets, fleet, segments) for fleet in fleets.fleets)
    return _AsIs(
        fleets=fleets,
        own=own,
        seconds=np.min([one.seconds for one in own], axis=0),
        roadless_s=np.min([one.roadless_s for one in own], axis=0),
    )


def _own(fleets: Fleets, fleet: Fleet, segments: Segments) -> _Own:
    ground, graph = fleets.ground, fleet.graph
    segment, way = edge_segments(ground.network, graph, segments), road_ways(graph)
    first = first_arrivals(ground, fleet, ways=True)
    roadless = first_arrivals(ground, fleet, without(graph, way))
    return _Own(
        fleet=fleet,
        seconds=first.seconds,
        roadless_s=roadless.seconds,
        users=_users(fleets, fleet, first, segment),
        segment=segment,
        way=way,
    )


def _users(
    fleets: Fleets, fleet: Fleet, first: First, segment: NDArray[np.int64]
) -> dict[int, NDArray[np.int64]]:
    """Places to which the way of one fleet uses each segment."""
    nodes = fleets.ground.nodes
    steps = steps_of(fleet, first)
    on_road = np.minimum(steps.start, steps.end) >= nodes.first_vertex
    edge = fleet.graph.edges.rows(steps.start[on_road], steps.end[on_road])
    pairs = np.unique(np.column_stack([segment[edge], steps.place[on_road]]), axis=0)
    used, at = np.unique(pairs[:, 0], return_index=True)
    return dict(zip(used.tolist(), np.split(pairs[:, 1], at[1:]), strict=False))


def _loss(now: _AsIs, concerned: Concerned, segment: int, users: NDArray[np.int64]) -> Loss:
    """What happens without the segment to those whose way uses it."""
    times = []
    for own in now.own:
        if np.isin(users, own.users.get(segment, ())).any():
            graph = without(own.fleet.graph, own.way[own.segment == segment])
            times.append(first_arrivals(now.fleets.ground, own.fleet, graph).seconds[users])
        else:
            times.append(own.seconds[users])
    before, after = now.seconds[users], np.min(times, axis=0)
    people = concerned.people[users]
    harmed = after > before + LATER_S
    places = users[harmed][np.lexsort((users[harmed], -people[harmed]))]
    return Loss(
        segment=segment,
        rank=_rank(people[harmed], before[harmed], after[harmed], concerned.standard_s),
        places=tuple(places.tolist()),
    )


def _rank(
    people: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    standard_s: float,
) -> Rank:
    unknown = np.isnan(people)
    cut_off = np.isinf(after)
    pushed = ~cut_off & (before <= standard_s) & (after > standard_s)
    delayed = ~cut_off & ~pushed
    later_s = np.where(cut_off, 0.0, after - before)
    return Rank(
        cut_off=math.fsum(people[cut_off & ~unknown]),
        pushed=math.fsum(people[pushed & ~unknown]),
        delayed=math.fsum(people[delayed & ~unknown]),
        unknown_sites=int(unknown.sum()),
        person_s=math.fsum((people * later_s)[~unknown]),
    )


def _bound(now: _AsIs, concerned: Concerned, users: NDArray[np.int64]) -> Rank:
    """No part of the segment's rank is above that of the bound: nobody loses more than without any road."""
    people, before = concerned.people[users], now.seconds[users]
    roadless_s = now.roadless_s[users]
    harmed = roadless_s > before + LATER_S
    known = harmed & ~np.isnan(people)
    later_s = np.minimum(roadless_s, now.cut_off_s) - before
    standard_s = concerned.standard_s
    return Rank(
        cut_off=math.fsum(people[known & np.isinf(roadless_s)]),
        pushed=math.fsum(people[known & (before <= standard_s) & (roadless_s > standard_s)]),
        delayed=math.fsum(people[known]),
        unknown_sites=int((harmed & np.isnan(people)).sum()),
        person_s=math.fsum((people * later_s)[known]),
    )
