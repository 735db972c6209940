"""How long a patrol may be under way from each base, and how long there is light for it."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Light, Patrol
from geo_poc.routing.daylight import daylight

_HOUR_S = 3600.0
_DAY_S = 86_400.0
_Floats = NDArray[np.float64]


def light_s(lon: _Floats, lat: _Floats, day: dt.date, light: Light) -> _Floats:
    """Seconds of one light at each position on a day.

    Day is from first to last light (civil dawn and dusk, `geo_poc.routing.daylight`), night the rest of
    24 hours.

    Parameters
    ----------
    lon, lat : float64 array (bases,)
        In degrees; nan unknown.
    day : date
    light : "day" or "night"

    Returns
    -------
    float64 array (bases,)
        0 where there is none; nan where the position is unknown.

    Examples
    --------
    >>> hours = light_s(np.array([0.0]), np.array([0.0]), dt.date(2026, 3, 20), "day") / 3600
    >>> bool(12 < hours[0] < 13)
    True
    """
    spells = daylight(lon, lat, start=day, days=1)
    first_s, last_s = spells.first_s[:, -1], spells.last_s[:, -1]
    rises = ~np.isinf(first_s)
    by_day = np.zeros(lon.size)
    by_day[rises] = np.minimum(last_s[rises] - first_s[rises], _DAY_S)
    return by_day if light == "day" else _DAY_S - by_day


def patrol_length_s(patrol: Patrol, lon: _Floats, lat: _Floats, day: dt.date) -> _Floats:
    """Seconds that a patrol has from each base for way out, time on the spot and way back.

    A patrol of one day has its length. One of several days has what it moves on each of them, by its
    ``moving_h`` or from first to last light at the base on the theatre's day; its halts by night count
    for nothing.

    Parameters
    ----------
    patrol : Patrol
    lon, lat : float64 array (bases,)
    day : date

    Returns
    -------
    float64 array (bases,)
        nan where it depends on a position that is unknown.

    Examples
    --------
    >>> three = Patrol(
    ...     name="far", mover="apc", on_the_spot=0.0, light="day", source="SOP", days=3, moving_h=8.0
    ... )
    >>> patrol_length_s(three, np.zeros(1), np.zeros(1), dt.date(2026, 3, 20)).tolist()
    [86400.0]
    """
    if patrol.days is None:
        return np.full(lon.size, patrol.length, dtype=np.float64)
    if patrol.moving_h is not None:
        return np.full(lon.size, patrol.days * patrol.moving_h * _HOUR_S)
    return patrol.days * light_s(lon, lat, day, patrol.light)
