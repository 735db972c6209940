"""How far a group can have got: by hand, against a slow graph built step by step, and properties."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Ferries
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, known_movers
from geo_poc.routing.field import Tables
from geo_poc.routing.group import (
    STRAIGHT,
    Gait,
    Group,
    GroupReach,
    group_reach,
)
from geo_poc.routing.group_ground import group_ground, stopping
from geo_poc.routing.ranges import at_end
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 1000.0
WALK_KMH = {
    "bare": 3.0, "crops": 2.5, "grass": 4.86, "shrub": 3.0, "tree": 4.0, "urban": 5.0,
    "wetland": 0.5, "seasonal_water": 0.5, "permanent_water": 0.0,
}  # fmt: skip
SHRUB_MS, ROAD_MS = 3.0 / 3.6, 4.0 / 3.6
LONGEST = 1 / np.cos(np.arctan(0.5) / 2)  # of the 16 directions, half way between two of them
Xy = tuple[float, float]


def square(cells: int = 21) -> Theatre:
    side = cells * CELL_M
    grid = Grid(rows=cells, cols=cells, cell_size_m=CELL_M, left_m=0.0, top_m=side, crs=CRS)
    return Theatre(
        name="Square",
        as_of=dt.date(2026, 6, 1),
        area=shapely.box(0, 0, side, side),
        grid=grid,
        marking="UNCLASSIFIED",
        fictional=True,
    )


def points(*xy: Xy | None) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    geometry = [None if at is None else shapely.Point(at) for at in xy]
    table = {"id": names, "name": names, "contingent": ""}
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=CRS))


def roads_of(*lines: list[Xy], road_class: str = "primary") -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "id": [f"r{n}" for n in range(len(lines))],
            "name": "",
            "road_class": road_class,
            "surface": "",
            "speed_kmh": np.nan,
            "length_m": np.nan,
            "oneway": False,
            "bridge": False,
            "wet_state": "",
        },
        index=range(len(lines)),
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.LineString(at) for at in lines], crs=CRS)


def areas_of(*areas: tuple[str, shapely.Geometry, str]) -> gpd.GeoDataFrame:
    """Kind, shape and rule of each; water is a barrier."""
    never = pd.Series(pd.NaT, index=range(len(areas)), dtype="datetime64[s]")
    table = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(areas))],
            "name": "area",
            "kind": [kind for kind, *_ in areas],
            "barrier": [kind == "water" for kind, *_ in areas],
            "from_date": never,
            "to_date": never,
            "contingents": "",
            "rule": [rule for *_, rule in areas],
            "delay_s": [
                3600.0 if rule in {"needs_approval", "clearance"} else np.nan for *_, rule in areas
            ],
            "source": "test",
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shape for _, shape, _ in areas], crs=CRS)


def foot(**figures: float) -> Foot:
    own = {
        name: Figure(value=value, low=value, high=value, source="test", grade="M")
        for name, value in figures.items()
    }
    walker = known_movers()["foot_patrol"]
    assert isinstance(walker, Foot)
    return replace(walker, **own)  # type: ignore[arg-type]


def group_of(
    mover: Foot | Vehicle | None = None,
    *,
    radius_m: float = 0.0,
    light: str = "day",
    ratios: tuple[float, float] = (1.0, 1.0),
    shut: frozenset[int] = frozenset(),
    ferries: Ferries | None = None,
) -> Group:
    mover = mover or foot()
    return Group(
        radius_m=radius_m,
        fastest=Gait(
            mover=at_end(mover, quick=True), light="day", speed_ratio=ratios[0], worst=True
        ),
        usual=Gait(mover=mover, light=light),  # type: ignore[arg-type]
        slowest=Gait(mover=at_end(mover, quick=False), light=light, speed_ratio=ratios[1]),  # type: ignore[arg-type]
        shut=shut,
        ferries=ferries,
    )


def reach(
    seen: Xy,
    places: gpd.GeoDataFrame,
    group: Group | None = None,
    *,
    theatre: Theatre | None = None,
    roads: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    land_cover: LandCover | None = None,
    season: str = "dry",
) -> GroupReach:
    tables = Tables(
        bases=points(seen),
        places=places,
        roads=roads_of() if roads is None else roads,
        areas=areas_of() if areas is None else areas,
        land_cover=land_cover,
    )
    theatre = theatre or square()
    ground, flooded = group_ground(theatre, tables)
    return group_reach(
        ground,
        0,
        group or group_of(),
        season,  # type: ignore[arg-type]
        theatre=theatre,
        tables=tables,
        flooded=flooded,
    )


# by hand


def test_on_a_plain_contact_is_the_distance_over_the_speed() -> None:
    # 10 km at 3 km/h along the row of cells: 12,000 s. The earliest may be a straight line elsewhere.
    found = reach((3_500.0, 3_500.0), points((13_500.0, 3_500.0)))
    assert found.likely_s[0] == found.latest_s[0] == pytest.approx(12_000.0)
    assert found.earliest_s[0] == pytest.approx(12_000.0 * STRAIGHT)


@pytest.mark.parametrize("seen", [(10_123.0, 9_876.0), (10_499.0, 10_001.0), (8_250.0, 9_750.0)])
def test_the_earliest_contact_is_a_third_of_a_cell_later_than_a_straight_line_at_most(
    seen: Xy,
) -> None:
    # The first and the last leg lead to centres of cells, which bends the way a little.
    every = [(150.0 + 377.0 * i, 130.0 + 391.0 * j) for i in range(55) for j in range(53)]
    found = reach(seen, points(*every))
    straight_s = np.hypot(*(np.array(every) - seen).T) / SHRUB_MS
    assert (found.earliest_s <= straight_s + CELL_M / 3 / SHRUB_MS).all()
    assert (found.earliest_s >= straight_s * STRAIGHT - 0.1).all()
    assert (found.likely_s >= straight_s - 0.1).all()
    assert pytest.approx(LONGEST) == 1 / STRAIGHT


def test_along_a_road_people_on_foot_take_the_pace_of_roads() -> None:
    road = roads_of([(1_500.0, 5_500.0), (15_500.0, 5_500.0)])
    found = reach((2_500.0, 5_500.0), points((14_500.0, 5_500.0)), roads=road)
    assert found.likely_s[0] == pytest.approx(12_000.0 / ROAD_MS)


def test_a_circle_takes_its_radius_off_the_earliest_and_adds_it_to_the_latest() -> None:
    # Along the row of cells: centres at 3.5 km are in a circle of 2 km round 1.5 km on both sides.
    group = group_of(radius_m=2_000.0)
    found = reach((5_500.0, 5_500.0), points((15_500.0, 5_500.0)), group)
    assert found.earliest_s[0] == pytest.approx(8_000.0 / SHRUB_MS * STRAIGHT)
    assert found.likely_s[0] == pytest.approx(10_000.0 / SHRUB_MS)
    assert found.latest_s[0] == pytest.approx(12_000.0 / SHRUB_MS)


def test_a_circle_smaller_than_a_cell_counts_too() -> None:
    group = group_of(radius_m=300.0)
    found = reach((5_500.0, 5_500.0), points((6_300.0, 5_500.0)), group)
    # The way is one leg of 800 m.
    assert found.earliest_s[0] == pytest.approx(500.0 / SHRUB_MS * STRAIGHT)
    assert found.latest_s[0] == pytest.approx(1_100.0 / SHRUB_MS)


@pytest.mark.parametrize("radius_m", [0.0, 3_000.0])
def test_where_the_group_was_seen_contact_is_at_once(radius_m: float) -> None:
    places = points((5_432.0, 5_678.0), (5_432.0 + radius_m, 5_678.0))
    found = reach((5_432.0, 5_678.0), places, group_of(radius_m=radius_m))
    assert found.earliest_s.tolist() == [0.0, 0.0]


def test_speeds_and_light_make_the_range() -> None:
    # 10 km at 3 km/h: 12,000 s; by night 1.25 times, at the slow end 2 times that of the day.
    group = group_of(light="night", ratios=(2.0, 0.5))
    found = reach((3_500.0, 3_500.0), points((13_500.0, 3_500.0)), group)
    assert found.earliest_s[0] == pytest.approx(6_000.0 * STRAIGHT)
    assert found.likely_s[0] == pytest.approx(15_000.0)
    assert found.latest_s[0] == pytest.approx(48_000.0)


def test_a_vehicle_has_the_range_of_its_road_speeds() -> None:
    # 14 km of unclassified road: 25 km/h, 40 at the quick end.
    road = roads_of([(1_500.0, 5_500.0), (15_500.0, 5_500.0)], road_class="unclassified")
    truck = known_movers()["wheeled_patrol"]
    assert isinstance(truck, Vehicle)
    found = reach((1_500.0, 5_500.0), points((15_500.0, 5_500.0)), group_of(truck), roads=road)
    assert found.earliest_s[0] == pytest.approx(14 / 40 * 3600 * STRAIGHT)
    assert found.likely_s[0] == found.latest_s[0] == pytest.approx(14 / 25 * 3600)


def test_a_factor_that_nobody_gives_leaves_the_earliest_known_and_the_others_not() -> None:
    wall = areas_of(("water", shapely.LineString([(18_000, 0), (18_000, 21_000)]), ""))
    places = points((13_500.0, 3_500.0), (19_500.0, 3_500.0))
    found = reach((3_500.0, 3_500.0), places, areas=wall, season="wet")
    assert found.earliest_s[0] == pytest.approx(12_000.0 * STRAIGHT)
    assert np.isnan([found.likely_s[0], found.latest_s[0]]).all()
    # Who has no way has none, however slow it is.
    assert np.isinf([found.earliest_s[1], found.likely_s[1], found.latest_s[1]]).all()
    known = reach(
        (3_500.0, 3_500.0), places, group_of(foot(wet_time_factor=1.5)), areas=wall, season="wet"
    )
    assert known.likely_s[0] == pytest.approx(18_000.0)


def test_halts_lengthen_the_way_and_a_road_closed_by_the_rains_is_closed_to_a_group() -> None:
    found = reach(
        (3_500.0, 3_500.0), points((13_500.0, 3_500.0)), group_of(foot(halt_min_per_h=10.0))
    )
    assert found.likely_s[0] == pytest.approx(12_000.0 * 1.2)
    road = roads_of([(1_500.0, 5_500.0), (15_500.0, 5_500.0)]).assign(wet_state="closed")
    river = areas_of(("water", shapely.LineString([(10_000, 0), (10_000, 21_000)]), ""))
    group = group_of(foot(wet_time_factor=1.0))
    ends = (2_500.0, 5_500.0), points((14_500.0, 5_500.0))
    for season, reached in (("dry", True), ("wet", False)):
        found = reach(*ends, group, roads=road, areas=river, season=season)
        assert np.isfinite(found.likely_s[0]) == reached


def test_water_is_crossed_by_a_bridge_only_and_a_broken_one_stops_the_group() -> None:
    river = ("water", shapely.LineString([(10_000, 0), (10_000, 21_000)]), "")
    bridge = roads_of([(2_500.0, 5_500.0), (14_500.0, 5_500.0)])
    broken = ("closure", shapely.box(9_500, 5_000, 10_500, 6_000), "no_go")
    ends = (2_500.0, 5_500.0), points((14_500.0, 5_500.0))
    assert np.isinf(reach(*ends, areas=areas_of(river)).earliest_s[0])
    assert np.isfinite(reach(*ends, roads=bridge, areas=areas_of(river)).earliest_s[0])
    areas = areas_of(river, broken)
    held = restrictions_on(areas, square().as_of)
    shut = group_of(shut=stopping(areas, held, mined=False))
    assert np.isinf(reach(*ends, shut, roads=bridge, areas=areas).earliest_s[0])
    passing = group_of(shut=stopping(areas, held, mined=False, passes=["a1"]))
    assert np.isfinite(reach(*ends, passing, roads=bridge, areas=areas).earliest_s[0])


@pytest.mark.parametrize(
    ("kind", "rule", "mined", "stops"),
    [
        ("closure", "no_go", False, True),
        ("closure", "", False, True),
        ("closure", "needs_approval", False, False),
        ("closure", "no_night", False, False),
        ("host_state", "no_go", True, False),
        ("caveat", "no_go", True, False),
        ("mined", "no_go", False, False),
        ("mined", "no_go", True, True),
        ("mined", "clearance", True, True),
    ],
)
def test_what_binds_the_mission_only_does_not_stop_a_group(
    kind: str, rule: str, mined: bool, stops: bool
) -> None:
    areas = areas_of((kind, shapely.box(6_000, -1, 8_000, 22_000), rule))
    held = restrictions_on(areas, square().as_of)
    shut = stopping(areas, held, mined=mined)
    assert shut == (frozenset({0}) if stops else frozenset())
    road = roads_of([(2_500.0, 5_500.0), (14_500.0, 5_500.0)])
    found = reach(
        (2_500.0, 5_500.0),
        points((14_500.0, 5_500.0)),
        group_of(shut=shut),
        roads=road,
        areas=areas,
    )
    assert np.isinf(found.earliest_s[0]) == stops


def test_a_ferry_carries_a_group_only_if_it_is_said_to_use_ferries() -> None:
    river = areas_of(("water", shapely.LineString([(10_000, 0), (10_000, 21_000)]), ""))
    ferry = roads_of([(9_500.0, 5_500.0), (10_500.0, 5_500.0)], road_class="ferry")
    ferries = Ferries(wait=600.0, speed_kmh=6.0, source="test")
    ends = (8_500.0, 5_500.0), points((11_500.0, 5_500.0))
    assert np.isinf(reach(*ends, roads=ferry, areas=river).earliest_s[0])
    found = reach(*ends, group_of(ferries=ferries), roads=ferry, areas=river)
    # 1 km each side at 3 km/h, 10 min of waiting, 1 km at 6 km/h.
    assert found.likely_s[0] == pytest.approx(2_000.0 / SHRUB_MS + 600.0 + 600.0)


LAKE = areas_of(("water", shapely.box(4_200, 4_200, 8_800, 8_800), ""))


def test_in_a_lake_a_group_cannot_start_but_from_the_shore_in_its_circle_it_can() -> None:
    places = points((15_500.0, 6_500.0))
    assert not reach((6_500.0, 6_500.0), places, areas=LAKE).starts
    small = reach((6_500.0, 6_500.0), places, group_of(radius_m=1_500.0), areas=LAKE)
    assert not small.starts
    found = reach((6_500.0, 6_500.0), places, group_of(radius_m=3_100.0), areas=LAKE)
    assert found.starts
    # From the centre at 9.5 km: 6 km.
    assert found.earliest_s[0] == pytest.approx(6_000.0 / SHRUB_MS * STRAIGHT)
    # Nobody walks from the middle of a lake.
    assert np.isnan([found.likely_s[0], found.latest_s[0]]).all()


def test_a_place_in_the_lake_with_the_group_is_met_there() -> None:
    found = reach((6_500.0, 6_500.0), points((6_500.0, 6_500.0)), areas=LAKE)
    assert found.starts
    assert found.earliest_s[0] == 0.0


def test_permanent_water_is_not_walked_and_a_circle_starts_from_its_land_only() -> None:
    theatre = square(9)
    codes = np.full((9, 9), LAND_COVERS.index("shrub"), np.int16)
    codes[:, 3:6] = LAND_COVERS.index("permanent_water")
    cover = LandCover(grid=theatre.grid, codes=codes)
    ends = (1_500.0, 4_500.0), points((8_500.0, 4_500.0))
    assert np.isinf(reach(*ends, theatre=theatre, land_cover=cover).earliest_s[0])
    wide = group_of(radius_m=5_100.0)
    found = reach(*ends, wide, theatre=theatre, land_cover=cover)
    # It may be on the far bank: then 2 km are left, and from the near one there is no way.
    assert found.earliest_s[0] == pytest.approx(2_000.0 / SHRUB_MS * STRAIGHT)
    assert np.isinf([found.likely_s[0], found.latest_s[0]]).all()


def test_a_place_of_unknown_position_is_unknown_and_one_outside_is_not_reached() -> None:
    found = reach((3_500.0, 3_500.0), points(None, (30_500.0, 3_500.0)))
    assert np.isnan(found.earliest_s[0])
    assert np.isinf(found.earliest_s[1])


# against a slow graph


@dataclass(frozen=True, kw_only=True)
class Country:
    theatre: Theatre
    kmh: np.ndarray
    cover: LandCover
    roads: list[list[Xy]]
    river: shapely.LineString
    seen: Xy
    radius_m: float
    places: list[Xy]


def country(seed: int) -> Country:
    rng = np.random.default_rng(seed)
    cells = int(rng.integers(4, 9))
    side, theatre = cells * CELL_M, square(cells)
    codes = rng.integers(0, len(LAND_COVERS), (cells, cells)).astype(np.int16)

    def at() -> Xy:
        x, y = rng.integers(1, int(side) // 37, 2) * 37.0
        return float(x), float(y)

    lines = [[at(), at()] for _ in range(int(rng.integers(0, 5)))]
    return Country(
        theatre=theatre,
        kmh=np.array([WALK_KMH[name] for name in LAND_COVERS])[codes],
        cover=LandCover(grid=theatre.grid, codes=codes),
        roads=[line for line in lines if line[0] != line[1]],
        river=shapely.LineString([at(), (side + 1, side / 3)]),
        seen=at(),
        radius_m=float(rng.choice([0.0, 400.0, 1_700.0, 3_000.0])),
        places=[at() for _ in range(3)],
    )


class SlowGroup:
    """Every step of people on foot, one at a time; the group is a node of its own."""

    def __init__(self, of: Country) -> None:
        self.of, self.number, self.seconds = of, {"group": 0}, {}
        cells = of.theatre.grid.rows
        self.at: dict[tuple[int, int], Xy] = {
            (row, col): ((col + 0.5) * CELL_M, (cells - row - 0.5) * CELL_M)
            for row, col in itertools.product(range(cells), repeat=2)
        }
        for one, other in itertools.permutations(self.at, 2):
            if (other[0] - one[0]) ** 2 + (other[1] - one[1]) ** 2 in {1, 2, 5}:
                self.move(one, other)
        self.vertices = self.add_roads()
        for xy in self.vertices:
            for cell in self.block(xy):
                self.leg(("v", xy), xy, cell, self.at[cell])
                self.leg(cell, self.at[cell], ("v", xy), xy)
        for n, place in enumerate(of.places):
            for other, at in self.around(place):
                self.leg(other, at, ("p", n), place)

    def add_start(self, radius_m: float) -> None:
        """First legs, as far as they lie beyond the circle; nothing to what is in it."""
        seen = self.of.seen
        for other, at in self.around(seen):
            self.leg("group", seen, other, at, spared_m=radius_m)
        for n, place in enumerate(self.of.places):
            away_m = np.hypot(place[0] - seen[0], place[1] - seen[1])
            if away_m <= 1.5 * CELL_M:
                self.leg("group", seen, ("p", n), place, spared_m=radius_m)
            if away_m <= radius_m:
                self.edge("group", ("p", n), 0.0)
        if radius_m:
            for name in self.in_circle(radius_m):
                self.edge("group", name, 0.0)

    def in_circle(self, radius_m: float) -> list[object]:
        seen = self.of.seen
        named = [*((c, xy) for c, xy in self.at.items() if self.of.kmh[c] > 0)]
        named += [(("v", xy), xy) for xy in self.vertices]
        return [n for n, (x, y) in named if np.hypot(x - seen[0], y - seen[1]) <= radius_m]

    def around(self, xy: Xy) -> list[tuple[object, Xy]]:
        near = [v for v in self.vertices if np.hypot(v[0] - xy[0], v[1] - xy[1]) <= 1.5 * CELL_M]
        return [*((c, self.at[c]) for c in self.block(xy)), *((("v", v), v) for v in near)]

    def node(self, name: object) -> int:
        return self.number.setdefault(name, len(self.number))

    def edge(self, one: object, other: object, seconds: float) -> None:
        key = self.node(one), self.node(other)
        # A sparse matrix takes 0 for no edge.
        self.seconds[key] = min(max(seconds, 1e-9), self.seconds.get(key, np.inf))

    def cell(self, xy: Xy) -> tuple[int, int]:
        cells = self.of.theatre.grid.rows
        return (
            min(int((cells * CELL_M - xy[1]) // CELL_M), cells - 1),
            min(int(xy[0] // CELL_M), cells - 1),
        )

    def block(self, xy: Xy) -> list[tuple[int, int]]:
        row, col = self.cell(xy)
        around = itertools.product((row - 1, row, row + 1), (col - 1, col, col + 1))
        return [cell for cell in around if cell in self.at]

    def crosses(self, p: Xy, q: Xy) -> bool:
        return shapely.LineString([p, q]).intersects(self.of.river)

    def wet(self, p: Xy, q: Xy, dry_ends: tuple[bool, bool]) -> bool:
        """Whether a leg runs over permanent water; who stands in a wet cell may leave it."""
        line = shapely.LineString([p, q])
        exempt = {self.cell(xy) for xy, dry in zip((p, q), dry_ends, strict=True) if dry}
        return any(
            self.of.kmh[cell] == 0
            and cell not in exempt
            and line.intersection(shapely.box(x - 500, y - 500, x + 500, y + 500)).length > 1e-6
            for cell, (x, y) in self.at.items()
        )

    def leg(self, one: object, p: Xy, other: object, q: Xy, *, spared_m: float = 0.0) -> None:
        length_m = np.hypot(p[0] - q[0], p[1] - q[1])
        if length_m > 0.01 and self.crosses(p, q):
            return
        point = tuple(name == "group" or name[0] == "p" for name in (one, other))
        pace = []
        for xy, is_point, name in zip((p, q), point, (one, other), strict=True):
            kmh = self.of.kmh[self.cell(xy)]
            if kmh == 0 and (is_point or (name[0] == "v" and any(point))):
                kmh = 3.0
            if kmh == 0:
                return
            pace.append(3.6 / kmh)
        if length_m > 0.01 and self.wet(p, q, point):
            return
        self.edge(one, other, max(length_m - spared_m, 0.0) * sum(pace) / 2)

    def move(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        if self.crosses(self.at[one], self.at[other]):
            return
        down, right = other[0] - one[0], other[1] - one[1]
        crossed = [one, other]
        if abs(down) + abs(right) == 3:
            crossed += [
                (one[0] + int(down / 2), one[1] + int(right / 2)),
                (one[0] + int(np.sign(down)), one[1] + int(np.sign(right))),
            ]
        elif abs(down) + abs(right) == 2:
            corners = [(one[0], other[1]), (other[0], one[1])]
            if all(self.of.kmh[corner] == 0 for corner in corners):
                return
        if any(self.of.kmh[cell] == 0 for cell in crossed):
            return
        pace = np.mean([3.6 / self.of.kmh[cell] for cell in crossed])
        self.edge(one, other, np.hypot(down, right) * CELL_M * pace)

    def add_roads(self) -> set[Xy]:
        vertices = set()
        for line in self.of.roads:
            along = shapely.segmentize(shapely.LineString(line), CELL_M)
            at = [(float(x), float(y)) for x, y in along.coords]
            vertices |= set(at)
            for a, b in itertools.pairwise(at):
                seconds = np.hypot(a[0] - b[0], a[1] - b[1]) / ROAD_MS
                self.edge(("v", a), ("v", b), seconds)
                self.edge(("v", b), ("v", a), seconds)
        return vertices

    def from_node(self, name: object) -> np.ndarray:
        start, end = np.array(list(self.seconds)).reshape(-1, 2).T
        size = len(self.number)
        graph = csr_array((list(self.seconds.values()), (start, end)), shape=(size, size))
        return np.asarray(dijkstra(graph, indices=self.number[name]))

    def at_places(self, found: np.ndarray) -> np.ndarray:
        numbers = [self.number.get(("p", n)) for n in range(len(self.of.places))]
        return np.array([np.inf if n is None else found[n] for n in numbers])


def reach_in(of: Country, group: Group) -> GroupReach:
    return reach(
        of.seen,
        points(*of.places),
        group,
        theatre=of.theatre,
        roads=roads_of(*of.roads),
        areas=areas_of(("water", of.river, "")),
        land_cover=of.cover,
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_reach_equals_dijkstra_on_a_slow_graph(seed: int) -> None:
    of = country(seed)
    found = reach_in(of, group_of(radius_m=of.radius_m))
    slow = SlowGroup(of)
    slow.add_start(of.radius_m)
    times = slow.from_node("group")
    np.testing.assert_allclose(
        found.earliest_s, slow.at_places(times) * STRAIGHT, rtol=2e-5, atol=1e-2
    )
    cells = [times[slow.number[c]] if c in slow.number else np.inf for c in slow.at]
    np.testing.assert_allclose(found.cell_s, np.array(cells) * STRAIGHT, rtol=2e-5, atol=1e-2)
    middle = SlowGroup(of)
    middle.add_start(0.0)
    expected = middle.at_places(middle.from_node("group"))
    known = ~np.isnan(found.likely_s)
    np.testing.assert_allclose(found.likely_s[known], expected[known], rtol=2e-5, atol=1e-2)


@pytest.mark.parametrize("seed", range(40))
def test_the_latest_contact_is_never_before_that_from_any_point_of_the_circle(seed: int) -> None:
    of = country(seed)
    found = reach_in(of, group_of(radius_m=of.radius_m))
    slow = SlowGroup(of)
    slow.add_start(0.0)
    for name in slow.in_circle(of.radius_m) if of.radius_m else []:
        if name not in slow.number:
            continue
        later = slow.at_places(slow.from_node(name))
        known = ~np.isnan(found.latest_s)
        assert (later[known] <= found.latest_s[known] * (1 + 2e-5) + 1e-2).all()


# properties


few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 10_000)


def not_later(one: np.ndarray, other: np.ndarray) -> bool:
    known = ~(np.isnan(one) | np.isnan(other))
    return bool((one[known] <= other[known] * (1 + 1e-5) + 1e-3).all())


@few
@given(seeds, st.floats(1.0, 3.0), st.floats(0.3, 1.0))
def test_a_faster_group_is_never_later_and_a_range_holds_what_is_likely(
    seed: int, faster: float, slower: float
) -> None:
    of = country(seed)
    usual = reach_in(of, group_of(radius_m=of.radius_m))
    ranged = reach_in(of, group_of(radius_m=of.radius_m, ratios=(faster, slower)))
    assert not_later(ranged.earliest_s, usual.earliest_s)
    assert not_later(ranged.cell_s, usual.cell_s)
    assert not_later(usual.latest_s, ranged.latest_s)
    assert not_later(ranged.earliest_s, ranged.likely_s)
    assert not_later(ranged.likely_s, ranged.latest_s)


@few
@given(seeds, st.floats(0.0, 4_000.0), st.floats(0.0, 4_000.0))
def test_a_larger_circle_is_never_later_at_the_earliest_nor_sooner_at_the_latest(
    seed: int, one_m: float, other_m: float
) -> None:
    of = country(seed)
    small, large = (reach_in(of, group_of(radius_m=r)) for r in sorted((one_m, other_m)))
    assert not_later(large.earliest_s, small.earliest_s)
    assert not_later(large.cell_s, small.cell_s)
    assert not_later(small.latest_s, large.latest_s)


@few
@given(seeds)
def test_what_stops_a_group_never_makes_it_sooner(seed: int) -> None:
    of = country(seed)
    x, y = of.places[0]
    areas = areas_of(
        ("water", of.river, ""), ("closure", shapely.box(x, y, x + 2_000, y + 900), "no_go")
    )
    common = {
        "theatre": of.theatre,
        "roads": roads_of(*of.roads),
        "areas": areas,
        "land_cover": of.cover,
    }
    free = reach(of.seen, points(*of.places), group_of(), **common)
    stopped = reach(of.seen, points(*of.places), group_of(shut=frozenset({1})), **common)
    assert not_later(free.earliest_s, stopped.earliest_s)
