"""Weights of a mixture of known densities, from what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def em_weights(
    density: NDArray[np.float64],
    counted: NDArray[np.float64],
    *,
    pseudo_events: float = 1.0,
    tolerance: float = 1e-7,
) -> NDArray[np.float64]:
    """Weights of densities that make past events most likely, with a sum of 1, shape (k,).

    They maximise ``sum_i counted_i log(sum_k w_k density_ik) + pseudo_events sum_k log(w_k)``
    over weights that sum to 1. That is concave, so there is one maximum, and EM (Dempster, Laird and
    Rubin 1977) climbs to it from any start: a weight becomes the share of events that its density
    answers for, with ``pseudo_events`` added to each. No weight can fall to 0.

    Parameters
    ----------
    density : float array (n, k)
        Of each event under each density; not all 0 for one event.
    counted : float array (n,)
        How much each event counts.
    pseudo_events : float
        Above 0.
    tolerance : float
        EM stops when no weight changes by more.

    Examples
    --------
    >>> em_weights(np.array([[1.0, 0.0]] * 8), np.ones(8)).round(2).tolist()
    [0.9, 0.1]
    """
    columns = np.ascontiguousarray(density.T)
    weights = np.full(len(columns), 1.0 / len(columns))
    change = np.inf
    while change > tolerance:
        answered = columns @ (counted / (weights @ columns)) * weights + pseudo_events
        better = answered / answered.sum()
        change, weights = float(np.abs(better - weights).max()), better
    return weights
