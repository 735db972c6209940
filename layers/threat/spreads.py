"""Events over the cells of an area, each with the sum 1: Gaussians around points, or shares of a district."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo_poc.layers.threat.gaussians import Gaussians, gaussians
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting


@dataclass(frozen=True, kw_only=True, eq=False)
class Spreads:
    """Gaussians of the events known to a point, then the districts of the others.

    Parameters
    ----------
    place : int array (n,)
        Of each event: a row of the Gaussians, or their number and a row of the districts.
    gaussians : Gaussians
    districts : sparse float array (districts, cells)
    """

    place: NDArray[np.int64]
    gaussians: Gaussians
    districts: csr_array

    @property
    def places(self) -> int:
        """Number of different spreads."""
        return len(self.gaussians.down) + int(self.districts.shape[0])

    def total(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of the spreads, each times the amount of its place (places,); shape (cells,)."""
        points = len(self.gaussians.down)
        by_point = self.gaussians.total(amount[:points])
        return np.asarray(by_point + amount[points:] @ self.districts)

    def at(self, cell: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of each place in some cells of the area (k,); shape (places, k)."""
        return np.vstack([self.gaussians.at(cell), self.districts[:, cell].toarray()])


def spreads(
    record: Record, *, sd_m: float, weight: NDArray[np.float64], setting: Setting
) -> Spreads:
    """Spreads of placed events, in the same order of places whatever the width and the weight.

    Parameters
    ----------
    record : Record
        All with a cell.
    sd_m : float
        Standard deviation per axis of an event whose point is certain; that of the others is
        ``sqrt(sd_m^2 + position_sd_m^2)``, ``position_sd_m`` to the metre.
    weight : float array (cells,)
        Of the cells under the Gaussians, as for `geo_poc.layers.threat.gaussians.gaussians`.
    setting : Setting
    """
    by_point = record.district < 0
    coded = record.only(by_point)
    # To the metre, so that two spreads that differ still differ once they are widened.
    widths = np.hypot(sd_m, np.round(coded.position_sd_m))
    around = gaussians(coded.x_m, coded.y_m, sd_m=widths, weight=weight, setting=setting)
    used, row = np.unique(record.district[~by_point], return_inverse=True)
    place = np.empty(record.cell.size, dtype=np.int64)
    place[by_point] = around.place
    place[~by_point] = len(around.down) + row.ravel()
    return Spreads(place=place, gaussians=around, districts=setting.districts[used])
