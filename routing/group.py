"""How far an armed group can have got: from where it was seen, over the same ground, by its own pace."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Ferries, Light, Season
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.field import Tables
from geo_poc.routing.ground import Ground
from geo_poc.routing.movers import crew_of, halt_factor, night_factor, wet_factor
from geo_poc.routing.pace import Pace
from geo_poc.routing.search import cells_of, settled
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.turned import turned_round
from geo_poc.theatre import Theatre

STRAIGHT = math.cos(math.atan(0.5) / 2)
"""A straight line across country is at least so much of a way of the 16 moves, whatever its direction."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Gait:
    """How fast a group moves: by what, in which light, and what of the figures' speed.

    Parameters
    ----------
    mover : Vehicle or Foot
    light : "day" or "night"
    speed_ratio : float
        Times the speed of the mover.
    worst : bool
        Whether a factor of the season or the night that nobody knows counts as 1: the group is then not
        known to be slowed. Else its times are unknown.
    """

    mover: Vehicle | Foot
    light: Light
    speed_ratio: float = 1.0
    worst: bool = False

    def factor(self, season: Season) -> float:
        """Times the seconds of its graph it is the time under way; ``nan`` unknown.

        Examples
        --------
        >>> from geo_poc.routing.catalogue import known_movers
        >>> walker = known_movers()["foot_patrol"]
        >>> Gait(mover=walker, light="night", speed_ratio=0.5).factor("dry")
        2.5
        >>> Gait(mover=walker, light="day").factor("wet"), Gait(mover=walker, light="day", worst=True).factor("wet")
        (nan, 1.0)
        """
        known = 0.0 * wet_factor(self.mover, season) + night_factor(self.mover, self.light)
        known = float(np.nan_to_num(known, nan=1.0)) if self.worst else known
        return known * halt_factor(self.mover) / self.speed_ratio


@dataclass(frozen=True, kw_only=True)
class Group:
    """One armed group as it is searched.

    Parameters
    ----------
    radius_m : float
        It was within this distance of its position.
    fastest, usual, slowest : Gait
    shut : frozenset of int
        Rows of the areas that stop it.
    ferries : Ferries or None
    """

    radius_m: float
    fastest: Gait
    usual: Gait
    slowest: Gait
    shut: frozenset[int]
    ferries: Ferries | None


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupReach:
    """Time under way of one group since it was seen, without its hours of rest.

    Parameters
    ----------
    earliest_s : float64 array (places,)
        At its fastest and as if straight across country (`STRAIGHT`), from the nearest point of its circle;
        ``inf`` no way, ``nan`` position of the place not known.
    likely_s : float64 array (places,)
        From the middle of its circle; ``nan`` unknown as well where a factor is not known or the middle
        is where it cannot move.
    latest_s : float64 array (places,)
        At its slowest: never less than from any point of its circle.
    cell_s : float32 array (cells,)
        As ``earliest_s``, to each cell's centre.
    starts : bool
        Whether there is any cell, road or place in its circle from which it can move.
    """

    earliest_s: _Floats
    likely_s: _Floats
    latest_s: _Floats
    cell_s: NDArray[np.float32]
    starts: bool


class _Start(NamedTuple):
    """Where ways of a group begin: entries of the graph's nodes with their seconds, and places."""

    number: NDArray[np.int64]
    seconds: NDArray[np.float32]
    at_place_s: _Floats

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.number.size) or bool(np.isfinite(self.at_place_s).any())


class _Seen(NamedTuple):
    """Where a group was seen: its row among the bases of a ground, its circle, and what lies in a barrier."""

    ground: Ground
    row: int
    radius_m: float
    flooded: NDArray[np.bool_]


def group_reach(
    ground: Ground,
    row: int,
    group: Group,
    season: Season,
    *,
    theatre: Theatre,
    tables: Tables,
    flooded: NDArray[np.bool_],
) -> GroupReach:
    """Time under way of a group to every place and cell.

    Parameters
    ----------
    ground : Ground
        As of `geo_poc.routing.group_ground.group_ground`.
    row : int
        Of the group among its bases.
    group : Group
    season : "dry" or "wet"
    theatre : Theatre
    tables : Tables
    flooded : bool array (cells,)
        Cells that lie in a barrier.

    Returns
    -------
    GroupReach
    """
    gaits = group.fastest, group.usual, group.slowest
    fast, usual, slow = (
        travel_graph(
            ground,
            _pace(gait, group.ferries, season, theatre=theatre, tables=tables),
            group.shut,
            from_bases=[row],
        )
        for gait in gaits
    )
    seen = _Seen(ground, row, group.radius_m, flooded)
    circle = _circle(seen, fast)
    first, middle = _from_circle(seen, fast, circle), _from_middle(seen, usual)
    earliest_s, cell_s = _searched(ground, fast, first)
    likely_s, _ = _searched(ground, usual, middle)
    latest_s, _ = _searched(ground, slow, _from_middle(seen, slow))
    latest_s = latest_s + _to_middle_s(seen, slow, circle)
    if not middle.any:
        likely_s[:] = latest_s[:] = np.nan
    lost = ~np.isfinite(ground.nodes.at_place[:, 0])
    times = [
        np.where(lost, np.nan, _slowed(seconds, gait.factor(season)))
        for seconds, gait in zip((earliest_s, likely_s, latest_s), gaits, strict=True)
    ]
    quickest = np.float32(STRAIGHT * group.fastest.factor(season))
    return GroupReach(
        earliest_s=times[0] * STRAIGHT,
        likely_s=times[1],
        latest_s=times[2],
        cell_s=cell_s * quickest,
        starts=first.any,
    )


def _slowed(seconds: _Floats, factor: float) -> _Floats:
    """Times a factor; who has no way has none whatever the factor is."""
    return np.where(np.isinf(seconds), np.inf, seconds * factor)


def _pace(
    gait: Gait, ferries: Ferries | None, season: Season, *, theatre: Theatre, tables: Tables
) -> Pace:
    paces = season_paces(
        gait.mover,
        theatre,
        tables.roads,
        crew=crew_of(()),
        land_cover=tables.land_cover,
        elevation_m=tables.elevation_m,
        ferries=ferries,
        light=gait.light,
        fixed_share=1 / float(np.nan_to_num(gait.factor(season), nan=1.0)),
    )
    return paces[season].as_is


def _circle(seen: _Seen, graph: TravelGraph) -> NDArray[np.int64]:
    """Cells that can be walked and road vertices, as nodes of the ground, within a group's circle."""
    nodes = seen.ground.nodes
    if seen.radius_m == 0:
        return np.empty(0, np.int64)
    every = np.arange(nodes.first_base)
    apart_m = np.hypot(*(nodes.points(every) - nodes.at_base[seen.row]).T)
    walked = np.isfinite(graph.node["half"][graph.number[: nodes.first_vertex]])
    usable = np.concatenate([~seen.flooded & walked, ~seen.ground.network.afloat])
    return np.asarray(every[usable & (apart_m <= seen.radius_m)], dtype=np.int64)


def _from_circle(seen: _Seen, graph: TravelGraph, circle: NDArray[np.int64]) -> _Start:
    """At once from all that lies in the circle; other first legs begin at its edge."""
    nodes = seen.ground.nodes
    start = _from_middle(seen, graph, seen.radius_m)
    apart_m = np.hypot(*(nodes.at_place - nodes.at_base[seen.row]).T)
    return _Start(
        number=np.concatenate([start.number, graph.number[circle]]),
        seconds=np.concatenate([start.seconds, np.zeros(circle.size, np.float32)]),
        at_place_s=np.where(apart_m <= seen.radius_m, 0.0, start.at_place_s),
    )


def _from_middle(seen: _Seen, graph: TravelGraph, spared_m: float = 0.0) -> _Start:
    """First legs of a group from its position, shorter by what is spared; none into a barrier."""
    nodes, direct = seen.ground.nodes, graph.direct
    own = direct.start == nodes.bases[seen.row]
    at_place_s = np.full(nodes.places.size, np.inf)
    np.minimum.at(
        at_place_s,
        direct.end[own] - nodes.first_place,
        _spared(direct.seconds[own], direct.length_m[own], spared_m),
    )
    out = graph.out.where(_own_legs(seen, graph))
    return _Start(
        number=graph.number[out.end],
        seconds=_spared(out.seconds, out.length_m, spared_m).astype(np.float32),
        at_place_s=at_place_s,
    )


def _own_legs(seen: _Seen, graph: TravelGraph) -> NDArray[np.bool_]:
    """Which legs out lead from the group; a leg without length would lead into the lake that it is in."""
    dry = np.ones(graph.number.size, dtype=np.bool_)
    dry[: seen.flooded.size] = ~seen.flooded
    return np.asarray((graph.out.start == seen.ground.nodes.bases[seen.row]) & dry[graph.out.end])


def _spared(seconds: _Floats, length_m: _Floats, spared_m: float) -> _Floats:
    """Seconds of legs of which so many metres at the beginning are not walked."""
    left = np.maximum(length_m - spared_m, 0.0)
    return seconds * np.divide(left, length_m, out=np.zeros_like(left), where=length_m > 0)


def _searched(
    ground: Ground, graph: TravelGraph, start: _Start
) -> tuple[_Floats, NDArray[np.float32]]:
    """Seconds to each place and to each cell."""
    time_s = settled(graph, start.number, start.seconds, np.inf).node["time"]
    into = graph.into
    seconds = start.at_place_s.copy()
    total_s = time_s[graph.number[into.start]].astype(np.float64) + into.seconds
    np.minimum.at(seconds, into.end - ground.nodes.first_place, total_s)
    return seconds, cells_of(ground, time_s)


def _to_middle_s(seen: _Seen, graph: TravelGraph, circle: NDArray[np.int64]) -> float:
    """The longest that anybody in the circle takes to its middle; ``inf`` where somebody has no way there."""
    if seen.radius_m == 0:
        return 0.0
    start, back = _from_middle(seen, graph), turned_round(graph)
    time_s = settled(back, start.number, start.seconds, np.inf).node["time"]
    farthest_s = float(time_s[back.number[circle]].max(initial=0.0))
    # The circle may be smaller than a cell: then the pace of the first legs is that of the ground in it.
    out = graph.out.where(_own_legs(seen, graph))
    some = out.length_m > 0
    pace_sm = float((out.seconds[some] / out.length_m[some]).max(initial=0.0))
    return max(farthest_s, pace_sm * seen.radius_m)
