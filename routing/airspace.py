"""No-fly areas: which straight flights enter one, and the shortest way round them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from geo_poc.routing.geodesic import Measure, Spots, spots
from geo_poc.theatre import Theatre

CLEAR_M = 0.01
"""Farther inside its border than this, a no-fly area is entered."""
LINE_M = 1.0
"""A no-fly area that is drawn as a line reaches so far to either side."""
_AT_ONCE = 2_000_000
_MANY = 500
_OVERLAP = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Airspace:
    """What keeps an aircraft from flying or landing, whatever the aircraft.

    Parameters
    ----------
    areas : GeoDataFrame
    no_fly : int64 array
        Rows of the no-fly areas in force.
    caveats : sequence of frozenset, one per base
        Rows of the caveat areas that the base's aircraft must not go to.
    elevation_m : float32 array (rows, cols) or None
        nan unknown.
    closed : frozenset of int
        Rows of the areas in which nobody lands.
    """

    areas: gpd.GeoDataFrame
    no_fly: NDArray[np.int64]
    caveats: Sequence[frozenset[int]]
    elevation_m: NDArray[np.float32] | None = None
    closed: frozenset[int] = frozenset()

    def barred(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether a caveat keeps each base's aircraft from each point.

        Parameters
        ----------
        points : float64 array (n, 2)
            In metres.

        Returns
        -------
        bool array (bases, n)
        """
        barred = np.zeros((len(self.caveats), len(points)), dtype=np.bool_)
        for row in frozenset[int]().union(*self.caveats):
            within = self._within(row, points)
            binds = np.array([row in bound for bound in self.caveats], dtype=np.bool_)
            barred |= binds[:, None] & within[None, :]
        return barred

    def closed_at(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether nobody lands at each point, (n,).

        Parameters
        ----------
        points : float64 array (n, 2)
            In metres.
        """
        closed = np.zeros(len(points), dtype=np.bool_)
        for row in self.closed:
            closed |= self._within(row, points)
        return closed

    def _within(self, row: int, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points lie in an area; none in one that has no shape."""
        area = self.areas.geometry.iloc[row]
        shapely.prepare(area)
        return np.asarray(shapely.intersects_xy(area, points[:, 0], points[:, 1]))


@dataclass(frozen=True, kw_only=True, eq=False)
class NoFly:
    """No-fly areas as what is not entered, and the corners that a way round them turns at.

    Parameters
    ----------
    cores : object array of prepared polygons
        The areas taken together, each less a rim of `CLEAR_M`.
    corners : Spots
        Where the areas' border turns outward; no shortest way turns anywhere else.
    arms : float64 array (corners, 2, 2)
        Directions from each corner along the border, of length 1: back and on.
    sight : bool array (corners, corners)
        Whether a shortest way may lead straight from one corner to the other.
    """

    cores: NDArray[np.object_]
    corners: Spots
    arms: NDArray[np.float64]
    sight: NDArray[np.bool_]


NO_AREAS = NoFly(
    cores=np.empty(0, dtype=object),
    corners=Spots(np.empty((0, 2)), np.empty((0, 2))),
    arms=np.empty((0, 2, 2)),
    sight=np.empty((0, 0), dtype=np.bool_),
)
"""Airspace in which all flights are straight."""


def no_fly_of(theatre: Theatre, areas: gpd.GeoSeries) -> NoFly:
    """Areas that nobody flies into, ready to be flown round.

    Areas that overlap or share a border are one: there is no way between them.

    Parameters
    ----------
    theatre : Theatre
    areas : GeoSeries
        In metres. A line counts as an area of `LINE_M` on either side.
    """
    shapes = np.asarray(areas.to_numpy(), dtype=object)
    lines = shapely.get_dimensions(shapes) == 1
    shapes[lines] = shapely.buffer(shapes[lines], LINE_M, cap_style="square", join_style="bevel")
    union = shapely.union_all(shapes)
    cores = shapely.get_parts(shapely.buffer(union, -CLEAR_M, join_style="mitre"))
    cores = cores[~shapely.is_empty(cores)]
    shapely.prepare(cores)
    at_m, arms = _corners(union)
    passes = _passes(at_m, arms, at_m)
    sight = _sees(passes & passes.T & ~np.eye(len(at_m), dtype=np.bool_), cores, at_m, at_m)
    return NoFly(cores=cores, corners=spots(theatre, at_m), arms=arms, sight=sight)


def _sees(
    candidate: NDArray[np.bool_],
    cores: NDArray[np.object_],
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which candidates (starts, ends) the cores do not hide from the start."""
    seen = candidate.copy()
    for start, row in zip(starts, seen, strict=True):
        end = np.flatnonzero(row)
        row[end] = ~enters(cores, start, ends[end])
    return seen


def _corners(union: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Vertices at which the border turns outward, and the directions along it from there."""
    corners, arms = [np.empty((0, 2))], [np.empty((0, 2, 2))]
    # In normal form a shell runs clockwise and a hole the other way: the area is always on the right.
    for ring in shapely.get_rings(shapely.get_parts(shapely.normalize(union))):
        at = shapely.get_coordinates(ring)[:-1]
        back, on = np.roll(at, 1, axis=0) - at, np.roll(at, -1, axis=0) - at
        outward = back[:, 0] * on[:, 1] - back[:, 1] * on[:, 0] > 0
        both = np.stack([back, on], axis=1)[outward]
        corners.append(at[outward])
        arms.append(both / np.hypot(both[..., :1], both[..., 1:]))
    return np.concatenate(corners), np.concatenate(arms)


def _passes(
    corners: NDArray[np.float64], arms: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether the line from a corner to a point leaves the border there on one side of it.

    Where it does not, a way over the corner and on to the point could be cut short.

    Returns
    -------
    bool array (corners, points)
    """
    away = points[None, :, :] - corners[:, None, :]
    back, on = (
        arms[:, n, None, 0] * away[..., 1] - arms[:, n, None, 1] * away[..., 0] for n in (0, 1)
    )
    return (np.minimum(back, on) >= -CLEAR_M) | (np.maximum(back, on) <= CLEAR_M)


def enters(
    cores: NDArray[np.object_], start: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether the straight line from a start to each end meets one of the cores.

    Parameters
    ----------
    cores : object array of prepared polygons
    start, ends : float64 array (2,), (n, 2)
        In metres; nan for unknown positions, whose lines meet nothing.

    Returns
    -------
    bool array (n,)

    Examples
    --------
    >>> wall = np.array([shapely.box(4, -1, 5, 1)])
    >>> enters(wall, np.array([0.0, 0.0]), np.array([[9.0, 0.0], [0.0, 9.0]])).tolist()
    [True, False]
    """
    found = np.zeros(len(ends), dtype=np.bool_)
    for core in cores:
        near = np.flatnonzero(_meets_box(core.bounds, start, ends) & ~found)
        found[near] = _hidden(core, start, ends[near])
    return found


def _hidden(
    core: BaseGeometry, start: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.bool_]:
    if len(ends) > _MANY:
        shadow = _shadow(core, start, 2 * float(np.hypot(*(ends - start).T).max()))
        if shadow is not None:
            shapely.prepare(shadow)
            return np.asarray(shapely.intersects_xy(shadow, *ends.T))
    pairs = np.stack([np.broadcast_to(start, ends.shape), ends], axis=1)
    return np.asarray(shapely.intersects(core, shapely.linestrings(pairs)))


def _shadow(core: BaseGeometry, start: NDArray[np.float64], far_m: float) -> BaseGeometry | None:
    """All points that the core hides from a start, as far as 0.7 of ``far_m``; None where GEOS fails.

    Finding points in one polygon is ten times as fast as testing a line to each. Each side of the core
    that faces the start hides what lies behind it, and its shadow ends in a corner, so that even a wide
    one goes far enough. Shadows overlap by 1e-9 radian: without it their union can leave a slit.
    """
    if shapely.intersects_xy(core, *start):
        return shapely.Point(start).buffer(far_m)
    sides = []
    for ring in shapely.get_rings(shapely.normalize(core)):
        to_m = shapely.get_coordinates(ring) - start
        first, last = to_m[:-1], to_m[1:]
        facing = first[:, 0] * last[:, 1] - first[:, 1] * last[:, 0] > 0
        first, last = _turned(first[facing], -_OVERLAP), _turned(last[facing], _OVERLAP)
        rays = [side / np.hypot(*side.T)[:, None] for side in (first, last)]
        middle = rays[0] + rays[1]
        middle /= np.hypot(*middle.T)[:, None]
        far = [ray * far_m for ray in (rays[0], middle, rays[1])]
        sides.append(np.stack([first, *far, last], axis=1) + start)
    try:
        return shapely.union_all(shapely.polygons(np.concatenate(sides)))
    except shapely.errors.GEOSException:  # sides that lie almost on each other
        return None


def _turned(ways: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Vectors turned to the left by a very small angle."""
    return ways + angle * np.column_stack([-ways[:, 1], ways[:, 0]])


def _meets_box(
    bounds: tuple[float, float, float, float],
    start: NDArray[np.float64],
    ends: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Whether each line from a start meets a box: no axis, and not the line itself, has the box on one side."""
    left, low, right, high = bounds
    (x, y), (x_on, y_on) = start, ends.T
    overlap = (np.minimum(x, x_on) <= right) & (np.maximum(x, x_on) >= left)
    overlap &= (np.minimum(y, y_on) <= high) & (np.maximum(y, y_on) >= low)
    dx, dy = x_on - x, y_on - y
    off = np.abs(dx * ((low + high) / 2 - y) - dy * ((left + right) / 2 - x))
    # Some slack, in square metres: a line along the side of a box is on it, whatever the rounding.
    reach = (np.abs(dx) * (high - low) + np.abs(dy) * (right - left)) / 2
    return np.asarray(overlap & (off <= reach + 1.0))


def flight_m(no_fly: NoFly, starts: Spots, ends: Spots, measure: Measure) -> NDArray[np.float64]:
    """Length in metres of the shortest flight from each start to each end that enters no no-fly area.

    The shortest way round polygons turns at their corners only (Lozano-Perez and Wesley 1979,
    Communications of the ACM 22, 560-570). From corner to corner Dijkstra finds it, once; a start and an
    end are joined to the corners that they see. Whether a leg is clear is decided in the theatre's
    projection; its length is measured on the ellipsoid.

    Parameters
    ----------
    no_fly : NoFly
    starts, ends : Spots
    measure : Measure

    Returns
    -------
    float64 array (starts, ends)
        inf where there is no way or a position is unknown. A start or an end inside an area has none.

    Examples
    --------
    >>> from geo_poc.routing.geodesic import exact_m
    >>> at = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> flight_m(NO_AREAS, Spots(at, at), Spots(at, at), exact_m).round().tolist()
    [[0.0, 111319.0], [111319.0, 0.0]]
    """
    length_m = measure(starts, ends)
    length_m[np.isnan(length_m)] = np.inf
    if not no_fly.cores.size:
        return length_m
    barred = np.stack(
        [enters(no_fly.cores, start, ends.at_m) for start in starts.at_m]
        or [np.empty(0, dtype=np.bool_)]
    )
    to_corner_m = _to_corners_m(no_fly, starts, measure)
    for end in _blocks(np.flatnonzero(barred.any(axis=0)), len(no_fly.arms)):
        ways_m = _round_m(no_fly, to_corner_m, barred[:, end], ends.only(end), measure)
        length_m[:, end] = np.where(barred[:, end], ways_m, length_m[:, end])
    return length_m


def _blocks(rows: NDArray[np.int64], corners: int) -> Iterator[NDArray[np.int64]]:
    """The rows in parts small enough for a table of corners by rows."""
    size = max(1, _AT_ONCE // max(1, corners))
    for first in range(0, rows.size, size):
        yield rows[first : first + size]


def _to_corners_m(no_fly: NoFly, starts: Spots, measure: Measure) -> NDArray[np.float64]:
    """Shortest flight from each start to each corner, shape (starts, corners)."""
    corners = no_fly.corners
    along_m = measure(corners, corners)
    first, second = np.nonzero(no_fly.sight)
    graph = csr_array((along_m[first, second], (first, second)), shape=along_m.shape)
    through_m = dijkstra(graph) if len(along_m) else along_m
    straight_m = measure(starts, corners)
    passes = _passes(corners.at_m, no_fly.arms, starts.at_m).T & np.isfinite(straight_m)
    seen = _sees(passes, no_fly.cores, starts.at_m, corners.at_m)
    straight_m = np.where(seen, straight_m, np.inf)
    shortest = [(way_m[:, None] + through_m).min(axis=0, initial=np.inf) for way_m in straight_m]
    return np.reshape(shortest, straight_m.shape)


def _round_m(
    no_fly: NoFly,
    to_corner_m: NDArray[np.float64],
    barred: NDArray[np.bool_],
    ends: Spots,
    measure: Measure,
) -> NDArray[np.float64]:
    """Shortest flight round the areas for each pair that is barred; inf for the others."""
    corner, last_m = _last_hops(no_fly, ends, measure)
    shortest_m = np.full(barred.shape, np.inf)
    for row in np.flatnonzero(barred.any(axis=1)):
        end = np.flatnonzero(barred[row])
        shortest_m[row, end] = (to_corner_m[row][corner[end]] + last_m[end]).min(axis=1)
    return shortest_m


def _last_hops(
    no_fly: NoFly, ends: Spots, measure: Measure
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Corners that see each end and from which a shortest way may come, and the length from there.

    Returns
    -------
    int64 array (ends, hops), float64 array (ends, hops)
        Padded with the length inf.
    """
    corners = no_fly.corners
    passes = _passes(corners.at_m, no_fly.arms, ends.at_m)
    seen = _sees(passes, no_fly.cores, corners.at_m, ends.at_m)
    end, corner = np.nonzero(seen.T)
    count = np.bincount(end, minlength=len(ends.at_m))
    place = np.arange(end.size) - np.repeat(np.cumsum(count) - count, count)
    shape = len(ends.at_m), max(1, int(count.max(initial=0)))
    corners_of, last_m = np.zeros(shape, dtype=np.int64), np.full(shape, np.inf)
    if end.size:
        corners_of[end, place] = corner
        last_m[end, place] = measure(corners, ends)[corner, end]
    return corners_of, last_m
