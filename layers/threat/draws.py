"""How sure the threat surface is: the model fitted again and again with the past weighed at random."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom
from threadpoolctl import threadpool_limits

from geo_poc.layers.threat.mixture import fitted_mixture
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.ranking import ranking_of
from geo_poc.layers.threat.totals import INTERVAL, Total, redrawn_total

Progress = Callable[[str, float], None]

DRAWS = 60
TOP_SHARE = 0.05
FIRM_FROM, MARGINAL_FROM = 0.9, 0.1
UNKNOWN, LOW, MARGINAL, FIRM = -1, 0, 1, 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """A threat surface under weights of the past drawn at random.

    Parameters
    ----------
    expected : float32 array (draws, cells)
        Expected incidents in each cell of the area within the horizon; ``nan`` where no incident can be placed.
    top_ratio : float array (cells,)
        Share of the draws in which a cell is in the top 5 % of the area; cells that tie share what fits in.
        ``nan`` where no incident can be placed.
    low, high : float
        Middle 80 % of the numbers of incidents that may come in the area within the horizon. Wider than the
        interval of `Total`, which is one number's: here the expected number is drawn as well. ``nan`` as there.
    """

    expected: NDArray[np.float32]
    top_ratio: NDArray[np.float64]
    low: float
    high: float

    @property
    def firmness(self) -> NDArray[np.int8]:
        """2 firm: in the top 5 % in 90 % of the draws or more; 1 marginal: in 10 % or more; 0 low; (cells,).

        -1 where that is unknown.

        Examples
        --------
        >>> top = np.array([0.9, 0.5, 0.1, 0.05, np.nan])
        >>> Draws(expected=np.zeros((1, 5)), top_ratio=top, low=0.0, high=1.0).firmness.tolist()
        [2, 1, 1, 0, -1]
        """
        rounded = np.round(self.top_ratio, 9)
        return np.select(
            [np.isnan(rounded), rounded >= FIRM_FROM, rounded >= MARGINAL_FROM],
            [UNKNOWN, FIRM, MARGINAL],
            LOW,
        ).astype(np.int8)

    def expected_range(self, cells: NDArray[np.bool_]) -> tuple[float, float]:
        """Middle 80 % of what the draws expect in some cells together, mask (cells,).

        It says how far the expected number hangs on single incidents; what comes spreads wider.
        """
        low, high = self.range_of(self.expected[:, cells].sum(axis=1, dtype=np.float64))
        return float(low), float(high)

    def range_of(
        self, amounts: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Middle 80 % of amounts (..., draws) of each draw, two arrays (...)."""
        low, high = np.quantile(amounts, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2], axis=-1)
        return np.asarray(low), np.asarray(high)


def threat_draws(
    past: Past,
    total: Total,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Draws:
    """Bayesian bootstrap of the mixture (Rubin 1981).

    In each draw every incident and every past window counts by an exponential weight of mean 1, and the
    mixture is fitted anew. The number expected has its own weights by month, since incidents come in
    spells. It says how much the picture hangs on single incidents, not what was never recorded.

    Parameters
    ----------
    past : Past
    total : Total
        Of the same past.
    rng : Generator
    draws : int
    progress : callable (step, share done), optional

    Raises
    ------
    ValueError
        Without any draw.
    """
    if draws < 1:
        message = f"draws must be at least 1. Found: {draws}"
        raise ValueError(message)
    cells = past.setting.cells.size
    if not past.record.placed.cell.size:
        return _unknown(draws, cells)
    expected = np.empty((draws, cells), dtype=np.float32)
    top = np.zeros(cells)
    number = np.empty(draws)
    # One thread, as in the walk: products this small lose more by waiting for a second one.
    with threadpool_limits(limits=1, user_api="blas"):
        for draw in range(draws):
            if progress is not None:
                progress("draws", draw / draws)
            density = fitted_mixture(_redrawn(past, rng)).density
            number[draw] = redrawn_total(past, total, rng=rng)
            expected[draw] = number[draw] * density
            top += ranking_of(density).credit(share=TOP_SHARE)
    if progress is not None:
        progress("draws", 1.0)
    low, high = _range(number, total, rng)
    return Draws(expected=expected, top_ratio=top / draws, low=low, high=high)


def _unknown(draws: int, cells: int) -> Draws:
    nan = float("nan")
    return Draws(
        expected=np.full((draws, cells), nan, dtype=np.float32),
        top_ratio=np.full(cells, nan),
        low=nan,
        high=nan,
    )


def _redrawn(past: Past, rng: np.random.Generator) -> Past:
    """The past with every incident and every past window weighed at random."""
    record = past.record
    weight = record.weight * rng.exponential(size=record.cell.size)
    return dataclasses.replace(
        past,
        record=dataclasses.replace(record, weight=weight),
        window_draw=rng.exponential(size=past.windows().size),
    )


def _range(
    number: NDArray[np.float64], total: Total, rng: np.random.Generator
) -> tuple[float, float]:
    """Middle 80 % of what may come: a negative binomial number around each draw's expectation."""
    if np.isnan(total.size) or np.isnan(number).any():
        return float("nan"), float("nan")
    each = 1000
    mean = np.repeat(number, each)
    came = nbinom.rvs(total.size, total.size / (total.size + mean), random_state=rng)
    low, high = np.quantile(came, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2], method="inverted_cdf")
    return float(low), float(high)
