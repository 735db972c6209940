"""There, a stay, and back: against closed forms, hand-worked ways and a slow graph turned round."""

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
from geo_poc.plan import Conditions
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, known_movers
from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.field import Tables
from geo_poc.routing.pace import Pace
from geo_poc.routing.patrol import Outing, Trip, patrol_trips
from geo_poc.routing.patrol_ground import PatrolGround, patrol_ground
from geo_poc.routing.patrol_reach import PatrolReach, nearer, no_reach
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.routing.slopes import climb_factor
from geo_poc.routing.travel_graph import travel_graph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.turned import turned_round
from geo_poc.routing.ways import quickest_times_s
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 1000.0
HOUR_S = 3600.0
SHRUB_MS = 3.0 / 3.6
LONGEST = 1 + 1 / 36  # of ways in 16 directions against the straight line
NO_WHERE = np.empty(0, np.int64)
Xy = tuple[float, float]


def square(cells: int = 41) -> Theatre:
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
    table = {"id": names, "name": names, "contingent": [f"T{n}" for n in range(len(xy))]}
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=CRS))


def roads_of(*lines: tuple[list[Xy], bool]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "id": [f"r{n}" for n in range(len(lines))],
            "road_class": "primary",
            "surface": "",
            "speed_kmh": 60.0,
            "length_m": np.nan,
            "oneway": [oneway for _, oneway in lines],
            "bridge": False,
            "wet_state": "",
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.LineString(at) for at, _ in lines], crs=CRS)


def areas_of(*areas: tuple[str, shapely.Geometry, str, bool]) -> gpd.GeoDataFrame:
    never = pd.Series(pd.NaT, index=range(len(areas)), dtype="datetime64[s]")
    table = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(areas))],
            "name": "area",
            "kind": [kind for kind, *_ in areas],
            "barrier": [barrier for *_, barrier in areas],
            "from_date": never,
            "to_date": never,
            "contingents": [bound for _, _, bound, _ in areas],
            "source": "test",
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shape for _, shape, *_ in areas], crs=CRS)


def there(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame | None = None,
    *,
    theatre: Theatre | None = None,
    roads: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    land_cover: LandCover | None = None,
    elevation_m: np.ndarray | None = None,
    at_cells: np.ndarray = NO_WHERE,
) -> PatrolGround:
    tables = Tables(
        bases=bases,
        places=points() if places is None else places,
        roads=roads_of() if roads is None else roads,
        areas=areas_of() if areas is None else areas,
        land_cover=land_cover,
        elevation_m=elevation_m,
    )
    return patrol_ground(theatre or square(), tables, at_cells)


def mover_of(key: str, **figures: float) -> Vehicle | Foot:
    own = {
        name: Figure(value=value, low=value, high=value, source="test", grade="M")
        for name, value in figures.items()
    }
    mover = replace(known_movers()[key], **own)  # type: ignore[arg-type]
    assert isinstance(mover, Vehicle | Foot)
    return mover


def outing(
    ground: PatrolGround,
    key: str = "foot_patrol",
    *,
    length_s: float,
    spot_s: float = 0.0,
    light: str = "day",
    season: str = "dry",
    sends: list[bool] | None = None,
    **figures: float,
) -> Outing:
    count = len(ground.tables.bases)
    return Outing(
        mover=mover_of(key, **figures),
        conditions=Conditions(season=season, light=light),  # type: ignore[arg-type]
        on_the_spot_s=spot_s,
        length_s=np.full(count, length_s),
        stationed=np.ones(count, np.bool_),
        sends=np.array(sends or [True] * count),
    )


def trips(ground: PatrolGround, *outings: Outing) -> list[Trip]:
    return list(patrol_trips(ground, outings, progress=lambda _: None))


def reach(ground: PatrolGround, asked: Outing) -> PatrolReach:
    points_asked = len(ground.tables.places) + ground.at_cells.size
    best = no_reach(ground.ground.nodes.first_vertex, points_asked)
    for trip in trips(ground, asked):
        best = nearer(best, trip)
    return best


def reason_of(ground: PatrolGround, asked: Outing) -> Reason:
    reason = reach(ground, asked).reasons[0]
    assert isinstance(reason, Reason)
    return reason


# closed forms


@pytest.mark.parametrize(("length_h", "spot_h"), [(4.0, 0.5), (6.0, 0.0), (9.0, 2.0)])
def test_on_a_plain_the_reach_is_a_disc_of_half_the_time_left_for_the_ways(
    length_h: float, spot_h: float
) -> None:
    theatre = square()
    ground = there(points((20_500.0, 20_500.0)), theatre=theatre)
    found = reach(ground, outing(ground, length_s=length_h * HOUR_S, spot_s=spot_h * HOUR_S))
    x, y = theatre.grid.centres()
    away_m = np.hypot(x - 20_500.0, y - 20_500.0).ravel()
    radius_m = SHRUB_MS * (length_h - spot_h) * HOUR_S / 2
    reached = np.isfinite(found.cell_s)
    assert away_m[reached].max() <= radius_m + 1e-3
    assert reached[away_m * LONGEST <= radius_m].all()
    assert (found.cell_s[reached] >= 2 * away_m[reached] / SHRUB_MS - 0.1).all()


def test_on_a_plain_there_and_back_is_twice_the_way_there() -> None:
    ground = there(points((3_210.0, 8_000.0)), points((11_000.0, 12_345.0)))
    found = reach(ground, outing(ground, length_s=24 * HOUR_S))
    out_s, _ = quickest_times_s(ground.ground, graph_on(ground), 0)
    assert found.out_s[0] == found.back_s[0] == out_s[0]
    assert found.round_s[0] == 2 * out_s[0]


def graph_on(ground: PatrolGround):
    kmh = np.full(ground.theatre.grid.shape, 3.0)
    pace = Pace(cells_kmh=kmh, default_kmh=3.0, roads_kmh=np.empty(0), oneway=False)
    return travel_graph(ground.ground, pace)


def test_up_a_ramp_takes_toblers_factor_and_down_it_another() -> None:
    # 1 in 10 up to the east. The first and last kilometre are legs, which know no slopes; the 8 between
    # take exp(3.5 (0.15 - 0.05)) up, and exp(3.5 (0.05 - 0.05)) = 1 down.
    height_m = np.tile(np.arange(41) * 100.0, (41, 1)).astype(np.float32)
    base, east = (10_500.0, 20_500.0), (20_500.0, 20_500.0)
    up_s = (2_000 + 8_000 * np.exp(0.35)) / SHRUB_MS
    down_s = 10_000 / SHRUB_MS
    for start, end, out_s, back_s in ((base, east, up_s, down_s), (east, base, down_s, up_s)):
        ground = there(points(start), points(end), elevation_m=height_m)
        found = reach(ground, outing(ground, length_s=24 * HOUR_S, spot_s=600.0))
        assert found.out_s[0] == pytest.approx(out_s, rel=1e-4)
        assert found.back_s[0] == pytest.approx(back_s, rel=1e-4)
        spare_s = 24 * HOUR_S - 600.0 - out_s - back_s
        assert found.spare_s[0] == pytest.approx(spare_s, abs=3.0)


LOOP = [(5e3, 5e3), (15e3, 5e3), (15e3, 15e3), (5e3, 15e3), (5e3, 5e3)]


def test_round_a_one_way_loop_the_way_back_is_the_rest_of_the_loop() -> None:
    # 10 km at 60 km/h there, and 30 km back.
    ground = there(points(LOOP[0]), points(LOOP[1]), roads=roads_of((LOOP, True)))
    found = reach(ground, outing(ground, "wheeled_patrol", length_s=3_000.0, spot_s=600.0))
    assert found.out_s[0] == pytest.approx(600.0)
    assert found.back_s[0] == pytest.approx(1_800.0)
    assert found.spare_s[0] == pytest.approx(0.0, abs=1e-2)


def test_the_length_itself_is_still_in_time_and_a_second_less_is_not() -> None:
    ground = there(points(LOOP[0]), points(LOOP[1]), roads=roads_of((LOOP, True)))
    for length_s, reason in ((3_000.01, Reason.REACHED), (2_999.0, Reason.CUT_OFF)):
        asked = outing(ground, "wheeled_patrol", length_s=length_s, spot_s=600.0)
        assert reason_of(ground, asked) == reason


def test_on_foot_one_way_roads_are_walked_both_ways() -> None:
    ground = there(points(LOOP[0]), points(LOOP[1]), roads=roads_of((LOOP, True)))
    found = reach(ground, outing(ground, length_s=24 * HOUR_S))
    assert found.out_s[0] == found.back_s[0] == pytest.approx(2.5 * HOUR_S)


def test_what_can_be_got_to_but_not_back_from_is_not_reached() -> None:
    road = ([(5e3, 5e3), (15e3, 5e3)], True)
    wall = ("water", shapely.LineString([(14e3, 0), (14e3, 41e3)]), "", True)
    ground = there(
        points((5e3, 5e3)), points((15e3, 5e3)), roads=roads_of(road), areas=areas_of(wall)
    )
    found = reach(ground, outing(ground, "wheeled_patrol", length_s=1e9))
    assert found.reasons[0] == Reason.NO_NETWORK
    assert np.isinf(found.back_s[0])
    assert not np.isfinite(found.cell_s.reshape(41, 41)[:, 15:]).any()


# light, halts, columns and seasons as in a response


def test_night_and_halts_lengthen_both_ways_and_not_the_stay() -> None:
    ground = there(points((3_500.0, 3_500.0)), points((8_500.0, 3_500.0)))
    by_day_s = 5_000 / SHRUB_MS
    for light, factor in (("day", 1.2), ("night", 1.5)):
        asked = outing(ground, length_s=12 * HOUR_S, spot_s=600.0, light=light, halt_min_per_h=10.0)
        found = reach(ground, asked)
        assert found.out_s[0] == pytest.approx(factor * by_day_s)
        assert found.spare_s[0] == pytest.approx(
            12 * HOUR_S - 600.0 - 2 * factor * by_day_s, abs=0.1
        )


def test_a_column_passes_by_on_the_way_out_and_on_the_way_back() -> None:
    # 2 km of column at 30 km/h: 240 s each time; 10 km at 30 km/h: 1,200 s.
    road = ([(5e3, 5e3), (15e3, 5e3)], False)
    ground = there(points((5e3, 5e3)), points((15e3, 5e3)), roads=roads_of(road))
    asked = outing(ground, "truck_convoy", length_s=1e5, column_km=2.0, road_cap_kmh=30.0)
    found = reach(ground, asked)
    assert found.out_s[0] == found.back_s[0] == pytest.approx(1_440.0)


def test_an_unknown_pace_leaves_the_reach_unknown_but_not_what_has_no_way() -> None:
    wall = ("water", shapely.LineString([(20e3, 0), (20e3, 41e3)]), "", True)
    ground = there(points((5e3, 5e3)), points((8e3, 5e3), (30e3, 5e3)), areas=areas_of(wall))
    asked = outing(ground, "wheeled_patrol", length_s=HOUR_S, light="night")
    found = reach(ground, asked)
    assert found.reasons.tolist() == [Reason.UNKNOWN, Reason.NO_NETWORK]
    seconds = found.seconds(ground.theatre.inside)
    assert np.isnan(seconds[:, :20]).all()
    assert np.isinf(seconds[:, 20:]).all()


def test_an_unknown_length_leaves_the_reach_unknown() -> None:
    ground = there(points((5e3, 5e3)), points((8e3, 5e3)))
    assert reason_of(ground, outing(ground, length_s=np.nan)) == Reason.UNKNOWN


def test_a_season_of_unknown_pace_leaves_the_reach_unknown() -> None:
    ground = there(points((5e3, 5e3)), points((8e3, 5e3)))
    assert reason_of(ground, outing(ground, length_s=HOUR_S, season="wet")) == Reason.UNKNOWN


# reasons


def test_a_closure_or_caveat_is_the_reason_only_where_it_would_be_reached_in_time_without() -> None:
    road = ([(5e3, 5e3), (15e3, 5e3)], False)
    wall = ("water", shapely.LineString([(10e3, 0), (10e3, 41e3)]), "", True)
    shut = shapely.box(9e3, 4e3, 11e3, 6e3)
    for kind, bound, length_s, reason in (
        ("closure", "", 1_200.0, Reason.CLOSED),
        ("closure", "", 1_100.0, Reason.CUT_OFF),
        ("caveat", "T0", 1_200.0, Reason.CAVEAT),
        ("caveat", "T9", 1_200.0, Reason.REACHED),
    ):
        ground = there(
            points((5e3, 5e3)),
            points((15e3, 5e3)),
            roads=roads_of(road),
            areas=areas_of(wall, (kind, shut, bound, False)),
        )
        assert reason_of(ground, outing(ground, "wheeled_patrol", length_s=length_s + 1)) == reason


def test_closure_and_caveat_together_are_closed() -> None:
    road = ([(5e3, 5e3), (15e3, 5e3)], False)
    wall = ("water", shapely.LineString([(10e3, 0), (10e3, 41e3)]), "", True)
    shut = [(kind, shapely.box(9e3, 4e3, 11e3, 6e3), "", False) for kind in ("closure", "caveat")]
    ground = there(
        points((5e3, 5e3)), points((15e3, 5e3)), roads=roads_of(road), areas=areas_of(wall, *shut)
    )
    assert reason_of(ground, outing(ground, "wheeled_patrol", length_s=HOUR_S)) == Reason.CLOSED


def test_places_outside_the_area_or_of_unknown_position_say_so() -> None:
    ground = there(points((5e3, 5e3)), points((-5e3, 5e3), None))
    found = reach(ground, outing(ground, length_s=HOUR_S))
    assert found.reasons.tolist() == [Reason.OUTSIDE_AREA, Reason.UNKNOWN]


def test_a_base_off_the_grid_reaches_nothing_and_one_of_unknown_position_nobody_knows_what() -> (
    None
):
    ground = there(points((-5e3, 5e3), None), points((5e3, 5e3)))
    off_grid, lost = trips(ground, outing(ground, length_s=HOUR_S))
    assert np.isinf(off_grid.cell_s).all()
    assert np.isnan(lost.cell_s).all()
    found = reach(ground, outing(ground, length_s=HOUR_S, sends=[True, False]))
    assert found.reasons.tolist() == [Reason.OUTSIDE_AREA]
    found = reach(ground, outing(ground, length_s=HOUR_S))
    assert found.reasons.tolist() == [Reason.UNKNOWN]
    assert np.isnan(found.seconds(ground.theatre.inside)).all()
    cells = there(points(None), at_cells=np.array([0, 5]))
    found = reach(cells, outing(cells, length_s=HOUR_S))
    assert found.reasons.tolist() == [Reason.UNKNOWN] * 2


def test_what_one_base_reaches_is_known_though_another_s_position_is_not() -> None:
    ground = there(points((5_500.0, 5_500.0), None))
    found = reach(ground, outing(ground, length_s=2 * HOUR_S))
    seconds = found.seconds(ground.theatre.inside)
    assert seconds[-6, 5] == 0.0
    assert np.isnan(seconds[0, 40])


def test_where_no_base_sends_a_patrol_there_is_no_asset() -> None:
    ground = there(points((5e3, 5e3)), points((5e3, 5e3)))
    found = reach(ground, outing(ground, length_s=HOUR_S, sends=[False]))
    assert found.reasons.tolist() == [Reason.NO_ASSET]
    assert found.base.tolist() == [-1]


def test_the_base_with_the_shortest_ways_there_and_back_counts() -> None:
    ground = there(
        points((5_500.0, 5_500.0), (25_500.0, 5_500.0)),
        points((17_500.0, 5_500.0), (13_500.0, 5_500.0)),
    )
    found = reach(ground, outing(ground, length_s=24 * HOUR_S))
    assert found.base.tolist() == [1, 0]
    assert found.out_s.tolist() == pytest.approx([8_000 / SHRUB_MS] * 2)
    owner = found.cell_base.reshape(41, 41)
    assert owner[-6, 5] == 0
    assert owner[-6, 25] == 1


def test_a_base_reaches_its_own_cell_if_there_is_time_for_the_stay() -> None:
    ground = there(points((5_100.0, 5_100.0)))
    for spot_s, cells in ((60.0, 1), (61.0, 0)):
        found = reach(ground, outing(ground, length_s=60.0, spot_s=spot_s))
        assert np.isfinite(found.cell_s).sum() == cells


def test_patrols_of_one_mover_are_searched_together_and_told_apart() -> None:
    # With a closure somewhere the searches are bounded by the longest patrol, not by the shortest.
    shut = ("closure", shapely.box(30e3, 30e3, 32e3, 32e3), "", False)
    ground = there(points((20e3, 20e3), (5e3, 5e3)), areas=areas_of(shut))
    asked = [
        outing(ground, length_s=4 * HOUR_S, sends=[True, False]),
        outing(ground, length_s=HOUR_S, light="night", sends=[True, True]),
        outing(ground, "wheeled_patrol", length_s=HOUR_S),
    ]
    shares: list[float] = []
    found = list(patrol_trips(ground, asked, progress=shares.append))
    assert [(trip.outing, trip.base) for trip in found] == [
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
    ]
    assert shares == [0.5, 1.0]
    for trip in found:
        alone = [other for other in trips(ground, asked[trip.outing]) if other.base == trip.base]
        np.testing.assert_array_equal(alone[0].cell_s, trip.cell_s)
    reached = [int(np.isfinite(trip.cell_s).sum()) for trip in found]
    assert reached[0] > 2 * reached[1] > 0


def test_cells_that_are_asked_for_are_judged_like_places() -> None:
    cells = np.array([0, 41 * 20 + 20])
    ground = there(points((20_500.0, 20_500.0)), points((5e3, 5e3)), at_cells=cells)
    found = reach(ground, outing(ground, length_s=HOUR_S))
    assert found.reasons.tolist() == [Reason.CUT_OFF, Reason.CUT_OFF, Reason.REACHED]


# the way back against a slow graph


@dataclass(frozen=True, kw_only=True)
class Country:
    """Cells of random pace and height, roads of which half are one-way, a river; a base and a place."""

    theatre: Theatre
    kmh: np.ndarray
    height_m: np.ndarray
    roads: list[tuple[Xy, Xy, float, bool]]
    river: shapely.LineString
    base: Xy
    place: Xy


def country(seed: int) -> Country:
    rng = np.random.default_rng(seed)
    cells = int(rng.integers(4, 8))
    side = cells * CELL_M
    kmh = rng.choice([0.5, 2.5, 3.0, 5.0], (cells, cells))

    def at() -> Xy:
        x, y = rng.integers(1, int(side) // 37, 2) * 37.0
        return float(x), float(y)

    return Country(
        theatre=square(cells),
        kmh=kmh,
        height_m=np.cumsum(rng.normal(0, 150.0, kmh.shape), axis=1).astype(np.float32),
        roads=[
            (a, b, float(rng.choice([8.0, 40.0])), bool(rng.random() < 0.6))
            for a, b in ((at(), at()) for _ in range(int(rng.integers(0, 6))))
            if a != b
        ],
        river=shapely.LineString([at(), (side + 1, side / 3)]),
        base=at(),
        place=at(),
    )


def tobler(slope: float) -> float:
    return float(np.exp(3.5 * (abs(min(max(slope, -2.0), 2.0) + 0.05) - 0.05)))


class SlowWays:
    """Every step that can be made, one at a time, in its own direction: places and base included."""

    def __init__(self, of: Country) -> None:
        self.of, self.number, self.seconds = of, {}, {}
        cells = of.theatre.grid.rows
        self.at = {
            (row, col): ((col + 0.5) * CELL_M, (cells - row - 0.5) * CELL_M)
            for row, col in itertools.product(range(cells), repeat=2)
        }
        for cell in self.at:
            self.node(cell)
        for one, other in itertools.permutations(self.at, 2):
            if (other[0] - one[0]) ** 2 + (other[1] - one[1]) ** 2 in {1, 2, 5}:
                self.move(one, other)
        self.add_legs(self.add_roads())

    def add_legs(self, vertices: set[Xy]) -> None:
        of = self.of
        for xy in vertices:
            for cell in self.block(xy):
                self.leg(("v", xy), xy, cell, self.at[cell])
                self.leg(cell, self.at[cell], ("v", xy), xy)
        # Out of the place and into the base only: nobody's way runs through another place.
        for other, at in self.around(of.place, vertices):
            self.leg("place", of.place, other, at)
        for other, at in self.around(of.base, vertices):
            self.leg(other, at, "base", of.base)
        if np.hypot(of.base[0] - of.place[0], of.base[1] - of.place[1]) <= 1.5 * CELL_M:
            self.leg("place", of.place, "base", of.base)

    def around(self, xy: Xy, vertices: set[Xy]) -> list[tuple[object, Xy]]:
        """Cells of the block around a point, and road vertices within reach of it."""
        near = [v for v in vertices if np.hypot(v[0] - xy[0], v[1] - xy[1]) <= 1.5 * CELL_M]
        return [*((c, self.at[c]) for c in self.block(xy)), *((("v", v), v) for v in near)]

    def node(self, name: object) -> int:
        return self.number.setdefault(name, len(self.number))

    def edge(self, one: object, other: object, seconds: float) -> None:
        key = self.node(one), self.node(other)
        self.seconds[key] = min(seconds, self.seconds.get(key, np.inf))

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

    def leg(self, one: object, p: Xy, other: object, q: Xy) -> None:
        length_m = np.hypot(p[0] - q[0], p[1] - q[1])
        if length_m > 0.01 and self.crosses(p, q):
            return
        pace = [3.6 / self.of.kmh[self.cell(xy)] for xy in (p, q)]
        self.edge(one, other, length_m * sum(pace) / 2)

    def move(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        if self.crosses(self.at[one], self.at[other]):
            return
        down, right = other[0] - one[0], other[1] - one[1]
        length_m = np.hypot(down, right) * CELL_M
        height = self.of.height_m.astype(float)
        if abs(down) + abs(right) < 3:
            crossed, factor = [one, other], tobler((height[other] - height[one]) / length_m)
        else:
            between = [
                (one[0] + int(down / 2), one[1] + int(right / 2)),
                (one[0] + int(np.sign(down)), one[1] + int(np.sign(right))),
            ]
            middle = (height[between[0]] + height[between[1]]) / 2
            crossed = [one, *between, other]
            half_m = length_m / 2
            factor = (
                tobler((middle - height[one]) / half_m) + tobler((height[other] - middle) / half_m)
            ) / 2
        pace = np.mean([3.6 / self.of.kmh[cell] for cell in crossed])
        self.edge(one, other, length_m * pace * factor)

    def add_roads(self) -> set[Xy]:
        vertices = set()
        for start, end, kmh, oneway in self.of.roads:
            line = shapely.segmentize(shapely.LineString([start, end]), CELL_M)
            at = [(float(x), float(y)) for x, y in line.coords]
            vertices |= set(at)
            for a, b in itertools.pairwise(at):
                seconds = np.hypot(a[0] - b[0], a[1] - b[1]) / kmh * 3.6
                self.edge(("v", a), ("v", b), seconds)
                if not oneway:
                    self.edge(("v", b), ("v", a), seconds)
        return vertices

    def back_s(self) -> np.ndarray:
        """To the base from every node: Dijkstra on the transposed graph."""
        start, end = np.array(list(self.seconds)).T
        size = len(self.number)
        graph = csr_array((list(self.seconds.values()), (start, end)), shape=(size, size))
        found = dijkstra(csr_array(graph.T), indices=self.number["base"])
        return np.asarray(found)


def ground_of_country(of: Country):
    areas = areas_of(("water", of.river, "", True))
    roads = roads_of(*(([a, b], oneway) for a, b, _, oneway in of.roads))
    ground = restricted_ground(
        theatre=of.theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions_on(areas, of.theatre.as_of),
        bases=points(of.base).geometry,
        places=points(of.place).geometry,
    )
    table = np.array([tobler(slope) for slope in np.linspace(-2, 2, 40_001)], np.float32)
    pace = Pace(
        cells_kmh=of.kmh,
        default_kmh=3.0,
        roads_kmh=np.array([kmh for _, _, kmh, _ in of.roads]),
        oneway=True,
        slope_factor=table,
        height_m=of.height_m,
    )
    return ground, pace


@pytest.mark.parametrize("seed", range(40))
def test_the_way_back_equals_dijkstra_on_the_transposed_slow_graph(seed: int) -> None:
    of = country(seed)
    ground, pace = ground_of_country(of)
    turned = turned_round(travel_graph(ground, pace))
    place_s, cell_s = quickest_times_s(ground, turned, 0)
    slow = SlowWays(of)
    expected = slow.back_s()
    cells = np.array([expected[slow.number[cell]] for cell in slow.at])
    np.testing.assert_allclose(cell_s, cells, rtol=2e-5, atol=1e-2)
    np.testing.assert_allclose(place_s[0], expected[slow.number["place"]], rtol=2e-5, atol=1e-2)


@pytest.mark.parametrize("seed", range(10))
def test_turning_round_twice_changes_no_time(seed: int) -> None:
    ground, pace = ground_of_country(country(seed))
    graph = travel_graph(ground, pace)
    again = turned_round(turned_round(graph))
    for one, other in zip(
        quickest_times_s(ground, graph, 0), quickest_times_s(ground, again, 0), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_where_both_ways_take_the_same_time_one_graph_serves_for_both() -> None:
    ground, pace = ground_of_country(
        replace(country(1), roads=[((500.0, 500.0), (3e3, 2e3), 40.0, False)])
    )
    level = replace(pace, slope_factor=None, height_m=None)
    steep = replace(
        pace, slope_factor=climb_factor(np.linspace(-2, 2, 40_001), 0.3).astype(np.float32)
    )
    for same in (level, steep):
        graph = travel_graph(ground, same)
        assert turned_round(graph) is graph
    graph = travel_graph(ground, pace)
    assert turned_round(graph) is not graph


# properties


few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 10_000)
hours = st.floats(0.1, 8.0).map(lambda h: h * HOUR_S)


def random_ground(seed: int) -> PatrolGround:
    of = country(seed)
    codes = np.random.default_rng(seed).integers(-1, len(LAND_COVERS), of.kmh.shape)
    return there(
        points(of.base, of.place),
        points(of.place),
        theatre=of.theatre,
        roads=roads_of(*(([a, b], oneway) for a, b, _, oneway in of.roads)),
        areas=areas_of(("water", of.river, "", True)),
        land_cover=LandCover(grid=of.theatre.grid, codes=codes.astype(np.int16)),
        elevation_m=of.height_m,
    )


@few
@given(seeds, hours, hours)
def test_a_longer_patrol_never_reaches_less(seed: int, one_s: float, more_s: float) -> None:
    ground = random_ground(seed)
    short, long = (
        reach(ground, outing(ground, length_s=length_s)) for length_s in (one_s, one_s + more_s)
    )
    assert (np.isfinite(long.cell_s) >= np.isfinite(short.cell_s)).all()
    assert (long.round_s <= short.round_s).all()


@few
@given(seeds, hours, hours)
def test_more_time_on_the_spot_never_reaches_more(
    seed: int, length_s: float, spot_s: float
) -> None:
    ground = random_ground(seed)
    quick, slow = (
        reach(ground, outing(ground, length_s=length_s, spot_s=each)) for each in (0.0, spot_s)
    )
    assert (np.isfinite(slow.cell_s) <= np.isfinite(quick.cell_s)).all()


@few
@given(seeds, hours)
def test_by_night_nobody_reaches_more_than_by_day(seed: int, length_s: float) -> None:
    ground = random_ground(seed)
    day, night = (
        reach(ground, outing(ground, length_s=length_s, light=light)) for light in ("day", "night")
    )
    assert (np.isfinite(night.cell_s) <= np.isfinite(day.cell_s)).all()
    assert (night.cell_s >= day.cell_s).all()


@few
@given(seeds, hours)
def test_what_is_reached_is_reached_by_ways_that_fit(seed: int, length_s: float) -> None:
    ground = random_ground(seed)
    found = reach(ground, outing(ground, "wheeled_patrol", length_s=length_s, spot_s=300.0))
    reached = found.reasons == Reason.REACHED
    total_s = found.out_s + found.back_s + 300.0 + found.spare_s
    np.testing.assert_allclose(total_s[reached], length_s, rtol=1e-9)
    assert (found.spare_s[reached] >= 0).all()
    assert (found.base[~reached] == -1).all()
