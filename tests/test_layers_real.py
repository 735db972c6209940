"""Figures of the publishers' real files, each against pandas reading the same file without geo-poc."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_poc.layers.area import read_area
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.sources.iom_dtm import totals_by_admin
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

DATA = Path(os.environ.get("GEO_POC_DATA") or Path(__file__).parents[2] / "shared" / "data")
FOLDER = DATA / "south_sudan"
pytestmark = [
    pytest.mark.south_sudan,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no data folder {DATA}: set GEO_POC_DATA to it"
    ),
]


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    area = AreaSpec(path="admin/osm_admin1_CD_CF_SS.gpkg", where={"iso2": "SS*"})
    spec = TheatreSpec(
        name="South Sudan",
        as_of=dt.date(2021, 12, 31),
        cell_size=50_000.0,
        area=area,
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, read_area(area, folder=FOLDER))


def read(layer: str, source: Source, theatre: Theatre) -> Layer:
    return read_layer(layer, [source], folder=FOLDER, theatre=theatre)


def test_deaths_and_codes_of_941_events_are_those_of_the_file(theatre: Theatre) -> None:
    path = "incidents/ucdp_ged_hdx_ssd_2011-2021.csv"
    table = read("incidents", Source(path=path, format="ucdp_ged"), theatre).table
    raw = pd.read_csv(FOLDER / path, low_memory=False).set_index("id")
    raw = raw.loc[table["id"].astype(int)]
    for ours, theirs in (
        ("deaths_best", "best"),
        ("deaths_civilians", "deaths_civilians"),
        ("where_prec", "where_prec"),
        ("date_prec", "date_prec"),
    ):
        np.testing.assert_array_equal(table[ours], raw[theirs])
    starts = pd.to_datetime(raw["date_start"].str[:10]).to_numpy()
    np.testing.assert_array_equal(table["date_start"], starts)
    codes = {1: "state_based", 2: "non_state", 3: "one_sided"}
    assert table["kind"].tolist() == raw["type_of_violence"].map(codes).tolist()
    by_code = table["where_prec"].value_counts().reindex(range(1, 7)).tolist()
    assert by_code == [352, 220, 239, 94, 27, 9]


def test_of_the_two_rows_of_bentiu_the_one_with_1600_troops_is_kept(theatre: Theatre) -> None:
    where = {"mission": "UNMISS", "year": 2020}
    path = "bases/geopko_v23_unmiss_unisfa.csv"
    layer = read("bases", Source(path=path, format="geo_pko", where=where), theatre)
    raw = pd.read_csv(FOLDER / path).query("mission == 'UNMISS' and year == 2020")
    twice = raw[raw["location"] == "Bentiu"]
    assert len(twice) == 2
    bentiu = layer.table[layer.table["name"] == "Bentiu"]
    assert bentiu["strength"].tolist() == [twice["NoTroops"].max()] == [1600.0]
    (line,) = layer.rejects[layer.rejects["kind"] == "duplicate"].to_dict("records")
    assert (
        raw.index[raw["NoTroops"].eq(twice["NoTroops"].min()) & raw["location"].eq("Bentiu")] + 1
        == line["row"]
    )
    assert layer.table["strength"].sum() == raw.groupby("location")["NoTroops"].max().sum()


def test_204_of_205_open_idp_sites_have_coordinates(theatre: Theatre) -> None:
    where = {"type": "IDP", "status": 1}
    path = "camps/unhcr_displacement_locations_ssd.csv"
    layer = read("camps", Source(path=path, format="unhcr", where=where), theatre)
    raw = pd.read_csv(FOLDER / path).query("type == 'IDP' and status == 1")
    chosen = layer.rejects["kind"] != "not selected"
    assert (len(raw), len(layer.table), int(chosen.sum())) == (205, 204, 1)
    assert layer.rejects[chosen]["reason"].tolist() == ["no coordinates"]
    assert set(layer.table["date"].dt.strftime("%Y-%m-%d")) == {"2019-11-01", "2019-09-12"}


def test_totals_of_78_counties_are_those_of_the_file(theatre: Theatre) -> None:
    path = "camps/iom_dtm_ssd_baseline_round9_by_county.csv"
    totals = totals_by_admin(FOLDER / path, Source())
    raw = pd.read_csv(FOLDER / path)
    assert len(totals) == len(raw) == 78
    assert totals["in_sites"].sum() == raw["idps_displacement_site"].sum()
    assert totals["in_host_communities"].sum() == raw["idps_host_community"].sum()
    layer = read("camps", Source(path=path, format="iom_dtm"), theatre)
    assert set(layer.rejects["reason"]) == {"is a county's total without coordinates"}
    assert len(layer.rejects) == 78


def test_derived_estimate_is_359960_people_in_121_of_204_sites(theatre: Theatre) -> None:
    source = Source(
        path="camps/derived_ssd_open_idp_sites_with_idp_estimate.csv",
        columns={"id": "pcode", "people": "idp_estimate"},
        values={"kind": "idp"},
        estimate=True,
    )
    people = read("camps", source, theatre).table["people"]
    assert (len(people), int(people.isna().sum()), people.sum()) == (204, 83, 359_960.0)


def test_no_population_of_geonames_is_taken_for_zero(theatre: Theatre) -> None:
    path = "places/geonames_cities500_region.csv"
    source = Source(path=path, format="geonames", where={"countrycode": "SS"})
    table = read("places", source, theatre).table
    raw = pd.read_csv(FOLDER / path, keep_default_na=False).query("countrycode == 'SS'")
    assert len(table) == len(raw) == 23
    assert int(table["people"].isna().sum()) == int((raw["population"].astype(float) == 0).sum())
    assert not (table["people"] == 0).any()


def test_aerodromes_are_in_metres_and_closed_ones_are_refused(theatre: Theatre) -> None:
    path = "air/ourairports_airports_2020_region.csv"
    source = Source(path=path, format="ourairports", where={"iso_country": "SS"})
    layer = read("airfields", source, theatre)
    raw = pd.read_csv(FOLDER / path).query("iso_country == 'SS'").set_index("ident")
    usable = raw["type"].isin(["large_airport", "medium_airport", "small_airport", "heliport"])
    refused = layer.rejects[layer.rejects["kind"] == "invalid"]
    assert len(refused) == int((~usable).sum())
    feet = raw.loc[layer.table["id"], "elevation_ft"].to_numpy()
    np.testing.assert_allclose(layer.table["elevation_m"], feet * 0.3048)
    runways = pd.read_csv(FOLDER / "air/ourairports_runways_cod_caf_ssd_tcd.csv")
    longest = runways[runways["closed"] == 0].groupby("airport_ident")["length_ft"].max()
    expected = longest.reindex(layer.table["id"]).to_numpy() * 0.3048
    np.testing.assert_allclose(layer.table["runway_m"], expected)


def test_trunk_roads_without_proposed_ones(theatre: Theatre) -> None:
    source = Source(path="roads/africa_network_ssd.gpkg", format="vector", where={"add": False})
    layer = read("roads", source, theatre)
    assert layer.counts["read"] == 142
    assert int((layer.rejects["kind"] == "not selected").sum()) == 29
    outside = int((layer.rejects["kind"] == "outside").sum())
    assert layer.counts["kept"] == 113 - outside
    assert layer.table["length_m"].notna().all()
