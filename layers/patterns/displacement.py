"""Displacement: incidents near bases that opened or closed, before and after, against a ring and the rest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import contingency

from geo_poc.layers.patterns.bases import CHANGE_COLUMNS

FEWEST_HERE = 10
FEWEST_CHANGES, FEWEST_TOTAL = 5, 20
ZONES = ("near", "ring", "rest")


@dataclass(frozen=True, kw_only=True)
class Window:
    """What is compared.

    Parameters
    ----------
    radius_m : float
        Near is within it; the ring lies between it and twice as far.
    days : float
        Length of the time before and after.
    first_day, end_day : float
        The record holds ``[first_day, end_day)``, in days since 1970-01-01.
    """

    radius_m: float
    days: float
    first_day: float
    end_day: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooled:
    """All changes of one kind together.

    Parameters
    ----------
    change : str
        ``opened`` or ``closed``.
    zone : str
        ``near`` or ``ring``.
    changes : int
        That were counted.
    before, after : int
        Incidents in the zones.
    expected : float
        After, had they changed as in the rest of the theatre.
    low, high : float
        95 % interval of the ratio of ``after`` to ``expected``, by drawing changes anew; ``nan`` too few.
    p : float
        Share of draws of other dates that lie as far from the rest, either way; ``nan`` too few.
    """

    change: str
    zone: str
    changes: int
    before: int
    after: int
    expected: float
    low: float
    high: float
    p: float

    @property
    def ratio(self) -> float:
        """Incidents after over those expected; ``nan`` where none is expected."""
        return self.after / self.expected if self.expected > 0 else float("nan")

    @property
    def enough(self) -> bool:
        """Whether there are changes and incidents enough to say anything."""
        return bool(np.isfinite(self.p))


@dataclass(frozen=True, kw_only=True, eq=False)
class Around:
    """Days of the incidents in the zones of one change, each rising, and how long its date is open."""

    days: tuple[NDArray[np.float64], ...]
    gap: float

    def counts(self, day: NDArray[np.float64], length: float) -> NDArray[np.int64]:
        """Incidents by zone, before and after a change at some days; shape (days, zones, 2)."""
        spans = ((day - length, day), (day + self.gap, day + self.gap + length))
        found = [
            [np.searchsorted(own, end) - np.searchsorted(own, start) for start, end in spans]
            for own in self.days
        ]
        return np.moveaxis(np.array(found), 2, 0)


def around(
    changes: pd.DataFrame,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    day: NDArray[np.float64],
    window: Window,
) -> list[Around]:
    """The incidents around each change, by zone."""
    found = []
    for change in changes.to_dict("records"):
        apart = np.hypot(x_m - change["x_m"], y_m - change["y_m"])
        zone = np.searchsorted((window.radius_m, 2 * window.radius_m), apart)
        found.append(
            Around(
                days=tuple(np.sort(day[zone == number]) for number in range(len(ZONES))),
                gap=float(change["latest_day"] - change["earliest_day"]),
            )
        )
    return found


def change_table(changes: pd.DataFrame, near: list[Around], window: Window) -> pd.DataFrame:
    """Each change with its incidents before and after, and whether it is counted.

    Parameters
    ----------
    changes : DataFrame
        As of :func:`geo_poc.layers.patterns.bases.base_changes`.
    near : list of Around
    window : Window

    Returns
    -------
    DataFrame
        ``changes`` with ``counted``: ``yes``, ``outside_record`` or ``another_change`` (within three
        radii, so that zones meet, in the days compared); for each zone ``<zone>_before`` and
        ``<zone>_after``; for near and ring ``<zone>_ratio`` against the rest with its exact conditional
        interval ``_low`` and ``_high`` (``nan`` below 10 incidents); and ``wdq``.
    """
    rows = []
    for change, own in zip(changes.to_dict("records"), near, strict=True):
        found = own.counts(np.array([change["earliest_day"]]), window.days)[0]
        row = dict(change) | {"counted": _counted(change, changes, window)}
        row |= {f"{z}_before": int(c[0]) for z, c in zip(ZONES, found, strict=True)}
        row |= {f"{z}_after": int(c[1]) for z, c in zip(ZONES, found, strict=True)}
        for number in (0, 1):
            ratio = odds(found[number], found[2])
            parts = (f"{ZONES[number]}_{what}" for what in ("ratio", "low", "high"))
            row |= dict(zip(parts, ratio, strict=True))
        rows.append(row | {"wdq": displacement_quotient(found)})
    names = [f"{z}_{what}" for z in ZONES for what in ("before", "after")]
    names += [f"{z}_{what}" for z in ZONES[:2] for what in ("ratio", "low", "high")]
    return pd.DataFrame(rows, columns=[*CHANGE_COLUMNS, "counted", *names, "wdq"])


def _counted(change: Mapping[Hashable, Any], changes: pd.DataFrame, window: Window) -> str:
    start = change["earliest_day"] - window.days
    end = change["latest_day"] + window.days
    if start < window.first_day or end > window.end_day:
        return "outside_record"
    apart = np.hypot(changes["x_m"] - change["x_m"], changes["y_m"] - change["y_m"])
    close = (apart <= 3 * window.radius_m) & (changes["latest_day"] > start)
    return "another_change" if (close & (changes["earliest_day"] < end)).sum() > 1 else "yes"


def odds(zone: NDArray[np.int64], rest: NDArray[np.int64]) -> tuple[float, float, float]:
    """After over before in a zone, against the rest: ratio and its exact 95 % interval.

    Given the four sums it is that of Fisher's exact test, which is the distribution under all ways of
    giving the dates to the incidents. ``nan`` below 10 incidents in the zone or in the rest.

    Examples
    --------
    >>> [round(value, 2) for value in odds(np.array([20, 10]), np.array([100, 100]))]
    [0.5, 0.2, 1.19]
    """
    if min(zone.sum(), rest.sum()) < FEWEST_HERE:
        return (np.nan, np.nan, np.nan)
    found = contingency.odds_ratio([[zone[1], zone[0]], [rest[1], rest[0]]])
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), float(low), float(high)


def displacement_quotient(counts: NDArray[np.int64]) -> float:
    """Weighted displacement quotient of Bowers and Johnson (2003).

    ``(R1/C1 - R0/C0) / (N1/C1 - N0/C0)``: N near, R in the ring, C in the rest, 0 before and 1 after.
    ``nan`` unless incidents near fell against the rest, as there is then nothing to displace, and below
    10 near or in the rest. Above 0 the ring fell too; below -1 it rose by more than the fall near.

    Parameters
    ----------
    counts : int array (3, 2)
        Near, ring and rest; before and after.

    Examples
    --------
    >>> round(displacement_quotient(np.array([[20, 10], [10, 15], [100, 100]])), 6)
    -0.5
    """
    near, ring, rest = counts.astype(np.float64)
    if min(near.sum(), rest.sum()) < FEWEST_HERE or not rest.all():
        return float("nan")
    fall = near[1] / rest[1] - near[0] / rest[0]
    return float((ring[1] / rest[1] - ring[0] / rest[0]) / fall) if fall < 0 else float("nan")


def pooled(
    table: pd.DataFrame,
    near: list[Around],
    window: Window,
    *,
    rng: np.random.Generator,
    draws: int = 999,
) -> tuple[Pooled, ...]:
    """Openings and closings, near and in the ring, each together.

    The p-value comes from other dates: each change is moved to a random day of the record, all at its
    own place, so that the bursts in which incidents come are kept.

    Parameters
    ----------
    table : DataFrame
        As of :func:`change_table`; rows that are not counted are left out.
    near : list of Around
        Of all rows.
    window : Window
    rng : Generator
    draws : int
    """
    found: list[Pooled] = []
    for change in ("opened", "closed"):
        rows = np.flatnonzero((table["change"] == change) & (table["counted"] == "yes"))
        own = [near[row] for row in rows]
        at = table["earliest_day"].to_numpy(dtype=np.float64)[rows]
        actual = _stacked(own, at[:, None], window)
        first = window.first_day + window.days
        room = np.array([window.end_day - first - window.days - each.gap for each in own])
        other = _stacked(own, first + rng.random((rows.size, draws)) * room[:, None], window)
        found += [_pooled(change, zone, actual[:, 0], other, rng) for zone in (0, 1)]
    return tuple(found)


def _stacked(own: list[Around], day: NDArray[np.float64], window: Window) -> NDArray[np.int64]:
    """Counts of each change at each of its days, shape (changes, days, zones, 2)."""
    if not own:
        return np.zeros((0, day.shape[1], len(ZONES), 2), dtype=np.int64)
    return np.array([each.counts(at, window.days) for each, at in zip(own, day, strict=True)])


def _expected(counts: NDArray[np.int64], zone: int) -> NDArray[np.float64]:
    """Incidents after, had the zone changed as the rest did; where the rest has none, half of them."""
    rest = counts[..., 2, :].astype(np.float64)
    total = rest.sum(axis=-1)
    share = np.where(total > 0, rest[..., 1] / np.where(total > 0, total, 1.0), 0.5)
    return np.asarray(counts[..., zone, :].sum(axis=-1) * share)


def _excess(counts: NDArray[np.int64], zone: int) -> NDArray[np.float64]:
    """Incidents after above those expected, as a share of all before and after; over the first axis."""
    total = counts[..., zone, :].sum(axis=(0, -1))
    above = (counts[..., zone, 1] - _expected(counts, zone)).sum(axis=0)
    return np.asarray(np.where(total > 0, above / np.where(total > 0, total, 1), 0.0))


def _pooled(
    change: str,
    zone: int,
    actual: NDArray[np.int64],
    other: NDArray[np.int64],
    rng: np.random.Generator,
) -> Pooled:
    expected = _expected(actual, zone)
    after = actual[:, zone, 1]
    low = high = p = float("nan")
    if len(actual) >= FEWEST_CHANGES and actual[:, zone].sum() >= FEWEST_TOTAL:
        far = np.abs(_excess(other, zone)) >= np.abs(_excess(actual, zone)) - 1e-12
        p = float((far.sum() + 1) / (far.size + 1))
        again = rng.integers(0, len(actual), (2000, len(actual)))
        sums = expected[again].sum(axis=1)
        ratios = after[again].sum(axis=1)[sums > 0] / sums[sums > 0]
        low, high = (float(v) for v in np.quantile(ratios, (0.025, 0.975)))
    return Pooled(
        change=change,
        zone=ZONES[zone],
        changes=len(actual),
        before=int(actual[:, zone, 0].sum()),
        after=int(after.sum()),
        expected=float(expected.sum()),
        low=low,
        high=high,
        p=p,
    )
