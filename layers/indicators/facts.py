"""What there is to say of a level on one day: since when, by which indicators, by which data."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.indicators_file import IndicatorSpec
from geo_poc.layers.indicators.evaluate import IndicatorHistory

_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True)
class IndicatorFacts:
    """One indicator in one area on one assessment day.

    Parameters
    ----------
    spec : IndicatorSpec
    value : float
        ``nan`` unknown, or with ``note`` few none; ``inf`` a change from nothing, or no event ever.
    note : str
        "", ``record``, ``no_value``, ``stale`` (unknown), ``few``, ``none``.
    unknown : bool
    level : int
        That it holds.
    since : date
        First assessment day of the unbroken time in which it holds just this level.
    crossed : int
        How many thresholds its present value reaches, without any hysteresis.
    below_since : date or None
        From when on it has been below what keeps its level.
    falls_on : date or None
        When it leaves its level if it stays below.
    events : int
        Reports that it counts; for days since the last event that one.
    idents : tuple of str
        Their ids, newest first, without those of sensitive reports.
    newest : date or None
        Last day of the newest of them, or day of the value of a series.
    sources : tuple of str
    valid_days : int
        Of a series: for how long a value stands; else 0.
    deaths : (float, float, float)
        Sums of best, low and high estimates over them; ``nan`` where one is unknown.
    missing, vague : int
        As of `geo_poc.layers.indicators.measures.Measured`.
    """

    spec: IndicatorSpec
    value: float
    note: str
    unknown: bool
    level: int
    since: dt.date
    crossed: int
    below_since: dt.date | None
    falls_on: dt.date | None
    events: int
    idents: tuple[str, ...]
    newest: dt.date | None
    sources: tuple[str, ...]
    valid_days: int
    deaths: tuple[float, float, float]
    missing: int
    vague: int

    @property
    def unnamed(self) -> int:
        """Reports that it counts and does not name, because they are sensitive."""
        return self.events - len(self.idents)


def indicator_facts(
    history: IndicatorHistory, days: Sequence[dt.date], at: int = -1
) -> IndicatorFacts:
    """What there is to say of an indicator on an assessment day, the last by default.

    Parameters
    ----------
    history : IndicatorHistory
    days : sequence of date
        The assessment days.
    at : int
        Position of the day.
    """
    at = at % len(days)
    spec, made, level = history.spec, history.measured, int(history.held.level[at])
    own = made.reports.only(_positions(made.reports.end_day.size, made.first[at], made.last[at]))
    severity = made.severity[at]
    newest_day = own.end_day[-1] if own.end_day.size else made.reported_day[at]
    below_since = _date(history.held.below_since[at, level - 1]) if level else None
    return IndicatorFacts(
        spec=spec,
        value=float(made.value[at]),
        note=str(made.note[at]),
        unknown=bool(np.isnan(severity)),
        level=level,
        since=days[run_start(history.held.level, at)],
        crossed=sum(bool(spec.sign * threshold <= severity) for threshold in spec.up),
        below_since=below_since,
        falls_on=below_since and below_since + dt.timedelta(days=spec.fall_after_days),
        events=own.end_day.size,
        idents=tuple(str(i) for i in own.ident[::-1] if i),
        newest=_date(float(newest_day)),
        sources=(made.label,) if spec.series else tuple(dict.fromkeys(map(str, own.source))),
        valid_days=made.valid_days,
        deaths=(
            float(np.sum(own.deaths_best)),
            float(np.sum(own.deaths_low)),
            float(np.sum(own.deaths_high)),
        ),
        missing=int(made.missing[at]),
        vague=int(made.vague[at]),
    )


def run_start(level: NDArray[np.int64], at: int = -1) -> int:
    """Position of the first day of the unbroken run of equal levels that a day is in.

    Examples
    --------
    >>> run_start(np.array([0, 2, 1, 1, 1])), run_start(np.array([0, 2, 1, 1, 1]), 1)
    (2, 1)
    """
    past = level[: at % level.size + 1]
    other = np.flatnonzero(past != past[-1])
    return int(other[-1]) + 1 if other.size else 0


def _positions(size: int, first: int, last: int) -> NDArray[np.bool_]:
    place = np.arange(size)
    return np.asarray((first <= place) & (place < last))


def _date(day: float) -> dt.date | None:
    return None if math.isnan(day) else _EPOCH + dt.timedelta(days=float(day))
