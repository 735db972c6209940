"""The moves between cells: to the 8 around and, like a chess knight, to 8 farther ones; what bars them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.ndimage import maximum_filter
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import Grid
from geo_poc.routing._kernels import PAD, Moves

NEAR = ((0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
FAR = tuple((r, c) for r in (-2, -1, 1, 2) for c in (-2, -1, 1, 2) if abs(r) != abs(c))
MOVES = (*NEAR, *FAR)
_ALL = np.uint16(2**16 - 1)
_NOWHERE = (shapely.Point(-1e9, -1e9), 1)
_BAND = 2  # a barrier can bar moves of cells that are this many cells away from it


class Barred(NamedTuple):
    """Moves that something bars: bit j of ``bits`` is move j of `MOVES` out of the cell.

    Parameters
    ----------
    cell : int64 array
        Cells in ascending order, counted row by row.
    bits : uint16 array
        One entry a cell, none of them 0.
    """

    cell: NDArray[np.int64]
    bits: NDArray[np.uint16]

    @property
    def moves(self) -> int:
        """How many moves are barred, there and back counted as one."""
        return int(np.bitwise_count(self.bits).sum()) // 2


def padded(grid: Grid, cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Node of each cell in the kernels' grid, which has a border.

    Examples
    --------
    >>> grid = Grid(rows=2, cols=3, cell_size_m=1.0, left_m=0.0, top_m=2.0, crs="EPSG:32636")
    >>> padded(grid, np.array([0, 3])).tolist()
    [16, 23]
    """
    row, col = np.divmod(cell, grid.cols)
    return (row + PAD) * (grid.cols + 2 * PAD) + col + PAD


def kernel_moves(grid: Grid) -> tuple[Moves, Moves]:
    """Near and far moves as the kernels take them.

    A near move takes half of the crossing of each of its two cells, the square root of 2 longer on
    a diagonal. A knight's move crosses four cells, a quarter of its way, root 5 cells, in each.
    """
    stride = grid.cols + 2 * PAD

    def of(moves: Sequence[tuple[int, int]], sides: Sequence[Sequence[tuple[int, int]]]) -> Moves:
        def step(offsets: Sequence[tuple[int, int]]) -> NDArray[np.uint64]:
            return np.array([r * stride + c for r, c in offsets], np.int64).astype(np.uint64)

        length = np.array([np.hypot(*move) for move in moves])
        return Moves(
            step=step(moves),
            share=np.where(length > 2, length / 2, length).astype(np.float32),
            run=(1 / (length * grid.cell_size_m)).astype(np.float32),
            side_a=step(sides[0]),
            side_b=step(sides[1]),
        )

    straight = [(0, 0)] * 4
    near = of(
        NEAR,
        ([*straight, *((r, 0) for r, _ in NEAR[4:])], [*straight, *((0, c) for _, c in NEAR[4:])]),
    )
    far = of(
        FAR,
        (
            [(int(r / 2), int(c / 2)) for r, c in FAR],
            [(int(np.sign(r)), int(np.sign(c))) for r, c in FAR],
        ),
    )
    return near, far


def barred_moves(grid: Grid, geometries: NDArray[np.object_]) -> list[Barred]:
    """Moves that touch or cross each geometry, as straight lines between the centres of cells.

    Parameters
    ----------
    grid : Grid
    geometries : object array of geometries
        In metres of the grid.

    Returns
    -------
    list of Barred, one per geometry

    Examples
    --------
    >>> grid = Grid(rows=1, cols=2, cell_size_m=10.0, left_m=0.0, top_m=10.0, crs="EPSG:32636")
    >>> wall = shapely.LineString([(9, 0), (9, 10)])
    >>> barred_moves(grid, np.array([wall]))[0].cell.tolist()
    [0, 1]
    """
    if not len(geometries):
        return []
    cell, end, move = _moves_near(grid, geometries)
    ends = np.stack([centres_m(grid, cell), centres_m(grid, end)], axis=1)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    which, line = shapely.STRtree(lines).query(geometries, predicate="intersects")
    back = np.array([MOVES.index((-r, -c)) for r, c in MOVES])
    found = []
    for n, geometry in enumerate(geometries):
        hit = line[which == n]
        within = centres_within(grid, geometry)
        found.append(
            _collected(
                np.concatenate([cell[hit], end[hit], within]),
                np.concatenate(
                    [
                        np.left_shift(1, move[hit]).astype(np.uint16),
                        np.left_shift(1, back[move[hit]]).astype(np.uint16),
                        np.full(within.size, _ALL),
                    ]
                ),
            )
        )
    return found


def all_barred(grid: Grid, barred: Sequence[Barred]) -> NDArray[np.uint16]:
    """Bits of everything barred, one entry a node of the kernels' grid."""
    bits = np.zeros((grid.rows + 2 * PAD) * (grid.cols + 2 * PAD), np.uint16)
    for one in barred:
        bits[padded(grid, one.cell)] |= one.bits
    return bits


def _collected(cell: NDArray[np.int64], bits: NDArray[np.uint16]) -> Barred:
    if not cell.size:
        return Barred(cell=cell, bits=bits)
    order = np.argsort(cell, kind="stable")
    first = np.flatnonzero(np.diff(cell[order], prepend=-1))
    return Barred(cell=cell[order][first], bits=np.bitwise_or.reduceat(bits[order], first))


def centres_m(grid: Grid, cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """Centres of cells, shape (cells, 2)."""
    row, col = np.divmod(cell, grid.cols)
    return np.column_stack(
        [
            grid.left_m + (col + 0.5) * grid.cell_size_m,
            grid.top_m - (row + 0.5) * grid.cell_size_m,
        ]
    )


def _moves_near(
    grid: Grid, geometries: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Moves that could touch the edge of a geometry: start and end cell, number; one direction each."""
    edges = np.where(
        shapely.get_dimensions(geometries) == 2, shapely.boundary(geometries), geometries
    )
    touched = rasterize(
        [(edge, 1) for edge in edges if edge is not None and not edge.is_empty] or [_NOWHERE],
        out_shape=grid.shape,
        transform=grid.transform,
        all_touched=True,
        dtype=np.uint8,
    )
    around = 2 * _BAND + 1
    row, col = np.nonzero(maximum_filter(touched, size=around, mode="constant"))
    starts, ends, moves = [], [], []
    for move, (down, right) in enumerate(MOVES):
        if (down, right) > (0, 0):
            r, c = row + down, col + right
            there = (r < grid.rows) & (c >= 0) & (c < grid.cols)
            starts.append((row * grid.cols + col)[there])
            ends.append((r * grid.cols + c)[there])
            moves.append(np.full(int(there.sum()), move))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(moves)


def centres_within(grid: Grid, geometry: BaseGeometry | None) -> NDArray[np.int64]:
    """Cells whose centre lies in a polygon; none for lines and points."""
    if geometry is None or geometry.is_empty or shapely.get_dimensions(geometry) != 2:
        return np.empty(0, np.int64)
    west, south, east, north = geometry.bounds
    col = np.arange(
        max(0, int((west - grid.left_m) // grid.cell_size_m)),
        min(grid.cols, int((east - grid.left_m) // grid.cell_size_m) + 1),
    )
    row = np.arange(
        max(0, int((grid.top_m - north) // grid.cell_size_m)),
        min(grid.rows, int((grid.top_m - south) // grid.cell_size_m) + 1),
    )
    cell = (row[:, None] * grid.cols + col[None, :]).ravel()
    shapely.prepare(geometry)
    at = centres_m(grid, cell)
    return cell[shapely.intersects_xy(geometry, at[:, 0], at[:, 1])]
