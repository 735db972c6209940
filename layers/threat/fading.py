"""How much of past events is left at each place, day by day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def faded(
    end_day: NDArray[np.float64],
    place: NDArray[np.int64],
    *,
    places: int,
    at_day: NDArray[np.float64],
    decay_days: float,
    amount: NDArray[np.float64],
    together: np.ufunc = np.add,
) -> Iterator[NDArray[np.float64]]:
    """What the events of each place amount to on each of some days, times ``exp(-age / decay)``.

    One day at a time, so that memory does not grow with the number of days. The age of an event is
    counted from its last day. One that was not over before a day does not count on it.

    Parameters
    ----------
    end_day : float array (n,)
    place : int array (n,)
        In 0..places - 1.
    places : int
    at_day : float array (m,)
        Rising.
    decay_days : float
        Above 0; ``inf`` counts all past events alike.
    amount : float array (n,)
        How much each event counts.
    together : ufunc
        `numpy.add`: a place has the sum of its events; `numpy.maximum`: that of the one that is most.

    Yields
    ------
    float array (places,)
        A new one for each day.

    Examples
    --------
    >>> day, one, at = np.array([0.0, 10.0]), np.zeros(2, dtype=int), np.array([10.0, 20.0])
    >>> rows = faded(day, one, places=1, at_day=at, decay_days=10, amount=np.ones(2))
    >>> [row.round(3).tolist() for row in rows]
    [[0.368], [0.503]]
    """
    order = np.argsort(end_day, kind="stable")
    end_day, place, amount = end_day[order], place[order], amount[order]
    over = np.searchsorted(end_day, at_day, side="left")
    now = np.zeros(places)
    for row, day in enumerate(at_day):
        first = over[row - 1] if row else 0
        fading = np.exp(-(day - at_day[row - 1]) / decay_days) if row else 0.0
        now = now * fading
        new = slice(first, over[row])
        together.at(now, place[new], amount[new] * np.exp(-(day - end_day[new]) / decay_days))
        yield now
