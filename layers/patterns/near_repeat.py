"""Near repeats: whether incidents follow each other in place and time more often than by chance (Knox)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import false_discovery_control

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.patterns._kernels import pairs_by_band

MOST_PAIRS = 30_000_000
_SAME_PLACE_M = 1.0


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Upper ends of the bands of distance and time, rising; an end belongs to its band.

    Parameters
    ----------
    distances_m : tuple of float
        Before the first one comes the band of the same coded place.
    days : tuple of float
    """

    distances_m: tuple[float, ...]
    days: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("distances_m", "days"):
            ends = getattr(self, name)
            if not ends or list(ends) != sorted(set(ends)) or ends[0] <= 0:
                raise LayerError(
                    Fault(
                        where=f"near repeats: {name}",
                        found=", ".join(f"{end:g}" for end in ends) or "none",
                        rule="needs ends of bands above 0, each larger than the one before",
                        repair="give them in rising order",
                    )
                )

    @property
    def shape(self) -> tuple[int, int]:
        """Bands of distance, the same place included, and of time."""
        return len(self.distances_m) + 1, len(self.days)


@dataclass(frozen=True, kw_only=True, eq=False)
class NearRepeats:
    """Pairs of incidents by distance and time apart, and the same with dates shuffled.

    Parameters
    ----------
    bands : Bands
    events : int
        Incidents that were paired.
    pairs : int array (distances, days)
        Found.
    drawn : int array (draws, distances, days)
        With dates shuffled.
    """

    bands: Bands
    events: int
    pairs: NDArray[np.int64]
    drawn: NDArray[np.int64]

    @property
    def up_to(self) -> NearRepeats:
        """The same with all nearer and earlier bands counted in each."""
        return NearRepeats(
            bands=self.bands,
            events=self.events,
            pairs=self.pairs.cumsum(axis=0).cumsum(axis=1),
            drawn=self.drawn.cumsum(axis=1).cumsum(axis=2),
        )

    @property
    def expected(self) -> NDArray[np.float64]:
        """Mean of the draws, shape (distances, days)."""
        return np.asarray(self.drawn.mean(axis=0))

    @property
    def ratio(self) -> NDArray[np.float64]:
        """Pairs found over pairs expected; ``nan`` where none is expected, shape (distances, days)."""
        expected = self.expected
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(expected > 0, self.pairs / expected, np.nan)

    @property
    def p(self) -> NDArray[np.float64]:
        """Share of draws with at least as many pairs, the find itself counted in, shape (distances, days)."""
        reached = (self.drawn >= self.pairs).sum(axis=0)
        return np.asarray((reached + 1) / (len(self.drawn) + 1))

    @property
    def q(self) -> NDArray[np.float64]:
        """``p`` after Benjamini and Hochberg over all bands, shape (distances, days)."""
        return np.asarray(false_discovery_control(self.p, axis=None)).reshape(self.bands.shape)


def near_repeats(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    day: NDArray[np.float64],
    bands: Bands,
    *,
    rng: np.random.Generator,
    draws: int = 999,
    block: NDArray[np.int64] | None = None,
) -> NearRepeats:
    """Knox table of incidents whose place and day are known (Knox 1964), by shuffling days.

    Places stay, days change places among the incidents, so that where and when are kept and only
    their link is broken. Rows may stand in any order.

    Parameters
    ----------
    x_m, y_m : float array (n,)
    day : float array (n,)
        Whole days, such as since 1970-01-01.
    bands : Bands
    rng : Generator
    draws : int
    block : int array (n,), optional
        Days change places only among incidents of one block, such as a year. What moves from one part
        of the theatre to another from year to year is then no near repeat.

    Raises
    ------
    LayerError
        If more than ``MOST_PAIRS`` pairs lie within the largest distance.

    Examples
    --------
    >>> x, day = np.array([0.0, 0.0, 9e3, 9e3]), np.array([0.0, 1.0, 100.0, 101.0])
    >>> found = near_repeats(x, np.zeros(4), day, Bands(distances_m=(5e3,), days=(7.0,)),
    ...                      rng=np.random.default_rng(1), draws=99)
    >>> found.pairs.tolist()
    [[2], [0]]
    """
    # In one order, so that the same seed gives the same draws for any order of rows.
    order = np.lexsort((day, y_m, x_m))
    days = day[order].astype(np.float32)
    pairs = _close(x_m[order], y_m[order], bands)
    blocks = _blocks(day.size, None if block is None else block[order])
    drawn = np.empty((draws, *bands.shape), dtype=np.int64)
    for draw in range(draws):
        shuffled = np.empty_like(days)
        for own in blocks:
            shuffled[own] = rng.permutation(days[own])
        drawn[draw] = _counted(shuffled, pairs, bands)
    return NearRepeats(
        bands=bands, events=day.size, pairs=_counted(days, pairs, bands), drawn=drawn
    )


def _blocks(n: int, block: NDArray[np.int64] | None) -> list[NDArray[np.int64]]:
    """Rows of each block."""
    if block is None:
        return [np.arange(n)]
    return [np.flatnonzero(block == number) for number in np.unique(block)]


class _Pairs(NamedTuple):
    """Second incident and band of distance of each pair; those of incident i begin at ``start[i]``."""

    start: NDArray[np.int64]
    second: NDArray[np.int32]
    row: NDArray[np.uint8]


def _close(x: NDArray[np.float64], y: NDArray[np.float64], bands: Bands) -> _Pairs:
    """All pairs within the largest distance."""
    points = np.column_stack([x, y])
    tree, reach = cKDTree(points), bands.distances_m[-1]
    number = (int(tree.count_neighbors(tree, reach)) - len(points)) // 2 if len(points) else 0
    if number > MOST_PAIRS:
        raise LayerError(
            Fault(
                where="near repeats",
                found=f"{number:,} pairs of incidents within {reach / 1000:g} km",
                rule=f"must be at most {MOST_PAIRS:,}, which needs some 1 GB of memory",
                repair="give shorter distances in [patterns] near_distances, or fewer incidents",
            )
        )
    pairs = tree.query_pairs(reach, output_type="ndarray")
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    first, second = pairs[:, 0], pairs[:, 1]
    apart = np.hypot(x[first] - x[second], y[first] - y[second])
    row = np.searchsorted((_SAME_PLACE_M, *bands.distances_m), apart)
    return _Pairs(
        start=np.searchsorted(first, np.arange(len(points) + 1)),
        second=second.astype(np.int32),
        # The tree and the root may differ by a rounding at the largest distance.
        row=np.minimum(row, len(bands.distances_m)).astype(np.uint8),
    )


def _counted(day: NDArray[np.float32], pairs: _Pairs, bands: Bands) -> NDArray[np.int64]:
    ends = np.asarray(bands.days, dtype=np.float32)
    table: NDArray[np.int64] = pairs_by_band(
        day, pairs.start, pairs.second, pairs.row, ends, bands.shape[0]
    )
    return table
