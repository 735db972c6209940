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

_A_FEW = 1e-3
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
    wave : bool array (places, trips)
        Whether the trip, in the same order, adds troops or may do so.
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
    wave: NDArray[np.bool_]
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

    def soonest_to_force(self, troops: float) -> _Floats:
        """Seconds before which so many troops are at no place, unknown numbers taken as any.

        Trips of unknown time still bring nobody. ``inf`` where no known trip completes them.

        Parameters
        ----------
        troops : float

        Returns
        -------
        float64 array (places,)
        """
        return _time_at(self.times_s, self.most, troops)

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
        """Every arrival at one place that adds troops or may do so, in order of time.

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
        arriving = np.flatnonzero(self.wave[place])
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
    potential = np.empty(places)
    wave, more = np.empty((places, columns), dtype=np.bool_), np.empty(places, dtype=np.bool_)
    for start in range(0, places, _PLACES_AT_ONCE):
        some = slice(start, start + _PLACES_AT_ONCE)
        seconds = trips.seconds[some]
        finite = np.where(np.isfinite(seconds), seconds, np.inf)
        order[some] = np.argsort(finite, axis=1, kind="stable")
        times_s[some] = np.take_along_axis(finite, order[some], axis=1)
        added = _added(trips, finite, _as_none(trips))
        fewest[some] = np.take_along_axis(added, order[some], axis=1).cumsum(axis=1)
        if not exact:
            added = _added(trips, finite, _as_any(trips))
            most[some] = np.take_along_axis(added, order[some], axis=1).cumsum(axis=1)
        potential[some] = added.sum(axis=1) + _later(trips, seconds, added, _as_any(trips))
        if not exact:
            added = _added(trips, finite, _as_a_few(trips))
        wave[some] = np.take_along_axis(added, order[some], axis=1) > 0
        more[some] = _later(trips, seconds, added, _as_a_few(trips)) > 0
    first_s, first_trip, second_s = _first_and_second(trips, order, times_s, wave, more)
    return Arrival(
        trips=trips,
        order=order,
        times_s=times_s,
        fewest=fewest,
        most=most,
        wave=wave,
        potential=potential,
        first_s=first_s,
        first_trip=first_trip,
        second_wave_s=second_s,
    )


_Numbers = tuple[_Floats, _Floats]


def _as_none(trips: Trips) -> _Numbers:
    """Capacity and pool with unknown numbers as none."""
    capacity, pool = np.nan_to_num(trips.capacity, posinf=MANY), np.nan_to_num(trips.pool)
    return capacity, np.minimum(pool, MANY)


def _as_any(trips: Trips) -> _Numbers:
    """Capacity and pool with unknown numbers as any number, which then comes with the first trip."""
    capacity = np.nan_to_num(trips.capacity, nan=MANY, posinf=MANY)
    unknown = np.isnan(trips.pool)[trips.base] & (capacity > 0)
    pool = np.minimum(np.nan_to_num(trips.pool, nan=MANY), MANY)
    return np.where(unknown, MANY, capacity), pool


def _as_a_few(trips: Trips) -> _Numbers:
    """Capacity and pool with unknown numbers so that each trip brings someone and empties no base."""
    capacity = np.nan_to_num(trips.capacity, nan=_A_FEW, posinf=MANY)
    return capacity, np.nan_to_num(trips.pool, nan=MANY**2, posinf=MANY**2)


def _added(trips: Trips, seconds: _Floats, numbers: _Numbers) -> _Floats:
    """Troops that each trip adds, (places, trips): what it holds, of what its base still has."""
    capacity, pool = numbers
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


def _later(trips: Trips, seconds: _Floats, added: _Floats, numbers: _Numbers) -> _Floats:
    """Troops that trips of unknown time could still bring to each place: all that their bases have left."""
    capacity, pool = numbers
    unknown = np.isnan(seconds) & (capacity > 0)
    later = np.zeros(len(seconds))
    for base in np.unique(trips.base[unknown.any(axis=0)]):
        own = trips.base == base
        left = pool[base] - added[:, own].sum(axis=1)
        later += np.where(unknown[:, own].any(axis=1), left, 0.0)
    return later


def _first_and_second(
    trips: Trips,
    order: NDArray[np.int64],
    times_s: _Floats,
    wave: NDArray[np.bool_],
    more: NDArray[np.bool_],
) -> tuple[_Floats, NDArray[np.int64], _Floats]:
    none = np.where(more, np.nan, np.inf)
    waves = wave.cumsum(axis=1).astype(np.float64)
    first, second = position_of(waves, 1), position_of(waves, 2)
    first_s, second_s = taken(times_s, first, np.inf), taken(times_s, second, np.inf)
    first_trip, second_trip = taken(order, first, -1), taken(order, second, -1)
    if trips.base.size:
        base = trips.base[first_trip]
        # Who came first may have been all that the base had.
        emptied = np.isnan(trips.pool[base]) | np.isnan(trips.capacity[first_trip])
        second_s[emptied & (trips.base[second_trip] == base)] = np.nan
    return (
        np.where(first < 0, none, first_s),
        first_trip,
        np.where(second < 0, none, second_s),
    )


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
