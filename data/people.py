"""Where people live: settlements, districts and the population raster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import Floats, Land, fractal
from geo_poc.errors import Fault, GridError

LARGEST_TOWN = 200_000
RURAL_PER_TOWNSMAN = 1.2


@dataclass(frozen=True, kw_only=True, eq=False)
class Settlements:
    """Settlements, the largest first; ``xy_m`` has shape (n, 2), ``people`` shape (n,)."""

    names: tuple[str, ...]
    xy_m: Floats
    people: NDArray[np.int64]

    @property
    def ids(self) -> tuple[str, ...]:
        """P001, P002 and so on."""
        return tuple(f"P{i + 1:03d}" for i in range(len(self.names)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """``city`` from 50,000 residents, ``town`` from 10,000, else ``village``."""
        return tuple(
            "city" if n >= 50_000 else "town" if n >= 10_000 else "village" for n in self.people
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Districts:
    """Districts that share out the country, and the province that each belongs to."""

    names: tuple[str, ...]
    provinces: tuple[str, ...]
    polygons: tuple[BaseGeometry, ...]

    def of(self, xy_m: Floats) -> NDArray[np.int64]:
        """Number of the district that each point lies in (or is nearest to), shape (n,)."""
        tree = shapely.STRtree(list(self.polygons))
        return np.asarray(tree.nearest(shapely.points(xy_m)), dtype=np.int64)


def zipf_people(count: int, largest: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Residents by rank: the largest divided by the rank, with 3 % scatter, falling.

    Zipf's rank-size rule with exponent 1 (Zipf 1949).

    Examples
    --------
    >>> people = zipf_people(100, 200_000, np.random.default_rng(1))
    >>> bool((np.diff(people) <= 0).all()), 1_800 < int(people[-1]) < 2_200
    (True, True)
    """
    scatter = np.exp(rng.normal(0, 0.03, count))
    people = np.round(largest / np.arange(1, count + 1) * scatter).astype(np.int64)
    return np.sort(np.maximum(people, 50))[::-1]


def place_settlements(land: Land, recipe: Recipe, names: list[str]) -> Settlements:
    """Settlements on good land, apart from each other and off the river, lake and swamp."""
    rng = recipe.rng("settlements")
    grid = land.theatre.grid
    x, y = grid.centres()
    good = 0.25 + np.exp(-((land.river_m / (0.16 * land.frame.half_m)) ** 2))
    taste = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.5 * land.frame.half_m)
    good = good * np.exp(0.5 * taste - np.maximum(land.elevation_m - 900, 0) / 400)
    room = land.theatre.area.buffer(-0.03 * land.frame.half_m).difference(
        shapely.union_all([land.lake.buffer(2000), land.swamp.buffer(500), land.river.buffer(2000)])
    )
    good = np.where(land.mask(room), good, 0.0)
    spots = spread_points(
        np.column_stack([x.ravel(), y.ravel()]), good.ravel(), recipe.settlements, rng
    )
    first = spots[: max(2, recipe.settlements // 6)]
    capital = int(
        np.argmin(np.hypot(*first.T) + 0.5 * shapely.distance(shapely.points(first), land.river))
    )
    order = np.r_[capital, np.delete(np.arange(len(spots)), capital)]
    return Settlements(
        names=tuple(names),
        xy_m=spots[order],
        people=zipf_people(recipe.settlements, LARGEST_TOWN, rng),
    )


def spread_points(xy: Floats, weight: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Points drawn by weight that keep their distance, shape (count, 2).

    Weighted order by Gumbel keys (equal to drawing without replacement), then greedily thinned.

    Raises
    ------
    GridError
        If fewer points have a weight above 0.

    Examples
    --------
    >>> line = np.column_stack([np.arange(100.0), np.arange(100.0)])
    >>> spread_points(line, np.ones(100), 4, np.random.default_rng(1)).shape
    (4, 2)
    """
    usable = np.flatnonzero(weight > 0)
    if usable.size < count:
        raise GridError(
            Fault(
                where="recipe",
                found=f"room for {usable.size} of {count} points",
                rule="every settlement and junction needs a cell of its own on dry land",
                repair="ask for fewer settlements, a larger country or smaller cells",
            )
        )
    keys = np.log(weight[usable]) + rng.gumbel(size=usable.size)
    order = xy[usable[np.argsort(-keys, kind="stable")[: 200 * count]]]
    cell_m = float(np.sqrt(np.ptp(xy[:, 0]) * np.ptp(xy[:, 1]) / len(xy)))
    apart = 0.5 * cell_m * np.sqrt(usable.size / count)
    while True:
        kept = _thinned(order, apart, count)
        if len(kept) == count or apart < 1:
            return order[kept]
        apart *= 0.85


def _thinned(order: Floats, apart: float, count: int) -> list[int]:
    tree, blocked = cKDTree(order), np.zeros(len(order), dtype=bool)
    kept: list[int] = []
    for i in range(len(order)):
        if not blocked[i]:
            kept.append(i)
            blocked[tree.query_ball_point(order[i], apart)] = True
            if len(kept) == count:
                break
    return kept


def make_districts(
    land: Land, towns: Settlements, provinces: list[str], names: list[str]
) -> Districts:
    """Voronoi districts about the larger towns, clipped by the border, in three provinces.

    Parameters
    ----------
    land : Land
    towns : Settlements
    provinces, names : list of str
        Three provinces, and as many districts as wanted.
    """
    seats = [0]
    pool = towns.xy_m[: 3 * len(names)]
    while len(seats) < len(names):
        gap = np.min(np.hypot(*(pool[:, None] - pool[seats][None]).transpose(2, 0, 1)), axis=1)
        seats.append(int(np.argmax(gap)))
    area, half = land.theatre.area, land.frame.half_m
    cells = shapely.get_parts(
        shapely.voronoi_polygons(MultiPoint(pool[seats]), extend_to=area, ordered=True)
    )
    middle = np.asarray(area.centroid.coords[0])
    angle = np.arctan2(*(pool[seats] - middle).T)
    third = np.argsort(np.argsort(angle, kind="stable")) * 3 // len(names)
    return Districts(
        names=tuple(names),
        provinces=tuple(provinces[int(i)] for i in third),
        polygons=tuple(_bent(cell, half).intersection(area) for cell in cells),
    )


def _bent(cell: BaseGeometry, half_m: float) -> BaseGeometry:
    """Polygon with winding sides; what two polygons share bends alike."""
    fine = shapely.segmentize(cell, half_m / 30)
    return shapely.transform(fine, lambda xy: xy + 0.02 * half_m * _swirl(xy / half_m))


def _swirl(place: Floats) -> Floats:
    x, y = place.T
    return np.column_stack(
        [np.sin(9 * y + 2 * x) + 0.5 * np.sin(23 * y), np.sin(8 * x - 3 * y) + 0.5 * np.sin(21 * x)]
    )


def population(
    land: Land, towns: Settlements, cover: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.int32]:
    """Residents in each cell, shape (rows, cols); -1 outside the country.

    Every settlement is spread about its centre, rural people by land cover and nearness to a
    settlement; whole persons, none lost: the sum is ``settlements + rural_people(towns)``.
    """
    grid, dry = land.theatre.grid, land.dry
    x, y = grid.centres()
    total = _rural(land, towns, cover, rng)
    rows, cols = grid.cell_of(*towns.xy_m.T)
    sds = np.maximum(450.0 * (towns.people / 5000) ** 0.4, 0.4 * grid.cell_size_m)
    for row, col, centre, people, sd_m in zip(
        rows, cols, towns.xy_m, towns.people, sds, strict=True
    ):
        reach = int(np.ceil(4 * sd_m / grid.cell_size_m))
        near = (
            slice(max(0, row - reach), row + reach + 1),
            slice(max(0, col - reach), col + reach + 1),
        )
        square_m2 = (x[near] - centre[0]) ** 2 + (y[near] - centre[1]) ** 2
        total[near] += _whole(np.exp(-square_m2 / (2 * sd_m**2)) * dry[near], int(people))
    return np.where(land.theatre.inside, total, -1).astype(np.int32)


def rural_people(towns: Settlements) -> int:
    """People who live outside every settlement."""
    return round(RURAL_PER_TOWNSMAN * int(towns.people.sum()))


def _rural(
    land: Land, towns: Settlements, cover: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.int64]:
    grid = land.theatre.grid
    x, y = grid.centres()
    liking = np.zeros(256)
    liking[[10, 20, 30, 40, 50, 60, 90]] = (0.5, 0.5, 1.0, 4.0, 4.0, 0.05, 0.2)
    distance, _ = cKDTree(towns.xy_m).query(np.column_stack([x.ravel(), y.ravel()]))
    noise = fractal(grid.shape, grid.cell_size_m, rng, longest_m=40_000.0, slope=2.2)
    weight = (
        liking[cover]
        * np.exp(0.6 * noise)
        * (0.15 + np.exp(-distance.reshape(grid.shape) / 14_000))
    )
    return _whole(np.where(land.dry, weight, 0.0), rural_people(towns))


def _whole(weight: Floats, total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainders)."""
    # Rounded, so that shares that are equal but for the last bit rank alike on every processor.
    share = np.round(weight / weight.sum() * total, 6)
    whole = np.floor(share).astype(np.int64)
    missing = total - int(whole.sum())
    most = np.argsort(-np.round(share - whole, 6).ravel(), kind="stable")[:missing]
    whole.ravel()[most] += 1
    return np.asarray(whole)
