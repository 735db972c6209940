"""The publishers' own files of South Sudan: counts and distances that can be checked without geo-poc."""

from __future__ import annotations

import os
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from geographiclib.geodesic import Geodesic

from geo_poc.coverage.proximity import precise_incidents, proximity
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.routes import Wanted, routes

EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDER = Path(os.environ.get("GEO_POC_DATA") or EXAMPLES.parent.parent / "shared" / "data")
pytestmark = [
    pytest.mark.south_sudan,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no data folder {FOLDER}: set GEO_POC_DATA to it"
    ),
]


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return read_inputs(EXAMPLES / "south_sudan.toml", EXAMPLES / "south_sudan_plan.toml")


def test_every_row_of_every_file_is_kept_or_rejected(inputs: Inputs) -> None:
    for layer in inputs.layers.values():
        counts = layer.counts
        assert counts["read"] == counts["kept"] + counts["rejected"]
        records = (
            layer.table["id"].str.split("/").str[0] if layer.name == "roads" else layer.table["id"]
        )
        assert counts["kept"] == records.nunique()
        assert counts["rejected"] == len(layer.rejects)


def test_all_941_incidents_are_read_and_397_recent_ones_are_precise(inputs: Inputs) -> None:
    assert inputs.layers["incidents"].counts["read"] == 941
    precise = precise_incidents(
        inputs.layers["incidents"].table, inputs.theatre_file.proximity, theatre=inputs.theatre
    )
    raw = pd.read_csv(
        FOLDER / "south_sudan/incidents/ucdp_ged_hdx_ssd_2011-2021.csv", low_memory=False
    )
    by_hand = raw[raw["year"].between(2017, 2021) & (raw["where_prec"] <= 3)]
    assert len(by_hand) == 397
    assert set(precise["id"]) <= set(by_hand["id"].astype(str))


def test_counts_beyond_50_km_are_those_of_another_geodesic_library(inputs: Inputs) -> None:
    facts = proximity(
        incidents=inputs.layers["incidents"].table,
        camps=inputs.layers["camps"].table,
        bases=inputs.layers["bases"].table,
        spec=inputs.theatre_file.proximity,
        theatre=inputs.theatre,
    )
    raw = pd.read_csv(
        FOLDER / "south_sudan/incidents/ucdp_ged_hdx_ssd_2011-2021.csv", low_memory=False
    )
    bases = pd.read_csv(FOLDER / "south_sudan/bases/geopko_v23_unmiss_unisfa.csv")
    bases = bases.query("mission == 'UNMISS' and year == 2020").drop_duplicates("location")
    assert facts["bases"] == len(bases) == 18
    recent = raw[raw["year"].between(2017, 2021) & (raw["where_prec"] <= 3)]
    beyond = sum(
        min(
            Geodesic.WGS84.Inverse(lat, lon, b.latitude, b.longitude)["s12"]
            for b in bases.itertuples()
        )
        > 50_000
        for lat, lon in zip(recent["latitude"], recent["longitude"], strict=True)
    )
    assert beyond == 187
    assert (facts["incidents"], facts["incidents_beyond"]) == (397, 187)
    assert (facts["camps"], facts["camps_beyond"]) == (204, 118)


def test_people_of_83_sites_are_unknown_and_the_rest_are_estimates(inputs: Inputs) -> None:
    camps = inputs.layers["camps"].table
    assert int(camps["people"].isna().sum()) == 83
    assert camps["people_estimate"].all()
    assert camps["people"].sum() == 359_960.0


@pytest.mark.parametrize(
    ("base", "place"),
    [("Juba", "Bor"), ("Juba", "Torit"), ("Juba", "Yei"), ("Wau", "Tambura"), ("Torit", "Kapoeta")],
)
def test_ways_between_towns_are_as_long_as_the_road_distances_of_fabflee(
    inputs: Inputs, base: str, place: str
) -> None:
    links = pd.read_csv(FOLDER / "south_sudan/roads/fabflee_routes.csv")
    links.columns = ["one", "other", "km", "forced"]
    roads = nx.from_pandas_edgelist(links, "one", "other", "km")
    table = inputs.layers["places"].table
    (site,) = table.loc[table["name"] == place, "id"]
    (row,) = routes(inputs, Wanted(bases=(base,), places=(site,), mover="wheeled_patrol")).rows
    assert row.route is not None
    km = row.route.legs()["km"].sum()
    # Town centres of two publishers lie up to some km apart.
    assert km == pytest.approx(nx.shortest_path_length(roads, base, place, "km"), rel=0.1)
