"""GraphML files of osmnx, and Overpass: a stand-in server on this machine answers as Overpass does."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import networkx as nx
import osmnx
import pytest
from shapely import LineString

from geo_poc.errors import SourceError
from geo_poc.layers.sources import graphml, overpass
from geo_poc.theatre_file import Source

BOUNDS = (30.0, 4.0, 30.1, 4.1)
NODES = {1: (30.01, 4.01), 2: (30.02, 4.01), 3: (30.03, 4.01), 4: (30.02, 4.05), 5: (30.05, 4.05)}
ROADS = [
    {"type": "way", "id": 11, "nodes": [1, 2, 3],
     "tags": {"highway": "track", "surface": "dirt", "tracktype": "grade4",
              "smoothness": "very_bad", "maxspeed": "30"}},
    {"type": "way", "id": 12, "nodes": [2, 4], "tags": {"highway": "primary", "oneway": "-1"}},
]  # fmt: skip
FERRIES = [{"type": "way", "id": 13, "nodes": [4, 5], "tags": {"route": "ferry"}}]
STATUS = "Connected as: 1\nCurrent time: x\nAnnounced endpoint: none\nRate limit: 2\n2 slots available now.\n"


def answer(ways: list[dict[str, object]]) -> str:
    nodes = [{"type": "node", "id": i, "lon": x, "lat": y} for i, (x, y) in NODES.items()]
    return json.dumps({"version": 0.6, "elements": [*nodes, *ways] if ways else []})


@dataclass
class StandIn:
    """What the server was asked, and answers that come before the usual ones."""

    url: str = ""
    queries: list[str] = field(default_factory=list)
    requests: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)
    always: tuple[int, str] | None = None

    def reply(self, query: str) -> tuple[int, str]:
        self.queries.append(query)
        if self.first:
            return self.first.pop(0)
        return self.always or (200, answer(FERRIES if "ferry" in query else ROADS))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def send(self, status: int, text: str) -> None:
            stand_in.requests += 1
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.send(200, STATUS)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send(*stand_in.reply(parse_qs(body)["data"][0]))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        stand_in.url = f"http://127.0.0.1:{http.server_address[1]}/api"
        yield stand_in
        http.shutdown()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that osmnx would have slept."""
    slept: list[float] = []
    monkeypatch.setattr("osmnx._overpass.time.sleep", slept.append)
    return slept


def read(server: StandIn, cache: Path) -> graphml.Raw:
    return overpass.read(cache, Source(url=server.url), layer="roads", bounds=BOUNDS)


def test_roads_and_ferries_are_read_split_at_junctions(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    raw = read(server, tmp_path)
    table = raw.table
    assert raw.crs is not None
    assert raw.crs.upper() == "EPSG:4326"
    assert sorted(table["road_class"]) == ["ferry", "primary", "track", "track"]
    track = table[table["road_class"] == "track"]
    assert track["speed_kmh"].tolist() == [30.0, 30.0]
    assert track["surface"].tolist() == ["dirt", "dirt"]
    assert track["tracktype"].tolist() == ["grade4", "grade4"]
    assert track["smoothness"].tolist() == ["very_bad", "very_bad"]
    expected_m = osmnx.distance.great_circle(4.01, 30.01, 4.01, 30.02)
    assert track["length_m"].tolist() == pytest.approx([expected_m] * 2)


def test_street_against_its_nodes_is_one_row_from_its_entry(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    table = read(server, tmp_path).table
    street = table[table["road_class"] == "primary"].iloc[0]
    assert street["oneway"]
    assert list(street["geometry"].coords) == [NODES[4], NODES[2]]


def test_bounds_come_through_to_the_server(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    read(server, tmp_path)
    numbers = [float(x) for x in server.queries[0].split("poly:'")[1].split("'")[0].split()]
    lats, lons = numbers[::2], numbers[1::2]
    asked = (min(lons), min(lats), max(lons), max(lats))
    assert asked == pytest.approx(BOUNDS, abs=0.01)
    assert asked[0] < BOUNDS[0]
    assert asked[3] > BOUNDS[3]


def test_second_reading_asks_nothing(server: StandIn, naps: list[float], tmp_path: Path) -> None:
    first = read(server, tmp_path)
    asked = server.requests
    second = read(server, tmp_path)
    assert asked > 0
    assert server.requests == asked
    assert second.table["id"].tolist() == first.table["id"].tolist()


def test_busy_server_is_asked_again_after_a_pause(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    server.first = [(429, "Too many requests"), (504, "Timeout")]
    assert len(read(server, tmp_path).table) == 4
    assert sorted(naps)[-2:] == [55, 55]


def test_server_that_stays_busy_is_given_up(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    server.always = (429, "Too many requests")
    with pytest.raises(SourceError, match=r"5 times '429.*use a file"):
        read(server, tmp_path)
    assert len(server.queries) == 5


@pytest.mark.parametrize(
    "reply",
    [
        (200, "<html>not what was asked for</html>"),
        (200, "[1, 2]"),
        (200, '{"version": 0.6}'),
        (200, '{"elements": [{"type": "node"}]}'),
        (200, '{"elements": []}'),
        (200, '{"elements": [], "remark": "runtime error: Query timed out"}'),
        (400, "<html>Bad request</html>"),
    ],
)
def test_answer_that_is_not_usable_is_an_error_with_a_way_out(
    reply: tuple[int, str], server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    server.always = reply
    with pytest.raises(SourceError, match="or use a file"):
        read(server, tmp_path)


def test_answer_cut_short_by_the_server_is_not_kept(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    complete = answer(ROADS)
    server.first = [(200, complete[:-1] + ', "remark": "runtime error: Query timed out"}')]
    with pytest.raises(SourceError, match="runtime error: Query timed out"):
        read(server, tmp_path)
    assert len(read(server, tmp_path).table) == 4


def test_server_that_is_down_is_told_at_once(naps: list[float], tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = Source(url=f"http://127.0.0.1:{port}/api")
    with pytest.raises(SourceError, match=r"within reach.*use a file"):
        overpass.read(tmp_path, source, layer="roads", bounds=BOUNDS)
    assert naps == []


def test_server_that_hangs_up_is_an_error(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    server.always = (0, "")
    with pytest.raises(SourceError, match="the server must be within reach"):
        read(server, tmp_path)


def test_behind_a_proxy_the_server_is_not_called_directly(
    server: StandIn, naps: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTP_PROXY", server.url.removesuffix("/api"))
    source = Source(url="http://overpass.invalid/api")
    monkeypatch.setattr("osmnx._http._config_dns", lambda url: None)
    raw = overpass.read(tmp_path, source, layer="roads", bounds=BOUNDS)
    assert len(raw.table) == 4


def test_area_without_roads_is_an_error(server: StandIn, naps: list[float], tmp_path: Path) -> None:
    server.always = (200, answer([{"type": "way", "id": 1, "nodes": [1], "tags": {}}]))
    with pytest.raises(SourceError, match="Overpass JSON with roads"):
        read(server, tmp_path)


def test_cached_answer_that_is_damaged_is_an_error(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    read(server, tmp_path)
    for file in tmp_path.glob("*.json"):
        file.write_text('{"elements": [')
    with pytest.raises(SourceError, match="must be Overpass JSON"):
        read(server, tmp_path)


def test_settings_of_osmnx_are_as_before(
    server: StandIn, naps: list[float], tmp_path: Path
) -> None:
    names = [name for name in vars(osmnx.settings) if name.islower()]
    before = {name: getattr(osmnx.settings, name) for name in names}
    resolver = socket.getaddrinfo
    read(server, tmp_path)
    server.always = (200, "nonsense")
    with pytest.raises(SourceError):
        read(server, tmp_path / "other")
    assert {name: getattr(osmnx.settings, name) for name in names} == before
    assert socket.getaddrinfo is resolver


def test_no_bounds_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no bounds"):
        overpass.read(tmp_path, Source(), layer="roads")


def test_cache_without_a_path_is_in_the_home_folder(
    server: StandIn, naps: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    overpass.read(None, Source(url=server.url), layer="roads", bounds=BOUNDS)
    assert len(list((tmp_path / ".cache" / "geo_poc" / "overpass").glob("*.json"))) == 2


def graph() -> nx.MultiDiGraph:
    """A crossing: a two-way street with a bend, a one-way street, a loop."""
    made = nx.MultiDiGraph(crs="EPSG:4326")
    for number, (x, y) in NODES.items():
        made.add_node(number, x=x, y=y)
    bend = LineString([NODES[1], (30.015, 4.02), NODES[2]])
    common = {"osmid": 7, "highway": "track", "length": 2_500.0}
    made.add_edge(1, 2, **common, oneway=False, reversed=False, geometry=bend)
    made.add_edge(2, 1, **common, oneway=False, reversed=True, geometry=bend.reverse())
    made.add_edge(
        2, 3, osmid=[8, 9], highway=["primary", "track"], oneway=True, reversed=False, length=1100.0
    )
    loop = LineString([NODES[3], (30.04, 4.0), (30.04, 4.02), NODES[3]])
    for against in (False, True):
        line = loop.reverse() if against else loop
        made.add_edge(
            3,
            3,
            osmid=10,
            highway="path",
            oneway=False,
            reversed=against,
            length=4e3,
            geometry=line,
        )
    return made


def test_saved_graph_gives_each_street_once(tmp_path: Path) -> None:
    osmnx.save_graphml(graph(), tmp_path / "a.graphml")
    raw = graphml.read(tmp_path / "a.graphml", Source(), layer="roads")
    assert raw.crs is not None
    assert raw.crs.upper() == "EPSG:4326"
    assert raw.table["road_class"].tolist() == ["track", "track", "path"]
    assert raw.table["oneway"].tolist() == [False, True, False]
    assert raw.table["length_m"].tolist() == [2500.0, 1100.0, 4000.0]
    assert len(raw.table["geometry"].iloc[0].coords) == 3
    assert raw.file_columns["length_m"] == "length"


def test_saved_graph_keeps_what_its_edges_say_of_the_state_of_the_road(tmp_path: Path) -> None:
    saved = graph()
    for _, _, data in saved.edges(data=True):
        data |= {"tracktype": "grade5", "smoothness": "bad", "wet_state": "closed"}
    osmnx.save_graphml(saved, tmp_path / "a.graphml")
    table = graphml.read(tmp_path / "a.graphml", Source(), layer="roads").table
    columns = ["tracktype", "smoothness", "wet_state"]
    assert table[columns].values.tolist() == [["grade5", "bad", "closed"]] * 3


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_cut_off_graph_is_refused(share: float, tmp_path: Path) -> None:
    file = tmp_path / "a.graphml"
    osmnx.save_graphml(graph(), file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match="not a GraphML file saved by osmnx"):
        graphml.read(file, Source(), layer="roads")


def test_graph_of_another_program_is_refused(tmp_path: Path) -> None:
    nx.write_graphml(nx.path_graph(3), tmp_path / "a.graphml")
    with pytest.raises(SourceError, match="not a GraphML file saved by osmnx"):
        graphml.read(tmp_path / "a.graphml", Source(), layer="roads")


def test_missing_graph_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the file must exist"):
        graphml.read(tmp_path / "a.graphml", Source(), layer="roads")
