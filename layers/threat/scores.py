"""How good forecasts were: bits, index, Brier score, intervals by blocks of origins and of counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

DRAWS = 2000
LEVEL = 0.95


def bits(density: NDArray[np.float64], cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log2 of the density at each event over the uniform density, shape (n,).

    0 is no better than chance; each bit more halves the number of cells an event may be in.

    Parameters
    ----------
    density : float array (cells,)
        With the sum 1.
    cell : int array (n,)

    Examples
    --------
    >>> bits(np.array([0.5, 0.25, 0.125, 0.125]), np.array([0, 1, 2])).tolist()
    [1.0, 0.0, -1.0]
    """
    with np.errstate(divide="ignore"):
        return np.asarray(np.log2(density[cell] * density.size))


def prediction_accuracy_index(hit_rate: float, area_share: float) -> float:
    """Hit rate over the share of the area it was reached in (Chainey, Tompson and Uhlig 2008).

    Examples
    --------
    >>> prediction_accuracy_index(0.5, 0.05)
    10.0
    """
    return hit_rate / area_share


def brier(density: NDArray[np.float64], expected: float, hit: NDArray[np.int64]) -> float:
    """Mean over the cells of the squared error of the probability of at least one event.

    The probability is ``1 - exp(-expected * density)``, that of a Poisson number (Brier 1950).

    Parameters
    ----------
    density : float array (cells,)
        With the sum 1.
    expected : float
        Number of events in the area; ``nan`` gives ``nan``.
    hit : int array (n,)
        Cells in which at least one event came; a cell may stand in it more than once.

    Examples
    --------
    >>> round(brier(np.array([1.0, 0.0]), float(np.log(2)), np.array([0, 0])), 3)
    0.125
    """
    error = -np.expm1(-expected * density)
    error[hit] = 1.0 - error[hit]
    return float(np.mean(error**2))


def poisson_interval(count: float, *, level: float = 0.95) -> tuple[float, float]:
    """Means of a Poisson distribution that a count is in keeping with (Garwood 1936).

    A count between whole numbers takes the same formula.

    Examples
    --------
    >>> [round(end, 2) for end in poisson_interval(10)], poisson_interval(0)[0]
    ([4.8, 18.39], 0.0)
    """
    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def block_draws(
    origins: int, *, block: int, rng: np.random.Generator, draws: int = DRAWS
) -> NDArray[np.int64]:
    """Bootstrap draws of origins in blocks of neighbours, shape (draws, origins).

    Blocks go round from the last origin to the first (Politis and Romano 1992), so that each origin
    is as likely as any other. Their length is at least that over which windows overlap.

    Examples
    --------
    >>> block_draws(4, block=2, rng=np.random.default_rng(1), draws=2).tolist()
    [[1, 2, 2, 3], [3, 0, 3, 0]]
    """
    number = -(-origins // block) if origins else 0
    first = rng.integers(0, max(origins, 1), size=(draws, number))
    drawn = first[:, :, None] + np.arange(block)
    return np.asarray(drawn.reshape(draws, number * block)[:, :origins] % max(origins, 1))


def mean_with_interval(
    value: NDArray[np.float64], origin: NDArray[np.int64], draws: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Mean over events, and the middle 95 % of its block bootstrap draws; ``nan`` without events.

    Parameters
    ----------
    value : float array (n,)
        Of each event.
    origin : int array (n,)
        The origin that each was asked for at.
    draws : int array (draws, origins)
        From `block_draws`.

    Examples
    --------
    >>> value, origin = np.array([1.0, 0.0, 1.0]), np.array([0, 0, 1])
    >>> mean, low, high = mean_with_interval(value, origin, np.array([[0, 0], [1, 1]]))
    >>> round(mean, 2), low > 0.5, high < 1
    (0.67, True, True)
    """
    origins = draws.shape[1]
    summed = np.bincount(origin, weights=value, minlength=origins).astype(np.float64)
    number = np.bincount(origin, minlength=origins).astype(np.float64)
    return ratio_with_interval(summed, number, draws)


def ratio_with_interval(
    part: NDArray[np.float64], whole: NDArray[np.float64], draws: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Sum of parts over sum of wholes, and the middle 95 % of the same over drawn origins.

    Parameters
    ----------
    part, whole : float arrays (origins,)
        ``whole`` is at least 0. Draws with a sum of wholes of 0 are left out; ``nan`` where all are.
    draws : int array (draws, origins)
        From `block_draws`.

    Examples
    --------
    >>> ratio_with_interval(np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.array([[0, 0], [0, 0]]))
    (1.0, 0.5, 0.5)
    """
    if not whole.sum() > 0:
        return float("nan"), float("nan"), float("nan")
    drawn = whole[draws].sum(axis=1)
    ratio = part[draws].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(ratio, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(part.sum() / whole.sum()), float(low), float(high)
