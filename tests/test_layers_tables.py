"""Files of tables: headers in two languages, HXL, encodings, and files that are not what they are said to be."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from geo_poc.errors import GeoPocError, LayerError, SourceError
from geo_poc.layers.columns import (
    POSITION,
    file_view,
    is_hxl_row,
    named,
    our_columns,
    plain,
    synonyms,
)
from geo_poc.layers.schemas import FIELDS
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import read
from geo_poc.theatre_file import Source

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes, name: str = "a.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    def written(sheets: dict[str, list[list[Any]]], name: str = "a.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return written


def camps(path: Path, **options: Any) -> Raw:
    return read(path, Source(path=path.name, **options), layer="camps")


def fault_of(error: pytest.ExceptionInfo[GeoPocError], path: Path) -> str:
    """The one fault, which must name the file and have all four parts."""
    (fault,) = error.value.faults
    assert str(path) in fault.where
    assert fault.found
    assert fault.rule
    assert fault.repair
    return str(fault)


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("Longitude", "lon"),
        ("LNG", "lon"),
        ("POINT_X", "lon"),
        ("Coord. X", "lon"),
        ("Latitude (DD)", "lat"),
        ("latitude_dd", "lat"),
        ("Point-Y", "lat"),
        ("GPS Latitude", "lat"),
        ("Coordonnées MGRS", "mgrs"),
        ("Grid ref", "mgrs"),
        ("Carroyage", "mgrs"),
        ("Nom du site", "name"),
        ("Localité", "name"),
        ("Toponyme", "name"),
        ("Nombre de personnes", "people"),
        ("Déplacés", "people"),
        ("PDI", "people"),
        ("Population", "people"),
        ("Individuals", "people"),
        ("Province", "admin1"),
        ("Territoire", "admin2"),
        ("Commentaires", "note"),
        ("Catégorie", "kind"),
        ("Date de mise à jour", "date"),
        ("Identifiant", "id"),
        ("something else", None),
    ],
)
def test_headers_are_known_in_english_and_french(header: str, ours: str | None) -> None:
    mapping = our_columns([header], layer="camps", given={}, file="a.csv")
    assert mapping == ({} if ours is None else {ours: header})


@pytest.mark.parametrize(
    ("layer", "header", "ours"),
    [
        ("incidents", "Date de l'incident", "date_start"),
        ("incidents", "DTG", "date_start"),
        ("incidents", "Morts", "deaths_best"),
        ("incidents", "Civils tués", "deaths_civilians"),
        ("incidents", "Auteur", "actor_a"),
        ("incidents", "Lieu", "place"),
        ("bases", "Effectifs", "strength"),
        ("bases", "Pays contributeur", "contingent"),
        ("roads", "Vitesse", "speed_kmh"),
        ("areas", "Date fin", "to_date"),
        ("airfields", "Longueur piste (m)", "runway_m"),
        ("airfields", "Carburant", "fuel"),
    ],
)
def test_headers_of_other_layers_are_known(layer: str, header: str, ours: str) -> None:
    assert our_columns([header], layer=layer, given={}, file="a.csv")[ours] == header


def test_every_synonym_belongs_to_one_column_of_its_layer() -> None:
    """A header that two of our columns claim would fill both with the same numbers."""
    for layer, fields in FIELDS.items():
        claimed: dict[str, str] = {}
        for ours in ("id", *fields, *POSITION):
            for synonym in {plain(s) for s in (ours, *synonyms(layer, ours))}:
                assert claimed.setdefault(synonym, ours) == ours, (layer, synonym)


def test_header_that_can_be_read_two_ways_asks_which(write: Write) -> None:
    path = write("id,lat,latitude,lon\na,4.5,4.6,30.5\n")
    with pytest.raises(LayerError, match=r"'lat' and 'latitude'.*columns = \{ lat = ") as e:
        camps(path)
    fault_of(e, path)
    assert camps(path, columns={"lat": "latitude"}).file_columns["lat"] == "latitude"


def test_several_ambiguous_headers_are_told_at_once(write: Write) -> None:
    path = write("x,lon,y,lat,population,pop\n30,30,4,4,1,2\n")
    with pytest.raises(LayerError) as e:
        camps(path)
    assert len(e.value.faults) == 3


def test_our_own_name_beats_a_synonym_but_for_positions(write: Write) -> None:
    raw = camps(write("name,nom,lat,lon\nAlpha,Bravo,4.5,30.5\n"))
    assert raw.table["name"].tolist() == ["Alpha"]


def test_column_that_the_user_gave_another_use_is_no_synonym(write: Write) -> None:
    path = write("id,lat,lon,population,idps\na,4.5,30.5,9,7\n")
    raw = camps(path, columns={"note": "population"})
    assert (raw.table["people"][1], raw.table["note"][1]) == ("7", "9")


HXL = """Site code,Site,Y,X,Total,Updated,Admin
#loc+code,#loc+name,#geo+lat,#geo+lon,#affected+idps,#date,#adm1+name
S1,Alpha,4.5,30.5,12,2020-01-06,North
"""


def test_row_of_hxl_tags_is_used_and_not_counted(write: Write) -> None:
    raw = camps(write(HXL))
    assert raw.table.index.tolist() == [1]
    assert raw.file_columns == {
        "id": "Site code",
        "name": "Site",
        "people": "Total",
        "admin1": "Admin",
        "date": "Updated",
        "lon": "X",
        "lat": "Y",
    }
    assert raw.table["people"].tolist() == ["12"]


def test_closest_hxl_tag_wins_and_two_equally_close_ones_are_a_question(write: Write) -> None:
    tagged = "a,b,y,x\n#affected+f+children,#affected+idps,#geo+lat,#geo+lon\n1,2,4.5,30.5\n"
    assert camps(write(tagged)).file_columns["people"] == "b"
    path = write("a,b,y,x\n#affected+f,#affected+m,#geo+lat,#geo+lon\n1,2,4.5,30.5\n")
    with pytest.raises(LayerError, match="'a' and 'b'"):
        camps(path)


def test_administrative_code_is_tagged(write: Write) -> None:
    raw = camps(write("c,y,x\n#adm1+code, #geo +lat ,#geo+lon\nSS01,4.5,30.5\n"))
    assert raw.file_columns["pcode"] == "c"


@pytest.mark.parametrize(
    ("cells", "is_tags"),
    [
        (["#geo+lat", "", None], True),
        (["#affected +idps"], True),
        (["#N/A", "12"], False),
        (["", None], False),
        (["#1"], False),
    ],
)
def test_hxl_row_holds_nothing_but_tags(cells: list[object], is_tags: bool) -> None:
    assert is_hxl_row(cells) is is_tags


def test_file_without_extra_cells_under_nameless_columns_is_whole(write: Write) -> None:
    raw = camps(write("id,,lat,lon,,\na,x,4.5,30.5,,\n"))
    assert raw.table["column 2"].tolist() == ["x"]
    assert not raw.faults


def test_rows_with_too_many_cells_are_faults_and_short_rows_are_filled(write: Write) -> None:
    raw = camps(write("id,lat,lon,name\na,4.5,30.5,Alpha,Bravo\nb,4.5,30.5\nc,4.5,30.5,C,,\n"))
    assert raw.faults == {1: "has 5 cells, the header has 4"}
    assert raw.table["name"].tolist() == ["Alpha", "", "C"]


def test_two_columns_of_one_name_are_refused(write: Write) -> None:
    path = write("id,name,lat,lon,name,id\na,b,4.5,30.5,c,d\n")
    with pytest.raises(SourceError, match="two columns named 'id', 'name'") as e:
        camps(path)
    fault_of(e, path)


def test_blank_rows_are_no_records_but_count_as_rows(write: Write) -> None:
    """So that the row of a reject is found in a spreadsheet."""
    raw = camps(write("id,lat,lon\na,4.5,30.5\n\n,,\nb,4.6,30.6\n\n"))
    assert raw.table.index.tolist() == [1, 4]
    assert raw.table["id"].tolist() == ["a", "b"]


def test_quoted_cells_hold_commas_quotes_and_line_ends(write: Write) -> None:
    raw = camps(write('id,name,lat,lon\r\na,"Al, ""pha""\r\n2",4.5,30.5\r\n'))
    assert raw.table["name"][1] == 'Al, "pha"\r\n2'


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("id;lat;lon;people\na;4,5;30,5;1 234\n", ","),
        ("id\tlat\tlon\tpeople\na\t4.5\t30.5\t1,234\n", "."),
        ("id|lat|lon|people\na|4.5|30.5|1234\n", "."),
        ('"id","lat","lon","people; all"\na,4.5,30.5,1234\n', "."),
        ("\n\nid,lat,lon,people\na,4.5,30.5,1234\n", "."),
    ],
)
def test_delimiter_is_that_of_the_header(write: Write, text: str, decimal: str) -> None:
    raw = camps(write(text))
    assert raw.decimal == decimal
    assert raw.table["id"].tolist() == ["a"]
    assert {"lat", "lon"} <= set(raw.table)


def test_header_with_as_many_commas_as_semicolons_is_refused(write: Write) -> None:
    path = write("id,lat;lon\na,4.5;30.5\n")
    with pytest.raises(SourceError, match="one sign must part the cells") as e:
        camps(path)
    fault_of(e, path)


def test_french_accents_of_windows_need_their_encoding(write: Write) -> None:
    """In cp1252 an e acute is the byte 0xE9; it stands here after 'nom,lat,lon' and 'B'."""
    path = write("nom,lat,lon\nBéni,4.5,30.5\n".encode("cp1252"))
    with pytest.raises(SourceError, match=r"byte 0xe9 at position 13 \(line 2\)") as e:
        camps(path)
    assert "encoding = 'cp1252'" in fault_of(e, path)
    assert camps(path, encoding="cp1252").table["name"].tolist() == ["Béni"]


def test_mark_of_utf_8_is_no_part_of_the_first_header(write: Write) -> None:
    raw = camps(write(b"\xef\xbb\xbfid,lat,lon\na,4.5,30.5\n"))
    assert raw.file_columns["id"] == "id"


def test_utf_16_of_excel_is_recognised(write: Write) -> None:
    path = write("id\tname\tlat\tlon\na\tBéni\t4.5\t30.5\n".encode("utf-16"))
    with pytest.raises(SourceError, match="encoding = 'utf-16'") as e:
        camps(path)
    fault_of(e, path)
    assert camps(path, encoding="utf-16").table["name"].tolist() == ["Béni"]


def test_encoding_that_nobody_knows_is_refused(write: Write) -> None:
    path = write("id,lat,lon\na,4.5,30.5\n")
    with pytest.raises(SourceError, match="encoding = 'latin-99'"):
        camps(path, encoding="latin-99")


@pytest.mark.parametrize("content", ["", "\n\n", " , ,\n"])
def test_empty_file_is_refused(write: Write, content: str) -> None:
    path = write(content)
    with pytest.raises(SourceError, match="must hold a row of headers and rows of data") as e:
        camps(path)
    fault_of(e, path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    with pytest.raises(SourceError, match="no such file") as e:
        camps(path)
    fault_of(e, path)
    with pytest.raises(SourceError, match="no such file"):
        read(None, Source(), layer="camps")


def test_binary_file_called_csv_is_refused(write: Write) -> None:
    path = write(b"PK\x03\x04\x00\x00\x08\x00a,b\n")
    with pytest.raises(SourceError, match="binary data, not text") as e:
        camps(path)
    fault_of(e, path)


def test_csv_with_an_open_quote_is_refused(write: Write) -> None:
    path = write('id,name,lat,lon\na,"Alpha,4.5,30.5\nb,Bravo,4.5,30.5\n')
    with pytest.raises(SourceError, match="must be a whole csv file") as e:
        camps(path)
    fault_of(e, path)


NOON = pd.Timestamp("2020-01-06 12:00").to_pydatetime()
ROWS: list[list[Any]] = [
    ["id", "name", "lat", "lon", "people", "date"],
    ["a", "Béni", 4.5, 30.5, 1200, NOON],
    [7, None, "4,6", 30.6, None, None],
]


def test_workbook_is_read_with_its_types(workbook: Write) -> None:
    raw = camps(workbook({"Sites": ROWS}))
    assert raw.table["lat"].tolist() == [4.5, "4,6"]
    assert raw.table["date"][1] == NOON
    assert raw.decimal == "."


def test_sheet_must_be_named_where_there_are_several(workbook: Write) -> None:
    path = workbook({"Read me": [["about"]], "Sites": ROWS})
    with pytest.raises(SourceError, match=r"2 sheets and none named.*Read me, Sites"):
        camps(path)
    with pytest.raises(SourceError, match=r"'sites'.*Read me, Sites") as e:
        camps(path, sheet="sites")
    fault_of(e, path)
    assert len(camps(path, sheet="Sites").table) == 2


def test_empty_sheet_is_refused(workbook: Write) -> None:
    path = workbook({"Sites": []})
    with pytest.raises(SourceError, match="no row that holds anything") as e:
        camps(path)
    fault_of(e, path)


@pytest.mark.parametrize("kept", [0, 1, 20, 400, -30])
def test_truncated_workbook_is_refused(workbook: Write, kept: int) -> None:
    path = workbook({"Sites": ROWS})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SourceError) as e:
        camps(path)
    fault_of(e, path)


def test_workbook_with_damaged_content_is_refused(workbook: Write, tmp_path: Path) -> None:
    good = workbook({"Sites": ROWS})
    for inner, content in (
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c"),
        ("xl/workbook.xml", b"no XML at all"),
    ):
        bad = tmp_path / "bad.xlsx"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
            for name in source.namelist():
                target.writestr(name, content if name == inner else source.read(name))
        with pytest.raises(SourceError, match="must be a whole xlsx file") as e:
            camps(bad)
        fault_of(e, bad)


@pytest.mark.parametrize("content", [b"id,lat,lon\na,4.5,30.5\n", b"\xd0\xcf\x11\xe0old excel"])
def test_workbook_that_is_no_zip_file_is_refused(write: Write, content: bytes) -> None:
    path = write(content, "a.xlsx")
    with pytest.raises(SourceError, match="must be a whole xlsx file") as e:
        camps(path)
    fault_of(e, path)


def test_zip_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "id,lat,lon\n")
    with pytest.raises(SourceError, match="must be a whole xlsx file") as e:
        camps(path)
    fault_of(e, path)


def test_columns_of_the_file_are_seen_under_their_own_names() -> None:
    table = pd.DataFrame({"id": ["1"], "code": ["S1"], "kind": ["x"]}, index=[1])
    mapping = {"id": "code", "note": "id", "kind": "kind"}
    ours = named(table, mapping)
    assert (ours["id"][1], ours["note"][1]) == ("S1", "1")
    view = file_view(ours, mapping)
    assert {name: view[name][1] for name in view} == {"id": "1", "code": "S1", "kind": "x"}
