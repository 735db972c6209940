"""First and last light by place and date, and how long a flight must wait for daylight."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
from astral import Observer
from astral.sun import dawn, dusk, elevation, noon
from numpy.typing import NDArray

_DAY_S = 86_400.0
_S_PER_DEG = 240.0
_DEPRESSION_DEG = 6.0
_TENTHS = 10
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Daylight:
    """Spells of daylight, from first light (civil dawn) to last light (civil dusk).

    Parameters
    ----------
    first_s, last_s : float64 array (..., spells)
        After midnight UTC of the first day, in order. A spell that does not happen has ``inf`` for both.
    """

    first_s: _Floats
    last_s: _Floats

    def shared(self, other: Daylight) -> Daylight:
        """Daylight at each place of this and each of the other at once, shape (these, others, spells)."""
        return Daylight(
            first_s=np.maximum(self.first_s[:, None], other.first_s[None]),
            last_s=np.minimum(self.last_s[:, None], other.last_s[None]),
        )

    def wait_s(self, leave_s: _Floats, needed_s: _Floats) -> _Floats:
        """How long one who may leave then waits for as much daylight in one piece as is needed.

        Parameters
        ----------
        leave_s : float64 array (...)
            After the same midnight.
        needed_s : float64 array (...)
            For a flight that must be back by last light: out, on the ground, and back.

        Returns
        -------
        float64 array (...)
            0 in time, ``inf`` where no spell is long enough; ``nan`` where an argument is.

        Examples
        --------
        Light from 6 to 18 on two days. At 17 there is an hour left.

        >>> light = Daylight(first_s=np.array([6, 30]) * 3600.0, last_s=np.array([18, 42]) * 3600.0)
        >>> at_17 = np.array(17 * 3600.0)
        >>> [float(light.wait_s(at_17, np.array(h * 3600.0)) / 3600) for h in (1, 1.5, 13)]
        [0.0, 13.0, inf]
        """
        start = np.maximum(leave_s[..., None], self.first_s)
        fits = start + needed_s[..., None] <= self.last_s
        earliest = np.where(fits & np.isfinite(start), start, np.inf).min(axis=-1, initial=np.inf)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(np.isnan(leave_s + needed_s), np.nan, earliest - leave_s))

    def arrival_s(self, leave_s: _Floats, by_day_s: _Floats, night_factor: float) -> _Floats:
        """When one arrives who takes ``by_day_s`` by day and so many times longer by night.

        The way is walked or driven through day and night as they come, at full pace by day and at
        ``1 / night_factor`` of it by night.

        Parameters
        ----------
        leave_s : float64 array (...)
            After the same midnight.
        by_day_s : float64 array (...)
            ``inf`` where there is no way.
        night_factor : float
            ``nan`` unknown; then only those who arrive before last light have a time.

        Returns
        -------
        float64 array (...)
            After the same midnight; ``inf`` where there is no way, ``nan`` unknown.

        Examples
        --------
        Two hours by day, left at 17: one hour by day, then twice as long for the other.

        >>> light = Daylight(first_s=np.array([6, 30]) * 3600.0, last_s=np.array([18, 42]) * 3600.0)
        >>> at_17, two_hours = np.array(17 * 3600.0), np.array(7200.0)
        >>> float(light.arrival_s(at_17, two_hours, 2.0) / 3600)
        20.0
        """
        at, rest = np.broadcast_arrays(leave_s, by_day_s)
        done = np.full(at.shape, np.inf)
        walking = ~np.isinf(rest)
        with np.errstate(invalid="ignore"):
            for spell in range(self.first_s.shape[-1]):
                for until, pace in ((self.first_s, night_factor), (self.last_s, 1.0)):
                    # Nobody goes back in time: a spell that is over leaves nothing of it.
                    left_s = np.maximum(until[..., spell] - at, 0.0)
                    arrives = walking & (rest * pace <= left_s)
                    done = np.where(arrives, at + rest * pace, done)
                    walking = walking & ~arrives
                    # An unknown pace is of no account to those who are not on their way in it.
                    rest = np.where(left_s > 0, rest - left_s / pace, rest)
                    at = at + left_s
            return np.asarray(np.where(walking, at + rest * night_factor, done))


def daylight(lon: _Floats, lat: _Floats, *, start: dt.date, days: int) -> Daylight:
    """Daylight on each place's own days, from the day before ``start`` on.

    Civil dawn and dusk, the sun 6 degrees below the horizon, at sea level as `astral` gives them. They
    are computed once for each tenth of a degree of latitude and degree of longitude and moved by the
    remaining longitude, 240 s a degree: the error is below 10 s up to 35 degrees of latitude and below
    3 min up to 60 degrees.

    Parameters
    ----------
    lon, lat : float64 array (places,)
        In degrees; ``nan`` unknown.
    start : date
        Its midnight UTC is second 0.
    days : int
        Days from ``start`` on.

    Returns
    -------
    Daylight
        Shape (places, days + 1); days on which the sun never sets follow each other without a gap,
        days on which it never rises are missing (``inf``). Unknown positions are ``nan``.
    """
    first_s = np.full((lon.size, days + 1), np.nan)
    last_s = first_s.copy()
    for place in np.flatnonzero(np.isfinite(lon) & np.isfinite(lat)):
        tenth, whole = round(float(lat[place]) * _TENTHS), round(float(lon[place]))
        shift_s = (whole - float(lon[place])) * _S_PER_DEG
        for day in range(days + 1):
            spell = _spell_s(whole, tenth, start + dt.timedelta(days=day - 1))
            first_s[place, day] = spell[0] + (day - 1) * _DAY_S + shift_s
            last_s[place, day] = spell[1] + (day - 1) * _DAY_S + shift_s
    return Daylight(first_s=first_s, last_s=_without_gaps(first_s, last_s))


def _without_gaps(first_s: _Floats, last_s: _Floats) -> _Floats:
    """Last light, carried on where the next day begins before it."""
    joined = last_s.copy()
    for day in range(joined.shape[1] - 2, -1, -1):
        happens = np.isfinite(joined[:, day])
        meets = happens & (joined[:, day] >= first_s[:, day + 1])
        joined[:, day] = np.where(meets, joined[:, day + 1], joined[:, day])
    return joined


@cache
def _spell_s(lon_deg: int, lat_tenths: int, day: dt.date) -> tuple[float, float]:
    """First and last light of a local day in seconds after midnight UTC of that date."""
    observer = Observer(latitude=lat_tenths / _TENTHS, longitude=float(lon_deg))
    zone = dt.timezone(dt.timedelta(seconds=lon_deg * _S_PER_DEG))
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    midday = noon(observer, date=day, tzinfo=zone)
    midday_s = (midday - midnight).total_seconds()
    try:
        light = [
            (at(observer, date=day, tzinfo=zone, depression=_DEPRESSION_DEG) - midnight)
            for at in (dawn, dusk)
        ]
    except ValueError:
        # The sun does not pass 6 degrees below the horizon on this day: it is above or below all day.
        if elevation(observer, midday) < -_DEPRESSION_DEG:
            return np.inf, np.inf
        # A little over half a day on either side, as midday comes up to 30 s later from day to day.
        half_s = _DAY_S / 2 + 60.0
        return midday_s - half_s, midday_s + half_s
    first_s, last_s = (moment.total_seconds() for moment in light)
    # Where nights are short, light can begin before or end after midnight.
    first_s -= _DAY_S * (first_s > midday_s)
    last_s += _DAY_S * (last_s < midday_s)
    return first_s, last_s
