"""Hot spots: cells with more incidents around them than shuffling the cells would bring there (Gi*)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree
from scipy.stats import binom, false_discovery_control

FEWEST_CELLS = 30
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class HotSpots:
    """Gi* of cells or districts, as arrays of one length.

    Parameters
    ----------
    value : float array (n,)
        Of the cell itself.
    near : float array (n,)
        Sum of the values of the cell and its neighbours.
    size : int array (n,)
        How many these are, the cell itself included.
    z : float array (n,)
        Gi* in standard deviations; ``nan`` where all values are the same, or all cells are neighbours.
    p : float array (n,)
        Chance of a sum at least as large, if the values were shuffled over all cells.
    q : float array (n,)
        The same after Benjamini and Hochberg: of the cells with q of at most 0.05, 5 % are expected to
        be there by chance.
    """

    value: NDArray[np.float64]
    near: NDArray[np.float64]
    size: NDArray[np.int64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


def neighbours(x_m: NDArray[np.float64], y_m: NDArray[np.float64], *, radius_m: float) -> csr_array:
    """Pairs of points within a radius of each other, each point with itself, as ones (n, n).

    Examples
    --------
    >>> neighbours(np.array([0.0, 10.0, 25.0]), np.zeros(3), radius_m=10.0).toarray().tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    tree = cKDTree(np.column_stack([x_m, y_m]))
    pairs = tree.query_pairs(radius_m * (1 + _ROUNDING), output_type="ndarray")
    own = np.arange(len(x_m))
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    cols = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    return coo_array((np.ones(rows.size), (rows, cols)), shape=(own.size, own.size)).tocsr()


def hot_spots(counts: NDArray[np.int64], near: csr_array) -> HotSpots:
    """Gi* of whole counts, with the exact chance of each sum.

    The chance is that of the permutation in which the counts of all cells, the cell's own among them,
    change places at random. It is counted out and not drawn, so it has no seed and no smallest value.

    Parameters
    ----------
    counts : int array (n,)
        Incidents in each cell.
    near : sparse array (n, n)
        As of :func:`neighbours`.

    Examples
    --------
    >>> row = np.arange(40.0)
    >>> counts = np.zeros(40, dtype=np.int64)
    >>> counts[[10, 11, 12]] = 4
    >>> found = hot_spots(counts, neighbours(row, np.zeros(40), radius_m=1.0))
    >>> float(found.near[11]), round(float(found.p[11]) * 9880, 6), round(float(found.z[11]), 2)
    (12.0, 1.0, 6.24)
    """
    size = np.asarray(near.sum(axis=1)).astype(np.int64)
    sums = np.asarray(near @ counts.astype(np.float64))
    p = chance_of_sum(counts, size=size, sums=np.rint(sums).astype(np.int64))
    return _found(counts.astype(np.float64), sums, size, p)


def hot_districts(
    rates: NDArray[np.float64], near: csr_array, *, draws: int, rng: np.random.Generator
) -> HotSpots:
    """Gi* of rates, with the chance of each sum from draws.

    Parameters
    ----------
    rates : float array (n,)
        Such as incidents per 1,000 km2; counts of districts of unequal size cannot be shuffled.
    near : sparse array (n, n)
        1 for neighbours and for each district itself.
    draws : int
        How often the rates are shuffled over all districts.
    rng : Generator
    """
    size = np.asarray(near.sum(axis=1)).astype(np.int64)
    sums = np.asarray(near @ rates)
    largest = int(size.max())
    reached = np.zeros(rates.size)
    for _ in range(draws):
        drawn = np.cumsum(rng.permutation(rates)[:largest])[size - 1]
        reached += drawn >= sums * (1 - _ROUNDING)
    return _found(rates, sums, size, (reached + 1) / (draws + 1))


def _found(
    value: NDArray[np.float64],
    near: NDArray[np.float64],
    size: NDArray[np.int64],
    p: NDArray[np.float64],
) -> HotSpots:
    return HotSpots(
        value=value,
        near=near,
        size=size,
        z=standardised(value, near=near, size=size),
        p=p,
        q=np.asarray(false_discovery_control(p)),
    )


def standardised(
    value: NDArray[np.float64], *, near: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Gi* in standard deviations, for weights of 1 (Ord and Getis 1995, equation 14).

    ``(sum_j x_j - m mean) / (s sqrt((n m - m^2) / (n - 1)))``, the sum over the m cells around i and i
    itself, s with the divisor n.

    Parameters
    ----------
    value, near : float array (n,)
    size : int array (n,)

    Examples
    --------
    >>> standardised(np.array([1.0, 0.0, 0.0]), near=np.array([1.0, 1.0, 0.0]),
    ...              size=np.array([1, 2, 1])).round(3).tolist()
    [1.414, 0.707, -0.707]
    """
    n = value.size
    spread = np.std(value) * np.sqrt(size * (n - size) / max(n - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, (near - size * value.mean()) / spread, np.nan)


def chance_of_sum(
    counts: NDArray[np.int64], *, size: NDArray[np.int64], sums: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Chance that ``size`` of all cells, drawn without return, hold at least ``sums``; shape (n,).

    Each cell is taken with one and the same probability; given how many are taken, every choice of that
    many is equally likely. So the distribution of number and sum together is built up value by value,
    and each row of it is divided by its total. Nothing is subtracted, so small chances are exact too.

    Parameters
    ----------
    counts : int array (n,)
        Of all cells.
    size, sums : int array (m,)

    Examples
    --------
    >>> chance_of_sum(np.array([2, 1, 0, 0]), size=np.array([1, 2, 2]), sums=np.array([1, 3, 2])
    ...               ).round(4).tolist()
    [0.5, 0.1667, 0.5]
    """
    largest, top = int(size.max()), int(sums.max())
    share = largest / (counts.size + 1)
    table = np.zeros((largest + 1, top + 1))
    table[0, 0] = 1.0
    for value, times in zip(*np.unique(counts, return_counts=True), strict=True):
        taken = np.arange(min(int(times), largest) + 1)
        table = _with_cells(table, int(value), binom.pmf(taken, times, share))
    above = np.cumsum(table[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(above[size, sums] / above[size, 0])


def _with_cells(
    table: NDArray[np.float64], value: int, taken: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Chances by number and sum after cells of one value; the last column is its sum and all above."""
    rows, columns = table.shape
    new = np.zeros_like(table)
    for number, chance in enumerate(taken):
        from_rows = table[: rows - number]
        step = min(number * value, columns - 1)
        new[number:, step:] += chance * from_rows[:, : columns - step]
        new[number:, -1] += chance * from_rows[:, columns - step :].sum(axis=1)
    return new
