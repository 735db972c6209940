"""Figures of movers: sources, a plan's own figures, notice, and what a road allows."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from geo_poc.errors import ConfigError
from geo_poc.grid import Grid
from geo_poc.plan import Asset, Conditions, Force, PlanFile, PlanSpec, Standard
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, figures_of, kind_of, known_movers
from geo_poc.routing.movers import assumptions, movers_of, notice_s, time_factor
from geo_poc.routing.speeds import cell_speeds_kmh, road_speeds_kmh

DRY_NIGHT, WET_DAY, WET_NIGHT = (
    Conditions(season="dry", light="night"),
    Conditions(season="wet", light="day"),
    Conditions(season="wet", light="night"),
)


def plan_of(*assets: Asset) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=3600.0, cut_off=7200.0, source="order 1"),
        bases=[],
        assets=list(assets),
    )


def asset(
    mover: str = "wheeled_patrol",
    bases: object = "all",
    notice: float = 60.0,
    **figures: float | bool,
) -> Asset:
    return Asset(mover=mover, bases=bases, notice=notice, source="order 2", figures=figures)  # type: ignore[arg-type]


def roads_of(*roads: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(roads, columns=["road_class", "surface", "speed_kmh"])


def vehicle(**figures: float | bool) -> Vehicle:
    (mover,) = movers_of(plan_of(asset(**figures)))  # type: ignore[arg-type]
    assert isinstance(mover, Vehicle)
    return mover


def walker() -> Foot:
    mover = known_movers()["foot_patrol"]
    assert isinstance(mover, Foot)
    return mover


def test_every_known_figure_has_a_source_a_grade_and_a_range_around_it() -> None:
    for mover in known_movers().values():
        for figure in figures_of(mover).values():
            if figure is not None:
                assert figure.low <= figure.value <= figure.high
                assert figure.source
                assert figure.grade in {"S", "P"}


def test_what_no_source_gives_is_absent() -> None:
    truck = figures_of(known_movers()["wheeled_patrol"])
    foot, helicopter = figures_of(known_movers()["foot_patrol"]), figures_of(known_movers()["mi8"])
    absent = ("night_time_factor", "off_road_kmh", "off_road_limit_km", "road_cap_kmh")
    assert [truck[name] for name in absent] == [None] * 4
    assert foot["wet_time_factor"] is None
    assert helicopter["night"] is None


def test_figures_are_those_of_the_sources() -> None:
    truck = figures_of(known_movers()["wheeled_patrol"])
    classes = {
        "motorway": 90, "trunk": 85, "primary": 65, "secondary": 55, "tertiary": 40,
        "unclassified": 25, "residential": 25, "service": 15, "track": 20, "path": 10,
    }  # fmt: skip
    caps = {"gravel": 45, "unpaved": 30, "clay": 20, "mud": 15}
    ground = {"bare": 3.0, "crops": 2.5, "grass": 4.86, "tree": 4.0, "urban": 5.0, "wetland": 0.5}
    wanted = (
        {f"road_{name}_kmh": kmh for name, kmh in classes.items()}
        | {f"surface_cap_{name}_kmh": kmh for name, kmh in caps.items()}
        | {f"terrain_{name}_kmh": kmh for name, kmh in ground.items()}
        | {"wet_time_factor": 3.0}
    )
    assert {name: truck[name].value for name in wanted} == wanted  # type: ignore[union-attr]
    helicopter = figures_of(known_movers()["mi8"])
    values = [helicopter[name].value for name in ("cruise_kmh", "range_km", "seats")]  # type: ignore[union-attr]
    assert values == [225, 465, 24]


def test_kinds_of_movers() -> None:
    assert {key: kind_of(mover) for key, mover in known_movers().items()} == {
        "wheeled_patrol": "road",
        "foot_patrol": "foot",
        "mi8": "air",
    }


def test_a_figure_out_of_its_range_is_refused() -> None:
    with pytest.raises(ConfigError, match="low, value and high must be in this order"):
        Figure(value=5, low=6, high=7, source="a", grade="S")


def test_a_plan_overrides_figures_with_its_own_source() -> None:
    truck = vehicle(road_primary_kmh=50, night_time_factor=1.5)
    assert truck.road_kmh["primary"] == Figure(
        value=50, low=50, high=50, source="order 2", grade="M"
    )
    assert truck.road_kmh["secondary"].value == 55
    assert time_factor(truck, DRY_NIGHT) == 1.5
    assert time_factor(truck, WET_NIGHT) == 4.5
    assert known_movers()["wheeled_patrol"].road_kmh["primary"].value == 65  # type: ignore[union-attr,index]


def test_an_unknown_factor_makes_the_time_unknown() -> None:
    truck = vehicle()
    assert time_factor(truck, WET_DAY) == 3.0
    assert math.isnan(time_factor(truck, DRY_NIGHT))
    assert math.isnan(time_factor(truck, WET_NIGHT))
    assert time_factor(walker(), DRY_NIGHT) == 1.25


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (asset("wheeled_patrl"), r"'wheeled_patrl'. Repair: did you mean 'wheeled_patrol'\?"),
        (asset("zeppelin"), "choose one of foot_patrol, mi8, wheeled_patrol"),
        (asset(nigth_time_factor=2), r"did you mean 'night_time_factor'\?"),
        (asset(road_primary_kmh=0), "must be a number above 0"),
        (asset(road_primary_kmh=math.inf), "must be a number above 0"),
        (asset(road_primary_kmh=True), "must be a number"),
        (asset(night_time_factor=0.5), "must be 1 or more"),
        (asset(night_time_factor=math.nan), "must be 1 or more"),
        (asset("mi8", night=1.0), "must be true or false"),
    ],
)
def test_a_wrong_asset_is_refused_with_the_repair(wrong: Asset, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        movers_of(plan_of(wrong))


def test_all_faults_of_all_assets_are_listed() -> None:
    with pytest.raises(ConfigError) as error:
        movers_of(plan_of(asset("a"), asset(b=1, c=2), asset()))
    assert len(error.value.faults) == 4


def test_assets_of_one_mover_must_agree_in_their_figures() -> None:
    with pytest.raises(ConfigError, match="must have the same figures"):
        movers_of(plan_of(asset(), asset(night_time_factor=2.0)))
    assert len(movers_of(plan_of(asset(), asset(bases=["x"])))) == 1


def test_the_shortest_notice_holds_and_no_notice_means_no_mover() -> None:
    bases = pd.DataFrame({"name": ["x", "y", "z"], "aviation": [True, False, False]})
    plan = plan_of(
        asset(bases=["x"], notice=10), asset(bases=["x", "y"], notice=30), asset("mi8", "aviation")
    )
    assert np.array_equal(notice_s(plan, "wheeled_patrol", bases), [10, 30, np.nan], equal_nan=True)
    assert np.array_equal(notice_s(plan, "mi8", bases), [60, np.nan, np.nan], equal_nan=True)


def test_a_candidate_base_does_not_exist_yet_and_has_no_mover() -> None:
    bases = pd.DataFrame(
        {"name": ["x", "y"], "aviation": [True, True], "role": ["candidate", "movable"]}
    )
    plan = plan_of(asset(bases="all", notice=10), asset("mi8", "aviation", notice=20))
    assert np.array_equal(notice_s(plan, "wheeled_patrol", bases), [np.nan, 10], equal_nan=True)
    assert np.array_equal(notice_s(plan, "mi8", bases), [np.nan, 20], equal_nan=True)


def test_a_base_that_does_not_exist_is_named_with_the_nearest() -> None:
    bases = pd.DataFrame({"name": ["Alphaville"], "aviation": [False]})
    with pytest.raises(ConfigError, match=r"'Alphavile'. Repair: did you mean 'Alphaville'\?"):
        notice_s(plan_of(asset(bases=["Alphavile"])), "wheeled_patrol", bases)


def test_assumptions_list_standard_notice_every_figure_and_what_is_unknown() -> None:
    table = assumptions(
        plan_of(asset(bases=["x", "y"], road_primary_kmh=50), asset("mi8"))
    ).set_index("what")
    assert table.index.is_unique
    assert table.loc["response standard (min)", "value"] == 60
    assert table.loc["cut-off (min)", "source"] == "order 1"
    assert table.loc["wheeled_patrol: notice to move, bases x, y (min)", "value"] == 1
    primary = table.loc["wheeled_patrol: road primary (km/h)"]
    assert primary.tolist() == [50, 50, 50, "order 2", "M"]
    assert table.loc["wheeled_patrol: road of unknown class and speed (km/h)", "value"] == 10
    assert table.loc["wheeled_patrol: ground of unknown land cover, as shrub (km/h)", "value"] == 3
    unknown = table.loc[["wheeled_patrol: night time (times as long)", "mi8: night"]]
    assert unknown["value"].isna().all()
    assert (table["source"] != "").all()


def test_assumptions_on_foot_have_the_night_and_miss_the_wet_season() -> None:
    table = assumptions(plan_of(asset("foot_patrol"))).set_index("what")
    assert table.loc["foot_patrol: night time (times as long)", "high"] == 2.0
    assert math.isnan(table.loc["foot_patrol: wet time (times as long)", "value"])


def test_road_speed_is_the_files_then_the_class_under_the_cap_of_the_surface() -> None:
    roads = roads_of(
        ("primary", "", 80.0),
        ("primary", "mud", 80.0),
        ("primary", "mud", np.nan),
        ("service", "gravel", np.nan),
        ("trunk_link", "asphalt", np.nan),
        ("", "", np.nan),
        ("ridge", "gravel", np.nan),
        ("steps", "", 5.0),
        ("construction", "", np.nan),
        ("ferry", "", np.nan),
    )
    assert road_speeds_kmh(vehicle(), roads).tolist() == [80, 80, 15, 15, 85, 10, 10, 0, 0, 0]
    capped = road_speeds_kmh(vehicle(road_cap_kmh=40), roads)
    assert capped.tolist() == [40, 40, 15, 15, 40, 10, 10, 0, 0, 0]
    assert road_speeds_kmh(walker(), roads).tolist() == [4.0] * 8 + [0, 0]


def test_without_land_cover_all_ground_is_shrub_at_the_movers_pace() -> None:
    grid = Grid(rows=1, cols=2, cell_size_m=10.0, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    assert cell_speeds_kmh(walker(), grid, None).tolist() == [[3.0, 3.0]]
    assert cell_speeds_kmh(vehicle(off_road_kmh=12), grid, None).tolist() == [[12.0, 12.0]]


def test_counts_and_the_force_stand_among_the_assumptions_with_their_source() -> None:
    counted = Asset(mover="mi8", bases="all", notice=60.0, source="order 2", count=2)
    plan = plan_of(counted)
    force = Force(troops=120, guard=40, guard_ratio=0.25, reserve=5, source="order 3")
    plan = dataclasses.replace(plan, force=force)
    table = assumptions(plan).set_index("what")
    assert table.loc["mi8: serviceable at each base, bases all", ["value", "source"]].tolist() == [
        2,
        "order 2",
    ]
    own = table[table["source"] == "order 3"]["value"]
    assert own.tolist() == [120, 40, 0.25, 5]


@pytest.mark.parametrize("seats", [0.5, math.inf, math.nan])
def test_a_vehicle_that_seats_nobody_is_refused(seats: float) -> None:
    with pytest.raises(ConfigError, match="must be 1 or more"):
        movers_of(plan_of(asset(seats=seats)))
