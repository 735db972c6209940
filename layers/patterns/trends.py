"""Trends: whether incidents came more or less often lately than before, with intervals for small counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import beta, false_discovery_control

FEWEST = 10
_LEVEL = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class Months:
    """Whole months counted back from a day.

    Parameters
    ----------
    edges : float array (months + 1,)
        First day of each month and of the one after the last, in days since 1970-01-01, rising.
    recent : int
        How many of the last months are the recent ones; those before are the earlier ones.
    """

    edges: NDArray[np.float64]
    recent: int

    @property
    def recent_days(self) -> float:
        """Length of the recent months."""
        return float(self.edges[-1] - self.edges[-1 - self.recent])

    @property
    def earlier_days(self) -> float:
        """Length of the earlier months."""
        return float(self.edges[-1 - self.recent] - self.edges[0])


def months_before(
    until: pd.Timestamp, *, recent: int, earlier: int, first_day: float
) -> Months | None:
    """Months up to a day that is no longer counted; earlier ones only as far as the record goes.

    Parameters
    ----------
    until : Timestamp
    recent, earlier : int
    first_day : float
        Of the record, in days since 1970-01-01.

    Returns
    -------
    Months or None
        None where the record holds no whole month before the recent ones.

    Examples
    --------
    >>> found = months_before(pd.Timestamp("2021-03-31"), recent=1, earlier=2, first_day=0.0)
    >>> [str(pd.Timestamp(day, unit="D").date()) for day in found.edges]
    ['2020-12-31', '2021-01-31', '2021-02-28', '2021-03-31']
    """
    back = [until - pd.DateOffset(months=n) for n in range(recent + earlier, -1, -1)]
    edges = np.array([(day - pd.Timestamp(0)).days for day in back], dtype=np.float64)
    edges = edges[(edges >= first_day) | (np.arange(edges.size) >= earlier)]
    return Months(edges=edges, recent=recent) if edges.size > recent + 1 else None


def monthly(day: NDArray[np.float64], months: Months) -> NDArray[np.int64]:
    """Incidents in each month, shape (months,).

    Examples
    --------
    >>> monthly(np.array([0.0, 30.0, 31.0, 99.0]), Months(edges=np.array([0.0, 31.0, 59.0]), recent=1)
    ...         ).tolist()
    [2, 1]
    """
    inside = (day >= months.edges[0]) & (day < months.edges[-1])
    column = np.searchsorted(months.edges, day[inside], side="right") - 1
    return np.bincount(column, minlength=months.edges.size - 1)


def dispersion(counts: NDArray[np.int64], months: Months) -> float:
    """How much more the months differ within their period than independent incidents would; at least 1.

    Pearson's ``sum (x - e)^2 / e / (months - periods)``, e the mean rate of the month's period times
    its length.

    Examples
    --------
    >>> dispersion(np.array([0, 8, 4, 4]), Months(edges=np.arange(5.0), recent=2))
    4.0
    """
    lengths = np.diff(months.edges)
    chi, free = 0.0, 0
    for part in (slice(None, -months.recent), slice(-months.recent, None)):
        expected = counts[part].sum() * lengths[part] / lengths[part].sum()
        if counts[part].sum():
            chi += float(((counts[part] - expected) ** 2 / expected).sum())
            free += expected.size - 1
    return max(1.0, chi / free) if free else 1.0


def rate_ratio(
    recent: float, earlier: float, *, exposure_ratio: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Ratio of two Poisson rates: lower and upper end of its exact interval, and the p-value of 1.

    Given the sum, the recent number is binomial; its interval (Clopper and Pearson 1934) is turned into
    one of the ratio (Przyborowski and Wilenski 1940). The p-value is twice the smaller tail, so that it
    is below 0.05 just where the interval leaves out 1. Numbers need not be whole.

    Parameters
    ----------
    recent, earlier : float
        Numbers of incidents.
    exposure_ratio : float
        Length of the recent period over that of the earlier one.
    confidence : float

    Returns
    -------
    low, high, p : float
        0 to ``inf`` and 1 where nothing happened.

    Examples
    --------
    >>> low, high, p = rate_ratio(0, 6, exposure_ratio=1.0)
    >>> low, round(high, 2), round(p, 5)
    (0.0, 0.85, 0.03125)
    """
    tail = (1 - confidence) / 2
    share_low = float(beta.ppf(tail, recent, earlier + 1)) if recent else 0.0
    share_high = float(beta.ppf(1 - tail, recent + 1, earlier)) if earlier else 1.0
    even = exposure_ratio / (1 + exposure_ratio)
    at_least = float(betainc(recent, earlier + 1, even)) if recent else 1.0
    at_most = float(betainc(earlier, recent + 1, 1 - even)) if earlier else 1.0
    low = share_low / (1 - share_low) / exposure_ratio
    high = share_high / (1 - share_high) / exposure_ratio if share_high < 1 else np.inf
    return low, high, min(1.0, 2 * min(at_least, at_most))


def trend_table(counts: Mapping[object, NDArray[np.int64]], months: Months) -> pd.DataFrame:
    """One row an area: its recent rate against the earlier one.

    Incidents come in bursts, so months differ more than independent incidents would. The interval and
    the p-value that decide are those of the counts divided by the dispersion, as the effective sample
    size of Korn and Graubard (1998); the exact ones stand beside them.

    Parameters
    ----------
    counts : mapping of area to int array (months,)
        Incidents.
    months : Months

    Returns
    -------
    DataFrame
        ``area, recent, earlier`` (incidents), ``recent_rate, earlier_rate`` (in 30 days), ``ratio`` (``nan``
        without any, ``inf`` without earlier ones), ``dispersion, low, high, p``, ``exact_low,
        exact_high, exact_p``, ``q`` (p over all areas with enough incidents, ``nan`` for others) and
        ``trend``: ``rising``, ``falling``, ``no_clear_change`` or ``too_few``.
    """
    table = pd.DataFrame([_row(area, own, months) for area, own in counts.items()])
    enough = (table["recent"] + table["earlier"] >= FEWEST).to_numpy()
    q = np.full(len(table), np.nan)
    if enough.any():
        q[enough] = false_discovery_control(table["p"].to_numpy()[enough])
    change = np.where(table["ratio"] > 1, "rising", "falling")
    trend = np.where(q <= _LEVEL, change, "no_clear_change")
    return table.assign(q=q, trend=np.where(enough, trend, "too_few"))


def _row(area: object, counts: NDArray[np.int64], months: Months) -> dict[str, object]:
    recent, earlier = int(counts[-months.recent :].sum()), int(counts[: -months.recent].sum())
    exposure = months.recent_days / months.earlier_days
    spread = dispersion(counts, months)
    low, high, p = rate_ratio(recent / spread, earlier / spread, exposure_ratio=exposure)
    exact = rate_ratio(recent, earlier, exposure_ratio=exposure)
    ratio = recent / earlier / exposure if earlier else (np.inf if recent else np.nan)
    return {
        "area": area,
        "recent": recent,
        "earlier": earlier,
        "recent_rate": 30 * recent / months.recent_days,
        "earlier_rate": 30 * earlier / months.earlier_days,
        "ratio": ratio,
        "dispersion": spread,
        "low": low,
        "high": high,
        "p": p,
        "exact_low": exact[0],
        "exact_high": exact[1],
        "exact_p": exact[2],
    }
