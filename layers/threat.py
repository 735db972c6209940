"""Incidents -> where civilians were attacked lately, as expected incidents on the grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.theatre import Grid


@dataclass(frozen=True, kw_only=True, eq=False)
class Threat:
    """Expected incidents on the grid, with what they were made from and how well it did in the past.

    Parameters
    ----------
    grid : Grid
    expected : float32 array (rows, cols)
        Expected incidents per km2 per 30 days; ``nan`` outside the area.
    as_of : date
        No later incident was used.
    horizon_days : int
    method : str
        One sentence for the report.
    incidents_used : int
    newest : date or None
        Date of the newest incident used.
    backtest : DataFrame
        One row a model: ``model, origins, events, hit_05`` and its interval ``low, high``.
    """

    grid: Grid
    expected: NDArray[np.float32]
    as_of: dt.date
    horizon_days: int
    method: str
    incidents_used: int
    newest: dt.date | None
    backtest: pd.DataFrame
