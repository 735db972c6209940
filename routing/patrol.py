"""Patrols: where each base can go, stay a while, and be back from in time."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions
from geo_poc.routing.cases import case_of
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.field import mover_paces
from geo_poc.routing.ground import in_grid
from geo_poc.routing.patrol_ground import PatrolGround, Shut, graph_pair, shut_cases
from geo_poc.routing.reach import astray, own_cell_reached
from geo_poc.routing.travel_graph import TravelGraph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.ways import quickest_times_s

CODE = {reason: code for code, reason in enumerate(Reason)}
"""Number of each reason in the arrays of codes."""

Share = Callable[[float], None]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Outing:
    """One kind of patrol from all bases, as it is searched.

    Parameters
    ----------
    mover : Vehicle or Foot
    conditions : Conditions
        Season and light in which it moves.
    on_the_spot_s : float
    length_s : float64 array (bases,)
        For way out, time on the spot and way back; nan unknown.
    stationed : bool array (bases,)
        Which bases have the mover.
    sends : bool array (bases,)
        Which of these send this patrol.
    """

    mover: Vehicle | Foot
    conditions: Conditions
    on_the_spot_s: float
    length_s: _Floats
    stationed: NDArray[np.bool_]
    sends: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trip:
    """Where one kind of patrol gets to from one base.

    Parameters
    ----------
    outing, base : int
        Rows.
    limit_s : float
        Most that way out and way back may take together; nan unknown.
    cell_s : float32 array (cells,)
        Way out and way back to each cell's centre; ``inf`` not reached in time, nan unknown.
    out_s, back_s : float64 array (points,)
        To and from the places, then the centres of the cells that were asked for; ``inf`` without a way.
    codes : int8 array (points,)
        Position in `Reason` of why it is reached or not.
    """

    outing: int
    base: int
    limit_s: float
    cell_s: NDArray[np.float32]
    out_s: _Floats
    back_s: _Floats
    codes: NDArray[np.int8]


def patrol_trips(
    there: PatrolGround, outings: Sequence[Outing], *, progress: Share
) -> Iterator[Trip]:
    """Every kind of patrol from every base that sends it, base by base.

    A point is reached if way out + time on the spot + way back is not above the length (``<=``). Both
    ways take what a response takes without its notice: time under way in the season x light factor x
    halts + pass time of a column. The way back is searched on the graph turned round.

    Parameters
    ----------
    there : PatrolGround
    outings : sequence of Outing
    progress : callable
        Called with the share done.

    Yields
    ------
    Trip
        Only a few bases are in memory at a time.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for n, outing in enumerate(outings):
        groups.setdefault(_alike(there, outing), []).append(n)
    for done, members in enumerate(groups.values()):

        def told(share: float, done: int = done) -> None:
            progress((done + share) / len(groups))

        yield from _trips_of(there, {n: outings[n] for n in members}, told)


def _alike(there: PatrolGround, outing: Outing) -> tuple[str, str, str]:
    """What the graph depends on, base and closures aside: patrols that share it share the searches."""
    light = outing.conditions.light if there.light_matters else ""
    return outing.mover.key, outing.conditions.season, light


def _trips_of(there: PatrolGround, outings: dict[int, Outing], told: Share) -> Iterator[Trip]:
    """Trips of patrols that share their graphs."""
    one = next(iter(outings.values()))
    at_base = there.ground.nodes.at_base
    sends = np.logical_or.reduce([outing.sends for outing in outings.values()])
    placed = in_grid(there.theatre.grid, at_base)
    for base in np.flatnonzero(sends & ~placed).tolist():
        yield from (_lost(there, n, base) for n, each in outings.items() if each.sends[base])
    light = one.conditions.light
    pace = mover_paces(
        one.mover, light, theatre=there.theatre, tables=there.tables, plan=there.plan
    )[one.conditions.season]
    rows: list[int] = np.flatnonzero(sends & placed).tolist()
    stationed = np.flatnonzero(one.stationed & placed).tolist()
    pairs = {
        case: graph_pair(there, pace, case, stationed)
        for case in {case for row in rows for case in shut_cases(there, pace, row, light)}
    }
    bound_s = max(_limits_s(outings.values()), default=0.0)

    def of_base(row: int) -> list[_Both]:
        return _searched(there, pairs, shut_cases(there, pace, row, light), row, bound_s)

    workers = os.cpu_count() or 1
    # Threads, because the compiled search needs no interpreter; a few bases at a time, for memory.
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for first in range(0, len(rows), workers):
            batch = rows[first : first + workers]
            for row, ways in zip(batch, pool.map(of_base, batch), strict=True):
                yield from (
                    _trip(there, n, each, row, ways)
                    for n, each in outings.items()
                    if each.sends[row]
                )
            told((first + len(batch)) / len(rows))


def _limits_s(outings: Collection[Outing]) -> list[float]:
    """The most that both ways may take, of each patrol; unlimited where that is unknown."""
    limits = [(each.length_s - each.on_the_spot_s)[each.sends] for each in outings]
    return [float(np.nan_to_num(limit, nan=np.inf).max(initial=0.0)) for limit in limits]


class _Both(NamedTuple):
    """Seconds under way by day, out and back, to the points and to all cells."""

    points: tuple[_Floats, _Floats]
    cells: tuple[NDArray[np.float32], NDArray[np.float32]]


def _searched(
    there: PatrolGround,
    pairs: dict[Shut, tuple[TravelGraph, TravelGraph]],
    cases: tuple[Shut, ...],
    base: int,
    bound_s: float,
) -> list[_Both]:
    """Both ways in each case; only with nothing shut are ways of any length looked for."""
    known = {cases[-1]: _there_and_back(there, pairs[cases[-1]], base, np.inf)}
    for case in cases[:-1]:
        if case not in known:
            known[case] = _there_and_back(there, pairs[case], base, bound_s)
    return [known[case] for case in cases]


def _there_and_back(
    there: PatrolGround, pair: tuple[TravelGraph, TravelGraph], base: int, cut_off_s: float
) -> _Both:
    out = _one_way(there, pair[0], base, cut_off_s)
    back = out if pair[1] is pair[0] else _one_way(there, pair[1], base, cut_off_s)
    return _Both(points=(out[0], back[0]), cells=(out[1], back[1]))


def _one_way(
    there: PatrolGround, graph: TravelGraph, base: int, cut_off_s: float
) -> tuple[_Floats, NDArray[np.float32]]:
    nodes = there.ground.nodes
    place_s, found_s = quickest_times_s(there.ground, graph, base, cut_off_s=cut_off_s)
    cell_s = own_cell_reached(nodes.grid, nodes.at_base[[base]], found_s[None])[0]
    return np.concatenate([place_s, cell_s[there.at_cells]]), cell_s.astype(np.float32)


def _trip(there: PatrolGround, number: int, outing: Outing, base: int, ways: list[_Both]) -> Trip:
    case = case_of(outing.mover, outing.conditions, np.zeros(1), np.inf)
    limit_s = float(outing.length_s[base]) - outing.on_the_spot_s
    unknown = bool(np.isnan(case.factor) or np.isnan(limit_s))

    def total_s(under_way_s: NDArray[np.floating]) -> _Floats:
        return np.asarray(case.total_s(under_way_s[None])[0])

    def fits(seconds: _Floats) -> NDArray[np.bool_]:
        return np.isfinite(seconds) & (unknown | (seconds <= limit_s))

    as_is, *freed = ways
    out_s, back_s = (total_s(half) for half in as_is.points)
    opened = [total_s(each.points[0]) + total_s(each.points[1]) for each in freed]
    around_s = total_s(as_is.cells[0]) + total_s(as_is.cells[1])
    near = fits(around_s) & there.ground.inside.ravel()
    lost, outside = _astray(there, base)
    choices = (
        (lost, Reason.UNKNOWN),
        (outside, Reason.OUTSIDE_AREA),
        (fits(out_s + back_s), Reason.UNKNOWN if unknown else Reason.REACHED),
        (fits(opened[0]), Reason.CLOSED),
        (fits(opened[1]), Reason.CAVEAT),
        (fits(opened[2]), Reason.CLOSED),
        (np.isfinite(opened[2]), Reason.CUT_OFF),
    )
    return Trip(
        outing=number,
        base=base,
        limit_s=limit_s,
        cell_s=np.where(near, np.nan if unknown else around_s, np.inf).astype(np.float32),
        out_s=out_s,
        back_s=back_s,
        codes=np.select(
            [holds for holds, _ in choices],
            [np.int8(CODE[reason]) for _, reason in choices],
            default=np.int8(CODE[Reason.NO_NETWORK]),
        ),
    )


def _astray(there: PatrolGround, base: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the position of base or point is unknown, and whether the point is outside the area."""
    nodes = there.ground.nodes
    unknown, outside = astray(there.theatre, nodes.at_base[[base]], nodes.at_place)
    beyond = ~there.ground.inside.ravel()[there.at_cells]
    return (
        np.concatenate([unknown[0], np.full(beyond.size, np.isnan(nodes.at_base[base, 0]))]),
        np.concatenate([outside[0], beyond]),
    )


def _lost(there: PatrolGround, number: int, base: int) -> Trip:
    """The trip from a base off the grid, which reaches nothing, or of unknown position."""
    unknown = bool(np.isnan(there.ground.nodes.at_base[base, 0]))
    lost, _ = _astray(there, base)
    cells = np.full(there.ground.nodes.first_vertex, np.nan if unknown else np.inf, np.float32)
    return Trip(
        outing=number,
        base=base,
        limit_s=np.nan,
        cell_s=cells,
        out_s=np.full(lost.size, np.inf),
        back_s=np.full(lost.size, np.inf),
        codes=np.where(lost, CODE[Reason.UNKNOWN], CODE[Reason.OUTSIDE_AREA]).astype(np.int8),
    )
