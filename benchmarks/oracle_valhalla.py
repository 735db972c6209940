"""Car times of geo-poc against those of Valhalla, both with the speeds that Valhalla uses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from oracle_roads import RoadsOnly, laea, roads_only, strong_vertices

from geo_poc.layers.sources import osm
from geo_poc.routing.catalogue import Vehicle, known_movers
from geo_poc.routing.network import road_network
from geo_poc.routing.speeds import road_speeds_kmh
from geo_poc.theatre_file import Source

BATCH = 100
OUTLIER = 0.1
# What Valhalla can be told to leave out of account, and what explains an outlier that this removes.
SWITCHES: dict[tuple[str, ...], str] = {
    ("ignore_restrictions",): "a turn is forbidden",
    ("ignore_oneways",): "a one-way road",
    ("ignore_access",): "access to a road or gate is restricted",
    ("ignore_restrictions", "ignore_oneways", "ignore_access"): "several of these together",
}
TURNS = "turns and crossings take time"
NO_THROUGH = "geo-poc passes through a road that is open to its own traffic only"
NOT_CHOSEN = "by Valhalla's own seconds geo-poc's way is quicker than the one it chose"
UNEXPLAINED = "unexplained"

# Every preference at its neutral value, and nothing added for what is no time on the road. What stays is
# what cannot be switched off: Valhalla's cost of turns and of crossings.
NEUTRAL = {
    "maneuver_penalty": 0, "gate_cost": 0, "gate_penalty": 0, "private_access_penalty": 0,
    "destination_only_penalty": 0, "toll_booth_cost": 0, "toll_booth_penalty": 0, "ferry_cost": 0,
    "country_crossing_cost": 0, "country_crossing_penalty": 0, "service_penalty": 0,
    "service_factor": 1, "use_ferry": 0.5, "use_highways": 0.5, "use_tolls": 0.5,
    "use_living_streets": 0.5, "use_tracks": 0.5, "disable_hierarchy_pruning": True,
    "top_speed": 252, "speed_types": [],
}  # fmt: skip


def actor_of(pbf: Path, folder: Path) -> Any:
    """Valhalla over an OpenStreetMap file, its tiles built in a folder."""
    import valhalla

    folder.mkdir(parents=True, exist_ok=True)
    config = valhalla.get_config(tile_extract="", tile_dir=folder, verbose=False)
    config["mjolnir"]["concurrency"] = 2
    config["service_limits"]["auto"]["max_locations"] = BATCH
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    # The command of that name asks PATH for the program; the program lies in the package.
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    command = [str(program), "--config", str(folder / "config.json"), str(pbf)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return valhalla.Actor(folder / "config.json")


def read_roads(pbf: Path) -> gpd.GeoDataFrame:
    """Roads as geo-poc reads them, those that its vehicles may use, in metres."""
    table = osm.read(pbf, Source(), layer="roads").table
    table = table[table.geometry.notna()].reset_index(drop=True)
    mover = known_movers()["wheeled_patrol"]
    assert isinstance(mover, Vehicle)
    table["own_kmh"] = road_speeds_kmh(mover, table, season="dry")
    table = table[table["own_kmh"] > 0].reset_index(drop=True)
    roads = gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")
    return roads.to_crs(laea(shapely.get_coordinates(roads.geometry)))


def speeds_of(actor: Any, roads: gpd.GeoDataFrame) -> pd.DataFrame:
    """Valhalla's speed on every road: ``forth_kmh, back_kmh``; 0 where no car drives, nan where it has none.

    ``through`` is False on a road that it takes only from or to a place on it (its tags
    ``destination_only`` and ``not_thru``).

    Taken in the middle of the longest straight piece of each road.
    """
    middle = gpd.GeoSeries([_middle(line) for line in roads.geometry], crs=roads.crs).to_crs(4326)
    found, through = np.full((len(roads), 2), np.nan), np.ones(len(roads), dtype=np.bool_)
    number = roads["id"].str.removeprefix("way/").astype(np.int64).to_numpy()
    for first in range(0, len(roads), BATCH):
        some = middle.iloc[first : first + BATCH]
        for row, edge in _edges_at(actor, some, number[first : first + BATCH]):
            kmh = edge["speeds"]["default"] if edge["access"]["car"] else 0.0
            found[first + row, 0 if edge["forward"] else 1] = kmh
            through[first + row] &= not (edge["destination_only"] or edge["not_thru"])
    # Valhalla keeps ways in the order of the OSM file; geo-poc turns a road that is one-way backwards.
    turned = roads["oneway (file)"].isin(["-1", "reverse"]).to_numpy()
    found[turned] = found[turned, ::-1]
    return pd.DataFrame(found, columns=["forth_kmh", "back_kmh"]).assign(through=through)


def _middle(line: shapely.Geometry) -> shapely.Point:
    """Middle of the longest straight piece of a line."""
    pieces = [np.asarray(part.coords) for part in getattr(line, "geoms", [line])]
    ends = np.concatenate([np.stack([at[:-1], at[1:]], axis=1) for at in pieces])
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    return shapely.Point(ends[length.argmax()].mean(axis=0))


def _edges_at(
    actor: Any, points: gpd.GeoSeries, number: NDArray[np.int64]
) -> Iterator[tuple[int, dict[str, Any]]]:
    asked = {
        "verbose": True,
        "locations": [{"lon": at.x, "lat": at.y, "radius": 2} for at in points],
        "costing": "auto",
        "costing_options": {"auto": {"ignore_access": True, "ignore_oneways": True}},
    }
    for row, answer in enumerate(actor.locate(asked)):
        for edge in answer["edges"] or []:
            if edge["edge_info"]["way_id"] == number[row]:
                yield row, edge["edge"]


def drivable(
    roads: gpd.GeoDataFrame, speeds: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Roads and speeds of which both programs make the same graph.

    A road that Valhalla lets cars use one way only is one-way; one of two speeds is two one-way roads;
    one that it does not let cars use is left out.
    """
    forth, back = speeds[["forth_kmh", "back_kmh"]].fillna(0.0).to_numpy().T
    roads = roads.assign(through=speeds["through"].to_numpy())
    alike, lines = forth == back, roads.geometry
    first = roads[forth > 0].assign(oneway=~alike[forth > 0])
    against = (back > 0) & ~alike
    second = roads[against].assign(oneway=True, geometry=lines[against].reverse())
    both = gpd.GeoDataFrame(pd.concat([first, second], ignore_index=True), crs=roads.crs)
    return both, np.concatenate([forth[forth > 0], back[against]])


@dataclass(frozen=True, kw_only=True)
class Drive:
    """A way as Valhalla drives it: seconds in all, and seconds on the road, without turns and crossings."""

    seconds: float
    road_s: float


NO_DRIVE = Drive(seconds=np.nan, road_s=np.nan)


def drive(actor: Any, ends: NDArray[np.float64], **options: Any) -> Drive:
    """Valhalla's own way between two points in degrees, shape (2, 2); nan where it finds none."""
    asked = {
        "locations": [{"lon": x, "lat": y} for x, y in ends],
        "costing": "auto",
        "costing_options": {"auto": {**NEUTRAL, **options}},
    }
    try:
        trip = actor.route(asked)["trip"]
    except RuntimeError:
        return NO_DRIVE
    shape = {"encoded_polyline": trip["legs"][0]["shape"]}
    return Drive(seconds=trip["summary"]["time"], road_s=_followed(actor, shape).road_s)


def followed(actor: Any, way: NDArray[np.float64]) -> Drive:
    """A given way in degrees as Valhalla would drive it; nan where Valhalla cannot follow it."""
    return _followed(actor, {"shape": [{"lon": x, "lat": y} for x, y in way]})


def _followed(actor: Any, shape: dict[str, Any]) -> Drive:
    # Preferences do not bear on seconds; with them this build of Valhalla ends the whole process.
    asked = {**shape, "shape_match": "edge_walk", "costing": "auto"}
    try:
        edges = actor.trace_attributes(asked)["edges"]
    except RuntimeError:
        return NO_DRIVE
    return Drive(
        seconds=max(edge.get("end_node", {}).get("elapsed_time", 0.0) for edge in edges),
        road_s=sum(edge["length"] / edge["speed"] for edge in edges) * 3600,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Seeded pairs of road vertices, in seconds.

    Parameters
    ----------
    pairs : DataFrame
        ``ours_s``; ``theirs_s`` and ``theirs_road_s`` of Valhalla's own way, in all and without turns and
        crossings; ``same_way_s`` and ``same_way_road_s`` of geo-poc's way as Valhalla drives it;
        ``cause`` of each outlier, else "".
    """

    pairs: pd.DataFrame

    def ratio(self, column: str) -> pd.Series:
        """geo-poc's seconds over those of a column."""
        return self.pairs["ours_s"] / self.pairs[column]


def compared(actor: Any, pbf: Path, *, pairs: int, seed: int) -> Comparison:
    """geo-poc and Valhalla between seeded pairs of road vertices that all reach each other."""
    roads = read_roads(pbf)
    roads, kmh = drivable(roads, speeds_of(actor, roads))
    network = road_network(roads, cell_size_m=1000.0)
    at_m = np.column_stack([network.x_m, network.y_m])
    rng = np.random.default_rng(seed)
    chosen = rng.choice(strong_vertices(network, kmh), (pairs, 2))
    engine = roads_only(roads, kmh, (at_m[chosen[:, 0]], at_m[chosen[:, 1]]))
    through = roads["through"].to_numpy()
    trips = [_trip(actor, engine, n, str(roads.crs), through) for n in range(pairs)]
    table = pd.DataFrame([trip.row() for trip in trips])
    return Comparison(pairs=table.assign(cause=[_cause(actor, trip) for trip in trips]))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Trip:
    """One pair: geo-poc's seconds and way, Valhalla's own way, and geo-poc's way as Valhalla drives it."""

    ends: NDArray[np.float64]
    ours_s: float
    own: Drive
    same: Drive
    passes: bool

    def row(self) -> dict[str, float]:
        return {
            "ours_s": self.ours_s,
            "theirs_s": self.own.seconds,
            "theirs_road_s": self.own.road_s,
            "same_way_s": self.same.seconds,
            "same_way_road_s": self.same.road_s,
        }


def _trip(actor: Any, engine: RoadsOnly, n: int, crs: str, through: NDArray[np.bool_]) -> _Trip:
    at_m, road = engine.way(n, n)
    way = _lonlat(at_m, crs)
    open_at = np.flatnonzero(through[road])
    between = through[road][open_at.min(initial=0) : open_at.max(initial=0)]
    return _Trip(
        ends=way[[0, -1]],
        ours_s=float(engine.seconds(n)[n]),
        own=drive(actor, way[[0, -1]]),
        same=followed(actor, way),
        passes=not between.all(),
    )


def _alike(ours_s: float, theirs_s: float) -> bool:
    return abs(ours_s / theirs_s - 1) <= OUTLIER if theirs_s > 0 else ours_s == theirs_s


def _cause(actor: Any, trip: _Trip) -> str:
    """Why the two differ by more than a tenth, the first that holds; "" where they do not."""
    if _alike(trip.ours_s, trip.own.seconds):
        return ""
    if _alike(trip.ours_s, trip.own.road_s):
        return TURNS
    for options, cause in SWITCHES.items():
        without = drive(actor, trip.ends, **dict.fromkeys(options, True))
        if _alike(trip.ours_s, without.road_s) or _alike(trip.ours_s, without.seconds):
            return cause
    if trip.passes:
        return NO_THROUGH
    return NOT_CHOSEN if trip.same.seconds < trip.own.seconds else UNEXPLAINED


def _lonlat(at_m: NDArray[np.float64], crs: Any) -> NDArray[np.float64]:
    points = gpd.GeoSeries(shapely.points(at_m), crs=crs).to_crs(4326)
    return np.column_stack([points.x, points.y])
