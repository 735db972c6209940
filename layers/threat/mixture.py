"""The mixture: densities that each say something about where events come, weighted by the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.fading import faded
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.spreads import Spreads, places_of, spreads

NEIGHBOURHOOD_SD_M = 50_000.0
CLOSE_BY_SD_M = 15_000.0
MONTH_DAYS, YEAR_DAYS = 30.0, 365.0
MOST_WINDOWS = 120
COMPONENTS = (
    "uniform",
    "population",
    "settlements",
    "same place, 30 days",
    "same place, 365 days",
    "same place, all time",
    "neighbourhood, 30 days",
    "neighbourhood, 365 days",
    "neighbourhood close by, 365 days",
)
"""Names of the densities that a mixture may have, in order."""
_POINT_UP_TO = 3
# Below this, decayed numbers lose their digits; with a decay of 30 days that takes 47 years.
_LEAST_NUMBER = 1e-250


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """A density, those that it is made of and their weights.

    Parameters
    ----------
    components : float array (k, cells)
        Each sums to 1.
    weights : float array (k,)
        With the sum 1.
    names : tuple of str
        Of the components: those of :data:`COMPONENTS` that have something to go by.
    """

    components: NDArray[np.float64]
    weights: NDArray[np.float64]
    names: tuple[str, ...] = COMPONENTS

    @property
    def density(self) -> NDArray[np.float64]:
        """Density over the area's cells, shape (cells,), with the sum 1."""
        return np.asarray(self.weights @ self.components)


def mixture_density(past: Past) -> NDArray[np.float64]:
    """Density of the mixture over the area's cells, shape (cells,), with the sum 1."""
    return fitted_mixture(past).density


def fitted_mixture(past: Past) -> Mixture:
    """Mixture of up to nine densities, with the weights that make the past most likely.

    Three densities need no event: uniform, population, settlements. Six are made of past events, which
    fade by ``exp(-age / decay)``:

    - same place, with decays of 30 days, 365 days and none: the share of the events in each cell, by
      their decayed number; only events coded to a point or to the centre of a small district
      (``where_prec`` 1 to 3);
    - neighbourhood, 30 and 365 days: around each cell with an event a Gaussian of 50 km times the weight
      of cells by settlements (`geo_poc.layers.threat.setting.Setting.settled`);
    - neighbourhood close by, 365 days: a Gaussian of 15 km, whoever lives there.

    In a neighbourhood a cell counts once, as its event that has faded least, not by their number: new
    places are found near many old ones rather than near a busy one.

    A Gaussian is integrated over the cells and scaled to 1 over the area. An event around an uncertain
    point is a Gaussian, or a wider one, of ``sqrt(sd^2 + position_sd^2)``, in a neighbourhood 60 km for a
    centroid (``where_prec`` 4 and 5) unless the file says otherwise. An event known to a district of
    the setting is spread over that instead. Events known to the year only (``date_prec`` 5) are in the
    density without decay alone. Each event counts by its weight.

    A density that says nothing, such as settlements where none is known or places without any event,
    is left out.

    The weights are those of `geo_poc.layers.threat.em.em_weights`, with one pseudo-event for each density.
    Each precise event in a past window counts with the densities as they were at the window's
    start, by its own weight over the mean weight of such events, and half as much for every 24
    months that the window is old. Windows before the last 120 are left out: together
    they would count 3 % of what these count.
    """
    static = _static(past.setting)
    windows = past.windows()[-MOST_WINDOWS:]
    kernels = _kernels(past)
    amounts = [kernel.amounts(np.append(windows, past.as_of_day)) for kernel in kernels]
    density, counted = [np.zeros((len(COMPONENTS), 0))], [np.zeros(0)]
    for cell, number in _asked(past, windows):
        known = [next(amount) for amount in amounts]
        moving = [k.at(amount, cell) for k, amount in zip(kernels, known, strict=True)]
        density.append(np.vstack([static[:, cell], *moving]))
        counted.append(number)
    known = [next(amount) for amount in amounts]
    moving = [k.total(amount) for k, amount in zip(kernels, known, strict=True)]
    number = np.concatenate([amount.sum(axis=1) for amount in known])
    says = np.concatenate([[True], np.ptp(static[1:], axis=1) > 0, number > _LEAST_NUMBER])
    return Mixture(
        components=np.vstack([static, *moving])[says],
        weights=em_weights(np.hstack(density)[says].T, np.concatenate(counted)),
        names=tuple(name for name, one in zip(COMPONENTS, says, strict=True) if one),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Kernel:
    """Densities made of past events, one for each decay: how each event is spread, and how they add up."""

    record: Record
    spread: Spreads
    decays_days: tuple[float, ...]
    together: np.ufunc

    def amounts(self, at_day: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """What is left of the events at each place, day by day, (decays, places)."""
        by_decay = []
        for decay in self.decays_days:
            # An age in days is needed only where it matters.
            chosen = self.record.dated | np.isinf(decay)
            by_decay.append(
                faded(
                    self.record.end_day[chosen],
                    self.spread.places.place[chosen],
                    places=self.spread.places.number,
                    at_day=at_day,
                    decay_days=decay,
                    amount=self.record.weight[chosen],
                    together=self.together,
                )
            )
        return (np.array(rows) for rows in zip(*by_decay, strict=True))

    def at(self, amount: NDArray[np.float64], cell: NDArray[np.int64]) -> NDArray[np.float64]:
        """Densities in some cells of the area (m,), (decays, m)."""
        return self._mean(self.spread.at(amount, cell), amount)

    def total(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Densities in all cells of the area, (decays, cells)."""
        return self._mean(self.spread.total(amount), amount)

    def _mean(
        self, summed: NDArray[np.float64], amount: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Sum of spreads over their amounts; where there is none, the same everywhere."""
        number = amount.sum(axis=1, keepdims=True)
        some = number > _LEAST_NUMBER
        flat = 1.0 / self.spread.setting.cells.size
        return np.where(some, summed / np.where(some, number, 1.0), flat)


def _kernels(past: Past) -> tuple[_Kernel, ...]:
    placed, setting = past.record.placed, past.setting
    coded = placed.only((placed.where_prec <= _POINT_UP_TO) & (placed.district < 0))
    anywhere = np.ones(setting.cells.size)
    everywhere, here = places_of(placed), places_of(coded)
    return (
        _Kernel(
            record=coded,
            spread=spreads(here, sd_m=0.0, weight=anywhere, setting=setting),
            decays_days=(MONTH_DAYS, YEAR_DAYS, np.inf),
            together=np.add,
        ),
        _Kernel(
            record=placed,
            spread=spreads(
                everywhere, sd_m=NEIGHBOURHOOD_SD_M, weight=setting.settled, setting=setting
            ),
            decays_days=(MONTH_DAYS, YEAR_DAYS),
            together=np.maximum,
        ),
        _Kernel(
            record=placed,
            spread=spreads(everywhere, sd_m=CLOSE_BY_SD_M, weight=anywhere, setting=setting),
            decays_days=(YEAR_DAYS,),
            together=np.maximum,
        ),
    )


def _static(setting: Setting) -> NDArray[np.float64]:
    return np.array([setting.uniform, setting.population, setting.settlements])


def _asked(
    past: Past, windows: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Cells of the precise events of each past window, once each, and how much each counts."""
    record = past.record.only(past.record.precise)
    record = record.only(np.argsort(record.start_day, kind="stable"))
    first, last = (
        np.searchsorted(record.start_day, day) for day in (windows, windows + past.horizon_days)
    )
    # Over the mean: it is one event against another that counts, not all against the pseudo-events.
    summed = np.append(0.0, np.cumsum(record.weight))
    mean = (summed[last] - summed[first]).sum() / max(int((last - first).sum()), 1) or 1.0
    counted = past.window_weight(windows) / mean
    for start, end, each in zip(first, last, counted, strict=True):
        cell, row = np.unique(record.cell[start:end], return_inverse=True)
        number = np.bincount(row.ravel(), weights=record.weight[start:end], minlength=cell.size)
        yield cell, number * each
