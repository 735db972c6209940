"""Plain threat models: where events are to be expected, each as a density over the area's cells.

Every function takes a `Past` and returns a float array (cells,) with the sum 1. Without any event to go
by it is the same everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.gaussians import gaussians
from geo_poc.layers.past import Past
from geo_poc.layers.record import Record

YEAR_DAYS = 365.0
KERNEL_SD_M = 25_000.0
NARROWEST_SD_M = 500.0
LINE_COUNTS, LINE_SETTLEMENTS, LINE_UNIFORM = 0.80, 0.15, 0.05


def uniform(past: Past) -> NDArray[np.float64]:
    """Density that is the same everywhere."""
    return past.setting.uniform


def population(past: Past) -> NDArray[np.float64]:
    """Density of residents."""
    return past.setting.population


def counts(past: Past) -> NDArray[np.float64]:
    """Share of all past events that were coded in each cell."""
    return _counted(past, past.record.placed)


def counts_of_a_year(past: Past) -> NDArray[np.float64]:
    """Share of the events of the last 365 days that were coded in each cell."""
    return _counted(past, _last_year(past))


def kernel_of_a_year(past: Past) -> NDArray[np.float64]:
    """Gaussians of 25 km around the events of the last 365 days."""
    record = _last_year(past)
    return _kernel(past, record, np.full(record.cell.size, KERNEL_SD_M))


def scott_kernel(past: Past) -> NDArray[np.float64]:
    """Gaussians around all past events, with Scott's bandwidth along each axis.

    The standard deviation along an axis is that of the events' coordinates times ``n ** (-1 / 6)``
    (Scott 1992, two dimensions), at least 500 m.
    """
    record = past.record.placed
    n = record.cell.size
    if n < 2:
        return _kernel(past, record, np.full(n, NARROWEST_SD_M))
    spread = [axis.std(ddof=1) * n ** (-1 / 6) for axis in (record.x_m, record.y_m)]
    return _kernel(past, record, np.tile(np.maximum(spread, NARROWEST_SD_M), (n, 1)))


def one_line(past: Past) -> NDArray[np.float64]:
    """0.80 of the count of all past events + 0.15 of settlements + 0.05 the same everywhere."""
    setting = past.setting
    return (
        LINE_COUNTS * counts(past)
        + LINE_SETTLEMENTS * setting.settlements
        + LINE_UNIFORM * setting.uniform
    )


def _last_year(past: Past) -> Record:
    placed = past.record.placed
    return placed.only(placed.end_day >= past.as_of_day - YEAR_DAYS)


def _counted(past: Past, record: Record) -> NDArray[np.float64]:
    if not record.cell.size:
        return past.setting.uniform
    number = np.bincount(record.cell, minlength=past.setting.cells.size)
    return np.asarray(number / record.cell.size)


def _kernel(past: Past, record: Record, sd_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the Gaussians around events, each scaled to 1 over the area."""
    setting = past.setting
    if not record.cell.size:
        return setting.uniform
    around = gaussians(
        record.x_m, record.y_m, sd_m=sd_m, weight=np.ones(setting.cells.size), setting=setting
    )
    density = around.total(np.bincount(around.place).astype(np.float64))
    return density / density.sum()
