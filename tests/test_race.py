"""``geo-poc race``: both sides by hand, every file, the page, faults, and what may not change anything."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.coverage.demand import demand
from geo_poc.coverage.race import Verdict
from geo_poc.data import embedded_theatre
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import ConfigError, GeoPocError, InputError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.plan import Asset, Ferries
from geo_poc.race import FoundRace, race, write_race
from geo_poc.race_rules import Asked, alert_of, asked_of, require_race
from geo_poc.report.race import BANDS_H, bands, race_record, write_race_files
from geo_poc.report.race_drawing import SIGN, race_map
from geo_poc.report.race_page import race_page, write_race_page
from geo_poc.routing.group import STRAIGHT
from geo_poc.routing.ranges import some_range
from geo_poc.routing.response import response_times
from geo_poc.screen.race import race_tables
from geo_poc.sightings import Sighting, read_sightings
from geo_poc.theatre import theatre_over
from geo_poc.theatre_file import AreaSpec, TheatreSpec

HOUR_S = 3600.0
RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
MADE = dt.datetime(2026, 1, 2, 8, 0, tzinfo=dt.UTC)
HOSTILE = "<img src=x onerror=alert(1)>=cmd"
FILES = {"race.csv", "race.json", "race.geojson", "race.html", "run.json"}
SEEN_AT = dt.datetime(2026, 1, 1, 3, 0, tzinfo=dt.UTC)
SITES = 11
EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def inputs(small: Path) -> Inputs:
    return read_inputs(small / "theatre.toml", small / "plan.toml")


def sighting(inputs: Inputs, **keys: object) -> Sighting:
    """On foot at the middle of the theatre, unless it is said otherwise."""
    at = inputs.theatre.area.representative_point()
    lon, lat = inputs.theatre.lonlat(np.array([at.x]), np.array([at.y]))
    own: dict[str, object] = {
        "name": "Group 1",
        "seen_at": SEEN_AT,
        "mover": "foot_patrol",
        "source": "test",
        "figures": {"wet_time_factor": 1.5},
    }
    if not {"place", "mgrs", "lon"} & set(keys):
        own |= {"lon": float(lon[0]), "lat": float(lat[0])}
    return Sighting(**own | keys)  # type: ignore[arg-type]


def with_plan(inputs: Inputs, **changes: object) -> Inputs:
    return dataclasses.replace(inputs, plan_file=dataclasses.replace(inputs.plan, **changes))


def by_id(found: FoundRace) -> pd.DataFrame:
    return found.product.places.set_index("id").sort_index()


@pytest.fixture(scope="module")
def found(inputs: Inputs) -> FoundRace:
    group = sighting(inputs, radius=2_000.0, faster_ratio=1.5, slower_ratio=0.8, strength=60)
    return race(inputs, [group], Asked(delay_s=2 * HOUR_S))


TOML = """
[[sightings]]
name = "Group 1"
place = "P003"
radius = "1 km"
seen_at = 2026-01-01T03:00:00Z
seen_within = "30 min"
mover = "foot_patrol"
strength = 60
moving_h = 12
figures = { wet_time_factor = 1.5 }
source = "test"
"""


@pytest.fixture(scope="module")
def seen_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seen") / "sightings.toml"
    path.write_text(TOML, encoding="utf-8")
    return path


def command(folder: Path, seen: Path, out: Path, *more: str) -> list[str]:
    plan = ["--plan", str(folder / "plan.toml"), "--sightings", str(seen), "--out", str(out)]
    return ["race", str(folder / "theatre.toml"), *plan, "--made", "2026-01-02T08:00", *more]


@pytest.fixture(scope="module")
def written(small: Path, seen_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "race"
    result = CliRunner().invoke(app, command(small, seen_file, out, "--delay", "2 h"))
    assert result.exit_code == 0, result.output
    return out


# both sides on a plain


THEATRE = """
[theatre]
name = "Plain"
as_of = 2026-01-01
cell_size = "1 km"
marking = "CONFIDENTIAL"
fictional = true
area = { bbox = [29.8, -0.2, 30.2, 0.2] }

[[camps]]
path = "camps.csv"
"""
PLAN = """
[plan]
name = "On foot"
season = "dry"

[standard]
response = "3 h"
cut_off = "3 h"
source = "test"

[force]
troops = 10
guard = 0
source = "test"

[[bases]]
path = "bases.csv"

[[assets]]
mover = "foot_patrol"
bases = "all"
notice = "30 min"
source = "test"
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inputs, tuple[float, float]]:
    """A base 10 km west of a camp on a row of cells of unknown land cover; and 15 km east of the camp."""
    folder = tmp_path_factory.mktemp("plain")
    spec = TheatreSpec(
        name="Plain", as_of=dt.date(2026, 1, 1), cell_size=1_000.0, marking="CONFIDENTIAL",
        area=AreaSpec(bbox=(29.8, -0.2, 30.2, 0.2)),
    )  # fmt: skip
    theatre = theatre_over(spec, shapely.box(29.8, -0.2, 30.2, 0.2))
    x, y = theatre.grid.centres()
    lon, lat = theatre.lonlat(x[20], y[20])
    base, camp, seen = (f"{lon[col]:.8f},{lat[col]:.8f}" for col in (8, 18, 33))
    (folder / "theatre.toml").write_text(THEATRE, encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    head = "id,name,lon,lat"
    (folder / "camps.csv").write_text(f"{head},kind,people\nC1,Camp,{camp},idp,500\n")
    (folder / "bases.csv").write_text(f"{head},kind,strength\nB1,Base,{base},cob,100\n")
    at = tuple(float(part) for part in seen.split(","))
    return read_inputs(folder / "theatre.toml", folder / "plan.toml"), (at[0], at[1])


@pytest.mark.parametrize(
    ("delay_h", "verdict", "earlier_h"),
    [
        (0.0, "mission_first", 0.0),
        (1.0, "mission_first", 0.0),
        (1.1, "too_close", 23 / 6 - (5 * STRAIGHT - 1.1)),
        (2.0, "group_first", 23 / 6 - (5 * STRAIGHT - 2.0)),
    ],
)
def test_on_a_plain_both_sides_are_distance_over_speed(
    plain: tuple[Inputs, tuple[float, float]], delay_h: float, verdict: str, earlier_h: float
) -> None:
    # At 3 km/h the group takes 5 h, the mission 30 min and 3 h 20 min, later than its own cut-off.
    inputs, (lon, lat) = plain
    group = sighting(inputs, lon=lon, lat=lat, figures={})
    found = race(inputs, [group], Asked(delay_s=delay_h * HOUR_S))
    row = found.product.places.iloc[0]
    assert row["contact_likely_s"] == pytest.approx((5 - delay_h) * HOUR_S, abs=2)
    assert row["contact_earliest_s"] == pytest.approx((5 * STRAIGHT - delay_h) * HOUR_S, abs=2)
    assert row["first_s"] == row["troops_s"] == pytest.approx(23 / 6 * HOUR_S, abs=2)
    margin_h = 5 * STRAIGHT - delay_h - 23 / 6
    assert row["troops_margin_s"] == pytest.approx(margin_h * HOUR_S, abs=4)
    assert row["verdict"] == verdict
    assert row["alert_earlier_s"] == pytest.approx(earlier_h * HOUR_S, abs=4)
    assert not row["before_sighting"]
    assert not any("marked" in note for note in found.product.notes)


@pytest.mark.parametrize(
    ("delay_h", "turn_round_min", "verdict"),
    [
        (0.0, None, "mission_first"),
        (1.2, None, "unknown"),
        (2.0, None, "group_first"),
        (1.2, 60.0, "too_close"),
    ],
)
def test_troops_that_an_unknown_lift_could_bring_sooner_come_at_an_unknown_time(
    plain: tuple[Inputs, tuple[float, float]],
    delay_h: float,
    turn_round_min: float | None,
    verdict: str,
) -> None:
    # Ten on foot take 23/6 h. A car at 10 km/h brings 8 in 1.5 h and 8 more 2 h and two turn-rounds later.
    inputs, (lon, lat) = plain
    figures = {"off_road_kmh": 10.0, "seats": 8.0}
    if turn_round_min is not None:
        figures["turn_round_min"] = turn_round_min
    car = dataclasses.replace(
        inputs.plan.assets[0], mover="wheeled_patrol", count=1, figures=figures
    )
    inputs = with_plan(inputs, assets=[*inputs.plan.assets, car])
    group = sighting(inputs, lon=lon, lat=lat, figures={})
    found = race(inputs, [group], Asked(delay_s=delay_h * HOUR_S))
    row = found.product.places.iloc[0]
    assert row["verdict"] == verdict
    assert row["troops_slow_s"] == pytest.approx(23 / 6 * HOUR_S, abs=2)
    assert row["first_s"] == pytest.approx(1.5 * HOUR_S, abs=2)
    missing = "turn_round_min of wheeled_patrol"
    console = Console(record=True, width=300, file=io.StringIO())
    for part in race_tables(found, Path("out")):
        console.print(part)
    page = race_page(found.product, made=MADE, version="0")
    if turn_round_min is not None:
        assert row["troops_s"] == row["troops_slow_s"]
        assert missing not in console.export_text()
        return
    assert np.isnan(row["troops_s"])
    assert row["troops_quick_s"] == pytest.approx(3.5 * STRAIGHT * HOUR_S, abs=2)
    assert (row["troops_base"], row["troops_mover"], row["binds"]) == ("", "", "unknown")
    assert (row["alert_earlier_s"] == 0) if delay_h == 0 else np.isnan(row["alert_earlier_s"])
    printed = console.export_text()
    assert "Not given, so that times are unknown where they hang on it: " in printed
    assert missing in printed
    assert any(missing in note for note in page.notes)
    assert missing in race_record(found.product)["missing"]


def test_one_soldier_and_one_place_are_said_in_the_singular(
    plain: tuple[Inputs, tuple[float, float]],
) -> None:
    inputs, (lon, lat) = plain
    group = sighting(inputs, lon=lon, lat=lat, figures={})
    page = race_page(race(inputs, [group], Asked(troops=1)).product, made=MADE, version="0")
    lead = "".join(span.text for span in page.lead)
    assert "At none of 1 camp or place" in lead
    assert "1 soldier of the mission" in lead


def test_where_nobody_has_a_base_the_group_is_first(
    plain: tuple[Inputs, tuple[float, float]],
) -> None:
    inputs, (lon, lat) = plain
    nobody = [dataclasses.replace(inputs.plan.assets[0], bases=[])]
    found = race(with_plan(inputs, assets=nobody), [sighting(inputs, lon=lon, lat=lat)])
    row = found.product.places.iloc[0]
    assert row["verdict"] == "group_first"
    assert row["troops_margin_s"] == -np.inf
    assert row["alert_earlier_s"] == np.inf
    assert not row["before_sighting"]
    cells = race_page(found.product, made=MADE, version="0").rows[0].cells
    assert {"never (G)", "only the group", "no alert helps"} <= {cell.text for cell in cells}


# both sides against the engine


def test_the_mission_s_side_is_that_of_the_response_times(inputs: Inputs, found: FoundRace) -> None:
    """First elements, here all within the cut-off or looked up beyond it."""
    layers, plan = inputs.layers, inputs.plan
    table = by_id(found)
    places = found.product.places[["id", "geometry"]]
    wide = dataclasses.replace(plan.standard, cut_off=14 * 86_400.0)
    travel = response_times(
        theatre=inputs.theatre,
        plan=dataclasses.replace(plan, standard=wide),
        bases=layers["bases"].table,
        places=gpd.GeoDataFrame(places),
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        airfields=layers["airfields"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
    own = [time for time in travel if time.conditions == plan.conditions]
    soonest = np.min([time.nearest().seconds for time in own], axis=0)
    expected = pd.Series(np.ceil(soonest * 10) / 10, index=own[0].place_ids)
    np.testing.assert_allclose(table["first_s"], expected[table.index], atol=0.11)


def test_contact_and_margin_fit_together(found: FoundRace) -> None:
    table = by_id(found)
    assert (table["contact_earliest_s"] <= table["contact_likely_s"]).all()
    assert (table["contact_likely_s"] <= table["contact_latest_s"]).all()
    assert (table["troops_quick_s"] <= table["troops_s"]).all()
    assert (table["troops_s"] <= table["troops_slow_s"]).all()
    margin_s = table["contact_earliest_s"] - table["troops_s"]
    np.testing.assert_allclose(table["troops_margin_s"], margin_s, atol=0.3)
    late_s = (table["troops_slow_s"] - table["contact_earliest_s"]).clip(lower=0)
    np.testing.assert_allclose(table["alert_earlier_s"], late_s, atol=0.3)
    assert table["verdict"].tolist() == table["troops_verdict"].tolist()
    assert (table["before_sighting"] == (table["alert_earlier_s"] > 2 * HOUR_S)).all()


def test_the_places_of_all_verdicts_are_those_that_went_in(found: FoundRace) -> None:
    counts = found.product.counts
    assert counts["places"].sum() == len(found.product.places) == SITES
    people = found.product.places["people"]
    assert counts["people"].sum() == people.sum()
    assert counts["unknown_people"].sum() == people.isna().sum()


def test_a_delay_of_the_alert_is_taken_off_every_contact(inputs: Inputs, found: FoundRace) -> None:
    group = sighting(inputs, radius=2_000.0, faster_ratio=1.5, slower_ratio=0.8)
    at_once = by_id(race(inputs, [group]))
    later = by_id(found)
    for column in ("contact_earliest_s", "contact_likely_s", "contact_latest_s"):
        np.testing.assert_allclose(at_once[column] - 2 * HOUR_S, later[column], atol=0.11)
    assert (later["troops_s"] == at_once["troops_s"]).all()
    absolute = race(inputs, [group], Asked(alert=SEEN_AT + dt.timedelta(hours=2)))
    pd.testing.assert_frame_equal(by_id(absolute), later)


def test_a_group_at_a_place_is_there_at_once_at_the_earliest(inputs: Inputs) -> None:
    place = str(inputs.layers["places"].table["id"].iloc[2])
    table = by_id(race(inputs, [sighting(inputs, place=place)]))
    assert table.loc[place, "contact_earliest_s"] == 0.0
    assert table.loc[place, "troops_margin_s"] < 0


def test_of_two_sightings_the_earliest_contact_counts_and_says_whose_it_is(inputs: Inputs) -> None:
    places = inputs.layers["places"].table["id"].astype(str).tolist()
    one, other = (sighting(inputs, name=f"Group {n}", place=places[n]) for n in (1, 2))
    alone = [by_id(race(inputs, [each])) for each in (one, other)]
    both = by_id(race(inputs, [one, other]))
    times = np.array([table["contact_earliest_s"] for table in alone])
    np.testing.assert_array_equal(both["contact_earliest_s"], times.min(axis=0))
    expected = np.where(times[0] <= times[1], "Group 1", "Group 2")
    assert both["group"].tolist() == expected.tolist()


def test_an_older_sighting_moves_for_the_time_that_has_passed(inputs: Inputs) -> None:
    old = sighting(inputs, seen_at=SEEN_AT - dt.timedelta(hours=5))
    recent = sighting(inputs, name="Group 2", place="P001", seen_at=SEEN_AT)
    alone = by_id(race(inputs, [sighting(inputs)]))
    both = race(inputs, [old, recent])
    assert both.product.alert == SEEN_AT
    earlier_s = by_id(both)["contact_earliest_s"]
    assert (earlier_s <= alone["contact_earliest_s"] - 5 * HOUR_S + 0.2).all()


def test_without_a_force_the_race_is_about_the_first_element(inputs: Inputs) -> None:
    found = race(with_plan(inputs, force=None), [sighting(inputs)])
    table = by_id(found)
    assert found.product.troops is None
    assert "troops_s" not in table
    assert table["verdict"].tolist() == table["first_verdict"].tolist()
    html = race_map(found.product)
    assert html.startswith("<svg")
    assert "first element" in " ".join(
        span.text for span in race_page(found.product, made=MADE, version="0").lead
    )


def test_fewer_troops_are_never_later(inputs: Inputs, found: FoundRace) -> None:
    group = sighting(inputs, radius=2_000.0, faster_ratio=1.5, slower_ratio=0.8)
    few = by_id(race(inputs, [group], Asked(delay_s=2 * HOUR_S, troops=5)))
    many = by_id(found)
    assert (few["troops_s"] <= many["troops_s"]).all()
    assert (few["troops_margin_s"] >= many["troops_margin_s"]).all()


def test_movers_without_any_range_are_asked_once(inputs: Inputs) -> None:
    """On foot by day in the dry season only one figure of the plan has a range: that of the night."""
    foot = [a for a in inputs.plan.assets if a.mover == "foot_patrol"]
    fixed = [
        dataclasses.replace(foot[0], figures={"night_time_factor": 1.25, "wet_time_factor": 1.5})
    ]
    table = by_id(race(with_plan(inputs, assets=fixed), [sighting(inputs)]))
    assert (table["troops_s"] == table["troops_slow_s"]).all()
    np.testing.assert_allclose(table["troops_quick_s"], table["troops_s"] * STRAIGHT, atol=0.11)


def test_one_more_base_never_makes_a_margin_worse(inputs: Inputs, found: FoundRace) -> None:
    layer = inputs.layers["bases"]
    fewer = dataclasses.replace(layer, table=layer.table.iloc[1:].reset_index(drop=True))
    plan = with_plan(inputs, assets=[
        dataclasses.replace(asset, bases="all") for asset in inputs.plan.assets
    ])  # fmt: skip
    group = sighting(inputs)
    more = by_id(race(plan, [group]))
    less = by_id(race(dataclasses.replace(plan, layers={**inputs.layers, "bases": fewer}), [group]))
    assert (more["troops_margin_s"] >= less["troops_margin_s"]).all()
    assert (more["first_margin_s"] >= less["first_margin_s"]).all()


def areas_with(inputs: Inputs, kind: str, rule: str = "no_go") -> Inputs:
    """The inputs with a ring round the group that restricts movement."""
    layer, at = inputs.layers["areas"], inputs.theatre.area.representative_point()
    row = layer.table.iloc[[0]].assign(
        id="X1", name="Ring", kind=kind, barrier=False, from_date=pd.NaT, to_date=pd.NaT,
        contingents="", rule=rule, delay_s=np.nan, roads="",
    )  # fmt: skip
    row = row.set_geometry([at.buffer(12_000.0) - at.buffer(8_000.0)], crs=layer.table.crs)
    table = pd.concat([layer.table, row], ignore_index=True)
    table = gpd.GeoDataFrame(table, geometry="geometry", crs=layer.table.crs)
    return dataclasses.replace(
        inputs, layers={**inputs.layers, "areas": dataclasses.replace(layer, table=table)}
    )


def no_ways(found: FoundRace) -> int:
    return int(np.isinf(found.product.places["contact_earliest_s"]).sum())


@pytest.mark.parametrize("kind", ["caveat", "host_state"])
def test_what_closes_the_mission_s_way_leaves_the_group_as_it_was(
    inputs: Inputs, kind: str
) -> None:
    free = by_id(race(inputs, [sighting(inputs)]))
    bound = by_id(race(areas_with(inputs, kind), [sighting(inputs)]))
    for column in ("contact_earliest_s", "contact_likely_s", "contact_latest_s"):
        np.testing.assert_array_equal(free[column], bound[column])
    assert (bound["troops_s"] >= free["troops_s"]).all()
    assert (bound["troops_s"] > free["troops_s"]).any()


def test_a_closure_without_a_rule_stops_the_group_unless_it_passes(inputs: Inputs) -> None:
    closed = areas_with(inputs, "closure")
    shut = race(closed, [sighting(inputs)])
    assert no_ways(shut) > no_ways(race(inputs, [sighting(inputs)]))
    assert any("stopped by" in note and "Ring" in note for note in shut.product.notes)
    free = race(closed, [sighting(inputs, passes=["X1"])])
    assert not any("Ring" in note for note in free.product.notes)
    pd.testing.assert_series_equal(
        by_id(free)["contact_earliest_s"],
        by_id(race(inputs, [sighting(inputs)]))["contact_earliest_s"],
    )


@pytest.mark.parametrize("mined", ["passes", "avoids"])
def test_mines_are_an_input(inputs: Inputs, mined: str) -> None:
    found = race(areas_with(inputs, "mined"), [sighting(inputs, mined=mined)])
    more = no_ways(found) > no_ways(race(inputs, [sighting(inputs)]))
    assert more == (mined == "avoids")
    words = {"passes": "do not stop it", "avoids": "keeps out of mined areas"}[mined]
    assert any(words in note and "Ring" in note for note in found.product.notes)


def test_a_mined_area_that_is_known_to_it_does_not_stop_a_group(inputs: Inputs) -> None:
    found = race(areas_with(inputs, "mined"), [sighting(inputs, mined="avoids", passes=["X1"])])
    assert not any("mined" in note for note in found.product.notes)
    assert no_ways(found) == no_ways(race(inputs, [sighting(inputs)]))


def test_ferries_are_used_by_who_is_said_to_use_them(inputs: Inputs) -> None:
    layer = inputs.layers["roads"]
    roads = layer.table.assign(road_class=["ferry", *layer.table["road_class"].iloc[1:]])
    ferried = with_plan(
        dataclasses.replace(
            inputs, layers={**inputs.layers, "roads": dataclasses.replace(layer, table=roads)}
        ),
        ferries=Ferries(wait=600.0, speed_kmh=6.0, source="test"),
    )
    for uses in (True, False):
        notes = race(ferried, [sighting(inputs, ferries=uses)]).product.notes
        assert any("uses the ferries" in note for note in notes) == uses


def test_a_theatre_without_camps_and_one_without_any_place_are_raced(inputs: Inputs) -> None:
    def empty(*names: str) -> Inputs:
        none = {
            name: dataclasses.replace(inputs.layers[name], table=inputs.layers[name].table.iloc[:0])
            for name in names
        }
        return dataclasses.replace(inputs, layers={**inputs.layers, **none})

    found = race(empty("camps"), [sighting(inputs)])
    assert (found.product.places["layer"] == "place").all()
    nowhere = race(empty("camps", "places"), [sighting(inputs)])
    assert nowhere.product.counts["places"].sum() == 0
    page = race_page(nowhere.product, made=MADE, version="0")
    assert page.rows_more == "There is no camp or place in this theatre."
    assert page.lead_people == ()


def test_a_place_of_unknown_position_is_unknown_and_not_drawn(inputs: Inputs) -> None:
    layer = inputs.layers["places"]
    geometry = layer.table.geometry.to_list()
    lost = layer.table.set_geometry(gpd.GeoSeries([None, *geometry[1:]], crs=layer.table.crs))
    found = race(
        dataclasses.replace(
            inputs, layers={**inputs.layers, "places": dataclasses.replace(layer, table=lost)}
        ),
        [sighting(inputs)],
    )
    row = by_id(found).loc[str(lost["id"].iloc[0])]
    assert row["verdict"] == "unknown"
    assert row["group"] == row["mgrs"] == ""
    assert np.isnan(row["contact_earliest_s"])
    assert marks(found) == marks(race(inputs, [sighting(inputs)])) - 1


def marks(found: FoundRace) -> int:
    """Signs and dots of places on the map, with the one circle of its patterns."""
    drawn = race_map(found.product)
    return drawn.count("<circle") + drawn.count(f'width="{SIGN:g}"')


def test_where_a_range_of_figures_is_missing_both_ends_are_the_same(inputs: Inputs) -> None:
    plan = inputs.plan
    assert not some_range(dataclasses.replace(plan, assets=[
        dataclasses.replace(a, figures={"night_time_factor": 1.25})
        for a in plan.assets if a.mover == "foot_patrol"
    ]))  # fmt: skip
    assert some_range(plan)


# notes


def test_what_nobody_knows_is_said(inputs: Inputs) -> None:
    notes = " ".join(race(inputs, [sighting(inputs, figures={})]).product.notes)
    for words in (
        "at the moment of the last sighting",
        "moves without rest",
        "nobody gives wet_time_factor of 'foot_patrol'",
        "no range of its speed is known",
        "in which light it moves is not known",
        "is marked UNCLASSIFIED",
    ):
        assert words in notes
    known = sighting(
        inputs,
        moving_h=10.0,
        light="night",
        faster_ratio=1.2,
        seen_at=SEEN_AT - dt.timedelta(days=2),
    )
    dry = with_plan(inputs, plan=dataclasses.replace(inputs.plan.plan, light="night"))
    notes = " ".join(race(dry, [known], Asked(delay_s=HOUR_S)).product.notes)
    assert "moves 10\u00a0h of each 24" in notes
    assert "60\u00a0min after the last sighting" in notes
    assert "the alert is on 30 DEC 25" in notes.replace("\u00a0", " ")
    for words in ("without rest", "nobody gives", "no range", "in which light"):
        assert words not in notes


def test_a_vehicle_has_a_range_by_its_roads_alone_and_needs_its_pace_off_them(
    inputs: Inputs,
) -> None:
    truck = sighting(inputs, mover="wheeled_patrol", figures={"off_road_kmh": 15.0})
    found = race(inputs, [truck])
    assert not any("no range" in note for note in found.product.notes)
    table = by_id(found)
    assert (table["contact_earliest_s"] < table["contact_latest_s"]).any()
    with pytest.raises(ConfigError, match="at walking pace off the roads"):
        race(inputs, [sighting(inputs, mover="wheeled_patrol", figures={})])


def test_a_night_plan_says_how_the_light_is_taken(inputs: Inputs) -> None:
    night = with_plan(inputs, plan=dataclasses.replace(inputs.plan.plan, light="night"))
    found = race(night, [sighting(inputs)])
    assert any("at the earliest as by day, else as by night" in n for n in found.product.notes)
    by_day = by_id(race(inputs, [sighting(inputs)]))
    by_night = by_id(found)
    np.testing.assert_array_equal(by_day["contact_earliest_s"], by_night["contact_earliest_s"])
    np.testing.assert_allclose(
        by_night["contact_likely_s"], by_day["contact_likely_s"] * 1.25, rtol=1e-4
    )


# files


def test_every_file_is_there_with_the_marking(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == FILES
    for path in written.iterdir():
        assert "UNCLASSIFIED" in path.read_text(encoding="utf-8")


def test_the_record_holds_the_same_as_the_table(written: Path) -> None:
    table = pd.read_csv(written / "race.csv", keep_default_na=False, na_values=[""])
    record = json.loads((written / "race.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in record["places"]] == table["id"].tolist()
    assert [row["verdict"] for row in record["places"]] == table["verdict"].tolist()
    assert sum(row["places"] for row in record["counts"]) == len(table) == SITES
    assert record["alert"] == "2026-01-01T05:00:00+00:00"
    assert record["sightings"][0]["strength"] == 60
    assert set(record["letters"]) == {str(verdict) for verdict in Verdict}
    run = json.loads((written / "run.json").read_text(encoding="utf-8"))
    assert set(run["outputs"]) == FILES - {"run.json"}
    assert run["inputs"][-1]["layer"] == "sightings"


def test_the_bands_of_the_drawing_are_disjoint_and_hold_what_is_reached(
    inputs: Inputs, found: FoundRace
) -> None:
    product = found.product
    table = bands(product.theatre.grid, product.cell_s)
    reached_km2 = np.isfinite(product.cell_s).sum() * product.theatre.grid.cell_area_km2
    assert table.area.sum() / 1e6 == pytest.approx(reached_km2)
    edges = [-np.inf, *BANDS_H, np.inf]
    for band in table.itertuples():
        assert edges[edges.index(band.from_h) + 1] == band.to_h
        hours = product.cell_s / HOUR_S
        inside = (hours > band.from_h) & (hours <= band.to_h)
        assert band.geometry.area / 1e6 == pytest.approx(
            inside.sum() * product.theatre.grid.cell_area_km2
        )
    assert np.isnan(product.cell_s[~inputs.theatre.inside]).all()


def test_the_drawing_layer_is_readable_and_in_degrees(written: Path) -> None:
    drawn = gpd.read_file(written / "race.geojson")
    assert drawn.crs == "EPSG:4326"
    assert drawn["layer"].value_counts()["sighting"] == 1
    assert (drawn["marking"] == "UNCLASSIFIED").all()
    assert drawn["note"].str.startswith("for drawing only").all()


def test_the_same_inputs_give_the_same_bytes(
    small: Path, seen_file: Path, written: Path, tmp_path: Path
) -> None:
    paths = small / "theatre.toml", small / "plan.toml", seen_file
    write_race(paths, tmp_path / "race", Asked(delay_s=2 * HOUR_S), made=MADE)
    for name in FILES:
        assert (tmp_path / "race" / name).read_bytes() == (written / name).read_bytes()


class _Tags(HTMLParser):
    """Names of all elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        assert not any(name in {"src", "href"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_text_from_data_is_never_code(inputs: Inputs, tmp_path: Path) -> None:
    layer = inputs.layers["camps"]
    named = dataclasses.replace(layer, table=layer.table.assign(name=HOSTILE))
    bound = dataclasses.replace(inputs, layers={**inputs.layers, "camps": named})
    found = race(bound, [sighting(inputs, name=HOSTILE, source="=1+1", radius=1_000.0)])
    write_race_page(found.product, tmp_path / "race.html", made=MADE, version="0")
    page = _Tags()
    page.feed((tmp_path / "race.html").read_text(encoding="utf-8"))
    assert not {"img", "script", "iframe", "link"} & set(page.tags)
    assert HOSTILE in "".join(page.words)
    write_race_files(found.product, tmp_path)
    rows = pd.read_csv(tmp_path / "race.csv", keep_default_na=False)
    assert not rows["name"].str.startswith("=").any()


def test_the_page_says_could_reach_and_never_that_a_group_goes(written: Path) -> None:
    page = _Tags()
    page.feed((written / "race.html").read_text(encoding="utf-8"))
    words = " ".join(page.words)
    assert "could be at" in words
    assert "nothing says that it does" in words
    assert "UNCLASSIFIED" in words
    assert "FICTIONAL" in words
    assert "if the first element alone counted" in words
    for wrong in ("enemy", "hostile", " will attack", "safe"):
        assert wrong not in words.lower()


def test_a_long_list_is_cut_and_says_so(found: FoundRace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_poc.report.race_page.MOST_ROWS", 4)
    page = race_page(found.product, made=MADE, version="0")
    assert len(page.rows) == 4
    assert page.rows_more == f"{SITES - 4} more places stand in race.csv."


def test_people_of_unknown_number_are_said_in_the_lead(inputs: Inputs) -> None:
    layer = inputs.layers["places"]
    table = layer.table.assign(people=np.nan)
    unknown = dataclasses.replace(
        inputs, layers={**inputs.layers, "places": dataclasses.replace(layer, table=table)}
    )
    group = sighting(inputs, place="P003", faster_ratio=3.0)
    page = race_page(race(unknown, [group]).product, made=MADE, version="0")
    assert "of unknown people" in "".join(span.text for span in page.lead_people)


def test_where_the_mission_is_first_everywhere_the_lead_says_so(inputs: Inputs) -> None:
    # 36 s of walking each day: the next village is years away.
    found = race(inputs, [sighting(inputs, moving_h=0.01, figures={"wet_time_factor": 30.0})])
    safe = {"mission_first", "group_cannot_reach"}
    assert set(found.product.places["verdict"]) <= safe
    page = race_page(found.product, made=MADE, version="0")
    assert "At none of 11 camps and places" in "".join(span.text for span in page.lead)


def test_the_terminal_prints_verdicts_notes_and_the_folder(
    found: FoundRace, tmp_path: Path
) -> None:
    console = Console(record=True, width=120, file=io.StringIO())
    for part in race_tables(found, tmp_path):
        console.print(part)
    printed = console.export_text()
    for words in ("Who could be first", "Mission first", "Group 1", "Could reach is not goes"):
        assert words in printed


def test_the_example_is_sound_in_the_embedded_theatre() -> None:
    folder, file = embedded_theatre(), EXAMPLES / "sightings.toml"
    inputs = read_inputs(folder / "theatre.toml", folder / "plan.toml")
    sightings = read_sightings(file)
    places = demand(inputs.layers["camps"].table, inputs.layers["places"].table)
    require_race(sightings, Asked(delay_s=2 * HOUR_S), inputs, file=file, places=places)
    assert alert_of(sightings, Asked(delay_s=2 * HOUR_S)) == SEEN_AT + dt.timedelta(hours=2)


# faults


def refused(inputs: Inputs, match: str, asked: Asked | None = None, **keys: object) -> None:
    with pytest.raises(ConfigError, match=match):
        race(inputs, [sighting(inputs, **keys)], asked)


def test_faults_of_a_sighting_name_it_and_the_repair(inputs: Inputs) -> None:
    refused(
        inputs,
        r"\[sightings\] 1 \(Group 1\): mover: is no mover.*did you mean 'foot_patrol'",
        mover="foot_patrl",
    )
    refused(inputs, "must go on the ground", mover="mi8")
    refused(
        inputs,
        "'truck_convoy' needs column_km",
        mover="truck_convoy",
        figures={"off_road_kmh": 9.0, "road_cap_kmh": 60.0},
    )
    refused(inputs, "figures: is no figure of", figures={"wet_factor": 2.0})
    refused(inputs, "must be given once", place="P001", mgrs="27N UE 5568 4224")
    refused(inputs, "must be a grid reference", mgrs="99X")
    refused(inputs, "is no id of a camp or place", place="P999")
    refused(inputs, "enlarge the theatre's area", lon=3.0, lat=50.0)
    refused(inputs, "is no id of a closure or mined area in force", passes=["nothing"])
    early = Asked(alert=SEEN_AT - dt.timedelta(minutes=1))
    refused(inputs, "must not be later than the alert", early)
    refused(inputs, "must be 1 or more", Asked(troops=0))
    refused(inputs, "only one of them", Asked(alert=SEEN_AT, delay_s=60.0))
    refused(with_plan(inputs, force=None), r"needs the plan's section \[force\]", Asked(troops=10))


def test_all_faults_come_at_once(inputs: Inputs) -> None:
    wrong = [sighting(inputs, mover="nobody"), sighting(inputs, place="P999")]
    with pytest.raises(ConfigError) as error:
        race(inputs, wrong, Asked(alert=SEEN_AT, delay_s=0.0))
    assert len(error.value.faults) == 4
    assert "must differ" in str(error.value)


def test_a_group_in_a_lake_is_refused(inputs: Inputs) -> None:
    layer, at = inputs.layers["areas"], inputs.theatre.area.representative_point()
    lake = layer.table.iloc[[0]].assign(
        id="L1", kind="water", barrier=True, from_date=pd.NaT, to_date=pd.NaT
    )
    lake = lake.set_geometry([at.buffer(6_000.0)], crs=layer.table.crs)
    table = gpd.GeoDataFrame(pd.concat([layer.table, lake], ignore_index=True), crs=layer.table.crs)
    flooded = dataclasses.replace(
        inputs, layers={**inputs.layers, "areas": dataclasses.replace(layer, table=table)}
    )
    with pytest.raises(ConfigError, match="give a radius that holds the shore"):
        race(flooded, [sighting(inputs)])
    shore = race(flooded, [sighting(inputs, radius=9_000.0)])
    assert any("middle of its circle" in note for note in shore.product.notes)
    assert by_id(shore)["contact_likely_s"].isna().all()


def test_the_words_of_the_terminal_are_read(inputs: Inputs) -> None:
    assert asked_of(None, "90 min", 5) == Asked(delay_s=5_400.0, troops=5)
    naive = dt.datetime(2026, 1, 1, 3)  # noqa: DTZ001  (as typer gives it)
    assert asked_of(naive, None, None).alert == SEEN_AT
    with pytest.raises(ConfigError, match="must have a time zone"):
        Asked(alert=naive)
    with pytest.raises(ConfigError, match="--delay"):
        asked_of(None, "soon", None)


def test_faults_of_all_three_files_come_together_and_the_folder_stays(
    small: Path, tmp_path: Path
) -> None:
    seen, plan = tmp_path / "s.toml", tmp_path / "plan.toml"
    seen.write_text(TOML.replace("2026-01-01T03:00:00Z", "2026-01-01T03:00:00"), encoding="utf-8")
    plan.write_text("[plan]\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_race((small / "theatre.toml", plan, seen), tmp_path / "out", made=MADE)
    assert "with its offset" in str(error.value)
    assert "plan.toml" in str(error.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (TOML.replace("radius", "radus"), "did you mean 'radius'"),
        (TOML.replace("2026-01-01T03:00:00Z", "2026-01-01"), "with its offset"),
        (TOML.replace("moving_h = 12", "moving_h = 30"), "less than or equal to 24"),
        ("sightings = []\n", "at least 1 item"),
        ("[plan]\nname = 'x'\n", "a plan file"),
        ("[theatre]\nname = 'x'\n", "a theatre file"),
    ],
)
def test_a_wrong_file_of_sightings_is_refused(tmp_path: Path, wrong: str, words: str) -> None:
    path = tmp_path / "sightings.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(GeoPocError, match=words):
        read_sightings(path)


def test_a_wrong_file_of_sightings_alone_is_named(small: Path, tmp_path: Path) -> None:
    paths = small / "theatre.toml", small / "plan.toml", tmp_path / "none.toml"
    with pytest.raises(InputError, match="no such file"):
        write_race(paths, tmp_path / "out", made=MADE)


def test_the_command_shows_faults_and_no_traceback(small: Path, tmp_path: Path) -> None:
    seen = tmp_path / "s.toml"
    seen.write_text(TOML.replace("foot_patrol", "horse"), encoding="utf-8")
    result = CliRunner().invoke(app, command(small, seen, tmp_path / "out"))
    assert result.exit_code == 2
    assert "is no mover" in result.output
    assert "Traceback" not in result.output


def test_a_folder_of_another_command_is_left_alone(
    small: Path, seen_file: Path, written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(written, out)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    (out / "run.json").write_text(json.dumps(record | {"command": "patrols"}), encoding="utf-8")
    with pytest.raises(GeoPocError, match="patrols"):
        write_race((small / "theatre.toml", small / "plan.toml", seen_file), out, made=MADE)


def test_a_plan_s_own_mover_is_not_that_of_a_group(inputs: Inputs) -> None:
    """Figures of the plan are the mission's: a group on foot in the rains is of unknown pace without its own."""
    assets = inputs.plan.assets
    assert any(isinstance(a, Asset) and "wet_time_factor" in a.figures for a in assets)
    table = by_id(race(inputs, [sighting(inputs, figures={})]))
    reached = np.isfinite(table["contact_earliest_s"])
    assert reached.any()
    assert table.loc[reached, "contact_likely_s"].isna().all()
