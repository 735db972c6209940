"""Restrictions in force: in the terminal's table of a check, and in the report."""

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.data import embedded_theatre
from geo_poc.grid import Grid
from geo_poc.in_force import held_words, restriction_words
from geo_poc.inputs import read_inputs, require_closures_match
from geo_poc.report.grounds import assumptions_table, data_section
from geo_poc.routing.closures import restricted_by
from geo_poc.routing.restrictions import in_force
from geo_poc.screen.inputs import input_tables
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
DAY = dt.date(2024, 7, 1)
SPACE = "\u00a0"
SIDE_M = 10_000
THEATRE = Theatre(
    name="square",
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=Grid(rows=10, cols=10, cell_size_m=1000.0, left_m=0.0, top_m=SIDE_M, crs=CRS),
    as_of=DAY,
    marking="none",
    fictional=True,
)
ROADS = gpd.GeoDataFrame(
    {
        "id": ["R1"],
        "name": ["Main Road"],
        "road_class": "primary",
        "speed_kmh": 30.0,
        "wet_state": "open",
        "oneway": False,
        "surface": "",
        "bridge": False,
        "length_m": np.nan,
    },
    geometry=[shapely.LineString([(500, 500), (8500, 500)])],
    crs=CRS,
)
# Four cells with their centres in it; the road enters at 2 km and leaves at 4 km, two edges and a piece.
BOX = shapely.box(2000, 0, 4000, 2000)


def areas(*rows):
    plain = {
        "id": "a", "name": "Area", "kind": "closure", "barrier": False, "from_date": None, "to_date": None,
        "contingents": "", "source": "test", "rule": "", "delay_s": np.nan, "roads": "", "geometry": BOX,
    }  # fmt: skip
    table = pd.DataFrame([plain | row for row in rows], columns=list(plain))
    dated = table.assign(
        from_date=pd.to_datetime(table["from_date"]), to_date=pd.to_datetime(table["to_date"])
    )
    return gpd.GeoDataFrame(dated, geometry="geometry", crs=CRS)


def said(*rows):
    held = in_force(areas(*rows), DAY)
    words = [tuple(restriction_words(row).values()) for row in held.itertuples()]
    return [tuple(word.replace(SPACE, " ") for word in row) for row in words]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"kind": "closure", "to_date": "2024-07-31"},
            ("closure", "Area", "never entered", "", "31 JUL 24", "ground"),
        ),
        (
            {"kind": "host_state", "rule": "needs_approval", "delay_s": 172_800.0},
            ("host state", "Area", "only on approval", "48 h", "open", "ground"),
        ),
        (
            {"kind": "mined", "rule": "clearance", "delay_s": 2700.0},
            ("mined", "Area", "roads once cleared", "45 min", "open", "ground"),
        ),
        (
            {"kind": "caveat", "rule": "no_night", "contingents": "One;Two"},
            ("caveat", "Area", "not by night", "", "open", "One, Two"),
        ),
        (
            {"kind": "caveat"},
            ("caveat", "Area", "never entered", "", "open", "all contingents"),
        ),
        (
            {"kind": "no_fly"},
            ("no-fly area", "Area", "never entered", "", "open", "aircraft"),
        ),
    ],
)
def test_a_restriction_says_what_it_is_how_it_holds_until_when_and_for_whom(row, words):
    assert said(row) == [words]


def test_what_has_ended_has_not_begun_or_does_not_restrict_is_not_in_force():
    over, later = {"to_date": "2024-07-01"}, {"from_date": "2024-07-02"}
    assert said(over, later, {"kind": "water", "barrier": True}, {"kind": "landing_zone"}) == []


def test_amounts_are_the_road_and_the_cells_that_a_restriction_holds():
    named = {"kind": "caveat", "roads": "Main Road", "geometry": None}
    held = restricted_by(
        theatre=THEATRE, roads=ROADS, areas=areas({}, named, {"kind": "caveat"}, {"kind": "no_fly"})
    )
    assert held["kind"].tolist() == ["closure", "caveat", "caveat", "no_fly"]
    # Edges of 1 km from 500 m on: those from 1.5, 2.5 and 3.5 km touch the box.
    assert held["road_km"].tolist() == pytest.approx([3.0, 8.0, 3.0, np.nan], nan_ok=True)
    assert held["cells"].tolist() == pytest.approx([4, 0, 4, np.nan], nan_ok=True)
    written = [held_words(row) for row in held.itertuples()]
    assert written[0] == (f"3{SPACE}km", "4")
    assert written[3] == ("", "")


def restrictions_of(inputs):
    tables = [
        part for part in input_tables(inputs) if "Restrictions" in str(getattr(part, "title", ""))
    ]
    return [list(column.cells) for table in tables for column in table.columns]


def test_a_check_prints_the_restrictions_only_where_there_are_any():
    folder = embedded_theatre()
    inputs = read_inputs(folder / "theatre.toml", folder / "plan.toml")
    require_closures_match(inputs)
    table = inputs.layers["areas"].table
    (kinds, names, *_) = restrictions_of(inputs)
    held = in_force(table, inputs.theatre.as_of)
    assert len(held) > 0
    assert [str(name) for name in names] == held["name"].tolist()
    assert len(kinds) == len(held)
    free = dataclasses.replace(inputs.layers["areas"], table=table[table["kind"] == "country"])
    bare = dataclasses.replace(inputs, layers={**inputs.layers, "areas": free})
    assert restrictions_of(bare) == []


def table_named(blocks, name):
    return [block for block in blocks if getattr(block, "name", "") == name]


def test_the_report_lists_the_restrictions_beside_its_sources(sample_findings):
    (table,) = table_named(data_section(sample_findings), "restrictions")
    rows = [[cell.text.replace(SPACE, " ") for cell in row] for row in table.rows]
    assert rows == [
        ["closure", "Flooded road", "never entered", "", "31 JUL 24", "ground"],
        ["caveat", "Caveat X", "never entered", "", "open", "Contingent X"],
        ["no-fly area", "No-fly box", "never entered", "", "open", "aircraft"],
    ]


def test_the_report_has_no_table_of_restrictions_where_none_is_in_force(sample_findings):
    layer = sample_findings.layers["areas"]
    free = dataclasses.replace(layer, table=layer.table[layer.table["kind"] == "water"])
    layers = {**sample_findings.layers, "areas": free}
    found = data_section(dataclasses.replace(sample_findings, layers=layers))
    assert table_named(found, "restrictions") == []


def test_whether_ferries_run_by_night_is_a_yes_or_no(sample_findings):
    row = {
        "what": "ferries: run by night", "value": 1.0, "low": 1.0, "high": 1.0, "source": "SOP", "grade": "M",
    }  # fmt: skip
    found = dataclasses.replace(sample_findings, assumptions=pd.DataFrame([row]))
    (only,) = assumptions_table(found, width_mm=186.0).rows
    assert only[1].text == "yes"
