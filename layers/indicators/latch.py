"""Levels with hysteresis: reached at once, left only after days without a break below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Of one indicator, in numbers that rise with what they warn of, W1 first.

    Parameters
    ----------
    up : tuple of float
        The level is reached from this value on; strictly rising.
    down : tuple of float
        The level is kept while the value is not below; rising, none above its ``up``.
    fall_after_days : float
        How long a value has to be below without a break for the level to be left.
    """

    up: tuple[float, ...]
    down: tuple[float, ...]
    fall_after_days: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """Levels of one indicator on each assessment day.

    Parameters
    ----------
    level : int array (n,)
        0 none, 1 for W1 and so on.
    below_since : float array (n, m)
        For each level the first day of the unbroken run below its ``down``; ``nan`` without one.
    """

    level: NDArray[np.int64]
    below_since: NDArray[np.float64]


def held_levels(
    days: NDArray[np.float64], severity: NDArray[np.float64], thresholds: Thresholds
) -> Held:
    """Levels over time.

    A level is reached on the first day with ``up <= severity``. It is left on the first day that ends
    an unbroken run of assessments with ``severity < down`` whose first and last are at least
    ``fall_after_days`` apart. A day with unknown severity reaches nothing and breaks every run: a
    level is never left for want of data.

    Parameters
    ----------
    days : float array (n,)
        Rising.
    severity : float array (n,)
        Rises with what it warns of; ``nan`` unknown.
    thresholds : Thresholds

    Examples
    --------
    >>> weeks = 7.0 * np.arange(6)
    >>> thresholds = Thresholds(up=(3, 6), down=(2, 4), fall_after_days=14)
    >>> held_levels(weeks, np.array([2, 7, 3, 3, 3, 0.0]), thresholds).level.tolist()
    [0, 2, 2, 2, 1, 1]
    """
    up, down = np.array(thresholds.up, dtype=float), np.array(thresholds.down, dtype=float)
    held = np.zeros(up.size, dtype=np.bool_)
    since = np.full(up.size, np.nan)
    level = np.zeros(days.size, dtype=np.int64)
    below_since = np.full((days.size, up.size), np.nan)
    for n, (day, value) in enumerate(zip(days, severity, strict=True)):
        # Comparisons with nan are False: unknown is neither below nor reached.
        since = np.where(value < down, np.where(np.isnan(since), day, since), np.nan)
        left = thresholds.fall_after_days <= day - since
        held = (held & ~left) | (up <= value)
        level[n], below_since[n] = held.sum(), since
    return Held(level=level, below_since=below_since)


def worst(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Highest level of the indicators, shape (n,) from (indicators, n)."""
    return np.asarray(levels.max(axis=0))


def shared(levels: NDArray[np.int64], *, indicators: int) -> NDArray[np.int64]:
    """Highest level that at least so many indicators have, shape (n,) from (indicators, n).

    Examples
    --------
    >>> shared(np.array([[3, 0], [1, 2], [2, 2]]), indicators=2).tolist()
    [2, 2]
    """
    return np.asarray(np.sort(levels, axis=0)[-indicators])
