"""The mixture: ten densities that each say something about where events come, weighted by the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.past import Past, decayed_sums
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.spreads import Spreads, spreads

SAME_PLACE_SD_M = 500.0
NEIGHBOURHOOD_SD_M = 25_000.0
DECAYS_DAYS = (30.0, 365.0, np.inf)
COMPONENTS = (
    "uniform",
    "population",
    "settlements",
    "towns",
    "same place, 30 days",
    "same place, 365 days",
    "same place, all time",
    "neighbourhood, 30 days",
    "neighbourhood, 365 days",
    "neighbourhood, all time",
)
# Below this, decayed numbers lose their digits; with a decay of 30 days that takes 47 years.
_LEAST_NUMBER = 1e-250


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """A density, the ten it is made of and their weights.

    Parameters
    ----------
    components : float array (10, cells)
        In the order of ``names``; each sums to 1.
    weights : float array (10,)
        With the sum 1.
    names : tuple of str
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
    """Mixture of ten densities, with the weights that make the past most likely.

    Four densities need no event: uniform, population, settlements, towns. Six are means of Gaussians
    around past events, with weights ``exp(-age / decay)``, ``decay`` 30 days, 365 days or none:

    - same place: a Gaussian of 0.5 km;
    - neighbourhood: a Gaussian of 25 km times ``0.8 n s_c + 0.2``, for ``n`` cells and the density
      of settlements ``s_c``.

    Each Gaussian is integrated over the cells and scaled to 1 over the area. One around an uncertain
    point has a standard deviation of ``sqrt(sd^2 + position_sd^2)``, 60 km for a centroid
    (``where_prec`` 4 and 5) unless the file says otherwise. An event known to a district of the
    setting is spread over that instead, by settlements. Events known to the year only
    (``date_prec`` 5) are in the kernels without decay alone. Each event counts by its weight.

    The weights are those of `geo_poc.layers.threat.em.em_weights`, with one pseudo-event for each density.
    Each precise event in a past window counts with the densities as they were at the window's
    start, by its own weight over the mean weight of such events, and half as much for every 24
    months that the window is old.
    """
    kernels = _Kernels.around(past)
    flat = past.setting.uniform
    moving = [
        _mean_kernel(kernel.total(amount[0]), amount[0].sum(), flat)
        for kernel, amount in kernels.amounts(np.array([past.as_of_day]))
    ]
    return Mixture(components=np.array(_static(past) + moving), weights=_weights(past, kernels))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Kernels:
    """Kernels around the placed events of a past: at their place, and in its neighbourhood."""

    record: Record
    same_place: Spreads
    neighbourhood: Spreads

    @classmethod
    def around(cls, past: Past) -> _Kernels:
        record, setting = past.record.placed, past.setting
        same_place, neighbourhood = (
            spreads(record, sd_m=sd_m, weight=weight, setting=setting)
            for sd_m, weight in (
                (SAME_PLACE_SD_M, np.ones(setting.cells.size)),
                (NEIGHBOURHOOD_SD_M, setting.settled),
            )
        )
        return cls(record=record, same_place=same_place, neighbourhood=neighbourhood)

    def amounts(self, at_day: NDArray[np.float64]) -> list[tuple[Spreads, NDArray[np.float64]]]:
        """The six kernels in order: each with the decayed number of events by day and place."""
        # Both kernels have the same places in the same order, as `spreads` says.
        place, places = self.same_place.place, self.same_place.places
        dated = self.record.dated
        by_decay = [
            decayed_sums(
                self.record.end_day[chosen],
                place[chosen],
                groups=places,
                at_day=at_day,
                decay_days=decay,
                amount=self.record.weight[chosen],
            )
            for decay, chosen in zip(DECAYS_DAYS, (dated, dated, np.ones_like(dated)), strict=True)
        ]
        return [(k, a) for k in (self.same_place, self.neighbourhood) for a in by_decay]


def _static(past: Past) -> list[NDArray[np.float64]]:
    setting = past.setting
    return [setting.uniform, setting.population, setting.settlements, setting.towns]


def _weights(past: Past, kernels: _Kernels) -> NDArray[np.float64]:
    windows, record = past.windows(), past.record
    asked = record.only(record.precise)
    window, event = np.nonzero(asked.starting(windows[:, None], days=past.horizon_days))
    if not event.size:
        return np.full(len(COMPONENTS), 1.0 / len(COMPONENTS))
    cells, column = np.unique(asked.cell[event], return_inverse=True)
    column = column.ravel()
    density = [one[cells][column] for one in _static(past)]
    for kernel, amount in kernels.amounts(windows):
        summed, number = amount @ kernel.at(cells), amount.sum(axis=1, keepdims=True)
        seen = _mean_kernel(summed, number, 1.0 / past.setting.cells.size)
        density.append(seen[window, column])
    # Over the mean: it is one event against another that counts, not all against the pseudo-events.
    counted = asked.weight[event] / (asked.weight[event].mean() or 1.0)
    return em_weights(np.column_stack(density), counted * past.window_weight(windows[window]))


def _mean_kernel(
    summed: NDArray[np.float64],
    number: NDArray[np.float64],
    otherwise: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Sum of kernels over their decayed number, and a fall-back where there is none."""
    some = number > _LEAST_NUMBER
    return np.where(some, summed / np.where(some, number, 1.0), otherwise)
