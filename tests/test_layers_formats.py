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
from geo_poc.theatre import AreaSpec, Source, TheatreSpec, theatre_over

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


def test_totals_without_their_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dtm.csv").write_text("county,people\nLeer,5\n")
    with pytest.raises(SourceError, match="county_pcode"):
        totals_by_admin(tmp_path / "dtm.csv", Source())


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


def test_runways_without_their_columns_are_refused(tmp_path: Path, read: Read) -> None:
    (tmp_path / "runways.csv").write_text("id,length\n1,2\n")
    with pytest.raises(SourceError, match="airport_ident"):
        read("airfields", AIRPORTS, file="airports.csv", format="ourairports")
