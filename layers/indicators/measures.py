"""Values of an indicator in an area on each assessment day, from what was over before it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.indicators_file import IndicatorSpec
from geo_poc.layers.indicators.reports import Reports, Span, covered
from geo_poc.layers.indicators.series import Values


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """One indicator in one area on each of n assessment days.

    Parameters
    ----------
    value : float array (n,)
        ``nan`` unknown or, with ``note`` few, none; ``inf`` a change from nothing, or no event ever.
    severity : float array (n,)
        Rises with what it warns of: the value, or its negative where lower is worse; -``inf`` where it is
        known that no threshold is reached; ``nan`` unknown.
    missing : int array (n,)
        Reports in it whose deaths are unknown: the value is at least what is known.
    vague : int array (n,)
        Reports of the time that may lie in the area and are known too vaguely to count.
    first, last : int array (n,)
        Those that count are ``reports[first:last]``.
    note : object array of str (n,)
        "" or ``record`` (no source covers the time), ``no_value``, ``stale`` (unknown); ``few`` (too few
        events for a change), ``none`` (none in the whole record).
    reports : Reports
        All that lie in the area and are of the kind, in order of their end.
    reported_day : float array (n,)
        Of a series: day of the value; ``nan`` without one.
    label, valid_days : str, int
        Of a series.
    """

    value: NDArray[np.float64]
    severity: NDArray[np.float64]
    missing: NDArray[np.int64]
    vague: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    note: NDArray[np.object_]
    reports: Reports
    reported_day: NDArray[np.float64]
    label: str = ""
    valid_days: int = 0

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Days on which nothing is known of it, mask (n,)."""
        return np.isnan(self.severity)

    @property
    def open(self) -> NDArray[np.bool_]:
        """Days on which it may be worse than its value: it is unknown or part of it is, mask (n,)."""
        return self.unknown | (self.missing > 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Here:
    """Reports of an indicator's kind in an area, and how far the record goes.

    Parameters
    ----------
    counted, possible : Reports
        Those that count, and those that may lie in it and are known too vaguely.
    spans : tuple of Span
    """

    counted: Reports
    possible: Reports
    spans: tuple[Span, ...]


def measured(
    indicator: IndicatorSpec, here: Here, days: NDArray[np.float64], values: Values | None = None
) -> Measured:
    """Values of an indicator on some days.

    Of a day D only reports that ended before D count, and values of a series that are of an earlier day.
    A window of w days is [D - w, D): a report is in it if it ended there.

    Parameters
    ----------
    indicator : IndicatorSpec
    here : Here
    days : float array (n,)
        Rising, in days since 1970-01-01.
    values : Values, optional
        Of the area, for an indicator of a series, and for no other.
    """
    if values is not None:
        return _of_series(indicator, here, days, values)
    if indicator.measure == "days_since":
        return _days_since(indicator, here, days)
    if indicator.measure == "change":
        return _change(indicator, here, days)
    return _sum(indicator, here, days)


def _sum(indicator: IndicatorSpec, here: Here, days: NDArray[np.float64]) -> Measured:
    from_day = days - (indicator.window_days or 0)
    first, last = _slice(here.counted, from_day, days)
    if indicator.measure == "events":
        amount = np.ones(here.counted.end_day.size)
    else:
        amount = getattr(here.counted, indicator.measure)
    return _made(
        here,
        days,
        from_day,
        value=_between(np.nan_to_num(amount, nan=0.0), first, last),
        known=covered(here.spans, from_day, days - 1),
        first=first,
        last=last,
        missing=_between(np.isnan(amount).astype(float), first, last).astype(np.int64),
    )


def _change(indicator: IndicatorSpec, here: Here, days: NDArray[np.float64]) -> Measured:
    window, against = float(indicator.window_days or 1), float(indicator.against_days or 1)
    from_day = days - window
    first, last = _slice(here.counted, from_day, days)
    before, _ = _slice(here.counted, from_day - against, from_day)
    recent, earlier = last - first, first - before
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (recent / window) / (earlier / against)
    few = recent < (indicator.least_events or 1)
    known = covered(here.spans, from_day - against, days - 1)
    made = _made(
        here,
        days,
        from_day,
        value=np.where(few, np.nan, ratio),
        known=known,
        first=first,
        last=last,
    )
    return _reaching_nothing(made, few & known, note="few")


def _days_since(indicator: IndicatorSpec, here: Here, days: NDArray[np.float64]) -> Measured:
    last = np.searchsorted(here.counted.end_day, days, side="left")
    first = np.maximum(last - 1, 0)
    ever = last > 0
    newest_day = np.full(days.size, -np.inf)
    newest_day[ever] = here.counted.end_day[first[ever]]
    # Quiet longer than every threshold is known without the record that is still older.
    longest = max(*indicator.up, *indicator.down)
    known = covered(here.spans, np.maximum(newest_day, days - longest), days - 1)
    made = _made(
        here,
        days,
        newest_day,
        value=days - newest_day,
        known=known,
        first=first,
        last=last,
        sign=indicator.sign,
    )
    return _reaching_nothing(made, ~ever & known, note="none")


def _of_series(
    indicator: IndicatorSpec, here: Here, days: NDArray[np.float64], own: Values
) -> Measured:
    last = np.searchsorted(own.day, days, side="left")
    ever = last > 0
    of_day, value = np.full(days.size, np.nan), np.full(days.size, np.nan)
    of_day[ever], value[ever] = own.day[last[ever] - 1], own.value[last[ever] - 1]
    known = days - of_day <= own.valid_days
    none = np.zeros(days.size, dtype=np.int64)
    return Measured(
        value=np.where(known, value, np.nan),
        severity=np.where(known, indicator.sign * value, np.nan),
        missing=none,
        vague=none,
        first=none,
        last=none,
        note=np.where(known, "", np.where(ever, "stale", "no_value")).astype(object),
        reports=here.counted,
        reported_day=of_day,
        label=own.label,
        valid_days=own.valid_days,
    )


def _made(
    here: Here,
    days: NDArray[np.float64],
    from_day: NDArray[np.float64],
    *,
    value: NDArray[np.float64],
    known: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    missing: NDArray[np.int64] | None = None,
    sign: float = 1.0,
) -> Measured:
    """Values with their reports; unknown where no record covers the time."""
    vague_first, vague_last = _slice(here.possible, from_day, days)
    return Measured(
        value=np.where(known, value, np.nan),
        severity=np.where(known, sign * value, np.nan),
        missing=np.zeros(days.size, dtype=np.int64) if missing is None else missing,
        vague=vague_last - vague_first,
        first=first,
        last=last,
        note=np.where(known, "", "record").astype(object),
        reports=here.counted,
        reported_day=np.full(days.size, np.nan),
    )


def _reaching_nothing(made: Measured, days: NDArray[np.bool_], *, note: str) -> Measured:
    """The same with some days on which it is known that no threshold is reached."""
    return dataclasses.replace(
        made,
        severity=np.where(days, -np.inf, made.severity),
        note=np.where(days, note, made.note).astype(object),
    )


def _slice(
    reports: Reports, from_day: NDArray[np.float64], to_day: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the first report that ended in ``[from_day, to_day)`` and of the first after them."""
    first = np.searchsorted(reports.end_day, from_day, side="left")
    return first, np.searchsorted(reports.end_day, to_day, side="left")


def _between(
    amount: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Sums of ``amount[first:last]``."""
    sums = np.concatenate([[0.0], np.cumsum(amount)])
    return np.asarray(sums[last] - sums[first])
