"""The publishers' real files where they are at hand, and choices of their readers worked out by hand."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo_poc.errors import SourceError
from geo_poc.layers.area import read_area
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

DATA = Path(os.environ.get("GEO_POC_DATA") or Path(__file__).parents[2] / "shared" / "data")
SOUTH_SUDAN = DATA / "south_sudan"
BOX = (30.0, 4.0, 32.0, 6.0)


def theatre_of(area: Any, name: str = "Testland") -> Theatre:
    spec = TheatreSpec(
        name=name,
        as_of=dt.date(2021, 12, 31),
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, area)


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return theatre_of(shapely.box(*BOX))


def write(path: Path, rows: list[dict[str, object]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def reasons(layer: Layer) -> dict[int, tuple[str, str]]:
    return {r["row"]: (r["kind"], r["reason"]) for r in layer.rejects.to_dict("records")}


# UCDP GED


def ged(**changes: object) -> dict[str, object]:
    return {
        "id": "1",
        "type_of_violence": "3",
        "where_prec": "1",
        "date_prec": "1",
        "date_start": "2020-05-01 00:00:00.000",
        "date_end": "2020-05-02 00:00:00.000",
        "best": "4",
        "low": "2",
        "high": "NA",
        "deaths_civilians": "0",
        "side_a": "Group A (fictional)",
        "side_b": "Civilians",
        "source_headline": "",
        "where_description": "near Alpha",
        "latitude": "5.0",
        "longitude": "31.0",
    } | changes


def read_ged(folder: Path, theatre: Theatre, *rows: dict[str, object]) -> Layer:
    write(folder / "ged.csv", list(rows))
    source = Source(path="ged.csv", format="ucdp_ged")
    return read_layer("incidents", [source], folder=folder, theatre=theatre)


@pytest.mark.parametrize(
    ("code", "spread_m"),
    [
        (1, 0.0),
        (2, 12_000.0),
        (3, 25_000.0),
        (4, 60_000.0),
        (5, 60_000.0),
        (6, np.nan),
        (7, np.nan),
    ],
)
def test_ged_precision_is_kept_and_spreads_the_position(
    tmp_path: Path, theatre: Theatre, code: int, spread_m: float
) -> None:
    event = read_ged(tmp_path, theatre, ged(where_prec=code)).table.iloc[0]
    assert event["where_prec"] == code
    assert np.array_equal(event["position_sd_m"], spread_m, equal_nan=True)


def test_ged_note_is_the_headline_or_else_the_place(tmp_path: Path, theatre: Theatre) -> None:
    layer = read_ged(tmp_path, theatre, ged(), ged(id="2", source_headline="Raid on Alpha"))
    assert layer.table["note"].tolist() == ["near Alpha", "Raid on Alpha"]


def test_ged_where_sees_the_publishers_codes(tmp_path: Path, theatre: Theatre) -> None:
    write(tmp_path / "ged.csv", [ged(), ged(id="2", type_of_violence="1")])
    source = Source(path="ged.csv", format="ucdp_ged", where={"type_of_violence": 3})
    layer = read_layer("incidents", [source], folder=tmp_path, theatre=theatre)
    assert layer.table["id"].tolist() == ["1"]
    assert reasons(layer)[2][0] == "not selected"


# Geo-PKO


def pko(**changes: object) -> dict[str, object]:
    return {
        "mission": "UNTEST",
        "year": "2020",
        "location": "Saint-Élie",
        "latitude": "5.0",
        "longitude": "31.0",
        "NoTroops": "150.0",
        "hq": "0",
        "UNPOL": "0",
        "Med": "0",
        "Av": "0",
    } | changes


def read_pko(
    folder: Path, theatre: Theatre, rows: list[dict[str, object]], **options: Any
) -> Layer:
    write(folder / "pko.csv", rows)
    source = Source(path="pko.csv", format=options.pop("form", "geo_pko"), **options)
    return read_layer("bases", [source], folder=folder, theatre=theatre)


@pytest.mark.parametrize(("hq", "kind"), [("0", "cob"), ("1", "cob"), ("2", "shq"), ("3", "fhq")])
def test_geo_pko_headquarters(tmp_path: Path, theatre: Theatre, hq: str, kind: str) -> None:
    assert read_pko(tmp_path, theatre, [pko(hq=hq)]).table["kind"].tolist() == [kind]


@pytest.mark.parametrize("first_is_larger", [True, False])
def test_geo_pko_of_a_location_named_twice_the_larger_is_kept(
    tmp_path: Path, theatre: Theatre, first_is_larger: bool
) -> None:
    troops = ["300", "150"] if first_is_larger else ["150", "300"]
    layer = read_pko(tmp_path, theatre, [pko(NoTroops=number) for number in troops])
    assert layer.table["strength"].tolist() == [300.0]
    dropped, kept = (2, 1) if first_is_larger else (1, 2)
    kind, reason = reasons(layer)[dropped]
    assert kind == "duplicate"
    assert f"row {kept} of pko.csv" in reason
    assert "larger NoTroops is kept" in reason


def test_geo_pko_of_unknown_strength_gives_way_to_a_known_one(
    tmp_path: Path, theatre: Theatre
) -> None:
    layer = read_pko(tmp_path, theatre, [pko(NoTroops=""), pko(NoTroops="10")])
    assert layer.table["strength"].tolist() == [10.0]


def monthly(**changes: object) -> dict[str, object]:
    row = pko(
        **{"month": "4", "no.troops": "120", "he.sup": "0", "avia": "0", "med": "0"} | changes
    )
    return {key: value for key, value in row.items() if key not in {"NoTroops", "Med", "Av"}}


def test_geo_pko_monthly_needs_one_month_and_is_of_its_first_day(
    tmp_path: Path, theatre: Theatre
) -> None:
    rows = [monthly(), monthly(month="10")]
    with pytest.raises(SourceError, match="choose one month"):
        read_pko(tmp_path, theatre, rows, form="geo_pko_monthly")
    layer = read_pko(tmp_path, theatre, rows, form="geo_pko_monthly", where={"month": 10})
    assert layer.sources[0].date == dt.date(2020, 10, 1)


@pytest.mark.parametrize("unit", ["avia", "he.sup"])
def test_geo_pko_monthly_helicopters_are_aviation(
    tmp_path: Path, theatre: Theatre, unit: str
) -> None:
    layer = read_pko(tmp_path, theatre, [monthly(**{unit: "1"})], form="geo_pko_monthly")
    assert layer.table["aviation"].tolist() == [True]
    assert layer.table["strength"].tolist() == [120.0]


# GeoNames


def test_geonames_size_of_a_place_is_that_of_the_degree_of_urbanisation(
    tmp_path: Path, theatre: Theatre
) -> None:
    rows = [
        {"geonameid": i, "name": f"P{i}", "latitude": 5, "longitude": 31, "population": people}
        for i, people in enumerate((50_000, 49_999, 5_000, 4_999, 0))
    ]
    write(tmp_path / "places.csv", rows)
    source = Source(path="places.csv", format="geonames")
    table = read_layer("places", [source], folder=tmp_path, theatre=theatre).table
    assert table["kind"].tolist() == ["city", "town", "town", "village", "other"]
    assert table["people"].tolist()[:4] == [50_000.0, 49_999.0, 5_000.0, 4_999.0]
    assert np.isnan(table["people"].iloc[4])


def dump_row(number: int, name: str, feature: str, people: int) -> str:
    cells = [""] * 19
    cells[0], cells[1], cells[4], cells[5] = str(number), name, "5.0", "31.0"
    cells[6], cells[8], cells[14] = feature, "SS", str(people)
    return "\t".join(cells)


def test_geonames_dump_has_no_header_and_its_mountains_are_refused(
    tmp_path: Path, theatre: Theatre
) -> None:
    rows = [dump_row(7, 'Al "Quoted', "P", 6_000), dump_row(8, "Peak", "T", 0)]
    (tmp_path / "SS.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    source = Source(path="SS.txt", format="geonames")
    layer = read_layer("places", [source], folder=tmp_path, theatre=theatre)
    assert layer.table["name"].tolist() == ['Al "Quoted']
    assert layer.table["kind"].tolist() == ["town"]
    assert reasons(layer) == {2: ("invalid", "no populated place (feature class T)")}


# OurAirports


def airport(**changes: object) -> dict[str, object]:
    return {
        "id": "1",
        "ident": "XTA",
        "type": "small_airport",
        "name": "Alpha strip",
        "latitude_deg": "5.0",
        "longitude_deg": "31.0",
        "elevation_ft": "1000",
        "last_updated": "2021-03-06 09:10:41",
    } | changes


def read_airports(folder: Path, theatre: Theatre, *rows: dict[str, object]) -> Layer:
    (folder / "air").mkdir(exist_ok=True)
    write(folder / "air" / "airports.csv", list(rows))
    source = Source(path="air/airports.csv", format="ourairports", label="OurAirports")
    return read_layer("airfields", [source], folder=folder, theatre=theatre)


def test_closed_aerodromes_and_seaplane_bases_are_refused(tmp_path: Path, theatre: Theatre) -> None:
    rows = [
        airport(),
        airport(ident="XTC", type="closed"),
        airport(ident="XTD", type="seaplane_base"),
    ]
    layer = read_airports(tmp_path, theatre, *rows)
    assert layer.table["id"].tolist() == ["XTA"]
    assert reasons(layer) == {
        2: ("invalid", "no aerodrome in use (closed)"),
        3: ("invalid", "no aerodrome in use (seaplane_base)"),
    }


# The real files


@pytest.fixture(scope="module")
def south_sudan() -> Theatre:
    if not SOUTH_SUDAN.is_dir():
        pytest.skip(f"no data folder {DATA}: set GEO_POC_DATA to it")
    spec = AreaSpec(path="admin/osm_admin1_CD_CF_SS.gpkg", where={"iso2": "SS*"})
    return theatre_of(read_area(spec, folder=SOUTH_SUDAN), "South Sudan")


@pytest.mark.south_sudan
@pytest.mark.parametrize(
    ("layer", "source", "read", "kept"),
    [
        (
            "incidents",
            Source(path="incidents/ucdp_ged_hdx_ssd_2011-2021.csv", format="ucdp_ged"),
            941,
            941,
        ),
        (
            "camps",
            Source(
                path="camps/unhcr_displacement_locations_ssd.csv",
                format="unhcr",
                where={"type": "IDP", "status": 1},
            ),
            448,
            204,
        ),
        (
            "camps",
            Source(path="camps/iom_dtm_ssd_baseline_round9_by_county.csv", format="iom_dtm"),
            78,
            0,
        ),
        (
            "bases",
            Source(
                path="bases/geopko_v23_unmiss_unisfa.csv",
                format="geo_pko",
                where={"mission": "UNMISS", "year": 2020},
            ),
            729,
            18,
        ),
        (
            "places",
            Source(
                path="places/geonames_cities500_region.csv",
                format="geonames",
                where={"countrycode": "SS"},
            ),
            1564,
            23,
        ),
        (
            "airfields",
            Source(
                path="air/ourairports_airports_2020_region.csv",
                format="ourairports",
                where={"iso_country": "SS"},
            ),
            523,
            46,
        ),
    ],
    ids=lambda value: value.format if isinstance(value, Source) else None,
)
def test_real_file_is_read_whole(
    south_sudan: Theatre, layer: str, source: Source, read: int, kept: int
) -> None:
    result = read_layer(layer, [source], folder=SOUTH_SUDAN, theatre=south_sudan)
    assert result.counts == {"read": read, "kept": kept, "rejected": read - kept}
    assert len(result.rejects) == read - kept
    assert not result.rejects["row"].duplicated().any()


@pytest.mark.south_sudan
def test_397_real_incidents_of_2017_to_2021_are_known_to_the_county(south_sudan: Theatre) -> None:
    source = Source(path="incidents/ucdp_ged_hdx_ssd_2011-2021.csv", format="ucdp_ged")
    table = read_layer("incidents", [source], folder=SOUTH_SUDAN, theatre=south_sudan).table
    recent = table[table["date_start"].dt.year.between(2017, 2021)]
    assert (recent["where_prec"] <= 3).sum() == 397
    assert table["where_prec"].value_counts().sort_index().tolist() == [352, 220, 239, 94, 27, 9]


@pytest.mark.south_sudan
def test_83_of_204_real_sites_have_no_known_number_of_people(south_sudan: Theatre) -> None:
    source = Source(
        path="camps/derived_ssd_open_idp_sites_with_idp_estimate.csv",
        columns={"id": "pcode", "people": "idp_estimate", "date": "updatedate"},
        estimate=True,
    )
    table = read_layer("camps", [source], folder=SOUTH_SUDAN, theatre=south_sudan).table
    assert len(table) == 204
    assert table["people"].isna().sum() == 83
    assert table["people_estimate"].all()


@pytest.mark.south_sudan
def test_113_real_health_facilities_have_no_coordinates(south_sudan: Theatre) -> None:
    source = Source(
        path="health/ssd_health_facilities_functional_status.csv", values={"kind": "health"}
    )
    layer = read_layer("places", [source], folder=SOUTH_SUDAN, theatre=south_sudan)
    assert (layer.rejects["reason"] == "no coordinates").sum() == 113


@pytest.mark.south_sudan
def test_real_map_dates_are_read_month_by_month(south_sudan: Theatre) -> None:
    source = Source(
        path="bases/geopko_v21_monthly_unmiss_unisfa_unmis.csv",
        format="geo_pko_monthly",
        where={"mission": "UNMISS", "year": 2015, "month": 11},
    )
    layer = read_layer("bases", [source], folder=SOUTH_SUDAN, theatre=south_sudan)
    assert layer.sources[0].date == dt.date(2015, 11, 1)
    assert {"unmiss-torit", "unmiss-wau", "unmiss-yambio"} <= set(layer.table["id"])
    assert layer.counts["read"] == 1994
