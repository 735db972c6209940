"""How much each past incident still counts, and how many more its like are to be expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def time_decay(
    start_day: NDArray[np.float64],
    end_day: NDArray[np.float64],
    *,
    at_day: float,
    decay_days: float,
) -> NDArray[np.float64]:
    """Weight ``exp(-age / decay)`` of each event at a day, in 0..1, shape (n,).

    The age of an event of one day is the days from it to ``at_day``. An event known only to a
    span of days (a week, month or year: ``date_prec`` 3 to 5) is as likely on each of them, so its
    weight is the mean of ``exp(-age / decay)`` over the span. An event that was not over before
    ``at_day``, or has no date, weighs 0.

    Parameters
    ----------
    start_day, end_day : float arrays (n,)
        First and last day of each event, in days since 1970-01-01; ``nan`` unknown.
    at_day : float
        In days since 1970-01-01.
    decay_days : float
        Above 0; ``inf`` makes all past events weigh 1.

    Examples
    --------
    >>> day = np.array([90.0, 80.0, 100.0])
    >>> time_decay(day, day, at_day=100, decay_days=10).round(3).tolist()
    [0.368, 0.135, 0.0]
    """
    age = np.where(end_day < at_day, at_day - end_day, np.inf)
    if not np.isfinite(decay_days):
        return np.isfinite(age).astype(np.float64)
    span = (end_day - start_day) / decay_days
    mean_over_span = np.where(span > 0, -np.expm1(-span) / np.where(span > 0, span, 1.0), 1.0)
    return np.asarray(np.exp(-age / decay_days) * mean_over_span)


def expected_number(
    start_day: NDArray[np.float64],
    end_day: NDArray[np.float64],
    *,
    at_day: float,
    decay_days: float,
    horizon_days: float,
) -> float:
    """Incidents to be expected in the days after a day: an exponentially weighted past rate.

    With weights ``w_i`` from `time_decay` and a record of ``H`` days,
    ``horizon * sum(w_i) / (decay * (1 - exp(-H / decay)))``: the denominator is the weight of the
    days recorded, so that a steady rate is found whatever the decay. ``H`` runs from the first
    start of an event, and is at least the horizon. ``nan`` without any past event.

    Parameters are those of `time_decay`, and ``horizon_days``.

    Examples
    --------
    >>> day = np.arange(0.0, 1000.0, 10.0)
    >>> expected_number(day, day, at_day=1000, decay_days=np.inf, horizon_days=30)
    3.0
    """
    past = end_day < at_day
    if not past.any():
        return float("nan")
    record = max(at_day - float(start_day[past].min()), horizon_days)
    weight = time_decay(start_day, end_day, at_day=at_day, decay_days=decay_days).sum()
    days = -np.expm1(-record / decay_days) * decay_days if np.isfinite(decay_days) else record
    return float(horizon_days * weight / days)
