"""Distances on the WGS 84 ellipsoid: exact for places, and fast for the many cells of a grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo_poc.theatre import Theatre

_EARTH = Geod(ellps="WGS84")


class Spots(NamedTuple):
    """Points in metres of the theatre's CRS and in degrees, one row each; nan unknown.

    Parameters
    ----------
    at_m : float64 array (spots, 2)
        X and y.
    at_deg : float64 array (spots, 2)
        Longitude and latitude.
    """

    at_m: NDArray[np.float64]
    at_deg: NDArray[np.float64]

    def only(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Spots:
        """Some of the spots."""
        return Spots(self.at_m[rows], self.at_deg[rows])


Measure = Callable[[Spots, Spots], NDArray[np.float64]]
"""Length in metres of the straight flight from each of some spots to each of others; nan unknown."""


def spots(theatre: Theatre, at_m: NDArray[np.float64]) -> Spots:
    """Points in metres with their longitude and latitude.

    Parameters
    ----------
    theatre : Theatre
    at_m : float64 array (n, 2)
        nan where unknown.

    Examples
    --------
    >>> import datetime as dt
    >>> from shapely import box
    >>> from geo_poc.grid import Grid
    >>> crs = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
    >>> grid = Grid(rows=1, cols=1, cell_size_m=1000.0, left_m=0.0, top_m=1000.0, crs=crs)
    >>> theatre = Theatre(name="x", as_of=dt.date(2026, 1, 1), area=box(0, 0, 1000, 1000), grid=grid,
    ...                   marking="UNCLASSIFIED")
    >>> spots(theatre, np.array([[0.0, 0.0], [np.nan, np.nan]])).at_deg.round(9).tolist()
    [[30.0, 8.0], [nan, nan]]
    """
    lonlat = np.column_stack(theatre.lonlat(at_m[:, 0], at_m[:, 1]))
    return Spots(at_m, np.where(np.isfinite(lonlat), lonlat, np.nan))


def exact_m(starts: Spots, ends: Spots) -> NDArray[np.float64]:
    """Geodesic from each start to each end in metres (Karney 2013, in PROJ); 0.7 s a million.

    Returns
    -------
    float64 array (starts, ends)
        nan where either position is unknown.

    Examples
    --------
    >>> both = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> exact_m(Spots(both, both), Spots(both, both))[0].round().tolist()
    [0.0, 111319.0]
    """
    return geodesic_m(*starts.at_deg.T, *ends.at_deg.T)


def swift_m(starts: Spots, ends: Spots) -> NDArray[np.float64]:
    """Geodesic from each start to each end in metres, to 2 parts in a million.

    The formula of Andoyer and Lambert (Lambert 1942, J. Washington Academy of Sciences 32): the arc s
    between the reduced latitudes b on a sphere, less a term of first order in the flattening f,

        d = a (s - f/2 (X + Y)),
        X = (s - sin s) ((sin b1 + sin b2) / 2)^2 / cos^2(s/2),
        Y = (s + sin s) ((sin b1 - sin b2) / 2)^2 / sin^2(s/2).

    Returns
    -------
    float64 array (starts, ends)
        nan where either position is unknown.

    Examples
    --------
    >>> both = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> swift_m(Spots(both, both), Spots(both, both))[0].round().tolist()
    [0.0, 111319.0, 110574.0]
    """
    sphere, ends_sphere = _on_sphere(starts), _on_sphere(ends)
    length_m = np.empty((len(sphere), len(ends_sphere)))
    for row, start in enumerate(sphere):
        half = ((ends_sphere - start) ** 2).sum(axis=1) / 4
        arc = 2 * np.arcsin(np.sqrt(half))
        sine = 2 * np.sqrt(half * (1 - half))
        together, apart = ends_sphere[:, 2] + start[2], ends_sphere[:, 2] - start[2]
        across = np.divide(apart**2, half, out=np.zeros_like(half), where=half != 0)
        flat = (arc - sine) * together**2 / (1 - half) + (arc + sine) * across
        length_m[row] = _EARTH.a * (arc - _EARTH.f / 8 * flat)
    return length_m


def _on_sphere(points: Spots) -> NDArray[np.float64]:
    """Unit vectors at the reduced latitudes, shape (n, 3)."""
    lon, lat = np.radians(points.at_deg).T
    reduced = np.arctan((1 - _EARTH.f) * np.tan(lat))
    level = np.cos(reduced)
    return np.column_stack([level * np.cos(lon), level * np.sin(lon), np.sin(reduced)])


def geodesic_m(
    lon_a: NDArray[np.float64],
    lat_a: NDArray[np.float64],
    lon_b: NDArray[np.float64],
    lat_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Shortest distance on the WGS 84 ellipsoid from each point a to each point b, in metres.

    Returns
    -------
    float64 array (a, b)
        nan where either position is unknown.

    Examples
    --------
    >>> zero = np.array([0.0])
    >>> geodesic_m(zero, zero, np.array([1.0, 0.0]), np.array([0.0, 1.0])).round().tolist()
    [[111319.0, 110574.0]]
    """
    shape = (lon_a.size, lon_b.size)
    a = [np.broadcast_to(v[:, None], shape).ravel() for v in (lon_a, lat_a)]
    b = [np.broadcast_to(v[None, :], shape).ravel() for v in (lon_b, lat_b)]
    distance_m = np.full(lon_a.size * lon_b.size, np.nan)
    known = np.isfinite(a[0] + a[1] + b[0] + b[1])
    distance_m[known] = _EARTH.inv(a[0][known], a[1][known], b[0][known], b[1][known])[2]
    return distance_m.reshape(shape)
