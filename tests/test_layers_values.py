"""Cells of tables as people write them: numbers, dates, flags and words."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.layers.values import codes, dates, flags, is_missing, numbers, texts


def one(cell: object, **options: object) -> tuple[float, str]:
    parsed = numbers(pd.Series([cell], dtype=object), **options)  # type: ignore[arg-type]
    return float(parsed.content[0]), str(parsed.faults[0])


def day(*cells: object) -> list[str]:
    """Each cell as ``yyyy-mm-dd``, or what is wrong with it."""
    parsed = dates(pd.Series(list(cells), dtype=object))
    shown = parsed.content.dt.strftime("%Y-%m-%d").fillna("")
    return [text or fault for text, fault in zip(shown, parsed.faults, strict=True)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1234", 1234.0),
        (" 1234 ", 1234.0),
        ("1 234", 1234.0),
        ("1 234 567", 1234567.0),
        ("1\u00a0234", 1234.0),
        ("1\u202f234,0", None),
        ("1,234", 1234.0),
        ("1,234,567.5", 1234567.5),
        ("12,34", None),
        ("-5", -5.0),
        ("+5", 5.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("0x10", None),
        ("1_000", None),
        ("1 23", None),
        ("12 people", None),
        ("about 12", None),
        (12, 12.0),
        (12.5, 12.5),
        (np.int64(7), 7.0),
        (np.float32(0.5), 0.5),
        (True, None),
        (10**30, 1e30),
        (pd.Timestamp("2020-01-01").to_pydatetime(), None),
        (pd.Timestamp("2020-01-01"), None),
        (b"12", None),
    ],
)
def test_number_is_read_as_people_write_it_or_refused(cell: object, number: float | None) -> None:
    content, fault = one(cell)
    if number is None:
        assert math.isnan(content)
        assert fault == "is not a number"
    else:
        assert (content, fault) == (number, "")


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", math.inf, -math.inf])
def test_infinite_number_is_refused(cell: object) -> None:
    content, fault = one(cell)
    assert math.isnan(content)
    assert fault == "is not a finite number"


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", None, math.nan, pd.NA, pd.NaT, "-"])
def test_nothing_is_unknown_and_no_fault(cell: object) -> None:
    content, fault = one(cell)
    assert math.isnan(content)
    assert fault == ""
    assert is_missing(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12,5", 12.5),
        ("1 234,5", 1234.5),
        ("1234", 1234.0),
        ("12.5", 12.5),
        ("1.234.567", None),
        ("0,123", None),
    ],
)
def test_numbers_of_a_file_with_decimal_commas(cell: str, number: float | None) -> None:
    content, fault = one(cell, decimal=",")
    assert (content, fault) == (number, "") if number is not None else fault


def test_number_that_can_be_read_two_ways_is_refused_with_both() -> None:
    _, fault = one("1,234", decimal=",")
    assert "1234" in fault
    assert "1.234" in fault


@pytest.mark.parametrize(("cell", "degrees"), [("31,234", 31.234), ("4.85", 4.85), ("-4,5", -4.5)])
def test_comma_in_degrees_is_a_decimal_sign(cell: str, degrees: float) -> None:
    assert one(cell, coordinate=True) == (degrees, "")


cells_of_all_kinds = st.one_of(
    st.text(alphabet="0123456789.,+-eE \u00a0", max_size=9),
    st.integers(min_value=-(10**20), max_value=10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.sampled_from(["NA", "inf", "1 234", "1,234", "12.", "0x1", "٣"]),
)


@given(st.lists(cells_of_all_kinds, max_size=8), st.sampled_from([".", ","]), st.booleans())
def test_a_column_is_read_as_its_cells_one_by_one(
    cells: list[object], decimal: str, coordinate: bool
) -> None:
    column = pd.Series(cells, dtype=object, index=range(5, 5 + len(cells)))
    together = numbers(column, decimal=decimal, coordinate=coordinate)
    apart = [one(cell, decimal=decimal, coordinate=coordinate) for cell in cells]
    np.testing.assert_array_equal(together.content, [number for number, _ in apart])
    assert together.faults.tolist() == [fault for _, fault in apart]
    assert together.content.index.equals(column.index)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_written_in_full_is_read_exactly(number: float) -> None:
    assert one(repr(number)) == (number, "")


def test_numeric_columns_of_vector_files_are_read_as_they_are() -> None:
    assert numbers(pd.Series([1, 2])).content.tolist() == [1.0, 2.0]
    parsed = numbers(pd.Series([1.5, np.nan, np.inf]))
    assert parsed.faults.tolist() == ["", "", "is not a finite number"]
    assert numbers(pd.Series([True, False])).faults.tolist() == ["is not a number"] * 2
    assert numbers(pd.Series([], dtype=object)).content.dtype == np.dtype(float)


@pytest.mark.parametrize(
    "cell",
    [
        "2021-03-05",
        "2021/3/5",
        "2021.03.05",
        "2021-03-05T12:30:00Z",
        "2021-03-05 23:59:59.000",
        "20210305",
        "5 March 2021",
        "05-Mar-21",
        "5 mars 2021",
        "05 Mar. 2021",
        "051430ZMAR21",
        dt.date(2021, 3, 5),
        pd.Timestamp("2021-03-05 12:00").to_pydatetime(),
        np.datetime64("2021-03-05T10:00"),
        pd.Timestamp("2021-03-05", tz="Africa/Juba"),
    ],
)
def test_day_is_read_however_it_is_written(cell: object) -> None:
    assert day(cell) == ["2021-03-05"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1er août 2020", "2020-08-01"),
        ("2 décembre 2020", "2020-12-02"),
        ("3 févr. 2020", "2020-02-03"),
    ],
)
def test_french_months_are_read_with_their_accents(cell: str, expected: str) -> None:
    assert day(cell) == [expected]


def test_day_and_month_are_told_apart_by_the_rest_of_the_column() -> None:
    assert day("05/03/2021", "31/03/2021") == ["2021-03-05", "2021-03-31"]
    assert day("05/03/2021", "03/31/2021") == ["2021-05-03", "2021-03-31"]
    assert day("05/05/2021") == ["2021-05-05"]


def test_day_and_month_are_never_guessed() -> None:
    (fault,) = day("05/03/2021")
    assert "two ways" in fault
    contradiction = day("05/03/2021", "31/03/2021", "03/31/2021")
    assert all("two ways" in fault for fault in contradiction)


def test_day_and_month_are_told_apart_by_another_column_of_the_file() -> None:
    updated = pd.Series(["11/1/19", "9/12/19"], dtype=object)
    beside = pd.DataFrame({"created": ["10/20/17", "1/30/15"], "updated": updated})
    read = dates(updated, beside=beside).content
    assert read.dt.strftime("%Y-%m-%d").tolist() == ["2019-11-01", "2019-09-12"]


@pytest.mark.parametrize(("digits", "year"), [("68", 2068), ("69", 1969), ("21", 2021)])
def test_year_of_two_digits_is_read_as_posix_does(digits: str, year: int) -> None:
    assert day(f"31/12/{digits}") == [f"{year}-12-31"]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("2021-02-29", "not a day of the calendar"),
        ("2021-13-01", "not a day of the calendar"),
        ("1815-06-18", "1900 to 2200"),
        ("3021-01-01", "1900 to 2200"),
        ("5 Brumaire 2021", "is not a date"),
        ("yesterday", "is not a date"),
        ("44260", "is not a date"),
        (44260, "is not a date"),
        ("2021-03", "is not a date"),
    ],
)
def test_what_is_no_day_is_refused(cell: object, fault: str) -> None:
    assert re.search(fault, day(cell)[0])


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 12, 31)))
def test_every_day_comes_back(when: dt.date) -> None:
    assert day(when.isoformat(), f"{when:%Y%m%d}") == [when.isoformat()] * 2


def test_missing_days_are_unknown() -> None:
    parsed = dates(pd.Series(["", None, "NA", pd.NaT], dtype=object))
    assert parsed.content.isna().all()
    assert parsed.content.dtype == np.dtype("datetime64[ns]")
    assert parsed.faults.tolist() == [""] * 4


def test_flags_are_read_in_two_languages() -> None:
    words = pd.Series(
        ["Yes", "OUI", "vrai", 1, "1.0", True, "no", "Non", 0, "false", ""], dtype=object
    )
    parsed = flags(words)
    assert parsed.content.tolist() == [True] * 6 + [False] * 5
    assert parsed.faults.tolist() == [""] * 11
    assert flags(pd.Series([None]), default=True).content.tolist() == [True]
    assert flags(pd.Series(["perhaps"])).faults.tolist() == ["is neither yes nor no"]


def test_codes_know_their_words_without_case_and_accents() -> None:
    known = {"refugie": "refugee", "idp": "idp"}
    parsed = codes(pd.Series(["Réfugié", "IDP", "x", ""]), known=known, default=None)
    assert parsed.content.tolist() == ["refugee", "idp", "", ""]
    assert parsed.faults.tolist() == [
        "",
        "",
        "is not one of refugee, idp",
        "is missing; must be one of refugee, idp",
    ]


def test_texts_show_whole_numbers_without_a_point() -> None:
    cells = pd.Series([" Juba\t", 5.0, 5.5, 7, None, math.nan, pd.NA, "a\x00b", True], dtype=object)
    shown = texts(cells).content.tolist()
    assert shown == ["Juba", "5", "5.5", "7", "", "", "", "a b", "True"]
