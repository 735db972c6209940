"""All that a threat model may know on a day: events that were over, and windows of time before it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting

HALF_LIFE_DAYS = 2 * 365.25


@dataclass(frozen=True, kw_only=True, eq=False)
class Past:
    """What is known on a day, for a forecast of the days from it on.

    Parameters
    ----------
    record : Record
        Events that were over before ``as_of_day``.
    as_of_day : float
        In days since 1970-01-01.
    horizon_days : float
        Length of the time asked for.
    setting : Setting
    window_draw : float array (windows,), optional
        How much each past window counts beside its age; 1 by default.

    Raises
    ------
    LayerError
        If an event was not over before ``as_of_day``: no model may see it.
    """

    record: Record
    as_of_day: float
    horizon_days: float
    setting: Setting
    window_draw: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        late = ~(self.record.end_day < self.as_of_day)
        if late.any():
            raise LayerError(
                Fault(
                    where="threat",
                    found=f"{int(late.sum())} event(s) that ended on or after day {self.as_of_day:g}",
                    rule="a model sees only events that were over before its day",
                    repair="take record.before(day)",
                )
            )

    def windows(self) -> NDArray[np.float64]:
        """First days of the past windows that models learn from, rising, in days since 1970-01-01.

        A window starts on the first of a month, after the end of at least one event, and is over by
        ``as_of_day``.
        """
        if not self.record.end_day.size:
            return np.zeros(0)
        first = _date(float(self.record.end_day.min())) + dt.timedelta(days=1)
        last = _date(np.floor(self.as_of_day - self.horizon_days))
        starts = pd.date_range(first, last, freq="MS")
        return np.array([float(day_number(start.date())) for start in starts])

    def window_weight(self, day: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much what came in past windows counts, by their first days: half every 24 months."""
        by_age = np.asarray(0.5 ** ((self.as_of_day - day) / HALF_LIFE_DAYS))
        if self.window_draw is None:
            return by_age
        return by_age * self.window_draw[np.searchsorted(self.windows(), day)]


def past_of(record: Record, setting: Setting, *, as_of_day: float, horizon_days: float) -> Past:
    """What is known on a day of a record that may go on after it."""
    return Past(
        record=record.before(as_of_day),
        as_of_day=as_of_day,
        horizon_days=horizon_days,
        setting=setting,
    )


def _date(day: float) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=float(day))
