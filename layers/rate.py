"""How much each past incident still counts, and how many more its like are to be expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.events import Events


def time_decay(events: Events, *, at_day: float, decay_days: float) -> NDArray[np.float64]:
    """Weight ``exp(-age / decay)`` of each event at a day, in 0..1, shape (n,).

    The age of an event of one day is the days from it to ``at_day``. An event known only to a
    span of days (a week, month or year: ``date_prec`` 3 to 5) is as likely on each of them, so its
    weight is the mean of ``exp(-age / decay)`` over the span. An event that was not over before
    ``at_day``, or has no date, weighs 0.

    Parameters
    ----------
    events : Events
    at_day : float
        Days since 1970-01-01.
    decay_days : float
        Above 0; ``inf`` makes all past events weigh 1.
    """
    span = (events.end_day - events.start_day) / decay_days
    age = np.where(events.known_by(at_day), at_day - events.end_day, np.inf)
    mean = np.where(span > 0, -np.expm1(-span) / np.where(span > 0, span, 1.0), 1.0)
    old = np.exp(-age / decay_days) if np.isfinite(decay_days) else np.isfinite(age).astype(float)
    return np.asarray(old * mean)


def expected_number(
    events: Events, *, at_day: float, decay_days: float, horizon_days: float
) -> float:
    """Incidents to be expected in the days after ``at_day``: an exponentially weighted past rate.

    With weights ``w_i`` from `time_decay` and a record of ``H`` days,
    ``horizon * sum(w_i) / (decay * (1 - exp(-H / decay)))``: the denominator is the weight of the
    days recorded, so that a steady rate is found whatever the decay. ``H`` runs from the first
    start of an event, and is at least the horizon. ``nan`` without any past event.
    """
    past = events.known_by(at_day)
    if not past.any():
        return float("nan")
    record = max(at_day - float(events.start_day[past].min()), horizon_days)
    weight = time_decay(events, at_day=at_day, decay_days=decay_days).sum()
    days = -np.expm1(-record / decay_days) * decay_days if np.isfinite(decay_days) else record
    return float(horizon_days * weight / days)
