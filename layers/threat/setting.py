"""The area's cells, and where events are likely before any is known: densities that sum to 1."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo_poc.errors import Fault, GridError
from geo_poc.grid import Grid
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.fit import require_theatre_crs
from geo_poc.layers.threat.background import SETTLEMENT_SD_M, Background, relative_people
from geo_poc.layers.threat.district import admin_polygons
from geo_poc.layers.threat.kernel import point_density
from geo_poc.layers.threat.spread import polygon_shares
from geo_poc.theatre import Theatre

TOWN_SD_M = 3_000.0
SETTLED_SD_M = 2_000.0
SETTLED_SHARE = 0.8


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """The cells of an area and the densities over them that need no incident.

    Parameters
    ----------
    grid : Grid
    cells : int array (cells,)
        Flat index of each cell of the area in the grid, rising.
    population, settlements, towns : float array (cells,)
        Each sums to 1; the same everywhere where nothing is known.
    admin : GeoDataFrame, optional
        Polygons of districts with a ``name``, each with a cell of the area.
    districts : sparse float array (districts, cells), optional
        Share of each cell in each of them, by settlements; each sums to 1.
    settled : float array (cells,), optional
        Weight of each cell by settlements close by, 1 on average; all 1 by default.
    """

    grid: Grid
    cells: NDArray[np.int64]
    population: NDArray[np.float64]
    settlements: NDArray[np.float64]
    towns: NDArray[np.float64]
    admin: gpd.GeoDataFrame = field(default_factory=lambda: admin_polygons(None))
    districts: csr_array = field(default_factory=lambda: csr_array((0, 0)))
    settled: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not self.districts.shape[0]:
            object.__setattr__(self, "districts", csr_array((0, self.cells.size)))
        if not self.settled.size:
            object.__setattr__(self, "settled", np.ones(self.cells.size))

    @property
    def uniform(self) -> NDArray[np.float64]:
        """The density that is the same in every cell."""
        return np.full(self.cells.size, 1.0 / self.cells.size)

    def surface(self, density: NDArray[np.float64]) -> NDArray[np.float64]:
        """Density on the grid, shape (rows, cols); ``nan`` outside the area."""
        whole = np.full(self.grid.shape, np.nan)
        whole.ravel()[self.cells] = density
        return whole


def setting_of(
    theatre: Theatre,
    *,
    people: NDArray[np.floating] | None = None,
    settlements: gpd.GeoDataFrame | None = None,
    towns: gpd.GeoDataFrame | None = None,
    admin: gpd.GeoDataFrame | None = None,
) -> Setting:
    """Setting of a theatre.

    Parameters
    ----------
    theatre : Theatre
    people : array (rows, cols), optional
        Residents per cell; a cell where they are unknown counts as average.
    settlements : GeoDataFrame, optional
        Points, each spread as a Gaussian of 5 km, and of 2 km for the weight of cells: settlements of
        any size and health sites. A list that was chosen because of conflict, such as camps of the
        displaced, must not be used.
    towns : GeoDataFrame, optional
        Points, each spread as a Gaussian of 3 km.
    admin : GeoDataFrame, optional
        Polygons of first-order divisions with a ``name``, for events known only to one of them.

    Raises
    ------
    GridError
        If ``people`` has another shape than the grid, or no cell's centre lies in the area.
    CrsError
        If points or polygons are not in the theatre's CRS.

    Examples
    --------
    >>> import datetime as dt
    >>> import shapely
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> setting = setting_of(theatre, people=np.array([[30.0, 10.0, 0.0]]))
    >>> setting.population.tolist(), setting.towns.round(2).tolist()
    ([0.75, 0.25, 0.0], [0.33, 0.33, 0.33])
    """
    inside = theatre.inside
    cells = np.flatnonzero(inside)
    if not cells.size:
        raise GridError(
            Fault(
                where="threat",
                found="no cell whose centre lies in the area",
                rule="needs at least one",
                repair="give a smaller cell size",
            )
        )
    for name, table in (("settlements", settlements), ("towns", towns), ("admin", admin)):
        if table is not None:
            require_theatre_crs(table, theatre, where=name)
    relative = relative_people(Background(theatre=theatre, people=people)).ravel()[cells]
    density = _points_density(settlements, SETTLEMENT_SD_M, theatre.grid, cells)
    settled = settled_weight(_points_density(settlements, SETTLED_SD_M, theatre.grid, cells))
    polygons, districts = _districts(admin, theatre, cells, settled)
    return Setting(
        grid=theatre.grid,
        cells=cells,
        population=relative / relative.sum(),
        settlements=density,
        towns=_points_density(towns, TOWN_SD_M, theatre.grid, cells),
        admin=polygons,
        districts=districts,
        settled=settled,
    )


def settled_weight(settlements: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of cells by their density of settlements: 0.8 of it relative to the mean, and 0.2.

    Examples
    --------
    >>> settled_weight(np.array([0.75, 0.25])).round(3).tolist()
    [1.4, 0.6]
    """
    return SETTLED_SHARE * settlements.size * settlements + 1 - SETTLED_SHARE


def _districts(
    admin: gpd.GeoDataFrame | None,
    theatre: Theatre,
    cells: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> tuple[gpd.GeoDataFrame, csr_array]:
    """Polygons that hold or touch a cell of the area, and the share of each cell in them."""
    polygons = admin_polygons(admin)
    whole = np.zeros(theatre.grid.shape)
    whole.ravel()[cells] = weight
    shares = polygon_shares(polygons.geometry.to_numpy(), theatre, whole)
    here = np.diff(shares.indptr) > 0
    return polygons[here], csr_array(shares[here][:, cells])


def setting_around(background: Background) -> Setting:
    """Setting of a background; health sites are settlements and no towns."""
    settlements = background.settlements
    towns = settlements
    if settlements is not None and "kind" in settlements:
        towns = settlements[settlements["kind"] != "health"]
    return setting_of(
        background.theatre,
        people=background.people,
        settlements=settlements,
        towns=towns,
        admin=background.admin,
    )


def _points_density(
    points: gpd.GeoDataFrame | None, sd_m: float, grid: Grid, cells: NDArray[np.int64]
) -> NDArray[np.float64]:
    if points is None:
        return np.full(cells.size, 1.0 / cells.size)
    x, y = point_coordinates(points.geometry.to_numpy())
    known = np.isfinite(x) & np.isfinite(y)
    return point_density(x[known], y[known], sd_m=(sd_m, sd_m), grid=grid, cells=cells)
