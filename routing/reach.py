"""Time under way from each base to each place, with and without what closes the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.plan import Season
from geo_poc.routing.ground import Ground, in_area, in_grid
from geo_poc.routing.seasons import SeasonPace
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.ways import Ways, quickest_times_s, quickest_ways
from geo_poc.theatre import Theatre

Share = Callable[[float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class UnderWay:
    """Time under way as things are, and as it would be if less were shut.

    Parameters
    ----------
    seconds : float array (bases, n)
        As things are; ``inf`` where there is no way.
    without_closures, without_caveats, unrestricted : float array (bases, n)
        The same if closures (for aircraft: no-fly areas, and closures on the last leg), caveats, or both
        did not hold. The same array as ``seconds`` where nothing is shut.
    approval_s : tuple of float64 array (bases, n), or None
        What of each of the four is waiting for approval, as it is on the clock; None where nobody waits.
    """

    seconds: NDArray[np.floating]
    without_closures: NDArray[np.floating]
    without_caveats: NDArray[np.floating]
    unrestricted: NDArray[np.floating]
    approval_s: tuple[NDArray[np.float64], ...] | None = None

    @classmethod
    def of(
        cls,
        four: Sequence[NDArray[np.floating]],
        approval_s: Sequence[NDArray[np.float64]] | None = None,
    ) -> UnderWay:
        """As things are, without closures, without caveats, and without both."""
        return cls(
            seconds=four[0],
            without_closures=four[1],
            without_caveats=four[2],
            unrestricted=four[3],
            approval_s=None if approval_s is None else tuple(approval_s),
        )

    @property
    def four(self) -> tuple[NDArray[np.floating], ...]:
        """As things are, without closures, without caveats, and without both."""
        return self.seconds, self.without_closures, self.without_caveats, self.unrestricted


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Where one mover gets by day in a season, notice to move left out.

    Parameters
    ----------
    places : UnderWay
        (bases, places).
    cells : UnderWay
        (bases, cells), to each cell's centre; 0 in the base's own cell.
    distance_m, off_road_m : float64 array (bases, places)
        ``nan`` where there is no way.
    unknown, outside : bool array (bases, places)
        Position of base or place not known; base or place not in the theatre.
    otherwise : Reason
        Why there is no way even if nothing is closed.
    stranded : two bool arrays (bases, places), (bases, cells), or None
        Within the range, but with no way from any landing site; None where landing is not checked.
    walked_m : float64 array (bases, places) or None
        What of the way is walked from a landing site; None where landing is not checked.
    """

    places: UnderWay
    cells: UnderWay
    distance_m: NDArray[np.floating]
    off_road_m: NDArray[np.floating]
    unknown: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    otherwise: Reason
    stranded: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None
    walked_m: NDArray[np.float64] | None = None


def ground_reaches(
    ground: Ground,
    paces: Mapping[Season, SeasonPace],
    *,
    theatre: Theatre,
    stationed: NDArray[np.bool_],
    closures: frozenset[int],
    caveats: Sequence[frozenset[int]],
    progress: Share,
) -> dict[Season, Reach]:
    """Reach over the ground in each season; seasons of equal speeds share one.

    Parameters
    ----------
    ground : Ground
    paces : mapping of season to SeasonPace
    theatre : Theatre
    stationed : bool array (bases,)
        Which bases have the mover; the others reach nothing.
    closures : frozenset of int
        Rows of the closures in force.
    caveats : sequence of frozenset, one per base
        Rows of the caveat areas that bind it.
    progress : callable
        Called with the share done.

    Returns
    -------
    dict of season to Reach
    """
    reaches: dict[Season, Reach] = {}
    for done, (season, pace) in enumerate(paces.items()):
        alike = [known for known in reaches if pace.same(paces[known])]
        reaches[season] = (
            reaches[alike[0]]
            if alike
            else _ground_reach(
                _Routing(ground=ground, pace=pace, closures=closures, caveats=caveats),
                theatre=theatre,
                stationed=stationed,
                progress=partial(_in_part, progress, done, len(paces)),
            )
        )
    return reaches


def _in_part(progress: Share, done: int, parts: int, share: float) -> None:
    progress((done + share) / parts)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Routing:
    """A ground, a pace and what is shut on it for whom."""

    ground: Ground
    pace: SeasonPace
    closures: frozenset[int]
    caveats: Sequence[frozenset[int]]

    def cases(self, base: int) -> tuple[tuple[frozenset[int], bool], ...]:
        """What is shut, and whether roads that the season closes are open.

        As it is, without closures, without caveats, without both.
        """
        bound = self.caveats[base]
        opened = self.pace.opened is not self.pace.as_is
        return (
            (self.closures | bound, False),
            (bound, opened),
            (self.closures, False),
            (frozenset(), opened),
        )

    def graph(self, case: tuple[frozenset[int], bool], bases: Sequence[int]) -> TravelGraph:
        """The ground with one case's seconds on it."""
        shut, opened = case
        pace = self.pace.opened if opened else self.pace.as_is
        return travel_graph(self.ground, pace, shut, from_bases=bases)


def _ground_reach(
    routing: _Routing, *, theatre: Theatre, stationed: NDArray[np.bool_], progress: Share
) -> Reach:
    ground = routing.ground
    nodes = ground.nodes
    at_base, at_place = nodes.at_base, nodes.at_place
    off_grid = np.isfinite(at_base[:, 0]) & ~in_grid(nodes.grid, at_base)
    starting = stationed & np.isfinite(at_base[:, 0]) & ~off_grid
    rows: list[int] = np.flatnonzero(starting).tolist()
    graphs = {
        case: routing.graph(case, rows)
        for case in {case for row in rows for case in routing.cases(row)}
    }

    def of_base(row: int) -> tuple[Ways, list[_Time]]:
        as_is, *cases = routing.cases(row)
        ways = quickest_ways(ground, graphs[as_is], row)
        known = {as_is: (ways.seconds, ways.cell_seconds)}
        for case in set(cases) - {as_is}:
            known[case] = quickest_times_s(ground, graphs[case], row)
        return ways, [known[case] for case in cases]

    found = [_no_ways(ground)] * nodes.bases.size
    freed = [[(ways.seconds, ways.cell_seconds) for ways in found] for _ in range(3)]
    # Threads, because the compiled search needs no interpreter.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for n, (row, (ways, opened)) in enumerate(zip(rows, pool.map(of_base, rows), strict=True)):
            found[row] = ways
            for times, case in zip(freed, opened, strict=True):
                times[row] = case
            progress((n + 1) / len(rows))
    unknown, outside = astray(theatre, at_base, at_place)
    as_is = [(ways.seconds, ways.cell_seconds) for ways in found]
    places = [_stacked([times[0] for times in case], nodes.places.size) for case in (as_is, *freed)]
    return Reach(
        places=UnderWay(
            seconds=places[0],
            without_closures=places[1],
            without_caveats=places[2],
            unrestricted=places[3],
        ),
        cells=_cells_under_way(ground, at_base, as_is, freed, nothing_shut=len(graphs) <= 1),
        distance_m=_stacked([ways.distance_m for ways in found], nodes.places.size),
        off_road_m=_stacked([ways.off_road_m for ways in found], nodes.places.size),
        unknown=unknown,
        outside=outside | (off_grid[:, None] & ~unknown),
        otherwise=Reason.NO_NETWORK,
    )


_Time = tuple[NDArray[np.float64], NDArray[np.float32]]
_Times = Sequence[_Time]


def _cells_under_way(
    ground: Ground,
    at_base: NDArray[np.float64],
    as_is: _Times,
    freed: Sequence[_Times],
    *,
    nothing_shut: bool,
) -> UnderWay:
    """Times to all cells; one array serves all four where nothing is shut."""

    def surfaces(case: _Times) -> NDArray[np.floating]:
        shape = len(case), ground.nodes.first_vertex
        stacked = np.reshape(np.asarray([times[1] for times in case], np.float32), shape)
        return own_cell_reached(ground.nodes.grid, at_base, stacked)

    seconds = surfaces(as_is)
    opened = [seconds] * 3 if nothing_shut else [surfaces(case) for case in freed]
    return UnderWay(
        seconds=seconds,
        without_closures=opened[0],
        without_caveats=opened[1],
        unrestricted=opened[2],
    )


def _no_ways(ground: Ground) -> Ways:
    places = ground.nodes.places.size
    return Ways(
        seconds=np.full(places, np.inf),
        distance_m=np.full(places, np.nan),
        off_road_m=np.full(places, np.nan),
        cell_seconds=np.full(ground.nodes.first_vertex, np.inf, np.float32),
    )


def _stacked(rows: Sequence[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    return np.reshape(np.asarray(rows, dtype=np.float64), (len(rows), width))


def astray(
    theatre: Theatre, at_base: NDArray[np.float64], at_place: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the position of base or place is unknown, and whether the place is outside the area.

    Parameters
    ----------
    theatre : Theatre
    at_base, at_place : float64 array (bases, 2), (places, 2)
        In metres.

    Returns
    -------
    two bool arrays (bases, places)
    """
    lost_base, lost_place = ~np.isfinite(at_base[:, :1]), ~np.isfinite(at_place[:, 0])
    unknown = lost_base | lost_place
    outside = ~in_area(theatre, at_place) & ~unknown
    return unknown, outside


def own_cell_reached(
    grid: Grid, at_base: NDArray[np.float64], cell_seconds: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Time to each cell with 0 in each base's own cell.

    Parameters
    ----------
    grid : Grid
    at_base : float64 array (bases, 2)
        In metres.
    cell_seconds : float array (bases, cells)

    Returns
    -------
    float array (bases, cells)
    """
    row, col = grid.cell_of(at_base[:, 0], at_base[:, 1])
    base = np.flatnonzero(row >= 0)
    reached = cell_seconds.copy()
    reached[base, row[base] * grid.cols + col[base]] = 0.0
    return reached
