"""Outlines of camps, cut into pieces that are each judged by the cell in which they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.routing.travel_time import PRIORITY, Reason

_PIECES_A_CELL = 50
_LEAST_PIECES = 720


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlines:
    """Outlines in pieces of equal length.

    Parameters
    ----------
    radius_m : float64 array (camps,)
        nan where the outline is unknown.
    camp : int64 array (pieces,)
        Row of the camp that each piece belongs to.
    cell : int64 array (pieces,)
        In which its middle lies, counted row by row; -1 off the grid.
    """

    radius_m: NDArray[np.float64]
    camp: NDArray[np.int64]
    cell: NDArray[np.int64]


def outlines(grid: Grid, at_m: NDArray[np.float64], radius_m: NDArray[np.float64]) -> Outlines:
    """Circles round camps in pieces of a fiftieth of a cell or less, at least 720 each.

    Parameters
    ----------
    grid : Grid
    at_m : float64 array (camps, 2)
        Centres; nan unknown.
    radius_m : float64 array (camps,)
        nan unknown; a circle of no length has no outline either.

    Returns
    -------
    Outlines
    """
    known = np.isfinite(radius_m) & (radius_m > 0) & np.isfinite(at_m[:, 0])
    camps, cells = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for camp in np.flatnonzero(known):
        length_m = 2 * np.pi * radius_m[camp]
        pieces = max(_LEAST_PIECES, int(np.ceil(length_m * _PIECES_A_CELL / grid.cell_size_m)))
        angle = (np.arange(pieces) + 0.5) * 2 * np.pi / pieces
        row, col = grid.cell_of(
            at_m[camp, 0] + radius_m[camp] * np.sin(angle),
            at_m[camp, 1] + radius_m[camp] * np.cos(angle),
        )
        camps.append(np.full(pieces, camp))
        cells.append(np.where(row >= 0, row * grid.cols + col, -1))
    return Outlines(
        radius_m=np.where(known, radius_m, np.nan),
        camp=np.concatenate(camps),
        cell=np.concatenate(cells),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Walkable:
    """How much of each outline can be walked.

    Parameters
    ----------
    share : float64 array (camps,)
        0 to 1; nan where the outline or the pace is unknown.
    outside : float64 array (camps,)
        Share outside the area, which counts as not walkable; nan where the outline is unknown.
    reason : tuple of Reason
        ``reached`` where all of it can be walked, else what weighs most for the rest.
    """

    share: NDArray[np.float64]
    outside: NDArray[np.float64]
    reason: tuple[Reason, ...]


def walkable(found: Outlines, reasons: NDArray[np.object_]) -> Walkable:
    """Share of each outline whose cells are reached there and back.

    Parameters
    ----------
    found : Outlines
    reasons : object array (pieces,) of Reason
        Of the cell of each piece.

    Returns
    -------
    Walkable
    """
    camps = found.radius_m.size
    share, outside = np.full(camps, np.nan), np.full(camps, np.nan)
    reason = [Reason.UNKNOWN] * camps
    for camp in np.unique(found.camp):
        own = reasons[found.camp == camp]
        outside[camp] = float(np.mean(own == Reason.OUTSIDE_AREA))
        reason[camp] = next((r for r in PRIORITY if (own == r).any()), Reason.REACHED)
        if reason[camp] != Reason.UNKNOWN:
            share[camp] = float(np.mean(own == Reason.REACHED))
    return Walkable(share=share, outside=outside, reason=tuple(reason))
