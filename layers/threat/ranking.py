"""Cells from the highest density down: which are in the top share, and how much lies above each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TENTHS = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """A density over the area's cells with its order.

    Parameters
    ----------
    density : float array (cells,)
        With the sum 1.
    rising : float array (cells,)
        The density sorted.
    below : float array (cells + 1,)
        Sum of the first 0, 1, 2, ... of ``rising``.
    """

    density: NDArray[np.float64]
    rising: NDArray[np.float64]
    below: NDArray[np.float64]

    def credit(self, *, share: float) -> NDArray[np.float64]:
        """Chance of every cell to be in the top share of all when ties are broken at random, (cells,).

        Parameters
        ----------
        share : float
            Above 0, at most 1.

        Examples
        --------
        >>> ranking_of(np.array([0.2, 0.5, 0.2, 0.1])).credit(share=0.5).tolist()
        [0.5, 1.0, 0.5, 0.0]
        """
        wanted = share * self.rising.size
        limit = self.rising[-math.ceil(wanted)]
        first, last = (np.searchsorted(self.rising, limit, side=s) for s in ("left", "right"))
        part = (wanted - (self.rising.size - last)) / (last - first)
        return np.where(self.density > limit, 1.0, np.where(self.density == limit, part, 0.0))

    def above(self, cell: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Density in all cells above each cell, and that with its own and its ties; each (n,).

        Examples
        --------
        >>> first, last = ranking_of(np.array([0.2, 0.5, 0.2, 0.1])).above(np.array([1, 2]))
        >>> first.round(2).tolist(), last.round(2).tolist()
        ([0.0, 0.5], [0.5, 0.9])
        """
        own = self.density[cell]
        higher = self.below[np.searchsorted(self.rising, own, side="right")]
        lower = self.below[np.searchsorted(self.rising, own, side="left")]
        return self.below[-1] - higher, self.below[-1] - lower

    @property
    def area_by_tenth(self) -> NDArray[np.float64]:
        """Share of the area that each tenth of the density takes, the densest first, shape (10,).

        Examples
        --------
        >>> ranking_of(np.array([0.1, 0.9])).area_by_tenth.round(3).tolist()[:2]
        [0.056, 0.056]
        """
        cells = np.interp(
            np.linspace(0, self.below[-1], TENTHS + 1),
            self.below[-1] - self.below[::-1],
            np.arange(self.below.size),
        )
        return np.diff(cells) / self.rising.size


def ranking_of(density: NDArray[np.float64]) -> Ranking:
    """Ranking of a density."""
    rising = np.sort(density)
    return Ranking(density=density, rising=rising, below=np.concatenate([[0.0], np.cumsum(rising)]))


def by_tenth(first: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each event in each tenth of the density, the densest first, shape (n, 10).

    An event is spread evenly over the density of its cell and of all that tie with it, from
    ``first`` to ``last`` as `Ranking.above` gives them. So where a density is right, each tenth
    gets as many events as any other.

    Examples
    --------
    >>> by_tenth(np.array([0.0, 0.95]), np.array([0.2, 0.95]))[:, [0, 1, 9]].tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    edge = np.linspace(0, 1, TENTHS + 1)
    low, high = edge[:-1], edge[1:]
    width = last - first
    common = np.minimum(last[:, None], high) - np.maximum(first[:, None], low)
    spread = np.maximum(common, 0.0) / np.where(width > 0, width, 1.0)[:, None]
    own = np.clip((first * TENTHS).astype(np.int64), 0, TENTHS - 1)
    return np.where((width > 0)[:, None], spread, np.eye(TENTHS)[own])
