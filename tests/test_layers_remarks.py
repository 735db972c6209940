"""What is said of a table that can be used: misspelt columns, unknown words and numbers, closures elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.remarks import unused_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre import theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

BOX = (30.0, 4.0, 32.0, 6.0)
Read = Callable[..., Layer]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a layer from the text of one file."""
    spec = TheatreSpec(
        name="Testland",
        as_of="2021-12-31",  # type: ignore[arg-type]
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    theatre = theatre_over(spec, shapely.box(*BOX))

    def of(layer: str, text: str, name: str = "a.csv", **options: Any) -> Layer:
        (tmp_path / name).write_text(text, encoding="utf-8")
        source = Source(path=name, **options)
        return read_layer(layer, [source], folder=tmp_path, theatre=theatre)

    return of


def said(layer: Layer) -> list[tuple[str, str, str]]:
    return [(r.where, r.found, r.rule) for r in layer.remarks]


BASES = "id,name,lat,lon,kind,role,strength\n"


def test_a_base_whose_strength_cannot_be_read_is_kept_with_unknown_strength(read: Read) -> None:
    layer = read(
        "bases",
        BASES
        + "b1,One,4.5,30.5,cob,fixed,abt 120\n"
        + "b2,Two,4.6,30.5,cob,fixed,-5\n"
        + "b3,Three,4.7,30.5,cob,fixed,250\n"
        + "b4,Four,4.8,30.5,cob,fixed,\n",
    )
    assert layer.counts == {"read": 4, "kept": 4, "rejected": 0}
    assert layer.rejects.empty
    assert layer.table["id"].tolist() == ["b1", "b2", "b3", "b4"]
    assert np.isnan(layer.table["strength"][[0, 1, 3]]).all()
    assert layer.table["strength"][2] == 250
    assert said(layer) == [
        (
            "bases: a.csv",
            "column 'strength': 2 row(s) with a number that cannot be used; the first is row 1, "
            "'abt 120': is not a number",
            "these rows are kept, and their number is unknown",
        )
    ]


def test_a_strength_that_cannot_be_read_is_not_said_of_a_base_that_is_refused(read: Read) -> None:
    layer = read("bases", BASES + "b1,One,9.5,30.5,cob,fixed,many\nb2,Two,4.5,30.5,cob,fixed,9\n")
    assert layer.counts == {"read": 2, "kept": 1, "rejected": 1}
    assert layer.rejects["kind"].tolist() == ["outside"]
    assert said(layer) == []


@pytest.mark.parametrize(
    ("layer", "header", "ours"),
    [
        ("camps", "peopel", "people"),
        ("camps", "Populaton", "people"),
        ("bases", "soldiers", "strength"),
        ("bases", "strenght", "strength"),
        ("bases", "aviaton", "aviation"),
    ],
)
def test_a_misspelt_header_is_named_with_the_column_that_it_may_be(
    read: Read, layer: str, header: str, ours: str
) -> None:
    found = read(layer, f"id,name,lat,lon,kind,role,{header}\nx,X,4.5,30.5,,,5\n")
    (remark,) = [r for r in found.remarks if header in r.found]
    assert (remark.where, remark.found) == (f"{layer}: a.csv", f"column '{header}'")
    assert remark.rule == f"is not read, and there is no column for {ours}"
    assert f'{ours} = "{header}"' in remark.repair
    assert header in found.sources[0].unused


def test_a_column_near_to_one_that_is_read_is_only_counted(read: Read) -> None:
    layer = read("camps", "name,lat,lon,kind,people,peoples,roof\nA,4.5,30.5,idp,5,6,tin\n")
    assert said(layer) == []
    assert layer.sources[0].unused == ("peoples", "roof")


def test_a_column_that_the_theatre_file_asks_about_is_used(read: Read) -> None:
    text = "nom,lat,lon,kind,people,open,n\nA,4.5,30.5,idp,5,yes,7\n"
    layer = read("camps", text, where={"open": "yes"}, columns={"people": "n"})
    assert layer.sources[0].unused == ("people",)


def test_of_a_publishers_format_no_column_is_named() -> None:
    raw = Raw(table=pd.DataFrame({"name": ["A"], "peopel": ["5"]}))
    source = Source(path="a.csv", format="iom_dtm")
    assert unused_columns(raw, source, layer="camps") == ()


def test_unknown_words_of_a_kind_are_counted_with_what_they_are_taken_for(read: Read) -> None:
    kinds = ["IDP", "tents", "tents", "barn", "cave", "ruin", "other", ""]
    rows = [f"c{n},{n},4.5,30.5,{kind},5" for n, kind in enumerate(kinds)]
    layer = read("camps", "id,name,lat,lon,type,people\n" + "\n".join(rows) + "\n")
    assert layer.table["kind"].tolist() == ["idp"] + ["other"] * 7
    assert said(layer) == [
        (
            "camps: a.csv",
            "column 'type': 1 row(s) without an entry",
            "they count as other",
        ),
        (
            "camps: a.csv: column 'type'",
            "5 row(s) with 'tents' (2), 'barn' (1), 'cave' (1) and 1 more",
            "words that are not known count as other",
        ),
    ]


def test_three_unknown_words_are_all_named(read: Read) -> None:
    rows = [f"c{n},4.5,30.5,{kind},5" for n, kind in enumerate(["a", "b", "c"])]
    layer = read("camps", "id,lat,lon,kind,people\n" + "\n".join(rows) + "\n")
    assert said(layer)[0][1] == "3 row(s) with 'a' (1), 'b' (1), 'c' (1)"


def test_columns_that_are_not_there_and_stand_for_something_are_one_note(read: Read) -> None:
    layer = read("bases", "name,lat,lon,strength\nOne,4.5,30.5,100\n")
    assert said(layer) == [
        ("bases: a.csv", "no column for kind, role", "every row counts as kind cob, role fixed")
    ]


def test_an_unknown_code_that_stays_unknown_needs_no_word(read: Read) -> None:
    layer = read("airfields", "name,lat,lon,kind\nStrip,4.5,30.5,small\n")
    assert layer.table["fuel"].tolist() == ["unknown"]
    assert said(layer) == []


def areas(*rows: tuple[str, str, tuple[float, float, float, float]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "name": name, "from_date": "2021-01-01"},
            "geometry": shapely.geometry.mapping(shapely.box(*box)),
        }
        for kind, name, box in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


HERE, FAR = (30.5, 4.5, 30.6, 4.6), (50.5, 4.5, 50.6, 4.6)


def test_a_closure_wholly_outside_the_theatre_is_named(read: Read) -> None:
    text = areas(
        ("closure", "Bridge", FAR), ("closure", "Ford", HERE), ("country", "Elsewhere", FAR)
    )
    layer = read("areas", text, "a.geojson")
    assert layer.counts == {"read": 3, "kept": 1, "rejected": 2}
    assert said(layer) == [
        (
            "areas: a.geojson",
            "closure 'Bridge' (row 1)",
            "wholly outside the theatre, so that nothing is closed there",
        )
    ]


def test_of_many_closures_outside_the_first_three_are_named(read: Read) -> None:
    rows = [("no_fly", f"N{n}", FAR) for n in range(4)]
    layer = read("areas", areas(*rows, ("caveat", "Ford", HERE)), "a.geojson")
    found = said(layer)[0][1]
    assert found == "no_fly 'N0' (row 1), no_fly 'N1' (row 2), no_fly 'N2' (row 3) and 1 more"
