"""How slopes slow people on foot and stop vehicles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import SLOPE_LIMIT
from geo_poc.routing.catalogue import Foot, Vehicle

STEPS_PER_UNIT = 10_000
_TOBLER_RATE = 3.5
_TOBLER_BEST = -0.05


def tobler_factor(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times as long as on the flat, on foot, by the slope in the direction of the walk.

    Tobler's walking speed is ``6 exp(-3.5 |slope + 0.05|)`` km/h; the factor is its value on the flat over
    that on the slope. It is quickest, 0.84, on a gentle way down.

    Parameters
    ----------
    slope : float array
        Rise over run, negative downhill.

    References
    ----------
    Tobler, W. (1993): Three presentations on geographical analysis and modeling. NCGIA report 93-1.

    Examples
    --------
    >>> tobler_factor(np.array([0.0, -0.05, 0.2])).round(3).tolist()
    [1.0, 0.839, 2.014]
    """
    off = np.abs(slope - _TOBLER_BEST) - np.abs(_TOBLER_BEST)
    return np.asarray(np.exp(_TOBLER_RATE * off))


def climb_factor(slope: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """1 up to a vehicle's climb limit and one step of the table more, up or down; ``inf`` beyond.

    A slope between two steps counts as the worse of them, so without that step the limit itself
    would be too steep.

    Examples
    --------
    >>> climb_factor(np.array([0.3, -0.3, 0.3003]), 0.3).tolist()
    [1.0, 1.0, inf]
    """
    return np.where(np.abs(slope) < limit + 1.5 / STEPS_PER_UNIT, 1.0, np.inf)


def slope_table(mover: Vehicle | Foot) -> NDArray[np.float32] | None:
    """Factors of a mover for slopes from -2 to 2 in steps of 1/10,000; None where slopes do not count.

    Parameters
    ----------
    mover : Vehicle or Foot

    Returns
    -------
    float32 array (40001,) or None

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> slope_table(known_movers()["foot_patrol"]).shape
    (40001,)
    >>> slope_table(known_movers()["wheeled_patrol"]) is None
    True
    """
    steps = round(2 * SLOPE_LIMIT * STEPS_PER_UNIT)
    slope = np.linspace(-SLOPE_LIMIT, SLOPE_LIMIT, steps + 1)
    if isinstance(mover, Foot):
        return tobler_factor(slope).astype(np.float32)
    if mover.climb_limit_deg is None:
        return None
    limit = float(np.tan(np.radians(mover.climb_limit_deg.value)))
    return climb_factor(slope, limit).astype(np.float32)
