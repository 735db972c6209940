"""Roads whose loss costs most: by hand, and the whole list against losing every segment in turn."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.plan import Asset, Conditions, PlanFile, PlanSpec, Standard
from geo_poc.routing.criticality import Concerned, Critical, Loss, critical_segments
from geo_poc.routing.field import Tables
from geo_poc.routing.first_ways import (
    Fleets,
    bases_of,
    first_arrivals,
    ground_fleets,
)
from geo_poc.routing.response import response_times
from geo_poc.routing.segments import road_segments
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 20_000.0
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=Grid(rows=20, cols=20, cell_size_m=1000.0, left_m=0.0, top_m=SIDE_M, crs=CRS),
    marking="UNCLASSIFIED",
)
DRY_DAY = Conditions(season="dry", light="day")
HOUR = 3600.0
Point = tuple[float, float]


def plan(
    *assets: Asset, standard_s: float = HOUR, cut_off_s: float = 1e6, season: str = "dry"
) -> PlanFile:
    patrol = Asset(mover="wheeled_patrol", bases="all", notice=600.0, source="test")
    return PlanFile(
        plan=PlanSpec(name="test", season=season),  # type: ignore[arg-type]
        standard=Standard(response=standard_s, cut_off=cut_off_s, source="test"),
        bases=[],
        assets=list(assets) or [patrol],
    )


def points(*xy: Point, contingents: tuple[str, ...] = ()) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    named = list(contingents) or ["Alpha"] * len(xy)
    table = {"id": names, "name": names, "aviation": False, "contingent": named}
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def roads(*lines: list[Point], bridges: tuple[int, ...] = ()) -> gpd.GeoDataFrame:
    """Roads of 60 km/h."""
    table = pd.DataFrame(
        {
            "id": [f"r{n}" for n in range(len(lines))],
            "name": "",
            "road_class": "primary",
            "surface": "",
            "speed_kmh": 60.0,
            "length_m": np.nan,
            "oneway": False,
            "bridge": [n in bridges for n in range(len(lines))],
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.LineString(at) for at in lines], crs=CRS)


def areas(*shapes: tuple[str, shapely.Geometry, str]) -> gpd.GeoDataFrame:
    """Areas, each of a kind, a shape and the contingents that it binds; water is a barrier."""
    none = pd.Series(pd.NaT, index=range(len(shapes)), dtype="datetime64[s]")
    table = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(shapes))],
            "name": "area",
            "kind": [kind for kind, *_ in shapes],
            "barrier": [kind == "water" for kind, *_ in shapes],
            "from_date": none,
            "to_date": none,
            "contingents": [bound for *_, bound in shapes],
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shape for _, shape, _ in shapes], crs=CRS)


def tables(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    shut: gpd.GeoDataFrame | None = None,
) -> Tables:
    return Tables(bases=bases, places=places, roads=lines, areas=areas() if shut is None else shut)


def critical(
    of: Tables,
    people: list[float],
    *,
    by: PlanFile | None = None,
    top: int = 20,
    conditions: Conditions = DRY_DAY,
) -> tuple[Fleets, Critical]:
    by = by or plan()
    fleets = ground_fleets(THEATRE, by, of, conditions)
    found = critical_segments(
        fleets,
        road_segments(fleets.ground.network),
        Concerned(people=np.array(people, dtype=float), standard_s=by.standard.response),
        top=top,
        progress=lambda share: None,
    )
    return fleets, found


def of_roads(fleets: Fleets, loss: Loss) -> list[int]:
    """Rows of the roads of a segment."""
    network = fleets.ground.network
    segments = road_segments(network)
    return sorted(set(network.road[segments.of_edge == loss.segment].tolist()))


# Two roads from x = 1.5 to x = 11.5 km: straight, 10 km, and round by the north, 14 km.
STRAIGHT = [(1500.0, 5500.0), (11500.0, 5500.0)]
ROUND = [(1500.0, 5500.0), (1500.0, 7500.0), (11500.0, 7500.0), (11500.0, 5500.0)]
# Without a third road at both ends the two would be one segment: a ring.
WEST, EAST = [(1500.0, 5500.0), (1500.0, 5000.0)], [(11500.0, 5500.0), (11500.0, 5000.0)]


def test_of_two_roads_the_loss_of_the_quicker_delays_by_the_difference() -> None:
    # 10 km take 10 min at 60 km/h, 14 km take 14: its loss delays by 4 min, that of the other by none.
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT, ROUND, WEST, EAST))
    fleets, found = critical(of, [300.0])
    (loss,) = found.losses
    assert of_roads(fleets, loss) == [0]
    assert loss.rank[:4] == (0, 0, 300, 0)
    assert loss.extra_s == pytest.approx(240, rel=1e-4)
    assert loss.places == (0,)
    assert (found.used, found.tried) == (1, 1)


def test_a_place_that_the_loss_makes_late_is_pushed_out_of_the_standard() -> None:
    # Notice 10 min + 10 min by the straight road, + 14 by the other; the standard is 22 min.
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT, ROUND, WEST, EAST))
    _, found = critical(of, [300.0], by=plan(standard_s=22 * 60.0))
    assert found.losses[0].rank[:3] == (0, 300, 0)


def test_a_place_that_the_loss_puts_beyond_the_cut_off_is_cut_off() -> None:
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT, ROUND, WEST, EAST))
    _, found = critical(of, [300.0], by=plan(standard_s=60.0, cut_off_s=22 * 60.0))
    assert found.losses[0].rank == (300, 0, 0, 0, 0)
    assert np.isnan(found.losses[0].extra_s)


def test_without_any_road_left_the_way_leads_over_the_ground_beside_it() -> None:
    # 10 km at 3 km/h over shrub take 200 min instead of 10.
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT))
    _, found = critical(of, [300.0])
    assert found.losses[0].extra_s == pytest.approx(190 * 60, rel=1e-3)


RIVER = ("water", shapely.LineString([(6000, -1), (6000, SIDE_M + 1)]), "")
TO_BRIDGE = [(1500.0, 5500.0), (5900.0, 5500.0)]
BRIDGE = [(5900.0, 5500.0), (6100.0, 5500.0)]
FROM_BRIDGE = [(6100.0, 5500.0), (11500.0, 5500.0)]


def test_the_loss_of_the_only_bridge_cuts_off_and_that_of_its_roads_delays() -> None:
    lines = roads(TO_BRIDGE, BRIDGE, FROM_BRIDGE, bridges=(1,))
    of = tables(points((1500, 5500)), points((11500, 5500)), lines, areas(RIVER))
    fleets, found = critical(of, [300.0])
    assert [of_roads(fleets, loss) for loss in found.losses] == [[1], [2], [0]]
    assert [loss.rank.cut_off for loss in found.losses] == [300, 0, 0]
    # Over 4.4 km and over 5.4 km at 3 instead of 60 km/h.
    longer = [loss.extra_s / 60 for loss in found.losses[1:]]
    assert longer == pytest.approx([5.4 * 19, 4.4 * 19], rel=1e-2)


def test_roads_upon_each_other_are_lost_together() -> None:
    lines = roads(TO_BRIDGE, BRIDGE, BRIDGE[::-1], FROM_BRIDGE, bridges=(1,))
    of = tables(points((1500, 5500)), points((11500, 5500)), lines, areas(RIVER))
    fleets, found = critical(of, [300.0])
    assert of_roads(fleets, found.losses[0]) == [1, 2]
    assert found.losses[0].rank.cut_off == 300


def test_sites_of_unknown_people_are_counted_apart_and_rank_below_known_people() -> None:
    # The road to the east leads to somebody known, the road to the west to nobody knows how many.
    east, west = [(9500.0, 5500.0), (15500.0, 5500.0)], [(9500.0, 5500.0), (3500.0, 5500.0)]
    lines = roads(west, east, [(9500.0, 5500.0), (9500.0, 5000.0)])
    of = tables(points((9500, 5500)), points((3500, 5500), (15500, 5500)), lines)
    fleets, found = critical(of, [np.nan, 1.0])
    assert [of_roads(fleets, loss) for loss in found.losses] == [[1], [0]]
    assert [loss.rank.unknown_sites for loss in found.losses] == [0, 1]
    # 6 km across country instead of by road take 2 h: beyond the standard of 1 h.
    assert [loss.rank.pushed for loss in found.losses] == [1, 0]
    assert np.isnan(found.losses[1].extra_s)


def test_nobody_is_harmed_where_nobody_lives() -> None:
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT))
    _, found = critical(of, [0.0])
    assert found.losses == ()


def test_a_second_base_beyond_the_road_bounds_the_delay() -> None:
    # The other base is 5 km behind the place: 5 min by road, so that the loss of 10 min costs nothing
    # to the place, and the loss of its own 5 km brings the first base in after 10.
    behind = [(11500.0, 5500.0), (16500.0, 5500.0)]
    of = tables(
        points((1500, 5500), (16500, 5500)), points((11500, 5500)), roads(STRAIGHT, behind, EAST)
    )
    fleets, found = critical(of, [300.0])
    (loss,) = found.losses
    assert of_roads(fleets, loss) == [1]
    assert loss.extra_s == pytest.approx(300, rel=1e-4)


def test_a_base_bound_by_a_caveat_does_not_stand_in_for_the_first() -> None:
    # Bravo's road is closed to Bravo: without the first base's road somebody walks from there.
    behind = [(11500.0, 5500.0), (16500.0, 5500.0)]
    caveat = ("caveat", shapely.box(13000, 5000, 14000, 6000), "Bravo")
    bases = points((1500, 5500), (16500, 5500), contingents=("Alpha", "Bravo"))
    of = tables(bases, points((11500, 5500)), roads(STRAIGHT, behind, EAST), areas(caveat))
    fleets, found = critical(of, [300.0])
    assert len(fleets.fleets) == 2
    assert of_roads(fleets, found.losses[0]) == [0]
    assert found.losses[0].extra_s > 600


def test_a_mover_of_unknown_time_is_in_no_fleet_and_named() -> None:
    of = tables(points((1500, 5500)), points((11500, 5500)), roads(STRAIGHT))
    night = Conditions(season="dry", light="night")
    assets = [
        Asset(mover=key, bases="all", notice=0.0, source="test", figures=figures)
        for key, figures in (("wheeled_patrol", {}), ("foot_patrol", {}), ("mi8", {}))
    ]
    fleets = ground_fleets(THEATRE, plan(*assets), of, night)
    assert fleets.untimed == ("wheeled_patrol",)
    assert [fleet.case.mover.key for fleet in fleets.fleets] == ["foot_patrol"]


def test_the_list_stops_when_no_other_segment_can_enter_it() -> None:
    # Three roads from one base to 100, 10 and 1 people; with one line wanted, one is tried.
    spokes = [
        [(9500.0, 9500.0), end] for end in ((9500.0, 15500.0), (15500.0, 9500.0), (3500.0, 9500.0))
    ]
    of = tables(points((9500, 9500)), points(*(end for _, end in spokes)), roads(*spokes))
    fleets, found = critical(of, [10.0, 100.0, 1.0], top=1)
    assert of_roads(fleets, found.losses[0]) == [1]
    assert (found.used, found.tried) == (3, 1)


# --- against computing everything anew ---------------------------------------------------------------

CROSSINGS_M = (2500.0, 7500.0, 12500.0, 17500.0)
STREETS = [((x, y), (x + 1, y)) for x in range(3) for y in range(4)]
STREETS += [((x, y), (x, y + 1)) for x in range(4) for y in range(3)]


def lattice(there: list[int], bridges: set[int]) -> gpd.GeoDataFrame:
    at = [[(CROSSINGS_M[x], CROSSINGS_M[y]) for x, y in STREETS[n]] for n in there]
    return roads(*at, bridges=tuple(k for k, n in enumerate(there) if n in bridges))


def chains(there: list[int], bridges: set[int]) -> list[list[int]]:
    """Positions of the streets that are lost together, found by networkx."""
    alike = nx.Graph()
    alike.add_nodes_from(range(len(there)))
    for crossing in {end for n in there for end in STREETS[n]}:
        meeting = [k for k, n in enumerate(there) if crossing in STREETS[n]]
        if len(meeting) == 2 and len({there[k] in bridges for k in meeting}) == 1:
            alike.add_edge(*meeting)
    return [sorted(part) for part in nx.connected_components(alike)]


def soonest_s(of: Tables, by: PlanFile, conditions: Conditions) -> NDArray[np.float64]:
    """First arrival at each place by what `response_times` says of every base and mover."""
    times = response_times(
        theatre=THEATRE,
        plan=by,
        bases=of.bases,
        places=of.places,
        roads=of.roads,
        areas=of.areas,
    )
    own = [time.seconds for time in times if time.conditions == conditions and time.kind != "air"]
    return np.asarray(np.nanmin(np.concatenate(own), axis=0))


def harm(
    before: NDArray[np.float64], after: NDArray[np.float64], people: list[float], standard_s: float
) -> list[float]:
    """People cut off, pushed, delayed, sites unknown, person-seconds; one place at a time."""
    counts = [0.0] * 5
    for was, now, count in zip(before, after, people, strict=True):
        if not now > was + 1.0:
            continue
        if np.isnan(count):
            counts[3] += 1
            continue
        kind = 0 if np.isinf(now) else 1 if was <= standard_s < now else 2
        counts[kind] += count
        counts[4] += 0.0 if kind == 0 else count * (now - was)
    return counts


def assets_of(walkers: bool) -> list[Asset]:
    patrol = Asset(
        mover="wheeled_patrol",
        bases=["p0"],
        notice=600.0,
        source="test",
        figures={"road_cap_kmh": 40.0, "column_km": 1.0, "night_time_factor": 1.5},
    )
    foot = Asset(
        mover="foot_patrol",
        bases="all",
        notice=60.0,
        source="test",
        figures={"halt_min_per_h": 10.0},
    )
    return [patrol, foot] if walkers else [patrol]


@settings(max_examples=25, deadline=None)
@given(
    st.sets(st.integers(0, 23), min_size=6),
    st.sets(st.integers(0, 23), max_size=6),
    st.lists(
        st.tuples(
            st.integers(1, 19), st.integers(1, 19), st.sampled_from([np.nan, 0.0, 7.0, 50.0, 400.0])
        ),
        min_size=2,
        max_size=6,
        unique_by=lambda place: place[:2],
    ),
    st.sampled_from([("day", False), ("day", True), ("night", True)]),
    st.sampled_from([3600.0, 5 * 3600.0]),
    st.booleans(),
)
def test_the_list_is_what_losing_each_segment_and_computing_everything_anew_gives(
    there: set[int],
    bridges: set[int],
    sites: list[tuple[int, int, float]],
    case: tuple[str, bool],
    cut_off_s: float,
    river: bool,
) -> None:
    light, walkers = case
    conditions = Conditions(season="dry", light=light)  # type: ignore[arg-type]
    by = plan(*assets_of(walkers), standard_s=2400.0, cut_off_s=cut_off_s)
    streets = sorted(there)
    people = [count for *_, count in sites]
    shut = areas(RIVER) if river else areas()
    of = Tables(
        bases=points((2500, 2500), (17000, 16200)),
        places=points(*((1000.0 * x + 70, 1000.0 * y + 320) for x, y, _ in sites)),
        roads=lattice(streets, bridges),
        areas=shut,
    )
    before = soonest_s(of, by, conditions)
    expected = {}
    for chain in chains(streets, bridges):
        lost = of.roads.assign(
            road_class=["construction" if k in chain else "primary" for k in range(len(streets))]
        )
        after = soonest_s(dataclasses.replace(of, roads=lost), by, conditions)
        assert (after >= before).all()
        counts = harm(before, after, people, 2400.0)
        if any(counts):
            expected[tuple(chain)] = counts
    fleets, found = critical(of, people, by=by, top=99, conditions=conditions)
    assert {tuple(of_roads(fleets, loss)): list(loss.rank[:4]) for loss in found.losses} == {
        chain: counts[:4] for chain, counts in expected.items()
    }
    for loss in found.losses:
        person_s = expected[tuple(of_roads(fleets, loss))][4]
        assert loss.rank.person_s == pytest.approx(person_s, rel=1e-3, abs=people_s(people))
    ranks = [loss.rank for loss in found.losses]
    assert ranks == sorted(ranks, reverse=True)
    for top in (1, 2, 3):
        _, short = critical(of, people, by=by, top=top, conditions=conditions)
        assert short.losses == found.losses[:top]
        assert short.tried <= found.used


def people_s(people: list[float]) -> float:
    """What rounding of the 32-bit seconds of all people may add up to: a tenth of a second each."""
    return 0.1 * float(np.nansum(people))


@settings(max_examples=15, deadline=None)
@given(
    st.sets(st.integers(0, 23), min_size=1),
    st.lists(
        st.tuples(st.integers(1, 19), st.integers(1, 19)), min_size=1, max_size=5, unique=True
    ),
    st.sampled_from([3600.0, 1e6]),
)
def test_first_arrivals_are_the_least_of_all_response_times(
    there: set[int], sites: list[tuple[int, int]], cut_off_s: float
) -> None:
    by = plan(*assets_of(walkers=True), cut_off_s=cut_off_s)
    of = tables(
        points((2500, 2500), (17000, 16200)),
        points((2500, 2500), *((1000.0 * x + 70, 1000.0 * y + 320) for x, y in sites)),
        lattice(sorted(there), set()),
    )
    fleets = ground_fleets(THEATRE, by, of, DRY_DAY)
    firsts = [first_arrivals(fleets.ground, fleet, ways=True) for fleet in fleets.fleets]
    seconds = np.min([first.seconds for first in firsts], axis=0)
    assert seconds == pytest.approx(soonest_s(of, by, DRY_DAY), rel=1e-4)
    # The first place is at the first base, where the walkers have 1 min of notice and nowhere to go.
    assert seconds[0] == 60.0
    times = response_times(
        theatre=THEATRE, plan=by, bases=of.bases, places=of.places, roads=of.roads, areas=of.areas
    )
    for fleet, first in zip(fleets.fleets, firsts, strict=True):
        base = bases_of(fleets.ground, fleet, first)
        (own,) = [t for t in times if t.mover == fleet.case.mover.key and t.conditions == DRY_DAY]
        reached = np.flatnonzero(base >= 0)
        assert reached.tolist() == np.flatnonzero(np.isfinite(first.seconds)).tolist()
        assert own.seconds[base[reached], reached] == pytest.approx(
            first.seconds[reached], rel=1e-4
        )


def test_a_place_that_only_one_fleet_reaches_and_one_outside_the_area() -> None:
    of = tables(points((1500, 5500)), points((1800, 5900), (25000, 5500)), roads(STRAIGHT))
    _, found = critical(of, [10.0, 10.0])
    assert found.losses == ()
