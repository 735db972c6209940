"""Figures of movers: sources, a plan's own figures, notice, season and light, columns and halts."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from geo_poc.errors import ConfigError
from geo_poc.plan import Asset, Force, PlanFile, PlanSpec, Standard
from geo_poc.routing.assumptions import assumptions
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, figures_of, kind_of, known_movers
from geo_poc.routing.movers import (
    halt_factor,
    movers_of,
    night_factor,
    notice_s,
    pass_time_s,
    wet_factor,
)
from geo_poc.routing.troops import missing_figures

ALL_ROADS = ("wheeled_patrol", "apc", "truck_convoy")


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


def vehicle(key: str = "wheeled_patrol", **figures: float | bool) -> Vehicle:
    (mover,) = movers_of(plan_of(asset(key, **figures)))  # type: ignore[arg-type]
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
    foot, helicopter = figures_of(known_movers()["foot_patrol"]), figures_of(known_movers()["mi8"])
    absent = (
        "night_time_factor", "off_road_kmh", "off_road_limit_km", "road_cap_kmh", "column_km",
        "halt_min_per_h",
    )  # fmt: skip
    for key in ALL_ROADS:
        figures = figures_of(known_movers()[key])
        assert [figures[name] for name in absent] == [None] * 6
    assert foot["wet_time_factor"] is foot["halt_min_per_h"] is None
    assert helicopter["night"] is None


def test_figures_are_those_of_the_sources() -> None:
    classes = {
        "motorway": 90, "trunk": 85, "primary": 65, "secondary": 55, "tertiary": 40,
        "unclassified": 25, "residential": 25, "service": 15, "track": 20, "path": 10,
    }  # fmt: skip
    caps = {"gravel": 45, "unpaved": 30, "clay": 20, "mud": 15}
    tracktypes = {"grade2": 45, "grade3": 30, "grade4": 20, "grade5": 15}
    smoothness = {
        "good": 60, "intermediate": 45, "bad": 30, "very_bad": 15, "horrible": 3,
        "very_horrible": 0, "impassable": 0,
    }  # fmt: skip
    ground = {"bare": 3.0, "crops": 2.5, "grass": 4.86, "tree": 4.0, "urban": 5.0, "wetland": 0.5}
    wanted = (
        {f"road_{name}_kmh": kmh for name, kmh in classes.items()}
        | {f"surface_cap_{name}_kmh": kmh for name, kmh in caps.items()}
        | {f"tracktype_cap_{name}_kmh": kmh for name, kmh in tracktypes.items()}
        | {f"smoothness_cap_{name}_kmh": kmh for name, kmh in smoothness.items()}
        | {f"terrain_{name}_kmh": kmh for name, kmh in ground.items()}
        | {"wet_time_factor": 3.0}
    )
    for key in ALL_ROADS:
        figures = figures_of(known_movers()[key])
        assert {name: figures[name].value for name in wanted} == wanted  # type: ignore[union-attr]
    assert not {"tracktype_cap_grade1_kmh", "smoothness_cap_excellent_kmh"} & set(figures)


def test_figures_of_aircraft_are_those_of_the_sources() -> None:
    helicopter, weak = (figures_of(known_movers()[key]) for key in ("mi8", "bell_212"))
    wanted = {
        "cruise_kmh": 225, "range_km": 465, "seats": 24, "payload_kg": 4000, "sling_payload_kg": 3000,
        "sling_speed_ratio": 0.67, "sling_limit_km": 74, "ceiling_m": 4500, "hover_ceiling_m": 850,
    }  # fmt: skip
    assert {name: helicopter[name].value for name in wanted} == wanted  # type: ignore[union-attr]
    values = [weak[name].value for name in ("cruise_kmh", "range_km", "seats")]  # type: ignore[union-attr]
    assert values == [186, 439, 14]
    unsourced = ("turn_round_min", "refuel_min", "crew_day_h", "landing_slope_deg", "night")
    assert [helicopter[name] for name in unsourced] == [None] * 5


def test_kinds_of_movers() -> None:
    assert {key: kind_of(mover) for key, mover in known_movers().items()} == {
        "wheeled_patrol": "road",
        "apc": "road",
        "truck_convoy": "road",
        "foot_patrol": "foot",
        "mi8": "air",
        "bell_212": "air",
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
    assert night_factor(truck, "night") == 1.5
    assert known_movers()["wheeled_patrol"].road_kmh["primary"].value == 65  # type: ignore[union-attr,index]


def test_an_unknown_factor_makes_the_time_unknown() -> None:
    assert math.isnan(night_factor(vehicle(), "night"))
    assert math.isnan(wet_factor(walker(), "wet"))


def test_factors_are_those_of_the_sources_and_1_in_the_dry_and_by_day() -> None:
    assert [wet_factor(known_movers()[key], "wet") for key in ALL_ROADS] == [3.0] * 3  # type: ignore[arg-type]
    assert night_factor(walker(), "night") == 1.25
    assert wet_factor(vehicle(), "dry") == wet_factor(walker(), "dry") == 1.0
    assert night_factor(vehicle(), "day") == night_factor(walker(), "day") == 1.0


@pytest.mark.parametrize(
    ("minutes", "factor"), [(0, 1.0), (10, 1.2), (15, 4 / 3), (20, 1.5), (30, 2.0)]
)
def test_halts_leave_the_rest_of_each_hour_for_the_way(minutes: float, factor: float) -> None:
    assert halt_factor(vehicle(halt_min_per_h=minutes)) == pytest.approx(factor)
    (marching,) = movers_of(plan_of(asset("foot_patrol", halt_min_per_h=minutes)))
    assert halt_factor(marching) == pytest.approx(factor)


def test_nobody_halts_unless_the_plan_says_so() -> None:
    assert [halt_factor(mover) for mover in known_movers().values()] == [1.0] * len(known_movers())


@pytest.mark.parametrize(
    ("km", "kmh", "seconds"), [(1, 60, 60), (2, 30, 240), (5, 40, 450), (0.5, 10, 180)]
)
def test_a_column_passes_in_its_length_at_its_speed(km: float, kmh: float, seconds: float) -> None:
    convoy = vehicle("truck_convoy", column_km=km, road_cap_kmh=kmh)
    assert pass_time_s(convoy) == pytest.approx(seconds)
    patrol = vehicle(column_km=km, road_cap_kmh=kmh)
    assert pass_time_s(patrol) == pytest.approx(seconds)


def test_what_has_no_column_passes_at_once() -> None:
    others = [vehicle(), vehicle(road_cap_kmh=30), walker(), known_movers()["mi8"]]
    assert [pass_time_s(mover) for mover in others] == [0.0] * 4


def test_a_column_of_unknown_speed_passes_in_an_unknown_time() -> None:
    km = Figure(value=2, low=2, high=2, source="order 1", grade="M")
    assert math.isnan(pass_time_s(dataclasses.replace(vehicle(), column_km=km)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (asset("wheeled_patrl"), r"'wheeled_patrl'. Repair: did you mean 'wheeled_patrol'\?"),
        (
            asset("zeppelin"),
            "choose one of apc, bell_212, foot_patrol, mi8, truck_convoy, wheeled_patrol",
        ),
        (asset(nigth_time_factor=2), r"did you mean 'night_time_factor'\?"),
        (asset(road_primary_kmh=0), "must be a number above 0"),
        (asset(road_primary_kmh=math.inf), "must be a number above 0"),
        (asset(road_primary_kmh=True), "must be a number"),
        (asset(night_time_factor=0.5), "must be 1 or more"),
        (asset(night_time_factor=math.nan), "must be 1 or more"),
        (asset("mi8", night=1.0), "must be true or false"),
        (asset("apc"), "'apc' needs road_cap_kmh, the mission's own figure"),
        (asset("truck_convoy", road_cap_kmh=30), "'truck_convoy' needs column_km"),
        (asset(column_km=1), "'wheeled_patrol' needs road_cap_kmh"),
        (asset("apc", road_cap_kmh=0), "must be a number above 0"),
        (asset("mi8", column_km=1), "is no figure of 'mi8'"),
        (asset(halt_min_per_h=60), "below 60 minutes of each hour"),
        (asset(halt_min_per_h=-1), "must be 0 or more"),
        (asset(tracktype_cap_grade5_kmh=-1), r"must be 0 \(not driven\) or more"),
        (asset("mi8", sling_speed_ratio=1.1), "must be above 0 and at most 1"),
        (asset("mi8", landing_slope_deg=91), "must be above 0 and at most 90"),
        (asset("mi8", crew_day_h=0), "must be above 0 and at most 24"),
        (asset(climb_limit_deg=61), "must be above 0 and at most 60"),
        (asset("mi8", refuel_min=0), "must be a number above 0"),
    ],
)
def test_a_wrong_asset_is_refused_with_the_repair(wrong: Asset, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        movers_of(plan_of(wrong))


def test_all_faults_of_all_assets_are_listed() -> None:
    with pytest.raises(ConfigError) as error:
        movers_of(plan_of(asset("a"), asset(b=1, c=2), asset()))
    assert len(error.value.faults) == 4


def test_what_only_the_mission_knows_is_asked_for_all_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        movers_of(plan_of(asset("truck_convoy"), asset("apc", nigth=1), asset()))
    assert [(fault.where, fault.found) for fault in error.value.faults] == [
        ("plan: [assets] 1: figures", "no road_cap_kmh"),
        ("plan: [assets] 1: figures", "no column_km"),
        ("plan: [assets] 2: figures", "'nigth'"),
        ("plan: [assets] 2: figures", "no road_cap_kmh"),
    ]
    assert error.value.faults[0].repair == "write figures = { road_cap_kmh = ... }"


def test_a_plan_may_keep_a_mover_off_a_kind_of_road() -> None:
    assert vehicle(smoothness_cap_horrible_kmh=0).smoothness_cap_kmh["horrible"].value == 0


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


def test_assumptions_of_a_convoy_are_the_plans_in_their_units() -> None:
    convoy = asset("truck_convoy", road_cap_kmh=40, column_km=2, halt_min_per_h=10)
    table = assumptions(plan_of(convoy)).set_index("what")
    wanted = {"road cap (km/h)": 40, "column (km)": 2, "halt (min per h)": 10}
    for what, value in wanted.items():
        row = table.loc[f"truck_convoy: {what}"]
        assert (row["value"], row["source"], row["grade"]) == (value, "order 2", "M")
    assert table.loc["truck_convoy: tracktype cap grade4 (km/h)", "value"] == 20


def test_assumptions_on_foot_have_the_night_and_miss_the_wet_season() -> None:
    table = assumptions(plan_of(asset("foot_patrol"))).set_index("what")
    assert table.loc["foot_patrol: night time (times as long)", "high"] == 2.0
    assert math.isnan(table.loc["foot_patrol: wet time (times as long)", "value"])


def test_a_vehicles_crew_on_foot_stands_among_the_assumptions_with_its_source() -> None:
    crew = "wheeled_patrol: its crew on foot, in the rains (times as long)"
    own = assumptions(plan_of(asset(), asset("foot_patrol", wet_time_factor=1.5)))
    assert own.set_index("what").loc[crew].tolist() == [1.5, 1.5, 1.5, "order 2", "M"]
    unknown = assumptions(plan_of(asset())).set_index("what").loc[crew]
    assert math.isnan(unknown["value"])
    assert "wet_time_factor to foot_patrol" in unknown["source"]


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


def force_plan(*assets: Asset) -> PlanFile:
    force = Force(troops=120, guard=40, source="order 3")
    return dataclasses.replace(plan_of(*assets), force=force)


def three_bases(*strengths: float) -> pd.DataFrame:
    names = ["Alfa", "Bravo", "Charlie"]
    return pd.DataFrame(
        {
            "name": names,
            "aviation": [True, False, True],
            "role": ["fixed", "fixed", "candidate"],
            "strength": strengths,
        }
    )


def test_figures_that_make_the_force_unknown_are_named_with_mover_and_base() -> None:
    nan = math.nan
    plan = force_plan(asset(night_time_factor=1), asset("mi8", bases="aviation", night=False))
    # A candidate has nothing, so its strength is not missed; seats of the mi8 are known.
    assert missing_figures(plan, three_bases(nan, 100, nan)) == [
        "seats of wheeled_patrol",
        "turn_round_min of wheeled_patrol",
        "turn_round_min of mi8",
        "refuel_min of mi8",
        "crew_day_h of mi8",
        "count of wheeled_patrol, bases all",
        "count of mi8, bases aviation",
        "strength of Alfa",
    ]
    rows = assumptions(plan, three_bases(nan, 100, nan)).set_index("what")
    for what in (
        "wheeled_patrol: seats",
        "mi8: crew day (h)",
        "mi8: serviceable at each base, bases aviation",
        "strength of Alfa (troops)",
    ):
        assert math.isnan(rows.loc[what, "value"])
        assert rows.loc[what, "source"]
    assert rows.index.is_unique


def test_a_base_without_an_asset_and_a_mover_on_foot_miss_nothing_of_a_force() -> None:
    on_foot = asset("foot_patrol", bases=["Bravo"], wet_time_factor=2)
    assert missing_figures(force_plan(on_foot), three_bases(math.nan, 9, math.nan)) == []
    found = missing_figures(force_plan(on_foot), three_bases(9, math.nan, 9))
    assert found == ["strength of Bravo"]


def test_without_a_force_only_figures_of_time_are_missed() -> None:
    plan = plan_of(asset(bases=["Alfa", "Bravo"]))
    bases = three_bases(math.nan, math.nan, math.nan)
    assert missing_figures(plan, bases) == ["night_time_factor of wheeled_patrol"]
    counted = dataclasses.replace(asset(bases=["Alfa", "Bravo"], night_time_factor=1), count=2)
    both = missing_figures(force_plan(counted), bases)
    assert both[-1] == "strength of Alfa, Bravo"
    named = missing_figures(force_plan(asset(bases=["Alfa", "Bravo"])), bases)
    assert "count of wheeled_patrol, bases Alfa, Bravo" in named


@pytest.mark.parametrize("seats", [0.5, math.inf, math.nan])
def test_a_vehicle_that_seats_nobody_is_refused(seats: float) -> None:
    with pytest.raises(ConfigError, match="must be 1 or more"):
        movers_of(plan_of(asset(seats=seats)))
