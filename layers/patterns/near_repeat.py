"""Near repeats: whether incidents follow each other in place and time more often than by chance (Knox)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import false_discovery_control

from geo_poc.errors import Fault, LayerError

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
    x_m, y_m, day : float array (n,)
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
    x, y, day = x_m[order], y_m[order], day[order]
    block = np.zeros(day.size, dtype=np.int64) if block is None else block[order]
    first, second, row = _close(x, y, bands)
    own = np.lexsort((np.arange(day.size), block))
    drawn = np.empty((draws, *bands.shape), dtype=np.int64)
    for draw in range(draws):
        shuffled = np.empty_like(day)
        shuffled[own] = day[np.lexsort((rng.random(day.size), block))]
        drawn[draw] = _counted(shuffled, first, second, row, bands)
    found = _counted(day, first, second, row, bands)
    return NearRepeats(bands=bands, events=day.size, pairs=found, drawn=drawn)


def _close(
    x: NDArray[np.float64], y: NDArray[np.float64], bands: Bands
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Both incidents of each pair within the largest distance, and its band of distance."""
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
    first, second = pairs[:, 0], pairs[:, 1]
    apart = np.hypot(x[first] - x[second], y[first] - y[second])
    row = np.searchsorted((_SAME_PLACE_M, *bands.distances_m), apart)
    # The tree and the root may differ by a rounding at the largest distance.
    return first, second, np.minimum(row, len(bands.distances_m))


def _counted(
    day: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    row: NDArray[np.int64],
    bands: Bands,
) -> NDArray[np.int64]:
    apart = np.abs(day[first] - day[second])
    near = np.flatnonzero(apart <= bands.days[-1])
    column = np.searchsorted(bands.days, apart[near])
    rows, columns = bands.shape
    flat = row[near] * columns + column
    return np.bincount(flat, minlength=rows * columns).reshape(rows, columns)
