"""The race to a place: an armed group that could reach it, and the mission's own arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_DAY_S = 86_400.0
_Floats = NDArray[np.float64]


class Verdict(StrEnum):
    """Who could be first at a place, worst first."""

    GROUP_FIRST = "group_first"
    TOO_CLOSE = "too_close"
    UNKNOWN = "unknown"
    MISSION_FIRST = "mission_first"
    GROUP_CANNOT_REACH = "group_cannot_reach"
    NOBODY_CAN_REACH = "nobody_can_reach"


LETTERS = {
    Verdict.GROUP_FIRST: "G",
    Verdict.TOO_CLOSE: "D",
    Verdict.UNKNOWN: "?",
    Verdict.MISSION_FIRST: "M",
    Verdict.GROUP_CANNOT_REACH: "K",
    Verdict.NOBODY_CAN_REACH: "O",
}
"""Letter of each verdict: colour never carries one alone."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contact:
    """When a group could be at each place, in seconds from the alert; below 0 is before it.

    Parameters
    ----------
    earliest_s, likely_s, latest_s : float64 array (places,)
        ``inf`` where it has no way, ``nan`` unknown.
    """

    earliest_s: _Floats
    likely_s: _Floats
    latest_s: _Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranged:
    """When the mission arrives at each place, in seconds from the alert.

    Parameters
    ----------
    seconds : float64 array (places,)
        ``inf`` never, ``nan`` unknown.
    quick_s, slow_s : float64 array (places,)
        The same at the two ends of the ranges of the movers' figures.
    """

    seconds: _Floats
    quick_s: _Floats
    slow_s: _Floats


def rested_s(under_way_s: _Floats, moving_h: float | None) -> tuple[_Floats, _Floats, _Floats]:
    """Time that passes while a group is under way for so long, if it moves some hours of each 24.

    With m hours of moving and T = k m + x, 0 < x <= m: at least 24 k + x, where the moving hours come
    first in each 24 h; on average 24 T / m; at most 24 k + 24 - m + x, where they come last.

    Parameters
    ----------
    under_way_s : float64 array
        ``inf`` no way, ``nan`` unknown.
    moving_h : float or None
        None or 24: without rest.

    Returns
    -------
    three float64 arrays
        At least, on average, at most; in seconds.

    Examples
    --------
    Fifteen hours under way at ten hours a day.

    >>> [float(t[0] / 3600) for t in rested_s(np.array([15 * 3600.0]), 10.0)]
    [29.0, 36.0, 43.0]
    """
    if moving_h is None or moving_h >= 24:
        return under_way_s, under_way_s, under_way_s
    moving_s = moving_h * 3600.0
    known = np.isfinite(under_way_s)
    way_s = np.where(known, under_way_s, 0.0)
    days = np.maximum(np.ceil(way_s / moving_s) - 1, 0.0)
    least_s = days * (_DAY_S - moving_s) + way_s
    most_s = np.where(way_s > 0, least_s + _DAY_S - moving_s, 0.0)
    least_s, mean_s, most_s = (
        np.where(known, seconds, under_way_s)
        for seconds in (least_s, way_s * _DAY_S / moving_s, most_s)
    )
    return least_s, mean_s, most_s


def contact(
    earliest_s: _Floats,
    likely_s: _Floats,
    latest_s: _Floats,
    *,
    moving_h: float | None,
    age_s: float,
    within_s: float,
) -> Contact:
    """Contact of one group from its time under way.

    Parameters
    ----------
    earliest_s, likely_s, latest_s : float64 array (places,)
        Under way, rest left out.
    moving_h : float or None
        Hours of each 24 in which it moves.
    age_s : float
        From the sighting to the alert, not below 0.
    within_s : float
        The sighting was at most so much earlier or later; never later than the alert.
    """
    return Contact(
        earliest_s=rested_s(earliest_s, moving_h)[0] - age_s - within_s,
        likely_s=rested_s(likely_s, moving_h)[1] - age_s,
        latest_s=rested_s(latest_s, moving_h)[2] - age_s + min(within_s, age_s),
    )


def first_contact(contacts: Sequence[Contact]) -> tuple[Contact, NDArray[np.int64]]:
    """First contact with any of several groups, and which of them could be first.

    Where the latest contact of a group is unknown, that of another is still the latest of all. The
    likely one is known only if no group whose own is unknown could be there before it.

    Parameters
    ----------
    contacts : sequence of Contact
        One a group, at least one.

    Returns
    -------
    Contact, int64 array (places,)
        -1 where none could come or that is unknown. Of equal times the first group.
    """
    earliest = np.array([each.earliest_s for each in contacts])
    likely = np.array([each.likely_s for each in contacts])
    latest = np.array([each.latest_s for each in contacts])
    first_s = _least_known(earliest)
    likely_s = _least_known(likely)
    doubtful = (np.isnan(likely) & (earliest < likely_s)).any(axis=0)
    comes = np.where(np.isfinite(earliest), earliest, np.inf)
    who = np.where(np.isfinite(comes.min(axis=0)), comes.argmin(axis=0), -1)
    found = Contact(
        earliest_s=first_s,
        likely_s=np.where(doubtful, np.nan, likely_s),
        latest_s=_least_known(latest),
    )
    return found, who.astype(np.int64)


def _least_known(seconds: _Floats) -> _Floats:
    """Least known time of each column; ``nan`` where none is known to be finite and one is unknown."""
    least = np.where(np.isnan(seconds), np.inf, seconds).min(axis=0)
    return np.where(np.isinf(least) & np.isnan(seconds).any(axis=0), np.nan, least)


def judged(met: Contact, mission: Ranged) -> NDArray[np.object_]:
    """Who could be first at each place.

    The mission is first only if even its slow end comes before the earliest contact; the group is first if
    even its latest contact comes before the quick end of the mission, or the mission never comes. A tie is
    too close to call.

    Parameters
    ----------
    met : Contact
    mission : Ranged

    Returns
    -------
    object array (places,) of Verdict

    Examples
    --------
    >>> times = np.array([3.0, 3.0, 3.0, np.inf])
    >>> met = Contact(earliest_s=times, likely_s=times, latest_s=times)
    >>> times = np.array([2.0, 4.0, np.nan, np.inf])
    >>> [str(v) for v in judged(met, Ranged(seconds=times, quick_s=times, slow_s=times))]
    ['mission_first', 'group_first', 'unknown', 'nobody_can_reach']
    """
    # Nobody arrives before the alert; who arrives at an unknown time may never.
    quick_s = np.nan_to_num(mission.quick_s, nan=0.0, posinf=np.inf)
    slow_s = np.nan_to_num(mission.slow_s, nan=np.inf, posinf=np.inf)
    no_contact, never = np.isposinf(met.earliest_s), np.isposinf(mission.quick_s)
    choices = (
        (np.isnan(met.earliest_s), Verdict.UNKNOWN),
        (no_contact & never, Verdict.NOBODY_CAN_REACH),
        (no_contact, Verdict.GROUP_CANNOT_REACH),
        (slow_s < met.earliest_s, Verdict.MISSION_FIRST),
        (never | (met.latest_s < quick_s), Verdict.GROUP_FIRST),
        (np.isnan(met.latest_s) | np.isnan(mission.seconds), Verdict.UNKNOWN),
    )
    codes = np.select(
        [holds for holds, _ in choices],
        [list(Verdict).index(verdict) for _, verdict in choices],
        default=list(Verdict).index(Verdict.TOO_CLOSE),
    )
    return np.asarray(np.array(list(Verdict), dtype=object)[codes])


def margin_s(met: Contact, mission: Ranged) -> _Floats:
    """Earliest contact less the mission's arrival, in seconds: above 0 the mission is there before it.

    ``inf`` where only the mission comes, ``-inf`` where only the group could, ``nan`` where neither does or
    one is unknown.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(met.earliest_s - mission.seconds)


def notice_s(met: Contact, mission: Ranged) -> _Floats:
    """How much earlier the alert would have to come for the mission to be first, at the slow end of its range.

    0 where it is first already or no group could come, ``inf`` where it never comes, ``nan`` unknown, as where
    only the slow end of its arrival is known and lies after the contact. It
    takes as much as this for a tie, and anything more to be first.

    Parameters
    ----------
    met : Contact
    mission : Ranged
    """
    with np.errstate(invalid="ignore"):
        short_s = mission.slow_s - met.earliest_s
    needed_s = np.where(np.isnan(short_s), np.nan, np.maximum(short_s, 0.0))
    needed_s = np.where(np.isnan(mission.seconds) & (needed_s > 0), np.nan, needed_s)
    needed_s = np.where(np.isinf(mission.slow_s), np.inf, needed_s)
    return np.where(np.isposinf(met.earliest_s), 0.0, needed_s)


def counted(verdicts: NDArray[np.object_], people: _Floats) -> pd.DataFrame:
    """One row a verdict: how many places, their people, and how many of them are of unknown people.

    Parameters
    ----------
    verdicts : object array (places,) of Verdict
    people : float64 array (places,)
        ``nan`` unknown.

    Returns
    -------
    DataFrame
        ``verdict, letter, places, people`` (known ones), ``unknown_people`` (places). The places of all
        rows are those that were asked about.
    """
    rows = []
    for verdict in Verdict:
        own = verdicts == verdict
        rows.append(
            {
                "verdict": str(verdict),
                "letter": LETTERS[verdict],
                "places": int(own.sum()),
                "people": float(np.nansum(people[own])),
                "unknown_people": int(np.isnan(people[own]).sum()),
            }
        )
    return pd.DataFrame(rows)


def worst_first(verdicts: NDArray[np.object_], people: _Floats, met: Contact) -> NDArray[np.int64]:
    """Order of places: by verdict as `Verdict` has them, most people first, then the earliest contact.

    Parameters
    ----------
    verdicts : object array (places,) of Verdict
    people : float64 array (places,)
        Unknown ones stand behind the known.
    met : Contact
    """
    rank = np.array([list(Verdict).index(v) for v in verdicts], dtype=np.int64)
    known = np.where(np.isnan(people), -1.0, people)
    return np.lexsort((met.earliest_s, -known, rank))
