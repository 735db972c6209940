"""Random theatres against a slow graph built anew from the documented rules, and properties."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Asset, Ferries, PlanFile, PlanSpec, Standard
from geo_poc.routing.catalogue import Vehicle, known_movers
from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.ground import Ground
from geo_poc.routing.nearest import base_surfaces, nearest_base, ranked
from geo_poc.routing.pace import Pace
from geo_poc.routing.response import response_times
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.travel_graph import travel_graph
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.routing.ways import quickest_ways
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 1000.0
WALK_KMH = {
    "bare": 3.0, "crops": 2.5, "grass": 4.86, "shrub": 3.0, "tree": 4.0, "urban": 5.0,
    "wetland": 0.5, "seasonal_water": 0.5, "permanent_water": 0.0,
}  # fmt: skip
FACTORS = {"night_time_factor": 1.5}
Xy = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class World:
    rows: int
    cols: int
    covers: tuple[int, ...]
    bases: tuple[Xy, ...]
    places: tuple[Xy, ...]
    roads: tuple[tuple[Xy, Xy, float, bool], ...]
    walls: tuple[tuple[Xy, Xy], ...]
    closures: tuple[Xy, ...]
    shift: Xy = (0.0, 0.0)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rows, cols = draw(st.integers(3, 6)), draw(st.integers(3, 6))
    # Multiples of 37 m: roads can share ends, and nothing lies on a border by chance only.
    x = st.integers(0, int(cols * CELL_M) // 37).map(lambda n: n * 37.0)
    y = st.integers(0, int(rows * CELL_M) // 37).map(lambda n: n * 37.0)
    at = st.tuples(x, y)
    ends = st.tuples(at, at).filter(lambda pair: pair[0] != pair[1])
    roads = st.tuples(ends, st.sampled_from([8.0, 30.0, 60.0]), st.booleans())
    return World(
        rows=rows,
        cols=cols,
        covers=tuple(
            draw(st.lists(st.integers(-1, 8), min_size=rows * cols, max_size=rows * cols))
        ),
        bases=tuple(draw(st.lists(at, min_size=1, max_size=3))),
        places=tuple(draw(st.lists(at, min_size=1, max_size=4))),
        roads=tuple(
            (*pair, kmh, oneway) for pair, kmh, oneway in draw(st.lists(roads, max_size=4))
        ),
        walls=tuple(draw(st.lists(ends, max_size=2))),
        closures=tuple(draw(st.lists(at, max_size=2))),
    )


def theatre_of(world: World) -> Theatre:
    dx, dy = world.shift
    wide, high = world.cols * CELL_M, world.rows * CELL_M
    return Theatre(
        name="Random",
        as_of=dt.date(2026, 6, 1),
        area=shapely.box(dx, dy, dx + wide, dy + high),
        grid=Grid(
            rows=world.rows,
            cols=world.cols,
            cell_size_m=CELL_M,
            left_m=dx,
            top_m=dy + high,
            crs=CRS,
        ),
        marking="UNCLASSIFIED",
        fictional=True,
    )


def points(world: World, at: tuple[Xy, ...]) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(at))]
    table = {"id": names, "name": names, "aviation": False, "contingent": ""}
    moved = [translate(shapely.Point(xy), *world.shift) for xy in at]
    return gpd.GeoDataFrame(table, geometry=moved, crs=CRS)


def roads_of(world: World) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "road_class": "",
            "surface": "",
            "speed_kmh": [kmh for *_, kmh, _ in world.roads],
            "length_m": np.nan,
            "oneway": [oneway for *_, oneway in world.roads],
            "bridge": False,
        }
    )
    lines = [shapely.LineString([start, end]) for start, end, *_ in world.roads]
    moved = [translate(line, *world.shift) for line in lines]
    return gpd.GeoDataFrame(table, geometry=moved, crs=CRS)


def closed_box(at: Xy) -> shapely.Polygon:
    return shapely.Point(at).buffer(650.0)


def areas_of(world: World) -> gpd.GeoDataFrame:
    walls = [shapely.LineString(wall) for wall in world.walls]
    closures = [closed_box(at) for at in world.closures]
    moved = [translate(shape, *world.shift) for shape in (*walls, *closures)]
    table = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(moved))],
            "name": "area",
            "kind": ["water"] * len(walls) + ["closure"] * len(closures),
            "barrier": [True] * len(walls) + [False] * len(closures),
            "from_date": pd.Series(pd.NaT, index=range(len(moved)), dtype="datetime64[s]"),
            "to_date": pd.Series(pd.NaT, index=range(len(moved)), dtype="datetime64[s]"),
            "contingents": "",
            "source": "test",
        }
    )
    return gpd.GeoDataFrame(table, geometry=moved, crs=CRS)


def cover_of(world: World) -> LandCover:
    codes = np.array(world.covers, dtype=np.int16).reshape(world.rows, world.cols)
    return LandCover(grid=theatre_of(world).grid, codes=codes)


def times(world: World, mover: str = "wheeled_patrol") -> tuple[TravelTime, ...]:
    figures = FACTORS if mover == "wheeled_patrol" else {"wet_time_factor": 2.0}
    asset = Asset(mover=mover, bases="all", notice=60.0, source="test", figures=dict(figures))
    return response_times(
        theatre=theatre_of(world),
        plan=PlanFile(
            plan=PlanSpec(name="test", season="dry"),
            standard=Standard(response=3600.0, cut_off=1e9, source="test"),
            bases=[],
            assets=[asset],
        ),
        bases=points(world, world.bases),
        places=points(world, world.places),
        roads=roads_of(world),
        areas=areas_of(world),
        land_cover=cover_of(world),
    )


# the slow graph: one node and one edge at a time, as docs/methods/travel_time.md says


class SlowGraph:
    def __init__(self, world: World) -> None:
        self.world = world
        self.graph = nx.DiGraph()
        self.barriers = [shapely.LineString(wall) for wall in world.walls]
        self.closures = [closed_box(at) for at in world.closures]
        self.cells = {
            (row, col): ((col + 0.5) * CELL_M, (world.rows - row - 0.5) * CELL_M)
            for row in range(world.rows)
            for col in range(world.cols)
        }
        self.vertices = self._add_roads()
        self._add_legs()

    def walking_kmh(self, xy: Xy) -> float:
        row, col = self.cell(xy)
        code = self.world.covers[row * self.world.cols + col]
        return 3.0 if code < 0 else WALK_KMH[LAND_COVERS[code]]

    def cell(self, xy: Xy) -> tuple[int, int]:
        col = min(int(xy[0] // CELL_M), self.world.cols - 1)
        row = min(int((self.world.rows * CELL_M - xy[1]) // CELL_M), self.world.rows - 1)
        return row, col

    def _add_roads(self) -> set[Xy]:
        """Vertices of the roads; those within a centimetre of an earlier one are that one."""
        vertices: dict[Xy, Xy] = {}
        for start, end, kmh, oneway in self.world.roads:
            line = shapely.segmentize(shapely.LineString([start, end]), CELL_M)
            at = [vertices.setdefault((round(x, 2), round(y, 2)), (x, y)) for x, y in line.coords]
            for a, b in itertools.pairwise(at):
                self._add_edge(a, b, kmh, oneway=oneway)
        return set(vertices.values())

    def _add_edge(self, a: Xy, b: Xy, kmh: float, *, oneway: bool) -> None:
        edge = shapely.LineString([a, b])
        if any(edge.intersects(shape) for shape in self.closures):
            return
        seconds = edge.length / kmh * 3.6
        for p, q in [(a, b)] if oneway else [(a, b), (b, a)]:
            known = self.graph.get_edge_data(("v", p), ("v", q), {"seconds": np.inf})
            if seconds < known["seconds"]:
                self.graph.add_edge(("v", p), ("v", q), seconds=seconds)

    def box(self, cell: tuple[int, int]) -> shapely.Polygon:
        return shapely.Point(self.cells[cell]).buffer(CELL_M / 2, cap_style="square")

    def _swims(self, leg: shapely.LineString, own: set[tuple[int, int]]) -> bool:
        """Whether a leg runs over water other than in its own cells, or between two such corners."""
        touched = [
            (cell, leg.intersection(self.box(cell)))
            for cell, xy in self.cells.items()
            if cell not in own and self.walking_kmh(xy) == 0 and leg.intersects(self.box(cell))
        ]
        if any(part.length > 1e-6 for _, part in touched):
            return True
        return any(
            abs(one[0] - other[0]) == 1
            and abs(one[1] - other[1]) == 1
            and here.distance(there) < 1e-6
            for (one, here), (other, there) in itertools.combinations(touched, 2)
        )

    def _leg(self, a: tuple[str, object], p: Xy, b: tuple[str, object], q: Xy) -> None:
        leg = shapely.LineString([p, q])
        if leg.length > 0.01 and any(leg.intersects(s) for s in (*self.barriers, *self.closures)):
            return
        own = {self.cell(xy) for kind, xy in ((a[0], p), (b[0], q)) if kind in "bp"}
        if self._swims(leg, own):
            return
        on_cells = "c" in (a[0], b[0])
        paces = []
        for kind, xy in ((a[0], p), (b[0], q)):
            kmh = self.walking_kmh(xy)
            if kmh == 0 and (kind in "bp" or not on_cells):
                kmh = 3.0
            if kmh == 0:
                return
            paces.append(3.6 / kmh)
        self.graph.add_edge(a, b, seconds=leg.length * sum(paces) / 2)

    def _move(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        """Straight to a cell up to a knight's move away, at the pace of every cell on the way."""
        leg = shapely.LineString([self.cells[one], self.cells[other]])
        if any(leg.intersects(s) for s in (*self.barriers, *self.closures)):
            return
        if self.walking_kmh(self.cells[one]) == 0 or self._swims(leg, set()):
            return
        crossed = [(leg.intersection(self.box(cell)).length, xy) for cell, xy in self.cells.items()]
        seconds = sum(m * 3.6 / self.walking_kmh(xy) for m, xy in crossed if m > 1e-6)
        self.graph.add_edge(("c", one), ("c", other), seconds=seconds)

    def _add_legs(self) -> None:
        for one, other in itertools.permutations(self.cells, 2):
            if (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 in {1, 2, 5}:
                self._move(one, other)
        for xy in self.vertices:
            self._join(("v", xy), xy, out=True)
            self._join(("v", xy), xy, out=False)
        self._add_bases_and_places()

    def _add_bases_and_places(self) -> None:
        for n, base in enumerate(self.world.bases):
            self._join(("b", n), base, out=True)
            for xy in self._near(base, self.vertices):
                self._leg(("b", n), base, ("v", xy), xy)
        for k, place in enumerate(self.world.places):
            self._join(("p", k), place, out=False)
            for xy in self._near(place, self.vertices):
                self._leg(("v", xy), xy, ("p", k), place)
            for n, base in enumerate(self.world.bases):
                for xy in self._near(place, {base}):
                    self._leg(("b", n), xy, ("p", k), place)

    def _join(self, node: tuple[str, object], xy: Xy, *, out: bool) -> None:
        for cell in self._block(xy):
            ends = [(node, xy), (("c", cell), self.cells[cell])]
            (a, p), (b, q) = ends if out else reversed(ends)
            self._leg(a, p, b, q)

    def _block(self, xy: Xy) -> list[tuple[int, int]]:
        row, col = self.cell(xy)
        block = itertools.product((row - 1, row, row + 1), (col - 1, col, col + 1))
        return [cell for cell in block if cell in self.cells]

    @staticmethod
    def _near(xy: Xy, others: set[Xy]) -> list[Xy]:
        return [q for q in others if np.hypot(q[0] - xy[0], q[1] - xy[1]) <= 1.5 * CELL_M]

    def seconds(self) -> np.ndarray:
        found = np.full((len(self.world.bases), len(self.world.places)), np.inf)
        for n in range(len(self.world.bases)):
            if ("b", n) not in self.graph:
                continue
            lengths = nx.single_source_dijkstra_path_length(self.graph, ("b", n), weight="seconds")
            for k in range(len(self.world.places)):
                found[n, k] = lengths.get(("p", k), np.inf)
        return found


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def closable(world: World) -> World:
    """Without closures that could close nothing."""
    cells = SlowGraph(replace(world, walls=(), closures=(), roads=())).cells.values()
    hits = tuple(
        at for at in world.closures if any(closed_box(at).contains(shapely.Point(c)) for c in cells)
    )
    return replace(world, closures=hits)


@few
@given(worlds())
def test_times_equal_those_of_a_slow_graph_built_from_the_rules(world: World) -> None:
    world = closable(world)
    expected = SlowGraph(world).seconds()
    found = times(world)[0]
    np.testing.assert_allclose(found.seconds - 60.0, expected, rtol=1e-5, atol=1e-3)


@few
@given(worlds())
def test_closing_never_makes_anyone_faster(world: World) -> None:
    world = closable(world)
    closed, open_ = times(world)[0], times(replace(world, closures=()))[0]
    assert (closed.seconds >= open_.seconds - 1e-6).all()
    newly = np.isinf(closed.seconds) & np.isfinite(open_.seconds)
    assert (closed.reasons[newly] == Reason.CLOSED).all()


@few
@given(worlds())
def test_another_base_never_makes_anyone_slower(world: World) -> None:
    world = replace(world, closures=())
    few_bases = times(replace(world, bases=world.bases[:1]))[0]
    all_bases = times(world)[0]
    assert (all_bases.nearest().seconds <= few_bases.nearest().seconds).all()
    assert (all_bases.seconds[0] == few_bases.seconds[0]).all()
    assert (all_bases.cell_seconds <= few_bases.cell_seconds).all()


@few
@given(worlds(), st.data())
def test_the_nearest_base_in_one_search_is_the_nearest_of_all_searches(
    world: World, data: st.DataObject
) -> None:
    ground, pace = ground_and_pace(closable(world))
    graph = travel_graph(ground, pace, ground.cuts)
    notices = st.lists(
        st.sampled_from([0.0, 300.0, np.nan]),
        min_size=len(world.bases),
        max_size=len(world.bases),
    )
    notice_s = np.array(data.draw(notices))
    cut_off_s = data.draw(st.sampled_from([600.0, 1e9]))
    seconds, owner = nearest_base(ground, graph, notice_s, cut_off_s=cut_off_s)
    every = np.array(
        [
            notice + quickest_ways(ground, graph, base).cell_seconds
            if np.isfinite(notice)
            else np.full(seconds.size, np.inf)
            for base, notice in enumerate(notice_s)
        ]
    )
    nearest = np.where(every.min(axis=0) <= cut_off_s, every.min(axis=0), np.inf)
    np.testing.assert_allclose(seconds, nearest, rtol=1e-5, atol=1e-3)
    there = owner >= 0
    assert (there == np.isfinite(seconds)).all()
    of_owner = every[owner[there], np.flatnonzero(there)]
    np.testing.assert_allclose(of_owner, seconds[there], rtol=1e-5, atol=1e-3)


@few
@given(worlds(), st.data())
def test_the_three_nearest_bases_are_the_first_of_all_sorted(
    world: World, data: st.DataObject
) -> None:
    ground, pace = ground_and_pace(closable(world))
    graph = travel_graph(ground, pace, ground.cuts)
    rows = range(len(world.bases))
    notice_s = np.array(
        data.draw(
            st.lists(st.sampled_from([0.0, 300.0, np.nan]), min_size=len(rows), max_size=len(rows))
        )
    )
    cut_off_s = data.draw(st.sampled_from([600.0, 1e9]))
    threads = data.draw(st.sampled_from([1, 2]))
    surfaces = base_surfaces(ground, graph, rows, notice_s, cut_off_s=cut_off_s, threads=threads)
    found = ranked(surfaces, rows, cells=ground.nodes.first_vertex)
    every = np.array(
        [
            notice + quickest_ways(ground, graph, base).cell_seconds
            for base, notice in enumerate(notice_s)
        ]
    )
    every[~(every <= cut_off_s)] = np.inf
    first = np.sort(np.vstack([every, np.full((3, every.shape[1]), np.inf)]), axis=0)[:3].T
    # On either side of the cut-off by rounding is no difference.
    alike = np.isfinite(found.seconds) == np.isfinite(first)
    assert (alike | (abs(np.fmin(found.seconds, first) - cut_off_s) < 0.1)).all()
    both = np.isfinite(found.seconds) & np.isfinite(first)
    np.testing.assert_allclose(found.seconds[both], first[both], rtol=1e-5, atol=1e-3)
    assert ((found.base >= 0) == np.isfinite(found.seconds)).all()
    cell, rank = np.nonzero(both & (every < np.inf).any(axis=0)[:, None])
    own = every[found.base[cell, rank], cell]
    known = np.isfinite(own)
    np.testing.assert_allclose(own[known], found.seconds[cell, rank][known], rtol=1e-5, atol=1e-3)


@few
@given(worlds())
def test_a_changed_base_is_computed_anew_alone(world: World) -> None:
    """Its notice changes: one new surface ranked with the old ones is everything computed anew."""
    ground, pace = ground_and_pace(closable(world))
    graph = travel_graph(ground, pace, ground.cuts)
    rows, cells = range(len(world.bases)), ground.nodes.first_vertex
    before, after = np.zeros(len(rows)), np.zeros(len(rows))
    after[-1] = 900.0
    old = base_surfaces(ground, graph, rows, before, cut_off_s=3600.0)
    (new,) = base_surfaces(ground, graph, rows[-1:], after, cut_off_s=3600.0)
    anew = base_surfaces(ground, graph, rows, after, cut_off_s=3600.0)
    patched = ranked([*old[:-1], new], rows, cells=cells)
    whole = ranked(anew, rows, cells=cells)
    np.testing.assert_array_equal(patched.seconds, whole.seconds)
    np.testing.assert_array_equal(patched.base, whole.base)


def ground_and_pace(world: World) -> tuple[Ground, Pace]:
    theatre, areas, roads = theatre_of(world), areas_of(world), roads_of(world)
    restrictions = restrictions_on(areas, theatre.as_of)
    ground = restricted_ground(
        theatre=theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions,
        bases=points(world, world.bases).geometry,
        places=points(world, world.places).geometry,
    )
    mover = known_movers()["wheeled_patrol"]
    assert isinstance(mover, Vehicle)
    return ground, season_paces(mover, theatre, roads, land_cover=cover_of(world))["dry"].as_is


@few
@given(worlds(), st.sampled_from(["wheeled_patrol", "foot_patrol"]))
def test_wet_and_night_are_never_faster(world: World, mover: str) -> None:
    dry_day, dry_night, wet_day, wet_night = times(replace(world, closures=()), mover)
    assert (dry_night.seconds >= dry_day.seconds).all()
    assert (wet_day.seconds >= dry_day.seconds).all()
    assert (wet_night.seconds >= np.maximum(wet_day.seconds, dry_night.seconds)).all()


@few
@given(worlds())
def test_the_length_of_a_way_is_at_least_the_straight_line_and_off_road_a_part(
    world: World,
) -> None:
    found = times(replace(world, closures=()))[0]
    reached = found.reasons == Reason.REACHED
    straight_m = np.array(
        [[np.hypot(b[0] - p[0], b[1] - p[1]) for p in world.places] for b in world.bases]
    )
    assert (found.distance_m[reached] >= straight_m[reached] - 0.1).all()
    assert (found.off_road_m[reached] <= found.distance_m[reached] + 1e-6).all()


def road_along_a_wall(world: World) -> bool:
    """Whether a vertex between the ends of a road lies on a wall, to rounding."""
    walls = [shapely.LineString(wall) for wall in world.walls]
    inner = [
        shapely.Point(at)
        for start, end, *_ in world.roads
        for at in shapely.segmentize(shapely.LineString([start, end]), CELL_M).coords[1:-1]
    ]
    return any(wall.distance(at) < 1e-3 for wall in walls for at in inner)


@few
@given(worlds(), st.integers(-3000, 3000), st.integers(-3000, 3000))
def test_moving_all_coordinates_changes_nothing(world: World, dx: int, dy: int) -> None:
    # Whether a computed vertex touches the wall that it lies on is for rounding to say.
    assume(not road_along_a_wall(world))
    world = closable(world)
    here, there = times(world)[0], times(replace(world, shift=(dx * 37.0, dy * 37.0)))[0]
    np.testing.assert_allclose(here.seconds, there.seconds, rtol=1e-5)
    np.testing.assert_allclose(here.cell_seconds, there.cell_seconds, rtol=1e-5)


def shifted(a: np.ndarray, down: int, right: int) -> np.ndarray:
    """Each cell's entry of the cell that lies so far down and right of it; inf off the grid."""
    padded = np.pad(a, 2, constant_values=np.inf)
    rows, cols = a.shape
    return padded[2 + down : 2 + down + rows, 2 + right : 2 + right + cols]


def relaxed_s(pace_sm: np.ndarray, start: tuple[int, int]) -> np.ndarray:
    """Bellman-Ford over the grid: relax every move until nothing changes."""
    seconds = np.full(pace_sm.shape, np.inf)
    seconds[start] = 0.0
    moves = [
        m for m in itertools.product(range(-2, 3), repeat=2) if m[0] ** 2 + m[1] ** 2 in {1, 2, 5}
    ]
    while True:
        before = seconds.copy()
        for down, right in moves:
            mean = pace_sm + shifted(pace_sm, down, right)
            length_m = np.hypot(down, right) * CELL_M
            if abs(down) + abs(right) == 3:
                mean = mean + shifted(pace_sm, int(down / 2), int(right / 2))
                mean = (mean + shifted(pace_sm, np.sign(down), np.sign(right))) / 2
            elif down and right:
                walls = np.isinf(shifted(pace_sm, down, 0)) & np.isinf(shifted(pace_sm, 0, right))
                mean = np.where(walls, np.inf, mean)
            seconds = np.minimum(seconds, shifted(seconds, down, right) + length_m / 2 * mean)
        if (seconds == before).all():
            return seconds


@few
@given(worlds(), st.data())
def test_cells_over_terrain_alone_equal_bellman_ford(world: World, data: st.DataObject) -> None:
    start = data.draw(st.tuples(st.integers(0, world.rows - 1), st.integers(0, world.cols - 1)))
    covers = np.array(world.covers).reshape(world.rows, world.cols)
    covers[start] = LAND_COVERS.index("grass")
    base = ((start[1] + 0.5) * CELL_M, (world.rows - start[0] - 0.5) * CELL_M)
    alone = replace(
        world, covers=tuple(covers.ravel()), bases=(base,), roads=(), walls=(), closures=()
    )
    kmh = np.vectorize(lambda code: 3.0 if code < 0 else WALK_KMH[LAND_COVERS[code]])(covers)
    pace_sm = np.full(kmh.shape, np.inf)
    pace_sm[kmh > 0] = 3.6 / kmh[kmh > 0]
    found = times(alone, "foot_patrol")[0].cell_seconds - 60.0
    np.testing.assert_allclose(found, relaxed_s(pace_sm, start), rtol=1e-5)


# delays on roads: mined stretches and ferries


@dataclass(frozen=True, kw_only=True)
class Delays:
    """Mined areas with the seconds to clear them, which roads are ferries, and the wait for one."""

    mined: tuple[tuple[Xy, float], ...]
    ferry: tuple[bool, ...]
    wait_s: float


@st.composite
def delayed_worlds(draw: st.DrawFn) -> tuple[World, Delays]:
    """Worlds whose roads share a few ends, on which bases and places stand as often as not."""
    world = draw(worlds())
    x = st.integers(0, int(world.cols * CELL_M) // 37).map(lambda n: n * 37.0)
    y = st.integers(0, int(world.rows * CELL_M) // 37).map(lambda n: n * 37.0)
    spots = draw(st.lists(st.tuples(x, y), min_size=3, max_size=5, unique=True))
    spot = st.sampled_from(spots)
    ends = st.tuples(spot, spot).filter(lambda pair: pair[0] != pair[1])
    pairs = draw(st.lists(ends, min_size=2, max_size=5, unique_by=frozenset))
    kmh = st.sampled_from([8.0, 30.0, 60.0])
    world = replace(
        world,
        bases=tuple(draw(st.lists(st.one_of(spot, st.tuples(x, y)), min_size=1, max_size=2))),
        places=tuple(draw(st.lists(st.one_of(spot, st.tuples(x, y)), min_size=1, max_size=3))),
        roads=tuple((*pair, draw(kmh), draw(st.booleans())) for pair in pairs),
        closures=(),
    )
    mined = st.tuples(st.one_of(spot, st.tuples(x, y)), st.sampled_from([0.0, 60.0, 900.0]))
    return world, Delays(
        mined=tuple(draw(st.lists(mined, max_size=2))),
        ferry=tuple(draw(st.booleans()) for _ in pairs),
        wait_s=draw(st.sampled_from([0.0, 300.0])),
    )


class DelayedGraph(SlowGraph):
    """The slow graph whose roads are cleared, or are ferries that are waited for."""

    def __init__(self, world: World, delays: Delays) -> None:
        self.delays = delays
        self.mined = [(closed_box(at), delay_s) for at, delay_s in delays.mined]
        self.meeting: dict[Xy, list[bool]] = {}
        super().__init__(world)

    def afloat(self, xy: Xy) -> bool:
        """Whether two pieces of ferry meet there and nothing else does."""
        return self.meeting[xy] == [True, True]

    def _add_roads(self) -> set[Xy]:
        vertices: dict[Xy, Xy] = {}
        edges = []
        for (start, end, kmh, oneway), ferry in zip(
            self.world.roads, self.delays.ferry, strict=True
        ):
            line = shapely.segmentize(shapely.LineString([start, end]), CELL_M)
            at = [vertices.setdefault((round(x, 2), round(y, 2)), (x, y)) for x, y in line.coords]
            for a, b in itertools.pairwise(at):
                edges += [(a, b, kmh, ferry)] + ([] if oneway else [(b, a, kmh, ferry)])
                for xy in (a, b):
                    self.meeting.setdefault(xy, []).append(ferry)
        for a, b, kmh, ferry in edges:
            line = shapely.LineString([a, b])
            seconds = line.length / kmh * 3.6
            seconds += self.delays.wait_s if ferry and not self.afloat(a) else 0.0
            seconds += self._clearing_s(line, a)
            known = self.graph.get_edge_data(("v", a), ("v", b), {"seconds": np.inf})
            if seconds < known["seconds"]:
                self.graph.add_edge(("v", a), ("v", b), seconds=seconds)
        return set(vertices.values())

    def _clearing_s(self, line: shapely.LineString, entered: Xy) -> float:
        """Of every mined area that a road touches and that whoever enters it is not in yet."""
        return sum(
            delay_s
            for shape, delay_s in self.mined
            if line.intersects(shape) and not shape.intersects(shapely.Point(entered))
        )

    def _leg(self, a: tuple[str, object], p: Xy, b: tuple[str, object], q: Xy) -> None:
        leg = shapely.LineString([p, q])
        if any(kind == "v" and self.afloat(xy) for (kind, _), xy in ((a, p), (b, q))):
            return
        inside = [(s, t) for s, t in self.mined if leg.intersects(s)]
        joins_road = {a[0], b[0]} == {"c", "v"}
        if inside and (leg.length > 0.01 or joins_road):
            return
        super()._leg(a, p, b, q)
        if inside and (a[0], b[0]) == ("b", "v") and self.graph.has_edge(a, b):
            self.graph.edges[a, b]["seconds"] += sum(delay_s for _, delay_s in inside)

    def _move(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        leg = shapely.LineString([self.cells[one], self.cells[other]])
        if not any(leg.intersects(shape) for shape, _ in self.mined):
            super()._move(one, other)


def delayed_times(world: World, delays: Delays) -> TravelTime:
    roads = roads_of(world).assign(road_class=["ferry" if ferry else "" for ferry in delays.ferry])
    mined = areas_of(replace(world, walls=(), closures=tuple(at for at, _ in delays.mined)))
    mined = mined.assign(
        kind="mined", rule="clearance", delay_s=[delay_s for _, delay_s in delays.mined]
    )
    walls = areas_of(world).assign(rule="", delay_s=np.nan)
    asset = Asset(mover="wheeled_patrol", bases="all", notice=60.0, source="test")
    return response_times(
        theatre=theatre_of(world),
        plan=PlanFile(
            plan=PlanSpec(name="test", season="dry"),
            standard=Standard(response=3600.0, cut_off=1e9, source="test"),
            bases=[],
            assets=[asset],
            ferries=Ferries(wait=delays.wait_s, source="test"),
        ),
        bases=points(world, world.bases),
        places=points(world, world.places),
        roads=roads,
        areas=gpd.GeoDataFrame(pd.concat([walls, mined], ignore_index=True), crs=CRS),
        land_cover=cover_of(world),
    )[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(delayed_worlds())
def test_clearing_and_ferries_take_what_they_take_on_the_slow_graph(
    case: tuple[World, Delays],
) -> None:
    world, delays = case
    cells = SlowGraph(replace(world, walls=(), roads=())).cells.values()
    assume(
        all(any(closed_box(at).contains(shapely.Point(c)) for c in cells) for at, _ in delays.mined)
    )
    expected = DelayedGraph(world, delays).seconds()
    found = delayed_times(world, delays).seconds - 60.0
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-2)
