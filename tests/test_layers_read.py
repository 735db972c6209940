"""Rows of small tables: what is kept, what is refused, and every refused row said once with its reason."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo_poc.errors import ConfigError, CrsError, GeoPocError, LayerError, SourceError
from geo_poc.layers.layer import REJECT_COLUMNS, Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.usable import require_rows
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

AS_OF = dt.date(2021, 12, 31)
BOX = (30.0, 4.0, 32.0, 6.0)


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    spec = TheatreSpec(
        name="Testland",
        as_of=AS_OF,
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, shapely.box(*BOX))


class Reader:
    """Writes small tables into a folder and reads them as layers."""

    def __init__(self, folder: Path, theatre: Theatre) -> None:
        self.folder = folder
        self.theatre = theatre

    def write(self, text: str, name: str = "a.csv") -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")

    def layer(self, layer: str, *sources: Source) -> Layer:
        return read_layer(layer, sources, folder=self.folder, theatre=self.theatre)

    def read(self, layer: str, text: str, **options: Any) -> Layer:
        self.write(text)
        return self.layer(layer, Source(path="a.csv", **options))


@pytest.fixture
def reader(tmp_path: Path, theatre: Theatre) -> Reader:
    return Reader(tmp_path, theatre)


def only_reject(layer: Layer) -> dict[str, Any]:
    (line,) = layer.rejects.to_dict("records")
    assert set(line) == set(REJECT_COLUMNS)
    return line


CAMPS = """id,name,lat,lon,people
c1,Alpha,4.5,30.5,1200
c2,Bravo,5.5,31.5,
c3,Charlie,5.0,31.0,0
"""


def test_rows_become_points_in_metres_of_the_theatre(reader: Reader, theatre: Theatre) -> None:
    layer = reader.read("camps", CAMPS)
    to_metres = Transformer.from_crs("EPSG:4326", theatre.grid.crs, always_xy=True)
    x, y = to_metres.transform([30.5, 31.5, 31.0], [4.5, 5.5, 5.0])
    assert layer.table.crs == theatre.grid.crs
    np.testing.assert_allclose(layer.table.geometry.x, x, atol=1e-3)
    np.testing.assert_allclose(layer.table.geometry.y, y, atol=1e-3)
    assert layer.table["name"].tolist() == ["Alpha", "Bravo", "Charlie"]
    assert layer.counts == {"read": 3, "kept": 3, "rejected": 0}


def test_missing_people_stay_unknown_and_none_stay_zero(reader: Reader) -> None:
    people = reader.read("camps", CAMPS).table["people"]
    assert people[0] == 1200
    assert np.isnan(people[1])
    assert people[2] == 0


@pytest.mark.parametrize("word", ["NA", "n/a", "NaN", "null", "-", " "])
def test_words_for_nothing_are_unknown_people(reader: Reader, word: str) -> None:
    layer = reader.read("camps", f"id,lat,lon,people\nc1,4.5,30.5,{word}\n")
    assert np.isnan(layer.table["people"][0])


@pytest.mark.parametrize(
    ("row", "column", "value", "reason", "kind"),
    [
        ("x,4.5,30.5,-7", "people", "-7", "negative", "invalid"),
        ("x,4.5,30.5,many", "people", "many", "is not a number", "invalid"),
        ("x,4.5,30.5,inf", "people", "inf", "is not a finite number", "invalid"),
        ("x,4.5,30.5,1e999", "people", "1e999", "is not a finite number", "invalid"),
        ("x,,,5", "lat, lon", "", "no coordinates", "invalid"),
        ("x,,30.5,5", "lat, lon", ", 30.5", "no latitude", "invalid"),
        ("x,4.5,,5", "lat, lon", "4.5, ", "no longitude", "invalid"),
        ("x,nan,30.5,5", "lat, lon", ", 30.5", "no latitude", "invalid"),
        ("x,inf,30.5,5", "lat, lon", "inf, 30.5", "not a finite number", "invalid"),
        ("x,4.5,-inf,5", "lat, lon", "4.5, -inf", "not a finite number", "invalid"),
        ("x,here,30.5,5", "lat, lon", "here, 30.5", "is not a number", "invalid"),
        ("x,0,0,5", "lat, lon", "0, 0", "0, 0 stands for a missing position", "invalid"),
        ("x,91.5,30.5,5", "lat, lon", "91.5, 30.5", "-90 to 90", "invalid"),
        ("x,4.5,190,5", "lat, lon", "4.5, 190", "-180 to 180", "invalid"),
        ("x,12.5,30.5,5", "lat, lon", "12.5, 30.5", "outside", "outside"),
        ("x,4.5,130.5,5", "lat, lon", "4.5, 130.5", "outside", "outside"),
        ("x,30.5,4.5,5", "lat, lon", "30.5, 4.5", "swapped", "invalid"),
    ],
)
def test_row_is_refused_once_with_column_value_and_reason(
    reader: Reader, row: str, column: str, value: str, reason: str, kind: str
) -> None:
    good = "good1,4.5,30.5,1\ngood2,4.6,30.6,2\ngood3,4.7,30.7,3\n"
    layer = reader.read("camps", f"id,lat,lon,people\n{good}{row}\n")
    line = only_reject(layer)
    assert (line["layer"], line["file"], line["row"]) == ("camps", "a.csv", 4)
    assert (line["column"], line["value"], line["kind"]) == (column, value, kind)
    assert reason in line["reason"]
    assert layer.counts == {"read": 4, "kept": 3, "rejected": 1}
    assert layer.table["id"].tolist() == ["good1", "good2", "good3"]


def test_row_with_several_faults_is_one_reject_with_all_reasons(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon,people\na,4.5,30.5,1\nb,99,30.5,-5\n")
    line = only_reject(layer)
    assert line["row"] == 2
    assert "-90 to 90" in line["reason"]
    assert "people" in line["reason"]
    assert "negative" in line["reason"]


def test_reject_names_the_columns_of_the_file(reader: Reader) -> None:
    text = "Code,Y coord,X coord,Nombre de personnes\na,4.5,30.5,-2\nb,4.5,30.5,2\nc,80,30.5,3\n"
    layer = reader.read("camps", text, columns={"id": "Code"})
    assert layer.rejects["column"].tolist() == ["Nombre de personnes", "Y coord, X coord"]


def test_swapped_row_names_both_columns(reader: Reader) -> None:
    text = "id,latitude,longitude\na,4.5,30.5\nb,4.6,30.6\nc,4.7,30.7\nd,31.0,5.0\n"
    line = only_reject(reader.read("camps", text))
    assert line["row"] == 4
    assert "swapped" in line["reason"]
    assert "latitude" in line["reason"]
    assert "longitude" in line["reason"]


def test_swap_is_recognised_where_the_longitude_is_no_latitude(tmp_path: Path) -> None:
    """At 131 E a swapped latitude is out of range: still a swap, not just a bad number."""
    spec = TheatreSpec(
        name="East",
        as_of=AS_OF,
        cell_size=10_000.0,
        area=AreaSpec(bbox=(130.0, -6.0, 132.0, -4.0)),
        marking="UNCLASSIFIED",
    )
    east = Reader(tmp_path, theatre_over(spec, shapely.box(130, -6, 132, -4)))
    good = "".join(f"g{n},-5.{n},131.{n}\n" for n in range(5))
    line = only_reject(east.read("camps", f"id,lat,lon\n{good}bad,131,-5\n"))
    assert (line["row"], line["kind"]) == (6, "invalid")
    assert "swapped" in line["reason"]
    with pytest.raises(LayerError, match=r"columns = \{ lat = 'lon', lon = 'lat' \}"):
        east.read("camps", "id,lat,lon\na,131,-5\nb,131.1,-5.1\nc,-5,131\n")


def test_file_with_most_rows_swapped_says_how_to_swap_the_columns(reader: Reader) -> None:
    text = "id,Y,X\na,30.5,4.5\nb,31.5,5.5\nc,4.5,30.5\n"
    with pytest.raises(LayerError, match=r"2 of 3 rows.*columns = \{ lat = 'X', lon = 'Y' \}"):
        reader.read("camps", text)
    layer = reader.read("camps", text, columns={"lat": "X", "lon": "Y"})
    assert layer.table["id"].tolist() == ["a", "b"]
    assert "swapped" in only_reject(layer)["reason"]


def test_points_on_the_border_are_inside(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon\ncorner,5,31\nedge,5,30.0000001\n")
    assert layer.counts["kept"] == 2


def test_bases_just_outside_the_area_but_on_the_grid_are_kept(
    reader: Reader, theatre: Theatre
) -> None:
    """The north-west corner of the grid lies outside the area, whose sides lean inwards."""
    grid = theatre.grid
    lon, lat = theatre.lonlat(np.array([grid.left_m + 10]), np.array([grid.top_m - 10]))
    row = f"id,lat,lon\nb,{lat[0]},{lon[0]}\n"
    assert not theatre.area.covers(shapely.Point(grid.left_m + 10, grid.top_m - 10))
    assert reader.read("bases", row).counts["kept"] == 1
    assert reader.read("camps", row).rejects["kind"].tolist() == ["outside"]


INCIDENT = "id,date,lat,lon,date_end\n"


@pytest.mark.parametrize(
    ("row", "reason", "kind"),
    [
        ("x,2022-01-01,4.5,30.5,", "2021-12-31", "outside"),
        ("x,2021-12-30,4.5,30.5,2022-01-02", "2021-12-31", "outside"),
        ("x,2021-05-05,4.5,30.5,2021-05-04", "ends before it starts", "invalid"),
        ("x,last week,4.5,30.5,", "is not a date", "invalid"),
        ("x,2021-02-30,4.5,30.5,", "not a day of the calendar", "invalid"),
        ("x,0021-02-03,4.5,30.5,", "1900 to 2200", "invalid"),
        ("x,,4.5,30.5,", "is missing", "invalid"),
        ("x,03/04/2021,4.5,30.5,", "can be read two ways", "invalid"),
    ],
)
def test_dates_that_cannot_be_are_refused(reader: Reader, row: str, reason: str, kind: str) -> None:
    layer = reader.read("incidents", f"{INCIDENT}good,2021-12-31,4.5,30.5,\n{row}\n")
    line = only_reject(layer)
    assert (line["row"], line["kind"]) == (2, kind)
    assert reason in line["reason"]


def test_camp_counted_after_the_day_of_the_theatre_is_refused(reader: Reader) -> None:
    text = "id,lat,lon,date\na,4.5,30.5,2021-12-31\nb,4.5,30.5,2022-01-01\nc,4.5,30.5,\n"
    layer = reader.read("camps", text)
    line = only_reject(layer)
    assert (line["row"], line["column"], line["kind"]) == (2, "date", "outside")
    assert line["value"] == "2022-01-01"


def test_incident_without_end_ends_on_its_first_day_and_without_precision_is_exact(
    reader: Reader,
) -> None:
    table = reader.read("incidents", "id,date,lat,lon\na,2021-12-31,4.5,30.5\n").table
    assert table["date_end"].tolist() == table["date_start"].tolist()
    assert table["where_prec"].tolist() == [1]
    assert table["position_sd_m"].tolist() == [0.0]
    assert table["kind"].tolist() == ["other"]


@pytest.mark.parametrize("code", ["0", "8", "2.5", "exact"])
def test_precision_that_is_no_code_is_refused(reader: Reader, code: str) -> None:
    text = f"id,date,lat,lon,where_prec\na,2021-01-01,4.5,30.5,1\nb,2021-01-01,4.5,30.5,{code}\n"
    assert only_reject(reader.read("incidents", text))["column"] == "where_prec"


def test_spread_grows_with_the_precision_code_and_is_unknown_for_a_country(reader: Reader) -> None:
    rows = "".join(f"i{n},2021-01-01,4.5,30.5,{n}\n" for n in range(1, 8))
    table = reader.read("incidents", f"id,date,lat,lon,where_prec\n{rows}").table
    spread = table["position_sd_m"].to_numpy()
    assert spread[0] == 0
    assert (np.diff(spread[:5]) >= 0).all()
    assert np.isnan(spread[5:]).all()


def test_duplicate_in_one_file_names_the_first_row(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon\na,4.5,30.5\nb,4.6,30.6\na,4.7,30.7\n")
    line = only_reject(layer)
    assert (line["row"], line["column"], line["value"], line["kind"]) == (3, "id", "a", "duplicate")
    assert "row 1 of a.csv" in line["reason"]


def test_duplicate_across_files_names_the_file_that_was_read_first(reader: Reader) -> None:
    reader.write("id,lat,lon\nx,4.5,30.5\na,4.6,30.6\n", "first.csv")
    reader.write("id,lat,lon\na,4.7,30.7\ny,4.8,30.8\n", "second.csv")
    first, second = Source(path="first.csv"), Source(path="second.csv")
    line = only_reject(reader.layer("camps", first, second))
    assert (line["file"], line["row"]) == ("second.csv", 1)
    assert "row 2 of first.csv" in line["reason"]
    line = only_reject(reader.layer("camps", second, first))
    assert (line["file"], line["row"]) == ("first.csv", 2)
    assert "row 1 of second.csv" in line["reason"]


def test_refused_row_does_not_make_a_good_one_a_duplicate(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon\na,,\na,4.5,30.5\n")
    assert only_reject(layer)["row"] == 1
    assert layer.table["id"].tolist() == ["a"]


def test_rows_without_id_are_named_by_file_and_row(reader: Reader) -> None:
    layer = reader.read("camps", "id,name,lat,lon\n,Alpha,4.5,30.5\nb,Bravo,4.5,30.5\n")
    assert layer.table["id"].tolist() == ["a-1", "b"]


def test_two_files_of_one_name_without_ids_are_no_duplicates(reader: Reader) -> None:
    reader.write("name,lat,lon\nAlpha,4.5,30.5\n", "north/sites.csv")
    reader.write("name,lat,lon\nBravo,4.6,30.6\n", "south/sites.csv")
    layer = reader.layer("camps", Source(path="north/sites.csv"), Source(path="south/sites.csv"))
    assert layer.table["name"].tolist() == ["Alpha", "Bravo"]
    assert layer.table["id"].is_unique


def test_where_leaves_rows_out_and_says_by_which_condition(reader: Reader) -> None:
    text = "id,lat,lon,type,status\na,4.5,30.5,IDP,1\nb,4.5,30.5,IDP,0\nc,4.5,30.5,Refugee,1\n"
    layer = reader.read("camps", text, where={"type": "IDP", "status": 1})
    assert layer.table["id"].tolist() == ["a"]
    assert layer.counts == {"read": 3, "kept": 1, "rejected": 2}
    lines = layer.rejects.to_dict("records")
    assert [(line["row"], line["column"], line["value"], line["kind"]) for line in lines] == [
        (2, "status", "0", "not selected"),
        (3, "type", "Refugee", "not selected"),
    ]


def test_rows_not_selected_are_not_checked(reader: Reader) -> None:
    text = "id,lat,lon,keep\na,4.5,30.5,1\na,99,-500,0\n"
    line = only_reject(reader.read("camps", text, where={"keep": 1}))
    assert line["kind"] == "not selected"


def test_where_on_a_missing_column_names_the_nearest(reader: Reader) -> None:
    with pytest.raises(ConfigError, match="did you mean 'status'"):
        reader.read("camps", "id,lat,lon,status\na,4.5,30.5,1\n", where={"staus": 1})


def test_column_map_lists_all_missing_columns_with_the_nearest(reader: Reader) -> None:
    with pytest.raises(LayerError) as e:
        reader.read("camps", CAMPS, columns={"name": "nmae", "people": "peple", "lat": "lat"})
    found = "\n".join(map(str, e.value.faults))
    assert len(e.value.faults) == 2
    assert "name = 'nmae'" in found
    assert "did you mean 'name'" in found
    assert "did you mean 'people'" in found


def test_column_map_for_no_column_of_the_layer_names_the_nearest(reader: Reader) -> None:
    with pytest.raises(LayerError, match=r"must be a column of camps.*did you mean 'people'"):
        reader.read("camps", CAMPS, columns={"poeple": "people"})


def test_values_with_an_unknown_column_are_refused(reader: Reader) -> None:
    with pytest.raises(LayerError, match=r"must be a column of camps.*did you mean 'kind'"):
        reader.read("camps", CAMPS, values={"knd": "idp"})


def test_values_stand_for_all_rows(reader: Reader) -> None:
    layer = reader.read("camps", CAMPS, values={"kind": "idp", "people": 10}, estimate=True)
    assert layer.table["kind"].tolist() == ["idp"] * 3
    assert layer.table["people"].tolist() == [10.0] * 3
    assert layer.table["people_estimate"].all()
    assert layer.sources[0].estimate


def test_value_that_cannot_be_used_is_an_error_and_not_a_reject_of_every_row(
    reader: Reader,
) -> None:
    with pytest.raises(LayerError, match=r"values.*people = -3"):
        reader.read("camps", CAMPS, values={"people": -3})


def test_missing_required_column_says_both_ways_to_give_it(reader: Reader) -> None:
    with pytest.raises(LayerError, match=r"columns = \{ date_start = .* values = \{ date_start"):
        reader.read("incidents", "id,lat,lon\na,4.5,30.5\n")


def test_table_without_position_says_how_to_name_it(reader: Reader) -> None:
    with pytest.raises(LayerError, match=r"needs a position.*lat = .*mgrs = "):
        reader.read("camps", "id,name\na,Alpha\n")


def test_positions_in_metres_are_read_in_the_crs_that_the_theatre_file_states(
    reader: Reader,
) -> None:
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32636", always_xy=True)
    east, north = to_utm.transform(30.5, 4.5)
    layer = reader.read("camps", f"id,y,x\na,{north},{east}\n", crs="EPSG:32636")
    degrees = reader.read("camps", "id,y,x\na,4.5,30.5\n")
    assert layer.table.geometry[0].distance(degrees.table.geometry[0]) < 0.01


def test_crs_that_nobody_knows_is_an_error(reader: Reader) -> None:
    with pytest.raises(CrsError, match="EPSG:99999"):
        reader.read("camps", CAMPS, crs="EPSG:99999")


def test_lines_cannot_be_read_from_points(reader: Reader) -> None:
    with pytest.raises(LayerError, match="roads"):
        reader.read("roads", "id,lat,lon\na,4.5,30.5\n")


def test_grid_references_are_read_where_a_table_has_them(reader: Reader) -> None:
    text = "id,MGRS\na,36N UL 4475 3624\nb,04QEJ 97987 90670\nc,36N UL 44 3624\nd,\n"
    layer = reader.read("camps", text)
    degrees = reader.read("camps", "id,lat,lon\na,4.85,31.6\n")
    assert layer.table["id"].tolist() == ["a"]
    assert layer.table.geometry[0].distance(degrees.table.geometry[0]) < 15
    lines = layer.rejects.to_dict("records")
    assert [(line["row"], line["kind"], line["column"]) for line in lines] == [
        (2, "outside", "MGRS"),
        (3, "invalid", "MGRS"),
        (4, "invalid", "MGRS"),
    ]
    assert "even number of 2 to 10 digits" in lines[1]["reason"]
    assert lines[1]["value"] == "36N UL 44 3624"


def test_grid_reference_stands_in_where_degrees_are_missing(reader: Reader) -> None:
    text = "id,lat,lon,mgrs\na,4.85,31.6,\nb,,,36N UL 4475 3624\nc,,,\n"
    layer = reader.read("camps", text)
    assert layer.table["id"].tolist() == ["a", "b"]
    assert layer.table.geometry[0].distance(layer.table.geometry[1]) < 15
    assert only_reject(layer)["row"] == 3


@pytest.mark.parametrize("name", ["incidents", "camps", "places", "bases", "roads", "areas"])
def test_no_source_gives_an_empty_table_of_the_right_types(
    reader: Reader, theatre: Theatre, name: str
) -> None:
    layer = reader.layer(name)
    assert len(layer.table) == 0
    assert layer.counts == {"read": 0, "kept": 0, "rejected": 0}
    assert layer.table.crs == theatre.grid.crs
    assert layer.table.geometry.name == "geometry"
    assert list(layer.rejects.columns) == list(REJECT_COLUMNS)


def test_empty_table_has_the_types_of_a_full_one(reader: Reader) -> None:
    full = reader.read("incidents", "id,date,lat,lon\na,2021-12-31,4.5,30.5\n").table
    empty = reader.layer("incidents").table
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert empty.dtypes["date_start"] == np.dtype("datetime64[ns]")
    assert empty.dtypes["sensitive"] == np.dtype(bool)
    assert empty.dtypes["deaths_best"] == np.dtype(float)
    assert empty.dtypes["where_prec"] == np.dtype("int64")


def test_file_of_which_no_row_is_left_is_known_by_its_reasons(reader: Reader) -> None:
    layer = reader.read("bases", "id,lat,lon\na,,\nb,99,30\n")
    assert layer.table.empty
    with pytest.raises(LayerError, match=r"bases.*needs? .*row|at least one") as e:
        require_rows(layer)
    assert "no coordinates" in str(e.value)


def test_file_with_a_header_only_has_no_rows_and_says_so(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon\n")
    assert layer.counts == {"read": 0, "kept": 0, "rejected": 0}
    with pytest.raises(LayerError, match=r"camps: needs at least one usable row.*a\.csv: no rows"):
        require_rows(layer)


def test_file_without_rows_is_a_warning_where_another_has_some(reader: Reader) -> None:
    reader.write("id,lat,lon\na,4.5,30.5\n", "good.csv")
    reader.write("id,lat,lon\nb,50,30\n", "far.csv")
    layer = reader.layer("camps", Source(path="good.csv"), Source(path="far.csv"))
    (warning,) = require_rows(layer)
    assert "far.csv" in warning.where
    assert "1 rows read, none kept (1 outside)" in warning.found


def test_layer_with_rows_passes(reader: Reader) -> None:
    assert not require_rows(reader.read("bases", "id,lat,lon\na,4.5,30.5\n"))


def test_faults_of_all_files_are_told_at_once(reader: Reader) -> None:
    reader.write("id,lat,lon\na,4.5,30.5\n", "good.csv")
    reader.write("", "empty.csv")
    with pytest.raises(GeoPocError) as e:
        reader.layer(
            "camps",
            Source(path="good.csv", columns={"name": "nom"}),
            Source(path="empty.csv"),
            Source(path="none.csv"),
        )
    found = [str(fault) for fault in e.value.faults]
    assert [any(name in f for f in found) for name in ("good", "empty", "none")] == [True] * 3


def test_single_fault_keeps_its_own_class(reader: Reader) -> None:
    with pytest.raises(SourceError, match="no such file"):
        reader.layer("camps", Source(path="none.csv"))


def test_source_is_recorded_with_its_hash_and_counts(reader: Reader) -> None:
    """SHA-256 of the three letters a, b, c is an example of FIPS 180."""
    reader.write("id,lat,lon\na,4.5,30.5\nb,,\n")
    day = dt.date(2020, 1, 6)
    source = Source(path="a.csv", label="Sites", licence="CC0", date=day)
    (record,) = reader.layer("camps", source).sources
    assert (record.layer, record.file, record.label, record.licence) == (
        "camps",
        "a.csv",
        "Sites",
        "CC0",
    )
    assert (record.read, record.kept, record.rejected, record.date) == (2, 1, 1, day)
    assert len(record.sha256) == 64
    assert reader.layer("camps", source).table["source"].tolist() == ["Sites"]


def test_sensitive_flag_is_read_in_english_and_french_and_nothing_else(reader: Reader) -> None:
    words = ["yes", "oui", "1", "TRUE", "no", "non", "0", ""]
    rows = "".join(f"i{n},2021-01-01,4.5,30.5,{w}\n" for n, w in enumerate(words))
    layer = reader.read(
        "incidents", f"id,date,lat,lon,sensible\n{rows}x,2021-01-01,4.5,30.5,maybe\n"
    )
    assert layer.table["sensitive"].tolist() == [True] * 4 + [False] * 4
    assert "neither yes nor no" in only_reject(layer)["reason"]


def test_kind_that_is_no_word_of_the_layer_is_other_or_a_reject(reader: Reader) -> None:
    text = "id,lat,lon,kind\na,4.5,30.5,PDI\nb,4.5,30.5,spontaneous\nc,4.5,30.5,\n"
    assert reader.read("camps", text).table["kind"].tolist() == ["idp", "other", "other"]
    bases = "id,lat,lon,kind\na,4.5,30.5,Sector HQ\nb,4.5,30.5,palace\nc,4.5,30.5,\n"
    layer = reader.read("bases", bases)
    assert layer.table["kind"].tolist() == ["shq", "cob"]
    assert "is not one of" in only_reject(layer)["reason"]


def test_control_characters_in_text_become_spaces(reader: Reader) -> None:
    layer = reader.read("camps", "id,name,lat,lon\na,Al\x07pha\x1b,4.5,30.5\n")
    assert layer.table["name"].tolist() == ["Al pha"]


def test_camps_of_a_later_day_name_column_value_and_repair(reader: Reader) -> None:
    layer = reader.read(
        "camps", "id,lat,lon,updatedate\na,4.5,30.5,2022-01-06\nb,4.6,30.5,2022-01-07\n"
    )
    with pytest.raises(LayerError) as e:
        require_rows(layer)
    (fault,) = e.value.faults
    assert "first in row 1: column 'updatedate', '2022-01-06': date in the future" in fault.found
    assert 'columns = { date = "..." }' in fault.repair
    assert 'values = { date = "..." }' in fault.repair


def test_the_repairs_for_camps_of_a_later_day_let_them_be_read(reader: Reader) -> None:
    text = "id,lat,lon,updatedate,seen\na,4.5,30.5,2022-01-06,2021-05-01\n"
    assert len(reader.read("camps", text, columns={"date": "seen"}).table) == 1
    assert len(reader.read("camps", text, values={"date": "2021-05-01"}).table) == 1


def test_incidents_of_a_later_day_are_not_given_one_date_for_all(reader: Reader) -> None:
    layer = reader.read("incidents", "id,lat,lon,date_start\na,4.5,30.5,2022-01-06\n")
    with pytest.raises(LayerError, match=r"columns = \{ date_start = .*as_of") as e:
        require_rows(layer)
    assert "values" not in e.value.faults[0].repair


def test_the_most_frequent_reason_of_the_selected_rows_is_named(reader: Reader) -> None:
    rows = "a,9,30,no\nb,,,yes\nc,50,30,yes\nd,51,30,yes\n"
    layer = reader.read("camps", f"id,lat,lon,ours\n{rows}", where={"ours": "yes"})
    with pytest.raises(LayerError) as e:
        require_rows(layer)
    (fault,) = e.value.faults
    assert "4 rows read, none kept (2 outside, 1 not selected, 1 invalid)" in fault.found
    assert re.search(r"most often, 2 time\(s\), first in row 3: .*outside", fault.found)
    assert "[theatre.area]" in fault.repair


def test_where_nothing_is_selected_that_is_the_reason(reader: Reader) -> None:
    layer = reader.read("camps", "id,lat,lon,ours\na,4.5,30,no\n", where={"ours": "yes"})
    with pytest.raises(LayerError, match="not selected by where ours") as e:
        require_rows(layer)
    assert "[theatre.area]" not in str(e.value)
