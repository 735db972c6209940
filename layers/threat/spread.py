"""Where each incident may have happened: every event as shares of the area's cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo_poc.grid import Grid
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.background import Background, relative_people
from geo_poc.layers.threat.district import admin_polygons, district_of
from geo_poc.layers.threat.events import Events
from geo_poc.layers.threat.kernel import column_edges_m, gaussian_shares, row_edges_m
from geo_poc.theatre import Theatre

PEOPLE_SHARE = 0.8
VAGUE_SD_M = 60_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """Events as shares of the area's cells, each event's shares with the sum 1.

    An event is either a Gaussian around its point, integrated over each cell and multiplied by the
    cell's weight, or an admin polygon. Events with the same place and spread share one row.

    Parameters
    ----------
    places : float array (kernels, 3)
        x and y in metres and standard deviation in metres of each Gaussian.
    weight : float array (rows, cols)
        Of each cell; 0 outside the area.
    grid : Grid
    shapes : object array of polygons (polygons,)
    polygons : sparse float array (polygons, rows * cols)
        Share of each cell of each polygon.
    kernel, polygon : int array (n,)
        Row of each event; -1 where it is not of that sort.
    outside : bool array (n,)
        Events that lie outside the area and count nowhere. What is neither placed nor outside is
        known too vaguely for the map and counts in totals alone.
    """

    places: NDArray[np.float64]
    weight: NDArray[np.float64]
    grid: Grid
    shapes: NDArray[np.object_]
    polygons: csr_array
    kernel: NDArray[np.int64]
    polygon: NDArray[np.int64]
    outside: NDArray[np.bool_]

    @cached_property
    def _factors(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Integrals of the Gaussians over rows, by their weighted mass in the area, and over columns.

        Made only for sums over cells: with many events they are large.
        """
        return _kernels(self.places, self.weight, self.grid)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Events that are spread over cells, shape (n,)."""
        return (self.kernel >= 0) | (self.polygon >= 0)

    def surface(self, event_weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over the events of their shares times their weights, shape (rows, cols).

        Its sum over the area is that of the weights (n,) of the events that are placed.
        """
        down, across = self._factors
        by_kernel = _summed(self.kernel, event_weight, len(self.places))
        by_polygon = _summed(self.polygon, event_weight, len(self.shapes))
        gaussian = ((down.T * by_kernel) @ across) * self.weight
        return np.asarray(gaussian + (by_polygon @ self.polygons).reshape(gaussian.shape))

    def mean_over(
        self, event: NDArray[np.int64], value: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Mean of a value of cells over where each event may have been, shape (n,).

        Parameters
        ----------
        event : int array (n,)
            Positions of events.
        value : float array (rows, cols)
            Not ``nan`` outside the area.

        Returns
        -------
        float array (n,)
            ``nan`` for an event that is not placed.
        """
        found = np.full(event.size, np.nan)
        kernel, polygon = self.kernel[event], self.polygon[event]
        rows, own = np.unique(kernel[kernel >= 0], return_inverse=True)
        down, across = self._factors
        means = ((down[rows] @ (value * self.weight)) * across[rows]).sum(axis=1)
        found[kernel >= 0] = means[own.ravel()]
        found[polygon >= 0] = (self.polygons @ value.ravel())[polygon[polygon >= 0]]
        return found


def spread_events(events: Events, *, background: Background, bandwidth_m: float) -> Spread:
    """Each event over the cells where it may have happened, by how well its place is known.

    ``where_prec``:

    - 1 to 4: a Gaussian of variance ``bandwidth_m**2 + position_sd_m**2``, times the weight of the
      cell (0.8 of its relative people plus 0.2), normalised over the area;
    - 3 with a polygon of its ``admin2``, 4 with one of its ``admin1``: over that polygon, by people
      alone, never at its centroid;
    - 5: a Gaussian whose ``position_sd_m`` is at least 60 km;
    - 6 and 7, or ``position_sd_m`` unknown: nowhere.

    Parameters
    ----------
    events : Events
    background : Background
    bandwidth_m : float

    Examples
    --------
    >>> import datetime as dt
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from geo_poc.layers.threat.events import events_of
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> day = pd.to_datetime(["2020-12-31"])
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": day, "date_end": day, "where_prec": 1, "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=[shapely.Point(15e3, 5e3)], crs="EPSG:32636",
    ... )
    >>> events = events_of(incidents, theatre=theatre)
    >>> background = Background(theatre=theatre)
    >>> spread = spread_events(events, background=background, bandwidth_m=5_000.0)
    >>> print(spread.surface(np.array([2.0])).round(3))
    [[0.315 1.369 0.315]]
    >>> reported_near(spread, theatre=theatre, bandwidth_m=5_000.0).tolist()
    [[True, True, True]]
    """
    grid, inside = background.theatre.grid, background.theatre.inside
    relative = relative_people(background)
    weight = np.where(inside, PEOPLE_SHARE * relative + (1 - PEOPLE_SHARE), 0.0)
    districts = _districts(events, background, relative)
    position_sd_m = _position_sd_m(events)
    cell = nearest_inside(inside, grid, events.x_m, events.y_m)
    by_point = (districts.polygon < 0) & ~districts.elsewhere
    located = (
        by_point & np.isfinite(events.x_m) & np.isfinite(events.y_m) & np.isfinite(position_sd_m)
    )
    places, kernel = _kernel_places(
        events, np.hypot(position_sd_m, bandwidth_m), np.where(located, cell, -1), grid
    )
    return Spread(
        places=places,
        weight=weight,
        grid=grid,
        shapes=districts.shapes,
        polygons=districts.shares,
        kernel=kernel,
        polygon=districts.polygon,
        outside=districts.elsewhere | (located & (cell < 0)),
    )


def reported_near(spread: Spread, *, theatre: Theatre, bandwidth_m: float) -> NDArray[np.bool_]:
    """Cells of the area within two bandwidths of where any event may have happened, (rows, cols).

    That is: whose centre lies within two standard deviations of an event's Gaussian or within two
    bandwidths of its polygon, or that hold an event. Everywhere else nothing was reported, which
    does not mean that nothing happened.
    """
    x, y = theatre.grid.centres()
    centres = np.column_stack([x.ravel(), y.ravel()])
    near = np.zeros(x.size, dtype=bool)
    for sd_m in np.unique(spread.places[:, 2]):
        tree = cKDTree(spread.places[spread.places[:, 2] == sd_m, :2])
        near |= np.isfinite(
            tree.query(centres, distance_upper_bound=np.nextafter(2 * sd_m, np.inf))[0]
        )
    inside = theatre.inside
    own = nearest_inside(inside, theatre.grid, spread.places[:, 0], spread.places[:, 1])
    near[own] = True
    near[spread.polygons.indices] = True
    mask = near.reshape(x.shape)
    if len(spread.shapes):
        around = shapely.buffer(spread.shapes, 2 * bandwidth_m)
        mask |= geometry_mask(
            list(around), out_shape=x.shape, transform=theatre.grid.transform, invert=True
        )
    return np.asarray(mask & inside)


def _summed(row: NDArray[np.int64], weight: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    chosen = row >= 0
    total = np.bincount(row[chosen], weights=weight[chosen], minlength=size)
    return total.astype(np.float64)


def _position_sd_m(events: Events) -> NDArray[np.float64]:
    """Spread of the position per axis, at least 60 km for code 5, ``nan`` for codes 6 and 7."""
    at_least = np.where(events.where_prec == 5, VAGUE_SD_M, np.nan)
    sd_m = np.fmax(events.position_sd_m, at_least)
    return np.where(events.where_prec >= 6, np.nan, sd_m)


def _kernel_places(
    events: Events, sd_m: NDArray[np.float64], cell: NDArray[np.int64], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct x, y, sd of the Gaussians, and the row of each event; -1 for events without a cell.

    An event at the border in a cell that is not of the area starts from the centre of the nearest
    one that is, so that a narrow kernel is not lost.
    """
    chosen = cell >= 0
    x, y = grid.centres()
    own_row, own_col = grid.cell_of(events.x_m[chosen], events.y_m[chosen])
    at_home = own_row * grid.cols + own_col == cell[chosen]
    rows = np.column_stack(
        [
            np.where(at_home, events.x_m[chosen], x.ravel()[cell[chosen]]),
            np.where(at_home, events.y_m[chosen], y.ravel()[cell[chosen]]),
            sd_m[chosen],
        ]
    )
    places, row = np.unique(rows, axis=0, return_inverse=True)
    kernel = np.full(len(cell), -1, dtype=np.int64)
    kernel[chosen] = row.ravel()
    return places, kernel


def _kernels(
    places: NDArray[np.float64], weight: NDArray[np.float64], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gaussians by row and by column; their product times the cell's weight has the sum 1."""
    x_m, y_m, sd_m = places.T
    across = gaussian_shares(x_m, sd_m, column_edges_m(grid))
    down = gaussian_shares(-y_m, sd_m, row_edges_m(grid))
    mass = ((down @ weight) * across).sum(axis=1)
    return down / mass[:, None], across


@dataclass(frozen=True, kw_only=True, eq=False)
class _Districts:
    """Polygons that events are meant by: of each event its row, and whether it has no cell here."""

    polygon: NDArray[np.int64]
    shapes: NDArray[np.object_]
    shares: csr_array
    elsewhere: NDArray[np.bool_]


def _districts(events: Events, background: Background, relative: NDArray[np.float64]) -> _Districts:
    polygons = admin_polygons(background.admin)
    asked = np.select(
        [events.where_prec == 3, events.where_prec == 4], [events.admin2, events.admin1], ""
    )
    meant = district_of(asked, events.point, polygons)
    used = np.unique(meant[meant >= 0])
    shapes = polygons.geometry.to_numpy()[used]
    shares = polygon_shares(shapes, background.theatre, relative)
    here = np.diff(shares.indptr) > 0
    row_of = np.full(len(polygons) + 1, -1, dtype=np.int64)
    row_of[used[here]] = np.arange(here.sum())
    return _Districts(
        polygon=row_of[meant],
        shapes=shapes[here],
        shares=shares[here],
        elsewhere=(meant >= 0) & (row_of[meant] < 0),
    )


def polygon_shares(
    shapes: NDArray[np.object_], theatre: Theatre, amount: NDArray[np.float64]
) -> csr_array:
    """Share of each cell in each polygon, by an amount such as people, shape (polygons, rows * cols).

    Where the amount is 0 throughout, all cells of the polygon count the same. A polygon without a
    cell of the area has a sum of 0.
    """
    inside = theatre.inside
    cells = [_cells_of(shape, theatre.grid, inside) for shape in shapes]
    within = [amount.ravel()[flat] for flat in cells]
    share = [
        one / one.sum() if one.any() else np.full(one.size, 1 / max(one.size, 1)) for one in within
    ]
    end = np.cumsum([0, *(flat.size for flat in cells)])
    return csr_array(
        (
            np.concatenate([np.zeros(0), *share]),
            np.concatenate([np.zeros(0, dtype=int), *cells]),
            end,
        ),
        shape=(len(shapes), inside.size),
    )


def _cells_of(shape: shapely.Geometry, grid: Grid, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Flat cells of the area whose centre a polygon holds, or if there is none, that it touches."""
    for all_touched in (False, True):
        cells = inside & geometry_mask(
            [shape],
            out_shape=grid.shape,
            transform=grid.transform,
            invert=True,
            all_touched=all_touched,
        )
        if cells.any():
            break
    return np.flatnonzero(cells)
