"""Troops on the ground at each place over time, from all bases and movers together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.routing.trips import Trips

MANY = 1e9
"""Troops that stand for "any number" in sums, which inf would turn into nan."""

_PLACES_AT_ONCE = 512
_Floats = NDArray[np.float64]
_Number = TypeVar("_Number", np.float64, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrival:
    """Troops on the ground over time, a step function for each place.

    What is known counts: a trip of unknown time brings nobody until then. A number that is unknown
    makes every answer unknown that depends on it.

    Parameters
    ----------
    trips : Trips
    order : int64 array (places, trips)
        Columns of the trips by time of arrival; of equal times the lower column is first.
    times_s : float64 array (places, trips)
        Arrivals in this order; ``inf`` for trips that do not arrive or whose time is unknown.
    fewest, most : float64 array (places, trips)
        Troops on the ground from then on, unknown numbers taken as none and as any.
    potential : float64 array (places,)
        Most troops that could ever come, trips of unknown time included.
    first_s : float64 array (places,)
        Arrival of the first element; ``inf`` never, ``nan`` unknown.
    first_trip : int64 array (places,)
        Its column; -1 where there is none.
    second_wave_s : float64 array (places,)
        Next arrival that adds troops, by another base, carrier or lift; ``inf`` if there is none,
        ``nan`` unknown.
    """

    trips: Trips
    order: NDArray[np.int64]
    times_s: _Floats
    fewest: _Floats
    most: _Floats
    potential: _Floats
    first_s: _Floats
    first_trip: NDArray[np.int64]
    second_wave_s: _Floats

    def time_to_force(self, troops: float) -> _Floats:
        """Seconds from the alert until so many troops are at each place.

        Parameters
        ----------
        troops : float

        Returns
        -------
        float64 array (places,)
            ``inf`` never, ``nan`` unknown.
        """
        at_latest = _time_at(self.times_s, self.fewest, troops)
        at_best = _time_at(self.times_s, self.most, troops)
        possible = self.potential >= troops
        known = np.where((at_best == at_latest) & np.isfinite(at_latest), at_latest, np.nan)
        return np.where(possible, known, np.inf)

    def last_trip(self, troops: float) -> NDArray[np.int64]:
        """Column of the trip that completes so many troops at each place; -1 where none is known to."""
        position = position_of(self.fewest, troops)
        known = np.isfinite(self.time_to_force(troops))
        return np.where(known, taken(self.order, position, -1), -1)

    def troops_at(self, seconds: float) -> _Floats:
        """Troops at each place so long after the alert; ``nan`` where an unknown number is among them.

        Parameters
        ----------
        seconds : float

        Returns
        -------
        float64 array (places,)
        """
        arrived = (self.times_s <= seconds).sum(axis=1) - 1
        fewest, most = (taken(troops, arrived, 0.0) for troops in (self.fewest, self.most))
        return np.where(fewest == most, fewest, np.nan)

    def steps(self, place: int) -> pd.DataFrame:
        """Every arrival at one place that adds troops, in order of time.

        Parameters
        ----------
        place : int
            Its row.

        Returns
        -------
        DataFrame
            ``seconds, troops`` (on the ground from then on; ``nan`` unknown), ``base_id, mover, tier,
            lift`` (from 1).
        """
        trips = self.trips
        added = np.diff(self.most[place], prepend=0.0) > 0
        arriving = np.flatnonzero(added & np.isfinite(self.times_s[place]))
        column = self.order[place, arriving]
        carriers = [trips.carriers[row] for row in trips.carrier[column]]
        fewest, most = self.fewest[place, arriving], self.most[place, arriving]
        return pd.DataFrame(
            {
                "seconds": self.times_s[place, arriving],
                "troops": np.where(fewest == most, fewest, np.nan),
                "base_id": [trips.base_ids[row] for row in trips.base[column]],
                "mover": [carrier.mover for carrier in carriers],
                "tier": [carrier.tier for carrier in carriers],
                "lift": trips.lift[column],
            }
        )


def arrival(trips: Trips) -> Arrival:
    """Troops on the ground over time at every place.

    All trips in order of time; each brings as many as it holds of those whom its base still has
    (docs/methods/arrival.md proves that no other choice has more on the ground at any time).

    Parameters
    ----------
    trips : Trips

    Returns
    -------
    Arrival
    """
    places, columns = trips.seconds.shape
    order = np.empty((places, columns), dtype=np.int64)
    times_s, fewest = np.empty((places, columns)), np.empty((places, columns))
    exact = not (np.isnan(trips.capacity).any() or np.isnan(trips.pool).any())
    most = fewest if exact else np.empty((places, columns))
    tables = [(fewest, 0.0)] if exact else [(fewest, 0.0), (most, MANY)]
    potential = np.empty(places)
    for start in range(0, places, _PLACES_AT_ONCE):
        some = slice(start, start + _PLACES_AT_ONCE)
        seconds = trips.seconds[some]
        never = ~np.isfinite(seconds)
        finite = np.where(never, np.inf, seconds)
        order[some] = np.argsort(finite, axis=1, kind="stable")
        times_s[some] = np.take_along_axis(finite, order[some], axis=1)
        for table, unknown in tables:
            added = _added(trips, finite, unknown)
            table[some] = np.take_along_axis(added, order[some], axis=1).cumsum(axis=1)
        potential[some] = _potential(trips, seconds, most[some])
    first_s, first_trip, second_s = _first_and_second(order, times_s, most, potential)
    return Arrival(
        trips=trips,
        order=order,
        times_s=times_s,
        fewest=fewest,
        most=most,
        potential=potential,
        first_s=first_s,
        first_trip=first_trip,
        second_wave_s=second_s,
    )


def _added(trips: Trips, seconds: _Floats, unknown: float) -> _Floats:
    """Troops that each trip adds, (places, trips): what it holds, of what its base still has."""
    capacity = np.minimum(np.where(np.isnan(trips.capacity), unknown, trips.capacity), MANY)
    pool = np.minimum(np.where(np.isnan(trips.pool), unknown, trips.pool), MANY)
    added = np.empty(seconds.shape)
    for base in np.unique(trips.base):
        column = np.flatnonzero(trips.base == base)
        part = slice(column[0], column[-1] + 1)
        added[:, part] = _shared_out(seconds[:, part], capacity[part], pool[base])
    added[np.isinf(seconds)] = 0.0
    return added


def _shared_out(seconds: _Floats, capacity: _Floats, pool: float) -> _Floats:
    """Troops of one base on each of its trips, the earliest first."""
    if capacity.size == 1:
        return np.full(seconds.shape, np.minimum(capacity, pool))
    order = np.argsort(seconds, axis=1, kind="stable")
    sent = np.minimum(capacity[order].cumsum(axis=1), pool)
    added = np.empty(seconds.shape)
    np.put_along_axis(added, order, np.diff(sent, axis=1, prepend=0.0), axis=1)
    return added


def _potential(trips: Trips, seconds: _Floats, most: _Floats) -> _Floats:
    """Most troops that could ever come: a base with a trip of unknown time may send all it has."""
    total = most[:, -1].copy() if most.shape[1] else np.zeros(len(seconds))
    unknown = np.isnan(seconds) & (np.nan_to_num(trips.capacity, nan=1.0) > 0)
    if not unknown.any():
        return total
    pool = np.minimum(np.where(np.isnan(trips.pool), MANY, trips.pool), MANY)
    added = _added(trips, np.where(np.isnan(seconds), np.inf, seconds), MANY)
    for base in np.unique(trips.base[unknown.any(axis=0)]):
        own = trips.base == base
        sent = added[:, own].sum(axis=1)
        total += np.where(unknown[:, own].any(axis=1), pool[base] - sent, 0.0)
    return total


def _first_and_second(
    order: NDArray[np.int64], times_s: _Floats, most: _Floats, potential: _Floats
) -> tuple[_Floats, NDArray[np.int64], _Floats]:
    none = np.where(potential > 0, np.nan, np.inf)
    first = position_of(most, np.nextafter(0.0, 1.0))
    on_ground = taken(most, first, np.inf)
    second = position_of(most, np.nextafter(on_ground, np.inf))
    more = np.where(potential > on_ground, np.nan, np.inf)
    first_s = np.where(first < 0, none, taken(times_s, first, np.inf))
    second_s = np.where(second < 0, more, taken(times_s, second, np.inf))
    return first_s, taken(order, first, -1), np.where(first < 0, none, second_s)


def position_of(troops: _Floats, wanted: float | _Floats) -> NDArray[np.int64]:
    """First position of each row with as many troops; -1 where there is none.

    Examples
    --------
    >>> position_of(np.array([[1.0, 5.0, 5.0], [0.0, 1.0, 2.0]]), 3).tolist()
    [1, -1]
    """
    if not troops.shape[1]:
        return np.full(len(troops), -1)
    enough = troops >= np.reshape(wanted, (-1, 1))
    position = enough.argmax(axis=1)
    return np.where(enough[np.arange(len(position)), position], position, -1)


def taken(values: NDArray[_Number], position: NDArray[np.int64], none: float) -> NDArray[_Number]:
    """Value of each row at its position, or ``none`` where that is -1.

    Examples
    --------
    >>> taken(np.array([[1.0, 5.0], [0.0, 2.0]]), np.array([1, -1]), 9.0).tolist()
    [5.0, 9.0]
    """
    if not values.shape[1]:
        return np.full(len(values), none, dtype=values.dtype)
    return np.where(position < 0, none, values[np.arange(len(position)), position]).astype(
        values.dtype
    )


def _time_at(times_s: _Floats, troops: _Floats, wanted: float) -> _Floats:
    return taken(times_s, position_of(troops, wanted), np.inf)
