"""How many events are to be expected in all, and how far off that number may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import nbinom

from geo_poc.layers.threat.fading import faded
from geo_poc.layers.threat.past import Past

DECAYS_DAYS = (60.0, 120.0, 240.0, 480.0)
LONG_RUN_SHARE = 0.1
INTERVAL = 0.8
LEAST_WINDOWS = 12
_MONTH_DAYS = 30.4375
_LOG_SIZE_BOUNDS = (np.log(0.05), np.log(1e4))


@dataclass(frozen=True, kw_only=True)
class Total:
    """Expected number of events in the area within the horizon, with the middle 80 % of what may come.

    Parameters
    ----------
    expected : float
        ``nan`` without any past event: unknown, not 0.
    low, high : float
        ``nan`` with fewer than 12 past windows.
    decay_days : float
        Of the rate that the number comes from.
    size : float
        Of the negative binomial distribution: its variance is ``mean + mean^2 / size``; ``nan`` as
        ``low``.
    """

    expected: float
    low: float
    high: float
    decay_days: float
    size: float


def expected_total(past: Past) -> Total:
    """Number of events of the kind asked for that start within the horizon.

    ``N = h (0.9 r + 0.1 R)``: ``R`` is the mean rate of the whole record, ``r`` its rate with weights
    ``exp(-age / decay)``, ``sum_i(w_i) / (decay (1 - exp(-H / decay)))`` for a record of ``H`` days.
    Of the decays 60, 120, 240 and 480 days and the sizes of a negative binomial distribution those
    are taken that make the numbers in the past windows most likely, each window forecast from what
    was known at its start and counting half for every 24 months of age. With fewer than 12 windows
    the decay is 480 days. Events count that are known to the month or better, the ones too vague for
    the map too.

    Windows longer than a month overlap and are taken as if they did not.
    """
    record = past.record.only(past.record.wanted & past.record.dated)
    if not record.end_day.size:
        nan = float("nan")
        return Total(expected=nan, low=nan, high=nan, decay_days=nan, size=nan)
    day = past.windows()
    day = day[day > record.end_day.min()]
    number = _starting(record.start_day, day, past.horizon_days)
    rates = {decay: _rates(past, day, decay) for decay in DECAYS_DAYS}
    if day.size < LEAST_WINDOWS:
        nan = float("nan")
        expected = float(rates[DECAYS_DAYS[-1]][-1])
        return Total(expected=expected, low=nan, high=nan, decay_days=DECAYS_DAYS[-1], size=nan)
    counted = past.window_weight(day)
    fits = {decay: _size(number, rate[:-1], counted) for decay, rate in rates.items()}
    decay = max(fits, key=lambda one: fits[one][1])
    expected, size = float(rates[decay][-1]), fits[decay][0]
    low, high = negative_binomial_interval(expected, size)
    return Total(expected=expected, low=low, high=high, decay_days=decay, size=size)


def redrawn_total(past: Past, total: Total, *, rng: np.random.Generator) -> float:
    """Expected number with the past months weighed at random, the decay kept; ``nan`` if it is not known.

    Every month has an exponential weight of mean 1 that all its events share, as they come in spells.
    """
    record = past.record.only(past.record.wanted & past.record.dated)
    if not record.end_day.size:
        return float("nan")
    month = np.floor((past.as_of_day - record.end_day) / _MONTH_DAYS).astype(np.int64)
    draw = rng.exponential(size=int(month.max()) + 1)
    return float(_rates(past, np.zeros(0), total.decay_days, draw[month])[-1])


def negative_binomial_interval(mean: float, size: float) -> tuple[float, float]:
    """Lowest and highest number of the middle 80 % of a negative binomial distribution.

    Examples
    --------
    >>> negative_binomial_interval(7.0, 1e4)
    (4.0, 10.0)
    """
    tail = (1 - INTERVAL) / 2
    low, high = nbinom.ppf([tail, 1 - tail], size, size / (size + mean))
    return float(low), float(high)


def log_likelihood(
    number: NDArray[np.float64], mean: NDArray[np.float64], size: float
) -> NDArray[np.float64]:
    """Log likelihood of each number under a negative binomial distribution of its mean and one size.

    Examples
    --------
    >>> log_likelihood(np.array([0.0]), np.array([1.0]), 1.0).round(4).tolist()
    [-0.6931]
    """
    return np.asarray(
        gammaln(number + size)
        - gammaln(size)
        - gammaln(number + 1)
        - size * np.log1p(mean / size)
        + number * np.log(mean / (size + mean))
    )


def _starting(
    start_day: NDArray[np.float64], day: NDArray[np.float64], days: float
) -> NDArray[np.float64]:
    """How many events start in ``[day, day + days)``, for each of some days."""
    start = np.sort(start_day)
    number = np.searchsorted(start, day + days) - np.searchsorted(start, day)
    return number.astype(np.float64)


def _rates(
    past: Past,
    day: NDArray[np.float64],
    decay_days: float,
    amount: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Expected number at the start of each window and, last, on the day of the forecast."""
    record = past.record.only(past.record.wanted & past.record.dated)
    at_day = np.append(day, past.as_of_day)
    one = np.zeros(record.end_day.size, dtype=np.int64)
    counted = np.ones(record.end_day.size) if amount is None else amount
    lately, ever = (
        np.concatenate(
            list(
                faded(
                    record.end_day,
                    one,
                    places=1,
                    at_day=at_day,
                    decay_days=decay,
                    amount=counted,
                )
            )
        )
        for decay in (decay_days, np.inf)
    )
    # A first event says nothing about the time before it, and a rate over a few days says little.
    length = np.maximum(at_day - record.start_day.min(), past.horizon_days)
    rate = lately / (-np.expm1(-length / decay_days) * decay_days)
    return np.asarray(
        past.horizon_days * ((1 - LONG_RUN_SHARE) * rate + LONG_RUN_SHARE * ever / length)
    )


def _size(
    number: NDArray[np.float64], mean: NDArray[np.float64], counted: NDArray[np.float64]
) -> tuple[float, float]:
    """Size that makes numbers most likely, and their log likelihood with it."""
    found = minimize_scalar(
        lambda log_size: -float(counted @ log_likelihood(number, mean, float(np.exp(log_size)))),
        bounds=_LOG_SIZE_BOUNDS,
        method="bounded",
    )
    return float(np.exp(found.x)), -float(found.fun)
