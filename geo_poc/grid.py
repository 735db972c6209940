"""Square cells in metres, and the coordinate systems that they may lie in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo_poc.errors import CrsError, Fault, GridError

WGS84 = "EPSG:4326"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells over a theatre, row 0 in the north, in metres of a projected CRS.

    Two surfaces combine only if their grids are equal.

    Examples
    --------
    >>> grid = Grid(rows=2, cols=3, cell_size_m=1000.0, left_m=0.0, top_m=2000.0, crs="EPSG:32636")
    >>> grid.shape, grid.cell_area_km2
    ((2, 3), 1.0)
    >>> rows, cols = grid.cell_of(np.array([2500.0, -1.0]), np.array([1999.0, 0.0]))
    >>> rows.tolist(), cols.tolist()
    ([0, -1], [2, -1])
    """

    rows: int
    cols: int
    cell_size_m: float
    left_m: float
    top_m: float
    crs: str

    def __post_init__(self) -> None:
        if self.rows < 1 or self.cols < 1 or not self.cell_size_m > 0:
            raise GridError(
                Fault(
                    where="grid",
                    found=f"{self.rows} rows x {self.cols} columns of {self.cell_size_m} m",
                    rule="needs at least one row and column and a cell size above 0",
                    repair="give a larger area or a positive cell size",
                )
            )
        require_metres(self.crs, where="grid")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def cell_area_km2(self) -> float:
        """Area of one cell in km2."""
        return self.cell_size_m**2 / 1e6

    @property
    def transform(self) -> Affine:
        """Cell to metre transform, as rasterio takes it."""
        return Affine(self.cell_size_m, 0.0, self.left_m, 0.0, -self.cell_size_m, self.top_m)

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """X and y of all cell centres in metres, each of shape (rows, cols)."""
        x = self.left_m + (np.arange(self.cols) + 0.5) * self.cell_size_m
        y = self.top_m - (np.arange(self.rows) + 0.5) * self.cell_size_m
        xs, ys = np.meshgrid(x, y)
        return xs, ys

    def cell_of(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of each point; -1, -1 outside the grid.

        A point on an inner border belongs to the cell east or south of it; one on the outer border
        belongs to the outermost cell.
        """
        x_m, y_m = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
        right_m = self.left_m + self.cols * self.cell_size_m
        bottom_m = self.top_m - self.rows * self.cell_size_m
        inside = (x_m >= self.left_m) & (x_m <= right_m) & (y_m >= bottom_m) & (y_m <= self.top_m)
        col = np.floor((np.where(inside, x_m, self.left_m) - self.left_m) / self.cell_size_m)
        row = np.floor((self.top_m - np.where(inside, y_m, self.top_m)) / self.cell_size_m)
        return (
            np.where(inside, np.clip(row, 0, self.rows - 1), -1).astype(np.int64),
            np.where(inside, np.clip(col, 0, self.cols - 1), -1).astype(np.int64),
        )

    def require_same(self, other: Grid, *, where: str) -> None:
        """Raise a GridError unless the other grid is this one."""
        if self != other:
            raise GridError(
                Fault(
                    where=where,
                    found=f"{other}",
                    rule=f"must lie on the grid {self}",
                    repair="make both surfaces from the same theatre",
                )
            )


@cache
def transformer(source: str, target: str) -> Transformer:
    """Transformation between two coordinate systems, x or longitude first; made once for each pair.

    Examples
    --------
    >>> x, y = transformer(WGS84, "EPSG:32636").transform(33.0, 0.0)
    >>> round(x), round(y)
    (500000, 0)
    """
    return Transformer.from_crs(source, target, always_xy=True)


def require_metres(crs: str | None, *, where: str) -> CRS:
    """The coordinate system, if it is projected and in metres.

    Raises
    ------
    CrsError
        If there is none, or it is in degrees or another unit.

    Examples
    --------
    >>> require_metres("EPSG:4326", where="bases")
    Traceback (most recent call last):
    ...
    geo_poc.errors.CrsError: bases: must be a projected CRS in metres. Found: WGS 84. Repair: ...
    """
    system = None if crs is None else CRS.from_user_input(crs)
    if system is None or not system.is_projected or system.axis_info[0].unit_name != "metre":
        raise CrsError(
            Fault(
                where=where,
                found="no CRS" if system is None else system.name,
                rule="must be a projected CRS in metres",
                repair="reproject to the theatre's own CRS, for example gdf.to_crs(theatre.grid.crs)",
            )
        )
    return system
