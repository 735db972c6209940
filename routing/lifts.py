"""Times at which the lifts of a shuttle arrive: there, back, turn-round, fuel, crew day."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400.0
Wait = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Shuttle:
    """What a shuttle costs beside the time under way; ``nan`` is unknown.

    Parameters
    ----------
    turn_round_s : float
        On the ground between two trips, at the place and again at the base.
    refuel_s : float
        More at the base whenever the tank is used up.
    tank_s : float
        Time under way on one tank; ``inf`` if fuel is no limit.
    crew_day_s : float
        From the start of the first trip of a crew to the end of its last; ``inf`` without limit.
    """

    turn_round_s: float = math.nan
    refuel_s: float = math.nan
    tank_s: float = math.inf
    crew_day_s: float = math.inf

    @property
    def at_best(self) -> Shuttle:
        """The quickest that it can be: what is unknown takes no time and has no limit."""
        return Shuttle(
            turn_round_s=0.0 if math.isnan(self.turn_round_s) else self.turn_round_s,
            refuel_s=0.0 if math.isnan(self.refuel_s) else self.refuel_s,
            tank_s=self.tank_s,
            crew_day_s=math.inf if math.isnan(self.crew_day_s) else self.crew_day_s,
        )


def lifts_needed(troops: float, count: float, seats: float) -> float:
    """Number of lifts that bring so many troops: ``ceil(troops / (count seats))``.

    ``inf`` where nothing carries them, ``nan`` where count or seats are unknown.

    Examples
    --------
    >>> lifts_needed(120, 2, 24), lifts_needed(96, 2, 24), lifts_needed(1, 0, 24)
    (3.0, 2.0, inf)
    """
    if math.isnan(count * seats) or troops <= 0:
        return math.nan if troops > 0 else 0.0
    each = count * math.floor(seats)
    return float(math.ceil(troops / each)) if each > 0 else math.inf


def lift_times_s(
    first_s: NDArray[np.float64],
    way_s: NDArray[np.float64],
    shuttle: Shuttle,
    *,
    lifts: int,
    wait_s: Wait | None = None,
) -> NDArray[np.float64]:
    """Arrival of each lift in seconds, all vehicles or aircraft of a base going together.

    A trip is the way out, a turn-round at the place, the way back and a turn-round at the base; where
    the tank does not last for another trip it is filled there. A lift that could not be back within
    the crew day leaves with the rested crew, a day after the last start of a crew day. The first lift
    goes as it was called, whatever the crew day; a trip that is longer than a crew day has no second.

    Parameters
    ----------
    first_s : float64 array (...)
        Arrival of the first lift; ``inf`` not reached, ``nan`` unknown.
    way_s : float64 array (...)
        Under way, one way.
    shuttle : Shuttle
    lifts : int
    wait_s : callable, optional
        From the times at which the next lift could leave to how long it must still wait, as for
        first light; after a wait the crew is rested.

    Returns
    -------
    float64 array (..., lifts)
        ``nan`` from the first lift on whose time rests on an unknown figure.

    Examples
    --------
    Out and back 30 min each, 10 min at either end: every 80 min.

    >>> hourly = Shuttle(turn_round_s=600.0)
    >>> lift_times_s(np.array([3600.0]), np.array([1800.0]), hourly, lifts=3).tolist()
    [[3600.0, 8400.0, 13200.0]]
    >>> lift_times_s(np.array([3600.0]), np.array([1800.0]), Shuttle(), lifts=2).tolist()
    [[3600.0, nan]]
    """
    first_s, way_s = np.broadcast_arrays(first_s, way_s)
    arrived = np.asarray(first_s, dtype=np.float64)
    way = np.where(np.isfinite(way_s), way_s, np.nan)
    round_s = 2 * way + shuttle.turn_round_s
    trips = _trips_a_tank(way, shuttle.tank_s)
    started = arrived - way
    times = [arrived]
    for number in range(1, lifts):
        ready = arrived + shuttle.turn_round_s + way + shuttle.turn_round_s
        # Unknown refuelling matters only once the tank is empty.
        empty = np.mod(number, trips) == 0
        ready = np.where(empty, ready + shuttle.refuel_s, ready)
        leave, started = _with_a_rested_crew(ready, started, round_s, shuttle.crew_day_s)
        if wait_s is not None:
            waiting = wait_s(leave)
            leave, started = leave + waiting, np.where(waiting > 0, leave + waiting, started)
        arrived = np.where(np.isinf(first_s), np.inf, leave + way)
        times.append(arrived)
    return np.stack(times, axis=-1)


def _trips_a_tank(way_s: NDArray[np.float64], tank_s: float) -> NDArray[np.float64]:
    """Whole trips there and back on one tank, at least one; ``inf`` where fuel is no limit."""
    with np.errstate(divide="ignore"):
        trips = np.floor(np.divide(tank_s, 2 * way_s))
    return np.maximum(np.where(np.isnan(trips), np.inf, trips), 1.0)


def _with_a_rested_crew(
    ready: NDArray[np.float64],
    started: NDArray[np.float64],
    round_s: NDArray[np.float64],
    crew_day_s: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the next lift leaves, and when the crew day that it is flown in began."""
    late = ready + round_s > started + crew_day_s
    morning = np.maximum(ready, started + DAY_S)
    leave = np.where(late, morning, ready)
    leave = np.where(round_s > crew_day_s, np.inf, leave)
    unknown = np.isnan(round_s + crew_day_s)
    return np.where(unknown, np.nan, leave), np.where(late, morning, started)
