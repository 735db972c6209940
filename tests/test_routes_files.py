"""``geo-poc routes``: files read back, names that are not known, and failures that leave files alone."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import geopandas as gpd
import gpxpy
import numpy as np
import pytest
import shapely
from rich.table import Table
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.data import embedded_theatre
from geo_poc.errors import ConfigError, OutputError
from geo_poc.grid import WGS84
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.report.routes import COLUMNS, RouteRow, write_routes_file
from geo_poc.routes import FoundRoutes, Passage, Wanted, routes, write_routes
from geo_poc.routing.travel_time import Reason
from geo_poc.screen.routes import route_tables

HOME = embedded_theatre()
THEATRE, PLAN = HOME / "theatre.toml", HOME / "plan.toml"
HOSTILE = "<img src=x onerror=alert(1)>]]>&"


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return read_inputs(THEATRE, PLAN)


def wanted(
    *, bases: tuple[str, ...] = ("B01",), places: tuple[str, ...] = ("P010",), **other: object
) -> Wanted:
    return Wanted(bases=bases, places=places, mover="wheeled_patrol", **other)  # type: ignore[arg-type]


def command(out: Path, *options: str) -> list[str]:
    ask = ["--mover", "wheeled_patrol", "--base", "B01", "--place", "P010"]
    return ["routes", str(THEATRE), "--plan", str(PLAN), "--out", str(out), *(options or ask)]


def test_geojson_has_a_line_for_each_leg_from_the_base_to_the_place(
    inputs: Inputs, tmp_path: Path
) -> None:
    out = tmp_path / "way.geojson"
    found = write_routes(THEATRE, PLAN, out, wanted())
    table = gpd.read_file(out)
    assert list(table.columns) == [*COLUMNS, "geometry"]
    assert set(table["marking"]) == {inputs.theatre.marking}
    (row,) = found.rows
    assert row.route is not None
    legs = row.route.legs()
    assert table["km"].tolist() == pytest.approx(legs["km"].tolist(), abs=5e-4)
    assert table["minutes_since_start"].iloc[-1] == pytest.approx(
        row.route.seconds[-1] / 60, abs=0.05
    )
    base = inputs.layers["bases"].table.set_index("id").geometry["B01"]
    ends = table.to_crs(inputs.theatre.grid.crs).geometry
    assert ends.iloc[0].coords[0] == pytest.approx((base.x, base.y), abs=0.2)
    for one, following in zip(table.geometry[:-1], table.geometry[1:], strict=True):
        assert one.coords[-1] == following.coords[0]
    assert table["from_mgrs"].tolist()[1:] == table["to_mgrs"].tolist()[:-1]


def test_gpx_has_a_track_for_each_way_and_a_waypoint_for_each_leg(tmp_path: Path) -> None:
    out = tmp_path / "way.gpx"
    found = write_routes(THEATRE, PLAN, out, wanted(places=("P010", "P004")))
    document = gpxpy.parse(out.read_text(encoding="utf-8"))
    assert [len(track.segments[0].points) for track in document.tracks] == [
        len(row.route.points_m) for row in found.rows if row.route is not None
    ]
    legs = [len(row.route.legs()) for row in found.rows if row.route is not None]
    assert len(document.waypoints) == sum(legs)
    assert document.description == found.theatre.marking
    track = gpd.read_file(out, layer="tracks")
    assert track.crs == WGS84


def test_hostile_names_stay_text(inputs: Inputs, tmp_path: Path) -> None:
    (row,) = routes(inputs, wanted()).rows
    hostile = RouteRow(
        base=HOSTILE,
        place=HOSTILE,
        mover=row.mover,
        season=row.season,
        route=row.route,
        reason=row.reason,
    )
    for ending in (".gpx", ".geojson"):
        write_routes_file([hostile], tmp_path / f"a{ending}", ending=ending, theatre=inputs.theatre)
    parsed = gpxpy.parse((tmp_path / "a.gpx").read_text(encoding="utf-8"))
    assert parsed.tracks[0].name == f"{HOSTILE} - {HOSTILE}"
    read = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert read["features"][0]["properties"]["base"] == HOSTILE


def test_a_pair_without_a_way_is_said_and_left_out(inputs: Inputs, tmp_path: Path) -> None:
    (row,) = routes(inputs, wanted()).rows
    none = no_way(Reason.NO_NETWORK)
    assert row.mover == none.mover
    for ending in (".gpx", ".geojson"):
        write_routes_file([none], tmp_path / f"a{ending}", ending=ending, theatre=inputs.theatre)
    read = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert read["features"] == []
    assert gpxpy.parse((tmp_path / "a.gpx").read_text(encoding="utf-8")).tracks == []


def test_everything_unknown_is_named_at_once(inputs: Inputs) -> None:
    asked = Wanted(bases=("B99", "zzz"), places=("nowhere",), mover="mi8")
    with pytest.raises(ConfigError) as error:
        routes(inputs, asked)
    assert [fault.where for fault in error.value.faults] == [
        "routes: --base",
        "routes: --base",
        "routes: --place",
        "routes: --mover",
    ]


def test_a_name_of_several_places_asks_for_the_id(inputs: Inputs) -> None:
    table = inputs.layers["places"].table
    table = table.assign(name=np.where(table["id"].isin(["P001", "P002"]), "Twin", table["name"]))
    layers = dict(inputs.layers)
    layers["places"] = type(layers["places"])(**{**layers["places"].__dict__, "table": table})
    changed = type(inputs)(**{**inputs.__dict__, "layers": layers})
    with pytest.raises(
        ConfigError, match=r"give its id: P001 \(\w+, \d\d[A-Z] \w\w \d{4} \d{4}\); P002 \("
    ):
        routes(changed, wanted(places=("twin",)))


def test_the_command_prints_the_legs_and_writes_the_file(tmp_path: Path) -> None:
    out = tmp_path / "way.geojson"
    result = CliRunner().invoke(app, command(out))
    assert result.exit_code == 0, result.stderr
    assert "since start" in result.stdout
    assert out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--mover", "foot_patrl", "--base", "B01", "--place", "P010"), "foot_patrol"),
        (
            ("--mover", "wheeled_patrol", "--base", "B01", "--place", "P010", "--season", "humid"),
            "must be dry or wet",
        ),
        (
            ("--mover", "wheeled_patrol", "--base", "B01", "--place", "P010", "--light", "dusk"),
            "must be day or night",
        ),
    ],
)
def test_a_wrong_option_is_a_fault_with_its_repair(
    tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "way.geojson"
    result = CliRunner().invoke(app, command(out, *options))
    assert result.exit_code == 2
    assert message in result.stderr
    assert not out.exists()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in .geojson or .gpx"):
        write_routes(THEATRE, PLAN, tmp_path / "way.kml", wanted())


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    plan = tmp_path / "plan.geojson"
    plan.write_bytes(PLAN.read_bytes())
    with pytest.raises(OutputError, match="must not be an input"):
        write_routes(THEATRE, plan, plan, wanted())


def no_way(reason: Reason) -> RouteRow:
    return RouteRow(
        base="A", place="B", mover="wheeled_patrol", season="dry", route=None, reason=reason
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.CLOSED, "closed by a closure"),
        (Reason.CAVEAT, "a caveat"),
        (Reason.NO_NETWORK, "no road"),
        (Reason.OUTSIDE_AREA, "outside the area"),
        (Reason.UNKNOWN, "position"),
    ],
)
def test_the_terminal_says_where_there_is_no_way_and_why(
    inputs: Inputs, reason: Reason, words: str
) -> None:
    found = FoundRoutes(theatre=inputs.theatre, rows=(no_way(reason),), cut_off_s=86400.0)
    first, *_ = route_tables(found)
    assert str(first).startswith("A to B: no way for Road patrol in the dry season: ")
    assert words in str(first)


def test_a_way_beyond_the_cut_off_is_said_to_be(inputs: Inputs) -> None:
    (row,) = routes(inputs, wanted()).rows
    assert row.reason == Reason.REACHED
    assert row.route is not None
    notice_s = 30 * 60.0
    for spare_s, reason in ((1.0, Reason.REACHED), (-1.0, Reason.CUT_OFF)):
        cut_off_s = notice_s + row.route.seconds[-1] + spare_s
        standard = dataclasses.replace(inputs.plan.standard, response=60.0, cut_off=cut_off_s)
        plan = dataclasses.replace(inputs.plan, standard=standard)
        found = routes(dataclasses.replace(inputs, plan_file=plan), wanted())
        assert [r.reason for r in found.rows] == [reason]
        said = [str(part) for part in route_tables(found) if not isinstance(part, Table)]
        assert any("longer than the cut-off of" in line for line in said) == (spare_s < 0)


def test_a_way_in_rains_of_unknown_effect_is_said_to_have_dry_times(inputs: Inputs) -> None:
    plan = inputs.plan
    assets = [dataclasses.replace(asset, figures={}) for asset in plan.assets]
    without = dataclasses.replace(inputs, plan_file=dataclasses.replace(plan, assets=assets))
    asked = Wanted(bases=("B01",), places=("P010",), mover="foot_patrol", season="wet")
    found = routes(without, asked)
    assert [row.reason for row in found.rows] == [Reason.UNKNOWN]
    assert any("times of the dry season" in str(part) for part in route_tables(found))


def test_who_waits_for_approval_is_told_so_in_terminal_and_files(
    inputs: Inputs, tmp_path: Path
) -> None:
    found = routes(inputs, wanted())
    (row,) = found.rows
    assert row.route is not None
    waiting = dataclasses.replace(
        row, light="night", route=dataclasses.replace(row.route, approval_s=21_600.0)
    )
    shown = route_tables(dataclasses.replace(found, rows=(waiting,)))
    assert "Leaves once approval is there, 6\u00a0h after the alert" in str(shown[1])
    assert "by night" in str(shown[0].title)  # type: ignore[union-attr]
    for ending in (".geojson", ".gpx"):
        path = tmp_path / f"way{ending}"
        write_routes_file([waiting], path, ending=ending, theatre=inputs.theatre)
    table = gpd.read_file(tmp_path / "way.geojson")
    assert set(table["approval_minutes"]) == {360}
    assert set(table["light"]) == {"night"}
    assert "after 360 min of waiting for approval" in (tmp_path / "way.gpx").read_text()


def test_a_base_without_the_mover_is_a_fault(inputs: Inputs) -> None:
    plan = inputs.plan
    (first, *_) = plan.assets
    only = dataclasses.replace(first, bases=[inputs.layers["bases"].table["name"].iloc[1]])
    changed = dataclasses.replace(inputs, plan_file=dataclasses.replace(plan, assets=[only]))
    with pytest.raises(ConfigError, match="has no wheeled_patrol in this plan"):
        routes(changed, wanted())


def test_alternatives_are_written_as_ways_two_and_three(tmp_path: Path) -> None:
    asked = wanted(alternatives=2)
    found = write_routes(THEATRE, PLAN, tmp_path / "way.geojson", asked)
    numbers = [row.way for row in found.rows]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 1 < len(numbers) <= 3
    table = gpd.read_file(tmp_path / "way.geojson")
    assert sorted(set(table["way"])) == numbers
    assert table.loc[table["way"] == 1, "shared"].max() == 0
    assert table["shared"].max() < 0.5
    ends = table.groupby("way")["minutes_since_start"].last()
    assert ends.is_monotonic_increasing
    write_routes(THEATRE, PLAN, tmp_path / "way.gpx", asked)
    tracks = gpxpy.parse((tmp_path / "way.gpx").read_text(encoding="utf-8")).tracks
    ends_of = tracks[0].name
    assert [track.name for track in tracks] == [
        ends_of if n == 1 else f"{ends_of}, way {n}" for n in numbers
    ]


def test_the_quickest_way_is_the_same_with_and_without_alternatives(inputs: Inputs) -> None:
    (alone,) = routes(inputs, wanted()).rows
    first = routes(inputs, wanted(alternatives=2)).rows[0]
    assert alone.route is not None
    assert first.route is not None
    assert (alone.route.points_m == first.route.points_m).all()
    assert (alone.route.seconds == first.route.seconds).all()


def test_the_command_prints_the_alternatives(tmp_path: Path) -> None:
    out = tmp_path / "way.gpx"
    ask = ("--mover", "wheeled_patrol", "--base", "B01", "--place", "P010")
    result = CliRunner().invoke(app, command(out, *ask, "--alternatives", "1", "--light", "day"))
    assert result.exit_code == 0, result.stderr
    assert ", way 2: " in result.stdout.replace("\n", " ")
    assert "shared with a better" in result.stdout.replace("\n", " ")


def test_the_terminal_says_that_there_is_no_second_way_and_what_no_way_avoids(
    inputs: Inputs,
) -> None:
    found = routes(inputs, wanted())
    (row,) = found.rows
    ends = {"base": row.base, "place": row.place}
    passage = Passage(**ends, road="Ford (bridge)", from_mgrs="36N A", to_mgrs="36N B")
    found = dataclasses.replace(found, passages=(passage,), alternatives=True)
    _, alone, named, _ = (str(part) for part in route_tables(found))
    assert alone.startswith(f"{row.base} to {row.place}: no second way was found")
    assert "every way uses Ford (bridge) from 36N A to 36N B" in named


def test_where_every_road_can_be_avoided_that_is_said_too(inputs: Inputs) -> None:
    found = dataclasses.replace(routes(inputs, wanted()), alternatives=True)
    (row,) = found.rows
    said = [str(part) for part in route_tables(found)]
    assert f"{row.base} to {row.place}: no single stretch of road is on every way." in said


def test_the_light_is_the_plans_unless_another_is_asked_for(inputs: Inputs) -> None:
    plan = dataclasses.replace(
        inputs.plan, plan=dataclasses.replace(inputs.plan.plan, light="night")
    )
    dark = dataclasses.replace(inputs, plan_file=plan)
    assert [row.light for row in routes(dark, wanted()).rows] == ["night"]
    asked = dataclasses.replace(wanted(), light="day")
    assert [row.light for row in routes(dark, asked).rows] == ["day"]


def test_waiting_on_the_way_is_said_in_terminal_and_gpx(inputs: Inputs, tmp_path: Path) -> None:
    found = routes(inputs, wanted())
    (row,) = found.rows
    assert row.route is not None
    held = row.route.wait_s.copy()
    held[0] = 7200.0
    waiting = dataclasses.replace(row, route=dataclasses.replace(row.route, wait_s=held))
    said = " ".join(str(p) for p in route_tables(dataclasses.replace(found, rows=(waiting,))))
    assert "of these times is waiting for ferries or for the clearing of mined stretches" in said
    write_routes_file([waiting], tmp_path / "w.gpx", ending=".gpx", theatre=inputs.theatre)
    written = (tmp_path / "w.gpx").read_text(encoding="utf-8")
    assert "120 min of it for ferries and the clearing of mines" in written
    assert "120 min of this leg for ferries and the clearing of mines" in written


def test_a_bridge_without_which_there_is_no_way_is_named(inputs: Inputs) -> None:
    """Base and place on two banks of a river that one road crosses by a bridge."""
    x, y = inputs.theatre.area.centroid.coords[0]
    at = [(x - 9000.0, y), (x - 200.0, y), (x + 200.0, y), (x + 9000.0, y)]
    empty = {name: inputs.layers[name].table.iloc[:0] for name in ("camps", "areas")}
    roads = (
        inputs.layers["roads"]
        .table.iloc[:3]
        .assign(
            geometry=[shapely.LineString(pair) for pair in itertools.pairwise(at)],
            name=["", "Ford", ""],
            bridge=[False, True, False],
            length_m=np.nan,
            wet_state="open",
        )
    )
    river = (
        inputs.layers["areas"]
        .table.iloc[:1]
        .assign(
            kind="water", barrier=True, geometry=[shapely.LineString([(x, y - 9e6), (x, y + 9e6)])]
        )
    )
    bases = inputs.layers["bases"].table.iloc[:1].assign(geometry=[shapely.Point(at[0])])
    places = inputs.layers["places"].table.iloc[:1].assign(geometry=[shapely.Point(at[3])])
    tables = {**empty, "roads": roads, "areas": river, "bases": bases, "places": places}
    layers = {
        name: dataclasses.replace(layer, table=tables.get(name, layer.table))
        for name, layer in inputs.layers.items()
    }
    ends = {"bases": (bases["id"].iloc[0],), "places": (places["id"].iloc[0],)}
    found = routes(
        dataclasses.replace(inputs, layers=layers),
        Wanted(**ends, mover="wheeled_patrol", alternatives=2),
    )
    assert [row.way for row in found.rows] == [1]
    assert "Ford (bridge)" in [passage.road for passage in found.passages]
    assert f"road {roads['id'].iloc[0]}" in [passage.road for passage in found.passages]


def test_by_night_a_way_takes_the_night_factor_and_halts_of_the_plan(inputs: Inputs) -> None:
    plan = inputs.plan
    assets = [
        dataclasses.replace(asset, figures={**asset.figures, "halt_min_per_h": 15.0})
        if asset.mover == "wheeled_patrol"
        else asset
        for asset in plan.assets
    ]
    changed = dataclasses.replace(inputs, plan_file=dataclasses.replace(plan, assets=assets))
    factor = next(a.figures for a in assets if a.mover == "wheeled_patrol")["night_time_factor"]
    (plain,) = routes(inputs, wanted()).rows
    (halting,) = routes(changed, wanted(light="night")).rows
    assert plain.route is not None
    assert halting.route is not None
    # 15 minutes of each hour make it 60 / 45 as long.
    assert halting.route.seconds == pytest.approx(plain.route.seconds * factor * 4 / 3)


def test_a_night_of_unknown_factor_is_a_fault(inputs: Inputs) -> None:
    plan = inputs.plan
    assets = [dataclasses.replace(asset, figures={}) for asset in plan.assets]
    assets = [asset for asset in assets if asset.mover == "wheeled_patrol"]
    changed = dataclasses.replace(inputs, plan_file=dataclasses.replace(plan, assets=assets))
    with pytest.raises(ConfigError, match="give night_time_factor"):
        routes(changed, wanted(light="night"))
