"""Grades of reports: read in every spelling, weighed by the user's own numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.errors import ConfigError, LayerError
from geo_poc.layers.grades import (
    grade_doubts,
    grade_faults,
    grade_weights,
    split_grades,
)
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, GradeSpec, Source, TheatreSpec, read_theatre_file

HEADER = "id,date,lon,lat,deaths"
ROW = "{id},2020-01-0{id},30.5,5.5,1"


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    import shapely  # noqa: PLC0415

    spec = TheatreSpec(
        name="x",
        as_of=dt.date(2021, 1, 1),
        cell_size=10_000.0,
        area=AreaSpec(bbox=(30, 5, 31, 6)),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, shapely.box(30, 5, 31, 6))


def read(folder: Path, theatre: Theatre, columns: dict[str, list[str]]) -> Layer:
    """Incidents layer of a table with these columns beside the usual ones."""
    rows = [ROW.format(id=number + 1) for number in range(len(next(iter(columns.values()))))]
    lines = [",".join([HEADER, *columns])]
    lines += [",".join([row, *cells]) for row, *cells in zip(rows, *columns.values(), strict=True)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_layer("incidents", [Source(path="a.csv")], folder=folder, theatre=theatre)


def graded(reliability: list[str], credibility: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"reliability": reliability, "credibility": credibility})


@pytest.mark.parametrize("header", ["reliability", "grade", "Source reliability", "Cotation"])
@pytest.mark.parametrize("spelling", ["B2", "b2", "B-2", "B 2", "B/2", " b . 2 "])
def test_a_grade_in_one_column_is_read_in_every_spelling(
    header: str, spelling: str, tmp_path: Path, theatre: Theatre
) -> None:
    table = read(tmp_path, theatre, {header: [spelling]}).table
    assert table[["reliability", "credibility"]].to_numpy().tolist() == [["B", "2"]]


def test_grades_in_two_columns_words_and_gaps_are_read(tmp_path: Path, theatre: Theatre) -> None:
    found = read(
        tmp_path,
        theatre,
        {"reliability": ["a", "Usually reliable", ""], "credibility": ["2.0", "", "Possibly true"]},
    ).table
    assert found["reliability"].tolist() == ["A", "B", ""]
    assert found["credibility"].tolist() == ["2", "", "3"]


def test_a_file_without_grades_has_empty_ones(tmp_path: Path, theatre: Theatre) -> None:
    table = read(tmp_path, theatre, {"note": ["x"]}).table
    assert table[["reliability", "credibility"]].to_numpy().tolist() == [["", ""]]


def test_a_grade_for_all_rows_of_a_file_stands_in_the_theatre_file(
    tmp_path: Path, theatre: Theatre
) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW.format(id=1)}\n", encoding="utf-8")
    source = Source(path="a.csv", values={"reliability": "C3"})
    table = read_layer("incidents", [source], folder=tmp_path, theatre=theatre).table
    assert table[["reliability", "credibility"]].to_numpy().tolist() == [["C", "3"]]


def test_a_grade_that_is_none_is_unknown_and_its_report_is_kept(
    tmp_path: Path, theatre: Theatre
) -> None:
    layer = read(tmp_path, theatre, {"grade": ["B2", "G7", "A"]})
    assert layer.table["reliability"].tolist() == ["B", "", "A"]
    assert layer.counts == {"read": 3, "kept": 3, "rejected": 0}
    notes = [str(remark) for remark in layer.remarks if "grade" in remark.found]
    assert len(notes) == 1
    assert "1 row(s) with a grade that cannot be used; the first is row 2, 'G7'" in notes[0]


def test_two_grades_that_differ_are_not_chosen_from() -> None:
    table = pd.DataFrame({"reliability": ["B2", "B2", "C"], "credibility": ["3", "B2", "D4"]})
    split = split_grades(table)
    assert split["reliability"].tolist() == ["B2", "B", "C"]
    assert split["credibility"].tolist() == ["3", "2", "D4"]


def test_a_table_without_columns_of_grades_is_the_same_table() -> None:
    table = pd.DataFrame({"note": ["B2"]})
    assert split_grades(table) is table


def test_a_report_counts_by_the_product_of_its_two_weights() -> None:
    spec = GradeSpec(
        reliability={"A": 1.0, "C": 0.5, "ungraded": 0.2}, credibility={"1": 0.8, "5": 0.0}
    )
    table = graded(["A", "C", "", "C"], ["1", "1", "1", "5"])
    assert grade_weights(table, spec).tolist() == pytest.approx([0.8, 0.4, 0.16, 0.0])


def test_without_weights_all_reports_count_alike_and_a_note_says_so() -> None:
    table = graded(["A", "", "F"], ["", "", ""])
    assert grade_weights(table, None).tolist() == [1.0, 1.0, 1.0]
    assert [note.found for note in grade_doubts(table, None)] == [
        "2 of 3 reports with a reliability"
    ]
    given_one = GradeSpec(reliability={"A": 1.0, "F": 0.5, "ungraded": 1.0})
    assert grade_doubts(table, given_one) == []
    assert grade_doubts(graded([""], [""]), None) == []


def test_every_grade_of_the_reports_needs_a_weight_once_a_table_is_given() -> None:
    table = graded(["A", "B", "", "B"], ["1", "2", "3", "3"])
    faults = grade_faults(table, GradeSpec(reliability={"A": 1.0}, credibility={"1": 1.0}))
    assert [fault.found for fault in faults] == [
        "no weight for B (2 report(s)), ungraded (1 report(s))",
        "no weight for 2 (1 report(s)), 3 (2 report(s))",
    ]
    assert faults[0].repair.startswith("add B = ..., ungraded = ...;")
    assert grade_faults(table, None) == []


def test_letters_and_weights_that_cannot_be_are_faults_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "theatre.toml"
    file.write_text(
        '[theatre]\nname = "x"\nas_of = 2021-01-01\ncell_size = "5 km"\nmarking = "UNCLASSIFIED"\n'
        "area = { bbox = [0, 0, 1, 1] }\n[threat.grades]\nreliability = { A = 1.5, G = 0.5 }\n"
        "credibility = { 7 = 0.1 }\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        read_theatre_file(file)
    assert len(error.value.faults) == 3
    assert "[threat] grades reliability A: must be less than or equal to 1" in str(error.value)
    assert "[threat] grades reliability G: must be 'A', 'B'" in str(error.value)
    assert "rename the key 'G'" in str(error.value)


def test_a_constant_grade_that_is_none_is_an_error(tmp_path: Path, theatre: Theatre) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW.format(id=1)}\n", encoding="utf-8")
    source = Source(path="a.csv", values={"reliability": "Z"})
    with pytest.raises(LayerError, match="is not one of A, B, C, D, E, F"):
        read_layer("incidents", [source], folder=tmp_path, theatre=theatre)


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("123456")), min_size=1))
def test_split_grades_are_those_written_together(pairs: list[tuple[str, str]]) -> None:
    table = pd.DataFrame({"credibility": [f"{letter.lower()}{digit}" for letter, digit in pairs]})
    split = split_grades(table)
    assert list(zip(split["reliability"], split["credibility"], strict=True)) == pairs


@given(st.lists(st.sampled_from("ABCDEF"), min_size=1), st.floats(0, 1))
def test_equal_weights_are_equal_for_all(letters: list[str], weight: float) -> None:
    spec = GradeSpec(reliability=dict.fromkeys("ABCDEF", weight))  # type: ignore[arg-type]
    found = grade_weights(graded(letters, ["1"] * len(letters)), spec)
    assert np.all(found == weight)
