"""Road distances between towns of South Sudan that FabFlee publishes, against geo-poc's quickest ways."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from geographiclib.geodesic import Geodesic

from geo_poc.inputs import Inputs, read_inputs
from geo_poc.routing.catalogue import Vehicle, known_movers
from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.restrictions import restrictions_on
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.travel_graph import travel_graph
from geo_poc.routing.ways import quickest_ways

EXAMPLES = Path(__file__).parent.parent / "examples"
WITHIN = 0.25
ROUND = "the direct link is not in the trunk road file: it goes round by trunk roads"
LONGER = "FabFlee's road is longer than the link of the trunk road file"


def compared(folder: Path) -> pd.DataFrame:
    """Every pair of towns in the theatre with both distances, and the cause where they differ by a quarter.

    Parameters
    ----------
    folder : Path
        The real data.

    Returns
    -------
    DataFrame
        ``start, end, theirs_km, straight_km, ours_km, off_road_km, ours_no_river_km, cause``; cause ""
        where geo-poc's way is within 25 % of FabFlee's distance.
    """
    inputs = read_inputs(EXAMPLES / "south_sudan.toml", EXAMPLES / "south_sudan_plan.toml")
    towns, pairs = _towns(folder, inputs), _pairs(folder)
    pairs = pairs[pairs["start"].isin(towns.index) & pairs["end"].isin(towns.index)]
    pairs = pairs.reset_index(drop=True)
    ours = _distances(inputs, towns, pairs, river=True)
    pairs["ours_km"], pairs["off_road_km"] = ours["km"], ours["off_road_km"]
    pairs["ours_no_river_km"] = _distances(inputs, towns, pairs, river=False)["km"]
    pairs["straight_km"] = [
        _straight_km(towns.loc[p.start], towns.loc[p.end]) for p in pairs.itertuples()
    ]
    pairs["cause"] = [_cause(pair) for pair in pairs.to_dict("records")]
    return pairs


def _towns(folder: Path, inputs: Inputs) -> gpd.GeoDataFrame:
    table = pd.read_csv(folder / "south_sudan/places/fabflee_locations.csv")
    table = table.rename(columns={"#name": "name"}).drop_duplicates("name").set_index("name")
    points = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    towns = gpd.GeoDataFrame(table[["longitude", "latitude"]], geometry=points)
    towns = towns.to_crs(inputs.theatre.grid.crs)
    return towns[towns.intersects(inputs.theatre.area)]


def _pairs(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "south_sudan/roads/fabflee_routes.csv")
    names = {"#name1": "start", "name2": "end", "distance": "theirs_km"}
    return table.rename(columns=names)[list(names.values())]


def _distances(
    inputs: Inputs, towns: gpd.GeoDataFrame, pairs: pd.DataFrame, *, river: bool
) -> pd.DataFrame:
    """Length of the quickest way of a vehicle in the dry season, and of its part off any road, in km."""
    roads, areas = inputs.layers["roads"].table, inputs.layers["areas"].table
    areas = areas if river else areas.assign(barrier=False)
    starts = sorted(pairs["start"].unique())
    ground = restricted_ground(
        theatre=inputs.theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions_on(areas, inputs.theatre.as_of),
        bases=towns.loc[starts].geometry,
        places=towns.geometry,
    )
    mover = known_movers()["wheeled_patrol"]
    assert isinstance(mover, Vehicle)
    pace = season_paces(mover, inputs.theatre, roads, land_cover=inputs.land_cover)["dry"].as_is
    graph = travel_graph(ground, pace)
    ways = {name: quickest_ways(ground, graph, row) for row, name in enumerate(starts)}
    column = towns.index.get_indexer(pairs["end"])
    found = [(ways[start], at) for start, at in zip(pairs["start"], column, strict=True)]
    return pd.DataFrame(
        {
            "km": [way.distance_m[at] / 1000 for way, at in found],
            "off_road_km": [way.off_road_m[at] / 1000 for way, at in found],
        }
    )


def _straight_km(one: pd.Series, other: pd.Series) -> float:
    ends = one["latitude"], one["longitude"], other["latitude"], other["longitude"]
    return float(Geodesic.WGS84.Inverse(*ends)["s12"]) / 1000


def _cause(pair: dict[str, float]) -> str:
    """The first that holds of what can be checked, in this order."""
    theirs, ours = pair["theirs_km"], pair["ours_km"]
    if abs(ours / theirs - 1) <= WITHIN:
        return ""
    if theirs < pair["straight_km"]:
        return "FabFlee's distance is shorter than the straight line"
    if abs(pair["ours_no_river_km"] / theirs - 1) <= WITHIN:
        return "no bridge over the White Nile in the data"
    if np.isnan(ours):
        return "no way in the data"
    if pair["off_road_km"] > WITHIN * ours:
        return "part of the road is not in the trunk road file: it goes across country"
    return ROUND if ours > theirs else LONGER
