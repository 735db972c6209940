"""``geo-poc routes``: files read back, names that are not known, and failures that leave files alone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import geopandas as gpd
import gpxpy
import numpy as np
import pytest
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.data import embedded_theatre
from geo_poc.errors import ConfigError, OutputError
from geo_poc.grid import WGS84
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.report.routes import COLUMNS, RouteRow, write_routes_file
from geo_poc.routes import FoundRoutes, Wanted, routes, write_routes
from geo_poc.summary import route_tables

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
        base=HOSTILE, place=HOSTILE, mover=row.mover, season=row.season, route=row.route
    )
    for ending in (".gpx", ".geojson"):
        write_routes_file([hostile], tmp_path / f"a{ending}", ending=ending, theatre=inputs.theatre)
    parsed = gpxpy.parse((tmp_path / "a.gpx").read_text(encoding="utf-8"))
    assert parsed.tracks[0].name == f"{HOSTILE} - {HOSTILE}"
    read = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert read["features"][0]["properties"]["base"] == HOSTILE


def test_a_pair_without_a_way_is_said_and_left_out(inputs: Inputs, tmp_path: Path) -> None:
    (row,) = routes(inputs, wanted()).rows
    none = RouteRow(base="A", place="B", mover=row.mover, season="dry", route=None)
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
    with pytest.raises(ConfigError, match="give its id: P001, P002"):
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


def test_the_terminal_says_where_there_is_no_way(inputs: Inputs) -> None:
    none = RouteRow(base="A", place="B", mover="wheeled_patrol", season="dry", route=None)
    first, *_ = route_tables(FoundRoutes(theatre=inputs.theatre, rows=(none,)))
    assert str(first) == "A to B: no way for Road patrol in the dry season."


def test_who_waits_for_approval_is_told_so_in_terminal_and_files(
    inputs: Inputs, tmp_path: Path
) -> None:
    (row,) = routes(inputs, wanted()).rows
    assert row.route is not None
    waiting = dataclasses.replace(
        row, light="night", route=dataclasses.replace(row.route, approval_s=21_600.0)
    )
    shown = route_tables(FoundRoutes(theatre=inputs.theatre, rows=(waiting,)))
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
