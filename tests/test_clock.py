"""The response clock: called at any hour, who comes when."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
from astral import Observer
from astral.sun import dawn, dusk

from geo_poc.plan import ALL_CONDITIONS, Asset, Force, PlanFile, PlanSpec, Standard
from geo_poc.report.clock import clock_svg
from geo_poc.routing.alert import trips_at, watch_over
from geo_poc.routing.arrival import arrival
from geo_poc.routing.binding import Constraint, binding
from geo_poc.routing.catalogue import kind_of, known_movers
from geo_poc.routing.clock import Clock, hour_figures, response_clock, shares
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

MIN, HOUR, DAY = 60.0, 3600.0, 86_400.0
INF, NAN = math.inf, math.nan
AS_OF = dt.date(2021, 1, 1)
MINUTES = {"mi8": 30.0, "foot_patrol": 600.0, "wheeled_patrol": 240.0}
NOTICE_MIN = {"mi8": 60.0, "foot_patrol": 15.0, "wheeled_patrol": 30.0}

Maker = Callable[..., Theatre]


def asset(mover: str, **options: object) -> Asset:
    values = {"bases": "all", "notice": NOTICE_MIN[mover] * MIN, "source": "test"}
    return Asset(mover=mover, **(values | options))  # type: ignore[arg-type]


def plan_of(*assets: Asset, force: Force | None = None) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="Test", season="dry"),
        standard=Standard(response=2 * HOUR, cut_off=DAY, source="test"),
        bases=[],
        assets=list(assets),
        force=force,
    )


def points(*xy_km: tuple[float, float], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    table = {"id": [f"p{n}" for n in range(len(xy_km))], **columns}
    x, y = np.array(xy_km).T * 1000
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs="EPSG:32636")


def bases_of(strength: float = 200.0) -> gpd.GeoDataFrame:
    return points((20, 20), name=["A"], aviation=[True], strength=[strength])


PLACES = points((90, 20), (20, 90), layer=["camp", "place"], people=[1000.0, NAN])


def travel(theatre: Theatre, plan: PlanFile) -> tuple[TravelTime, ...]:
    """The first place takes each mover its `MINUTES` by day, the second is not reached."""
    times = []
    for mover in dict.fromkeys(a.mover for a in plan.assets):
        seconds = np.array([[(NOTICE_MIN[mover] + MINUTES[mover]) * MIN, INF]])
        times += [
            TravelTime(
                mover=mover,
                kind=kind_of(known_movers()[mover]),
                conditions=conditions,
                grid=theatre.grid,
                base_ids=("p0",),
                place_ids=("p0", "p1"),
                seconds=seconds,
                distance_m=np.array([[70_000.0, NAN]]),
                off_road_m=np.array([[0.0, NAN]]),
                reasons=np.array([[Reason.REACHED, Reason.CUT_OFF]], dtype=object),
                cell_seconds=np.zeros(theatre.grid.shape, np.float32),
                cell_owner=np.zeros(theatre.grid.shape, np.int32),
                cell_reasons=np.zeros(theatre.grid.shape, np.int8),
            )
            for conditions in ALL_CONDITIONS
        ]
    return tuple(times)


def clock_of(
    theatre: Theatre, plan: PlanFile, bases: gpd.GeoDataFrame | None = None
) -> tuple[Clock, tuple[TravelTime, ...]]:
    times = travel(theatre, plan)
    table = bases_of() if bases is None else bases
    return response_clock(times, theatre=theatre, plan=plan, bases=table, places=PLACES), times


@pytest.fixture
def theatre(theatre_of: Maker) -> Theatre:
    return theatre_of(10, 10)


def light_s(theatre: Theatre, day: dt.date) -> tuple[float, float]:
    """First and last light at base and first place at once, after midnight UTC of the theatre's day."""
    lon, lat = theatre.lonlat(np.array([20_000.0, 90_000.0]), np.array([20_000.0, 20_000.0]))
    midnight = dt.datetime.combine(AS_OF, dt.time(), tzinfo=dt.UTC)
    spells = [
        [
            (at(Observer(latitude=y, longitude=x), date=day, depression=6) - midnight)
            for at in (dawn, dusk)
        ]
        for x, y in zip(lon, lat, strict=True)
    ]
    first = max(spell[0].total_seconds() for spell in spells)
    return first, min(spell[1].total_seconds() for spell in spells)


def test_a_day_only_aircraft_called_at_20_arrives_after_first_light(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("mi8", figures={"night": False})))
    # 28.5 degrees east: local time is UTC+2, and 20:00 is 18:00 UTC.
    assert found.offset_h == 2
    next_light_s, _ = light_s(theatre, dt.date(2021, 1, 2))
    assert 18 * HOUR + found.first_s[0, 18, 0] == pytest.approx(next_light_s + 30 * MIN, abs=10)
    assert found.waits[0, 18].tolist() == [True, False]
    assert found.dark[18]


def test_a_day_only_aircraft_called_by_day_comes_at_once(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("mi8", figures={"night": False})))
    assert found.first_s[:, 8, 0].tolist() == [90 * MIN] * 2
    assert not found.waits[:, 8].any()
    assert not found.dark[8]


def test_a_day_only_aircraft_leaves_only_if_it_is_back_by_last_light(theatre: Theatre) -> None:
    plan = plan_of(asset("mi8", figures={"night": False}))
    times = travel(theatre, plan)
    watch = watch_over(times, theatre=theatre, plan=plan, bases=bases_of(), places=PLACES)
    _, last_s = light_s(theatre, AS_OF)
    latest_alert_s = last_s - (60 + 30 + 30) * MIN
    in_time, _ = trips_at(watch, "dry", latest_alert_s - 15)
    too_late, undelayed_s = trips_at(watch, "dry", latest_alert_s + 15)
    assert in_time.seconds[0, 0] == 90 * MIN
    assert too_late.seconds[0, 0] > 10 * HOUR
    assert undelayed_s[0, 0] == 90 * MIN


def test_the_answer_names_daylight_as_what_binds(theatre: Theatre) -> None:
    force = Force(troops=20, guard=0, source="test")
    plan = plan_of(asset("mi8", count=1, figures={"night": False}), force=force)
    watch = watch_over(
        travel(theatre, plan), theatre=theatre, plan=plan, bases=bases_of(), places=PLACES
    )
    by_day, _ = trips_at(watch, "dry", 18 * HOUR, always_day=True)
    at_20, _ = trips_at(watch, "dry", 18 * HOUR)
    found = binding(arrival(at_20), 20, in_daylight=by_day)
    assert found.tolist() == [Constraint.DAYLIGHT, Constraint.DISTANCE]


def test_an_aircraft_that_flies_by_night_never_waits(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("mi8", figures={"night": True})))
    assert (found.first_s[:, :, 0] == 90 * MIN).all()
    assert not found.waits.any()


def test_an_aircraft_of_which_that_is_unknown_has_a_time_by_day_only(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("mi8")))
    assert found.first_s[0, 8, 0] == 90 * MIN
    assert math.isnan(found.first_s[0, 18, 0])
    assert not found.waits.any()


def test_a_column_on_foot_is_slower_for_as_long_as_it_is_dark(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("foot_patrol")))
    # Called at 22:00 UTC it walks from 22:15 by night until first light, 1 / 1.25 of the pace.
    lon, lat = theatre.lonlat(np.array([90_000.0]), np.array([20_000.0]))
    observer = Observer(latitude=lat[0], longitude=lon[0])
    light = dawn(observer, date=dt.date(2021, 1, 2), depression=6)
    start = dt.datetime(2021, 1, 1, 22, 15, tzinfo=dt.UTC)
    dark_s = (light - start).total_seconds()
    expected_s = 15 * MIN + dark_s + (600 * MIN - dark_s / 1.25)
    assert found.first_s[0, 22, 0] == pytest.approx(expected_s, abs=10)
    assert found.first_s[0, 5, 0] == 615 * MIN


def test_a_place_that_nobody_reaches_by_day_is_not_reached_by_night(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("foot_patrol"), asset("mi8")))
    assert np.isinf(found.first_s[:, :, 1]).all()


def test_without_a_night_factor_a_vehicle_has_a_time_only_if_it_arrives_before_dark(
    theatre: Theatre,
) -> None:
    found, _ = clock_of(theatre, plan_of(asset("wheeled_patrol")))
    assert found.first_s[0, 6, 0] == 270 * MIN
    assert math.isnan(found.first_s[0, 14, 0])
    assert math.isnan(found.first_s[0, 20, 0])


def test_later_than_the_cut_off_is_not_reached(theatre: Theatre) -> None:
    # By night it hardly moves: called at 20:00 UTC it is light only after eight hours, past the cut-off of six.
    plan = plan_of(asset("wheeled_patrol", figures={"night_time_factor": 1000.0}))
    short = Standard(response=HOUR, cut_off=6 * HOUR, source="test")
    plan = PlanFile(plan=plan.plan, standard=short, bases=[], assets=plan.assets)
    found, _ = clock_of(theatre, plan)
    assert found.first_s[0, 20, 0] == INF
    assert found.first_s[0, 6, 0] == 270 * MIN


def test_the_force_comes_when_the_last_needed_lift_does(theatre: Theatre) -> None:
    force = Force(troops=60, guard=40, source="test")
    foot, fly = asset("foot_patrol"), asset("mi8", count=1, figures={"night": False})
    found, _ = clock_of(theatre, plan_of(foot, fly, force=force))
    # 24 by air at once; the others of the 160 on foot, as no turn-round is known.
    assert found.force_s[0, 5, 0] == 615 * MIN
    assert found.troops == 60
    few, _ = clock_of(theatre, plan_of(foot, fly, force=force), bases_of(strength=99.0))
    assert few.force_s[0, 5, 0] == INF


def test_no_force_section_no_time_of_a_force(theatre: Theatre) -> None:
    found, _ = clock_of(theatre, plan_of(asset("foot_patrol")))
    assert found.troops is None
    assert np.isnan(found.force_s).all()


def test_a_base_with_nobody_to_send_waits_for_no_light(theatre: Theatre) -> None:
    force = Force(troops=1, guard=200, source="test")
    plan = plan_of(asset("mi8", count=1, figures={"night": False}), force=force)
    found, _ = clock_of(theatre, plan)
    assert not found.waits.any()
    assert np.isinf(found.first_s).all()


# figures of the hours


def test_best_median_and_worst_hour_by_place() -> None:
    hours = np.array([[30.0, INF, 10.0], [10.0, INF, NAN], [20.0, 5.0, 10.0], [10.0, 5.0, 10.0]])
    found = hour_figures(hours)
    assert found.best_s[:2].tolist() == [10, 5]
    assert found.best_hour.tolist() == [1, 2, -1]
    assert found.worst_s[:2].tolist() == [30, INF]
    assert found.worst_hour.tolist() == [0, 0, -1]
    # Of 10, 10, 20, 30 and of 5, 5, inf, inf the upper middle one.
    assert found.median_s[:2].tolist() == [20, INF]
    assert np.isnan([found.best_s[2], found.median_s[2], found.worst_s[2]]).all()


def test_shares_of_people_add_up_and_unknown_people_stand_apart() -> None:
    times = np.array([[10.0, 20.0, INF, NAN, 10.0]])
    people = np.array([100.0, 200.0, 300.0, 400.0, NAN])
    found = shares(times, 10.0, people)
    parts = [found.in_time[0], found.later[0], found.never[0], found.unknown[0]]
    assert parts == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert (found.weight, found.unknown_weight) == (1000, 1)
    assert shares(times, 10.0).in_time.tolist() == pytest.approx([0.4])


def test_without_any_known_people_the_share_is_unknown() -> None:
    assert np.isnan(shares(np.array([[1.0]]), 10.0, np.array([NAN])).in_time).all()


# the picture


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter() if e.tag.endswith("text")]


def test_the_picture_says_hours_shares_and_the_force(theatre: Theatre) -> None:
    force = Force(troops=60, guard=40, source="test")
    plan = plan_of(asset("mi8", count=3, figures={"night": False}), force=force)
    found, _ = clock_of(theatre, plan)
    written = texts(clock_svg(found, theatre=theatre, plan=plan, places=PLACES))
    assert written[0] == written[-1] == "UNCLASSIFIED"
    assert "Local hours are UTC+2, the theatre's time by its longitude; legal time may differ." in (
        written
    )
    assert written.count("Dry season") == written.count("Wet season") == 1
    assert "60 troops, % of sites" in written
    assert any("best from 05:00 to" in words and "50%" in words for words in written)
    assert sum(words == "23" for words in written) == 4


def test_the_picture_without_a_force_says_so(theatre: Theatre) -> None:
    plan = plan_of(asset("mi8"))
    found, _ = clock_of(theatre, plan)
    places = PLACES.assign(people=NAN)
    written = texts(clock_svg(found, theatre=theatre, plan=plan, places=places))
    assert written.count("The plan has no section [force]: no time of k troops.") == 2
    assert not any("troops, %" in words or "displaced" in words for words in written)


def test_text_of_the_data_cannot_become_markup(theatre: Theatre) -> None:
    plan = plan_of(asset("mi8"))
    named = PlanFile(
        plan=PlanSpec(name="<script>alert(1)</script>", season="dry"),
        standard=plan.standard,
        bases=[],
        assets=plan.assets,
    )
    found, _ = clock_of(theatre, named)
    svg = clock_svg(found, theatre=theatre, plan=named, places=PLACES)
    assert "<script" not in svg
    assert any("<script>alert(1)" in words for words in texts(svg))


def test_the_same_clock_gives_the_same_picture(theatre: Theatre) -> None:
    plan = plan_of(asset("mi8"))
    first, _ = clock_of(theatre, plan)
    again, _ = clock_of(theatre, plan)
    drawn = [clock_svg(c, theatre=theatre, plan=plan, places=PLACES) for c in (first, again)]
    assert drawn[0] == drawn[1]
