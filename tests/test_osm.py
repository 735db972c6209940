"""OpenStreetMap files: which ways are roads, where they join, and osmnx's own reading as the oracle."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import osmium
import osmnx
import pytest
import shapely

from geo_poc.errors import SourceError
from geo_poc.layers.sources.osm import NOT_A_ROAD, graph_from_pbf, read
from geo_poc.theatre_file import Source

DATA = Path(os.environ.get("GEO_POC_DATA", Path(__file__).parents[2] / "shared" / "data"))
NODES = {
    1: (30.00, 4.00), 2: (30.01, 4.00), 3: (30.02, 4.00), 4: (30.01, 3.99), 5: (30.01, 4.01),
    6: (30.015, 3.99), 7: (30.015, 4.01), 8: (30.03, 4.00),
}  # fmt: skip
ROADS = {
    101: ([1, 2, 3], {"highway": "primary", "surface": "asphalt", "maxspeed": "80", "name": "A"}),
    102: ([4, 2, 5], {"highway": "track", "tracktype": "grade4", "smoothness": "very_bad"}),
    103: ([6, 7], {"highway": "secondary", "bridge": "viaduct", "oneway": "-1"}),
    104: ([3, 8], {"route": "ferry"}),
    105: ([7, 5], {"highway": "service", "access": "private"}),
    106: ([6, 4], {"highway": "unclassified", "ford": "yes"}),
}
OTHERS = {
    201: ([1, 4], {"highway": "proposed"}),
    202: ([1, 2, 5, 1], {"highway": "pedestrian", "area": "yes"}),
    203: ([1, 5], {"waterway": "river"}),
    204: ([1, 8], {"route": "bus"}),
}


def osm_xml(ways: dict[int, tuple[list[int], dict[str, str]]], *, without: int = 0) -> str:
    nodes = (
        f'<node id="{i}" version="1" lat="{lat}" lon="{lon}"/>'
        for i, (lon, lat) in NODES.items()
        if i != without
    )
    lines = (
        f'<way id="{i}" version="1">'
        + "".join(f'<nd ref="{n}"/>' for n in refs)
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        + "</way>"
        for i, (refs, tags) in ways.items()
    )
    return f'<osm version="0.6" generator="test">{"".join(nodes)}{"".join(lines)}</osm>'


def write(path: Path, xml: str) -> Path:
    """The file in the format of its name."""
    if path.name.endswith(".osm.gz"):
        path.write_bytes(gzip.compress(xml.encode()))
        return path
    plain = path.with_name("plain.osm")
    plain.write_text(xml)
    if path.name.endswith(".pbf"):
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(plain)):
                writer.add(thing)
        return path
    return plain.rename(path)


@pytest.fixture(params=["a.osm", "a.osm.gz", "a.osm.pbf"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / request.param, osm_xml(ROADS | OTHERS))


def test_every_way_that_is_a_road_or_ferry_is_one_row(file: Path) -> None:
    raw = read(file, Source(), layer="roads")
    assert raw.crs == "EPSG:4326"
    assert raw.table["id"].tolist() == [f"way/{i}" for i in ROADS]
    assert raw.table.index.tolist() == [1, 2, 3, 4, 5, 6]


def test_tags_become_columns(file: Path) -> None:
    table = read(file, Source(), layer="roads").table.set_index("id")
    classes = ["primary", "track", "secondary", "ferry", "service", "unclassified"]
    assert table["road_class"].tolist() == classes
    assert table.loc["way/101", ["surface", "speed_kmh", "name"]].tolist() == ["asphalt", 80.0, "A"]
    assert table.loc["way/102", ["tracktype", "smoothness"]].tolist() == ["grade4", "very_bad"]
    assert table["bridge"].tolist() == [False, False, True, False, False, False]
    assert table["restricted"].tolist() == [False, False, False, False, True, False]
    assert table.loc["way/106", "ford"] == "yes"


def test_way_against_its_nodes_is_turned_round(file: Path) -> None:
    table = read(file, Source(), layer="roads").table.set_index("id")
    assert table["oneway"].tolist() == [False, False, True, False, False, False]
    assert list(table.loc["way/103", "geometry"].coords) == [NODES[7], NODES[6]]


def test_ways_share_a_vertex_only_where_they_share_a_node(file: Path) -> None:
    table = read(file, Source(), layer="roads").table.set_index("id")
    vertices = {i: set(line.coords) for i, line in table["geometry"].items()}
    assert vertices["way/101"] & vertices["way/102"] == {NODES[2]}
    main, bridge = table.loc["way/101", "geometry"], table.loc["way/103", "geometry"]
    assert main.crosses(bridge)
    assert not vertices["way/101"] & vertices["way/103"]


def test_way_whose_middle_node_is_missing_is_broken_there(tmp_path: Path) -> None:
    ways = {1: ([1, 4, 2, 5, 3], {"highway": "track"}), 2: ([2, 1], {"highway": "path"})}
    file = write(tmp_path / "a.osm", osm_xml(ways, without=2))
    table = read(file, Source(), layer="roads").table
    first, second = table["geometry"]
    assert shapely.equals(
        first, shapely.MultiLineString([[NODES[1], NODES[4]], [NODES[5], NODES[3]]])
    )
    assert second is None


def test_way_that_leaves_the_extract_keeps_the_part_inside(tmp_path: Path) -> None:
    file = write(tmp_path / "a.osm", osm_xml({1: ([1, 4, 2], {"highway": "track"})}, without=2))
    line = read(file, Source(), layer="roads").table["geometry"].iloc[0]
    assert list(line.coords) == [NODES[1], NODES[4]]


def test_graph_equals_what_osmnx_itself_reads(tmp_path: Path) -> None:
    xml = write(tmp_path / "a.osm", osm_xml(ROADS))
    pbf = write(tmp_path / "a.osm.pbf", osm_xml(ROADS | OTHERS))
    oracle = osmnx.graph_from_xml(xml, simplify=False, retain_all=True)
    graph = graph_from_pbf(pbf)
    assert set(graph.nodes) == set(oracle.nodes)
    assert sorted(graph.edges(keys=True)) == sorted(oracle.edges(keys=True))
    for u, v, key, data in oracle.edges(keys=True, data=True):
        assert graph.edges[u, v, key]["length"] == pytest.approx(data["length"], abs=1e-9)


def test_lines_are_as_long_as_the_streets_of_the_graph(file: Path) -> None:
    graph = graph_from_pbf(file)
    streets = osmnx.convert.to_undirected(graph).edges(data="length")
    lines = read(file, Source(), layer="roads").table["geometry"]
    points, of_line = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    step_m = osmnx.distance.great_circle(*points[:-1, ::-1].T, *points[1:, ::-1].T)
    same_line = np.diff(of_line) == 0
    assert step_m[same_line].sum() == pytest.approx(sum(m for *_, m in streets))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("name", ["a.osm", "a.osm.gz", "a.osm.pbf"])
def test_file_cut_off_anywhere_is_refused(name: str, share: float, tmp_path: Path) -> None:
    file = write(tmp_path / name, osm_xml(ROADS))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match="cannot be read"):
        read(file, Source(), layer="roads")
    with pytest.raises(SourceError, match="cannot be read"):
        graph_from_pbf(file)


def test_graph_of_ways_without_their_nodes_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.osm", osm_xml(ROADS, without=2))
    with pytest.raises(SourceError, match="nodes of its ways are missing"):
        graph_from_pbf(file)


def test_graph_of_a_file_without_roads_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.osm", osm_xml(OTHERS))
    with pytest.raises(SourceError, match="no road in it"):
        graph_from_pbf(file)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.osm\.pbf: the file must exist"):
        read(tmp_path / "gone.osm.pbf", Source(), layer="roads")


@pytest.mark.south_sudan
@pytest.mark.parametrize(
    ("name", "tag"),
    [("andorra", "tracktype"), ("heidelberg", "tracktype"), ("heidelberg", "smoothness")],
)
def test_real_extract_has_every_tag_on_the_state_of_a_road(name: str, tag: str) -> None:
    file = DATA / "osm" / f"{name}.osm.pbf"
    if not file.is_file():
        pytest.skip(f"no real data in {DATA}: set GEO_POC_DATA")
    counted = sum(
        tag in way.tags
        for way in osmium.FileProcessor(str(file), osmium.osm.WAY)
        if "highway" in way.tags
        and way.tags["highway"] not in NOT_A_ROAD
        and way.tags.get("area") != "yes"
    )
    table = read(file, Source(), layer="roads").table
    assert counted > 0
    assert (table[tag] != "").sum() == counted


@pytest.mark.south_sudan
def test_real_extract_has_every_road_that_osmium_counts() -> None:
    file = DATA / "osm" / "andorra.osm.pbf"
    if not file.is_file():
        pytest.skip(f"no real data in {DATA}: set GEO_POC_DATA")
    counted = sum(
        thing.is_way() and "highway" in thing.tags for thing in osmium.FileProcessor(str(file))
    )
    table = read(file, Source(), layer="roads").table
    assert table["highway"].notna().sum() <= counted
    assert table["highway"].notna().sum() > 0.95 * counted
    assert table["id"].is_unique
    assert shapely.is_valid(table["geometry"].to_numpy()).all()
