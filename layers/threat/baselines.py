"""Plain threat models: where events are to be expected, each as a density over the area's cells.

Every function takes a `Past` and returns a float array (cells,) with the sum 1. Without any event to go
by it is the same everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.threat.kernel import point_density
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.record import VAGUEST_ASKED_PLACE, Record

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
    """Share of all past events in each cell; those coded to the centre of a state have none."""
    return _counted(past, past.record.placed)


def counts_of_a_year(past: Past) -> NDArray[np.float64]:
    """Share of the events of the last 365 days in each cell, as `counts`."""
    return _counted(past, _last_year(past))


def kernel_of_a_year(past: Past) -> NDArray[np.float64]:
    """Gaussians of 25 km around the events of the last 365 days."""
    return _kernel(past, _last_year(past), (KERNEL_SD_M, KERNEL_SD_M))


def scott_kernel(past: Past) -> NDArray[np.float64]:
    """Gaussians around all past events, with Scott's bandwidth along each axis.

    The standard deviation along an axis is that of the events' coordinates times ``n ** (-1 / 6)``
    (Scott 1992, two dimensions), at least 500 m. With weights it is the weighted one, and ``n`` is
    ``sum(w)^2 / sum(w^2)``.
    """
    record = past.record.placed
    record = record.only(record.weight > 0)
    if record.cell.size < 2:
        return _kernel(past, record, (NARROWEST_SD_M, NARROWEST_SD_M))
    n = record.weight.sum() ** 2 / (record.weight**2).sum()
    sd_x, sd_y = (
        max(float(np.sqrt(np.cov(axis, aweights=record.weight))) * n ** (-1 / 6), NARROWEST_SD_M)
        for axis in (record.x_m, record.y_m)
    )
    return _kernel(past, record, (sd_x, sd_y))


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
    coded = record.only(record.where_prec <= VAGUEST_ASKED_PLACE)
    total = coded.weight.sum()
    if not total > 0:
        return past.setting.uniform
    number = np.bincount(coded.cell, weights=coded.weight, minlength=past.setting.cells.size)
    return np.asarray(number / total)


def _kernel(past: Past, record: Record, sd_m: tuple[float, float]) -> NDArray[np.float64]:
    """Plain kernel density: what lies beyond the border is lost, and the rest scaled to 1."""
    setting = past.setting
    return point_density(
        record.x_m,
        record.y_m,
        sd_m=sd_m,
        grid=setting.grid,
        cells=setting.cells,
        weight=record.weight,
    )
