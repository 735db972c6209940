"""The response clock: arrivals for an alert at every hour of the day, in both seasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import PlanFile, Season
from geo_poc.routing.alert import trips_at, watch_over
from geo_poc.routing.arrival import arrival
from geo_poc.routing.daylight import daylight
from geo_poc.routing.travel_time import TravelTime
from geo_poc.routing.trips import Trips
from geo_poc.theatre import Theatre

HOURS = 24
SEASONS: tuple[Season, Season] = ("dry", "wet")
_HOUR_S = 3600.0
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Clock:
    """Arrivals at every place for an alert at each full hour UTC of one date, in both seasons.

    Parameters
    ----------
    date : date
        Whose daylight counts, in both seasons.
    offset_h : int
        Hours that the theatre's own time is ahead of UTC by its longitude, 15 degrees an hour.
    place_ids : tuple of str
    troops : int or None
        That the force has; None where the plan has no ``[force]``.
    first_s : float64 array (seasons, hours, places)
        From the alert to the first element; ``inf`` never, ``nan`` unknown.
    force_s : float64 array (seasons, hours, places)
        From the alert to so many troops; all ``nan`` without a ``[force]``.
    waits : bool array (seasons, hours, places)
        Whether a day-only aircraft that waits for first light would otherwise be the first there.
    dark : bool array (hours,)
        Whether it is dark at the middle of the theatre at the alert.
    """

    date: dt.date
    offset_h: int
    place_ids: tuple[str, ...]
    troops: int | None
    first_s: _Floats
    force_s: _Floats
    waits: NDArray[np.bool_]
    dark: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class HourFigures:
    """Best, median and worst hour of the alert for each place.

    Parameters
    ----------
    best_s, median_s, worst_s : float64 array (places,)
        ``nan`` where the time of any hour is unknown.
    best_hour, worst_hour : int64 array (places,)
        UTC, the first of equal ones; -1 where unknown.
    """

    best_s: _Floats
    median_s: _Floats
    worst_s: _Floats
    best_hour: NDArray[np.int64]
    worst_hour: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Shares:
    """Shares of the known weight (people or sites), hour by hour; they add up to 1.

    Parameters
    ----------
    in_time, later, never, unknown : float64 array (hours,)
        Within a standard; after it; not before the cut-off; of unknown time. ``nan`` without weight.
    weight, unknown_weight : float
        Sum of the known weights, and number of places whose weight is not known.
    """

    in_time: _Floats
    later: _Floats
    never: _Floats
    unknown: _Floats
    weight: float
    unknown_weight: int


def hour_figures(seconds: _Floats) -> HourFigures:
    """Best, median and worst of the hours.

    Parameters
    ----------
    seconds : float64 array (hours, places)

    Examples
    --------
    >>> found = hour_figures(np.array([[60.0], [120.0], [np.inf]]))
    >>> found.best_s.tolist(), found.median_s.tolist(), found.worst_s.tolist()
    ([60.0], [120.0], [inf])
    """
    known = ~np.isnan(seconds).any(axis=0)
    ordered = np.sort(seconds, axis=0)
    # The upper of the two middle hours, as the mean with one that never comes would be never.
    median_s = ordered[len(seconds) // 2]
    return HourFigures(
        best_s=np.where(known, ordered[0], np.nan),
        median_s=np.where(known, median_s, np.nan),
        worst_s=np.where(known, ordered[-1], np.nan),
        best_hour=np.where(known, seconds.argmin(axis=0), -1),
        worst_hour=np.where(known, seconds.argmax(axis=0), -1),
    )


def shares(seconds: _Floats, standard_s: float, weights: _Floats | None = None) -> Shares:
    """Shares of people, or of places, by whether they are reached in time at each hour.

    Parameters
    ----------
    seconds : float64 array (hours, places)
    standard_s : float
    weights : float64 array (places,), optional
        People; ``nan`` unknown, counted apart. Without it every place counts as one.

    Examples
    --------
    >>> times = np.array([[60.0, 90.0, np.inf, np.nan]])
    >>> found = shares(times, 60.0, np.array([10.0, 5.0, 5.0, np.nan]))
    >>> found.in_time.tolist(), found.later.tolist(), found.never.tolist(), found.unknown_weight
    ([0.5], [0.25], [0.25], 1)
    """
    weights = np.ones(seconds.shape[1]) if weights is None else weights
    known = np.where(np.isnan(weights), 0.0, weights)
    total = float(known.sum())

    def share(holds: NDArray[np.bool_]) -> _Floats:
        counted = (holds * known).sum(axis=1)
        return np.asarray(counted / total if total > 0 else np.full(len(seconds), np.nan))

    in_time = share(seconds <= standard_s)
    return Shares(
        in_time=in_time,
        later=share((seconds > standard_s) & np.isfinite(seconds)),
        never=share(np.isinf(seconds)),
        unknown=share(np.isnan(seconds)),
        weight=total,
        unknown_weight=int(np.isnan(weights).sum()),
    )


def response_clock(
    travel: Sequence[TravelTime],
    *,
    theatre: Theatre,
    plan: PlanFile,
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    progress: Callable[[str, float], None] = lambda _step, _share: None,
) -> Clock:
    """Arrivals for an alert at every full hour UTC of the theatre's ``as_of``.

    Parameters
    ----------
    travel : sequence of TravelTime
        As of `geo_poc.routing.response.response_times`; only those by day are used.
    theatre : Theatre
    plan : PlanFile
    bases, places : GeoDataFrame
        That the travel times were computed for.
    progress : callable (step, share done)

    Returns
    -------
    Clock
    """
    watch = watch_over(travel, theatre=theatre, plan=plan, bases=bases, places=places)
    shape = (len(SEASONS), HOURS, len(places))
    first_s, force_s = np.full(shape, np.nan), np.full(shape, np.nan)
    waits = np.zeros(shape, dtype=np.bool_)
    for row, season in enumerate(SEASONS):
        for hour in range(HOURS):
            progress(f"response clock: {season} season", hour / HOURS)
            trips, undelayed_s = trips_at(watch, season, hour * _HOUR_S)
            found = arrival(trips)
            first_s[row, hour] = found.first_s
            waits[row, hour] = _would_be_first(trips, undelayed_s, found.first_s)
            if plan.force is not None:
                force_s[row, hour] = found.time_to_force(plan.force.troops)
    west, south, east, north = theatre.lonlat_bounds
    return Clock(
        date=theatre.as_of,
        offset_h=round((west + east) / 2 / 15),
        place_ids=tuple(places["id"].astype(str)),
        troops=None if plan.force is None else plan.force.troops,
        first_s=first_s,
        force_s=force_s,
        waits=waits,
        dark=_dark((west + east) / 2, (south + north) / 2, theatre.as_of),
    )


def _would_be_first(trips: Trips, undelayed_s: _Floats, first_s: _Floats) -> NDArray[np.bool_]:
    """Whether a flight that waits for first light would else have been there before anyone is."""
    empty = (trips.pool[trips.base] == 0) | (trips.capacity == 0)
    at_once_s = np.where(empty, np.inf, undelayed_s).min(axis=1, initial=np.inf)
    return np.asarray(at_once_s < np.nan_to_num(first_s, nan=0.0, posinf=np.inf))


def _dark(lon: float, lat: float, date: dt.date) -> NDArray[np.bool_]:
    """Whether it is dark at a place at each full hour UTC of a date."""
    light = daylight(np.array([lon]), np.array([lat]), start=date, days=2)
    hours_s = np.arange(HOURS)[:, None] * _HOUR_S
    light_then = ((hours_s >= light.first_s) & (hours_s <= light.last_s)).any(axis=1)
    return np.asarray(~light_then)
