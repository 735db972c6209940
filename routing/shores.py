"""Straight legs that would run over impassable cells."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid

_SAME = 1e-12
_LINES = 2  # a leg of up to 1.5 cells crosses at most two lines of the grid each way


def over_impassable(
    grid: Grid,
    impassable: NDArray[np.bool_],
    start_m: NDArray[np.float64],
    end_m: NDArray[np.float64],
    *,
    exempt: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> NDArray[np.bool_]:
    """Which legs run over an impassable cell, or slip through a corner between two of them.

    Parameters
    ----------
    grid : Grid
    impassable : bool array (rows, cols)
    start_m, end_m : float64 array (legs, 2)
        Not farther apart than 1.5 cells each way.
    exempt : two bool arrays (legs,)
        Whether the leg may run over the cell that its start, and its end, lies in.

    Returns
    -------
    bool array (legs,)

    Examples
    --------
    >>> grid = Grid(rows=1, cols=3, cell_size_m=10.0, left_m=0.0, top_m=10.0, crs="EPSG:32636")
    >>> over_impassable(
    ...     grid, np.array([[False, True, False]]), np.array([[8.0, 5.0]]), np.array([[22.0, 5.0]]),
    ...     exempt=(np.array([True]), np.array([True])),
    ... ).tolist()
    [True]
    """
    own = [grid.cell_of(*at.T) for at in (start_m, end_m)]
    shut = _Shut(
        impassable=impassable,
        start=_in_cells(grid, start_m),
        end=_in_cells(grid, end_m),
        own=tuple(
            (np.where(free, row, -1), np.where(free, col, -1))
            for free, (row, col) in zip(exempt, own, strict=True)
        ),
    )
    across, crossed_at = _lines_crossed(shut.start[:, 0], shut.end[:, 0])
    down, passed_at = _lines_crossed(shut.start[:, 1], shut.end[:, 1])
    times = np.sort(np.column_stack([crossed_at, passed_at, *_ends(len(start_m))]), axis=1)
    over = np.zeros(len(start_m), dtype=np.bool_)
    for begin, end in itertools.pairwise(times.T):
        middle = shut.start + ((begin + end) / 2)[:, None] * (shut.end - shut.start)
        over |= (end - begin > _SAME) & shut.at(np.floor(middle[:, 1]), np.floor(middle[:, 0]))
    for i, j in itertools.product(range(_LINES), repeat=2):
        corner = np.abs(crossed_at[:, i] - passed_at[:, j]) <= _SAME
        corner &= crossed_at[:, i] < 1
        over |= corner & shut.between(across[:, i], down[:, j])
    return over


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shut:
    """Legs in cells from the grid's corner, and which cells are shut for each of them."""

    impassable: NDArray[np.bool_]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    own: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]

    def at(self, row: NDArray[np.float64], col: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether one cell is shut for each leg; cells off the grid are not."""
        rows, cols = self.impassable.shape
        there = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
        r, c = (np.where(there, v, 0).astype(np.int64) for v in (row, col))
        shut = there & self.impassable[r, c]
        for own_row, own_col in self.own:
            shut &= (r != own_row) | (c != own_col)
        return np.asarray(shut)

    def between(self, across: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether both cells beside a corner that a leg goes through are shut."""
        east, south = (self.end > self.start).T
        col = across - np.where(east, 0, 1)
        row = down - np.where(south, 0, 1)
        back_col, back_row = np.where(east, col - 1, col + 1), np.where(south, row - 1, row + 1)
        return self.at(back_row, col) & self.at(row, back_col)


def _in_cells(grid: Grid, at_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cells to the east and to the south of the grid's corner."""
    return np.column_stack([at_m[:, 0] - grid.left_m, grid.top_m - at_m[:, 1]]) / grid.cell_size_m


def _lines_crossed(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whole numbers between two coordinates, and at what share of the way; 1 where there is none."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    line = np.floor(low)[:, None] + np.arange(1.0, _LINES + 1)
    crossed = line < high[:, None]
    run = np.where(end == start, 1.0, end - start)
    return line, np.where(crossed, (line - start[:, None]) / run[:, None], 1.0)


def _ends(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros(size), np.ones(size)
