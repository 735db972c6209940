"""What is said about restrictions and ferries before anything is computed, and how they are read and drawn."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.coverage.findings import Findings
from geo_poc.data import embedded_theatre
from geo_poc.errors import LayerError
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.sources import osm
from geo_poc.layers.sources.ferries import crossing_s
from geo_poc.layers.sources.graphml import roads_of_graph
from geo_poc.maps.lines import drawing
from geo_poc.plan import Ferries
from geo_poc.report.drawing import coverage_map
from geo_poc.routing.assumptions import assumptions
from geo_poc.routing.catalogue import known_movers
from geo_poc.routing.checks import restriction_faults, unknown_classes, unused_ferries
from geo_poc.routing.stretches import roads_named
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

CRS = "EPSG:32636"
ROADS = gpd.GeoDataFrame(
    {
        "id": ["way/123", "way/124/1", "way/124/2", "r7"],
        "name": ["North Road", "", "", "Bor Road"],
        "road_class": ["primary", "ferry", "ferry", "foot_ferry"],
        "speed_kmh": [np.nan, np.nan, 8.0, np.nan],
        "length_m": [np.nan, 1500.0, np.nan, np.nan],
    },
    geometry=[shapely.LineString([(0, y), (1000, y)]) for y in range(4)],
    crs=CRS,
)


def areas(kind: str, rule: str = "", delay_s: float = np.nan, roads: str = "") -> gpd.GeoDataFrame:
    row = {"id": "Z1", "name": "Swamp", "contingents": "", "kind": kind, "rule": rule}
    return gpd.GeoDataFrame(
        [{**row, "delay_s": delay_s, "roads": roads}], geometry=[shapely.box(0, 0, 1, 1)], crs=CRS
    )


@pytest.mark.parametrize(
    ("kind", "rule", "delay_s"),
    [
        *(
            (kind, rule, np.nan)
            for kind in ("closure", "host_state", "caveat")
            for rule in ("", "no_go")
        ),
        *((kind, "no_night", np.nan) for kind in ("closure", "host_state", "caveat")),
        *((kind, "needs_approval", 0.0) for kind in ("closure", "host_state", "caveat")),
        ("mined", "", np.nan),
        ("mined", "no_go", np.nan),
        ("mined", "clearance", 900.0),
        ("water", "", np.nan),
    ],
)
def test_rules_that_fit_are_no_fault(kind: str, rule: str, delay_s: float) -> None:
    assert restriction_faults(areas(kind, rule, delay_s), ROADS) == []


@pytest.mark.parametrize(
    ("kind", "rule", "delay_s", "said"),
    [
        ("closure", "clearance", 900.0, "is no rule of the kind closure"),
        ("mined", "no_night", np.nan, "is no rule of the kind mined"),
        ("mined", "needs_approval", 900.0, "choose one of no_go, clearance"),
        ("no_fly", "no_night", np.nan, "is no rule of the kind no_fly"),
        ("caveat", "needs_approval", np.nan, "must say how long the approval takes"),
        ("mined", "clearance", np.nan, "must say how long the clearing takes"),
        ("mined", "", 900.0, "15 min and the rule 'no_go'"),
        ("closure", "no_night", 900.0, "must not be given for a rule that takes no delay"),
    ],
)
def test_a_rule_that_cannot_be_meant_so_is_a_fault(
    kind: str, rule: str, delay_s: float, said: str
) -> None:
    (fault,) = restriction_faults(areas(kind, rule, delay_s), None)
    assert said in str(fault)
    assert str(fault).startswith(f"areas: {kind} Z1 (Swamp)")


def test_roads_that_are_not_there_are_named_with_the_nearest() -> None:
    named = areas("closure", roads="way/124; Bohr Road ; xyz;way")
    faults = [str(fault) for fault in restriction_faults(named, ROADS)]
    assert len(faults) == 3
    assert "'Bohr Road'" in faults[0]
    assert "did you mean 'Bor Road'" in faults[0]
    assert "'xyz'" in faults[1]
    assert "correct it, or give a shape" in faults[1]
    assert "'way'" in faults[2]
    assert restriction_faults(named, None) == []


def test_a_road_that_was_cut_has_the_id_of_the_whole_and_of_its_parts() -> None:
    found = roads_named("way/124; WAY/124/2; north road", ROADS)
    assert [rows.tolist() for rows in found.values()] == [[1, 2], [2], [0]]
    assert roads_named("north road", pd.DataFrame({"name": ["North Road"]}))["north road"] == [0]


def test_roads_of_a_kind_that_restricts_no_road_are_a_fault() -> None:
    (fault,) = restriction_faults(areas("no_fly", roads="Bor Road"), ROADS)
    assert "must not be given for the kind no_fly" in str(fault)


def test_faults_of_one_area_are_named_all_at_once() -> None:
    assert len(restriction_faults(areas("closure", "clearance", roads="xyz"), ROADS)) == 3


def test_ferries_that_nobody_uses_are_said_in_km() -> None:
    # 1.5 km as published and 1 km drawn, twice.
    (fault,) = unused_ferries(ROADS, None)
    assert "3.5 km of ferries" in str(fault)
    (fault,) = unused_ferries(ROADS, Ferries(wait=600.0, source="SOP"))
    assert "2.5 km of ferries without their own" in str(fault)
    assert unused_ferries(ROADS, Ferries(wait=600.0, source="SOP", speed_kmh=5.0)) == []
    assert unused_ferries(ROADS.iloc[:1], None) == []


# read


@pytest.fixture
def theatre() -> Theatre:
    spec = TheatreSpec(
        name="A",
        as_of=dt.date(2026, 1, 1),
        cell_size=5000.0,
        area=AreaSpec(bbox=(30.0, 8.0, 31.0, 9.0)),
        marking="UNCLASSIFIED",
        fictional=True,
    )
    return theatre_over(spec, shapely.box(30, 8, 31, 9))


def read_areas(path: Path, theatre: Theatre, **options: object) -> Layer:
    source = Source(path=path.name, label="test", **options)  # type: ignore[arg-type]
    layer = read_layer("areas", [source], folder=path.parent, theatre=theatre)
    (record,) = layer.sources
    assert record.read == record.kept + record.rejected
    return layer


def test_a_table_without_positions_may_name_roads_in_french(
    tmp_path: Path, theatre: Theatre
) -> None:
    path = tmp_path / "a.csv"
    rows = ["a,Etat hôte,sur autorisation,6 h,Axe A", "b,mined,,soon,R2", "c,closure,,,"]
    path.write_text("\n".join(["id,kind,règle,délai,axes", *rows]), encoding="utf-8")
    layer = read_areas(path, theatre)
    (row,) = layer.table.to_dict("records")
    assert (row["kind"], row["rule"], row["delay_s"]) == ("host_state", "needs_approval", 21_600.0)
    assert (row["roads"], row["geometry"]) == ("Axe A", None)
    assert layer.rejects["row"].tolist() == [2, 3]
    assert layer.rejects["reason"].tolist() == [
        "must be text with a unit such as '45 min'",
        "no geometry",
    ]


def test_a_table_with_neither_positions_nor_roads_is_refused(
    tmp_path: Path, theatre: Theatre
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,kind\na,closure\n", encoding="utf-8")
    with pytest.raises(LayerError, match="needs a position"):
        read_areas(path, theatre)


def test_a_feature_without_a_shape_is_kept_if_it_names_roads(
    tmp_path: Path, theatre: Theatre
) -> None:
    ring = [[30.2, 8.2], [30.3, 8.2], [30.3, 8.3], [30.2, 8.2]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [
        ({"id": "a", "kind": "caveat", "rule": "no night", "roads": "x"}, None),
        ({"id": "b", "kind": "caveat"}, None),
        ({"id": "c", "kind": "minefield", "rule": "clearing", "delay": "45 min"}, shape),
    ]
    path = tmp_path / "a.geojson"
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    layer = read_areas(path, theatre)
    assert layer.table["id"].tolist() == ["a", "c"]
    assert layer.table["rule"].tolist() == ["no_night", "clearance"]
    assert layer.table["delay_s"].tolist() == pytest.approx([np.nan, 2700.0], nan_ok=True)
    assert layer.table.geometry.isna().tolist() == [True, False]
    given = read_areas(path, theatre, values={"delay": "6 h"})
    assert given.table["delay_s"].tolist() == [21_600.0, 21_600.0]


# ferries of OpenStreetMap


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:15", 900), ("12", 720), ("01:00:30", 3630), ("PT45M", 2700), ("P1DT2H", 93_600)],
)
def test_a_duration_is_read_in_every_form_that_osm_allows(text: str, seconds: float) -> None:
    assert crossing_s(text) == seconds


@pytest.mark.parametrize("text", ["", None, "soon", "0", "00:00", "PT"])
def test_a_duration_that_states_none_is_unknown(text: object) -> None:
    assert np.isnan(crossing_s(text))


def test_osm_ferries_have_a_length_a_speed_and_whom_they_take(tmp_path: Path) -> None:
    nodes = [f'<node id="{n}" version="1" lat="0" lon="{30 + n / 100}"/>' for n in (1, 2, 3)]
    tags = [
        {"route": "ferry", "duration": "00:30"},
        {"route": "ferry", "motor_vehicle": "no", "vehicle": "yes", "maxspeed": "9"},
        {"route": "ferry", "foot": "no"},
        {"route": "ferry", "foot": "no", "vehicle": "no"},
        {"highway": "track", "duration": "00:30"},
    ]
    ways = [
        f'<way id="{n}" version="1"><nd ref="1"/><nd ref="2"/>'
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in each.items())
        + "</way>"
        for n, each in enumerate(tags, 1)
    ]
    path = tmp_path / "a.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>')
    table = osm.read(path, Source(path="a.osm"), layer="roads").table
    expected = ["ferry", "foot_ferry", "vehicle_ferry", "no_ferry", "track"]
    assert table["road_class"].tolist() == expected
    # A hundredth of a degree of the equator is 1,113.2 m.
    assert table["length_m"].tolist()[:4] == pytest.approx([1113.2] * 4, abs=0.1)
    speeds = [2.2264, 9.0, np.nan, np.nan, np.nan]
    assert table["speed_kmh"].tolist() == pytest.approx(speeds, rel=1e-4, nan_ok=True)


def test_the_duration_of_a_way_in_pieces_is_that_of_the_whole() -> None:
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_nodes_from([(n, {"x": 30 + n / 100, "y": 0.0}) for n in range(4)])
    ferry = {"route": "ferry", "duration": "01:00", "oneway": False}
    for n, osmid in ((0, 7), (1, 7), (2, 8)):
        for ends in ((n, n + 1), (n + 1, n)):
            graph.add_edge(*ends, osmid=osmid, length=1000.0, **ferry)
    table = roads_of_graph(graph, Source()).table
    assert sorted(table["speed_kmh"]) == [1.0, 2.0, 2.0]
    assert table["length_m"].tolist() == [1000.0] * 3


# run and check


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The embedded theatre with links to all files and one of its closures to be changed."""
    folder = tmp_path / "theatre"
    folder.mkdir()
    for file in embedded_theatre().iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def change(folder: Path, name: str, **properties: object) -> None:
    path = folder / "areas.geojson"
    table = json.loads(path.read_text(encoding="utf-8"))
    for feature in table["features"]:
        if feature["properties"]["id"] == name:
            feature["geometry"] = properties.pop("geometry", feature["geometry"])
            feature["properties"] |= properties
    path.write_text(json.dumps(table), encoding="utf-8")


@pytest.mark.parametrize("command", ["check", "run"])
def test_check_and_run_name_all_faults_of_restrictions_at_once(broken: Path, command: str) -> None:
    change(broken, "Z005", rule="needs_approval")
    change(broken, "Z007", rule="clearance", delay="1 h")
    change(broken, "Z008", roads="No Such Road", geometry=None)
    options = [str(broken / "theatre.toml"), "--plan", str(broken / "plan.toml")]
    result = CliRunner().invoke(app, [command, *options])
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "3 faults to repair" in said
    assert "must say how long the approval takes" in said
    assert "is no rule of the kind closure" in said
    assert "is neither the id nor the name of a road" in said


def test_check_says_that_a_caveat_keeps_nobody_from_anywhere(broken: Path) -> None:
    lonlat = json.loads((broken / "areas.geojson").read_text(encoding="utf-8"))["features"]
    ring = next(f for f in lonlat if f["properties"]["id"] == "Z005")["geometry"]
    lon, lat = shapely.geometry.shape(ring).representative_point().coords[0]
    speck = shapely.box(lon, lat, lon + 1e-7, lat + 1e-7)
    change(broken, "Z005", geometry=shapely.geometry.mapping(speck))
    result = CliRunner().invoke(app, ["check", str(broken / "theatre.toml")])
    assert result.exit_code == 0
    assert "keeps nobody from anywhere on the ground" in " ".join(result.stdout.split())


# drawn


def with_areas(findings: Findings, rows: list[dict[str, object]]) -> Findings:
    table = findings.layers["areas"].table
    like = table[table["kind"] == "closure"].iloc[0].to_dict()
    made = pd.DataFrame(
        [{**like, "rule": "", "roads": "", "delay_s": np.nan, **row} for row in rows]
    )
    areas = gpd.GeoDataFrame(made, geometry="geometry", crs=table.crs)
    layers = {**findings.layers, "areas": Layer(name="areas", table=areas)}
    return Findings(**{**vars(findings), "layers": layers})


def test_the_map_says_kind_rule_and_delay_and_draws_roads_that_are_named(
    sample_findings: Findings,
) -> None:
    never = {"from_date": pd.NaT, "to_date": pd.NaT}
    rows = [
        {"kind": "mined", "rule": "clearance", "delay_s": 2700.0, **never},
        {"kind": "host_state", "rule": "needs_approval", "delay_s": 172_800.0, **never},
        {"kind": "caveat", "contingents": "A; B", "rule": "no_night", **never},
        {"kind": "closure", "roads": "north road", "geometry": None, **never},
    ]
    found = drawing(with_areas(sample_findings, rows))["areas"]
    texts = [each["text"].replace("\u00a0", " ") for each in found]
    assert texts == [
        "Mined: closed to ground movement. Roads are open if cleared, 45 min each time.",
        "The host state forbids ground movement. Open on approval, 48 h after the alert.",
        "Closed to A,  B. By night only.",
        "Closed to ground movement.",
    ]
    assert [each["kind"] for each in found] == ["mined", "host_state", "caveat", "closure"]
    assert found[3]["outline"] != found[0]["outline"]


def test_the_printed_map_draws_roads_that_are_named(sample_findings: Findings) -> None:
    row = {"kind": "mined", "roads": "north road", "geometry": None}
    limits = [
        'stroke-dasharray="1 2"' in coverage_map(with_areas(sample_findings, [each]))
        for each in (row, {"kind": "admin"})
    ]
    assert limits == [True, False]


def test_the_plan_s_ferry_figures_are_among_the_assumptions(sample_findings: Findings) -> None:
    known = Ferries(wait=1800.0, source="SOP 7", speed_kmh=6.0, night=False)
    plans = [
        type(sample_findings.plan)(**{**vars(sample_findings.plan), "ferries": each})
        for each in (known, Ferries(wait=600.0, source="SOP 7"))
    ]
    rows = [
        table[table["source"] == "SOP 7"]["value"].tolist() for table in map(assumptions, plans)
    ]
    assert rows == [[30.0, 6.0, 0.0], [10.0]]


@pytest.mark.parametrize(
    ("kind", "contingents", "found"),
    [
        ("caveat", "Alpha, Bravo", "write 'Alpha; Bravo'"),
        ("caveat", "Alpha; Bravo", None),
        ("closure", "Alpha", "leave it empty, or make the area a caveat"),
        ("closure", " ", None),
    ],
)
def test_contingents_are_parted_with_a_semicolon_and_belong_to_caveats(
    kind: str, contingents: str, found: str | None
) -> None:
    faults = restriction_faults(areas(kind).assign(contingents=contingents), ROADS)
    assert [fault.repair for fault in faults] == ([] if found is None else [found])


def test_two_roads_parted_with_a_comma_are_told_so() -> None:
    (fault,) = restriction_faults(areas("closure", roads="North Road, Bor Road"), ROADS)
    assert fault.repair == "part several with ';'"


def test_classes_of_roads_that_nobody_knows_are_named_with_their_number() -> None:
    vehicle, foot = (known_movers()[key] for key in ("wheeled_patrol", "foot_patrol"))
    roads = pd.DataFrame(
        {"road_class": ["bac", "ferrry", "bac", "primary_link", "ferry", "path", ""]}
    )
    (note,) = unknown_classes(roads, [vehicle, foot])
    assert note.found == "'bac' (2), 'ferrry' (1)"
    many = pd.DataFrame({"road_class": [f"class {n}" for n in range(7)]})
    assert unknown_classes(many, [vehicle])[0].found.endswith(" and more")
    assert unknown_classes(roads, [foot]) == []
    assert unknown_classes(roads.iloc[3:], [vehicle]) == []
