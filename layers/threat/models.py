"""The threat models, each by its name, and what one of them expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.threat import baselines
from geo_poc.layers.threat.mixture import mixture_density
from geo_poc.layers.threat.past import Past

ONE_LINE = "one line"
MIXTURE = "mixture"
FLOOR_UNIFORM = 0.20
# Far from all events a kernel underflows to 0, which no score in bits forgives.
LEAST_UNIFORM = 1e-6


@dataclass(frozen=True, kw_only=True)
class Model:
    """A way to say where events come.

    Parameters
    ----------
    fit : callable
        From what is known on a day to a density over the area's cells with the sum 1.
    uniform_share : float
        Of the density that is the same everywhere, mixed in so that no cell has 0. It changes no
        ranking of cells.
    by_horizon : bool
        Whether the density may differ between horizons.
    """

    fit: Callable[[Past], NDArray[np.float64]]
    uniform_share: float = 0.0
    by_horizon: bool = True

    def density(self, past: Past) -> NDArray[np.float64]:
        """Share of the next events that each cell of the area gets, shape (cells,), with the sum 1."""
        share = self.uniform_share
        return (1 - share) * self.fit(past) + share * past.setting.uniform


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "uniform": Model(fit=baselines.uniform, by_horizon=False),
        "population": Model(
            fit=baselines.population, uniform_share=FLOOR_UNIFORM, by_horizon=False
        ),
        "all-history kernel, Scott": Model(
            fit=baselines.scott_kernel, uniform_share=LEAST_UNIFORM, by_horizon=False
        ),
        "12-month kernel, 25 km": Model(
            fit=baselines.kernel_of_a_year, uniform_share=FLOOR_UNIFORM, by_horizon=False
        ),
        "12-month counts": Model(
            fit=baselines.counts_of_a_year, uniform_share=FLOOR_UNIFORM, by_horizon=False
        ),
        "all-history counts": Model(
            fit=baselines.counts, uniform_share=FLOOR_UNIFORM, by_horizon=False
        ),
        ONE_LINE: Model(fit=baselines.one_line, by_horizon=False),
        MIXTURE: Model(fit=mixture_density),
    }
)
"""In the order of every table, from the plainest on."""

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "uniform": "uniform",
        "population": "population",
        "all-history kernel, Scott": "kde_scott",
        "12-month kernel, 25 km": "kde_25km",
        "12-month counts": "counts_12m",
        "all-history counts": "counts_all",
        ONE_LINE: "one_line",
        MIXTURE: "mixture",
    }
)
"""Of each model the short name in files and of its texts; it does not change."""
