"""KML, KMZ and GPX in; KML and KMZ out, read back with our reader and with plain XML."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pyogrio
import pytest
import shapely
from shapely import Point, Polygon

from geo_poc.coverage.findings import Findings
from geo_poc.errors import SourceError
from geo_poc.layers.sources import gpx, kml
from geo_poc.report.kml import write_kml
from geo_poc.report.tables import place_table
from geo_poc.theatre_file import Source

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>all</name>
<Folder><name>camps</name>
<Placemark><name>North &amp; South</name><description>by the river</description>
<ExtendedData><Data name="people"><value>120</value></Data><Data name="name"><value>other</value>
</Data></ExtendedData><Point><coordinates>31.5,4.8,400</coordinates></Point></Placemark>
<Placemark><name>B</name><ExtendedData><Data name="kind"><value>idp</value></Data></ExtendedData>
<Point><coordinates>31.6,4.9</coordinates></Point></Placemark>
<Folder><name>areas</name><Placemark><name>P</name><Polygon><outerBoundaryIs><LinearRing>
<coordinates>30,4 31,4 31,5 30,4</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
</Folder></Folder>
<Placemark><name>L</name><ExtendedData><Data name="fclass"><value>track</value></Data></ExtendedData>
<LineString><coordinates>30,4 31,4</coordinates></LineString></Placemark>
<Placemark><name>nowhere</name></Placemark>
</Document></kml>"""
GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="4.8" lon="31.5"><ele>400</ele><time>2020-01-01T10:00:00Z</time><name>W</name></wpt>
<rte><name>R</name><rtept lat="4" lon="30"/><rtept lat="5" lon="31"/></rte>
<trk><name>T</name><trkseg><trkpt lat="4" lon="30"/><trkpt lat="4.1" lon="30.1"/></trkseg>
<trkseg><trkpt lat="4.2" lon="30.2"/><trkpt lat="4.3" lon="30.3"/></trkseg></trk></gpx>"""
NAMESPACE = "{http://www.opengis.net/kml/2.2}"


def write(path: Path, content: str) -> Path:
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.kml", "a.kmz"])
def test_placemarks_of_all_folders_keep_names_and_data(name: str, tmp_path: Path) -> None:
    raw = kml.read(write(tmp_path / name, KML), Source(), layer="camps")
    table = raw.table.set_index("name")
    assert raw.crs == "EPSG:4326"
    assert raw.table.index.tolist() == [1, 2, 3, 4, 5]
    assert set(table.index) == {"North & South", "B", "P", "L", "nowhere"}
    assert table.loc["North & South", ["people", "name (data)", "folder"]].tolist() == [
        *("120", "other", "camps")
    ]
    assert table.loc["B", "kind"] == "idp"
    assert table.loc["North & South", "description"] == "by the river"
    assert table.loc["nowhere", "geometry"] is None


def test_longitude_is_first_and_height_is_dropped(tmp_path: Path) -> None:
    table = kml.read(write(tmp_path / "a.kml", KML), Source(), layer="camps").table
    point = table.set_index("name").loc["North & South", "geometry"]
    assert point.equals_exact(Point(31.5, 4.8), 0.0)
    assert not point.has_z


def test_one_folder_can_be_chosen(tmp_path: Path) -> None:
    file = write(tmp_path / "a.kml", KML)
    raw = kml.read(file, Source(layer="areas"), layer="areas")
    assert raw.table["name"].tolist() == ["P"]
    with pytest.raises(SourceError, match=r"'zones'.*one of: all, camps, areas"):
        kml.read(file, Source(layer="zones"), layer="areas")


def test_lines_of_a_kml_become_roads(tmp_path: Path) -> None:
    raw = kml.read(write(tmp_path / "a.kml", KML), Source(layer="all"), layer="roads")
    assert raw.table["road_class"].tolist() == ["track", ""]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.95])
@pytest.mark.parametrize("name", ["a.kml", "a.kmz"])
def test_cut_off_kml_is_refused(name: str, share: float, tmp_path: Path) -> None:
    file = write(tmp_path / name, KML)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match="cannot be read"):
        kml.read(file, Source(), layer="camps")


def test_kml_without_the_driver_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pyogrio, "list_drivers", lambda **_: {"KML": "r"})
    with pytest.raises(SourceError, match="LIBKML"):
        kml.read(write(tmp_path / "a.kml", KML), Source(), layer="camps")


def test_waypoints_are_points_and_tracks_are_lines(tmp_path: Path) -> None:
    raw = gpx.read(write(tmp_path / "a.gpx", GPX), Source(), layer="places")
    assert raw.crs == "EPSG:4326"
    assert raw.table["gpx"].tolist() == ["waypoints", "routes", "tracks"]
    assert raw.table["name"].tolist() == ["W", "R", "T"]
    kinds = [shape.geom_type for shape in raw.table["geometry"]]
    assert kinds == ["Point", "LineString", "MultiLineString"]
    assert raw.table["geometry"].iloc[0].equals(Point(31.5, 4.8))
    assert raw.table.columns.tolist() == ["ele", "time", "name", "geometry", "gpx"]


def test_tracks_alone_become_roads(tmp_path: Path) -> None:
    raw = gpx.read(write(tmp_path / "a.gpx", GPX), Source(layer="tracks"), layer="roads")
    assert raw.table[["name", "oneway"]].to_numpy().tolist() == [["T", False]]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.7, 0.95])
def test_cut_off_gpx_is_refused(share: float, tmp_path: Path) -> None:
    file = write(tmp_path / "a.gpx", GPX[: int(len(GPX) * share)])
    with pytest.raises(SourceError, match="cannot be read"):
        gpx.read(file, Source(), layer="places")


def test_well_formed_xml_that_is_no_gpx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        gpx.read(write(tmp_path / "a.gpx", "<html></html>"), Source(), layer="places")


@pytest.fixture(scope="module", params=["out.kml", "out.kmz"])
def written(
    request: pytest.FixtureRequest,
    sample_findings: Findings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("kml") / request.param
    write_kml(sample_findings, path)
    return path


def xml_of(path: Path) -> ET.Element:
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path) as archive:
            return ET.fromstring(archive.read("doc.kml"))
    return ET.fromstring(path.read_bytes())


def test_every_site_comes_back_at_its_place_with_its_people(
    written: Path, sample_findings: Findings
) -> None:
    wanted = place_table(sample_findings).set_index("id")
    back = kml.read(written, Source(), layer="places").table
    sites = back[back["folder"].isin(["Sites", "Places"])].set_index("id")
    assert sorted(sites.index) == sorted(wanted.index)
    for key, row in wanted.iterrows():
        shape = sites.loc[key, "geometry"]
        assert (shape.x, shape.y) == pytest.approx((row["lon"], row["lat"]), abs=1e-6)
    assert sites.loc["c2", "people"] == "4000"
    assert sites.loc["c4", "people"] == "unknown"


def test_a_second_reader_finds_the_same_points_by_plain_xml(
    written: Path, sample_findings: Findings
) -> None:
    wanted = place_table(sample_findings).set_index("id")
    found = {}
    for placemark in xml_of(written).iter(f"{NAMESPACE}Placemark"):
        coordinates = placemark.findtext(f"{NAMESPACE}Point/{NAMESPACE}coordinates")
        data = {
            item.get("name"): item.findtext(f"{NAMESPACE}value")
            for item in placemark.iter(f"{NAMESPACE}Data")
        }
        if coordinates:
            found[data["id"]] = tuple(map(float, coordinates.split(",")))
    assert found == {
        key: pytest.approx((row["lon"], row["lat"]), abs=1e-6) for key, row in wanted.iterrows()
    }


def test_zones_come_back_with_their_area(written: Path, sample_findings: Findings) -> None:
    back = kml.read(written, Source(layer="Not protected: most people first"), layer="areas").table
    assert back["name"].tolist() == sample_findings.zones["name"].tolist()
    assert back["base_name"].tolist() == ["Charlie", "Alfa"]
    assert back["seconds"].tolist() == ["36000", "not reached"]
    metres = sample_findings.zones.set_geometry(
        sample_findings.zones.geometry.set_crs(sample_findings.zones.crs)
    )
    degrees = metres.to_crs("EPSG:4326").geometry
    for shape, expected in zip(back["geometry"], degrees, strict=True):
        assert shape.symmetric_difference(expected).area < 1e-4 * expected.area


def test_document_is_named_by_its_marking(written: Path, sample_findings: Findings) -> None:
    name = xml_of(written).findtext(f"{NAMESPACE}Document/{NAMESPACE}name")
    assert name is not None
    assert name.startswith(sample_findings.theatre.marking)
    assert sample_findings.theatre.name in name


def test_no_text_of_the_data_can_become_html(written: Path) -> None:
    texts = [element.text or "" for element in xml_of(written).iter()]
    assert any("onerror" in text for text in texts)
    assert not any(sign in text for text in texts for sign in ("<", ">", "&", "$["))


def test_control_characters_do_not_break_the_file(
    sample_findings: Findings, tmp_path: Path
) -> None:
    places = sample_findings.coverage.places.copy()
    places.loc[0, "name"] = "A\x00B\x1f\ufffe\ud800C"
    coverage = dataclasses.replace(sample_findings.coverage, places=places)
    write_kml(dataclasses.replace(sample_findings, coverage=coverage), tmp_path / "a.kml")
    names = [e.text for e in xml_of(tmp_path / "a.kml").iter(f"{NAMESPACE}name")]
    assert "A B   C" in names


def test_ring_with_a_hole_and_several_parts_come_back(
    sample_findings: Findings, tmp_path: Path
) -> None:
    ring = Polygon([(0, 0), (9e3, 0), (9e3, 9e3), (0, 9e3)], [[(3e3, 3e3), (6e3, 3e3), (6e3, 6e3)]])
    zones = sample_findings.zones.copy()
    zones.geometry = [
        ring,
        shapely.MultiPolygon([shapely.box(0, 0, 1e3, 1e3), shapely.box(2e3, 0, 3e3, 1e3)]),
    ]
    write_kml(dataclasses.replace(sample_findings, zones=zones), tmp_path / "a.kml")
    back = kml.read(
        tmp_path / "a.kml", Source(layer="Not protected: most people first"), layer="areas"
    ).table
    first, second = back["geometry"]
    assert len(first.interiors) == 1
    assert first.exterior.is_ccw
    assert len(shapely.get_parts(second)) == 2


def test_findings_without_zones_are_written_too(sample_findings: Findings, tmp_path: Path) -> None:
    empty = dataclasses.replace(sample_findings, zones=sample_findings.zones.head(0))
    write_kml(empty, tmp_path / "a.kml")
    assert len(list(xml_of(tmp_path / "a.kml").iter(f"{NAMESPACE}Polygon"))) == 0


def test_same_findings_give_the_same_bytes(written: Path, sample_findings: Findings) -> None:
    again = written.with_name(f"again{written.suffix}")
    write_kml(sample_findings, again)
    assert again.read_bytes() == written.read_bytes()
