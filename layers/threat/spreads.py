"""Events over the cells of an area, each with the sum 1: Gaussians around cells, or shares of a district."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.smooth import offset_shares, smoothed

# So many pairs of a place and a cell take about as long as one cell of the whole grid.
_PAIRS_PER_CELL = 16
_PAIRS_AT_ONCE = 1 << 16
_KM_M = 1000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Where placed events are: cells, each by how uncertain the position in it is, then districts.

    Parameters
    ----------
    place : int array (n,)
        Of each event: a row of ``cell``, or their number and a row of ``district``.
    cell : int array (points,)
    sd_km : int array (points,)
        Uncertainty of the position per axis, to the kilometre.
    district : int array (k,)
        Rows of the setting's districts.
    """

    place: NDArray[np.int64]
    cell: NDArray[np.int64]
    sd_km: NDArray[np.int64]
    district: NDArray[np.int64]

    @property
    def number(self) -> int:
        """Number of different places."""
        return self.cell.size + self.district.size


def places_of(record: Record) -> Places:
    """Places of placed events; those in one cell with one uncertainty share one.

    Examples
    --------
    >>> day, one = np.zeros(3), np.ones(3)
    >>> record = Record(
    ...     cell=np.array([5, 5, 2]), x_m=day, y_m=day, start_day=day, end_day=day, where_prec=one,
    ...     date_prec=one, wanted=one > 0,
    ... )
    >>> found = places_of(record)
    >>> found.place.tolist(), found.cell.tolist()
    ([1, 1, 0], [2, 5])
    """
    by_point = record.district < 0
    sd_km = np.round(record.position_sd_m[by_point] / _KM_M).astype(np.int64)
    step = int(sd_km.max(initial=0)) + 1
    key, row = np.unique(record.cell[by_point] * step + sd_km, return_inverse=True)
    district, own = np.unique(record.district[~by_point], return_inverse=True)
    place = np.empty(record.cell.size, dtype=np.int64)
    place[by_point], place[~by_point] = row.ravel(), key.size + own.ravel()
    return Places(place=place, cell=key // step, sd_km=key % step, district=district)


@dataclass(frozen=True, kw_only=True, eq=False)
class Width:
    """Places whose Gaussians are equally wide.

    Parameters
    ----------
    sd_m : float
        Per axis; 0 is the cell alone.
    point : int array (k,)
        Rows of ``cell`` of the places.
    cell, row, col : int array (k,)
        Of the area and of the grid, in order of the cells.
    mass : float array (k,)
        What each Gaussian is divided by, so that it sums to 1.
    shares : float array (rows or cols of the grid,)
        Of the normal distribution along an axis so many cells away.
    reach : int
        Of so many cells away at most the share is above 0.
    """

    sd_m: float
    point: NDArray[np.int64]
    cell: NDArray[np.int64]
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    mass: NDArray[np.float64]
    shares: NDArray[np.float64]
    reach: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Spreads:
    """A Gaussian around each place times a weight of cells, scaled to 1; a district as it is.

    Parameters
    ----------
    places : Places
    widths : tuple of Width
    districts : sparse float array (k, cells)
        Of the places.
    weight : float array (cells,)
    setting : Setting
    """

    places: Places
    widths: tuple[Width, ...]
    districts: csr_array
    weight: NDArray[np.float64]
    setting: Setting

    def total(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of the spreads, each times the amount of its place (k, places); shape (k, cells)."""
        found = self._by_district(amount)
        for width in self.widths:
            found += self._on_grid(width, amount[:, width.point] / width.mass)
        return found

    def at(self, amount: NDArray[np.float64], cell: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `total`, in some cells of the area (m,) only; shape (k, m).

        Place by place, or over the whole grid where that is less work.
        """
        if not cell.size:
            return np.zeros((len(amount), 0))
        found = np.zeros((len(amount), cell.size))
        if self.places.district.size:
            found += self._by_district(amount)[:, cell]
        for width in self.widths:
            found += self._of_width(width, amount[:, width.point] / width.mass, cell)
        return found

    def _of_width(
        self, width: Width, scaled: NDArray[np.float64], cell: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        if width.sd_m <= 0:
            at = np.minimum(np.searchsorted(width.cell, cell), width.cell.size - 1)
            return np.asarray(scaled[:, at] * ((width.cell[at] == cell) * self.weight[cell]))
        rows, cols = self.setting.grid.shape
        # Cells are in order of their rows, so places beyond reach are skipped almost for nothing.
        pairs = cell.size * width.cell.size * min(1.0, (2 * width.reach + 1) / rows)
        if pairs > _PAIRS_PER_CELL * rows * cols:
            return self._on_grid(width, scaled)[:, cell]
        parts = 1 if cell.size * width.cell.size <= _PAIRS_AT_ONCE else cell.size
        some = [self._by_place(width, scaled, part) for part in np.array_split(cell, parts)]
        return np.hstack(some) * self.weight[cell]

    def _by_district(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of the districts alone, (k, cells)."""
        if not self.places.district.size:
            return np.zeros((len(amount), self.setting.cells.size))
        return np.asarray((self._districts_by_cell @ amount[:, self.places.cell.size :].T).T)

    @cached_property
    def _districts_by_cell(self) -> csr_array:
        """Turned once: a product from the left would turn them each time."""
        return csr_array(self.districts.T)

    def _on_grid(self, width: Width, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        by_cell = np.zeros((len(scaled), self.setting.cells.size))
        by_cell[:, width.cell] = scaled
        return _smoothed(by_cell, width.sd_m, self.setting) * self.weight

    def _by_place(
        self, width: Width, scaled: NDArray[np.float64], cell: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Sum of the Gaussians in some cells of one or more rows, without the weight of cells."""
        row, col = np.divmod(self.setting.cells[cell], self.setting.grid.cols)
        first, last = np.searchsorted(
            width.row, [row.min() - width.reach, row.max() + width.reach + 1]
        )
        right = width.col[first:last]
        near = first + np.flatnonzero(
            (right >= col.min() - width.reach) & (right <= col.max() + width.reach)
        )
        kernel = width.shares[np.abs(width.row[near, None] - row)]
        kernel *= width.shares[np.abs(width.col[near, None] - col)]
        return np.asarray(scaled[:, near] @ kernel)


def spreads(
    places: Places, *, sd_m: float, weight: NDArray[np.float64], setting: Setting
) -> Spreads:
    """Spreads of places: a Gaussian around the centre of each cell, integrated over cells.

    Scaling each to 1 over the area is the correction for what would lie beyond its border, and with
    a weight by settlements it spreads each event to where people live. Time and memory do not
    grow with the number of places where they are so many that the whole grid is less work.

    Parameters
    ----------
    places : Places
    sd_m : float
        Standard deviation per axis where the position is certain, that of the others is
        ``sqrt(sd_m^2 + position_sd^2)``.
    weight : float array (cells,)
        Above 0.
    setting : Setting
    """
    by_point = np.hypot(sd_m, places.sd_km * _KM_M)
    widths = tuple(
        _width(float(one), np.flatnonzero(by_point == one), places.cell, weight, setting)
        for one in np.unique(by_point)
    )
    return Spreads(
        places=places,
        widths=widths,
        districts=csr_array(setting.districts[places.district]),
        weight=weight,
        setting=setting,
    )


def _width(
    sd_m: float,
    point: NDArray[np.int64],
    cell: NDArray[np.int64],
    weight: NDArray[np.float64],
    setting: Setting,
) -> Width:
    grid = setting.grid
    longest = max(grid.shape)
    shares = offset_shares(sd_m, cell_size_m=grid.cell_size_m, cells=longest)
    # A Gaussian is symmetric: what a cell receives of all is what all receive of it.
    received = _smoothed(weight[None, :], sd_m, setting)[0]
    row, col = np.divmod(setting.cells[cell[point]], grid.cols)
    return Width(
        sd_m=sd_m,
        point=point,
        cell=cell[point],
        row=row,
        col=col,
        mass=received[cell[point]],
        shares=np.pad(shares, (0, longest - shares.size)),
        reach=shares.size - 1,
    )


def _smoothed(by_cell: NDArray[np.float64], sd_m: float, setting: Setting) -> NDArray[np.float64]:
    """Gaussians around cells of the area, each times the amount in it (k, cells), in the area."""
    if sd_m <= 0:
        return by_cell
    grid = setting.grid
    whole = np.zeros((len(by_cell), grid.rows * grid.cols))
    whole[:, setting.cells] = by_cell
    spread = smoothed(
        whole.reshape(len(by_cell), *grid.shape), sd_m=sd_m, cell_size_m=grid.cell_size_m
    )
    return spread.reshape(len(by_cell), -1)[:, setting.cells]
