"""Where people live: settlements, districts and the population raster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import MultiPoint

from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import Floats, Land, fractal

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
    polygons: tuple[shapely.Polygon | shapely.MultiPolygon, ...]

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
    >>> bool((np.diff(people) <= 0).all()), 1_800 < people[-1] < 2_200
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
    river_m = land.river_distance_m(x, y)
    good = 0.25 + np.exp(-((river_m / (0.16 * land.frame.half_m)) ** 2))
    taste = fractal(grid.shape, grid.cell_size_m, rng, longest_m=0.5 * land.frame.half_m)
    good = good * np.exp(0.5 * taste - np.maximum(land.elevation_m - 900, 0) / 400)
    room = land.theatre.area.buffer(-0.03 * land.frame.half_m).difference(
        shapely.union_all([land.lake.buffer(2000), land.swamp.buffer(500), land.river.buffer(2000)])
    )
    good = np.where(land.mask(room), good, 0.0)
    spots = _spread(np.column_stack([x.ravel(), y.ravel()]), good.ravel(), recipe.settlements, rng)
    first = spots[: max(2, recipe.settlements // 6)]
    capital = int(np.argmin(np.hypot(*first.T) + 0.5 * land.river_distance_m(*first.T)))
    order = np.r_[capital, np.delete(np.arange(len(spots)), capital)]
    return Settlements(
        names=tuple(names),
        xy_m=spots[order],
        people=zipf_people(recipe.settlements, LARGEST_TOWN, rng),
    )


def _spread(xy: Floats, weight: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Points drawn by weight that keep their distance, shape (count, 2).

    Weighted order by Gumbel keys (equal to drawing without replacement), then greedily thinned.
    """
    usable = np.flatnonzero(weight > 0)
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
    area = land.theatre.area
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(pool[seats]), extend_to=area, ordered=True))
    middle = np.asarray(area.centroid.coords[0])
    angle = np.arctan2(*(pool[seats] - middle).T)
    third = np.argsort(np.argsort(angle, kind="stable")) * 3 // len(names)
    return Districts(
        names=tuple(names),
        provinces=tuple(provinces[int(i)] for i in third),
        polygons=tuple(cell.intersection(area) for cell in cells),
    )


def population(land: Land, towns: Settlements, cover: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.int32]:
    """Residents in each cell, shape (rows, cols); -1 outside the country.

    Every settlement is spread about its centre, rural people by land cover and nearness to a
    settlement; whole persons, none lost: the sum is ``settlements + rural_people(towns)``.
    """
    dry = land.dry
    total = _rural(land, towns, cover, rng)
    for centre, people in zip(towns.xy_m, towns.people, strict=True):
        _add_town(total, land, dry, centre, int(people))
    return np.where(land.theatre.inside | (total > 0), total, -1).astype(np.int32)


def rural_people(towns: Settlements) -> int:
    """People who live outside every settlement."""
    return round(RURAL_PER_TOWNSMAN * int(towns.people.sum()))


def _rural(land: Land, towns: Settlements, cover: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.int64]:
    grid = land.theatre.grid
    x, y = grid.centres()
    liking = np.zeros(256)
    liking[[10, 20, 30, 40, 50, 60, 90]] = (0.5, 0.5, 1.0, 4.0, 4.0, 0.05, 0.2)
    distance, _ = cKDTree(towns.xy_m).query(np.column_stack([x.ravel(), y.ravel()]))
    noise = fractal(grid.shape, grid.cell_size_m, rng, longest_m=40_000.0, slope=2.2)
    weight = liking[cover] * np.exp(0.6 * noise) * (0.15 + np.exp(-distance.reshape(grid.shape) / 14_000))
    return _whole(np.where(land.dry, weight, 0.0), rural_people(towns))


def _add_town(total: NDArray[np.int64], land: Land, dry: NDArray[np.bool_], centre: Floats, people: int) -> None:
    grid = land.theatre.grid
    sd_m = 450.0 * (people / 5000) ** 0.4
    reach = int(np.ceil(4 * sd_m / grid.cell_size_m)) + 1
    rows, cols = grid.cell_of(centre[:1], centre[1:])
    row, col = int(rows[0]), int(cols[0])
    window = (slice(max(0, row - reach), row + reach + 1), slice(max(0, col - reach), col + reach + 1))
    x, y = (part[window] for part in grid.centres())
    weight = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * sd_m**2)) * dry[window]
    if not weight.sum() > 1e-9:
        weight = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= grid.cell_size_m**2 / 2).astype(float)
    total[window] += _whole(weight, people)


def _whole(weight: Floats, total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainders)."""
    share = weight / weight.sum() * total
    whole = np.floor(share).astype(np.int64)
    missing = total - int(whole.sum())
    most = np.argsort(-(share - whole).ravel(), kind="stable")[:missing]
    whole.ravel()[most] += 1
    return whole
